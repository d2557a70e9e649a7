package view

import (
	"fmt"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// CustomerHit is a customer that may be the one being created.
type CustomerHit struct {
	Name, Owner string
	// Same is true when name or code are the same, not just alike; SamePhone when only the phone is.
	Same, SamePhone, Own bool
	// Masked hides the name of a customer that belongs to someone else.
	Masked bool
}

// DuplicateCustomers is the question whether a new customer is one we have. An exact hit cannot be created again.
func DuplicateCustomers(key, name string, hits []CustomerHit, exact bool, version int64) cards.Card {
	c := cards.Card{Key: key, Title: "先查重 · " + name, Level: cards.Warn}
	tap := func(arg string) cards.Action {
		return cards.Action{Verb: "customer.create", Version: version, Arg: "duplicate," + arg}
	}
	var owner string
	for i, h := range hits {
		label := "相近"
		switch {
		case h.Same:
			label = "相同"
		case h.SamePhone:
			label = "同电话"
		}
		shown := h.Name
		if h.Masked {
			shown = MaskName(h.Name)
		}
		who := "公海"
		switch {
		case h.Own:
			who = "你的客户"
		case h.Owner != "":
			who = h.Owner + "的客户"
		}
		c.Fields = append(c.Fields, cards.Field{Name: label, Value: shown + " · " + who})
		if h.Own || !h.Masked {
			c.Buttons = append(c.Buttons, cards.Button{Text: "就是" + shown, Typed: fmt.Sprint(i + 1), Action: tap(fmt.Sprint(i + 1))})
		} else if owner == "" {
			owner = h.Owner
		}
	}
	if exact {
		c.Note = "已经有了,不能重复建。"
	} else {
		c.Note = "是同一家吗?"
		c.Buttons = append(c.Buttons, cards.Button{Text: "不是,新建", Typed: "新建", Action: tap("new")})
	}
	if owner != "" {
		c.Note += "归" + owner + ",要跟进先找" + owner + "。"
	}
	c.Buttons = append(c.Buttons, cards.Button{Text: "不建了", Typed: "取消", Action: tap("stop")})
	if len(c.Buttons) > 0 {
		c.Buttons[0].Style = cards.Primary
	}
	return c
}

// MaskName hides the middle of a name: "绍兴****医院".
func MaskName(s string) string {
	r := []rune(s)
	if len(r) < 5 {
		return string(r[:1]) + "**"
	}
	return string(r[:2]) + "****" + string(r[len(r)-2:])
}

// CustomerCreated is the card of a new customer; contact is a person there, empty for none.
func CustomerCreated(c sales.Customer, owner, contact string, guessed, group bool) cards.Card {
	phone := c.Phone
	if group {
		phone = sales.Phone(phone).Masked()
	}
	card := cards.Card{
		Key: "customer:" + c.ID.String() + "/created", Title: "客户已建", Status: c.Name, Level: cards.OK,
		Fields: []cards.Field{{Name: "电话", Value: phone}, {Name: "行业", Value: c.Industry}, {Name: "负责人", Value: owner}},
		Note:   "记拜访:拜访 " + c.Name + " 联系人 聊了什么",
	}
	if guessed {
		card.Note = "行业按名字记的,不对就发:补资料 " + c.Name + " 行业 加行业\n" + card.Note
	}
	if contact != "" {
		card.Fields = append(card.Fields, cards.Field{Name: "联系人", Value: contact})
	}
	if c.USCC != "" {
		card.Fields = append(card.Fields, cards.Field{Name: "信用代码", Value: c.USCC})
	}
	return card
}

// Customer is a customer with what its page shows.
type Customer struct {
	Customer      sales.Customer
	Owner         string
	Contacts      []string
	Opportunities []sales.Opportunity
	Visits        []sales.Visit
	// Lines are what else is open or was filed of it: complaints, samples, plans.
	Lines []string
	Today sales.Day
	Group bool
}

// CustomerText is one customer in words.
func CustomerText(v Customer) string {
	var b strings.Builder
	c := v.Customer
	fmt.Fprintf(&b, "**%s**", c.Name)
	if v.Owner != "" {
		b.WriteString(" · 负责人 " + v.Owner)
	}
	if c.Phone != "" {
		phone := c.Phone
		if v.Group {
			phone = sales.Phone(phone).Masked()
		}
		b.WriteString("\n电话 " + phone)
	}
	if len(v.Contacts) > 0 {
		b.WriteString("\n联系人 " + strings.Join(v.Contacts[:min(len(v.Contacts), 6)], "、"))
	}
	for _, o := range v.Opportunities {
		money := o.Amount.Short()
		if v.Group {
			money = o.Amount.Rounded()
		}
		fmt.Fprintf(&b, "\n商机 %s · %s", o.StageName(), money)
	}
	if len(v.Visits) == 0 {
		b.WriteString("\n还没有拜访记录。")
	}
	for _, visit := range v.Visits {
		fmt.Fprintf(&b, "\n拜访 %s", visit.Day.ChineseFrom(v.Today))
		if !v.Group {
			b.WriteString(" " + clip(visit.Text, 40))
		}
	}
	for _, l := range v.Lines {
		b.WriteString("\n" + l)
	}
	if v.Group {
		b.WriteString("\n详情请单聊我。")
	}
	return b.String()
}

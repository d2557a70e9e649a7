package view

import (
	"cmp"
	"fmt"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// MergeCounts are what hangs on one side of a merge.
type MergeCounts struct{ Visits, Deals, Contacts int }

// Merge is two customers that may be one.
type Merge struct {
	Key                  string
	Sides                sales.MergeSides
	FromOwner, IntoOwner string
	From, Into           MergeCounts
	Similar              float64
	Today                sales.Day
	// Custom are fields of the company's own in which the sides differ.
	Custom []MergeField
}

// MergeField is a custom field of both sides with what stays.
type MergeField struct{ Name, From, Into, After string }

// customLine says of each custom field what stays: "预算月份 3月 / 10月,留 10月;床位数补上 300张".
func customLine(list []MergeField) string {
	parts := make([]string, len(list))
	for i, f := range list {
		parts[i] = f.Name + "补上 " + f.After
		if f.Into != "" {
			parts[i] = fmt.Sprintf("%s %s / %s,留 %s", f.Name, clip(f.From, 16), clip(f.Into, 16), clip(f.After, 16))
		}
	}
	return clip(strings.Join(parts, ";"), 160)
}

// MergeAsk shows both sides and what would stay, and asks.
func MergeAsk(v Merge) cards.Card {
	s := v.Sides
	c := cards.Card{Key: v.Key, Title: "合并客户", Status: "等你确认", Fields: []cards.Field{
		{Name: "并掉", Value: mergeSide(s.From, v.FromOwner, v.From)},
		{Name: "留下", Value: mergeSide(s.Into, v.IntoOwner, v.Into)},
	}}
	add := func(name, from, into, after string) {
		if from == "" || from == into && into != "" {
			return
		}
		if into == "" {
			c.Fields = append(c.Fields, cards.Field{Name: name, Value: "补上 " + after})
			return
		}
		c.Fields = append(c.Fields, cards.Field{Name: name, Value: fmt.Sprintf("%s / %s,留 %s", from, into, after)})
	}
	add("电话", s.From.Phone, s.Into.Phone, s.After.Phone)
	add("信用代码", s.From.USCC, s.Into.USCC, s.After.USCC)
	add("行业", s.From.Industry, s.Into.Industry, s.After.Industry)
	add("等级", s.From.Class, s.Into.Class, s.After.Class)
	if len(v.Custom) > 0 {
		c.Fields = append(c.Fields[:min(len(c.Fields), cards.MaxFields-1)], cards.Field{Name: "字段", Value: customLine(v.Custom)})
	}
	c.Fields = c.Fields[:min(len(c.Fields), cards.MaxFields)]
	c.Note = "联系更近的一边为准,等级和预算取高的。合并后 " + clip(s.From.Name, 20) + " 的记录都归 " + clip(s.Into.Name, 20) + "。"
	if v.Similar < sales.DuplicateThreshold {
		c.Level, c.Note = cards.Warn, "两家名字不像,看准了再合。"+c.Note
	}
	tap := func(arg string) cards.Action {
		return cards.Action{
			Verb: "customer.merge", Record: int64(s.From.ID), Version: s.From.Version, Arg: fmt.Sprintf("%s,%d,%d", arg, s.Into.ID, s.Into.Version),
		}
	}
	typed := "合并 " + s.From.Name + " 到 " + s.Into.Name
	c.Buttons = []cards.Button{
		{Text: "合并", Style: cards.Primary, Typed: typed, Action: tap("yes")},
		{Text: "反过来", Typed: "合并 " + s.Into.Name + " 到 " + s.From.Name, Action: tap("turn")},
		{Text: "不合了", Typed: "取消", Style: cards.Danger, Action: tap("no")},
	}
	return c
}

func mergeSide(c sales.Customer, owner string, n MergeCounts) string {
	parts := []string{c.Name, cmp.Or(owner, "公海")}
	for _, x := range []struct {
		name string
		n    int
	}{{"拜访", n.Visits}, {"商机", n.Deals}, {"联系人", n.Contacts}} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", x.name, x.n))
		}
	}
	return strings.Join(parts, " · ")
}

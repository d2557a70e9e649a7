package view

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Top is what deserves somebody's day (TOP3).
type Top struct {
	// Key is the card's own; Whose names whose deals they are, "" for the reader's own.
	Key, Whose string
	// Token says whose they are in the card's buttons.
	Token string
	Deals []sales.TopDeal
	// Focus is the place of the deal the buttons are for.
	Focus    int
	Products func([]sales.ID) []string
	// Owner names an owner where the deals are other people's.
	Owner  func(sales.PersonID) string
	Reader sales.PersonID
	Today  sales.Day
	// Done is what was just done.
	Done string
}

// TopKey names the card of the deals of a scope that a person asked for.
func TopKey(reader sales.PersonID, token string) string {
	return "top:" + reader.String() + ":" + token + "/own"
}

// TopCard names the deals that deserve the day most, with why and what to do.
func TopCard(v Top) cards.Card {
	c := cards.Card{Key: v.Key, Title: "TOP3", Status: "今天最该推的单"}
	if v.Whose != "" {
		c.Status = v.Whose + " · " + c.Status
	}
	if len(v.Deals) == 0 {
		c.Note = strings.TrimSpace(v.Done + "\n没有在跟的商机。新建:商机 客户 产品 金额")
		return c
	}
	c.Fields = topFields(v)[:len(v.Deals)]
	c.Note = topDetail(v)
	if v.Done != "" {
		c.Level = cards.OK
		c.Note = v.Done + "\n" + c.Note
	}
	c.Buttons = topButtons(v, cards.MaxButtons)
	return c
}

// focus is the deal the buttons are for; there is at least one deal.
func (v Top) focus() int {
	if v.Focus < 0 || v.Focus >= len(v.Deals) {
		return 0
	}
	return v.Focus
}

// topFields are a row for each deal, then why and what to do about the one in focus, short enough for a row of a phone.
func topFields(v Top) []cards.Field {
	var out []cards.Field
	for i, d := range v.Deals {
		out = append(out, cards.Field{Name: "第" + strconv.Itoa(i+1) + "单", Value: v.name(d)})
	}
	d := v.Deals[v.focus()]
	return append(out, cards.Field{Name: "为什么", Value: strings.Join(pressing(d), ",")}, cards.Field{Name: "先做", Value: topAction(d)})
}

// topDetail says all about the deal in focus: the chance with what it was made of, what presses, what to do, what was last.
func topDetail(v Top) string {
	d := v.Deals[v.focus()]
	lines := []string{
		fmt.Sprintf("第%d单 %s", v.focus()+1, d.Customer.Name) + ":" + ChanceText(d.Chance) + ";" + strings.Join(pressing(d)[1:], ";"),
		"→ " + topAction(d), v.history(d),
	}
	lines[0] = strings.TrimSuffix(lines[0], ";")
	return strings.Join(lines, "\n")
}

func (v Top) name(d sales.TopDeal) string {
	parts := []string{clip(d.Customer.Name, 10)}
	if m := money(d.Deal.Amount, false); m != "" {
		parts = append(parts, m)
	}
	parts = append(parts, d.Deal.StageName(), "胜率"+strconv.Itoa(d.Chance.Percent)+"%")
	if v.Owner != nil {
		parts = append(parts, v.Owner(d.Deal.OwnerID))
	}
	if v.Products != nil {
		if p := v.Products(d.Deal.Products); len(p) > 0 {
			if room := phoneRow - utf8.RuneCountInString(strings.Join(parts, " ")) - 1; room >= 4 {
				parts = append(parts, clip(strings.Join(p, "、"), min(room, 16)))
			}
		}
	}
	return strings.Join(parts, " ")
}

// pressing says why: the chance first, then what presses.
func pressing(d sales.TopDeal) []string {
	parts := []string{fmt.Sprintf("胜率 %d%%", d.Chance.Percent)}
	switch {
	case !d.Dated:
	case d.DaysLeft < 0:
		parts = append(parts, fmt.Sprintf("预计签约日过了 %d 天", -d.DaysLeft))
	case d.DaysLeft == 0:
		parts = append(parts, "预计今天签")
	case d.DaysLeft <= 30:
		parts = append(parts, fmt.Sprintf("离预计签约 %d 天", d.DaysLeft))
	}
	if d.Pace.Over() {
		parts = append(parts, "停了 "+PaceText(d.Pace))
	}
	if d.LongSilent() {
		parts = append(parts, fmt.Sprintf("%d 天没联系", d.Silent))
	}
	return parts
}

// ChanceText is a chance with what it was made of: "胜率 62%(公司同阶段 48 单赢了 30)".
func ChanceText(c sales.Chance) string {
	s := fmt.Sprintf("胜率 %d%%", c.Percent)
	if c.Closed > 0 {
		return s + fmt.Sprintf("(公司到过这步的 %d 单赢了 %d)", c.Closed, c.Won)
	}
	return s + "(按阶段设定,还没有历史)"
}

// PaceText is a stay beside what it is measured against: "5 天,基准 2.1 天,公司中位 3 天".
func PaceText(p sales.Pace) string {
	s := sales.DaysText(p.Stay)
	if p.Benchmark > 0 {
		s += ",基准 " + sales.DaysText(p.Benchmark)
	}
	if p.Median > 0 {
		s += ",公司中位 " + sales.DaysText(p.Median)
	}
	return s
}

// topAction is the one thing to do.
func topAction(d sales.TopDeal) string {
	next := d.Deal.Way.StageName(d.Deal.NextStage())
	switch d.Action {
	case sales.TopKeepPromise:
		return "先办承诺:" + clip(d.Promise.Text, 30)
	case sales.TopClose:
		if d.DaysLeft < 0 {
			return "跟客户重新对签约日,推进到" + next + "要什么"
		}
		return "盯住" + next + ",今天把剩下的一条谈定"
	case sales.TopVisit:
		return "今天约一次,别让这单凉了"
	case sales.TopPush:
		return "问清还差什么才能到" + next
	}
	return "往" + next + "推一步"
}

// history is the last visit; its words only to who wrote them.
func (v Top) history(d sales.TopDeal) string {
	if d.Last.ID == 0 {
		return "还没记过拜访"
	}
	s := "上次 " + d.Last.Day.ChineseFrom(v.Today)
	if d.Last.PersonID == v.Reader && d.Last.Text != "" {
		s += " " + clip(strings.Join(strings.Fields(d.Last.Text), " "), 24)
	}
	return s
}

// topButtons are those of the deal in focus, and one for each other deal while there is room.
func topButtons(v Top, room int) []cards.Button {
	v.Focus = v.focus()
	d := v.Deals[v.Focus]
	tap := func(verb, arg string) cards.Action {
		return cards.Action{Verb: verb, Record: int64(d.Deal.ID), Version: d.Deal.Version, Arg: arg}
	}
	next := d.Deal.NextStage()
	out := []cards.Button{{Text: "推进", Style: cards.Primary, Typed: "推进 " + d.Customer.Name, Action: tap("top.advance", v.Token+","+string(next))}}
	if len(v.Deals) > 1 {
		out[0].Text = clip("推进"+d.Customer.Name, cards.MaxButtonText)
	}
	if d.Deal.OwnerID == v.Reader {
		out = append(out,
			cards.Button{Text: "拜访", Typed: "计划 今天 " + d.Customer.Name, Action: tap("top.visit", v.Token)},
			cards.Button{Text: "不是这单", Typed: "不是这单 " + d.Customer.Name, Action: tap("top.skip", v.Token)})
	} else {
		out = append(out, cards.Button{Text: "问一下", Typed: "商机 " + d.Customer.Name, Action: tap("report.nudge", "opportunity")})
	}
	for i := range v.Deals {
		if i != v.Focus && len(out) < room {
			out = append(out, cards.Button{
				Text: "看第" + strconv.Itoa(i+1) + "单", Typed: "商机 " + v.Deals[i].Customer.Name,
				Action: cards.Action{Verb: "top.show", Record: int64(v.Deals[i].Deal.ID), Arg: v.Token},
			})
		}
	}
	return out
}

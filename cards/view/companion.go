package view

import (
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Companion is a colleague's part in a visit with the names its card shows.
type Companion struct {
	Companion          sales.Companion
	Customer, By, Name string
	Today              sales.Day
	Now                time.Time
	// Again says that it was asked before.
	Again bool
}

// CompanionName is a colleague on a visit's card: "王芳(待确认)", "王芳", "王芳(没去)".
func CompanionName(name, state string) string {
	switch state {
	case sales.CompanionPresent:
		return name
	case sales.CompanionAbsent:
		return name + "(没去)"
	}
	return name + "(待确认)"
}

// CompanionKey names the card that asks a colleague.
func CompanionKey(id sales.ID) string { return "companion:" + id.String() + "/own" }

// CompanionAsk asks a colleague whether they were along.
func CompanionAsk(v Companion) cards.Card {
	c := cards.Card{
		Key: CompanionKey(v.Companion.ID), Title: "一起去了吗", Status: v.Customer,
		Fields: []cards.Field{{Name: "谁记的", Value: v.By}, {Name: "日期", Value: v.Companion.Day.ChineseFrom(v.Today)}},
		Note:   v.By + "记了你一起去。点一下,确认了才算陪访。",
	}
	if v.Again {
		c.Level, c.Note = cards.Warn, "还没确认,不点就不算陪访,只提醒这一次。"
	}
	act := func(state string) cards.Action {
		return cards.Action{Verb: "visit.present", Record: int64(v.Companion.ID), Version: v.Companion.Version, Arg: state}
	}
	c.Buttons = []cards.Button{
		{Text: "在场", Style: cards.Primary, Typed: "在场 " + v.Customer, Action: act(sales.CompanionPresent)},
		{Text: "不在场", Typed: "不在场 " + v.Customer, Action: act(sales.CompanionAbsent)},
	}
	return c
}

// CompanionDone is the card after the answer.
func CompanionDone(v Companion) cards.Card {
	c := CompanionAsk(v)
	c.Buttons, c.Note, c.Level = nil, "", cards.OK
	c.Closed = "已确认在场 · " + v.Name + " " + sales.FormatTime(v.Companion.AnsweredAt.Time, v.Now)
	if v.Companion.State == sales.CompanionAbsent {
		c.Level, c.Closed = cards.Plain, "不在场 · "+v.Name+" "+sales.FormatTime(v.Companion.AnsweredAt.Time, v.Now)
	}
	return c
}

// CompanionGone is the card of a visit that was taken back.
func CompanionGone(v Companion) cards.Card {
	c := CompanionAsk(v)
	c.Buttons, c.Note, c.Closed = nil, "", "拜访已撤销,不用确认"
	return c
}

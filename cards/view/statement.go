package view

import (
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Statement is a statement with the name its card shows.
type Statement struct {
	Statement sales.Statement
	Customer  string
	// Sends says that whoever sees it may send it or keep it back.
	Sends bool
	Now   time.Time
}

// StatementCard is a customer's account of a month (对账单) and what the customer said to it.
func StatementCard(v Statement) cards.Card {
	s := v.Statement
	c := cards.Card{Key: "statement:" + s.ID.String() + "/own", Title: "对账单 " + s.Month(), Status: v.Customer}
	addField(&c, "期初", s.Opening.String())
	addField(&c, "开票", s.Invoiced.String())
	addField(&c, "回款", s.Received.String())
	addField(&c, "期末", s.Closing.String())
	tap := func(verb string) cards.Action {
		return cards.Action{Verb: verb, Record: int64(s.ID), Version: s.Version}
	}
	month := v.Customer + " " + s.Month()
	file := cards.Button{Text: "要文件", Typed: "对账单 " + month + " 文件", Action: tap("statement.file")}
	lines := cards.Button{Text: "看明细", Typed: "对账单 " + month + " 明细", Action: tap("statement.lines")}
	switch s.State {
	case sales.StatementReady, sales.StatementHeld:
		c.Level = cards.Warn
		c.Note = s.StateName() + ",客户还没收到。"
		c.Buttons = []cards.Button{lines}
		if !v.Sends {
			return c
		}
		keep := cards.Button{Text: "不发", Typed: "对账单 " + month + " 不发", Action: tap("statement.hold")}
		if s.State == sales.StatementHeld {
			keep = cards.Button{Text: "还是发", Typed: "对账单 " + month + " 还是发", Action: tap("statement.hold")}
		}
		c.Buttons = []cards.Button{lines, {Text: "现在就发", Style: cards.Primary, Typed: "对账单 " + month + " 发出", Action: tap("statement.send")}, keep}
		c.Buttons[0], c.Buttons[1] = c.Buttons[1], c.Buttons[0]
		return c
	case sales.StatementSent:
		c.Note = "客户不一致就发:对账单 " + month + " 对方 17.5万"
		resend := cards.Button{Text: "重新发", Style: cards.Primary, Typed: "对账单 " + month + " 发出", Action: tap("statement.send")}
		if trouble := s.MailTroubleText(v.Customer); trouble != "" {
			c.Level, c.Note = cards.Alert, trouble+"\n"+c.Note
			c.Buttons = []cards.Button{resend, {Text: "客户确认", Typed: "对账单 " + month + " 一致", Action: tap("statement.same")}, lines, file}
			return c
		}
		c.Buttons = []cards.Button{{Text: "客户确认", Style: cards.Primary, Typed: "对账单 " + month + " 一致", Action: tap("statement.same")}, lines, file}
	case sales.StatementConfirmed:
		c.Level = cards.OK
		addField(&c, "对方", s.Theirs.String())
		c.Note = "已确认 · " + s.AnsweredBy + " " + sales.FormatMoment(s.AnsweredAt.Time)
		if s.Difference != 0 {
			c.Note += ",差 " + s.Difference.String() + ",在允许范围里"
		}
		if !s.AlteredAt.IsZero() {
			c.Level, c.Note = cards.Warn, c.Note+"\n确认后有改动:"+alteredText(s)+"。要客户再确认就发:对账单 "+month+" 重出"
		}
		c.Buttons = []cards.Button{lines, file}
	default:
		c.Level = cards.Alert
		addField(&c, "对方", s.Theirs.String())
		addField(&c, "差异", s.Difference.String())
		c.Note = "对不上 · " + s.AnsweredBy + " " + sales.FormatMoment(s.AnsweredAt.Time) + "。财务已收到。"
		c.Buttons = []cards.Button{lines, file}
	}
	return c
}

// StatementAlert tells finance of a difference that is too much to let pass.
func StatementAlert(v Statement) cards.Card {
	s := v.Statement
	c := cards.Card{Key: "statement:" + s.ID.String() + "/alert", Title: "🔴 对账差异 · " + s.Month(), Status: v.Customer, Level: cards.Alert}
	addField(&c, "我方", s.Closing.String())
	addField(&c, "对方", s.Theirs.String())
	addField(&c, "差异", s.Difference.String())
	addField(&c, "谁报的", s.AnsweredBy)
	month := v.Customer + " " + s.Month()
	c.Note = "差异超过允许的比例。逐笔核:对账单 " + month + " 明细"
	c.Buttons = []cards.Button{
		{Text: "看明细", Style: cards.Primary, Typed: "对账单 " + month + " 明细", Action: cards.Action{Verb: "statement.lines", Record: int64(s.ID), Version: s.Version}},
		{Text: "要文件", Typed: "对账单 " + month + " 文件", Action: cards.Action{Verb: "statement.file", Record: int64(s.ID), Version: s.Version}},
	}
	return c
}

// alteredText is what has changed of a statement since its customer confirmed it.
func alteredText(s sales.Statement) string {
	now := s.Altered()
	text := ""
	add := func(name string, was, is sales.Money) {
		if was != is {
			text += name + " " + was.String() + " → " + is.String() + ","
		}
	}
	add("期初", s.Opening, now.Opening)
	add("开票", s.Invoiced, now.Invoiced)
	add("回款", s.Received, now.Received)
	return text + "期末现在 " + now.Closing().String()
}

// StatementAlteredCard tells finance and the customer's keeper that a confirmed statement does not say any more what was confirmed, or
// says it again.
func StatementAlteredCard(v Statement) cards.Card {
	s := v.Statement
	c := cards.Card{Key: "statement:" + s.ID.String() + "/altered", Title: "确认后有改动 · " + s.Month() + "对账单", Status: v.Customer, Level: cards.Warn}
	now, month := s.Altered(), v.Customer+" "+s.Month()
	addField(&c, "确认的", s.Closing.String())
	addField(&c, "现在", now.Closing().String())
	if s.AlteredAt.IsZero() {
		c.Title, c.Level = "又和确认时一样 · "+s.Month()+"对账单", cards.OK
		c.Note = "改动撤回去了,不用再找客户。"
	} else {
		c.Note = alteredText(s) + "。要客户再确认就发:对账单 " + month + " 重出"
	}
	c.Buttons = []cards.Button{
		{Text: "看明细", Style: cards.Primary, Typed: "对账单 " + month + " 明细", Action: cards.Action{Verb: "statement.lines", Record: int64(s.ID), Version: s.Version}},
	}
	return c
}

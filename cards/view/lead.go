package view

import (
	"fmt"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Lead is a lead with what its card shows.
type Lead struct {
	Lead      sales.Lead
	Owner, By string
	// Within is the working time in which it is to be taken.
	Within time.Duration
	Now    time.Time
	// Own is true for the owner's card: it has the buttons.
	Own   bool
	Group bool
	Hint  string
}

// LeadKey names a lead's card for its owner.
func LeadKey(l sales.Lead) string { return "lead:" + l.ID.String() + "/" + l.OwnerID.String() }

// LeadCard is the card of one lead as it stands.
func LeadCard(v Lead) cards.Card {
	l := v.Lead
	c := cards.Card{Key: LeadKey(l), Title: "线索 " + l.No + " · " + l.StateName(), Status: l.Company}
	if !v.Own {
		c.Key = "lead:" + l.ID.String() + "/view"
	}
	phone := l.Phone
	if v.Group {
		phone = sales.Phone(phone).Masked()
	}
	addField(&c, "联系", strings.TrimSpace(l.Contact+" "+phone))
	addField(&c, "需求", l.Need)
	addField(&c, "来源", l.SourceText())
	addField(&c, "地区", strings.TrimSpace(l.Region+" "+l.City))
	switch {
	case l.OwnerID == 0:
		addField(&c, "没派", l.Why)
	case v.Own:
		addField(&c, "派给你", l.Why)
	default:
		addField(&c, "负责人", v.Owner+" · "+l.Why)
	}
	if v.By != "" {
		addField(&c, "记录", v.By+" · "+sales.FormatTime(l.CreatedAt.Time, v.Now))
	}
	leadStands(&c, v)
	if v.Hint != "" {
		c.Note = v.Hint + "。" + c.Note
	}
	return c
}

// leadStands says how far a lead is, and what its owner can do next.
func leadStands(c *cards.Card, v Lead) {
	l := v.Lead
	tap := func(verb string) cards.Action {
		return cards.Action{Verb: verb, Record: int64(l.ID), Version: l.Version}
	}
	pass := cards.Button{Text: "转给", Typed: "转给 " + l.No + " 姓名", Action: tap("lead.pass")}
	invalid := cards.Button{Text: "无效", Style: cards.Danger, Typed: "无效 " + l.No + " 原因", Action: tap("lead.invalid")}
	convert := cards.Button{Text: "转客户", Typed: "转客户 " + l.No, Action: tap("lead.convert")}
	switch l.State {
	case sales.LeadAssigned:
		c.Level = cards.Warn
		c.Note = "已等 " + sales.Waited(v.Now.Sub(l.AssignedAt.Time)) + ",派出后 " + sales.Waited(v.Within) + "(工作时间)没接会告诉主管。"
		if v.Now.Sub(l.AssignedAt.Time) < time.Minute {
			c.Note = sales.Waited(v.Within) + "(工作时间)内接下,过了会告诉主管。"
		}
		if v.Own {
			c.Buttons = []cards.Button{{Text: "接下", Style: cards.Primary, Typed: "接线索 " + l.No, Action: tap("lead.accept")}, pass, invalid}
		}
	case sales.LeadAccepted:
		c.Note = "接下了,先打个电话。"
		if v.Own {
			c.Buttons = []cards.Button{
				{Text: "已联系", Style: cards.Primary, Typed: "已联系 " + l.No + " A", Action: tap("lead.grade")}, convert, pass, invalid,
			}
		}
	case sales.LeadContacted:
		c.Level, c.Note = cards.OK, "首次联系 "+sales.FormatTime(l.ContactedAt.Time, v.Now)+"。"
		if v.Own {
			convert.Style = cards.Primary
			c.Buttons = []cards.Button{convert, pass, invalid}
		}
	case sales.LeadConverted:
		c.Level, c.Closed = cards.OK, "已转客户 · "+sales.FormatMoment(l.ClosedAt.Time)
	case sales.LeadInvalid:
		c.Closed = "无效:" + clip(l.Reason, 20) + " · " + sales.FormatMoment(l.ClosedAt.Time)
	case sales.LeadNew:
		c.Level, c.Note = cards.Warn, "还没派。派给谁发:分配 "+l.No+" 姓名"
	}
}

// LeadEscalated is the card of whoever is above an owner who does not answer.
func LeadEscalated(v Lead, i sales.Incident) cards.Card {
	l := v.Lead
	c := cards.Card{
		Key: "lead:" + l.ID.String() + "/above", Title: "🔴 线索没人接 · " + l.No, Status: l.Company, Level: cards.Alert,
	}
	if l.State == sales.LeadAccepted {
		c.Title = "🔴 线索接了没联系 · " + l.No
	}
	addField(&c, "已等", sales.Waited(v.Now.Sub(l.AssignedAt.Time))+",在"+v.Owner+"手上")
	addField(&c, "需求", l.Need)
	addField(&c, "来源", l.SourceText())
	addField(&c, "派因", l.Why)
	if i.ID == 0 || i.State != sales.IncidentOpen {
		c.Title, c.Level, c.Closed = "线索已处理 · "+l.No, cards.OK, l.StateName()+" · "+v.Owner
		return c
	}
	c.Note = "为什么推给我:线索 " + sales.Waited(v.Within) + "(工作时间)没接,你是主管。发 为什么催我 看全部。"
	if l.State == sales.LeadAccepted {
		c.Note = "为什么推给我:线索接了没联系,你是主管。发 为什么催我 看全部。"
	}
	c.Buttons = []cards.Button{
		{Text: "改派", Style: cards.Primary, Typed: "分配 " + l.No + " 姓名", Action: cards.Action{Verb: "lead.pass", Record: int64(l.ID), Version: l.Version}},
		{Text: "催一下", Typed: "催线索 " + l.No, Action: cards.Action{Verb: "lead.nudge", Record: int64(l.ID), Version: l.Version}},
		{Text: "我来处理", Typed: "我来处理 " + l.No, Action: cards.Action{Verb: "incident.ack", Record: int64(i.ID), Version: i.Version}},
		{Text: "2小时后再提醒", Typed: "稍后 " + l.No, Action: cards.Action{Verb: "incident.snooze", Record: int64(i.ID), Version: i.Version}},
	}
	return c
}

// LeadList is a list of leads in words.
func LeadList(title string, list []sales.Lead, more bool, name func(sales.PersonID) string, me sales.PersonID, now time.Time) string {
	if len(list) == 0 {
		return title + ":没有在手的。记一条:线索 公司 手机 来源 需求"
	}
	var b strings.Builder
	waiting := 0
	for _, l := range list {
		if l.State == sales.LeadAssigned || l.State == sales.LeadNew {
			waiting++
		}
	}
	fmt.Fprintf(&b, "%s %d 条", title, len(list))
	if more {
		b.WriteString("(只列最急的)")
	}
	if waiting > 0 {
		fmt.Fprintf(&b, ",待接 %d 条", waiting)
	}
	for _, l := range list {
		fmt.Fprintf(&b, "\n%s %s · %s", l.No, l.Company, l.StateName())
		if l.OwnerID != 0 && l.OwnerID != me {
			b.WriteString(" · " + name(l.OwnerID))
		}
		if l.State == sales.LeadAssigned {
			b.WriteString(" · 已等 " + sales.Waited(now.Sub(l.AssignedAt.Time)))
		}
		if s := l.SourceText(); s != "" {
			b.WriteString(" · " + s)
		}
	}
	b.WriteString("\n看一条:线索 " + list[0].No)
	return b.String()
}

// LeadSourceTable is what became of leads by source and campaign.
func LeadSourceTable(rows []sales.LeadSource, days int, group bool) string {
	if len(rows) == 0 {
		return fmt.Sprintf("近 %d 天没有线索。", days)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "近 %d 天线索来源", days)
	for _, r := range rows {
		name := r.Source
		if r.Campaign != "" {
			name += " · " + r.Campaign
		}
		fmt.Fprintf(&b, "\n**%s** %d 条,接 %d,A/B 级 %d,无效 %d,转客户 %d", name, r.Leads, r.Taken, r.Good, r.Invalid, r.Customers)
		if r.Deals > 0 {
			fmt.Fprintf(&b, ",商机 %d 单 %s", r.Deals, money(r.Amount, group))
		}
		if r.Won > 0 {
			fmt.Fprintf(&b, ",赢 %d 单 %s", r.Won, money(r.WonAmount, group))
		}
		if r.Contracts > 0 {
			fmt.Fprintf(&b, ",合同 %d 份 %s", r.Contracts, money(r.Signed, group))
		}
		if r.Payments > 0 {
			fmt.Fprintf(&b, ",回款 %d 笔 %s", r.Payments, money(r.Paid, group))
			if !group {
				fmt.Fprintf(&b, "(看是哪几笔:线索来源 %s)", strings.TrimSpace(r.Source+" "+r.Campaign))
			}
		}
	}
	return b.String()
}

// LeadMoneyText lists the payments that came from the leads of a source, a page of them.
func LeadMoneyText(name, typed string, list []sales.Payment, days, page int, customer func(sales.ID) string) string {
	if len(list) == 0 {
		return fmt.Sprintf("近 %d 天的线索里,%s 还没有回款。发 线索来源 看有哪些来源。", days, name)
	}
	lines := []string{fmt.Sprintf("%s 的线索带来的回款(近 %d 天的线索)", name, days)}
	for k, p := range list[:min(len(list), RowsShown)] {
		lines = append(lines, PaymentLine(page*RowsShown+k+1, p, customer(p.CustomerID)))
	}
	if len(list) > RowsShown {
		lines = append(lines, fmt.Sprintf("下一页:线索来源 %s %d天 第%d页", typed, days, page+2))
	}
	return strings.Join(lines, "\n")
}

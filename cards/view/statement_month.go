package view

import (
	"fmt"
	"strings"

	"salesflow/cards"
	"salesflow/store/sales"
)

// StatementsShown is how many statements one page of a month's list shows, statementsOnCard how many its card does: a card has no room
// for more on every platform.
const StatementsShown, statementsOnCard = 10, 2

// Sides of a month's statements, as buttons and words name them.
var statementSides = map[string]string{"": "全部", "ready": "待发", "open": "没回", "disputed": "有出入", "unmailed": "没邮箱"}

// Statements are the statements of a month (月初对账单), a page of them, as one person sees them.
type Statements struct {
	Person sales.PersonID
	Month  sales.Day
	Run    sales.StatementRun
	Sums   []sales.StatementSum
	Rows   []sales.StatementRow
	// What is the side: "" for all, ready, open, disputed, unmailed. Page counts from 0, Of is how many the side has.
	What string
	Page int
	Of   int64
	// Sends says that the person may send what is ready, Ended that a sending has just ended.
	Sends, Ended bool
	Name         func(sales.PersonID) string
	Today        sales.Day
}

// StatementsKey names the card.
func StatementsKey(person sales.PersonID, month sales.Day) string {
	return "statements:" + person.String() + "/" + month.String()[:7]
}

func (v Statements) word() string { return sales.MonthName(v.Month) }

func (v Statements) of(states ...string) (s sales.StatementSum) {
	for _, x := range v.Sums {
		for _, state := range states {
			if x.State == state {
				s.Count, s.Closing, s.Unmailed = s.Count+x.Count, s.Closing+x.Closing, s.Unmailed+x.Unmailed
			}
		}
	}
	return s
}

// StatementsCard lists the statements of a month; finance sends from it what it has looked through.
func StatementsCard(v Statements) cards.Card {
	c := cards.Card{Key: StatementsKey(v.Person, v.Month), Title: v.word() + "对账单", Level: cards.OK}
	all := v.of(sales.StatementReady, sales.StatementHeld, sales.StatementSent, sales.StatementConfirmed, sales.StatementDisputed)
	ready, disputed := v.of(sales.StatementReady), v.of(sales.StatementDisputed)
	c.Status = fmt.Sprintf("%d 家", all.Count)
	addField(&c, "期末", all.Closing.String())
	if ready.Count > 0 {
		c.Level = cards.Warn
		line := fmt.Sprintf("%d 家", ready.Count)
		if ready.Unmailed > 0 {
			line += fmt.Sprintf(",%d 家没邮箱要人转", ready.Unmailed)
		}
		addField(&c, "待发", line)
	}
	count := func(name string, n int64) {
		if n > 0 {
			addField(&c, name, fmt.Sprintf("%d 家", n))
		}
	}
	count("没回", v.of(sales.StatementSent).Count)
	count("已确认", v.of(sales.StatementConfirmed).Count)
	count("有出入", disputed.Count)
	count("不发", v.of(sales.StatementHeld).Count)
	if disputed.Count > 0 {
		c.Level = cards.Alert
	}
	lines := statementLines(v, statementsOnCard)
	if all.Count > statementsOnCard {
		lines += "\n看名单:对账单 " + v.word() + " 名单"
	}
	c.Note = strings.TrimSpace(statementsHead(v) + "\n" + lines)
	c.Buttons = statementsButtons(v, ready.Count)
	return c
}

// StatementsText lists the statements of a month, a page of one side of them.
func StatementsText(v Statements) string {
	side := statementSides[v.What]
	lines := []string{fmt.Sprintf("**%s对账单 · %s** %d 家", v.word(), side, v.Of), statementLines(v, StatementsShown)}
	if int64((v.Page+1)*StatementsShown) < v.Of {
		word := side
		if v.What == "" {
			word = "名单"
		}
		lines = append(lines, fmt.Sprintf("下一页:对账单 %s %s 第%d页", v.word(), word, v.Page+2))
	}
	if len(v.Rows) > 0 {
		lines = append(lines, "看一家:对账单 "+v.Rows[0].Customer+" "+v.word()+" 明细")
	}
	return strings.Join(lines, "\n")
}

func statementsHead(v Statements) string {
	switch {
	case v.Run.State == sales.RunMaking:
		return "还在做,做好了再推给财务。"
	case v.Run.State == sales.RunSending:
		return fmt.Sprintf("%s在发,已发 %d 家。", v.Name(v.Run.SentBy), v.Run.Sent)
	case v.Ended && v.Run.Changed > 0:
		return fmt.Sprintf("发出 %d 家,邮件 %d 家。%d 家的数在你看过以后变了,没发,看过再发。", v.Run.Sent, v.Run.Mailed, v.Run.Changed)
	case v.Ended:
		return fmt.Sprintf("发出 %d 家,邮件 %d 家,其余由销售转给客户。", v.Run.Sent, v.Run.Mailed)
	}
	return ""
}

func statementLines(v Statements, most int) string {
	var lines []string
	for k, r := range v.Rows[:min(len(v.Rows), most)] {
		line := fmt.Sprintf("%d. %s 期末 %s · %s", v.Page*StatementsShown+k+1, r.Customer, r.Closing, r.StateName())
		switch {
		case r.State == sales.StatementDisputed:
			line += ",对方 " + r.Theirs.String()
		case r.State == sales.StatementSent && r.MailTrouble != "":
			line += "·邮件退回"
		case r.Mail == "":
			line += ",没邮箱"
		}
		if r.Keeper != v.Person && v.Name != nil && v.Name(r.Keeper) != "" {
			line += " · " + v.Name(r.Keeper)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return "这里没有。"
	}
	return strings.Join(lines, "\n")
}

func statementsButtons(v Statements, ready int64) []cards.Button {
	month := v.Month.String()[:7]
	var out []cards.Button
	if v.Sends && ready > 0 && v.Run.State == sales.RunReady {
		out = append(out, cards.Button{
			Text: fmt.Sprintf("发出 %d 家", ready), Style: cards.Primary, Typed: "对账单 " + v.word() + " 发出",
			Action: cards.Action{Verb: "statements.send", Record: int64(v.Run.ID), Version: v.Run.Version},
		})
	}
	show := func(text, what string, page int, typed string) {
		out = append(out, cards.Button{
			Text: text, Typed: strings.TrimSpace("对账单 " + v.word() + " " + typed), Action: cards.Action{Verb: "statements.show", Arg: fmt.Sprintf("%s,%s,%d", month, what, page)},
		})
	}
	if len(v.Rows) > statementsOnCard {
		show("看名单", "", 0, "名单")
	}
	for _, x := range []struct {
		what   string
		states []string
	}{{"disputed", []string{sales.StatementDisputed}}, {"open", []string{sales.StatementSent}}} {
		if v.of(x.states...).Count > 0 {
			show("看"+statementSides[x.what], x.what, 0, statementSides[x.what])
		}
	}
	if len(v.Rows) > 0 {
		out = append(out, cards.Button{Text: "要清单", Typed: "对账单 " + v.word() + " 清单", Action: cards.Action{Verb: "statements.file", Arg: month}})
	}
	return out[:min(len(out), 6)]
}

// StatementsSentCard tells a rep that the statements of his customers went out.
func StatementsSentCard(r sales.StatementRun, o sales.StatementOwner) cards.Card {
	c := cards.Card{
		Key: "statements:" + o.OwnerID.String() + "/sent" + r.MonthOn.String()[:7], Title: r.Month() + "对账单已发", Status: fmt.Sprintf("你的 %d 家", o.Count), Level: cards.OK,
	}
	addField(&c, "邮件", fmt.Sprintf("%d 家", o.Mailed))
	if n := o.Count - o.Mailed; n > 0 {
		c.Level = cards.Warn
		addField(&c, "要你转", fmt.Sprintf("%d 家没邮箱", n))
		c.Note = "没邮箱的发 对账单 客户名 " + r.Month() + " 拿链接和文件,转给客户;有邮箱的记到 开票资料,下个月就自动发。"
	}
	show := func(text, what, typed string, style cards.Style) {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: text, Style: style, Typed: strings.TrimSpace("对账单 " + r.Month() + " " + typed),
			Action: cards.Action{Verb: "statements.show", Arg: r.MonthOn.String()[:7] + "," + what + ",0"},
		})
	}
	show("看谁回了", "", "名单", cards.Primary)
	if o.Count > o.Mailed {
		show("看没邮箱的", "unmailed", "没邮箱", "")
	}
	return c
}

// StatementRows are the lines of a customer's statement, a page of them.
func StatementRows(v Statement, lines []sales.StatementLine, page, size int) string {
	s := v.Statement
	out := []string{fmt.Sprintf("**%s %s对账单** 期初 %s", v.Customer, s.Month(), s.Opening)}
	from := min(page*size, len(lines))
	for k, l := range lines[from:min(from+size, len(lines))] {
		amount := l.Invoiced
		if l.What == "回款" {
			amount = l.Received
		}
		out = append(out, fmt.Sprintf("%d. %s %s %s %s · 余 %s", from+k+1, l.Day.Chinese(), l.What, l.No, amount, l.Balance))
	}
	out = append(out, fmt.Sprintf("开票 %s − 回款 %s,期末 %s(%d 笔)", s.Invoiced, s.Received, s.Closing, len(lines)))
	if from+size < len(lines) {
		out = append(out, fmt.Sprintf("下一页:对账单 %s %s 明细 第%d页", v.Customer, s.Month(), page+2))
	}
	return strings.Join(out, "\n")
}

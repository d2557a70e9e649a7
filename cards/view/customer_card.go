package view

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Pages of a customer's card.
const (
	PageMain     = "main"
	PageChain    = "chain"
	PageDeals    = "deals"
	PageTodos    = "todos"
	PageActivity = "activity"
	PageRecords  = "records"
)

// CustomerPage is a customer with everything the pages of its card show. What the viewer may not read is left out or
// replaced by whoever puts it together.
type CustomerPage struct {
	Customer sales.Customer
	Viewer   sales.PersonID
	Owner    string
	// Lines are those in charge of a part or product line: "检验科 李强".
	Lines []string
	Tags  []string
	Pulse sales.Pulse
	Chain sales.Chain
	// Guess is a contact whose title tells of a part that is missing, with that part; empty for none.
	Guess     sales.ChainLink
	Deals     []OpportunityLine
	Contracts []sales.Contract
	Todos     []sales.Todo
	// Visits are the newest; Who says who filed each.
	Visits     []sales.Visit
	Who        func(sales.PersonID) string
	Complaints []sales.Visit
	// Source is the campaign or source the customer came from as a lead.
	Source string
	// Phones are shown to those who work with the customer.
	Phones bool
	// Details are the customer's details in words, Filings what was filed beside visits, a line each.
	Details string
	Filings []string
	// Pool says why the customer is in the open pool; empty when it is not. Claim offers to take it.
	Pool  string
	Claim bool
	Today sales.Day
	Now   time.Time
}

// CustomerCardKey names the card of a customer for one viewer: each turns their own pages.
func CustomerCardKey(customer sales.ID, viewer sales.PersonID) string {
	return "customer:" + customer.String() + "/" + viewer.String()
}

// CustomerCard is one page of a customer's card.
func CustomerCard(v CustomerPage, page string) cards.Card {
	c := cards.Card{Key: CustomerCardKey(v.Customer.ID, v.Viewer), Title: v.Customer.Name}
	switch page {
	case PageChain:
		c.Status = "决策链"
		v.chain(&c)
	case PageDeals:
		c.Status = "商机合同"
		v.deals(&c)
	case PageTodos:
		c.Status = "待办和投诉"
		v.todos(&c)
	case PageActivity:
		c.Status = "最近动态"
		v.activity(&c)
	case PageRecords:
		c.Status = "资料登记"
		v.records(&c)
	default:
		v.main(&c)
		page = PageMain
	}
	v.buttons(&c, page)
	return c
}

func (v CustomerPage) buttons(c *cards.Card, page string) {
	name := v.Customer.Name
	if v.Claim {
		c.Buttons = append(c.Buttons, cards.Button{
			Text: "领取", Style: cards.Primary, Typed: "领取 " + name,
			Action: cards.Action{Verb: "pool.claim", Record: int64(v.Customer.ID), Version: v.Customer.Version},
		})
	}
	turn := func(text, to, typed string) {
		if to != page {
			c.Buttons = append(c.Buttons, cards.Button{
				Text: text, Typed: typed, Action: cards.Action{Verb: "customer.page", Record: int64(v.Customer.ID), Version: v.Customer.Version, Arg: to},
			})
		}
	}
	turn("返回", PageMain, "客户 "+name)
	turn("决策链", PageChain, "决策链 "+name)
	if page == PageMain {
		turn("商机合同", PageDeals, "客户 "+name+" 商机")
		turn("待办投诉", PageTodos, "客户 "+name+" 待办")
		turn("最近动态", PageActivity, "客户 "+name+" 动态")
		turn("资料登记", PageRecords, "客户 "+name+" 资料")
	}
}

// records are the details, what is missing of them, and what was filed beside visits.
func (v CustomerPage) records(c *cards.Card) {
	lines := append([]string{strings.TrimSpace(v.Details)}, v.Filings...)
	if lines[0] == "" {
		lines = lines[1:]
	}
	if c.Note = strings.Join(lines, "\n"); c.Note == "" {
		c.Note = "还没有资料,也没有登记过投诉、样品、费用。补资料发 补资料 " + v.Customer.Name + "。"
	}
}

func addField(c *cards.Card, name, value string) {
	if value != "" && len(c.Fields) < cards.MaxFields {
		c.Fields = append(c.Fields, cards.Field{Name: name, Value: value})
	}
}

func (v CustomerPage) main(c *cards.Card) {
	owner := []string{}
	if v.Owner != "" {
		owner = append(owner, v.Owner)
	}
	if v.Customer.Class != "" {
		owner = append(owner, ClassName(v.Customer.Class))
	}
	if len(v.Tags) > 0 {
		owner = append(owner, strings.Join(v.Tags, "、"))
	}
	if v.Pool != "" {
		c.Status, c.Level = "在公海", cards.Warn
		addField(c, "公海", v.Pool)
	}
	addField(c, "负责人", strings.Join(append(owner, v.Lines...), " · "))
	addField(c, "健康", v.Pulse.String())
	if v.Pulse.Mark == "🔴" {
		c.Level = cards.Alert
	}
	addField(c, "联系人", v.chainLine())
	addField(c, "商机", v.dealLine())
	addField(c, "待办", v.todoLine())
	if len(v.Visits) > 0 {
		addField(c, "最近", "拜访 "+v.Visits[0].Day.ChineseFrom(v.Today)+" · "+v.Who(v.Visits[0].PersonID))
	} else {
		addField(c, "最近", "还没有拜访记录")
	}
	var note []string
	if v.Customer.Phone != "" {
		phone := v.Customer.Phone
		if !v.Phones {
			phone = sales.Phone(phone).Masked()
		}
		note = append(note, "电话 "+phone)
	}
	if v.Customer.Industry+v.Customer.City != "" {
		note = append(note, strings.TrimSpace(v.Customer.Industry+" "+v.Customer.City))
	}
	if v.Source != "" {
		note = append(note, "来源 "+v.Source)
	}
	c.Note = strings.Join(note, ",")
}

// ClassName is a class as a card shows it: "A类", "KA".
func ClassName(class string) string {
	if len(class) == 1 {
		return class + "类"
	}
	return class
}

func (v CustomerPage) chainLine() string {
	var names []string
	for _, l := range v.Chain[:min(len(v.Chain), 3)] {
		n := l.Contact.Name
		if l.Part != "" {
			n += "(" + l.Part.Name() + ")"
		}
		names = append(names, n)
	}
	s := strings.Join(names, "、")
	if len(v.Chain) > 3 {
		s += " 等 " + strconv.Itoa(len(v.Chain)) + " 人"
	}
	return s
}

func (v CustomerPage) dealLine() string {
	if len(v.Deals) == 0 {
		return ""
	}
	var sum sales.Money
	furthest := v.Deals[0].Opportunity
	for _, d := range v.Deals {
		sum += d.Opportunity.Amount
		if d.Opportunity.Way.Index(d.Opportunity.Stage) > furthest.Way.Index(furthest.Stage) {
			furthest = d.Opportunity
		}
	}
	s := fmt.Sprintf("%d 单", len(v.Deals))
	if sum > 0 {
		s += " " + sum.Short()
	}
	return s + " · 最远 " + furthest.StageName()
}

func (v CustomerPage) todoLine() string {
	if len(v.Todos) == 0 {
		return ""
	}
	late := 0
	for _, t := range v.Todos {
		if !t.DueAt.IsZero() && t.DueAt.Before(v.Now) {
			late++
		}
	}
	s := fmt.Sprintf("没办完 %d 件", len(v.Todos))
	if late > 0 {
		s += fmt.Sprintf(",过期 %d 件", late)
	}
	return s
}

func (v CustomerPage) chain(c *cards.Card) {
	for _, l := range v.Chain {
		addField(c, l.Part.Name(), ChainLinkText(l, v.Today, v.Phones))
	}
	switch missing := v.Chain.Missing(); {
	case len(v.Chain) == 0:
		c.Note = "还没有联系人。发 联系人 " + v.Customer.Name + " 姓名 决策人 手机 加一位。"
	case len(v.Chain) > cards.MaxFields:
		c.Note = fmt.Sprintf("共 %d 人,只列前 %d 位。", len(v.Chain), cards.MaxFields) + missingText(missing)
	case len(v.Chain) == 1:
		c.Level, c.Note = cards.Warn, "只认识一位,他一走这家就断了。"+missingText(missing)
	default:
		c.Note = missingText(missing)
	}
	if g := v.Guess; g.Part != "" {
		c.Note += g.Contact.Name + "像是" + g.Part.Name() + ",是就发:联系人 " + v.Customer.Name + " " + g.Contact.Name + " " + g.Part.Name()
	}
}

func missingText(parts []sales.ContactPart) string {
	if len(parts) == 0 {
		return ""
	}
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.Name()
	}
	return "还缺 " + strings.Join(names, "、") + "。"
}

// ChainLinkText is one contact of a decision chain: who, what they do there, when last met, the phone when phones is set.
func ChainLinkText(l sales.ChainLink, today sales.Day, phones bool) string {
	s := l.Contact.Name
	if title := l.Contact.Department + l.Contact.Title; title != "" {
		s += " " + title
	}
	if l.LastAt.IsZero() {
		s += " · 没见过"
	} else {
		s += " · " + daysAgo(today.Sub(sales.DayOf(l.LastAt.Time)))
	}
	if phones && l.Contact.Phone != "" {
		s += " · " + l.Contact.Phone
	}
	return s
}

func daysAgo(n int) string {
	if n <= 0 {
		return "今天见过"
	}
	return strconv.Itoa(n) + " 天前"
}

func (v CustomerPage) deals(c *cards.Card) {
	for _, d := range v.Deals[:min(len(v.Deals), 3)] {
		addField(c, "商机", OpportunityName(d, v.Today, false))
	}
	for _, k := range v.Contracts {
		addField(c, "合同", k.No+" "+k.Amount.Short()+" · "+contractWord(k.State))
	}
	if len(v.Deals)+len(v.Contracts) == 0 {
		c.Note = "没有在跟的商机,也没有合同。建商机:商机 " + v.Customer.Name + " 产品 金额"
	}
}

func contractWord(state string) string {
	switch state {
	case sales.ContractPending:
		return "审批中"
	case sales.ContractReturned:
		return "退回修改"
	case sales.ContractApproved:
		return "已通过"
	case sales.ContractRejected:
		return "已驳回"
	case sales.ContractWithdrawn:
		return "已撤回"
	}
	return string(approval.State(state))
}

func (v CustomerPage) todos(c *cards.Card) {
	for _, t := range v.Todos[:min(len(v.Todos), 4)] {
		mark := ""
		if !t.DueAt.IsZero() && t.DueAt.Before(v.Now) {
			mark = " 🔴"
		}
		addField(c, clip(v.Who(t.OwnerID), 5), clip(t.Text, 16)+" · "+t.DueText(v.Today)+mark)
	}
	for _, x := range v.Complaints {
		addField(c, "投诉", x.Day.ChineseFrom(v.Today)+" · "+v.Who(x.PersonID)+"记录")
	}
	switch {
	case len(v.Todos)+len(v.Complaints) == 0:
		c.Note = "没有待办,近 90 天没有投诉。"
	case len(v.Todos) > 4:
		c.Note = fmt.Sprintf("共 %d 件,只列最急的 4 件。", len(v.Todos))
	}
}

func (v CustomerPage) activity(c *cards.Card) {
	for _, x := range v.Visits[:min(len(v.Visits), 5)] {
		text, who := strings.TrimPrefix(x.Text, "拜访 "), v.Who(x.PersonID)
		if !strings.HasPrefix(text, who) {
			text = who + " " + text
		}
		addField(c, shortDate(x.Day), clip(text, 36))
	}
	if len(v.Visits) == 0 {
		c.Note = "还没有拜访记录。"
	}
}

// shortDate is a day in a label: "3.11".
func shortDate(d sales.Day) string {
	_, m, day := d.Date()
	return fmt.Sprintf("%d.%d", int(m), day)
}

package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// recentComplaints is for how many days a complaint is shown on a customer's card.
const recentComplaints = 90

// pageWords are how people ask for a page of a customer's card.
var pageWords = map[string]string{
	"商机": view.PageDeals, "合同": view.PageDeals, "商机合同": view.PageDeals, "待办": view.PageTodos, "投诉": view.PageTodos, "承诺": view.PageTodos,
	"资料": view.PageRecords, "登记": view.PageRecords, "样品": view.PageRecords, "费用": view.PageRecords,
	"动态": view.PageActivity, "拜访": view.PageActivity, "记录": view.PageActivity, "决策链": view.PageChain, "联系人": view.PageChain,
}

// cutPage takes the page asked for off the end of a text: "绍兴市立医院 商机".
func cutPage(text string) (rest, page string) {
	text = strings.TrimSpace(text)
	for i := len(text) - 1; i > 0; i-- {
		if isSeparator(rune(text[i])) {
			if p, ok := pageWords[bare(text[i+1:])]; ok {
				return strings.TrimSpace(text[:i]), p
			}
			break
		}
	}
	return text, view.PageMain
}

// customerPage shows one page of a customer's card to who may read it. In a group it shows less and has no buttons.
func (a *App) customerPage(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, page string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if !a.reads(t, book, c) {
		owner := t.Org.Name(c.OwnerID)
		return bot.Text(c.Name + "是" + owner + "的客户,要看细节找" + owner + "。"), nil
	}
	if t.InGroup() {
		return a.customerInGroup(ctx, t, tx, c)
	}
	v, err := a.readCustomerPage(ctx, t, tx, book, c)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "customer.read", "customer", c.ID)
	return bot.ShowCard(view.CustomerCard(v, page)), nil
}

// customerInGroup is what others may read along: no objections, no whole phones.
func (a *App) customerInGroup(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer) (bot.Reply, error) {
	v := view.Customer{Customer: c, Owner: t.Org.Name(c.OwnerID), Today: t.Today, Group: true}
	contacts, err := tx.ContactsByCustomer(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, p := range contacts {
		v.Contacts = append(v.Contacts, p.Name)
	}
	if v.Opportunities, err = tx.OpenOpportunities(ctx, c.ID); err != nil {
		return bot.Reply{}, err
	}
	if v.Visits, err = tx.VisitsByCustomer(ctx, c.ID, 3); err != nil {
		return bot.Reply{}, err
	}
	if err := a.hideWords(ctx, t, v.Visits); err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "customer.read", "customer", c.ID)
	return bot.Text(view.CustomerText(v)), nil
}

// readCustomerPage puts together what the pages of a customer's card show this person.
func (a *App) readCustomerPage(ctx context.Context, t bot.Turn, tx Tx, book *Book, c sales.Customer) (view.CustomerPage, error) {
	v := view.CustomerPage{
		Customer: c, Viewer: t.Person.ID, Owner: t.Org.Name(c.OwnerID), Today: t.Today, Now: t.Now, Who: t.Org.Name,
		Phones: a.works(t, book, c),
	}
	var err error
	if v.Tags, err = tx.TagsOf(ctx, c.ID); err != nil {
		return v, err
	}
	if v.Lines, err = a.inChargeLines(ctx, t, tx, book, c.ID); err != nil {
		return v, err
	}
	if v.Chain, err = readChain(ctx, tx, c.ID); err != nil {
		return v, err
	}
	open, err := tx.OpenOpportunities(ctx, c.ID)
	if err != nil {
		return v, err
	}
	v.Deals = a.dealLines(t, book, open)
	if v.Contracts, err = tx.ContractsByCustomer(ctx, c.ID, 3); err != nil {
		return v, err
	}
	if v.Todos, err = tx.TodosByCustomer(ctx, c.ID, 50); err != nil {
		return v, err
	}
	visits, err := tx.VisitsByCustomer(ctx, c.ID, 30)
	if err != nil {
		return v, err
	}
	v.Complaints = complaintsOf(visits, t.Today)
	v.Visits = visits[:min(len(visits), 5)]
	if err := a.hideWords(ctx, t, v.Visits); err != nil {
		return v, err
	}
	lead, err := tx.LeadOfCustomer(ctx, c.ID)
	switch {
	case err == nil:
		v.Source = lead.SourceText()
	case sales.KindOf(err) != sales.NotFound:
		return v, err
	}
	if v.Details, err = a.masterLines(ctx, t, tx, c); err != nil {
		return v, err
	}
	if v.Filings, err = a.customerFilings(ctx, t, tx, c.ID); err != nil {
		return v, err
	}
	v.Pulse = pulse(v, open, t)
	v.Guess = guessPart(v.Chain)
	if c.OwnerID == 0 {
		k, err := tx.KeepingOf(ctx, c)
		if err != nil {
			return v, err
		}
		v.Pool, v.Claim = poolText(t, k), t.Person.Has(sales.RoleRep)
	}
	return v, nil
}

// readChain reads a customer's decision chain.
func readChain(ctx context.Context, tx DecisionReader, customer sales.ID) (sales.Chain, error) {
	contacts, err := tx.ContactsByCustomer(ctx, customer)
	if err != nil {
		return nil, err
	}
	roles, err := tx.ContactRoles(ctx, customer)
	if err != nil {
		return nil, err
	}
	touches, err := tx.ContactTouches(ctx, customer)
	return sales.NewChain(contacts, roles, touches), err
}

// DecisionReader is what a decision chain is read from.
type DecisionReader interface {
	ContactsByCustomer(ctx context.Context, customer sales.ID) ([]sales.Contact, error)
	ContactRoles(ctx context.Context, customer sales.ID) ([]sales.ContactRole, error)
	ContactTouches(ctx context.Context, customer sales.ID) ([]sales.ContactTouch, error)
}

// complaintsOf are the visits that reported a complaint lately, at most two.
func complaintsOf(visits []sales.Visit, today sales.Day) []sales.Visit {
	var out []sales.Visit
	for _, v := range visits {
		for _, r := range v.Reasons {
			if r.Field == view.ReasonMatter && strings.HasPrefix(r.Words, "投诉") && today.Sub(v.Day) <= recentComplaints && len(out) < 2 {
				out = append(out, v)
				break
			}
		}
	}
	return out
}

// pulse tells how a customer is doing from what its card shows.
func pulse(v view.CustomerPage, open []sales.Opportunity, t bot.Turn) sales.Pulse {
	f := sales.PulseFacts{LastContact: v.Customer.LastContactAt, Created: v.Customer.CreatedAt, Complaints: len(v.Complaints)}
	if len(v.Visits) > 0 && f.LastContact.Before(v.Visits[0].FiledAt.Time) {
		f.LastContact = v.Visits[0].FiledAt
	}
	for _, todo := range v.Todos {
		if !todo.DueAt.IsZero() && todo.DueAt.Before(t.Now) {
			f.Overdue++
		}
	}
	for _, o := range open {
		if sales.DaysInStage(o, t.Today) > 2*sales.StuckDays {
			f.Stuck++
		}
	}
	if l, ok := v.Chain.Sole(); ok && len(open) > 0 {
		f.Sole = l.Contact.Name
	}
	return sales.PulseOf(f, t.Now)
}

// TapCustomerPage turns to another page of a customer's card.
func (a *App) TapCustomerPage(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, err := tx.CustomerByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.customerPage(ctx, t, tx, c, t.Action.Arg)
	if err != nil || len(reply.Say) == 0 || reply.Say[0].Out.Card == nil || t.Card == nil || t.Card.Key != reply.Say[0].Out.Card.Key {
		return reply, err
	}
	return bot.Reply{Faces: []view.Face{*reply.Say[0].Out.Card}}, nil // the card itself turns, nothing new is sent
}

// titleParts are titles that tell which part somebody most likely plays.
var titleParts = []struct {
	title string
	part  sales.ContactPart
}{
	{"采购", sales.PartBuyer},
	{"设备科", sales.PartBuyer},
	{"院长", sales.PartDecider},
	{"总经理", sales.PartDecider},
	{"厂长", sales.PartDecider},
	{"校长", sales.PartDecider},
	{"工程师", sales.PartTechnical},
	{"技术", sales.PartTechnical},
}

// guessPart is a contact without a part whose title tells of one that is missing. It is offered, never written.
func guessPart(chain sales.Chain) sales.ChainLink {
	for _, missing := range chain.Missing() {
		for _, p := range titleParts { // the plainest title first: who is called 采购 before a head of 设备科
			for _, l := range chain {
				if l.Part == "" && p.part == missing && strings.Contains(l.Contact.Department+l.Contact.Title, p.title) {
					l.Part = missing
					return l
				}
			}
		}
	}
	return sales.ChainLink{}
}

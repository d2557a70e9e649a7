package incident

import (
	"context"

	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/scheduler/rules"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// CardTx reads what the records' own cards show.
type CardTx interface {
	IncidentsAbout(ctx context.Context, subjectKind string, subject sales.ID, limit int) ([]sales.Incident, error)
	ProductsByIDs(ctx context.Context, ids []sales.ID) ([]sales.Product, error)
	FileByID(ctx context.Context, id sales.ID) (sales.File, error)
	FilingByID(ctx context.Context, id sales.ID) (sales.Filing, error)
	LeadByID(ctx context.Context, id sales.ID) (sales.Lead, error)
	PlanByID(ctx context.Context, id sales.ID) (sales.VisitPlan, error)
	CompanionByID(ctx context.Context, id sales.ID) (sales.Companion, error)
	KeepingOf(ctx context.Context, c sales.Customer) (sales.Keeping, error)
	FactByID(ctx context.Context, id sales.ID) (sales.Fact, error)
	PutFact(f sales.Fact)
}

// OwnCard is a card of a record that rules can push (卡片).
type OwnCard struct {
	// Make makes it for those it goes to; ok is false when it has nothing to ask any more.
	Make func(ctx context.Context, c *Case, people []sales.PersonID) (card cards.Card, ok bool, err error)
	// Live cards show what becomes of the incident: they are drawn anew with it.
	Live bool
}

// OwnCards are the cards of all objects, by object and card. leads says how long somebody has to take a lead.
func OwnCards(leads sales.LeadPolicy) map[string]OwnCard {
	return map[string]OwnCard{
		"contract.step":  {Make: stepCard},
		"sample.ask":     {Make: sampleCard},
		"complaint.take": {Make: takeCard}, "after_sales.take": {Make: takeCard},
		"lead.own": {Make: func(ctx context.Context, c *Case, _ []sales.PersonID) (cards.Card, bool, error) {
			return leadCard(ctx, c, leads)
		}},
		"lead.above": {Make: func(ctx context.Context, c *Case, _ []sales.PersonID) (cards.Card, bool, error) {
			return aboveCard(ctx, c, leads)
		}, Live: true},
		"plan.ask":      {Make: planCard},
		"companion.ask": {Make: companionCard},
		"customer.pool": {Make: poolCard},
		"fact.confirm":  {Make: factCard},
	}
}

// OwnCard makes a card of the case's record.
func (c *Case) OwnCard(ctx context.Context, key string, people []sales.PersonID) (cards.Card, bool, error) {
	maker, known := c.desk.Cards[c.Rule.Object.Key+"."+key]
	if !known || c.Record == nil {
		return cards.Card{}, false, nil
	}
	card, ok, err := maker.Make(ctx, c, people)
	if sales.KindOf(err) == sales.NotFound {
		return cards.Card{}, false, nil
	}
	return card, ok, err
}

// liveCards are the records' cards of a step that follow the incident, as they are now.
func (c *Case) liveCards(ctx context.Context, st rules.Step) ([]cards.Card, error) {
	var out []cards.Card
	for _, a := range st.Actions {
		if a.Card == "" || !c.desk.Cards[c.Rule.Object.Key+"."+a.Card].Live {
			continue
		}
		card, ok, err := c.OwnCard(ctx, a.Card, nil)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, card)
		}
	}
	return out, nil
}

// today is the day of the case's moment.
func (c *Case) today() sales.Day { return sales.DayOf(c.now) }

// customer is the name of the case's customer, "" when there is none.
func (c *Case) customer(ctx context.Context) (sales.Customer, error) {
	id := c.CustomerID()
	if id == 0 {
		return sales.Customer{}, nil
	}
	k, err := c.tx.CustomerByID(ctx, id)
	if sales.KindOf(err) == sales.NotFound {
		return sales.Customer{}, nil
	}
	return k, err
}

// stepCard is the approvers' card of a contract, sent again with how long it has waited.
func stepCard(ctx context.Context, c *Case, _ []sales.PersonID) (cards.Card, bool, error) {
	k, err := c.tx.ContractByID(ctx, c.SubjectID)
	if err != nil {
		return cards.Card{}, false, err
	}
	r, err := c.tx.RequestByID(ctx, k.RequestID)
	if err != nil || r.State != approval.Pending {
		return cards.Card{}, false, err
	}
	customer, err := c.customer(ctx)
	if err != nil {
		return cards.Card{}, false, err
	}
	wait := approval.Overdue(r, c.desk.Calendar, c.now)
	v := view.Contract{
		Contract: k, Request: r, Customer: customer.Name, Class: customer.Class, Findings: view.Findings(k, c.desk.Clauses),
		Wait: wait, Now: c.now, Hint: "提醒:" + wait.String() + "。",
	}
	if err := FillContract(ctx, c.tx, &v); err != nil {
		return cards.Card{}, false, err
	}
	return view.ContractForStep(v, r.Step), true, nil
}

// FillContract reads what a contract's card shows of other records: products and files.
func FillContract(ctx context.Context, tx interface {
	ProductsByIDs(ctx context.Context, ids []sales.ID) ([]sales.Product, error)
	FileByID(ctx context.Context, id sales.ID) (sales.File, error)
}, v *view.Contract,
) error {
	products, err := tx.ProductsByIDs(ctx, v.Contract.Products)
	if err != nil {
		return err
	}
	for _, p := range products {
		v.Products = append(v.Products, p.Name)
	}
	for _, id := range v.Contract.Files {
		f, err := tx.FileByID(ctx, id)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return err
		}
		if err == nil {
			v.Files = append(v.Files, f.Shown())
		}
	}
	return nil
}

// filing reads what the cards of a filing show.
func (c *Case) filing(ctx context.Context) (view.Filing, error) {
	f, err := c.tx.FilingByID(ctx, c.SubjectID)
	if err != nil {
		return view.Filing{}, err
	}
	v := view.Filing{Filing: f, Author: c.org.Name(f.PersonID), Handler: c.org.Name(f.HandlerID), Contact: f.ContactName, Today: c.today(), Now: c.now}
	customer, err := c.customer(ctx)
	if err != nil {
		return v, err
	}
	v.Customer = customer.Name
	products, err := c.tx.ProductsByIDs(ctx, f.Products)
	for _, p := range products {
		v.Products = append(v.Products, p.Name)
	}
	return v, err
}

// sampleCard asks what came of a delivered sample.
func sampleCard(ctx context.Context, c *Case, _ []sales.PersonID) (cards.Card, bool, error) {
	v, err := c.filing(ctx)
	if err != nil || v.Filing.State != sales.FilingDelivered {
		return cards.Card{}, false, err
	}
	return view.SampleAsk(v), true, nil
}

// takeCard shows the service once more what nobody has taken.
func takeCard(ctx context.Context, c *Case, _ []sales.PersonID) (cards.Card, bool, error) {
	v, err := c.filing(ctx)
	if err != nil || v.Filing.State != sales.FilingOpen {
		return cards.Card{}, false, err
	}
	card := view.FilingForService(v)
	card.Level, card.Note = cards.Alert, "已等 "+sales.Waited(c.now.Sub(v.Filing.FiledAt.Time))+",还没人受理。"+card.Note
	return card, true, nil
}

func (c *Case) lead(ctx context.Context, p sales.LeadPolicy) (view.Lead, error) {
	l, err := c.tx.LeadByID(ctx, c.SubjectID)
	return view.Lead{Lead: l, Owner: c.org.Name(l.OwnerID), By: c.org.Name(l.CreatedBy), Within: p.EscalateAfter, Now: c.now}, err
}

// leadCard reminds the owner of a lead they have not taken, or not contacted.
func leadCard(ctx context.Context, c *Case, p sales.LeadPolicy) (cards.Card, bool, error) {
	v, err := c.lead(ctx, p)
	if err != nil {
		return cards.Card{}, false, err
	}
	v.Own = true
	switch v.Lead.State {
	case sales.LeadAssigned:
		v.Hint = "提醒"
	case sales.LeadAccepted:
		v.Hint = "提醒:接了还没联系"
	default:
		return cards.Card{}, false, nil
	}
	return view.LeadCard(v), true, nil
}

// aboveCard tells those above an owner of a lead that waits.
func aboveCard(ctx context.Context, c *Case, p sales.LeadPolicy) (cards.Card, bool, error) {
	v, err := c.lead(ctx, p)
	if err != nil {
		return cards.Card{}, false, err
	}
	i := c.shown()
	if i.State != sales.IncidentOpen && c.Resolution != RuleOff { // whoever deals with a lead says so on its cards
		return cards.Card{}, false, nil
	}
	card := view.LeadEscalated(v, i)
	if c.AckedBy != 0 && c.AckUntil.After(c.now) {
		card.Note = c.org.Name(c.AckedBy) + "在处理,到 " + sales.FormatMoment(c.AckUntil.Time) + " 没结果再提醒。"
	} else if c.SnoozedUntil.After(c.now) {
		card.Note = sales.FormatMoment(c.SnoozedUntil.Time) + " 再提醒。"
	}
	return card, true, nil
}

// planCard asks about an agreed visit at which nobody checked in.
func planCard(ctx context.Context, c *Case, _ []sales.PersonID) (cards.Card, bool, error) {
	p, err := c.tx.PlanByID(ctx, c.SubjectID)
	if err != nil || p.State != sales.PlanOpen || p.VisitID != 0 || p.Day != c.today() {
		return cards.Card{}, false, err
	}
	customer, err := c.customer(ctx)
	return view.PlanAsk(p, func(sales.ID) string { return customer.Name }, c.today()), true, err
}

// companionCard asks a colleague once more whether they were along.
func companionCard(ctx context.Context, c *Case, _ []sales.PersonID) (cards.Card, bool, error) {
	k, err := c.tx.CompanionByID(ctx, c.SubjectID)
	if err != nil || k.State != sales.CompanionAsked {
		return cards.Card{}, false, err
	}
	customer, err := c.customer(ctx)
	return view.CompanionAsk(view.Companion{
		Companion: k, Customer: customer.Name, By: c.org.Name(k.AskedBy), Name: c.org.Name(k.PersonID), Today: c.today(), Now: c.now, Again: true,
	}), true, err
}

// poolCard warns an owner of a customer that is about to go back to the open pool.
func poolCard(ctx context.Context, c *Case, _ []sales.PersonID) (cards.Card, bool, error) {
	customer, err := c.tx.CustomerByID(ctx, c.SubjectID)
	if err != nil {
		return cards.Card{}, false, err
	}
	k, err := c.tx.KeepingOf(ctx, customer)
	if err != nil || k.RecallAt.IsZero() || customer.OwnerID == 0 {
		return cards.Card{}, false, err
	}
	days := -1
	if !customer.LastContactAt.IsZero() {
		days = c.today().Sub(sales.DayOf(customer.LastContactAt.Time))
	}
	card := view.PoolWarning(customer, k, days, c.today())
	if c.Rule.Trigger.Kind == rules.Reaches {
		card.Note = "最后提醒。" + card.Note
	}
	return card, true, nil
}

// factCard asks whether a key field of a customer is still so. That it was asked is noted: it is asked again after a while.
func factCard(ctx context.Context, c *Case, people []sales.PersonID) (cards.Card, bool, error) {
	f, err := c.tx.FactByID(ctx, c.SubjectID)
	if err != nil || f.Value == "" {
		return cards.Card{}, false, err
	}
	customer, err := c.customer(ctx)
	if err != nil || customer.ID == 0 {
		return cards.Card{}, false, err
	}
	if len(people) > 0 {
		f.AskedOf, f.AskedOn = people[0], c.today()
		c.tx.PutFact(f)
		f.Version++
	}
	return view.FactCard(f, customer.Name, c.org.Name, c.today().Sub(sales.DayOf(f.ConfirmedAt.Time))), true, nil
}

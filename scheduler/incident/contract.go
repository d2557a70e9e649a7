package incident

import (
	"context"
	"time"

	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/scheduler/rules"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// ContractTx reads what the cards of a contract's incident show beside the rule: the approval and what is at stake.
type ContractTx interface {
	ContractByID(ctx context.Context, id sales.ID) (sales.Contract, error)
	RequestByID(ctx context.Context, id sales.ID) (approval.Request, error)
	CustomerByID(ctx context.Context, id sales.ID) (sales.Customer, error)
	OpportunityByID(ctx context.Context, id sales.ID) (sales.Opportunity, error)
	TodoByID(ctx context.Context, id sales.ID) (sales.Todo, error)
}

// contractCase is the contract of a case.
type contractCase struct {
	c        sales.Contract
	r        approval.Request
	customer string
	wait     approval.Wait
}

// readContract reads the contract of a case that waits for its approval; nothing of others.
func (c *Case) readContract(ctx context.Context) error {
	if t := c.Rule.Trigger; c.SubjectKind != "contract" || t.Kind != rules.Enters || t.State.Key != sales.ContractPending || t.Span.IsZero() {
		return nil
	}
	k, err := c.tx.ContractByID(ctx, c.SubjectID)
	if sales.KindOf(err) == sales.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	r, err := c.tx.RequestByID(ctx, k.RequestID)
	if sales.KindOf(err) == sales.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	customer, err := c.tx.CustomerByID(ctx, k.CustomerID)
	if err != nil && sales.KindOf(err) != sales.NotFound {
		return err
	}
	c.contract = &contractCase{k, r, customer.Name, approval.Overdue(r, c.desk.Calendar, c.now)}
	return nil
}

// Follow tells the case that its contract and approval are about to be written as given: the cards show them so.
func (c *Case) Follow(k sales.Contract, r approval.Request) {
	if c.contract != nil {
		c.contract.c, c.contract.r, c.contract.wait = k, r, approval.Overdue(r, c.desk.Calendar, c.now)
	}
}

// Contract is the contract of the case with its approval; ok is false when it is about something else.
func (c *Case) Contract() (k sales.Contract, r approval.Request, ok bool) {
	if c.contract == nil {
		return k, r, false
	}
	return c.contract.c, c.contract.r, true
}

// stuck are those a contract waits for: they are reminded of it rather than told of themselves.
func (c *Case) stuck() []sales.PersonID {
	if c.contract == nil {
		return nil
	}
	return c.contract.r.TurnIDs()
}

// ContractView is what the cards of a contract's incident show.
func (c *Case) ContractView(ctx context.Context) (view.Incident, error) {
	k := c.contract
	v := view.Incident{
		Incident: c.shown(), Contract: k.c, Request: k.r, Customer: k.customer, Wait: k.wait, Roles: c.roles(), Rule: c.Rule.Name,
		After: k.r.Rules.Limit, Words: c.ownLimit(), AckedBy: c.org.Name(c.AckedBy), Now: c.now,
	}
	reminded, err := c.reminded(ctx)
	if err != nil {
		return v, err
	}
	v.Done = view.IncidentDone(k.r, reminded)
	if k.c.OpportunityID != 0 {
		o, err := c.tx.OpportunityByID(ctx, k.c.OpportunityID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return v, err
		}
		v.Impact = view.IncidentImpact(o, sales.DayOf(c.now))
	}
	return v, nil
}

// ownLimit is the rule in words when it waits for another time than the approval's own limit, or goes up in rounds.
func (c *Case) ownLimit() string {
	s := c.Rule.Trigger.Span
	if c.Record != nil {
		s = c.Rule.Trigger.Deadline(c.Record)
	}
	usual := (s.Unit == rules.Hours || s.Unit == rules.WorkingHours) && time.Duration(s.N)*time.Hour == c.contract.r.Rules.Limit
	if usual && c.Rule.Rounds == 0 {
		return ""
	}
	return c.Rule.Words()
}

// reminded is how often other rules have told people of the contract since it waits.
func (c *Case) reminded(ctx context.Context) (int, error) {
	list, err := c.tx.IncidentsAbout(ctx, "contract", c.SubjectID, 20)
	if err != nil {
		return 0, err
	}
	times := map[time.Time]bool{}
	for _, i := range list {
		if i.ID == c.ID || i.RuleID == 0 {
			continue
		}
		steps, err := c.tx.IncidentSteps(ctx, i.ID)
		if err != nil {
			return 0, err
		}
		for _, s := range steps {
			if s.What == approval.StepPushed && !s.At.Before(c.contract.r.RoundSince.Time) {
				times[s.At.Time] = true
			}
		}
	}
	return len(times), nil
}

// Faces are the cards of all levels that were pushed, as they are now.
func (c *Case) Faces(ctx context.Context) ([]cards.Card, error) {
	var out []cards.Card
	for level := 1; level <= c.top(); level++ {
		if level <= len(c.Rule.Steps) && ownWords(c.Rule.Steps[level-1]) {
			live, err := c.liveCards(ctx, c.Rule.Steps[level-1])
			if err != nil {
				return nil, err
			}
			out = append(out, live...)
			continue
		}
		card, err := c.Face(ctx, level)
		if err != nil {
			return nil, err
		}
		out = append(out, card)
	}
	return out, nil
}

// Face is the card of a level.
func (c *Case) Face(ctx context.Context, level int) (cards.Card, error) {
	if c.contract != nil {
		v, err := c.ContractView(ctx)
		if err != nil {
			return cards.Card{}, err
		}
		return view.IncidentCard(v, level), nil
	}
	v := c.View(level)
	if c.SubjectKind == "todo" && c.State == sales.IncidentOpen {
		t, err := c.tx.TodoByID(ctx, c.SubjectID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return cards.Card{}, err
		}
		v.Todo = &t
	}
	return view.RuleIncidentCard(v, level), nil
}

package replica

import (
	"context"
	"errors"
	"fmt"

	"salesflow/bot"
	"salesflow/scheduler/incident"
	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Act does something, once: an act that is handed in again, since nobody knows whether it was done, is recognised.
func (r *Replica) Act(ctx context.Context, a Act) error {
	do, ok := acts[a.Kind]
	if !ok {
		return fmt.Errorf("there is no act %q", a.Kind)
	}
	org, err := r.people(ctx)
	if err != nil {
		return err
	}
	ev := bot.Event{Platform: "wecom", ID: fmt.Sprint("act:", a.ID), At: r.clock.Now(), From: bot.UserID(fmt.Sprint("u", a.Who))}
	for range 5 { // others may be in the way
		err = r.do(ctx, store.Work{
			Platform: ev.Platform, EventID: ev.ID, Event: ev, Person: sales.PersonID(a.Who),
			Fn: func(ctx context.Context, tx *store.Tx) error {
				return do(ctx, &turn{r: r, tx: tx, org: org, now: sales.At(r.clock.Now()), event: ev.ID}, a)
			},
		})
		if err == nil || !again(err) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("%s %d by %d: %w", a.Kind, a.Subject, a.Who, err)
	}
	return nil
}

// turn is an act being done.
type turn struct {
	r     *Replica
	tx    *store.Tx
	org   *sales.Org
	now   sales.Instant
	event string
}

// emit tells the rules what was done; the store adds what changed.
func (t *turn) emit(verb, kind string, id, who int64) {
	t.tx.Emit(sales.DomainEvent{Kind: verb, SubjectKind: kind, SubjectID: sales.ID(id), PersonID: sales.PersonID(who), Data: "{}"})
}

func (t *turn) name(who int64) approval.Person {
	return approval.Person{ID: sales.PersonID(who), Name: t.org.Name(sales.PersonID(who))}
}

type deed func(ctx context.Context, t *turn, a Act) error

var acts = map[string]deed{
	Customer: makeCustomer, Fact: putFact, Confirm: putFact, Reassign: reassign,
	Submit: submit, Approve: decide, SendBack: decide, Reject: decide, Withdraw: decide, Resubmit: decide, Transfer: decide,
	Visit: visit, Promise: promise, Keep: changePromise, Postpone: changePromise,
	Complain: complain, Unsay: changeFiling, Settle: changeFiling, Deliver: deliver, Answer: changeFiling,
	Leave: leave, Cancel: cancel, TakeUp: about, Snooze: about, Give: about, Done: about,
}

func makeCustomer(_ context.Context, t *turn, a Act) error {
	t.tx.CreateCustomer(sales.Customer{
		ID: sales.ID(a.Subject), Name: fmt.Sprintf("客户%06d", a.Subject), Class: a.Text, OwnerID: sales.PersonID(a.To), CreatedAt: sales.At(a.From), Version: 1,
	})
	return nil
}

func putFact(ctx context.Context, t *turn, a Act) error {
	facts, err := t.tx.FactsOf(ctx, sales.ID(a.Customer))
	if err != nil {
		return err
	}
	f := sales.FactNamed(facts, sales.ID(a.Customer), sales.FactBudget)
	f.ConfirmedAt, f.Value, f.ConfirmedBy = t.now, "已确认", sales.PersonID(a.Who)
	if a.Kind == Fact {
		f.ID, f.ConfirmedAt = sales.ID(a.Subject), sales.At(a.From)
	}
	t.tx.PutFact(f)
	t.emit("fact.confirmed", "fact", a.Subject, a.Who)
	return nil
}

func reassign(ctx context.Context, t *turn, a Act) error {
	c, err := t.tx.CustomerByID(ctx, sales.ID(a.Subject))
	if err != nil {
		return err
	}
	c.OwnerID = sales.PersonID(a.To)
	t.tx.UpdateCustomer(c)
	t.emit("customer.assigned", "customer", a.Subject, a.Who)
	return nil
}

func submit(_ context.Context, t *turn, a Act) error {
	id, no := sales.ID(a.Subject), fmt.Sprintf("HT%d", a.Subject)
	d := approval.Draft{ID: id + 1, Kind: approval.Contract, Record: id, No: no, Title: no, Amount: 10 * sales.Wan, Requester: t.name(a.Who)}
	req, _, err := approval.Submit(d, approval.ContractPolicy(), approval.OrgResolver{Org: t.org}, t.now.Time)
	if err != nil {
		return err
	}
	t.tx.CreateRequest(req)
	t.tx.CreateContract(sales.Contract{
		ID: id, No: no, CustomerID: sales.ID(a.Customer), OwnerID: sales.PersonID(a.Who), Amount: d.Amount, RequestID: req.ID, State: sales.ContractPending,
		PrepayPercent: -1, PaymentDays: -1, DeliveryDays: -1, DiscountPercent: -1, CreatedAt: t.now, TurnAt: t.now, Version: 1,
	})
	t.tx.SetContractEnd(id, sales.ID(a.Customer), sales.DayOf(a.Until), sales.PersonID(a.Who), t.now)
	t.emit("contract.submitted", "contract", a.Subject, a.Who)
	return nil
}

func decide(ctx context.Context, t *turn, a Act) error {
	c, err := t.tx.ContractByID(ctx, sales.ID(a.Subject))
	if err != nil {
		return err
	}
	req, err := t.tx.RequestByID(ctx, c.RequestID)
	if err != nil {
		return err
	}
	who, now, before := approval.Actor{Person: t.name(a.Who)}, t.now.Time, req
	switch a.Kind {
	case Approve:
		req, _, err = approval.Approve(req, who, now, "")
	case SendBack:
		req, _, err = approval.SendBack(req, who, now, "账期改成 45 天")
	case Reject:
		req, _, err = approval.Reject(req, who, now, "账期太长")
	case Withdraw:
		req, _, err = approval.Withdraw(req, who, now, "")
	case Resubmit:
		req, _, err = approval.Resubmit(req, who, now, approval.Changes{})
	case Transfer:
		req, _, err = approval.Transfer(req, who, now, t.name(a.To), "")
	}
	if err != nil {
		return err
	}
	t.tx.UpdateRequest(req)
	switch {
	case approval.Turned(before, req):
		c.TurnAt = t.now
	case req.State != approval.Pending:
		c.TurnAt = sales.Instant{}
	}
	c.State = string(req.State)
	t.tx.UpdateContract(c)
	t.emit("contract."+a.Kind, "contract", a.Subject, a.Who)
	return nil
}

func visit(_ context.Context, t *turn, a Act) error {
	t.tx.CreateVisit(sales.Visit{
		ID: sales.ID(a.Subject), PersonID: sales.PersonID(a.Who), CustomerID: sales.ID(a.Customer), Day: sales.DayOf(t.now.Time), FiledAt: t.now,
		State: sales.VisitFiled, Version: 1,
	})
	t.emit("visit.filed", "visit", a.Subject, a.Who)
	return nil
}

func promise(_ context.Context, t *turn, a Act) error {
	t.tx.CreateTodo(sales.Todo{
		ID: sales.ID(a.Subject), OwnerID: sales.PersonID(a.Who), CustomerID: sales.ID(a.Customer), SourceKind: a.Text, SourceID: sales.ID(a.Customer),
		Text: "寄样", DueOn: sales.DayOf(a.Until), State: sales.TodoOpen, CreatedAt: t.now, Version: 1,
	})
	t.emit("todo.created", "todo", a.Subject, a.Who)
	return nil
}

func changePromise(ctx context.Context, t *turn, a Act) error {
	todo, err := t.tx.TodoByID(ctx, sales.ID(a.Subject))
	if err != nil {
		return err
	}
	verb := "todo.postponed"
	if todo.DueOn = sales.DayOf(a.Until); a.Kind == Keep {
		verb, todo.State, todo.ClosedAt = "todo.done", sales.TodoDone, t.now
	}
	t.tx.UpdateTodo(todo)
	t.emit(verb, "todo", a.Subject, a.Who)
	return nil
}

func complain(_ context.Context, t *turn, a Act) error {
	t.tx.CreateFiling(filing(t, a, sales.FilingComplaint, sales.FilingOpen))
	t.emit("complaint.filed", "filing", a.Subject, a.Who)
	return nil
}

func deliver(_ context.Context, t *turn, a Act) error {
	f := filing(t, a, sales.FilingSample, sales.FilingDelivered)
	f.SentOn, f.DeliveredOn = f.Day, f.Day
	t.tx.CreateFiling(f)
	t.emit("sample.filed", "filing", a.Subject, a.Who)
	return nil
}

func filing(t *turn, a Act, kind sales.FilingKind, state string) sales.Filing {
	return sales.Filing{
		ID: sales.ID(a.Subject), Kind: kind, PersonID: sales.PersonID(a.Who), CustomerID: sales.ID(a.Customer), Day: sales.DayOf(t.now.Time), FiledAt: t.now,
		State: state, Version: 1,
	}
}

func changeFiling(ctx context.Context, t *turn, a Act) error {
	f, err := t.tx.FilingByID(ctx, sales.ID(a.Subject))
	if err != nil {
		return err
	}
	switch a.Kind {
	case Unsay:
		f.State = sales.FilingUndone
	case Settle:
		f.State, f.HandlerID, f.HandledAt, f.ClosedAt = sales.FilingClosed, sales.PersonID(a.Who), t.now, t.now
	case Answer:
		f.State = sales.FilingAnswered
	}
	t.tx.UpdateFiling(f)
	t.emit("filing."+a.Kind, "filing", a.Subject, a.Who)
	return nil
}

func leave(_ context.Context, t *turn, a Act) error {
	t.tx.CreateAbsence(sales.Absence{
		ID: sales.ID(a.Subject), PersonID: sales.PersonID(a.Who), Kind: sales.AbsenceLeave, From: sales.At(a.From), Until: sales.At(a.Until),
		DeputyID: sales.PersonID(a.To), State: sales.AbsenceActive, CreatedAt: t.now, Version: 1,
	})
	t.emit("absence.created", "absence", a.Subject, a.Who)
	return nil
}

func cancel(ctx context.Context, t *turn, a Act) error {
	x, err := t.tx.AbsenceByID(ctx, sales.ID(a.Subject))
	if err != nil {
		return err
	}
	x.State = sales.AbsenceCancelled
	t.tx.UpdateAbsence(x)
	t.emit("absence.cancelled", "absence", a.Subject, a.Who)
	return nil
}

// about does something about an incident, as a tap on its card does.
func about(ctx context.Context, t *turn, a Act) error {
	rule, err := t.r.ruleID(ctx, a.Rule)
	if err != nil {
		return err
	}
	i, err := t.tx.IncidentOf(ctx, incident.KindOf(rule), a.Text, sales.ID(a.Subject))
	if err != nil {
		return err
	}
	c, err := t.r.desk.Load(ctx, t.tx, incident.At{Now: t.now.Time, Org: t.org, Event: t.event, By: sales.PersonID(a.Who)}, i)
	if err != nil {
		return err
	}
	switch {
	case c.State != sales.IncidentOpen:
		return errors.New(a.Rule + " has ended: " + c.Resolution)
	case !c.PushedTo(sales.PersonID(a.Who)):
		return errors.New(a.Rule + " was not pushed to them")
	}
	switch a.Kind {
	case TakeUp:
		c.Ack()
	case Snooze:
		c.Snooze(a.Until)
	case Give:
		c.Give(sales.PersonID(a.To))
	case Done:
		if err := c.Resolve(ctx, "已处理"); err != nil {
			return err
		}
	}
	c.Trace("incident." + a.Kind)
	reply, err := c.Save(ctx)
	if err != nil {
		return err
	}
	_, err = t.r.poster.Post(ctx, t.tx, t.org, t.now.Time, bot.Origin{}, reply)
	return err
}

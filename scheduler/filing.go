package scheduler

import (
	"context"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// kindVisitAction and an action is the kind of due row that looks whether it was filed in time; its subject is the visit. It is
// never renamed: rows wait under it.
const kindVisitAction = "visit."

// FilingTx is what the decisions about what is filed by chat need of one transaction.
type FilingTx interface {
	bot.PostTx
	VisitByID(ctx context.Context, id sales.ID) (sales.Visit, error)
	ActionsOf(ctx context.Context, visit sales.ID) ([]sales.ActionRow, error)
	CustomerByID(ctx context.Context, id sales.ID) (sales.Customer, error)
	ContactByID(ctx context.Context, id sales.ID) (sales.Contact, error)
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)
}

// Filings decide about what was filed by chat and is not finished: each reminds once.
type Filings struct{ Calendar *sales.Calendar }

// RegisterFilings registers the decisions about what is filed by chat.
func RegisterFilings[T interface {
	DueTx
	FilingTx
}](e *Engine[T], f Filings) {
	for _, a := range sales.VisitActions {
		e.Handle(kindVisitAction+string(a), func(ctx context.Context, m Moment, tx T) (Decision, error) { return f.action(ctx, m, tx, a) })
	}
}

// quiet puts a decision off that would be made when nothing may be pushed.
func (f Filings) quiet(m Moment) (Decision, bool) {
	if !f.Calendar.Quiet(m.Now) {
		return Decision{}, false
	}
	return Decision{Reason: "quiet", Again: f.Calendar.NextAllowed(m.Now)}, true
}

// push is a card for one person about a record.
func push(to sales.PersonID, subject, slot string, out bot.Outgoing) Decision {
	return Decision{Reason: "asked", Reply: bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{to}, Subject: subject, Kind: bot.DeliverPush, Slot: slot, Out: out,
	}}}}
}

func customerName(ctx context.Context, tx FilingTx, id sales.ID) (string, error) {
	if id == 0 {
		return "", nil
	}
	c, err := tx.CustomerByID(ctx, id)
	if err != nil && sales.KindOf(err) == sales.NotFound {
		return "", nil
	}
	return c.Name, err
}

func here(m Moment, p sales.PersonID) bool {
	x, ok := m.Org.Person(p)
	return ok && x.Active
}

// maxActionLate is how long after its limit an action is still asked for: on another day nobody remembers.
const maxActionLate = 24 * time.Hour

// action reminds of an action of a visit that was not filed in time.
func (f Filings) action(ctx context.Context, m Moment, tx FilingTx, a sales.VisitAction) (Decision, error) {
	v, err := tx.VisitByID(ctx, m.Due.SubjectID)
	switch {
	case err != nil:
		return Decision{}, err
	case v.State != sales.VisitFiled:
		return Decision{Reason: "the visit was taken back"}, nil
	case m.Now.Sub(m.Due.DueAt.Time) > maxActionLate:
		return Decision{Reason: "too late to ask"}, nil
	}
	rows, err := tx.ActionsOf(ctx, v.ID)
	if err != nil {
		return Decision{}, err
	}
	since := v.FiledAt.Time
	for _, r := range rows {
		if r.Action == a {
			return Decision{Reason: "filed: " + r.State}, nil
		}
		if r.Action == sales.ActionCheckIn {
			since = r.DoneAt.Time
		}
	}
	if d, quiet := f.quiet(m); quiet {
		return d, nil
	}
	vv := view.Visit{Visit: v, Actions: rows, Contact: v.ContactName, Today: m.Today}
	if vv.Customer, err = customerName(ctx, tx, v.CustomerID); err != nil {
		return Decision{}, err
	}
	if v.ContactID != 0 {
		c, err := tx.ContactByID(ctx, v.ContactID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return Decision{}, err
		}
		vv.Contact = strings.TrimSpace(c.Name + c.Title)
	}
	card := view.ActionAsk(vv, a, m.Now.Sub(since))
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: sales.At(m.Now), Kind: "visit.late_" + string(a), SubjectKind: "visit", SubjectID: v.ID, PersonID: v.PersonID, Data: "{}"})
	return push(v.PersonID, "visit:"+v.ID.String(), "late:"+string(a), bot.Outgoing{Card: &card}), nil
}

package scheduler

import (
	"context"
	"fmt"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// Kinds of due rows about a to-do. Their subject is the to-do.
const (
	KindTodoBefore = "todo.before" // some hours ahead
	KindTodoDue    = "todo.due"    // at the moment
)

// ReminderTx is what reminders of to-dos need of one transaction.
type ReminderTx interface {
	bot.PostTx
	TodoByID(ctx context.Context, id sales.ID) (sales.Todo, error)
	CustomerByID(ctx context.Context, id sales.ID) (sales.Customer, error)
	VisitByID(ctx context.Context, id sales.ID) (sales.Visit, error)
	Schedule(d sales.Due)
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)
}

// Reminders decide about to-dos as they come due.
type Reminders struct {
	Calendar *sales.Calendar
}

// RegisterReminders registers the decisions about to-dos.
func RegisterReminders[T interface {
	DueTx
	ReminderTx
}](e *Engine[T], r Reminders) {
	for _, kind := range []string{KindTodoBefore, KindTodoDue} {
		e.Handle(kind, func(ctx context.Context, m Moment, tx T) (Decision, error) { return r.Remind(ctx, m, tx) })
	}
}

// current reads the to-do of a due row; stale says why nothing is to be done about it any more.
func current(ctx context.Context, m Moment, tx ReminderTx) (todo sales.Todo, stale string, err error) {
	todo, err = tx.TodoByID(ctx, m.Due.SubjectID)
	switch {
	case err != nil:
		return todo, "", err
	case todo.State != sales.TodoOpen:
		return todo, "closed: " + todo.State, nil
	case m.Due.Slot != fmt.Sprint(todo.Postponed):
		return todo, "put off since", nil
	}
	if p, ok := m.Org.Person(todo.OwnerID); !ok || !p.Active {
		return todo, "its owner has left", nil
	}
	return todo, "", nil
}

// Remind pushes a to-do's card to its owner, ahead of time or at the moment.
func (r Reminders) Remind(ctx context.Context, m Moment, tx ReminderTx) (Decision, error) {
	todo, stale, err := current(ctx, m, tx)
	if err != nil || stale != "" {
		return Decision{Reason: stale}, err
	}
	if m.Due.Kind == KindTodoBefore && !todo.DueAt.After(m.Now) {
		return Decision{Reason: "already due"}, nil // after an outage the reminder of the moment itself says it
	}
	if r.Calendar.Quiet(m.Now) { // decided when it can be read, so that it says what is true then
		return Decision{Reason: "quiet", Again: r.Calendar.NextAllowed(m.Now)}, nil
	}
	customer, origin, err := about(ctx, m, tx, todo)
	if err != nil {
		return Decision{}, err
	}
	card := view.TodoReminder(todo, customer, origin, m.Today, m.Now)
	return Decision{Reason: "reminded", Reply: bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{todo.OwnerID}, Subject: "todo:" + todo.ID.String(), Kind: bot.DeliverPush, Timely: true,
		Slot: m.Due.Kind + ":" + m.Due.Slot, Out: bot.Outgoing{Card: &card},
	}}}}, nil
}

// about is the customer of a to-do and where it came from, in words.
func about(ctx context.Context, m Moment, tx ReminderTx, todo sales.Todo) (customer, origin string, err error) {
	if todo.CustomerID != 0 {
		c, err := tx.CustomerByID(ctx, todo.CustomerID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return "", "", err
		}
		customer = c.Name
	}
	if todo.SourceKind == "visit" {
		v, err := tx.VisitByID(ctx, todo.SourceID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return "", "", err
		}
		if err == nil {
			origin = v.Day.ChineseFrom(m.Today) + "的拜访"
		}
	}
	return customer, origin, nil
}

func joinNonEmpty(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}

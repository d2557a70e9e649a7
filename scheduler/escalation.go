package scheduler

import (
	"context"
	"fmt"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// Kinds of due rows about a contract's approval. Their subject is the contract. They are never renamed: rows wait under
// these names.
const (
	KindApprovalRemind  = "approval.remind"
	KindApprovalOverdue = "approval.overdue"
)

// EscalationTx is what reminders and escalations of approvals need of one transaction.
type EscalationTx interface {
	bot.PostTx
	ContractByID(ctx context.Context, id sales.ID) (sales.Contract, error)
	RequestByID(ctx context.Context, id sales.ID) (approval.Request, error)
	CustomerByID(ctx context.Context, id sales.ID) (sales.Customer, error)
	ProductsByIDs(ctx context.Context, ids []sales.ID) ([]sales.Product, error)
	OpportunityByID(ctx context.Context, id sales.ID) (sales.Opportunity, error)
	FileByID(ctx context.Context, id sales.ID) (sales.File, error)
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)
}

// Escalation reminds the approvers of a contract that waits. Who else hears of it, and when, is a rule's business.
type Escalation struct {
	Calendar *sales.Calendar
	Clauses  sales.ClauseLimits
}

// RegisterEscalation registers the decisions about waiting approvals.
func RegisterEscalation[T interface {
	DueTx
	EscalationTx
}](e *Engine[T], x Escalation) {
	e.Handle(KindApprovalRemind, func(ctx context.Context, m Moment, tx T) (Decision, error) { return x.Remind(ctx, m, tx) })
	// Rows of the releases before the rules.
	e.Handle(KindApprovalOverdue, func(context.Context, Moment, T) (Decision, error) { return Decision{Reason: "rules do that now"}, nil })
}

// waiting is a contract at its moment, with everything its cards show.
type waiting struct {
	c        sales.Contract
	r        approval.Request
	customer sales.Customer
	wait     approval.Wait
}

func (x Escalation) read(ctx context.Context, m Moment, tx EscalationTx, contract sales.ID) (waiting, error) {
	c, err := tx.ContractByID(ctx, contract)
	if err != nil {
		return waiting{}, err
	}
	r, err := tx.RequestByID(ctx, c.RequestID)
	if err != nil {
		return waiting{}, err
	}
	w := waiting{c: c, r: r, wait: approval.Overdue(r, x.Calendar, m.Now)}
	if w.customer, err = tx.CustomerByID(ctx, c.CustomerID); sales.KindOf(err) == sales.NotFound {
		err = nil
	}
	return w, err
}

// Remind reminds the approvers who have had a contract for a while: the same card once more, the old copy greyed.
func (x Escalation) Remind(ctx context.Context, m Moment, tx EscalationTx) (Decision, error) {
	w, err := x.read(ctx, m, tx, m.Due.SubjectID)
	if err != nil {
		return Decision{}, err
	}
	switch {
	case w.r.State != approval.Pending:
		return Decision{Reason: "not waiting: " + string(w.r.State)}, nil
	case !strings.HasPrefix(m.Due.Slot, fmt.Sprintf("%d.%d.", w.r.Round, w.r.Step)):
		return Decision{Reason: "the step has changed"}, nil
	case x.Calendar.Quiet(m.Now): // decided when it can be read, so that it says what is true then
		return Decision{Reason: "quiet", Again: x.Calendar.NextAllowed(m.Now)}, nil
	}
	say, err := x.stepCard(ctx, m, tx, w, "remind")
	if err != nil {
		return Decision{}, err
	}
	x.trace(m, tx, w.c, "contract.remind")
	return Decision{Reply: bot.Reply{Say: []bot.Say{say}}, Reason: "reminded " + w.r.NextText()}, nil
}

// stepCard is the approvers' card, sent again with how long it has waited.
func (x Escalation) stepCard(ctx context.Context, m Moment, tx EscalationTx, w waiting, why string) (bot.Say, error) {
	v := view.Contract{
		Contract: w.c, Request: w.r, Customer: w.customer.Name, Class: w.customer.Class, Findings: view.Findings(w.c, x.Clauses),
		Wait: w.wait, Now: m.Now, Hint: "提醒:" + w.wait.String() + "。",
	}
	products, err := tx.ProductsByIDs(ctx, w.c.Products)
	if err != nil {
		return bot.Say{}, err
	}
	for _, p := range products {
		v.Products = append(v.Products, p.Name)
	}
	for _, id := range w.c.Files {
		f, err := tx.FileByID(ctx, id)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return bot.Say{}, err
		}
		if err == nil {
			v.Files = append(v.Files, f.Name)
		}
	}
	card := view.ContractForStep(v, w.r.Step)
	return bot.Say{
		To: ids(w.r.Turn()), Subject: "contract:" + w.c.ID.String(), Kind: bot.DeliverPush, Pass: true,
		Slot: fmt.Sprintf("%s:%s:%d", why, m.Due.Slot, m.Now.Unix()), Out: bot.Outgoing{Card: &card},
	}, nil
}

func ids(people []approval.Person) []sales.PersonID {
	out := make([]sales.PersonID, len(people))
	for i, p := range people {
		out[i] = p.ID
	}
	return out
}

// trace writes what the clock did to a contract.
func (x Escalation) trace(m Moment, tx EscalationTx, c sales.Contract, verb string) {
	event := "due:" + m.Due.ID.String()
	tx.Audit(sales.AuditEntry{ID: tx.NewID(), At: sales.At(m.Now), EventID: event, Verb: verb, SubjectKind: "contract", SubjectID: c.ID})
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: sales.At(m.Now), Kind: verb, SubjectKind: "contract", SubjectID: c.ID, Data: "{}"})
}

package scheduler

import (
	"context"
	"fmt"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/scheduler/incident"
	"salesflow/store/approval"
	"salesflow/store/sales"
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

// Escalation shows contracts that wait to those they wait for. Who hears of it, and when, is a rule's business.
type Escalation struct {
	Calendar *sales.Calendar
	Clauses  sales.ClauseLimits
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

// stepCard is the approvers' card, sent again with how long it has waited.
func (x Escalation) stepCard(ctx context.Context, m Moment, tx EscalationTx, w waiting, why string) (bot.Say, error) {
	v := view.Contract{
		Contract: w.c, Request: w.r, Customer: w.customer.Name, Class: w.customer.Class, Findings: view.Findings(w.c, x.Clauses),
		Wait: w.wait, Now: m.Now, Hint: "提醒:" + w.wait.String() + "。",
	}
	if err := incident.FillContract(ctx, tx, &v); err != nil {
		return bot.Say{}, err
	}
	card := view.ContractForStep(v, w.r.Step)
	return bot.Say{
		To: w.r.TurnIDs(), Subject: "contract:" + w.c.ID.String(), Kind: bot.DeliverPush, Pass: true,
		Slot: fmt.Sprintf("%s:%s:%d", why, m.Due.Slot, m.Now.Unix()), Out: bot.Outgoing{Card: &card},
	}, nil
}

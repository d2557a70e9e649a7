package scheduler

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// BounceTx is what a mail to a customer that did not arrive needs of one transaction.
type BounceTx interface {
	bot.PostTx
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)
	// BouncedMail is a mail that went to no person of ours and failed for good: what it was about, its receiver and why.
	// NotFound when it is none.
	BouncedMail(ctx context.Context, delivery sales.ID) (subject, address, reason string, err error)
	StatementByID(ctx context.Context, id sales.ID) (sales.Statement, error)
	PutStatement(s sales.Statement)
	CustomersByIDs(ctx context.Context, ids []sales.ID) ([]sales.Customer, error)
}

// RegisterBounces hands mails to customers that did not arrive to an engine.
func RegisterBounces[T interface {
	DueTx
	BounceTx
}](e *Engine[T]) {
	e.Handle(bot.DueMailBounced, func(ctx context.Context, m Moment, tx T) (Decision, error) { return Bounced(ctx, m, tx) })
}

// Bounced notes on a statement that its mail did not arrive, and shows whoever sent it what to do. A statement that was mailed
// elsewhere since, or was answered, is left alone.
func Bounced(ctx context.Context, m Moment, tx BounceTx) (Decision, error) {
	subject, address, reason, err := tx.BouncedMail(ctx, m.Due.SubjectID)
	if sales.KindOf(err) == sales.NotFound {
		return Decision{Reason: "to somebody of ours, or gone"}, nil
	}
	if err != nil {
		return Decision{}, err
	}
	word, ok := strings.CutPrefix(subject, "statement:")
	id, err := sales.ParseID(word)
	if !ok || err != nil {
		return Decision{Reason: "about something else"}, nil
	}
	s, err := tx.StatementByID(ctx, id)
	switch {
	case sales.KindOf(err) == sales.NotFound:
		return Decision{Reason: "gone"}, nil
	case err != nil:
		return Decision{}, err
	case s.State != sales.StatementSent || s.MailTrouble != "" || s.MailedTo != address:
		return Decision{Reason: "answered, known, or mailed elsewhere since"}, nil
	}
	list, err := tx.CustomersByIDs(ctx, []sales.ID{s.CustomerID})
	if err != nil || len(list) == 0 {
		return Decision{Reason: "no customer"}, err
	}
	s.MailTrouble = reason
	tx.PutStatement(s)
	s.Version++
	at := sales.At(m.Now)
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: at, Verb: "statement.bounced", SubjectKind: "statement", SubjectID: s.ID, Changes: []sales.Change{{Field: "邮件", New: reason}},
	})
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: at, Kind: "statement.bounced", SubjectKind: "statement", SubjectID: s.ID, PersonID: s.CreatedBy, Data: "{}"})
	card := view.StatementCard(view.Statement{Statement: s, Customer: list[0].Name, Now: m.Now})
	d := Decision{Reason: "bounced: " + reason}
	d.Reply.Faces = append(d.Reply.Faces, card)
	to := s.CreatedBy
	if p, ok := m.Org.Person(to); !ok || !p.Active {
		to = list[0].OwnerID
	}
	if p, ok := m.Org.Person(to); ok && p.Active {
		d.Reply.Say = append(d.Reply.Say, bot.Say{
			To: []sales.PersonID{to}, Subject: subject, Kind: bot.DeliverPush, Slot: "bounced:" + m.Due.SubjectID.String(), Push: true, Out: bot.Outgoing{Card: &card},
		})
	}
	return d, nil
}

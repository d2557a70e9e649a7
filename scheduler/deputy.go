package scheduler

import (
	"context"
	"fmt"
	"slices"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

// KindDelegation is the kind of the due row at which somebody who approves is away or back, or a delegation begins or ends.
// Its subject is the absence or the delegation. It is never renamed: rows wait under this name.
const KindDelegation = "approval.delegation"

// DeputyTx is what handing approvals to deputies needs of one transaction.
type DeputyTx interface {
	bot.PostTx
	sales.StandInReader
	AbsenceByID(ctx context.Context, id sales.ID) (sales.Absence, error)
	DelegationByID(ctx context.Context, id sales.ID) (sales.Delegation, error)
	PendingRequests(ctx context.Context, person sales.PersonID, limit int) ([]approval.Request, error)
	UpdateRequest(r approval.Request)
	ContractByID(ctx context.Context, id sales.ID) (sales.Contract, error)
	QuoteByID(ctx context.Context, id sales.ID) (sales.Quote, error)
	AgreementByID(ctx context.Context, id sales.ID) (sales.Agreement, error)
	ApplicationByID(ctx context.Context, id sales.ID) (sales.Application, error)
	WorkOrderByID(ctx context.Context, id sales.ID) (sales.WorkOrder, error)
	AgreementVersions(ctx context.Context, order sales.ID) ([]sales.AgreementVersion, error)
	CustomerByID(ctx context.Context, id sales.ID) (sales.Customer, error)
	ProductsByIDs(ctx context.Context, ids []sales.ID) ([]sales.Product, error)
	FileByID(ctx context.Context, id sales.ID) (sales.File, error)
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)
}

// Deputies hands what waits for somebody to who stands in for them.
type Deputies struct {
	Calendar *sales.Calendar
	Clauses  sales.ClauseLimits
}

// RegisterDeputies registers the decisions about deputies.
func RegisterDeputies[T interface {
	DueTx
	DeputyTx
}](e *Engine[T], d Deputies) {
	e.Handle(KindDelegation, func(ctx context.Context, m Moment, tx T) (Decision, error) { return d.Hand(ctx, m, tx) })
}

// maxHanded bounds how many requests are handed on at one moment.
const maxHanded = 100

// Hand looks again at who stands in for a person in everything that waits for them: a new deputy gets the cards, one who is
// not needed any more loses the buttons.
func (d Deputies) Hand(ctx context.Context, m Moment, tx DeputyTx) (Decision, error) {
	person, err := d.whose(ctx, m, tx)
	if err != nil {
		return Decision{}, err
	}
	reply, n, err := d.look(ctx, m, tx, person)
	return Decision{Reply: reply, Reason: fmt.Sprintf("handed on %d", n)}, err
}

// whose is who the due row's absence or delegation is of.
func (d Deputies) whose(ctx context.Context, m Moment, tx DeputyTx) (sales.PersonID, error) {
	if m.Due.SubjectKind == "absence" {
		a, err := tx.AbsenceByID(ctx, m.Due.SubjectID)
		return a.PersonID, err
	}
	x, err := tx.DelegationByID(ctx, m.Due.SubjectID)
	return x.PersonID, err
}

func (d Deputies) stand(ctx context.Context, m Moment, tx DeputyTx, r approval.Request) (bot.Reply, bool, error) {
	now, said, moved := approval.Relieve(r, approval.OrgResolver{Org: m.Org}, m.Now)
	ins, err := sales.StandIns(ctx, tx, m.Org, now.TurnIDs(), string(r.Kind), sales.At(m.Now))
	if err != nil {
		return bot.Reply{}, false, err
	}
	deputies := map[sales.PersonID]approval.Person{}
	for who, deputy := range ins {
		deputies[who] = approval.Person{ID: deputy, Name: m.Org.Name(deputy)}
	}
	after, out, changed := approval.Stand(now, deputies, m.Now)
	if !changed && !moved {
		return bot.Reply{}, false, nil
	}
	out.Entries, out.Notify = append(said.Entries, out.Entries...), append(said.Notify, out.Notify...)
	tx.UpdateRequest(after)
	v, err := d.paper(ctx, m, tx, after)
	if err != nil {
		return bot.Reply{}, false, err
	}
	if err := traceEntries(m, tx, v, r.State, after.State, out.Entries); err != nil {
		return bot.Reply{}, false, err
	}
	reply := bot.Reply{Faces: view.PaperFaces(v)}
	var to []sales.PersonID
	for _, n := range out.Notify {
		if n.Why == approval.WhyTurn && !slices.Contains(to, n.To.ID) {
			to = append(to, n.To.ID)
		}
	}
	if len(to) > 0 {
		card := view.PaperForStep(v, after.Step)
		reply.Say = append(reply.Say, bot.Say{
			To: to, Subject: v.Object + ":" + v.ID.String(), Kind: bot.DeliverPush, Pass: true,
			Slot: fmt.Sprintf("join:deputy:%d", after.Version), Out: bot.Outgoing{Card: &card},
		})
	}
	return reply, true, nil
}

// traceEntries writes what was added to a request's log into the trace, and tells the rules of it.
func traceEntries(m Moment, tx DeputyTx, v view.Paper, before, after approval.State, entries []approval.Entry) error {
	event := "due:" + m.Due.ID.String()
	for _, e := range entries {
		changes, err := evidence.EntryChanges(before, after, e)
		if err != nil {
			return err
		}
		verb := v.Object + "." + string(e.Verb)
		tx.Audit(sales.AuditEntry{ID: tx.NewID(), At: sales.At(m.Now), EventID: event, Verb: verb, SubjectKind: v.Object, SubjectID: v.ID, Changes: changes})
		tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: sales.At(m.Now), Kind: verb, SubjectKind: v.Object, SubjectID: v.ID, Data: "{}"})
	}
	return nil
}

// look goes through what waits for a person: who has left is replaced, who is away gets a deputy. It reports how many
// requests have changed.
func (d Deputies) look(ctx context.Context, m Moment, tx DeputyTx, person sales.PersonID) (bot.Reply, int, error) {
	rs, err := tx.PendingRequests(ctx, person, maxHanded)
	if err != nil {
		return bot.Reply{}, 0, err
	}
	var reply bot.Reply
	n := 0
	for _, r := range rs {
		one, changed, err := d.stand(ctx, m, tx, r)
		if err != nil {
			return bot.Reply{}, 0, err
		}
		if changed {
			n++
			reply = reply.And(one)
		}
	}
	return reply, n, nil
}

// paper is the record of a request as its cards show it.
func (d Deputies) paper(ctx context.Context, m Moment, tx DeputyTx, r approval.Request) (view.Paper, error) {
	wait := approval.Overdue(r, d.Calendar, m.Now)
	if r.Kind == approval.Quote || r.Kind == approval.SpecialPrice {
		q, err := tx.QuoteByID(ctx, r.Record)
		if err != nil {
			return view.Paper{}, err
		}
		customer, err := tx.CustomerByID(ctx, q.CustomerID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return view.Paper{}, err
		}
		files, err := fileNames(ctx, tx, q.Files)
		return view.Quote{
			Quote: q, Request: r, Customer: customer.Name, Class: customer.Class, Files: files, Wait: wait, Now: m.Now, Today: m.Today,
		}.Paper(), err
	}
	if r.Kind == approval.Agreement {
		return agreementOf(ctx, m, tx, r, wait)
	}
	if r.Kind == approval.General {
		return applicationOf(ctx, m, tx, r, wait)
	}
	c, err := tx.ContractByID(ctx, r.Record)
	if err != nil {
		return view.Paper{}, err
	}
	customer, err := tx.CustomerByID(ctx, c.CustomerID)
	if err != nil && sales.KindOf(err) != sales.NotFound {
		return view.Paper{}, err
	}
	v := view.Contract{
		Contract: c, Request: r, Customer: customer.Name, Class: customer.Class, Findings: view.Findings(c, d.Clauses), Wait: wait, Now: m.Now,
	}
	products, err := tx.ProductsByIDs(ctx, c.Products)
	if err != nil {
		return view.Paper{}, err
	}
	for _, p := range products {
		v.Products = append(v.Products, p.Name)
	}
	v.Files, err = fileNames(ctx, tx, c.Files)
	return v.Paper(), err
}

func fileNames(ctx context.Context, tx DeputyTx, list []sales.ID) ([]string, error) {
	var out []string
	for _, id := range list {
		f, err := tx.FileByID(ctx, id)
		if sales.KindOf(err) == sales.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, f.Shown())
	}
	return out, nil
}

// applicationOf is an application as its cards show it.
func applicationOf(ctx context.Context, m Moment, tx DeputyTx, r approval.Request, wait approval.Wait) (view.Paper, error) {
	x, err := tx.ApplicationByID(ctx, r.Record)
	if err != nil {
		return view.Paper{}, err
	}
	v := view.Application{Application: x, Request: r, Wait: wait, Now: m.Now}
	if x.CustomerID != 0 {
		customer, err := tx.CustomerByID(ctx, x.CustomerID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return view.Paper{}, err
		}
		v.Customer = customer.Name
	}
	v.Files, err = fileNames(ctx, tx, x.Files)
	return v.Paper(), err
}

// agreementOf is a technical agreement as its cards show it.
func agreementOf(ctx context.Context, m Moment, tx DeputyTx, r approval.Request, wait approval.Wait) (view.Paper, error) {
	g, err := tx.AgreementByID(ctx, r.Record)
	if err != nil {
		return view.Paper{}, err
	}
	o, err := tx.WorkOrderByID(ctx, g.OrderID)
	if err != nil {
		return view.Paper{}, err
	}
	versions, err := tx.AgreementVersions(ctx, g.OrderID)
	if err != nil {
		return view.Paper{}, err
	}
	customer, err := tx.CustomerByID(ctx, g.CustomerID)
	if err != nil && sales.KindOf(err) != sales.NotFound {
		return view.Paper{}, err
	}
	v := view.AgreementPaper(view.Agreement{Agreement: g, Order: o, Customer: customer.Name}, versions, r)
	v.Wait, v.Now = wait, m.Now
	return v, nil
}

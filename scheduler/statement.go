package scheduler

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// Kinds of due rows about statements. The subject of the first is the company, its slot the month in which it is due; the others'
// subject is the batch, their slot the id up to which it was done. They are never renamed.
const (
	KindStatementMonth = "statement.month"
	KindStatementMake  = "statement.make"
	KindStatementSend  = sales.DueStatements
	// KindStatementAltered looks whether a statement a customer has confirmed still says what it did; its subject is the statement.
	KindStatementAltered = sales.DueStatementAltered
)

const (
	// statementPart is how many statements one transaction makes, sendPart how many one sends.
	statementPart, sendPart = 100, 50
	// makeEvery and sendEvery space the parts: other work goes on between, and a mail server gets no heap.
	makeEvery, sendEvery = time.Second, 30 * time.Second
)

// statementAt is when the month's statements are made, on its first workday.
var statementAt = sales.ClockTime{Hour: 9, Minute: 10}

// StatementTx is what making and sending statements needs of one transaction.
type StatementTx interface {
	bot.PostTx
	RhythmTx
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)
	CustomersByIDs(ctx context.Context, ids []sales.ID) ([]sales.Customer, error)
	StatementRunOf(ctx context.Context, month sales.Day) (sales.StatementRun, error)
	StatementRunByID(ctx context.Context, id sales.ID) (sales.StatementRun, error)
	PutStatementRun(r sales.StatementRun)
	PutStatement(s sales.Statement)
	StatementByID(ctx context.Context, id sales.ID) (sales.Statement, error)
	// CustomersMoved lists customers after one, by id, that were invoiced or paid from one day to another.
	CustomersMoved(ctx context.Context, from, to sales.Day, after sales.ID, limit int) ([]sales.ID, error)
	StatementFigures(ctx context.Context, from, to sales.Day, customers ...sales.ID) (map[sales.ID]sales.StatementFigures, error)
	StatementsFor(ctx context.Context, month sales.Day, customers ...sales.ID) ([]sales.Statement, error)
	// ReadyStatements lists statements of a month that wait to be sent, after one, by id.
	ReadyStatements(ctx context.Context, month sales.Day, after sales.ID, limit int) ([]sales.Statement, error)
	StatementSums(ctx context.Context, scope sales.Scope, month sales.Day) ([]sales.StatementSum, error)
	StatementList(ctx context.Context, scope sales.Scope, month sales.Day, states []string, unmailed bool, from, limit int) ([]sales.StatementRow, error)
	StatementsSent(ctx context.Context, month sales.Day, since sales.Instant) ([]sales.StatementOwner, error)
	BillingsOf(ctx context.Context, customers ...sales.ID) ([]sales.Billing, error)
	CreateSheetJob(j sales.SheetJob)
}

// Statements makes the statements of a month for all customers on its successor's first workday, and sends them once finance has
// looked them through (月初对账单).
type Statements struct {
	Calendar *sales.Calendar
	// Monthly is false for a company that makes its statements one by one.
	Monthly bool
	// Mail is true when there is a mail server.
	Mail bool
	// Link makes a customer's link to answer by, with what is kept of it; both empty where there are no pages.
	Link func() (link, hash string, err error)
}

// statementLinkFor is how long a link works.
const statementLinkFor = 30 * 24 * time.Hour

// RegisterStatements hands the decisions to an engine.
func RegisterStatements[T interface {
	DueTx
	StatementTx
}](e *Engine[T], s Statements) {
	e.Handle(KindStatementMonth, func(ctx context.Context, m Moment, tx T) (Decision, error) { return s.Month(ctx, m, tx) })
	e.Handle(KindStatementMake, func(ctx context.Context, m Moment, tx T) (Decision, error) { return s.Make(ctx, m, tx) })
	e.Handle(KindStatementSend, func(ctx context.Context, m Moment, tx T) (Decision, error) { return s.Send(ctx, m, tx) })
	e.Handle(KindStatementAltered, func(ctx context.Context, m Moment, tx T) (Decision, error) { return s.Altered(ctx, m, tx) })
}

// EnsureStatements writes the next due row. It may be called again at any time: at start, and when the calendar has changed.
func (s Statements) EnsureStatements(tx RhythmTx, now time.Time) {
	month := sales.FirstOf(sales.DayOf(now))
	if !s.first(month).After(now) {
		month = month.AddMonths(1)
	}
	s.plan(tx, month)
}

// first is the moment of a month at which its predecessor's statements are made.
func (s Statements) first(month sales.Day) time.Time {
	if !s.Calendar.IsWorkday(month) {
		month = s.Calendar.NextWorkday(month)
	}
	return statementAt.On(month)
}

func (s Statements) plan(tx RhythmTx, month sales.Day) {
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: KindStatementMonth, SubjectKind: "company", SubjectID: company, Slot: month.String()[:7],
		DueAt: sales.At(s.first(month)), State: sales.DuePending,
	})
}

// part writes the due row of a batch's next part.
func (s Statements) part(tx RhythmTx, kind string, r sales.StatementRun, at time.Time) {
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: kind, SubjectKind: "statement_run", SubjectID: r.ID, Slot: r.Part(), DueAt: sales.At(at), State: sales.DuePending,
	})
}

// Month begins the batch of the month before, once.
func (s Statements) Month(ctx context.Context, m Moment, tx StatementTx) (Decision, error) {
	in, err := sales.ParseDay(m.Due.Slot + "-01")
	if err != nil {
		return Decision{Reason: "no month"}, nil
	}
	s.plan(tx, in.AddMonths(1))
	if !s.Monthly {
		return Decision{Reason: "off"}, nil
	}
	r, err := tx.StatementRunOf(ctx, in.AddMonths(-1))
	if err != nil || r.Version > 0 {
		return Decision{Reason: "begun already"}, err
	}
	r = sales.StatementRun{ID: tx.NewID(), MonthOn: in.AddMonths(-1), State: sales.RunMaking, CreatedAt: sales.At(m.Now)}
	tx.PutStatementRun(r)
	s.trace(m, tx, "statement_run.begin", "statement_run", r.ID, 0)
	s.part(tx, KindStatementMake, r, m.Now)
	return Decision{Reason: "begun"}, nil
}

// Make makes a part of a batch: statements of the next customers with movement who have none of the month.
func (s Statements) Make(ctx context.Context, m Moment, tx StatementTx) (Decision, error) {
	r, err := tx.StatementRunByID(ctx, m.Due.SubjectID)
	if err != nil || r.State != sales.RunMaking || m.Due.Slot != r.Part() {
		return Decision{Reason: "done already"}, err
	}
	last := sales.LastOf(r.MonthOn)
	ids, err := tx.CustomersMoved(ctx, r.MonthOn, last, r.AfterID, statementPart)
	if err != nil {
		return Decision{}, err
	}
	if len(ids) == 0 {
		return s.made(ctx, m, tx, r)
	}
	customers, err := tx.CustomersByIDs(ctx, ids)
	if err != nil {
		return Decision{}, err
	}
	have, err := tx.StatementsFor(ctx, r.MonthOn, ids...)
	if err != nil {
		return Decision{}, err
	}
	figures, err := tx.StatementFigures(ctx, r.MonthOn, last, ids...)
	if err != nil {
		return Decision{}, err
	}
	known := map[sales.ID]bool{}
	for _, x := range have {
		known[x.CustomerID] = true
	}
	for _, c := range customers {
		if known[c.ID] {
			continue
		}
		x := sales.Statement{
			ID: tx.NewID(), CustomerID: c.ID, MonthOn: r.MonthOn, OwnerID: c.OwnerID, State: sales.StatementReady, CreatedAt: sales.At(m.Now),
			SourceEventID: "due:" + m.Due.ID.String(),
		}
		x.Take(figures[c.ID])
		tx.PutStatement(x)
		s.trace(m, tx, "statement.made", "statement", x.ID, 0, sales.Change{Field: "期末", New: x.Closing.String()})
		r.Made++
	}
	r.AfterID = ids[len(ids)-1]
	tx.PutStatementRun(r)
	s.part(tx, KindStatementMake, r, m.Now.Add(makeEvery))
	return Decision{Reason: fmt.Sprintf("made up to %d", r.AfterID)}, nil
}

// made ends the making: finance gets the batch to look through.
func (s Statements) made(ctx context.Context, m Moment, tx StatementTx, r sales.StatementRun) (Decision, error) {
	r.State, r.AfterID = sales.RunReady, 0
	tx.PutStatementRun(r)
	r.Version++
	if r.Made == 0 {
		return Decision{Reason: "no customer moved, or all have theirs"}, nil
	}
	s.trace(m, tx, "statement_run.made", "statement_run", r.ID, 0, sales.Change{Field: "份数", New: strconv.FormatInt(r.Made, 10)})
	d := Decision{Reason: fmt.Sprintf("made %d", r.Made)}
	v, err := s.overview(ctx, m, tx, r)
	if err != nil {
		return Decision{}, err
	}
	for _, p := range financeOrAdmins(m.Org) {
		v.Person = p
		card := view.StatementsCard(v)
		d.Reply.Say = append(d.Reply.Say, bot.Say{
			To: []sales.PersonID{p}, Subject: "statement_run:" + r.ID.String(), Kind: bot.DeliverPush, Slot: "made", Push: true, Out: bot.Outgoing{Card: &card},
		})
	}
	return d, nil
}

// overview is the first page of a batch as finance sees it.
func (s Statements) overview(ctx context.Context, m Moment, tx StatementTx, r sales.StatementRun) (view.Statements, error) {
	v := view.Statements{Run: r, Month: r.MonthOn, Sends: true, Name: m.Org.Name, Today: m.Today}
	var err error
	if v.Sums, err = tx.StatementSums(ctx, sales.Scope{All: true}, r.MonthOn); err != nil {
		return v, err
	}
	v.Rows, err = tx.StatementList(ctx, sales.Scope{All: true}, r.MonthOn, nil, false, 0, view.StatementsShown)
	return v, err
}

// financeOrAdmins are those of finance who can be reached, else the admins.
func financeOrAdmins(org *sales.Org) []sales.PersonID {
	for _, role := range []sales.Role{sales.RoleFinance, sales.RoleAdmin} {
		var out []sales.PersonID
		for _, p := range org.WithRole(role) {
			if p.Active && len(org.Identities(p.ID)) > 0 {
				out = append(out, p.ID)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// Send sends a part of a batch. What has changed since finance looked at it is kept back.
func (s Statements) Send(ctx context.Context, m Moment, tx StatementTx) (Decision, error) {
	r, err := tx.StatementRunByID(ctx, m.Due.SubjectID)
	if err != nil || r.State != sales.RunSending || m.Due.Slot != r.Part() {
		return Decision{Reason: "done already"}, err
	}
	if s.Calendar.Quiet(m.Now) {
		return Decision{Reason: "quiet", Again: s.Calendar.NextAllowed(m.Now)}, nil
	}
	list, err := tx.ReadyStatements(ctx, r.MonthOn, r.AfterID, sendPart)
	if err != nil {
		return Decision{}, err
	}
	if len(list) == 0 {
		return s.sent(ctx, m, tx, r)
	}
	ids := make([]sales.ID, len(list))
	for k, x := range list {
		ids[k] = x.CustomerID
	}
	figures, err := tx.StatementFigures(ctx, r.MonthOn, list[0].LastDay(), ids...)
	if err != nil {
		return Decision{}, err
	}
	addresses, names, err := addressesOf(ctx, tx, ids)
	if err != nil {
		return Decision{}, err
	}
	for _, x := range list {
		if old := x.Closing; x.Take(figures[x.CustomerID]) {
			r.Changed++
			tx.PutStatement(x)
			s.trace(m, tx, "statement.changed", "statement", x.ID, r.SentBy, sales.Change{Field: "期末", Old: old.String(), New: x.Closing.String()})
			continue
		}
		if err := s.sendOne(m, tx, &r, x, names[x.CustomerID], addresses[x.CustomerID]); err != nil {
			return Decision{}, err
		}
	}
	r.AfterID = list[len(list)-1].ID
	tx.PutStatementRun(r)
	s.part(tx, KindStatementSend, r, m.Now.Add(sendEvery))
	return Decision{Reason: fmt.Sprintf("sent up to %d", r.AfterID)}, nil
}

func addressesOf(ctx context.Context, tx StatementTx, ids []sales.ID) (addresses, names map[sales.ID]string, err error) {
	addresses, names = map[sales.ID]string{}, map[sales.ID]string{}
	billings, err := tx.BillingsOf(ctx, ids...)
	if err != nil {
		return nil, nil, err
	}
	for _, b := range billings {
		addresses[b.CustomerID] = b.Mail
	}
	customers, err := tx.CustomersByIDs(ctx, ids)
	for _, c := range customers {
		names[c.ID] = c.Name
	}
	return addresses, names, err
}

// sendOne marks a statement as sent and, where its customer has an address, has its files made and mailed.
func (s Statements) sendOne(m Moment, tx StatementTx, r *sales.StatementRun, x sales.Statement, customer, address string) error {
	link, hash, err := s.Link()
	if err != nil {
		return err
	}
	x.State, x.CreatedBy, x.SentAt, x.TokenHash = sales.StatementSent, r.SentBy, sales.At(m.Now), hash
	if hash != "" {
		x.TokenUntil = sales.At(m.Now.Add(statementLinkFor))
	}
	r.Sent++
	if s.Mail && address != "" && link != "" {
		r.Mailed++
		x.MailedTo, x.MailTrouble = address, ""
		tx.CreateSheetJob(sales.SheetJob{
			ID: tx.NewID(), Kind: sales.SheetStatement, State: sales.SheetMaking, PersonID: r.SentBy, Name: customer + " " + x.Month() + "对账单",
			Choice: strings.Join([]string{x.ID.String(), link, sales.ChooseMailOnly}, " "), CreatedAt: sales.At(m.Now), UpdatedAt: sales.At(m.Now), Version: 1,
		})
	}
	tx.PutStatement(x)
	s.trace(m, tx, "statement.issued", "statement", x.ID, r.SentBy, sales.Change{Field: "期末", New: x.Closing.String()}, sales.Change{Field: "邮箱", New: x.MailedTo})
	return nil
}

// sent ends a sending: whoever sent it learns what went where, and each keeper of customers what there is left to do.
func (s Statements) sent(ctx context.Context, m Moment, tx StatementTx, r sales.StatementRun) (Decision, error) {
	r.State, r.AfterID = sales.RunReady, 0
	tx.PutStatementRun(r)
	r.Version++
	s.trace(m, tx, "statement_run.sent", "statement_run", r.ID, r.SentBy, sales.Change{Field: "份数", New: strconv.FormatInt(r.Sent, 10)})
	d := Decision{Reason: fmt.Sprintf("sent %d", r.Sent)}
	subject, slot := "statement_run:"+r.ID.String(), "sent:"+strconv.FormatInt(r.SentAt.Unix(), 36)
	v, err := s.overview(ctx, m, tx, r)
	if err != nil {
		return Decision{}, err
	}
	v.Person, v.Ended = r.SentBy, true
	card := view.StatementsCard(v)
	d.Reply.Say = append(d.Reply.Say, bot.Say{To: []sales.PersonID{r.SentBy}, Subject: subject, Kind: bot.DeliverPush, Slot: slot, Push: true, Out: bot.Outgoing{Card: &card}})
	owners, err := tx.StatementsSent(ctx, r.MonthOn, r.SentAt)
	if err != nil {
		return Decision{}, err
	}
	for _, o := range owners {
		if p, ok := m.Org.Person(o.OwnerID); !ok || !p.Active || p.ID == r.SentBy {
			continue
		}
		card := view.StatementsSentCard(r, o)
		d.Reply.Say = append(d.Reply.Say, bot.Say{To: []sales.PersonID{o.OwnerID}, Subject: subject, Kind: bot.DeliverPush, Slot: slot, Push: true, Out: bot.Outgoing{Card: &card}})
	}
	return d, nil
}

// trace writes what was done, by whom (0: the clock).
func (s Statements) trace(m Moment, tx StatementTx, verb, kind string, id sales.ID, by sales.PersonID, changes ...sales.Change) {
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: sales.At(m.Now), PersonID: by, EventID: "due:" + m.Due.ID.String(), Verb: verb, SubjectKind: kind, SubjectID: id, Changes: changes,
	})
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: sales.At(m.Now), Kind: verb, SubjectKind: kind, SubjectID: id, PersonID: by, Data: "{}"})
}

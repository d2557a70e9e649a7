package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/store/approval"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

// tracedShare is one record with its rows of the trace and its events for so many records. Filings and who looked at customers are
// traced all.
const tracedShare = 10

const (
	// listDays is for how many days leads looked at lists of their team's customers, listsADay how often each, listed how many
	// customers stood on one.
	listDays, listsADay, onList = 60, 8, 20
	// pushDays is how long deliveries are kept.
	pushDays = 88
)

// mark is a row of the trace and, unless event is empty, the event beside it.
type mark struct {
	verb, event string
	who         sales.PersonID
	after       time.Duration
	changes     []sales.Change
}

// traced are records of a kind: n of them, each with its moment and what was done to it.
type traced struct {
	kind string
	n    int
	of   func(i int) (id sales.ID, at time.Time, marks []mark)
}

func said(field, value string) []sales.Change { return []sales.Change{{Field: field, New: value}} }

// someOf is the number of the record that is the k-th of those with a trace, spread over all people.
func someOf(k int) int { return k*tracedShare + k/20%tracedShare }

// traces are the records that have a trace, a tenth of those of most kinds.
func (d *data) traces() []traced {
	tenth := func(n int) int { return n / tracedShare }
	return []traced{
		{"visit", tenth(d.visits), func(k int) (sales.ID, time.Time, []mark) {
			i := someOf(k)
			at := d.moment(i, d.visits)
			rep, c := d.who(i)
			return idAt(at, visitNode, i), at, []mark{{"visit.file", "visit.filed", d.persons[rep], 0, said("原文", "拜访"+d.names[c]+"王主任,介绍生化分析仪方案,下周二前寄样")}}
		}},
		{"todo", tenth(d.visits), func(k int) (sales.ID, time.Time, []mark) {
			i := someOf(k)
			at := d.moment(i, d.visits)
			rep, _ := d.who(i)
			marks := []mark{{"todo.create", "todo.created", d.persons[rep], 0, said("待办", "寄样")}}
			if done := sales.DayOf(at).AddDays(6).At(sales.EndOfWork-1, 0); done.Before(d.today.Start()) {
				marks = append(marks, mark{"todo.done", "todo.done", d.persons[rep], done.Sub(at), []sales.Change{{Field: "state", Old: "open", New: "done"}}})
			}
			return idAt(at, todoNode, i), at, marks
		}},
		{"opportunity", tenth(d.opportunities), func(k int) (sales.ID, time.Time, []mark) {
			i := someOf(k)
			at, peak, _ := d.deal(i)
			rep, _ := d.who(i)
			marks := []mark{{"opportunity.create", "opportunity.created", d.persons[rep], 0, said("金额", d.amount(i).String())}}
			for s := range peak {
				step := []sales.Change{{Field: "阶段", Old: string(stageAt(s)), New: string(stageAt(s + 1))}}
				marks = append(marks, mark{"opportunity.move", "opportunity.moved", d.persons[rep], time.Duration(s+1) * 120 * time.Hour, step})
			}
			return idAt(at, opportunityNode, i), at, marks
		}},
		{"contract", tenth(d.contracts), func(k int) (sales.ID, time.Time, []mark) { return d.contractMarks(someOf(k)) }},
		{"shipment", 2 * tenth(d.contracts), func(k int) (sales.ID, time.Time, []mark) { return d.shipmentMarks(k) }},
		{"invoice", 4 * tenth(d.contracts), func(k int) (sales.ID, time.Time, []mark) {
			list := d.life(someOf(k / 4)).ledger.Invoices
			if k%4 >= len(list) {
				return 0, time.Time{}, nil
			}
			x := list[k%4]
			marks := []mark{{"invoice.issue", "invoice.issued", x.CreatedBy, 0, said("开票", x.No+" "+x.Amount.String())}}
			if x.State == sales.InvoiceSettled && !x.SettledOn.IsZero() {
				marks = append(marks, mark{"invoice.update", "invoice.settled", d.finance, x.SettledOn.At(16, 0).Sub(x.CreatedAt.Time), []sales.Change{{Field: "未收", Old: x.Amount.String(), New: "¥0"}}})
			}
			return x.ID, x.CreatedAt.Time, marks
		}},
		{"payment", 4 * tenth(d.contracts), func(k int) (sales.ID, time.Time, []mark) {
			list := d.life(someOf(k / 4)).ledger.Payments
			if k%4 >= len(list) {
				return 0, time.Time{}, nil
			}
			x := list[k%4]
			return x.ID, x.CreatedAt.Time, []mark{{"payment.receive", "payment.received", x.CreatedBy, 0, said("回款", x.No+" "+x.Amount.String())}}
		}},
		{"customer", len(d.customer), d.customerMarks},
		{"filing", d.filings, d.filingMarks},
		{sales.SubjectList, listDays * listsADay * d.reps / repsOfTeam, d.listMarks},
	}
}

// contractMarks are what a contract's approval leaves.
func (d *data) contractMarks(i int) (sales.ID, time.Time, []mark) {
	c, r := d.contract(i), d.request(i)
	_, buyer := d.buyer(i)
	facts, err := evidence.Change(evidence.FieldFacts, evidence.Facts{
		No: c.No, Noun: "合同", Customer: d.names[buyer], Products: []string{"生化分析仪"}, Amount: c.Amount, Requester: r.RequesterName,
		Path: "销售总监", Lines: [][2]string{{"付款", "30 天"}, {"交期", "30 天"}, {"折扣", "9 折"}},
	})
	if err != nil {
		panic(err) // facts of our own that cannot be written
	}
	marks := []mark{{"contract.submit", "contract.submitted", c.OwnerID, 0, []sales.Change{facts}}}
	before := approval.State("")
	for k, e := range r.Log {
		after, event := approval.Pending, "contract.pending"
		if k > 0 {
			after, event = r.State, "contract."+string(r.State)
		}
		changes, err := evidence.EntryChanges(before, after, e)
		if err != nil {
			panic(err)
		}
		marks = append(marks, mark{"contract." + string(e.Verb), event, e.Actor, e.At.Sub(c.CreatedAt.Time) + time.Duration(k+1)*time.Millisecond, changes})
		before = after
	}
	for k := range i / tracedShare % 4 {
		marks = append(marks, mark{"contract.read", "", d.director, time.Duration(k+1) * 26 * time.Hour, nil})
	}
	return c.ID, c.CreatedAt.Time, marks
}

func (d *data) shipmentMarks(k int) (sales.ID, time.Time, []mark) {
	list := d.life(someOf(k / 2)).ships
	if k%2 >= len(list) {
		return 0, time.Time{}, nil
	}
	x := list[k%2]
	marks := []mark{{"shipment.create", "shipment.created", x.CreatedBy, 0, said("发货", x.No+" "+x.Amount.String())}}
	if !x.SignedOn.IsZero() {
		signed := said(evidence.FieldSigned, x.SignedOn.String()+" "+x.Receiver)
		marks = append(marks, mark{"shipment.sign", "shipment.signed", x.OwnerID, x.SignedOn.At(17, 0).Sub(x.CreatedAt.Time), signed})
	}
	return x.ID, x.CreatedAt.Time, marks
}

// customerMarks are how a customer was made and its fields were filled in, and who looked at it in the last weeks: colleagues of its
// owner and the lead, one in twenty customers often.
func (d *data) customerMarks(i int) (sales.ID, time.Time, []mark) {
	rep := i % d.reps
	made := d.today.AddDays(-700).At(10, 0).Add(time.Duration(i) * time.Millisecond)
	var marks []mark
	if i%tracedShare == 0 {
		marks = append(marks, mark{"customer.create", "customer.created", d.persons[rep], 0, said("名称", d.names[i])})
	}
	reads := i % 3
	if i < d.reps { // those with a long history
		reads = 60
	}
	for k := range reads {
		who := d.persons[(rep+k%repsOfTeam)/repsOfTeam*repsOfTeam%d.reps]
		at := d.today.AddDays(-1-k%50).At(9+k%8, i%60).Add(time.Duration(i) * time.Millisecond)
		marks = append(marks, mark{"customer.read", "", who, at.Sub(made), nil})
	}
	return d.customer[i], made, marks
}

// listMarks are looks at a list of customers.
func (d *data) listMarks(k int) (sales.ID, time.Time, []mark) {
	teams := d.reps / repsOfTeam
	at := d.today.AddDays(-1-k/(teams*listsADay)).At(9+k/teams%listsADay, k%teams)
	ids := make([]string, onList)
	for n := range ids {
		ids[n] = d.customer[(k*onList+n*d.reps)%len(d.customer)].String()
	}
	return 0, at, []mark{{"customers.read", "", d.director, 0, said(sales.ListedCustomers, strings.Join(ids, ","))}}
}

// filing is a complaint or a service request. Those of the last four days are not closed.
func (d *data) filing(i int) sales.Filing {
	at := d.moment(i, d.filings)
	rep, c := d.buyer(i)
	f := sales.Filing{
		ID: idAt(at, visitNode, i), Kind: sales.FilingAfterSales, PersonID: d.persons[rep], TeamID: d.teams[rep/repsOfTeam], CustomerID: d.customer[c],
		Day: sales.DayOf(at), FiledAt: sales.At(at), Text: "生化分析仪报警,要工程师上门看", Products: sales.List[sales.ID]{d.productID[i%len(d.productID)]}, Topic: "repair",
		HandlerID: d.works, HandledAt: sales.At(at.Add(time.Duration(20+i%90) * time.Minute)), ClosedAt: sales.At(at.Add(50 * time.Hour)), Result: "换了泵管",
		State: sales.FilingClosed, SourceEventID: fmt.Sprintf("load:w%d", i), Version: 3,
	}
	if i%3 == 0 {
		f.Kind, f.Topic, f.Text = sales.FilingComplaint, "quality", "试剂批次不稳,客户有意见"
	}
	if d.today.Sub(f.Day) < 4 {
		f.State, f.ClosedAt, f.Result, f.Version = sales.FilingAccepted, sales.Instant{}, "", 2
	}
	return f
}

func (d *data) filingMarks(i int) (sales.ID, time.Time, []mark) {
	f := d.filing(i)
	marks := []mark{
		{"filing.file", "filing.filed", f.PersonID, 0, said("原文", f.Text)},
		{"filing.accept", "filing.accepted", f.HandlerID, f.HandledAt.Sub(f.FiledAt.Time), nil},
	}
	if !f.ClosedAt.IsZero() {
		marks = append(marks, mark{"filing.close", "filing.closed", f.HandlerID, f.ClosedAt.Sub(f.FiledAt.Time), said("结果", f.Result)})
	}
	return f.ID, f.FiledAt.Time, marks
}

// trail loads filings, the trace, the events, and what was pushed to people.
func (w *world) trail(ctx context.Context, s size, d *data) error {
	filing := columnsOf[sales.Filing]()
	if err := w.load(ctx, s, "filings", filing.names, func(b []byte, i int) []byte { f := d.filing(i); return filing.add(b, &f) }, s.filings); err != nil {
		return err
	}
	list := d.traces()
	n := 0
	for _, t := range list {
		n += t.n
	}
	latest := w.now.Add(-2 * time.Hour)
	audit, event := columnsOf[sales.AuditEntry](), columnsOf[sales.DomainEvent]()
	if err := w.load(ctx, s, "audit", audit.names, eachMark(list, latest, func(b []byte, id sales.ID, e sales.AuditEntry, _ string) []byte {
		e.ID = id
		return audit.add(b, &e)
	}), n); err != nil {
		return err
	}
	err := w.load(ctx, s, "events", event.names, eachMark(list, latest, func(b []byte, id sales.ID, e sales.AuditEntry, kind string) []byte {
		if kind == "" {
			return b
		}
		x := sales.DomainEvent{ID: id, At: e.At, Kind: kind, SubjectKind: e.SubjectKind, SubjectID: e.SubjectID, PersonID: e.PersonID, Data: "{}"}
		return event.add(b, &x)
	}), n)
	if err != nil {
		return err
	}
	if err := w.pushed(ctx, s, d); err != nil {
		return err
	}
	db, err := w.open(ctx, s.database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.AuditLog().Seal(ctx); err != nil {
		return fmt.Errorf("seal the trace: %w", err)
	}
	return nil
}

// eachMark makes lines of the marks of all records, as far as they are done by latest. Rows of different kinds never have the same
// id: the kind is a part of its number.
func eachMark(list []traced, latest time.Time, line func(b []byte, id sales.ID, e sales.AuditEntry, event string) []byte) func(b []byte, i int) []byte {
	return func(b []byte, i int) []byte {
		kind := 0
		for i >= list[kind].n {
			i -= list[kind].n
			kind++
		}
		t := list[kind]
		id, at, marks := t.of(i)
		for k, m := range marks {
			e := sales.AuditEntry{
				At: sales.At(at.Add(m.after)), PersonID: m.who, EventID: "load:" + t.kind[:2] + strconv.Itoa(i), Verb: m.verb, SubjectKind: t.kind, SubjectID: id, Changes: m.changes,
			}
			if e.At.After(latest) {
				break
			}
			b = line(b, numberedAt(e.At.Time, (i*8+k)*16+kind), e, m.event)
		}
		return b
	}
}

// pushed loads the pushes of the last three months: each contract to its approver, and each rep's of the day.
func (w *world) pushed(ctx context.Context, s size, d *data) error {
	type push struct {
		subject, user, text string
		person              sales.PersonID
		at                  time.Time
	}
	var list []push
	for i := s.contracts - 1; i >= 0 && d.age(i) < pushDays; i-- {
		c := d.contract(i)
		_, buyer := d.buyer(i)
		list = append(list, push{"contract:" + c.ID.String(), "director", c.No + " " + d.names[buyer] + " " + c.Amount.String() + " 等你审批", d.director, c.CreatedAt.Time})
	}
	for day := range pushDays {
		for rep, p := range d.persons {
			at := d.today.AddDays(-1-day).At(9, rep%60)
			subject := fmt.Sprintf("todo:%d", idAt(at, todoNode, rep))
			list = append(list, push{subject, fmt.Sprintf("rep%03d", rep), "今天到期:寄样", p, at.Add(time.Duration(rep) * time.Millisecond)})
		}
	}
	id := func(i int) sales.ID { return numberedAt(list[i].at, i) }
	text := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err) // a message of our own that cannot be written
		}
		return string(b)
	}
	const columns = "id, delivery_key, subject, kind, slot, recipient, platform, users, chat, route, content, state, unsure, attempts, queued_at, claimed_by, done_at, reason"
	err := w.load(ctx, s, "outbox", columns, func(b []byte, i int) []byte {
		p := list[i]
		to := bot.RecipientOf("wecom", []bot.UserID{bot.UserID(p.user)}, bot.Chat{})
		key := sha256.Sum256([]byte(p.subject + p.user + strconv.Itoa(i)))
		b = fmt.Appendf(b, "%d\t%s\t%s\tpush\tload\t%s\twecom\t", id(i), hex.EncodeToString(key[:])[:32], p.subject, to)
		for _, v := range []any{[]bot.UserID{bot.UserID(p.user)}, bot.Chat{}, bot.Route{}, bot.Outgoing{Text: p.text}} {
			b = append(addText(b, text(v)), '\t')
		}
		return fmt.Appendf(b, "sent\t0\t1\t%s\t\t%s\t\n", instant(p.at), instant(p.at.Add(time.Second)))
	}, len(list))
	if err != nil {
		return err
	}
	return w.load(ctx, s, "pushes", "delivery_id, person_id, account, state, at", func(b []byte, i int) []byte {
		return fmt.Appendf(b, "%d\t%d\t%s\tnow\t%s\n", id(i), list[i].person, list[i].user, instant(list[i].at))
	}, len(list))
}

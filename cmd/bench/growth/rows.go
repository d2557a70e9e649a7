package main

import (
	"fmt"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
)

// The columns of what is loaded, in the order of the lines below.
const (
	visitColumns = "id, person_id, team_id, customer_id, contact_id, contact_name, day, filed_at, text, products, need, objection, " +
		"objection_type, objection_percent, amount, amount_role, opportunity_id, suggested_stage, next_on, reasons, state, source_event_id, version"
	todoColumns = "id, owner_id, customer_id, source_kind, source_id, text, due_on, due_at, state, created_at, closed_at, postponed, " +
		"platform_task, source_event_id, version"
	dueColumns         = "id, kind, subject_kind, subject_id, slot, due_at, state, reason, attempts, claimed_by, claimed_until"
	opportunityColumns = "id, customer_id, owner_id, team_id, products, line, amount, stage, peak, stage_since, expected_on, state, " +
		"loss_reason, created_at, source_event_id, version"
	entryColumns = "opportunity_id, stage, day, team_id, person_id, line, amount"
)

// history is how many days the records go back.
const history = 728

// Node numbers of ids that no replica uses; records of one kind have one of their own.
const (
	visitNode = 1000 + iota
	todoNode
	opportunityNode
	dueNode
	contractNode
	requestNode
	shipmentNode
	invoiceNode
	paymentNode
	allocationNode
	looseNode
	quoteNode
	orderNode
	taskNode
	deviceNode
	valueNode
	quoteRequestNode
	incidentNode
)

func idAt(t time.Time, node, i int) sales.ID {
	return store.IDAt(t) + sales.ID(node<<12) + sales.ID(i%4096)
}

// numberedAt is an id of a moment for rows of which many fall into one millisecond: four million numbers in place of node and
// count.
func numberedAt(t time.Time, n int) sales.ID { return store.IDAt(t) + sales.ID(n&(1<<22-1)) }

func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000000") }

// moment spreads n records over the hours of the days of history.
func (d *data) moment(i, n int) time.Time {
	per := max((n+history-1)/history, 1)
	day := d.today.AddDays(-history + i/per)
	return day.At(9, 0).Add(9 * time.Hour / time.Duration(per) * time.Duration(i%per))
}

// who is the rep and the customer of a record: the rep's own customers in turn.
func (d *data) who(i int) (rep, customer int) {
	rep = i % d.reps
	per := len(d.customer) / d.reps
	return rep, i/d.reps%per*d.reps + rep
}

func (d *data) visit(b []byte, i int) []byte {
	at := d.moment(i, d.visits)
	rep, c := d.who(i)
	return fmt.Appendf(b, "%d\t%d\t%d\t%d\t0\t王主任\t%s\t%s\t拜访%s王主任,介绍生化分析仪方案,备注%d,下周二前寄样\t[%d]\t\t\t\t\t0\t\t0\t\t\\N\t[]\tfiled\tload:%d\t1\n",
		idAt(at, visitNode, i), d.persons[rep], d.teams[rep/repsOfTeam], d.customer[c], sales.DayOf(at), instant(at), d.names[c], i,
		d.productID[i%len(d.productID)], i)
}

// todo is the promise of each visit. Those of the last week are open.
func (d *data) todo(b []byte, i int) []byte {
	at := d.moment(i, d.visits)
	rep, c := d.who(i)
	due := sales.DayOf(at).AddDays(6).At(sales.EndOfWork, 0)
	state, closed := "done", instant(due.Add(-time.Hour))
	if !due.Before(d.today.Start()) {
		state, closed = "open", "\\N"
	}
	return fmt.Appendf(b, "%d\t%d\t%d\tvisit\t%d\t寄样\t%s\t%s\t%s\t%s\t%s\t0\t\tload:%d\t1\n",
		idAt(at, todoNode, i), d.persons[rep], d.customer[c], idAt(at, visitNode, i), sales.DayOf(due), instant(due), state, instant(at), closed, i)
}

// due is a due row of the year to come, from ten days on. Its to-do is none: it never falls due here.
func (d *data) due(b []byte, i int) []byte {
	at := d.today.AddDays(10).Start().Add(355 * 24 * time.Hour / time.Duration(d.dues) * time.Duration(i))
	return fmt.Appendf(b, "%d\ttodo.due\ttodo\t%d\t0\t%s\tpending\t\t0\t\t\\N\n",
		idAt(d.today.Start().Add(time.Duration(i)*10*time.Microsecond), dueNode, i), i+1, instant(at))
}

// deal is what an opportunity is made of: a third are open, a third won, a third lost.
func (d *data) deal(i int) (at time.Time, stage int, state string) {
	at = d.moment(i, d.opportunities)
	switch i % 3 {
	case 0:
		return at, i / 3 % len(sales.Standard.Stages), "open"
	case 1:
		return at, len(sales.Standard.Stages), "won"
	}
	return at, i / 3 % len(sales.Standard.Stages), "lost"
}

func (d *data) amount(i int) sales.Money { return sales.Money(i%90+10) * sales.Wan }

func (d *data) opportunity(b []byte, i int) []byte {
	at, peak, state := d.deal(i)
	rep, c := d.who(i)
	stage := stageAt(peak)
	if state == "lost" {
		stage = sales.StageLost
	}
	return fmt.Appendf(b, "%d\t%d\t%d\t%d\t[%d]\t%s\t%d\t%s\t%s\t%s\t\\N\t%s\t\t%s\tload:%d\t1\n",
		idAt(at, opportunityNode, i), d.customer[c], d.persons[rep], d.teams[rep/repsOfTeam], d.productID[i%len(d.productID)],
		lines[i%len(lines)], d.amount(i), stage, stageAt(peak), instant(at.AddDate(0, 0, 5*peak)), state, instant(at), i)
}

func stageAt(i int) sales.Stage { return sales.Standard.At(i) }

// entries are the stages an opportunity has reached, five days apart.
func (d *data) entries(b []byte, i int) []byte {
	at, peak, _ := d.deal(i)
	rep, _ := d.who(i)
	for s := range peak + 1 {
		day := sales.DayOf(at).AddDays(5 * s)
		if day.After(d.today) {
			day = d.today
		}
		b = fmt.Appendf(b, "%d\t%s\t%s\t%d\t%d\t%s\t%d\n", idAt(at, opportunityNode, i), stageAt(s), day,
			d.teams[rep/repsOfTeam], d.persons[rep], lines[i%len(lines)], d.amount(i))
	}
	return b
}

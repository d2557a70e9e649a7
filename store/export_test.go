package store

import (
	"context"

	"salesflow/store/sales"
)

// The queries whose plans are tested.
var Plans = map[string]struct {
	Query string
	Args  int
	Index string
}{
	"due rows":   {claimableDues, 4, "dues_due"},
	"deliveries": {"SELECT id, platform, via FROM outbox WHERE wake_at <= ? ORDER BY wake_at LIMIT ?", 2, "outbox_wake"},
	"events":     {claimablePending, 3, "inbox_state"},
}

// LeftOut lists the columns of each table that a statement may leave out.
func LeftOut() map[string][]string {
	out := map[string][]string{}
	for _, t := range []*table{inbox, outbox, cardTable, todos, visits} {
		for _, i := range t.lean {
			out[t.name] = append(out[t.name], t.columns[i])
		}
	}
	return out
}

// Lookup is a query, its arguments and the index it must use.
type Lookup struct {
	Query string
	Args  []any
	Index string
}

// Lookups are the queries of a message, a push and a report whose cost must not grow with what there is.
func Lookups(day sales.Day) map[string]Lookup {
	one := sales.Only(1)
	counts, args := countsOf(one, []any{day}, []any{day}, []any{sales.At(day.Start()), sales.At(day.AddDays(1).Start())},
		[]any{sales.At(day.Start()), sales.At(day.AddDays(1).Start())}, []any{day}, []any{day}, []any{day})
	return map[string]Lookup{
		"a person's newest visits":     {visitsOf, []any{1, 20}, "visits_person"},
		"a person's visits of a day":   {visitsOn, []any{1, day}, "visits_person_day"},
		"a customer's visits":          {visitsByCustomer, []any{1, 20}, "visits_customer"},
		"a person's to-dos":            {openTodos, []any{1, 20}, "todos_owner"},
		"a visit's to-dos":             {todosBySource, []any{"visit", 1}, "todos_source"},
		"a customer's open deals":      {openOpportunities + "?)", []any{1}, "opportunities_customer"},
		"a person's counts of a day":   {counts, args, "visits_person_day"},
		"the due rows about a subject": {"SELECT id FROM dues WHERE subject_kind = ? AND subject_id = ?", []any{"todo", 1}, "dues_slot"},
		"the events of a sender":       {"SELECT sender, at FROM inbox WHERE sender IN (?) AND state = 'pending' AND attempts = 0", []any{"a"}, "inbox_state"},
		"the live cards of a record":   {"SELECT id FROM cards WHERE card_key = ? AND state = 'live' ORDER BY id", []any{"a"}, "cards_key"},
		"an earlier face of a card":    {"SELECT id FROM outbox WHERE card_id = ? AND state IN ('queued', 'failed_for_now')", []any{1}, "outbox_of_card"},
		"the moves of a person's day":  {"SELECT id FROM stage_moves WHERE day = ? AND person_id IN (?)", []any{day, 1}, "stage_moves_day"},
		"the trace of a record":        {"SELECT id FROM audit WHERE subject_kind = ? AND subject_id = ? ORDER BY id DESC", []any{"visit", 1}, "audit_subject"},
		"what waits for an approver":   {pendingRequests, []any{1, 11}, "request_approvers"},
		"who has a request":            {"SELECT person_id FROM request_approvers WHERE request_id = ?", []any{1}, "request_approvers_request"},
		"the next due row":             {"SELECT due_at FROM dues WHERE state = 'pending' ORDER BY due_at LIMIT 1", nil, "dues_due"},
	}
}

// Exec runs a statement by hand.
func (db *DB) Exec(ctx context.Context, query string, args ...any) error {
	_, err := db.w.ExecContext(ctx, query, args...)
	return err
}

package store

import (
	"context"
	"fmt"
	"strings"

	"salesflow/store/sales"
)

const reportColumns = `
	id,
	person_id,
	team_id,
	day,
	state,
	summary,
	plan,
	extra,
	submitted_at,
	version`

const captureColumns = `
	day,
	person_id,
	team_id,
	stage,
	count,
	amount`

var (
	reports = tableOf[sales.DailyReport]("daily_reports", reportColumns).
		watching("report", "person_id, day, state")
	captures = tableOf[sales.StageCapture]("stage_captures", captureColumns)
)

// PutReport makes a report (Version 0) or changes it over the version it was read at. One person has one report a day.
func (tx *Tx) PutReport(r sales.DailyReport) {
	if r.Version == 0 {
		r.Version = 1
		tx.create(reports, r.ID, r)
		return
	}
	tx.update(reports, r.ID, r.Version, r)
}

// ReportOf reads a person's report of a day.
func (tx *Tx) ReportOf(ctx context.Context, person sales.PersonID, day sales.Day) (sales.DailyReport, error) {
	var r sales.DailyReport
	err := tx.get(ctx, "这天还没有日报。", &r, "SELECT "+reportColumns+" FROM daily_reports WHERE day = ? AND person_id = ?", day, person)
	return r, err
}

// ReportsOn lists the reports of a day of people in scope.
func (tx *Tx) ReportsOn(ctx context.Context, scope sales.Scope, day sales.Day) ([]sales.DailyReport, error) {
	cond, args := scopeSQL("person_id", scope)
	var out []sales.DailyReport
	query := "SELECT " + reportColumns + " FROM daily_reports WHERE day = ? AND " + cond + " ORDER BY person_id LIMIT 5000"
	err := tx.list(ctx, &out, query, append([]any{day}, args...)...)
	return out, err
}

// countsOn gives (person, what, how many) of a day. Each part has an index that leads to the day.
const countsOn = `
	SELECT person_id, what, CAST(SUM(n) AS SIGNED) AS n
	FROM (
		SELECT person_id, 'visits' AS what, COUNT(*) AS n
		FROM visits
		WHERE day = ? AND state = 'filed' {visits}
		GROUP BY person_id
		UNION ALL
		SELECT t.owner_id, 'promises', COUNT(*)
		FROM visits v
		JOIN todos t ON t.source_kind = 'visit' AND t.source_id = v.id AND t.state <> 'cancelled'
		WHERE v.day = ? AND v.state = 'filed' {promises}
		GROUP BY t.owner_id
		UNION ALL
		SELECT owner_id, 'done', COUNT(*)
		FROM todos
		WHERE state = 'done' AND closed_at >= ? AND closed_at < ? {done}
		GROUP BY owner_id
		UNION ALL
		SELECT owner_id, 'contracts', COUNT(*)
		FROM contracts
		WHERE created_at >= ? AND created_at < ? AND request_id <> 0 {contracts}
		GROUP BY owner_id
		UNION ALL
		SELECT person_id, kind, COUNT(*)
		FROM filings
		WHERE day = ? AND state <> 'undone' {filings}
		GROUP BY person_id, kind
		UNION ALL
		SELECT c.person_id, 'joint', COUNT(*)
		FROM visit_companions c
		JOIN visits v ON v.id = c.visit_id AND v.state = 'filed'
		WHERE c.day = ? AND c.state = 'present' {joint}
		GROUP BY c.person_id
		UNION ALL
		SELECT person_id, 'planned', COUNT(*)
		FROM visit_plans
		WHERE day = ? AND state = 'open' {planned}
		GROUP BY person_id
	) counts
	GROUP BY person_id, what`

// maxCounted is how many people are named one by one in a count; of more, the whole day is counted.
const maxCounted = 50

// countsOf is countsOn for people in scope, with the arguments of its parts: for one person or a team it looks at
// their own day, not at the company's. A promise is looked for among the visits of the same people.
func countsOf(scope sales.Scope, parts ...[]any) (string, []any) {
	var names, args []any
	few := !scope.All && len(scope.Persons) <= maxCounted
	if few {
		names = anys(scope.Persons)
	}
	query := countsOn
	for i, p := range []struct{ mark, column string }{
		{"{visits}", "person_id"},
		{"{promises}", "v.person_id"},
		{"{done}", "owner_id"},
		{"{contracts}", "owner_id"},
		{"{filings}", "person_id"},
		{"{joint}", "c.person_id"},
		{"{planned}", "person_id"},
	} {
		cond := ""
		if few {
			cond, _ = scopeSQL(p.column, scope)
			cond = "AND " + cond
		}
		query = strings.Replace(query, p.mark, cond, 1)
		args = append(append(args, parts[i]...), names...)
	}
	return query, args
}

// CountsOn counts what people in scope did on a day; people with nothing are absent. A promise counts on the day of the
// visit it was made in.
func (tx *Tx) CountsOn(ctx context.Context, scope sales.Scope, day sales.Day) ([]sales.DayCount, error) {
	from, to := sales.At(day.Start()), sales.At(day.AddDays(1).Start())
	var rows []struct {
		PersonID sales.PersonID `db:"person_id"`
		What     string         `db:"what"`
		N        int            `db:"n"`
	}
	query, args := countsOf(scope, []any{day}, []any{day}, []any{from, to}, []any{from, to}, []any{day}, []any{day}, []any{day})
	if err := tx.list(ctx, &rows, query, args...); err != nil {
		return nil, err
	}
	of := map[sales.PersonID]*sales.DayCount{}
	var order []sales.PersonID
	count := func(p sales.PersonID) *sales.DayCount {
		if of[p] == nil {
			of[p] = &sales.DayCount{PersonID: p, Day: day}
			order = append(order, p)
		}
		return of[p]
	}
	for _, r := range rows {
		if !scope.Covers(r.PersonID) {
			continue
		}
		addCount(count(r.PersonID), r.What, r.N)
	}
	if err := tx.countMoves(ctx, scope, day, count); err != nil {
		return nil, err
	}
	if err := tx.countMoney(ctx, scope, day, count); err != nil {
		return nil, err
	}
	out := make([]sales.DayCount, 0, len(order))
	for _, p := range order {
		out = append(out, *of[p])
	}
	return out, nil
}

// addCount puts a count where it belongs.
func addCount(c *sales.DayCount, what string, n int) {
	switch what {
	case "visits":
		c.Visits = n
	case "promises":
		c.Promises = n
	case "done":
		c.TodosDone = n
	case "contracts":
		c.Contracts = n
	case "joint":
		c.Joint = n
	case "planned":
		c.Planned = n
	case string(sales.FilingComplaint):
		c.Complaints = n
	case string(sales.FilingAfterSales):
		c.AfterSales = n
	case string(sales.FilingSample):
		c.Samples = n
	case string(sales.FilingCompetitor):
		c.Competitors = n
	case string(sales.FilingTraining):
		c.Trainings = n
	case string(sales.FilingExpense):
		c.Expenses = n
	}
}

// countMoney sums what came in on a day from the customers of people in scope.
func (tx *Tx) countMoney(ctx context.Context, scope sales.Scope, day sales.Day, count func(sales.PersonID) *sales.DayCount) error {
	cond, args := scopeSQL("owner_id", scope)
	var rows []struct {
		OwnerID  sales.PersonID `db:"owner_id"`
		Received sales.Money    `db:"received"`
	}
	if err := tx.list(ctx, &rows, "SELECT owner_id, received FROM cash_days WHERE day = ? AND received > 0 AND owner_id <> 0 AND "+cond+" ORDER BY owner_id", append([]any{day}, args...)...); err != nil {
		return fmt.Errorf("sum what came in: %w", err)
	}
	for _, r := range rows {
		count(r.OwnerID).Received = r.Received
	}
	return nil
}

// countMoves counts moves forward (winning included) and backward. Losing is neither.
func (tx *Tx) countMoves(ctx context.Context, scope sales.Scope, day sales.Day, count func(sales.PersonID) *sales.DayCount) error {
	moved, err := tx.MovesOn(ctx, scope, day)
	if err != nil {
		return fmt.Errorf("count moves: %w", err)
	}
	for _, m := range moved {
		from, to := m.Way.Index(m.From), m.Way.Index(m.To)
		switch {
		case to < 0:
		case to > from:
			count(m.PersonID).Forward++
		case to < from:
			count(m.PersonID).Backward++
		}
	}
	return nil
}

// PutCaptures keeps where open opportunities stand, and replaces what was kept of the same days and persons.
func (tx *Tx) PutCaptures(list []sales.StageCapture) {
	type who struct {
		day    sales.Day
		person sales.PersonID
	}
	seen := map[who]bool{}
	for _, c := range list {
		if k := (who{c.Day, c.PersonID}); !seen[k] {
			seen[k] = true
			tx.touching("capture", c.Day.String(), c.PersonID.String())
			tx.before = append(tx.before, statement{"DELETE FROM stage_captures WHERE day = ? AND person_id = ?", []any{c.Day, c.PersonID}, -1})
		}
		tx.add(captures, captures.row(c))
	}
}

// Captures lists where the open opportunities of people in scope stood on a day.
func (tx *Tx) Captures(ctx context.Context, scope sales.Scope, day sales.Day) ([]sales.StageCapture, error) {
	cond, args := scopeSQL("person_id", scope)
	var out []sales.StageCapture
	query := "SELECT " + captureColumns + " FROM stage_captures WHERE day = ? AND " + cond + " ORDER BY person_id, stage"
	err := tx.list(ctx, &out, query, append([]any{day}, args...)...)
	return out, err
}

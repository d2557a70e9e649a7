// Package aggregate keeps the daily sums behind the reports, so that a funnel costs the same with a million visits. Sums
// are changed in the transaction of the record they sum.
//
// It must not know where transactions come from or what reports look like.
package aggregate

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"salesflow/store/dialect"
	"salesflow/store/sales"
)

// Querier is a transaction or a connection.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
}

// Entry is the first time an opportunity reached a stage.
type Entry struct {
	OpportunityID sales.ID       `db:"opportunity_id"`
	Stage         sales.Stage    `db:"stage"`
	Day           sales.Day      `db:"day"`
	TeamID        sales.ID       `db:"team_id"`
	PersonID      sales.PersonID `db:"person_id"`
	Line          string         `db:"line"`
	Amount        sales.Money    `db:"amount"`
}

// Entries lists the stages that o reached for the first time on day: those behind the peak it had, up to the one it has.
// before is the zero Opportunity for a new one. Winning is the stage after the last; losing is none.
func Entries(o, before sales.Opportunity, day sales.Day) []Entry {
	from := -1
	if before.ID != 0 {
		from = max(before.Peak.Index(), before.Stage.Index())
	}
	to := max(o.Peak.Index(), o.Stage.Index())
	var out []Entry
	for i := from + 1; i <= to; i++ {
		stage := sales.StageWon
		if i < len(sales.Stages) {
			stage = sales.Stages[i]
		}
		out = append(out, Entry{
			OpportunityID: o.ID, Stage: stage, Day: day, TeamID: o.TeamID, PersonID: o.OwnerID, Line: o.Line, Amount: o.Amount,
		})
	}
	return out
}

// sumKey is a row of funnel_days.
type sumKey struct {
	day    sales.Day
	person sales.PersonID
	team   sales.ID
	line   string
	stage  sales.Stage
}

type sum struct {
	entered int64
	amount  sales.Money
}

// Sums collects changes of daily sums, so that each row is written once.
type Sums struct{ of map[sumKey]sum }

func (s *Sums) add(e Entry, n int64) {
	if s.of == nil {
		s.of = map[sumKey]sum{}
	}
	k := sumKey{e.Day, e.PersonID, e.TeamID, e.Line, e.Stage}
	v := s.of[k]
	s.of[k] = sum{v.entered + n, v.amount + sales.Money(n)*e.Amount}
}

// Enter writes new entries and counts them.
func (s *Sums) Enter(ctx context.Context, q Querier, entries []Entry) error {
	const row = "(?, ?, ?, ?, ?, ?, ?)"
	for chunk := range slices.Chunk(entries, 500) {
		args := make([]any, 0, 7*len(chunk))
		for _, e := range chunk {
			args = append(args, e.OpportunityID, e.Stage, e.Day, e.TeamID, e.PersonID, e.Line, e.Amount)
			s.add(e, 1)
		}
		query := "INSERT INTO stage_entries (opportunity_id, stage, day, team_id, person_id, line, amount) VALUES " +
			strings.TrimSuffix(strings.Repeat(row+", ", len(chunk)), ", ")
		if _, err := q.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("write stage entries: %w", err)
		}
	}
	return nil
}

const entriesOf = `
	SELECT
		opportunity_id,
		stage,
		day,
		team_id,
		person_id,
		line,
		amount
	FROM stage_entries
	WHERE opportunity_id = ?
	ORDER BY stage`

// Amend lets the entries of an opportunity follow its amount and product line, when those were corrected. The person
// and team who had it at the time stay. The opportunity must be locked.
func (s *Sums) Amend(ctx context.Context, q Querier, o sales.Opportunity) error {
	var entries []Entry
	if err := q.SelectContext(ctx, &entries, entriesOf, o.ID); err != nil {
		return fmt.Errorf("read stage entries: %w", err)
	}
	changed := false
	for _, e := range entries {
		if e.Amount == o.Amount && e.Line == o.Line {
			continue
		}
		changed = true
		s.add(e, -1)
		e.Amount, e.Line = o.Amount, o.Line
		s.add(e, 1)
	}
	if !changed {
		return nil
	}
	if _, err := q.ExecContext(ctx, "UPDATE stage_entries SET amount = ?, line = ? WHERE opportunity_id = ?",
		o.Amount, o.Line, o.ID); err != nil {
		return fmt.Errorf("amend stage entries: %w", err)
	}
	return nil
}

// Write adds what was collected to the daily sums, in the order of their key, so that two transactions never wait for
// each other crosswise.
func (s *Sums) Write(ctx context.Context, q Querier, d dialect.Dialect) error {
	keys := make([]sumKey, 0, len(s.of))
	for k, v := range s.of {
		if v != (sum{}) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b sumKey) int {
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.person, b.person), cmp.Compare(a.team, b.team),
			strings.Compare(a.line, b.line), strings.Compare(string(a.stage), string(b.stage)))
	})
	const row = "(?, ?, ?, ?, ?, ?, ?)"
	for chunk := range slices.Chunk(keys, 500) {
		args := make([]any, 0, 7*len(chunk))
		for _, k := range chunk {
			v := s.of[k]
			args = append(args, k.day, k.person, k.team, k.line, k.stage, v.entered, v.amount)
		}
		query := "INSERT INTO funnel_days (day, person_id, team_id, line, stage, entered, amount) VALUES " +
			strings.TrimSuffix(strings.Repeat(row+", ", len(chunk)), ", ") +
			d.Upsert("funnel_days", []string{"day", "person_id", "team_id", "line", "stage"}, nil, []string{"entered", "amount"})
		if _, err := q.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("write funnel: %w", err)
		}
	}
	return nil
}

// Question is what a funnel is asked for: first entries of people in scope from one day to another, both included.
type Question struct {
	Scope    sales.Scope
	Line     string // empty: every product line
	From, To sales.Day
	By       string // "", "team", "person" or "line"
}

var columnsBy = map[string]string{"": "", "team": "team_id, ", "person": "person_id, ", "line": "line, "}

// Funnel sums first entries into each stage, one row for each stage and value of By. Invalid for an unknown By.
func Funnel(ctx context.Context, q Querier, ask Question) ([]sales.FunnelRow, error) {
	by, ok := columnsBy[ask.By]
	if !ok {
		return nil, &sales.Error{Kind: sales.Invalid, Msg: "漏斗可以按团队、按人、按产品线看。"}
	}
	where, args := []string{"day BETWEEN ? AND ?"}, []any{ask.From, ask.To}
	if !ask.Scope.All {
		if len(ask.Scope.Persons) == 0 {
			return nil, nil
		}
		where = append(where, "person_id IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(ask.Scope.Persons)), ", ")+")")
		for _, p := range ask.Scope.Persons {
			args = append(args, p)
		}
	}
	if ask.Line != "" {
		where, args = append(where, "line = ?"), append(args, ask.Line)
	}
	query := "SELECT " + by + "stage, CAST(SUM(entered) AS SIGNED) AS entered, CAST(SUM(amount) AS SIGNED) AS amount FROM funnel_days WHERE " +
		strings.Join(where, " AND ") + " GROUP BY " + by + "stage HAVING SUM(entered) <> 0 ORDER BY " + by + "stage"
	var rows []sales.FunnelRow
	if err := q.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("read funnel: %w", err)
	}
	slices.SortStableFunc(rows, func(a, b sales.FunnelRow) int {
		return cmp.Or(cmp.Compare(a.TeamID, b.TeamID), cmp.Compare(a.PersonID, b.PersonID), strings.Compare(a.Line, b.Line),
			cmp.Compare(a.Stage.Index(), b.Stage.Index()))
	})
	return rows, nil
}

// Rebuild makes the daily sums anew from the entries. Nothing may be written meanwhile; it is for repair.
func Rebuild(ctx context.Context, q Querier) error {
	if _, err := q.ExecContext(ctx, "DELETE FROM funnel_days"); err != nil {
		return fmt.Errorf("clear funnel: %w", err)
	}
	const fill = `
		INSERT INTO funnel_days (day, person_id, team_id, line, stage, entered, amount)
		SELECT day, person_id, team_id, line, stage, COUNT(*), SUM(amount)
		FROM stage_entries
		GROUP BY day, person_id, team_id, line, stage`
	if _, err := q.ExecContext(ctx, fill); err != nil {
		return fmt.Errorf("fill funnel: %w", err)
	}
	return nil
}

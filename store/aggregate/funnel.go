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
	"time"

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
		from = max(before.Way.Index(before.Peak), before.Way.Index(before.Stage))
	}
	steps := o.Way.Steps()
	to := max(o.Way.Index(o.Peak), o.Way.Index(o.Stage))
	var out []Entry
	for i := from + 1; i <= to; i++ {
		out = append(out, Entry{
			OpportunityID: o.ID, Stage: steps[i], Day: day, TeamID: o.TeamID, PersonID: o.OwnerID, Line: o.Line, Amount: o.Amount,
		})
	}
	return out
}

// Everybody and ByTeam stand where a sum is of no single person.
const (
	Everybody sales.PersonID = 0
	ByTeam    sales.PersonID = -1
)

// The stretches of time that are summed.
const (
	grainDay   = "d"
	grainMonth = "m"
	grainYear  = "y"
)

// sumKey is the key of a row of funnel_sums; see its migration.
type sumKey struct {
	person sales.PersonID
	cut    int
	grain  string
	start  sales.Day
	line   string
	stage  sales.Stage
	team   sales.ID
}

func (k sumKey) compare(o sumKey) int {
	return cmp.Or(cmp.Compare(k.person, o.person), cmp.Compare(k.cut, o.cut), strings.Compare(k.grain, o.grain), k.start.Compare(o.start),
		strings.Compare(k.line, o.line), strings.Compare(string(k.stage), string(o.stage)), cmp.Compare(k.team, o.team))
}

type sum struct {
	entered int64
	amount  sales.Money
}

// Sums collects changes of the sums, so that each row is written once.
type Sums struct {
	of       map[sumKey]sum
	standing map[standingKey]sum
	outcomes map[outcomeKey]outcome
	dwells   map[dwellKey]int64
}

// add counts an entry n times in every sum it is part of.
func (s *Sums) add(e Entry, n int64) {
	if s.of == nil {
		s.of = map[sumKey]sum{}
	}
	y, m, _ := e.Day.Date()
	starts := []struct {
		grain string
		day   sales.Day
	}{{grainDay, e.Day}, {grainMonth, sales.NewDay(y, m, 1)}, {grainYear, sales.NewDay(y, time.January, 1)}}
	for _, who := range []sumKey{{person: Everybody}, {person: ByTeam, team: e.TeamID}, {person: e.PersonID, team: e.TeamID}} {
		for cut, line := range []string{"", e.Line} {
			for _, start := range starts {
				k := sumKey{who.person, cut, start.grain, start.day, line, e.Stage, who.team}
				v := s.of[k]
				s.of[k] = sum{v.entered + n, v.amount + sales.Money(n)*e.Amount}
			}
		}
	}
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
// and team who had it at the time stay. The opportunity must be locked. It returns the stages that were entered.
func (s *Sums) Amend(ctx context.Context, q Querier, o sales.Opportunity) ([]sales.Stage, error) {
	var entries []Entry
	if err := q.SelectContext(ctx, &entries, entriesOf, o.ID); err != nil {
		return nil, fmt.Errorf("read stage entries: %w", err)
	}
	changed := false
	var reached []sales.Stage
	for _, e := range entries {
		reached = append(reached, e.Stage)
		if e.Amount == o.Amount && e.Line == o.Line {
			continue
		}
		changed = true
		s.add(e, -1)
		e.Amount, e.Line = o.Amount, o.Line
		s.add(e, 1)
	}
	if !changed {
		return reached, nil
	}
	if _, err := q.ExecContext(ctx, "UPDATE stage_entries SET amount = ?, line = ? WHERE opportunity_id = ?",
		o.Amount, o.Line, o.ID); err != nil {
		return nil, fmt.Errorf("amend stage entries: %w", err)
	}
	return reached, nil
}

// Write adds what was collected to the sums, in the order of their key, so that two transactions never wait for
// each other crosswise.
func (s *Sums) Write(ctx context.Context, q Querier, d dialect.Dialect) error {
	keys := make([]sumKey, 0, len(s.of))
	for k, v := range s.of {
		if v != (sum{}) {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return s.writeStanding(ctx, q, d)
	}
	slices.SortFunc(keys, sumKey.compare)
	const row = "(?, ?, ?, ?, ?, ?, ?, ?, ?)"
	for chunk := range slices.Chunk(keys, 500) {
		args := make([]any, 0, 9*len(chunk))
		for _, k := range chunk {
			v := s.of[k]
			args = append(args, k.person, k.cut, k.grain, k.start, k.line, k.stage, k.team, v.entered, v.amount)
		}
		query := "INSERT INTO funnel_sums (person_id, cut, grain, starts_on, line, stage, team_id, entered, amount) VALUES " +
			strings.TrimSuffix(strings.Repeat(row+", ", len(chunk)), ", ") +
			d.Upsert("funnel_sums", []string{"person_id", "cut", "grain", "starts_on", "line", "stage", "team_id"}, nil, []string{"entered", "amount"})
		if _, err := q.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("write funnel: %w", err)
		}
	}
	return s.writeStanding(ctx, q, d)
}

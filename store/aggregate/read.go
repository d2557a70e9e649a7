package aggregate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/store/sales"
)

// Question is what a funnel is asked for: first entries of people in scope from one day to another, both included.
type Question struct {
	Scope    sales.Scope
	Line     string // empty: every product line
	From, To sales.Day
	By       string // "", "team", "person", "line", "team+line" or "person+line"
	// Today makes choosing the sums easier: days after it hold hardly an entry. It changes no result.
	Today sales.Day
}

var columnsBy = map[string]string{
	"": "", "team": "team_id, ", "person": "person_id, ", "line": "line, ", "team+line": "team_id, line, ", "person+line": "person_id, line, ",
}

// Funnel sums first entries into each stage, one row for each stage and value of By. Invalid for an unknown By.
func Funnel(ctx context.Context, q Querier, ask Question) ([]sales.FunnelRow, error) {
	by, ok := columnsBy[ask.By]
	if !ok {
		return nil, &sales.Error{Kind: sales.Invalid, Msg: "漏斗可以按团队、按人、按产品线看。"}
	}
	if !ask.Scope.All && len(ask.Scope.Persons) == 0 || ask.To.Before(ask.From) {
		return nil, nil
	}
	where, args := ask.who()
	cut := 0
	if ask.Line != "" || strings.HasSuffix(ask.By, "line") {
		cut = 1
	}
	where, args = where+" AND cut = ?", append(args, cut)
	spans, sign, spanArgs, signArgs := stretches(ask.From, ask.To, ask.Today)
	if ask.Line != "" {
		where, args = where+" AND line = ?", append(args, ask.Line)
	}
	query := "SELECT " + by + "stage, CAST(SUM(entered" + sign + ") AS SIGNED) AS entered, CAST(SUM(amount" + sign + ") AS SIGNED) AS amount " +
		"FROM funnel_sums WHERE " + where + " AND (" + spans + ") GROUP BY " + by + "stage"
	args = slices.Concat(signArgs, signArgs, args, spanArgs)
	var rows []sales.FunnelRow
	if err := q.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("read funnel: %w", err)
	}
	rows = slices.DeleteFunc(rows, func(r sales.FunnelRow) bool { return r.Entered == 0 })
	slices.SortStableFunc(rows, func(a, b sales.FunnelRow) int {
		return cmp.Or(cmp.Compare(a.TeamID, b.TeamID), cmp.Compare(a.PersonID, b.PersonID), strings.Compare(a.Line, b.Line),
			cmp.Compare(sales.Standard.Index(a.Stage), sales.Standard.Index(b.Stage)), strings.Compare(string(a.Stage), string(b.Stage)))
	})
	return rows, nil
}

// who is the condition that leads to the sums of the scope.
func (ask Question) who() (string, []any) {
	switch {
	case ask.Scope.All && strings.HasPrefix(ask.By, "team"):
		return "person_id = ?", []any{ByTeam}
	case ask.Scope.All && !strings.HasPrefix(ask.By, "person"):
		return "person_id = ?", []any{Everybody}
	case ask.Scope.All:
		return "person_id > ?", []any{Everybody}
	}
	args := make([]any, len(ask.Scope.Persons))
	for i, p := range ask.Scope.Persons {
		args[i] = p
	}
	return "person_id IN (" + strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ") + ")", args
}

// stretch is a run of neighbouring sums of one grain, from the start of the first to that of the last.
type stretch struct {
	grain       string
	first, last sales.Day
	minus       bool
}

// stretches are the sums that make up the days from one to another, as a condition, and the factor of each: those that are
// to be taken away count -1.
func stretches(from, to, today sales.Day) (where, sign string, args, signArgs []any) {
	const within = "grain = ? AND starts_on BETWEEN ? AND ?"
	var all, minus []string
	for _, s := range cover(from, to, today) {
		all, args = append(all, within), append(args, s.grain, s.first, s.last)
		if s.minus {
			minus, signArgs = append(minus, within), append(signArgs, s.grain, s.first, s.last)
		}
	}
	if len(minus) > 0 {
		sign = " * CASE WHEN " + strings.Join(minus, " OR ") + " THEN -1 ELSE 1 END"
	}
	return strings.Join(all, " OR "), sign, args, signArgs
}

// cover makes up the days from one to another of whole years, months and days. The days of a year or month that has begun
// are summed up one by one, or are the whole without the rest, whichever is fewer rows.
func cover(from, to, today sales.Day) []stretch {
	var out []stretch
	for d := from; !d.After(to); {
		y, _, _ := d.Date()
		end := earlier(to, sales.NewDay(y, time.December, 31))
		out = append(out, inYear(y, d, end, today)...)
		d = end.AddDays(1)
	}
	return joined(out)
}

func earlier(a, b sales.Day) sales.Day {
	if b.Before(a) {
		return b
	}
	return a
}

// inYear covers days of one year.
func inYear(year int, from, to, today sales.Day) []stretch {
	first, last := sales.NewDay(year, time.January, 1), sales.NewDay(year, time.December, 31)
	if from == first && to == last {
		return []stretch{{grainYear, first, first, false}}
	}
	direct := months(from, to, today)
	rest := []stretch{{grainYear, first, first, false}}
	if from.After(first) {
		rest = append(rest, negated(months(first, from.AddDays(-1), today))...)
	}
	if to.Before(last) {
		rest = append(rest, negated(months(to.AddDays(1), last, today))...)
	}
	return cheaper(direct, rest, today)
}

// months covers days of one year by months and days.
func months(from, to, today sales.Day) []stretch {
	var out []stretch
	for d := from; !d.After(to); {
		y, m, _ := d.Date()
		first, last := sales.NewDay(y, m, 1), sales.NewDay(y, m+1, 0)
		end := earlier(to, last)
		whole := []stretch{{grainMonth, first, first, false}}
		if d.After(first) {
			whole = append(whole, stretch{grainDay, first, d.AddDays(-1), true})
		}
		if end.Before(last) {
			whole = append(whole, stretch{grainDay, end.AddDays(1), last, true})
		}
		out = append(out, cheaper([]stretch{{grainDay, d, end, false}}, whole, today)...)
		d = end.AddDays(1)
	}
	return out
}

func negated(list []stretch) []stretch {
	for i := range list {
		list[i].minus = !list[i].minus
	}
	return list
}

// cheaper is the way that reads fewer sums, a when both read as many.
func cheaper(a, b []stretch, today sales.Day) []stretch {
	if sums(b, today) < sums(a, today) {
		return b
	}
	return a
}

// sums is how many sums stretches have, those after today not counted.
func sums(list []stretch, today sales.Day) int {
	n := 0
	for _, s := range list {
		if !today.IsZero() && s.first.After(today) {
			continue
		}
		last := s.last
		if !today.IsZero() {
			last = earlier(last, today)
		}
		switch s.grain {
		case grainDay:
			n += last.Sub(s.first) + 1
		case grainMonth:
			n += (int(last.Sub(s.first)) + 31) / 31
		default:
			n++
		}
	}
	return n
}

// joined puts stretches together that follow each other.
func joined(list []stretch) []stretch {
	var out []stretch
	for _, s := range list {
		if n := len(out); n > 0 && out[n-1].grain == s.grain && out[n-1].minus == s.minus && out[n-1].follows(s) {
			out[n-1].last = s.last
			continue
		}
		out = append(out, s)
	}
	return out
}

// follows reports whether t begins where s ends.
func (s stretch) follows(t stretch) bool {
	y, m, _ := s.last.Date()
	switch s.grain {
	case grainDay:
		return t.first == s.last.AddDays(1)
	case grainMonth:
		return t.first == sales.NewDay(y, m+1, 1)
	}
	return t.first == sales.NewDay(y+1, time.January, 1)
}

// Rebuild makes the sums anew from the entries and the opportunities; how long deals stayed is left as it is. Nothing may be written meanwhile; it is for repair.
func Rebuild(ctx context.Context, q Querier) error {
	queries := append([]string{"DELETE FROM funnel_sums", "DELETE FROM standing_sums", "DELETE FROM outcome_sums", fillStanding}, fillOutcomes...)
	for _, who := range []string{"0, 0", "-1, team_id", "person_id, team_id"} {
		for cut, line := range []string{"''", "line"} {
			for grain, start := range startOf {
				queries = append(queries, fillFunnel(who, cut, line, grain, start))
			}
		}
	}
	for _, query := range queries {
		if _, err := q.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("rebuild sums: %w", err)
		}
	}
	return nil
}

// startOf is the first day of each grain, of a day as both dialects write it.
var startOf = map[string]string{
	grainDay: "SUBSTR(day, 1, 10)", grainMonth: "CONCAT(SUBSTR(day, 1, 8), '01')", grainYear: "CONCAT(SUBSTR(day, 1, 5), '01-01')",
}

// fillFunnel counts every entry in one of its sums: who is "person, team". One statement for all would sort them on disk.
func fillFunnel(who string, cut int, line, grain, start string) string {
	person, team, _ := strings.Cut(who, ", ")
	return fmt.Sprintf(`
		INSERT INTO funnel_sums (person_id, cut, grain, starts_on, line, stage, team_id, entered, amount)
		SELECT p, %d, '%s', s, l, stage, t, COUNT(*), SUM(amount)
		FROM (SELECT %s AS p, %s AS t, %s AS s, %s AS l, stage, amount FROM stage_entries) e
		GROUP BY p, s, l, stage, t`, cut, grain, person, team, start, line)
}

const fillStanding = `
	INSERT INTO standing_sums (person_id, stage, team_id, opportunities, amount)
	SELECT
		CASE w.who WHEN 1 THEN o.owner_id ELSE 0 END AS person,
		o.stage,
		CASE w.who WHEN 1 THEN o.team_id ELSE 0 END AS team,
		COUNT(*),
		SUM(o.amount)
	FROM opportunities o
	CROSS JOIN (SELECT 1 AS who UNION ALL SELECT 0) w
	WHERE o.state = 'open'
	GROUP BY person, o.stage, team`

package aggregate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"salesflow/store/dialect"
	"salesflow/store/sales"
)

// Position is where an opportunity stands, as far as the sums of open ones go.
type Position struct {
	ID       sales.ID       `db:"id"`
	PersonID sales.PersonID `db:"owner_id"`
	TeamID   sales.ID       `db:"team_id"`
	Stage    sales.Stage    `db:"stage"`
	State    string         `db:"state"`
	Amount   sales.Money    `db:"amount"`
	Line     string         `db:"line"`
	Version  int64          `db:"version"`
}

// standingKey is the key of a row of standing_sums.
type standingKey struct {
	person sales.PersonID
	stage  sales.Stage
	team   sales.ID
}

// Stand counts an opportunity n times, 1 for where it is now and -1 for where it was. Only open ones count.
func (s *Sums) Stand(p Position, n int64) {
	if p.State != sales.OpportunityOpen {
		return
	}
	if s.standing == nil {
		s.standing = map[standingKey]sum{}
	}
	for _, k := range []standingKey{{Everybody, p.Stage, 0}, {p.PersonID, p.Stage, p.TeamID}} {
		v := s.standing[k]
		s.standing[k] = sum{v.entered + n, v.amount + sales.Money(n)*p.Amount}
	}
}

func (s *Sums) writeStanding(ctx context.Context, q Querier, d dialect.Dialect) error {
	keys := make([]standingKey, 0, len(s.standing))
	for k, v := range s.standing {
		if v != (sum{}) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b standingKey) int {
		return cmp.Or(cmp.Compare(a.person, b.person), strings.Compare(string(a.stage), string(b.stage)), cmp.Compare(a.team, b.team))
	})
	const row = "(?, ?, ?, ?, ?)"
	for chunk := range slices.Chunk(keys, 500) {
		args := make([]any, 0, 5*len(chunk))
		for _, k := range chunk {
			v := s.standing[k]
			args = append(args, k.person, k.stage, k.team, v.entered, v.amount)
		}
		query := "INSERT INTO standing_sums (person_id, stage, team_id, opportunities, amount) VALUES " +
			strings.TrimSuffix(strings.Repeat(row+", ", len(chunk)), ", ") +
			d.Upsert("standing_sums", []string{"person_id", "stage", "team_id"}, nil, []string{"opportunities", "amount"})
		if _, err := q.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("write standing: %w", err)
		}
	}
	return s.writeOutcomes(ctx, q, d)
}

// Standing is where the open opportunities of people in scope stand now, one row for each person and stage; together one
// row for each stage, of no person.
func Standing(ctx context.Context, q Querier, scope sales.Scope, together bool) ([]sales.StageCapture, error) {
	person, where, args := "person_id", "person_id > ?", []any{Everybody}
	switch {
	case !scope.All && len(scope.Persons) == 0:
		return nil, nil
	case !scope.All:
		where, args = Question{Scope: scope}.who()
	case together:
		where = "person_id = ?"
	}
	if together {
		person = "CAST(0 AS SIGNED)"
	}
	query := `
		SELECT
			` + person + ` AS person_id,
			MAX(team_id) AS team_id,
			stage,
			CAST(SUM(opportunities) AS SIGNED) AS count,
			CAST(SUM(amount) AS SIGNED) AS amount
		FROM standing_sums
		WHERE opportunities <> 0 AND ` + where
	if together {
		query += " GROUP BY stage ORDER BY stage"
	} else {
		query += " GROUP BY person_id, stage ORDER BY person_id, stage"
	}
	var out []sales.StageCapture
	if err := q.SelectContext(ctx, &out, query, args...); err != nil {
		return nil, fmt.Errorf("read standing: %w", err)
	}
	return out, nil
}

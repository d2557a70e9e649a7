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

// outcomeKey is the key of a row of outcome_sums.
type outcomeKey struct {
	stage    sales.Stage
	cut, key string
}

type outcome struct{ won, lost int64 }

// dwellKey is the key of a row of dwell_sums.
type dwellKey struct {
	stage  sales.Stage
	bucket int
}

// Close counts how an opportunity ended n times for each stage it had reached, 1 for how it is now and -1 for how it was.
// Open ones count for nothing.
func (s *Sums) Close(p Position, reached []sales.Stage, n int64) {
	var o outcome
	switch p.State {
	case sales.OpportunityWon:
		o.won = n
	case sales.OpportunityLost:
		o.lost = n
	default:
		return
	}
	if s.outcomes == nil {
		s.outcomes = map[outcomeKey]outcome{}
	}
	for _, stage := range reached {
		keys := []outcomeKey{{stage, sales.CutAll, ""}, {stage, sales.CutTeam, p.TeamID.String()}, {stage, sales.CutLine, p.Line}}
		for _, k := range keys {
			if k.cut != sales.CutLine || k.key != "" {
				v := s.outcomes[k]
				s.outcomes[k] = outcome{v.won + o.won, v.lost + o.lost}
			}
		}
	}
}

// Dwell counts a stay in a stage n times.
func (s *Sums) Dwell(stage sales.Stage, seconds, n int64) {
	if s.dwells == nil {
		s.dwells = map[dwellKey]int64{}
	}
	s.dwells[dwellKey{stage, sales.DwellBucket(seconds)}] += n
}

func (s *Sums) writeOutcomes(ctx context.Context, q Querier, d dialect.Dialect) error {
	keys := make([]outcomeKey, 0, len(s.outcomes))
	for k, v := range s.outcomes {
		if v != (outcome{}) {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b outcomeKey) int {
		return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(a.cut, b.cut), cmp.Compare(a.key, b.key))
	})
	for chunk := range slices.Chunk(keys, 500) {
		args := make([]any, 0, 5*len(chunk))
		for _, k := range chunk {
			v := s.outcomes[k]
			args = append(args, k.stage, k.cut, k.key, v.won, v.lost)
		}
		query := "INSERT INTO outcome_sums (stage, cut, cut_key, won, lost) VALUES " +
			strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?), ", len(chunk)), ", ") +
			d.Upsert("outcome_sums", []string{"stage", "cut", "cut_key"}, nil, []string{"won", "lost"})
		if _, err := q.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("write outcomes: %w", err)
		}
	}
	return s.writeDwells(ctx, q, d)
}

func (s *Sums) writeDwells(ctx context.Context, q Querier, d dialect.Dialect) error {
	keys := make([]dwellKey, 0, len(s.dwells))
	for k, n := range s.dwells {
		if n != 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b dwellKey) int { return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(a.bucket, b.bucket)) })
	for chunk := range slices.Chunk(keys, 500) {
		args := make([]any, 0, 3*len(chunk))
		for _, k := range chunk {
			args = append(args, k.stage, k.bucket, s.dwells[k])
		}
		query := "INSERT INTO dwell_sums (stage, bucket, moves) VALUES " + strings.TrimSuffix(strings.Repeat("(?, ?, ?), ", len(chunk)), ", ") +
			d.Upsert("dwell_sums", []string{"stage", "bucket"}, nil, []string{"moves"})
		if _, err := q.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("write dwells: %w", err)
		}
	}
	return nil
}

// Retract takes entries of an opportunity into some stages back, for which they never counted. The opportunity must be locked.
func (s *Sums) Retract(ctx context.Context, q Querier, id sales.ID, stages []sales.Stage) error {
	var entries []Entry
	if err := q.SelectContext(ctx, &entries, entriesOf, id); err != nil {
		return fmt.Errorf("read stage entries: %w", err)
	}
	for _, e := range entries {
		if !slices.Contains(stages, e.Stage) {
			continue
		}
		s.add(e, -1)
		if _, err := q.ExecContext(ctx, "DELETE FROM stage_entries WHERE opportunity_id = ? AND stage = ?", id, e.Stage); err != nil {
			return fmt.Errorf("take stage entries back: %w", err)
		}
	}
	return nil
}

// fillOutcomes count how closed opportunities ended, by each cut: its name, its key, and which opportunities.
var fillOutcomes = func() []string {
	var out []string
	for _, cut := range [][3]string{{sales.CutAll, "''", ""}, {sales.CutLine, "o.line", " AND o.line <> ''"}, {sales.CutTeam, "o.team_id", ""}} {
		out = append(out, fmt.Sprintf(`
		INSERT INTO outcome_sums (stage, cut, cut_key, won, lost)
		SELECT stage, '%s', k, SUM(won), SUM(lost)
		FROM (
			SELECT
				e.stage,
				CAST(%s AS CHAR) AS k,
				CASE o.state WHEN 'won' THEN 1 ELSE 0 END AS won,
				CASE o.state WHEN 'lost' THEN 1 ELSE 0 END AS lost
			FROM stage_entries e
			JOIN opportunities o ON o.id = e.opportunity_id
			WHERE o.state IN ('won', 'lost')%s
		) x
		GROUP BY stage, k`, cut[0], cut[1], cut[2]))
	}
	return out
}()

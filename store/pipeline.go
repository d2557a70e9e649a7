package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"salesflow/store/sales"
)

// pipelineRow is a version of a pipeline as it is kept: deals that began under it may still follow it.
type pipelineRow struct {
	Key        string        `db:"pipeline"`
	Version    int           `db:"version"`
	Definition string        `db:"definition"`
	At         sales.Instant `db:"at"`
}

var pipelines = tableOf[pipelineRow]("pipelines", "pipeline, version, definition, at")

// maxPipelines bounds the versions that are kept in memory.
const maxPipelines = 2000

// UsePipelines makes the pipelines of the configuration those new deals follow: what differs from the newest version that
// is kept becomes a version more. It returns all versions and lets every opportunity that is read know its own.
func (db *DB) UsePipelines(ctx context.Context, configured []*sales.Pipeline) (*sales.Pipelines, error) {
	var all []*sales.Pipeline
	_, err := db.Do(ctx, Work{Fn: func(ctx context.Context, tx *Tx) error {
		var rows []pipelineRow
		all = nil
		if err := tx.list(ctx, &rows, "SELECT pipeline, version, definition, at FROM pipelines ORDER BY pipeline, version DESC LIMIT ?", maxPipelines); err != nil {
			return err
		}
		kept, err := pipelinesOf(rows)
		if err != nil {
			return err
		}
		for _, p := range configured {
			now, err := tx.keepPipeline(*p, kept[p.Key])
			if err != nil {
				return err
			}
			all = append(all, now)
			all = append(all, slices.DeleteFunc(kept[p.Key], func(old *sales.Pipeline) bool { return old.Version == now.Version })...)
			delete(kept, p.Key)
		}
		all = append(all, retired(kept)...)
		return nil
	}})
	if err != nil {
		return nil, fmt.Errorf("keep pipelines: %w", err)
	}
	ways := sales.NewPipelines(all...)
	db.ways.Store(ways)
	return ways, nil
}

// pipelinesOf reads versions by key, each the newest first, as the rows are.
func pipelinesOf(rows []pipelineRow) (map[string][]*sales.Pipeline, error) {
	kept := map[string][]*sales.Pipeline{}
	for _, r := range rows {
		var p sales.Pipeline
		if err := json.Unmarshal([]byte(r.Definition), &p); err != nil {
			return nil, fmt.Errorf("read pipeline %q version %d: %w", r.Key, r.Version, err)
		}
		p.Key, p.Version = r.Key, r.Version
		kept[r.Key] = append(kept[r.Key], &p)
	}
	return kept, nil
}

// retired are pipelines that are not in use any more: they are followed to their end, and not begun.
func retired(kept map[string][]*sales.Pipeline) []*sales.Pipeline {
	var out []*sales.Pipeline
	for _, old := range kept {
		for _, p := range old {
			p.Retired = true
		}
		out = append(out, old...)
	}
	return out
}

// keepPipeline is the newest version when it says the same, else p as the version after it.
func (tx *Tx) keepPipeline(p sales.Pipeline, kept []*sales.Pipeline) (*sales.Pipeline, error) {
	p.Version = 1
	if len(kept) > 0 {
		p.Version = kept[0].Version
		if same(p, *kept[0]) {
			return kept[0], nil
		}
		p.Version++
	}
	return &p, tx.AddPipeline(p)
}

func same(a, b sales.Pipeline) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}

// wayOf is the pipeline an opportunity follows.
func (db *DB) wayOf(o sales.Opportunity) *sales.Pipeline {
	return db.ways.Load().Find(o.Pipeline, o.PipelineVersion)
}

func (db *DB) onWays(list []sales.Opportunity) []sales.Opportunity {
	for i := range list {
		list[i].Way = db.wayOf(list[i])
	}
	return list
}

// movesOnWays lets moves know their pipeline by the stage they came from: keys of stages are unique over all pipelines.
func (db *DB) movesOnWays(list []sales.StageMove) []sales.StageMove {
	ways := db.ways.Load()
	for i := range list {
		stage := list[i].From
		if stage == sales.StageWon || stage == sales.StageLost {
			stage = list[i].To
		}
		list[i].Way = ways.OfStage(stage)
	}
	return list
}

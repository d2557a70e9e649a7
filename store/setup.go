package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

const setupColumns = `
	id,
	kind,
	target,
	n,
	items,
	note,
	person_id,
	at,
	source_event_id,
	say`

var setupChanges = tableOf[sales.SetupChange]("setup_changes", setupColumns).watching("setup", "kind, person_id")

// maxSetups bounds the changes that are read: of one thing in a dialogue, of everything when what is set up is made again.
const (
	maxSetups    = 500
	maxAllSetups = 50_000
)

// AddSetup keeps a change of what is set up. A number that somebody else took meanwhile is a Conflict when the unit is written.
func (tx *Tx) AddSetup(c sales.SetupChange) {
	tx.touching("setup", c.Kind, c.Target)
	tx.add(setupChanges, setupChanges.row(c))
	tx.setupChanged = true
	if c.Kind == sales.SetupStage || c.Kind == sales.SetupField {
		tx.rulesChanged = true // they are read anew with the new words
	}
}

// Setups lists the changes of one thing, the oldest first.
func (tx *Tx) Setups(ctx context.Context, kind, target string) (sales.Setups, error) {
	var out sales.Setups
	err := tx.list(ctx, &out, "SELECT "+setupColumns+" FROM setup_changes WHERE kind = ? AND target = ? ORDER BY n LIMIT ?", kind, target, maxSetups)
	return out, err
}

// AllSetups reads all changes, of each thing the oldest first.
func (db *DB) AllSetups(ctx context.Context) (sales.Setups, error) {
	var out sales.Setups
	if err := sqlx.SelectContext(ctx, db.r, &out, "SELECT "+setupColumns+" FROM setup_changes ORDER BY kind, target, n LIMIT ?", maxAllSetups); err != nil {
		return nil, fmt.Errorf("read setup: %w", err)
	}
	return out, nil
}

// AddPipeline keeps a new version of a pipeline: new deals follow it. A version that somebody else added meanwhile is a Conflict
// when the unit is written.
func (tx *Tx) AddPipeline(p sales.Pipeline) error {
	b, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write pipeline %q: %w", p.Key, err)
	}
	tx.touching("pipeline", p.Key)
	tx.add(pipelines, pipelines.row(pipelineRow{p.Key, p.Version, string(b), sales.At(tx.u.db.now())}))
	tx.setupChanged = true
	return nil
}

// RefreshPipelines reads the versions that are kept and makes them those that ways knows. Of each key in use the newest is what
// new deals follow.
func (db *DB) RefreshPipelines(ctx context.Context, ways *sales.Pipelines, use []string) error {
	var rows []pipelineRow
	if err := sqlx.SelectContext(ctx, db.r, &rows, "SELECT pipeline, version, definition, at FROM pipelines ORDER BY pipeline, version DESC LIMIT ?", maxPipelines); err != nil {
		return fmt.Errorf("read pipelines: %w", err)
	}
	kept, err := pipelinesOf(rows)
	if err != nil {
		return err
	}
	var all []*sales.Pipeline
	for _, key := range use {
		all = append(all, kept[key]...)
		delete(kept, key)
	}
	all = append(all, retired(kept)...)
	ways.Become(all...)
	return nil
}

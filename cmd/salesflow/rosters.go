package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// loadRosters takes the rosters of the configuration (rules.rosters) over into the store: who stands first in a new or changed one
// is on duty now. One that is there no more goes.
func (p *program) loadRosters(ctx context.Context) error {
	org, err := p.db.LoadOrg(ctx)
	if err != nil {
		return fmt.Errorf("read organisation: %w", err)
	}
	for range 3 { // another replica may do the same at this moment
		_, err = p.db.Do(ctx, store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
			for _, name := range slices.Sorted(maps.Keys(p.cfg.Rules.Rosters)) {
				if err := p.keepRoster(ctx, tx, org, name, p.cfg.Rules.Rosters[name]); err != nil {
					return fmt.Errorf("rules.rosters.%s: %w", name, err)
				}
			}
			for _, r := range org.Rosters() {
				if _, kept := p.cfg.Rules.Rosters[r.Name]; r.Source == sales.RuleFile && !kept {
					r.State, r.UpdatedAt = sales.RosterGone, sales.At(p.clock.Now())
					tx.UpdateRoster(r)
				}
			}
			return nil
		}})
		if sales.KindOf(err) != sales.Conflict {
			return err
		}
		if org, err = p.db.LoadOrg(ctx); err != nil {
			return fmt.Errorf("read organisation: %w", err)
		}
	}
	return err
}

// keepRoster writes one roster of the configuration where it is new or says something else.
func (p *program) keepRoster(ctx context.Context, tx *store.Tx, org *sales.Org, name, text string) error {
	now := p.clock.Now()
	r, err := handlers.ReadRoster(org, name, text, now)
	if err != nil {
		return err
	}
	r.UpdatedAt = sales.At(now)
	old, err := tx.RosterByName(ctx, name)
	switch {
	case sales.KindOf(err) == sales.NotFound && err != nil:
		r.ID, r.Version = tx.NewID(), 1
		tx.CreateRoster(r)
		return nil
	case err != nil:
		return err
	}
	same := old.State == sales.RosterOn && old.Source == sales.RuleFile && slices.Equal(old.People, r.People) && old.EveryDays == r.EveryDays && r.Rhythm() == old.Rhythm()
	if same {
		return nil // whose turn it is goes on
	}
	r.ID, r.Version = old.ID, old.Version
	tx.UpdateRoster(r)
	return nil
}

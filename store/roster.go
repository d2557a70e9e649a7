package store

import (
	"context"
	"fmt"

	"salesflow/store/sales"
)

const rosterColumns = `
	id,
	name,
	people,
	every_days,
	first_at,
	source,
	state,
	updated_by,
	updated_at,
	version`

const rosterSwapColumns = `
	id,
	roster_id,
	person_id,
	from_at,
	until_at,
	state,
	created_by,
	created_at,
	version`

var (
	rosters     = tableOf[sales.Roster]("rosters", rosterColumns)
	rosterSwaps = tableOf[sales.RosterSwap]("roster_swaps", rosterSwapColumns)
	rosterTold  = rowsOf("roster_told", "roster_id, person_id, at").upsert("roster_id", "person_id, at", "")
	pushPrefs   = tableOf[sales.PushPref]("push_prefs", "person_id, quiet_from, quiet_to, gather, channel, updated_at").
			upsert("person_id", "quiet_from, quiet_to, gather, channel, updated_at", "")
)

// maxRosters bounds how many rosters are read, maxSwaps how many replacements.
const (
	maxRosters = 200
	maxSwaps   = 2000
)

// CreateRoster keeps a new roster (值班). A name that exists is a Conflict when the unit is written.
func (tx *Tx) CreateRoster(r sales.Roster) {
	tx.create(rosters, r.ID, r)
	tx.touching("roster_name", r.Name)
	tx.orgChanged = true
}

// UpdateRoster changes a roster over the version it was read at.
func (tx *Tx) UpdateRoster(r sales.Roster) {
	tx.update(rosters, r.ID, r.Version, r)
	tx.orgChanged = true
}

// RosterByID reads a roster, those that are gone included.
func (tx *Tx) RosterByID(ctx context.Context, id sales.ID) (sales.Roster, error) {
	var r sales.Roster
	err := tx.get(ctx, "没有这个值班表。发 值班 看全部。", &r, "SELECT "+rosterColumns+" FROM rosters WHERE id = ?", id)
	return r, err
}

// RosterByName reads a roster by its name, those that are gone included.
func (tx *Tx) RosterByName(ctx context.Context, name string) (sales.Roster, error) {
	var r sales.Roster
	err := tx.get(ctx, "没有叫 "+name+" 的值班表。发 值班 看全部。", &r, "SELECT "+rosterColumns+" FROM rosters WHERE name = ?", name)
	return r, err
}

// CreateRosterSwap keeps a replacement (替班); UpdateRosterSwap changes one over the version it was read at.
func (tx *Tx) CreateRosterSwap(s sales.RosterSwap) {
	tx.create(rosterSwaps, s.ID, s)
	tx.touching("roster_swap", s.RosterID.String())
	tx.orgChanged = true
}

// UpdateRosterSwap changes a replacement over the version it was read at.
func (tx *Tx) UpdateRosterSwap(s sales.RosterSwap) {
	tx.update(rosterSwaps, s.ID, s.Version, s)
	tx.orgChanged = true
}

// RosterSwapByID reads a replacement.
func (tx *Tx) RosterSwapByID(ctx context.Context, id sales.ID) (sales.RosterSwap, error) {
	var s sales.RosterSwap
	err := tx.get(ctx, "没有这次替班。", &s, "SELECT "+rosterSwapColumns+" FROM roster_swaps WHERE id = ?", id)
	return s, err
}

// RosterTold is who was told last that they are on duty; 0 for nobody.
func (tx *Tx) RosterTold(ctx context.Context, roster sales.ID) (sales.PersonID, error) {
	var who []sales.PersonID
	err := tx.list(ctx, &who, "SELECT person_id FROM roster_told WHERE roster_id = ?", roster)
	if err != nil || len(who) == 0 {
		return 0, err
	}
	return who[0], nil
}

// NoteRosterTold notes who was told that they are on duty.
func (tx *Tx) NoteRosterTold(roster sales.ID, who sales.PersonID, at sales.Instant) {
	tx.touching("roster_told", roster.String())
	tx.add(rosterTold, []any{roster, who, at})
}

// PutPushPref keeps what a person wants of pushes (推送设置).
func (tx *Tx) PutPushPref(p sales.PushPref) {
	tx.touching("push_pref", p.PersonID.String())
	tx.add(pushPrefs, pushPrefs.row(p))
	tx.orgChanged = true
}

// turns reads the rosters, the replacements that hold or come, and what people want of pushes, into an organisation.
func (db *DB) turns(ctx context.Context, org *sales.Org) error {
	var list []sales.Roster
	if err := db.r.SelectContext(ctx, &list, "SELECT "+rosterColumns+" FROM rosters WHERE state = 'on' ORDER BY id LIMIT ?", maxRosters); err != nil {
		return fmt.Errorf("load rosters: %w", err)
	}
	var swaps []sales.RosterSwap
	since := sales.At(db.now().AddDate(0, 0, -40))
	err := db.r.SelectContext(ctx, &swaps, "SELECT "+rosterSwapColumns+" FROM roster_swaps WHERE state = 'on' AND until_at > ? ORDER BY until_at LIMIT ?", since, maxSwaps)
	if err != nil {
		return fmt.Errorf("load replacements: %w", err)
	}
	var prefs []sales.PushPref
	if err := db.r.SelectContext(ctx, &prefs, "SELECT person_id, quiet_from, quiet_to, gather, channel, updated_at FROM push_prefs"); err != nil {
		return fmt.Errorf("load push preferences: %w", err)
	}
	org.SetRosters(list, swaps)
	org.SetPushPrefs(prefs)
	return nil
}

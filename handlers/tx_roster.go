package handlers

import (
	"context"

	"salesflow/store/sales"
)

// RosterTx reads and writes who is on duty by turns (值班), and what people want of pushes (推送设置). All replicas see it with
// the organisation.
type RosterTx interface {
	// CreateRoster keeps a new roster. A name that exists makes the turn be repeated, which then finds it.
	CreateRoster(r sales.Roster)
	UpdateRoster(r sales.Roster)
	// RosterByID and RosterByName read a roster, those that are gone included.
	RosterByID(ctx context.Context, id sales.ID) (sales.Roster, error)
	RosterByName(ctx context.Context, name string) (sales.Roster, error)
	CreateRosterSwap(s sales.RosterSwap)
	UpdateRosterSwap(s sales.RosterSwap)
	RosterSwapByID(ctx context.Context, id sales.ID) (sales.RosterSwap, error)
	NoteRosterTold(roster sales.ID, who sales.PersonID, at sales.Instant)
	PutPushPref(p sales.PushPref)
}

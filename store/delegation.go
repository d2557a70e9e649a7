package store

import (
	"context"
	"strings"

	"salesflow/store/sales"
)

const delegationColumns = `
	id,
	person_id,
	deputy_id,
	kinds,
	from_at,
	until_at,
	state,
	created_at,
	source_event_id,
	version`

var delegations = tableOf[sales.Delegation]("delegations", delegationColumns)

// CreateDelegation keeps that somebody lets a deputy decide.
func (tx *Tx) CreateDelegation(d sales.Delegation) { tx.create(delegations, d.ID, d) }

// UpdateDelegation changes one over the version it was read at.
func (tx *Tx) UpdateDelegation(d sales.Delegation) { tx.update(delegations, d.ID, d.Version, d) }

// DelegationByID reads one.
func (tx *Tx) DelegationByID(ctx context.Context, id sales.ID) (sales.Delegation, error) {
	var d sales.Delegation
	err := tx.get(ctx, "没找到这次委托。", &d, "SELECT "+delegationColumns+" FROM delegations WHERE id = ?", id)
	return d, err
}

// Delegations lists the active ones of people that hold some time between two moments, the earliest first.
func (tx *Tx) Delegations(ctx context.Context, people []sales.PersonID, from, until sales.Instant) ([]sales.Delegation, error) {
	if len(people) == 0 {
		return nil, nil
	}
	var out []sales.Delegation
	in := strings.TrimSuffix(strings.Repeat("?, ", len(people)), ", ")
	err := tx.list(ctx, &out, "SELECT "+delegationColumns+" FROM delegations WHERE person_id IN ("+in+
		") AND until_at > ? AND from_at < ? AND state = 'active' ORDER BY from_at, id LIMIT 200", append(anys(people), from, until)...)
	return out, err
}

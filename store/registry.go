package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

const registryColumns = `
	id,
	customer_id,
	person_id,
	state,
	auto,
	asked_at,
	answer,
	attempts,
	next_at,
	version`

var registryChecks = tableOf[sales.RegistryCheck]("registry_checks", registryColumns)

// CreateRegistryCheck asks the business registry about a customer; the answer comes later.
func (tx *Tx) CreateRegistryCheck(c sales.RegistryCheck) { tx.create(registryChecks, c.ID, c) }

// UpdateRegistryCheck changes a question over the version it was read at.
func (tx *Tx) UpdateRegistryCheck(c sales.RegistryCheck) {
	tx.update(registryChecks, c.ID, c.Version, c)
}

// RegistryCheckByID reads a question.
func (tx *Tx) RegistryCheckByID(ctx context.Context, id sales.ID) (sales.RegistryCheck, error) {
	var c sales.RegistryCheck
	err := tx.get(ctx, "没找到这次工商核对。", &c, "SELECT "+registryColumns+" FROM registry_checks WHERE id = ?", id)
	return c, err
}

// ClaimRegistryCheck takes the oldest question that is to be asked now, and puts its next try off by wait, so that no
// other replica asks it meanwhile. False when there is none.
func (db *DB) ClaimRegistryCheck(ctx context.Context, now time.Time, wait time.Duration) (sales.RegistryCheck, bool, error) {
	var list []sales.RegistryCheck
	const due = "SELECT " + registryColumns + " FROM registry_checks WHERE state = 'asked' AND next_at <= ? ORDER BY next_at, id LIMIT 8"
	if err := db.r.SelectContext(ctx, &list, due, sales.At(now)); err != nil {
		return sales.RegistryCheck{}, false, fmt.Errorf("look for registry checks: %w", err)
	}
	for _, c := range list {
		got := false
		err := db.write(ctx, func(tx *sqlx.Tx) error {
			const take = "UPDATE registry_checks SET next_at = ?, attempts = attempts + 1, version = version + 1 WHERE id = ? AND version = ?"
			res, err := tx.ExecContext(ctx, take, sales.At(now.Add(wait)), c.ID, c.Version)
			if err != nil {
				return fmt.Errorf("claim registry check %d: %w", c.ID, err)
			}
			got = wantRows(res, 1) == nil
			return nil
		})
		if err != nil {
			return sales.RegistryCheck{}, false, err
		}
		if got {
			c.Attempts, c.Version = c.Attempts+1, c.Version+1
			return c, true, nil
		}
	}
	return sales.RegistryCheck{}, false, nil
}

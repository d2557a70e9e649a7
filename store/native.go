package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

const nativeColumns = `
	id,
	request_id,
	mark,
	platform,
	template,
	form,
	ref,
	state,
	seen,
	reason,
	begun_at,
	next_at,
	attempts,
	quiet,
	created_at,
	version`

var natives = tableOf[sales.NativeApproval]("native_approvals", nativeColumns)

// nativeWork are the states in which something is to be done.
const nativeWork = "('wanted', 'unsure', 'open', 'withdrawing')"

// CreateNative keeps an approval that is to be created on a platform.
func (tx *Tx) CreateNative(n sales.NativeApproval) { tx.create(natives, n.ID, n) }

// UpdateNative changes one over the version it was read at.
func (tx *Tx) UpdateNative(n sales.NativeApproval) { tx.update(natives, n.ID, n.Version, n) }

// NativeByID reads one.
func (tx *Tx) NativeByID(ctx context.Context, id sales.ID) (sales.NativeApproval, error) {
	var n sales.NativeApproval
	err := tx.get(ctx, "没找到这张审批。", &n, "SELECT "+nativeColumns+" FROM native_approvals WHERE id = ?", id)
	return n, err
}

// NativeByRequest reads the one of a request.
func (tx *Tx) NativeByRequest(ctx context.Context, request sales.ID) (sales.NativeApproval, error) {
	var n sales.NativeApproval
	err := tx.get(ctx, "没找到这张审批。", &n, "SELECT "+nativeColumns+" FROM native_approvals WHERE request_id = ?", request)
	return n, err
}

// WakeNative has one looked at now, since the platform says that something has happened to it; one of unknown reference
// may be any whose creation is in doubt.
func (tx *Tx) WakeNative(platform, ref string, now time.Time) {
	const wake = `
		UPDATE native_approvals
		SET next_at = ?, quiet = 0, version = version + 1
		WHERE platform = ? AND (ref = ? OR ref = '' AND state = 'unsure') AND next_at > ? AND state IN ` + nativeWork
	tx.after = append(tx.after, statement{wake, []any{sales.At(now), platform, ref, sales.At(now)}, -1})
}

// ClaimNative takes the one that has waited longest, and puts its next look off by wait, so that no other replica takes it
// meanwhile. False when there is none.
func (db *DB) ClaimNative(ctx context.Context, now time.Time, wait time.Duration) (sales.NativeApproval, bool, error) {
	var list []sales.NativeApproval
	const due = "SELECT " + nativeColumns + " FROM native_approvals WHERE state IN " + nativeWork + " AND next_at <= ? ORDER BY next_at, id LIMIT 8"
	if err := db.r.SelectContext(ctx, &list, due, sales.At(now)); err != nil {
		return sales.NativeApproval{}, false, fmt.Errorf("look for native approvals: %w", err)
	}
	for _, n := range list {
		got := false
		err := db.write(ctx, func(tx *sqlx.Tx) error {
			const take = "UPDATE native_approvals SET next_at = ?, attempts = attempts + 1, version = version + 1 WHERE id = ? AND version = ?"
			res, err := tx.ExecContext(ctx, take, sales.At(now.Add(wait)), n.ID, n.Version)
			if err != nil {
				return fmt.Errorf("claim native approval %d: %w", n.ID, err)
			}
			got = wantRows(res, 1) == nil
			return nil
		})
		if err != nil {
			return sales.NativeApproval{}, false, err
		}
		if got {
			n.NextAt, n.Attempts, n.Version = sales.At(now.Add(wait)), n.Attempts+1, n.Version+1
			return n, true, nil
		}
	}
	return sales.NativeApproval{}, false, nil
}

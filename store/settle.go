package store

import (
	"context"
	"fmt"
	"time"

	"salesflow/store/sales"
)

// Unsettled counts what is still under way at a moment: events that wait, due rows not decided, deliveries not sent,
// events the rules have not seen, attachments not fetched. An event that has failed before is not counted: it waits for its next try.
func (db *DB) Unsettled(ctx context.Context, now time.Time) (int, error) {
	const query = `
		SELECT
			(SELECT COUNT(*) FROM dues WHERE state = 'pending' AND due_at <= ?) +
			(SELECT COUNT(*) FROM outbox WHERE state = 'sending' OR wake_at <= ?) +
			(SELECT COUNT(*) FROM inbox WHERE state = 'pending' AND attempts < 2) +
			(SELECT COUNT(*) FROM event_queue) +
			(SELECT COUNT(*) FROM revisions r JOIN revisions d ON d.name = 'rules.done' WHERE r.name = 'rules' AND r.value > d.value) +
			(SELECT COUNT(*) FROM files WHERE state = 'wanted') +
			(SELECT COUNT(*) FROM sheet_jobs WHERE state IN ('reading', 'writing', 'making', 'undoing')) +
			(SELECT COUNT(*) FROM registry_checks WHERE state = 'asked' AND next_at <= ?)`
	var n int
	if err := db.r.GetContext(ctx, &n, query, sales.At(now), sales.At(now), sales.At(now)); err != nil {
		return 0, fmt.Errorf("count what is under way: %w", err)
	}
	return n, nil
}

// NextWakeAt is the earliest moment at which something is due or may be sent; the zero time when nothing is.
func (db *DB) NextWakeAt(ctx context.Context) (time.Time, error) {
	due, err := db.NextDueAt(ctx)
	if err != nil {
		return time.Time{}, err
	}
	send, err := db.NextDeliveryAt(ctx)
	if err != nil || due.IsZero() || !send.IsZero() && send.Before(due) {
		return send, err
	}
	return due, nil
}

// EventCount is how many events were ever taken and not yet pruned.
func (db *DB) EventCount(ctx context.Context) (int, error) {
	var n int
	if err := db.r.GetContext(ctx, &n, "SELECT COUNT(*) FROM inbox"); err != nil {
		return 0, fmt.Errorf("count events: %w", err)
	}
	return n, nil
}

// UploadValid reports whether an upload link can still be used.
func (db *DB) UploadValid(ctx context.Context, hash string, now sales.Instant) (bool, error) {
	var n int
	err := db.r.GetContext(ctx, &n, "SELECT COUNT(*) FROM uploads WHERE hash = ? AND used = 0 AND expires_at > ?", hash, now)
	if err != nil {
		return false, fmt.Errorf("look for upload link: %w", err)
	}
	return n > 0, nil
}

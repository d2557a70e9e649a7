package store

import "context"

// The queries whose plans are tested.
var Plans = map[string]struct {
	Query string
	Args  int
	Index string
}{
	"due rows":   {claimableDues, 3, "dues_due"},
	"deliveries": {"SELECT id, platform, via FROM outbox WHERE wake_at <= ? ORDER BY wake_at LIMIT ?", 2, "outbox_wake"},
	"events":     {claimablePending, 2, "inbox_state"},
}

// Exec runs a statement by hand.
func (db *DB) Exec(ctx context.Context, query string, args ...any) error {
	_, err := db.w.ExecContext(ctx, query, args...)
	return err
}

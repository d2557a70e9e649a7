package store

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store/audit"
	"salesflow/store/sales"
)

// AuditLog is the tamper-evident log over the audit rows.
func (db *DB) AuditLog() *audit.Log { return audit.New(trail{db}) }

// trail is the store as the audit log sees it.
type trail struct{ db *DB }

func (t trail) InTx(ctx context.Context, f func(q audit.Querier) error) error {
	return t.db.write(ctx, func(tx *sqlx.Tx) error { return f(tx) })
}

func (t trail) Query() audit.Querier       { return t.db.r }
func (t trail) IDAt(at time.Time) sales.ID { return IDAt(at) }
func (t trail) Now() time.Time             { return t.db.now() }

package store

import (
	"context"

	"salesflow/store/sales"
)

const auditColumns = `
	id,
	at,
	person_id,
	event_id,
	verb,
	subject_kind,
	subject_id,
	changes`

const eventColumns = `
	id,
	at,
	kind,
	subject_kind,
	subject_id,
	person_id,
	data`

var (
	audits = tableOf[sales.AuditEntry]("audit", auditColumns)
	events = tableOf[sales.DomainEvent]("events", eventColumns)
	// eventQueue are the events the rules have not seen yet.
	eventQueue = rowsOf("event_queue", "event_id")
)

// Audit writes one line of the trace. Lines are only ever added.
func (tx *Tx) Audit(e sales.AuditEntry) {
	if e.ID == 0 {
		e.ID = tx.NewID()
	}
	if e.At.IsZero() {
		e.At = sales.At(tx.u.db.now())
	}
	tx.add(audits, audits.row(e))
}

// AuditOf lists what was done to a record, the newest first.
func (tx *Tx) AuditOf(ctx context.Context, kind string, id sales.ID, limit int) ([]sales.AuditEntry, error) {
	var out []sales.AuditEntry
	err := tx.list(ctx, &out, "SELECT "+auditColumns+" FROM audit WHERE subject_kind = ? AND subject_id = ? ORDER BY id DESC LIMIT ?",
		kind, id, bound(limit, 500))
	return out, err
}

// Emit writes what happened to a record, for the rules.
func (tx *Tx) Emit(e sales.DomainEvent) {
	if e.ID == 0 {
		e.ID = tx.NewID()
	}
	if e.At.IsZero() {
		e.At = sales.At(tx.u.db.now())
	}
	tx.emitted = append(tx.emitted, e)
	tx.because = append(tx.because, tx.chain)
}

// EventsOf lists what happened to a record, the oldest first.
func (tx *Tx) EventsOf(ctx context.Context, kind string, id sales.ID, limit int) ([]sales.DomainEvent, error) {
	var out []sales.DomainEvent
	err := tx.list(ctx, &out, "SELECT "+eventColumns+" FROM events WHERE subject_kind = ? AND subject_id = ? ORDER BY id LIMIT ?",
		kind, id, bound(limit, 1000))
	return out, err
}

// CountAudit counts the entries of a verb.
func (db *DB) CountAudit(ctx context.Context, verb string) (n int, err error) {
	err = db.r.GetContext(ctx, &n, "SELECT COUNT(*) FROM audit WHERE verb = ?", verb)
	return n, err
}

package store

import (
	"context"
	"fmt"
	"time"

	"salesflow/store/sales"
)

// maxReads bounds how many entries of the trace one question looks at.
const maxReads = 1000

// ReadsOf lists who looked at records of a kind since a moment, the newest first.
func (tx *Tx) ReadsOf(ctx context.Context, kind string, ids []sales.ID, since time.Time) ([]sales.AuditEntry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := []any{kind}
	for _, id := range ids {
		args = append(args, id)
	}
	var all, out []sales.AuditEntry
	err := tx.list(ctx, &all, "SELECT "+auditColumns+" FROM audit WHERE subject_kind = ? AND subject_id IN ("+marks(len(ids))+
		") AND id >= ? ORDER BY id DESC LIMIT ?", append(args, IDAt(since), maxReads)...)
	for _, e := range all {
		if e.Read() {
			out = append(out, e)
		}
	}
	return out, err
}

// DeedsOf lists what was done to a record, the oldest first; who looked at it is left out.
func (tx *Tx) DeedsOf(ctx context.Context, kind string, id sales.ID, limit int) ([]sales.AuditEntry, error) {
	var out []sales.AuditEntry
	const deeds = "SELECT " + auditColumns + `
		FROM audit
		WHERE subject_kind = ? AND subject_id = ? AND verb NOT LIKE '%.read' AND verb NOT LIKE '%.record' AND verb NOT LIKE '%.files' AND verb NOT LIKE '%.readers'
		ORDER BY id
		LIMIT ?`
	err := tx.list(ctx, &out, deeds, kind, id, bound(limit, 1000))
	return out, err
}

// paperTables are the tables of the records that are approved, by what their events begin with.
var paperTables = map[string]string{"contract": "contracts", "quote": "quotes", "agreement": "agreements", "application": "applications"}

// PaperIDsOf lists a customer's records of a kind that is approved, the newest first.
func (tx *Tx) PaperIDsOf(ctx context.Context, object string, customer sales.ID, limit int) ([]sales.ID, error) {
	table, ok := paperTables[object]
	if !ok {
		return nil, fmt.Errorf("records of kind %q have no approval", object)
	}
	var out []sales.ID
	err := tx.list(ctx, &out, "SELECT id FROM "+table+" WHERE customer_id = ? ORDER BY id DESC LIMIT ?", customer, bound(limit, 200))
	return out, err
}

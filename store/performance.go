package store

import (
	"context"

	"salesflow/store/sales"
)

// DeliveriesBetween lists the shipments of people in scope, of one customer when it is set, that were received between two
// days or were promised for one of them and are still on their way, both included, the oldest first.
func (tx *Tx) DeliveriesBetween(ctx context.Context, scope sales.Scope, customer sales.ID, from, to sales.Day, limit int) ([]sales.Shipment, error) {
	cond, args := scopeSQL("owner_id", scope)
	query := "SELECT " + shipmentColumns + " FROM shipments WHERE kind = 'shipment' AND " + cond +
		" AND (state = 'signed' AND signed_on >= ? AND signed_on <= ? OR state = 'shipped' AND promised_on >= ? AND promised_on < ?)"
	args = append(args, from, to, from, to)
	if customer != 0 {
		query, args = query+" AND customer_id = ?", append(args, customer)
	}
	var out []sales.Shipment
	err := tx.list(ctx, &out, query+" ORDER BY id LIMIT ?", append(args, bound(limit, 20_000))...)
	return out, err
}

// ServicesBetween lists the complaints and service requests of people in scope, of one customer when it is set, filed between
// two days, both included, the oldest first.
func (tx *Tx) ServicesBetween(ctx context.Context, scope sales.Scope, customer sales.ID, from, to sales.Day, limit int) ([]sales.Filing, error) {
	cond, args := scopeSQL("person_id", scope)
	query := "SELECT " + filingColumns + " FROM filings WHERE kind IN ('complaint', 'after_sales') AND state <> 'undone' AND " + cond +
		" AND filed_at >= ? AND filed_at < ?"
	args = append(args, sales.At(from.Start()), sales.At(to.AddDays(1).Start()))
	if customer != 0 {
		query, args = query+" AND customer_id = ?", append(args, customer)
	}
	var out []sales.Filing
	err := tx.list(ctx, &out, query+" ORDER BY id LIMIT ?", append(args, bound(limit, 20_000))...)
	return out, err
}

// DeedsAbout lists what was done to records of a kind, of some verbs, the oldest first, at most limit rows.
func (tx *Tx) DeedsAbout(ctx context.Context, kind string, ids []sales.ID, verbs []string, limit int) ([]sales.AuditEntry, error) {
	if len(ids) == 0 || len(verbs) == 0 {
		return nil, nil
	}
	args := append([]any{kind}, anys(ids)...)
	args = append(append(args, anys(verbs)...), bound(limit, 1000))
	var out []sales.AuditEntry
	err := tx.list(ctx, &out, "SELECT "+auditColumns+" FROM audit WHERE subject_kind = ? AND subject_id IN ("+marks(len(ids))+
		") AND verb IN ("+marks(len(verbs))+") ORDER BY id LIMIT ?", args...)
	return out, err
}

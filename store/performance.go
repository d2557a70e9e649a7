package store

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"salesflow/store/sales"
)

// deliveredSQL are the two kinds of shipments that count as deliveries between two days: received then, both days included, or
// promised for then and still on their way. What is promised for the last day may still come, so it does not count yet.
func deliveredSQL(scope sales.Scope, customer sales.ID, from, to sales.Day) (signed, open string, args []any) {
	cond, args := scopeSQL("owner_id", scope)
	if customer != 0 {
		cond, args = cond+" AND customer_id = ?", append(args, customer)
	}
	cond = " FROM shipments WHERE kind = 'shipment' AND " + cond
	return cond + " AND state = 'signed' AND signed_on >= ? AND signed_on <= ?", cond + " AND state = 'shipped' AND promised_on >= ? AND promised_on < ?", append(args, from, to)
}

// DeliveriesBetween lists the newest shipments of people in scope, of one customer when it is set, that were received between two
// days, both included, or were promised for before the last of them and are still on their way, the oldest first.
func (tx *Tx) DeliveriesBetween(ctx context.Context, scope sales.Scope, customer sales.ID, from, to sales.Day, limit int) ([]sales.Shipment, error) {
	limit = bound(limit, 1000)
	signed, open, args := deliveredSQL(scope, customer, from, to)
	var out []sales.Shipment
	for _, of := range []string{signed, open} {
		var part []sales.Shipment
		err := tx.list(ctx, &part, "SELECT "+joinColumns("s", shipmentColumns)+" FROM (SELECT id"+of+" ORDER BY id DESC LIMIT ?) x JOIN shipments s ON s.id = x.id",
			append(slices.Clone(args), limit)...)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	slices.SortFunc(out, func(a, b sales.Shipment) int { return cmp.Compare(a.ID, b.ID) })
	return out[max(len(out)-limit, 0):], nil
}

// DeliveryMonths counts the same shipments, all of them, by the month in which they were received or are promised for.
func (tx *Tx) DeliveryMonths(ctx context.Context, scope sales.Scope, customer sales.ID, from, to sales.Day) ([]sales.DeliveryMonth, error) {
	signed, open, args := deliveredSQL(scope, customer, from, to)
	of := map[string]*sales.DeliveryMonth{}
	for _, part := range []struct{ day, from string }{{"signed_on", signed}, {"promised_on", open}} {
		var days []struct {
			Day sales.Day `db:"day"`
			sales.DeliveryMonth
		}
		// By days, which are in the order of the index.
		query := "SELECT " + part.day + " AS day, SUM(CASE WHEN promised_on IS NULL THEN 0 ELSE 1 END) AS due, SUM(CASE WHEN signed_on <= promised_on THEN 1 ELSE 0 END) AS on_time, " +
			"SUM(CASE WHEN promised_on IS NULL THEN 1 ELSE 0 END) AS unpromised" + part.from + " GROUP BY " + part.day
		if err := tx.list(ctx, &days, query, args...); err != nil {
			return nil, err
		}
		for _, d := range days {
			month := d.Day.String()[:7]
			m := of[month]
			if m == nil {
				m = &sales.DeliveryMonth{Month: month}
				of[month] = m
			}
			m.Due, m.OnTime, m.Unpromised = m.Due+d.Due, m.OnTime+d.OnTime, m.Unpromised+d.Unpromised
		}
	}
	var out []sales.DeliveryMonth
	for _, month := range slices.Sorted(maps.Keys(of)) {
		out = append(out, *of[month])
	}
	return out, nil
}

// ServicesBetween lists when the complaints and service requests of people in scope, of one customer when it is set, filed between
// two days, both included, were filed, taken and ended, the oldest first.
func (tx *Tx) ServicesBetween(ctx context.Context, scope sales.Scope, customer sales.ID, from, to sales.Day, limit int) ([]sales.Filing, error) {
	cond, args := scopeSQL("person_id", scope)
	// No more of each is read than is counted: there may be many.
	query := "SELECT id, kind, handler_id, filed_at, handled_at, closed_at FROM filings WHERE kind IN ('complaint', 'after_sales') AND state <> 'undone' AND " + cond +
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

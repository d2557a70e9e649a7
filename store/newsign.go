package store

import (
	"context"

	"salesflow/store/sales"
)

// SignedContracts lists the contracts people in scope signed from one moment to before another, with what decides whether they count.
// Those taken over without the day they were signed are of no month.
func (tx *Tx) SignedContracts(ctx context.Context, scope sales.Scope, from, to sales.Instant) ([]sales.SignedContract, error) {
	cond, args := scopeSQL("c.owner_id", scope)
	var out []sales.SignedContract
	err := tx.list(ctx, &out, `SELECT c.id, c.no, c.customer_id, c.owner_id, c.team_id, c.products, c.amount, c.prepay_percent, c.delivery_days,
		(SELECT x.id FROM contracts x WHERE x.customer_id = c.customer_id AND x.state = 'approved' ORDER BY x.created_at, x.id LIMIT 1) AS first_id,
		COALESCE(s.paid + s.prepaid, 0) AS cash, CASE WHEN COALESCE(s.shipped, 0) > 0 THEN 1 ELSE 0 END AS planned
		FROM contracts c LEFT JOIN contract_cash s ON s.contract_id = c.id
		WHERE c.created_at >= ? AND c.created_at < ? AND c.state = 'approved' AND c.undated = 0 AND `+cond+` ORDER BY c.id LIMIT 50000`, append([]any{from, to}, args...)...)
	return out, err
}

// Gaps lists in what contracts, papers and visits of people in scope do not go together, since a moment: invoices of no contract, contracts
// signed before late of which nothing was shipped, and contracts signed without any visit before.
func (tx *Tx) Gaps(ctx context.Context, w sales.GapsWanted, late sales.Instant) ([]sales.Gap, error) {
	scope, since := w.Scope, w.Since
	var out []sales.Gap
	// Of some people the few are found in the index alone; of the whole company it has their order.
	some, someArgs := "", []any(nil)
	if !scope.All {
		owned, args := scopeSQL("owner_id", scope)
		some, someArgs = " JOIN (SELECT id FROM invoices WHERE contract_id = 0 AND kind = 'invoice' AND "+owned+") x ON x.id = i.id", args
	}
	for _, q := range []struct {
		query, owner string
		args         []any
	}{
		{`SELECT 'paper' AS kind, i.contract_id, i.no, i.customer_id, i.owner_id, i.amount, i.created_at AS since FROM invoices i` + some + `
			WHERE i.contract_id = 0 AND i.kind = 'invoice' AND i.state <> 'undone' AND `, "i.owner_id", someArgs},
		{`SELECT 'still' AS kind, c.id AS contract_id, c.no, c.customer_id, c.owner_id, c.amount, c.created_at AS since FROM contracts c
			LEFT JOIN contract_cash s ON s.contract_id = c.id
			WHERE c.moved = 0 AND c.state = 'approved' AND c.created_at >= ? AND c.created_at < ? AND COALESCE(s.shipped, 0) = 0 AND COALESCE(s.invoiced, 0) = 0 AND `, "c.owner_id", []any{since, late}},
		{`SELECT 'unseen' AS kind, c.id AS contract_id, c.no, c.customer_id, c.owner_id, c.amount, c.created_at AS since FROM contracts c
			WHERE c.seen = 0 AND c.state = 'approved' AND c.created_at >= ?
			AND NOT EXISTS (SELECT 1 FROM visits v WHERE v.customer_id = c.customer_id AND v.state = 'filed' AND v.filed_at <= c.created_at) AND `, "c.owner_id", []any{since}},
	} {
		if w.Contract != 0 && q.owner == "i.owner_id" {
			continue // it is of no contract
		}
		cond, args := wantedSQL(q.owner, sales.GapsWanted{Scope: scope, Contract: w.Contract})
		var part []sales.Gap
		if err := tx.list(ctx, &part, q.query+cond+" ORDER BY since DESC LIMIT ?", append(append(q.args, args...), bound(w.Limit, 200))...); err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

package store

import (
	"context"

	"salesflow/store/sales"
)

// OrderGaps lists in what the ERP's orders and our contracts of people in scope do not go together, since a moment: no answer to an order
// sent before silent, not taken, another amount, shipped or invoiced otherwise than here. tolerance is by how much amounts may differ.
func (tx *Tx) OrderGaps(ctx context.Context, scope sales.Scope, since, silent sales.Instant, tolerance sales.Money, limit int) ([]sales.Gap, error) {
	cond, args := scopeSQL("c.owner_id", scope)
	var rows []struct {
		sales.Gap
		State     string        `db:"erp_state"`
		Sent      sales.Instant `db:"sent_at"`
		ERPMoney  sales.Money   `db:"erp_invoiced"`
		Shipments int           `db:"shipments"`
		Invoiced  sales.Money   `db:"invoiced"`
	}
	args = append([]any{since, silent, tolerance, tolerance, tolerance, tolerance}, args...)
	err := tx.list(ctx, &rows, `SELECT '' AS kind, c.id AS contract_id, c.no, c.customer_id, c.owner_id, c.amount, COALESCE(o.said_at, o.sent_at) AS since,
		o.amount AS theirs, o.note, o.state AS erp_state, o.sent_at, o.invoiced AS erp_invoiced, COALESCE(s.shipped, 0) AS shipments, COALESCE(s.invoiced, 0) AS invoiced
		FROM erp_orders o JOIN contracts c ON c.id = o.contract_id LEFT JOIN contract_cash s ON s.contract_id = c.id
		WHERE c.created_at >= ? AND c.state = 'approved' AND (o.state = 'sent' AND o.sent_at < ? OR o.state = 'rejected'
			OR o.amount > 0 AND (o.amount - c.amount > ? OR c.amount - o.amount > ?)
			OR o.state IN ('shipped', 'invoiced', 'closed') AND COALESCE(s.shipped, 0) = 0
			OR o.invoiced > 0 AND (o.invoiced - COALESCE(s.invoiced, 0) > ? OR COALESCE(s.invoiced, 0) - o.invoiced > ?))
		AND `+cond+" ORDER BY c.id DESC LIMIT ?", append(args, bound(limit, 500))...)
	if err != nil {
		return nil, err
	}
	var out []sales.Gap
	for _, r := range rows {
		put := func(kind string, ours, theirs sales.Money, is bool) {
			if is {
				g := r.Gap
				g.Kind, g.Amount, g.Theirs = kind, ours, theirs
				out = append(out, g)
			}
		}
		apart := func(a, b sales.Money) bool { return b > 0 && max(a-b, b-a) > tolerance }
		put(sales.GapERPSilent, r.Amount, 0, r.State == sales.OrderSent && r.Sent.Time.Before(silent.Time))
		put(sales.GapERPRejected, r.Amount, 0, r.State == sales.OrderRejected)
		put(sales.GapERPAmount, r.Amount, r.Theirs, apart(r.Amount, r.Theirs))
		shipped := r.State == sales.OrderShipped || r.State == sales.OrderInvoiced || r.State == sales.OrderClosed
		put(sales.GapERPShipped, r.Amount, 0, shipped && r.Shipments == 0)
		put(sales.GapERPInvoiced, r.Invoiced, r.ERPMoney, apart(r.Invoiced, r.ERPMoney))
	}
	return out, nil
}

// VisitsBefore counts a customer's visits and check-ins until a moment, and says when the last was.
func (tx *Tx) VisitsBefore(ctx context.Context, customer sales.ID, until sales.Instant) (visits, checkIns int, last sales.Instant, err error) {
	var row struct {
		Visits int           `db:"n"`
		Last   sales.Instant `db:"last_at"`
	}
	if err = tx.get(ctx, "", &row, "SELECT COUNT(*) AS n, MAX(filed_at) AS last_at FROM visits WHERE customer_id = ? AND state = 'filed' AND filed_at <= ?", customer, until); err != nil {
		return 0, 0, last, err
	}
	err = tx.get(ctx, "", &checkIns, `SELECT COUNT(*) FROM visit_actions x JOIN visits v ON v.id = x.visit_id
		WHERE v.customer_id = ? AND v.state = 'filed' AND v.filed_at <= ? AND x.action = 'check_in' AND x.done_at IS NOT NULL`, customer, until)
	return row.Visits, checkIns, row.Last, err
}

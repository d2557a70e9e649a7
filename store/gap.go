package store

import (
	"context"

	"salesflow/store/sales"
)

// wantedSQL is whose contracts, and which one, differences are looked for in.
func wantedSQL(owner string, w sales.GapsWanted) (string, []any) {
	cond, args := scopeSQL(owner, w.Scope)
	if w.Contract != 0 {
		cond, args = cond+" AND c.id = ?", append(args, w.Contract)
	}
	return cond, args
}

// OrderGaps lists in what the ERP's orders and our contracts of people in scope do not go together, since a moment: no answer to an order
// sent before silent, not taken, another amount, shipped or invoiced otherwise than here. tolerance is by how much amounts may differ.
func (tx *Tx) OrderGaps(ctx context.Context, w sales.GapsWanted, silent sales.Instant, tolerance sales.Money) ([]sales.Gap, error) {
	cond, args := wantedSQL("c.owner_id", w)
	var rows []struct {
		sales.Gap
		State     string        `db:"erp_state"`
		Sent      sales.Instant `db:"sent_at"`
		ERPMoney  sales.Money   `db:"erp_invoiced"`
		Shipments int           `db:"shipments"`
		Invoiced  sales.Money   `db:"invoiced"`
	}
	args = append([]any{w.Since, silent, tolerance, tolerance, tolerance, tolerance}, args...)
	err := tx.list(ctx, &rows, `SELECT '' AS kind, c.id AS contract_id, c.no, c.customer_id, c.owner_id, c.amount, COALESCE(o.said_at, o.sent_at) AS since,
		o.amount AS theirs, o.note, o.state AS erp_state, o.sent_at, o.invoiced AS erp_invoiced, COALESCE(s.shipped, 0) AS shipments, COALESCE(s.invoiced, 0) AS invoiced
		FROM erp_orders o JOIN contracts c ON c.id = o.contract_id LEFT JOIN contract_cash s ON s.contract_id = c.id
		WHERE o.apart = 1 AND c.created_at >= ? AND c.state = 'approved' AND (o.state = 'sent' AND o.sent_at < ? OR o.state = 'rejected'
			OR o.amount > 0 AND (o.amount - c.amount > ? OR c.amount - o.amount > ?)
			OR o.state IN ('shipped', 'invoiced', 'closed') AND COALESCE(s.shipped, 0) = 0
			OR o.invoiced > 0 AND (o.invoiced - COALESCE(s.invoiced, 0) > ? OR COALESCE(s.invoiced, 0) - o.invoiced > ?))
		AND `+cond+" ORDER BY c.id DESC LIMIT ?", append(args, bound(w.Limit, 500))...)
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

// PaperGaps lists in what the papers of deals of people in scope do not go together, since a moment: approvals here and on the
// platforms, quotes, and orders of the ERP. erp says that there is one; what changed after settled may still follow by itself.
func (tx *Tx) PaperGaps(ctx context.Context, w sales.GapsWanted, settled sales.Instant, erp bool, tolerance sales.Money) ([]sales.Gap, error) {
	cond, scoped := wantedSQL("c.owner_id", w)
	var out []sales.Gap
	for _, q := range paperGaps(w.Since, settled, erp, tolerance) {
		var part []sales.Gap
		err := tx.list(ctx, &part, "SELECT '"+q.kind+"'"+gapHead+q.columns+" FROM "+q.from+" AND "+cond+" ORDER BY c.id DESC LIMIT ?", append(append(q.args, scoped...), bound(w.Limit, 200))...)
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	return out, nil
}

// gapQuery finds the gaps of one kind; from ends in its conditions.
type gapQuery struct {
	kind, columns, from string
	args                []any
}

const gapHead = " AS kind, c.id AS contract_id, c.no, c.customer_id, c.owner_id, "

// paperGaps are the kinds of PaperGaps.
func paperGaps(since, settled sales.Instant, erp bool, tolerance sales.Money) []gapQuery {
	const placed = "native_approvals n JOIN requests r ON r.id = n.request_id AND r.kind = 'contract' JOIN contracts c ON c.id = r.record_id WHERE "
	list := []gapQuery{
		{
			sales.GapUnapproved, "c.amount, c.created_at AS since, 0 AS theirs, '' AS note",
			"requests r JOIN contracts c ON c.id = r.record_id AND c.request_id = r.id WHERE r.kind = 'contract' " +
				"AND r.state IN ('pending', 'rejected', 'returned', 'withdrawn') AND c.created_at >= ? AND c.state = 'approved'",
			[]any{since},
		},
		{
			sales.GapNativeLate, "c.amount, n.created_at AS since, 0 AS theirs, n.ref AS note",
			placed + "n.state IN ('wanted', 'unsure', 'open', 'withdrawing') AND n.created_at >= ? " +
				"AND n.created_at < ? AND c.state IN ('approved', 'rejected', 'withdrawn')",
			[]any{since, settled},
		},
		{
			sales.GapNativeLost, "c.amount, n.created_at AS since, 0 AS theirs, n.reason AS note",
			placed + "n.state = 'failed' AND n.created_at >= ? AND c.state IN ('pending', 'approved')",
			[]any{since},
		},
		{
			sales.GapQuote, "c.amount, c.created_at AS since, q.amount AS theirs, q.no AS note",
			"quotes q JOIN contracts c ON c.id = q.contract_id WHERE q.contract_id <> 0 AND q.state = 'contracted' AND c.state = 'approved' AND c.created_at >= ? " +
				"AND (q.amount - c.amount > ? OR c.amount - q.amount > ?)",
			[]any{since, tolerance, tolerance},
		},
		{
			sales.GapERPExtra, "c.amount, o.said_at AS since, 0 AS theirs, o.no AS note",
			"erp_orders o JOIN contracts c ON c.id = o.contract_id WHERE o.apart = 1 AND o.state IN ('accepted', 'producing', 'shipped', 'invoiced', 'closed') " +
				"AND c.created_at >= ? AND c.state <> 'approved'",
			[]any{since},
		},
		{
			sales.GapERPGoods, "s.shipped_amount AS amount, o.said_at AS since, o.shipped AS theirs, o.no AS note",
			"erp_orders o JOIN contracts c ON c.id = o.contract_id JOIN contract_cash s ON s.contract_id = c.id WHERE o.apart = 1 AND c.created_at >= ? " +
				"AND c.state = 'approved' AND o.shipped > 0 AND s.shipped_amount > 0 AND (o.shipped - s.shipped_amount > ? OR s.shipped_amount - o.shipped > ?)",
			[]any{since, tolerance, tolerance},
		},
	}
	if erp {
		list = append(list, gapQuery{
			sales.GapERPLost, "c.amount, c.created_at AS since, 0 AS theirs, '' AS note",
			"contracts c LEFT JOIN erp_orders o ON o.contract_id = c.id WHERE c.ordered = 0 AND c.created_at >= ? AND c.created_at < ? AND c.state = 'approved' AND c.request_id <> 0 " +
				"AND o.contract_id IS NULL",
			[]any{since, settled},
		})
	}
	return list
}

// QuoteOfContract reads the quote a contract was made from; one that was made without has Version 0.
func (tx *Tx) QuoteOfContract(ctx context.Context, c sales.Contract) (sales.Quote, error) {
	var q sales.Quote
	err := tx.get(ctx, "没有报价。", &q, "SELECT "+quoteColumns+" FROM quotes WHERE customer_id = ? AND contract_id = ? ORDER BY id DESC LIMIT 1", c.CustomerID, c.ID)
	if sales.KindOf(err) == sales.NotFound {
		return sales.Quote{}, nil
	}
	return q, err
}

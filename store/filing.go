package store

import (
	"context"
	"strings"

	"salesflow/store/sales"
)

const filingColumns = `
	id,
	kind,
	person_id,
	team_id,
	customer_id,
	contact_id,
	contact_name,
	visit_id,
	day,
	filed_at,
	text,
	products,
	topic,
	party,
	quantity,
	people,
	amount,
	sentiment,
	urgent,
	tracking,
	sent_on,
	delivered_on,
	handler_id,
	handled_at,
	closed_at,
	result,
	state,
	source_event_id,
	reasons,
	version`

const linkColumns = `
	number,
	platform,
	subject_kind,
	subject_id,
	customer_id,
	person_id,
	linked_at,
	source_event_id`

var (
	filings = tableOf[sales.Filing]("filings", filingColumns).
		watching("filing", "kind, person_id, customer_id, amount, sentiment, urgent, sent_on, delivered_on, handler_id, state")
	approvalLinks = tableOf[sales.ApprovalLink]("approval_links", linkColumns).
			upsert("number", "subject_kind, subject_id, customer_id, person_id, linked_at, source_event_id", "")
)

// CreateFiling files a competitor's move, a sample, a complaint and the like.
func (tx *Tx) CreateFiling(f sales.Filing) { tx.create(filings, f.ID, f) }

// UpdateFiling changes a filing over the version it was read at.
func (tx *Tx) UpdateFiling(f sales.Filing) { tx.update(filings, f.ID, f.Version, f) }

// FilingByID reads a filing.
func (tx *Tx) FilingByID(ctx context.Context, id sales.ID) (sales.Filing, error) {
	var f sales.Filing
	err := tx.get(ctx, "没找到这条记录。", &f, "SELECT "+filingColumns+" FROM filings WHERE id = ?", id)
	return f, err
}

// Filings lists filings, the newest first; those taken back are left out.
func (tx *Tx) Filings(ctx context.Context, q sales.FilingFilter) ([]sales.Filing, error) {
	where, args := filingWhere(q)
	var out []sales.Filing
	err := tx.list(ctx, &out, "SELECT "+filingColumns+" FROM filings WHERE "+where+" ORDER BY id DESC LIMIT ?",
		append(args, bound(q.Limit, 500))...)
	return out, err
}

func filingWhere(q sales.FilingFilter) (string, []any) {
	conds, args := []string{"state <> ?"}, []any{sales.FilingUndone}
	add := func(cond string, values ...any) {
		conds, args = append(conds, cond), append(args, values...)
	}
	if q.Kind != "" {
		add("kind = ?", q.Kind)
	}
	if q.Customer != 0 {
		add("customer_id = ?", q.Customer)
	}
	if !q.From.IsZero() {
		add("day >= ?", q.From)
	}
	if !q.To.IsZero() {
		add("day <= ?", q.To)
	}
	if q.Pending {
		add("state IN ("+marks(len(sales.PendingFilings))+")", anys(sales.PendingFilings)...)
	}
	cond, values := scopeSQL("person_id", q.Scope)
	add(cond, values...)
	return strings.Join(conds, " AND "), args
}

// Expenses sums what people in scope spent from one day to another, both included, by person, customer and category.
func (tx *Tx) Expenses(ctx context.Context, scope sales.Scope, from, to sales.Day) ([]sales.ExpenseSum, error) {
	where, args := filingWhere(sales.FilingFilter{Kind: sales.FilingExpense, Scope: scope, From: from, To: to})
	var out []sales.ExpenseSum
	err := tx.list(ctx, &out, `SELECT person_id, customer_id, topic, COUNT(*) AS n, CAST(SUM(amount) AS SIGNED) AS amount
		FROM filings WHERE `+where+` GROUP BY person_id, customer_id, topic ORDER BY person_id, amount DESC LIMIT 5000`, args...)
	return out, err
}

// LinkApproval keeps which record the number of an approval belongs to; a number belongs to one.
func (tx *Tx) LinkApproval(l sales.ApprovalLink) {
	tx.touching("approval_link", l.Number)
	tx.add(approvalLinks, approvalLinks.row(l))
}

// ApprovalLink reads which record the number of an approval belongs to.
func (tx *Tx) ApprovalLink(ctx context.Context, number string) (sales.ApprovalLink, error) {
	var l sales.ApprovalLink
	err := tx.get(ctx, "没有登记过这个审批单号。", &l, "SELECT "+linkColumns+" FROM approval_links WHERE number = ?", number)
	return l, err
}

// ApprovalLinksOf lists the approvals of a record.
func (tx *Tx) ApprovalLinksOf(ctx context.Context, kind string, id sales.ID) ([]sales.ApprovalLink, error) {
	var out []sales.ApprovalLink
	err := tx.list(ctx, &out, "SELECT "+linkColumns+
		" FROM approval_links WHERE subject_kind = ? AND subject_id = ? ORDER BY linked_at, number LIMIT 20", kind, id)
	return out, err
}

package store

import (
	"context"

	"salesflow/store/sales"
)

// VisitsBetween sums the filed visits of people in scope from one day to another, both included, by person and customer: how
// many, and the last day. Who visited last comes first.
func (tx *Tx) VisitsBetween(ctx context.Context, scope sales.Scope, from, to sales.Day, limit int) ([]sales.VisitSum, error) {
	cond, args := scopeSQL("person_id", scope)
	var out []sales.VisitSum
	err := tx.list(ctx, &out, `SELECT person_id, customer_id, COUNT(*) AS visits, MAX(day) AS last_on
		FROM visits
		WHERE day >= ? AND day <= ? AND state = 'filed' AND customer_id <> 0 AND `+cond+`
		GROUP BY person_id, customer_id
		ORDER BY MAX(day) DESC, person_id, customer_id
		LIMIT ?`, append(append([]any{from, to}, args...), bound(limit, 2000))...)
	return out, err
}

// VisitorsOf sums a customer's filed visits by person, who was there last first.
func (tx *Tx) VisitorsOf(ctx context.Context, customer sales.ID, from, to sales.Day) ([]sales.VisitSum, error) {
	var out []sales.VisitSum
	err := tx.list(ctx, &out, `SELECT person_id, customer_id, COUNT(*) AS visits, MAX(day) AS last_on
		FROM visits
		WHERE customer_id = ? AND state = 'filed' AND day >= ? AND day <= ?
		GROUP BY person_id, customer_id
		ORDER BY MAX(day) DESC, person_id
		LIMIT 50`, customer, from, to)
	return out, err
}

// IdleCustomers lists the customers of people in scope whom nobody has contacted since a moment, those nobody ever did first.
func (tx *Tx) IdleCustomers(ctx context.Context, scope sales.Scope, before sales.Instant, limit int) ([]sales.Customer, error) {
	cond, args := scopeSQL("owner_id", scope)
	var out []sales.Customer
	err := tx.list(ctx, &out, "SELECT "+customerColumns+` FROM customers
		WHERE owner_id <> 0 AND (last_contact_at IS NULL OR last_contact_at < ?) AND `+cond+`
		ORDER BY CASE WHEN last_contact_at IS NULL THEN 0 ELSE 1 END, last_contact_at, id
		LIMIT ?`, append(append([]any{before}, args...), bound(limit, 200))...)
	return out, err
}

// CountIdle counts them.
func (tx *Tx) CountIdle(ctx context.Context, scope sales.Scope, before sales.Instant) (int, error) {
	cond, args := scopeSQL("owner_id", scope)
	var n int
	err := tx.get(ctx, "没有客户。", &n, `SELECT COUNT(*) FROM customers
		WHERE owner_id <> 0 AND (last_contact_at IS NULL OR last_contact_at < ?) AND `+cond, append([]any{before}, args...)...)
	return n, err
}

// TodosAbout lists a customer's to-dos, open and closed, the newest first; those that were cancelled are left out.
func (tx *Tx) TodosAbout(ctx context.Context, customer sales.ID, limit int) ([]sales.Todo, error) {
	var out []sales.Todo
	err := tx.list(ctx, &out, "SELECT "+todoColumns+` FROM todos
		WHERE customer_id = ? AND state IN ('open', 'done')
		ORDER BY id DESC
		LIMIT ?`, customer, bound(limit, 100))
	return out, err
}

// TodosDue lists a person's open to-dos that are due by the end of a day, the overdue ones included.
func (tx *Tx) TodosDue(ctx context.Context, owner sales.PersonID, to sales.Day, limit int) ([]sales.Todo, error) {
	var out []sales.Todo
	err := tx.list(ctx, &out, "SELECT "+todoColumns+` FROM todos
		WHERE owner_id = ? AND state = 'open' AND due_at IS NOT NULL AND due_at < ?
		ORDER BY due_at, id
		LIMIT ?`, owner, sales.At(to.AddDays(1).Start()), bound(limit, 200))
	return out, err
}

// ContractsWorth lists the newest contracts of people in scope of an amount, one per cent up or down.
func (tx *Tx) ContractsWorth(ctx context.Context, scope sales.Scope, amount sales.Money, limit int) ([]sales.Contract, error) {
	cond, args := scopeSQL("owner_id", scope)
	var out []sales.Contract
	near := amount / 100
	err := tx.list(ctx, &out, "SELECT "+contractColumns+" FROM contracts WHERE amount >= ? AND amount <= ? AND "+cond+" ORDER BY id DESC LIMIT ?",
		append(append([]any{amount - near, amount + near}, args...), bound(limit, 50))...)
	return out, err
}

// PendingContracts lists the contracts of people in scope that wait for an approval, the longest first.
func (tx *Tx) PendingContracts(ctx context.Context, scope sales.Scope, limit int) ([]sales.Contract, error) {
	cond, args := scopeSQL("owner_id", scope)
	var out []sales.Contract
	err := tx.list(ctx, &out, "SELECT "+contractColumns+" FROM contracts WHERE state = 'pending' AND "+cond+" ORDER BY id LIMIT ?", append(args, bound(limit, 50))...)
	return out, err
}

// ContractsEnding lists the contracts of people in scope that end from one day to another, both included, the first first.
func (tx *Tx) ContractsEnding(ctx context.Context, scope sales.Scope, from, to sales.Day, limit int) ([]sales.EndingContract, error) {
	cond, args := scopeSQL("c.owner_id", scope)
	var out []sales.EndingContract
	err := tx.list(ctx, &out, `SELECT c.no, c.customer_id, c.owner_id, c.amount, e.ends_on
		FROM contract_terms e JOIN contracts c ON c.id = e.contract_id
		WHERE e.ends_on >= ? AND e.ends_on <= ? AND `+cond+`
		ORDER BY e.ends_on, c.id
		LIMIT ?`, append(append([]any{from, to}, args...), bound(limit, 50))...)
	return out, err
}

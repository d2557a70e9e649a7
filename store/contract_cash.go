package store

import (
	"context"
	"strings"

	"salesflow/store/sales"
)

const cashColumns = `
	contract_id,
	no,
	customer_id,
	owner_id,
	team_id,
	amount,
	shipped,
	signed,
	returned,
	shipped_amount,
	invoiced,
	paid,
	prepaid,
	open_amount,
	first_signed_on,
	first_invoiced_on,
	next_due_on,
	colour,
	why,
	to_invoice,
	released_by,
	released_why,
	erp,
	updated_at,
	version`

var contractCash = tableOf[sales.ContractCash]("contract_cash", cashColumns).rewriting()

// joinColumns names columns as those of a table with an alias.
func joinColumns(alias, columns string) string {
	return alias + "." + strings.Join(split(columns), ", "+alias+".")
}

// PutContractCash writes where a contract stands: new with Version 0, else over the version it was read at.
func (tx *Tx) PutContractCash(c sales.ContractCash) {
	if c.Version == 0 {
		c.Version = 1
		tx.create(contractCash, c.ContractID, c)
		return
	}
	tx.update(contractCash, c.ContractID, c.Version, c)
	if c.Shipped == 0 && c.Invoiced == 0 { // taken back: the mark of MarkAligned no longer holds
		tx.after = append(tx.after, statement{"UPDATE contracts SET moved = 0 WHERE id = ? AND moved = 1", []any{c.ContractID}, -1})
	}
}

// ContractCashOf reads where a contract stands; one nothing has happened to has Version 0.
func (tx *Tx) ContractCashOf(ctx context.Context, contract sales.ID) (sales.ContractCash, error) {
	rows, err := tx.ContractCashes(ctx, contract)
	if err != nil || len(rows) == 0 {
		return sales.ContractCash{ContractID: contract}, err
	}
	return rows[0], nil
}

// ContractCashes reads where contracts stand; those nothing has happened to are absent.
func (tx *Tx) ContractCashes(ctx context.Context, contracts ...sales.ID) ([]sales.ContractCash, error) {
	if len(contracts) == 0 {
		return nil, nil
	}
	contracts = contracts[:min(len(contracts), maxRows)]
	var out []sales.ContractCash
	err := tx.list(ctx, &out, "SELECT "+cashColumns+" FROM contract_cash WHERE contract_id IN ("+marks(len(contracts))+")", anys(contracts)...)
	return out, err
}

// CashOfCustomers lists where the contracts of customers stand.
func (tx *Tx) CashOfCustomers(ctx context.Context, customers ...sales.ID) ([]sales.ContractCash, error) {
	if len(customers) == 0 {
		return nil, nil
	}
	var out []sales.ContractCash
	err := tx.list(ctx, &out, "SELECT "+cashColumns+" FROM contract_cash WHERE customer_id IN ("+marks(len(customers))+") ORDER BY contract_id LIMIT 1000", anys(customers)...)
	return out, err
}

// Matches lists contracts of people in scope of one colour, the newest first.
func (tx *Tx) Matches(ctx context.Context, scope sales.Scope, colour sales.Colour, limit int) ([]sales.ContractCash, error) {
	cond, args := scopeSQL("owner_id", scope)
	var out []sales.ContractCash
	err := tx.list(ctx, &out, "SELECT "+cashColumns+" FROM contract_cash WHERE colour = ? AND "+cond+" ORDER BY contract_id DESC LIMIT ?",
		append(append([]any{colour}, args...), bound(limit, 1000))...)
	return out, err
}

// CountMatches counts contracts of people in scope by colour.
func (tx *Tx) CountMatches(ctx context.Context, scope sales.Scope) (map[sales.Colour]int64, error) {
	cond, args := scopeSQL("owner_id", scope)
	var rows []struct {
		Colour sales.Colour `db:"colour"`
		N      int64        `db:"n"`
	}
	err := tx.list(ctx, &rows, "SELECT colour, COUNT(*) AS n FROM contract_cash WHERE "+cond+" GROUP BY colour", args...)
	out := map[sales.Colour]int64{}
	for _, r := range rows {
		out[r.Colour] = r.N
	}
	return out, err
}

// ToInvoice lists contracts of people in scope whose goods were signed for and that are not invoiced in full, the longest first.
func (tx *Tx) ToInvoice(ctx context.Context, scope sales.Scope, limit int) ([]sales.ContractCash, error) {
	cond, args := scopeSQL("owner_id", scope)
	var out []sales.ContractCash
	err := tx.list(ctx, &out, "SELECT "+cashColumns+" FROM contract_cash WHERE to_invoice = 1 AND "+cond+" ORDER BY first_signed_on, contract_id LIMIT ?",
		append(args, bound(limit, 500))...)
	return out, err
}

// InvoiceDelays counts contracts of people in scope whose goods were first signed for from one day to another, by that day and the
// day of their first invoice.
func (tx *Tx) InvoiceDelays(ctx context.Context, scope sales.Scope, from, to sales.Day) ([]sales.InvoiceDelay, error) {
	cond, args := scopeSQL("owner_id", scope)
	var out []sales.InvoiceDelay
	err := tx.list(ctx, &out, "SELECT first_signed_on, first_invoiced_on, COUNT(*) AS n FROM contract_cash WHERE first_signed_on >= ? AND first_signed_on <= ? AND "+cond+
		" GROUP BY first_signed_on, first_invoiced_on", append([]any{from, to}, args...)...)
	return out, err
}

// ContractsByIDs returns those that exist, in no order.
func (tx *Tx) ContractsByIDs(ctx context.Context, ids []sales.ID) ([]sales.Contract, error) {
	return byIDs[sales.Contract](ctx, tx, contractColumns, "contracts", ids)
}

// OwedBy is what a customer owes: unpaid invoices, and what was delivered, not invoiced and not prepaid.
func (tx *Tx) OwedBy(ctx context.Context, customer sales.ID) (sales.Money, error) {
	var invoiced, delivered sales.Money
	err := tx.get(ctx, "", &invoiced, "SELECT CAST(COALESCE(SUM(open_amount), 0) AS SIGNED) FROM invoices WHERE customer_id = ? AND state = 'open'", customer)
	if err != nil {
		return 0, err
	}
	err = tx.get(ctx, "", &delivered, `SELECT CAST(COALESCE(SUM(CASE WHEN shipped_amount > invoiced + prepaid THEN shipped_amount - invoiced - prepaid ELSE 0 END), 0) AS SIGNED)
		FROM contract_cash WHERE customer_id = ?`, customer)
	return invoiced + delivered, err
}

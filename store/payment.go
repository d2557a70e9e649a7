package store

import (
	"context"
	"fmt"

	"salesflow/store/sales"
)

const paymentColumns = `
	id,
	no,
	customer_id,
	contract_id,
	owner_id,
	team_id,
	payer,
	amount,
	used,
	left_amount,
	received_on,
	bank_ref,
	note,
	source,
	auto,
	state,
	created_by,
	created_at,
	source_event_id,
	version`

const allocationColumns = `
	id,
	payment_id,
	invoice_id,
	contract_id,
	customer_id,
	amount,
	rule_name,
	person_id,
	at,
	state,
	source_event_id,
	undone_event_id,
	version`

var (
	payments    = tableOf[sales.Payment]("payments", paymentColumns).rewriting().watching("payment", "owner_id, customer_id, contract_id, amount, left_amount, state")
	allocations = tableOf[sales.Allocation]("allocations", allocationColumns).rewriting()
	paymentRefs = rowsOf("payment_refs", "bank_ref, payment_id")
)

// CreatePayment makes a payment and counts it in the sums. Its number is unique, and so is the bank's number of its entry: of two
// units that bring the same entry the second is repeated and finds the first.
func (tx *Tx) CreatePayment(p sales.Payment) {
	tx.create(payments, p.ID, p)
	tx.opened(p.Source, p.ReceivedOn)
	tx.received(p, 1)
	tx.refer(p)
}

func (tx *Tx) refer(p sales.Payment) {
	if p.BankRef != "" {
		tx.add(paymentRefs, []any{p.BankRef, p.ID})
		tx.touching("bank_ref", p.BankRef)
	}
}

// UpdatePayment changes a payment over the version it was read at; before is how it was read. Taking it back frees the bank's
// number.
func (tx *Tx) UpdatePayment(before, p sales.Payment) {
	tx.update(payments, p.ID, p.Version, p)
	if before.State != p.State && p.State == sales.PaymentUndone || before.OwnerID != p.OwnerID || before.Amount != p.Amount || before.ReceivedOn != p.ReceivedOn {
		tx.received(before, -1)
		tx.received(p, 1)
	}
	gone := p.State == sales.PaymentUndone && before.State != p.State
	if before.BankRef != "" && (gone || before.BankRef != p.BankRef) {
		tx.before = append(tx.before, statement{"DELETE FROM payment_refs WHERE bank_ref = ? AND payment_id = ?", []any{before.BankRef, p.ID}, -1})
	}
	if before.BankRef != p.BankRef && !gone {
		tx.refer(p)
	}
}

func (tx *Tx) received(p sales.Payment, sign int64) {
	if p.Counts() && !p.ReceivedOn.IsZero() && p.Source != sales.CashFromOpening {
		tx.add(cashDays, []any{p.ReceivedOn, p.OwnerID, 0, 0, sign * int64(p.Amount), 0, sign})
		tx.moved(p.ReceivedOn, daySum{received: sign * int64(p.Amount), payments: sign})
	}
}

// PaymentByID reads a payment.
func (tx *Tx) PaymentByID(ctx context.Context, id sales.ID) (sales.Payment, error) {
	var p sales.Payment
	err := tx.get(ctx, "没找到这笔回款。", &p, "SELECT "+paymentColumns+" FROM payments WHERE id = ?", id)
	return p, err
}

// PaymentByNo reads a payment by the number people say.
func (tx *Tx) PaymentByNo(ctx context.Context, no string) (sales.Payment, error) {
	var p sales.Payment
	err := tx.get(ctx, sales.NoSuch("回款", no), &p, "SELECT "+paymentColumns+" FROM payments WHERE no = ?", no)
	return p, err
}

// PaymentByRef reads the payment of a bank's entry.
func (tx *Tx) PaymentByRef(ctx context.Context, ref string) (sales.Payment, error) {
	var p sales.Payment
	err := tx.get(ctx, "没有这笔流水。", &p, "SELECT "+joinColumns("p", paymentColumns)+
		" FROM payment_refs r JOIN payments p ON p.id = r.payment_id WHERE r.bank_ref = ?", ref)
	return p, err
}

// PaymentsByIDs returns those that exist, in no order.
func (tx *Tx) PaymentsByIDs(ctx context.Context, ids []sales.ID) ([]sales.Payment, error) {
	return byIDs[sales.Payment](ctx, tx, paymentColumns, "payments", ids)
}

// PaymentsByContract lists payments for contracts, the oldest first.
func (tx *Tx) PaymentsByContract(ctx context.Context, contracts ...sales.ID) ([]sales.Payment, error) {
	return allOf(ctx, tx, paymentColumns, "payments", "contract_id", contracts, func(p sales.Payment) sales.ID { return p.ID })
}

// OpenPayments lists payments of customers of which something is left, the oldest first.
func (tx *Tx) OpenPayments(ctx context.Context, customers ...sales.ID) ([]sales.Payment, error) {
	if len(customers) == 0 {
		return nil, nil
	}
	var out []sales.Payment
	err := tx.list(ctx, &out, "SELECT "+paymentColumns+" FROM payments WHERE customer_id IN ("+marks(len(customers))+
		") AND state = 'open' ORDER BY received_on, id LIMIT 2000", anys(customers)...)
	return out, err
}

// PaymentsBetween lists what came from a customer from one day to another, both included, the oldest first. What was taken over came on
// days that are not known.
func (tx *Tx) PaymentsBetween(ctx context.Context, customer sales.ID, from, to sales.Day) ([]sales.Payment, error) {
	var out []sales.Payment
	err := tx.list(ctx, &out, "SELECT "+paymentColumns+
		" FROM payments WHERE customer_id = ? AND received_on >= ? AND received_on <= ? AND state <> 'undone' AND source <> 'opening' ORDER BY received_on, id LIMIT 5000", customer, from, to)
	return out, err
}

// UnmatchedPayments lists payments of people in scope of which something is left and that are for no contract, the newest
// first; those nobody knows the customer of belong to nobody.
func (tx *Tx) UnmatchedPayments(ctx context.Context, scope sales.Scope, limit int) ([]sales.Payment, error) {
	cond, args := scopeSQL("owner_id", scope)
	var out []sales.Payment
	err := tx.list(ctx, &out, "SELECT "+paymentColumns+" FROM payments WHERE state = 'open' AND contract_id = 0 AND "+cond+
		" ORDER BY received_on DESC, id DESC LIMIT ?", append(args, bound(limit, 1000))...)
	return out, err
}

// NextUnmatched is the payment behind another in the list of those nobody has assigned, from its end the first; ID 0 when there is no
// other.
func (tx *Tx) NextUnmatched(ctx context.Context, scope sales.Scope, after sales.Payment) (sales.Payment, error) {
	cond, args := scopeSQL("owner_id", scope)
	query := "SELECT " + paymentColumns + " FROM payments WHERE state = 'open' AND contract_id = 0 AND id <> ? AND " + cond
	var out []sales.Payment
	err := tx.list(ctx, &out, query+" AND (received_on < ? OR received_on = ? AND id < ?) ORDER BY received_on DESC, id DESC LIMIT 1",
		append(append([]any{after.ID}, args...), after.ReceivedOn, after.ReceivedOn, after.ID)...)
	if err == nil && len(out) == 0 {
		err = tx.list(ctx, &out, query+" ORDER BY received_on DESC, id DESC LIMIT 1", append([]any{after.ID}, args...)...)
	}
	if err != nil || len(out) == 0 {
		return sales.Payment{}, err
	}
	return out[0], nil
}

// CountUnmatched counts them and what is left of them.
func (tx *Tx) CountUnmatched(ctx context.Context, scope sales.Scope) (int64, sales.Money, error) {
	cond, args := scopeSQL("owner_id", scope)
	var row struct {
		N    int64       `db:"n"`
		Left sales.Money `db:"left_amount"`
	}
	err := tx.get(ctx, "", &row, "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(left_amount), 0) AS SIGNED) AS left_amount FROM payments WHERE state = 'open' AND contract_id = 0 AND "+cond, args...)
	return row.N, row.Left, err
}

// PaidWithoutContract lists payments of known customers who have no signed contract, the newest first.
func (tx *Tx) PaidWithoutContract(ctx context.Context, scope sales.Scope, limit int) ([]sales.Payment, error) {
	cond, args := scopeSQL("p.owner_id", scope)
	var out []sales.Payment
	err := tx.list(ctx, &out, "SELECT "+joinColumns("p", paymentColumns)+` FROM payments p WHERE p.state = 'open' AND p.contract_id = 0 AND p.customer_id <> 0
		AND NOT EXISTS (SELECT 1 FROM contracts c WHERE c.customer_id = p.customer_id AND c.state = 'approved') AND `+cond+
		" ORDER BY p.received_on DESC, p.id DESC LIMIT ?", append(args, bound(limit, 200))...)
	return out, err
}

// WaitingPayments lists payments that came by file and that the matching has not looked at, the oldest first.
func (tx *Tx) WaitingPayments(ctx context.Context, limit int) ([]sales.Payment, error) {
	var out []sales.Payment
	err := tx.list(ctx, &out, "SELECT "+paymentColumns+" FROM payments WHERE auto = 'wait' ORDER BY id LIMIT ?", bound(limit, 500))
	return out, err
}

// TwinPayments lists payments of an amount received from one day to another: perhaps the same money, told twice.
func (tx *Tx) TwinPayments(ctx context.Context, amount sales.Money, from, to sales.Day) ([]sales.Payment, error) {
	var out []sales.Payment
	err := tx.list(ctx, &out, "SELECT "+paymentColumns+
		" FROM payments WHERE amount = ? AND received_on >= ? AND received_on <= ? AND state <> 'undone' ORDER BY id LIMIT 20", amount, from, to)
	return out, err
}

// CreateAllocation notes what of a payment went to an invoice; UpdateAllocation takes it back.
func (tx *Tx) CreateAllocation(a sales.Allocation) { tx.create(allocations, a.ID, a) }

// UpdateAllocation changes an allocation over the version it was read at.
func (tx *Tx) UpdateAllocation(a sales.Allocation) { tx.update(allocations, a.ID, a.Version, a) }

// AllocationsOfPayments lists the allocations of payments, the oldest first.
func (tx *Tx) AllocationsOfPayments(ctx context.Context, ids ...sales.ID) ([]sales.Allocation, error) {
	return tx.allocationsBy(ctx, "payment_id", ids)
}

// AllocationsOfInvoices lists the allocations to invoices, the oldest first.
func (tx *Tx) AllocationsOfInvoices(ctx context.Context, ids ...sales.ID) ([]sales.Allocation, error) {
	return tx.allocationsBy(ctx, "invoice_id", ids)
}

func (tx *Tx) allocationsBy(ctx context.Context, column string, ids []sales.ID) ([]sales.Allocation, error) {
	return allOf(ctx, tx, allocationColumns, "allocations", column, ids, func(a sales.Allocation) sales.ID { return a.ID })
}

// ToldPayments lists payments received since a day of which no bank entry is known: what people told in the chat.
func (tx *Tx) ToldPayments(ctx context.Context, since sales.Day) ([]sales.Payment, error) {
	var out []sales.Payment
	err := tx.list(ctx, &out, "SELECT "+paymentColumns+" FROM payments WHERE bank_ref = '' AND received_on >= ? AND state <> 'undone' ORDER BY id LIMIT 20000", since)
	return out, err
}

// EachBankRef goes through the bank's numbers of all payments.
func (db *DB) EachBankRef(ctx context.Context, each func(ref string)) error {
	for after := ""; ; {
		var part []string
		if err := db.r.SelectContext(ctx, &part, "SELECT bank_ref FROM payment_refs WHERE bank_ref > ? ORDER BY bank_ref LIMIT 5000", after); err != nil {
			return fmt.Errorf("read bank references: %w", err)
		}
		for _, ref := range part {
			each(ref)
			after = ref
		}
		if len(part) < 5000 {
			return nil
		}
	}
}

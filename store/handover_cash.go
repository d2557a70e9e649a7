package store

import (
	"context"

	"salesflow/store/sales"
)

// moveCash gives contracts with everything on their way to cash, or single invoices or payments, from one person to another. They go
// one by one through their own updates, so that the sums by person and day follow.
func (tx *Tx) moveCash(ctx context.Context, kind string, ids []sales.ID, from sales.PersonID, to sales.Person) error {
	if len(ids) == 0 {
		return nil
	}
	var invoices []sales.Invoice
	var payments []sales.Payment
	var err error
	switch kind {
	case sales.MoveInvoice:
		invoices, err = tx.InvoicesByIDs(ctx, ids)
	case sales.MovePayment:
		payments, err = tx.PaymentsByIDs(ctx, ids)
	default:
		if err = tx.moveContracts(ctx, ids, from, to); err != nil {
			return err
		}
		if invoices, err = tx.InvoicesByContract(ctx, ids...); err != nil {
			return err
		}
		payments, err = tx.PaymentsByContract(ctx, ids...)
	}
	if err != nil {
		return err
	}
	for _, i := range invoices {
		if i.OwnerID == from {
			before := i
			i.OwnerID, i.TeamID = to.ID, to.TeamID
			tx.UpdateInvoice(before, i)
		}
	}
	for _, p := range payments {
		if p.OwnerID == from {
			before := p
			p.OwnerID, p.TeamID = to.ID, to.TeamID
			tx.UpdatePayment(before, p)
		}
	}
	return nil
}

// moveContracts gives contracts, what was shipped of them, where they stand, and their open approvals.
func (tx *Tx) moveContracts(ctx context.Context, ids []sales.ID, from sales.PersonID, to sales.Person) error {
	in, list := " IN ("+marks(len(ids))+")", anys(ids)
	for _, t := range []struct{ table, id string }{{"contracts", "id"}, {"shipments", "contract_id"}} {
		tx.before = append(tx.before, statement{
			"UPDATE " + t.table + " SET owner_id = ?, team_id = ?, version = version + 1 WHERE " + t.id + in + " AND owner_id = ?",
			append(append([]any{to.ID, to.TeamID}, list...), from), -1,
		})
	}
	tx.before = append(tx.before, statement{ // who must answer when it comes back
		"UPDATE requests SET requester_id = ?, requester_name = ?, version = version + 1 WHERE kind = 'contract' AND requester_id = ? AND state IN ('pending', 'returned') AND record_id" + in,
		append([]any{to.ID, to.Name, from}, list...), -1,
	})
	for _, id := range ids {
		tx.touching("contracts", id.String())
	}
	cashes, err := tx.ContractCashes(ctx, ids...)
	for _, c := range cashes {
		if c.OwnerID == from {
			c.OwnerID, c.TeamID = to.ID, to.TeamID
			tx.PutContractCash(c)
		}
	}
	return err
}

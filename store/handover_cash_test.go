package store_test

import (
	"context"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// What a leaver's customers owe is the successor's from then on, in the lists and in the sums; what is finished stays.
func TestReceivablesFollowAHandover(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		now := time.Date(2026, 3, 11, 2, 0, 0, 0, time.UTC)
		day := sales.DayOf(now)
		to := sales.Person{ID: 2, TeamID: 9, Name: "李强"}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for id, colour := range map[sales.ID]sales.Colour{15: sales.Yellow, 16: sales.Green} {
				tx.CreateContract(sales.Contract{ID: id, No: "HT" + id.String(), CustomerID: 1, OwnerID: 1, State: sales.ContractApproved, Version: 1})
				tx.PutContractCash(sales.ContractCash{
					ContractID: id, CustomerID: 1, OwnerID: 1, Colour: colour, Invoiced: 300, Open: map[sales.Colour]sales.Money{sales.Yellow: 300}[colour],
					ShippedAmount: 500, Prepaid: 0,
				})
			}
			tx.CreateShipment(sales.Shipment{ID: 21, No: "FH1", Kind: sales.ShipmentOut, ContractID: 15, CustomerID: 1, OwnerID: 1, State: sales.ShipmentShipped, Version: 1})
			for id, contract := range map[sales.ID]sales.ID{31: 15, 32: 0} {
				tx.CreateInvoice(sales.Invoice{
					ID: id, No: "FP" + id.String(), Kind: sales.InvoiceNormal, ContractID: contract, CustomerID: 1, OwnerID: 1, Amount: 300, Open: 300,
					IssuedOn: day, DueOn: day, State: sales.InvoiceOpen, Version: 1,
				})
			}
			tx.CreatePayment(sales.Payment{ID: 41, No: "HK1", ContractID: 15, CustomerID: 1, OwnerID: 1, Amount: 50, Left: 50, ReceivedOn: day, State: sales.PaymentOpen, Version: 1})
			return nil
		})
		counts := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.HandoverCounts, error) {
			return tx.HandoverCounts(ctx, 1, nil)
		})
		if counts != (sales.HandoverCounts{Contracts: 1, Invoices: 1}) {
			t.Errorf("counts %+v", counts)
		}
		owed := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.Money, error) { return tx.OwedBy(ctx, 1) })
		if owed != 600+200+200 {
			t.Errorf("owed %d: two invoices, and two deliveries not invoiced in full", owed)
		}
		move := func(from sales.PersonID, to sales.Person, kind string, ids ...sales.ID) {
			t.Helper()
			storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error { return tx.MoveRecords(ctx, kind, ids, from, to) })
		}
		open := func(p sales.PersonID) (sales.Receivable, sales.CashSum) {
			t.Helper()
			r := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.Receivable, error) {
				return tx.ReceivableSum(ctx, sales.Only(p), day)
			})
			return r, read(t, db, func(ctx context.Context, tx *store.Tx) (sales.CashSum, error) {
				return tx.CashBetween(ctx, sales.Only(p), day, day)
			})
		}
		for range 3 {
			storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
				kind, ids, err := tx.HandoverBatch(ctx, 1, nil, 10)
				if err != nil {
					return err
				}
				return tx.MoveRecords(ctx, kind, ids, 1, to)
			})
		}
		if r, sum := open(1); r.Open != 0 || sum.Invoiced != 0 || sum.Received != 0 {
			t.Errorf("left with the leaver: %+v %+v", r, sum)
		}
		if r, sum := open(2); r.Open != 600 || r.Count != 2 || sum.Invoiced != 600 || sum.Received != 50 {
			t.Errorf("the successor has %+v %+v", r, sum)
		}
		c := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.ContractCash, error) { return tx.ContractCashOf(ctx, 15) })
		s := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.Shipment, error) { return tx.ShipmentByID(ctx, 21) })
		if c.OwnerID != 2 || c.TeamID != 9 || s.OwnerID != 2 {
			t.Errorf("chain %d/%d, shipment %d", c.OwnerID, c.TeamID, s.OwnerID)
		}
		done := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.Contract, error) { return tx.ContractByID(ctx, 16) })
		if done.OwnerID != 1 {
			t.Errorf("what was finished changed hands")
		}
		move(2, sales.Person{ID: 1, TeamID: 3}, sales.MoveContract, 15)
		if r, sum := open(1); r.Open != 300 || sum.Received != 50 {
			t.Errorf("taken back: %+v %+v", r, sum)
		}
	})
}

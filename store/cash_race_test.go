package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// Two replicas match the same payments at once: no invoice is paid twice, and nothing is left over.
func TestMatchingAtOnceAddsUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		const n = 30
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateContract(sales.Contract{ID: 10, No: "HT2026-010", CustomerID: 7, OwnerID: 5, Amount: n * 100, State: sales.ContractApproved, Version: 1})
			for k := range sales.ID(n) {
				tx.CreateInvoice(sales.Invoice{
					ID: 100 + k, No: fmt.Sprint("FP", k), Kind: sales.InvoiceNormal, ContractID: 10, CustomerID: 7, OwnerID: 5, Amount: 100, Open: 100, IssuedOn: day, DueOn: day,
					State: sales.InvoiceOpen, Source: sales.CashFromImport, Auto: sales.AutoWaits, Version: 1,
				})
				tx.CreatePayment(sales.Payment{
					ID: 200 + k, No: fmt.Sprint("HK", k), CustomerID: 7, OwnerID: 5, Amount: 100, Left: 100, ReceivedOn: day, BankRef: fmt.Sprint("B", k),
					State: sales.PaymentOpen, Source: sales.CashFromImport, Auto: sales.AutoWaits, Version: 1,
				})
			}
			return nil
		})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				_, err := db.Do(context.Background(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
					_, err := handlers.Cashier{Now: at.Time, EventID: "m", Tolerance: sales.DefaultTolerance}.MatchWaiting(ctx, tx)
					return err
				}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		s := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.ContractCash, error) { return tx.ContractCashOf(ctx, 10) })
		if s.Paid != n*100 || s.Open != 0 || s.Colour != sales.Green {
			t.Errorf("the contract stands at %+v", s)
		}
		paid := map[sales.ID]sales.Money{}
		for k := range sales.ID(n) {
			list := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Allocation, error) {
				return tx.AllocationsOfInvoices(ctx, 100+k)
			})
			for _, a := range list {
				if a.State == sales.AllocationActive {
					paid[a.InvoiceID] += a.Amount
				}
			}
			if paid[100+k] != 100 {
				t.Errorf("invoice %d is paid %d", 100+k, paid[100+k])
			}
		}
		if sum := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.Receivable, error) {
			return tx.ReceivableSum(ctx, sales.Scope{All: true}, day)
		}); sum != (sales.Receivable{}) {
			t.Errorf("still open by day: %+v", sum)
		}
	})
}

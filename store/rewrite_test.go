package store_test

import (
	"context"
	"fmt"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// Many records that change together are each written over the version they were read at: one that somebody changed meanwhile, or
// that is gone, undoes all of them.
func TestManyChangesAreGuardedEachByItsVersion(t *testing.T) {
	t.Parallel()
	const n = 700 // more than one statement takes
	for _, c := range []struct {
		name  string
		stale func(p *sales.Payment)
		ok    bool
	}{
		{"all as they were read", func(*sales.Payment) {}, true},
		{"one was changed meanwhile", func(p *sales.Payment) { p.Version-- }, false},
		{"one is of a version nobody wrote", func(p *sales.Payment) { p.Version++ }, false},
		{"one is gone", func(p *sales.Payment) { p.ID, p.No = 9999, "HK-gone" }, false},
		{"one is gone, another has its number", func(p *sales.Payment) { p.ID = 9999 }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, w *storetest.World) {
				db := w.Open()
				storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
					for k := range sales.ID(n) {
						tx.CreatePayment(sales.Payment{
							ID: 1 + k, No: fmt.Sprint("HK", k), CustomerID: 7, OwnerID: 5, Payer: "东方'仪\\表", Amount: 100, Left: 100, ReceivedOn: day,
							State: sales.PaymentOpen, Auto: sales.AutoWaits, Version: 3,
						})
					}
					return nil
				})
				_, err := db.Do(context.Background(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
					list, err := tx.WaitingPayments(ctx, 500)
					if err != nil {
						return err
					}
					more, err := tx.PaymentsByIDs(ctx, []sales.ID{501, 502, 503, 600, 700})
					if err != nil {
						return err
					}
					for k, p := range append(list, more...) {
						before := p
						p.Used, p.Left, p.Auto = sales.Money(p.ID), 100-sales.Money(p.ID), sales.AutoDone
						if k == 60 {
							c.stale(&p)
						}
						tx.UpdatePayment(before, p)
					}
					return nil
				}})
				if (err == nil) != c.ok {
					t.Fatalf("writing them: %v", err)
				}
				if !c.ok && sales.KindOf(err) != sales.Conflict {
					t.Errorf("got %v, want a conflict", err)
				}
				got := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Payment, error) {
					return tx.PaymentsByIDs(ctx, []sales.ID{1, 61, 400, 504, 700, 9999})
				})
				if len(got) != 5 {
					t.Errorf("%d of 5 payments", len(got))
				}
				for _, p := range got {
					used, version := sales.Money(0), int64(3)
					if c.ok && p.ID != 504 {
						used, version = sales.Money(p.ID), 4
					}
					if p.Used != used || p.Left != 100-used || p.Version != version || p.Payer != "东方'仪\\表" || p.ReceivedOn != day || p.BankRef != "" {
						t.Errorf("payment %d is %+v", p.ID, p)
					}
				}
			})
		})
	}
}

// Sums by day are right however many invoices of a day are paid at once, and a day on which nothing is open has none.
func TestManyPaidAtOnceLeaveWhatIsOpenByDay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		const n = 130
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for k := range n {
				tx.CreateInvoice(sales.Invoice{
					ID: sales.ID(100 + k), No: fmt.Sprint("FP", k), Kind: sales.InvoiceNormal, CustomerID: 7, OwnerID: sales.PersonID(5 + k%2), Amount: 100, Open: 100,
					IssuedOn: day, DueOn: day.AddDays(k % 65), State: sales.InvoiceOpen, Auto: sales.AutoDone, Version: 1,
				})
			}
			return nil
		})
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.OpenInvoices(ctx, 7)
			for k, i := range list {
				before := i
				i.Paid, i.Open, i.State = 100, 0, sales.InvoiceSettled
				if k == n-1 {
					i.Paid, i.Open, i.State = 40, 60, sales.InvoiceOpen
				}
				tx.UpdateInvoice(before, i)
			}
			return err
		})
		got := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.OwnerReceivable, error) {
			return tx.ReceivablesByOwner(ctx, sales.Scope{All: true}, day)
		})
		if len(got) != 1 || got[0].Count != 1 || got[0].Open != 60 {
			t.Errorf("open by owner: %+v", got)
		}
	})
}

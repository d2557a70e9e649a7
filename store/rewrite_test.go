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
	const n = 510 // more than one statement takes
	cases := []struct {
		name  string
		stale func(p *sales.Payment)
		ok    bool
	}{
		{"one was changed meanwhile", func(p *sales.Payment) { p.Version-- }, false},
		{"one is of a version nobody wrote", func(p *sales.Payment) { p.Version++ }, false},
		{"one is gone", func(p *sales.Payment) { p.ID, p.No = 9999, "HK-gone" }, false},
		{"one is gone, another has its number", func(p *sales.Payment) { p.ID = 9999 }, false},
		{"all as they were read", func(*sales.Payment) {}, true},
	}
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		var made []sales.Payment
		for k := range sales.ID(n) {
			made = append(made, sales.Payment{
				ID: 1 + k, No: fmt.Sprint("HK", k), CustomerID: 7, OwnerID: 5, Payer: "东方'仪\\表", Amount: 1000, Left: 1000, ReceivedOn: day,
				State: sales.PaymentOpen, Auto: sales.AutoWaits, Version: 3,
			})
		}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for _, p := range made {
				tx.CreatePayment(p)
			}
			return nil
		})
		for _, c := range cases {
			_, err := db.Do(context.Background(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
				for k, p := range made {
					p.Used, p.Left, p.Auto = sales.Money(p.ID), 1000-sales.Money(p.ID), sales.AutoDone
					if k == n-2 {
						c.stale(&p)
					}
					tx.UpdatePayment(made[k], p)
				}
				return nil
			}})
			if (err == nil) != c.ok || err != nil && sales.KindOf(err) != sales.Conflict {
				t.Errorf("%s: got %v", c.name, err)
			}
			got := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Payment, error) {
				return tx.PaymentsByIDs(ctx, []sales.ID{1, 61, 499, 509, 510, 9999})
			})
			if len(got) != 5 {
				t.Errorf("%s: %d of 5 payments", c.name, len(got))
			}
			for _, p := range got {
				want := made[p.ID-1]
				if c.ok {
					want.Used, want.Left, want.Auto, want.Version = sales.Money(p.ID), 1000-sales.Money(p.ID), sales.AutoDone, 4
				}
				if p != want {
					t.Errorf("%s: payment %d is %+v", c.name, p.ID, p)
				}
			}
		}
	})
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

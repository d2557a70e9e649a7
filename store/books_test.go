package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// What comes into a month that is being closed at the same moment is either in its figures or refused, whichever replica it comes
// through: a closed sum is the one that was seen when it was closed.
func TestAClosedMonthHoldsWhatWasSeenWhenItWasClosed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		one := w.Open()
		two := one
		if w.Name == "mariadb" {
			two = w.Open()
		}
		feb := sales.NewDay(2026, 2, 1)
		var filing sync.WaitGroup
		for n := range 24 {
			db := []*store.DB{one, two}[n%2]
			filing.Go(func() {
				_, err := db.Do(t.Context(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
					id := tx.NewID()
					tx.CreatePayment(sales.Payment{
						ID: id, No: "HK" + id.String(), OwnerID: 1, Amount: 100, Left: 100, ReceivedOn: feb.AddDays(n), State: sales.PaymentOpen, Version: 1,
					})
					return nil
				}})
				if err != nil && !errors.Is(err, sales.ErrClosed) {
					t.Error(err)
				}
			})
		}
		var seen sales.CashSum
		filing.Go(func() {
			_, err := two.Do(t.Context(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
				b, err := tx.Books(ctx, true)
				if err != nil {
					return err
				}
				if seen, err = tx.CashBetween(ctx, sales.Scope{All: true}, feb, sales.LastOf(feb)); err != nil {
					return err
				}
				b.ClosedOn = sales.LastOf(feb)
				tx.PutBooks(b)
				return nil
			}})
			if err != nil {
				t.Error(err)
			}
		})
		filing.Wait()
		var now sales.CashSum
		err := one.View(t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
			now, err = tx.CashBetween(ctx, sales.Scope{All: true}, feb, sales.LastOf(feb))
			return err
		})
		if err != nil || now != seen {
			t.Errorf("the month was closed with %+v and comes to %+v, %v", seen, now, err)
		}
	})
}

// Who keeps a payment may change after its month was closed: no sum of the company does.
func TestAClosedMonthsMoneyMayGoToAnotherPerson(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		p := sales.Payment{ID: 7, No: "HK7", OwnerID: 1, Amount: 100, Left: 100, ReceivedOn: sales.NewDay(2026, 2, 3), State: sales.PaymentOpen, Version: 1}
		do := func(fn func(ctx context.Context, tx *store.Tx) error) error {
			_, err := db.Do(t.Context(), store.Work{Fn: fn})
			return err
		}
		err := do(func(_ context.Context, tx *store.Tx) error { tx.CreatePayment(p); return nil })
		if err == nil {
			err = do(func(ctx context.Context, tx *store.Tx) error {
				b, err := tx.Books(ctx, true)
				b.ClosedOn = sales.NewDay(2026, 2, 28)
				tx.PutBooks(b)
				return err
			})
		}
		if err != nil {
			t.Fatal(err)
		}
		q := p
		q.OwnerID = 2
		if err := do(func(_ context.Context, tx *store.Tx) error { tx.UpdatePayment(p, q); return nil }); err != nil {
			t.Errorf("it goes to another person: %v", err)
		}
		q.Version = 2
		gone := q
		gone.State = sales.PaymentUndone
		if err := do(func(_ context.Context, tx *store.Tx) error { tx.UpdatePayment(q, gone); return nil }); !errors.Is(err, sales.ErrClosed) {
			t.Errorf("it is taken back: %v", err)
		}
	})
}

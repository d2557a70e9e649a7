package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// Marking what differs in nothing changes no list of differences, and a mark does not outlive what it stands for.
func TestMarksLeaveTheListOfDifferencesAsItIs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		now := w.Clock.Now()
		signed := func(days int) sales.Instant { return sales.At(now.AddDate(0, 0, -days)) }
		contract := func(id sales.ID, no string, customer sales.ID, days int) sales.Contract {
			return sales.Contract{
				ID: id, No: no, CustomerID: customer, OwnerID: 5, TeamID: 2, Amount: sales.Wan, State: sales.ContractApproved, CreatedAt: signed(days),
				SourceEventID: "e", Version: 1,
			}
		}
		standing := func(id sales.ID, no string, shipped int) sales.ContractCash {
			return sales.ContractCash{ContractID: id, No: no, CustomerID: 7, OwnerID: 5, Shipped: shipped, Colour: sales.Yellow, UpdatedAt: signed(1)}
		}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateContract(contract(1, "moved", 7, 60))
			tx.PutContractCash(standing(1, "moved", 1))
			tx.CreateContract(contract(2, "still", 7, 60))
			tx.CreateContract(contract(3, "unseen", 8, 40))
			tx.PutContractCash(standing(3, "unseen", 1))
			tx.CreateContract(contract(4, "late visit", 9, 40))
			tx.PutContractCash(standing(4, "late visit", 1))
			tx.CreateContract(contract(5, "today's", 7, 0))
			for i, v := range []struct {
				customer sales.ID
				days     int
			}{{7, 70}, {9, 20}} {
				tx.CreateVisit(sales.Visit{
					ID: sales.ID(20 + i), PersonID: 5, CustomerID: v.customer, Day: sales.DayOf(signed(v.days).Time), FiledAt: signed(v.days), State: sales.VisitFiled, Version: 1,
				})
			}
			return nil
		})
		gaps := func() []string {
			list := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Gap, error) {
				return tx.Gaps(ctx, sales.GapsWanted{Scope: sales.Scope{All: true}, Since: signed(180), Limit: 40}, signed(30))
			})
			var out []string
			for _, g := range list {
				out = append(out, g.Kind+" "+g.No)
			}
			slices.Sort(out)
			return out
		}
		want := []string{"still still", "unseen late visit", "unseen unseen"}
		same(t, "before", gaps(), want)
		if n, err := db.MarkAligned(t.Context()); err != nil || n != 5 { // moved: 1, 3, 4; seen: 1, 2
			t.Fatalf("marked %d, %v", n, err)
		}
		same(t, "after", gaps(), want)
		if n, err := db.MarkAligned(t.Context()); err != nil || n != 0 {
			t.Fatalf("marked %d again, %v", n, err)
		}
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.ContractCashOf(ctx, 1)
			c.Shipped = 0
			tx.PutContractCash(c)
			return err
		})
		same(t, "its shipment taken back", gaps(), append([]string{"still moved"}, want...))
		w.Clock.Advance(25 * time.Hour)
		if n, err := db.MarkAligned(t.Context()); err != nil || n != 1 { // seen: 5
			t.Fatalf("marked %d a day later, %v", n, err)
		}
	})
}

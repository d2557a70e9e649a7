package store_test

import (
	"context"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// Any number of jobs whose time has not come stand in nobody's way.
func TestJobsThatCannotBeWorkedOnYetAreNoHindrance(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for n := range sales.ID(45) {
				kind := sales.SheetRecord
				if n == 44 {
					kind = sales.SheetExport
				}
				tx.CreateSheetJob(sales.SheetJob{ID: n + 1, Kind: kind, State: sales.SheetMaking, PersonID: 5, CreatedAt: sales.At(w.Clock.Now()), UpdatedAt: sales.At(w.Clock.Now()), Version: 1})
			}
			return nil
		})
		can := func(j sales.SheetJob) bool { return j.Kind == sales.SheetExport }
		j, ok, err := db.ClaimSheetJob(context.Background(), w.Clock.Now(), time.Minute, can)
		if err != nil || !ok || j.ID != 45 {
			t.Errorf("claimed %v %+v, %v", ok, j, err)
		}
		if _, ok, err := db.ClaimSheetJob(context.Background(), w.Clock.Now(), time.Minute, can); ok || err != nil {
			t.Errorf("claimed twice: %v, %v", ok, err)
		}
	})
}

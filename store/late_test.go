package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/storetest"
)

// Whoever asked for the work has left while it was done. What it leaves to be sent is claimed, so somebody has to be told of it.
func TestWhatIsCommittedTooLateIsHandedOn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		handed := make(chan store.Result, 2)
		w.Options.Late = func(r store.Result) { handed <- r }
		db := w.Open()
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error, 1)
		gone := make(chan struct{})
		go func() {
			_, err := db.Do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
				leave()
				<-gone
				tx.AddDelivery(delivery("late"), time.Time{})
				return nil
			}})
			left <- err
		}()
		if err := <-left; !errors.Is(err, store.ErrUnknownOutcome) {
			t.Fatalf("got %v, want an unknown outcome", err)
		}
		close(gone)
		if r := <-handed; len(r.Deliveries) != 1 {
			t.Errorf("handed on: %+v", r)
		}
		res := storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.AddDelivery(delivery("in time"), time.Time{})
			return nil
		})
		if len(res.Deliveries) != 1 || len(handed) != 0 {
			t.Errorf("%d are the caller's own, %d were handed on as well", len(res.Deliveries), len(handed))
		}
	})
}

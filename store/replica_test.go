package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func TestReplicasMakeDifferentIDs(t *testing.T) {
	t.Parallel()
	w := storetest.MariaDB(t)
	var mu sync.Mutex
	seen := map[sales.ID]bool{}
	var wg sync.WaitGroup
	for range 3 {
		db := w.Open()
		wg.Go(func() {
			last := sales.ID(0)
			for range 10000 { // more than a millisecond holds, and the clock stands still
				id, err := db.NewID(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if seen[id] || id <= last {
					t.Errorf("id %d again, or before %d", id, last)
				}
				seen[id] = true
				mu.Unlock()
				last = id
			}
		})
	}
	wg.Wait()
}

func TestIDsGoOnWhenTheClockWasSetBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		w.Options.Holder = "demo"
		db := w.Open()
		w.Clock.Advance(49 * time.Hour)
		last, err := db.NewID(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(-49 * time.Hour)
		next, err := w.Open().NewID(context.Background())
		if err != nil || next <= last {
			t.Errorf("id %d after %d: %v", next, last, err)
		}
	})
}

func TestAProcessThatSleptTakesAnotherNodeNumber(t *testing.T) {
	t.Parallel()
	w := storetest.MariaDB(t)
	slept, other := w.Open(), w.Open()
	before, err := slept.NewID(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Hour)
	theirs, err := other.NewID(context.Background()) // takes over the number whose lease has run out
	if err != nil {
		t.Fatal(err)
	}
	mine, err := slept.NewID(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	node := func(id sales.ID) int64 { return int64(id) >> 12 & 1023 }
	if node(theirs) != node(before) || node(mine) == node(theirs) {
		t.Errorf("nodes %d, then %d and %d", node(before), node(theirs), node(mine))
	}
}

func TestALeaseHasOneHolder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		ctx := context.Background()
		take := func(holder string) bool {
			t.Helper()
			ok, err := db.Lease(ctx, "robot", holder, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if !take("a") || take("b") || !take("a") {
			t.Error("a has it, b is refused, a renews it")
		}
		w.Clock.Advance(2 * time.Minute)
		if !take("b") || take("a") {
			t.Error("b takes it when a's has run out")
		}
		if err := db.ReleaseLease(ctx, "robot", "a"); err != nil || take("a") {
			t.Error("a cannot give back what b has")
		}
		if err := db.ReleaseLease(ctx, "robot", "b"); err != nil || !take("a") {
			t.Error("a takes what b gave back")
		}
		for range 3 {
			if err := db.CountAPICall(ctx, "dingtalk", "card.send", "2026-03", 2); err != nil {
				t.Fatal(err)
			}
		}
		if calls, err := db.APICalls(ctx, "dingtalk", "2026-03"); err != nil || calls["card.send"] != 6 {
			t.Errorf("calls %v, %v", calls, err)
		}
	})
}

func TestABrokenConnectionLosesNothing(t *testing.T) {
	t.Parallel()
	w := storetest.MariaDB(t)
	db := w.Open()
	admin, err := sql.Open("mysql", w.Options.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	killed := false
	res, err := db.Do(context.Background(), store.Work{
		Platform: "wecom", EventID: "m1", Person: 5,
		Fn: func(ctx context.Context, tx *store.Tx) error {
			tx.CreateVisit(visit(tx.NewID(), 5, "v"))
			if !killed {
				killed = true
				killOthers(t, admin)
			}
			_, err := tx.VisitsOn(ctx, 5, sales.NewDay(2026, 3, 11))
			return err
		},
	})
	if err != nil || res.Duplicate || len(visitsOf(t, db, 5)) != 1 {
		t.Errorf("after the connection was killed: %+v, %v, %d visits", res, err, len(visitsOf(t, db, 5)))
	}
}

// killOthers kills every other connection to the schema of the test.
func killOthers(t *testing.T, admin *sql.DB) {
	t.Helper()
	rows, err := admin.Query("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		_, _ = admin.Exec(fmt.Sprintf("KILL %d", id)) // one of them may be gone by now
	}
}

func TestACallerWhoseTimeIsUpIsToldWhetherItHappened(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		w.Options.Committers = 1
		db := w.Open()
		begun, release := make(chan struct{}), make(chan struct{})
		go func() {
			_, _ = db.Do(context.Background(), store.Work{Fn: func(context.Context, *store.Tx) error {
				close(begun)
				<-release
				return nil
			}})
		}()
		<-begun
		ctx, cancel := context.WithCancel(context.Background())
		waiting := make(chan error)
		go func() {
			_, err := db.Do(ctx, store.Work{Person: 5, Fn: func(_ context.Context, tx *store.Tx) error {
				tx.CreateVisit(visit(tx.NewID(), 5, "v"))
				return nil
			}})
			waiting <- err
		}()
		cancel()
		if err := <-waiting; err == nil {
			t.Error("a unit that was given up waits no longer")
		}
		close(release)
		storetest.Do(t, db, func(context.Context, *store.Tx) error { return nil })
		if n := len(visitsOf(t, db, 5)); n != 0 {
			t.Errorf("%d visits of a unit that was withdrawn in time", n)
		}
	})
}

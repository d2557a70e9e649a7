package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func visit(id sales.ID, person sales.PersonID, text string) sales.Visit {
	return sales.Visit{
		ID: id, PersonID: person, CustomerID: 7, Day: sales.NewDay(2026, 3, 11), Text: text, State: sales.VisitFiled, Version: 1,
		FiledAt: sales.At(time.Date(2026, 3, 11, 2, 0, 0, 123456000, time.UTC)), Amount: 18 * sales.Wan, Products: sales.List[sales.ID]{3, 4},
	}
}

func visitsOf(t *testing.T, db *store.DB, person sales.PersonID) []sales.Visit {
	t.Helper()
	var out []sales.Visit
	err := db.View(context.Background(), func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.VisitsOn(ctx, person, sales.NewDay(2026, 3, 11))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOneEventIsDoneOnceHoweverOftenItComes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		handles := []*store.DB{w.Open()}
		if w.Name == "mariadb" {
			handles = append(handles, w.Open())
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		fresh := 0
		for i := range 6 {
			wg.Go(func() {
				db := handles[i%len(handles)]
				res, err := db.Do(context.Background(), store.Work{
					Platform: "wecom", EventID: "msg1", Person: 5,
					Fn: func(_ context.Context, tx *store.Tx) error {
						tx.CreateVisit(visit(tx.NewID(), 5, "拜访绍兴市立医院"))
						return nil
					},
				})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if !res.Duplicate {
					fresh++
				}
			})
		}
		wg.Wait()
		if got := visitsOf(t, handles[0], 5); fresh != 1 || len(got) != 1 {
			t.Fatalf("done %d times, %d visits; want once", fresh, len(got))
		}
		got := visitsOf(t, handles[0], 5)[0]
		if got.Text != "拜访绍兴市立医院" || got.Amount != 18*sales.Wan || len(got.Products) != 2 ||
			!got.FiledAt.Equal(time.Date(2026, 3, 11, 2, 0, 0, 123456000, time.UTC)) {
			t.Errorf("visit came back as %+v", got)
		}
	})
}

func TestManyUnitsShareTransactions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		const n = 200
		var wg sync.WaitGroup
		var mu sync.Mutex
		largest := 0
		for i := range n {
			wg.Go(func() {
				person := sales.PersonID(i%50 + 1)
				res, err := db.Do(context.Background(), store.Work{
					Platform: "wecom", EventID: fmt.Sprintf("m%d", i), Person: person,
					Fn: func(_ context.Context, tx *store.Tx) error {
						d := tx.Dialogue()
						d.PersonID, d.Draft = person, d.Draft+"x"
						tx.SaveDialogue(d)
						tx.CreateVisit(visit(tx.NewID(), person, "v"))
						tx.Audit(sales.AuditEntry{PersonID: person, Verb: "visit.file", SubjectKind: "visit"})
						return nil
					},
				})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				largest = max(largest, res.Batch)
			})
		}
		wg.Wait()
		total := 0
		for p := range sales.PersonID(50) {
			total += len(visitsOf(t, db, p+1))
			err := db.View(context.Background(), func(ctx context.Context, tx *store.Tx) error {
				d, err := tx.DialogueOf(ctx, p+1)
				if d.Draft != "xxxx" || d.Version != 4 {
					t.Errorf("dialogue of %d is %q at version %d; each turn must see the one before", p+1, d.Draft, d.Version)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if total != n || largest < 2 {
			t.Errorf("%d visits of %d, largest batch %d", total, n, largest)
		}
	})
}

func TestOneFailingUnitDoesNotHurtTheOthers(t *testing.T) {
	t.Parallel()
	refused := sales.Errorf(sales.Forbidden, "不行")
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				person := sales.PersonID(i + 1)
				_, err := db.Do(context.Background(), store.Work{
					Platform: "dingtalk", EventID: fmt.Sprintf("m%d", i), Person: person,
					Fn: func(_ context.Context, tx *store.Tx) error {
						tx.CreateVisit(visit(tx.NewID(), person, "v"))
						switch i % 4 {
						case 1:
							return refused
						case 2:
							panic("a bug")
						case 3:
							v := visit(1, person, "v") // everybody's id: a duplicate key
							v.ID = 1
							tx.CreateVisit(v)
						}
						return nil
					},
				})
				var bug *store.PanicError
				switch {
				case i%4 == 0 && err != nil, i%4 == 1 && !errors.Is(err, refused), i%4 == 2 && !errors.As(err, &bug):
					t.Errorf("unit %d: %v", i, err)
				case i%4 == 3 && err != nil && sales.KindOf(err) != sales.Conflict:
					t.Errorf("unit %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		winners := 0
		for i := range 60 {
			got := len(visitsOf(t, db, sales.PersonID(i+1)))
			switch {
			case i%4 == 0 && got != 1, i%4 == 1 && got != 0, i%4 == 2 && got != 0:
				t.Errorf("person %d has %d visits", i+1, got)
			case i%4 == 3:
				winners += got
			}
		}
		if winners != 2 {
			t.Errorf("%d visits by those who share an id; one of them has both of his, the rest nothing", winners)
		}
	})
}

func TestConflictingUpdatesAreDoneOneAfterTheOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		handles := []*store.DB{w.Open()}
		if w.Name == "mariadb" {
			handles = append(handles, w.Open())
		}
		storetest.Do(t, handles[0], func(_ context.Context, tx *store.Tx) error {
			tx.CreateTodo(sales.Todo{ID: 9, OwnerID: 1, State: sales.TodoOpen, Version: 1})
			return nil
		})
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				for {
					_, err := handles[i%len(handles)].Do(context.Background(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
						todo, err := tx.TodoByID(ctx, 9)
						todo.Postponed++
						tx.UpdateTodo(todo)
						return err
					}})
					if sales.KindOf(err) == sales.Conflict {
						continue // three others were faster three times
					}
					if err != nil {
						t.Error(err)
					}
					return
				}
			})
		}
		wg.Wait()
		err := handles[0].View(context.Background(), func(ctx context.Context, tx *store.Tx) error {
			todo, err := tx.TodoByID(ctx, 9)
			if todo.Postponed != 4 || todo.Version != 5 {
				t.Errorf("postponed %d times at version %d; an update was lost", todo.Postponed, todo.Version)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestWritesOfOneUnitAreMerged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			todo := sales.Todo{ID: 1, OwnerID: 1, State: sales.TodoOpen, Version: 1}
			tx.CreateTodo(todo)
			todo.Text = "寄样"
			tx.UpdateTodo(todo)
			return nil
		})
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			todo, err := tx.TodoByID(ctx, 1)
			if todo.Text != "寄样" || todo.Version != 2 {
				t.Errorf("created as %+v", todo)
			}
			todo.Text = "寄样品"
			tx.UpdateTodo(todo)
			todo.Version++
			todo.Postponed = 1
			tx.UpdateTodo(todo)
			return err
		})
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			todo, err := tx.TodoByID(ctx, 1)
			if todo.Text != "寄样品" || todo.Postponed != 1 || todo.Version != 4 {
				t.Errorf("changed to %+v", todo)
			}
			_, missing := tx.TodoByID(ctx, 2)
			if sales.KindOf(missing) != sales.NotFound {
				t.Errorf("a to-do that is not there: %v", missing)
			}
			return err
		})
	})
}

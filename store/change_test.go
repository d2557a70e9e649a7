package store_test

import (
	"context"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func TestEveryChangeOfAStateIsInAnEvent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		c := sales.Contract{ID: 3, No: "HT2026-018", CustomerID: 7, OwnerID: 5, Amount: 128 * sales.Wan, State: sales.ContractPending, CreatedAt: at, Version: 1}
		todo := sales.Todo{ID: 4, OwnerID: 5, Text: "寄样", State: sales.TodoOpen, CreatedAt: at, Version: 1}
		write(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateContract(c)
			tx.CreateTodo(todo) // without an event of its own
			tx.Emit(sales.DomainEvent{Kind: "contract.submitted", SubjectKind: "contract", SubjectID: 3, Data: "{}"})
			return nil
		})
		c.State, c.Terms = sales.ContractApproved, "新条款"
		todo.State = sales.TodoDone
		write(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.Because("9")
			tx.UpdateContract(c)
			tx.UpdateTodo(todo)
			tx.Emit(sales.DomainEvent{Kind: "contract.approve", SubjectKind: "contract", SubjectID: 3, Data: `{"by":"card"}`})
			tx.Because("8,9")
			tx.Emit(sales.DomainEvent{Kind: "contract.told", SubjectKind: "contract", SubjectID: 3, Data: "{}"})
			tx.Because("") // the next of the unit's rules, or nobody's
			tx.Emit(sales.DomainEvent{Kind: "contract.seen", SubjectKind: "contract", SubjectID: 3, Data: "{}"})
			return nil
		})
		var got []string
		for _, e := range read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.DomainEvent, error) { return tx.QueuedEvents(ctx, 100) }) {
			d := e.Changes()
			got = append(got, e.Kind+" "+d.Old["state"]+"→"+d.New["state"]+" "+d.Chain)
		}
		same(t, "events", got, []string{
			"contract.submitted →pending ", "todo.created →open ",
			"contract.approve pending→approved 9", "contract.told → 8,9", "contract.seen → ", "todo.changed open→done 9",
		})
	})
}

func TestAnEventIsTakenOffTheQueueOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		write(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.Emit(sales.DomainEvent{ID: 11, Kind: "visit.filed", SubjectKind: "visit", SubjectID: 1})
			tx.Emit(sales.DomainEvent{ID: 12, Kind: "visit.filed", SubjectKind: "visit", SubjectID: 2})
			return nil
		})
		write(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.TakeEvents([]sales.ID{11})
			return nil
		})
		_, err := db.Do(t.Context(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
			tx.TakeEvents([]sales.ID{11, 12})
			return nil
		}})
		if sales.KindOf(err) != sales.Conflict {
			t.Errorf("an event that somebody has taken: %v", err)
		}
		left := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.DomainEvent, error) { return tx.QueuedEvents(ctx, 100) })
		if len(left) != 1 || left[0].ID != 12 {
			t.Errorf("left %v", left)
		}
	})
}

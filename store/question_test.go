package store_test

import (
	"context"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func TestQuestionsAreAnsweredFromWhatIsFiled(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		all, mine := sales.Scope{All: true}, sales.Only(5)
		first, last := sales.NewDay(2026, time.March, 2), sales.NewDay(2026, time.March, 10)
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for id, c := range map[sales.ID]sales.Customer{
				1: {Name: "绍兴市立医院", OwnerID: 5, LastContactAt: sales.At(last.Start())},
				2: {Name: "绍兴第二医院", OwnerID: 5, LastContactAt: sales.At(first.Start())},
				3: {Name: "宁波恒达五金", OwnerID: 6},
			} {
				c.ID, c.Version = id, 1
				tx.CreateCustomer(c)
			}
			for _, v := range []struct {
				person   sales.PersonID
				customer sales.ID
				day      sales.Day
				state    string
			}{{5, 1, first, sales.VisitFiled}, {5, 1, last, sales.VisitFiled}, {6, 1, last, sales.VisitFiled}, {5, 2, first, sales.VisitUndone}} {
				x := visit(tx.NewID(), v.person, "拜访")
				x.CustomerID, x.Day, x.State = v.customer, v.day, v.state
				tx.CreateVisit(x)
			}
			for i, state := range []string{sales.TodoOpen, sales.TodoDone, sales.TodoCancelled} {
				due := sales.At(last.Start().Add(time.Duration(i) * time.Hour))
				tx.CreateTodo(sales.Todo{ID: tx.NewID(), OwnerID: 5, CustomerID: 1, Text: "寄样", State: state, DueOn: last, DueAt: due, Version: 1})
			}
			for i, c := range []sales.Contract{{Amount: 30 * sales.Wan, State: sales.ContractPending}, {Amount: 31 * sales.Wan, State: sales.ContractApproved}} {
				c.ID, c.No, c.CustomerID, c.OwnerID, c.Version = sales.ID(100+i), "HT2026-00"+sales.ID(i+1).String(), 1, 5, 1
				tx.CreateContract(c)
			}
			return nil
		})
		err := db.View(context.Background(), func(ctx context.Context, tx *store.Tx) error {
			sums, err := tx.VisitsBetween(ctx, mine, first, last, 10)
			if err != nil || len(sums) != 1 || sums[0].Visits != 2 || sums[0].LastOn != last {
				t.Errorf("visits of one person: %+v, %v", sums, err)
			}
			if sums, err = tx.VisitorsOf(ctx, 1, first, last); err != nil || len(sums) != 2 {
				t.Errorf("who was there: %+v, %v", sums, err)
			}
			idle, err := tx.IdleCustomers(ctx, all, sales.At(last.Start()), 10)
			if err != nil || len(idle) != 2 || idle[0].ID != 3 || idle[1].ID != 2 {
				t.Errorf("customers nobody sees: %+v, %v", idle, err)
			}
			if n, err := tx.CountIdle(ctx, mine, sales.At(last.Start())); err != nil || n != 1 {
				t.Errorf("%d of one's own, %v", n, err)
			}
			about, err := tx.TodosAbout(ctx, 1, 10)
			if err != nil || len(about) != 2 {
				t.Errorf("to-dos about a customer: %+v, %v", about, err)
			}
			if due, err := tx.TodosDue(ctx, 5, last, 10); err != nil || len(due) != 1 {
				t.Errorf("to-dos due: %+v, %v", due, err)
			}
			if due, err := tx.TodosDue(ctx, 5, last.AddDays(-1), 10); err != nil || len(due) != 0 {
				t.Errorf("to-dos due a day before: %+v, %v", due, err)
			}
			worth, err := tx.ContractsWorth(ctx, mine, 30*sales.Wan, 10)
			if err != nil || len(worth) != 1 || worth[0].ID != 100 {
				t.Errorf("contracts of 300,000: %+v, %v", worth, err)
			}
			if wait, err := tx.PendingContracts(ctx, mine, 10); err != nil || len(wait) != 1 || wait[0].ID != 100 {
				t.Errorf("contracts that wait: %+v, %v", wait, err)
			}
			if ends, err := tx.ContractsEnding(ctx, all, first, last, 10); err != nil || len(ends) != 0 {
				t.Errorf("contracts that end: %+v, %v", ends, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

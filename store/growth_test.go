package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// What a message, a push or a report reads is found by an index, whatever else there is.
func TestWhatIsAskedOftenIsFoundByAnIndex(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		history(t, w, db)
		driver, dsn, explain := "mysql", w.Options.DSN, "EXPLAIN "
		if w.Name == "sqlite" {
			driver, dsn, explain = "sqlite", "file:"+filepath.Join(w.Options.DataDir, "salesflow.db"), "EXPLAIN QUERY PLAN "
		}
		raw, err := sqlx.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		for _, table := range []string{"visits", "todos", "opportunities", "dues", "requests", "request_approvers"} { // as the server does by itself after a while
			query := "ANALYZE TABLE " + table
			if w.Name == "sqlite" {
				query = "ANALYZE " + table
			}
			if _, err := raw.Exec(query); err != nil {
				t.Fatal(err)
			}
		}
		for name, q := range store.Lookups(sales.DayOf(w.Clock.Now())) {
			plan := planOf(t, raw, explain+q.Query, q.Args)
			// SQLite calls the index of a UNIQUE constraint after its table.
			if !strings.Contains(plan, q.Index) && !(w.Name == "sqlite" && strings.Contains(plan, "sqlite_autoindex_"+strings.Split(q.Index, "_")[0])) {
				t.Errorf("%s: not found by %s:\n%s", name, q.Index, plan)
			}
			for line := range strings.Lines(strings.ReplaceAll(plan, "UNION ALL", "")) {
				if whole := strings.Contains(line, " ALL ") || strings.Contains(line, "SCAN "); whole && !strings.Contains(line, "counts") && !strings.Contains(line, "waiting") && !strings.Contains(line, "<derived") {
					t.Errorf("%s reads a whole table: %s", name, line)
				}
			}
		}
	})
}

// history is some weeks of visits, to-dos and opportunities of forty people.
func history(t *testing.T, w *storetest.World, db *store.DB) {
	t.Helper()
	today := sales.DayOf(w.Clock.Now())
	storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
		for i := range 2000 {
			person, day := sales.PersonID(i%40+1), today.AddDays(-i%50)
			v := sales.Visit{ID: tx.NewID(), PersonID: person, CustomerID: sales.ID(i%300 + 1), Day: day, FiledAt: sales.At(day.At(9, 0)), State: sales.VisitFiled, Version: 1}
			tx.CreateVisit(v)
			tx.CreateTodo(sales.Todo{ID: tx.NewID(), OwnerID: person, SourceKind: "visit", SourceID: v.ID, State: sales.TodoOpen, Version: 1})
			if i%4 == 0 {
				tx.CreateOpportunity(sales.Opportunity{
					ID: tx.NewID(), CustomerID: v.CustomerID, OwnerID: person, TeamID: 1, Line: "检验", Amount: sales.Wan, Stage: sales.StageNeed,
					Peak: sales.StageNeed, StageSince: sales.At(day.At(9, 0)), State: sales.OpportunityOpen, Version: 1,
				}, day)
			}
			if i%4 == 1 {
				tx.CreateRequest(approval.Request{
					ID: tx.NewID(), Kind: approval.Contract, Record: v.ID, No: fmt.Sprint("HT", i), State: approval.Pending, Version: 1,
					Steps: sales.List[approval.Step]{{Approvers: []approval.Approver{{Person: sales.PersonID(i%3 + 1), State: approval.ApproverPending}}}},
				})
			}
			tx.Schedule(sales.Due{Kind: "todo.due", SubjectKind: "todo", SubjectID: v.ID, Slot: "0", DueAt: sales.At(today.AddDays(i%90+1).At(9, 0))})
		}
		return nil
	})
}

// Two replicas that sweep at the same moment share what is due: each row goes to one of them, once.
func TestEachDueRowIsOneReplicas(t *testing.T) {
	t.Parallel()
	w := storetest.MariaDB(t)
	replicas := []*store.DB{w.Open(), w.Open()}
	const rows = 700
	storetest.Do(t, replicas[0], func(_ context.Context, tx *store.Tx) error {
		for i := range rows {
			tx.Schedule(sales.Due{
				Kind: "remind", SubjectKind: "todo", SubjectID: sales.ID(i + 1), Slot: "0", DueAt: sales.At(w.Clock.Now().Add(time.Duration(i%60) * time.Second)),
			})
		}
		return nil
	})
	var mu sync.Mutex
	var wg sync.WaitGroup
	times := map[sales.ID]int{}
	for _, db := range replicas {
		wg.Go(func() {
			for none := 0; none < 3; {
				got, err := db.ClaimDues(context.Background(), w.Clock.Now(), time.Minute, 50)
				if err != nil && sales.KindOf(err) != sales.Conflict {
					t.Errorf("sweep: %v", err)
					return
				}
				if len(got) == 0 {
					none++
				}
				mu.Lock()
				for _, d := range got {
					times[d.ID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(times) != rows {
		t.Errorf("%d of %d rows were claimed", len(times), rows)
	}
	for id, n := range times {
		if n != 1 {
			t.Fatalf("row %s was claimed %d times", fmt.Sprint(id), n)
		}
	}
}

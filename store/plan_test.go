package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// A sweep looks at what is due, not at the million rows that are not yet.
func TestSweepsUseTheirIndex(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		for part := range 4 {
			storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
				for i := range 500 {
					tx.Schedule(sales.Due{
						Kind: "todo.due", SubjectKind: "todo", SubjectID: sales.ID(part*500 + i), Slot: "1",
						DueAt: sales.At(w.Clock.Now().Add(time.Duration(i) * time.Hour)),
					})
					tx.AddDelivery(delivery(fmt.Sprint(part, i)), w.Clock.Now().Add(time.Duration(i+1)*time.Hour))
				}
				return nil
			})
		}
		driver, dsn, explain := "mysql", w.Options.DSN, "EXPLAIN "
		if w.Name == "sqlite" {
			driver, dsn, explain = "sqlite", "file:"+filepath.Join(w.Options.DataDir, "salesflow.db"), "EXPLAIN QUERY PLAN "
		}
		raw, err := sqlx.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		now := w.Clock.Now().Format("2006-01-02 15:04:05.000000")
		for name, p := range store.Plans {
			args := []any{now, now, now, 100}[4-p.Args:]
			plan := planOf(t, raw, explain+p.Query, args)
			if !strings.Contains(plan, p.Index) {
				t.Errorf("%s are not found by %s:\n%s", name, p.Index, plan)
			}
		}
	})
}

// planOf is what the database says of how it would do a query.
func planOf(t *testing.T, db *sqlx.DB, query string, args []any) string {
	t.Helper()
	rows, err := db.Queryx(query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		cols, err := rows.SliceScan()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cols {
			fmt.Fprintf(&plan, "%s ", c)
		}
		plan.WriteString("\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}

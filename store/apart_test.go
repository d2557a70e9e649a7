package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// An order of the ERP that said the same as its contract is found as soon as one of them changes, whichever it is, and no more once
// they agree again.
func TestAnOrderIsFoundWhenItStopsAgreeing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		before := sales.At(at.AddDate(0, 0, -10))
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateContract(sales.Contract{ID: 1, No: "HT2026-001", CustomerID: 7, OwnerID: 5, Amount: 10 * sales.Wan, State: sales.ContractApproved, CreatedAt: before, Version: 1})
			tx.PutContractCash(sales.ContractCash{ContractID: 1, No: "HT2026-001", CustomerID: 7, OwnerID: 5, Amount: 10 * sales.Wan, Shipped: 1, ShippedAmount: 5 * sales.Wan, Invoiced: 5 * sales.Wan, UpdatedAt: before})
			tx.PutERPOrder(sales.ERPOrder{ContractID: 1, No: "SO1", State: sales.OrderInvoiced, Seq: 1, Amount: 10 * sales.Wan, Shipped: 5 * sales.Wan, Invoiced: 5 * sales.Wan, SentAt: before, SaidAt: before})
			return nil
		})
		found := func(t *testing.T) []string {
			t.Helper()
			var out []string
			view(t, db, func(ctx context.Context, tx *store.Tx) error {
				wanted := sales.GapsWanted{Scope: everyone, Since: sales.At(at.AddDate(0, 0, -180)), Limit: 40}
				list, err := tx.OrderGaps(ctx, wanted, at, sales.DefaultTolerance)
				if err != nil {
					return err
				}
				papers, err := tx.PaperGaps(ctx, wanted, at, true, sales.DefaultTolerance)
				for _, g := range append(list, papers...) {
					out = append(out, g.Kind)
				}
				return err
			})
			slices.Sort(out)
			return out
		}
		order := func(change func(o *sales.ERPOrder)) {
			storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
				o, err := tx.ERPOrderOf(ctx, 1)
				change(&o)
				tx.PutERPOrder(o)
				return err
			})
		}
		cash := func(invoiced sales.Money) {
			storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
				c, err := tx.ContractCashOf(ctx, 1)
				c.Invoiced = invoiced
				tx.PutContractCash(c)
				return err
			})
		}
		contract := func(state string) {
			storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
				c, err := tx.ContractByID(ctx, 1)
				c.State = state
				tx.UpdateContract(c)
				return err
			})
		}
		for _, step := range []struct {
			name string
			do   func()
			want []string
		}{
			{"all agree", func() {}, nil},
			{"we invoice more", func() { cash(8 * sales.Wan) }, []string{sales.GapERPInvoiced}},
			{"the ERP follows", func() { order(func(o *sales.ERPOrder) { o.Invoiced = 8 * sales.Wan }) }, nil},
			{"the ERP says another amount", func() { order(func(o *sales.ERPOrder) { o.Amount = 11 * sales.Wan }) }, []string{sales.GapERPAmount}},
			{"less than the tolerance", func() { order(func(o *sales.ERPOrder) { o.Amount = 10*sales.Wan + sales.Yuan }) }, nil},
			{"mended", func() { order(func(o *sales.ERPOrder) { o.Amount = 10 * sales.Wan }) }, nil},
			{"the contract is withdrawn", func() { contract(sales.ContractWithdrawn) }, []string{sales.GapERPExtra}},
			{"and stands again", func() { contract(sales.ContractApproved) }, nil},
			{"the ERP does not take it", func() { order(func(o *sales.ERPOrder) { o.State = sales.OrderRejected }) }, []string{sales.GapERPRejected}},
		} {
			step.do()
			if got := found(t); fmt.Sprint(got) != fmt.Sprint(step.want) {
				t.Errorf("%s: %v, want %v", step.name, got, step.want)
			}
		}
		// A release that does not know of the mark has written an amount: the daily job finds it.
		order(func(o *sales.ERPOrder) { o.State = sales.OrderInvoiced })
		driver, dsn := "mysql", w.Options.DSN
		if dsn == "" {
			driver, dsn = "sqlite", "file:"+w.Options.DataDir+"/salesflow.db?_pragma=busy_timeout(5000)"
		}
		raw := sqlx.MustOpen(driver, dsn)
		defer raw.Close()
		if _, err := raw.Exec("UPDATE erp_orders SET amount = 1 WHERE contract_id = 1"); err != nil {
			t.Fatal(err)
		}
		if _, err := db.MarkAligned(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := found(t); fmt.Sprint(got) != fmt.Sprint([]string{sales.GapERPAmount}) {
			t.Errorf("after the job: %v", got)
		}
	})
}

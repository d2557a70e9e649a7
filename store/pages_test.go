package store_test

import (
	"context"
	"fmt"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// A page has its records in the order that was asked for, and the next page goes on where it ended.
func TestPagesGoOnWhereTheyEnded(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		now := sales.At(w.Clock.Now())
		day := sales.DayOf(now.Time)
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for i, wan := range []int{3, 9, 1, 9, 5} {
				id := sales.ID(i + 1)
				tx.CreateContract(sales.Contract{
					ID: id, No: fmt.Sprintf("HT%d", id), CustomerID: 7, OwnerID: 5, TeamID: 2, Amount: sales.Money(wan) * sales.Wan, State: sales.ContractApproved,
					CreatedAt: now, Version: 1,
				})
				tx.CreateInvoice(sales.Invoice{
					ID: id + 10, No: fmt.Sprintf("FP%d", id), Kind: sales.InvoiceNormal, ContractID: id, CustomerID: 7, OwnerID: 5, Amount: sales.Money(wan) * sales.Wan,
					Open: sales.Money(wan) * sales.Wan, IssuedOn: day, DueOn: day.AddDays(wan), State: sales.InvoiceOpen, CreatedAt: now, Version: 1,
				})
			}
			return nil
		})
		query := func(sort string, offset int) store.PageQuery {
			return store.PageQuery{Scope: sales.Only(5), Sort: sort, Today: day, Offset: offset, Limit: 3}
		}
		contracts := func(sort string, offset int) string {
			return fmt.Sprint(read(t, db, func(ctx context.Context, tx *store.Tx) (out []sales.ID, err error) {
				list, err := tx.ContractPage(ctx, query(sort, offset))
				for _, c := range list {
					out = append(out, c.ID)
				}
				return out, err
			}))
		}
		invoices := func(sort string, offset int) string {
			return fmt.Sprint(read(t, db, func(ctx context.Context, tx *store.Tx) (out []string, err error) {
				list, err := tx.ReceivablePage(ctx, query(sort, offset))
				for _, i := range list {
					out = append(out, i.No)
				}
				return out, err
			}))
		}
		same(t, "newest first", contracts("", 0)+contracts("", 3), "[5 4 3][2 1]")
		same(t, "largest first", contracts("amount", 0)+contracts("amount", 3), "[4 2 5][1 3]")
		same(t, "first due first", invoices("", 0)+invoices("", 3), "[FP3 FP1 FP5][FP2 FP4]")
		same(t, "most open first", invoices("amount", 0)+invoices("amount", 3), "[FP4 FP2 FP5][FP1 FP3]")
	})
}

// What a person filed is one list, the newest first, whatever kind it is.
func TestWhatWasFiledIsOneList(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		now := sales.At(w.Clock.Now())
		day := sales.DayOf(now.Time)
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for _, id := range []sales.ID{1, 2, 5, 6} {
				tx.CreateVisit(sales.Visit{ID: id, PersonID: 5, CustomerID: 7, Day: day, FiledAt: now, State: sales.VisitFiled, Version: 1})
			}
			for _, id := range []sales.ID{3, 4, 7} {
				tx.CreateFiling(sales.Filing{ID: id, Kind: sales.FilingExpense, PersonID: 5, CustomerID: 7, Day: day, FiledAt: now, State: sales.FilingFiled, Version: 1})
			}
			tx.CreateVisit(sales.Visit{ID: 8, PersonID: 6, CustomerID: 7, Day: day, FiledAt: now, State: sales.VisitFiled, Version: 1})
			return nil
		})
		got := ""
		for offset := 0; offset < 8; offset += 3 {
			for _, ref := range read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Ref, error) { return tx.FiledBy(ctx, 5, offset, 3) }) {
				got += fmt.Sprint(ref.Kind, ref.ID, " ")
			}
		}
		same(t, "pages", got, "filing7 visit6 visit5 filing4 filing3 visit2 visit1 ")
	})
}

// How long invoices take is counted by days, however many contracts there are.
func TestInvoiceDelaysAreCounted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		day := sales.DayOf(w.Clock.Now())
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for i, signed := range []int{-5, -5, -5, -3, -100} {
				c := sales.ContractCash{ContractID: sales.ID(i + 1), No: "HT", CustomerID: 7, OwnerID: 5, Signed: 1, Shipped: 1, FirstSignedOn: day.AddDays(signed), Colour: sales.Yellow}
				if i < 2 {
					c.FirstInvoicedOn = day
				}
				tx.PutContractCash(c)
			}
			return nil
		})
		got := map[sales.InvoiceDelay]bool{}
		for _, d := range read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.InvoiceDelay, error) {
			return tx.InvoiceDelays(ctx, sales.Only(5), day.AddDays(-89), day)
		}) {
			got[d] = true
		}
		same(t, "delays", got, map[sales.InvoiceDelay]bool{
			{SignedOn: day.AddDays(-5), InvoicedOn: day, Count: 2}: true, {SignedOn: day.AddDays(-5), Count: 1}: true, {SignedOn: day.AddDays(-3), Count: 1}: true,
		})
	})
}

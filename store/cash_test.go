package store_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func TestMoneyComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	shipment := sales.Shipment{
		ID: 1, No: "FH2026-001", Kind: sales.ShipmentOut, ContractID: 10, CustomerID: 7, OwnerID: 5, TeamID: 2, Quantity: 250, Unit: "吨", Amount: 9_99,
		Tracking: "SF1", PromisedOn: day, ShippedOn: day, SignedOn: day, Receiver: "张三", Reason: "x", State: sales.ShipmentSigned, CreatedBy: 5, CreatedAt: at,
		SourceEventID: "e", Version: 1,
	}
	invoice := sales.Invoice{
		ID: 2, No: "FP2026-001", TaxNo: "2533", Kind: sales.InvoiceNormal, ContractID: 10, CustomerID: 7, OwnerID: 5, TeamID: 2, Amount: 100, Paid: 30, Credited: 20,
		Open: 50, IssuedOn: day, DueOn: day.AddDays(30), PromisedOn: day, PromisedBy: 5, Reason: "r", Source: sales.CashFromChat, QuietUntil: day, Auto: sales.AutoDone,
		State: sales.InvoiceOpen, CreatedBy: 5, CreatedAt: at, SourceEventID: "e", Version: 1,
	}
	payment := sales.Payment{
		ID: 3, No: "HK2026-001", CustomerID: 7, ContractID: 10, OwnerID: 5, TeamID: 2, Payer: "绍兴市立医院", Amount: 30, Used: 30, ReceivedOn: day, BankRef: "B1", Note: "n",
		Source: sales.CashFromImport, Auto: sales.AutoDone, State: sales.PaymentMatched, CreatedBy: 5, CreatedAt: at, SourceEventID: "e", Version: 1,
	}
	allocation := sales.Allocation{
		ID: 4, PaymentID: 3, InvoiceID: 2, ContractID: 10, CustomerID: 7, Amount: 30, Rule: sales.RuleExact, PersonID: 5, At: at, State: sales.AllocationActive, SourceEventID: "e", Version: 1,
	}
	cash := sales.ContractCash{
		ContractID: 10, No: "HT2026-018", CustomerID: 7, OwnerID: 5, TeamID: 2, Amount: 100, Shipped: 1, Signed: 1, Returned: 1, ShippedAmount: 9_99, Invoiced: 80, Paid: 30,
		Prepaid: 1, Open: 50, FirstSignedOn: day, FirstInvoicedOn: day, NextDueOn: day, Colour: sales.Red, Why: "差", ToInvoice: true, ReleasedBy: 6, ReleasedWhy: "急",
		UpdatedAt: at, Version: 1,
	}
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateShipment(shipment)
			tx.CreateInvoice(invoice)
			tx.CreatePayment(payment)
			tx.CreateAllocation(allocation)
			c := cash
			c.Version = 0
			tx.PutContractCash(c)
			return nil
		})
		same(t, "shipment", read(t, db, func(ctx context.Context, tx *store.Tx) (sales.Shipment, error) {
			return tx.ShipmentByNo(ctx, "FH2026-001")
		}), shipment)
		same(t, "invoice", read(t, db, func(ctx context.Context, tx *store.Tx) (sales.Invoice, error) { return tx.InvoiceByNo(ctx, "2533") }), invoice)
		same(t, "payment", read(t, db, func(ctx context.Context, tx *store.Tx) (sales.Payment, error) { return tx.PaymentByRef(ctx, "B1") }), payment)
		same(t, "allocation", read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Allocation, error) {
			return tx.AllocationsOfInvoices(ctx, 2)
		}), []sales.Allocation{allocation})
		same(t, "cash", read(t, db, func(ctx context.Context, tx *store.Tx) (sales.ContractCash, error) { return tx.ContractCashOf(ctx, 10) }), cash)
		// A bank's entry is one payment, whoever brings it.
		again := payment
		again.ID, again.No = 33, "HK2026-002"
		_, err := db.Do(context.Background(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error { tx.CreatePayment(again); return nil }})
		if err == nil {
			t.Error("the same entry of a bank became two payments")
		}
	})
}

// However invoices come, change and go, the sums by due day are those of the open invoices.
func TestWhatIsOpenByDayIsTheSumOfTheInvoices(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		n := sales.ID(100)
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 6).Draw(rt, "units") {
				storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
					for range rapid.IntRange(1, 4).Draw(rt, "changes") {
						list, err := tx.Receivables(ctx, sales.Scope{All: true}, sales.Day{}, 50)
						if err != nil {
							return err
						}
						if len(list) == 0 || rapid.Bool().Draw(rt, "new") {
							n++
							m := sales.Money(rapid.IntRange(1, 1000).Draw(rt, "amount"))
							tx.CreateInvoice(sales.Invoice{
								ID: n, No: fmt.Sprint("FP", n), Kind: sales.InvoiceNormal, OwnerID: sales.PersonID(rapid.IntRange(1, 3).Draw(rt, "owner")), CustomerID: 1, Amount: m, Open: m,
								State: sales.InvoiceOpen, IssuedOn: day, DueOn: day.AddDays(rapid.IntRange(-3, 3).Draw(rt, "due")), Version: 1,
							})
							continue
						}
						i := rapid.SampledFrom(list).Draw(rt, "which")
						after := i
						after.Paid += sales.Money(rapid.IntRange(0, int(i.Open)).Draw(rt, "pay"))
						if after.Open = after.Amount - after.Paid; after.Open == 0 {
							after.State = sales.InvoiceSettled
						}
						tx.UpdateInvoice(i, after)
						return nil
					}
					return nil
				})
			}
			list := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Invoice, error) {
				return tx.Receivables(ctx, sales.Scope{All: true}, sales.Day{}, 5000)
			})
			for _, scope := range []sales.Scope{{All: true}, sales.Only(2)} {
				var want sales.Receivable
				for _, i := range list {
					if scope.Covers(i.OwnerID) {
						want.Count++
						want.Open += i.Open
						if i.OverdueDays(day) > 0 {
							want.OverdueCount++
							want.Overdue += i.Open
						}
					}
				}
				got := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.Receivable, error) {
					return tx.ReceivableSum(ctx, scope, day)
				})
				if got != want {
					rt.Fatalf("kept %+v, is %+v", got, want)
				}
			}
		})
	})
}

// What belongs to many papers is listed whole: a list that ends somewhere would be a wrong sum.
func TestWhatBelongsToManyPapersIsListedWhole(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		const n = 1100
		ids := make([]sales.ID, n)
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for k := range ids {
				ids[k] = sales.ID(5000 + k)
				tx.CreateAllocation(sales.Allocation{ID: sales.ID(90_000 - k), PaymentID: 7, InvoiceID: ids[k], Amount: sales.Fen, State: sales.AllocationActive, Version: 1})
			}
			return nil
		})
		view(t, db, func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.AllocationsOfInvoices(ctx, ids...)
			if len(list) != n || !slices.IsSortedFunc(list, func(a, b sales.Allocation) int { return cmp.Compare(a.ID, b.ID) }) {
				t.Errorf("%d of %d, in order", len(list), n)
			}
			return err
		})
	})
}

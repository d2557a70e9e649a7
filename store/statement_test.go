package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// A statement's figures are those of the customer's papers and nobody else's, each month begins with what the one before closed with, and
// those who moved are found page by page, each once.
func TestStatementsAreTheSumOfTheirPapers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		n, base := sales.ID(0), sales.ID(0)
		first := sales.NewDay(2026, 1, 1)
		rapid.Check(t, func(rt *rapid.T) {
			base += 100 // other customers than before
			type paper struct {
				customer sales.ID
				day      sales.Day
				invoiced sales.Money
				received sales.Money
			}
			var model []paper
			storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
				model = nil
				for range rapid.IntRange(1, 12).Draw(rt, "papers") {
					n++
					p := paper{customer: base + sales.ID(rapid.IntRange(1, 4).Draw(rt, "customer")), day: first.AddDays(rapid.IntRange(0, 89).Draw(rt, "day"))}
					m, undone := sales.Money(rapid.IntRange(1, 1_000_000).Draw(rt, "fen")), rapid.IntRange(0, 5).Draw(rt, "undone") == 0
					switch kind := rapid.SampledFrom([]string{sales.InvoiceNormal, sales.InvoiceCredit, "payment"}).Draw(rt, "kind"); kind {
					case "payment":
						state := sales.PaymentOpen
						if undone {
							state = sales.PaymentUndone
						}
						tx.CreatePayment(sales.Payment{ID: n, No: fmt.Sprint("HKS", n), CustomerID: p.customer, Amount: m, Left: m, ReceivedOn: p.day, State: state, Version: 1})
						p.received = m
					default:
						state := sales.InvoiceOpen
						if kind == sales.InvoiceCredit {
							state = sales.InvoiceIssued
						}
						if undone {
							state = sales.InvoiceUndone
						}
						i := sales.Invoice{ID: n, No: fmt.Sprint("FPS", n), Kind: kind, CustomerID: p.customer, Amount: m, IssuedOn: p.day, DueOn: p.day, State: state, Version: 1}
						if state == sales.InvoiceOpen {
							i.Open = m
						}
						tx.CreateInvoice(i)
						p.invoiced = m
						if kind == sales.InvoiceCredit {
							p.invoiced = -m
						}
					}
					if !undone {
						model = append(model, p)
					}
				}
				return nil
			})
			closing := map[sales.ID]sales.Money{}
			for month := range 3 {
				from := first.AddMonths(month)
				to := from.AddMonths(1).AddDays(-1)
				want := map[sales.ID]sales.StatementFigures{}
				var moved []sales.ID
				for id := base + 1; id <= base+4; id++ {
					f := sales.StatementFigures{CustomerID: id}
					known, within := false, false
					for _, p := range model {
						if p.customer != id || p.day.After(to) {
							continue
						}
						known = true
						if p.day.Before(from) {
							f.Opening += p.invoiced - p.received
							continue
						}
						within = true
						f.Invoiced += p.invoiced
						f.Received += p.received
					}
					if known {
						want[id] = f
					}
					if within {
						moved = append(moved, id)
					}
				}
				got := read(t, db, func(ctx context.Context, tx *store.Tx) (map[sales.ID]sales.StatementFigures, error) {
					return tx.StatementFigures(ctx, from, to, base+1, base+2, base+3, base+4)
				})
				if len(got) != len(want) {
					rt.Fatalf("%d customers have figures, want %d", len(got), len(want))
				}
				for id, f := range want {
					if got[id] != f || f.Opening != closing[id] {
						rt.Fatalf("customer %d in %s: %+v, want %+v; the month before closed with %d", id, from, got[id], f, closing[id])
					}
					closing[id] = f.Opening + f.Invoiced - f.Received
				}
				var found []sales.ID
				for after := base; ; after = found[len(found)-1] {
					part := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.ID, error) {
						return tx.CustomersMoved(ctx, from, to, after, 2)
					})
					if found = append(found, part...); len(part) < 2 {
						break
					}
				}
				if !slices.Equal(found, moved) {
					rt.Fatalf("%v moved in %s, want %v", found, from, moved)
				}
			}
		})
	})
}

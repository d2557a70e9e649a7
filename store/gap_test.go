package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// Each paper that does not go with the contract is found under its own name, and a deal in which all agree under none.
func TestPapersThatDoNotGoTogetherAreFound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		before := sales.At(at.AddDate(0, 0, -10))
		want := map[string][]string{}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			clear(want)
			n := sales.ID(0)
			// deal is a contract over 100 000 that was approved, with its order in the ERP.
			deal := func(kind string, owner sales.PersonID, state string, change func(c *sales.Contract, o *sales.ERPOrder, r *approval.Request)) sales.Contract {
				n++
				c := sales.Contract{
					ID: n, No: fmt.Sprintf("HT2026-%03d", n), CustomerID: 7, OwnerID: owner, Amount: 10 * sales.Wan, State: state, RequestID: 100 + n, CreatedAt: before,
					PrepayPercent: -1, PaymentDays: -1, DeliveryDays: -1, DiscountPercent: -1, Version: 1,
				}
				o := sales.ERPOrder{ContractID: n, No: fmt.Sprint("SO", n), State: sales.OrderAccepted, Amount: c.Amount, SentAt: before, SaidAt: before}
				r := approval.Request{ID: c.RequestID, Kind: approval.Contract, Record: n, State: approval.Approved, SubmittedAt: before, Version: 1}
				if change != nil {
					change(&c, &o, &r)
				}
				tx.CreateContract(c)
				tx.CreateRequest(r)
				if o.ContractID != 0 {
					tx.PutERPOrder(o)
				}
				if kind != "" {
					want[kind] = append(want[kind], c.No)
				}
				return c
			}
			native := func(c sales.Contract, state string, at sales.Instant) {
				tx.CreateNative(sales.NativeApproval{
					ID: 200 + c.ID, RequestID: c.RequestID, Mark: c.No, Platform: "wecom", Ref: "SP" + c.No, State: state, Reason: "没有模板", NextAt: at, CreatedAt: at,
					Version: 1,
				})
			}
			quote := func(c sales.Contract, m sales.Money) {
				tx.CreateQuote(sales.Quote{ID: 300 + c.ID, No: "BJ" + c.No, Kind: sales.QuotePlain, CustomerID: 7, OwnerID: c.OwnerID, Amount: m, ContractID: c.ID, State: sales.QuoteContracted, CreatedAt: before, Version: 1})
			}
			fine := deal("", 5, sales.ContractApproved, nil)
			native(fine, sales.NativeDone, before)
			quote(fine, fine.Amount+500*sales.Yuan) // exactly the tolerance
			deal(sales.GapUnapproved, 5, sales.ContractApproved, func(_ *sales.Contract, _ *sales.ERPOrder, r *approval.Request) { r.State = approval.Pending })
			native(deal(sales.GapNativeLate, 5, sales.ContractApproved, nil), sales.NativeOpen, before)
			native(deal("", 5, sales.ContractApproved, nil), sales.NativeOpen, at) // it follows in a moment
			native(deal(sales.GapNativeLost, 5, sales.ContractApproved, nil), sales.NativeFailed, before)
			quote(deal(sales.GapQuote, 5, sales.ContractApproved, nil), 10*sales.Wan+500*sales.Yuan+1)
			deal(sales.GapERPExtra, 5, sales.ContractWithdrawn, nil)
			deal(sales.GapERPLost, 5, sales.ContractApproved, func(_ *sales.Contract, o *sales.ERPOrder, _ *approval.Request) { o.ContractID = 0 })
			deal("", 5, sales.ContractApproved, func(c *sales.Contract, o *sales.ERPOrder, _ *approval.Request) { c.RequestID, o.ContractID = 0, 0 }) // taken over
			goods := deal(sales.GapERPGoods, 5, sales.ContractApproved, func(_ *sales.Contract, o *sales.ERPOrder, _ *approval.Request) { o.Shipped = 6 * sales.Wan })
			tx.PutContractCash(sales.ContractCash{ContractID: goods.ID, No: goods.No, CustomerID: 7, OwnerID: 5, Amount: goods.Amount, Shipped: 1, ShippedAmount: 5 * sales.Wan, Colour: sales.Yellow, UpdatedAt: at})
			deal("", 6, sales.ContractApproved, func(_ *sales.Contract, _ *sales.ERPOrder, r *approval.Request) { r.State = approval.Pending }) // somebody else's
			return nil
		})
		list := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Gap, error) {
			return tx.PaperGaps(ctx, sales.GapsWanted{Scope: sales.Only(5), Since: sales.At(at.AddDate(0, 0, -180)), Limit: 50}, sales.At(at.Add(-48*time.Hour)), true, sales.DefaultTolerance)
		})
		got := map[string][]string{}
		for _, g := range list {
			got[g.Kind] = append(got[g.Kind], g.No)
			if g.Title() == g.Kind {
				t.Errorf("%s has no name", g.Kind)
			}
		}
		for kind, nos := range want {
			if !slices.Equal(got[kind], nos) {
				t.Errorf("%s: %v, want %v", kind, got[kind], nos)
			}
			delete(got, kind)
		}
		if len(got) > 0 {
			t.Errorf("found too: %v", got)
		}
	})
}

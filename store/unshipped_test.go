package store_test

import (
	"context"
	"slices"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// 待发货 is exact however many contracts are newer: it goes by a mark that each approval and shipment keeps.
func TestGoodsThatWaitAreFoundBehindManyContracts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		do := func(fn func(tx *store.Tx)) {
			t.Helper()
			if _, err := db.Do(t.Context(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error { fn(tx); return nil }}); err != nil {
				t.Fatal(err)
			}
		}
		wait := func(want ...sales.ID) {
			t.Helper()
			err := db.View(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				list, n, err := tx.Unshipped(ctx, sales.Scope{All: true}, 10)
				var got []sales.ID
				for _, c := range list {
					got = append(got, c.ID)
				}
				if n != int64(len(want)) || !slices.Equal(got, want) {
					t.Errorf("%d wait: %v, want %v", n, got, want)
				}
				_, none, err2 := tx.Unshipped(ctx, sales.Only(2), 10)
				if err == nil {
					err = err2
				}
				if none != 0 {
					t.Errorf("another person sees %d", none)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		contract := func(id sales.ID, state string, request sales.ID) sales.Contract {
			return sales.Contract{ID: id, No: "HT" + id.String(), OwnerID: 1, State: state, RequestID: request, CreatedAt: sales.At(w.Clock.Now()), Version: 1}
		}
		first := contract(1, sales.ContractPending, 11)
		do(func(tx *store.Tx) {
			tx.CreateContract(first)
			tx.CreateContract(contract(2, sales.ContractApproved, 0)) // taken over: nobody waits for its goods
			for id := range sales.ID(600) {
				tx.CreateContract(contract(100+id, sales.ContractPending, 1000+id))
			}
		})
		wait()
		first.State = sales.ContractApproved
		do(func(tx *store.Tx) { tx.UpdateContract(first) })
		wait(1)
		goods := sales.Shipment{ID: 5, No: "FH5", Kind: sales.ShipmentOut, ContractID: 1, OwnerID: 1, State: sales.ShipmentShipped, Version: 1}
		do(func(tx *store.Tx) { tx.CreateShipment(goods) })
		wait()
		goods.State = sales.ShipmentUndone
		do(func(tx *store.Tx) { tx.UpdateShipment(goods) })
		wait(1)
		first.Version, first.State = 2, sales.ContractWithdrawn
		do(func(tx *store.Tx) { tx.UpdateContract(first) })
		wait()
	})
}

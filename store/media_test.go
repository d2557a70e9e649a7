package store_test

import (
	"context"
	"testing"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// Whoever sends hundreds of pictures waits for them; a colleague's one picture is looked at next.
func TestOnePersonsPicturesDoNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for id := range sales.ID(40) {
				person := sales.PersonID(5)
				if id >= 38 {
					person = sales.PersonID(id)
				}
				tx.CreateFile(sales.File{ID: 100 + id, Name: "a.jpg", State: sales.FileKept, Version: 1})
				tx.CreateMedia(sales.Media{FileID: 100 + id, Kind: sales.MediaPicture, PersonID: person, State: sales.MediaFresh, SentAt: at, Version: 1})
			}
			return nil
		})
		next := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Media, error) { return tx.FreshMedia(ctx, 4) })
		var got []sales.ID
		for _, m := range next {
			got = append(got, m.FileID)
		}
		if len(got) != 4 || got[0] != 100 || got[1] != 138 || got[2] != 139 || got[3] != 101 {
			t.Errorf("looked at next are %v", got)
		}
	})
}

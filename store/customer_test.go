package store_test

import (
	"context"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func TestDuplicatesOfACustomerAreFound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateCustomer(sales.Customer{ID: 1, Name: "绍兴市立医院", Phone: "13800000001", Version: 1})
			tx.CreateCustomer(sales.Customer{ID: 2, Name: "宁波恒达五金有限公司", USCC: "91330200MA2AH0BY5X", Version: 1})
			tx.CreateCustomer(sales.Customer{ID: 3, Name: "杭州云栖科技有限公司", Version: 1})
			return nil
		})
		for _, tt := range []struct {
			name, uscc, phone, asked string
			want                     sales.ID
		}{
			{"equal but for the legal form", "", "", "宁波恒达五金", 2},
			{"a homophone", "", "", "宁波亨达五金有限公司", 2},
			{"only the phone", "", "13800000001", "另一个名字", 1},
			{"only the credit code", "91330200MA2AH0BY5X", "", "换了名字", 2},
			{"another company", "", "", "上海宏图机械", 0},
			{"nothing to go by", "", "", "", 0},
		} {
			got := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Customer, error) {
				return tx.DuplicateCustomers(ctx, tt.uscc, tt.phone, tt.asked, 3)
			})
			switch {
			case tt.want == 0 && len(got) != 0:
				t.Errorf("%s: found %v", tt.name, got)
			case tt.want != 0 && (len(got) == 0 || got[0].ID != tt.want):
				t.Errorf("%s: found %v, want %d", tt.name, got, tt.want)
			}
		}
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.CustomerByID(ctx, 3)
			c.Name = "杭州西溪科技有限公司"
			tx.UpdateCustomer(c)
			return err
		})
		got := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Customer, error) {
			return tx.DuplicateCustomers(ctx, "", "", "杭州西溪科技", 3)
		})
		if len(got) != 1 || got[0].ID != 3 {
			t.Errorf("by its new name: %v", got)
		}
	})
}

func TestChangedMasterDataIsToldByRevision(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		ctx := context.Background()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateCustomer(sales.Customer{ID: 1, Name: "绍兴市立医院", Version: 1, Aliases: sales.List[string]{"市立"}})
			tx.PutProduct(sales.Product{ID: 2, Code: "P1", Name: "生化分析仪", ListPrice: 30 * sales.Wan, FloorPercent: 85})
			return nil
		})
		m, err := db.LoadMaster(ctx)
		if err != nil || len(m.Customers) != 1 || len(m.Products) != 1 || m.Customers[0].Aliases[0] != "市立" || m.Products[0].ListPrice != 30*sales.Wan {
			t.Fatalf("all: %+v, %v", m, err)
		}
		seen := w.Clock.Now().Add(time.Hour)
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateContact(sales.Contact{ID: 3, CustomerID: 1, Name: "王主任", Version: 1})
			tx.TouchCustomer(1, sales.At(seen))
			tx.TouchCustomer(1, sales.At(seen.Add(-time.Minute)))
			return nil
		})
		since, err := db.MasterChangesSince(ctx, m.Revision)
		if err != nil || len(since.Contacts) != 1 || len(since.Customers) != 0 || since.Revision <= m.Revision {
			t.Errorf("changes: %+v, %v", since, err)
		}
		none, err := db.MasterChangesSince(ctx, since.Revision)
		if err != nil || len(none.Contacts)+len(none.Customers)+len(none.Products) != 0 || none.Revision != since.Revision {
			t.Errorf("no changes: %+v, %v", none, err)
		}
		c := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.Customer, error) { return tx.CustomerByID(ctx, 1) })
		if !c.LastContactAt.Equal(seen) || c.Version != 1 {
			t.Errorf("last contact %v at version %d; the later one counts, and the version stays", c.LastContactAt, c.Version)
		}
	})
}

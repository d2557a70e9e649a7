package store_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"pgregory.net/rapid"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

var everyone = sales.Scope{All: true}

// completeOf is what is known of an owner's customers as the simplest of programs would count it.
func completeOf(t *testing.T, db *store.DB, wanted []string) map[sales.PersonID]sales.Completeness {
	t.Helper()
	out := map[sales.PersonID]sales.Completeness{}
	view(t, db, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.CustomersAfter(ctx, everyone, 0, 0)
		for _, c := range list {
			ds, err := tx.Details(ctx, c.ID)
			if err != nil {
				return err
			}
			sum := out[c.OwnerID]
			if sum.Lacks == nil {
				sum.Lacks = map[string]int{}
			}
			lacking := sales.Lacking(c, ds, wanted)
			for _, f := range lacking {
				sum.Lacks[f.Key]++
			}
			if len(lacking) == 0 {
				sum.Complete++
			}
			sum.Owner, sum.Total = c.OwnerID, sum.Total+1
			out[c.OwnerID] = sum
		}
		return err
	})
	return out
}

func complete(t *testing.T, db *store.DB, scope sales.Scope, wanted []string) map[sales.PersonID]sales.Completeness {
	t.Helper()
	out := map[sales.PersonID]sales.Completeness{}
	for _, c := range read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Completeness, error) {
		return tx.Completeness(ctx, scope, wanted)
	}) {
		out[c.Owner] = c
	}
	return out
}

// allFields are the fields a customer can be asked for.
func allFields() []string {
	var out []string
	for _, f := range sales.DetailFields {
		out = append(out, f.Key)
	}
	return out
}

// Whatever is done to customers and to what is known of them, the kept sums are what the records say.
func TestCompletenessIsWhatTheRecordsSay(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		fields := allFields()
		var ids []sales.ID
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 6).Draw(rt, "transactions") {
				storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
					for range rapid.IntRange(1, 4).Draw(rt, "steps") {
						if rapid.IntRange(0, 3).Draw(rt, "new") == 0 || len(ids) == 0 {
							c := sales.Customer{ID: tx.NewID(), OwnerID: sales.PersonID(rapid.IntRange(0, 3).Draw(rt, "owner")), City: "绍兴", Version: 1}
							c.Name = fmt.Sprint("客户", c.ID)
							tx.CreateCustomer(c)
							ids = append(ids, c.ID)
							continue
						}
						id := rapid.SampledFrom(ids).Draw(rt, "customer")
						c, err := tx.CustomerByID(ctx, id)
						if sales.KindOf(err) == sales.NotFound { // made in this transaction
							continue
						}
						if err != nil {
							return err
						}
						value := rapid.SampledFrom([]string{"", "有"}).Draw(rt, "value")
						switch rapid.IntRange(0, 3).Draw(rt, "what") {
						case 0:
							c.OwnerID, c.USCC = sales.PersonID(rapid.IntRange(0, 3).Draw(rt, "to")), value
							tx.UpdateCustomer(c)
						case 1:
							c.City = value
							tx.UpdateCustomer(c)
						default:
							tx.PutDetail(sales.Detail{CustomerID: id, Field: rapid.SampledFrom(fields).Draw(rt, "field"), Value: value})
						}
					}
					return nil
				})
			}
			wanted := rapid.SliceOfDistinct(rapid.SampledFrom(fields), rapid.ID).Draw(rt, "wanted")
			if diff := cmp.Diff(completeOf(t, db, wanted), complete(t, db, everyone, wanted)); diff != "" {
				rt.Fatalf("-records +sums, wanted %v:\n%s", wanted, diff)
			}
			if n, err := db.RecountCompleteness(context.Background()); err != nil || n != 0 {
				rt.Fatalf("a recount finds %d wrong, %v", n, err)
			}
		})
		one := slices.Collect(maps.Keys(complete(t, db, sales.Only(2), fields)))
		if len(one) != 1 || one[0] != 2 {
			t.Errorf("asked for one owner, got %v", one)
		}
	})
}

// A merge, its undoing, and customers that are taken away leave the sums right.
func TestCompletenessFollowsMergesAndRemovals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		p := twoCustomers(t, w, db)
		wanted := []string{sales.FieldUSCC, sales.FieldBudget, sales.FieldCycle}
		check := func(when string) {
			t.Helper()
			if diff := cmp.Diff(completeOf(t, db, wanted), complete(t, db, everyone, wanted)); diff != "" {
				t.Errorf("%s (-records +sums):\n%s", when, diff)
			}
		}
		check("two customers")
		m := mergePair(t, db, w, p)
		check("merged")
		if c := complete(t, db, everyone, wanted)[p.into.OwnerID]; c.Total != 1 || c.Complete != 1 {
			t.Errorf("the merged customer knows what both did: %+v", c)
		}
		unmergePair(t, db, w, m)
		check("taken apart")
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateCustomer(sales.Customer{ID: 99, Name: "宁波恒达五金", OwnerID: 9, City: "宁波", Version: 1})
			return nil
		})
		check("a third")
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.CustomerByID(ctx, 99)
			if err != nil {
				return err
			}
			return tx.RemoveCustomers(ctx, []sales.Customer{c})
		})
		check("taken away")
	})
}

// People of two replicas fill in different fields of one customer at the same time: it counts once, as what it knows in the end.
func TestCompletenessOfOneCustomerFilledAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateCustomer(sales.Customer{ID: 1, Name: "绍兴市立医院", OwnerID: 5, Version: 1})
			return nil
		})
		fields := []string{sales.FieldRegion, sales.FieldBudget, sales.FieldDecision, sales.FieldCycle, sales.FieldTech, sales.FieldBuyer}
		var wg sync.WaitGroup
		for i, f := range fields {
			one := db
			if i%2 == 1 && w.Name == "mariadb" {
				one = w.Open() // a replica of its own, which shares no transaction
			}
			wg.Go(func() {
				_, err := one.Do(context.Background(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
					tx.PutDetail(sales.Detail{CustomerID: 1, Field: f, Value: "有"})
					return nil
				}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if c := complete(t, db, everyone, fields)[5]; c.Total != 1 || c.Complete != 1 || len(c.Lacks) != 0 {
			t.Errorf("%+v", c)
		}
	})
}

// What a release that does not know of the sums has written is put right once a day.
func TestARecountMendsWhatAnOlderReleaseWrote(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		twoCustomers(t, w, db)
		driver, dsn := "mysql", w.Options.DSN
		if dsn == "" {
			driver, dsn = "sqlite", "file:"+w.Options.DataDir+"/salesflow.db?_pragma=busy_timeout(5000)"
		}
		raw := sqlx.MustOpen(driver, dsn)
		defer raw.Close()
		for _, q := range []string{
			"UPDATE customers SET owner_id = 9 WHERE owner_id = 7",
			"UPDATE customer_facts SET value = '' WHERE field = 'cycle'",
			"INSERT INTO customers (id, code, name, name_key, aliases, uscc, phone, industry, city, class, owner_id, team_id, created_by, source_event_id, version) " +
				"VALUES (99, '', 'a', 'a', '[]', '', '', '', '宁波', '', 8, 0, 0, '', 1)",
		} {
			if _, err := raw.Exec(q); err != nil {
				t.Fatal(err)
			}
		}
		wanted := allFields()
		if cmp.Diff(completeOf(t, db, wanted), complete(t, db, everyone, wanted)) == "" {
			t.Fatal("nothing is wrong before the recount")
		}
		if n, err := db.RecountCompleteness(context.Background()); err != nil || n == 0 {
			t.Fatalf("%d mended, %v", n, err)
		}
		if diff := cmp.Diff(completeOf(t, db, wanted), complete(t, db, everyone, wanted)); diff != "" {
			t.Errorf("-records +sums:\n%s", diff)
		}
		if n, err := db.RecountCompleteness(context.Background()); err != nil || n != 0 {
			t.Errorf("again %d mended, %v", n, err)
		}
	})
}

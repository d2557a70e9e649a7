package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// Of two who take a customer from the open pool at once one gets it: the other's work is repeated and finds it taken.
func TestACustomerIsClaimedOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for i := range 20 {
				tx.CreateCustomer(sales.Customer{ID: sales.ID(i + 1), Name: "绍兴市立医院", City: "绍兴", Version: 1})
			}
			return nil
		})
		for id := range sales.ID(20) {
			var got sync.Map
			var all sync.WaitGroup
			for person := range sales.PersonID(4) {
				all.Add(1)
				go func() {
					defer all.Done()
					won := false
					_, err := db.Do(context.Background(), store.Work{Person: person + 1, Fn: func(ctx context.Context, tx *store.Tx) error {
						won = false
						c, err := tx.CustomerByID(ctx, id+1)
						if err != nil || c.OwnerID != 0 {
							return err
						}
						k, err := tx.KeepingOf(ctx, c)
						if err != nil {
							return err
						}
						won = true
						c.OwnerID = person + 1
						tx.UpdateCustomer(c)
						k.Taken(w.Clock.Now())
						tx.PutKeeping(k)
						tx.AddClaim(c.ID, person+1, sales.DayOf(w.Clock.Now()), sales.At(w.Clock.Now()))
						return nil
					}})
					if err != nil {
						t.Error(err)
					}
					if won {
						got.Store(person+1, true)
					}
				}()
			}
			all.Wait()
			n := 0
			got.Range(func(any, any) bool { n++; return true })
			if n != 1 {
				t.Fatalf("customer %d went to %d people", id+1, n)
			}
		}
	})
}

// What decides whether a customer stays with its owner is read alike from every store.
func TestWhatHoldsACustomer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db, now := w.Open(), w.Clock.Now()
		end := sales.DayOf(now).AddDays(30)
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for i, name := range []string{"绍兴市立医院", "宁波市立医院", "广州中心医院", "杭州云栖"} {
				tx.CreateCustomer(sales.Customer{ID: sales.ID(i + 1), Name: name, OwnerID: sales.PersonID(i % 3), Class: "A", CreatedAt: sales.At(now), Version: 1})
			}
			tx.CreateContract(sales.Contract{ID: 11, No: "HT1", CustomerID: 2, OwnerID: 1, State: sales.ContractApproved, CreatedAt: sales.At(now.Add(-time.Hour)), Version: 1})
			tx.SetContractEnd(11, 2, end, 1, sales.At(now))
			tx.CreateOpportunity(sales.Opportunity{ID: 12, CustomerID: 3, OwnerID: 2, Stage: sales.StageNegotiation, Peak: sales.StageNegotiation, State: sales.OpportunityOpen, Version: 1}, sales.DayOf(now))
			tx.AddTag(2, "三甲", 1, sales.At(now))
			tx.AddTag(2, "三甲", 1, sales.At(now))
			return nil
		})
		deals := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.CustomerDeals, error) {
			return tx.DealsOf(ctx, []sales.ID{1, 2, 3, 4})
		})
		of := map[sales.ID]sales.CustomerDeals{}
		for _, d := range deals {
			of[d.CustomerID] = d
		}
		if len(of) != 2 || of[2].ContractEnds != end || !of[2].LastDeal.Equal(now.Add(-time.Hour)) || of[2].Busy || !of[3].Busy {
			t.Errorf("deals %+v", of)
		}
		pool := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.PoolEntry, error) {
			return tx.OpenPool(ctx, []string{"绍兴"}, 10)
		})
		if len(pool) != 1 || pool[0].ID != 1 || !pool[0].PooledAt.IsZero() {
			t.Errorf("pool by the name's place: %+v", pool)
		}
		if far := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.PoolEntry, error) {
			return tx.OpenPool(ctx, sales.PlacesIn("华南"), 10)
		}); len(far) != 0 {
			t.Errorf("a region without any: %+v", far)
		}
		tagged := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Customer, error) {
			return tx.CustomersTagged(ctx, sales.Only(1), "三甲", 10)
		})
		if len(tagged) != 1 || tagged[0].ID != 2 {
			t.Errorf("tagged %+v", tagged)
		}
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			held, err := tx.HeldAfter(ctx, 0, 10)
			if err != nil || len(held) != 2 { // the first and the fourth are nobody's
				t.Errorf("held %+v, %v", held, err)
			}
			if _, err := tx.WarnedSince(ctx, sales.At(now)); err != nil {
				t.Error(err)
			}
			if _, err := tx.SoleContacts(ctx, sales.At(now), 0, 10); err != nil {
				t.Error(err)
			}
			if _, err := tx.ToldByRule(ctx, 1, sales.At(now)); err != nil {
				t.Error(err)
			}
			_, err = tx.LeaversWithWork(ctx, 10)
			return err
		})
	})
}

func TestAHandoverMovesWhatIsOpenAndNothingElse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db, now := w.Open(), w.Clock.Now()
		to := sales.Person{ID: 2, Name: "李强", TeamID: 9}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			for i := range sales.ID(3) {
				tx.CreateCustomer(sales.Customer{ID: i + 1, Name: "绍兴市立医院", OwnerID: 1, TeamID: 8, Version: 1})
				tx.PutKeeping(sales.Keeping{CustomerID: i + 1, WarnedAt: sales.At(now), WarnedTo: 1, RecallAt: sales.At(now)})
			}
			tx.SetCustomerOwner(sales.CustomerOwner{CustomerID: 3, Line: "耗材", OwnerID: 1})
			tx.CreateTodo(sales.Todo{ID: 11, OwnerID: 1, CustomerID: 1, State: sales.TodoOpen, Version: 1})
			tx.CreateTodo(sales.Todo{ID: 12, OwnerID: 1, CustomerID: 1, State: sales.TodoDone, Version: 1})
			tx.CreateLead(sales.Lead{ID: 13, No: "L1", OwnerID: 1, State: sales.LeadAccepted, Source: "展会", CreatedAt: sales.At(now), Version: 1})
			tx.CreateOpportunity(sales.Opportunity{ID: 14, CustomerID: 1, OwnerID: 1, Stage: sales.StageNeed, Peak: sales.StageNeed, State: sales.OpportunityOpen, Version: 1}, sales.DayOf(now))
			tx.CreateContract(sales.Contract{ID: 15, No: "HT1", CustomerID: 1, OwnerID: 1, State: sales.ContractPending, Version: 1})
			return nil
		})
		counts := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.HandoverCounts, error) {
			return tx.HandoverCounts(ctx, 1, nil)
		})
		if counts != (sales.HandoverCounts{Customers: 3, Lines: 1, Opportunities: 1, Todos: 1, Contracts: 1, Leads: 1}) {
			t.Errorf("counts %+v", counts)
		}
		if one := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.HandoverCounts, error) {
			return tx.HandoverCounts(ctx, 1, []sales.ID{3})
		}); one != (sales.HandoverCounts{Customers: 1, Lines: 1}) {
			t.Errorf("counts of one customer %+v", one)
		}
		for range 20 {
			left := ""
			storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
				kind, ids, err := tx.HandoverBatch(ctx, 1, nil, 2)
				left = kind
				if err != nil {
					return err
				}
				for _, id := range ids {
					tx.AddHandoverItems([]sales.HandoverItem{{HandoverID: 99, Kind: kind, RecordID: id}})
				}
				return tx.MoveRecords(ctx, kind, ids, 1, to)
			})
			if left == "" {
				break
			}
		}
		if rest := read(t, db, func(ctx context.Context, tx *store.Tx) (sales.HandoverCounts, error) {
			return tx.HandoverCounts(ctx, 1, nil)
		}); rest.Total() != 0 {
			t.Errorf("left behind %+v", rest)
		}
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.CustomerByID(ctx, 1)
			if err != nil || c.OwnerID != 2 || c.TeamID != 9 || c.Version != 2 {
				t.Errorf("customer %+v, %v", c, err)
			}
			if k, err := tx.KeepingOf(ctx, c); err != nil || !k.WarnedAt.IsZero() || k.OwnerSince.IsZero() {
				t.Errorf("keeping %+v, %v", k, err)
			}
			if done, err := tx.TodoByID(ctx, 12); err != nil || done.OwnerID != 1 {
				t.Errorf("what was done changed hands: %+v, %v", done, err)
			}
			if mine, err := tx.CustomersOf(ctx, 2, "耗材", 10); err != nil || len(mine) != 4 {
				t.Errorf("by line %+v, %v", mine, err)
			}
			items, err := tx.HandoverItems(ctx, 99, "", 100)
			if err != nil || len(items) != 8 {
				t.Errorf("items %+v, %v", items, err)
			}
			rows, err := tx.LeadSources(ctx, sales.Only(2), sales.At(now.Add(-time.Hour)))
			if err != nil || len(rows) != 1 || rows[0].Leads != 1 {
				t.Errorf("sources %+v, %v", rows, err)
			}
			if s, err := tx.Standing(ctx, sales.Scope{Persons: []sales.PersonID{1, 2}}); err != nil || len(s) != 1 || s[0].PersonID != 2 || s[0].Count != 1 || s[0].TeamID != 9 {
				t.Errorf("where opportunities stand: %+v, %v", s, err)
			}
			loads, err := tx.LeadLoads(ctx, []sales.PersonID{1, 2})
			if err != nil || loads[2].Open != 1 || loads[1].Open != 0 {
				t.Errorf("loads %+v, %v", loads, err)
			}
			return err
		})
	})
}

// Of one company that comes in twice at the same moment there is one lead.
func TestALeadIsTakenInOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		for round := range 10 {
			phone := "1380000" + string(rune('0'+round)) + "678"
			var all sync.WaitGroup
			for range 3 {
				all.Add(1)
				go func() {
					defer all.Done()
					_, err := db.Do(context.Background(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
						twins, err := tx.LeadTwins(ctx, phone, "")
						if err != nil || len(twins) > 0 {
							return err
						}
						id := tx.NewID()
						tx.CreateLead(sales.Lead{ID: id, No: "L" + id.String(), Phone: phone, State: sales.LeadNew, CreatedAt: sales.At(w.Clock.Now()), Version: 1})
						return nil
					}})
					if err != nil {
						t.Error(err)
					}
				}()
			}
			all.Wait()
			twins := read(t, db, func(ctx context.Context, tx *store.Tx) ([]sales.Lead, error) { return tx.LeadTwins(ctx, phone, "") })
			if len(twins) != 1 {
				t.Fatalf("%d leads of %s", len(twins), phone)
			}
		}
	})
}

package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// pair is two customers with something of everything.
type pair struct{ from, into sales.Customer }

func twoCustomers(t *testing.T, w *storetest.World, db *store.DB) pair {
	t.Helper()
	now := sales.At(w.Clock.Now())
	var p pair
	storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
		p.from = sales.Customer{ID: tx.NewID(), Name: "绍兴云岭康复", Phone: "13800000001", Industry: "医疗", Class: "A", OwnerID: 7, TeamID: 3, CreatedAt: now, Version: 1, Aliases: sales.List[string]{"云岭"}}
		p.into = sales.Customer{ID: tx.NewID(), Name: "绍兴云岭康复医院", Phone: "13800000002", Industry: "医院", Class: "B", USCC: "91330602MA288T9Y6J", OwnerID: 8, TeamID: 3, CreatedAt: now, Version: 1}
		for i, c := range []sales.Customer{p.from, p.into} {
			tx.CreateCustomer(c)
			tx.CreateVisit(sales.Visit{ID: tx.NewID(), PersonID: c.OwnerID, CustomerID: c.ID, Day: sales.DayOf(w.Clock.Now()), Text: fmt.Sprint(i), State: "filed", Version: 1})
			tx.CreateTodo(sales.Todo{ID: tx.NewID(), OwnerID: c.OwnerID, CustomerID: c.ID, Text: "寄样", State: sales.TodoOpen, Version: 1})
			tx.CreateContact(sales.Contact{ID: tx.NewID(), CustomerID: c.ID, Name: fmt.Sprintf("王%d", i), Version: 1})
			tx.CreateContract(sales.Contract{ID: tx.NewID(), No: fmt.Sprintf("HT-%d", i), CustomerID: c.ID, OwnerID: c.OwnerID, State: sales.ContractApproved, Version: 1})
			tx.CreateOpportunity(sales.Opportunity{ID: tx.NewID(), CustomerID: c.ID, OwnerID: c.OwnerID, Stage: sales.StageContact, Peak: sales.StageContact, State: sales.OpportunityOpen, StageSince: now, CreatedAt: now, Version: 1}, sales.DayOf(w.Clock.Now()))
			tx.CreateAuthorisation(sales.Authorisation{ID: tx.NewID(), CustomerID: c.ID, ProductID: 5, No: "SQ", Until: sales.DayOf(w.Clock.Now()), State: sales.AuthorisationValid, CreatedAt: now, Version: 1})
			tx.Schedule(sales.Due{ID: tx.NewID(), Kind: "customer.look", SubjectKind: "customer", SubjectID: c.ID, Slot: "both", DueAt: now, State: sales.DuePending})
			tx.Schedule(sales.Due{ID: tx.NewID(), Kind: "customer.look", SubjectKind: "customer", SubjectID: c.ID, Slot: fmt.Sprint(i), DueAt: now, State: sales.DuePending})
		}
		tx.PutDetail(sales.Detail{CustomerID: p.from.ID, Field: sales.FieldBudget, Value: "80万", ConfirmedAt: now})
		tx.PutDetail(sales.Detail{CustomerID: p.into.ID, Field: sales.FieldBudget, Value: "50万", ConfirmedAt: now})
		tx.PutDetail(sales.Detail{CustomerID: p.from.ID, Field: sales.FieldCycle, Value: "每年", ConfirmedAt: now})
		tx.TouchCustomer(p.from.ID, now)
		return nil
	})
	p.from, p.into = customerOf(t, db, p.from.ID), customerOf(t, db, p.into.ID)
	return p
}

func customerOf(t *testing.T, db *store.DB, id sales.ID) (c sales.Customer) {
	t.Helper()
	view(t, db, func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = tx.CustomerByID(ctx, id)
		return err
	})
	return c
}

func view(t *testing.T, db *store.DB, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := db.View(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// state is everything that is known of a customer, without the versions of the rows.
func state(t *testing.T, db *store.DB, id sales.ID) string {
	t.Helper()
	out := ""
	view(t, db, func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.CustomerByID(ctx, id)
		c.Version = 0
		out = fmt.Sprintf("%+v", c)
		visits, err1 := tx.VisitsByCustomer(ctx, id, 50)
		for _, v := range visits {
			out += fmt.Sprintf("\nvisit %d %s", v.ID, v.Text)
		}
		contacts, err2 := tx.ContactsByCustomer(ctx, id)
		for _, v := range contacts {
			out += fmt.Sprintf("\ncontact %d %s", v.ID, v.Name)
		}
		deals, err3 := tx.OpenOpportunities(ctx, id)
		for _, v := range deals {
			out += fmt.Sprintf("\ndeal %d", v.ID)
		}
		letters, err4 := tx.AuthorisationsOf(ctx, id, 0, 0)
		for _, v := range letters {
			out += fmt.Sprintf("\nletter %d", v.ID)
		}
		ds, err5 := tx.Details(ctx, id)
		slices.SortFunc(ds, func(a, b sales.Detail) int { return int(a.ID - b.ID) })
		for _, v := range ds {
			out += fmt.Sprintf("\ndetail %s %s", v.Field, v.Value)
		}
		dues, err6 := tx.DuesOf(ctx, "customer", id)
		for _, v := range dues {
			out += fmt.Sprintf("\ndue %d %s", v.ID, v.Slot)
		}
		for _, e := range []error{err, err1, err2, err3, err4, err5, err6} {
			if e != nil {
				return e
			}
		}
		return nil
	})
	return out
}

func mergePair(t *testing.T, db *store.DB, w *storetest.World, p pair) sales.Merge {
	t.Helper()
	var m sales.Merge
	storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
		ds, err := tx.Details(ctx, p.from.ID, p.into.ID)
		if err != nil {
			return err
		}
		var mine, theirs []sales.Detail
		for _, d := range ds {
			if d.CustomerID == p.from.ID {
				theirs = append(theirs, d)
			} else {
				mine = append(mine, d)
			}
		}
		s := sales.MergeCustomers(p.from, p.into, theirs, mine)
		sides, err := s.Encode()
		if err != nil {
			return err
		}
		m = sales.Merge{
			ID: tx.NewID(), FromID: p.from.ID, IntoID: p.into.ID, FromName: p.from.Name, IntoName: p.into.Name, MergedBy: 9,
			MergedAt: sales.At(w.Clock.Now()), UndoUntil: sales.At(w.Clock.Now().Add(time.Hour)), State: sales.MergeDone, Sides: sides, Version: 1,
		}
		n, err := tx.MergeCustomers(ctx, m, s)
		if n != 7 { // visit, to-do, contact, contract, opportunity, letter, and of two due rows the one that only it has
			t.Errorf("%d rows followed, want 7", n)
		}
		return err
	})
	return m
}

func unmergePair(t *testing.T, db *store.DB, w *storetest.World, m sales.Merge) {
	t.Helper()
	storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
		m, err := tx.MergeByID(ctx, m.ID)
		if err != nil {
			return err
		}
		s, err := m.Sided()
		if err != nil {
			return err
		}
		into, err := tx.CustomerByID(ctx, m.IntoID)
		if err != nil {
			return err
		}
		ds, err := tx.Details(ctx, m.IntoID)
		if err != nil {
			return err
		}
		m.State, m.UndoneBy, m.UndoneAt = sales.MergeUndone, 9, sales.At(w.Clock.Now())
		return tx.UnmergeCustomers(ctx, m, s, into, ds)
	})
}

func TestAMergeTakesEverythingAlongAndIsTakenBackExactly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		p := twoCustomers(t, w, db)
		before := [2]string{state(t, db, p.from.ID), state(t, db, p.into.ID)}
		m := mergePair(t, db, w, p)

		got := customerOf(t, db, p.from.ID)
		if got.ID != p.into.ID || got.Name != p.into.Name {
			t.Fatalf("the old id leads to %+v", got)
		}
		if got.Phone != p.from.Phone || got.Class != "A" || got.USCC != p.into.USCC || got.OwnerID != p.into.OwnerID || !got.LastContactAt.Equal(p.from.LastContactAt.Time) {
			t.Errorf("the newest and highest facts are not kept: %+v", got)
		}
		if !slices.Contains(got.Aliases, p.from.Name) || !slices.Contains(got.Aliases, "云岭") {
			t.Errorf("aliases %v", got.Aliases)
		}
		view(t, db, func(ctx context.Context, tx *store.Tx) error {
			visits, err := tx.VisitsByCustomer(ctx, p.into.ID, 9)
			if err != nil || len(visits) != 2 {
				t.Errorf("%d visits, %v", len(visits), err)
			}
			deals, err := tx.OpenOpportunities(ctx, p.into.ID)
			if err != nil || len(deals) != 2 {
				t.Errorf("%d deals, %v", len(deals), err)
			}
			c, err := tx.ContractByNo(ctx, "HT-0")
			if err != nil || c.CustomerID != p.into.ID {
				t.Errorf("the contract is %d's, %v", c.CustomerID, err)
			}
			ds, err := tx.Details(ctx, p.into.ID)
			if err != nil || sales.DetailOf(got, ds, sales.FieldBudget) != "80万" || sales.DetailOf(got, ds, sales.FieldCycle) != "每年" {
				t.Errorf("details %+v, %v", ds, err)
			}
			hits, err := tx.DuplicateCustomers(ctx, "", "", "绍兴云岭康复", 5)
			if err != nil || len(hits) != 1 || hits[0].ID != p.into.ID {
				t.Errorf("duplicates %+v, %v", hits, err)
			}
			return err
		})

		master, err := db.LoadMaster(context.Background())
		if err != nil || master.Merged[p.from.ID] != p.into.ID || len(master.Customers) != 1 {
			t.Errorf("master data: %+v %v", master.Merged, err)
		}
		unmergePair(t, db, w, m)
		for i, id := range []sales.ID{p.from.ID, p.into.ID} {
			if got := state(t, db, id); got != before[i] {
				t.Errorf("after taking it back:\n%s\nbefore:\n%s", got, before[i])
			}
		}
	})
}

func TestWhatIsFiledForAMergedCustomerFollows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		p := twoCustomers(t, w, db)
		mergePair(t, db, w, p)
		late := sales.ID(0)
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error { // from a draft of before
			late = tx.NewID()
			tx.CreateVisit(sales.Visit{ID: late, PersonID: 7, CustomerID: p.from.ID, Day: sales.DayOf(w.Clock.Now()), State: "filed", Version: 1})
			return nil
		})
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.FollowMerges(ctx, sales.At(w.Clock.Now().Add(-time.Hour)))
			if n != 1 {
				t.Errorf("%d rows followed, want 1", n)
			}
			return err
		})
		view(t, db, func(ctx context.Context, tx *store.Tx) error {
			v, err := tx.VisitByID(ctx, late)
			if v.CustomerID != p.into.ID {
				t.Errorf("the late visit is %d's", v.CustomerID)
			}
			return err
		})
	})
}

func TestAChangeMadeMeanwhileStopsAMerge(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		p := twoCustomers(t, w, db)
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			c := p.from
			c.Phone = "13911112222"
			tx.UpdateCustomer(c)
			return nil
		})
		_, err := db.Do(context.Background(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
			s := sales.MergeCustomers(p.from, p.into, nil, nil) // as read before the change
			_, err := tx.MergeCustomers(ctx, sales.Merge{ID: tx.NewID(), FromID: p.from.ID, IntoID: p.into.ID, State: sales.MergeDone, Sides: "{}", Version: 1}, s)
			return err
		}})
		if sales.KindOf(err) != sales.Conflict && sales.KindOf(err) != sales.Unavailable {
			t.Errorf("merging over a change: %v", err)
		}
		if got := customerOf(t, db, p.from.ID); got.Phone != "13911112222" || got.ID != p.from.ID {
			t.Errorf("the change is lost: %+v", got)
		}
	})
}

func TestCustomersOfAnEarlierReleaseGetKeys(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		p := twoCustomers(t, w, db)
		for _, id := range []sales.ID{p.from.ID, p.into.ID} {
			if err := db.Exec(context.Background(), "DELETE FROM customer_keys WHERE customer_id = ?", id); err != nil {
				t.Fatal(err)
			}
		}
		for want := 2; want >= 0; want -= 2 {
			if n, err := db.KeyCustomers(context.Background()); err != nil || n != want {
				t.Errorf("%d keyed, want %d: %v", n, want, err)
			}
		}
		view(t, db, func(ctx context.Context, tx *store.Tx) error {
			hits, err := tx.DuplicateCustomers(ctx, "", "", "绍兴云领康复", 5)
			if len(hits) == 0 {
				t.Error("not found by a homophone")
			}
			return err
		})
	})
}

package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"salesflow/store"
	"salesflow/store/approval"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func TestPapersBesideContractsComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		now := sales.At(w.Clock.Now())
		q := sales.Quote{
			ID: 1, No: "BJ2026-001", Kind: sales.QuotePlain, CustomerID: 101, OwnerID: 7, TeamID: 2, Amount: 36 * sales.Wan, ListAmount: 40 * sales.Wan,
			Lines:      sales.List[sales.QuoteLine]{{Product: 201, Name: "生化分析仪", Unit: "台", Qty: 200, Price: 18 * sales.Wan}},
			ValidUntil: sales.NewDay(2026, time.April, 10), Reason: "竞品降价", Files: sales.List[sales.ID]{5}, RequestID: 2, State: sales.QuotePending,
			CreatedAt: now, SourceEventID: "e1", Version: 1,
		}
		d := sales.Delegation{
			ID: 3, PersonID: 7, DeputyID: 8, Kinds: sales.List[string]{"contract"}, From: now, Until: sales.At(now.Add(48 * time.Hour)),
			State: sales.AbsenceActive, CreatedAt: now, SourceEventID: "e1", Version: 1,
		}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error {
			tx.CreateQuote(q)
			tx.CreateDelegation(d)
			tx.PutContractPaper(sales.ContractPaper{ContractID: 11, TaxRate: 1300, State: sales.PaperAsked, AskedBy: 7, AskedAt: now, DueOn: q.ValidUntil})
			tx.PutCredit(sales.Credit{ID: 9, CustomerID: 101, Limit: sales.Wan, SetBy: 7, SetAt: now})
			return nil
		})
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.QuoteByNo(ctx, q.No)
			if diff := cmp.Diff(q, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
			given, err := tx.Delegations(ctx, []sales.PersonID{7, 9}, now, sales.At(now.Add(time.Millisecond)))
			if diff := cmp.Diff([]sales.Delegation{d}, given); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
			if over, err := tx.Delegations(ctx, []sales.PersonID{7}, d.Until, sales.At(d.Until.Add(time.Hour))); len(over) != 0 || err != nil {
				t.Errorf("a delegation goes on after its end: %v, %v", over, err)
			}
			p, err := tx.ContractPaperOf(ctx, 11)
			if err != nil || p.State != sales.PaperAsked || p.DueOn != q.ValidUntil || p.Version != 1 {
				t.Errorf("%+v, %v", p, err)
			}
			p.State = sales.PaperSealed
			tx.PutContractPaper(p)
			c, err := tx.CreditOf(ctx, 101)
			c.Limit = 2 * sales.Wan
			tx.PutCredit(c)
			got.State = sales.QuoteApproved
			tx.UpdateQuote(got)
			return err
		})
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			p, err := tx.ContractPaperOf(ctx, 11)
			c, cerr := tx.CreditOf(ctx, 101)
			none, nerr := tx.CreditOf(ctx, 102)
			open, oerr := tx.PapersOpen(ctx, 10)
			list, lerr := tx.QuotesOf(ctx, sales.Only(7), 101, 10)
			if err != nil || cerr != nil || nerr != nil || oerr != nil || lerr != nil {
				t.Fatal(err, cerr, nerr, oerr, lerr)
			}
			if p.Version != 2 || p.State != sales.PaperSealed || c.Limit != 2*sales.Wan || none.Limit != 0 || none.CustomerID != 102 || len(open) != 1 {
				t.Errorf("%+v %+v %+v %+v", p, c, none, open)
			}
			if len(list) != 1 || list[0].State != sales.QuoteApproved || list[0].Version != 2 {
				t.Errorf("quotes %+v", list)
			}
			return nil
		})
	})
}

func TestADeputyFindsWhatTheyStandInFor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		r := approval.Request{
			ID: 1, Kind: approval.Contract, Record: 2, State: approval.Pending, Version: 1, SubmittedAt: sales.At(w.Clock.Now()),
			Steps: sales.List[approval.Step]{{Mode: approval.AnyOf, Approvers: []approval.Approver{
				{Person: 5, Name: "赵磊", State: approval.ApproverPending, Deputy: 6, DeputyName: "孙静"},
			}}},
		}
		storetest.Do(t, db, func(_ context.Context, tx *store.Tx) error { tx.CreateRequest(r); return nil })
		waits := func(p sales.PersonID) (n int) {
			storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
				rs, err := tx.PendingRequests(ctx, p, 10)
				n = len(rs)
				return err
			})
			return n
		}
		if waits(5) != 1 || waits(6) != 1 {
			t.Errorf("it waits for %d and %d", waits(5), waits(6))
		}
		storetest.Do(t, db, func(ctx context.Context, tx *store.Tx) error {
			r, err := tx.RequestByID(ctx, 1)
			r, _ = approval.Cover(r, nil)
			tx.UpdateRequest(r)
			return err
		})
		if waits(5) != 1 || waits(6) != 0 {
			t.Errorf("after the return it waits for %d and %d", waits(5), waits(6))
		}
	})
}

package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// oldWay and newWay are two versions of a pipeline: the first stage has another key and the same name, the second is gone, and
// the third is where it was. Between them lies a stage more.
func oldWay() *sales.Pipeline {
	return &sales.Pipeline{Key: "m", Name: "医疗流程", Stages: []sales.StageDef{{Key: "m.lead", Name: "线索"}, {Key: "m.solution", Name: "方案"}, {Key: "m.quote", Name: "报价"}}}
}

func newWay() *sales.Pipeline {
	return &sales.Pipeline{Key: "m", Name: "医疗流程", Stages: []sales.StageDef{{Key: "m.lead2", Name: "线索"}, {Key: "m.need", Name: "需求"}, {Key: "m.quote", Name: "报价"}, {Key: "m.paid", Name: "回款"}}}
}

// moving is a company whose pipeline has changed.
type moving struct {
	t    *testing.T
	db   *store.DB
	ways *sales.Pipelines
	org  *sales.Org
	now  func() sales.Instant
}

func (m *moving) do(fn func(ctx context.Context, tx *store.Tx) error) {
	m.t.Helper()
	storetest.Do(m.t, m.db, fn)
}

var errCrash = errors.New("the process is gone")

// part does one part of a change; crash undoes it as a crash before the commit does.
func (m *moving) part(id sales.ID, crash bool) (more bool) {
	m.t.Helper()
	_, err := m.db.Do(m.t.Context(), store.Work{Fn: func(ctx context.Context, tx *store.Tx) error {
		dec, err := scheduler.WayChanges{Ways: m.ways}.Run(ctx, scheduler.Moment{
			Now: m.now().Time, Today: wednesday, Org: m.org, Due: sales.Due{ID: 9, SubjectID: id},
		}, tx)
		more = !dec.Again.IsZero()
		if err == nil && crash {
			err = errCrash
		}
		return err
	}})
	if crash != errors.Is(err, errCrash) {
		m.t.Fatalf("a part ended with %v", err)
	}
	return more
}

// state is where open deals stand by version and stage, and what the funnel counts.
func (m *moving) state() (out map[string]int) {
	m.t.Helper()
	out = map[string]int{}
	m.do(func(ctx context.Context, tx *store.Tx) error {
		counts, err := tx.WayCounts(ctx)
		for _, c := range counts {
			out[fmt.Sprintf("v%d %s", c.Version, c.Stage)] = c.Deals
		}
		standing, err2 := tx.StandingTogether(ctx, sales.Scope{All: true})
		for _, c := range standing {
			out["standing "+string(c.Stage)] = c.Count
		}
		rows, err3 := tx.Funnel(ctx, sales.Scope{All: true}, "", wednesday, wednesday, "")
		for _, r := range rows {
			out["entered "+string(r.Stage)] = r.Entered
		}
		return errors.Join(err, err2, err3)
	})
	return out
}

func TestDealsAreBroughtToANewVersionPartByPartAndBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		m := &moving{t: t, db: w.Open(), org: sales.NewOrg(1, people(), teams, nil), now: func() sales.Instant { return sales.At(w.Clock.Now()) }}
		var err error
		if m.ways, err = m.db.UsePipelines(t.Context(), []*sales.Pipeline{sales.Standard, oldWay()}); err != nil {
			t.Fatal(err)
		}
		old := m.ways.Find("m", 1)
		const deals = 130
		m.do(func(_ context.Context, tx *store.Tx) error {
			for i := range deals {
				o := sales.Opportunity{
					ID: sales.ID(1000 + i), CustomerID: 7, OwnerID: repA, TeamID: team, Amount: sales.Wan, StageSince: m.now(), CreatedAt: m.now(), State: sales.OpportunityOpen, Version: 1,
				}.On(old)
				o.Stage = old.Stages[i%3].Key
				o.Peak = old.Stages[max(i%3, i%2)].Key
				tx.CreateOpportunity(o, wednesday)
			}
			return nil
		})
		before := m.state()
		if m.ways, err = m.db.UsePipelines(t.Context(), []*sales.Pipeline{sales.Standard, newWay()}); err != nil {
			t.Fatal(err)
		}
		to := m.ways.Find("m", 2)
		change := sales.WayChange{ID: 77, Pipeline: "m", ToPipeline: "m", ToVersion: 2, State: sales.WayRunning, Total: deals, ByID: boss, CreatedAt: m.now(), Version: 1}
		for _, s := range old.Stages {
			goal := sales.MapStage(old, s.Key, to)
			if s.Key == "m.solution" {
				if goal != "" {
					t.Errorf("方案 goes to %s by itself", goal)
				}
				goal = "m.need"
			}
			change.Stages = append(change.Stages, sales.StagePair{From: s.Key, To: goal})
		}
		m.do(func(_ context.Context, tx *store.Tx) error { tx.CreateWayChange(change); return nil })

		m.part(77, false)
		m.part(77, true) // killed in the middle: the part is done again
		for m.part(77, false) {
		}
		after := m.state()
		if after["v2 m.lead2"] != before["v1 m.lead"] || after["v2 m.need"] != before["v1 m.solution"] || after["v2 m.quote"] != before["v1 m.quote"] || after["v1 m.lead"] != 0 {
			t.Errorf("before %v, after %v", before, after)
		}
		if after["entered m.lead"] != deals || after["entered m.lead2"] != deals || after["entered m.quote"] != before["entered m.quote"] || after["standing m.need"] != before["v1 m.solution"] {
			t.Errorf("sums before %v, after %v", before, after)
		}

		// One deal goes on, by way of a stage that it had reached in the old version.
		m.do(func(ctx context.Context, tx *store.Tx) error {
			o, err := tx.OpportunityByID(ctx, 1001)
			was := o
			o.Stage, o.Peak, o.StageSince = "m.paid", "m.paid", m.now()
			tx.MoveOpportunity(o, was, sales.StageMove{ID: tx.NewID(), OpportunityID: o.ID, From: was.Stage, To: o.Stage, Day: wednesday, MovedAt: m.now()})
			return err
		})
		m.do(func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.WayChangeByID(ctx, 77)
			if c.State != sales.WayDone || c.Moved != deals || c.Kept != 0 {
				t.Errorf("the change ends as %+v", c)
			}
			c.State = sales.WayUndoing
			tx.UpdateWayChange(c)
			return err
		})
		m.part(77, false)
		m.part(77, true)
		for m.part(77, false) {
		}
		back := m.state()
		want := map[string]int{}
		for k, n := range before {
			want[k] = n
		}
		// The deal that went on stays, with all it has reached.
		want["v1 m.solution"]--
		want["standing m.solution"]--
		want["v2 m.paid"], want["standing m.paid"] = 1, 1
		want["entered m.lead2"], want["entered m.need"], want["entered m.paid"] = 1, 1, 1
		want["entered m.quote"]++
		if diff := cmp.Diff(want, back); diff != "" {
			t.Errorf("after it was taken back (-want +got):\n%s", diff)
		}
	})
}

package aggregate_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"pgregory.net/rapid"

	"salesflow/store"
	"salesflow/store/aggregate"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

func TestEntries(t *testing.T) {
	t.Parallel()
	day := sales.NewDay(2026, 3, 11)
	opp := func(stage, peak sales.Stage) sales.Opportunity {
		return sales.Opportunity{ID: 1, Stage: stage, Peak: peak, Amount: sales.Wan}
	}
	for _, tt := range []struct {
		name          string
		after, before sales.Opportunity
		want          []sales.Stage
	}{
		{"a new one has reached all stages up to its own", opp(sales.StageNeed, sales.StageNeed), sales.Opportunity{}, []sales.Stage{sales.StageContact, sales.StageNeed}},
		{"one step on", opp(sales.StageProposal, sales.StageProposal), opp(sales.StageNeed, sales.StageNeed), []sales.Stage{sales.StageProposal}},
		{"a leap counts what was leapt over", opp(sales.StageContract, sales.StageContract), opp(sales.StageNeed, sales.StageNeed), []sales.Stage{sales.StageProposal, sales.StageNegotiation, sales.StageContract}},
		{"a step back counts nothing", opp(sales.StageContact, sales.StageProposal), opp(sales.StageProposal, sales.StageProposal), nil},
		{"nor the way up again", opp(sales.StageProposal, sales.StageProposal), opp(sales.StageContact, sales.StageProposal), nil},
		{"winning is a stage of its own", opp(sales.StageWon, sales.StageWon), opp(sales.StageContract, sales.StageContract), []sales.Stage{sales.StageWon}},
		{"losing is none", opp(sales.StageLost, sales.StageNeed), opp(sales.StageNeed, sales.StageNeed), nil},
	} {
		var got []sales.Stage
		for _, e := range aggregate.Entries(tt.after, tt.before, day) {
			got = append(got, e.Stage)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

// world is the funnel as the simplest of programs would count it: from the first entries alone.
type world struct {
	opps    map[sales.ID]sales.Opportunity
	entries map[string]aggregate.Entry
}

func (w *world) enter(o, before sales.Opportunity, day sales.Day) {
	for _, e := range aggregate.Entries(o, before, day) {
		w.entries[fmt.Sprint(o.ID, e.Stage)] = e
	}
}

func (w *world) funnel(from, to sales.Day) map[string]int {
	out := map[string]int{}
	for _, e := range w.entries {
		o := w.opps[e.OpportunityID]
		if !e.Day.Before(from) && !e.Day.After(to) {
			out[fmt.Sprint(e.PersonID, e.Stage, " n")]++
			out[fmt.Sprint(e.PersonID, e.Stage, " fen")] += int(o.Amount)
		}
	}
	return out
}

func asked(rows []sales.FunnelRow) map[string]int {
	out := map[string]int{}
	for _, r := range rows {
		out[fmt.Sprint(r.PersonID, r.Stage, " n")] = r.Entered
		if r.Amount != 0 {
			out[fmt.Sprint(r.PersonID, r.Stage, " fen")] = int(r.Amount)
		}
	}
	return out
}

func drop0(m map[string]int) map[string]int {
	for k, v := range m {
		if v == 0 {
			delete(m, k)
		}
	}
	return m
}

// Whatever is done to opportunities, the sums are those of the first entries at today's amounts, and a rebuild changes
// nothing.
func TestSumsAreThoseOfTheEntries(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, w *storetest.World) {
		db := w.Open()
		raw := open(t, w)
		first := sales.NewDay(2026, 3, 1)
		rapid.Check(t, func(rt *rapid.T) {
			for _, table := range []string{"opportunities", "stage_moves", "stage_entries", "funnel_sums", "standing_sums", "outcome_sums"} {
				if _, err := raw.Exec("DELETE FROM " + table); err != nil {
					rt.Fatal(err)
				}
			}
			model := &world{opps: map[sales.ID]sales.Opportunity{}, entries: map[string]aggregate.Entry{}}
			for range rapid.IntRange(1, 12).Draw(rt, "steps") {
				step(rt, db, model, first.AddDays(rapid.IntRange(0, 20).Draw(rt, "day")))
			}
			from := first.AddDays(rapid.IntRange(0, 10).Draw(rt, "from"))
			to := from.AddDays(rapid.IntRange(0, 15).Draw(rt, "span"))
			if rapid.Bool().Draw(rt, "long") {
				from, to = from.AddDays(-rapid.IntRange(0, 800).Draw(rt, "before")), to.AddDays(rapid.IntRange(0, 800).Draw(rt, "after"))
			}
			want := drop0(model.funnel(from, to))
			if diff := cmp.Diff(want, drop0(asked(funnel(rt, raw, from, to)))); diff != "" {
				rt.Fatalf("funnel from %s to %s (-entries +sums):\n%s", from, to, diff)
			}
			standing := drop0(model.standing())
			if diff := cmp.Diff(standing, drop0(stood(rt, raw))); diff != "" {
				rt.Fatalf("open opportunities (-model +sums):\n%s", diff)
			}
			ended := drop0(model.ended())
			if diff := cmp.Diff(ended, drop0(outcomes(rt, raw))); diff != "" {
				rt.Fatalf("how deals ended (-model +sums):\n%s", diff)
			}
			for _, by := range []string{"", "team", "line"} {
				if got, want := totals(funnelBy(rt, raw, from, to, by)), totals(funnelBy(rt, raw, from, to, "person")); !cmp.Equal(got, want) {
					rt.Fatalf("from %s to %s by %q: %v, by person %v", from, to, by, got, want)
				}
			}
			rebuild(rt, raw)
			if diff := cmp.Diff(standing, drop0(stood(rt, raw))); diff != "" {
				rt.Fatalf("open opportunities after a rebuild:\n%s", diff)
			}
			if diff := cmp.Diff(ended, drop0(outcomes(rt, raw))); diff != "" {
				rt.Fatalf("how deals ended after a rebuild:\n%s", diff)
			}
			if diff := cmp.Diff(want, drop0(asked(funnel(rt, raw, from, to)))); diff != "" {
				rt.Fatalf("after a rebuild:\n%s", diff)
			}
		})
	})
}

// standing is where the open opportunities stand, by owner and together.
func (w *world) standing() map[string]int {
	out := map[string]int{}
	for _, o := range w.opps {
		if o.State == sales.OpportunityOpen {
			for _, who := range []any{o.OwnerID, "all"} {
				out[fmt.Sprint(who, o.Stage, " n")]++
				out[fmt.Sprint(who, o.Stage, " fen")] += int(o.Amount)
			}
		}
	}
	return out
}

// ended is how closed deals ended, by each stage they had reached, for each cut.
func (w *world) ended() map[string]int {
	out := map[string]int{}
	for _, e := range w.entries {
		o := w.opps[e.OpportunityID]
		if o.State == sales.OpportunityOpen {
			continue
		}
		for _, cut := range []string{"all ", "line " + o.Line, "team " + o.TeamID.String()} {
			out[fmt.Sprint(e.Stage, " ", cut, " ", o.State)]++
		}
	}
	return out
}

func outcomes(rt *rapid.T, raw *sqlx.DB) map[string]int {
	var rows []sales.OutcomeSum
	if err := raw.Select(&rows, "SELECT stage, cut, cut_key, won, lost FROM outcome_sums"); err != nil {
		rt.Fatal(err)
	}
	out := map[string]int{}
	for _, r := range rows {
		out[fmt.Sprint(r.Stage, " ", r.Cut, " ", r.Key, " won")] = int(r.Won)
		out[fmt.Sprint(r.Stage, " ", r.Cut, " ", r.Key, " lost")] = int(r.Lost)
	}
	return out
}

// rebuild makes the sums anew in one transaction: the many statements would wait for the disk one by one.
func rebuild(rt *rapid.T, raw *sqlx.DB) {
	tx, err := raw.Beginx()
	if err == nil {
		err = errors.Join(aggregate.Rebuild(context.Background(), tx), tx.Commit())
	}
	if err != nil {
		rt.Fatal(err)
	}
}

func stood(rt *rapid.T, q aggregate.Querier) map[string]int {
	out := map[string]int{}
	for _, together := range []bool{false, true} {
		rows, err := aggregate.Standing(context.Background(), q, sales.Scope{All: true}, together)
		if err != nil {
			rt.Fatal(err)
		}
		for _, r := range rows {
			who := any(r.PersonID)
			if together {
				who = "all"
			}
			out[fmt.Sprint(who, r.Stage, " n")] = r.Count
			out[fmt.Sprint(who, r.Stage, " fen")] = int(r.Amount)
		}
	}
	return out
}

// totals adds a funnel up over whatever it was cut by.
func totals(rows []sales.FunnelRow) map[sales.Stage][2]int {
	out := map[sales.Stage][2]int{}
	for _, r := range rows {
		v := out[r.Stage]
		out[r.Stage] = [2]int{v[0] + r.Entered, v[1] + int(r.Amount)}
	}
	return out
}

func funnel(rt *rapid.T, q aggregate.Querier, from, to sales.Day) []sales.FunnelRow {
	return funnelBy(rt, q, from, to, "person")
}

func funnelBy(rt *rapid.T, q aggregate.Querier, from, to sales.Day, by string) []sales.FunnelRow {
	rows, err := aggregate.Funnel(context.Background(), q, aggregate.Question{Scope: sales.Scope{All: true}, From: from, To: to, By: by})
	if err != nil {
		rt.Fatal(err)
	}
	return rows
}

func open(t *testing.T, w *storetest.World) *sqlx.DB {
	t.Helper()
	driver, dsn := "mysql", w.Options.DSN
	if w.Name == "sqlite" {
		driver, dsn = "sqlite", "file:"+filepath.Join(w.Options.DataDir, "salesflow.db")+"?_pragma=busy_timeout(5000)"
	}
	raw, err := sqlx.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	return raw
}

// step creates, moves or corrects an opportunity, in the store and in the model.
func step(rt *rapid.T, db *store.DB, model *world, day sales.Day) {
	id := sales.ID(rapid.IntRange(1, 4).Draw(rt, "id"))
	amount := sales.Money(rapid.IntRange(0, 3).Draw(rt, "amount")) * sales.Wan
	stage := rapid.SampledFrom(append([]sales.Stage{sales.StageWon, sales.StageLost}, sales.Standard.Steps()[:5]...)).Draw(rt, "stage")
	before, exists := model.opps[id]
	o := before
	o.Amount = amount
	if !exists {
		if sales.Standard.Index(stage) < 0 {
			stage = sales.StageContact
		}
		o = sales.Opportunity{
			ID: id, OwnerID: sales.PersonID(id%2 + 1), TeamID: id%2 + 1, Line: []string{"检验", "耗材"}[id/2%2], Amount: amount, Stage: stage, Peak: stage, State: sales.OpportunityOpen, Version: 1,
		}
	}
	move := exists && rapid.Bool().Draw(rt, "move")
	_, err := db.Do(context.Background(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
		switch {
		case !exists:
			tx.CreateOpportunity(o, day)
		case move:
			o.Stage, o.State = stage, sales.OpportunityOpen
			switch stage {
			case sales.StageWon:
				o.State = sales.OpportunityWon
			case sales.StageLost:
				o.State = "lost"
			}
			o.Peak = o.Way.Further(o.Peak, stage)
			tx.MoveOpportunity(o, before, sales.StageMove{ID: tx.NewID(), OpportunityID: id, From: before.Stage, To: stage, Day: day})
		default:
			tx.UpdateOpportunity(o)
		}
		return nil
	}})
	if err != nil {
		rt.Fatal(err)
	}
	if !exists || move {
		model.enter(o, before, day)
	}
	if exists {
		o.Version++
	}
	model.opps[id] = o
}

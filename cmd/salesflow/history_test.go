package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"salesflow/configs"
	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/sales"
)

// testStart is the demo's first moment.
var testStart = time.Date(2026, 3, 11, 10, 0, 0, 0, sales.Shanghai)

// demoOrg is the demo's organisation.
func demoOrg(t *testing.T) configs.Org {
	t.Helper()
	org, err := configs.LoadOrg(configs.DemoOrg, configs.Demo.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	return org
}

// demoProgram is the demo's program without its platforms, its past included.
func demoProgram(t *testing.T) *program {
	t.Helper()
	org := demoOrg(t)
	cfg := configs.Default()
	cfg.DataDir = t.TempDir()
	p, err := build(context.Background(), cfg, options{
		clock: scheduler.NewStepClock(time.Now, testStart), log: zerolog.Nop(), poll: 10 * time.Millisecond, org: org, wall: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	})
	if err := p.history(context.Background(), testStart); err != nil {
		t.Fatal(err)
	}
	return p
}

// see reads from the program's store.
func see(t *testing.T, p *program, f func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := p.db.View(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func personCalled(t *testing.T, p *program, code string) sales.Person {
	t.Helper()
	org, err := p.books.Org(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range org.People() {
		if one.Code == code {
			return one
		}
	}
	t.Fatalf("nobody is %s", code)
	return sales.Person{}
}

func TestHistoryMakesFunnelsThatNarrow(t *testing.T) {
	t.Parallel()
	p := demoProgram(t)
	periods := []struct {
		name     string
		from, to sales.Day
	}{
		{"本月", sales.NewDay(2026, 3, 1), sales.NewDay(2026, 3, 11)},
		{"上月同期", sales.NewDay(2026, 2, 1), sales.NewDay(2026, 2, 11)},
		{"上月", sales.NewDay(2026, 2, 1), sales.NewDay(2026, 2, 28)},
	}
	whose := map[string]sales.Scope{
		"全司": {All: true},
		"周敏": {Persons: []sales.PersonID{personCalled(t, p, "zhoumin").ID}},
		"李强": {Persons: []sales.PersonID{personCalled(t, p, "liqiang").ID}},
	}
	see(t, p, func(ctx context.Context, tx *store.Tx) error {
		for _, period := range periods {
			for who, scope := range whose {
				rows, err := tx.Funnel(ctx, scope, "", period.from, period.to, "")
				if err != nil {
					return err
				}
				if len(rows) != 6 {
					t.Errorf("%s %s: %d stages, want all six", period.name, who, len(rows))
				}
				for i := 1; i < len(rows); i++ {
					if rows[i].Entered > rows[i-1].Entered {
						t.Errorf("%s %s: %s has %d, more than the %d of %s", period.name, who, rows[i].Stage, rows[i].Entered,
							rows[i-1].Entered, rows[i-1].Stage)
					}
				}
			}
		}
		return nil
	})
}

func TestHistoryLeavesNothingToDoInTheFirstHours(t *testing.T) {
	t.Parallel()
	p := demoProgram(t)
	next, err := p.db.NextWakeAt(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if next.Sub(testStart) < 3*time.Hour || next.Sub(testStart) > 24*time.Hour {
		t.Errorf("first reminder at %v, want it later on the first day", next.In(sales.Shanghai))
	}
	counts, err := p.db.DeliveryCounts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(counts) > 0 {
		t.Errorf("deliveries %v, want none", counts)
	}
	see(t, p, func(ctx context.Context, tx *store.Tx) error {
		open := 0
		for _, code := range []string{"zhoumin", "liqiang", "linxia"} {
			list, err := tx.OpenTodos(ctx, personCalled(t, p, code).ID, 50)
			if err != nil {
				return err
			}
			open += len(list)
		}
		if open == 0 || open > 6 {
			t.Errorf("%d open to-dos, want 1 to 6", open)
		}
		return nil
	})
}

func TestHistoryIsADayLikeAnyOther(t *testing.T) {
	t.Parallel()
	p := demoProgram(t)
	yesterday := sales.NewDay(2026, 3, 10)
	everyone := sales.Scope{All: true}
	see(t, p, func(ctx context.Context, tx *store.Tx) error {
		for _, code := range []string{"zhoumin", "liqiang"} {
			who := personCalled(t, p, code)
			for day, n := yesterday, 0; n < 20; day, n = p.books.cal.PrevWorkday(day), n+1 {
				visits, err := tx.VisitsOn(ctx, who.ID, day)
				if err != nil {
					return err
				}
				if len(visits) < 2 || len(visits) > 6 {
					t.Errorf("%s made %d visits on %s", who.Name, len(visits), day)
				}
				for _, v := range visits {
					if v.FiledAt.After(day.At(19, 0)) || v.Text == "" || v.CustomerID == 0 || v.ContactID == 0 {
						t.Errorf("visit %+v", v)
					}
				}
			}
		}
		reports, err := tx.ReportsOn(ctx, everyone, yesterday)
		if err != nil {
			return err
		}
		if len(reports) != 3 {
			t.Errorf("%d reports of yesterday, want those of the three reps", len(reports))
		}
		stood, err := tx.Captures(ctx, everyone, yesterday)
		if err != nil {
			return err
		}
		now, err := tx.Standing(ctx, everyone)
		if err != nil {
			return err
		}
		if len(stood) != len(now) {
			t.Errorf("%d rows were captured yesterday, %d stand today", len(stood), len(now))
		}
		return nil
	})
}

// The dialogue of the product's first page needs this deal.
func TestHistoryHasTheHospitalAtProposal(t *testing.T) {
	t.Parallel()
	p := demoProgram(t)
	book, err := p.books.Book(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	see(t, p, func(ctx context.Context, tx *store.Tx) error {
		for _, c := range book.Customers.All() {
			if c.Code != "C001" {
				continue
			}
			open, err := tx.OpenOpportunities(ctx, c.ID)
			if err != nil {
				return err
			}
			if len(open) != 1 || open[0].Stage != sales.StageProposal || open[0].Amount != 128*sales.Wan {
				t.Errorf("open at %s: %+v", c.Name, open)
			}
		}
		return nil
	})
}

func TestHistoryIsTheSameAndOnlyOnce(t *testing.T) {
	t.Parallel()
	texts := func(p *program) []string {
		var out []string
		see(t, p, func(ctx context.Context, tx *store.Tx) error {
			for day := sales.NewDay(2026, 1, 20); day.Before(sales.NewDay(2026, 3, 11)); day = day.AddDays(1) {
				visits, err := tx.VisitsOn(ctx, personCalled(t, p, "zhoumin").ID, day)
				if err != nil {
					return err
				}
				for _, v := range visits {
					out = append(out, v.FiledAt.String()+v.Text+v.Objection)
				}
			}
			return nil
		})
		return out
	}
	a, b := demoProgram(t), demoProgram(t)
	if err := a.history(context.Background(), testStart); err != nil {
		t.Fatal(err)
	}
	if first, second := texts(a), texts(b); !slices.Equal(first, second) || len(first) < 60 {
		t.Errorf("two pasts differ: %d and %d visits", len(first), len(second))
	}
}

package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"salesflow/store"
	"salesflow/store/aggregate"
	"salesflow/store/sales"
)

const points = 50 // point SELECTs that a funnel may cost

// funnel compares what the command 漏斗 reads with point SELECTs. The director's reads are those of handlers.Funnel: the
// period, the one before, the parts by team, and where open opportunities stand; a lead's are of ten people, with the
// company beside them and the parts by person.
func (w *world) funnel(ctx context.Context) error {
	fmt.Printf("\nwhat a funnel reads, and %d point SELECTs of a customer by its id\n", points)
	t := table()
	fmt.Fprintln(t, "visits\topportunities\twho asks\tperiod\tfunnel ms\tits DB CPU ms\tpoints ms\ttheir DB CPU ms\tratio of time\tof CPU\t")
	for _, s := range []size{w.small, w.full} {
		if err := w.funnelOf(ctx, s, t); err != nil {
			return err
		}
	}
	return t.Flush()
}

// funnelRounds is how often each reading is repeated.
const funnelRounds = 100

// pointSelects is what one point SELECT for each of some customers costs.
func (w *world) pointSelects(ctx context.Context, q *sqlx.DB, ids []sales.ID) (cost, error) {
	c, err := w.priced(ctx, func() error {
		for range funnelRounds {
			for _, id := range ids {
				var name string
				if err := q.GetContext(ctx, &name, "SELECT name FROM customers WHERE id = ?", id); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return c.per(funnelRounds), err
}

func (w *world) funnelOf(ctx context.Context, s size, t interface{ Write([]byte) (int, error) }) error {
	db, err := w.open(ctx, s.database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	q, err := w.connect(s.database)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	var ids []sales.ID
	if err := q.SelectContext(ctx, &ids, "SELECT id FROM customers ORDER BY id LIMIT ?", points); err != nil {
		return err
	}
	org, err := db.LoadOrg(ctx)
	if err != nil {
		return err
	}
	team, _ := org.Team(org.WithRole(sales.RoleLead)[0].TeamID)
	var members sales.Scope
	for _, p := range org.Members(team.ID) {
		members.Persons = append(members.Persons, p.ID)
	}
	point, err := w.pointSelects(ctx, q, ids)
	if err != nil {
		return err
	}
	today := sales.DayOf(w.now)
	y, m, _ := today.Date()
	year := sales.NewPeriod(sales.NewDay(y, time.January, 1), sales.NewDay(y, time.December, 31), today)
	last, _ := sales.NewPeriod(sales.NewDay(y, m, 1), sales.NewDay(y, m+1, 0), sales.NewDay(y, m+1, 0)).Previous()
	for _, who := range []struct {
		name  string
		scope sales.Scope
		by    string
	}{{"director", sales.Scope{All: true}, "team"}, {"lead", members, "person"}} {
		for _, p := range []sales.Period{sales.MonthOf(today), last, year} {
			c, err := w.priced(ctx, func() error {
				for range funnelRounds {
					if err := readFunnel(ctx, db, who.scope, p, who.by); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			c = c.per(funnelRounds)
			fmt.Fprintf(t, "%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%.2f\t%.2f\t\n", s.visits, s.opportunities, who.name, p.Name,
				milli(c.wall), milli(c.cpu), milli(point.wall), milli(point.cpu),
				float64(c.wall)/float64(point.wall), float64(c.cpu)/float64(point.cpu))
		}
	}
	return nil
}

// readFunnel reads what handlers.Funnel does.
func readFunnel(ctx context.Context, db *store.DB, scope sales.Scope, p sales.Period, by string) error {
	return db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		if before, ok := p.Previous(); ok {
			if _, err := tx.Funnel(ctx, scope, "", before.From, before.To, ""); err != nil {
				return err
			}
		}
		if _, err := tx.StandingTogether(ctx, scope); err != nil {
			return err
		}
		cuts := []string{by, "line"}
		if !scope.All { // with everybody's, the company's average
			cuts = []string{by + "+line"}
			scope.Persons = append(slices.Clone(scope.Persons), aggregate.Everybody)
		}
		for _, cut := range cuts {
			if _, err := tx.Funnel(ctx, scope, "", p.From, p.To, cut); err != nil {
				return err
			}
		}
		return nil
	})
}

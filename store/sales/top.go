package sales

import (
	"cmp"
	"context"
	"slices"
	"time"
)

const (
	// TopCount is how many deals a rep's morning names.
	TopCount = 3
	// SkipDays is for how many days a deal somebody has put aside (不是这单) is not named.
	SkipDays = 7
	// maxTopDeals bounds the deals that are ranked, the longest in their stage first.
	maxTopDeals = 2000
	// silentAfter is after how many days without contact silence counts in full; below silentFrom it is not worth a word.
	silentAfter, silentFrom = 14, 5
	// expectedAhead is from how many days before the expected day on it presses.
	expectedAhead = 30
)

// What is suggested to do about a deal.
const (
	TopKeepPromise = "promise" // do what was promised
	TopClose       = "close"   // the expected day is near: bring it home
	TopVisit       = "visit"   // nobody has been there for long
	TopPush        = "push"    // it stays too long: ask what is missing
	TopGoOn        = "go_on"
)

// TopDeal is a deal that is worth the day (TOP3), with the reasons.
type TopDeal struct {
	Deal     Opportunity
	Customer Customer
	Chance   Chance
	Pace     Pace
	// Urgency is 0.05 to 1.
	Urgency float64
	// Promise is the open promise to this customer that is due first, nil for none due within three days.
	Promise *Todo
	// DaysLeft counts the days to the expected day, when Dated.
	DaysLeft int
	Dated    bool
	// Silent is for how many days nobody was in contact, -1 when it is not known.
	Silent int
	Action string
	// Last is the newest visit to the customer; its ID is 0 when there was none.
	Last Visit
}

// Score is by what deals are ranked: chance times urgency.
func (d TopDeal) Score() float64 { return float64(d.Chance.Percent) / 100 * d.Urgency }

// TopFacts are what the ranking is made of.
type TopFacts struct {
	Deals     []Opportunity
	Todos     []Todo
	Customers map[ID]Customer
	Outcomes  Outcomes
	Dwells    []DwellSum
	// Skipped are deals that were put aside.
	Skipped map[ID]bool
	Now     time.Time
}

// The weight of each reason to hurry.
const (
	weighExpected = 0.5
	weighPromise  = 0.5
	weighDwell    = 0.4
	weighSilence  = 0.3
	leastUrgency  = 0.05
)

// RankTop is the n deals of the highest score, of equal ones the larger first, then the older.
func RankTop(f TopFacts, n int) []TopDeal {
	first := map[ID]*Todo{}
	for i, t := range f.Todos {
		if t.State == TodoOpen && t.CustomerID != 0 && !t.DueAt.IsZero() && (first[t.CustomerID] == nil || t.DueAt.Before(first[t.CustomerID].DueAt.Time)) {
			first[t.CustomerID] = &f.Todos[i]
		}
	}
	var out []TopDeal
	for _, o := range f.Deals {
		if o.State == OpportunityOpen && !f.Skipped[o.ID] {
			out = append(out, f.weigh(o, first[o.CustomerID]))
		}
	}
	slices.SortStableFunc(out, func(a, b TopDeal) int {
		return cmp.Or(cmp.Compare(b.Score(), a.Score()), cmp.Compare(b.Deal.Amount, a.Deal.Amount), cmp.Compare(a.Deal.ID, b.Deal.ID))
	})
	return out[:min(len(out), n)]
}

// weigh makes the reasons of one deal. Urgency is 1 − Π(1 − weight·part): each reason alone can press, several press more.
func (f TopFacts) weigh(o Opportunity, promise *Todo) TopDeal {
	today := DayOf(f.Now)
	d := TopDeal{Deal: o, Customer: f.Customers[o.CustomerID], Chance: f.Outcomes.Of(o), Pace: PaceOf(o, f.Now, f.Dwells), Silent: -1, Action: TopGoOn}
	var expected, promised, dwell, silence float64
	if !o.ExpectedOn.IsZero() {
		d.Dated, d.DaysLeft = true, o.ExpectedOn.Sub(today)
		expected = min(max(1-float64(d.DaysLeft)/expectedAhead, 0), 1)
	}
	if promise != nil && promise.DueOn.Sub(today) <= 3 {
		d.Promise = promise
		promised = 0.6
		switch {
		case promise.DueAt.Before(f.Now):
			promised = 1
		case !promise.DueOn.After(today):
			promised = 0.9
		}
	}
	dwell = min(d.Pace.Ratio()/2, 1)
	if at := d.Customer.LastContactAt; !at.IsZero() {
		d.Silent = max(today.Sub(DayOf(at.Time)), 0)
		silence = min(float64(d.Silent)/silentAfter, 1)
	}
	parts := []struct {
		weight float64
		action string
	}{{weighPromise * promised, TopKeepPromise}, {weighExpected * expected, TopClose}, {weighSilence * silence, TopVisit}, {weighDwell * dwell, TopPush}}
	rest, most := 1.0, 0.15
	for _, p := range parts {
		rest *= 1 - p.weight
		if p.weight > most {
			most, d.Action = p.weight, p.action
		}
	}
	d.Urgency = max(1-rest, leastUrgency)
	return d
}

// LongSilent reports whether nobody was in contact for so long that it is worth a word.
func (d TopDeal) LongSilent() bool { return d.Silent >= silentFrom }

// TopReader reads what the ranking needs.
type TopReader interface {
	OpportunitiesOf(ctx context.Context, scope Scope, limit int) ([]Opportunity, error)
	OpenTodos(ctx context.Context, owner PersonID, limit int) ([]Todo, error)
	CustomersByIDs(ctx context.Context, ids []ID) ([]Customer, error)
	VisitsByCustomer(ctx context.Context, customer ID, limit int) ([]Visit, error)
	// Outcomes are the sums of how deals ended that had reached one of the stages; Dwells how long they stayed in each.
	Outcomes(ctx context.Context, stages []Stage) ([]OutcomeSum, error)
	Dwells(ctx context.Context, stages []Stage) ([]DwellSum, error)
	// SkippedDeals are what a person has put aside up to a day.
	SkippedDeals(ctx context.Context, person PersonID, today Day) ([]ID, error)
}

// ReadTop reads and ranks the open deals of people for one of them or their lead, who is asker.
func ReadTop(ctx context.Context, src TopReader, org *Org, people []Person, asker PersonID, now time.Time) ([]TopDeal, error) {
	if len(people) == 0 {
		return nil, nil
	}
	f := TopFacts{Now: now, Customers: map[ID]Customer{}, Skipped: map[ID]bool{}}
	var err error
	if f.Deals, err = src.OpportunitiesOf(ctx, scopeOfPeople(people), maxTopDeals); err != nil || len(f.Deals) == 0 {
		return nil, err
	}
	for _, p := range people[:min(len(people), maxTodoOwners)] {
		open, err := src.OpenTodos(ctx, p.ID, 50)
		if err != nil {
			return nil, err
		}
		f.Todos = append(f.Todos, open...)
	}
	var stages []Stage
	var customers []ID
	for _, o := range f.Deals {
		if !slices.Contains(stages, o.Stage) {
			stages = append(stages, o.Stage)
		}
		customers = append(customers, o.CustomerID)
	}
	sums, err := src.Outcomes(ctx, stages)
	if err != nil {
		return nil, err
	}
	f.Outcomes = NewOutcomes(sums, org.Region)
	if f.Dwells, err = src.Dwells(ctx, stages); err != nil {
		return nil, err
	}
	skipped, err := src.SkippedDeals(ctx, asker, DayOf(now))
	if err != nil {
		return nil, err
	}
	for _, id := range skipped {
		f.Skipped[id] = true
	}
	slices.Sort(customers)
	for part := range slices.Chunk(slices.Compact(customers), 500) {
		known, err := src.CustomersByIDs(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, c := range known {
			f.Customers[c.ID] = c
		}
	}
	top := RankTop(f, TopCount)
	for i, d := range top {
		last, err := src.VisitsByCustomer(ctx, d.Deal.CustomerID, 1)
		if err != nil {
			return nil, err
		}
		if len(last) > 0 {
			top[i].Last = last[0]
		}
	}
	return top, nil
}

package sales

import (
	"context"
	"slices"
)

// TodayReader reads what a rep's day begins with.
type TodayReader interface {
	Plans(ctx context.Context, scope Scope, from, to Day) ([]VisitPlan, error)
	OpenTodos(ctx context.Context, owner PersonID, limit int) ([]Todo, error)
	CustomersByIDs(ctx context.Context, ids []ID) ([]Customer, error)
}

// TodayFacts are what a rep's day begins with.
type TodayFacts struct {
	Person PersonID
	Day    Day
	// Plans are today's, Missed those of the last workday that were not made of Before.
	Plans, Missed []VisitPlan
	Before        int
	// Due are the to-dos due today or before.
	Due      []Task
	Customer func(ID) string
}

// ReadToday reads a person's plans of a day and of the workday before, and what is due.
func ReadToday(ctx context.Context, src TodayReader, cal *Calendar, p PersonID, day Day) (TodayFacts, error) {
	f := TodayFacts{Person: p, Day: day}
	plans, err := src.Plans(ctx, Only(p), cal.PrevWorkday(day), day)
	if err != nil {
		return f, err
	}
	var ids []ID
	for _, x := range plans {
		ids = append(ids, x.CustomerID)
		switch {
		case x.Day == day:
			f.Plans = append(f.Plans, x)
		case x.VisitID == 0:
			f.Missed, f.Before = append(f.Missed, x), f.Before+1
		default:
			f.Before++
		}
	}
	slices.SortStableFunc(f.Plans, func(a, b VisitPlan) int { return a.Slot() - b.Slot() })
	todos, err := src.OpenTodos(ctx, p, 20)
	if err != nil {
		return f, err
	}
	for i, t := range todos {
		if !t.DueOn.IsZero() && !t.DueOn.After(day) {
			ids = append(ids, t.CustomerID)
			f.Due = append(f.Due, Task{Todo: &todos[i], Owner: p, Days: day.Sub(t.DueOn)})
		}
	}
	names, err := src.CustomersByIDs(ctx, ids)
	of := map[ID]string{}
	for _, c := range names {
		of[c.ID] = c.Name
	}
	f.Customer = func(id ID) string { return of[id] }
	for i := range f.Due {
		f.Due[i].Customer = of[f.Due[i].Todo.CustomerID]
	}
	return f, err
}

package sales

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// ClockTime is a time of day in Shanghai.
type ClockTime struct{ Hour, Minute int }

// On is the moment it is that time on a day.
func (c ClockTime) On(d Day) time.Time { return d.At(c.Hour, c.Minute) }

// String is the time as "18:00".
func (c ClockTime) String() string { return fmt.Sprintf("%d:%02d", c.Hour, c.Minute) }

// Rhythm is when the day's reports are made (每日节奏): the prompt to each rep, the capture of where opportunities stand, and
// the message to leads on the next workday's morning.
type Rhythm struct {
	Calendar                 *Calendar
	Prompt, Capture, Morning ClockTime
}

// NextSlot is the first workday after a day on which c is still ahead of now; after no day, the first such workday from
// today on. What an outage has let pass is not made up for.
func (r Rhythm) NextSlot(after Day, c ClockTime, now time.Time) Day {
	d := DayOf(now)
	if next := after.AddDays(1); !after.IsZero() && next.After(d) {
		d = next
	}
	if r.Calendar.IsWorkday(d) && c.On(d).After(now) {
		return d
	}
	return r.Calendar.NextWorkday(d)
}

// LateUntil is until when a day's report may still be handed in (补报): noon of the next workday.
func (r Rhythm) LateUntil(d Day) time.Time { return r.Calendar.NextWorkday(d).At(12, 0) }

// OnTime reports whether a report was handed in before the capture of its day.
func (r Rhythm) OnTime(rep DailyReport) bool {
	return rep.State == ReportSubmitted && !rep.SubmittedAt.After(r.Capture.On(rep.Day))
}

// StuckDays is how long an opportunity may stay in a stage before it is a lead's concern.
const StuckDays = 7

// DayReader is what a person's day is read from.
type DayReader interface {
	CountsOn(ctx context.Context, scope Scope, day Day) ([]DayCount, error)
	MovesOn(ctx context.Context, scope Scope, day Day) ([]StageMove, error)
	OpenTodos(ctx context.Context, owner PersonID, limit int) ([]Todo, error)
	OpportunitiesOf(ctx context.Context, scope Scope, limit int) ([]Opportunity, error)
	CustomersByIDs(ctx context.Context, ids []ID) ([]Customer, error)
}

// ReportReader is what a daily report is read from.
type ReportReader interface {
	DayReader
	Plans(ctx context.Context, scope Scope, from, to Day) ([]VisitPlan, error)
}

// DayFacts are what a daily report is made of.
type DayFacts struct {
	Count DayCount
	Tasks []Task
	// Next is the next workday, Plans what is planned for it.
	Next     Day
	Plans    []VisitPlan
	Customer func(ID) string
}

// Task is something worth doing next: an open to-do, or an opportunity that has not moved.
type Task struct {
	// Todo or Deal is set.
	Todo     *Todo
	Deal     *Opportunity
	Customer string
	Owner    PersonID
	// Days is how many days the to-do is overdue, or the opportunity has been in its stage.
	Days int
}

// ReadDay reads what a person did on a day and what is best done next, on the next workday.
func ReadDay(ctx context.Context, r ReportReader, person PersonID, day, next Day) (DayFacts, error) {
	f := DayFacts{Count: DayCount{PersonID: person, Day: day}}
	counts, err := ReadCounts(ctx, r, Only(person), day)
	if err != nil {
		return f, err
	}
	for _, c := range counts {
		if c.PersonID == person {
			f.Count = c
		}
	}
	todos, err := r.OpenTodos(ctx, person, 6)
	if err != nil {
		return f, err
	}
	deals, err := r.OpportunitiesOf(ctx, Only(person), 3)
	if err != nil {
		return f, err
	}
	f.Tasks = NextTasks(todos, deals, day, next)
	if err := nameCustomers(ctx, r, f.Tasks); err != nil {
		return f, err
	}
	return f, f.readPlans(ctx, r, person, next)
}

// readPlans reads what is planned for the next workday, with the names of the customers.
func (f *DayFacts) readPlans(ctx context.Context, r ReportReader, person PersonID, next Day) error {
	var err error
	f.Next, f.Customer = next, func(ID) string { return "" }
	if f.Plans, err = r.Plans(ctx, Only(person), next, next); err != nil || len(f.Plans) == 0 {
		return err
	}
	slices.SortStableFunc(f.Plans, func(a, b VisitPlan) int { return a.Slot() - b.Slot() })
	ids := make([]ID, len(f.Plans))
	for i, p := range f.Plans {
		ids[i] = p.CustomerID
	}
	names, err := r.CustomersByIDs(ctx, ids)
	of := map[ID]string{}
	for _, c := range names {
		of[c.ID] = c.Name
	}
	f.Customer = func(id ID) string { return of[id] }
	return err
}

// CountReader is what the counts of a day are read from.
type CountReader interface {
	CountsOn(ctx context.Context, scope Scope, day Day) ([]DayCount, error)
	MovesOn(ctx context.Context, scope Scope, day Day) ([]StageMove, error)
}

// ReadCounts counts what people in scope did on a day. Moves are counted as they stand at the end of the day: an
// opportunity moved twice is one, and one that was moved and put back (撤销) is none.
func ReadCounts(ctx context.Context, r CountReader, scope Scope, day Day) ([]DayCount, error) {
	counts, err := r.CountsOn(ctx, scope, day)
	if err != nil {
		return nil, err
	}
	moves, err := r.MovesOn(ctx, scope, day)
	if err != nil {
		return nil, err
	}
	for i := range counts {
		counts[i].Forward, counts[i].Backward = NetMoves(moves, counts[i].PersonID)
	}
	return counts, nil
}

// NetMoves counts the opportunities that a person moved forward (winning included) and backward, from where they stood
// before the first of their moves to where they stand after the last. Losing is neither.
func NetMoves(moves []StageMove, person PersonID) (forward, backward int) {
	type span struct{ first, last StageMove }
	of := map[ID]span{}
	for _, m := range moves {
		if m.PersonID != person {
			continue
		}
		s, ok := of[m.OpportunityID]
		if !ok || m.MovedAt.Before(s.first.MovedAt.Time) {
			s.first = m
		}
		if !ok || !m.MovedAt.Before(s.last.MovedAt.Time) {
			s.last = m
		}
		of[m.OpportunityID] = s
	}
	for _, s := range of {
		switch from, to := s.first.Way.Index(s.first.From), s.last.Way.Index(s.last.To); {
		case to < 0 || from < 0:
		case to > from:
			forward++
		case to < from:
			backward++
		}
	}
	return forward, backward
}

// NextTasks picks the three best things to do: to-dos due by the next workday, then opportunities stuck in their stage,
// then what else there is. Both lists come the most urgent first.
func NextTasks(todos []Todo, deals []Opportunity, today, next Day) []Task {
	var first, second, rest []Task
	for i := range todos {
		t := Task{Todo: &todos[i], Owner: todos[i].OwnerID}
		if due := todos[i].DueOn; due.IsZero() || due.After(next) {
			rest = append(rest, t)
			continue
		}
		t.Days = max(today.Sub(t.Todo.DueOn), 0)
		first = append(first, t)
	}
	for i := range deals {
		t := Task{Deal: &deals[i], Owner: deals[i].OwnerID, Days: DaysInStage(deals[i], today)}
		if t.Days >= StuckDays {
			second = append(second, t)
		} else {
			rest = append(rest, t)
		}
	}
	all := append(append(first, second...), rest...)
	return all[:min(len(all), 3)]
}

func nameCustomers(ctx context.Context, r DayReader, tasks []Task) error {
	var ids []ID
	of := func(t Task) ID {
		if t.Deal != nil {
			return t.Deal.CustomerID
		}
		return t.Todo.CustomerID
	}
	for _, t := range tasks {
		if id := of(t); id != 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	customers, err := r.CustomersByIDs(ctx, ids)
	if err != nil {
		return err
	}
	names := make(map[ID]string, len(customers))
	for _, c := range customers {
		names[c.ID] = c.Name
	}
	for i := range tasks {
		tasks[i].Customer = names[of(tasks[i])]
	}
	return nil
}

// MorningReader is what a lead's morning message is read from.
type MorningReader interface {
	DayReader
	ReportsOn(ctx context.Context, scope Scope, day Day) ([]DailyReport, error)
	Captures(ctx context.Context, scope Scope, day Day) ([]StageCapture, error)
	Standing(ctx context.Context, scope Scope) ([]StageCapture, error)
}

// MorningFacts are what the message to a lead is made of: the reps in their scope on the last workday.
type MorningFacts struct {
	Day  Day
	Reps []Person
	// Reported handed in on time, Late after the capture, Missing not at all.
	Reported, Late, Missing []Person
	Forward, Backward       int
	// Captured is where open opportunities stood at the capture, or stand now when there was none.
	Captured []StageCapture
	Concerns []Task
	// OnTime of Prompted reports of the last days were on time; Prompted is 0 without enough history.
	OnTime, Prompted int
	// Away are those who were not there to hand a report in (请假, 出差).
	Away []Person
}

// historyDays is how many workdays the rate of punctual reports is made of.
const historyDays = 5

// maxTodoOwners bounds for how many people to-dos are looked at one by one.
const maxTodoOwners = 30

// RepsUnder are the reps whose records a person may see, in the order of their ids, without the person.
func (o *Org) RepsUnder(p Person) []Person {
	scope := o.ScopeOf(p)
	return o.filter(func(m Person) bool { return m.ID != p.ID && m.Has(RoleRep) && scope.Covers(m.ID) })
}

// ReadMorning reads what a lead should know of a workday that has ended. now decides what is overdue.
func (r Rhythm) ReadMorning(ctx context.Context, src MorningReader, reps []Person, day Day, now time.Time) (MorningFacts, error) {
	f := MorningFacts{Day: day, Reps: reps}
	scope := scopeOfPeople(reps)
	reports, err := src.ReportsOn(ctx, scope, day)
	if err != nil {
		return f, err
	}
	f.sortReports(r, reports)
	counts, err := ReadCounts(ctx, src, scope, day)
	if err != nil {
		return f, err
	}
	for _, c := range counts {
		f.Forward, f.Backward = f.Forward+c.Forward, f.Backward+c.Backward
	}
	if f.Captured, err = src.Captures(ctx, scope, day); err == nil && len(f.Captured) == 0 {
		f.Captured, err = src.Standing(ctx, scope)
	}
	if err != nil {
		return f, err
	}
	if f.Concerns, err = concerns(ctx, src, reps, scope, now); err != nil {
		return f, err
	}
	return f, r.readHistory(ctx, src, scope, &f)
}

func scopeOfPeople(people []Person) Scope {
	s := Scope{Persons: make([]PersonID, 0, len(people))}
	for _, p := range people {
		s.Persons = append(s.Persons, p.ID)
	}
	return s
}

func (f *MorningFacts) sortReports(r Rhythm, reports []DailyReport) {
	of := make(map[PersonID]DailyReport, len(reports))
	for _, rep := range reports {
		of[rep.PersonID] = rep
	}
	for _, p := range f.Reps {
		switch rep := of[p.ID]; {
		case r.OnTime(rep):
			f.Reported = append(f.Reported, p)
		case rep.State == ReportSubmitted:
			f.Late = append(f.Late, p)
		default:
			f.Missing = append(f.Missing, p)
		}
	}
}

// readHistory counts punctual reports of the last workdays, when on each of them somebody was asked for one.
func (r Rhythm) readHistory(ctx context.Context, src MorningReader, scope Scope, f *MorningFacts) error {
	onTime, prompted := 0, 0
	for i, day := 0, f.Day; i < historyDays; i, day = i+1, r.Calendar.PrevWorkday(day) {
		reports, err := src.ReportsOn(ctx, scope, day)
		if err != nil || len(reports) == 0 {
			return err
		}
		for _, rep := range reports {
			prompted++
			if r.OnTime(rep) {
				onTime++
			}
		}
	}
	f.OnTime, f.Prompted = onTime, prompted
	return nil
}

// concerns are the three things furthest behind: overdue to-dos, and opportunities too long in their stage.
func concerns(ctx context.Context, src MorningReader, reps []Person, scope Scope, now time.Time) ([]Task, error) {
	today := DayOf(now)
	deals, err := src.OpportunitiesOf(ctx, scope, 10)
	if err != nil {
		return nil, err
	}
	var todos []Todo
	if len(reps) <= maxTodoOwners {
		for _, p := range reps {
			open, err := src.OpenTodos(ctx, p.ID, 3)
			if err != nil {
				return nil, err
			}
			todos = append(todos, open...)
		}
	}
	tasks := TopConcerns(todos, deals, today, now)
	return tasks, nameCustomers(ctx, src, tasks)
}

// TopConcerns are the three tasks furthest behind their time, at most two of a kind where the other has any: to-dos by the
// days they are overdue, opportunities by the days beyond StuckDays.
func TopConcerns(todos []Todo, deals []Opportunity, today Day, now time.Time) []Task {
	var late, stuck []Task
	for i, t := range todos {
		if t.State == TodoOpen && !t.DueAt.IsZero() && t.DueAt.Before(now) {
			late = append(late, Task{Todo: &todos[i], Owner: t.OwnerID, Days: max(today.Sub(t.DueOn), 0)})
		}
	}
	for i, d := range deals {
		if n := DaysInStage(d, today); n > StuckDays {
			stuck = append(stuck, Task{Deal: &deals[i], Owner: d.OwnerID, Days: n})
		}
	}
	byDays := func(a, b Task) int { return cmp.Compare(b.Days, a.Days) }
	slices.SortStableFunc(late, byDays)
	slices.SortStableFunc(stuck, byDays)
	if len(stuck) > 0 {
		late = late[:min(len(late), 2)]
	}
	n := min(len(stuck), 3-min(len(late), 2))
	out := append(slices.Clone(late[:min(len(late), 3-n)]), stuck[:n]...)
	return out[:min(len(out), 3)]
}

package sales

import (
	"context"
	"slices"
	"testing"
	"time"
)

func testRhythm(t *testing.T) Rhythm {
	t.Helper()
	cal, err := NewCalendar(CalendarOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return Rhythm{Calendar: cal, Prompt: ClockTime{17, 0}, Capture: ClockTime{18, 0}, Morning: ClockTime{8, 45}}
}

func shanghai(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestNextSlotIsTheNextWorkdayAhead(t *testing.T) {
	t.Parallel()
	r := testRhythm(t)
	for _, tt := range []struct{ name, after, now, want string }{
		{"before five", "", "2026-03-11 10:00", "2026-03-11"},
		{"at five", "", "2026-03-11 17:00", "2026-03-12"},
		{"after five", "", "2026-03-11 17:30", "2026-03-12"},
		{"its own successor", "2026-03-11", "2026-03-11 17:00", "2026-03-12"},
		{"decided a moment early by a slow clock", "2026-03-11", "2026-03-11 16:59", "2026-03-12"},
		{"Friday to Monday", "2026-03-13", "2026-03-13 17:00", "2026-03-16"},
		{"Saturday", "", "2026-03-14 10:00", "2026-03-16"},
		{"after an outage of days, today is still asked", "2026-03-10", "2026-03-12 10:00", "2026-03-12"},
		{"after an outage, past five", "2026-03-10", "2026-03-12 19:00", "2026-03-13"},
		{"Labour Day is skipped", "2026-04-30", "2026-04-30 17:00", "2026-05-06"},
		{"a make-up Saturday is worked", "2026-05-08", "2026-05-08 17:00", "2026-05-09"},
	} {
		after := Day{}
		if tt.after != "" {
			after, _ = ParseDay(tt.after)
		}
		if got := r.NextSlot(after, r.Prompt, shanghai(t, tt.now)); got.String() != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestReportOnTime(t *testing.T) {
	t.Parallel()
	r := testRhythm(t)
	day := NewDay(2026, 3, 13) // a Friday
	at := func(s string) DailyReport {
		return DailyReport{Day: day, State: ReportSubmitted, SubmittedAt: At(shanghai(t, s))}
	}
	for _, tt := range []struct {
		name string
		rep  DailyReport
		want bool
	}{
		{"before six", at("2026-03-13 17:59"), true},
		{"at six", at("2026-03-13 18:00"), true},
		{"after six", at("2026-03-13 18:01"), false},
		{"not handed in", DailyReport{Day: day, State: ReportPrompted}, false},
		{"none", DailyReport{}, false},
	} {
		if got := r.OnTime(tt.rep); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	if got := r.LateUntil(day); !got.Equal(shanghai(t, "2026-03-16 12:00")) {
		t.Errorf("Friday's report is late until %s", got)
	}
}

func deal(id ID, owner PersonID, day Day) Opportunity {
	return Opportunity{ID: id, CustomerID: id, OwnerID: owner, Stage: StageProposal, StageSince: At(day.At(9, 0)), State: OpportunityOpen}
}

func todo(id ID, owner PersonID, due Day) Todo {
	t := Todo{ID: id, CustomerID: id, OwnerID: owner, State: TodoOpen, DueOn: due}
	if !due.IsZero() {
		t.DueAt = At(due.At(18, 0))
	}
	return t
}

func taskIDs(tasks []Task) []ID {
	var out []ID
	for _, t := range tasks {
		if t.Deal != nil {
			out = append(out, -t.Deal.ID)
			continue
		}
		out = append(out, t.Todo.ID)
	}
	return out
}

func TestNextTasks(t *testing.T) {
	t.Parallel()
	today := NewDay(2026, 3, 11)
	next := today.AddDays(1)
	for _, tt := range []struct {
		name  string
		todos []Todo
		deals []Opportunity
		want  []ID // to-dos as they are, deals negative
	}{
		{
			"due first, stuck next, then the rest",
			[]Todo{todo(1, 7, today.AddDays(-2)), todo(2, 7, next.AddDays(5))},
			[]Opportunity{deal(3, 7, today.AddDays(-9)), deal(4, 7, today)},
			[]ID{1, -3, 2},
		},
		{"three at most", []Todo{todo(1, 7, today), todo(2, 7, today), todo(3, 7, next), todo(4, 7, next)}, nil, []ID{1, 2, 3}},
		{"a to-do without a date comes last", []Todo{todo(1, 7, Day{})}, []Opportunity{deal(2, 7, today.AddDays(-7))}, []ID{-2, 1}},
		{"nothing", nil, nil, nil},
	} {
		if got := taskIDs(NextTasks(tt.todos, tt.deals, today, next)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestTopConcerns(t *testing.T) {
	t.Parallel()
	today := NewDay(2026, 3, 11)
	now := today.At(8, 45)
	late := func(id ID, days int) Todo { return todo(id, 7, today.AddDays(-days)) }
	stuck := func(id ID, days int) Opportunity { return deal(id, 7, today.AddDays(-days)) }
	done := late(9, 30)
	done.State = TodoDone
	for _, tt := range []struct {
		name  string
		todos []Todo
		deals []Opportunity
		want  []ID
	}{
		{"the most overdue first, one deal among them", []Todo{late(1, 1), late(2, 5), late(3, 3)}, []Opportunity{stuck(4, 8)}, []ID{2, 3, -4}},
		{"two deals when only one to-do is late", []Todo{late(1, 1)}, []Opportunity{stuck(2, 8), stuck(3, 20)}, []ID{1, -3, -2}},
		{"only to-dos", []Todo{late(1, 1), late(2, 2), late(3, 3), late(4, 4)}, nil, []ID{4, 3, 2}},
		{"only deals", nil, []Opportunity{stuck(1, 8), stuck(2, 9), stuck(3, 10), stuck(4, 11)}, []ID{-4, -3, -2}},
		{"a week is not too long yet", nil, []Opportunity{stuck(1, StuckDays)}, nil},
		{"due today is not late at breakfast", []Todo{todo(1, 7, today), todo(2, 7, Day{}), done}, nil, nil},
	} {
		if got := taskIDs(TopConcerns(tt.todos, tt.deals, today, now)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// morning is a source of what was put into it.
type morning struct {
	reports  map[Day][]DailyReport
	counts   []DayCount
	moves    []StageMove
	captures []StageCapture
	standing []StageCapture
}

func (m morning) CountsOn(context.Context, Scope, Day) ([]DayCount, error) { return m.counts, nil }
func (m morning) MovesOn(context.Context, Scope, Day) ([]StageMove, error) { return m.moves, nil }
func (m morning) OpenTodos(context.Context, PersonID, int) ([]Todo, error) { return nil, nil }
func (m morning) CustomersByIDs(context.Context, []ID) ([]Customer, error) { return nil, nil }
func (m morning) Captures(context.Context, Scope, Day) ([]StageCapture, error) {
	return m.captures, nil
}
func (m morning) Standing(context.Context, Scope) ([]StageCapture, error) { return m.standing, nil }
func (m morning) ReportsOn(_ context.Context, _ Scope, d Day) ([]DailyReport, error) {
	return m.reports[d], nil
}

func (m morning) OpportunitiesOf(context.Context, Scope, int) ([]Opportunity, error) { return nil, nil }

func TestNetMoves(t *testing.T) {
	t.Parallel()
	at := NewDay(2026, 3, 11).At(9, 0)
	move := func(opportunity ID, person PersonID, minute int, from, to Stage) StageMove {
		return StageMove{OpportunityID: opportunity, PersonID: person, From: from, To: to, MovedAt: At(at.Add(time.Duration(minute) * time.Minute))}
	}
	for _, tt := range []struct {
		name              string
		moves             []StageMove
		forward, backward int
	}{
		{"one on", []StageMove{move(1, 7, 0, StageNeed, StageProposal)}, 1, 0},
		{"two steps of one are one", []StageMove{move(1, 7, 0, StageNeed, StageProposal), move(1, 7, 9, StageProposal, StageWon)}, 1, 0},
		{"taken back is none", []StageMove{move(1, 7, 0, StageNeed, StageProposal), move(1, 7, 3, StageProposal, StageNeed)}, 0, 0},
		{"taken back and done again", []StageMove{
			move(1, 7, 6, StageNeed, StageProposal), move(1, 7, 3, StageProposal, StageNeed), move(1, 7, 0, StageNeed, StageProposal),
		}, 1, 0},
		{"back", []StageMove{move(1, 7, 0, StageProposal, StageNeed), move(2, 7, 0, StageNeed, StageProposal)}, 1, 1},
		{"lost is neither", []StageMove{move(1, 7, 0, StageProposal, StageLost)}, 0, 0},
		{"a loss taken back is neither", []StageMove{move(1, 7, 0, StageProposal, StageLost), move(1, 7, 1, StageLost, StageProposal)}, 0, 0},
		{"of somebody else", []StageMove{move(1, 8, 0, StageNeed, StageProposal)}, 0, 0},
	} {
		if f, b := NetMoves(tt.moves, 7); f != tt.forward || b != tt.backward {
			t.Errorf("%s: %d forward, %d backward", tt.name, f, b)
		}
	}
}

func TestReadMorning(t *testing.T) {
	t.Parallel()
	r := testRhythm(t)
	day := NewDay(2026, 3, 11)
	reps := []Person{{ID: 1, Name: "周敏", Active: true, TeamID: 9}, {ID: 2, Name: "李强", Active: true, TeamID: 9}, {ID: 3, Name: "林夏", Active: true, TeamID: 9}}
	rep := func(p PersonID, d Day, hour int) DailyReport {
		return DailyReport{PersonID: p, Day: d, State: ReportSubmitted, SubmittedAt: At(d.At(hour, 0))}
	}
	src := morning{
		reports: map[Day][]DailyReport{day: {rep(1, day, 17), rep(2, day, 19), {PersonID: 3, Day: day, State: ReportPrompted}}},
		counts:  []DayCount{{PersonID: 1}, {PersonID: 2}},
		moves: []StageMove{
			{OpportunityID: 1, PersonID: 1, From: StageNeed, To: StageProposal},
			{OpportunityID: 2, PersonID: 1, From: StageNeed, To: StageProposal},
			{OpportunityID: 3, PersonID: 2, From: StageNeed, To: StageProposal},
			{OpportunityID: 4, PersonID: 2, From: StageProposal, To: StageNeed},
		},
		standing: []StageCapture{{PersonID: 2, Stage: StageNeed, Count: 4}},
	}
	f, err := r.ReadMorning(context.Background(), src, reps, day, day.AddDays(1).At(8, 45))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Reported) != 1 || len(f.Late) != 1 || len(f.Missing) != 1 || f.Missing[0].Name != "林夏" {
		t.Errorf("reported %v, late %v, missing %v", f.Reported, f.Late, f.Missing)
	}
	if f.Forward != 3 || f.Backward != 1 {
		t.Errorf("moves %d and %d", f.Forward, f.Backward)
	}
	if f.Prompted != 0 {
		t.Errorf("a rate from one day: %d of %d", f.OnTime, f.Prompted)
	}
	org := NewOrg(1, reps, nil, nil)
	g := f.Grids(org, nil)[0]
	columns, names, counts := g.Columns, g.Names, g.Counts
	if len(columns) != 5 || !slices.Equal(names, []string{"周敏", "李强", "林夏"}) || counts[1][1] != 4 {
		t.Errorf("grid %v %v %v", columns, names, counts)
	}

	for i, d := 0, day; i < historyDays; i, d = i+1, r.Calendar.PrevWorkday(d) {
		src.reports[d] = []DailyReport{rep(1, d, 17), rep(2, d, 19)}
	}
	if f, err = r.ReadMorning(context.Background(), src, reps, day, day.AddDays(1).At(8, 45)); err != nil {
		t.Fatal(err)
	}
	if f.OnTime != 5 || f.Prompted != 10 {
		t.Errorf("rate %d of %d, want 5 of 10", f.OnTime, f.Prompted)
	}
}

func TestGridJoinsManyRepsIntoTeams(t *testing.T) {
	t.Parallel()
	var reps []Person
	f := MorningFacts{}
	for i := range 14 {
		p := Person{ID: PersonID(i + 1), Name: "某", Active: true, TeamID: ID(1 + i%2)}
		reps = append(reps, p)
		f.Captured = append(f.Captured, StageCapture{PersonID: p.ID, Stage: StageContact, Count: 1})
	}
	f.Reps = reps
	g := f.Grids(NewOrg(1, reps, []Team{{ID: 1, Name: "一组"}, {ID: 2, Name: "二组"}}, nil), nil)[0]
	names, counts := g.Names, g.Counts
	if !slices.Equal(names, []string{"一组", "二组"}) || counts[0][0] != 7 || counts[1][0] != 7 {
		t.Errorf("%v %v", names, counts)
	}
	if grids := (MorningFacts{Reps: reps}).Grids(NewOrg(1, reps, nil, nil), nil); grids != nil {
		t.Errorf("a grid of nothing: %v", grids)
	}
}

package scheduler_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

const (
	repA  sales.PersonID = 101
	repB  sales.PersonID = 102
	lead  sales.PersonID = 103
	boss  sales.PersonID = 104
	legal sales.PersonID = 105
	team  sales.ID       = 11
)

var wednesday = sales.NewDay(2026, time.March, 11)

// office is a team with its reports over a real embedded store.
type office struct {
	t       *testing.T
	db      *store.DB
	clock   *storetest.Clock
	org     *sales.Org
	reports scheduler.Reports
	kept    int
}

// KeepPicture implements scheduler.Pictures.
func (o *office) KeepPicture(_ context.Context, id sales.ID, png []byte) (sales.File, error) {
	if !strings.HasPrefix(string(png), "\x89PNG") {
		return sales.File{}, errors.New("not a PNG")
	}
	o.kept++
	return sales.File{ID: id, Name: "chart.png", State: sales.FileKept, Version: 1}, nil
}

func people(active ...sales.PersonID) []sales.Person {
	all := []sales.Person{
		{ID: repA, Name: "周敏", TeamID: team, Roles: sales.List[sales.Role]{sales.RoleRep}},
		{ID: repB, Name: "李强", TeamID: team, Roles: sales.List[sales.Role]{sales.RoleRep}},
		{ID: lead, Name: "王芳", TeamID: team, Roles: sales.List[sales.Role]{sales.RoleLead}},
		{ID: boss, Name: "陈刚", TeamID: 10, Roles: sales.List[sales.Role]{sales.RoleDirector}},
		{ID: legal, Name: "赵磊", TeamID: 12, Roles: sales.List[sales.Role]{sales.RoleLegal}},
	}
	for i := range all {
		all[i].Active = len(active) == 0 || slices.Contains(active, all[i].ID)
	}
	return all
}

var teams = []sales.Team{
	{ID: 10, Name: "销售管理部", LeadID: boss}, {ID: team, Name: "华东一组", ParentID: 10, LeadID: lead}, {ID: 12, Name: "法务部", LeadID: legal},
}

func newOffice(t *testing.T) *office {
	t.Helper()
	w := storetest.SQLite(t)
	cal, err := sales.NewCalendar(sales.CalendarOptions{})
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, db: w.Open(), clock: w.Clock, org: sales.NewOrg(1, people(), teams, nil)}
	o.reports = scheduler.Reports{Pictures: o, Rhythm: sales.Rhythm{
		Calendar: cal, Prompt: sales.ClockTime{Hour: 17}, Capture: sales.ClockTime{Hour: 18}, Morning: sales.ClockTime{Hour: 8, Minute: 45},
	}}
	return o
}

func (o *office) at(day sales.Day, hour, minute int) {
	o.t.Helper()
	o.clock.Advance(day.At(hour, minute).Sub(o.clock.Now()))
}

func (o *office) do(fn func(ctx context.Context, tx *store.Tx) error) []sales.Due {
	o.t.Helper()
	return storetest.Do(o.t, o.db, fn).Dues
}

type decide func(ctx context.Context, m scheduler.Moment, tx scheduler.ReportTx) (scheduler.Decision, error)

// decide decides a row for a day now, and returns the rows it wrote as "kind subject slot".
func (o *office) decide(d decide, kind string, subject sales.ID, day sales.Day, due time.Time) (scheduler.Decision, []string) {
	o.t.Helper()
	var dec scheduler.Decision
	dues := o.do(func(ctx context.Context, tx *store.Tx) (err error) {
		now := o.clock.Now()
		dec, err = d(ctx, scheduler.Moment{
			Now: now, Today: sales.DayOf(now), Org: o.org,
			Due: sales.Due{ID: 1, Kind: kind, SubjectID: subject, Slot: day.String(), DueAt: sales.At(due)},
		}, tx)
		return err
	})
	return dec, names(dues)
}

func names(dues []sales.Due) []string {
	var out []string
	for _, d := range dues {
		out = append(out, d.Kind+" "+d.SubjectKind+" "+d.SubjectID.String()+" "+d.Slot+" "+d.DueAt.In(sales.Shanghai).Format("01-02 15:04"))
	}
	slices.Sort(out)
	return out
}

func (o *office) prompt(day sales.Day) (scheduler.Decision, []string) {
	return o.decide(o.reports.Prompt, scheduler.DueReportPrompt, sales.ID(repA), day, day.At(17, 0))
}

func (o *office) capture(day sales.Day) (scheduler.Decision, []string) {
	return o.decide(o.reports.Capture, scheduler.DueReportCapture, team, day, day.At(18, 0))
}

func (o *office) morning(day sales.Day) (scheduler.Decision, []string) {
	return o.decide(o.reports.Morning, scheduler.DueReportMorning, sales.ID(lead), day, day.At(8, 45))
}

func (o *office) deal(owner sales.PersonID, stage sales.Stage, daysAgo int) {
	o.t.Helper()
	o.do(func(_ context.Context, tx *store.Tx) error {
		at := o.clock.Now().AddDate(0, 0, -daysAgo)
		tx.CreateOpportunity(sales.Opportunity{
			ID: tx.NewID(), CustomerID: 1, OwnerID: owner, TeamID: team, Amount: sales.Wan, Stage: stage, Peak: stage,
			StageSince: sales.At(at), State: sales.OpportunityOpen, CreatedAt: sales.At(at), Version: 1,
		}, sales.DayOf(at))
		return nil
	})
}

func (o *office) report(person sales.PersonID, day sales.Day) sales.DailyReport {
	o.t.Helper()
	var rep sales.DailyReport
	o.do(func(ctx context.Context, tx *store.Tx) (err error) {
		if rep, err = tx.ReportOf(ctx, person, day); sales.KindOf(err) == sales.NotFound {
			err = nil
		}
		return err
	})
	return rep
}

func (o *office) submit(person sales.PersonID, day sales.Day, hour int) {
	o.t.Helper()
	rep := o.report(person, day)
	o.do(func(_ context.Context, tx *store.Tx) error {
		if rep.ID == 0 {
			rep = sales.DailyReport{ID: tx.NewID(), PersonID: person, TeamID: team, Day: day}
		}
		rep.State, rep.SubmittedAt = sales.ReportSubmitted, sales.At(day.At(hour, 0))
		tx.PutReport(rep)
		return nil
	})
}

func TestTheRhythmBegins(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	want := []string{
		"report.capture team 11 2026-03-11 03-11 18:00",
		"report.morning person 103 2026-03-12 03-12 08:45",
		"report.morning person 104 2026-03-12 03-12 08:45",
		"report.prompt person 101 2026-03-11 03-11 17:00",
		"report.prompt person 102 2026-03-11 03-11 17:00",
	}
	ensure := func() []sales.Due {
		return o.do(func(_ context.Context, tx *store.Tx) error {
			o.reports.EnsureRhythm(tx, o.org, o.clock.Now())
			return nil
		})
	}
	if got := names(ensure()); !slices.Equal(got, want) {
		t.Errorf("first rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	ensure()
	var rows []sales.Due
	o.do(func(ctx context.Context, tx *store.Tx) (err error) {
		rows, err = tx.DuesOf(ctx, "person", sales.ID(repA))
		return err
	})
	if len(rows) != 1 {
		t.Errorf("started twice: %d rows", len(rows))
	}
}

func TestThePromptAtFive(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.deal(repA, sales.StageProposal, 9)
	o.at(wednesday, 17, 0)
	dec, next := o.prompt(wednesday)
	if len(dec.Reply.Say) != 1 || !slices.Equal(dec.Reply.Say[0].To, []sales.PersonID{repA}) {
		t.Fatalf("said %+v (%s)", dec.Reply.Say, dec.Reason)
	}
	c := dec.Reply.Say[0].Out.Card
	if c.Heading() != "日报 · 3月11日 周三 · 填好了" || c.Fields[0].Value != "还没有记录" || !strings.Contains(c.Note, "方案提交 9 天没动") || len(c.Buttons) != 3 {
		t.Errorf("card %+v", c)
	}
	if rep := o.report(repA, wednesday); rep.State != sales.ReportPrompted || c.Buttons[0].Action.Record != int64(rep.ID) {
		t.Errorf("row %+v, button %+v", rep, c.Buttons[0].Action)
	}
	if want := []string{"report.prompt person 101 2026-03-12 03-12 17:00"}; !slices.Equal(next, want) {
		t.Errorf("next %v", next)
	}
	// Decided again, as after a crash: the same card, one row.
	if again, _ := o.prompt(wednesday); again.Reply.Say[0].Out.Card.Key != c.Key {
		t.Errorf("a second report: %s and %s", c.Key, again.Reply.Say[0].Out.Card.Key)
	}
}

func TestThePromptStaysSilent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		day    sales.Day
		do     func(o *office)
		reason string
		next   string
	}{
		{"handed in already", wednesday, func(o *office) { o.submit(repA, wednesday, 16); o.at(wednesday, 17, 0) }, "handed in already", "2026-03-12"},
		{"a day late", wednesday, func(o *office) { o.at(wednesday.AddDays(1), 9, 0) }, "the day is over", "2026-03-12"},
		{"in quiet hours", wednesday, func(o *office) { o.at(wednesday, 21, 0) }, "the day is over", "2026-03-12"},
		{"a holiday that was announced late", sales.NewDay(2026, time.May, 1), func(o *office) { o.at(sales.NewDay(2026, time.May, 1), 17, 0) }, "no workday", "2026-05-06"},
		{"Friday, then the weekend", wednesday.AddDays(2), func(o *office) { o.submit(repA, wednesday.AddDays(2), 16); o.at(wednesday.AddDays(2), 17, 0) }, "handed in already", "2026-03-16"},
		{"a leaver", wednesday, func(o *office) { o.org = sales.NewOrg(2, people(repB, lead), teams, nil); o.at(wednesday, 17, 0) }, "no rep any more", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			tt.do(o)
			dec, next := o.prompt(tt.day)
			if len(dec.Reply.Say) != 0 || dec.Reason != tt.reason {
				t.Errorf("said %+v because %q", dec.Reply.Say, dec.Reason)
			}
			got := ""
			if len(next) > 0 {
				got = strings.Fields(next[0])[3]
			}
			if got != tt.next {
				t.Errorf("next is %q, want %q", got, tt.next)
			}
		})
	}
}

func TestTheCaptureAtSix(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.deal(repA, sales.StageProposal, 9)
	o.deal(repA, sales.StageProposal, 1)
	o.deal(repB, sales.StageNeed, 1)
	o.at(wednesday, 18, 0)
	_, next := o.capture(wednesday)
	want := []string{
		"report.capture team 11 2026-03-12 03-12 18:00", "report.morning person 103 2026-03-12 03-12 08:45",
		"report.prompt person 101 2026-03-12 03-12 17:00", "report.prompt person 102 2026-03-12 03-12 17:00",
	}
	if !slices.Equal(next, want) {
		t.Errorf("next\n%s", strings.Join(next, "\n"))
	}
	read := func(day sales.Day) (out []sales.StageCapture) {
		o.do(func(ctx context.Context, tx *store.Tx) (err error) {
			out, err = tx.Captures(ctx, sales.Scope{All: true}, day)
			return err
		})
		return out
	}
	got := read(wednesday)
	if len(got) != 2 || got[0].PersonID != repA || got[0].Count != 2 || got[0].Amount != 2*sales.Wan || got[1].Stage != sales.StageNeed || got[1].TeamID != team {
		t.Errorf("captured %+v", got)
	}
	o.capture(wednesday)
	if again := read(wednesday); len(again) != 2 {
		t.Errorf("captured twice: %+v", again)
	}
	o.at(wednesday.AddDays(1), 9, 0)
	if dec, _ := o.capture(wednesday.AddDays(-1)); dec.Reason != "too late to stand for the day" || len(read(wednesday.AddDays(-1))) != 0 {
		t.Errorf("a picture of Thursday stands for Tuesday: %s", dec.Reason)
	}
}

func TestTheMorningMessage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.deal(repA, sales.StageProposal, 12)
	o.submit(repA, wednesday, 17)
	o.at(wednesday, 18, 0)
	o.capture(wednesday)
	thursday := wednesday.AddDays(1)
	o.at(thursday, 8, 45)
	dec, next := o.morning(thursday)
	if len(dec.Reply.Say) != 3 {
		t.Fatalf("said %d: %+v (%s)", len(dec.Reply.Say), dec.Reply.Say, dec.Reason)
	}
	text, heat, card := dec.Reply.Say[0].Out.Text, dec.Reply.Say[1].Out.File, dec.Reply.Say[2].Out.Card
	if !strings.HasPrefix(text, "昨晚 18:00:2 人 1 人已报,没有商机变动。没报:李强。") {
		t.Errorf("text %s", text)
	}
	if heat == nil || !heat.Image || heat.ID == 0 || o.kept != 1 {
		t.Errorf("heat map %+v", heat)
	}
	if card == nil || card.Heading() != "要你管的 1 件 · 3月12日 周四" || card.Fields[0].Name != "周敏" {
		t.Errorf("card %+v", card)
	}
	if want := []string{"report.morning person 103 2026-03-13 03-13 08:45"}; !slices.Equal(next, want) {
		t.Errorf("next %v", next)
	}
	for _, s := range dec.Reply.Say {
		if !slices.Equal(s.To, []sales.PersonID{lead}) || !strings.HasPrefix(s.Slot, "2026-03-12:") || s.Kind != bot.DeliverPush {
			t.Errorf("said %+v", s)
		}
	}
}

func TestTheMorningAfterTheWeekend(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	monday := wednesday.AddDays(5)
	for day := wednesday.AddDays(-2); day.Before(monday); day = day.AddDays(1) {
		if o.reports.Rhythm.Calendar.IsWorkday(day) {
			o.submit(repA, day, 17)
			o.submit(repB, day, 19)
		}
	}
	o.at(monday, 8, 45)
	dec, _ := o.morning(monday)
	if len(dec.Reply.Say) != 1 {
		t.Fatalf("said %+v (%s)", dec.Reply.Say, dec.Reason)
	}
	text := dec.Reply.Say[0].Out.Text
	for _, want := range []string{"3月13日 周五 18:00:2 人 1 人已报", "补报:李强。", "近 5 个工作日准点率 50%(5/10)。", "没有停太久的商机"} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q in %s", want, text)
		}
	}
	o.at(monday, 18, 0)
	if dec, _ := o.morning(monday); dec.Reason != "the morning is over" || len(dec.Reply.Say) != 0 {
		t.Errorf("in the evening: %s", dec.Reason)
	}
}

func TestTheEngineTakesTheRhythm(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	e := &scheduler.Engine[*store.Tx]{}
	scheduler.RegisterReports(e, o.reports)
	defer func() {
		if recover() == nil {
			t.Error("the same kinds were taken twice")
		}
	}()
	scheduler.RegisterReports(e, o.reports)
}

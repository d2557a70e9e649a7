package scheduler

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"salesflow/bot"
	"salesflow/cards/picture"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// Kinds of due rows of the daily rhythm. The slot is the day they are for: the subject of prompt and morning is a person,
// of capture a team.
const (
	DueReportPrompt  = "report.prompt"  // 17:00: the report, filled in, to each rep
	DueReportCapture = "report.capture" // 18:00: where the team's opportunities stand
	DueReportMorning = "report.morning" // next workday's morning: the message to leads and directors
)

// ReportTx is what the daily rhythm needs of one transaction.
type ReportTx interface {
	Plans(ctx context.Context, scope sales.Scope, from, to sales.Day) ([]sales.VisitPlan, error)
	sales.MorningReader
	NewID() sales.ID
	// ReportOf reads a person's report of a day; NotFound when there is none. PutReport creates (Version 0) or updates.
	ReportOf(ctx context.Context, person sales.PersonID, day sales.Day) (sales.DailyReport, error)
	PutReport(r sales.DailyReport)
	PutCaptures(c []sales.StageCapture)
	CreateFile(f sales.File)
	RhythmTx
}

// RhythmTx writes due rows. Scheduling one that exists (same kind, subject and slot) moves it.
type RhythmTx interface {
	NewID() sales.ID
	Schedule(d sales.Due)
}

// Pictures keeps the bytes of a picture to send and returns its file, whose row is written in the same transaction.
type Pictures interface {
	KeepPicture(ctx context.Context, id sales.ID, png []byte) (sales.File, error)
}

// Reports decides the daily rhythm (每日节奏).
type Reports struct {
	Rhythm   sales.Rhythm
	Pictures Pictures
	// Ways are the company's pipelines.
	Ways *sales.Pipelines
}

// RegisterReports hands the daily rhythm's kinds of due rows to an engine.
func RegisterReports[T interface {
	DueTx
	ReportTx
}](e *Engine[T], r Reports) {
	e.Handle(DueReportPrompt, func(ctx context.Context, m Moment, tx T) (Decision, error) { return r.Prompt(ctx, m, tx) })
	e.Handle(DueReportCapture, func(ctx context.Context, m Moment, tx T) (Decision, error) { return r.Capture(ctx, m, tx) })
	e.Handle(DueReportMorning, func(ctx context.Context, m Moment, tx T) (Decision, error) { return r.Morning(ctx, m, tx) })
}

// EnsureRhythm writes the next due rows of the daily rhythm for everyone in the organisation. It may be called again at
// any time, at start and when the organisation has changed: a row is known by its kind, subject and day.
func (r Reports) EnsureRhythm(tx RhythmTx, org *sales.Org, now time.Time) {
	for _, p := range org.WithRole(sales.RoleRep) {
		r.next(tx, DueReportPrompt, sales.ID(p.ID), sales.Day{}, now)
	}
	for _, t := range org.Teams() {
		if len(ownReps(org, t.ID)) > 0 {
			r.next(tx, DueReportCapture, t.ID, sales.Day{}, now)
		}
	}
	for _, p := range org.People() {
		if getsMorning(org, p) {
			r.next(tx, DueReportMorning, sales.ID(p.ID), sales.Day{}, now)
		}
	}
}

// ownReps are the active reps of a team itself: each rep is captured once, with their own team.
func ownReps(org *sales.Org, team sales.ID) []sales.Person {
	var out []sales.Person
	for _, p := range org.Reps(team) {
		if p.TeamID == team {
			out = append(out, p)
		}
	}
	return out
}

// getsMorning reports whether a person gets the morning message: leads, regional directors and directors with reps under
// them.
func getsMorning(org *sales.Org, p sales.Person) bool {
	leads := p.Has(sales.RoleRegionalDirector, sales.RoleDirector) || len(org.Led(p.ID)) > 0
	return p.Active && leads && len(org.RepsUnder(p)) > 0
}

// next writes the row of a kind for the first workday after a day.
func (r Reports) next(tx RhythmTx, kind string, subject sales.ID, after sales.Day, now time.Time) {
	at, subjectKind := r.Rhythm.Prompt, "person"
	switch kind {
	case DueReportCapture:
		at, subjectKind = r.Rhythm.Capture, "team"
	case DueReportMorning:
		at = r.Rhythm.Morning
	}
	slot := r.Rhythm.NextSlot(after, at, now)
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: kind, SubjectKind: subjectKind, SubjectID: subject, Slot: slot.String(),
		DueAt: sales.At(at.On(slot)), State: sales.DuePending,
	})
}

// slotDay is the day a row is for; a slot that is none is the day of its moment.
func slotDay(d sales.Due) sales.Day {
	day, err := sales.ParseDay(d.Slot)
	if err != nil {
		return sales.DayOf(d.DueAt.Time)
	}
	return day
}

// Prompt asks a rep for the day's report, filled in, unless it was handed in, the day is over, or it is no workday any
// more. The next workday's row is written whatever is decided, as long as the person is a rep.
func (r Reports) Prompt(ctx context.Context, m Moment, tx ReportTx) (Decision, error) {
	day := slotDay(m.Due)
	p, ok := m.Org.Person(sales.PersonID(m.Due.SubjectID))
	if !ok || !p.Active || !p.Has(sales.RoleRep) {
		return Decision{Reason: "no rep any more"}, nil
	}
	r.next(tx, DueReportPrompt, m.Due.SubjectID, day, m.Now)
	rep, err := tx.ReportOf(ctx, p.ID, day)
	switch {
	case err != nil && sales.KindOf(err) == sales.NotFound:
		rep = sales.DailyReport{ID: tx.NewID(), PersonID: p.ID, TeamID: p.TeamID, Day: day, State: sales.ReportPrompted}
	case err != nil:
		return Decision{}, err
	case rep.State == sales.ReportSubmitted:
		return Decision{Reason: "handed in already"}, nil
	}
	switch {
	case !r.Rhythm.Calendar.IsWorkday(day):
		return Decision{Reason: "no workday"}, nil
	case m.Today != day || r.Rhythm.Calendar.Quiet(m.Now):
		return Decision{Reason: "the day is over"}, nil
	}
	if away, err := awayNow(ctx, tx, p.ID, m.Now); err != nil || away != "" {
		return Decision{Reason: away}, err
	}
	facts, err := sales.ReadDay(ctx, tx, p.ID, day, r.Rhythm.Calendar.NextWorkday(day))
	if err != nil {
		return Decision{}, err
	}
	rep.Summary, rep.Plan = view.DaySummary(facts.Count), view.NextDay(facts, day)
	tx.PutReport(rep)
	card := view.ReportPrompt(view.Report{
		Report: rep, Today: m.Today, Who: p.Name, Late: r.Rhythm.LateUntil(day), Now: m.Now,
	})
	return Decision{Reason: "prompted", Reply: bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{p.ID}, Subject: "report:" + rep.ID.String(), Kind: bot.DeliverPush, Slot: day.String(), Prompt: true,
		Out: bot.Outgoing{Card: &card},
	}}}}, nil
}

// maxCaptureLate is how late a capture may be taken and still stand for its day.
const maxCaptureLate = 12 * time.Hour

// Capture keeps where the open opportunities of a team's own reps stand (当日抓取). It also sees to it that everyone new in
// the team is in the rhythm.
func (r Reports) Capture(ctx context.Context, m Moment, tx ReportTx) (Decision, error) {
	day := slotDay(m.Due)
	team, ok := m.Org.Team(m.Due.SubjectID)
	reps := ownReps(m.Org, m.Due.SubjectID)
	if !ok || len(reps) == 0 {
		return Decision{Reason: "no reps in the team any more"}, nil
	}
	r.next(tx, DueReportCapture, m.Due.SubjectID, day, m.Now)
	for _, p := range reps {
		r.next(tx, DueReportPrompt, sales.ID(p.ID), m.Today, m.Now)
	}
	if lead, ok := m.Org.Person(team.LeadID); ok && getsMorning(m.Org, lead) {
		r.next(tx, DueReportMorning, sales.ID(lead.ID), m.Today, m.Now)
	}
	if m.Now.Sub(m.Due.DueAt.Time) > maxCaptureLate {
		return Decision{Reason: "too late to stand for the day"}, nil
	}
	scope := sales.Scope{}
	teamOf := map[sales.PersonID]sales.ID{}
	for _, p := range reps {
		scope.Persons, teamOf[p.ID] = append(scope.Persons, p.ID), p.TeamID
	}
	standing, err := tx.Standing(ctx, scope)
	if err != nil {
		return Decision{}, err
	}
	for i := range standing {
		standing[i].Day = day
		if standing[i].TeamID == 0 {
			standing[i].TeamID = teamOf[standing[i].PersonID]
		}
	}
	if len(standing) > 0 {
		tx.PutCaptures(standing)
	}
	return Decision{Reason: fmt.Sprintf("captured %d rows", len(standing))}, nil
}

// Morning tells a lead or director about the last workday: who reported, what moved, where opportunities stand, and what
// to see to.
func (r Reports) Morning(ctx context.Context, m Moment, tx ReportTx) (Decision, error) {
	day := slotDay(m.Due)
	p, ok := m.Org.Person(sales.PersonID(m.Due.SubjectID))
	if !ok || !getsMorning(m.Org, p) {
		return Decision{Reason: "leads nobody any more"}, nil
	}
	r.next(tx, DueReportMorning, m.Due.SubjectID, day, m.Now)
	switch {
	case !r.Rhythm.Calendar.IsWorkday(day):
		return Decision{Reason: "no workday"}, nil
	case m.Today != day || m.Now.After(r.Rhythm.Prompt.On(day)):
		return Decision{Reason: "the morning is over"}, nil
	}
	if away, err := awayNow(ctx, tx, p.ID, m.Now); err != nil || away != "" {
		return Decision{Reason: away}, err
	}
	facts, err := r.Rhythm.ReadMorning(ctx, tx, m.Org.RepsUnder(p), r.Rhythm.Calendar.PrevWorkday(day), m.Now)
	if err != nil {
		return Decision{}, err
	}
	if facts.Missing, facts.Away, err = apart(ctx, tx, facts.Missing, r.Rhythm.Capture.On(facts.Day)); err != nil {
		return Decision{}, err
	}
	to := []sales.PersonID{p.ID}
	subject := "morning:" + p.ID.String()
	say := func(what string, out bot.Outgoing) bot.Say {
		return bot.Say{To: to, Subject: subject, Kind: bot.DeliverPush, Slot: day.String() + ":" + what, Prompt: true, Out: out}
	}
	dec := Decision{Reason: "told"}
	text := view.MorningText(facts, r.Rhythm.Capture, m.Today)
	plans, err := teamPlans(ctx, tx, facts.Reps, day)
	if err != nil {
		return Decision{}, err
	}
	if len(plans) > 0 {
		text += "\n" + view.TeamPlanLine(plans, facts.Reps)
	}
	dec.Reply.Say = append(dec.Reply.Say, say("text", bot.Outgoing{Text: text}))
	heat, err := r.heatMaps(ctx, m, tx, facts)
	if err != nil {
		return Decision{}, err
	}
	for i, file := range heat {
		slot := "heat"
		if i > 0 {
			slot += strconv.Itoa(i + 1)
		}
		dec.Reply.Say = append(dec.Reply.Say, say(slot, bot.Outgoing{File: file}))
	}
	if len(facts.Concerns) > 0 {
		card := view.MorningCard(p.ID, facts.Concerns, m.Org.Name, m.Today)
		dec.Reply.Say = append(dec.Reply.Say, say("card", bot.Outgoing{Card: &card}))
	}
	return dec, nil
}

// heatMaps draw where opportunities stand, one picture for each pipeline with deals.
func (r Reports) heatMaps(ctx context.Context, m Moment, tx ReportTx, f sales.MorningFacts) ([]*bot.File, error) {
	grids := f.Grids(m.Org, r.Ways)
	var out []*bot.File
	for _, g := range grids {
		d := picture.Standing(f.Day.Chinese(), g.Pipeline(grids), g.Columns, g.Names, g.Counts)
		png, err := picture.HeatMap(d)
		switch {
		case errors.Is(err, picture.ErrNoData):
			continue
		case err != nil:
			return nil, fmt.Errorf("draw heat map: %w", err)
		}
		file, err := r.Pictures.KeepPicture(ctx, tx.NewID(), png)
		if err != nil {
			return nil, fmt.Errorf("keep heat map: %w", err)
		}
		file.Name = "晨报 " + m.Today.String() + ".png"
		if len(out) > 0 {
			file.Name = "晨报 " + m.Today.String() + " " + g.Way.Name + ".png"
		}
		tx.CreateFile(file)
		out = append(out, &bot.File{ID: file.ID, Name: file.Name, Image: true})
	}
	return out, nil
}

package incident

import (
	"context"
	"errors"
	"slices"
	"time"

	"salesflow/bot"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// DueStep is the kind of due row that wakes an incident: its subject is the incident. It is never renamed.
const DueStep = "rule.step"

// Subject kind and slot of the due rows of incidents.
const (
	DueSubject = "incident"
	dueSlot    = "ladder"
)

// Tx is what incidents need of one transaction.
type Tx interface {
	NewID() sales.ID
	VersionReader
	subject.RowReader
	CreateIncident(i sales.Incident)
	UpdateIncident(i sales.Incident)
	IncidentByID(ctx context.Context, id sales.ID) (sales.Incident, error)
	IncidentOf(ctx context.Context, kind, subjectKind string, subject sales.ID) (sales.Incident, error)
	AddIncidentStep(s sales.IncidentStep)
	IncidentSteps(ctx context.Context, id sales.ID) ([]sales.IncidentStep, error)
	TodosBySource(ctx context.Context, kind string, id sales.ID) ([]sales.Todo, error)
	CreateTodo(t sales.Todo)
	UpdateTodo(t sales.Todo)
	Schedule(d sales.Due)
	CancelDue(kind, subjectKind string, subject sales.ID, reason string)
	DuesOf(ctx context.Context, subjectKind string, subject sales.ID) ([]sales.Due, error)
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)
	ContractTx
	CardTx
	sales.AwayReader
}

// Desk is what is needed to work on incidents.
type Desk struct {
	Book     *Book
	Calendar *sales.Calendar
	// Clauses are the limits that a contract's card shows findings against.
	Clauses sales.ClauseLimits
	// Cards are the records' own cards that rules can push, by object and card: "contract.step"; see OwnCards.
	Cards map[string]OwnCard
}

// Case is an incident with its rule and its record.
type Case struct {
	sales.Incident
	Steps []sales.IncidentStep
	// Rule is the rule in the version the incident began with.
	Rule *Rule
	// Record is what it is about, nil when it is gone.
	Record *subject.Record

	desk     *Desk
	tx       Tx
	org      *sales.Org
	now      time.Time
	event    string // what caused the work, for the trace
	by       sales.PersonID
	known    bool
	dirty    bool
	contract *contractCase
	// duty is who is on duty and there, of the rosters that the rule's texts name.
	duty  map[string]sales.PersonID
	reply bot.Reply
	// again says that the level being done was done before; group that a group was told of it; todos are those it made.
	again, group bool
	todos        []sales.Todo
}

// At is the moment and cause of work on a case.
type At struct {
	Now   time.Time
	Org   *sales.Org
	Event string         // the id of the event or due row, for the trace
	By    sales.PersonID // who acts; 0 for the clock
}

// Load reads the case of an incident.
func (d *Desk) Load(ctx context.Context, tx Tx, at At, i sales.Incident) (*Case, error) {
	c := &Case{Incident: i, desk: d, tx: tx, org: at.Org, now: at.Now, event: at.Event, by: at.By, known: true}
	var err error
	if c.Rule, err = d.Book.Version(ctx, tx, at.Org, i.RuleID, i.RuleN); err != nil {
		return nil, err
	}
	if c.Steps, err = tx.IncidentSteps(ctx, i.ID); err != nil {
		return nil, err
	}
	found, err := d.Book.Registry.Load(ctx, tx, at.Org, c.Rule.Object, sales.DayOf(at.Now), []sales.ID{i.SubjectID})
	if err != nil {
		return nil, err
	}
	c.Record = found[i.SubjectID]
	if c.Record == nil && c.Rule.Object.Table == "" {
		c.Record = &subject.Record{Object: c.Rule.Object, ID: i.SubjectID}
	}
	if err := c.readDuty(ctx); err != nil {
		return nil, err
	}
	return c, c.readContract(ctx)
}

// Open finds the incident of a rule about a record and opens it, anew when it had ended. ok is false when it is open
// already, or ended and was about the same occasion: since.
func (d *Desk) Open(ctx context.Context, tx Tx, at At, r *Rule, rec *subject.Record, since time.Time, chain string) (c *Case, ok bool, err error) {
	i, err := tx.IncidentOf(ctx, r.Kind(), r.Object.Subject, rec.ID)
	known := err == nil
	if err != nil && sales.KindOf(err) != sales.NotFound {
		return nil, false, err
	}
	// Of a date with several occasions the next one takes the place of the one before.
	next := len(r.Trigger.More) > 0
	if known && (i.State == sales.IncidentOpen && !next || i.Since.Equal(sales.At(since).Time)) {
		return nil, false, nil
	}
	fresh := sales.Incident{
		ID: i.ID, Version: i.Version, Kind: r.Kind(), SubjectKind: r.Object.Subject, SubjectID: rec.ID, State: sales.IncidentOpen,
		OpenedAt: sales.At(at.Now), RuleID: r.ID, RuleN: r.N, Since: sales.At(since), Chain: chain, ByState: byState(r, rec),
	}
	if !known {
		fresh.ID, fresh.Version = tx.NewID(), 1
	}
	c = &Case{
		Incident: fresh, Rule: r, Record: rec, desk: d, tx: tx, org: at.Org, now: at.Now, event: at.Event, by: at.By, known: known, dirty: true,
	}
	if err := errors.Join(c.readContract(ctx), c.readDuty(ctx)); err != nil {
		return nil, false, err
	}
	c.Step(approval.StepOpened, 0, 0, c.opened())
	return c, true, nil
}

// byState reports whether a record's state will tell when it was dealt with: the state the rule is about is left, or the
// record stands where somebody has something to do.
func byState(r *Rule, rec *subject.Record) bool {
	switch r.Trigger.Kind {
	case rules.Enters:
		return true
	case rules.Leaves, rules.Changes:
		return false
	}
	return r.Object.Waiting(rec.State())
}

// opened says what was found.
func (c *Case) opened() string {
	if c.contract != nil && c.contract.r.State == approval.Pending {
		return "已等 " + sales.Waited(c.contract.wait.Waited) + ",卡在 " + c.contract.r.NextText()
	}
	return c.Rule.Trigger.Words()
}

// Step adds a line to the story.
func (c *Case) Step(what string, level int, person sales.PersonID, note string) {
	s := sales.IncidentStep{
		ID: c.tx.NewID(), IncidentID: c.ID, At: sales.At(c.now), Level: level, What: what, PersonID: person, Note: note,
	}
	c.tx.AddIncidentStep(s)
	c.Steps = append(c.Steps, s)
}

// Next is what comes next in the case.
func (c *Case) Next() Move {
	return Next(c.Rule.Policy(), ProgressOf(c.Incident, c.Steps), c.calendar(), c.now)
}

// CalendarOf is the calendar of a record's owner: their region's days and hours. Without one it is the company's.
func (d *Desk) CalendarOf(org *sales.Org, rec *subject.Record) *sales.Calendar {
	if rec == nil || org == nil || rec.Owner() == 0 {
		return d.Calendar
	}
	return d.Calendar.Of(org, rec.Owner())
}

func (c *Case) calendar() *sales.Calendar { return c.desk.CalendarOf(c.org, c.Record) }

// PushedTo reports whether the case was pushed or handed to a person since it was opened.
func (c *Case) PushedTo(p sales.PersonID) bool { return sales.PushedTo(c.Incident, c.Steps, p) }

// People are those the case was pushed or handed to since it was opened, in that order.
func (c *Case) People() []sales.PersonID {
	var out []sales.PersonID
	for _, s := range c.Steps {
		if (s.What == approval.StepPushed || s.What == approval.StepHandedOver) && !s.At.Before(c.OpenedAt.Time) && !slices.Contains(out, s.PersonID) {
			out = append(out, s.PersonID)
		}
	}
	return out
}

// Ack takes the case up until its time for that is over.
func (c *Case) Ack() time.Time {
	until := ackUntil(c.Rule.Ack, c.now, c.desk.Calendar.Of(c.org, c.by))
	c.AckedBy, c.AckedAt, c.AckUntil, c.SnoozedUntil = c.by, sales.At(c.now), sales.At(until), sales.Instant{}
	c.Step(approval.StepAcked, c.Level, c.by, "到 "+sales.FormatMoment(until))
	c.dirty = true
	return until
}

// ackFor is how long 我来处理 holds the next push back when the rule does not say.
const ackFor = 4 * time.Hour

func ackUntil(s rules.Span, now time.Time, cal *sales.Calendar) time.Time {
	if s.IsZero() {
		return now.Add(ackFor)
	}
	return s.From(now, cal)
}

// Snooze puts the next push off.
func (c *Case) Snooze(until time.Time) {
	c.SnoozedUntil = sales.At(until)
	c.Step(approval.StepSnoozed, c.Level, c.by, "到 "+sales.FormatMoment(until))
	c.dirty = true
}

// Give hands the case over to a colleague.
func (c *Case) Give(to sales.PersonID) {
	c.GivenTo = to
	c.AckedBy, c.AckedAt, c.AckUntil = 0, sales.Instant{}, sales.Instant{}
	c.Step(approval.StepHandedOver, c.Level, to, c.org.Name(c.by)+"转来")
	c.dirty = true
}

// Resolve ends the case, which was dealt with: its to-dos are done, its cards closed.
func (c *Case) Resolve(ctx context.Context, how string) error {
	if c.State != sales.IncidentOpen {
		return nil
	}
	c.Close(how)
	return c.closeTodos(ctx)
}

// Close ends the case though nobody has dealt with it: everybody was told, and that is all there was to do. The to-dos it
// made stay with those who have them.
func (c *Case) Close(how string) {
	if c.State != sales.IncidentOpen {
		return
	}
	c.State, c.ResolvedAt, c.Resolution = sales.IncidentResolved, sales.At(c.now), how
	c.Step(approval.StepResolved, c.Level, c.by, how)
	c.dirty = true
}

// Reach begins a level, the next one or the same again.
func (c *Case) Reach(level int) {
	c.again, c.group = level == c.Level, false
	switch {
	case !c.again:
		c.Repeats = 0
	case c.AckedAt.IsZero() && c.SnoozedUntil.IsZero():
		c.Repeats++
	}
	c.Level = level
	c.AckedBy, c.AckedAt, c.AckUntil, c.SnoozedUntil = 0, sales.Instant{}, sales.Instant{}, sales.Instant{}
	c.dirty = true
}

// Anew begins all levels once more: the last one was in vain.
func (c *Case) Anew() {
	c.Step(StepRound, c.Level, 0, "")
	c.Level, c.Repeats = 0, 0
	c.dirty = true
}

// top is the highest level that was done since the case was opened.
func (c *Case) top() int {
	for _, s := range c.Steps {
		if s.What == StepRound && !s.At.Before(c.OpenedAt.Time) {
			return len(c.Rule.Steps)
		}
	}
	return c.Level
}

// Again reports whether the level being done was done before.
func (c *Case) Again() bool { return c.again }

// ToldGroup notes that a group was told of the level, GroupTold reports it.
func (c *Case) ToldGroup() { c.group = true }

// GroupTold reports whether a group was told of the level.
func (c *Case) GroupTold() bool { return c.group }

// Say adds something to be said when the case is saved.
func (c *Case) Say(s bot.Say) { c.reply.Say = append(c.reply.Say, s) }

// Held notes that nobody is told, and why; the same reason is not noted again and again.
func (c *Case) Held(why string) {
	if n := len(c.Steps); n > 0 && c.Steps[n-1].What == approval.StepHeld && c.Steps[n-1].Note == why {
		return
	}
	c.Step(approval.StepHeld, c.Level, 0, why)
}

// Saves numbers the writings of the case, the next one included: what is said of a level at one is said once, and what is
// said when the case is opened anew is not taken for what was said before.
func (c *Case) Saves() int64 {
	if c.known {
		return c.Version + 1
	}
	return c.Version
}

// Stuck are those a contract waits for: they are reminded of it rather than told of themselves.
func (c *Case) Stuck() []sales.PersonID { return c.stuck() }

// Done reports whether nothing can follow: everybody was told, and nothing says when it is dealt with.
func (c *Case) Done() bool {
	return c.State == sales.IncidentOpen && c.once() && c.Level >= len(c.Rule.Steps) && c.Next().Level == 0
}

// once reports whether people are told and that is all: nothing says when it is dealt with.
func (c *Case) once() bool {
	last := c.Rule.Steps[len(c.Rule.Steps)-1]
	if c.Rule.Rounds > 0 {
		return false
	}
	if c.Rule.Trigger.Kind != rules.Enters && len(c.Rule.Steps) == 1 && last.Repeat.IsZero() && ownWords(last) {
		return true // what was said has its own buttons, or asks for nothing
	}
	if c.ByState || len(c.Rule.Unless) > 0 || len(c.Rule.Steps) > 1 || !last.Repeat.IsZero() {
		return false
	}
	switch c.Rule.Trigger.Kind {
	case rules.Silent, rules.Runs, rules.Reaches:
		return false
	}
	// A card that asks to be taken up stays until somebody has said that it is dealt with.
	return !c.asks()
}

// asks reports whether the rule pushes a card with buttons to somebody.
func (c *Case) asks() bool {
	for _, st := range c.Rule.Steps {
		for _, a := range st.Actions {
			if a.Do == rules.Push && len(a.Buttons) > 0 {
				return true
			}
		}
	}
	return false
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// CustomerID is the customer the record is about, 0 when it is about none.
func (c *Case) CustomerID() sales.ID {
	switch {
	case c.Record == nil:
		return 0
	case c.Rule.Object.Key == "customer":
		return c.Record.ID
	}
	return c.Record.RefID("customer")
}

// Wake is when the case must be looked at next.
func (c *Case) Wake() time.Time { return c.wake() }

// Trace writes what was done to the record's trace and events.
func (c *Case) Trace(verb string, changes ...sales.Change) {
	c.tx.Audit(sales.AuditEntry{
		ID: c.tx.NewID(), At: sales.At(c.now), PersonID: c.by, EventID: c.event, Verb: verb, SubjectKind: c.SubjectKind,
		SubjectID: c.SubjectID, Changes: append([]sales.Change{{Field: "规则", New: c.Rule.Name}}, changes...),
	})
	c.tx.Emit(sales.DomainEvent{
		ID: c.tx.NewID(), At: sales.At(c.now), Kind: verb, SubjectKind: "incident", SubjectID: c.ID, PersonID: c.by, Data: "{}",
	})
}

// Save writes the case when it changed, its next moment, and gives what is to be said and the cards as they are now.
func (c *Case) Save(ctx context.Context) (bot.Reply, error) {
	if !c.dirty {
		return c.reply, nil
	}
	if c.known {
		c.tx.UpdateIncident(c.Incident)
		c.Version++
	} else {
		c.tx.CreateIncident(c.Incident)
		c.known = true
	}
	c.dirty = false
	if c.State == sales.IncidentOpen {
		c.tx.Schedule(c.due(c.wake()))
	} else {
		c.tx.CancelDue(DueStep, DueSubject, c.ID, "ended")
	}
	faces, err := c.Faces(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, f := range faces {
		if !sent(c.reply, f.Key) {
			c.reply.Faces = append(c.reply.Faces, f)
		}
	}
	reply := c.reply
	c.reply = bot.Reply{}
	return reply, nil
}

// lookEvery is how often an incident of which every level was told is looked at until it is dealt with, and lookFor how
// long that goes on.
const (
	lookEvery = 24 * time.Hour
	lookFor   = 60 * 24 * time.Hour
)

// wake is when the case must be looked at next. There is always such a moment while it is open.
func (c *Case) wake() time.Time {
	if m := c.Next(); m.Level > 0 {
		return m.Due
	}
	return c.now.Add(lookEvery)
}

// Stale reports whether everybody was told long ago: then the case is closed.
func (c *Case) Stale() bool { return c.now.Sub(c.OpenedAt.Time) > lookFor && c.Next().Level == 0 }

func (c *Case) due(at time.Time) sales.Due {
	return sales.Due{
		ID: c.tx.NewID(), Kind: DueStep, SubjectKind: DueSubject, SubjectID: c.ID, Slot: dueSlot, DueAt: sales.At(at), State: sales.DuePending,
	}
}

// sent reports whether a card of this key goes out anew.
func sent(r bot.Reply, key string) bool {
	return slices.ContainsFunc(r.Say, func(s bot.Say) bool { return s.Out.Card != nil && s.Out.Card.Key == key })
}

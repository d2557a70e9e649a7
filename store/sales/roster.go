package sales

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Roster states, and those of swaps.
const (
	RosterOn   = "on"
	RosterGone = "gone"
)

// DueRoster is the kind of the due row at which it is looked who is on duty: its subject is the roster. It is never renamed.
const DueRoster = "roster.change"

// Roster is who is on duty by turns (值班). Name is unique; the people take turns in their order.
type Roster struct {
	ID     ID             `db:"id"`
	Name   string         `db:"name"`
	People List[PersonID] `db:"people"`
	// EveryDays is how long a turn is; FirstAt is when a turn of the first of the people began.
	EveryDays int     `db:"every_days"`
	FirstAt   Instant `db:"first_at"`
	// Source is RuleFile or RuleChat.
	Source    string   `db:"source"`
	State     string   `db:"state"`
	UpdatedBy PersonID `db:"updated_by"`
	UpdatedAt Instant  `db:"updated_at"`
	Version   int64    `db:"version"`
}

// RosterSwap is somebody who is on duty for a while in place of whose turn it is (替班).
type RosterSwap struct {
	ID        ID       `db:"id"`
	RosterID  ID       `db:"roster_id"`
	PersonID  PersonID `db:"person_id"`
	From      Instant  `db:"from_at"`
	Until     Instant  `db:"until_at"` // not included
	State     string   `db:"state"`
	CreatedBy PersonID `db:"created_by"`
	CreatedAt Instant  `db:"created_at"`
	Version   int64    `db:"version"`
}

// Span is when the swap holds, in words.
func (s RosterSwap) Span() string { return Absence{From: s.From, Until: s.Until}.Span() }

// Shift is one turn of duty, as it was planned: who may be on leave then.
type Shift struct {
	PersonID    PersonID
	From, Until time.Time
	// Swap is the replacement by which it is this person's, 0 when it is their turn.
	Swap ID
}

// turn is the planned turn at a moment, replacements left aside.
func (r Roster) turn(t time.Time) (n int64, s Shift) {
	length := time.Duration(max(r.EveryDays, 1)) * 24 * time.Hour
	n = int64(t.Sub(r.FirstAt.Time) / length)
	if t.Before(r.FirstAt.Add(time.Duration(n) * length)) {
		n--
	}
	s.From = r.FirstAt.Add(time.Duration(n) * length)
	s.Until = s.From.Add(length)
	return n, s
}

// TurnAt is when the turn began, replacements left aside, that runs at a moment.
func (r Roster) TurnAt(t time.Time) time.Time {
	_, s := r.turn(t)
	return s.From
}

// Rhythm is how the people take turns, in words: 每周一 09:00 换班.
func (r Roster) Rhythm() string {
	at := r.FirstAt.In(Shanghai)
	clock := at.Format("15:04")
	switch n := r.EveryDays; {
	case n == 1:
		return "每天 " + clock + " 换班"
	case n == 7:
		return "每周" + string([]rune("日一二三四五六")[at.Weekday()]) + " " + clock + " 换班"
	case n%7 == 0:
		return "每 " + strconv.Itoa(n/7) + " 周,周" + string([]rune("日一二三四五六")[at.Weekday()]) + " " + clock + " 换班"
	}
	return "每 " + strconv.Itoa(r.EveryDays) + " 天 " + clock + " 换班"
}

// SetRosters gives the organisation its rosters and the replacements that hold or come. It is called before it is used.
func (o *Org) SetRosters(list []Roster, swaps []RosterSwap) {
	o.rosters = slices.Clone(list)
	slices.SortFunc(o.rosters, func(a, b Roster) int { return int(a.ID - b.ID) })
	o.swaps = map[ID][]RosterSwap{}
	for _, s := range swaps {
		o.swaps[s.RosterID] = append(o.swaps[s.RosterID], s)
	}
}

// Rosters lists the rosters, the oldest first.
func (o *Org) Rosters() []Roster { return o.rosters }

// Roster finds a roster by its name.
func (o *Org) Roster(name string) (Roster, bool) {
	if i := slices.IndexFunc(o.rosters, func(r Roster) bool { return r.Name == name }); i >= 0 {
		return o.rosters[i], true
	}
	return Roster{}, false
}

// RosterByID finds a roster that is in use.
func (o *Org) RosterByID(id ID) (Roster, bool) {
	if i := slices.IndexFunc(o.rosters, func(r Roster) bool { return r.ID == id }); i >= 0 {
		return o.rosters[i], true
	}
	return Roster{}, false
}

// Swaps lists the replacements of a roster that hold or come after a moment, the earliest first.
func (o *Org) Swaps(roster ID, after time.Time) []RosterSwap {
	var out []RosterSwap
	for _, s := range o.swaps[roster] {
		if s.State == RosterOn && s.Until.After(after) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b RosterSwap) int { return a.From.Compare(b.From.Time) })
	return out
}

// Shift is who is planned to be on duty at a moment, from when and until when. Who has left is passed over.
func (o *Org) Shift(r Roster, t time.Time) Shift {
	n, s := r.turn(t)
	s.PersonID = o.nth(r, n)
	var covers RosterSwap
	for _, swap := range o.swaps[r.ID] {
		if who, ok := o.people[swap.PersonID]; swap.State != RosterOn || !ok || !who.Active {
			continue
		}
		switch {
		case !swap.From.After(t) && swap.Until.After(t):
			if swap.ID > covers.ID { // of two the later word counts
				covers = swap
			}
		case swap.From.After(t) && swap.From.Before(s.Until):
			s.Until = swap.From.Time
		case !swap.Until.After(t) && swap.Until.After(s.From):
			s.From = swap.Until.Time
		}
	}
	if covers.ID != 0 {
		s.PersonID, s.Swap, s.From = covers.PersonID, covers.ID, covers.From.Time
		if covers.Until.Before(s.Until) || s.Until.Before(covers.From.Time) {
			s.Until = covers.Until.Time
		}
	}
	return s
}

// nth is whose the n-th turn is; 0 when all have left.
func (o *Org) nth(r Roster, n int64) PersonID {
	size := int64(len(r.People))
	for i := range size {
		p := r.People[((n+i)%size+size)%size]
		if who, ok := o.people[p]; ok && who.Active {
			return p
		}
	}
	return 0
}

// OnDuty are those to be asked at a moment by the roster of a name: who is on duty, then those who would take over while they
// are away, in turn. Nobody when there is no such roster.
func (o *Org) OnDuty(name string, t time.Time) []PersonID {
	r, ok := o.Roster(name)
	if !ok {
		return nil
	}
	return o.Queue(r, t)
}

// Queue are those to be asked at a moment by a roster; see OnDuty.
func (o *Org) Queue(r Roster, t time.Time) []PersonID {
	n, _ := r.turn(t)
	out := []PersonID{}
	add := func(p PersonID) {
		if p != 0 && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	add(o.Shift(r, t).PersonID)
	for i := range int64(len(r.People)) {
		add(o.nth(r, n+i))
	}
	return out
}

// Present is who is on duty at a moment: the first of the queue who is not away, the first of all when everybody is; 0 when
// there is nobody.
func Present(ctx context.Context, r AwayReader, queue []PersonID, at Instant) (PersonID, map[PersonID]Absence, error) {
	if len(queue) == 0 {
		return 0, nil, nil
	}
	away, err := ReadAway(ctx, r, queue, at)
	if err != nil {
		return 0, nil, err
	}
	for _, p := range queue {
		if _, gone := away[p]; !gone {
			return p, away, nil
		}
	}
	return queue[0], away, nil
}

// WithRoster is the organisation as it will be once a roster and its replacements are written.
func (o *Org) WithRoster(r Roster, swaps []RosterSwap) *Org {
	next := *o
	next.rosters = append(slices.DeleteFunc(slices.Clone(o.rosters), func(x Roster) bool { return x.ID == r.ID }), r)
	next.swaps = make(map[ID][]RosterSwap, len(o.swaps)+1)
	for id, list := range o.swaps {
		next.swaps[id] = list
	}
	next.swaps[r.ID] = swaps
	return &next
}

// UntilText is the end of a shift as people say it: midnight belongs to the day before.
func UntilText(t, now time.Time) string {
	if DayOf(t).Start().Equal(t) {
		return strings.TrimSuffix(FormatTime(t.Add(-time.Minute), now), "23:59") + "24:00"
	}
	return FormatTime(t, now)
}

package sales

import (
	"fmt"
	"slices"
	"time"
)

// PushPref is what a person wants of pushes (推送设置). What is urgent goes through all of it.
type PushPref struct {
	PersonID PersonID `db:"person_id"`
	// QuietFrom and QuietTo are minutes of the day between which nothing comes; equal: none.
	QuietFrom int `db:"quiet_from"`
	QuietTo   int `db:"quiet_to"`
	// Gather are minutes of the day at which what is not urgent comes together; none: each comes by itself.
	Gather List[int] `db:"gather"`
	// Channel is the platform they want it on; empty is where they wrote last.
	Channel   string  `db:"channel"`
	UpdatedAt Instant `db:"updated_at"`
}

// IsZero reports whether nothing is set.
func (p PushPref) IsZero() bool {
	return p.QuietFrom == p.QuietTo && len(p.Gather) == 0 && p.Channel == ""
}

// QuietFor is how long the quiet hours are.
func (p PushPref) QuietFor() time.Duration {
	return time.Duration((p.QuietTo-p.QuietFrom+24*60)%(24*60)) * time.Minute
}

// QuietUntil is when the quiet hours end that a moment is in; the zero time when it is in none.
func (p PushPref) QuietUntil(t time.Time) time.Time {
	if p.QuietFrom == p.QuietTo {
		return time.Time{}
	}
	for _, day := range []Day{DayOf(t).AddDays(-1), DayOf(t)} { // they may go past midnight
		from := day.At(0, p.QuietFrom)
		if until := from.Add(p.QuietFor()); !t.Before(from) && t.Before(until) {
			return until
		}
	}
	return time.Time{}
}

// NextGather is the next moment after t at which what is not urgent comes together; the zero time when each comes by itself.
func (p PushPref) NextGather(t time.Time) time.Time {
	if len(p.Gather) == 0 {
		return time.Time{}
	}
	list := slices.Sorted(slices.Values(p.Gather))
	for _, m := range list {
		if at := DayOf(t).At(0, m); at.After(t) {
			return at
		}
	}
	return DayOf(t).AddDays(1).At(0, list[0])
}

// MinuteText is a minute of the day: 09:30.
func MinuteText(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// SetPushPrefs gives the organisation what people want of pushes. It is called before it is used.
func (o *Org) SetPushPrefs(list []PushPref) {
	o.prefs = make(map[PersonID]PushPref, len(list))
	for _, p := range list {
		o.prefs[p.PersonID] = p
	}
}

// PushPref is what a person wants of pushes; the zero value when they have not said.
func (o *Org) PushPref(id PersonID) PushPref {
	if p, ok := o.prefs[id]; ok {
		return p
	}
	return PushPref{PersonID: id}
}

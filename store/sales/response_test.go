package sales

import (
	"testing"
	"time"
)

func TestResponsesAreCutOutOfStories(t *testing.T) {
	t.Parallel()
	at := func(hour int) Instant { return At(time.Date(2026, 3, 11, hour, 0, 0, 0, Shanghai)) }
	id := ID(0)
	line := func(incident ID, hour, level int, what string, who PersonID) IncidentLine {
		id++
		return IncidentLine{ID: id, IncidentID: incident, RuleID: 7, At: at(hour), Level: level, What: what, PersonID: who}
	}
	lines := []IncidentLine{
		line(9, 8, 1, linePushed, 1), // was opened before what is looked at
		line(1, 9, 0, lineOpened, 0), line(1, 9, 1, linePushed, 1), line(1, 9, 1, linePushed, 2),
		line(1, 10, 1, lineAcked, 2), line(1, 11, 1, lineAcked, 1), line(1, 13, 1, lineResolved, 0),
		line(2, 9, 0, lineOpened, 0), line(2, 9, 1, linePushed, 1), line(2, 12, 2, linePushed, 3),
		line(1, 14, 0, lineOpened, 0), line(1, 14, 1, linePushed, 1), line(1, 20, 1, lineResolved, 0), // again
		line(3, 9, 0, lineOpened, 0), line(3, 10, 1, lineResolved, 0), // nobody was told
	}
	list := Responses(lines)
	if len(list) != 3 || list[0].TakenBy != 2 || len(list[0].To) != 2 || list[1].Level != 2 || !list[1].Resolved.IsZero() || list[2].Opened.Hour() != 6 {
		t.Fatalf("%+v", list)
	}
	s := ResponsesOf(list, func(a, b time.Time) time.Duration { return b.Sub(a) })
	if s.Count != 3 || s.Done != 2 || s.First != 2 || s.Up != 1 || s.DonePercent() != 67 {
		t.Errorf("%+v", s)
	}
	// Taken up after one hour, and dealt with at once after six; dealt with after four and six.
	if s.Takes != 2 || s.Take != 3*time.Hour+30*time.Minute || s.Deal != 5*time.Hour {
		t.Errorf("%+v", s)
	}
	if by := ResponsesByRule(list, func(a, b time.Time) time.Duration { return b.Sub(a) }); len(by) != 1 || by[0].Rule != 7 || by[0].Count != 3 {
		t.Errorf("%+v", by)
	}
}

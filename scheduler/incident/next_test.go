package incident_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

func workCalendar(t *testing.T) *sales.Calendar {
	t.Helper()
	c, err := sales.NewCalendar(sales.CalendarOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// clock is an instant of March 2026 in Shanghai, "11 10:02"; the 14th is a Saturday.
func clock(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-03-"+s, sales.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func hours(n int) rules.Span { return rules.Span{N: n, Unit: rules.Hours} }

func TestNext(t *testing.T) {
	t.Parallel()
	cal := workCalendar(t)
	two := incident.Policy{Steps: []rules.Step{{}, {After: hours(24)}}}
	repeating := incident.Policy{Steps: []rules.Step{{Repeat: hours(4), Times: 2}}}
	both := incident.Policy{Steps: []rules.Step{{Repeat: hours(4), Times: 9}, {After: hours(6)}}}
	round := incident.Policy{Steps: []rules.Step{{}, {After: hours(2)}}, Rounds: 1, RoundAfter: hours(3)}
	working := incident.Policy{Steps: []rules.Step{{}, {After: rules.Span{N: 8, Unit: rules.WorkingHours}}}}
	type fields = func(*incident.Progress)
	level := func(n int, at string) fields {
		return func(s *incident.Progress) { s.Level, s.LevelAt, s.LastAt = n, clock(t, at), clock(t, at) }
	}
	last := func(at string, repeats int) fields {
		return func(s *incident.Progress) { s.LastAt, s.Repeats = clock(t, at), repeats }
	}
	ack := func(at, until string) fields {
		return func(s *incident.Progress) { s.AckedAt, s.AckUntil = clock(t, at), clock(t, until) }
	}
	snooze := func(until string, n int) fields {
		return func(s *incident.Progress) { s.SnoozedUntil, s.Snoozes = clock(t, until), n }
	}
	ended := func(s *incident.Progress) { s.Ended = true }
	unreachable := func(s *incident.Progress) { s.Unreachable = true }
	for _, tt := range []struct {
		name   string
		policy incident.Policy
		state  []fields
		now    string
		due    string // empty: none
		level  int
		reason incident.Reason
	}{
		{"刚打开就推", two, nil, "11 10:00", "11 10:00", 1, incident.Due},
		{"推过第一级", two, []fields{level(1, "11 10:00")}, "11 12:00", "12 10:00", 2, incident.Waiting},
		{"到第二级", two, []fields{level(1, "11 10:00")}, "12 10:00", "12 10:00", 2, incident.Due},
		{"周末不推", two, []fields{level(1, "13 10:00")}, "14 10:00", "16 08:30", 2, incident.Quiet},
		{"还没到就说周一", two, []fields{level(1, "13 10:00")}, "13 12:00", "16 08:30", 2, incident.Waiting},
		{"工作小时", working, []fields{level(1, "13 17:00")}, "13 18:00", "16 16:00", 2, incident.Waiting},
		{"都推过了", two, []fields{level(2, "12 10:00")}, "20 10:00", "", 0, incident.Exhausted},
		{"处理完不再推", two, []fields{level(1, "11 10:00"), ended}, "20 10:00", "", 0, incident.Ended},
		{"没人能推,直接下一级", two, []fields{level(1, "11 10:00"), unreachable}, "11 10:01", "11 10:00", 2, incident.Due},
		{"有人处理,等他", two, []fields{level(1, "11 10:00"), ack("12 09:30", "12 13:30")}, "12 10:00", "12 13:30", 2, incident.Acked},
		{"处理的承诺过期", two, []fields{level(1, "11 10:00"), ack("12 09:30", "12 13:30")}, "12 13:30", "12 13:30", 2, incident.Due},
		{"最后一级接下没下文,再提醒一次", two, []fields{level(2, "12 10:00"), ack("12 10:30", "12 14:30")}, "12 11:00", "12 14:30", 2, incident.Acked},
		{"再提醒后没有了", two, []fields{level(2, "12 14:30"), ack("12 10:30", "12 14:30")}, "13 14:30", "", 0, incident.Exhausted},
		{"稍后再提醒同一级", two, []fields{level(1, "11 10:00"), snooze("11 12:00", 1)}, "11 11:00", "11 12:00", 1, incident.Snoozed},
		{"稍后到了", two, []fields{level(1, "11 10:00"), snooze("11 12:00", 1)}, "11 12:00", "11 12:00", 1, incident.Due},
		{"推后太多次不算", two, []fields{level(1, "11 10:00"), snooze("11 12:00", 4)}, "11 11:00", "12 10:00", 2, incident.Waiting},
		{"重复", repeating, []fields{level(1, "11 10:00")}, "11 10:30", "11 14:00", 1, incident.Waiting},
		{"重复第二次", repeating, []fields{level(1, "11 10:00"), last("11 14:00", 1)}, "11 18:00", "11 18:00", 1, incident.Due},
		{"重复够了", repeating, []fields{level(1, "11 10:00"), last("11 18:00", 2)}, "12 18:00", "", 0, incident.Exhausted},
		{"下一级不等重复完", both, []fields{level(1, "11 10:00"), last("11 14:00", 1)}, "11 15:00", "11 16:00", 2, incident.Waiting},
		{"到头了从头再来", round, []fields{level(2, "11 12:00")}, "11 13:00", "11 15:00", 1, incident.Waiting},
		{"从头再来到点", round, []fields{level(2, "11 12:00")}, "11 15:00", "11 15:00", 1, incident.Due},
		{"有人接下,先不从头", round, []fields{level(2, "11 12:00"), ack("11 12:30", "11 16:30")}, "11 15:00", "11 16:30", 1, incident.Acked},
		{"遍数够了", round, []fields{level(2, "11 12:00"), func(s *incident.Progress) { s.Round = 1 }}, "20 15:00", "", 0, incident.Exhausted},
		{"没有步骤", incident.Policy{}, nil, "11 10:00", "", 0, incident.Exhausted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := incident.Progress{OpenedAt: clock(t, "11 10:00")}
			for _, f := range tt.state {
				f(&s)
			}
			m := incident.Next(tt.policy, s, cal, clock(t, tt.now))
			if m.Level != tt.level || m.Reason != tt.reason || tt.due == "" != m.Due.IsZero() || tt.due != "" && !m.Due.Equal(clock(t, tt.due)) {
				t.Errorf("level %d at %s, %s, want level %d at %s, %s", m.Level, m.Due.In(sales.Shanghai), m.Reason, tt.level, tt.due, tt.reason)
			}
			if m.Reason.Chinese() == "" {
				t.Errorf("%s has no words", m.Reason)
			}
		})
	}
	urgent := two
	urgent.Urgent = true
	s := incident.Progress{OpenedAt: clock(t, "13 10:00"), Level: 1, LevelAt: clock(t, "13 10:00"), LastAt: clock(t, "13 10:00")}
	if m := incident.Next(urgent, s, cal, clock(t, "14 10:00")); m.Reason != incident.Due {
		t.Errorf("what is urgent waits for Monday: %s", m.Reason)
	}
}

// Whatever has happened: nothing after the end, nothing at night, never down, and never while somebody has it in hand.
func TestNextNeverDisturbs(t *testing.T) {
	t.Parallel()
	cal := workCalendar(t)
	start := clock(t, "11 10:00")
	instant := func(t *rapid.T, name string) time.Time {
		if rapid.Bool().Draw(t, name+" set") {
			return start.Add(time.Duration(rapid.IntRange(0, 10*24*60).Draw(t, name)) * time.Minute)
		}
		return time.Time{}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := incident.Policy{Urgent: rapid.Bool().Draw(t, "urgent"), Rounds: rapid.IntRange(0, 3).Draw(t, "rounds"), RoundAfter: hours(5)}
		for range rapid.IntRange(1, 4).Draw(t, "steps") {
			p.Steps = append(p.Steps, rules.Step{
				After:  rules.Span{N: rapid.IntRange(1, 50).Draw(t, "after"), Unit: rapid.SampledFrom([]rules.Unit{rules.Hours, rules.Days, rules.Workdays, rules.WorkingHours}).Draw(t, "unit")},
				Repeat: hours(rapid.IntRange(0, 30).Draw(t, "repeat")), Times: rapid.IntRange(1, 3).Draw(t, "times"),
			})
		}
		s := incident.Progress{
			OpenedAt: start, Level: rapid.IntRange(0, len(p.Steps)).Draw(t, "level"), Repeats: rapid.IntRange(0, 3).Draw(t, "repeats"),
			Round:       rapid.IntRange(0, 3).Draw(t, "round"),
			Unreachable: rapid.Bool().Draw(t, "unreachable"), Ended: rapid.Bool().Draw(t, "ended"), Snoozes: rapid.IntRange(0, 5).Draw(t, "snoozes"),
			SnoozedUntil: instant(t, "snoozed"), AckedAt: instant(t, "acked"),
		}
		if s.Level > 0 {
			s.LevelAt = start.Add(time.Duration(rapid.IntRange(0, 5*24*60).Draw(t, "level at")) * time.Minute)
			s.LastAt = s.LevelAt.Add(time.Duration(rapid.IntRange(0, 24*60).Draw(t, "last at")) * time.Minute)
		}
		if !s.AckedAt.IsZero() {
			s.AckUntil = s.AckedAt.Add(4 * time.Hour)
		}
		now := start.Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, "now")) * time.Minute)
		m := incident.Next(p, s, cal, now)
		switch {
		case s.Ended && (m.Level != 0 || m.Reason != incident.Ended):
			t.Fatalf("level %d after the end", m.Level)
		case m.Level == 0:
			if !m.Due.IsZero() {
				t.Fatalf("nothing is due at %s", m.Due)
			}
			return
		case m.Round:
			if m.Level != 1 || s.Level != len(p.Steps) || s.Round >= p.Rounds {
				t.Fatalf("round %d of %d begins at level %d after %d", s.Round, p.Rounds, m.Level, s.Level)
			}
		case m.Level < s.Level || m.Level > s.Level+1 || m.Level > len(p.Steps):
			t.Fatalf("from level %d to %d of %d", s.Level, m.Level, len(p.Steps))
		}
		switch {
		case !p.Urgent && (cal.Quiet(m.Due) || m.Reason == incident.Due && cal.Quiet(now)):
			t.Fatalf("due %s, %s, at %s", m.Due.In(sales.Shanghai), m.Reason, now.In(sales.Shanghai))
		case (m.Reason == incident.Due) != !now.Before(m.Due):
			t.Fatalf("at %s due %s is %s", now, m.Due, m.Reason)
		case !s.AckedAt.IsZero() && !s.AckedAt.Before(s.LastAt) && m.Due.Before(s.AckUntil):
			t.Fatalf("somebody has it in hand until %s, yet due %s", s.AckUntil, m.Due)
		}
	})
}

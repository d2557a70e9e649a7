package approval

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

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

// clock is an instant of March 2026 in Shanghai, "11 10:02".
func clock(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-03-"+s, sales.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestOverdue(t *testing.T) {
	t.Parallel()
	cal := workCalendar(t)
	const h = time.Hour
	for _, tt := range []struct {
		name   string
		policy func(*Policy)
		change func(*testing.T, Request) Request
		now    string
		want   string
		over   bool
		due    string
	}{
		{"刚提交", nil, nil, "11 12:02", "已等 2 小时,48 小时内处理", false, "13 10:02"},
		{"正好 48 小时", nil, nil, "13 10:02", "已等 48 小时,48 小时内处理", false, "13 10:02"},
		{"超时", nil, nil, "13 13:02", "已等 51 小时(超时 3 小时)", true, "13 10:02"},
		{"第二步也从提交算", nil, func(t *testing.T, r Request) Request {
			t.Helper()
			return approve(t, r, zhao, 40*h)
		}, "13 13:02", "已等 51 小时(超时 3 小时)", true, "13 10:02"},
		{"按步算", func(p *Policy) { p.Since = SinceStep }, func(t *testing.T, r Request) Request {
			t.Helper()
			return approve(t, r, zhao, 40*h)
		}, "13 13:02", "已等 11 小时,48 小时内处理", false, "15 02:02"},
		{"按工作时间", func(p *Policy) { p.Clock, p.Limit = Working, 18*h }, nil, "13 13:02", "已等 21 小时(超时 3 小时)", true, "13 10:02"},
		{"周末不算工作时间", func(p *Policy) { p.Clock, p.Limit = Working, 27*h }, nil, "15 12:00", "已等 25 小时,27 小时内处理", false, "16 10:02"},
		{"没有时限", func(p *Policy) { p.Limit = -1 }, nil, "31 10:02", "已等 20 天", false, ""},
		{"退回后重新算", nil, func(t *testing.T, r Request) Request {
			t.Helper()
			r, _, _ = SendBack(r, by(zhao), after(47*h), "改")
			r, out, err := Resubmit(r, by(zhou), after(60*h), Changes{})
			return act(t, r, out, err)
		}, "14 10:02", "已等 12 小时,48 小时内处理", false, "15 22:02"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := ContractPolicy()
			if tt.policy != nil {
				tt.policy(&p)
			}
			r, _ := submit(t, draft(), p, staff())
			if tt.change != nil {
				r = tt.change(t, r)
			}
			w := Overdue(r, cal, clock(t, tt.now))
			if w.String() != tt.want || w.Over != tt.over {
				t.Errorf("%q, over %v, want %q, %v", w, w.Over, tt.want, tt.over)
			}
			if tt.due == "" && !w.Due.IsZero() || tt.due != "" && !w.Due.Equal(clock(t, tt.due)) {
				t.Errorf("due %s, want %s", w.Due.In(sales.Shanghai), tt.due)
			}
		})
	}
	returned, _, _ := SendBack(contract(t), by(zhao), after(h), "改")
	if w := Overdue(returned, cal, after(100*h)); w != (Wait{}) {
		t.Errorf("a returned request waits %+v", w)
	}
}

func TestNextEscalation(t *testing.T) {
	t.Parallel()
	cal := workCalendar(t)
	const h = time.Hour
	// Submitted Wednesday the 11th at 10:02: 48 hours end on Friday the 13th at 10:02.
	type fields = func(*IncidentState)
	level := func(n int, at string) fields {
		return func(s *IncidentState) { s.Level, s.LevelAt = n, clock(t, at) }
	}
	ack := func(at string) fields {
		return func(s *IncidentState) { s.AckedBy, s.AckedAt = sun.ID, clock(t, at) }
	}
	snooze := func(until string, count int) fields {
		return func(s *IncidentState) { s.SnoozedUntil, s.Snoozes = clock(t, until), count }
	}
	for _, tt := range []struct {
		name   string
		policy func(*EscalationPolicy)
		state  []fields
		now    string
		due    string // empty: none
		level  int
		reason Reason
	}{
		{"还早", nil, nil, "11 12:00", "13 10:02", 1, ReasonWaiting},
		{"差一分钟", nil, nil, "13 10:01", "13 10:02", 1, ReasonWaiting},
		{"到 48 小时", nil, nil, "13 10:02", "13 10:02", 1, ReasonDue},
		{"过了 48 小时", nil, nil, "13 15:00", "13 10:02", 1, ReasonDue},
		{"第一级有自己的延迟", func(p *EscalationPolicy) { p.Levels[0].Delay = 2 * h }, nil, "13 10:02", "13 12:02", 1, ReasonWaiting},
		{"没有级别", func(p *EscalationPolicy) { p.Levels = nil }, nil, "13 10:02", "", 0, ReasonExhausted},

		{"第一级推过,等第二级", nil, []fields{level(1, "13 10:02")}, "13 12:00", "16 08:30", 2, ReasonWaiting},
		{"第二级等过周末", nil, []fields{level(1, "13 10:02")}, "14 12:00", "16 08:30", 2, ReasonQuiet},
		{"第二级", nil, []fields{level(1, "13 10:02")}, "16 08:30", "16 08:30", 2, ReasonDue},
		{"紧急的不等周末", func(p *EscalationPolicy) { p.Urgent = true }, []fields{level(1, "13 10:02")}, "14 10:02", "14 10:02", 2, ReasonDue},
		{"第一级没人联系得上", nil, []fields{level(1, "13 10:02"), func(s *IncidentState) { s.Unreachable = true }}, "13 10:03", "13 10:02", 2, ReasonDue},
		{"最后一级推过", nil, []fields{level(2, "16 08:30")}, "31 12:00", "", 0, ReasonExhausted},
		{"级别被改少了", func(p *EscalationPolicy) { p.Levels = p.Levels[:1] }, []fields{level(2, "16 08:30")}, "17 12:00", "", 0, ReasonExhausted},

		{"最后一级重复", func(p *EscalationPolicy) { p.Repeat = 24 * h }, []fields{level(2, "16 08:30")}, "16 12:00", "17 08:30", 2, ReasonWaiting},
		{"重复到时间", func(p *EscalationPolicy) { p.Repeat = 24 * h }, []fields{level(2, "16 08:30")}, "17 09:00", "17 08:30", 2, ReasonDue},
		{
			"默认最多重复三次", func(p *EscalationPolicy) { p.Repeat = 24 * h },
			[]fields{level(2, "19 08:30"), func(s *IncidentState) { s.Repeats = 3 }},
			"25 09:00", "", 0, ReasonExhausted,
		},
		{"中间级别不重复", func(p *EscalationPolicy) { p.Repeat = h }, []fields{level(1, "13 10:02")}, "13 12:00", "16 08:30", 2, ReasonWaiting},

		{
			"有人处理,四小时后还没完", func(p *EscalationPolicy) { p.Levels[1].Delay = h },
			[]fields{level(1, "13 10:02"), ack("13 10:30")},
			"13 12:00", "13 14:30", 2, ReasonAcked,
		},
		{
			"处理的承诺过期", func(p *EscalationPolicy) { p.Levels[1].Delay = h },
			[]fields{level(1, "13 10:02"), ack("13 10:30")},
			"13 14:30", "13 14:30", 2, ReasonDue,
		},
		{
			"承诺期可以改", func(p *EscalationPolicy) { p.Levels[1].Delay, p.AckLapse = h, 2*h },
			[]fields{level(1, "13 10:02"), ack("13 10:30")},
			"13 12:00", "13 12:30", 2, ReasonAcked,
		},
		{"承诺比下一级早到期,不影响", nil, []fields{level(1, "13 10:02"), ack("13 10:30")}, "13 15:00", "16 08:30", 2, ReasonWaiting},
		{"推第一级前就有人处理", nil, []fields{ack("13 09:00")}, "13 10:02", "13 13:00", 1, ReasonAcked},
		{
			"上一级的承诺不算到下一级", func(p *EscalationPolicy) { p.Repeat = h },
			[]fields{level(2, "16 12:00"), ack("16 11:00")},
			"16 13:00", "16 13:00", 2, ReasonDue,
		},
		{"最后一级有人处理又没下文,再推一次", nil, []fields{level(2, "16 10:00"), ack("16 10:30")}, "16 12:00", "16 14:30", 2, ReasonAcked},
		{"最后一级再推之后没有了", nil, []fields{level(2, "16 14:30"), ack("16 10:30")}, "16 15:00", "", 0, ReasonExhausted},
		{
			"按工作时间的承诺过夜", func(p *EscalationPolicy) { p.Clock, p.After, p.Levels[1].Delay = Working, 18*h, h },
			[]fields{level(1, "12 16:00"), ack("12 16:30")},
			"12 17:00", "13 11:30", 2, ReasonAcked,
		},

		{"两小时后再提醒", nil, []fields{level(1, "13 10:02"), snooze("13 12:05", 1)}, "13 11:00", "13 12:05", 1, ReasonSnoozed},
		{"再提醒到时间", nil, []fields{level(1, "13 10:02"), snooze("13 12:05", 1)}, "13 12:05", "13 12:05", 1, ReasonDue},
		{"再提醒之后重新等第二级", nil, []fields{level(1, "13 12:05"), snooze("13 12:05", 1)}, "13 13:00", "16 08:30", 2, ReasonWaiting},
		{"再提醒落在晚上", nil, []fields{level(1, "12 18:02"), snooze("12 20:30", 1)}, "12 20:30", "13 08:30", 1, ReasonQuiet},
		{"推迟太多次不算", nil, []fields{level(1, "13 10:02"), snooze("13 18:00", 4)}, "13 11:00", "16 08:30", 2, ReasonWaiting},
		{"推迟次数可以改", func(p *EscalationPolicy) { p.MaxSnoozes = 4 }, []fields{level(1, "13 10:02"), snooze("13 18:00", 4)}, "13 11:00", "13 18:00", 1, ReasonSnoozed},
		{"推迟又说处理,等晚的", nil, []fields{level(1, "13 10:02"), snooze("13 12:05", 1), ack("13 11:00")}, "13 11:30", "13 15:00", 1, ReasonAcked},
		{"推第一级前推迟", nil, []fields{snooze("13 14:00", 1)}, "13 11:00", "13 14:00", 1, ReasonSnoozed},
		{"推迟早于到期没有用", nil, []fields{snooze("12 14:00", 1)}, "12 13:00", "13 10:02", 1, ReasonWaiting},

		{"负责人请假的时间不算", nil, []fields{func(s *IncidentState) { s.Paused = 3 * h }}, "13 11:00", "13 13:02", 1, ReasonWaiting},
		{"按工作时间", func(p *EscalationPolicy) { p.Clock, p.After = Working, 18*h }, nil, "12 12:00", "13 10:02", 1, ReasonWaiting},
		{"按工作时间跨周末", func(p *EscalationPolicy) { p.Clock, p.After = Working, 27*h }, nil, "13 19:00", "16 10:02", 1, ReasonWaiting},
		{"到期在夜里", func(p *EscalationPolicy) { p.After = 12 * h }, nil, "11 22:30", "12 08:30", 1, ReasonQuiet},
		{"到期前先说明会避开夜里", func(p *EscalationPolicy) { p.After = 12 * h }, nil, "11 12:00", "12 08:30", 1, ReasonWaiting},
		{"错过后在夜里发现,等早上", nil, nil, "13 21:00", "16 08:30", 1, ReasonQuiet},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := ContractEscalation()
			if tt.policy != nil {
				tt.policy(&p)
			}
			var s IncidentState
			for _, f := range tt.state {
				f(&s)
			}
			due, n, reason := NextEscalation(contract(t), p, s, cal, clock(t, tt.now))
			if n != tt.level || reason != tt.reason || tt.due == "" != due.IsZero() || tt.due != "" && !due.Equal(clock(t, tt.due)) {
				t.Errorf("level %d at %s, %s, want level %d at %s, %s", n, due.In(sales.Shanghai), reason, tt.level, tt.due, tt.reason)
			}
			if reason.Chinese() == "" {
				t.Errorf("%s has no words", reason)
			}
		})
	}
}

func TestEscalationFollowsTheRequest(t *testing.T) {
	t.Parallel()
	cal := workCalendar(t)
	const h = time.Hour
	now := clock(t, "17 12:00")
	pushed := IncidentState{Level: 2, LevelAt: clock(t, "13 10:02"), AckedBy: sun.ID, AckedAt: clock(t, "13 10:30")}

	fresh := contract(t)
	rejected, _, _ := Reject(fresh, by(zhao), after(50*h), "不行")
	returned, _, _ := SendBack(fresh, by(zhao), after(50*h), "改")
	withdrawn, _, _ := Withdraw(fresh, by(zhou), after(50*h), "")
	passed := approve(t, approve(t, fresh, zhao, 50*h), chen, 50*h)
	for _, r := range []Request{rejected, withdrawn, passed} {
		if due, level, reason := NextEscalation(r, ContractEscalation(), pushed, cal, now); !due.IsZero() || level != 0 || reason != ReasonDecided {
			t.Errorf("%s: level %d at %s, %s", r.State, level, due, reason)
		}
	}
	if due, _, reason := NextEscalation(returned, ContractEscalation(), pushed, cal, now); !due.IsZero() || reason != ReasonReturned {
		t.Errorf("returned: %s, %s", due, reason)
	}

	// Taken up again on the 16th at 10:02, it waits anew: what was pushed before does not count.
	again, out, err := Resubmit(returned, by(zhou), after(120*h), Changes{})
	again = act(t, again, out, err)
	if due, level, reason := NextEscalation(again, ContractEscalation(), pushed, cal, now); level != 1 || !due.Equal(clock(t, "18 10:02")) || reason != ReasonWaiting {
		t.Errorf("resubmitted: level %d at %s, %s", level, due.In(sales.Shanghai), reason)
	}

	// By step, the director's wait begins when legal is done; by request, legal's wait counts.
	p := ContractEscalation()
	atDirector := approve(t, fresh, zhao, 120*h)
	pushed.AckedBy, pushed.AckedAt = 0, time.Time{}
	if due, level, _ := NextEscalation(atDirector, p, pushed, cal, now); level != 0 {
		t.Errorf("by request: level %d at %s", level, due.In(sales.Shanghai))
	}
	p.Since = SinceStep
	if due, level, _ := NextEscalation(atDirector, p, pushed, cal, now); level != 1 || !due.Equal(clock(t, "18 10:02")) {
		t.Errorf("by step: level %d at %s", level, due.In(sales.Shanghai))
	}
}

// TestTheLadderIsClimbed plays an escalation the way a scheduler does: wait for the due time, push, ask again.
func TestTheLadderIsClimbed(t *testing.T) {
	t.Parallel()
	cal := workCalendar(t)
	p := ContractEscalation()
	p.Repeat, p.MaxRepeats = 24*time.Hour, 2
	r, s, now := contract(t), IncidentState{}, start
	var pushed []string
	for range 10 {
		due, level, _ := NextEscalation(r, p, s, cal, now)
		if due.IsZero() {
			break
		}
		now = due
		if level == s.Level {
			s.Repeats++
		}
		s.Level, s.LevelAt = level, now
		pushed = append(pushed, sales.FormatMoment(now)+" "+p.Levels[level-1].Roles[0])
	}
	want := []string{"3月13日 10:02 legal_head", "3月16日 08:30 gm", "3月17日 08:30 gm", "3月18日 08:30 gm"}
	if !slices.Equal(pushed, want) {
		t.Errorf("pushed %q, want %q", pushed, want)
	}
}

func TestEscalationNeverPushesAtNightNorClimbsDown(t *testing.T) {
	t.Parallel()
	cal := workCalendar(t)
	r := contract(t)
	instant := func(t *rapid.T, name string) time.Time {
		if rapid.Bool().Draw(t, name+" set") {
			return start.Add(time.Duration(rapid.IntRange(-60, 20*24*60).Draw(t, name)) * time.Minute)
		}
		return time.Time{}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := ContractEscalation()
		p.Clock = rapid.SampledFrom([]Clock{Natural, Working}).Draw(t, "clock")
		p.Repeat = time.Duration(rapid.IntRange(0, 48).Draw(t, "repeat")) * time.Hour
		s := IncidentState{
			Level: rapid.IntRange(0, 2).Draw(t, "level"), LevelAt: instant(t, "level at"), AckedAt: instant(t, "acked"),
			SnoozedUntil: instant(t, "snoozed"), Snoozes: rapid.IntRange(0, 5).Draw(t, "snoozes"),
			Unreachable: rapid.Bool().Draw(t, "unreachable"),
		}
		now := start.Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, "now")) * time.Minute)
		due, level, reason := NextEscalation(r, p, s, cal, now)
		if level == 0 {
			if !due.IsZero() || reason != ReasonExhausted {
				t.Fatalf("no level, yet due %s, %s", due, reason)
			}
			return
		}
		if s.Level > 0 && !s.LevelAt.Before(start) && (level < s.Level || level > s.Level+1) {
			t.Fatalf("from level %d to %d", s.Level, level)
		}
		if cal.Quiet(due) || due.Before(start) {
			t.Fatalf("level %d is due %s", level, due.In(sales.Shanghai))
		}
		if (reason == ReasonDue) != !now.Before(due) || reason == ReasonDue && cal.Quiet(now) {
			t.Fatalf("at %s, due %s: %s", now.In(sales.Shanghai), due.In(sales.Shanghai), reason)
		}
		if !s.AckedAt.IsZero() && !s.AckedAt.Before(start) && !s.AckedAt.Before(s.LevelAt) && p.Clock == Natural && due.Before(s.AckedAt.Add(4*time.Hour)) {
			t.Fatalf("acknowledged %s, yet due %s", s.AckedAt.In(sales.Shanghai), due.In(sales.Shanghai))
		}
	})
}

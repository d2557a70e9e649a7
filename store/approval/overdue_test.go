package approval

import (
	"testing"
	"time"

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

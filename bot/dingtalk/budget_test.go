package dingtalk

import (
	"testing"
	"time"

	"salesflow/bot"
)

func TestChooseStep(t *testing.T) {
	t.Parallel()
	at := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, beijing) }
	for _, c := range []struct {
		name        string
		used, limit int
		at          time.Time
		reply, push Step
	}{
		{"没有额度限制", 1 << 30, 0, at(11, 10), StepCard, StepCard},
		{"月初刚开始", 0, 5000, at(1, 0), StepCard, StepCard},
		{"用得快,还没到八成", 3999, 5000, at(2, 0), StepCard, StepCard},
		{"过八成,撑不到月底,推送合并", 4000, 5000, at(16, 0), StepCard, StepDigest},
		{"过八成,撑得到月底", 4000, 5000, at(30, 0), StepCard, StepCard},
		{"过九成五,回复走免费通道", 4750, 5000, at(31, 12), StepMarkdown, StepDigest},
		{"只剩一次", 4999, 5000, at(31, 23), StepMarkdown, StepDigest},
		{"用完了,只答不推", 5000, 5000, at(20, 0), StepMarkdown, StepNone},
		{"用超了", 5100, 5000, at(20, 0), StepMarkdown, StepNone},
	} {
		u := Usage{Used: c.used, Limit: c.limit}
		if got := ChooseStep(bot.DeliverReply, u, c.at); got != c.reply {
			t.Errorf("%s: reply on step %d, want %d", c.name, got, c.reply)
		}
		for _, kind := range []string{bot.DeliverPush, bot.DeliverCard} {
			if got := ChooseStep(kind, u, c.at); got != c.push {
				t.Errorf("%s: %s on step %d, want %d", c.name, kind, got, c.push)
			}
		}
	}
}

func TestLadderOnlyGoesDown(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{bot.DeliverReply, bot.DeliverPush} {
		for day := 1; day <= 31; day++ {
			now, last := time.Date(2026, 3, day, 10, 0, 0, 0, beijing), StepCard
			for used := 0; used <= 5200; used += 10 {
				step := ChooseStep(kind, Usage{Used: used, Limit: 5000}, now)
				if step < last {
					t.Fatalf("%s on day %d: step %d after %d at %d calls", kind, day, step, last, used)
				}
				last = step
			}
		}
	}
}

func TestForecast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at   time.Time
		used int
		want int
	}{
		{time.Date(2026, 3, 1, 0, 0, 0, 0, beijing), 100, 3100},
		{time.Date(2026, 3, 1, 23, 0, 0, 0, beijing), 100, 3100},
		{time.Date(2026, 3, 11, 0, 0, 0, 0, beijing), 1000, 3100},
		{time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC), 100, 3100}, // the month of Beijing
		{time.Date(2026, 4, 1, 0, 0, 0, 0, beijing).Add(-time.Second), 5000, 5001},
	} {
		if got := (Usage{Used: c.used, Limit: 5000}).Forecast(c.at); got != c.want {
			t.Errorf("%v: %d, want %d", c.at, got, c.want)
		}
	}
}

func TestUntilNextMonth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ at, want time.Time }{
		{time.Date(2026, 3, 11, 10, 0, 0, 0, beijing), time.Date(2026, 4, 1, 0, 10, 0, 0, beijing)},
		{time.Date(2026, 12, 31, 23, 59, 0, 0, beijing), time.Date(2027, 1, 1, 0, 10, 0, 0, beijing)},
		{time.Date(2026, 3, 31, 16, 30, 0, 0, time.UTC), time.Date(2026, 5, 1, 0, 10, 0, 0, beijing)},
	} {
		if got := c.at.Add(untilNextMonth(c.at)); !got.Equal(c.want) {
			t.Errorf("%v: %v", c.at, got)
		}
	}
}

func TestCallsPerMonth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		load    Load
		want    int
		edition string
	}{
		{"43 个销售一天五访,标准版用光", Load{People: 43, VisitsPerDay: 5}, 4730, "professional"},
		{"文字模式的回复不花钱", Load{People: 43, VisitsPerDay: 5, TextMode: true}, 0, "standard"},
		{"小队", Load{People: 8, VisitsPerDay: 4, PushesPerDay: 2, TodosPerVisit: 0.5, ApprovalsPerDay: 3}, 1958, "standard"},
		{"三百人", Load{People: 300, VisitsPerDay: 5, PushesPerDay: 3}, 52800, "professional"},
		{"没有人", Load{}, 0, "standard"},
	} {
		got := CallsPerMonth(c.load)
		if got != c.want {
			t.Errorf("%s: %d calls, want %d", c.name, got, c.want)
		}
		if name, _ := EditionFor(got); name != c.edition {
			t.Errorf("%s: %s, want %s", c.name, name, c.edition)
		}
	}
	if MonthlyLimit("standard") != 5000 || MonthlyLimit("gold") != 0 {
		t.Error("limits of the editions")
	}
}

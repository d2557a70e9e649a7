package view

import (
	"strings"
	"testing"

	"salesflow/cards"
	"salesflow/store/sales"
)

func TestDaySummary(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]sales.DayCount{
		"还没有记录":              {},
		"拜访 4,推进 2 单,新增承诺 3": {Visits: 4, Forward: 2, Promises: 3},
		"倒退 1 单":             {Backward: 1},
		"拜访 1,办完待办 2,提交合同 1": {Visits: 1, TodosDone: 2, Contracts: 1},
	} {
		if got := DaySummary(c); got != want {
			t.Errorf("%+v: %q, want %q", c, got, want)
		}
	}
}

func TestTaskLines(t *testing.T) {
	t.Parallel()
	o := opportunity(sales.StageProposal, sales.OpportunityOpen)
	for _, tt := range []struct {
		want string
		task sales.Task
	}{
		{"绍兴市立医院 寄样(过期 2 天)", sales.Task{Customer: "绍兴市立医院", Days: 2, Todo: &sales.Todo{Text: "寄样", DueOn: today.AddDays(-2)}}},
		{"寄样(今天到期)", sales.Task{Todo: &sales.Todo{Text: "寄样", DueOn: today}}},
		{"寄样(3月12日 周四)", sales.Task{Todo: &sales.Todo{Text: "寄样", DueOn: today.AddDays(1)}}},
		{"寄样", sales.Task{Todo: &sales.Todo{Text: "寄样"}}},
		{"推进 绍兴市立医院:方案提交 9 天没动", sales.Task{Customer: "绍兴市立医院", Days: 9, Deal: &o}},
	} {
		if got := TaskLine(tt.task, today); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestReportCards(t *testing.T) {
	t.Parallel()
	v := Report{
		Report: sales.DailyReport{ID: 1 << 55, Day: today, Summary: "拜访 4", Plan: "1. 寄样", Extra: long + long, SubmittedAt: sales.At(noon)},
		Today:  today, Who: "周敏", Late: today.AddDays(1).At(12, 0), Now: noon,
	}
	within(t, "prompt", ReportPrompt(v))
	if c := ReportPrompt(v); c.Note != "明天最该做:\n1. 寄样" || c.Buttons[0].Style != cards.Primary || c.Input == nil {
		t.Errorf("prompt %+v", c)
	}
	v.Skipped = true
	if c := ReportPrompt(v); c.Heading() != "日报 · 3月11日 周三 · 先放着" || c.Note != "好,明天 12:00 前都能补。" || len(c.Buttons) != 2 {
		t.Errorf("put off %+v", c)
	}
	if c := ReportDone(v); c.Closed != "已补报 · 周敏 今天 12:00" {
		t.Errorf("late %+v", c)
	}
	v.OnTime = true
	within(t, "done", ReportDone(v))
	if c := ReportDone(v); c.Closed != "已提交 · 周敏 今天 12:00" || len(c.Buttons) != 0 {
		t.Errorf("done %+v", c)
	}
}

func TestMorningText(t *testing.T) {
	t.Parallel()
	p := func(names ...string) (out []sales.Person) {
		for _, n := range names {
			out = append(out, sales.Person{Name: n})
		}
		return out
	}
	six := sales.ClockTime{Hour: 18}
	eight := p("a", "b", "c", "d", "e", "f", "张三", "李四")
	f := sales.MorningFacts{Day: today.AddDays(-1), Reps: eight, Reported: eight[:6], Missing: eight[6:], Forward: 7, Backward: 1, Concerns: []sales.Task{{}}}
	if got, want := MorningText(f, six, today), "昨晚 18:00:8 人 6 人已报,推进 7 单、倒退 1 单。没报:张三、李四。"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	f.Day, f.Late, f.Missing, f.OnTime, f.Prompted, f.Backward, f.Concerns = today.AddDays(-5), eight[6:7], nil, 7, 8, 0, nil
	got := MorningText(f, six, today)
	for _, want := range []string{"3月6日 周五 18:00:8 人 6 人已报,推进 7 单。补报:张三。", "准点率 88%(7/8)", "没有停太久的商机"} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in %q", want, got)
		}
	}
	if strings.Contains(got, "没报") {
		t.Errorf("nobody is missing: %q", got)
	}
	f.Missing = p("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12")
	if got := MorningText(f, six, today); !strings.Contains(got, "10 等 12 人") {
		t.Errorf("a long list: %q", got)
	}
}

func TestMorningCard(t *testing.T) {
	t.Parallel()
	o := opportunity(sales.StageProposal, sales.OpportunityOpen)
	c := MorningCard(7, []sales.Task{
		{Deal: &o, Owner: 1, Days: 12, Customer: long}, {Todo: &sales.Todo{ID: 1 << 55, Text: long}, Owner: 2, Days: 3},
	}, func(sales.PersonID) string { return "欧阳娜娜之子(已离职)" }, today)
	within(t, "morning", c)
	if c.Buttons[0].Action.Arg != "opportunity" || c.Buttons[1].Action.Arg != "todo" {
		t.Errorf("%+v", c.Buttons)
	}
}

func TestFunnelWords(t *testing.T) {
	t.Parallel()
	row := func(n ...int) []sales.FunnelRow {
		var out []sales.FunnelRow
		for i, c := range n {
			out = append(out, sales.FunnelRow{Stage: sales.Standard.Steps()[i], Entered: c, Amount: sales.Money(c) * 12_3456 * sales.Yuan})
		}
		return out
	}
	v := Funnel{
		Steps: sales.NewFunnel(nil, row(20, 16, 3), row(20, 16, 9), row(100, 80, 26)), Scope: "华东一组", Period: sales.MonthOf(today), Prev: "上月同期", Average: "全司",
		Standing: []sales.StageCapture{{Stage: sales.StageNeed, Count: 7, Amount: 70 * sales.Wan}},
	}
	got := FunnelText(v)
	for _, want := range []string{
		"方案提交 3 个 · 37.04万 · 转化 19%,低于全司 33%(上月同期 9)", "现在在手 7 单 70万:需求确认 7。",
		"变化最大:方案提交 3 个,比上月同期少 6 个。", "卡在 需求确认 → 方案提交:16 个里过了 3 个,转化 19%,低于全司 33%。",
		"先做:停在需求确认的 7 单(70万),需求清楚的这周把方案交出去。",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q in\n%s", want, got)
		}
	}
	if n := len(got); n > 2048 {
		t.Errorf("%d bytes, more than one message takes", n)
	}
	v.Group = true
	if got := FunnelText(v); strings.Contains(got, "37.04万") || !strings.Contains(got, "约37万") {
		t.Errorf("in a group\n%s", got)
	}
	v.Prev, v.Average = "", ""
	v.Steps = sales.NewFunnel(nil, row(20, 16, 3), nil, nil)
	if got := FunnelText(v); strings.Contains(got, "上月") || strings.Contains(got, "低于") || !strings.Contains(got, "转化 19%") || !strings.Contains(got, "先做:") {
		t.Errorf("with nothing to compare\n%s", got)
	}
	c := FunnelCard(FunnelKey(7, false), v, []FunnelSegment{{Name: long, Typed: "漏斗", Action: cards.Action{Verb: "funnel.drill", Arg: "t:1;2026-03-01;2026-03-31;;"}}})
	within(t, "funnel", c)
}

package sales_test

import (
	"slices"
	"testing"
	"time"

	"salesflow/store/sales"
)

func TestFieldsTakeWhatPeopleWriteAndNothingElse(t *testing.T) {
	t.Parallel()
	date := func(s string) (sales.Day, bool) { d, err := sales.ParseDay(s); return d, err == nil }
	for _, tt := range []struct {
		name, kind, said, want string
	}{
		{"数带单位", sales.WorkNumber, "500件", "500件"}, {"数不带单位", sales.WorkNumber, " 1,200 ", "1200件"}, {"万", sales.WorkNumber, "1.5万", "15000件"},
		{"不是数", sales.WorkNumber, "很多", ""}, {"选项", sales.WorkChoice, "木箱", "木箱"}, {"选项的号", sales.WorkChoice, "2", "木箱"},
		{"没有的选项", sales.WorkChoice, "铁皮桶", ""}, {"日子", sales.WorkDate, "2026-04-20", "2026-04-20"}, {"不是日子", sales.WorkDate, "尽快", ""},
		{"金额", sales.WorkMoney, "85元", "¥85.00"}, {"负的金额", sales.WorkMoney, "-3元", ""}, {"文字", sales.WorkText, "  45钢   调质 。", "45钢 调质"}, {"空的", sales.WorkText, " ,", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := sales.WorkField{Name: "项", Kind: tt.kind, Unit: "件", Options: []string{"纸箱", "木箱"}}
			if tt.kind == sales.WorkText || tt.kind == sales.WorkMoney {
				f.Options = nil
			}
			got, err := f.Read(tt.said, date)
			if got != tt.want || (err == nil) != (tt.want != "") || err != nil && sales.Message(err) == "" {
				t.Errorf("%q: got %q, %v", tt.said, got, err)
			}
		})
	}
}

func TestPriorityIsByMarginAndUrgency(t *testing.T) {
	t.Parallel()
	p := sales.WorkPlan{HighMargin: sales.Percents(35), MidMargin: sales.Percents(20), HighProfit: 20 * sales.Wan, MidProfit: 5 * sales.Wan}
	for _, tt := range []struct {
		name string
		o    sales.WorkOrder
		want int
	}{
		{"没说毛利", sales.WorkOrder{Margin: -1, Amount: 1000 * sales.Wan}, 0}, {"毛利正好到线", sales.WorkOrder{Margin: 3500}, 2},
		{"差一点", sales.WorkOrder{Margin: 3499}, 1}, {"低毛利大额", sales.WorkOrder{Margin: 1000, Amount: 200 * sales.Wan}, 2},
		{"低毛利加急", sales.WorkOrder{Margin: 500, Urgent: true}, 1}, {"高毛利加急", sales.WorkOrder{Margin: 4000, Urgent: true}, 3},
	} {
		if got := p.Priority(tt.o); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestTasksBeginWhenThoseBeforeThemAreDone(t *testing.T) {
	t.Parallel()
	tasks := []sales.WorkTask{
		{Name: "评审", State: sales.TaskDone}, {Name: "采购", State: sales.TaskWaiting, Behind: sales.List[string]{"评审"}},
		{Name: "生产", State: sales.TaskWaiting, Behind: sales.List[string]{"评审"}},
		{Name: "质量", State: sales.TaskWaiting, Behind: sales.List[string]{"采购", "生产"}},
	}
	if got := sales.NextWork(tasks); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("after the review: %v", got)
	}
	tasks[1].State, tasks[2].State = sales.TaskDone, sales.TaskAccepted
	if got := sales.NextWork(tasks); len(got) != 0 || sales.WorkFinished(tasks) {
		t.Errorf("with one open: %v", got)
	}
	tasks[2].State = sales.TaskDone
	if got := sales.NextWork(tasks); !slices.Equal(got, []int{3}) {
		t.Errorf("at the end: %v", got)
	}
	if a, m := sales.AverageAndMedian([]time.Duration{time.Hour, 9 * time.Hour, 2 * time.Hour}); a != 4*time.Hour || m != 2*time.Hour {
		t.Errorf("average %v, median %v", a, m)
	}
}

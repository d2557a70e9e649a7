package sales

import (
	"testing"
	"time"
)

func TestChanceIsTheCompanysOwnShrunkTowardsTheStages(t *testing.T) {
	t.Parallel()
	region := func(team ID) string { return map[ID]string{1: "华东", 2: "华北"}[team] }
	deal := Opportunity{Stage: StageProposal, Line: "检验", TeamID: 1, State: OpportunityOpen}
	row := func(cut, key string, won, lost int64) OutcomeSum {
		return OutcomeSum{Stage: StageProposal, Cut: cut, Key: key, Won: won, Lost: lost}
	}
	for _, tt := range []struct {
		name     string
		rows     []OutcomeSum
		min, max int
	}{
		{"没有历史就是阶段设定的 45%", nil, 45, 45},
		{"一单赢不改变多少", []OutcomeSum{row(CutAll, "", 1, 0)}, 46, 55},
		{"历史多了以历史为准", []OutcomeSum{row(CutAll, "", 800, 200)}, 79, 80},
		{"产品线拉低", []OutcomeSum{row(CutAll, "", 800, 200), row(CutLine, "检验", 20, 80)}, 20, 30},
		{"别的产品线不算", []OutcomeSum{row(CutAll, "", 800, 200), row(CutLine, "教育", 0, 100)}, 79, 80},
		{"区域是它的团队合起来", []OutcomeSum{row(CutAll, "", 500, 500), row(CutTeam, "1", 90, 10), row(CutTeam, "2", 0, 100)}, 80, 90},
		{"全输也不是零", []OutcomeSum{row(CutAll, "", 0, 10000)}, 1, 1},
		{"坏了的和数不当真", []OutcomeSum{row(CutAll, "", -5, 0)}, 45, 45},
	} {
		if got := NewOutcomes(tt.rows, region).Of(deal); got.Percent < tt.min || got.Percent > tt.max {
			t.Errorf("%s: %d%%, want %d to %d", tt.name, got.Percent, tt.min, tt.max)
		}
	}
}

func TestMedianDwell(t *testing.T) {
	t.Parallel()
	var rows []DwellSum
	for _, days := range []int64{1, 2, 2, 3, 40} {
		rows = append(rows, DwellSum{Stage: StageNeed, Bucket: DwellBucket(days * 86400), Moves: 1})
	}
	got, n := MedianDwell(rows, StageNeed)
	if n != 5 || got < 48*time.Hour || got > 60*time.Hour {
		t.Errorf("median %v of %d, want about two days", got, n)
	}
	if got, _ := MedianDwell(rows[:4], StageNeed); got != 0 {
		t.Errorf("a median of four: %v", got)
	}
	if b := DwellBucket(400 * 86400); b != len(dwellHours) {
		t.Errorf("a year and more is bucket %d", b)
	}
}

func TestRankTopIsChanceTimesUrgency(t *testing.T) {
	t.Parallel()
	now := NewDay(2026, 3, 11).At(8, 40)
	today := DayOf(now)
	deal := func(id ID, stage Stage, wan int64, change func(*Opportunity)) Opportunity {
		o := Opportunity{ID: id, CustomerID: 100 + id, Stage: stage, State: OpportunityOpen, Amount: Money(wan) * Wan, StageSince: At(now)}
		if change != nil {
			change(&o)
		}
		return o
	}
	due := func(days int) func(*Opportunity) { return func(o *Opportunity) { o.ExpectedOn = today.AddDays(days) } }
	promise := func(customer ID, days int) Todo {
		return Todo{CustomerID: customer, State: TodoOpen, DueOn: today.AddDays(days), DueAt: At(today.AddDays(days).At(18, 0)), Text: "寄样"}
	}
	for _, tt := range []struct {
		name    string
		deals   []Opportunity
		todos   []Todo
		contact map[ID]int // days since
		skipped map[ID]bool
		want    []ID
		action  string
	}{
		{
			"后面的阶段先",
			[]Opportunity{deal(1, StageContact, 50, due(5)), deal(2, StageContract, 50, due(5))},
			nil, nil, nil,
			[]ID{2, 1},
			TopClose,
		},
		{
			"快到签约日的先",
			[]Opportunity{deal(1, StageNeed, 50, due(28)), deal(2, StageNeed, 50, due(2))},
			nil, nil, nil,
			[]ID{2, 1},
			TopClose,
		},
		{
			"过期的承诺压过签约日",
			[]Opportunity{deal(1, StageNeed, 50, due(6)), deal(2, StageNeed, 50, nil)},
			[]Todo{promise(102, -2)},
			nil, nil,
			[]ID{2, 1},
			TopKeepPromise,
		},
		{
			"三天以后的承诺不急",
			[]Opportunity{deal(1, StageNeed, 10, nil), deal(2, StageNeed, 50, nil)},
			[]Todo{promise(101, 9)},
			nil, nil,
			[]ID{2, 1},
			TopGoOn,
		},
		{
			"很久没联系",
			[]Opportunity{deal(1, StageNeed, 50, nil), deal(2, StageNeed, 10, nil)},
			nil,
			map[ID]int{101: 0, 102: 20},
			nil,
			[]ID{2, 1},
			TopVisit,
		},
		{
			"停过基准",
			[]Opportunity{deal(1, StageContact, 50, nil), deal(2, StageContact, 10, func(o *Opportunity) {
				o.StageSince = At(now.AddDate(0, 0, -30))
				o.Way = &Pipeline{Stages: []StageDef{{Key: StageContact, Chance: 10, Benchmark: 5 * 86400}, {Key: StageNeed}}}
			})},
			nil, nil, nil,
			[]ID{2, 1},
			TopPush,
		},
		{
			"一样的金额大的先,放下的不排,只排三单",
			[]Opportunity{deal(1, StageNeed, 10, nil), deal(2, StageNeed, 90, nil), deal(3, StageNeed, 50, nil), deal(4, StageNeed, 70, nil), deal(5, StageNeed, 80, nil)},
			nil, nil,
			map[ID]bool{5: true},
			[]ID{2, 4, 3},
			TopGoOn,
		},
		{"关了的不排", []Opportunity{deal(1, StageNeed, 10, func(o *Opportunity) { o.State = OpportunityLost })}, nil, nil, nil, nil, ""},
	} {
		f := TopFacts{Deals: tt.deals, Todos: tt.todos, Skipped: tt.skipped, Now: now, Customers: map[ID]Customer{}}
		for id, days := range tt.contact {
			f.Customers[id] = Customer{ID: id, LastContactAt: At(now.AddDate(0, 0, -days))}
		}
		top := RankTop(f, TopCount)
		var got []ID
		for _, d := range top {
			got = append(got, d.Deal.ID)
			if d.Urgency < leastUrgency || d.Urgency > 1 {
				t.Errorf("%s: urgency %v", tt.name, d.Urgency)
			}
		}
		if len(got) != len(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
				break
			}
		}
		if len(top) > 0 && top[0].Action != tt.action {
			t.Errorf("%s: suggests %s, want %s", tt.name, top[0].Action, tt.action)
		}
	}
}

func TestAChecklistCountsWhatIsOnFile(t *testing.T) {
	t.Parallel()
	list := Checklists{{Class: "KA", Items: []ListItem{
		{Say: "痛点", Count: CountPains, Min: 2}, {Say: "定制方案", Count: CountDocument, Name: "定制方案", Min: 1}, {Say: "法务意见", Count: CountLegal, Min: 1},
	}}}
	f := DealFacts{Needs: 1, List: list.For("ka")}
	gate := Gate{Say: "合规清单", Checklist: true}
	if got := f.List.Progress(f).Words(); got != "0/3,差 痛点 1/2、定制方案、法务意见" || gate.open(f, nil) {
		t.Errorf("nothing yet: %q", got)
	}
	f.Objections = 1
	f.Done = []DealStep{{Key: DocumentKey("定制方案")}, {Key: LegalKey(7)}}
	if got := f.List.Progress(f).Words(); got != "3/3 齐了" || !gate.open(f, nil) {
		t.Errorf("all of it: %q", got)
	}
	if f.List = list.For("B"); !gate.open(f, nil) {
		t.Error("a class without a checklist is held up")
	}
	if f.List = nil; gate.open(f, nil) {
		t.Error("a gate whose checklist was not read is open")
	}
}

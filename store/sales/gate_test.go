package sales

import (
	"slices"
	"testing"
)

type amountAtLeast Money

func (a amountAtLeast) Asks() []string { return []string{DealAmount} }

func (a amountAtLeast) Holds(f DealFacts) bool { return f.Deal.Amount >= Money(a) }

func TestGatesNameWhatIsMissingOnTheWay(t *testing.T) {
	t.Parallel()
	way := &Pipeline{Key: "m", Version: 1, Name: "m", Stages: []StageDef{
		{Key: "m.a", Name: "询盘", Nodes: []Node{{Key: "drawing", Name: "图纸"}}, Leave: []Gate{{Say: "图纸", Node: "drawing"}}},
		{Key: "m.b", Name: "报价", Enter: []Gate{{Say: "预算", When: "金额够"}}},
		{Key: "m.c", Name: "交付", Enter: []Gate{{Say: "调研表", Document: "调研表"}, {Say: "图纸", Node: "drawing"}}, Leave: []Gate{{Say: "验收单", Document: "验收单"}}},
	}}
	read := func(when string) Condition {
		if when == "金额够" {
			return amountAtLeast(Wan)
		}
		return nil
	}
	deal := Opportunity{}.On(way)
	rich := deal
	rich.Amount = 2 * Wan
	late := rich
	late.Stage = "m.c"
	done := func(keys ...string) (out []DealStep) {
		for _, k := range keys {
			out = append(out, DealStep{Key: k})
		}
		return out
	}
	for _, tt := range []struct {
		name string
		f    DealFacts
		to   Stage
		want []string
	}{
		{"the next stage", DealFacts{Deal: deal}, "m.b", []string{"图纸", "预算"}},
		{"one is there", DealFacts{Deal: rich}, "m.b", []string{"图纸"}},
		{"all is there", DealFacts{Deal: rich, Done: done("drawing")}, "m.b", nil},
		{"two at once, each named once", DealFacts{Deal: deal}, "m.c", []string{"图纸", "预算", "调研表"}},
		{"winning needs what leaving needs", DealFacts{Deal: late, Done: done("drawing")}, StageWon, []string{"验收单"}},
		{"won by its papers", DealFacts{Deal: late, Done: done("doc:验收单")}, StageWon, nil},
		{"going back", DealFacts{Deal: late}, "m.a", nil},
		{"losing", DealFacts{Deal: deal}, StageLost, nil},
		{"winning from the start needs everything", DealFacts{Deal: deal}, StageWon, []string{"图纸", "预算", "调研表", "验收单"}},
	} {
		var got []string
		for _, g := range way.Missing(tt.f, tt.to, read) {
			got = append(got, g.Say)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	unreadable := &Pipeline{Key: "x", Stages: []StageDef{{Key: "x.a"}, {Key: "x.b", Enter: []Gate{{Say: "?", When: "?"}}}}}
	if got := unreadable.Missing(DealFacts{Deal: Opportunity{}.On(unreadable)}, "x.b", read); len(got) != 1 {
		t.Error("a condition that cannot be read lets deals pass")
	}
}

func TestPipelinesAreFoundByLineNameAndStage(t *testing.T) {
	t.Parallel()
	old := &Pipeline{Key: "medical", Version: 1, Name: "医疗流程", Stages: []StageDef{{Key: "medical.lead", Name: "线索"}, {Key: "medical.gone", Name: "没了"}}}
	now := &Pipeline{Key: "medical", Version: 2, Name: "医疗流程", Lines: []string{"检验"}, Stages: []StageDef{{Key: "medical.lead", Name: "线索", Like: StageContact}, {Key: "medical.pay", Name: "回款"}}}
	ps := NewPipelines(Standard, old, now)
	if got := ps.Current(); len(got) != 2 || got[0] != Standard || got[1] != now {
		t.Fatalf("current %v", got)
	}
	if ps.ForLine("检验") != now || ps.ForLine("") != Standard || ps.Named("按医疗流程走") != now || ps.OfStage("medical.gone") != old || ps.OfStage(now.Won()) != now {
		t.Error("a pipeline is not found")
	}
	if ps.Find("medical", 1) != old || ps.Find("medical", 9) != now || ps.Find("nobody", 1) != Standard {
		t.Error("a version is not found")
	}
	deal := Opportunity{}.On(now)
	if deal.StageName() != "线索" || deal.NextStage() != "medical.pay" || now.Next("medical.pay") != StageWon || now.Next(StageWon) != "" {
		t.Errorf("a deal on it: %+v", deal)
	}
	var none *Pipelines
	if none.ForLine("x") != Standard || none.OfStage("y") != Standard || (*Pipeline)(nil).StageName(StageNeed) != "需求确认" {
		t.Error("nothing configured is not the standard")
	}
}

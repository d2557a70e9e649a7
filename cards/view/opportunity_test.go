package view

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"salesflow/cards"
	"salesflow/store/sales"
)

var (
	today = sales.NewDay(2026, time.March, 11)
	noon  = today.At(12, 0)
	long  = strings.Repeat("绍兴市立医院", 8)
)

// within fails when a card is more than people and platforms can take.
func within(t *testing.T, name string, c cards.Card) {
	t.Helper()
	if len(c.Fields) > cards.MaxFields || len(c.Buttons) > 4 || c.Key == "" || c.Title == "" {
		t.Errorf("%s: %d fields, %d buttons, key %q, title %q", name, len(c.Fields), len(c.Buttons), c.Key, c.Title)
	}
	for _, f := range c.Fields {
		if utf8.RuneCountInString(f.Name) > cards.MaxFieldName || f.Value == "" {
			t.Errorf("%s: field %q is %q", name, f.Name, f.Value)
		}
	}
	for _, b := range c.Buttons {
		if utf8.RuneCountInString(b.Text) > cards.MaxButtonText || b.Typed == "" {
			t.Errorf("%s: button %q, typed %q", name, b.Text, b.Typed)
		}
		a, err := cards.DecodeAction(b.Action.Encode())
		if err != nil || a != b.Action {
			t.Errorf("%s: button %q carries %q: %v", name, b.Text, b.Action.Encode(), err)
		}
	}
	if len(c.Buttons) > 0 && c.Closed != "" {
		t.Errorf("%s: buttons %d beside %q", name, len(c.Buttons), c.Closed)
	}
}

func opportunity(stage sales.Stage, state string) sales.Opportunity {
	return sales.Opportunity{
		ID: 1 << 55, Stage: stage, State: state, Amount: 1_285_000 * sales.Yuan, ExpectedOn: today.AddDays(20), Version: 3,
		StageSince: sales.At(today.AddDays(-9).At(9, 0)), LossReason: "竞品",
	}
}

func TestOpportunityCards(t *testing.T) {
	t.Parallel()
	open := opportunity(sales.StageProposal, sales.OpportunityOpen)
	base := Opportunity{Opportunity: open, Customer: "绍兴市立医院", Owner: "周敏", Products: []string{"全自动生化分析仪"}, Today: today}
	with := func(change func(*Opportunity)) Opportunity {
		v := base
		change(&v)
		return v
	}
	move := func(from, to sales.Stage) *OpportunityMove {
		return &OpportunityMove{From: from, To: to, Who: "周敏", When: "今天 12:00", Undo: true}
	}
	for _, tt := range []struct {
		name, heading string
		view          Opportunity
		fields, note  string
		buttons       string
		level         cards.Level
	}{
		{"made", "商机已建 · 绍兴市立医院", with(func(v *Opportunity) { v.Created = true }), "方案提交(9 天)", "下一步:价格谈判。", "推进 输单", cards.OK},
		{"a double", "商机已建 · 绍兴市立医院", with(func(v *Opportunity) { v.Created, v.Also = true, &open }), "128.5万", "已有一单:方案提交 128.5万", "推进 输单", cards.OK},
		{"as it stands", "商机 · 绍兴市立医院", base, "3月31日 周二(20天后)", "下一步", "推进 输单", cards.Plain},
		{"in a group", "商机 · 绍兴市立医院", with(func(v *Opportunity) { v.Group = true }), "约130万", "详情请单聊我。", "推进 输单", cards.Plain},
		{"moved", "商机已推进 · 绍兴市立医院", with(func(v *Opportunity) { v.Move = move(sales.StageNeed, sales.StageProposal) }), "需求确认 → 方案提交", "已推进到 方案提交 · 周敏 今天 12:00。", "推进 撤销推进 输单", cards.OK},
		{"moved back", "商机已倒退 · 绍兴市立医院", with(func(v *Opportunity) { v.Move = move(sales.StageNegotiation, sales.StageProposal) }), "价格谈判 → 方案提交", "原记录保留", "推进 撤销推进 输单", cards.Warn},
		{"before winning", "商机 · 绍兴市立医院", with(func(v *Opportunity) { v.Opportunity.Stage = sales.StageContract }), "合同签署", "下一步:赢单。", "赢单 输单", cards.Plain},
		{"won", "商机已赢单 · 绍兴市立医院", with(func(v *Opportunity) {
			v.Opportunity, v.Move = opportunity(sales.StageWon, sales.OpportunityWon), move(sales.StageContract, sales.StageWon)
		}), "合同签署 → 赢单", "已赢单 · 周敏 今天 12:00。", "撤销推进", cards.OK},
		{"lost", "商机已输单 · 绍兴市立医院", with(func(v *Opportunity) {
			v.Opportunity, v.Move = opportunity(sales.StageLost, sales.OpportunityLost), move(sales.StageNeed, sales.StageLost)
		}), "竞品", "已输单 · 周敏 今天 12:00。", "撤销推进", cards.Warn},
		{"closed long ago", "商机 · 绍兴市立医院", with(func(v *Opportunity) { v.Opportunity = opportunity(sales.StageLost, sales.OpportunityLost) }), "竞品", "", "", cards.Plain},
	} {
		c := OpportunityCard(tt.view)
		within(t, tt.name, c)
		var buttons, fields []string
		for _, b := range c.Buttons {
			buttons = append(buttons, b.Text)
		}
		for _, f := range c.Fields {
			fields = append(fields, f.Value)
		}
		if c.Heading() != tt.heading || c.Level != tt.level || strings.Join(buttons, " ") != tt.buttons ||
			!strings.Contains(strings.Join(fields, "\n"), tt.fields) || !strings.Contains(c.Note, tt.note) {
			t.Errorf("%s: %+v", tt.name, c)
		}
		if tt.buttons == "" && c.Closed == "" {
			t.Errorf("%s: neither buttons nor a word on why", tt.name)
		}
	}
}

func TestAdvancedFromKeepsTheOldFace(t *testing.T) {
	t.Parallel()
	face := VisitFiled(Visit{
		Visit: sales.Visit{ID: 1, OpportunityID: 2, SuggestedStage: sales.StageNegotiation}, Customer: "绍兴市立医院", Stage: sales.StageProposal, Today: today,
	})
	before := face.Fields[0].Value
	got := AdvancedFrom(face, "价格谈判", "已推进", nil, "opportunity.advance")
	if face.Fields[0].Value != before || len(face.Buttons) != 3 {
		t.Error("the face that was sent has changed")
	}
	if got.Fields[0].Value != "价格谈判" || len(got.Buttons) != 2 || got.Note != "已推进" || got.Key != face.Key {
		t.Errorf("%+v", got)
	}
}

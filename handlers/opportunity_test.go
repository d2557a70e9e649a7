package handlers

import (
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func TestAnOpportunityIsMadeFromOneLine(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := d.say(zhoumin, "商机 绍兴市立医院 生化分析仪 50万 下月底签")
	expect(t, r, "商机已建 · 绍兴市立医院", "全自动生化分析仪", "50万", "初步接触", "4月30日", "[推进][输单]")
	o := d.deals(shaoxing)
	if len(o) != 1 || o[0].Amount != 50*sales.Wan || o[0].Line != "体外诊断" || o[0].Stage != sales.StageContact ||
		o[0].OwnerID != zhoumin || o[0].ExpectedOn.String() != "2026-04-30" || o[0].TeamID != east1 {
		t.Errorf("rows %+v", o)
	}
}

func TestTheAmountIsAskedForOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		answer string
		want   sales.Money
	}{{"50万", 50 * sales.Wan}, {"跳过", 0}, {"大概 30 万", 30 * sales.Wan}} {
		d := newDesk(t)
		expect(t, d.say(zhoumin, "sj 绍兴市立 血球分析仪"), "多少钱")
		if n := len(d.deals(shaoxing)); n != 0 {
			t.Fatalf("%d made before the answer", n)
		}
		d.clock.Advance(time.Hour)
		expect(t, d.say(zhoumin, tt.answer), "商机已建", "血球分析仪")
		if o := d.deals(shaoxing); len(o) != 1 || o[0].Amount != tt.want {
			t.Errorf("%s: %+v", tt.answer, o)
		}
	}
	d := newDesk(t)
	d.say(zhoumin, "商机 绍兴市立医院 血球分析仪")
	expect(t, d.say(zhoumin, "很多很多"), "金额没看懂", "12.5万")
	expect(t, d.say(zhoumin, "算了"), "没有改动")
	if n := len(d.deals(shaoxing)); n != 0 {
		t.Errorf("%d made after 算了", n)
	}
}

func TestAnUnclearCustomerOfAnOpportunityIsPicked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := d.say(wangfang, "商机 市立医院 血球分析仪 20万")
	expect(t, r, "是哪家", "绍兴市立医院(周敏的客户)", "宁波市立医院(李强的客户)", "都不是")
	card := cardOf(t, r)
	r = d.tap(wangfang, card, "宁波市立医院(李强的客户)")
	expect(t, r, "商机已建 · 宁波市立医院", "李强", "已选 宁波市立医院")
	if o := d.deals(ningbo); len(o) != 1 || o[0].OwnerID != liqiang {
		t.Errorf("a lead's entry belongs to the customer's owner: %+v", o)
	}
	expect(t, d.tap(wangfang, card, "绍兴市立医院(周敏的客户)"), "过期了", "没有改动")
	if n := len(d.deals(shaoxing)); n != 0 {
		t.Errorf("a second tap made %d", n)
	}
	// The same by typing a number.
	d.say(wangfang, "商机 市立医院 血球分析仪 20万")
	expect(t, d.say(wangfang, "1"), "商机已建")
}

func TestAnotherRepsCustomerIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	expect(t, d.say(zhoumin, "商机 宁波市立医院 血球分析仪 20万"), "李强的客户", "由李强来建")
	d.put(liqiang, ningbo, "", sales.Wan, sales.StageNeed, 2)
	expect(t, d.say(zhoumin, "推进 宁波市立医院"), "归李强", "主管王芳", "销售总监")
	if o := d.deals(ningbo); len(o) != 1 || o[0].Stage != sales.StageNeed {
		t.Errorf("moved by a stranger: %+v", o)
	}
}

func TestMyOpportunitiesWithDaysInStage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	expect(t, d.say(zhoumin, "商机"), "没有在跟的商机", "商机 绍兴市立医院")
	d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageProposal, 9)
	d.put(zhoumin, shaoxing, "", 20*sales.Wan, sales.StageContact, 0)
	d.put(liqiang, ningbo, "", 5*sales.Wan, sales.StageNeed, 3)
	r := d.say(zhoumin, "商机")
	expect(t, r, "你的商机 2 单", "合计 70万", "1. 绍兴市立医院", "方案提交 9 天", "初步接触 今天刚到", "🟡")
	without(t, r, "宁波")
	expect(t, d.say(wangfang, "商机"), "3 单", "李强", "周敏")
	expect(t, d.sayIn(zhoumin, "g1", "商机"), "约50万")
}

func TestMovingOnAndBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	o := d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageProposal, 3)
	r := d.say(zhoumin, "推进 绍兴市立医院")
	expect(t, r, "商机已推进", "方案提交 → 价格谈判", "[撤销推进]")
	if got := d.deal(o.ID); got.Stage != sales.StageNegotiation || got.Peak != sales.StageNegotiation || got.Version != 2 {
		t.Errorf("row %+v", got)
	}
	if m := d.moves(o.ID); len(m) != 1 || m[0].From != sales.StageProposal || m[0].Dwell != 3*24*3600 || m[0].PersonID != zhoumin {
		t.Errorf("moves %+v", m)
	}
	expect(t, d.say(zhoumin, "tj 绍兴市立医院 价格谈判"), "已经在 价格谈判", "周敏 今天 10:00", "没有再改动")
	d.clock.Advance(time.Hour)
	expect(t, d.say(zhoumin, "推进 绍兴市立医院 需求确认"), "商机已倒退", "价格谈判 → 需求确认", "原记录保留")
	got := d.deal(o.ID)
	if got.Stage != sales.StageNeed || got.Peak != sales.StageNegotiation || len(d.moves(o.ID)) != 2 {
		t.Errorf("after going back: %+v, %d moves", got, len(d.moves(o.ID)))
	}
	expect(t, d.say(wangfang, "推进 绍兴市立医院 到合同签署"), "需求确认 → 合同签署")
	if got := d.deal(o.ID); got.Stage != sales.StageContract {
		t.Errorf("a lead could not move it: %s", got.Stage)
	}
}

func TestTheOwnerHearsOfALeadsMove(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageProposal, 3)
	r := d.say(wangfang, "推进 绍兴市立医院")
	told := ""
	for _, s := range r.Say {
		if len(s.To) == 1 && s.To[0] == zhoumin && s.Push {
			told = s.Out.Text
		}
	}
	if !strings.Contains(told, "绍兴市立医院") || !strings.Contains(told, "价格谈判") || !strings.Contains(told, "王芳") {
		t.Errorf("the owner was told %q", told)
	}
}

func TestSeveralOpportunitiesArePickedFrom(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.say(zhoumin, "商机 绍兴市立医院 生化分析仪 50万")
	d.clock.Advance(time.Minute)
	d.say(zhoumin, "商机 绍兴市立医院 血球分析仪 8万")
	r := d.say(zhoumin, "推进 绍兴市立医院 需求确认")
	expect(t, r, "有几单,是哪一单", "[血球分析仪]", "[全自动生化分析仪]")
	expect(t, d.tap(zhoumin, cardOf(t, r), "血球分析仪"), "商机已推进", "初步接触 → 需求确认", "8万")
	// Naming the product needs no question.
	expect(t, d.say(zhoumin, "推进 绍兴市立医院 生化分析仪 方案提交"), "初步接触 → 方案提交", "50万")
	// The customer's name alone shows what there is.
	expect(t, d.say(zhoumin, "商机 绍兴市立医院"), "绍兴市立医院的商机 2 单", "需求确认", "方案提交")
}

func TestWinningAndLosing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	won := d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageContract, 3)
	r := d.say(zhoumin, "赢单 绍兴市立医院")
	expect(t, r, "商机已赢单", "合同签署 → 赢单")
	if o := d.deal(won.ID); o.State != sales.OpportunityWon || o.Peak != sales.StageWon {
		t.Errorf("won: %+v", o)
	}
	expect(t, d.say(zhoumin, "推进 绍兴市立医院"), "没有在跟的商机")

	lost := d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageNeed, 3)
	r = d.say(zhoumin, "输单 绍兴市立医院")
	expect(t, r, "输单原因", "[价格][竞品][预算][需求取消][其他]")
	if o := d.deal(lost.ID); o.State != sales.OpportunityOpen {
		t.Errorf("lost without a reason: %+v", o)
	}
	expect(t, d.tap(zhoumin, cardOf(t, r), "竞品"), "商机已输单", "原因 竞品")
	if o := d.deal(lost.ID); o.State != sales.OpportunityLost || o.LossReason != "竞品" || o.Peak != sales.StageNeed {
		t.Errorf("lost: %+v", o)
	}

	for typed, want := range map[string]string{"2": "竞品", "院长换人了": "院长换人了"} {
		o := d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageNeed, 3)
		d.say(zhoumin, "输单 绍兴市立医院")
		d.say(zhoumin, typed)
		if got := d.deal(o.ID).LossReason; got != want {
			t.Errorf("answer %q gave reason %q", typed, got)
		}
	}
	o := d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageNeed, 3)
	expect(t, d.say(zhoumin, "输单 绍兴市立医院 价格太高"), "商机已输单")
	if got := d.deal(o.ID).LossReason; got != "价格太高" {
		t.Errorf("reason in the command: %q", got)
	}
}

func TestUndoingAMove(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	o := d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageProposal, 3)
	card := cardOf(t, d.say(zhoumin, "推进 绍兴市立医院"))
	expect(t, d.tap(liqiang, card, "撤销推进"), "周敏", "只有本人能撤销")
	d.clock.Advance(5 * time.Minute)
	r := d.tap(zhoumin, card, "撤销推进")
	face := faceOf(t, r, card.Key)
	if !strings.HasPrefix(cardWords(face), "推进已撤销 · 绍兴市立医院") || !strings.Contains(cardWords(face), "回到 方案提交 · 周敏") || strings.Contains(buttons(face), "撤销") {
		t.Errorf("face after undo:\n%s", cardWords(face))
	}
	got := d.deal(o.ID)
	if got.Stage != sales.StageProposal || !got.StageSince.Equal(o.StageSince.Time) || got.Peak != sales.StageNegotiation {
		t.Errorf("row after undo %+v", got)
	}
	expect(t, d.tap(zhoumin, card, "撤销推进"), "没有可以撤销的推进")

	// What was counted once is counted no second time, and moving on again works.
	card = cardOf(t, d.say(zhoumin, "推进 绍兴市立医院"))
	d.clock.Advance(11 * time.Minute)
	expect(t, d.tap(zhoumin, card, "撤销推进"), "超过 10 分钟", "推进 绍兴市立医院 方案提交")

	// A lost one comes back, once.
	d.say(zhoumin, "输单 绍兴市立医院 预算")
	expect(t, d.say(zhoumin, "撤销推进 绍兴市立医院"), "推进已撤销", "回到 价格谈判")
	if got := d.deal(o.ID); got.State != sales.OpportunityOpen || got.LossReason != "" || got.Stage != sales.StageNegotiation {
		t.Errorf("after taking the loss back %+v", got)
	}
	expect(t, d.say(zhoumin, "撤销推进"), "撤销哪家的推进")
	expect(t, d.say(zhoumin, "绍兴市立医院"), "没有你刚推进过的商机")
}

func TestAdvancingFromTheVisitCard(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	o := d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageProposal, 3)
	visit := view.VisitFiled(view.Visit{
		Visit:    sales.Visit{ID: 77, OpportunityID: o.ID, SuggestedStage: sales.StageNegotiation, Version: 9},
		Customer: "绍兴市立医院", Stage: sales.StageProposal, Today: sales.DayOf(d.clock.Now()),
	})
	r := d.tap(zhoumin, visit, "推进")
	face := faceOf(t, r, visit.Key)
	if got := cardWords(face); !strings.Contains(got, "商机 价格谈判\n") || !strings.Contains(got, "已推进到 价格谈判 · 周敏 今天 10:00") ||
		buttons(face) != "[撤销推进][修改][撤销]" {
		t.Errorf("the visit's card:\n%s", got)
	}
	if len(r.Say) != 0 {
		t.Errorf("a tap needs no message: %s", words(r))
	}
	if d.deal(o.ID).Stage != sales.StageNegotiation {
		t.Error("not moved")
	}
	// A second tap on the old face, and one by the lead after it has gone further: nothing changes, and it says who did it.
	r = d.tap(zhoumin, visit, "推进")
	expect(t, r, "已经在 价格谈判", "周敏 今天 10:00", "没有再改动")
	d.say(zhoumin, "推进 绍兴市立医院 合同签署")
	r = d.tap(wangfang, visit, "推进")
	expect(t, r, "已经在 合同签署", "没有再改动")
	if o := d.deal(o.ID); o.Stage != sales.StageContract || len(d.moves(o.ID)) != 2 {
		t.Errorf("a stale button moved it: %+v", o)
	}
	if strings.Contains(buttons(faceOf(t, r, visit.Key)), "[推进]") {
		t.Error("the stale button stays")
	}
	// Taking it back from the visit's card puts the stage back on it.
	d = newDesk(t)
	o = d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageProposal, 3)
	visit.Buttons[0].Action.Record = int64(o.ID)
	face = faceOf(t, d.tap(zhoumin, visit, "推进"), visit.Key)
	back := faceOf(t, d.tap(zhoumin, face, "撤销推进"), visit.Key)
	if got := cardWords(back); !strings.Contains(got, "商机 方案提交\n") || !strings.Contains(got, "已撤销推进,回到 方案提交") {
		t.Errorf("after taking it back:\n%s", got)
	}
}

func TestForgedStagesAreRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	o := d.put(zhoumin, shaoxing, "", 50*sales.Wan, sales.StageProposal, 3)
	for _, arg := range []string{"lost", "nonsense", ""} {
		c := cards.Card{Key: "x", Buttons: []cards.Button{{Text: "推进", Action: cards.Action{Verb: "opportunity.advance", Record: int64(o.ID), Arg: arg}}}}
		expect(t, d.tap(zhoumin, c, "推进"), "按钮已失效")
	}
	if d.deal(o.ID).Stage != sales.StageProposal {
		t.Error("moved")
	}
}

func TestTheWordsOfAnOpportunity(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text     string
		customer sales.ID
		products int
		amount   sales.Money
		stage    sales.Stage
		expected string
		beside   string
	}{
		{"绍兴市立医院 生化分析仪 50万 下月底签", shaoxing, 1, 50 * sales.Wan, "", "2026-04-30", "生化分析仪 50万 下月底签"},
		{"绍兴市立医院，血球，500000，4月30日", shaoxing, 1, 50 * sales.Wan, "", "2026-04-30", "，血球，500000，4月30日"},
		{"绍兴市立医院 大概30万", shaoxing, 0, 30 * sales.Wan, "", "", "大概30万"},
		{"绍兴市立医院 30到40万", shaoxing, 0, 0, "", "", "30到40万"},
		{"绍兴市立医院 价格谈判", shaoxing, 0, 0, sales.StageNegotiation, "", "价格谈判"},
		{"绍兴市立医院 推进到方案", shaoxing, 0, 0, sales.StageProposal, "", "推进到方案"},
		{"绍兴市立医院 合同", shaoxing, 0, 0, sales.StageContract, "", "合同"},
		{"绍兴市立医院 去年4月", shaoxing, 0, 0, "", "", "去年4月"},
		{"绍兴市立医院 输给对手，贵5万", shaoxing, 0, 5 * sales.Wan, "", "", "输给对手，贵5万"},
	} {
		d := newDesk(t)
		p, _ := d.org.Person(zhoumin)
		w := readDeal(bot.Turn{Person: p, Today: sales.DayOf(d.clock.Now())}, testBook(), tt.text, d.clock.Now())
		expected := ""
		if !w.expected.IsZero() {
			expected = w.expected.String()
		}
		if sales.ID(w.customer.ID) != tt.customer || len(w.products) != tt.products || w.amount != tt.amount || w.stage != tt.stage ||
			expected != tt.expected || w.beside != tt.beside {
			t.Errorf("%s:\n%+v", tt.text, w)
		}
	}
}

func TestAnUnknownCustomerOfAnOpportunityIsNamedInTheQuestion(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	expect(t, d.say(zhoumin, "商机 云岭康复中心 血球分析仪 20万"), "没认出客户", "云岭康复中心", "新客户 名称 电话 行业")
	expect(t, d.say(zhoumin, "绍兴市立医院"), "商机已建 · 绍兴市立医院", "20万")
}

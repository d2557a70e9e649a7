package main

import (
	"context"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

// turnOn switches a rule on, as the chat does.
func (w world) turnOn(t *testing.T, s *bottest.Story, name, text string) {
	t.Helper()
	_, err := w.program.db.Do(t.Context(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
		r := sales.Rule{
			ID: tx.NewID(), Name: name, Source: sales.RuleChat, State: sales.RuleOn, N: 1, UpdatedAt: sales.At(w.program.clock.Now()), Version: 1,
		}
		tx.CreateRule(r)
		tx.AddRuleVersion(sales.RuleVersion{RuleID: r.ID, N: 1, Text: text, At: r.UpdatedAt})
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.Settle()
}

// An incident is taken up, handed over and dealt with by its cards, and each says why it came.
func TestAnIncidentIsHandedToAColleagueAndDone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "投诉升级", "当 客户 30天内 2次 投诉 则 推送 负责人 \"{名称} 又投诉了\" 按钮 我来处理、已处理、转给他人、稍后提醒;再过 4小时 则 推送 负责人的主管")
		rep, other, lead := s.As("周敏").Skip(), s.As("李强").Skip(), s.As("王芳").Skip()
		rep.Say("投诉 绍兴市立医院 仪器报错")
		rep.ExpectCard("投诉", "绍兴市立医院")
		s.Settle()
		rep.ExpectNothingElse()
		rep.Say("投诉 绍兴市立医院 又报错")
		s.Settle()
		card := rep.ExpectCard("投诉升级", "绍兴市立医院 又投诉了").ExpectButtons("我来处理", "已处理", "转给他人", "2小时后再提醒")
		rep.Say("为什么催我")
		rep.ExpectText("规则:\"投诉升级\"", "客户在 30天内有 2 次投诉", "推送给 周敏", "还没处理就推给 负责人的主管")
		rep.Say("待办")
		rep.ExpectText("在催 1 件:投诉升级 · 绍兴市立医院")
		card.Click("转给他人")
		rep.ExpectText("转给谁")
		rep.Say("李强")
		rep.ExpectText("转给李强了")
		other.ExpectCard("投诉升级", "绍兴市立医院")
		other.Say("我来处理")
		other.ExpectText("接下了")
		lead.Say("谁在处理 绍兴市立医院")
		lead.ExpectText("投诉升级", "李强", "说了 我来处理")
		other.Say("已处理")
		other.ExpectText("已处理,不再提醒")
		s.FastForward(48 * time.Hour)
		if n := w.count(t, "王芳", "又投诉了"); n != 0 {
			t.Errorf("what is dealt with goes up %d times", n)
		}
	})
}

// A rule waits for what must not happen within a span, and says nothing when it happens.
func TestARuleWaitsForWhatIsMissing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "投诉要上门", "当 登记 投诉 且 24小时内 没有 拜访 则 推送 销售总监 \"{客户} 投诉一天了没人去\"")
		rep := s.As("周敏").Skip()
		rep.Say("投诉 绍兴市立医院 仪器报错")
		s.FastForward(2 * time.Hour)
		rep.Say("拜访 绍兴市立医院 王主任 上门看了仪器")
		s.FastForward(30 * time.Hour)
		if n := w.count(t, "陈刚", "投诉一天了没人去"); n != 0 {
			t.Errorf("pushed %d times though somebody went there", n)
		}
		rep.Say("投诉 绍兴第二医院 仪器报错")
		s.FastForward(96 * time.Hour)
		if n := w.count(t, "陈刚", "投诉一天了没人去"); n != 1 {
			t.Errorf("pushed %d times", n)
		}
	})
}

// A rule that is switched off ends what it has open, and says why.
func TestARuleSwitchedOffEndsItsIncidents(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, head := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("孙静").Skip()
		file(rep, legal)
		s.FastForward(49 * time.Hour)
		card := head.ExpectCard("🔴 合同超时未审", "HT2026-001")
		r, _ := w.rule(t, "合同48小时")
		_, err := w.program.db.Do(t.Context(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
			r.State = sales.RuleOff
			tx.UpdateRule(r)
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		s.Settle()
		card.ExpectUpdate("规则已停用")
		s.FastForward(100 * time.Hour)
		if n := w.count(t, "陈刚", "还是没审"); n != 0 {
			t.Errorf("a rule that is off pushes %d times", n)
		}
	})
}

// A rule hands out the documents of a product to who needs them, once.
func TestARuleHandsOutAProductsDocuments(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin, rep := s.As("郑凯").Skip(), s.As("周敏").Skip()
		sendSheet(admin, w, "离心机对比表.pdf", []byte("%PDF-1.4 comparison")).ExpectText("收下了")
		admin.Say("产品资料 低速离心机")
		admin.ExpectText("归到低速离心机了")
		s.FastForward(2 * time.Minute) // the file is fetched
		admin.Skip()
		admin.Say("新规则 当 登记 竞品 则 发资料 \"低速离心机\" 给 负责人")
		admin.ExpectCard("草稿", "低速离心机").Click("启用")
		s.Settle()
		rep.Say("竞品 绍兴市立医院 迈瑞 离心机报价 3万")
		rep.ExpectCard("竞品")
		rep.ExpectText("低速离心机的资料")
		rep.ExpectAny() // the file itself
		rep.ExpectNothingElse()
	})
}

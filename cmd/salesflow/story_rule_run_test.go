package main

import (
	"context"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/store"
)

// A rule written in the chat does what it says from the moment it is switched on, and nothing any more when it is off.
func TestARuleOfTheChatRuns(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		director, rep, told := s.As("陈刚").Skip(), s.As("周敏").Skip(), s.As("孙静").Skip()
		director.Say("规则 加急投诉\n当 登记 投诉 且 加急 则 推送 孙静 \"{客户} 加急投诉\" 按钮 我来处理、稍后\n再过 2小时 则 推送 销售总监")
		director.ExpectCard("加急投诉", "草稿").Click("启用")
		director.ExpectCard("加急投诉", "在用")
		rep.Say("投诉 绍兴市立医院 仪器又报错了,很急")
		rep.ExpectCard("投诉", "已记录")
		s.Settle()
		push := told.ExpectCard("绍兴市立医院 加急投诉").ExpectButtons("我来处理", "2小时后再提醒")
		push.Click("我来处理")
		push.ExpectUpdate("孙静")
		told.Say("为什么催我")
		told.ExpectText("加急投诉", "一有新的投诉", "推送给 孙静")
		director.Say("规则 加急投诉")
		director.ExpectCard("加急投诉", "触发 1 次")
		director.Say("试跑 加急投诉")
		director.ExpectText("在用近 30 天的记录试跑")
		director.ExpectText("试跑 加急投诉:近 30 天会触发 1 次,推给 1 人", "没有真的发出", "绍兴市立医院", "→ 孙静")
		director.Say("规则 停用 加急投诉").ExpectText("停用了")
		push.ExpectUpdate("规则已停用").ExpectNoButtons()
		rep.Say("投诉 绍兴市立医院 又报错,很急")
		rep.ExpectCard("投诉", "已记录")
		s.Settle()
		told.ExpectNothingElse()
	})
}

// A draft is tried on what happened before anybody is told of it.
func TestADraftIsTriedOnThePast(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin, rep, head := s.As("郑凯").Skip(), s.As("周敏").Skip(), s.As("孙静").Skip()
		rep.Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批")
		s.FastForward(26 * time.Hour)
		head.Skip()
		admin.Say("规则 快审\n当 合同 进入 待审批 超过 24小时 且 金额 > 50万 则 推送 法务主管、销售总监")
		draft := admin.ExpectCard("快审", "草稿")
		draft.Click("试跑")
		admin.ExpectText("在用近 30 天的记录试跑")
		admin.ExpectText("近 30 天会触发 1 次,推给 2 人", "绍兴市立医院", "孙静、陈刚")
		admin.Say("规则 快审\n当 合同 进入 待审批 超过 24小时 且 金额 > 500万 则 推送 法务主管、销售总监")
		admin.ExpectCard("快审", "500万").Click("试跑")
		admin.ExpectText("一次也不会触发")
		head.ExpectNothingElse()
		if r, _ := w.rule(t, "快审"); r.State != "draft" {
			t.Errorf("the draft is %s", r.State)
		}
	})
}

// A rule names a person who leaves: it does not run any more, and the admin hears of it, once a week.
func TestARuleThatCannotBeReadAnyMoreIsReported(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin := s.As("郑凯").Skip()
		admin.Say("规则 林夏看\n当 登记 竞品 则 推送 林夏")
		admin.ExpectCard("林夏看", "草稿").Click("启用")
		admin.ExpectCard("林夏看", "在用")
		leave(t, w, "linxia")
		s.At(onDay(12, 9, 30))
		admin.ExpectText("1 条规则读不懂了", "林夏看", "\"林夏\"", "规则 修改 林夏看")
		admin.Say("规则")
		admin.ExpectText("林夏看:读不懂了,没在跑")
		s.At(onDay(13, 9, 30))
		if n := w.count(t, "郑凯", "规则读不懂了"); n != 1 {
			t.Errorf("told %d times in a week", n)
		}
		admin.Say("规则 修改 林夏看").ExpectText("整条发过来")
		admin.Say("当 登记 竞品 则 推送 王芳")
		admin.ExpectCard("第 2 版待启用").Click("启用")
		admin.ExpectCard("林夏看", "在用", "王芳")
	})
}

// leave lets a person leave the company.
func leave(t *testing.T, w world, code string) {
	t.Helper()
	p := w.person(t, code)
	p.Active = false
	_, err := w.program.db.Do(t.Context(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
		tx.PutPerson(p)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"context"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

// filings are what a person filed beside visits, the newest first.
func (w world) filings(t *testing.T, code string) (out []sales.Filing) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.Filings(ctx, sales.FilingFilter{Scope: sales.Only(w.person(t, code).ID)})
		return err
	})
	return out
}

func TestSixActionsAreFiledOneByOne(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("签到 绍兴市立")
		rep.ExpectCard("绍兴市立医院", "●签到 ○需求 ○演示 ○异议 ○承诺").ExpectButtons("补需求", "修改", "撤销")
		rep.Say("签到 绍兴市立")
		rep.ExpectText("已经签到")
		rep.Say("需求 要全自动的,预算50万")
		card := rep.ExpectCard("●签到 ●需求 ○演示", "要全自动的", "50万")
		card.Click("补演示")
		rep.ExpectCard("演示了什么").Click("全自动生化分析仪")
		rep.ExpectCard("●演示 ○异议", "全自动生化分析仪").Click("补异议")
		rep.ExpectCard("嫌什么").Click("没有异议")
		rep.ExpectCard("●无异议 ○承诺").Click("补承诺")
		rep.ExpectCard("答应").Click("发报价")
		rep.ExpectCard("什么时候").Click("周五")
		rep.ExpectCard("●承诺", "发报价 → 3月13日 周五").ExpectButtons("修改", "撤销")
		if v := w.visits(t, "zhoumin"); len(v) != 1 {
			t.Errorf("%d visits of one check-in", len(v))
		}
		if todos := w.todos(t, "zhoumin"); len(todos) != 1 || todos[0].DueOn.String() != "2026-03-13" {
			t.Errorf("to-dos %+v", todos)
		}
	})
}

func TestANeedIsAskedForOnceInTime(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("签到 绍兴市立")
		rep.ExpectCard("●签到")
		s.FastForward(4*time.Hour + time.Minute)
		card := rep.ExpectCard("需求还没记", "绍兴市立医院", "4 小时")
		card.Click("补需求")
		rep.ExpectCard("要什么")
		rep.Say("要全自动的")
		rep.ExpectCard("●需求", "要全自动的")
		s.FastForward(time.Hour)
		if n := w.count(t, "周敏", "需求还没记"); n > 1 {
			t.Errorf("asked %d times", n)
		}
		// Filed in time, or taken back: nothing is asked.
		s.As("李强").Skip()
		other := s.As("李强")
		other.Say("签到 宁波市立")
		other.ExpectCard("●签到").Click("撤销")
		other.ExpectCard("拜访已撤销")
		s.FastForward(5 * time.Hour)
		if n := w.count(t, "李强", "还没记"); n != 0 {
			t.Errorf("asked about a visit that was taken back")
		}
	})
}

func TestAMessageJoinsTheVisitOfItsCheckIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("签到 绍兴市立")
		rep.ExpectCard("●签到")
		rep.Say(firstVisit)
		rep.ExpectCard("●签到", "●演示", "●异议", "●承诺", "3月17日")
		if v := w.visits(t, "zhoumin"); len(v) != 1 || v[0].ObjectionPercent != "30" {
			t.Errorf("visits %+v", v)
		}
		s.FastForward(9 * time.Hour)
		if n := w.count(t, "周敏", "承诺还没记"); n != 0 {
			t.Error("asked for a promise that was filed")
		}
	})
}

func TestAnAppointmentLeadsToItsVisit(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("预约 绍兴市立")
		rep.ExpectCard("约的什么时候").Click("今天下午")
		rep.ExpectCard("已约 绍兴市立医院", "今天 周三", "下午")
		rep.Say("预约 绍兴市立 今天下午2点 王主任谈价格")
		rep.ExpectCard("14:00", "绍兴市立医院(已约)", "1 家")
		s.FastForward(4*time.Hour + 31*time.Minute)
		ask := rep.ExpectCard("约好的到了吗", "绍兴市立医院")
		ask.Click("签到")
		rep.ExpectCard("●预约 ●签到 ○需求")
		rep.Say("计划")
		rep.ExpectCard("拜访计划", "● 14:00 绍兴市立医院")
	})
}

func TestAJointVisitIsConfirmed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say("拜访 绍兴市立 和王芳一起,介绍离心机,周五前发报价")
		card := rep.ExpectCard("拜访已记录", "同行 王芳(待确认)")
		ask := lead.ExpectCard("一起去了吗", "绍兴市立医院", "周敏")
		ask.ExpectButtons("在场", "不在场")
		w.expectJoint(t, "wangfang", 0)
		s.FastForward(24*time.Hour + time.Minute)
		again := lead.ExpectCard("一起去了吗", "只提醒这一次")
		again.Click("在场")
		again.ExpectUpdate("已确认在场").ExpectNoButtons()
		card.ExpectUpdate("同行 王芳").Without("待确认")
		w.expectJoint(t, "wangfang", 1)
		rep.Say("拜访 宁波市立 带李强去的,介绍离心机")
		rep.ExpectCard("李强(待确认)")
		colleague := s.As("李强")
		colleague.ExpectCard("一起去了吗")
		colleague.Say("不在场")
		colleague.ExpectText("已确认", "没去")
		rep.ExpectText("李强说没有一起去")
	})
}

// expectJoint checks how many joint visits count for a person.
func (w world) expectJoint(t *testing.T, code string, want int) {
	t.Helper()
	id, got := w.person(t, code).ID, 0
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		counts, err := tx.CountsOn(ctx, sales.Only(id), sales.NewDay(2026, 3, 11))
		for _, c := range counts {
			got += c.Joint
		}
		return err
	})
	if got != want {
		t.Errorf("%d joint visits count for %s, want %d", got, code, want)
	}
}

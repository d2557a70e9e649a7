package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/store/sales"
)

// onDay is a moment of the story's month, March 2026; the 14th is a Saturday.
func onDay(day, hour, minute int) time.Time {
	return time.Date(2026, 3, day, hour, minute, 0, 0, storyStart.Location())
}

func TestAPromiseIsRemindedOfUntilItIsDone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		s.At(onDay(16, 17, 30))
		rep.Skip()
		s.At(onDay(16, 18, 30))
		rep.ExpectCard("提醒", "寄样", "绍兴市立医院", "明天 周二", "还有 24 小时").ExpectButtons("完成", "延期")
		rep.ExpectNothingElse()
		s.At(onDay(17, 17, 30))
		rep.Skip()
		s.At(onDay(17, 18, 30))
		card := rep.ExpectCard("提醒", "寄样", "今天 周二", "到期了")
		card.Click("完成")
		card.ExpectUpdate("已完成", "周敏").ExpectNoButtons()
		if got := w.todos(t, "zhoumin"); len(got) != 0 {
			t.Errorf("to-dos stay open: %+v", got)
		}
		s.At(onDay(19, 20, 0))
		for _, m := range w.shown(t, "王芳") {
			if text := bottest.Plain(m); contains(text, "寄样") {
				t.Errorf("the lead hears of a promise that was kept:\n%s", text)
			}
		}
		for _, m := range w.shown(t, "周敏") {
			if text := bottest.Plain(m); m.At.After(onDay(17, 19, 0)) && contains(text, "寄样") {
				t.Errorf("a kept promise is reminded of:\n%s", text)
			}
		}
	})
}

func TestAnOverduePromiseReachesTheLead(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say("拜访 绍兴市立医院 王主任 看了离心机,明天发报价")
		rep.ExpectCard("拜访已记录", "明天 周四")
		s.At(onDay(12, 19, 0)) // due on Thursday 18:00; the rule tells on the next workday
		lead.Skip()
		rep.Skip()
		s.At(onDay(13, 9, 0))
		lead.ExpectCard("承诺过期", "周敏的承诺过期了", "绍兴市立医院", "发报价")
		late := rep.ExpectCard("承诺过期", "发报价", "推给负责人、负责人的主管").ExpectButtons("完成", "延期", "我来处理", "转给他人", "2小时后再提醒")
		lead.Skip()
		late.Click("延期")
		rep.ExpectText("延到哪天")
		rep.Say("下周三")
		rep.ExpectText("3月18日 周三")
		late.ExpectUpdate("到期日改了").ExpectNoButtons()
		s.At(onDay(17, 17, 30))
		rep.Skip()
		s.At(onDay(17, 18, 30))
		rep.ExpectCard("提醒", "发报价", "明天 周三").ExpectButtons("完成", "延期")
	})
}

func TestToDosAreWorkedByTyping(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("待办")
		rep.ExpectText("没有")
		rep.Say("拜访 绍兴市立医院 王主任 看了离心机,周四下午3点前发报价")
		rep.ExpectCard("拜访已记录", "明天 周四 15:00")
		rep.Say("拜访 绍兴第二医院 张主任 演示离心机,下周二前寄样")
		rep.ExpectCard("拜访已记录", "3月17日")
		rep.Say("待办")
		rep.ExpectText("待办 2 条", "1. 发报价", "绍兴市立医院", "2. 寄样", "绍兴第二医院")
		rep.Say("延期 1 周五")
		rep.ExpectText("发报价", "3月13日 周五")
		rep.Say("完成 2")
		rep.ExpectText("已完成", "寄样")
		rep.Say("完成 2")
		rep.ExpectText("没有第 2 条")
		rep.Say("延期 1 昨天")
		rep.ExpectText("今天或以后")
		rep.Say("延期 1 猴年马月")
		rep.ExpectText("日期没看懂", "猴年马月")
		rep.Say("完成")
		rep.ExpectText("已完成", "发报价")
		rep.Say("待办")
		rep.ExpectText("没有")
		rep.ExpectNothingElse()
	})
}

func TestATapOnADoneToDoIsExplained(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		s.At(onDay(16, 18, 30))
		early := rep.ExpectCard("提醒", "寄样", "还有 24 小时")
		s.At(onDay(17, 18, 30))
		card := rep.ExpectCard("提醒", "寄样", "到期了")
		todo := w.todos(t, "zhoumin")[0]
		card.Click("完成")
		card.ExpectUpdate("已完成").ExpectNoButtons()
		rep.Skip()
		w.tapAgain(t, "周敏", card, "完成", "todo.done", todo.ID, todo.Version) // the same tap once more: nothing at all
		rep.ExpectNothingElse()
		w.tapAgain(t, "周敏", early, "延期", "todo.postpone", todo.ID, todo.Version)
		rep.ExpectText("寄样", "已经完成", "没有再改动")
		if closed := w.todo(t, todo.ID); closed.State != sales.TodoDone || closed.Version != todo.Version+1 {
			t.Errorf("a late tap changed the to-do: %+v", closed)
		}
	})
}

func TestDingTalksOwnToDoFollowsOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.DingTalk)
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	rep.Say(firstVisit)
	rep.ExpectCard("拜访已记录")
	s.Settle()
	open := w.dingtalk.Todos()
	if len(open) != 1 || open[0].Done || !contains(open[0].Subject, "寄样") || !open[0].Due.Equal(onDay(17, 18, 0)) {
		t.Fatalf("the platform's to-dos: %+v", open)
	}
	rep.Say("延期 1 下周五")
	rep.ExpectText("3月20日")
	s.Settle()
	if got := w.dingtalk.Todos(); len(got) != 1 || got[0].Done || !got[0].Due.Equal(onDay(20, 18, 0)) {
		t.Errorf("after it was put off: %+v", got)
	}
	rep.Say("完成 1")
	rep.ExpectText("已完成")
	s.Settle()
	if got := w.dingtalk.Todos(); len(got) != 1 || !got[0].Done {
		t.Errorf("after it was done: %+v", got)
	}
}

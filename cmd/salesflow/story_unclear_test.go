package main

import (
	"testing"

	"salesflow/bot/bottest"
)

func TestADateThatCannotBeIsSaidToBeUnclear(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("拜访 绍兴市立医院 王主任 介绍生化分析仪,答应2月30日前寄样")
		card := rep.ExpectCard("拜访已记录", "绍兴市立医院", "2月30日", "2月没有30号", "修改 日期改到3月13日")
		if todos := w.todos(t, "zhoumin"); len(todos) != 1 || !todos[0].DueOn.IsZero() {
			t.Errorf("to-dos = %+v", todos)
		}
		rep.Say("修改 日期改到4月31日")
		rep.ExpectText("4月31日", "4月没有31号", "修改 日期改到")
		rep.Say("修改 日期改到3月13日")
		rep.ExpectText("已改", "3月13日")
		card.ExpectUpdate("3月13日")
	})
}

func TestAQuestionSaysWhatElseWasUnclear(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("林夏").Skip()
		rep.Say("拜访 市立医院 介绍离心机,星期八前发报价")
		card := rep.ExpectCard("是哪家", "星期八", "一周没有第八天")
		card.Click("绍兴市立医院")
		rep.ExpectCard("拜访已记录", "绍兴市立医院", "星期八")
	})
}

func TestADraftShowsWhatIsUnclear(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("草稿 绍兴市立医院 王主任 看了离心机,2026-02-30之前发报价")
		rep.ExpectText("还没记", "2026-02-30", "没有这一天")
	})
}

func TestAComplaintBeginsWithItsThing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep := s.As("周敏").Skip()
		rep.Say("投诉 绍兴市立医院的离心机开机异响,今天要派人")
		card := rep.ExpectCard("投诉(故障)已记录", "离心机开机异响")
		card.Without("的离心机")
	})
}

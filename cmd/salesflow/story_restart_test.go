package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
)

// restarted runs a story's first half, stops the product, starts it again on the same data at the moment it stopped, and
// runs the second half.
func restarted(t *testing.T, before, after func(t *testing.T, s *bottest.Story, w world)) {
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			inDir := func(o *demoOptions) { o.data = dir }
			w := newWorld(t, platform, inDir)
			s := bottest.New(t, w)
			before(t, s, w)
			s.Settle()
			now := w.Now()
			if err := w.demo.close(); err != nil {
				t.Fatal(err)
			}
			w = newWorld(t, platform, func(o *demoOptions) { o.data, o.start = dir, now })
			after(t, bottest.New(t, w), w)
		})
	}
}

func TestToDosAndTheirRemindersSurviveARestart(t *testing.T) {
	t.Parallel()
	restarted(t, func(t *testing.T, s *bottest.Story, w world) {
		s.As("周敏").Say(firstVisit)
		s.As("周敏").ExpectCard("拜访已记录")
		s.At(onDay(16, 17, 50))
	}, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏")
		s.At(onDay(16, 18, 30))
		card := rep.ExpectCard("提醒", "寄样", "还有 24 小时")
		rep.Say("待办")
		rep.ExpectText("待办 1 条", "寄样")
		s.At(onDay(16, 19, 0))
		if n := w.count(t, "周敏", "提醒", "寄样"); n != 1 {
			t.Errorf("reminded %d times", n)
		}
		card.Click("完成")
		card.ExpectUpdate("已完成")
		if n := len(w.visits(t, "zhoumin")); n != 1 {
			t.Errorf("%d visits", n)
		}
	})
}

func TestAnEscalationSurvivesARestart(t *testing.T) {
	t.Parallel()
	restarted(t, func(t *testing.T, s *bottest.Story, w world) {
		file(s.As("周敏").Skip(), s.As("赵磊").Skip())
		s.At(onDay(13, 9, 0))
	}, func(t *testing.T, s *bottest.Story, w world) {
		s.At(onDay(13, 11, 0))
		head := s.As("孙静")
		push := head.ExpectCard("🔴 合同超时未审", "HT2026-001")
		s.As("陈刚").ExpectCard("🔴 合同超时未审", "HT2026-001")
		for _, name := range []string{"孙静", "陈刚"} {
			if n := w.count(t, name, "🔴"); n != 1 {
				t.Errorf("%s got %d pushes", name, n)
			}
		}
		push.Click("我来处理")
		push.ExpectUpdate("在处理 孙静")
		s.As("赵磊").Say("同意 HT2026-001")
		s.As("陈刚").ExpectCard("合同待审批", "等你处理").Click("同意")
		s.As("周敏").ExpectText("全部通过")
	})
}

func TestNothingIsSaidTwiceAfterARestart(t *testing.T) {
	t.Parallel()
	restarted(t, func(t *testing.T, s *bottest.Story, w world) {
		file(s.As("周敏").Skip(), s.As("赵磊").Skip())
		s.As("林夏").Say("拜访 市立医院 介绍离心机,周五前发报价")
		s.As("林夏").ExpectCard("是哪家")
		s.At(onDay(13, 11, 0))
	}, func(t *testing.T, s *bottest.Story, w world) {
		s.Settle()
		for _, name := range []string{"周敏", "李强", "林夏", "王芳", "赵磊", "孙静", "陈刚", "吴桐", "郑凯"} {
			s.As(name).ExpectNothingElse()
		}
		s.At(onDay(13, 11, 10))
		for _, name := range []string{"孙静", "陈刚", "赵磊", "王芳"} {
			s.As(name).ExpectNothingElse()
		}
	})
}

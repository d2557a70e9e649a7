package main

import (
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/bottest"
)

// What waited for the database is understood as of the moment when it was said.
func TestWhatWaitedMeansWhatItMeantThen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		_, p := w.phoneOf(t, "周敏")
		keep := func(id, text string, at, done time.Time) {
			t.Helper()
			ev := bot.Event{
				Platform: bot.Platform(p.Platform), ID: id, Kind: bot.Said, At: at, From: bot.UserID(p.ID),
				Chat: bot.Chat{Platform: bot.Platform(p.Platform)}, Text: text,
			}
			if err := w.program.db.KeepPending(t.Context(), ev); err != nil {
				t.Fatal(err)
			}
			w.clock.Set(done)
			if err := w.program.workInbox(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		// The moment has passed while the message waited: the reminder comes at once, and once.
		keep("late", "提醒我 10:03 给绍兴市立医院回电话", storyStart.Add(time.Minute), storyStart.Add(20*time.Minute))
		rep.ExpectText("记到待办", "绍兴市立医院", "10:03")
		rep.ExpectCard("提醒", "回电话")
		rep.ExpectNothingElse()

		// Tomorrow was said before midnight, and is today by now.
		keep("midnight", "拜访 绍兴市立医院 王主任 介绍生化分析仪方案,明天寄样", onDay(11, 23, 50), onDay(12, 0, 30))
		rep.ExpectCard("拜访已记录", "寄样", "今天 周四")
	})
}

package main

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/bottest"
	"salesflow/handlers"
)

// An event that takes too long is put off while it is still being done. Its answer goes out when it is done, and once: not when the
// claim on it lapses, a minute later than anybody waits.
func TestWhatIsDoneTooLateIsAnsweredThen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		var again atomic.Int32
		w.program.router.Command(bot.Command[handlers.Tx]{Name: "慢", Handle: func(context.Context, bot.Turn, handlers.Tx) (bot.Reply, error) {
			again.Add(1)
			waitUntil(t, "the event to be put off", func() bool { return w.program.spool.Len() > 0 })
			return bot.Text("慢慢来"), nil
		}})
		rep := s.As("周敏").Skip()
		rep.Say("慢")
		rep.ExpectText("慢慢来")
		s.FastForward(5 * time.Minute)
		rep.ExpectNothingElse()
		if n := again.Load(); n != 1 {
			t.Errorf("done %d times", n)
		}
	})
}

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

package main

import (
	"context"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

func TestTheDailyReportIsOneTap(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say("商机 绍兴市立医院 生化分析仪 128万")
		rep.ExpectCard("商机已建")
		rep.Say("推进 绍兴市立医院 需求确认")
		rep.ExpectCard("商机已推进")
		rep.Say(firstVisit)
		rep.ExpectCard("拜访已记录")
		rep.Skip()
		s.At(onDay(11, 17, 1))
		card := rep.ExpectCard("日报", "3月11日", "拜访 1", "推进 1 单", "新增承诺 1", "明天最该做", "寄样")
		card.ExpectButtons("提交", "补一句", "明天再说").Click("提交")
		card.ExpectUpdate("已提交", "周敏").ExpectNoButtons()
		rep.ExpectNothingElse()
		rep.Say("日报 提交")
		rep.ExpectText("交过了", "没有再改动")

		other := s.As("李强")
		other.ExpectCard("日报", "还没有记录").Click("补一句")
		other.ExpectText("补什么")
		other.Say("上午去了宁波,没见到人")
		other.ExpectText("已提交")

		s.At(onDay(11, 18, 1))
		if n := w.captured(t, 11); n == 0 {
			t.Error("nothing was captured at 18:00")
		}
		lead.ExpectNothingElse()
		s.At(onDay(12, 8, 46))
		lead.ExpectImage()
		lead.ExpectText("昨晚 18:00", "3 人 2 人已报", "推进 1 单", "没报:林夏")
		lead.ExpectNothingElse()

		late := s.As("林夏").Skip()
		late.Say("补报 昨天请假半天")
		late.ExpectText("已补报")
		s.At(onDay(12, 12, 30))
		rep.Say("补报")
		rep.ExpectText("交过了")
		late.Say("日报 前天")
		late.ExpectText("没有交日报")
	})
}

func TestRestDaysAreQuiet(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		everybody := []string{"周敏", "李强", "林夏", "王芳", "陈刚", "赵磊", "孙静"}
		s.As("周敏").Say("拜访 绍兴市立医院 王主任 看了离心机,周日前寄样")
		s.As("周敏").ExpectCard("拜访已记录", "3月15日 周日")
		s.At(onDay(13, 8, 31)) // the last workday before it is due
		s.As("周敏").ExpectCard("提醒", "寄样", "3月15日 周日")
		s.At(onDay(13, 20, 1))
		for _, name := range everybody {
			s.As(name).Skip()
		}
		s.At(onDay(16, 8, 29))
		for _, name := range everybody {
			s.As(name).ExpectNothingElse()
		}
		s.At(onDay(16, 8, 50))
		s.As("王芳").ExpectText("周五", "人已报")
		s.As("周敏").ExpectCard("提醒", "寄样", "昨天 周日", "已过期")
	})
}

func TestALateReportIsMarked(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		s.At(onDay(11, 17, 1))
		card := rep.ExpectCard("日报")
		card.Click("明天再说")
		card = card.ExpectUpdate("先放着", "明天 12:00")
		s.At(onDay(12, 9, 0))
		card.Click("提交")
		card.ExpectUpdate("已补报").ExpectNoButtons()
		rep.Skip()

		other := s.As("李强")
		old := other.ExpectCard("日报", "3月11日")
		s.At(onDay(12, 12, 1))
		old.Click("提交")
		other.ExpectText("过了补报时间")
		if r := w.report(t, "liqiang", 11); r.State == sales.ReportSubmitted {
			t.Errorf("a report came in after its time: %+v", r)
		}
	})
}

func (w world) report(t *testing.T, code string, day int) (out sales.DailyReport) {
	t.Helper()
	p := w.person(t, code)
	w.view(t, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.ReportOf(ctx, p.ID, sales.NewDay(2026, 3, day))
		return err
	})
	return out
}

// captured counts the rows of the evening's capture.
func (w world) captured(t *testing.T, day int) (n int) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		rows, err := tx.Captures(ctx, sales.Scope{All: true}, sales.NewDay(2026, 3, day))
		n = len(rows)
		return err
	})
	return n
}

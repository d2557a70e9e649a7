package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/configs"
	"salesflow/store/sales"
)

func TestTheCompanySetsItsOwnDays(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin, rep, legal := s.As("郑凯").Skip(), s.As("周敏").Skip(), s.As("赵磊").Skip()
		rep.Say("日历")
		rep.ExpectText("今天 3月11日 周三", "上班", "清明节 4月4日", "劳动节 5月1日 周五 到 5月5日 周二,共 5 天", "调休上班:5月9日 周六", "上班时间 9:00-18:00", "2027 年的放假安排还没有")
		rep.Say("日历 5月2日")
		rep.ExpectText("5月2日", "休息(劳动节)")
		rep.Say("日历 明天 休息 厂庆")
		rep.ExpectText("改日历要管理员")
		admin.Say("日历 明天 休息 厂庆")
		admin.ExpectText("已改:3月12日 周四,全公司休息(厂庆)")
		rep.Say("日历 3月12日")
		rep.ExpectText("休息(厂庆)")
		admin.Say("日历 3月13日 休息 年会 总部")
		admin.ExpectText("已改:3月13日 周五,总部休息(年会)")
		rep.Say("日历 3月13日")
		rep.ExpectText("3月13日", "上班") // 周敏's region is 华东
		admin.Say("日历 3月13日")
		admin.ExpectText("休息(年会)")
		admin.Say("日历 昨天 休息")
		admin.ExpectText("只能改今天和以后")
		admin.Say("日历 天气")
		admin.ExpectText("日子没看懂")
		s.At(storyStart.Add(24 * time.Hour)) // Thursday 10:00, now a day off
		rep.Skip()
		legal.Skip()
		w.told(t, "zhaolei", "x:1", false, "厂庆这天不打扰")
		legal.ExpectNothingElse()
		s.At(storyStart.Add(2*24*time.Hour - time.Hour - 25*time.Minute)) // Friday 8:35
		legal.ExpectNothingElse()                                         // where 赵磊 is, Friday is off too
		admin.Skip()
		admin.Say("日历 3月12日 恢复")
		admin.ExpectText("只能改今天和以后")
		admin.Say("日历 3月13日 恢复 总部")
		admin.ExpectText("已恢复:3月13日 周五,总部")
		admin.Say("日历 3月13日")
		admin.ExpectText("上班").Without("年会")
		s.At(storyStart.Add(5*24*time.Hour - time.Hour - 25*time.Minute)) // Monday 8:35
		legal.ExpectText("厂庆这天不打扰")
	})
}

func TestWorkingTimeIsThatOfThePersonsRegion(t *testing.T) {
	t.Parallel()
	cal, err := calendar(func() configs.Config {
		c := configs.Default()
		c.Calendar.Regions = map[string]string{"新疆": "11:00-20:00"}
		c.Calendar.Days = []string{"2026-03-12 休 厂庆 @新疆", "2026-03-14..2026-03-15 班"}
		return c
	}())
	if err != nil {
		t.Fatal(err)
	}
	org := sales.NewOrg(1, []sales.Person{{ID: 1, TeamID: 2, Active: true}, {ID: 2, TeamID: 3, Active: true}}, []sales.Team{
		{ID: 1, Region: "总部"}, {ID: 2, Region: "新疆", ParentID: 1}, {ID: 3, ParentID: 1},
	}, nil)
	evening := sales.NewDay(2026, time.March, 11).At(17, 0)
	if got, want := cal.Of(org, 1).AddWorking(evening, 4*time.Hour), sales.NewDay(2026, time.March, 13).At(12, 0); !got.Equal(want) {
		t.Errorf("in 新疆 %v, want %v", got, want)
	}
	if got, want := cal.Of(org, 2).AddWorking(evening, 4*time.Hour), sales.NewDay(2026, time.March, 12).At(12, 0); !got.Equal(want) {
		t.Errorf("elsewhere %v, want %v", got, want)
	}
	if !cal.IsWorkday(sales.NewDay(2026, time.March, 14)) {
		t.Error("a Saturday that is worked")
	}
}

func TestAYearNobodyKnowsIsMissedFromOctoberOn(t *testing.T) {
	t.Parallel()
	onBothChanged(t, func(_ *testing.T, _ string, o *demoOptions) {
		o.start = time.Date(2026, 9, 30, 16, 0, 0, 0, sales.Shanghai)
	}, func(t *testing.T, s *bottest.Story, w world, _ string) {
		admin := s.As("郑凯").Skip()
		s.At(time.Date(2026, 10, 8, 9, 30, 0, 0, sales.Shanghai)) // the first workday of October
		admin.ExpectText("还不知道 2027 年的放假和调休", "calendar.files")
		s.At(time.Date(2026, 10, 12, 9, 30, 0, 0, sales.Shanghai))
		if n := w.count(t, "郑凯", "还不知道 2027 年"); n != 1 {
			t.Errorf("told %d times in a month", n)
		}
	})
}

func TestASaturdayThatIsWorkedHasItsRhythm(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		admin, rep := s.As("郑凯").Skip(), s.As("周敏").Skip()
		s.At(storyStart.Add(2*24*time.Hour + 9*time.Hour)) // Friday 19:00: the next day's rows are written
		admin.Skip()
		admin.Say("日历 3月14日 上班 盘点")
		admin.ExpectText("已改:3月14日 周六,全公司上班(盘点)")
		s.Settle()
		rep.Skip()
		s.At(storyStart.Add(3*24*time.Hour + 7*time.Hour + 5*time.Minute)) // Saturday 17:05
		rep.ExpectCard("日报", "3月14日")
	})
}

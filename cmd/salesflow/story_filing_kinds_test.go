package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/configs"
	"salesflow/store/sales"
)

// withService gives 林夏 the role of the service.
func withService(o *demoOptions) {
	change := o.change
	o.change = func(c *configs.Config, org *configs.Org) {
		change(c, org)
		for i, p := range org.People {
			if p.ID == "linxia" {
				org.People[i].Roles = []string{"service"}
			}
		}
	}
}

func onBothWith(t *testing.T, change func(*demoOptions), story func(t *testing.T, s *bottest.Story, w world)) {
	for _, platform := range []string{"wecom", "dingtalk"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, platform, change)
			story(t, bottest.New(t, w), w)
		})
	}
}

func TestSeveralFactsBecomeTheRightRecords(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("拜访 绍兴市立 王主任 介绍离心机,周五前发报价;投诉上次仪器又报错了,很急;打车45 停车20;竞品迈锐报价110万")
		rep.ExpectCard("拜访已记录", "离心机", "发报价")
		rep.ExpectCard("投诉(故障)已记录", "已转给")
		rep.ExpectCard("费用(交通)已记录", "¥45.00", "打车")
		rep.ExpectCard("费用(交通)已记录", "¥20.00", "停车")
		rep.ExpectCard("竞品已记录", "迈锐", "110万")
		kinds := map[sales.FilingKind]int{}
		for _, f := range w.filings(t, "zhoumin") {
			kinds[f.Kind]++
			if f.VisitID != w.lastVisit(t, "zhoumin").ID {
				t.Errorf("%s does not know its visit", f.Kind)
			}
		}
		if len(w.visits(t, "zhoumin")) != 1 || kinds[sales.FilingComplaint] != 1 || kinds[sales.FilingExpense] != 2 || kinds[sales.FilingCompetitor] != 1 {
			t.Errorf("visits %d, filings %v", len(w.visits(t, "zhoumin")), kinds)
		}
	})
}

func TestAComplaintGoesToTheServiceAndBack(t *testing.T) {
	t.Parallel()
	onBothWith(t, withService, func(t *testing.T, s *bottest.Story, w world) {
		rep, service := s.As("周敏").Skip(), s.As("林夏").Skip()
		rep.SayAgain("one-event", "投诉 绍兴市立 仪器又报错了")
		card := rep.ExpectCard("投诉(故障)已记录", "绍兴市立医院", "已转给 林夏")
		rep.SayAgain("one-event", "投诉 绍兴市立 仪器又报错了")
		take := service.ExpectCard("投诉(故障)", "绍兴市立医院", "仪器又报错了", "周敏")
		service.Say("待办")
		service.ExpectText("受理投诉(故障)", "绍兴市立医院")
		take.Click("受理")
		take = take.ExpectUpdate("今天 10:00 受理", "办完点 办结")
		rep.ExpectText("林夏受理了")
		card.ExpectUpdate("林夏", "受理").Click("撤销")
		rep.ExpectText("已由林夏受理,撤不了")
		rep.Say("受理 绍兴市立")
		rep.ExpectText("没有可以受理")
		take.Click("办结")
		service.ExpectText("怎么处理的")
		service.Say("换了主板,已恢复")
		service.ExpectText("已办结")
		rep.ExpectText("办结了", "换了主板")
		if n := len(w.todos(t, "linxia")); n != 0 {
			t.Errorf("%d to-dos of the service stay open", n)
		}
		if n := len(w.filings(t, "zhoumin")); n != 1 {
			t.Errorf("%d complaints from one message", n)
		}
		rep.Say("投诉 未关")
		rep.ExpectCard("投诉", "没有")
		rep.Say("投诉 绍兴市立")
		rep.ExpectCard("已办结")
	})
}

func TestNobodyTakesAComplaint(t *testing.T) {
	t.Parallel()
	onBothWith(t, withService, func(t *testing.T, s *bottest.Story, _ world) {
		rep, service, lead := s.As("周敏").Skip(), s.As("林夏").Skip(), s.As("王芳").Skip()
		rep.Say("售后 绍兴市立")
		rep.ExpectCard("没有").Click("记一条售后")
		rep.ExpectCard("要什么服务").Click("维修")
		rep.ExpectCard("售后(维修)已记录")
		service.ExpectCard("售后(维修)")
		s.FastForward(2*time.Hour + time.Minute)
		service.ExpectCard("售后(维修)", "还没人受理")
		lead.ExpectText("周敏记的售后(维修)", "还没人受理")
	})
}

func TestASampleOnItsWay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("样品 绍兴市立 申领试剂 2盒")
		rep.ExpectCard("样品已申领", "2 盒")
		rep.Say("绍兴市立样品已寄出 顺丰SF1234567890123")
		rep.ExpectCard("样品已寄出", "SF1234567890123").Click("已送达")
		rep.ExpectCard("样品已送达", "送达 3月11日")
		if n := len(w.filings(t, "zhoumin")); n != 1 {
			t.Errorf("%d samples, want one that moved", n)
		}
		s.FastForward(8 * 24 * time.Hour)
		ask := rep.ExpectCard("样品有反馈了吗", "绍兴市立医院")
		ask.Click("反馈好")
		rep.ExpectCard("样品已反馈", "反馈 好")
		if f := w.filings(t, "zhoumin")[0]; f.State != sales.FilingAnswered || f.Sentiment != sales.SentimentGood {
			t.Errorf("sample %+v", f)
		}
	})
}

func TestExpensesAreSummed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say("费用 绍兴市立 打车45.5 停车20")
		rep.ExpectCard("¥45.50")
		rep.ExpectCard("¥20.00")
		rep.Say("费用 餐费320元")
		pick := rep.ExpectCard("是哪家客户的")
		pick.Click("绍兴市立医院")
		rep.ExpectCard("费用(招待)已记录", "¥320.00")
		pick.ExpectUpdate("已选")
		rep.Say("费用 打车30")
		rep.ExpectCard("是哪家客户的", "不归客户").Click("不归客户")
		rep.ExpectCard("费用(交通)已记录", "¥30.00")
		rep.Say("费用 本月")
		rep.ExpectText("4 笔", "415.50", "绍兴市立医院", "385.50", "招待", "320.00")
		s.As("李强").Say("费用 宁波市立 油费200").ExpectCard("¥200.00")
		lead.Say("费用 本月")
		lead.ExpectText("615.50", "周敏", "415.50", "李强", "200.00")
		s.As("李强").Say("费用 本月").ExpectText("200.00").Without("周敏", "415")
	})
}

func TestACompetitorIsForItsAuthor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		rep.Say("竞品 绍兴市立")
		rep.ExpectCard("竞品", "没有").Click("记一条竞品")
		rep.ExpectText("碰到哪家竞品")
		rep.Say("迈锐")
		rep.ExpectCard("竞品已记录", "迈锐")
		rep.Say("修改 金额改成98万")
		rep.ExpectText("已改", "98万")
		rep.Say("竞品 绍兴市立")
		rep.ExpectCard("迈锐", "98万")
		lead.Say("竞品 绍兴市立")
		lead.ExpectCard("周敏", "已记 1 条").Without("迈锐", "98万")
		if changes := w.audit(t, "filing", w.filings(t, "zhoumin")[0].ID); !holdsChange(changes, "金额", "0元", "98万") && !holdsChange(changes, "金额", "", "98万") {
			t.Errorf("old and new value are not in the trace: %+v", changes)
		}
	})
}

func TestTrainingFeedback(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("培训反馈 绍兴市立 12人参加,都说不错")
		rep.ExpectCard("培训反馈已记录", "12 人", "反馈 好")
		rep.Say("撤销")
		rep.ExpectText("已撤销")
		if n := len(w.filings(t, "zhoumin")); n != 0 {
			t.Error("taken back and still there")
		}
	})
}

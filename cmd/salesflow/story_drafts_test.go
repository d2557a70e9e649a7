package main

import (
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/store/sales"
)

// Two things written one after the other are both answered for, and what waits for a new customer is filed with it.
func TestTwoDraftsAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("林夏").Skip()
		rep.Say("今天去了诸暨浣江康复医院,见了检验科张主任,聊生化分析仪")
		first := rep.ExpectCard("诸暨浣江康复医院", "是新客户吗")
		rep.Say("拜访 萧山恒康医院 介绍离心机,周五前发报价")
		rep.ExpectText("上一条先放着,这条问完接着问", "诸暨浣江康复医院")
		second := rep.ExpectCard("萧山恒康医院", "新客户")
		first.ExpectUpdate("见下面的新卡片").ExpectNoButtons()
		rep.Say("投诉 诸暨浣江康复医院 离心机异响")
		rep.ExpectCard("诸暨浣江康复医院", "新客户")
		second.ExpectUpdate("见下面的新卡片")
		rep.Say("0571-82345678 私立")
		rep.ExpectCard("客户已建", "诸暨浣江康复医院", "私立")
		rep.ExpectCard("投诉(故障)已记录", "诸暨浣江康复医院")
		rep.ExpectCard("拜访已记录", "诸暨浣江康复医院", "张主任")
		rep.ExpectText("接着上一条", "萧山恒康医院")
		rep.ExpectCard("萧山恒康医院", "新客户").ExpectButtons("新建客户", "不是").Click("新建客户")
		rep.ExpectText("萧山恒康医院的联系电话")
		rep.Say("没有")
		rep.ExpectText("没有联系电话建不了", "取消")
		rep.Say("取消")
		rep.ExpectText("不建了")
		if n := len(w.visits(t, "linxia")); n != 1 {
			t.Errorf("%d visits", n)
		}
		if n := w.customersNamed(t, "诸暨浣江康复医院"); n != 1 {
			t.Errorf("%d customers", n)
		}
	})
}

// A draft on the shelf survives a restart.
func TestAShelvedDraftSurvivesARestart(t *testing.T) {
	t.Parallel()
	restarted(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("林夏").Skip()
		rep.Say("拜访 市立医院 介绍离心机,周五前发报价")
		rep.ExpectCard("是哪家")
		rep.Say("拜访 萧山恒康医院 介绍血球分析仪")
		rep.ExpectCard("萧山恒康医院", "新客户")
	}, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("林夏")
		rep.Say("算了")
		rep.ExpectText("没记")
		rep.ExpectCard("是哪家", "绍兴市立医院", "宁波市立医院")
		rep.Say("2")
		rep.ExpectCard("拜访已记录", "3月13日 周五")
		if n := len(w.visits(t, "linxia")); n != 1 {
			t.Errorf("%d visits", n)
		}
	})
}

// A person whom the customer of the last record does not have is asked about, and so is one of no customer at all.
func TestWhoseContactIsMeant(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("拜访 绍兴市立医院 王主任 看了离心机")
		rep.ExpectCard("拜访已记录", "绍兴市立医院")
		rep.Say("刚跟钱院长通了电话 他嫌试剂贵")
		rep.ExpectCard("是绍兴市立医院吗").Click("不是")
		rep.ExpectText("那是哪家")
		rep.Say("诸暨人民医院")
		rep.ExpectCard("拜访已记录", "诸暨人民医院", "钱院长")
		other := s.As("李强").Skip()
		other.Say("孙院长让我下周二前报价")
		other.ExpectSaid("哪家")
		other.Say("宁波市立医院")
		other.ExpectCard("拜访已记录", "宁波市立医院", "报价", "3月17日")
		for _, v := range w.visits(t, "zhoumin") {
			if v.CustomerID == w.customer(t, "绍兴市立医院").ID && v.ContactName == "钱院长" {
				t.Error("a stranger became a contact of the last customer")
			}
		}
	})
}

// A plan is no answer to whose a record is, and what is said of a record a moment ago changes that one.
func TestWordsGoWhereTheyBelong(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("给钱江超市申请两箱样品")
		rep.ExpectCard("钱江超市", "新客户")
		rep.Say("明天上午绍兴市立下午诸暨人医")
		rep.ExpectCard("已排", "上午 绍兴市立医院")
		if n := len(w.filings(t, "zhoumin")); n != 0 {
			t.Errorf("%d filings", n)
		}
		rep.Say("算了")
		rep.ExpectText("没记")
		rep.Say("竞品 绍兴市立医院 迈瑞 报价48万")
		rep.ExpectCard("竞品已记录", "48万")
		rep.Say("不是48万 是46万")
		rep.ExpectText("48万 → 46万")
		rep.Say("拜访 诸暨人医 杨主任 看了离心机")
		rep.ExpectCard("拜访已记录", "诸暨人民医院")
		s.FastForward(time.Hour)
		rep.Say("刚才那条加上预算大概80万")
		rep.ExpectText("诸暨人民医院", "80万")
		rep.Say("明天下午请假")
		rep.ExpectCard("请假已记", "3月12日")
	})
}

// What stands in the chat anyway is not asked for, and words that are no name become none.
func TestNothingIsAskedForThatWasSaid(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("今天跟绍兴市立王主任吃饭 花了420 聊到下半年的量")
		rep.ExpectCard("费用(招待)已记录", "¥420.00", "吃饭")
		rep.Say("绍兴市立的二维码")
		rep.ExpectImage()
		rep.Say("费用 绍兴市立医院 420元")
		rep.ExpectCard("哪类费用")
		rep.Say("诸暨人医杨主任说试剂老是晚到,下周三前要说法")
		rep.ExpectCard("诸暨人民医院")
		rep.Say("招待")
		rep.ExpectCard("费用(招待)已记录", "绍兴市立医院")
		for _, f := range w.filings(t, "zhoumin") {
			if f.Kind == sales.FilingExpense && f.CustomerID != w.customer(t, "绍兴市立医院").ID {
				t.Errorf("expense %+v", f)
			}
		}
		newcomer := s.As("林夏").Skip()
		newcomer.Say("新客户 湖州长兴康养医院 沈洁 13711112222")
		newcomer.ExpectCard("客户已建", "湖州长兴康养医院", "医疗", "沈洁", "13711112222")
		newcomer.Say("上虞人民医院 王建国 13612345678 想要生化分析仪")
		newcomer.ExpectCard("上虞人民医院", "新客户")
		if n := len(w.visits(t, "linxia")); n != 0 {
			t.Errorf("%d visits", n)
		}
	})
}

// The draft of a contract, a deal or a quote that loses its question to another is not lost: it comes back when that one is done, also
// after a restart. Who begins the same again has it once.
func TestTheDraftOfAPaperComesBack(t *testing.T) {
	t.Parallel()
	restarted(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("提交合同 绍兴市立医院 离心机 12万")
		rep.ExpectCard("合同草稿", "¥120,000.00")
		rep.Say("费用 绍兴市立医院 65")
		rep.ExpectText("上一条先放着", "提交合同 绍兴市立医院")
		rep.ExpectCard("哪类费用")
		other := s.As("李强").Skip()
		other.Say("商机 宁波市立 血球分析仪")
		other.ExpectText("多少钱")
		other.Say("报价 离心机 2台 单价8000")
		other.ExpectText("报价给哪家客户")
	}, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏")
		rep.Say("1")
		rep.ExpectCard("费用(交通)已记录", "¥65.00")
		rep.ExpectText("接着上一条", "提交合同 绍兴市立医院")
		rep.ExpectCard("合同草稿", "¥120,000.00")
		rep.Say("提交合同 绍兴市立医院 离心机 13万")
		rep.ExpectCard("合同草稿", "¥130,000.00")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批", "¥130,000.00")
		s.Settle()
		rep.Skip().ExpectNothingElse()
		other := s.As("李强")
		other.Say("宁波市立医院")
		other.ExpectCard("报价已通过", "宁波市立医院")
		other.ExpectText("接着上一条", "商机 宁波市立")
		other.ExpectText("多少钱")
		other.Say("50万")
		other.ExpectCard("商机已建", "宁波市立医院", "50万")
	})
}

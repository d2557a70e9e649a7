package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/store/sales"
)

// A few words a moment after something was filed mean that very thing, as people type them.
func TestAFewWordsGoOnFromWhatWasFiled(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("打车去绍兴市立花了36 停车15")
		rep.ExpectCard("费用(交通)已记录", "36.00")
		rep.ExpectCard("费用(交通)已记录", "15.00")
		rep.Say("第一笔改成38")
		rep.ExpectText("36元 → 38元")
		rep.Say("第二笔改成16")
		rep.ExpectText("15元 → 16元")
		rep.Say("都撤了")
		rep.ExpectText("已撤销")
		rep.ExpectText("已撤销")
		if n := len(w.standing(t, "zhoumin")); n != 0 {
			t.Errorf("%d filings stand", n)
		}

		rep.Say("中午请王建国吃饭 320")
		rep.ExpectCard("费用(招待)已记录", "绍兴市立医院", "320.00")

		rep.Say("对手迈瑞在诸暨人医报了105万 比我们低")
		rep.ExpectCard("竞品已记录", "105万").Without("在 报")
		rep.Say("金额改成98万")
		rep.ExpectText("105万 → 98万")
		rep.Say("为什么")
		rep.ExpectText("诸暨人民医院这条竞品", `客户 ← "诸暨人医"`, `竞品 ← "迈瑞"`, `金额 ← "98万"`, "改 金额 105万 → 98万")
		rep.Say("为什么 竞品")
		rep.ExpectText(`竞品 ← "迈瑞"`).Without("金额 ←")

		rep.Say("上虞中医院投诉离心机异响")
		rep.ExpectCard("投诉", "上虞中医院")
		rep.Say("那家医院还要申请保养一下")
		rep.ExpectCard("售后(保养校准)已记录", "上虞中医院")

		rep.Say("给嘉妇保申请两台血球试用")
		rep.ExpectCard("样品已申领", "嘉兴妇幼保健院", "血球分析仪 2 台")
		rep.Say("寄了 顺丰SF1234567890123")
		rep.ExpectCard("样品已寄出", "SF1234567890123")
		rep.Say("签收了")
		rep.ExpectCard("样品已送达")
		rep.Say("反馈说挺好")
		rep.ExpectCard("样品已反馈", "好")

		rep.Say("今天在杭一医给检验科12个人做了培训 反应很好")
		rep.ExpectCard("培训反馈已记录", "12 人")
		rep.Say("人数改成15")
		rep.ExpectText("12 人 → 15")
		for _, f := range w.standing(t, "zhoumin") {
			if f.Kind == sales.FilingAfterSales && f.CustomerID != w.customer(t, "上虞中医院").ID {
				t.Error("the request is another customer's")
			}
		}
	})
}

// standing are a person's filings that were not taken back.
func (w world) standing(t *testing.T, code string) (out []sales.Filing) {
	t.Helper()
	for _, f := range w.filings(t, code) {
		if f.State != sales.FilingUndone {
			out = append(out, f)
		}
	}
	return out
}

// News of a sample without a customer is about the one that is on its way.
func TestASampleIsFoundByWhatHappenedToIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("样品 绍兴市立 离心机 2台")
		rep.ExpectCard("样品已申领")
		rep.Say("拜访 诸暨人医 看了发光仪")
		rep.ExpectCard("拜访已记录")
		rep.Say("样品寄了 顺丰SF1234567890123")
		rep.ExpectCard("样品已寄出", "绍兴市立医院", "SF1234567890123")
		rep.Say("样品 绍兴第二医院 离心机 1台")
		rep.ExpectCard("样品已申领", "绍兴第二医院")
		rep.Say("寄了")
		rep.ExpectCard("样品已寄出", "绍兴第二医院")
		rep.Say("拜访 诸暨人医 看了发光仪和尿机")
		rep.ExpectCard("拜访已记录")
		rep.Say("样品到了") // of two on their way nobody guesses
		rep.ExpectCard("哪家客户", "绍兴第二医院", "绍兴市立医院")
		rep.Say("绍兴市立")
		rep.ExpectCard("样品已送达", "绍兴市立医院")
	})
}

// What is no visit becomes none: a telephone number, a place on the way, a page that is asked for, who decides what.
func TestAFewWordsAboutACustomerAreNoVisit(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("绍兴市立王主任手机13812345678")
		rep.ExpectText("已更新联系人", "王建国")
		rep.Say("绍兴市立资料")
		rep.ExpectCard("资料登记")
		rep.Say("绍兴市立的动态")
		rep.ExpectCard("最近动态")
		rep.Say("王建国是决策人 李芳管采购")
		rep.ExpectText("王建国", "决策人")
		rep.ExpectText("联系人 绍兴市立医院 李芳 采购")
		rep.Say("明天上午绍兴市立下午诸暨人医")
		rep.ExpectCard("已排", "上午 绍兴市立医院", "下午 诸暨人民医院")
		rep.Say("诸暨不去了")
		rep.ExpectText("诸暨人民医院")
		rep.Say("萧山恒康医院 新客户")
		rep.ExpectText("联系电话")
		rep.Say("0571-82345678")
		rep.ExpectCard("客户已建", "萧山恒康医院")
		rep.Say("电话写错了 改成0571-82345679")
		rep.ExpectText("0571-82345679")
		if n := len(w.visits(t, "zhoumin")); n != 0 {
			t.Errorf("%d visits", n)
		}
		rep.Say("待办")
		rep.ExpectAny()
		rep.Say("拜访 绍兴市立 王主任 下周三前寄样,下周五前发方案")
		rep.ExpectCard("拜访已记录")
		rep.Say("待办")
		rep.ExpectText("1. 寄样")
		rep.Say("第一个延到下周四")
		rep.ExpectText("寄样", "3月19日")
		rep.Say("第2个办完了")
		rep.ExpectText("已完成", "方案")
	})
}

// A name that was wrong names the record: of two visits of one message the one of that customer is put right.
func TestACorrectionFindsTheRecordOfTheWrongCustomer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("绍兴市立看了离心机;诸暨人医看了发光仪")
		rep.ExpectCard("拜访已记录", "绍兴市立医院")
		rep.ExpectCard("拜访已记录", "诸暨人民医院")
		rep.Say("不是绍兴市立,是绍兴第二医院")
		rep.ExpectText("绍兴市立医院 → 绍兴第二医院")
		for _, v := range w.visits(t, "zhoumin") {
			if v.CustomerID == w.customer(t, "绍兴市立医院").ID {
				t.Error("the visit is still at the wrong customer")
			}
		}
	})
}

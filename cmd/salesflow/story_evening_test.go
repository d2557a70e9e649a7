package main

import (
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/store/sales"
)

// What is said while a question is open, and answers nothing, is neither the answer nor the end of the question.
func TestAnOpenQuestionTakesNoTalkForItsAnswer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("今天油费280")
		rep.ExpectCard("费用是哪家客户的")
		rep.Say("绍兴市立医院回款3万2")
		rep.ExpectCard("回款", "¥32,000.00")
		rep.ExpectText("接着上一条", "油费280")
		rep.ExpectCard("费用是哪家客户的")
		rep.Say("绍兴市立医院")
		rep.ExpectCard("费用(交通)已记录", "¥280.00")
		rep.Say("费用 绍兴市立医院 65")
		rep.ExpectCard("哪类费用")
		rep.Say("累死了")
		rep.ExpectText("还差一项", "1 交通", "算了")
		rep.Say("好的")
		rep.ExpectText("还差一项")
		rep.Say("2")
		rep.ExpectCard("费用(招待)已记录", "¥65.00")
		rep.Say("投诉 绍兴市立医院 大家都不高兴")
		rep.ExpectCard("投诉什么")
		rep.Say("寄了 顺丰 SF1234567890123")
		rep.Skip()
		rep.Say("质量")
		rep.ExpectCard("投诉(质量)已记录").Without("SF1234567890123")
		if n := len(w.filings(t, "zhoumin")); n != 3 {
			t.Errorf("%d filings, want 3", n)
		}
	})
}

// What is told of a customer who is just being made waits for it, and its industry is none of the sentence.
func TestWhatIsToldOfANewCustomerWaitsForIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("新客户 苏州吴中鸿图装饰 何小姐 13656789012")
		rep.ExpectCard("是什么行业")
		rep.Say("鸿图那边主要做精装房 想用我们的离心机 大概一年5台")
		rep.ExpectText("先留着", "苏州吴中鸿图装饰")
		rep.ExpectCard("是什么行业")
		rep.Say("其他")
		rep.ExpectCard("客户已建", "行业 其他")
		rep.ExpectCard("拜访已记录", "苏州吴中鸿图装饰", "离心机")
	})
}

// A draft is not put aside by words that nobody could use.
func TestADraftIsNotPutAsideByTalk(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("拜访 绍兴市立医院 介绍了离心机")
		rep.ExpectCard("拜访已记录")
		rep.Say("提交合同 绍兴市立医院 离心机 12万")
		rep.ExpectCard("合同草稿", "¥120,000.00")
		rep.Say("没有合同 口头的")
		rep.ExpectText("没看懂", "还等你回", "无附件")
		rep.Say("那个金额写错了 是11.8万")
		rep.ExpectCard("合同草稿", "¥118,000.00")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批", "¥118,000.00")
	})
}

// What people say with no command's word at its head is the command it means.
func TestWordsThatMeanACommand(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("报个商机 绍兴市立医院 离心机 12万 下月底签")
		rep.ExpectCard("商机已建", "绍兴市立医院")
		rep.Say("帮我排一下 上午绍兴市立 下午诸暨人医")
		rep.ExpectCard("已排", "绍兴市立医院", "诸暨人民医院")
		rep.Say("提醒我下周三给王主任打电话")
		rep.ExpectText("记到待办", "3月18日")
		rep.Say("那个改成下周四")
		rep.ExpectText("改到 3月19日")
		rep.Say("待办")
		rep.ExpectText("1. ")
		rep.Say("1 完成了")
		rep.ExpectText("已完成")
		rep.Say("今天日报")
		rep.ExpectCard("日报")
		rep.Say("样品寄到了没 绍兴市立的")
		rep.ExpectCard("样品", "没有")
		rep.Say("新联系人 绍兴市立医院 财务 小柳")
		rep.ExpectText("已加联系人", "小柳(财务)")
		rep.Say("把绍兴市立医院转给李强")
		rep.ExpectText("没有这个权限")
		rep.Say("帮我把绍兴市立医院转给李强")
		rep.ExpectText("没有这个权限")
		if n := len(w.filings(t, "zhoumin")) + len(w.visits(t, "zhoumin")); n != 0 {
			t.Errorf("%d records were made of orders and questions", n)
		}
	})
}

// A correction changes what it means: the amount that is like it, the month that was said, the hour; and whoever takes an order to
// withdraw back withdraws nothing more.
func TestACorrectionMeansWhatWasSaid(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("绍兴市立医院 请王主任吃饭花了386")
		rep.ExpectCard("费用(招待)已记录", "¥386.00")
		rep.Say("拜访 绍兴市立医院 王主任 看了离心机")
		rep.ExpectCard("拜访已记录")
		rep.Say("刚才那条改成386.5")
		rep.ExpectText("费用", "386.50元")
		rep.Say("拜访 诸暨人民医院 杨主任 4月15日前发报价")
		rep.ExpectCard("拜访已记录", "4月15日")
		rep.Say("记错了 是16号")
		rep.ExpectText("4月15日 周三 → 4月16日 周四")
		rep.Say("明天10点 绍兴第二医院 见钱院长 演示离心机")
		card := rep.ExpectCard("拜访已记录", "绍兴第二医院", "10:00")
		rep.Say("改到下午3点")
		rep.ExpectText("时间", "10:00 → ", "15:00")
		card.ExpectUpdate("15:00")
		before := len(w.visits(t, "zhoumin"))
		rep.Say("算了不取消")
		rep.ExpectText("没有再撤")
		if n := len(w.visits(t, "zhoumin")); n != before {
			t.Errorf("%d visits, want %d", n, before)
		}
	})
}

// A quote reads every unit and a price without a word; what is agreed is no money that came in; a visit told together with what
// was spent is filed, too.
func TestAmountsMeanWhatTheyStandFor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		for _, q := range []struct{ text, line string }{
			{"报价 绍兴市立医院 离心机 20桶 单价8000", "20桶 × ¥8,000.00"},
			{"报价 绍兴市立医院 离心机 3台 8000一台", "3台 × ¥8,000.00"},
			{"报价 绍兴市立医院 离心机 3台 8000", "3台 × ¥8,000.00"},
		} {
			rep.Say(q.text)
			rep.ExpectCard("报价", q.line)
			rep.Skip()
		}
		rep.Say("绍兴市立医院 合同签了 12万 预付30% 剩下验收付")
		rep.ExpectCard("绍兴市立医院").Without("HK2026")
		rep.Say("拜访绍兴市立医院，跟王主任吃了个饭，聊了聊离心机二期，他说再等等，送了两盒茶叶花了260")
		rep.ExpectCard("拜访已记录", "绍兴市立医院", "离心机")
		rep.ExpectCard("费用(礼品)已记录", "¥260.00")
		spent := 0
		for _, f := range w.filings(t, "zhoumin") {
			if f.Kind == sales.FilingExpense {
				spent++
			}
		}
		if spent != 1 {
			t.Errorf("%d expenses", spent)
		}
		other := s.As("李强").Skip()
		other.Say("报价")
		got := bottest.Plain(other.ExpectText("还没有报价").Message)
		if strings.Contains(got, "绍兴市立医院") {
			t.Errorf("the example is of somebody else's customer: %s", got)
		}
	})
}

// Three messages within a moment are taken as they were said: the answer after the question it answers.
func TestThreeMessagesWithinAMomentKeepTheirOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "dingtalk")
	s := bottest.New(t, w)
	rep := s.As("周敏").Skip()
	for _, m := range []struct{ id, text string }{
		{"burst-1", "拜访 绍兴市立医院"}, {"burst-2", "介绍了新方案"}, {"burst-3", "竞品 诸暨人民医院 迈锐 报价48万"},
	} {
		rep.SayAgain(m.id, m.text) // does not wait for the one before
	}
	rep.ExpectText("聊了什么")
	rep.ExpectCard("拜访已记录", "绍兴市立医院", "介绍了新方案")
	rep.ExpectCard("竞品已记录", "诸暨人民医院")
	s.FastForward(time.Second)
	if n := len(w.visits(t, "zhoumin")); n != 1 {
		t.Errorf("%d visits", n)
	}
}

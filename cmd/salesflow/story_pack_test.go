package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/webhook/hooktest"
)

// silentWhenOff switches a rule of the pack off, lets the same happen again, and wants nobody to hear of it.
func (w world) silentWhenOff(t *testing.T, s *bottest.Story, rule, name, words string, again func()) {
	t.Helper()
	s.As("陈刚").Skip().Say("规则 停用 " + rule).ExpectText("停用了")
	had := w.count(t, name, words)
	again()
	if n := w.count(t, name, words); n != had {
		t.Errorf("a rule that is off told %s of %q %d times more", name, words, n-had)
	}
}

// over wants nothing to be tapped any more on a person's cards of a title; the newest says how it ended. WeCom takes back a card
// that it cannot change any more, and sends a new one.
func (w world) over(t *testing.T, name, title string, how ...string) {
	t.Helper()
	last := -1
	all := w.shown(t, name)
	for i, m := range all {
		if !contains(bottest.Plain(m), title) {
			continue
		}
		if last = i; m.Card == nil {
			continue
		}
		for _, b := range m.Card.Buttons {
			if b.Enabled && b.URL == "" {
				t.Errorf("%s can still tap %s on:\n%s", name, b.Text, bottest.Plain(m))
			}
		}
	}
	if last < 0 && len(how) == 0 {
		return // taken back
	}
	if last < 0 || !contains(bottest.Plain(all[last]), how...) {
		t.Errorf("%s is not told that %q ended with %q", name, title, how)
	}
}

// 承诺回款没到: who asked for the day hears of it on the first workday after, their superior three workdays later, with what is
// open then.
func TestAPromisedPaymentThatDoesNotComeIsToldOf(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		finance, rep, lead := s.As("吴桐").Skip(), s.As("周敏").Skip(), s.As("王芳").Skip()
		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		rep.Skip()
		rep.Say("承诺回款 FP2026-001 3月13日")
		rep.ExpectAny()
		s.At(onDay(13, 18, 0))
		if n := w.count(t, "周敏", "说好的款没到"); n != 0 {
			t.Errorf("told %d times on the promised day", n)
		}
		s.At(onDay(16, 9, 0)) // Monday, the first workday after Friday
		rep.ExpectCard("承诺回款没到", "说好的款没到:发票 FP2026-001 还欠 ¥200,000.00").ExpectButtons("我来处理", "转给他人", "2小时后再提醒")
		finance.Say("回款 FP2026-001 5万")
		finance.ExpectAny()
		lead.Skip()
		s.At(onDay(19, 9, 0))
		lead.ExpectCard("承诺回款没到", "说好的款过了 6 天 还没到", "还欠 ¥150,000.00", "提醒过 周敏")
		finance.Say("回款 FP2026-001 15万")
		finance.ExpectAny()
		s.Settle()
		w.over(t, "王芳", "承诺回款没到", "已付清")
		w.silentWhenOff(t, s, "承诺回款没到", "周敏", "说好的款没到", func() {
			finance.Skip().Say("开票 HT2026-018 10万 今天")
			finance.ExpectCard("FP2026-002")
			rep.Skip().Say("承诺回款 FP2026-002 明天")
			rep.ExpectAny()
			s.At(onDay(24, 9, 0))
		})
	})
}

// 关键信息90天: what nobody confirmed goes to the superior of whose customer it is, and is over with the answer.
func TestAKeyFieldNobodyConfirmsGoesToTheSuperior(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, lead := s.As("周敏").Skip(), s.As("王芳").Skip()
		lead.Say("分级 绍兴市立医院 KA") // so that it stays hers for three months
		lead.ExpectText("KA")
		rep.Skip().Say("关键信息 绍兴市立医院 预算周期 每年10月报明年的")
		rep.ExpectText("已记")
		s.At(onDay(11, 12, 0).AddDate(0, 0, 104))
		if n := w.count(t, "王芳", "没人确认了"); n != 0 {
			t.Errorf("told %d times before the day", n)
		}
		s.At(onDay(11, 12, 0).AddDate(0, 0, 105)) // Wednesday, June 24
		card := lead.ExpectCard("关键信息90天", "绍兴市立医院 的预算周期 105 天 没人确认了").ExpectButtons("我来处理", "已处理", "转给他人", "2小时后再提醒")
		rep.Skip().Say("关键信息 绍兴市立医院 预算周期 每年11月报")
		rep.ExpectText("已记")
		s.At(onDay(11, 12, 0).AddDate(0, 0, 106))
		card.ExpectUpdate("确认日改了").ExpectNoButtons()
		w.silentWhenOff(t, s, "关键信息90天", "王芳", "没人确认了", func() { s.At(onDay(11, 12, 0).AddDate(0, 0, 106+110)) })
	})
}

// 公海最后提醒: on the last workday before a customer goes back to the open pool its owner is warned once more.
func TestTheLastWarningBeforeTheOpenPool(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		rep.Say("分级 绍兴市立医院 C")
		rep.ExpectText("C类")
		s.At(onDay(11, 9, 30).AddDate(0, 0, 29)) // Thursday, April 9, before the hour
		if n := w.count(t, "周敏", "最后提醒", "绍兴市立医院"); n != 0 {
			t.Errorf("warned %d times before the hour", n)
		}
		s.At(onDay(11, 9, 41).AddDate(0, 0, 29))
		warn := rep.ExpectCard("快回公海", "绍兴市立医院", "明天 周五", "最后提醒").ExpectButtons("我会跟进", "放回公海")
		warn.Click("我会跟进")
		warn.ExpectUpdate("你会跟进").ExpectNoButtons()
		s.At(onDay(11, 20, 0).AddDate(0, 0, 30))
		if c := w.customer(t, "绍兴市立医院"); c.OwnerID == 0 {
			t.Error("it went to the pool though its owner will see to it")
		}
		w.silentWhenOff(t, s, "公海最后提醒", "周敏", "最后提醒", func() { s.At(onDay(11, 20, 0).AddDate(0, 0, 40)) })
	})
}

// 工单没人接: a task nobody takes up is told to the superior of whose it is, then to whose order it is; not any more once taken.
func TestATaskNobodyTakesUpIsToldOf(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, engineer, head := s.As("周敏").Skip(), s.As("方远").Skip(), s.As("陈刚").Skip()
		openWork(t, rep, "主轴套", "")
		task := engineer.ExpectCard("技术评审 · GD2026-001", "待接单")
		s.At(onDay(11, 13, 50))
		head.ExpectNothingElse()
		s.At(onDay(11, 14, 10)) // four working hours
		head.ExpectCard("工单没人接", "GD2026-001 的技术评审等 方远 接单,等了 4 小时").ExpectButtons("我来处理", "转给他人", "2小时后再提醒")
		rep.Skip()
		s.At(onDay(12, 9, 30)) // eight: the day ends at six
		rep.ExpectCard("工单没人接", "GD2026-001 的技术评审等了", "方远 还没接")
		task.Click("接单")
		s.Settle()
		w.over(t, "陈刚", "工单没人接 · ", "进行中")
		w.over(t, "周敏", "工单没人接 · ", "进行中")
		w.silentWhenOff(t, s, "工单没人接", "陈刚", "方远 接单,等了", func() {
			openWork(t, rep.Skip(), "端盖", "")
			s.At(onDay(13, 18, 0))
		})
	})
}

// 电子票没开出来: an e-invoice that failed and is not mended within a workday is told to its owner and finance, until it is asked for
// again.
func TestAnEInvoiceThatStaysFailedIsToldOf(t *testing.T) {
	t.Parallel()
	onBothWithERP(t, func(t *testing.T, s *bottest.Story, w world, _ *hooktest.Receiver, _ *taxService) {
		finance, rep := s.As("吴桐").Skip(), s.As("周敏").Skip()
		fail := func(no, amount string) {
			finance.Skip().Say("开票 HT2026-018 " + amount + " 今天")
			finance.ExpectCard(no)
			finance.Say("开票资料 绍兴市立医院 抬头 绍兴市立医院 税号 913306001234567 邮箱 cw@example.com")
			finance.ExpectText("记下了")
			finance.Say("电子票 " + no)
			finance.ExpectCard("电子票 " + no + " · 在开")
			s.Settle()
			finance.ExpectCard("没开出来")
		}
		fail("FP2026-001", "20万")
		rep.Skip()
		s.At(onDay(12, 9, 0))
		if n := w.count(t, "周敏", "没开出来 "); n != 0 {
			t.Errorf("told %d times before a workday was over", n)
		}
		finance.Skip()
		s.At(onDay(12, 10, 30))
		mine := rep.ExpectCard("电子票没开出来", "绍兴市立医院 的发票 FP2026-001 没开出来 24 小时 了")
		theirs := finance.ExpectCard("电子票没开出来", "FP2026-001").ExpectButtons("我来处理", "转给他人", "2小时后再提醒")
		finance.Say("开票资料 绍兴市立医院 地址 绍兴市越城区中兴路 1 号")
		finance.ExpectText("记下了")
		finance.Say("电子票 FP2026-001")
		finance.ExpectCard("电子票 FP2026-001 · 在开")
		s.Settle()
		const over = "3月12日 10:30" // it waits or is asked for, as the service is reached before or after
		mine.ExpectUpdate(over).ExpectNoButtons()
		theirs.ExpectUpdate(over).ExpectNoButtons()
	})
}

// The rule about failed e-invoices is silent when it is off.
func TestNobodyHearsOfFailedEInvoicesWhenTheRuleIsOff(t *testing.T) {
	t.Parallel()
	onBothWithERP(t, func(t *testing.T, s *bottest.Story, w world, _ *hooktest.Receiver, _ *taxService) {
		finance := s.As("吴桐").Skip()
		w.silentWhenOff(t, s, "电子票没开出来", "吴桐", "了,看一下开票资料", func() {
			finance.Skip().Say("开票 HT2026-018 20万 今天")
			finance.ExpectCard("FP2026-001")
			finance.Say("开票资料 绍兴市立医院 抬头 绍兴市立医院 税号 913306001234567 邮箱 cw@example.com")
			finance.ExpectText("记下了")
			finance.Say("电子票 FP2026-001")
			finance.ExpectCard("电子票 FP2026-001 · 在开")
			s.Settle()
			s.At(onDay(13, 18, 0))
		})
	})
}

// 对账单没回音: a statement without an answer for ten workdays is told to whose customer it is, once, until it is answered.
func TestAStatementWithoutAnAnswerIsToldOf(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		finance, rep := s.As("吴桐").Skip(), s.As("周敏").Skip()
		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		rep.Skip().Say("对账单 绍兴市立医院 本月")
		rep.ExpectCard("对账单 2026年3月")
		s.At(onDay(24, 18, 0))
		if n := w.count(t, "周敏", "打个电话问一下"); n != 0 {
			t.Errorf("told %d times before ten workdays", n)
		}
		s.At(onDay(25, 12, 0))
		card := rep.ExpectCard("对账单没回音", "绍兴市立医院 的对账单发出 14 天 没回").ExpectButtons("我来处理", "转给他人", "2小时后再提醒")
		rep.Skip().Say("对账单 绍兴市立医院 3月 对方 200,000")
		rep.ExpectCard("已确认")
		s.Settle()
		card.ExpectUpdate("已确认").ExpectNoButtons()
		w.silentWhenOff(t, s, "对账单没回音", "周敏", "打个电话问一下", func() {
			rep.Skip().Say("对账单 绍兴市立医院 3月 重出")
			rep.ExpectCard("对账单 2026年3月")
			s.At(onDay(25, 12, 0).AddDate(0, 0, 21))
		})
	})
}

// 线索没联系: a lead that was taken and not contacted is brought to mind, then goes up, until the first contact is told.
func TestALeadNobodyContactsGoesUp(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		lead, director := s.As("王芳").Skip(), s.As("陈刚").Skip()
		lead.Say("线索 绍兴云岭康复医院 13800005678 展会 想要生化仪")
		lead.ExpectText("L1")
		rep := s.As(w.leadOwner(t, "L1"))
		rep.ExpectCard("线索 L1 · 待接").Click("接下")
		s.At(onDay(12, 9, 50))
		if n := w.count(t, w.leadOwner(t, "L1"), "接了还没联系"); n != 0 {
			t.Errorf("reminded %d times within a working day", n)
		}
		rep.Skip()
		lead.Skip()
		s.At(onDay(12, 10, 10)) // nine working hours
		mine := rep.ExpectCard("线索 L1 · 已接,待联系", "提醒:接了还没联系").ExpectButtons("已联系", "转客户", "转给", "无效")
		s.At(onDay(12, 14, 10)) // four more
		lead.ExpectCard("线索接了没联系", "L1").ExpectButtons("改派", "催一下", "我来处理", "2小时后再提醒")
		director.Skip()
		s.At(onDay(13, 9, 30)) // and four more
		director.ExpectCard("线索接了没联系", "L1")
		mine.Click("已联系")
		rep.ExpectCard("首次联系,怎么样").Click("A 有需求")
		rep.ExpectText("已记首次联系")
		s.Settle()
		w.over(t, "王芳", "线索接了没联系")
		w.over(t, "陈刚", "线索接了没联系")
		w.silentWhenOff(t, s, "线索没联系", "王芳", "线索接了没联系", func() {
			s.As("陈刚").Skip().Say("规则 停用 线索没接").ExpectText("停用了")
			lead.Skip().Say("线索 绍兴清溪口腔 13800005679 展会 想要消毒柜")
			lead.ExpectText("L2")
			s.As(w.leadOwner(t, "L2")).Skip().Say("接线索 L2").ExpectText("L2")
			s.At(onDay(18, 18, 0))
		})
	})
}

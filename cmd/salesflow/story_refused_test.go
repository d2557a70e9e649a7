package main

import (
	"testing"

	"salesflow/bot/bottest"
)

// After a credit note that was refused, 撤销 does not take back the invoice before it; said again, it does.
func TestWhatWasRefusedIsNotTakenBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		finance := s.As("吴桐").Skip()
		for _, refused := range []struct{ text, told string }{
			{"红冲 FP2026-001 30万 退货", "最多冲"}, {"红冲 FP2026-009 1万 退货", ""}, {"红冲 FP2026-003 5万", "为什么红冲"},
		} {
			finance.Skip().Say("开票 HT2026-018 20万 昨天")
			finance.ExpectSaid("FP2026-00")
			s.Settle()
			finance.Skip().Say(refused.text)
			finance.ExpectText(refused.told)
			finance.Say("撤销")
			finance.ExpectText("没有做成", "再发一次 撤销")
			finance.Say("撤销")
			finance.ExpectSaid("已撤销")
			s.Settle()
		}
	})
}

// Who may see the company asks for it by its word; others are told who may.
func TestNewSignedOfTheCompany(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, _ world) {
		director, lead := s.As("陈刚").Skip(), s.As("王芳").Skip()
		director.Say("新签额 公司")
		director.ExpectCard("可交付新签额 · 2026年3月")
		director.Say("新签额 公司 2月")
		director.ExpectCard("可交付新签额 · 2026年2月")
		lead.Say("新签额 公司")
		lead.ExpectText("看全公司的要财务或总监", "新签额")
	})
}

// A rule that asks a roster on which nobody is left tells the administrators, once a day.
func TestARosterNobodyIsOnIsTold(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, director, admin := s.As("周敏").Skip(), s.As("陈刚").Skip(), s.As("郑凯").Skip()
		director.Say("值班 热线 李强、林夏 每周轮换 周一9点换班")
		director.ExpectAny()
		w.turnOn(t, s, "竞品值班", "当 登记 竞品 则 推送 热线值班 \"{客户} 来竞品了\" 按钮 我来处理")
		for _, name := range []string{"李强", "林夏"} {
			admin.Skip().Say("人员 " + name + " 离职")
			admin.ExpectAny()
			s.Settle()
		}
		admin.Skip()
		rep.Skip().Say("竞品 绍兴市立医院 迈瑞 报价30万")
		rep.ExpectCard("竞品已记录")
		admin.ExpectText("值班表\"热线\"上的人都不在了", "竞品值班")
		rep.Say("竞品 绍兴市立医院 西门子 报价20万")
		rep.ExpectCard("竞品已记录")
		s.Settle()
		if n := w.count(t, "郑凯", "值班表\"热线\"上的人都不在了"); n != 1 {
			t.Errorf("told %d times, want once a day", n)
		}
	})
}

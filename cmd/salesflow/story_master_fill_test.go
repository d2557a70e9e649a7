package main

import (
	"testing"

	"salesflow/bot/bottest"
	"salesflow/store/sales"
)

func TestMissingFieldsAreAskedForOneByOneUntilProductsAreRecommended(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		admin := s.As("郑凯").Skip()
		admin.Say("改产品 低速离心机 适用行业 医疗、制药")
		admin.ExpectCard("低速离心机", "医疗、制药")
		admin.Say("改产品 低速离心机 话术 转速曲线可编程,检验科夜班不用守着")
		admin.ExpectCard("话术:转速曲线可编程")

		rep := s.As("周敏").Skip()
		rep.Say("补资料 绍兴市立医院")
		rep.ExpectCard("绍兴市立医院", "资料 1/6", "统一社会信用代码")
		rep.Say("91330602MA288T9Y7")
		rep.ExpectText("18 位", "跳过")
		rep.Say(someUSCC(t))
		budget := rep.ExpectCard("资料 2/6", "记下了", "预算").ExpectButtons("10万以内", "10万–50万", "50万–200万", "200万以上", "跳过", "先到这")
		budget.Click("50万–200万")
		budget.ExpectUpdate("已选").ExpectNoButtons()
		rep.ExpectCard("资料 3/6", "谁拍板")
		rep.Say("检验科提,设备科评估,王院长拍板")
		rep.ExpectCard("资料 4/6", "多久采购一次").Click("跳过").ExpectUpdate("已选 跳过")
		rep.ExpectCard("资料 4/6", "用什么设备")
		rep.Say("迈锐 BC-5000 两台")
		rep.ExpectText("记下了,技术配置")
		rep.Say("客户 绍兴市立医院 资料")
		before := rep.ExpectCard("资料登记", "资料 5/6,缺 采购周期", "决策链 检验科提").Without("推荐")

		rep.Say("补资料 绍兴市立医院 采购周期 每季度")
		rep.ExpectText("采购周期:每季度")
		rep.ExpectCard("资料齐了", "绍兴市立医院", "低速离心机:转速曲线可编程")
		rep.Say("客户 绍兴市立医院 资料")
		rep.ExpectCard("资料登记", "推荐 低速离心机:转速曲线可编程").Without("缺 ")
		before.ExpectUpdate("见下面的新卡片")
		rep.Say("补资料 绍兴市立医院 采购周期 每年")
		rep.ExpectText("采购周期改成 每年(原来 每季度)")
		rep.ExpectNothingElse()
		c := w.customer(t, "绍兴市立医院")
		if got := w.detail(t, c.ID, sales.FieldBudget); got != "50万–200万" || c.USCC != someUSCC(t) {
			t.Errorf("kept %q and %q", got, c.USCC)
		}
		if !holdsChange(w.audit(t, "customer", c.ID), "采购周期", "每季度", "每年") {
			t.Error("the change is not in the trace")
		}
	})
}

// someUSCC is a credit code that passes its check digits.
func someUSCC(t *testing.T) string {
	t.Helper()
	for _, code := range []string{"91330602MA288T9Y6J", "91110000600037341L", "91330000142928410C"} {
		if _, err := sales.ParseUSCC(code); err == nil {
			return code
		}
	}
	t.Fatal("none of the codes is right")
	return ""
}

func TestSomebodyElsesCustomerIsNotFilledIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		other := s.As("李强").Skip()
		other.Say("补资料 绍兴市立医院 采购周期 每年")
		other.ExpectText("周敏的客户", "找周敏")
		other.ExpectNothingElse()
		if got := w.detail(t, w.customer(t, "绍兴市立医院").ID, sales.FieldCycle); got != "" {
			t.Errorf("changed to %q", got)
		}
	})
}

func TestEditingLooksForDuplicatesToo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, other := s.As("周敏").Skip(), s.As("李强").Skip()
		rep.Say("补资料 绍兴市立医院 信用代码 " + someUSCC(t))
		rep.ExpectText("记下了")
		var theirs sales.Customer
		for _, c := range w.customersOf(t, "liqiang") {
			theirs = c
		}
		other.Say("补资料 " + theirs.Name + " 信用代码 " + someUSCC(t))
		other.ExpectText("信用代码和周敏的客户绍兴**", "先找周敏").Without("绍兴市立医院")
		if c := w.customer(t, theirs.Name); c.USCC != "" {
			t.Errorf("the code was written: %q", c.USCC)
		}
		rep.Say("补资料 绍兴市立医院 电话 123")
		rep.ExpectText("电话没看懂")
		rep.Say("补资料 绍兴市立医院 电话 ０５７５－８８００１２３４转801")
		rep.ExpectText("电话改成 0575-88001234-801")
	})
}

func TestLeadsSeeWhoLacksWhat(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		lead := s.As("王芳").Skip()
		lead.Say("客户完整度")
		lead.ExpectText("客户完整度", "60 家", "资料齐 0 家", "周敏:", "李强:", "缺 信用代码")
		lead.Say("客户完整度 周敏")
		lead.ExpectText("周敏:", "· ", ":缺 信用代码、", "补:补资料 ").Without("李强")
		rep := s.As("周敏").Skip()
		rep.Say("客户完整度 李强")
		rep.ExpectText("看不到李强的客户")
		rep.Say("完整度")
		rep.ExpectText("周敏:").Without("李强")
	})
}

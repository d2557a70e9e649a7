package main

import (
	"testing"

	"salesflow/bot/bottest"
)

// People set when pushes come and whether they come together; what is urgent, and what waits for their decision, comes at once.
func TestPeopleSetHowPushesCome(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		w.turnOn(t, s, "竞品看看", "当 登记 竞品 则 推送 王芳 \"{客户} 来竞品了\" 只发文字")
		w.turnOn(t, s, "急投诉", "当 登记 投诉 且 加急 则 紧急 推送 王芳 \"{客户} 急投诉\" 只发文字")
		rep, lead, legal := s.As("周敏").Skip(), s.As("王芳").Skip(), s.As("赵磊").Skip()
		lead.Say("推送设置").ExpectText("公司静默 20:00-08:30和休息日", "逐条来", "免打扰 没设")
		for said, want := range map[string]string{
			"免打扰 12:00":      "从几点到几点",
			"免打扰 9:00-18:00": "一天最多 3 小时",
			"免打扰 12点-12点":    "要不一样",
			"免打扰 明天-后天":      "时间没看懂",
			"推送设置 攒到 中午":     "几点没看懂",
			"推送设置 攒到 9点、10点、11点、13点、15点": "最多 4 个钟点",
			"推送设置 飞起来":                   "没看懂",
			"推送设置 走飞书":                   "只绑了",
			"免打扰 取消":                     "本来就没设",
		} {
			lead.Say(said).ExpectText(want)
		}
		lead.Say("推送设置 攒到 11:30、17点").ExpectText("攒到 11:30、17:00 合成一条")
		lead.Say("免打扰 16:30-17:30").ExpectText("每天 16:30-17:30 不打扰你")
		lead.Say("推送设置").ExpectText("每天 16:30-17:30", "攒到 11:30、17:00")
		legal.Say("推送设置 攒到 17:00").ExpectText("攒到 17:00")
		rep.Say("竞品 绍兴市立医院 迈瑞 报价30万").ExpectAny()
		rep.Say("竞品 绍兴第二医院 迈瑞 报价20万").ExpectAny()
		s.Settle()
		if n := w.count(t, "王芳", "来竞品了"); n != 0 {
			t.Errorf("%d pushes came by themselves", n)
		}
		rep.Say("投诉 绍兴市立医院 仪器又报错了,很急").ExpectAny()
		s.Settle()
		if n := w.count(t, "王芳", "急投诉"); n != 1 {
			t.Errorf("what is urgent came %d times", n)
		}
		rep.Skip().Say(contractFiling).ExpectCard("合同草稿")
		rep.Say("无附件")
		rep.ExpectCard("合同待审批")
		legal.ExpectCard("等你处理") // others wait for it
		s.At(onDay(11, 11, 31))
		if n := w.count(t, "王芳", "绍兴市立医院 来竞品了", "绍兴第二医院 来竞品了"); n != 1 {
			t.Errorf("what was gathered came together %d times", n)
		}
		rep.Skip().Say("竞品 绍兴市立医院 贝克曼 报价30万").ExpectAny()
		s.At(onDay(11, 17, 5)) // gathered until five, and left in peace until half past
		had := w.count(t, "王芳", "来竞品了")
		s.At(onDay(11, 17, 31))
		if n := w.count(t, "王芳", "来竞品了"); had != 1 || n != 2 {
			t.Errorf("told %d times before the quiet hours were over, %d after", had, n)
		}
		lead.Skip().Say("推送设置 恢复").ExpectText("都还原了")
		rep.Skip().Say("竞品 绍兴市立医院 西门子 报价30万").ExpectAny()
		s.Settle()
		if n := w.count(t, "王芳", "来竞品了"); n != 3 {
			t.Errorf("told %d times, want each by itself", n)
		}
	})
}

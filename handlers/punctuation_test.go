package handlers_test

import "testing"

func TestPunctuationOfBothWidthsIsTaken(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	for range 2 {
		w.say(zhoumin, "提交合同：绍兴市立医院，生化分析仪，１２８万；30％预付、余款验收后60天，交期45天。")
		w.expect(zhoumin, "合同草稿 · 绍兴市立医院", "¥1,280,000.00", "30% 预付,余款验收后 60 天", "45 天")
		w.say(zhoumin, "账期改成45天。").expect(zhoumin, "余款验收后 45 天")
		w.say(zhoumin, "无附件。").expect(zhaolei, "等你处理")
	}
	w.say(zhaolei, "转审 HT2026-001，孙静，账期我拿不准")
	w.expect(zhaolei, "已转交给孙静")
	w.expect(sunjing, "HT2026-001", "[同意]")
	w.say(sunjing, "同意 HT2026-001。").expect(sunjing, "HT2026-001")
	w.say(zhaolei, "同意 HT2026-002，HT2026-001").expect(zhaolei, "已通过")
}

func TestADraftOfAContractIsNotLostToAVisit(t *testing.T) {
	t.Parallel()
	w := newBench(t)
	w.say(zhoumin, "提交合同 绍兴市立医院 128万")
	w.say(zhoumin, "绍兴市立医院 王主任嫌贵，下周二前寄样，预付30%也不行").expect(zhoumin, "拜访已记录")
	w.say(zhoumin, "预付50%").expect(zhoumin, "合同草稿", "50% 预付")
	w.say(zhoumin, "拜访 绍兴市立医院").expect(zhoumin, "先放着,这条问完接着问:提交合同 绍兴市立医院 128万")
	w.say(zhoumin, "算了。").expect(zhoumin, "接着上一条:提交合同 绍兴市立医院 128万")
}

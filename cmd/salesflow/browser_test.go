package main

import (
	"os"
	"path/filepath"
	"testing"

	"salesflow/bot/sim/page/browser"
)

// TestTheDemoIsLivedInABrowser walks the product as a newcomer does on the demo's page: a visit filed by message, a contract
// approved from its card on the other platform, the clock advanced until the escalation arrives, the funnel pulled.
// With SALESFLOW_TEST_SHOTS set to a folder it leaves pictures of what it saw.
func TestTheDemoIsLivedInABrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", func(o *demoOptions) { o.noHistory, o.noEntering, o.change = false, false, nil })
	b := browser.Start(t)
	shot := func(name string) {
		if dir := os.Getenv("SALESFLOW_TEST_SHOTS"); dir != "" {
			b.Screenshot(filepath.Join(dir, name+".png"))
		}
	}
	b.Open("http://" + w.listener.Addr().String() + "/")
	say := func(phone, text string) {
		b.Type(`[data-phone="`+phone+`"] [data-input]`, text)
		b.Click(`[data-phone="` + phone + `"] [data-send]`)
	}
	expect := func(phone string, words ...string) { b.WaitText(`[data-phone="`+phone+`"] [data-message]`, words...) }
	tap := func(phone, button string) {
		b.Click(`[data-phone="` + phone + `"] [data-button="` + button + `"]:not([disabled])`)
	}

	say("zhoumin", firstVisit)
	expect("zhoumin", "拜访已记录", "绍兴市立医院", "全自动生化分析仪", "3月17日 周二(6天后)")
	shot("1-visit")
	tap("zhoumin", "推进")
	expect("zhoumin", "价格谈判")

	say("zhoumin", "提交合同 绍兴市立医院 生化分析仪 128万 30%预付 余款验收后60天 交期45天")
	expect("zhoumin", "合同草稿", "¥1,280,000.00")
	tap("zhoumin", "无附件提交")
	expect("zhaolei", "合同待审批", "等你处理", "制度上限 45 天")
	shot("2-contract")

	b.Click(`[data-advance="49h"]`)
	expect("sunjing", "合同超时未审", "我来处理")
	expect("chengang", "合同超时未审")
	b.WaitText(`[data-clock-now]`, "3月13日 周五 11:0")
	shot("3-escalation")
	tap("sunjing", "我来处理")
	expect("sunjing", "孙静")

	tap("zhaolei", "同意")
	expect("zhaolei", "已通过法务 · 赵磊")
	tap("chengang", "同意")
	expect("zhoumin", "全部通过")
	expect("sunjing", "合同超时已处理")
	shot("4-approved")

	say("chengang", "漏斗 华东 本月")
	expect("chengang", "漏斗", "转化", "华东")
	b.Wait(`document.querySelector('[data-phone="chengang"] [data-message] img') !== null`)
	shot("5-funnel")

	b.Size(390, 844)
	shot("6-phone")
	if problems := b.Problems(); len(problems) > 0 {
		t.Errorf("the page complained: %q", problems)
	}
}

package main

import (
	"testing"

	"salesflow/bot/bottest"
)

// Finance closes February: what is dated into it is refused wherever it comes from, until a director opens it again.
func TestAClosedMonthTakesNothingMore(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		finance, rep, director := s.As("吴桐").Skip(), s.As("周敏").Skip(), s.As("陈刚").Skip()
		finance.Say("关账")
		finance.ExpectText("还没关过账", "下一个要关的是 2026年2月")
		finance.Say("开票 HT2026-018 10万 2月20日")
		finance.ExpectCard("FP2026-001")
		finance.Say("回款 HT2026-018 4万 2月25日")
		finance.ExpectCard("HK2026-001")
		rep.Skip()
		rep.Say("关账 2月")
		rep.ExpectText("关账:财务")
		finance.Say("关账 13月")
		finance.ExpectText("没有 13 月")
		finance.Say("关账 3月")
		finance.ExpectText("3月还没过完")
		finance.Say("关账 2月")
		card := finance.ExpectCard("关账 · 2026年2月", "待确认", "开票 ¥100,000.00(1 张)", "回款 ¥40,000.00(1 笔)", "未认款 没有", "更早的月份一起关").
			ExpectButtons("确认关账", "看开票", "看回款")
		card.Click("看开票")
		finance.ExpectText("FP2026-001")
		// What comes between looking and closing is shown first.
		rep.Say("开票 HT2026-018 2万 2月26日")
		rep.ExpectCard("FP2026-002")
		finance.Skip()
		card.Click("确认关账")
		finance.ExpectText("刚才变了,没有关")
		card.ExpectUpdate("¥120,000.00(2 张)").Click("确认关账").ExpectUpdate("已关账", "吴桐", "反关账 2026年2月 原因").ExpectNoButtons()

		// Said, taken back, by button and by file: all of it is refused, and says what to do.
		refusal := []string{"已经关账(关到 2月28日)", "没有记", "3月1日 以后", "反关账 2月 原因"}
		rep.Skip()
		rep.Say("开票 HT2026-018 1万 2月26日")
		rep.ExpectText(append(refusal, "2月26日")...)
		finance.Skip()
		finance.Say("回款 绍兴市立医院 1万 2月27日")
		finance.ExpectText(append(refusal, "2月27日")...)
		rep.Say("撤销")
		rep.ExpectText("FP2026-002 是 2月26日开的", "撤不了", "红冲 FP2026-002 原因", "反关账 2月 原因")
		finance.Say("红冲 FP2026-002 5000元 开多了")
		finance.ExpectText("已红冲 FP2026-002") // dated today
		finance.Say("撤销认款 HK2026-001")
		finance.ExpectText("已退回") // what pays what is no sum of the month
		finance.Say("认款 HK2026-001 FP2026-001")
		finance.ExpectCard("HK2026-001")
		sendSheet(finance, w, "流水.csv", []byte("到账日期,付款方,到账金额,流水号\n2026-02-28,绍兴市立医院,1000,A1\n2026-03-02,绍兴市立医院,2000,A2\n"))
		s.Settle()
		finance.ExpectCard("导入回款", "可导入 1 行", "有问题 1 行", "2026-02-28 已经关账(关到 2026-02-28)", "2026-03-01 以后")
		finance.Say("导入 好的")
		s.Settle()
		finance.ExpectCard("导入了 1 笔")
		finance.Skip()
		finance.Say("明细 回款 2月")
		finance.ExpectText("1 笔,共 ¥40,000.00")
		finance.Say("关账 2月")
		finance.ExpectText("2月已经关过了")
		finance.Say("反关账 2月 漏记一张")
		finance.ExpectText("反关账:")
		finance.Skip()

		// A director opens it with a reason; finance hears of it and closes it again.
		director.Say("反关账 1月 漏记一张")
		director.ExpectText("从后往前开", "反关账 2月")
		director.Say("反关账 2月")
		director.ExpectText("为什么开")
		director.Say("反关账 2月 漏记一张发票")
		director.ExpectText("2026年2月开账了")
		finance.ExpectText("陈刚把2026年2月的账打开了", "漏记一张发票")
		rep.Skip()
		rep.Say("开票 HT2026-018 1万 2月26日")
		rep.ExpectCard("FP2026-003")
		finance.Skip()
		finance.Say("关账 2月 确认")
		finance.ExpectCard("关账 · 2026年2月", "已关账", "¥130,000.00(3 张)")
		finance.Say("关账")
		finance.ExpectText("关到 2月28日", "2026年2月 关账 · 吴桐", "2026年2月 反关账 · 陈刚", "漏记一张发票")
		if n := w.audited(t, "books.close"); n != 2 {
			t.Errorf("%d closings are in the trace", n)
		}
	})
}

// A payment of a confirmed month is told to finance and the rep, and stands on the statement, until it is taken back.
func TestAConfirmedStatementSaysThatItsMonthHasChanged(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		finance, rep := s.As("吴桐").Skip(), s.As("周敏").Skip()
		finance.Say("开票 HT2026-018 20万 2月10日")
		finance.ExpectCard("FP2026-001")
		rep.Skip()
		rep.Say("对账单 绍兴市立医院 2月")
		card := rep.ExpectCard("对账单 2026年2月", "期末 ¥200,000.00")
		s.Settle()
		card.Click("客户确认").ExpectUpdate("已确认")
		s.Settle()
		finance.Skip()
		rep.Skip()
		finance.Say("回款 绍兴市立医院 5万 2月20日")
		finance.ExpectCard("HK2026-001")
		s.Settle()
		finance.ExpectCard("确认后有改动 · 2026年2月对账单", "确认的 ¥200,000.00", "现在 ¥150,000.00", "回款 ¥0.00 → ¥50,000.00", "重出").Click("看明细")
		rep.ExpectCard("回款 HK2026-001")
		rep.ExpectCard("确认后有改动 · 2026年2月对账单", "绍兴市立医院")
		card.ExpectUpdate("确认后有改动", "期末现在 ¥150,000.00")
		finance.Skip()
		finance.Say("撤销")
		finance.ExpectText("已撤销:HK2026-001")
		s.Settle()
		finance.ExpectCard("又和确认时一样", "不用再找客户")
		// What is of another month after it changes nothing of what was confirmed.
		rep.Skip()
		finance.Say("回款 绍兴市立医院 3万")
		finance.ExpectCard("HK2026-002")
		s.Settle()
		rep.ExpectCard("回款 HK2026-002")
		rep.ExpectNothingElse()
		if n := w.audited(t, "statement.altered"); n != 2 {
			t.Errorf("%d changes are in the trace", n)
		}
	})
}

// A service's request is kept though its month is closed, on the first open day with a note; a person's token is refused.
func TestWhatComesFromOutsideIntoAClosedMonthIsKept(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		admin, finance := s.As("郑凯").Skip(), s.As("吴桐").Skip()
		finance.Say("关账 2月 确认")
		finance.ExpectCard("已关账")
		admin.Say("接口令牌 新建 ERP 读写 回款、发票、合同")
		erp := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(admin.ExpectText("只显示这一次").Text)}
		admin.Skip()
		admin.Say("接口令牌 新建 财务脚本 读写 回款、合同 用 吴桐 的权限")
		person := &apiClient{t: t, mux: w.program.mux, token: reToken.FindString(admin.ExpectText("sf_").Text)}
		id := find(t, erp.want(200, "GET", "/contracts?limit=200", ""), "no", "HT2026-018")["id"].(string)

		if out := person.want(409, "POST", "/payments", `{"contract_id":"`+id+`","amount_fen":100000,"received_on":"2026-02-20"}`); out["code"] != "period_closed" {
			t.Errorf("a person's token is told %v", out)
		}
		finance.Skip()
		body := `{"contract_id":"` + id + `","amount_fen":5000000,"received_on":"2026-02-20","bank_ref":"B-1"}`
		got := erp.want(201, "POST", "/payments", body)
		if got["received_on"] != "2026-03-01" {
			t.Errorf("it is kept on %v", got["received_on"])
		}
		finance.ExpectCard("回款 HK2026-001", "说明", "2026-02-20")
		finance.ExpectText("接口 ERP送来绍兴市立医院的回款 HK2026-001 ¥50,000.00", "写的是 2月20日", "记在 3月1日", "反关账 2月 原因")
		paper := erp.want(201, "POST", "/invoices", `{"contract_id":"`+id+`","amount_fen":3000000,"issued_on":"2026-02-21"}`)
		if paper["issued_on"] != "2026-03-01" {
			t.Errorf("the invoice is kept on %v", paper["issued_on"])
		}
		finance.ExpectCard("发票 FP2026-001")
		finance.ExpectText("发票 FP2026-001 ¥30,000.00", "2月21日")
		open := erp.want(201, "POST", "/payments", `{"contract_id":"`+id+`","amount_fen":7000000,"received_on":"2026-03-02"}`)
		if open["received_on"] != "2026-03-02" {
			t.Errorf("an open day became %v", open["received_on"])
		}
	})
}

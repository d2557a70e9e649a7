package main

import (
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"salesflow/bot/bottest"
)

func TestABankFileIsMatchedByItself(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		finance, rep := s.As("吴桐").Skip(), s.As("周敏").Skip()
		for _, m := range []string{"10万", "6万"} {
			finance.Say("开票 HT2026-018 " + m)
			finance.ExpectCard("发票 FP2026")
		}
		rep.Skip()
		rep.Say("回款 绍兴市立医院 6万")
		rep.ExpectCard("HK2026-001 · 已认款")
		// As the bank writes it: GB 18030, a title above, outgoing rows, columns it calls by its own names.
		text := "浙江农商银行交易明细\n记账时间,贷记,借记,对手方,流水,摘要\n" +
			"2026-03-11 09:12:01,\"100,000.00\",,绍兴市立医院,B1001,货款\n" +
			"2026-03-11 09:30:00,,\"2,300.00\",物业公司,B1002,物业费\n" +
			"2026-03-10,60000.00,,绍兴市立医院,B1003,HT2026-018\n" +
			"2026-03-11,8000,,某某贸易商行,B1004,往来款\n"
		data, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		finance.Skip()
		sendSheet(finance, w, "流水.csv", data)
		s.Settle()
		rep.Say("导入列 回款 农商行 到账金额=贷记")
		rep.ExpectText("财务、管理员能用")
		finance.Say("导入列 回款 农商行 到账金额=贷记 到账日期=记账时间 付款方=对手方 流水号=流水")
		finance.ExpectText("记住了 农商行")
		finance.Skip()
		sendSheet(finance, w, "流水.csv", data)
		s.Settle()
		finance.ExpectCard("导入回款", "等你定", "共 4 行", "可导入 3 行", "已有 1 行")
		finance.Say("导入 好的")
		s.Settle()
		finance.ExpectText("自动认款好了", "未认款 1 笔,共 ¥8,000.00")
		// What the rep told is the bank's B1003, not another payment.
		finance.Say("合同进度 HT2026-018")
		finance.ExpectCard("合同进度", "¥160,000.00", "未收", "¥0.00")
		finance.Say("未认款")
		finance.ExpectText("某某贸易商行(不知道是谁的)").Without("绍兴")
		finance.ExpectCard("未认款", "没有像的发票")
		finance.Skip()
		sendSheet(finance, w, "流水.csv", data)
		s.Settle()
		finance.ExpectCard("导入回款", "已有 4 行", "没有要导的")
		rep.Skip()
		sendSheet(rep, w, "流水.csv", data)
		s.Settle()
		if !w.wecomOnly(rep) { // on WeCom a file has no name, and one that is not for the rep stays a file
			rep.ExpectCard("由财务来导")
		}
	})
}

func TestOpeningBalancesAreTakenOverQuietly(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		finance, rep := s.As("吴桐").Skip(), s.As("周敏").Skip()
		finance.Say("导入 期初")
		finance.ExpectText("照模板填")
		finance.Skip()
		sendSheet(finance, w, "期初.xlsx", excel(t,
			[]any{"合同号", "客户名称", "合同金额", "已开票", "已回款", "截止日", "应收到期日"},
			[]any{"CG-2025-77", "绍兴市立医院", "500000", "300000", "100000", "2026-02-28", "2025-12-31"},
			[]any{"CG-2025-78", "绍兴市立医院", "200000", "0", "50000", "2026-02-28", ""},
			[]any{"CG-2025-79", "没有这家", "1", "0", "0", "2026-02-28", ""},
		))
		s.Settle()
		finance.ExpectCard("导入期初", "可导入 2 行", "有问题 1 行", "没有客户 没有这家")
		finance.Say("导入 好的")
		finance.ExpectText("自动认款好了")
		s.Settle()
		finance.Say("合同进度 CG-2025-77")
		finance.ExpectCard("合同进度 · CG-2025-77", "¥300,000.00(60%)", "¥100,000.00(20%)", "¥200,000.00", "逾期 70 天")
		finance.Say("合同进度 CG-2025-78")
		finance.ExpectCard("其中预付 ¥50,000.00")
		rep.ExpectNothingElse()
		if n := w.cashEvents(t, "CG-2025-77"); n != 0 {
			t.Errorf("the rules hear of %d things that are no news", n)
		}
		rep.Say("已开票未回款")
		rep.ExpectCard("未收 ¥200,000.00(1 张)", "逾期")
		finance.Skip()
		sendSheet(finance, w, "发票.xlsx", excel(t,
			[]any{"发票号码", "购方名称", "价税合计", "开票日期", "合同号"},
			[]any{"25332000000012345678", "绍兴市立医院", "50000", "2026-03-10", "CG-2025-78"},
			[]any{"25332000000012345679", "绍兴市立医院", "-100", "2026-03-10", ""},
		))
		s.Settle()
		finance.ExpectCard("导入发票", "可导入 1 行", "红字发票在聊天里记")
		finance.Say("导入 好的")
		s.Settle()
		finance.Say("合同进度 CG-2025-78")
		finance.ExpectCard("¥50,000.00(25%)", "未收", "¥0.00")
		// What was taken over was invoiced and paid on days nobody knows: no day, month or period counts it.
		finance.Skip()
		finance.Say("明细 开票 公司 2月")
		finance.ExpectText("没有").Without("FP2026-001")
		finance.Say("明细 回款 公司 2月")
		finance.ExpectText("没有").Without("HK2026-001")
		finance.Say("对账单 绍兴市立医院 2月 明细")
		finance.ExpectText("期初 ¥150,000.00", "期末 ¥150,000.00").Without("开票 FP2026", "回款 HK2026")
		finance.Say("对账单 绍兴市立医院 3月 明细")
		finance.ExpectText("期初 ¥150,000.00", "开票 FP2026-002", "期末 ¥200,000.00")
		finance.Say("新签额 2月")
		finance.ExpectCard("新签额").Without("绍兴", "700,000", "500,000", "200,000", "70万")
		finance.Say("回款指标 公司")
		finance.ExpectCard("近 11 天", "先不算:账从 3月1日", "满 30 天再算", "未收 ¥200,000.00(1 张)", "开票 ¥50,000.00(1 张)", "回款 ¥0.00(0 笔)")
		finance.Say("回款指标 绍兴市立医院")
		finance.ExpectCard("累计付款 ¥150,000.00(2 笔)", "近一年 ¥0.00", "期初结转的 ¥150,000.00 不知道哪天付的")
	})
}

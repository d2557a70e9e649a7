package main

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"salesflow/bot/bottest"
)

// bankBook is a bank's workbook: what each sheet has, cell by cell.
func bankBook(t *testing.T, merged [][2]string, sheets ...[][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for k, rows := range sheets {
		name := fmt.Sprintf("账户%d", k+1)
		if k == 0 {
			name = "Sheet1"
		} else if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			if err := f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &r); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, m := range merged {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A bank's own workbook: a title and headings of two rows with merged cells, days as text, as numbers and with a time behind them,
// debit and credit side by side, thousands separators, numbers that only fill the column, a sum at the end, a second account in a second
// sheet. What cannot be taken says why in its row, and nothing is taken before finance says so.
func TestABanksOwnWorkbookIsReconciled(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		finance := s.As("吴桐").Skip()
		finance.Say("开票 HT2026-018 10万")
		finance.ExpectCard("发票 FP2026-001")
		data := bankBook(t, [][2]string{{"A1", "F1"}, {"A3", "A4"}, {"B3", "C3"}, {"D3", "D4"}, {"E3", "E4"}, {"F3", "F4"}}, [][]any{
			{"某某银行 对公账户明细"},
			{"账号", "33050165", "户名", "本公司"},
			{"交易日期", "发生额", "", "对方户名", "凭证号", "摘要"},
			{"", "借方", "贷方", "", "", ""},
			{46090, "", "60,000.00", "绍兴市立医院", "000000", "货款 FP2026-001"},
			{"2026-03-10", "", "40,000.00", "绍兴市立医院", "000000", "货款余款"},
			{"20260310093000", "", "8,000.00", "某某贸易商行", "A77", "往来"},
			{"2026年3月10日", "2,300.00", "", "物业公司", "A78", "物业费"},
			{"2026/3/10", "", "1,200.00", "某某贸易商行", "A77", "往来"},
			{"2027-03-10", "", "5.00", "绍兴市立医院", "A79", ""},
			{"合计", "2,300.00", "109,205.00", "", "", ""},
		}, [][]any{{"交易日期", "贷方", "对方户名"}, {"2026-03-10", "9.00", "绍兴市立医院"}})
		finance.Skip()
		sendSheet(finance, w, "流水.xlsx", data)
		s.Settle()
		finance.ExpectCard("导入回款", "等你定", "共 7 行", "可导入 3 行", "已有 2 行", "有问题 2 行", "还有工作表《账户2》没看", "和第 7 行是同一笔流水")
		if m := w.money(t); m.payments != 0 {
			t.Fatalf("%d payments before anybody said so", m.payments)
		}
		finance.Say("导入 好的")
		s.Settle()
		finance.ExpectText("自动认款好了", "未认款 1 笔,共 ¥8,000.00")
		s.FastForward(time.Minute)
		finance.Skip()
		finance.Say("合同进度 HT2026-018")
		finance.ExpectCard("合同进度", "¥100,000.00", "未收", "¥0.00")

		// What is left is gone through by taps: to its invoice, and on to the next.
		for _, m := range []string{"回款 谁家的商行 8.8万", "回款 又一家商行 700元"} {
			finance.Say(m)
			finance.ExpectCard("不知道是谁的")
		}
		finance.Say("开票 HT2026-018 8000元")
		finance.ExpectCard("发票 FP2026-002")
		finance.Skip()
		finance.Say("未认款")
		finance.ExpectCard("未认款 HK2026-005", "又一家商行").Click("下一笔")
		finance.ExpectCard("未认款 HK2026-004", "谁家的商行").Click("下一笔")
		left := finance.ExpectCard("未认款 HK2026-003", "某某贸易商行", "金额正好")
		left.Click("FP2026-002")
		left.ExpectUpdate("已认款 HK2026-003", "绍兴市立医院").Click("下一笔")
		finance.ExpectCard("未认款 HK2026-005")

		// Another bank numbers alike: that is not the same money, and it is not passed over.
		finance.Skip()
		sendSheet(finance, w, "流水.xlsx", excel(t, []any{"交易时间", "交易金额", "收支", "对方名称", "流水号"},
			[]any{"2026-03-10 10:00", "8,000.00", "收入", "某某贸易商行", "A77"},
			[]any{"2026-03-10 10:01", "700.00", "收入", "某某贸易商行", "A77"},
			[]any{"2026-03-10 10:02", "300.00", "支出", "物业公司", "A80"},
			[]any{"2026-03-10 10:03", "900.00", "冻结", "法院", "A81"},
			[]any{"", "合计:9,900.00", "", "", ""},
		))
		s.Settle()
		finance.ExpectCard("导入回款", "可导入 0 行", "已有 3 行", "有问题 2 行", "流水号 A77 已经是 HK2026-003 ¥8,000.00", "借贷标志没看懂:冻结")
		finance.Say("取消导入")
		s.FastForward(time.Minute)

		// What a bank calls otherwise is asked about with the words to teach it, and known from then on.
		odd := excel(t, []any{"记账时间", "交易对手", "进账", "流水"}, []any{"2026-03-11", "某某贸易商行", "1,000.00", "B1"})
		finance.Skip()
		sendSheet(finance, w, "回款.xlsx", odd)
		s.Settle()
		finance.ExpectAny().Without("等你定")
		finance.Say("导入列 回款 城商行 到账日期=记账时间 付款方=交易对手 到账金额=进账 流水号=流水")
		finance.ExpectText("记住了 城商行")
		finance.Say("导入列")
		finance.ExpectText("回款 城商行:", "付款方=交易对手", "到账金额=进账")
		for range 2 {
			s.FastForward(time.Minute)
			finance.Skip()
			sendSheet(finance, w, "回款.xlsx", odd)
			s.Settle()
			finance.ExpectCard("导入回款", "等你定", "可导入 1 行")
			finance.Say("取消导入")
		}
		if m := w.money(t); m.payments != 5 {
			t.Errorf("%d payments, want 5", m.payments)
		}
	})
}

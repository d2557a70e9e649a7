package main

import (
	"context"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

// Finance's month of March: a bank's file with everything banks do, and what is left of it settled by taps and words.
func TestFinanceReconcilesAMonthFromFiles(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		finance, rep := s.As("吴桐").Skip(), s.As("周敏").Skip()
		say := func(text string, words ...string) bottest.Seen {
			t.Helper()
			finance.Skip()
			finance.Say(text)
			return finance.ExpectCard(words...)
		}
		list := func(text string, words ...string) bottest.Seen {
			t.Helper()
			finance.Skip()
			finance.Say(text)
			return finance.ExpectText(words...)
		}
		// Invoices of the ERP: two of one contract, one of none. A red one is told by words.
		sendSheet(finance, w, "发票.xlsx", excel(t,
			[]any{"数电发票号码", "购方名称", "价税合计(元)", "开票日期", "合同编号"},
			[]any{"25332000000000000001", "绍兴市立医院", "100000", "2026-03-02", "HT2026-018"},
			[]any{"25332000000000000002", "绍兴市立医院", "60000", "2026-03-03", "HT2026-018"},
			[]any{"25332000000000000003", "绍兴市立医院", "40000.50", "2026-03-04", "HT2026-018"},
			[]any{"25332000000000000002", "绍兴市立医院", "60000", "2026-03-03", "HT2026-018"},
			[]any{"25332000000000000004", "绍兴市立医院", "-500", "2026-03-04", "HT2026-018"},
		))
		s.Settle()
		finance.ExpectCard("导入发票", "可导入 3 行", "有问题 2 行", "红字发票在聊天里记")
		finance.Say("导入 好的")
		finance.ExpectCard("导入了 3 张")
		say("合同进度 HT2026-018", "开票 ¥200,000.50", "未收 ¥200,000.50")

		// The bank's file: a title, odd names of columns, GB 18030, outgoing rows, a reversal, an entry twice, foreign money, one payment for
		// three invoices, one that nobody knows, one of a customer without a contract.
		text := "浙江农商银行 账户明细\n记账时间,贷记,借记,对手方,流水,摘要,货币\n" +
			"2026-03-09 10:00:00,\"200,000.50\",,绍兴市立医院,N001,付 25332000000000000001 等三张,人民币\n" +
			"2026-03-09 10:05:00,,\"2,300.00\",物业公司,N002,物业费,人民币\n" +
			"2026-03-09,\"-1,000.00\",,绍兴市立医院,N003,冲正,人民币\n" +
			"2026-03-10,5000.00,,Overseas Ltd,N004,goods,USD\n" +
			"2026-03-10,\"USD 7,000\",,Overseas Ltd,N005,goods,\n" +
			"2026-03-10,30000,,宁波市立医院,N006,预付货款,CNY\n" +
			"2026-03-10,30000,,宁波市立医院,N006,预付货款,CNY\n" +
			"2026-03-11,8000,,某某贸易商行,N007,往来款,人民币\n"
		data, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		finance.Skip()
		finance.Say("导入列 回款 农商行 到账金额=贷记 到账日期=记账时间 付款方=对手方 流水号=流水")
		finance.ExpectText("记住了 农商行")
		finance.Skip()
		sendSheet(finance, w, "流水.csv", data)
		s.Settle()
		finance.ExpectCard("导入回款", "共 8 行", "可导入 3 行", "已有 1 行", "有问题 4 行")
		finance.Say("导入 好的")
		s.Settle()
		finance.ExpectText("自动认款好了", "未认款 2 笔,共 ¥38,000.00")

		s.FastForward(time.Minute) // WeCom passes over what is more than thirty messages a minute
		// One payment paid three invoices, and each line says so.
		say("合同进度 HT2026-018", "未收 ¥0.00", "🟡")
		list("明细 回款 HT2026-018", "3 笔", "FP2026-001", "FP2026-002", "FP2026-003", "N001")
		finance.Skip()
		finance.Say("对账 没合同")
		finance.ExpectCard("宁波市立医院 ¥30,000.00")
		// What nobody knew is found by a tap: an invoice of just that amount.
		say("开票 HT2026-018 8000元 3月5日", "FP2026-004")
		finance.Skip()
		finance.Say("未认款")
		finance.ExpectCard("未认款 HK2026-003", "某某贸易商行", "金额正好").Click("FP2026-004").ExpectUpdate("已认款", "绍兴市立医院")

		s.FastForward(time.Minute)
		// Goods go, come back, and are taken off by a credit note; the money it sets free is prepaid, and the next invoice takes it.
		rep.Skip()
		rep.Say("发货 HT2026-018 10台 昨天")
		rep.ExpectCard("FH2026-001")
		rep.Say("签收 FH2026-001 张三")
		rep.ExpectCard("FH2026-001")
		rep.Say("退货 HT2026-018 1台 2万 外壳破损")
		rep.ExpectCard("TH2026-001")
		finance.Skip()
		finance.Say("红冲 FP2026-002 2万 退货")
		finance.ExpectText("已红冲 FP2026-002 ¥20,000.00", "退出来 ¥20,000.00 转成预付")
		say("合同进度 HT2026-018", "开票 ¥188,000.50", "其中预付 ¥20,000.00", "未收 ¥0.00")

		s.FastForward(time.Minute)
		// The boundary: an invoice short by exactly 500 still agrees, by a fen more it does not.
		say("开票 HT2026-018 291999.50元 3月6日", "FP2026-005", "¥271,999.50")
		short := say("回款 HT2026-018 271499.50元 3月10日", "HK2026-004")
		say("合同进度 HT2026-018", "开票 ¥480,000.00", "未收 ¥500.00", "🟢")
		takeBack(short)
		short = say("回款 HT2026-018 271499.49元 3月10日", "HK2026-005")
		say("合同进度 HT2026-018", "未收 ¥500.01", "🔴")
		takeBack(short)
		say("回款 HT2026-018 271999.50元 3月10日", "HK2026-006 · 已认款")
		say("合同进度 HT2026-018", "开票 ¥480,000.00(100%)", "未收 ¥0.00", "🟢")

		s.FastForward(time.Minute)
		// The account closes with nothing, and its rows add up to that; the sums of the month are those of its rows.
		finance.Skip()
		finance.Say("对账单 绍兴市立医院 3月 明细")
		finance.ExpectText("期初 ¥0.00", "开票 FP2026-001", "回款 HK2026-006 ¥271,999.50", "红冲 HC2026-001 -¥20,000.00", "回款 HK2026-003 ¥8,000.00 · 余 ¥0.00", "期末 ¥0.00(9 笔)")
		list("明细 回款 本月", "4 笔,共 ¥510,000.00", "HK2026-002 宁波市立医院 ¥30,000.00").Without("HK2026-004")
		list("明细 开票 本月", "5 张,共 ¥500,000.00")
		list("明细 红冲 本月", "HC2026-001 绍兴市立医院 红冲 -¥20,000.00")
		before := w.money(t)
		finance.Skip()
		sendSheet(finance, w, "流水.csv", data)
		s.Settle()
		finance.ExpectCard("导入回款", "可导入 0 行", "已有 5 行", "有问题 3 行")
		s.FastForward(time.Minute)
		if after := w.money(t); after != before {
			t.Errorf("the same file again makes %+v of %+v", after, before)
		}
	})
}

// takeBack takes a payment back by its card: first from the invoice, then as a whole.
func takeBack(card bottest.Seen) {
	card.Click("撤销认款")
	card = card.ExpectUpdate("预付").ExpectButtons("改认款", "撤销")
	card.Click("撤销").ExpectUpdate("已撤销")
}

// money is all there is of money: how many papers, and what they come to.
type money struct {
	invoices, payments, allocations int
	invoiced, received, open, left  sales.Money
}

func (w world) money(t *testing.T) (m money) {
	t.Helper()
	err := w.program.db.View(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		m = money{}
		all := sales.CashFilter{Scope: sales.Scope{All: true}}
		for from := 0; ; from += 500 {
			list, err := tx.InvoiceRows(ctx, all, from, 500)
			if err != nil {
				return err
			}
			for _, i := range list {
				m.invoices++
				m.invoiced += i.Amount
				m.open += i.Open
			}
			if len(list) < 500 {
				break
			}
		}
		for from := 0; ; from += 500 {
			list, err := tx.PaymentRows(ctx, all, from, 500)
			if err != nil {
				return err
			}
			ids := make([]sales.ID, len(list))
			for k, p := range list {
				ids[k] = p.ID
				m.payments++
				m.received += p.Amount
				m.left += p.Left
			}
			allocations, err := tx.AllocationsOfPayments(ctx, ids...)
			if err != nil {
				return err
			}
			m.allocations += len(allocations)
			if len(list) < 500 {
				return nil
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

package handlers_test

import (
	"testing"

	"salesflow/store/sales"
)

// Numbers and days that cannot be are refused by name, and nothing is kept of them: a sign that is passed over would be money that
// never came, and an amount that is not understood must not become all of an invoice.
func TestAmountsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	c := newTill(t, 3)
	c.say(wutong, "开票 HT2026-018 10万")
	first := c.books()
	no := first.invoices[0].No
	for _, tt := range []struct{ text, want string }{
		{"回款 绍兴市立医院 -18万", "金额写正数"},
		{"回款 HT2026-018 -18万", "金额写正数"},
		{"回款 HT2026-018 负18万", "金额写正数"},
		{"回款 HT2026-018 -180000", "金额写正数"},
		{"回款 HT2026-018 0元", "金额要大于 0"},
		{"回款 HT2026-018 99999999999999", "金额太大"},
		{"回款 HT2026-018 12.345元", "金额只到分"},
		{"回款 HT2026-018 18万 明天", "还没到"},
		{"回款 HT2026-018", "付了多少"},
		{"开票 HT2026-018 -5万", "金额写正数"},
		{"开票 HT2026-018 5万 2027-01-05", "还没到"},
		{"红冲 " + no + " -5万 退货", "金额写正数"},
		{"红冲 " + no + " 99999999999999 退货", "金额太大"},
		{"红冲 " + no + " 0元 退货", "金额要大于 0"},
		{"红冲 " + no + " 50 退货", "冲多少没看懂"},
		{"红冲 " + no + " 10.5 退货", "冲多少没看懂"},
		{"发货 HT2026-018 0台", "数量没看懂"},
		{"发货 HT2026-018 -2台", "数量没看懂"},
		{"发货 HT2026-018 1.234台", "数量没看懂"},
		{"发货 HT2026-018 1e3台", "数量没看懂"},
		{"发货 HT2026-018 10", "是数量还是货值"},
		{"发货 HT2026-018 1台 明天", "还没到"},
		{"退货 HT2026-018 -1台 坏了", "数量没看懂"},
		{"认款 HK2026-901 FP2026-901 3万", "认款不写金额"},
		{"对账单 绍兴市立医院 13月", "没有 13 月"},
		{"新签额 0月", "没有 0 月"},
	} {
		c.say(wutong, tt.text)
		c.expect(wutong, tt.want)
	}
	if b := c.books(); len(b.invoices) != len(first.invoices) || len(b.payments) != len(first.payments) || b.moved != first.moved {
		t.Errorf("something was kept: %+v, was %+v", b.moved, first.moved)
	}
	// What stands right beside them is still understood.
	c.say(wutong, "发货 HT2026-018 10台,20万")
	c.expect(wutong, "10台", "¥200,000.00")
	c.say(wutong, "签收 FH2026-001 明天")
	c.expect(wutong, "还没到")
	c.say(wutong, "退货 HT2026-018 2箱 坏了")
	c.expect(wutong, "发的是 10台", "没有按箱发过")
}

// What was only looked at is not the last thing done.
func TestLookingIsNothingToTakeBack(t *testing.T) {
	t.Parallel()
	c := newTill(t, 4)
	c.say(wutong, "开票 HT2026-018 10万")
	c.say(wutong, "回款 HT2026-018 10万")
	no := c.paymentOf(10 * sales.Wan)
	for _, look := range []string{"合同进度 HT2026-018", "已开票未回款", "对账", "对账 红", "未认款", "明细 回款 本月", "回款指标", "对账单 绍兴市立医院 3月 明细", "对齐"} {
		c.say(wutong, look)
	}
	c.say(wutong, "撤销")
	c.expect(wutong, "已撤销:"+no)
	c.deed = "taken back after looking"
	c.check(4, 1)
}

// A day the customer promised is about an invoice: taking it back is not taking the invoice back.
func TestAPromiseTakenBackLeavesItsInvoice(t *testing.T) {
	t.Parallel()
	c := newTill(t, 7)
	c.say(zhoumin, "开票 HT2026-018 10万")
	no := c.invoiceOf(10 * sales.Wan)
	c.say(zhoumin, "承诺回款 "+no+" 3月25日")
	c.expect(zhoumin, "记下了")
	c.say(zhoumin, "撤销")
	c.expect(zhoumin, no, "撤销不了", "改日子再发一次就行:承诺回款 "+no)
	for _, i := range c.books().invoices {
		if i.No == no && i.State != sales.InvoiceOpen {
			t.Errorf("%s is %s", no, i.State)
		}
	}
}

// A credit note that is taken back gives its invoice what it had set free, and leaves money alone that somebody keeps apart.
func TestTakingBackACreditNoteTouchesNothingElse(t *testing.T) {
	t.Parallel()
	c := newTill(t, 5)
	c.say(wutong, "开票 HT2026-018 10万")
	c.say(wutong, "开票 HT2026-020 7万")
	c.say(wutong, "回款 HT2026-018 10万")
	c.say(wutong, "回款 绍兴市立医院 3333元")
	loose, fp := c.paymentOf(3333*sales.Yuan), c.invoiceOf(10*sales.Wan)
	c.say(wutong, "撤销认款 "+loose)
	c.say(wutong, "红冲 "+fp+" 4万 退货")
	c.expect(wutong, "退出来 ¥40,000.00")
	c.say(wutong, "撤销")
	c.expect(wutong, "已撤销:HC2026-001")
	b := c.books()
	for _, p := range b.payments {
		if p.No == loose && p.Used != 0 {
			t.Errorf("%s, which was kept apart, pays %s", p.No, p.Used)
		}
	}
	for _, i := range b.invoices {
		if i.No == fp && (i.Paid != 10*sales.Wan || i.Open != 0) {
			t.Errorf("%s is paid %s, open %s", i.No, i.Paid, i.Open)
		}
	}
	c.deed = "credit note taken back"
	c.check(5, 1)
}

// A statement the customer has answered is not made anew by asking for it again.
func TestAnAnsweredStatementStays(t *testing.T) {
	t.Parallel()
	c := newTill(t, 6)
	c.say(wutong, "开票 HT2026-018 10万")
	c.say(wutong, "对账单 绍兴市立医院 3月")
	c.say(wutong, "对账单 绍兴市立医院 3月 一致")
	c.expect(wutong, "已确认")
	c.say(wutong, "对账单 绍兴市立医院 3月")
	c.expect(wutong, "答复过了,数没变", "重出")
	c.say(wutong, "回款 HT2026-018 1万")
	c.say(wutong, "对账单 绍兴市立医院 3月")
	c.expect(wutong, "客户答复以后账变了")
	c.say(wutong, "对账单 绍兴市立医院 3月 重出")
	c.expect(wutong, "对账单 2026年3月", "客户确认")
	// What we owe them is said with a minus.
	c.say(wutong, "回款 绍兴市立医院 50万")
	c.say(wutong, "对账单 绍兴市立医院 3月 重出")
	c.say(wutong, "对账单 绍兴市立医院 3月 对方 -5万")
	c.expect(wutong, "对方", "-¥50,000.00")
}

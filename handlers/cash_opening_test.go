package handlers_test

import (
	"testing"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
)

// The days a company waits for its money, with balances taken over on 28 February: 80,000 were open of them then. By 11 April another
// 100,000 were invoiced and 40,000 paid. By hand: (80,000 + 100,000 - 40,000) / 100,000 × 42 days = 58.8. Were what was taken over
// invoiced on its cut-off day, it would be 140,000 / 180,000 × 90 = 70.0, and no invoice of the other 48 days would stand behind it.
func TestDaysOfMoneyBeginBehindWhatWasTakenOver(t *testing.T) {
	t.Parallel()
	c := newTill(t, 1)
	c.say(wutong, "回款指标 公司").expect(wutong, "近 11 天", "先不算:账从 3月1日", "满 30 天再算")
	// Its prepayment of 30,000 is not there.
	c.write(func(tx *store.Tx) {
		before := sales.Payment{
			ID: 9102, No: "HK2026-901", ContractID: twoContract, CustomerID: shaoxing, OwnerID: zhoumin, TeamID: 2, Payer: "绍兴市立医院", Amount: 3 * sales.Wan,
			Left: 3 * sales.Wan, ReceivedOn: sales.NewDay(2026, 2, 28), Source: sales.CashFromOpening, Auto: sales.AutoWaits, State: sales.PaymentOpen, Version: 1,
		}
		gone := before
		gone.State = sales.PaymentUndone
		tx.UpdatePayment(before, gone)
	})
	c.say(wutong, "开票 HT2026-018 10万")
	c.say(wutong, "回款 HT2026-018 4万")
	c.clock.Advance(31 * 24 * time.Hour)
	c.say(wutong, "回款指标 公司").expect(wutong, "周转天数 58.8 天", "近 42 天", "未收 ¥140,000.00(2 张)", "开票 ¥100,000.00(1 张)", "期初截到 2月28日")
	// Once the cut-off day lies before the period, nothing is shorter.
	c.clock.Advance(60 * 24 * time.Hour)
	c.say(wutong, "回款指标 公司").expect(wutong, "近 90 天")
	c.expectNothing(wutong, "近 90 天", "期初截到")
}

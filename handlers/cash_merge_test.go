package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/store"
	"salesflow/store/sales"
)

// joined is a till whose 宁波 customer was merged into 绍兴, with an ERP and an e-invoice service.
func joined(t *testing.T, seed uint64) *till {
	t.Helper()
	c := newTill(t, seed)
	c.app.Settings.UnmergeFor = 7 * 24 * time.Hour
	c.app.Settings.Cash.ERP, c.app.Settings.Cash.EInvoice = true, true
	return c
}

func (c *till) join() {
	c.t.Helper()
	var from, into sales.Customer
	read(c.bench, func(ctx context.Context, tx *store.Tx) (_ int, err error) {
		if from, err = tx.CustomerByID(ctx, ningbo); err != nil {
			return 0, err
		}
		into, err = tx.CustomerByID(ctx, shaoxing)
		return 0, err
	})
	a := cards.Action{Verb: "customer.merge", Record: int64(from.ID), Version: from.Version, Arg: fmt.Sprintf("yes,%s,%d", into.ID, into.Version)}
	c.event(wangfang, bot.Event{Kind: bot.Tapped, Tap: &bot.Tap{Action: a.Encode(), Card: "sfnone"}})
	c.expect(wangfang, "合好了")
}

// While money of one side pays an invoice of the other, a merge is not taken back: the refusal names a payment and its invoice, says who
// is to do what, and does nothing. Once that is done, it goes.
func TestAMergeIsNotTakenBackOverMatchesAcross(t *testing.T) {
	t.Parallel()
	c := joined(t, 8)
	c.say(wutong, "开票 HT2026-020 9万")
	fp := c.books().invoices[0].No
	c.join()
	c.say(wutong, "回款 绍兴市立医院 4万")
	hk := c.paymentOf(4 * sales.Wan)
	c.say(wutong, "认款 "+hk+" "+fp+" FP2026-901") // for no contract in particular: the payment stays while the invoice would go
	before := c.books()
	c.say(wangfang, "撤销合并")
	c.expect(wangfang, "认过 1 笔跨两家的款", hk+" 认到 "+fp, "让财务发:撤销认款 "+hk, "再发 撤销合并")
	if after := c.books(); fmt.Sprint(after.invoices, after.payments, after.allocations) != fmt.Sprint(before.invoices, before.payments, before.allocations) {
		t.Error("a refusal changes something")
	}
	c.say(wutong, "撤销认款 "+hk)
	c.say(wangfang, "撤销合并")
	c.expect(wangfang, "还原成两家了")
	c.deed = "taken back"
	c.check(8, 1)
}

// What was filed of a contract, sent to the ERP and issued as an e-invoice while its customer was merged goes back with it: the order is
// told again under its own customer, a promised day and an attachment follow the contract, and finance hears which e-invoices name the
// wrong buyer.
func TestPapersGoBackWithTheirContract(t *testing.T) {
	t.Parallel()
	c := joined(t, 9)
	c.join()
	c.say(wutong, "开票 HT2026-020 9万")
	fp := c.books().invoices[0]
	now := sales.At(c.Now())
	c.write(func(tx *store.Tx) {
		tx.PutERPOrder(sales.ERPOrder{ContractID: otherContract, State: sales.OrderSent, SentAt: now})
		tx.CreateEInvoice(sales.EInvoice{ID: 9201, InvoiceID: fp.ID, PersonID: wutong, State: sales.EInvoiceIssued, TaxNo: "25332000000000000009", CreatedAt: now, EndedAt: now, Version: 1})
		tx.CreateDeliveryCheck(sales.DeliveryCheck{ID: 9202, ContractID: otherContract, CustomerID: shaoxing, PersonID: liqiang, State: sales.DeliveryOK, CreatedAt: now, Version: 1})
		tx.LinkApproval(sales.ApprovalLink{Number: "202603110001000000001", Platform: "dingtalk", SubjectKind: "invoice", SubjectID: fp.ID, CustomerID: shaoxing, PersonID: wutong, LinkedAt: now})
	})
	c.say(wangfang, "撤销合并")
	c.expect(wangfang, "还原成两家了", "合并后发给 ERP 的 1 张单已按", "1 张电子票的抬头开成了", fp.No+" 25332000000000000009", "红冲 "+fp.No+" 抬头开错")
	c.expect(wutong, "电子票的抬头开成了", fp.No)
	read(c.bench, func(ctx context.Context, tx *store.Tx) (_ int, err error) {
		check, err := tx.DeliveryCheckByID(ctx, 9202)
		if err != nil || check.CustomerID != ningbo {
			t.Errorf("the promised day is of customer %d, %v", check.CustomerID, err)
		}
		link, err := tx.ApprovalLink(ctx, "202603110001000000001")
		if err != nil || link.CustomerID != ningbo {
			t.Errorf("the attachment is of customer %d, %v", link.CustomerID, err)
		}
		i, err := tx.InvoiceByID(ctx, fp.ID)
		if err != nil || i.CustomerID != ningbo {
			t.Errorf("the invoice is of customer %d, %v", i.CustomerID, err)
		}
		events, err := tx.EventsOf(ctx, "contract", otherContract, 100)
		told := 0
		for _, e := range events {
			if e.Kind == "order.changed" {
				told++
				if !strings.Contains(e.Data, `"id":"`+ningbo.String()+`"`) {
					t.Errorf("the ERP is told %s", e.Data)
				}
			}
		}
		if told != 1 {
			t.Errorf("the ERP is told %d times", told)
		}
		return 0, err
	})
	// An invoice that the service has is not taken back, however young.
	c.say(wutong, "撤销")
	c.say(wutong, "开票 HT2026-018 3万")
	last := sales.Invoice{}
	for _, i := range c.books().invoices {
		if i.Amount == 3*sales.Wan {
			last = i
		}
	}
	c.write(func(tx *store.Tx) {
		tx.CreateEInvoice(sales.EInvoice{ID: 9203, InvoiceID: last.ID, PersonID: wutong, State: sales.EInvoiceAsked, CreatedAt: now, Version: 1})
	})
	c.say(wutong, "撤销")
	c.expect(wutong, last.No+" 正在开电子票,撤销不了", "红冲 "+last.No)
}

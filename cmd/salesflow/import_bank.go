package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"salesflow/bot/sheet"
	"salesflow/store"
	"salesflow/store/sales"
)

// reTotal are the words of a sum, alone or with its amount behind it.
var reTotal = regexp.MustCompile(`^(?:合计|总计|小计|累计|本[页月年](?:合计|小计|累计))[\s:：]*(?:[¥￥]?[\d,.]+元?)?$`)

// total reports whether a row is not an entry but a sum of some: 合计, 本页小计.
func (x *rowReader) total() bool {
	for _, key := range []string{sheet.Day, sheet.Payer, sheet.Ref, sheet.Note, sheet.Amount} {
		if reTotal.MatchString(strings.TrimSpace(x.cell(key))) {
			return true
		}
	}
	return false
}

// again is the verdict on an entry whose number is known: it is the same when the money is. Two banks may number alike, and one that is
// passed over would be money nobody sees.
func (k *paymentsImport) again(x *rowReader, p sales.Payment) verdict {
	var old sales.Payment
	if k.lookUp(func(ctx context.Context, tx *store.Tx) (err error) {
		old, err = tx.PaymentByRef(ctx, p.BankRef)
		return err
	}) && old.Amount != p.Amount {
		return wrong(fmt.Sprintf("流水号 %s 已经是 %s %s(%s),金额不一样:不是同一笔就改流水号,比如前面加银行名", clipRunes(p.BankRef, 30), old.No, old.Amount, old.ReceivedOn.Chinese()),
			k.at[sheet.Ref], k.at[sheet.Amount])
	}
	return x.end(sales.RowKnown, cashRow{})
}

// bankRef is the bank's number of an entry; what only fills the column is none.
func bankRef(cell string) string {
	ref := clipRunes(strings.Join(strings.Fields(cell), ""), 100)
	if strings.Trim(ref, "0-_/.—无") == "" {
		return ""
	}
	return ref
}

// direction reads whether money came in (1) or went out (-1), as banks mark it; nothing said is in. False for what is neither.
func direction(cell string) (way int, ok bool) {
	switch strings.ToUpper(strings.Trim(cell, " ()（）[]【】")) {
	case "", "贷", "贷方", "收", "收入", "收款", "转入", "入账", "来账", "存入", "C", "CR", "CREDIT", "+":
		return 1, true
	case "借", "借方", "支", "支出", "付", "付款", "转出", "出账", "往账", "支取", "D", "DR", "DEBIT", "-":
		return -1, true
	}
	return 0, false
}

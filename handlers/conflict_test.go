package handlers_test

import (
	"context"
	"strings"
	"testing"

	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// conflicts are the clauses a shipment of a contract would break, blocked ones marked.
func conflicts(w *bench, no string, f sales.ShipmentFacts) string {
	w.t.Helper()
	found := read(w, func(ctx context.Context, tx *store.Tx) ([]sales.Finding, error) {
		c, err := tx.ContractByNo(ctx, no)
		if err != nil {
			return nil, err
		}
		return w.app.ClauseConflicts(ctx, tx, c, f)
	})
	var out []string
	for _, x := range found {
		s := x.Clause.ClauseName()
		if x.Block {
			s += "!"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestClausesAreCheckedBeforeAShipment(t *testing.T) {
	t.Parallel()
	w, c := submitted(t)
	if got := conflicts(w, c.No, sales.ShipmentFacts{Paid: 40 * sales.Wan}); got != "合同审批! 账期!" {
		t.Errorf("a contract that is not approved: %q", got)
	}
	w.say(zhaolei, "同意 A1").say(chengang, "同意 A1").expect(zhoumin, "全部通过")
	if got := conflicts(w, c.No, sales.ShipmentFacts{Paid: 40 * sales.Wan}); got != "" {
		t.Errorf("what was approved with its marks: %q", got)
	}
	if got := conflicts(w, c.No, sales.ShipmentFacts{Paid: 38 * sales.Wan}); got != "预付款!" {
		t.Errorf("30%% of 128万 have not come: %q", got)
	}
	w.say(wutong, "授信 绍兴市立医院 100万").expect(wutong, "授信 100万")
	if got := conflicts(w, c.No, sales.ShipmentFacts{Paid: 40 * sales.Wan, Owed: 20 * sales.Wan}); got != "授信额度!" {
		t.Errorf("88万 more beside 20万: %q", got)
	}
	w.say(wutong, "授信 绍兴市立医院").expect(wutong, "100万", "吴桐")
	w.say(liqiang, "授信 绍兴市立医院").expect(liqiang, "周敏的客户")
	w.say(wutong, "授信 绍兴市立医院 很多").expect(wutong, "额度没看懂")
}

func TestAProductsFloorIsMarkedOnTheContract(t *testing.T) {
	t.Parallel()
	w := newBench(t, func(s *handlers.Settings) { s.Clauses.BlockDiscount = true })
	p := w.book.Products[analyser]
	p.FloorPercent = 90
	w.book.Products[analyser] = p
	w.say(zhoumin, "提交合同 绍兴市立医院 生化分析仪 112万 30%预付 余款验收后30天")
	w.expect(zhoumin, "合同草稿", "⚠ 底价 90 折")
	w.say(zhoumin, "无附件").expect(zhoumin, "提交不了", "价格底线", "底价 90 折")
	w.say(zhoumin, "金额改成130万").expect(zhoumin, "合同草稿", "¥1,300,000.00")
	w.say(zhoumin, "无附件").expect(zhaolei, "HT2026-001", "等你处理")
}

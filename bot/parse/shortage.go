package parse

import (
	"math/big"
	"slices"
)

// onlyCame reports that of goods received there are only so many, and that there should be more: 收到的只有95箱,订的是100箱.
func (m *message) onlyCame(h countHit) bool {
	c := m.clauses[h.clause]
	if !m.before(m.back(h.i, " ", "了"), "只有", "才有", "就", "才", "仅有", "只", "只剩") || !m.has(c.i, h.i, "收到", "到货", "实收", "实到", "送来", "送到", "到的", "清点", "点下来", "点了", "数了", "数下来", "卸货", "卸下", "入库", "验收", "到手", "拆开", "开箱") {
		return false
	}
	return slices.ContainsFunc(m.counts, func(o countHit) bool {
		return o.i != h.i && fewer(inKilos(o.q), inKilos(h.q)) && (m.before(m.back(o.i, "是", "的", "了", " ", "写", "有", "应该"), "订", "订单", "应", "应该", "应到", "单子", "送货单", "发货单", "下单", "要", "买", "开", "发", "合同", "写", "说好", "明明") || m.has(m.clauses[o.clause].i, o.i, "订", "单", "应", "合同", "说好", "明明", "写"))
	})
}

// inKilos is a weight in kilogrammes, any other quantity as it is.
func inKilos(q Quantity) Quantity {
	per := map[string]*big.Rat{"吨": ratInt(1000), "斤": big.NewRat(1, 2), "千克": ratInt(1)}[q.Unit]
	v, ok := new(big.Rat).SetString(q.Value)
	if per == nil || !ok {
		return q
	}
	return Quantity{Value: decimalText(mul(v, per)), Unit: "公斤"}
}

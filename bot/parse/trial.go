package parse

import (
	"slices"
	"strings"
)

// sentToTry reports that some of our goods went to the customer to be tried, by a verb of sending with its result in front of
// them and 试 with its verb behind: 送过去2盏护眼灯试挂.
func (m *message) sentToTry(from, to int) bool {
	for _, c := range m.clauses {
		if c.i >= to || c.j <= from || c.tense == TenseFuture && !m.has(c.i, c.j, "了", "过去") {
			continue
		}
		i := m.find(c.i, c.j, "送过去", "寄过去", "带过去", "拿过去", "发过去", "送了", "寄了", "带了", "拿了", "留了", "放了", "给了", "快递了")
		if i < 0 || m.denied(i) || m.stillToCome(c, i) || m.rivalSaid(c) {
			continue
		}
		k := m.find(i, c.j, "试")
		if k > 0 && k+1 < c.j && strings.ContainsRune("挂装跑卖用穿吃喝饮戴写点切磨打做", m.at(k+1)) && k+2 >= c.j-1 && slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i > i && p.i < k }) {
			return true
		}
	}
	return false
}

// usedSample reports that somebody has used the sample he speaks of: 用了样机说手柄震手.
func (m *message) usedSample(from, to int) bool {
	for i := from; i < to; i++ {
		if e := m.any(i, "用了", "用过", "试了", "试过", "开了", "装了"); e > 0 && !m.used[i] && !m.denied(i) && m.any(m.pastGoods(m.opt(e, "我们的", "咱们的", "那台", "这台", "那个", "我们", "一下", "下")), "样机", "样品", "小样", "样件", "样灯") > 0 {
			return true
		}
	}
	return false
}

// onlyLooked reports that a sample was looked at and no more, since to try it is still wished: 看了样品,想先装两间试试.
func (m *message) onlyLooked(from, to int) bool {
	if i := m.find(from, to, "看了", "看过", "瞧了"); i < 0 || m.tried(from, to) || m.usedSample(from, to) {
		return false
	}
	i := m.find(from, to, "试试", "试一下", "试用", "试装", "试一试", "试下", "试挂", "试跑", "试卖")
	return i >= 0 && m.has(m.clauses[m.clauseAt(i)].i, i, "想", "要", "先", "希望", "打算", "准备", "能不能", "愿意", "让", "可以")
}

// pastGoods is where the product that stands at i ends, with 的 behind it; i when none does.
func (m *message) pastGoods(i int) int {
	for _, p := range m.prods {
		if p.i == m.blank(i) {
			return m.opt(p.j, "的")
		}
	}
	return i
}

// judgedBehind reports that at i goods of ours are tried by 试 and a verb, and that a verdict on them follows: 试写黑板,反映反光.
func (m *message) judgedBehind(i, to int) bool {
	if !strings.ContainsRune("挂装跑卖用穿吃喝饮戴写听钻磨切看讲", m.at(i+1)) || m.used[i+1] {
		return false
	}
	k := m.pastGoods(m.opt(i+2, "了"))
	return k > i+2 && m.has(k, min(to, k+8), "觉得", "反映", "反馈", "感觉", "评价", "说", "讲") && !m.has(k, min(to, k+8), "要", "想")
}

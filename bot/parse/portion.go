package parse

import (
	"math/big"
	"strings"
)

// inside are the words by which one number is a part of another: 500公斤里头有20公斤.
var inside = words("里头 里面 里边 里 当中 其中 之中 中有 中 内有 内含 内")

// sift are verbs of looking through goods with their result: 挑出, 查出来.
const sift = "查挑捡拣抽验检翻清点筛倒拆"

// partOf reports that between two counts the second is said to be a part of the first.
func (m *message) partOfFirst(a, b countHit) bool {
	if fewer(a.q, b.q) && m.any(a.j, "要退", "得退", "想退", "退了", "退", "要换", "换了", "得换", "坏了", "破了", "有问题的", "不合格", "报废了", "报废", "拒收") == b.i {
		return true
	}
	if b.i < a.j || b.i-a.j > 16 || m.has(a.j, b.i, "一共", "总共", "还有", "另外", "另", "和", "换", "补", "退", "要") {
		return false
	}
	return m.has(a.j, b.i, inside...) || m.siftedOut(a.j, b.i) || m.has(a.j, b.i, "混了", "混进", "掺了", "混有", "夹着")
}

// siftedOut finds a verb of looking through with its result between i and j: 查出, 挑出来, 抽检发现.
func (m *message) siftedOut(i, j int) bool {
	for k := i; k+1 < j; k++ {
		if strings.ContainsRune(sift, m.r[k]) && !m.used[k] && m.any(k+1, "出", "到", "见", "着") > 0 {
			return true
		}
	}
	return m.has(i, j, "发现")
}

// fewer reports that b is fewer than a of the same things.
func fewer(a, b Quantity) bool {
	x, ok := new(big.Rat).SetString(a.Value)
	y, good := new(big.Rat).SetString(b.Value)
	return ok && good && a.Unit == b.Unit && y.Cmp(x) < 0
}

// sifted reports that some of what was delivered is told to have been found: 1万支里查出200支没有条码.
func (m *message) sifted(from, to int) bool {
	for k := 0; k+1 < len(m.counts); k++ {
		a, b := m.counts[k], m.counts[k+1]
		if a.i >= from && b.j <= to && fewer(a.q, b.q) && m.has(a.j, b.i, inside...) && m.siftedOut(a.j, b.i) {
			return true
		}
	}
	return false
}

// portioned tells of two counts in a complaint the whole from what is wrong with it.
func (m *message) portioned(f *Frame, p part) {
	of := OfDefect
	switch m.issue(p.i, p.j) {
	case IssueDamage:
		of = OfDamage
	case IssueShortage:
		of = OfShortage
	}
	for k := 0; k+1 < len(m.counts); k++ {
		a, b := f.quantityOf(m.counts[k]), f.quantityOf(m.counts[k+1])
		if a == nil || b == nil || a.Product != b.Product && a.Product != 0 && b.Product != 0 {
			continue
		}
		switch within := m.partOfFirst(m.counts[k], m.counts[k+1]); {
		case within && (fewer(*a, *b) || a.Unit != b.Unit):
			a.Of = OfBatch
			if b.Of == "" || b.Of == OfBatch {
				b.Of = of
			}
		case a.Of == "" && (b.Of == OfDefect || b.Of == OfDamage) && fewer(*a, *b):
			a.Of = OfBatch
		}
	}
}

// quantityOf is the quantity that was read from a count, nil for none.
func (f *Frame) quantityOf(h countHit) *Quantity {
	for k := range f.Quantities {
		if f.Quantities[k].Why.Start == h.q.Why.Start {
			return &f.Quantities[k]
		}
	}
	return nil
}

// gapBefore reports that the bare number at i is by how much one price is under or over another: 比我们低800, 低我们1500.
func (m *message) gapBefore(i int, n number) bool {
	c := m.clauses[m.clauseAt(i)]
	k := m.back(i, "了", "出", "过", "我们", "咱们", "咱家", "我家", "我司", "咱", "大概", "差不多", "整整", "约", " ")
	if n.v.Cmp(ratInt(10)) < 0 || !m.before(k, "低", "高", "少", "多", "贵", "便宜", "差", "平") || m.before(k, "至少", "最少", "最多", "不少", "多少", "最低", "最高", "不低") {
		return false
	}
	if m.rivalIn(c) && m.has(c.i, k, "比") && n.v.Cmp(ratInt(100)) >= 0 {
		return true // 比优视达贵4000
	}
	return m.has(c.i, i, "我们", "咱们", "咱家", "咱", "我司", "我家", "他们", "别家", "人家") && (m.rivalSaid(c) || m.has(c.i, i, "价", "比"))
}

package parse

import (
	"math/big"
	"slices"
	"strings"
)

// bySerial is the customer of the one contract of the sender's own customers that is named by the end of its number alone:
// 021合同盖好章了, 合同018到账.
func (m *message) bySerial(p part) CustomerRef {
	if len(m.hits) > 0 || !m.runes.has('合') || m.digits() == 0 {
		return CustomerRef{}
	}
	own := m.x.ownedBy(m.user)
	if len(own) > 2000 {
		return CustomerRef{}
	}
	for i := p.i; i < p.j; i++ {
		n, e, ok := m.serialAt(i)
		if !ok {
			continue
		}
		var found []ID
		for _, id := range own {
			if slices.ContainsFunc(m.x.contractsOf(id), func(c Contract) bool { return serialIs(c.No, n) }) {
				found = append(found, id)
			}
		}
		if len(found) == 1 {
			why := m.why(i, e)
			why.Rule = RuleContract
			return CustomerRef{ID: found[0], Inferred: true, Why: why}
		}
	}
	return CustomerRef{}
}

// serialAt reads at i the number by which a contract is spoken of: 18号合同, 合同021.
func (m *message) serialAt(i int) (n int64, end int, ok bool) {
	if m.used[i] || isDigit(m.at(i-1)) || isChineseDigit(m.at(i-1)) || !isDigit(m.r[i]) {
		return 0, 0, false
	}
	n, e, ok := m.integer(i, 100000)
	if !ok {
		return 0, 0, false
	}
	if k := m.any(e, "号合同", "号的合同", "号那个合同", "号那份合同", "那个合同", "那份合同", "这个合同", "这份合同", "合同"); k > 0 {
		return n, k, true
	}
	if m.before(i, "合同", "合同号", "合同编号") && (m.any(e, "号") > 0 || e-i >= 3) {
		return n, e, true
	}
	return 0, 0, false
}

// serialIs reports that a contract's number ends with the serial n.
func serialIs(no string, n int64) bool {
	tail := contractKey(no)
	k := len(tail)
	for k > 0 && tail[k-1] >= '0' && tail[k-1] <= '9' {
		k--
	}
	if _, serial, ok := strings.Cut(no, "-"); ok {
		tail, k = serial, 0
	}
	v, ok := new(big.Int).SetString(tail[k:], 10)
	return ok && v.IsInt64() && v.Int64() == n
}

// soundRivals finds competitors whose names are written with another character of the same sound: 迈瑞 for 迈锐. One character
// must be right, and the words around must be about a seller.
func (m *message) soundRivals() {
	for i := 0; i+1 < len(m.r); i++ {
		if m.used[i] || !isHan(m.r[i]) {
			continue
		}
		w, _ := m.x.names(string(m.heard[i:min(len(m.heard), i+8)]), func(t *table) nameTable { return t.rivalSounds }, goneCompetitors)
		if w.runes < 2 || !m.free(i, i+w.runes) {
			continue
		}
		j := i + w.runes
		name := m.competitorName(w.keys[0].id)
		if len(idsOf(w.keys)) > 1 || !sharesRune(name, m.r[i:j]) || !m.sellerAt(i, j) {
			continue
		}
		m.rivals = append(m.rivals, rivalHit{i, j, CompetitorRef{ID: w.keys[0].id, Name: name, Why: m.why(i, j)}})
		m.mark(i, j)
		return
	}
}

// sharesRune reports that a name and what is written have a character in common, at the same place.
func sharesRune(name string, written []rune) bool {
	r := []rune(name)
	for k := range min(len(r), len(written)) {
		if r[k] == written[k] {
			return true
		}
	}
	return false
}

// sellerAt reports that what stands from i to j is spoken of as somebody who sells: 迈瑞报了, 用的迈瑞, 迈瑞的发光仪.
func (m *message) sellerAt(i, j int) bool {
	if e, _, _ := m.titleAt(j); e > 0 {
		return false
	}
	k := m.blank(j)
	return k < len(m.r) && (m.used[k] || isDigit(m.r[k])) || m.any(k, "的", "报", "给", "家", "那边", "那套", "那台", "卖", "便宜", "降价", "送", "中标", "抢", "进场", "比我们", "比", "才", "只要", "也来", "也在", "也报", "天天", "同样", "要价", "业务员", "销售", "代表") > 0 ||
		m.before(i, "用", "用的", "用了", "是", "被", "比", "换", "换成", "选", "选了", "买了", "对比", "竞品", "对手")
}

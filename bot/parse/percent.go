package parse

import (
	"math/big"
	"strings"
)

// percentage is a percentage as written. off means "by that much less": 降5个点, 便宜一成.
type percentage struct {
	i, j int
	v    *big.Rat
	fold bool // 折: percent of the price
}

// Number finds the first number of s as a decimal string.
func Number(s string) (string, bool) {
	t := newText(s, true)
	if v, ok := t.wholeFraction(); ok {
		return decimalText(v), true
	}
	for i := 0; i < len(t.r); i++ {
		v, _, ok := t.plainNumber(i)
		if ok {
			return decimalText(v), true
		}
	}
	return "", false
}

// wholeFraction reads 1/2 when it is all there is.
func (t *text) wholeFraction() (*big.Rat, bool) {
	a, ok := t.num(0)
	if !ok || t.at(a.j) != '/' {
		return nil, false
	}
	b, ok := t.num(a.j + 1)
	if !ok || b.j != len(t.r) || b.v.Sign() == 0 {
		return nil, false
	}
	return new(big.Rat).Quo(a.v, b.v), true
}

// plainNumber reads a number at i that is a number to a reader, not the 一 of 一起.
func (t *text) plainNumber(i int) (*big.Rat, int, bool) {
	c := t.at(i)
	if c == '半' && t.at(i+1) != '百' {
		if i > 0 && t.at(i+1) == 0 && len(t.r) > 1 {
			return nil, 0, false
		}
		if t.any(i+1, "打") == len(t.r) {
			return ratInt(6), i + 2, true
		}
		if j := t.any(i+1, "个", "只", "天", "年", "月", "小时", "斤", "箱", "吨"); j > 0 || len(t.r) == 1 {
			return big.NewRat(1, 2), i + 1, true
		}
		return nil, 0, false
	}
	n, ok := t.num(i)
	if !ok || t.notNumber(n) {
		return nil, 0, false
	}
	v, j := n.v, n.j
	if t.at(j) == '又' {
		if f, k, ok := t.fraction(j + 1); ok {
			return add(v, f), k, true
		}
		if a, ok := t.num(j + 1); ok && t.at(a.j) == '/' {
			if b, ok := t.num(a.j + 1); ok && b.v.Sign() > 0 {
				return add(v, new(big.Rat).Quo(a.v, b.v)), b.j, true
			}
		}
	}
	if f, k, ok := t.fraction(i); ok {
		return f, k, true
	}
	if t.at(j) == '个' && t.at(j+1) == '半' {
		return add(v, big.NewRat(1, 2)), j + 2, true
	}
	if t.at(j) == '打' && j+1 == len(t.r) {
		return mul(v, ratInt(12)), j + 1, true
	}
	return v, j, true
}

// fraction reads 二分之一 and 十分一.
func (t *text) fraction(i int) (*big.Rat, int, bool) {
	if t.at(i) == '负' {
		v, j, ok := t.fraction(i + 1)
		if !ok {
			return nil, 0, false
		}
		return v.Neg(v), j, true
	}
	d, ok := t.num(i)
	if !ok || d.v.Sign() <= 0 || t.at(d.j) != '分' {
		return nil, 0, false
	}
	k := t.opt(d.j+1, "之")
	n, ok := t.num(k)
	if !ok || k == d.j+1 && !t.before(i, "又") {
		return nil, 0, false
	}
	return new(big.Rat).Quo(n.v, d.v), n.j, true
}

var notOne = words("切 些 样 起 下 直 定 般 致 旦 边 贯 律 概 经 向 再 时 味 旁 同 并 番 流 会儿 点点 点儿 方面 共 齐 块儿 举 手 路 生 辈子 气 心 带 准 口气 伙 塌糊 塌 如 望 早 清 应 身 体 行人 溜 干 本正 模 会 晃 瞬 刹那 连 连串 系列 概而 目了 意 帆 刀切")

// notNumber tells the numerals inside words: 一切, 统一, 十足, 放肆.
func (t *text) notNumber(n number) bool {
	if n.arabic {
		return false
	}
	if n.j-n.i > 1 {
		return false
	}
	if t.idiom(n.i) || t.idiom(n.i-2) {
		return true
	}
	whole := len(t.r) == 1
	switch t.r[n.i] {
	case '一':
		return t.any(n.j, notOne...) >= 0 || t.before(n.i, "统", "唯", "万", "之", "同", "单", "专", "逐") && t.at(n.i-2) != '分'
	case '十':
		return t.any(n.j, "足", "分", "全十美") >= 0
	case '四', '五', '六', '七', '八', '九', '三', '二', '两':
		return t.any(n.j, "边形", "手", "周边", "面八方") >= 0
	case '零':
		return isHan(t.at(n.j)) && !whole && t.any(n.j, measures...) < 0 && t.at(n.j) != '度' && t.at(n.j) != '元'
	case '俩', '仨': // 俩西瓜, not 他俩
		return !isHan(t.at(n.j)) && !whole || t.before(n.i, "他", "她", "它", "们", "咱", "我", "你", "哥", "姐", "爷", "娘", "兄弟", "姐妹", "夫妻", "母子", "父子")
	case '拾', '肆', '陆', '伍', '叁', '柒', '捌', '玖', '壹', '贰', '幺':
		return !whole
	}
	return false
}

// idiom reports two numerals that each rule one word, as in 三心二意, 七上八下.
func (t *text) idiom(i int) bool {
	odd := func(k int) bool {
		return isHan(t.at(k)) && !isChineseDigit(t.at(k)) && !isUnit(t.at(k)) && t.any(k, measures...) < 0 && !strings.ContainsRune("元块毛角季刻点到至和又加减乘除比成分之", t.at(k))
	}
	return i >= 0 && isChineseDigit(t.at(i)) && odd(i+1) && isChineseDigit(t.at(i+2)) && !isChineseDigit(t.at(i-1)) && (odd(i+3) && !isHan(t.at(i+4)) || t.any(i+4, "的", "地") > 0 && isHan(t.at(i+3)) && !isChineseDigit(t.at(i+3)) && !isUnit(t.at(i+3)) && !strings.ContainsRune("元块毛角季刻点分之天年月日个", t.at(i+3)))
}

// Percent finds the first percentage of s: 30% and 三成 are "30", 九五折 is "95".
func Percent(s string) (string, bool) {
	t := newText(s, true)
	for i := range t.r {
		if p, ok := t.percent(i); ok {
			return decimalText(p.v), true
		}
	}
	for i := range t.r {
		if t.any(i, "一半") > 0 && t.any(i+2, "天", "个") < 0 {
			return "50", true
		}
	}
	return "", false
}

var perParts = []struct {
	word  string
	parts int64
}{{"百分之", 1}, {"千分之", 10}, {"万分之", 100}, {"万万分之", 1e6}, {"十万分之", 1000}, {"百万分之", 1e4}, {"亿分之", 1e6}}

// percent reads a percentage at i.
func (t *text) percent(i int) (percentage, bool) {
	if j := t.any(i, "半成"); j > 0 && t.at(j) != '品' {
		return percentage{i, j, ratInt(5), false}, true
	}
	if j := t.any(i, "百分百", "百分之百"); j > 0 {
		return percentage{i, j, ratInt(100), false}, true
	}
	if j := t.any(i, "对折", "半折", "五折", "半价"); j > 0 {
		return percentage{i, j, ratInt(50), true}, true
	}
	k := i
	neg := false
	if j := t.any(i, "负"); j > 0 {
		k, neg = j, true
	}
	for _, p := range perParts {
		j := t.lit(k, p.word)
		if j < 0 {
			continue
		}
		if t.at(j) == '百' {
			return percentage{i, j + 1, ratInt(100), false}, true
		}
		n, ok := t.num(j)
		if !ok {
			continue
		}
		v := new(big.Rat).Quo(n.v, ratInt(p.parts))
		if neg {
			v.Neg(v)
		}
		return percentage{i, n.j, v, false}, true
	}
	n, ok := t.num(i)
	if !ok {
		return percentage{}, false
	}
	return t.percentAfter(n)
}

// percentAfter reads what makes n a percentage: %, 个百分点, 个点, 成, 折.
func (t *text) percentAfter(n number) (percentage, bool) {
	k := t.blank(n.j)
	if j := t.any(k, "%", "个百分点", "百分点", "个点"); j > 0 {
		if t.lit(k, "个点") == j && n.v.Cmp(ratInt(100)) > 0 {
			return percentage{}, false
		}
		return percentage{n.i, j, n.v, false}, true
	}
	if j := t.any(k, "个半百分点", "个半点"); j > 0 {
		return percentage{n.i, j, add(n.v, big.NewRat(1, 2)), false}, true
	}
	if t.at(k) == '‰' {
		return percentage{n.i, k + 1, new(big.Rat).Quo(n.v, ratInt(10)), false}, true
	}
	if t.at(k) == '成' && n.v.Cmp(ratInt(10)) <= 0 && t.any(k+1, "立", "本", "交", "都", "为", "功", "果", "长", "员", "熟", "分", "品", "套") < 0 {
		v, j := mul(n.v, ratInt(10)), k+1
		switch d := t.at(j); {
		case d == '半':
			v, j = add(v, ratInt(5)), j+1
		case isChineseDigit(d) && t.at(j+1) != '成':
			v, j = add(v, ratInt(digitValues[d])), j+1
		}
		return percentage{n.i, j, v, false}, true
	}
	if t.at(k) == '折' && t.any(k+1, "叠", "腾", "磨", "页", "线", "射", "旧", "弯", "痕") < 0 && n.v.Sign() > 0 {
		v := n.v
		if v.Cmp(ratInt(10)) < 0 {
			v = mul(v, ratInt(10))
		}
		if v.Cmp(ratInt(100)) < 0 || v.Cmp(ratInt(10)) == 0 {
			return percentage{n.i, k + 1, v, true}, true
		}
	}
	return percentage{}, false
}

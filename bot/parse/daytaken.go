package parse

import (
	"slices"
	"strings"
)

// dayAt is the end of a day named at i by a word or a weekday: 明天, 下周五, 12号; -1 for none.
func (m *message) dayAt(i int) int {
	if e := m.any(i, "今天", "明天", "后天", "大后天", "月底", "周末", "明早", "明晚", "今晚"); e > 0 {
		return e
	}
	e := m.opt(i, "下下", "下", "这", "本", "上")
	if k := m.any(e, "个星期", "个礼拜", "星期", "礼拜", "周"); k > 0 && strings.ContainsRune("一二三四五六日天末", m.at(k)) {
		return k + 1
	}
	for k := i; k < i+2 && isDigit(m.at(k)); k++ {
		if j := m.any(k+1, "号"); j > 0 && (i == 0 || !isDigit(m.r[i-1])) {
			return j
		}
	}
	return -1
}

// takenBackDays blanks a day that is taken back at once for another: 我答应他|周四,不,|周五送到.
func (m *message) takenBackDays() {
	if !m.hasRune('不') && !m.hasRune('错') {
		return
	}
	for i := range m.r {
		e := m.dayAt(i)
		if e < 0 {
			continue
		}
		e = m.opt(e, "前", "之前", "上午", "下午")
		k := m.pauses(e)
		j := m.any(k, "不对不对", "不对", "不是", "说错了", "错了", "记错了", "不")
		if k == e || j < 0 {
			continue
		}
		j = m.pauses(j)
		j = m.pauses(m.opt(j, "应该是", "是", "改", "说的是"))
		if m.dayAt(j) < 0 {
			continue
		}
		m.r, m.off = slices.Delete(m.r, i, j), slices.Delete(m.off, i, j)
		return
	}
}

// hasRune reports that a character stands in the message.
func (m *message) hasRune(c rune) bool { return strings.ContainsRune(m.orig, c) }

// pauses is where the blanks and marks at i end.
func (m *message) pauses(i int) int {
	for i < len(m.r) && strings.ContainsRune(" ,.。;…!—-", m.r[i]) {
		i++
	}
	return i
}

// partedDays takes out of a text what only looks like a part of a day: the 本 of 样本|周五寄, the 一 of 这周|一共.
func partedDays(r []rune) {
	for i, c := range r {
		switch {
		case i == 0 || i+1 >= len(r):
		case c == '本' && r[i+1] == '周' && strings.ContainsRune("样文副标版范读课", r[i-1]),
			c == '一' && (r[i+1] == '共' || r[i+1] == '直') && strings.ContainsRune("周拜期", r[i-1]):
			r[i] = '□'
		}
	}
}

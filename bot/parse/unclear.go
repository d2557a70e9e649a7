package parse

import (
	"fmt"
	"strings"
	"time"
)

// findUnclear notes what looks like a day and cannot be one: 2月30日, 13月5日, 2026-02-30, 1897年.
func (m *message) findUnclear(t text) {
	if m.runes.has('月') {
		for i, c := range t.r {
			if c == '月' {
				m.badMonthDay(t, i)
			}
		}
	}
	if m.runes.has('年') {
		m.farYears(t)
	}
	m.badClocks(t)
	m.badWeekdays(t)
	if m.runes.has('-') || m.runes.has('/') || m.runes.has('.') {
		m.badISO(t)
	}
}

func (m *message) unclearAt(i, j int, reason string) {
	if len(m.unclear) < 5 {
		m.unclear = append(m.unclear, Unclear{What: UnclearDate, Frame: -1, Reason: reason, Why: m.why(i, j)})
	}
}

// badMonthDay looks at the numbers around the 月 at i.
func (m *message) badMonthDay(t text, i int) {
	from := i
	for from > 0 && from > i-3 && (isDigit(t.r[from-1]) || isChineseDigit(t.r[from-1]) || t.r[from-1] == '十') {
		from--
	}
	month, e, ok := t.integer(from, 100)
	if !ok || e != i || month < 1 {
		return
	}
	n, e, ok := t.integer(t.blank(i+1), 100)
	if !ok || t.any(e, "日", "号") < 0 {
		return
	}
	switch days := time.Date(2024, time.Month(min(month, 12))+1, 0, 0, 0, 0, 0, time.UTC).Day(); {
	case month > 12:
		m.unclearAt(from, e+1, fmt.Sprintf("没有%d月", month))
	case n < 1 || int(n) > days:
		m.unclearAt(from, e+1, fmt.Sprintf("%d月没有%d号", month, n))
	case month == 2 && n == 29:
		if y, _, ok := m.yearBefore(t, from); ok && time.Date(y, 2, 29, 0, 0, 0, 0, time.UTC).Day() != 29 {
			m.unclearAt(from, e+1, fmt.Sprintf("%d年2月没有29号", y))
		}
	}
}

// badClocks notes an hour behind a day that no day has: 明天25点, 周五13:75.
func (m *message) badClocks(t text) {
	for _, x := range m.times {
		if x.grain != grainDay && x.grain != grainPart {
			continue
		}
		i := t.blank(x.j)
		n, digits, j := t.digits(i)
		if digits == 0 || digits > 2 {
			continue
		}
		switch {
		case t.at(j) == '点' && n > 24 && t.any(j+1, "建议", "意见", "要求", "问题") < 0:
			m.unclearAt(x.i, j+1, fmt.Sprintf("一天没有%d点", n))
		case t.at(j) == ':':
			if minutes, k, e := t.digits(j + 1); k == 2 && (minutes > 59 || n > 24) {
				m.unclearAt(x.i, e, fmt.Sprintf("没有%d:%02d这个时间", n, minutes))
			}
		}
	}
}

// badWeekdays notes 星期八.
func (m *message) badWeekdays(t text) {
	for i := range t.r {
		j := t.any(i, "星期", "礼拜", "下周", "本周", "这周", "上周")
		if j < 0 || !strings.ContainsRune("八九89", t.at(j)) || isDigit(t.at(j+1)) || isChineseDigit(t.at(j+1)) || t.countable(j+1) || t.any(j+1, "点", "号", "月", "折", "成", "个", "家", "月", "百", "千", "万") > 0 {
			continue
		}
		m.unclearAt(i, j+1, "一周没有第"+string(t.at(j))+"天")
	}
}

// yearBefore reads the year that ends at i.
func (m *message) yearBefore(t text, i int) (y, from int, ok bool) {
	if i < 5 || t.r[i-1] != '年' {
		return 0, 0, false
	}
	y, n, e := t.digits(i - 5)
	return y, i - 5, n == 4 && e == i-1
}

// farYears notes years that no business date has, and takes the times in them out.
func (m *message) farYears(t text) {
	for i, c := range t.r {
		if c != '年' {
			continue
		}
		y, from, ok := m.yearBefore(t, i+1)
		if !ok || y > m.now.Year()-60 && y < m.now.Year()+60 {
			continue
		}
		m.unclearAt(from, i+1, fmt.Sprintf("%d年离现在太远", y))
		m.dropTimes(from, i+1)
	}
}

// badISO notes 2026-02-30.
func (m *message) badISO(t text) {
	for i := 0; i < len(t.r); i++ {
		if !isDigit(t.r[i]) || isWord(t.at(i-1)) || t.at(i-1) == '-' {
			continue
		}
		y, n, j := t.digits(i)
		sep := t.at(j)
		if n != 4 || y < 1900 || y > 2200 || sep == 0 || !strings.ContainsRune("-/.", sep) {
			i = max(i, j-1)
			continue
		}
		mon, mn, k := t.digits(j + 1)
		d, dn, e := t.digits(k + 1)
		if t.at(k) != sep || mn < 1 || mn > 2 || dn < 1 || dn > 2 || isWord(t.at(e)) {
			i = j - 1
			continue
		}
		if x := time.Date(y, time.Month(mon), d, 0, 0, 0, 0, time.UTC); mon < 1 || mon > 12 || x.Day() != d {
			m.unclearAt(i, e, "没有这一天")
			m.dropTimes(i, e)
		}
		i = e - 1
	}
}

// dropTimes takes out the times that touch runes i to j.
func (m *message) dropTimes(i, j int) {
	kept := m.times[:0]
	for _, t := range m.times {
		if t.i >= j || t.j <= i {
			kept = append(kept, t)
		}
	}
	m.times = kept
}

// placed gives what is unclear the frame it stands in.
func placed(unclear []Unclear, frames []Frame) []Unclear {
	for k := range unclear {
		u := &unclear[k]
		for n, f := range frames {
			if u.Why.Start >= f.Why.Start && u.Why.End <= f.Why.End {
				u.Frame = n
				break
			}
		}
	}
	return unclear
}

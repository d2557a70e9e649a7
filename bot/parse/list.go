package parse

import (
	"slices"
	"strings"
)

// listForms are how people number what they list, by what stands before the number and behind it. Each needs a pause before
// it, save those in brackets.
var listForms = []struct{ open, shut string }{{"(", ")"}, {"", "、.,)"}, {"第", "点条件项,"}}

// listMarks blanks the numbers of a list, as in (1)3月18日前寄样;(2)…, and the words that say how many follow, as in 约定两点:.
// What is numbered without a pause is left to numbered.
func (m *message) listMarks() {
	if !strings.ContainsAny(m.orig, "12一二①②１２") {
		return
	}
	for _, f := range listForms {
		at := m.listAt(f.open, f.shut)
		if len(at) < 2 {
			continue
		}
		m.listHead(at[0][0])
		for _, p := range at {
			for k := p[0]; k < p[1]; k++ {
				m.r[k] = ' '
			}
			m.r[p[0]] = ','
		}
		return
	}
}

// fractions blanks the numbers of messages sent in parts: 1/3 今天去了…2/3….
func (m *message) fractions() {
	i := m.blank(0)
	if m.at(i) != '1' || m.at(i+1) != '/' || !isDigit(m.at(i+2)) || isDigit(m.at(i+3)) {
		return
	}
	of := m.at(i + 2)
	var at []int
	for k, want := i, '1'; k+2 < len(m.r); k++ {
		if m.r[k] == want && m.at(k+1) == '/' && m.at(k+2) == of && !isDigit(m.at(k+3)) {
			at, want = append(at, k), want+1
		}
	}
	if len(at) < 2 {
		return
	}
	for _, k := range at {
		m.r[k], m.r[k+1], m.r[k+2] = ',', ' ', ' '
	}
}

// listAt finds the numbers from 1 on, in their order and with something between them, written in one way.
func (m *message) listAt(open, shut string) [][2]int {
	const han = "一二三四五六七八九"
	for _, digits := range []string{"123456789", han} {
		var at [][2]int
		want := []rune(digits)
		for i := 0; i+2 < len(m.r) && len(at) < len(want); i++ {
			k := m.lit(i, open)
			if open == "" {
				k = i
			}
			if k < 0 || m.at(k) != want[len(at)] || !strings.ContainsRune(shut, m.at(k+1)) || m.at(k+1) == '.' && isDigit(m.at(k+2)) {
				continue
			}
			if open != "(" && i > 0 && !strings.ContainsRune(" :,;。\n", m.r[i-1]) || open == "第" && m.at(k+1) != ',' && m.at(k+2) != ',' && m.at(k+2) != ':' && m.at(k+2) != '是' {
				continue
			}
			if n := len(at); n > 0 && i-at[n-1][1] < 3 {
				return nil // 1、2、3号机
			}
			end := k + 2
			if open == "第" && m.at(k+1) != ',' {
				end = k + 3
			}
			at = append(at, [2]int{i, end})
			i = end - 1
		}
		if len(at) >= 2 {
			return at
		}
	}
	return nil
}

// listHead blanks how many follow right before a list, so that the 两点 of 约定两点 is no hour.
func (m *message) listHead(i int) {
	for i > 0 && strings.ContainsRune(" :,", m.r[i-1]) {
		i--
	}
	k := i - 1
	for k > 0 && strings.ContainsRune("下", m.r[k]) && m.before(k, "如", "以") {
		k -= 2
	}
	if k > 0 && m.r[k] == '点' && (strings.ContainsRune("一两二三四五六七八九几", m.r[k-1]) || isDigit(m.r[k-1])) {
		m.r[k-1], m.r[k] = ' ', ' '
	}
}

// asides blanks what is said to the bot at the end of a message: 你给我记上.
func (m *message) asides() {
	m.takenBackDays()
	for i := range m.r {
		j := m.any(i, "你给我记上", "你给我记一下", "你给我记下", "给我记上", "给我记一下", "给我记下来", "帮我记上", "帮我记一下", "帮我记下", "帮我记下来", "你帮我记", "你记一下", "你记上", "麻烦记一下", "帮忙记一下", "你给记上", "给记一下", "记录一下", "你帮我录一下", "帮我录一下", "录一下")
		if j > 0 && (j == len(m.r) || m.blank(j) == len(m.r) || strings.ContainsRune(",。!;", m.r[j])) && i > 4 {
			for k := i; k < j; k++ {
				m.r[k] = ' '
			}
		}
	}
}

// itemUnits are what makes a number before them a number of something and no item of a list.
var itemUnits = slices.Concat(goods, words("号 月 日 点 年 个 天 周 万 千 百 元 块 折 成 楼 室 层 期 次 批 车 家 人 位 分 小 时 季 线 店 院 中 比 种 项 条 岁 班 级 校 区 度 档 组 封 笔 趟 回 倍 半"))

// spaced blanks the numbers of a list that are written right before their items, each behind a pause: 1周三前补发票 2月底前换掉坏灯.
func (m *message) spaced() {
	var at []int
	for i := 0; i+2 < len(m.r) && len(at) < 9; i++ {
		if m.r[i] != rune('1'+len(at)) || !isHan(m.r[i+1]) || i > 0 && !strings.ContainsRune(" :,;。\n", m.r[i-1]) {
			continue
		}
		if m.any(i+1, itemUnits...) > 0 && m.any(i+1, "周一", "周二", "周三", "周四", "周五", "周六", "周日", "周末", "把", "年前", "年后", "年底") < 0 && !(len(at) > 0 && m.any(i+1, "月底", "月初", "月中", "月末") > 0) {
			continue
		}
		at = append(at, i)
	}
	if len(at) < 2 {
		return
	}
	for _, i := range at {
		m.r[i] = ','
	}
}

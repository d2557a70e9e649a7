package parse

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// sameTitle are the registered titles of those who are spoken of by another one.
var sameTitle = map[string][]string{
	"老总":  {"总经理", "董事长", "总裁", "老板"},
	"大老板": {"老板", "总经理", "董事长"},
}

// latinName is the end of a name in Latin letters at i: Kevin; -1 for none.
func (m *message) latinName(i, to int) int {
	e := i
	for e < to && isLetter(m.at(e)) && m.free(e, e+1) {
		e++
	}
	if n := e - i; n < 2 || n > 12 || isWord(m.at(e)) || isWord(m.at(i-1)) || m.at(i) < 'A' || m.at(i) > 'Z' || m.at(i+1) < 'a' {
		return -1
	}
	return e
}

// titleEnds guards the one-character titles: 王总, not 王总结; 刘工, not 刘工厂.
func (m *message) titleEnds(i, j int) bool {
	switch m.r[i] {
	case '总':
		return m.any(j, "结", "价", "部", "共", "额", "体", "是说", "数", "量", "店", "算", "包", "承包", "成本", "金额") < 0
	case '工':
		return m.any(j, "厂", "业", "作", "具", "程", "人", "地", "期", "商", "资", "艺", "段", "单", "车间", "会", "伤", "种") < 0
	case '生': // 韦生 is 韦先生 in Cantonese only
		return i > 0 && isSurname(m.r[i-1]) && !strings.ContainsRune("学师花产发养卫安", m.r[i-1]) && strings.ContainsAny(m.orig, cantonese) &&
			(j >= len(m.r) || m.any(j, "说", "讲", "话", "倾", "要", "想", "是", "系", "那", "叫", "问", "同", "嫌", "应", "催", ",", " ", "话") > 0)
	case '董':
		return m.any(j, "事") < 0
	case '姐', '哥', '叔', '姨':
		return true
	}
	return m.at(j) == 0 || m.any(j, "说", "那", "要", "想", "让", ",", "的", " ", "在", "看", "问", "催", "觉", "嫌", "反", "答", "告") > 0 && !m.used[j]
}

// titleAt reads a title; 主仁 is a 主任 misheard.
func (m *message) titleAt(i int) (j int, title string, typo bool) {
	if i >= len(m.r) {
		return -1, "", false
	}
	if w := m.titleWord(i); w != "" {
		j = i + utf8.RuneCountInString(w)
		if w == "主仁" || w == "主人" {
			return j, "主任", true
		}
		return j, w, false
	}
	if i+2 <= len(m.r) && m.allHan(i, i+2) && titleSounds()[m.heard[i]] {
		if w, ok := titleOf()[string(m.heard[i:i+2])]; ok {
			return i + 2, w, true
		}
	}
	return -1, "", false
}

// titleWord is the title that is written at i, "" for none.
func (m *message) titleWord(i int) string {
	if !titleStarts.has(m.r[i]) {
		return ""
	}
	for _, w := range titles {
		if j := m.lit(i, w); j > 0 && (j-i > 1 || m.titleEnds(i, j)) {
			return w
		}
	}
	return ""
}

// titleOf finds a title by its sound.
var titleOf = sync.OnceValue(func() map[string]string {
	of := map[string]string{}
	for _, w := range []string{"主任", "科长", "院长", "经理", "校长", "店长", "园长", "主管", "厂长", "老板", "处长", "部长", "总监", "所长"} {
		of[sound(w)] = w
		if head, ok := strings.CutSuffix(w, "长"); ok { // 秦科常: the other sound of 长
			of[sound(head+"常")] = w
		}
	}
	return of
})

// titleSounds are the sounds of the first characters of those.
var titleSounds = sync.OnceValue(func() map[rune]bool {
	first := map[rune]bool{}
	for w := range titleOf() {
		c, _ := utf8.DecodeRuneInString(w)
		first[c] = true
	}
	return first
})

var titleStarts = firstRunes(titles...)

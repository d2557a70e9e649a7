package parse

import (
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Suggest finds the known command that a word stands for: itself, its pinyin or pinyin initials (bf for 拜访), the same
// sound (败访), or one slip. ok is false when nothing or more than one thing is as near. A leading slash is ignored.
func Suggest(word string, known []string) (best string, ok bool) {
	word = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(string(newText(word, true).r), "/")))
	if word == "" || utf8.RuneCountInString(word) > 20 {
		return "", false
	}
	latin := isWord([]rune(word)[0])
	tests := []func(string) bool{
		func(k string) bool { return strings.EqualFold(k, word) },
		func(k string) bool { return latin && initials(k) == word },
		func(k string) bool { return latin && spelled(k) == word },
		func(k string) bool { return !latin && sound(k) == sound(word) },
		func(k string) bool { return near(k, word, latin) },
	}
	for _, fits := range tests {
		n := 0
		for _, k := range known {
			if fits(k) {
				best = k
				n++
			}
		}
		if n == 1 {
			return best, true
		}
		if n > 1 {
			return "", false
		}
	}
	return "", false
}

// near allows one slip in words of two or more characters, two in long pinyin.
func near(known, word string, latin bool) bool {
	if latin {
		p := spelled(known)
		return len(word) >= 4 && levenshtein.ComputeDistance(p, word) <= 1+len(p)/8
	}
	n := utf8.RuneCountInString(known)
	d := levenshtein.ComputeDistance(known, word)
	return n >= 2 && d == 1 && utf8.RuneCountInString(word) >= 2
}

// stageNames are the stages as people write them, the standard five first.
var stageNames = []struct {
	stage Stage
	names []string
}{
	{StageContact, words("初步接触 初次接触 接触阶段 接触")},
	{StageNeed, words("需求确认 需求诊断 需求调研 需求阶段 需求")},
	{StageProposal, words("方案提交 方案报价 提交方案 方案阶段 方案 报价")},
	{StageNegotiation, words("价格谈判 商务谈判 谈判阶段 谈判 议价")},
	{StageSigning, words("合同签署 签合同 合同签订 合同阶段 签署 签约")},
	{StageWon, words("赢单 成交 中标 已赢 赢了 拿下")},
	{StageLost, words("输单 丢单 失单 已输 输了 丢了 放弃")},
	{StageLead, words("线索")},
}

// StageName reads the name of a stage anywhere in s.
func StageName(s string) (StageRef, bool) {
	t := newText(s, false)
	best, size := StageRef{}, 0
	for i := range t.r {
		for _, n := range stageNames {
			for _, w := range n.names {
				if j := t.lit(i, w); j-i > size {
					best, size = StageRef{n.stage, t.why(i, j)}, j-i
				}
			}
		}
	}
	return best, size > 0
}

// Name is the stage's Chinese name.
func (s Stage) Name() string {
	for _, n := range stageNames {
		if n.stage == s {
			return n.names[0]
		}
	}
	return ""
}

package handlers

import (
	"strconv"
	"strings"

	"salesflow/bot/parse"
)

// punctuation is what people put around an answer, of both widths.
const punctuation = " \t\n,，.。;；:：、!！?？~～…\"“”'‘’"

// bare is an answer without the blanks and the punctuation around it.
func bare(s string) string { return strings.Trim(s, punctuation) }

// isSeparator reports whether people part words of a list with r.
func isSeparator(r rune) bool { return strings.ContainsRune(" \t\n,，、;；", r) }

// cutWord splits a text at its first separator: "孙静，我看不准" is 孙静 and the rest.
func cutWord(s string) (word, rest string) {
	s = strings.TrimFunc(s, isSeparator)
	i := strings.IndexFunc(s, isSeparator)
	if i < 0 {
		return s, ""
	}
	return s[:i], strings.TrimLeftFunc(s[i:], isSeparator)
}

// ordinal is the number of the entry of a list that a person means: "2", "２", "第 2 个。", "第二条"; 0 when it is none.
func ordinal(s string) int {
	s = bare(s)
	if rest, ok := strings.CutPrefix(s, "第"); ok {
		s = bare(rest)
	}
	s = bare(strings.TrimRight(s, "个条件家位单份项"))
	if s == "" || strings.Trim(s, "0123456789０１２３４５６７８９一二两三四五六七八九十") != "" {
		return 0
	}
	number, ok := parse.Number(s)
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 0 {
		return 0
	}
	return n
}

// saidNothing reports whether an answer says that there is nothing to say.
func saidNothing(s string) bool {
	switch bare(s) {
	case "跳过", "不知道", "没定", "说不准", "还没定", "无":
		return true
	}
	return false
}

// isNo and isYes read the short answers people give to a question.
func isNo(s string) bool {
	switch bare(s) {
	case "不", "不是", "不要", "不用", "否", "算了", "取消", "no", "n", "N", "都不是", "没有", "不了", "不记了", "不用了":
		return true
	}
	return false
}

// isDrop reports whether a text wants nothing of what is being filed any more, whatever was asked.
func isDrop(s string) bool {
	switch bare(s) {
	case "算了", "算了吧", "不记了", "不报了", "取消", "别记了":
		return true
	}
	return false
}

func isYes(s string) bool {
	switch bare(s) {
	case "是", "是的", "对", "对的", "好", "好的", "嗯", "可以", "确认", "确定", "yes", "y", "Y", "ok", "OK", "行", "就是":
		return true
	}
	return false
}

package handlers

import (
	"regexp"
	"strings"
	"time"

	"salesflow/bot/parse"
	"salesflow/store/sales"
)

var (
	reSpanWord  = regexp.MustCompile(`^(?:过)?(?:[0-9]{1,4}|[零一二两三四五六七八九十半]{1,3})(?:个)?(?:半)?(?:分钟|小时|钟头|天|日|周|星期|礼拜|月)(?:以?后)?$`)
	reUntilLead = regexp.MustCompile(`^(?:到|至|等到|推到|停到)`)
	reUntilTail = regexp.MustCompile(`(?:再提醒(?:我)?|再说|为止|再催|再推)$`)
)

// cutUntil takes a moment from the end of what was said: 3小时, 到明天上午9点, 周五. A day without an hour is its start of work. ok is
// false when it ends with none; rest is the text before it.
func cutUntil(book *Book, text string, now time.Time, work sales.ClockTime) (until time.Time, rest string, ok bool) {
	text = strings.TrimSpace(reUntilTail.ReplaceAllString(strings.TrimSpace(text), ""))
	words := strings.Fields(text)
	for n := min(len(words), 3); n > 0; n-- { // 3月20日 上午 9点 is one moment
		at := len(words) - n
		said := reUntilLead.ReplaceAllString(strings.Join(words[at:], ""), "")
		if until, ok = readUntil(book, said, words[at], now, work); ok {
			if at > 0 && reUntilLead.ReplaceAllString(words[at-1], "") == "" { // 到 明天
				at--
			}
			return until, strings.Join(words[:at], " "), true
		}
	}
	return time.Time{}, text, false
}

// readUntil reads a moment or a length of time that is the whole of what was said; first is its first word.
func readUntil(book *Book, said, first string, now time.Time, work sales.ClockTime) (time.Time, bool) {
	if reSpanWord.MatchString(said) {
		seconds, ok := parse.Duration(said)
		return now.Add(time.Duration(seconds) * time.Second), ok && seconds > 0 && seconds < 400*86400
	}
	if whenIn(book, reUntilLead.ReplaceAllString(first, ""), now).IsZero() {
		return time.Time{}, false
	}
	w := whenIn(book, said, now)
	if w.IsZero() {
		return time.Time{}, false
	}
	if !reClock.MatchString(said) {
		return sales.DayOf(w.Start).At(work.Hour, work.Minute), true
	}
	return w.Start, true
}

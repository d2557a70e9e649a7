package handlers

import (
	"regexp"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// awayWords is what a text says of an absence.
type awayWords struct {
	from, until  time.Time // until is the first moment back
	place, notes string
	deputy       sales.PersonID
	// unknown is a deputy's name that nobody has, self that it is the person's own.
	unknown string
	self    bool
}

var (
	reDeputy = regexp.MustCompile(`(?:[,，]?(?:有|急)(?:急|什么|要紧)?事[情儿]?(?:的话)?(?:就|请|可以|都)?)?(?:代理|代班|交给|找|联系)(?:人)?(?:是|[:：])?\s*([\p{Han}A-Za-z]{2,8})`)
	// reStandsIn is the deputy named first: 李强代理.
	reStandsIn = regexp.MustCompile(`(?:^|[,，;；\s由])([\p{Han}]{2,4}?)(?:来)?(?:代理|代班|顶班)`)
	reUntil    = regexp.MustCompile(`\s*(?:到|至|~|—|-|－)\s*`)
	// reOneDate is one day of a month, and nothing that says how long.
	reOneDate = regexp.MustCompile(`^(?:\d{1,2}月)?\d{1,2}[日号](?:[^\d到至~天周半]*)$`)
	reDays    = regexp.MustCompile(`(半|[一二两三四五六七八九十]{1,3}|\d{1,3})\s*天`)
)

// readAway reads when somebody is away: 明天到周五, 明天下午, 3月12日到15日, 三天.
func readAway(t bot.Turn, book *Book, text string) (awayWords, bool) {
	var w awayWords
	now := t.Now.In(sales.Shanghai)
	if m := reStandsIn.FindStringSubmatch(text); m != nil {
		if list := t.Org.ByName(m[1]); len(list) == 1 && list[0].ID != t.Person.ID {
			w.deputy, text = list[0].ID, strings.Replace(text, m[0], " ", 1)
		}
	}
	if m := reDeputy.FindStringSubmatch(text); m != nil && w.deputy == 0 {
		for n := len([]rune(m[1])); n >= 2; n-- { // 代理李强谢谢: the name is the longest that somebody has
			if list := t.Org.ByName(string([]rune(m[1])[:n])); len(list) == 1 && list[0].ID != t.Person.ID {
				w.deputy = list[0].ID
				text = strings.Replace(text, m[0][:strings.Index(m[0], m[1])]+list[0].Name, " ", 1)
				break
			}
		}
		if w.self = w.deputy == 0 && strings.HasPrefix(m[1], t.Person.Name); w.self {
			text = strings.Replace(text, m[0], " ", 1)
		} else if w.deputy == 0 {
			w.unknown, text = m[1], strings.Replace(text, m[0], " ", 1)
		}
	}
	parser := book.Parser
	if m := reTillOnly.FindStringSubmatch(bare(text)); m != nil { // 请假到周五: from today
		to, ok := parse.Date(m[1], now, parse.TenseFuture, parser.Calendar)
		if !ok {
			return w, false
		}
		w.from, w.until = sales.DayOf(now).Start(), sales.DayOf(to.Start).AddDays(1).Start()
		w.halves("", partOf[rePartOut.FindString(m[1])], sales.DayOf(to.Start))
		return w, true
	}
	for _, f := range parser.Parse(parse.Input{Text: t.Command + " " + text, Now: now, User: parse.ID(t.Person.ID)}).Frames {
		if l := f.Leave; l != nil && !l.From.IsZero() && !l.To.IsZero() && saysWhen(parser, text, now) {
			if reOneDate.MatchString(bare(text)) { // the 8日 of 4月8日 is no eight days
				l.To = l.From
			}
			w.from, w.until = l.From, l.To.AddDate(0, 0, 1)
			w.halves(string(l.FromPart), string(l.ToPart), sales.DayOf(l.To))
			w.place, w.notes = l.Place, l.Reason
			var own awayWords
			if w.place == "" && w.notes == "" && own.read(parser, text, now) { // 杭州 without 去
				w.notes = own.notes
			}
			return w, true
		}
	}
	return w, w.read(parser, text, now)
}

// halves narrows an absence to the afternoon of its first day and the morning of its last.
func (w *awayWords) halves(first, last string, end sales.Day) {
	if first == sales.PartAfternoon {
		w.from = sales.DayOf(w.from).At(12, 0)
	}
	if last == sales.PartMorning {
		w.until = end.At(12, 0)
	}
}

func (w *awayWords) read(p parse.Parser, text string, now time.Time) bool {
	left, right, span := strings.TrimSpace(text), "", reUntil.FindStringIndex(text)
	if span != nil {
		left, right = strings.TrimSpace(text[:span[0]]), strings.TrimSpace(text[span[1]:])
	}
	from, ok := parse.Date(left, now, parse.TenseFuture, p.Calendar)
	first := sales.DayOf(now)
	rest := left
	if ok {
		first, rest = sales.DayOf(from.Start), strings.Replace(left, from.Why.Text, " ", 1)
	}
	last := first
	days := reDays.FindStringSubmatch(text)
	switch {
	case right != "":
		to, okTo := parse.Date(right, now, parse.TenseFuture, p.Calendar)
		if !okTo {
			return false
		}
		if last = sales.DayOf(to.Start); last.Before(first) && first.Sub(last) < 7 {
			last = last.AddDays(7) // 周五到周二
		} else if last.Before(first) {
			last = sales.NewDay(first.Year(), monthOf(first), dayOf(last))
		}
		rest += " " + strings.Replace(right, to.Why.Text, " ", 1)
	case days != nil && days[1] != "半":
		n := ordinal(days[1])
		if n < 1 || n > 366 {
			return false
		}
		last, rest = first.AddDays(n-1), strings.Replace(rest, days[0], " ", 1)
	case !ok && days == nil:
		return false
	}
	if last.Before(first) {
		return false
	}
	w.from, w.until = first.Start(), last.AddDays(1).Start()
	part := rePartOut.FindString(left)
	if right == "" {
		w.halves(partOf[part], partOf[part], last)
	} else {
		w.halves(partOf[part], partOf[rePartOut.FindString(right)], last)
	}
	rest = reDays.ReplaceAllString(rePartOut.ReplaceAllString(rest, " "), " ")
	w.notes = cutRunes(bare(strings.Join(strings.Fields(rest), " ")), 60)
	return true
}

func monthOf(d sales.Day) time.Month {
	_, m, _ := d.Date()
	return m
}

func dayOf(d sales.Day) int {
	_, _, n := d.Date()
	return n
}

// saysWhen reports whether a text names a day or a stretch of days: without one nobody is taken to be away today.
func saysWhen(p parse.Parser, text string, now time.Time) bool {
	if _, ok := parse.Date(text, now, parse.TenseFuture, p.Calendar); ok {
		return true
	}
	_, ok := parse.Period(text, now, parse.TenseFuture, p.Calendar)
	return ok || reDays.MatchString(text)
}

package handlers

import (
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// unclearNote says which words look like a value and cannot be one, and what to do; empty when there are none. open is
// true when the date can still be said by 修改; day is one that may be.
func unclearNote(list []parse.Unclear, open bool, day sales.Day) string {
	parts := unclearWords(list)
	switch {
	case len(parts) == 0:
		return ""
	case open:
		_, month, n := day.Date()
		return strings.Join(parts, ";") + "。补日期发:修改 日期改到" + strconv.Itoa(int(month)) + "月" + strconv.Itoa(n) + "日。"
	}
	return strings.Join(parts, ";") + ",没有记。要记就撤销,说对了再发一次。"
}

// unclearWords are the first of what is unclear, each with its reason.
func unclearWords(list []parse.Unclear) []string {
	var out []string
	for _, u := range list[:min(len(list), 3)] {
		out = append(out, quoted(strings.TrimSpace(u.Why.Text), "有处")+"没看懂,"+u.Reason)
	}
	return out
}

// withUnclear puts the note on the first card or text of a reply, so that nobody believes that something was recorded
// which cannot be.
func withUnclear(t bot.Turn, reply bot.Reply, res parse.Result) bot.Reply {
	if len(res.Unclear) == 0 {
		return reply
	}
	open := false
	for _, f := range res.Frames {
		for _, p := range f.Promises {
			open = open || p.Due.IsZero()
		}
	}
	return withNote(t, reply, unclearNote(res.Unclear, open && res.Unclear[0].What == parse.UnclearDate, t.Today.AddDays(2)))
}

// withNote puts a note on the first card or text of a reply for whoever wrote.
func withNote(t bot.Turn, reply bot.Reply, note string) bot.Reply {
	if note == "" {
		return reply
	}
	for i := range reply.Say {
		s := &reply.Say[i]
		switch {
		case len(s.To) > 0 || s.Chat != nil || s.Push:
		case s.Out.Card != nil:
			c := *s.Out.Card
			c.Note = note + c.Note
			s.Out.Card = &c
			return reply
		case s.Out.Text != "":
			s.Out.Text = note + "\n" + s.Out.Text
			return reply
		}
	}
	return reply.And(bot.Text(note))
}

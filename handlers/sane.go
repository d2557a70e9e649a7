package handlers

import (
	"regexp"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// Bounds of what a message about a customer may tell; more, or less than nothing, is a slip.
const (
	// maxDealt is what no price, budget or contract of a customer reaches.
	maxDealt = 100 * sales.Yi
	// maxSpent is what no expense exceeds.
	maxSpent = 100 * sales.Wan
	// maxSampled is how many pieces of a sample are asked for at most, maxTaught how many people a training has.
	maxSampled, maxTaught = 9999, 9999
	// maxPromised is how many days ahead something is promised at most.
	maxPromised = 5 * 366
	// maxFiledBack is how many days back what happened may lie.
	maxFiledBack = 31
)

// sane takes out of a message's facts what cannot be, and keeps what is to be said of it in odd: nobody shall believe that
// it was recorded.
func (f *facts) sane(t bot.Turn, cal parse.Calendar) {
	f.amounts = slices.DeleteFunc(slices.Clone(f.amounts), func(a parse.Amount) bool {
		why := oddAmount(a, f.words())
		if why != "" && !a.Inferred {
			f.odd = append(f.odd, quoted(strings.TrimSpace(a.Why.Text), "金额")+why+",没有记")
		}
		return why != ""
	})
	promises := slices.Clone(f.promises)
	for i, p := range promises {
		if !p.Due.IsZero() && sales.DayOf(p.Due.Start).Sub(t.Today) > maxPromised {
			f.odd = append(f.odd, quoted(strings.TrimSpace(p.Due.Why.Text), "日期")+"太远了,日期没有记")
			promises[i].Due = parse.When{}
		}
	}
	f.promises = promises
	f.oddDay(t, cal)
}

// oddAmount says why an amount cannot be meant; empty when it can.
func oddAmount(a parse.Amount, words string) string {
	least := a.Value
	if !a.Exact() {
		least = max(a.Min, a.Max)
	}
	switch {
	case negated(words, a.Why.Text):
		return "小于 0"
	case a.Exact() && a.Value <= 0:
		return "不是价钱"
	case least >= int64(maxDealt):
		return "太大了,看看是不是多打了"
	}
	return ""
}

// reMinus ends with a sign that makes the figure behind it less than nothing; the one of a range stands behind a figure.
var reMinus = regexp.MustCompile(`(?:^|[^0-9０-９A-Za-z])[-－负]\s*$`)

// negated reports whether a figure stands behind a minus sign.
func negated(words, figure string) bool {
	figure = strings.TrimSpace(figure)
	at := strings.IndexAny(figure, "0123456789０１２３４５６７８９一二两三四五六七八九十")
	if at < 0 {
		return false
	}
	if reMinus.MatchString(figure[:at]) {
		return true
	}
	i := strings.Index(words, figure)
	return i >= 0 && reMinus.MatchString(words[:i+at])
}

// rePast stands behind a day on which something has happened.
var rePast = regexp.MustCompile(`^.{0,6}(?:见的|见了|去的|去了|聊的|聊了|来的|拜访的|拜访了|到的|谈的|谈了|跑的|跑了|培训的|培训了)`)

// oddDay notes a day on which what is told cannot have been, or that lies too far back: then it is filed as of today.
func (f *facts) oddDay(t bot.Turn, cal parse.Calendar) {
	words := f.words()
	if !f.when.IsZero() {
		day := sales.DayOf(f.when.Start)
		said := quoted(strings.TrimSpace(f.when.Why.Text), "那天")
		switch {
		case len(f.promises) > 0 && day.After(t.Today), f.happensLater():
		case day.After(t.Today):
			f.odd = append(f.odd, said+"还没到,按今天记的;排以后的发 计划")
		case t.Today.Sub(day) > maxFiledBack:
			f.odd = append(f.odd, said+"不在最近 31 天里,按今天记的")
		}
		return
	}
	w, ok := parse.Date(words, t.Now.In(sales.Shanghai), parse.TenseUnknown, cal)
	if !ok || !sales.DayOf(w.Start).After(t.Today) || w.Why.End > len(words) || !rePast.MatchString(words[w.Why.End:]) {
		return
	}
	f.odd = append(f.odd, quoted(strings.TrimSpace(w.Why.Text), "那天")+"还没到,按今天记的;排以后的发 计划")
}

// happensLater reports facts whose day is that of something to come, or of money.
func (f facts) happensLater() bool {
	return slices.ContainsFunc(f.frames, func(g parse.Frame) bool { return g.Kind == parse.KindPayment || g.Kind == parse.KindPromise })
}

// oddNote is what is to be said of what cannot be.
func oddNote(groups []facts) string {
	var out []string
	for _, f := range groups {
		for _, s := range f.odd {
			if !slices.Contains(out, s) && len(out) < 3 {
				out = append(out, s)
			}
		}
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, ";") + "。"
}

var (
	// reCounted is a count of things with what stands before it.
	reCounted = regexp.MustCompile(`([-－负]?)\s*(\d+(?:\.\d+)?|[零〇])\s*(?:台|盒|支|套|箱|瓶|件|只|桶|包|把|盏|份|袋|个(?:样|月)?|公斤|kg|斤)`)
	reHeads   = regexp.MustCompile(`([-－负]?)\s*(\d+)\s*(?:个)?(?:人|位|名)`)
)

// oddCount is the words of a count that cannot be: none, less than none, or more than most; empty where there is none such.
func oddCount(re *regexp.Regexp, text string, most int) string {
	for _, m := range re.FindAllStringSubmatch(text, 4) {
		if strings.HasSuffix(m[0], "个月") {
			continue
		}
		n, ok := parse.Number(m[2])
		whole, _, _ := strings.Cut(n, ".")
		zero := ok && strings.Trim(n, "0.") == ""
		if m[1] != "" || zero || m[2] == "零" || m[2] == "〇" || len(strings.TrimLeft(whole, "0")) > len("9999") || ordinal(whole) > most {
			return strings.TrimSpace(m[0])
		}
	}
	return ""
}

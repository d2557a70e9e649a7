package handlers

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

var (
	reWorkNo     = regexp.MustCompile(`^(?i)gd-?(\d{4})-(\d{1,6})(?:[^\d]|$)`)
	reWorkShort  = regexp.MustCompile(`^(?i)gd(\d{1,4})(?:[^\d-]|$)`)
	reWorkMargin = regexp.MustCompile(`毛利率?\s*(?:约|为|是|[:：])?\s*(\d{1,2}(?:\.\d{1,2})?)\s*[%％]`)
	reWorkUrgent = regexp.MustCompile(`不加急|不急|特急|加急|急单`)
)

// cutWorkNo splits "GD2026-018 公差 ±0.02" into a work order's number and the rest. GD18 is one of this year.
func cutWorkNo(args string, today sales.Day) (no, rest string) {
	args = strings.TrimSpace(narrow(args))
	trim := func(s string) string { return strings.Trim(s, " \n\t,，:：、·") }
	if m := reWorkNo.FindStringSubmatchIndex(args); m != nil {
		year, _ := strconv.Atoi(args[m[2]:m[3]])
		n, _ := strconv.ParseInt(args[m[4]:m[5]], 10, 64)
		return cashNo("GD", year, n), trim(args[m[5]:])
	}
	if m := reWorkShort.FindStringSubmatchIndex(args); m != nil {
		n, _ := strconv.ParseInt(args[m[2]:m[3]], 10, 64)
		return cashNo("GD", today.Year(), n), trim(args[m[3]:])
	}
	return "", strings.TrimSpace(args)
}

// workWords are what a message says of a work order.
type workWords struct {
	pairs  []sales.WorkValue // by the names of the fields
	head   string            // what stands before them
	margin sales.Percent     // -1: not said
	urgent *bool
}

// readWork reads fields by their names, margin and urgency. Loose lets a value follow a name at once, as people type in
// an answer: 包装木箱; strict wants something between, since customers' names hold such words.
func readWork(f sales.WorkFamily, text string, loose bool) workWords {
	w := workWords{margin: -1}
	text = narrow(text)
	if m := reWorkMargin.FindStringSubmatchIndex(text); m != nil {
		if v, err := strconv.ParseFloat(text[m[2]:m[3]], 64); err == nil {
			w.margin = sales.Percent(v*100 + 0.5)
			text = text[:m[0]] + " " + text[m[1]:]
		}
	}
	if m := reWorkUrgent.FindStringIndex(text); m != nil {
		urgent := !strings.HasPrefix(text[m[0]:m[1]], "不")
		w.urgent = &urgent
		text = text[:m[0]] + " " + text[m[1]:]
	}
	type place struct {
		from, to int
		name     string
	}
	var places []place
	for i := 0; i < len(text); {
		if name, n := fieldAt(f, text, i, loose); n > 0 {
			places = append(places, place{i, i + n, name})
			i += n
			continue
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		i += n
	}
	w.head = bare(text)
	if len(places) == 0 {
		return w
	}
	w.head = bare(text[:places[0].from])
	for i := 0; i < len(places); i++ {
		p := places[i]
		value := func(next int) string {
			end := len(text)
			if next < len(places) {
				end = places[next].from
			}
			v := strings.TrimLeft(text[p.to:end], " :：=为是\t")
			return strings.Trim(v, " \n\t,，、;；。")
		}
		v := value(i + 1)
		if v == "" && i+1 < len(places) { // 用途 包装机械: the next name is what this one says
			v = value(i + 2)
			i++
		}
		w.pairs = append(w.pairs, sales.WorkValue{Field: p.name, Value: v})
	}
	return w
}

// fieldAt is the field whose name or alias stands at a place of a text, and how many bytes it takes; 0 for none.
func fieldAt(f sales.WorkFamily, text string, at int, loose bool) (string, int) {
	if before, _ := utf8.DecodeLastRuneInString(text[:at]); at > 0 && !isBreak(before) {
		return "", 0
	}
	best, length := "", 0
	for _, x := range f.Fields {
		for _, name := range append([]string{x.Name}, x.Aliases...) {
			if len(name) <= length || !strings.HasPrefix(text[at:], name) {
				continue
			}
			after, n := utf8.DecodeRuneInString(text[at+len(name):])
			if !loose && n > 0 && unicode.Is(unicode.Han, after) && after != '为' && after != '是' {
				continue
			}
			best, length = x.Name, len(name)
		}
	}
	return best, length
}

// isBreak reports whether a word may begin behind r.
func isBreak(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",，、;；。:：", r) }

// dayReader reads a day to come out of what was said for a field.
func dayReader(t bot.Turn, book *Book) func(string) (sales.Day, bool) {
	return func(said string) (sales.Day, bool) {
		if d, err := sales.ParseDay(said); err == nil {
			return d, true
		}
		if !strings.ContainsAny(said, "0123456789一二三四五六七八九十天周月号日年底初末今明后") {
			return sales.Day{}, false
		}
		now := t.Said().In(sales.Shanghai)
		w, ok := parse.Date(said, now, parse.TenseFuture, book.Parser.Calendar)
		if !ok {
			return sales.Day{}, false
		}
		return sales.DayOf(w.Start), true
	}
}

// setFields puts what was said into an order and says what changed. The error names the first field that was not
// understood; the others are kept.
func setFields(t bot.Turn, book *Book, f sales.WorkFamily, o *sales.WorkOrder, pairs []sales.WorkValue) (changes []sales.Change, err error) {
	for _, p := range pairs {
		x, ok := f.Field(p.Field)
		if !ok {
			continue
		}
		v, bad := x.Read(p.Value, dayReader(t, book))
		if bad == nil && x.Means == sales.MeansDeadline {
			if d, perr := sales.ParseDay(v); perr == nil && d.Before(t.Today) {
				bad = sales.Errorf(sales.Invalid, x.Name+" "+d.Chinese()+" 已经过了,写一个以后的日子。")
			}
		}
		if bad != nil {
			if err == nil {
				err = bad
			}
			continue
		}
		if old := o.Value(x.Name); old != v {
			changes = append(changes, sales.Change{Field: x.Name, Old: old, New: v})
			o.Set(x.Name, v)
		}
	}
	return changes, err
}

// unlessFilling leaves a message to the open work order when it says one of its fields: 交期 is a command, and a field.
func (a *App) unlessFilling(next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		if _, no, _ := a.cutPaperNo(t.Args, t.Today); no == "" && t.Dialogue.Topic == topicWork && t.Now.Before(t.Dialogue.ExpiresAt.Time) {
			return bot.Reply{}, bot.ErrNotMine
		}
		return next(ctx, t, tx)
	}
}

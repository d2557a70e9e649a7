package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// CalendarTx keeps the company's own days.
type CalendarTx interface {
	SetCompanyDay(d sales.CompanyDay, by sales.PersonID, at sales.Instant)
	DropCompanyDay(d sales.Day, region string)
}

// DueCalendarChanged is the kind of the due row at which what goes by workdays is planned anew.
const DueCalendarChanged = "calendar.changed"

// maxCompanySpan is how many days are set at a time, maxCompanyAhead how far ahead.
const (
	maxCompanySpan  = 31
	maxCompanyAhead = 800
)

func (a *App) registerCalendar(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "日历", Aliases: []string{"rl", "工作日历", "放假"}, Summary: "看哪天放假、哪天上班", Usage: "日历 / 日历 5月2日",
		Detail: "接下来的假期、调休上班日、公司自己定的日子和各区域上班时间。管理员能改:日历 5月2日 休息 厂庆,日历 5月2日到5月4日 上班,日历 5月2日 恢复;只改一个区域就在最后写区域名。",
		Rank:   map[sales.Role]int{sales.RoleAdmin: 6}, Handle: a.CompanyCalendar,
	})
}

// CompanyCalendar shows the calendar or a day of it, or sets days of the company's own.
func (a *App) CompanyCalendar(_ context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	cal := a.Calendar.Of(t.Org, t.Person.ID)
	v := view.Calendar{Today: t.Today, Of: cal, Set: t.Person.Has(sales.RoleAdmin)}
	args := bare(t.Args)
	if args == "" {
		return bot.Text(view.CalendarText(v)), nil
	}
	w, ok := readDays(t, args)
	switch {
	case !ok:
		return bot.Text("日子没看懂:" + quoted(args, "") + "。写 日历 5月2日,或 日历 5月2日到5月4日 休息 厂庆。"), nil
	case w.verb == "" && w.first == w.last:
		return bot.Text(view.DayText(v, w.first)), nil
	case w.verb == "":
		var lines []string
		for d := w.first; !d.After(w.last); d = d.AddDays(1) {
			lines = append(lines, view.DayText(v, d))
		}
		return bot.Text(strings.Join(lines, "\n")), nil
	case !v.Set:
		return bot.Text("改日历要管理员。你可以看:日历 / 日历 " + w.first.Chinese() + "。"), nil
	}
	return a.setDays(t, tx, w)
}

// dayWords are days and what is to be done with them. verb is empty, 休息, 上班 or 恢复.
type dayWords struct {
	first, last        sales.Day
	verb, name, region string
}

var dayVerbs = []struct{ word, verb string }{
	{"休息", "休息"}, {"放假", "休息"}, {"不上班", "休息"}, {"上班", "上班"}, {"调休上班", "上班"}, {"恢复", "恢复"}, {"取消", "恢复"},
}

// readDays reads "5月2日到5月4日 休息 厂庆 华东".
func readDays(t bot.Turn, args string) (dayWords, bool) {
	var w dayWords
	words := strings.FieldsFunc(args, isSeparator)
	at := slices.IndexFunc(words, func(s string) bool { return dayVerb(s) != "" })
	when := strings.Join(words, "")
	if at > 0 {
		when, w.verb = strings.Join(words[:at], ""), dayVerb(words[at])
		rest := words[at+1:]
		if n := len(rest); n > 0 && isRegion(t.Org, rest[n-1]) {
			w.region, rest = rest[n-1], rest[:n-1]
		}
		w.name = cutRunes(strings.Join(rest, " "), 20)
	}
	from, to, span := strings.Cut(when, "到")
	var ok bool
	if w.first, ok = readDay(t, from); !ok {
		return w, false
	}
	w.last = w.first
	if span {
		if w.last, ok = readDay(t, to); !ok {
			return w, false
		}
	}
	n := w.last.Sub(w.first)
	return w, n >= 0 && n < maxCompanySpan
}

func dayVerb(s string) string {
	for _, v := range dayVerbs {
		if s == v.word {
			return v.verb
		}
	}
	return ""
}

func readDay(t bot.Turn, words string) (sales.Day, bool) {
	if d, err := sales.ParseDay(words); err == nil {
		return d, true
	}
	now := t.Now.In(sales.Shanghai)
	w, ok := parse.Date(words, now, parse.TenseFuture, nil)
	d := sales.DayOf(w.Start)
	if past, found := parse.Date(words, now, parse.TensePast, nil); found && ok && d.Sub(t.Today) > 300 {
		if p := sales.DayOf(past.Start); t.Today.Sub(p) < 60 { // 3月12日 on the 13th is yesterday, not next year
			d = p
		}
	}
	return d, ok
}

// yearDay is a day with its year, when that is not this one.
func yearDay(d, today sales.Day) string {
	if d.Year() == today.Year() {
		return d.Chinese()
	}
	return strconv.Itoa(d.Year()) + "年" + d.Chinese()
}

func isRegion(org *sales.Org, word string) bool {
	return slices.ContainsFunc(org.Teams(), func(t sales.Team) bool { return t.Region == word && word != "" })
}

// setDays makes days free, worked, or again what they were.
func (a *App) setDays(t bot.Turn, tx Tx, w dayWords) (bot.Reply, error) {
	if w.first.Before(t.Today) || w.last.Sub(t.Today) > maxCompanyAhead {
		return bot.Text("只能改今天和以后两年内的日子。过去的不改:已经发出的提醒不会收回。"), nil
	}
	kind := sales.RestDay
	if w.verb == "上班" {
		kind = sales.MakeupDay
	}
	for d := w.first; !d.After(w.last); d = d.AddDays(1) {
		if w.verb == "恢复" {
			tx.DropCompanyDay(d, w.region)
			continue
		}
		tx.SetCompanyDay(sales.CompanyDay{SpecialDay: sales.SpecialDay{Day: d, Kind: kind, Name: w.name}, Region: w.region}, t.Person.ID, sales.At(t.Now))
	}
	days := yearDay(w.first, t.Today)
	if w.last != w.first {
		days += " 到 " + yearDay(w.last, t.Today) + "(" + strconv.Itoa(w.last.Sub(w.first)+1) + " 天)"
	}
	where := "全公司"
	if w.region != "" {
		where = w.region
	}
	audit(tx, t, "calendar.set", "company", 1, sales.Change{Field: days + " " + where, New: strings.TrimSpace(w.verb + " " + w.name)})
	emit(tx, t, "calendar.changed", "company", 1)
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: DueCalendarChanged, SubjectKind: "company", SubjectID: 1, Slot: strconv.FormatInt(t.Now.Unix(), 36), DueAt: sales.At(t.Now), State: sales.DuePending,
	})
	if w.verb == "恢复" {
		return bot.Text("已恢复:" + days + "," + where + ",按国家日历和配置算。"), nil
	}
	text := "已改:" + days + "," + where + w.verb
	if w.name != "" {
		text += "(" + w.name + ")"
	}
	return bot.Text(text + "。提醒和计时从现在起按这个算,已经定了时间的到时会再看一遍。"), nil
}

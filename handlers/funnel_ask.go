package handlers

import (
	"cmp"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// funnelAsk is what a funnel is asked for.
type funnelAsk struct {
	// path are the scopes drilled through, the last the one wanted: "all", "led", "me", "r:华东", "t:12", "p:34".
	path   []string
	period sales.Period
	// by is how the parts below are cut: "" as the organisation is, or "line".
	by   string
	line string
	// way is the key of the pipeline that was named, anyWay for none.
	way string
}

// anyWay leaves the pipeline to the product line, or to what most deals follow.
const anyWay = "*"

// maxPath bounds how deep one drills: company, team, person.
const maxPath = 4

func (q funnelAsk) scope() string { return q.path[len(q.path)-1] }

// arg is the ask as a button carries it.
func (q funnelAsk) arg() string {
	return strings.Join([]string{strings.Join(q.path, ">"), q.period.From.String(), q.period.Whole().String(), q.by + "@" + q.way, q.line}, ";")
}

// askOfArg reads what arg wrote. What may be seen is decided anew from the person.
func askOfArg(s string, today sales.Day) (funnelAsk, bool) {
	part := strings.SplitN(s, ";", 5)
	if len(part) != 5 {
		return funnelAsk{}, false
	}
	from, err := sales.ParseDay(part[1])
	to, err2 := sales.ParseDay(part[2])
	path := strings.Split(part[0], ">")
	if err != nil || err2 != nil || to.Before(from) || len(path) > maxPath || path[0] == "" {
		return funnelAsk{}, false
	}
	by, way, ok := strings.Cut(part[3], "@")
	if !ok {
		way = anyWay // a button of before
	}
	return funnelAsk{path: path, period: sales.NewPeriod(from, to, today), by: by, way: way, line: part[4]}, true
}

// funnelScope is a scope that was named.
type funnelScope struct {
	token, name string
	scope       sales.Scope
	// needs says who may see it, for a refusal.
	needs string
}

// resolveScope finds whose opportunities a token means.
func resolveScope(t bot.Turn, token string) (funnelScope, bool) {
	s := funnelScope{token: token}
	kind, value, _ := strings.Cut(token, ":")
	switch kind {
	case "me":
		s.name, s.scope = t.Person.Name, sales.Only(t.Person.ID)
	case "all":
		s.name, s.scope, s.needs = "全司", sales.Scope{All: true}, "看全公司漏斗需要总监权限。"
	case "led":
		var names []string
		for _, team := range t.Org.Led(t.Person.ID) {
			names = append(names, team.Name)
			s.scope = join(s.scope, t.Org.Members(team.ID))
		}
		s.name = strings.Join(names, "、")
	case "r":
		s.name, s.scope, s.needs = value, join(sales.Scope{}, t.Org.InRegion(value)), "看"+value+"漏斗需要区域总监权限。"
	case "t":
		team, ok := t.Org.Team(idOf(value))
		if !ok {
			return s, false
		}
		s.name, s.scope, s.needs = team.Name, join(sales.Scope{}, t.Org.Members(team.ID)), "看"+team.Name+"漏斗需要它的主管或总监权限。"
	case "p":
		p, ok := t.Org.Person(sales.PersonID(idOf(value)))
		if !ok {
			return s, false
		}
		s.name, s.scope, s.needs = p.Name, sales.Only(p.ID), "看"+p.Name+"的漏斗需要主管或总监权限。"
	}
	return s, s.name != "" && (s.scope.All || len(s.scope.Persons) > 0)
}

func idOf(s string) sales.ID {
	var n int64
	for _, r := range s {
		if r < '0' || r > '9' || n > 1<<58 {
			return 0
		}
		n = n*10 + int64(r-'0')
	}
	return sales.ID(n)
}

func join(s sales.Scope, people []sales.Person) sales.Scope {
	for _, p := range people {
		if !slices.Contains(s.Persons, p.ID) {
			s.Persons = append(s.Persons, p.ID)
		}
	}
	return s
}

// covers reports whether everything in want may be seen under has.
func covers(has, want sales.Scope) bool {
	if has.All {
		return true
	}
	return !want.All && !slices.ContainsFunc(want.Persons, func(p sales.PersonID) bool { return !has.Covers(p) })
}

// defaultScope is what a bare 漏斗 means for a person: the company's for a director, the region's, the team's, or their own.
func defaultScope(t bot.Turn) string {
	region := t.Org.Region(t.Person.TeamID)
	switch led := t.Org.Led(t.Person.ID); {
	case t.Org.ScopeOf(t.Person).All:
		return "all"
	case t.Person.Has(sales.RoleRegionalDirector) && region != "":
		return "r:" + region
	case len(led) == 1:
		return "t:" + led[0].ID.String()
	case len(led) > 1:
		return "led"
	}
	return "me"
}

// funnelRefusal says the rule, and what the person can see instead.
func funnelRefusal(t bot.Turn, s funnelScope) error {
	can := []string{"漏斗 我的"}
	for _, team := range t.Org.Led(t.Person.ID) {
		can = append(can, "漏斗 "+team.Name)
	}
	if t.Person.Has(sales.RoleRegionalDirector) {
		if r := t.Org.Region(t.Person.TeamID); r != "" {
			can = append(can, "漏斗 "+r)
		}
	}
	return sales.Errorf(sales.Forbidden, s.needs+"你可以看:"+strings.Join(can, " / ")+"。")
}

// funnelWord is a word that names a scope or a product line.
type funnelWord struct {
	word, token string
	line        bool
	// narrow orders scopes: of "华东 周敏" the narrower counts.
	narrow int
}

// funnelWords are the words a person may narrow a funnel by, the longest first.
func funnelWords(org *sales.Org, book *Book) []funnelWord {
	var out []funnelWord
	for _, w := range []string{"我的团队", "我们组", "本组", "本团队", "团队"} {
		out = append(out, funnelWord{word: w, token: "led", narrow: 2})
	}
	for _, w := range []string{"我的", "我自己", "自己", "本人", "我"} {
		out = append(out, funnelWord{word: w, token: "me", narrow: 4})
	}
	for _, w := range []string{"全公司", "全司", "公司", "全部", "所有"} {
		out = append(out, funnelWord{word: w, token: "all"})
	}
	seen := map[string]bool{}
	for _, team := range org.Teams() {
		out = append(out, funnelWord{word: team.Name, token: "t:" + team.ID.String(), narrow: 3})
		if team.Region != "" && !seen[team.Region] {
			seen[team.Region] = true
			out = append(out, funnelWord{word: team.Region, token: "r:" + team.Region, narrow: 1})
		}
	}
	for _, p := range org.People() {
		out = append(out, funnelWord{word: p.Name, token: "p:" + p.ID.String(), narrow: 5})
	}
	for _, p := range book.Products {
		if p.Line != "" && !seen["line:"+p.Line] {
			seen["line:"+p.Line] = true
			out = append(out, funnelWord{word: p.Line, line: true})
		}
	}
	slices.SortFunc(out, func(a, b funnelWord) int {
		return cmp.Or(cmp.Compare(len(b.word), len(a.word)), cmp.Compare(b.narrow, a.narrow), cmp.Compare(a.word, b.word), cmp.Compare(a.token, b.token))
	})
	return out
}

// fillers are words beside scope and period that say nothing more.
var fillers = []string{"产品线", "销售", "漏斗", "看看", "大区", "区域", "情况", "的", "看", "按", "区"}

const funnelForm = "范围:我的 / 华东 / 华东一组 / 人名 / 产品线;时间:本月 / 上月 / 本季度 / 近30天。"

// readFunnel reads the words after 漏斗. named says that a scope was among them.
func (a *App) readFunnel(t bot.Turn, book *Book, text string) (q funnelAsk, named bool, err error) {
	q = funnelAsk{path: []string{defaultScope(t)}, period: sales.MonthOf(t.Today), way: anyWay}
	if p := a.Pipelines.Named(text); p != nil {
		q.way, text = p.Key, strings.ReplaceAll(text, p.Name, " ")
	}
	rest, narrow := cutRunes(text, 60), -1
	for _, w := range funnelWords(t.Org, book) {
		at := strings.Index(rest, w.word)
		if at < 0 || w.word == "" {
			continue
		}
		rest = rest[:at] + " " + rest[at+len(w.word):]
		switch {
		case w.line:
			q.line = w.word
		case w.narrow > narrow:
			narrow, q.path = w.narrow, []string{samePerson(t, w.token)}
		}
	}
	now := t.Now.In(sales.Shanghai)
	if p, ok := parse.Period(rest, now, parse.TensePast, book.Parser.Calendar); ok {
		var to sales.Day
		if !p.End.IsZero() {
			to = sales.DayOf(p.End.Add(-1))
		}
		q.period = sales.NewPeriod(sales.DayOf(p.Start), to, t.Today)
		if p.Why.Start >= 0 && p.Why.Start <= p.Why.End && p.Why.End <= len(rest) {
			rest = rest[:p.Why.Start] + " " + rest[p.Why.End:]
		}
	}
	for _, f := range fillers {
		rest = strings.ReplaceAll(rest, f, " ")
	}
	if rest = strings.Join(strings.FieldsFunc(rest, isSeparator), " "); rest != "" {
		return q, false, sales.Errorf(sales.Invalid, "没看懂\""+cutRunes(rest, 20)+"\"。"+funnelForm)
	}
	return q, narrow >= 0, nil
}

// samePerson lets one's own name mean oneself, and of several people of a name the one the person may see.
func samePerson(t bot.Turn, token string) string {
	kind, value, _ := strings.Cut(token, ":")
	if kind != "p" {
		return token
	}
	p, _ := t.Org.Person(sales.PersonID(idOf(value)))
	for _, same := range t.Org.ByName(p.Name) {
		if same.ID == t.Person.ID {
			return "me"
		}
		if t.Org.ScopeOf(t.Person).Covers(same.ID) {
			return "p:" + same.ID.String()
		}
	}
	return token
}

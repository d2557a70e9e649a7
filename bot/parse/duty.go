package parse

import (
	"slices"
	"strings"
)

// duty is what a clause says of a to-do while it is weighed: by when, where that stands, and the word that makes it one.
type duty struct {
	k       int // its clause
	c       clause
	kind    Kind   // of the part it stands in
	pledge  string // the last word of agreement up to it
	own     string // its own
	due     When
	at      timeHit
	dated   bool
	general bool // a verb of to-dos is in it
}

// ahead reports that the day or the hour is to come.
func (d *duty) ahead(m *message) bool { return d.dated && d.due.Start.After(m.now) }

// promise reads the to-do of clause k.
func (m *message) promise(k int, c clause, kind Kind, pledge string) (Promise, bool) {
	if i := m.commitAt(c); i >= 0 && m.rivalIn(clause{i: c.i, j: i}) {
		return Promise{}, false // what a rival promises
	}
	if m.standing(c) || m.underWay(c) || m.refusedCause(c) || m.threat(c) || m.setOnly(c) || m.boundAlone(k) || m.frontedThing(k) || m.promisedThing(k) || m.declined(c) || m.meansToBuy(c) || m.conditional(c) || m.asksUs(c) || m.pledgeIn(c) == "" && m.hypothetical(k) {
		return Promise{}, false
	}
	d := &duty{k: k, c: c, kind: kind, pledge: pledge, own: m.pledgeIn(c)}
	m.dutyDue(d)
	if kind == KindComplaint && m.oldPromise(c) || d.own == "说好" && k+1 < len(m.clauses) && m.has(m.clauses[k+1].i, m.clauses[k+1].j, "到现在", "至今", "没动静", "没下文", "没消息", "没影") {
		return Promise{}, false
	}
	if d.own == "" && kind == KindComplaint && (d.dated && m.demandedBy(c, d.at) || m.says(c.i, c.j, "要退", "要换", "要补", "要修", "要赔", "要我们", "想退", "想换", "催着要", "得换", "得修")) {
		d.own = "要求"
	}
	d.general = m.verbIn(c, ourVerbs) || m.verbIn(c, theirVerbs) || d.dated && c.j > c.i && m.at(c.j-1) == '到'
	switch {
	case !d.general && !m.dutyByForm(d), d.general && d.dated && m.datedNews(d), d.general && !d.dated && m.undatedNews(d), m.onlySet(k, c):
		return Promise{}, false
	}
	return m.worded(d)
}

// dutyDue finds by when: in the clause, beside it, behind 改到, or when what one is asked to attend takes place.
func (m *message) dutyDue(d *duty) {
	k, c := d.k, d.c
	d.due, d.at, d.dated = m.dueIn(k, c)
	if !d.dated {
		d.due, d.at, d.dated = m.dueBeside(k)
	}
	if !d.dated {
		d.due, d.at, d.dated = m.setBefore(k)
	}
	if !d.dated {
		d.due, d.at, d.dated = m.frontedDue(k)
	}
	if d.dated && k+1 < len(m.clauses) && m.before(c.j, "改到", "挪到", "推到", "推迟到", "延到", "延后到", "提前到", "调到") {
		if due, t, ok := m.dueIn(k+1, m.clauses[k+1]); ok { // 周五的汇报改到下周一
			d.due, d.at = due, t
		}
	}
	if !d.dated && asked[d.own] && k > 0 && m.has(c.i, c.j, "列席", "参加", "出席", "到场", "旁听", "陪同", "去两个人", "去个人", "去人", "派人") && m.arranged(m.clauses[k-1]) {
		d.due, d.at, d.dated = m.dueIn(k-1, m.clauses[k-1]) // 论证会定在周四九点,叫我列席
		d.dated = d.dated && d.due.Start.After(m.now)
	}
	if !d.dated && asked[d.own] && k > 0 && m.has(c.i, c.j, "派", "过去", "到场", "帮忙", "搭把手", "陪着", "在场") {
		b := m.clauses[k-1] // 这周六加班试冲击钻,让我派个师傅过去
		if due, t, ok := m.dueIn(k-1, b); ok && t.i == m.blank(b.i) && t.form == formPoint && t.grain >= grainDay && due.Start.After(m.now) && m.pledgeIn(b) == "" && b.tense != TensePast {
			d.due, d.at, d.dated = due, t, true
		}
	}
}

// oldPromise reports in a complaint what had been promised and was not kept: 说好月中到,拖到今天都没见货; 说好的10号,到现在没发.
func (m *message) oldPromise(c clause) bool {
	w := m.pledgeIn(c)
	return m.agreedIn(c) >= 0 && m.overdue(c.j, len(m.r)) >= 0 && (w == "说好" || w == "讲好" || w == "约好") ||
		m.has(c.i, c.j, "说好的", "讲好的", "约好的", "答应的", "定好的", "原定", "约定的")
}

// dutyByForm reports a to-do with a day whose verb is none of those listed.
func (m *message) dutyByForm(d *duty) bool {
	k, c, at, due, ahead := d.k, d.c, d.at, d.due, d.ahead(m)
	switch {
	case !d.dated, d.own == "" && m.theirEvent(c):
		return false
	case ahead && m.hisQuote(c), d.own == "" && m.weHandOver(c, at, due):
		return true
	case ahead && slices.Contains([]string{"约好", "定了", "说好", "敲定", "约定"}, d.pledge), m.askedOf(c, d.own, due, at):
		return true
	case d.own == "答应":
		return ahead && m.plain(c) >= 4
	case ahead && (at.grain >= grainDay || at.form == formBefore) && m.theyPledge(c):
		return true
	case d.own != "":
		return false
	case sameDay(due.Start, m.now) && m.listsToday(k, c, at):
		return true
	case ahead && (m.goesTo(c) >= 0 && !m.has(c.i, c.j, vague...) || m.needsPaper(c, at)):
		return true
	case m.disposes(c, at) && (ahead || sameDay(due.Start, m.now) && !m.has(at.j, c.j, "了", "过")):
		return true
	case ahead && d.pledge != "" && d.kind == KindPromise && m.plain(c) >= 2 && !m.has(c.i, c.j, opinionWords...):
		return true
	}
	return m.mustBy(k, c, at, due) || m.planWords(k, c, at, due) || m.boundResult(k, c, at, due) || m.listedDue(k, due)
}

// datedNews reports that a clause with a verb and a day tells news and is no to-do.
func (m *message) datedNews(d *duty) bool {
	c, at, due := d.c, d.at, d.due
	switch {
	case d.kind == KindPayment, due.Start.Before(midnight(m.now)), due.HasTime && due.Start.Before(m.now):
		return true
	case at.form == formPoint && at.grain == grainDay && sameDay(due.Start, m.now) && m.has(c.i, c.j, "了"):
		return true
	case d.own != "":
		return false
	case m.has(c.i, c.j, vague...), m.theirEvent(c), m.budgetWaits(c) >= 0, m.theirTrip(c, at), c.tense == TensePast:
		return true
	case (at.form == formAfter || at.form == formPoint && at.grain < grainDay && !at.inside) && m.theirWish(c):
		return true
	case d.kind == KindComplaint && m.complaintIn(c.i, c.j) && !((at.form == formBefore || at.form == formWithin) && m.has(c.i, c.j, "我们", "咱们", "我", "咱")):
		return true
	}
	return at.form == formPoint && sameDay(due.Start, m.now) && !m.todayTodo(c, at, due) && !m.listsToday(d.k, c, at)
}

// undatedNews reports that a clause with a verb and without a day is no to-do: only who is bound or asked makes it one.
func (m *message) undatedNews(d *duty) bool {
	c := d.c
	switch d.own {
	case "":
		return m.theirEvent(c) || m.budgetWaits(c) >= 0 || m.theirTrip(c, d.at) || d.kind == KindComplaint && m.complaintIn(c.i, c.j) || !m.ownWord(c, d.kind) && (d.kind == KindPayment || !m.theirSoon(c))
	case "约我", "约了", "定了", "约好", "说好", "讲好", "谈好", "敲定", "约定":
		return true
	case "让", "叫":
		return !m.serviceIn(c)
	case "要求", "要我", "让我", "叫我":
		return m.has(c.i, c.j, "让利", "降价", "便宜", "优惠", "再降", "打折", "让个点", "让点") || d.own == "要求" && !m.serviceIn(c)
	}
	return false
}

// worded gives a to-do its words and who has to do it.
func (m *message) worded(d *duty) (Promise, bool) {
	k, c := d.k, d.c
	p := Promise{Who: m.whoIn(c, d.own), What: m.whatOf(c, d.at), Due: d.due, Why: m.why(c.i, c.j)}
	if what := m.remedyOf(d); what != "" {
		p.What = what
	}
	if i := m.goesTo(c); i >= 0 && len([]rune(p.What)) <= 1 {
		p.What = m.cut(i, m.hitFrom(i+1).j)
		if more := m.purposeNext(k); more != "" {
			p.What += "," + more
		}
	}
	if m.goesOnly(p.What) || strings.HasPrefix(p.What, "约") && thin(p.What) {
		if more := m.purposeNext(k); more != "" {
			p.What += "," + more
		}
	}
	if d.own == "" && m.vowedBefore(k) && !m.has(c.i, c.j, "我们", "咱们", "我") {
		p.Who = PartyCustomer
	}
	p.What = m.movedTo(k, p.What)
	if before := m.boundBehind(k, p.What); before != "" {
		p.What = before
	}
	if d.own == "答应" && !d.dated && boundOnly(p.What) {
		return Promise{}, false
	}
	if p.What != "" {
		about := ""
		if thin(p.What) {
			about = m.thingBefore(k)
		} else if bare(p.What) {
			about = m.namedThing(k)
		}
		if about != "" {
			p.What += "(" + about + ")"
		}
	}
	return p, !m.noDuty(d, p.What)
}

// remedyOf is what a complaint asks for, without what it is about: …到货破了3箱|要赔; "" where that is all the clause says.
func (m *message) remedyOf(d *duty) string {
	if d.own != "要求" || d.dated || d.kind != KindComplaint {
		return ""
	}
	i := m.find(d.c.i, d.c.j, "要退", "要换", "要补", "要修", "要赔", "想退", "想换", "得换", "得修")
	if i < 0 || m.plain(clause{i: d.c.i, j: i}) < 4 || m.denied(i) {
		return ""
	}
	about := m.topicOf(clause{i: d.c.i, j: i})
	what := strings.TrimSpace(m.cut(i+1, d.c.j))
	if about != "" && (thin(what) || len([]rune(what)) <= 2) {
		what += "(" + about + ")"
	}
	return what
}

// thingBefore is what the clause before clause k, or the one before that, is about.
func (m *message) thingBefore(k int) string {
	if c := m.clauses[k]; k == 0 || slices.ContainsFunc(m.hits, func(h customerHit) bool { return h.i >= c.i && h.i < c.j && h.i > m.hits[0].i }) {
		return "" // what was told of another customer
	}
	about := m.topicOf(m.clauses[k-1])
	if about == "" && k > 1 && !m.has(m.clauses[k-2].i, m.clauses[k-2].j, "了", "过", "去", "见", "跑", "拜访") {
		about = m.topicOf(m.clauses[k-2])
	}
	return about
}

// noDuty reports words that are no to-do after all: waiting, being away, coming back, the head of a list.
func (m *message) noDuty(d *duty, what string) bool {
	c := d.c
	switch {
	case what == "", strings.HasPrefix(what, "等") && !m.has(c.i, c.j, "给", "发", "送", "寄", "去"), asked[d.own] && slices.Contains(leadPhrases, what), headsList(what):
		return true
	case d.own != "":
		return false
	}
	return m.away(what) || m.has(c.i, c.j, "出差", "请假", "休假", "度假", "截止报名") || strings.HasPrefix(what, "回来") || strings.HasPrefix(what, "从") && strings.HasSuffix(what, "回来")
}

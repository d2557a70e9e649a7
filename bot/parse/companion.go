package parse

import (
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	withWords   = words("和 跟 与 同 带着 带了 带上 带 陪着 陪同 陪 叫上 约上 喊上 拉上 协同 陪同: 陪访 协访")
	besideWords = words("一起 一同 一块 陪同 陪访 协访 同行 随行 陪我 跟我 也去 也在 也来 也到 参加 同去 带队 在场")
	ourTitles   = words("工程师 技术 售前 应用工程师 主管 经理 总监 总 工 哥 姐 师傅 老师 区域经理 大区")
)

// personAt is the colleague whose full name stands at i, 0 for none.
func (m *message) personAt(i int) ID {
	lost := gonePeople
	if w, _ := m.x.names(m.from(i), func(t *table) nameTable { return t.people }, lost); w.runes > 1 && m.free(i, i+w.runes) {
		return w.keys[0].id
	}
	return 0
}

// findCompanions reads the colleagues who came along: 和王芳一起拜访, 带了工程师小李, 陪同:陈总. Those who speak for the customer
// are left to contact.
func (m *message) findCompanions() {
	if !slices.ContainsFunc(besideWords, m.runes.within) && !slices.ContainsFunc([]string{"带了", "带着", "带上", "陪", "叫上", "约上", "带"}, m.runes.within) {
		return
	}
	for i := 0; i < len(m.r); i++ {
		if m.used[i] || !isHan(m.r[i]) {
			continue
		}
		ref, j := m.colleagueAt(i)
		if j < 0 {
			continue
		}
		c := m.clauses[m.clauseAt(i)]
		k := i
		for k > c.i && (m.r[k-1] == ' ' || m.r[k-1] == ':') {
			k--
		}
		for _, w := range ourTitles {
			if ref.Title == "" && m.before(k, w) {
				ref.Title = w
				k -= utf8.RuneCountInString(w)
			}
		}
		led := m.before(k, withWords...)
		strong := m.before(k, "带着", "带了", "带上", "陪着", "陪同", "陪", "叫上", "约上", "喊上", "拉上", "带", "协同", "陪访", "协访")
		beside := m.any(m.blank(j), besideWords...) > 0
		if !(led && (strong || beside) || beside) || m.user == ref.ID && ref.ID != 0 {
			continue
		}
		ref.Why = m.why(i, j)
		m.company = append(m.company, companionHit{i, j, ref})
		m.mark(i, j)
		i = j - 1
	}
}

// companionHit is a colleague named as company.
type companionHit struct {
	i, j int
	ref  PersonRef
}

// colleagueAt reads one of us at i: in full, or 小李, 陈总 where nobody of the customers named is called so.
func (m *message) colleagueAt(i int) (PersonRef, int) {
	if id := m.personAt(i); id != 0 {
		p, n := m.person(id)
		j := i + n
		title := ""
		if e, w, _ := m.titleAt(j); e > 0 {
			j, title = e, w
		}
		if !m.customersOwn(p.Name) {
			return PersonRef{ID: id, Name: p.Name, Title: title}, j
		}
		return PersonRef{}, -1
	}
	for _, x := range m.mentionsAt(i) {
		if x.i != i || x.surname == "" || x.given != "" || !x.young && !slices.Contains(ourTitles, x.title) {
			continue
		}
		for _, h := range m.hits {
			for _, id := range h.ids {
				if len(m.fitting(x, id)) > 0 {
					return PersonRef{}, -1
				}
			}
		}
		ref := PersonRef{Name: m.cut(x.i, x.j), Title: x.title}
		for _, p := range m.people(x.surname) {
			ref.Candidates = append(ref.Candidates, p.ID)
		}
		if len(ref.Candidates) == 0 {
			return PersonRef{}, -1
		}
		if len(ref.Candidates) == 1 {
			ref.ID, ref.Candidates = ref.Candidates[0], nil
		}
		return ref, x.j
	}
	return PersonRef{}, -1
}

// customersOwn reports that a customer named in the message has a contact of that name.
func (m *message) customersOwn(name string) bool {
	for _, h := range m.hits {
		for _, id := range h.ids {
			if slices.ContainsFunc(m.x.ContactsOf(id), func(c Contact) bool { return c.Name == name }) {
				return true
			}
		}
	}
	return false
}

func (m *message) person(id ID) (Person, int) {
	for _, t := range m.x.tables() {
		for _, p := range t.master.People {
			if p.ID == id {
				return p, utf8.RuneCountInString(p.Name)
			}
		}
	}
	return Person{}, 0
}

// people are those of us with a surname.
func (m *message) people(surname string) []Person {
	var out []Person
	lost := gonePeople
	for _, t := range m.x.tables() {
		for _, p := range t.master.People {
			if strings.HasPrefix(p.Name, surname) && m.x.holds(t, lost, p.ID) {
				out = append(out, p)
			}
		}
	}
	return out
}

package parse

import (
	"strings"
	"time"
)

// Plan is what the arguments of 计划 say. Ask is the question about the first customer that is not clear, its Frame the
// index of the item.
type Plan struct {
	Items   []PlanItem
	Unclear []Unclear
	Ask     *Ask
}

// Plan reads planned visits: 明天 上午 绍兴市立 下午 宁波妇保. Without a day it is today before noon, else tomorrow.
func (p Parser) Plan(in Input) Plan {
	m := p.newMessage(in)
	if p.Index == nil || len(m.r) == 0 {
		return Plan{}
	}
	m.read()
	out := Plan{Items: m.plan(), Unclear: m.unclear}
	for k, it := range out.Items {
		if len(it.Customer.Candidates) > 0 {
			out.Ask = &Ask{Field: AskCustomer, How: AskWhich, Frame: k, Candidates: m.ownFirst(it.Customer.Candidates), Why: it.Customer.Why}
			break
		}
	}
	return out
}

// planned reads a message that begins with 计划.
func (m *message) planFrame() (Frame, bool) {
	i := m.blank(0)
	i = m.opt(i, "#")
	for _, t := range m.times { // 明天计划:
		if t.i == i {
			i = m.blank(t.j)
			break
		}
	}
	if m.stops() {
		if items := m.plan(); len(items) > 1 {
			return Frame{Kind: KindPlan, Plan: items, Why: m.why(0, len(m.r))}, true
		}
	}
	j := m.any(m.opt(i, "的"), "拜访计划", "拜访安排", "行程安排", "行程", "计划", "安排")
	if j < 0 || m.any(j, "书", "表", "性", "了", "是", "部", "采购", "经理", "主任", "生产", "外") > 0 || len(m.hits) == 0 {
		return Frame{}, false
	}
	if k := m.blank(j); k == j && m.at(j) != ':' && m.at(j) != '\n' && !m.inTime(j, j+1) && !m.hitAt(j) {
		return Frame{}, false
	}
	items := m.plan()
	if len(items) == 0 {
		return Frame{}, false
	}
	return Frame{Kind: KindPlan, Plan: items, Why: m.why(0, len(m.r))}, true
}

func (m *message) hitAt(i int) bool {
	for _, h := range m.hits {
		if h.i == i {
			return true
		}
	}
	return false
}

// plan walks over days, parts of the day and names in the order in which they stand.
func (m *message) plan() []PlanItem {
	const most = 60
	d := &dater{t: m.rest(), now: m.now, tense: TenseFuture, cal: m.cal}
	day := midnight(m.now)
	if m.now.Hour() >= 12 {
		day = day.AddDate(0, 0, 1)
	}
	var items []PlanItem
	var part DayPart
	var at time.Time
	for i := 0; i < len(m.r) && len(items) < most; {
		if h := m.hitFrom(i); h != nil {
			it := PlanItem{Day: day, Part: part, Customer: h.ref, Why: m.why(h.i, h.j)}
			if !at.IsZero() {
				it.Day, it.HasTime = at, true
			}
			i = m.planRest(&it, h.j)
			items, at = append(items, it), time.Time{}
			continue
		}
		if m.used[i] {
			i++
			continue
		}
		if p, j := d.dayPart(i); p != nil && (j-i > 1 || m.at(j) == ' ') {
			if c, ok := d.clock(i, true); ok {
				at, part = c.on(day), partOf(c.part, c.on(day), grainClock)
				i = c.j
				continue
			}
			part, at = partOf(p, day, grainPart), time.Time{}
			i = j
			continue
		}
		if p, ok := d.point(i, nil); ok && p.j > i && !p.ago {
			switch {
			case p.noDay && p.grain == grainClock:
				at = day.Add(p.start.Sub(midnight(p.start)))
				part = partOf(p.part, p.start, grainClock)
			case p.grain >= grainWeekend:
				day, at, part = midnight(p.start), time.Time{}, PartWhole
				if p.grain == grainClock {
					at = p.start
				}
				if p.grain >= grainPart {
					part = partOf(p.part, p.start, p.grain)
				}
			}
			i = p.j
			continue
		}
		if e := m.stopAt(i); e > 0 {
			end := m.stopEnd(e)
			why := m.why(e, end)
			why.Rule = RuleNew
			it := PlanItem{Day: day, Part: part, Customer: CustomerRef{NewName: m.cut(e, end), Fuzzy: true, Why: why}, Why: why}
			if !at.IsZero() {
				it.Day, it.HasTime = at, true
			}
			i = m.planRest(&it, end)
			items, at = append(items, it), time.Time{}
			continue
		}
		if it, j, ok := m.unknownStop(i); ok {
			it.Day, it.Part = day, part
			if !at.IsZero() {
				it.Day, it.HasTime = at, true
			}
			items, at, i = append(items, it), time.Time{}, j
			continue
		}
		i++
	}
	return items
}

func (m *message) hitFrom(i int) *customerHit {
	for k := range m.hits {
		if m.hits[k].i == i {
			return &m.hits[k]
		}
	}
	return nil
}

// planRest reads whom and what for behind a customer, up to the next pause, time or name.
func (m *message) planRest(it *PlanItem, i int) int {
	j := i
	for j < len(m.r) && !strings.ContainsRune(",;。\n", m.r[j]) && !m.inTime(j, j+1) && m.hitFrom(j) == nil {
		if m.r[j] == ' ' && m.endsStop(j) || m.nextStop(j) > 0 {
			break
		}
		j++
	}
	it.Contact = m.contact(i, j, it.Customer)
	if m.at(j) == ',' && m.purposeBehind(j+1) > 0 {
		j = m.purposeBehind(j + 1)
	}
	k := i
	if e := m.any(k, "和", "跟", "找", "见", "约"); e > 0 && e < j && m.used[e] && !m.isProduct(e) {
		k = e // 绍兴市立和王主任谈价格: whom, then what for
	}
	for k < j && (m.used[k] && !m.isProduct(k) || m.r[k] == ' ') {
		k++
	}
	for _, h := range m.prods {
		if h.i >= i && h.i < j && !h.past {
			it.Products = append(it.Products, h.ref)
		}
	}
	it.Purpose = withoutJoint(strings.Trim(m.cut(k, j), " 、和跟及"))
	return j
}

// planJoints lead from one stop of a plan to the next, planGoes say that one goes there.
var (
	planJoints = words("还有 以及 然后 接着 之后 最后 顺便 顺路 另外 再 和 、 跟 与 及")
	planGoes   = words("去一趟 跑一趟 去趟 跑趟 去 到 跑 拜访 走访 看看 看 见")
)

// withoutJoint is what a stop is for without the words that lead to the next one: 看看 顺便去 is 看看.
func withoutJoint(s string) string {
	for cut := true; cut; {
		cut = false
		for _, w := range planGoes[:7] {
			rest := strings.TrimRight(strings.TrimSuffix(s, w), " 、")
			if rest != s && (rest == "" || endsIn(rest, planJoints) != rest) {
				s, cut = rest, true
			}
		}
		if rest := strings.TrimRight(endsIn(s, planJoints), " 、"); rest != s {
			s, cut = rest, true
		}
	}
	return s
}

// endsIn is a text without the first of some words that it ends in.
func endsIn(s string, ends []string) string {
	for _, w := range ends {
		if rest, ok := strings.CutSuffix(s, w); ok {
			return rest
		}
	}
	return s
}

// nextStop is where behind 和, 、 or 再去 at i an institution that is not known is named, -1 for nowhere.
func (m *message) nextStop(i int) int {
	e := m.any(m.blank(i), planJoints...)
	if e < 0 {
		return -1
	}
	for next := e; next > 0; next = m.any(m.blank(e), planJoints...) { // 还有 再
		e = next
	}
	if next := m.any(m.blank(e), planGoes...); next > 0 {
		e = next
	}
	e = m.opt(m.opt(m.blank(e), "一个", "一家", "个", "家"), "新客户", "客户")
	if m.stopEnd(e) < 0 {
		return -1
	}
	return e
}

// stopAt is where an institution that is not known is named as a stop at i: behind what leads to the next one, or behind 去.
func (m *message) stopAt(i int) int {
	if e := m.nextStop(i); e > 0 {
		return e
	}
	e := m.any(i, planGoes...)
	if e < 0 || m.stopEnd(e) < 0 {
		return -1
	}
	return e
}

// stopEnd is where the name of an institution that is not known ends when it begins at i: its full form, or a place's two or three
// characters and the short form of one. -1 for none.
func (m *message) stopEnd(i int) int {
	if end := m.orgSpan(i, len(m.r)); end > 0 {
		return end
	}
	for e := i + 2; e <= i+3 && e < len(m.r); e++ {
		if j := m.any(e, shortOrgs...); j > 0 && m.free(i, j) && m.allHan(i, e) && !strings.ContainsAny(m.cut(i, e), "他她我你咱这那哪的了有个和去到见") && m.any(j, "的", "长") < 0 {
			return j
		}
	}
	return -1
}

// endsStop reports that what follows the blank at i is another stop.
func (m *message) endsStop(i int) bool {
	k := m.blank(i)
	return k >= len(m.r) || m.inTime(k, k+1) || m.hitFrom(k) != nil || m.stopEnd(k) > 0
}

// unknownStop takes a word that is no known customer but stands where one should: behind a time or a pause.
func (m *message) unknownStop(i int) (PlanItem, int, bool) {
	if !isHan(m.r[i]) || i > 0 && m.r[i-1] != ' ' && m.r[i-1] != ',' && m.r[i-1] != ':' && m.r[i-1] != '\n' && !m.inTime(i-1, i) {
		return PlanItem{}, 0, false
	}
	j := i
	for j < len(m.r) && isHan(m.r[j]) && !m.inTime(j, j+1) && !m.used[j] && (j == i || m.nextStop(j) < 0) {
		j++
	}
	if end := m.stopEnd(i); end > i && end < j {
		j = end
	}
	if n := j - i; n < 3 || n > 16 || j < len(m.r) && m.used[j] || m.any(i, "拜访", "计划", "行程", "安排", "去", "然后", "再", "写", "做", "开会", "在家", "休息", "整理", "准备", "还有", "顺便", "顺路", "最后", "另外", "接着") > 0 {
		return PlanItem{}, 0, false
	}
	why := m.why(i, j)
	why.Rule = RuleNew
	return PlanItem{Customer: CustomerRef{NewName: m.cut(i, j), Fuzzy: true, Why: why}, Why: why}, j, true
}

// Visits are the visits of a plan as to-dos, one for each: what the kinds of the published examples have for a plan.
func (f Frame) Visits() []Frame {
	out := make([]Frame, 0, len(f.Plan))
	for _, it := range f.Plan {
		what := it.Purpose
		if what == "" {
			what = "拜访"
		}
		due := When{Start: it.Day, HasTime: it.HasTime, Why: it.Why}
		out = append(out, Frame{
			Kind: KindPromise, Customer: it.Customer, Contact: it.Contact, Products: it.Products, Why: it.Why,
			Promises: []Promise{{Who: PartyUs, What: what, Due: due, Why: it.Why}},
		})
	}
	return out
}

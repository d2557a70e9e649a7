package handlers

import (
	"context"
	"regexp"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// idleDays is after how many days without any contact a customer counts as not followed, when nobody says how many.
const idleDays = 14

// answerVisit tells where people have been, who has been at a customer, and when last.
func (s asker) answerVisit(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	switch {
	case q.Ask == parse.AskWho && q.customer.ID != 0, q.Ask == parse.AskState && q.customer.ID != 0 && !q.From.IsZero() && q.Person.Why.Text == "":
		return s.answerVisitors(ctx, t, tx, q)
	case q.Ask == parse.AskWhen, q.Ask == parse.AskState:
		return s.answerLast(ctx, t, tx, q)
	case q.customer.ID != 0 && q.Ask != parse.AskWho:
		return s.answerVisitors(ctx, t, tx, q)
	}
	who, err := scopeOf(t, q, t.Org.ScopeOf(t.Person))
	if err != nil {
		return bot.Reply{}, err
	}
	from, to := q.days(thisWeek(t.Today))
	sums, err := tx.VisitsBetween(ctx, who.scope, from, to, 0)
	if err != nil {
		return bot.Reply{}, err
	}
	customers := make([]sales.ID, 0, len(sums))
	for _, v := range sums {
		customers = append(customers, v.CustomerID)
	}
	traceList(tx, t, "visits", customers, who.scope.Covers(t.Person.ID) && !who.many)
	return bot.Text(view.VisitedText(view.Visited{
		Who: who.name, Many: who.many, From: from, To: to, Today: t.Today, Sums: sums, Customer: q.book.Customer, Person: t.Org.Name,
	})), nil
}

// answerVisitors tells who has been at a customer, how often and when last.
func (s asker) answerVisitors(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if err := s.which(t, q, "谁去过绍兴市立医院"); err != nil {
		return bot.Reply{}, err
	}
	from, to := q.days(t.Today.AddDays(-5*366), t.Today)
	sums, err := tx.VisitorsOf(ctx, q.customer.ID, from, to)
	if err != nil {
		return bot.Reply{}, err
	}
	if q.Owner != 0 {
		for _, v := range sums {
			if v.PersonID == sales.PersonID(q.Owner) {
				sums = []sales.VisitSum{v}
				break
			}
		}
	}
	audit(tx, t, "customer.read", "customer", q.customer.ID)
	v := view.Visitors{Customer: q.customer.Name, Today: t.Today, Sums: sums, Person: t.Org.Name, Me: t.Person.ID}
	if !q.From.IsZero() {
		v.From, v.To = from, to
	}
	return s.about(t, q, bot.Text(view.VisitorsText(v))), nil
}

// about remembers the customer of an answer, so that 他们 means it in the next question.
func (s asker) about(t bot.Turn, q question, reply bot.Reply) bot.Reply {
	if q.customer.ID != 0 && reply.Dialogue == nil {
		d := t.Dialogue
		reply.Dialogue = remember(&d, "customer", q.customer.ID, t.Now)
	}
	return reply
}

// visitsOf are the newest visits of the customer of a question, with the people that are named in it.
func (s asker) visitsOf(ctx context.Context, t bot.Turn, tx Tx, q question) ([]sales.Visit, error) {
	all, err := tx.VisitsByCustomer(ctx, q.customer.ID, 200)
	if err != nil {
		return nil, err
	}
	var out []sales.Visit
	for _, v := range all {
		if q.Owner != 0 && v.PersonID != sales.PersonID(q.Owner) {
			continue
		}
		if len(q.contacts) > 0 && !isOneOf(v, q.contacts) {
			continue
		}
		out = append(out, v)
	}
	return out, nil
}

func isOneOf(v sales.Visit, contacts []sales.Contact) bool {
	for _, c := range contacts {
		if v.ContactID == c.ID {
			return true
		}
	}
	return false
}

// lastVisit is the newest of some visits by its day.
func lastVisit(visits []sales.Visit) sales.Visit {
	var last sales.Visit
	for _, v := range visits {
		if last.ID == 0 || v.Day.After(last.Day) {
			last = v
		}
	}
	return last
}

// answerLast tells when somebody was at a customer last, and when the next visit is planned.
func (s asker) answerLast(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if err := s.which(t, q, "最近一次去绍兴市立医院是哪天"); err != nil {
		return bot.Reply{}, err
	}
	visits, err := s.visitsOf(ctx, t, tx, q)
	if err != nil {
		return bot.Reply{}, err
	}
	plans, err := tx.PlansByCustomer(ctx, q.customer.ID, t.Today)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "customer.read", "customer", q.customer.ID)
	v := view.LastVisit{Customer: q.customer.Name, Today: t.Today, Me: t.Person.ID, Name: t.Org.Name, Contact: s.spokenContact(q), Count: len(visits)}
	if last := lastVisit(visits); last.ID != 0 {
		v.Visit, v.Met = last, s.metAt(q, last)
	}
	if q.Owner != 0 {
		if v.Who = t.Org.Name(sales.PersonID(q.Owner)); sales.PersonID(q.Owner) == t.Person.ID {
			v.Who = "你"
		}
	}
	for _, p := range plans {
		if p.VisitID == 0 {
			v.Next = view.PlanLine(p, q.book.Customer, t.Today) + " " + t.Org.Name(p.PersonID)
			break
		}
	}
	return s.about(t, q, bot.Text(view.LastVisitText(v))), nil
}

// metAt is who was met at a visit, as one says it.
func (s asker) metAt(q question, v sales.Visit) string {
	if v.ContactID != 0 {
		return q.book.Contact(v.ContactID)
	}
	return v.ContactName
}

// spokenContact is the one person a question is about, "" for none.
func (s asker) spokenContact(q question) string {
	if len(q.contacts) == 1 {
		return q.contacts[0].Name
	}
	return ""
}

// answerTalk tells what was talked about last. The words are their author's; others see who was there and about what products.
func (s asker) answerTalk(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("谈了什么单聊我问:客户的话不放群里。"), nil
	}
	if err := s.which(t, q, "上次跟绍兴市立医院王主任谈了什么"); err != nil {
		return bot.Reply{}, err
	}
	q.Owner = 0 // 我上次跟…: whoever was there
	visits, err := s.visitsOf(ctx, t, tx, q)
	if err != nil {
		return bot.Reply{}, err
	}
	last := lastVisit(visits)
	if last.ID == 0 {
		who := q.customer.Name + s.spokenContact(q)
		return s.about(t, q, bot.Text("还没有"+who+"的拜访记录。记一次:拜访 "+q.customer.Name+" …")), nil
	}
	todos, err := tx.TodosBySource(ctx, "visit", last.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	v := view.Talk{Customer: q.customer.Name, Visit: last, Met: s.metAt(q, last), By: t.Org.Name(last.PersonID), Own: last.PersonID == t.Person.ID, Today: t.Today, Todos: todos, Now: t.Now}
	shown := []sales.Visit{last}
	if err := s.hideWords(ctx, t, shown); err != nil {
		return bot.Reply{}, err
	}
	v.Visit = shown[0]
	audit(tx, t, "customer.read", "customer", q.customer.ID)
	return s.about(t, q, bot.Text(view.TalkText(v))), nil
}

// reIdleFor is for how long a question says that nobody has been there: 30天没去, 两个月没联系.
var reIdleFor = regexp.MustCompile(`([0-9]+|[一二两三四五六七八九十半]+)个?(天|周|星期|礼拜|月)[^,，。]{0,2}没`)

// idleSince is the moment since which a customer must have been silent for a question; the zero moment for any.
func idleSince(t bot.Turn, q question) (before time.Time, days int) {
	if m := reIdleFor.FindStringSubmatch(q.text); m != nil {
		n := 0
		if number, ok := parse.Number(m[1]); ok && len(number) < 4 {
			for _, c := range strings.Split(number, ".")[0] {
				n = n*10 + int(c-'0')
			}
		}
		n = max(n, 1)
		switch m[2] {
		case "月":
			n *= 30
			if m[1] == "半" {
				n = 15
			}
		case "天":
		default:
			n *= 7
		}
		return t.Today.AddDays(-n).Start(), n
	}
	if !q.From.IsZero() && !sales.DayOf(q.From).After(t.Today) {
		return sales.DayOf(q.From).Start(), t.Today.Sub(sales.DayOf(q.From))
	}
	for _, w := range []string{"最久", "最长"} {
		if strings.Contains(q.text, w) {
			return t.Now, 0
		}
	}
	return t.Today.AddDays(-idleDays).Start(), idleDays
}

// answerIdle lists the customers nobody has been in touch with, the longest first.
func (s asker) answerIdle(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	who, err := scopeOf(t, q, t.Org.ScopeOf(t.Person))
	if err != nil {
		return bot.Reply{}, err
	}
	before, days := idleSince(t, q)
	list, err := tx.IdleCustomers(ctx, who.scope, sales.At(before), view.IdleShown)
	if err != nil {
		return bot.Reply{}, err
	}
	n := len(list)
	if n == view.IdleShown && days > 0 {
		if n, err = tx.CountIdle(ctx, who.scope, sales.At(before)); err != nil {
			return bot.Reply{}, err
		}
	}
	ids := make([]sales.ID, 0, len(list))
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	traceList(tx, t, "customers", ids, !who.many && who.scope.Covers(t.Person.ID))
	return bot.Text(view.IdleText(view.Idle{Who: who.name, Many: who.many, Days: days, Customers: list, Count: n, Today: t.Today, Name: t.Org.Name})), nil
}

// answerPlan tells where people are going, and who is going to a customer when.
func (s asker) answerPlan(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if q.customer.ID != 0 {
		if err := s.which(t, q, "谁明天去绍兴市立医院"); err != nil {
			return bot.Reply{}, err
		}
		plans, err := tx.PlansByCustomer(ctx, q.customer.ID, t.Today)
		if err != nil {
			return bot.Reply{}, err
		}
		var lines []string
		for _, p := range plans[:min(len(plans), 8)] {
			lines = append(lines, "· "+view.PlanLine(p, q.book.Customer, t.Today)+" "+t.Org.Name(p.PersonID))
		}
		if len(lines) == 0 {
			return s.about(t, q, bot.Text(q.customer.Name+"还没人排拜访。排一个:计划 明天 上午 "+q.customer.Name)), nil
		}
		return s.about(t, q, bot.Text("要去"+q.customer.Name+"的:\n"+strings.Join(lines, "\n"))), nil
	}
	from, to := q.days(t.Today, t.Today.AddDays(6))
	if q.Owner == 0 && !q.Team && !q.All && q.Ask != parse.AskWho && !ofTeam(t, q) {
		q.Owner = parse.ID(t.Person.ID)
	}
	who, err := scopeOf(t, q, t.Org.ScopeOf(t.Person))
	if err != nil {
		return bot.Reply{}, err
	}
	if to.Sub(from) > maxPlanAhead {
		to = from.AddDays(maxPlanAhead)
	}
	if !who.many && who.scope.Covers(t.Person.ID) {
		return s.listPlans(ctx, t, tx, q.book, who.scope, from, to, false)
	}
	plans, err := tx.Plans(ctx, who.scope, from, to)
	if err != nil {
		return bot.Reply{}, err
	}
	var reps []sales.Person
	for _, p := range t.Org.People() {
		if who.scope.Covers(p.ID) && (p.Has(sales.RoleRep) || !who.many) {
			reps = append(reps, p)
		}
	}
	return bot.Text(view.TeamPlanText(view.TeamPlan{Plans: plans, From: from, To: to, Today: t.Today, Reps: reps, Person: t.Org.Name, Customer: q.book.Customer})), nil
}

// ofTeam reports whether a question names a team or region.
func ofTeam(t bot.Turn, q question) bool {
	_, ok := namedTeam(t, q.text)
	return ok
}

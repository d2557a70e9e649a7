package handlers

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// spokenFor is for how long 他们 means the customer something was filed about last.
const spokenFor = 12 * time.Hour

// askedScope is whose records a question is about.
type askedScope struct {
	// name is how the answer calls them: 你, 李强, 华东一组; word is what a command takes for them.
	name, word string
	scope      sales.Scope
	// many is true when they are more than one person.
	many bool
}

// scopeOf reads whose records a question means: 我, a colleague, a team or region, 我们组, 全公司. Without any it is what the
// person leads, else their own. It refuses what they may not see; all is what they may.
func scopeOf(t bot.Turn, q question, all sales.Scope) (askedScope, error) {
	mine := askedScope{"你", "我的", sales.Only(t.Person.ID), false}
	if q.Owner != 0 {
		return personScope(t, sales.PersonID(q.Owner), all)
	}
	if p, ok, err := surnamed(t, q); ok || err != nil {
		if err != nil {
			return askedScope{}, err
		}
		return personScope(t, p.ID, all)
	}
	s, found := namedTeam(t, q.text)
	switch {
	case found:
	case q.All:
		s = askedScope{"公司", "公司", sales.Scope{All: true}, true}
	case q.Team && !leads(t) && !all.All:
		return askedScope{}, sales.Errorf(sales.Forbidden, "看团队的要主管。你可以问自己的:我"+strings.TrimPrefix(mainWords(q), "我"))
	case q.Team, leads(t), all.All:
		s = askedScope{"团队", "团队", all, true}
		if all.All {
			s.name, s.word = "公司", "公司"
		}
	default:
		return mine, nil
	}
	if !covers(all, s.scope) {
		return askedScope{}, sales.Errorf(sales.Forbidden, "看"+s.name+"的要它的主管或总监。你可以问自己的:"+mainWords(q))
	}
	return s, nil
}

// named finds the colleague whom a question names in full.
func (q *question) named(t bot.Turn) {
	if q.Owner != 0 && q.Owner != parse.ID(t.Person.ID) {
		return
	}
	for _, p := range t.Org.People() {
		if utf8.RuneCountInString(p.Name) > 1 && strings.Contains(q.text, p.Name) {
			q.Owner = parse.ID(p.ID)
			return
		}
	}
}

// mainWords is a question of the same kind about oneself, as an example.
func mainWords(q question) string {
	if w, ok := ownQuestion[q.About]; ok {
		return w
	}
	return "我这周跑了几家"
}

var ownQuestion = map[parse.QueryAbout]string{
	parse.AboutPayment: "我这个月回款多少", parse.AboutSigned: "我这个月签了多少", parse.AboutTarget: "我这个月签了多少", parse.AboutIdle: "我哪个客户最久没去",
	parse.AboutPlan: "我下周要去几家", parse.AboutTodo: "我还有哪些待办", parse.AboutDay: "明天我有啥事", parse.AboutContract: "我的合同谁在审",
}

func personScope(t bot.Turn, id sales.PersonID, all sales.Scope) (askedScope, error) {
	if id == t.Person.ID {
		return askedScope{"你", "我的", sales.Only(id), false}, nil
	}
	name := t.Org.Name(id)
	if !all.Covers(id) {
		return askedScope{}, sales.Errorf(sales.Forbidden, name+"的只有本人、他的主管和总监能看。")
	}
	return askedScope{name, name, sales.Only(id), false}, nil
}

// surnamed finds the colleague who is meant by 老陈 or 陈总 where no customer's person can be meant. The error says that there
// is none, or more than one.
func surnamed(t bot.Turn, q question) (sales.Person, bool, error) {
	if wantsContact[q.About] && q.About != parse.AboutVisit && q.About != parse.AboutPlan || q.Person.Surname == "" || q.Person.Given != "" || len(q.contacts) > 0 || q.customer.ID != 0 {
		return sales.Person{}, false, nil
	}
	if !q.Person.Young && q.Person.Title != "总" && q.Person.Title != "经理" && q.Person.Title != "总监" {
		return sales.Person{}, false, nil
	}
	var found []sales.Person
	for _, p := range t.Org.People() {
		if strings.HasPrefix(p.Name, q.Person.Surname) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 1:
		return found[0], true, nil
	case 0:
		return sales.Person{}, true, sales.Errorf(sales.NotFound, "同事里没有"+quoted(q.Person.Why.Text, "")+"。写姓名再问一次。")
	}
	names := make([]string, 0, 4)
	for _, p := range found[:min(len(found), 4)] {
		names = append(names, p.Name)
	}
	return sales.Person{}, true, sales.Errorf(sales.Conflict, quoted(q.Person.Why.Text, "")+"是哪位:"+strings.Join(names, "、")+"?写姓名再问一次。")
}

// namedTeam finds the team or region a text names, the longest name first.
func namedTeam(t bot.Turn, text string) (askedScope, bool) {
	teams := t.Org.Teams()
	slices.SortStableFunc(teams, func(a, b sales.Team) int { return len(b.Name) - len(a.Name) })
	for _, team := range teams {
		if team.Name != "" && strings.Contains(text, team.Name) {
			return askedScope{team.Name, team.Name, join(sales.Scope{}, t.Org.Members(team.ID)), true}, true
		}
	}
	for _, team := range teams {
		if team.Region != "" && strings.Contains(text, team.Region) {
			return askedScope{team.Region, team.Region, join(sales.Scope{}, t.Org.InRegion(team.Region)), true}, true
		}
	}
	return askedScope{}, false
}

// days is the span a question names; without one, from and to.
func (q question) days(from, to sales.Day) (sales.Day, sales.Day) {
	if q.From.IsZero() {
		return from, to
	}
	return sales.DayOf(q.From), sales.DayOf(q.To)
}

// thisWeek and thisMonth are the running ones, whole.
func thisWeek(today sales.Day) (from, to sales.Day) {
	from = today.AddDays(-(int(today.Weekday()) + 6) % 7)
	return from, from.AddDays(6)
}

func thisMonth(today sales.Day) (from, to sales.Day) {
	return sales.FirstOf(today), sales.LastOf(today)
}

// meant finds the people of customers whom a question names. Where nobody is named so, the question goes on without; done is
// true when there are several.
func (s asker) meant(ctx context.Context, t bot.Turn, tx Tx, q *question) (bot.Reply, bool, error) {
	if q.customer.ID != 0 {
		for _, c := range q.book.Parser.Index.Meant(q.Person, parse.ID(q.customer.ID)) {
			k, err := tx.ContactByID(ctx, sales.ID(c.ID))
			if err != nil {
				return bot.Reply{}, true, err
			}
			q.contacts = append(q.contacts, k)
		}
		return bot.Reply{}, false, nil
	}
	scope := sales.Only(t.Person.ID)
	for range 2 {
		for id, c := range q.book.Customers.All() {
			if !scope.CoversCustomer(c.OwnerID, q.book.Owners.Of(id)) || len(q.contacts) > maxMeant {
				continue
			}
			for _, k := range q.book.Parser.Index.Meant(q.Person, parse.ID(id)) {
				q.contacts = append(q.contacts, q.book.Contacts.Of(sales.ID(k.ID)))
			}
		}
		if scope = t.Org.ScopeOf(t.Person); len(q.contacts) > 0 || len(scope.Persons) == 1 {
			break
		}
	}
	slices.SortFunc(q.contacts, func(a, b sales.Contact) int { return int(a.ID - b.ID) })
	if len(q.contacts) == 1 || len(q.contacts) > 0 && q.About != parse.AboutContact {
		if len(q.contacts) > 1 {
			return bot.Text("是哪一位" + quoted(q.Person.Why.Text, "") + ":" + s.contactNames(*q) + "?带上客户名再问一次。"), true, nil
		}
		c, err := tx.CustomerByID(ctx, q.contacts[0].CustomerID)
		q.customer = c
		return bot.Reply{}, err != nil, err
	}
	return bot.Reply{}, false, nil
}

// maxMeant is how many people of one name are looked at.
const maxMeant = 6

func (s asker) contactNames(q question) string {
	names := make([]string, 0, maxMeant)
	for _, k := range q.contacts[:min(len(q.contacts), maxMeant)] {
		names = append(names, q.book.Customer(k.CustomerID)+" "+q.book.Contact(k.ID))
	}
	return strings.Join(names, "、")
}

// which refuses a question that needs a customer and names none, and those about a customer the person may not read.
func (s asker) which(t bot.Turn, q question, example string) error {
	switch {
	case q.customer.ID == 0 && q.Person.Why.Text != "":
		return sales.Errorf(sales.NotFound, "联系人里没找到"+quoted(q.Person.Why.Text, "")+"。带上客户名再问一次。")
	case q.customer.ID == 0:
		return sales.Errorf(sales.Invalid, "问的是哪家?带上客户名,例:"+example)
	case !s.reads(t, q.book, q.customer):
		owner := t.Org.Name(q.customer.OwnerID)
		return sales.Errorf(sales.Forbidden, q.customer.Name+"是"+owner+"的客户,要看细节找"+owner+"。")
	}
	return nil
}

package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// maxListed is how many filings a list shows.
const maxListed = 15

// listWords are what stands behind a kind's command when a list is wanted.
var listWords = map[string]bool{
	"": true, "未关": true, "没关": true, "未办结": true, "没办结": true, "未处理": true, "全部": true, "所有": true, "列表": true, "我的": true, "团队": true,
}

// reSettled asks whether something has been dealt with: 处理了没, 修好了吗.
var reSettled = regexp.MustCompile(`(?:处理|解决|办|修|弄|搞定|好|完|回复)(?:好|完)?了?(?:没有|没|吗)$`)

// asksState reports whether the words beside a customer's name ask how far something is, so that they file nothing.
func asksState(kind sales.FilingKind, rest string) bool {
	rest = strings.TrimRight(strings.TrimSpace(strings.Trim(bareAsk(rest), "的")), " 的?？")
	return kind == sales.FilingSample && asksAny(rest) || kind.ForService() && reSettled.MatchString(rest)
}

// listFilings answers a kind's command that says nothing new: its open ones, those of a time, or those of a customer.
func (a *App) listFilings(ctx context.Context, t bot.Turn, tx Tx, kind sales.FilingKind) (bot.Reply, bool, error) {
	args := strings.TrimSuffix(bare(t.Args), "的")
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, false, err
	}
	q := sales.FilingFilter{Kind: kind, Scope: a.filingScope(t, kind), Limit: maxListed + 1}
	title := kind.Name()
	switch {
	case listWords[args]:
		if args == "我的" {
			q.Scope = sales.Only(t.Person.ID)
		}
		if args != "全部" && args != "所有" && (kind.ForService() || kind == sales.FilingSample) {
			q.Pending, title = true, title+" 没办完的"
		}
		if args == "" && kind == sales.FilingExpense {
			args = "本月"
		} else {
			break
		}
		fallthrough
	default:
		if from, to, ok := a.periodOf(t, book, args); ok {
			q.From, q.To = from, to
			title += " " + from.Chinese()
			if from != to {
				title += " 到 " + to.Chinese()
			}
			break
		}
		id, rest, why := a.customerIn(t, book, args)
		if why != "" || id == 0 || bare(rest) != "" && !asksState(kind, rest) {
			return bot.Reply{}, false, nil
		}
		q.Customer, title = id, title+" · "+book.Customer(id)
		if book.Customers.Of(id).OwnerID == t.Person.ID {
			q.Scope = sales.Scope{All: true}
		}
	}
	if kind == sales.FilingExpense && q.Customer == 0 {
		reply, err := a.expenses(ctx, t, tx, book, q)
		return reply, true, err
	}
	list, err := tx.Filings(ctx, q)
	if err != nil {
		return bot.Reply{}, false, err
	}
	var customers []sales.ID
	own := true
	for _, f := range list[:min(len(list), maxListed)] {
		customers = append(customers, f.CustomerID)
		own = own && f.PersonID == t.Person.ID
	}
	traceList(tx, t, "filings", customers, own)
	return a.filingList(t, book, kind, title, q.Customer, list), true, nil
}

// filingScope is whose filings a person may list: one's own and one's team's, the service those it works on.
func (a *App) filingScope(t bot.Turn, kind sales.FilingKind) sales.Scope {
	if kind.ForService() && t.Person.Has(sales.RoleService) || kind == sales.FilingExpense && t.Person.Has(sales.RoleFinance) {
		return sales.Scope{All: true}
	}
	return t.Org.ScopeOf(t.Person)
}

func (a *App) filingList(t bot.Turn, book *Book, kind sales.FilingKind, title string, customer sales.ID, list []sales.Filing) bot.Reply {
	more := len(list) > maxListed
	lines := make([]string, 0, len(list))
	for _, f := range list[:min(len(list), maxListed)] {
		v := a.filingView(t, book, f)
		v.Group = t.InGroup()
		v.Masked = f.Kind == sales.FilingCompetitor && f.PersonID != t.Person.ID
		v.Others = f.PersonID != t.Person.ID
		if customer != 0 {
			v.Customer = ""
		}
		lines = append(lines, view.FilingLine(v))
	}
	return bot.ShowCard(view.FilingList(view.Filings{
		Key: pickKey(t, "filings/"+string(kind)), Title: title, Kind: kind, Customer: customer, Lines: lines, More: more,
		Name: book.Customer(customer),
	}))
}

// expenses sums what was spent in a time: one's own by customer, the team's by person.
func (a *App) expenses(ctx context.Context, t bot.Turn, tx Tx, book *Book, q sales.FilingFilter) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("费用单聊看:费用 本月。"), nil
	}
	sums, err := tx.Expenses(ctx, q.Scope, q.From, q.To)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Text(view.ExpenseText(view.Expenses{
		From: q.From, To: q.To, Sums: sums, Me: t.Person.ID, Customer: book.Customer, Person: t.Org.Name,
	})), nil
}

// periodOf reads a stretch of days that is all a text says: 本月, 上周, 3月.
func (a *App) periodOf(t bot.Turn, book *Book, s string) (from, to sales.Day, ok bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "团队"), "团队")
	if s = bare(s); s == "" || len([]rune(s)) > 12 {
		return from, to, false
	}
	p, ok := parse.Period(s, t.Now.In(sales.Shanghai), parse.TensePast, book.Parser.Calendar)
	if !ok || p.Start.IsZero() || bare(strings.Replace(s, p.Why.Text, "", 1)) != "" {
		return from, to, false
	}
	from, to = sales.DayOf(p.Start), t.Today
	if !p.End.IsZero() {
		to = sales.DayOf(p.End.AddDate(0, 0, -1))
	}
	return from, to, !to.Before(from)
}

// customerIn finds the one customer that a text names; rest is what else it says, why says in Chinese why there is none.
func (a *App) customerIn(t bot.Turn, book *Book, text string) (id sales.ID, rest, why string) {
	in := parse.Input{Text: text, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)}
	c, _ := book.Parser.FindCustomer(in)
	switch {
	case c.ID != 0:
		return sales.ID(c.ID), bare(textBeside(text, c.Why)), ""
	case len(c.Candidates) > 0:
		var names []string
		for _, id := range c.Candidates[:min(len(c.Candidates), 4)] {
			names = append(names, book.Customer(sales.ID(id)))
		}
		return 0, text, "是哪家:" + strings.Join(names, "、") + "?写全一点。"
	}
	return 0, text, "没找到这家客户:" + quoted(text, "") + "。写客户名,简称也可以。"
}

// maxCustomerLines bounds what a customer's page shows of each sort.
const maxCustomerLines = 3

// customerFilings are the lines of a customer's page about what was filed: what is open first, then who comes next.
func (a *App) customerFilings(ctx context.Context, t bot.Turn, tx Tx, id sales.ID) ([]string, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return nil, err
	}
	list, err := tx.Filings(ctx, sales.FilingFilter{Customer: id, Scope: sales.Scope{All: true}, Limit: 60})
	if err != nil {
		return nil, err
	}
	var lines []string
	spent, since := sales.Money(0), sales.NewDay(t.Today.Year(), 1, 1)
	for _, kind := range sales.FilingKinds {
		n := 0
		for _, f := range list {
			if f.Kind != kind || kind == sales.FilingCompetitor && f.PersonID != t.Person.ID { // only for its author
				continue
			}
			if kind == sales.FilingExpense {
				if !f.Day.Before(since) {
					spent += f.Amount
				}
				continue
			}
			if n++; n > maxCustomerLines {
				continue
			}
			v := a.filingView(t, book, f)
			v.Customer, v.Group, v.Others = "", t.InGroup(), f.PersonID != t.Person.ID
			lines = append(lines, kind.Name()+" "+view.FilingLine(v))
		}
	}
	if spent > 0 && !t.InGroup() {
		lines = append(lines, "费用 今年 "+spent.String())
	}
	plans, err := tx.PlansByCustomer(ctx, id, t.Today)
	for _, p := range plans[:min(len(plans), maxCustomerLines)] {
		lines = append(lines, strings.Join(strings.Fields("计划 "+p.Day.ChineseFrom(t.Today)+" "+p.When()+" "+t.Org.Name(p.PersonID)+" "+p.Purpose), " "))
	}
	return lines, err
}

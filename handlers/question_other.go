package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// answerContact tells how somebody of a customer's is reached. Only those who work with the customer see whole numbers, and
// nobody does in a group.
func (s asker) answerContact(_ context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if len(q.contacts) == 0 {
		q.contacts = s.byFullName(t, q)
	}
	if q.Owner != 0 && len(q.contacts) == 0 && q.customer.ID == 0 && strings.Contains(q.text, t.Org.Name(sales.PersonID(q.Owner))) {
		return bot.Text(t.Org.Name(sales.PersonID(q.Owner)) + "是同事,电话在通讯录里。"), nil
	}
	if q.customer.ID == 0 && len(q.contacts) == 0 {
		return bot.Reply{}, s.which(t, q, "绍兴市立医院王主任电话多少")
	}
	if len(q.contacts) == 0 && q.Person.Why.Text != "" {
		return s.about(t, q, bot.Text(q.customer.Name+"没有记"+quoted(q.Person.Why.Text, "")+"。补:联系人 "+q.customer.Name+" 姓名 职务 手机")), nil
	}
	v := view.Phones{Customer: q.customer.Name, Group: t.InGroup(), More: len(q.contacts) > maxMeant}
	if len(q.contacts) == 0 {
		for _, k := range q.book.Parser.Index.ContactsOf(parse.ID(q.customer.ID)) {
			q.contacts = append(q.contacts, q.book.Contacts.Of(sales.ID(k.ID)))
		}
		v.Phone = q.customer.Phone
	}
	for _, k := range q.contacts[:min(len(q.contacts), maxMeant)] {
		c := q.book.Customers.Of(q.book.Resolve(k.CustomerID))
		if !s.works(t, q.book, c) {
			if owner := t.Org.Name(c.OwnerID); owner != "" {
				return bot.Reply{}, sales.Errorf(sales.Forbidden, c.Name+"是"+owner+"的客户,联系方式找"+owner+"要。")
			}
			return bot.Reply{}, sales.Errorf(sales.Forbidden, c.Name+"在公海,领取以后能看联系方式:领取 "+c.Name)
		}
		v.Lines = append(v.Lines, view.PhoneLine{Customer: c.Name, Contact: q.book.Contact(k.ID), Name: k.Name, Phone: sales.Phone(k.Phone)})
		audit(tx, t, "customer.read", "customer", c.ID)
	}
	if len(v.Lines) == 0 && !s.works(t, q.book, q.customer) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, q.customer.Name+"是"+orElse(t.Org.Name(q.customer.OwnerID), "公海")+"的客户,联系方式不能看。")
	}
	return s.about(t, q, bot.Text(view.PhonesText(v))), nil
}

// byFullName finds contacts who are named in full, those of the person's own customers if there are any.
func (s asker) byFullName(t bot.Turn, q question) []sales.Contact {
	var out, others []sales.Contact
	for _, k := range q.book.Contacts.All() {
		if len([]rune(k.Name)) < 2 || !strings.Contains(q.text, k.Name) || len(out) > maxMeant || q.customer.ID != 0 && k.CustomerID != q.customer.ID {
			continue
		}
		if s.works(t, q.book, q.book.Customers.Of(q.book.Resolve(k.CustomerID))) {
			out = append(out, k)
		} else if len(others) == 0 {
			others = append(others, k)
		}
	}
	if len(out) == 0 {
		return others
	}
	slices.SortFunc(out, func(a, b sales.Contact) int { return int(a.ID - b.ID) })
	return out
}

// answerOwner tells whose a customer is.
func (s asker) answerOwner(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if q.customer.ID == 0 {
		return bot.Reply{}, sales.Errorf(sales.Invalid, "问的是哪家?带上客户名,例:绍兴市立医院谁负责")
	}
	lines, err := s.inChargeLines(ctx, t, tx, q.book, q.customer.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	v := view.Owned{Customer: q.customer.Name, Owner: t.Org.Name(q.customer.OwnerID), Lines: lines, Rep: t.Person.Has(sales.RoleRep)}
	if p, ok := t.Org.Person(q.customer.OwnerID); ok {
		if team, ok := t.Org.Team(p.TeamID); ok {
			v.Team = team.Name
		}
		v.You = p.ID == t.Person.ID
	}
	return s.about(t, q, bot.Text(view.OwnedText(v))), nil
}

// answerCustomers lists one's own customers, and counts those of others.
func (s asker) answerCustomers(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	who, err := scopeOf(t, q, t.Org.ScopeOf(t.Person))
	if err != nil {
		return bot.Reply{}, err
	}
	if !who.many && who.scope.Covers(t.Person.ID) {
		return s.as(ctx, t, tx, "我的客户")
	}
	n, err := tx.CountCustomers(ctx, who.scope)
	if err != nil {
		return bot.Reply{}, err
	}
	idle, err := tx.CountIdle(ctx, who.scope, sales.At(t.Today.AddDays(-idleDays).Start()))
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Text(view.CustomerCount(who.name, n, idle, idleDays)), nil
}

// answerOpportunity shows the opportunities of a customer, one's own, or where those of others stand.
func (s asker) answerOpportunity(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	switch {
	case q.customer.ID != 0:
		return s.as(ctx, t, tx, "客户 "+q.customer.Name+" 商机")
	case q.Amount > 0:
		return s.answerContract(ctx, t, tx, q)
	case q.Owner != 0 && sales.PersonID(q.Owner) != t.Person.ID || q.Team || q.All || ofTeam(t, q):
		return s.answerFunnel(ctx, t, tx, q)
	}
	return s.as(ctx, t, tx, "商机")
}

// answerFunnel shows the funnel of whom and when the question names.
func (s asker) answerFunnel(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	words := "漏斗"
	who, err := scopeOf(t, q, sales.Scope{All: true}) // the funnel itself says who may see it
	if err != nil {
		return bot.Reply{}, err
	}
	if q.Owner != 0 || q.All || q.Team && leads(t) || ofTeam(t, q) || len(q.contacts) > 0 || who.word != "公司" && who.word != "团队" && who.word != "我的" {
		words += " " + strings.NewReplacer("你", "我的").Replace(who.word)
	}
	if p, ok := parse.Period(q.text, t.Now.In(sales.Shanghai), parse.TensePast, q.book.Parser.Calendar); ok && !q.From.IsZero() {
		words += " " + p.Why.Text
	}
	return s.as(ctx, t, tx, words)
}

// answerFiling lists samples, complaints or requests to the service.
func (s asker) answerFiling(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	kind := sales.FilingSample.Name()
	if q.About == parse.AboutService {
		kind = sales.FilingAfterSales.Name()
		if strings.Contains(q.text, sales.FilingComplaint.Name()) {
			kind = sales.FilingComplaint.Name()
		}
	}
	what := orElse(q.customer.Name, "全部")
	if q.customer.ID == 0 && (q.Ask == parse.AskList || q.Ask == parse.AskCount || strings.Contains(q.text, "没")) && q.About == parse.AboutService {
		what = "未关"
	}
	return s.as(ctx, t, tx, kind+" "+what)
}

// answerExpense sums expenses.
func (s asker) answerExpense(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	what := orElse(q.customer.Name, "本月")
	if p, ok := parse.Period(q.text, t.Now.In(sales.Shanghai), parse.TensePast, q.book.Parser.Calendar); ok && !q.From.IsZero() && q.customer.ID == 0 {
		what = p.Why.Text
	}
	return s.as(ctx, t, tx, "费用 "+what)
}

// answerProduct shows the product that is named.
func (s asker) answerProduct(ctx context.Context, t bot.Turn, tx Tx, q question) (bot.Reply, error) {
	if len(q.Products) == 0 || q.Products[0] == 0 {
		return bot.Reply{}, bot.ErrNotMine
	}
	return s.as(ctx, t, tx, "产品 "+q.book.Products[sales.ID(q.Products[0])].Name)
}

// asks reports whether a text nobody could use was a question.
func asks(s string) bool {
	return isQuestion(s) && utf8.RuneCountInString(s) <= maxSpoken || parse.MayAsk(s) && reAsks.MatchString(bare(s))
}

var reAsks = regexp.MustCompile(`(?:吗|呢|了没|没有|多少|几[家个号点]|哪[天里儿家个些]|什么|啥|怎么样|咋样|谁|什么时候)[了的]?$|^(?:谁|哪|怎么|为什么|为啥|帮我查|查一下|看看)`)

// nearest says of a question that nothing here answers what can be asked instead: the two commands whose words are nearest.
func (h helper) nearest(t bot.Turn) string {
	type near struct {
		name  string
		score int
	}
	var best []near
	text := []rune(bare(t.Text))
	for _, c := range h.router.Commands() {
		if len(c.Roles) > 0 && !t.Person.Has(c.Roles...) {
			continue
		}
		score := 0
		for i := 0; i+2 <= len(text); i++ {
			if pair := string(text[i : i+2]); !emptyPairs[pair] && (strings.Contains(c.Name, pair) || strings.Contains(strings.Join(c.Aliases, " "), pair)) {
				score++
			}
		}
		if score > 0 {
			best = append(best, near{c.Name, score})
		}
	}
	slices.SortStableFunc(best, func(a, b near) int { return b.score - a.score })
	names := []string{"我下周要去几家", "这个月回款多少"}
	switch {
	case leads(t):
		names = []string{"这周大家跑了几家", "哪些客户最久没去"}
	case !t.Person.Has(sales.RoleRep):
		names = []string{"有几个合同等我审", "明天我有啥事"}
	}
	for i, b := range best[:min(len(best), 2)] {
		names[i] = b.name
	}
	return "这个我答不上来。可以问:" + strings.Join(names, " / ") + "。还能问的发 能问什么。"
}

// emptyPairs are the pairs of characters by which no command is near a question.
var emptyPairs = map[string]bool{
	"什么": true, "怎么": true, "为什": true, "么样": true, "这单": true, "我的": true, "可以": true, "多少": true, "怎样": true, "哪些": true, "没有": true, "有没": true,
}

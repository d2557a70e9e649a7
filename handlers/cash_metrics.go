package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// MetricsTx reads the figures behind the way from contract to cash.
type MetricsTx interface {
	SignedContracts(ctx context.Context, scope sales.Scope, from, to sales.Instant) ([]sales.SignedContract, error)
	// CustomerPaid sums what a customer ever paid, and since a day.
	CustomerPaid(ctx context.Context, customer sales.ID, since sales.Day) (sales.CustomerPaid, error)
	Gaps(ctx context.Context, w sales.GapsWanted, late sales.Instant) ([]sales.Gap, error)
}

const (
	// dsoDays is the period of the days a company waits for its money.
	dsoDays = 90
	// gapDays is how far back gaps are looked for, stillDays after how many a signed contract should have moved.
	gapDays, stillDays = 180, 30
	maxGaps            = 40
)

func (a *App) registerMetrics(r *bot.Router[Tx]) {
	above := []sales.Role{sales.RoleRep, sales.RoleLead, sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM, sales.RoleAdmin, sales.RoleFinance}
	r.Command(bot.Command[Tx]{
		Name: "回款指标", Aliases: []string{"hkzb", "dso", "周转天数"}, Summary: "周转天数、开票快慢、逾期,客户值多少", Usage: "回款指标 / 回款指标 公司 / 回款指标 绍兴市立",
		Detail: "周转天数=现在未收÷近90天开票×90;开票快慢=签收到开票平均几天;写客户看它付过多少、三年里大概还能付多少。点按钮看每个数是哪些单子。", Roles: above, Handle: a.CashMetrics,
	})
	r.Command(bot.Command[Tx]{
		Name: "新签额", Aliases: []string{"xqe", "可交付新签额", "可交付新签"}, Summary: "真能交付的新签,去掉复购、没排期、没现金的", Usage: "新签额 / 新签额 公司 上月",
		Detail: "点按钮从区域看到产品线、到人、到合同。每份没算进来的都写为什么。", Roles: above, Handle: a.NewSigned,
	})
	a.registerAlign(r, append(above, sales.RoleDelivery))
	r.Action("newsign.show", a.TapNewSigned)
}

// CashMetrics tells how fast money comes in (回款指标), of people or of one customer.
func (a *App) CashMetrics(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("回款指标单聊我看:金额不放群里。"), nil
	}
	s, err := a.readMoneyScope(ctx, t, t.Args)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "metrics.read", "person", sales.ID(t.Person.ID), sales.Change{Field: "范围", New: s.token})
	if s.customer != 0 {
		paid, err := tx.CustomerPaid(ctx, s.customer, t.Today.AddDays(-364))
		if err != nil {
			return bot.Reply{}, err
		}
		open, err := tx.OpenInvoices(ctx, s.customer)
		if err != nil {
			return bot.Reply{}, err
		}
		v := view.CustomerValue{Person: t.Person.ID, Token: s.token, Customer: s.name, Paid: paid, Today: t.Today}
		for _, i := range open {
			v.Open += i.Open
		}
		return bot.ShowCard(view.CustomerValueCard(v)), nil
	}
	from := t.Today.AddDays(1 - dsoDays)
	v := view.CashMetrics{Person: t.Person.ID, Token: s.token, Scope: s.name, Days: dsoDays, From: from, To: t.Today}
	b, err := tx.Books(ctx, false)
	if err != nil {
		return bot.Reply{}, err
	}
	if cut := b.OpenedOn; !cut.IsZero() && !cut.Before(from) { // what was invoiced until then is not known day by day
		v.Days, v.Cut = max(t.Today.Sub(cut), 1), cut
		if from = cut.AddDays(1); from.After(t.Today) {
			from = t.Today
		}
		v.From = from
	}
	if v.Sum, err = tx.CashBetween(ctx, s.scope, from, t.Today); err != nil {
		return bot.Reply{}, err
	}
	if v.Receivable, err = tx.ReceivableSum(ctx, s.scope, t.Today); err != nil {
		return bot.Reply{}, err
	}
	delays, err := tx.InvoiceDelays(ctx, s.scope, from, t.Today)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, c := range delays {
		switch {
		case c.InvoicedOn.IsZero():
			v.Waiting += c.Count
		case !c.InvoicedOn.Before(c.SignedOn):
			v.Delayed += c.InvoicedOn.Sub(c.SignedOn) * c.Count
			v.Invoiced += c.Count
		default:
			v.Early += c.Count
		}
	}
	return bot.ShowCard(view.CashMetricsCard(v)), nil
}

// signPath is where one stands in the drill-down of new sign-ups: the month, then region, product line, person.
type signPath struct {
	month        sales.Day
	region, line string
	person       sales.PersonID
	depth        int
	from         int // the first group that is shown
}

func (p signPath) arg() string {
	s := []string{p.month.String()[:7]}
	if p.depth > 0 {
		s = append(s, p.region)
	}
	if p.depth > 1 {
		s = append(s, p.line)
	}
	if p.depth > 2 {
		s = append(s, p.person.String())
	}
	return strings.Join(s, "/")
}

func pathOf(arg string) (signPath, bool) {
	part := strings.Split(arg, "/")
	month, err := sales.ParseDay(part[0] + "-01")
	if err != nil || len(part) > 4 {
		return signPath{}, false
	}
	p := signPath{month: month, depth: len(part) - 1}
	if p.depth > 0 {
		p.region = part[1]
	}
	if p.depth > 1 {
		p.line = part[2]
	}
	if p.depth > 2 {
		id, err := strconv.ParseInt(part[3], 10, 64)
		if err != nil {
			return p, false
		}
		p.person = sales.PersonID(id)
	}
	return p, true
}

// NewSigned shows what was newly signed and can be delivered (可交付新签额).
func (a *App) NewSigned(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("新签额单聊我看:金额不放群里。"), nil
	}
	month, rest := sales.FirstOf(t.Today), ""
	args := narrow(cutRunes(t.Args, 40))
	if word, after := cutWord(bare(args)); slices.Contains([]string{"公司", "全公司", "全司", "全部"}, word) { // what it shows to whoever may see it
		if _, err := a.readMoneyScope(ctx, t, word); err != nil {
			return bot.Reply{}, err
		}
		args = after
	}
	if why := badMonth(args); why != "" {
		return bot.Text(why + "例:新签额 2月"), nil
	}
	if bare(args) != "" {
		month, rest = cutMonth(args, t.Today)
	}
	if bare(rest) != "" {
		return bot.Text("没看懂:" + quoted(bare(rest), "") + "。发 新签额、新签额 上月 或 新签额 2026年2月,再点按钮往下看。"), nil
	}
	card, err := a.newSignedCard(ctx, t, tx, signPath{month: month})
	return bot.ShowCard(card), err
}

// TapNewSigned goes a step down: region, product line, person, contracts.
func (a *App) TapNewSigned(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	arg, at, _ := strings.Cut(t.Action.Arg, "@")
	p, ok := pathOf(arg)
	p.from, _ = strconv.Atoi(at)
	if !ok || t.InGroup() {
		return bot.Text("这个按钮已失效。发 新签额 重新看。"), nil
	}
	card, err := a.newSignedCard(ctx, t, tx, p)
	return a.turned(t, card), err
}

// into is the next step down from p to where a contract is, and what it is called.
func (p signPath) into(c sales.SignedContract, region, line string, org *sales.Org) (next signPath, name string) {
	next = p
	switch next.depth++; p.depth {
	case 0:
		next.region, name = region, region
	case 1:
		next.line, name = line, line
	case 2:
		next.person, name = c.OwnerID, orElse(org.Name(c.OwnerID), "没有负责人")
	default:
		next.depth, name = 0, c.No
	}
	return next, name
}

func (a *App) newSignedCard(ctx context.Context, t bot.Turn, tx Tx, p signPath) (view.Face, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return view.Face{}, err
	}
	list, err := tx.SignedContracts(ctx, cashScope(t), sales.At(p.month.Start()), sales.At(p.month.AddMonths(1).Start()))
	if err != nil {
		return view.Face{}, err
	}
	v := view.NewSigned{Person: t.Person.ID, Month: sales.MonthName(p.month), Depth: p.depth, Excluded: map[string]view.SignSum{}}
	groups := map[string]*view.SignGroup{}
	var order []string
	for _, c := range list {
		region, line := orElse(t.Org.Region(c.TeamID), "没分区域"), orElse(book.Line(c.Products), "没分产品线")
		if p.depth > 0 && region != p.region || p.depth > 1 && line != p.line || p.depth > 2 && c.OwnerID != p.person {
			continue
		}
		why := c.Excluded()
		if why != "" {
			s := v.Excluded[why]
			s.Count, s.Amount = s.Count+1, s.Amount+c.Amount
			v.Excluded[why] = s
		} else {
			v.Total.Count, v.Total.Amount = v.Total.Count+1, v.Total.Amount+c.Amount
		}
		next, name := p.into(c, region, line, t.Org)
		g := groups[name]
		if g == nil {
			g = &view.SignGroup{Name: name}
			if p.depth < 3 {
				g.Arg = next.arg()
			}
			groups[name] = g
			order = append(order, name)
		}
		if why == "" {
			g.Count, g.Amount = g.Count+1, g.Amount+c.Amount
		} else {
			g.Why = why
		}
		if p.depth == 3 {
			g.Name, g.All = c.No+" "+book.Customer(c.CustomerID), c.Amount
		}
	}
	for _, name := range order {
		v.Groups = append(v.Groups, *groups[name])
	}
	slices.SortStableFunc(v.Groups, func(a, b view.SignGroup) int { return int(min(max(int64(b.Amount-a.Amount), -1), 1)) })
	v.Path = strings.Trim(strings.Join([]string{p.region, p.line, t.Org.Name(p.person)}, " "), " ")
	v.Here, v.From = p.arg(), p.from
	if p.depth > 0 {
		up := p
		up.depth--
		v.Up = up.arg()
	}
	audit(tx, t, "newsign.read", "person", sales.ID(t.Person.ID), sales.Change{Field: "月", New: p.arg()})
	return view.NewSignedCard(v), nil
}

package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// maxReceivable bounds the rows of a list of what is open.
const maxReceivable = 8

func (a *App) registerReceivable(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "已开票未回款", Aliases: []string{"ykpwhk", "应收", "未回款", "待回款", "yingshou"}, Summary: "看票开了钱没到的",
		Usage:  "已开票未回款 / 已开票未回款 团队 / 已开票未回款 公司 / 已开票未回款 绍兴市立",
		Detail: "先到期的在前,逾期几天写在后面;下面是签收了还没开票的。点按钮只看逾期、按客户、按人。",
		Rank:   map[sales.Role]int{sales.RoleFinance: 6}, Handle: a.Receivables,
	})
	r.Command(bot.Command[Tx]{
		Name: "对账", Aliases: []string{"dz", "三单匹配", "三单", "ppei"}, Summary: "合同、发票、回款对不对得上", Usage: "对账 / 对账 红 / 对账 HT2026-018",
		Detail:  "🟢 对上了,🟡 缺单据,🔴 金额差超过 " + a.Settings.Cash.Tolerance.Short() + "。有款没合同的单列。点颜色往下看,点合同看每一笔。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "对账", nil },
		Rank:    map[sales.Role]int{sales.RoleFinance: 4}, Handle: a.Matches,
	})
	r.Action("receivable.show", a.TapReceivables)
	r.Action("match.show", a.TapMatches)
}

// moneyScope is whose money is asked for: its token for buttons, its name, and the scope.
type moneyScope struct {
	token, name string
	scope       sales.Scope
	customer    sales.ID
}

// readMoneyScope reads 我, 团队, 公司, a colleague's or a customer's name; empty is what fits the person.
func (a *App) readMoneyScope(ctx context.Context, t bot.Turn, word string) (moneyScope, error) {
	all := cashScope(t)
	switch word = bare(word); word {
	case "":
		switch {
		case all.All:
			return moneyScope{"all", "公司", all, 0}, nil
		case len(all.Persons) > 1:
			return moneyScope{"team", "团队", all, 0}, nil
		}
		return moneyScope{"me", "我的", sales.Only(t.Person.ID), 0}, nil
	case "me", "我", "我的", "自己":
		return moneyScope{"me", "我的", sales.Only(t.Person.ID), 0}, nil
	case "team", "团队", "本组", "小组", "我的团队":
		s := t.Org.ScopeOf(t.Person)
		if !s.All && len(s.Persons) < 2 {
			return moneyScope{}, sales.Errorf(sales.Forbidden, "你没有带团队。看自己的发:"+t.Command+" 我")
		}
		return moneyScope{"team", "团队", s, 0}, nil
	case "all", "公司", "全公司", "全司", "全部":
		if !all.All {
			return moneyScope{}, sales.Errorf(sales.Forbidden, "看全公司的要财务或总监。你可以看:"+mine(t, len(all.Persons) > 1)+"。")
		}
		return moneyScope{"all", "公司", all, 0}, nil
	}
	if found := t.Org.ByName(word); len(found) == 1 {
		if !all.Covers(found[0].ID) {
			return moneyScope{}, sales.Errorf(sales.Forbidden, found[0].Name+"的账,他、他的上级和财务能看。")
		}
		return moneyScope{"p" + found[0].ID.String(), found[0].Name, sales.Only(found[0].ID), 0}, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return moneyScope{}, err
	}
	id, _, why := a.customerIn(t, book, word)
	if id == 0 {
		return moneyScope{}, sales.Errorf(sales.Invalid, why)
	}
	c := book.Customers.Of(id)
	if !all.Covers(c.OwnerID) && !a.works(t, book, c) {
		return moneyScope{}, sales.Errorf(sales.Forbidden, c.Name+"是"+orElse(t.Org.Name(c.OwnerID), "公海")+"的客户,他、他的上级和财务能看。")
	}
	return moneyScope{"c" + id.String(), c.Name, sales.Scope{All: true}, id}, nil
}

// mine is what somebody may ask for who may not see the whole company.
func mine(t bot.Turn, team bool) string {
	switch {
	case t.Command == "新签额":
		return "新签额"
	case team:
		return "已开票未回款 我、已开票未回款 团队"
	}
	return "已开票未回款 我"
}

// moneyScopeOf reads a button's token back, with the rights of whoever taps.
func (a *App) moneyScopeOf(ctx context.Context, t bot.Turn, token string) (moneyScope, error) {
	t.Command = "已开票未回款"
	if len(token) > 1 && (token[0] == 'p' || token[0] == 'c') {
		id, err := sales.ParseID(token[1:])
		if err != nil {
			return moneyScope{}, sales.Errorf(sales.Invalid, "这个按钮已失效。发 已开票未回款 重新看。")
		}
		if token[0] == 'p' {
			return a.readMoneyScope(ctx, t, t.Org.Name(sales.PersonID(id)))
		}
		book, err := a.Names.Book(ctx)
		if err != nil {
			return moneyScope{}, err
		}
		return a.readMoneyScope(ctx, t, book.Customer(id))
	}
	return a.readMoneyScope(ctx, t, token)
}

// Receivables shows what was invoiced and not paid (已开票未回款).
func (a *App) Receivables(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("应收单聊我看:金额不放群里。"), nil
	}
	word := bare(t.Args)
	what := "open"
	for suffix, w := range map[string]string{"逾期": "late", "客户": "customers", "按客户": "customers", "按人": "people", "待开票": "uninvoiced"} {
		if word == suffix || strings.HasSuffix(word, " "+suffix) {
			what, word = w, strings.TrimSpace(strings.TrimSuffix(word, suffix))
		}
	}
	s, err := a.readMoneyScope(ctx, t, word)
	if err != nil {
		return bot.Reply{}, err
	}
	card, err := a.receivableCard(ctx, t, tx, s, what)
	return bot.ShowCard(card), err
}

// TapReceivables turns the list to another side: late ones, by customer, by person, not invoiced yet.
func (a *App) TapReceivables(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("应收单聊我看:金额不放群里。"), nil
	}
	token, what, _ := strings.Cut(t.Action.Arg, ",")
	s, err := a.moneyScopeOf(ctx, t, token)
	if err != nil {
		return bot.Reply{}, err
	}
	card, err := a.receivableCard(ctx, t, tx, s, what)
	return a.turned(t, card), err
}

// turned shows a card in place of the one that was tapped.
func (a *App) turned(t bot.Turn, card view.Face) bot.Reply {
	if t.Card == nil {
		return bot.ShowCard(card)
	}
	card.Key = t.Card.Face.Key
	return bot.Reply{Faces: []view.Face{card}}
}

func (a *App) receivableCard(ctx context.Context, t bot.Turn, tx Tx, s moneyScope, what string) (view.Face, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return view.Face{}, err
	}
	v := view.Receivables{
		Person: t.Person.ID, Token: s.token, Scope: s.name, What: what, Today: t.Today, Customer: book.Customer, Name: t.Org.Name, Me: t.Person.ID,
		People: s.customer == 0 && (s.scope.All || len(s.scope.Persons) > 1),
	}
	audit(tx, t, "receivable.list", "person", sales.ID(t.Person.ID), sales.Change{Field: "范围", New: s.token})
	if s.customer != 0 {
		return a.customerReceivables(ctx, tx, s, v)
	}
	if v.Sum, err = tx.ReceivableSum(ctx, s.scope, t.Today); err != nil {
		return view.Face{}, err
	}
	if v.ToInvoice, err = tx.ToInvoice(ctx, s.scope, maxReceivable+1); err != nil {
		return view.Face{}, err
	}
	switch what {
	case "late":
		v.Invoices, err = tx.Receivables(ctx, s.scope, t.Today, maxReceivable)
	case "customers":
		v.Debtors, err = tx.Debtors(ctx, s.scope, t.Today, maxReceivable)
	case "people":
		v.Owners, err = tx.ReceivablesByOwner(ctx, s.scope, t.Today)
	case "uninvoiced":
	default:
		v.Invoices, err = tx.Receivables(ctx, s.scope, sales.Day{}, maxReceivable)
	}
	return view.ReceivableCard(v), err
}

func (a *App) customerReceivables(ctx context.Context, tx Tx, s moneyScope, v view.Receivables) (view.Face, error) {
	list, err := tx.OpenInvoices(ctx, s.customer)
	if err != nil {
		return view.Face{}, err
	}
	for _, i := range list {
		v.Sum.Count++
		v.Sum.Open += i.Open
		if i.OverdueDays(v.Today) > 0 {
			v.Sum.OverdueCount++
			v.Sum.Overdue += i.Open
			if v.What == "late" {
				v.Invoices = append(v.Invoices, i)
			}
		}
	}
	if v.What != "late" {
		v.Invoices = list
	}
	v.Invoices = v.Invoices[:min(len(v.Invoices), maxReceivable)]
	cash, err := tx.CashOfCustomers(ctx, s.customer)
	for _, c := range cash {
		if c.ToInvoice {
			v.ToInvoice = append(v.ToInvoice, c)
		}
	}
	return view.ReceivableCard(v), err
}

// Matches shows how contracts, invoices and payments agree (对账).
func (a *App) Matches(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("对账单聊我看:金额不放群里。"), nil
	}
	word := bare(t.Args)
	if no, _ := a.cutContractNo(word, t.Today); no != "" && len([]rune(word)) > 4 {
		return a.doCash(ctx, t, tx, "progress", t.Args, 0)
	}
	what := map[string]string{"": "", "红": "red", "红色": "red", "黄": "yellow", "黄色": "yellow", "绿": "green", "绿色": "green", "没合同": "paid", "有款没合同": "paid"}
	w, ok := what[word]
	if !ok {
		return bot.Text("没看懂:" + quoted(word, "") + "。发 对账、对账 红、对账 黄、对账 有款没合同,或 对账 HT2026-018。"), nil
	}
	card, err := a.matchCard(ctx, t, tx, w)
	return bot.ShowCard(card), err
}

// TapMatches turns to one colour, or to a contract.
func (a *App) TapMatches(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("对账单聊我看:金额不放群里。"), nil
	}
	card, err := a.matchCard(ctx, t, tx, t.Action.Arg)
	return a.turned(t, card), err
}

func (a *App) matchCard(ctx context.Context, t bot.Turn, tx Tx, what string) (view.Face, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return view.Face{}, err
	}
	scope := cashScope(t)
	own, err := a.readMoneyScope(ctx, t, "")
	if err != nil {
		return view.Face{}, err
	}
	v := view.Matches{Person: t.Person.ID, Token: own.token, What: what, Customer: book.Customer, Today: t.Today, Tolerance: a.Settings.Cash.Tolerance}
	audit(tx, t, "match.list", "person", sales.ID(t.Person.ID), sales.Change{Field: "看", New: what})
	if v.Counts, err = tx.CountMatches(ctx, scope); err != nil {
		return view.Face{}, err
	}
	if v.Unmatched, v.UnmatchedLeft, err = tx.CountUnmatched(ctx, scope); err != nil {
		return view.Face{}, err
	}
	if v.NoContract, err = tx.PaidWithoutContract(ctx, scope, maxReceivable); err != nil {
		return view.Face{}, err
	}
	switch what {
	case "", "red":
		v.Rows, err = tx.Matches(ctx, scope, sales.Red, maxReceivable)
	case "yellow", "green":
		v.Rows, err = tx.Matches(ctx, scope, sales.Colour(what), maxReceivable)
	}
	return view.MatchCard(v), err
}

package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// openers are those who may open a closed month again.
var openers = []sales.Role{sales.RoleDirector, sales.RoleGM, sales.RoleAdmin}

func (a *App) registerBooks(r *bot.Router[Tx]) {
	month := func(form string) func(context.Context, bot.Turn, Tx) (string, error) {
		return func(ctx context.Context, t bot.Turn, tx Tx) (string, error) {
			b, err := tx.Books(ctx, false)
			switch {
			case err != nil:
				return "", err
			case form == "反关账" && !b.ClosedOn.IsZero():
				return form + " " + sales.MonthName(b.Month()) + " 漏记一张发票", nil
			case form == "反关账":
				return form + " 上月 漏记一张发票", nil
			}
			return form, nil
		}
	}
	r.Command(bot.Command[Tx]{
		Name: "关账", Aliases: []string{"guanz", "结账", "月末关账"}, Summary: "关一个月的账,关了就不再变", Usage: "关账 10月 / 关账",
		Detail: "先看那个月的开票、红冲、回款和还没认的款,点 确认关账 才关。关了以后,日子落在那个月的开票、红冲、回款、导入和撤销都会被挡住;认款照常。一个月一个月按顺序关。只发 关账 看关到哪了。",
		Roles:  append([]sales.Role{sales.RoleFinance}, openers...), Rank: map[sales.Role]int{sales.RoleFinance: 9}, Example: month("关账"), Handle: privately(a.CloseBooks),
	})
	r.Command(bot.Command[Tx]{
		Name: "反关账", Aliases: []string{"fgz", "开账"}, Summary: "把关了的月份重新打开", Usage: "反关账 10月 原因",
		Detail: "只有总监、总经理、管理员能开,从最后关的那个月往前开,财务马上知道;改完由财务再关一次。", Roles: openers, Example: month("反关账"), Handle: privately(a.ReopenBooks),
	})
	r.Action("books.close", a.TapCloseBooks)
	r.Action("books.show", a.TapShowBooks)
}

// closesBooks reports whether a person may close months.
func closesBooks(t bot.Turn) bool { return t.Person.Has(sales.RoleFinance) }

// CloseBooks shows what a month came to, to be closed by a tap (关账), or until when the books are closed.
func (a *App) CloseBooks(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	text := narrow(cutRunes(t.Args, 60))
	if why := badMonth(text); why != "" {
		return bot.Text(why + "例:关账 10月"), nil
	}
	if bare(text) == "" {
		return a.booksText(ctx, t, tx)
	}
	if !saysMonth(text) {
		return bot.Text("关哪个月?没看懂:" + quoted(bare(text), "") + "。例:关账 上月。只发 关账 看关到哪了。"), nil
	}
	month, rest := cutMonth(text, t.Today)
	sure := bare(rest) == "确认"
	if bare(rest) != "" && !sure {
		return bot.Text("没看懂:" + quoted(bare(rest), "") + "。发 关账 " + monthSaid(month, t.Today) + ",再点 确认关账。"), nil
	}
	b, c, why, err := a.monthToClose(ctx, t, tx, month, sure)
	if err != nil || why != "" {
		return bot.Text(why), err
	}
	if !sure {
		card, err := a.booksCard(ctx, t, tx, b, c)
		return bot.ShowCard(card), err
	}
	return a.closeMonth(ctx, t, tx, b, c)
}

// monthToClose is what a month that may be closed comes to, beside the books; why says why it may not. held keeps others from
// closing months until the turn has ended.
func (a *App) monthToClose(ctx context.Context, t bot.Turn, tx Tx, month sales.Day, held bool) (b sales.Books, c sales.Closing, why string, err error) {
	if b, err = tx.Books(ctx, held); err != nil {
		return b, c, "", err
	}
	if why = a.unclosable(t, b, month); why != "" {
		return b, c, why, nil
	}
	c, err = a.sumMonth(ctx, t, tx, month)
	return b, c, "", err
}

// unclosable says why a month cannot be closed, "" when it can.
func (a *App) unclosable(t bot.Turn, b sales.Books, month sales.Day) string {
	name, next := monthSaid(month, t.Today), b.Month().AddMonths(1)
	switch {
	case b.Closed(month):
		return name + "已经关过了(关到 " + dateSaid(b.ClosedOn, t.Today) + ")。要改由总监或管理员发:" + reopening(month, b, t.Today) + "。"
	case !sales.MayClose(month, t.Now):
		return name + "还没过完,过完了再关。"
	case !b.ClosedOn.IsZero() && month != next:
		return "一个月一个月关:先发 关账 " + monthSaid(next, t.Today) + "。"
	}
	return ""
}

// sumMonth is what a month comes to now.
func (a *App) sumMonth(ctx context.Context, t bot.Turn, tx Tx, month sales.Day) (sales.Closing, error) {
	c := sales.Closing{MonthOn: month, Act: sales.BooksClose, PersonID: t.Person.ID, At: sales.At(t.Now), SourceEventID: t.Event.ID}
	sum, err := tx.CashBetween(ctx, sales.Scope{All: true}, month, sales.LastOf(month))
	if err != nil {
		return c, err
	}
	c.Invoiced, c.Credited, c.Received, c.Invoices, c.Payments = sum.Invoiced, sum.Credited, sum.Received, sum.Invoices, sum.Payments
	c.Loose, c.LooseAmount, err = tx.CountUnmatched(ctx, sales.Scope{All: true})
	return c, err
}

// booksCard shows a month that is to be closed.
func (a *App) booksCard(ctx context.Context, t bot.Turn, tx Tx, b sales.Books, c sales.Closing) (view.Face, error) {
	sums, err := tx.StatementSums(ctx, sales.Scope{All: true}, c.MonthOn)
	audit(tx, t, "books.read", "person", sales.ID(t.Person.ID), sales.Change{Field: "月", New: c.Month()})
	return view.BooksCard(view.Books{
		Closing: c, Statements: sums, Person: t.Person.ID, Record: int64(monthNo(c.MonthOn)), Mark: sumMark(c), First: b.ClosedOn.IsZero(), Closes: closesBooks(t),
		By: t.Person.Name, Now: t.Now,
	}), err
}

// TapShowBooks shows a month anew.
func (a *App) TapShowBooks(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.tapBooks(ctx, t, tx, false)
}

// TapCloseBooks closes the month whose figures stand on the card. Where they have changed since, they are shown anew first.
func (a *App) TapCloseBooks(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.tapBooks(ctx, t, tx, true)
}

func (a *App) tapBooks(ctx context.Context, t bot.Turn, tx Tx, sure bool) (bot.Reply, error) {
	month := monthOfNo(sales.ID(t.Action.Record))
	if month.IsZero() || t.InGroup() {
		return bot.Text("这个按钮已失效。发 关账 重新看。"), nil
	}
	if !t.Person.Has(append([]sales.Role{sales.RoleFinance}, openers...)...) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "关账由财务来。")
	}
	b, c, why, err := a.monthToClose(ctx, t, tx, month, sure)
	if err != nil || why != "" {
		return bot.Text(why), err
	}
	if sure && sumMark(c) == t.Action.Version {
		return a.closeMonth(ctx, t, tx, b, c)
	}
	card, err := a.booksCard(ctx, t, tx, b, c)
	reply := a.turned(t, card)
	if sure {
		reply.Say = append(reply.Say, bot.Say{Slot: "changed", Out: bot.Outgoing{Text: monthSaid(month, t.Today) + "的数刚才变了,没有关。看过新的数再点一次。"}})
	}
	return reply, err
}

// closeMonth closes a month with what it came to. The books are held.
func (a *App) closeMonth(ctx context.Context, t bot.Turn, tx Tx, b sales.Books, c sales.Closing) (bot.Reply, error) {
	if !closesBooks(t) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "关账由财务来。要看数发:关账 "+monthSaid(c.MonthOn, t.Today))
	}
	sums, err := tx.StatementSums(ctx, sales.Scope{All: true}, c.MonthOn)
	if err != nil {
		return bot.Reply{}, err
	}
	first := b.ClosedOn.IsZero()
	c.ID = tx.NewID()
	tx.AddClosing(c)
	b.ClosedOn = sales.LastOf(c.MonthOn)
	tx.PutBooks(b)
	audit(tx, t, "books.close", "closing", c.ID, sales.Change{Field: "关账", New: c.Month()}, sales.Change{Field: "开票", New: c.Invoiced.String()},
		sales.Change{Field: "红冲", New: c.Credited.String()}, sales.Change{Field: "回款", New: c.Received.String()})
	emit(tx, t, "books.closed", "closing", c.ID)
	v := view.Books{Closing: c, Statements: sums, Person: t.Person.ID, Closed: true, First: first, By: t.Person.Name, Now: t.Now}
	card := view.BooksCard(v)
	reply := bot.ShowCard(card)
	if t.Event.Kind == bot.Tapped {
		reply = a.turned(t, card)
	}
	for _, p := range financeOf(t) {
		v.Person = p
		reply.Say = append(reply.Say, tell(t, "closing:"+c.ID.String(), "closed", view.BooksCard(v), p)...)
	}
	return reply, nil
}

// ReopenBooks opens the month that was closed last again (反关账).
func (a *App) ReopenBooks(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	text := narrow(cutRunes(t.Args, 160))
	if why := badMonth(text); why != "" {
		return bot.Text(why + "例:反关账 10月 漏记一张发票"), nil
	}
	b, err := tx.Books(ctx, true)
	if err != nil {
		return bot.Reply{}, err
	}
	if b.ClosedOn.IsZero() {
		return bot.Text("还没关过账,没有要开的。"), nil
	}
	if !saysMonth(text) {
		return bot.Text("开哪个月?最后关的是 " + sales.MonthName(b.Month()) + ":反关账 " + monthSaid(b.Month(), t.Today) + " 原因"), nil
	}
	month, rest := cutMonth(text, t.Today)
	name, reason := monthSaid(month, t.Today), reasonIn(rest)
	switch {
	case !b.Closed(month):
		return bot.Text(name + "没有关账,不用开。"), nil
	case month != b.Month():
		return bot.Text("从后往前开:先发 反关账 " + monthSaid(b.Month(), t.Today) + " 原因。"), nil
	case reason == "":
		return bot.Text("为什么开?把原因写在后面:反关账 " + name + " 漏记一张发票"), nil
	}
	c, err := a.sumMonth(ctx, t, tx, month)
	if err != nil {
		return bot.Reply{}, err
	}
	c.ID, c.Act, c.Reason = tx.NewID(), sales.BooksReopen, reason
	tx.AddClosing(c)
	b.ClosedOn = month.AddDays(-1)
	tx.PutBooks(b)
	audit(tx, t, "books.reopen", "closing", c.ID, sales.Change{Field: "反关账", New: c.Month()}, sales.Change{Field: "原因", New: reason})
	emit(tx, t, "books.reopened", "closing", c.ID)
	reply := bot.Text(c.Month() + "开账了,能记能改了。改完由财务再发:关账 " + name)
	if to := financeOf(t); len(to) > 0 {
		reply.Say = append(reply.Say, bot.Say{
			To: to, Subject: "closing:" + c.ID.String(), Kind: bot.DeliverPush, Slot: "reopened", Push: true,
			Out: bot.Outgoing{Text: t.Person.Name + "把" + c.Month() + "的账打开了:" + reason + "。改完再发:关账 " + name},
		})
	}
	return reply, nil
}

// shownClosings is how many closings and reopenings are listed.
const shownClosings = 6

// booksText says until when the books are closed, and who closed and opened what.
func (a *App) booksText(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	b, err := tx.Books(ctx, false)
	if err != nil {
		return bot.Reply{}, err
	}
	list, err := tx.Closings(ctx, sales.Day{}, shownClosings)
	if err != nil {
		return bot.Reply{}, err
	}
	next := sales.FirstOf(t.Today).AddMonths(-1)
	lines := []string{"还没关过账。"}
	if !b.ClosedOn.IsZero() {
		next = b.Month().AddMonths(1)
		lines[0] = "关到 " + dateSaid(b.ClosedOn, t.Today) + "。"
	}
	if sales.MayClose(next, t.Now) && (b.ClosedOn.IsZero() || next.After(b.ClosedOn)) {
		lines[0] += "下一个要关的是 " + sales.MonthName(next) + ":关账 " + monthSaid(next, t.Today)
	}
	for _, c := range list {
		line := "· " + c.Month() + " " + map[string]string{sales.BooksClose: "关账", sales.BooksReopen: "反关账"}[c.Act] + " · " + t.Org.Name(c.PersonID) + " " + sales.FormatTime(c.At.Time, t.Now)
		if c.Reason != "" {
			line += " · " + c.Reason
		} else {
			line += " · 开票 " + c.Invoiced.String() + ",红冲 " + c.Credited.String() + ",回款 " + c.Received.String()
		}
		lines = append(lines, line)
	}
	audit(tx, t, "books.list", "person", sales.ID(t.Person.ID))
	return bot.Text(strings.Join(lines, "\n")), nil
}

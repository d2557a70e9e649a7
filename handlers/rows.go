package handlers

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// RowsTx reads the rows behind figures of money, a page at a time.
type RowsTx interface {
	InvoiceRows(ctx context.Context, f sales.CashFilter, from, limit int) ([]sales.Invoice, error)
	PaymentRows(ctx context.Context, f sales.CashFilter, from, limit int) ([]sales.Payment, error)
	// InvoiceRowsSum and PaymentRowsSum count and sum the rows of one customer.
	InvoiceRowsSum(ctx context.Context, f sales.CashFilter) (n int64, sum sales.Money, err error)
	PaymentRowsSum(ctx context.Context, f sales.CashFilter) (n int64, sum sales.Money, err error)
	CashRows(ctx context.Context, f sales.ContractFilter, from, limit int) ([]sales.ContractCash, error)
	LoosePayments(ctx context.Context, scope sales.Scope, orphans bool, from, limit int) ([]sales.Payment, error)
	FunnelEntries(ctx context.Context, scope sales.Scope, first, last sales.Day, from, limit int) ([]sales.FunnelEntry, error)
	LeadMoney(ctx context.Context, scope sales.Scope, since sales.Instant, source, campaign string, from, limit int) ([]sales.Payment, error)
}

// rowKinds are the figures whose rows can be asked for, by the words people use; the first of each names it.
var rowKinds = []struct {
	kind  string
	words []string
	unit  string
	// period says that the rows are of a span of days.
	period bool
}{
	{"open", []string{"未收", "应收", "已开票未回款", "欠款"}, "张", false},
	{"late", []string{"逾期"}, "张", false},
	{"issued", []string{"开票", "发票"}, "张", true},
	{"credited", []string{"红冲", "红字"}, "张", true},
	{"paid", []string{"回款", "到账"}, "笔", true},
	{"toinvoice", []string{"待开票"}, "份", false},
	{"delay", []string{"开票快慢", "开票延迟"}, "份", true},
	{"red", []string{"对不上", "红"}, "份", false},
	{"yellow", []string{"缺单据", "黄"}, "份", false},
	{"green", []string{"对上了", "绿"}, "份", false},
	{"orphan", []string{"没合同", "有款没合同"}, "笔", false},
	{"loose", []string{"未认款"}, "笔", false},
	{"funnel", []string{"漏斗", "进阶段"}, "条", true},
}

func (a *App) registerRows(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "明细", Aliases: []string{"mx", "看明细"}, Summary: "看一个数是由哪些单子加出来的", Usage: "明细 回款 本月 / 明细 未收 绍兴市立医院 / 明细 开票 公司 近90天",
		Detail: "能看:未收、逾期、开票、红冲、回款、待开票、开票快慢、对不上、缺单据、对上了、没合同、未认款、漏斗。后面可以写 我、团队、公司、同事、客户或合同号,再写日子:今天、昨天、本月、上月、3月、近90天。一页十行,发 第2页 往下翻。",
		Rank:   map[sales.Role]int{sales.RoleFinance: 9}, Handle: a.RowsOf,
	})
	r.Action("rows.show", a.TapRows)
}

// rowQuery is which rows are asked for.
type rowQuery struct {
	kind     string
	scope    moneyScope
	contract sales.Contract
	from, to sales.Day
	page     int
}

func (q rowQuery) name() (title, unit string, period bool) {
	for _, k := range rowKinds {
		if k.kind == q.kind {
			return k.words[0], k.unit, k.period
		}
	}
	return "", "", false
}

// maxRowPage bounds how far one can leaf; who wants more asks for a shorter period or one customer.
const maxRowPage = 199

// RowsOf lists the rows behind a figure (明细).
func (a *App) RowsOf(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("明细单聊我看:金额不放群里。"), nil
	}
	q, rest := rowQuery{}, narrow(cutRunes(t.Args, 80))
	if m := rePage.FindStringSubmatchIndex(rest); m != nil {
		n, _ := strconv.Atoi(rest[m[2]:m[3]])
		q.page = min(max(n-1, 0), maxRowPage)
		rest = rest[:m[0]] + " " + rest[m[1]:]
	}
	word, rest := cutWord(strings.TrimSpace(rest))
	for _, k := range rowKinds {
		for _, w := range k.words {
			if word == w {
				q.kind = k.kind
			}
		}
	}
	if q.kind == "" {
		return bot.Text("看什么的明细?未收、逾期、开票、红冲、回款、待开票、开票快慢、对不上、缺单据、没合同、未认款、漏斗。例:明细 回款 本月"), nil
	}
	if at := reCashContract.FindStringIndex(rest); at != nil { // before the period: a number looks like a month
		c, err := contractNamed(ctx, tx, cashWords{contract: rest[at[0]:at[1]]})
		if err != nil {
			return bot.Reply{}, err
		}
		q.contract, rest = c, rest[:at[0]]+" "+rest[at[1]:]
	}
	q.from, q.to, rest = cutPeriod(rest, t.Today)
	if q.contract.ID == 0 {
		var err error
		if q.scope, err = a.readMoneyScope(ctx, t, rest); err != nil {
			return bot.Reply{}, err
		}
	}
	text, err := a.rowsText(ctx, t, tx, q)
	return bot.Text(text), err
}

var reSpan = regexp.MustCompile(`(?:最?近|过去)\s*(\d{1,3})\s*天|今天|昨天|今年`)

// cutPeriod cuts a span of days out of a text; zero days when none is said.
func cutPeriod(text string, today sales.Day) (from, to sales.Day, rest string) {
	y, _, _ := today.Date()
	if at := reSpan.FindStringSubmatchIndex(text); at != nil {
		rest = text[:at[0]] + " " + text[at[1]:]
		switch word := text[at[0]:at[1]]; {
		case at[2] >= 0:
			n, _ := strconv.Atoi(text[at[2]:at[3]])
			return today.AddDays(1 - max(n, 1)), today, rest
		case word == "今天":
			return today, today, rest
		case word == "昨天":
			return today.AddDays(-1), today.AddDays(-1), rest
		}
		return sales.NewDay(y, 1, 1), today, rest
	}
	if !saysMonth(text) {
		return from, to, text
	}
	month, rest := cutMonth(text, today)
	return month, sales.LastOf(month), rest
}

// TapRows shows the rows behind a figure by its button, or another page of them.
func (a *App) TapRows(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	part := strings.Split(t.Action.Arg, ",")
	if len(part) != 5 || t.InGroup() {
		return bot.Text("这个按钮已失效。发 明细 看有哪些。"), nil
	}
	q := rowQuery{kind: part[0]}
	n, err := strconv.Atoi(part[4])
	if title, _, _ := q.name(); err != nil || title == "" {
		return bot.Text("这个按钮已失效。发 明细 看有哪些。"), nil
	}
	q.page = min(max(n, 0), maxRowPage)
	q.from, _ = sales.ParseDay(part[2])
	q.to, _ = sales.ParseDay(part[3])
	if id, err := sales.ParseID(strings.TrimPrefix(part[1], "k")); err == nil && strings.HasPrefix(part[1], "k") {
		if q.contract, err = tx.ContractByID(ctx, id); err != nil {
			return bot.Reply{}, err
		}
	} else if q.scope, err = a.moneyScopeOf(ctx, t, part[1]); err != nil {
		return bot.Reply{}, err
	}
	text, err := a.rowsText(ctx, t, tx, q)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: []bot.Say{{To: alone(t), Slot: "rows", Out: bot.Outgoing{Text: text}}}}, nil
}

// rowsText reads a page of rows, one more than it shows to know whether there are more.
func (a *App) rowsText(ctx context.Context, t bot.Turn, tx Tx, q rowQuery) (string, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	title, unit, period := q.name()
	if period && q.from.IsZero() && q.contract.ID == 0 && q.scope.customer == 0 {
		q.from, q.to = t.Today.AddDays(1-dsoDays), t.Today
	}
	if q.contract.ID != 0 && !a.seesMoney(t, q.contract.OwnerID) {
		return "", sales.Errorf(sales.Forbidden, sales.NoSuch("合同", q.contract.No))
	}
	v := view.Rows{Title: title, Unit: unit, Page: q.page, Count: -1, Scope: q.scope.name, Words: "明细 " + title}
	if q.contract.ID != 0 {
		v.Scope = q.contract.No
	}
	v.Words += " " + v.Scope
	if !q.from.IsZero() && period {
		v.Period = q.from.String() + " 至 " + q.to.String()
		v.Words = "明细 " + title + " " + v.Scope + " " + periodWord(q, t.Today)
	}
	if err := a.fillRows(ctx, t, tx, book, q, &v); err != nil {
		return "", err
	}
	if v.More = len(v.Lines) > view.RowsShown; v.More {
		v.Lines = v.Lines[:view.RowsShown]
	}
	audit(tx, t, "rows.read", "person", sales.ID(t.Person.ID), sales.Change{Field: title, New: v.Scope})
	return view.RowsText(v), nil
}

// periodWord is how a period is typed.
func periodWord(q rowQuery, today sales.Day) string {
	switch {
	case q.from == q.to && q.to == today:
		return "今天"
	case q.to == today:
		return "近" + strconv.Itoa(q.to.Sub(q.from)+1) + "天"
	}
	return sales.MonthName(q.from)
}

// fillRows reads the rows of a query and what they come to.
func (a *App) fillRows(ctx context.Context, t bot.Turn, tx Tx, book *Book, q rowQuery, v *view.Rows) error {
	from, limit := q.page*view.RowsShown, view.RowsShown+1
	switch q.kind {
	case "open", "late", "issued", "credited":
		return a.invoiceRows(ctx, t, tx, book, q, v, from, limit)
	case "paid":
		return a.paymentRows(ctx, t, tx, book, q, v, from, limit)
	case "loose", "orphan":
		if q.scope.customer != 0 || q.contract.ID != 0 {
			return sales.Errorf(sales.Invalid, "这个按人看:明细 "+v.Title+" 我,或 团队、公司。")
		}
		list, err := tx.LoosePayments(ctx, q.scope.scope, q.kind == "orphan", from, limit)
		for k, p := range list {
			v.Lines = append(v.Lines, view.PaymentLine(from+k+1, p, book.Customer(p.CustomerID)))
		}
		if err == nil && q.kind == "loose" {
			v.Count, v.Sum, err = tx.CountUnmatched(ctx, q.scope.scope)
		}
		if len(list) > 0 {
			v.First = "认款 " + list[0].No
		}
		return err
	}
	if q.scope.customer != 0 || q.contract.ID != 0 {
		return sales.Errorf(sales.Invalid, "这个按人看:明细 "+v.Title+" 我,或 团队、公司。看一单:合同进度 合同号")
	}
	if q.kind == "funnel" {
		list, err := tx.FunnelEntries(ctx, q.scope.scope, q.from, q.to, from, limit)
		for k, e := range list {
			v.Lines = append(v.Lines, view.FunnelLine(from+k+1, e, a.Pipelines.OfStage(e.Stage).StageName(e.Stage), book.Customer(e.CustomerID), t.Org.Name(e.PersonID)))
		}
		if len(list) > 0 {
			v.First = "商机 " + book.Customer(list[0].CustomerID)
		}
		return err
	}
	f := sales.ContractFilter{Scope: q.scope.scope, ToInvoice: q.kind == "toinvoice", From: q.from, To: q.to}
	if q.kind == "red" || q.kind == "yellow" || q.kind == "green" {
		f.Colour = sales.Colour(q.kind)
		counts, err := tx.CountMatches(ctx, q.scope.scope)
		if err != nil {
			return err
		}
		v.Count = counts[f.Colour]
	}
	list, err := tx.CashRows(ctx, f, from, limit)
	for k, s := range list {
		v.Lines = append(v.Lines, view.ContractLine(from+k+1, s, book.Customer(s.CustomerID), q.kind))
	}
	if len(list) > 0 {
		v.First = "合同进度 " + list[0].No
	}
	return err
}

func (q rowQuery) filter() sales.CashFilter {
	f := sales.CashFilter{Scope: q.scope.scope, Customer: q.scope.customer, Contract: q.contract.ID, From: q.from, To: q.to}
	if q.contract.ID != 0 {
		f.Scope = sales.Scope{All: true} // who sees the contract sees what belongs to it
	}
	return f
}

func (a *App) invoiceRows(ctx context.Context, t bot.Turn, tx Tx, book *Book, q rowQuery, v *view.Rows, from, limit int) error {
	f := q.filter()
	f.Kind = sales.InvoiceNormal
	switch q.kind {
	case "open", "late":
		f.Open, f.From, f.To = true, sales.Day{}, sales.Day{}
		if q.kind == "late" {
			f.DueBefore = t.Today
		}
	case "credited":
		f.Kind = sales.InvoiceCredit
	}
	list, err := tx.InvoiceRows(ctx, f, from, limit)
	if err != nil {
		return err
	}
	for k, i := range list {
		v.Lines = append(v.Lines, view.InvoiceLine(from+k+1, i, book.Customer(i.CustomerID), t.Today))
	}
	if len(list) > 0 && list[0].ContractID != 0 && q.contract.ID == 0 {
		c, err := tx.ContractByID(ctx, list[0].ContractID)
		if ignoreMissing(err) != nil {
			return err
		}
		if err == nil {
			v.First = "合同进度 " + c.No
		}
	}
	if f.Customer != 0 || f.Contract != 0 {
		v.Count, v.Sum, err = tx.InvoiceRowsSum(ctx, f)
		return err
	}
	switch q.kind {
	case "open", "late":
		sum, err := tx.ReceivableSum(ctx, q.scope.scope, t.Today)
		v.Count, v.Sum = sum.Count, sum.Open
		if q.kind == "late" {
			v.Count, v.Sum = sum.OverdueCount, sum.Overdue
		}
		return err
	case "issued":
		sum, err := tx.CashBetween(ctx, q.scope.scope, q.from, q.to)
		v.Count, v.Sum = sum.Invoices, sum.Invoiced
		return err
	case "credited":
		sum, err := tx.CashBetween(ctx, q.scope.scope, q.from, q.to)
		v.Sum = sum.Credited
		return err
	}
	return nil
}

func (a *App) paymentRows(ctx context.Context, t bot.Turn, tx Tx, book *Book, q rowQuery, v *view.Rows, from, limit int) error {
	if q.contract.ID != 0 {
		return a.contractMoney(ctx, t, tx, q, v, from, limit)
	}
	list, err := tx.PaymentRows(ctx, q.filter(), from, limit)
	if err != nil {
		return err
	}
	for k, p := range list {
		v.Lines = append(v.Lines, view.PaymentLine(from+k+1, p, book.Customer(p.CustomerID)))
	}
	if len(list) > 0 {
		v.First = "认款 " + list[0].No
	}
	if q.scope.customer != 0 {
		v.Count, v.Sum, err = tx.PaymentRowsSum(ctx, q.filter())
		return err
	}
	sum, err := tx.CashBetween(ctx, q.scope.scope, q.from, q.to)
	v.Count, v.Sum = sum.Payments, sum.Received
	return err
}

// contractMoney lists what was paid on a contract: what of which payment went to its invoices, and what is prepaid.
func (a *App) contractMoney(ctx context.Context, t bot.Turn, tx Tx, q rowQuery, v *view.Rows, from, limit int) error {
	ch, err := a.cashier(t).chain(ctx, tx, q.contract)
	if err != nil {
		return err
	}
	paid, err := a.paidBy(ctx, tx, ch)
	if err != nil {
		return err
	}
	v.Count, v.Period = int64(len(paid)), ""
	for k, l := range paid {
		v.Sum += l.Amount
		if k >= from && k < from+limit {
			v.Lines = append(v.Lines, view.PaidRow(k+1, l))
		}
	}
	return nil
}

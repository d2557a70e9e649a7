package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

func (a *App) registerInvoice(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "开票", Aliases: []string{"kp", "开发票"}, Summary: "记开给客户的发票", Usage: "开票 HT2026-018 18万 / 开票 HT2026-018 全开",
		Detail:  "合同号或客户,加金额(含税);可以带发票号码、账期30天、开票日。预付会自动冲上,一行一行写明白。开错了当场 撤销,过后用 红冲。",
		Example: a.cashExample("开票 HT2026-018"), Rank: map[sales.Role]int{sales.RoleFinance: 1}, Handle: privately(a.cashCommand("invoice")),
	})
	r.Command(bot.Command[Tx]{
		Name: "红冲", Aliases: []string{"hc", "红字发票"}, Summary: "红冲一张发票,可以只冲一部分", Usage: "红冲 FP2026-001 5万 原因",
		Detail: "不写金额就是整张。已经收了款的,冲掉的部分退回成预付,可以再认给别的发票。",
		Roles:  []sales.Role{sales.RoleFinance, sales.RoleDirector, sales.RoleGM}, Handle: privately(a.CreditInvoice),
	})
	r.Command(bot.Command[Tx]{
		Name: "承诺回款", Aliases: []string{"cnhk", "约回款"}, Summary: "记客户答应哪天付款", Usage: "承诺回款 FP2026-001 3月20日",
		Detail: "到那天之前不再催;过了没到账接着催,带上答应过的日子。", Handle: privately(a.PromisePayment),
	})
	r.Action("invoice.amount", a.TapInvoiceAmount)
	r.Action("invoice.ask", a.TapInvoice)
	r.Action("invoice.undo", a.TapUndoInvoice)
}

// invoice files an invoice (开票) and lets what was prepaid pay it.
func (a *App) invoice(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, w cashWords) (bot.Reply, error) {
	if err := firstErr(a.mayCash(t, c), isSigned(c, "开票")); err != nil {
		return bot.Reply{}, err
	}
	cash, err := tx.ContractCashOf(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	rest := c.Amount - cash.Invoiced
	if w.amount == 0 && w.all {
		w.amount = rest
	}
	switch {
	case rest <= 0 && w.amount <= a.Settings.Cash.Tolerance:
		return bot.Text(c.No + " 合同 " + c.Amount.String() + " 已经开完票了。"), nil
	case w.amount == 0:
		return a.askInvoiceAmount(t, c, cash, rest), nil
	case w.amount-rest > a.Settings.Cash.Tolerance:
		return bot.Text(c.No + " 合同 " + c.Amount.String() + ",已开 " + cash.Invoiced.String() + ",最多再开 " + max(rest, 0).String() + "。金额再看一下。"), nil
	}
	if w.taxNo != "" {
		if other, err := tx.InvoiceByNo(ctx, w.taxNo); err == nil {
			return bot.Text("发票号 " + w.taxNo + " 已经记过了:" + other.No + " " + other.Amount.String() + ",没有再记。"), nil
		} else if sales.KindOf(err) != sales.NotFound {
			return bot.Reply{}, err
		}
	}
	return a.fileInvoice(ctx, t, tx, c, w)
}

// askInvoiceAmount asks for how much.
func (a *App) askInvoiceAmount(t bot.Turn, c sales.Contract, cash sales.ContractCash, rest sales.Money) bot.Reply {
	p := view.Pick{Key: pickKey(t, "invoice"), Question: c.No + " 开多少?", Note: "也可以直接发:开票 " + c.No + " 18万"}
	put := func(text string, m sales.Money) {
		p.Options = append(p.Options, view.PickOption{Text: text, Action: action("invoice.amount", c.ID, cash.Version, strconv.FormatInt(int64(m), 10))})
	}
	put("全开 "+rest.Short(), rest)
	if cash.Prepaid > 0 && cash.Prepaid < rest {
		put("预付 "+cash.Prepaid.Short(), cash.Prepaid)
	}
	put("先不开", 0)
	return bot.ShowCard(view.PickOne(p))
}

// TapInvoice asks how much of a contract is to be invoiced.
func (a *App) TapInvoice(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.doCash(ctx, t, tx, "invoice", "", sales.ID(t.Action.Record))
}

// TapInvoiceAmount takes how much is to be invoiced.
func (a *App) TapInvoiceAmount(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	m, err := strconv.ParseInt(t.Action.Arg, 10, 64)
	c, cerr := tx.ContractByID(ctx, sales.ID(t.Action.Record))
	if cerr != nil {
		return bot.Reply{}, cerr
	}
	cash, cerr := tx.ContractCashOf(ctx, c.ID)
	switch {
	case cerr != nil:
		return bot.Reply{}, cerr
	case err != nil || m <= 0:
		return closePick(t, bot.Text("好,先不开。")), nil
	case cash.Version != t.Action.Version:
		return closePick(t, bot.Text(c.No+" 刚才有变动,没有记。再发一次:开票 "+c.No)), nil
	}
	reply, err := a.invoice(ctx, t, tx, c, cashWords{amount: sales.Money(m)})
	return closePick(t, reply), err
}

func (a *App) fileInvoice(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, w cashWords) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	k := a.cashier(t)
	if err := k.Booked(ctx, tx, []sales.Moved{{Deed: sales.MovedMade, Kind: "invoice", Day: pastDay(t, w.day), Customer: c.CustomerID}}); err != nil {
		return bot.Reply{}, err
	}
	k.booked = true
	no, err := a.yearNo(ctx, t, tx, "FP", "invoice")
	if err != nil {
		return bot.Reply{}, err
	}
	i := sales.Invoice{
		ID: tx.NewID(), No: no, TaxNo: w.taxNo, Kind: sales.InvoiceNormal, ContractID: c.ID, CustomerID: c.CustomerID, OwnerID: c.OwnerID,
		TeamID: c.TeamID, Amount: w.amount, IssuedOn: pastDay(t, w.day), Reason: w.note, Source: sales.CashFromChat, Auto: sales.AutoDone, CreatedBy: t.Person.ID,
		CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID,
	}
	i.DueOn = a.dueOn(c, i.IssuedOn, w)
	l, err := k.ledger(ctx, tx, c.CustomerID)
	if err != nil {
		return bot.Reply{}, err
	}
	l.Issue(i)
	i = *l.Invoice(i.ID)
	k.audit(tx, "invoice.issue", "invoice", i.ID, sales.Change{Field: "开票", New: i.No + " " + i.Amount.String()})
	k.emit(tx, "invoice.issued", "invoice", i.ID, cashEvent{Contract: c.ID, Customer: c.CustomerID, Owner: c.OwnerID, Amount: i.Amount, Open: i.Open, DueOn: i.DueOn})
	sums, err := k.save(ctx, tx, l, nil, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	v := a.invoiceView(t, book, i, c.No)
	v.Cash = sums[c.ID]
	_, _, made := l.Made()
	for _, al := range made {
		v.Lines = append(v.Lines, view.AllocationLine{No: l.Payment(al.PaymentID).No, Amount: al.Amount, Rule: al.Rule.Name()})
	}
	reply := bot.ShowCard(view.InvoiceCard(v))
	v.Watch = true
	reply.Say = append(reply.Say, tell(t, "invoice:"+i.ID.String(), "issued", view.InvoiceCard(v), append(a.financeWhen(t), c.OwnerID)...)...)
	reply.Faces = a.chainFaces(t, book, c, sums[c.ID])
	reply.Dialogue = remember(closeTopic(t.Dialogue), "invoice", i.ID, t.Now)
	return reply, nil
}

// financeWhen is finance, where somebody else files what is finance's.
func (a *App) financeWhen(t bot.Turn) []sales.PersonID {
	if t.Person.Has(sales.RoleFinance) {
		return nil
	}
	return financeOf(t)
}

// dueOn is when an invoice is to be paid: as said, else the contract's days, else the company's.
func (a *App) dueOn(c sales.Contract, issued sales.Day, w cashWords) sales.Day {
	switch {
	case !w.due.IsZero() && !w.due.Before(issued):
		return w.due
	case w.days > 0:
		return issued.AddDays(w.days)
	case c.PaymentDays >= 0 && c.RequestID != 0:
		return issued.AddDays(c.PaymentDays)
	}
	return issued.AddDays(a.Settings.Cash.TermDays)
}

func (a *App) invoiceView(t bot.Turn, book *Book, i sales.Invoice, contract string) view.Invoice {
	return view.Invoice{
		Invoice: i, Contract: contract, Customer: book.Customer(i.CustomerID), By: t.Org.Name(i.CreatedBy), Owner: t.Org.Name(i.OwnerID),
		Group: t.InGroup(), Now: t.Now, Today: t.Today,
	}
}

// CreditInvoice takes an invoice back, all or part of it (红冲). One that comes to nothing is remembered, so that 撤销 does not take
// back what was done before it.
func (a *App) CreditInvoice(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	reply, err := a.creditInvoice(ctx, t, tx)
	var told *sales.Error
	if errors.As(err, &told) && told.Msg != "" && told.Kind != sales.Internal && told.Kind != sales.Unavailable && !errors.As(err, new(wroteError)) {
		reply, err = bot.Text(told.Msg), nil
	}
	if err == nil && reply.Dialogue == nil {
		d := t.Dialogue
		reply.Dialogue = remember(&d, refRefused, tx.NewID(), t.Now)
	}
	return reply, err
}

// wroteError is an error after something was noted to be written: it must undo that.
type wroteError struct{ error }

func (e wroteError) Unwrap() error { return e.error }

// creditInvoice is CreditInvoice; its errors come before anything is written, or are a wroteError.
func (a *App) creditInvoice(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w := readCash(t, book.Parser.Calendar, t.Args, parse.TensePast)
	if w.bad != "" {
		return bot.Text(w.bad + "没有红冲。"), nil
	}
	i, reply, err := a.creditTarget(ctx, t, tx, w)
	if err != nil || i.ID == 0 {
		return reply, err
	}
	if n := w.loose(); n != "" && w.amount == 0 { // not said is all of it: a number that is not understood must not become that
		return bot.Text("冲多少没看懂:" + quoted(n, "") + "。写成 " + n + "元 或 5万 这样;整张冲就不写数:红冲 " + i.No + " 退货"), nil
	}
	amount, reason := w.amount, cutRunes(w.rest, 60)
	if amount == 0 {
		amount = i.Net()
	}
	switch {
	case i.Kind == sales.InvoiceCredit:
		return bot.Text(i.No + " 本身是红字,冲不了。"), nil
	case !i.Counts() || i.Net() == 0:
		return bot.Text(i.No + " " + i.StateName() + ",没有可冲的。"), nil
	case amount > i.Net():
		return bot.Text(i.No + " 最多冲 " + i.Net().String() + "(开票 " + i.Amount.String() + ",已冲 " + i.Credited.String() + ")。"), nil
	case reason == "":
		return bot.Text("为什么红冲?把原因写在后面:红冲 " + i.No + " " + amount.Short() + " 退货"), nil
	}
	if err := a.cashier(t).Booked(ctx, tx, []sales.Moved{{Deed: sales.MovedMade, Kind: "invoice", Day: t.Today, Customer: i.CustomerID}}); err != nil {
		return bot.Reply{}, err
	}
	reply, err = a.fileCredit(ctx, t, tx, book, i, amount, reason)
	if err != nil {
		err = wroteError{err}
	}
	return reply, err
}

// creditTarget is the invoice to be taken back: the one named, else the only one of the contract.
func (a *App) creditTarget(ctx context.Context, t bot.Turn, tx Tx, w cashWords) (sales.Invoice, bot.Reply, error) {
	if no := orElse(orElse(w.doc("FP"), w.doc("HC")), w.taxNo); no != "" {
		i, err := tx.InvoiceByNo(ctx, no)
		return i, bot.Reply{}, err
	}
	if w.contract == "" {
		return sales.Invoice{}, bot.Text("红冲哪一张?写上发票号:红冲 FP2026-001 5万 退货。发 合同进度 加合同号看有哪些。"), nil
	}
	c, err := contractNamed(ctx, tx, w)
	if err != nil {
		return sales.Invoice{}, bot.Reply{}, err
	}
	list, err := tx.InvoicesByContract(ctx, c.ID)
	if err != nil {
		return sales.Invoice{}, bot.Reply{}, err
	}
	list = slices.DeleteFunc(list, func(i sales.Invoice) bool { return !i.Counts() || i.Net() == 0 })
	if len(list) == 1 {
		return list[0], bot.Reply{}, nil
	}
	if len(list) == 0 {
		return sales.Invoice{}, bot.Text(c.No + " 没有可冲的发票。"), nil
	}
	var nos []string
	for _, i := range list[:min(len(list), 5)] {
		nos = append(nos, i.No+" "+i.Net().Short())
	}
	return sales.Invoice{}, bot.Text(c.No + " 有 " + itoa(len(list)) + " 张发票:" + strings.Join(nos, "、") + "。写上发票号:红冲 " + list[0].No + " 原因"), nil
}

func (a *App) fileCredit(ctx context.Context, t bot.Turn, tx Tx, book *Book, i sales.Invoice, amount sales.Money, reason string) (bot.Reply, error) {
	k := a.cashier(t)
	l, err := k.ledger(ctx, tx, i.CustomerID)
	if err == nil {
		err = k.extend(ctx, tx, l, nil, []sales.ID{i.ID})
	}
	if err != nil {
		return bot.Reply{}, err
	}
	freed, ok := l.Credit(i.ID, amount)
	if !ok {
		return bot.Text(i.No + " 刚才有变动,没有红冲。再发一次。"), nil
	}
	no, err := a.yearNo(ctx, t, tx, "HC", "credit")
	if err != nil {
		return bot.Reply{}, err
	}
	note := sales.Invoice{
		ID: tx.NewID(), No: no, Kind: sales.InvoiceCredit, ContractID: i.ContractID, CustomerID: i.CustomerID, OwnerID: i.OwnerID, TeamID: i.TeamID,
		Amount: amount, IssuedOn: t.Today, CreditOf: i.ID, Reason: reason, Source: sales.CashFromChat, Auto: sales.AutoDone, State: sales.InvoiceIssued,
		CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID,
	}
	l.Invoices = append(l.Invoices, note)
	k.audit(tx, "invoice.credit", "invoice", i.ID, sales.Change{Field: "红冲", Old: i.Net().String(), New: (i.Net() - amount).String()}, sales.Change{Field: "原因", New: reason})
	k.emit(tx, "invoice.credited", "invoice", i.ID, cashEvent{Contract: i.ContractID, Customer: i.CustomerID, Owner: i.OwnerID, Amount: amount, Open: l.Invoice(i.ID).Open})
	sums, err := k.save(ctx, tx, l, nil, i.ContractID)
	if err != nil {
		return bot.Reply{}, err
	}
	after := *l.Invoice(i.ID)
	text := "已红冲 " + i.No + " " + amount.String() + "(" + no + "," + reason + ")。这张现在:开票净额 " + after.Net().String() + ",未收 " + after.Open.String() + "。"
	if freed > 0 {
		text += "退出来 " + freed.String() + " 转成预付,可以再认款。"
	}
	reply := bot.Text(text)
	if i.OwnerID != t.Person.ID {
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{i.OwnerID}, Subject: "invoice:" + i.ID.String(), Kind: bot.DeliverPush, Slot: "credit:" + no, Push: true,
			Out: bot.Outgoing{Text: book.Customer(i.CustomerID) + "的发票 " + i.No + " 由" + t.Person.Name + "红冲 " + amount.String() + ":" + reason + "。"},
		})
	}
	if c, err := tx.ContractByID(ctx, i.ContractID); err == nil {
		reply.Faces = a.chainFaces(t, book, c, sums[c.ID])
	} else if sales.KindOf(err) != sales.NotFound {
		return bot.Reply{}, err
	}
	reply.Dialogue = remember(closeTopic(t.Dialogue), "invoice", note.ID, t.Now)
	return reply, nil
}

// PromisePayment notes when a customer said it would pay (承诺回款); reminders keep quiet until then.
func (a *App) PromisePayment(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w := readCash(t, book.Parser.Calendar, t.Args, parse.TenseFuture)
	day := w.due
	if day.IsZero() {
		day = w.day
	}
	i, reply, err := a.openInvoiceNamed(ctx, t, tx, book, w)
	if err != nil || i.ID == 0 {
		return reply, err
	}
	switch {
	case !a.seesMoney(t, i.OwnerID):
		return bot.Reply{}, noDoc(i.No)
	case day.IsZero():
		return bot.Text("客户答应哪天付?例:承诺回款 " + i.No + " 3月20日"), nil
	case day.Before(t.Today):
		return bot.Text(day.Chinese() + "已经过去了。写一个以后的日子。"), nil
	case day.Sub(t.Today) > 366:
		return bot.Text("日子太远,超过一年了。再看一下。"), nil
	}
	before, old := i, i.PromisedOn
	i.PromisedOn, i.PromisedBy, i.QuietUntil = day, t.Person.ID, day
	tx.UpdateInvoice(before, i)
	k := a.cashier(t)
	k.audit(tx, "invoice.promise", "invoice", i.ID, sales.Change{Field: "承诺回款", Old: old.String(), New: day.String()})
	k.emit(tx, "invoice.promised", "invoice", i.ID, cashEvent{Contract: i.ContractID, Customer: i.CustomerID, Owner: i.OwnerID, Amount: i.Amount, Open: i.Open, DueOn: day})
	text := "记下了:" + book.Customer(i.CustomerID) + "答应 " + day.ChineseFrom(t.Today) + " 付 " + i.Open.String() + "(" + i.No + ")。到那天之前不催。"
	if !old.IsZero() && old != day {
		text += "上次说的是 " + old.Chinese() + "。"
	}
	return bot.Text(text), nil
}

// openInvoiceNamed is the open invoice a sentence means: by number, or the first due of a customer or contract.
func (a *App) openInvoiceNamed(ctx context.Context, t bot.Turn, tx Tx, book *Book, w cashWords) (sales.Invoice, bot.Reply, error) {
	if no := orElse(w.doc("FP"), w.taxNo); no != "" {
		i, err := tx.InvoiceByNo(ctx, no)
		if err == nil && !a.seesMoney(t, i.OwnerID) {
			err = sales.Errorf(sales.Forbidden, sales.NoSuch("发票", no))
		}
		if err == nil && i.State != sales.InvoiceOpen {
			return sales.Invoice{}, bot.Text(i.No + " " + i.StateName() + ",没有要收的。"), nil
		}
		return i, bot.Reply{}, err
	}
	var list []sales.Invoice
	switch {
	case w.contract != "":
		c, err := contractNamed(ctx, tx, w)
		if err == nil && !a.seesMoney(t, c.OwnerID) {
			err = missingPaper(sales.Forbidden, approval.Contract, strings.ToUpper(w.contract))
		}
		if err != nil {
			return sales.Invoice{}, bot.Reply{}, err
		}
		all, err := tx.OpenInvoices(ctx, c.CustomerID)
		if err != nil {
			return sales.Invoice{}, bot.Reply{}, err
		}
		list = slices.DeleteFunc(all, func(i sales.Invoice) bool { return i.ContractID != c.ID })
	case w.rest != "":
		id, _, why := a.customerIn(t, book, w.rest)
		if id == 0 {
			return sales.Invoice{}, bot.Text(why), nil
		}
		var err error
		if list, err = tx.OpenInvoices(ctx, id); err != nil {
			return sales.Invoice{}, bot.Reply{}, err
		}
	default:
		return sales.Invoice{}, bot.Text("哪一张发票?写上发票号或客户:" + t.Command + " FP2026-001 3月20日。发 已开票未回款 看有哪些。"), nil
	}
	if len(list) == 0 {
		return sales.Invoice{}, bot.Text("没有待回款的发票。"), nil
	}
	return list[0], bot.Reply{}, nil
}

// TapUndoInvoice takes an invoice back by its button.
func (a *App) TapUndoInvoice(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	i, err := tx.InvoiceByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.undoInvoice(ctx, t, tx, i)
}

// issuedAs says why an invoice or credit note that the e-invoice service was asked for cannot be taken back, and what to do; "" when it
// can.
func (a *App) issuedAs(ctx context.Context, tx Tx, i sales.Invoice) (string, error) {
	e, err := tx.EInvoiceOf(ctx, i.ID)
	if err != nil || e.ID == 0 || e.State == sales.EInvoiceFailed {
		return "", err
	}
	what := i.No + " 正在开电子票"
	if e.State == sales.EInvoiceIssued {
		what = i.No + " 已经开了电子票 " + e.TaxNo
	}
	if i.Kind == sales.InvoiceCredit {
		return what + ",撤销不了。红冲错了就重开一张:开票 加合同号和金额", nil
	}
	return what + ",撤销不了。要冲掉由财务发:红冲 " + i.No + " 原因", nil
}

// undoInvoice takes back an invoice or credit note that was just filed; what was paid on it is free again.
func (a *App) undoInvoice(ctx context.Context, t bot.Turn, tx Tx, i sales.Invoice) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	why := a.undoable(t, i.No, i.CreatedBy, i.CreatedAt)
	switch {
	case i.State == sales.InvoiceUndone:
		return bot.Text(i.No + " 已经撤销过了,没有再改动。"), nil
	case why != "":
		return bot.Text(why + "要改由财务发:红冲 " + i.No + " 原因"), nil
	case i.Credited > 0:
		return bot.Text(i.No + " 已经红冲过 " + i.Credited.String() + ",不能再撤销。"), nil
	}
	if issued, err := a.issuedAs(ctx, tx, i); err != nil || issued != "" {
		return bot.Text(issued), err
	}
	k := a.cashier(t)
	l, err := k.ledger(ctx, tx, i.CustomerID)
	target := i.ID
	if i.Kind == sales.InvoiceCredit {
		target = i.CreditOf
	}
	if err == nil {
		err = k.extend(ctx, tx, l, nil, []sales.ID{i.ID, target})
	}
	if err != nil {
		return bot.Reply{}, err
	}
	if i.Kind == sales.InvoiceCredit && !l.Uncredit(target, i.Amount, i.SourceEventID) {
		return bot.Text(i.No + " 刚才有变动,没有撤销。"), nil
	}
	l.DropInvoice(i.ID)
	k.audit(tx, "invoice.undo", "invoice", i.ID, sales.Change{Field: "状态", Old: i.State, New: sales.InvoiceUndone})
	sums, err := k.save(ctx, tx, l, nil, i.ContractID)
	if err != nil {
		return bot.Reply{}, err
	}
	var reply bot.Reply
	contract := ""
	if c, err := tx.ContractByID(ctx, i.ContractID); err == nil {
		contract = c.No
		reply.Faces = a.chainFaces(t, book, c, sums[c.ID])
	} else if sales.KindOf(err) != sales.NotFound {
		return bot.Reply{}, err
	}
	for _, watch := range []bool{false, true} {
		v := a.invoiceView(t, book, *l.Invoice(i.ID), contract)
		v.Watch = watch
		reply.Faces = append(reply.Faces, view.InvoiceCard(v))
	}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text("已撤销:" + i.No + " " + i.Amount.String() + "。").Say
	}
	reply.Dialogue = forgotten(t, "invoice", i.ID)
	return reply, nil
}

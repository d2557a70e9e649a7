package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// maxSuggestions bounds the buttons of an unmatched payment.
const maxSuggestions = 3

// Unmatched shows money nobody has assigned yet (未认款): a list, and the newest of it with where it may belong.
func (a *App) Unmatched(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("未认款单聊我看:金额不放群里。"), nil
	}
	if no := bare(t.Args); strings.HasPrefix(strings.ToUpper(no), "HK") {
		return a.AssignPayment(ctx, t, tx)
	}
	scope := cashScope(t)
	list, err := tx.UnmatchedPayments(ctx, scope, 10)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(list) == 0 {
		return bot.Text("没有未认的款。"), nil
	}
	n, left, err := tx.CountUnmatched(ctx, scope)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	card, err := a.suggestCard(ctx, t, tx, book, list[0])
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "payment.list", "person", sales.ID(t.Person.ID))
	reply := bot.Text(view.UnmatchedList(list, n, left, book.Customer, t.Today))
	reply.Say = append(reply.Say, bot.Say{Slot: "first", Out: cardOut(card)})
	return reply, nil
}

// suggestCard is an unmatched payment with where it may belong, the likeliest first.
func (a *App) suggestCard(ctx context.Context, t bot.Turn, tx Tx, book *Book, p sales.Payment) (view.Face, error) {
	list, err := a.suggestions(ctx, t, tx, book, p)
	if err != nil {
		return view.Face{}, err
	}
	next, err := tx.NextUnmatched(ctx, cashScope(t), p)
	return view.UnmatchedCard(view.Unmatched{Payment: p, Customer: book.Customer(p.CustomerID), Suggestions: list, Next: next, Today: t.Today}), err
}

// suggestions looks for open invoices and contracts a payment may be for: those of its customer or of customers named like its
// payer, and invoices of exactly its amount.
func (a *App) suggestions(ctx context.Context, t bot.Turn, tx Tx, book *Book, p sales.Payment) ([]sales.Suggestion, error) {
	scope := cashScope(t)
	customers := []sales.ID{p.CustomerID}
	if p.CustomerID == 0 {
		customers = nil
		if ref, _ := book.Parser.FindCustomer(parse.Input{Text: p.Payer, Now: t.Now.In(sales.Shanghai)}); ref.ID != 0 {
			customers = append(customers, sales.ID(ref.ID))
		}
		alike, err := tx.DuplicateCustomers(ctx, "", "", p.Payer, 8)
		if err != nil {
			return nil, err
		}
		for _, c := range alike {
			customers = append(customers, c.ID)
		}
	}
	invoices, err := tx.OpenInvoices(ctx, customers...)
	if err != nil {
		return nil, err
	}
	exact, err := tx.InvoicesOpenFor(ctx, p.Left, 30)
	if err != nil {
		return nil, err
	}
	for _, i := range exact {
		if !slices.ContainsFunc(invoices, func(x sales.Invoice) bool { return x.ID == i.ID }) {
			invoices = append(invoices, i)
		}
	}
	invoices = slices.DeleteFunc(invoices, func(i sales.Invoice) bool { return !scope.Covers(i.OwnerID) })
	contracts, advance, err := a.payable(ctx, tx, customers)
	if err != nil {
		return nil, err
	}
	contracts = slices.DeleteFunc(contracts, func(c sales.ContractCash) bool { return !scope.Covers(c.OwnerID) })
	return sales.Suggest(p, invoices, contracts, book.Customer, advance, maxSuggestions), nil
}

// payable are the contracts of customers that a payment may be for, those nothing has happened to yet among them, and what is
// missing of their prepayments.
func (a *App) payable(ctx context.Context, tx Tx, customers []sales.ID) ([]sales.ContractCash, map[sales.ID]sales.Money, error) {
	out, err := tx.CashOfCustomers(ctx, customers...)
	if err != nil {
		return nil, nil, err
	}
	at := map[sales.ID]int{}
	for i, c := range out {
		at[c.ContractID] = i
	}
	advance := map[sales.ID]sales.Money{}
	for _, id := range customers {
		list, err := tx.ContractsByCustomer(ctx, id, 50)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range list {
			if c.State != sales.ContractApproved {
				continue
			}
			i, known := at[c.ID]
			if !known {
				i = len(out)
				at[c.ID] = i
				out = append(out, sales.ContractCash{
					ContractID: c.ID, No: c.No, CustomerID: c.CustomerID, OwnerID: c.OwnerID, TeamID: c.TeamID, Amount: c.Amount,
				})
			}
			_, advance[c.ID] = sales.PrepayGate(c, out[i].Collected())
		}
	}
	return out, advance, nil
}

// AssignPayment gives a payment to invoices, a contract or a customer (认款), or shows where it may belong.
func (a *App) AssignPayment(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w := readCash(t, book.Parser.Calendar, t.Args, parse.TensePast)
	p, reply, err := a.paymentNamed(ctx, t, tx, w)
	if err != nil || p.ID == 0 {
		return reply, err
	}
	if err := a.mayAssign(t, p); err != nil {
		return bot.Reply{}, err
	}
	if w.amount > 0 || w.bad != "" { // it would be passed over, and more would be matched than was said
		return bot.Text("认款不写金额:一张发票能收多少就认多少,剩下的留在 " + p.No + " 上。写发票号就行,几张按先后:认款 " + p.No + " FP2026-001 FP2026-002"), nil
	}
	if w.contract == "" && w.doc("FP") == "" && w.taxNo == "" && w.rest == "" {
		if t.InGroup() {
			return bot.Text("认款单聊我:金额不放群里。"), nil
		}
		card, err := a.suggestCard(ctx, t, tx, book, p)
		return bot.ShowCard(card), err
	}
	f, why, err := a.paymentTarget(ctx, t, tx, book, w)
	switch {
	case err != nil:
		return bot.Reply{}, err
	case why != "":
		return bot.Text(why), nil
	case f.customer == 0:
		return bot.Text("没找到这家客户:" + quoted(w.rest, "") + "。写客户名、合同号或发票号。"), nil
	}
	return a.assign(ctx, t, tx, book, p, f)
}

// paymentNamed is the payment a sentence means: by number, or the one the person filed last.
func (a *App) paymentNamed(ctx context.Context, t bot.Turn, tx Tx, w cashWords) (sales.Payment, bot.Reply, error) {
	if no := w.doc("HK"); no != "" {
		p, err := tx.PaymentByNo(ctx, no)
		return p, bot.Reply{}, err
	}
	if ref, ok := lastOf(t.Dialogue, "payment"); ok {
		p, err := tx.PaymentByID(ctx, ref.ID)
		return p, bot.Reply{}, err
	}
	return sales.Payment{}, bot.Text("哪一笔?写上回款号:" + t.Command + " HK2026-001。发 未认款 看有哪些。"), nil
}

// mayAssign refuses who may not say whose a payment is.
func (a *App) mayAssign(t bot.Turn, p sales.Payment) error {
	switch {
	case !p.Counts():
		return sales.Errorf(sales.Conflict, p.No+" 已经撤销了。")
	case t.Person.Has(sales.RoleFinance), p.OwnerID != 0 && t.Org.ScopeOf(t.Person).Covers(p.OwnerID):
		return nil
	}
	return noDoc(p.No)
}

// assign gives a payment to what it is for. What it paid before is open again.
func (a *App) assign(ctx context.Context, t bot.Turn, tx Tx, book *Book, p sales.Payment, f paymentFor) (bot.Reply, error) {
	k := a.cashier(t)
	l, err := a.ledgerOf(ctx, k, tx, p, f)
	if err != nil {
		return bot.Reply{}, err
	}
	l.Assign(p.ID, f.customer, f.contract, f.owner, f.team, f.invoices...)
	after := *l.Payment(p.ID)
	if after.Used == 0 && len(f.invoices) > 0 {
		return bot.Text("这张发票没有要收的,没有认。发 已开票未回款 看哪些还没收。"), nil
	}
	k.audit(tx, "payment.assign", "payment", p.ID, sales.Change{Field: "客户", Old: book.Customer(p.CustomerID), New: book.Customer(f.customer)},
		sales.Change{Field: "已认", Old: p.Used.String(), New: after.Used.String()})
	k.emit(tx, "payment.assigned", "payment", p.ID, cashEvent{Contract: f.contract, Customer: f.customer, Owner: f.owner, Amount: p.Amount, Open: after.Left})
	sums, err := k.save(ctx, tx, l, nil, p.ContractID, f.contract)
	if err != nil {
		return bot.Reply{}, err
	}
	after.Version++
	v, err := a.paymentView(ctx, t, tx, book, l, after)
	if err != nil {
		return bot.Reply{}, err
	}
	next, err := tx.NextUnmatched(ctx, cashScope(t), p)
	if err != nil {
		return bot.Reply{}, err
	}
	closed := view.UnmatchedDone(view.Unmatched{Payment: after, Customer: v.Customer, Lines: v.Lines, Next: next, Today: t.Today}, t.Person.Name+" "+sales.FormatMoment(t.Now))
	reply := bot.Reply{Faces: append(a.paymentFaces(t, v), closed)}
	switch {
	case t.Event.Kind != bot.Tapped || t.Card == nil:
		reply.Say = bot.ShowCard(view.PaymentCard(v)).Say
	case strings.HasPrefix(t.Card.Key, "pick:"):
		reply = closePick(t, reply)
	}
	if f.owner != t.Person.ID && p.OwnerID != f.owner {
		w := v
		w.Watch = true
		reply.Say = append(reply.Say, tell(t, "payment:"+p.ID.String(), "assigned:"+t.Event.ID, view.PaymentCard(w), f.owner)...)
	}
	reply.Dialogue = remember(closeTopic(t.Dialogue), "payment", p.ID, t.Now)
	return a.withChains(ctx, t, tx, book, reply, sums)
}

// ledgerOf is the ledger of a payment's customer and the one it goes to, with all that hangs on it.
func (a *App) ledgerOf(ctx context.Context, k Cashier, tx Tx, p sales.Payment, f paymentFor) (*sales.Ledger, error) {
	var customers []sales.ID
	for _, id := range []sales.ID{p.CustomerID, f.customer} {
		if id != 0 && !slices.Contains(customers, id) {
			customers = append(customers, id)
		}
	}
	l, err := k.ledger(ctx, tx, customers...)
	if err == nil {
		err = k.extend(ctx, tx, l, []sales.ID{p.ID}, f.invoices)
	}
	return l, err
}

// assignablePayment reads the payment of a tapped button, for whoever may assign it; others are refused.
func (a *App) assignablePayment(ctx context.Context, t bot.Turn, tx Tx) (sales.Payment, *Book, error) {
	p, err := tx.PaymentByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return p, nil, err
	}
	if err := a.mayAssign(t, p); err != nil {
		return p, nil, err
	}
	book, err := a.Names.Book(ctx)
	return p, book, err
}

// TapAssign assigns a payment by a suggestion's button: "i" and an invoice, or "c" and a contract.
func (a *App) TapAssign(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, book, err := a.assignablePayment(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if p.Version != t.Action.Version {
		v, err := a.paymentView(ctx, t, tx, book, nil, p)
		if err != nil {
			return bot.Reply{}, err
		}
		reply := bot.Text("这张卡片旧了," + p.No + " 现在:" + p.StateName() + "。没有改动。")
		reply.Faces = a.paymentFaces(t, v)
		return reply, nil
	}
	arg := t.Action.Arg
	id, err := strconv.ParseInt(strings.TrimLeft(arg, "ic"), 10, 64)
	if err != nil || arg == "" {
		return bot.Text("这个按钮已失效。发 未认款 重新看。"), nil
	}
	var f paymentFor
	if arg[0] == 'i' {
		i, err := tx.InvoiceByID(ctx, sales.ID(id))
		if err != nil {
			return bot.Reply{}, err
		}
		f = paymentFor{customer: i.CustomerID, contract: 0, owner: i.OwnerID, team: i.TeamID, invoices: []sales.ID{i.ID}}
	} else {
		c, err := tx.ContractByID(ctx, sales.ID(id))
		if err != nil {
			return bot.Reply{}, err
		}
		f = paymentFor{customer: c.CustomerID, contract: c.ID, owner: c.OwnerID, team: c.TeamID}
	}
	if !cashScope(t).Covers(f.owner) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "那是"+t.Org.Name(f.owner)+"的客户,由他或财务来认。")
	}
	return a.assign(ctx, t, tx, book, p, f)
}

// TapPickInvoice offers the open invoices of a payment's customer, to put it elsewhere (改认款).
func (a *App) TapPickInvoice(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, err := tx.PaymentByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.mayAssign(t, p); err != nil {
		return bot.Reply{}, err
	}
	list, err := tx.OpenInvoices(ctx, p.CustomerID)
	if err != nil {
		return bot.Reply{}, err
	}
	used, err := tx.AllocationsOfPayments(ctx, p.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, al := range used {
		if al.State == sales.AllocationActive && !slices.ContainsFunc(list, func(i sales.Invoice) bool { return i.ID == al.InvoiceID }) {
			i, err := tx.InvoiceByID(ctx, al.InvoiceID)
			if err != nil {
				return bot.Reply{}, err
			}
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		book, err := a.Names.Book(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		if may, err := a.suggestions(ctx, t, tx, book, p); err != nil || len(may) == 0 || p.ContractID != 0 {
			return bot.Text("这家没有别的发票可认。认到合同:认款 " + p.No + " 合同号;认到别家:认款 " + p.No + " 客户"), err
		}
		card, err := a.suggestCard(ctx, t, tx, book, p) // no invoice yet: money in advance, for one of the contracts
		return bot.Reply{Say: []bot.Say{{To: alone(t), Out: cardOut(card)}}}, err
	}
	pick := view.Pick{Key: pickKey(t, "assign"), Question: p.No + " " + p.Amount.Short() + " 认给哪张?", Note: "几张一起认,按先后写:认款 " + p.No + " FP2026-001 FP2026-002"}
	for _, i := range list[:min(len(list), 5)] {
		pick.Options = append(pick.Options, view.PickOption{Text: i.No + " " + assignable(i, used).Short(), Action: action("payment.assign", p.ID, p.Version, "i"+i.ID.String())})
	}
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: cardOut(view.PickOne(pick))}}}, nil
}

// assignable is what an invoice has open for a payment that is put anew: what it has taken of the payment itself counts as open.
func assignable(i sales.Invoice, used []sales.Allocation) sales.Money {
	m := i.Open
	for _, al := range used {
		if al.InvoiceID == i.ID && al.State == sales.AllocationActive {
			m += al.Amount
		}
	}
	return m
}

// TapShowPayment shows an unmatched payment of a list with where it may belong.
func (a *App) TapShowPayment(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, book, err := a.assignablePayment(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if p.State != sales.PaymentOpen { // somebody was faster
		v, err := a.paymentView(ctx, t, tx, book, nil, p)
		return bot.Reply{Say: []bot.Say{{To: alone(t), Out: cardOut(view.PaymentCard(v))}}}, err
	}
	card, err := a.suggestCard(ctx, t, tx, book, p)
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: cardOut(card)}}}, err
}

// ReleasePayment takes back what a payment paid (撤销认款); the money stays.
func (a *App) ReleasePayment(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	p, reply, err := a.paymentNamed(ctx, t, tx, readCash(t, book.Parser.Calendar, t.Args, parse.TensePast))
	if err != nil || p.ID == 0 {
		return reply, err
	}
	return a.releasePayment(ctx, t, tx, book, p)
}

// TapReleasePayment takes it back by its button.
func (a *App) TapReleasePayment(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, err := tx.PaymentByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.releasePayment(ctx, t, tx, book, p)
}

func (a *App) releasePayment(ctx context.Context, t bot.Turn, tx Tx, book *Book, p sales.Payment) (bot.Reply, error) {
	if err := a.mayAssign(t, p); err != nil {
		return bot.Reply{}, err
	}
	if p.Used == 0 {
		return bot.Text(p.No + " 还没认给哪张发票,没有可撤的。"), nil
	}
	k := a.cashier(t)
	l, err := a.ledgerOf(ctx, k, tx, p, paymentFor{})
	if err != nil {
		return bot.Reply{}, err
	}
	l.ReleasePayment(p.ID)
	after := *l.Payment(p.ID)
	k.audit(tx, "payment.release", "payment", p.ID, sales.Change{Field: "已认", Old: p.Used.String(), New: "0"})
	k.emit(tx, "payment.unmatched", "payment", p.ID, cashEvent{Customer: p.CustomerID, Owner: p.OwnerID, Amount: after.Left})
	sums, err := k.save(ctx, tx, l, nil, p.ContractID)
	if err != nil {
		return bot.Reply{}, err
	}
	after.Version++
	v, err := a.paymentView(ctx, t, tx, book, l, after)
	if err != nil {
		return bot.Reply{}, err
	}
	list, err := a.suggestions(ctx, t, tx, book, after)
	if err != nil {
		return bot.Reply{}, err
	}
	next, err := tx.NextUnmatched(ctx, cashScope(t), after)
	if err != nil {
		return bot.Reply{}, err
	}
	faces := append(a.paymentFaces(t, v), view.UnmatchedCard(view.Unmatched{Payment: after, Customer: v.Customer, Suggestions: list, Next: next, Today: t.Today}))
	reply := bot.Reply{Faces: faces}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text(p.No + " 认的 " + p.Used.String() + " 已退回,发票改回待回款。重新认:认款 " + p.No + " 发票号").Say
	}
	reply.Dialogue = remember(closeTopic(t.Dialogue), "payment", p.ID, t.Now)
	return a.withChains(ctx, t, tx, book, reply, sums)
}

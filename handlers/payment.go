package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

const topicPaymentTwin = "payment.twin"

// twinDays is within how many days the same amount of the same customer may be the same money.
const twinDays = 5

func (a *App) registerPayment(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "回款", Aliases: []string{"hk", "收款", "到账"}, Summary: "记一笔到账", Usage: "回款 绍兴市立 18万 / 回款 HT2026-018 18万 昨天",
		Detail:  "客户或合同号,加金额;可以带到账日、流水号、发票号。先冲金额正好的发票,再先到期先冲,卡片上一行一行写明白,不对就点 改认款。没票可冲的记成预付。",
		Example: a.ownExample("回款 %s 18万"), Rank: map[sales.Role]int{sales.RoleFinance: 2}, Handle: privately(a.FilePayment),
	})
	r.Command(bot.Command[Tx]{
		Name: "未认款", Aliases: []string{"wrk", "待认款"}, Summary: "看还没认到发票的钱", Usage: "未认款",
		Detail: "一笔一张卡,按像不像排好,点一下就认;认错了点 撤销认款。", Rank: map[sales.Role]int{sales.RoleFinance: 3}, Handle: a.Unmatched,
	})
	r.Command(bot.Command[Tx]{
		Name: "认款", Aliases: []string{"rk", "改认款", "核销"}, Summary: "把一笔钱认到客户、合同或发票", Usage: "认款 HK2026-001 FP2026-003",
		Detail: "后面写发票号(可以几张,按写的先后)、合同号或客户。原来认的自动退回重来。", Handle: privately(a.AssignPayment),
	})
	r.Command(bot.Command[Tx]{
		Name: "撤销认款", Aliases: []string{"cxrk", "取消认款"}, Summary: "把认过的退回", Usage: "撤销认款 HK2026-001", Handle: privately(a.ReleasePayment),
	})
	r.Action("payment.undo", a.TapUndoPayment)
	r.Action("payment.assign", a.TapAssign)
	r.Action("payment.pick", a.TapPickInvoice)
	r.Action("payment.release", a.TapReleasePayment)
	r.Action("payment.show", a.TapShowPayment)
	r.Action("payment.twin", a.TapTwin)
	r.Topic(topicPaymentTwin, a.AnswerTwin)
}

// FilePayment files money that came in (回款).
func (a *App) FilePayment(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.filePayment(ctx, t, tx, t.Args, false)
}

// paymentFor is what a payment is for: its customer, and contract or invoices when they were said.
type paymentFor struct {
	customer, contract sales.ID
	owner              sales.PersonID
	team               sales.ID
	invoices           []sales.ID
	payer              string
}

func (a *App) filePayment(ctx context.Context, t bot.Turn, tx Tx, text string, again bool) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w := readCash(t, book.Parser.Calendar, text, parse.TensePast)
	if bare(text) == "" {
		return bot.Text("哪家付了多少?例:回款 绍兴市立医院 18万"), nil
	}
	f, why, err := a.paymentTarget(ctx, t, tx, book, w)
	switch {
	case err != nil:
		return bot.Reply{}, err
	case why != "":
		return bot.Text(why), nil
	case w.day.After(t.Today):
		return bot.Text(w.day.ChineseFrom(t.Today) + " 还没到,到账了再记。客户答应那天付就发:承诺回款 " + orElse(book.Customer(f.customer), "客户") + " " + w.day.Chinese()), nil
	case w.bad != "":
		return bot.Text(w.bad + "没有记。"), nil
	case w.amount == 0 && w.loose() == "" && !strings.ContainsAny(w.rest, "0123456789"):
		return bot.Text(orElse(book.Customer(f.customer), "这家") + "付了多少?写上金额再发:回款 " + orElse(book.Customer(f.customer), "客户") + " 18万"), nil
	case w.amount == 0:
		return bot.Text("金额没看懂。写成 18万 这样:回款 " + orElse(book.Customer(f.customer), "客户") + " 18万"), nil
	}
	if w.bankRef != "" {
		if p, err := tx.PaymentByRef(ctx, w.bankRef); err == nil {
			return bot.Text("流水 " + w.bankRef + " 已经记过了:" + p.No + " " + p.Amount.String() + ",没有再记。"), nil
		} else if sales.KindOf(err) != sales.NotFound {
			return bot.Reply{}, err
		}
	}
	day := pastDay(t, w.day)
	if !again {
		if reply, asked, err := a.askTwin(ctx, t, tx, text, f, w.amount, day); asked || err != nil {
			return reply, err
		}
	}
	return a.keepPayment(ctx, t, tx, book, f, w, day)
}

// paymentTarget finds what a payment is for; why is what the person is told when that is unclear.
func (a *App) paymentTarget(ctx context.Context, t bot.Turn, tx Tx, book *Book, w cashWords) (f paymentFor, why string, err error) {
	switch {
	case w.contract != "":
		c, err := contractNamed(ctx, tx, w)
		if err != nil {
			return f, "", err
		}
		if !a.seesGoods(t, c.OwnerID) {
			return f, "", missingPaper(sales.Forbidden, approval.Contract, strings.ToUpper(w.contract))
		}
		f = paymentFor{customer: c.CustomerID, contract: c.ID, owner: c.OwnerID, team: c.TeamID}
		return f, "", a.mayCash(t, c)
	case w.doc("FP") != "" || w.taxNo != "":
		for _, no := range append(slices.Clone(w.docs), w.taxNo) {
			if !strings.HasPrefix(no, "FP") && no != w.taxNo || no == "" {
				continue
			}
			i, err := tx.InvoiceByNo(ctx, no)
			if err == nil && !a.seesMoney(t, i.OwnerID) && !a.works(t, book, book.Customers.Of(i.CustomerID)) {
				err = sales.Errorf(sales.Forbidden, sales.NoSuch("发票", no))
			}
			if err != nil {
				return f, "", err
			}
			if f.customer != 0 && f.customer != i.CustomerID {
				return f, i.No + " 是另一家客户的,分开记。", nil
			}
			f.customer, f.contract, f.owner, f.team = i.CustomerID, i.ContractID, i.OwnerID, i.TeamID
			f.invoices = append(f.invoices, i.ID)
		}
		if len(f.invoices) > 1 {
			f.contract = 0
		}
	default:
		id, _, notFound := a.customerIn(t, book, w.rest)
		if id == 0 && t.Person.Has(sales.RoleFinance) && w.rest != "" && strings.HasPrefix(notFound, "没找到") {
			return paymentFor{payer: cutRunes(w.rest, 60)}, "", nil
		}
		if id == 0 {
			return f, orElse(map[bool]string{true: "哪家付的?写上客户:回款 绍兴市立医院 18万"}[w.rest == ""], notFound), nil
		}
		c, err := tx.CustomerByID(ctx, id)
		if err != nil {
			return f, "", err
		}
		f.customer, f.owner, f.team = c.ID, c.OwnerID, c.TeamID
	}
	if !t.Person.Has(sales.RoleFinance) && !t.Org.ScopeOf(t.Person).Covers(f.owner) && !a.works(t, book, book.Customers.Of(f.customer)) {
		return f, "", sales.Errorf(sales.Forbidden, book.Customer(f.customer)+"是"+orElse(t.Org.Name(f.owner), "公海")+"的客户,回款由他、他的主管或财务来记。")
	}
	return f, "", nil
}

// twinDraft is a payment that may have been told before.
type twinDraft struct {
	Text string `json:"text"`
	At   int64  `json:"at"`
}

// askTwin asks whether money that was told before is the same.
func (a *App) askTwin(ctx context.Context, t bot.Turn, tx Tx, text string, f paymentFor, amount sales.Money, day sales.Day) (bot.Reply, bool, error) {
	twins, err := tx.TwinPayments(ctx, amount, day.AddDays(-twinDays), day.AddDays(twinDays))
	if err != nil {
		return bot.Reply{}, false, err
	}
	k := slices.IndexFunc(twins, func(p sales.Payment) bool { return p.CustomerID == f.customer && f.customer != 0 })
	if k < 0 {
		return bot.Reply{}, false, nil
	}
	p, d := twins[k], twinDraft{Text: text, At: t.Now.Unix()}
	dialogue, err := a.ask(t, topicPaymentTwin, d)
	reply := bot.ShowCard(view.PickOne(view.Pick{
		Key: pickKey(t, "twin"), Question: "和 " + p.No + " 是同一笔吗?",
		Note: p.No + " " + p.Amount.String() + "," + p.ReceivedOn.Chinese() + " 到账," + orElse(t.Org.Name(p.CreatedBy), "对账单") + "记的。",
		Options: []view.PickOption{
			{Text: "是同一笔", Action: action("payment.twin", 0, d.At, "same")}, {Text: "另外一笔", Action: action("payment.twin", 0, d.At, "other")},
		},
	}))
	reply.Dialogue = dialogue
	return reply, true, err
}

// TapTwin takes whether it is the same money.
func (a *App) TapTwin(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[twinDraft](t)
	if t.Dialogue.Topic != topicPaymentTwin || err != nil || d.At != t.Action.Version {
		return passPick(t, bot.Text("这一问过期了,没有改动。")), nil
	}
	reply, err := a.settleTwin(ctx, t, tx, d, t.Action.Arg == "other")
	return closePick(t, reply), err
}

// AnswerTwin takes it in words.
func (a *App) AnswerTwin(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[twinDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	switch n := ordinal(t.Text); {
	case n == 1, isYes(t.Text), bare(t.Text) == "是同一笔", bare(t.Text) == "同一笔":
		return a.settleTwin(ctx, t, tx, d, false)
	case n == 2, bare(t.Text) == "另外一笔", bare(t.Text) == "不是":
		return a.settleTwin(ctx, t, tx, d, true)
	case isNo(t.Text):
		return a.settleTwin(ctx, t, tx, d, false)
	}
	return bot.Reply{}, bot.ErrNotMine
}

func (a *App) settleTwin(ctx context.Context, t bot.Turn, tx Tx, d twinDraft, other bool) (bot.Reply, error) {
	t.Dialogue = *closeTopic(t.Dialogue)
	if !other {
		return closing(t, bot.Text("好,是同一笔,没有再记。")), nil
	}
	reply, err := a.filePayment(ctx, t, tx, d.Text, true)
	return closing(t, reply), err
}

// keepPayment writes a payment and what it pays, and shows it.
func (a *App) keepPayment(ctx context.Context, t bot.Turn, tx Tx, book *Book, f paymentFor, w cashWords, day sales.Day) (bot.Reply, error) {
	k := a.cashier(t)
	if err := k.Booked(ctx, tx, []sales.Moved{{Deed: sales.MovedMade, Kind: "payment", Day: day, Customer: f.customer}}); err != nil {
		return bot.Reply{}, err
	}
	k.booked = true
	no, err := a.yearNo(ctx, t, tx, "HK", "payment")
	if err != nil {
		return bot.Reply{}, err
	}
	p := sales.Payment{
		ID: tx.NewID(), No: no, CustomerID: f.customer, ContractID: f.contract, OwnerID: f.owner, TeamID: f.team,
		Payer: orElse(f.payer, book.Customer(f.customer)), Amount: w.amount, ReceivedOn: day, BankRef: w.bankRef, Note: w.note, Source: sales.CashFromChat,
		Auto: sales.AutoDone, CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID,
	}
	l, err := k.ledger(ctx, tx, f.customer)
	if err != nil {
		return bot.Reply{}, err
	}
	l.Receive(p, f.invoices...)
	p = *l.Payment(p.ID)
	k.audit(tx, "payment.receive", "payment", p.ID, sales.Change{Field: "回款", New: p.No + " " + p.Amount.String()})
	k.emit(tx, "payment.received", "payment", p.ID, cashEvent{Contract: p.ContractID, Customer: p.CustomerID, Owner: p.OwnerID, Amount: p.Amount, Open: p.Left})
	if p.Left > 0 && p.ContractID == 0 {
		k.emit(tx, "payment.unmatched", "payment", p.ID, cashEvent{Customer: p.CustomerID, Owner: p.OwnerID, Amount: p.Left})
	}
	sums, err := k.save(ctx, tx, l, nil, f.contract)
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.paymentReply(ctx, t, tx, book, l, p, sums)
	if err != nil {
		return bot.Reply{}, err
	}
	if p.CustomerID != 0 {
		tx.TouchCustomer(p.CustomerID, sales.At(t.Now))
	}
	reply.Dialogue = remember(closeTopic(t.Dialogue), "payment", p.ID, t.Now)
	return reply, nil
}

// paymentReply shows a payment that was just filed to its author, and to finance and the owner.
func (a *App) paymentReply(ctx context.Context, t bot.Turn, tx Tx, book *Book, l *sales.Ledger, p sales.Payment, sums map[sales.ID]sales.ContractCash) (bot.Reply, error) {
	v, err := a.paymentView(ctx, t, tx, book, l, p)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.ShowCard(view.PaymentCard(v))
	v.Watch = true
	reply.Say = append(reply.Say, tell(t, "payment:"+p.ID.String(), "received", view.PaymentCard(v), append(a.financeWhen(t), p.OwnerID)...)...)
	return a.withChains(ctx, t, tx, book, reply, sums)
}

// withChains shows contracts that changed on the cards that are out.
func (a *App) withChains(ctx context.Context, t bot.Turn, tx Tx, book *Book, reply bot.Reply, sums map[sales.ID]sales.ContractCash) (bot.Reply, error) {
	for id, s := range sums {
		c, err := tx.ContractByID(ctx, id)
		if err != nil {
			return bot.Reply{}, err
		}
		reply.Faces = append(reply.Faces, a.chainFaces(t, book, c, s)...)
	}
	return reply, nil
}

// paymentView is a payment with what of it went where; a ledger that has changed it is laid over what is stored.
func (a *App) paymentView(ctx context.Context, t bot.Turn, tx Tx, book *Book, l *sales.Ledger, p sales.Payment) (view.Payment, error) {
	v := view.Payment{
		Payment: p, Customer: book.Customer(p.CustomerID), By: t.Org.Name(p.CreatedBy), Owner: t.Org.Name(p.OwnerID), Group: t.InGroup(), Now: t.Now,
	}
	if p.ContractID != 0 {
		c, err := tx.ContractByID(ctx, p.ContractID)
		if err != nil {
			return v, err
		}
		v.Contract = c.No
	}
	stored, err := tx.AllocationsOfPayments(ctx, p.ID)
	if err != nil {
		return v, err
	}
	var over []sales.Allocation
	if l != nil {
		over = l.Allocations
	}
	list := overlay(stored, over, func(x sales.Allocation) sales.ID { return x.ID })
	for _, al := range list {
		if al.State != sales.AllocationActive || al.PaymentID != p.ID {
			continue
		}
		i := sales.Invoice{}
		if l != nil && l.Invoice(al.InvoiceID) != nil {
			i = *l.Invoice(al.InvoiceID)
		} else if i, err = tx.InvoiceByID(ctx, al.InvoiceID); err != nil {
			return v, err
		}
		v.Lines = append(v.Lines, view.AllocationLine{No: i.No, Amount: al.Amount, Rule: al.Rule.Name(), Left: i.Open})
	}
	return v, nil
}

// TapUndoPayment takes a payment back by its button.
func (a *App) TapUndoPayment(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, err := tx.PaymentByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.undoPayment(ctx, t, tx, p)
}

// undoPayment takes back a payment that was just filed; the invoices it paid are open again.
func (a *App) undoPayment(ctx context.Context, t bot.Turn, tx Tx, p sales.Payment) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	why := a.undoable(t, p.No, p.CreatedBy, p.CreatedAt)
	switch {
	case !p.Counts():
		return bot.Text(p.No + " 已经撤销过了,没有再改动。"), nil
	case why != "" && !t.Person.Has(sales.RoleFinance):
		return bot.Text(why + "要改找财务。"), nil
	}
	k := a.cashier(t)
	l, err := k.ledger(ctx, tx, p.CustomerID)
	if err == nil {
		err = k.extend(ctx, tx, l, []sales.ID{p.ID}, nil)
	}
	if err != nil {
		return bot.Reply{}, err
	}
	l.DropPayment(p.ID)
	k.audit(tx, "payment.undo", "payment", p.ID, sales.Change{Field: "状态", Old: p.State, New: sales.PaymentUndone})
	k.emit(tx, "payment.undone", "payment", p.ID, cashEvent{Contract: p.ContractID, Customer: p.CustomerID, Owner: p.OwnerID, Amount: p.Amount})
	sums, err := k.save(ctx, tx, l, nil, p.ContractID)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Reply{Faces: a.paymentFaces(t, view.Payment{
		Payment: *l.Payment(p.ID), Customer: book.Customer(p.CustomerID), By: t.Org.Name(p.CreatedBy), Owner: t.Org.Name(p.OwnerID), Now: t.Now,
	})}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text("已撤销:" + p.No + " " + p.Amount.String() + ",认过的发票改回待回款。").Say
	}
	reply.Dialogue = forgotten(t, "payment", p.ID)
	return a.withChains(ctx, t, tx, book, reply, sums)
}

func (a *App) paymentFaces(_ bot.Turn, v view.Payment) []view.Face {
	w := v
	w.Watch = true
	return []view.Face{view.PaymentCard(v), view.PaymentCard(w)}
}

// freePayment files a sentence that tells of one payment and nothing else: 绍兴市立18万到账了. ok is false for anything else.
func (a *App) freePayment(ctx context.Context, t bot.Turn, tx Tx, res parse.Result) (bot.Reply, bool, error) {
	if len(res.Frames) != 1 || res.Ask != nil || isQuestion(t.Text) {
		return bot.Reply{}, false, nil
	}
	f := res.Frames[0]
	if reTermsTold.MatchString(t.Text) && !reMoneyIn.MatchString(t.Text) { // what is agreed has not come in
		return bot.Reply{}, false, nil
	}
	if f.Kind != parse.KindPayment || f.Payment != parse.PaymentReceived || f.Hearsay || f.Customer.ID == 0 || f.Customer.Fuzzy || len(f.Amounts) != 1 ||
		len(f.Promises)+len(f.Objections)+len(f.Needs)+len(f.Products) > 0 {
		return bot.Reply{}, false, nil
	}
	m := f.Amounts[0]
	if m.Role != parse.RolePayment || !m.Exact() || m.Value <= 0 || m.Approx || m.Currency != "" && m.Currency != "CNY" {
		return bot.Reply{}, false, nil
	}
	if negated(t.Text, m.Why.Text) {
		return bot.Text("金额写正数,这笔没有记。例:回款 绍兴市立医院 18万"), true, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, false, err
	}
	c := book.Customers.Of(sales.ID(f.Customer.ID))
	if !t.Person.Has(sales.RoleFinance) && (c.OwnerID == 0 || !a.works(t, book, c)) {
		return bot.Reply{}, false, nil
	}
	text := book.Customer(c.ID) + " " + sales.Money(m.Value).String()
	if f.Contract.No != "" {
		text += " " + f.Contract.No
	}
	if !f.When.Start.IsZero() {
		text += " " + sales.DayOf(f.When.Start).String()
	}
	reply, err := a.keepsOpen("回款", privately(func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		return a.filePayment(ctx, t, tx, text, false)
	}))(ctx, t, tx)
	return reply, true, err
}

var (
	// reTermsTold are the terms of a contract as people tell them, reMoneyIn the words of money that is there.
	reTermsTold = regexp.MustCompile(`预付\s*[\d一二三四五六七八九十]|首付\s*\d|验收后?(?:再)?付|(?:剩下|余款|尾款).{0,6}(?:付|给|结)|合同.{0,4}签了|签了.{0,6}合同`)
	reMoneyIn   = regexp.MustCompile(`到账|到了|收到|打了|打过来|打来|付了|付过来|付清|汇|转账|转了|转过来|回款|给了|结了|进账|入账`)
)

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

func (a *App) registerEInvoice(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "电子票", Aliases: []string{"dzp", "开电子票", "数电票"}, Summary: "把记过的发票开成电子票,红字也行", Usage: "电子票 FP2026-001 / 电子票 HC2026-001",
		Detail: "要先有客户的 开票资料。开好了卡片上有票号和 PDF;开不出来会说改哪里。红字票写 HC 单号,它冲的那张要先有票号。",
		Roles:  []sales.Role{sales.RoleFinance, sales.RoleDirector, sales.RoleGM}, Rank: map[sales.Role]int{sales.RoleFinance: 9}, Handle: privately(a.AskEInvoice),
	})
	r.Command(bot.Command[Tx]{
		Name: "开票资料", Aliases: []string{"kpzl", "抬头"}, Summary: "看或改客户的抬头、税号、收票邮箱", Usage: "开票资料 绍兴市立医院 税号 91330600MA2B3C4D5E 邮箱 cw@example.com",
		Detail: "可以写:抬头、税号、地址、电话、开户行、账号、邮箱,写几样改几样。电子票按它开,月初的对账单按邮箱发。", Handle: privately(a.BillingData),
	})
	r.Action("einvoice.ask", a.TapEInvoice)
}

var (
	reBilling  = regexp.MustCompile(`(?:^|[\s,，;；])(抬头|税号|地址|电话|开户行|账号|帐号|邮箱)\s*[:：]?\s*`)
	reBillTax  = regexp.MustCompile(`^[0-9A-Z]{15,20}$`)
	reBillMail = regexp.MustCompile(`^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)
	reBillTel  = regexp.MustCompile(`^[0-9+() -]{5,30}$`)
	reBillBank = regexp.MustCompile(`^[0-9 -]{6,40}$`)
)

// billingField is where a word of the command goes.
func billingField(b *sales.Billing, word string) *string {
	switch word {
	case "抬头":
		return &b.Title
	case "税号":
		return &b.TaxNo
	case "地址":
		return &b.Address
	case "电话":
		return &b.Phone
	case "开户行":
		return &b.Bank
	case "邮箱":
		return &b.Mail
	}
	return &b.Account
}

// badBilling says what is wrong with a value, "" for nothing.
func badBilling(word, value string) string {
	re, how := reBillBank, "账号只有数字,再看一下"
	switch word {
	case "税号":
		re, how = reBillTax, "税号是 15 到 20 位数字和大写字母"
		if len(value) == 18 {
			if _, err := sales.ParseUSCC(value); err != nil {
				return "税号 " + value + " 校验不对,再核一遍。"
			}
		}
	case "邮箱":
		re, how = reBillMail, "邮箱写成 cw@example.com 这样"
	case "电话":
		re, how = reBillTel, "电话写成 0575-88888888 这样"
	case "抬头", "地址", "开户行":
		if n := len([]rune(value)); n < 2 || n > 80 {
			return word + "要 2 到 80 个字。"
		}
		return ""
	}
	if !re.MatchString(value) {
		return word + quoted(cutRunes(value, 30), "") + "不对:" + how + "。"
	}
	return ""
}

// BillingData shows or changes how a customer is billed (开票资料).
func (a *App) BillingData(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	text := strings.TrimSpace(narrow(cutRunes(t.Args, 400)))
	at := reBilling.FindAllStringSubmatchIndex(text, -1)
	name := text
	if len(at) > 0 {
		name = text[:at[0][0]]
	}
	if bare(name) == "" {
		return bot.Text("哪家的开票资料?例:开票资料 绍兴市立医院 税号 91330600MA2B3C4D5E 邮箱 cw@example.com"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	id, _, why := a.customerIn(t, book, bare(name))
	if id == 0 {
		return bot.Text(why), nil
	}
	c := book.Customers.Of(id)
	if !cashScope(t).Covers(c.OwnerID) && !a.works(t, book, c) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, c.Name+"是"+orElse(t.Org.Name(c.OwnerID), "公海")+"的客户,开票资料由他、他的上级和财务来定。")
	}
	b, err := tx.BillingOf(ctx, id)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(at) == 0 {
		audit(tx, t, "billing.read", "customer", id)
		return bot.Text(view.BillingText(c, b)), nil
	}
	var changes []sales.Change
	for k, m := range at {
		end := len(text)
		if k+1 < len(at) {
			end = at[k+1][0]
		}
		word, value := text[m[2]:m[3]], strings.Trim(text[m[1]:end], " ,，;；。")
		if word == "税号" {
			value = strings.ToUpper(value)
		}
		if word == "帐号" {
			word = "账号"
		}
		if why := badBilling(word, value); why != "" {
			return bot.Text(why + "没有改动,改好再发一次。"), nil
		}
		to := billingField(&b, word)
		changes = append(changes, sales.Change{Field: word, Old: *to, New: value})
		*to = value
	}
	b.SetBy, b.SetAt = t.Person.ID, sales.At(t.Now)
	tx.PutBilling(b)
	audit(tx, t, "billing.set", "customer", id, changes...)
	emit(tx, t, "customer.billing_set", "customer", id)
	return bot.Text("记下了。\n" + view.BillingText(c, b)), nil
}

// AskEInvoice has an invoice or credit note issued by the e-invoice service (电子票).
func (a *App) AskEInvoice(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w := readCash(t, book.Parser.Calendar, t.Args, parse.TensePast)
	no := orElse(w.doc("FP"), w.doc("HC"))
	if no == "" {
		return bot.Text("哪一张?写上单号:电子票 FP2026-001。还没记发票的先发:开票 HT2026-018 18万"), nil
	}
	i, err := tx.InvoiceByNo(ctx, no)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.askEInvoice(ctx, t, tx, book, i)
}

// TapEInvoice does it by its button.
func (a *App) TapEInvoice(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	i, err := tx.InvoiceByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if t.InGroup() || !t.Person.Has(sales.RoleFinance, sales.RoleDirector, sales.RoleGM) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "电子票由财务或总监来开,单聊我。")
	}
	return a.askEInvoice(ctx, t, tx, book, i)
}

func (a *App) askEInvoice(ctx context.Context, t bot.Turn, tx Tx, book *Book, i sales.Invoice) (bot.Reply, error) {
	if why, err := a.einvoiceable(ctx, tx, book, i); err != nil || why != "" {
		return bot.Text(why), err
	}
	old, err := tx.EInvoiceOf(ctx, i.ID)
	switch {
	case err != nil:
		return bot.Reply{}, err
	case old.ID != 0 && old.State != sales.EInvoiceFailed:
		reply := bot.ShowCard(view.EInvoiceCard(a.einvoiceView(book, i, old)))
		return reply, nil
	}
	e := sales.EInvoice{
		ID: tx.NewID(), InvoiceID: i.ID, PersonID: t.Person.ID, State: sales.EInvoiceWaits, TryAt: sales.At(t.Now), CreatedAt: sales.At(t.Now), Version: 1,
	}
	tx.CreateEInvoice(e)
	tell1(tx, t.Now, t.Person.ID, "invoice", i.ID, sales.TellEInvoice, old.State, e.State)
	audit(tx, t, "einvoice.ask", "invoice", i.ID, sales.Change{Field: "电子票", Old: old.Message, New: i.No})
	reply := bot.ShowCard(view.EInvoiceCard(a.einvoiceView(book, i, e)))
	reply.Dialogue = remember(closeTopic(t.Dialogue), "invoice", i.ID, t.Now)
	return reply, nil
}

// einvoiceable says why an invoice cannot be issued yet, and what to do; "" when it can.
func (a *App) einvoiceable(ctx context.Context, tx Tx, book *Book, i sales.Invoice) (string, error) {
	if !a.Settings.Cash.EInvoice {
		return "还没接电子票服务,开不了。管理员在配置里写上 einvoice 就能开。", nil
	}
	name := book.Customer(i.CustomerID)
	b, err := tx.BillingOf(ctx, i.CustomerID)
	c := book.Customers.Of(book.Resolve(i.CustomerID))
	switch {
	case err != nil:
		return "", err
	case i.State == sales.InvoiceUndone:
		return i.No + " 已经撤销了,不用开。", nil
	case i.CustomerID == 0:
		return i.No + " 还不知道是哪家客户的,先认到客户再开。", nil
	case b.TaxNo == "" && c.USCC == "":
		return name + "没有税号,开不了。先发:开票资料 " + name + " 税号 … 邮箱 …", nil
	case i.Kind != sales.InvoiceCredit:
		return "", nil
	}
	of, err := tx.InvoiceByID(ctx, i.CreditOf)
	if err != nil {
		return "", err
	}
	if of.TaxNo == "" {
		return i.No + " 冲的是 " + of.No + ",那张还没有票号,没什么可红冲的。先发:电子票 " + of.No, nil
	}
	return "", nil
}

func (a *App) einvoiceView(book *Book, i sales.Invoice, e sales.EInvoice) view.EInvoice {
	return view.EInvoice{Invoice: i, EInvoice: e, Customer: book.Customer(i.CustomerID)}
}

// EInvoiceTold keeps what the service says of an e-invoice, shows it, and tells who asked. What is ended stays so.
func (c Cashier) EInvoiceTold(ctx context.Context, tx CashWorkTx, book *Book, e sales.EInvoice, state, no, pdf, field, message string) (bot.Reply, error) {
	if e.Ended() || e.State == state {
		return bot.Reply{}, nil
	}
	i, err := tx.InvoiceByID(ctx, e.InvoiceID)
	if err != nil {
		return bot.Reply{}, err
	}
	was := e.State
	e.State, e.TaxNo, e.PDF, e.Field, e.Message = state, no, pdf, field, message
	if e.Ended() {
		e.EndedAt = sales.At(c.Now)
	}
	tx.UpdateEInvoice(e)
	tell1(tx, c.Now, c.By, "invoice", i.ID, sales.TellEInvoice, was, e.State)
	e.Version++
	v := view.EInvoice{Invoice: i, EInvoice: e, Customer: book.Customer(i.CustomerID)}
	reply := bot.Reply{Faces: []view.Face{view.EInvoiceCard(v)}}
	if !e.Ended() {
		return reply, nil
	}
	what := "invoice.einvoice_issued"
	if e.State == sales.EInvoiceFailed {
		what = "invoice.einvoice_failed"
	} else if before := i; before.TaxNo == "" {
		i.TaxNo = e.TaxNo
		tx.UpdateInvoice(before, i)
	}
	c.audit(tx, what, "invoice", i.ID, sales.Change{Field: "电子票", Old: field, New: orElse(no, message)})
	c.emit(tx, what, "invoice", i.ID, cashEvent{Contract: i.ContractID, Customer: i.CustomerID, Owner: i.OwnerID, Amount: i.Amount})
	reply.Say = []bot.Say{{
		To: []sales.PersonID{e.PersonID}, Subject: "invoice:" + i.ID.String(), Kind: bot.DeliverPush, Slot: "einvoice:" + e.ID.String(), Push: true,
		Out: bot.Outgoing{Text: view.EInvoiceText(v)},
	}}
	return reply, nil
}

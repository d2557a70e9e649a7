package handlers

import (
	"context"

	"salesflow/bot"
	"salesflow/store/sales"
)

// caught notes what a command makes, so that a caller who cannot read a card gets the record.
type caught struct {
	Tx
	contract sales.Contract
	shipment sales.Shipment
	invoice  sales.Invoice
	payment  sales.Payment
}

// CreateContract notes the contract.
func (c *caught) CreateContract(x sales.Contract) { c.contract = x; c.Tx.CreateContract(x) }

// CreateShipment notes the shipment.
func (c *caught) CreateShipment(x sales.Shipment) { c.shipment = x; c.Tx.CreateShipment(x) }

// CreateInvoice notes the invoice.
func (c *caught) CreateInvoice(x sales.Invoice) { c.invoice = x; c.Tx.CreateInvoice(x) }

// CreatePayment notes the payment.
func (c *caught) CreatePayment(x sales.Payment) { c.payment = x; c.Tx.CreatePayment(x) }

// refused is the refusal of a command as an error: the words the person in the chat would have read.
func refused(reply bot.Reply) error {
	for _, s := range reply.Say {
		if s.Out.Text != "" {
			return sales.Errorf(sales.Conflict, s.Out.Text)
		}
		if s.Out.Card != nil {
			return sales.Errorf(sales.Conflict, s.Out.Card.Title)
		}
	}
	return sales.Errorf(sales.Conflict, "没有记,条件不够。")
}

// NewContract is a contract from another system. Numbers below 0 are "not said".
type NewContract struct {
	Customer                           sales.ID
	Owner                              sales.PersonID
	Products                           []sales.ID
	Amount                             sales.Money
	Prepay, Payment, Delivery, Percent int
	Terms                              string
}

// AddContract submits a contract for approval (提交合同) as its owner would.
func (a *App) AddContract(ctx context.Context, t bot.Turn, tx Tx, in NewContract) (sales.Contract, bot.Reply, error) {
	c, _, err := a.workable(ctx, t, tx, in.Customer)
	if err != nil {
		return sales.Contract{}, bot.Reply{}, err
	}
	if in.Owner == 0 && t.Person.ID == 0 {
		in.Owner = c.OwnerID
	}
	owner, err := colleagueFor(t, in.Owner)
	if err != nil {
		return sales.Contract{}, bot.Reply{}, err
	}
	known, err := tx.ProductsByIDs(ctx, in.Products)
	if err != nil {
		return sales.Contract{}, bot.Reply{}, err
	}
	if len(known) != len(in.Products) {
		return sales.Contract{}, bot.Reply{}, sales.Errorf(sales.Invalid, "product_ids 里有不认识的产品。")
	}
	t.Person = owner
	note := &caught{Tx: tx}
	reply, err := a.fileContract(ctx, t, note, contractDraft{
		At: t.Now, EventID: t.Event.ID, Text: in.Terms, Customer: c.ID, Products: in.Products, Amount: in.Amount,
		Prepay: in.Prepay, Payment: in.Payment, Delivery: in.Delivery, Discount: in.Percent,
	}, nil)
	if err != nil {
		return sales.Contract{}, bot.Reply{}, err
	}
	if note.contract.ID == 0 {
		return sales.Contract{}, bot.Reply{}, refused(reply)
	}
	return note.contract, toOwner(reply, owner.ID), nil
}

// toOwner sends what a command would have answered to whom it was done for.
func toOwner(reply bot.Reply, owner sales.PersonID) bot.Reply {
	for i, s := range reply.Say {
		if len(s.To) == 0 && s.Chat == nil {
			reply.Say[i].To, reply.Say[i].Kind, reply.Say[i].Push = []sales.PersonID{owner}, bot.DeliverPush, true
		}
	}
	return reply
}

// NewGoods is a shipment from another system. Quantity is in hundredths of Unit.
type NewGoods struct {
	Contract       sales.ID
	Quantity       int64
	Unit, Tracking string
	Amount         sales.Money
	ShippedOn, Due sales.Day
}

// AddShipment files a shipment (发货); the same clauses stop it as in the chat.
func (a *App) AddShipment(ctx context.Context, t bot.Turn, tx Tx, in NewGoods) (sales.Shipment, bot.Reply, error) {
	c, err := a.contractFor(ctx, t, tx, in.Contract, in.ShippedOn)
	if err != nil {
		return sales.Shipment{}, bot.Reply{}, err
	}
	note := &caught{Tx: tx}
	reply, err := a.ship(ctx, t, note, c, cashWords{
		quantity: in.Quantity, unit: in.Unit, tracking: in.Tracking, amount: in.Amount, day: in.ShippedOn, due: in.Due,
	})
	if err == nil && note.shipment.ID == 0 {
		err = refused(reply)
	}
	return note.shipment, reply, err
}

// NewPaper is an invoice from another system.
type NewPaper struct {
	Contract      sales.ID
	Amount        sales.Money
	TaxNo         string
	IssuedOn, Due sales.Day
}

// AddInvoice files an invoice (开票).
func (a *App) AddInvoice(ctx context.Context, t bot.Turn, tx Tx, in NewPaper) (sales.Invoice, bot.Reply, error) {
	c, err := a.contractFor(ctx, t, tx, in.Contract, in.IssuedOn)
	if err != nil {
		return sales.Invoice{}, bot.Reply{}, err
	}
	day, why, err := a.firstOpen(ctx, t, tx, pastDay(t, in.IssuedOn))
	if err != nil {
		return sales.Invoice{}, bot.Reply{}, err
	}
	note := &caught{Tx: tx}
	reply, err := a.invoice(ctx, t, note, c, cashWords{amount: in.Amount, taxNo: in.TaxNo, day: day, due: in.Due, note: why})
	if err == nil && note.invoice.ID == 0 {
		err = refused(reply)
	}
	if err == nil && why != "" {
		reply = reply.And(a.tellRedated(ctx, t, "invoice:"+note.invoice.ID.String(), "发票 "+note.invoice.No+" "+in.Amount.String(), c.CustomerID, in.IssuedOn, day))
	}
	return note.invoice, reply, err
}

// NewMoney is a payment from another system. Distinct says that it is known not to be one told before.
type NewMoney struct {
	Contract, Customer sales.ID
	Amount             sales.Money
	ReceivedOn         sales.Day
	BankRef            string
	Distinct           bool
}

// AddPayment files money that came in (回款), for a contract or a customer.
func (a *App) AddPayment(ctx context.Context, t bot.Turn, tx Tx, in NewMoney) (sales.Payment, bot.Reply, error) {
	var f paymentFor
	if in.Contract != 0 {
		c, err := a.contractFor(ctx, t, tx, in.Contract, in.ReceivedOn)
		if err == nil {
			err = a.mayCash(t, c)
		}
		if err == nil && in.Customer != 0 && in.Customer != c.CustomerID {
			err = sales.Errorf(sales.Invalid, "customer_id 和合同的客户不是同一家。")
		}
		if err != nil {
			return sales.Payment{}, bot.Reply{}, err
		}
		f = paymentFor{customer: c.CustomerID, contract: c.ID, owner: c.OwnerID, team: c.TeamID}
	} else {
		c, _, err := a.payer(ctx, t, tx, in.Customer)
		if err == nil && in.ReceivedOn.After(t.Today) {
			err = errFuture
		}
		if err != nil {
			return sales.Payment{}, bot.Reply{}, err
		}
		f = paymentFor{customer: c.ID, owner: c.OwnerID, team: c.TeamID}
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return sales.Payment{}, bot.Reply{}, err
	}
	day := pastDay(t, in.ReceivedOn) // today, when none is said
	if err := unknownPayment(ctx, tx, in, f, day); err != nil {
		return sales.Payment{}, bot.Reply{}, err
	}
	day, why, err := a.firstOpen(ctx, t, tx, day)
	if err == nil && why != "" { // it may have been filed on that day before
		err = unknownPayment(ctx, tx, in, f, day)
	}
	if err != nil {
		return sales.Payment{}, bot.Reply{}, err
	}
	note := &caught{Tx: tx}
	reply, err := a.keepPayment(ctx, t, note, book, f, cashWords{amount: in.Amount, bankRef: in.BankRef, note: why}, day)
	if err == nil && why != "" {
		reply = reply.And(a.tellRedated(ctx, t, "payment:"+note.payment.ID.String(), "回款 "+note.payment.No+" "+in.Amount.String(), f.customer, in.ReceivedOn, day))
	}
	return note.payment, reply, err
}

// payer is a customer whose money a turn may file.
func (a *App) payer(ctx context.Context, t bot.Turn, tx Tx, id sales.ID) (sales.Customer, *Book, error) {
	if id == 0 {
		return sales.Customer{}, nil, sales.Errorf(sales.Invalid, "contract_id 和 customer_id 要有一个。")
	}
	if t.Person.Has(sales.RoleFinance) {
		c, err := tx.CustomerByID(ctx, id)
		return c, nil, err
	}
	return a.workable(ctx, t, tx, id)
}

// unknownPayment refuses money that was told before: the same entry of the bank, or the same amount of the same customer within days.
func unknownPayment(ctx context.Context, tx Tx, in NewMoney, f paymentFor, day sales.Day) error {
	if in.BankRef != "" {
		p, err := tx.PaymentByRef(ctx, in.BankRef)
		if err == nil {
			return sales.Errorf(sales.Conflict, "流水 "+in.BankRef+" 已经记过了:"+p.No+"(id "+p.ID.String()+")。")
		}
		if sales.KindOf(err) != sales.NotFound {
			return err
		}
	}
	if in.Distinct {
		return nil
	}
	twins, err := tx.TwinPayments(ctx, in.Amount, day.AddDays(-twinDays), day.AddDays(twinDays))
	for _, p := range twins {
		if p.CustomerID == f.customer {
			return sales.Errorf(sales.Conflict, "和 "+p.No+"(id "+p.ID.String()+")像是同一笔。确实是另外一笔,带 \"distinct\":true 再发。")
		}
	}
	return err
}

var errFuture = sales.Errorf(sales.Invalid, "日期还没到。写今天或以前的日子。")

// contractFor is a contract that a turn may see, for something that happened on a day.
func (a *App) contractFor(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, day sales.Day) (sales.Contract, error) {
	c, err := tx.ContractByID(ctx, id)
	switch {
	case err != nil:
		return c, err
	case !a.seesGoods(t, c.OwnerID):
		return c, sales.Errorf(sales.NotFound, "没有这份合同。")
	case day.After(t.Today):
		return c, errFuture
	}
	return c, nil
}

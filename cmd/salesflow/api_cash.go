package main

import (
	"context"

	"salesflow/bot"
	"salesflow/bot/api"
	"salesflow/bot/einvoice"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// Contract implements api.Reads. That it was read is in the trace.
func (o openAPI) Contract(ctx context.Context, c api.Caller, id sales.ID) (k sales.Contract, cash sales.ContractCash, order sales.ERPOrder, err error) {
	_, err = storage{o.p.books, o.p.db}.do(ctx, noEvent, 0, func(ctx context.Context, tx *store.Tx) (err error) {
		if k, err = tx.ContractByID(ctx, id); err != nil {
			return err
		}
		if !c.Sees.Covers(k.OwnerID) && !sales.SeesContracts(c.Person) {
			return sales.Errorf(sales.NotFound, "没有这份合同。")
		}
		tx.Audit(sales.AuditEntry{
			ID: tx.NewID(), At: sales.At(o.p.clock.Now()), PersonID: c.Person.ID, EventID: "api:" + c.Token.ID.String(), Verb: "api.read",
			SubjectKind: "contract", SubjectID: k.ID,
		})
		if cash, err = tx.ContractCashOf(ctx, k.ID); err != nil {
			return err
		}
		order, err = tx.ERPOrderOf(ctx, k.ID)
		return err
	})
	return k, cash, order, err
}

// Shipments implements api.Reads.
func (o openAPI) Shipments(ctx context.Context, q api.Query) ([]sales.Shipment, error) {
	return viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.Shipment, error) {
		return tx.ListShipments(ctx, listing(q))
	})
}

// Invoices implements api.Reads.
func (o openAPI) Invoices(ctx context.Context, q api.Query) ([]sales.Invoice, error) {
	return viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.Invoice, error) {
		return tx.ListInvoices(ctx, listing(q))
	})
}

// Payments implements api.Reads.
func (o openAPI) Payments(ctx context.Context, q api.Query) ([]sales.Payment, error) {
	return viewed(ctx, o.p, func(ctx context.Context, tx *store.Tx) ([]sales.Payment, error) {
		return tx.ListPayments(ctx, listing(q))
	})
}

// numberOr is a number that may be left out.
func numberOr(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}

// CreateContract implements api.Writes.
func (o openAPI) CreateContract(ctx context.Context, r api.Request, in api.NewContract) (sales.Contract, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Contract, bot.Reply, error) {
		c := handlers.NewContract{
			Customer: in.Customer.Record(), Owner: sales.PersonID(in.Owner.Record()), Amount: sales.Money(in.AmountFen), Prepay: numberOr(in.PrepayPercent),
			Payment: numberOr(in.PaymentDays), Delivery: numberOr(in.DeliveryDays), Percent: numberOr(in.DiscountPercent), Terms: in.Terms,
		}
		for _, id := range in.Products {
			c.Products = append(c.Products, id.Record())
		}
		return o.p.app.AddContract(ctx, t, tx, c)
	})
}

// CreateShipment implements api.Writes.
func (o openAPI) CreateShipment(ctx context.Context, r api.Request, in api.NewShipment) (sales.Shipment, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Shipment, bot.Reply, error) {
		return o.p.app.AddShipment(ctx, t, tx, handlers.NewGoods{
			Contract: in.Contract.Record(), Quantity: in.Quantity, Unit: in.Unit, Tracking: in.Tracking, Amount: sales.Money(in.AmountFen),
			ShippedOn: in.ShippedOn, Due: in.PromisedOn,
		})
	})
}

// CreateInvoice implements api.Writes.
func (o openAPI) CreateInvoice(ctx context.Context, r api.Request, in api.NewInvoice) (sales.Invoice, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Invoice, bot.Reply, error) {
		return o.p.app.AddInvoice(ctx, t, tx, handlers.NewPaper{
			Contract: in.Contract.Record(), Amount: sales.Money(in.AmountFen), TaxNo: in.TaxNo, IssuedOn: in.IssuedOn, Due: in.DueOn,
		})
	})
}

// CreatePayment implements api.Writes.
func (o openAPI) CreatePayment(ctx context.Context, r api.Request, in api.NewPayment) (sales.Payment, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.Payment, bot.Reply, error) {
		return o.p.app.AddPayment(ctx, t, tx, handlers.NewMoney{
			Contract: in.Contract.Record(), Customer: in.Customer.Record(), Amount: sales.Money(in.AmountFen), ReceivedOn: in.ReceivedOn,
			BankRef: in.BankRef, Distinct: in.Distinct,
		})
	})
}

// SetOrder implements api.Writes.
func (o openAPI) SetOrder(ctx context.Context, r api.Request, in api.OrderStatus) (sales.ERPOrder, error) {
	return written(ctx, o.p, r, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (sales.ERPOrder, bot.Reply, error) {
		return o.p.app.SetERPStatus(ctx, t, tx, in.Contract.Record(), handlers.ERPStatus{
			No: in.No, State: in.State, Note: in.Note, Seq: in.Seq, Amount: sales.Money(in.AmountFen), Shipped: sales.Money(in.ShippedFen),
			Invoice: sales.Money(in.InvoicedFen),
		})
	})
}

// TellEInvoice implements api.Writes. Only a service may: a person has no business saying that an invoice was issued.
func (o openAPI) TellEInvoice(ctx context.Context, r api.Request, in api.EInvoiceResult) (sales.EInvoice, error) {
	if !r.Caller.Service() {
		return sales.EInvoice{}, sales.Errorf(sales.Forbidden, "电子票结果只收系统令牌的。")
	}
	a, err := einvoice.Told(in.Status, in.TaxNo, in.PDF, in.Field, in.Message)
	if err != nil {
		return sales.EInvoice{}, api.Malformed("tax_no", "开出来的要带 tax_no,中间没有空格和斜线。")
	}
	book, err := o.p.books.Book(ctx)
	if err != nil {
		return sales.EInvoice{}, err
	}
	return written(ctx, o.p, r, func(ctx context.Context, _ bot.Turn, tx handlers.Tx) (sales.EInvoice, bot.Reply, error) {
		e, err := tx.EInvoiceByID(ctx, in.ID.Record())
		if err != nil {
			return e, bot.Reply{}, err
		}
		if e.Ended() && (e.State != a.State || e.TaxNo != a.TaxNo) {
			return e, bot.Reply{}, sales.Errorf(sales.Conflict, "这张电子票已经有结果了。")
		}
		reply, err := o.p.cashier().EInvoiceTold(ctx, tx, book, e, a.State, a.TaxNo, a.PDF, a.Field, a.Message)
		e.State, e.TaxNo, e.PDF = a.State, a.TaxNo, a.PDF
		return e, reply, err
	})
}

package main

import (
	"cmp"
	"context"
	"errors"
	"time"

	"salesflow/bot"
	"salesflow/bot/einvoice"
	"salesflow/store"
	"salesflow/store/sales"
)

const (
	// einvoiceAgain is after how long the e-invoice service is asked again when it did not answer, doubling up to einvoiceMost;
	// einvoiceLook is how often it is asked after what it has taken.
	einvoiceAgain, einvoiceMost, einvoiceLook = 30 * time.Second, 30 * time.Minute, 2 * time.Minute
	// maxEInvoiceAttempts is how often in all: for about two days.
	maxEInvoiceAttempts = 100
)

// workEInvoices asks the e-invoice service for invoices that wait, and after those it has.
func (p *program) workEInvoices(ctx context.Context) error {
	if p.cfg.EInvoice.URL == "" {
		return nil
	}
	list, err := viewed(ctx, p, func(ctx context.Context, tx *store.Tx) ([]sales.EInvoice, error) {
		return tx.WaitingEInvoices(ctx, sales.At(p.clock.Now()), 20)
	})
	client := einvoice.Client{URL: p.cfg.EInvoice.URL, Secret: p.cfg.EInvoice.Secret.Reveal(), Now: p.clock.Now}
	for _, e := range list {
		err = errors.Join(err, p.askEInvoice(ctx, client, e))
	}
	return err
}

func (p *program) askEInvoice(ctx context.Context, client einvoice.Client, e sales.EInvoice) error {
	var a einvoice.Answer
	var asked error
	if e.State == sales.EInvoiceAsked {
		a, asked = client.Look(ctx, e.ID.String())
	} else {
		r, err := p.einvoiceRequest(ctx, e)
		if err != nil {
			return err
		}
		a, asked = client.Ask(ctx, r)
	}
	return p.einvoiceTold(ctx, e, func(now sales.EInvoice) einvoice.Answer {
		switch {
		case asked == nil:
			return a
		case errors.Is(asked, einvoice.ErrAnswer):
			return einvoice.Answer{State: sales.EInvoiceFailed, Message: "电子票服务的回答看不懂,找管理员"}
		case now.Attempts+1 >= maxEInvoiceAttempts:
			return einvoice.Answer{State: sales.EInvoiceFailed, Message: "电子票服务一直没有回答"}
		}
		p.log.Warn().Err(asked).Str("einvoice", e.ID.String()).Int("attempts", now.Attempts+1).Msg("e-invoice service")
		return einvoice.Answer{}
	})
}

// einvoiceTold keeps an answer, unless another replica has been told meanwhile. An answer without a state is none: it is asked again.
func (p *program) einvoiceTold(ctx context.Context, e sales.EInvoice, answer func(now sales.EInvoice) einvoice.Answer) error {
	book, err := p.books.Book(ctx)
	if err != nil {
		return err
	}
	return p.answer(ctx, func(ctx context.Context, tx *store.Tx) (bot.Reply, error) {
		now, err := tx.EInvoiceByID(ctx, e.ID)
		if err != nil || now.Version != e.Version || now.Ended() {
			return bot.Reply{}, err
		}
		a := answer(now)
		now.Attempts++
		if a.State == "" || a.State == now.State {
			wait := min(einvoiceAgain<<min(now.Attempts-1, 10), einvoiceMost)
			if a.State != "" {
				wait = einvoiceLook
			}
			now.TryAt = sales.At(p.clock.Now().Add(wait))
			tx.UpdateEInvoice(now)
			return bot.Reply{}, nil
		}
		now.TryAt = sales.At(p.clock.Now().Add(einvoiceLook))
		return p.cashier().EInvoiceTold(ctx, tx, book, now, a.State, a.TaxNo, a.PDF, a.Field, a.Message)
	})
}

// einvoiceRequest is what is asked for, as the records are now.
func (p *program) einvoiceRequest(ctx context.Context, e sales.EInvoice) (r einvoice.Request, err error) {
	book, err := p.books.Book(ctx)
	if err != nil {
		return r, err
	}
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		i, err := tx.InvoiceByID(ctx, e.InvoiceID)
		if err != nil {
			return err
		}
		c, err := tx.CustomerByID(ctx, i.CustomerID)
		if err != nil {
			return err
		}
		b, err := tx.BillingOf(ctx, i.CustomerID)
		if err != nil {
			return err
		}
		r = einvoice.Request{
			ID: e.ID.String(), Kind: einvoice.Blue, No: i.No, AmountFen: int64(i.Amount), IssuedOn: i.IssuedOn, Reason: i.Reason, Goods: []string{},
			Buyer: einvoice.Buyer{
				Title: cmp.Or(b.Title, c.Name), TaxNo: cmp.Or(b.TaxNo, c.USCC), Address: b.Address, Phone: b.Phone, Bank: b.Bank, Account: b.Account, Mail: b.Mail,
			},
		}
		if i.Kind == sales.InvoiceCredit {
			of, err := tx.InvoiceByID(ctx, i.CreditOf)
			if err != nil {
				return err
			}
			r.Kind, r.RedOf = einvoice.Red, of.TaxNo
		}
		if i.ContractID == 0 {
			return nil
		}
		contract, err := tx.ContractByID(ctx, i.ContractID)
		if err != nil {
			return err
		}
		paper, err := tx.ContractPaperOf(ctx, i.ContractID)
		r.Contract = contract.No
		r.Goods = append(r.Goods, book.ProductNames(contract.Products)...)
		if paper.TaxRate > 0 {
			net, tax := sales.SplitTax(i.Amount, paper.TaxRate)
			r.TaxRate, r.NetFen, r.TaxFen = paper.TaxRate.String(), int64(net), int64(tax)
		}
		return err
	})
	return r, err
}

package handlers

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// orderLine is a product of an order.
type orderLine struct {
	ID   string `json:"id"`
	Code string `json:"code,omitempty"`
	Name string `json:"name"`
	Unit string `json:"unit,omitempty"`
}

// order is what the ERP is told of a signed contract (docs/channels.md). Amounts are in fen, ids are texts.
type order struct {
	Contract      string      `json:"contract_id"`
	No            string      `json:"contract_no"`
	Customer      orderBuyer  `json:"customer"`
	Products      []orderLine `json:"products"`
	AmountFen     int64       `json:"amount_fen"`
	TaxRate       string      `json:"tax_rate,omitempty"`
	PrepayPercent *int        `json:"prepay_percent,omitempty"`
	PaymentDays   *int        `json:"payment_days,omitempty"`
	DeliveryDays  *int        `json:"delivery_days,omitempty"`
	SignedAt      time.Time   `json:"signed_at"`
	Owner         string      `json:"owner_code,omitempty"`
	OwnerName     string      `json:"owner_name"`
}

type orderBuyer struct {
	ID    string `json:"id"`
	Code  string `json:"code,omitempty"`
	Name  string `json:"name"`
	USCC  string `json:"uscc,omitempty"`
	Title string `json:"title,omitempty"`
}

// orderFollows tells the ERP that a contract was signed, or is not any more, in the transaction in which it happens: the event is
// queued for it once, whatever becomes of the answer.
func (a *App) orderFollows(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, before, after string) error {
	if !a.Settings.Cash.ERP || before == after || before != sales.ContractApproved && after != sales.ContractApproved {
		return nil
	}
	o, err := tx.ERPOrderOf(ctx, c.ID)
	if err != nil {
		return err
	}
	was, kind := o, "order.cancelled"
	if o.State = sales.OrderCancelled; after == sales.ContractApproved {
		kind, o.State, o.Note = "order.signed", sales.OrderSent, ""
	} else if o.Version == 0 {
		return nil
	}
	data, err := a.orderOf(ctx, t, tx, c)
	if err != nil {
		return err
	}
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	o.SentAt = sales.At(t.Now)
	tx.PutERPOrder(o)
	if err := tellOrder(ctx, t, tx, c.ID, was, o); err != nil {
		return err
	}
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(t.Now), Kind: kind, SubjectKind: "contract", SubjectID: c.ID, PersonID: t.Person.ID, Data: string(b),
	})
	audit(tx, t, kind, "contract", c.ID)
	return nil
}

// orderReturns tells the ERP that an order is a customer's again: it was sent while two customers were merged, and they are parted in
// this transaction. What the ERP has said of it stays.
func (a *App) orderReturns(ctx context.Context, t bot.Turn, tx Tx, contract sales.ID, to sales.Customer, billing sales.Billing) error {
	c, err := tx.ContractByID(ctx, contract)
	if err != nil || c.State != sales.ContractApproved {
		return err
	}
	sent, err := tx.ERPOrderOf(ctx, contract)
	if err != nil {
		return err
	}
	o, err := a.orderOf(ctx, t, tx, c)
	if err != nil {
		return err
	}
	o.SignedAt = sent.SentAt.Time.UTC()
	o.Customer = orderBuyer{ID: to.ID.String(), Code: to.Code, Name: to.Name, USCC: orElse(billing.TaxNo, to.USCC), Title: billing.Title}
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(t.Now), Kind: "order.changed", SubjectKind: "contract", SubjectID: c.ID, PersonID: t.Person.ID, Data: string(b),
	})
	audit(tx, t, "order.changed", "contract", c.ID, sales.Change{Field: "客户", New: to.Name})
	return nil
}

func (a *App) orderOf(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract) (order, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return order{}, err
	}
	paper, err := tx.ContractPaperOf(ctx, c.ID)
	if err != nil {
		return order{}, err
	}
	billing, err := tx.BillingOf(ctx, c.CustomerID)
	if err != nil {
		return order{}, err
	}
	customer := book.Customers.Of(book.Resolve(c.CustomerID))
	said := func(n int) *int {
		if n < 0 {
			return nil
		}
		return &n
	}
	o := order{
		Contract: c.ID.String(), No: c.No, AmountFen: int64(c.Amount), PrepayPercent: said(c.PrepayPercent), PaymentDays: said(c.PaymentDays),
		DeliveryDays: said(c.DeliveryDays), SignedAt: t.Now.UTC(), OwnerName: t.Org.Name(c.OwnerID), Products: []orderLine{},
		Customer: orderBuyer{ID: c.CustomerID.String(), Code: customer.Code, Name: customer.Name, USCC: orElse(billing.TaxNo, customer.USCC), Title: billing.Title},
	}
	if paper.TaxRate > 0 {
		o.TaxRate = paper.TaxRate.String()
	}
	if p, ok := t.Org.Person(c.OwnerID); ok {
		o.Owner = p.Code
	}
	for _, id := range c.Products {
		p := book.Products[id]
		o.Products = append(o.Products, orderLine{ID: id.String(), Code: p.Code, Name: p.Name, Unit: p.Unit})
	}
	return o, nil
}

// ERPStatus is what the ERP says of an order.
type ERPStatus struct {
	No, State, Note          string
	Seq                      int64
	Amount, Shipped, Invoice sales.Money
}

// maxERPNo bounds the ERP's number, maxERPNote what it says of an order, in runes.
const (
	maxERPNo   = 64
	maxERPNote = 100
)

// SetERPStatus keeps what the ERP says of a contract's order, shows it on the chain's cards, and tells whoever must act when it was
// not taken. What comes late (a Seq that is not greater) changes nothing.
func (a *App) SetERPStatus(ctx context.Context, t bot.Turn, tx Tx, contract sales.ID, in ERPStatus) (sales.ERPOrder, bot.Reply, error) {
	c, err := tx.ContractByID(ctx, contract)
	if err != nil {
		return sales.ERPOrder{}, bot.Reply{}, err
	}
	if !t.Org.ScopeOf(t.Person).Covers(c.OwnerID) && !t.Person.Has(sales.RoleFinance) {
		return sales.ERPOrder{}, bot.Reply{}, sales.Errorf(sales.NotFound, "没有这份合同。")
	}
	o, err := tx.ERPOrderOf(ctx, c.ID)
	switch {
	case err != nil:
		return o, bot.Reply{}, err
	case c.State != sales.ContractApproved:
		return o, bot.Reply{}, sales.Errorf(sales.Conflict, c.No+" 没有签下来,没有单。")
	case in.Seq > 0 && in.Seq <= o.Seq:
		return o, bot.Reply{}, nil
	case in.No == "" && o.No == "" && in.State != sales.OrderRejected:
		return o, bot.Reply{}, sales.Errorf(sales.Invalid, "第一次要带 order_no。")
	}
	old := o
	o.No, o.State, o.Note = cutRunes(orElse(in.No, o.No), maxERPNo), in.State, cutRunes(strings.TrimSpace(in.Note), maxERPNote)
	o.Seq, o.SaidAt = max(o.Seq, in.Seq), sales.At(t.Now)
	for _, f := range []struct {
		to *sales.Money
		by sales.Money
	}{{&o.Amount, in.Amount}, {&o.Shipped, in.Shipped}, {&o.Invoiced, in.Invoice}} {
		if f.by > 0 {
			*f.to = f.by
		}
	}
	tx.PutERPOrder(o)
	if err := tellOrder(ctx, t, tx, c.ID, old, o); err != nil {
		return o, bot.Reply{}, err
	}
	reply, err := a.erpSaid(ctx, t, tx, c, old, o)
	o.Version++
	return o, reply, err
}

// erpSaid traces a change of an order and shows it.
func (a *App) erpSaid(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, old, o sales.ERPOrder) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	k := a.cashier(t)
	ch, err := k.chain(ctx, tx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	cash := ch.Sum(k.Tolerance)
	cash.ERP, cash.UpdatedAt = o.Text(), sales.At(t.Now)
	tx.PutContractCash(cash)
	k.audit(tx, "erp."+o.State, "contract", c.ID, sales.Change{Field: "ERP", Old: old.Text(), New: o.Text()})
	reply := bot.Reply{Faces: a.chainFaces(t, book, c, cash)}
	if old.State == o.State {
		return reply, nil
	}
	k.emit(tx, "erp."+o.State, "contract", c.ID, cashEvent{Contract: c.ID, Customer: c.CustomerID, Owner: c.OwnerID, Amount: o.Amount})
	if o.State == sales.OrderRejected {
		to := slices.DeleteFunc(append(financeOf(t), c.OwnerID), func(p sales.PersonID) bool { who, ok := t.Org.Person(p); return !ok || !who.Active })
		slices.Sort(to)
		text := "ERP 没接 " + c.No + "(" + book.Customer(c.CustomerID) + ")的单:" + orElse(o.Note, "没说原因") + "。改好后由 ERP 那边重新接,进展在 合同进度 " + c.No + "。"
		if to = slices.Compact(to); len(to) > 0 {
			reply.Say = append(reply.Say, bot.Say{
				To: to, Subject: contractSubject(c.ID), Kind: bot.DeliverPush, Slot: "erp:" + t.Event.ID, Push: true, Out: bot.Outgoing{Text: text},
			})
		}
	}
	return reply, nil
}

// erpText is what is known of a contract's order, for its chain; what the ERP has said is with the cash already.
func (a *App) erpText(ctx context.Context, tx Tx, c sales.Contract, cash sales.ContractCash) (string, error) {
	if cash.ERP != "" {
		return cash.ERP, nil
	}
	o, err := tx.ERPOrderOf(ctx, c.ID)
	if err != nil || o.Version == 0 {
		return "", err
	}
	return o.Text(), nil
}

// approvalMoved tells the ERP of a contract whose approval has changed its state.
func (a *App) approvalMoved(ctx context.Context, t bot.Turn, tx Tx, p paper, before, after approval.State) error {
	c, ok := p.(contractPaper)
	if !ok {
		return nil
	}
	return a.orderFollows(ctx, t, tx, c.Contract, contractStates[before], contractStates[after])
}

func (a *App) chainSeen(ctx context.Context, t bot.Turn, tx Tx, book *Book, c sales.Contract, cash sales.ContractCash) (view.Chain, error) {
	v := a.chainView(t, book, c, cash)
	var err error
	v.Cash.ERP, err = a.erpText(ctx, tx, c, cash)
	return v, err
}

package handlers

import (
	"context"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func (a *App) registerChain(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "合同进度", Aliases: []string{"htjd", "进度", "合同链"}, Summary: "一份合同发了多少、开了多少、收了多少", Usage: "合同进度 HT2026-018",
		Detail:  "合同、发货签收、开票、回款、未收一张卡,点按钮看每一笔。",
		Example: a.cashExample("合同进度 HT2026-018"), Rank: map[sales.Role]int{sales.RoleFinance: 5, sales.RoleDelivery: 6}, Handle: a.cashCommand("progress"),
	})
	r.Action("chain.rows", a.TapChainRows)
	r.Action("chain.show", a.TapChain)
}

// progress shows a contract's chain: contract, shipped, invoiced, paid, open (合同进度).
func (a *App) progress(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, _ cashWords) (bot.Reply, error) {
	if !a.seesGoods(t, c.OwnerID) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, c.No+" 是"+t.Org.Name(c.OwnerID)+"的合同,他、他的上级、财务和交付能看。")
	}
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
	if a.seesMoney(t, c.OwnerID) {
		audit(tx, t, "contract.read", "contract", c.ID)
	}
	v, err := a.chainSeen(ctx, t, tx, book, c, cash)
	if err != nil {
		return bot.Reply{}, err
	}
	v.Goods = view.GoodsLine(ch.Shipments)
	reply := bot.ShowCard(view.ChainCard(v))
	reply.Dialogue = remember(closeTopic(t.Dialogue), "contract"+seen, c.ID, t.Now)
	return reply, nil
}

func (a *App) chainView(t bot.Turn, book *Book, c sales.Contract, cash sales.ContractCash) view.Chain {
	return view.Chain{
		Contract: c, Cash: cash, Customer: book.Customer(c.CustomerID), Owner: t.Org.Name(c.OwnerID), Money: a.seesMoney(t, c.OwnerID), Group: t.InGroup(),
		Today: t.Today,
	}
}

// chainFaces are the live cards of a contract's chain as it stands now: of those who see money, and of those who do not.
func (a *App) chainFaces(t bot.Turn, book *Book, c sales.Contract, cash sales.ContractCash) []view.Face {
	var out []view.Face
	for _, money := range []bool{true, false} {
		v := a.chainView(t, book, c, cash)
		v.Money, v.Group = money, false
		out = append(out, view.ChainCard(v))
	}
	return out
}

// TapChain shows the chain of a contract by its button.
func (a *App) TapChain(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.doCash(ctx, t, tx, "progress", "", sales.ID(t.Action.Record))
}

// TapChainRows lists the rows behind a figure of the chain.
func (a *App) TapChainRows(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, err := tx.ContractByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	money := a.seesMoney(t, c.OwnerID)
	if !a.seesGoods(t, c.OwnerID) || t.Action.Arg != "shipments" && !money {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "这些金额给"+t.Org.Name(c.OwnerID)+"、他的上级和财务看。")
	}
	k := a.cashier(t)
	ch, err := k.chain(ctx, tx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	text := ""
	switch t.Action.Arg {
	case "shipments":
		text = view.ShipmentRows(c.No, ch.Shipments, money && !t.InGroup())
	case "invoices":
		text = view.InvoiceRows(c.No, ch.Invoices, t.Today)
	default:
		paid, err := a.paidBy(ctx, tx, ch)
		if err != nil {
			return bot.Reply{}, err
		}
		text = view.PaymentRows(c.No, paid)
	}
	audit(tx, t, "contract.rows", "contract", c.ID)
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: text}}}}, nil
}

// paidBy are the payments of a chain with what of each went to the contract's invoices.
func (a *App) paidBy(ctx context.Context, tx Tx, ch sales.ContractChain) ([]view.PaidLine, error) {
	var ids []sales.ID
	no := map[sales.ID]string{}
	for _, i := range ch.Invoices {
		ids = append(ids, i.ID)
		no[i.ID] = i.No
	}
	allocations, err := tx.AllocationsOfInvoices(ctx, ids...)
	if err != nil {
		return nil, err
	}
	of := map[sales.ID]sales.Payment{}
	for _, p := range ch.Payments {
		of[p.ID] = p
	}
	var missing []sales.ID
	for _, al := range allocations {
		if _, ok := of[al.PaymentID]; !ok {
			missing = append(missing, al.PaymentID)
		}
	}
	more, err := tx.PaymentsByIDs(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, p := range more {
		of[p.ID] = p
	}
	var out []view.PaidLine
	for _, al := range allocations {
		if al.State == sales.AllocationActive {
			out = append(out, view.PaidLine{Payment: of[al.PaymentID], Invoice: no[al.InvoiceID], Amount: al.Amount, Rule: al.Rule.Name()})
		}
	}
	for _, p := range ch.Payments {
		if p.Counts() && p.Left > 0 {
			out = append(out, view.PaidLine{Payment: p, Amount: p.Left})
		}
	}
	return out, nil
}

package handlers

import (
	"context"
	"maps"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

func (a *App) registerShipment(r *bot.Router[Tx]) {
	a.registerToShip(r)
	r.Command(bot.Command[Tx]{
		Name: "发货", Aliases: []string{"fh", "出货"}, Summary: "记一次发货", Usage: "发货 HT2026-018 10台 单号 SF1234567890 后天送到",
		Detail:  "合同号或客户,再带数量、货值、快递单号、答应哪天到。可以分几次发。发之前对一遍合同:预付、授信、欠款、交期、账期、底价,挡住了会说是哪一条,要先发由财务或总监 放行。",
		Example: a.cashExample("发货 HT2026-018 1台"), Rank: map[sales.Role]int{sales.RoleDelivery: 2}, Handle: a.cashCommand("ship"),
	})
	r.Command(bot.Command[Tx]{
		Name: "签收", Aliases: []string{"qs", "已签收"}, Summary: "记客户签收,财务马上知道", Usage: "签收 FH2026-001 张三 / 签收 HT2026-018",
		Detail:  "在途只有一单时写合同号或客户就行。签收后财务收到开票提醒,你的 已开票未回款 里当天就有。",
		Example: a.cashExample("签收 HT2026-018"), Rank: map[sales.Role]int{sales.RoleDelivery: 3}, Handle: a.cashCommand("sign"),
	})
	r.Command(bot.Command[Tx]{
		Name: "退货", Aliases: []string{"thuo", "退回货物"}, Summary: "记客户退货", Usage: "退货 HT2026-018 2台 5万 外壳破损",
		Detail: "写退了多少、值多少钱、为什么。票已经开了的,财务会收到红冲提醒。", Handle: a.cashCommand("return"),
	})
	r.Command(bot.Command[Tx]{
		Name: "放行", Aliases: []string{"fxing"}, Summary: "条款挡着也让先发货", Usage: "放行 HT2026-018 原因",
		Detail: "只有财务、区域总监、销售总监、总经理能放行,谁放的、为什么都留痕。",
		Roles:  releasers, Handle: privately(a.cashCommand("release")),
	})
	r.Action("shipment.sign", a.TapSign)
	r.Action("shipment.undo", a.TapUndoShipment)
}

// ship files goods on their way (发货), unless a clause of the contract stands against it.
func (a *App) ship(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, w cashWords) (bot.Reply, error) {
	if err := firstErr(a.mayShip(t, c), isSigned(c, "发货")); err != nil {
		return bot.Reply{}, err
	}
	if n := w.loose(); n != "" && w.quantity == 0 && w.amount == 0 {
		return bot.Text(quoted(n, "") + "是数量还是货值?数量写 " + n + "台,货值写 " + n + "元,再发一次:发货 " + c.No + " 10台"), nil
	}
	cash, err := tx.ContractCashOf(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	late, reply, err := a.stopShipment(ctx, t, tx, c, cash, w)
	if err != nil || len(reply.Say) > 0 {
		return reply, err
	}
	if why, err := stopDelivery(ctx, tx, c); err != nil || why != "" {
		return bot.Text(why), err
	}
	no, err := a.yearNo(ctx, t, tx, "FH", "shipment")
	if err != nil {
		return bot.Reply{}, err
	}
	s := sales.Shipment{
		ID: tx.NewID(), No: no, Kind: sales.ShipmentOut, ContractID: c.ID, CustomerID: c.CustomerID, OwnerID: c.OwnerID, TeamID: c.TeamID,
		Quantity: w.quantity, Unit: w.unit, Amount: w.amount, Tracking: w.tracking, PromisedOn: w.due, ShippedOn: pastDay(t, w.day),
		State: sales.ShipmentShipped, CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID, Version: 1,
	}
	tx.CreateShipment(s)
	k := a.cashier(t)
	shipped := []sales.Change{{Field: "发货", New: strings.TrimSpace(s.No + " " + sales.QuantityText(s.Quantity, s.Unit))}}
	if !s.PromisedOn.IsZero() {
		shipped = append(shipped, sales.Change{Field: evidence.FieldPromised, New: s.PromisedOn.String()})
	}
	k.audit(tx, "shipment.create", "shipment", s.ID, shipped...)
	k.emit(tx, "shipment.created", "shipment", s.ID, cashEvent{Contract: c.ID, Customer: c.CustomerID, Owner: c.OwnerID, Amount: s.Amount})
	if err := tellShipped(ctx, t, tx, s); err != nil {
		return bot.Reply{}, err
	}
	sums, err := k.save(ctx, tx, &sales.Ledger{}, []sales.Shipment{s}, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	card := view.ShipmentCard(a.shipmentView(t, book, s, c, false))
	reply = bot.ShowCard(card)
	if late != "" {
		reply.Say = append(reply.Say, bot.Say{Slot: "late", Out: bot.Outgoing{Text: late}})
	}
	reply.Say = append(reply.Say, tell(t, "shipment:"+s.ID.String(), "shipped", view.ShipmentCard(a.shipmentView(t, book, s, c, true)), c.OwnerID)...)
	reply.Faces = a.chainFaces(t, book, c, sums[c.ID])
	reply.Dialogue = remember(closeTopic(t.Dialogue), "shipment", s.ID, t.Now)
	return reply, nil
}

// pastDay is the day something happened, today when none or one to come was said.
func pastDay(t bot.Turn, d sales.Day) sales.Day {
	if d.IsZero() || d.After(t.Today) {
		return t.Today
	}
	return d
}

// sign files that goods were received (签收): the one named, else the only one on its way.
func (a *App) sign(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, w cashWords) (bot.Reply, error) {
	if err := a.mayShip(t, c); err != nil {
		return bot.Reply{}, err
	}
	if why := w.early(t.Today); why != "" {
		return bot.Text(why), nil
	}
	list, err := tx.ShipmentsByContract(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	named := w.doc("FH")
	open := slices.DeleteFunc(slices.Clone(list), func(s sales.Shipment) bool { return s.State != sales.ShipmentShipped || named != "" && s.No != named })
	switch {
	case len(open) == 0 && named != "":
		return bot.Text(named + " 不在途了,没有改动。发 合同进度 " + c.No + " 看。"), nil
	case len(open) == 0:
		return bot.Text(c.No + " 没有在途的货。先记发货:发货 " + c.No + " 10台"), nil
	case len(open) > 1:
		var nos []string
		for _, s := range open[:min(len(open), 5)] {
			nos = append(nos, strings.TrimSpace(s.No+" "+sales.QuantityText(s.Quantity, s.Unit)))
		}
		return bot.Text(c.No + " 在途的有 " + itoa(len(open)) + " 单:" + strings.Join(nos, "、") + "。写上单号:签收 " + open[0].No), nil
	}
	return a.signOne(ctx, t, tx, c, open[0], pastDay(t, w.day), cutRunes(w.rest, 20))
}

// TapSign files the receipt by its button.
func (a *App) TapSign(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	s, err := tx.ShipmentByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	c, err := tx.ContractByID(ctx, s.ContractID)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.mayShip(t, c); err != nil {
		return bot.Reply{}, err
	}
	if s.State != sales.ShipmentShipped {
		book, err := a.Names.Book(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		reply := bot.Text(s.No + " " + s.StateName() + ",没有再改动。")
		reply.Faces = a.shipmentFaces(t, book, s, c)
		return reply, nil
	}
	return a.signOne(ctx, t, tx, c, s, t.Today, "")
}

func (a *App) signOne(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, s sales.Shipment, day sales.Day, receiver string) (bot.Reply, error) {
	if day.Before(s.ShippedOn) {
		return bot.Text(s.No + " 是 " + s.ShippedOn.Chinese() + " 发的,签收不会更早。日期再看一下。"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	s.State, s.SignedOn, s.Receiver = sales.ShipmentSigned, day, receiver
	tx.UpdateShipment(s)
	k := a.cashier(t)
	k.audit(tx, "shipment.sign", "shipment", s.ID, sales.Change{Field: evidence.FieldSigned, New: strings.TrimSpace(day.String() + " " + receiver)})
	k.emit(tx, "shipment.signed", "shipment", s.ID, cashEvent{Contract: c.ID, Customer: c.CustomerID, Owner: c.OwnerID, Amount: s.Amount})
	sums, err := k.save(ctx, tx, &sales.Ledger{}, []sales.Shipment{s}, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	s.Version++
	sum := sums[c.ID]
	reply := bot.Reply{Faces: append(a.shipmentFaces(t, book, s, c), a.chainFaces(t, book, c, sum)...)}
	if t.Event.Kind != bot.Tapped {
		text := s.No + " 已签收(" + book.Customer(c.CustomerID) + ")。"
		if sum.ToInvoice {
			text += "财务已收到开票提醒。"
		}
		reply.Say = bot.Text(text).Say
	}
	if sum.ToInvoice {
		card := view.SignedForFinance(view.Signed{
			Shipment: s, Contract: c, Cash: sum, Customer: book.Customer(c.CustomerID), Owner: t.Org.Name(c.OwnerID), Now: t.Now,
		})
		reply.Say = append(reply.Say, tell(t, "shipment:"+s.ID.String(), "signed", card, financeOf(t)...)...)
	}
	if c.OwnerID != t.Person.ID {
		reply.Say = append(reply.Say, tell(t, "shipment:"+s.ID.String(), "signed-owner", view.ShipmentCard(a.shipmentView(t, book, s, c, true)), c.OwnerID)...)
	}
	reply.Dialogue = remember(closeTopic(t.Dialogue), "shipment", s.ID, t.Now)
	return reply, nil
}

// returnGoods files goods that came back (退货) and tells finance when they were invoiced.
func (a *App) returnGoods(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, w cashWords) (bot.Reply, error) {
	if err := firstErr(a.mayShip(t, c), isSigned(c, "退货")); err != nil {
		return bot.Reply{}, err
	}
	list, err := tx.ShipmentsByContract(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	reason := cutRunes(w.rest, 60)
	if refused := refuseReturn(c, list, w, reason); refused != "" {
		return bot.Text(refused), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	no, err := a.yearNo(ctx, t, tx, "TH", "return")
	if err != nil {
		return bot.Reply{}, err
	}
	s := sales.Shipment{
		ID: tx.NewID(), No: no, Kind: sales.ShipmentReturn, ContractID: c.ID, CustomerID: c.CustomerID, OwnerID: c.OwnerID, TeamID: c.TeamID,
		Quantity: w.quantity, Unit: w.unit, Amount: w.amount, Tracking: w.tracking, ShippedOn: pastDay(t, w.day), Reason: reason,
		State: sales.ShipmentReturned, CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), SourceEventID: t.Event.ID, Version: 1,
	}
	tx.CreateShipment(s)
	k := a.cashier(t)
	k.audit(tx, "shipment.return", "shipment", s.ID, sales.Change{Field: "退货", New: strings.TrimSpace(sales.QuantityText(s.Quantity, s.Unit) + " " + reason)})
	k.emit(tx, "shipment.returned", "shipment", s.ID, cashEvent{Contract: c.ID, Customer: c.CustomerID, Owner: c.OwnerID, Amount: s.Amount})
	sums, err := k.save(ctx, tx, &sales.Ledger{}, []sales.Shipment{s}, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	sum := sums[c.ID]
	reply := bot.ShowCard(view.ShipmentCard(a.shipmentView(t, book, s, c, false)))
	reply.Say = append(reply.Say, tell(t, "shipment:"+s.ID.String(), "returned", view.ShipmentCard(a.shipmentView(t, book, s, c, true)), c.OwnerID)...)
	if sum.Invoiced > 0 {
		reply.Say = append(reply.Say, a.askCredit(t, book, c, s, sum)...)
	}
	reply.Faces = a.chainFaces(t, book, c, sum)
	reply.Dialogue = remember(closeTopic(t.Dialogue), "shipment", s.ID, t.Now)
	return reply, nil
}

// refuseReturn says why goods cannot have come back as they are told; empty when they can.
func refuseReturn(c sales.Contract, list []sales.Shipment, w cashWords, reason string) string {
	out, back := map[string]int64{}, map[string]int64{}
	shipped := 0
	for _, s := range list {
		switch {
		case !s.Counts():
		case s.Kind == sales.ShipmentReturn:
			back[s.Unit] += s.Quantity
		default:
			shipped++
			out[s.Unit] += s.Quantity
		}
	}
	switch {
	case shipped == 0:
		return c.No + " 还没发过货,没有可退的。"
	case w.quantity > 0 && out[w.unit] == 0 && sentIn(out) != "":
		return c.No + " 发的是 " + sentIn(out) + ",没有按" + w.unit + "发过。单位再看一下,例:退货 " + c.No + " 1" + unitIn(out) + " 外壳破损"
	case w.quantity > 0 && out[w.unit] > 0 && back[w.unit]+w.quantity > out[w.unit]:
		return "退多了:" + c.No + " 发了 " + sales.QuantityText(out[w.unit], w.unit) + ",已退 " + orElse(sales.QuantityText(back[w.unit], w.unit), "0") + "。"
	case w.quantity == 0 && w.amount == 0:
		return "退了多少?写数量或金额,例:退货 " + c.No + " 2台 5万 外壳破损"
	case reason == "":
		return "为什么退?把原因写在后面,例:退货 " + c.No + " 2台 外壳破损"
	case w.amount > c.Amount:
		return "退货 " + w.amount.String() + " 超过了合同 " + c.Amount.String() + ",金额再看一下。"
	}
	return ""
}

// sentIn are the quantities that went out, by unit: "10台、3箱"; empty when none was said.
func sentIn(out map[string]int64) string {
	var list []string
	for _, unit := range slices.Sorted(maps.Keys(out)) {
		if out[unit] > 0 {
			list = append(list, sales.QuantityText(out[unit], unit))
		}
	}
	return strings.Join(list, "、")
}

// unitIn is one of the units in which goods went out.
func unitIn(out map[string]int64) string {
	for _, unit := range slices.Sorted(maps.Keys(out)) {
		if out[unit] > 0 {
			return unit
		}
	}
	return ""
}

// askCredit tells finance that goods came back which were invoiced.
func (a *App) askCredit(t bot.Turn, book *Book, c sales.Contract, s sales.Shipment, sum sales.ContractCash) []bot.Say {
	text := book.Customer(c.CustomerID) + "退货 " + strings.TrimSpace(sales.QuantityText(s.Quantity, s.Unit)+" "+view.MoneyOrNothing(s.Amount)) + "(" + s.Reason + ")," +
		c.No + " 已开票 " + sum.Invoiced.String() + "。要红冲就发:红冲 " + c.No + " 金额 " + s.Reason
	to := financeOf(t)
	if len(to) == 0 {
		return nil
	}
	return []bot.Say{{To: to, Subject: "shipment:" + s.ID.String(), Kind: bot.DeliverPush, Slot: "credit", Push: true, Out: bot.Outgoing{Text: text}}}
}

// TapUndoShipment takes a shipment back by its button.
func (a *App) TapUndoShipment(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	s, err := tx.ShipmentByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.undoShipment(ctx, t, tx, s)
}

// undoShipment takes a receipt back, else the shipment or return itself.
func (a *App) undoShipment(ctx context.Context, t bot.Turn, tx Tx, s sales.Shipment) (bot.Reply, error) {
	c, err := tx.ContractByID(ctx, s.ContractID)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if !s.Counts() {
		return bot.Text(s.No + " 已经撤销过了,没有再改动。"), nil
	}
	if why := a.undoable(t, s.No, s.CreatedBy, s.CreatedAt); why != "" && s.State != sales.ShipmentSigned {
		return bot.Text(why), nil
	}
	old := s.State
	text := s.No + " 已撤销。"
	if old == sales.ShipmentSigned {
		if err := a.mayShip(t, c); err != nil {
			return bot.Reply{}, err
		}
		if s.SignedOn != t.Today {
			return bot.Text(s.No + " 是 " + s.SignedOn.Chinese() + " 签收的,当天能撤销,过了找财务。"), nil
		}
		s.State, s.SignedOn, s.Receiver, text = sales.ShipmentShipped, sales.Day{}, "", s.No+" 的签收已撤销,改回在途。"
	} else {
		s.State = sales.ShipmentUndone
	}
	tx.UpdateShipment(s)
	k := a.cashier(t)
	k.audit(tx, "shipment.undo", "shipment", s.ID, sales.Change{Field: "状态", Old: old, New: s.State})
	k.emit(tx, "shipment.undone", "shipment", s.ID, cashEvent{Contract: c.ID, Customer: c.CustomerID, Owner: c.OwnerID})
	sums, err := k.save(ctx, tx, &sales.Ledger{}, []sales.Shipment{s}, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	s.Version++
	reply := bot.Reply{Faces: append(a.shipmentFaces(t, book, s, c), a.chainFaces(t, book, c, sums[c.ID])...), Dialogue: forgotten(t, "shipment", s.ID)}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text(text).Say
	}
	return reply, nil
}

func (a *App) shipmentView(t bot.Turn, book *Book, s sales.Shipment, c sales.Contract, watch bool) view.Shipment {
	v := view.Shipment{
		Shipment: s, Contract: c.No, Customer: book.Customer(c.CustomerID), By: t.Org.Name(s.CreatedBy), Money: a.seesMoney(t, c.OwnerID) && !t.InGroup(),
		Watch: watch, Now: t.Now,
	}
	if watch { // whoever is told besides is the owner
		v.Money = true
	}
	return v
}

// shipmentFaces are the cards of a shipment as it stands: its author's, and its owner's.
func (a *App) shipmentFaces(t bot.Turn, book *Book, s sales.Shipment, c sales.Contract) []view.Face {
	author, _ := t.Org.Person(s.CreatedBy)
	own := a.shipmentView(t, book, s, c, false)
	own.Money = own.Money && (sales.SeesContracts(author) || t.Org.ScopeOf(author).Covers(c.OwnerID))
	return []view.Face{view.ShipmentCard(own), view.ShipmentCard(a.shipmentView(t, book, s, c, true))}
}

package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// DeliveryTx reads and writes promised days asked of the delivery calendar.
type DeliveryTx interface {
	CreateDeliveryCheck(c sales.DeliveryCheck)
	UpdateDeliveryCheck(c sales.DeliveryCheck)
	DeliveryCheckByID(ctx context.Context, id sales.ID) (sales.DeliveryCheck, error)
	// DeliveryCheckOf reads the newest check of a contract; NotFound when there is none.
	DeliveryCheckOf(ctx context.Context, contract sales.ID) (sales.DeliveryCheck, error)
}

func (a *App) registerDelivery(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "交期", Aliases: []string{"cjq", "查交期", "排期"}, Summary: "答应客户哪天到之前,先查排不排得上", Usage: "交期 HT2026-018 10台 4月1日",
		Detail: "问排产日历。排不上会给几个能排的日子,点一个就改;没改好之前这份合同发不了货。", Handle: a.cashCommand("delivery"),
	})
	r.Action("delivery.choose", a.ChooseDelivery)
}

// askDelivery has a promised day asked of the delivery calendar (交期).
func (a *App) askDelivery(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, w cashWords) (bot.Reply, error) {
	if err := a.mayShip(t, c); err != nil {
		return bot.Reply{}, err
	}
	day := w.due
	if day.IsZero() {
		day = w.day
	}
	switch {
	case !a.Settings.Cash.DeliveryCalendar:
		return bot.Text("还没接排产日历,查不了。管理员在配置里写上 delivery_calendar 就能查。"), nil
	case day.IsZero():
		return bot.Text("答应哪天到?例:交期 " + c.No + " 10台 4月1日"), nil
	case day.Before(t.Today):
		return bot.Text(day.Chinese() + "已经过去了。写一个以后的日子。"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	check := sales.DeliveryCheck{
		ID: tx.NewID(), ContractID: c.ID, CustomerID: c.CustomerID, PersonID: t.Person.ID, Products: book.ProductNames(c.Products), Quantity: w.quantity, Unit: w.unit,
		Day: day, State: sales.DeliveryWaits, TryAt: sales.At(t.Now), CreatedAt: sales.At(t.Now), EventID: t.Event.ID, Version: 1,
	}
	tx.CreateDeliveryCheck(check)
	audit(tx, t, "delivery.ask", "contract", c.ID, sales.Change{Field: "交期", New: day.String()})
	reply := bot.ShowCard(view.DeliveryCard(view.Delivery{Check: check, Contract: c.No, Customer: book.Customer(c.CustomerID), Today: t.Today}))
	reply.Dialogue = remember(closeTopic(t.Dialogue), "contract", c.ID, t.Now)
	return reply, nil
}

// ChooseDelivery takes another day that the calendar offered.
func (a *App) ChooseDelivery(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	check, err := tx.DeliveryCheckByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	c, err := tx.ContractByID(ctx, check.ContractID)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.mayShip(t, c); err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	v := view.Delivery{Check: check, Contract: c.No, Customer: book.Customer(c.CustomerID), Today: t.Today}
	day, derr := sales.ParseDay(t.Action.Arg)
	if derr != nil || check.State != sales.DeliveryConflict || check.Version != t.Action.Version {
		reply := bot.Text("这个交期已经定了,没有再改动。")
		reply.Faces = []view.Face{view.DeliveryCard(v)}
		return reply, nil
	}
	old := check.Day
	check.Day, check.State = day, sales.DeliveryOK
	tx.UpdateDeliveryCheck(check)
	audit(tx, t, "delivery.choose", "contract", c.ID, sales.Change{Field: "交期", Old: old.String(), New: day.String()})
	emit(tx, t, "contract.delivery_promised", "contract", c.ID)
	check.Version++
	v.Check = check
	return bot.Reply{Faces: []view.Face{view.DeliveryCard(v)}}, nil
}

// stopDelivery says that a promised day stands against a shipment: it is not known yet, or cannot be kept.
func stopDelivery(ctx context.Context, tx Tx, c sales.Contract) (string, error) {
	check, err := tx.DeliveryCheckOf(ctx, c.ID)
	switch {
	case sales.KindOf(err) == sales.NotFound:
		return "", nil
	case err != nil:
		return "", err
	case check.State == sales.DeliveryWaits:
		return c.No + " 答应的 " + check.Day.Chinese() + " 还在查排期,查到了再发货。", nil
	case check.State != sales.DeliveryConflict:
		return "", nil
	}
	var days []string
	for _, d := range check.Alternatives {
		days = append(days, d.Chinese())
	}
	text := c.No + " 发不了:答应的 " + check.Day.Chinese() + " 排不上。"
	if len(days) > 0 {
		text += "能排的:" + strings.Join(days, "、") + "。"
	}
	return text + "先改好:交期 " + c.No + " 数量 日期", nil
}

package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

const (
	// toShipLooked bounds how many of the newest contracts are looked at for goods that have not gone out.
	toShipLooked = 500
	toShipLines  = 10
)

// registerToShip registers what those who deliver begin their day with.
func (a *App) registerToShip(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "待发货", Aliases: []string{"dfh", "要发的货"}, Summary: "看批完了还没发货的合同", Usage: "待发货",
		Detail: "批完、一次都没发过的,最早批的在前;预付没到齐的会写明。发货:发货 加合同号。",
		Rank:   map[sales.Role]int{sales.RoleDelivery: 1}, Handle: a.ToShip,
	})
}

// ToShip lists approved contracts of which nothing has gone out yet (待发货), the oldest first: all of the company for those who
// deliver and finance, else those in scope. It names no amounts.
func (a *App) ToShip(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("待发货单聊我看:客户和合同号不放群里。"), nil
	}
	scope := t.Org.ScopeOf(t.Person)
	if t.Person.Has(sales.RoleDelivery, sales.RoleFinance) {
		scope = sales.Scope{All: true}
	}
	list, err := tx.ContractsOf(ctx, scope, toShipLooked)
	if err != nil {
		return bot.Reply{}, err
	}
	ids := make([]sales.ID, 0, len(list))
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	cash := map[sales.ID]sales.ContractCash{}
	rows, err := tx.ContractCashes(ctx, ids...)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, r := range rows {
		cash[r.ContractID] = r
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	var lines []string
	more := 0
	for i := len(list) - 1; i >= 0; i-- { // they come newest first
		c := list[i]
		// One without a request was signed before the company began here; nobody waits for its goods.
		if c.State != sales.ContractApproved || c.RequestID == 0 || cash[c.ID].Shipped > 0 {
			continue
		}
		if len(lines) == toShipLines {
			more++
			continue
		}
		lines = append(lines, toShipLine(book, c, cash[c.ID]))
	}
	if len(lines) == 0 {
		return bot.Text("没有等着发的货:批完的合同都发过了。"), nil
	}
	text := "待发货 " + itoa(len(lines)+more) + " 份,先批的在前\n" + strings.Join(lines, "\n")
	if more > 0 {
		text += "\n还有 " + itoa(more) + " 份没列。"
	}
	return bot.Text(text + "\n发了就记:发货 合同号 数量"), nil
}

// toShipLine is a contract whose goods wait, with what they wait for.
func toShipLine(book *Book, c sales.Contract, cash sales.ContractCash) string {
	parts := []string{c.No, book.Customer(c.CustomerID)}
	if names := strings.Join(book.ProductNames(c.Products), "、"); names != "" {
		parts = append(parts, names)
	}
	if c.DeliveryDays > 0 {
		parts = append(parts, "交期 "+itoa(c.DeliveryDays)+" 天")
	}
	if _, need := sales.PrepayGate(c, cash.Collected()); need > 0 {
		parts = append(parts, "等预付 "+itoa(c.PrepayPercent)+"%")
	}
	return "· " + strings.Join(parts, " · ")
}

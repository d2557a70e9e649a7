package handlers

import (
	"context"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/store/sales"
)

// toShipLines is how many contracts are listed whose goods have not gone out.
const toShipLines = 10

// registerToShip registers what those who deliver begin their day with.
func (a *App) registerToShip(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "待发货", Aliases: []string{"dfh", "要发的货"}, Summary: "看批完了还没发货的合同", Usage: "待发货",
		Detail: "批完、一次都没发过的,早的在前;预付没到齐的会写明。发货:发货 加合同号。",
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
	list, n, err := tx.Unshipped(ctx, scope, toShipLines)
	if err != nil {
		return bot.Reply{}, err
	}
	ids := make([]sales.ID, len(list))
	for k, c := range list {
		ids[k] = c.ID
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
	if len(list) == 0 {
		return bot.Text("没有等着发的货:批完的合同都发过了。"), nil
	}
	lines := []string{"待发货 " + strconv.FormatInt(n, 10) + " 份,早的在前"}
	for _, c := range list {
		lines = append(lines, toShipLine(book, c, cash[c.ID]))
	}
	if more := n - int64(len(list)); more > 0 {
		lines = append(lines, "还有 "+strconv.FormatInt(more, 10)+" 份没列。")
	}
	text := strings.Join(lines, "\n")
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

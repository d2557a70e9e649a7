package main

import (
	"context"
	"fmt"

	"salesflow/bot/httpapi"
	"salesflow/cards/view"
	"salesflow/store"
	"salesflow/store/sales"
)

// choices are parts or orders of a list: keys and texts by turns.
func choices(now string, pairs ...string) []httpapi.Choice {
	var out []httpapi.Choice
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, httpapi.Choice{Key: pairs[i], Text: pairs[i+1], On: pairs[i] == now})
	}
	for _, c := range out {
		if c.On {
			return out
		}
	}
	if len(out) > 0 {
		out[0].On = true
	}
	return out
}

// whose says whose records a list shows.
func whose(who sales.Person, scope sales.Scope) string {
	switch {
	case scope.All:
		return "全公司"
	case len(scope.Persons) > 1:
		return who.Name + "和团队的"
	}
	return who.Name + "的"
}

func asked(ask httpapi.Ask, scope sales.Scope, today sales.Day) store.PageQuery {
	return store.PageQuery{
		Scope: scope, Query: ask.Query, State: ask.Filter, Sort: ask.Sort, Today: today, Offset: ask.Page * listPage, Limit: listPage + 1,
	}
}

// none is what an empty list says.
func none(ask httpapi.Ask, text string) string {
	if ask.Query != "" {
		return "没有找到\"" + ask.Query + "\"。"
	}
	return text
}

// deals are the deals a person may see.
func (l lists) deals(ctx context.Context, tx *store.Tx, org *sales.Org, who sales.Person, today sales.Day, ask httpapi.Ask) (httpapi.List, error) {
	scope := org.ScopeOf(who)
	found, err := tx.DealPage(ctx, asked(ask, scope, today))
	if err != nil {
		return httpapi.List{}, err
	}
	book, err := l.p.books.Book(ctx)
	if err != nil {
		return httpapi.List{}, err
	}
	out := httpapi.List{
		Title: "商机", Sub: whose(who, scope), Search: true, Hint: "客户名", More: len(found) > listPage,
		Tabs:  choices(ask.Filter, "", "在跟", sales.OpportunityWon, "赢单", sales.OpportunityLost, "输单"),
		Sorts: choices(ask.Sort, "", "停留", "amount", "金额", "expected", "预计签约"),
	}
	found = found[:min(len(found), listPage)]
	ids := make([]sales.ID, len(found))
	for i, o := range found {
		ids[i] = o.ID
	}
	custom, err := l.customLines(ctx, tx, org, who, "opportunity", ids)
	if err != nil {
		return httpapi.List{}, err
	}
	for _, o := range found {
		row := httpapi.Row{Name: book.Customer(o.CustomerID), Tags: o.StageName()}
		if o.Pipeline != "" { // stages of several pipelines have one name
			row.Tags = o.Way.Name + " " + row.Tags
		}
		amount := "金额还没填"
		if o.Amount != 0 {
			amount = o.Amount.Short()
		}
		row.Lines = append(row.Lines, httpapi.Line{Text: joined(" · ", amount, joined("、", book.ProductNames(o.Products)...))})
		switch {
		case o.State == sales.OpportunityOpen:
			stay, over := view.Overstay(o, today)
			row.Lines = append(row.Lines, httpapi.Line{Text: "在这一步 " + stay, Late: over})
			if !o.ExpectedOn.IsZero() {
				row.Lines = append(row.Lines, httpapi.Line{Text: "预计 " + o.ExpectedOn.ChineseFrom(today), Late: o.ExpectedOn.Before(today)})
			}
		case o.LossReason != "":
			row.Lines = append(row.Lines, httpapi.Line{Text: "原因 " + o.LossReason})
		}
		if o.OwnerID != who.ID {
			row.Lines = append(row.Lines, httpapi.Line{Text: "负责人 " + org.Name(o.OwnerID)})
		}
		row.Lines = append(row.Lines, custom[o.ID]...)
		out.Rows = append(out.Rows, row)
	}
	if len(out.Rows) == 0 {
		out.Message = none(ask, "这里还没有商机。在聊天里发 商机 客户 产品 金额 建一条。")
	}
	return out, nil
}

var contractWords = map[string]string{
	sales.ContractPending: "审批中", sales.ContractReturned: "退回修改", sales.ContractApproved: "已通过", sales.ContractRejected: "已驳回",
	sales.ContractWithdrawn: "已撤回",
}

// contracts are the contracts a person may see.
func (l lists) contracts(ctx context.Context, tx *store.Tx, org *sales.Org, who sales.Person, today sales.Day, ask httpapi.Ask) (httpapi.List, error) {
	scope := org.ScopeOf(who)
	if sales.SeesContracts(who) {
		scope = sales.Scope{All: true}
	}
	if contractWords[ask.Filter] == "" {
		ask.Filter = ""
	}
	found, err := tx.ContractPage(ctx, asked(ask, scope, today))
	if err != nil {
		return httpapi.List{}, err
	}
	book, err := l.p.books.Book(ctx)
	if err != nil {
		return httpapi.List{}, err
	}
	out := httpapi.List{
		Title: "合同", Sub: whose(who, scope), Search: true, Hint: "客户名、合同号", More: len(found) > listPage,
		Tabs: choices(ask.Filter, "", "全部", sales.ContractPending, "审批中", sales.ContractReturned, "退回修改", sales.ContractApproved, "已通过",
			sales.ContractRejected, "已驳回"),
		Sorts: choices(ask.Sort, "", "时间", "amount", "金额"),
	}
	found = found[:min(len(found), listPage)]
	ids := make([]sales.ID, len(found))
	for i, c := range found {
		ids[i] = c.ID
	}
	custom, err := l.customLines(ctx, tx, org, who, "contract", ids)
	if err != nil {
		return httpapi.List{}, err
	}
	for _, c := range found {
		row := httpapi.Row{Name: book.Customer(c.CustomerID), Tags: contractWords[c.State], Lines: []httpapi.Line{
			{Text: c.No + " · " + c.Amount.String()}, {Text: "提交 " + sales.DayOf(c.CreatedAt.Time).ChineseFrom(today)},
		}}
		if c.OwnerID != who.ID {
			row.Lines = append(row.Lines, httpapi.Line{Text: "负责人 " + org.Name(c.OwnerID)})
		}
		row.Lines = append(row.Lines, custom[c.ID]...)
		out.Rows = append(out.Rows, row)
	}
	if len(out.Rows) == 0 {
		out.Message = none(ask, "这里还没有合同。在聊天里发 提交合同 客户 金额。")
	}
	return out, nil
}

// receivables are the open invoices a person may see.
func (l lists) receivables(ctx context.Context, tx *store.Tx, org *sales.Org, who sales.Person, today sales.Day, ask httpapi.Ask) (httpapi.List, error) {
	scope := org.ScopeOf(who)
	if who.Has(sales.RoleFinance) {
		scope = sales.Scope{All: true}
	}
	found, err := tx.ReceivablePage(ctx, asked(ask, scope, today))
	if err != nil {
		return httpapi.List{}, err
	}
	sum, err := tx.ReceivableSum(ctx, scope, today)
	if err != nil {
		return httpapi.List{}, err
	}
	book, err := l.p.books.Book(ctx)
	if err != nil {
		return httpapi.List{}, err
	}
	out := httpapi.List{
		Title: "已开票未回款", Search: true, Hint: "客户名、发票号", More: len(found) > listPage,
		Sub:   fmt.Sprintf("%s · %d 张没回 %s,逾期 %d 张 %s", whose(who, scope), sum.Count, sum.Open, sum.OverdueCount, sum.Overdue),
		Tabs:  choices(ask.Filter, "", "全部", "late", "逾期"),
		Sorts: choices(ask.Sort, "", "到期", "amount", "金额"),
	}
	for _, i := range found[:min(len(found), listPage)] {
		due := httpapi.Line{Text: "没定到期日"}
		if !i.DueOn.IsZero() {
			due = httpapi.Line{Text: "到期 " + i.DueOn.ChineseFrom(today), Late: i.OverdueDays(today) > 0}
			if due.Late {
				due.Text += fmt.Sprintf(",逾期 %d 天", i.OverdueDays(today))
			}
		}
		row := httpapi.Row{Name: book.Customer(i.CustomerID), Tags: i.No, Lines: []httpapi.Line{
			{Text: "没回 " + i.Open.String() + " / 开票 " + i.Amount.String()}, due,
		}}
		if i.OwnerID != who.ID {
			row.Lines = append(row.Lines, httpapi.Line{Text: "负责人 " + org.Name(i.OwnerID)})
		}
		out.Rows = append(out.Rows, row)
	}
	if len(out.Rows) == 0 {
		out.Message = none(ask, "没有开了票还没回的款。")
	}
	return out, nil
}

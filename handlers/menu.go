package handlers

import (
	"context"
	"slices"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// menuMore is the last entry of a page of the menu.
const menuMore = "更多"

// menuPages are the menus of the roles: what they file first, then what they look at. A role without one has the rep's
// second page.
var menuPages = []struct {
	roles []sales.Role
	pages [][]string
}{
	{[]sales.Role{sales.RoleRep}, [][]string{{"拜访", "签到", "计划", "待办", "日报"}, {"投诉", "售后", "样品", "竞品", "费用"}, {"培训反馈", "客户", "漏斗", "请假", "帮助"}}},
	{[]sales.Role{sales.RoleFinance}, [][]string{{"未认款", "对账", "开票", "回款", "已开票未回款"}, {"合同", "回款指标", "新签额", "请假", "帮助"}}},
	{[]sales.Role{sales.RoleDelivery}, [][]string{{"待发货", "工单队列", "发货", "签收", "帮助"}, {"合同进度", "待办", "请假", "工单统计", "帮助"}}},
	{[]sales.Role{sales.RolePurchasing, sales.RoleProduction, sales.RoleQuality}, [][]string{{"工单队列", "工单统计", "待办", "请假", "帮助"}}},
	{[]sales.Role{sales.RoleService}, [][]string{{"投诉", "售后", "待办", "请假", "帮助"}}},
	{morningRoles, [][]string{{"晨报", "漏斗", "团队计划", "待办", "费用"}, {"团队请假", "投诉", "拜访", "日报", "帮助"}}},
}

func (h helper) pages(p sales.Person) [][]string {
	for _, m := range menuPages {
		if p.Has(m.roles...) {
			return m.pages
		}
	}
	return [][]string{{"待办", "请假", "帮助"}}
}

// Menu shows what a person does most as buttons (菜单); each does what its word does when it is typed.
func (h helper) Menu(_ context.Context, t bot.Turn, _ Tx) (bot.Reply, error) {
	return bot.ShowCard(h.menu(t.Person, 0)), nil
}

func (h helper) menu(p sales.Person, page int) cards.Card {
	pages := h.pages(p)
	page = max(page, 0) % len(pages)
	m := view.Menu{Person: p.ID, Page: page, Pages: len(pages)}
	for _, name := range pages[page] {
		c, ok := h.router.Find(name)
		if ok && (len(c.Roles) == 0 || p.Has(c.Roles...)) {
			m.Entries = append(m.Entries, view.MenuEntry{Name: c.Name, Summary: c.Summary})
		}
	}
	return view.MenuCard(m)
}

// TapMenu does an entry of the menu, or turns the page.
func (h helper) TapMenu(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.Action.Arg == menuMore {
		return bot.Reply{Faces: []view.Face{h.menu(t.Person, int(t.Action.Version)+1)}}, nil
	}
	c, ok := h.router.Find(t.Action.Arg)
	if !ok || !slices.Contains(slices.Concat(h.pages(t.Person)...), c.Name) || len(c.Roles) > 0 && !t.Person.Has(c.Roles...) {
		return bot.Text("这个按钮已失效。发 帮助 看现在能做什么。"), nil
	}
	for _, k := range sales.FilingKinds {
		if k.Name() == c.Name && k != sales.FilingExpense && t.Person.Has(sales.RoleRep) {
			return h.app.fileAs(ctx, t, tx, string(k), "")
		}
	}
	t.Command, t.Args, t.Text = c.Name, "", c.Name
	return c.Handle(ctx, t, tx)
}

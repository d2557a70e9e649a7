package handlers

import (
	"context"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// unlocked says that a customer is complete, and recommends products to its owner, once.
func (a *App) unlocked(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer) (bot.Reply, error) {
	products, err := tx.Products(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	fit := sales.Recommended(c.Industry, products, view.MaxRecommended)
	audit(tx, t, "customer.complete", "customer", c.ID)
	emit(tx, t, "customer.complete", "customer", c.ID)
	if len(fit) == 0 {
		return bot.Text(c.Name + "资料齐了。" + c.Industry + "还没有配推荐产品,管理员可以在产品表的 适用行业 里填。"), nil
	}
	card := view.Recommendation(c, fit)
	to := c.OwnerID
	if to == 0 {
		to = t.Person.ID
	}
	reply := bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{to}, Subject: "customer:" + c.ID.String(), Kind: bot.DeliverReply, Slot: "recommend", Out: bot.Outgoing{Card: &card},
	}}}
	if to != t.Person.ID {
		reply.Say = append(reply.Say, bot.Say{Out: bot.Outgoing{Text: c.Name + "资料齐了,推荐产品发给" + t.Org.Name(to) + "了。"}, Slot: "complete"})
	}
	return reply, nil
}

// masterLines are what a customer's page shows of its details: what is known, what is missing, and, when nothing is, which
// products to bring up.
func (a *App) masterLines(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer) (string, error) {
	if t.InGroup() {
		return "", nil
	}
	details, err := tx.Details(ctx, c.ID)
	if err != nil {
		return "", err
	}
	letters, err := tx.AuthorisationsOf(ctx, c.ID, 0, 5)
	if err != nil {
		return "", err
	}
	lacking := sales.Lacking(c, details, a.Settings.CustomerFields)
	v := view.CustomerDetails{Customer: c, Details: details, Lacking: lacking, Of: len(a.Settings.CustomerFields), Letters: letters, Today: t.Today}
	if len(lacking) == 0 && c.OwnerID == t.Person.ID || len(letters) > 0 {
		products, err := tx.Products(ctx)
		if err != nil {
			return "", err
		}
		v.Products = map[sales.ID]string{}
		for _, p := range products {
			v.Products[p.ID] = p.Name
		}
		if len(lacking) == 0 {
			v.Recommended = sales.Recommended(c.Industry, products, view.MaxRecommended)
		}
	}
	return view.CustomerDetailsText(v), nil
}

// ShowCompleteness lists whose customers lack what (客户完整度).
func (a *App) ShowCompleteness(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	scope := t.Org.ScopeOf(t.Person)
	if w := bare(t.Args); w != "" && w != "我的" {
		people := t.Org.ByName(w)
		if len(people) == 0 {
			return bot.Text("没有叫\"" + cutRunes(w, 12) + "\"的同事。发 客户完整度 看全部。"), nil
		}
		one := people[0].ID
		if !scope.Covers(one) {
			return bot.Text("你看不到" + people[0].Name + "的客户。发 客户完整度 看你管的。"), nil
		}
		scope = sales.Only(one)
	} else if w == "我的" {
		scope = sales.Only(t.Person.ID)
	}
	list, err := tx.Completeness(ctx, scope, a.Settings.CustomerFields)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(list) == 0 {
		return bot.Text("还没有客户。发 新客户 名称 电话 行业 建一家。"), nil
	}
	v := view.CompletenessList{Fields: a.Settings.CustomerFields, Group: t.InGroup()}
	for _, c := range list {
		name := t.Org.Name(c.Owner)
		if name == "" {
			name = "公海"
		}
		v.Rows = append(v.Rows, view.CompletenessRow{Name: name, Completeness: c})
	}
	if len(list) == 1 && !t.InGroup() {
		worst, err := tx.IncompleteCustomers(ctx, scope, a.Settings.CustomerFields, 5)
		if err != nil {
			return bot.Reply{}, err
		}
		ids := make([]sales.ID, len(worst))
		for i, c := range worst {
			ids[i] = c.ID
		}
		details, err := tx.Details(ctx, ids...)
		if err != nil {
			return bot.Reply{}, err
		}
		for _, c := range worst {
			v.Customers = append(v.Customers, view.LackingCustomer{Name: c.Name, Lacks: sales.Lacking(c, details, a.Settings.CustomerFields)})
		}
	}
	return bot.Text(view.CompletenessText(v)), nil
}

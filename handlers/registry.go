package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func (a *App) registerRegistry(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "查工商", Aliases: []string{"工商", "工商核对", "cgs"}, Summary: "拿客户跟工商登记对一下", Usage: "查工商 客户",
		Detail: "核对名称、统一社会信用代码和经营状态。缺代码给你填上的按钮,对不上的摆出来给你选,不会自己改。",
		Handle: a.CheckRegistry,
	})
	r.Action("registry.apply", a.ApplyRegistry)
}

// CheckRegistry asks the business registry about a customer (查工商); the answer comes as a card.
func (a *App) CheckRegistry(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	switch {
	case !a.Settings.Registry:
		return bot.Text("还没接工商数据。管理员在配置里填 registry.url 就能用。"), nil
	case t.InGroup():
		return bot.Text("查工商单聊我。"), nil
	case bare(t.Args) == "":
		return bot.Text("查哪家?例:查工商 绍兴市立医院"), nil
	}
	c, reply, err := a.customerToChange(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	a.askRegistry(t, tx, c, false)
	return bot.Text("在查" + c.Name + ",几秒后发你。"), nil
}

// askRegistry leaves a question to the registry to be asked outside the turn. An auto one speaks up only when something differs.
func (a *App) askRegistry(t bot.Turn, tx Tx, c sales.Customer, auto bool) {
	if !a.Settings.Registry {
		return
	}
	tx.CreateRegistryCheck(sales.RegistryCheck{
		ID: tx.NewID(), CustomerID: c.ID, PersonID: t.Person.ID, State: sales.RegistryAsked, Auto: auto, AskedAt: sales.At(t.Now), NextAt: sales.At(t.Now), Version: 1,
	})
	audit(tx, t, "registry.ask", "customer", c.ID)
}

// ApplyRegistry takes over what the registry says, field by field, because a person tapped it.
func (a *App) ApplyRegistry(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	check, err := tx.RegistryCheckByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	c, err := tx.CustomerByID(ctx, check.CustomerID)
	if err != nil {
		return bot.Reply{}, err
	}
	if t.Action.Arg == view.RegistryKeep {
		return closePick(t, bot.Reply{}), nil
	}
	if refused := a.mayFill(ctx, t, c); refused != "" {
		return bot.Text(refused), nil
	}
	var company sales.Company
	if err := json.Unmarshal([]byte(check.Answer), &company); err != nil {
		return bot.Reply{}, fmt.Errorf("read answer of registry check %d: %w", check.ID, err)
	}
	if c.Version != t.Action.Version {
		return closePick(t, bot.Text(c.Name+"刚改过。再查一次:查工商 "+c.Name)), nil
	}
	uscc, name := "", ""
	switch t.Action.Arg {
	case view.RegistryUSCC:
		uscc = company.USCC
	case view.RegistryName:
		name = company.Name
	}
	if refused, err := a.taken(ctx, t, tx, c, uscc, "", name); err != nil || refused != "" {
		return closePick(t, bot.Text(refused)), err
	}
	var change sales.Change
	switch {
	case uscc != "":
		change = sales.Change{Field: "信用代码", Old: c.USCC, New: uscc}
		c.USCC = uscc
	case name != "":
		change = sales.Change{Field: "名称", Old: c.Name, New: name}
		if !slices.Contains(c.Aliases, c.Name) {
			c.Aliases = append(slices.Clone(c.Aliases), c.Name)
		}
		c.Name = name
	default:
		return closePick(t, bot.Reply{}), nil
	}
	tx.UpdateCustomer(c)
	audit(tx, t, "customer.registry", "customer", c.ID, change)
	emit(tx, t, "customer.changed", "customer", c.ID)
	return closePick(t, bot.Text(change.Field+"按登记改成 "+change.New+"。")), nil
}

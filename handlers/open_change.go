package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// ErrStale is why a change is refused whose caller knows another version of the record.
var ErrStale = errors.New("the record is another one by now")

// current refuses a change of a record that is another one than the caller knows; 0 asks for none.
func current(known, is int64) error {
	if known == 0 || known == is {
		return nil
	}
	return &sales.Error{Kind: sales.Conflict, Msg: "刚被改过,现在是第 " + itoa(int(is)) + " 版。重新读一次再改。", Err: ErrStale}
}

// RecordChange is what another system corrects of a customer; nil stays as it is.
type RecordChange struct {
	Name, Phone, Industry, USCC, City, Class *string
}

// CorrectCustomer changes what 补资料 and 分级 change, with the same rules, rights and trace. version is what the caller knows of it.
func (a *App) CorrectCustomer(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, version int64, in RecordChange) (sales.Customer, error) {
	c, _, err := a.workable(ctx, t, tx, id)
	if err == nil {
		err = current(version, c.Version)
	}
	if err != nil {
		return c, err
	}
	base, err := a.correctBase(ctx, t, tx, &c, in)
	if err != nil {
		return c, err
	}
	detail, err := a.correctDetail(ctx, t, tx, &c, in)
	if err != nil {
		return c, err
	}
	class, err := correctClass(t, &c, in.Class)
	if err != nil || len(base)+len(detail)+len(class) == 0 {
		return c, err
	}
	tx.UpdateCustomer(c)
	for _, x := range []struct {
		verb, event string
		changes     []sales.Change
	}{{"customer.change", "customer.changed", base}, {"customer.detail", "customer.detail", detail}, {"customer.class", "customer.classified", class}} {
		if len(x.changes) > 0 {
			audit(tx, t, x.verb, "customer", c.ID, x.changes...)
			emit(tx, t, x.event, "customer", c.ID)
		}
	}
	c.Version++
	return c, nil
}

// correctBase changes name, phone and industry of a customer and says what changed.
func (a *App) correctBase(ctx context.Context, t bot.Turn, tx Tx, c *sales.Customer, in RecordChange) ([]sales.Change, error) {
	var out []sales.Change
	put := func(name string, to *string, text string) {
		if *to != text {
			out = append(out, sales.Change{Field: name, Old: *to, New: text})
			*to = text
		}
	}
	if in.Name != nil {
		text := strings.Join(strings.Fields(*in.Name), " ")
		if sales.ParseName(text).Core == "" {
			return nil, sales.Errorf(sales.Invalid, "名称没有字。写营业执照上的全称。")
		}
		if err := a.free(ctx, t, tx, *c, "", "", text); err != nil {
			return nil, err
		}
		if text != c.Name && !slices.Contains(c.Aliases, c.Name) {
			c.Aliases = append(slices.Clone(c.Aliases), c.Name) // people go on calling it so
		}
		put("名称", &c.Name, text)
	}
	if in.Phone != nil {
		p, err := sales.ParsePhone(*in.Phone)
		if err != nil {
			return nil, err
		}
		if err := a.free(ctx, t, tx, *c, "", string(p), ""); err != nil {
			return nil, err
		}
		put("电话", &c.Phone, string(p))
	}
	if in.Industry != nil {
		text := cutRunes(strings.Join(strings.Fields(*in.Industry), " "), 20)
		if text == "" {
			return nil, sales.Errorf(sales.Invalid, "行业空着。")
		}
		put("行业", &c.Industry, text)
	}
	return out, nil
}

// correctDetail changes code and city of a customer and says what changed.
func (a *App) correctDetail(ctx context.Context, t bot.Turn, tx Tx, c *sales.Customer, in RecordChange) ([]sales.Change, error) {
	var out []sales.Change
	for _, x := range []struct {
		key  string
		said *string
		to   *string
	}{{sales.FieldUSCC, in.USCC, &c.USCC}, {sales.FieldCity, in.City, &c.City}} {
		if x.said == nil {
			continue
		}
		f, _ := sales.Detailed(x.key)
		value, err := f.Value(*x.said)
		if err != nil {
			return nil, err
		}
		if x.key == sales.FieldUSCC {
			if err := a.free(ctx, t, tx, *c, value, "", ""); err != nil {
				return nil, err
			}
		}
		if *x.to != value {
			out = append(out, sales.Change{Field: f.Name, Old: *x.to, New: value})
			*x.to = value
		}
	}
	return out, nil
}

// correctClass changes a customer's class. What becomes KA, or is no more, is for leads to say.
func correctClass(t bot.Turn, c *sales.Customer, said *string) ([]sales.Change, error) {
	if said == nil {
		return nil, nil
	}
	class, old := sales.ParseClass(*said), c.Class
	switch {
	case class == "":
		return nil, sales.Errorf(sales.Invalid, "class 要是 KA、A、B 或 C。")
	case class == old:
		return nil, nil
	case (class == "KA" || old == "KA") && !leads(t):
		return nil, sales.Errorf(sales.Forbidden, "KA 的进出由主管定。")
	}
	c.Class = class
	return []sales.Change{{Field: "分级", Old: old, New: class}}, nil
}

// free refuses a code, phone or name that another customer has.
func (a *App) free(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, uscc, phone, name string) error {
	refused, err := a.taken(ctx, t, tx, c, uscc, phone, name)
	if err == nil && refused != "" {
		err = sales.Errorf(sales.Conflict, refused)
	}
	return err
}

// CorrectDeal changes what a deal may be worth and when it may be signed. A zero amount and no day stay as they are.
func (a *App) CorrectDeal(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, version int64, amount sales.Money, expected sales.Day) (sales.Opportunity, error) {
	o, err := tx.OpportunityByID(ctx, id)
	if err == nil && !t.Org.ScopeOf(t.Person).Covers(o.OwnerID) {
		err = sales.Errorf(sales.NotFound, "没有这个商机。")
	}
	if err == nil {
		err = current(version, o.Version)
	}
	switch {
	case err != nil:
		return o, err
	case o.State != sales.OpportunityOpen:
		return o, sales.Errorf(sales.Conflict, "这个商机已经结束了。")
	case !expected.IsZero() && expected.Before(t.Today):
		return o, sales.Errorf(sales.Invalid, "expected_on 已经过去了。")
	}
	var changes []sales.Change
	if amount > 0 && amount != o.Amount {
		changes = append(changes, sales.Change{Field: "金额", Old: o.Amount.Short(), New: amount.Short()})
		o.Amount = amount
	}
	if !expected.IsZero() && expected != o.ExpectedOn {
		changes = append(changes, sales.Change{Field: "预计签约", Old: o.ExpectedOn.String(), New: expected.String()})
		o.ExpectedOn = expected
	}
	if len(changes) == 0 {
		return o, nil
	}
	tx.UpdateOpportunity(o)
	audit(tx, t, "opportunity.correct", "opportunity", o.ID, changes...)
	emit(tx, t, "opportunity.corrected", "opportunity", o.ID)
	o.Version++
	return o, nil
}

// ChangeTodo ends a to-do (done, cancelled) or moves it to another day.
func (a *App) ChangeTodo(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, version int64, state string, due sales.Day) (sales.Todo, bot.Reply, error) {
	todo, err := tx.TodoByID(ctx, id)
	if err != nil {
		return todo, bot.Reply{}, err
	}
	if _, err := colleagueFor(t, todo.OwnerID); err != nil {
		return todo, bot.Reply{}, sales.Errorf(sales.NotFound, "没有这个待办。")
	}
	switch err := current(version, todo.Version); {
	case err != nil:
		return todo, bot.Reply{}, err
	case state != "" && !due.IsZero():
		return todo, bot.Reply{}, sales.Errorf(sales.Invalid, "state 和 due_on 一次只改一样:办完的不用再约日子。")
	case state != "":
		return a.EndTodo(ctx, t, tx, id, state)
	case todo.State != sales.TodoOpen:
		return todo, bot.Reply{}, sales.Errorf(sales.Conflict, "这个待办已经结束了。")
	case due.IsZero():
		return todo, bot.Reply{}, sales.Errorf(sales.Invalid, "写上要改的:state 或 due_on。")
	case due.Before(t.Today) || due.Sub(t.Today) > 366:
		return todo, bot.Reply{}, sales.Errorf(sales.Invalid, "due_on 要是今天或以后、一年以内的日子。")
	}
	reply, _ := a.moveTodo(t, tx, &todo, parse.When{Start: due.Start()})
	return todo, reply, nil
}

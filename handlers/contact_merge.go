package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// maxContactPairs bounds the contacts that are joined at once.
const maxContactPairs = 10

func (a *App) registerContactMerge(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "合并联系人", Aliases: []string{"hblxr", "联系人去重"}, Summary: "一位联系人记成两条的,并成一位", Usage: "合并联系人 客户",
		Detail:  "找同名、同电话的联系人,点一下并成一位:电话、职务、决策角色留全的,来往记录都算到留下的那位。" + a.undoSpan() + "内发 撤销 还原。",
		Example: a.ownExample("合并联系人 %s"), Handle: a.MergeContacts,
	})
	r.Action("contact.merge", a.TapMergeContacts)
}

// MergeContacts looks for contacts of a customer that are one person and offers to join them (合并联系人 客户).
func (a *App) MergeContacts(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	switch {
	case strings.TrimSpace(t.Args) == "":
		return bot.Text("哪家的联系人?例:合并联系人 绍兴市立医院"), nil
	case t.InGroup():
		return bot.Text("联系人的事单聊我:合并联系人 客户"), nil
	}
	c, reply, err := a.customerToChange(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	reply, err = a.offerContacts(ctx, t, tx, c)
	if err == nil && len(reply.Say) == 0 {
		reply = bot.Text(c.Name + "没有记重的联系人。看全部:决策链 " + c.Name)
	}
	return reply, err
}

// offerContacts asks whether contacts of a customer that look the same are one person; others are the customers that are being
// merged into it in this very turn. Nothing is said when there are none.
func (a *App) offerContacts(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, others ...sales.ID) (bot.Reply, error) {
	var contacts []sales.Contact
	for _, id := range append([]sales.ID{c.ID}, others...) {
		list, err := tx.ContactsByCustomer(ctx, id)
		if err != nil {
			return bot.Reply{}, err
		}
		contacts = append(contacts, list...)
	}
	pairs := sales.EqualContacts(contacts)
	if len(pairs) == 0 || t.InGroup() {
		return bot.Reply{}, nil
	}
	var lines []string
	for _, p := range pairs[:min(len(pairs), maxContactPairs)] {
		lines = append(lines, contactLine(p.Drop)+" 并到 "+contactLine(p.Keep))
	}
	return bot.ShowCard(view.PickOne(view.Pick{
		Key: pickKey(t, "contacts-"+tx.NewID().String()), Question: c.Name + "有 " + itoa(len(lines)) + " 位联系人记了两遍,并成一位?", Note: strings.Join(lines, "\n") + "\n打字:合并联系人 " + c.Name,
		Options: []view.PickOption{
			{Text: "并成一位", Action: action("contact.merge", c.ID, t.Now.Unix(), "yes")}, {Text: "是两个人", Action: action("contact.merge", c.ID, t.Now.Unix(), "no")},
		},
	})), nil
}

// contactLine is a contact in a few words: 王建国(检验科主任 138****5678).
func contactLine(c sales.Contact) string {
	what := c.Department + c.Title
	if c.Phone != "" {
		what = strings.TrimSpace(what + " " + sales.Phone(c.Phone).Masked())
	}
	if what == "" {
		return c.Name
	}
	return c.Name + "(" + what + ")"
}

// TapMergeContacts joins the contacts of a customer that are one person.
func (a *App) TapMergeContacts(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, err := tx.CustomerByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	if refused := a.mayFill(ctx, t, c); refused != "" {
		return closePick(t, bot.Text(refused)), nil
	}
	if t.Action.Arg != "yes" {
		return closePick(t, bot.Text("好,是两个人,没动。")), nil
	}
	contacts, err := tx.ContactsByCustomer(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	pairs := sales.EqualContacts(contacts)
	pairs = pairs[:min(len(pairs), maxContactPairs)]
	if len(pairs) == 0 {
		return closePick(t, bot.Text(c.Name+"的联系人已经没有记重的,没有改动。")), nil
	}
	names, err := a.joinContacts(ctx, t, tx, c, pairs)
	if err != nil {
		return bot.Reply{}, err
	}
	return closePick(t, bot.Text("并好了:"+c.Name+" "+strings.Join(names, "、")+"。来往记录都在。并错了发 撤销。")), nil
}

// joinContacts writes pairs as one contact each, with the part they play and the departments they head. Of several who are one,
// those that go are joined in turn with the one that stays.
func (a *App) joinContacts(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, pairs []sales.ContactPair) ([]string, error) {
	roles, err := tx.ContactRoles(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	parts, err := tx.PartsByCustomer(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	part := func(id sales.ID) sales.ContactPart {
		if i := slices.IndexFunc(roles, func(r sales.ContactRole) bool { return r.ContactID == id }); i >= 0 {
			return roles[i].Role
		}
		return ""
	}
	var names []string
	touched := map[sales.ID]bool{}
	for _, p := range pairs {
		if touched[p.Keep.ID] || touched[p.Drop.ID] {
			continue // the third of one person: joined when it is asked for again
		}
		touched[p.Keep.ID], touched[p.Drop.ID] = true, true
		joined := p.Joined()
		tx.MergeContact(sales.ContactMerge{
			FromID: p.Drop.ID, IntoID: p.Keep.ID, CustomerID: c.ID, MergedBy: t.Person.ID, MergedAt: sales.At(t.Now),
		}, p.Drop, joined)
		if r := part(p.Drop.ID); r != "" && part(p.Keep.ID) == "" {
			tx.SetContactRole(sales.ContactRole{ContactID: p.Keep.ID, CustomerID: c.ID, Role: r, SetBy: t.Person.ID, SetAt: sales.At(t.Now)})
		}
		for _, x := range parts {
			if x.HeadID == p.Drop.ID {
				x.HeadID = p.Keep.ID
				tx.UpdatePart(x)
			}
		}
		audit(tx, t, "contact.merge", "contact", p.Keep.ID, sales.Change{Field: "并入", New: contactLine(p.Drop)})
		emit(tx, t, "contact.merged", "customer", c.ID)
		names = append(names, joined.Name)
	}
	return names, nil
}

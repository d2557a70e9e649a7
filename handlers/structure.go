package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const (
	maxCustomerParts = 40
	maxMine          = 15
)

func (a *App) registerStructure(r *bot.Router[Tx]) {
	above := []sales.Role{sales.RoleLead, sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM, sales.RoleAdmin}
	r.Command(bot.Command[Tx]{
		Name: "我的客户", Aliases: []string{"wdkh", "我负责的客户"}, Summary: "看自己负责的客户", Usage: "我的客户 / 我的客户 诊断设备",
		Detail: "一行一家,最久没联系的在前;只管一个科室或产品线的写明是哪一块。带上产品线只看那条线上归你的。",
		Rank:   map[sales.Role]int{sales.RoleRep: 9}, Handle: a.MyCustomers,
	})
	r.Command(bot.Command[Tx]{
		Name: "架构", Aliases: []string{"jg", "组织架构"}, Summary: "看一家客户的科室和分管", Usage: "架构 客户", Example: a.ownExample("架构 %s"), Handle: a.ShowStructure,
	})
	r.Command(bot.Command[Tx]{
		Name: "科室", Aliases: []string{"ks", "加科室"}, Summary: "给客户加科室、定负责人", Usage: "科室 客户 检验科 王主任",
		Detail: "最后写科室负责人(客户那边的人),没有可以不写。再发一次就是改。", Example: a.ownExample("科室 %s 检验科 王主任"), Handle: a.SetPart,
	})
	r.Command(bot.Command[Tx]{
		Name: "分管", Aliases: []string{"fg", "设负责人"}, Summary: "定客户的科室或产品线归谁", Usage: "分管 客户 检验科 李强 / 分管 客户 诊断设备 李强",
		Detail: "写科室、产品线,或两个都写。归谁的拜访提醒、商机和催办就找谁。取消写 取消:分管 客户 检验科 取消。",
		Roles:  above, Handle: a.SetInCharge,
	})
}

// inChargeLines are those in charge of parts and lines of a customer: "检验科 李强".
func (a *App) inChargeLines(ctx context.Context, t bot.Turn, tx Tx, book *Book, customer sales.ID) ([]string, error) {
	rows := book.Owners.Of(customer)
	if len(rows) == 0 {
		return nil, nil
	}
	parts, err := tx.PartsByCustomer(ctx, customer)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range rows {
		out = append(out, ownerRowName(parts, r)+" "+t.Org.Name(r.OwnerID))
	}
	return out, nil
}

// ownerRowName is what a row is about: "检验科", "诊断设备", "检验科·诊断设备".
func ownerRowName(parts []sales.CustomerPart, r sales.CustomerOwner) string {
	var names []string
	if i := slices.IndexFunc(parts, func(p sales.CustomerPart) bool { return p.ID == r.PartID }); r.PartID != 0 && i >= 0 {
		names = append(names, parts[i].Name)
	}
	if r.Line != "" {
		names = append(names, r.Line)
	}
	return strings.Join(names, "·")
}

// lines are the product lines the company has, by name.
func (b *Book) lines() []string {
	var out []string
	for _, p := range b.Products {
		if p.Line != "" && !slices.Contains(out, p.Line) {
			out = append(out, p.Line)
		}
	}
	slices.Sort(out)
	return out
}

// inCharge is who is in charge of a customer where a contact's department and a product line are concerned.
func (a *App) inCharge(ctx context.Context, tx Tx, book *Book, customer sales.ID, contact sales.ID, line string) (sales.PersonID, error) {
	c := book.Customers.Of(customer)
	rows := book.Owners.Of(customer)
	if len(rows) == 0 {
		return c.OwnerID, nil
	}
	part := sales.ID(0)
	if dep := book.Contacts.Of(contact); dep.ID != 0 && slices.ContainsFunc(rows, func(r sales.CustomerOwner) bool { return r.PartID != 0 }) {
		parts, err := tx.PartsByCustomer(ctx, customer)
		if err != nil {
			return 0, err
		}
		for _, p := range parts {
			if p.HeadID == contact || dep.Department+dep.Title != "" && strings.Contains(dep.Department+dep.Title, p.Name) {
				part = p.ID
			}
		}
	}
	return sales.InCharge(c.OwnerID, rows, part, line), nil
}

// MyCustomers lists what a person is in charge of (我的客户), by product line when one is named.
func (a *App) MyCustomers(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	line := bare(t.Args)
	if line != "" && !slices.Contains(book.lines(), line) {
		return bot.Text("没有产品线" + quoted(line, "") + "。有:" + strings.Join(book.lines(), "、") + "。"), nil
	}
	found, err := tx.CustomersOf(ctx, t.Person.ID, line, maxMine+1)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Text(view.MyCustomers(found[:min(len(found), maxMine)], line, len(found) > maxMine, t.Today)), nil
}

// ShowStructure shows the parts of a customer and who is in charge of what (架构 客户).
func (a *App) ShowStructure(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("看哪家的架构?例:架构 绍兴市立医院"), nil
	}
	c, _, reply, err := a.customerArg(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if !a.reads(t, book, c) {
		return bot.Text(c.Name + "是" + t.Org.Name(c.OwnerID) + "的客户,要看细节找" + t.Org.Name(c.OwnerID) + "。"), nil
	}
	parts, err := tx.PartsByCustomer(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	contacts, err := tx.ContactsByCustomer(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	rows, err := tx.CustomerOwners(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	s := view.Structure{Customer: c.Name, Owner: t.Org.Name(c.OwnerID)}
	for _, p := range parts {
		l := view.StructureLine{Part: p.Name, Owner: t.Org.Name(sales.InCharge(c.OwnerID, rows, p.ID, ""))}
		for _, k := range contacts {
			switch {
			case k.ID == p.HeadID:
				l.Head = k.Name + k.Title
			case k.Department == p.Name || strings.HasPrefix(k.Title, p.Name):
				l.People = append(l.People, k.Name)
			}
		}
		s.Parts = append(s.Parts, l)
	}
	for _, r := range rows {
		if r.Line != "" {
			s.Lines = append(s.Lines, ownerRowName(parts, r)+" "+t.Org.Name(r.OwnerID))
		}
	}
	audit(tx, t, "customer.read", "customer", c.ID)
	return bot.Text(view.StructureText(s)), nil
}

// SetPart adds a part to a customer, or names its head (科室 客户 检验科 王主任).
func (a *App) SetPart(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("哪家的科室?例:科室 绍兴市立医院 检验科 王主任"), nil
	}
	_, c, rest, reply, err := a.customerToWorkOn(ctx, t, tx)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	name, head := cutWord(rest)
	name = bare(name)
	if name == "" || len([]rune(name)) > 20 {
		return bot.Text("科室名写在客户后面,20 个字以内。例:科室 " + c.Name + " 检验科 王主任"), nil
	}
	parts, err := tx.PartsByCustomer(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	i := slices.IndexFunc(parts, func(p sales.CustomerPart) bool { return p.Name == name })
	part := sales.CustomerPart{CustomerID: c.ID, Name: name, CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), Version: 1}
	if i >= 0 {
		part = parts[i]
	} else if part.ID = tx.NewID(); len(parts) >= maxCustomerParts {
		return bot.Text("一家最多 " + itoa(maxCustomerParts) + " 个科室。"), nil
	}
	text := c.Name + " " + name
	change := sales.Change{Field: "科室", New: name}
	if head = strings.TrimSpace(head); head != "" {
		contact, err := a.headOf(ctx, t, tx, c, name, head)
		if err != nil {
			return bot.Reply{}, err
		}
		part.HeadID = contact.ID
		text += " · 负责人 " + contact.Name
		change = sales.Change{Field: name + "负责人", New: contact.Name}
	}
	if i >= 0 {
		tx.UpdatePart(part)
		text = "已更新:" + text
	} else {
		tx.CreatePart(part)
		text = "已加:" + text
	}
	audit(tx, t, "customer.part", "customer", c.ID, change)
	return bot.Text(text + "。定我们这边谁管:分管 " + c.Name + " " + name + " 姓名"), nil
}

// headOf finds the contact who heads a part, or makes one.
func (a *App) headOf(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, part, words string) (sales.Contact, error) {
	w, err := readContact(words)
	if err != nil {
		return sales.Contact{}, err
	}
	if w.name == "" {
		return sales.Contact{}, sales.Errorf(sales.Invalid, "科室负责人写姓名或 王主任 这样的。")
	}
	contacts, err := tx.ContactsByCustomer(ctx, c.ID)
	if err != nil {
		return sales.Contact{}, err
	}
	found := matchContact(contacts, w.name)
	if len(found) > 1 {
		return sales.Contact{}, sales.Errorf(sales.Conflict, quoted(w.name, "")+"有 "+itoa(len(found))+" 位,写全名再发一次。")
	}
	if len(found) == 0 || !strings.Contains(found[0].Department+found[0].Title, part) {
		w.department = part
	}
	contact, _, err := a.putContact(ctx, t, tx, c, found, w)
	return contact, err
}

// SetInCharge puts a colleague in charge of a part or a product line of a customer (分管 客户 检验科 李强).
func (a *App) SetInCharge(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("例:分管 绍兴市立医院 检验科 李强,或 分管 绍兴市立医院 诊断设备 李强"), nil
	}
	book, c, rest, reply, err := a.customerToWorkOn(ctx, t, tx)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	parts, err := tx.PartsByCustomer(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	row, who, unknown := readInCharge(t, book, parts, rest)
	row.CustomerID, row.SetBy, row.SetAt = c.ID, t.Person.ID, sales.At(t.Now)
	what := ownerRowName(parts, row)
	switch {
	case len(unknown) > 0:
		return bot.Text("没看懂" + quoted(strings.Join(unknown, "、"), "") + "。科室:" + orElse(partNames(parts), "还没有,先发 科室 "+c.Name+" 检验科") +
			";产品线:" + strings.Join(book.lines(), "、") + ";最后写同事姓名。"), nil
	case what == "":
		return bot.Text("分管哪一块?写科室或产品线:" + strings.Join(book.lines(), "、") + "。整家换人用 分配。"), nil
	case who == "":
		return bot.Text(c.Name + " " + what + " 归谁?例:分管 " + c.Name + " " + what + " 李强"), nil
	}
	old := ""
	for _, r := range book.Owners.Of(c.ID) {
		if r.PartID == row.PartID && r.Line == row.Line {
			old = t.Org.Name(r.OwnerID)
		}
	}
	if who == "取消" {
		tx.SetCustomerOwner(row)
		audit(tx, t, "customer.in_charge", "customer", c.ID, sales.Change{Field: what, Old: old})
		return bot.Text(c.Name + " " + what + " 不再单独分管,归" + t.Org.Name(c.OwnerID) + "。"), nil
	}
	to, err := coworker(t, who)
	if err != nil {
		return bot.Reply{}, err
	}
	if !to.Has(sales.RoleRep, sales.RoleLead) {
		return bot.Text(to.Name + "不是销售,分管要给销售。"), nil
	}
	row.OwnerID = to.ID
	tx.SetCustomerOwner(row)
	audit(tx, t, "customer.in_charge", "customer", c.ID, sales.Change{Field: what, Old: old, New: to.Name})
	emit(tx, t, "customer.in_charge", "customer", c.ID)
	reply = bot.Text(fmt.Sprintf("%s %s 归%s。这块的拜访提醒、商机和催办找%s。", c.Name, what, to.Name, to.Name))
	if to.ID != t.Person.ID {
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{to.ID}, Subject: "customer:" + c.ID.String(), Kind: bot.DeliverPush, Slot: "in_charge:" + t.Event.ID, Push: true,
			Out: bot.Outgoing{Text: t.Person.Name + "把" + c.Name + "的" + what + "交给你分管。看:架构 " + c.Name},
		})
	}
	return reply, nil
}

// readInCharge reads which part or product line of a customer is whose; unknown is what is neither, nor a colleague.
func readInCharge(t bot.Turn, book *Book, parts []sales.CustomerPart, text string) (row sales.CustomerOwner, who string, unknown []string) {
	for _, w := range strings.FieldsFunc(text, isSeparator) {
		w = bare(w)
		part, isPart := sales.PartNamed(parts, w)
		switch {
		case slices.Contains(book.lines(), w):
			row.Line = w
		case isPart:
			row.PartID = part.ID
		case w == "取消" || len(t.Org.ByName(strings.TrimLeft(w, "@"))) > 0:
			who = w
		default:
			unknown = append(unknown, w)
		}
	}
	return row, who, unknown
}

func partNames(parts []sales.CustomerPart) string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.Name
	}
	return strings.Join(names, "、")
}

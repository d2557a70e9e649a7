package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func itoa(n int) string { return strconv.Itoa(n) }

func (a *App) registerDecision(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "联系人", Aliases: []string{"lxr", "加联系人", "新联系人", "新增联系人"}, Summary: "加联系人、定决策角色", Usage: "联系人 客户 姓名 角色 手机",
		Detail: "角色:" + sales.ContactPartWords() + "。职务、科室也可以一起写:联系人 绍兴市立 王建国 检验科主任 决策人 13800005678。\n" +
			"已有的联系人再发一次就是改。只写客户就看决策链。",
		Example: a.ownExample("联系人 %s 王主任 决策人 13800005678"), Handle: a.SetContact,
	})
	r.Command(bot.Command[Tx]{
		Name: "决策链", Aliases: []string{"jcl"}, Summary: "看一家客户谁说了算", Usage: "决策链 客户",
		Detail: "每位联系人的角色和上次见面,还缺谁。只认识一位又久没见,我会提醒你。", Example: a.ownExample("决策链 %s"), Handle: a.ShowChain,
	})
	r.Action("customer.page", a.TapCustomerPage)
	r.Action("watch.ack", a.tapWatch(a.ackWatch))
	r.Action("watch.snooze", a.tapWatch(a.snoozeWatch))
}

// contactWords is what a message says of a contact.
type contactWords struct {
	name, title, department, phone string
	part                           sales.ContactPart
}

// titleWords end what a contact does; they are no name.
var titleWords = []string{"主任", "院长", "科长", "处长", "部长", "经理", "总监", "厂长", "校长", "所长", "护士长", "工程师", "店长", "采购员", "秘书", "助理"}

// readContact reads name, part, title and phone out of the words behind the customer, in any order; the first word that is
// none of the others is the name.
func readContact(text string) (contactWords, error) {
	var w contactWords
	for _, word := range strings.FieldsFunc(text, isSeparator) {
		word = bare(word)
		part, isPart := sales.ContactPartNamed(word)
		switch {
		case word == "":
		case isPart:
			w.part = part
		case looksLikeNumber(word):
			p, err := sales.ParsePhone(word)
			if err != nil {
				return w, err
			}
			w.phone = string(p)
		case w.name == "" && utf8.RuneCountInString(word) > 20:
			return w, sales.Errorf(sales.Invalid, "姓名太长:"+quoted(word, "")+"。写 20 个字以内,例:联系人 绍兴市立医院 王主任 决策人")
		case w.name == "":
			w.name = word
		case strings.HasSuffix(word, "科") || strings.HasSuffix(word, "部") || strings.HasSuffix(word, "处") || strings.HasSuffix(word, "室"):
			w.department = cutRunes(word, 20)
		default:
			w.title = cutRunes(word, 20)
		}
	}
	if n := hanRunes(w.title); reJobOnly.MatchString(w.name) && n >= 2 && n <= 4 && !reJobOnly.MatchString(w.title) { // 财务 小柳
		w.name, w.title = w.title, w.name
	}
	return w, nil
}

// reJobOnly is what somebody does, where the name should stand.
var reJobOnly = regexp.MustCompile(`^(?:财务|会计|出纳|采购|采购员|老板|老板娘|店长|厂长|校长|院长|总经理|副总|经理|主任|科长|处长|总监|秘书|助理|文员|仓管|司机|IT|技术员|工程师|负责人)$`)

// matchContact finds the contact a name means among a customer's: the same name, or 王主任 for the one 王 who is 主任.
func matchContact(contacts []sales.Contact, name string) []sales.Contact {
	var out []sales.Contact
	for _, c := range contacts {
		if c.Name == name {
			return []sales.Contact{c}
		}
		first := []rune(c.Name)
		for _, title := range titleWords {
			if surname, ok := strings.CutSuffix(name, title); ok && len(first) > 0 && surname == string(first[0]) && strings.Contains(c.Title, title) {
				out = append(out, c)
				break
			}
		}
	}
	return out
}

// SetContact adds a contact to a customer's decision chain, or changes one (联系人 客户 姓名 角色 手机).
func (a *App) SetContact(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("哪家的联系人?例:联系人 绍兴市立医院 王主任 决策人 13800005678"), nil
	}
	c, rest, reply, err := a.customerArg(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	if strings.TrimSpace(rest) == "" {
		return a.customerPage(ctx, t, tx, c, view.PageChain)
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.mayWorkOn(t, book, c); err != nil {
		return bot.Reply{}, err
	}
	w, err := readContact(rest)
	if err != nil {
		return bot.Reply{}, err
	}
	if w.name == "" {
		return bot.Text("还差姓名。例:联系人 " + c.Name + " 王主任 决策人"), nil
	}
	contacts, err := tx.ContactsByCustomer(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	found := matchContact(contacts, w.name)
	if len(found) > 1 {
		names := make([]string, len(found))
		for i, f := range found {
			names[i] = f.Name + f.Department + f.Title
		}
		return bot.Text(quoted(w.name, "") + "有几位:" + strings.Join(names, "、") + "。写全名再发一次。"), nil
	}
	contact, told, err := a.putContact(ctx, t, tx, c, found, w)
	if err != nil {
		return bot.Reply{}, err
	}
	text := told + ":" + c.Name + " " + contact.Name
	if contact.Department+contact.Title != "" {
		text += "(" + contact.Department + contact.Title + ")"
	}
	if w.part != "" {
		text += " · " + w.part.Name()
	}
	text += "。"
	if w.part == "" && told == "已加联系人" {
		text += "角色还没定,补一句:联系人 " + c.Name + " " + contact.Name + " 决策人"
	} else {
		text += "看全部:决策链 " + c.Name
	}
	return bot.Text(text), nil
}

// putContact writes the contact and the part they play. told is what was done, in a word.
func (a *App) putContact(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, found []sales.Contact, w contactWords) (sales.Contact, string, error) {
	var contact sales.Contact
	var changes []sales.Change
	told := "已更新联系人"
	if len(found) == 0 {
		contact = sales.Contact{
			ID: tx.NewID(), CustomerID: c.ID, Name: w.name, Title: w.title, Department: w.department, Phone: w.phone,
			CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), Version: 1,
		}
		tx.CreateContact(contact)
		audit(tx, t, "contact.create", "contact", contact.ID)
		told = "已加联系人"
	} else {
		contact = found[0]
		set := func(field string, to *string, said string) {
			if said != "" && *to != said {
				changes = append(changes, sales.Change{Field: field, Old: *to, New: said})
				*to = said
			}
		}
		set("职务", &contact.Title, w.title)
		set("科室", &contact.Department, w.department)
		set("电话", &contact.Phone, w.phone)
		if len(changes) > 0 {
			tx.UpdateContact(contact)
		}
	}
	if w.part != "" {
		roles, err := tx.ContactRoles(ctx, c.ID)
		if err != nil {
			return contact, "", err
		}
		old := ""
		if i := slices.IndexFunc(roles, func(r sales.ContactRole) bool { return r.ContactID == contact.ID }); i >= 0 {
			old = roles[i].Role.Name()
		}
		if old != w.part.Name() {
			changes = append(changes, sales.Change{Field: "决策角色", Old: old, New: w.part.Name()})
			tx.SetContactRole(sales.ContactRole{ContactID: contact.ID, CustomerID: c.ID, Role: w.part, SetBy: t.Person.ID, SetAt: sales.At(t.Now)})
			if err := a.chainConfirmed(ctx, t, tx, c, contact, w.part); err != nil {
				return contact, "", err
			}
		}
	}
	if len(changes) > 0 {
		audit(tx, t, "contact.change", "contact", contact.ID, changes...)
		emit(tx, t, "contact.changed", "customer", c.ID)
	}
	return contact, told, nil
}

// chainConfirmed notes that the decision chain was just looked at: it is a key field whose age is watched.
func (a *App) chainConfirmed(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, contact sales.Contact, part sales.ContactPart) error {
	facts, err := tx.FactsOf(ctx, c.ID)
	if err != nil {
		return err
	}
	f := sales.FactNamed(facts, c.ID, sales.FactChain)
	if f.ID == 0 {
		f.ID = tx.NewID()
	}
	f.Value = cutRunes(part.Name()+" "+contact.Name, 200)
	f.ConfirmedAt, f.ConfirmedBy = sales.At(t.Now), t.Person.ID
	tx.PutFact(f)
	return a.endWatch(ctx, t, tx, sales.WatchSilent, "customer", c.ID, "加了联系人 "+contact.Name)
}

// ShowChain shows a customer's decision chain (决策链 客户).
func (a *App) ShowChain(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("看哪家的决策链?例:决策链 绍兴市立医院"), nil
	}
	c, _, reply, err := a.customerArg(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	return a.customerPage(ctx, t, tx, c, view.PageChain)
}

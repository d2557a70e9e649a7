package handlers

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func (a *App) registerMerge(r *bot.Router[Tx]) {
	a.registerContactMerge(r)
	r.Command(bot.Command[Tx]{
		Name: "合并", Aliases: []string{"合并客户", "hb"}, Summary: "两家其实是一家,合成一家", Usage: "合并 A 到 B",
		Detail: "A 的拜访、商机、合同、待办、联系人都跟到 B,A 的叫法还认。先给你看两边,点了才合。主管、管理员能合管得到的,销售能合自己的两家。合错了发 撤销合并。",
		Handle: a.MergeCustomers,
	})
	r.Command(bot.Command[Tx]{
		Name: "撤销合并", Aliases: []string{"取消合并", "拆开客户"}, Summary: "合并错了,还原成两家", Usage: "撤销合并 / 撤销合并 A",
		Detail: "7 天内有效。跟过去的记录都回到原来那家,合同后来的发货、开票、回款跟着合同走,发给 ERP 的单按原来那家重发,其余合并以后新记的留在合并后的那家。跨两家认过的款要先撤销认款。", Handle: a.UndoMerge,
	})
	r.Action("customer.merge", a.TapMerge)
}

// MergeCustomers shows both sides of a merge and asks (合并 A 到 B).
func (a *App) MergeCustomers(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("合并客户单聊我。"), nil
	}
	first, second, ok := cutMerge(t.Args)
	if !ok {
		return bot.Text("哪家合到哪家?例:合并 云岭康复 到 绍兴云岭康复医院"), nil
	}
	from, reply, err := a.mergeSide(ctx, t, tx, first)
	if err != nil || from.ID == 0 {
		return reply, err
	}
	into, reply, err := a.mergeSide(ctx, t, tx, second)
	if err != nil || into.ID == 0 {
		return reply, err
	}
	if refused := a.mayMerge(t, from, into); refused != "" {
		return bot.Text(refused), nil
	}
	return a.askMerge(ctx, t, tx, from, into)
}

// cutMerge parts "A 到 B"; a name may hold the word itself, so a blank before it counts first.
func cutMerge(args string) (first, second string, ok bool) {
	for _, sep := range []string{" 到 ", " 并到 ", " 合到 ", " 进 ", "并到", "合到", "到", "→", "->", "和", " "} {
		if first, second, ok = strings.Cut(args, sep); ok && bare(first) != "" && bare(second) != "" {
			return bare(first), bare(second), true
		}
	}
	return "", "", false
}

func (a *App) mergeSide(ctx context.Context, t bot.Turn, tx Tx, words string) (sales.Customer, bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return sales.Customer{}, bot.Reply{}, err
	}
	for id, c := range book.Customers.All() { // a full name is meant as it stands, even when it is part of another's
		if c.Name == words && book.Resolve(id) == id {
			full, err := tx.CustomerByID(ctx, id)
			return full, bot.Reply{}, err
		}
	}
	id, reply, err := a.findCustomer(ctx, t, words)
	if err != nil || id == 0 {
		return sales.Customer{}, reply, err
	}
	c, err := tx.CustomerByID(ctx, id)
	return c, bot.Reply{}, err
}

// mayMerge says why two customers cannot be merged by the person; empty when they can.
func (a *App) mayMerge(t bot.Turn, from, into sales.Customer) string {
	scope := t.Org.ScopeOf(t.Person)
	own := from.OwnerID == t.Person.ID && into.OwnerID == t.Person.ID
	leads := t.Person.Has(sales.RoleLead, sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM, sales.RoleAdmin)
	covers := func(c sales.Customer) bool { return c.OwnerID == 0 || scope.Covers(c.OwnerID) }
	switch {
	case from.ID == into.ID:
		return into.Name + "本来就是一家,不用合。"
	case !own && (!leads || !covers(from) || !covers(into)):
		other := from
		if from.OwnerID == t.Person.ID || covers(from) {
			other = into
		}
		who := t.Org.Name(other.OwnerID)
		if who == "" {
			return "两家都是你的,或者你是主管,才能合并。找主管或管理员合。"
		}
		return sales.MaskName(other.Name) + "是" + who + "的客户,合并要主管或管理员来。先跟" + who + "对一下。"
	case from.USCC != "" && into.USCC != "" && from.USCC != into.USCC:
		return "两家信用代码不同(" + from.USCC + "、" + into.USCC + "),是两个法人,不能合。有一个写错了就先改:补资料 " + from.Name + " 信用代码 对的代码"
	}
	return ""
}

func (a *App) askMerge(ctx context.Context, t bot.Turn, tx Tx, from, into sales.Customer) (bot.Reply, error) {
	s, err := a.mergeSides(ctx, tx, from, into)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	v := view.Merge{
		Key: pickKey(t, "merge"), Sides: s, FromOwner: t.Org.Name(from.OwnerID), IntoOwner: t.Org.Name(into.OwnerID), Similar: sales.SimilarNames(from.Name, into.Name),
		Today: t.Today, Custom: a.mergeFields(t, book, s),
	}
	for _, side := range []struct {
		id sales.ID
		to *view.MergeCounts
	}{{from.ID, &v.From}, {into.ID, &v.Into}} {
		visits, err := tx.VisitsByCustomer(ctx, side.id, 100)
		if err != nil {
			return bot.Reply{}, err
		}
		deals, err := tx.OpenOpportunities(ctx, side.id)
		if err != nil {
			return bot.Reply{}, err
		}
		contacts, err := tx.ContactsByCustomer(ctx, side.id)
		if err != nil {
			return bot.Reply{}, err
		}
		*side.to = view.MergeCounts{Visits: len(visits), Deals: len(deals), Contacts: len(contacts)}
	}
	audit(tx, t, "customer.read", "customer", from.ID) // their phones and counts stand side by side
	audit(tx, t, "customer.read", "customer", into.ID)
	return bot.ShowCard(view.MergeAsk(v)), nil
}

func (a *App) mergeSides(ctx context.Context, tx Tx, from, into sales.Customer) (sales.MergeSides, error) {
	details, err := tx.Details(ctx, from.ID, into.ID)
	if err != nil {
		return sales.MergeSides{}, err
	}
	var theirs, mine []sales.Detail
	for _, d := range details {
		if d.CustomerID == from.ID {
			theirs = append(theirs, d)
		} else {
			mine = append(mine, d)
		}
	}
	custom, err := tx.CustomValues(ctx, from.ID, into.ID)
	if err != nil {
		return sales.MergeSides{}, err
	}
	var left, stays []sales.CustomValue
	for _, v := range custom {
		if v.RecordID == from.ID {
			left = append(left, v)
		} else {
			stays = append(stays, v)
		}
	}
	return sales.MergeCustomers(from, into, theirs, mine).WithCustom(left, stays), nil
}

// TapMerge merges, turns the merge round, or leaves it.
func (a *App) TapMerge(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	part := strings.Split(t.Action.Arg, ",")
	if len(part) != 3 {
		return bot.Text("这张卡片旧了。再发一次:合并 A 到 B"), nil
	}
	intoID, err1 := sales.ParseID(part[1])
	version, err2 := strconv.ParseInt(part[2], 10, 64)
	if err1 != nil || err2 != nil {
		return bot.Text("这张卡片旧了。再发一次:合并 A 到 B"), nil
	}
	if part[0] == "no" {
		return closePick(t, bot.Text("好,不合了,没有改动。")), nil
	}
	from, err := tx.CustomerByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	into, err := tx.CustomerByID(ctx, intoID)
	if err != nil {
		return bot.Reply{}, err
	}
	switch {
	case from.ID != sales.ID(t.Action.Record) || into.ID != intoID:
		return closePick(t, bot.Text("这两家已经合过了。")), nil
	case a.mayMerge(t, from, into) != "":
		return closePick(t, bot.Text(a.mayMerge(t, from, into))), nil
	case part[0] == "turn":
		reply, err := a.askMerge(ctx, t, tx, into, from)
		if err == nil && len(reply.Say) == 1 && t.Card != nil {
			return bot.Reply{Faces: []view.Face{*reply.Say[0].Out.Card}}, nil
		}
		return reply, err
	case from.Version != t.Action.Version || into.Version != version: // changed since it was shown
		reply, err := a.askMerge(ctx, t, tx, from, into)
		return closePick(t, bot.Text("有人刚改过,再看一眼。").And(reply)), err
	}
	reply, err := a.merge(ctx, t, tx, from, into)
	if err != nil {
		return bot.Reply{}, err
	}
	return closePick(t, reply), nil
}

// merge joins from into into, and tells whoever had it.
func (a *App) merge(ctx context.Context, t bot.Turn, tx Tx, from, into sales.Customer) (bot.Reply, error) {
	s, err := a.mergeSides(ctx, tx, from, into)
	if err != nil {
		return bot.Reply{}, err
	}
	sides, err := s.Encode()
	if err != nil {
		return bot.Reply{}, err
	}
	until := t.Now.Add(a.Settings.UnmergeFor)
	m := sales.Merge{
		ID: tx.NewID(), FromID: from.ID, IntoID: into.ID, FromName: from.Name, IntoName: into.Name, MergedBy: t.Person.ID,
		MergedAt: sales.At(t.Now), UndoUntil: sales.At(until), State: sales.MergeDone, Sides: sides, Version: 1,
	}
	moved, err := tx.MergeCustomers(ctx, m, s)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.cashier(t).lookAtStatements(ctx, tx, from.ID, into.ID); err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "customer.merge", "customer", into.ID, mergeChanges(s, from)...)
	audit(tx, t, "customer.merged", "customer", from.ID, sales.Change{Field: "并到", New: into.Name})
	emit(tx, t, "customer.merged", "customer", into.ID)
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	kept := a.bringCustom(tx, t, book, s)
	reply := bot.Text(fmt.Sprintf("合好了:%s并到%s,%d 条记录跟过去了,叫%s也认。%s%s前发 撤销合并 能还原。", from.Name, into.Name, moved, from.Name, kept, sales.DayOf(until).ChineseFrom(t.Today)))
	ask, err := a.offerContacts(ctx, t, tx, into, from.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	reply = reply.And(ask)
	var tell []sales.PersonID
	for _, p := range []sales.PersonID{from.OwnerID, into.OwnerID} {
		if p != 0 && p != t.Person.ID && len(t.Org.Identities(p)) > 0 && (len(tell) == 0 || tell[0] != p) {
			tell = append(tell, p)
		}
	}
	if len(tell) > 0 {
		owner := t.Org.Name(s.After.OwnerID)
		reply.Say = append(reply.Say, bot.Say{
			To: tell, Subject: "merge:" + m.ID.String(), Kind: bot.DeliverPush, Slot: "done", Push: true,
			Out: bot.Outgoing{Text: fmt.Sprintf("%s把%s并到了%s(负责人 %s),记录都在,以后记在%s名下。有疑问找%s。", t.Person.Name, from.Name, into.Name, owner, into.Name, t.Person.Name)},
		})
	}
	return reply, nil
}

func mergeChanges(s sales.MergeSides, from sales.Customer) []sales.Change {
	out := []sales.Change{{Field: "并入", New: from.Name}}
	for _, f := range []struct{ name, old, now string }{
		{"电话", s.Into.Phone, s.After.Phone},
		{"行业", s.Into.Industry, s.After.Industry},
		{"城市", s.Into.City, s.After.City},
		{"等级", s.Into.Class, s.After.Class},
		{"信用代码", s.Into.USCC, s.After.USCC},
	} {
		if f.old != f.now {
			out = append(out, sales.Change{Field: f.name, Old: f.old, New: f.now})
		}
	}
	return out
}

// UndoMerge takes back the person's last merge, or the one of a customer that is named (撤销合并).
func (a *App) UndoMerge(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	by := t.Person.ID
	leads := t.Person.Has(sales.RoleLead, sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM, sales.RoleAdmin)
	name := bare(t.Args)
	if leads && name != "" {
		by = 0
	}
	list, err := tx.MergesOpen(ctx, by, sales.At(t.Now), 50)
	if err != nil {
		return bot.Reply{}, err
	}
	key := sales.ParseName(name).Key
	for _, m := range list {
		if name != "" && sales.ParseName(m.FromName).Key != key && sales.ParseName(m.IntoName).Key != key {
			continue
		}
		s, err := m.Sided()
		if err != nil {
			return bot.Reply{}, err
		}
		if m.MergedBy != t.Person.ID && a.mayMerge(t, s.From, s.Into) != "" {
			continue
		}
		return a.undoMerge(ctx, t, tx, m, s)
	}
	return bot.Text(fmt.Sprintf("没有能还原的合并。合并后 %s内、合的人或主管能还原。", sales.Waited(a.Settings.UnmergeFor))), nil
}

func (a *App) undoMerge(ctx context.Context, t bot.Turn, tx Tx, m sales.Merge, s sales.MergeSides) (bot.Reply, error) {
	into, err := tx.CustomerByID(ctx, m.IntoID)
	if err != nil {
		return bot.Reply{}, err
	}
	if into.ID != m.IntoID {
		return bot.Text(m.IntoName + "后来又并到了" + into.Name + "。先发:撤销合并 " + m.IntoName), nil
	}
	across, err := tx.MatchesAcross(ctx, m)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(across) > 0 {
		return bot.Text(fmt.Sprintf("合并以后认过 %d 笔跨两家的款,例如 %s 认到 %s,分开就对不上了。先让财务发:撤销认款 %s,再发 撤销合并。",
			len(across), across[0].Payment, across[0].Invoice, across[0].Payment)), nil
	}
	told, err := tx.ToldMeanwhile(ctx, m)
	if err != nil {
		return bot.Reply{}, err
	}
	details, err := tx.Details(ctx, into.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	m.State, m.UndoneBy, m.UndoneAt = sales.MergeUndone, t.Person.ID, sales.At(t.Now)
	was := s.From.OwnerID
	s.From.OwnerID, s.From.TeamID = ownerApart(t.Org, s, into)
	if err := tx.UnmergeCustomers(ctx, m, s, into, details); err != nil {
		return bot.Reply{}, err
	}
	if err := a.splitCustom(ctx, t, tx, into, s); err != nil {
		return bot.Reply{}, err
	}
	if err := a.cashier(t).lookAtStatements(ctx, tx, m.FromID, m.IntoID); err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "customer.unmerge", "customer", m.FromID, sales.Change{Field: "从", Old: m.IntoName})
	audit(tx, t, "customer.unmerge", "customer", m.IntoID, sales.Change{Field: "分出", New: m.FromName})
	emit(tx, t, "customer.unmerged", "customer", m.FromID)
	went := ""
	if s.From.OwnerID != was {
		audit(tx, t, "customer.assign", "customer", m.FromID, sales.Change{Field: "负责人", Old: t.Org.Name(was), New: t.Org.Name(s.From.OwnerID)})
		went = t.Org.Name(was) + "的客户已经交出去了," + m.FromName + "归" + orElse(t.Org.Name(s.From.OwnerID), "公海") + "。"
	}
	text := m.FromName + "和" + m.IntoName + "还原成两家了,各自的记录都回去了,合同后来的发货、开票、回款跟着合同走,其余合并以后新记的留在" + m.IntoName + "。" + went
	said, err := a.retell(ctx, t, tx, m, s.From, told)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Text(text + said)
	if to := financeOf(t); len(told.Invoices) > 0 && len(to) > 0 {
		reply.Say = append(reply.Say, bot.Say{
			To: to, Subject: "merge:" + m.ID.String(), Kind: bot.DeliverPush, Slot: "einvoices", Push: true,
			Out: bot.Outgoing{Text: t.Person.Name + "把" + m.FromName + "从" + m.IntoName + "分出来了。" + said},
		})
	}
	return reply, nil
}

// maxRetold bounds how many e-invoices a message names.
const maxRetold = 5

// retell mends what others were told while two customers were one: the ERP gets the orders again under their own customer, and for
// e-invoices, which nobody can change, it says what finance is to do.
func (a *App) retell(ctx context.Context, t bot.Turn, tx Tx, m sales.Merge, from sales.Customer, told sales.UnmergeTold) (string, error) {
	text := ""
	if a.Settings.Cash.ERP {
		for _, id := range told.Orders {
			if err := a.orderReturns(ctx, t, tx, id, from, told.Billing); err != nil {
				return "", err
			}
		}
		if n := len(told.Orders); n > 0 {
			text = "合并后发给 ERP 的 " + itoa(n) + " 张单已按" + m.FromName + "重发。"
		}
	}
	if len(told.Invoices) == 0 {
		return text, nil
	}
	var nos []string
	for _, i := range told.Invoices[:min(len(told.Invoices), maxRetold)] {
		nos = append(nos, strings.TrimSpace(i.No+" "+i.TaxNo))
	}
	if more := len(told.Invoices) - maxRetold; more > 0 {
		nos = append(nos, "另 "+itoa(more)+" 张")
	}
	return text + "有 " + itoa(len(told.Invoices)) + " 张电子票的抬头开成了" + m.IntoName + ":" + strings.Join(nos, "、") + "。财务红冲后按" + m.FromName +
		"重开:红冲 " + told.Invoices[0].No + " 抬头开错", nil
}

// ownerApart is whose the parted customer is: whoever had it, unless both were one person's and the other has gone to somebody else
// since, or that person has left. Then it goes where the other went: nobody shall find what they handed over with them again.
func ownerApart(org *sales.Org, s sales.MergeSides, into sales.Customer) (sales.PersonID, sales.ID) {
	was, known := org.Person(s.From.OwnerID)
	moved := s.From.OwnerID == s.Into.OwnerID && into.OwnerID != s.Into.OwnerID
	if s.From.OwnerID != 0 && (moved || !known || !was.Active) {
		return into.OwnerID, into.TeamID
	}
	return s.From.OwnerID, s.From.TeamID
}

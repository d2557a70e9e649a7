package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// fileVisit writes a visit that is certain, with its to-dos, and shows its card.
func (a *App) fileVisit(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, f facts, dialogue *sales.Dialogue) (bot.Reply, error) {
	v := sales.Visit{
		ID: tx.NewID(), PersonID: t.Person.ID, TeamID: t.Person.TeamID, CustomerID: sales.ID(f.customer.ID),
		ContactID: f.contactID(), ContactName: f.contact.NewName, Day: f.day(t.Today), FiledAt: sales.At(t.Now),
		Text: d.Text, Products: f.productIDs(), Need: f.need(), State: sales.VisitFiled, SourceEventID: d.EventID, Version: 1,
	}
	v.Objection, v.ObjectionType, v.ObjectionPercent = f.objection()
	v.Amount, v.AmountRole = f.amount()
	open, joins, err := a.joinCheckIn(ctx, t, tx, dialogue, &v)
	if err != nil {
		return bot.Reply{}, err
	}
	vv := view.Visit{Customer: book.Customer(v.CustomerID), Today: t.Today, Assumed: f.customer.Assumed || d.Assumed, Group: d.Group != nil}
	if vv.NewContact, vv.NewPhone, err = a.fileContact(ctx, t, tx, &v, &f); err != nil {
		return bot.Reply{}, err
	}
	v.Reasons = f.reasons()
	if vv.Stage, vv.Way, err = a.visitedDeal(ctx, tx, t, book, f, &v); err != nil {
		return bot.Reply{}, err
	}
	var todos bot.Reply
	if joins {
		if vv.Promises, err = tx.TodosBySource(ctx, "visit", v.ID); err != nil {
			return bot.Reply{}, err
		}
	}
	for _, p := range f.promises {
		todo := a.promiseTodo(t, tx, v, p)
		todos = todos.And(a.openTodo(t, tx, todo))
		vv.Promises = append(vv.Promises, todo)
	}
	vv.Actions = open
	for _, action := range f.actionsDone(v, len(vv.Promises)) {
		vv.Actions = append(vv.Actions, putAction(t, tx, v, action, "", sales.ActionDone, d.EventID))
		if joins {
			tx.CancelDue(DueVisitAction(action), "visit", v.ID, "filed")
		}
	}
	if joins {
		tx.UpdateVisit(v)
		v.Version++
	} else {
		tx.CreateVisit(v)
	}
	tx.TouchCustomer(v.CustomerID, v.FiledAt)
	audit(tx, t, "visit.file", "visit", v.ID)
	emit(tx, t, "visit.filed", "visit", v.ID)
	if vv.Pictures, err = a.attachPictures(ctx, t, tx, dialogue, v); err != nil {
		return bot.Reply{}, err
	}
	remember(dialogue, "visit", v.ID, t.Now)
	vv.Visit, vv.Products, vv.Contact = v, book.ProductNames(v.Products), contactName(book, v)
	var asked bot.Reply
	asked, vv.Companions = a.askCompanions(t, tx, book, v, companionsIn(t, f, f.words()))
	for _, n := range a.approvalNumbers(d.Text) {
		vv.Approvals = append(vv.Approvals, n.number)
	}
	reply := bot.ShowCard(view.VisitFiled(vv)).And(todos).And(asked)
	owner, err := a.inCharge(ctx, tx, book, v.CustomerID, v.ContactID, book.Line(v.Products))
	return reply.And(a.tellOwner(t, book, v, owner)), err
}

// visitedDeal names the deal that a visit was about, if there is one, and the stage that what was said suggests for it. Where it
// stands is not for whoever visits somebody else's customer.
func (a *App) visitedDeal(ctx context.Context, tx Tx, t bot.Turn, book *Book, f facts, v *sales.Visit) (sales.Stage, *sales.Pipeline, error) {
	deals, err := tx.OpenOpportunities(ctx, v.CustomerID)
	if err != nil {
		return "", nil, err
	}
	o, ok := likeliest(deals, t.Person.ID, book.Line(v.Products))
	if !ok {
		return "", nil, nil
	}
	if v.OpportunityID = o.ID; !a.seesDeal(t, book, o) {
		return "", nil, nil
	}
	v.SuggestedStage = f.suggest(o)
	return o.Stage, o.Way, nil
}

// joinCheckIn makes v the visit that was opened by a check-in at the same customer today and of which nothing was told
// yet; open are its actions.
func (a *App) joinCheckIn(ctx context.Context, t bot.Turn, tx Tx, dialogue *sales.Dialogue, v *sales.Visit) (open []sales.ActionRow, ok bool, err error) {
	ref, ok := lastOf(*dialogue, "checkin")
	if !ok || sales.DayOf(ref.At.Time) != v.Day {
		return nil, false, nil
	}
	was, err := tx.VisitByID(ctx, ref.ID)
	if err != nil && sales.KindOf(err) == sales.NotFound {
		return nil, false, nil
	}
	if err != nil || was.State != sales.VisitFiled || was.CustomerID != v.CustomerID || was.Day != v.Day || was.PersonID != v.PersonID {
		return nil, false, err
	}
	dialogue.Last = forget(dialogue.Last, "checkin", ref.ID)
	if v.ID, v.FiledAt, v.Version = was.ID, was.FiledAt, was.Version; v.ContactID == 0 && v.ContactName == "" {
		v.ContactID, v.ContactName = was.ContactID, was.ContactName
	}
	for _, id := range was.Products {
		if !slices.Contains(v.Products, id) {
			v.Products = append(v.Products, id)
		}
	}
	v.Need = joinText(was.Need, v.Need)
	if v.Text = cutRunes(strings.TrimSpace(strings.TrimPrefix(was.Text, sales.ActionCheckIn.Name())+"\n"+v.Text), 2000); v.Amount == 0 {
		v.Amount, v.AmountRole = was.Amount, was.AmountRole
	}
	if v.Objection == "" {
		v.Objection, v.ObjectionType, v.ObjectionPercent = was.Objection, was.ObjectionType, was.ObjectionPercent
	}
	open, err = tx.ActionsOf(ctx, was.ID)
	return open, true, err
}

// fileContact makes the contact a visit names for the first time, and gives a known one the telephone number that was
// said. A number that is none is left to the words of the message.
func (a *App) fileContact(ctx context.Context, t bot.Turn, tx Tx, v *sales.Visit, f *facts) (isNew, newPhone bool, err error) {
	phone, bad := sales.ParsePhone(f.phone.Value)
	if bad != nil {
		phone, f.phone = "", parse.Text{}
	} else {
		f.phone.Value = string(phone)
	}
	switch {
	case v.ContactID == 0 && v.ContactName != "":
		known, err := tx.ContactsByCustomer(ctx, v.CustomerID)
		if err != nil {
			return false, false, err
		}
		// Somebody may have been made a contact a moment ago, which the index of names does not show yet.
		i := slices.IndexFunc(known, func(c sales.Contact) bool { return c.Name == v.ContactName })
		if i < 0 {
			v.ContactID = a.newContact(t, tx, v.CustomerID, f.contact, string(phone))
			return true, phone != "", nil
		}
		v.ContactID = known[i].ID
		done, err := a.updatePhone(ctx, t, tx, known[i], phone)
		return false, done, err
	case v.ContactID != 0 && phone != "":
		c, err := tx.ContactByID(ctx, v.ContactID)
		if err != nil {
			return false, false, err
		}
		done, err := a.updatePhone(ctx, t, tx, c, phone)
		return false, done, err
	}
	return false, false, nil
}

// updatePhone gives a contact another telephone number; the old one stays in the trace.
// What somebody says of a customer that is not theirs stays in the words of their visit: a number that is known is kept.
func (a *App) updatePhone(ctx context.Context, t bot.Turn, tx Tx, c sales.Contact, phone sales.Phone) (bool, error) {
	if phone == "" || c.Phone == string(phone) {
		return false, nil
	}
	if c.Phone != "" {
		book, err := a.Names.Book(ctx)
		if err != nil {
			return false, err
		}
		if owned, ok := book.Customers.Find(c.CustomerID); ok && owned.OwnerID != 0 && !a.works(t, book, owned) {
			return false, nil
		}
	}
	ch := sales.Change{Field: "电话", Old: c.Phone, New: string(phone)}
	c.Phone = string(phone)
	tx.UpdateContact(c)
	audit(tx, t, "contact.correct", "contact", c.ID, ch)
	return true, nil
}

// tellOwner lets who is in charge know that a colleague was there.
func (a *App) tellOwner(t bot.Turn, book *Book, v sales.Visit, owner sales.PersonID) bot.Reply {
	if owner == 0 || owner == t.Person.ID {
		return bot.Reply{}
	}
	return bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{owner}, Subject: "visit:" + v.ID.String(), Slot: "owner", Kind: bot.DeliverPush, Push: true,
		Out: bot.Outgoing{Text: t.Person.Name + "去了你的客户" + book.Customer(v.CustomerID) + ",记了一次拜访。详情找" + t.Person.Name + "。"},
	}}}
}

func contactName(book *Book, v sales.Visit) string {
	if n := book.Contact(v.ContactID); n != "" {
		return n
	}
	return v.ContactName
}

func (a *App) newContact(t bot.Turn, tx Tx, customer sales.ID, c parse.ContactRef, phone string) sales.ID {
	n := sales.Contact{
		ID: tx.NewID(), CustomerID: customer, Name: c.NewName, Title: c.NewTitle, Phone: phone,
		CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), Version: 1,
	}
	tx.CreateContact(n)
	audit(tx, t, "contact.create", "contact", n.ID)
	return n.ID
}

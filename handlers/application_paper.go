package handlers

import (
	"context"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// applicationPaper is an application under approval.
type applicationPaper struct {
	plainPaper
	sales.Application
}

func (p applicationPaper) object() string        { return "application" }
func (p applicationPaper) id() sales.ID          { return p.ID }
func (p applicationPaper) no() string            { return p.No }
func (p applicationPaper) owner() sales.PersonID { return p.OwnerID }
func (p applicationPaper) files() []sales.ID     { return p.Files }

func (p applicationPaper) withFiles(ids []sales.ID) paper {
	p.Files = ids
	return p
}

func (p applicationPaper) write(tx Tx, s approval.State) paper {
	p.State = paperState(s)
	tx.UpdateApplication(p.Application)
	p.Version++
	return p
}

func (p applicationPaper) view(ctx context.Context, a *App, t bot.Turn, tx Tx, r approval.Request, fresh ...sales.File) (view.Paper, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return view.Paper{}, err
	}
	files, err := filesOf(ctx, tx, p.Files, fresh...)
	if err != nil {
		return view.Paper{}, err
	}
	v := view.Application{Application: p.Application, Request: r, Wait: approval.Overdue(r, a.Calendar, t.Now), Now: t.Now}
	if p.CustomerID != 0 {
		v.Customer = book.Customer(p.CustomerID)
	}
	if v.Warn, err = a.unable(ctx, t, tx, p.Application, r); err != nil {
		return view.Paper{}, err
	}
	if t.Card != nil {
		v.Face = t.Card.Version
	}
	for _, f := range files {
		v.Files = append(v.Files, f.Shown())
	}
	out := v.Paper()
	out.Elsewhere, err = a.elsewhere(ctx, tx, r)
	return out, err
}

// applicationByID reads an application with its approval.
func applicationByID(ctx context.Context, tx Tx, id sales.ID) (paper, approval.Request, error) {
	x, err := tx.ApplicationByID(ctx, id)
	if err != nil {
		return nil, approval.Request{}, err
	}
	r, err := tx.RequestByID(ctx, x.RequestID)
	return applicationPaper{Application: x}, r, err
}

// applicationFacts are what the flows can ask of an application.
func (a *App) applicationFacts(t bot.Turn, book *Book, x sales.Application) approval.Facts {
	f := a.facts(t, book, approval.General, x.CustomerID, nil)
	f.Amount, f.Topic = x.Amount, x.Topic
	f.About, _, _ = strings.Cut(x.AboutTitle, " ")
	return f
}

// fileApplication numbers an application and opens its approval in the name of who the turn is of. reply are the cards of those
// who decide; the requester's own goes first.
func (a *App) fileApplication(ctx context.Context, t bot.Turn, tx Tx, book *Book, x sales.Application) (sales.Application, bot.Reply, error) {
	var err error
	if x.No, err = a.nextNo(ctx, t, tx, approval.General); err != nil {
		return x, bot.Reply{}, err
	}
	x.ID, x.RequestID = tx.NewID(), tx.NewID()
	x.OwnerID, x.TeamID, x.CreatedAt, x.SourceEventID, x.Version = t.Person.ID, t.Person.TeamID, sales.At(t.Now), t.Event.ID, 1
	if x.Source == "" {
		x.Source = "application:" + x.ID.String()
	}
	o, err := a.open(ctx, t, tx, approval.Draft{
		ID: x.RequestID, Kind: approval.General, Record: x.ID, No: x.No, Title: strings.TrimSpace(x.Topic + " " + x.AboutTitle), Amount: x.Amount,
		Comment: cutRunes(x.Body, approval.MaxComment),
	}, a.applicationFacts(t, book, x))
	if reply, ok := a.nobody(t, err); ok && x.Rule == "" {
		return sales.Application{}, reply, nil
	}
	if err != nil {
		return x, bot.Reply{}, err
	}
	x.State = paperState(o.r.State)
	var brought bot.Reply
	if x, brought, err = a.takeEffect(ctx, t, tx, x, approval.Pending, o.r); err != nil {
		return x, bot.Reply{}, err
	}
	tx.CreateApplication(x)
	changes := []sales.Change{{Field: "事由", New: x.Topic}, {Field: "关于", New: x.AboutTitle}, {Field: "规则", New: x.Rule}, {Field: "通过后", New: x.Effect.Words()}}
	changes = slices.DeleteFunc(changes, func(c sales.Change) bool { return c.New == "" })
	reply, err := a.filed(ctx, t, tx, o, filedPaper{p: applicationPaper{Application: x}, changes: changes})
	reply = reply.And(brought)
	if err != nil || x.Rule == "" {
		return x, reply, err
	}
	for i := range reply.Say { // nobody has asked just now: what would be the answer is pushed
		if say := &reply.Say[i]; len(say.To) == 0 && say.Chat == nil {
			say.To, say.Kind, say.Push = []sales.PersonID{x.OwnerID}, bot.DeliverPush, true
		}
	}
	return x, reply, nil
}

// resubmitApplication adds what was said to an application that was sent back, and takes its approval up again.
func (a *App) resubmitApplication(ctx context.Context, t bot.Turn, tx Tx, x sales.Application, r approval.Request, words string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	old := x
	said, amount := cutApplicationAmount(words)
	if amount > 0 {
		x.Amount = amount
		if x.Effect.Do == sales.EffectCredit {
			x.Effect = sales.CreditEffect(amount)
		}
	}
	if said != "" {
		x.Body = cutRunes(strings.TrimLeft(x.Body+";"+said, ";"), sales.MaxApplication)
	}
	var traced []sales.Change
	if x.Amount != old.Amount {
		traced = []sales.Change{{Field: "金额", Old: old.Amount.String(), New: x.Amount.String()}}
	}
	return a.resubmitted(ctx, t, tx, resubmission{
		p: applicationPaper{Application: x}, r: r, facts: a.applicationFacts(t, book, x), traced: traced,
		changes: approval.Changes{Title: r.Title, Amount: x.Amount, Comment: cutRunes(words, approval.MaxComment)},
	})
}

// RuleApplication is an application that a rule asks for (发起审批), about one of its records.
type RuleApplication struct {
	Rule, Topic, Text string
	// Source makes it one thing: the same is asked once.
	Source string
	// Object is the key of what the record is (contract), Noun its name (合同), Title how people call the record.
	Object, Noun, Title string
	ID                  sales.ID
	Customer            sales.ID
	Amount              sales.Money
	Owner               sales.PersonID
	// Effect is what its approval brings about.
	Effect sales.Effect
}

// StartApplication opens the approval a rule asks for, in the name of the record's owner. trouble says in words why none was
// opened: nobody is there to ask, or the same is being decided.
func (a *App) StartApplication(ctx context.Context, tx Tx, org *sales.Org, now time.Time, in RuleApplication) (reply bot.Reply, trouble string, err error) {
	if _, err := tx.ApplicationBySource(ctx, in.Source); err == nil || sales.KindOf(err) != sales.NotFound {
		return reply, "", err
	}
	if open, err := tx.OpenApplication(ctx, in.Object, in.ID, in.Topic); err == nil {
		return reply, "同样的申请 " + open.No + " 还没批完", nil
	} else if sales.KindOf(err) != sales.NotFound {
		return reply, "", err
	}
	person, ok := org.Person(in.Owner)
	if !ok || !person.Active {
		return reply, "没有负责人,不知道以谁的名义申请", nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return reply, "", err
	}
	t := bot.Turn{Event: bot.Event{ID: in.Source}, Now: now, Today: sales.DayOf(now), Org: org, Person: person}
	_, reply, err = a.fileApplication(ctx, t, tx, book, sales.Application{
		Topic: cutRunes(in.Topic, sales.MaxTopic), Body: cutRunes(in.Text, sales.MaxApplication), AboutKind: in.Object, AboutID: in.ID,
		AboutTitle: cutRunes(strings.TrimSpace(in.Noun+" "+in.Title), 120), CustomerID: in.Customer, Amount: max(in.Amount, 0), Rule: cutRunes(in.Rule, 60), Source: in.Source,
		Effect: in.Effect,
	})
	if why := sales.Message(err); why != "" {
		return bot.Reply{}, why, nil
	}
	return reply, "", err
}

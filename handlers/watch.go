package handlers

import (
	"context"
	"fmt"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// watchDeed is what somebody does about an incident that is no approval's. told is what the card then says.
type watchDeed func(ctx context.Context, t bot.Turn, tx Tx, w *sales.Watch) (told string, err error)

// tapWatch does a deed by its button, for those the incident was pushed to.
func (a *App) tapWatch(do watchDeed) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		i, err := tx.IncidentByID(ctx, sales.ID(t.Action.Record))
		if err != nil {
			return bot.Reply{}, err
		}
		steps, err := tx.IncidentSteps(ctx, i.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		switch {
		case i.State != sales.IncidentOpen:
			return closeCard(t, "已结束:"+i.Resolution), nil
		case !sales.PushedTo(i, steps, t.Person.ID):
			return bot.Text("这件事没有推给你,没有改动。"), nil
		}
		w, err := sales.OpenWatch(ctx, tx, i.Kind, i.SubjectKind, i.SubjectID, t.Now)
		if err != nil {
			return bot.Reply{}, err
		}
		told, err := do(ctx, t, tx, w)
		if err != nil {
			return bot.Reply{}, err
		}
		w.Save()
		audit(tx, t, strings.TrimPrefix(t.Action.Verb, "watch.")+".watch", i.SubjectKind, i.SubjectID)
		return a.noteCard(t, told), nil
	}
}

// ackWatch takes an incident up: the next level waits.
func (a *App) ackWatch(ctx context.Context, t bot.Turn, tx Tx, w *sales.Watch) (string, error) {
	until := a.Calendar.Of(t.Org, t.Person.ID).AddWorking(t.Now, a.Settings.Leads.AckFor)
	w.Ack(t.Person.ID, until)
	return t.Person.Name + "在处理,到 " + sales.FormatTime(until, t.Now) + " 没结果再提醒", nil
}

// snoozeWatch puts the next push off.
func (a *App) snoozeWatch(ctx context.Context, t bot.Turn, tx Tx, w *sales.Watch) (string, error) {
	until := t.Now.Add(snoozeFor)
	w.Snooze(t.Person.ID, until)
	return sales.FormatTime(until, t.Now) + " 再提醒", nil
}

// noteCard keeps the tapped card with a sentence that says what was done.
func (a *App) noteCard(t bot.Turn, told string) bot.Reply {
	if t.Card == nil {
		return bot.Text(told + "。")
	}
	face := t.Card.Face
	face.Note = told + "。"
	return bot.Reply{Faces: []view.Face{face}}
}

// closeCard closes the tapped card with a sentence; typed, it is said.
func closeCard(t bot.Turn, told string) bot.Reply {
	if t.Card == nil {
		return bot.Text(told + "。")
	}
	face := t.Card.Face
	face.Buttons, face.Input, face.Choice, face.Closed = nil, nil, nil, told
	return bot.Reply{Faces: []view.Face{face}}
}

// endWatch ends an incident that is open; nothing happens otherwise.
func (a *App) endWatch(ctx context.Context, t bot.Turn, tx Tx, kind, subjectKind string, subject sales.ID, how string) error {
	i, err := tx.IncidentOf(ctx, kind, subjectKind, subject)
	if sales.KindOf(err) == sales.NotFound || err == nil && i.State != sales.IncidentOpen {
		return nil
	}
	if err != nil {
		return err
	}
	w, err := sales.OpenWatch(ctx, tx, kind, subjectKind, subject, t.Now)
	if err != nil {
		return err
	}
	w.Resolve(t.Person.ID, how)
	w.Save()
	return nil
}

// watchRule says the rule behind an incident.
func (a *App) watchRule(i sales.Incident) string {
	s := a.Settings
	switch i.Kind {
	case sales.WatchSilent:
		return fmt.Sprintf("只认识一位联系人、%d 天没见,提醒负责人", s.ContactSilent)
	case sales.WatchLeaver:
		return "离职的人名下还有客户和待办,请主管交接"
	case sales.WatchConflict:
		return "每月校准:销售、客服、交付说法不一致,请负责人定"
	}
	return i.Kind
}

// whyWatch explains a push that is no approval's; ok is false when none is meant.
func (a *App) whyWatch(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, bool, error) {
	args := strings.TrimSpace(t.Args)
	if no, _ := a.cutContractNo(args, t.Today); no != "" {
		return bot.Reply{}, false, nil
	}
	found, err := tx.IncidentsFor(ctx, t.Person.ID, 30)
	if err != nil {
		return bot.Reply{}, false, err
	}
	subject := sales.ID(0)
	if args != "" {
		if subject, err = a.watchSubject(ctx, t, tx, args); err != nil || subject == 0 {
			return bot.Reply{}, false, err
		}
	}
	for _, i := range found {
		switch {
		case subject != 0 && i.SubjectID != subject, subject == 0 && i.State != sales.IncidentOpen:
			continue
		case i.RuleID != 0:
			continue
		case i.SubjectKind == "contract":
			return bot.Reply{}, false, nil
		}
		if t.InGroup() {
			return bot.Text("详情请单聊我,发 为什么催我。"), true, nil
		}
		reply, err := a.tellWatch(ctx, t, tx, i)
		return reply, true, err
	}
	return bot.Reply{}, false, nil
}

// watchSubject is the record a person means by a lead's number or a customer's name.
func (a *App) watchSubject(ctx context.Context, t bot.Turn, tx Tx, args string) (sales.ID, error) {
	if no := leadNo(args); no != "" {
		l, err := tx.LeadByNo(ctx, no)
		if sales.KindOf(err) == sales.NotFound {
			err = nil
		}
		return l.ID, err
	}
	id, _, err := a.findCustomer(ctx, t, args)
	return id, err
}

func (a *App) tellWatch(ctx context.Context, t bot.Turn, tx Tx, i sales.Incident) (bot.Reply, error) {
	about, err := a.watchAbout(ctx, t, tx, i)
	if err != nil {
		return bot.Reply{}, err
	}
	steps, err := tx.IncidentSteps(ctx, i.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	dues, err := tx.DuesOf(ctx, i.SubjectKind, i.SubjectID)
	if err != nil {
		return bot.Reply{}, err
	}
	next := ""
	for _, d := range dues {
		if d.State == sales.DuePending && d.DueAt.After(t.Now) && strings.HasPrefix(d.Kind, "pool.") {
			next = sales.FormatMoment(d.DueAt.Time) + " 再看一次"
			break
		}
	}
	return bot.Text(view.WatchStory(about, a.watchRule(i), i, steps, t.Org.Name, next)), nil
}

// watchAbout names the record of an incident.
func (a *App) watchAbout(ctx context.Context, t bot.Turn, tx Tx, i sales.Incident) (string, error) {
	switch i.SubjectKind {
	case "lead":
		l, err := tx.LeadByID(ctx, i.SubjectID)
		return l.No + " " + l.Company, err
	case "person":
		return t.Org.Name(sales.PersonID(i.SubjectID)), nil
	}
	c, err := tx.CustomerByID(ctx, i.SubjectID)
	return c.Name, err
}

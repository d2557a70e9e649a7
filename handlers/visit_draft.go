package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

const maxFixes = 10

// openVisitDraft is the visit that waits for an answer, also while its customer is being created.
func openVisitDraft(t bot.Turn) (visitDraft, bool) {
	if !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return visitDraft{}, false
	}
	switch t.Dialogue.Topic {
	case topicVisitCustomer, topicVisitContact, topicVisitContent, topicSlot:
		d, err := draft[visitDraft](t)
		return d, err == nil
	case topicCustomer:
		c, err := draft[customerDraft](t)
		if err == nil && c.Visit != nil {
			return *c.Visit, true
		}
	}
	return visitDraft{}, false
}

// dropVisit lets an open visit go.
func (a *App) dropVisit(t bot.Turn, d visitDraft) bot.Reply {
	reply := bot.Reply{Say: bot.Text("好,刚才那条没记,草稿已清掉。").Say, Dialogue: closeTopic(t.Dialogue)}
	return d.answered(t, reply, "没有记")
}

// dropOpen lets go what waits for an answer, when 撤销 means that.
func (a *App) dropOpen(ctx context.Context, t bot.Turn) (bot.Reply, bool, error) {
	if !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return bot.Reply{}, false, nil
	}
	if d, ok := openVisitDraft(t); ok {
		return a.dropVisit(t, d), true, nil
	}
	switch t.Dialogue.Topic {
	case topicCustomer:
		return bot.Reply{Say: bot.Text("好,不建了。").Say, Dialogue: closeTopic(t.Dialogue)}, true, nil
	case topicContract:
		d, err := draft[contractDraft](t)
		if err != nil {
			return bot.Reply{}, false, err
		}
		book, err := a.Names.Book(ctx)
		if err != nil {
			return bot.Reply{}, false, err
		}
		return a.dropContract(t, book, d), true, nil
	case topicDeal, topicApprovalReason, topicApprovalName, topicResubmit, topicTodoDate:
		return a.dropDeal(t), true, nil
	}
	return bot.Reply{}, false, nil
}

// swaps are the ways to put a word right: 不是王主任,是李主任 · 是李主任不是王主任 · 把王主任改成李主任.
var swaps = []struct {
	form     *regexp.Regexp
	old, now int
}{
	{regexp.MustCompile(`^(?:刚才那条)?[,，\s]*不是\s*(.{1,20}?)[,，;；\s]*(?:而|应该)?是\s*(.{1,20})$`), 1, 2},
	{regexp.MustCompile(`^(?:应该)?是\s*(.{1,20}?)[,，;；\s]*(?:而)?不是\s*(.{1,20})$`), 2, 1},
	{regexp.MustCompile(`^(?:刚才那条)?[,，\s]*(?:把|将)?\s*(.{1,20}?)\s*(?:改成|改为|换成|应该是)\s*(.{1,20})$`), 1, 2},
}

// swapped is the text with the word put right that a correction names, and that word; ok is false when the correction
// names none of the text's.
func swapped(text, said string) (fixed, now string, ok bool) {
	said = bare(said)
	for _, s := range swaps {
		if m := s.form.FindStringSubmatch(said); m != nil {
			if old, now := bare(m[s.old]), bare(m[s.now]); old != "" && now != "" && strings.Contains(text, old) {
				return strings.ReplaceAll(text, old, now), now, true
			}
		}
	}
	return "", "", false
}

// correctDraft takes a correction of a visit that is not filed yet; ok is false when the text is none. The draft is
// understood anew, and filed or asked about as it now stands.
func (a *App) correctDraft(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, said string) (bot.Reply, bool, error) {
	old := d
	text, now, ok := swapped(d.Text, said)
	if ok {
		d.Text, d.Contact, d.Nobody = text, 0, false
		if c, _ := book.Parser.FindCustomer(parse.Input{Text: now, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)}); isNamed(c) {
			d.Customer = 0 // the name put right is the customer's
		}
	} else {
		c, found := a.draftCorrection(t, book, d, said)
		if ref, since := lastFiled(t); since && ref.At.After(d.At) && (ref.Kind == "visit" || ref.Kind == "filing") {
			found = false // what was filed since is meant
		}
		switch {
		case !found || len(d.Fixes) == maxFixes:
			return bot.Reply{}, false, nil
		case c.Withdraw:
			return a.dropVisit(t, d), true, nil
		case c.Field == parse.FieldCustomer && c.Customer.ID != 0:
			d.Customer = sales.ID(c.Customer.ID)
		case c.Field == parse.FieldContact:
			d.Contact, d.Nobody = 0, false
		}
		d.Fixes = append(d.Fixes, c)
	}
	d.Options, d.NewName, d.Question = nil, "", ""
	reply, err := a.understandVisit(ctx, t, tx, d, *closeTopic(t.Dialogue))
	return old.answered(t, reply, "已更正"), true, err
}

// draftCorrection is the change that a text makes to an open draft.
func (a *App) draftCorrection(t bot.Turn, book *Book, d visitDraft, said string) (parse.Correction, bool) {
	in := parse.Input{Text: d.Text, Now: d.At.In(sales.Shanghai), User: parse.ID(t.Person.ID)}
	record := parse.Record{ID: "draft", Kind: parse.KindVisit, Customer: parse.ID(d.Customer)}
	if groups := byCustomer(book.Parser.Parse(in)); len(groups) > 0 {
		f := groups[0]
		if len(d.Parts) > 0 {
			f = groups[min(d.Parts[0], len(groups)-1)]
		}
		f.fill(d)
		record.Customer, record.Contact = f.customer.ID, f.contact.ID
		if m, _ := f.amount(); m != 0 {
			record.Amounts = []int64{int64(m)}
		}
	}
	in.Text, in.Now, in.Context = said, t.Now.In(sales.Shanghai), parse.Context{Records: []parse.Record{record}, Reply: &record}
	for _, f := range book.Parser.Parse(in).Frames {
		if f.Correction != nil {
			return *f.Correction, true
		}
	}
	return parse.Correction{}, false
}

// editDraftVisit corrects the visit that is not filed yet by 修改; ok is false when there is none.
func (a *App) editDraftVisit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, bool, error) {
	d, open := openVisitDraft(t)
	if !open {
		return bot.Reply{}, false, nil
	}
	if t.Args == "" {
		return bot.Text("刚才那条还没记,要改哪里直接说。" + editExample), true, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, true, err
	}
	reply, ok, err := a.correctDraft(ctx, t, tx, book, d, t.Args)
	if !ok && err == nil {
		reply = bot.Text(notUnderstood(book.Parser, t, t.Args))
	}
	return reply, true, err
}

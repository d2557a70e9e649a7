package handlers

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/store/sales"
)

// A draft that loses its question to another one is put on the shelf, and comes back when that one is done: nobody has to
// write a message twice because they wrote two.

// maxShelf is how many drafts wait behind the open one, maxShelved how large each may be, in bytes.
const (
	maxShelf   = 4
	maxShelved = 20000
)

// openShelved is the open question as it goes on the shelf, with the event it began with; ok is false where none is open
// that could come back.
func openShelved(t bot.Turn) (s sales.Shelved, event string, ok bool) {
	d := t.Dialogue
	if !t.Now.Before(d.ExpiresAt.Time) || len(d.Draft) > maxShelved {
		return s, "", false
	}
	if s, event, ok = shelvedPaper(d, t.Now); ok {
		return s, event, true
	}
	v, ok := openVisitDraft(t)
	if !ok || v.Text == "" {
		return s, "", false
	}
	return sales.Shelved{Topic: d.Topic, Draft: d.Draft, ExpiresAt: d.ExpiresAt}, v.EventID, true
}

// shelve puts a draft behind the open question of a dialogue; false when the shelf is full.
func shelve(d *sales.Dialogue, s sales.Shelved, t bot.Turn) bool {
	shelf := slices.DeleteFunc(slices.Clone(d.Shelf), func(o sales.Shelved) bool {
		return !t.Now.Before(o.ExpiresAt.Time) || o.Draft == s.Draft
	})
	if len(shelf) >= maxShelf {
		return false
	}
	d.Shelf = append(shelf, s)
	return true
}

// keepsOpen wraps a command and what else may take the place of an open question. Where it has, the draft of that question
// goes on the shelf. Commands that mend or drop the draft are left alone.
func (a *App) keepsOpen(command string, next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	switch command {
	case "撤销", "修改", "新客户": // 新客户 keeps it itself, since what waits may be that customer's
		return next
	}
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		reply, err := next(ctx, t, tx)
		if err != nil || reply.Dialogue == nil {
			return reply, err
		}
		s, event, ok := openShelved(t)
		d := *reply.Dialogue
		if !ok || holds(d, event) || command == "" && d.Topic == "" {
			return reply, nil
		}
		if anew, err := a.saidAnew(ctx, t, command); err != nil || anew {
			return reply, err
		}
		if isList(d.Topic) { // a list waits for a number only where nothing else waits
			d.Topic, d.Draft, d.AskedAt, d.ExpiresAt = t.Dialogue.Topic, t.Dialogue.Draft, t.Dialogue.AskedAt, t.Dialogue.ExpiresAt
		} else {
			shelve(&d, s, t)
		}
		reply.Dialogue = &d
		return reply, nil
	}
}

// isList reports whether a topic is a list that was shown, from which a number may be chosen.
func isList(topic string) bool {
	return topic == topicTodoList || topic == topicPlanList || topic == topicPoolList
}

// holds reports whether the draft of an event is still in a dialogue: as the open one or on the shelf.
func holds(d sales.Dialogue, event string) bool {
	quoted, err := json.Marshal(event)
	if err != nil {
		return false
	}
	return strings.Contains(d.Draft, string(quoted)) ||
		slices.ContainsFunc(d.Shelf, func(s sales.Shelved) bool { return strings.Contains(s.Draft, string(quoted)) })
}

// takesUp wraps every turn: when no question is open any more, the draft that waited longest comes back. What can be filed
// is filed, and the first that needs an answer is asked about.
func (a *App) takesUp(next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		reply, err := next(ctx, t, tx)
		if err != nil || reply.Dialogue == nil || len(reply.Dialogue.Shelf) == 0 {
			return reply, err
		}
		for range maxShelf {
			d := *reply.Dialogue
			if len(d.Shelf) == 0 || d.Topic != "" && t.Now.Before(d.ExpiresAt.Time) {
				break
			}
			s := d.Shelf[0]
			d.Shelf = slices.Clone(d.Shelf[1:])
			reply.Dialogue = &d
			if !t.Now.Before(s.ExpiresAt.Time) {
				continue
			}
			again := t
			again.Dialogue = *closeTopic(d)
			back, err := a.takeUp(ctx, again, tx, s)
			if err != nil {
				return bot.Reply{}, err
			}
			reply = reply.And(back)
		}
		return reply, nil
	}
}

// takeUp goes on with a draft from the shelf.
func (a *App) takeUp(ctx context.Context, t bot.Turn, tx Tx, s sales.Shelved) (bot.Reply, error) {
	reply, text, ok, err := a.takeUpPaper(ctx, t, tx, s)
	if err != nil || ok && (reply.Dialogue == nil || reply.Dialogue.Topic == "") {
		return reply, err
	}
	if ok {
		reply.Say = append(takenUp(text), reply.Say...)
		return reply, nil
	}
	was := t
	was.Dialogue.Topic, was.Dialogue.Draft, was.Dialogue.ExpiresAt = s.Topic, s.Draft, s.ExpiresAt
	v, ok := openVisitDraft(was)
	if !ok {
		return bot.Reply{}, nil
	}
	if s.Topic == topicCustomer {
		c, _ := draft[customerDraft](was)
		c.Checked = c.Checked && c.Asking != "duplicate"
		reply, err = a.continueCustomer(ctx, t, tx, c)
	} else {
		v.Options, v.Question = nil, ""
		reply, err = a.understandVisit(ctx, t, tx, v, t.Dialogue)
	}
	if err != nil || reply.Dialogue == nil || reply.Dialogue.Topic == "" {
		return reply, err
	}
	reply.Say = append(takenUp(v.Text), reply.Say...)
	return reply, nil
}

// takenUp says with what of before it goes on.
func takenUp(text string) []bot.Say {
	return []bot.Say{{Slot: "again", Out: bot.Outgoing{Text: "接着上一条:" + cutRunes(text, 40)}}}
}

// sameNew takes the drafts off the shelf that wait for the same new customer.
func sameNew(d *sales.Dialogue, t bot.Turn, name string) []visitDraft {
	var out []visitDraft
	var rest sales.List[sales.Shelved]
	key := sales.ParseName(name).Key
	for _, s := range d.Shelf {
		was := t
		was.Dialogue.Topic, was.Dialogue.Draft, was.Dialogue.ExpiresAt = s.Topic, s.Draft, s.ExpiresAt
		v, ok := openVisitDraft(was)
		called := v.NewName
		if c, err := draft[customerDraft](was); s.Topic == topicCustomer && err == nil {
			called = c.Name
		}
		if !ok || utf8.RuneCountInString(called) < 2 || sales.ParseName(called).Key != key {
			rest = append(rest, s)
			continue
		}
		v.NewName, v.Create, v.Question, v.Options = "", nil, "", nil
		out = append(out, v)
	}
	d.Shelf = rest
	return out
}

// waitForNew puts what waits for a new customer back on the shelf, now with that customer.
func (a *App) waitForNew(t bot.Turn, d *sales.Dialogue, id sales.ID, list []visitDraft) {
	for _, v := range list {
		v.Customer = id
		if b, err := json.Marshal(v); err == nil {
			shelve(d, sales.Shelved{Topic: topicVisitCustomer, Draft: string(b), ExpiresAt: sales.At(t.Now.Add(a.Settings.DraftFor))}, t)
		}
	}
}

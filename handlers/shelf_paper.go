package handlers

import (
	"context"
	"encoding/json"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// paperDraft is what the drafts of contracts, deals and quotes have in common.
type paperDraft struct {
	EventID  string   `json:"event_id"`
	Text     string   `json:"text"`
	Do       string   `json:"do"` // of a deal
	Customer sales.ID `json:"customer"`
}

// paperCommands are the commands that begin what a topic asks about.
var paperCommands = map[string]string{topicContract: "提交合同", topicDeal: "商机", topicQuote: "报价"}

// paperWaiting is the draft of a contract, a new deal or a quote that a dialogue waits with; ok is false for anything else, and for one
// of which nothing is said yet. What becomes of a deal that exists is asked again by whoever wants it.
func paperWaiting(topic, text string) (d paperDraft, ok bool) {
	if paperCommands[topic] == "" || json.Unmarshal([]byte(text), &d) != nil {
		return d, false
	}
	return d, d.Text != "" && d.EventID != "" && (topic != topicDeal || d.Do == dealCreate)
}

// saidAnew reports whether a command begins the same as an open draft does, for the same customer: then that one is not wanted.
func (a *App) saidAnew(ctx context.Context, t bot.Turn, command string) (bool, error) {
	d, ok := paperWaiting(t.Dialogue.Topic, t.Dialogue.Draft)
	if !ok || paperCommands[t.Dialogue.Topic] != command {
		return false, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return false, err
	}
	id, _, _ := a.customerIn(t, book, t.Args)
	return d.Customer == 0 || id == d.Customer, nil
}

// takeUpPaper goes on with the draft of a contract, a deal or a quote from the shelf; ok is false where it is none.
func (a *App) takeUpPaper(ctx context.Context, t bot.Turn, tx Tx, s sales.Shelved) (reply bot.Reply, text string, ok bool, err error) {
	p, ok := paperWaiting(s.Topic, s.Draft)
	if !ok {
		return bot.Reply{}, "", false, nil
	}
	was := t
	was.Dialogue.Topic, was.Dialogue.Draft, was.Dialogue.ExpiresAt = s.Topic, s.Draft, s.ExpiresAt
	switch s.Topic {
	case topicContract:
		reply, err = goOn(was, func(d contractDraft) (bot.Reply, error) {
			book, err := a.Names.Book(ctx)
			if err != nil {
				return bot.Reply{}, err
			}
			return a.continueContract(ctx, t, tx, book, d)
		})
	case topicDeal:
		reply, err = goOn(was, func(d dealDraft) (bot.Reply, error) { return a.continueDeal(ctx, t, tx, d) })
	default:
		reply, err = goOn(was, func(d quoteDraft) (bot.Reply, error) { return a.continueQuote(ctx, t, tx, d) })
	}
	return reply, paperCommands[s.Topic] + " " + p.Text, true, err
}

// goOn calls a function with a draft.
func goOn[D any](t bot.Turn, with func(D) (bot.Reply, error)) (bot.Reply, error) {
	d, err := draft[D](t)
	if err != nil {
		return bot.Reply{}, err
	}
	return with(d)
}

// shelvedPaper is the draft of a contract, a deal or a quote as it goes on the shelf.
func shelvedPaper(d sales.Dialogue, now time.Time) (sales.Shelved, string, bool) {
	p, ok := paperWaiting(d.Topic, d.Draft)
	if !ok || !now.Before(d.ExpiresAt.Time) {
		return sales.Shelved{}, "", false
	}
	return sales.Shelved{Topic: d.Topic, Draft: d.Draft, ExpiresAt: d.ExpiresAt}, p.EventID, true
}

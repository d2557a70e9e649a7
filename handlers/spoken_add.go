package handlers

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const topicAdd = "spoken.add"

// reNoWords are texts without two characters of Chinese in them: noise, numbers, code.
var reNoWords = regexp.MustCompile(`^[^\p{Han}]*\p{Han}?[^\p{Han}]*$`)

// addDraft is a few words that may belong to what was filed a moment ago.
type addDraft struct {
	Ref  sales.Ref `json:"ref"`
	Text string    `json:"text"`
}

func (a *App) registerSpoken(r *bot.Router[Tx]) colloquial {
	s := colloquial{a, r}
	r.Action("spoken.amount", s.TapAmount)
	r.Action("spoken.add", s.TapAdd)
	r.Topic(topicAdd, s.AnswerAdd)
	return s
}

// offerToAdd asks whether words that nobody could use belong to what was filed a moment ago: people go on telling after they
// have sent the first half. ok is false when there is nothing they could belong to.
func (a *App) offerToAdd(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, bool, error) {
	ref, ok := lastFiled(t)
	n := utf8.RuneCountInString(bare(t.Text))
	if !ok || ref.Kind != "visit" && ref.Kind != "filing" || t.InGroup() || n < 2 || n > 30 || notAName(t.Text) || strings.HasPrefix(t.Text, "/") {
		return bot.Reply{}, false, nil
	}
	if reNoWords.MatchString(t.Text) {
		return bot.Reply{}, false, nil
	}
	s := colloquial{App: a}
	where, err := s.refName(ctx, tx, ref)
	if err != nil || where == "" {
		return bot.Reply{}, false, err
	}
	if elsewhere(t.Text, where) { // it names another place
		return bot.Reply{}, false, nil
	}
	ref.Back = ""
	d, err := a.ask(t, topicAdd, addDraft{Ref: ref, Text: cutRunes(strings.TrimSpace(t.Text), 200)})
	if err != nil {
		return bot.Reply{}, false, err
	}
	reply := bot.ShowCard(view.PickOne(view.Pick{
		Key: pickKey(t, "add"), Question: "没看懂,没有记。补到刚才" + where + "里?",
		Options: []view.PickOption{
			{Text: "补进去", Action: action("spoken.add", ref.ID, t.Now.UnixMicro(), "yes")}, {Text: "不是", Action: action("spoken.add", ref.ID, t.Now.UnixMicro(), "no")},
		},
	}))
	reply.Dialogue = d
	return reply, true, nil
}

// TapAdd adds the words by a tap.
func (s colloquial) TapAdd(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[addDraft](t)
	if t.Dialogue.Topic != topicAdd || err != nil || int64(d.Ref.ID) != t.Action.Record {
		return passPick(t, bot.Text("这一问过期了,没有改动。")), nil
	}
	if t.Action.Arg != "yes" {
		return closePick(t, bot.Reply{Dialogue: closeTopic(t.Dialogue)}), nil
	}
	reply, err := s.add(ctx, t, tx, d)
	return closePick(t, reply), err
}

// AnswerAdd takes a typed answer; whatever else is said is news of its own.
func (s colloquial) AnswerAdd(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[addDraft](t)
	switch {
	case err != nil:
		return bot.Reply{}, bot.ErrNotMine //nolint:nilerr // what cannot be read was no question
	case isYes(t.Text), bare(t.Text) == "1", strings.HasPrefix(bare(t.Text), "补进去"):
		return s.add(ctx, t, tx, d)
	case isNo(t.Text), bare(t.Text) == "2":
		return bot.Reply{Say: bot.Text("好,没有补。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	return bot.Reply{}, bot.ErrNotMine
}

// add puts words behind what was said before, as a change that is traced. They are kept as they are: what they mean for the fields
// nobody knows.
func (s colloquial) add(ctx context.Context, t bot.Turn, tx Tx, d addDraft) (bot.Reply, error) {
	where, err := s.refName(ctx, tx, d.Ref)
	if err != nil || where == "" {
		return bot.Reply{Say: bot.Text("那一条已经不在了,没有补。").Say, Dialogue: closeTopic(t.Dialogue)}, err
	}
	var old, now string
	longer := func(text string) string {
		old, now = text, cutRunes(strings.TrimSpace(text+"\n"+d.Text), 2000)
		return now
	}
	if d.Ref.Kind == "visit" {
		v, err := s.ownVisit(ctx, t, tx, d.Ref.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		v.Text = longer(v.Text)
		tx.UpdateVisit(v)
	} else {
		f, err := s.ownFiling(ctx, t, tx, d.Ref.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		f.Text = longer(f.Text)
		tx.UpdateFiling(f)
	}
	audit(tx, t, d.Ref.Kind+".correct", d.Ref.Kind, d.Ref.ID, sales.Change{Field: "原话", Old: old, New: now})
	emit(tx, t, d.Ref.Kind+".corrected", d.Ref.Kind, d.Ref.ID)
	return bot.Reply{Say: bot.Text("补到" + where + "里了:" + cutRunes(d.Text, 40)).Say, Dialogue: closeTopic(t.Dialogue)}, nil
}

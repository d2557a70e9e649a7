package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// sampleOrder is how far a sample has come.
var sampleOrder = []string{sales.FilingRequested, sales.FilingSent, sales.FilingDelivered, sales.FilingAnswered}

// moveSample carries news of a sample on to the one that was asked for before; ok is false when there is none.
func (a *App) moveSample(ctx context.Context, t bot.Turn, tx Tx, book *Book, p piece, dialogue *sales.Dialogue) (bot.Reply, bool, error) {
	state := sampleStates[p.said.sample]
	if state == sales.FilingRequested {
		return bot.Reply{}, false, nil
	}
	list, err := tx.Filings(ctx, sales.FilingFilter{
		Kind: sales.FilingSample, Customer: sales.ID(p.facts.customer.ID), Scope: sales.Only(t.Person.ID), Pending: true, Limit: 20,
	})
	if err != nil {
		return bot.Reply{}, false, err
	}
	products := p.facts.productIDs()
	fits := func(f sales.Filing) bool {
		same := len(products) == 0 || len(f.Products) == 0 || slices.ContainsFunc(products, func(id sales.ID) bool { return slices.Contains(f.Products, id) })
		return same && slices.Index(sampleOrder, f.State) <= slices.Index(sampleOrder, state)
	}
	i := slices.IndexFunc(list, fits)
	if i < 0 {
		return bot.Reply{}, false, nil
	}
	f := list[i]
	f.Tracking = orWord(p.said.tracking, f.Tracking)
	remember(dialogue, "filing", f.ID, t.Now)
	words := ""
	if state == sales.FilingAnswered {
		words = p.facts.without(book, p.text)
	}
	reply, err := a.stepSample(ctx, t, tx, book, f, state, p.facts.day(t.Today), p.said.sentiment, words)
	return reply, true, err
}

// stepSample moves a sample on and shows its card anew.
func (a *App) stepSample(ctx context.Context, t bot.Turn, tx Tx, book *Book, f sales.Filing, state string, day sales.Day, sentiment, words string) (bot.Reply, error) {
	old := f.State
	f.State = state
	switch state {
	case sales.FilingSent:
		f.SentOn = day
	case sales.FilingDelivered:
		f.DeliveredOn = day
	case sales.FilingAnswered:
		f.Sentiment, f.ClosedAt = sentiment, sales.At(t.Now)
		if f.Result = cutRunes(words, 300); f.DeliveredOn.IsZero() {
			f.DeliveredOn = day
		}
	}
	reply, err := a.saveFiling(ctx, t, tx, book, &f, "filing.sample", sales.Change{Field: "状态", Old: sales.FilingStateName(old), New: sales.FilingStateName(state)})
	if err != nil {
		return bot.Reply{}, err
	}
	if t.Event.Kind == bot.Tapped {
		return reply, nil
	}
	v := a.filingView(t, book, f)
	v.Group = t.InGroup()
	return bot.ShowCard(view.FilingCard(v)), nil
}

// TapSample moves a sample on by a button: the state is in the action, of a feedback how it was.
func (a *App) TapSample(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	f, err := a.ownFiling(ctx, t, tx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	state, sentiment, _ := strings.Cut(t.Action.Arg, ",")
	at, to := slices.Index(sampleOrder, f.State), slices.Index(sampleOrder, state)
	if f.Kind != sales.FilingSample || to < 0 {
		return bot.Text("这个按钮已失效。发 样品 看现在的。"), nil
	}
	if at < 0 || to <= at && state != sales.FilingDelivered || t.Action.Version != f.Version && to <= at {
		return bot.Reply{Say: bot.Text("这份样品现在是" + sales.FilingStateName(f.State) + ",没有改动。").Say, Faces: a.filingFaces(t, book, f)}, nil
	}
	if to == at { // 还没有反馈: asked again later
		f.Version++
		tx.UpdateFiling(withVersion(f, f.Version-1))
		reply, err := a.askLater(ctx, t, tx, f)
		if err != nil {
			return bot.Reply{}, err
		}
		reply.Faces = append(reply.Faces, a.filingFaces(t, book, f, "好,过几天再问。")...)
		return reply, nil
	}
	return a.stepSample(ctx, t, tx, book, f, state, t.Today, sentiment, "")
}

func withVersion(f sales.Filing, v int64) sales.Filing {
	f.Version = v
	return f
}

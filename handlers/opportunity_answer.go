package handlers

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// AnswerDeal takes the typed answer to a question about an opportunity.
func (a *App) AnswerDeal(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[dealDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if news, err := a.isNews(ctx, t, tx); d.Asking != askDealReason && (err != nil || news) {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	switch d.Asking {
	case askDealCustomer:
		return a.answerDealCustomer(ctx, t, tx, book, d)
	case askDealAmount:
		return a.answerDealAmount(ctx, t, tx, d)
	case askDealWhich:
		name := func(id sales.ID) string { return "" }
		id, ok := optionOf(book, t.Text, d.Options, name)
		switch {
		case ok:
			d.Opportunity = id
			return a.continueDeal(ctx, t, tx, d)
		case isNo(t.Text):
			return a.dropDeal(t), nil
		}
		return bot.Reply{}, bot.ErrNotMine
	case askDealReason:
		if isNo(t.Text) {
			return a.dropDeal(t), nil
		}
		d.Reason = cutRunes(t.Text, 200)
		if n := ordinal(t.Text); n >= 1 && n <= len(view.LossReasons) {
			d.Reason = view.LossReasons[n-1]
		}
		return a.continueDeal(ctx, t, tx, d)
	}
	return bot.Reply{}, bot.ErrNotMine
}

func (a *App) dropDeal(t bot.Turn) bot.Reply {
	return bot.Reply{Say: bot.Text("好,没有改动。").Say, Dialogue: closeTopic(t.Dialogue)}
}

func (a *App) answerDealCustomer(ctx context.Context, t bot.Turn, tx Tx, book *Book, d dealDraft) (bot.Reply, error) {
	if id, ok := optionOf(book, t.Text, d.Options, book.Customer); ok {
		d.Customer = id
		return a.continueDeal(ctx, t, tx, d)
	}
	n := ordinal(t.Text)
	switch {
	case len(d.Options) == 1 && isYes(t.Text):
		d.Customer = d.Options[0]
		return a.continueDeal(ctx, t, tx, d)
	case len(d.Options) > 0 && (isNo(t.Text) || n == len(d.Options)+1):
		return a.notThatCustomer(t, d)
	case isNo(t.Text):
		return a.dropDeal(t), nil
	case utf8.RuneCountInString(t.Text) > 60:
		return bot.Reply{}, bot.ErrNotMine
	}
	w := readDeal(t, book, t.Text, t.Now)
	if w.noCustomer() {
		if utf8.RuneCountInString(t.Text) > 12 {
			return bot.Reply{}, bot.ErrNotMine
		}
		return bot.Text("没找到客户\"" + cutRunes(t.Text, 20) + "\"。换个叫法,或发 新客户 名称 电话 行业。"), nil
	}
	d.Customer = sales.ID(w.customer.ID)
	if d.Customer == 0 || w.customer.Fuzzy {
		d.Customer, d.Text = 0, strings.TrimSpace(t.Text+" "+d.Text)
	}
	if d.Text == "" {
		d.Text = t.Text
	}
	return a.continueDeal(ctx, t, tx, d)
}

func (a *App) notThatCustomer(t bot.Turn, d dealDraft) (bot.Reply, error) {
	d.Options = nil
	return a.askDeal(t, d, askDealCustomer, "那是哪家?回客户全称。不记了回 算了。")
}

func (a *App) answerDealAmount(ctx context.Context, t bot.Turn, tx Tx, d dealDraft) (bot.Reply, error) {
	if saidNothing(t.Text) {
		d.NoAmount = true
		return a.continueDeal(ctx, t, tx, d)
	}
	if isNo(t.Text) {
		return a.dropDeal(t), nil
	}
	m, err := sales.ParseMoney(t.Text)
	if err != nil {
		if said, ok := parse.Money(t.Text); ok && belowZero(t.Text) == "" {
			if yuan, ok := exactYuan(said); ok {
				m, err = yuan, nil
			}
		}
	}
	switch {
	case err == nil:
		d.Amount = m
		return a.continueDeal(ctx, t, tx, d)
	case utf8.RuneCountInString(t.Text) > 12:
		return bot.Reply{}, bot.ErrNotMine
	}
	return bot.Text(sales.Message(err)), nil
}

// TapDeal takes a tapped answer to a question about an opportunity.
func (a *App) TapDeal(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[dealDraft](t)
	asking, value, _ := strings.Cut(t.Action.Arg, ",")
	n, nerr := strconv.Atoi(value)
	if t.Dialogue.Topic != topicDeal || err != nil || nerr != nil || d.At.Unix() != t.Action.Version || d.Asking != asking ||
		!t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return passPick(t, bot.Text("这一问过期了,没有改动。")), nil
	}
	var reply bot.Reply
	switch {
	case asking == askDealReason && n >= 1 && n <= len(view.LossReasons):
		d.Reason = view.LossReasons[n-1]
		reply, err = a.continueDeal(ctx, t, tx, d)
	case asking == askDealWhich && n >= 1 && n <= len(d.Options):
		d.Opportunity = d.Options[n-1]
		reply, err = a.continueDeal(ctx, t, tx, d)
	case asking == askDealCustomer && n >= 1 && n <= len(d.Options):
		d.Customer = d.Options[n-1]
		reply, err = a.continueDeal(ctx, t, tx, d)
	case asking == askDealCustomer:
		reply, err = a.notThatCustomer(t, d)
	}
	return closePick(t, reply), err
}

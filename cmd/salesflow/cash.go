package main

import (
	"context"
	"fmt"

	"salesflow/bot"
	"salesflow/bot/sheet"
	"salesflow/configs"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// cashSettings are the numbers between contract and payment as the handlers take them.
func cashSettings(all configs.Config) handlers.CashSettings {
	c, wants := all.Rules.Cash, hooksFor(all)
	return handlers.CashSettings{
		ERP: wants != nil && len(wants("order.signed")) > 0, EInvoice: all.EInvoice.URL != "",
		Tolerance: sales.Money(c.MatchToleranceYuan) * sales.Yuan, TermDays: days(c.PaymentTerm), StatementDiff: c.StatementDiffPercent,
		OpeningQuiet: days(c.OpeningQuiet), Mail: all.Mail.SMTP != "", DeliveryCalendar: all.DeliveryCalendar.URL != "",
	}
}

// layouts are the layouts of files that may come through the chat, those that sources have their own words for first.
func (p *program) layouts(ctx context.Context) ([]sheet.Layout, error) {
	var words []sales.SheetWord
	if err := p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) { words, err = tx.SheetWords(ctx); return err }); err != nil {
		return nil, err
	}
	type source struct{ kind, name string }
	of := map[source]map[string]string{}
	var order []source
	for _, w := range words {
		s := source{w.Kind, w.Source}
		if of[s] == nil {
			of[s] = map[string]string{}
			order = append(order, s)
		}
		of[s][w.Key] = w.Word
	}
	var out []sheet.Layout
	for _, s := range order {
		if l, ok := layoutWith(s.kind, p.app.Custom); ok {
			out = append(out, l.With(of[s]))
		}
	}
	if p.app.Custom != nil {
		for _, rt := range p.app.Custom.Types {
			if l, ok := recordLayout(p.app.Custom, rt.Key); ok {
				out = append(out, l)
			}
		}
	}
	for _, l := range sheet.Layouts {
		with, _ := layoutWith(l.Kind, p.app.Custom)
		out = append(out, with)
	}
	return out, nil
}

// columnWords implements handlers.ColumnWords.
type columnWords struct{}

// ColumnKey implements handlers.ColumnWords.
func (columnWords) ColumnKey(kind, word string) string {
	l, _ := layoutOf(kind)
	return l.Column(word)
}

// ColumnNames implements handlers.ColumnWords.
func (columnWords) ColumnNames(kind string) []string {
	l, _ := layoutOf(kind)
	var out []string
	for _, c := range l.Columns {
		out = append(out, c.Name)
	}
	return out
}

// workCash matches payments and invoices that came by file, a part in each transaction, and tells whoever brought them what is left.
func (p *program) workCash(ctx context.Context) error {
	var all handlers.Matched
	for {
		var m handlers.Matched
		err := p.do(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			m, err = p.cashier().MatchWaiting(ctx, tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("match payments: %w", err)
		}
		if m.Seen == 0 {
			break
		}
		all.Seen, all.Matched, all.Left, all.By, all.Last = all.Seen+m.Seen, all.Matched+m.Matched, all.Left+m.Left, m.By, m.Last
	}
	if all.Matched+all.Left == 0 || len(all.By) == 0 {
		return nil
	}
	return p.answer(ctx, func(ctx context.Context, tx *store.Tx) (bot.Reply, error) {
		n, left, err := tx.CountUnmatched(ctx, sales.Scope{All: true})
		if err != nil {
			return bot.Reply{}, err
		}
		text := fmt.Sprintf("自动认款好了:%d 笔全部认到,%d 笔没认完。", all.Matched, all.Left)
		if n > 0 {
			text += fmt.Sprintf("现在未认款 %d 笔,共 %s。发 未认款 一笔一笔看。", n, left)
		}
		return bot.Reply{Say: []bot.Say{{
			To: all.By, Subject: "cash:match", Kind: bot.DeliverReply, Slot: all.Last.String(), Out: bot.Outgoing{Text: text},
		}}}, nil
	})
}

func (p *program) cashier() handlers.Cashier {
	return handlers.Cashier{Now: p.clock.Now(), EventID: "cash:match", Tolerance: p.app.Settings.Cash.Tolerance}
}

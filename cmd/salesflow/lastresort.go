package main

import (
	"context"

	"salesflow/bot"
	"salesflow/bot/llm"
	"salesflow/bot/parse"
	"salesflow/store"
	"salesflow/store/sales"
)

// lastResort sets up the language model for messages that were not understood, when one is configured.
func (p *program) lastResort() error {
	c := p.cfg.LLM
	if c.URL == "" {
		return nil
	}
	client, err := llm.New(c.URL, c.Secret.Reveal(), c.Model, c.Timeout)
	if err != nil {
		return err
	}
	p.model = llm.NewIntake(p.front, p.notUnderstood, func(ctx context.Context, ev bot.Event) (string, error) {
		book, err := p.books.Book(ctx)
		if err != nil {
			return "", err
		}
		who, ok := p.sender(ctx, ev)
		if !ok {
			return "", llm.ErrNothing
		}
		names := map[parse.ID][]string{}
		for id, cust := range book.Customers.All() {
			if cust.OwnerID == who.ID {
				names[parse.ID(id)] = append([]string{cust.Name}, cust.Aliases...)
			}
		}
		return client.Rewrite(ctx, book.Parser, parse.Input{Text: ev.Text, Now: p.clock.Now().In(sales.Shanghai), User: parse.ID(who.ID)}, names)
	})
	p.model.Busy = p.answering
	return nil
}

// answering reports whether a text is the answer to an open question. Where that cannot be found out, it counts as one.
func (p *program) answering(ctx context.Context, ev bot.Event) bool {
	who, ok := p.sender(ctx, ev)
	if !ok {
		return true
	}
	answer := true
	err := p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		d, err := tx.DialogueOf(ctx, who.ID)
		if err == nil {
			answer = p.app.Answering(d, ev.Text, p.clock.Now())
		}
		return err
	})
	return err != nil || answer
}

// intake is where adapters hand events in.
func (p *program) intake() bot.Intake {
	if p.model != nil {
		return p.model
	}
	return p.front
}

func (p *program) sender(ctx context.Context, ev bot.Event) (sales.Person, bool) {
	org, err := p.books.RecentOrg(ctx)
	if err != nil {
		return sales.Person{}, false
	}
	return org.ByAccount(string(ev.Platform), string(ev.From))
}

// notUnderstood reports whether a text that was answered said nothing the parser can use.
func (p *program) notUnderstood(ctx context.Context, ev bot.Event) bool {
	who, ok := p.sender(ctx, ev)
	if !ok || p.router.Matches(ev.Text) {
		return false
	}
	return p.app.NotUnderstood(ctx, ev.Text, who.ID, parse.Input{Now: p.clock.Now().In(sales.Shanghai)})
}

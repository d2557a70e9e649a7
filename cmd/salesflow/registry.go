package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"salesflow/bot"
	"salesflow/bot/registry"
	"salesflow/cards/view"
	"salesflow/store"
	"salesflow/store/sales"
)

const (
	// registryWait is how long a question that was begun is left to whoever began it; then it is asked again.
	registryWait = time.Minute
	// maxRegistryAttempts is how often a question is asked.
	maxRegistryAttempts = 3
)

// workRegistry asks the business registry what waits to be asked, one after the other.
func (p *program) workRegistry(ctx context.Context) error {
	if p.cfg.Registry.URL == "" {
		return nil
	}
	p.turns.registry.Lock()
	defer p.turns.registry.Unlock()
	client := registry.Client{URL: p.cfg.Registry.URL, Secret: p.cfg.Registry.Secret.Reveal(), Now: p.clock.Now}
	for {
		c, ok, err := p.db.ClaimRegistryCheck(ctx, p.clock.Now(), registryWait)
		if err != nil || !ok {
			return err
		}
		if err := p.checkRegistry(ctx, client, c); err != nil {
			return fmt.Errorf("registry check %d: %w", c.ID, err)
		}
	}
}

func (p *program) checkRegistry(ctx context.Context, client registry.Client, c sales.RegistryCheck) error {
	var customer sales.Customer
	err := p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		customer, err = tx.CustomerByID(ctx, c.CustomerID)
		return err
	})
	if sales.KindOf(err) == sales.NotFound {
		return p.answer(ctx, func(_ context.Context, tx *store.Tx) (bot.Reply, error) {
			c.State = sales.RegistryFailed
			tx.UpdateRegistryCheck(c)
			return bot.Reply{}, nil
		})
	}
	if err != nil {
		return err
	}
	company, asked := client.Lookup(ctx, customer.Name, customer.USCC)
	if asked != nil {
		p.log.Warn().Err(asked).Str("check", c.ID.String()).Int("attempts", c.Attempts).Msg("registry")
		if registry.CanRetry(asked) && c.Attempts < maxRegistryAttempts {
			return nil // claimed again when its time comes
		}
	}
	return p.answer(ctx, func(ctx context.Context, tx *store.Tx) (bot.Reply, error) {
		now, err := tx.CustomerByID(ctx, c.CustomerID)
		if err != nil {
			return bot.Reply{}, err
		}
		return registryAnswer(tx, c, now, company, asked)
	})
}

// registryAnswer keeps what came back and tells whoever asked. A question nobody asked speaks up only when there is something to do.
func registryAnswer(tx *store.Tx, c sales.RegistryCheck, customer sales.Customer, company sales.Company, asked error) (bot.Reply, error) {
	say := func(out bot.Outgoing) bot.Reply {
		return bot.Reply{Say: []bot.Say{{To: []sales.PersonID{c.PersonID}, Subject: "registry:" + c.ID.String(), Kind: bot.DeliverReply, Slot: "answer", Out: out}}}
	}
	if asked != nil {
		c.State = sales.RegistryFailed
		tx.UpdateRegistryCheck(c)
		if c.Auto {
			return bot.Reply{}, nil
		}
		return say(bot.Outgoing{Text: "工商数据没查到" + customer.Name + ":对方系统没应答。过一会儿再发 查工商 " + customer.Name}), nil
	}
	b, err := json.Marshal(company)
	if err != nil {
		return bot.Reply{}, fmt.Errorf("keep answer: %w", err)
	}
	c.State, c.Answer = sales.RegistryDone, string(b)
	tx.UpdateRegistryCheck(c)
	tx.Audit(sales.AuditEntry{Verb: "registry.answer", PersonID: c.PersonID, SubjectKind: "customer", SubjectID: customer.ID, Changes: sales.List[sales.Change]{
		{Field: "登记名", New: company.Name}, {Field: "信用代码", New: company.USCC}, {Field: "状态", New: company.Status},
	}})
	differs, fill := company.Compare(customer)
	if c.Auto && len(differs) == 0 && !fill && !company.Gone() {
		return bot.Reply{}, nil
	}
	card := view.RegistryCard(view.Registry{Check: c, Customer: customer, Company: company})
	return say(bot.Outgoing{Card: &card}), nil
}

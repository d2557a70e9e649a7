package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"salesflow/bot/api"
	"salesflow/bot/sim/outside"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// outsidePrefix is where the systems around the demo's company answer on its address.
const outsidePrefix = "/_outside"

// outsideName is what the token is called with which they answer.
const outsideName = "演示外部系统"

// outsideSecret signs what they are sent. It is known to everybody, as the simulated platforms' credentials are: they answer this
// machine only.
const outsideSecret = "demo-outside-secret-0123456789"

// surround starts the factory, the ERP, the e-invoice service and the customers' mailboxes of the demo's company, and has the program
// use them.
func (d *demo) surround(mux *http.ServeMux, c *configs.Config, base string) (err error) {
	if d.outside, err = outside.New(outside.Options{Secret: outsideSecret, Now: d.clock.Now, Wall: time.Now, Pause: d.pause}); err != nil {
		return fmt.Errorf("systems outside: %w", err)
	}
	mux.Handle(outsidePrefix+"/", http.StripPrefix(outsidePrefix, d.outside.Handler()))
	at := func(path string) configs.Service {
		return configs.Service{URL: base + outsidePrefix + path, Secret: configs.Secret(outsideSecret)}
	}
	c.DeliveryCalendar, c.ERP, c.EInvoice = at("/delivery"), at("/erp"), at("/einvoice")
	c.Mail = configs.Mail{SMTP: configs.Secret(d.outside.SMTP()), From: "bot@demo.example"}
	return nil
}

// letIn gives the systems outside a token of the HTTP interface to answer with; that of an earlier run ends.
func (d *demo) letIn(ctx context.Context, base string) error {
	random, err := secret(32)
	if err != nil {
		return err
	}
	token := api.NewToken(random)
	err = d.program.do(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.APITokens(ctx)
		if err != nil {
			return err
		}
		now := sales.At(d.clock.Now())
		for _, k := range all {
			if k.Name == outsideName {
				k.RevokedAt = now
				tx.UpdateAPIToken(k)
			}
		}
		tx.CreateAPIToken(sales.APIToken{
			ID: tx.NewID(), Name: outsideName, Hash: api.TokenHash(token), Scopes: []string{"erp:read", "erp:write", "invoices:read", "invoices:write"},
			CreatedAt: now, Version: 1,
		})
		return nil
	})
	if err != nil {
		return fmt.Errorf("let the systems outside in: %w", err)
	}
	d.outside.Answer(base+"/api/v1", token)
	return nil
}

// ownLists are the demo's compliance checklists, for its most important customers.
func ownLists() []configs.Checklist {
	return []configs.Checklist{
		{Class: "KA", Items: []configs.ChecklistItem{{Say: "痛点", Count: "pains", Min: 2}, {Say: "定制方案", Document: "定制方案"}, {Say: "法务意见", Count: "legal"}}},
		{Class: "A", Items: []configs.ChecklistItem{{Say: "痛点", Count: "pains"}, {Say: "联系人", Count: "contacts", Min: 2}}},
	}
}

// closeOutside ends the systems outside, if there are any.
func (d *demo) closeOutside() error {
	if d.outside == nil {
		return nil
	}
	return errors.Join(d.outside.Close())
}

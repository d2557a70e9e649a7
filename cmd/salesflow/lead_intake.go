package main

import (
	"context"
	"fmt"
	"time"

	"salesflow/bot"
	"salesflow/bot/httpapi"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// apiPlatform is under which the ids of leads from the interface are remembered.
const apiPlatform bot.Platform = "api"

// leadIntake is the program as the intake of leads needs it.
type leadIntake struct{ p *program }

// TakeLead implements httpapi.Leads. The id is the event's: the same one again does nothing.
func (i leadIntake) TakeLead(ctx context.Context, r httpapi.LeadRequest) (httpapi.LeadAnswer, error) {
	in := handlers.LeadIntake{
		Text: sales.LeadText{
			Company: r.Company, Contact: r.Contact, Phone: r.Phone, Need: r.Need, City: r.City, Source: r.Source, Campaign: r.Campaign,
		},
		Intake: sales.IntakeAPI, ExternalID: r.ID, Level: r.Level, Amount: sales.Money(min(max(r.AmountYuan, 0), 1_000_000_000_000)) * sales.Yuan, Spread: true,
	}
	taken, err := i.p.takeLead(ctx, "lead:"+r.ID, in)
	return httpapi.LeadAnswer{No: taken.Lead.No, Duplicate: taken.Twin, State: taken.Lead.State}, err
}

// takeLead takes a lead in that nobody typed: from the interface, or a file. id is its identity, "" for none.
func (p *program) takeLead(ctx context.Context, id string, in handlers.LeadIntake) (handlers.LeadTaken, error) {
	in, err := in.Clean()
	if err != nil {
		return handlers.LeadTaken{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	now := p.clock.Now()
	ev := bot.Event{At: now}
	if id != "" {
		ev.Platform, ev.ID = apiPlatform, id
	}
	var taken handlers.LeadTaken
	done, err := storage{p.books, p.db}.do(ctx, ev, 0, func(ctx context.Context, tx *store.Tx) error {
		org, err := p.books.Org(ctx)
		if err != nil {
			return err
		}
		t := bot.Turn{Event: ev, Now: now, Today: sales.DayOf(now), Org: org}
		if taken, err = p.app.IntakeLead(ctx, t, tx, in); err != nil {
			return err
		}
		_, err = p.front.Poster.Post(ctx, tx, org, now, bot.Origin{}, pushes(taken.Reply))
		return err
	})
	if err != nil {
		return handlers.LeadTaken{}, fmt.Errorf("take lead: %w", err)
	}
	p.front.Committed(done, 0)
	p.engine.Scheduled(done.Dues)
	if done.Duplicate {
		taken.Twin = true
		err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			taken.Lead, err = tx.LeadByExternal(ctx, in.ExternalID)
			if sales.KindOf(err) == sales.NotFound { // it was a double of another then
				err = nil
			}
			return err
		})
	}
	return taken, err
}

// pushes marks everything a reply says as caused by somebody else: it waits in quiet hours.
func pushes(r bot.Reply) bot.Reply {
	for i := range r.Say {
		r.Say[i].Push = true
	}
	return r
}

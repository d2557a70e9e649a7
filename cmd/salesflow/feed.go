package main

import (
	"context"
	"fmt"
	"time"

	"salesflow/bot"
	"salesflow/handlers"
	"salesflow/scheduler"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/store"
	"salesflow/store/sales"
)

// runRules makes what runs the company's rules: the rules as they are understood, their moments, and the feed that shows
// them what happens.
func (p *program) runRules(cal *sales.Calendar, contracts scheduler.Escalation) {
	s := p.app.Settings
	p.app.Incidents = &incident.Desk{
		Book:     &incident.Book{Source: ruleSource{p.db}, Registry: p.subjects, Names: p.ruleNames},
		Calendar: cal, Clauses: s.Clauses, Cards: incident.OwnCards(s.Leads),
	}
	p.rules = &scheduler.Rules{Desk: p.app.Incidents, Contracts: contracts, Dispatcher: p.newDispatcher(), ActsPerDay: p.cfg.Rules.ActsPerDay}
	scheduler.RegisterRules(p.engine, p.rules)
	scheduler.RegisterRuleHealth(p.engine, p.rules)
	scheduler.RegisterPauses(p.engine)
	scheduler.RegisterTrials(p.engine, scheduler.Trials{
		Rules: p.rules, View: func(ctx context.Context, read func(context.Context, scheduler.ReplayTx) error) error {
			return p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error { return read(ctx, tx) })
		},
	})
	p.feed = &scheduler.Feed[*store.Tx]{
		Store: feedStore{dues{storage{p.books, p.db}}}, Rules: p.rules, Clock: p.clock, Poster: p.engine.Poster,
		Committed: func(done bot.Done) { p.front.Committed(done, 0) },
	}
	p.front.Changed = p.feed.Wake
}

// ruleNames is what rules can name at the moment.
func (p *program) ruleNames(org *sales.Org) (rules.Names, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var groups []sales.GroupChat
	err := p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		groups, err = tx.GroupChats(ctx)
		return err
	})
	if err != nil {
		return rules.Names{}, fmt.Errorf("read groups: %w", err)
	}
	return p.namesFor(ctx, org, groups)
}

// namesFor are the words of rules for people, groups, interfaces and the documents of products.
func (p *program) namesFor(ctx context.Context, org *sales.Org, groups []sales.GroupChat) (rules.Names, error) {
	book, err := p.books.Book(ctx)
	if err != nil {
		return rules.Names{}, err
	}
	n := p.app.Rule.Company.Names(org, groups)
	n.Materials = append(n.Materials, handlers.Materials(book)...)
	return n, nil
}

// ruleSource is the store as the book of rules reads it.
type ruleSource struct{ db *store.DB }

// RuleRevision implements incident.Source.
func (s ruleSource) RuleRevision(ctx context.Context) (int64, error) {
	r, err := s.db.Revisions(ctx)
	return r.Rules, err
}

// ActiveRules implements incident.Source.
func (s ruleSource) ActiveRules(ctx context.Context) ([]sales.ActiveRule, int64, error) {
	return s.db.ActiveRules(ctx)
}

// feedStore is the store as the feed of events needs it.
type feedStore struct{ dues }

// EventsQueued implements scheduler.FeedStore.
func (s feedStore) EventsQueued(ctx context.Context) (bool, error) { return s.db.EventsQueued(ctx) }

// RulesBehind implements scheduler.FeedStore.
func (s feedStore) RulesBehind(ctx context.Context) (bool, error) {
	r, err := s.db.Revisions(ctx)
	return r.Rules > r.RulesDone, err
}

// Lease implements scheduler.FeedStore.
func (s feedStore) Lease(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	return s.db.Lease(ctx, name, s.db.Holder(), ttl)
}

// ReleaseLease implements scheduler.FeedStore.
func (s feedStore) ReleaseLease(ctx context.Context, name string) error {
	return s.db.ReleaseLease(ctx, name, s.db.Holder())
}

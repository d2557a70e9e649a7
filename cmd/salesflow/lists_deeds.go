package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/httpapi"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// form is one button of the admin's page, with a token that works once, for whom it was made.
func (l lists) form(who sales.Person, record, do, text, name string) (*httpapi.Form, error) {
	b, err := secret(8)
	if err != nil {
		return nil, fmt.Errorf("make form: %w", err)
	}
	number := sales.ID(binary.BigEndian.Uint64(b) >> 1)
	return &httpapi.Form{Record: record, Do: do, Text: text, Name: name, Once: l.p.links.signer.Token(
		httpapi.Link{Purpose: httpapi.ForAdminDeed, Record: number, Person: who.ID, Until: l.p.clock.Now().Add(deedFor)},
	)}, nil
}

// ruleForm is the button that switches a rule on or off; nil for a rule that has none.
func (l lists) ruleForm(r sales.Rule, who sales.Person) (*httpapi.Form, error) {
	switch r.State {
	case sales.RuleOn:
		return l.form(who, r.ID.String(), "rule.off", "停用", r.Name)
	case sales.RuleOff:
		return l.form(who, r.ID.String(), "rule.on", "启用", r.Name)
	}
	return nil, nil
}

// deedTries is how often a form is tried that met another change of the same thing at the same moment.
const deedTries = 5

// adminDeeds does what the admin's page asks for as if the person had written it in the chat: the same handlers, the same rights,
// the same trace, and the answer in the chat. The number of a form is the identity of its event, so that it is done once.
type adminDeeds struct{ p *program }

// Do implements httpapi.Deeds.
func (d adminDeeds) Do(ctx context.Context, person sales.PersonID, number sales.ID, deed httpapi.Deed) error {
	switch deed.Do {
	case "rule.on", "rule.off":
		return d.rule(ctx, person, number, deed)
	case "setup", "setup.back":
		record, n, back := strings.Cut(deed.Record, "#")
		kind, target, _ := strings.Cut(record, ":")
		s := handlers.Setting{Kind: kind, Target: target, Values: deed.Values, Back: -1}
		if deed.Do == "setup.back" {
			var err error
			if s.Back, err = strconv.Atoi(n); err != nil || !back || s.Back < 0 {
				return goneForm()
			}
		}
		return d.turn(ctx, person, number, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (bot.Reply, error) {
			var ok bool
			if s.Say, _, ok = lists(d).settings(kind, target, t.Org, t.Person); !ok {
				return bot.Reply{}, goneForm()
			}
			return d.p.app.Set(ctx, t, tx, s)
		})
	case "way.preview":
		_, key, _ := strings.Cut(deed.Record, ":")
		return d.turn(ctx, person, number, func(ctx context.Context, t bot.Turn, tx handlers.Tx) (bot.Reply, error) {
			t.Args = "迁移 " + d.p.app.Pipelines.OfStage(sales.Stage(key)).Name
			return d.p.app.Ways(ctx, t, tx)
		})
	}
	return goneForm()
}

func goneForm() error {
	return sales.Errorf(sales.Invalid, "这个按钮已失效。返回刷新再看。")
}

// account is how a person is reached, who must be an administrator still.
func (d adminDeeds) account(org *sales.Org, person sales.PersonID) (sales.Person, sales.Identity, error) {
	who, known := org.Person(person)
	accounts := org.Identities(person)
	if !known || !who.Active || !who.Has(sales.RoleAdmin) || len(accounts) == 0 {
		return who, sales.Identity{}, sales.Errorf(sales.Forbidden, "管理页要管理员权限。")
	}
	return who, accounts[0], nil
}

func pageEvent(d adminDeeds, number sales.ID, account sales.Identity, text string) bot.Event {
	return bot.Event{
		Platform: bot.Platform(account.Platform), ID: "page:" + number.String(), Kind: bot.Said, At: d.p.clock.Now(),
		From: bot.UserID(account.UserID), Chat: bot.Chat{Platform: bot.Platform(account.Platform)}, Text: text,
	}
}

// turn does what a form asks for in a transaction like a message's: the person is locked, the event counts once, and what is
// refused is refused here, where the form can be mended.
func (d adminDeeds) turn(ctx context.Context, person sales.PersonID, number sales.ID, do func(context.Context, bot.Turn, handlers.Tx) (bot.Reply, error)) error {
	p := d.p
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	_, account, err := d.account(org, person)
	if err != nil {
		return err
	}
	ev := pageEvent(d, number, account, "")
	once := func(ctx context.Context, tx *store.Tx) error {
		org, err := p.books.Org(ctx)
		if err != nil {
			return err
		}
		who, _, err := d.account(org, person)
		if err != nil {
			return err
		}
		t := bot.Turn{Event: ev, Now: ev.At, Today: sales.DayOf(ev.At), Org: org, Person: who, Dialogue: tx.Dialogue()}
		reply, err := do(ctx, t, tx)
		if err != nil {
			return err
		}
		if reply.Dialogue != nil {
			tx.SaveDialogue(*reply.Dialogue)
		}
		_, err = p.front.Poster.Post(ctx, tx, org, ev.At, bot.Origin{Event: ev, Person: person}, reply)
		return err
	}
	var done bot.Done
	for range deedTries { // a message would wait and be done again; whoever holds a form is told at once
		done, err = storage{p.books, p.db}.do(context.WithoutCancel(ctx), ev, person, once)
		var met *sales.Error
		if !errors.As(err, &met) || met.Kind != sales.Conflict || met.Err == nil {
			break // done, or refused by a rule
		}
	}
	if err != nil {
		return err
	}
	p.front.Committed(done, 0)
	p.engine.Scheduled(done.Dues)
	return nil
}

// rule switches a rule on or off.
func (d adminDeeds) rule(ctx context.Context, person sales.PersonID, number sales.ID, deed httpapi.Deed) error {
	id, err := sales.ParseID(deed.Record)
	if err != nil {
		return goneForm()
	}
	org, err := d.p.books.Org(ctx)
	if err != nil {
		return err
	}
	_, account, err := d.account(org, person)
	if err != nil {
		return err
	}
	var name string
	err = d.p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		rules, err := tx.Rules(ctx)
		for _, r := range rules {
			if r.ID == id {
				name = r.Name
			}
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case name == "":
		return sales.Errorf(sales.NotFound, "这条规则已经不在了。返回刷新再看。")
	}
	word := map[string]string{"rule.on": "启用", "rule.off": "停用"}[deed.Do]
	_, err = d.p.front.Accept(context.WithoutCancel(ctx), pageEvent(d, number, account, "规则 "+word+" "+name))
	return err
}

var _ httpapi.Deeds = adminDeeds{}

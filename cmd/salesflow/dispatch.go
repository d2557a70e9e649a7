package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"salesflow/bot"
	"salesflow/handlers"
	"salesflow/scheduler"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// dispatcher sends what rules send outside the chats, and starts what they start. It implements scheduler.Dispatcher.
type dispatcher struct {
	app     *handlers.App
	books   *books
	outlets scheduler.Outlets
}

// newDispatcher knows the channels that are configured.
func (p *program) newDispatcher() dispatcher {
	return dispatcher{app: p.app, books: p.books, outlets: scheduler.Outlets{
		Mail: p.cfg.Mail.SMTP != "", SMS: p.cfg.SMS.URL != "", Targets: slices.Sorted(maps.Keys(hooks(p.cfg))),
	}}
}

// channelOf are the channels of the rules' actions.
var channelOf = map[rules.Do]bot.Platform{rules.Mail: bot.ViaMail, rules.SMS: bot.ViaSMS, rules.Webhook: bot.ViaHook}

// Dispatch implements scheduler.Dispatcher.
func (d dispatcher) Dispatch(ctx context.Context, tx scheduler.RuleTx, x scheduler.Dispatch) (bot.Reply, string, error) {
	switch x.Do {
	case rules.Material:
		says, trouble, err := d.material(ctx, tx, x)
		return bot.Reply{Say: says}, trouble, err
	case rules.Approve, rules.Task:
		return d.start(ctx, tx, x)
	}
	via, ok := channelOf[x.Do]
	if !ok {
		return bot.Reply{}, "这个动作还没有渠道", nil
	}
	org, err := d.books.Org(ctx)
	if err != nil {
		return bot.Reply{}, "", err
	}
	says, trouble := d.outlets.Says(org, scheduler.Outbound{
		Via: via, Target: x.Target, To: x.To, Title: x.Title, Text: x.Text, Rule: x.Rule, Key: x.Key(), SubjectKind: x.SubjectKind, SubjectID: x.SubjectID,
		Values: x.Values, At: x.At,
	})
	if len(says) > 0 {
		trouble = "" // those who have no address are told by nobody, the others are
	}
	return bot.Reply{Say: says}, trouble, nil
}

// start opens an approval about a record, or a department's task of a work order.
func (d dispatcher) start(ctx context.Context, tx scheduler.RuleTx, x scheduler.Dispatch) (bot.Reply, string, error) {
	all, ok := tx.(handlers.Tx)
	if !ok {
		return bot.Reply{}, "", fmt.Errorf("%T cannot start anything", tx)
	}
	org, err := d.books.Org(ctx)
	if err != nil {
		return bot.Reply{}, "", err
	}
	if x.Do == rules.Task {
		return d.app.OpenRuleTask(ctx, all, org, x.At, handlers.RuleTask{
			Rule: x.Rule, Text: x.Text, Source: x.Key(), Task: x.SubjectKind == "worktask", ID: x.SubjectID, Roles: x.Roles, Until: x.Until,
		})
	}
	return d.app.StartApplication(ctx, all, org, x.At, handlers.RuleApplication{
		Rule: x.Rule, Topic: x.Target, Text: x.Text, Source: x.Key(), Object: x.Object, Noun: x.Noun, Title: x.About, ID: x.SubjectID,
		Customer: x.Customer, Amount: x.Amount, Owner: x.Owner, Effect: x.Effect,
	})
}

// material hands out the documents of a product, each as a file in the chat.
func (d dispatcher) material(ctx context.Context, tx scheduler.RuleTx, x scheduler.Dispatch) ([]bot.Say, string, error) {
	book, err := d.books.Book(ctx)
	if err != nil {
		return nil, "", err
	}
	if len(x.To) == 0 {
		return nil, "没有收资料的人", nil
	}
	say := func(slot string, out bot.Outgoing) bot.Say {
		return bot.Say{To: x.To, Subject: x.Key(), Kind: bot.DeliverPush, Slot: slot, Push: true, Out: out}
	}
	says := []bot.Say{say("title", bot.Outgoing{Text: x.Title + ":" + x.Target + "的资料。"})}
	for _, p := range book.Products {
		if p.Name != x.Target {
			continue
		}
		for _, id := range p.Files {
			f, err := tx.FileByID(ctx, id)
			if sales.KindOf(err) == sales.NotFound || err == nil && f.State != sales.FileKept {
				continue
			}
			if err != nil {
				return nil, "", err
			}
			says = append(says, say("file:"+id.String(), bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name}}))
		}
	}
	if len(says) == 1 {
		return nil, x.Target + "没有能发的资料", nil
	}
	return says, "", nil
}

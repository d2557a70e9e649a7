package main

import (
	"context"
	"maps"
	"slices"

	"salesflow/bot"
	"salesflow/scheduler"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// dispatcher sends what rules send outside the chats. It implements scheduler.Dispatcher.
type dispatcher struct {
	books   *books
	outlets scheduler.Outlets
}

// newDispatcher knows the channels that are configured.
func (p *program) newDispatcher() dispatcher {
	return dispatcher{books: p.books, outlets: scheduler.Outlets{
		Mail: p.cfg.Mail.SMTP != "", SMS: p.cfg.SMS.URL != "", Targets: slices.Sorted(maps.Keys(hooks(p.cfg))),
	}}
}

// channelOf are the channels of the rules' actions.
var channelOf = map[rules.Do]bot.Platform{rules.Mail: bot.ViaMail, rules.SMS: bot.ViaSMS, rules.Webhook: bot.ViaHook}

// Dispatch implements scheduler.Dispatcher.
func (d dispatcher) Dispatch(ctx context.Context, tx scheduler.RuleTx, x scheduler.Dispatch) ([]bot.Say, string, error) {
	if x.Do == rules.Material {
		return d.material(ctx, tx, x)
	}
	via, ok := channelOf[x.Do]
	if !ok {
		return nil, "这个动作还没有渠道", nil
	}
	org, err := d.books.Org(ctx)
	if err != nil {
		return nil, "", err
	}
	says, trouble := d.outlets.Says(org, scheduler.Outbound{
		Via: via, Target: x.Target, To: x.To, Title: x.Title, Text: x.Text, Rule: x.Rule, Key: x.Key(), SubjectKind: x.SubjectKind, SubjectID: x.SubjectID,
		Values: x.Values, At: x.At,
	})
	if len(says) > 0 {
		trouble = "" // those who have no address are told by nobody, the others are
	}
	return says, trouble, nil
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

package main

import (
	"context"
	"maps"
	"slices"

	"salesflow/bot"
	"salesflow/scheduler"
	"salesflow/scheduler/rules"
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
func (d dispatcher) Dispatch(ctx context.Context, _ scheduler.RuleTx, x scheduler.Dispatch) ([]bot.Say, string, error) {
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

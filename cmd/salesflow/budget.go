package main

import (
	"context"
	"sync"
	"time"

	"salesflow/bot"
	"salesflow/bot/dingtalk"
)

// budget counts the calls of DingTalk's API. Calls are added up here and written together, so that counting costs no
// transaction of its own; what is not written when the process dies is lost to the count, not to anybody's message.
type budget struct {
	mu    sync.Mutex
	fresh map[string]int64 // not written yet, by API
	known int              // written, of the month
	month string
	read  time.Time
}

const budgetBeat = 5 * time.Second

// countCall is told of each call that counts.
func (p *program) countCall(api string) {
	p.budget.mu.Lock()
	defer p.budget.mu.Unlock()
	if p.budget.fresh == nil {
		p.budget.fresh = map[string]int64{}
	}
	p.budget.fresh[api]++
}

// usage is this month's counter: what all replicas wrote, and what this one has not written yet.
func (p *program) usage(ctx context.Context) dingtalk.Usage {
	b := &p.budget
	now := p.clock.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	if m := month(now); m != b.month || now.Sub(b.read) > time.Minute {
		if calls, err := p.db.APICalls(ctx, dingtalk.Platform, m); err == nil {
			b.known, b.month, b.read = 0, m, now
			for _, n := range calls {
				b.known += int(n)
			}
		}
	}
	u := dingtalk.Usage{Used: b.known, Limit: dingtalk.MonthlyLimit(p.cfg.DingTalk.Edition)}
	for _, n := range b.fresh {
		u.Used += int(n)
	}
	return u
}

// keepBudget writes the counted calls on a beat, and once more in the end.
func (p *program) keepBudget(ctx context.Context) error {
	beat := time.NewTicker(budgetBeat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			p.writeBudget(context.WithoutCancel(ctx))
			return nil
		case <-beat.C:
			p.writeBudget(ctx)
		}
	}
}

func (p *program) writeBudget(ctx context.Context) {
	b := &p.budget
	b.mu.Lock()
	fresh := b.fresh
	b.fresh = nil
	b.mu.Unlock()
	m := month(p.clock.Now())
	for api, n := range fresh {
		if err := p.db.CountAPICall(ctx, bot.Platform(dingtalk.Platform), api, m, n); err != nil {
			p.log.Warn().Err(err).Msg("count API calls")
			b.mu.Lock()
			if b.fresh == nil {
				b.fresh = map[string]int64{}
			}
			b.fresh[api] += n
			b.mu.Unlock()
			continue
		}
		b.mu.Lock()
		b.known += int(n)
		b.mu.Unlock()
	}
}

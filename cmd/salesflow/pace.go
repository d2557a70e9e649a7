package main

import (
	"context"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot/wecom"
	"salesflow/store/cache"
)

// WeCom's limits for one member, and for one webhook robot.
const (
	wecomPerMinute   = 30
	wecomPerHour     = 1000
	webhookPerMinute = 20
)

// pacer keeps to the limits for one receiver over all replicas, and over this process alone while Redis is away.
type pacer struct {
	shared *cache.Pacer
	local  *wecom.MemoryPacer
}

// newPacer makes the pacer; perMinute 0 is the platform's limit, negative is none.
func (p *program) newPacer() wecom.Pacer {
	per := p.perMinute
	if per == 0 {
		per = wecomPerMinute
	}
	local := wecom.NewPacer(p.clock.Now, per, wecomPerHour)
	if per < 0 {
		return local
	}
	return pacer{
		shared: cache.NewPacer(p.redis, p.clock.Now, cache.Limits{
			PerMinute: per, PerHour: wecomPerHour, PerMinuteOf: map[string]int{"w:": webhookPerMinute},
		}),
		local: local,
	}
}

// Take implements wecom.Pacer.
func (p pacer) Take(ctx context.Context, receivers []string, n int) (time.Duration, error) {
	wait, err := p.shared.Take(ctx, receivers, n)
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("pacing in this process alone")
		return p.local.Take(ctx, receivers, n)
	}
	return wait, nil
}

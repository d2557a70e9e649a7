package cache

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limits are how many messages one receiver may get. A receiver is named by the adapter; those whose name begins with a
// key of PerMinuteOf have that limit where it is the lower one.
type Limits struct {
	PerMinute, PerHour int
	PerMinuteOf        map[string]int
}

// Pacer keeps to a platform's limits per receiver for all replicas together. Its windows slide: in no minute is the limit
// exceeded, as it could be with a bucket that refills while it is being emptied. What Redis forgets is sent too early at
// worst; nothing is lost by it.
type Pacer struct {
	c      redis.UniversalClient
	now    func() time.Time
	limits Limits
}

// NewPacer makes a pacer. now is the program's clock.
func NewPacer(c redis.UniversalClient, now func() time.Time, limits Limits) *Pacer {
	return &Pacer{c: c, now: now, limits: limits}
}

// pacePrefix stands before the keys; slack widens the windows a little, since what leaves evenly may arrive unevenly.
const (
	pacePrefix = "salesflow:pace:"
	paceSlack  = time.Second
	paceWindow = time.Minute + paceSlack
	paceLong   = time.Hour + paceSlack
)

// take counts ARGV[2] messages at ARGV[1] (ms) under the name ARGV[3] if they fit into both windows, and says in ms how
// long to wait if they do not. More than a window holds fits in an empty one. What was counted for later than a minute from
// now was counted by a clock that has been set back since, and is forgotten: it would hold back everything for as long.
var take = redis.NewScript(`
	local now, n, name = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
	redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[7]))
	redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. (now + tonumber(ARGV[6])), '+inf')
	local function wait(window, limit)
		local have = redis.call('ZCOUNT', KEYS[1], '(' .. (now - window), '+inf')
		local over = have + math.min(n, limit) - limit
		if over <= 0 then return 0 end
		local all = redis.call('ZCARD', KEYS[1])
		local stamp = redis.call('ZRANGE', KEYS[1], all - have + over - 1, all - have + over - 1, 'WITHSCORES')
		return math.max(1, tonumber(stamp[2]) + window - now)
	end
	local w = math.max(wait(tonumber(ARGV[6]), tonumber(ARGV[4])), wait(tonumber(ARGV[7]), tonumber(ARGV[5])))
	if w > 0 then return w end
	for i = 1, math.min(n, tonumber(ARGV[5])) do
		redis.call('ZADD', KEYS[1], now, name .. ':' .. i)
	end
	redis.call('PEXPIRE', KEYS[1], ARGV[7])
	return 0`)

// Take counts n messages for each of the receivers, or none of them: then wait says when it is worth asking again.
func (p *Pacer) Take(ctx context.Context, receivers []string, n int) (wait time.Duration, err error) {
	if p.limits.PerMinute < 0 || len(receivers) == 0 || n <= 0 {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	now := p.now().UnixMilli()
	name := strconv.FormatInt(p.now().UnixNano(), 36) + "-" + randomName()
	// One key at a time, so that a cluster can spread them; what was counted is taken back if another has no room.
	var counted []string
	for _, r := range receivers {
		ms, err := take.Run(ctx, p.c, []string{pacePrefix + r}, now, n, name, p.perMinute(r), p.limits.PerHour,
			paceWindow.Milliseconds(), paceLong.Milliseconds()).Int64()
		if err != nil {
			return 0, errors.Join(fmt.Errorf("pace: %w", err), p.giveBack(ctx, counted, name, n))
		}
		if ms > 0 {
			wait = max(wait, time.Duration(ms)*time.Millisecond)
			continue
		}
		counted = append(counted, r)
	}
	if wait > 0 {
		return wait, p.giveBack(ctx, counted, name, n)
	}
	return 0, nil
}

func (p *Pacer) perMinute(receiver string) int {
	limit := p.limits.PerMinute
	for prefix, l := range p.limits.PerMinuteOf {
		if strings.HasPrefix(receiver, prefix) {
			limit = min(limit, l)
		}
	}
	return limit
}

func (p *Pacer) giveBack(ctx context.Context, receivers []string, name string, n int) error {
	if len(receivers) == 0 {
		return nil
	}
	names := make([]any, 0, n)
	for i := range min(n, p.limits.PerHour) {
		names = append(names, name+":"+strconv.Itoa(i+1))
	}
	_, err := p.c.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for _, r := range receivers {
			pipe.ZRem(ctx, pacePrefix+r, names...)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("pace: %w", err)
	}
	return nil
}

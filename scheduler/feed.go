package scheduler

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// FeedStore is what the feed needs of the store.
type FeedStore[T any] interface {
	Do(ctx context.Context, w bot.Work[T]) (bot.Done, error)
	Org(ctx context.Context) (*sales.Org, error)
	// EventsQueued reports whether there are events no rule has seen.
	EventsQueued(ctx context.Context) (bool, error)
	// RulesBehind reports whether rules have changed whose moments are not written yet.
	RulesBehind(ctx context.Context) (bool, error)
	// Lease takes or renews a named lease, and reports whether this process has it.
	Lease(ctx context.Context, name string, ttl time.Duration) (bool, error)
	// ReleaseLease gives a lease back, if this process has it.
	ReleaseLease(ctx context.Context, name string) error
}

// Feed shows the rules every event, once and in the order of their ids: events stand in a queue that was written with them,
// and are taken off it in the transaction in which what follows from them is written. One replica does so at a time, which
// saves work; that none is shown twice does not depend on it.
type Feed[T interface {
	bot.PostTx
	EnsureTx
}] struct {
	Store     FeedStore[T]
	Rules     *Rules
	Clock     Clock
	Poster    bot.Poster
	Committed func(done bot.Done)
	// Seen is told how many events a batch had; may be nil.
	Seen func(events int)

	once sync.Once
	wake chan struct{}
	// small is how many events must be taken one by one, because a batch with them failed.
	small int
	// leased is when the lease was last taken or renewed, shown how many events this process has shown.
	leased time.Time
	shown  int
	// idle says that another process has the lease.
	idle bool
}

const (
	feedBatch = 500
	feedLease = "rule.feed"
	leaseFor  = 15 * time.Second
	// renewAfter spares a transaction for each batch: the lease holds for three times as long.
	renewAfter = leaseFor / 3
	// leaveWithin bounds how long the lease is given back at the end: a database that is away must not hold it up.
	leaveWithin = 2 * time.Second
	// feedBeat is how often events of other replicas are looked for, feedPause how long one waits for more after a commit of
	// this process, feedBusy the same while one batch follows the other: a batch costs as much as a message, whatever is in it.
	feedBeat  = time.Second
	feedPause = 5 * time.Millisecond
	feedBusy  = 100 * time.Millisecond
)

// Wake says that there may be events. It never blocks.
func (f *Feed[T]) Wake() {
	f.init()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *Feed[T]) init() { f.once.Do(func() { f.wake = make(chan struct{}, 1) }) }

// Run shows events to the rules until ctx ends. Then it gives the lease back: who is started next, or another replica, goes on at
// once.
func (f *Feed[T]) Run(ctx context.Context) error {
	f.init()
	defer f.leave(ctx)
	beat := time.NewTicker(feedBeat)
	defer beat.Stop()
	pause := feedPause
	for {
		before := f.shown
		if err := f.Drain(ctx); err != nil && ctx.Err() == nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("show events to the rules")
		}
		wake := f.wake
		if f.idle {
			wake = nil // another replica shows them; it is asked again at the next beat
		}
		if f.shown > before {
			pause = feedBusy
		}
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
			pause = feedPause
		case <-wake:
			timer := time.NewTimer(pause)
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
			timer.Stop()
		}
	}
}

// Drain shows the rules all events that wait, if this replica is the one that does.
func (f *Feed[T]) Drain(ctx context.Context) error {
	for ctx.Err() == nil {
		queued, err := f.Store.EventsQueued(ctx)
		if err != nil {
			return err
		}
		behind, err := f.Store.RulesBehind(ctx)
		if err != nil || !queued && !behind {
			return err
		}
		if mine, err := f.mine(ctx); err != nil || !mine {
			return err
		}
		if behind {
			if err := f.ensure(ctx); err != nil {
				return err
			}
		}
		if err := f.batches(ctx); err != nil {
			return err
		}
	}
	return nil
}

// mine reports whether this process is the one that shows events.
func (f *Feed[T]) mine(ctx context.Context) (bool, error) {
	now := f.Clock.Now()
	if held := now.Sub(f.leased); 0 <= held && held < renewAfter {
		return true, nil
	}
	mine, err := f.Store.Lease(ctx, feedLease, leaseFor)
	if err == nil && mine {
		f.leased = now
	}
	f.idle = err == nil && !mine
	return mine, err
}

func (f *Feed[T]) leave(ctx context.Context) {
	if f.leased.IsZero() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	if err := f.Store.ReleaseLease(ctx, feedLease); err != nil { // it runs out by itself
		zerolog.Ctx(ctx).Warn().Err(err).Msg("give back the lease of the rules")
	}
}

// maxBatches is how many batches are done before the lease is renewed.
const maxBatches = 20

func (f *Feed[T]) batches(ctx context.Context) error {
	for range maxBatches {
		limit := feedBatch
		if f.small > 0 {
			limit = 1
		}
		n, err := f.batch(ctx, limit)
		switch {
		case err == nil:
			f.small = max(f.small-n, 0)
			if n < limit {
				return nil
			}
		case sales.KindOf(err) == sales.Unavailable || sales.KindOf(err) == sales.Conflict || ctx.Err() != nil:
			return err
		case limit > 1:
			zerolog.Ctx(ctx).Warn().Err(err).Msg("a batch of events failed; one by one")
			f.small = feedBatch
		default:
			zerolog.Ctx(ctx).Error().Err(err).Msg("an event the rules cannot take is left out")
			if err := f.leaveOut(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// batch shows the rules up to limit events in one transaction and returns how many there were.
func (f *Feed[T]) batch(ctx context.Context, limit int) (n int, err error) {
	org, err := f.Store.Org(ctx)
	if err != nil {
		return 0, err
	}
	done, err := f.Store.Do(ctx, bot.Work[T]{Do: func(ctx context.Context, tx T) error {
		events, err := tx.QueuedEvents(ctx, limit)
		if n = len(events); err != nil || n == 0 {
			return err
		}
		ids := make([]sales.ID, n)
		for i, e := range events {
			ids[i] = e.ID
		}
		tx.TakeEvents(ids)
		now := f.Clock.Now()
		reply, err := f.Rules.Events(ctx, tx, org, now, events)
		if err != nil {
			return err
		}
		_, err = f.Poster.Post(ctx, tx, org, now, bot.Origin{}, reply)
		return err
	}})
	if err != nil {
		return 0, fmt.Errorf("show %d events to the rules: %w", n, err)
	}
	if n > 0 {
		f.shown += n
		f.Committed(done)
		if f.Seen != nil {
			f.Seen(n)
		}
	}
	return n, nil
}

// ensure brings the moments of rules up to date with the rules.
func (f *Feed[T]) ensure(ctx context.Context) error {
	for more := true; more; {
		org, err := f.Store.Org(ctx)
		if err != nil {
			return err
		}
		done, err := f.Store.Do(ctx, bot.Work[T]{Do: func(ctx context.Context, tx T) error {
			now := f.Clock.Now()
			var w *work
			var err error
			if w, more, err = f.Rules.Ensure(ctx, tx, Moment{Now: now, Today: sales.DayOf(now), Org: org}); err != nil {
				return err
			}
			_, err = f.Poster.Post(ctx, tx, org, now, bot.Origin{}, w.reply)
			return err
		}})
		if err != nil {
			return fmt.Errorf("write the moments of rules: %w", err)
		}
		f.Committed(done)
	}
	return nil
}

// leaveOut takes the oldest event off the queue without showing it to anybody.
func (f *Feed[T]) leaveOut(ctx context.Context) error {
	_, err := f.Store.Do(ctx, bot.Work[T]{Do: func(ctx context.Context, tx T) error {
		events, err := tx.QueuedEvents(ctx, 1)
		if err != nil || len(events) == 0 {
			return err
		}
		zerolog.Ctx(ctx).Error().Str("event", events[0].ID.String()).Str("kind", events[0].Kind).Msg("event left out")
		tx.TakeEvents([]sales.ID{events[0].ID})
		return nil
	}})
	return err
}

// index finds the rules an event may concern.
type index struct {
	// bySubject are rules about states and fields, by the subject kind of the event; byVerb those about what is filed.
	bySubject, byVerb map[string][]*incident.Rule
	// ends are the activities that may end incidents, by the event that files one.
	ends map[string]*subject.Object
}

// indexCache keeps the index of the newest set of rules.
type indexCache struct {
	mu  sync.Mutex
	set *incident.Set
	idx *index
}

func (c *indexCache) of(set *incident.Set, g *subject.Registry) *index {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set == set {
		return c.idx
	}
	x := &index{bySubject: map[string][]*incident.Rule{}, byVerb: map[string][]*incident.Rule{}, ends: map[string]*subject.Object{}}
	verbs := func(o *rules.Object, add func(verb string)) {
		if o != nil {
			for _, v := range o.Verbs {
				add(v)
			}
		}
	}
	for _, r := range set.Rules {
		t := r.Trigger
		switch t.Kind {
		case rules.Enters, rules.Leaves, rules.Changes:
			x.bySubject[r.Object.Subject] = append(x.bySubject[r.Object.Subject], r)
		case rules.Reaches:
			if (t.Exact() || t.Clock != nil) && r.Object.Watched(t.Field.Key) != "" {
				x.bySubject[r.Object.Subject] = append(x.bySubject[r.Object.Subject], r)
			}
		case rules.Happens:
			for _, v := range t.Deed.Verbs {
				x.byVerb[v] = append(x.byVerb[v], r)
			}
		case rules.Files:
			verbs(t.Object, func(v string) { x.byVerb[v] = append(x.byVerb[v], r) })
		case rules.Repeats:
			verbs(t.Activity, func(v string) { x.byVerb[v] = append(x.byVerb[v], r) })
		case rules.Silent:
			if short(t.Span) {
				verbs(t.Activity, func(v string) { x.byVerb[v] = append(x.byVerb[v], r) })
				verbs(t.Object, func(v string) { x.byVerb[v] = append(x.byVerb[v], r) })
			}
		}
		ends := func(o *rules.Object) {
			verbs(o, func(v string) { x.ends[v] = g.Object(o.Key) })
		}
		if t.Kind == rules.Silent || t.Kind == rules.Runs && t.Not {
			ends(t.Activity)
		}
		for _, u := range r.Unless {
			ends(u.Activity)
		}
	}
	c.set, c.idx = set, x
	return x
}

// short reports whether a span is counted in hours, so that looking once a day would not do.
func short(s rules.Span) bool {
	return s.Unit == rules.Minutes || s.Unit == rules.Hours || s.Unit == rules.WorkingHours
}

package scheduler

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/store/sales"
)

// Horizon is how far ahead a sweep claims due rows into the heap.
const Horizon = time.Minute

// MaxAttempts bounds how often a due row is tried before it is set aside for the operator.
const MaxAttempts = 20

// Moment is a due row at its moment.
type Moment struct {
	Now   time.Time
	Today sales.Day
	Due   sales.Due
	Org   *sales.Org
	// Ready is what was made ready for the decision outside of its transaction, of kinds that have that; see Prepare.
	Ready any
}

// Decision is what is done at the moment. Reason is recorded, above all when nothing is said.
type Decision struct {
	Reply  bot.Reply
	Reason string
	// Again, when set, puts the row off to that moment instead of closing it.
	Again time.Time
}

// Decide answers "what, if anything, now?" for one kind of due row. It reads and writes through tx only, and may be
// called again when the transaction is repeated.
type Decide[T any] func(ctx context.Context, m Moment, tx T) (Decision, error)

// DueTx is what the engine needs of one transaction.
type DueTx interface {
	bot.PostTx
	// DueByID reads a due row; NotFound when there is none.
	DueByID(ctx context.Context, id sales.ID) (sales.Due, error)
	// FinishDue closes a pending row; PutOff moves it.
	FinishDue(id sales.ID, state, reason string)
	PutOff(id sales.ID, until sales.Instant, reason string)
}

// DueStore is what the engine needs of the store.
type DueStore[T DueTx] interface {
	// ClaimDues takes pending rows due before now+horizon that nobody else holds.
	ClaimDues(ctx context.Context, now time.Time, horizon time.Duration, limit int) ([]sales.Due, error)
	Do(ctx context.Context, w bot.Work[T]) (bot.Done, error)
	Org(ctx context.Context) (*sales.Org, error)
}

// Engine decides due rows at their moments.
type Engine[T DueTx] struct {
	Store  DueStore[T]
	Clock  Clock
	Poster bot.Poster
	// Committed hands on what a decision left to be sent.
	Committed func(done bot.Done)
	// Enqueue makes the row an immediate task for whichever replica is free; an error (Redis is away) makes the engine run
	// it itself, and so does nil: a process that is alone need not ask another.
	Enqueue func(ctx context.Context, d sales.Due) error
	// Observe is told how late each row was decided.
	Observe func(kind string, late time.Duration)

	kinds map[string]Decide[T]
	apart map[string]Prepare

	mu   sync.Mutex
	heap dueHeap
	wake chan struct{}
	// alone is until when rows are run here, because Enqueue failed a moment ago.
	alone time.Time
	// here are the decisions under way in this process, hands their number.
	here  sync.WaitGroup
	hands chan struct{}
}

// maxHands is how many rows are decided here at a time. Those that wait together share a transaction.
const maxHands = 64

// Handle registers the decision of a kind of due row; a second registration panics.
func (e *Engine[T]) Handle(kind string, d Decide[T]) {
	if e.kinds == nil {
		e.kinds, e.wake, e.hands = map[string]Decide[T]{}, make(chan struct{}, 1), make(chan struct{}, maxHands)
	}
	if _, ok := e.kinds[kind]; ok {
		panic("scheduler: kind registered twice: " + kind)
	}
	e.kinds[kind] = d
}

// Prepare reads what a decision needs and what takes long, before its transaction begins: a transaction of the embedded store
// is everybody's. It must not write.
type Prepare func(ctx context.Context, m Moment) (any, error)

// Before registers what is made ready before the decisions of a kind.
func (e *Engine[T]) Before(kind string, p Prepare) {
	if e.apart == nil {
		e.apart = map[string]Prepare{}
	}
	e.apart[kind] = p
}

// Scheduled is told rows that were just written, so that those due soon need not wait for the next sweep. They are
// claimed by that sweep, not here: until then their moment is only a wake-up.
func (e *Engine[T]) Scheduled(dues []sales.Due) {
	soon := e.Clock.Now().Add(Horizon)
	for _, d := range dues {
		if d.DueAt.Before(soon) {
			e.nudge()
			return
		}
	}
}

func (e *Engine[T]) nudge() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// Sweep claims what is due within the horizon into the heap.
func (e *Engine[T]) Sweep(ctx context.Context) error {
	const batch = 1000
	for {
		ds, err := e.Store.ClaimDues(ctx, e.Clock.Now(), Horizon, batch)
		if err != nil {
			return fmt.Errorf("sweep due rows: %w", err)
		}
		e.mu.Lock()
		for _, d := range ds {
			heap.Push(&e.heap, d)
		}
		e.mu.Unlock()
		if len(ds) > 0 {
			e.nudge()
		}
		if len(ds) < batch {
			return nil
		}
	}
}

// Run sends each row of the heap on its way at its moment, and sweeps when it is nudged, until ctx ends.
func (e *Engine[T]) Run(ctx context.Context) error {
	defer e.here.Wait()
	for {
		e.fire(ctx)
		nudged := e.rest(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if nudged {
			if err := e.Sweep(ctx); err != nil {
				zerolog.Ctx(ctx).Error().Err(err).Msg("sweep")
			}
		}
	}
}

// rest waits for the next moment, a nudge, or the end of ctx, and reports whether there was a nudge.
func (e *Engine[T]) rest(ctx context.Context) bool {
	wctx, cancel := context.WithCancel(ctx)
	nudged := make(chan bool, 1)
	go func() {
		select {
		case <-e.wake:
			cancel()
			nudged <- true
		case <-wctx.Done():
			nudged <- false
		}
	}()
	_ = e.Clock.Wait(wctx, e.next()) // ended by one of the three
	cancel()
	return <-nudged
}

// next is the moment of the earliest row in the heap, or far away.
func (e *Engine[T]) next() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.heap) == 0 {
		return e.Clock.Now().Add(24 * time.Hour)
	}
	return e.heap[0].DueAt.Time
}

// fire sends what has come due on its way.
func (e *Engine[T]) fire(ctx context.Context) {
	for {
		e.mu.Lock()
		if len(e.heap) == 0 || e.heap[0].DueAt.After(e.Clock.Now()) {
			e.mu.Unlock()
			return
		}
		d := heap.Pop(&e.heap).(sales.Due)
		e.mu.Unlock()
		if !e.enqueue(ctx, d) {
			e.decideHere(ctx, d)
		}
	}
}

// decideHere decides a row in this process. It waits only when all hands are full.
func (e *Engine[T]) decideHere(ctx context.Context, d sales.Due) {
	select {
	case e.hands <- struct{}{}:
	case <-ctx.Done():
		return // its claim lapses
	}
	e.here.Go(func() {
		defer func() { <-e.hands }()
		ctx, cancel := context.WithTimeout(ctx, decideFor)
		defer cancel()
		if err := Patiently(ctx, func() error { return e.Decide(ctx, d.ID) }); err != nil {
			zerolog.Ctx(ctx).Error().Err(err).Str("due", d.ID.String()).Str("kind", d.Kind).Msg("decide")
		}
	})
}

// Patiently tries a thing again that failed for now, such as on a conflict in the store: left alone, a row would wait until
// its claim lapses, which is minutes.
func Patiently(ctx context.Context, do func() error) error {
	err := do()
	for wait := 200 * time.Millisecond; err != nil && wait < 4*time.Second; wait *= 3 {
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
		err = do()
	}
	return err
}

// decideFor bounds one decision.
const decideFor = time.Minute

// aloneFor is how long Enqueue is left alone after it failed: many rows must not wait for it one after the other.
const aloneFor = 15 * time.Second

// enqueue makes the row a task, and reports whether that worked.
func (e *Engine[T]) enqueue(ctx context.Context, d sales.Due) bool {
	if e.Enqueue == nil || e.Clock.Now().Before(e.alone) {
		return false
	}
	err := e.Enqueue(ctx, d)
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Str("due", d.ID.String()).Msg("enqueue; running due rows here for a while")
		e.alone = e.Clock.Now().Add(aloneFor)
	}
	return err == nil
}

// Decide decides one row now. A row that is closed, or not due yet, is left alone: that is success.
func (e *Engine[T]) Decide(ctx context.Context, id sales.ID) error {
	org, err := e.Store.Org(ctx)
	if err != nil {
		return err
	}
	var late time.Duration
	var kind string
	var wants *Moment
	var ready any
	work := bot.Work[T]{Do: func(ctx context.Context, tx T) error {
		d, err := tx.DueByID(ctx, id)
		now := e.Clock.Now()
		if sales.KindOf(err) == sales.NotFound || err == nil && (d.State != sales.DuePending || d.DueAt.After(now)) {
			return nil
		}
		if err != nil {
			return err
		}
		kind, late = d.Kind, now.Sub(d.DueAt.Time)
		m := Moment{Now: now, Today: sales.DayOf(now), Due: d, Org: org, Ready: ready}
		if e.apart[d.Kind] != nil && ready == nil {
			wants = &m
			return nil
		}
		return e.decide(ctx, tx, m)
	}}
	done, err := e.Store.Do(ctx, work)
	if err == nil && wants != nil {
		if ready, err = e.apart[wants.Due.Kind](ctx, *wants); err == nil {
			done, err = e.Store.Do(ctx, work)
		}
	}
	if errors.Is(err, errGone) {
		// What the decision wrote before it found the record gone has not happened; closing the row is a unit of its own.
		done, err = e.Store.Do(ctx, bot.Work[T]{Do: func(_ context.Context, tx T) error {
			tx.FinishDue(id, sales.DueCancelled, errGone.Error())
			return nil
		}})
	}
	if err != nil {
		return fmt.Errorf("decide due %d: %w", id, err)
	}
	if kind != "" && e.Observe != nil {
		e.Observe(kind, late)
	}
	e.Committed(done)
	return nil
}

// errGone says that the record of a due row is not there.
var errGone = errors.New("the record is gone")

func (e *Engine[T]) decide(ctx context.Context, tx T, m Moment) error {
	decide, ok := e.kinds[m.Due.Kind]
	if !ok {
		tx.FinishDue(m.Due.ID, sales.DueCancelled, "no such kind")
		return nil
	}
	if m.Due.Attempts > MaxAttempts {
		zerolog.Ctx(ctx).Error().Str("due", m.Due.ID.String()).Str("kind", m.Due.Kind).Msg("due row set aside")
		tx.FinishDue(m.Due.ID, sales.DueCancelled, "too many attempts")
		return nil
	}
	dec, err := decide(ctx, m, tx)
	var known *sales.Error
	if errors.As(err, &known) && known.Kind == sales.NotFound {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	if err != nil {
		return err
	}
	if !dec.Again.IsZero() {
		tx.PutOff(m.Due.ID, sales.At(later(dec.Again, m.Now)), dec.Reason)
	} else {
		tx.FinishDue(m.Due.ID, sales.DueDone, dec.Reason)
	}
	for i := range dec.Reply.Say {
		s := &dec.Reply.Say[i]
		s.Push = true
		if s.Subject == "" {
			s.Subject = "due:" + m.Due.ID.String()
		}
		if s.Slot == "" {
			// With its moment, since a row that was put off speaks again.
			s.Slot = fmt.Sprintf("%s:%d:%d", m.Due.Slot, m.Due.DueAt.Unix(), i)
		}
	}
	_, err = e.Poster.Post(ctx, tx, m.Org, m.Now, bot.Origin{}, dec.Reply)
	return err
}

// later is when a row is put off to: never to a moment that has passed, or it would be decided again and again.
func later(again, now time.Time) time.Time {
	if again.After(now) {
		return again
	}
	return now.Add(time.Minute)
}

// dueHeap orders due rows by their moment.
type dueHeap []sales.Due

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].DueAt.Before(h[j].DueAt.Time) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push implements heap.Interface.
func (h *dueHeap) Push(x any) { *h = append(*h, x.(sales.Due)) }

// Pop implements heap.Interface.
func (h *dueHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/sales"
	"salesflow/store/storetest"
)

// works is an engine over a real embedded store, on a clock that only the test moves.
type works struct {
	*scheduler.Engine[*store.Tx]
	t     *testing.T
	clock *scheduler.StepClock
	db    *store.DB

	mu      sync.Mutex
	decided []string // "kind slot moment", in order
	queued  []sales.Due
	refuse  error // of Enqueue
	// answer is what is decided; nil decides nothing.
	answer func(m scheduler.Moment, tx *store.Tx) (scheduler.Decision, error)
	seen   chan struct{}
	sent   []bot.Delivery
}

type dueStore struct {
	store.Units[*store.Tx]
	org *sales.Org
}

func (s dueStore) Org(context.Context) (*sales.Org, error) { return s.org, nil }

func newWorks(t *testing.T) *works {
	t.Helper()
	w := &works{t: t, clock: scheduler.NewStepClock(frozen, tenOClock), seen: make(chan struct{}, 100)}
	base := storetest.SQLite(t)
	base.Options.Now = w.clock.Now
	w.db = base.Open()
	org := sales.NewOrg(1, []sales.Person{{ID: repA, Name: "周敏", Active: true}}, nil, []sales.Identity{{Platform: "wecom", UserID: "zhoumin", PersonID: repA}})
	w.Engine = &scheduler.Engine[*store.Tx]{
		Store: dueStore{store.Units[*store.Tx]{DB: w.db, As: func(tx *store.Tx) *store.Tx { return tx }}, org}, Clock: w.clock,
		Enqueue: w.enqueue,
		Committed: func(d bot.Done) { // of decisions side by side
			w.mu.Lock()
			defer w.mu.Unlock()
			w.sent = append(w.sent, d.Deliveries...)
		},
	}
	w.Handle("remind", func(_ context.Context, m scheduler.Moment, tx *store.Tx) (scheduler.Decision, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.decided = append(w.decided, fmt.Sprintf("%s %s", m.Due.Slot, m.Now.Sub(tenOClock)))
		w.seen <- struct{}{}
		if w.answer == nil {
			return scheduler.Decision{Reason: "nothing to say"}, nil
		}
		return w.answer(m, tx)
	})
	return w
}

// enqueue stands for asynq: it keeps the row, for the test to run.
func (w *works) enqueue(_ context.Context, d sales.Due) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refuse != nil {
		return w.refuse
	}
	w.queued = append(w.queued, d)
	w.seen <- struct{}{}
	return nil
}

// plan writes due rows, each so long after ten o'clock, named by that.
func (w *works) plan(after ...time.Duration) []sales.Due {
	w.t.Helper()
	return storetest.Do(w.t, w.db, func(_ context.Context, tx *store.Tx) error {
		for i, d := range after {
			tx.Schedule(sales.Due{Kind: "remind", SubjectKind: "todo", SubjectID: sales.ID(i + 1), Slot: d.String(), DueAt: sales.At(tenOClock.Add(d))})
		}
		return nil
	}).Dues
}

func (w *works) due(id sales.ID) (d sales.Due) {
	w.t.Helper()
	err := w.db.View(w.t.Context(), func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = tx.DueByID(ctx, id)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

// run runs the engine until the test ends.
func (w *works) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	w.t.Cleanup(func() {
		cancel()
		if err := soon(w.t, done); err != nil {
			w.t.Errorf("Run = %v", err)
		}
	})
}

// next waits until n rows were decided or enqueued.
func (w *works) next(n int) {
	w.t.Helper()
	for range n {
		select {
		case <-w.seen:
		case <-time.After(time.Minute):
			w.t.Fatal("nothing happens")
		}
	}
}

func (w *works) slots() (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range w.queued {
		out = append(out, d.Slot)
	}
	return out
}

func (w *works) sweep() {
	w.t.Helper()
	if err := w.Sweep(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func TestRowsGoAtTheirMomentsInOrder(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.plan(50*time.Second, 10*time.Second, 30*time.Second, 2*time.Hour)
	w.run()
	w.sweep()
	if got := w.slots(); len(got) != 0 {
		t.Fatalf("before their moment: %q", got)
	}
	w.clock.Set(tenOClock.Add(10*time.Second - time.Microsecond))
	w.clock.Set(tenOClock.Add(10 * time.Second))
	w.next(1)
	w.clock.Set(tenOClock.Add(time.Minute)) // several at once come in their order
	w.next(2)
	if got, want := w.slots(), []string{"10s", "30s", "50s"}; !slices.Equal(got, want) {
		t.Errorf("sent on their way %q, want %q", got, want)
	}
	w.clock.Set(tenOClock.Add(3 * time.Hour))
	w.sweep()
	w.next(1)
	if got := w.slots(); got[len(got)-1] != "2h0m0s" {
		t.Errorf("after the sweep %q", got)
	}
}

func TestARowIsNeverDecidedEarly(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	d := w.plan(time.Minute)[0]
	w.clock.Set(tenOClock.Add(time.Minute - time.Microsecond))
	if err := w.Decide(t.Context(), d.ID); err != nil || len(w.decided) != 0 || w.due(d.ID).State != sales.DuePending {
		t.Errorf("early: %v, %q, %s", err, w.decided, w.due(d.ID).State)
	}
	w.clock.Set(tenOClock.Add(time.Minute))
	for range 3 { // a task may come again and again
		if err := w.Decide(t.Context(), d.ID); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.decided) != 1 || w.due(d.ID).State != sales.DueDone || w.due(d.ID).Reason != "nothing to say" {
		t.Errorf("decided %q, row %+v", w.decided, w.due(d.ID))
	}
	if err := w.Decide(t.Context(), 424242); err != nil {
		t.Errorf("a row that is not there: %v", err)
	}
}

func TestWhatWasJustPlannedNeedsNoSweep(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.run()
	w.Scheduled(w.plan(time.Hour)) // far away: the sweep's business
	dues := w.plan(0)
	w.Scheduled(dues)
	w.next(1)
	if got := w.slots(); !slices.Equal(got, []string{"0s"}) {
		t.Errorf("sent on their way %q", got)
	}
}

func TestNoNudgeIsLost(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.run()
	for i := range 20 { // each comes while the engine may be busy with the one before
		dues := storetest.Do(t, w.db, func(_ context.Context, tx *store.Tx) error {
			tx.Schedule(sales.Due{Kind: "remind", SubjectKind: "todo", SubjectID: sales.ID(i + 1), Slot: fmt.Sprint(i), DueAt: sales.At(w.clock.Now())})
			return nil
		}).Dues
		w.Scheduled(dues)
		w.clock.Set(w.clock.Now().Add(time.Second))
		w.next(1)
	}
}

func TestWithoutAQueueTheEngineDecidesItself(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.refuse = errors.New("redis is away")
	tries := 0
	enqueue := w.Enqueue
	w.Enqueue = func(ctx context.Context, d sales.Due) error { tries++; return enqueue(ctx, d) }
	dues := w.plan(time.Second, 2*time.Second, 3*time.Second)
	w.sweep()
	w.clock.Set(tenOClock.Add(10 * time.Second))
	w.run()
	w.next(3)
	w.mu.Lock()
	slices.Sort(w.decided) // side by side
	if want := []string{"1s 10s", "2s 10s", "3s 10s"}; !slices.Equal(w.decided, want) {
		t.Errorf("decided %q, want %q", w.decided, want)
	}
	if tries != 1 {
		t.Errorf("each row waited for the queue: %d tries", tries)
	}
	w.refuse = nil
	w.mu.Unlock()
	_ = dues
	w.clock.Set(tenOClock.Add(time.Hour))
	w.Scheduled(w.plan(time.Hour))
	w.next(1)
	if got := w.slots(); len(got) != 1 {
		t.Errorf("the queue is not used again: %q", got)
	}
}

func TestARowThatIsPutOff(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.answer = func(m scheduler.Moment, _ *store.Tx) (scheduler.Decision, error) {
		d := scheduler.Decision{Reply: bot.Reply{Say: []bot.Say{{To: []sales.PersonID{repA}, Out: bot.Outgoing{Text: "还在等"}}}}, Reason: "still open"}
		if m.Now.Before(tenOClock.Add(3 * time.Hour)) {
			d.Again = m.Now.Add(time.Hour)
		}
		return d, nil
	}
	d := w.plan(time.Hour)[0]
	for h := range 5 {
		w.clock.Set(tenOClock.Add(time.Duration(h) * time.Hour))
		if err := w.Decide(t.Context(), d.ID); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"1h0m0s 1h0m0s", "1h0m0s 2h0m0s", "1h0m0s 3h0m0s"}; !slices.Equal(w.decided, want) {
		t.Errorf("decided %q", w.decided)
	}
	if len(w.sent) != 3 || w.sent[0].Kind != bot.DeliverPush || w.sent[0].Recipient != "wecom:u:zhoumin" {
		t.Errorf("%d messages, want one each time: %+v", len(w.sent), w.sent)
	}
	if got := w.due(d.ID); got.State != sales.DueDone {
		t.Errorf("row %+v", got)
	}
}

func TestARowIsNotPutOffIntoThePast(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.answer = func(m scheduler.Moment, _ *store.Tx) (scheduler.Decision, error) {
		return scheduler.Decision{Again: m.Now.Add(-time.Hour)}, nil
	}
	d := w.plan(0)[0]
	if err := w.Decide(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	if got := w.due(d.ID); !got.DueAt.After(w.clock.Now()) {
		t.Errorf("it is due at once, again: %+v", got)
	}
}

func TestARecordThatIsGone(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.answer = func(_ scheduler.Moment, tx *store.Tx) (scheduler.Decision, error) {
		tx.Schedule(sales.Due{Kind: "remind", SubjectKind: "todo", SubjectID: 77, Slot: "left behind", DueAt: sales.At(tenOClock)})
		return scheduler.Decision{}, sales.Errorf(sales.NotFound, "没有")
	}
	d := w.plan(0)[0]
	if err := w.Decide(t.Context(), d.ID); err != nil {
		t.Fatal(err)
	}
	if got := w.due(d.ID); got.State != sales.DueCancelled || got.Reason == "" {
		t.Errorf("row %+v", got)
	}
	_ = w.db.View(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if left, err := tx.DuesOf(ctx, "todo", 77); err != nil || len(left) != 0 {
			t.Errorf("half a decision was written: %+v, %v", left, err)
		}
		return nil
	})
}

func TestADecisionThatFailsIsTriedABoundedNumberOfTimes(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	boom := errors.New("boom")
	w.answer = func(scheduler.Moment, *store.Tx) (scheduler.Decision, error) { return scheduler.Decision{}, boom }
	d := w.plan(0)[0]
	n := 0
	for ; w.due(d.ID).State == sales.DuePending && n < 100; n++ {
		w.sweep()
		if err := w.Decide(t.Context(), d.ID); err != nil && !errors.Is(err, boom) {
			t.Fatal(err)
		}
		w.clock.Set(w.clock.Now().Add(10 * time.Minute)) // the claim lapses
		for len(w.seen) > 0 {
			<-w.seen
		}
	}
	if n != scheduler.MaxAttempts+1 || w.due(d.ID).State != sales.DueCancelled {
		t.Errorf("after %d tries the row is %+v", n, w.due(d.ID))
	}
}

func TestAKindNobodyKnowsIsClosed(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	d := storetest.Do(t, w.db, func(_ context.Context, tx *store.Tx) error {
		tx.Schedule(sales.Due{Kind: "of.old", SubjectKind: "todo", SubjectID: 1, DueAt: sales.At(tenOClock)})
		return nil
	}).Dues[0]
	if err := w.Decide(t.Context(), d.ID); err != nil || w.due(d.ID).State != sales.DueCancelled {
		t.Errorf("%v, %+v", err, w.due(d.ID))
	}
}

func TestLatenessIsObserved(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	var got []string
	w.Observe = func(kind string, late time.Duration) { got = append(got, kind+" "+late.String()) }
	d := w.plan(0)[0]
	w.clock.Set(tenOClock.Add(3 * time.Second))
	for range 2 {
		if err := w.Decide(t.Context(), d.ID); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(got, []string{"remind 3s"}) {
		t.Errorf("observed %q", got)
	}
}

func TestAKindRegisteredTwice(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	defer func() {
		if recover() == nil {
			t.Error("taken")
		}
	}()
	w.Handle("remind", nil)
}

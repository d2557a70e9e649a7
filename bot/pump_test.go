package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// mill is a running pump over a store in memory.
type mill struct {
	*bot.Pump
	m        *memory
	wecom    *phones
	dingtalk *phones
	stop     func() // stops and waits
}

func newMill(t *testing.T) *mill {
	t.Helper()
	x := &mill{m: newMemory(), wecom: &phones{}, dingtalk: &phones{}}
	x.Pump = &bot.Pump{
		Store: x.m, Senders: map[bot.Platform]bot.Sender{"wecom": smart{x.wecom}, "dingtalk": smart{x.dingtalk}, "plain": x.wecom},
		Now: x.m.clock.Now, Timeout: 5 * time.Second,
	}
	ctx, cancel := context.WithCancel(context.Background())
	x.Start(ctx)
	x.stop = sync.OnceFunc(func() { cancel(); x.Wait() })
	t.Cleanup(x.stop)
	return x
}

// queue puts deliveries into the outbox as a committed turn does, and returns them claimed.
func (x *mill) queue(ds ...bot.Delivery) []bot.Delivery {
	x.m.mu.Lock()
	defer x.m.mu.Unlock()
	u := &unit{m: x.m, cards: map[sales.ID]bot.LiveCard{}}
	for i, d := range ds {
		if d.ID == 0 {
			d.ID = u.NewID()
		}
		if d.Platform == "" {
			d.Platform = "wecom"
		}
		if d.Recipient == "" {
			d.Recipient = string(d.Platform) + ":u:zhoumin"
		}
		if d.Subject == "" {
			d.Subject = fmt.Sprint("x:", d.ID)
		}
		ds[i] = d
		u.AddDelivery(d, time.Time{})
	}
	return u.commit()
}

func (x *mill) state(id sales.ID) row {
	for _, r := range x.m.outbox {
		if r.ID == id {
			return *r
		}
	}
	return row{}
}

func (x *mill) wait(t *testing.T, id sales.ID, state string) row {
	t.Helper()
	x.m.eventually(t, fmt.Sprintf("delivery %d to be %s", id, state), func() bool { return x.state(id).state == state })
	x.m.mu.Lock()
	defer x.m.mu.Unlock()
	return x.state(id)
}

func (x *mill) sweep(t *testing.T) int {
	t.Helper()
	n, err := x.Sweep(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func says1(s string) bot.Delivery {
	return bot.Delivery{Kind: bot.DeliverReply, Out: bot.Outgoing{Text: s}}
}

func TestEachRecipientsMessagesKeepTheirOrder(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	people := []string{"wecom:u:a", "wecom:u:b", "wecom:u:c", "wecom:g:1"}
	var ds []bot.Delivery
	for i := range 40 {
		for _, p := range people {
			d := says1(fmt.Sprintf("%02d", i))
			d.Recipient = p
			ds = append(ds, d)
		}
	}
	ds = x.queue(ds...)
	x.Offer(ds, 0)
	x.wait(t, ds[len(ds)-1].ID, bot.DeliverySent)
	x.m.eventually(t, "all", func() bool {
		return !slices.ContainsFunc(x.m.outbox, func(r *row) bool { return r.state != bot.DeliverySent })
	})
	last := map[string]string{}
	for _, s := range x.wecom.texts() {
		to, text, _ := strings.Cut(s, ": ")
		if last[to] >= text {
			t.Fatalf("%s got %s after %s", to, text, last[to])
		}
		last[to] = text
	}
	if len(last) != len(people) {
		t.Errorf("only %d got something", len(last))
	}
}

func TestAFailureSaysWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		err   error
		state string
		wait  time.Duration
		retry bool
	}{
		{"限流,按平台说的等", &bot.SendError{Reason: bot.Throttled, Retry: true, After: time.Minute, Err: errors.New("45009")}, bot.DeliveryRetry, time.Minute, false},
		{"平台忙,按自己的节奏", &bot.SendError{Reason: bot.Down, Retry: true, Err: errors.New("500")}, bot.DeliveryRetry, 2 * time.Second, false},
		{"内容被拒,不再发", &bot.SendError{Reason: bot.Rejected, Err: errors.New("40058")}, bot.DeliveryFailed, 0, false},
		{"说不清结果,带上去重再发", errors.New("connection reset"), bot.DeliveryRetry, 2 * time.Second, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := newMill(t)
			x.wecom.fail = func(bot.Delivery) error { return tt.err }
			ds := x.queue(says1("x"))
			x.Offer(ds, 0)
			got := x.wait(t, ds[0].ID, tt.state)
			if tt.state == bot.DeliveryFailed {
				if !got.wake.IsZero() || got.reason != string(bot.Rejected) {
					t.Errorf("row %+v", got)
				}
				return
			}
			if wait := got.wake.Sub(morning); wait != tt.wait || got.Retry != tt.retry || got.Attempts != 1 {
				t.Errorf("again in %s with retry %v after %d attempts", wait, got.Retry, got.Attempts)
			}
			x.wecom.mu.Lock()
			x.wecom.fail = nil
			x.wecom.mu.Unlock()
			if n := x.sweep(t); n != 0 {
				t.Errorf("%d tried before their time", n)
			}
			x.m.clock.Advance(tt.wait)
			x.sweep(t)
			x.wait(t, ds[0].ID, bot.DeliverySent)
			if len(x.wecom.sent) != 1 || x.wecom.sent[0].Retry != tt.retry {
				t.Errorf("sent %+v", x.wecom.sent)
			}
		})
	}
}

func TestTheRetrySchedule(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	x.stop()
	x.wecom.fail = func(bot.Delivery) error { return &bot.SendError{Reason: bot.Down, Retry: true, Err: errors.New("500")} }
	var total, last time.Duration
	d := says1("x")
	d.Platform = "wecom"
	for ; ; d.Attempts++ {
		o := x.Send(t.Context(), d)
		if o.Attempts != d.Attempts+1 {
			t.Fatalf("attempt %d is counted as %d", d.Attempts+1, o.Attempts)
		}
		if o.State == bot.DeliveryFailed {
			break
		}
		wait := o.NextAt.Sub(morning)
		if wait < last || wait > 30*time.Minute {
			t.Fatalf("attempt %d waits %s after %s", o.Attempts, wait, last)
		}
		last, total = wait, total+wait
		if d.Attempts > 100 {
			t.Fatal("it never ends")
		}
	}
	if total < 12*time.Hour || d.Attempts+1 != bot.MaxAttempts {
		t.Errorf("given up after %d attempts in %s", d.Attempts+1, total)
	}
}

func TestAPlatformNobodyKnowsFails(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	ds := x.queue(bot.Delivery{Kind: bot.DeliverReply, Platform: "pager", Out: bot.Outgoing{Text: "x"}})
	x.Offer(ds, 0)
	x.wait(t, ds[0].ID, bot.DeliveryFailed)
}

func TestASenderThatPanicsIsTriedAgain(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	x.wecom.enter = func(d bot.Delivery) {
		if d.Attempts == 0 {
			panic("index out of range")
		}
	}
	ds := x.queue(says1("x"))
	x.Offer(ds, 0)
	x.wait(t, ds[0].ID, bot.DeliveryRetry)
	x.m.clock.Advance(time.Minute)
	x.sweep(t)
	x.wait(t, ds[0].ID, bot.DeliverySent)
}

func TestTodosArePutOnce(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	todo := func(platform bot.Platform, done bool) bot.Delivery {
		return bot.Delivery{
			Kind: bot.DeliverTodo, Platform: platform, Recipient: string(platform) + ":u:x",
			Out: bot.Outgoing{Todo: &bot.TodoTask{TodoID: 8, Text: "寄样", Done: done}},
		}
	}
	early := x.queue(todo("dingtalk", true))
	x.Offer(early, 0)
	x.wait(t, early[0].ID, bot.DeliverySuperseded)
	ds := x.queue(todo("dingtalk", false), todo("dingtalk", true))
	x.Offer(ds, 0)
	x.wait(t, ds[1].ID, bot.DeliverySent)
	if len(x.dingtalk.sent) != 2 || x.dingtalk.sent[0].Out.Todo.Task != "" || x.dingtalk.sent[1].Out.Todo.Task != "task8" {
		t.Errorf("put %+v", x.dingtalk.texts())
	}
	other := x.queue(todo("plain", false))
	x.Offer(other, 0)
	x.wait(t, other[0].ID, bot.DeliverySuperseded)
}

func TestTheRecordWaitsForTheStore(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	x.m.leave(errAway)
	ds := x.queue(says1("一"), says1("二"))
	tried := make(chan struct{}, 8)
	x.wecom.enter = func(bot.Delivery) { tried <- struct{}{} }
	x.Offer(ds, 0)
	<-tried
	<-tried
	x.m.leave(nil)
	x.wait(t, ds[0].ID, bot.DeliverySent)
	x.wait(t, ds[1].ID, bot.DeliverySent)
	x.m.clock.Advance(time.Hour)
	if n := x.sweep(t); n != 0 || len(x.wecom.texts()) != 2 {
		t.Errorf("%d to send again; sent %q", n, x.wecom.texts())
	}
}

func TestStoppingFinishesWhatIsBeingSent(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	begun, goOn := make(chan struct{}), make(chan struct{})
	x.wecom.enter = func(bot.Delivery) { close(begun); <-goOn }
	ds := x.queue(says1("一"), says1("二"), says1("三"))
	x.Offer(ds, 0)
	<-begun
	stopped := make(chan struct{})
	go func() { x.stop(); close(stopped) }()
	select {
	case <-stopped:
		t.Fatal("it did not wait for what is being sent")
	default:
	}
	// The lane must have seen the end before the send returns, or it may rightly take the next one.
	x.wecom.enter = nil
	close(goOn)
	<-stopped
	if got := x.state(ds[0].ID); got.state != bot.DeliverySent {
		t.Errorf("what was being sent is %s", got.state)
	}
	for _, d := range ds[1:] {
		if got := x.state(d.ID); got.state == bot.DeliverySending {
			t.Errorf("what was not tried stays claimed: %+v", got)
		}
	}
}

func TestWhatWasNotTriedIsGivenBack(t *testing.T) {
	t.Parallel()
	m := newMemory()
	p := &phones{}
	pump := &bot.Pump{Store: m, Senders: map[bot.Platform]bot.Sender{"wecom": smart{p}}, Now: m.clock.Now, Timeout: time.Second}
	x := &mill{Pump: pump, m: m, wecom: p}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	ds := x.queue(says1("一"))
	// It is stopped already: the lane gives back what it finds.
	pump.Start(ctx)
	pump.Offer(ds, 0)
	pump.Wait()
	got := x.state(ds[0].ID)
	if len(p.texts()) != 0 {
		t.Error("a stopped pump sends")
	}
	if got.state == bot.DeliveryQueued && (got.Attempts != 0 || got.Retry || got.wake.After(m.clock.Now())) {
		t.Errorf("given back as %+v", got)
	}
}

func TestFaceSentAfterTheEnd(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	c := x.m.seed(zhoumins("k", "一"))
	ds := x.queue(update(c, 1, "二"))
	x.Offer(ds, ds[0].ID)
	x.stop()
	x.FaceSent(t.Context(), ds[0].ID, true)
	if got := x.state(ds[0].ID); got.state != bot.DeliverySent || len(x.wecom.texts()) != 0 {
		t.Errorf("row %+v, sent %q", got, x.wecom.texts())
	}
	x.FaceSent(t.Context(), 12345, true)
	x.FaceSent(t.Context(), 0, false)
}

func TestAFaceNobodySpokeOfIsSentWhenItsClaimLapses(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	c := x.m.seed(zhoumins("k", "一"))
	ds := x.queue(update(c, 1, "二"))
	x.Offer(ds, ds[0].ID)
	if n := x.sweep(t); n != 0 {
		t.Error("taken from the adapter")
	}
	x.m.clock.Advance(2 * time.Minute)
	x.sweep(t)
	x.wait(t, ds[0].ID, bot.DeliverySent)
	x.FaceSent(t.Context(), ds[0].ID, false) // far too late
	next := x.queue(says1("三"))
	x.Offer(next, 0)
	x.wait(t, next[0].ID, bot.DeliverySent)
	wantIDs(t, x.wecom.texts(), "wecom:u:zhoumin: update 二", "wecom:u:zhoumin: 三")
}

func TestWhatADeadProcessLeftIsSentWithItsKey(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	ds := x.queue(says1("一")) // claimed by a process that died: never offered
	if n := x.sweep(t); n != 0 {
		t.Error("taken from a process that may live")
	}
	x.m.clock.Advance(2 * time.Minute)
	x.sweep(t)
	x.wait(t, ds[0].ID, bot.DeliverySent)
	if !x.wecom.sent[0].Retry {
		t.Error("a delivery of unknown outcome is sent without its idempotency key")
	}
}

func TestMoreThanALaneHolds(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	goOn := make(chan struct{})
	x.wecom.enter = func(bot.Delivery) { <-goOn }
	var ds []bot.Delivery
	for i := range 400 {
		ds = append(ds, says1(fmt.Sprint(i)))
	}
	ds = x.queue(ds...)
	x.Offer(ds, 0) // does not wait, though nothing is sent yet
	close(goOn)
	x.wait(t, ds[0].ID, bot.DeliverySent)
	x.m.eventually(t, "what fits the lane", func() bool {
		n := 0
		for _, r := range x.m.outbox {
			if r.state == bot.DeliverySent {
				n++
			}
		}
		return n >= 256 && n == len(x.wecom.texts()) // and what is sent is recorded
	})
	x.m.clock.Advance(2 * time.Minute)
	for x.sweep(t) > 0 {
	}
	x.m.eventually(t, "the rest", func() bool {
		return !slices.ContainsFunc(x.m.outbox, func(r *row) bool { return r.state != bot.DeliverySent })
	})
	if n := len(x.wecom.texts()); n != 400 {
		t.Errorf("%d sent of 400", n)
	}
}

func TestSendsAreObserved(t *testing.T) {
	t.Parallel()
	x := newMill(t)
	x.stop()
	var got []string
	x.Observe = func(p bot.Platform, kind string, reason bot.Reason, _ time.Duration) {
		got = append(got, strings.Join([]string{string(p), kind, string(reason)}, " "))
	}
	d := says1("x")
	d.Platform = "wecom"
	x.Send(t.Context(), d)
	x.wecom.fail = func(bot.Delivery) error { return &bot.SendError{Reason: bot.Quota, Err: errors.New("x")} }
	x.Send(t.Context(), d)
	wantIDs(t, got, "wecom reply ", "wecom reply quota")
}

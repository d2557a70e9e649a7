package wecom_test

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/sim"
	simwecom "salesflow/bot/sim/wecom"
	"salesflow/bot/wecom"
	"salesflow/cards"
)

// lease is a lease that several replicas share: it is whose name stands in it.
type lease struct {
	mu     sync.Mutex
	holder string
}

// as is the lease as one replica sees it.
func (l *lease) as(name string) wecom.Lease { return replica{l, name} }

func (l *lease) give(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holder = name
}

type replica struct {
	*lease
	name string
}

func (r replica) Acquire(context.Context) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holder == "" {
		r.holder = r.name
	}
	return r.holder == r.name, nil
}

func (r replica) Renew(context.Context) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.holder == r.name, nil
}

func (r replica) Release(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holder == r.name {
		r.holder = ""
	}
	return nil
}

// runRobot runs a robot until the test ends; stop ends it earlier.
func (w *world) runRobot(a *wecom.Adapter, l wecom.Lease) (stop func()) {
	w.Helper()
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- a.RunRobot(ctx, w.inbox, l) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				w.Error(err)
			}
		})
	}
	w.Cleanup(stop)
	return stop
}

func (w *world) robotUp() {
	w.Helper()
	l := &lease{}
	w.runRobot(w.adapter, l.as("one"))
	w.until("the robot is up", func() bool { return w.sim.RobotConnected() && w.adapter.RobotTrouble() == nil && w.ready() })
}

// ready reports whether the adapter holds the socket: a send to a group without words is refused for another reason then.
func (w *world) ready() bool {
	_, err := w.adapter.Send(w.Context(), bot.Delivery{Chat: bot.Chat{ID: group, Group: true, Via: wecom.ViaRobot}})
	return bot.SendFailure(err).Reason == bot.Unsupported
}

// reply is a delivery that answers an event.
func reply(ev bot.Event, out bot.Outgoing) bot.Delivery {
	d := bot.Delivery{Platform: wecom.Platform, Chat: ev.Chat, Route: ev.Route, Out: out}
	if !ev.Chat.Group {
		d.Users = []bot.UserID{ev.From}
	}
	return d
}

func TestTheRobotAnswersInAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.robotUp()
	w.say("ZhouMin", group, "漏斗 本周")
	ev := w.event(1)
	if ev.Kind != bot.Said || ev.Text != "漏斗 本周" || !ev.Chat.Group || ev.Chat.ID != group || ev.Chat.Via != wecom.ViaRobot || ev.From != "ZhouMin" {
		t.Fatalf("event %+v", ev)
	}
	w.send(reply(ev, bot.Outgoing{Text: "**本周** 推进 7 单"}))
	w.send(reply(ev, bot.Outgoing{Text: "倒退 1 单"}))
	got := w.phone("wangfang", group)
	if len(got) != 2 || got[0].Text != "**本周** 推进 7 单" || got[1].Text != "倒退 1 单" {
		t.Errorf("the group sees %+v", got)
	}
	if w.calls("ws:aibot_respond_msg") != 1 || w.calls("ws:aibot_send_msg") != 1 {
		t.Errorf("calls %+v: a message is answered once, then written to", w.sim.Sends())
	}
	w.noViolation()
}

func TestAGroupCardChangesOnItsOwnTapOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inbox.face = func(bot.Event) *cards.Card { return &decided }
	w.robotUp()
	w.say("wangfang", group, "合同 HT2026-018")
	d := reply(w.event(1), bot.Outgoing{Card: &contract})
	d.CardID = 18
	r := w.send(d)
	if r.Ref != bot.CardRef(18, 0) || r.AsText {
		t.Fatalf("receipt %+v", r)
	}
	u := bot.Delivery{Chat: d.Chat, CardID: 18, Out: bot.Outgoing{Card: &decided}}
	_, err := w.adapter.Update(w.Context(), u, r)
	wantFailure(t, err, bot.NoUpdate, false)

	if err := w.sim.Click(w.Context(), sim.Click{From: "wangfang", MessageID: w.phone("wangfang", group)[0].ID, Button: "同意", Input: map[string]string{"reason": "价格"}}); err != nil {
		t.Fatal(err)
	}
	w.until("the face went out with the answer", func() bool {
		w.inbox.mu.Lock()
		defer w.inbox.mu.Unlock()
		return w.inbox.faces[77]
	})
	if m := w.phone("ZhouMin", group)[0]; m.Version != 2 || m.Card.Status != "已通过法务" {
		t.Errorf("周敏 sees %+v", m.Card)
	}
	ev := w.event(2)
	if ev.Kind != bot.Tapped || ev.Tap.Card != r.Ref || ev.Tap.Input["reason"] != "price" || !ev.Chat.Group {
		t.Errorf("event %+v, tap %+v", ev, ev.Tap)
	}
	u.Route = ev.Route
	_, err = w.adapter.Update(w.Context(), u, r)
	wantFailure(t, err, bot.NoUpdate, false)
	w.noViolation()
}

func TestALateFaceStillReachesTheTap(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.robotUp()
	w.say("wangfang", group, "合同 HT2026-018")
	d := reply(w.event(1), bot.Outgoing{Card: &contract})
	d.CardID = 18
	r := w.send(d)
	if err := w.sim.Click(w.Context(), sim.Click{From: "wangfang", MessageID: w.phone("wangfang", group)[0].ID, Button: "驳回", Input: map[string]string{"reason": "价格"}}); err != nil {
		t.Fatal(err)
	}
	ev := w.event(2)
	u := bot.Delivery{Chat: d.Chat, CardID: 18, Out: bot.Outgoing{Card: &decided}, Route: ev.Route}
	w.clock.advance(2 * time.Second)
	if _, err := w.adapter.Update(w.Context(), u, r); err != nil {
		t.Fatal(err)
	}
	if m := w.phone("ZhouMin", group)[0]; m.Version != 2 {
		t.Errorf("周敏 sees %+v", m)
	}
}

func TestATapIsNotAnsweredAfterItsFiveSeconds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.robotUp()
	w.say("wangfang", group, "合同 HT2026-018")
	d := reply(w.event(1), bot.Outgoing{Card: &contract})
	d.CardID = 18
	r := w.send(d)
	if err := w.sim.Click(w.Context(), sim.Click{From: "wangfang", MessageID: w.phone("wangfang", group)[0].ID, Button: "驳回", Input: map[string]string{"reason": "价格"}}); err != nil {
		t.Fatal(err)
	}
	ev := w.event(2)
	w.clock.advance(5 * time.Second)
	_, err := w.adapter.Update(w.Context(), bot.Delivery{Chat: d.Chat, CardID: 18, Out: bot.Outgoing{Card: &decided}, Route: ev.Route}, r)
	wantFailure(t, err, bot.NoUpdate, false)
	if n := w.calls("ws:aibot_respond_update_msg"); n != 0 {
		t.Errorf("%d late answers", n)
	}
	w.send(reply(ev, bot.Outgoing{Text: "已驳回"}))
	w.noViolation()
}

func TestAFileSentToTheRobotIsDecrypted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.robotUp()
	sheet := []byte(strings.Repeat("客户,金额\n绍兴市立医院,1280000\n", 500))
	if _, err := w.sim.Send(w.Context(), sim.Upload{From: "ZhouMin", Chat: simwecom.RobotChat, Name: "客户.csv", Data: sheet}); err != nil {
		t.Fatal(err)
	}
	ev := w.event(1)
	if ev.Kind != bot.Sent || ev.Chat.Group || len(ev.Files) != 1 || ev.Files[0].Kind != "file" {
		t.Fatalf("event %+v", ev)
	}
	body, name, _, err := w.adapter.Fetch(w.Context(), ev.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(body); err != nil || string(got) != string(sheet) || name != "客户.csv" {
		t.Errorf("%d bytes of %d, name %q: %v", len(got), len(sheet), name, err)
	}
}

func TestTheRobotSendsFilesAndHearsVoice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.robotUp()
	if _, err := w.sim.Send(w.Context(), sim.Upload{From: "ZhouMin", Chat: simwecom.RobotChat, Name: "a.amr", Data: []byte("#!AMR voice"), Recognition: "今天去了绍兴市立医院"}); err != nil {
		t.Fatal(err)
	}
	ev := w.event(1)
	if ev.Kind != bot.Said || ev.Text != "今天去了绍兴市立医院" {
		t.Fatalf("event %+v", ev)
	}
	w.files[6] = []byte(strings.Repeat("日报", 300_000))
	w.send(reply(ev, bot.Outgoing{File: &bot.File{ID: 6, Name: "日报.txt"}}))
	got := w.phone("ZhouMin", simwecom.RobotChat)
	if len(got) != 1 || got[0].Kind != "file" || got[0].File.Name != "日报.txt" {
		t.Errorf("phone %+v", got)
	}
	if n := w.calls("ws:aibot_upload_media_chunk"); n != 4 {
		t.Errorf("%d chunks, want 4", n)
	}
}

func TestOnlyTheHolderOfTheLeaseSends(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := &lease{}
	l.give("one")
	other := w.newAdapter()
	w.runRobot(w.adapter, l.as("one"))
	w.runRobot(other, l.as("two"))
	w.until("the first is up", w.ready)
	w.say("ZhouMin", group, "漏斗")
	ev := w.event(1)
	push := bot.Delivery{Chat: ev.Chat, Out: bot.Outgoing{Text: "提醒"}}
	_, err := other.Send(w.Context(), push)
	wantFailure(t, err, bot.NotHere, true)

	l.give("two")
	w.until("the second takes over", func() bool {
		_, err := other.Send(w.Context(), push)
		return err == nil
	})
	w.until("the first knows", func() bool {
		_, err := w.adapter.Send(w.Context(), push)
		return err != nil && bot.SendFailure(err).Reason == bot.NotHere
	})
	if got := w.phone("ZhouMin", group); len(got) != 1 || got[0].Text != "提醒" {
		t.Errorf("the group sees %+v", got)
	}
	w.say("ZhouMin", group, "再来一次")
	if ev := w.event(2); ev.Text != "再来一次" {
		t.Errorf("event %+v", ev)
	}
}

func TestALeaseIsGivenBackAtTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := &lease{}
	stop := w.runRobot(w.adapter, l.as("one"))
	w.until("the robot is up", w.ready)
	stop()
	if ok, err := l.as("two").Acquire(w.Context()); !ok || err != nil {
		t.Errorf("the lease is still %q", l.holder)
	}
	w.until("the socket is closed", func() bool { return !w.sim.RobotConnected() })
}

func TestTheRobotComesBackAfterABrokenLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.robotUp()
	if err := w.sim.Fault(sim.Fault{Kind: sim.DropStream, Count: 3}); err != nil {
		t.Fatal(err)
	}
	w.until("the robot is back", func() bool { return w.sim.Counters()["subscribed"] >= 4 && w.sim.RobotConnected() && w.ready() })
	w.say("ZhouMin", group, "漏斗")
	if ev := w.event(1); ev.Text != "漏斗" {
		t.Errorf("event %+v", ev)
	}
}

func TestARobotOnAnotherProgramIsNotFoughtOver(t *testing.T) {
	t.Parallel()
	paused := make(chan time.Duration, 10)
	w := newWorld(t, func(o *wecom.Options) {
		o.NewTimer = func(d time.Duration) (<-chan time.Time, func() bool) {
			if d < 5*time.Minute {
				return quick(d)
			}
			paused <- d
			return make(chan time.Time), func() bool { return true }
		}
	})
	w.robotUp()
	w.opt.NewTimer = quick
	l := &lease{}
	w.runRobot(w.newAdapter(), l.as("foreign"))
	if d := <-paused; d < 5*time.Minute {
		t.Errorf("paused for %v", d)
	}
	if w.adapter.RobotTrouble() == nil {
		t.Error("the operator is told nothing")
	}
	w.until("the other one keeps the robot", w.sim.RobotConnected)
	if n := w.sim.Counters()["subscribed"]; n != 2 {
		t.Errorf("%d subscriptions, want 2", n)
	}
}

func TestAWrongRobotSecretWaitsLong(t *testing.T) {
	t.Parallel()
	paused := make(chan time.Duration, 10)
	w := newWorld(t, func(o *wecom.Options) {
		o.Robot.Secret = "wrong"
		o.NewTimer = func(d time.Duration) (<-chan time.Time, func() bool) {
			select {
			case paused <- d:
			default:
			}
			return make(chan time.Time), func() bool { return true }
		}
	})
	l := &lease{}
	w.runRobot(w.adapter, l.as("one"))
	for d := range paused {
		if d >= 5*time.Minute {
			break
		}
	}
	err := w.adapter.RobotTrouble()
	if e := new(bot.SendError); !errors.As(err, &e) || e.Reason != bot.BadToken {
		t.Errorf("trouble %v", err)
	}
}

func TestTheRobotKeepsTryingWhatCouldNotBeKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.robotUp()
	w.inbox.mu.Lock()
	w.inbox.refuse = 2
	w.inbox.mu.Unlock()
	w.say("ZhouMin", group, "漏斗")
	if ev := w.event(1); ev.Text != "漏斗" {
		t.Errorf("event %+v", ev)
	}
}

func TestWhoOpensTheRobotsChatIsWelcomed(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, func(o *simwecom.Options) { o.NoEnterEvents = false })
	w.robotUp()
	w.say("ZhouMin", simwecom.RobotChat, "你好")
	ev := w.event(1)
	if ev.Kind != bot.Entered || ev.From != "ZhouMin" || ev.Chat.Group {
		t.Fatalf("event %+v", ev)
	}
	w.send(reply(ev, bot.Outgoing{Text: "我是销售助手"}))
	if n := w.calls("ws:aibot_respond_welcome_msg"); n != 1 {
		t.Errorf("%d welcomes", n)
	}
	if got := w.phone("ZhouMin", simwecom.RobotChat); len(got) != 1 || got[0].Text != "我是销售助手" {
		t.Errorf("phone %+v", got)
	}
	w.noViolation()
}

func TestWhatOnePersonSaysStaysInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.robotUp()
	for i := range 50 {
		w.say("ZhouMin", group, strconv.Itoa(i))
	}
	w.event(50)
	for i, ev := range w.inbox.all() {
		if ev.Text != strconv.Itoa(i) {
			t.Fatalf("message %d is %q", i, ev.Text)
		}
	}
}

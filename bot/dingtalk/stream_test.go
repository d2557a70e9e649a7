package dingtalk

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/sim"
	peer "salesflow/bot/sim/dingtalk"
	"salesflow/cards"
)

func TestMessageIsAcknowledgedOnceItIsKept(t *testing.T) {
	t.Parallel()
	w, d := start(t), newDesk()
	kept := make(chan struct{})
	d.accept = func(context.Context, bot.Event) (bot.Accepted, error) {
		<-kept
		return bot.Accepted{}, nil
	}
	w.listen(d)
	id := w.say(sim.Say{From: "liqiang", Text: "拜访华为张总"})
	if a := w.Acks(); len(a) != 1 || a[0].Acked {
		t.Errorf("acknowledged before it was kept: %+v", a)
	}
	close(kept)
	ev := receive(t, "the event", d.events)
	w.wait("the acknowledgement", func() bool { a := w.Acks(); return a[0].Acked && a[0].Code == 200 })
	if ev.ID != clientID+":"+id || ev.Kind != bot.Said || ev.Text != "拜访华为张总" || ev.From != "liqiang" || ev.Name != "李强" ||
		ev.Chat != (bot.Chat{Platform: Platform, ID: "liqiang"}) || !ev.At.Equal(w.clock.Now()) {
		t.Errorf("event = %+v", ev)
	}
	if ev.Route.Webhook == "" || !ev.Route.Until.Equal(w.clock.Now().Add(90*time.Minute)) {
		t.Errorf("route until %v", ev.Route.Until)
	}
}

func TestMessageThatIsNotKeptIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	for name, accept := range map[string]func(context.Context, bot.Event) (bot.Accepted, error){
		"error": func(context.Context, bot.Event) (bot.Accepted, error) { return bot.Accepted{}, errors.New("no disk") },
		"panic": func(context.Context, bot.Event) (bot.Accepted, error) { panic("拜访华为张总") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, d := start(t), newDesk()
			d.accept = accept
			w.listen(d)
			w.say(sim.Say{From: "liqiang", Text: "拜访华为张总"})
			w.wait("the answer", func() bool { return w.Acks()[0].Acked })
			if a := w.Acks()[0]; a.Code != 500 || strings.Contains(a.Message, "disk") {
				t.Errorf("answer %d %q", a.Code, a.Message)
			}
		})
	}
}

func TestRepeatedMessageHasOneIdentity(t *testing.T) {
	t.Parallel()
	w, d := start(t), newDesk()
	w.listen(d)
	ids := map[string]bool{}
	for range 3 {
		w.say(sim.Say{From: "liqiang", Text: "回款 3万5", EventID: "e1"})
		ids[receive(t, "the event", d.events).ID] = true
	}
	w.wait("three acknowledgements", func() bool {
		n := 0
		for _, a := range w.Acks() {
			if a.Code == 200 {
				n++
			}
		}
		return n == 3
	})
	if len(ids) != 1 {
		t.Errorf("identities %v", ids)
	}
}

func TestGroupMessage(t *testing.T) {
	t.Parallel()
	w, d := start(t), newDesk()
	w.listen(d)
	w.say(sim.Say{From: "liqiang", Chat: group, Text: "漏斗", MentionBot: true})
	ev := receive(t, "the event", d.events)
	if !ev.Chat.Group || ev.Chat.ID != group || ev.ChatName != "华东一组" || ev.Text != "漏斗" {
		t.Errorf("event = %+v", ev)
	}
	w.send(bot.Delivery{Kind: bot.DeliverReply, Platform: Platform, Chat: ev.Chat, Route: ev.Route, Out: bot.Outgoing{Text: "看单聊"}})
	if m := w.last("chengang", group); m.Text != "看单聊" {
		t.Errorf("the group shows %+v", m)
	}
	if n := w.counted(); n != 0 {
		t.Errorf("the answer cost %d calls", n)
	}
}

func TestBurstIsAcknowledgedWhole(t *testing.T) {
	t.Parallel()
	w, d := start(t, change{adapt: func(o *Options) { o.Stream.Concurrency = 4 }}), newDesk()
	d.events = make(chan bot.Event, 1000)
	w.listen(d)
	const n = 300
	for range n {
		w.say(sim.Say{From: "liqiang", Text: "日报"})
	}
	w.wait("every acknowledgement", func() bool {
		got := 0
		for _, a := range w.Acks() {
			if a.Code == 200 {
				got++
			}
		}
		return got == n
	})
}

// tapped sends the approval card to 陈刚 and taps a button of it.
func (w *world) tapped(button string, input map[string]string) {
	w.t.Helper()
	card := approval()
	w.send(toPerson(bot.Outgoing{Card: &card}, "chengang"))
	err := w.Click(context.Background(), sim.Click{From: "chengang", MessageID: w.last("chengang", "").ID, Button: button, Input: input})
	if err != nil {
		w.t.Fatal(err)
	}
}

func approved() *cards.Card {
	c := approval()
	c.Status, c.Buttons, c.Input, c.Closed = "已通过", nil, nil, "已通过 · 陈刚 3月11日 10:00"
	return &c
}

func TestTapIsAnsweredWithTheNewFace(t *testing.T) {
	t.Parallel()
	w, d := start(t), newDesk()
	d.accept = func(context.Context, bot.Event) (bot.Accepted, error) {
		return bot.Accepted{Face: approved(), FaceDelivery: 99}, nil
	}
	w.listen(d)
	w.tapped("驳回", map[string]string{"reason": "账期太长"})
	ev := receive(t, "the event", d.events)
	if f := receive(t, "word of the face", d.faces); f != (face{99, true}) {
		t.Errorf("face = %+v", f)
	}
	w.wait("the new face", func() bool { return w.last("chengang", "").Version == 2 })
	if c := w.last("chengang", "").Card; c.Status != "已通过" || c.Input != nil || len(c.Buttons) != 1 || c.Buttons[0].Enabled {
		t.Errorf("card = %+v", c)
	}
	if ev.Kind != bot.Tapped || ev.From != "chengang" || ev.Tap.Input["reason"] != "账期太长" || bot.CardOf(ev.Tap.Card) != 4711 ||
		ev.Chat != (bot.Chat{Platform: Platform, ID: "chengang"}) {
		t.Errorf("event = %+v tap = %+v", ev, ev.Tap)
	}
	if a, err := cards.DecodeAction(ev.Tap.Action); err != nil || a != (cards.Action{Verb: "contract.reject", Record: 18, Version: 3}) {
		t.Errorf("action = %+v, %v", a, err)
	}
	if n := w.counted(); n != 1 {
		t.Errorf("card and tap cost %d calls, want 1", n)
	}
	if v := w.Violations(); len(v) != 0 {
		t.Errorf("violations: %+v", v)
	}
}

func TestTwoTapsOfOneButtonAreOneEvent(t *testing.T) {
	t.Parallel()
	w, d := start(t), newDesk()
	w.listen(d)
	w.tapped("同意", nil)
	first := receive(t, "the event", d.events)
	for _, c := range []struct {
		button string
		reason string
		same   bool
	}{{"同意", "", true}, {"驳回", "", false}, {"同意", "可以", false}} {
		click := sim.Click{From: "chengang", MessageID: w.last("chengang", "").ID, Button: c.button}
		if c.reason != "" {
			click.Input = map[string]string{"reason": c.reason}
		}
		if err := w.Click(context.Background(), click); err != nil {
			t.Fatal(err)
		}
		if ev := receive(t, "the event", d.events); (ev.ID == first.ID) != c.same {
			t.Errorf("%s %q: identity %s, first %s", c.button, c.reason, ev.ID, first.ID)
		}
	}
}

func TestLateFaceIsSentAsUpdate(t *testing.T) {
	t.Parallel()
	const limit = 30 * time.Millisecond
	w := start(t, change{
		peer:  func(o *peer.Options) { o.CardAckLimit = limit },
		adapt: func(o *Options) { o.Stream.AckLimit, o.Stream.TapLimit = limit, 2*limit },
	})
	d := newDesk()
	d.accept = func(ctx context.Context, _ bot.Event) (bot.Accepted, error) {
		<-ctx.Done()
		return bot.Accepted{Face: approved(), FaceDelivery: 99}, nil
	}
	w.listen(d)
	w.tapped("同意", nil)
	if f := receive(t, "word of the face", d.faces); f.ok {
		t.Fatal("the face is said to have been in time")
	}
	if st, _ := w.CardState(bot.CardRef(4711, 0)); st.Public["closed"] != "" {
		t.Fatalf("a late answer changed the card: %v", st.Public)
	}
	r, err := w.Update(context.Background(), toPerson(bot.Outgoing{Card: approved()}, "chengang"), bot.Receipt{Ref: bot.CardRef(4711, 0)})
	if err != nil || r.Ref == "" {
		t.Fatal(r, err)
	}
	if c := w.last("chengang", "").Card; c.Status != "已通过" {
		t.Errorf("card = %+v", c)
	}
	if v := w.Violations(); len(v) != 0 {
		t.Errorf("violations: %+v", v)
	}
}

func TestTapThatWaitsShowsIt(t *testing.T) {
	t.Parallel()
	w, d := start(t), newDesk()
	d.accept = func(context.Context, bot.Event) (bot.Accepted, error) { return bot.Accepted{Later: true}, nil }
	w.listen(d)
	w.tapped("同意", nil)
	w.wait("the state", func() bool { return w.last("chengang", "").Card.Status == "处理中" })
	if c := w.last("chengang", "").Card; len(c.Fields) == 0 && c.Note == "" {
		t.Errorf("the rest of the card is gone: %+v", c)
	}
}

func TestFaceForOthersTravelsAsUpdateToo(t *testing.T) {
	t.Parallel()
	w, d := start(t), newDesk()
	next := approval()
	next.Buttons[0].Only = []int64{3} // now it is the turn of 赵磊
	d.accept = func(context.Context, bot.Event) (bot.Accepted, error) {
		return bot.Accepted{Face: &next, FaceDelivery: 99}, nil
	}
	w.listen(d)
	w.tapped("同意", nil)
	if f := receive(t, "word of the face", d.faces); f.ok {
		t.Error("what 赵磊 is to see cannot have been in the acknowledgement of 陈刚's tap")
	}
	w.wait("the new face", func() bool { return w.last("chengang", "").Version == 2 })
	for _, b := range w.last("chengang", "").Card.Buttons {
		if b.Text == "同意" && b.Enabled {
			t.Error("陈刚 still sees a button that is for 赵磊 only")
		}
	}
}

func TestDroppedStreamComesBack(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{sim.DropStream, peer.Disconnect} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w, d := start(t), newDesk()
			w.listen(d)
			old := w.Connections()[0].ID
			w.fault(kind, 1)
			w.wait("a new connection", func() bool {
				c := w.Connections()
				return len(c) == 1 && c[0].ID != old
			})
			w.say(sim.Say{From: "liqiang", Text: "在吗"})
			if ev := receive(t, "the event", d.events); ev.Text != "在吗" {
				t.Errorf("event = %+v", ev)
			}
			if err := w.StreamTrouble(); err != nil {
				t.Errorf("trouble = %v", err)
			}
		})
	}
}

func TestFaceIsNotInTimeWhenTheStreamWasCut(t *testing.T) {
	t.Parallel()
	w, d := start(t), newDesk()
	d.accept = func(context.Context, bot.Event) (bot.Accepted, error) {
		old := w.Connections()[0].ID
		w.fault(sim.DropStream, 1)
		w.wait("a new connection", func() bool { c := w.Connections(); return len(c) == 1 && c[0].ID != old })
		return bot.Accepted{Face: approved(), FaceDelivery: 99}, nil
	}
	w.listen(d)
	w.tapped("同意", nil)
	if f := receive(t, "word of the face", d.faces); f.ok {
		t.Error("an answer to a cut stream is said to have been in time")
	}
}

func TestContactsChange(t *testing.T) {
	t.Parallel()
	w, d := start(t), newDesk()
	w.listen(d)
	w.Event(context.Background(), "check_in", map[string]string{})
	id := w.Event(context.Background(), "user_leave_org", map[string]any{"userId": []string{"liqiang"}})
	ev := receive(t, "the event", d.events)
	if ev.Kind != bot.Changed || ev.ID != "event:"+id || ev.From == "" {
		t.Errorf("event = %+v", ev)
	}
	w.wait("both acknowledgements", func() bool {
		n := 0
		for _, a := range w.Acks() {
			if a.Code == 200 && strings.Contains(a.Data, "SUCCESS") {
				n++
			}
		}
		return n == 2
	})
}

func TestEventThatIsNotKeptComesAgain(t *testing.T) {
	t.Parallel()
	w := start(t, change{peer: func(o *peer.Options) { o.EventRetry = 5 * time.Millisecond }})
	d := newDesk()
	first := true
	d.accept = func(context.Context, bot.Event) (bot.Accepted, error) {
		if first {
			first = false
			return bot.Accepted{}, errors.New("store is away")
		}
		return bot.Accepted{}, nil
	}
	w.listen(d)
	w.Event(context.Background(), "org_dept_create", map[string]any{})
	a, b := receive(t, "the event", d.events), receive(t, "the event again", d.events)
	if a.ID != b.ID {
		t.Errorf("identities %s and %s", a.ID, b.ID)
	}
}

func TestStarvedMessageIsTrouble(t *testing.T) {
	t.Parallel()
	w, d := start(t), newDesk()
	w.listen(d)
	w.fault(peer.Starved, 1)
	w.say(sim.Say{From: "liqiang", Text: "拜访华为张总"})
	if ev := receive(t, "the event", d.events); ev.Trouble == "" || ev.Text != "" {
		t.Errorf("event = %+v", ev)
	}
}

func TestWrongSecretIsToldAndNotShown(t *testing.T) {
	t.Parallel()
	seen := make(watcher, 10)
	w := start(t, change{adapt: func(o *Options) { o.ClientSecret, o.Observer = "wrong-secret", seen }})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx, newDesk()) }()
	if got := receive(t, "the refusal", seen); got != "stream/connect bad_token" {
		t.Errorf("observed %s", got)
	}
	if err := w.StreamTrouble(); strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("trouble = %v", err)
	}
	cancel()
	if err := receive(t, "the end", ended); err != nil {
		t.Errorf("Run = %v", err)
	}
}

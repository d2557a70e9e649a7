package bot_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/store/sales"
)

// house is a Front over a store in memory, with two platforms.
type house struct {
	*bot.Front[*unit]
	m        *memory
	wecom    *phones
	dingtalk *phones
	kicked   int
	outcomes []string
}

type does = bot.HandlerFunc[*unit]

// newHouse starts a Front whose free text, visit.undo taps and strangers are handled by text.
func newHouse(t *testing.T, text does) *house {
	t.Helper()
	h := &house{m: newMemory(), wecom: &phones{}, dingtalk: &phones{}}
	r := &bot.Router[*unit]{Text: text, Stranger: text, Lost: text, Sent: text}
	r.Action("visit.undo", text)
	pump := &bot.Pump{
		Store: h.m, Senders: map[bot.Platform]bot.Sender{"wecom": smart{h.wecom}, "dingtalk": smart{h.dingtalk}},
		Now: h.m.clock.Now, Timeout: 5 * time.Second,
	}
	ctx, stop := context.WithCancel(context.Background())
	pump.Start(ctx)
	t.Cleanup(func() { stop(); pump.Wait() })
	h.Front = &bot.Front[*unit]{
		Store: h.m, Router: r, Spool: openSpool(t, t.TempDir()), Pump: pump, Now: h.m.clock.Now,
		Limit: 2 * time.Second, TapLimit: 2 * time.Second, Kicked: func() { h.kicked++ },
		Observe: func(_ bot.Event, outcome string, _ time.Duration) { h.outcomes = append(h.outcomes, outcome) },
	}
	return h
}

func (h *house) accept(t *testing.T, ev bot.Event) bot.Accepted {
	t.Helper()
	acc, err := h.Accept(t.Context(), ev)
	if err != nil {
		t.Fatalf("accept %s: %v", ev.ID, err)
	}
	return acc
}

func (h *house) wantOutcomes(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(h.outcomes, want) {
		t.Errorf("outcomes %q, want %q", h.outcomes, want)
	}
}

// echo files what was said and answers it.
func echo(_ context.Context, t bot.Turn, u *unit) (bot.Reply, error) {
	u.write(t.Text)
	return bot.Text("收到 " + t.Text), nil
}

func tap(id string, card sales.ID) bot.Event {
	return bot.Event{
		Platform: "wecom", ID: id, Kind: bot.Tapped, At: morning, From: "zhoumin", Chat: bot.Chat{Platform: "wecom"},
		Tap: &bot.Tap{Action: cards.Action{Verb: "visit.undo", Record: 1, Version: 1}.Encode(), Card: bot.CardRef(card, 0)},
	}
}

func zhoumins(key, title string) bot.LiveCard {
	return bot.LiveCard{Key: key, Platform: "wecom", Users: []bot.UserID{"zhoumin"}, Chat: bot.Chat{Platform: "wecom"}, Face: face(key, title, "撤销")}
}

func TestAnEventIsDoneOnceAndAnswered(t *testing.T) {
	t.Parallel()
	h := newHouse(t, echo)
	for range 3 {
		h.accept(t, said("e1", "拜访"))
	}
	h.m.eventually(t, "the answer", func() bool { return len(h.m.outbox) == 1 && h.m.outbox[0].state == bot.DeliverySent })
	wantIDs(t, h.m.wrote, "拜访")
	wantIDs(t, h.wecom.texts(), "wecom:u:zhoumin: 收到 拜访")
	h.wantOutcomes(t, bot.OutcomeDone, bot.OutcomeDuplicate, bot.OutcomeDuplicate)
}

func TestARefusalIsToldAndNothingIsWritten(t *testing.T) {
	t.Parallel()
	for _, kind := range []sales.Kind{sales.Invalid, sales.NotFound, sales.Conflict, sales.Forbidden} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, func(_ context.Context, _ bot.Turn, u *unit) (bot.Reply, error) {
				u.write("half of it")
				return bot.Reply{}, sales.Errorf(kind, "金额没看懂")
			})
			acc := h.accept(t, said("e1", "回款 很多"))
			h.m.eventually(t, "the refusal", func() bool { return len(h.m.outbox) == 1 && h.m.outbox[0].state == bot.DeliverySent })
			wantIDs(t, h.wecom.texts(), "wecom:u:zhoumin: 金额没看懂")
			if len(h.m.wrote) != 0 || acc.Later {
				t.Errorf("a refused message wrote %q, later %v", h.m.wrote, acc.Later)
			}
			h.accept(t, said("e1", "回款 很多"))
			h.wantOutcomes(t, bot.OutcomeDone, bot.OutcomeDuplicate)
		})
	}
}

func TestWhatTheStoreCannotKeepIsTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t, echo)
	long := &sales.Error{Kind: sales.Invalid, Msg: "内容太长", Err: errors.New("data too long")}
	h.Store = &failsOnce{memory: h.m, err: long}
	if acc := h.accept(t, said("e1", "长")); acc.Later {
		t.Error("it will be tried again, as long as before")
	}
	h.m.eventually(t, "the answer", func() bool { return len(h.m.outbox) == 1 })
	if got := h.m.queued(t).Out.Text; got != "内容太长" {
		t.Errorf("told %q", got)
	}
}

// failsOnce is a store whose first transaction fails.
type failsOnce struct {
	*memory
	err error
}

func (f *failsOnce) Do(ctx context.Context, w bot.Work[*unit]) (bot.Done, error) {
	if err := f.err; err != nil {
		f.err = nil
		return bot.Done{}, err
	}
	return f.memory.Do(ctx, w)
}

func TestWhatFailsIsKeptForLater(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  error
	}{
		{"程序错误", errors.New("index out of range")},
		{"内部错误不念给人听", sales.Errorf(sales.Internal, "坏了")},
		{"平台或库不在", sales.Errorf(sales.Unavailable, "不在")},
		{"没有话可说的错误", sales.Errorf(sales.Invalid, "")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			broken := true
			h := newHouse(t, func(ctx context.Context, turn bot.Turn, u *unit) (bot.Reply, error) {
				u.write("x")
				if broken {
					return bot.Reply{}, tt.err
				}
				return bot.Text("好了"), nil
			})
			if acc := h.accept(t, said("e1", "话")); !acc.Later {
				t.Error("not kept for later")
			}
			h.wantOutcomes(t, bot.OutcomePending)
			if h.kicked != 1 || len(h.m.outbox) != 0 || len(h.m.wrote) != 0 || len(h.m.pending) != 1 {
				t.Fatalf("kicked %d, %d queued, wrote %q, %d pending", h.kicked, len(h.m.outbox), h.m.wrote, len(h.m.pending))
			}
			broken = false
			if _, dup, err := h.Process(t.Context(), h.m.pending[0], true); dup || err != nil {
				t.Fatalf("the second try: %v, %v", dup, err)
			}
			if len(h.m.wrote) != 1 || h.m.queued(t).Out.Text != "好了" {
				t.Errorf("wrote %q, said %q", h.m.wrote, h.m.queued(t).Out.Text)
			}
		})
	}
}

func TestATransactionThatOutlivesItsCallerIsNotTakenForDone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, echo)
	h.m.hang, h.Limit = true, 5*time.Millisecond
	acc := h.accept(t, said("e1", "拜访"))
	if !acc.Later {
		t.Error("an event of unknown outcome is called done")
	}
	h.wantOutcomes(t, bot.OutcomePending)
	<-h.m.hung // it was done after all
	h.m.mu.Lock()
	h.m.hang = false
	h.m.mu.Unlock()
	if _, dup, err := h.Process(t.Context(), said("e1", "拜访"), true); !dup || err != nil {
		t.Errorf("the worker finds duplicate %v, %v", dup, err)
	}
	wantIDs(t, h.m.wrote, "拜访")
}

func TestWithoutAStoreEventsWaitOnDisk(t *testing.T) {
	t.Parallel()
	h := newHouse(t, echo)
	h.m.leave(errAway)
	if acc := h.accept(t, said("e1", "一")); !acc.Later {
		t.Error("not for later")
	}
	h.m.leave(nil)
	// The store is back, but what is said now must not overtake what waits.
	if acc := h.accept(t, said("e2", "二")); !acc.Later {
		t.Error("a later event overtook")
	}
	h.wantOutcomes(t, bot.OutcomeSpooled, bot.OutcomeSpooled)
	err := h.Spool.Drain(t.Context(), func(ctx context.Context, ev bot.Event) error {
		_, _, err := h.Process(ctx, ev, true)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.accept(t, said("e3", "三"))
	wantIDs(t, h.m.wrote, "一", "二", "三")
}

func TestWhatCannotBeKeptIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	h := newHouse(t, echo)
	h.m.leave(errAway)
	if err := h.Spool.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Accept(t.Context(), said("e1", "一")); err == nil {
		t.Error("an event that is kept nowhere was taken")
	}
	h.wantOutcomes(t, bot.OutcomeRefused)
}

func TestEventsWithoutIdentityAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t, echo)
	good := said("e1", "x")
	for name, change := range map[string]func(*bot.Event){
		"没有编号": func(ev *bot.Event) { ev.ID = "" },
		"编号太长": func(ev *bot.Event) { ev.ID = strings.Repeat("x", bot.MaxEventID+1) },
		"没有平台": func(ev *bot.Event) { ev.Platform = "" },
		"没有人":  func(ev *bot.Event) { ev.From = "" },
	} {
		ev := good
		change(&ev)
		if _, err := h.Accept(t.Context(), ev); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if len(h.m.inbox) != 0 || h.Spool.Waiting() {
		t.Error("something was kept")
	}
}

func TestAChangedDirectoryIsAHint(t *testing.T) {
	t.Parallel()
	h := newHouse(t, echo)
	ev := said("c1", "")
	ev.Kind = bot.Changed
	h.accept(t, ev) // without anybody to tell
	var hints []string
	h.Hint = func(ev bot.Event) { hints = append(hints, ev.ID) }
	h.accept(t, ev)
	wantIDs(t, hints, "c1")
	if len(h.m.inbox) != 0 || len(h.m.outbox) != 0 {
		t.Error("a hint left something in the store")
	}
}

func TestATappedCardsFaceTravelsInTheAcknowledgement(t *testing.T) {
	t.Parallel()
	redraw := func(_ context.Context, t bot.Turn, _ *unit) (bot.Reply, error) {
		return bot.Reply{Faces: []cards.Card{face(t.Card.Key, "拜访已撤销")}}, nil
	}
	t.Run("写到了", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, redraw)
		c := h.m.seed(zhoumins("visit:1/rep", "拜访已记录"))
		acc := h.accept(t, tap("t1", c.ID))
		if acc.Face == nil || acc.Face.Title != "拜访已撤销" || acc.FaceDelivery == 0 {
			t.Fatalf("accepted %+v", acc)
		}
		h.FaceSent(t.Context(), acc.FaceDelivery, true)
		h.FaceSent(t.Context(), acc.FaceDelivery, true) // told twice
		h.m.eventually(t, "the record", func() bool { return h.m.outbox[0].state == bot.DeliverySent })
		if got := h.wecom.texts(); len(got) != 0 {
			t.Errorf("sent as well: %q", got)
		}
		if got := h.m.cards[c.ID]; got.Face.Title != "拜访已撤销" || got.Version != 2 || got.Receipt.Ref != c.Receipt.Ref {
			t.Errorf("the card is %+v", got)
		}
	})
	t.Run("没写到", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, redraw)
		c := h.m.seed(zhoumins("visit:1/rep", "拜访已记录"))
		ev := tap("t1", c.ID)
		ev.Route = bot.Route{Code: "code", Until: morning.Add(time.Hour)}
		acc := h.accept(t, ev)
		if got := h.wecom.texts(); len(got) != 0 {
			t.Errorf("sent before the acknowledgement: %q", got)
		}
		h.FaceSent(t.Context(), acc.FaceDelivery, false)
		h.m.eventually(t, "the update", func() bool { return h.m.outbox[0].state == bot.DeliverySent })
		wantIDs(t, h.wecom.texts(), "wecom:u:zhoumin: update 拜访已撤销")
		if got := h.wecom.sent[0].Route.Code; got != "code" {
			t.Errorf("the update of the tapped card goes by code %q", got)
		}
	})
}

func TestATapThatChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(context.Context, bot.Turn, *unit) (bot.Reply, error) {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "轮不到你")
	})
	c := h.m.seed(zhoumins("visit:1/rep", "拜访已记录"))
	ev := tap("t1", c.ID)
	ev.Route = bot.Route{Code: "unused", Until: morning.Add(time.Hour)}
	acc := h.accept(t, ev)
	if acc.Face == nil || acc.Face.Title != "拜访已记录" || acc.FaceDelivery != 0 {
		t.Errorf("a stale copy is not corrected: %+v", acc)
	}
	if got := h.m.cards[c.ID]; got.TapCode != "unused" || got.Version != 1 {
		t.Errorf("the card is %+v", got)
	}
}

func TestASecondTapGetsTheLiveFace(t *testing.T) {
	t.Parallel()
	n := 0
	h := newHouse(t, func(_ context.Context, t bot.Turn, _ *unit) (bot.Reply, error) {
		n++
		return bot.Reply{Faces: []cards.Card{face(t.Card.Key, "拜访已撤销")}}, nil
	})
	c := h.m.seed(zhoumins("visit:1/rep", "拜访已记录"))
	first := h.accept(t, tap("t1", c.ID))
	h.FaceSent(t.Context(), first.FaceDelivery, true)
	again := h.accept(t, tap("t1", c.ID))
	if n != 1 || again.Face == nil || again.Face.Title != "拜访已撤销" || again.FaceDelivery != 0 {
		t.Errorf("handled %d times, answered %+v", n, again)
	}
	unknown := tap("t1", 999)
	if acc := h.accept(t, unknown); acc.Face != nil {
		t.Errorf("a card nobody knows has a face: %+v", acc)
	}
}

func TestATapThatWaitedRedrawsItsCard(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(context.Context, bot.Turn, *unit) (bot.Reply, error) { return bot.Text("改哪里"), nil })
	c := h.m.seed(zhoumins("visit:1/rep", "拜访已记录"))
	h.m.leave(errAway)
	if acc := h.accept(t, tap("t1", c.ID)); !acc.Later || acc.Face != nil {
		t.Errorf("accepted %+v", acc)
	}
	h.m.leave(nil)
	err := h.Spool.Drain(t.Context(), func(ctx context.Context, ev bot.Event) error {
		acc, _, err := h.Process(ctx, ev, true)
		h.FaceSent(ctx, acc.FaceDelivery, false)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// The card has shown 处理中 since the tap.
	h.m.eventually(t, "card and answer", func() bool {
		return len(h.m.outbox) == 2 && h.m.outbox[0].state == bot.DeliverySent && h.m.outbox[1].state == bot.DeliverySent
	})
	got := h.wecom.texts()
	slices.Sort(got)
	wantIDs(t, got, "wecom:u:zhoumin: update 拜访已记录", "wecom:u:zhoumin: 改哪里")
}

func TestWorkingFaceCannotBeTapped(t *testing.T) {
	t.Parallel()
	c := face("k", "拜访已记录", "撤销")
	c.Input, c.Choice = &cards.Input{Key: "reason"}, &cards.Choice{Key: "why"}
	w := bot.Working(c)
	if len(w.Buttons) != 0 || w.Input != nil || w.Choice != nil || w.Closed != "处理中" || w.Title != c.Title {
		t.Errorf("working face %+v", w)
	}
	if len(c.Buttons) != 1 {
		t.Error("the card itself was changed")
	}
}

func TestATapInAGroupIsAnsweredInPrivate(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(context.Context, bot.Turn, *unit) (bot.Reply, error) { return bot.Text("轮不到你"), nil })
	c := h.m.seed(bot.LiveCard{Key: "k", Platform: "wecom", Chat: bot.Chat{Platform: "wecom", ID: "g1", Group: true}, Face: face("k", "合同", "同意")})
	ev := tap("t1", c.ID)
	ev.Chat = c.Chat
	h.accept(t, ev)
	if got := h.m.queued(t); got.Recipient != "wecom:u:zhoumin" || got.Out.Text != "轮不到你" {
		t.Errorf("told to %s: %q", got.Recipient, got.Out.Text)
	}
	talk := said("e1", "话")
	talk.Chat = c.Chat
	h.accept(t, talk)
	if got := h.m.queued(t); got.Recipient != "wecom:g:g1" {
		t.Errorf("a message in the group is answered to %s", got.Recipient)
	}
}

func TestTheDialogueIsKept(t *testing.T) {
	t.Parallel()
	ask := false
	h := newHouse(t, func(_ context.Context, turn bot.Turn, _ *unit) (bot.Reply, error) {
		r := bot.Text("好")
		if ask {
			r.Dialogue = &sales.Dialogue{Topic: "visit.what", Draft: "{}"}
		}
		return r, nil
	})
	h.accept(t, said("e1", "一"))
	if d := h.m.dialogues[1]; d.PersonID != 1 || d.Platform != "wecom" || d.Topic != "" {
		t.Errorf("dialogue %+v", d)
	}
	ask = true
	h.accept(t, said("e2", "二"))
	ask = false
	h.accept(t, said("e3", "三"))
	if d := h.m.dialogues[1]; d.Topic != "visit.what" || d.Platform != "wecom" || d.PersonID != 1 {
		t.Errorf("a question asked is forgotten: %+v", d)
	}
	stranger := said("e4", "四")
	stranger.From = "nobody"
	h.accept(t, stranger)
	if len(h.m.dialogues) != 1 {
		t.Errorf("a stranger has a dialogue: %+v", h.m.dialogues)
	}
	if got := h.m.queued(t); got.Recipient != "wecom:u:nobody" {
		t.Errorf("the stranger's answer went to %s", got.Recipient)
	}
}

func TestTheLogNamesNoText(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(context.Context, bot.Turn, *unit) (bot.Reply, error) {
		return bot.Text("绍兴市立医院 30%"), nil
	})
	var out bytes.Buffer
	ctx := zerolog.New(&out).Level(zerolog.InfoLevel).WithContext(t.Context())
	ev := said("e1", "拜访 绍兴市立医院")
	ev.Route = bot.Route{Webhook: "https://example.com/robot?session=SECRET", Until: morning.Add(time.Hour)}
	if _, err := h.Accept(ctx, ev); err != nil {
		t.Fatal(err)
	}
	line := out.String()
	for _, want := range []string{`"event_id":"e1"`, `"platform":"wecom"`, `"outcome":"done"`, `"kind":"said"`} {
		if !strings.Contains(line, want) {
			t.Errorf("the log line lacks %s: %s", want, line)
		}
	}
	if strings.Contains(line, "绍兴") || strings.Contains(line, "SECRET") {
		t.Errorf("the log tells what was said: %s", line)
	}
}

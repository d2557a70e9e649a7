package wecom_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
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

func TestAMessageDeliveredThriceAtOnceIsOneEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if _, err := w.sim.Say(w.Context(), sim.Say{From: "ZhouMin", Text: "今天拜访绍兴市立医院", EventID: "one"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.until("three deliveries answered", func() bool {
		n := 0
		for _, d := range w.sim.Deliveries() {
			if d.State == simwecom.Accepted {
				n++
			}
		}
		return n == 3
	})
	got := w.inbox.all()
	if len(got) != 1 || w.inbox.calls != 3 {
		t.Fatalf("%d events of %d deliveries, want 1 of 3", len(got), w.inbox.calls)
	}
	ev := got[0]
	if ev.Kind != bot.Said || ev.From != "ZhouMin" || ev.Text != "今天拜访绍兴市立医院" || ev.Chat.Group || !ev.At.Equal(start) {
		t.Errorf("event %+v", ev)
	}
}

func TestAnEventThatCouldNotBeKeptIsDeliveredAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inbox.refuse = 2
	w.say("ZhouMin", "", "漏斗")
	if ev := w.event(1); ev.Text != "漏斗" {
		t.Errorf("event %+v", ev)
	}
	if w.inbox.calls != 3 {
		t.Errorf("%d deliveries, want 3", w.inbox.calls)
	}
}

func TestATapChangesTheCardOnEveryPhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.inbox.face = func(bot.Event) *cards.Card { return &decided }
	sent := w.send(card(18, contract, "ZhouMin", "sunjing"))
	if sent.Ref != bot.CardRef(18, 0) || sent.Code == "" || sent.Message == "" || !sent.Until.Equal(start.Add(72*time.Hour)) {
		t.Fatalf("receipt %+v", sent)
	}
	phone := w.phone("sunjing", "")
	if err := w.sim.Click(w.Context(), sim.Click{From: "sunjing", MessageID: phone[0].ID, Button: "同意", Input: map[string]string{"reason": "账期"}}); err != nil {
		t.Fatal(err)
	}
	ev := w.event(1)
	if ev.Kind != bot.Tapped || ev.From != "sunjing" || ev.Tap.Card != sent.Ref || ev.Tap.Input["reason"] != "term" {
		t.Fatalf("event %+v, tap %+v", ev, ev.Tap)
	}
	if a, err := cards.DecodeAction(ev.Tap.Action); err != nil || a != contract.Buttons[0].Action {
		t.Errorf("action %q: %v", ev.Tap.Action, err)
	}
	w.until("the face is left to the update", func() bool {
		w.inbox.mu.Lock()
		defer w.inbox.mu.Unlock()
		ok, told := w.inbox.faces[77]
		return told && !ok
	})
	d := card(18, decided, "ZhouMin", "sunjing")
	d.Route = ev.Route
	after, err := w.adapter.Update(w.Context(), d, sent)
	if err != nil || after.Code != sent.Code {
		t.Fatalf("update: %v, receipt %+v", err, after)
	}
	for _, person := range []string{"ZhouMin", "sunjing"} {
		m := w.phone(person, "")[0]
		if m.Version != 2 || m.Card.Status != "已通过法务" || m.Card.Buttons[0].Enabled {
			t.Errorf("%s sees %+v", person, m.Card)
		}
	}
	w.noViolation()
}

func TestTheSendTimeCodeIsSpentOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.send(card(18, contract, "sunjing"))
	r, err := w.adapter.Update(w.Context(), card(18, decided, "sunjing"), r)
	if err != nil || r.Code != "" {
		t.Fatalf("first update: %v, receipt %+v", err, r)
	}
	_, err = w.adapter.Update(w.Context(), card(18, decided, "sunjing"), r)
	wantFailure(t, err, bot.NoUpdate, false)
	if n := w.calls("message/update_template_card"); n != 1 {
		t.Errorf("%d calls, want 1: a card without a code needs no call", n)
	}
}

func TestCodesDieAfterThreeDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.send(card(18, contract, "sunjing"))
	w.clock.advance(72 * time.Hour)
	_, err := w.adapter.Update(w.Context(), card(18, decided, "sunjing"), r)
	wantFailure(t, err, bot.NoUpdate, false)
}

func TestAUsedTapFallsBackOnTheSendTimeCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.send(card(18, contract, "sunjing"))
	d := card(18, decided, "sunjing")
	d.Route = bot.Route{Code: "spent-long-ago"}
	r, err := w.adapter.Update(w.Context(), d, r)
	if err != nil || r.Code != "" || w.phone("sunjing", "")[0].Version != 2 {
		t.Errorf("update: %v, receipt %+v", err, r)
	}
}

func TestACardSentAfreshHasANameOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.send(card(18, contract, "sunjing"))
	d := card(18, contract, "sunjing")
	d.Fresh = 2
	r := w.send(d)
	if r.Ref == old.Ref || bot.CardOf(r.Ref) != 18 {
		t.Fatalf("receipt %+v after %+v", r, old)
	}
	if _, err := w.adapter.Update(w.Context(), card(18, decided, "sunjing"), r); err != nil {
		t.Fatal(err)
	}
	if got := w.phone("sunjing", ""); got[0].Version != 1 || got[1].Version != 2 {
		t.Errorf("phone %+v: the fresh card changes, not the old one", got)
	}
	w.noViolation()
}

func TestARateLimitSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.sim.Fault(sim.Fault{Kind: sim.RateLimited, Count: 1}); err != nil {
		t.Fatal(err)
	}
	_, err := w.adapter.Send(w.Context(), text("一", "ZhouMin"))
	if e := wantFailure(t, err, bot.Throttled, true); e.After < time.Minute {
		t.Errorf("after %v, the platform blocks for a minute", e.After)
	}
	w.send(text("二", "ZhouMin"))
}

func TestNoMessageIsLostToTheLimitOfAMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held := 0
	for range 45 {
		for {
			_, err := w.adapter.Send(w.Context(), text("提醒", "ZhouMin"))
			if err == nil {
				break
			}
			e := wantFailure(t, err, bot.Throttled, true)
			held++
			w.clock.advance(e.After)
		}
	}
	if got := len(w.phone("ZhouMin", "")); got != 45 || held == 0 {
		t.Errorf("%d of 45 messages arrived, held back %d times", got, held)
	}
	w.noViolation()
}

func TestUnknownMembersAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.send(text("通知", "ZhouMin", "GoneAway"))
	if len(r.Undelivered) != 1 || r.Undelivered[0] != "GoneAway" {
		t.Errorf("undelivered %v, want GoneAway as we write it", r.Undelivered)
	}
	_, err := w.adapter.Send(w.Context(), text("通知", "GoneAway"))
	wantFailure(t, err, bot.NoRecipient, false)
}

func TestNobodyIsAddressedByATrick(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, user := range []bot.UserID{"@all", "ZhouMin|wangfang", ""} {
		_, err := w.adapter.Send(w.Context(), text("通知", user))
		wantFailure(t, err, bot.NoRecipient, false)
	}
	if n := w.calls("message/send"); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestALongTextArrivesWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := strings.Repeat("绍兴市立医院,承诺下周二前寄样。\n", 150)
	w.send(text(long, "ZhouMin"))
	var got []string
	for _, m := range w.phone("ZhouMin", "") {
		got = append(got, m.Text)
	}
	if len(got) < 3 || strings.Join(got, "\n") != strings.TrimSuffix(long, "\n") {
		t.Errorf("%d parts, %d bytes of %d", len(got), len(strings.Join(got, "\n")), len(long))
	}
}

func TestMarkupGoesOutAsMarkdown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.send(text("**本周** 拜访 4", "ZhouMin"))
	w.send(text("本周拜访 4 * 2 & <3", "ZhouMin"))
	got := w.phone("ZhouMin", "")
	if got[0].Kind != "markdown" || got[1].Kind != "text" || got[1].Text != "本周拜访 4 * 2 & <3" {
		t.Errorf("got %+v", got)
	}
}

func TestACardWithoutCallbackIsSaidAsText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.sim.SetCallback(""); err != nil {
		t.Fatal(err)
	}
	r := w.send(card(18, contract, "sunjing"))
	got := w.phone("sunjing", "")
	if !r.AsText || len(got) != 1 || got[0].Kind != "markdown" || !strings.Contains(got[0].Text, "同意 HT2026-018") {
		t.Fatalf("receipt %+v, phone %+v", r, got)
	}
	_, err := w.adapter.Update(w.Context(), card(18, decided, "sunjing"), r)
	wantFailure(t, err, bot.NoUpdate, false)
}

// lossy loses the answer of a call after the platform took it.
type lossy struct {
	next http.RoundTripper
	api  string
	mu   sync.Mutex
	lose int
}

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := l.next.RoundTrip(r)
	if err != nil || !strings.HasSuffix(r.URL.Path, l.api) {
		return res, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lose == 0 {
		return res, nil
	}
	l.lose--
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return nil, errors.New("connection reset by peer")
}

func TestACardWhoseAnswerGotLostIsNotSentTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *wecom.Options) { o.Transport = &lossy{next: o.Transport, api: "message/send", lose: 1} })
	d := card(18, contract, "sunjing")
	_, err := w.adapter.Send(w.Context(), d)
	e := wantFailure(t, err, bot.Unsure, true)
	if strings.Contains(e.Error(), "access_token") {
		t.Errorf("the address is in %q", e)
	}
	d.Retry = true
	if r := w.send(d); r.Ref != bot.CardRef(18, 0) {
		t.Errorf("receipt %+v", r)
	}
	if got := w.phone("sunjing", ""); len(got) != 1 {
		t.Errorf("%d cards, want 1", len(got))
	}
}

func TestAPlatformThatIsAwayIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.send(text("一", "ZhouMin"))
	if err := w.sim.Fault(sim.Fault{Kind: sim.HTTP5xx, Count: 1}); err != nil {
		t.Fatal(err)
	}
	_, err := w.adapter.Send(w.Context(), text("二", "ZhouMin"))
	wantFailure(t, err, bot.Down, true)
	w.api.Close()
	_, err = w.adapter.Send(w.Context(), text("三", "ZhouMin"))
	e := wantFailure(t, err, bot.Down, true)
	if strings.Contains(e.Error(), "access_token") || strings.Contains(e.Error(), "corpsecret") {
		t.Errorf("the address is in %q", e)
	}
}

func TestASlowAnswerIsOfUnknownOutcome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.send(text("一", "ZhouMin"))
	if err := w.sim.Fault(sim.Fault{Kind: sim.Slow, Count: 1, Delay: time.Minute}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(w.Context())
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { cancel() }})
	_, err := w.adapter.Send(ctx, text("二", "ZhouMin"))
	wantFailure(t, err, bot.Unsure, true)
}

func TestFilesAndPicturesBothWays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 100)...)
	w.files[5], w.files[6] = png, []byte("报价,数量,单价\n")
	for _, f := range []bot.File{{ID: 5, Name: "漏斗.png", Image: true}, {ID: 6, Name: "报价.csv"}} {
		d := to("ZhouMin")
		d.Out.File = &f
		w.send(d)
	}
	got := w.phone("ZhouMin", "")
	if len(got) != 2 || got[0].Kind != "image" || got[1].Kind != "file" || got[1].File.Name != "报价.csv" {
		t.Fatalf("phone %+v", got)
	}
	if _, err := w.sim.Send(w.Context(), sim.Upload{From: "ZhouMin", Name: "名片.png", Data: png}); err != nil {
		t.Fatal(err)
	}
	ev := w.event(1)
	if ev.Kind != bot.Sent || len(ev.Files) != 1 || ev.Files[0].Kind != "image" {
		t.Fatalf("event %+v", ev)
	}
	body, name, mime, err := w.adapter.Fetch(w.Context(), ev.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(body)
	if err != nil || string(data) != string(png) || name != "名片.png" || mime != "image/png" {
		t.Errorf("fetched %d bytes, %q, %q: %v", len(data), name, mime, err)
	}
}

func TestMediaThatIsGoneIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, _, _, err := w.adapter.Fetch(w.Context(), bot.FileRef{Ref: `{"media_id":"no-such-media"}`, Kind: "image"})
	if e := new(bot.SendError); !errors.As(err, &e) {
		t.Errorf("got %v", err)
	}
}

func TestPushesIntoGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hook := bot.Delivery{Chat: bot.Chat{Platform: wecom.Platform, ID: "华东一组", Group: true, Via: wecom.ViaWebhook}}
	hook.Out.Text = "昨晚 18:00:8 人 6 人已报"
	w.send(hook)
	hook.Out = bot.Outgoing{Card: &contract}
	if r := w.send(hook); !r.AsText {
		t.Errorf("receipt %+v: a webhook's card has no buttons", r)
	}
	hook.Out = bot.Outgoing{Card: &decided}
	w.send(hook)
	png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 100)...)
	w.files[5] = png
	hook.Out = bot.Outgoing{File: &bot.File{ID: 5, Name: "漏斗.png", Image: true}}
	w.send(hook)
	w.files[6] = []byte("a,b,c,d,e")
	hook.Out = bot.Outgoing{File: &bot.File{ID: 6, Name: "明细.csv"}}
	w.send(hook)
	kinds := ""
	for _, m := range w.phone("wangfang", group) {
		kinds += m.Kind + " "
	}
	if kinds != "markdown markdown card image file " {
		t.Errorf("the group sees %s", kinds)
	}
	hook.Chat.ID = "没有的群"
	_, err := w.adapter.Send(w.Context(), hook)
	wantFailure(t, err, bot.NoRecipient, false)
}

func TestAppGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	chat, err := w.adapter.CreateGroup(w.Context(), "合同 HT2026-018", "wangfang", []bot.UserID{"wangfang", "sunjing"})
	if err != nil {
		t.Fatal(err)
	}
	d := bot.Delivery{Chat: chat, CardID: 18, Out: bot.Outgoing{Card: &contract}}
	if r := w.send(d); !r.AsText {
		t.Errorf("receipt %+v: an app group has no cards", r)
	}
	if got := w.phone("sunjing", string(chat.ID)); len(got) != 1 || got[0].Kind != "markdown" {
		t.Errorf("the group sees %+v", got)
	}
}

func TestRecall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.send(text("发错了", "ZhouMin"))
	if err := w.adapter.Recall(w.Context(), r); err != nil {
		t.Fatal(err)
	}
	if got := w.phone("ZhouMin", ""); strings.Contains(got[0].Text, "发错了") {
		t.Errorf("still there: %+v", got)
	}
}

func TestTheDirectoryNamesTeamsAndLeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, err := w.adapter.Directory(w.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Departments) != 3 || len(d.Members) != 3 {
		t.Fatalf("%d departments, %d members", len(d.Departments), len(d.Members))
	}
	for _, m := range d.Members {
		if m.Name == "" || m.Main == 0 || m.Status != wecom.MemberActive {
			t.Errorf("member %+v", m)
		}
		if m.ID == "ZhouMin" && (len(m.DirectLeaders) != 1 || m.DirectLeaders[0] != "wangfang" || len(m.Leads) != 0) {
			t.Errorf("周敏 is led by %v and leads %v", m.DirectLeaders, m.Leads)
		}
		if m.ID == "wangfang" && len(m.Leads) != 1 {
			t.Errorf("王芳 leads %v", m.Leads)
		}
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, f := range w.adapter.Check(w.Context(), "https://bot.example.com/wecom/callback", false) {
		if !f.OK {
			t.Errorf("all is well, but: %+v", f)
		}
	}
	w.opt.Secret, w.opt.Robot.Secret, w.opt.Token, w.opt.EncodingAESKey = "wrong", "wrong", "", ""
	w.opt.AgentID++ // another token in the cache
	bad := 0
	for _, f := range w.newAdapter().Check(w.Context(), "", false) {
		if !f.OK && f.Where != "" && f.What != "" {
			bad++
		}
	}
	if bad != 3 {
		t.Errorf("%d of 3 mistakes found", bad)
	}
}

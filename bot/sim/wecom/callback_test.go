package wecom

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"salesflow/bot/sim"
)

func TestTextArrivesSealedAndSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.say("zhoumin", "", "拜访 绍兴市立医院 <王主任> & ]]> 嫌贵30%")
	got := w.deliveries(1)[0]
	x := got.xml
	if x.MsgType != "text" || x.Content != "拜访 绍兴市立医院 <王主任> & ]]> 嫌贵30%" || x.FromUserName != "ZhouMin" ||
		x.ToUserName != w.sim.opt.CorpID || x.CreateTime != w.clock.Now().Unix() {
		t.Errorf("plaintext %s", got.plain)
	}
	if !strings.Contains(got.envelope, "<AgentID><![CDATA[1000002]]></AgentID>") || !strings.Contains(got.plain, "<AgentID>1000002</AgentID>") {
		t.Errorf("AgentID is CDATA outside and a number inside:\n%s\n%s", got.envelope, got.plain)
	}
	d := w.settled(id)
	if d.State != Accepted || len(d.Attempts) != 1 || d.Attempts[0].Status != 200 {
		t.Errorf("delivery %+v", d)
	}
	own := w.inbox("ZhouMin", "")
	if len(own) != 1 || own[0].ID != id || own[0].From != "ZhouMin" {
		t.Errorf("own phone shows %+v", own)
	}
}

func TestRefusedDeliveryIsRetriedThreeTimes(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"500": 500, "204 is not 200": 204, "redirect": 302} {
		w := newWorld(t)
		w.bot.set(func(int, received) (int, string) { return status, "" })
		id := w.say("ZhouMin", "", "一")
		d := w.settled(id)
		if d.State != Failed || len(d.Attempts) != 4 {
			t.Errorf("%s: %+v", name, d)
		}
		got := w.bot.all()
		nonces, bodies := map[string]bool{}, map[string]bool{}
		for _, g := range got {
			nonces[g.query.Get("nonce")], bodies[g.envelope] = true, true
			if g.xml.MsgID != got[0].xml.MsgID || g.plain != got[0].plain {
				t.Errorf("%s: a retry differs: %s", name, g.plain)
			}
		}
		if len(got) != 4 || len(nonces) != 4 || len(bodies) != 4 {
			t.Errorf("%s: %d deliveries with %d nonces and %d ciphertexts", name, len(got), len(nonces), len(bodies))
		}
		w.violation("delivery_failed")
	}
}

func TestRetryStopsAtTheFirst200(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.SameNonce = true })
	w.bot.set(func(n int, _ received) (int, string) {
		if n < 3 {
			return 503, ""
		}
		return 200, ""
	})
	id := w.say("ZhouMin", "", "一")
	if d := w.settled(id); d.State != Accepted || len(d.Attempts) != 3 {
		t.Errorf("delivery %+v", d)
	}
	if got := w.bot.all(); got[0].envelope != got[2].envelope {
		t.Error("SameNonce: the retry is encrypted anew")
	}
}

func TestSlowAnswerIsRetried(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.AnswerTimeout = 30 * time.Millisecond })
	w.bot.block = make(chan struct{})
	id := w.say("ZhouMin", "", "一")
	if d := w.settled(id); d.State != Failed || len(d.Attempts) != 4 || d.Attempts[0].Status != 0 || d.Attempts[0].Err == "" {
		t.Errorf("delivery %+v", d)
	}
	w.violation("slow_answer")
}

func TestLostAckAndRedeliver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.sim.Fault(sim.Fault{Kind: sim.LostAck}); err != nil {
		t.Fatal(err)
	}
	id := w.say("ZhouMin", "", "一")
	if d := w.settled(id); d.State != Accepted || len(d.Attempts) != 2 || !d.Attempts[0].Lost || d.Attempts[1].Lost {
		t.Errorf("delivery %+v", d)
	}
	if err := w.sim.Fault(sim.Fault{Kind: sim.Redeliver}); err != nil {
		t.Fatal(err)
	}
	w.say("ZhouMin", "", "二")
	got := w.deliveries(4)
	if got[2].xml.MsgID != got[3].xml.MsgID || got[2].xml.MsgID == got[1].xml.MsgID {
		t.Errorf("MsgIds %d %d %d", got[1].xml.MsgID, got[2].xml.MsgID, got[3].xml.MsgID)
	}
}

func TestSameEventIDIsTheSameMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bot.block = make(chan struct{})
	var wg sync.WaitGroup
	ids := make([]string, 4)
	for i := range ids {
		wg.Go(func() {
			id, err := w.sim.Say(context.Background(), sim.Say{From: "ZhouMin", Text: "回款 12.5万", EventID: "evt-1"})
			if err != nil {
				t.Error(err)
			}
			ids[i] = id
		})
	}
	got := w.deliveries(4) // none was answered yet: they overlap
	close(w.bot.block)
	wg.Wait()
	for i := range got {
		if got[i].plain != got[0].plain || ids[i] != ids[0] {
			t.Errorf("delivery %d differs: %s", i, got[i].plain)
		}
	}
	if shown := w.inbox("ZhouMin", ""); len(shown) != 1 {
		t.Errorf("phone shows %d messages, want the one", len(shown))
	}
	other := newWorld(t)
	if id, err := other.sim.Say(context.Background(), sim.Say{From: "ZhouMin", Text: "回款 12.5万", EventID: "evt-1"}); err != nil || id != ids[0] {
		t.Errorf("after a restart the event is message %s, want %s (%v)", id, ids[0], err)
	}
}

func TestEnterAgentComesFirstAndOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.NoEnterEvents = false })
	if err := w.sim.Fault(sim.Fault{Kind: sim.Redeliver}); err != nil { // meant for messages
		t.Fatal(err)
	}
	w.settled(w.say("ZhouMin", "", "一"))
	w.deliveries(3)
	w.say("ZhouMin", "", "二")
	var kinds []string
	for _, g := range w.deliveries(4) {
		kinds = append(kinds, g.xml.MsgType+g.xml.Event)
	}
	if got := strings.Join(kinds, " "); got != "evententer_agent text text text" {
		t.Errorf("order %q", got)
	}
}

func TestPassiveReplies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bot.set(func(n int, _ received) (int, string) {
		switch n {
		case 1:
			return 200, w.bot.seal("<xml><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[" + strings.Repeat("好", 700) + "]]></Content></xml>")
		case 2:
			return 200, `{"errcode":0}`
		default:
			return 200, strings.Replace(w.bot.seal("<xml><MsgType>text</MsgType><Content>x</Content></xml>"), "<Nonce><![CDATA[n]]>", "<Nonce><![CDATA[m]]>", 1)
		}
	})
	w.settled(w.say("ZhouMin", "", "一"))
	got := w.inbox("ZhouMin", "")
	if len(got) != 2 || got[1].Text != strings.Repeat("好", 682) || got[1].From != "" {
		t.Errorf("phone shows %d messages, last of %d bytes", len(got), len(got[len(got)-1].Text))
	}
	w.settled(w.say("ZhouMin", "", "二"))
	w.settled(w.say("ZhouMin", "", "三"))
	if v := w.sim.Violations(); len(v) != 2 || v[0].Kind != "passive_reply" || v[1].Detail != "wrong signature" {
		t.Errorf("violations %+v", v)
	}
}

func TestPictureVoiceAndPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.PublicURL = "" })
	w.appToken() // the simulator learns where it is reached
	png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 64)...)
	if _, err := w.sim.Send(context.Background(), sim.Upload{From: "ZhouMin", Name: "价签.png", Data: png}); err != nil {
		t.Fatal(err)
	}
	x := w.deliveries(1)[0].xml
	if got := w.get("/cgi-bin/media/get?access_token=" + w.appToken() + "&media_id=" + x.MediaID); x.MsgType != "image" || got.raw != string(png) {
		t.Errorf("image %+v, media of %d bytes", x, len(got.raw))
	}
	if !strings.HasPrefix(x.PicURL, w.api.URL+"/media/") {
		t.Errorf("PicUrl %q", x.PicURL)
	}
	if got := w.inbox("ZhouMin", "")[0]; got.Kind != "image" || got.File.Name != "价签.png" {
		t.Errorf("own phone shows %+v", got)
	}
	if _, err := w.sim.Send(context.Background(), sim.Upload{From: "ZhouMin", Name: "a.amr", Data: []byte("#!AMR\n123"), Recognition: "拜访绍兴"}); err != nil {
		t.Fatal(err)
	}
	if got := w.deliveries(2)[1]; got.xml.MsgType != "voice" || !strings.Contains(got.plain, "<Format><![CDATA[amr]]>") || strings.Contains(got.plain, "绍兴") {
		t.Errorf("voice %s", got.plain)
	}
	if _, err := w.sim.Locate(context.Background(), Place{From: "ZhouMin", Lat: 29.9958, Lng: 120.5861, Label: "绍兴市立医院"}); err != nil {
		t.Fatal(err)
	}
	if got := w.deliveries(3)[2].xml; got.LocationX != "29.9958" || got.LocationY != "120.5861" {
		t.Errorf("Location_X is the latitude, got %+v", got)
	}
	var refused Refusal
	if _, err := w.sim.Send(context.Background(), sim.Upload{From: "ZhouMin", Name: "客户.xlsx", Data: []byte("PK\x03\x04")}); !errors.As(err, &refused) || !strings.Contains(err.Error(), "自建应用") {
		t.Errorf("a file to the app: %v", err)
	}
}

func TestVerifyCallback(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer func(plain string) string
		status int
		block  bool
		ok     bool
	}{
		"bare plaintext": {func(p string) string { return p }, 200, false, true},
		"with a newline": {func(p string) string { return p + "\n" }, 200, false, false},
		"quoted":         {func(p string) string { return `"` + p + `"` }, 200, false, false},
		"wrong status":   {func(p string) string { return p }, 403, false, false},
		"too late":       {func(p string) string { return p }, 200, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(o *Options) {
				if o.VerifyTimeout = time.Minute; tc.block { // what answers is not hurried
					o.VerifyTimeout = 50 * time.Millisecond
				}
			})
			mux := http.NewServeMux()
			mux.HandleFunc("GET /cb", func(rw http.ResponseWriter, r *http.Request) {
				q := r.URL.Query()
				echo := q.Get("echostr")
				plain, err := decrypt(w.sim.aesKey, w.sim.opt.CorpID, echo)
				if err != nil || !strings.Contains(echo, "+") || signature(w.sim.opt.Token, q.Get("timestamp"), q.Get("nonce"), echo) != q.Get("msg_signature") {
					t.Errorf("echostr %q: %v", echo, err)
				}
				if _, err := base64.StdEncoding.DecodeString(echo); err != nil {
					t.Error(err)
				}
				if tc.block {
					<-r.Context().Done()
					return
				}
				rw.WriteHeader(tc.status)
				_, _ = io.WriteString(rw, tc.answer(string(plain)))
			})
			serve(t, w, mux, "/cb?tenant=1")
			if err := w.sim.VerifyCallback(context.Background()); (err == nil) != tc.ok {
				t.Errorf("err = %v", err)
			} else if err != nil && strings.Contains(err.Error(), "msg_signature") {
				t.Errorf("error shows the signed URL: %v", err)
			}
		})
	}
}

func TestGroupTextNeverReachesTheApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.sim.Say(context.Background(), sim.Say{From: "ZhouMin", Chat: "east1", Text: "大家好"}); err != nil {
		t.Fatal(err)
	}
	w.say("ZhouMin", "", "单聊")
	if got := w.deliveries(1); len(got) != 1 || got[0].xml.Content != "单聊" {
		t.Errorf("the app got %+v", got)
	}
	if got := w.inbox("wangfang", "east1"); len(got) != 1 || got[0].Text != "大家好" || got[0].From != "ZhouMin" {
		t.Errorf("group member sees %+v", got)
	}
	if _, err := w.sim.Say(context.Background(), sim.Say{From: "sunjing", Chat: "east1", Text: "x"}); err == nil {
		t.Error("a person outside the group can write in it")
	}
	if _, err := w.sim.Say(context.Background(), sim.Say{From: "liqiang", Text: "x"}); err == nil {
		t.Error("a DingTalk person has a WeCom phone")
	}
}

func TestInboxCursorAndChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok(w.call("message/send", text("ZhouMin", "一")))
	_, at := w.sim.Inbox("ZhouMin", "", 0)
	changed := w.sim.Changed()
	select {
	case <-changed:
		t.Fatal("closed before anything changed")
	default:
	}
	w.ok(w.call("message/send", text("ZhouMin", "二")))
	<-changed
	got, next := w.sim.Inbox("ZhouMin", "*", at)
	if len(got) != 1 || got[0].Text != "二" || next <= at {
		t.Errorf("after the cursor: %+v, %d", got, next)
	}
	if again, _ := w.sim.Inbox("ZhouMin", "", next); len(again) != 0 {
		t.Errorf("shown twice: %+v", again)
	}
}

func TestCloseEndsADeliveryUnderWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bot.block = make(chan struct{})
	w.say("ZhouMin", "", "一")
	if err := w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.sim.Say(context.Background(), sim.Say{From: "ZhouMin", Text: "x"}); !errors.Is(err, errClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestEventsOfTheApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	for _, err := range []error{
		w.sim.SetVisible(ctx, "ZhouMin", true),
		w.sim.Report(ctx, Place{From: "ZhouMin", Lat: 29.9958, Lng: 120.5861}, 65),
		w.sim.Menu(ctx, "ZhouMin", "funnel"),
		w.sim.Scan(ctx, "ZhouMin", "visit", "C-1"),
		w.sim.ContactChanged(ctx, ContactChange{Type: "update_user", UserID: "ZhouMin", Departments: []int{1, 2}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := w.deliveries(5)
	for i, want := range []string{
		"<Event><![CDATA[subscribe]]></Event><AgentID>",
		"<Latitude>29.9958</Latitude><Longitude>120.5861</Longitude><Precision>65</Precision>",
		"<Event><![CDATA[click]]></Event><EventKey><![CDATA[funnel]]></EventKey>",
		"<ScanResult><![CDATA[C-1]]></ScanResult>",
		"<ChangeType><![CDATA[update_user]]></ChangeType><UserID><![CDATA[ZhouMin]]></UserID><Department><![CDATA[1,2]]></Department><AgentID>",
	} {
		if !strings.Contains(got[i].plain, want) {
			t.Errorf("event %d lacks %s:\n%s", i, want, got[i].plain)
		}
		if strings.Contains(got[i].plain, "MsgId") {
			t.Errorf("an event has a MsgId: %s", got[i].plain)
		}
	}
	if err := w.sim.Menu(ctx, "ghost", "x"); err == nil {
		t.Error("a stranger has a menu")
	}
}

func TestRedeliveredMessageOverlapsTheFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bot.block = make(chan struct{})
	if err := w.sim.Fault(sim.Fault{Kind: sim.Redeliver}); err != nil {
		t.Fatal(err)
	}
	id := w.say("ZhouMin", "", "一")
	got := w.deliveries(2) // none was answered yet
	if got[0].plain != got[1].plain || got[0].query.Get("nonce") == got[1].query.Get("nonce") {
		t.Errorf("deliveries %+v", got)
	}
	close(w.bot.block)
	w.eventually("both accepted", func() bool { return len(w.settled(id).Attempts) == 2 })
}

package wecom

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"salesflow/bot/sim"
)

func TestMadeUpCredentialsWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.sim.Credentials()
	if len(c.EncodingAESKey) != 43 || c.CorpID == "" || c.Secret == "" || c.Secret == c.ContactsSecret || len(c.Token) > 32 || c.RobotPath != "/robot/ws" {
		t.Errorf("credentials %+v", c)
	}
	if got := w.sim.Company(); len(got.People) != 3 || len(got.Chats) != 1 {
		t.Errorf("a company of this platform only, got %+v", got)
	}
}

func TestImpossibleOptionsAreRefused(t *testing.T) {
	t.Parallel()
	clock := &fakeClock{}
	for name, opt := range map[string]Options{
		"no clock":              {},
		"short key":             {Clock: clock, EncodingAESKey: "short"},
		"callback without host": {Clock: clock, CallbackURL: "/cb"},
		"two of one id":         {Clock: clock, Company: sim.Company{People: []sim.Person{{ID: "a", Platform: sim.WeCom}, {ID: "A", Platform: sim.WeCom}}}},
		"group named robot":     {Clock: clock, Company: sim.Company{Chats: []sim.Chat{{ID: RobotChat, Platform: sim.WeCom}}}},
		"webhook to nowhere":    {Clock: clock, WebhookKeys: map[string]string{"k": "nowhere"}},
		"robot path":            {Clock: clock, RobotPath: "robot"},
	} {
		if _, err := New(opt); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestOldFilesMakeRoom(t *testing.T) {
	t.Parallel()
	m := newMedia()
	m.maxSize = 100
	first := m.keep("a.txt", make([]byte, 60))
	second := m.keep("b.txt", make([]byte, 60))
	if _, ok := m.blobs.get(first.id); ok || m.size != 60 {
		t.Errorf("the oldest file is kept, %d bytes in all", m.size)
	}
	huge := m.keep("c.txt", make([]byte, 200))
	_, kept := m.blobs.get(huge.id)
	if _, ok := m.blobs.get(second.id); ok || !kept || m.size != 200 {
		t.Errorf("the newest file is always kept, got %d bytes", m.size)
	}
}

func TestFIFOForgetsTheOldest(t *testing.T) {
	t.Parallel()
	f := newFIFO[int](2)
	f.put("a", 1)
	f.put("b", 2)
	f.put("a", 3)
	if out := f.put("c", 4); len(out) != 1 || out[0] != 3 {
		t.Errorf("evicted %v", out)
	}
	f.remove("b")
	f.put("d", 5)
	if _, ok := f.get("c"); !ok || len(f.byKey) != 2 || len(f.order) != 2 {
		t.Errorf("holds %v", f.byKey)
	}
}

func TestFileNamesAreLastElements(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`C:\tmp\合同.pdf`: "合同.pdf", "../../etc/passwd": "passwd", "": "file", "a\nb.txt": "ab.txt",
	} {
		if got := cleanName(in); got != want {
			t.Errorf("cleanName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestOnlyPicturesAreServedInline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	html := []byte("<html><script>alert(1)</script>")
	if _, err := w.sim.Send(context.Background(), sim.Upload{From: "ZhouMin", Chat: "east1", Name: "a.html", Data: html}); err != nil {
		t.Fatal(err)
	}
	got := w.get(w.inbox("wangfang", "east1")[0].File.URL)
	if got.raw != string(html) || got.header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("headers %v", got.header)
	}
	if n := len(w.sim.Deliveries()); n != 0 {
		t.Errorf("a file in a group was delivered to a bot, %d times", n)
	}
}

func TestCountersAddUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bot.set(func(n int, _ received) (int, string) { return map[bool]int{true: 500, false: 200}[n == 1], "" })
	w.settled(w.say("ZhouMin", "", "一"))
	w.wantCode(w.call("message/send", text("nobody", "x")), codeAllInvalid)
	got := w.sim.Counters()
	for name, want := range map[string]int{"deliveries": 1, "attempts": 2, Accepted: 1, Failed: 0, "calls": 2, "refused": 1} {
		if got[name] != want {
			t.Errorf("%s = %d, want %d", name, got[name], want)
		}
	}
}

func TestUpdateButtonReplyAndItsRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(w.call("message/send", cardTo("ZhouMin|wangfang", contract("t1"))))
	w.bot.set(func(_ int, got received) (int, string) {
		return 200, w.bot.seal("<xml><MsgType>update_button</MsgType><Button><ReplaceName>处理中</ReplaceName></Button></xml>")
	})
	w.mustClick(sim.Click{From: "ZhouMin", MessageID: a.MsgID, Button: "同意"})
	w.eventually("button of the tapper grey", func() bool { return buttons(w.inbox("ZhouMin", "")[0].Card) == "处理中:false" })
	if got := w.inbox("wangfang", "")[0]; got.Version != 1 {
		t.Errorf("the other copy changed: %+v", got.Card)
	}
	w.settled(w.say("ZhouMin", "", "不是点击"))
	if v := w.violation("passive_reply"); !strings.Contains(v.Detail, "not a tap") {
		t.Errorf("violation %+v", v)
	}
	if got := w.sim.Counters()["violations"]; got != 1 {
		t.Errorf("%d violations, want 1", got)
	}
}

func TestUpdateRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(w.call("message/send", cardTo("ZhouMin", contract("t1"))))
	update := func(change map[string]any) answerJSON {
		return w.call("message/update_template_card", with(map[string]any{
			"userids": []string{"ZhouMin"}, "agentid": defaultAgentID, "response_code": a.ResponseCode, "button": map[string]any{"replace_name": "已处理"},
		}, change))
	}
	for name, tc := range map[string]struct {
		change map[string]any
		want   int
	}{
		"for nobody":             {map[string]any{"userids": nil}, codeNoRecipient},
		"nothing to show":        {map[string]any{"button": nil}, codeParam},
		"both":                   {map[string]any{"template_card": contract("t1")}, codeParam},
		"another task":           {map[string]any{"button": nil, "template_card": contract("t2")}, codeTaskID},
		"a card over the limits": {map[string]any{"button": nil, "template_card": with(contract("t1"), map[string]any{"main_title": nil})}, codeCardTitle},
		"of another app":         {map[string]any{"agentid": 7}, codeOtherAgent},
		"more than a thousand":   {map[string]any{"userids": make([]string, 1001)}, codeParam},
	} {
		if got := update(tc.change); got.ErrCode != tc.want {
			t.Errorf("%s: errcode %d, want %d", name, got.ErrCode, tc.want)
		}
	}
	w.ok(update(nil)) // a refused update does not spend the code
}

func TestBigUploadIsRefusedAsAnErrcode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.wantCode(w.upload("media/upload", "type=file&access_token="+w.appToken(), "a.bin", bytes.Repeat([]byte("x"), maxMediaBody)), codeMediaTooLarge)
}

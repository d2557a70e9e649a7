package page_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"salesflow/bot/sim"
	"salesflow/bot/sim/page"
)

// answer is what the control surface answers.
type answer struct {
	Status    int
	Error     string
	MessageID string `json:"message_id"`
	OK        bool
	Now       string
	Cursor    string
	Messages  []struct {
		sim.Message
		Person string
	}
	People []sim.Person
	Chats  []sim.Chat
	raw    string
}

func (w *world) do(req *http.Request) answer {
	w.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	a := answer{Status: resp.StatusCode, raw: string(raw)}
	if err := json.Unmarshal(raw, &a); err != nil {
		w.Fatalf("%s %s answers %d %q: %v", req.Method, req.URL, resp.StatusCode, raw, err)
	}
	return a
}

func (w *world) ask(path string, params ...string) answer {
	w.Helper()
	q := url.Values{}
	for i := 0; i < len(params); i += 2 {
		q.Set(params[i], params[i+1])
	}
	req, err := http.NewRequest(http.MethodGet, w.url+"/_sim/"+path+"?"+q.Encode(), nil)
	if err != nil {
		w.Fatal(err)
	}
	return w.do(req)
}

func (w *world) tell(path, body string) answer {
	w.Helper()
	req, err := http.NewRequest(http.MethodPost, w.url+"/_sim/"+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return w.do(req)
}

// next waits for the next messages of a phone.
func (w *world) next(platform, person, after string) answer {
	w.Helper()
	a := w.ask("inbox", "platform", platform, "person", person, "chat", "", "after", after, "wait", "30s")
	if a.Status != http.StatusOK || len(a.Messages) == 0 {
		w.Fatalf("inbox of %s after %q: %s", person, after, a.raw)
	}
	return a
}

func TestControlSaysAndTaps(t *testing.T) {
	t.Parallel()
	for platform, person := range map[string]string{sim.WeCom: "zhoumin", sim.DingTalk: "zhaolei"} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			said := w.tell("say", fmt.Sprintf(`{"platform":%q,"from":%q,"chat":"","text":"待审"}`, platform, person))
			if said.Status != http.StatusOK || said.MessageID == "" {
				t.Fatalf("say answers %s", said.raw)
			}
			a := w.next(platform, person, "")
			if m := a.Messages[0]; m.ID != said.MessageID || m.From != person || m.Text != "待审" {
				t.Errorf("the phone shows %+v, want what was said", m)
			}
			for a.Messages[len(a.Messages)-1].Card == nil {
				a = w.next(platform, person, a.Cursor)
			}
			shown := a.Messages[len(a.Messages)-1]
			if shown.Kind != "card" || shown.Version != 1 || shown.Card.Buttons[0] != (sim.Button{Text: "同意", Style: "primary", Enabled: true}) {
				t.Errorf("the phone shows %+v %+v, want a card with 同意", shown, shown.Card)
			}
			click := func() answer {
				return w.tell("click", fmt.Sprintf(`{"platform":%q,"from":%q,"message_id":%q,"button":"同意"}`, platform, person, shown.ID))
			}
			if c := click(); !c.OK {
				t.Fatalf("click answers %s", c.raw)
			}
			changed := w.next(platform, person, a.Cursor).Messages[0]
			if changed.ID != shown.ID || changed.Version != 2 || changed.Card.Buttons[0].Enabled {
				t.Errorf("after the tap the phone shows %+v %+v, want the same card with grey buttons", changed, changed.Card)
			}
			if c := click(); c.Status != http.StatusUnprocessableEntity || c.Error == "" {
				t.Errorf("tapping what is gone answers %s", c.raw)
			}
		})
	}
}

func TestControlRepeatsADelivery(t *testing.T) {
	t.Parallel()
	w := start(t)
	body := `{"platform":"wecom","from":"zhoumin","text":"待办","event_id":"e1"}`
	first, second := w.tell("say", body), w.tell("say", body)
	if first.MessageID == "" || first.MessageID != second.MessageID {
		t.Errorf("one event_id gave the messages %q and %q", first.MessageID, second.MessageID)
	}
	if said := w.bot.said(); len(said) != 2 {
		t.Errorf("the bot heard %q, want the delivery twice", said)
	}
}

func TestControlInbox(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.tell("say", `{"platform":"dingtalk","from":"liqiang","chat":"group_dingtalk","text":"漏斗","mention_bot":true}`)
	w.tell("say", `{"from":"wangfang","chat":"group_wecom","text":"开会"}`)
	count := func(params ...string) int {
		t.Helper()
		return len(w.ask("inbox", params...).Messages)
	}
	for seen, after := 0, ""; seen < 2; {
		a := w.ask("inbox", "person", "chengang", "after", after, "wait", "30s")
		if len(a.Messages) == 0 {
			t.Fatalf("the answer does not come: %s", a.raw)
		}
		seen, after = seen+len(a.Messages), a.Cursor
	}
	if n := count("platform", "dingtalk", "person", "chengang", "chat", ""); n != 0 {
		t.Errorf("the single chat shows %d messages, want none of the group", n)
	}
	if n := count("platform", "dingtalk", "person", "chengang", "chat", "group_dingtalk"); n != 2 {
		t.Errorf("the group shows %d messages, want 2", n)
	}
	if n := count("person", "zhoumin"); n != 1 {
		t.Errorf("without a chat there are %d messages, want 1 of the group", n)
	}
	all := w.ask("inbox")
	if people := peopleOf(all); people != "chengang×2 liqiang×2 linxia×1 wangfang×1 zhoumin×1" {
		t.Errorf("everybody's messages are %s", people)
	}
	if again := w.ask("inbox", "after", all.Cursor); len(again.Messages) != 0 || again.Messages == nil {
		t.Errorf("after the cursor %s come %s", all.Cursor, again.raw)
	}
	if a := w.ask("inbox", "person", "wutong", "wait", "10ms"); a.Status != http.StatusOK || len(a.Messages) != 0 {
		t.Errorf("a wait in vain answers %s", a.raw)
	}
}

func peopleOf(a answer) string {
	count := map[string]int{}
	for _, m := range a.Messages {
		count[m.Person]++
	}
	var out []string
	for _, p := range []string{"chengang", "liqiang", "linxia", "wangfang", "zhoumin"} {
		out = append(out, fmt.Sprintf("%s×%d", p, count[p]))
	}
	return strings.Join(out, " ")
}

func (w *world) send(from, chat, name string, data []byte) answer {
	w.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, v := range map[string]string{"from": from, "chat": chat} {
		_ = m.WriteField(k, v)
	}
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		w.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = m.Close()
	req, err := http.NewRequest(http.MethodPost, w.url+"/_sim/file", &body)
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Content-Type", m.FormDataContentType())
	return w.do(req)
}

func TestControlFile(t *testing.T) {
	t.Parallel()
	w := start(t)
	for from, chat := range map[string]string{"zhoumin": "robot", "liqiang": ""} {
		data := []byte("PK\x03\x04 sheet of " + from)
		if a := w.send(from, chat, "客户.xlsx", data); a.Status != http.StatusOK || a.MessageID == "" {
			t.Fatalf("file answers %s", a.raw)
		}
		f := w.ask("inbox", "person", from, "chat", chat).Messages[0].File
		if f == nil || f.Name != "客户.xlsx" {
			t.Fatalf("the phone of %s shows the file %+v", from, f)
		}
		resp, err := http.Get(w.url + f.URL)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s holds %q, %v, want what was sent", f.URL, got, err)
		}
	}
	if a := w.send("liqiang", "", "大.xlsx", make([]byte, 20<<20+1)); a.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("21 MB answer %s", a.raw)
	}
	if a := w.send("liqiang", "", "更大.xlsx", make([]byte, 21<<20)); a.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("more answers %s", a.raw)
	}
}

func TestControlClock(t *testing.T) {
	t.Parallel()
	w := start(t)
	for _, step := range []struct{ body, want string }{
		{"", "2026-03-11T10:00:00+08:00"},
		{`{"advance":"49h"}`, "2026-03-13T11:00:00+08:00"},
		{`{"advance":"1d1h30m"}`, "2026-03-14T12:30:00+08:00"},
		{`{"set":"2026-03-14T17:00:00+08:00"}`, "2026-03-14T17:00:00+08:00"},
		{`{"set":"2026-03-14T10:00:00Z"}`, "2026-03-14T18:00:00+08:00"},
	} {
		a := w.ask("clock")
		if step.body != "" {
			a = w.tell("clock", step.body)
		}
		if a.Now != step.want {
			t.Errorf("%s answers %s, want %s", step.body, a.raw, step.want)
		}
	}
	if a := w.tell("clock", `{"set":"2026-03-11T10:00:00+08:00"}`); a.Status != http.StatusConflict || a.Error != "时钟不能往回拨" {
		t.Errorf("setting it back answers %d %s", a.Status, a.raw)
	}
}

func TestControlFault(t *testing.T) {
	t.Parallel()
	w := start(t)
	if a := w.tell("fault", `{"platform":"wecom","kind":"redeliver","count":1}`); !a.OK {
		t.Fatalf("fault answers %s", a.raw)
	}
	w.tell("say", `{"platform":"wecom","from":"zhoumin","text":"待办"}`)
	a := w.next(sim.WeCom, "zhoumin", "")
	for cards := 0; cards < 2; a = w.next(sim.WeCom, "zhoumin", a.Cursor) {
		for _, m := range a.Messages {
			if m.Card != nil {
				cards++
			}
		}
		if cards == 2 {
			break
		}
	}
	if said := w.bot.said(); len(said) != 2 {
		t.Errorf("the bot heard %q, want the message twice", said)
	}
}

func TestControlRefuses(t *testing.T) {
	t.Parallel()
	w := start(t)
	tests := []struct {
		name, path, body string
		status           int
	}{
		{"没有这个平台", "say", `{"platform":"feishu","from":"zhoumin","text":"a"}`, 400},
		{"没有这个人", "say", `{"platform":"wecom","from":"nobody","text":"a"}`, 404},
		{"人不在这个平台", "say", `{"platform":"dingtalk","from":"zhoumin","text":"a"}`, 404},
		{"不在群里", "say", `{"platform":"wecom","from":"wutong","chat":"group_wecom","text":"a"}`, 422},
		{"空消息", "say", `{"platform":"wecom","from":"zhoumin","text":""}`, 422},
		{"不是 JSON", "say", `text=a`, 400},
		{"两个 JSON", "say", `{"platform":"wecom","from":"zhoumin","text":"a"}{}`, 400},
		{"太大", "say", `{"text":"` + strings.Repeat("a", 1<<20) + `"}`, 413},
		{"没有这条消息", "click", `{"platform":"wecom","from":"zhoumin","message_id":"1","button":"同意"}`, 422},
		{"不是表单", "file", `{}`, 400},
		{"时长没看懂", "clock", `{"advance":"一会儿"}`, 400},
		{"时长太长", "clock", `{"advance":"1000d"}`, 400},
		{"往回", "clock", `{"advance":"-1h"}`, 400},
		{"时间没看懂", "clock", `{"set":"明天"}`, 400},
		{"时间太远", "clock", `{"set":"2036-03-11T10:00:00+08:00"}`, 400},
		{"两个都写", "clock", `{"set":"2026-03-12T10:00:00+08:00","advance":"1h"}`, 400},
		{"都没写", "clock", `{}`, 400},
		{"没有这种故障", "fault", `{"platform":"wecom","kind":"fire"}`, 422},
		{"故障没有平台", "fault", `{"kind":"redeliver"}`, 400},
		{"故障时长没看懂", "fault", `{"platform":"wecom","kind":"slow","delay":"x"}`, 400},
		{"没有这个接口", "nothing", `{}`, 404},
		{"游标没看懂", "inbox?person=zhoumin&after=x", "", 400},
		{"等待没看懂", "inbox?person=zhoumin&wait=x", "", 400},
		{"收件人没有", "inbox?person=nobody", "", 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var a answer
			if tt.body == "" {
				req, err := http.NewRequest(http.MethodGet, w.url+"/_sim/"+tt.path, nil)
				if err != nil {
					t.Fatal(err)
				}
				a = w.do(req)
			} else {
				a = w.tell(tt.path, tt.body)
			}
			if a.Status != tt.status || a.Error == "" {
				t.Errorf("answer %d %s, want %d with an error", a.Status, a.raw, tt.status)
			}
		})
	}
}

func TestOnlyThisMachineAndNoOtherSite(t *testing.T) {
	t.Parallel()
	h := page.New(page.Options{Clock: &clock{}})
	tests := []struct {
		name, method, remote, host string
		header                     http.Header
		status                     int
	}{
		{"本机", "GET", "127.0.0.1:5", "127.0.0.1:8080", nil, 200},
		{"本机 IPv6", "GET", "[::1]:5", "[::1]:8080", nil, 200},
		{"本机的名字", "GET", "127.0.0.1:5", "localhost:8080", nil, 200},
		{"别的机器", "GET", "192.168.1.7:5", "127.0.0.1:8080", nil, 403},
		{"指到本机的域名", "GET", "127.0.0.1:5", "evil.example:8080", nil, 403},
		{"像本机的域名", "GET", "127.0.0.1:5", "localhost.evil.example", nil, 403},
		{"没有主机名", "GET", "127.0.0.1:5", "", nil, 403},
		{"自己的页面", "POST", "127.0.0.1:5", "127.0.0.1:8080", http.Header{"Origin": {"http://127.0.0.1:8080"}, "Sec-Fetch-Site": {"same-origin"}}, 400},
		{"命令行", "POST", "127.0.0.1:5", "127.0.0.1:8080", nil, 400},
		{"别的网站", "POST", "127.0.0.1:5", "127.0.0.1:8080", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		{"本机另一个端口", "POST", "127.0.0.1:5", "127.0.0.1:8080", http.Header{"Sec-Fetch-Site": {"same-site"}}, 403},
		{"旧浏览器里别的网站", "POST", "127.0.0.1:5", "127.0.0.1:8080", http.Header{"Origin": {"https://evil.example"}}, 403},
		{"沙箱里的页面", "POST", "127.0.0.1:5", "127.0.0.1:8080", http.Header{"Origin": {"null"}}, 403},
	}
	for _, tt := range tests {
		for _, path := range []string{"/_sim/clock", "/_page/clock"} {
			if tt.method == http.MethodGet && path == "/_page/clock" {
				path = "/"
			}
			t.Run(tt.name+path, func(t *testing.T) {
				t.Parallel()
				req := httptest.NewRequest(tt.method, path, strings.NewReader("advance=x"))
				req.RemoteAddr, req.Host = tt.remote, tt.host
				if tt.header != nil {
					req.Header = tt.header.Clone()
				}
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				w := httptest.NewRecorder()
				h.ServeHTTP(w, req)
				if w.Code != tt.status {
					t.Errorf("%s %s answers %d %s, want %d", tt.method, path, w.Code, w.Body, tt.status)
				}
				if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
					t.Errorf("policy %q", csp)
				}
			})
		}
	}
}

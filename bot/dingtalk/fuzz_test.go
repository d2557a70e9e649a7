package dingtalk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/open-dingtalk/dingtalk-stream-sdk-go/payload"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/store/sales"
)

// taker takes every event.
type taker struct{ got []bot.Event }

func (k *taker) Accept(_ context.Context, ev bot.Event) (bot.Accepted, error) {
	k.got = append(k.got, ev)
	face := cards.Card{Key: "x:1/y", Title: ev.Text, Status: ev.Name, Note: ev.ChatName}
	return bot.Accepted{Face: &face}, nil
}

func (k *taker) FaceSent(context.Context, sales.ID, bool) {}

// idle is an adapter without a platform.
func idle(tb testing.TB) *Adapter {
	tb.Helper()
	a, err := New(Options{
		ClientID: "ding", ClientSecret: "secret", RobotCode: "ding", CardTemplateID: "tpl", APIBase: "https://api.dingtalk.com", OAPIBase: "https://oapi.dingtalk.com",
		Cache: &memory{}, Now: func() time.Time { return frameTime }, Person: func(bot.UserID) int64 { return 1 }, Account: func(int64) bot.UserID { return "u" },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// FuzzFrame hands any frame of the stream to the handler of its topic: it is answered, with JSON, and never by a panic.
func FuzzFrame(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(byte(0), string(b), "", "")
		f.Add(byte(1), string(b), "", "1757557800000")
	}
	f.Add(byte(1), `{"outTrackId":"x","userId":"u","content":"{\"cardPrivateData\":{\"params\":{\"action\":\"a.b|1|1|\",\"input\":\"x\",\"input_key\":\"reason\"}}}"}`, "", "")
	f.Add(byte(2), `{}`, "user_add_org", "e1")
	f.Add(byte(2), `{`, "bpms_instance_change", "")
	a := idle(f)
	f.Fuzz(func(t *testing.T, topic byte, data, kind, id string) {
		k := &taker{}
		s := &stream{a: a, intake: k, base: context.Background()}
		take := []func(context.Context, *payload.DataFrame) reply{s.message, s.tap, s.event}[topic%3]
		fr := &payload.DataFrame{
			Headers: payload.DataFrameHeader{"eventType": kind, "eventId": id, payload.DataFrameHeaderKTime: id}, Data: data,
		}
		r := take(context.Background(), fr)
		if r.code != ackOK && r.code != ackBadRequest {
			t.Fatalf("answered %d", r.code)
		}
		if r.data != "" && !json.Valid([]byte(r.data)) {
			t.Fatalf("answered %s", r.data)
		}
		for _, ev := range k.got {
			sound(t, ev, "", nil)
		}
	})
}

// FuzzAnswer reads any answer of the platform's API, and any error text of the SDK.
func FuzzAnswer(f *testing.F) {
	f.Add(400, `{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","requestid":"x","message":"m","accessdenieddetail":{"requiredScopes":["a"]}}`)
	f.Add(200, `{"errcode":40014,"errmsg":"x","sub_code":"y","request_id":"z"}`)
	f.Add(200, "<html>")
	f.Add(504, ``)
	f.Add(200, `{"errcode":"0","code":0}`)
	f.Add(200, `[]`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		for _, err := range []error{streamError(errors.New(body), frameTime)} {
			plainText(t, err.Error())
		}
		e := refusal("x/y", status, []byte(body))
		if e == nil {
			return
		}
		for _, repeatable := range []bool{false, true} {
			v := e.verdict(repeatable, frameTime)
			if v.Reason == "" || v.After < 0 || v.After > 32*24*time.Hour {
				t.Fatalf("verdict %+v", v)
			}
			plainText(t, v.Error())
		}
	})
}

// plainText is what an error may be: one line of bounded length that can be printed.
func plainText(t *testing.T, s string) {
	t.Helper()
	if len(s) > 2000 || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		t.Fatalf("the log would get %q", s)
	}
}

// FuzzAddress looks at addresses that came in a message: none leads outside the platform or into our own network.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"https://oapi.dingtalk.com/robot/sendBySession?session=x", "https://evil.example/.dingtalk.com", "https://oapi.dingtalk.com.evil.example/", "http://oapi.dingtalk.com/",
		"https://oapi.dingtalk.com@evil.example/", "https://oapi.dingtalk.com:8443/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://169.254.169.254/latest", "https://0/", "https://2130706433/",
		"https://x.dingtalk.com%2eevil.example/", "https://x\\.dingtalk.com/", "https://.dingtalk.com/", "file:///etc/passwd", "https://[fe80::1%25eth0]/",
	} {
		f.Add(s)
	}
	a := idle(f)
	f.Fuzz(func(t *testing.T, raw string) {
		if a.api.replyAddress(raw) {
			req, err := http.NewRequest(http.MethodPost, raw, nil)
			if err != nil || req.URL.Scheme != "https" || !strings.HasSuffix("."+strings.ToLower(req.URL.Hostname()), ".dingtalk.com") {
				t.Fatalf("%q may be answered to", raw)
			}
		}
		u, err := url.Parse(raw)
		if err != nil || !a.mayFetch(u) {
			return
		}
		if u.Scheme != "https" || u.User != nil || u.Hostname() == "" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1" {
			t.Fatalf("%q may be fetched", raw)
		}
	})
}

func FuzzFileName(f *testing.F) {
	for _, s := range []string{"合同.pdf", "../../x", `..\..\x`, "a\x00b", "\u202efdp.exe", strings.Repeat("长", 300), "[x](http://evil.example).png", "a\r\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := fileName(s)
		if strings.ContainsAny(n, "/\\\x00\r\n") || n == "." || n == ".." || len(n) > maxName || !utf8.ValidString(n) {
			t.Fatalf("%q becomes %q", s, n)
		}
		if l := label(n); strings.ContainsAny(l, "[]<\n") || l == "" {
			t.Fatalf("%q is shown as %q", s, l)
		}
		h := http.Header{"Content-Disposition": {s}, "Content-Type": {s}}
		if n := dispositionName(h); strings.ContainsAny(n, "/\\\x00\r\n") {
			t.Fatalf("%q is a name of %q", n, s)
		}
	})
}

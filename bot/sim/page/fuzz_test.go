package page

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"salesflow/bot/sim"
)

// echo is a platform whose phones show what was last done on them.
type echo struct{ last sim.Message }

func (e *echo) Company() sim.Company {
	return sim.Company{People: []sim.Person{{ID: "zhoumin", Name: "周敏", Platform: sim.WeCom}}, Chats: []sim.Chat{{ID: "g", Platform: sim.WeCom, Name: "华东一组", Members: []string{"zhoumin"}}}}
}

func (e *echo) Say(_ context.Context, s sim.Say) (string, error) {
	e.last = sim.Message{ID: "m1", Chat: s.Chat, Kind: "markdown", Text: s.Text, Version: 1}
	return "m1", nil
}

func (e *echo) Send(_ context.Context, u sim.Upload) (string, error) {
	e.last = sim.Message{ID: "m2", Chat: u.Chat, Kind: "file", File: &sim.File{Name: u.Name, URL: "/f/" + url.PathEscape(u.Name)}, Version: 1}
	return "m2", nil
}

func (e *echo) Click(_ context.Context, c sim.Click) error {
	e.last = sim.Message{ID: "m3", Kind: "card", Card: &sim.Card{Title: c.Button, Status: c.Key, Note: c.Input["reason"], Buttons: []sim.Button{{Text: c.Button, URL: c.Key, Enabled: true}}}, Version: 1}
	return errors.New(c.Button)
}

func (e *echo) Inbox(_, _ string, after int64) ([]sim.Message, int64) {
	if after > 0 || e.last.ID == "" {
		return nil, 1
	}
	return []sim.Message{e.last}, 1
}

func (*echo) Changed() <-chan struct{} { return nil }
func (*echo) Fault(sim.Fault) error    { return nil }

// still is a clock that stands.
type still struct{}

func (still) Now() time.Time                           { return time.Unix(1773194400, 0) }
func (still) Advance(context.Context, time.Time) error { return nil }

// FuzzControl asks the control surface and the page's forms anything: no panic, no failure of the server's own, JSON where
// JSON is promised, and no markup of anybody's in what the page draws.
func FuzzControl(f *testing.F) {
	f.Add("POST", "/_sim/say", "application/json", `{"platform":"wecom","from":"zhoumin","chat":"g","text":"<script>x</script>","mention_bot":true}`)
	f.Add("POST", "/_sim/click", "application/json", `{"platform":"wecom","from":"zhoumin","message_id":"m1","button":"同意","input":{"reason":"x"}}`)
	f.Add("POST", "/_sim/clock", "application/json", `{"advance":"1d12h"}`)
	f.Add("POST", "/_sim/clock", "application/json", `{"set":"2026-03-11T17:00:00+08:00"}`)
	f.Add("POST", "/_sim/fault", "application/json", `{"platform":"wecom","kind":"slow","count":1,"delay":"3s"}`)
	f.Add("GET", "/_sim/inbox?platform=wecom&person=zhoumin&chat=*&after=0-0", "", "")
	f.Add("GET", "/_sim/people", "", "")
	f.Add("POST", "/_page/say", "application/x-www-form-urlencoded", "platform=wecom&from=zhoumin&text=%3Cimg+src%3Dx+onerror%3Dy%3E")
	f.Add("POST", "/_page/click", "application/x-www-form-urlencoded", "platform=wecom&from=zhoumin&message_id=m&button=x&input.reason=y")
	f.Add("POST", "/_page/clock", "application/x-www-form-urlencoded", "to=17%3A00")
	f.Add("POST", "/_sim/file", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"platform\"\r\n\r\nwecom\r\n--x\r\nContent-Disposition: form-data; name=\"from\"\r\n\r\nzhoumin\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a.png\"\r\n\r\nx\r\n--x--\r\n")
	f.Fuzz(func(t *testing.T, method, target, contentType, body string) {
		at, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(at.Path, "/") || at.Path == "/_page/live" || len(body) > maxJSON {
			return // the live stream ends with its reader only
		}
		if method != http.MethodGet {
			method = http.MethodPost
		}
		q := at.Query()
		q.Del("wait")
		at.RawQuery = q.Encode()
		e := &echo{}
		h := New(Options{
			Simulators: map[string]sim.Simulator{sim.WeCom: e}, Prefix: map[string]string{sim.WeCom: "/_wecom"},
			People: e.Company().People, Clock: still{},
		})
		ask := func(method, target, contentType, body string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(method, "/", strings.NewReader(body))
			u, err := url.ParseRequestURI(target)
			if err != nil {
				t.Fatal(err)
			}
			r.URL, r.RemoteAddr, r.Host = u, "127.0.0.1:5", "127.0.0.1:8080"
			r.Header["Content-Type"] = []string{contentType}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			return w
		}
		w := ask(method, at.String(), contentType, body)
		if w.Code >= 500 {
			t.Fatalf("%s %s is answered %d: %s", method, target, w.Code, w.Body)
		}
		if strings.HasPrefix(at.Path, "/_sim/") && w.Code != http.StatusMovedPermanently && w.Code != http.StatusTemporaryRedirect && w.Code != http.StatusMethodNotAllowed &&
			!json.Valid(w.Body.Bytes()) && w.Body.Len() > 0 {
			t.Fatalf("%s is answered %s", target, w.Body)
		}
		page := ask(http.MethodGet, "/", "", "").Body.String()
		for _, bad := range []string{"<script>x", "<img src=x", "onerror=y>", "javascript:"} {
			if i := strings.Index(page, bad); i >= 0 {
				t.Fatalf("the page draws %q", page[max(0, i-100):min(len(page), i+100)])
			}
		}
	})
}

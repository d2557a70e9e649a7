package wecom

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"salesflow/bot/sim"
)

// fresh is a platform with a token, without callback and network.
func fresh(tb testing.TB) (*Server, string) {
	tb.Helper()
	s, err := New(Options{
		Company: sim.Company{People: people, Chats: []sim.Chat{{ID: "east1", Platform: sim.WeCom, Name: "华东一组", Members: []string{"ZhouMin", "wangfang"}}}},
		Clock:   &fakeClock{now: time.Date(2026, 3, 11, 10, 0, 0, 0, shanghai)}, CallbackURL: "http://127.0.0.1:1/cb", BotName: "小销",
		WebhookKeys: map[string]string{"hook-key-1": "east1"}, NoEnterEvents: true,
	})
	if err != nil {
		tb.Fatal(err)
	}
	c := s.Credentials()
	r := httptest.NewRequest(http.MethodGet, "/cgi-bin/gettoken?corpid="+url.QueryEscape(c.CorpID)+"&corpsecret="+url.QueryEscape(c.Secret), nil)
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	var a struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || a.Token == "" {
		tb.Fatalf("no token: %s", w.Body)
	}
	return s, a.Token
}

// FuzzAPI calls any API of the simulated platform with any body: it answers JSON or a file, never with a failure of its own.
func FuzzAPI(f *testing.F) {
	const js = "application/json"
	f.Add("message/send", "", js, []byte(`{"touser":"ZhouMin|wangfang","msgtype":"text","agentid":1000002,"text":{"content":"x"}}`))
	f.Add("message/send", "", js, []byte(`{"touser":"ZhouMin","msgtype":"template_card","agentid":1000002,"template_card":{"card_type":"button_interaction","main_title":{"title":"x"},"task_id":"t","button_list":[{"text":"a","key":"k"}]}}`))
	f.Add("message/update_template_card", "", js, []byte(`{"userids":["ZhouMin"],"agentid":1000002,"response_code":"x","button":{"replace_name":"y"}}`))
	f.Add("appchat/create", "", js, []byte(`{"name":"n","owner":"ZhouMin","userlist":["ZhouMin","wangfang"],"chatid":"c"}`))
	f.Add("appchat/send", "", js, []byte(`{"chatid":"c","msgtype":"markdown","markdown":{"content":"**x**"}}`))
	f.Add("webhook/send", "key=hook-key-1", js, []byte(`{"msgtype":"image","image":{"base64":"eA==","md5":"9dd4e461268c8034f5c8564e155c67a6"}}`))
	f.Add("media/upload", "type=file", "multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"media\"; filename=\"../a.pdf\"\r\n\r\nxxxxxx\r\n--x--\r\n"))
	f.Add("user/list", "department_id=1", "", []byte(nil))
	f.Add("checkin/getcheckindata", "", js, []byte(`{"opencheckindatatype":3,"starttime":1,"endtime":2,"useridlist":["ZhouMin"]}`))
	f.Add("oa/applyevent", "", js, []byte(`{"creator_userid":"ZhouMin"}`))
	s, token := fresh(f)
	n := 0
	f.Fuzz(func(t *testing.T, api, query, contentType string, body []byte) {
		if n++; n%2000 == 0 {
			_ = s.Close()
			s, token = fresh(t)
		}
		q, err := url.ParseQuery(query)
		if err != nil || strings.Contains(api, "gettoken") {
			return
		}
		if !q.Has("access_token") {
			q.Set("access_token", token)
		}
		method := http.MethodPost
		if len(body) == 0 {
			method = http.MethodGet
		}
		r := httptest.NewRequest(method, "/", bytes.NewReader(body))
		r.URL = &url.URL{Path: "/cgi-bin/" + strings.TrimLeft(api, "/"), RawQuery: q.Encode()}
		r.Header["Content-Type"] = []string{contentType}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%s is answered %d: %s", api, w.Code, w.Body)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s is answered %s", api, w.Body)
		}
		for _, p := range []string{"ZhouMin", "wangfang"} {
			s.Inbox(p, "*", 0)
		}
	})
}

// FuzzRobotFrames feeds the robot's socket any sequence of frames, one a line, after a subscription.
func FuzzRobotFrames(f *testing.F) {
	f.Add([]byte(`{"cmd":"ping","headers":{"req_id":"1"}}` + "\n" + `{"cmd":"aibot_send_msg","headers":{"req_id":"2"},"body":{"chatid":"east1","msgtype":"markdown","markdown":{"content":"x"}}}`))
	f.Add([]byte(`{"cmd":"aibot_upload_media_init","headers":{"req_id":"3"},"body":{"type":"file","filename":"a.pdf","total_size":5,"total_chunks":1,"md5":"x"}}`))
	f.Add([]byte(`{"cmd":"aibot_respond_msg","headers":{"req_id":""},"body":{"msgtype":"stream","stream":{"id":"s","finish":true,"content":"x"}}}`))
	f.Add([]byte(`{"cmd":"aibot_send_msg","headers":null,"body":[1]}` + "\n{}\nnull"))
	f.Fuzz(func(t *testing.T, lines []byte) {
		s, _ := fresh(t)
		defer s.Close()
		c := &robotConn{out: make(chan []byte, maxQueued)}
		cred := s.Credentials()
		sub, err := json.Marshal(map[string]any{"cmd": "aibot_subscribe", "headers": map[string]string{"req_id": "0"}, "body": map[string]string{"bot_id": cred.BotID, "secret": cred.BotSecret}})
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range slices.Insert(bytes.Split(lines, []byte("\n")), 0, sub) {
			var fr frame
			if json.Unmarshal(raw, &fr) != nil || c.shut {
				continue
			}
			s.takeFrame(c, &fr, "127.0.0.1:1")
			for len(c.out) > 0 {
				if out := <-c.out; !json.Valid(out) {
					t.Fatalf("%s is answered %s", raw, out)
				}
			}
		}
	})
}

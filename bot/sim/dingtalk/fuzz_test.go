package dingtalk_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"salesflow/bot/sim/dingtalk"
)

// fresh is a platform with a token, without network.
func fresh(tb testing.TB) (*dingtalk.Server, string) {
	tb.Helper()
	s := dingtalk.New(dingtalk.Options{
		Company: company(), Clock: &clock{now: time.Date(2026, 3, 11, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))}, ClientID: clientID, ClientSecret: secret,
		CorpID: "dingcorp", AgentID: "42", CardTemplateID: template, Managers: map[string]string{"liqiang": "chengang"}, Admins: []string{"chengang"}, PingInterval: -1,
	})
	body, err := json.Marshal(map[string]string{"appKey": clientID, "appSecret": secret})
	if err != nil {
		tb.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1.0/oauth2/accessToken", bytes.NewReader(body)))
	var a struct {
		Token string `json:"accessToken"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || a.Token == "" {
		tb.Fatalf("no token: %s", w.Body)
	}
	return s, a.Token
}

// FuzzAPI calls any API of the simulated platform with any body: it answers JSON or a file, never with a failure of its own.
func FuzzAPI(f *testing.F) {
	f.Add("POST", "/v1.0/robot/oToMessages/batchSend", `{"robotCode":"ding","userIds":["liqiang"],"msgKey":"sampleMarkdown","msgParam":"{\"title\":\"x\",\"text\":\"y\"}"}`)
	f.Add("POST", "/v1.0/robot/groupMessages/send", `{"robotCode":"ding","openConversationId":"cid","msgKey":"sampleText","msgParam":"{"}`)
	f.Add("POST", "/v1.0/card/instances/createAndDeliver", `{"cardTemplateId":"tpl.schema","outTrackId":"sf1","callbackType":"STREAM","cardData":{"cardParamMap":{"title":"x","b1_text":"y"}},"openSpaceId":"dtv1.card//IM_ROBOT.liqiang","imRobotOpenDeliverModel":{"spaceType":"IM_ROBOT"},"userIdType":1}`)
	f.Add("PUT", "/v1.0/card/instances", `{"outTrackId":"sf1","cardData":{"cardParamMap":{}},"cardUpdateOptions":{"updateCardDataByKey":true}}`)
	f.Add("POST", "/v1.0/todo/users/x/tasks", `{"sourceId":"s","subject":"x","executorIds":["y"],"dueTime":1}`)
	f.Add("POST", "/v1.0/workflow/processInstances", `{"originatorUserId":"liqiang","processCode":"p","formComponentValues":[{"name":"a","value":"b"}]}`)
	f.Add("POST", "/topapi/v2/user/list", `{"dept_id":1,"cursor":0,"size":100}`)
	f.Add("POST", "/topapi/message/corpconversation/asyncsend_v2", `{"agent_id":42,"userid_list":"liqiang","msg":{"msgtype":"text","text":{"content":"x"}}}`)
	f.Add("POST", "/robot/sendBySession?session=x", `{"msgtype":"text","text":{"content":"x"}}`)
	f.Add("GET", "/media/../x", ``)
	f.Add("POST", "/media/upload?type=file", "--x\r\nContent-Disposition: form-data; name=\"media\"; filename=\"../a.pdf\"\r\n\r\nx\r\n--x--\r\n")
	s, token := fresh(f)
	n := 0
	f.Fuzz(func(t *testing.T, method, target, body string) {
		if n++; n%2000 == 0 {
			_ = s.Close()
			s, token = fresh(t)
		}
		at, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(at.Path, "/") || at.Path == "/connect" {
			return
		}
		switch method {
		case http.MethodGet, http.MethodPut, http.MethodDelete:
		default:
			method = http.MethodPost
		}
		if strings.HasPrefix(at.Path, "/topapi") || at.Path == "/media/upload" {
			q := at.Query()
			q.Set("access_token", token)
			at.RawQuery = q.Encode()
		}
		r := httptest.NewRequest(method, "/", strings.NewReader(body))
		r.URL = at
		r.Header.Set("Content-Type", "application/json")
		if strings.HasPrefix(body, "--x") {
			r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		}
		r.Header.Set("Accept", "application/json")
		r.Header.Set("x-acs-dingtalk-access-token", token)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code == http.StatusInternalServerError {
			t.Fatalf("%s is answered %d: %s", target, w.Code, w.Body)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s is answered %s", target, w.Body)
		}
		s.Inbox("liqiang", "*", 0)
	})
}

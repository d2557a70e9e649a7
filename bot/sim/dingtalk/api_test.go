package dingtalk_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"salesflow/bot/sim"
	"salesflow/bot/sim/dingtalk"
)

func sorted(s []string) []string { slices.Sort(s); return s }

func param(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// send is a single message to one person.
func (w *world) send(to, key string, p object) reply {
	w.t.Helper()
	return w.batch(object{"userIds": []string{to}, "msgKey": key, "msgParam": param(p)})
}

func (w *world) batch(body object) reply {
	w.t.Helper()
	if body["robotCode"] == nil {
		body["robotCode"] = clientID
	}
	return w.post("/v1.0/robot/oToMessages/batchSend", body)
}

func TestToken(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.post("/v1.0/oauth2/accessToken", object{"appKey": clientID, "appSecret": "x"}).refused(400, "invalidClientIdOrSecret")
	w.call("GET", "/gettoken?appkey="+clientID+"&appsecret=x", http.Header{}, nil).errcode(40096, "")
	if w.newToken() != w.token {
		t.Error("a token in use is replaced")
	}
	old := w.call("GET", "/gettoken?appkey="+clientID+"&appsecret="+secret, http.Header{}, nil).ok()
	if old["access_token"] != w.token || old["expires_in"] != 7200.0 {
		t.Errorf("the old API's token is another: %v", old)
	}

	text := object{"content": "好"}
	w.send("liqiang", "sampleText", text).ok()
	good := w.token
	w.token = ""
	w.send("liqiang", "sampleText", text).refused(400, "AuthenticationFailed.MissingParameter")
	w.post("/topapi/v2/user/get", object{"userid": "liqiang"}).errcode(88, "40000")
	w.token = good
	w.clock.advance(2 * time.Hour)
	w.send("liqiang", "sampleText", text).refused(400, "InvalidAuthentication")
	w.post("/topapi/v2/user/get", object{"userid": "liqiang"}).errcode(88, "40014")
	if w.token = w.newToken(); w.token == good {
		t.Error("an expired token came back")
	}
	w.fault(sim.Fault{Kind: sim.TokenExpired})
	w.send("liqiang", "sampleText", text).refused(400, "InvalidAuthentication")
}

func TestBatchSend(t *testing.T) {
	t.Parallel()
	w := start(t)
	body := func() object {
		return object{"userIds": []string{"liqiang", "zhoumin", "chengang", "liqiang"}, "msgKey": "sampleText", "msgParam": `{"content":"好"}`}
	}
	a := w.batch(body()).ok()
	if d := cmp.Diff([]any{"zhoumin"}, a["invalidStaffIdList"]); d != "" || len(w.inbox("liqiang")) != 1 {
		t.Errorf("%s inbox %v", d, w.inbox("liqiang"))
	}
	w.fault(sim.Fault{Kind: dingtalk.FlowControl})
	a = w.batch(body()).ok()
	if d := cmp.Diff([]any{"chengang", "liqiang"}, a["flowControlledStaffIdList"]); d != "" || len(w.inbox("liqiang")) != 1 {
		t.Errorf("%s inbox %v", d, w.inbox("liqiang"))
	}
	tests := []struct {
		name, key string
		value     any
		code      string
	}{
		{"别人的机器人", "robotCode", "other", "invalidParameter.robotCode.auth"},
		{"没有人", "userIds", []string{}, "invalidParameter.userIds.invalid"},
		{"超过20人", "userIds", make([]string, 21), "invalidParameter.userIds.invalid"},
		{"没有的模板", "msgKey", "sampleActionCard1", "invalidParameter.msgKey.invalid"},
		{"参数不是JSON", "msgParam", "好", "invalidParameter.msgParam.invalid"},
		{"缺参数", "msgParam", `{}`, "invalidParameter.msgParam.invalid"},
		{"参数过长", "msgParam", param(object{"content": strings.Repeat("长", 5000)}), "invalidParameter.msgParam.invalid"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := body()
			b[tt.key] = tt.value
			w.batch(b).refused(400, tt.code)
		})
	}
}

func TestMessageTemplates(t *testing.T) {
	t.Parallel()
	w := start(t)
	file := w.upload("file", "报价.pdf", []byte("%PDF")).ok()["media_id"].(string)
	tests := []struct {
		key   string
		param object
		kind  string
	}{
		{"sampleText", object{"content": "好"}, "text"},
		{"sampleMarkdown", object{"title": "日报", "text": "# 日报"}, "markdown"},
		{"sampleLink", object{"title": "看", "text": "板", "messageUrl": "https://x.example", "picUrl": ""}, "markdown"},
		{"sampleActionCard", object{"title": "t", "text": "x", "singleTitle": "打开", "singleURL": "https://x.example"}, "card"},
		{"sampleActionCard2", object{
			"title": "t", "text": "x", "actionTitle1": "甲", "actionURL1": "https://x.example/1", "actionTitle2": "乙", "actionURL2": "https://x.example/2",
		}, "card"},
		{"sampleActionCard6", object{
			"title": "t", "text": "x", "buttonTitle1": "甲", "buttonUrl1": "https://x.example/1", "buttonTitle2": "乙", "buttonUrl2": "https://x.example/2",
		}, "card"},
		{"sampleFile", object{"mediaId": file, "fileName": "报价.pdf", "fileType": "pdf"}, "file"},
	}
	for _, tt := range tests {
		w.send("liqiang", tt.key, tt.param).ok()
		if got := w.last("liqiang"); got.Kind != tt.kind {
			t.Errorf("%s shows as %+v", tt.key, got)
		}
	}
	w.send("liqiang", "sampleFile", object{"mediaId": file, "fileName": "a.csv", "fileType": "csv"}).
		refused(400, "invalidParameter.msgParam.invalid")
}

func TestGroupSend(t *testing.T) {
	t.Parallel()
	w := start(t)
	body := object{"robotCode": clientID, "openConversationId": group, "msgKey": "sampleText", "msgParam": `{"content":"战报"}`}
	w.post("/v1.0/robot/groupMessages/send", body).ok()
	if len(w.inbox("liqiang")) != 1 || len(w.inbox("chengang")) != 1 || len(w.inbox("zhaolei")) != 0 {
		t.Error("the message is not with the members alone")
	}
	body["openConversationId"] = "cidOther"
	w.post("/v1.0/robot/groupMessages/send", body).refused(400, "invalid.openConversationId")
}

func TestReadAndRecall(t *testing.T) {
	t.Parallel()
	w := start(t)
	key := w.batch(object{"userIds": []string{"liqiang", "chengang"}, "msgKey": "sampleText", "msgParam": `{"content":"好"}`}).
		ok()["processQueryKey"].(string)
	w.inbox("liqiang")
	a := w.do("GET", "/v1.0/robot/oToMessages/readStatus?robotCode="+clientID+"&processQueryKey="+key, nil).ok()
	got := map[string]any{}
	for _, x := range a["messageReadInfoList"].([]any) {
		got[x.(object)["userId"].(string)] = x.(object)["readStatus"]
	}
	if d := cmp.Diff(map[string]any{"liqiang": "READ", "chengang": "UNREAD"}, got); d != "" {
		t.Error(d)
	}
	a = w.post("/v1.0/robot/otoMessages/batchRecall", object{"robotCode": clientID, "processQueryKeys": []string{key, "none"}}).ok()
	if d := cmp.Diff([]any{key}, a["successResult"]); d != "" || a["failedResult"].(object)["none"] == nil {
		t.Errorf("%s %v", d, a)
	}
	if m := w.last("liqiang"); m.Version != 2 || strings.Contains(m.Text, "好") {
		t.Errorf("recalled, the phone shows %+v", m)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	text := object{"content": "好"}
	t.Run("每秒上限按接口算", func(t *testing.T) {
		t.Parallel()
		w := start(t, func(o *dingtalk.Options) { o.QPS = 2 })
		w.send("liqiang", "sampleText", text).ok()
		w.send("liqiang", "sampleText", text).ok()
		w.send("liqiang", "sampleText", text).refused(403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi")
		w.post("/topapi/v2/user/get", object{"userid": "liqiang"}).ok()
		w.clock.advance(time.Second)
		w.send("liqiang", "sampleText", text).ok()
	})
	t.Run("每月配额，通讯录不算", func(t *testing.T) {
		t.Parallel()
		w := start(t, func(o *dingtalk.Options) { o.MonthlyQuota = 2 })
		w.post("/topapi/v2/user/get", object{"userid": "liqiang"}).ok()
		w.send("liqiang", "sampleText", text).ok()
		w.send("liqiang", "sampleText", text).ok()
		w.send("liqiang", "sampleText", text).refused(403, "Forbidden.AccessDenied.ApiCountLimitForOrg")
		if w.MonthlyCalls() != 2 {
			t.Errorf("%d calls counted", w.MonthlyCalls())
		}
		w.clock.advance(31 * 24 * time.Hour)
		w.token = w.newToken()
		w.send("liqiang", "sampleText", text).ok()
	})
	t.Run("没开通的权限点", func(t *testing.T) {
		t.Parallel()
		w := start(t, func(o *dingtalk.Options) { o.Denied = []string{dingtalk.ScopeRobot, dingtalk.ScopeContacts} })
		r := w.send("liqiang", "sampleText", text)
		r.refused(403, "Forbidden.AccessDenied.AccessTokenPermissionDenied")
		if d := cmp.Diff(object{"requiredScopes": []any{dingtalk.ScopeRobot}}, r.body["accessdenieddetail"]); d != "" {
			t.Error(d)
		}
		w.post("/topapi/v2/user/get", object{"userid": "liqiang"}).errcode(88, "60011")
	})
}

func TestFaultsOfTheAPI(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind   string
		status int
		code   string
		old    float64
		sub    string
	}{
		{sim.HTTP5xx, 500, "system.busy", 0, ""},
		{sim.RateLimited, 403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", 88, "90018"},
		{sim.Quota, 403, "Forbidden.AccessDenied.ApiCountLimitForOrg", 88, "90020"},
		{dingtalk.GatewayTimeout, 504, "ServiceTimeout", 15, "isp.top-remote-connection-timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.kind, func(t *testing.T) {
			t.Parallel()
			w := start(t)
			w.fault(sim.Fault{Kind: tt.kind, Count: 2})
			w.send("liqiang", "sampleText", object{"content": "好"}).refused(tt.status, tt.code)
			r := w.post("/topapi/message/corpconversation/asyncsend_v2", object{})
			if tt.old == 0 {
				r.refused(tt.status, tt.code)
			} else {
				r.errcode(tt.old, tt.sub)
			}
			w.send("liqiang", "sampleText", object{"content": "好"}).ok()
			if n := len(w.inbox("liqiang")); n != 1 {
				t.Errorf("%d messages, want only the one that went through", n)
			}
		})
	}
}

func TestOtherFaults(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.fault(sim.Fault{Kind: dingtalk.Blocked})
	if r := w.send("liqiang", "sampleText", object{"content": "好"}); r.status != 200 || r.body["status"] != 1111.0 {
		t.Errorf("blocked = %d %s", r.status, r.raw)
	}
	w.fault(sim.Fault{Kind: sim.Slow, Delay: time.Millisecond})
	w.send("liqiang", "sampleText", object{"content": "好"}).ok()
	bot := w.connect()
	w.fault(sim.Fault{Kind: dingtalk.Starved})
	w.say("liqiang", "", "听得到吗")
	if f := bot.next(); strings.Contains(f.Data, `"text":`) || !strings.Contains(f.Data, "20001") {
		t.Errorf("over quota the message is %s", f.Data)
	}
	if w.Fault(sim.Fault{Kind: "meteor"}) == nil {
		t.Error("an unknown fault is accepted")
	}
}

func TestCallsAreKeptWithoutSecrets(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.connect()
	w.send("liqiang", "sampleText", object{"content": "好"}).ok()
	w.post("/topapi/v2/user/get", object{"userid": "liqiang"}).ok()
	w.call("GET", "/gettoken?appkey="+clientID+"&appsecret="+secret, http.Header{}, nil).ok()
	w.post("/v1.0/no/such/api", object{}).refused(404, "InvalidAction.NotFound")
	calls := w.Calls()
	if len(calls) != 6 {
		t.Fatalf("%d calls: %+v", len(calls), calls)
	}
	if b := param(calls); strings.Contains(b, secret) || strings.Contains(b, w.token) {
		t.Errorf("a secret is kept: %s", b)
	}
	if c := calls[2]; c.Path != "/v1.0/robot/oToMessages/batchSend" || !c.Counted || !strings.Contains(c.Body, "sampleText") {
		t.Errorf("call = %+v", c)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.send("liqiang", "sampleText", object{"content": strings.Repeat("x", 2<<20)}).refused(400, "invalidParameter.body")
	w.upload("voice", "a.amr", make([]byte, 3<<20)).errcode(40006, "")
	w.upload("poem", "a.txt", []byte("x")).errcode(40004, "")
}

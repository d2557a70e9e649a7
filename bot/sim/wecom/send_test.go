package wecom

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"salesflow/bot/sim"
)

func TestTokenLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.ok(w.newToken(w.sim.opt.Secret))
	if first.ExpiresIn != 7200 || len(first.AccessToken) > 512 {
		t.Errorf("token answer %s", first.raw)
	}
	w.clock.advance(time.Hour)
	if again := w.ok(w.newToken(w.sim.opt.Secret)); again.AccessToken != first.AccessToken || again.ExpiresIn != 3600 {
		t.Errorf("a valid token is repeated with what is left of it, got %s", again.raw)
	}
	w.ok(w.call("message/send", text("ZhouMin", "一")))
	w.clock.advance(time.Hour)
	w.wantCode(w.call("message/send", text("ZhouMin", "二")), codeTokenExpired)
	w.token = ""
	w.ok(w.call("message/send", text("ZhouMin", "三")))
	w.sim.RevokeTokens()
	w.wantCode(w.call("message/send", text("ZhouMin", "四")), codeBadToken)
	w.wantCode(w.postRaw("/cgi-bin/message/send", "application/json", []byte("{}")), codeNoToken)
	w.wantCode(w.newToken("wrong"), codeBadSecret)
	w.wantCode(w.get("/cgi-bin/gettoken?corpid=ww0&corpsecret="+w.sim.opt.Secret), codeCorpID)
}

func TestErrorsComeWithStatus200AndHint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.call("message/send", text("nobody", "x")), w.call("message/send", text("nobody", "x"))
	form := regexp.MustCompile(`, hint: \[\d{22}\], from ip: 127\.0\.0\.1, more info at https://open\.work\.weixin\.qq\.com/devtool/query\?e=81013$`)
	if a.status != http.StatusOK || !form.MatchString(a.ErrMsg) {
		t.Errorf("status %d, errmsg %q", a.status, a.ErrMsg)
	}
	if a.ErrMsg == b.ErrMsg {
		t.Error("two refusals carry the same hint")
	}
}

func TestSendReachesPhones(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(w.call("message/send", text("zhoumin|WANGFANG|GhostUser", "已记录。3月17日(周二)前寄样")))
	if a.InvalidUser != "ghostuser" || a.MsgID == "" || a.ResponseCode != "" {
		t.Errorf("answer %s", a.raw)
	}
	for _, who := range []string{"ZhouMin", "wangfang"} {
		got := w.inbox(who, "")
		if len(got) != 1 || got[0].ID != a.MsgID || got[0].Text != "已记录。3月17日(周二)前寄样" || got[0].From != "" || got[0].Kind != "text" {
			t.Errorf("%s sees %+v", who, got)
		}
	}
	if got := w.inbox("sunjing", "*"); len(got) != 0 {
		t.Errorf("孙静 sees what was not for her: %+v", got)
	}
	w.ok(w.call("message/send", map[string]any{"toparty": "3", "agentid": defaultAgentID, "msgtype": "markdown", "markdown": map[string]any{"content": "**法务**"}}))
	w.ok(w.call("message/send", text("@all", "全员")))
	if got := w.inbox("sunjing", ""); len(got) != 2 {
		t.Errorf("孙静 sees %+v", got)
	}
	if got := w.call("message/send", map[string]any{"touser": "ZhouMin", "toparty": "99", "agentid": defaultAgentID, "msgtype": "text", "text": map[string]any{"content": "x"}}); got.InvalidParty != "99" {
		t.Errorf("answer %s", got.raw)
	}
}

func TestSendRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := strings.Repeat("字", 683)
	for name, tc := range map[string]struct {
		body any
		want int
	}{
		"all recipients invalid":   {text("a|b", "x"), codeAllInvalid},
		"nobody named":             {text("", "x"), codeNoRecipient},
		"agentid as a string":      {map[string]any{"touser": "ZhouMin", "agentid": "1000002", "msgtype": "text", "text": map[string]any{"content": "x"}}, codeAgentID},
		"another app's agentid":    {map[string]any{"touser": "ZhouMin", "agentid": 1000003, "msgtype": "text", "text": map[string]any{"content": "x"}}, codeOtherAgent},
		"unknown msgtype":          {map[string]any{"touser": "ZhouMin", "agentid": defaultAgentID, "msgtype": "markdown_v2"}, codeMsgType},
		"empty text":               {text("ZhouMin", ""), codeEmptyText},
		"2049 bytes of text":       {text("ZhouMin", long), codeTextTooLong},
		"broken JSON":              {`{"touser":`, codeParam},
		"field name in wrong case": {`{"touser":"ZhouMin","agentid":1000002,"MsgType":"text","text":{"content":"x"}}`, codeMsgType},
		"too many users":           {text(strings.Repeat("u|", 1001), "x"), codeParam},
		"unknown media":            {map[string]any{"touser": "ZhouMin", "agentid": defaultAgentID, "msgtype": "file", "file": map[string]any{"media_id": "M"}}, codeBadMedia},
		"long textcard title":      {map[string]any{"touser": "ZhouMin", "agentid": defaultAgentID, "msgtype": "textcard", "textcard": map[string]any{"title": strings.Repeat("字", 43), "description": "d", "url": "https://x.cn"}}, codeParam},
		"nine articles":            {map[string]any{"touser": "ZhouMin", "agentid": defaultAgentID, "msgtype": "news", "news": map[string]any{"articles": make([]map[string]any, 9)}}, codeArticles},
	} {
		t.Run(name, func(t *testing.T) {
			if got := w.call("message/send", tc.body); got.ErrCode != tc.want {
				t.Errorf("errcode %d, want %d: %s", got.ErrCode, tc.want, got.raw)
			}
		})
	}
	w.wantCode(w.get("/cgi-bin/message/send?access_token="+w.appToken()), codeParam)
	contacts := w.ok(w.newToken(w.sim.opt.ContactsSecret)).AccessToken
	w.wantCode(w.postRaw("/cgi-bin/message/send?access_token="+contacts, "application/json", []byte("{}")), codeForbidden)
	if got := w.inbox("ZhouMin", "*"); len(got) != 0 {
		t.Errorf("a refused message was shown: %+v", got)
	}
}

func TestStringAgentIDCanBeAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.AcceptStringAgentID = true })
	w.ok(w.call("message/send", `{"touser":"ZhouMin","agentid":"1000002","msgtype":"text","text":{"content":"x"}}`))
}

func TestWrongJSONTypeLosesTheFieldWithAWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(w.call("message/send", `{"touser":"ZhouMin","agentid":1000002,"msgtype":"text","text":{"content":"x"},"enable_duplicate_check":"1"}`))
	if !strings.Contains(a.ErrMsg, "Warning: wrong json format.") {
		t.Errorf("errmsg %q", a.ErrMsg)
	}
}

func TestOver30AMinuteIsDroppedSilently(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 31 {
		w.ok(w.call("message/send", text("ZhouMin|wangfang", "x")))
	}
	w.ok(w.call("message/send", text("sunjing", "x")))
	if got := len(w.inbox("ZhouMin", "")); got != 30 {
		t.Errorf("周敏 sees %d messages, want 30", got)
	}
	calls := w.sim.Sends()
	if got := strings.Join(calls[len(calls)-2].Dropped, ","); got != "ZhouMin,wangfang" {
		t.Errorf("inspector says dropped %q", got)
	}
	w.clock.advance(time.Minute)
	w.ok(w.call("message/send", text("ZhouMin", "x")))
	if got := len(w.inbox("ZhouMin", "")); got != 31 {
		t.Errorf("a minute later 周敏 sees %d messages, want 31", got)
	}

	free := newWorld(t, func(o *Options) { o.NoMemberLimit = true })
	for range 40 {
		free.ok(free.call("message/send", text("ZhouMin", "x")))
	}
	if got := len(free.inbox("ZhouMin", "")); got != 40 {
		t.Errorf("without the limit %d messages arrive, want 40", got)
	}
}

func TestDuplicateCheckSwallowsEqualMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := text("ZhouMin", "x")
	body["enable_duplicate_check"] = 1
	w.ok(w.call("message/send", body))
	if a := w.ok(w.call("message/send", body)); a.MsgID != "" {
		t.Errorf("a swallowed message has a msgid: %s", a.raw)
	}
	w.clock.advance(31 * time.Minute)
	w.ok(w.call("message/send", body))
	if got := len(w.inbox("ZhouMin", "")); got != 2 {
		t.Errorf("phone shows %d, want 2", got)
	}
}

func TestMediaLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pdf := []byte("%PDF-1.7 合同")
	a := w.ok(w.upload("media/upload", "type=file&access_token="+w.appToken(), "合同 第一版.pdf", pdf))
	if a.CreatedAt != "1773194400" || !strings.Contains(a.raw, `"created_at":"`) {
		t.Errorf("created_at is a string of seconds, got %s", a.raw)
	}
	w.ok(w.call("message/send", map[string]any{"touser": "ZhouMin", "agentid": defaultAgentID, "msgtype": "file", "file": map[string]any{"media_id": a.MediaID}}))
	shown := w.inbox("ZhouMin", "")[0]
	if shown.Kind != "file" || shown.File.Name != "合同 第一版.pdf" {
		t.Errorf("phone shows %+v", shown)
	}
	if got := w.get(shown.File.URL); got.raw != string(pdf) || got.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("opening %s gives %q", shown.File.URL, got.raw)
	}
	w.wantCode(w.call("message/send", map[string]any{"touser": "ZhouMin", "agentid": defaultAgentID, "msgtype": "image", "image": map[string]any{"media_id": a.MediaID}}), codeBadMedia)
	if got := w.get("/cgi-bin/media/get?access_token=" + w.appToken() + "&media_id=" + a.MediaID); got.raw != string(pdf) {
		t.Errorf("media/get gives %q", got.raw)
	}
	w.clock.advance(72*time.Hour + time.Second)
	w.token = ""
	w.wantCode(w.get("/cgi-bin/media/get?access_token="+w.appToken()+"&media_id="+a.MediaID), codeBadMedia)
	for name, tc := range map[string]struct {
		kind string
		data []byte
		want int
	}{
		"tiny":           {"file", []byte("12345"), codeMediaSize},
		"empty":          {"file", nil, codeEmptyMedia},
		"text as image":  {"image", []byte("hello world"), codeImageFormat},
		"mp3 as voice":   {"voice", []byte("ID3hello world"), codeMediaKind},
		"no such type":   {"card", pdf, codeMediaType},
		"2 MB and a bit": {"voice", append([]byte("#!AMR"), make([]byte, 2<<20)...), codeMediaTooLarge},
	} {
		if got := w.upload("media/upload", "type="+tc.kind+"&access_token="+w.appToken(), "f", tc.data); got.ErrCode != tc.want {
			t.Errorf("%s: errcode %d, want %d", name, got.ErrCode, tc.want)
		}
	}
}

func TestRecall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.ok(w.call("message/send", text("ZhouMin", "发错了")))
	w.ok(w.call("message/recall", map[string]any{"msgid": a.MsgID}))
	got := w.inbox("ZhouMin", "")
	if len(got) != 1 || got[0].Version != 2 || strings.Contains(got[0].Text, "发错了") {
		t.Errorf("phone shows %+v", got)
	}
	b := w.ok(w.call("message/send", text("ZhouMin", "x")))
	w.clock.advance(25 * time.Hour)
	w.token = ""
	w.wantCode(w.call("message/recall", map[string]any{"msgid": b.MsgID}), codeRecallTooLate)
	w.wantCode(w.call("message/recall", map[string]any{"msgid": "M"}), codeParam)
}

func TestFaultsOnTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.appToken()
	arm := func(f sim.Fault) {
		t.Helper()
		if err := w.sim.Fault(f); err != nil {
			t.Fatal(err)
		}
	}
	arm(sim.Fault{Kind: sim.HTTP5xx, Count: 2})
	for range 2 {
		if got := w.call("message/send", text("ZhouMin", "x")); got.status != http.StatusInternalServerError {
			t.Errorf("status %d, want 500", got.status)
		}
	}
	arm(sim.Fault{Kind: sim.RateLimited})
	w.wantCode(w.call("message/send", text("ZhouMin", "x")), codeRateLimited)
	arm(sim.Fault{Kind: sim.Slow, Delay: time.Millisecond})
	w.ok(w.call("message/send", text("ZhouMin", "x")))
	arm(sim.Fault{Kind: sim.TokenExpired, Count: 2})
	for range 2 {
		w.wantCode(w.call("message/send", text("ZhouMin", "x")), codeTokenExpired)
		w.token = ""
		w.ok(w.call("message/send", text("ZhouMin", "x")))
	}
	w.ok(w.call("message/send", text("ZhouMin", "x")))
	if err := w.sim.Fault(sim.Fault{Kind: sim.Quota}); err == nil {
		t.Error("WeCom has no monthly quota, yet the fault is accepted")
	}
}

func TestSendsKeepNoSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok(w.call("message/send", text("ZhouMin", "x")))
	w.postRaw("/cgi-bin/webhook/send?key=hook-key-1", "application/json", []byte(`{"msgtype":"text","text":{"content":"x"}}`))
	raw, err := json.Marshal(w.sim.Sends())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{w.token, w.sim.opt.Secret, "hook-key-1"} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("inspector keeps %q", secret)
		}
	}
}

func TestEscapedJSONCanBeRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.RefuseEscapes = true })
	w.wantCode(w.call("message/send", text("ZhouMin", "<b>")), codeEscapes)
	w.ok(w.call("message/send", text("ZhouMin", "好")))
}

func TestSoftLimitsAreNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ok(w.call("message/send", cardTo("ZhouMin", with(contract("t1"), map[string]any{
		"horizontal_content_list": []map[string]any{{"keyname": "六个字的标签", "value": "v"}},
	}))))
	if v := w.violation("soft_limit"); v.Detail != "keyname has 6 characters, phones show 5" {
		t.Errorf("violation %+v", v)
	}
}

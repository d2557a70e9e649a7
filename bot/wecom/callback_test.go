package wecom_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/cache"

	"salesflow/bot"
	"salesflow/bot/wecom"
)

// The vendor's own sample of document 91144.
const (
	sampleToken = "QDG6eK"
	sampleKey   = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
	sampleCorp  = "wx5823bf96d3bd56c7"
	sampleEcho  = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
	sampleSig   = "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
	sampleTime  = 1409659589
	sampleNonce = "263014780"
)

// sample is the callback of the vendor's sample corporation at a time.
func sample(t testing.TB, now time.Time) (http.Handler, *inbox) {
	t.Helper()
	a, err := wecom.New(wecom.Options{
		CorpID: sampleCorp, AgentID: 1000002, Secret: "s", Token: sampleToken, EncodingAESKey: sampleKey,
		Cache: cache.NewMemory(), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	in := newInbox()
	return a.Callback(in), in
}

func sampleQuery(change func(url.Values)) string {
	q := url.Values{
		"msg_signature": {sampleSig}, "timestamp": {strconv.Itoa(sampleTime)}, "nonce": {sampleNonce}, "echostr": {sampleEcho},
		"tenant": {"a+b"},
	}
	if change != nil {
		change(q)
	}
	return "/wecom/callback?" + q.Encode()
}

func TestTheAddressIsVerifiedByTheVendorsSample(t *testing.T) {
	t.Parallel()
	sent := time.Unix(sampleTime, 0)
	for _, tt := range []struct {
		name   string
		now    time.Time
		change func(url.Values)
		status int
	}{
		{"the sample itself", sent, nil, http.StatusOK},
		{"an hour late", sent.Add(time.Hour), nil, http.StatusOK},
		{"a day and a second late", sent.Add(24*time.Hour + time.Second), nil, http.StatusForbidden},
		{"from the far future", sent.Add(-time.Hour - time.Second), nil, http.StatusForbidden},
		{"wrong signature", sent, func(q url.Values) { q.Set("msg_signature", strings.Repeat("0", 40)) }, http.StatusForbidden},
		{"no signature", sent, func(q url.Values) { q.Del("msg_signature") }, http.StatusForbidden},
		{"another nonce", sent, func(q url.Values) { q.Set("nonce", "1") }, http.StatusForbidden},
		{"signature in upper case", sent, func(q url.Values) { q.Set("msg_signature", strings.ToUpper(sampleSig)) }, http.StatusForbidden},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, _ := sample(t, tt.now)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, sampleQuery(tt.change), nil))
			if rec.Code != tt.status {
				t.Fatalf("status %d, want %d", rec.Code, tt.status)
			}
			if want := "1616140317555161061"; tt.status == http.StatusOK && rec.Body.String() != want {
				t.Errorf("answered %q, want the bare %q", rec.Body, want)
			}
		})
	}
}

// seal encrypts as the platform does, for a receive id.
func seal(t testing.TB, plain, receiveID string) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(sampleKey + "=")
	if err != nil {
		t.Fatal(err)
	}
	msg := []byte("0123456789abcdef")
	msg = binary.BigEndian.AppendUint32(msg, uint32(len(plain)))
	msg = append(msg, plain+receiveID...)
	pad := 32 - len(msg)%32
	msg = append(msg, slices.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(msg, msg)
	return base64.StdEncoding.EncodeToString(msg)
}

func signed(sealed string) string {
	stamp := strconv.Itoa(sampleTime)
	parts := []string{sampleToken, stamp, sampleNonce, sealed}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	q := url.Values{"msg_signature": {hex.EncodeToString(sum[:])}, "timestamp": {stamp}, "nonce": {sampleNonce}}
	return "/wecom/callback?" + q.Encode()
}

func envelope(sealed string) string {
	return "<xml><ToUserName><![CDATA[" + sampleCorp + "]]></ToUserName><AgentID><![CDATA[1000002]]></AgentID><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>"
}

const helloXML = "<xml><ToUserName>c</ToUserName><FromUserName><![CDATA[ZhouMin]]></FromUserName><CreateTime>1409659589</CreateTime>" +
	"<MsgType>text</MsgType><Content><![CDATA[你好]]></Content><MsgId>7</MsgId><AgentID>1000002</AgentID></xml>"

func TestOnlyGenuineMessagesGetIn(t *testing.T) {
	t.Parallel()
	good := seal(t, helloXML, sampleCorp)
	foreign := seal(t, helloXML, "wwforeign")
	noise := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 64)))
	deep := seal(t, strings.Repeat("<a>", 50)+strings.Repeat("</a>", 50), sampleCorp)
	entity := seal(t, `<!DOCTYPE x [<!ENTITY a "b">]>`+helloXML, sampleCorp)
	for _, tt := range []struct {
		name, target, body string
		status, events     int
	}{
		{"a message", signed(good), envelope(good), http.StatusOK, 1},
		{"elements in another order", signed(good), "<xml><Encrypt>" + good + "</Encrypt></xml>", http.StatusOK, 1},
		{"a message that was changed", signed(good), envelope(foreign), http.StatusForbidden, 0},
		{"another corporation's", signed(foreign), envelope(foreign), http.StatusForbidden, 0},
		{"not sealed with our key", signed(noise), envelope(noise), http.StatusForbidden, 0},
		{"not base64", signed("%%%"), envelope("%%%"), http.StatusForbidden, 0},
		{"no envelope", signed(""), "{}", http.StatusBadRequest, 0},
		{"an envelope with entities", signed(good), `<!DOCTYPE x [<!ENTITY a "b">]>` + envelope(good), http.StatusBadRequest, 0},
		{"too large", signed(good), strings.Repeat(" ", 300<<10) + envelope(good), http.StatusRequestEntityTooLarge, 0},
		{"too deep inside: answered, since it will not change", signed(deep), envelope(deep), http.StatusOK, 0},
		{"entities inside", signed(entity), envelope(entity), http.StatusOK, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, in := sample(t, time.Unix(sampleTime, 0))
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, tt.target, strings.NewReader(tt.body)))
			if rec.Code != tt.status || len(in.all()) != tt.events {
				t.Errorf("status %d with %d events, want %d with %d", rec.Code, len(in.all()), tt.status, tt.events)
			}
			if tt.status == http.StatusOK && rec.Body.Len() > 0 {
				t.Errorf("answered %q, want nothing", rec.Body)
			}
		})
	}
}

// Every length of padding occurs, those above the cipher's block too.
func TestMessagesOfEveryLengthDecrypt(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		h, in := sample(t, time.Unix(sampleTime, 0))
		sealed := seal(t, strings.Replace(helloXML, "你好", strings.Repeat("x", n+1), 1), sampleCorp)
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, signed(sealed), strings.NewReader(envelope(sealed))))
		if got := in.all(); len(got) != 1 || got[0].Text != strings.Repeat("x", n+1) {
			t.Errorf("a text of %d bytes became %+v", n+1, got)
		}
	}
}

func TestWithoutItsKeysTheCallbackIsClosed(t *testing.T) {
	t.Parallel()
	a, err := wecom.New(wecom.Options{CorpID: "c", AgentID: 1, Secret: "s", Cache: cache.NewMemory(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	a.Callback(newInbox()).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, sampleQuery(nil), nil))
	if rec.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d", rec.Code)
	}
}

func TestWrongOptionsAreAllNamed(t *testing.T) {
	t.Parallel()
	_, err := wecom.New(wecom.Options{APIBase: "ftp://x", Robot: wecom.RobotOptions{BotID: "b", URL: "https://x"}})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, key := range []string{"corp_id", "agent_id", "secret", "token cache", "clock", "api_base", "robot.ws_url", "robot.secret"} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("%s is not in %q", key, err)
		}
	}
	o := wecom.Options{CorpID: "c", AgentID: 1, Secret: "s", Cache: cache.NewMemory(), Now: time.Now, Token: "t", EncodingAESKey: "short"}
	if _, err := wecom.New(o); err == nil {
		t.Error("a short key is accepted")
	}
}

func TestOptionsDoNotShowTheirSecrets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		got := fmt.Sprintf(form, w.opt)
		for _, secret := range []string{w.opt.Secret, w.opt.ContactsSecret, w.opt.Token, w.opt.EncodingAESKey, w.opt.Robot.Secret, "hook-key-1"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s shows a secret", form)
			}
		}
	}
}

func TestFilesComeFromThePlatformOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, address := range []string{
		"http://169.254.169.254/latest/meta-data", "https://evil.example/x", "http://127.0.0.1:1/x", "file:///etc/passwd",
		"https://work.weixin.qq.com.evil.example/x", "https://user:pw@openws.work.weixin.qq.com/x", "http://openws.work.weixin.qq.com/x",
		"https://ww-aibot-img-1.cos.ap-guangzhou.myqcloud.com.evil.example/x", "https://openws.work.weixin.qq.com:8443/x", "//x",
	} {
		_, _, _, err := w.adapter.Fetch(w.Context(), bot.FileRef{Ref: `{"url":"` + address + `"}`, Kind: "file"})
		wantFailure(t, err, bot.Rejected, false)
	}
	// The platform's own server, but a redirect away from it is not followed.
	away := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, "secret") }))
	defer away.Close()
	base := httptest.NewServer(http.RedirectHandler(away.URL, http.StatusFound))
	defer base.Close()
	w.opt.APIBase = base.URL
	if _, _, _, err := w.newAdapter().Fetch(w.Context(), bot.FileRef{Ref: `{"url":"` + base.URL + `/f"}`}); err == nil {
		t.Error("a redirect was followed")
	}
}

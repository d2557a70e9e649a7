package main

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/bot/bottest"
	"salesflow/bot/httpapi"
	"salesflow/bot/sim"
	"salesflow/cards"
	"salesflow/store"
	"salesflow/store/sales"
)

// seal encrypts a WeCom callback as the platform does (document 90968).
func seal(t *testing.T, w world, corp string, plain []byte) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(w.wecom.Credentials().EncodingAESKey + "=")
	if err != nil {
		t.Fatal(err)
	}
	b := append(make([]byte, 16, 64), binary.BigEndian.AppendUint32(nil, uint32(len(plain)))...)
	b = append(append(b, plain...), corp...)
	pad := 32 - len(b)%32
	b = append(b, bytes.Repeat([]byte{byte(pad)}, pad)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(b, b)
	return base64.StdEncoding.EncodeToString(b)
}

// letter is a callback on its way to the bot.
type letter struct {
	sealed, token, stamp string
	signature            string // "" signs it
	body                 string // "" is the envelope of sealed
}

// post hands the callback to the bot and returns the status.
func (l letter) post(t *testing.T, w world) int {
	t.Helper()
	const nonce = "1372623149"
	if l.signature == "" {
		parts := []string{l.token, l.stamp, nonce, l.sealed}
		slices.Sort(parts)
		sum := sha1.Sum([]byte(strings.Join(parts, "")))
		l.signature = hex.EncodeToString(sum[:])
	}
	if l.body == "" {
		l.body = "<xml><ToUserName>x</ToUserName><Encrypt>" + l.sealed + "</Encrypt></xml>"
	}
	q := url.Values{"msg_signature": {l.signature}, "timestamp": {l.stamp}, "nonce": {nonce}}
	rec := httptest.NewRecorder()
	w.program.mux.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, w.program.cfg.WeCom.CallbackPath+"?"+q.Encode(), strings.NewReader(l.body)))
	return rec.Code
}

// message is a text message in WeCom's XML.
func message(w world, id, from, text string) []byte {
	return fmt.Appendf(nil, "<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>%d</CreateTime>"+
		"<MsgType>text</MsgType><Content>%s</Content><MsgId>%s</MsgId><AgentID>%d</AgentID></xml>",
		w.program.cfg.WeCom.CorpID, from, w.Now().Unix(), text, id, w.program.cfg.WeCom.AgentID)
}

func TestOnlyThePlatformsOwnCallbacksAreHeard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.WeCom)
	rep := bottest.New(t, w).As("周敏").Skip()
	corp, token := w.program.cfg.WeCom.CorpID, w.program.cfg.WeCom.Token.Reveal()
	at := func(d time.Duration) string { return strconv.FormatInt(w.Now().Add(d).Unix(), 10) }
	good := seal(t, w, corp, message(w, "9001", "zhoumin", firstVisit))
	bomb := `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "` + strings.Repeat("a", 100) + `"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">` +
		`<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><xml><Encrypt>&c;</Encrypt></xml>`
	tests := []struct {
		name string
		letter
		want int
	}{
		{"签名是编的", letter{sealed: good, stamp: at(0), signature: strings.Repeat("0", 40)}, http.StatusForbidden},
		{"签名是空的", letter{sealed: good, stamp: at(0), signature: " "}, http.StatusForbidden},
		{"用别人的口令签", letter{sealed: good, stamp: at(0), token: "guessed"}, http.StatusForbidden},
		{"别的企业的消息", letter{sealed: seal(t, w, "wwother", message(w, "9001", "zhoumin", firstVisit)), stamp: at(0), token: token}, http.StatusForbidden},
		{"密文改过一个字", letter{sealed: "A" + good[1:len(good)-8] + "AAAAAAA=", stamp: at(0), token: token}, http.StatusForbidden},
		{"两天前的", letter{sealed: good, stamp: at(-48 * time.Hour), token: token}, http.StatusForbidden},
		{"未来的", letter{sealed: good, stamp: at(2 * time.Hour), token: token}, http.StatusForbidden},
		{"时间不是数", letter{sealed: good, stamp: "now", token: token}, http.StatusForbidden},
		{"太大", letter{sealed: good, stamp: at(0), token: token, body: strings.Repeat("x", 1<<20)}, http.StatusRequestEntityTooLarge},
		{"不是信封", letter{sealed: good, stamp: at(0), token: token, body: "{}"}, http.StatusBadRequest},
		{"实体炸弹", letter{sealed: good, stamp: at(0), token: token, body: bomb}, http.StatusBadRequest},
		{"套得太深", letter{sealed: good, stamp: at(0), token: token, body: strings.Repeat("<a>", 20000)}, http.StatusBadRequest},
	}
	for _, tt := range tests {
		if got := tt.post(t, w); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	rep.ExpectNothingElse()
	if n := len(w.visits(t, "zhoumin")); n != 0 {
		t.Errorf("%d visits were filed", n)
	}

	// The same message, truly signed, is taken, and taken once however often it comes, byte by byte the same or not.
	for _, stamp := range []string{at(0), at(0), at(-time.Hour), at(time.Minute)} {
		if got := (letter{sealed: good, stamp: stamp, token: token}).post(t, w); got != http.StatusOK {
			t.Errorf("a delivery of the true message is answered %d", got)
		}
	}
	rep.ExpectCard("拜访已记录", "绍兴市立医院")
	rep.ExpectNothingElse()
	if n := len(w.visits(t, "zhoumin")); n != 1 {
		t.Errorf("%d visits from one message", n)
	}
}

func TestABombInsideTheEnvelope(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.WeCom)
	rep := bottest.New(t, w).As("周敏").Skip()
	stamp := strconv.FormatInt(w.Now().Unix(), 10)
	inner := `<!DOCTYPE x [<!ENTITY a "拜访 绍兴市立医院">]><xml><FromUserName>zhoumin</FromUserName><MsgType>text</MsgType><Content>&a;</Content><MsgId>7</MsgId></xml>`
	for _, plain := range []string{inner, strings.Repeat("<a>", 20000), "", "\x00\xff"} {
		l := letter{sealed: seal(t, w, w.program.cfg.WeCom.CorpID, []byte(plain)), stamp: stamp, token: w.program.cfg.WeCom.Token.Reveal()}
		if got := l.post(t, w); got >= 500 {
			t.Errorf("%.20q is answered %d: the platform would send it again", plain, got)
		}
	}
	rep.ExpectNothingElse()
}

func TestAButtonIsNotTrusted(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		owner, other := s.As("周敏").Skip(), s.As("林夏").Skip()
		owner.Say(firstVisit)
		owner.ExpectCard("拜访已记录")
		v := w.lastVisit(t, "zhoumin")
		_, her := w.phoneOf(t, "林夏")
		tests := []struct {
			name   string
			action string
		}{
			{"别人的记录", cards.Action{Verb: "visit.undo", Record: int64(v.ID), Version: v.Version}.Encode()},
			{"改成没有的记录", cards.Action{Verb: "visit.undo", Record: int64(v.ID) + 1, Version: 1}.Encode()},
			{"改成负数", "visit.undo|-1|1|"},
			{"改成别的动作", cards.Action{Verb: "contract.approve", Record: int64(v.ID), Version: v.Version}.Encode()},
			{"没有的动作", cards.Action{Verb: "visit.drop_table", Record: int64(v.ID)}.Encode()},
			{"不是动作", "' OR 1=1 --"},
			{"带竖线", "visit.undo|1|1|a|b"},
			{"改别人的", cards.Action{Verb: "visit.edit", Record: int64(v.ID), Version: v.Version}.Encode()},
		}
		for i, tt := range tests {
			_, err := w.program.front.Accept(t.Context(), bot.Event{
				Platform: bot.Platform(her.Platform), ID: fmt.Sprint("forged", i), Kind: bot.Tapped, At: w.Now(), From: bot.UserID(her.ID),
				Chat: bot.Chat{Platform: bot.Platform(her.Platform)}, Tap: &bot.Tap{Action: tt.action, Card: "sfzzz"},
			})
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			other.ExpectText().Without("绍兴", "生化", "30%")
			now := w.lastVisit(t, "zhoumin")
			if now.State != v.State || now.Version != v.Version {
				t.Errorf("%s: the visit is now %+v", tt.name, now)
			}
		}
		other.ExpectNothingElse()
		owner.ExpectNothingElse()
	})
}

func TestAnUploadLinkIsItsOwnersAndWorksOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.WeCom)
	const token = "0123456789abcdefghijABCDEFGHIJ"
	owner := w.person(t, "zhoumin")
	_, err := storage{w.program.books, w.program.db}.do(t.Context(), bot.Event{}, 0, func(_ context.Context, tx *store.Tx) error {
		tx.CreateUpload(httpapi.TokenHash(token), owner.ID, "contract", sales.At(w.Now().Add(30*time.Minute)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	base := w.program.cfg.PublicURL + "/u/"
	for name, link := range map[string]string{
		"猜的": strings.Repeat("z", 30), "差一个字": token[:29] + "K", "摘要不是口令": httpapi.TokenHash(token), "往上走": "..%2F..%2Fetc%2Fpasswd%2F" + token,
	} {
		if got := upload(t, base+link, "别人的.pdf"); got != http.StatusNotFound {
			t.Errorf("%s: %d", name, got)
		}
	}
	for _, size := range []int{maxFile + 1, httpapi.MaxUpload + 2<<20} {
		code, page := uploadBytes(t, w.program.mux, base+token, "太大.pdf", make([]byte, size))
		if code != http.StatusRequestEntityTooLarge || !strings.Contains(page, "文件超过 20MB") {
			t.Errorf("%d bytes: %d %s", size, code, page)
		}
	}
	var wg sync.WaitGroup
	codes := make(chan int, 4)
	for range cap(codes) {
		wg.Go(func() { codes <- upload(t, base+token, "采购合同.pdf") })
	}
	wg.Wait()
	close(codes)
	taken := 0
	for c := range codes {
		if c == http.StatusOK {
			taken++
		} else if c != http.StatusNotFound {
			t.Errorf("answered %d", c)
		}
	}
	if taken != 1 {
		t.Errorf("one link took %d files", taken)
	}
	late := w.Now().Add(31 * time.Minute)
	w.clock.Set(late)
	if ok, err := (uploads{w.program}).Valid(t.Context(), httpapi.TokenHash(token)); ok || err != nil {
		t.Errorf("after half an hour the link is valid: %v, %v", ok, err)
	}
}

// uploadBytes sends a file through the page behind a link and returns what the page then says.
func uploadBytes(t *testing.T, h http.Handler, link, name string, data []byte) (int, string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(data)
	_ = form.Close()
	rec := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodPost, link, &b)
	req.Header.Set("Content-Type", form.FormDataContentType())
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	req.URL = u
	h.ServeHTTP(rec, req)
	return rec.Code, rec.Body.String()
}

func TestTheControlSurfaceIsForThisMachineOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	base := "http://" + w.listener.Addr().String()
	tests := []struct {
		name, method, path, host string
		header                   map[string]string
		want                     int
	}{
		{"本机", http.MethodGet, "/_sim/people", "", nil, http.StatusOK},
		{"localhost", http.MethodGet, "/_sim/people", "localhost:80", nil, http.StatusOK},
		{"别的名字指到本机", http.MethodGet, "/_sim/people", "evil.example", nil, http.StatusForbidden},
		{"名字里有本机", http.MethodGet, "/_sim/people", "127.0.0.1.evil.example", nil, http.StatusForbidden},
		{"页面也一样", http.MethodGet, "/", "evil.example", nil, http.StatusForbidden},
		{"别的网站发的", http.MethodPost, "/_sim/clock", "", map[string]string{"Origin": "http://evil.example"}, http.StatusForbidden},
		{"浏览器说是跨站", http.MethodPost, "/_sim/say", "", map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		{"不透明来源", http.MethodPost, "/_sim/say", "", map[string]string{"Origin": "null"}, http.StatusForbidden},
	}
	before := w.Now()
	for _, tt := range tests {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, base+tt.path, strings.NewReader(`{"advance":"49h"}`))
		if err != nil {
			t.Fatal(err)
		}
		if tt.host != "" {
			req.Host = tt.host
		}
		for k, v := range tt.header {
			req.Header.Set(k, v)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, resp.StatusCode, tt.want)
		}
	}
	if w.Now().Sub(before) > time.Hour {
		t.Error("another site moved the clock")
	}
}

// journal is a log that several goroutines write.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

func TestLogsAndMetricsTellNoSecretAndNoCustomer(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	log := &journal{}
	r.log = zerolog.New(log).Level(zerolog.InfoLevel)
	bot1 := r.boot("")
	s := bottest.New(t, r.world)
	rep, ding := s.As("周敏").Skip(), s.As("李强").Skip()
	rep.Say(firstVisit)
	card := rep.ExpectCard("拜访已记录")
	ding.Say("拜访 宁波市立医院 看了离心机,周五前发报价")
	ding.ExpectCard("拜访已记录")
	s.As("周敏").In("华东一组").Say("拜访 绍兴第二医院 看了离心机,想要报价")
	// Everything that can go wrong, so that warnings and errors are written too.
	for _, f := range []sim.Fault{
		{Kind: sim.HTTP5xx, Count: 3}, {Kind: sim.RateLimited, Count: 2}, {Kind: sim.TokenExpired}, {Kind: sim.LostAck}, {Kind: sim.DropStream},
	} {
		for _, sm := range r.Simulators() {
			if err := sm.Fault(f); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		rep.Say("待办")
		ding.Say("漏斗")
		s.FastForward(10 * time.Minute)
	}
	card.Click("撤销")
	bad := httptest.NewRequest(http.MethodPost, r.cfg.WeCom.CallbackPath+"?msg_signature=x&timestamp=1&nonce=1", strings.NewReader("<xml><Encrypt>x</Encrypt></xml>"))
	bot1.mux.ServeHTTP(httptest.NewRecorder(), bad.WithContext(r.log.WithContext(t.Context())))
	s.FastForward(24 * time.Hour)

	metrics := httptest.NewRecorder()
	bot1.mux.ServeHTTP(metrics, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	ready := httptest.NewRecorder()
	bot1.mux.ServeHTTP(ready, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	k := r.demo.wecom.Credentials()
	secrets := []string{
		k.Secret, k.ContactsSecret, k.Token, k.EncodingAESKey, k.BotSecret, "demo-secret", "access_token=", "access_token\":", "session=", "ticket=",
		"response_code", "小时前", "嫌贵", "离心机", "生化", "待办", "拜访 ",
	}
	org, err := r.program.books.Org(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range org.People() {
		secrets = append(secrets, p.Name)
		if p.Phone != "" {
			secrets = append(secrets, p.Phone)
		}
	}
	book, err := r.program.books.Book(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range book.Customers.All() {
		secrets = append(secrets, c.Name)
	}
	out := log.String()
	for what, text := range map[string]string{"log": out, "metrics": metrics.Body.String(), "readyz": ready.Body.String()} {
		if text == "" {
			t.Fatalf("%s is empty: nothing is proven", what)
		}
		for _, secret := range secrets {
			for line := range strings.Lines(text) {
				if strings.Contains(line, secret) {
					t.Errorf("%s tells %q: %s", what, secret, line)
					break
				}
			}
		}
	}
	for _, sm := range r.Simulators() {
		for _, p := range sm.Company().People {
			all, _ := sm.Inbox(p.ID, "*", 0)
			for _, m := range all {
				for _, secret := range []string{k.Secret, k.ContactsSecret, k.Token, k.EncodingAESKey, k.BotSecret, "demo-secret", "access_token", "runtime error", "goroutine"} {
					if strings.Contains(bottest.Plain(m), secret) {
						t.Errorf("%s is told %q: %s", p.Name, secret, bottest.Plain(m))
					}
				}
			}
		}
	}
	for _, want := range []string{`"outcome":"done"`, `"level":"warn"`, "send failed", "callback refused"} {
		if !strings.Contains(out, want) {
			t.Errorf("the log lacks %q: the story did not reach what it should", want)
		}
	}
	for _, want := range []string{"salesflow_event_seconds", "salesflow_send_seconds", "salesflow_outbox"} {
		if !strings.Contains(metrics.Body.String(), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

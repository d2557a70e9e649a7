package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"salesflow/cmd/bench/sealed"
)

// settles is how long after an answer everything that belongs to it is over.
const settles = 100 * time.Millisecond

// inbox is people who write to salesflow over WeCom, one at a time, and WeCom's API, to which it answers.
type inbox struct {
	w      *world
	box    *sealed.Box
	server *http.Server
	id     atomic.Int64

	mu   sync.Mutex
	sent map[string][]string // what each person was sent
	news chan struct{}
}

func (w *world) newInbox() (*inbox, error) {
	box, err := sealed.New("benchtoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wwbench0000000001")
	if err != nil {
		return nil, err
	}
	p := &inbox{w: w, box: box, sent: map[string][]string{}, news: make(chan struct{}, 1)}
	p.id.Store(time.Now().UnixMicro())
	ln, err := net.Listen("tcp", w.api)
	if err != nil {
		return nil, fmt.Errorf("serve the API: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/cgi-bin/message/send", p.take)
	mux.HandleFunc("/cgi-bin/media/upload", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok","type":"file","media_id":"m1","created_at":"1"}`)
	})
	mux.HandleFunc("/cgi-bin/user/get", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"errcode":0,"errmsg":"ok","userid":%q,"name":%[1]q}`, r.FormValue("userid"))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok","access_token":"benchaccesstoken","expires_in":7200,"agentid":1000002,"name":"bench"}`)
	})
	p.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = p.server.Serve(ln) }()
	return p, nil
}

func (p *inbox) close() { _ = p.server.Close() }

func (p *inbox) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var m struct {
		To string `json:"touser"`
	}
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if err != nil {
		http.Error(w, "bad message", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	for _, to := range strings.Split(m.To, "|") {
		p.sent[to] = append(p.sent[to], string(body))
	}
	p.mu.Unlock()
	_, _ = fmt.Fprintf(w, `{"errcode":0,"errmsg":"ok","msgid":"s%d","response_code":"r%[1]d"}`, p.id.Add(1))
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// say writes as a person and waits for the answer and what follows from it.
func (p *inbox) say(ctx context.Context, who, text string) (string, error) {
	p.mu.Lock()
	delete(p.sent, who)
	p.mu.Unlock()
	ts := strconv.FormatInt(time.Now().Unix(), 10)
	enc := p.box.Seal(fmt.Sprintf("<xml><ToUserName><![CDATA[wwbench0000000001]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%s</CreateTime>"+
		"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d</MsgId><AgentID>1000002</AgentID></xml>", who, ts, text, p.id.Add(1)))
	q := url.Values{"msg_signature": {p.box.Sign(ts, "growth", enc)}, "timestamp": {ts}, "nonce": {"growth"}}
	body := fmt.Sprintf("<xml><ToUserName><![CDATA[wwbench0000000001]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt><AgentID><![CDATA[1000002]]></AgentID></xml>", enc)
	if _, err := p.fetch(ctx, http.MethodPost, "/wecom/callback?"+q.Encode(), body, nil); err != nil {
		return "", err
	}
	limit := time.After(30 * time.Second)
	for {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-limit:
			return "", errors.New("no answer in 30 s")
		case <-p.news:
		}
		p.mu.Lock()
		n := len(p.sent[who])
		p.mu.Unlock()
		if n > 0 {
			break
		}
	}
	time.Sleep(settles)
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.sent[who], "\n"), nil
}

// fetch asks salesflow over HTTP.
func (p *inbox) fetch(ctx context.Context, method, path, body string, header map[string]string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+p.w.flow+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: status %d: %.300s", method, strings.SplitN(path, "?", 2)[0], resp.StatusCode, b)
	}
	return string(b), err
}

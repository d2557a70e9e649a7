package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"salesflow/cmd/bench/sealed"
)

// load is one run.
type load struct {
	o     options
	box   *sealed.Box
	http  *http.Client
	items []*item
	// waiting are the messages whose answer has not come, by id.
	waiting sync.Map
	sends   atomic.Int64
	sent    int // how many of the items were sent
}

// item is one message and what became of it.
type item struct {
	id   int64
	url  string
	body string
	dup  bool
	done chan struct{} // closed by the API when the answer has come

	ok       bool
	ack, end time.Duration
	err      string
}

func (l *load) makeItems() ([]*item, error) {
	var customers []string
	if l.o.customers != "" {
		var err error
		if customers, err = lines(l.o.customers); err != nil {
			return nil, err
		}
	}
	base := l.o.idBase
	if base == 0 {
		base = time.Now().UnixMilli() * 1000
	}
	items := make([]*item, l.o.n)
	rng := rand.New(rand.NewPCG(1, uint64(base)))
	for i := range items {
		if i > 0 && !items[i-1].dup && rng.Float64() < l.o.dup {
			p := items[i-1]
			items[i] = &item{id: p.id, url: p.url, body: p.body, dup: true}
			continue
		}
		items[i] = l.makeItem(rng, base+int64(i), customers)
	}
	return items, nil
}

func (l *load) makeItem(rng *rand.Rand, id int64, customers []string) *item {
	n := rng.IntN(l.o.reps)
	rep, customer := fmt.Sprintf("rep%03d", n), ""
	if per := len(customers) / l.o.reps; per > 0 {
		customer = customers[rng.IntN(per)*l.o.reps+n]
	}
	quoted := "#" + strconv.FormatInt(id, 10) + "#"
	text := strings.NewReplacer("{id}", quoted, "{rep}", rep, "{customer}", customer).Replace(l.o.text)
	ts := strconv.FormatInt(time.Now().Unix(), 10)
	msg := fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%s</CreateTime>"+
		"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d</MsgId><AgentID>%s</AgentID></xml>",
		l.o.corp, rep, ts, text, id, l.o.agent)
	enc := l.box.Seal(msg)
	nonce := strconv.FormatUint(rng.Uint64()%1e10, 10)
	q := url.Values{"msg_signature": {l.box.Sign(ts, nonce, enc)}, "timestamp": {ts}, "nonce": {nonce}}
	it := &item{
		id: id, url: l.o.url + "?" + q.Encode(),
		body: fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt><AgentID><![CDATA[%s]]></AgentID></xml>",
			l.o.corp, enc, l.o.agent),
	}
	if l.o.wait == "send" {
		it.done = make(chan struct{})
		l.waiting.Store(strconv.FormatInt(id, 10), it)
	}
	return it
}

// do delivers one message; its times count from due.
func (l *load) do(it *item, due time.Time) {
	if it.err = l.post(it); it.err != "" {
		return
	}
	it.ack = time.Since(due)
	it.end = it.ack
	if l.o.wait == "send" && !it.dup {
		limit := time.NewTimer(l.o.timeout)
		defer limit.Stop()
		select {
		case <-it.done:
			it.end = time.Since(due)
		case <-limit.C:
			it.err = "no answer in time"
			return
		}
	}
	it.ok = true
}

// post returns why the delivery was not taken, "" when it was.
func (l *load) post(it *item) string {
	resp, err := l.http.Post(it.url, "text/xml; charset=UTF-8", strings.NewReader(it.body)) //nolint:noctx // the client has a time limit
	if err != nil {
		msg := err.Error() // it quotes the whole address in front
		return "transport: " + msg[strings.LastIndex(msg, ": ")+1:]
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return "answer cannot be read"
	}
	if resp.StatusCode != http.StatusOK {
		return "status " + strconv.Itoa(resp.StatusCode)
	}
	return ""
}

// closedLoop keeps a message under way on every connection.
func (l *load) closedLoop(start time.Time) {
	var next, sent atomic.Int64
	var wg sync.WaitGroup
	for range l.o.conns {
		wg.Go(func() {
			for l.o.span == 0 || time.Since(start) < l.o.span {
				i := int(next.Add(1)) - 1
				if i >= len(l.items) {
					return
				}
				sent.Add(1)
				l.do(l.items[i], time.Now())
			}
		})
	}
	wg.Wait()
	l.sent = int(sent.Load())
}

// openLoop gives message i the due time start+i/rate and never waits for an answer before the next is due. A message
// that starts late, because all connections are busy, keeps its due time, so the wait counts.
func (l *load) openLoop(start time.Time) {
	gap := time.Duration(float64(time.Second) / l.o.rate)
	slots := make(chan struct{}, l.o.conns)
	var wg sync.WaitGroup
	l.sent = len(l.items)
	for i, it := range l.items {
		due := start.Add(time.Duration(i) * gap)
		if l.o.span > 0 && due.Sub(start) >= l.o.span {
			l.sent = i
			break
		}
		time.Sleep(time.Until(due))
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			l.do(it, due)
		})
	}
	wg.Wait()
}

// api is the WeCom API as far as a bot that answers needs it.
func (l *load) api() http.Handler {
	mux := http.NewServeMux()
	answer := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=UTF-8")
			_, _ = io.WriteString(w, body)
		}
	}
	mux.HandleFunc("/cgi-bin/gettoken", answer(`{"errcode":0,"errmsg":"ok","access_token":"benchaccesstoken","expires_in":7200}`))
	mux.HandleFunc("/cgi-bin/agent/get", answer(`{"errcode":0,"errmsg":"ok","agentid":1000002,"name":"bench","square_logo_url":""}`))
	mux.HandleFunc("/cgi-bin/user/get", func(w http.ResponseWriter, r *http.Request) {
		answer(fmt.Sprintf(`{"errcode":0,"errmsg":"ok","userid":%q,"name":%[1]q}`, r.FormValue("userid")))(w, r)
	})
	mux.HandleFunc("/cgi-bin/message/send", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		answer(fmt.Sprintf(`{"errcode":0,"errmsg":"ok","msgid":"s%d"}`, l.sends.Add(1)))(w, r)
		l.answered(body)
	})
	return mux
}

// answered finds the id an answer quotes. It stands between two # in the text; the text may be JSON-escaped, # and
// digits are not.
func (l *load) answered(body []byte) {
	for {
		_, after, ok := bytes.Cut(body, []byte("#"))
		if !ok {
			return
		}
		if id, _, ok := bytes.Cut(after, []byte("#")); ok {
			if it, ok := l.waiting.LoadAndDelete(string(id)); ok {
				close(it.(*item).done)
				return
			}
		}
		body = after
	}
}

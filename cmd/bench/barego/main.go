// Command barego is the yardstick of the benchmark, the practical limit in Go: a net/http handler that verifies,
// decrypts and parses a callback, commits one visit row and answers by message/send, and nothing else. With -tx full it
// also writes dedupe, audit and outbox rows in the same transaction.
package main

import (
	"crypto/subtle"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	"salesflow/cmd/bench/sealed"
)

type options struct {
	addr, dsn, token, aesKey, corp, api, tx string
	pool                                    int
}

func main() {
	var o options
	flag.StringVar(&o.addr, "addr", "127.0.0.1:9000", "address to listen on")
	flag.StringVar(&o.dsn, "dsn", "bench:bench@tcp(127.0.0.1:3306)/bench", "database")
	flag.StringVar(&o.token, "token", "benchtoken", "callback token")
	flag.StringVar(&o.aesKey, "aeskey", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "EncodingAESKey")
	flag.StringVar(&o.corp, "corpid", "wwbench0000000001", "corp id")
	flag.StringVar(&o.api, "api", "http://127.0.0.1:9100", "WeCom API base")
	flag.StringVar(&o.tx, "tx", "plain", "plain: one autocommitted INSERT; full: dedupe, visit, audit and outbox rows in one transaction, sent rows marked in batches; none: no database")
	flag.IntVar(&o.pool, "pool", 32, "database connections")
	flag.Parse()
	if err := serve(o); err != nil {
		fmt.Fprintln(os.Stderr, "barego:", err)
		os.Exit(1)
	}
}

func serve(o options) error {
	box, err := sealed.New(o.token, o.aesKey, o.corp)
	if err != nil {
		return err
	}
	st, err := openStore(o)
	if err != nil {
		return err
	}
	s := &server{box: box, store: st, sender: newSender(o.api)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /wecom", s.callback)
	return http.ListenAndServe(o.addr, mux) //nolint:gosec // a benchmark on loopback
}

type server struct {
	box    *sealed.Box
	store  *store
	sender *sender
}

type envelope struct {
	Encrypt string `xml:"Encrypt"`
}

type message struct {
	From    string `xml:"FromUserName"`
	MsgType string `xml:"MsgType"`
	Content string `xml:"Content"`
	MsgID   int64  `xml:"MsgId"`
	Agent   string `xml:"AgentID"`
}

// visit reads "拜访 <customer> <contact> <content>".
type visit struct{ customer, contact, content string }

func parse(text string) (visit, bool) {
	f := strings.SplitN(strings.TrimSpace(text), " ", 4)
	if len(f) != 4 || f[0] != "拜访" {
		return visit{}, false
	}
	return visit{f[1], f[2], f[3]}, true
}

func (v visit) reply() string {
	return "已登记拜访:" + v.customer + " " + v.contact + " " + v.content
}

func (s *server) read(r *http.Request) (message, int) {
	var m message
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 1<<20))
	if err != nil {
		return m, http.StatusBadRequest
	}
	var e envelope
	if xml.Unmarshal(body, &e) != nil {
		return m, http.StatusBadRequest
	}
	q := r.URL.Query()
	want := s.box.Sign(q.Get("timestamp"), q.Get("nonce"), e.Encrypt)
	if subtle.ConstantTimeCompare([]byte(want), []byte(q.Get("msg_signature"))) != 1 {
		return m, http.StatusForbidden
	}
	plain, err := s.box.Open(e.Encrypt)
	if err != nil || xml.Unmarshal(plain, &m) != nil {
		return m, http.StatusBadRequest
	}
	return m, http.StatusOK
}

func (s *server) callback(w http.ResponseWriter, r *http.Request) {
	m, code := s.read(r)
	if code != http.StatusOK {
		http.Error(w, http.StatusText(code), code)
		return
	}
	v, ok := parse(m.Content)
	if !ok {
		_, _ = io.WriteString(w, "success")
		return
	}
	outbox, err := s.store.file(r.Context(), m, v)
	if err != nil && !errors.Is(err, errDuplicate) {
		log.Print(err)
		http.Error(w, "store", http.StatusInternalServerError)
		return
	}
	_, _ = io.WriteString(w, "success")
	if err != nil {
		return
	}
	go func() {
		if err := s.sender.send(m.From, m.Agent, v.reply()); err != nil {
			log.Print(err)
			return
		}
		s.store.sent(outbox)
	}()
}

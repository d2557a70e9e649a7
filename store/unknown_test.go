package store_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"github.com/go-sql-driver/mysql"

	"salesflow/bot"
	"salesflow/store"
	"salesflow/store/storetest"
)

// lossyProxy stands before a MySQL server. Once armed, it lets the next COMMIT through and breaks the connection before
// the answer.
type lossyProxy struct {
	net.Listener
	armed atomic.Bool
}

func newLossyProxy(t *testing.T, server string) *lossyProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &lossyProxy{Listener: l}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(client, server)
		}
	}()
	return p
}

func (p *lossyProxy) serve(client net.Conn, server string) {
	defer client.Close()
	up, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer up.Close()
	var cut atomic.Bool
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		defer client.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := up.Read(buf)
			if err != nil {
				return
			}
			if cut.Load() { // up to the end: a server that cannot write its answers leaves the statements behind undone
				continue
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		last := bytes.Contains(buf[:n], []byte(";\nCOMMIT")) && p.armed.CompareAndSwap(true, false)
		cut.Store(last)
		if _, err := up.Write(buf[:n]); err != nil {
			return
		}
		if last { // nothing more is asked: the server hangs up when it has done all of it
			_ = up.(*net.TCPConn).CloseWrite()
			<-answered
			return
		}
	}
}

// The answer to a commit is lost. The caller is told that nobody knows, keeps the event as waiting, and whoever takes it
// up again finds it done: once, not never and not twice.
func TestALostAnswerToACommitIsNeitherLossNorDouble(t *testing.T) {
	t.Parallel()
	w := storetest.MariaDB(t)
	cfg, err := mysql.ParseDSN(w.Options.DSN)
	if err != nil {
		t.Fatal(err)
	}
	proxy := newLossyProxy(t, cfg.Addr)
	cfg.Addr = proxy.Addr().String()
	w.Options.DSN = cfg.FormatDSN()
	db := w.Open()
	ev := bot.Event{Platform: "wecom", ID: "m1", From: "zhoumin"}
	file := store.Work{Platform: ev.Platform, EventID: ev.ID, Person: 5, Event: ev, Fn: func(_ context.Context, tx *store.Tx) error {
		tx.CreateVisit(visit(tx.NewID(), 5, "v"))
		return nil
	}}
	if _, err := db.NewID(context.Background()); err != nil { // takes the node number, whose commit is not the one meant
		t.Fatal(err)
	}
	proxy.armed.Store(true)
	if _, err := db.Do(context.Background(), file); !errors.Is(err, store.ErrUnknownOutcome) {
		t.Fatalf("got %v, want an unknown outcome", err)
	}
	if err := db.KeepPending(context.Background(), ev); err != nil {
		t.Fatal(err)
	}
	kept, err := db.ClaimPending(context.Background(), w.Clock.Now(), 0, 10)
	if err != nil || len(kept) != 0 {
		t.Errorf("waits again: %+v, %v", kept, err)
	}
	res, err := db.Do(context.Background(), file)
	if err != nil || !res.Duplicate || len(visitsOf(t, db, 5)) != 1 {
		t.Errorf("the second time: %+v, %v, %d visits", res, err, len(visitsOf(t, db, 5)))
	}
}

package main

import (
	"io"
	"net"
	"sync"
	"testing"
)

// wire is a network between the bot and its database that can be cut.
type wire struct {
	mu    sync.Mutex
	cut   bool
	conns []net.Conn
	l     net.Listener
	to    string
	open  chan struct{} // closed while bytes go through
}

// gate lets nothing through while its wire is stalled.
type gate struct {
	io.Reader
	w *wire
}

func (g *gate) Read(p []byte) (int, error) {
	n, err := g.Reader.Read(p)
	g.w.mu.Lock()
	open := g.w.open
	g.w.mu.Unlock()
	<-open
	return n, err
}

// stall holds back everything on the wire, both ways, until the returned function is called.
func (w *wire) stall() (goOn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	open := make(chan struct{})
	w.open = open
	return sync.OnceFunc(func() { close(open) })
}

// newWire lets connections through to an address.
func newWire(t *testing.T, to string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{l: l, to: to, open: make(chan struct{})}
	close(w.open)
	t.Cleanup(func() { _ = l.Close(); w.set(true) })
	go w.accept()
	return w
}

func (w *wire) accept() {
	for {
		near, err := w.l.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", w.to)
		w.mu.Lock()
		if err != nil || w.cut {
			_ = near.Close()
			if far != nil {
				_ = far.Close()
			}
			w.mu.Unlock()
			continue
		}
		w.conns = append(w.conns, near, far)
		w.mu.Unlock()
		for _, pair := range [][2]net.Conn{{near, far}, {far, near}} {
			go func() {
				_, _ = io.Copy(pair[0], &gate{Reader: pair[1], w: w})
				_ = pair[0].Close()
			}()
		}
	}
}

// set cuts the wire, every connection included, or mends it.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	if cut {
		for _, c := range w.conns {
			_ = c.Close()
		}
		w.conns = nil
	}
}

package bed

import (
	"net"
	"sync"
	"time"
)

// Wire is the network between the program and its database. It can be cut, stalled and slowed down.
type Wire struct {
	l  net.Listener
	to string

	mu    sync.Mutex
	cut   bool
	delay time.Duration
	conns map[net.Conn]bool
	open  chan struct{} // closed while bytes go through
}

// newWire lets connections through to an address.
func newWire(to string) (*Wire, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &Wire{l: l, to: to, conns: map[net.Conn]bool{}, open: make(chan struct{})}
	close(w.open)
	go w.accept()
	return w, nil
}

// Addr is the near end.
func (w *Wire) Addr() string { return w.l.Addr().String() }

func (w *Wire) close() {
	_ = w.l.Close()
	w.Cut()
}

func (w *Wire) accept() {
	for {
		near, err := w.l.Accept()
		if err != nil {
			return
		}
		go w.join(near)
	}
}

func (w *Wire) join(near net.Conn) {
	far, err := net.Dial("tcp", w.to) //nolint:noctx // loopback: at once
	if err != nil {
		_ = near.Close()
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		_, _ = near.Close(), far.Close()
		return
	}
	w.conns[near], w.conns[far] = true, true
	go w.carry(near, far, true)
	go w.carry(far, near, false)
}

// parcel is some bytes and when they may arrive.
type parcel struct {
	data []byte
	at   time.Time
}

// carry brings bytes from one end to the other; those towards the database arrive later by the wire's delay.
func (w *Wire) carry(from, to net.Conn, there bool) {
	queue := make(chan parcel, 256)
	go func() {
		defer close(queue)
		for {
			buf := make([]byte, 32<<10)
			n, err := from.Read(buf)
			w.mu.Lock()
			at, open := time.Now(), w.open
			if there {
				at = at.Add(w.delay)
			}
			w.mu.Unlock()
			<-open
			if n > 0 {
				queue <- parcel{buf[:n], at}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range queue {
		time.Sleep(time.Until(p.at))
		if _, err := to.Write(p.data); err != nil {
			_ = from.Close()
		}
	}
	_, _ = from.Close(), to.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, from)
	delete(w.conns, to)
}

// Cut ends every connection and lets no other through until Mend.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for c := range w.conns {
		_ = c.Close()
	}
}

// Mend ends Cut.
func (w *Wire) Mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
}

// Delay holds back everything on its way to the database, so that each statement takes so much longer; 0 ends that.
func (w *Wire) Delay(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delay = d
}

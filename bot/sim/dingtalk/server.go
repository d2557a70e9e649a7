package dingtalk

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"salesflow/bot/sim"
)

// Server is one simulated DingTalk. Its methods may be called from any goroutine.
type Server struct {
	opt     Options
	company sim.Company
	people  map[string]sim.Person
	unions  map[string]string // unionId to person
	chats   map[string]*sim.Chat
	depts   []department
	mux     *http.ServeMux

	done chan struct{}
	wg   sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	random  *mathrand.Rand
	changed chan struct{}
	seq     int64

	inboxes map[string][]*entry

	tickets  map[string]*ticket
	conns    []*conn        // those that are pushed to
	sockets  map[*conn]bool // those not closed yet
	pending  *kept[*push]
	pushes   *ring[*push]
	handing  int // what is about to be pushed
	lost     *ring[Lost]
	connNo   int
	messages *kept[*delivery] // by EventID

	tokens   map[string]time.Time
	sessions *kept[*session]
	sends    *kept[*sent]
	media    *kept[*blob]
	codes    *kept[*blob]
	links    *kept[*link]
	bytes    int64
	files    []*blob

	cards   *kept[*card]
	todos   *kept[*Todo]
	notices *kept[*notice]
	visits  []CheckIn
	process *kept[*process]
	order   []string // of the processes
	nextID  int64

	faults     map[string]*armed
	calls      *ring[Call]
	violations *ring[Violation]
	rates      map[string]*window
	month      string
	monthCalls int
}

var _ sim.Simulator = (*Server)(nil)

// How much of everything is remembered, so that a simulator that runs for days stays small.
const (
	keepInbox    = 20000
	keepRecords  = 10000
	keepObjects  = 20000
	keepFileSize = 256 << 20
)

// New makes a simulated DingTalk. Close ends it. It panics when a required option is missing.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{
		opt:     o,
		company: onPlatform(o.Company),
		people:  map[string]sim.Person{},
		unions:  map[string]string{},
		chats:   map[string]*sim.Chat{},
		done:    make(chan struct{}),
		random:  mathrand.New(mathrand.NewPCG(o.Seed, 1)),
		changed: make(chan struct{}),
		inboxes: map[string][]*entry{},
		tickets: map[string]*ticket{},
		sockets: map[*conn]bool{},
		tokens:  map[string]time.Time{},
		faults:  map[string]*armed{},
		rates:   map[string]*window{},

		pending: newKept[*push](keepRecords),
		pushes:  newRing[*push](keepRecords), lost: newRing[Lost](keepRecords),
		calls: newRing[Call](keepRecords), violations: newRing[Violation](keepRecords),
		messages: newKept[*delivery](keepObjects), sessions: newKept[*session](keepObjects),
		sends: newKept[*sent](keepObjects), media: newKept[*blob](keepObjects),
		codes: newKept[*blob](keepObjects), links: newKept[*link](keepObjects),
		cards: newKept[*card](keepObjects), todos: newKept[*Todo](keepObjects),
		notices: newKept[*notice](keepObjects), process: newKept[*process](keepObjects),
	}
	for _, p := range s.company.People {
		s.people[p.ID] = p
		s.unions[s.UnionID(p.ID)] = p.ID
	}
	for i := range s.company.Chats {
		s.chats[s.company.Chats[i].ID] = &s.company.Chats[i]
	}
	s.depts = departments(s.company.People)
	s.mux = s.routes()
	return s
}

// Handler serves the hosts api.dingtalk.com and oapi.dingtalk.com and the Stream endpoint on one address.
func (s *Server) Handler() http.Handler { return s.mux }

// Company lists the people and chats on DingTalk.
func (s *Server) Company() sim.Company { return onPlatform(s.company) }

// UnionID is the id by which the to-do calls know a person.
func (s *Server) UnionID(person string) string {
	return s.opaque("union", person)[:24] + "iE"
}

// Close cuts every socket and waits until every goroutine of the simulator has ended. It is safe to call twice.
func (s *Server) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.done)
	}
	conns := slices.Collect(maps.Keys(s.sockets))
	s.mu.Unlock()
	for _, c := range conns {
		c.cut()
	}
	s.wg.Wait()
	return nil
}

// spawnLocked runs f unless the server is closed; Close waits for it. The caller holds s.mu.
func (s *Server) spawnLocked(f func()) {
	if s.closed {
		return
	}
	s.wg.Go(f)
}

// handLocked runs what hands something to the bot; until it has, the simulator is busy. The caller holds s.mu.
func (s *Server) handLocked(f func()) {
	s.handing++
	s.spawnLocked(func() {
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.handing--
		}()
		f()
	})
}

// Busy reports whether a frame is on its way to the bot, or with it and not acknowledged.
func (s *Server) Busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	return s.handing > 0 || slices.ContainsFunc(s.pending.all(), func(p *push) bool {
		live := slices.ContainsFunc(s.conns, func(c *conn) bool { return c.id == p.ack.Connection })
		return live && !p.settled && !p.ack.Lost && p.ack.Type != typeSystem
	})
}

// afterLocked runs f after d of real time, unless the server is closed first. The caller holds s.mu.
func (s *Server) afterLocked(d time.Duration, f func()) {
	s.spawnLocked(func() {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			f()
		case <-s.done:
		}
	})
}

// touchLocked tells those who wait on Changed.
func (s *Server) touchLocked() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// opaque is an id that is stable for the company and says nothing, as the platform's own.
func (s *Server) opaque(kind, id string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + s.opt.CorpID + "\x00" + s.opt.ClientID + "\x00" + id))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// sealed is the form of ids such as senderId, which are never a userId.
func (s *Server) sealed(kind, id string) string {
	return "$:LWCP_v1:$" + s.opaque(kind, id)[:32]
}

// secret is an id nobody can guess, safe in a URL.
func secret() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// newMessageID is the identity of a message in a chat, in the platform's look.
func newMessageID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return messageID(b[:])
}

func messageID(b []byte) string { return "msg" + base64.StdEncoding.EncodeToString(b[:16]) }

func uuid() string {
	x := secret()
	return fmt.Sprintf("%s-%s-%s-%s-%s", x[:8], x[8:12], x[12:16], x[16:20], x[20:])
}

// kept is a map that forgets its oldest entries beyond a limit.
type kept[T any] struct {
	limit int
	items map[string]T
	order []string
}

func newKept[T any](limit int) *kept[T] { return &kept[T]{limit: limit, items: map[string]T{}} }

func (k *kept[T]) get(id string) (T, bool) {
	v, ok := k.items[id]
	return v, ok
}

func (k *kept[T]) put(id string, v T) {
	if _, ok := k.items[id]; !ok {
		k.order = append(k.order, id)
	}
	k.items[id] = v
	for len(k.items) > k.limit {
		delete(k.items, k.order[0])
		k.order = k.order[1:]
	}
}

func (k *kept[T]) remove(id string) {
	if _, ok := k.items[id]; !ok {
		return
	}
	delete(k.items, id)
	for i, o := range k.order {
		if o == id {
			k.order = append(k.order[:i], k.order[i+1:]...)
			return
		}
	}
}

// all lists the entries, oldest first.
func (k *kept[T]) all() []T {
	out := make([]T, 0, len(k.items))
	for _, id := range k.order {
		out = append(out, k.items[id])
	}
	return out
}

// ring is a list that forgets its oldest entries beyond a limit.
type ring[T any] struct {
	limit int
	items []T
}

func newRing[T any](limit int) *ring[T] { return &ring[T]{limit: limit} }

func (r *ring[T]) add(v T) {
	r.items = append(r.items, v)
	if len(r.items) > r.limit {
		r.items = append(r.items[:0:0], r.items[len(r.items)-r.limit/2:]...)
	}
}

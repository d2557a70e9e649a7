package wecom

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"salesflow/bot/sim"
)

// maxInFlight bounds the callbacks that are being delivered at one time.
const maxInFlight = 512

var _ sim.Simulator = (*Server)(nil)

// Server is one simulated corporation. Its methods may be called concurrently.
type Server struct {
	opt    Options
	aesKey []byte
	mux    *http.ServeMux
	client *http.Client
	slots  chan struct{}

	ctx    context.Context //nolint:containedctx // the server's own life, ended by Close
	cancel context.CancelFunc
	tasks  sync.WaitGroup
	// posting counts the deliveries whose first attempt is not over.
	posting atomic.Int64

	// mu guards everything below.
	mu       sync.Mutex
	closed   bool
	callback string
	host     string
	dir      directory
	phones   phones
	tokens   tokens
	media    media
	cards    cardIndex
	limits   limiter
	robot    robot
	office   office
	faults   faults
	events   *fifo[*event]
	entered  map[string]bool
	log      inspector
	msgID    int64
}

// New makes a server. It does nothing until its Handler is served or somebody says something.
func New(opt Options) (*Server, error) {
	if err := opt.fill(); err != nil {
		return nil, err
	}
	key, err := decodeAESKey(opt.EncodingAESKey)
	if err != nil {
		return nil, err
	}
	dir, err := newDirectory(opt.Company, opt.WebhookKeys)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		opt: opt, aesKey: key, slots: make(chan struct{}, maxInFlight), ctx: ctx, cancel: cancel,
		callback: opt.CallbackURL, dir: dir, phones: newPhones(), tokens: newTokens(), media: newMedia(),
		cards: newCardIndex(), limits: newLimiter(), robot: newRobot(), office: newOffice(),
		events: newFIFO[*event](maxEvents), entered: map[string]bool{}, msgID: firstMsgID(),
	}
	s.client = callbackClient(opt.HTTPClient)
	s.mux = s.routes()
	return s, nil
}

// callbackClient copies the caller's client, so that refusing redirects does not change it for others.
func callbackClient(given *http.Client) *http.Client {
	c := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 30 * time.Second}}
	if given != nil {
		*c = *given
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// Handler serves the platform: /cgi-bin/…, the robot's WebSocket, and the files that phones and the robot open.
func (s *Server) Handler() http.Handler { return s.mux }

// Credentials tells what a bot has to be configured with.
func (s *Server) Credentials() Credentials {
	o := s.opt
	return Credentials{
		CorpID: o.CorpID, AgentID: o.AgentID, Secret: o.Secret, ContactsSecret: o.ContactsSecret,
		Token: o.Token, EncodingAESKey: o.EncodingAESKey,
		BotID: o.BotID, BotSecret: o.BotSecret, BotName: o.BotName, RobotPath: o.RobotPath,
	}
}

// SetCallback sets the app's callback address. Until there is one, messages to the app go nowhere and interactive cards
// are refused with 43012. An empty address removes it.
func (s *Server) SetCallback(address string) error {
	if err := checkURL(address); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callback = address
	return nil
}

// Company lists the WeCom people and chats, including group chats made through the API.
func (s *Server) Company() sim.Company {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dir.company()
}

// Busy reports whether the bot has a callback it has not answered. What goes through the robot's socket is not answered.
func (s *Server) Busy() bool { return s.ctx.Err() == nil && s.posting.Load() > 0 }

// Close cuts the robot's socket, gives up deliveries under way and waits for every goroutine.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.tasks.Wait()
	if s.opt.HTTPClient == nil {
		s.client.CloseIdleConnections()
	}
	return nil
}

// spawn runs f unless the server is closed; Close waits for it.
func (s *Server) spawn(f func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spawnLocked(f)
}

func (s *Server) spawnLocked(f func()) error {
	if s.closed {
		return errClosed
	}
	s.tasks.Go(f)
	return nil
}

var errClosed = errors.New("wecom simulator: closed")

// pause waits for d on the injected timer; false means the server was closed meanwhile.
func (s *Server) pause(d time.Duration) bool {
	fired, stop := s.opt.NewTimer(d)
	defer stop()
	select {
	case <-fired:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// base is the address under which the handler is reached.
func (s *Server) base() string {
	if s.opt.PublicURL != "" {
		return strings.TrimSuffix(s.opt.PublicURL, "/")
	}
	if s.host == "" {
		return "http://wecom.invalid"
	}
	return s.host
}

// fifo is a map that forgets its oldest entries.
type fifo[V any] struct {
	max   int
	byKey map[string]V
	order []string
}

func newFIFO[V any](limit int) *fifo[V] { return &fifo[V]{max: limit, byKey: map[string]V{}} }

func (f *fifo[V]) get(key string) (V, bool) {
	v, ok := f.byKey[key]
	return v, ok
}

// put adds or replaces an entry and returns the entries that had to go.
func (f *fifo[V]) put(key string, v V) (evicted []V) {
	if _, ok := f.byKey[key]; !ok {
		f.order = append(f.order, key)
	}
	f.byKey[key] = v
	for len(f.byKey) > f.max {
		oldest := f.order[0]
		f.order = f.order[1:]
		if old, ok := f.byKey[oldest]; ok {
			evicted = append(evicted, old)
			delete(f.byKey, oldest)
		}
	}
	return evicted
}

func (f *fifo[V]) remove(key string) {
	if _, ok := f.byKey[key]; !ok {
		return
	}
	delete(f.byKey, key)
	for i, k := range f.order {
		if k == key {
			f.order = append(f.order[:i:i], f.order[i+1:]...)
			return
		}
	}
}

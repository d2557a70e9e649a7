package dingtalk

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	ticketLife = 90 * time.Second
	// writeLimit is how long a client may leave a frame unread in its socket. Real time.
	writeLimit = 10 * time.Second
	outQueue   = 64
	maxTickets = 10000
	maxTopics  = 100
)

// Subscription is a topic a connection asked for.
type Subscription struct {
	Type  string `json:"type"`
	Topic string `json:"topic"`
}

// ticket lets one connection in, once, within 90 s.
type ticket struct {
	expires time.Time
	agent   string
	topics  []Subscription
}

// conn is one live connection of the bot.
type conn struct {
	s      *Server
	ws     *websocket.Conn
	id     string
	agent  string
	base   string
	topics []Subscription
	out    chan []byte
	gone   chan struct{}
	once   sync.Once

	// pingID and pingData are the application-level ping not echoed yet; guarded by Server.mu.
	pingID, pingData string
}

var errGone = errors.New("connection is gone")

// openConnection is POST /v1.0/gateway/connections/open.
func (c *call) openConnection() (any, error) {
	var in struct {
		ClientID      string         `json:"clientId"`
		ClientSecret  string         `json:"clientSecret"`
		Agent         string         `json:"ua"`
		Subscriptions []Subscription `json:"subscriptions"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if !c.s.credentials(in.ClientID, in.ClientSecret) {
		return nil, &apiError{status: http.StatusUnauthorized, code: "authFailed", msg: "鉴权失败"}
	}
	if len(in.Subscriptions) == 0 || len(in.Subscriptions) > maxTopics {
		return nil, errParam("invalidParameter.subscriptions", "订阅不能为空")
	}
	for _, sub := range in.Subscriptions {
		known := sub.Type == typeSystem || sub.Type == typeCallback || sub.Type == typeEvent && sub.Topic == "*"
		if !known {
			return nil, errParam("invalidParameter.subscriptions", "不支持的订阅: %.40s %.80s", sub.Type, sub.Topic)
		}
	}
	id := uuid()
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.r.Header.Get("Accept") == "" {
		s.violateLocked("gateway", "", "without an Accept header the platform may answer in XML")
	}
	if len(s.tickets) >= maxTickets {
		clear(s.tickets)
	}
	s.tickets[id] = &ticket{
		expires: s.opt.Clock.Now().Add(ticketLife), agent: in.Agent, topics: in.Subscriptions,
	}
	return map[string]any{"endpoint": s.opt.streamURL(c.base), "ticket": id}, nil
}

// serveStream is GET {endpoint}?ticket=…, the WebSocket. The handler goroutine reads until the socket ends.
func (s *Server) serveStream(w http.ResponseWriter, r *http.Request) {
	t := s.redeem(r.URL.Query().Get("ticket"))
	if t == nil {
		(&apiError{status: http.StatusUnauthorized, code: "authFailed", msg: "ticket无效或已过期"}).write(w, plain)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // the ticket is the credential
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	ws.SetReadLimit(maxBody)
	c := &conn{
		s: s, ws: ws, agent: t.agent, base: s.base(r), topics: t.topics, id: uuid(),
		out: make(chan []byte, outQueue), gone: make(chan struct{}),
	}
	if !s.join(c) {
		c.cut()
		return
	}
	defer s.wg.Done()
	c.read()
}

// redeem uses a ticket up. It returns nil for one that is unknown, used or expired.
func (s *Server) redeem(id string) *ticket {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tickets[id]
	delete(s.tickets, id)
	if t == nil || !s.opt.Clock.Now().Before(t.expires) {
		return nil
	}
	return t
}

// join makes the connection live. After true the caller owes s.wg.Done.
func (s *Server) join(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wg.Add(1)
	s.conns = append(s.conns, c)
	s.sockets[c] = true
	s.spawnLocked(c.write)
	if s.opt.PingInterval > 0 {
		s.spawnLocked(c.ping)
	}
	if s.opt.ConnectionLife > 0 {
		s.afterLocked(s.opt.ConnectionLife, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.retireLocked(c)
		})
	}
	s.touchLocked()
	return true
}

func (s *Server) leave(c *conn) {
	c.cut()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropLocked(c)
	delete(s.sockets, c)
	s.touchLocked()
}

// dropLocked takes a connection out of those that are pushed to, and reports whether it was one.
func (s *Server) dropLocked(c *conn) bool {
	for i, x := range s.conns {
		if x == c {
			s.conns = append(s.conns[:i:i], s.conns[i+1:]...)
			return true
		}
	}
	return false
}

// retireLocked ends a connection the proper way: disconnect frame, silence, and the socket closed after the grace.
func (s *Server) retireLocked(c *conn) {
	if !s.dropLocked(c) {
		return
	}
	f := frame{
		SpecVersion: "1.0", Type: typeSystem, Data: `{"reason":"connection is expired"}`,
		Headers: map[string]string{
			"contentType": "application/json", "topic": "disconnect", "time": millis(s.opt.Clock.Now()),
		},
	}
	s.spawnLocked(func() {
		if c.send(context.Background(), encode(f)) != nil {
			return
		}
		t := time.NewTimer(s.opt.DisconnectGrace)
		defer t.Stop()
		select {
		case <-t.C:
			c.cut()
		case <-c.gone:
		}
	})
	s.touchLocked()
}

// cut closes the socket. It is safe to call many times.
func (c *conn) cut() {
	c.once.Do(func() {
		close(c.gone)
		_ = c.ws.Close()
	})
}

// send hands a frame to the connection's writer.
func (c *conn) send(ctx context.Context, frame []byte) error {
	select {
	case <-c.gone:
		return errGone
	default:
	}
	select {
	case c.out <- frame:
		return nil
	case <-c.gone:
		return errGone
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *conn) write() {
	for {
		select {
		case f := <-c.out:
			stuck := time.AfterFunc(writeLimit, c.cut)
			err := c.ws.WriteMessage(websocket.TextMessage, f)
			stuck.Stop()
			if err != nil {
				c.cut()
				return
			}
		case <-c.gone:
			return
		}
	}
}

func (c *conn) read() {
	defer c.s.leave(c)
	for {
		kind, b, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		if kind == websocket.TextMessage {
			c.s.acknowledge(c, b)
		}
	}
}

// ping sends the application-level ping and ends a connection that did not echo the last one.
func (c *conn) ping() {
	t := time.NewTicker(c.s.opt.PingInterval)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-c.gone:
			return
		}
		f, ok := c.nextPing()
		if !ok || c.send(context.Background(), f) != nil {
			c.cut()
			return
		}
	}
}

func (c *conn) nextPing() ([]byte, bool) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.pingID != "" {
		return nil, false
	}
	c.pingID, c.pingData = s.frameIDLocked(), `{"opaque":"`+uuid()+`"}`
	return encode(frame{
		SpecVersion: "1.0", Type: typeSystem, Data: c.pingData,
		Headers: s.headersLocked(c, c.pingID, "ping", nil),
	}), true
}

func (c *conn) subscribed(typ, topic string) bool {
	for _, t := range c.topics {
		if t.Type == typ && t.Topic == topic {
			return true
		}
	}
	return false
}

package dingtalk

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/payload"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/utils"
	"github.com/rs/zerolog"
)

// The SDK reads a connection in order and then starts a goroutine for each frame, after which nobody knows any more which of two
// frames came first. So the connection is read here: the SDK fetches its address, and knows the frames.

// Bounds of a connection.
const (
	// pongTime is how long the answer to a ping may take, writeTime a frame.
	pongTime  = 5 * time.Second
	writeTime = 5 * time.Second
	// maxRead is the longest frame that is read, in bytes; a longer one ends the connection.
	maxRead = 4 << 20
)

// Topics of system frames.
const (
	systemPing       = "ping"
	systemDisconnect = "disconnect"
)

// socket is one connection. Its context ends with it.
type socket struct {
	conn  *websocket.Conn
	ended context.Context
	end   context.CancelFunc
	write sync.Mutex
}

// dial opens a connection at an address that the gateway gave.
func (s *stream) dial(ctx context.Context, at *payload.ConnectionEndpointResponse) (*socket, error) {
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: connectTime}
	conn, resp, err := dialer.DialContext(ctx, at.Endpoint+"?ticket="+url.QueryEscape(at.Ticket), nil)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close() // of a handshake, there is nothing in it
	}
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(maxRead)
	c := &socket{conn: conn}
	c.ended, c.end = context.WithCancel(s.base)
	return c, nil
}

// close ends the connection; who reads it then returns.
func (c *socket) close() {
	c.end()
	_ = c.conn.Close() // it may be closed already
}

// send writes an acknowledgement. One that cannot be written in time ends the connection.
func (c *socket) send(ack *payload.DataFrameResponse) error {
	c.write.Lock()
	defer c.write.Unlock()
	stuck := time.AfterFunc(writeTime, c.close)
	defer stuck.Stop()
	return c.conn.WriteJSON(ack)
}

// ping asks for a sign of life again and again, until the connection ends.
func (c *socket) ping() {
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if c.conn.WriteControl(websocket.PingMessage, nil, time.Time{}) != nil {
				c.close()
				return
			}
		case <-c.ended.Done():
			return
		}
	}
}

// read hands on the frames of a connection in their order until it ends: closed, broken, or silent for too long.
func (s *stream) read(c *socket) {
	defer s.lost(c)
	silent := time.AfterFunc(keepAlive+pongTime, c.close)
	defer silent.Stop()
	c.conn.SetPongHandler(func(string) error {
		silent.Reset(keepAlive + pongTime)
		return nil
	})
	for {
		kind, b, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		silent.Reset(keepAlive + pongTime)
		if kind == websocket.TextMessage {
			s.frame(c, b)
		}
	}
}

// frame begins the work on a frame. It returns at once, so that the next one is read.
func (s *stream) frame(c *socket, b []byte) {
	log := zerolog.Ctx(s.base)
	f, err := payload.DecodeDataFrame(b)
	if err != nil || f == nil || f.Headers == nil {
		log.Error().Str("platform", string(Platform)).Int("bytes", len(b)).Msg("frame cannot be read")
		return
	}
	take := s.takes(f)
	if take == nil {
		s.system(c, f)
		return
	}
	select {
	case s.pending <- struct{}{}:
	default:
		log.Warn().Str("platform", string(Platform)).Msg("too many frames wait, one is left to come again")
		return
	}
	before, done := s.line.join(senderOf(f))
	s.work.Go(func() {
		defer func() { <-s.pending }()
		defer done()
		if before != nil {
			<-before
		}
		s.answer(c, f, take)
	})
}

// takes is what works on a frame; nil for those of the connection itself.
func (s *stream) takes(f *payload.DataFrame) func(context.Context, *payload.DataFrame) reply {
	switch {
	case f.Type == utils.SubscriptionTypeKEvent:
		return s.event
	case f.Type != utils.SubscriptionTypeKCallback:
	case f.GetTopic() == payload.BotMessageCallbackTopic:
		return s.message
	case f.GetTopic() == payload.CardInstanceCallbackTopic:
		return s.tap
	}
	return nil
}

// system answers a frame about the connection itself, and one that nobody has asked for.
func (s *stream) system(c *socket, f *payload.DataFrame) {
	known := f.Type == utils.SubscriptionTypeKSystem && (f.GetTopic() == systemPing || f.GetTopic() == systemDisconnect)
	ack := payload.NewSuccessDataFrameResponse()
	switch {
	case !known:
		ack = payload.NewDataFrameResponse(payload.DataFrameResponseStatusCodeKHandlerNotFound)
	case f.GetTopic() == systemPing:
		ack = payload.NewDataFrameAckPong(f.GetMessageId())
		ack.Data = f.Data
	}
	ack.SetHeader(payload.DataFrameHeaderKMessageId, f.GetMessageId())
	ack.SetHeader(payload.DataFrameHeaderKContentType, payload.DataFrameContentTypeKJson)
	if c.send(ack) != nil || known && f.GetTopic() == systemDisconnect {
		c.close()
	}
}

// senderOf is whose message a frame brings; "" for what nobody said, which waits for nothing.
func senderOf(f *payload.DataFrame) string {
	if f.GetTopic() != payload.BotMessageCallbackTopic || len(f.Data) > maxFrame {
		return ""
	}
	var m struct {
		StaffID word `json:"senderStaffId"`
		ID      word `json:"senderId"`
	}
	if json.Unmarshal([]byte(f.Data), &m) != nil {
		return ""
	}
	if m.StaffID != "" {
		return string(m.StaffID)
	}
	return string(m.ID)
}

// line keeps what each sender said in its order: a message waits until the one before it is taken.
type line struct {
	mu   sync.Mutex
	last map[string]chan struct{}
}

// join puts a message at the end of its sender's line. before is closed when its turn has come, nil where it has; done gives the
// turn to the next.
func (l *line) join(sender string) (before <-chan struct{}, done func()) {
	if sender == "" {
		return nil, func() {}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil {
		l.last = map[string]chan struct{}{}
	}
	mine := make(chan struct{})
	if was, ok := l.last[sender]; ok {
		before = was
	}
	l.last[sender] = mine
	return before, func() {
		close(mine)
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.last[sender] == mine {
			delete(l.last, sender)
		}
	}
}

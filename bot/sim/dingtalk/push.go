package dingtalk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"salesflow/bot/sim"
)

const (
	typeSystem   = "SYSTEM"
	typeCallback = "CALLBACK"
	typeEvent    = "EVENT"

	topicBot  = "/v1.0/im/bot/messages/get"
	topicCard = "/v1.0/card/instances/callback"
	topicAny  = "*"
)

// frame is one server-to-client frame. All header values and data are strings on the wire.
type frame struct {
	SpecVersion string            `json:"specVersion"`
	Type        string            `json:"type"`
	Headers     map[string]string `json:"headers"`
	Data        string            `json:"data"`
}

// ackFrame is the client's answer. Clients differ in what else they send along.
type ackFrame struct {
	Code    int             `json:"code"`
	Headers map[string]any  `json:"headers"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// push is one frame on its way, kept until it is acknowledged.
type push struct {
	ack     Ack
	sent    time.Time
	settled bool
	// again: deliver once more although this one was acknowledged.
	again bool
	// answer is called once, under the lock: with the acknowledgement, or with nil when the time for it is over.
	answer func(*ackFrame)
	// resend pushes the same thing again under a new messageId. Nil for cards, which are not redelivered.
	resend func()
}

// outgoing is something to push: a bot message, a card callback or an event.
type outgoing struct {
	typ, topic string
	// identity is what stays the same over redeliveries: msgId, outTrackId or eventId.
	identity string
	headers  map[string]string
	// data builds the frame's data when a connection is known.
	data func(base string) string
	// limit is the time for the acknowledgement, 0 is none.
	limit   time.Duration
	attempt int
	answer  func(*ackFrame)
	resend  func()
	// opened is told the push before it is sent.
	opened func(*push)
}

// push hands one frame to a random live connection that subscribed to its topic. With none it is lost, as on the
// platform, and false comes back.
func (s *Server) push(ctx context.Context, o outgoing) bool {
	s.mu.Lock()
	c := s.pickLocked(o.typ, o.topic)
	if c == nil {
		s.loseLocked(o, "no connection subscribed to it")
		s.mu.Unlock()
		return false
	}
	id := s.frameIDLocked()
	p := &push{sent: s.opt.Wall(), answer: o.answer, resend: o.resend, ack: Ack{
		MessageID: id, Identity: o.identity, Type: o.typ, Topic: o.topic, Connection: c.id,
		Attempt: o.attempt, At: s.opt.Clock.Now(),
	}}
	p.again = o.typ != typeSystem && o.resend != nil && o.attempt == 1 && s.takeLocked(sim.Redeliver)
	if o.opened != nil {
		o.opened(p)
	}
	s.pending.put(id, p)
	s.pushes.add(p)
	f := frame{SpecVersion: "1.0", Type: o.typ, Headers: s.headersLocked(c, id, o.topic, o.headers), Data: o.data(c.base)}
	if o.limit > 0 {
		s.afterLocked(o.limit, func() { s.expire(p) })
	}
	s.mu.Unlock()

	if err := c.send(ctx, encode(f)); err != nil {
		s.mu.Lock()
		s.loseLocked(o, "the connection broke")
		s.mu.Unlock()
		return false
	}
	return true
}

func (s *Server) loseLocked(o outgoing, why string) {
	s.lost.add(Lost{At: s.opt.Clock.Now(), Topic: o.topic, Identity: o.identity, Reason: why})
	s.touchLocked()
}

// pickLocked chooses among the live connections that asked for the topic.
func (s *Server) pickLocked(typ, topic string) *conn {
	var able []*conn
	for _, c := range s.conns {
		if c.subscribed(typ, topic) {
			able = append(able, c)
		}
	}
	if len(able) == 0 {
		return nil
	}
	return able[s.random.IntN(len(able))]
}

func (s *Server) headersLocked(c *conn, id, topic string, more map[string]string) map[string]string {
	h := map[string]string{
		"appId": s.opaque("app", "")[:24], "connectionId": c.id, "contentType": "application/json",
		"messageId": id, "time": millis(s.opt.Clock.Now()), "topic": topic,
	}
	maps.Copy(h, more)
	return h
}

// frameIDLocked is a new headers.messageId, in the look of 213d841d_972_1898bb26334_70a7.
func (s *Server) frameIDLocked() string {
	s.connNo++
	return fmt.Sprintf("%s_%d_%x_%04x", secret()[:8], s.connNo%1000, s.opt.Clock.Now().UnixMilli(), s.connNo&0xffff)
}

// acknowledge takes one frame from a client. What matches nothing is ignored, as the platform does.
func (s *Server) acknowledge(c *conn, b []byte) {
	var a ackFrame
	if err := json.Unmarshal(b, &a); err != nil {
		s.violate("ack", "", "frame is not JSON")
		return
	}
	id, _ := a.Headers["messageId"].(string)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touchLocked()
	if id != "" && id == c.pingID {
		if a.text() == c.pingData {
			c.pingID = ""
		}
		return
	}
	p, ok := s.pending.get(id)
	if !ok {
		return
	}
	if s.takeLocked(sim.LostAck) {
		p.ack.Lost = true
		// Bots in the field see an unacknowledged message again; whoever arms this fault wants to see it now.
		if p.ack.Topic == topicBot && p.resend != nil {
			s.handLocked(p.resend)
		}
		return
	}
	s.pending.remove(id)
	p.ack.Acked, p.ack.Code, p.ack.Message, p.ack.Data = true, a.Code, a.Message, a.text()
	p.ack.Latency = s.opt.Wall().Sub(p.sent)
	if p.settled {
		p.ack.Late = true
		return
	}
	p.settled = true
	if p.answer != nil {
		p.answer(&a)
	}
	if p.again {
		s.handLocked(p.resend)
	}
}

// expire ends the time for an acknowledgement. A later one is recorded and has no effect.
func (s *Server) expire(p *push) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.settled {
		return
	}
	p.settled = true
	if p.answer != nil {
		p.answer(nil)
	}
	s.touchLocked()
}

// text is the acknowledgement's data, which should be a JSON string and by some clients is an object.
func (a *ackFrame) text() string {
	var t string
	if err := json.Unmarshal(a.Data, &t); err == nil {
		return t
	}
	return string(a.Data)
}

// Event pushes an organisation event such as bpms_instance_change to the bot and returns its id. It is pushed again
// until it is acknowledged with success or the attempts are used up.
func (s *Server) Event(ctx context.Context, eventType string, data any) (eventID string) {
	id := secret()
	born := s.opt.Clock.Now()
	body := string(encode(data))
	s.pushEvent(ctx, 1, id, map[string]string{
		"eventId": id, "eventType": eventType, "eventCorpId": s.opt.CorpID, "eventBornTime": millis(born),
		"eventUnifiedAppId": s.opaque("app", "")[:24],
	}, body)
	return id
}

func (s *Server) pushEvent(ctx context.Context, attempt int, id string, headers map[string]string, body string) {
	again := func() { s.pushEvent(context.Background(), attempt+1, id, headers, body) }
	pushed := s.push(ctx, outgoing{
		typ: typeEvent, topic: topicAny, identity: id, headers: headers, attempt: attempt,
		data: func(string) string { return body }, limit: s.opt.EventRetry, resend: again,
		answer: func(a *ackFrame) {
			if attempt >= s.opt.EventAttempts || a != nil && a.accepted() {
				return
			}
			if a == nil {
				s.handLocked(again)
				return
			}
			s.afterLocked(s.opt.EventRetry, again)
		},
	})
	if !pushed && attempt < s.opt.EventAttempts {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.afterLocked(s.opt.EventRetry, again)
	}
}

// accepted reports whether an event was taken: code 200 and no status LATER. Some clients send no status at all.
func (a *ackFrame) accepted() bool {
	var d struct {
		Status string `json:"status"`
	}
	_ = json.Unmarshal([]byte(a.text()), &d)
	return a.Code == 200 && !strings.EqualFold(d.Status, "LATER")
}

// encode writes JSON as the platform does, without escaping <, > and &.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte("null")
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

package wecom

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxReplyBytes bounds what is read of a callback's answer.
const maxReplyBytes = 256 << 10

// event is something that happened on a phone, ready to be delivered, any number of times.
type event struct {
	id, kind, from string
	plain          []byte
	// clicked is the card a tap was on; a passive reply may change it.
	clicked *message
	// toRobot is set for what goes through the socket instead.
	toRobot *robotEvent
}

// deliver posts an event to the app's callback, with the platform's retries, and returns how far the first
// attempt is. The lock is held.
func (s *Server) deliver(ev *event) (*handoff, error) {
	s.posting.Add(1)
	handed := newHandoff(func() { s.posting.Add(-1) })
	d := &Delivery{ID: ev.id, Kind: ev.kind, From: ev.from, Channel: "callback", At: s.opt.Clock.Now(), State: Delivering}
	s.log.deliveries = bounded(append(s.log.deliveries, d))
	s.log.count("deliveries")
	address := s.callback
	if address == "" {
		s.finish(d, Failed)
		s.violate(d.At, "no_callback", ev.kind+" lost: no callback address")
		handed.done()
		return handed, nil
	}
	times := 1
	if !ev.entering() && take(&s.faults.redeliver) {
		times = 2
	}
	for range times { // a repeated delivery may overlap the first
		if err := s.spawnLocked(func() { s.run(address, ev, d, handed) }); err != nil {
			return handed, err
		}
	}
	return handed, nil
}

// entering tells the events that come by themselves, which faults meant for messages leave alone.
func (ev *event) entering() bool { return ev.kind == "enter_agent" || ev.kind == "enter_chat" }

// run makes one delivery once there is room for it.
func (s *Server) run(address string, ev *event, d *Delivery, handed *handoff) {
	defer handed.done()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
		s.attempts(address, ev, d, handed)
	case <-s.ctx.Done():
	}
}

// attempts delivers once and retries until the bot accepts or the retries are used up.
func (s *Server) attempts(address string, ev *event, d *Delivery, handed *handoff) {
	var sealed *envelope
	for i := 0; ; i++ {
		if sealed == nil || !s.opt.SameNonce {
			sealed = s.seal(ev.plain)
		}
		reply, a := s.post(address, sealed, handed)
		s.mu.Lock()
		if a.Err == "" && !ev.entering() && take(&s.faults.lostAck) {
			a.Lost = true
		}
		d.Attempts = append(d.Attempts, a)
		s.log.count("attempts")
		accepted := a.Err == "" && a.Status == http.StatusOK && !a.Lost
		if accepted {
			s.finish(d, Accepted)
			s.passiveReply(ev, reply)
		} else if i >= len(s.opt.RetryAfter) {
			s.finish(d, Failed)
			s.violate(s.opt.Clock.Now(), "delivery_failed", fmt.Sprintf("%s %s given up after %d attempts", ev.kind, ev.id, i+1))
		}
		s.mu.Unlock()
		handed.done()
		if accepted || i >= len(s.opt.RetryAfter) || !s.pause(s.opt.RetryAfter[i]) {
			return
		}
	}
}

// finish settles a delivery. What was accepted once stays accepted.
func (s *Server) finish(d *Delivery, state string) {
	if d.State != Accepted {
		d.State = state
	}
	s.log.count(state)
}

// envelope is one encryption of a message.
type envelope struct {
	timestamp, nonce, signature string
	body                        []byte
}

func (s *Server) seal(plain []byte) *envelope {
	encrypted, err := encrypt(s.aesKey, s.opt.CorpID, plain)
	if err != nil {
		return &envelope{} // no randomness or a bad key; the bot will refuse it
	}
	e := &envelope{timestamp: strconv.FormatInt(s.opt.Clock.Now().Unix(), 10), nonce: newNonce()}
	e.signature = signature(s.opt.Token, e.timestamp, e.nonce, encrypted)
	var x xmlWriter
	x.open("xml")
	x.text("ToUserName", s.opt.CorpID)
	x.text("AgentID", strconv.Itoa(s.opt.AgentID))
	x.text("Encrypt", encrypted)
	x.close("xml")
	e.body = x.bytes()
	return e
}

func newNonce() string {
	var b [5]byte
	_, _ = rand.Read(b[:])
	n := uint64(0)
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return strconv.FormatUint(n, 10)
}

// post makes one attempt and measures it.
func (s *Server) post(address string, e *envelope, handed *handoff) (reply []byte, a Attempt) {
	a = Attempt{Nonce: e.nonce}
	ctx, cancel := context.WithTimeout(s.ctx, s.opt.AnswerTimeout)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { handed.wrote() }})
	began := s.opt.Wall()
	status, reply, err := s.roundTrip(ctx, http.MethodPost, signedURL(address, e, ""), e.body)
	a.Latency = s.opt.Wall().Sub(began)
	a.Status = status
	if err != nil {
		a.Err = reason(err)
		if errors.Is(err, context.DeadlineExceeded) {
			s.mu.Lock()
			s.violate(s.opt.Clock.Now(), "slow_answer", "callback not answered within "+s.opt.AnswerTimeout.String())
			s.mu.Unlock()
		}
	}
	return reply, a
}

// reason keeps the cause of a failed attempt and leaves out the URL with its signature.
func reason(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

func (s *Server) roundTrip(ctx context.Context, method, address string, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("User-Agent", "Mozilla/4.0")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "text/xml")
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, maxReplyBytes))
	return resp.StatusCode, reply, err
}

// signedURL adds the signature to an address that may carry parameters of its own.
func signedURL(address string, e *envelope, echo string) string {
	q := url.Values{"msg_signature": {e.signature}, "timestamp": {e.timestamp}, "nonce": {e.nonce}}
	if echo != "" {
		q.Set("echostr", echo)
	}
	joint := "?"
	if strings.Contains(address, "?") {
		joint = "&"
	}
	return address + joint + q.Encode()
}

// VerifyCallback asks the callback address to prove itself as the platform does when it is saved: it must answer the
// decrypted echostr, byte for byte, within a second. The echostr always holds a plus sign.
func (s *Server) VerifyCallback(ctx context.Context) error {
	s.mu.Lock()
	address := s.callback
	s.mu.Unlock()
	if address == "" {
		return errors.New("wecom simulator: no callback address")
	}
	plain, echo, err := s.newEcho()
	if err != nil {
		return err
	}
	e := &envelope{timestamp: strconv.FormatInt(s.opt.Clock.Now().Unix(), 10), nonce: newNonce()}
	e.signature = signature(s.opt.Token, e.timestamp, e.nonce, echo)
	ctx, cancel := context.WithTimeout(ctx, s.opt.VerifyTimeout)
	defer cancel()
	status, answer, err := s.roundTrip(ctx, http.MethodGet, signedURL(address, e, echo), nil)
	switch {
	case err != nil:
		return fmt.Errorf("verify callback: %s", reason(err))
	case status != http.StatusOK:
		return fmt.Errorf("verify callback: status %d", status)
	case string(answer) != plain:
		return fmt.Errorf("verify callback: answered %d bytes that are not the echo of %d bytes", len(answer), len(plain))
	}
	return nil
}

func (s *Server) newEcho() (plain, echo string, err error) {
	for range 1000 {
		plain = newNonce() + newNonce()
		echo, err = encrypt(s.aesKey, s.opt.CorpID, []byte(plain))
		if err != nil {
			return "", "", err
		}
		if strings.Contains(echo, "+") && strings.Contains(echo, "/") {
			break
		}
	}
	return plain, echo, nil
}

// handoff tells how far the first attempt of a delivery is.
type handoff struct {
	written, answered         chan struct{}
	writtenOnce, answeredOnce sync.Once
	over                      func()
}

func newHandoff(over func()) *handoff {
	return &handoff{written: make(chan struct{}), answered: make(chan struct{}), over: over}
}

// wrote marks that the request is on the wire.
func (h *handoff) wrote() { h.writtenOnce.Do(func() { close(h.written) }) }

// done marks that the attempt is over, answered or not.
func (h *handoff) done() {
	h.wrote()
	h.answeredOnce.Do(func() {
		close(h.answered)
		h.over()
	})
}

// How long a person's action waits for its delivery: to be on the wire, and then, so that quick messages of one person
// arrive in their order, for the answer. Opening a chat and typing into it are further apart than two messages.
const (
	handOverTime = 10 * time.Second
	messageGap   = 50 * time.Millisecond
	enterGap     = time.Second
)

// handOver waits until the first request of a delivery was written, and up to gap for its answer.
func (s *Server) handOver(ctx context.Context, h *handoff, gap time.Duration) error {
	if err := s.waitFor(ctx, h.written, handOverTime); err != nil {
		return err
	}
	return s.waitFor(ctx, h.answered, gap)
}

func (s *Server) waitFor(ctx context.Context, done <-chan struct{}, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
		return nil
	case <-timer.C:
		return nil
	case <-s.ctx.Done():
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

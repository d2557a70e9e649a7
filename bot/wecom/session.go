package wecom

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"salesflow/bot"
	"salesflow/cards/render"
)

// Bounds of the robot's socket.
const (
	maxFrame      = 1 << 20
	writeTime     = 10 * time.Second
	answerTime    = 5 * time.Second
	pingEvery     = 30 * time.Second
	maxMissed     = 2
	maxUnanswered = 10_000
)

// errGone is the error of a call whose socket went away before the answer came.
var errGone = errors.New("robot socket closed")

// session is one connection of the robot.
type session struct {
	conn *websocket.Conn
	done chan struct{} // closed when the reader has ended

	write sync.Mutex
	mu    sync.Mutex
	// waiting are the calls without an answer yet, by request id; answers to one id come in order.
	waiting map[string][]func(frame)
	closed  bool

	kicked atomic.Bool
	missed atomic.Int32
}

// dial connects to the robot's socket. It says nothing yet.
func dial(ctx context.Context, url string) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	d := websocket.Dialer{Proxy: http.ProxyFromEnvironment}
	conn, res, err := d.DialContext(ctx, url, nil)
	if res != nil && res.Body != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("connect robot: %w", plainError(err))
	}
	conn.SetReadLimit(maxFrame)
	return &session{conn: conn, done: make(chan struct{}), waiting: map[string][]func(frame){}}, nil
}

// read gives every frame that is not an answer to handle, until the socket ends.
func (s *session) read(handle func(frame)) {
	defer s.end()
	for {
		var f frame
		_, raw, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		if json.Unmarshal(raw, &f) != nil {
			continue
		}
		if f.Cmd == "" {
			s.answered(f)
			continue
		}
		handle(f)
	}
}

func (s *session) end() {
	_ = s.conn.Close()
	s.mu.Lock()
	s.closed, s.waiting = true, nil
	s.mu.Unlock()
	close(s.done)
}

func (s *session) answered(f frame) {
	s.mu.Lock()
	queue := s.waiting[f.Headers.ReqID]
	if len(queue) > 1 {
		s.waiting[f.Headers.ReqID] = queue[1:]
	} else {
		delete(s.waiting, f.Headers.ReqID)
	}
	s.mu.Unlock()
	if len(queue) > 0 {
		queue[0](f)
	}
}

// post writes a frame; then gets its answer, on the reader.
func (s *session) post(cmd, reqID string, body any, then func(frame)) error {
	out := struct {
		Cmd     string            `json:"cmd"`
		Headers map[string]string `json:"headers"`
		Body    any               `json:"body,omitempty"`
	}{cmd, map[string]string{"req_id": reqID}, body}
	raw, err := render.JSON(out)
	if err != nil {
		return err
	}
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.Lock()
	if s.closed || len(s.waiting) >= maxUnanswered {
		s.mu.Unlock()
		return errGone
	}
	s.waiting[reqID] = append(s.waiting[reqID], then)
	s.mu.Unlock()
	// A write deadline would need the wall clock; a timer that closes the socket does as well.
	guard := time.AfterFunc(writeTime, func() { _ = s.conn.Close() })
	defer guard.Stop()
	if err := s.conn.WriteMessage(websocket.TextMessage, raw); err != nil {
		_ = s.conn.Close()
		return errGone
	}
	return nil
}

// call writes a frame and waits for its answer. Errors are *bot.SendError.
func (s *session) call(ctx context.Context, cmd, reqID string, body any) (frame, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	got := make(chan frame, 1)
	if err := s.post(cmd, reqID, body, func(f frame) { got <- f }); err != nil {
		return frame{}, &bot.SendError{Reason: bot.Down, Retry: true, After: time.Second, Err: fmt.Errorf("%s: %w", cmd, err)}
	}
	select {
	case f := <-got:
		if f.Code != 0 {
			return f, failed(&apiError{api: cmd, code: f.Code, msg: short(f.Msg)}, true)
		}
		return f, nil
	case <-s.done:
		return frame{}, &bot.SendError{Reason: bot.Unsure, Retry: true, After: time.Second, Err: fmt.Errorf("%s: %w", cmd, errGone)}
	case <-ctx.Done():
		return frame{}, &bot.SendError{Reason: bot.Unsure, Retry: true, After: time.Second, Err: fmt.Errorf("%s: no answer: %w", cmd, ctx.Err())}
	}
}

// keepAlive pings until the socket ends. Two pings without an answer mean that nobody is there.
func (s *session) keepAlive(newTimer Timer) {
	for {
		fired, stop := newTimer(pingEvery)
		select {
		case <-s.done:
			stop()
			return
		case <-fired:
		}
		if s.missed.Add(1) > maxMissed {
			_ = s.conn.Close()
			return
		}
		if s.post(cmdPing, newReqID(), nil, func(frame) { s.missed.Store(0) }) != nil {
			return
		}
	}
}

// newReqID names a frame of ours.
func newReqID() string { return "sf_" + rand.Text() }

package dingtalk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	sdk "github.com/open-dingtalk/dingtalk-stream-sdk-go/client"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/logger"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/payload"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/utils"
	"github.com/rs/zerolog"

	"salesflow/bot"
)

// Pauses between attempts to connect.
const (
	maxPause    = time.Minute
	connectTime = 20 * time.Second
	// keepAlive is the silence after which the connection is pinged: what is said while it is dead unnoticed is lost.
	keepAlive = 30 * time.Second
)

// maxPending is how many frames may wait at a time. Beyond it they are left without an answer, and come again.
const maxPending = 4096

// Codes of an acknowledgement.
const (
	ackOK         = 200
	ackBadRequest = 400
	ackFailed     = 500
)

var errNotConnected = errors.New("stream is not connected yet")

// StreamTrouble is why the stream is not connected; nil while it is. A connection that broke shows at the next look
// (StreamOptions.Look).
func (a *Adapter) StreamTrouble() error { return a.trouble.get() }

// silence keeps the SDK's logger quiet, since at debug level it prints the client secret. It is set once, because the
// SDK keeps it in a variable without a lock.
var silence = sync.OnceFunc(func() { logger.SetLogger(mute{}) })

type mute struct{}

func (mute) Debugf(string, ...any)   {}
func (mute) Infof(string, ...any)    {}
func (mute) Warningf(string, ...any) {}
func (mute) Errorf(string, ...any)   {}
func (mute) Fatalf(string, ...any)   {}

// stream is one Run.
type stream struct {
	a      *Adapter
	intake bot.Intake
	cli    *sdk.StreamClient // it fetches the address to connect to
	// base carries the logger and outlives a connection: what was begun is finished when the socket breaks.
	base context.Context
	// slots bounds the frames worked on at a time, pending those that wait for it as well.
	slots, pending chan struct{}
	line           line
	// work are the goroutines of connections and frames.
	work sync.WaitGroup

	mu   sync.Mutex
	live *socket
}

// Run receives until ctx ends: it connects, reconnects, and hands every event to intake, what one person said in its order. What is
// under way when ctx ends is given StreamOptions.Drain to finish. It returns nil.
func (a *Adapter) Run(ctx context.Context, intake bot.Intake) error {
	silence()
	base, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	s := &stream{
		a: a, intake: intake, base: base,
		slots: make(chan struct{}, a.opt.Stream.Concurrency), pending: make(chan struct{}, maxPending),
	}
	s.cli = sdk.NewStreamClient(
		sdk.WithAppCredential(sdk.NewAppCredentialConfig(a.opt.ClientID, a.opt.ClientSecret)),
		sdk.WithOpenApiHost(a.opt.APIBase),
		sdk.WithUserAgent(&sdk.UserAgentConfig{UserAgent: a.opt.Agent}),
		sdk.WithSubscription(utils.SubscriptionTypeKCallback, payload.BotMessageCallbackTopic, subscribed),
		sdk.WithSubscription(utils.SubscriptionTypeKCallback, payload.CardInstanceCallbackTopic, subscribed),
		sdk.WithSubscription(utils.SubscriptionTypeKEvent, "*", subscribed),
	)
	s.keepConnected(ctx)
	s.drain()
	if c := s.connection(); c != nil {
		c.close()
	}
	end()
	s.work.Wait()
	a.trouble.set(errNotConnected)
	return nil
}

// subscribed names a topic to the gateway; the frames are read here (socket.go).
func subscribed(context.Context, *payload.DataFrame) (*payload.DataFrameResponse, error) {
	return nil, errNotConnected
}

// connection is the one that lives; nil while there is none.
func (s *stream) connection() *socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live
}

// lost forgets a connection that has ended.
func (s *stream) lost(c *socket) {
	c.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live == c {
		s.live = nil
	}
}

// keepConnected looks after the connection until ctx ends: one that is gone is opened again.
func (s *stream) keepConnected(ctx context.Context) {
	log := zerolog.Ctx(ctx)
	pause := s.a.opt.Stream.Look
	for {
		dialled, err := s.start(ctx)
		if ctx.Err() != nil {
			return
		}
		changed := s.a.trouble.set(err)
		if err == nil {
			pause = s.a.opt.Stream.Look
			if dialled {
				log.Info().Str("platform", string(Platform)).Msg("stream connected")
			}
		} else {
			if changed {
				log.Warn().Err(err).Str("platform", string(Platform)).Msg("stream not connected")
			}
			pause = min(max(pause*2, s.a.opt.Stream.Look), maxPause)
			if bot.SendFailure(err).Reason == bot.BadToken {
				pause = maxPause
			}
		}
		t := time.NewTimer(pause + rand.N(pause/5+1))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return
		}
	}
}

// start connects unless the connection lives, and reports whether it had to.
func (s *stream) start(ctx context.Context) (dialled bool, err error) {
	if s.connection() != nil {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	begin := s.a.opt.Now()
	if err = s.connect(ctx); err != nil {
		err = streamError(err, s.a.opt.Now())
	}
	reason := bot.Reason("")
	if err != nil {
		reason = bot.SendFailure(err).Reason
	}
	s.a.opt.Observer.Observe("stream/connect", reason, s.a.opt.Now().Sub(begin))
	return true, err
}

// connect opens a connection and begins to read it.
func (s *stream) connect(ctx context.Context) error {
	at, err := s.cli.GetConnectionEndpoint(ctx)
	if err != nil {
		return err
	}
	c, err := s.dial(ctx, at)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.live = c
	s.mu.Unlock()
	s.work.Go(func() { s.read(c) })
	s.work.Go(c.ping)
	return nil
}

// streamError reads an error of the SDK, which is the text of the gateway's answer or an error of the network. Neither is
// passed on as text: an address may hold the ticket.
func streamError(err error, now time.Time) *bot.SendError {
	var a answer
	if json.Unmarshal([]byte(err.Error()), &a) == nil && a.Code != "" {
		e := &apiError{api: apiGateway.name, status: ackBadRequest, code: id(a.Code), request: id(a.RequestID)}
		return e.verdict(true, now)
	}
	cause := errors.New("unexpected answer")
	if n := net.Error(nil); errors.As(err, &n) || errors.Is(err, websocket.ErrBadHandshake) {
		cause = plain(err)
	}
	return &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("%s: %w", apiGateway.name, cause)}
}

// drain waits until nothing is under way, or as long as it may. What comes meanwhile is taken like everything before: the
// platform does not know yet that this connection is about to end.
func (s *stream) drain() {
	end := time.NewTimer(s.a.opt.Stream.Drain)
	defer end.Stop()
	look := time.NewTicker(drainLook)
	defer look.Stop()
	for len(s.pending) > 0 {
		select {
		case <-look.C:
		case <-end.C:
			return
		}
	}
}

const drainLook = 2 * time.Millisecond

// reply is the acknowledgement of a frame.
type reply struct {
	code int
	// data is JSON, "" for none.
	data string
	// written, when set, is told whether the acknowledgement was written while the platform still waited for it.
	written func(ctx context.Context, inTime bool)
}

// answer works on a frame and writes its acknowledgement, of which is kept whether it was written in time.
func (s *stream) answer(c *socket, f *payload.DataFrame, take func(context.Context, *payload.DataFrame) reply) {
	ctx, cancel := context.WithTimeout(s.base, s.a.opt.Stream.MessageLimit)
	defer cancel()
	late := time.NewTimer(s.a.opt.Stream.AckLimit) // a timer, not a context: its channel knows of its time at once
	defer late.Stop()
	begin := s.a.opt.Now()
	r := reply{code: ackFailed}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
		r = s.guarded(ctx, f, take)
	case <-ctx.Done():
		zerolog.Ctx(s.base).Error().Str("platform", string(Platform)).Msg("stream is overloaded")
	}
	ack := payload.NewDataFrameResponse(r.code)
	ack.SetHeader(payload.DataFrameHeaderKMessageId, f.GetMessageId())
	ack.SetHeader(payload.DataFrameHeaderKContentType, payload.DataFrameContentTypeKJson)
	ack.Message, ack.Data = "OK", r.data
	if r.code != ackOK {
		ack.Message = "not accepted"
	}
	err := c.send(ack)
	if r.written != nil {
		r.written(s.base, err == nil && c.ended.Err() == nil && !fired(late))
	}
	reason := bot.Reason("")
	if err != nil || r.code == ackFailed {
		reason = bot.Down
	}
	s.a.opt.Observer.Observe(apiOf(f.GetTopic()), reason, s.a.opt.Now().Sub(begin))
}

// fired reports whether a timer's time has come.
func fired(t *time.Timer) bool {
	select {
	case <-t.C:
		return true
	default:
		return false
	}
}

// apiOf is how metrics call what comes in under a topic.
func apiOf(topic string) string {
	switch topic {
	case payload.BotMessageCallbackTopic:
		return "stream/message"
	case payload.CardInstanceCallbackTopic:
		return "stream/tap"
	}
	return "stream/event"
}

// guarded turns a panic into a failed acknowledgement: the SDK would swallow it and answer nothing.
func (s *stream) guarded(ctx context.Context, f *payload.DataFrame, take func(context.Context, *payload.DataFrame) reply) (r reply) {
	defer func() {
		if p := recover(); p != nil {
			// The value may quote what was said; the stack does not.
			zerolog.Ctx(ctx).Error().Str("platform", string(Platform)).Str("topic", f.GetTopic()).
				Str("panic", fmt.Sprintf("%T", p)).Bytes("stack", debug.Stack()).Msg("stream handler")
			r = reply{code: ackFailed}
		}
	}()
	return take(ctx, f)
}

// at is the platform's time of a frame.
func (s *stream) at(f *payload.DataFrame) time.Time {
	if t := word(strconv.FormatInt(f.GetTimestamp(), 10)).millis(); !t.IsZero() {
		return t
	}
	return s.a.opt.Now().UTC()
}

// message acknowledges a bot message once it is kept. What the frame's own answer holds is ignored by the platform.
func (s *stream) message(ctx context.Context, f *payload.DataFrame) reply {
	ev, ignored, err := decodeMessage(f.Data, s.a.opt.RobotCode, s.at(f))
	if r, done := s.nothing(ctx, f, ignored, err); done {
		return r
	}
	if ev.Trouble != "" {
		zerolog.Ctx(ctx).Warn().Str("platform", string(Platform)).Str("event_id", ev.ID).Str("trouble", ev.Trouble).Msg("message")
	}
	if _, err := s.intake.Accept(ctx, ev); err != nil {
		return reply{code: ackFailed}
	}
	return reply{code: ackOK, data: `{"response":null}`}
}

// event answers an EVENT frame. One that was not kept is asked for again.
func (s *stream) event(ctx context.Context, f *payload.DataFrame) reply {
	const done, later = `{"status":"SUCCESS","message":"ok"}`, `{"status":"LATER","message":"later"}`
	kind, eventID := f.GetHeader("eventType"), f.GetHeader("eventId")
	ev, ignored := decodeChange(kind, eventID, s.at(f))
	if kind == instanceChange || kind == taskChange {
		ev, ignored = decodeProcess(kind, eventID, f.Data, s.at(f))
	}
	if ignored != "" {
		zerolog.Ctx(ctx).Debug().Str("platform", string(Platform)).Str("ignored", ignored).Msg("event")
		return reply{code: ackOK, data: done}
	}
	if _, err := s.intake.Accept(ctx, ev); err != nil {
		return reply{code: ackFailed, data: later}
	}
	return reply{code: ackOK, data: done}
}

// nothing answers a frame without an event of ours.
func (s *stream) nothing(ctx context.Context, f *payload.DataFrame, ignored string, err error) (reply, bool) {
	switch {
	case err != nil:
		zerolog.Ctx(ctx).Error().Str("platform", string(Platform)).Str("topic", f.GetTopic()).Int("bytes", len(f.Data)).
			Msg("frame cannot be read")
		return reply{code: ackBadRequest}, true
	case ignored != "":
		zerolog.Ctx(ctx).Info().Str("platform", string(Platform)).Str("ignored", ignored).Msg("frame")
		return reply{code: ackOK, data: `{"response":null}`}, true
	}
	return reply{}, false
}

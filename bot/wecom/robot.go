package wecom

import (
	"context"
	"errors"
	"hash/fnv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/cards/render"
)

// Lease says which replica may hold the robot's socket: the platform allows one, a second one kicks the first.
type Lease interface {
	// Acquire takes the lease for a while and reports whether it is ours.
	Acquire(ctx context.Context) (bool, error)
	// Renew prolongs it; false means that it is another's by now.
	Renew(ctx context.Context) (bool, error)
	// Release gives it up if it is still ours, so that another replica need not wait.
	Release(ctx context.Context) error
}

// Times of the robot's life.
const (
	leaseEvery    = 5 * time.Second
	minBackoff    = time.Second
	maxBackoff    = time.Minute
	refusedPause  = 5 * time.Minute
	kickedPause   = 10 * time.Minute
	tapTime       = 3500 * time.Millisecond
	tapWindow     = 5 * time.Second
	replyWindow   = 5 * time.Minute
	acceptTries   = 3
	laneCount     = 16
	laneLength    = 64
	maxFreshFrame = 10_000
)

// Kinds of frames that can be answered.
const (
	freshMessage = 'm'
	freshTap     = 't'
	freshWelcome = 'w'
)

// robot is the intelligent robot: one socket, held while the lease is ours.
type robot struct {
	opt     Options
	holding atomic.Bool

	mu      sync.Mutex
	live    *session // subscribed, else nil
	fresh   map[string]freshFrame
	order   []remembered
	count   int64
	trouble error
}

// freshFrame is a frame of the platform's that can still be answered, once.
type freshFrame struct {
	kind rune
	at   time.Time
	on   *session
	no   int64
}

// remembered is a frame in the order of their coming. Its id may have come again since.
type remembered struct {
	id string
	no int64
}

func newRobot(opt Options) *robot {
	return &robot{opt: opt, fresh: map[string]freshFrame{}}
}

// RunRobot holds the robot's socket whenever the lease is this replica's, and hands what is said to intake. It returns
// when ctx ends, or at once when no robot is configured.
func (a *Adapter) RunRobot(ctx context.Context, intake bot.Intake, lease Lease) error {
	if a.robot == nil {
		return nil
	}
	r := a.robot
	l := newLanes(ctx, r, intake)
	defer l.stop()
	for ctx.Err() == nil {
		ok, err := lease.Acquire(ctx)
		if err != nil && ctx.Err() == nil {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("robot lease not available")
		}
		if ok && err == nil {
			r.hold(ctx, l, lease)
		}
		r.pause(ctx, leaseEvery)
	}
	return nil
}

// RobotTrouble is why the robot's socket is not up, nil when it is or when another replica holds it.
func (a *Adapter) RobotTrouble() error {
	if a.robot == nil {
		return nil
	}
	a.robot.mu.Lock()
	defer a.robot.mu.Unlock()
	return a.robot.trouble
}

// pause waits on the injected timer; false means that ctx ended.
func (r *robot) pause(ctx context.Context, d time.Duration) bool {
	fired, stop := r.opt.NewTimer(d)
	defer stop()
	select {
	case <-fired:
		return true
	case <-ctx.Done():
		return false
	}
}

// hold keeps the socket up until the lease is lost or ctx ends.
func (r *robot) hold(ctx context.Context, l *lanes, lease Lease) {
	held, lose := context.WithCancel(ctx)
	defer lose()
	r.holding.Store(true)
	var keeper sync.WaitGroup
	keeper.Go(func() {
		defer lose()
		r.keep(held, lease)
	})
	r.stayConnected(held, l)
	lose()
	keeper.Wait()
	r.holding.Store(false)
	r.setTrouble(nil)
	// ctx may have ended; giving the lease back is still worth a moment.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	if err := lease.Release(end); err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("robot lease not released")
	}
}

// keep renews the lease until it is another's. An error does not give it up: when the store is away nobody can take it.
func (r *robot) keep(ctx context.Context, lease Lease) {
	for r.pause(ctx, leaseEvery) {
		if ok, err := lease.Renew(ctx); err == nil && !ok {
			zerolog.Ctx(ctx).Info().Msg("robot lease lost")
			return
		}
	}
}

// stayConnected reconnects with growing pauses. Somebody else's connection is not fought over: when this one was kicked
// while the lease is ours, a program outside uses the same robot, and a long pause follows.
func (r *robot) stayConnected(ctx context.Context, l *lanes) {
	wait := minBackoff
	for ctx.Err() == nil {
		subscribed, err := r.serve(ctx, l)
		if ctx.Err() != nil {
			return
		}
		if subscribed {
			wait = minBackoff
		}
		pause := wait
		switch {
		case errors.Is(err, errKicked):
			pause = kickedPause
		case bot.SendFailure(err).Reason == bot.BadToken || bot.SendFailure(err).Reason == bot.Rejected:
			pause = refusedPause
		default:
			wait = min(2*wait, maxBackoff)
		}
		r.setTrouble(err)
		zerolog.Ctx(ctx).Warn().Err(err).Dur("retry_in", pause).Msg("robot socket is down")
		r.pause(ctx, pause)
	}
}

var errKicked = errors.New("another connection took the robot over")

// serve runs one connection. It reports whether the platform took the subscription.
func (r *robot) serve(ctx context.Context, l *lanes) (subscribed bool, err error) {
	s, err := dial(ctx, r.opt.Robot.URL)
	if err != nil {
		return false, &bot.SendError{Reason: bot.Down, Retry: true, Err: err}
	}
	stop := context.AfterFunc(ctx, func() { _ = s.conn.Close() })
	defer stop()
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { s.read(func(f frame) { r.received(s, f, l) }) })
	start := r.opt.Now()
	_, err = s.call(ctx, cmdSubscribe, newReqID(), map[string]string{"bot_id": r.opt.Robot.BotID, "secret": r.opt.Robot.Secret})
	r.observe(cmdSubscribe, start, err)
	if err != nil {
		_ = s.conn.Close()
		return false, err
	}
	r.setLive(s)
	defer r.setLive(nil)
	r.setTrouble(nil)
	zerolog.Ctx(ctx).Info().Msg("robot socket is up")
	work.Go(func() { s.keepAlive(r.opt.NewTimer) })
	<-s.done
	if s.kicked.Load() {
		return true, errKicked
	}
	return true, &bot.SendError{Reason: bot.Down, Retry: true, Err: errGone}
}

func (r *robot) setLive(s *session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live = s
}

func (r *robot) setTrouble(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trouble = err
}

func (r *robot) observe(cmd string, start time.Time, err error) {
	reason := bot.Reason("")
	if err != nil {
		reason = bot.SendFailure(err).Reason
	}
	r.opt.Observer.Observe("robot/"+cmd, reason, r.opt.Now().Sub(start))
}

// received sorts a frame of the platform's. It runs on the reader and must not wait for answers.
func (r *robot) received(s *session, f frame, l *lanes) {
	if f.Cmd != cmdMessage && f.Cmd != cmdEvent {
		return
	}
	ev, ignored, err := decodeRobot(f, r.opt.Robot.Name, r.opt.Now())
	switch {
	case kickedOut(f):
		s.kicked.Store(true)
		_ = s.conn.Close()
	case err != nil:
		l.log.Warn().Err(err).Msg("robot message cannot be read")
	case ignored != "":
		l.log.Debug().Str("what", ignored).Msg("robot message ignored")
	default:
		r.remember(s, f.Headers.ReqID, ev.Kind)
		l.put(job{s: s, ev: ev, reqID: f.Headers.ReqID})
	}
}

func kickedOut(f frame) bool {
	var in robotIn
	return f.Cmd == cmdEvent && unmarshalEvent(f, &in) && in.Event != nil && in.Event.Type == eventKickedOut
}

// remember keeps a frame's id for its answer.
func (r *robot) remember(s *session, reqID string, kind bot.EventKind) {
	f := freshFrame{kind: freshMessage, at: r.opt.Now(), on: s}
	switch kind {
	case bot.Tapped:
		f.kind = freshTap
	case bot.Entered:
		f.kind = freshWelcome
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count++
	f.no = r.count
	r.fresh[reqID] = f
	r.order = append(r.order, remembered{reqID, f.no})
	if len(r.order) > maxFreshFrame {
		if oldest := r.order[0]; r.fresh[oldest.id].no == oldest.no {
			delete(r.fresh, oldest.id)
		}
		r.order = r.order[1:]
	}
}

// spend gives the kind of a frame that can still be answered on the live socket, once. 0 means that it cannot.
func (r *robot) spend(reqID string, kinds ...rune) rune {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, ok := r.fresh[reqID]
	if !ok || f.on != r.live {
		return 0
	}
	window := replyWindow
	if f.kind != freshMessage {
		window = tapWindow
	}
	age := r.opt.Now().Sub(f.at)
	for _, k := range kinds {
		if k == f.kind && age >= 0 && age < window {
			delete(r.fresh, reqID)
			return k
		}
	}
	return 0
}

// job is an event on its way to the intake.
type job struct {
	s     *session
	ev    bot.Event
	reqID string
}

// lanes work on events of several people at a time, and on those of one person in order.
type lanes struct {
	r      *robot
	intake bot.Intake
	log    *zerolog.Logger
	ch     [laneCount]chan job
	wg     sync.WaitGroup
}

func newLanes(ctx context.Context, r *robot, intake bot.Intake) *lanes {
	l := &lanes{r: r, intake: intake, log: zerolog.Ctx(ctx)}
	for i := range l.ch {
		l.ch[i] = make(chan job, laneLength)
		l.wg.Go(func() {
			for j := range l.ch[i] {
				l.work(ctx, j)
			}
		})
	}
	return l
}

// put waits when the person's lane is full: the socket then waits too.
func (l *lanes) put(j job) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(j.ev.From))
	l.ch[h.Sum32()%laneCount] <- j
}

// stop lets the lanes finish what they have. No reader runs any more.
func (l *lanes) stop() {
	for _, ch := range l.ch {
		close(ch)
	}
	l.wg.Wait()
}

func (l *lanes) work(ctx context.Context, j job) {
	done, err := l.accept(ctx, j.ev)
	if err != nil {
		// The socket has no redelivery: the event is lost, and the operator must know.
		l.log.Error().Err(err).Str("event_id", j.ev.ID).Msg("robot event not accepted")
		return
	}
	// A face without a delivery is the live one, for a copy that may be stale.
	ok := false
	if done.Face != nil && j.ev.Tap != nil {
		err := l.r.face(context.WithoutCancel(ctx), j, done)
		ok = err == nil
		if err != nil {
			l.log.Info().Err(err).Str("event_id", j.ev.ID).Msg("robot card not changed in time")
		}
	}
	if done.FaceDelivery != 0 {
		l.intake.FaceSent(context.WithoutCancel(ctx), done.FaceDelivery, ok)
	}
}

// accept tries a few times, since the platform will not. What was received is taken even when the program is ending.
func (l *lanes) accept(ctx context.Context, ev bot.Event) (done bot.Accepted, err error) {
	limit := acceptTime
	if ev.Kind == bot.Tapped {
		limit = tapTime
	}
	for try := range acceptTries {
		if try > 0 && !l.r.pause(ctx, time.Second) {
			return done, err
		}
		one, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		done, err = l.intake.Accept(one, ev)
		cancel()
		if err == nil {
			return done, nil
		}
	}
	return done, err
}

// face answers a tap with the card's new face, which all in the chat then see (document 101032).
func (r *robot) face(ctx context.Context, j job, done bot.Accepted) error {
	raw, err := render.WeCom(*done.Face, render.WeComOptions{TaskID: j.ev.Tap.Card, HomeURL: r.opt.HomeURL, Robot: true, Update: true})
	if err != nil {
		return err
	}
	return r.updateCard(ctx, j.reqID, raw)
}

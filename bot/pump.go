package bot

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"runtime/debug"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"salesflow/store/sales"
)

// Outcome is what became of a delivery.
type Outcome struct {
	ID       sales.ID
	State    string
	Attempts int
	// NextAt is when to try again, for DeliveryRetry.
	NextAt time.Time
	Reason string
	// CardID and Receipt are written to the card, when the delivery carried one.
	CardID  sales.ID
	Receipt Receipt
	// Push says that the delivery was a push to people: when it has failed, another channel is looked for. Late says that
	// it waits for longer than another channel would take.
	Push, Late bool
	// Bounced says that the delivery was a mail about a record of ours that will not arrive any more.
	Bounced bool
	// Look, when set, is to be asked at LookAt: whether the push was read.
	Look   *Delivery
	LookAt time.Time
	// Looked is the answer to such a question.
	Looked *Looked
}

// OutboxStore is what the pump needs of the store.
type OutboxStore interface {
	// ClaimDeliveries takes deliveries that are due or were left behind by a process that died.
	ClaimDeliveries(ctx context.Context, now time.Time, limit int) ([]Delivery, error)
	FinishDeliveries(ctx context.Context, done []Outcome) error
	LiveCard(ctx context.Context, id sales.ID) (LiveCard, error)
	// SpendTapCode forgets the code of a tap that was used.
	SpendTapCode(ctx context.Context, card sales.ID, code string) error
	// TodoTask records the platform's id of a to-do's task; CurrentTask reads it.
	SetTask(ctx context.Context, todo sales.ID, task string) error
	CurrentTask(ctx context.Context, todo sales.ID) (string, error)
}

// Pump sends deliveries, each recipient's in order, and records what became of them.
type Pump struct {
	Store   OutboxStore
	Senders map[Platform]Sender
	Now     func() time.Time
	// Timeout bounds one call of a sender.
	Timeout time.Duration
	// Observe is told every attempt's platform, kind, reason ("" when sent) and duration.
	Observe func(p Platform, kind string, reason Reason, d time.Duration)
	// UnreadAfter is after how long it is asked whether a card pushed to somebody was read, where the platform tells; 0 is
	// never. LateAfter is how long a push may wait for its platform until another channel is looked for; 0 is for ever.
	UnreadAfter, LateAfter time.Duration

	// lanes hold pointers: a lane has room for many, and is empty nearly always.
	lanes    []chan *Delivery
	outcomes chan Outcome
	sending  sync.WaitGroup // the lanes
	ended    chan struct{}  // closed when all outcomes are written
	mu       sync.Mutex
	held     map[sales.ID]Delivery // faces that travel in an acknowledgement
	receipts map[sales.ID]Receipt  // of cards whose outcome is not written yet
}

const (
	pumpLanes     = 32
	outsideLanes  = 8
	pumpLaneDepth = 256
	// MaxAttempts bounds how often a delivery is tried before it has failed for good; with the pauses of retryAfter this
	// is more than a day.
	MaxAttempts = 40
)

// Start starts the lanes. When ctx ends they take no more; what is being sent is finished and recorded.
func (p *Pump) Start(ctx context.Context) {
	p.lanes = make([]chan *Delivery, pumpLanes+outsideLanes)
	p.outcomes = make(chan Outcome, 2*maxOutcomes)
	p.held, p.receipts = map[sales.ID]Delivery{}, map[sales.ID]Receipt{}
	p.ended = make(chan struct{})
	for i := range p.lanes {
		p.lanes[i] = make(chan *Delivery, pumpLaneDepth)
		p.sending.Add(1)
		go func(lane chan *Delivery) {
			defer p.sending.Done()
			p.runLane(ctx, lane)
		}(p.lanes[i])
	}
	done := make(chan struct{})
	go func() {
		p.sending.Wait()
		close(done)
	}()
	go func() {
		defer close(p.ended)
		p.recorder(context.WithoutCancel(ctx), done)
	}()
}

func (p *Pump) runLane(ctx context.Context, lane chan *Delivery) {
	for {
		select {
		case <-ctx.Done():
			p.giveBack(lane)
			return
		default:
		}
		select {
		case <-ctx.Done():
		case d := <-lane:
			p.record(p.Send(context.WithoutCancel(ctx), *d))
		}
	}
}

// giveBack returns what has not been tried to the outbox, so that whoever comes next need not wait for the claims to
// lapse, nor take it for sent.
func (p *Pump) giveBack(lane chan *Delivery) {
	for {
		select {
		case d := <-lane:
			p.record(Outcome{ID: d.ID, State: DeliveryQueued, Attempts: d.Attempts, NextAt: p.Now()})
		default:
			return
		}
	}
}

// Wait returns when the lanes have ended and all outcomes are written.
func (p *Pump) Wait() { <-p.ended }

// Offer sends deliveries that this process has claimed. It does not wait: what finds its lane full stays claimed and is
// found by the sweep when the claim lapses. The delivery named by face waits for FaceSent.
func (p *Pump) Offer(ds []Delivery, face sales.ID) {
	for _, d := range ds {
		if d.ID == face && face != 0 {
			p.mu.Lock()
			p.held[d.ID] = d
			p.mu.Unlock()
			continue
		}
		p.put(d)
	}
}

func (p *Pump) put(d Delivery) {
	if len(p.lanes) == 0 { // nothing is sent by this process; whoever sends finds it when the claim lapses
		return
	}
	select {
	case p.lanes[lane(d)] <- &d:
	default:
	}
}

func lane(d Delivery) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(d.Recipient))
	if d.Platform.Outside() { // a mail server that hangs must not hold up a chat
		return pumpLanes + int(h.Sum32()%outsideLanes)
	}
	return int(h.Sum32() % pumpLanes)
}

// FaceSent says whether the face of a tapped card was written to the platform in time. If not, it is sent as an update.
func (p *Pump) FaceSent(ctx context.Context, id sales.ID, ok bool) {
	p.mu.Lock()
	d, held := p.held[id]
	delete(p.held, id)
	p.mu.Unlock()
	switch {
	case !held:
	case !ok:
		p.put(d)
	default:
		o := Outcome{ID: id, State: DeliverySent, Attempts: 1, Reason: "in acknowledgement"}
		select {
		case <-p.ended:
			_ = p.write(context.WithoutCancel(ctx), []Outcome{o}) // logged; the claim lapses
			return
		default:
		}
		select {
		case p.outcomes <- o:
		case <-p.ended:
			_ = p.write(context.WithoutCancel(ctx), []Outcome{o})
		}
	}
}

// Sweep claims what is due or was left behind, and sends it.
func (p *Pump) Sweep(ctx context.Context) (int, error) {
	ds, err := p.Store.ClaimDeliveries(ctx, p.Now(), pumpLanes*8)
	for _, d := range ds {
		p.mu.Lock()
		delete(p.held, d.ID) // nobody told in time whether it was written
		p.mu.Unlock()
		p.put(d)
	}
	return len(ds), err
}

// Send tries one delivery and says what became of it.
func (p *Pump) Send(ctx context.Context, d Delivery) Outcome {
	out := Outcome{ID: d.ID, CardID: d.CardID, Attempts: d.Attempts + 1}
	s, ok := p.Senders[d.Platform]
	if !ok {
		out.State, out.Reason = DeliveryFailed, "no such platform"
		return out
	}
	cctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	start := p.Now()
	if d.Out.Look != nil {
		return p.look(cctx, s, d, out)
	}
	receipt, superseded, err := p.attempt(cctx, s, d)
	took := p.Now().Sub(start)
	reason := Reason("")
	switch {
	case superseded != "":
		out.State, out.Reason, out.CardID = DeliverySuperseded, superseded, 0
	case err == nil:
		out.State, out.Receipt = DeliverySent, receipt
		out.Push = isPush(d)
		p.askLater(&out, s, d)
		p.remember(d.CardID, receipt)
	default:
		fail := SendFailure(err)
		reason = fail.Reason
		out.Reason, out.CardID = string(fail.Reason), 0
		out.State = DeliveryFailed
		if fail.Retry && out.Attempts < MaxAttempts {
			out.State, out.NextAt = DeliveryRetry, p.Now().Add(max(fail.After, retryAfter(out.Attempts)))
		}
		out.Push = isPush(d)
		out.Bounced = out.State == DeliveryFailed && d.Platform == ViaMail && d.Out.Mail != nil
		out.Late = p.LateAfter > 0 && out.State == DeliveryRetry && fail.Reason != Unsure && out.NextAt.Sub(d.QueuedAt) > p.LateAfter
		zerolog.Ctx(ctx).Warn().Err(err).Str("delivery", d.ID.String()).Str("kind", d.Kind).Str("state", out.State).
			Int("attempts", out.Attempts).Msg("send failed")
	}
	if p.Observe != nil {
		p.Observe(d.Platform, d.Kind, reason, took)
	}
	return out
}

// attempt sends a delivery by the way its kind asks for. superseded is the reason why nothing had to be sent.
func (p *Pump) attempt(ctx context.Context, s Sender, d Delivery) (r Receipt, superseded string, err error) {
	defer func() {
		if v := recover(); v != nil {
			// The value may quote what was to be said; the stack does not.
			zerolog.Ctx(ctx).Error().Str("delivery", d.ID.String()).Str("panic", fmt.Sprintf("%T", v)).Bytes("stack", debug.Stack()).Msg("sender")
			err = &SendError{Reason: Unsure, Retry: true, Err: errors.New("panic")}
		}
	}()
	switch {
	case d.Out.Todo != nil:
		r, superseded, err = p.todo(ctx, s, d)
	case d.Kind == DeliverUpdate:
		r, superseded, err = p.update(ctx, s, d)
	default:
		r, err = s.Send(ctx, d)
	}
	return r, superseded, err
}

func (p *Pump) update(ctx context.Context, s Sender, d Delivery) (Receipt, string, error) {
	c, err := p.Store.LiveCard(ctx, d.CardID)
	if sales.KindOf(err) == sales.NotFound {
		return Receipt{}, "the card is not there any more", nil
	}
	if err != nil {
		return Receipt{}, "", &SendError{Reason: Down, Retry: true, Err: fmt.Errorf("card of update: %w", err)}
	}
	if d.Slot != fmt.Sprint(c.Version) {
		return Receipt{}, "a newer face follows", nil
	}
	p.mu.Lock()
	if r, ok := p.receipts[d.CardID]; ok {
		c.Receipt = r
	}
	p.mu.Unlock()
	if c.Receipt.Ref == "" && c.Waits {
		return Receipt{}, "the card waits and is shown as it is then", nil
	}
	if c.Receipt.Ref == "" {
		// The card itself is still on its way; its own delivery comes first.
		return Receipt{}, "", &SendError{Reason: Down, Retry: true, After: time.Second, Err: fmt.Errorf("card not sent yet")}
	}
	u, ok := s.(Updater)
	if !ok || c.Receipt.AsText {
		return Receipt{}, "went out as text", nil
	}
	kept := d.Route.Code == "" && c.TapCode != "" && c.TapUntil.After(p.Now())
	if kept {
		d.Route = Route{Code: c.TapCode, Until: c.TapUntil}
	}
	r, err := u.Update(ctx, d, c.Receipt)
	if err != nil && SendFailure(err).Reason != NoUpdate {
		return r, "", err
	}
	if kept {
		if err := p.Store.SpendTapCode(ctx, d.CardID, c.TapCode); err != nil {
			zerolog.Ctx(ctx).Warn().Err(err).Str("card", d.CardID.String()).Msg("spend tap code") // the platform refuses it the next time
		}
	}
	if err == nil {
		return r, "", nil
	}
	if d.Chat.Group || c.State != CardLive {
		return Receipt{}, "the card cannot be changed any more", nil
	}
	return p.sendAfresh(ctx, s, d, c)
}

// sendAfresh sends a card anew because the copy that is out cannot change. That copy is taken back where that is
// possible; where it is not, a tap on it is explained.
func (p *Pump) sendAfresh(ctx context.Context, s Sender, d Delivery, c LiveCard) (Receipt, string, error) {
	if rc, ok := s.(Recaller); ok {
		if err := rc.Recall(ctx, c.Receipt); err != nil {
			zerolog.Ctx(ctx).Debug().Err(err).Str("delivery", d.ID.String()).Msg("recall old card")
		}
	}
	d.Fresh = c.Version
	r, err := s.Send(ctx, d)
	return r, "", err
}

func (p *Pump) todo(ctx context.Context, s Sender, d Delivery) (Receipt, string, error) {
	t, ok := s.(Todos)
	if !ok {
		return Receipt{}, "the platform has no to-dos", nil
	}
	task, err := p.Store.CurrentTask(ctx, d.Out.Todo.TodoID)
	if err != nil {
		return Receipt{}, "", &SendError{Reason: Down, Retry: true, Err: fmt.Errorf("task of to-do: %w", err)}
	}
	if task == "" && d.Out.Todo.Done {
		return Receipt{}, "done before it was created", nil
	}
	todo := *d.Out.Todo
	todo.Task = task
	d.Out.Todo = &todo
	r, err := t.PutTodo(ctx, d)
	if err == nil && task == "" && r.Ref != "" {
		err = p.Store.SetTask(ctx, todo.TodoID, r.Ref)
	}
	return r, "", err
}

// retryAfter is the pause before the next attempt: 2 s doubling to half an hour.
func retryAfter(attempts int) time.Duration {
	return min(time.Second<<min(attempts, 11), 30*time.Minute)
}

// remember keeps the receipt of a card until its outcome is written, for a change that follows at once.
func (p *Pump) remember(card sales.ID, r Receipt) {
	if card == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.receipts[card] = r
}

func (p *Pump) record(o Outcome) { p.outcomes <- o }

// recorder writes outcomes together: those that wait at the same moment in one transaction. While the store is away they
// wait here; should the process die meanwhile, the claims lapse and the deliveries, now of unknown outcome, are repeated
// with the platform's idempotency key. It ends when done is closed and everything was written or tried once more.
func (p *Pump) recorder(ctx context.Context, done <-chan struct{}) {
	var batch []Outcome
	var next time.Time // when to look again for what was put off; zero: not at all
	again := time.NewTimer(time.Hour)
	defer again.Stop()
	idle, busy := time.NewTimer(gatherTime), 0 // busy: how many writes followed each other closely
	defer idle.Stop()
	for {
		select {
		case <-done:
			_ = p.write(ctx, p.waiting(batch, cap(p.outcomes)+len(batch))) // logged; the claims lapse
			return
		case o := <-p.outcomes:
			batch = p.waiting(append(batch, o), maxOutcomes)
		case <-idle.C:
			busy = 0
			continue
		case <-again.C:
			if len(batch) == 0 {
				next = time.Time{}
				p.sweepAgain(ctx)
			}
		}
		if !p.write(ctx, batch) {
			again.Reset(recordAgain)
			continue
		}
		next = p.nextTry(batch, next)
		if busy++; busy > manyWrites || len(batch) >= manyOutcomes {
			gather(done)
		}
		idle.Reset(gatherTime)
		batch = nil
		if !next.IsZero() {
			again.Reset(max(next.Sub(p.Now()), time.Millisecond))
		}
	}
}

const recordAgain = 500 * time.Millisecond

// Under load outcomes come faster than single writes are worth: after a batch of manyOutcomes, or more than manyWrites
// one right after the other, the next is let gather for gatherTime. A batch has at most maxOutcomes.
const (
	manyOutcomes = 8
	manyWrites   = 5
	maxOutcomes  = 256
	gatherTime   = 5 * time.Millisecond
)

func gather(done <-chan struct{}) {
	t := time.NewTimer(gatherTime)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
	}
}

// nextTry is when the first of these is to be tried again, or next when that is earlier.
func (p *Pump) nextTry(batch []Outcome, next time.Time) time.Time {
	for _, o := range batch {
		if o.State == DeliveryRetry && (next.IsZero() || o.NextAt.Before(next)) {
			next = o.NextAt
		}
	}
	return next
}

// sweepAgain sends what was put off until now; other sweeps find what this one misses.
func (p *Pump) sweepAgain(ctx context.Context) {
	sctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	if _, err := p.Sweep(sctx); err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("sweep outbox")
	}
}

// waiting adds the outcomes that wait now, up to n in all.
func (p *Pump) waiting(batch []Outcome, n int) []Outcome {
	for len(batch) < n {
		select {
		case o := <-p.outcomes:
			batch = append(batch, o)
		default:
			return batch
		}
	}
	return batch
}

func (p *Pump) write(ctx context.Context, batch []Outcome) bool {
	if len(batch) == 0 {
		return true
	}
	wctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	if err := p.Store.FinishDeliveries(wctx, batch); err != nil {
		zerolog.Ctx(ctx).Error().Err(err).Int("deliveries", len(batch)).Msg("record deliveries")
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, o := range batch {
		delete(p.receipts, o.CardID)
	}
	return true
}

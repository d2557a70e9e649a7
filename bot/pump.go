package bot

import (
	"context"
	"fmt"
	"hash/fnv"
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
}

// OutboxStore is what the pump needs of the store.
type OutboxStore interface {
	// ClaimDeliveries takes deliveries that are due or were left behind by a process that died.
	ClaimDeliveries(ctx context.Context, now time.Time, limit int) ([]Delivery, error)
	FinishDeliveries(ctx context.Context, done []Outcome) error
	LiveCard(ctx context.Context, id sales.ID) (LiveCard, error)
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

	lanes    []chan Delivery
	outcomes chan Outcome
	mu       sync.Mutex
	held     map[sales.ID]Delivery // faces that travel in an acknowledgement
	busy     sync.WaitGroup
}

const (
	pumpLanes     = 32
	pumpLaneDepth = 256
	// MaxAttempts bounds how often a delivery is tried before it has failed for good; with the pauses of retryAfter this
	// is more than a day.
	MaxAttempts = 40
)

// Start starts the lanes; they end when ctx does.
func (p *Pump) Start(ctx context.Context) {
	p.lanes = make([]chan Delivery, pumpLanes)
	p.outcomes = make(chan Outcome, pumpLanes*4)
	p.held = map[sales.ID]Delivery{}
	for i := range p.lanes {
		p.lanes[i] = make(chan Delivery, pumpLaneDepth)
		p.busy.Add(1)
		go func(lane chan Delivery) {
			defer p.busy.Done()
			for {
				select {
				case <-ctx.Done():
					return
				case d := <-lane:
					p.record(ctx, p.Send(ctx, d))
				}
			}
		}(p.lanes[i])
	}
	p.busy.Add(1)
	go func() {
		defer p.busy.Done()
		p.recorder(ctx)
	}()
}

// Wait returns when the lanes have ended.
func (p *Pump) Wait() { p.busy.Wait() }

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
	select {
	case p.lanes[lane(d)] <- d:
	default:
	}
}

func lane(d Delivery) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(d.Recipient))
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
		p.record(ctx, Outcome{ID: id, State: DeliverySent, Attempts: 1, Reason: "in acknowledgement"})
	}
}

// Sweep claims what is due or was left behind, and sends it.
func (p *Pump) Sweep(ctx context.Context) (int, error) {
	ds, err := p.Store.ClaimDeliveries(ctx, p.Now(), pumpLanes*8)
	for _, d := range ds {
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
	receipt, superseded, err := p.attempt(cctx, s, d)
	took := p.Now().Sub(start)
	reason := Reason("")
	switch {
	case superseded != "":
		out.State, out.Reason, out.CardID = DeliverySuperseded, superseded, 0
	case err == nil:
		out.State, out.Receipt = DeliverySent, receipt
	default:
		fail := SendFailure(err)
		reason = fail.Reason
		out.Reason, out.CardID = string(fail.Reason), 0
		out.State = DeliveryFailed
		if fail.Retry && out.Attempts < MaxAttempts {
			out.State, out.NextAt = DeliveryRetry, p.Now().Add(max(fail.After, retryAfter(out.Attempts)))
		}
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
	if err != nil {
		return Receipt{}, "", fmt.Errorf("card of update: %w", err)
	}
	if d.Slot != fmt.Sprint(c.Version) {
		return Receipt{}, "a newer face follows", nil
	}
	if c.Receipt.Ref == "" {
		// The card itself is still on its way; its own delivery comes first.
		return Receipt{}, "", &SendError{Reason: Down, Retry: true, After: time.Second, Err: fmt.Errorf("card not sent yet")}
	}
	u, ok := s.(Updater)
	if !ok || c.Receipt.AsText {
		return Receipt{}, "went out as text", nil
	}
	r, err := u.Update(ctx, d, c.Receipt)
	if err == nil || SendFailure(err).Reason != NoUpdate {
		return r, "", err
	}
	if len(d.Out.Card.Buttons) == 0 || d.Chat.Group {
		return Receipt{}, "the card cannot be changed any more", nil
	}
	d.Fresh = c.Version
	r, err = s.Send(ctx, d)
	return r, "", err
}

func (p *Pump) todo(ctx context.Context, s Sender, d Delivery) (Receipt, string, error) {
	t, ok := s.(Todos)
	if !ok {
		return Receipt{}, "the platform has no to-dos", nil
	}
	task, err := p.Store.CurrentTask(ctx, d.Out.Todo.TodoID)
	if err != nil {
		return Receipt{}, "", err
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

// record hands an outcome to the recorder; when that has ended, it is written at once, so that a stop loses none.
func (p *Pump) record(ctx context.Context, o Outcome) {
	select {
	case p.outcomes <- o:
	case <-ctx.Done():
		_ = p.write(context.WithoutCancel(ctx), []Outcome{o}) // logged; the claim lapses
	}
}

// recorder writes outcomes together: those that wait at the same moment in one transaction. While the store is away they
// wait here; should the process die meanwhile, the claims lapse and the deliveries, now of unknown outcome, are repeated
// with the platform's idempotency key.
func (p *Pump) recorder(ctx context.Context) {
	var batch []Outcome
	for {
		var again <-chan time.Time
		if len(batch) > 0 {
			again = time.After(recordAgain)
		}
		select {
		case <-ctx.Done():
			_ = p.write(context.WithoutCancel(ctx), p.waiting(batch, cap(p.outcomes)))
			return
		case o := <-p.outcomes:
			batch = p.waiting(append(batch, o), 128)
		case <-again:
		}
		if p.write(ctx, batch) {
			batch = nil
		}
	}
}

const recordAgain = 500 * time.Millisecond

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
	return true
}

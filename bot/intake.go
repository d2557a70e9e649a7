package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"salesflow/cards"
	"salesflow/store/sales"
)

// MaxEventID is the longest identity of an event, in bytes.
const MaxEventID = 190

// Turner is what Front needs of one transaction besides what handlers need.
type Turner interface {
	PostTx
	// Dialogue is the locked dialogue of the person the work is done for; SaveDialogue replaces it.
	Dialogue() sales.Dialogue
	SaveDialogue(d sales.Dialogue)
}

// Work is one unit done in one transaction with its inbox key.
type Work[T any] struct {
	// Event is whose identity is the inbox key; without an ID there is none (work of the scheduler).
	Event Event
	// Person is locked for the length of the work; 0 locks nobody.
	Person sales.PersonID
	// Pending says that the event's row waits in the inbox and is done by this work.
	Pending bool
	Do      func(ctx context.Context, tx T) error
	// Meanwhile, which may be nil, is called while the work waits for its transaction.
	Meanwhile func()
}

// Done is what a committed unit of work leaves to be done.
type Done struct {
	// Duplicate is true when the event was done before: nothing happened.
	Duplicate bool
	// Deliveries are queued and already claimed by this process.
	Deliveries []Delivery
	// Dues are the due rows written.
	Dues []sales.Due
}

// EventStore is what Front needs of the store.
type EventStore[T Turner] interface {
	Do(ctx context.Context, w Work[T]) (Done, error)
	// KeepPending keeps an event to be done when wait has passed, in a transaction of its own. An event that is known is no
	// error.
	KeepPending(ctx context.Context, ev Event, wait time.Duration) error
	// LiveCard is a card as it was last shown; NotFound when there is none.
	LiveCard(ctx context.Context, id sales.ID) (LiveCard, error)
	// Org is the organisation as of now, in a unit of work as of its transaction. RecentOrg may be a moment old, and costs
	// nothing.
	Org(ctx context.Context) (*sales.Org, error)
	RecentOrg(ctx context.Context) (*sales.Org, error)
}

// Front takes events from adapters, does them in one transaction each, and sees to it that an acknowledged event is never
// lost: what cannot be done in time waits in the inbox, and in the spool when the store is away.
type Front[T Turner] struct {
	Store  EventStore[T]
	Router *Router[T]
	Poster Poster
	Spool  *Spool
	Pump   *Pump
	Now    func() time.Time
	// Limit is how long a message may take, TapLimit a tap, whose answer travels in its acknowledgement.
	Limit, TapLimit time.Duration
	// Scheduled is told the due rows of a committed turn; Kicked that an event waits in the inbox.
	Scheduled func([]sales.Due)
	Kicked    func()
	// Changed is told that something was committed; it must not block.
	Changed func()
	// Hint is told that a platform's directory has changed.
	Hint func(ev Event)
	// Observe is told each event's outcome and how long it took, for metrics.
	Observe func(ev Event, outcome string, d time.Duration)

	mu      sync.Mutex
	settled time.Time // until when events wait for those of other replicas' spools
}

// Settle lets events wait for SettleTime from now, because some from the spool are being taken in, or because the store
// does not answer: other replicas then have events in their spools of which nobody here knows.
func (f *Front[T]) Settle() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.settled = f.Now().Add(SettleTime)
}

// Settling reports whether events go through the inbox, in which each sender's are done in order.
func (f *Front[T]) Settling() bool {
	_, settled := f.settling()
	return !settled
}

// settling is how long an event that comes now has to wait: it may come before others of its sender that lie in the spool
// of another replica. For orderTime after that it need not wait, but goes through the inbox, where those of a replica that
// was slower to find the store again are ahead of it.
func (f *Front[T]) settling() (wait time.Duration, settled bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	wait = min(f.settled.Sub(f.Now()), SettleTime)
	return max(wait, 0), wait <= -orderTime
}

// Outcomes of an event, as metrics and logs name them.
const (
	OutcomeDone      = "done"
	OutcomeDuplicate = "duplicate"
	OutcomePending   = "pending"
	OutcomeSpooled   = "spooled"
	OutcomeRefused   = "refused"
)

// Accept implements Intake.
func (f *Front[T]) Accept(ctx context.Context, ev Event) (Accepted, error) {
	start := f.Now()
	acc, outcome, err := f.accept(ctx, ev)
	took := f.Now().Sub(start)
	if f.Observe != nil {
		f.Observe(ev, outcome, took)
	}
	level := zerolog.InfoLevel
	if err != nil {
		level = zerolog.ErrorLevel
	}
	zerolog.Ctx(ctx).WithLevel(level).Err(err).Str("platform", string(ev.Platform)).Str("event_id", ev.ID).Str("kind", string(ev.Kind)).
		Dur("dur", took).Str("outcome", outcome).Msg("event")
	return acc, err
}

func (f *Front[T]) accept(ctx context.Context, ev Event) (Accepted, string, error) {
	if ev.ID == "" || len(ev.ID) > MaxEventID || ev.Platform == "" || ev.From == "" {
		return Accepted{}, OutcomeRefused, fmt.Errorf("event without identity")
	}
	if ev.Kind == Changed {
		if f.Hint != nil {
			f.Hint(ev)
		}
		return Accepted{}, OutcomeDone, nil
	}
	if f.Spool.Waiting() {
		// Later events must not overtake those that wait in the spool.
		if err := f.Spool.Append(ev); err != nil {
			return Accepted{}, OutcomeRefused, err
		}
		return Accepted{Later: true}, OutcomeSpooled, nil
	}
	if wait, settled := f.settling(); !settled {
		if f.keep(ctx, ev, wait) == nil {
			if wait == 0 && f.Kicked != nil {
				f.Kicked()
			}
			return Accepted{Later: true}, OutcomePending, nil
		}
		if err := f.Spool.Append(ev); err != nil { // the store is away again
			return Accepted{}, OutcomeRefused, err
		}
		return Accepted{Later: true}, OutcomeSpooled, nil
	}
	limit := f.Limit
	if ev.Kind == Tapped {
		limit = f.TapLimit
	}
	tctx, cancel := context.WithTimeout(ctx, limit)
	acc, dup, err := f.Process(tctx, ev, false)
	cancel()
	switch {
	case err == nil && dup:
		return acc, OutcomeDuplicate, nil
	case err == nil:
		return acc, OutcomeDone, nil
	}
	zerolog.Ctx(ctx).Warn().Err(err).Str("event_id", ev.ID).Msg("event put off")
	if f.keep(ctx, ev, 0) == nil {
		if f.Kicked != nil {
			f.Kicked()
		}
		return Accepted{Later: true}, OutcomePending, nil
	}
	if err := f.Spool.Append(ev); err != nil {
		return Accepted{}, OutcomeRefused, err
	}
	return Accepted{Later: true}, OutcomeSpooled, nil
}

// keep puts an event into the inbox, to be done after wait.
func (f *Front[T]) keep(ctx context.Context, ev Event, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return f.Store.KeepPending(ctx, ev, wait)
}

// Process does one event now. An error means that it was not done; a *sales.Error of a handler is no error here, the
// person was told.
func (f *Front[T]) Process(ctx context.Context, ev Event, pending bool) (accepted Accepted, duplicate bool, err error) {
	org, err := f.Store.RecentOrg(ctx)
	if err != nil {
		return Accepted{}, false, err
	}
	acc, done, err := f.do(ctx, org, ev, pending, f.Router.Dispatch)
	if errors.Is(err, errOtherPerson) {
		if org, err = f.Store.Org(ctx); err != nil {
			return Accepted{}, false, err
		}
		acc, done, err = f.do(ctx, org, ev, pending, f.Router.Dispatch)
	}
	if told := toTell(err); told != nil {
		// What the handler wrote before it refused has not happened; saying why is a unit of its own.
		acc, done, err = f.do(ctx, org, ev, pending, func(context.Context, Turn, T) (Reply, error) { return Text(told.Msg), nil })
	}
	if err != nil {
		return Accepted{}, false, err
	}
	if done.Duplicate {
		return f.again(ctx, ev), true, nil
	}
	f.Committed(done, acc.FaceDelivery)
	return acc, false, nil
}

// do does an event in one transaction, by handle, for the person whom org knows by the account. In the transaction the
// organisation is looked at again: what changed meanwhile counts. What the work leaves is only looked at when it was
// committed: after a time-out it may still be running.
func (f *Front[T]) do(ctx context.Context, org *sales.Org, ev Event, pending bool, handle HandlerFunc[T]) (Accepted, Done, error) {
	var acc Accepted
	person, _ := org.ByAccount(string(ev.Platform), string(ev.From))
	start := f.turnOf(org, person, ev)
	var meanwhile func()
	if start.Ahead = f.Router.ahead(ctx, start); start.Ahead != nil {
		meanwhile = func() { start.Ahead() }
	}
	done, err := f.Store.Do(ctx, Work[T]{
		Event: ev, Person: person.ID, Pending: pending, Meanwhile: meanwhile,
		Do: func(ctx context.Context, tx T) (err error) {
			now, err := f.Store.Org(ctx)
			if err != nil {
				return err
			}
			who, _ := now.ByAccount(string(ev.Platform), string(ev.From))
			if who.ID != person.ID {
				return errOtherPerson
			}
			t := start
			t.Org, t.Person, t.Dialogue = now, who, tx.Dialogue()
			acc, err = f.turn(ctx, tx, t, pending, handle)
			return err
		},
	})
	if err != nil {
		return Accepted{}, Done{}, err
	}
	return acc, done, nil
}

// refusedError is a handler's refusal, which undoes what it wrote and is told to the person.
type refusedError struct{ told *sales.Error }

func (e refusedError) Error() string { return e.told.Error() }
func (e refusedError) Unwrap() error { return e.told }

// toTell is the refusal to tell the person, nil when err is none: a handler's, or the store's when it cannot keep what
// was said. Other errors of the store are tried again.
func toTell(err error) *sales.Error {
	var refused refusedError
	if errors.As(err, &refused) {
		return refused.told
	}
	var known *sales.Error
	if errors.As(err, &known) && known.Kind == sales.Invalid && known.Msg != "" {
		return known
	}
	return nil
}

// errOtherPerson says that the account belongs to somebody else than the one who was locked.
var errOtherPerson = errors.New("the account has changed hands")

// again answers a repeated event: nothing happens, but a card tapped twice gets its live face back.
func (f *Front[T]) again(ctx context.Context, ev Event) Accepted {
	if ev.Tap == nil {
		return Accepted{}
	}
	c, err := f.Store.LiveCard(ctx, CardOf(ev.Tap.Card))
	if err != nil || !c.HeldBy(ev) {
		return Accepted{}
	}
	return Accepted{Face: &c.Face}
}

// Committed hands on what a committed unit of work left to be done. The delivery named by face is held until the adapter
// says whether it travelled in the acknowledgement.
func (f *Front[T]) Committed(done Done, face sales.ID) {
	f.Pump.Offer(done.Deliveries, face)
	if f.Scheduled != nil && len(done.Dues) > 0 {
		f.Scheduled(done.Dues)
	}
	if f.Changed != nil {
		f.Changed()
	}
}

// FaceSent implements Intake.
func (f *Front[T]) FaceSent(ctx context.Context, delivery sales.ID, ok bool) {
	f.Pump.FaceSent(ctx, delivery, ok)
}

func (f *Front[T]) turnOf(org *sales.Org, person sales.Person, ev Event) Turn {
	now := f.Now()
	return Turn{Event: ev, Now: now, Today: sales.DayOf(now), Person: person, Org: org}
}

func (f *Front[T]) turn(ctx context.Context, tx T, t Turn, pending bool, handle HandlerFunc[T]) (Accepted, error) {
	ev, now := t.Event, t.Now
	from := Origin{Event: ev, Person: t.Person.ID}
	if ev.Tap != nil {
		if id := CardOf(ev.Tap.Card); id != 0 {
			c, err := tx.CardByID(ctx, id)
			switch {
			case err == nil && !c.HeldBy(ev):
				// Somebody else's card: what it shows is not for this person, and who tapped is nothing to it.
			case err == nil:
				t.Card, from.Tapped = &c, id
			case sales.KindOf(err) != sales.NotFound:
				return Accepted{}, err
			}
		}
	}
	reply, err := handle(ctx, t, tx)
	var told *sales.Error
	if errors.As(err, &told) && told.Msg != "" && told.Kind != sales.Internal && told.Kind != sales.Unavailable {
		err = refusedError{told}
	}
	if err != nil {
		return Accepted{}, err
	}
	f.saveDialogue(tx, t, reply)
	reply = f.steer(t, reply)
	if pending && t.Card != nil && !showsFace(reply, t.Card.Key) {
		reply.Faces = append(reply.Faces, t.Card.Face) // it shows 处理中 since the tap
	}
	acc, err := f.Poster.Post(ctx, tx, t.Org, now, from, reply)
	if acc.FaceDelivery == 0 && t.Card != nil && ev.Route.Code != "" && ev.Route.Until.After(now) {
		tx.KeepTapCode(t.Card.ID, ev.Route.Code, ev.Route.Until)
	}
	if err == nil && acc.Face == nil && t.Card != nil {
		face := t.Card.Face
		acc.Face = &face // nothing changed: an acknowledgement that carries the live face corrects a stale copy
	}
	return acc, err
}

func (f *Front[T]) saveDialogue(tx T, t Turn, reply Reply) {
	if t.Person.ID == 0 {
		return
	}
	d := t.Dialogue
	if reply.Dialogue != nil {
		d = *reply.Dialogue
	}
	d.PersonID = t.Person.ID
	d.Platform = string(t.Event.Platform)
	if reply.Dialogue == nil && d.Platform == t.Dialogue.Platform {
		return
	}
	tx.SaveDialogue(d)
}

func showsFace(r Reply, key string) bool {
	return slices.ContainsFunc(r.Faces, func(c cards.Card) bool { return c.Key == key })
}

// steer sends answers to taps in a group to the one who tapped, so that the group is not told who tapped in vain.
func (f *Front[T]) steer(t Turn, reply Reply) Reply {
	if t.Event.Kind != Tapped || !t.InGroup() || t.Person.ID == 0 {
		return reply
	}
	for i, s := range reply.Say {
		if s.Chat == nil && len(s.To) == 0 && s.Out.Card == nil && s.Out.File == nil {
			reply.Say[i].To = []sales.PersonID{t.Person.ID}
		}
	}
	return reply
}

// Working is the face a tapped card shows while its event waits to be done.
func Working(c cards.Card) cards.Card {
	c.Buttons, c.Input, c.Choice, c.Closed = nil, nil, nil, "处理中"
	return c
}

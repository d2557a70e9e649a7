package scheduler

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// DigestTx is what gathering needs of one transaction.
type DigestTx interface {
	bot.PostTx
	bot.AwayTx
	WaitingPushes(ctx context.Context, person sales.PersonID, until sales.Instant) ([]bot.Delivery, error)
	PushedSince(ctx context.Context, person sales.PersonID, since sales.Instant) (int, error)
	ReleasePush(d bot.Delivery)
	KeepPush(d bot.Delivery, until sales.Instant)
	TellPush(d bot.Delivery, at sales.Instant)
	DropPush(d bot.Delivery, at sales.Instant, reason string)
	TodoByID(ctx context.Context, id sales.ID) (sales.Todo, error)
	Schedule(d sales.Due)
}

// Freshen says what a push that waited says by now; done is true when there is no reason to say it any more.
type Freshen func(ctx context.Context, m Moment, d bot.Delivery) (out bot.Outgoing, done bool, err error)

// Digests gather what waits for a person, because of quiet hours or because too much was pushed to them, into one message.
type Digests struct {
	Calendar *sales.Calendar
	// Limit is how many pushes one person gets within an hour, 0 for any number.
	Limit int
	// HoldFor is until when a person must be left in peace; nil is the calendar's quiet hours for everybody.
	HoldFor func(org *sales.Org, person sales.PersonID, now time.Time) time.Time
	// Rules say what their texts say by then; nil: they stay as they were.
	Rules *Rules
}

// RegisterDigests registers the gathering.
func RegisterDigests[T interface {
	DueTx
	DigestTx
	RuleTx
}](e *Engine[T], g Digests) {
	e.Handle(bot.DuePushDigest, func(ctx context.Context, m Moment, tx T) (Decision, error) {
		return g.Gather(ctx, m, tx, g.Rules.freshen(tx))
	})
}

// laterCards is how long cards that find no room within the hour wait for the next look.
const laterCards = 15 * time.Minute

// heldPush is what waits for a person.
type heldPush struct {
	d    bot.Delivery
	card bool // it asks for a decision: it comes as a card all the same
	done bool // what it was about is finished
}

// Gather sends what waits for a person: one thing as it is; several as a message with a line for each, and after it the
// cards that ask for a decision, as many as the hour has room for. What was finished meanwhile is only counted.
func (g Digests) Gather(ctx context.Context, m Moment, tx DigestTx, fresh Freshen) (Decision, error) {
	person := sales.PersonID(m.Due.SubjectID)
	list, err := tx.WaitingPushes(ctx, person, sales.At(m.Now))
	if err != nil {
		return Decision{}, err
	}
	switch {
	case len(list) == 0:
		return Decision{Reason: "nothing waits"}, nil
	case !here(m, person):
		for _, d := range list {
			tx.DropPush(d, sales.At(m.Now), "the person has left")
		}
		return Decision{Reason: "has left"}, nil
	case g.hold(m, person).After(m.Now):
		at := g.hold(m, person)
		for _, d := range list {
			tx.KeepPush(d, sales.At(at))
		}
		return Decision{Reason: "quiet", Again: at}, nil
	}
	if dec, gone, err := g.away(ctx, m, tx, person, list); err != nil || gone {
		return dec, err
	}
	waits := make([]heldPush, len(list))
	for i, d := range list {
		if waits[i], err = g.look(ctx, tx, d); err != nil {
			return Decision{}, err
		}
		if d.CardID == 0 && !waits[i].done {
			if waits[i].d.Out, waits[i].done, err = fresh(ctx, m, d); err != nil {
				return Decision{}, err
			}
		}
	}
	if len(waits) == 1 && !waits[0].done {
		tx.ReleasePush(waits[0].d)
		return Decision{Reason: "one alone"}, nil
	}
	return g.tell(ctx, m, tx, person, waits)
}

// hold is until when nothing that is gathered comes to a person; the zero time: it comes now.
func (g Digests) hold(m Moment, person sales.PersonID) time.Time {
	if g.HoldFor != nil {
		return g.HoldFor(m.Org, person, m.Now)
	}
	if g.Calendar.Quiet(m.Now) {
		return g.Calendar.NextAllowed(m.Now)
	}
	return time.Time{}
}

// away keeps what waits for somebody who is away for their return.
func (g Digests) away(ctx context.Context, m Moment, tx DigestTx, person sales.PersonID, list []bot.Delivery) (Decision, bool, error) {
	away, err := awayNow(ctx, tx, person, m.Now)
	if err != nil || away == "" {
		return Decision{}, false, err
	}
	for _, d := range list {
		tx.HoldPush(sales.HeldPush{ID: tx.NewID(), PersonID: person, Subject: clip(d.Subject, 60), Line: bot.PushLine(d.Out), HeldAt: sales.At(m.Now)})
		tx.DropPush(d, sales.At(m.Now), away)
	}
	return Decision{Reason: away}, true, nil
}

// clip cuts a text to n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// look reads a push as it is now: a card with its newest face.
func (g Digests) look(ctx context.Context, tx DigestTx, d bot.Delivery) (heldPush, error) {
	w := heldPush{d: d}
	if d.CardID != 0 {
		c, err := tx.CardByID(ctx, d.CardID)
		switch {
		case sales.KindOf(err) == sales.NotFound && err != nil:
		case err != nil:
			return w, err
		default:
			w.d.Out.Card = &c.Face
			w.done = c.State != bot.CardLive || c.Face.Closed != "" && len(c.Face.Buttons) == 0
		}
	}
	if id, ok := strings.CutPrefix(d.Subject, "todo:"); ok {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return w, nil
		}
		todo, err := tx.TodoByID(ctx, sales.ID(n))
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return w, err
		}
		w.done = w.done || err != nil || todo.State != sales.TodoOpen
	}
	w.card = w.d.Out.Card != nil && w.d.Out.Card.Decides()
	return w, nil
}

// tell makes the digest.
func (g Digests) tell(ctx context.Context, m Moment, tx DigestTx, person sales.PersonID, waits []heldPush) (Decision, error) {
	room, err := g.room(ctx, m, tx, person)
	if err != nil {
		return Decision{}, err
	}
	v := view.Digest{Limit: g.Limit, Since: waits[0].d.QueuedAt, Now: m.Now, Quiet: g.Calendar.Quiet(waits[0].d.QueuedAt)}
	kept := time.Time{}
	for _, w := range waits {
		switch {
		case w.done:
			v.Done++
			tx.DropPush(w.d, sales.At(m.Now), "finished meanwhile")
		case w.card && v.Cards < room:
			v.Cards++
			tx.ReleasePush(w.d)
			v.Lines = append(v.Lines, view.DigestLine{Text: bot.PushLine(w.d.Out), Card: true})
		case w.card:
			kept = m.Now.Add(laterCards)
			tx.KeepPush(w.d, sales.At(kept))
			v.Later++
		default:
			v.Told++
			tx.TellPush(w.d, sales.At(m.Now))
			v.Lines = append(v.Lines, view.DigestLine{Text: bot.PushLine(w.d.Out), Typed: typed(w.d.Out.Card), No: v.Told})
		}
	}
	dec := Decision{Reason: fmt.Sprintf("told %d, cards %d, later %d, finished %d", v.Told, v.Cards, v.Later, v.Done)}
	if !kept.IsZero() {
		tx.Schedule(sales.Due{
			ID: tx.NewID(), Kind: bot.DuePushDigest, SubjectKind: "person", SubjectID: sales.ID(person), Slot: strconv.FormatInt(kept.Unix()/60, 10),
			DueAt: sales.At(kept), State: sales.DuePending,
		})
	}
	if len(v.Lines) == 0 {
		return dec, nil
	}
	dec.Reply.Say = []bot.Say{{
		To: []sales.PersonID{person}, Subject: "digest:" + person.String(), Kind: bot.DeliverPush, Slot: m.Due.Slot + ":" + m.Due.ID.String() + ":" + strconv.FormatInt(m.Now.Unix(), 36),
		Urgent: true, // it is what the brake and quiet hours let through
		Out:    bot.Outgoing{Text: view.DigestText(v)},
	}}
	return dec, nil
}

// room is how many cards may follow the digest within the hour.
func (g Digests) room(ctx context.Context, m Moment, tx DigestTx, person sales.PersonID) (int, error) {
	const most = 50
	if g.Limit <= 0 {
		return most, nil
	}
	n, err := tx.PushedSince(ctx, person, sales.At(m.Now.Add(-time.Hour)))
	return min(max(g.Limit-n-1, 0), most), err
}

// typed is the message that does what a card's first button does; empty for none.
func typed(c *cards.Card) string {
	if c == nil {
		return ""
	}
	for _, b := range c.Buttons {
		if b.Typed != "" {
			return b.Typed
		}
	}
	return ""
}

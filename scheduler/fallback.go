package scheduler

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/store/sales"
)

// FallbackTx is what finding another channel needs of one transaction.
type FallbackTx interface {
	bot.PostTx
	PushByID(ctx context.Context, delivery sales.ID) (bot.PushRecord, error)
	PushesOf(ctx context.Context, subject string) ([]bot.PushRecord, error)
	MovePush(delivery sales.ID, reason string)
	Emit(e sales.DomainEvent)
}

// Fallback finds another channel for a push that did not arrive, waits for too long, or was not read: another platform of
// the person, then what lies beyond the chats. Each step is a delivery of its own.
type Fallback struct {
	Calendar *sales.Calendar
	// Chats are the platforms that are configured, Beyond the channels outside the chats, each in the order they are tried.
	Chats, Beyond []bot.Platform
	// Rules say what their texts say by then; nil: they stay as they were.
	Rules *Rules
}

// RegisterFallback registers the search.
func RegisterFallback[T interface {
	DueTx
	FallbackTx
	RuleTx
}](e *Engine[T], f Fallback) {
	e.Handle(bot.DuePushFall, func(ctx context.Context, m Moment, tx T) (Decision, error) {
		return f.Fall(ctx, m, tx, f.Rules.freshen(tx))
	})
}

// Fall sends a push through the next channel to each of its people whom it did not reach.
func (f Fallback) Fall(ctx context.Context, m Moment, tx FallbackTx, fresh Freshen) (Decision, error) {
	rec, err := tx.PushByID(ctx, m.Due.SubjectID)
	if sales.KindOf(err) == sales.NotFound {
		return Decision{Reason: "to nobody of ours, or gone"}, nil
	}
	if err != nil {
		return Decision{}, err
	}
	why := m.Due.Slot
	if why == bot.FallLate && rec.State != bot.DeliveryRetry {
		return Decision{Reason: "it went since"}, nil
	}
	if m.Now.Sub(rec.QueuedAt) > maxFall {
		return Decision{Reason: "too old to matter"}, nil
	}
	out, done, err := f.content(ctx, tx, rec)
	if err == nil && rec.CardID == 0 {
		out, done, err = fresh(ctx, m, bot.Delivery{Subject: rec.Subject, Slot: baseSlot(rec.Slot), Out: rec.Out})
	}
	if err != nil || done {
		return Decision{Reason: "finished meanwhile"}, err
	}
	if f.Calendar.Quiet(m.Now) && !f.Calendar.Quiet(rec.QueuedAt) { // what was sent in quiet hours was urgent
		return Decision{Reason: "quiet", Again: f.Calendar.NextAllowed(m.Now)}, nil
	}
	before, err := tx.PushesOf(ctx, rec.Subject)
	if err != nil {
		return Decision{}, err
	}
	var dec Decision
	var steps []string
	moved := true
	for _, to := range rec.To {
		if !missed(to, why) {
			continue
		}
		via, ok := f.next(m.Org, to.Person, rec, before)
		if !ok {
			moved = false
			steps = append(steps, "no channel left")
			f.unreachable(ctx, m, tx, rec, to.Person, why)
			continue
		}
		steps = append(steps, string(via))
		dec.Reply.Say = append(dec.Reply.Say, bot.Say{
			To: []sales.PersonID{to.Person}, Subject: rec.Subject, Kind: bot.DeliverPush, Slot: fallSlot(rec.Slot, via), Urgent: true, Back: true,
			Via: via, Out: out,
		})
	}
	if why == bot.FallLate && moved && len(steps) > 0 {
		tx.MovePush(rec.ID, "goes by "+strings.Join(steps, ", "))
	}
	dec.Reason = why + ": " + strings.Join(steps, ", ")
	return dec, nil
}

// maxFall is how old a push may be that is still sent elsewhere.
const maxFall = 3 * 24 * time.Hour

// content is what is sent elsewhere: a card as it is now. done says that there is nothing to say any more.
func (f Fallback) content(ctx context.Context, tx FallbackTx, rec bot.PushRecord) (out bot.Outgoing, done bool, err error) {
	out = rec.Out
	if rec.CardID == 0 {
		return out, false, nil
	}
	c, err := tx.CardByID(ctx, rec.CardID)
	if sales.KindOf(err) == sales.NotFound && err != nil {
		return out, false, nil
	}
	if err != nil {
		return out, false, err
	}
	out.Card = &c.Face
	return out, c.State != bot.CardLive || c.Face.Closed != "" && len(c.Face.Buttons) == 0, nil
}

// missed reports whether a push did not do for one of its people.
func missed(to bot.PushTo, why string) bool {
	switch why {
	case bot.FallUnread:
		return to.ReadAt.IsZero()
	case bot.FallLate:
		return to.State == bot.PushNow
	}
	return to.State == bot.PushMissed
}

// next is the first channel of a person on which this was not tried.
func (f Fallback) next(org *sales.Org, person sales.PersonID, rec bot.PushRecord, before []bot.PushRecord) (bot.Platform, bool) {
	tried := []bot.Platform{rec.Platform}
	for _, b := range before {
		if baseSlot(b.Slot) == baseSlot(rec.Slot) && slices.ContainsFunc(b.To, func(t bot.PushTo) bool { return t.Person == person }) {
			tried = append(tried, b.Platform)
		}
	}
	for _, via := range slices.Concat(f.Chats, f.Beyond) {
		if _, err := bot.AddressOf(org, person, via); err == nil && !slices.Contains(tried, via) {
			return via, true
		}
	}
	return "", false
}

// fallMark parts the slot of a push from the channel it is tried on again.
const fallMark = "~"

func baseSlot(slot string) string {
	base, _, _ := strings.Cut(slot, fallMark)
	return base
}

func fallSlot(slot string, via bot.Platform) string {
	return clip(baseSlot(slot), 150) + fallMark + string(via)
}

// unreachable says for the rules that nothing reaches a person.
func (f Fallback) unreachable(ctx context.Context, m Moment, tx FallbackTx, rec bot.PushRecord, person sales.PersonID, why string) {
	if why == bot.FallUnread {
		return // it did arrive
	}
	zerolog.Ctx(ctx).Warn().Str("delivery", rec.ID.String()).Str("person", person.String()).Msg("no channel is left for a push")
	data, err := json.Marshal(map[string]string{"subject": rec.Subject, "platform": string(rec.Platform), "reason": rec.Reason})
	if err != nil {
		data = []byte("{}")
	}
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(m.Now), Kind: "push.unreachable", SubjectKind: "person", SubjectID: sales.ID(person), PersonID: person, Data: string(data),
	})
}

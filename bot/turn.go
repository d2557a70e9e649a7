package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Turn is one turn of a dialogue: what happened, who did it, and where bot and person stand.
type Turn struct {
	Event  Event
	Now    time.Time
	Today  sales.Day
	Person sales.Person
	// Org is the organisation as of this turn.
	Org *sales.Org
	// Dialogue is the person's dialogue, whose row is locked for the length of the turn.
	Dialogue sales.Dialogue
	// Command and Args are the recognised command and the rest of the text; Command is empty for free text and taps.
	Command string
	Args    string
	// Text is the whole text, trimmed, without the mention of the bot.
	Text string
	// Action and Input are a tapped button and what was typed or chosen with it. Card is the tapped card as it was last
	// shown, nil when it is not known any more, or not the sender's to see.
	Action cards.Action
	Input  map[string]string
	Card   *LiveCard
	// Ahead gives what Router.Ahead made of the turn; nil when nobody asked it.
	Ahead func() any
}

// InGroup reports whether others read along: then less is shown.
func (t Turn) InGroup() bool { return t.Event.Chat.Group }

// maxWait is how long what was said may have waited to be understood as of the moment when it was said.
const maxWait = 7 * 24 * time.Hour

// Said is when the person said it, by the platform's clock: what was said before an outage and is done after it means the
// days and times of then. It is never later than Now.
func (t Turn) Said() time.Time {
	if at := t.Event.At; !at.IsZero() && at.Before(t.Now) && t.Now.Sub(at) < maxWait {
		return at
	}
	return t.Now
}

// HandlerFunc takes one turn of a dialogue and returns what to say. It reads and writes through tx, whose writes happen
// when it returns without error, together with the inbox key and the reply. It never sends. It may be called again for
// the same event when the transaction has to be repeated, so it must not have effects outside tx.
// A *sales.Error is told to the person; any other error is logged and the person is given the event's id to quote.
type HandlerFunc[T any] func(ctx context.Context, t Turn, tx T) (Reply, error)

// Reply is what a handler wants said and shown.
type Reply struct {
	// Say are the messages, in order. A message without a destination goes to the chat of the event.
	Say []Say
	// Faces are new faces of cards by their Key: every live copy changes; where there is none nothing happens. When the
	// tapped card is among them its face travels in the acknowledgement.
	Faces []cards.Card
	// Dialogue, when set, replaces the person's dialogue state.
	Dialogue *sales.Dialogue
}

// Say is one message to people or to a chat.
type Say struct {
	// To are the people, each in the single chat on the platform where they are. Chat is a chat. With neither, it goes
	// to where the event came from.
	To   []sales.PersonID
	Chat *Chat
	Out  Outgoing
	// Subject names the record it is about ("contract:123"), Kind is Deliver…, Slot tells several of a kind apart. Left
	// empty they are filled in for a reply.
	Subject string
	Kind    string
	Slot    string
	// Push marks what the clock or another person caused: it waits in quiet hours unless Urgent.
	Push   bool
	Urgent bool
	// Prompt marks a push that belongs to its moment (日报, 晨报): quiet hours hold it, the brake does not.
	Prompt bool
	// Timely marks a push that means something only now (提醒 an hour ahead): it does not wait to come together with others.
	Timely bool
	// Pass marks a push that cannot wait for somebody who is away: their deputy gets it. Back marks one that is sent to
	// them nevertheless.
	Pass, Back bool
	// Via is the one channel it must go through: a platform, Mail or SMS; empty is the chat each person is in. Outside
	// the chats, Address names receivers beside To, such as a customer's mail address.
	Via     Platform
	Address []string
}

// Text is a reply of one text.
func Text(s string) Reply { return Reply{Say: []Say{{Out: Outgoing{Text: s}}}} }

// ShowCard is a reply of one card.
func ShowCard(c cards.Card) Reply { return Reply{Say: []Say{{Out: Outgoing{Card: &c}}}} }

// And appends what another reply says and shows; the other's dialogue wins when it has one.
func (r Reply) And(o Reply) Reply {
	r.Say = append(r.Say, o.Say...)
	r.Faces = append(r.Faces, o.Faces...)
	if o.Dialogue != nil {
		r.Dialogue = o.Dialogue
	}
	return r
}

// LiveCard is a card that was sent and can change (活卡): one row for each card and platform.
type LiveCard struct {
	ID       sales.ID
	Key      string
	Platform Platform
	Users    []UserID
	Chat     Chat
	// Face is what it shows now, Version counts its faces from 1.
	Face    cards.Card
	Version int64
	Receipt Receipt
	// State is "live", or "gone" when it was replaced or can no longer change.
	State  string
	SentAt time.Time
	// Waits says that the card is not out because it is held for a digest, or was told there as a line.
	Waits bool
	// TapCode is the one-time code of a tap that was not spent on a new face; until TapUntil it allows one change
	// without a tap.
	TapCode  string
	TapUntil time.Time
}

// HeldBy reports whether the sender of an event may be shown the card: one of those it was sent to, or somebody in the
// group it hangs in. Where a platform does not say in which chat was tapped, a group's card passes: it shows what a group
// may see. The reference of a card comes back from a client, and so do the references of others' cards.
func (c LiveCard) HeldBy(ev Event) bool {
	switch {
	case c.Platform != ev.Platform:
		return false
	case len(c.Users) > 0:
		return slices.ContainsFunc(c.Users, func(u UserID) bool { return strings.EqualFold(string(u), string(ev.From)) })
	case c.Chat.Group:
		return !ev.Chat.Group || ev.Chat.ID == c.Chat.ID
	}
	return strings.EqualFold(string(c.Chat.ID), string(ev.From))
}

// Card states.
const (
	CardLive = "live"
	CardGone = "gone"
)

// CardRef is the platform reference (WeCom task_id, DingTalk outTrackId) of a card of ours. A card that had to be sent
// afresh has a new reference each time: fresh is the version of its face then, 0 the first time.
func CardRef(id sales.ID, fresh int64) string {
	ref := "sf" + strconv.FormatInt(int64(id), 36)
	if fresh > 0 {
		ref += "-" + strconv.FormatInt(fresh, 36)
	}
	return ref
}

// CardOf reads the card's id from what CardRef wrote; 0 for anything else.
func CardOf(ref string) sales.ID {
	s, ok := strings.CutPrefix(ref, "sf")
	if !ok {
		return 0
	}
	s, _, _ = strings.Cut(s, "-")
	id, err := strconv.ParseInt(s, 36, 64)
	if err != nil || id < 0 {
		return 0
	}
	return sales.ID(id)
}

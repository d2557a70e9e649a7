package bot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"salesflow/store/sales"
)

// Channels outside the chats. They are platforms as far as deliveries go: a row of the outbox with a sender of its own,
// whose receivers are addresses.
const (
	ViaMail Platform = "mail"
	ViaSMS  Platform = "sms"
	ViaHook Platform = "webhook"
)

// Outside reports whether a platform is no chat: nothing is heard from there, and no card changes there.
func (p Platform) Outside() bool { return p == ViaMail || p == ViaSMS || p == ViaHook }

// Mail is an e-mail. An Outgoing with a text or a card goes out by mail too: then its first line is the subject.
type Mail struct {
	Subject string `json:"subject"`
	Text    string `json:"text"`
	Files   []File `json:"files,omitempty"`
}

// Hook is an event for another system, sent to a target of the configuration. ID is the same at every attempt.
type Hook struct {
	ID    string    `json:"id"`
	Event string    `json:"event"`
	At    time.Time `json:"at"`
	// SubjectKind and SubjectID name the record, PersonID who did it; 0 for nobody.
	SubjectKind string          `json:"subject_kind,omitempty"`
	SubjectID   sales.ID        `json:"subject_id,omitempty"`
	PersonID    sales.PersonID  `json:"person_id,omitempty"`
	Data        json.RawMessage `json:"data,omitempty"`
}

// Look asks whether a push was read. Receipt is what the platform said of it.
type Look struct {
	Delivery sales.ID `json:"delivery"`
	Receipt  Receipt  `json:"receipt"`
}

// Looked is who has read the push of a Look by now; Told is false when the platform would not say.
type Looked struct {
	Delivery sales.ID
	Of, Read []UserID
	Told     bool
}

// ReadTeller is implemented by platforms that tell who has read a message. It is asked once for each push, some time
// after it was sent. r is its receipt.
type ReadTeller interface {
	ReadBy(ctx context.Context, users []UserID, r Receipt) (read []UserID, err error)
}

// isPush reports whether a delivery pushes something to people.
func isPush(d Delivery) bool {
	return (d.Kind == DeliverPush || d.Kind == DeliverCard) && len(d.Users) > 0 && d.Out.Todo == nil
}

// askLater sees to it that a card which asks something of one person is looked after, where the platform tells what was
// read. A card of several has a message for each, of which the receipt names one.
func (p *Pump) askLater(o *Outcome, s Sender, d Delivery) {
	if _, ok := s.(ReadTeller); !ok || p.UnreadAfter <= 0 || !o.Push || d.Out.Card == nil || len(d.Out.Card.Buttons) == 0 ||
		len(d.Users) != 1 || o.Receipt.Message == "" {
		return
	}
	o.LookAt = p.Now().Add(p.UnreadAfter)
	o.Look = &Delivery{
		Subject: d.Subject, Kind: DeliverLook, Slot: d.ID.String(), Recipient: d.Recipient, Platform: d.Platform, Users: d.Users, Chat: d.Chat,
		Out: Outgoing{Look: &Look{Delivery: d.ID, Receipt: o.Receipt}},
	}
}

// look asks whether a push was read. It is asked once: an answer that does not come is none.
func (p *Pump) look(ctx context.Context, s Sender, d Delivery, out Outcome) Outcome {
	out.State, out.Looked = DeliverySent, &Looked{Delivery: d.Out.Look.Delivery, Of: d.Users}
	t, ok := s.(ReadTeller)
	if !ok {
		out.Reason = "the platform does not tell"
		return out
	}
	read, err := t.ReadBy(ctx, d.Users, d.Out.Look.Receipt)
	if err != nil {
		zerolog.Ctx(ctx).Warn().Err(err).Str("delivery", d.ID.String()).Msg("ask whether a push was read")
		out.Reason = string(SendFailure(err).Reason)
		return out
	}
	out.Looked.Read, out.Looked.Told = read, true
	return out
}

// Kinds of due rows about deliveries.
const (
	// DuePushDigest gathers what waits for a person; its subject is the person, its slot the minute.
	DuePushDigest = "push.digest"
	// DueMailBounced looks at a mail to somebody outside the company that failed for good; its subject is the delivery.
	DueMailBounced = "mail.bounced"
	// DuePushFall looks for another channel; its subject is the delivery ("delivery"), its slot why (Fall…).
	DuePushFall = "push.fall"
)

// Why another channel is looked for.
const (
	FallFailed = "failed" // it failed for good, for all or some of its people
	FallLate   = "late"   // it waits for its platform for too long
	FallUnread = "unread" // it was not read in time
)

// States of a push to a person.
const (
	PushNow    = "now"
	PushHeld   = "held"
	PushTold   = "told"
	PushMissed = "missed"
	PushEnded  = "ended"
)

// PushTo is what became of a push for one of its people.
type PushTo struct {
	Person  sales.PersonID
	Account UserID
	State   string
	At      time.Time
	ReadAt  time.Time
}

// PushRecord is a push with what became of it.
type PushRecord struct {
	Delivery
	State  string // of the delivery
	Reason string
	DoneAt time.Time
	To     []PushTo
}

// errNoAddress says that somebody cannot be reached through a channel.
var errNoAddress = errors.New("no address")

// AddressOf is where a person is reached through a channel: their account on a platform, their mail address or phone.
func AddressOf(org *sales.Org, person sales.PersonID, via Platform) (UserID, error) {
	p, ok := org.Person(person)
	switch {
	case !ok || !p.Active:
	case via == ViaMail && p.Mail != "":
		return UserID(p.Mail), nil
	case via == ViaSMS && p.Phone != "":
		return UserID(p.Phone), nil
	case !via.Outside():
		ids := org.Identities(person)
		if i := slices.IndexFunc(ids, func(id sales.Identity) bool { return id.Platform == string(via) }); i >= 0 {
			return UserID(ids[i].UserID), nil
		}
	}
	return "", errNoAddress
}

// RecipientOf is the canonical name of who gets a delivery.
func RecipientOf(platform Platform, users []UserID, chat Chat) string {
	return recipient(platform, users, chat)
}

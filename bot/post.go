package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// PostTx is what turning replies into deliveries needs of the store.
type PostTx interface {
	NewID() sales.ID
	// LiveCards lists the live copies of a card, one for each platform and set of recipients.
	LiveCards(ctx context.Context, key string) ([]LiveCard, error)
	CardByID(ctx context.Context, id sales.ID) (LiveCard, error)
	// DialogueOf reads a person's dialogue, which knows the platform they last wrote from.
	DialogueOf(ctx context.Context, person sales.PersonID) (sales.Dialogue, error)
	// PutCard creates a card row or changes its face, version and state; the receipt is the pump's to write.
	PutCard(c LiveCard)
	// KeepTapCode keeps the one-time code of a tap that changed nothing, for a later change of the card.
	KeepTapCode(card sales.ID, code string, until time.Time)
	// AddDelivery queues a delivery. One with the same (Subject, Kind, Slot, Recipient) is already queued: nothing happens.
	// Not before notBefore, when that is set.
	AddDelivery(d Delivery, notBefore time.Time)
}

// Poster turns what handlers and the scheduler want said into deliveries: it finds the platform and account of each
// person, joins those who get the same thing on one platform into one call, and keeps one live card per key.
type Poster struct {
	// Hold gives the moment until which a push that is not urgent must wait; zero when it may go now.
	Hold func(now time.Time) time.Time
	// HoldFor is Hold for one person, whose region may have days and hours of its own; nil is Hold for everybody.
	HoldFor func(org *sales.Org, person sales.PersonID, now time.Time) time.Time
	// Together is when what is not pressing comes to a person all at once, as they asked for; the zero time: each by itself. Nil
	// is nobody has asked.
	Together func(org *sales.Org, person sales.PersonID, now time.Time) time.Time
	// Todos reports whether a platform has to-dos of its own; nil: all do. Elsewhere ours are enough.
	Todos func(p Platform) bool
	// Beyond are the channels outside the chats that there are, in the order in which somebody without an account on any
	// platform is looked for.
	Beyond []Platform
}

// Origin is the event a reply answers; the zero Origin is the scheduler's.
type Origin struct {
	Event  Event
	Person sales.PersonID
	// Tapped is the card that was tapped, 0 when none was.
	Tapped sales.ID
}

// Post queues deliveries for a reply. It returns the face and delivery for the tapped card, which the adapter may carry
// in its acknowledgement.
func (p Poster) Post(ctx context.Context, tx PostTx, org *sales.Org, now time.Time, from Origin, r Reply) (Accepted, error) {
	var acc Accepted
	for _, face := range r.Faces {
		a, err := p.refresh(ctx, tx, from, face)
		if err != nil {
			return acc, err
		}
		if a.Face != nil {
			acc = a
		}
	}
	for i, s := range r.Say {
		if s.Subject == "" {
			s.Subject = "event:" + string(from.Event.Platform) + ":" + from.Event.ID
		}
		if s.Slot == "" {
			s.Slot = fmt.Sprint(i)
		}
		if err := p.say(ctx, tx, org, now, from, s); err != nil {
			return acc, err
		}
	}
	return acc, nil
}

func (p Poster) refresh(ctx context.Context, tx PostTx, from Origin, face cards.Card) (Accepted, error) {
	var acc Accepted
	live, err := tx.LiveCards(ctx, face.Key)
	if err != nil {
		return acc, err
	}
	for _, c := range live {
		c.Face, c.Version = face, c.Version+1
		tx.PutCard(c)
		d := Delivery{
			ID: tx.NewID(), Subject: "card:" + c.ID.String(), Kind: DeliverUpdate, Slot: fmt.Sprint(c.Version),
			Recipient: recipient(c.Platform, c.Users, c.Chat), Platform: c.Platform, Users: c.Users, Chat: c.Chat,
			Out: Outgoing{Card: &face}, CardID: c.ID,
		}
		if c.ID == from.Tapped {
			d.Route = from.Event.Route
			acc = Accepted{Face: &face, FaceDelivery: d.ID}
		}
		tx.AddDelivery(d, time.Time{})
	}
	return acc, nil
}

func (p Poster) say(ctx context.Context, tx PostTx, org *sales.Org, now time.Time, from Origin, s Say) error {
	kind, hold := s.Kind, time.Time{}
	if kind == "" {
		kind = DeliverReply
		if s.Push {
			kind = DeliverPush
		}
	}
	if s.Push && !s.Urgent && p.Hold != nil {
		parts := p.holds(org, s, now)
		if len(parts) > 1 {
			for _, part := range parts {
				one := s
				one.To = part.people
				if err := p.sayAt(ctx, tx, org, now, from, one, kind, part.until); err != nil {
					return err
				}
			}
			return nil
		}
		hold = parts[0].until
	}
	return p.sayAt(ctx, tx, org, now, from, s, kind, hold)
}

// pressing reports whether a push belongs to its moment, or asks for a decision that others wait for.
func pressing(s Say) bool {
	if s.Urgent || s.Prompt || s.Out.Todo != nil {
		return true
	}
	return s.Out.Card != nil && s.Out.Card.Decides()
}

// held are those of a message who must wait until the same moment; the zero time is not at all.
type held struct {
	until  time.Time
	people []sales.PersonID
}

// holds parts those a message goes to by how long they must wait for it. There is always one part.
func (p Poster) holds(org *sales.Org, s Say, now time.Time) []held {
	if p.HoldFor == nil || len(s.To) == 0 {
		return []held{{p.Hold(now), s.To}}
	}
	var out []held
	for _, person := range s.To {
		until := p.HoldFor(org, person, now)
		if p.Together != nil && !pressing(s) {
			if at := p.Together(org, person, now); at.After(until) {
				until = at
			}
		}
		i := slices.IndexFunc(out, func(h held) bool { return h.until.Equal(until) })
		if i < 0 {
			out = append(out, held{until: until})
			i = len(out) - 1
		}
		out[i].people = append(out[i].people, person)
	}
	return out
}

// sayAt is say with the moment until which what is said is held back.
func (p Poster) sayAt(ctx context.Context, tx PostTx, org *sales.Org, now time.Time, from Origin, s Say, kind string, hold time.Time) error {
	at := now
	if hold.After(at) {
		at = hold
	}
	people := len(s.To)
	instead, err := p.away(ctx, tx, org, now, at, &s)
	if err != nil {
		return err
	}
	for _, other := range instead {
		if err := p.say(ctx, tx, org, now, from, other); err != nil {
			return err
		}
	}
	if people > 0 && len(s.To) == 0 {
		return nil
	}
	targets, err := p.targets(ctx, tx, org, from, s)
	if err != nil {
		return err
	}
	if hold.After(now) {
		targets = oneEach(targets)
	}
	for _, t := range targets {
		if s.Out.Todo != nil && p.Todos != nil && !p.Todos(t.platform) {
			continue
		}
		d := Delivery{
			ID: tx.NewID(), Subject: s.Subject, Kind: kind, Slot: s.Slot, Recipient: recipient(t.platform, t.users, t.chat),
			Platform: t.platform, Users: t.users, Chat: t.chat, Route: t.route, Out: s.Out,
		}
		if s.Push && s.Out.Todo == nil {
			d.People, d.Urgent = t.people, s.Urgent || t.platform.Outside() || s.Prompt && !hold.After(now)
		}
		if c := s.Out.Card; c != nil && !t.platform.Outside() {
			id, err := p.newCard(ctx, tx, d, *c)
			if err != nil {
				return err
			}
			d.CardID = id
		}
		tx.AddDelivery(d, hold)
	}
	return nil
}

// newCard makes the row of a card that is about to be sent. A live copy the same people have is closed in favour of
// the new one.
func (p Poster) newCard(ctx context.Context, tx PostTx, d Delivery, face cards.Card) (sales.ID, error) {
	c := LiveCard{ID: tx.NewID(), Key: face.Key, Platform: d.Platform, Users: d.Users, Chat: d.Chat, Face: face, Version: 1, State: CardLive}
	if face.Key == "" {
		c.Key = "card:" + c.ID.String()
	} else {
		live, err := tx.LiveCards(ctx, face.Key)
		if err != nil {
			return 0, err
		}
		for _, old := range live {
			if recipient(old.Platform, old.Users, old.Chat) != d.Recipient {
				continue
			}
			closed := old.Face
			closed.Buttons, closed.Input, closed.Choice, closed.Closed = nil, nil, nil, "见下面的新卡片"
			old.Face, old.Version, old.State = closed, old.Version+1, CardGone
			tx.PutCard(old)
			tx.AddDelivery(Delivery{
				ID: tx.NewID(), Subject: "card:" + old.ID.String(), Kind: DeliverUpdate, Slot: fmt.Sprint(old.Version),
				Recipient: d.Recipient, Platform: old.Platform, Users: old.Users, Chat: old.Chat,
				Out: Outgoing{Card: &closed}, CardID: old.ID,
			}, time.Time{})
		}
	}
	tx.PutCard(c)
	return c.ID, nil
}

type target struct {
	platform Platform
	users    []UserID
	chat     Chat
	route    Route
	people   []sales.PersonID // behind users; none for a chat and for an answer
}

// oneEach parts targets by person: what waits is gathered for each of them.
func oneEach(list []target) []target {
	var out []target
	for _, t := range list {
		if len(t.people) < 2 {
			out = append(out, t)
			continue
		}
		for i := range t.people {
			one := t
			one.users, one.people = t.users[i:i+1:i+1], t.people[i:i+1:i+1]
			out = append(out, one)
		}
	}
	return out
}

// targets are the calls a message needs: one for a chat, else one for each platform its people are on. People without
// an account on any platform are reached outside the chats, when something is pushed to them and there is a way.
func (p Poster) targets(ctx context.Context, tx PostTx, org *sales.Org, from Origin, s Say) ([]target, error) {
	if s.Chat != nil {
		return []target{{platform: s.Chat.Platform, chat: *s.Chat}}, nil
	}
	if s.Via.Outside() {
		return p.outside(org, s), nil
	}
	if len(s.To) == 0 {
		ev := from.Event
		t := target{platform: ev.Platform, chat: ev.Chat, route: ev.Route}
		if !ev.Chat.Group {
			t.users = []UserID{ev.From}
		}
		return []target{t}, nil
	}
	var out []target
	for _, person := range s.To {
		id, ok, err := p.identity(ctx, tx, org, person, from, s.Via)
		if err != nil {
			return nil, err
		}
		if !ok {
			if s.Push && s.Via == "" && s.Out.Todo == nil {
				out = append(out, p.beyond(org, person)...)
			}
			continue
		}
		platform, user := Platform(id.Platform), UserID(id.UserID)
		i := slices.IndexFunc(out, func(t target) bool { return t.platform == platform })
		if i < 0 {
			out = append(out, target{platform: platform, chat: Chat{Platform: platform}})
			i = len(out) - 1
		}
		if !slices.Contains(out[i].users, user) {
			out[i].users, out[i].people = append(out[i].users, user), append(out[i].people, person)
		}
	}
	return out, nil
}

// outside are the calls of a message that goes through a channel outside the chats: one for each address.
func (p Poster) outside(org *sales.Org, s Say) []target {
	var out []target
	for _, person := range s.To {
		if at, err := AddressOf(org, person, s.Via); err == nil {
			out = append(out, target{platform: s.Via, users: []UserID{at}, chat: Chat{Platform: s.Via}, people: []sales.PersonID{person}})
		}
	}
	for _, at := range s.Address {
		out = append(out, target{platform: s.Via, users: []UserID{UserID(at)}, chat: Chat{Platform: s.Via}})
	}
	return out
}

// beyond is the first channel outside the chats on which a person can be reached; none when there is no such.
func (p Poster) beyond(org *sales.Org, person sales.PersonID) []target {
	for _, via := range p.Beyond {
		if at, err := AddressOf(org, person, via); err == nil {
			return []target{{platform: via, users: []UserID{at}, chat: Chat{Platform: via}, people: []sales.PersonID{person}}}
		}
	}
	return nil
}

// identity picks the account on which a person is reached: the one they are talking from, else the one they prefer, the
// one they last wrote from, else their first. via, when set, is the one platform it must be on.
func (p Poster) identity(ctx context.Context, tx PostTx, org *sales.Org, person sales.PersonID, from Origin, via Platform) (sales.Identity, bool, error) {
	ids := org.Identities(person)
	if via != "" {
		ids = slices.DeleteFunc(slices.Clone(ids), func(id sales.Identity) bool { return id.Platform != string(via) })
	}
	switch {
	case len(ids) == 0:
		return sales.Identity{}, false, nil
	case len(ids) == 1:
		return ids[0], true, nil
	}
	want := string(from.Event.Platform)
	if person != from.Person || want == "" {
		d, err := tx.DialogueOf(ctx, person)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return sales.Identity{}, false, err
		}
		if want = d.Platform; org.PushPref(person).Channel != "" {
			want = org.PushPref(person).Channel
		}
	}
	for _, id := range ids {
		if id.Platform == want {
			return id, true, nil
		}
	}
	return ids[0], true, nil
}

func recipient(platform Platform, users []UserID, chat Chat) string {
	if len(users) == 0 {
		return string(platform) + ":g:" + string(chat.ID)
	}
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = string(u)
	}
	slices.Sort(names)
	return string(platform) + ":u:" + strings.Join(names, ",")
}

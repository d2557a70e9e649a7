package dingtalk

import (
	"reflect"
	"slices"
	"time"

	"salesflow/bot/sim"
)

// entry is one message on one person's phone.
type entry struct {
	seq  int64
	msg  sim.Message
	who  string
	card *card
	// send is what the message was sent by; nil for people's own messages.
	send *sent
}

// Inbox returns what the person's phone shows after the cursor: in a chat, in the single chat with the bot ("") or in
// all ("*"). What is returned counts as read.
func (s *Server) Inbox(person, chat string, after int64) ([]sim.Message, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*entry
	for _, e := range s.inboxes[person] {
		if e.seq <= after || chat != "*" && e.msg.Chat != chat {
			continue
		}
		out = append(out, e)
		if e.send != nil {
			e.send.readLocked(person, s.opt.Clock.Now())
		}
	}
	slices.SortFunc(out, func(a, b *entry) int { return int(a.seq - b.seq) })
	msgs := make([]sim.Message, 0, len(out))
	for _, e := range out {
		msgs = append(msgs, e.msg)
	}
	return msgs, s.seq
}

// Changed is closed at the next change of any inbox; also at a new connection, acknowledgement or API call, so that
// tests can wait for these.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// postLocked puts a message on the phones of the given people.
func (s *Server) postLocked(people []string, msg sim.Message, c *card, by *sent) {
	msg.At, msg.Version = s.opt.Clock.Now(), 1
	for _, p := range people {
		s.seq++
		e := &entry{seq: s.seq, msg: msg, who: p, card: c, send: by}
		if c != nil {
			e.msg.Card = s.faceOfLocked(c, p)
			c.entries = append(c.entries, e)
		}
		box := append(s.inboxes[p], e)
		if len(box) > keepInbox {
			box = slices.Clone(box[len(box)-keepInbox/2:])
		}
		s.inboxes[p] = box
	}
	s.touchLocked()
}

// faceOfLocked is a card as one person sees it, with its pictures.
func (s *Server) faceOfLocked(c *card, person string) *sim.Card {
	face := c.draw(person)
	face.Note = s.showLocked(face.Note)
	return face
}

// redrawLocked shows a changed card on the phones where it looks different now.
func (s *Server) redrawLocked(c *card) {
	for _, e := range c.entries {
		if e.msg.Kind != "card" {
			continue // recalled
		}
		face := s.faceOfLocked(c, e.who)
		if reflect.DeepEqual(face, e.msg.Card) {
			continue
		}
		s.seq++
		e.seq, e.msg.Card = s.seq, face
		e.msg.Version++
	}
	s.touchLocked()
}

// audienceLocked is who sees a chat: its members, or the one person of a single chat.
func (s *Server) audienceLocked(chat, person string) []string {
	if ch := s.chats[chat]; ch != nil {
		return ch.Members
	}
	return []string{person}
}

// sent is one send of the bot, known to it by its processQueryKey.
type sent struct {
	key      string
	chat     string
	people   []string
	read     map[string]time.Time
	recalled bool
}

func (t *sent) readLocked(person string, at time.Time) {
	if _, ok := t.read[person]; !ok {
		t.read[person] = at
	}
}

// sendLocked posts a message of the bot and returns its processQueryKey.
func (s *Server) sendLocked(chat string, people []string, msg sim.Message, c *card) string {
	t := &sent{key: secret(), chat: chat, people: slices.Clone(people), read: map[string]time.Time{}}
	s.sends.put(t.key, t)
	msg.ID, msg.Chat, msg.From = newMessageID(), chat, ""
	s.postLocked(people, msg, c, t)
	return t.key
}

// recallLocked takes a sent message back from the phones.
func (s *Server) recallLocked(t *sent) {
	t.recalled = true
	for _, p := range t.people {
		for _, e := range s.inboxes[p] {
			if e.send != t {
				continue
			}
			s.seq++
			e.seq = s.seq
			e.msg.Kind, e.msg.Text, e.msg.Card, e.msg.File = "text", s.opt.BotName+"撤回了一条消息", nil, nil
			e.msg.Version++
		}
	}
	s.touchLocked()
}

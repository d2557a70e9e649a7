package page

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"time"

	"salesflow/bot/sim"
)

const (
	// maxStreams bounds the open pages.
	maxStreams = 64
	// settling gathers what happens in one burst into one fragment.
	settling = 20 * time.Millisecond
	// ticking is how often the clock is looked at.
	ticking = 250 * time.Millisecond
	// keepAlive is after how many quiet ticks a comment is sent, so that a page that has gone is noticed.
	keepAlive = 60
	// keepMessages bounds what a phone shows at first.
	keepMessages = 300
	// pause between messages from which on the time is shown again.
	pause = 10 * time.Minute
)

// live streams the page's fragments: everything at first, then what changes.
func (s *server) live(w http.ResponseWriter, r *http.Request) {
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		http.Error(w, "打开的页面太多", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	v := &viewer{s: s, have: r.URL.Query().Get("have")}
	tick := time.NewTicker(ticking)
	defer tick.Stop()
	for quiet := 0; r.Context().Err() == nil; quiet++ {
		changes := s.changes()
		events, err := v.draw()
		if err != nil {
			return
		}
		if len(events) == 0 && quiet >= keepAlive {
			events = [][]byte{nil}
		}
		for _, e := range events {
			if send(w, e) != nil {
				return
			}
			quiet = 0
		}
		if wait(r.Context(), changes, tick.C) {
			settle(r.Context())
		}
	}
}

// send writes one event, or a comment.
func send(w http.ResponseWriter, fragment []byte) error {
	var b bytes.Buffer
	if fragment == nil {
		b.WriteString(":\n\n")
	} else {
		for line := range bytes.Lines(fragment) {
			b.WriteString("data: ")
			b.Write(bytes.TrimRight(line, "\r\n"))
			b.WriteByte('\n')
		}
		b.WriteByte('\n')
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}

func settle(ctx context.Context) {
	t := time.NewTimer(settling)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// viewer is one open page: what it shows already.
type viewer struct {
	s *server
	// have is the shape of the phones as the page was made; a page that reconnects keeps tabs and half-written texts.
	have   string
	phones []*shownPhone
	names  names
	clock  clockView
}

// shownPhone is a phone as one page shows it.
type shownPhone struct {
	phone
	cursor int64
	// begun is true after the first look: what was there then is not news.
	begun bool
	shown map[string]bool
	last  map[string]time.Time // by chat, the last message's time
}

// draw makes the events for what changed since the last time. What makes or empties an element comes in an event before
// what goes into it, since htmx looks up all targets of an event first.
func (v *viewer) draw() ([][]byte, error) {
	var frame, messages bytes.Buffer
	if c := v.s.clockView(); c != v.clock {
		v.clock = c
		if err := templates.ExecuteTemplate(&frame, "clock-update", c); err != nil {
			return nil, err
		}
	}
	phones := v.s.phones()
	v.names = namesOf(phones)
	kept := shape(phones) == v.have
	for i, p := range phones {
		if i >= len(v.phones) || !p.equal(v.phones[i].phone) {
			if err := v.renew(&frame, i, p, kept); err != nil {
				return nil, err
			}
		}
		if err := v.catchUp(&messages, v.phones[i]); err != nil {
			return nil, err
		}
	}
	var events [][]byte
	for _, b := range []*bytes.Buffer{&frame, &messages} {
		if b.Len() > 0 {
			events = append(events, b.Bytes())
		}
	}
	return events, nil
}

// renew starts a phone anew: its chats are emptied, and one that is not as the page was made is drawn again.
func (v *viewer) renew(b *bytes.Buffer, i int, p phone, kept bool) error {
	fresh := &shownPhone{phone: p, shown: map[string]bool{}, last: map[string]time.Time{}}
	if i < len(v.phones) {
		v.phones[i], kept = fresh, false
	} else {
		v.phones = append(v.phones, fresh)
	}
	name := "phone-update"
	if kept {
		name = "phone-empty"
	}
	return templates.ExecuteTemplate(b, name, p)
}

func (v *viewer) catchUp(b *bytes.Buffer, p *shownPhone) error {
	messages, cursor := v.s.opt.Simulators[p.Platform].Inbox(p.ID, everyChat, p.cursor)
	if !p.begun && len(messages) > keepMessages {
		messages = messages[len(messages)-keepMessages:]
	}
	for _, m := range messages {
		if err := v.show(b, p, m); err != nil {
			return err
		}
	}
	p.cursor, p.begun = cursor, true
	return nil
}

// show puts a message at the end of its chat, or in the place of its older face.
func (v *viewer) show(b *bytes.Buffer, p *shownPhone, m sim.Message) error {
	chat := slices.IndexFunc(p.Chats, func(c chat) bool { return c.ID == m.Chat })
	if chat < 0 {
		return nil // of a chat the person has left
	}
	view := v.s.messageView(p.phone, p.Chats[chat], m, v.names)
	view.News = p.begun
	if p.shown[m.ID] {
		view.Changed = true
		return templates.ExecuteTemplate(b, "message-update", view)
	}
	p.shown[m.ID] = true
	at := m.At.In(shanghai)
	if last := p.last[m.Chat]; last.IsZero() || at.Sub(last) >= pause || last.Sub(at) >= pause || at.YearDay() != last.YearDay() {
		view.Separator = moment(at, false)
	}
	p.last[m.Chat] = at
	return templates.ExecuteTemplate(b, "message-new", view)
}

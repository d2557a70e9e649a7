package fault

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// The platforms' limits for an acknowledgement: WeCom waits five seconds for a callback's answer. DingTalk states none for
// a message, and repeats it after about a minute where it repeats it; five are taken for it too. A tap on a DingTalk card
// has two, which the simulator enforces.
const ackLimit = 5 * time.Second

// dingAgain is after how long DingTalk pushes a message again that was not acknowledged. In the field it is a minute.
const dingAgain = 3 * time.Second

// tapAgain is when a person taps again because nothing has happened.
const tapAgain = 4 * time.Second

// watch looks at the phones and at what the platforms know, until ctx ends, and does the platform's part and the
// people's: it pushes again what DingTalk got no answer for, and taps again what shows no effect.
func (l *load) watch(ctx context.Context) {
	look := time.NewTicker(150 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			l.look(ctx)
		}
	}
}

func (l *load) look(ctx context.Context) {
	deliveries, acks := l.w.WeCom.Deliveries(), l.w.Ding.Acks()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.speakers {
		msgs, cursor := l.simulator(s.Platform).Inbox(s.ID, "*", s.cursor)
		s.cursor = cursor
		for _, m := range msgs {
			s.phone[m.ID] = m
			for _, mark := range marks(plain(m)) {
				if !slices.Contains(s.marked[m.ID], mark) {
					s.marked[m.ID] = append(s.marked[m.ID], mark)
				}
			}
		}
	}
	for _, d := range deliveries {
		if d.Kind == "template_card_event" {
			continue
		}
		m := l.byID[sim.WeCom+d.ID]
		if m == nil {
			continue
		}
		m.acked = m.acked || d.State == "accepted"
		m.refused = !m.acked && d.State == "failed"
		m.again = max(m.again, len(d.Attempts)-1)
		for _, a := range d.Attempts {
			m.late = m.late || a.Latency >= ackLimit
		}
	}
	for _, a := range acks {
		if a.Late {
			l.lateTap[a.MessageID] = true
		}
		if m := l.byID[sim.DingTalk+a.Identity]; m != nil && a.Acked {
			m.acked = m.acked || a.Code == http.StatusOK
			m.late = m.late || a.Latency >= ackLimit
		}
	}
	for _, m := range l.all {
		if m.rep.Platform == sim.DingTalk && !m.acked && m.id != "" && time.Since(m.pushed) > dingAgain {
			m.pushed = time.Now()
			m.again++
			go l.say(ctx, m, 1)
		}
		if m.tap != nil && !m.tap.done {
			l.lookAtTap(m)
		}
	}
}

// lookAtTap sees what has become of a tap, and taps again where a person would. The lock is held.
func (l *load) lookAtTap(m *said) {
	card := m.rep.phone[m.tap.message]
	switch text := plain(card); {
	case strings.Contains(text, "已撤销"):
		m.tap.done, m.tap.taken = true, true
	case strings.Contains(text, "处理中"):
		m.tap.taken = true
	case m.rep.Platform == sim.WeCom && l.tapAccepted(m):
		m.tap.taken = true
	case time.Since(m.tap.at) > tapAgain && hasButton(card, undoButton):
		l.tapNow(m)
	}
}

// tapAccepted reports whether WeCom got an answer to the tap.
func (l *load) tapAccepted(m *said) bool {
	for _, d := range l.w.WeCom.Deliveries() {
		if d.Kind == "template_card_event" && d.From == m.rep.ID && d.State == "accepted" && len(d.Attempts) > 0 && !d.At.Before(m.tap.at.Add(l.w.Clock.Ahead()-time.Second)) {
			return true
		}
	}
	return false
}

// plain is everything a message shows.
func plain(m sim.Message) string {
	var b strings.Builder
	b.WriteString(m.Text)
	if c := m.Card; c != nil {
		b.WriteString(c.Title + " " + c.Status)
		for _, f := range c.Fields {
			b.WriteString("\n" + f.Name + " " + f.Value)
		}
		b.WriteString("\n" + c.Note)
	}
	return b.String()
}

func hasButton(m sim.Message, text string) bool {
	if m.Card == nil {
		return false
	}
	for _, b := range m.Card.Buttons {
		if b.Text == text && b.Enabled {
			return true
		}
	}
	return false
}

package bottest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"salesflow/bot/sim"
)

// patience is how long an expected message may take in real time before the story fails. Only a story that fails takes it.
const patience = time.Minute

// World is a running bot with its simulated platforms.
type World interface {
	Simulators() map[string]sim.Simulator
	Now() time.Time
	// Advance moves the clock through everything that is due, in order.
	Advance(ctx context.Context, to time.Time) error
	// Settle returns when everything that is due now was decided and sent.
	Settle(ctx context.Context) error
}

// Story is one story in a world.
type Story struct {
	t      testing.TB
	world  World
	phones map[string]*Phone
}

// New begins a story.
func New(t testing.TB, w World) *Story {
	s := &Story{t: t, world: w, phones: map[string]*Phone{}}
	held := s
	t.Cleanup(func() {
		held.noMarkup()
		held = nil // the runner keeps what was to be done in the end until all tests are over, and a world is large
	})
	return s
}

// noMarkup checks that no plain text on any phone shows the stars of a heading, which only markdown makes bold. Where somebody typed
// stars, they are quoted as they are.
func (s *Story) noMarkup() {
	var shown []string
	for _, sm := range s.world.Simulators() {
		for _, p := range sm.Company().People {
			all, _ := sm.Inbox(p.ID, "*", 0)
			for _, m := range all {
				stars := strings.Contains(strings.ReplaceAll(m.Text, "****", ""), "**")
				switch {
				case stars && m.From != "":
					return
				case stars && m.Kind == "text":
					shown = append(shown, p.Name+" reads the markup of a text:\n"+Plain(m))
				}
			}
		}
	}
	if len(shown) > 0 {
		s.t.Error(strings.Join(shown, "\n"))
	}
}

// Phone is one person's phone on one platform, opened at one chat.
type Phone struct {
	s        *Story
	sim      sim.Simulator
	platform string
	person   sim.Person
	chat     string
	seen     map[string]int // message id → version that the story has spoken of
}

// As opens the phone of a person by name, at the single chat with the bot. With accounts on both platforms, on is which.
func (s *Story) As(name string, on ...string) *Phone {
	s.t.Helper()
	for platform, sm := range s.world.Simulators() {
		if len(on) > 0 && on[0] != platform {
			continue
		}
		for _, p := range sm.Company().People {
			if p.Name == name {
				return s.phone(sm, platform, p, "")
			}
		}
	}
	s.t.Fatalf("nobody is called %s", name)
	return nil
}

func (s *Story) phone(sm sim.Simulator, platform string, p sim.Person, chat string) *Phone {
	key := platform + "/" + p.ID + "/" + chat
	ph, ok := s.phones[key]
	if !ok {
		ph = &Phone{s: s, sim: sm, platform: platform, person: p, chat: chat, seen: map[string]int{}}
		s.phones[key] = ph
	}
	return ph
}

// In opens the same phone at a group chat by name, or at another chat by id ("robot").
func (p *Phone) In(chat string) *Phone {
	for _, c := range p.sim.Company().Chats {
		if c.Name == chat {
			return p.s.phone(p.sim, p.platform, p.person, c.ID)
		}
	}
	return p.s.phone(p.sim, p.platform, p.person, chat)
}

func (p *Phone) name() string { return p.person.Name + "@" + p.platform }

// Say types a message; in a group it mentions the bot.
func (p *Phone) Say(text string) *Phone {
	p.s.t.Helper()
	return p.say(sim.Say{From: p.person.ID, Chat: p.chat, Text: text, MentionBot: p.chat != ""})
}

// SayAgain delivers the same message again, as a platform does; the first use of an id delivers it.
func (p *Phone) SayAgain(id, text string) *Phone {
	p.s.t.Helper()
	return p.say(sim.Say{From: p.person.ID, Chat: p.chat, Text: text, MentionBot: p.chat != "", EventID: id})
}

// Scan scans a code with the platform's own scanner (WeCom), or sends it as what was read from a photo.
func (p *Phone) Scan(text string) *Phone {
	p.s.t.Helper()
	return p.say(sim.Say{From: p.person.ID, Chat: p.chat, Text: text, Scanned: true})
}

func (p *Phone) say(m sim.Say) *Phone {
	p.s.t.Helper()
	if m.EventID == "" { // what is delivered again comes when it comes
		p.inTurn()
	}
	if _, err := p.sim.Say(p.s.t.Context(), m); err != nil {
		p.s.t.Fatalf("%s cannot say %q: %v", p.name(), m.Text, err)
	}
	return p
}

// inTurn waits until the bot has taken what it was handed on this platform: what a story tells first, the bot hears first.
func (p *Phone) inTurn() {
	platform, ok := p.sim.(interface{ Busy() bool })
	if !ok {
		return
	}
	limit, look := time.NewTimer(patience), time.NewTicker(time.Millisecond)
	defer limit.Stop()
	defer look.Stop()
	for platform.Busy() {
		select {
		case <-look.C:
		case <-limit.C: // a bot that hangs is for the story to judge
			return
		case <-p.s.t.Context().Done():
			return
		}
	}
}

// Send sends a file.
func (p *Phone) Send(name string, data []byte) *Phone {
	p.s.t.Helper()
	p.inTurn()
	if _, err := p.sim.Send(p.s.t.Context(), sim.Upload{From: p.person.ID, Chat: p.chat, Name: name, Data: data}); err != nil {
		p.s.t.Fatalf("%s cannot send %s: %v", p.name(), name, err)
	}
	return p
}

// Speak sends a voice clip and what the platform's own recognition made of it, which may be nothing.
func (p *Phone) Speak(name string, data []byte, heard string) *Phone {
	p.s.t.Helper()
	p.inTurn()
	if _, err := p.sim.Send(p.s.t.Context(), sim.Upload{From: p.person.ID, Chat: p.chat, Name: name, Data: data, Recognition: heard}); err != nil {
		p.s.t.Fatalf("%s cannot say %q into %s: %v", p.name(), heard, name, err)
	}
	return p
}

// SendLarge sends a file that goes on with so many zero bytes, made as they are fetched.
func (p *Phone) SendLarge(name string, data []byte, more int64) *Phone {
	p.s.t.Helper()
	p.inTurn()
	if _, err := p.sim.Send(p.s.t.Context(), sim.Upload{From: p.person.ID, Chat: p.chat, Name: name, Data: data, More: more}); err != nil {
		p.s.t.Fatalf("%s cannot send %s: %v", p.name(), name, err)
	}
	return p
}

// Seen is a message the story spoke of.
type Seen struct {
	phone *Phone
	sim.Message
}

// ExpectText waits for a message of the bot, of any kind but a card, that holds all the words.
func (p *Phone) ExpectText(words ...string) Seen {
	p.s.t.Helper()
	return p.expect(func(m sim.Message) bool { return m.Card == nil }, "a text", words)
}

// ExpectCard waits for a card that holds all the words.
func (p *Phone) ExpectCard(words ...string) Seen {
	p.s.t.Helper()
	return p.expect(func(m sim.Message) bool { return m.Card != nil }, "a card", words)
}

// ExpectSaid waits for a message of the bot that holds all the words, be it a text or a card.
func (p *Phone) ExpectSaid(words ...string) Seen {
	p.s.t.Helper()
	return p.expect(func(sim.Message) bool { return true }, "a message", words)
}

// ExpectImage waits for a picture.
func (p *Phone) ExpectImage() Seen {
	p.s.t.Helper()
	return p.expect(func(m sim.Message) bool { return m.Kind == "image" }, "a picture", nil)
}

// ExpectAny waits for whatever the bot says next.
func (p *Phone) ExpectAny() Seen {
	p.s.t.Helper()
	return p.expect(func(sim.Message) bool { return true }, "an answer", nil)
}

func (p *Phone) expect(kind func(sim.Message) bool, what string, words []string) Seen {
	p.s.t.Helper()
	var found sim.Message
	ok := p.wait(func(m sim.Message) bool {
		if m.From != "" || m.Version <= p.seen[m.ID] || !kind(m) || !holds(Plain(m), words) {
			return false
		}
		found = m
		return true
	})
	if !ok {
		p.s.t.Fatalf("%s expected %s with %q; the phone shows:\n%s", p.name(), what, words, p.screen())
	}
	p.seen[found.ID] = found.Version
	return Seen{p, found}
}

// wait looks through the chat until a message fits, or patience ends.
func (p *Phone) wait(fits func(sim.Message) bool) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		changed := p.sim.Changed()
		all, _ := p.sim.Inbox(p.person.ID, p.chat, 0)
		for _, m := range all {
			if fits(m) {
				return true
			}
		}
		select {
		case <-changed:
		case <-deadline.C:
			return false
		case <-p.s.t.Context().Done():
			return false
		}
	}
}

// Click taps the first button of a card whose text holds the given one; input is what is typed or chosen with it, by key.
func (m Seen) Click(button string, input ...map[string]string) Seen {
	m.phone.s.t.Helper()
	if err := m.Try(button, input...); err != nil {
		m.phone.s.t.Fatalf("%s cannot tap %s: %v; the card:\n%s", m.phone.name(), button, err, Plain(m.Message))
	}
	return m
}

// Try taps a button and returns why the phone would not let it be tapped.
func (m Seen) Try(button string, input ...map[string]string) error {
	c := sim.Click{From: m.phone.person.ID, MessageID: m.ID, Button: button}
	for _, b := range m.now().Card.Buttons {
		if strings.Contains(b.Text, button) {
			c.Button = b.Text
			break
		}
	}
	if len(input) > 0 {
		c.Input = input[0]
	}
	m.phone.inTurn()
	return m.phone.sim.Click(m.phone.s.t.Context(), c)
}

// now is the message as the phone shows it now.
func (m Seen) now() sim.Message {
	all, _ := m.phone.sim.Inbox(m.phone.person.ID, m.phone.chat, 0)
	cur := m.Message
	for _, n := range all {
		if n.ID == m.ID && n.Version >= cur.Version {
			cur = n
		}
	}
	return cur
}

// ExpectUpdate waits until the same card shows all the words.
func (m Seen) ExpectUpdate(words ...string) Seen {
	m.phone.s.t.Helper()
	p := m.phone
	var found sim.Message
	if !p.wait(func(n sim.Message) bool {
		found = n
		return n.ID == m.ID && n.Version > m.Version && holds(Plain(n), words)
	}) {
		p.s.t.Fatalf("%s expected the card to change to %q; it shows:\n%s", p.name(), words, Plain(m.now()))
	}
	p.seen[found.ID] = max(p.seen[found.ID], found.Version)
	return Seen{p, found}
}

// ExpectNoButtons checks that nothing on the card can be tapped.
func (m Seen) ExpectNoButtons() Seen {
	m.phone.s.t.Helper()
	for _, b := range m.Card.Buttons {
		if b.Enabled && b.URL == "" {
			m.phone.s.t.Fatalf("%s can still tap %s on:\n%s", m.phone.name(), b.Text, Plain(m.Message))
		}
	}
	return m
}

// ExpectButtons checks which buttons can be tapped, by the beginning of their text and in order.
func (m Seen) ExpectButtons(want ...string) Seen {
	m.phone.s.t.Helper()
	var got []string
	for _, b := range m.Card.Buttons {
		if b.Enabled {
			got = append(got, b.Text)
		}
	}
	ok := len(got) == len(want)
	for i := 0; ok && i < len(got); i++ {
		ok = strings.HasPrefix(got[i], want[i])
	}
	if !ok {
		m.phone.s.t.Fatalf("%s sees the buttons %q, want %q", m.phone.name(), got, want)
	}
	return m
}

// Without checks that the message does not hold any of the words.
func (m Seen) Without(words ...string) Seen {
	m.phone.s.t.Helper()
	for _, w := range words {
		if strings.Contains(Plain(m.Message), w) {
			m.phone.s.t.Fatalf("%s should not see %q in:\n%s", m.phone.name(), w, Plain(m.Message))
		}
	}
	return m
}

// FastForward moves the clock on.
func (s *Story) FastForward(d time.Duration) {
	s.t.Helper()
	s.At(s.world.Now().Add(d))
}

// At moves the clock to a moment.
func (s *Story) At(to time.Time) {
	s.t.Helper()
	if err := s.world.Advance(s.t.Context(), to); err != nil {
		s.t.Fatalf("advance the clock to %s: %v", to, err)
	}
}

// Settle waits until everything that is due now has been sent.
func (s *Story) Settle() {
	s.t.Helper()
	if err := s.world.Settle(s.t.Context()); err != nil {
		s.t.Fatalf("settle: %v", err)
	}
}

// givesWay is what a card says that a newer one of the same record has taken the place of. It says so when the platform has told
// what it needs to know of the older one, which may be later than the newer one is there.
const givesWay = "见下面的新卡片"

// ExpectNothingElse checks that the phone shows nothing from the bot the story has not spoken of. A card that was spoken of and
// gives way to a newer one tells nothing.
func (p *Phone) ExpectNothingElse() {
	p.s.t.Helper()
	p.s.Settle()
	all, _ := p.sim.Inbox(p.person.ID, p.chat, 0)
	last := map[string]sim.Message{}
	for _, m := range all {
		if m.From == "" && m.Version >= last[m.ID].Version {
			last[m.ID] = m
		}
	}
	for _, m := range last {
		if late := p.seen[m.ID] > 0 && strings.Contains(Plain(m), givesWay); m.Version > p.seen[m.ID] && !late {
			p.s.t.Errorf("%s got something nobody expected (version %d):\n%s", p.name(), m.Version, Plain(m))
		}
	}
}

// Skip marks everything the phone shows now as spoken of.
func (p *Phone) Skip() *Phone {
	p.s.t.Helper()
	p.s.Settle()
	all, _ := p.sim.Inbox(p.person.ID, p.chat, 0)
	for _, m := range all {
		p.seen[m.ID] = max(p.seen[m.ID], m.Version)
	}
	return p
}

// screen is the end of the chat in words, for a failing story.
func (p *Phone) screen() string {
	all, _ := p.sim.Inbox(p.person.ID, p.chat, 0)
	var b strings.Builder
	for _, m := range all[max(0, len(all)-8):] {
		who := "bot"
		if m.From != "" {
			who = m.From
		}
		fmt.Fprintf(&b, "--- %s v%d %s\n%s\n", who, m.Version, m.At.Format("01-02 15:04"), Plain(m))
	}
	return b.String()
}

// Plain is a message in plain words: what a person reads on it.
func Plain(m sim.Message) string {
	var b strings.Builder
	b.WriteString(m.Text)
	if m.File != nil {
		b.WriteString("[" + m.Kind + " " + m.File.Name + "]")
	}
	if c := m.Card; c != nil {
		b.WriteString(c.Title)
		if c.Status != "" {
			b.WriteString(" · " + c.Status)
		}
		for _, f := range c.Fields {
			b.WriteString("\n" + f.Name + " " + f.Value)
		}
		if c.Note != "" {
			b.WriteString("\n" + c.Note)
		}
		b.WriteString("\n")
		for _, x := range c.Buttons {
			if x.Enabled {
				b.WriteString("[" + x.Text + "]")
			} else {
				b.WriteString("(" + x.Text + ")")
			}
		}
	}
	return b.String()
}

func holds(s string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}

// Platform is the platform the phone is on.
func (p *Phone) Platform() string { return p.platform }

package wecom

import (
	"sort"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// What the phones keep: older messages scroll away.
const (
	maxMessages = 100_000
	maxEntries  = 4_000
)

// message is one message as the platform knows it. Every phone has its own view of it, because a card may look different
// to each recipient.
type message struct {
	id   string
	chat string
	via  string // viaMember, viaApp, viaGroup, viaWebhook, viaRobot
	at   time.Time
	// task is the task_id of a card that can be updated.
	task  string
	views map[string]*view // by lower-case user id
}

// Where a message came from.
const (
	viaMember  = "member"
	viaApp     = "app"
	viaGroup   = "appchat"
	viaWebhook = "webhook"
	viaRobot   = "robot"
)

// view is a message on one phone.
type view struct {
	of   *message
	show sim.Message
	seq  int64
	// face is the card this phone shows, shown everything a tap could ever have hit on it.
	face  *templateCard
	shown map[string]tap
}

type entry struct {
	seq int64
	v   *view
}

type phones struct {
	seq      int64
	changed  chan struct{}
	messages *fifo[*message]
	boxes    map[string][]entry
}

func newPhones() phones {
	return phones{changed: make(chan struct{}), messages: newFIFO[*message](maxMessages), boxes: map[string][]entry{}}
}

// post shows a message on the phones of the people.
func (p *phones) post(m *message, show sim.Message, face *templateCard, people []string) {
	show.ID, show.At, show.Chat, show.Version = m.id, m.at, m.chat, 1
	if m.views == nil {
		m.views = map[string]*view{}
	}
	p.messages.put(m.id, m)
	for _, id := range people {
		key := strings.ToLower(id)
		v := &view{of: m, show: show, face: face, shown: map[string]tap{}}
		v.remember()
		m.views[key] = v
		p.append(key, v)
	}
	p.wake()
}

// touch shows a changed view again, one version higher.
func (p *phones) touch(person string, v *view) {
	v.show.Version++
	p.append(strings.ToLower(person), v)
	p.wake()
}

func (p *phones) append(key string, v *view) {
	p.seq++
	v.seq = p.seq
	box := append(p.boxes[key], entry{p.seq, v})
	if len(box) > maxEntries {
		box = append([]entry(nil), box[len(box)-maxEntries*3/4:]...)
	}
	p.boxes[key] = box
}

func (p *phones) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// view finds what a person's phone shows of a message.
func (p *phones) view(person, messageID string) *view {
	m, ok := p.messages.get(messageID)
	if !ok {
		return nil
	}
	return m.views[strings.ToLower(person)]
}

// Inbox returns what the person's phone shows after the cursor: chat "" is the single chat with the app, RobotChat that
// with the robot, "*" everything. A changed card comes once, as it is now.
func (s *Server) Inbox(person, chat string, after int64) ([]sim.Message, int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	box := s.phones.boxes[strings.ToLower(person)]
	from := sort.Search(len(box), func(i int) bool { return box[i].seq > after })
	var out []sim.Message
	for _, e := range box[from:] {
		if e.seq == e.v.seq && (chat == "*" || chat == e.v.show.Chat) {
			out = append(out, e.v.show)
		}
	}
	return out, max(after, s.phones.seq)
}

// Changed is closed at the next change of any inbox.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phones.changed
}

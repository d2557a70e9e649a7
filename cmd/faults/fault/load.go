package fault

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"time"

	"salesflow/bot/sim"
	"salesflow/cmd/faults/bed"
)

// A message carries a mark of its own, in letters: the program takes long numbers for telephones.
var markPattern = regexp.MustCompile(`#zq([a-z]{5})#`)

// code writes a mark as it stands in texts.
func code(mark int) string {
	b := []byte("aaaaa")
	for i := len(b) - 1; i >= 0; i-- {
		b[i] += byte(mark % 26)
		mark /= 26
	}
	return "#zq" + string(b) + "#"
}

// marks are the marks in a text.
func marks(text string) []int {
	var out []int
	for _, m := range markPattern.FindAllStringSubmatch(text, -1) {
		n := 0
		for _, c := range m[1] {
			n = 26*n + int(c-'a')
		}
		out = append(out, n)
	}
	return out
}

// said is one message of a person, and what the platform knows of it.
type said struct {
	mark     int
	rep      *speaker
	text     string
	chat     string // a group, "" is the single chat
	customer string // whom it is about, of a message in a group
	reminder bool
	due      time.Time // of a reminder
	at       time.Time // real time
	id       string    // the platform's
	pushed   time.Time // when it was last handed over
	again    int       // how often the platform delivered it again
	acked    bool
	refused  bool // the platform has given up
	late     bool
	// tap is the tap on its card, nil when there was none.
	tap *tap
}

// tap is a tap on a card: 撤销 of the visit.
type tap struct {
	message string
	at      time.Time
	tries   int
	taken   bool // acknowledged: the platform takes it for delivered
	done    bool // the card shows it
}

// speaker is a person at a phone. One thing at a time: what was said before must have been acknowledged.
type speaker struct {
	bed.Rep
	last   *said
	turns  int
	cursor int64
	phone  map[string]sim.Message
	// marked are the marks that a message has shown at any time, by its id: a card that changes loses them.
	marked map[string][]int
}

// load is people using the bot.
type load struct {
	w *bed.World

	mu       sync.Mutex
	speakers []*speaker
	next     int
	all      []*said
	byMark   map[int]*said
	byID     map[string]*said // platform and id
	lateTap  map[string]bool
	// taps on cards are part of what people do; copies makes them say everything so often at once.
	tapping bool
	// due, when set, is for when a reminder is asked for; resting are speakers who say nothing by themselves.
	due     func(now time.Time) time.Time
	resting map[*speaker]bool
	copies  int
	errs    []error
}

func newLoad(w *bed.World) *load {
	l := &load{w: w, byMark: map[int]*said{}, byID: map[string]*said{}, tapping: true, copies: 1, lateTap: map[string]bool{}}
	for _, r := range w.Reps {
		l.speakers = append(l.speakers, &speaker{Rep: r, phone: map[string]sim.Message{}, marked: map[string][]int{}})
	}
	return l
}

func (l *load) simulator(platform string) sim.Simulator {
	if platform == sim.WeCom {
		return l.w.WeCom
	}
	return l.w.Ding
}

// run lets people say n messages a second, evenly, until ctx ends.
func (l *load) run(ctx context.Context, perSecond float64) {
	beat := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
	defer beat.Stop()
	var talk sync.WaitGroup
	defer talk.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		if m, n := l.turn(); m != nil {
			talk.Go(func() { l.say(ctx, m, n) })
		}
	}
}

// turn is what the next person who is free says, and how often at once; nil when nobody is.
func (l *load) turn() (m *said, copies int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range l.speakers {
		s := l.speakers[l.next%len(l.speakers)]
		l.next++
		if l.resting[s] {
			continue
		}
		if m := s.last; m != nil {
			if !m.acked && !m.refused || m.tap != nil && !m.tap.taken && !m.tap.done {
				continue
			}
			if l.tapping && !m.reminder && m.chat == "" && m.tap == nil && m.mark%4 == 0 && l.tapLocked(m) {
				return nil, 0
			}
		}
		return l.newLocked(s), l.copies
	}
	return nil, 0
}

func (l *load) newLocked(s *speaker) *said {
	m := &said{mark: len(l.all), rep: s, at: time.Now()}
	customer := s.Customers[s.turns%len(s.Customers)]
	s.turns++
	m.text = fmt.Sprintf("拜访 %s 王主任 介绍生化分析仪方案,备注%s,下周二前寄样", customer, code(m.mark))
	if m.mark%3 == 2 {
		m.reminder = true
		m.due = l.w.Clock.Now().Add(10 * time.Second).Truncate(time.Minute).Add(time.Minute)
		if l.due != nil {
			m.due = l.due(l.w.Clock.Now())
		}
		m.text = fmt.Sprintf("拜访 %s 王主任 聊了方案,提醒我 %s 回电话%s", customer, m.due.In(shanghai).Format("15:04"), code(m.mark))
	}
	s.last = m
	l.all = append(l.all, m)
	l.byMark[m.mark] = m
	return m
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// say hands a message to its platform, n times at once.
func (l *load) say(ctx context.Context, m *said, n int) {
	l.mu.Lock()
	m.pushed = time.Now()
	l.mu.Unlock()
	if m.rep.Platform == sim.WeCom && m.chat == "" {
		n = 1 // the load balancer multiplies callbacks
	}
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			id, err := l.simulator(m.rep.Platform).Say(ctx, sim.Say{
				From: m.rep.ID, Chat: m.chat, MentionBot: m.chat != "", Text: m.text, EventID: code(m.mark),
			})
			l.mu.Lock()
			defer l.mu.Unlock()
			if id != "" {
				m.id = id
				l.byID[m.rep.Platform+id] = m
			} else if ctx.Err() == nil && err != nil {
				l.errs = append(l.errs, fmt.Errorf("%s cannot say it: %w", m.rep.ID, err))
			}
		})
	}
	all.Wait()
}

// tapLocked taps 撤销 on the card of a visit, if the phone shows one.
func (l *load) tapLocked(m *said) bool {
	for id, msg := range m.rep.phone {
		if msg.From != "" || msg.Card == nil || !slices.Contains(m.rep.marked[id], m.mark) || !hasButton(msg, undoButton) {
			continue
		}
		m.tap = &tap{message: id}
		l.tapNow(m)
		return true
	}
	return false
}

const undoButton = "撤销"

// tapNow puts the finger on the button. The lock is held.
func (l *load) tapNow(m *said) {
	m.tap.at = time.Now()
	m.tap.tries++
	c := sim.Click{From: m.rep.ID, MessageID: m.tap.message, Button: undoButton}
	go func() {
		err := l.simulator(m.rep.Platform).Click(context.Background(), c)
		if err != nil { // the card has changed meanwhile, which shows on the phone
			return
		}
	}()
}

package page

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// maxWait bounds a long poll.
const maxWait = 30 * time.Second

// everyChat is the chat that stands for all of a person's.
const everyChat = "*"

// query is what an inbox request asks for.
type query struct {
	phones []sim.Person
	// person is false when everybody's messages are asked for.
	person bool
	chat   string
	// scope are the platforms the cursor counts on, one number for each, joined by "-".
	scope []string
	after []int64
	wait  time.Duration
}

// posted is a message with, where that was not asked, whose phone shows it.
type posted struct {
	sim.Message
	Person string `json:"person,omitempty"`
}

// inbox answers what a person's phone shows in a chat after the cursor. No platform: the only one the person is on. No
// person: everybody. An empty chat is the single chat; "*" and no chat parameter are all chats. With wait it answers as
// soon as there is something.
func (s *server) inbox(w http.ResponseWriter, r *http.Request) {
	q, err := s.query(r)
	if err != nil {
		writeError(w, err)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), max(q.wait, time.Millisecond))
	defer cancel()
	for {
		changes := s.changes()
		found, cursor := s.read(q)
		if len(found) > 0 || q.wait == 0 || ctx.Err() != nil {
			writeJSON(w, http.StatusOK, map[string]any{"cursor": cursor, "messages": found})
			return
		}
		wait(ctx, changes, nil)
	}
}

func (s *server) query(r *http.Request) (query, error) {
	v := r.URL.Query()
	q := query{chat: everyChat, person: v.Get("person") != "", scope: platforms[:]}
	if v.Has("chat") {
		q.chat = v.Get("chat")
	}
	if platform := v.Get("platform"); platform != "" {
		if s.opt.Simulators[platform] == nil {
			return q, refuse(http.StatusBadRequest, "没有这个平台:%q,写 wecom 或 dingtalk", platform)
		}
		q.scope = []string{platform}
	}
	if q.person {
		p, _, err := s.phoneOf(v.Get("platform"), v.Get("person"))
		if err != nil {
			return q, err
		}
		q.phones, q.scope = []sim.Person{p}, []string{p.Platform}
	} else {
		for _, p := range s.company().People {
			if slices.Contains(q.scope, p.Platform) {
				q.phones = append(q.phones, p)
			}
		}
	}
	var err error
	if q.after, err = parseCursor(v.Get("after"), len(q.scope)); err != nil {
		return q, err
	}
	if text := v.Get("wait"); text != "" {
		if q.wait, err = parseSpan(text); err != nil {
			return q, err
		}
		q.wait = min(q.wait, maxWait)
	}
	return q, nil
}

func parseCursor(text string, n int) ([]int64, error) {
	after := make([]int64, n)
	if text == "" || text == "0" {
		return after, nil
	}
	parts := strings.Split(text, "-")
	if len(parts) != n {
		return nil, refuse(http.StatusBadRequest, "after 不是这里给出的游标:%.40q", text)
	}
	for i, p := range parts {
		c, err := strconv.ParseInt(p, 10, 64)
		if err != nil || c < 0 {
			return nil, refuse(http.StatusBadRequest, "after 不是这里给出的游标:%.40q", text)
		}
		after[i] = c
	}
	return after, nil
}

// read reads the phones once. Phones of one platform share its cursor, so the lowest one seen is kept: what arrives
// between two reads is read again rather than missed.
func (s *server) read(q query) ([]posted, string) {
	found := []posted{}
	next := slices.Clone(q.after)
	seen := make([]bool, len(next))
	for _, p := range q.phones {
		i := slices.Index(q.scope, p.Platform)
		messages, cursor := s.opt.Simulators[p.Platform].Inbox(p.ID, q.chat, q.after[i])
		if !seen[i] || cursor < next[i] {
			next[i], seen[i] = cursor, true
		}
		for _, m := range messages {
			one := posted{Message: s.absolute(p.Platform, m)}
			if !q.person {
				one.Person = p.ID
			}
			found = append(found, one)
		}
	}
	if !q.person {
		slices.SortStableFunc(found, func(a, b posted) int { return cmp.Compare(a.At.UnixNano(), b.At.UnixNano()) })
	}
	texts := make([]string, len(next))
	for i, c := range next {
		texts[i] = strconv.FormatInt(c, 10)
	}
	return found, strings.Join(texts, "-")
}

// absolute is a message as this address serves it: its file under the simulator's prefix, its lists never null.
func (s *server) absolute(platform string, m sim.Message) sim.Message {
	m.At = m.At.In(shanghai)
	if m.File != nil {
		m.File = &sim.File{Name: m.File.Name, URL: s.address(platform, m.File.URL)}
	}
	if m.Card != nil {
		c := *m.Card
		if c.Fields == nil {
			c.Fields = []sim.Field{}
		}
		if c.Buttons == nil {
			c.Buttons = []sim.Button{}
		}
		m.Card = &c
	}
	return m
}

// address is the path under which a file of a simulator is served.
func (s *server) address(platform, url string) string {
	prefix := s.opt.Prefix[platform]
	if !strings.HasPrefix(url, "/") || prefix != "" && strings.HasPrefix(url, prefix+"/") {
		return url
	}
	return prefix + url
}

// changes are the signals for the next change of each platform; take them before reading.
func (s *server) changes() [len(platforms)]<-chan struct{} {
	var out [len(platforms)]<-chan struct{}
	for i, platform := range platforms {
		if one := s.opt.Simulators[platform]; one != nil {
			out[i] = one.Changed()
		}
	}
	return out
}

// wait returns at a change, at a tick or at the end of ctx, and whether it was a change.
func wait(ctx context.Context, changes [len(platforms)]<-chan struct{}, tick <-chan time.Time) bool {
	select {
	case <-changes[0]:
		return true
	case <-changes[1]:
		return true
	case <-tick:
	case <-ctx.Done():
	}
	return false
}

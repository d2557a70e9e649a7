package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"salesflow/bot/sim"
)

//go:embed templates/*.html
var templateFiles embed.FS

var templates = template.Must(template.New("page").ParseFS(templateFiles, "templates/*.html"))

// phone is one person's phone on the page.
type phone struct {
	sim.Person
	Index    int
	App      string // the platform's name as people say it
	Initial  string
	Hidden   bool // not shown until chosen
	Chats    []chat
	Examples []string
}

// chat is one conversation on a phone.
type chat struct {
	sim.Chat
	Index int
	Group bool
	// Log is the id of the element that holds the messages.
	Log string
	// Hint stands in an empty chat.
	Hint string
}

func (p phone) equal(o phone) bool { return reflect.DeepEqual(p, o) }

// shape tells apart sets of phones that are drawn differently.
func shape(phones []phone) string { return short(fmt.Sprintf("%+v", phones)) }

var apps = map[string]string{sim.WeCom: "企业微信", sim.DingTalk: "钉钉"}

// shownAtFirst is how many phones are open when the page is; more can be chosen.
const shownAtFirst = 7

// phones are all phones with their chats.
func (s *server) phones() []phone {
	c := s.company()
	out := make([]phone, 0, len(c.People))
	for i, p := range c.People {
		one := phone{
			Person: p, Index: i, App: apps[p.Platform], Initial: initial(p.Name), Hidden: i >= shownAtFirst,
			Examples: s.examples(p),
		}
		add := func(ch sim.Chat, group bool, hint string) {
			n := len(one.Chats)
			one.Chats = append(one.Chats, chat{Chat: ch, Index: n, Group: group, Log: fmt.Sprintf("log-%d-%d", i, n), Hint: hint})
		}
		add(sim.Chat{Name: s.opt.BotName}, false, "在下面打字,或点一个例子")
		if p.Platform == sim.WeCom {
			add(sim.Chat{ID: robotChat, Name: "机器人"}, false, "Excel、合同这类文件发到这里")
		}
		for _, ch := range c.Chats {
			if ch.Platform == p.Platform && slices.Contains(ch.Members, p.ID) {
				add(ch, true, "群里@机器人才会回")
			}
		}
		out = append(out, one)
	}
	return out
}

func initial(name string) string {
	for _, r := range name {
		return string(r)
	}
	return "?"
}

// messageView is a message as one phone shows it.
type messageView struct {
	Element, Log string
	ID           string
	Person       string
	Platform     string
	Phone        int
	Own          bool
	Sender       string // above the bubble, in a group
	Initial      string
	Separator    string
	Changed      bool
	News         bool // came while the page was open
	Kind         string
	Body         template.HTML
	File         *sim.File
	Card         *cardView
}

// cardView is a card with its texts made safe.
type cardView struct {
	Title, Status string
	Fields        []fieldView
	Note          template.HTML
	Buttons       []buttonView
	Input         *sim.Input
	Choice        *sim.Choice
	Form          bool
}

type fieldView struct {
	Name  string
	Value template.HTML
}

type buttonView struct {
	sim.Button
	Class string
}

func (s *server) messageView(p phone, c chat, m sim.Message, who names) messageView {
	m = s.absolute(p.Platform, m)
	v := messageView{
		Element: fmt.Sprintf("m-%d-%s", p.Index, short(m.ID)), Log: c.Log, ID: m.ID, Person: p.ID, Platform: p.Platform,
		Phone: p.Index, Own: m.From == p.ID, Kind: m.Kind, File: m.File, Initial: initial(s.opt.BotName),
	}
	if m.From != "" {
		name := who.of(p.Platform, m.From)
		v.Initial = initial(name)
		if c.Group && !v.Own {
			v.Sender = name
		}
	} else if c.Group {
		v.Sender = s.opt.BotName
	}
	switch {
	case m.Card != nil:
		v.Kind, v.Card = "card", s.cardView(p.Platform, m.Card)
	case m.Kind == "markdown":
		v.Body = s.markdown(p.Platform).block(m.Text)
	default:
		v.Body = s.text(p.Platform, m.From == "").block(m.Text)
	}
	return v
}

func (s *server) cardView(platform string, c *sim.Card) *cardView {
	md := s.markdown(platform)
	v := &cardView{Title: c.Title, Status: c.Status, Note: md.block(c.Note), Input: c.Input, Choice: c.Choice}
	for _, f := range c.Fields {
		v.Fields = append(v.Fields, fieldView{f.Name, md.block(f.Value)})
	}
	for _, b := range c.Buttons {
		one := buttonView{Button: b, Class: "plain"}
		switch {
		case !b.Enabled:
			one.Class = "grey"
		case b.Style == "primary", b.Style == "danger", b.Style == "link", b.Style == "menu":
			one.Class = b.Style
		}
		one.URL = s.link(platform, b.URL)
		v.Form = v.Form || b.Enabled && one.URL == ""
		v.Buttons = append(v.Buttons, one)
	}
	return v
}

// names are people's names by platform and id.
type names map[[2]string]string

func namesOf(phones []phone) names {
	out := make(names, len(phones))
	for _, p := range phones {
		out[[2]string{p.Platform, p.ID}] = p.Name
	}
	return out
}

func (n names) of(platform, id string) string {
	if name, ok := n[[2]string{platform, id}]; ok {
		return name
	}
	return id
}

// short is a name for an element that any message id can be turned into.
func short(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:8])
}

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// moment is a time as the page writes it.
func moment(t time.Time, year bool) string {
	t = t.In(shanghai)
	text := fmt.Sprintf("%d月%d日 %s %s", t.Month(), t.Day(), weekdays[t.Weekday()], t.Format("15:04"))
	if year {
		return fmt.Sprintf("%d年%s", t.Year(), text)
	}
	return text
}

// clockView is the clock as the page shows it.
type clockView struct {
	Now, Clock string
	// ISO is the minute for the field in which a time is typed.
	ISO     string
	Walking bool
	Part    int
	To      string
}

func (s *server) clockView() clockView {
	now := s.opt.Clock.Now().In(shanghai)
	k := s.walk()
	part, walking := k.part(now)
	v := clockView{Now: moment(now, true), Clock: now.Format("15:04"), ISO: now.Format("2006-01-02T15:04"), Walking: walking, Part: part}
	if walking {
		v.To = moment(k.to, false)
	}
	return v
}

// index is the page itself; the event stream fills the phones.
func (s *server) index(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	phones := s.phones()
	err := templates.ExecuteTemplate(&b, "index", map[string]any{
		"Phones": phones, "Shape": shape(phones), "Clock": s.clockView(), "BotName": s.opt.BotName, "Steps": steps, "Outside": s.opt.Outside != nil,
	})
	if err != nil {
		http.Error(w, "页面画不出来", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes())
}

// link is an address a button may open: http(s), or a path of this host.
func (s *server) link(platform, url string) string {
	if ownPath(url) {
		return s.address(platform, url)
	}
	if strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://") {
		return url
	}
	return ""
}

// ownPath reports whether an address is a path of this host. Browsers read a backslash as a slash.
func ownPath(url string) bool {
	return strings.HasPrefix(url, "/") && !strings.HasPrefix(url, "//") && !strings.Contains(url, `\`)
}

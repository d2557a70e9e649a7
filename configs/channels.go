package configs

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Channels is how people are reached beside and outside the chats.
type Channels struct {
	// PushesPerHour is how many pushes one person gets by themselves within an hour; what is more goes into a digest. 0:
	// any number.
	PushesPerHour int `yaml:"pushes_per_hour"`
	// Fallback lists the channels that are tried when a push did not arrive, in their order: chat (another platform of the
	// person), sms, mail.
	Fallback []string `yaml:"fallback"`
	// LateAfter is how long a push waits for its platform until the next channel is tried; 0: for ever.
	LateAfter time.Duration `yaml:"late_after"`
	// UnreadAfter is after how long it is asked whether a card was read, where the platform tells (DingTalk), and the next
	// channel tried when it was not; 0: never.
	UnreadAfter time.Duration `yaml:"unread_after"`
	// OwnQuiet is how long the quiet hours of a day may be that people set for themselves (免打扰); 0: they cannot.
	OwnQuiet time.Duration `yaml:"own_quiet"`
}

// Webhook is another system that is sent events.
type Webhook struct {
	URL    string `yaml:"url"`
	Secret Secret `yaml:"secret"`
	// Events are the kinds it wants: contract.approved, contract.*, *.
	Events []string `yaml:"events"`
}

// CompanyCalendar is the company's working calendar.
type CompanyCalendar struct {
	// Files are year files of public holidays that the program does not know yet.
	Files []string `yaml:"files"`
	// Work is the working time of a day, 09:00-18:00; Regions that of regions with their own.
	Work    string            `yaml:"work"`
	Regions map[string]string `yaml:"regions"`
	// Days are the company's own: "2026-05-02 休 厂庆", "2026-05-03..2026-05-04 班 盘点 @华东".
	Days []string `yaml:"days"`
}

// FallbackChannels are what Channels.Fallback may list.
var FallbackChannels = []string{"chat", "sms", "mail"}

func defaultChannels() Channels {
	return Channels{PushesPerHour: 20, Fallback: []string{"chat", "sms", "mail"}, LateAfter: time.Hour, OwnQuiet: 3 * time.Hour}
}

// Span is a stretch of a day, from and to as times since midnight.
type Span struct{ From, To time.Duration }

// ParseSpan reads 09:00-18:00.
func ParseSpan(s string) (Span, error) {
	from, to, ok := strings.Cut(strings.ReplaceAll(s, " ", ""), "-")
	var a, b TimeOfDay
	if !ok || a.UnmarshalText([]byte(from)) != nil || b.UnmarshalText([]byte(to)) != nil || a >= b {
		return Span{}, fmt.Errorf("%q is no stretch of a day", s)
	}
	return Span{a.Duration(), b.Duration()}, nil
}

var (
	hookNameForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)
	eventForm     = regexp.MustCompile(`^(\*|[a-z_]+\.(\*|[a-z_]+))$`)
	companyDay    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}(\.\.\d{4}-\d{2}-\d{2})?\s+(休|班)(\s+[^@\s]+)?(\s+@\S+)?$`)
	maxHooks      = 20
	maxPushesHour = 10_000
)

func (c Config) checkChannels(report reporter) {
	between(report, "channels.pushes_per_hour", c.Channels.PushesPerHour, 0, maxPushesHour)
	for i, name := range c.Channels.Fallback {
		choice(report, fmt.Sprintf("channels.fallback[%d]", i), name, FallbackChannels)
	}
	for key, d := range map[string]time.Duration{"late_after": c.Channels.LateAfter, "unread_after": c.Channels.UnreadAfter} {
		if d < 0 || d > 7*24*time.Hour {
			report("channels."+key, fmt.Sprintf("%s is not between nothing and 7d", spanText(d)), "write a duration such as 2h, or 0s for never")
		}
	}
	if d := c.Channels.OwnQuiet; d < 0 || d > 12*time.Hour {
		report("channels.own_quiet", fmt.Sprintf("%s is not between nothing and 12h", spanText(d)), "write a duration such as 3h, or 0s for none")
	}
	if c.SMS.URL != "" && len(c.SMS.Secret) < 16 {
		report("sms.secret", "is shorter than 16 characters", "make one with: openssl rand -hex 16")
	}
	if len(c.Webhooks) > maxHooks {
		report("webhooks", fmt.Sprintf("has more than %d targets", maxHooks), "send to one that hands the events on")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Webhooks)) {
		c.Webhooks[name].check(report, "webhooks."+name, name)
	}
	c.Calendar.check(report)
}

func (w Webhook) check(report reporter, key, name string) {
	if !hookNameForm.MatchString(name) {
		report(key, "is no name for a target", "use lower-case letters, digits, - and _")
	}
	if u := webAddress(report, key+".url", w.URL); u != nil && (u.User != nil || u.Fragment != "") {
		report(key+".url", "has a user or fragment", "give scheme, host and path; the secret stands in "+key+".secret")
	}
	if len(w.Secret) < 16 {
		report(key+".secret", "is shorter than 16 characters", "make one with: openssl rand -hex 16")
	}
	for i, e := range w.Events {
		if !eventForm.MatchString(e) {
			report(fmt.Sprintf("%s.events[%d]", key, i), fmt.Sprintf("%q is no kind of event", e), "write contract.approved, contract.* or *")
		}
	}
}

func (c CompanyCalendar) check(report reporter) {
	if _, err := ParseSpan(c.Work); err != nil {
		report("calendar.work", err.Error(), "write it as 09:00-18:00")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Regions)) {
		if _, err := ParseSpan(c.Regions[name]); err != nil {
			report("calendar.regions."+name, err.Error(), "write it as 10:00-19:00")
		}
	}
	for i, d := range c.Days {
		if !companyDay.MatchString(strings.TrimSpace(d)) {
			report(fmt.Sprintf("calendar.days[%d]", i), fmt.Sprintf("%q is no day", d), "write 2026-05-02 休 厂庆, or 2026-05-03..2026-05-04 班 盘点 @华东")
		}
	}
	for i, f := range c.Files {
		if _, err := os.Stat(f); err != nil {
			report(fmt.Sprintf("calendar.files[%d]", i), "cannot be read", "check the path")
		}
	}
}

// Host is the target's host, for those who must not see the rest.
func (w Webhook) Host() string {
	u, err := url.Parse(w.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

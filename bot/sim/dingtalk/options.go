package dingtalk

import (
	"net/url"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// Options sets up a simulated DingTalk. Company, Clock, ClientID and ClientSecret are required, the rest has defaults.
type Options struct {
	// Company is who works here. People and chats of other platforms are left out.
	Company sim.Company
	// Clock tells the simulated time, by which tokens, tickets, webhooks and quotas expire.
	Clock sim.Clock
	// Wall tells the real time, for latencies and for the rate per second. Nil is Clock.
	Wall func() time.Time

	ClientID     string
	ClientSecret string
	CorpID       string
	AgentID      string
	// RobotCode is the bot's code; empty is ClientID, as for the bot of an internal app.
	RobotCode string
	// CardTemplateID is the one card template that exists.
	CardTemplateID string
	// BotName is what the phones call the bot.
	BotName string

	// Managers names each person's manager by id, for the contacts calls. Admins are administrators of the company.
	Managers map[string]string
	Admins   []string

	// Denied names permission points (ScopeRobot, …) the app has not been given.
	Denied []string

	// MonthlyQuota is how many counted API calls a month (Beijing time) may have; 0 is no limit. DingTalk's standard
	// edition has 5000.
	MonthlyQuota int
	// QPS is how many calls of one API a second may have; 0 is no limit. DingTalk's standard edition has 20.
	QPS int
	// WebhookPerMinute limits replies through one sessionWebhook; 0 is no limit. The real limit is undocumented.
	WebhookPerMinute int

	// BaseURL is where the bot reaches Handler, without a final slash; empty is derived from the request's Host.
	BaseURL string
	// StreamURL is the WebSocket endpoint handed out by the gateway; empty is derived from BaseURL.
	StreamURL string

	// CardAckLimit is how long a card callback may take; 0 is the documented 2 s. Real time, as are the following.
	CardAckLimit time.Duration
	// EventRetry is the wait before an event without a good acknowledgement is pushed again (0 is 60 s), EventAttempts
	// how often it is pushed in all (0 is 3). DingTalk documents neither.
	EventRetry    time.Duration
	EventAttempts int
	// BotRetry is the wait before a bot message without acknowledgement is pushed again; 0 is never, as documented.
	// About 60 s is what bots in the field see.
	BotRetry time.Duration
	// PingInterval is the time between application-level pings; 0 is 30 s, negative is none.
	PingInterval time.Duration
	// DisconnectGrace is the silence between the disconnect frame and the end of the socket; 0 is the documented 10 s.
	DisconnectGrace time.Duration
	// ConnectionLife recycles each connection after this long with a disconnect frame; 0 is never.
	ConnectionLife time.Duration

	// Seed makes the choice among several connections repeatable.
	Seed uint64
}

const (
	defaultCardAckLimit    = 2 * time.Second
	defaultEventRetry      = 60 * time.Second
	defaultEventAttempts   = 3
	defaultPingInterval    = 30 * time.Second
	defaultDisconnectGrace = 10 * time.Second
)

func (o Options) withDefaults() Options {
	if o.Clock == nil || o.ClientID == "" || o.ClientSecret == "" {
		panic("dingtalk: Options needs Clock, ClientID and ClientSecret")
	}
	if o.Wall == nil {
		o.Wall = o.Clock.Now
	}
	if o.RobotCode == "" {
		o.RobotCode = o.ClientID
	}
	if o.BotName == "" {
		o.BotName = "销售助手"
	}
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	setDefault(&o.CardAckLimit, defaultCardAckLimit)
	setDefault(&o.EventRetry, defaultEventRetry)
	setDefault(&o.EventAttempts, defaultEventAttempts)
	setDefault(&o.PingInterval, defaultPingInterval)
	setDefault(&o.DisconnectGrace, defaultDisconnectGrace)
	return o
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// streamURL is the endpoint of the WebSocket for a bot that reached the gateway at base.
func (o Options) streamURL(base string) string {
	if o.StreamURL != "" {
		return o.StreamURL
	}
	u, err := url.Parse(base)
	if err != nil {
		return base + connectPath
	}
	u.Scheme = map[string]string{"https": "wss"}[u.Scheme]
	if u.Scheme == "" {
		u.Scheme = "ws"
	}
	return u.String() + connectPath
}

// onPlatform leaves the part of a company that is on DingTalk.
func onPlatform(c sim.Company) sim.Company {
	var out sim.Company
	here := map[string]bool{}
	for _, p := range c.People {
		if p.Platform == sim.DingTalk || p.Platform == "" {
			out.People = append(out.People, p)
			here[p.ID] = true
		}
	}
	for _, ch := range c.Chats {
		if ch.Platform != sim.DingTalk && ch.Platform != "" {
			continue
		}
		var members []string
		for _, m := range ch.Members {
			if here[m] {
				members = append(members, m)
			}
		}
		ch.Members = members
		out.Chats = append(out.Chats, ch)
	}
	return out
}

package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"salesflow/bot"
)

// Platform is the name of this platform in events and deliveries.
const Platform bot.Platform = "dingtalk"

// DefaultAPIBase and DefaultOAPIBase are where the platform is: the new API and the old one.
const (
	DefaultAPIBase  = "https://api.dingtalk.com"
	DefaultOAPIBase = "https://oapi.dingtalk.com"
)

// Defaults of Options.
const (
	// defaultPerSecond stays below the 20 calls a second of one app and API in the standard edition.
	defaultPerSecond = 15
	defaultTimeout   = 8 * time.Second
	defaultPause     = time.Second
	// tapLimit leaves room for the way back within ackLimit, the platform's 2 s for a card callback.
	defaultTapLimit     = 1500 * time.Millisecond
	defaultAckLimit     = 2 * time.Second
	defaultMessageLimit = 15 * time.Second
	defaultConcurrency  = 64
	defaultDrain        = 3 * time.Second
)

// Cache keeps the access token, so that replicas share it. It has the shape of the WeCom SDK's cache, so that one value
// serves both platforms. Get gives nil for what is not there.
type Cache interface {
	Get(key string) any
	Set(key string, val any, ttl time.Duration) error
	Delete(key string) error
}

// Observer is told of every call to the platform: its API name ("robot/batchSend", "webhook"), how it failed ("" when it
// did not) and how long it took.
type Observer interface {
	Observe(api string, reason bot.Reason, d time.Duration)
}

// Options configure the adapter. ClientID, ClientSecret, Cache and Now are required.
type Options struct {
	ClientID, ClientSecret string
	// CorpID is the company, where it is known: what comes from another one is not heard.
	CorpID string
	// RobotCode is the bot's code, the client id when empty, as for the bot of an app of the company's own.
	RobotCode string
	// CardTemplateID is the one card template; without it cards go out as text.
	CardTemplateID string
	// APIBase and OAPIBase are the addresses of the two APIs.
	APIBase, OAPIBase string
	// Agent is the user agent of the stream and of every call.
	Agent string

	Cache Cache
	Files bot.FileStore
	// Account gives the account of a person, "" for one without; Person the person behind an account, 0 for a stranger.
	// With them a card shows a button that is for some people only to those. They may be nil.
	Account func(person int64) bot.UserID
	Person  func(bot.UserID) int64
	// Union gives the unionId of an account from what was synchronised, "" when it is not known. It may be nil.
	Union func(ctx context.Context, user bot.UserID) (string, error)
	// Usage is this month's counter of calls, Count is told of each call that counts. They may be nil: no limit is known.
	Usage func(ctx context.Context) Usage
	Count func(api string)
	// Observer is told of every call; it may be nil.
	Observer Observer

	// Transport carries every HTTP call; nil means the standard one.
	Transport http.RoundTripper
	// Timeout bounds one API call, 8 s when zero. Files get three times as long.
	Timeout time.Duration
	// PerSecond bounds the calls of one API, 15 when zero, unlimited when negative.
	PerSecond int
	// Pause is the wait before the platform's own throttling of single receivers is tried once more, 1 s when zero.
	Pause time.Duration
	Now   func() time.Time

	Stream StreamOptions
}

// StreamOptions tune the stream; the zero value is right outside tests. All are real time.
type StreamOptions struct {
	// Look is how often the connection is looked after, 1 s when zero. It is also the first pause before a reconnect.
	Look time.Duration
	// MessageLimit is how long a message may take to be accepted, TapLimit a tap, AckLimit how long the platform waits
	// for the answer to a tap.
	MessageLimit, TapLimit, AckLimit time.Duration
	// Concurrency is how many frames are worked on at a time; others wait.
	Concurrency int
	// Drain is how long Run waits for frames under way when it is to end.
	Drain time.Duration
}

func (o *Options) fill() error {
	var errs []error
	missing := func(absent bool, key string) {
		if absent {
			errs = append(errs, fmt.Errorf("dingtalk: %s is missing", key))
		}
	}
	missing(o.ClientID == "", "client_id")
	missing(o.ClientSecret == "", "client_secret")
	missing(o.Cache == nil, "token cache")
	missing(o.Now == nil, "clock")
	orElse(&o.RobotCode, o.ClientID)
	orElse(&o.APIBase, DefaultAPIBase)
	orElse(&o.OAPIBase, DefaultOAPIBase)
	orElse(&o.Agent, "salesflow-go/1.0.0")
	o.APIBase, o.OAPIBase = strings.TrimRight(o.APIBase, "/"), strings.TrimRight(o.OAPIBase, "/")
	errs = append(errs, checkBase("api_base", o.APIBase), checkBase("oapi_base", o.OAPIBase))
	orElse(&o.Timeout, defaultTimeout)
	orElse(&o.PerSecond, defaultPerSecond)
	orElse(&o.Pause, defaultPause)
	orElse(&o.Stream.Look, time.Second)
	orElse(&o.Stream.MessageLimit, defaultMessageLimit)
	orElse(&o.Stream.TapLimit, defaultTapLimit)
	orElse(&o.Stream.AckLimit, defaultAckLimit)
	orElse(&o.Stream.Concurrency, defaultConcurrency)
	orElse(&o.Stream.Drain, defaultDrain)
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Observer == nil {
		o.Observer = silent{}
	}
	if o.Usage == nil {
		o.Usage = func(context.Context) Usage { return Usage{} }
	}
	if o.Count == nil {
		o.Count = func(string) {}
	}
	return errors.Join(errs...)
}

func orElse[T comparable](v *T, other T) {
	var zero T
	if *v == zero {
		*v = other
	}
}

func checkBase(key, raw string) error {
	u, err := url.Parse(raw)
	if err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http") {
		return nil
	}
	return fmt.Errorf("dingtalk: %s is not an address that begins with https:// or http://", key)
}

type silent struct{}

func (silent) Observe(string, bot.Reason, time.Duration) {}

// Adapter is one app of one company. It is a bot.Sender, bot.Updater, bot.Todos and bot.Fetcher; Run receives. Its
// methods may be called concurrently.
type Adapter struct {
	opt   Options
	api   *client
	media *mediaCache

	mu     sync.Mutex
	unions map[bot.UserID]string

	trouble errorBox
}

var (
	_ bot.Sender  = (*Adapter)(nil)
	_ bot.Updater = (*Adapter)(nil)
	_ bot.Todos   = (*Adapter)(nil)
	_ bot.Fetcher = (*Adapter)(nil)
)

// New makes an adapter. It calls nobody. The error names every key that is wrong.
func New(opt Options) (*Adapter, error) {
	if err := opt.fill(); err != nil {
		return nil, err
	}
	a := &Adapter{opt: opt, api: newClient(opt), media: newMediaCache(opt.Now), unions: map[bot.UserID]string{}}
	a.trouble.set(errNotConnected)
	return a, nil
}

// errorBox is an error that several goroutines set and read.
type errorBox struct {
	mu  sync.Mutex
	err error
}

// set replaces the error and reports whether that changes anything.
func (b *errorBox) set(err error) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	changed := (b.err == nil) != (err == nil) || err != nil && b.err.Error() != err.Error()
	b.err = err
	return changed
}

func (b *errorBox) get() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

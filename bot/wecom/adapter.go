package wecom

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/cache"

	"salesflow/bot"
)

// Platform is the name of this platform in events and deliveries.
const Platform bot.Platform = "wecom"

// The adapter's channels, as bot.Chat.Via names them. A single chat without a channel is the app's.
const (
	ViaApp     = "app"     // the self-built app: single chats, and groups it made (appchat)
	ViaRobot   = "robot"   // the intelligent robot
	ViaWebhook = "webhook" // a webhook robot; the chat's id is its name in Options.Webhooks
)

// DefaultAPIBase and DefaultRobotURL are where the platform is.
const (
	DefaultAPIBase  = "https://qyapi.weixin.qq.com"
	DefaultRobotURL = "wss://openws.work.weixin.qq.com"
)

// Defaults of Options.
const (
	defaultPast      = 24 * time.Hour
	defaultAhead     = time.Hour
	defaultPerMinute = 30
	defaultPerHour   = 1000
	defaultTimeout   = 8 * time.Second
)

// Observer is told of every call to the platform: its API name ("message/send", "robot/aibot_send_msg"), how it failed
// ("" when it did not) and how long it took.
type Observer interface {
	Observe(api string, reason bot.Reason, d time.Duration)
}

// Timer starts a real timer and returns its channel and how to stop it.
type Timer func(d time.Duration) (fired <-chan time.Time, stop func() bool)

// RobotOptions describe the intelligent robot; an empty BotID means there is none.
type RobotOptions struct {
	BotID, Secret string
	// URL is the socket's address, DefaultRobotURL when empty.
	URL string
	// Name is the robot's name in chats, stripped from what is said to it. Without it any leading "@name" is.
	Name string
}

// Options configure the adapter. CorpID, AgentID, Secret, Cache and Now are required; the callback needs Token and
// EncodingAESKey as well.
type Options struct {
	CorpID  string
	AgentID int
	Secret  string
	// ContactsSecret is that of 通讯录同步, used where the app itself may not read the contacts.
	ContactsSecret string
	// Token and EncodingAESKey protect the callback.
	Token, EncodingAESKey string
	// APIBase is the API's address, DefaultAPIBase when empty.
	APIBase string
	Robot   RobotOptions
	// Webhooks are the keys of webhook robots by the name of their group. They are secrets.
	Webhooks map[string]string
	// HomeURL is opened by a tap on a card without buttons.
	HomeURL string
	// MediaHosts are further hosts the robot's files may be fetched from; ".example.com" allows every host below it.
	MediaHosts []string

	Cache cache.Cache
	Files bot.FileStore
	// Person gives the person behind an account, 0 for a stranger; with it a card shows a button that is for some
	// people only when one of them gets the card. It may be nil.
	Person   func(bot.UserID) int64
	Observer Observer
	// Transport carries every HTTP call; nil means the standard one, with a connection kept for each of those who send.
	Transport http.RoundTripper
	// Timeout bounds one API call, 8 s when zero. Files get three times as long.
	Timeout  time.Duration
	Now      func() time.Time
	NewTimer Timer

	// Past and Ahead are how far a callback's timestamp may lie from now: 24 h and 1 h when zero. The platform repeats
	// a delivery with the old timestamp; what was done already is the inbox's to know, so the window is wide.
	Past, Ahead time.Duration
	// Pace keeps to the platform's limits per member. Nil means a Pacer of this process with PerMinute (30 when zero,
	// unlimited when negative).
	Pace      Pacer
	PerMinute int
}

// String names the app and none of its secrets.
func (o Options) String() string {
	return fmt.Sprintf("wecom corp %s, agent %d, robot %q at %s", o.CorpID, o.AgentID, o.Robot.BotID, o.APIBase)
}

// GoString is String: %#v must not show secrets either.
func (o Options) GoString() string { return o.String() }

func (o *Options) fill() error {
	var errs []error
	missing := func(absent bool, key string) {
		if absent {
			errs = append(errs, fmt.Errorf("wecom: %s is missing", key))
		}
	}
	missing(o.CorpID == "", "corp_id")
	missing(o.AgentID <= 0, "agent_id")
	missing(o.Secret == "", "secret")
	missing(o.Cache == nil, "token cache")
	missing(o.Now == nil, "clock")
	missing(o.Robot.BotID != "" && o.Robot.Secret == "", "robot.secret")
	orElse(&o.APIBase, DefaultAPIBase)
	orElse(&o.Robot.URL, DefaultRobotURL)
	o.APIBase = strings.TrimSuffix(o.APIBase, "/")
	errs = append(errs, checkURL("api_base", o.APIBase, "http", "https"), checkURL("robot.ws_url", o.Robot.URL, "ws", "wss"))
	orElse(&o.Past, defaultPast)
	orElse(&o.Ahead, defaultAhead)
	orElse(&o.Timeout, defaultTimeout)
	if o.NewTimer == nil {
		o.NewTimer = func(d time.Duration) (<-chan time.Time, func() bool) {
			t := time.NewTimer(d)
			return t.C, t.Stop
		}
	}
	if o.Transport == nil {
		o.Transport = newTransport()
	}
	if o.Observer == nil {
		o.Observer = silent{}
	}
	if o.Pace == nil && o.PerMinute >= 0 {
		orElse(&o.PerMinute, defaultPerMinute)
	}
	return errors.Join(errs...)
}

func orElse[T comparable](v *T, other T) {
	var zero T
	if *v == zero {
		*v = other
	}
}

func checkURL(key, raw string, schemes ...string) error {
	u, err := url.Parse(raw)
	if err == nil && u.Host != "" && u.User == nil {
		for _, s := range schemes {
			if u.Scheme == s {
				return nil
			}
		}
	}
	return fmt.Errorf("wecom: %s is not an address that begins with %s://", key, strings.Join(schemes, ":// or "))
}

type silent struct{}

func (silent) Observe(string, bot.Reason, time.Duration) {}

// Adapter is one app of one corporation and its robot. It is a bot.Sender, bot.Updater and bot.Fetcher. Its methods may
// be called concurrently.
type Adapter struct {
	opt      Options
	api      *client
	contacts *client // nil without a contacts secret
	pace     Pacer
	robot    *robot // nil without a robot
	box      cryptor
}

var (
	_ bot.Sender  = (*Adapter)(nil)
	_ bot.Updater = (*Adapter)(nil)
	_ bot.Fetcher = (*Adapter)(nil)
)

// New makes an adapter. It calls nobody. The error names every key that is wrong.
func New(opt Options) (*Adapter, error) {
	if err := opt.fill(); err != nil {
		return nil, err
	}
	a := &Adapter{opt: opt, api: newClient(opt, opt.Secret, fmt.Sprint(opt.AgentID)), pace: opt.Pace}
	if opt.ContactsSecret != "" {
		a.contacts = newClient(opt, opt.ContactsSecret, "contacts")
	}
	if a.pace == nil {
		a.pace = NewPacer(opt.Now, opt.PerMinute, defaultPerHour)
	}
	if opt.EncodingAESKey != "" || opt.Token != "" {
		box, err := newCryptor(opt.Token, opt.EncodingAESKey, opt.CorpID)
		if err != nil {
			return nil, err
		}
		a.box = box
	}
	if opt.Robot.BotID != "" {
		a.robot = newRobot(opt)
	}
	return a, nil
}

// keptConns is how many idle connections to the API are kept: about as many as send at once.
const keptConns = 32

func newTransport() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t := standard.Clone()
	t.MaxIdleConnsPerHost = keptConns
	return t
}

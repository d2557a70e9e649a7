package wecom

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// RobotChat is the chat id, in Say, Upload and Inbox, of a person's single chat with the intelligent robot. The empty id
// is the single chat with the self-built app.
const RobotChat = "robot"

// Defaults of Options, with the vendor's figure where there is one.
const (
	defaultAgentID       = 1000002
	defaultTokenTTL      = 2 * time.Hour
	defaultAnswerTimeout = 5 * time.Second
	defaultVerifyTimeout = time.Second
	defaultRobotIdle     = 100 * time.Second
	defaultRobotName     = "销售助手"
)

// Timer starts a real timer and returns its channel and how to stop it.
type Timer func(d time.Duration) (fired <-chan time.Time, stop func() bool)

// Options describes the simulated corporation and its app. Only Company and Clock are required: credentials left empty
// are made up, see Server.Credentials.
type Options struct {
	Company sim.Company
	// Clock is the platform's time: expiry of tokens, codes and media, per-minute limits, timestamps on the wire.
	Clock sim.Clock

	CorpID  string
	AgentID int
	// Secret is the self-built app's, ContactsSecret that of 通讯录同步.
	Secret, ContactsSecret string
	// Token and EncodingAESKey protect the callback. A made-up key carries loose trailing bits, as real ones may.
	Token, EncodingAESKey string
	// CallbackURL may hold query parameters of its own; it may be given later with SetCallback.
	CallbackURL string

	BotID, BotSecret, BotName string
	// RobotPath is where the handler serves the robot's WebSocket, "/robot/ws" when empty.
	RobotPath string
	// WebhookKeys maps the key of a webhook robot (群机器人) to the id of the group it speaks in.
	WebhookKeys map[string]string

	// PublicURL is where Handler can be reached, for URLs inside messages. Empty: the host of the last API request.
	PublicURL string
	// HTTPClient posts the callbacks; nil makes one. Redirects are never followed.
	HTTPClient *http.Client
	// NewTimer replaces the real timer between callback retries and behind the five seconds of a robot's answer.
	NewTimer Timer
	// Wall tells the time that latencies are measured with, nil means Clock.
	Wall func() time.Time

	// AnswerTimeout bounds one callback delivery (5 s), VerifyTimeout the answer to an echostr (1 s).
	AnswerTimeout, VerifyTimeout time.Duration
	// RetryAfter is the pause before each of the three retries.
	RetryAfter []time.Duration
	TokenTTL   time.Duration
	// RobotIdle closes a robot socket that sent nothing, not even a ping, for so long.
	RobotIdle time.Duration

	// RobotBacklog keeps messages for a robot without a socket for so long; zero loses them.
	RobotBacklog time.Duration

	// SameNonce makes retries repeat timestamp, nonce and ciphertext.
	SameNonce bool
	// AcceptStringAgentID takes "agentid":"1000002" for the number it should be.
	AcceptStringAgentID bool
	// RefuseEscapes answers 40033 to JSON with \uxxxx in message/send, which the error's description asks for; whether
	// the platform still does it is not known.
	RefuseEscapes bool
	// NoMemberLimit lifts the 30 messages a minute and 1000 an hour to one member, for measurements.
	NoMemberLimit bool
	// NoEnterEvents leaves out enter_agent and enter_chat when a person opens a chat for the first time.
	NoEnterEvents bool
}

// Credentials are what a bot needs to talk to this server.
type Credentials struct {
	CorpID                    string
	AgentID                   int
	Secret, ContactsSecret    string
	Token, EncodingAESKey     string
	BotID, BotSecret, BotName string
	RobotPath                 string
}

func (o *Options) fill() error {
	if o.Clock == nil {
		return errors.New("wecom simulator: no clock")
	}
	text := func(s *string, prefix string) {
		if *s == "" {
			*s = prefix + randomHex(16)
		}
	}
	text(&o.CorpID, "ww")
	text(&o.Secret, "")
	text(&o.ContactsSecret, "")
	text(&o.Token, "")
	text(&o.BotID, "aib")
	text(&o.BotSecret, "")
	if o.EncodingAESKey == "" {
		o.EncodingAESKey = NewEncodingAESKey()
	}
	if _, err := decodeAESKey(o.EncodingAESKey); err != nil {
		return err
	}
	o.fillNumbers()
	if o.BotName == "" {
		o.BotName = defaultRobotName
	}
	if o.RobotPath == "" {
		o.RobotPath = "/robot/ws"
	}
	if !strings.HasPrefix(o.RobotPath, "/") {
		return fmt.Errorf("wecom simulator: robot path %q does not begin with /", o.RobotPath)
	}
	if o.Wall == nil {
		o.Wall = o.Clock.Now
	}
	if o.NewTimer == nil {
		o.NewTimer = func(d time.Duration) (<-chan time.Time, func() bool) {
			t := time.NewTimer(d)
			return t.C, t.Stop
		}
	}
	return checkURL(o.CallbackURL)
}

func (o *Options) fillNumbers() {
	if o.AgentID == 0 {
		o.AgentID = defaultAgentID
	}
	for d, v := range map[*time.Duration]time.Duration{
		&o.AnswerTimeout: defaultAnswerTimeout, &o.VerifyTimeout: defaultVerifyTimeout,
		&o.TokenTTL: defaultTokenTTL, &o.RobotIdle: defaultRobotIdle,
	} {
		if *d <= 0 {
			*d = v
		}
	}
	if len(o.RetryAfter) == 0 {
		o.RetryAfter = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}
	}
}

// checkURL accepts an empty address or an absolute http one.
func checkURL(raw string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("wecom simulator: callback address %q is not an http URL", raw)
	}
	return nil
}

// NewEncodingAESKey makes a key of 43 characters whose last one carries bits that do not belong to the 32 bytes, as keys
// made by the platform may: strict base64 decoders refuse it.
func NewEncodingAESKey() string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	var raw [32]byte
	for {
		_, _ = rand.Read(raw[:])
		key := base64.StdEncoding.EncodeToString(raw[:])[:43]
		if strings.ContainsAny(key, "+/") {
			continue
		}
		// The last character holds four bits of the key and two loose ones; its value is a multiple of four.
		last := strings.IndexByte(alphabet, key[42])
		if last+1 < len(alphabet) {
			return key[:42] + string(alphabet[last+1])
		}
	}
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

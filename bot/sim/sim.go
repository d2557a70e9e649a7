// Package sim is the ground both platform simulators stand on: what a person at a phone does (say, send a file, tap a
// button) and what the phone shows. Packages sim/wecom and sim/dingtalk speak the platforms' real wire protocols on one
// side and this vocabulary on the other; package sim/page serves it as a web page and as a control surface.
//
// The simulators are part of the product and know nothing of it: they import neither handlers nor store.
package sim

import (
	"context"
	"io"
	"time"
)

// Platform names, as the control surface spells them.
const (
	WeCom    = "wecom"
	DingTalk = "dingtalk"
)

// Person is a member of the simulated company, with an account on one platform or both.
type Person struct {
	// ID is the person's id in the control surface and, unless Accounts says otherwise, the user id on the platform.
	ID       string `json:"id"`
	Name     string `json:"name"`
	Role     string `json:"role"`
	Platform string `json:"platform"`
	Team     string `json:"team"`
}

// Chat is a group chat of the simulated company. Its bot is a member.
type Chat struct {
	ID       string   `json:"id"`
	Platform string   `json:"platform"`
	Name     string   `json:"name"`
	Members  []string `json:"members"`
}

// Company is whom a simulator simulates.
type Company struct {
	People []Person `json:"people"`
	Chats  []Chat   `json:"chats"`
}

// Say is a text message typed by a person.
type Say struct {
	From string `json:"from"`
	// Chat is a group's id; empty is the single chat with the bot.
	Chat       string `json:"chat"`
	Text       string `json:"text"`
	MentionBot bool   `json:"mention_bot"`
	// Scanned says that Text is what the platform's own scanner read from a code (WeCom: scancode_waitmsg of the app's
	// menu). DingTalk has no such thing.
	Scanned bool `json:"scanned"`
	// EventID, when set, is the identity of the delivery: saying it again repeats the delivery, as a platform does.
	EventID string `json:"event_id"`
}

// Upload is a file, picture or voice clip sent by a person.
type Upload struct {
	From, Chat string
	Name       string
	Data       []byte
	// More is how many zero bytes follow Data. They are made when they are fetched, so that a file of hundreds of megabytes
	// costs nothing to send.
	More int64
	// Recognition is what the platform's own speech recognition made of a voice clip.
	Recognition string
	EventID     string
}

// Click is a tap on a button of a card that the person sees.
type Click struct {
	From      string `json:"from"`
	MessageID string `json:"message_id"`
	// Button is the text on the button. An opaque key or value may follow in Key to tap what is no longer shown
	// (a stale card on another device).
	Button string            `json:"button"`
	Key    string            `json:"key,omitempty"`
	Input  map[string]string `json:"input"`
}

// Message is what a phone shows. A card that changed comes again with the same ID and a higher Version.
type Message struct {
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	Chat string    `json:"chat"`
	// From is empty for the bot, else the id of the person who wrote it.
	From string `json:"from,omitempty"`
	Kind string `json:"kind"` // text, markdown, card, image, file
	Text string `json:"text,omitempty"`
	Card *Card  `json:"card,omitempty"`
	File *File  `json:"file,omitempty"`

	Version int `json:"version"`
}

// Card is a card as the phone draws it, read back from the platform's own wire form.
type Card struct {
	Title   string   `json:"title"`
	Status  string   `json:"status"`
	Fields  []Field  `json:"fields"`
	Note    string   `json:"note,omitempty"`
	Buttons []Button `json:"buttons"`
	// Input, when set, is a line to type in (DingTalk); Choice a list to choose from (WeCom).
	Input  *Input  `json:"input,omitempty"`
	Choice *Choice `json:"choice,omitempty"`
}

// Field is one labelled line of a drawn card.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Button is one drawn button. A disabled one is grey.
type Button struct {
	Text    string `json:"text"`
	Style   string `json:"style,omitempty"`
	URL     string `json:"url,omitempty"`
	Enabled bool   `json:"enabled"`
}

// Input is a drawn line of free text.
type Input struct {
	Key         string `json:"key"`
	Placeholder string `json:"placeholder,omitempty"`
}

// Choice is a drawn list of options.
type Choice struct {
	Key     string   `json:"key"`
	Title   string   `json:"title"`
	Options []Option `json:"options"`
}

// Option is one entry of a Choice.
type Option struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// File is something to open. URL is relative to the simulator's own base URL.
type File struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// Fault kinds, as the control surface spells them.
const (
	Redeliver    = "redeliver"     // the next messages are delivered again although they were acknowledged
	HTTP5xx      = "http_5xx"      // the next API calls answer 500
	Slow         = "slow"          // the next API calls wait Delay before they answer
	TokenExpired = "token_expired" // the token in use stops working now
	RateLimited  = "rate_limited"  // the next API calls answer with the platform's rate limit error
	Quota        = "quota"         // the next API calls answer that the monthly quota is used up (DingTalk)
	DropStream   = "drop_stream"   // live sockets are cut
	LostAck      = "lost_ack"      // the next acknowledgements are treated as not received
	LostAnswer   = "lost_answer"   // the next approvals are created, and the answer to that is an HTTP 500
	LostEvent    = "lost_event"    // the next events about approvals are never delivered
)

// Fault is something that goes wrong with the platform, Count times.
type Fault struct {
	Kind  string
	Count int
	Delay time.Duration
}

// Simulator is one platform seen from the phones.
type Simulator interface {
	// Company lists the people and chats of this platform.
	Company() Company
	// Say delivers a text to the bot as the platform would and returns the message's id. It returns when the delivery
	// was handed over, not when it was answered.
	Say(ctx context.Context, s Say) (messageID string, err error)
	// Send delivers a file, picture or voice clip.
	Send(ctx context.Context, u Upload) (messageID string, err error)
	// Click taps a button. The error says why the phone would not let it be tapped.
	Click(ctx context.Context, c Click) error
	// Inbox returns what the person's phone shows in a chat ("" is the single chat, "*" every chat of the person)
	// after the cursor, oldest first, and the new cursor. A changed card comes again under its old ID.
	Inbox(person, chat string, after int64) ([]Message, int64)
	// Changed is closed at the next change of any inbox.
	Changed() <-chan struct{}
	// Fault arms a fault.
	Fault(f Fault) error
}

// Clock tells the simulated platform's time, so that tokens, codes and webhooks expire when the demo's clock is advanced.
type Clock interface {
	Now() time.Time
}

// Zeros reads as n zero bytes: what follows the data of an Upload with More.
func Zeros(n int64) io.Reader { return io.LimitReader(zeros{}, n) }

type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

package bot

import (
	"errors"
	"time"

	"salesflow/store/sales"
)

// Platform names a chat platform. The core never asks which one it is; it passes the name on.
type Platform string

// UserID is a person's account on a platform, opaque to the core.
type UserID string

// ChatID is a chat on a platform, opaque to the core.
type ChatID string

// Chat is where something is said.
type Chat struct {
	Platform Platform `json:"platform"`
	ID       ChatID   `json:"id,omitempty"`
	// Group is true for a group chat; then less is shown than in a single chat.
	Group bool `json:"group,omitempty"`
	// Via names the adapter's own channel where a platform has several (WeCom: "app" or "robot"); the core passes it on.
	Via string `json:"via,omitempty"`
}

// EventKind is what kind of thing happened in the chat.
type EventKind string

// The kinds of event.
const (
	Said    EventKind = "said"    // a text, or a voice clip the platform put into words
	Sent    EventKind = "sent"    // a file, picture or voice clip
	Tapped  EventKind = "tapped"  // a button of a card
	Entered EventKind = "entered" // a person opened the chat with the bot
	Joined  EventKind = "joined"  // the bot was added to a group, or first heard there
	Moved   EventKind = "moved"   // something happened to an approval of the platform's own; Text is its reference there
	Changed EventKind = "changed" // the platform says that its directory has changed (a hint to read it again)
)

// Event is one thing that happened on a platform. It is complete as JSON, since it may wait in the inbox or the spool.
type Event struct {
	Platform Platform `json:"platform"`
	// ID is the identity of the event on its platform: the same for every delivery of the same thing, at most 190 bytes.
	ID   string    `json:"id"`
	Kind EventKind `json:"kind"`
	// At is the platform's time of the event.
	At   time.Time `json:"at"`
	From UserID    `json:"from"`
	// Name is how the platform calls the person, for a person the bot does not know yet.
	Name string `json:"name,omitempty"`
	Chat Chat   `json:"chat"`
	Text string `json:"text,omitempty"`
	// Scanned says that Text is what the platform's own scanner read from a code.
	Scanned bool      `json:"scanned,omitempty"`
	Files   []FileRef `json:"files,omitempty"`
	Tap     *Tap      `json:"tap,omitempty"`
	Route   Route     `json:"route,omitzero"`
	// ChatName is the group's name where the platform tells it.
	ChatName string `json:"chat_name,omitempty"`
	// Trouble says, for the operator, that the platform delivered something unusual (over its quota, unknown type).
	Trouble string `json:"trouble,omitempty"`
}

// Tap is a tapped button.
type Tap struct {
	// Action is what the button carried (cards.DecodeAction). It is not trusted.
	Action string `json:"action"`
	// Card is the platform's reference of the card (WeCom task_id, DingTalk outTrackId).
	Card string `json:"card"`
	// Input is what was typed or chosen on the card, by key.
	Input map[string]string `json:"input,omitempty"`
}

// Route is what an adapter needs to answer this very event, opaque to the core. It may have expired when it is used.
type Route struct {
	// Webhook is a reply address that needs no call budget (DingTalk sessionWebhook). It is a secret.
	Webhook string    `json:"webhook,omitempty"`
	Until   time.Time `json:"until,omitzero"`
	// Code is the one-time code of a tap (WeCom ResponseCode) or the request id of a socket frame.
	Code string `json:"code,omitempty"`
}

// FileRef is a file on a platform that is not ours yet.
type FileRef struct {
	// Ref is what the adapter needs to fetch it, as JSON of its own making.
	Ref  string `json:"ref"`
	Name string `json:"name,omitempty"`
	// Kind is "image", "voice", "video" or "file".
	Kind string `json:"kind"`
	// Silent says that the platform listened to a voice clip and heard no words.
	Silent bool `json:"silent,omitempty"`
}

// ErrFileTooLarge says that a file is larger than what is kept, 20 MB: trying again cannot help, cutting it up can.
var ErrFileTooLarge = errors.New("file is larger than 20 MB")

// Delivery kinds: how a delivery may be sent, and what to do with it when it cannot be.
const (
	DeliverReply  = "reply"   // the answer to an event
	DeliverPush   = "push"    // something the clock or another person caused
	DeliverCard   = "card"    // a new card
	DeliverUpdate = "update"  // a new face of a card that was sent
	DeliverTodo   = "todo"    // the platform's own to-do: create, change or close
	DeliverHook   = "webhook" // an event for another system
	DeliverLook   = "look"    // whether a push was read
)

// Delivery states.
const (
	DeliveryQueued     = "queued"
	DeliverySending    = "sending"
	DeliverySent       = "sent"
	DeliveryDelivered  = "delivered"
	DeliveryRead       = "read"
	DeliveryRetry      = "failed_for_now"
	DeliveryFailed     = "failed_for_good"
	DeliverySuperseded = "superseded"
)

// Delivery is one outgoing message, a row of the outbox. (Subject, Kind, Slot, Recipient) is unique: the same thing is
// never queued twice.
type Delivery struct {
	ID      sales.ID
	Subject string // the record or event it is about: "visit:123", "event:wecom:…"
	Kind    string
	Slot    string
	// Recipient is the canonical name of who gets it: "wecom:u:zhoumin" or "dingtalk:g:cid…"; users are joined by ",".
	Recipient string
	Platform  Platform
	Users     []UserID // a single chat with each of them; outside the chats their addresses
	// People are the persons behind Users, in their order, of something that is pushed to people; it is known until the
	// delivery is queued. Urgent says that neither quiet hours nor the brake hold it.
	People []sales.PersonID
	Urgent bool
	Chat   Chat // the chat it goes to when Users is empty
	Route  Route
	Out    Outgoing
	// CardID is the card this delivery sends or changes, 0 when it carries none.
	CardID sales.ID
	// Fresh is not 0 when a card that could not be changed is sent afresh; it tells its reference from the earlier ones.
	Fresh int64
	// Retry is true when an earlier attempt may have reached the platform: the adapter then uses its idempotency key.
	Retry    bool
	Attempts int
	QueuedAt time.Time
}

// CardRef is the platform reference of the card this delivery sends.
func (d Delivery) CardRef() string { return CardRef(d.CardID, d.Fresh) }

// Receipt is what a platform says of a message it took. It is stored with the card so that the card can be changed.
type Receipt struct {
	// Ref is the platform's reference of the message or card (WeCom task_id, DingTalk outTrackId).
	Ref string `json:"ref,omitempty"`
	// Code allows one change without a tap (WeCom response_code), until Until.
	Code  string    `json:"code,omitempty"`
	Until time.Time `json:"until,omitzero"`
	// Message is the platform's id of the message, for its read state and for recalling it.
	Message string `json:"message,omitempty"`
	// Undelivered are the recipients the platform did not reach.
	Undelivered []UserID `json:"undelivered,omitempty"`
	// AsText is true when a card had to go out as text, so that it cannot change.
	AsText bool `json:"as_text,omitempty"`
}

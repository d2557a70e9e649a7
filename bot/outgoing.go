package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// Outgoing is one thing to say: a text, a card, a file or picture, a platform to-do, or what only a channel outside the
// chats carries. Exactly one is set.
type Outgoing struct {
	// Text is plain text; "**…**" at the beginning of a line is a heading. All other markup is taken out when it is sent
	// (render.Say), since people's words are in it. An address stands as it is, or on a card's button.
	Text string      `json:"text,omitempty"`
	Card *cards.Card `json:"card,omitempty"`
	File *File       `json:"file,omitempty"`
	Todo *TodoTask   `json:"todo,omitempty"`
	Mail *Mail       `json:"mail,omitempty"`
	Hook *Hook       `json:"hook,omitempty"`
	Look *Look       `json:"look,omitempty"`
}

// File is a file of ours to send.
type File struct {
	ID   sales.ID `json:"id"`
	Name string   `json:"name"`
	// Image is true for a picture to show in the chat.
	Image bool `json:"image,omitempty"`
}

// TodoTask is the platform's own to-do (DingTalk 待办).
type TodoTask struct {
	TodoID sales.ID  `json:"todo_id"`
	Task   string    `json:"task,omitempty"` // the platform's id, empty to create
	Text   string    `json:"text"`
	Due    time.Time `json:"due,omitzero"`
	Done   bool      `json:"done,omitempty"`
}

// Sender delivers one message. A *SendError says whether trying again can help; any other error is of unknown outcome.
// It is called without a lock held, with a deadline in ctx.
type Sender interface {
	Send(ctx context.Context, d Delivery) (Receipt, error)
}

// Updater is implemented by platforms that can change a card already sent. r is the receipt of the card as stored;
// the returned receipt replaces it. SendError{Reason: NoUpdate} asks for a fresh card instead.
type Updater interface {
	Update(ctx context.Context, d Delivery, r Receipt) (Receipt, error)
}

// Recaller is implemented by platforms that can take a message back. It is tried before a card that can no longer change
// is sent afresh, so that people are not left with two that say different things.
type Recaller interface {
	Recall(ctx context.Context, r Receipt) error
}

// Todos is implemented by platforms with to-dos of their own. The receipt's Ref is the platform's id of the task.
type Todos interface {
	PutTodo(ctx context.Context, d Delivery) (Receipt, error)
}

// Fetcher is implemented by platforms from which files can be fetched. The reader is closed by the caller, who bounds it.
type Fetcher interface {
	Fetch(ctx context.Context, ref FileRef) (body io.ReadCloser, name, mime string, err error)
}

// Reason is why a send failed, a closed list for metrics.
type Reason string

// Reasons of failed sends.
const (
	Throttled   Reason = "throttled"   // a rate limit of the platform
	Quota       Reason = "quota"       // the month's budget is used up
	Down        Reason = "down"        // 5xx, busy, time-out before the request was sent
	Unsure      Reason = "unsure"      // the outcome is unknown
	BadToken    Reason = "bad_token"   // credentials are wrong
	NoRecipient Reason = "recipient"   // unknown user, robot not in the group
	Rejected    Reason = "rejected"    // the platform refused the content
	NoUpdate    Reason = "no_update"   // the card cannot be changed (code used or expired)
	NotHere     Reason = "not_here"    // another replica holds the socket this must go through
	Permission  Reason = "permission"  // a permission point or the trusted IP is missing
	Unsupported Reason = "unsupported" // the channel cannot carry this
)

// SendError is a failed send.
type SendError struct {
	Reason Reason
	// Retry says whether trying again can help, After when at the earliest.
	Retry bool
	After time.Duration
	Err   error
}

func (e *SendError) Error() string { return fmt.Sprintf("send: %s: %v", e.Reason, e.Err) }
func (e *SendError) Unwrap() error { return e.Err }

// Refused is a failed send that trying again cannot help.
func Refused(reason Reason, format string, args ...any) *SendError {
	return &SendError{Reason: reason, Err: fmt.Errorf(format, args...)}
}

// SendFailure reads err as a SendError; an error of another type is Unsure and may be tried again.
func SendFailure(err error) *SendError {
	var e *SendError
	if errors.As(err, &e) {
		return e
	}
	return &SendError{Reason: Unsure, Retry: true, Err: err}
}

// Accepted is what became of an event that was accepted.
type Accepted struct {
	// Face is the tapped card's new face, to travel in the acknowledgement where the platform has that; nil when there is
	// none or it was not ready in time. FaceSent must be told whether it was written in time.
	Face         *cards.Card
	FaceDelivery sales.ID
	// Later is true when the event was kept and will be done later: a tapped card says 处理中.
	Later bool
}

// Intake takes events from adapters. When Accept returns nil the event is durable and may be acknowledged; an error
// means that it is not, and must not be.
type Intake interface {
	Accept(ctx context.Context, ev Event) (Accepted, error)
	// FaceSent is told by the adapter whether the face in Accepted reached the platform in time.
	FaceSent(ctx context.Context, delivery sales.ID, ok bool)
}

// FileStore holds files of ours for adapters to send.
type FileStore interface {
	Open(ctx context.Context, id sales.ID) (body io.ReadCloser, name, mime string, err error)
}

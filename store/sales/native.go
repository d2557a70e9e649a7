package sales

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// States of a native approval.
const (
	NativeWanted      = "wanted"      // to be created on the platform
	NativeUnsure      = "unsure"      // creating was tried and may have worked: it is looked for before it is tried again
	NativeOpen        = "open"        // created; the platform's people decide
	NativeWithdrawing = "withdrawing" // the requester wants it back
	NativeDone        = "done"        // decided, and our record follows
	NativeFailed      = "failed"      // could not be created: the request goes on by our own cards
)

// NativePlace is a platform's own approval as the place where a flow's requests are decided (原生审批).
type NativePlace struct {
	// Platform is wecom or dingtalk, Template its form: WeCom's template_id, DingTalk's processCode.
	Platform, Template string
	NativeForm
}

// NativeForm is how a platform's form is filled and opened.
type NativeForm struct {
	// Fields name the places of the form, by ours (configs.NativeFields).
	Fields map[string]string `json:"fields,omitempty"`
	// Link opens one, {ref} standing for the platform's number; empty: none.
	Link string `json:"link,omitempty"`
}

// Value is the form as JSON text.
func (f NativeForm) Value() (driver.Value, error) {
	b, err := json.Marshal(f)
	return string(b), err
}

// Scan reads what Value wrote.
func (f *NativeForm) Scan(src any) error {
	*f = NativeForm{}
	switch v := src.(type) {
	case nil:
		return nil
	case []byte:
		return json.Unmarshal(v, f)
	case string:
		return json.Unmarshal([]byte(v), f)
	}
	return fmt.Errorf("scan native form from %T", src)
}

// NativeApproval is an approval whose place is a platform's own (原生审批). What happened there is read from the platform:
// its callbacks, which can be lost, doubled and out of order, only say that it is time to look.
type NativeApproval struct {
	ID        ID `db:"id"`
	RequestID ID `db:"request_id"`
	// Mark is a value in the form by which it is found again when the answer to its creation got lost.
	Mark     string `db:"mark"`
	Platform string `db:"platform"`
	// Template is WeCom's template_id or DingTalk's processCode, Ref WeCom's sp_no or DingTalk's processInstanceId.
	Template string `db:"template"`
	// Form is how the template is filled, as it was configured when the record was submitted.
	Form  NativeForm `db:"form"`
	Ref   string     `db:"ref"`
	State string     `db:"state"`
	// Seen are the decisions there that our record has followed.
	Seen List[string] `db:"seen"`
	// Reason is why the requester wants it back, or why it failed.
	Reason string `db:"reason"`
	// BegunAt is when creating was first tried, NextAt when it is looked at next.
	BegunAt Instant `db:"begun_at"`
	NextAt  Instant `db:"next_at"`
	// Attempts counts tries since the last success, Quiet looks that found nothing new.
	Attempts  int     `db:"attempts"`
	Quiet     int     `db:"quiet"`
	CreatedAt Instant `db:"created_at"`
	Version   int64   `db:"version"`
}

// Ended reports whether nothing more is asked of the platform.
func (n NativeApproval) Ended() bool { return n.State == NativeDone || n.State == NativeFailed }

// maxNativePoll is the longest time between two looks.
const maxNativePoll = 4 * time.Hour

// NextLook is when an open one is looked at again: after first, and twice as late after each look that found nothing new.
func (n NativeApproval) NextLook(first time.Duration, now time.Time) time.Time {
	d := first
	for range min(n.Quiet, 16) {
		d = min(2*d, max(maxNativePoll, first))
	}
	return now.Add(d)
}

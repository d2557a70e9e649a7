package bot

import (
	"context"
	"time"
)

// Approvals is implemented by platforms with an approval of their own (WeCom 审批, DingTalk OA审批).
type Approvals interface {
	// CreateApproval opens one and returns the platform's reference of it. Neither platform has an idempotency key: after
	// an error that is not a refusal it must be looked for before it is created again.
	CreateApproval(ctx context.Context, f NativeForm) (ref string, err error)
	// FindApproval looks for one by a value in its form; empty when there is none.
	FindApproval(ctx context.Context, s NativeSearch) (ref string, err error)
	// ApprovalState reads one.
	ApprovalState(ctx context.Context, ref string) (NativeState, error)
	// WithdrawApproval takes one back for its creator. SendError{Reason: Unsupported} where the platform lets only people
	// do that.
	WithdrawApproval(ctx context.Context, ref string, by UserID, why string) error
}

// NativeForm is an approval to be opened on a platform.
type NativeForm struct {
	Template string
	Creator  UserID
	Steps    []NativeStep
	CC       []UserID
	Fields   []NativeField
	// Summary are at most three short lines for the list of approvals, where a platform has that.
	Summary []string
}

// NativeStep is one step: All of the users (会签), any of them, or one after the other.
type NativeStep struct {
	Mode  string // "all", "any", "turn"
	Users []UserID
}

// NativeField is a value of the form. Control is what the template calls its place; Number is the value as a plain number
// for controls that hold one.
type NativeField struct {
	Control, Text, Number string
}

// NativeSearch says which approval is looked for.
type NativeSearch struct {
	Template     string
	Creator      UserID
	Since, Until time.Time
	// Control and Mark are a place of the form and what stands there.
	Control, Mark string
}

// NativeStatus is where a native approval stands.
type NativeStatus string

// The states of a native approval.
const (
	NativeRunning   NativeStatus = "running"
	NativeApproved  NativeStatus = "approved"
	NativeRejected  NativeStatus = "rejected"
	NativeWithdrawn NativeStatus = "withdrawn"
	NativeRevoked   NativeStatus = "revoked" // withdrawn after it was approved
)

// NativeState is a native approval as the platform tells it.
type NativeState struct {
	Status NativeStatus
	// Decisions are what approvers decided, the oldest first.
	Decisions []NativeDecision
	// By, At and Comment are of its end where the platform tells them.
	By      UserID
	At      time.Time
	Comment string
}

// NativeDecision is what one approver decided. Key is the same each time it is read.
type NativeDecision struct {
	Key     string
	User    UserID
	Agree   bool
	Comment string
	At      time.Time
}

package sim

import (
	"context"
	"time"
)

// Approval is one approval of a platform's own, as its people see it.
type Approval struct {
	ID      string         `json:"id"`
	Creator string         `json:"creator"`
	At      time.Time      `json:"at"`
	Status  string         `json:"status"` // running, approved, rejected, withdrawn
	Form    []Field        `json:"form"`
	Steps   []ApprovalStep `json:"steps"`
}

// ApprovalStep is one step with its people and what each decided: "", "agree", "refuse", "transfer".
type ApprovalStep struct {
	People []ApprovalPerson `json:"people"`
}

// ApprovalPerson is somebody in a step.
type ApprovalPerson struct {
	ID     string `json:"id"`
	Result string `json:"result"`
	Turn   bool   `json:"turn"`
}

// What can be done to an approval.
const (
	Agree    = "agree"
	Refuse   = "refuse"
	Transfer = "transfer" // To takes the place of Person
	Withdraw = "withdraw" // by its creator
)

// Act is something a person does to an approval in the platform's own app.
type Act struct {
	ID     string `json:"id"`
	Person string `json:"person"`
	Result string `json:"result"`
	Remark string `json:"remark"`
	To     string `json:"to"`
}

// Office is implemented by platforms whose own approvals are simulated.
type Office interface {
	// Approvals lists them, the newest first.
	Approvals() []Approval
	// Act does something to one as the person would in the app. The error says why the app would not let them.
	Act(ctx context.Context, a Act) error
}

package replica

import "time"

// Kinds of acts.
const (
	Submit   = "submit"
	Approve  = "approve"
	SendBack = "send back"
	Reject   = "reject"
	Withdraw = "withdraw"
	Resubmit = "resubmit"
	Transfer = "transfer"
	Visit    = "visit"
	Promise  = "promise"
	Keep     = "keep"
	Postpone = "postpone"
	Complain = "complain"
	Unsay    = "unsay"
	Settle   = "settle"
	Deliver  = "deliver"
	Answer   = "answer"
	Leave    = "leave"
	Cancel   = "cancel"
	Confirm  = "confirm"
	Reassign = "reassign"
	TakeUp   = "take up"
	Snooze   = "snooze"
	Give     = "give"
	Done     = "done"
	Customer = "customer"
	Fact     = "fact"
)

// Act is one thing somebody does. Which fields count goes by its kind.
type Act struct {
	ID       int64 // of the event: the same is done once
	Kind     string
	Who      int64
	Subject  int64 // the record
	Customer int64
	To       int64  // who gets it, who stands in
	Rule     string // whose incident
	Text     string // a class, a source
	From     time.Time
	Until    time.Time
}

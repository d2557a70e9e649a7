package approval

// What the steps of an incident's story say.
const (
	StepOpened      = "opened"      // the wait was too long
	StepPushed      = "pushed"      // somebody was told, one step a person
	StepHeld        = "held"        // nobody was told, and why
	StepUnreachable = "unreachable" // nobody of the level can be reached
	StepAcked       = "acked"       // 我来处理
	StepSnoozed     = "snoozed"     // 2小时后再提醒
	StepNudged      = "nudged"      // 催办
	StepHandedOver  = "handed_over" // 转给他人
	StepResolved    = "resolved"
)

package scheduler

import "context"

// retired are kinds of due rows of earlier releases that the rules of the pack have taken over. Rows of theirs that a
// release before this one wrote are closed and say nothing; the kinds are never used for anything else.
var retired = []string{
	"approval.remind", "approval.overdue", "todo.overdue", "sample.feedback", "filing.accept", "scan.photo", "lead.remind", "lead.escalate",
	"lead.contact", "pool.remind", "fresh.scan", "calibration.scan", "product.certificate", "authorisation.expires", "plan.checkin",
	"visit.companion",
}

// RegisterRetired closes the rows of kinds that rules have taken over.
func RegisterRetired[T DueTx](e *Engine[T]) {
	for _, kind := range retired {
		e.Handle(kind, func(context.Context, Moment, T) (Decision, error) { return Decision{Reason: "rules do that now"}, nil })
	}
}

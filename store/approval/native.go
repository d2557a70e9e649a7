package approval

import (
	"strings"
	"time"

	"salesflow/store/sales"
)

// Follow does what an approver decided in the platform's own approval (原生审批), where the request has its place. The
// platform says who may decide, so whoever did is taken as standing in for one whose turn it is here.
func Follow(r Request, who Person, agree bool, comment string, at time.Time) (Request, Outcome, error) {
	actor := Actor{Person: who, Native: true, ActsFor: r.TurnIDs()}
	at = r.notBefore(at)
	comment = fitComment(comment)
	if agree {
		return Approve(r, actor, at, comment)
	}
	if comment == "" {
		comment = "没写原因"
	}
	return Reject(r, actor, at, comment)
}

// Conclude ends an undecided request as the platform's own approval has ended: Approved, Rejected or Withdrawn. It is for
// what Follow has not led there, because people were added or left out on the platform.
func Conclude(r Request, state State, who Person, comment string, at time.Time) (Request, Outcome, error) {
	verb := map[State]Verb{Approved: VerbApprove, Rejected: VerbReject, Withdrawn: VerbWithdraw}[state]
	if verb == "" {
		return r, Outcome{}, sales.Errorf(sales.Invalid, "审批不能这样结束。")
	}
	at = r.notBefore(at)
	if r.State.Final() {
		return r, Outcome{}, r.decided(at)
	}
	after := r.clone()
	after.log(Entry{At: sales.At(at), Verb: verb, Actor: who.ID, ActorName: who.Name, Comment: fitComment(comment)})
	after.rest(ApproverSkipped)
	after.State, after.DecidedAt = state, sales.At(at)
	if state == Approved {
		after.Step = len(after.Steps)
	}
	after, out := finish(r, after, verb, who.ID, at)
	return after, out, nil
}

// elsewhere says where a request that has its place on a platform is decided.
func (r Request) elsewhere() error {
	name := r.Placed()
	return sales.Errorf(sales.Forbidden, r.Label()+" 在"+name+"审批里审,这里不能代办。到"+name+"里处理,办完这里自动更新。")
}

// Placed is where a request is decided when that is not here, in words; empty else.
func (r Request) Placed() string { return sales.PlatformName(r.Rules.Place) }

// notBefore keeps the decisions in order: platforms tell the time of one to the minute only, and learn of it late. A nudge or
// comment in between does not move it.
func (r Request) notBefore(at time.Time) time.Time {
	last := r.lastOf(VerbSubmit, VerbResubmit, VerbApprove, VerbReject, VerbAuto).At.Time
	if at.Before(last) {
		return last
	}
	return at
}

// fitComment makes of a comment written elsewhere one that can stand in the log.
func fitComment(s string) string {
	runes := []rune(strings.TrimSpace(strings.ToValidUTF8(s, "")))
	if len(runes) > MaxComment {
		runes = append(runes[:MaxComment-1:MaxComment-1], '…')
	}
	return string(runes)
}

package approval

import (
	"time"

	"salesflow/store/sales"
)

// Why is the reason why a person is told of a change.
type Why string

// The reasons. Everybody else concerned just sees their card change (Request.People).
const (
	WhyTurn      Why = "turn"      // it is your turn: approve, return or reject
	WhyApproved  Why = "approved"  // the request went through
	WhyRejected  Why = "rejected"  // it was rejected; the reason is in the last entry
	WhyReturned  Why = "returned"  // change it and submit again
	WhyWithdrawn Why = "withdrawn" // nothing to do any more
	WhyNudged    Why = "nudged"    // somebody asks you to look at it
	WhyCommented Why = "commented" // somebody wrote something about it
	WhyReleased  Why = "released"  // it was your turn and no longer is
	WhyCopied    Why = "copied"    // 抄送
)

// Notice tells one person.
type Notice struct {
	To  Person
	Why Why
}

// Outcome is what a change of a request means to others.
type Outcome struct {
	Verb     Verb
	Headline string   // the card's new state line: "合同已通过法务 · 赵磊 3月11日 12:20"
	Next     []Person // whose turn it is now
	Notify   []Notice // at most one a person, the actor never
	Entries  []Entry  // what the change added to the log
}

// finish compares the request before and after a change and says whom to tell.
func finish(before, after Request, verb Verb, actor sales.PersonID, now time.Time) (Request, Outcome) {
	after.Version++
	out := Outcome{Verb: verb, Next: after.Turn(), Entries: after.Log[len(before.Log):]}
	told := map[sales.PersonID]bool{actor: true, 0: true}
	tell := func(p Person, why Why) {
		if !told[p.ID] {
			told[p.ID] = true
			out.Notify = append(out.Notify, Notice{p, why})
		}
	}
	had := map[sales.PersonID]bool{}
	for _, p := range before.Turn() {
		had[p.ID] = true
	}
	for _, p := range out.Next {
		if verb == VerbNudge {
			tell(p, WhyNudged)
		} else if !had[p.ID] {
			tell(p, WhyTurn)
		}
	}
	requester := Person{after.Requester, after.RequesterName}
	if before.State != after.State {
		switch after.State {
		case Approved:
			tell(requester, WhyApproved)
		case Rejected:
			tell(requester, WhyRejected)
		case Returned:
			tell(requester, WhyReturned)
		}
	}
	gone := WhyReleased
	if after.State == Withdrawn {
		gone = WhyWithdrawn
	}
	still := map[sales.PersonID]bool{}
	for _, p := range out.Next {
		still[p.ID] = true
	}
	for _, p := range before.Turn() {
		if !still[p.ID] {
			tell(p, gone)
		}
	}
	if verb == VerbComment || verb == VerbSupplement {
		tell(requester, WhyCommented)
		for _, p := range out.Next {
			tell(p, WhyCommented)
		}
		if after.State.Final() {
			for _, p := range after.deciders() {
				tell(p, WhyCommented)
			}
		}
	}
	if before.State != after.State && (after.State == Approved || after.State == Rejected) {
		for _, p := range after.CC {
			tell(p, WhyCopied)
		}
	}
	out.Headline = headline(before, after, verb)
	return after, out
}

// headline is the state line of the card after a change. It stands for weeks, so it names the date and not 今天.
func headline(before, after Request, verb Verb) string {
	noun := after.Kind.Noun()
	last := lastHuman(after.Log[len(before.Log):])
	if before.State.Final() { // a word or a copy after the end: it stands as it was decided
		last = after.ending()
	}
	by := last.ActorName + " " + sales.FormatMoment(last.At.Time)
	switch {
	case after.State == Approved && last.Verb != VerbApprove:
		return noun + "已通过 · 不用审批 " + sales.FormatMoment(after.DecidedAt.Time)
	case after.State == Approved:
		return noun + "已通过 · " + by
	case after.State == Rejected:
		return noun + "已驳回 · " + by
	case after.State == Withdrawn:
		return noun + "已撤回 · " + by
	case after.State == Returned:
		return noun + "已退回修改 · " + by
	case verb == VerbApprove && after.Step > before.Step:
		return noun + "已通过" + before.Steps[before.Step].Post() + " · " + by
	case verb == VerbApprove:
		return noun + "待审批 · " + last.ActorName + " 已同意,等 " + after.NextText()
	}
	return noun + "待审批 · 等 " + after.NextText()
}

// lastHuman is the last entry that a person made; the zero Entry when there is none.
func lastHuman(log []Entry) Entry {
	for i := len(log) - 1; i >= 0; i-- {
		if log[i].Actor != 0 {
			return log[i]
		}
	}
	return Entry{}
}

// deciders are those who signed or rejected, each once, in order.
func (r Request) deciders() []Person {
	var out []Person
	for _, s := range r.Steps {
		for _, a := range s.Approvers {
			if (a.State == ApproverApproved || a.State == ApproverRejected) && !a.Auto {
				out = append(out, Person{a.decider(), a.deciderName()})
			}
		}
	}
	return unique(out)
}

// ending is the entry that ended a request; the zero Entry when nobody had to.
func (r Request) ending() Entry {
	last := r.lastOf(VerbApprove, VerbReject, VerbWithdraw)
	if !last.At.Equal(r.DecidedAt.Time) {
		return Entry{}
	}
	return last
}

package approval

import (
	"slices"
	"time"

	"salesflow/store/sales"
)

// chains lists the approvers of a step that act one after another, by index. The chains themselves run side by side.
func (s Step) chains() [][]int {
	if s.Mode == InOrder {
		all := make([]int, len(s.Approvers))
		for i := range all {
			all[i] = i
		}
		return [][]int{all}
	}
	var seats []int
	bySeat := map[int][]int{}
	for i, a := range s.Approvers {
		if _, ok := bySeat[a.Seat]; !ok {
			seats = append(seats, a.Seat)
		}
		bySeat[a.Seat] = append(bySeat[a.Seat], i)
	}
	chains := make([][]int, len(seats))
	for i, seat := range seats {
		chains[i] = bySeat[seat]
	}
	return chains
}

// wake makes the first unfinished approver of each chain pending and those behind waiting.
func (s *Step) wake() {
	for _, chain := range s.chains() {
		found := false
		for _, i := range chain {
			a := &s.Approvers[i]
			switch {
			case a.State.done():
			case found:
				a.State = ApproverWaiting
			default:
				a.State, found = ApproverPending, true
			}
		}
	}
}

// complete reports whether the step needs nobody any more: one chain is done in a 或签, all are otherwise. A chain ends with
// a signature, since whoever hands on has somebody behind.
func (s Step) complete() bool {
	if s.Mode == EachOf {
		return len(s.groupsOpen()) == 0
	}
	all := true
	for _, chain := range s.chains() {
		done := true
		for _, i := range chain {
			done = done && s.Approvers[i].State.done()
		}
		if s.Mode == AnyOf && done {
			return true
		}
		all = all && done
	}
	return all
}

// groupsOpen are the sources of a step of which nobody has signed yet.
func (s Step) groupsOpen() map[int]bool {
	open, signed := map[int]bool{}, map[int]bool{}
	for _, chain := range s.chains() {
		group, done, one := s.Approvers[chain[0]].Group, true, false
		for _, i := range chain {
			done = done && s.Approvers[i].State.done()
			one = one || s.Approvers[i].State == ApproverApproved
		}
		if done && one {
			signed[group] = true
		}
		open[group] = true
	}
	for g := range signed {
		delete(open, g)
	}
	return open
}

// release skips those of an EachOf step whose source has signed already.
func (s *Step) release() {
	if s.Mode != EachOf {
		return
	}
	open := s.groupsOpen()
	for i := range s.Approvers {
		if a := &s.Approvers[i]; !a.State.done() && !open[a.Group] {
			a.State = ApproverSkipped
		}
	}
}

// settle carries a pending request forward as far as it goes by itself: it wakes the step at work, signs for those who
// have approved in an earlier step, and goes on to the next step when one is complete.
func (r *Request) settle(now time.Time) {
	for r.State == Pending {
		if r.Step == len(r.Steps) {
			r.State, r.DecidedAt = Approved, sales.At(now)
			return
		}
		s := &r.Steps[r.Step]
		s.release()
		s.wake()
		if r.signRepeats(s, now) {
			continue
		}
		if !s.complete() {
			return
		}
		for i := range s.Approvers {
			if a := &s.Approvers[i]; !a.State.done() {
				a.State = ApproverSkipped
			}
		}
		r.Step++
		r.StepSince, r.NudgedAt = sales.At(now), sales.Instant{}
	}
}

// signRepeats approves one pending seat whose holder has approved in an earlier step. Who was asked by name, by a transfer
// or an addition, is asked.
func (r *Request) signRepeats(s *Step, now time.Time) bool {
	if r.Rules.AskAgain {
		return false
	}
	for i := range s.Approvers {
		a := &s.Approvers[i]
		if a.State != ApproverPending || a.AddedBy != 0 || !r.approvedBefore(a.Person) {
			continue
		}
		a.State, a.At, a.Auto = ApproverApproved, sales.At(now), true
		a.Comment = "前面已同意,自动通过"
		r.log(Entry{At: sales.At(now), Verb: VerbAuto, Target: a.Person, TargetName: a.Name, Comment: a.Comment})
		return true
	}
	return false
}

// approvedBefore reports whether p decided for approval in a step before the one at work.
func (r *Request) approvedBefore(p sales.PersonID) bool {
	return slices.ContainsFunc(r.Steps[:r.Step], func(s Step) bool {
		return slices.ContainsFunc(s.Approvers, func(a Approver) bool {
			return a.State == ApproverApproved && a.decider() == p
		})
	})
}

// log appends an entry for the step at work.
func (r *Request) log(e Entry) {
	e.Step = r.Step
	r.Log = append(r.Log, e)
}

// turnOf finds the pending approver that the actor is or stands in for; -1 when there is none.
func (r *Request) turnOf(actor Actor) int {
	if r.State != Pending || r.Step >= len(r.Steps) {
		return -1
	}
	approvers := r.Steps[r.Step].Approvers
	own := slices.IndexFunc(approvers, func(a Approver) bool {
		return a.State == ApproverPending && a.Person == actor.ID
	})
	if own >= 0 {
		return own
	}
	return slices.IndexFunc(approvers, func(a Approver) bool {
		return a.State == ApproverPending && slices.Contains(actor.ActsFor, a.Person)
	})
}

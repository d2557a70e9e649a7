package approval

import (
	"slices"
	"time"

	"salesflow/store/sales"
)

// Succession knows who has left the company, and who takes their place in a step.
type Succession interface {
	Gone(p sales.PersonID) bool
	// Heirs lists who may take the place of an approver of a step who has left, in the order in which they are asked.
	Heirs(s Step, a Approver, requester sales.PersonID) []Person
}

// Relieve gives the undecided places of those who have left the company (离职) to others, in the step at work and the later
// ones. Where others sign in their stead anyway the place just goes. False when nobody has left, or nobody can be found for
// any of them; a request that is decided on a platform is left to the platform.
func Relieve(r Request, who Succession, now time.Time) (Request, Outcome, bool) {
	if r.State != Pending || r.Placed() != "" {
		return r, Outcome{}, false
	}
	after, moved := r.clone(), false
	for i := after.Step; i < len(after.Steps); i++ {
		moved = after.relieveStep(i, who, now) || moved
	}
	if !moved {
		return r, Outcome{}, false
	}
	after.settle(now)
	after, out := finish(r, after, VerbTransfer, 0, now)
	out.Notify = slices.DeleteFunc(out.Notify, func(n Notice) bool { return n.Why == WhyReleased })
	return after, out, true
}

func (r *Request) relieveStep(step int, who Succession, now time.Time) (moved bool) {
	s := &r.Steps[step]
	for i := 0; i < len(s.Approvers); i++ {
		a := s.Approvers[i]
		if a.State != ApproverPending && a.State != ApproverWaiting || !who.Gone(a.Person) {
			continue
		}
		e := Entry{At: sales.At(now), Verb: VerbTransfer, For: a.Person, ForName: a.Name, Comment: a.Name + "已离职"}
		heir, ok := r.heir(*s, a, who)
		switch {
		case ok:
			s.Approvers[i].State, s.Approvers[i].At = ApproverTransferred, sales.At(now)
			s.Approvers = slices.Insert(s.Approvers, i+1, Approver{
				Person: heir.ID, Name: heir.Name, State: ApproverWaiting, Seat: a.Seat, Group: a.Group, Note: a.Name + "已离职,由 " + heir.Name + " 接着审",
			})
			e.Target, e.TargetName = heir.ID, heir.Name
			i++
		case s.covered(i, who):
			s.Approvers = slices.Delete(s.Approvers, i, i+1)
			e.Verb, e.Target, e.TargetName, e.For, e.ForName = VerbSkip, a.Person, a.Name, 0, ""
			i--
		default:
			continue // nobody can be found: the administrators are told
		}
		r.log(e)
		moved = true
	}
	return moved
}

// heir is who takes an approver's place; false when everybody who could sits in the step already.
func (r *Request) heir(s Step, a Approver, who Succession) (Person, bool) {
	for _, h := range who.Heirs(s, a, r.Requester) {
		sits := slices.ContainsFunc(s.Approvers, func(x Approver) bool { return x.Person == h.ID && x.State != ApproverTransferred })
		if h.ID != 0 && !sits && !who.Gone(h.ID) && (h.ID != r.Requester || r.Rules.SelfApprove) {
			return h, true
		}
	}
	return Person{}, false
}

// covered reports whether a step is signed by somebody who is here even without the approver at i: anybody of the step, or of
// the approver's source where one of each must sign.
func (s Step) covered(i int, who Succession) bool {
	for j, x := range s.Approvers {
		if j == i || x.State == ApproverTransferred || x.State == ApproverSkipped || who.Gone(x.Person) {
			continue
		}
		if s.Mode != EachOf || x.Group == s.Approvers[i].Group {
			return true
		}
	}
	return false
}

// Gone reports whether a person has left.
func (o OrgResolver) Gone(p sales.PersonID) bool {
	who, ok := o.Org.Person(p)
	return !ok || !who.Active
}

// Heirs are the others who hold the step's role, the superior of who has left, the general managers and the
// administrators.
func (o OrgResolver) Heirs(s Step, a Approver, requester sales.PersonID) []Person {
	var out []Person
	if s.Role != "" {
		out = o.Holders(s.Role, requester)
	}
	if up, ok := o.Superior(a.Person); ok {
		out = append(out, up)
	}
	out = append(out, o.Holders(string(sales.RoleGM), requester)...)
	return append(out, o.Holders(string(sales.RoleAdmin), requester)...)
}

package approval

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"salesflow/store/sales"
)

// anyVerb draws a verb with its arguments.
func anyVerb(t *rapid.T, r Request, now time.Time) (Request, Outcome, error) {
	people := []Person{zhou, wang, zhao, qian, sun, chen, he, lin, wu}
	actor := Actor{Person: rapid.SampledFrom(people).Draw(t, "actor")}
	if turn := r.Turn(); len(turn) > 0 && rapid.IntRange(0, 3).Draw(t, "whose turn it is") > 0 {
		actor.Person = rapid.SampledFrom(turn).Draw(t, "turn")
	}
	actor.Oversees = rapid.Bool().Draw(t, "oversees")
	if rapid.IntRange(0, 4).Draw(t, "deputy") == 0 {
		actor.ActsFor = []sales.PersonID{rapid.SampledFrom(people).Draw(t, "for").ID}
	}
	other := rapid.SampledFrom(people).Draw(t, "other")
	text := rapid.SampledFrom([]string{"", "原因"}).Draw(t, "text")
	switch rapid.IntRange(0, 14).Draw(t, "verb") {
	case 14:
		left := leavers{staff: staff(), gone: map[sales.PersonID]bool{}}
		for range rapid.IntRange(1, 3).Draw(t, "leavers") {
			left.gone[rapid.SampledFrom(people).Draw(t, "leaver").ID] = true
		}
		if after, out, moved := Relieve(r, left, now); moved {
			return after, out, nil
		}
		return r, Outcome{}, sales.Errorf(sales.Conflict, "没有变化")
	case 11:
		return Supplement(r, actor, now, text)
	case 12:
		return Copy(r, actor, now, other)
	case 13:
		deputies := map[sales.PersonID]Person{}
		for _, p := range r.Turn() {
			deputies[p.ID] = rapid.SampledFrom(people).Draw(t, "deputy of")
		}
		if after, out, changed := Stand(r, deputies, now); changed {
			return after, out, nil
		}
		return r, Outcome{}, sales.Errorf(sales.Conflict, "没有变化")
	case 0:
		return Reject(r, actor, now, text)
	case 1, 2:
		return SendBack(r, actor, now, text)
	case 3:
		return Resubmit(r, Actor{Person: zhou}, now, Changes{Restart: rapid.Bool().Draw(t, "restart")})
	case 4:
		return Transfer(r, actor, now, other, text)
	case 5:
		return AddApprover(r, actor, now, other, rapid.SampledFrom([]Position{Before, After}).Draw(t, "position"), text)
	case 6:
		return Nudge(r, actor, now)
	case 7:
		return Comment(r, actor, now, text)
	case 8:
		if rapid.IntRange(0, 4).Draw(t, "withdraw") == 0 {
			return Withdraw(r, Actor{Person: zhou}, now, text)
		}
	}
	return Approve(r, actor, now, text)
}

// leavers are a company some of whose people have left.
type leavers struct {
	staff company
	gone  map[sales.PersonID]bool
}

func (l leavers) Gone(p sales.PersonID) bool { return l.gone[p] }

func (l leavers) Heirs(s Step, a Approver, requester sales.PersonID) []Person {
	out := l.staff.Holders(s.Role, requester)
	if up, ok := l.staff.Superior(a.Person); ok {
		out = append(out, up)
	}
	return append(out, he, lin)
}

// signatures counts the places that somebody signed; those filled by the policy are not.
func signatures(r Request) int {
	n := 0
	for _, s := range r.Steps {
		for _, a := range s.Approvers {
			if a.State == ApproverApproved && !a.Auto {
				n++
			}
		}
	}
	return n
}

func TestNoSequenceOfVerbsBreaksARequest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mode := rapid.SampledFrom([]SignMode{AllOf, AnyOf, EachOf, InOrder})
		roles := rapid.SampledFrom([]string{"legal", "legals", "director", "legal_head", "finance"})
		p := Policy{
			Kind:     Contract,
			Fallback: "gm",
			Self:     rapid.SampledFrom([]SelfRule{SelfSuperior, SelfSkip, SelfAllow}).Draw(t, "self"),
			Repeat:   rapid.SampledFrom([]RepeatRule{RepeatAuto, RepeatAsk}).Draw(t, "repeat"),
		}
		for i := range rapid.IntRange(1, 3).Draw(t, "steps") {
			step := StepPolicy{
				Role: roles.Draw(t, "role"), RoleName: string(rune('甲' + i)), Mode: mode.Draw(t, "mode"),
			}
			for j := range rapid.IntRange(0, 3).Draw(t, "sources") {
				step.Sources = append(step.Sources, Source{Kind: FromRole, Key: roles.Draw(t, "source"), Name: string(rune('一' + j))})
			}
			p.Steps = append(p.Steps, step)
		}
		now := start
		r, out, err := Submit(draft(), p, staff(), now)
		if err != nil {
			t.Fatal(err)
		}
		holds(t, r, out)
		for range rapid.IntRange(0, 25).Draw(t, "verbs") {
			now = now.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "minutes")) * time.Minute)
			before := r.clone()
			next, out, err := anyVerb(t, r, now)
			if diff := cmp.Diff(before, r); diff != "" {
				t.Fatalf("a verb changed the request it was given:\n%s", diff)
			}
			if err != nil {
				if diff := cmp.Diff(r, next); diff != "" || sales.Message(err) == "" {
					t.Fatalf("refused with %v, yet changed:\n%s", err, diff)
				}
				continue
			}
			if r.State.Final() && (out.Verb != VerbCopy && out.Verb != VerbComment || next.State != r.State) {
				t.Fatalf("%s changed a request that was %s", out.Verb, r.State)
			}
			if next.Version != r.Version+1 || len(next.Log) <= len(r.Log) || !cmp.Equal(next.Log[:len(r.Log)], r.Log) {
				t.Fatalf("%s left version %d and %d entries after %d and %d", out.Verb, next.Version, len(next.Log), r.Version, len(r.Log))
			}
			switch had, has := signatures(r), signatures(next); { // one place signs once, and what was signed is not lost
			case out.Verb == VerbApprove && has != had+1:
				t.Fatalf("%d signatures after %d and one more: %s", has, had, states(next))
			case out.Verb != VerbApprove && out.Verb != VerbResubmit && has != had:
				t.Fatalf("%s left %d signatures of %d: %s", out.Verb, has, had, states(next))
			}
			r = next
			holds(t, r, out)
		}
	})
}

// holds checks what is true of every request.
func holds(t *rapid.T, r Request, out Outcome) {
	signed := map[sales.PersonID]bool{}
	for i, s := range r.Steps {
		pending, people := 0, map[sales.PersonID]bool{}
		for _, a := range s.Approvers {
			if a.State == ApproverPending {
				pending++
			}
			if a.State == ApproverApproved {
				signed[a.decider()] = true
			}
			if a.Person == r.Requester && !r.Rules.SelfApprove {
				t.Fatalf("the requester sits in step %d: %s", i, states(r))
			}
			if a.State != ApproverTransferred && people[a.Person] {
				t.Fatalf("%s sits twice in step %d: %s", a.Name, i, states(r))
			}
			people[a.Person] = people[a.Person] || a.State != ApproverTransferred
			if i > r.Step && r.State == Pending && a.State != ApproverWaiting && a.State != ApproverTransferred {
				t.Fatalf("step %d has begun before step %d is done: %s", i, r.Step, states(r))
			}
			if i < r.Step && !a.State.done() {
				t.Fatalf("step %d was left undone: %s", i, states(r))
			}
		}
		if (pending > 0) != (r.State == Pending && i == r.Step) {
			t.Fatalf("%s in step %d, step %d has %d pending: %s", r.State, r.Step, i, pending, states(r))
		}
		if s.Mode == InOrder && pending > 1 {
			t.Fatalf("two at once in an ordered step: %s", states(r))
		}
	}
	if signed[r.Requester] && !r.Rules.SelfApprove {
		t.Fatalf("the requester signed: %s", states(r))
	}
	if (r.State == Approved) != (r.Step == len(r.Steps)) || r.State.Final() == r.DecidedAt.IsZero() {
		t.Fatalf("%s at step %d of %d, decided %s", r.State, r.Step, len(r.Steps), r.DecidedAt)
	}
	if (r.State == Pending || r.State == Returned) != (r.NextText() != "") || len(out.Next) != len(r.Turn()) {
		t.Fatalf("%s waits for %q, %d people", r.State, r.NextText(), len(out.Next))
	}
	told := map[sales.PersonID]bool{}
	for _, n := range out.Notify {
		if told[n.To.ID] || n.To.ID == 0 || n.To.Name == "" || n.Why == "" {
			t.Fatalf("%s tells %+v", out.Verb, out.Notify)
		}
		told[n.To.ID] = true
	}
	if out.Headline == "" {
		t.Fatalf("%s has no headline", out.Verb)
	}
}

package approval

import (
	"fmt"
	"slices"
	"time"

	"salesflow/store/sales"
)

// Transfer gives the actor's turn to somebody else (转交); the comment may be empty.
func Transfer(r Request, actor Actor, now time.Time, to Person, comment string) (Request, Outcome, error) {
	return bringIn(r, actor, now, VerbTransfer, to, comment, func(s *Step, i int, a Approver) {
		s.Approvers[i].State, s.Approvers[i].At = ApproverTransferred, sales.At(now)
		s.Approvers = slices.Insert(s.Approvers, i+1, a)
	})
}

// Position is where an added approver signs.
type Position string

// The positions, as seen from who adds.
const (
	Before Position = "before" // the added one first, then it is the actor's turn again
	After  Position = "after"  // once the actor has approved
)

// AddApprover brings another approver into the actor's seat (加签); the comment may be empty. The actor still decides.
func AddApprover(r Request, actor Actor, now time.Time, who Person, pos Position, comment string) (Request, Outcome, error) {
	return bringIn(r, actor, now, VerbAddApprover, who, comment, func(s *Step, i int, a Approver) {
		if pos == After {
			i++
		}
		s.Approvers = slices.Insert(s.Approvers, i, a)
	})
}

func bringIn(r Request, actor Actor, now time.Time, verb Verb, who Person, comment string, put func(s *Step, i int, a Approver)) (Request, Outcome, error) {
	i, err := r.seatOf(actor, now)
	if err != nil {
		return r, Outcome{}, err
	}
	if comment, err = checkComment(comment); err != nil {
		return r, Outcome{}, err
	}
	if err := r.mayJoin(r.Steps[r.Step].Approvers[i], who); err != nil {
		return r, Outcome{}, err
	}
	after := r.clone()
	s := &after.Steps[after.Step]
	own := s.Approvers[i]
	put(s, i, Approver{Person: who.ID, Name: who.Name, State: ApproverWaiting, Seat: own.Seat, Group: own.Group, AddedBy: actor.ID})
	e := Entry{
		At: sales.At(now), Verb: verb, Actor: actor.ID, ActorName: actor.Name,
		Target: who.ID, TargetName: who.Name, Comment: comment,
	}
	if own.Person != actor.ID {
		e.For, e.ForName = own.Person, own.Name
	}
	after.log(e)
	after.settle(now)
	after, out := finish(r, after, verb, actor.ID, now)
	return after, out, nil
}

// mayJoin refuses who cannot become an approver of the step at work, in the seat of own. Who acts for own may take the
// seat over.
func (r Request) mayJoin(own Approver, who Person) error {
	switch s := r.Steps[r.Step]; {
	case who.ID == 0:
		return sales.Errorf(sales.Invalid, "交给谁?写上名字,例:转交 "+r.handle()+" 王芳。")
	case who.ID == own.Person:
		return sales.Errorf(sales.Invalid, "现在就等你,不用转给自己。")
	case who.ID == r.Requester && !r.Rules.SelfApprove:
		return sales.Errorf(sales.Forbidden, who.Name+" 是提交人,不能审自己的"+r.Kind.Noun()+"。换一个人。")
	case slices.ContainsFunc(s.Approvers, func(a Approver) bool {
		return a.Person == who.ID && a.State != ApproverTransferred
	}):
		return sales.Errorf(sales.Conflict, who.Name+" 已经在这一步里。换一个人,或直接催办。")
	case len(s.Approvers) >= MaxApprovers:
		return sales.Errorf(sales.Forbidden, fmt.Sprintf("这一步已有 %d 人,不能再加。", len(s.Approvers)))
	}
	return r.room()
}

// Nudge asks those whose turn it is to look at the request (催办), at most once per Rules.NudgeEvery and step. The requester,
// everybody with a part in the request and overseers can.
func Nudge(r Request, actor Actor, now time.Time) (Request, Outcome, error) {
	if r.State.Final() {
		return r, Outcome{}, r.decided(now)
	}
	if r.State == Returned {
		return r, Outcome{}, r.returned(now)
	}
	if !r.concerns(actor.ID) && !actor.Oversees {
		return r, Outcome{}, sales.Errorf(sales.Forbidden, r.Label()+" 和你无关,催办要提交人、他的上级或审批人来。现在等 "+r.NextText()+"。")
	}
	if turn := r.Turn(); len(turn) == 1 && turn[0].ID == actor.ID {
		return r, Outcome{}, sales.Errorf(sales.Invalid, "现在就等你。回 同意 "+r.handle()+" 或 退回 "+r.handle()+"。")
	}
	if next := r.NudgedAt.Add(r.Rules.NudgeEvery); !r.NudgedAt.IsZero() && r.Rules.NudgeEvery > 0 && now.Before(next) {
		return r, Outcome{}, sales.Errorf(sales.Conflict, fmt.Sprintf("%s %s 催过 %s,%s 后可以再催。",
			r.lastNudger(), sales.FormatTime(r.NudgedAt.Time, now), r.NextText(), sales.FormatTime(next, now)))
	}
	if err := r.room(); err != nil {
		return r, Outcome{}, err
	}
	after := r.clone()
	after.NudgedAt = sales.At(now)
	after.log(Entry{At: sales.At(now), Verb: VerbNudge, Actor: actor.ID, ActorName: actor.Name})
	after, out := finish(r, after, VerbNudge, actor.ID, now)
	return after, out, nil
}

func (r Request) lastNudger() string {
	for i := len(r.Log) - 1; i >= 0; i-- {
		if r.Log[i].Verb == VerbNudge {
			return r.Log[i].ActorName
		}
	}
	return ""
}

// Comment adds a word to a request and changes nothing else, also when it is decided: then those who decided are told. The
// requester, everybody with a part in the request and overseers can.
func Comment(r Request, actor Actor, now time.Time, text string) (Request, Outcome, error) {
	if !r.concerns(actor.ID) && !actor.Oversees && r.turnOf(actor) < 0 {
		return r, Outcome{}, sales.Errorf(sales.Forbidden, r.Label()+" 与你无关,不能留言。有话可以直接找提交人 "+r.RequesterName+"。")
	}
	text, err := checkComment(text)
	if err != nil {
		return r, Outcome{}, err
	}
	if text == "" {
		return r, Outcome{}, sales.Errorf(sales.Invalid, "留言写什么?回 留言 "+r.handle()+" 加一句话。")
	}
	if err := r.room(); err != nil {
		return r, Outcome{}, err
	}
	after := r.clone()
	after.log(Entry{At: sales.At(now), Verb: VerbComment, Actor: actor.ID, ActorName: actor.Name, Comment: text})
	after, out := finish(r, after, VerbComment, actor.ID, now)
	return after, out, nil
}

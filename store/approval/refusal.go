package approval

import (
	"strings"
	"time"

	"salesflow/store/sales"
)

// seatOf is the actor's pending place in the step at work, or the sentence that says why there is none.
func (r Request) seatOf(actor Actor, now time.Time) (int, error) {
	i := r.turnOf(actor)
	if i < 0 {
		return -1, r.refusal(actor, now)
	}
	if actor.Native {
		return i, nil
	}
	if r.Rules.Place != "" {
		return -1, r.elsewhere()
	}
	if actor.ID == r.Requester && !r.Rules.SelfApprove {
		return -1, r.ownRequest() // also as somebody's deputy
	}
	return i, nil
}

// refusal says why the actor cannot decide: somebody has, it is not their turn, or it never was theirs.
func (r Request) refusal(actor Actor, now time.Time) error {
	switch {
	case r.State.Final():
		return r.decided(now)
	case r.State == Returned:
		return r.returned(now)
	case r.turnOf(actor) >= 0: // a deputy who asks for something else
		return sales.Errorf(sales.Conflict, r.Label()+" 正在审批,现在就等你。")
	}
	waits := false
	for s := len(r.Steps) - 1; s >= 0; s-- {
		for _, a := range r.Steps[s].Approvers {
			if a.Person != actor.ID && a.By != actor.ID {
				continue
			}
			switch a.State {
			case ApproverWaiting:
				waits = true
			case ApproverApproved:
				return sales.Errorf(sales.Conflict, "你 "+sales.FormatTime(a.At.Time, now)+" 已同意 "+r.Label()+",现在等 "+r.NextText()+"。")
			case ApproverTransferred:
				return sales.Errorf(sales.Conflict, "你 "+sales.FormatTime(a.At.Time, now)+" 已转给 "+r.transferredTo(actor.ID)+",现在等 "+r.NextText()+"。")
			case ApproverSkipped:
				return sales.Errorf(sales.Conflict, r.Steps[s].Post()+"这一步"+r.signers(s, now)+",不用你再处理。现在等 "+r.NextText()+"。")
			}
		}
	}
	if waits {
		return sales.Errorf(sales.Forbidden, "还没轮到你,现在等 "+r.NextText()+"。到你时会通知你。")
	}
	if actor.ID == r.Requester {
		return r.ownRequest()
	}
	return sales.Errorf(sales.Forbidden, r.Label()+" 不归你审,现在等 "+r.NextText()+"。")
}

func (r Request) ownRequest() error {
	return sales.Errorf(sales.Forbidden, "自己提交的"+r.Kind.Noun()+"不能自己审,现在等 "+r.NextText()+"。你可以催办或撤回。")
}

// signers says who completed a step: "已由 赵磊 今天 12:20 同意".
func (r Request) signers(step int, now time.Time) string {
	for _, a := range r.Steps[step].Approvers {
		if a.State == ApproverApproved {
			return "已由 " + a.deciderName() + " " + sales.FormatTime(a.At.Time, now) + " 同意"
		}
	}
	return "已过"
}

// decided says who ended the request and when.
func (r Request) decided(now time.Time) error {
	last := r.lastOf(VerbApprove, VerbReject, VerbWithdraw)
	who := last.ActorName + " " + sales.FormatTime(last.At.Time, now)
	msg := r.Label()
	switch {
	case r.State == Approved && last.Verb == VerbApprove:
		msg += " 已通过,最后由 " + who + " 同意。"
	case r.State == Approved:
		msg += " 已通过,不用审批。"
	case r.State == Rejected:
		msg += " 已由 " + who + " 驳回:" + quote(last.Comment) + "。改好后可以重新提交。"
	default:
		msg += " 已由 " + who + " 撤回,不用再处理。"
	}
	return sales.Errorf(sales.Conflict, msg)
}

// returned says who sent the request back and whom it waits for.
func (r Request) returned(now time.Time) error {
	last := r.lastOf(VerbSendBack)
	return sales.Errorf(sales.Conflict, r.Label()+" 已由 "+last.ActorName+" "+sales.FormatTime(last.At.Time, now)+
		" 退回修改,等 "+r.RequesterName+" 改好再提交。")
}

func (r Request) transferredTo(p sales.PersonID) string {
	for i := len(r.Log) - 1; i >= 0; i-- {
		if e := r.Log[i]; e.Verb == VerbTransfer && (e.Actor == p || e.For == p) {
			return e.TargetName
		}
	}
	return "别人"
}

// quote is a reason as part of a sentence: one line, not long, without its own full stop.
func quote(reason string) string {
	text := []rune(strings.TrimRight(strings.Join(strings.Fields(reason), " "), " 。.;；"))
	if len(text) > 40 {
		return string(text[:40]) + "…"
	}
	return string(text)
}

func (r Request) lastOf(verbs ...Verb) Entry {
	for i := len(r.Log) - 1; i >= 0; i-- {
		for _, v := range verbs {
			if r.Log[i].Verb == v {
				return r.Log[i]
			}
		}
	}
	return Entry{}
}

package approval

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/store/sales"
)

// Draft is what is submitted.
type Draft struct {
	ID        sales.ID
	Kind      Kind
	Record    sales.ID
	No        string
	Title     string
	Amount    sales.Money
	Requester Person
	Comment   string
	CC        []Person // besides those of the policy
}

// Submit makes a request of a draft. A request that needs nobody is approved at once. Forbidden with a NoApproverError
// inside when a step has nobody who could approve; Invalid for a broken policy.
func Submit(d Draft, p Policy, res Resolver, now time.Time) (Request, Outcome, error) {
	if err := p.Validate(); err != nil {
		return Request{}, Outcome{}, err
	}
	comment, err := checkComment(d.Comment)
	if err != nil {
		return Request{}, Outcome{}, err
	}
	at := sales.At(now)
	r := Request{
		ID: d.ID, Kind: d.Kind, Record: d.Record, No: d.No, Title: d.Title, Amount: d.Amount,
		Requester: d.Requester.ID, RequesterName: d.Requester.Name,
		State: Pending, Round: 1, SubmittedAt: at, RoundSince: at, StepSince: at, Rules: p.rules(),
	}
	steps, left, err := p.Plan(d.Amount, d.Requester, res)
	if err != nil {
		return Request{}, Outcome{}, err
	}
	r.Steps = steps
	cc := d.CC
	for _, role := range p.CC {
		cc = append(cc[:len(cc):len(cc)], res.Holders(role, d.Requester.ID)...)
	}
	r.CC = unique(append([]Person(nil), cc...))
	before := r
	before.Steps = nil // nobody had a turn before
	r.log(Entry{At: at, Verb: VerbSubmit, Actor: d.Requester.ID, ActorName: d.Requester.Name, Comment: comment})
	for _, e := range left {
		e.At = at
		r.log(e)
	}
	r.settle(now)
	r, out := finish(before, r, VerbSubmit, d.Requester.ID, now)
	return r, out, nil
}

// Plan fills the steps of a policy that are needed for an amount, and says which were left out since nobody holds them.
// The errors are those of Submit.
func (p Policy) Plan(amount sales.Money, requester Person, res Resolver) (steps []Step, left []Entry, err error) {
	for _, s := range p.Steps {
		if amount <= s.Above && s.Above > 0 {
			continue
		}
		approvers, err := p.seats(s, requester, res)
		if err != nil {
			return nil, nil, err
		}
		if len(approvers) == 0 {
			left = append(left, Entry{Verb: VerbSkip, Comment: s.RoleName + "没有人,按流程跳过"})
			continue
		}
		steps = append(steps, Step{Role: s.Role, RoleName: s.RoleName, Mode: s.Mode, Approvers: approvers})
	}
	return steps, left, nil
}

// Approve signs for the actor's seat; the comment may be empty. Conflict when it was decided already, Forbidden when it is
// not the actor's turn: both say by whom and whose turn it is.
func Approve(r Request, actor Actor, now time.Time, comment string) (Request, Outcome, error) {
	return decide(r, actor, now, VerbApprove, comment)
}

// Reject ends the request. The reason is required.
func Reject(r Request, actor Actor, now time.Time, reason string) (Request, Outcome, error) {
	return decide(r, actor, now, VerbReject, reason)
}

// SendBack returns the request to the requester for a change. The reason is required. Resubmit resumes here.
func SendBack(r Request, actor Actor, now time.Time, reason string) (Request, Outcome, error) {
	return decide(r, actor, now, VerbSendBack, reason)
}

func decide(r Request, actor Actor, now time.Time, verb Verb, comment string) (Request, Outcome, error) {
	i, err := r.seatOf(actor, now)
	if err != nil {
		return r, Outcome{}, err
	}
	if comment, err = checkComment(comment); err != nil {
		return r, Outcome{}, err
	}
	if comment == "" && verb == VerbReject {
		return r, Outcome{}, sales.Errorf(sales.Invalid, "驳回要写原因。回 驳回 "+r.handle()+" 加一句原因,例:账期超过制度。")
	}
	if comment == "" && verb == VerbSendBack {
		return r, Outcome{}, sales.Errorf(sales.Invalid, "退回要写改什么。回 退回 "+r.handle()+" 加一句,例:账期改成45天。")
	}
	after := r.clone()
	a := &after.Steps[after.Step].Approvers[i]
	a.At, a.Comment = sales.At(now), comment
	e := Entry{At: a.At, Verb: verb, Actor: actor.ID, ActorName: actor.Name, Comment: comment}
	if a.Person != actor.ID {
		a.By, a.ByName = actor.ID, actor.Name
		e.For, e.ForName = a.Person, a.Name
	}
	after.log(e)
	switch verb {
	case VerbApprove:
		a.State = ApproverApproved
		after.settle(now)
	case VerbReject:
		a.State = ApproverRejected
		after.rest(ApproverSkipped)
		after.State, after.DecidedAt = Rejected, sales.At(now)
	case VerbSendBack:
		a.State = ApproverReturned
		after.rest(ApproverWaiting)
		after.State = Returned
	}
	after, out := finish(r, after, verb, actor.ID, now)
	return after, out, nil
}

// rest puts everybody who has not decided, in this step and the later ones, into a state.
func (r *Request) rest(state ApproverState) {
	for s := r.Step; s < len(r.Steps); s++ {
		for i := range r.Steps[s].Approvers {
			a := &r.Steps[s].Approvers[i]
			if a.State == ApproverPending || a.State == ApproverWaiting {
				a.State = state
			}
		}
	}
}

// Changes are what a requester changed of a returned request.
type Changes struct {
	Title   string      // empty: as before
	Amount  sales.Money // 0: as before
	Comment string
	Restart bool // all steps sign again, for changes that earlier signatures did not see
	// Steps, when not nil, take the place of those of before: the change belongs to another flow, with the rules of Policy.
	// Way is how people call it.
	Steps  []Step
	Policy Policy
	Way    string
}

// Resubmit takes a returned request up again, at the step that sent it back; what was signed stays signed. Only the
// requester can.
func Resubmit(r Request, actor Actor, now time.Time, c Changes) (Request, Outcome, error) {
	if r.State.Final() {
		return r, Outcome{}, r.decided(now)
	}
	if r.State != Returned {
		return r, Outcome{}, sales.Errorf(sales.Conflict, r.Label()+" 正在审批,不用再提交,现在等 "+r.NextText()+"。")
	}
	if !r.own(actor) {
		return r, Outcome{}, sales.Errorf(sales.Forbidden, r.Label()+" 已退回修改,只有提交人 "+r.RequesterName+" 能再提交。")
	}
	comment, err := checkComment(c.Comment)
	if err != nil {
		return r, Outcome{}, err
	}
	if err := r.room(); err != nil {
		return r, Outcome{}, err
	}
	after := r.clone()
	after.State = Pending
	after.Round++
	after.RoundSince, after.StepSince, after.NudgedAt = sales.At(now), sales.At(now), sales.Instant{}
	if c.Title != "" {
		after.Title = c.Title
	}
	if c.Amount != 0 {
		after.Amount = c.Amount
	}
	if c.Steps != nil {
		after.Steps, after.Step, after.Rules = c.Steps, 0, c.Policy.rules()
		comment = strings.TrimSpace(comment + "(改走" + c.Way + ",从头审)")
	} else {
		after.reopen(c.Restart)
	}
	after.log(Entry{At: sales.At(now), Verb: VerbResubmit, Actor: actor.ID, ActorName: actor.Name, Comment: comment})
	after.settle(now)
	after, out := finish(r, after, VerbResubmit, actor.ID, now)
	return after, out, nil
}

// reopen makes the returner wait for their turn again, or everybody from the first step on.
func (r *Request) reopen(restart bool) {
	first := r.Step
	if restart {
		r.Step, first = 0, 0
	}
	for s := first; s < len(r.Steps); s++ {
		for i := range r.Steps[s].Approvers {
			a := &r.Steps[s].Approvers[i]
			if a.State == ApproverReturned || (restart && a.State != ApproverTransferred) {
				a.State, a.At, a.Comment, a.By, a.ByName, a.Auto = ApproverWaiting, sales.Instant{}, "", 0, "", false
			}
		}
	}
}

// Withdraw ends an undecided request. Only the requester can; the comment may be empty.
func Withdraw(r Request, actor Actor, now time.Time, comment string) (Request, Outcome, error) {
	if r.State.Final() {
		return r, Outcome{}, r.decided(now)
	}
	if !r.own(actor) {
		s := "只有提交人" + r.RequesterName + "能撤回" + r.Label() + "。"
		if r.turnOf(actor) >= 0 {
			s += "不同意可以驳回或退回。"
		}
		return r, Outcome{}, sales.Errorf(sales.Forbidden, s)
	}
	comment, err := checkComment(comment)
	if err != nil {
		return r, Outcome{}, err
	}
	after := r.clone()
	after.log(Entry{At: sales.At(now), Verb: VerbWithdraw, Actor: actor.ID, ActorName: actor.Name, Comment: comment})
	after.rest(ApproverSkipped)
	after.State, after.DecidedAt = Withdrawn, sales.At(now)
	after, out := finish(r, after, VerbWithdraw, actor.ID, now)
	return after, out, nil
}

// own reports whether the request is the actor's: the requester, or who has taken over from them.
func (r Request) own(actor Actor) bool { return actor.ID == r.Requester || actor.Succeeds }

// handle is how the request is named in a typed command.
func (r Request) handle() string {
	if r.No != "" {
		return r.No
	}
	return r.ID.String()
}

// room refuses what would let a log grow without end. Decisions are never refused for it.
func (r Request) room() error {
	if len(r.Log) < MaxEntries {
		return nil
	}
	return sales.Errorf(sales.Forbidden, r.Label()+" 的往来已超过 "+fmt.Sprint(MaxEntries)+" 条。请直接同意、驳回,或撤回后重新提交。")
}

func checkComment(s string) (string, error) {
	s = strings.TrimSpace(s)
	if !utf8.ValidString(s) {
		return "", sales.Errorf(sales.Invalid, "这句话里有读不了的字符,换个写法再发一次。")
	}
	if n := utf8.RuneCountInString(s); n > MaxComment {
		return "", sales.Errorf(sales.Invalid, fmt.Sprintf("写了 %d 字,最多 %d 字。短一点再发。", n, MaxComment))
	}
	return s, nil
}

package approval

import (
	"fmt"
	"slices"
	"time"

	"salesflow/store/sales"
)

// MaxCopied is how many people a request is copied to.
const MaxCopied = 30

// Copy has people told of the decision (抄送); they may read the request from then on. The requester, everybody with a
// part in the request and overseers can, also when it is decided: then those are told at once.
func Copy(r Request, actor Actor, now time.Time, who ...Person) (Request, Outcome, error) {
	if !r.concerns(actor.ID) && !actor.Oversees && r.turnOf(actor) < 0 {
		return r, Outcome{}, sales.Errorf(sales.Forbidden, r.Label()+" 和你无关,抄送要提交人或审批人来加。")
	}
	var fresh []Person
	for _, p := range who {
		if p.ID != 0 && !slices.ContainsFunc(r.CC, func(q Person) bool { return q.ID == p.ID }) {
			fresh = append(fresh, p)
		}
	}
	fresh = unique(fresh)
	switch {
	case len(fresh) == 0 && len(who) > 0:
		return r, Outcome{}, sales.Errorf(sales.Conflict, who[0].Name+" 已经在抄送里了。")
	case len(fresh) == 0:
		return r, Outcome{}, sales.Errorf(sales.Invalid, "抄送给谁?写上名字,例:抄送 "+r.handle()+" 吴桐。")
	case len(r.CC)+len(fresh) > MaxCopied:
		return r, Outcome{}, sales.Errorf(sales.Forbidden, fmt.Sprintf("抄送最多 %d 人,已有 %d 人。", MaxCopied, len(r.CC)))
	}
	if err := r.room(); err != nil {
		return r, Outcome{}, err
	}
	after := r.clone()
	for _, p := range fresh {
		after.CC = append(after.CC, p)
		after.log(Entry{At: sales.At(now), Verb: VerbCopy, Actor: actor.ID, ActorName: actor.Name, Target: p.ID, TargetName: p.Name})
	}
	after, out := finish(r, after, VerbCopy, actor.ID, now)
	out.Notify = nil
	if r.State.Final() {
		for _, p := range fresh {
			if p.ID != actor.ID {
				out.Notify = append(out.Notify, Notice{p, WhyCopied})
			}
		}
	}
	return after, out, nil
}

// Supplement adds what the requester has to say or show further (补充); the request stays pending with whom it waits for,
// who are told.
func Supplement(r Request, actor Actor, now time.Time, text string) (Request, Outcome, error) {
	if r.State.Final() {
		return r, Outcome{}, sales.Errorf(sales.Conflict, sales.Message(r.decided(now))+"材料补不进去了,有话发:留言 "+r.handle()+" 加一句话。")
	}
	if !r.own(actor) {
		return r, Outcome{}, sales.Errorf(sales.Forbidden, "只有提交人"+r.RequesterName+"能补充材料。你有话可以留言:留言 "+r.handle()+" 加一句话。")
	}
	text, err := checkComment(text)
	if err != nil {
		return r, Outcome{}, err
	}
	if text == "" {
		return r, Outcome{}, sales.Errorf(sales.Invalid, "补充什么?先把文件发给我,再回 补充 "+r.handle()+" 加一句说明。")
	}
	if err := r.room(); err != nil {
		return r, Outcome{}, err
	}
	after := r.clone()
	after.log(Entry{At: sales.At(now), Verb: VerbSupplement, Actor: actor.ID, ActorName: actor.Name, Comment: text})
	after, out := finish(r, after, VerbSupplement, actor.ID, now)
	return after, out, nil
}

// Cover notes who stands in (代理) for those whose turn it is, by the approver's id; it reports who is new. It is part of
// the change that made it their turn, or a change of its own that Stand makes of it.
func Cover(r Request, deputies map[sales.PersonID]Person) (Request, []Person) {
	if r.State != Pending || r.Step >= len(r.Steps) || r.Placed() != "" {
		return r, nil // the platform knows who stands in there
	}
	after := r.clone()
	var fresh []Person
	for i := range after.Steps[after.Step].Approvers {
		a := &after.Steps[after.Step].Approvers[i]
		if a.State != ApproverPending {
			continue
		}
		d, ok := deputies[a.Person]
		if ok && (d.ID == a.Person || d.ID == r.Requester && !r.Rules.SelfApprove) {
			d, ok = Person{}, false
		}
		if ok && d.ID != a.Deputy {
			fresh = append(fresh, d)
		}
		a.Deputy, a.DeputyName = d.ID, d.Name
	}
	return after, unique(fresh)
}

// Stand is Cover as a change of its own: somebody is away from now on, or back. False when nothing changes. Those who are
// new are told that it is their turn.
func Stand(r Request, deputies map[sales.PersonID]Person, now time.Time) (Request, Outcome, bool) {
	after, fresh := Cover(r, deputies)
	same := slices.EqualFunc(r.Deputies(), after.Deputies(), func(a, b Person) bool { return a.ID == b.ID })
	if same && len(fresh) == 0 {
		return r, Outcome{}, false
	}
	if len(r.Log) < MaxEntries {
		if len(fresh) == 0 {
			after.log(Entry{At: sales.At(now), Verb: VerbDeputy, Comment: "代理结束"})
		}
		for _, a := range after.Steps[after.Step].Approvers {
			if slices.ContainsFunc(fresh, func(p Person) bool { return p.ID == a.Deputy }) {
				after.log(Entry{At: sales.At(now), Verb: VerbDeputy, For: a.Person, ForName: a.Name, Target: a.Deputy, TargetName: a.DeputyName})
			}
		}
	}
	after, out := finish(r, after, VerbDeputy, 0, now)
	out.Notify = nil
	for _, p := range fresh {
		out.Notify = append(out.Notify, Notice{p, WhyTurn})
	}
	return after, out, true
}

package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// maxBatch is how many requests a list card approves at a tap: what its button can carry.
const maxBatch = 6

// ListApprovals shows what waits for the person (审批): the card itself when it is one, else a list, with one button for
// those that nothing speaks against.
func (a *App) ListApprovals(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	rs, err := a.waiting(ctx, t, tx, maxPending+1)
	if err != nil {
		return bot.Reply{}, err
	}
	if t.InGroup() && len(rs) > 0 {
		return bot.Text("有 " + strconv.Itoa(len(rs)) + " 份等你审批,详情请单聊我。"), nil
	}
	if len(rs) == 1 {
		p, err := paperOf(ctx, tx, rs[0])
		if err != nil {
			return bot.Reply{}, err
		}
		v, err := p.view(ctx, a, t, tx, rs[0])
		if err != nil {
			return bot.Reply{}, err
		}
		return bot.ShowCard(view.PaperForStep(v, rs[0].Step)), nil
	}
	lines, err := a.approvalLines(ctx, t, tx, rs[:min(len(rs), maxPending)])
	if err != nil {
		return bot.Reply{}, err
	}
	all := len(rs)
	if all > maxPending {
		if all, err = tx.PendingCount(ctx, t.Person.ID); err != nil {
			return bot.Reply{}, err
		}
	}
	text := view.ApprovalList(lines, all)
	card, ok := view.ApprovalBatch(t.Person.ID, lines, all, maxBatch, t.Now)
	if !ok {
		return bot.Text(text), nil
	}
	reply := bot.ShowCard(card)
	if len(lines) > cards.MaxFields {
		reply.Say = append(bot.Text(text).Say, reply.Say...)
	}
	return reply, nil
}

func (a *App) approvalLines(ctx context.Context, t bot.Turn, tx Tx, rs []approval.Request) ([]view.ApprovalLine, error) {
	var lines []view.ApprovalLine
	for _, r := range rs {
		p, err := paperOf(ctx, tx, r)
		if err != nil {
			return nil, err
		}
		found, err := p.findings(ctx, a, tx)
		if err != nil {
			return nil, err
		}
		lines = append(lines, view.ApprovalLine{
			Request: r, Wait: approval.Overdue(r, a.Calendar, t.Now), Findings: found, For: standsFor(r, t.Person.ID),
		})
	}
	return lines, nil
}

// standsFor is the name of who a person stands in for in a request; empty when it is their own turn.
func standsFor(r approval.Request, p sales.PersonID) string {
	if myTurn(r, p) || r.Step >= len(r.Steps) {
		return ""
	}
	for _, x := range r.Steps[r.Step].Approvers {
		if x.Deputy == p && x.State == approval.ApproverPending {
			return x.Name
		}
	}
	return ""
}

// TapBatch approves what a list card showed as without findings. Each is looked at again: what has changed since, or is
// marked now, is left alone.
func (a *App) TapBatch(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	var all bot.Reply
	var done, left []string
	for _, ref := range strings.Split(t.Action.Arg, ",") {
		id, version, ok := view.ReadBatchRef(ref)
		if !ok {
			continue
		}
		r, err := tx.RequestByID(ctx, id)
		if err != nil {
			return bot.Reply{}, err
		}
		p, err := paperOf(ctx, tx, r)
		if err != nil {
			return bot.Reply{}, err
		}
		found, err := p.findings(ctx, a, tx)
		if err != nil {
			return bot.Reply{}, err
		}
		switch {
		case r.State.Final():
			left = append(left, r.No+" 已经批过了")
			continue
		case r.Version != version:
			left = append(left, r.No+" 之后有变动,单独看一下")
			continue
		case found > 0:
			left = append(left, r.No+" 有超制度的条款,单独看一下")
			continue
		}
		one, err := a.perform(ctx, t, tx, p, r, act{verb: approval.VerbApprove, comment: "批量同意"})
		if err != nil {
			return bot.Reply{}, err
		}
		if one.Dialogue == nil { // refused
			left = append(left, r.No+" 现在不等你")
			continue
		}
		done = append(done, r.No)
		t.Dialogue = *one.Dialogue
		all = all.And(one)
	}
	all.Faces = append(all.Faces, view.ApprovalBatchDone(t.Person.ID, done, left, t.Now))
	if len(done) == 0 {
		all.Say = append(bot.Text("没有批:"+strings.Join(left, ";")+"。").Say, all.Say...)
	}
	return all, nil
}

// many are the records of 同意 HT2026-018 HT2026-019, and what is said of all of them.
type many struct {
	kinds   []approval.Kind
	nos     []string
	odd     []string // what looks like a number and is none
	comment string
}

// reOddNo is what is meant to be a number, whatever it names.
var reOddNo = regexp.MustCompile(`^[A-Za-z]{1,8}-?\d[\dA-Za-z-]*$`)

// manyNos reads several numbers. Digits alone are numbers only where nothing else is said: 同意 A12 30天可以 is one number
// and a comment.
func (a *App) manyNos(t bot.Turn) many {
	var m many
	words := strings.FieldsFunc(t.Args, isSeparator)
	alone := !slices.ContainsFunc(words, func(w string) bool {
		_, no, rest := a.cutPaperNo(w, t.Today)
		return (no == "" || rest != "") && !reOddNo.MatchString(w)
	})
	for i, w := range words {
		k, no, rest := a.cutPaperNo(w, t.Today)
		switch digits := w[0] >= '0' && w[0] <= '9'; {
		case no != "" && rest == "" && (alone || !digits):
			m.kinds, m.nos = append(m.kinds, k), append(m.nos, no)
		case reOddNo.MatchString(w):
			m.odd = append(m.odd, w)
		default:
			m.comment = strings.Join(words[i:], " ")
			return m
		}
	}
	return m
}

// approveMany approves several records at once (批量). Each is done or refused for itself.
func (a *App) approveMany(ctx context.Context, t bot.Turn, tx Tx, m many) (bot.Reply, error) {
	if len(m.nos) > maxPending {
		return bot.Reply{}, sales.Errorf(sales.Invalid, "一次最多批 "+strconv.Itoa(maxPending)+" 份,这里有 "+strconv.Itoa(len(m.nos))+" 份,一份都没批。分几次发。")
	}
	var all bot.Reply
	var lines []string
	done := map[string]bool{}
	for i, no := range m.nos {
		if done[no] {
			continue
		}
		done[no] = true
		p, r, err := paperByNo(ctx, tx, m.kinds[i], no)
		var one bot.Reply
		if err == nil {
			err = a.concerns(ctx, t, tx, p, r)
		}
		if err == nil {
			one, err = a.perform(ctx, t, tx, p, r, act{verb: approval.VerbApprove, comment: m.comment})
		}
		if msg := sales.Message(err); msg != "" {
			lines = append(lines, msg)
			continue
		}
		if err != nil {
			return bot.Reply{}, err
		}
		lines = append(lines, one.Say[0].Out.Text)
		one.Say = one.Say[1:]
		t.Dialogue = *one.Dialogue
		all = all.And(one)
	}
	for _, w := range m.odd {
		lines = append(lines, "看不出 "+cutRunes(w, 20)+" 是哪一份,没有批。")
	}
	all.Say = append(bot.Text(strings.Join(lines, "\n")).Say, all.Say...)
	return all, nil
}

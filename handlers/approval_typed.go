package handlers

import (
	"context"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// whose says which contract is meant when no number is given.
type whose int

const (
	waitingContract whose = iota // one that waits for the person
	ownContract                  // the one the person had to do with last
)

// namedContract finds the contract a typed command means, and what is said besides.
func (a *App) namedContract(ctx context.Context, t bot.Turn, tx Tx, args string, w whose) (sales.Contract, approval.Request, string, error) {
	no, rest := a.cutContractNo(args, t.Today)
	if no != "" {
		c, r, err := contractByNo(ctx, tx, no)
		return c, r, rest, err
	}
	rs, err := tx.PendingRequests(ctx, t.Person.ID, 4)
	if err != nil {
		return sales.Contract{}, approval.Request{}, "", err
	}
	if w == waitingContract || len(rs) == 1 {
		switch {
		case len(rs) == 0:
			return sales.Contract{}, approval.Request{}, "", sales.Errorf(sales.NotFound, "没有等你审批的。要说的是哪一份,写上编号,例:"+t.Command+" "+a.exampleNo(t))
		case len(rs) > 1:
			var nos []string
			for _, r := range rs[:min(len(rs), 3)] {
				nos = append(nos, r.No)
			}
			return sales.Contract{}, approval.Request{}, "", sales.Errorf(sales.Invalid, "等你的不止一份("+strings.Join(nos, "、")+"…),写上编号,例:"+t.Command+" "+nos[0])
		}
		c, err := tx.ContractByID(ctx, rs[0].Record)
		return c, rs[0], rest, err
	}
	ref, ok := lastOf(t.Dialogue, "contract")
	if !ok {
		return sales.Contract{}, approval.Request{}, "", sales.Errorf(sales.Invalid, "哪一份?写上编号,例:"+t.Command+" "+a.exampleNo(t)+"。发 合同 看最近的。")
	}
	c, err := tx.ContractByID(ctx, ref.ID)
	if err != nil {
		return c, approval.Request{}, "", err
	}
	r, err := tx.RequestByID(ctx, c.RequestID)
	return c, r, rest, err
}

func (a *App) exampleNo(t bot.Turn) string {
	return a.Settings.ContractSeries + strconv.Itoa(t.Today.Year()) + "-018"
}

// typedVerb does a verb by its typed form: 同意 HT2026-018.
func (a *App) typedVerb(verb approval.Verb) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		w := waitingContract
		switch verb {
		case approval.VerbNudge, approval.VerbWithdraw, approval.VerbComment:
			w = ownContract
		case approval.VerbApprove:
			if nos := a.manyNos(t); len(nos) > 1 {
				return a.approveMany(ctx, t, tx, nos)
			}
		}
		c, r, rest, err := a.namedContract(ctx, t, tx, t.Args, w)
		if err != nil {
			return bot.Reply{}, err
		}
		v := act{verb: verb, comment: rest}
		switch verb {
		case approval.VerbTransfer, approval.VerbAddApprover:
			if rest == "" {
				return a.askName(t, c, verb)
			}
			if v.target, v.comment, err = colleague(t, rest); err != nil {
				return bot.Reply{}, err
			}
		case approval.VerbReject, approval.VerbSendBack:
			if rest == "" {
				probe := v
				probe.comment = "?"
				if _, _, err := a.try(t, r, a.actor(t, r), probe); err != nil {
					return bot.Reply{}, err
				}
				return a.askReason(t, c, verb)
			}
		}
		return a.perform(ctx, t, tx, c, r, v)
	}
}

// manyNos are the numbers of "同意 HT2026-018 HT2026-019".
func (a *App) manyNos(t bot.Turn) []string {
	var nos []string
	for _, w := range strings.FieldsFunc(t.Args, isSeparator) {
		no, rest := a.cutContractNo(w, t.Today)
		if no == "" || rest != "" || len(nos) == maxPending {
			return nil
		}
		nos = append(nos, no)
	}
	return nos
}

// approveMany approves several contracts at once (批量). Each is done or refused for itself.
func (a *App) approveMany(ctx context.Context, t bot.Turn, tx Tx, nos []string) (bot.Reply, error) {
	var all bot.Reply
	var lines []string
	done := map[string]bool{}
	for _, no := range nos {
		if done[no] {
			continue
		}
		done[no] = true
		c, r, err := contractByNo(ctx, tx, no)
		var one bot.Reply
		if err == nil {
			one, err = a.perform(ctx, t, tx, c, r, act{verb: approval.VerbApprove})
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
	all.Say = append(bot.Text(strings.Join(lines, "\n")).Say, all.Say...)
	return all, nil
}

// colleague finds the person a text begins with; the rest is a comment.
func colleague(t bot.Turn, words string) (approval.Person, string, error) {
	name, rest := cutWord(strings.TrimPrefix(strings.TrimSpace(words), "给"))
	name = strings.Trim(name, "@"+punctuation)
	found := t.Org.ByName(name)
	switch {
	case name == "":
		return approval.Person{}, "", sales.Errorf(sales.Invalid, "交给谁?写上名字,例:"+t.Command+" HT2026-018 孙静")
	case len(found) == 0:
		return approval.Person{}, "", sales.Errorf(sales.NotFound, "公司里没有叫\""+cutRunes(name, 10)+"\"的。写全名再发一次。")
	case len(found) > 1:
		return approval.Person{}, "", sales.Errorf(sales.Conflict, "叫\""+name+"\"的有 "+strconv.Itoa(len(found))+" 个,分不清是谁。换一个人,或找管理员把名字区分开。")
	}
	return approval.Person{ID: found[0].ID, Name: found[0].Name}, strings.TrimSpace(rest), nil
}

// approvalQuestion is what an approver is asked after a tap: the reason, or a name.
type approvalQuestion struct {
	Contract sales.ID      `json:"contract"`
	Verb     approval.Verb `json:"verb"`
}

func (a *App) askReason(t bot.Turn, c sales.Contract, verb approval.Verb) (bot.Reply, error) {
	text := "为什么驳回 " + c.No + "?回一句原因,例:账期超过制度。不驳了回 算了。"
	if verb == approval.VerbSendBack {
		text = c.No + " 要改什么?回一句,例:账期改成45天。不退了回 算了。"
	}
	return a.askApproval(t, topicApprovalReason, c, verb, text)
}

func (a *App) askName(t bot.Turn, c sales.Contract, verb approval.Verb) (bot.Reply, error) {
	text := c.No + " 转给谁?回姓名,例:孙静。不转了回 算了。"
	if verb == approval.VerbAddApprover {
		text = c.No + " 请谁先签?回姓名,例:王芳。签完再轮到你。不加了回 算了。"
	}
	return a.askApproval(t, topicApprovalName, c, verb, text)
}

func (a *App) askApproval(t bot.Turn, topic string, c sales.Contract, verb approval.Verb, text string) (bot.Reply, error) {
	dialogue, err := a.ask(t, topic, approvalQuestion{Contract: c.ID, Verb: verb})
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: text}}}, Dialogue: dialogue}, nil
}

// asked is the contract an open question is about; stop is the reply when the person wants nothing any more.
func (a *App) asked(ctx context.Context, t bot.Turn, tx Tx) (q approvalQuestion, c sales.Contract, r approval.Request, stop *bot.Reply, err error) {
	if q, err = draft[approvalQuestion](t); err != nil {
		return q, c, r, nil, err
	}
	if isNo(t.Text) {
		return q, c, r, &bot.Reply{Say: bot.Text("好,没有改动。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if c, err = tx.ContractByID(ctx, q.Contract); err != nil {
		return q, c, r, nil, err
	}
	r, err = tx.RequestByID(ctx, c.RequestID)
	return q, c, r, nil, err
}

// AnswerReason takes the reason of a rejection or return.
func (a *App) AnswerReason(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	q, c, r, stop, err := a.asked(ctx, t, tx)
	if err != nil || stop != nil {
		return orNothing(stop), err
	}
	return a.closing(t)(a.perform(ctx, t, tx, c, r, act{verb: q.Verb, comment: t.Text}))
}

// AnswerName takes the name of who takes over or signs too.
func (a *App) AnswerName(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	q, c, r, stop, err := a.asked(ctx, t, tx)
	if err != nil || stop != nil {
		return orNothing(stop), err
	}
	target, comment, err := colleague(t, t.Text)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.closing(t)(a.perform(ctx, t, tx, c, r, act{verb: q.Verb, target: target, comment: comment}))
}

func orNothing(r *bot.Reply) bot.Reply {
	if r == nil {
		return bot.Reply{}
	}
	return *r
}

// closing ends the open question together with a refusal that another answer cannot help: somebody was faster.
func (a *App) closing(t bot.Turn) func(bot.Reply, error) (bot.Reply, error) {
	return func(r bot.Reply, err error) (bot.Reply, error) {
		if k := sales.KindOf(err); err != nil && (k == sales.Conflict || k == sales.Forbidden) && sales.Message(err) != "" {
			return bot.Reply{Say: bot.Text(sales.Message(err)).Say, Dialogue: closeTopic(t.Dialogue)}, nil
		}
		return r, err
	}
}

// ResubmitContract submits a returned contract again (重新提交), with the changes said.
func (a *App) ResubmitContract(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, r, rest, err := a.namedContract(ctx, t, tx, t.Args, ownContract)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.resubmit(ctx, t, tx, c, r, rest)
}

// TapResubmit asks what was changed.
func (a *App) TapResubmit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, r, err := tappedContract(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if _, _, err := approval.Resubmit(r, a.actor(t, r), t.Now, approval.Changes{}); err != nil {
		return a.refused(ctx, t, tx, c, r, err)
	}
	return a.askApproval(t, topicResubmit, c, approval.VerbResubmit, c.No+" 改了什么?直接说,例:账期改成45天。没改条款、只补说明也行。先不提了回 算了。")
}

// AnswerResubmit takes what was changed.
func (a *App) AnswerResubmit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	_, c, r, stop, err := a.asked(ctx, t, tx)
	if err != nil || stop != nil {
		return orNothing(stop), err
	}
	return a.closing(t)(a.resubmit(ctx, t, tx, c, r, t.Text))
}

// resubmit changes the terms that were said and takes the approval up again where it was sent back.
func (a *App) resubmit(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, r approval.Request, words string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	old := c
	w := a.contractWords(t, book, words)
	d := contractDraft{Amount: c.Amount, Prepay: c.PrepayPercent, Payment: c.PaymentDays, Delivery: c.DeliveryDays, Discount: c.DiscountPercent}
	d.take(w)
	if w.Amount != 0 && w.Discount < 0 {
		d.Discount = book.discountOf(c.Products, w.Amount)
	}
	c.Amount, c.PrepayPercent, c.PaymentDays, c.DeliveryDays, c.DiscountPercent = d.Amount, d.Prepay, d.Payment, d.Delivery, d.Discount
	if words != "" {
		c.Terms = cutRunes(strings.TrimLeft(c.Terms+";"+words, ";"), maxTerms)
	}
	after, out, err := approval.Resubmit(r, a.actor(t, r), t.Now, approval.Changes{
		Title: contractTitle(book.Customer(c.CustomerID), c.Amount), Amount: c.Amount, Comment: words,
	})
	if err != nil {
		return a.refused(ctx, t, tx, c, r, err)
	}
	if err := a.traceResubmitted(ctx, t, tx, old, c, after); err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.applied(ctx, t, tx, changed{contract: c, before: r, after: after, out: out, paper: true})
	if err != nil {
		return bot.Reply{}, err
	}
	text := "已重新提交:" + after.Label() + ",现在等 " + after.NextText() + "。"
	if ch := termChanges(old, c); len(ch) > 0 {
		var parts []string
		for _, x := range ch {
			parts = append(parts, x.Field+" "+x.Old+" → "+x.New)
		}
		text = "已重新提交:" + after.Label() + "," + strings.Join(parts, ",") + "。现在等 " + after.NextText() + "。"
	}
	reply.Say = append(bot.Text(text).Say, reply.Say...)
	return reply, nil
}

// termChanges are the terms that differ, old and new.
func termChanges(old, c sales.Contract) []sales.Change {
	var out []sales.Change
	if old.Amount != c.Amount {
		out = append(out, sales.Change{Field: "金额", Old: old.Amount.Short(), New: c.Amount.Short()})
	}
	for _, f := range []struct {
		name, unit string
		old, new   int
	}{
		{"预付", "%", old.PrepayPercent, c.PrepayPercent},
		{"账期", "天", old.PaymentDays, c.PaymentDays},
		{"交期", "天", old.DeliveryDays, c.DeliveryDays},
		{"折扣", "折", old.DiscountPercent, c.DiscountPercent},
	} {
		if f.old != f.new && f.new >= 0 {
			was := "没写"
			if f.old >= 0 {
				was = strconv.Itoa(f.old) + f.unit
			}
			out = append(out, sales.Change{Field: f.name, Old: was, New: strconv.Itoa(f.new) + f.unit})
		}
	}
	return out
}

package handlers

import (
	"context"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// typedVerb does a verb by its typed form: 同意 HT2026-018.
func (a *App) typedVerb(verb approval.Verb) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		w := waitingContract
		switch verb {
		case approval.VerbNudge, approval.VerbWithdraw, approval.VerbComment, approval.VerbCopy, approval.VerbSupplement:
			w = ownContract
		case approval.VerbApprove:
			if m := a.manyNos(t); len(m.nos)+len(m.odd) > 1 {
				return a.approveMany(ctx, t, tx, m)
			}
		}
		p, r, rest, err := a.namedPaper(ctx, t, tx, t.Args, w)
		if err != nil {
			return bot.Reply{}, err
		}
		v := act{verb: verb, comment: rest}
		switch verb {
		case approval.VerbTransfer, approval.VerbAddApprover, approval.VerbCopy:
			if rest == "" {
				return a.askName(t, p, verb)
			}
			if v, err = joining(t, verb, rest); err != nil {
				return bot.Reply{}, err
			}
		case approval.VerbReject, approval.VerbSendBack:
			if rest == "" {
				probe := v
				probe.comment = "?"
				actor, err := a.actorFor(ctx, t, tx, p, r, verb)
				if err != nil {
					return bot.Reply{}, err
				}
				if _, _, err := a.try(t, r, actor, probe); err != nil {
					return bot.Reply{}, err
				}
				return a.askReason(t, p, verb)
			}
		}
		return a.perform(ctx, t, tx, p, r, v)
	}
}

// joining is what brings another person in: the name, and for an addition 之后 when they sign after.
func joining(t bot.Turn, verb approval.Verb, words string) (act, error) {
	v := act{verb: verb}
	var err error
	if v.target, v.comment, err = colleague(t, words); err != nil {
		return v, err
	}
	for _, w := range []string{"之后", "在我之后", "后签", "在后"} {
		if rest, ok := strings.CutPrefix(v.comment, w); ok && verb == approval.VerbAddApprover {
			v.after, v.comment = true, strings.TrimSpace(strings.TrimLeft(rest, ",，:："))
			break
		}
	}
	for _, w := range []string{"之前", "在我之前", "先签"} {
		if rest, ok := strings.CutPrefix(v.comment, w); ok && verb == approval.VerbAddApprover {
			v.comment = strings.TrimSpace(strings.TrimLeft(rest, ",，:："))
			break
		}
	}
	return v, nil
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
	Contract sales.ID `json:"contract,omitempty"`
	Quote    sales.ID `json:"quote,omitempty"`
	// Agreement is a technical agreement.
	Agreement sales.ID `json:"agreement,omitempty"`
	// Application is an application (审批申请).
	Application sales.ID      `json:"application,omitempty"`
	Verb        approval.Verb `json:"verb"`
}

func (a *App) askReason(t bot.Turn, p paper, verb approval.Verb) (bot.Reply, error) {
	text := "为什么驳回 " + p.no() + "?回一句原因,例:账期超过制度。不驳了回 算了。"
	if verb == approval.VerbSendBack {
		text = p.no() + " 要改什么?回一句,例:账期改成45天。不退了回 算了。"
	}
	return a.askApproval(t, topicApprovalReason, p, verb, text)
}

func (a *App) askName(t bot.Turn, p paper, verb approval.Verb) (bot.Reply, error) {
	text := p.no() + " 转给谁?回姓名,例:孙静。不转了回 算了。"
	switch verb {
	case approval.VerbAddApprover:
		text = p.no() + " 请谁先签?回姓名,例:王芳。签完再轮到你;要在你之后签,回 王芳 之后。不加了回 算了。"
	case approval.VerbCopy:
		text = p.no() + " 抄送给谁?回姓名,例:吴桐。不抄送了回 算了。"
	}
	return a.askApproval(t, topicApprovalName, p, verb, text)
}

func (a *App) askApproval(t bot.Turn, topic string, p paper, verb approval.Verb, text string) (bot.Reply, error) {
	q := approvalQuestion{Contract: p.id(), Verb: verb}
	switch p.object() {
	case "quote":
		q.Contract, q.Quote = 0, p.id()
	case "agreement":
		q.Contract, q.Agreement = 0, p.id()
	case "application":
		q.Contract, q.Application = 0, p.id()
	}
	dialogue, err := a.ask(t, topic, q)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: text}}}, Dialogue: dialogue}, nil
}

// asked is the record an open question is about; stop is the reply when the person wants nothing any more.
func (a *App) asked(ctx context.Context, t bot.Turn, tx Tx) (q approvalQuestion, p paper, r approval.Request, stop *bot.Reply, err error) {
	if q, err = draft[approvalQuestion](t); err != nil {
		return q, p, r, nil, err
	}
	if isNo(t.Text) {
		return q, p, r, &bot.Reply{Say: bot.Text("好,没有改动。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	switch {
	case q.Quote != 0:
		p, r, err = paperByID(ctx, tx, "quote", q.Quote)
	case q.Agreement != 0:
		p, r, err = paperByID(ctx, tx, "agreement", q.Agreement)
	case q.Application != 0:
		p, r, err = paperByID(ctx, tx, "application", q.Application)
	default:
		p, r, err = paperByID(ctx, tx, "contract", q.Contract)
	}
	return q, p, r, nil, err
}

// AnswerReason takes the reason of a rejection or return.
func (a *App) AnswerReason(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	q, p, r, stop, err := a.asked(ctx, t, tx)
	if err != nil || stop != nil {
		return orNothing(stop), err
	}
	return a.closing(t)(a.perform(ctx, t, tx, p, r, act{verb: q.Verb, comment: t.Text}))
}

// AnswerName takes the name of who takes over, signs too or is told.
func (a *App) AnswerName(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	q, p, r, stop, err := a.asked(ctx, t, tx)
	if err != nil || stop != nil {
		return orNothing(stop), err
	}
	v, err := joining(t, q.Verb, t.Text)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.closing(t)(a.perform(ctx, t, tx, p, r, v))
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

// Resubmit submits a returned record again (重新提交), with the changes said.
func (a *App) Resubmit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, r, rest, err := a.namedPaper(ctx, t, tx, t.Args, ownContract)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.resubmitPaper(ctx, t, tx, p, r, rest)
}

// TapResubmit asks what was changed.
func (a *App) TapResubmit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, r, err := tappedPaper(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.mayResubmit(t, p, r); err != nil {
		return a.refused(ctx, t, tx, p, r, err)
	}
	example := "账期改成45天。没改条款、只补说明也行"
	switch p.object() {
	case "quote":
		example = "单价改成17万,或 9折。没改价、只补说明也行"
	case "agreement":
		example = "公差 ±0.05。工单里改过了、只补说明也行"
	case "application":
		example = "客户答应周五先付一半。金额变了写 金额 3万"
	}
	return a.askApproval(t, topicResubmit, p, approval.VerbResubmit, p.no()+" 改了什么?直接说,例:"+example+"。先不提了回 算了。")
}

// AnswerResubmit takes what was changed.
func (a *App) AnswerResubmit(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	_, p, r, stop, err := a.asked(ctx, t, tx)
	if err != nil || stop != nil {
		return orNothing(stop), err
	}
	return a.closing(t)(a.resubmitPaper(ctx, t, tx, p, r, t.Text))
}

func (a *App) resubmitPaper(ctx context.Context, t bot.Turn, tx Tx, p paper, r approval.Request, words string) (bot.Reply, error) {
	if reply, ok, err := a.submitAnew(ctx, t, tx, p, r, words); ok || err != nil {
		return reply, err
	}
	switch p := p.(type) {
	case quotePaper:
		return a.resubmitQuote(ctx, t, tx, p.Quote, r, words)
	case agreementPaper:
		return a.resubmitAgreement(ctx, t, tx, p.Agreement, r, words)
	case applicationPaper:
		return a.resubmitApplication(ctx, t, tx, p.Application, r, words)
	case contractPaper:
		return a.resubmit(ctx, t, tx, p.Contract, r, words)
	}
	return bot.Reply{}, bot.ErrNotMine
}

// resubmit changes the terms that were said and takes the approval up again where it was sent back.
func (a *App) resubmit(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, r approval.Request, words string) (bot.Reply, error) {
	if err := a.mayResubmit(t, contractPaper{c}, r); err != nil {
		return a.refused(ctx, t, tx, contractPaper{c}, r, err)
	}
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
	findings, err := a.submitFindings(ctx, tx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, f := range sales.Blocked(findings) {
		return bot.Text("提交不了," + f.Clause.ClauseName() + "不合制度:" + f.Sentence() + "。改掉这一项再提交一次,要破例先找总监。"), nil
	}
	changes := termChanges(old, c)
	var parts []string
	for _, x := range changes {
		parts = append(parts, x.Field+" "+x.Old+" → "+x.New)
	}
	return a.resubmitted(ctx, t, tx, resubmission{
		p: contractPaper{c}, r: r, facts: a.contractFacts(t, book, c), traced: changes, said: strings.Join(parts, ","),
		changes: approval.Changes{Title: contractTitle(book.Customer(c.CustomerID), c.Amount), Amount: c.Amount, Comment: words},
	})
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

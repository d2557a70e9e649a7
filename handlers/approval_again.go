package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// submitAnew files a record anew (再提一份) from one of one's own that was rejected or withdrawn: with the terms of that one, what was said
// changed, and its papers. ok is false for any other record, and for technical agreements, whose next version is written by their
// work order.
func (a *App) submitAnew(ctx context.Context, t bot.Turn, tx Tx, p paper, r approval.Request, words string) (reply bot.Reply, ok bool, err error) {
	if r.State != approval.Rejected && r.State != approval.Withdrawn || p.owner() != t.Person.ID {
		return bot.Reply{}, false, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, false, err
	}
	switch p := p.(type) {
	case contractPaper:
		reply, err = a.contractAgain(ctx, t, tx, book, p.Contract, words)
	case quotePaper:
		reply, err = a.quoteAgain(ctx, t, tx, book, p.Quote, words)
	case applicationPaper:
		reply, err = a.applicationAgain(ctx, t, tx, book, p.Application, words)
	default:
		return bot.Reply{}, false, nil
	}
	return reply, true, err
}

// againHint says how a record that was rejected or withdrawn is filed anew; empty where that goes another way.
func againHint(p paper) string {
	if p.object() == "agreement" {
		return ""
	}
	return "要再提发:重新提交 " + p.no() + " 改了什么"
}

// contractAgain shows the draft: a contract is submitted when its author has seen it, and with its paper.
func (a *App) contractAgain(ctx context.Context, t bot.Turn, tx Tx, book *Book, c sales.Contract, words string) (bot.Reply, error) {
	d := contractDraft{
		At: t.Now, EventID: t.Event.ID, Customer: c.CustomerID, Products: c.Products, Amount: c.Amount, Prepay: c.PrepayPercent,
		Payment: c.PaymentDays, Delivery: c.DeliveryDays, Discount: c.DiscountPercent, Files: c.Files, Text: c.Terms,
	}
	if t.InGroup() {
		d.Group = &t.Event.Chat
	}
	if words != "" {
		w := a.contractWords(t, book, words)
		if w.Amount != 0 && w.Discount < 0 {
			d.Discount = -1 // of the new amount
		}
		d.take(w)
		d.Text = cutRunes(strings.TrimLeft(d.Text+";"+words, ";"), maxTerms)
	}
	for _, ref := range t.Dialogue.Last { // papers sent just before belong to it
		if ref.Kind == "file" && t.Now.Sub(ref.At.Time) < a.Settings.DraftFor && len(d.Files) < maxContractFiles {
			d.Files = append(d.Files[:len(d.Files):len(d.Files)], ref.ID)
		}
	}
	return a.continueContract(ctx, t, tx, book, d)
}

func (a *App) quoteAgain(ctx context.Context, t bot.Turn, tx Tx, book *Book, q sales.Quote, words string) (bot.Reply, error) {
	fresh := sales.Quote{Kind: q.Kind, CustomerID: q.CustomerID, Lines: q.Lines, Reason: q.Reason, Files: q.Files}
	until := t.Today.AddDays(30)
	if words != "" {
		var err error
		if fresh.Lines, err = a.changedLines(t, book, q, words); err != nil {
			return bot.Reply{}, err
		}
		w := a.readQuote(t, book, words)
		fresh.Reason = orElse(w.reason, fresh.Reason)
		switch {
		case !w.until.IsZero():
			until = w.until
		case w.valid > 0:
			until = t.Today.AddDays(min(w.valid, 366))
		}
	}
	if until.Before(t.Today) {
		return bot.Reply{}, sales.Errorf(sales.Invalid, "有效期 "+until.Chinese()+" 已经过了,写一个以后的日子。")
	}
	fresh.ValidUntil = until
	if err := fresh.Total(); err != nil {
		return bot.Reply{}, err
	}
	d := quoteDraft{At: t.Now, EventID: t.Event.ID, Kind: q.Kind, Text: words, Customer: q.CustomerID, Reason: fresh.Reason}
	if t.InGroup() {
		d.Group = &t.Event.Chat
	}
	return a.fileQuote(ctx, t, tx, book, d, fresh)
}

// applicationAgain asks the same anew. What its approval brings about is what the company lets follow now, also where a rule had
// asked.
func (a *App) applicationAgain(ctx context.Context, t bot.Turn, tx Tx, book *Book, x sales.Application, words string) (bot.Reply, error) {
	said, amount := cutApplicationAmount(words)
	asked := x.Effect
	if x.Rule != "" {
		asked = sales.Effect{}
	}
	fresh := sales.Application{
		Topic: x.Topic, Body: x.Body, AboutKind: x.AboutKind, AboutID: x.AboutID, AboutTitle: x.AboutTitle, CustomerID: x.CustomerID,
		Amount: x.Amount, Files: x.Files,
	}
	if amount > 0 {
		fresh.Amount = amount
		if asked.Do == sales.EffectCredit {
			asked = sales.CreditEffect(amount)
		}
	}
	if said != "" {
		fresh.Body = cutRunes(strings.TrimLeft(fresh.Body+";"+said, ";"), sales.MaxApplication)
	}
	fresh, lacks, refused := a.chooseEffect(fresh, asked)
	switch {
	case refused != "":
		return bot.Text(refused), nil
	case lacks != "":
		return bot.Text("少了要改成的值,重新发一份:审批申请 " + strings.TrimPrefix(fresh.AboutTitle, "客户 ") + " " + fresh.Topic + " " + fresh.Body), nil
	}
	fresh, reply, err := a.fileApplication(ctx, t, tx, book, fresh)
	if err != nil || fresh.ID == 0 {
		return reply, err
	}
	reply.Dialogue = remember(closeTopic(t.Dialogue), "application", fresh.ID, t.Now)
	return reply, nil
}

// rePaperChange is what may stand before the number of a record whose terms are to be changed: 改合同 HT2026-018 账期45天.
var rePaperChange = regexp.MustCompile(`^(?:请|帮我|把)?(?:修改|更改|变更|调整|改)(?:一下)?(?:合同|报价单?|特价申请|特价|审批申请|申请|技术协议)?\s*`)

// changeNamedPaper takes 改合同 HT2026-018 账期45天 and 改报价 BJ2026-001 单价44万. ok is false for anything else.
func (s colloquial) changeNamedPaper(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, bool, error) {
	before := rePaperChange.FindString(text)
	if before == "" || !rePaperNo.MatchString(text[len(before):]) {
		return bot.Reply{}, false, nil
	}
	kind, no, rest := s.cutPaperNo(text[len(before):], t.Today)
	if !s.paperNo(no) {
		return bot.Reply{}, false, nil
	}
	reply, err := s.changePaper(ctx, t, tx, kind, no, strings.Trim(rest, " ,，:：的"))
	return reply, true, err
}

// lastPaper is the record under approval that a person has dealt with last, newer than any visit or filing: what 刚才那条 means then.
func lastPaper(ctx context.Context, t bot.Turn, tx Tx) (p paper, r approval.Request, ok bool, err error) {
	for _, ref := range t.Dialogue.Last {
		switch ref.Kind {
		case "visit", "filing", "custom_record":
			return nil, r, false, nil
		case "contract":
			var c sales.Contract
			if c, err = tx.ContractByID(ctx, ref.ID); err == nil {
				p = contractPaper{c}
				r, err = requestOrNone(ctx, tx, c.RequestID)
			}
			return p, r, err == nil, err
		case "quote":
			var q sales.Quote
			if q, err = tx.QuoteByID(ctx, ref.ID); err == nil {
				p = quotePaper{Quote: q}
				r, err = requestOrNone(ctx, tx, q.RequestID)
			}
			return p, r, err == nil, err
		case "application":
			p, r, err = applicationByID(ctx, tx, ref.ID)
			return p, r, err == nil, err
		}
	}
	return nil, r, false, nil
}

// requestOrNone reads a request; a record taken over from before has none.
func requestOrNone(ctx context.Context, tx Tx, id sales.ID) (approval.Request, error) {
	if id == 0 {
		return approval.Request{}, nil
	}
	return tx.RequestByID(ctx, id)
}

// changeLastPaper takes a correction of what a person has submitted last (刚才那条金额改成18万); ok is false where that is no record
// under approval of theirs.
func (a *App) changeLastPaper(ctx context.Context, t bot.Turn, tx Tx, words string) (bot.Reply, bool, error) {
	p, r, ok, err := lastPaper(ctx, t, tx)
	if err != nil || !ok || p.owner() != t.Person.ID {
		return bot.Reply{}, false, err
	}
	reply, err := a.changePaperTo(ctx, t, tx, p, r, bare(reJustNow.ReplaceAllString(bare(words), "")))
	return reply, true, err
}

// reJustNow is how people point at what they have just done.
var reJustNow = regexp.MustCompile(`^(?:修改|改一下|把)?(?:刚才|刚刚|上一|最近)(?:那|这)?(?:一)?(?:条|份|单|个)?的?`)

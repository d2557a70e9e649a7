package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/store/approval"
)

var (
	// paperWords may stand behind a record's number as well as before it: HT2026-018 同意.
	paperWords = strings.Fields("同意 驳回 退回 转交 加签 催办 撤回 抄送 留言 补充 重新提交 审批流程 审批单 谁看过 用印 已用印 原件 附件 税率 转合同 合同进度")
	// reTermChange says that a term of a paper is another now: 账期改成45天, 金额 26万.
	reTermChange = regexp.MustCompile(`(?:改成|改为|改到|换成|调成|降到|应该是)|^(?:账期|预付|金额|交期|单价|折扣|总价|有效期)`)
	reDigit      = regexp.MustCompile(`^\d`)
)

// paperTalk takes what is said of a record by its number alone (HT2026-018), with the word behind it (HT2026-018 同意), or with what
// changes (HT2026-018 账期改成45天). ok is false for anything else.
func (s colloquial) paperTalk(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, bool, error) {
	if !rePaperNo.MatchString(text) {
		return s.changeNamedPaper(ctx, t, tx, text)
	}
	kind, no, rest := s.cutPaperNo(text, t.Today)
	if !s.paperNo(no) {
		return bot.Reply{}, false, nil
	}
	if rest == "" {
		reply, err := s.as(ctx, t, tx, kind.Noun()+" "+no)
		return reply, true, err
	}
	for _, w := range paperWords {
		if more, ok := strings.CutPrefix(rest, w); ok {
			reply, err := s.as(ctx, t, tx, strings.TrimSpace(w+" "+no+" "+strings.Trim(more, " ,，:：了")))
			return reply, true, err
		}
	}
	if !reTermChange.MatchString(rest) {
		return bot.Reply{}, false, nil
	}
	reply, err := s.changePaper(ctx, t, tx, kind, no, rest)
	return reply, true, err
}

// paperNo reports whether a number is written out as those of the company's records under approval are.
func (a *App) paperNo(no string) bool {
	return no != "" && !reDigit.MatchString(no) && slices.ContainsFunc(paperKinds, func(k approval.Kind) bool {
		return strings.HasPrefix(strings.ToUpper(no), a.numbering(k).Letters())
	})
}

// changePaper takes other terms of a record under approval: returned, it is submitted again with them; else it says what can be done.
func (a *App) changePaper(ctx context.Context, t bot.Turn, tx Tx, kind approval.Kind, no, words string) (bot.Reply, error) {
	p, r, err := paperByNo(ctx, tx, kind, no)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.changePaperTo(ctx, t, tx, p, r, words)
}

func (a *App) changePaperTo(ctx context.Context, t bot.Turn, tx Tx, p paper, r approval.Request, words string) (bot.Reply, error) {
	if err := mayReadPaper(t, p, r); err != nil {
		return bot.Reply{}, err
	}
	no, changes := p.no(), orElse(cutRunes(words, 20), "账期改成45天")
	switch {
	case r.State == approval.Returned && words != "":
		return a.resubmitPaper(ctx, t, tx, p, r, words)
	case r.State == approval.Returned:
		return bot.Text("改什么?发:重新提交 " + no + " " + changes), nil
	case r.State == approval.Pending && p.owner() != t.Person.ID:
		return bot.Text(no + " 正在审,条款这时不能改。要改由审的人退回:退回 " + no + " " + changes), nil
	case r.State == approval.Pending:
		again := "再发 重新提交 " + no + " " + changes
		if p.object() == "agreement" {
			again = "在工单里改好再送审"
		}
		return bot.Text(no + " 正在审,条款这时不能改。要改先发 撤回 " + no + "," + again + "。只补一句说明发:补充 " + no + " " + orElse(cutRunes(words, 20), "说明")), nil
	case r.State == approval.Approved && p.object() == "contract":
		return bot.Text(no + " 已经通过,条款不能直接改。要变更发:审批申请 " + no + " 合同变更 " + orElse(cutRunes(words, 20), "改什么")), nil
	case r.ID == 0:
		return bot.Text(no + " 不在审批里,改不了。看它发:合同 " + no), nil
	}
	if reply, ok, err := a.submitAnew(ctx, t, tx, p, r, words); (ok && words != "") || err != nil {
		return reply, err
	}
	return bot.Text(strings.TrimSpace(no + " " + stateWord(r.State) + ",不能再改。" + againHint(p))), nil
}

// stateWord is what a request that is over is called in a sentence.
func stateWord(s approval.State) string {
	switch s {
	case approval.Approved:
		return "已经通过"
	case approval.Rejected:
		return "已经驳回"
	case approval.Withdrawn:
		return "已经撤回"
	}
	return "已经办完"
}

// EditPaperOrLast changes the record that is named by its number (修改 HT2026-018 账期45天), else what was filed last.
func (a *App) EditPaperOrLast(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if rePaperNo.MatchString(bare(t.Args)) {
		if kind, no, rest := a.cutPaperNo(bare(t.Args), t.Today); no != "" {
			return a.changePaper(ctx, t, tx, kind, no, rest)
		}
	}
	return a.EditLast(ctx, t, tx)
}

package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

func (a *App) registerApprovalMore(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "抄送", Aliases: []string{"cs"}, Summary: "审批结果抄送给同事", Usage: "抄送 HT2026-018 吴桐",
		Detail: "批完告诉他,单子他也能看。已经批完的马上告诉。", Handle: a.typedVerb(approval.VerbCopy),
	})
	r.Command(bot.Command[Tx]{
		Name: "补充", Aliases: []string{"bc", "补充材料"}, Summary: "给审批中的单子补材料", Usage: "补充 HT2026-018 客户同意先付三成",
		Detail: "先把文件发给我,再发 补充 加编号和一句说明。审批不用重来,审批的人会收到。", Handle: a.SupplementPaper,
	})
	r.Command(bot.Command[Tx]{
		Name: "审批流程", Aliases: []string{"splc", "谁来审"}, Summary: "看一单要谁审、为什么", Usage: "审批流程 合同 50万",
		Detail:  "写类型和金额,客户、折扣、账期也可以写上。后面写编号,看这一单审到哪了。不带内容列出全部流程。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "审批流程 合同 50万", nil },
		Handle:  a.PreviewFlow,
	})
	r.Action("approval.batch", a.TapBatch)
}

// SupplementPaper adds papers and words to a record that is being decided (补充): the files sent just before, and what is
// said.
func (a *App) SupplementPaper(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, r, words, err := a.namedPaper(ctx, t, tx, t.Args, ownContract)
	if err != nil {
		return bot.Reply{}, err
	}
	var fresh []sales.ID
	kept := p.files()
	for _, ref := range t.Dialogue.Last {
		if ref.Kind == "file" && t.Now.Sub(ref.At.Time) < a.Settings.DraftFor && len(kept)+len(fresh) < maxContractFiles {
			fresh = append(fresh, ref.ID)
		}
	}
	files, err := filesOf(ctx, tx, fresh)
	if err != nil {
		return bot.Reply{}, err
	}
	text := words
	if len(files) > 0 {
		text = strings.TrimSpace("附件 " + cutRunes(fileNames(files), 200) + " " + words)
	}
	after, out, err := approval.Supplement(r, a.actor(t, p, r), t.Now, text)
	if err != nil {
		return bot.Reply{}, err
	}
	p = p.withFiles(append(append([]sales.ID(nil), kept...), fresh...))
	reply, err := a.applied(ctx, t, tx, changed{p: p, before: r, after: after, out: out, edited: len(fresh) > 0})
	if err != nil {
		return bot.Reply{}, err
	}
	for _, id := range fresh {
		reply.Dialogue.Last = forget(reply.Dialogue.Last, "file", id)
	}
	reply.Say = append(bot.Text("补到 "+p.no()+" 了:"+text+"。审批的人会看到。").Say, reply.Say...)
	return reply, nil
}

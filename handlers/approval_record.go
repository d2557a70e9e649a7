package handlers

import (
	"context"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/evidence"
	"salesflow/store/sales"
)

func (a *App) registerApprovalRecord(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "审批记录", Aliases: []string{"spjl", "留痕单"}, Summary: "要一份带留痕证明的审批单 PDF", Usage: "审批记录 HT2026-018",
		Detail:  "合同、报价、特价、技术协议都有。谁在什么时候同意、驳回、代谁批、说了什么,连附件的指纹一起写在 PDF 里,带签名的证明,事后改不了。能看这份单子的人才要得到,要过会留痕。",
		Example: a.approvalExample("审批单", ""),
		Rank:    map[sales.Role]int{sales.RoleLegal: 6, sales.RoleLegalHead: 6}, Handle: a.ApprovalRecord,
	})
}

// ApprovalRecord has the record of an approval made and sent (审批单).
func (a *App) ApprovalRecord(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, r, _, err := a.namedPaper(ctx, t, tx, t.Args, ownContract)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := mayReadPaper(t, p, r); err != nil {
		return bot.Reply{}, err
	}
	tx.CreateSheetJob(sales.SheetJob{
		ID: tx.NewID(), Kind: sales.SheetRecord, State: sales.SheetMaking, PersonID: t.Person.ID, Name: "审批单 " + p.no(),
		Choice: r.ID.String(), CreatedAt: sales.At(t.Now), UpdatedAt: sales.At(t.Now), Version: 1,
	})
	audit(tx, t, p.object()+".record", p.object(), p.id())
	text := p.no() + " 的审批单在做,做好单聊发你。刚办过的要等一分钟封存。"
	dialogue := remember(&t.Dialogue, p.object(), p.id(), t.Now)
	return bot.Reply{Say: bot.Text(text).Say, Dialogue: dialogue}, nil
}

// Evidence says where the trace of an approval stands: its record's, and its attachments'.
type Evidence struct {
	Object string // kind of subject of the record's rows
	ID     sales.ID
	No     string
	Owner  sales.PersonID
	Files  []sales.ID
}

// EvidenceOf reads the record of a request. NotFound when there is none.
func EvidenceOf(ctx context.Context, tx Tx, r approval.Request) (Evidence, error) {
	p, err := paperOf(ctx, tx, r)
	if err != nil {
		return Evidence{}, err
	}
	return Evidence{Object: p.object(), ID: p.id(), No: p.no(), Owner: p.owner(), Files: p.files()}, nil
}

// Reads reports whether a person may see a record and its approval: the requester, those above, everyone with a part in
// the approval, and those through whose hands the papers pass.
func (e Evidence) Reads(org *sales.Org, p sales.Person, r approval.Request) bool {
	return mayRead(bot.Turn{Org: org, Person: p}, e.No, e.Owner, r) == nil
}

// factsOf is what a record says, for those who read it on paper.
func factsOf(v view.Paper, files []sales.File) evidence.Facts {
	f := evidence.Facts{
		No: v.No, Noun: v.Request.Kind.Noun(), Customer: v.Customer, Products: v.Says.Products, Amount: v.Amount,
		Requester: v.Request.RequesterName, Path: v.Request.Path(), Lines: v.Says.Lines, Findings: v.Says.Findings,
	}
	for _, x := range files {
		f.Files = append(f.Files, evidence.File{ID: x.ID, Name: x.Name, Size: x.Size, SHA256: x.SHA256})
	}
	return f
}

// traceSubmitted writes the lines of the trace about a record that was submitted, or changed and submitted again.
func (a *App) traceSubmitted(
	ctx context.Context, t bot.Turn, tx Tx, p paper, v view.Paper, verb string, entries []approval.Entry, fresh []sales.File, more ...sales.Change,
) error {
	files, err := filesOf(ctx, tx, p.files(), fresh...)
	if err != nil {
		return err
	}
	facts, err := evidence.Change(evidence.FieldFacts, factsOf(v, files))
	if err != nil {
		return err
	}
	audit(tx, t, p.object()+"."+verb, p.object(), p.id(), append(more, facts)...)
	return traceEntries(tx, t, p, "", v.Request.State, entries)
}

// traceEntries writes what was added to a request's log into the trace.
func traceEntries(tx Tx, t bot.Turn, p paper, before, after approval.State, entries []approval.Entry) error {
	for _, e := range entries {
		changes, err := evidence.EntryChanges(before, after, e)
		if err != nil {
			return err
		}
		audit(tx, t, p.object()+"."+string(e.Verb), p.object(), p.id(), changes...)
	}
	return nil
}

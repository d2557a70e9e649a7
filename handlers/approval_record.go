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
		Detail:  "谁在什么时候同意、驳回、代谁批、说了什么,连附件的指纹一起写在 PDF 里,带签名的证明,事后改不了。能看这份合同的人才要得到,要过会留痕。",
		Example: a.approvalExample("审批单", ""),
		Rank:    map[sales.Role]int{sales.RoleLegal: 6, sales.RoleLegalHead: 6}, Handle: a.ApprovalRecord,
	})
}

// ApprovalRecord has the record of an approval made and sent (审批单).
func (a *App) ApprovalRecord(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, r, _, err := a.namedContract(ctx, t, tx, t.Args, ownContract)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := mayRead(t, c, r); err != nil {
		return bot.Reply{}, err
	}
	tx.CreateSheetJob(sales.SheetJob{
		ID: tx.NewID(), Kind: sales.SheetRecord, State: sales.SheetMaking, PersonID: t.Person.ID, Name: "审批单 " + c.No,
		Choice: c.ID.String(), CreatedAt: sales.At(t.Now), UpdatedAt: sales.At(t.Now), Version: 1,
	})
	audit(tx, t, "contract.record", "contract", c.ID)
	text := c.No + " 的审批单在做,做好单聊发你。刚办过的要等一分钟封存。"
	dialogue := remember(&t.Dialogue, "contract", c.ID, t.Now)
	return bot.Reply{Say: bot.Text(text).Say, Dialogue: dialogue}, nil
}

// ReadsContract reports whether a person may see a contract and its approval: the requester, those above, everyone with a
// part in the approval, and those through whose hands the papers pass.
func ReadsContract(org *sales.Org, p sales.Person, c sales.Contract, r approval.Request) bool {
	return mayRead(bot.Turn{Org: org, Person: p}, c, r) == nil
}

// entryChanges are what a line of a request's log leaves in the trace: the state, the reason, and the line itself, so that
// the paper can be made from what was sealed.
func entryChanges(before, after approval.State, e approval.Entry) ([]sales.Change, error) {
	line, err := evidence.Change(evidence.FieldEntry, e)
	if err != nil {
		return nil, err
	}
	return []sales.Change{{Field: "state", Old: string(before), New: string(after)}, {Field: "说明", New: e.Comment}, line}, nil
}

// factsChange is what was submitted, for the trace.
func factsChange(v view.Contract, files []sales.File) (sales.Change, error) {
	f := evidence.Facts{
		No: v.Contract.No, Noun: v.Request.Kind.Noun(), Customer: v.Customer, Products: v.Products, Amount: v.Contract.Amount,
		Requester: v.Request.RequesterName, Path: v.Request.Path(), Lines: view.TermLines(v),
	}
	for _, x := range v.Findings {
		f.Findings = append(f.Findings, x.Sentence())
	}
	for _, x := range files {
		f.Files = append(f.Files, evidence.File{ID: x.ID, Name: x.Name, Size: x.Size, SHA256: x.SHA256})
	}
	return evidence.Change(evidence.FieldFacts, f)
}

// traceSubmitted writes the lines of the trace about a contract that was submitted or changed and submitted again.
func (a *App) traceSubmitted(tx Tx, t bot.Turn, v view.Contract, files []sales.File, verb string, entries []approval.Entry, more ...sales.Change) error {
	facts, err := factsChange(v, files)
	if err != nil {
		return err
	}
	audit(tx, t, verb, "contract", v.Contract.ID, append(more, facts)...)
	for _, e := range entries {
		changes, err := entryChanges("", v.Request.State, e)
		if err != nil {
			return err
		}
		audit(tx, t, "contract."+string(e.Verb), "contract", v.Contract.ID, changes...)
	}
	return nil
}

// traceResubmitted writes what a contract says now that it was changed and submitted again.
func (a *App) traceResubmitted(ctx context.Context, t bot.Turn, tx Tx, old, c sales.Contract, r approval.Request) error {
	v, err := a.contractView(ctx, t, tx, c, r)
	if err != nil {
		return err
	}
	files, err := filesOf(ctx, tx, c)
	if err != nil {
		return err
	}
	return a.traceSubmitted(tx, t, v, files, "contract.change", nil, termChanges(old, c)...)
}

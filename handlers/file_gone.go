package handlers

import (
	"context"
	"slices"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// FileBytes tells whether the bytes of a file that was kept once are still there: a restored data folder may lack them.
type FileBytes interface {
	HasFile(ctx context.Context, id sales.ID) (bool, error)
}

// withFiles looks, before files are handed out, whether their bytes are still there. Of one that is gone the reader is told instead
// what happened and what to do; the file is marked and its owner told, once.
func (a *App) withFiles(next bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		reply, err := next(ctx, t, tx)
		if err != nil || a.Bytes == nil {
			return reply, err
		}
		var more bot.Reply
		for i := range reply.Say {
			out := &reply.Say[i].Out
			if out.File == nil {
				continue
			}
			gone, err := a.goneRow(ctx, tx, out.File.ID)
			if err != nil || gone == nil {
				if err != nil {
					return bot.Reply{}, err
				}
				continue
			}
			text, told, err := a.fileGone(ctx, t, tx, *gone)
			if err != nil {
				return bot.Reply{}, err
			}
			if text != "" {
				*out = bot.Outgoing{Text: text}
			}
			more = more.And(told)
		}
		return reply.And(more), nil
	}
}

// goneRow is the row of a file whose bytes are gone; nil when they are there.
func (a *App) goneRow(ctx context.Context, tx Tx, id sales.ID) (*sales.File, error) {
	has, err := a.Bytes.HasFile(ctx, id)
	if err != nil || has {
		return nil, err
	}
	f, err := tx.FileByID(ctx, id)
	if err != nil {
		return nil, ignoreMissing(err)
	}
	return &f, nil
}

// fileGone marks a file whose bytes are gone, and says what to do. text is empty when it could be made again as it was.
func (a *App) fileGone(ctx context.Context, t bot.Turn, tx Tx, f sales.File) (text string, told bot.Reply, err error) {
	p, r, err := paperWith(ctx, tx, f)
	if err != nil {
		return "", told, err
	}
	if g, ok := p.(agreementPaper); ok {
		if made, err := a.remade(ctx, t, tx, g, f); made || err != nil {
			return "", told, err
		}
	}
	fresh := f.State != sales.FileLost
	if f.State = sales.FileLost; fresh {
		tx.UpdateFile(f)
		audit(tx, t, "file.gone", "file", f.ID, sales.Change{Field: "附件", Old: f.Name, New: "找不到了"})
	}
	name, owner, mend := orElse(f.Name, "这个文件"), t.Org.Name(f.PersonID), goneMend(p, r, f)
	if fresh && f.PersonID != t.Person.ID && f.PersonID != 0 {
		label := ""
		if p != nil {
			label = p.no() + " 的"
		}
		told.Say = append(told.Say, bot.Say{
			To: []sales.PersonID{f.PersonID}, Subject: "file:" + f.ID.String(), Kind: bot.DeliverPush, Slot: "gone", Push: true,
			Out: bot.Outgoing{Text: label + name + " 在服务器上找不到了," + t.Person.Name + "刚才没打开。" + mend},
		})
	}
	if p != nil && fresh {
		v, err := p.view(ctx, a, t, tx, r, f)
		if err != nil {
			return "", told, err
		}
		told.Faces = append(told.Faces, slices.DeleteFunc(view.PaperFaces(v), func(cards.Card) bool { return r.ID == 0 })...)
	}
	text = name + " 在服务器上找不到了,打不开。"
	if f.PersonID == t.Person.ID || f.PersonID == 0 {
		return text + mend, told, nil
	}
	return text + "已经告诉" + owner + ",让他重发。急用直接找他要。", told, nil
}

// goneMend is what the owner of a file that is gone can do.
func goneMend(p paper, r approval.Request, f sales.File) string {
	switch {
	case p == nil:
		return "手里还有就再发我一次;没有了让管理员从备份里找。"
	case p.object() == "agreement" && !slices.Contains(p.(agreementPaper).Files, f.ID):
		return "参数都在,详情里能看;原文让管理员从备份里找。"
	case r.State.Final():
		return "审批已经结束,补不进去了:让管理员从备份里找,急用就直接发给要看的人。"
	}
	return "先把文件再发给我,再发:补充 " + p.no() + " 重发附件"
}

// remade writes the file of a version of an agreement again. It counts only when it comes out as it was, to the byte: its hash is in the
// record of the approval.
func (a *App) remade(ctx context.Context, t bot.Turn, tx Tx, g agreementPaper, f sales.File) (bool, error) {
	versions, err := tx.AgreementVersions(ctx, g.OrderID)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(versions, func(v sales.AgreementVersion) bool { return v.FileID == f.ID })
	if i < 0 || a.Documents == nil {
		return false, nil
	}
	w, err := a.workByID(ctx, tx, g.OrderID)
	if err != nil {
		return false, err
	}
	at := t
	at.Today = sales.DayOf(versions[i].CreatedAt.Time)
	doc := a.agreementText(at, w, g.No, versions[i].Revision, versions[i].Values)
	made, err := a.Documents.KeepDocument(ctx, tx.NewID(), f.Name, doc) // under an id that nothing names: cleared away later
	if err != nil || made.SHA256 != f.SHA256 {
		return false, err
	}
	if _, err = a.Documents.KeepDocument(ctx, f.ID, f.Name, doc); err != nil {
		return false, err
	}
	if f.State == sales.FileLost {
		f.State = sales.FileKept
		tx.UpdateFile(f)
	}
	return true, nil
}

// back reports whether a file that was marked as lost is there again, out of a backup, and marks it so.
func (a *App) back(ctx context.Context, tx Tx, f *sales.File) (bool, error) {
	if f.State != sales.FileLost || f.SHA256 == "" || a.Bytes == nil {
		return false, nil
	}
	has, err := a.Bytes.HasFile(ctx, f.ID)
	if err != nil || !has {
		return false, err
	}
	f.State = sales.FileKept
	tx.UpdateFile(*f)
	return true, nil
}

package main

import (
	"context"
	"fmt"
	"strings"

	"salesflow/bot"
	"salesflow/cards/render"
	"salesflow/cards/view"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// shownKept is how many customers that stay are named when an import is taken back.
const shownKept = 3

// undoImport takes back the customers of an import that nothing was built on, batch by batch: each with its trace and the count
// in one transaction, so that it goes on where it was interrupted.
func (p *program) undoImport(ctx context.Context, j sales.SheetJob) error {
	u := importUndo{job: j, source: "import:" + j.ID.String() + ":"}
	for {
		var b undoBatch
		err := p.do(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			b, err = u.batch(ctx, tx, sales.At(p.clock.Now()))
			return err
		})
		if err != nil {
			return fmt.Errorf("take import back: %w", err)
		}
		u.after = b.last
		u.kept += len(b.kept)
		u.shown = append(u.shown, b.kept[:min(len(b.kept), shownKept-min(len(u.shown), shownKept))]...)
		if b.over || b.last == 0 {
			break
		}
		if err := p.renew(ctx, j); err != nil {
			return err
		}
	}
	return p.update(ctx, j, func(now *sales.SheetJob) bot.Reply {
		if now.State != sales.SheetUndoing {
			return bot.Reply{}
		}
		now.State, now.Message = sales.SheetUndone, u.stay()
		unit := view.SheetUnit(now.Kind)
		text := fmt.Sprintf("撤回了 %d %s。", now.Seen, unit)
		if now.Seen == 0 {
			text = "一" + unit + "都没撤。"
		}
		return sayTo(*now, bot.Outgoing{Text: text + now.Message})
	})
}

// importUndo is an import on its way back. after is the last customer that was looked at.
type importUndo struct {
	job    sales.SheetJob
	source string
	after  sales.ID
	kept   int
	shown  []string
}

// undoBatch is what one transaction did: last is 0 when there was nothing left.
type undoBatch struct {
	last sales.ID
	kept []string
	over bool
}

func (u *importUndo) batch(ctx context.Context, tx *store.Tx, at sales.Instant) (undoBatch, error) {
	j, err := tx.SheetJobByID(ctx, u.job.ID)
	if err != nil || j.State != sales.SheetUndoing {
		return undoBatch{over: true}, err
	}
	list, err := tx.CustomersFrom(ctx, u.source, u.after, sheetBatch)
	if err != nil || len(list) == 0 {
		return undoBatch{}, err
	}
	used, err := tx.CustomersInUse(ctx, list)
	if err != nil {
		return undoBatch{}, err
	}
	b := undoBatch{last: list[len(list)-1].ID}
	var free []sales.Customer
	for _, c := range list {
		switch {
		case used[c.ID] != "":
			b.kept = append(b.kept, c.Name+"(有"+handlers.UsedWord(used[c.ID])+")")
		case c.Version > 1:
			b.kept = append(b.kept, c.Name+"(改过资料)")
		default:
			free = append(free, c)
		}
	}
	if err := tx.RemoveCustomers(ctx, free); err != nil {
		return undoBatch{}, err
	}
	for _, c := range free {
		tx.Audit(sales.AuditEntry{
			Verb: "customer.undo", PersonID: j.PersonID, SubjectKind: "customer", SubjectID: c.ID, At: at, EventID: c.SourceEventID,
			Changes: sales.List[sales.Change]{{Field: "名称", Old: c.Name}},
		})
		tx.Emit(sales.DomainEvent{Kind: "customer.undone", SubjectKind: "customer", SubjectID: c.ID, PersonID: j.PersonID, At: at, Data: "{}"})
	}
	j.Written -= int64(len(free))
	j.Seen += int64(len(free))
	j.UpdatedAt = at
	tx.UpdateSheetJob(j)
	return b, nil
}

// stay says which customers stay and why; empty when none does.
func (u *importUndo) stay() string {
	if u.kept == 0 {
		return ""
	}
	names := make([]string, len(u.shown))
	for i, s := range u.shown {
		names[i] = render.CutRunes(s, 40)
	}
	more := ""
	if u.kept > len(names) {
		more = " 等"
	}
	return fmt.Sprintf("%d 家有人用上了,留着:%s%s。", u.kept, strings.Join(names, "、"), more)
}

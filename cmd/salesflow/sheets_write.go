package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"salesflow/bot"
	"salesflow/bot/sheet"
	"salesflow/cards/view"
	"salesflow/store"
	"salesflow/store/sales"
)

// showEvery is how often a running import changes its card: on WeCom a change without a tap is a new message.
const showEvery = 15 * time.Second

// writeImport writes the chosen rows, from the last one that was written on.
func (p *program) writeImport(ctx context.Context, j sales.SheetJob) error {
	kind, err := p.kindOf(ctx, j)
	if msg := sales.Message(err); msg != "" {
		return p.failSheet(ctx, j, msg)
	}
	if err == nil {
		err = kind.load(ctx)
	}
	if err != nil {
		return err
	}
	shown := time.Now()
	for {
		revision, err := kind.catchUp(ctx)
		if err != nil {
			return err
		}
		w := batchWriter{kind: kind, revision: revision, now: p.clock.Now()}
		err = p.do(ctx, func(ctx context.Context, tx *store.Tx) error { return w.write(ctx, tx, j.ID) })
		switch {
		case errors.Is(err, errMoved):
			continue
		case err != nil:
			return err
		case w.over:
			return nil // stopped by a person
		case w.last:
			return p.finishImport(ctx, j)
		}
		if err := p.renew(ctx, j); err != nil {
			return err
		}
		if time.Since(shown) >= showEvery {
			shown = time.Now()
			if err := p.update(ctx, j, func(*sales.SheetJob) bot.Reply { return bot.Reply{} }); err != nil {
				return err
			}
		}
	}
}

// errMoved says that master data changed since it was looked at.
var errMoved = errors.New("master data has changed meanwhile")

// batchWriter writes one batch of rows, all or none.
type batchWriter struct {
	kind       importKind
	revision   int64
	now        time.Time
	over, last bool
}

func (w *batchWriter) write(ctx context.Context, tx *store.Tx, id sales.ID) error {
	w.over, w.last = false, false
	j, err := tx.SheetJobByID(ctx, id)
	if err != nil {
		return err
	}
	if j.State != sales.SheetWriting {
		w.over = true
		return nil
	}
	rev, err := tx.Revisions(ctx)
	if err != nil {
		return err
	}
	if rev.Master != w.revision {
		return errMoved
	}
	choice := chosen(j.Choice)
	rows, err := tx.SheetRows(ctx, id, choice.states, j.Seen, sheetBatch)
	if err != nil {
		return err
	}
	var done []int64
	var changed []sales.SheetRow
	err = writing(ctx, tx, w.kind, func() {
		for _, row := range rows {
			j.Seen = row.No
			if !choice.has(row.No) {
				continue
			}
			v := w.kind.check(sheet.Row{No: int(row.No), Cells: row.Cells}, false)
			if v.state == sales.RowGood || v.state == sales.RowAlike && slices.Contains(choice.states, sales.RowAlike) {
				w.kind.write(tx, row.No, v)
				done = append(done, row.No)
				continue
			}
			changed = append(changed, sheetRow(id, sheet.Row{No: int(row.No), Cells: row.Cells}, v))
		}
	})
	if err != nil {
		return err
	}
	tx.SettleSheetRows(id, sales.RowDone, done)
	tx.PutSheetRows(changed)
	j.Written += int64(len(done))
	j.UpdatedAt = sales.At(w.now)
	tx.UpdateSheetJob(j)
	w.last = len(rows) < sheetBatch
	return nil
}

// finishImport ends an import, or goes back to the preview when only some rows were chosen and others could follow.
func (p *program) finishImport(ctx context.Context, j sales.SheetJob) error {
	var count map[string]int64
	err := p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		count, err = tx.CountSheetRows(ctx, j.ID)
		return err
	})
	if err != nil {
		return err
	}
	return p.update(ctx, j, func(now *sales.SheetJob) bot.Reply {
		now.Fresh, now.Known, now.Alike, now.Wrong = count[sales.RowGood], count[sales.RowKnown], count[sales.RowAlike], count[sales.RowWrong]
		if len(chosen(now.Choice).spans) > 0 && now.Fresh+now.Alike > 0 {
			now.State = sales.SheetPreview
			return sayTo(*now, bot.Outgoing{Text: fmt.Sprintf("选的行导好了,共导入 %d %s。剩下的还等你定。", now.Written, view.SheetUnit(now.Kind))})
		}
		now.State = sales.SheetDone
		if now.Total < bigImport {
			return bot.Reply{}
		}
		return sayTo(*now, bot.Outgoing{Text: fmt.Sprintf("%s导好了:导入 %d %s。", now.Name, now.Written, view.SheetUnit(now.Kind))})
	})
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/sheet"
	"salesflow/cards/view"
	"salesflow/store"
	"salesflow/store/sales"
)

// sheetLease is how long a replica has a job to itself without a sign of life; after a crash another goes on when it ends.
const sheetLease = 45 * time.Second

// maxSheetAttempts is how often a job is begun before it is given up.
const maxSheetAttempts = 6

// followFor is how long after a merge what is still filed for the merged customer is given to the other: longer than drafts and
// the buttons of that day live. followEvery is how often that is looked at.
const (
	followFor   = 3 * 24 * time.Hour
	followEvery = time.Minute
)

// keepSheets works on Excel files and questions to the registry until ctx ends, and lets late records follow merges.
func (p *program) keepSheets(ctx context.Context) error {
	if n, err := p.db.KeyCustomers(ctx); err != nil {
		p.log.Warn().Err(err).Msg("key customers")
	} else if n > 0 {
		p.log.Info().Int("customers", n).Msg("customers of an earlier release can be found as duplicates now")
	}
	beat := time.NewTicker(500 * time.Millisecond)
	defer beat.Stop()
	follow := time.NewTicker(followEvery)
	defer follow.Stop()
	for {
		if err := errors.Join(p.workSheets(ctx), p.workRegistry(ctx)); err != nil && ctx.Err() == nil {
			p.log.Warn().Err(err).Msg("work on sheets")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
		case <-follow.C:
			if err := p.followMerges(ctx); err != nil && ctx.Err() == nil {
				p.log.Warn().Err(err).Msg("follow merges")
			}
		}
	}
}

func (p *program) followMerges(ctx context.Context) error {
	return p.do(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.FollowMerges(ctx, sales.At(p.clock.Now().Add(-followFor)))
		if n > 0 {
			p.log.Info().Int("rows", n).Msg("late records followed a merge")
		}
		return err
	})
}

// workSheets works on jobs that wait, as far as their files are here.
func (p *program) workSheets(ctx context.Context) error {
	p.turns.sheets.Lock()
	defer p.turns.sheets.Unlock()
	for {
		j, ok, err := p.db.ClaimSheetJob(ctx, p.clock.Now(), sheetLease, func(j sales.SheetJob) bool { return p.canWork(ctx, j) })
		if err != nil || !ok {
			return errors.Join(err, p.workCash(ctx), p.workDelivery(ctx), p.workEInvoices(ctx))
		}
		err = p.runSheet(ctx, j)
		if err == nil {
			_, err = p.db.RenewSheetJob(ctx, j.ID, p.clock.Now(), 0) // what follows need not wait for the claim to run out
		}
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			p.log.Error().Err(err).Str("sheet", j.ID.String()).Str("state", j.State).Int("attempts", j.Attempts).Msg("sheet job")
			if j.Attempts >= maxSheetAttempts {
				if err := p.failSheet(ctx, j, "这张表处理不了,已转管理员。编号 "+j.ID.String()+"。"); err != nil {
					return err
				}
			}
		}
	}
}

// canWork reports whether a job can be worked on now: an import needs its file to have come.
func (p *program) canWork(ctx context.Context, j sales.SheetJob) bool {
	switch j.Kind {
	case sales.SheetRecord:
		return p.recordReady(ctx, j)
	case sales.SheetPerformance:
		return p.performanceReady(ctx, j)
	}
	if j.State != sales.SheetReading {
		return true
	}
	f, err := p.fileRow(ctx, j.FileID)
	return err == nil && f.State != sales.FileWanted
}

// sheetsAhead counts the jobs whose time has not come: what they are made of is not here yet, or not yet proved.
func (p *program) sheetsAhead(ctx context.Context) (n int, err error) {
	for after := sales.ID(0); ; {
		free, err := p.db.FreeSheetJobs(ctx, p.clock.Now(), after)
		if err != nil || len(free) == 0 {
			return n, err
		}
		for _, j := range free {
			if !p.canWork(ctx, j) {
				n++
			}
		}
		after = free[len(free)-1].ID
	}
}

func (p *program) fileRow(ctx context.Context, id sales.ID) (f sales.File, err error) {
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		f, err = tx.FileByID(ctx, id)
		return err
	})
	return f, err
}

func (p *program) runSheet(ctx context.Context, j sales.SheetJob) error {
	defer p.memory.spare()()
	switch {
	case j.State == sales.SheetReading:
		return p.readImport(ctx, j)
	case j.State == sales.SheetWriting:
		return p.writeImport(ctx, j)
	case j.State == sales.SheetUndoing:
		return p.undoImport(ctx, j)
	case j.Kind == sales.SheetExport:
		return p.exportCustomers(ctx, j)
	case j.Kind == sales.SheetStatement:
		return p.makeStatement(ctx, j)
	case j.Kind == sales.SheetStatements:
		return p.listStatements(ctx, j)
	case j.Kind == sales.SheetMistakes:
		return p.makeMistakes(ctx, j)
	case j.Kind == sales.SheetRecord:
		return p.makeRecord(ctx, j)
	case j.Kind == sales.SheetPerformance:
		return p.makePerformance(ctx, j)
	case j.Kind == sales.SheetRecords:
		return p.exportRecords(ctx, j)
	}
	return p.failSheet(ctx, j, "这张表处理不了。")
}

// renew keeps the claim of a job while it is worked on.
func (p *program) renew(ctx context.Context, j sales.SheetJob) error {
	ours, err := p.db.RenewSheetJob(ctx, j.ID, p.clock.Now(), sheetLease)
	if err == nil && !ours {
		err = errNotOurs
	}
	return err
}

var errNotOurs = errors.New("another replica has taken the job over")

// update changes a job and shows it, in one transaction.
func (p *program) update(ctx context.Context, j sales.SheetJob, change func(j *sales.SheetJob) bot.Reply) error {
	return p.answer(ctx, func(ctx context.Context, tx *store.Tx) (bot.Reply, error) {
		now, err := tx.SheetJobByID(ctx, j.ID)
		if err != nil || now.Ended() {
			return bot.Reply{}, err
		}
		reply := change(&now)
		perhaps := now.Choice == sales.ChoosePerhaps
		now.UpdatedAt = sales.At(p.clock.Now())
		if perhaps {
			now.Choice = ""
		}
		tx.UpdateSheetJob(now)
		now.Version++
		face, err := sheetFace(ctx, tx, now)
		switch {
		case perhaps && now.State != sales.SheetFailed:
			return sayTo(now, bot.Outgoing{Card: &face}), err
		case !perhaps:
			reply.Faces = append(reply.Faces, face)
		}
		return reply, err
	})
}

func sheetFace(ctx context.Context, tx *store.Tx, j sales.SheetJob) (view.Face, error) {
	problems, err := tx.SheetRows(ctx, j.ID, []string{sales.RowWrong, sales.RowAlike}, 0, 2)
	return view.SheetCard(view.SheetImport{Job: j, Problems: problems}), err
}

// failSheet ends a job whose file cannot be used.
func (p *program) failSheet(ctx context.Context, j sales.SheetJob, message string) error {
	return p.update(ctx, j, func(now *sales.SheetJob) bot.Reply {
		now.State, now.Message = sales.SheetFailed, message
		if !slices.Contains([]string{sales.SheetExport, sales.SheetMistakes, sales.SheetRecord, sales.SheetPerformance, sales.SheetStatement, sales.SheetStatements, sales.SheetRecords}, j.Kind) {
			return bot.Reply{}
		}
		return sayTo(*now, bot.Outgoing{Text: message})
	})
}

// answer does a unit of work outside a turn of dialogue and sends what it says.
func (p *program) answer(ctx context.Context, work func(ctx context.Context, tx *store.Tx) (bot.Reply, error)) error {
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	done, err := storage{p.books, p.db}.do(ctx, noEvent, 0, func(ctx context.Context, tx *store.Tx) error {
		reply, err := work(ctx, tx)
		if err != nil {
			return err
		}
		_, err = p.front.Poster.Post(ctx, tx, org, p.clock.Now(), bot.Origin{}, reply)
		return err
	})
	if err == nil {
		p.front.Committed(done, 0)
	}
	return err
}

// kindOf makes the checker of a kind of import for whoever sent the file.
func (p *program) kindOf(ctx context.Context, j sales.SheetJob) (importKind, error) {
	org, err := p.books.Org(ctx)
	if err != nil {
		return nil, err
	}
	by, ok := org.Person(j.PersonID)
	if !ok || !by.Active {
		return nil, sales.Errorf(sales.Forbidden, "发这张表的人已不在职,不导了。")
	}
	im := importer{db: p.db, org: org, by: by, scope: org.ScopeOf(by), source: "import:" + j.ID.String(), unlike: "点 连疑似的也导", now: sales.At(p.clock.Now()), cash: p.app.Settings.Cash}
	if err := p.withCustom(ctx, &im, j.Kind); err != nil {
		return nil, err
	}
	return newKind(im, j.Kind)
}

// sheetBatch is how many rows one transaction reads in or writes: few enough that the bot's own transactions hardly wait.
const sheetBatch = 500

// readImport reads and checks an import's file, row by row into the store, and shows the preview. It begins anew when it was
// interrupted.
func (p *program) readImport(ctx context.Context, j sales.SheetJob) error {
	f, err := p.fileRow(ctx, j.FileID)
	if err != nil {
		return err
	}
	path, err := p.files.here(ctx, j.FileID)
	if err != nil && !errors.Is(err, errNotHere) && f.State == sales.FileKept {
		return err // the store is away: tried again
	}
	data, err := os.ReadFile(path)
	if err != nil || f.State != sales.FileKept {
		return p.failSheet(ctx, j, "文件没收到:超过 20 MB 的拆成几个;不是的话重新发一次。")
	}
	if err := p.do(ctx, func(_ context.Context, tx *store.Tx) error { tx.DropSheetRows(j.ID); return nil }); err != nil {
		return err
	}
	r := &importReader{p: p, job: j, count: map[string]int64{}}
	layouts, err := p.layouts(ctx)
	if err != nil {
		return err
	}
	found, err := sheet.Read(data, layouts, func(f sheet.Found, row sheet.Row) error { return r.row(ctx, f, row) })
	if err == nil {
		err = r.flush(ctx)
	}
	if msg := sales.Message(err); msg != "" && (sales.KindOf(err) == sales.Invalid || sales.KindOf(err) == sales.Forbidden) {
		if r.job.Kind == sales.SheetUnknown && sales.KindOf(err) == sales.Invalid {
			msg += "要随合同提交就接着发 提交合同 客户 金额,文件会一起带上。"
		}
		if j.Choice == sales.ChoosePerhaps && (sheet.LooksLike(data) || oldSheet(f.Name)) { // no card told of it so far
			return errors.Join(p.failSheet(ctx, j, msg), p.say(ctx, bot.Say{
				To: []sales.PersonID{j.PersonID}, Subject: "sheet:" + j.ID.String(), Kind: bot.DeliverReply, Slot: "failed",
				Out: bot.Outgoing{Text: "刚才的表导不了。" + msg},
			}))
		}
		return p.failSheet(ctx, j, msg)
	}
	if err != nil {
		return err
	}
	return p.update(ctx, j, func(now *sales.SheetJob) bot.Reply {
		if now.Name == "" {
			now.Name = f.Name
		}
		now.Kind, now.State, now.Columns = found.Layout.Kind, sales.SheetPreview, found.Columns
		now.Total, now.Fresh, now.Known = int64(found.Rows), r.count[sales.RowGood], r.count[sales.RowKnown]
		now.Alike, now.Wrong = r.count[sales.RowAlike], r.count[sales.RowWrong]
		now.Message = sheetsLeft(found) + columnsLeft(found)
		return bot.Reply{}
	})
}

// sheetsLeft says which sheet of a workbook was read, where that is not plain, and which were not.
func sheetsLeft(f sheet.Found) string {
	text := ""
	if f.Sheet != "" {
		text = "看的是工作表《" + clipRunes(f.Sheet, 20) + "》。"
	}
	if n := len(f.Others); n > 0 {
		text += "还有工作表《" + clipRunes(strings.Join(f.Others[:min(n, 3)], "》《"), 60) + "》没看:一次导一张,另存成一个文件再发。"
	}
	return text
}

// shownColumns bounds the columns a preview names.
const shownColumns = 5

// columnsLeft names the columns of a file that nothing is made of, so that nobody believes they were imported.
func columnsLeft(f sheet.Found) string {
	n := len(f.Ignored)
	if n == 0 {
		return ""
	}
	var names []string
	for _, name := range f.Ignored[:min(n, shownColumns)] {
		names = append(names, clipRunes(name, 12))
	}
	text := "没认出的列不导:" + strings.Join(names, "、")
	if n > shownColumns {
		text += fmt.Sprintf(" 等 %d 列", n)
	}
	return text + "。"
}

// oldSheet reports whether a file's name says that it is a table, whatever is in it. A workbook shows that itself.
func oldSheet(name string) bool {
	return slices.Contains([]string{".xls", ".et", ".csv", ".xlsb"}, strings.ToLower(filepath.Ext(name)))
}

func (p *program) do(ctx context.Context, fn func(ctx context.Context, tx *store.Tx) error) error {
	_, err := p.db.Do(ctx, store.Work{Fn: fn})
	return err
}

// importReader collects checked rows.
type importReader struct {
	p     *program
	job   sales.SheetJob
	kind  importKind
	rows  []sales.SheetRow
	count map[string]int64
}

func (r *importReader) row(ctx context.Context, f sheet.Found, row sheet.Row) (err error) {
	if r.kind == nil {
		r.job.Kind = f.Layout.Kind
		if r.kind, err = r.p.kindOf(ctx, r.job); err != nil {
			return err
		}
		if err := r.kind.load(ctx); err != nil {
			return err
		}
	}
	v := r.kind.check(row, true)
	if err := r.kind.trouble(); err != nil {
		return err
	}
	r.count[v.state]++
	r.rows = append(r.rows, sheetRow(r.job.ID, row, v))
	if len(r.rows) < 4*sheetBatch {
		return nil
	}
	return r.flush(ctx)
}

func sheetRow(job sales.ID, row sheet.Row, v verdict) sales.SheetRow {
	slices.Sort(v.cols)
	return sales.SheetRow{
		JobID: job, No: int64(row.No), Cells: row.Cells, State: v.state, Problem: v.problem, Cols: slices.Compact(v.cols),
	}
}

func (r *importReader) flush(ctx context.Context) error {
	err := r.p.do(ctx, func(_ context.Context, tx *store.Tx) error { tx.PutSheetRows(r.rows); return nil })
	r.rows = r.rows[:0]
	if err != nil {
		return err
	}
	return r.p.renew(ctx, r.job)
}

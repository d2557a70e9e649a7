package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/httpapi"
	"salesflow/bot/sheet"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// layoutOf is the layout of a kind of import.
func layoutOf(kind string) (sheet.Layout, bool) {
	for _, l := range sheet.Layouts {
		if l.Kind == kind {
			return l, true
		}
	}
	return sheet.Layout{}, false
}

// Template implements handlers.SheetStore.
func (f files) Template(ctx context.Context, id sales.ID, kind string) (sales.File, error) {
	l, ok := layoutWith(kind, f.custom)
	if !ok {
		return sales.File{}, fmt.Errorf("no template of %s", kind)
	}
	data, err := sheet.Template(l)
	if err != nil {
		return sales.File{}, err
	}
	return f.keepSheet(ctx, id, l.Title+"导入模板.xlsx", bytes.NewReader(data))
}

// keepSheet keeps an Excel file of ours.
func (f files) keepSheet(ctx context.Context, id sales.ID, name string, body io.Reader) (sales.File, error) {
	size, sum, err := f.keepUpTo(ctx, id, body, f.made)
	if err != nil {
		return sales.File{}, err
	}
	return sales.File{
		ID: id, Name: name, MIME: xlsxType, Size: size, SHA256: sum, State: sales.FileKept, CreatedAt: sales.At(f.now()), Version: 1,
	}, nil
}

// keepWritten keeps what was written into a workbook, which is closed then.
func (f files) keepWritten(ctx context.Context, id sales.ID, name string, w *sheet.Writer) (sales.File, error) {
	r, to := io.Pipe()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_ = to.CloseWithError(w.Close(to)) // always nil; it ends the other side
	}()
	out, err := f.keepSheet(ctx, id, name, r)
	_ = r.Close() // always nil; it ends the other side where keeping failed
	<-closed
	return out, err
}

// makeMistakes makes the file of the rows of an import that are to be mended, with what to do beside each, and sends it.
func (p *program) makeMistakes(ctx context.Context, j sales.SheetJob) error {
	id, err := sales.ParseID(j.Choice)
	if err != nil {
		return p.failSheet(ctx, j, "没找到那次导入。")
	}
	var from sales.SheetJob
	if err := p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error { from, err = tx.SheetJobByID(ctx, id); return err }); err != nil {
		return err
	}
	l, ok := layoutWith(from.Kind, p.app.Custom)
	if !ok || from.PersonID != j.PersonID {
		return p.failSheet(ctx, j, "没找到那次导入。")
	}
	header := []string{}
	for _, c := range l.Columns {
		name := c.Name
		if c.Required {
			name += "*"
		}
		header = append(header, name)
	}
	w, err := sheet.NewWriter("问题", append(header, "原行号", "怎么改"))
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		var rows []sales.SheetRow
		err := p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
			rows, err = tx.SheetRows(ctx, from.ID, []string{sales.RowWrong, sales.RowAlike}, after, 1000)
			return err
		})
		if err != nil {
			_ = w.Close(nil)
			return err
		}
		for _, r := range rows {
			after = r.No
			if err := w.Row(append(append([]string{}, r.Cells...), fmt.Sprint(r.No), r.Problem), r.Cols...); err != nil {
				_ = w.Close(nil)
				return err
			}
		}
		if len(rows) < 1000 {
			break
		}
	}
	name := strings.TrimSuffix(from.Name, path.Ext(from.Name)) + "-要改的行.xlsx"
	return p.sendSheet(ctx, j, w, name, "标红的格子要改,最后一列写了怎么改。改好直接把这个文件发给我,只导这些行。")
}

// sayTo tells whoever began a job something at its end.
func sayTo(j sales.SheetJob, out ...bot.Outgoing) bot.Reply {
	var r bot.Reply
	for i, o := range out {
		r.Say = append(r.Say, bot.Say{To: []sales.PersonID{j.PersonID}, Subject: "sheet:" + j.ID.String(), Kind: bot.DeliverReply, Slot: fmt.Sprint(j.State, i), Out: o})
	}
	return r
}

// finishSheet ends a job with the files that were made, the last one its result. ok is false when it has ended meanwhile.
func (p *program) finishSheet(ctx context.Context, tx *store.Tx, j sales.SheetJob, made ...sales.File) (now sales.SheetJob, ok bool, err error) {
	if now, err = tx.SheetJobByID(ctx, j.ID); err != nil || now.Ended() {
		return now, false, err
	}
	for _, f := range made {
		tx.CreateFile(f)
		now.ResultID = f.ID
	}
	now.State, now.UpdatedAt = sales.SheetDone, sales.At(p.clock.Now())
	tx.UpdateSheetJob(now)
	return now, true, nil
}

// asker is who asked for a file, as they are now; ok is false, with the job ended and its asker told, when they have left.
func (p *program) asker(ctx context.Context, j sales.SheetJob) (org *sales.Org, by sales.Person, ok bool, err error) {
	if org, err = p.books.Org(ctx); err != nil {
		return nil, by, false, err
	}
	if by, ok = org.Person(j.PersonID); !ok || !by.Active {
		return org, by, false, p.failSheet(ctx, j, "已不在职,不导了。")
	}
	return org, by, true, nil
}

// sendSheet keeps a file that was made and sends it to whoever asked for it, as a file or, when it is large, as a link.
func (p *program) sendSheet(ctx context.Context, j sales.SheetJob, w *sheet.Writer, name, text string, mail ...*bot.Say) error {
	id, err := p.db.NewID(ctx)
	if err != nil {
		return errors.Join(err, w.Close(nil))
	}
	f, err := p.files.keepWritten(ctx, id, name, w)
	if errors.Is(err, bot.ErrFileTooLarge) {
		return p.failSheet(ctx, j, fmt.Sprintf("要导的太多,一个文件超过了 %s,没有导出。让各个负责人各导各的。", megabytes(p.files.made)))
	}
	if err != nil {
		return err
	}
	if f.Size > p.files.sent && p.cfg.PublicURL == "" {
		return errors.Join(p.files.drop(ctx, id), p.failSheet(ctx, j,
			fmt.Sprintf("文件有 %s,聊天里最多发 %s,没有发出来。让管理员配好 public_url,就能用链接下载;急用就让各个负责人各导各的。", megabytes(f.Size), megabytes(p.files.sent))))
	}
	f.PersonID = j.PersonID
	link, hash, err := p.downloadLink(j, f)
	if err != nil {
		return err
	}
	return p.answer(ctx, func(ctx context.Context, tx *store.Tx) (bot.Reply, error) {
		now, ok, err := p.finishSheet(ctx, tx, j, f)
		if err != nil || !ok {
			return bot.Reply{}, err
		}
		if link == "" {
			reply := sayTo(now, bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name}}, bot.Outgoing{Text: text})
			for _, m := range mail {
				if m != nil {
					m.Slot = "mail:" + j.ID.String()
					m.Out.Mail.Files = []bot.File{{ID: f.ID, Name: f.Name}}
					reply.Say = append(reply.Say, *m)
				}
			}
			return reply, nil
		}
		tx.CreateUpload(hash, j.PersonID, downloadTopic+f.ID.String(), sales.At(p.clock.Now().Add(downloadFor)))
		return sayTo(now, bot.Outgoing{Text: text + "\n文件大,用这个链接下载(1 小时内,用一次,别转发):\n" + link}), nil
	})
}

// megabytes is a size as people say it.
func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", max(n>>10, 1))
	}
	return fmt.Sprintf("%d MB", n>>20)
}

const (
	// linkFrom is from how many rows an export goes out as a link.
	linkFrom = 5000
	// downloadFor is how long a download link works.
	downloadFor   = time.Hour
	downloadTopic = "download:"
)

// downloadLink makes a one-time link for a large export; empty when the file can be sent, or there are no pages.
func (p *program) downloadLink(j sales.SheetJob, f sales.File) (link, hash string, err error) {
	large := j.Kind == sales.SheetExport && j.Total >= linkFrom || f.Size > p.files.sent
	if !large || p.cfg.PublicURL == "" {
		return "", "", nil
	}
	b, err := secret(32)
	if err != nil {
		return "", "", fmt.Errorf("make download link: %w", err)
	}
	token := fmt.Sprintf("%x", b)
	return strings.TrimRight(p.cfg.PublicURL, "/") + "/d/" + token, httpapi.DownloadHash(token), nil
}

// exportCustomers writes the customers of whoever asked, with what is known of them, into a file and sends it. What they may see is
// asked now, not when they asked.
func (p *program) exportCustomers(ctx context.Context, j sales.SheetJob) error {
	org, by, ok, err := p.asker(ctx, j)
	if err != nil || !ok {
		return err
	}
	book, err := p.books.Book(ctx)
	if err != nil {
		return err
	}
	x := customColumns{p.app.Custom.SeenOf("customer", by), handlers.CustomReader{Org: org, Book: book, Now: p.clock.Now(), Reader: by.ID}}
	header := []string{}
	for _, c := range sheet.Customers.Columns {
		header = append(header, c.Name)
	}
	w, err := sheet.NewWriter("客户", append(append(header, "客户编号", "创建日期", "最近联系"), fieldHeads(x.fields)...))
	if err != nil {
		return err
	}
	scope := org.ScopeOf(by)
	rows := 0
	for after := sales.ID(0); ; {
		list, n, err := p.exportRows(ctx, org, scope, after, w, x)
		if err != nil {
			_ = w.Close(nil)
			return err
		}
		if rows += n; n < exportBatch {
			break
		}
		after = list
		if err := p.renew(ctx, j); err != nil {
			_ = w.Close(nil)
			return err
		}
	}
	j.Total = int64(rows)
	day := sales.DayOf(p.clock.Now())
	return p.sendSheet(ctx, j, w, "客户-"+day.String()+".xlsx", fmt.Sprintf("导出 %d 家客户,已留痕。", rows))
}

const exportBatch = 500

func (p *program) exportRows(ctx context.Context, org *sales.Org, scope sales.Scope, after sales.ID, w *sheet.Writer, x customColumns) (last sales.ID, n int, err error) {
	var list []sales.Customer
	var details []sales.Detail
	var custom []sales.CustomValue
	contacts := map[sales.ID]sales.Contact{}
	err = p.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		if list, err = tx.CustomersAfter(ctx, scope, after, exportBatch); err != nil {
			return err
		}
		ids := make([]sales.ID, len(list))
		for i, c := range list {
			ids[i] = c.ID
		}
		first, err := tx.FirstContacts(ctx, ids)
		if err != nil {
			return err
		}
		for _, c := range first {
			if _, ok := contacts[c.CustomerID]; !ok {
				contacts[c.CustomerID] = c
			}
		}
		if len(x.fields) > 0 {
			if custom, err = tx.CustomValues(ctx, ids...); err != nil {
				return err
			}
		}
		details, err = tx.Details(ctx, ids...)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	of := map[sales.ID][]sales.Detail{}
	for _, d := range details {
		of[d.CustomerID] = append(of[d.CustomerID], d)
	}
	values := map[sales.ID][]sales.CustomValue{}
	for _, v := range custom {
		values[v.RecordID] = append(values[v.RecordID], v)
	}
	for _, c := range list {
		last = c.ID
		row := exportRow(c, org.Name(c.OwnerID), contacts[c.ID], of[c.ID])
		if err := w.Row(append(row, customCells(x.reader, x.fields, values[c.ID])...)); err != nil {
			return last, n, err
		}
		n++
	}
	return last, n, nil
}

func exportRow(c sales.Customer, owner string, contact sales.Contact, details []sales.Detail) []string {
	values := map[string]string{
		sheet.Name: c.Name, sheet.Phone: c.Phone, sheet.Industry: c.Industry, sheet.USCC: c.USCC, sheet.City: c.City, sheet.Owner: owner,
		sheet.Aliases: strings.Join(c.Aliases, "、"), sheet.Class: c.Class, sheet.Contact: contact.Name, sheet.Title: contact.Department + contact.Title,
	}
	out := make([]string, 0, len(sheet.Customers.Columns)+3)
	for _, col := range sheet.Customers.Columns {
		v, ok := values[col.Key]
		if !ok {
			v = sales.DetailOf(c, details, col.Key)
		}
		out = append(out, v)
	}
	return append(out, c.ID.String(), dayText(c.CreatedAt), dayText(c.LastContactAt))
}

func dayText(at sales.Instant) string {
	if at.IsZero() {
		return ""
	}
	return sales.DayOf(at.Time).String()
}

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"salesflow/bot/sheet"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// exportRecords writes the records of a company's own type that whoever asked may see into a file and sends it. What they may
// see is asked now, not when they asked.
func (p *program) exportRecords(ctx context.Context, j sales.SheetJob) error {
	org, err := p.books.Org(ctx)
	if err != nil {
		return err
	}
	by, ok := org.Person(j.PersonID)
	rt, known := p.app.Custom.Type(j.Choice)
	if !ok || !by.Active || !known || !rt.Sees(by) {
		return p.failSheet(ctx, j, "这种档案现在导不了。")
	}
	book, err := p.books.Book(ctx)
	if err != nil {
		return err
	}
	fields := p.app.Custom.SeenOf(rt.Key, by)
	header := []string{"编号", "客户", "记录人", "日期"}
	for _, f := range fields {
		header = append(header, f.Name)
	}
	w, err := sheet.NewWriter(rt.Name, header)
	if err != nil {
		return err
	}
	scope := org.ScopeOf(by)
	if len(rt.See) > 0 {
		scope = sales.Scope{All: true}
	}
	x := recordSheet{p, rt, fields, handlers.CustomReader{Org: org, Book: book, Now: p.clock.Now(), Reader: by.ID}, w}
	n, err := x.write(ctx, j, scope)
	if err != nil {
		_ = w.Close(nil)
		return err
	}
	j.Total = int64(n)
	name := rt.Name + "-" + sales.DayOf(p.clock.Now()).String() + ".xlsx"
	return p.sendSheet(ctx, j, w, name, fmt.Sprintf("%s导出 %d 条,已留痕。", rt.Name, n))
}

// recordPage reads records of a company's own, and the values of their fields.
func recordPage(ctx context.Context, db *store.DB, q sales.CustomFilter) (list []sales.CustomRecord, values []sales.CustomValue, err error) {
	err = db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if list, err = tx.CustomRecords(ctx, q); err != nil {
			return err
		}
		values, err = tx.CustomValues(ctx, idsOf(list, func(r sales.CustomRecord) sales.ID { return r.ID })...)
		return err
	})
	return list, values, err
}

// recordSheet writes records into a sheet.
type recordSheet struct {
	p      *program
	rt     sales.RecordType
	fields []sales.CustomField
	reader handlers.CustomReader
	w      *sheet.Writer
}

func (x recordSheet) write(ctx context.Context, j sales.SheetJob, scope sales.Scope) (n int, err error) {
	for before := sales.ID(0); ; {
		list, values, err := recordPage(ctx, x.p.db, sales.CustomFilter{Kind: x.rt.Key, Scope: scope, Before: before, Limit: exportBatch})
		if err != nil {
			return n, err
		}
		of := map[sales.ID][]sales.CustomValue{}
		for _, v := range values {
			of[v.RecordID] = append(of[v.RecordID], v)
		}
		for _, r := range list {
			before = r.ID
			row := []string{r.No, x.reader.Book.Customer(r.CustomerID), x.reader.Org.Name(r.PersonID), r.Day.String()}
			if err := x.w.Row(append(row, customCells(x.reader, x.fields, of[r.ID])...)); err != nil {
				return n, err
			}
			n++
		}
		if len(list) < exportBatch {
			return n, nil
		}
		if err := x.p.renew(ctx, j); err != nil {
			return n, err
		}
	}
}

// customCells are values of custom fields as a sheet has them: days and money so that they can be read back.
func customCells(r handlers.CustomReader, fields []sales.CustomField, values []sales.CustomValue) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		v := sales.CustomNamed(values, f.Object, f.Key)
		switch {
		case !v.Filled:
		case f.Type == sales.CustomDate:
			out[i] = v.Day.String()
		case f.Type == sales.CustomMoney:
			out[i] = fmt.Sprintf("%d.%02d", v.Num/100, v.Num%100)
		default:
			out[i] = r.Show(f, v)
		}
	}
	return out
}

// customColumns are custom fields as columns of a sheet, for whoever may know them.
type customColumns struct {
	fields []sales.CustomField
	reader handlers.CustomReader
}

func fieldHeads(fields []sales.CustomField) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Name
	}
	return out
}

// sharedFields are the fields of a kind of record that everybody may know: those a template can have.
func sharedFields(custom *sales.Custom, object string) []sales.CustomField {
	return slices.DeleteFunc(custom.Of(object), func(f sales.CustomField) bool { return len(f.See) > 0 })
}

// layoutWith is the layout of a kind of import, of customers with the company's own columns.
func layoutWith(kind string, custom *sales.Custom) (sheet.Layout, bool) {
	if key, ok := sales.RecordSheetOf(kind); ok {
		return recordLayout(custom, key)
	}
	l, ok := layoutOf(kind)
	if kind != sales.SheetCustomers {
		return l, ok
	}
	l.Columns = slices.Clone(l.Columns)
	for _, f := range sharedFields(custom, "customer") {
		l.Columns = append(l.Columns, sheet.Column{
			Key: handlers.CustomColumn(f.Key), Name: f.Name, Words: f.Aliases, Note: strings.TrimSuffix(handlers.CustomReader{}.Hint(f), "。"),
		})
		if f.Type == sales.CustomDate {
			l.Dates = append(l.Dates, handlers.CustomColumn(f.Key))
		}
	}
	return l, ok
}

// withCustom gives an import of a kind the company's own columns.
func (p *program) withCustom(ctx context.Context, im *importer, kind string) error {
	return im.withCustom(ctx, p.app.Custom, kind, p.books)
}

// withCustom gives an import of a kind the company's own columns, and what reads them.
func (im *importer) withCustom(ctx context.Context, custom *sales.Custom, kind string, names handlers.Names) error {
	object := "customer"
	if key, ok := sales.RecordSheetOf(kind); ok {
		object = key
	}
	im.configured = custom
	if im.custom = sharedFields(custom, object); len(im.custom) == 0 {
		return nil
	}
	book, err := names.Book(ctx)
	im.reader = handlers.CustomReader{Org: im.org, Book: book, Now: im.now.Time, Reader: im.by.ID}
	return err
}

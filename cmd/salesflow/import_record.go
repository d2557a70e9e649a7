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

// maxRecordsCompared bounds how many records of a type an import compares its rows with.
const maxRecordsCompared = 200000

// Keys of the columns that every record of a company's own type has.
const (
	recordNoColumn     = "no"
	recordAuthorColumn = "author"
	recordDayColumn    = "day"
)

// recordLayout is the layout of a company's own record type: what its export writes is read back.
func recordLayout(custom *sales.Custom, key string) (sheet.Layout, bool) {
	rt, ok := custom.Type(key)
	if !ok {
		return sheet.Layout{}, false
	}
	l := sheet.Layout{Kind: sales.RecordSheet(key), Title: rt.Name, Columns: []sheet.Column{
		{Key: recordNoColumn, Name: "编号", Note: "改已有的写编号,新的空着"},
	}}
	if rt.Customer {
		l.Columns = append(l.Columns, sheet.Column{Key: sheet.Customer, Name: "客户名称", Words: []string{"客户"}, Note: "系统里的客户", Required: true})
	}
	l.Columns = append(l.Columns, sheet.Column{Key: recordAuthorColumn, Name: "记录人", Note: "空着就是导入的人"}, sheet.Column{Key: recordDayColumn, Name: "日期", Note: "空着就是今天"})
	fields := sharedFields(custom, key)
	for i, f := range fields {
		l.Columns = append(l.Columns, sheet.Column{
			Key: handlers.CustomColumn(f.Key), Name: f.Name, Words: f.Aliases, Note: strings.TrimSuffix(handlers.CustomReader{}.Hint(f), "。"),
			Required: f.Required || i == 0 && !slices.ContainsFunc(fields, func(f sales.CustomField) bool { return f.Required }), // tells its files from others
		})
	}
	return l, len(fields) > 0
}

// recordsImport imports records of a company's own type. One that names a number corrects that record.
type recordsImport struct {
	importer
	rt        sales.RecordType
	customers map[string][]sales.Customer
	records   map[string]sales.CustomRecord // by number
	values    map[sales.ID][]sales.CustomValue
	// same are the numbers of records by what they say, first the rows of the file by what they say.
	same  map[string]string
	first map[string]int
	at    map[string]int
}

func newRecordsImport(im importer, rt sales.RecordType, l sheet.Layout) (*recordsImport, error) {
	if im.by.ID != 0 && !rt.Files(im.by) {
		return nil, sales.Errorf(sales.Forbidden, rt.Name+"你记不了,导入找能记的同事。")
	}
	if len(rt.File) > 0 {
		im.scope = sales.Scope{All: true} // roles that are named file for every customer
	}
	k := &recordsImport{importer: im, rt: rt, first: map[string]int{}, at: map[string]int{}}
	for i, c := range l.Columns {
		k.at[c.Key] = i
	}
	return k, nil
}

func (k *recordsImport) load(ctx context.Context) (err error) {
	k.records, k.values, k.same = map[string]sales.CustomRecord{}, map[sales.ID][]sales.CustomValue{}, map[string]string{}
	if k.customers, k.revision, err = customersByName(ctx, k.db); err != nil {
		return err
	}
	for before := sales.ID(0); len(k.records) < maxRecordsCompared; {
		list, values, err := recordPage(ctx, k.db, sales.CustomFilter{Kind: k.rt.Key, Scope: sales.Scope{All: true}, Before: before, Limit: 1000})
		if err != nil {
			return err
		}
		for _, v := range values {
			k.values[v.RecordID] = append(k.values[v.RecordID], v)
		}
		for _, r := range list {
			before = r.ID
			k.records[r.No] = r
			k.same[k.says(r.CustomerID, k.values[r.ID])] = r.No
		}
		if len(list) < 1000 {
			break
		}
	}
	return nil
}

// says is what a record says, for finding one that says the same.
func (k *recordsImport) says(customer sales.ID, values []sales.CustomValue) string {
	parts := []string{customer.String()}
	for _, f := range k.custom {
		parts = append(parts, sales.CustomNamed(values, k.rt.Key, f.Key).Plain(f))
	}
	return strings.Join(parts, "\x1f")
}

func (k *recordsImport) catchUp(ctx context.Context) (int64, error) {
	rev, err := k.db.Revisions(ctx)
	if err != nil || rev.Master == k.revision {
		return rev.Master, err
	}
	return k.revision, k.load(ctx)
}

func (k *recordsImport) check(r sheet.Row, first bool) verdict {
	if r.Problem != "" {
		return wrong(r.Problem, r.Cols...)
	}
	v := verdict{state: sales.RowGood, record: sales.CustomRecord{
		Kind: k.rt.Key, PersonID: k.by.ID, TeamID: k.by.TeamID, Day: sales.DayOf(k.now.Time), FiledAt: k.now, State: sales.CustomFiled,
		SourceEventID: fmt.Sprintf("%s:%d", k.source, r.No), Version: 1,
	}}
	var what []string
	flaw := func(key, problem string) {
		what, v.cols = append(what, trimDot(problem)), append(v.cols, k.at[key])
	}
	k.readCustomer(r, &v, flaw)
	known := k.readNumber(r, &v, flaw)
	if !known {
		k.readAuthor(r, &v, flaw)
	}
	if text := r.Cells[k.at[recordDayColumn]]; text != "" && !known {
		day, err := sales.ReadDate(text)
		if err != nil {
			flaw(recordDayColumn, messageOf(err))
		}
		v.record.Day = day
	}
	k.readFields(r, &v, known, flaw)
	if len(what) > 0 {
		v.state, v.problem = sales.RowWrong, strings.Join(what, ";")
		return v
	}
	if known {
		if len(v.custom) == 0 {
			v.state = sales.RowKnown
		}
		return v
	}
	key := k.says(v.record.CustomerID, v.custom)
	if row, ok := k.first[key]; ok && first {
		return wrong(fmt.Sprintf("和第 %d 行一样,留一行", row))
	}
	k.first[key] = r.No
	if k.same[key] != "" {
		v.state = sales.RowKnown
	}
	return v
}

func (k *recordsImport) readCustomer(r sheet.Row, v *verdict, flaw func(key, problem string)) {
	if !k.rt.Customer {
		return
	}
	name := r.Cells[k.at[sheet.Customer]]
	list := k.customers[sales.ParseName(name).Key]
	switch {
	case name == "":
		flaw(sheet.Customer, "客户名称空着,补上")
	case len(list) == 0:
		flaw(sheet.Customer, "没有客户\""+quoted(name)+"\",先建客户,或写系统里的全称")
	case len(list) > 1 && list[0].ID != list[1].ID:
		flaw(sheet.Customer, "叫\""+quoted(name)+"\"的客户不止一家,写全称")
	case !k.scope.Covers(list[0].OwnerID):
		flaw(sheet.Customer, list[0].Name+"不是你的客户,由负责人或主管来导")
	default:
		v.record.CustomerID = list[0].ID
	}
}

// readNumber finds the record that a row corrects; false for a new one.
func (k *recordsImport) readNumber(r sheet.Row, v *verdict, flaw func(key, problem string)) bool {
	no := strings.ToUpper(r.Cells[k.at[recordNoColumn]])
	if no == "" {
		return false
	}
	rec, ok := k.records[no]
	switch {
	case !ok:
		flaw(recordNoColumn, "没有"+k.rt.Name+" "+quoted(no)+",新的把编号空着")
	case !k.scope.Covers(rec.PersonID):
		flaw(recordNoColumn, no+" 不是你记的,由记的人或他的主管来改")
	case v.record.CustomerID != 0 && rec.CustomerID != v.record.CustomerID:
		flaw(recordNoColumn, no+" 是另一家客户的,客户不能这样改")
	default:
		v.record = rec
	}
	return true
}

func (k *recordsImport) readAuthor(r sheet.Row, v *verdict, flaw func(key, problem string)) {
	if name := r.Cells[k.at[recordAuthorColumn]]; name != "" && k.importer.scope.All {
		who, problem := k.owner(name)
		if problem != "" {
			flaw(recordAuthorColumn, strings.Replace(problem, "负责人", "记录人", 1))
		}
		v.record.PersonID, v.record.TeamID = who.ID, who.TeamID
		return
	}
	if v.record.PersonID == 0 { // the command line is nobody
		flaw(recordAuthorColumn, "记录人空着,写同事的姓名")
	}
}

func (k *recordsImport) readFields(r sheet.Row, v *verdict, known bool, flaw func(key, problem string)) {
	for _, f := range k.custom {
		key := handlers.CustomColumn(f.Key)
		text := r.Cells[k.at[key]]
		old := sales.CustomNamed(k.values[v.record.ID], k.rt.Key, f.Key)
		if text == "" {
			if f.Required && !known {
				flaw(key, f.Name+"空着,补上")
			}
			continue
		}
		x, err := k.customValue(f, text)
		if err == nil && k.by.ID != 0 && !f.Edits(k.by) {
			err = sales.Errorf(sales.Forbidden, f.Name+"你填不了,空着")
		}
		if err != nil {
			flaw(key, messageOf(err))
			continue
		}
		if known && old.Filled && old.Plain(f) == x.Plain(f) {
			continue
		}
		x.ID, x.Version, x.At, x.PersonID = old.ID, old.Version, k.now, k.by.ID
		v.custom = append(v.custom, x)
	}
	if !known && len(v.custom) == 0 && len(k.custom) > 0 {
		flaw(handlers.CustomColumn(k.custom[0].Key), "一个字段都没填")
	}
}

func (k *recordsImport) write(tx *store.Tx, no int64, v verdict) {
	rec, fresh := v.record, v.record.ID == 0
	event := fmt.Sprintf("%s:%d", k.source, no)
	if fresh {
		rec.ID = tx.NewID()
		rec.No = k.rt.Prefix + rec.ID.String() // the row must not wait for its number: an id is unique too
		if n, err := tx.NextNumber(context.Background(), "custom:"+k.rt.Key); err == nil {
			rec.No = fmt.Sprintf("%s%04d", k.rt.Prefix, n)
		}
		tx.CreateCustomRecord(rec)
	}
	data := sales.EventData{Old: map[string]string{}, New: map[string]string{}}
	var changes []sales.Change
	for _, x := range v.custom {
		f, _ := k.field(x.Field)
		old := sales.CustomNamed(k.values[rec.ID], k.rt.Key, x.Field)
		changes = append(changes, sales.Change{Field: f.Name, Old: clipRunes(old.Plain(f), 60), New: clipRunes(x.Plain(f), 60)})
		data.Old[handlers.CustomColumn(x.Field)], data.New[handlers.CustomColumn(x.Field)] = old.Plain(f), x.Plain(f)
		x.RecordID = rec.ID
		if x.PersonID == 0 {
			x.PersonID = rec.PersonID
		}
		tx.PutCustom(x)
	}
	verb, kind := "custom_record.field", "custom_record.field_set"
	if fresh {
		verb, kind = "custom_record.import", k.rt.Key+".filed"
	}
	tx.Audit(sales.AuditEntry{Verb: verb, PersonID: k.by.ID, SubjectKind: "custom_record", SubjectID: rec.ID, At: k.now, EventID: event, Changes: changes})
	e := sales.DomainEvent{Kind: kind, SubjectKind: "custom_record", SubjectID: rec.ID, PersonID: k.by.ID, At: k.now, Data: "{}"}
	if !fresh {
		e.Data = data.Into("")
	}
	tx.Emit(e)
}

func (k *recordsImport) field(key string) (sales.CustomField, bool) {
	for _, f := range k.custom {
		if f.Key == key {
			return f, true
		}
	}
	return sales.CustomField{Key: key, Name: key}, false
}

package main

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot/sheet"
	"salesflow/cards/render"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// verdict is what becomes of one row of an import: its state, what is wrong and where, and the records it stands for.
type verdict struct {
	state, problem string
	cols           []int

	customer sales.Customer
	contact  sales.Contact
	details  []sales.Detail
	product  sales.Product
	before   sales.Product
	letter   sales.Authorisation
	custom   []sales.CustomValue
	cash     cashRow
	record   sales.CustomRecord
}

func wrong(problem string, cols ...int) verdict {
	return verdict{state: sales.RowWrong, problem: problem, cols: cols}
}

// importKind checks and writes the rows of one kind of file.
type importKind interface {
	// load reads what rows are compared with.
	load(ctx context.Context) error
	// catchUp looks at what others have changed since, and reports the revision of the master data that was looked at.
	catchUp(ctx context.Context) (revision int64, err error)
	// check says what becomes of a row. first is true when the whole file is gone through, to find rows that are there twice.
	check(row sheet.Row, first bool) verdict
	// trouble is why something a row was compared with could not be read, since the beginning: then no verdict stands.
	trouble() error
	// write writes what a row stands for.
	write(tx *store.Tx, no int64, v verdict)
}

// bookKind is a kind of file whose rows are money with a day.
type bookKind interface {
	// holdBooks reads until when the books are closed, before rows are written in a transaction: nobody closes a month until it has ended.
	holdBooks(ctx context.Context, tx *store.Tx) error
	// booked has confirmed statements looked at that the rows written in the transaction change.
	booked(ctx context.Context, tx *store.Tx) error
}

// writing does the rows of one transaction between what the books need before and after them. What could not be read for a row
// is an error of them all.
func writing(ctx context.Context, tx *store.Tx, kind importKind, rows func()) error {
	k, ok := kind.(bookKind)
	if !ok {
		rows()
		return kind.trouble()
	}
	if err := k.holdBooks(ctx, tx); err != nil {
		return err
	}
	rows()
	return errors.Join(kind.trouble(), k.booked(ctx, tx))
}

// newKind is the checker of a kind of file, if whoever imports may import it.
func newKind(im importer, kind string) (importKind, error) {
	admin := im.by.ID == 0 || im.by.Has(sales.RoleAdmin)
	if k, err := newCashKind(im, kind); k != nil || err != nil {
		return k, err
	}
	if key, ok := sales.RecordSheetOf(kind); ok {
		rt, known := im.configured.Type(key)
		l, _ := recordLayout(im.configured, key)
		if !known {
			return nil, sales.Errorf(sales.Invalid, "这种档案已经不用了,没有导。")
		}
		return newRecordsImport(im, rt, l)
	}
	switch {
	case kind == sales.SheetCustomers:
		return newCustomersImport(im), nil
	case !admin:
		return nil, sales.Errorf(sales.Forbidden, "导入产品和授权书要管理员权限。把表发给管理员。")
	case kind == sales.SheetProducts:
		return newProductsImport(im), nil
	case kind == sales.SheetAuthorised:
		return newLettersImport(im), nil
	}
	return nil, sales.Errorf(sales.Invalid, "不知道这张表要导什么。发 导入 拿模板。")
}

// importer is who imports, and from which file: what all kinds share.
type importer struct {
	db  *store.DB
	org *sales.Org
	// by is who imports; the zero person is the command line, which may do all.
	by    sales.Person
	scope sales.Scope
	// source begins the source of each record: "import:<job>".
	source string
	// unlike is what to do when an alike row is another customer after all.
	unlike string
	now    sales.Instant
	cash   handlers.CashSettings
	// configured is all the company added; custom are the columns of its own, behind the others, and reader reads them.
	configured *sales.Custom
	custom     []sales.CustomField
	reader     handlers.CustomReader
	revision   int64
	missed     error
}

// lookUp reads what a row is compared with, and reports whether it is there. What keeps it from being read is kept for trouble.
func (im *importer) lookUp(fn func(ctx context.Context, tx *store.Tx) error) bool {
	err := im.db.View(context.Background(), fn)
	if err != nil && sales.KindOf(err) != sales.NotFound && im.missed == nil {
		im.missed = fmt.Errorf("compare a row: %w", err)
	}
	return err == nil
}

func (im *importer) trouble() error { return im.missed }

// customersImport imports customers.
type customersImport struct {
	importer
	index *sales.DupIndex
	// first is the row that had a key before, by the key's hash, for rows that are twice in the file.
	first map[uint64]int32
	seed  maphash.Seed
	at    map[string]int // place of each column
}

func newCustomersImport(im importer) *customersImport {
	k := &customersImport{importer: im, first: map[uint64]int32{}, seed: maphash.MakeSeed(), at: map[string]int{}}
	for i, c := range sheet.Customers.Columns {
		k.at[c.Key] = i
	}
	for i, f := range im.custom {
		k.at[handlers.CustomColumn(f.Key)] = len(sheet.Customers.Columns) + i
	}
	return k
}

func (k *customersImport) load(ctx context.Context) (err error) {
	k.index = sales.NewDupIndex(k.own)
	k.revision, err = k.db.EachCustomer(ctx, k.index.Add)
	return err
}

func (k *customersImport) catchUp(ctx context.Context) (int64, error) {
	rev, err := k.db.CustomersChangedSince(ctx, k.revision, func(c sales.Customer) {
		if !k.own(c) {
			k.index.Add(c)
		}
	})
	if err == nil {
		k.revision = rev
	}
	return rev, err
}

// own reports whether a customer came from this very file.
func (k *customersImport) own(c sales.Customer) bool {
	return strings.HasPrefix(c.SourceEventID, k.source+":")
}

func (k *customersImport) check(r sheet.Row, first bool) verdict {
	v := k.read(r)
	if v.state == "" && first {
		if what, col := k.double(r.No, v.customer); what != "" {
			return wrong(what, col)
		}
	}
	if v.state != "" {
		return v
	}
	return k.compare(v)
}

// read makes a customer of a row, or says all that is wrong with it.
func (k *customersImport) read(r sheet.Row) verdict {
	var v verdict
	var what []string
	flaw := func(key, problem string) {
		what = append(what, problem)
		v.cols = append(v.cols, k.at[key])
	}
	cell := func(key string) string { return r.Cells[k.at[key]] }
	if r.Problem != "" {
		what, v.cols = append(what, r.Problem), append(v.cols, r.Cols...)
	}
	for i, c := range sheet.Customers.Columns {
		switch {
		case slices.Contains(r.Cols, i):
		case c.Required && r.Cells[i] == "":
			flaw(c.Key, c.Name+"空着,补上")
		case utf8.RuneCountInString(r.Cells[i]) > 190:
			flaw(c.Key, c.Name+"超过 190 个字,改短")
		}
	}
	c := sales.Customer{Name: cell(sheet.Name), Industry: cell(sheet.Industry), City: cell(sheet.City), Version: 1, CreatedAt: k.now, CreatedBy: k.by.ID}
	if c.NameKey = sales.ParseName(c.Name).Key; c.Name != "" && c.NameKey == "" {
		flaw(sheet.Name, "客户名称没有字,填营业执照上的全称")
	}
	readNumbers(&c, cell, flaw)
	p, problem := k.owner(cell(sheet.Owner))
	if problem != "" {
		flaw(sheet.Owner, problem)
	}
	c.OwnerID, c.TeamID = p.ID, p.TeamID
	c.Aliases = aliasesOf(cell(sheet.Aliases), c.Name)
	c.SourceEventID = fmt.Sprintf("%s:%d", k.source, r.No)
	v.contact = sales.Contact{Name: cell(sheet.Contact), Title: cell(sheet.Title), CreatedBy: k.by.ID, CreatedAt: k.now, Version: 1}
	v.details, v.custom, v.customer = k.readDetails(r, flaw), k.readCustom(r, flaw), c
	if len(what) > 0 {
		v.state, v.problem = sales.RowWrong, strings.Join(what, ";")
	}
	return v
}

// readNumbers reads what has a form of its own: phone, tax number, class.
func readNumbers(c *sales.Customer, cell func(key string) string, flaw func(key, problem string)) {
	if s := cell(sheet.Phone); s != "" {
		p, err := sales.ParsePhone(s)
		if err != nil {
			flaw(sheet.Phone, trimDot(messageOf(err)))
		}
		c.Phone = string(p)
	}
	if s := cell(sheet.USCC); s != "" {
		u, err := sales.ParseUSCC(s)
		if err != nil {
			flaw(sheet.USCC, trimDot(messageOf(err)))
		}
		c.USCC = string(u)
	}
	if s := strings.ToUpper(strings.TrimRight(cell(sheet.Class), "类级")); s != "" {
		if !slices.Contains([]string{"A", "B", "C", "D", "S", "KA"}, s) {
			flaw(sheet.Class, "客户等级\""+cell(sheet.Class)+"\"没有,填 A、B、C 或 KA")
		}
		c.Class = s
	}
}

// readDetails reads the fields of a customer's record that the file has.
func (k *customersImport) readDetails(r sheet.Row, flaw func(key, problem string)) (out []sales.Detail) {
	for _, f := range sales.DetailFields {
		i, ok := k.at[f.Key]
		if !ok || f.Key == sales.FieldUSCC || f.Key == sales.FieldCity || r.Cells[i] == "" {
			continue
		}
		value, err := f.Value(r.Cells[i])
		if err != nil {
			flaw(f.Key, trimDot(messageOf(err)))
		}
		out = append(out, sales.Detail{Field: f.Key, Value: value, ConfirmedAt: k.now, ConfirmedBy: k.by.ID})
	}
	return out
}

// readCustom reads the columns of the company's own.
func (k *customersImport) readCustom(r sheet.Row, flaw func(key, problem string)) (out []sales.CustomValue) {
	for _, f := range k.custom {
		key := handlers.CustomColumn(f.Key)
		i := k.at[key]
		if i >= len(r.Cells) || r.Cells[i] == "" || slices.Contains(r.Cols, i) {
			continue
		}
		x, err := k.customValue(f, r.Cells[i])
		if err == nil && k.by.ID != 0 && !f.Edits(k.by) {
			err = sales.Errorf(sales.Forbidden, f.Name+"你填不了,空着")
		}
		if err != nil {
			flaw(key, trimDot(messageOf(err)))
		}
		x.PersonID, x.At = k.by.ID, k.now
		out = append(out, x)
	}
	return out
}

// customValue reads a cell of a column of the company's own. Excel keeps a date as a number of days.
func (im *importer) customValue(f sales.CustomField, cell string) (sales.CustomValue, error) {
	if f.Type == sales.CustomDate {
		d, err := sales.ReadDate(cell)
		if err != nil {
			return sales.CustomValue{}, sales.Errorf(sales.Invalid, f.Name+":"+messageOf(err))
		}
		cell = d.String()
	}
	return im.reader.Read(f, cell)
}

func aliasesOf(cell, name string) sales.List[string] {
	var out sales.List[string]
	for _, alias := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("、,，;；/|", r) }) {
		if alias = strings.TrimSpace(alias); alias != "" && alias != name && len(out) < 10 {
			out = append(out, alias)
		}
	}
	return out
}

func trimDot(s string) string { return strings.TrimRight(s, "。") }

// owner finds a person by account, code or name, and whether whoever imports may give customers to them. Nobody named is whoever
// imports, or the open pool for those who look after everyone.
func (im *importer) owner(s string) (sales.Person, string) {
	if s == "" {
		if im.scope.All {
			return sales.Person{}, ""
		}
		return im.by, ""
	}
	var hits []sales.Person
	for _, platform := range []string{"wecom", "dingtalk"} {
		if p, ok := im.org.ByAccount(platform, s); ok && len(hits) == 0 {
			hits = []sales.Person{p}
		}
	}
	if len(hits) == 0 {
		for _, p := range im.org.People() {
			if p.Name == s || p.Code == s {
				hits = append(hits, p)
			}
		}
	}
	switch {
	case len(hits) == 0:
		return sales.Person{}, "负责人\"" + quoted(s) + "\"不在组织里,改成在职同事的姓名或账号,或空着"
	case len(hits) > 1:
		return sales.Person{}, fmt.Sprintf("叫%s的有 %d 个人,负责人改填平台账号", quoted(s), len(hits))
	case !im.scope.Covers(hits[0].ID):
		return sales.Person{}, "负责人" + hits[0].Name + "不归你管,空着就归你,要给" + hits[0].Name + "找主管导"
	}
	return hits[0], ""
}

// maxQuoted is how much of a cell is quoted back, in characters.
const maxQuoted = 30

// quoted is a cell as it is quoted back.
func quoted(s string) string { return render.CutRunes(s, maxQuoted) }

// double says which earlier row of the file is the same customer.
func (k *customersImport) double(no int, c sales.Customer) (string, int) {
	keys := []struct{ col, key, what string }{
		{sheet.USCC, c.USCC, "统一社会信用代码"}, {sheet.Phone, c.Phone, "联系电话"}, {sheet.Name, c.NameKey, "客户名称"},
	}
	hash := func(i int) uint64 { return maphash.String(k.seed, keys[i].col+":"+keys[i].key) }
	for i, x := range keys {
		if row, ok := k.first[hash(i)]; ok && x.key != "" {
			return fmt.Sprintf("%s和第 %d 行一样,一家客户留一行", x.what, row), k.at[x.col]
		}
	}
	for i, x := range keys {
		if x.key != "" {
			k.first[hash(i)] = int32(no)
		}
	}
	return "", 0
}

// compare looks for the same customer in the store: the same code, or the same phone and name. Only one of phone and name is
// a contradiction that a person must look at.
func (k *customersImport) compare(v verdict) verdict {
	c := v.customer
	if old, ok := k.index.ByUSCC(c.USCC); ok {
		return verdict{state: sales.RowKnown, problem: "信用代码和已有客户" + k.called(old) + "一样"}
	}
	name := sales.ParseName(c.Name)
	others := func(list []sales.Twin) []sales.Twin {
		return slices.DeleteFunc(list, func(old sales.Twin) bool { return old.Own })
	}
	for _, old := range k.index.ByPhone(c.Phone) {
		if sales.ParseName(old.Name).Key == c.NameKey {
			return verdict{state: sales.RowKnown, problem: "已有客户" + k.called(old)}
		}
	}
	if phones := others(k.index.ByPhone(c.Phone)); len(phones) > 0 {
		return wrong("联系电话和已有客户"+k.called(phones[0])+"相同,核对电话;是同一家就删掉这行"+k.talkTo(phones[0]), k.at[sheet.Phone])
	}
	if old := others(k.index.ByName(name)); len(old) > 0 {
		return wrong("客户名称和已有客户"+k.called(old[0])+"相同但电话不同,在系统里改那一家,删掉这行"+k.talkTo(old[0]), k.at[sheet.Name], k.at[sheet.Phone])
	}
	if hits := k.index.Alike(name, 1, func(old sales.Twin) bool { return !old.Own }); len(hits) > 0 {
		v.state, v.cols = sales.RowAlike, []int{k.at[sheet.Name]}
		v.problem = "和已有客户" + k.called(hits[0]) + "名字很像,是同一家就删掉这行,不是就" + k.unlike + k.talkTo(hits[0])
		return v
	}
	v.state = sales.RowGood
	return v
}

// called names a customer and who has it; one of somebody else's is masked.
func (im *importer) called(c sales.Twin) string {
	owner := im.org.Name(c.OwnerID)
	switch {
	case owner == "":
		return "\"" + c.Name + "\"(公海)"
	case !im.scope.Covers(c.OwnerID):
		return "\"" + sales.MaskName(c.Name) + "\"(" + owner + "的)"
	}
	return "\"" + c.Name + "\"(" + owner + "的)"
}

// talkTo says who has what is not for whoever imports to see.
func (im *importer) talkTo(c sales.Twin) string {
	if owner := im.org.Name(c.OwnerID); owner != "" && !im.scope.Covers(c.OwnerID) {
		return ",要跟进先找" + owner
	}
	return ""
}

func (k *customersImport) write(tx *store.Tx, no int64, v verdict) {
	c := v.customer
	c.ID = tx.NewID()
	tx.CreateCustomer(c)
	tx.Audit(sales.AuditEntry{
		Verb: "customer.import", PersonID: k.by.ID, SubjectKind: "customer", SubjectID: c.ID, At: c.CreatedAt, EventID: c.SourceEventID,
		Changes: sales.List[sales.Change]{{Field: "行", New: fmt.Sprint(no)}},
	})
	tx.Emit(sales.DomainEvent{Kind: "customer.created", SubjectKind: "customer", SubjectID: c.ID, PersonID: k.by.ID, At: c.CreatedAt, Data: "{}"})
	if v.contact.Name != "" {
		p := v.contact
		p.ID, p.CustomerID = tx.NewID(), c.ID
		tx.CreateContact(p)
	}
	for _, d := range v.details {
		d.CustomerID = c.ID
		tx.PutDetail(d)
	}
	for _, x := range v.custom {
		x.RecordID = c.ID
		tx.PutCustom(x)
	}
}

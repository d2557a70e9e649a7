package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"salesflow/cards/render"
	"salesflow/store"
	"salesflow/store/sales"
)

// importer checks rows of customers against each other and the store, and writes those that are right.
type importer struct {
	db       *store.DB
	source   string
	similar  bool // names alike are no obstacle
	progress io.Writer

	org      *sales.Org
	revision int64 // of the master data that was looked at
	uscc     map[string]sales.Customer
	phone    map[string][]sales.Customer
	name     map[string][]sales.Customer
	keys     map[string]bool // names of the file itself
	foreign  int             // customers in the store that are not of this file

	total, known, written int
	fresh                 []freshCustomer
	wrong                 []wrongRow
}

type freshCustomer struct {
	row      sheetRow
	customer sales.Customer
}

// wrongRow is a row that cannot be imported, and what to do about it.
type wrongRow struct {
	row  sheetRow
	what []string
}

// check sorts the rows into fresh, known and wrong.
func (im *importer) check(ctx context.Context, rows []sheetRow) error {
	if err := im.load(ctx); err != nil {
		return err
	}
	im.total = len(rows)
	first := map[string]int{} // row by what must not be there twice
	now := sales.At(time.Now())
	var fresh []freshCustomer
	for _, r := range rows {
		c, what := im.read(r)
		if len(what) == 0 {
			what = doubles(first, r, c)
		}
		if len(what) > 0 {
			im.wrong = append(im.wrong, wrongRow{r, what})
			continue
		}
		c.CreatedAt, c.SourceEventID, c.Version = now, fmt.Sprintf("%s:%d", im.source, r.number), 1
		im.keys[c.NameKey] = true
		fresh = append(fresh, freshCustomer{r, c})
	}
	fresh = im.sift(fresh)
	if im.similar || im.foreign == 0 {
		im.fresh = fresh
		return nil
	}
	return im.checkAlike(ctx, fresh)
}

// load reads what is there to compare with.
func (im *importer) load(ctx context.Context) error {
	var err error
	if im.org, err = im.db.LoadOrg(ctx); err != nil {
		return err
	}
	master, err := im.db.LoadMaster(ctx)
	if err != nil {
		return err
	}
	im.uscc, im.phone, im.name = map[string]sales.Customer{}, map[string][]sales.Customer{}, map[string][]sales.Customer{}
	im.keys, im.revision = map[string]bool{}, master.Revision
	for _, c := range master.Customers {
		im.index(c)
		if !im.own(c) {
			im.foreign++
		}
	}
	return nil
}

// own reports whether a customer came from this file, in an earlier run that did not get to its end.
func (im *importer) own(c sales.Customer) bool {
	return strings.HasPrefix(c.SourceEventID, im.source+":")
}

func (im *importer) index(c sales.Customer) {
	if c.USCC != "" {
		im.uscc[c.USCC] = c
	}
	if c.Phone != "" {
		im.phone[c.Phone] = append(im.phone[c.Phone], c)
	}
	im.name[c.NameKey] = append(im.name[c.NameKey], c)
}

// read makes a customer of a row, or says all that is wrong with it.
func (im *importer) read(r sheetRow) (sales.Customer, []string) {
	var what []string
	for i, c := range columns {
		if c.required && r.cells[i] == "" {
			what = append(what, c.name+"空着,补上")
		}
	}
	if name := r.tooLong(); name != "" {
		what = append(what, fmt.Sprintf("%s超过 %d 个字,改短", name, maxCell))
	}
	c := sales.Customer{Name: r.cells[colName], Industry: r.cells[colIndustry], City: r.cells[colCity]}
	c.NameKey = sales.ParseName(c.Name).Key
	if c.Name != "" && c.NameKey == "" {
		what = append(what, "客户名称没有字,填营业执照上的全称")
	}
	if s := r.cells[colPhone]; s != "" {
		p, err := sales.ParsePhone(s)
		if err != nil {
			what = append(what, trimDot(messageOf(err)))
		}
		c.Phone = string(p)
	}
	if s := r.cells[colUSCC]; s != "" {
		u, err := sales.ParseUSCC(s)
		if err != nil {
			what = append(what, trimDot(messageOf(err)))
		}
		c.USCC = string(u)
	}
	if s := r.cells[colOwner]; s != "" {
		p, problem := im.owner(s)
		if problem != "" {
			what = append(what, problem)
		}
		c.OwnerID, c.TeamID = p.ID, p.TeamID
	}
	for _, alias := range strings.FieldsFunc(r.cells[colAliases], func(r rune) bool { return strings.ContainsRune("、,，;；/|", r) }) {
		if alias = strings.TrimSpace(alias); alias != "" && alias != c.Name {
			c.Aliases = append(c.Aliases, alias)
		}
	}
	return c, what
}

func trimDot(s string) string { return strings.TrimRight(s, "。") }

// owner finds a person by account, code or name.
func (im *importer) owner(s string) (sales.Person, string) {
	for _, platform := range []string{"wecom", "dingtalk"} {
		if p, ok := im.org.ByAccount(platform, s); ok {
			return p, ""
		}
	}
	var hits []sales.Person
	for _, p := range im.org.People() {
		if p.Name == s || p.Code == s {
			hits = append(hits, p)
		}
	}
	switch len(hits) {
	case 0:
		return sales.Person{}, "负责人\"" + quoted(s) + "\"不在组织里,改成在职同事的姓名或账号,或空着进公海"
	case 1:
		return hits[0], ""
	}
	return sales.Person{}, fmt.Sprintf("叫%s的有 %d 个人,负责人改填平台账号", quoted(s), len(hits))
}

// maxQuoted is how much of a cell is quoted back, in characters.
const maxQuoted = 30

// quoted is a cell as it is quoted back.
func quoted(s string) string { return render.CutRunes(s, maxQuoted) }

// doubles says which earlier row of the file is the same customer.
func doubles(first map[string]int, r sheetRow, c sales.Customer) []string {
	keys := []struct{ key, what string }{
		{"uscc:" + c.USCC, "统一社会信用代码"}, {"phone:" + c.Phone, "联系电话"}, {"name:" + c.NameKey, "客户名称"},
	}
	for _, k := range keys {
		if row, ok := first[k.key]; ok && !strings.HasSuffix(k.key, ":") {
			return []string{fmt.Sprintf("%s和第 %d 行一样,一家客户留一行", k.what, row)}
		}
	}
	for _, k := range keys {
		first[k.key] = r.number
	}
	return nil
}

// sift takes out what the store has already, and what contradicts it.
func (im *importer) sift(rows []freshCustomer) []freshCustomer {
	fresh := rows[:0]
	for _, f := range rows {
		known, what := im.compare(f.customer)
		switch {
		case known:
			im.known++
		case what != "":
			im.wrong = append(im.wrong, wrongRow{f.row, []string{what}})
		default:
			fresh = append(fresh, f)
		}
	}
	return fresh
}

// compare looks for the same customer in the store: the same code, or the same phone and name. Only one of phone and name
// is a contradiction that a person must look at.
func (im *importer) compare(c sales.Customer) (known bool, what string) {
	if c.USCC != "" {
		if _, ok := im.uscc[c.USCC]; ok {
			return true, ""
		}
	}
	for _, old := range im.phone[c.Phone] {
		if old.NameKey == c.NameKey {
			return true, ""
		}
	}
	if old := im.phone[c.Phone]; len(old) > 0 {
		return false, "联系电话和已有客户" + im.called(old[0]) + "相同,核对电话;是同一家就删掉这行"
	}
	if old := im.name[c.NameKey]; len(old) > 0 {
		return false, "客户名称和已有客户" + im.called(old[0]) + "相同但电话不同,在系统里改那一家,删掉这行"
	}
	return false, ""
}

// called names a customer and who has it.
func (im *importer) called(c sales.Customer) string {
	owner := im.org.Name(c.OwnerID)
	if owner == "" {
		return "\"" + c.Name + "\"(公海)"
	}
	return "\"" + c.Name + "\"(" + owner + "的)"
}

// alikeBatch is how many names one look into the store asks for.
const alikeBatch = 2000

// checkAlike takes out customers whose names are like those of others in the store. Names of the file itself do not count:
// when an interrupted import is run again they stand there already.
func (im *importer) checkAlike(ctx context.Context, rows []freshCustomer) error {
	for from := 0; from < len(rows); from += alikeBatch {
		part := rows[from:min(from+alikeBatch, len(rows))]
		err := im.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
			for _, f := range part {
				hits, err := tx.DuplicateCustomers(ctx, "", "", f.customer.Name, 5)
				if err != nil {
					return err
				}
				if old, ok := im.stranger(hits); ok {
					im.wrong = append(im.wrong, wrongRow{f.row, []string{
						"和已有客户" + im.called(old) + "名字很像,是同一家就删掉这行,不是就加 --allow-similar",
					}})
					continue
				}
				im.fresh = append(im.fresh, f)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(rows) > alikeBatch {
			fmt.Fprintf(im.progress, "已核对 %d/%d 行\n", from+len(part), len(rows))
		}
	}
	return nil
}

func (im *importer) stranger(hits []sales.Customer) (sales.Customer, bool) {
	for _, c := range hits {
		if !im.keys[c.NameKey] {
			return c, true
		}
	}
	return sales.Customer{}, false
}

// catchUp looks at what others have created since, and takes out what is known now.
func (im *importer) catchUp(ctx context.Context) error {
	m, err := im.db.MasterChangesSince(ctx, im.revision)
	if err != nil {
		return err
	}
	im.revision = m.Revision
	foreign := false
	for _, c := range m.Customers {
		if !im.own(c) {
			im.index(c)
			foreign = true
		}
	}
	if foreign {
		im.fresh = im.sift(im.fresh)
	}
	return nil
}

package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"salesflow/bot/sheet"
	"salesflow/handlers"
	"salesflow/scheduler"
	"salesflow/store"
	"salesflow/store/sales"
)

// productsImport imports products: those that are there, by code or name, take what the row says.
type productsImport struct {
	importer
	byCode, byName map[string]sales.Product
	first          map[string]int
	at             map[string]int
}

func newProductsImport(im importer) *productsImport {
	k := &productsImport{importer: im, first: map[string]int{}, at: map[string]int{}}
	for i, c := range sheet.Products.Columns {
		k.at[c.Key] = i
	}
	return k
}

func (k *productsImport) load(ctx context.Context) error {
	k.byCode, k.byName = map[string]sales.Product{}, map[string]sales.Product{}
	rev, err := k.db.Revisions(ctx)
	if err != nil {
		return err
	}
	k.revision = rev.Master
	return k.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Products(ctx)
		for _, p := range list {
			k.byName[handlers.ProductKey(p.Name)] = p
			if p.Code != "" {
				k.byCode[p.Code] = p
			}
		}
		return err
	})
}

func (k *productsImport) catchUp(ctx context.Context) (int64, error) {
	rev, err := k.db.Revisions(ctx)
	if err != nil || rev.Master == k.revision {
		return rev.Master, err
	}
	return k.revision, k.load(ctx)
}

func (k *productsImport) check(r sheet.Row, first bool) verdict {
	var what []string
	var v verdict
	flaw := func(key, problem string) {
		what = append(what, problem)
		v.cols = append(v.cols, k.at[key])
	}
	cell := func(key string) string { return r.Cells[k.at[key]] }
	if r.Problem != "" {
		what, v.cols = append(what, r.Problem), append(v.cols, r.Cols...)
	}
	for i, c := range sheet.Products.Columns {
		if c.Required && r.Cells[i] == "" && r.Problem == "" {
			flaw(c.Key, c.Name+"空着,补上")
		}
	}
	p, known := k.known(cell(sheet.Code), cell(sheet.Name))
	v.before = p
	p.Name, p.Line = cell(sheet.Name), cell(sheet.Line)
	take := func(to *string, key string) {
		if s := cell(key); s != "" {
			*to = s
		}
	}
	take(&p.Code, sheet.Code)
	take(&p.Model, sheet.Model)
	take(&p.Unit, sheet.Unit)
	take(&p.Industries, sheet.Industries)
	take(&p.Talk, sheet.Talk)
	take(&p.CertNo, sheet.CertNo)
	if s := cell(sheet.Aliases); s != "" {
		p.Aliases = aliasesOf(s, p.Name)
	}
	if s := cell(sheet.Price); s != "" {
		m, err := readPrice(s)
		if err != nil {
			flaw(sheet.Price, "标准价没看懂:\""+s+"\",写 480000 或 48万")
		}
		p.ListPrice = m
	}
	if s := cell(sheet.Floor); s != "" {
		n, ok := readFloor(s)
		if !ok {
			flaw(sheet.Floor, "底价折扣没看懂:\""+s+"\",写 85 或 8.5折")
		}
		p.FloorPercent = n
	}
	if s := cell(sheet.CertUntil); s != "" {
		d, ok := readDay(s)
		if !ok {
			flaw(sheet.CertUntil, "注册证有效期没看懂:\""+s+"\",写 2027-03-31")
		}
		p.CertUntil = d
	}
	if s := cell(sheet.Owner); s != "" {
		who, problem := k.owner(s)
		if problem != "" {
			flaw(sheet.Owner, problem)
		}
		p.OwnerID = who.ID
	}
	if first && len(what) == 0 {
		for _, key := range []string{"code:" + p.Code, "name:" + handlers.ProductKey(p.Name)} {
			if row, ok := k.first[key]; ok && !strings.HasSuffix(key, ":") {
				return wrong(fmt.Sprintf("和第 %d 行是同一个产品,留一行", row), k.at[sheet.Name])
			}
			k.first[key] = r.No
		}
	}
	v.product = p
	switch {
	case len(what) > 0:
		v.state, v.problem = sales.RowWrong, strings.Join(what, ";")
	case known && len(handlers.ProductChanges(v.before, p)) == 0:
		v.state = sales.RowKnown
	default:
		v.state = sales.RowGood
	}
	return v
}

func (k *productsImport) known(code, name string) (sales.Product, bool) {
	if p, ok := k.byCode[code]; ok && code != "" {
		return p, true
	}
	p, ok := k.byName[handlers.ProductKey(name)]
	return p, ok
}

func (k *productsImport) write(tx *store.Tx, no int64, v verdict) {
	p := v.product
	verb := "product.import"
	if p.ID == 0 {
		p.ID = tx.NewID()
	}
	tx.PutProduct(p)
	changes := handlers.ProductChanges(v.before, p)
	tx.Audit(sales.AuditEntry{
		Verb: verb, PersonID: k.by.ID, SubjectKind: "product", SubjectID: p.ID, At: k.now, EventID: fmt.Sprintf("%s:%d", k.source, no), Changes: changes,
	})
	if p.CertUntil != v.before.CertUntil {
		scheduler.WatchCertificate(tx, p, k.now.Time)
	}
	k.byName[handlers.ProductKey(p.Name)] = p
	if p.Code != "" {
		k.byCode[p.Code] = p
	}
}

// readPrice takes yuan as a plain number, or an amount with its unit.
func readPrice(s string) (sales.Money, error) {
	s = strings.NewReplacer(",", "", "¥", "", "￥", "", " ", "").Replace(s)
	if strings.Trim(s, "0123456789.") == "" {
		s += "元"
	}
	return sales.ParseMoney(s)
}

// readFloor takes "85", "85%", "8.5折" or "0.85" as 85 percent.
func readFloor(s string) (int, bool) {
	s = strings.TrimSpace(s)
	scale := 1.0
	switch rest, zhe := strings.CutSuffix(s, "折"); {
	case zhe:
		s, scale = rest, 10
		if len(rest) > 1 && !strings.Contains(rest, ".") {
			scale = 1 // 85折
		}
	default:
		s = strings.TrimRight(s, "%％")
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil {
		return 0, false
	}
	if scale == 1 && f > 0 && f <= 1 {
		scale = 100
	}
	n := int(math.Round(f * scale))
	return n, n > 0 && n <= 100
}

// excelEpoch is day 0 of Excel's serial numbers, as they are since March 1900.
var excelEpoch = sales.NewDay(1899, time.December, 30)

// readDay takes a day as people and Excel write it: 2027-03-31, 2027/3/31, 2027年3月31日, 20270331, or Excel's number of days.
func readDay(s string) (sales.Day, bool) {
	s = strings.TrimSpace(s)
	if f, err := strconv.ParseFloat(s, 64); err == nil && f > 20000 && f < 80000 {
		return excelEpoch.AddDays(int(f)), true
	}
	s, _, _ = strings.Cut(s, " ")
	s = strings.Trim(strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(s), "-")
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	parts := strings.Split(s, "-")
	if len(parts) != 3 {
		return sales.Day{}, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil {
			return sales.Day{}, false
		}
		n[i] = v
	}
	if n[0] < 2000 || n[0] > 2200 || n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 31 {
		return sales.Day{}, false
	}
	d := sales.NewDay(n[0], time.Month(n[1]), n[2])
	_, _, day := d.Date()
	return d, day == n[2] // 2月30日 is none
}

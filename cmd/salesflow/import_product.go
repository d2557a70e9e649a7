package main

import (
	"context"
	"fmt"
	"strings"

	"salesflow/bot/sheet"
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
			k.byName[sales.ProductKey(p.Name)] = p
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
	k.fill(&p, cell, flaw)
	if first && len(what) == 0 {
		for _, key := range []string{"code:" + p.Code, "name:" + sales.ProductKey(p.Name)} {
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
	case known && len(sales.ProductChanges(v.before, p)) == 0:
		v.state = sales.RowKnown
	default:
		v.state = sales.RowGood
	}
	return v
}

// fill sets what the row says of a product; an empty cell leaves what is known.
func (k *productsImport) fill(p *sales.Product, cell func(key string) string, flaw func(key, problem string)) {
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
		m, err := sales.ReadPrice(s)
		if err != nil {
			flaw(sheet.Price, trimDot(messageOf(err)))
		}
		p.ListPrice = m
	}
	if s := cell(sheet.Floor); s != "" {
		n, err := sales.ReadFloor(s)
		if err != nil {
			flaw(sheet.Floor, trimDot(messageOf(err)))
		}
		p.FloorPercent = n
	}
	if s := cell(sheet.CertUntil); s != "" {
		d, err := sales.ReadDate(s)
		if err != nil {
			flaw(sheet.CertUntil, "注册证有效期:"+trimDot(messageOf(err)))
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
}

func (k *productsImport) known(code, name string) (sales.Product, bool) {
	if p, ok := k.byCode[code]; ok && code != "" {
		return p, true
	}
	p, ok := k.byName[sales.ProductKey(name)]
	return p, ok
}

func (k *productsImport) write(tx *store.Tx, no int64, v verdict) {
	p := v.product
	verb := "product.import"
	if p.ID == 0 {
		p.ID = tx.NewID()
	}
	tx.PutProduct(p)
	changes := sales.ProductChanges(v.before, p)
	tx.Audit(sales.AuditEntry{
		Verb: verb, PersonID: k.by.ID, SubjectKind: "product", SubjectID: p.ID, At: k.now, EventID: fmt.Sprintf("%s:%d", k.source, no), Changes: changes,
	})
	k.byName[sales.ProductKey(p.Name)] = p
	if p.Code != "" {
		k.byCode[p.Code] = p
	}
}

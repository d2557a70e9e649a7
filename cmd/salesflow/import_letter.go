package main

import (
	"context"
	"fmt"
	"strings"

	"salesflow/bot/sheet"
	"salesflow/store"
	"salesflow/store/sales"
)

// lettersImport imports letters of authorisation. One of the same number for the same customer and product takes the new day.
type lettersImport struct {
	importer
	customers map[string][]sales.Customer
	products  map[string]sales.Product
	known     map[string]sales.Authorisation
	first     map[string]int
	today     sales.Day
	at        map[string]int
}

func newLettersImport(im importer) *lettersImport {
	k := &lettersImport{importer: im, first: map[string]int{}, at: map[string]int{}, today: sales.DayOf(im.now.Time)}
	for i, c := range sheet.Letters.Columns {
		k.at[c.Key] = i
	}
	return k
}

// customersByName reads all customers under the keys of their names and aliases, and the revision of the master data they are of.
func customersByName(ctx context.Context, db *store.DB) (map[string][]sales.Customer, int64, error) {
	out := map[string][]sales.Customer{}
	rev, err := db.EachCustomer(ctx, func(c sales.Customer) {
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			key := sales.ParseName(name).Key
			out[key] = append(out[key], c)
		}
	})
	return out, rev, err
}

func (k *lettersImport) load(ctx context.Context) (err error) {
	k.products, k.known = map[string]sales.Product{}, map[string]sales.Authorisation{}
	if k.customers, k.revision, err = customersByName(ctx, k.db); err != nil {
		return err
	}
	return k.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		products, err := tx.Products(ctx)
		if err != nil {
			return err
		}
		for _, p := range products {
			for _, name := range append([]string{p.Name}, p.Aliases...) {
				k.products[sales.ProductKey(name)] = p
			}
			letters, err := tx.AuthorisationsOf(ctx, 0, p.ID, 200)
			if err != nil {
				return err
			}
			for _, l := range letters {
				k.known[letterKey(l)] = l
			}
		}
		return nil
	})
}

func letterKey(l sales.Authorisation) string {
	return fmt.Sprint(l.CustomerID, "/", l.ProductID, "/", strings.ToUpper(l.No))
}

func (k *lettersImport) catchUp(ctx context.Context) (int64, error) {
	rev, err := k.db.Revisions(ctx)
	if err != nil || rev.Master == k.revision {
		return rev.Master, err
	}
	return k.revision, k.load(ctx)
}

func (k *lettersImport) check(r sheet.Row, first bool) verdict {
	cell := func(key string) string { return r.Cells[k.at[key]] }
	if r.Problem != "" {
		return wrong(r.Problem, r.Cols...)
	}
	for i, c := range sheet.Letters.Columns {
		if r.Cells[i] == "" {
			return wrong(c.Name+"空着,补上", i)
		}
	}
	list := k.customers[sales.ParseName(cell(sheet.Customer)).Key]
	p, ok := k.products[sales.ProductKey(cell(sheet.Product))]
	until, bad := sales.ReadDate(cell(sheet.Until))
	switch {
	case len(list) == 0:
		return wrong("没有客户\""+cell(sheet.Customer)+"\",先建客户,或写系统里的全称", k.at[sheet.Customer])
	case len(list) > 1 && list[0].ID != list[1].ID:
		return wrong("叫\""+cell(sheet.Customer)+"\"的客户不止一家,写全称", k.at[sheet.Customer])
	case !ok:
		return wrong("没有产品\""+cell(sheet.Product)+"\",写系统里的产品名", k.at[sheet.Product])
	case bad != nil:
		return wrong(trimDot(messageOf(bad)), k.at[sheet.Until])
	case until.Before(k.today):
		return wrong("授权到期日已经过了", k.at[sheet.Until])
	case len([]rune(cell(sheet.No))) > 60:
		return wrong("授权书编号太长", k.at[sheet.No])
	}
	l := sales.Authorisation{
		CustomerID: list[0].ID, ProductID: p.ID, No: cell(sheet.No), Until: until, State: sales.AuthorisationValid, CreatedBy: k.by.ID, CreatedAt: k.now, Version: 1,
	}
	key := letterKey(l)
	if row, ok := k.first[key]; ok && first {
		return wrong(fmt.Sprintf("和第 %d 行是同一份授权书,留一行", row), k.at[sheet.No])
	}
	k.first[key] = r.No
	if old, ok := k.known[key]; ok {
		if old.Until == until {
			return verdict{state: sales.RowKnown}
		}
		old.Until = until
		l = old
	}
	return verdict{state: sales.RowGood, letter: l}
}

func (k *lettersImport) write(tx *store.Tx, no int64, v verdict) {
	l := v.letter
	if l.ID == 0 {
		l.ID = tx.NewID()
		tx.CreateAuthorisation(l)
	} else {
		tx.UpdateAuthorisation(l)
	}
	tx.Audit(sales.AuditEntry{
		Verb: "authorisation.import", PersonID: k.by.ID, SubjectKind: "authorisation", SubjectID: l.ID, At: k.now, EventID: fmt.Sprintf("%s:%d", k.source, no),
		Changes: sales.List[sales.Change]{{Field: "until", New: l.Until.String()}},
	})
}

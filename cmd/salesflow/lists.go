package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"salesflow/bot/httpapi"
	"salesflow/cards/picture"
	"salesflow/cards/view"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

const (
	// listPage is how many records a page shows, codePage how many codes: each is a picture of some kilobytes.
	listPage = 50
	codePage = 30
	// quietDays is after how many days without contact a customer's line is marked.
	quietDays = 30
)

// lists is the program as people's own pages need it.
type lists struct{ p *program }

// List implements httpapi.Lists. That it was read is in the trace.
func (l lists) List(ctx context.Context, purpose httpapi.Purpose, person sales.PersonID, ask httpapi.Ask) (httpapi.List, error) {
	query, page := ask.Query, ask.Page
	org, err := l.p.books.Org(ctx)
	if err != nil {
		return httpapi.List{}, err
	}
	who, ok := org.Person(person)
	if !ok || !who.Active {
		return httpapi.List{}, sales.Errorf(sales.NotFound, "不在组织里")
	}
	today := sales.DayOf(l.p.clock.Now())
	var out httpapi.List
	err = l.p.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		switch purpose {
		case httpapi.ForCustomers:
			out, err = l.customers(ctx, tx, who, today, query, page)
		case httpapi.ForFilings:
			out, err = l.filings(ctx, tx, who, today, page)
		case httpapi.ForCodes:
			out, err = l.codes(ctx, tx, who, query, page)
		case httpapi.ForDeals:
			out, err = l.deals(ctx, tx, org, who, today, ask)
		case httpapi.ForContracts:
			out, err = l.contracts(ctx, tx, org, who, today, ask)
		case httpapi.ForReceivables:
			out, err = l.receivables(ctx, tx, org, who, today, ask)
		case httpapi.ForAdmin:
			out, err = l.admin(ctx, tx, org, who, ask)
		default:
			err = sales.Errorf(sales.NotFound, "没有这一页")
		}
		return err
	})
	if err != nil {
		return httpapi.List{}, err
	}
	return out, l.trace(ctx, person, purpose)
}

func (l lists) trace(ctx context.Context, person sales.PersonID, purpose httpapi.Purpose) error {
	verb := map[httpapi.Purpose]string{
		httpapi.ForCustomers: "page.customers", httpapi.ForFilings: "page.filings", httpapi.ForCodes: "page.codes", httpapi.ForDeals: "page.deals",
		httpapi.ForContracts: "page.contracts", httpapi.ForReceivables: "page.receivables", httpapi.ForAdmin: "page.admin",
	}[purpose]
	_, err := storage{l.p.books, l.p.db}.do(ctx, noEvent, 0, func(_ context.Context, tx *store.Tx) error {
		tx.Audit(sales.AuditEntry{
			ID: tx.NewID(), At: sales.At(l.p.clock.Now()), PersonID: person, Verb: verb, SubjectKind: "person", SubjectID: sales.ID(person),
		})
		return nil
	})
	if err != nil {
		return fmt.Errorf("trace page: %w", err)
	}
	return nil
}

func (l lists) customers(ctx context.Context, tx *store.Tx, who sales.Person, today sales.Day, query string, page int) (httpapi.List, error) {
	found, err := tx.CustomersOwned(ctx, who.ID, query, page*listPage, listPage+1)
	if err != nil {
		return httpapi.List{}, err
	}
	out := httpapi.List{Title: "我的客户", Sub: who.Name + " · 最久没联系的在前", Search: true, More: len(found) > listPage}
	for _, c := range found[:min(len(found), listPage)] {
		row := httpapi.Row{Name: c.Name, Tags: c.Class}
		if c.Industry != "" || c.City != "" {
			row.Lines = append(row.Lines, httpapi.Line{Text: joined(" · ", c.Industry, c.City)})
		}
		if c.Phone != "" {
			row.Lines = append(row.Lines, httpapi.Line{Text: c.Phone, Tel: c.Phone})
		}
		contact := httpapi.Line{Text: "还没联系过", Late: true}
		if !c.LastContactAt.IsZero() {
			day := sales.DayOf(c.LastContactAt.Time)
			contact = httpapi.Line{Text: "最近联系 " + day.ChineseFrom(today), Late: today.Sub(day) > quietDays}
		}
		row.Lines = append(row.Lines, contact)
		out.Rows = append(out.Rows, row)
	}
	if len(out.Rows) == 0 {
		out.Message = "还没有客户。在聊天里发 新客户 名称 电话 行业 建一家。"
		if query != "" {
			out.Message = "没有找到\"" + query + "\"。"
		}
	}
	return out, nil
}

func joined(sep string, parts ...string) string {
	s := ""
	for _, p := range parts {
		if p != "" && s != "" {
			s += sep
		}
		s += p
	}
	return s
}

func (l lists) filings(ctx context.Context, tx *store.Tx, who sales.Person, today sales.Day, page int) (httpapi.List, error) {
	found, err := tx.FiledBy(ctx, who.ID, page*listPage, listPage+1)
	if err != nil {
		return httpapi.List{}, err
	}
	book, err := l.p.books.Book(ctx)
	if err != nil {
		return httpapi.List{}, err
	}
	out := httpapi.List{Title: "我的记录", Sub: who.Name + " · 最近的在前", More: len(found) > listPage}
	for _, ref := range found[:min(len(found), listPage)] {
		var row httpapi.Row
		switch ref.Kind {
		case "visit":
			v, err := tx.VisitByID(ctx, ref.ID)
			if err != nil {
				return httpapi.List{}, err
			}
			row = httpapi.Row{Name: book.Customer(v.CustomerID), Tags: "拜访 · " + v.Day.ChineseFrom(today), Lines: []httpapi.Line{{Text: v.Text}}}
		default:
			f, err := tx.FilingByID(ctx, ref.ID)
			if err != nil {
				return httpapi.List{}, err
			}
			row = filingRow(book, f, today)
		}
		out.Rows = append(out.Rows, row)
	}
	if len(out.Rows) == 0 {
		out.Message = "还没有记录。在聊天里发 拜访 客户 聊了什么。"
	}
	return out, nil
}

// filingRow is a filing beside visits as the page shows it: "费用(交通) · 今天 周三", ¥45.00 打车.
func filingRow(book *handlers.Book, f sales.Filing, today sales.Day) httpapi.Row {
	row := httpapi.Row{Name: book.Customer(f.CustomerID), Tags: view.FilingHead(f) + " · " + f.Day.ChineseFrom(today)}
	if row.Name == "" {
		row.Name = "不归客户"
	}
	text := f.Text
	if f.Amount != 0 {
		text = strings.TrimSpace(f.Amount.String() + " " + text)
	}
	for _, line := range []string{text, f.Result} {
		if line != "" {
			row.Lines = append(row.Lines, httpapi.Line{Text: line})
		}
	}
	return row
}

func (l lists) codes(ctx context.Context, tx *store.Tx, who sales.Person, query string, page int) (httpapi.List, error) {
	found, err := tx.CustomersOwned(ctx, who.ID, query, page*codePage, codePage+1)
	if err != nil {
		return httpapi.List{}, err
	}
	out := httpapi.List{Title: "客户二维码", Sub: "打印出来,贴在客户那里", Search: true, More: len(found) > codePage}
	for _, c := range found[:min(len(found), codePage)] {
		png, err := picture.Code(l.p.links.Code(c.ID, l.p.clock.Now()), c.Name, "扫一扫,记拜访")
		if err != nil {
			return httpapi.List{}, fmt.Errorf("draw code: %w", err)
		}
		out.Codes = append(out.Codes, httpapi.CodePicture{
			Name: c.Name, Image: template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(png)),
		})
	}
	if len(out.Codes) == 0 {
		out.Message = "还没有客户,没有码可打。"
	}
	return out, nil
}

var _ httpapi.Lists = lists{}

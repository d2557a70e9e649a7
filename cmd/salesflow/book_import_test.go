package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/parse"
	"salesflow/bot/sheet"
	"salesflow/store"
	"salesflow/store/sales"
)

// TestNamesAreUnderstoodWhileAnImportWrites files new customers one after the other while a large file is written, each to be
// understood in the next message, which another replica gets; in the end every replica understands all that was imported.
func TestNamesAreUnderstoodWhileAnImportWrites(t *testing.T) {
	t.Parallel()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		nameWhileImporting(t, newRig(t), 1)
	})
	t.Run("two replicas", func(t *testing.T) {
		t.Parallel()
		onServers, _ := onMariaDB(t)
		nameWhileImporting(t, newRig(t, onServers), 2)
	})
}

func nameWhileImporting(t *testing.T, r *rig, replicas int) {
	for range replicas {
		r.boot("")
	}
	s := bottest.New(t, r.world)
	importer, rep := s.As("李强").Skip(), s.As("周敏").Skip()
	// A machine may write a file before a name is filed; the next one is twice as long.
	all, during := 0, 0
	names := []string{"绍兴云岭康复医院", "嘉兴南湖口腔门诊部", "湖州莫干山疗养院", "诸暨浣江体检中心", "台州葭沚五金厂", "余姚泗门卫生院"}
	for rows := 3000; during == 0; rows *= 2 {
		if rows > 50_000 {
			t.Fatal("every import was over before a name was filed")
		}
		file := [][]any{append(slices.Clone(importHeader), "联系人")}
		for i := all; i < all+rows; i++ {
			file = append(file, []any{unlike(i) + "商贸有限公司", fmt.Sprintf("139%08d", i), "快消", "", "", "", "", fmt.Sprintf("王%c", '建'+rune(i%300))})
		}
		importer.Send("客户.xlsx", excel(t, file...))
		waitUntil(t, "the preview", func() bool { return r.sheetState(t) == sales.SheetPreview })
		importer.Say("导入 好的")
		waitUntil(t, "the first rows", func() bool {
			return r.sheetState(t) == sales.SheetWriting && r.imported(t) > all || r.sheetState(t) == sales.SheetDone
		})
		all += rows
		during, names = r.nameDuring(t, rep, names)
		waitUntil(t, "the end of the import", func() bool { return r.sheetState(t) == sales.SheetDone })
	}
	r.understandsAll(t, all)
	importer.Skip().Say("客户 " + unlike(all-1) + "商贸")
	importer.ExpectCard(unlike(all-1)+"商贸有限公司", "李强")
}

// nameDuring files new customers, and a visit to each, while the newest import writes. It says how many it was writing for, and
// whose names are left.
func (r *rig) nameDuring(t *testing.T, rep *bottest.Phone, names []string) (n int, left []string) {
	t.Helper()
	writing := func() bool { return r.sheetState(t) == sales.SheetWriting }
	for ; len(names) > 0 && writing(); names = names[1:] {
		rep.Say("新客户 " + names[0] + fmt.Sprintf(" 1370000%04d 医疗", len(names)))
		rep.ExpectCard("客户已建", names[0])
		if writing() {
			n++
		}
		rep.Say("拜访 " + names[0] + " 聊了离心机,周五前发报价")
		rep.ExpectCard("拜访已记录", names[0])
	}
	return n, names
}

// sheetState is the state of the newest import.
func (r *rig) sheetState(t *testing.T) (state string) {
	t.Helper()
	r.view(t, func(ctx context.Context, tx *store.Tx) error {
		jobs, err := tx.SheetJobsOf(ctx, r.person(t, "liqiang").ID, 1)
		if len(jobs) > 0 {
			state = jobs[0].State
		}
		return err
	})
	return state
}

// understandsAll asks every replica for every imported name, and for the contact there.
func (r *rig) understandsAll(t *testing.T, want int) {
	t.Helper()
	var all []sales.Customer
	for _, c := range r.master(t).Customers {
		if c.SourceEventID != "" && c.Phone[:4] == "1390" {
			all = append(all, c)
		}
	}
	if len(all) != want {
		t.Errorf("%d customers were imported, want %d", len(all), want)
	}
	for n, p := range r.live {
		book, err := p.books.Book(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			if got := book.Customer(c.ID); got != c.Name {
				t.Fatalf("replica %d calls customer %d %q, want %q", n, c.ID, got, c.Name)
			}
			f := book.Parser.Parse(parse.Input{Text: "拜访" + c.Name + ",介绍离心机", Now: storyStart, User: parse.ID(c.OwnerID)}).Frames
			if len(f) != 1 || f[0].Customer.ID != parse.ID(c.ID) {
				t.Fatalf("replica %d understands %s as %+v", n, c.Name, f)
			}
			if k := book.Parser.Index.ContactsOf(parse.ID(c.ID)); len(k) != 1 {
				t.Fatalf("replica %d knows %d contacts of %s", n, len(k), c.Name)
			}
		}
	}
}

// TestRowsOfARepeatedTransactionAreWritten writes a row in a transaction that fails, as one that met another does, and again:
// the row is still to be written, not one that is there.
func TestRowsOfARepeatedTransactionAreWritten(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	db := openAt(t, dir)
	org, err := db.LoadOrg(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k := newCustomersImport(importer{db: db, org: org, scope: sales.Scope{All: true}, source: "import:1", now: sales.At(testStart)})
	if err := k.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	row := sheet.Row{No: 2, Cells: make([]string, len(sheet.Customers.Columns))}
	for key, cell := range map[string]string{sheet.Name: "临海远洲机械有限公司", sheet.Phone: "13905760001", sheet.Industry: "制造"} {
		row.Cells[k.at[key]] = cell
	}
	for _, want := range []error{errMoved, nil} {
		_, err := db.Do(t.Context(), store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
			v := k.check(row, false)
			if v.state != sales.RowGood {
				t.Errorf("the row is %s: %s", v.state, v.problem)
			}
			k.write(tx, int64(row.No), v)
			return want
		}})
		if !errors.Is(err, want) {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(customersCalled(t, dir, "临海远洲机械有限公司")); n != 1 {
		t.Errorf("%d customers, want 1", n)
	}
}

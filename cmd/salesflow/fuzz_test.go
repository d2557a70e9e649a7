package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/mod/sumdb/note"

	"salesflow/bot/sheet"
	"salesflow/store/audit"
	"salesflow/store/sales"
)

// theRows are the rows of a file that is read as customers.
func theRows(data []byte) ([]sheet.Row, error) {
	var rows []sheet.Row
	_, err := sheet.Read(data, []sheet.Layout{sheet.Customers}, func(_ sheet.Found, r sheet.Row) error {
		rows = append(rows, r)
		return nil
	})
	return rows, err
}

func rowImport() *customersImport {
	people := []sales.Person{{ID: 1, Name: "周敏", Code: "zm", TeamID: 2, Active: true}}
	return newCustomersImport(importer{org: sales.NewOrg(1, people, nil, nil), scope: sales.Scope{All: true}})
}

// checkRows is what holds of every sheet that was read or refused.
func checkRows(t *testing.T, rows []sheet.Row, err error) {
	t.Helper()
	if err != nil {
		var e *sales.Error
		if errors.As(err, &e) && (e.Msg == "" || utf8.RuneCountInString(e.Msg) > 200) {
			t.Fatalf("the sheet is refused with %q", e.Msg)
		}
		return
	}
	if len(rows) > sheet.MaxRows {
		t.Fatalf("%d rows", len(rows))
	}
	im := rowImport()
	for _, r := range rows[:min(len(rows), 50)] {
		checkRow(t, im, r)
	}
}

// checkRow is what holds of every row: it makes a customer that can be kept and shown, or says in words what is wrong.
func checkRow(t *testing.T, im *customersImport, r sheet.Row) {
	t.Helper()
	v := im.read(r)
	c := v.customer
	if v.state != "" {
		if v.problem == "" || utf8.RuneCountInString(v.problem) > 2000 {
			t.Fatalf("row %d is refused with %q", r.No, v.problem)
		}
		return
	}
	for _, s := range append([]string{c.Name, c.NameKey, c.Industry, c.City, c.Phone, c.USCC}, c.Aliases...) {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || utf8.RuneCountInString(s) > 190 {
			t.Fatalf("row %d would be kept as %q", r.No, s)
		}
	}
	if c.Name == "" || c.NameKey == "" {
		t.Fatalf("row %d has no name: %+v", r.No, c)
	}
}

// FuzzSheet reads any file as a workbook.
func FuzzSheet(f *testing.F) {
	book := excelize.NewFile()
	for i, c := range sheet.Customers.Columns {
		cell, err := excelize.CoordinatesToCellName(i+1, 1)
		if err != nil {
			f.Fatal(err)
		}
		if err := book.SetCellStr("Sheet1", cell, c.Name); err != nil {
			f.Fatal(err)
		}
	}
	for cell, v := range map[string]any{"A2": "绍兴市立医院", "B2": 13812345678, "C2": "医疗", "A3": "=1+1", "B3": "0575-85123456", "C3": "\x00"} {
		if err := book.SetCellValue("Sheet1", cell, v); err != nil {
			f.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := theRows(data)
		checkRows(t, rows, err)
	})
}

// The other parts of a workbook whose sheet is fuzzed.
const (
	sheetTypes = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`
	sheetRels = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookRels = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
	bookXML = `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="客户" sheetId="1" r:id="rId1"/></sheets></workbook>`
	sheetHead = `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">` +
		`<c r="A1" t="inlineStr"><is><t>客户名称</t></is></c><c r="B1" t="inlineStr"><is><t>联系电话</t></is></c><c r="C1" t="inlineStr"><is><t>行业</t></is></c></row>`
)

// zipped is a workbook of its parts.
func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzSheetXML reads a whole workbook of which the sheet and the table of strings may be anything.
func FuzzSheetXML(f *testing.F) {
	f.Add(sheetHead+`<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>1.3812345678E10</v></c><c r="C2" t="str"><f>HYPERLINK("x")</f><v>医疗</v></c></row></sheetData></worksheet>`, `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>绍兴市立医院</t></si></sst>`)
	f.Add(sheetHead+`<row r="1048576"><c r="XFD1048576" t="s"><v>-1</v></c></row></sheetData></worksheet>`, `<sst><si><r><t>a</t></r></si></sst>`)
	f.Add(sheetHead+`<row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="d"><v>2026-01-01</v></c></row>`, ``)
	f.Add(`<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>`, `<!DOCTYPE x><sst/>`)
	f.Add(sheetHead+`<row r="0"/><row r="-1"/><row r="2" spans="1:99999999"><c r="A"/><c r="99"/></row></sheetData></worksheet>`, `<sst count="4294967295"/>`)
	f.Fuzz(func(t *testing.T, page, shared string) {
		rows, err := theRows(zipped(t, map[string]string{
			"[Content_Types].xml": sheetTypes, "_rels/.rels": sheetRels, "xl/workbook.xml": bookXML, "xl/_rels/workbook.xml.rels": bookRels,
			"xl/worksheets/sheet1.xml": page, "xl/sharedStrings.xml": shared,
		}))
		checkRows(t, rows, err)
	})
}

// FuzzImportRow makes a customer of any row.
func FuzzImportRow(f *testing.F) {
	f.Add("绍兴市立医院", "13812345678", "医疗", "", "绍兴", "周敏", "绍兴医院、市立")
	f.Add("=HYPERLINK(\"http://evil.example\")", "+86-138 1234 5678", "@SUM(1)", "91330600MA2BCDEF1X", "-1", "' OR 1=1 --", "|,;/、")
	f.Add("\x00\u202e", "1.38E+10", "\n", "x", "\t", "张三", "a\nb")
	im := rowImport()
	f.Fuzz(func(t *testing.T, name, phone, industry, uscc, city, owner, aliases string) {
		r := sheet.Row{No: 2, Cells: make([]string, len(sheet.Customers.Columns))}
		for key, s := range map[string]string{
			sheet.Name: name, sheet.Phone: phone, sheet.Industry: industry, sheet.USCC: uscc, sheet.City: city, sheet.Owner: owner, sheet.Aliases: aliases,
		} {
			r.Cells[im.at[key]] = sheet.Tidy(s)
		}
		checkRow(t, im, r)
	})
}

// FuzzLines feeds salesflow parse and salesflow expr any input: one line out for each line in, all of it JSON.
func FuzzLines(f *testing.F) {
	f.Add(`{"id":1,"text":"拜访 湖滨市立医院 王主任 嫌贵30%","ref":"2026-03-11T10:00:00+08:00","user":"u1","context":[{"id":"r","kind":"visit","amount":1e3}]}`, `{"customers":[{"id":"c1","name":"湖滨市立医院","owner":"u1"}],"users":[{"id":"u1","name":"周敏"}]}`)
	f.Add(`{"id":"x","text":"下周三","ref":"2026-03-11T10:00:00+08:00","kind":"date"}`+"\n\n{", `{}`)
	f.Add(`{"id":{"a":[1]},"text":"3万5","kind":"money"}`, `{"products":[{"id":"p","name":"","list_price":"x"}]}`)
	f.Add("\x00\xff\n[]\nnull\n1", `null`)
	f.Fuzz(func(t *testing.T, in, master string) {
		var m masterFile
		if json.Unmarshal([]byte(master), &m) != nil {
			return
		}
		lines := 0
		for l := range strings.Lines(in) {
			if strings.Trim(l, "\r\n") != "" {
				lines++
			}
		}
		var parsed, exprs bytes.Buffer
		if err := errors.Join(runParse(strings.NewReader(in), &parsed, m), runExpr(strings.NewReader(in), &exprs)); err != nil {
			t.Fatal(err)
		}
		for _, out := range []*bytes.Buffer{&parsed, &exprs} {
			got := bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n"))
			if out.Len() == 0 {
				got = nil
			}
			if len(got) != lines {
				t.Fatalf("%d answers to %d lines: %s", len(got), lines, out)
			}
			for _, l := range got {
				if !json.Valid(l) {
					t.Fatalf("answered %s", l)
				}
			}
		}
	})
}

// FuzzCheckpoints reads any file of published checkpoints: none that our key has not signed is taken for one.
func FuzzCheckpoints(f *testing.F) {
	f.Add("go.sum database tree\n42\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— salesflow-audit x\n")
	f.Add("")
	f.Add("\n\n— \n— \nx\n— y")
	_, verifier, _, err := audit.Keys(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(f.TempDir(), "checkpoints.txt")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		notes, err := readCheckpoints(path)
		if err != nil {
			return
		}
		for _, n := range notes {
			if _, err := audit.OpenCheckpoint(n, note.VerifierList(verifier)); err == nil {
				t.Fatalf("unsigned, but taken: %q", n)
			}
		}
	})
}

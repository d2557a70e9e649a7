package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"salesflow/store/sales"
)

// book is a workbook of rows, changed by hand.
func book(t *testing.T, change func(f *excelize.File), rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(f)
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var head = []any{"客户名称", "联系电话", "行业"}

func rowsOf(t *testing.T, data []byte) (Found, []Row, error) {
	t.Helper()
	var rows []Row
	f, err := Read(data, Layouts, func(_ Found, r Row) error { rows = append(rows, r); return nil })
	return f, rows, err
}

func TestColumnsAreFoundUnderAnyNameInAnyOrder(t *testing.T) {
	t.Parallel()
	for name, header := range map[string][]any{
		"自己的名字": {"客户名称*", "联系电话*", "行业*"},
		"同义词":   {"单位名称", "手机号码", "所属行业"},
		"英文":    {"Company", " PHONE ", "industry"},
		"括号":    {"客户名称(全称)", "联系电话（手机）", "行业：", "备注"},
	} {
		f, rows, err := rowsOf(t, book(t, nil, []any{"客户名单"}, header, []any{"甲公司", "13900000000", "制造"}))
		if err != nil || len(rows) != 1 || rows[0].No != 3 || rows[0].Cells[0] != "甲公司" || rows[0].Cells[1] != "13900000000" || rows[0].Cells[2] != "制造" {
			t.Errorf("%s: %+v %+v %v", name, f.Columns, rows, err)
		}
	}
	f, rows, err := rowsOf(t, book(t, nil, []any{"行业", "备注", "名称", "电话"}, []any{"制造", "x", "甲公司", 13900000000}))
	if err != nil || f.Layout.Kind != "customers" || rows[0].Cells[0] != "甲公司" || rows[0].Cells[1] != "13900000000" || len(f.Ignored) != 1 {
		t.Errorf("another order: %+v %+v %v", f, rows, err)
	}
	f, _, err = rowsOf(t, book(t, nil, []any{"客户名称", "产品名称", "授权到期日", "编号"}, []any{"甲", "乙", "2027-01-01", "1"}))
	if err != nil || f.Layout.Kind != "authorised" {
		t.Errorf("letters: %+v %v", f.Layout.Kind, err)
	}
}

func TestCellsThatCannotBeReadAreNamed(t *testing.T) {
	t.Parallel()
	data := book(t, func(f *excelize.File) {
		_ = f.MergeCell("Sheet1", "A2", "A3")
		_ = f.SetCellFormula("Sheet1", "B4", "B3&B2")
		_ = f.SetCellStr("Sheet1", "C5", "#REF!")
		_ = f.SetCellStr("Sheet1", "A6", strings.Repeat("长", 600))
	}, head, []any{"甲", "1", "制造"}, []any{"", "2", "制造"}, []any{"乙", nil, "制造"}, []any{"丙", "3", "x"}, []any{"", "4", "制造"})
	_, rows, err := rowsOf(t, data)
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, want := range []string{"A2:A3 是合并单元格", "A2:A3 是合并单元格", "联系电话是没有结果的公式", "行业是 #REF!", "客户名称超过 500 个字"} {
		if !strings.Contains(rows[i].Problem, want) || len(rows[i].Cols) == 0 {
			t.Errorf("row %d: %q, want %q", rows[i].No, rows[i].Problem, want)
		}
	}
}

func TestHostileFilesEndEarly(t *testing.T) {
	t.Parallel()
	bomb := func() []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, _ := z.Create("xl/sharedStrings.xml")
		zeros := make([]byte, 1<<20)
		for range 310 {
			_, _ = w.Write(zeros)
		}
		_ = z.Close()
		return b.Bytes()
	}()
	many := func() []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := range maxParts + 1 {
			_, _ = z.Create(fmt.Sprint(i))
		}
		_ = z.Close()
		return b.Bytes()
	}()
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"压缩炸弹":      {bomb, "解开来超过"},
		"部件太多":      {many, "部件"},
		"太大":        {make([]byte, MaxBytes+1), "超过 20 MB"},
		"空":         {nil, "要 Excel"},
		"老 xls":     {[]byte{0xd0, 0xcf, 0x11, 0xe0, 0, 0}, "另存为 .xlsx"},
		"是 zip 不是表": {many[:0], "要 Excel"},
	} {
		_, _, err := rowsOf(t, tt.data)
		if sales.KindOf(err) != sales.Invalid || !strings.Contains(sales.Message(err), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestWhatIsWrittenIsTextAndNoFormula(t *testing.T) {
	t.Parallel()
	w, err := NewWriter("客户", []string{"名称", "电话"})
	if err != nil {
		t.Fatal(err)
	}
	evil := []string{"=1+1", "+86", "-1", "@x", "\tx", "正常"}
	for _, s := range evil {
		if err := w.Row([]string{s, "0575-88001234"}, 0); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := w.Close(&b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range evil {
		at := fmt.Sprintf("A%d", i+2)
		got, _ := f.GetCellValue("客户", at)
		formula, _ := f.GetCellFormula("客户", at)
		if formula != "" || s != "正常" && !strings.HasPrefix(got, "'") || s == "正常" && got != s {
			t.Errorf("%q is written as %q, formula %q", s, got, formula)
		}
	}
}

func TestAnyTextCanBeWritten(t *testing.T) {
	t.Parallel()
	w, err := NewWriter("设备/档案:[一期] 与 <二期> & 一个比三十一个字还要长得多的名字", []string{"名称", "备注", "电话"})
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]string{
		{" 前后有空格 ", "a<b>&\"c'", "0575"}, {"坏\x01\xff字", "两\n行", ""}, {"", "", "139"}, {strings.Repeat("长", 40_000), "尾", "x"},
	}
	for _, r := range rows {
		if err := w.Row(r, 2); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := w.Close(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(w.file.Name()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file was left behind: %v", err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	for at, want := range map[string]string{
		"A1": "名称", "A2": " 前后有空格 ", "B2": "a<b>&\"c'", "C2": "0575", "A3": "坏\ufffd\ufffd字", "B3": "两\n行", "C3": "", "C4": "139",
		"A5": strings.Repeat("长", maxText), "B5": "尾",
	} {
		if got, err := f.GetCellValue(name, at); got != want || err != nil {
			t.Errorf("%s of %q is %.40q, want %.40q, %v", at, name, got, want, err)
		}
	}
	for at, format := range map[string]int{"A2": 49, "C3": 49, "C2": 49, "A1": 0} {
		id, err := f.GetCellStyle(name, at)
		style, err2 := f.GetStyle(id)
		if err := errors.Join(err, err2); err != nil || style.NumFmt != format {
			t.Errorf("%s has the style %+v, %v", at, style, err)
		}
		if red := at[0] == 'C'; red != (id == styleBad) || red != (style.Fill.Pattern == 1 && id != styleHead) {
			t.Errorf("%s is filled with %+v", at, style.Fill)
		}
	}
}

// What a bank's file looks like: a title, headings of two rows under merged cells, one amount with a mark of its direction, sheets
// before and behind.
func TestABanksFileIsRead(t *testing.T) {
	t.Parallel()
	at := func(r Row, key string) string { return r.Cells[Payments.At(key)] }
	two := book(t, func(f *excelize.File) {
		for _, area := range [][2]string{{"A1", "E1"}, {"A3", "A4"}, {"B3", "C3"}, {"D3", "D4"}, {"E3", "E4"}} {
			if err := f.MergeCell("Sheet1", area[0], area[1]); err != nil {
				t.Fatal(err)
			}
		}
	}, []any{"某某银行 对公账户明细"}, []any{"账号", "3305…", "币种", "人民币"}, []any{"交易日期", "发生额", "", "对方户名", "流水号"}, []any{"", "借方", "贷方", "", ""},
		[]any{46092, "", "1,000.50", "甲公司", "N1"}, []any{"2026-03-12", "20", "", "物业", "N2"})
	f, rows, err := rowsOf(t, two)
	if err != nil || f.Layout.Kind != Payments.Kind || len(rows) != 2 || at(rows[0], Amount) != "1,000.50" || at(rows[0], Payer) != "甲公司" || at(rows[1], Amount) != "" || rows[0].No != 5 || rows[0].Problem != "" {
		t.Errorf("two rows of headings: %+v %+v %v", f, rows, err)
	}
	_, rows, err = rowsOf(t, book(t, nil, []any{"交易时间", "交易金额", "借贷标志", "对方名称"}, []any{"20260311100500", 88, "贷", "甲公司"}))
	if err != nil || at(rows[0], Amount) != "88" || at(rows[0], Direction) != "贷" {
		t.Errorf("one amount with a direction: %+v %v", rows, err)
	}
	// Without a direction an amount may be money that went out: it is not guessed, and the message teaches how to say it.
	if _, _, err = rowsOf(t, book(t, nil, []any{"交易时间", "交易金额", "对方名称"}, []any{"20260311", 88, "甲公司"})); err == nil || !strings.Contains(err.Error(), "导入列 回款 银行名 到账金额=你表里的叫法") || !strings.Contains(err.Error(), "没认出的列:交易金额") {
		t.Errorf("an amount without a direction: %v", err)
	}
	data := []any{"交易日期", "贷方", "对方户名"}
	f, rows, err = rowsOf(t, book(t, func(f *excelize.File) {
		for _, name := range []string{"3月", "4月", "停用"} {
			_, _ = f.NewSheet(name)
			_ = f.SetSheetRow(name, "A2", &data)
			_ = f.SetSheetRow(name, "A3", &[]any{"2026-03-11", 5, name})
		}
		_ = f.MergeCell("3月", "A3", "B3")
		_ = f.SetSheetVisible("停用", false)
	}, []any{"说明:本文件由网银导出"}))
	if err != nil || f.Sheet != "3月" || strings.Join(f.Others, ",") != "4月" || len(rows) != 1 || !strings.Contains(rows[0].Problem, "合并单元格") {
		t.Errorf("sheets: %+v %+v %v", f, rows, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	x := excelize.NewFile()
	_ = x.SetSheetRow("Sheet1", "A1", &head)
	_ = x.SetSheetRow("Sheet1", "A2", &[]any{"甲", "13900000000", "制造"})
	var b bytes.Buffer
	_, _ = x.WriteTo(&b)
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := Read(data, Layouts, func(_ Found, r Row) error {
			if len(r.Cells) == 0 {
				t.Error("a row without cells")
			}
			return nil
		})
		if err != nil && sales.Message(err) == "" {
			t.Errorf("nobody is told what to do: %v", err)
		}
	})
}

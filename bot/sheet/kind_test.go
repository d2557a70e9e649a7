package sheet

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"salesflow/store/sales"
)

// container is the beginning of an OLE container with a stream of a name.
func container(stream string) []byte {
	b := append([]byte(ole), make([]byte, 600)...)
	for _, c := range []byte(stream) {
		b = append(b, c, 0)
	}
	return append(b, make([]byte, 600)...)
}

func zipOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		if _, err := z.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFilesOfOtherKindsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		data      []byte
		want      string
		looksLike bool
	}{
		"有密码的 xlsx":      {container("EncryptedPackage"), "设了密码", true},
		"老 xls":          {container("Workbook"), "老的 .xls", true},
		"老 Word":         {container("WordDocument"), "Word", false},
		"网页冒充的 xls":      {[]byte("\xef\xbb\xbf \n<html><table><tr><td>客户名称</td></tr></table>"), "其实是网页", false},
		"XML 表":          {[]byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`), "XML 表格", false},
		"PDF":            {[]byte("%PDF-1.7\n1,2,3\n"), "PDF", false},
		"图片":             {[]byte("\x89PNG\r\n\x1a\n0000"), "图片", false},
		"rar":            {[]byte("Rar!\x1a\x07"), "压缩包", false},
		"zip 里的 xlsx":    {zipOf(t, "客户.xlsx"), "压缩包", false},
		"xlsb":           {zipOf(t, "xl/workbook.bin"), ".xlsb", true},
		"docx":           {zipOf(t, "word/document.xml"), "Word", false},
		"pptx":           {zipOf(t, "ppt/presentation.xml"), "PPT", false},
		"ods":            {zipOf(t, "mimetype", "content.xml"), "导出成 .xlsx", false},
		"空文件":            {nil, "空的", false},
		"csv 没有表头":       {[]byte("a,b,c\n1,2,3\n"), "没找到表头", true},
		"csv 列不对":        {[]byte("公司名称,城市,备注\na,b,c\n"), "缺 联系电话、行业", true},
		"一段话":            {[]byte("今天去了绍兴市立医院,见了王主任,谈得不错。"), "没找到表头", false},
		"两张表都没有表头的 xlsx": {noHeader(t), "2 张工作表里都没找到表头", true},
	} {
		_, _, err := rowsOf(t, tt.data)
		if sales.KindOf(err) != sales.Invalid || !strings.Contains(sales.Message(err), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
		if got := LooksLike(tt.data); got != tt.looksLike {
			t.Errorf("%s looks like a sheet: %v", name, got)
		}
	}
}

func noHeader(t *testing.T) []byte {
	t.Helper()
	return book(t, func(f *excelize.File) {
		_, _ = f.NewSheet("客户")
		_ = f.SetSheetRow("客户", "A2", &[]any{"甲", "13900000000", "制造"})
	}, []any{"说明:数据在后面"})
}

// What a file is called does not count, what is in it does.
func TestTextIsReadInTheEncodingsOfSpreadsheets(t *testing.T) {
	t.Parallel()
	const text = "客户名称\t联系电话\t行业\n临海远洲机械\t1.39058E+10\t制造\n三门水产\t13905760002\t快消\n"
	wide := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for name, data := range map[string][]byte{"UTF-8": []byte(text), "UTF-16": wide, "UTF-8 BOM": []byte("\xef\xbb\xbf" + text)} {
		_, rows, err := rowsOf(t, data)
		if err != nil || len(rows) != 2 || rows[1].Cells[1] != "13905760002" {
			t.Errorf("%s: %+v %v", name, rows, err)
			continue
		}
		if got := rows[0].Cells[1]; got != "1.39058E+10" { // 13905800000 would be somebody else's number
			t.Errorf("%s: a number that lost its last digits became %q", name, got)
		}
	}
	if got := Tidy("1.3905760001E+10"); got != "13905760001" {
		t.Errorf("a whole number in scientific notation became %q", got)
	}
}

func TestDaysAreCountedFromTheRightYear(t *testing.T) {
	t.Parallel()
	for since1904, serial := range map[bool]int{false: 46086, true: 46086 - days1904} {
		data := book(t, func(f *excelize.File) {
			_ = f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904})
		}, []any{"到账日期", "付款方", "到账金额", "流水号"}, []any{serial, "绍兴市立医院", 46086, "46086"})
		_, rows, err := rowsOf(t, data)
		if err != nil || len(rows) != 1 {
			t.Fatalf("%v, %d rows", err, len(rows))
		}
		d, err := sales.ReadDate(rows[0].Cells[0])
		if err != nil || d.String() != "2026-03-05" || rows[0].Cells[2] != "46086" || rows[0].Cells[3] != "46086" {
			t.Errorf("since 1904 %v: %s, %v, %v", since1904, d, rows[0].Cells, err)
		}
	}
}

package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"salesflow/store/sales"
)

// Bounds of a file.
const (
	MaxRows  = 50_000
	MaxBytes = 20 << 20

	maxUnzipped = 300 << 20 // a zip bomb ends here
	maxParts    = 2000
	maxInMemory = 8 << 20 // larger sheets are unpacked to disk
	maxColumns  = 200
	// headerWithin is in how many first rows the header is looked for: some put a title above it.
	headerWithin = 10
	maxCell      = 500
)

// Row is one row as it stands in the file, its cells in the order of the layout.
type Row struct {
	No    int
	Cells []string
	// Problem says what is wrong with the row as a row, Cols where; empty when it can be read.
	Problem string
	Cols    []int
}

// Found is what a file turned out to be.
type Found struct {
	Layout Layout
	// Columns are those understood, Ignored the other headings.
	Columns, Ignored []string
	Rows             int
	// Sheet is the sheet that was read where it was not the first, Others those that have a header too and were not read.
	Sheet  string
	Others []string
}

func bad(format string, args ...any) error {
	return sales.Errorf(sales.Invalid, fmt.Sprintf(format, args...))
}

// Read reads the first sheet of a workbook that has the header of one of the layouts, row by row. The error is Invalid, in Chinese,
// for whoever made the file, unless it is each's own. A row that is all empty is left out.
func Read(data []byte, layouts []Layout, each func(Found, Row) error) (Found, error) {
	if err := notASheet(data); err != nil {
		return Found{}, err
	}
	if text, ok := asText(data); ok {
		return readText(text, layouts, each)
	}
	look, err := inspect(data, 0)
	if err != nil {
		return Found{}, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxInMemory})
	if err != nil {
		return Found{}, bad("文件打不开:要 Excel 的 .xlsx 格式,不带密码。用 Excel 另存为 .xlsx 再发。")
	}
	defer f.Close()
	r := reader{layouts: layouts, each: each, sheets: f.GetSheetList()}
	place := r.choose(f)
	if place > 0 {
		if look, err = inspect(data, place); err != nil {
			return Found{}, err
		}
	}
	r.look = look
	rows, err := f.Rows(f.GetSheetName(place))
	if err != nil {
		return Found{}, bad("第一张工作表读不出来。把数据放在第一张表里再发。")
	}
	defer rows.Close()
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return r.found, bad("第 %d 行读不出来,文件可能坏了。另存一份再发。", number)
		}
		if err := r.row(number, cells[:min(len(cells), maxColumns)]); err != nil {
			return r.found, err
		}
		if !r.headed && number >= headerWithin {
			break
		}
	}
	if err := rows.Error(); err != nil {
		return r.found, bad("文件读到一半坏了。另存一份再发。")
	}
	return r.found, r.end()
}

// reader reads one sheet.
type reader struct {
	layouts []Layout
	look    look
	each    func(Found, Row) error
	found   Found
	head    header
	headed  bool
	near    header // what came nearest to a header
	above   []string
	sheets  []string
}

// maxSheets bounds in how many sheets of a workbook a header is looked for.
const maxSheets = 12

// choose is the place of the first sheet with a header, 0 where none has one, and notes which others have one, too.
func (r *reader) choose(f *excelize.File) int {
	chosen := -1
	for place, name := range r.sheets[:min(len(r.sheets), maxSheets)] {
		if shown, err := f.GetSheetVisible(name); place > 0 && (err != nil || !shown) || !r.heads(f, name) {
			continue
		}
		if chosen < 0 {
			chosen = place
		} else {
			r.found.Others = append(r.found.Others, name)
		}
	}
	if chosen > 0 {
		r.found.Sheet = r.sheets[chosen]
	}
	return max(chosen, 0)
}

// heads reports whether a sheet has the header of a layout, and something under it.
func (r *reader) heads(f *excelize.File, name string) bool {
	rows, err := f.Rows(name)
	if err != nil {
		return false
	}
	defer rows.Close()
	probe := reader{layouts: r.layouts}
	for number := 1; number <= headerWithin+1 && rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return false
		}
		if probe.headed {
			return true
		}
		_ = probe.header(number, cells[:min(len(cells), maxColumns)]) // it has no error of its own
	}
	return probe.headed && rows.Next()
}

func (r *reader) row(number int, cells []string) error {
	if !r.headed {
		return r.header(number, cells)
	}
	row := Row{No: number, Cells: make([]string, len(r.head.layout.Columns))}
	for i, ours := range r.head.at {
		if i < len(cells) {
			row.Cells[ours] = Tidy(cells[i])
			if r.look.since1904 && r.head.layout.isDate(r.head.layout.Columns[ours].Key) {
				row.Cells[ours] = since1900(row.Cells[ours])
			}
		}
	}
	if !slices.ContainsFunc(row.Cells, func(s string) bool { return s != "" }) && !r.merged(number) {
		return nil
	}
	if r.found.Rows == MaxRows {
		return bad("超过 %d 行。拆成几个文件,一个一个发。", MaxRows)
	}
	r.found.Rows++
	r.flaws(&row)
	return r.each(r.found, row)
}

// header looks for a header in a row; where a row alone is none, in it and the row above together, as with headings of two rows
// whose upper cells are merged.
func (r *reader) header(number int, cells []string) error {
	best := r.bestHeader(cells)
	if len(best.missing) > 0 || len(best.found) == 0 {
		if both := r.bestHeader(under(r.above, cells)); len(both.found) > 0 && len(both.missing) == 0 && len(best.found) > 0 && len(r.above) > 0 {
			best = both
		}
	}
	r.above = slices.Clone(cells)
	if len(best.found) > len(r.near.found) {
		r.near = best
	}
	if len(best.found) == 0 || len(best.missing) > 0 {
		return nil
	}
	r.head, r.headed = best, true
	r.found.Layout, r.found.Columns, r.found.Ignored = best.layout, best.found, best.ignored
	r.look.header = number
	return nil
}

// under is a row with the cells above it where it has none itself.
func under(above, cells []string) []string {
	out := make([]string, max(len(above), len(cells)))
	copy(out, above)
	for i, c := range cells {
		if strings.TrimSpace(c) != "" {
			out[i] = c
		}
	}
	return out
}

// bestHeader is the layout that a row is most likely the header of.
func (r *reader) bestHeader(cells []string) header {
	var best header
	for _, l := range r.layouts {
		h := readHeader(l, cells)
		if len(h.found) == 0 {
			continue
		}
		better := len(best.found) == 0 || len(h.missing) == 0 && (len(best.missing) > 0 || len(h.found) > len(best.found)) ||
			len(best.missing) > 0 && len(h.found) > len(best.found)
		if better {
			best = h
		}
	}
	return best
}

// end says what was missing when there was no header, or nothing under it.
func (r *reader) end() error {
	switch {
	case !r.headed && len(r.near.found) > 1 && r.near.layout.taught():
		return bad("%s表的表头缺 %s(认出了 %s)。表里叫别的名字就教我一次,再发这张表:导入列 %s 银行名 %s。没认出的列:%s。", r.near.layout.Title,
			strings.Join(r.near.missing, "、"), strings.Join(r.near.found, "、"), r.near.layout.Title, pairs(r.near.missing), short(orNone(r.near.ignored)))
	case !r.headed && len(r.near.found) > 1:
		return bad("%s表的表头缺 %s(认出了 %s)。补上这几列再发,列的先后随便。", r.near.layout.Title, strings.Join(r.near.missing, "、"), strings.Join(r.near.found, "、"))
	case !r.headed && len(r.sheets) > 1:
		return bad("%d 张工作表里都没找到表头。前 %d 行里要有一行列名;不会写就发 导入 拿模板。银行、ERP 的表列名不一样,发 导入列 教我。", len(r.sheets), headerWithin)
	case !r.headed && len(r.layouts) == 1:
		return bad("没找到表头。前 %d 行里要有一行写着 %s。", headerWithin, strings.Join(r.layouts[0].Required(), "、"))
	case !r.headed:
		return bad("没找到表头,不知道要导什么。发 导入 拿一份模板,照着填;银行、ERP 的表列名不一样,发 导入列 教我。")
	case r.found.Rows == 0:
		return bad("表头下面没有数据。填好再发。")
	}
	return nil
}

// taught reports whether sources' own names for the columns of a layout can be taught (导入列).
func (l Layout) taught() bool {
	return l.Kind == Payments.Kind || l.Kind == Invoices.Kind || l.Kind == Opening.Kind
}

// pairs are columns as they are taught: "到账金额=你表里的叫法".
func pairs(missing []string) string {
	return strings.Join(missing, "=你表里的叫法 ") + "=你表里的叫法"
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "没有"
	}
	return strings.Join(list, "、")
}

// flaws notes what hinders reading a row: merged cells, formulas without a result, errors of Excel, endless cells.
func (r *reader) flaws(row *Row) {
	add := func(ours int, problem string) {
		if !slices.Contains(row.Cols, ours) {
			row.Cols = append(row.Cols, ours)
		}
		if !strings.Contains(row.Problem, problem) {
			row.Problem = strings.TrimPrefix(row.Problem+";"+problem, ";")
		}
	}
	for i, ours := range r.head.at {
		name, cell := r.head.layout.Columns[ours].Name, row.Cells[ours]
		switch {
		case r.look.merges(row.No, i+1) != "":
			add(ours, r.look.merges(row.No, i+1)+" 是合并单元格,取消合并,每行各填各的")
		case cell == "" && r.look.formula[cellAt{row.No, i + 1}]:
			add(ours, name+"是没有结果的公式,改成文字")
		case slices.Contains(excelErrors, cell):
			add(ours, name+"是 "+cell+",公式出错了,改成文字")
		case utf8.RuneCountInString(cell) > maxCell:
			row.Cells[ours] = string([]rune(cell)[:maxCell])
			add(ours, fmt.Sprintf("%s超过 %d 个字,改短", name, maxCell))
		}
	}
	slices.Sort(row.Cols)
}

func (r *reader) merged(number int) bool {
	for i := range r.head.at {
		if r.look.merges(number, i+1) != "" {
			return true
		}
	}
	return false
}

var excelErrors = []string{"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}

// Tidy is a cell's text in one line. A long number that Excel keeps as 1.38E+10 is written out; what cannot be seen goes.
func Tidy(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == '\u00a0' || r == '\u3000':
			return ' '
		case unicode.IsControl(r) || r == '\u200b' || r == '\ufeff' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) < 32 && strings.ContainsAny(s, "Ee") && strings.Trim(s, "0123456789.+Ee") == "" && s[0] <= '9' && !rounded(s) {
		if n, _, err := big.ParseFloat(s, 10, 128, big.ToNearestEven); err == nil && n.IsInt() && n.MantExp(nil) < 128 {
			return n.Text('f', 0)
		}
	}
	return s
}

// inspect looks into the container before anything is unpacked for good: is it a workbook, does it end, and which cells of the
// sheet at a place are merged or formulas.
func inspect(data []byte, place int) (look, error) {
	l := look{formula: map[cellAt]bool{}}
	switch {
	case len(data) > MaxBytes:
		return l, bad("文件超过 %d MB。拆成几个再发。", MaxBytes>>20)
	case !bytes.HasPrefix(data, []byte("PK")):
		return l, bad("文件打不开:要 Excel 的 .xlsx 格式。用 Excel 或 WPS 另存为 .xlsx 再发。")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return l, bad("文件坏了或没传完,打不开。再发一次。")
	}
	if len(z.File) > maxParts {
		return l, bad("这不是正常的 Excel 文件(里面有 %d 个部件)。把数据贴到新的表里再发。", len(z.File))
	}
	if err := otherPaper(z); err != nil {
		return l, err
	}
	var part string
	part, l.since1904 = sheetPart(z, place)
	var total int64
	for _, f := range z.File {
		n, err := l.unpack(f, f.Name == part, maxUnzipped-total)
		if total += n; total >= maxUnzipped {
			return l, bad("文件解开来超过 %d MB,不像正常的表。把数据贴到新的表里再发。", maxUnzipped>>20)
		}
		if err != nil {
			return l, bad("文件坏了或没传完,打不开。再发一次。")
		}
	}
	if len(l.ranges) > maxMerges {
		return l, bad("合并单元格太多。全选后取消合并,每行填全,再发一次。")
	}
	return l, nil
}

// unpack reads a part through, up to a bound, and returns how long it is.
func (l *look) unpack(f *zip.File, scan bool, bound int64) (int64, error) {
	body, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer body.Close()
	limited := io.LimitReader(body, bound)
	if !scan {
		return io.Copy(io.Discard, limited)
	}
	return l.scan(limited)
}

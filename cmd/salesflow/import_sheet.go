package main

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"salesflow/bot"
	"salesflow/store/sales"
)

// Bounds of a file of customers.
const (
	maxImportRows  = 50_000
	maxImportBytes = 64 << 20
	maxUnzipped    = 512 << 20 // a zip bomb ends here
	maxInMemory    = 16 << 20  // larger sheets are unpacked to disk
	// headerWithin is in how many first rows the header is looked for: some put a title above it.
	headerWithin = 10
	maxCell      = 190
)

// column is a column of the customers' sheet.
type column struct {
	name, note string
	required   bool
}

// The columns in the order of the template.
const (
	colName = iota
	colPhone
	colIndustry
	colUSCC
	colCity
	colOwner
	colAliases
	columnCount
)

var columns = [columnCount]column{
	colName:     {"客户名称", "营业执照上的全称", true},
	colPhone:    {"联系电话", "手机或带区号的座机", true},
	colIndustry: {"行业", "如 医疗、制造、快消、教育", true},
	colUSCC:     {"统一社会信用代码", "18 位,没有就空着", false},
	colCity:     {"城市", "如 绍兴", false},
	colOwner:    {"负责人", "姓名或平台账号,空着就进公海", false},
	colAliases:  {"别名", "平时怎么叫,多个用顿号隔开", false},
}

// sheetRow is one row as it stands in the file.
type sheetRow struct {
	number int
	cells  [columnCount]string
}

func (r sheetRow) empty() bool {
	return !slices.ContainsFunc(r.cells[:], func(s string) bool { return s != "" })
}

// readSheet reads the first sheet of a workbook. The error is Chinese: it is for whoever made the file.
func readSheet(body io.Reader) ([]sheetRow, error) {
	return readSheetWithin(body, maxUnzipped, maxInMemory)
}

// readSheetWithin reads a workbook that is at most so large once it is unpacked, in memory up to the second size, in bytes.
func readSheetWithin(body io.Reader, unzipped, inMemory int64) ([]sheetRow, error) {
	f, err := excelize.OpenReader(body, excelize.Options{RawCellValue: true, UnzipSizeLimit: unzipped, UnzipXMLSizeLimit: inMemory})
	if err != nil {
		return nil, sales.Errorf(sales.Invalid, "文件打不开:要 Excel 的 .xlsx 格式,不带密码。另存为 .xlsx 再试。")
	}
	defer f.Close()
	rows, err := f.Rows(f.GetSheetName(0))
	if err != nil {
		return nil, sales.Errorf(sales.Invalid, "第一张工作表读不出来。把数据放在第一张表里再试。")
	}
	defer rows.Close()
	var out []sheetRow
	var at map[int]int // column of the sheet → ours
	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return nil, sales.Errorf(sales.Invalid, fmt.Sprintf("第 %d 行读不出来,文件可能坏了。另存一份再试。", number))
		}
		if at == nil {
			if at, err = header(cells); err != nil {
				return nil, err
			}
			if at == nil && number >= headerWithin {
				break
			}
			continue
		}
		row := sheetRow{number: number}
		for i, ours := range at {
			if i < len(cells) {
				row.cells[ours] = tidyCell(cells[i])
			}
		}
		if row.empty() {
			continue
		}
		if len(out) == maxImportRows {
			return nil, sales.Errorf(sales.Invalid, fmt.Sprintf("超过 %d 行。拆成几个文件,一个一个导。", maxImportRows))
		}
		out = append(out, row)
	}
	if at == nil {
		return nil, sales.Errorf(sales.Invalid, "没找到表头。第一行要有 客户名称、联系电话、行业;模板:salesflow import template 客户.xlsx")
	}
	return out, errors.Join(rows.Error())
}

// header finds our columns in a row by their names; nil when it is not the header.
func header(cells []string) (map[int]int, error) {
	at := map[int]int{}
	seen := map[int]bool{}
	for i, cell := range cells {
		name := strings.Trim(strings.Join(strings.Fields(cell), ""), "*＊")
		if before, _, found := strings.Cut(strings.NewReplacer("（", "(").Replace(name), "("); found {
			name = strings.Trim(before, "*＊")
		}
		for ours, c := range columns {
			if name == c.name && !seen[ours] {
				at[i], seen[ours] = ours, true
			}
		}
	}
	if !seen[colName] {
		return nil, nil
	}
	var missing []string
	for i, c := range columns {
		if c.required && !seen[i] {
			missing = append(missing, c.name)
		}
	}
	if len(missing) > 0 {
		return nil, sales.Errorf(sales.Invalid, "表头缺 "+strings.Join(missing, "、")+"。补上这几列再导。")
	}
	return at, nil
}

// tidyCell is a cell's text in one line, without what cannot be seen. A long number that Excel keeps as 1.38E+10 is
// written out.
func tidyCell(s string) string {
	s = strings.Join(strings.Fields(bot.CleanText(s)), " ")
	if len(s) < 32 && strings.ContainsAny(s, "Ee") && strings.Trim(s, "0123456789.+Ee") == "" {
		if n, _, err := big.ParseFloat(s, 10, 128, big.ToNearestEven); err == nil && n.IsInt() {
			return n.Text('f', 0)
		}
	}
	return s
}

// tooLong names a cell that has no room in the store, "" when all fit.
func (r sheetRow) tooLong() string {
	for i, c := range r.cells {
		if utf8.RuneCountInString(c) > maxCell {
			return columns[i].name
		}
	}
	return ""
}

// writeTemplate writes an empty sheet with the header, notes on each column and numbers kept as text.
func writeTemplate(path string) error {
	f := excelize.NewFile()
	defer f.Close()
	const sheet = "客户"
	if err := f.SetSheetName(f.GetSheetName(0), sheet); err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}},
	})
	if err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // "@": telephone numbers and codes keep their zeros and digits
	if err != nil {
		return err
	}
	var errs []error
	for i, c := range columns {
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		title := c.name
		if c.required {
			title += "*"
		}
		errs = append(errs, f.SetColStyle(sheet, letter, text), f.SetColWidth(sheet, letter, letter, 22),
			f.SetCellStr(sheet, letter+"1", title), f.SetCellStyle(sheet, letter+"1", letter+"1", bold),
			f.AddComment(sheet, excelize.Comment{Cell: letter + "1", Author: "salesflow", Text: c.note}))
	}
	errs = append(errs, f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}), f.SaveAs(path))
	return errors.Join(errs...)
}

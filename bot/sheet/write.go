package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Safe is a text that no spreadsheet takes for a formula, not even after the file was saved as CSV.
func Safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Writer writes a workbook of one sheet row by row, into a temporary file: a hundred thousand rows take no more memory than
// one. Every cell is text, and none is a formula.
type Writer struct {
	file *os.File
	zip  *zip.Writer
	out  *bufio.Writer // the sheet
	row  int
	cell []byte // the reference of a cell
}

// Styles of cells, as styleSheet numbers them. Those of texts are "@": telephone numbers and codes keep their zeros and digits.
const (
	styleHead = 1
	styleText = 2
	styleBad  = 3
)

// maxTitle and maxText are what Excel takes as the name of a sheet and in a cell, in characters.
const (
	maxTitle = 31
	maxText  = 32767
)

// NewWriter begins a sheet with a header.
func NewWriter(title string, header []string) (*Writer, error) {
	f, err := os.CreateTemp("", "sheet-*")
	if err != nil {
		return nil, fmt.Errorf("make workbook: %w", err)
	}
	w := &Writer{file: f, zip: zip.NewWriter(f)}
	if err := w.begin(title, header); err != nil {
		return nil, errors.Join(err, w.drop())
	}
	return w, nil
}

func (w *Writer) begin(title string, header []string) error {
	for _, part := range []struct{ name, body string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"xl/_rels/workbook.xml.rels", workbookRels},
		{"xl/styles.xml", styleSheet},
		{"xl/workbook.xml", fmt.Sprintf(workbook, escaped(sheetTitle(title)))},
	} {
		to, err := w.zip.Create(part.name)
		if err == nil {
			_, err = io.WriteString(to, part.body)
		}
		if err != nil {
			return fmt.Errorf("begin workbook: %w", err)
		}
	}
	to, err := w.zip.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return fmt.Errorf("begin sheet: %w", err)
	}
	w.out = bufio.NewWriterSize(to, 32<<10)
	fmt.Fprintf(w.out, worksheet, max(len(header), 1)) // what fails shows when a row is over
	return w.write(header, styleHead, nil)
}

// sheetTitle is a title as Excel takes it.
func sheetTitle(s string) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return '-'
		}
		return r
	}, s), "'")
	if r := []rune(s); len(r) > maxTitle {
		s = string(r[:maxTitle])
	}
	return cmp.Or(s, "Sheet1")
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes all
	return b.String()
}

func (w *Writer) write(cells []string, style int, marked []int) error {
	w.row++
	fmt.Fprintf(w.out, `<row r="%d">`, w.row)
	for i, c := range cells {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return fmt.Errorf("write row %d: %w", w.row, err)
		}
		w.cell = strconv.AppendInt(append(w.cell[:0], column...), int64(w.row), 10)
		s := style
		if slices.Contains(marked, i) {
			s = styleBad
		}
		w.text(s, Safe(c))
	}
	if _, err := w.out.WriteString("</row>"); err != nil {
		return fmt.Errorf("write row %d: %w", w.row, err)
	}
	return nil
}

// text writes a cell. A bufio.Writer that failed once goes on failing, so the end of the row tells.
func (w *Writer) text(style int, s string) {
	fmt.Fprintf(w.out, `<c r="%s" s="%d"`, w.cell, style)
	if s == "" {
		_, _ = w.out.WriteString("/>")
		return
	}
	if len(s) > maxText {
		if r := []rune(s); len(r) > maxText {
			s = string(r[:maxText])
		}
	}
	_, _ = w.out.WriteString(` t="inlineStr"><is><t xml:space="preserve">`)
	_ = xml.EscapeText(w.out, []byte(s))
	_, _ = w.out.WriteString("</t></is></c>")
}

// Row writes a row; the cells whose places are marked are red.
func (w *Writer) Row(cells []string, marked ...int) error { return w.write(cells, styleText, marked) }

// Close writes the workbook out and frees it; to may be nil.
func (w *Writer) Close(to io.Writer) error {
	var err error
	if to != nil {
		err = w.copy(to)
	}
	if err := errors.Join(err, w.drop()); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

func (w *Writer) copy(to io.Writer) error {
	_, err := w.out.WriteString("</sheetData></worksheet>")
	if err := errors.Join(err, w.out.Flush(), w.zip.Close()); err != nil {
		return err
	}
	if _, err := w.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(to, w.file)
	return err
}

func (w *Writer) drop() error { return errors.Join(w.file.Close(), os.Remove(w.file.Name())) }

// Template is an empty workbook of a layout to fill in: the header with a note on each column, numbers kept as text.
func Template(l Layout) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName(f.GetSheetName(0), l.Title); err != nil {
		return nil, fmt.Errorf("name sheet: %w", err)
	}
	head, err := f.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}},
	})
	if err != nil {
		return nil, fmt.Errorf("make style: %w", err)
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return nil, fmt.Errorf("make style: %w", err)
	}
	var errs []error
	for i, c := range l.Columns {
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, fmt.Errorf("name column: %w", err)
		}
		title := c.Name
		if c.Required {
			title += "*"
		}
		errs = append(errs, f.SetColStyle(l.Title, letter, text), f.SetColWidth(l.Title, letter, letter, 20),
			f.SetCellStr(l.Title, letter+"1", title), f.SetCellStyle(l.Title, letter+"1", letter+"1", head),
			f.AddComment(l.Title, excelize.Comment{Cell: letter + "1", Author: "salesflow", Text: c.Note}))
	}
	errs = append(errs, f.SetPanes(l.Title, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	var b bytes.Buffer
	_, err = f.WriteTo(&b)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, fmt.Errorf("write template: %w", err)
	}
	return b.Bytes(), nil
}

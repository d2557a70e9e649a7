package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
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

// Writer writes a workbook of one sheet row by row, in bounded memory. Every cell is text, and none is a formula.
type Writer struct {
	file   *excelize.File
	stream *excelize.StreamWriter
	styles map[string]int
	row    int
}

// NewWriter begins a sheet with a header; required columns get a star.
func NewWriter(title string, header []string) (*Writer, error) {
	f := excelize.NewFile()
	w := &Writer{file: f, styles: map[string]int{}}
	if err := w.begin(title, header); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return w, nil
}

func (w *Writer) begin(title string, header []string) error {
	if err := w.file.SetSheetName(w.file.GetSheetName(0), title); err != nil {
		return fmt.Errorf("name sheet: %w", err)
	}
	for name, style := range map[string]*excelize.Style{
		"head": {Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}},
		"text": {NumFmt: 49}, // "@": telephone numbers and codes keep their zeros and digits
		"bad":  {NumFmt: 49, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFC7CE"}}},
	} {
		id, err := w.file.NewStyle(style)
		if err != nil {
			return fmt.Errorf("make style: %w", err)
		}
		w.styles[name] = id
	}
	var err error
	if w.stream, err = w.file.NewStreamWriter(title); err != nil {
		return fmt.Errorf("begin sheet: %w", err)
	}
	if err := errors.Join(w.stream.SetColWidth(1, max(len(header), 1), 20),
		w.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})); err != nil {
		return fmt.Errorf("set up sheet: %w", err)
	}
	return w.write(header, "head", nil)
}

func (w *Writer) write(cells []string, style string, marked []int) error {
	w.row++
	out := make([]any, len(cells))
	for i, c := range cells {
		s := style
		if slices.Contains(marked, i) {
			s = "bad"
		}
		out[i] = excelize.Cell{StyleID: w.styles[s], Value: Safe(c)}
	}
	if err := w.stream.SetRow(fmt.Sprintf("A%d", w.row), out); err != nil {
		return fmt.Errorf("write row %d: %w", w.row, err)
	}
	return nil
}

// Row writes a row; the cells whose places are marked are red.
func (w *Writer) Row(cells []string, marked ...int) error { return w.write(cells, "text", marked) }

// Close writes the workbook out and frees it.
func (w *Writer) Close(to io.Writer) error {
	err := w.stream.Flush()
	if err == nil && to != nil {
		_, err = w.file.WriteTo(to)
	}
	if err := errors.Join(err, w.file.Close()); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

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

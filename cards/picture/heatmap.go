package picture

import (
	"fmt"
	"image"
	"math"
)

// HeatData is a table of counts, such as opportunities by person and stage.
type HeatData struct {
	Title    string
	Subtitle string
	// Columns are at most 10, Rows at most 30; what is beyond is counted below the picture.
	Columns []string
	Rows    []HeatRow
	// ByColumn colours each column against its own largest number, so that people are compared within a stage; else
	// all cells share one scale.
	ByColumn bool
	// Totals adds the sums of rows and columns.
	Totals bool
}

// HeatRow is one row: a name, and a number for each column. Missing numbers are 0.
type HeatRow struct {
	Name   string
	Values []int
}

const (
	maxRows    = 30
	maxColumns = 10
	rowHeight  = 68
	headHeight = 76
	cellGap    = 4
)

// HeatMap draws the table with its numbers, darker where they are larger. The error is ErrNoData when there is no row
// or no column.
func HeatMap(d HeatData) ([]byte, error) {
	return encode(drawHeatMap(d))
}

func drawHeatMap(d HeatData) (*canvas, error) {
	if len(d.Columns) == 0 || len(d.Rows) == 0 {
		return nil, ErrNoData
	}
	h := heat{data: d, columns: d.Columns[:min(len(d.Columns), maxColumns)], rows: d.Rows[:min(len(d.Rows), maxRows)]}
	h.top = headerHeight(d.Subtitle)
	lines, parts := len(h.rows), len(h.columns)
	if d.Totals {
		lines, parts = lines+1, parts+1
	}
	note := h.left()
	height := h.top + headHeight + lines*rowHeight + margin
	if note != "" {
		height += 40
	}
	c, err := newCanvas(height)
	if err != nil {
		return nil, err
	}
	h.canvas = c
	c.header(d.Title, d.Subtitle)
	h.names = h.nameColumn()
	h.cell = (width - 2*margin - h.names) / parts
	h.head()
	most := h.most()
	for i, row := range h.rows {
		h.row(i, row, most)
	}
	if d.Totals {
		h.totals()
	}
	if note != "" {
		c.text(margin, height-margin-8, note, style{size: smallSize, color: faint})
	}
	return c, nil
}

type heat struct {
	*canvas
	data             HeatData
	columns          []string
	rows             []HeatRow
	top, names, cell int
}

// left says what did not fit.
func (h heat) left() string {
	rows, columns := len(h.data.Rows)-len(h.rows), len(h.data.Columns)-len(h.columns)
	switch {
	case rows > 0 && columns > 0:
		return fmt.Sprintf("另有 %d 行、%d 列未画出", rows, columns)
	case rows > 0:
		return fmt.Sprintf("另有 %d 行未画出", rows)
	case columns > 0:
		return fmt.Sprintf("另有 %d 列未画出", columns)
	}
	return ""
}

// nameColumn is as wide as the longest name needs, within reason.
func (h heat) nameColumn() int {
	w := h.measure("合计", labelSize)
	for _, r := range h.rows {
		w = max(w, h.measure(h.fit(r.Name, labelSize, 200), labelSize))
	}
	return w + 20
}

// head writes the names of the columns, on two lines where one is too narrow.
func (h heat) head() {
	y := h.top + headHeight/2
	for j, name := range h.columns {
		x := h.x(j) + (h.cell-cellGap)/2
		first, second := h.twoLines(name, h.cell-cellGap-4)
		if second == "" {
			h.text(x, y, first, style{size: smallSize, color: faint, align: center})
			continue
		}
		h.text(x, y-15, first, style{size: smallSize, color: faint, align: center})
		h.text(x, y+15, second, style{size: smallSize, color: faint, align: center})
	}
	if h.data.Totals {
		h.text(h.x(len(h.columns))+(h.cell-cellGap)/2, y, "合计", style{size: smallSize, color: faint, align: center})
	}
}

func (h heat) twoLines(s string, w int) (string, string) {
	s = printable(h.font, &h.buf, s)
	if h.measure(s, smallSize) <= w {
		return s, ""
	}
	r := []rune(s)
	n := (len(r) + 1) / 2
	for n > 1 && h.measure(string(r[:n]), smallSize) > w {
		n--
	}
	return h.fit(string(r[:n]), smallSize, w), h.fit(string(r[n:]), smallSize, w)
}

func (h heat) x(column int) int { return margin + h.names + column*h.cell }

func (h heat) row(i int, row HeatRow, most []int) {
	y := h.top + headHeight + i*rowHeight
	h.text(margin, y+rowHeight/2, h.fit(row.Name, labelSize, h.names-16), style{size: labelSize, color: ink})
	sum := 0
	for j := range h.columns {
		v := value(row, j)
		sum += v
		t := 0.0
		if v > 0 {
			// The root keeps small numbers apart from none, and from each other, beside a large one.
			t = 0.1 + 0.9*math.Sqrt(float64(v)/float64(most[j]))
		}
		st := style{size: labelSize, color: ink, align: center}
		switch {
		case v <= 0:
			st.color = mix(faint, paper, 0.4)
		case t > 0.6:
			st.color = paper
		}
		h.box(image.Rect(h.x(j), y, h.x(j)+h.cell-cellGap, y+rowHeight-cellGap), 8, mix(wash, deep, t))
		h.number(j, y, v, st)
	}
	if h.data.Totals {
		h.number(len(h.columns), y, sum, style{size: labelSize, color: ink, bold: true, align: center})
	}
}

func (h heat) totals() {
	y := h.top + headHeight + len(h.rows)*rowHeight
	h.text(margin, y+rowHeight/2, "合计", style{size: labelSize, color: ink, bold: true})
	all := 0
	for j := range h.columns {
		sum := 0
		for _, row := range h.rows {
			sum += value(row, j)
		}
		all += sum
		h.number(j, y, sum, style{size: labelSize, color: ink, bold: true, align: center})
	}
	h.number(len(h.columns), y, all, style{size: labelSize, color: ink, bold: true, align: center})
}

// number writes v in the middle of a cell, smaller when it is long.
func (h heat) number(column, y, v int, st style) {
	s := tally(v)
	for st.size > 12 && h.measure(s, st.size) > h.cell-cellGap-6 {
		st.size--
	}
	h.text(h.x(column)+(h.cell-cellGap)/2, y+(rowHeight-cellGap)/2, s, st)
}

// most is the number that has the darkest colour, for each column.
func (h heat) most() []int {
	most, all := make([]int, len(h.columns)), 1
	for j := range h.columns {
		most[j] = 1
		for _, row := range h.rows {
			most[j] = max(most[j], value(row, j))
		}
		all = max(all, most[j])
	}
	if !h.data.ByColumn {
		for j := range most {
			most[j] = all
		}
	}
	return most
}

func value(r HeatRow, column int) int {
	if column < len(r.Values) {
		// Bounded, so that sums cannot overflow.
		return max(min(r.Values[column], 1<<40), -1<<40)
	}
	return 0
}

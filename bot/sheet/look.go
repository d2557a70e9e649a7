package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// cellAt is a place in a sheet, both from 1.
type cellAt struct{ row, col int }

// area is a range of merged cells.
type area struct {
	ref                      string
	top, bottom, left, right int
}

// look is what the values alone do not tell of a sheet.
type look struct {
	header  int // the header's row: merged titles above it do no harm
	ranges  []area
	formula map[cellAt]bool // formulas without a result
	// since1904 says that days are counted from 1904.
	since1904 bool
}

const (
	maxMerges   = 200
	maxFormulas = 20_000
)

// merges is the range of merged cells that a place lies in, empty for none.
func (l look) merges(row, col int) string {
	for _, a := range l.ranges {
		if a.top > l.header && row >= a.top && row <= a.bottom && col >= a.left && col <= a.right {
			return a.ref
		}
	}
	return ""
}

// sheetPart is the part of a sheet by its place, as the workbook names it, and whether the workbook counts days from 1904.
func sheetPart(z *zip.Reader, place int) (part string, since1904 bool) {
	const usual = "xl/worksheets/sheet1.xml"
	var book struct {
		Props struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			ID string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if !decode(z, "xl/workbook.xml", &book) || !decode(z, "xl/_rels/workbook.xml.rels", &rels) || len(book.Sheets) <= place {
		return usual, false
	}
	since1904 = book.Props.Date1904 == "1" || book.Props.Date1904 == "true"
	for _, r := range rels.List {
		if r.ID == book.Sheets[place].ID {
			if rest, ok := strings.CutPrefix(r.Target, "/"); ok {
				return rest, since1904
			}
			return path.Join("xl", r.Target), since1904
		}
	}
	return usual, since1904
}

func decode(z *zip.Reader, name string, v any) bool {
	f, err := z.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	return xml.NewDecoder(io.LimitReader(f, 1<<20)).Decode(v) == nil
}

// scan goes through a sheet's XML tag by tag. It returns how long it is.
func (l *look) scan(body io.Reader) (int64, error) {
	counted := &counter{r: body}
	sc := bufio.NewScanner(counted)
	sc.Buffer(make([]byte, 64<<10), 4<<20)
	sc.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexByte(data, '>'); i >= 0 {
			return i + 1, data[:i], nil
		}
		if atEOF {
			return len(data), nil, nil
		}
		return 0, nil, nil
	})
	var cell string
	var formula, value bool
	for sc.Scan() {
		tag := sc.Bytes()
		at := bytes.LastIndexByte(tag, '<')
		if at < 0 {
			continue
		}
		switch tag = tag[at+1:]; {
		case bytes.HasPrefix(tag, []byte("c ")):
			cell, formula, value = attribute(tag, "r"), false, false
		case bytes.HasPrefix(tag, []byte("f")) && (len(tag) == 1 || tag[1] == ' ' || tag[1] == '/'):
			formula = true
		case bytes.HasPrefix(tag, []byte("v")) && !bytes.HasSuffix(tag, []byte("/")):
			value = true
		case bytes.Equal(tag, []byte("/c")):
			if formula && !value && len(l.formula) < maxFormulas {
				if col, row, err := excelize.CellNameToCoordinates(cell); err == nil {
					l.formula[cellAt{row, col}] = true
				}
			}
		case bytes.HasPrefix(tag, []byte("mergeCell ")):
			if a, ok := parseArea(attribute(tag, "ref")); ok && len(l.ranges) <= maxMerges {
				l.ranges = append(l.ranges, a)
			}
		}
	}
	if err := sc.Err(); err != nil {
		return counted.n, err
	}
	return counted.n, nil
}

// attribute is the value of an attribute in a tag.
func attribute(tag []byte, name string) string {
	_, rest, ok := bytes.Cut(tag, []byte(" "+name+`="`))
	if !ok {
		return ""
	}
	v, _, _ := bytes.Cut(rest, []byte(`"`))
	return string(v)
}

func parseArea(ref string) (area, bool) {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return area{}, false
	}
	c1, r1, err1 := excelize.CellNameToCoordinates(from)
	c2, r2, err2 := excelize.CellNameToCoordinates(to)
	if err1 != nil || err2 != nil {
		return area{}, false
	}
	return area{ref, min(r1, r2), max(r1, r2), min(c1, c2), max(c1, c2)}, true
}

// counter counts what is read through it.
type counter struct {
	r io.Reader
	n int64
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

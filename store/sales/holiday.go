package sales

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bastengao/chinese-holidays-go/holidays"
)

// DayKind says what a special day is made into.
type DayKind string

// The kinds of special day. A day with neither is what its weekday makes it.
const (
	RestDay   DayKind = "rest"   // 休: a public holiday or the company's own day off
	MakeupDay DayKind = "makeup" // 班: 调休上班, a weekend day worked instead
)

// SpecialDay is a day that differs from its weekday.
type SpecialDay struct {
	Day  Day
	Kind DayKind
	Name string // 春节; may be empty
}

// HolidaySource knows the public holidays of some years. Its answers never change and it may be asked concurrently.
type HolidaySource interface {
	// SpecialDays lists the special days of a year; known is false for a year whose plan the source does not have.
	SpecialDays(year int) (days []SpecialDay, known bool)
}

// HolidayBook is a HolidaySource read from a file.
type HolidayBook struct {
	years map[int][]SpecialDay
}

// SpecialDays implements HolidaySource. A book knows the years it has days of.
func (b *HolidayBook) SpecialDays(year int) ([]SpecialDay, bool) {
	days, known := b.years[year]
	return days, known
}

// Days lists all days of the book, in order.
func (b *HolidayBook) Days() []SpecialDay {
	var out []SpecialDay
	for _, y := range slices.Sorted(maps.Keys(b.years)) {
		out = append(out, b.years[y]...)
	}
	return out
}

const (
	maxHolidayFile = 1 << 20
	maxHolidaySpan = 31
)

// ParseHolidays reads a year file, which an administrator loads when the State Council has published a year. One line a
// day or span, kind and name behind it:
//
//	# 2027
//	2027-01-01..2027-01-03 休 元旦
//	2027-02-20 班
//
// The JSON of chinese-holidays-data, a list of {"name","range","type"}, is read too. Invalid names the line.
func ParseHolidays(r io.Reader) (*HolidayBook, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxHolidayFile+1))
	if err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	if len(text) > maxHolidayFile {
		return nil, Errorf(Invalid, "节假日文件太大,最多 1 MB。")
	}
	b := &HolidayBook{years: map[int][]SpecialDay{}}
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	if bytes.HasPrefix(text, []byte("[")) {
		err = b.readJSON(text)
	} else {
		err = b.readLines(text)
	}
	if err != nil {
		return nil, err
	}
	if len(b.years) == 0 {
		return nil, Errorf(Invalid, "节假日文件里没有日期。每行写一条,例:2027-01-01..2027-01-03 休 元旦")
	}
	return b, nil
}

func (b *HolidayBook) readLines(text []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(fields) < 2 || len(fields) > 3 {
			return holidayError(n, line)
		}
		kind, ok := map[string]DayKind{
			"休": RestDay, "rest": RestDay, "holiday": RestDay,
			"班": MakeupDay, "makeup": MakeupDay, "workingday": MakeupDay,
		}[fields[1]]
		if !ok {
			return holidayError(n, line)
		}
		name := ""
		if len(fields) == 3 {
			name = fields[2]
		}
		if !b.add(strings.Split(fields[0], ".."), kind, name) {
			return holidayError(n, line)
		}
	}
	if err := lines.Err(); err != nil {
		return &Error{Kind: Invalid, Msg: "节假日文件读不了:有一行太长。", Err: err}
	}
	return nil
}

func (b *HolidayBook) readJSON(text []byte) error {
	var events []struct {
		Name  string   `json:"name"`
		Range []string `json:"range"`
		Type  string   `json:"type"`
	}
	if err := json.Unmarshal(text, &events); err != nil {
		return &Error{Kind: Invalid, Msg: "节假日文件不是完整的 JSON。", Err: err}
	}
	for i, e := range events {
		kind, ok := map[string]DayKind{"holiday": RestDay, "workingday": MakeupDay}[e.Type]
		if !ok || !b.add(e.Range, kind, e.Name) {
			return holidayError(i+1, strings.Join(e.Range, "..")+" "+e.Type)
		}
	}
	return nil
}

// add takes one day or a span of days, both ends included.
func (b *HolidayBook) add(span []string, kind DayKind, name string) bool {
	if len(span) < 1 || len(span) > 2 {
		return false
	}
	first, err1 := ParseDay(span[0])
	last, err2 := ParseDay(span[len(span)-1])
	if err1 != nil || err2 != nil || last.Before(first) || last.Sub(first) >= maxHolidaySpan {
		return false
	}
	for d := first; !d.After(last); d = d.AddDays(1) {
		b.years[d.Year()] = append(b.years[d.Year()], SpecialDay{Day: d, Kind: kind, Name: name})
	}
	return true
}

func holidayError(line int, text string) error {
	return Errorf(Invalid, fmt.Sprintf(`节假日文件第 %d 条没看懂:"%s"。写成 2027-01-01..2027-01-03 休 元旦,或 2027-02-20 班。`,
		line, clip(strings.TrimSpace(text), 40)))
}

// BundledHolidays are the plans that were published when the program was built.
func BundledHolidays() HolidaySource { return bundled{} }

// bundled asks the library's embedded table. That table is a map filled at start and only read afterwards, so it may be
// asked concurrently; it is slow (it formats each date), which is why Calendar keeps each year.
type bundled struct{}

func (bundled) SpecialDays(year int) ([]SpecialDay, bool) {
	table, err := holidays.BundleQueryer()
	if err != nil || !bundleKnows(table, year) {
		return nil, false
	}
	var special []SpecialDay
	for d := NewDay(year, time.January, 1); d.Year() == year; d = d.AddDays(1) {
		noon := d.At(12, 0).In(Shanghai)
		weekend := isWeekend(d)
		if rest, err := table.IsHoliday(noon); err == nil && rest && !weekend {
			special = append(special, SpecialDay{Day: d, Kind: RestDay})
		}
		if work, err := table.IsWorkingday(noon); err == nil && work && weekend {
			special = append(special, SpecialDay{Day: d, Kind: MakeupDay})
		}
	}
	return special, true
}

// bundleKnows finds out whether the table has a year: it answers by weekday where it knows nothing, and the first three
// days of October, always free, are never all on a weekend.
func bundleKnows(table holidays.Queryer, year int) bool {
	for dom := 1; dom <= 3; dom++ {
		d := NewDay(year, time.October, dom)
		if rest, err := table.IsHoliday(d.At(12, 0).In(Shanghai)); err == nil && rest && !isWeekend(d) {
			return true
		}
	}
	return false
}

func isWeekend(d Day) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

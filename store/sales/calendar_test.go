package sales

import (
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func calendar(t *testing.T, o CalendarOptions) *Calendar {
	t.Helper()
	c, err := NewCalendar(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The plan of 2026 as the State Council published it in November 2025, both ends included.
var (
	rest2026 = [][2]string{
		{"2026-01-01", "2026-01-03"}, // 元旦
		{"2026-02-15", "2026-02-23"}, // 春节
		{"2026-04-04", "2026-04-06"}, // 清明
		{"2026-05-01", "2026-05-05"}, // 劳动节
		{"2026-06-19", "2026-06-21"}, // 端午
		{"2026-09-25", "2026-09-27"}, // 中秋
		{"2026-10-01", "2026-10-07"}, // 国庆
	}
	makeup2026 = []string{"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}
)

func TestEveryDayOf2026(t *testing.T) {
	t.Parallel()
	c := calendar(t, CalendarOptions{})
	want := map[Day]bool{}
	for d := NewDay(2026, 1, 1); d.Year() == 2026; d = d.AddDays(1) {
		want[d] = d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
	}
	for _, span := range rest2026 {
		for d := day(t, span[0]); !d.After(day(t, span[1])); d = d.AddDays(1) {
			want[d] = false
		}
	}
	for _, s := range makeup2026 {
		want[day(t, s)] = true
	}
	workdays := 0
	for d, work := range want {
		if got := c.IsWorkday(d); got != work {
			t.Errorf("%s %s: workday %v, want %v", d, d.Chinese(), got, work)
		}
		if work {
			workdays++
		}
	}
	if len(want) != 365 || workdays != 248 {
		t.Errorf("2026 has %d workdays of %d days, want 248 of 365", workdays, len(want))
	}
}

func TestHolidaysOfOtherYears(t *testing.T) {
	t.Parallel()
	c := calendar(t, CalendarOptions{})
	for _, tt := range []struct {
		day  string
		work bool
	}{
		{"2025-01-26", true},  // Sunday, 调休
		{"2025-01-28", false}, // New Year's Eve, a Tuesday
		{"2025-10-08", false},
		{"2025-10-09", true},
		{"2024-02-09", true}, // New Year's Eve 2024 was no public holiday
		{"2024-02-10", false},
		{"2024-02-18", true},
		{"2027-10-01", true}, // not published: a plain Friday
		{"2027-10-02", false},
		{"2030-01-01", true},
	} {
		if got := c.IsWorkday(day(t, tt.day)); got != tt.work {
			t.Errorf("%s: workday %v, want %v", tt.day, got, tt.work)
		}
	}
	if c.IsWorkday(Day{}) {
		t.Error("no day is a workday")
	}
	for year, want := range map[int]bool{2015: false, 2016: true, 2024: true, 2025: true, 2026: true, 2027: false, 1: false, 0: false} {
		if got := c.KnownYear(year); got != want {
			t.Errorf("KnownYear(%d) = %v, want %v", year, got, want)
		}
	}
}

func TestWorkdaysAround(t *testing.T) {
	t.Parallel()
	c := calendar(t, CalendarOptions{})
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-03-11", 0, "2026-03-11"},
		{"2026-03-14", 0, "2026-03-14"},
		{"2026-03-11", 1, "2026-03-12"},
		{"2026-03-13", 1, "2026-03-16"},
		{"2026-03-11", 5, "2026-03-18"},
		{"2026-03-16", -1, "2026-03-13"},
		{"2026-02-13", 1, "2026-02-14"}, // Friday, then the make-up Saturday
		{"2026-02-14", 1, "2026-02-24"}, // nine days of Spring Festival
		{"2026-02-27", 1, "2026-02-28"},
		{"2026-02-28", 1, "2026-03-02"},
		{"2026-02-24", -1, "2026-02-14"},
		{"2026-09-30", 1, "2026-10-08"},
		{"2026-09-18", 1, "2026-09-20"}, // Friday, then the make-up Sunday
		{"2026-09-24", 1, "2026-09-28"},
		{"2025-12-31", 1, "2026-01-04"},
		{"2026-01-04", -1, "2025-12-31"},
	} {
		from := day(t, tt.from)
		if got := c.AddWorkdays(from, tt.n); got != day(t, tt.want) {
			t.Errorf("%d workdays from %s is %s, want %s", tt.n, from, got, tt.want)
		}
		switch tt.n {
		case 1:
			if got := c.NextWorkday(from); got != day(t, tt.want) {
				t.Errorf("NextWorkday(%s) = %s, want %s", from, got, tt.want)
			}
		case -1:
			if got := c.PrevWorkday(from); got != day(t, tt.want) {
				t.Errorf("PrevWorkday(%s) = %s, want %s", from, got, tt.want)
			}
		}
	}
	if got := c.AddWorkdays(Day{}, 3); !got.IsZero() {
		t.Errorf("three workdays after no day is %s", got)
	}
}

func TestAddWorking(t *testing.T) {
	t.Parallel()
	c := calendar(t, CalendarOptions{})
	const h = time.Hour
	for _, tt := range []struct {
		name, from string
		d          time.Duration
		want       string
	}{
		{"within the day", "2026-03-11 10:00", 2 * h, "2026-03-11 12:00"},
		{"to the minute of closing", "2026-03-13 17:30", h / 2, "2026-03-13 18:00"},
		{"over a weekend", "2026-03-13 17:30", h, "2026-03-16 09:30"},
		{"from the evening", "2026-03-11 20:00", h, "2026-03-12 10:00"},
		{"from the early morning", "2026-03-11 06:00", h, "2026-03-11 10:00"},
		{"from closing time", "2026-03-11 18:00", h, "2026-03-12 10:00"},
		{"from a Saturday", "2026-03-14 12:00", h, "2026-03-16 10:00"},
		{"a whole working day", "2026-03-11 10:00", 9 * h, "2026-03-12 10:00"},
		{"48 working hours", "2026-03-11 10:00", 48 * h, "2026-03-18 13:00"},
		{"onto a make-up Saturday", "2026-02-13 17:00", 2 * h, "2026-02-14 10:00"},
		{"over Spring Festival", "2026-02-14 17:00", 2 * h, "2026-02-24 10:00"},
		{"over National Day", "2026-09-30 17:30", 10 * h, "2026-10-09 09:30"},
		{"nothing", "2026-03-14 12:00", 0, "2026-03-14 12:00"},
		{"less than nothing", "2026-03-11 12:00", -h, "2026-03-11 12:00"},
	} {
		if got := c.AddWorking(at(t, tt.from), tt.d); !got.Equal(at(t, tt.want)) {
			t.Errorf("%s: %s + %v = %s, want %s", tt.name, tt.from, tt.d, got.In(Shanghai), tt.want)
		}
	}
	if got := c.AddWorking(time.Time{}, h); !got.IsZero() {
		t.Errorf("an hour after no time is %s", got)
	}
}

func TestWorkingBetween(t *testing.T) {
	t.Parallel()
	c := calendar(t, CalendarOptions{})
	const h = time.Hour
	for _, tt := range []struct {
		name, from, to string
		want           time.Duration
	}{
		{"within the day", "2026-03-11 10:00", "2026-03-11 12:00", 2 * h},
		{"the evening does not count", "2026-03-11 17:00", "2026-03-11 22:00", h},
		{"the night does not count", "2026-03-11 17:00", "2026-03-12 10:00", 2 * h},
		{"a weekend", "2026-03-13 17:00", "2026-03-16 10:00", 2 * h},
		{"within a weekend", "2026-03-14 09:00", "2026-03-15 18:00", 0},
		{"a week", "2026-03-11 09:00", "2026-03-18 09:00", 45 * h},
		{"Spring Festival", "2026-02-14 09:00", "2026-02-24 18:00", 18 * h},
		{"backwards", "2026-03-11 12:00", "2026-03-11 10:00", -2 * h},
		{"the same moment", "2026-03-11 12:00", "2026-03-11 12:00", 0},
	} {
		if got := c.WorkingBetween(at(t, tt.from), at(t, tt.to)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestWorkingTimeAddsUp(t *testing.T) {
	t.Parallel()
	c := calendar(t, CalendarOptions{})
	start := NewDay(2026, 1, 1).Start()
	rapid.Check(t, func(t *rapid.T) {
		from := start.Add(time.Duration(rapid.IntRange(0, 500*24*60).Draw(t, "minutes")) * time.Minute)
		d := time.Duration(rapid.IntRange(1, 300*60).Draw(t, "span")) * time.Minute
		due := c.AddWorking(from, d)
		if got := c.WorkingBetween(from, due); got != d {
			t.Fatalf("%v from %s ends %s, which is %v of work", d, from.In(Shanghai), due.In(Shanghai), got)
		}
		if got := c.WorkingBetween(from, due.Add(-time.Second)); got >= d {
			t.Fatalf("%v from %s is over before %s", d, from.In(Shanghai), due.In(Shanghai))
		}
		push := c.NextAllowed(from)
		if push.Before(from) || c.Quiet(push) || (!c.Quiet(from) && !push.Equal(from)) {
			t.Fatalf("NextAllowed(%s) = %s", from.In(Shanghai), push.In(Shanghai))
		}
		if push.After(from) && !c.Quiet(push.Add(-time.Second)) {
			t.Fatalf("NextAllowed(%s) = %s waits too long", from.In(Shanghai), push.In(Shanghai))
		}
	})
}

func TestQuiet(t *testing.T) {
	t.Parallel()
	night := CalendarOptions{}
	noon := CalendarOptions{QuietFrom: 12 * time.Hour, QuietTo: 14 * time.Hour}
	for _, tt := range []struct {
		name    string
		o       CalendarOptions
		at      string
		quiet   bool
		allowed string
	}{
		{"working hours", night, "2026-03-11 10:00", false, "2026-03-11 10:00"},
		{"before the evening", night, "2026-03-11 19:59:59", false, "2026-03-11 19:59:59"},
		{"evening", night, "2026-03-11 20:00", true, "2026-03-12 08:30"},
		{"midnight", night, "2026-03-12 00:00", true, "2026-03-12 08:30"},
		{"early morning", night, "2026-03-12 08:29:59", true, "2026-03-12 08:30"},
		{"morning", night, "2026-03-12 08:30", false, "2026-03-12 08:30"},
		{"Friday evening", night, "2026-03-13 20:00", true, "2026-03-16 08:30"},
		{"Saturday noon", night, "2026-03-14 12:00", true, "2026-03-16 08:30"},
		{"Sunday night", night, "2026-03-15 23:00", true, "2026-03-16 08:30"},
		{"make-up Saturday", night, "2026-02-14 12:00", false, "2026-02-14 12:00"},
		{"Spring Festival", night, "2026-02-17 12:00", true, "2026-02-24 08:30"},
		{"noon rest", noon, "2026-03-11 12:00", true, "2026-03-11 14:00"},
		{"night without a rule", noon, "2026-03-11 23:00", false, "2026-03-11 23:00"},
		{"rest day without a rule for the night", noon, "2026-03-14 23:00", true, "2026-03-16 00:00"},
	} {
		c := calendar(t, tt.o)
		if got := c.Quiet(at(t, tt.at)); got != tt.quiet {
			t.Errorf("%s: Quiet(%s) = %v", tt.name, tt.at, got)
		}
		if got := c.NextAllowed(at(t, tt.at)); !got.Equal(at(t, tt.allowed)) {
			t.Errorf("%s: NextAllowed(%s) = %s, want %s", tt.name, tt.at, got.In(Shanghai), tt.allowed)
		}
	}
}

func TestCompanyDaysOutrankThePublicOnes(t *testing.T) {
	t.Parallel()
	c := calendar(t, CalendarOptions{CompanyDays: []CompanyDay{
		{SpecialDay: SpecialDay{Day: day(t, "2026-03-11"), Kind: RestDay, Name: "公司年会"}},
		{SpecialDay: SpecialDay{Day: day(t, "2026-02-14"), Kind: RestDay}},
		{SpecialDay: SpecialDay{Day: day(t, "2026-02-23"), Kind: MakeupDay}},
	}})
	for s, want := range map[string]bool{"2026-03-11": false, "2026-02-14": false, "2026-02-23": true, "2026-02-22": false} {
		if got := c.IsWorkday(day(t, s)); got != want {
			t.Errorf("%s: workday %v, want %v", s, got, want)
		}
	}
}

func TestAYearFileFillsAnUnknownYear(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"lines": "\ufeff# 2027 年\n2027-02-06..2027-02-12 休 春节\n\n2027-02-20 班 # 调休\n2027-10-01..2027-10-01 holiday",
		"json": `[{"name":"春节","range":["2027-02-06","2027-02-12"],"type":"holiday"},
			{"name":"春节","range":["2027-02-20"],"type":"workingday"},{"name":"国庆","range":["2027-10-01"],"type":"holiday"}]`,
	} {
		book, err := ParseHolidays(strings.NewReader(file))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		c := calendar(t, CalendarOptions{Holidays: []HolidaySource{book, BundledHolidays()}})
		for s, want := range map[string]bool{
			"2027-02-08": false, "2027-02-20": true, "2027-02-21": false, "2027-10-01": false, "2027-10-04": true,
			"2026-02-16": false, "2026-02-14": true,
		} {
			if got := c.IsWorkday(day(t, s)); got != want {
				t.Errorf("%s: %s: workday %v, want %v", name, s, got, want)
			}
		}
		if !c.KnownYear(2027) || c.KnownYear(2028) {
			t.Errorf("%s: knows 2027 %v, 2028 %v", name, c.KnownYear(2027), c.KnownYear(2028))
		}
	}
}

func TestParseHolidaysNamesTheLine(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ file, says string }{
		{"", "没有日期"},
		{"# nothing", "没有日期"},
		{"2027-01-01 休\n2027-13-01 休", `第 2 条没看懂:"2027-13-01 休"`},
		{"2027-01-01", "第 1 条"},
		{"2027-01-01 假", "第 1 条"},
		{"2027-01-01 休 元旦 又", "第 1 条"},
		{"2027-01-03..2027-01-01 休", "第 1 条"},
		{"2027-01-01..2027-12-31 休", "第 1 条"},
		{"2027-01-01..2027-01-02..2027-01-03 休", "第 1 条"},
		{`[{"range":["2027-01-01"],"type":"party"}]`, "第 1 条"},
		{`[{"range":[],"type":"holiday"}]`, "第 1 条"},
		{`[{"range"`, "JSON"},
		{strings.Repeat("a", 100_000), "太长"},
		{strings.Repeat("#\n", 600_000), "太大"},
	} {
		_, err := ParseHolidays(strings.NewReader(tt.file))
		if KindOf(err) != Invalid || !strings.Contains(Message(err), tt.says) {
			t.Errorf("ParseHolidays(%.40q): %v, want a sentence with %q", tt.file, err, tt.says)
		}
	}
}

func TestNewCalendarRefusesHoursThatMakeNoDay(t *testing.T) {
	t.Parallel()
	const h = time.Hour
	for _, o := range []CalendarOptions{
		{WorkFrom: 18 * h, WorkTo: 9 * h},
		{WorkFrom: 9 * h, WorkTo: 25 * h},
		{QuietFrom: -h, QuietTo: 8 * h},
		{QuietFrom: 8 * h, QuietTo: 8 * h},
	} {
		if _, err := NewCalendar(o); KindOf(err) != Invalid {
			t.Errorf("NewCalendar(%+v): %v, want Invalid", o, err)
		}
	}
}

// A year in which nothing is worked is a broken file, and must not hang the program.
type neverWorked struct{}

func (neverWorked) SpecialDays(year int) ([]SpecialDay, bool) {
	var all []SpecialDay
	for d := NewDay(year, 1, 1); d.Year() == year; d = d.AddDays(1) {
		all = append(all, SpecialDay{Day: d, Kind: RestDay})
	}
	return all, year < 2030
}

func TestACalendarWithoutWorkdaysEnds(t *testing.T) {
	t.Parallel()
	c := calendar(t, CalendarOptions{Holidays: []HolidaySource{neverWorked{}}})
	from := at(t, "2026-03-11 10:00")
	if got := c.NextAllowed(from); !got.Equal(from) {
		t.Errorf("NextAllowed = %s, want to give up waiting", got)
	}
	if got := c.AddWorking(from, time.Hour); got.Before(at(t, "2030-01-01 00:00")) {
		t.Errorf("AddWorking = %s in a time without work", got)
	}
}

func TestCalendarIsSharedByMany(t *testing.T) {
	t.Parallel()
	c := calendar(t, CalendarOptions{})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for y := 2016 + i; y < 2028; y++ {
				c.AddWorkdays(NewDay(y, 1, 1), 300)
			}
		})
	}
	all.Wait()
	if got := c.AddWorkdays(day(t, "2026-02-14"), 1); got != day(t, "2026-02-24") {
		t.Errorf("after all that, the day after the holidays is %s", got)
	}
}

package sales

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(t *testing.T, s string) Day {
	t.Helper()
	d, err := ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// at is an instant in Shanghai, "2026-03-11 10:00" or with seconds.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if p, err := time.ParseInLocation(layout, s, Shanghai); err == nil {
			return p
		}
	}
	t.Fatalf("no instant: %q", s)
	return time.Time{}
}

func TestDayOfIsTheDayInShanghai(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ utc, want string }{
		{"2026-03-10T15:59:59Z", "2026-03-10"},
		{"2026-03-10T16:00:00Z", "2026-03-11"},
		{"2026-03-11T02:00:00Z", "2026-03-11"},
		{"2026-03-11T15:59:59Z", "2026-03-11"},
		{"2025-12-31T16:00:00Z", "2026-01-01"},
		{"2024-02-28T16:00:00Z", "2024-02-29"},
	} {
		instant, err := time.Parse(time.RFC3339, tt.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(instant).String(); got != tt.want {
			t.Errorf("DayOf(%s) = %s, want %s", tt.utc, got, tt.want)
		}
	}
	if !DayOf(time.Time{}).IsZero() {
		t.Error("the zero time is on a day")
	}
}

func TestDayArithmetic(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, got, want string }{
		{"AddDays over a month", day(t, "2026-02-27").AddDays(2).String(), "2026-03-01"},
		{"AddDays in a leap year", day(t, "2024-02-27").AddDays(2).String(), "2024-02-29"},
		{"AddDays backwards", day(t, "2026-01-01").AddDays(-1).String(), "2025-12-31"},
		{"AddDays to no day", Day{}.AddDays(3).String(), ""},
		{"AddMonths", day(t, "2026-03-11").AddMonths(2).String(), "2026-05-11"},
		{"AddMonths to a shorter month", day(t, "2026-01-31").AddMonths(1).String(), "2026-02-28"},
		{"AddMonths to a leap February", day(t, "2023-12-31").AddMonths(2).String(), "2024-02-29"},
		{"AddMonths backwards over a year", day(t, "2026-01-31").AddMonths(-2).String(), "2025-11-30"},
		{"AddMonths to a last day", day(t, "2026-03-31").AddMonths(12).String(), "2027-03-31"},
		{"AddMonths to no day", Day{}.AddMonths(1).String(), ""},
		{"NewDay carries", NewDay(2026, 14, 0).String(), "2027-01-31"},
		{"Start is UTC", day(t, "2026-03-11").Start().Format(time.RFC3339), "2026-03-10T16:00:00Z"},
		{"At", day(t, "2026-03-11").At(17, 30).Format(time.RFC3339), "2026-03-11T09:30:00Z"},
		{"At 24:00", day(t, "2026-03-11").At(24, 0).Format(time.RFC3339), "2026-03-11T16:00:00Z"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	if got := day(t, "2026-03-17").Sub(day(t, "2026-03-11")); got != 6 {
		t.Errorf("17 March is %d days after the 11th", got)
	}
	if got := day(t, "2026-03-17").Sub(Day{}); got != 0 {
		t.Errorf("a day is %d days after none", got)
	}
	if !(Day{}).At(9, 0).IsZero() || (Day{}).Year() != 0 {
		t.Error("no day has a date")
	}
}

func TestDayLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := NewDay(2000, time.January, 1).AddDays(rapid.IntRange(-36500, 36500).Draw(t, "d"))
		n := rapid.IntRange(-1000, 1000).Draw(t, "n")
		e := d.AddDays(n)
		if e.Sub(d) != n || e.AddDays(-n) != d || d.Before(e) != (n > 0) || d.After(e) != (n < 0) || !d.Equal(e.AddDays(-n)) {
			t.Fatalf("%s and %d give %s", d, n, e)
		}
		if DayOf(d.Start()) != d || DayOf(d.At(23, 59)) != d || DayOf(d.At(24, 0)) != d.AddDays(1) {
			t.Fatalf("%s does not hold its instants", d)
		}
		if back, err := ParseDay(d.String()); err != nil || back != d {
			t.Fatalf("%s is read as %s, %v", d, back, err)
		}
		if want := d.At(12, 0).In(Shanghai).Weekday(); d.Weekday() != want {
			t.Fatalf("%s is a %s, want %s", d, d.Weekday(), want)
		}
	})
}

func TestParseDayRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "2026-3-1", "2026-02-29", "2026-13-01", "11.03.2026", "2026/03/11", "0026-03-11", "3026-03-11", "明天"} {
		if _, err := ParseDay(s); KindOf(err) != Invalid || Message(err) == "" {
			t.Errorf("ParseDay(%q): %v, want Invalid", s, err)
		}
	}
}

func TestDayInChinese(t *testing.T) {
	t.Parallel()
	today := day(t, "2026-03-11") // a Wednesday
	for _, tt := range []struct{ day, plain, from string }{
		{"2026-03-11", "3月11日 周三", "今天 周三"},
		{"2026-03-12", "3月12日 周四", "明天 周四"},
		{"2026-03-10", "3月10日 周二", "昨天 周二"},
		{"2026-03-13", "3月13日 周五", "3月13日 周五(2天后)"},
		{"2026-03-17", "3月17日 周二", "3月17日 周二(6天后)"},
		{"2026-03-09", "3月9日 周一", "3月9日 周一(2天前)"},
		{"2026-03-15", "3月15日 周日", "3月15日 周日(4天后)"},
		{"2026-12-31", "12月31日 周四", "12月31日 周四(295天后)"},
		{"2027-01-01", "1月1日 周五", "2027年1月1日 周五(296天后)"},
		{"2025-12-31", "12月31日 周三", "2025年12月31日 周三(70天前)"},
		{"2028-03-11", "3月11日 周六", "2028年3月11日 周六"},
		{"2020-01-01", "1月1日 周三", "2020年1月1日 周三"},
	} {
		d := day(t, tt.day)
		if got := d.Chinese(); got != tt.plain {
			t.Errorf("%s.Chinese() = %q, want %q", tt.day, got, tt.plain)
		}
		if got := d.ChineseFrom(today); got != tt.from {
			t.Errorf("%s.ChineseFrom(%s) = %q, want %q", tt.day, today, got, tt.from)
		}
	}
	if got := (Day{}).ChineseFrom(today) + (Day{}).Chinese(); got != "" {
		t.Errorf("no day reads %q", got)
	}
	if got := today.ChineseFrom(Day{}); got != "3月11日 周三" {
		t.Errorf("a day seen from none reads %q", got)
	}
	newYear := day(t, "2027-01-01")
	if got := newYear.AddDays(-1).ChineseFrom(newYear); got != "昨天 周四" {
		t.Errorf("New Year's Eve on New Year's Day is %q", got)
	}
}

func TestFormatTime(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-03-11 15:00")
	for _, tt := range []struct{ at, want string }{
		{"2026-03-11 12:20", "今天 12:20"},
		{"2026-03-11 00:00", "今天 00:00"},
		{"2026-03-12 09:00", "明天 09:00"},
		{"2026-03-10 23:59", "昨天 23:59"},
		{"2026-03-09 10:02", "3月9日 10:02"},
		{"2026-03-20 08:30", "3月20日 08:30"},
		{"2025-12-31 18:00", "2025年12月31日 18:00"},
		{"2027-01-04 09:00", "2027年1月4日 09:00"},
	} {
		if got := FormatTime(at(t, tt.at).UTC(), now.UTC()); got != tt.want {
			t.Errorf("FormatTime(%s) = %q, want %q", tt.at, got, tt.want)
		}
	}
	if got := FormatTime(time.Time{}, now) + FormatMoment(time.Time{}); got != "" {
		t.Errorf("no time reads %q", got)
	}
	if got := FormatMoment(at(t, "2026-03-11 12:20")); got != "3月11日 12:20" {
		t.Errorf("FormatMoment = %q", got)
	}
}

func TestWaited(t *testing.T) {
	t.Parallel()
	const h = time.Hour
	for _, tt := range []struct {
		waited, limit time.Duration
		want          string
	}{
		{0, 0, "已等 不到 1 分钟"},
		{59 * time.Second, 0, "已等 不到 1 分钟"},
		{35 * time.Minute, 0, "已等 35 分钟"},
		{2 * h, 0, "已等 2 小时"},
		{2*h + 59*time.Minute, 0, "已等 2 小时"},
		{71*h + 59*time.Minute, 0, "已等 71 小时"},
		{72 * h, 0, "已等 3 天"},
		{6*24*h - 1, 0, "已等 5 天"},
		{2 * h, 48 * h, "已等 2 小时,48 小时内处理"},
		{48 * h, 48 * h, "已等 48 小时,48 小时内处理"},
		{20 * time.Second, 48 * h, "刚提交,48 小时内处理"},
		{48*h + 20*time.Second, 48 * h, "已等 48 小时(刚超时)"},
		{48*h + 20*time.Minute, 48 * h, "已等 48 小时(超时 20 分钟)"},
		{51 * h, 48 * h, "已等 51 小时(超时 3 小时)"},
		{140 * h, 48 * h, "已等 5 天(超时 3 天)"},
	} {
		if got := WaitedAgainst(tt.waited, tt.limit); got != tt.want {
			t.Errorf("WaitedAgainst(%v, %v) = %q, want %q", tt.waited, tt.limit, got, tt.want)
		}
	}
}

func TestDayIsStoredAsItsDate(t *testing.T) {
	t.Parallel()
	want := day(t, "2026-03-11")
	if v, err := want.Value(); v != "2026-03-11" || err != nil {
		t.Errorf("Value = %v, %v", v, err)
	}
	if v, err := (Day{}).Value(); v != nil || err != nil {
		t.Errorf("no day is stored as %v, %v", v, err)
	}
	for _, src := range []any{
		"2026-03-11", []byte("2026-03-11"), "2026-03-11 00:00:00", "2026-03-11T00:00:00Z", "2026-03-11 00:00:00.000000",
		time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 11, 0, 0, 0, 0, Shanghai),
	} {
		got := Day{n: 1}
		if err := got.Scan(src); err != nil || got != want {
			t.Errorf("Scan(%v) = %s, %v", src, got, err)
		}
	}
	for _, src := range []any{nil, time.Time{}} {
		got := want
		if err := got.Scan(src); err != nil || !got.IsZero() {
			t.Errorf("Scan(%v) = %s, %v, want no day", src, got, err)
		}
	}
	for _, src := range []any{"", "2026-03-11 10:00:00", "2026-02-30", 20260311, 1.5} {
		got := want
		if err := got.Scan(src); err == nil {
			t.Errorf("Scan(%v) = %s, want an error", src, got)
		}
	}
}

func TestDayInJSON(t *testing.T) {
	t.Parallel()
	type record struct {
		Due  Day
		Done Day
		By   map[Day]int
	}
	want := record{Due: day(t, "2026-03-11"), By: map[Day]int{day(t, "2026-03-12"): 2}}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != `{"Due":"2026-03-11","Done":"","By":{"2026-03-12":2}}` {
		t.Errorf("JSON is %s", b)
	}
	var got record
	if err := json.Unmarshal(b, &got); err != nil || got.Due != want.Due || !got.Done.IsZero() || got.By[day(t, "2026-03-12")] != 2 {
		t.Errorf("read back %+v, %v", got, err)
	}
	if err := json.Unmarshal([]byte(`{"Due":"31.12.2026"}`), &got); err == nil {
		t.Error("a foreign date is taken")
	}
}

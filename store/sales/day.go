package sales

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the holiday data cannot be read without Asia/Shanghai, and slim containers have no zone files
)

// Shanghai is the zone of every business day. It has had no summer time since 1991, so a fixed offset stands in where
// the machine has no zone data.
var Shanghai = loadShanghai()

func loadShanghai() *time.Location {
	if loc, err := time.LoadLocation("Asia/Shanghai"); err == nil {
		return loc
	}
	return time.FixedZone("Asia/Shanghai", 8*60*60)
}

// Day is a business day in Asia/Shanghai. Days compare with ==; the zero Day means "none", is NULL in the store and ""
// in JSON.
type Day struct {
	n int32 // days since 0001-01-01, that day being 1
}

const isoDay = "2006-01-02"

// unixOfDayOne is 0001-01-01 in days since 1970-01-01.
const unixOfDayOne = -719162

// NewDay is the day with that date. Values out of range are carried as time.Date does: the 0th of March is the last of
// February.
func NewDay(year int, month time.Month, day int) Day {
	return dayOfUTC(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DayOf is the business day that t falls on; the zero time is on no day.
func DayOf(t time.Time) Day {
	if t.IsZero() {
		return Day{}
	}
	return NewDay(t.In(Shanghai).Date())
}

// ParseDay reads "2026-03-11". It refuses days that do not exist and years before 1900 or after 2999, which are typing
// mistakes in anything this program keeps.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(isoDay, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2999 {
		return Day{}, &Error{
			Kind: Invalid,
			Msg:  `日期没看懂:"` + clip(s, 20) + `"。回 2026-03-11 这样的日期就行。`,
			Err:  err,
		}
	}
	return dayOfUTC(t), nil
}

func dayOfUTC(t time.Time) Day {
	return Day{int32(t.Unix()/86400 - unixOfDayOne + 1)}
}

// utc is midnight UTC of the same date, for arithmetic on the date alone.
func (d Day) utc() time.Time {
	return time.Unix((int64(d.n)-1+unixOfDayOne)*86400, 0).UTC()
}

// IsZero reports whether d is no day.
func (d Day) IsZero() bool { return d.n == 0 }

// Date is the year, month and day of the month; zeros for no day.
func (d Day) Date() (year int, month time.Month, day int) {
	if d.IsZero() {
		return 0, 0, 0
	}
	return d.utc().Date()
}

// Year is the calendar year; 0 for no day.
func (d Day) Year() int {
	y, _, _ := d.Date()
	return y
}

// AddDays is the day n days later, earlier when n is negative. No day stays no day.
func (d Day) AddDays(n int) Day {
	if d.IsZero() {
		return d
	}
	return dayOfUTC(d.utc().AddDate(0, 0, n))
}

// AddMonths is the same day of the month n months later, or that month's last day where it has no such day: one month
// after 31 January is 28 February.
func (d Day) AddMonths(n int) Day {
	if d.IsZero() {
		return d
	}
	y, m, dom := d.Date()
	last := NewDay(y, m+time.Month(n)+1, 0)
	if same := NewDay(y, m+time.Month(n), dom); same.Before(last) {
		return same
	}
	return last
}

// Sub is the number of days from e to d; 0 when either is no day.
func (d Day) Sub(e Day) int {
	if d.IsZero() || e.IsZero() {
		return 0
	}
	return int(d.n) - int(e.n)
}

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// Before reports whether d is earlier than e. No day is before every day.
func (d Day) Before(e Day) bool { return d.n < e.n }

// After reports whether d is later than e.
func (d Day) After(e Day) bool { return d.n > e.n }

// Equal reports whether d and e are the same day. It is == spelled for libraries that look for it.
func (d Day) Equal(e Day) bool { return d == e }

// Compare orders days: negative when d is before e.
func (d Day) Compare(e Day) int { return int(d.n) - int(e.n) }

// Start is 00:00 in Shanghai as a UTC instant; the zero time for no day.
func (d Day) Start() time.Time { return d.At(0, 0) }

// At is hour:minute of that day in Shanghai as a UTC instant; hour 24 is the next midnight. The zero time for no day.
func (d Day) At(hour, minute int) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	y, m, dom := d.Date()
	return time.Date(y, m, dom, hour, minute, 0, 0, Shanghai).UTC()
}

// String is the day as "2026-03-11"; empty for no day.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(isoDay)
}

// Chinese is the day without its year, "3月17日 周二"; empty for no day.
func (d Day) Chinese() string {
	if d.IsZero() {
		return ""
	}
	_, m, dom := d.Date()
	return strconv.Itoa(int(m)) + "月" + strconv.Itoa(dom) + "日 " + d.weekdayName()
}

// ChineseFrom is the day as one would say it on the day today: "今天 周三", "明天 周四", "昨天 周二", otherwise with its
// distance, "3月17日 周二(6天后)". Another year is named; a distance of more than a year is left out.
func (d Day) ChineseFrom(today Day) string {
	if d.IsZero() || today.IsZero() {
		return d.Chinese()
	}
	n := d.Sub(today)
	if near := nearDay(n); near != "" {
		return near + " " + d.weekdayName()
	}
	s := d.Chinese()
	if y := d.Year(); y != today.Year() {
		s = strconv.Itoa(y) + "年" + s
	}
	switch {
	case n > 0 && n <= 366:
		s += "(" + strconv.Itoa(n) + "天后)"
	case n < 0 && n >= -366:
		s += "(" + strconv.Itoa(-n) + "天前)"
	}
	return s
}

func (d Day) weekdayName() string {
	return [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}[d.Weekday()]
}

// nearDay names the days around today; empty for all others.
func nearDay(distance int) string {
	switch distance {
	case 0:
		return "今天"
	case 1:
		return "明天"
	case -1:
		return "昨天"
	}
	return ""
}

// Value is the day as the store keeps it, a DATE or its text; NULL for no day.
func (d Day) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// AppendSQL appends the day as it stands in a statement.
func (d Day) AppendSQL(b []byte) []byte {
	if d.IsZero() {
		return append(b, "NULL"...)
	}
	b = d.utc().AppendFormat(append(b, '\''), isoDay)
	return append(b, '\'')
}

// Scan reads a DATE column of either dialect. A time.Time is taken by its own date: drivers that parse dates give
// midnight in a zone of their own choice.
func (d *Day) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Day{}
		return nil
	case time.Time:
		if *d = (Day{}); !v.IsZero() {
			*d = NewDay(v.Date())
		}
		return nil
	case []byte:
		return d.parseColumn(string(v))
	case string:
		return d.parseColumn(v)
	}
	return fmt.Errorf("scan day from %T", src)
}

// parseColumn also takes a date with a midnight behind it, as SQLite gives for expressions over dates.
func (d *Day) parseColumn(s string) error {
	if len(s) > len(isoDay) {
		switch s[len(isoDay):] {
		case " 00:00:00", " 00:00:00.000000", "T00:00:00Z":
			s = s[:len(isoDay)]
		}
	}
	p, err := time.Parse(isoDay, s)
	if err != nil {
		return fmt.Errorf("scan day from %q", s)
	}
	*d = dayOfUTC(p)
	return nil
}

// MarshalText is String; no day is "".
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Day{}
		return nil
	}
	p, err := ParseDay(string(text))
	if err != nil {
		return err
	}
	*d = p
	return nil
}

// FormatTime is the instant t as one would say it at now: "今天 12:20", "明天 09:00", "昨天 18:00", "3月11日 12:20", with the
// year when it is another one. Empty for the zero time.
func FormatTime(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	d, today := DayOf(t), DayOf(now)
	clock := t.In(Shanghai).Format("15:04")
	if near := nearDay(d.Sub(today)); near != "" && !today.IsZero() {
		return near + " " + clock
	}
	if y := d.Year(); y != today.Year() {
		return strconv.Itoa(y) + "年" + FormatMoment(t)
	}
	return FormatMoment(t)
}

// FormatMoment is the instant t as it may stand on a card for weeks: "3月11日 12:20". Empty for the zero time.
func FormatMoment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	_, m, dom := DayOf(t).Date()
	return strconv.Itoa(int(m)) + "月" + strconv.Itoa(dom) + "日 " + t.In(Shanghai).Format("15:04")
}

// Waited is a span as one would say it, rounded down: "不到 1 分钟", "35 分钟", "51 小时", from 72 hours on "3 天".
func Waited(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "不到 1 分钟"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " 分钟"
	case d < 72*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " 小时"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " 天"
}

// WaitedAgainst sets a wait beside its limit: "已等 2 小时,48 小时内处理", and past it "已等 51 小时(超时 3 小时)"; a wait that
// has just begun is "刚提交,48 小时内处理". Without a limit it is "已等 2 小时".
func WaitedAgainst(waited, limit time.Duration) string {
	s := "已等 " + Waited(waited)
	switch {
	case limit <= 0:
		return s
	case waited < time.Minute:
		return "刚提交," + Waited(limit) + "内处理"
	case waited > limit && waited < limit+time.Minute:
		return s + "(刚超时)"
	case waited > limit:
		return s + "(超时 " + Waited(waited-limit) + ")"
	}
	return s + "," + Waited(limit) + "内处理"
}

// clip shortens text for quoting it back, by runes.
func clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "")
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

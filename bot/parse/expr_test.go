package parse

import (
	"testing"
	"time"
)

// workdays of 2026 around the dates below: 清明 4-4 to 4-6, 劳动节 5-1 to 5-5, 国庆 10-1 to 10-7; 2026-02-28 is a make-up day.
type testCalendar struct{}

func (testCalendar) IsWorkday(y int, m time.Month, d int) bool {
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	switch {
	case day >= "2026-04-04" && day <= "2026-04-06", day >= "2026-05-01" && day <= "2026-05-05", day >= "2026-10-01" && day <= "2026-10-07":
		return false
	case day == "2026-02-28":
		return true
	}
	return Weekdays{}.IsWorkday(y, m, d)
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"1万3", "13000"},
		{"两万三", "23000"},
		{"壹拾捌万伍仟", "185000"},
		{"三千零五十", "3050"},
		{"1，234.50", "1234.5"},
		{"负三点二", "-3.2"},
		{"十亿零六万", "1000060000"},
		{"三分之二", "0.666666666667"},
		{"一又四分之一", "1.25"},
		{"５０", "50"},
		{"一千二百三十四万五千六百七十八", "12345678"},
		{"廿五", "25"},
		{"二〇二六", "2026"},
		{"十", "10"},
		{"十五", "15"},
		{"一百一十", "110"},
		{"三个半", "3.5"},
		{"3w", "30000"},
		{"2.5万", "25000"},
		{"两千万", "20000000"},
		{"两个亿", "200000000"},
		{"百万", "1000000"},
		{"一切顺利", ""},
		{"收拾一下", ""},
		{"放肆", ""},
		{"1e9999", "1"},
		{"", ""},
	} {
		if got, _ := Number(c.in); got != c.want {
			t.Errorf("Number(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"嫌贵30%", "30"},
		{"贵了两成", "20"},
		{"三成半", "35"},
		{"打九五折", "95"},
		{"8.8折", "88"},
		{"对折", "50"},
		{"再降5个点", "5"},
		{"百分之三点五", "3.5"},
		{"千分之二", "0.2"},
		{"１２％", "12"},
		{"成立公司", ""},
		{"50台", ""},
	} {
		if got, _ := Percent(c.in); got != c.want {
			t.Errorf("Percent(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	exact := func(fen int64) Amount { return Amount{Value: fen, Currency: "CNY"} }
	between := func(low, high int64) Amount {
		return Amount{Min: low, Max: high, HasMin: true, HasMax: true, Currency: "CNY"}
	}
	for _, c := range []struct {
		in   string
		want Amount
		none bool
	}{
		{in: "128万", want: exact(128000000)},
		{in: "1万3", want: exact(1300000)},
		{in: "12万5千元", want: exact(12500000)},
		{in: "三块五", want: exact(350)},
		{in: "一毛五", want: exact(15)},
		{in: "壹拾捌万伍仟元整", want: exact(18500000)},
		{in: "￥３，５００．００", want: exact(350000)},
		{in: "2.5w", want: exact(2500000)},
		{in: "30到50万", want: between(30000000, 50000000)},
		{in: "三四十万", want: between(30000000, 40000000)},
		{in: "8500到3万元", want: between(850000, 3000000)},
		{in: "45万以内", want: Amount{Max: 45000000, HasMax: true, Currency: "CNY"}},
		{in: "至少20万", want: Amount{Min: 20000000, HasMin: true, Currency: "CNY"}},
		{in: "大概18万", want: Amount{Value: 18000000, Approx: true, Currency: "CNY"}},
		{in: "3万多", want: Amount{Value: 3000000, Approx: true, Currency: "CNY"}},
		{in: "500美元", want: Amount{Value: 50000, Currency: "USD"}},
		{in: "2.8万一套", want: exact(2800000)},
		{in: "302室有人", none: true},
		{in: "AU480要3台", none: true},
		{in: "用了3年", none: true},
		{in: "9999999999999999999999万", none: true},
	} {
		got, ok := Money(c.in)
		got.Why = Why{}
		if ok == c.none || !c.none && got != c.want {
			t.Errorf("Money(%q) = %+v, %v", c.in, got, ok)
		}
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want int64
	}{
		{"一个礼拜", 7 * day},
		{"半个月", 15 * day},
		{"一个半小时", 90 * minute},
		{"两个半月", 75 * day},
		{"3年零2个月", 3*year + 2*month},
		{"45天", 45 * day},
		{"1刻钟", 15 * minute},
		{"俩小时", 2 * hour},
		{"三天两夜", 3 * day},
		{"第三天", 0},
		{"周末", 0},
	} {
		if got, _ := Duration(c.in); got != c.want {
			t.Errorf("Duration(%q) = %d, want %d", c.in, got, c.want)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, want string
		tense    Tense
	}{
		{"下周二前", "2026-03-17", TenseFuture},
		{"这周二", "2026-03-10", TenseFuture},
		{"周四", "2026-03-12", TenseFuture},
		{"周四", "2026-03-05", TensePast},
		{"周三", "2026-03-11", TensePast},
		{"20号", "2026-03-20", TenseFuture},
		{"5号", "2026-04-05", TenseFuture},
		{"20号", "2026-02-20", TensePast},
		{"3月8日", "2027-03-08", TenseFuture},
		{"3月8日", "2026-03-08", TensePast},
		{"月底前", "2026-03-31", TenseFuture},
		{"下月底", "2026-04-30", TenseFuture},
		{"三天内", "2026-03-14", TenseFuture},
		{"3个工作日内", "2026-03-16", TenseFuture},
		{"清明前", "2026-04-03", TenseFuture},
		{"国庆后", "2026-10-08", TenseFuture},
		{"节后", "2026-04-07", TenseFuture},
		{"年底", "2026-12-31", TenseFuture},
		{"农历八月十五", "2026-09-25", TenseFuture},
		{"2月30日", "", TenseFuture},
		{"1897年3月5日", "1897-03-05", TenseUnknown},
		{"一起去", "", TenseFuture},
	} {
		w, ok := Date(c.in, testNow, c.tense, testCalendar{})
		got := ""
		if ok {
			got = w.Start.Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("Date(%q, tense %d) = %q, want %q", c.in, c.tense, got, c.want)
		}
	}
}

func TestMoment(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"明天上午十点半", "2026-03-12 10:30"},
		{"下周二下午两点", "2026-03-17 14:00"},
		{"三点", "2026-03-11 15:00"},
		{"今晚", "2026-03-11 19:00"},
		{"24小时内", "2026-03-12 10:00"},
		{"半小时后", "2026-03-11 10:30"},
		{"下班前", "2026-03-11 18:00"},
		{"晚上12点", "2026-03-12 00:00"},
		{"3月20日14:30", "2026-03-20 14:30"},
		{"差五分三点", "2026-03-11 14:55"},
		{"提了3点意见", ""},
	} {
		w, ok := Moment(c.in, testNow, TenseFuture, testCalendar{})
		got := ""
		if ok {
			got = w.Start.Format("2006-01-02 15:04")
		}
		if got != c.want {
			t.Errorf("Moment(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestPeriod(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, start, end string
		tense          Tense
	}{
		{"漏斗 华东 本月", "2026-03-01", "2026-04-01", TensePast},
		{"上周", "2026-03-02", "2026-03-09", TensePast},
		{"Q1", "2026-01-01", "2026-04-01", TensePast},
		{"上季度", "2025-10-01", "2026-01-01", TensePast},
		{"漏斗 2月", "2026-02-01", "2026-03-01", TensePast},
		{"上半年", "2026-01-01", "2026-07-01", TensePast},
		{"今年以来", "2026-01-01", "", TensePast},
		{"近30天", "2026-02-09", "2026-03-11", TensePast},
		{"3月5日到15日", "2026-03-05", "2026-03-16", TenseUnknown},
		{"8月到2月", "2026-08-01", "2027-03-01", TenseUnknown},
		{"前三季度", "2026-01-01", "2026-10-01", TenseUnknown},
		{"2025年底前", "", "2026-01-01", TenseUnknown},
		{"五六月份", "2026-05-01", "2026-07-01", TenseUnknown},
	} {
		s, ok := Period(c.in, testNow, c.tense, testCalendar{})
		bound := func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.Format(time.DateOnly)
		}
		if !ok || bound(s.Start) != c.start || bound(s.End) != c.end {
			t.Errorf("Period(%q) = %q to %q, %v; want %q to %q", c.in, bound(s.Start), bound(s.End), ok, c.start, c.end)
		}
	}
}

func TestLunarNewYears(t *testing.T) {
	t.Parallel()
	for y, want := range map[int]string{1949: "1949-01-29", 1985: "1985-02-20", 2000: "2000-02-05", 2023: "2023-01-22", 2026: "2026-02-17", 2033: "2033-01-31"} {
		if got, ok := lunarDay(y, 1, 1, time.UTC); !ok || got.Format(time.DateOnly) != want {
			t.Errorf("lunar new year %d is %v", y, got)
		}
	}
	for y, want := range map[int]string{2024: "2024-04-04", 2025: "2025-04-04", 2026: "2026-04-05", 2027: "2027-04-05"} {
		if got := solarTerm(y, 6, time.UTC).Format(time.DateOnly); got != want {
			t.Errorf("清明 %d is %s, want %s", y, got, want)
		}
	}
}

// TestFromTheEndOfAMonth counts backwards, and reads the days of the new year and a holiday by its name.
func TestFromTheEndOfAMonth(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"这个月倒数第二天": "2026-03-30", "本月倒数第三天": "2026-03-29", "4月倒数第二个周五": "2026-04-17", "四月倒数第二个星期三": "2026-04-22",
		"下月倒数第一个工作日": "2026-04-30", "大年初六": "2027-02-11",
	} {
		if got, _ := Date(in, testNow, TenseUnknown, testCalendar{}); got.Start.Format(time.DateOnly) != want {
			t.Errorf("Date(%q) = %v, want %s", in, got.Start, want)
		}
	}
	if got, ok := Period("五一假期", testNow, TenseUnknown, testCalendar{}); !ok || got.End.Format(time.DateOnly) != "2026-05-06" {
		t.Errorf("五一假期: %+v", got)
	}
}

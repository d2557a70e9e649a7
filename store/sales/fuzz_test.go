package sales

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzField reads any text as each of the values a person can write. The reading is exact or there is none; the refusal
// is a short sentence.
func FuzzField(f *testing.F) {
	for _, s := range []string{
		"3万5", "¥1,280,000.00", "九千九百九十九亿", "-1", "1e9", "13812345678", "0575-85123456转8", "+86 138 1234 5678", "91330600MA2BCDEF1X", "2026-02-29", "绍兴市立医院(第二)分院",
		"预付30%,货到付60%,质保10%", "=1+1", "' OR 1=1 --", "9223372036854775807.99亿", "０１２３", "两百零", "\u202e1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		money, err := ParseMoney(s)
		refusal(t, s, err)
		if err == nil {
			if again, err := ParseMoney(money.String()); err != nil || again != money {
				t.Fatalf("%q is %s, which is %s, %v", s, money, again, err)
			}
		}
		phone, err := ParsePhone(s)
		refusal(t, s, err)
		if err == nil {
			if again, err := ParsePhone(string(phone)); err != nil || again != phone {
				t.Fatalf("%q is %s, which is %s, %v", s, phone, again, err)
			}
			if m := phone.Masked(); m == string(phone) {
				t.Fatalf("%s is not masked", m)
			}
		}
		code, err := ParseUSCC(s)
		refusal(t, s, err)
		if err == nil && (len(code) != 18 || strings.ToUpper(string(code)) != string(code)) {
			t.Fatalf("%q is %s", s, code)
		}
		day, err := ParseDay(s)
		refusal(t, s, err)
		if err == nil {
			if again, err := ParseDay(day.String()); err != nil || again != day {
				t.Fatalf("%q is %s", s, day)
			}
		}
		FindUSCC(s)
		n := ParseName(s)
		if !utf8.ValidString(n.Key) || len(n.Key) > 4*len(s)+64 {
			t.Fatalf("the key of %q is %q", s, n.Key)
		}
		SimilarNames(s, "绍兴市立医院")
	})
}

func refusal(t *testing.T, in string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	msg := Message(err)
	if msg == "" || utf8.RuneCountInString(msg) > 140 || !utf8.ValidString(msg) || KindOf(err) != Invalid {
		t.Fatalf("%q is refused with %q", in, msg)
	}
}

// FuzzHolidays reads any file as a year's holidays.
func FuzzHolidays(f *testing.F) {
	f.Add("2027-01-01..2027-01-03 休 元旦\n2027-02-20 班\n# x\n")
	f.Add(`[{"name":"元旦","range":["2027-01-01","2027-01-03"],"type":"holiday"}]`)
	f.Add("2027-01-01..9999-12-31 休")
	f.Add("[")
	f.Fuzz(func(t *testing.T, s string) {
		_, err := ParseHolidays(strings.NewReader(s))
		refusal(t, s, err)
	})
}

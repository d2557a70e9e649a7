package sales

import (
	"fmt"
	"strings"
	"testing"
)

func TestBreaksOfAYear(t *testing.T) {
	t.Parallel()
	c := calendar(t, CalendarOptions{})
	var got []string
	for _, b := range c.Breaks(day(t, "2026-01-01"), 20) {
		got = append(got, fmt.Sprintf("%s %s %d", b.Name, b.First, b.Days()))
	}
	want := []string{
		"元旦 2026-01-01 3", "春节 2026-02-15 9", "清明节 2026-04-04 3", "劳动节 2026-05-01 5", "端午节 2026-06-19 3", "中秋节 2026-09-25 3", "国庆节 2026-10-01 7",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("breaks:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if list := c.Breaks(day(t, "2026-05-03"), 1); len(list) != 1 || list[0].First != day(t, "2026-05-01") {
		t.Errorf("a break that has begun: %+v", list)
	}
	made := c.MakeupDays(day(t, "2026-01-01"), day(t, "2026-12-31"))
	if len(made) != 6 || made[0] != day(t, "2026-01-04") {
		t.Errorf("make-up days %v", made)
	}
	for s, want := range map[string]string{"2026-05-02": "劳动节", "2026-05-09": "调休上班", "2026-03-14": "周末", "2026-03-11": ""} {
		if got := c.DayName(day(t, s)); got != want {
			t.Errorf("%s is %q, want %q", s, got, want)
		}
	}
}

func TestARegionsDaysAndHoursAreItsOwn(t *testing.T) {
	t.Parallel()
	c := calendar(t, CalendarOptions{Regions: map[string]Hours{"新疆": {From: 11 * 3600e9, To: 20 * 3600e9}}})
	west := c.For("新疆")
	c.SetCompanyDays([]CompanyDay{
		{SpecialDay: SpecialDay{Day: day(t, "2026-03-12"), Kind: RestDay, Name: "厂庆"}},
		{SpecialDay: SpecialDay{Day: day(t, "2026-03-12"), Kind: MakeupDay}, Region: "新疆"},
		{SpecialDay: SpecialDay{Day: day(t, "2026-03-13"), Kind: RestDay}, Region: "新疆"},
	})
	for s, want := range map[string][2]bool{"2026-03-11": {true, true}, "2026-03-12": {false, true}, "2026-03-13": {true, false}} {
		if got := [2]bool{c.IsWorkday(day(t, s)), west.IsWorkday(day(t, s))}; got != want {
			t.Errorf("%s: company and region %v, want %v", s, got, want)
		}
	}
	if c.For("华东").IsWorkday(day(t, "2026-03-12")) || c.For("") != c {
		t.Error("a region with nothing of its own has the company's days")
	}
	c.SetCompanyDays(nil)
	if !west.IsWorkday(day(t, "2026-03-13")) {
		t.Error("a region's calendar made before does not see the change")
	}
}

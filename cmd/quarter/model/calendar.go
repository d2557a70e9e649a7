package model

import "time"

// Zone is China's.
var Zone = time.FixedZone("CST", 8*3600)

// rest and worked are the public holidays on weekdays and the weekend days made up for, as the State Council published them
// for the first half of 2026.
var (
	rest = [][2]string{{"2026-01-01", "2026-01-03"}, {"2026-02-15", "2026-02-23"}, {"2026-04-04", "2026-04-06"}, {"2026-05-01", "2026-05-05"}}
	made = []string{"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09"}
)

// Midnight is the begin of the day of t.
func Midnight(t time.Time) time.Time {
	y, m, d := t.In(Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, Zone)
}

// Workday reports whether the day of t is worked.
func Workday(t time.Time) bool {
	day := t.In(Zone).Format(time.DateOnly)
	for _, m := range made {
		if day == m {
			return true
		}
	}
	for _, r := range rest {
		if day >= r[0] && day <= r[1] {
			return false
		}
	}
	w := t.In(Zone).Weekday()
	return w != time.Saturday && w != time.Sunday
}

// workdays is so many workdays after t (before it when n is negative), at the same hour.
func workdays(t time.Time, n int) time.Time {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		t = t.AddDate(0, 0, step)
		if Workday(t) {
			n--
		}
	}
	return t
}

// allowed is the first moment from t on at which people may be disturbed: 8:30 to 20:00 on workdays.
func allowed(t time.Time) time.Time {
	t = t.In(Zone)
	for {
		opens := Midnight(t).Add(8*time.Hour + 30*time.Minute)
		closes := Midnight(t).Add(20 * time.Hour)
		switch {
		case Workday(t) && t.Before(opens):
			return opens
		case Workday(t) && t.Before(closes):
			return t
		}
		t = Midnight(t).AddDate(0, 0, 1)
	}
}

// workingHours is so many hours of work after t: work is from 9:00 to 18:00.
func workingHours(t time.Time, n int) time.Time {
	left := time.Duration(n) * time.Hour
	for day := Midnight(t); ; day = day.AddDate(0, 0, 1) {
		from, to := day.Add(9*time.Hour), day.Add(18*time.Hour)
		if t.After(from) {
			from = t
		}
		if !Workday(day) || !to.After(from) {
			continue
		}
		if to.Sub(from) >= left {
			return from.Add(left)
		}
		left -= to.Sub(from)
	}
}

package outside

import (
	"fmt"
	"net/http"
	"time"
)

// shanghai is where the factory is.
var shanghai = time.FixedZone("CST", 8*60*60)

// delivery answers whether a promised day can be kept (docs/channels.md): the lines are full for some days, and nothing leaves at the
// weekend.
func (w *World) delivery(rw http.ResponseWriter, q *http.Request) {
	var asked struct {
		Day string `json:"day"`
	}
	if !w.taken(rw, q, &asked) {
		return
	}
	day, err := time.ParseInLocation(time.DateOnly, asked.Day, shanghai)
	if err != nil {
		http.Error(rw, "day", http.StatusBadRequest)
		return
	}
	w.mu.Lock()
	first := w.firstFree()
	w.mu.Unlock()
	note := fmt.Sprintf("装配线排满到 %d月%d日", first.AddDate(0, 0, -1).Month(), first.AddDate(0, 0, -1).Day())
	switch {
	case day.Before(first):
	case weekend(day):
		note, first = "周末不发货", workday(day)
	default:
		answer(rw, map[string]any{"ok": true})
		return
	}
	second := workday(first.AddDate(0, 0, 1))
	answer(rw, map[string]any{"ok": false, "note": note, "alternatives": []string{first.Format(time.DateOnly), second.Format(time.DateOnly)}})
}

// firstFree is the first workday the factory has room on.
func (w *World) firstFree() time.Time {
	y, m, d := w.o.Now().In(shanghai).Date()
	return workday(time.Date(y, m, d+w.full, 0, 0, 0, 0, shanghai))
}

func weekend(d time.Time) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// workday is a day, or the Monday after it.
func workday(d time.Time) time.Time {
	for weekend(d) {
		d = d.AddDate(0, 0, 1)
	}
	return d
}

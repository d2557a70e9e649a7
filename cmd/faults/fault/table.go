package fault

import (
	"fmt"
	"strings"
	"time"
)

// columns of the table, in characters.
const columns = "| %-12s | %-8s | %6s | %5s | %5s | %5s | %4s | %5s | %8s | %8s | %5s | %6s | %9s | %7s | %5s | %5s | %5s |"

// Header is the head of the table of results, in Markdown.
func Header() string {
	head := fmt.Sprintf(columns, "fault", "store", "faults", "sent", "acked", "again", "late", "given up", "recorded", "answered", "due",
		"pushed", "taps/done", "missing", "twice", "twice?", "s")
	return head + "\n|" + strings.Repeat(" --- |", strings.Count(head, "|")-1)
}

// Line is the result's line, followed by its problems. "twice?" counts repetitions of deliveries whose first outcome
// nobody had recorded.
func (r *Result) Line() string {
	n := func(v int) string { return fmt.Sprint(v) }
	line := fmt.Sprintf(columns, r.Name, r.Store, n(r.Faults), n(r.Sent), n(r.Acked), n(r.Redelivered), n(r.Late), n(r.Refused), n(r.Recorded),
		n(r.Answered), n(r.Due), n(r.Pushed), fmt.Sprintf("%d/%d", r.Taps, r.Tapped), n(r.Missing), n(r.Twice), n(r.Again),
		n(int(r.Took.Round(time.Second).Seconds())))
	line += "\n"
	for _, p := range r.Problems {
		line += "    !! " + p + "\n"
	}
	if len(r.Notes) > 0 {
		line += "    " + strings.Join(r.Notes, "; ") + "\n"
	}
	return line
}

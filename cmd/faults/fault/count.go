package fault

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// Result is what one fault came to.
type Result struct {
	Name, Store string
	// Faults is how often it was done.
	Faults int
	// Sent is what people said, Acked what of it the program acknowledged, Redelivered what the platform had to deliver
	// again for that, Late what was acknowledged after the platform's limit, Refused what the platform gave up on.
	Sent, Acked, Redelivered, Late, Refused int
	// Taps are taps on cards, Tapped those that had their effect.
	Taps, Tapped int
	// Recorded, Answered: messages with their record, with their answer on the phone. Due, Pushed: reminders.
	Recorded, Answered, Due, Pushed int
	// Missing and Twice are the differences; Again are repetitions of deliveries whose outcome nobody knew.
	Missing, Twice, Again int
	// Problems say more about each difference, and what else is not as it should be.
	Problems []string
	// Notes are worth knowing, and no difference.
	Notes []string
	Took  time.Duration

	atRest bool // nothing is under way any more
}

// OK reports whether all differences are zero.
func (r *Result) OK() bool { return len(r.Problems) == 0 }

const maxProblems = 12

func (r *Result) problem(format string, args ...any) {
	if len(r.Problems) < maxProblems {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// record is a visit in the database.
type record struct {
	id    int64
	state string
}

// stored is what the database holds.
type stored struct {
	visits map[int][]record
	// unsure marks the messages of which a delivery was repeated without knowing what became of the first attempt.
	unsure map[int]bool
	// open counts what is under way: waiting events, unfinished deliveries, due rows past their moment.
	waiting, unsent, overdue int
	parked, failed           []string
}

// read looks into the database.
func (l *load) read(ctx context.Context, now time.Time) (*stored, error) {
	st := &stored{visits: map[int][]record{}, unsure: map[int]bool{}}
	if err := errors.Join(l.readVisits(ctx, st), l.readUnsure(ctx, st), l.readGivenUp(ctx, st)); err != nil {
		return nil, err
	}
	const counts = `
		SELECT
			(SELECT COUNT(*) FROM inbox WHERE state = 'pending'),
			(SELECT COUNT(*) FROM outbox WHERE wake_at <= ?),
			(SELECT COUNT(*) FROM dues WHERE state = 'pending' AND due_at <= ?)`
	const layout = "2006-01-02 15:04:05.000000"
	// What is held back for the night waits for longer than any pause between two attempts.
	row := l.w.DB.QueryRowContext(ctx, counts, now.Add(time.Hour).UTC().Format(layout), now.UTC().Format(layout))
	return st, row.Scan(&st.waiting, &st.unsent, &st.overdue)
}

func (l *load) readVisits(ctx context.Context, st *stored) error {
	return each(ctx, l.w.DB, "SELECT id, state, text FROM visits ORDER BY id", func(rows *sql.Rows) error {
		var r record
		var text string
		if err := rows.Scan(&r.id, &r.state, &text); err != nil {
			return err
		}
		for _, m := range marks(text) {
			st.visits[m] = append(st.visits[m], r)
		}
		return nil
	})
}

// readUnsure finds the messages of which a delivery was repeated.
func (l *load) readUnsure(ctx context.Context, st *stored) error {
	const repeated = `
		SELECT CASE WHEN o.content = '' THEN c.face ELSE o.content END
		FROM outbox o
		LEFT JOIN cards c ON c.id = o.card_id
		WHERE o.unsure <> 0`
	return each(ctx, l.w.DB, repeated, func(rows *sql.Rows) error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		for _, m := range marks(text) {
			st.unsure[m] = true
		}
		return nil
	})
}

// readGivenUp finds what is tried no more: events that were parked, deliveries that failed for good.
func (l *load) readGivenUp(ctx context.Context, st *stored) error {
	err := each(ctx, l.w.DB, "SELECT event_key, reason FROM inbox WHERE state = 'parked'", func(rows *sql.Rows) error {
		var key string
		var why sql.NullString
		err := rows.Scan(&key, &why)
		st.parked = append(st.parked, key+": "+why.String)
		return err
	})
	if err != nil {
		return err
	}
	const failed = "SELECT kind, platform, reason FROM outbox WHERE state = 'failed_for_good'"
	return each(ctx, l.w.DB, failed, func(rows *sql.Rows) error {
		var kind, platform, why string
		err := rows.Scan(&kind, &platform, &why)
		st.failed = append(st.failed, platform+" "+kind+": "+why)
		return err
	})
}

func each(ctx context.Context, db *sql.DB, query string, take func(*sql.Rows) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("look into the database: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return fmt.Errorf("look into the database: %w", err)
		}
	}
	return rows.Err()
}

// ahead is how long it takes until the last reminder is due.
func (l *load) ahead() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var last time.Time
	for _, m := range l.all {
		if m.reminder && m.due.After(last) {
			last = m.due
		}
	}
	if last.IsZero() {
		return 0
	}
	return last.Sub(l.w.Clock.Now())
}

// unanswered reports whether something was said that is neither acknowledged nor given up.
func (l *load) unanswered() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.all, func(m *said) bool { return !m.acked && !m.refused })
}

// unacknowledged reports whether something that was said longer ago than age waits for its acknowledgement.
func (l *load) unacknowledged(age time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.all, func(m *said) bool { return !m.acked && !m.refused && time.Since(m.at) > age })
}

// shown counts the answers and reminders of a message on its sender's phone. The lock is held.
func (m *said) shown() (answers, reminders int) {
	for id, msg := range m.rep.phone {
		if msg.From != "" || !slices.Contains(m.rep.marked[id], m.mark) {
			continue
		}
		if msg.Card != nil && strings.HasPrefix(msg.Card.Title, "日报") {
			continue // the day's report lists what is to be done
		}
		if strings.Contains(plain(msg), "已同步给") {
			continue // nobody did it within a working day: its reminder, once more
		}
		if text := plain(msg); strings.Contains(text, "提醒") && !strings.Contains(text, "已记录") { // a card may have gone out as text
			reminders++
		} else {
			answers++
		}
	}
	return answers, reminders
}

// shownInGroup is how many answers a message in a group has. Less is said there, and no mark: the answers about its
// customer are as many as the messages, or one is missing or there twice. The lock is held.
func (l *load) shownInGroup(m *said) int {
	n := 0
	for _, msg := range m.rep.phone {
		if msg.From == "" && msg.Chat == m.chat && strings.Contains(plain(msg), m.customer) {
			n++
		}
	}
	for _, other := range l.all {
		if other != m && other.chat != "" && other.customer == m.customer {
			n--
		}
	}
	return n
}

// count compares what people did with what the database holds and the phones show.
func (l *load) count(st *stored, now time.Time, c *Case) *Result {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &Result{}
	last := map[*speaker]int64{}
	for _, m := range l.all {
		l.countOne(r, st, m, now)
		if c.AtOnce && m.again > 0 && m.rep.Platform == sim.WeCom {
			r.problem("%s had to be delivered again", m)
		}
		if v := st.visits[m.mark]; c.Ordered && len(v) > 0 {
			if v[0].id < last[m.rep] {
				r.problem("%s is out of order", m)
			}
			last[m.rep] = v[0].id
		}
	}
	r.Late += len(l.lateTap)
	if r.Late > 0 && !c.MayBeLate {
		r.problem("%d acknowledged late", r.Late)
	}
	if r.Refused > 0 && !c.MayRefuse {
		r.problem("%d refused", r.Refused)
	}
	for _, p := range st.parked {
		r.problem("parked: %s", p)
	}
	for _, f := range st.failed {
		r.problem("not delivered: %s", f)
	}
	if st.waiting+st.unsent+st.overdue > 0 {
		r.problem("left over: %d events, %d deliveries, %d due rows", st.waiting, st.unsent, st.overdue)
	}
	for _, err := range l.errs {
		r.problem("%v", err)
	}
	return r
}

func (l *load) countOne(r *Result, st *stored, m *said, now time.Time) {
	r.Sent++
	records := st.visits[m.mark]
	answers, reminders := m.shown()
	if m.chat != "" {
		answers = l.shownInGroup(m)
	}
	if m.late {
		r.Late++
	}
	if m.again > 0 {
		r.Redelivered++
	}
	switch {
	case m.acked:
		r.Acked++
	default:
		r.Refused++
	}
	if len(records) > 0 {
		r.Recorded++
	}
	if answers > 0 {
		r.Answered++
	}
	if m.acked && len(records) == 0 {
		r.Missing++
		r.problem("%s was acknowledged and has no record", m)
	}
	if len(records) > 0 && answers == 0 {
		r.Missing++
		r.problem("%s has a record and no answer", m)
	}
	if len(records) > 1 {
		r.Twice++
		r.problem("%s has %d records", m, len(records))
	}
	l.countTwice(r, st, m, answers, "answers")
	if m.reminder && len(records) > 0 && records[0].state != "undone" && now.After(m.due) {
		r.Due++
		if reminders > 0 {
			r.Pushed++
		} else {
			r.Missing++
			r.problem("%s: its reminder of %s did not come", m, m.due.In(shanghai).Format(time.TimeOnly))
		}
	}
	l.countTwice(r, st, m, reminders, "reminders")
	l.countTap(r, records, m)
}

func (l *load) countTwice(r *Result, st *stored, m *said, n int, what string) {
	switch {
	case n < 2:
	case st.unsure[m.mark]:
		r.Again += n - 1
	default:
		r.Twice++
		r.problem("%s has %d %s", m, n, what)
	}
}

func (l *load) countTap(r *Result, records []record, m *said) {
	if m.tap == nil {
		return
	}
	r.Taps++
	if m.tap.done {
		r.Tapped++
	}
	if !m.tap.done || len(records) != 1 || records[0].state != "undone" {
		r.Missing++
		r.problem("%s: the tap on 撤销 (%d times, taken %v) shows: %v; its records: %v", m, m.tap.tries, m.tap.taken, m.tap.done, records)
	}
}

// String names a message in a problem.
func (m *said) String() string {
	return fmt.Sprintf("%s of %s on %s at %s", code(m.mark), m.rep.ID, m.rep.Platform, m.at.Format("15:04:05.0"))
}

// platformNotes are what the simulated platforms found wrong, by kind.
func platformNotes(l *load) []string {
	kinds := map[string]int{}
	for _, v := range l.w.WeCom.Violations() {
		kinds[sim.WeCom+" "+v.Kind]++
	}
	for _, v := range l.w.Ding.Violations() {
		kinds[sim.DingTalk+" "+v.Kind]++
	}
	var out []string
	for k, n := range kinds {
		out = append(out, fmt.Sprintf("%s ×%d", k, n))
	}
	slices.Sort(out)
	return out
}

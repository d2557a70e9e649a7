package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"

	"salesflow/store"
	"salesflow/store/sales"
)

// phone is the WeCom API as far as pushes need it. It notes when each came.
type phone struct {
	mu   sync.Mutex
	came map[string][]time.Time // by the number of the push
	sent int
}

// number finds the push a card is about. The text of its to-do names it.
var number = regexp.MustCompile(`推送(\d+)号`)

func (p *phone) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/cgi-bin/gettoken", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok","access_token":"benchaccesstoken","expires_in":7200}`)
	})
	mux.HandleFunc("/cgi-bin/message/send", func(w http.ResponseWriter, r *http.Request) {
		at := time.Now()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		var any map[string]json.RawMessage
		if json.Unmarshal(body, &any) == nil { // undo the escapes
			if b, err := json.Marshal(any); err == nil {
				body = b
			}
		}
		p.mu.Lock()
		p.sent++
		fmt.Fprintf(w, `{"errcode":0,"errmsg":"ok","msgid":"s%d"}`, p.sent)
		if m := number.FindSubmatch(body); m != nil {
			p.came[string(m[1])] = append(p.came[string(m[1])], at)
		}
		p.mu.Unlock()
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`) })
	return mux
}

// workday is ten in the morning of the next Wednesday, in Shanghai: nothing is held back then.
func workday(now time.Time) time.Time {
	d := sales.DayOf(now).AddDays(1)
	for d.Weekday() != time.Wednesday {
		d = d.AddDays(1)
	}
	return d.At(10, 0)
}

// punctual lets reminders of to-dos fall due at a steady rate on the running program and prints how late each came at the
// platform. The program's clock runs with the real one, from a workday's morning on.
func (w *world) punctual(ctx context.Context) error {
	fmt.Printf("\npushes, %.0f falling due each second for %s: from the due moment to the platform\n", w.o.rate, w.o.pushes)
	t := table()
	fmt.Fprintln(t, "rows not yet due\tvisits\tpushes\tearly\tp50 ms\tp99 ms\tmax ms\tmissing\ttwice\tCPU ms a push\tDB CPU ms\t")
	for _, s := range []size{w.small, w.full} {
		if err := w.punctualOn(ctx, s, t); err != nil {
			return err
		}
	}
	return t.Flush()
}

func (w *world) punctualOn(ctx context.Context, s size, t io.Writer) error {
	l, err := net.Listen("tcp", w.api)
	if err != nil {
		return err
	}
	ph := &phone{came: map[string][]time.Time{}}
	api := &http.Server{Handler: ph.handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = api.Serve(l) }()
	defer func() { _ = api.Close() }()
	morning, epoch := workday(w.now), time.Now()
	if err := w.clear(ctx, s); err != nil {
		return err
	}
	p, err := w.serve(ctx, s.database, "--clock", morning.Format(time.RFC3339)+"@"+epoch.Format(time.RFC3339Nano))
	if err != nil {
		return err
	}
	defer p.stop()
	// The first minute's rows are claimed by a sweep as any others: they are written well before they are due.
	n := int(w.o.rate * w.o.pushes.Seconds())
	first := time.Now().Add(25 * time.Second)
	due := func(i int) time.Time { return first.Add(time.Duration(float64(i) / w.o.rate * float64(time.Second))) }
	shown := func(t time.Time) time.Time { return morning.Add(t.Sub(epoch)) }
	if err := w.plan(ctx, s, n, func(i int) time.Time { return shown(due(i)) }); err != nil {
		return err
	}
	if time.Now().After(first) {
		return fmt.Errorf("it took too long to write %d to-dos", n)
	}
	time.Sleep(time.Until(first.Add(-time.Second)))
	before, err := cpuOf(p.pid())
	if err != nil {
		return err
	}
	c, err := w.priced(ctx, func() error {
		time.Sleep(time.Until(due(n).Add(3 * time.Second)))
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	after, err := cpuOf(p.pid())
	if err != nil {
		return err
	}
	ph.report(t, s, n, due, float64(after-before)/float64(n)/1e6, float64(c.cpu)/float64(n)/1e6)
	return w.clear(ctx, s)
}

func (p *phone) report(t io.Writer, s size, n int, due func(int) time.Time, cpu, db float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var late []time.Duration
	early, missing, twice := 0, 0, 0
	for i := range n {
		came := p.came[fmt.Sprint(i)]
		switch {
		case len(came) == 0:
			missing++
			continue
		case len(came) > 1:
			twice++
		}
		d := came[0].Sub(due(i))
		if d < 0 {
			early++
		}
		late = append(late, d)
	}
	slices.Sort(late)
	q := func(f float64) string {
		if len(late) == 0 {
			return "-"
		}
		return milli(late[min(int(f*float64(len(late))), len(late)-1)])
	}
	fmt.Fprintf(t, "%d\t%d\t%d\t%d\t%s\t%s\t%s\t%d\t%d\t%.3f\t%.3f\t\n", s.dues, s.visits, n, early, q(0.5), q(0.99), q(1), missing, twice, cpu, db)
}

// plan writes to-dos with the due row of their moment.
func (w *world) plan(ctx context.Context, s size, n int, at func(int) time.Time) error {
	db, err := w.open(ctx, s.database)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	org, err := db.LoadOrg(ctx)
	if err != nil {
		return err
	}
	reps := org.WithRole(sales.RoleRep)
	for from := 0; from < n; from += 500 {
		_, err := db.Do(ctx, store.Work{Fn: func(_ context.Context, tx *store.Tx) error {
			for i := from; i < min(from+500, n); i++ {
				due := sales.At(at(i))
				todo := sales.Todo{
					ID: tx.NewID(), OwnerID: reps[i%len(reps)].ID, SourceKind: "growth", Text: fmt.Sprintf("推送%d号", i), DueOn: sales.DayOf(due.Time),
					DueAt: due, State: sales.TodoOpen, CreatedAt: sales.At(w.now), Version: 1,
				}
				tx.CreateTodo(todo)
				tx.Schedule(sales.Due{Kind: "todo.due", SubjectKind: "todo", SubjectID: todo.ID, Slot: "0", DueAt: due})
			}
			return nil
		}})
		if err != nil {
			return fmt.Errorf("write to-dos: %w", err)
		}
	}
	return nil
}

// clear removes what an earlier measurement of pushes left.
func (w *world) clear(ctx context.Context, s size) error {
	for _, q := range []string{
		"DELETE d FROM " + s.database + ".dues d JOIN " + s.database + ".todos t ON t.id = d.subject_id WHERE t.source_kind = 'growth'",
		"DELETE FROM " + s.database + ".todos WHERE source_kind = 'growth'",
		// The daily rhythm, and the to-dos of visits that other measurements filed, would fall due meanwhile.
		"DELETE FROM " + s.database + ".dues WHERE kind LIKE 'report.%' OR state = 'pending' AND due_at < '" +
			instant(sales.DayOf(w.now).AddDays(9).Start()) + "'",
	} {
		if _, err := w.db.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}

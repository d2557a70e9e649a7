package play

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver of MariaDB
	_ "modernc.org/sqlite"             // the driver of the embedded store

	"salesflow/cmd/quarter/model"
	"salesflow/cmd/quarter/replica"
	"salesflow/store/sales"
)

// readSeen reads what the program did from its tables.
func readSeen(ctx context.Context, o replica.Options) (Seen, error) {
	driver, dsn := "mysql", o.DSN
	if dsn == "" {
		driver, dsn = "sqlite", "file:"+filepath.Join(o.Dir, "salesflow.db")+"?mode=ro&_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return Seen{}, err
	}
	defer db.Close()
	r := &reader{ctx: ctx, db: db, about: map[int64]model.Push{}, ended: map[int64][]span{}}
	for _, read := range []func() error{r.incidents, r.steps, r.pushes, r.todos, r.sleeping} {
		if err := read(); err != nil {
			return Seen{}, fmt.Errorf("read what was done: %w", err)
		}
	}
	return r.seen, nil
}

type span struct{ from, to time.Time }

type reader struct {
	ctx   context.Context
	db    *sql.DB
	about map[int64]model.Push
	ended map[int64][]span // when an incident was over
	seen  Seen
}

func (r *reader) each(query string, row func(scan func(...any) error) error) error {
	rows, err := r.db.QueryContext(r.ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r *reader) incidents() error {
	return r.each("SELECT i.id, r.name, i.subject_id FROM incidents i JOIN rules r ON r.id = i.rule_id", func(scan func(...any) error) error {
		var id int64
		var p model.Push
		if err := scan(&id, &p.Rule, &p.Subject); err != nil {
			return err
		}
		r.about[id] = p
		return nil
	})
}

// change is that an incident was opened or is over.
type change struct {
	at   time.Time
	over bool
}

// steps finds when incidents were over.
func (r *reader) steps() error {
	const query = "SELECT incident_id, at, what FROM incident_steps WHERE what IN ('opened', 'resolved') ORDER BY incident_id, at, id"
	of := map[int64][]change{}
	err := r.each(query, func(scan func(...any) error) error {
		var id int64
		var at sales.Instant
		var what string
		if err := scan(&id, &at, &what); err != nil {
			return err
		}
		of[id] = append(of[id], change{at.Time, what == "resolved"})
		return nil
	})
	for id, list := range of {
		r.ended[id] = spans(list)
	}
	return err
}

// spans are when an incident was over. Of two steps of one moment the ids do not tell which came first, when replicas wrote them
// whose clock stands still: the first is the one that changes anything.
func spans(list []change) (out []span) {
	for over := true; len(list) > 0; {
		i := 0
		if list[0].over == over && len(list) > 1 && list[1].at.Equal(list[0].at) && list[1].over != over {
			i = 1
		}
		s := list[i]
		list = slices.Delete(list, i, i+1)
		switch over = s.over; {
		case over:
			out = append(out, span{from: s.at})
		case len(out) > 0 && out[len(out)-1].to.IsZero():
			out[len(out)-1].to = s.at
		}
	}
	return out
}

func (r *reader) pushes() error {
	const query = `SELECT o.subject, o.slot, p.person_id, p.at FROM outbox o JOIN pushes p ON p.delivery_id = o.id
		WHERE o.kind = 'push' AND o.subject LIKE 'incident:%'`
	return r.each(query, func(scan func(...any) error) error {
		var subject, slot string
		var person int64
		var at sales.Instant
		if err := scan(&subject, &slot, &person, &at); err != nil {
			return err
		}
		id, err := strconv.ParseInt(strings.TrimPrefix(subject, "incident:"), 10, 64)
		if err != nil {
			return err
		}
		p := r.about[id]
		_, level, _ := strings.Cut(slot, ":") // level:2:7, and own:2.0:7 of a record's own card
		level, _, _ = strings.Cut(level, ":")
		level, _, _ = strings.Cut(level, ".")
		p.Level, _ = strconv.Atoi(level)
		p.To, p.At = person, at.Time
		r.seen.Pushes = append(r.seen.Pushes, p)
		for _, e := range r.ended[id] {
			if at.After(e.from) && (e.to.IsZero() || at.Before(e.to)) {
				r.seen.AfterEnd++
			}
		}
		return nil
	})
}

func (r *reader) todos() error {
	const query = "SELECT source_id, owner_id, created_at, state FROM todos WHERE source_kind = 'incident'"
	return r.each(query, func(scan func(...any) error) error {
		var id int64
		var t model.Task
		var at sales.Instant
		var state string
		if err := scan(&id, &t.Owner, &at, &state); err != nil {
			return err
		}
		t.Rule, t.Subject = r.about[id].Rule, r.about[id].Subject
		if state == sales.TodoOpen {
			r.seen.Open = append(r.seen.Open, t)
		}
		t.At = at.Time
		r.seen.Tasks = append(r.seen.Tasks, t)
		return nil
	})
}

func (r *reader) sleeping() error {
	const query = `SELECT COUNT(*) FROM incidents i WHERE i.state = 'open' AND i.rule_id > 0 AND NOT EXISTS
		(SELECT 1 FROM dues d WHERE d.subject_kind = 'incident' AND d.subject_id = i.id AND d.state = 'pending')`
	return r.db.QueryRowContext(r.ctx, query).Scan(&r.seen.Sleeping)
}

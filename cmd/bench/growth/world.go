package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"

	"salesflow/store"
)

// world is what the measurements share.
type world struct {
	o     options
	dir   string
	now   time.Time // of the data
	db    *sql.DB
	flush string // innodb_flush_log_at_trx_commit as it was
	small size
	full  size
	flow  string // the addresses of salesflow and the API
	api   string
	// profiles is the address of the runtime's profiles, where they are served.
	profiles string
}

// newWorld finds the database server and two free ports. Every commit is written to the disk, as in production.
func newWorld(ctx context.Context, o options) (_ *world, err error) {
	w := &world{o: o, dir: o.keep, now: time.Now()}
	if w.dir == "" {
		if w.dir, err = os.MkdirTemp("", "salesflow-growth"); err != nil {
			return nil, err
		}
	}
	for _, addr := range []*string{&w.flow, &w.api, &w.profiles} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		*addr = l.Addr().String()
		_ = l.Close()
	}
	w.full = size{
		database: "salesflow_growth_full", customers: o.customers, contacts: o.contacts, visits: o.visits,
		opportunities: o.opportunities, dues: o.dues, reps: o.reps, contracts: o.contracts, quotes: o.papers, orders: o.papers, devices: o.devices,
		filings: o.papers,
	}
	w.small = size{
		database: "salesflow_growth_tenth", customers: max(o.customers/10, o.reps), contacts: o.contacts / 10, visits: o.visits / 10,
		opportunities: o.opportunities / 10, dues: o.dues / 10, reps: o.reps, contracts: o.contracts / 10, quotes: o.papers / 10, orders: o.papers / 10,
		devices: o.devices / 10, filings: o.papers / 10,
	}
	if w.db, err = sql.Open("mysql", o.dsn); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := w.db.QueryRowContext(ctx, "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit").Scan(&w.flush); err != nil {
		return nil, fmt.Errorf("ask the database: %w", err)
	}
	if _, err := w.db.ExecContext(ctx, "SET GLOBAL innodb_flush_log_at_trx_commit = 1"); err != nil {
		return nil, fmt.Errorf("make every commit durable: %w", err)
	}
	return w, nil
}

func (w *world) close() {
	clear := []string{"SET GLOBAL innodb_flush_log_at_trx_commit = " + w.flush}
	if !w.o.reuse {
		clear = append(clear, "DROP DATABASE IF EXISTS "+w.small.database, "DROP DATABASE IF EXISTS "+w.full.database)
	}
	for _, q := range clear {
		if _, err := w.db.Exec(q); err != nil { //nolint:noctx // clearing up after an interrupt, too
			fmt.Fprintln(os.Stderr, "growth:", q, err)
		}
	}
	_ = w.db.Close()
	if w.o.keep == "" {
		_ = os.RemoveAll(w.dir)
	}
}

// generate makes the data, unless they are there and may be used again.
func (w *world) generate(ctx context.Context) error {
	for _, s := range []size{w.small, w.full} {
		var there int
		const have = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = ? AND table_name = 'growth_done'"
		if err := w.db.QueryRowContext(ctx, have, s.database).Scan(&there); err != nil {
			return err
		}
		if w.o.reuse && there > 0 {
			continue
		}
		begun := time.Now()
		for _, q := range []string{"DROP DATABASE IF EXISTS " + s.database, "CREATE DATABASE " + s.database} {
			if _, err := w.db.ExecContext(ctx, q); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		if err := w.fill(ctx, s); err != nil {
			return err
		}
		if _, err := w.db.ExecContext(ctx, "CREATE TABLE "+s.database+".growth_done (done INT)"); err != nil {
			return err
		}
		fmt.Printf("made %d visits, %d opportunities, %d due rows, %d customers, %d contacts, %d contracts with their papers in %s\n",
			s.visits, s.opportunities, s.dues, s.customers, s.contacts, s.contracts, time.Since(begun).Round(time.Second))
	}
	return nil
}

func (w *world) dsn(database string) (string, error) {
	cfg, err := mysql.ParseDSN(w.o.dsn)
	if err != nil {
		return "", fmt.Errorf("read DSN: %w", err)
	}
	cfg.DBName = database
	return cfg.FormatDSN(), nil
}

// open opens a database as the program does.
func (w *world) open(ctx context.Context, database string) (*store.DB, error) {
	dsn, err := w.dsn(database)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{DSN: dsn, Now: time.Now})
}

// connect opens a database for statements of our own, one connection, arguments written into the statement as the
// program has it.
func (w *world) connect(database string) (*sqlx.DB, error) {
	dsn, err := w.dsn(database)
	if err != nil {
		return nil, err
	}
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, err
	}
	cfg.InterpolateParams = true
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	q := sqlx.NewDb(sql.OpenDB(connector), "mysql")
	q.SetMaxOpenConns(1)
	return q, nil
}

func table() *tabwriter.Writer {
	return tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
}

// cost is what something took, the whole of it.
type cost struct {
	wall, cpu time.Duration // cpu is the database's
}

func (c cost) per(n int) cost { return cost{c.wall / time.Duration(n), c.cpu / time.Duration(n)} }

// priced measures do.
func (w *world) priced(ctx context.Context, do func() error) (cost, error) {
	pid, err := w.databasePID(ctx)
	if err != nil {
		return cost{}, err
	}
	before, err := cpuOf(pid)
	if err != nil {
		return cost{}, err
	}
	begun := time.Now()
	if err := do(); err != nil {
		return cost{}, err
	}
	c := cost{wall: time.Since(begun)}
	after, err := cpuOf(pid)
	c.cpu = after - before
	return c, err
}

// databasePID is the server's process, which must be on this machine.
func (w *world) databasePID(ctx context.Context) (int, error) {
	var file string
	if err := w.db.QueryRowContext(ctx, "SELECT @@GLOBAL.pid_file").Scan(&file); err != nil {
		return 0, fmt.Errorf("ask for the server's process: %w", err)
	}
	b, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		return 0, fmt.Errorf("the server must run on this machine: %w", err)
	}
	return strconv.Atoi(strings.TrimSpace(string(b)))
}

// cpuOf is the CPU time of a process: user and system, in ticks of 10 ms (proc(5)).
func cpuOf(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	if !ok || len(f) < 13 {
		return 0, errors.New("cannot read /proc/PID/stat")
	}
	var sum int64
	for _, s := range f[11:13] {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return time.Duration(sum) * 10 * time.Millisecond, nil
}

// memoryOf is a figure of /proc/PID/status in MiB, as VmRSS and VmHWM.
func memoryOf(pid int, what string) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if rest, ok := strings.CutPrefix(line, what+":"); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kb / 1024
		}
	}
	return 0
}

func micro(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Microsecond)) }

func milli(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond)) }

// Command faults breaks the running program in every way it is meant to survive, and counts what became of what people
// said: nothing may be lost, nothing may be there twice. It starts the real binary, MariaDB, Redis and both simulated
// platforms by itself, and prints one line for each fault. See docs/faults.md.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"salesflow/cmd/faults/fault"
)

type options struct {
	run, store, bin, work string
	rounds, lanes, times  int
	rate                  float64
	list                  bool
}

func main() {
	var o options
	flag.StringVar(&o.run, "run", "", "names of faults, separated by commas; a name that ends in * stands for all that begin so (empty: all)")
	flag.StringVar(&o.store, "store", "", "embedded or servers (empty: each fault on all it makes sense on)")
	flag.IntVar(&o.rounds, "rounds", 0, "how often a fault is repeated that has rounds (0: its own number)")
	flag.IntVar(&o.lanes, "lanes", 4, "how many faults on servers are tried side by side, each lane on servers of its own; half as many on the embedded store")
	flag.IntVar(&o.times, "times", 1, "how often the whole is run; it ends with the first run that shows a difference")
	flag.Float64Var(&o.rate, "rate", 20, "messages a second")
	flag.StringVar(&o.bin, "bin", "", "the program (empty: it is built)")
	flag.StringVar(&o.work, "work", "", "folder for data and logs, kept in the end (empty: a temporary one, kept when something was wrong)")
	flag.BoolVar(&o.list, "list", false, "list the faults")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	cases, err := chosen(o.run)
	if err != nil {
		return err
	}
	if o.list {
		for _, c := range cases {
			fmt.Printf("%-14s %-16s %s\n", c.Name, strings.Join(c.Stores, " "), c.What)
		}
		return nil
	}
	dir := o.work
	if dir == "" {
		if dir, err = os.MkdirTemp("", "salesflow-faults"); err != nil {
			return err
		}
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	lanes, err := prepare(ctx, o, dir, cases)
	for n := 1; err == nil && n <= o.times; n++ {
		if o.times > 1 {
			fmt.Printf("\nrun %d of %d\n\n", n, o.times)
		}
		err = try(ctx, lanes)
	}
	for _, l := range lanes {
		l.end()
	}
	if err == nil && o.work == "" {
		return os.RemoveAll(dir)
	}
	fmt.Fprintln(os.Stderr, "data and logs:", dir)
	return err
}

// chosen are the cases that a list of names names.
func chosen(names string) ([]*fault.Case, error) {
	all := fault.Cases()
	if names == "" {
		return all, nil
	}
	var out []*fault.Case
	for name := range strings.SplitSeq(names, ",") {
		n := len(out)
		for _, c := range all {
			start, more := strings.CutSuffix(name, "*")
			if (c.Name == name || more && strings.HasPrefix(c.Name, start)) && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
		if len(out) == n {
			return nil, fmt.Errorf("there is no fault %q; -list names them", name)
		}
	}
	return out, nil
}

func stores(c *fault.Case, o options) []string {
	if o.store == "" {
		return c.Stores
	}
	return slices.DeleteFunc(slices.Clone(c.Stores), func(s string) bool { return s != o.store })
}

func build(ctx context.Context, to string, flags ...string) error {
	args := append(append([]string{"build"}, flags...), "-o", to, "salesflow/cmd/salesflow")
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build salesflow: %w: %s", err, out)
	}
	return nil
}

// nextMigration is what a next release might do to the tables that are used most: columns, an index, a table.
const nextMigration = `ALTER TABLE visits ADD COLUMN mood VARCHAR(32) NOT NULL DEFAULT '';
ALTER TABLE inbox ADD COLUMN lane INT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN lane INT NOT NULL DEFAULT 0;
CREATE INDEX outbox_lane ON outbox (lane, wake_at);
CREATE INDEX visits_mood ON visits (mood, day);
CREATE TABLE moods (
	id   BIGINT NOT NULL PRIMARY KEY,
	name VARCHAR(32) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
`

// buildNext builds the program with one more migration.
func buildNext(ctx context.Context, dir string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-f", "{{.Dir}}", "salesflow/store/migration").Output()
	if err != nil {
		return "", fmt.Errorf("find the migrations: %w", err)
	}
	sql := filepath.Join(dir, "next.sql")
	if err := os.WriteFile(sql, []byte(nextMigration), 0o600); err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	body := fmt.Sprintf(`{"Replace": {%q: %q}}`, filepath.Join(strings.TrimSpace(string(out)), "90000_next.sql"), sql)
	if err := os.WriteFile(overlay, []byte(body), 0o600); err != nil {
		return "", err
	}
	bin := filepath.Join(dir, "salesflow-next")
	return bin, build(ctx, bin, "-overlay", overlay)
}

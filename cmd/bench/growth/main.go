// Command growth measures what must not grow: the cost of a sweep over a million due rows that are not due yet, of a
// funnel over a million visits, of the log over a million rows of the trace, of a message, a card and a push with ten times
// the data, of every card, list, report and page with 300,000 contracts and a million invoices and payments, of matching a
// day's payments, how punctual pushes are, what a start with a hundred thousand customers takes, and how many events a second
// two hundred rules look at. Units (single-row UPDATE, point SELECT) are measured in the same run on
// the same server.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

type options struct {
	bin, dsn, parts, keep string
	only                  string
	settle                time.Duration
	customers, contacts   int
	visits, opportunities int
	dues, reps            int
	contracts, papers     int
	devices               int
	reuse                 bool
	rounds                int
	audit                 int
	span                  time.Duration
	rate                  float64
	pushes                time.Duration
}

// part is something that can be measured.
type part struct {
	name string
	run  func(w *world, ctx context.Context) error
}

// parts are in the order in which they are measured; making the data comes before all of them.
var parts = []part{
	{"generate", nil},
	{"sweep", (*world).sweep},
	{"funnel", (*world).funnel},
	{"cards", (*world).cards},
	{"push", (*world).punctual},
	{"message", (*world).messages},
	{"start", (*world).starts},
	{"match", (*world).match},
	{"audit", (*world).audit},
	{"rules", nil},
}

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin", "folder of salesflow and wecomload")
	flag.StringVar(&o.dsn, "dsn", os.Getenv("SALESFLOW_TEST_MYSQL_DSN"), "a database; two others are made beside it and dropped in the end")
	flag.StringVar(&o.parts, "parts", "sweep,funnel,cards,push,message,start,match", "what to measure; the data are made first when they are not there")
	flag.IntVar(&o.customers, "customers", 100000, "customers of the full data; the small data have a tenth of everything")
	flag.IntVar(&o.contacts, "contacts", 300000, "contacts")
	flag.IntVar(&o.visits, "visits", 1000000, "visits of two years")
	flag.IntVar(&o.opportunities, "opportunities", 100000, "opportunities, a third of them open")
	flag.IntVar(&o.dues, "dues", 1000000, "due rows of the year to come")
	flag.IntVar(&o.contracts, "contracts", 300000, "contracts, each with three or four invoices and their payments")
	flag.IntVar(&o.papers, "papers", 30000, "quotes, and as many work orders and as many complaints and service requests")
	flag.IntVar(&o.devices, "records", 300000, "records of a type of the company's own, with three fields each")
	flag.IntVar(&o.reps, "reps", 200, "reps, ten to a team")
	flag.BoolVar(&o.reuse, "reuse", false, "use data of an earlier run of the same size, and leave them there")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of each measurement")
	flag.IntVar(&o.audit, "audit", 1000000, "rows of the trace, for the part audit, which is measured only when it is named")
	flag.DurationVar(&o.span, "d", 4*time.Second, "length of one measurement of messages")
	flag.Float64Var(&o.rate, "rate", 200, "pushes a second")
	flag.DurationVar(&o.pushes, "for", 30*time.Second, "how long pushes fall due")
	flag.DurationVar(&o.settle, "settle", 10*time.Minute, "of the part cards, how long to wait at most until the program has met all records")
	flag.StringVar(&o.only, "only", "", "of the part cards, only what has this in its words")
	flag.StringVar(&o.keep, "work", "", "folder for configuration and logs (empty: a temporary one)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "growth:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) (err error) {
	wanted := strings.Split(o.parts, ",")
	for _, name := range wanted {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.name == name }) {
			return fmt.Errorf("-parts %s: there is no part %q", o.parts, name)
		}
	}
	if i := slices.Index(wanted, "rules"); i >= 0 { // on a store of its own
		if err := o.rules(ctx); err != nil {
			return fmt.Errorf("rules: %w", err)
		}
		if wanted = slices.Delete(wanted, i, i+1); len(wanted) == 0 {
			return nil
		}
	}
	w, err := newWorld(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	if slices.ContainsFunc(wanted, func(name string) bool { return name != "audit" }) { // it has data of its own
		if err := w.generate(ctx); err != nil {
			return fmt.Errorf("make the data: %w", err)
		}
	}
	for _, p := range parts {
		if p.run == nil || !slices.Contains(wanted, p.name) {
			continue
		}
		if err := p.run(w, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

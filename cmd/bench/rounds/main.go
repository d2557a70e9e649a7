// Command rounds measures salesflow beside the yardstick, in turns, on one database, and prints tables with the ratios.
// Only ratios mean anything: absolute figures move with the machine and with what else runs on it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type options struct {
	bin       string
	dsn       string
	rounds    int
	span      time.Duration
	conns     string
	customers int
	messages  int
	embedded  bool
	text      string
	keep      string
}

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin", "folder of salesflow, barego and wecomload")
	flag.StringVar(&o.dsn, "dsn", os.Getenv("SALESFLOW_TEST_MYSQL_DSN"), "a database; two others are made beside it and dropped in the end")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds of each measurement")
	flag.DurationVar(&o.span, "d", 5*time.Second, "length of one measurement")
	flag.StringVar(&o.conns, "c", "1,16,64", "connections")
	flag.IntVar(&o.customers, "customers", 10000, "customers in the master data")
	flag.IntVar(&o.messages, "messages", 200000, "messages of the memory measurement (0: none)")
	flag.BoolVar(&o.embedded, "embedded", true, "measure the embedded store, too")
	flag.StringVar(&o.text, "text", "拜访 {customer} 王主任 介绍生化分析仪方案,备注{id},下周二前寄样", "text of a message")
	flag.StringVar(&o.keep, "work", "", "folder for configuration and logs (empty: a temporary one)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "rounds:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	var conns []int
	for c := range strings.SplitSeq(o.conns, ",") {
		n, err := strconv.Atoi(c)
		if err != nil || n <= 0 {
			return fmt.Errorf("-c %s: not a list of numbers", o.conns)
		}
		conns = append(conns, n)
	}
	w, err := newWorld(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	return w.measure(ctx, conns)
}

// measure makes the tables one after the other.
func (w *world) measure(ctx context.Context, conns []int) error {
	top, err := w.compare(ctx, conns)
	if err != nil {
		return err
	}
	if err := w.compareLatency(ctx, top/2); err != nil {
		return err
	}
	if err := w.watchMemory(ctx); err != nil {
		return err
	}
	if err := w.timeStart(ctx); err != nil {
		return err
	}
	if w.o.embedded {
		return w.embedded(ctx, conns)
	}
	return nil
}

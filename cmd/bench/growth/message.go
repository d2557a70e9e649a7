package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// asks are the messages whose cost is compared. {customer} is one of the sender's own customers; one that quotes no {id} is
// done when its callback is answered, its card following.
var asks = []struct{ name, text string }{
	{"a visit", "拜访 {customer} 王主任 介绍生化分析仪方案,备注{id},下周二前寄样"},
	{"a visit, new contact", "拜访 {customer} 欧阳{digits}主任 介绍生化分析仪方案,备注{id}"},
	{"to-dos", "待办"},
	{"a customer", "客户 {customer}"},
	{"visits", "拜访记录"},
	{"opportunities", "商机"},
	{"a funnel of one's own", "漏斗 我的 本月"},
	{"the daily report", "日报"},
}

// messages compares the cost of messages with ten times the data, in turns.
func (w *world) messages(ctx context.Context) error {
	sizes := []size{w.small, w.full}
	got := make([]map[string][]result, 2)
	for i := range got {
		got[i] = map[string][]result{}
	}
	for round := range min(w.o.rounds, 2) {
		order := []int{0, 1}
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, i := range order {
			if err := w.askAll(ctx, sizes[i], got[i]); err != nil {
				return err
			}
		}
	}
	fmt.Printf("\ncost of a message with %d customers, %d visits (small) and %d customers, %d visits (full), 8 connections\n",
		w.small.customers, w.small.visits, w.full.customers, w.full.visits)
	t := table()
	fmt.Fprintln(t, "message\tCPU ms small\tfull\tratio\tDB CPU ms small\tfull\tratio\tp50 ms small\tfull\t")
	for _, a := range asks {
		of := func(i int, f func(result) float64) float64 {
			sum := 0.0
			for _, r := range got[i][a.name] {
				sum += f(r)
			}
			return sum / float64(len(got[i][a.name]))
		}
		cpu, db := func(r result) float64 { return r.CPU / 1000 }, func(r result) float64 { return r.DBCPU / 1000 }
		p50 := func(r result) float64 { return r.P50 }
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t%.2f\t%.3f\t%.3f\t%.2f\t%.2f\t%.2f\t\n", a.name, of(0, cpu), of(1, cpu), of(1, cpu)/of(0, cpu),
			of(0, db), of(1, db), of(1, db)/of(0, db), of(0, p50), of(1, p50))
	}
	return t.Flush()
}

// askAll sends each kind of message to salesflow on one of the databases, after a warm-up.
func (w *world) askAll(ctx context.Context, s size, got map[string][]result) error {
	names, err := w.names(ctx, s)
	if err != nil {
		return err
	}
	p, err := w.serve(ctx, s.database)
	if err != nil {
		return err
	}
	defer p.stop()
	if _, err := w.post(ctx, p, "-customers", names, "-text", asks[0].text, "-c", "8", "-n", "2000"); err != nil {
		return err
	}
	for _, a := range asks {
		text := strings.ReplaceAll(a.text, "{digits}", chineseDigits(time.Now()))
		wait := "http"
		if strings.Contains(text, "{id}") {
			wait = "send"
		}
		r, err := w.post(ctx, p, "-customers", names, "-text", text, "-c", "8", "-d", w.o.span.String(), "-n", "12000", "-wait", wait)
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
		got[a.name] = append(got[a.name], r)
		fmt.Fprintf(os.Stderr, "%s: %s: %.0f/s, CPU %.3f ms, DB %.3f ms, p50 %.2f ms\n", s.database, a.name, r.RPS, r.CPU/1000, r.DBCPU/1000, r.P50)
	}
	return nil
}

// chineseDigits is a given name that is new each second.
func chineseDigits(t time.Time) string {
	var b strings.Builder
	for n, i := t.Unix(), 0; i < 2; i++ {
		b.WriteRune([]rune("安博晨达恒飞高广海和宏华辉汇佳健金锦京凯康科")[n%22])
		n /= 22
	}
	return b.String()
}

// names writes the customers of a database so that line k belongs to rep k modulo the reps.
func (w *world) names(ctx context.Context, s size) (string, error) {
	q, err := w.connect(s.database)
	if err != nil {
		return "", err
	}
	defer func() { _ = q.Close() }()
	var list []string
	if err := q.SelectContext(ctx, &list, "SELECT name FROM customers WHERE code LIKE 'C%' ORDER BY code"); err != nil {
		return "", err
	}
	list = list[:len(list)/s.reps*s.reps]
	file := filepath.Join(w.dir, s.database+".txt")
	return file, os.WriteFile(file, []byte(strings.Join(list, "\n")), 0o600)
}

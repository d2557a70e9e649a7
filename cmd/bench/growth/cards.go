package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// asked is what an ask by somebody cost the database, once for each round.
type asked struct {
	who     string
	took    []time.Duration
	slowest statement
	n, rows int // statements, and the rows they looked at
}

func (a *asked) median() time.Duration {
	list := slices.Sorted(slices.Values(a.took))
	if len(list) == 0 {
		return 0
	}
	return list[(len(list)-1)/2]
}

// cards measures the time the database works for every kind of card, list, report, page and list of the HTTP interface, with a
// tenth of the data and with all, beside point SELECTs of the same run.
func (w *world) cards(ctx context.Context) error {
	log, err := w.slowLog(ctx)
	if err != nil {
		return err
	}
	defer log.close()
	line, err := w.newInbox()
	if err != nil {
		return err
	}
	defer line.close()
	var got [2]map[string]*asked
	var point [2]time.Duration
	var held [2][]holding
	var grew error
	for i, s := range []size{w.small, w.full} {
		c := clinic{world: w, size: s, log: log, line: line, got: map[string]*asked{}}
		err := c.run(ctx)
		if grew = errors.Join(grew, err); err != nil && !errors.Is(err, errGrows) {
			return err
		}
		got[i], point[i], held[i] = c.got, c.point, c.held
	}
	return errors.Join(w.showCards(got, point), showMemory(held), grew)
}

func (w *world) showCards(got [2]map[string]*asked, point [2]time.Duration) error {
	fmt.Printf("\nwhat the database works for a card and for a list, all statements of the turn; a point SELECT takes it %s and %s µs\n", micro(point[0]), micro(point[1]))
	t := table()
	fmt.Fprintln(t, "asked\tby\ttenth ms\tin points\tfull ms\tin points\tratio\tstatements\trows\trows full\tbar ms\t\t")
	above := 0
	for _, part := range []struct {
		asks []ask
		bar  float64
	}{{cardAsks, cardBar}, {listAsks, listBar}} {
		for _, a := range part.asks {
			for _, who := range a.who {
				x, y := got[0][string(who)+a.text], got[1][string(who)+a.text]
				if x == nil || y == nil {
					continue
				}
				small, full := x.median(), y.median()
				verdict := ""
				if full > time.Duration(part.bar*float64(time.Millisecond)) {
					verdict = "ABOVE"
					above++
					fmt.Fprintf(os.Stderr, "growth: %s by %s: %s ms for\n\t%s\n", a.text, y.who, milli(y.slowest.took), y.slowest.brief())
				}
				fmt.Fprintf(t, "%s\t%s\t%s\t%.0f\t%s\t%.0f\t%.1f\t%d\t%d\t%d\t%.0f\t%s\t\n", a.text, askers[who], milli(small), float64(small)/float64(point[0]),
					milli(full), float64(full)/float64(point[1]), float64(full)/float64(max(small, 1)), y.n, x.rows, y.rows, part.bar, verdict)
			}
		}
	}
	fmt.Fprintf(t, "above their bar: %d\t\n", above)
	return t.Flush()
}

func (s statement) brief() string {
	text := strings.Join(strings.Fields(s.text), " ")
	return text[:min(len(text), 1200)]
}

// clinic asks for everything on one database.
type clinic struct {
	*world
	size  size
	log   *slowLog
	line  *inbox
	got   map[string]*asked
	point time.Duration
	idle  map[string]bool // what the program says to the database by itself
	pages map[string]string
	token string
	said  *os.File
	held  []holding // after the start, and after each round
}

const (
	// idleFor is how long salesflow is watched when nobody asks.
	idleFor = 4 * time.Second
	// idleMost is how many statements it makes then when it has nothing to do.
	idleMost = 200
)

func (c *clinic) run(ctx context.Context) (err error) {
	if err := c.points(ctx); err != nil {
		return err
	}
	fields := filepath.Join(c.dir, "fields.yaml")
	if err := os.WriteFile(fields, []byte(deviceFields), 0o600); err != nil {
		return err
	}
	more := fmt.Sprintf("public_url: http://%s\nfields: {file: %q}\napi: {per_second: 1000, burst: 1000}\n"+
		"erp: {url: \"http://127.0.0.1:9/erp\", secret: \"0123456789abcdef\"}\n", c.flow, fields)
	p, err := c.serveWith(ctx, c.size.database, more, "--pprof", c.profiles)
	if err != nil {
		return err
	}
	defer p.stop()
	if c.said, err = os.Create(filepath.Join(c.dir, c.size.database+".answers.txt")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.said.Close()) }()
	if err := c.read(ctx, p); err != nil {
		return err
	}
	if err := c.getToken(ctx); err != nil {
		return err
	}
	if err := c.watchIdle(ctx); err != nil {
		return err
	}
	q, err := c.connect(c.size.database)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	for round := range c.o.rounds {
		x, err := c.words(ctx, q, round)
		if err != nil {
			return err
		}
		c.pages = map[string]string{}
		for _, a := range slices.Concat(cardAsks, listAsks) {
			if c.o.only != "" && !strings.Contains(a.text, c.o.only) {
				continue
			}
			for _, who := range a.who {
				if err := c.ask(ctx, x, who, a.text); err != nil {
					return fmt.Errorf("%s by %s: %w", a.text, askers[who], err)
				}
			}
		}
		if err := c.read(ctx, p); err != nil {
			return err
		}
	}
	return c.flat()
}

// points measures the unit.
func (c *clinic) points(ctx context.Context) error {
	q, err := c.connect(c.size.database)
	if err != nil {
		return err
	}
	defer func() { _ = q.Close() }()
	var ids []int64
	if err := q.SelectContext(ctx, &ids, "SELECT id FROM customers ORDER BY id LIMIT 500"); err != nil {
		return err
	}
	if _, err := c.log.read(c.size.database); err != nil {
		return err
	}
	for _, id := range ids {
		var name string
		if err := q.GetContext(ctx, &name, "SELECT name FROM customers WHERE id = ?", id); err != nil {
			return err
		}
	}
	list, err := c.log.read(c.size.database)
	if err != nil {
		return err
	}
	if len(list) < len(ids)*9/10 {
		return fmt.Errorf("the server wrote down %d of %d statements", len(list), len(ids))
	}
	slices.SortFunc(list, func(a, b statement) int { return int(a.took - b.took) })
	c.point = list[len(list)/2].took
	return nil
}

// watchIdle waits until the program has looked at the records it met for the first time, and learns what it asks the database for by
// itself.
func (c *clinic) watchIdle(ctx context.Context) error {
	begun := time.Now()
	for {
		if _, err := c.log.read(c.size.database); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(idleFor):
		}
		list, err := c.log.read(c.size.database)
		if err != nil {
			return err
		}
		took := time.Since(begun)
		if len(list) > idleMost && took < c.o.settle {
			continue
		}
		if took > 2*idleFor {
			fmt.Fprintf(os.Stderr, "%s: at work by itself for %s, %d statements in the last %s\n", c.size.database, took.Round(time.Second), len(list), idleFor)
		}
		c.idle = map[string]bool{}
		for _, s := range list {
			if !strings.HasPrefix(strings.TrimSpace(s.text), "COMMIT") {
				c.idle[s.shape()] = true
			}
		}
		return nil
	}
}

var (
	reToken = regexp.MustCompile(`sf_[A-Za-z0-9_-]+`)
	reLink  = regexp.MustCompile(`/my/[a-z]+/[A-Za-z0-9_.~-]+`)
)

func (c *clinic) getToken(ctx context.Context) error {
	if _, err := c.line.say(ctx, "admin", "接口令牌 停用 量"); err != nil {
		return err
	}
	answer, err := c.line.say(ctx, "admin", "接口令牌 新建 量 读 客户、拜访、待办、商机、合同、发货、发票、回款、事件、档案")
	if err != nil {
		return err
	}
	if c.token = reToken.FindString(answer); c.token == "" {
		return fmt.Errorf("no token in %.400s", answer)
	}
	return nil
}

// ask asks once, and adds what the database took.
func (c *clinic) ask(ctx context.Context, x words, who rune, text string) error {
	asker := x.asker(who)
	fetch, err := c.prepare(ctx, x, asker, text)
	if err != nil {
		return err
	}
	if _, err := c.log.read(c.size.database); err != nil {
		return err
	}
	answer, err := fetch()
	if err != nil {
		return err
	}
	list, err := c.log.read(c.size.database)
	if err != nil {
		return err
	}
	key := string(who) + text
	a := c.got[key]
	if a == nil {
		a = &asked{who: askers[who]}
		c.got[key] = a
	}
	var sum, longest time.Duration
	var widest statement
	a.n, a.rows = 0, 0
	for _, s := range list {
		if c.idle[s.shape()] || s.seals() {
			continue
		}
		a.n, a.rows = a.n+1, a.rows+s.rows
		sum += s.took
		longest = max(longest, s.took)
		if s.rows > widest.rows {
			widest = s
		}
		if s.took > a.slowest.took {
			a.slowest = s
		}
	}
	if strings.Contains(text, "导出") { // made in the background, a part at a time: what counts is a part
		sum = longest
	}
	a.took = append(a.took, sum)
	_, err = fmt.Fprintf(c.said, "== %s: %s: %s ms, %d statements\n-- %d rows: %s\n%.1500s\n", asker, x.r.Replace(text), milli(sum), a.n, widest.rows, widest.brief(), answer)
	return err
}

// prepare gives what is to be measured: a message, a page behind a link that is asked for first, or a list of the HTTP interface.
func (c *clinic) prepare(ctx context.Context, x words, asker, text string) (func() (string, error), error) {
	text = x.r.Replace(text)
	switch kind, rest, _ := strings.Cut(text, " "); kind {
	case "GET":
		word, query, _ := strings.Cut(rest, " ")
		if c.pages[asker+word] == "" {
			answer, err := c.line.say(ctx, asker, "网页 "+word)
			if err != nil {
				return nil, err
			}
			if c.pages[asker+word] = reLink.FindString(answer); c.pages[asker+word] == "" {
				return nil, fmt.Errorf("no link in %.400s", answer)
			}
		}
		return func() (string, error) { return c.line.fetch(ctx, "GET", c.pages[asker+word]+query, "", nil) }, nil
	case "API":
		path, query, _ := strings.Cut(rest, " ")
		return func() (string, error) {
			return c.line.fetch(ctx, "GET", "/api/v1/"+path+"?limit=50&"+query, "", map[string]string{"Authorization": "Bearer " + c.token})
		}, nil
	}
	return func() (string, error) { return c.line.say(ctx, asker, text) }, nil
}

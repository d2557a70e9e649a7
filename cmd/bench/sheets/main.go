// Command sheets measures the import of a large Excel file as people do it: sent in the chat or through the upload page, looked at
// as a preview, written after a tap; and once more with the program killed in the middle of writing.
package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"salesflow/bot/sim"
	"salesflow/cmd/faults/bed"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // the signal's context ends with the process
	}
}

// Ways a file comes in, and the fault.
const (
	byChat = "chat"   // a file message on DingTalk
	byPage = "page"   // the upload page
	killed = "kill"   // a file message, and SIGKILL when a third was written
	export = "export" // two files by chat, and all that is there as one file again
)

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("sheets", flag.ContinueOnError)
	bin := flags.String("bin", "bin", "folder with the program")
	rows := flags.Int("rows", 50_000, "rows of the file")
	stores := flags.String("stores", "embedded,mariadb", "where to write")
	ways := flags.String("ways", byChat+","+byPage+","+killed+","+export, "how the file comes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	file, err := book(0, *rows)
	if err != nil {
		return err
	}
	more, err := book(*rows, *rows)
	if err != nil {
		return err
	}
	fmt.Printf("%d rows, %.1f MB\n", *rows, float64(len(file))/1e6)
	for store := range strings.SplitSeq(*stores, ",") {
		for way := range strings.SplitSeq(*ways, ",") {
			w := work{binary: filepath.Join(*bin, "salesflow"), store: store, way: way, files: [][]byte{file}, rows: *rows}
			if way == export {
				w.files = append(w.files, more)
			}
			f, err := w.measure(ctx)
			if err != nil {
				return fmt.Errorf("%s by %s: %w", store, way, err)
			}
			if way == export {
				fmt.Printf("%-8s %-6s asked and answered in %5.1f s, a file of %.1f MB with %d rows, %3d MiB before, %3d MiB at most\n",
					store, way, f.written.Seconds(), float64(f.size)/1e6, f.customers, f.before>>20, f.peak>>20)
				continue
			}
			fmt.Printf("%-8s %-6s preview %5.1f s, written after %5.1f s, %3d MiB at most, %d faces of the card, %d customers, %d twice\n",
				store, way, f.preview.Seconds(), f.written.Seconds(), f.peak>>20, f.faces, f.customers, f.twice)
			if f.customers != f.good || f.twice != 0 {
				return errors.New("the count does not agree")
			}
		}
	}
	return nil
}

// figures are what one import took. written counts from the tap; where the program was killed, without the time in which
// its claim ran out, which the clock is moved over.
type figures struct {
	preview, written time.Duration
	peak             int64
	// good is how many rows the preview offers: some of the made-up names are one name to whoever reads them.
	good, faces, customers, twice int
	// size is how long a file that was made is, before the memory before it was asked for.
	size   int
	before int64
}

var start = time.Date(2026, 3, 11, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

// work is one thing to measure.
type work struct {
	binary, store, way string
	files              [][]byte
	rows               int // of each
}

func (k work) measure(ctx context.Context) (f figures, err error) {
	dir, err := os.MkdirTemp("", "salesflow-sheets.")
	if err != nil {
		return figures{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	opt := bed.Options{Dir: dir, Binary: k.binary, Reps: 2, Start: start, Config: "public_url: " + address + "\n"}
	if k.store != "embedded" {
		opt.DSN, opt.Redis = os.Getenv("SALESFLOW_TEST_MYSQL_DSN"), os.Getenv("SALESFLOW_TEST_REDIS_ADDR")
	}
	w, err := bed.New(ctx, opt)
	if err != nil {
		return figures{}, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	i := slices.IndexFunc(w.Reps, func(r bed.Rep) bool { return r.Platform == sim.DingTalk })
	p := &phone{w: w, id: w.Reps[i].ID}
	for _, file := range k.files {
		if f, err = p.importFile(ctx, k.way, file, k.rows); err != nil {
			return f, err
		}
	}
	if k.way == export {
		return p.export(ctx, len(k.files)*k.rows)
	}
	return f, nil
}

// address is the public address in links; what is behind it here is the one replica.
const address = "https://bot.bench.example"

// phone is the person who imports.
type phone struct {
	w  *bed.World
	id string
	// after is where the messages begin that are of interest.
	after int64
}

func (p *phone) importFile(ctx context.Context, way string, file []byte, rows int) (f figures, err error) {
	began := time.Now()
	_, p.after = p.w.Ding.Inbox(p.id, "*", 0)
	if way == byPage {
		err = p.upload(ctx, file)
	} else {
		_, err = p.w.Ding.Send(ctx, sim.Upload{From: p.id, Name: "客户.xlsx", Data: file})
	}
	if err != nil {
		return f, err
	}
	preview, err := p.shows(ctx, func(m sim.Message) bool {
		return m.Card != nil && strings.Contains(m.Card.Status+m.Card.Title, "等你定")
	})
	if err != nil {
		return f, err
	}
	f.preview = time.Since(began)
	button := preview.Card.Buttons[0].Text
	if _, err := fmt.Sscanf(button, "导入 %d 家", &f.good); err != nil || f.good < rows*99/100 {
		return f, fmt.Errorf("the preview is %+v", *preview.Card)
	}
	tapped := time.Now()
	if err := p.w.Ding.Click(ctx, sim.Click{From: p.id, MessageID: preview.ID, Button: button}); err != nil {
		return f, err
	}
	if way == killed {
		if err := p.kill(ctx, rows/3, &f); err != nil {
			return f, err
		}
	}
	_, err = p.shows(ctx, func(m sim.Message) bool { return strings.Contains(m.Text, "导好了") })
	if err != nil {
		return f, err
	}
	f.written = time.Since(tapped)
	peak, err := p.w.Bots[0].PeakMemory()
	if err != nil {
		return f, err
	}
	f.peak = max(f.peak, peak)
	f.faces = p.faces(preview.ID)
	return f, p.count(ctx, &f)
}

// kill kills the program when so many rows were written and starts it again.
func (p phone) kill(ctx context.Context, after int, f *figures) (err error) {
	for n := 0; n < after; {
		if err := p.w.DB.QueryRowContext(ctx, "SELECT written FROM sheet_jobs").Scan(&n); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	if f.peak, err = p.w.Bots[0].PeakMemory(); err != nil {
		return err
	}
	p.w.Bots[0].Kill()
	if err := p.w.Bots[0].Start(ctx); err != nil {
		return err
	}
	return p.w.Pass(ctx, time.Minute) // the claim of whoever was killed runs out
}

var uploadLink = regexp.MustCompile(regexp.QuoteMeta(address) + `(/u/\S+)`)

// upload sends the file through the page behind the link that the bot gives.
func (p *phone) upload(ctx context.Context, file []byte) error {
	if _, err := p.w.Ding.Say(ctx, sim.Say{From: p.id, Text: "导入 客户"}); err != nil {
		return err
	}
	m, err := p.shows(ctx, func(m sim.Message) bool { return uploadLink.MatchString(m.Text) })
	if err != nil {
		return err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "客户.xlsx")
	if err == nil {
		_, err = part.Write(file)
	}
	if err := errors.Join(err, form.Close()); err != nil {
		return err
	}
	link := "http://" + p.w.Bots[0].Addr + uploadLink.FindStringSubmatch(m.Text)[1]
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, link, &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	page, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("the page answers %d: %s", res.StatusCode, page)
	}
	return errors.Join(err, res.Body.Close())
}

// patience is how long a message may take.
const patience = 3 * time.Minute

// shows waits until the phone shows a message.
func (p *phone) shows(ctx context.Context, want func(sim.Message) bool) (sim.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		changed := p.w.Ding.Changed()
		all, _ := p.w.Ding.Inbox(p.id, "*", p.after)
		for _, m := range all {
			if m.From == "" && want(m) {
				return m, nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return sim.Message{}, fmt.Errorf("the phone does not show what is waited for: %w", ctx.Err())
		}
	}
}

// faces is how many faces of a card the phone was shown.
func (p phone) faces(id string) (n int) {
	all, _ := p.w.Ding.Inbox(p.id, "*", 0)
	for _, m := range all {
		if m.ID == id {
			n = max(n, m.Version)
		}
	}
	return n
}

func (p phone) count(ctx context.Context, f *figures) error {
	const query = `
		SELECT COUNT(*), COUNT(*) - COUNT(DISTINCT name) + COUNT(*) - COUNT(DISTINCT phone)
		FROM customers
		WHERE source_event_id LIKE 'import:%'`
	return p.w.DB.QueryRowContext(ctx, query).Scan(&f.customers, &f.twice)
}

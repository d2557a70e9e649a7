package bed

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Bot is one replica of the program: the same folder, address and configuration over all its lives.
type Bot struct {
	*Process
	Addr string
	// Data is its data_dir.
	Data   string
	w      *World
	name   string
	config string
	clock  string // address of its clock's control
	// profiles is the address of its runtime's profiles, served when its clock runs fast.
	profiles string
	off      time.Duration
	binary   string
}

// UseBinary makes the next Start run another build of the program.
func (b *Bot) UseBinary(path string) { b.binary = path }

// Start starts the replica and returns when it is ready.
func (b *Bot) Start(ctx context.Context) error {
	if err := b.Launch(); err != nil {
		return err
	}
	return b.WaitReady(ctx, 30*time.Second)
}

// Launch starts the replica and does not wait for it.
func (b *Bot) Launch() (err error) {
	argv := []string{b.binary, "serve", "--config", b.config}
	if c := b.w.Clock; c.speed > 1 {
		argv = append(argv, "--pprof", b.profiles, "--clock",
			fmt.Sprintf("%s@%sx%g", c.start.Format(time.RFC3339Nano), c.origin.Format(time.RFC3339Nano), c.speed))
	} else {
		argv = append(argv, "--clock-control", b.clock, "--ahead="+(c.Ahead()+b.off).String())
	}
	b.Process, err = spawn(b.w.opt.Dir, b.name, b.w.opt.Env, argv...)
	return err
}

// WaitReady returns when the replica says that it is ready.
func (b *Bot) WaitReady(ctx context.Context, patience time.Duration) error {
	return until(ctx, patience, b.name+" to be ready", func(ctx context.Context) error {
		if !b.Alive() {
			return fmt.Errorf("%w; see %s/%s.log", errEnded, b.w.opt.Dir, b.name)
		}
		status, _, err := b.get(ctx, "/readyz")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("/readyz says %d", status)
		}
		return err
	})
}

func (b *Bot) get(ctx context.Context, path string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.Addr+path, nil)
	if err != nil {
		return 0, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	return resp.StatusCode, body, err
}

// Spooled is how many bytes of events wait in its spool, as its disk has them.
func (b *Bot) Spooled() int64 {
	info, err := os.Stat(filepath.Join(b.Data, "spool", "events.spool"))
	if err != nil {
		return 0
	}
	return info.Size()
}

// Step sets its clock by d, as an operator does; it keeps to that over a restart.
func (b *Bot) Step(ctx context.Context, d time.Duration) error {
	b.off += d
	return b.move(ctx, "step", d)
}

func (b *Bot) move(ctx context.Context, how string, d time.Duration) error {
	if b.Process == nil || !b.Alive() {
		return nil // it starts with the right time
	}
	form := url.Values{how: {d.String()}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+b.clock+"/clock", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s's clock says %s", b.name, resp.Status)
	}
	return nil
}

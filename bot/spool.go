package bot

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// MaxSpool is the size in bytes above which the spool takes no more: the platforms then redeliver or tell the sender.
const MaxSpool = 256 << 20

// Spool keeps events on disk while the store is away. An event that Append took is on the disk (fsync) and is done in
// order once the store is back. There is one writer: the process that owns the directory.
type Spool struct {
	path string

	mu      sync.Mutex
	file    *os.File
	size    int64
	waiting int
}

// OpenSpool opens the spool in dir and counts what waits in it. A line torn by a crash was never acknowledged and is
// dropped.
func OpenSpool(dir string) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make spool directory: %w", err)
	}
	s := &Spool{path: filepath.Join(dir, "events.spool")}
	events, good, err := s.read()
	if err != nil {
		return nil, err
	}
	s.waiting = len(events)
	s.file, err = os.OpenFile(s.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	if err := s.truncate(good); err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	return s, nil
}

// Waiting reports whether events wait.
func (s *Spool) Waiting() bool { return s.Len() > 0 }

// Len is how many events wait.
func (s *Spool) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting
}

// Append writes an event and returns when it is on the disk.
func (s *Spool) Append(ev Event) error {
	b, err := json.Marshal(ev)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	line := fmt.Sprintf("%08x %s\n", crc32.ChecksumIEEE(b), b)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size+int64(len(line)) > MaxSpool {
		return errors.New("spool is full")
	}
	if _, err := s.file.WriteAt([]byte(line), s.size); err != nil {
		return errors.Join(fmt.Errorf("write spool: %w", err), s.truncate(s.size))
	}
	if err := s.file.Sync(); err != nil {
		return errors.Join(fmt.Errorf("sync spool: %w", err), s.truncate(s.size))
	}
	s.size += int64(len(line))
	s.waiting++
	return nil
}

// Drain does the waiting events in order and forgets each batch when all of it is done. It stops at the first error of
// do, keeping what is left; what was done before is done again next time, so do must know an event it has seen.
func (s *Spool) Drain(ctx context.Context, do func(context.Context, Event) error) error {
	for {
		s.mu.Lock()
		events, good, err := s.read()
		s.mu.Unlock()
		if err != nil || len(events) == 0 {
			return err
		}
		for _, ev := range events {
			if err := do(ctx, ev); err != nil {
				return err
			}
		}
		if done, err := s.forget(good); done || err != nil {
			return err
		}
	}
}

// forget drops the first n bytes once nothing was appended behind them.
func (s *Spool) forget(n int64) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size != n {
		return false, nil
	}
	s.waiting = 0
	return true, s.truncate(0)
}

// Close closes the file; what waits stays.
func (s *Spool) Close() error { return s.file.Close() }

func (s *Spool) truncate(n int64) error {
	if err := s.file.Truncate(n); err != nil {
		return fmt.Errorf("cut spool: %w", err)
	}
	s.size = n
	return s.file.Sync()
}

// read reads the whole events from the file and tells where the last one ends.
func (s *Spool) read() ([]Event, int64, error) {
	f, err := os.Open(s.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read spool: %w", err)
	}
	defer f.Close()
	var events []Event
	var good int64
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return events, good, nil
		}
		if err != nil {
			return nil, 0, fmt.Errorf("read spool: %w", err)
		}
		ev, ok := spoolLine(line)
		if !ok {
			return events, good, nil
		}
		events = append(events, ev)
		good += int64(len(line))
	}
}

func spoolLine(line string) (Event, bool) {
	var ev Event
	sum, body, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
	if !ok {
		return ev, false
	}
	want, err := strconv.ParseUint(sum, 16, 32)
	if err != nil || uint32(want) != crc32.ChecksumIEEE([]byte(body)) {
		return ev, false
	}
	return ev, json.Unmarshal([]byte(body), &ev) == nil
}

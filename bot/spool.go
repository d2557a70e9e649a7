package bot

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// MaxSpool is the size in bytes above which the spool takes no more: the platforms then redeliver or tell the sender.
const MaxSpool = 256 << 20

// SettleTime is how long events from the spool wait in the inbox before they are done, and how long after the spool is
// empty new ones wait there too: the replicas find their store back at about the same time, and what one person wrote lies
// in the spools of several.
const SettleTime = 2 * time.Second

// orderTime is for how long after SettleTime events still go through the inbox.
const orderTime = 10 * time.Second

// maxSpoolLine is the longest event the spool takes, in bytes of its line. Both platforms' deliveries are far smaller.
const maxSpoolLine = 4 << 20

// Spool keeps events on disk while the store is away. An event that Append took is on the disk (fsync) and is done in
// order once the store is back. There is one writer: the process that owns the directory, which is locked for it.
type Spool struct {
	dir   string
	limit int64
	lock  io.Closer
	// draining is held by the one Drain that runs.
	draining chan struct{}

	mu      sync.Mutex
	file    *os.File
	head    int64 // where the first event that waits begins
	size    int64
	waiting int
	damaged int
}

// OpenSpool opens the spool in dir and counts what waits in it. A line torn by a crash was never acknowledged and is
// dropped. A damaged line with events behind it is set aside in events.damaged; Damaged counts those. It is refused
// while another process, or another spool of this one, has the directory.
func OpenSpool(dir string) (*Spool, error) { return openSpool(dir, MaxSpool) }

func openSpool(dir string, limit int64) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make spool directory: %w", err)
	}
	lock, err := lockFile(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("lock spool directory: %w", err)
	}
	s := &Spool{dir: dir, limit: limit, lock: lock, draining: make(chan struct{}, 1)}
	s.file, err = os.OpenFile(filepath.Join(dir, "events.spool"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open spool: %w", err), lock.Close())
	}
	if err := errors.Join(s.inspect(), syncDir(dir)); err != nil {
		return nil, errors.Join(err, s.file.Close(), lock.Close())
	}
	return s, nil
}

// inspect counts what waits and cuts off a torn tail.
func (s *Spool) inspect() error {
	info, err := s.file.Stat()
	if err != nil {
		return fmt.Errorf("read spool: %w", err)
	}
	var good int64
	var bad [][]byte
	r := s.reader(0, info.Size())
	for {
		line, n, err := nextLine(r)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read spool: %w", err)
		}
		if _, ok := spoolLine(line); !ok {
			bad = append(bad, bytes.Clone(line))
			s.size += n
			continue
		}
		if err := s.setAside(bad); err != nil {
			return err
		}
		bad = nil
		s.waiting++
		s.size += n
		good = s.size
	}
	return s.truncate(good)
}

// setAside keeps damaged lines for the operator: they were acknowledged.
func (s *Spool) setAside(lines [][]byte) error {
	if len(lines) == 0 {
		return nil
	}
	s.damaged += len(lines)
	f, err := os.OpenFile(filepath.Join(s.dir, "events.damaged"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("set damaged events aside: %w", err)
	}
	_, err = f.Write(append(bytes.Join(lines, []byte("\n")), '\n'))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("set damaged events aside: %w", err)
	}
	return nil
}

// Waiting reports whether events wait.
func (s *Spool) Waiting() bool { return s.Len() > 0 }

// Len is how many events wait.
func (s *Spool) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting
}

// Full reports whether it may have no room for the next event.
func (s *Spool) Full() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size+maxSpoolLine > s.limit
}

// Damaged is how many lines were found damaged when the spool was opened.
func (s *Spool) Damaged() int { return s.damaged }

// Append writes an event and returns when it is on the disk.
func (s *Spool) Append(ev Event) error {
	b, err := json.Marshal(ev)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	line := fmt.Sprintf("%08x %s\n", crc32.ChecksumIEEE(b), b)
	if len(line) > maxSpoolLine {
		return errors.New("event is too large for the spool")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size+int64(len(line)) > s.limit {
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

// Drain is DrainMany with one event at a time.
func (s *Spool) Drain(ctx context.Context, do func(context.Context, Event) error) error {
	return s.DrainMany(ctx, 1, func(ctx context.Context, evs []Event) error { return do(ctx, evs[0]) })
}

// DrainMany does the waiting events in order, up to n at a time, those that come meanwhile included. It stops at the first
// error of do, and goes on with those events next time. Events done before a crash are done again after it, so do must
// know an event it has seen. One Drain runs at a time; others wait for it. The events are read as they are done.
func (s *Spool) DrainMany(ctx context.Context, n int, do func(context.Context, []Event) error) error {
	select {
	case s.draining <- struct{}{}:
		defer func() { <-s.draining }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		head, size, err := s.rest()
		if err != nil || head == size {
			return err
		}
		did, err := s.drain(ctx, s.reader(head, size), n, do)
		if err != nil {
			return err
		}
		if did != size-head {
			return errors.New("spool ends in the middle of an event")
		}
	}
}

// maxDrainBytes bounds the lines that are read before they are done, beyond the first.
const maxDrainBytes = 1 << 20

// drain does the events of one stretch of the file and tells how many bytes they took.
func (s *Spool) drain(ctx context.Context, r *bufio.Reader, most int, do func(context.Context, []Event) error) (did int64, err error) {
	for {
		var evs []Event
		var bytes int64
		var end error
		for len(evs) < most && bytes < maxDrainBytes {
			line, n, err := nextLine(r)
			if err != nil {
				end = err
				break
			}
			bytes += n
			if ev, ok := spoolLine(line); ok {
				evs = append(evs, ev)
			}
		}
		if len(evs) > 0 {
			if err := ctx.Err(); err != nil {
				return did, err
			}
			if err := do(ctx, evs); err != nil {
				return did, err
			}
		}
		did += bytes
		s.mu.Lock()
		s.head += bytes
		s.waiting -= len(evs)
		s.mu.Unlock()
		switch {
		case errors.Is(end, io.EOF):
			return did, nil
		case end != nil:
			return did, fmt.Errorf("read spool: %w", end)
		}
	}
}

// rest says which stretch of the file waits. Once nothing does, the file is emptied.
func (s *Spool) rest() (head, size int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.head == s.size && s.size > 0 {
		err = s.truncate(0)
		s.head = s.size
	}
	return s.head, s.size, err
}

// Close closes the file and gives the directory up; what waits stays.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.file.Close(), s.lock.Close())
}

func (s *Spool) truncate(n int64) error {
	if err := s.file.Truncate(n); err != nil {
		return fmt.Errorf("cut spool: %w", err)
	}
	s.size = n
	return s.file.Sync()
}

func (s *Spool) reader(from, to int64) *bufio.Reader {
	return bufio.NewReaderSize(io.NewSectionReader(s.file, from, to-from), 64<<10)
}

// nextLine reads a line without its end and tells how many bytes it took; io.EOF at the end and for a line that does not
// end. Of a line that is too long only the beginning is returned.
func nextLine(r *bufio.Reader) (line []byte, n int64, err error) {
	for {
		part, err := r.ReadSlice('\n')
		n += int64(len(part))
		if len(line)+len(part) <= maxSpoolLine {
			line = append(line, part...)
		}
		switch {
		case err == nil:
			return bytes.TrimSuffix(line, []byte("\n")), n, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, n, err
		}
	}
}

func spoolLine(line []byte) (Event, bool) {
	var ev Event
	sum, body, ok := bytes.Cut(line, []byte(" "))
	if !ok {
		return ev, false
	}
	want, err := strconv.ParseUint(string(sum), 16, 32)
	if err != nil || uint32(want) != crc32.ChecksumIEEE(body) {
		return ev, false
	}
	return ev, json.Unmarshal(body, &ev) == nil
}

// syncDir makes a new file's name as durable as its bytes.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync spool directory: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync spool directory: %w", err)
	}
	return nil
}

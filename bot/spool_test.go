package bot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"salesflow/bot"
)

var morning = time.Date(2026, 3, 11, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))

func said(id, text string) bot.Event {
	return bot.Event{
		Platform: "wecom", ID: id, Kind: bot.Said, At: morning, From: "zhoumin", Chat: bot.Chat{Platform: "wecom"}, Text: text,
	}
}

func openSpool(t *testing.T, dir string) *bot.Spool {
	t.Helper()
	s, err := bot.OpenSpool(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a test may have closed it
	return s
}

func put(t *testing.T, s *bot.Spool, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := s.Append(said(id, "文字\n第二行 "+id)); err != nil {
			t.Fatal(err)
		}
	}
}

// taken drains the spool and returns the ids in the order in which they came.
func taken(t *testing.T, s *bot.Spool) (ids []string) {
	t.Helper()
	err := s.Drain(t.Context(), func(_ context.Context, ev bot.Event) error {
		ids = append(ids, ev.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func wantIDs(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSpoolGivesBackWholeEventsInOrder(t *testing.T) {
	t.Parallel()
	s := openSpool(t, t.TempDir())
	tap := bot.Event{
		Platform: "dingtalk", ID: "tap", Kind: bot.Tapped, At: morning, From: "liqiang", Chat: bot.Chat{Platform: "dingtalk", ID: "cid", Group: true},
		Tap: &bot.Tap{Action: "visit.undo|1|2|", Card: "sf1", Input: map[string]string{"reason": "写错了"}}, Route: bot.Route{Code: "c", Until: morning},
	}
	put(t, s, "a", "b")
	if err := s.Append(tap); err != nil {
		t.Fatal(err)
	}
	if s.Len() != 3 || !s.Waiting() {
		t.Errorf("Len = %d", s.Len())
	}
	var got []bot.Event
	if err := s.Drain(t.Context(), func(_ context.Context, ev bot.Event) error { got = append(got, ev); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[0].ID != "a" || got[0].Text != "文字\n第二行 a" || got[1].ID != "b" {
		t.Fatalf("got %+v", got)
	}
	back := got[2]
	if !back.At.Equal(tap.At) || back.Tap.Input["reason"] != "写错了" || back.Route.Code != "c" || !back.Chat.Group || back.From != "liqiang" {
		t.Errorf("a tap came back as %+v %+v", back, back.Tap)
	}
	if s.Waiting() || len(taken(t, s)) != 0 {
		t.Error("what was done is still there")
	}
}

func TestSpoolSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openSpool(t, dir)
	put(t, s, "a", "b", "c")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openSpool(t, dir)
	if s.Len() != 3 {
		t.Errorf("after a restart %d wait, want 3", s.Len())
	}
	put(t, s, "d")
	wantIDs(t, taken(t, s), "a", "b", "c", "d")
	_ = s.Close()
	if s = openSpool(t, dir); s.Waiting() {
		t.Error("a drained spool gives events again after a restart")
	}
}

func TestSpoolCrashInTheMiddle(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		// damage is done to the file of three events a, b, c while nobody has it.
		damage  func(b []byte) []byte
		want    []string
		damaged int
	}{
		{"最后一行只写了一半", func(b []byte) []byte { return b[:len(b)-10] }, []string{"a", "b"}, 0},
		{"最后一行没有换行", func(b []byte) []byte { return b[:len(b)-1] }, []string{"a", "b"}, 0},
		{"末尾是一页零", func(b []byte) []byte { return append(b, make([]byte, 4096)...) }, []string{"a", "b", "c"}, 0},
		{"末尾整行但内容不对", func(b []byte) []byte { return append(b, "00000000 {}\n"...) }, []string{"a", "b", "c"}, 0},
		{"中间一行坏了,后面的不丢", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"id":"b"`), []byte(`"id":"x"`), 1)
		}, []string{"a", "c"}, 1},
		{"空文件", func([]byte) []byte { return nil }, nil, 0},
		{"全是别的东西", func([]byte) []byte { return []byte("hello\n\n\nworld") }, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := openSpool(t, dir)
			put(t, s, "a", "b", "c")
			_ = s.Close()
			path := filepath.Join(dir, "events.spool")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, tt.damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			s = openSpool(t, dir)
			if s.Len() != len(tt.want) || s.Damaged() != tt.damaged {
				t.Errorf("%d wait, %d damaged; want %d, %d", s.Len(), s.Damaged(), len(tt.want), tt.damaged)
			}
			put(t, s, "later")
			wantIDs(t, taken(t, s), append(tt.want, "later")...)
			if _, err := os.Stat(filepath.Join(dir, "events.damaged")); (err == nil) != (tt.damaged > 0) {
				t.Errorf("damaged lines set aside: %v", err)
			}
		})
	}
}

func TestSpoolStopsAtAnErrorAndGoesOnThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openSpool(t, dir)
	put(t, s, "a", "b", "c")
	away := errors.New("store is away")
	var got []string
	err := s.Drain(t.Context(), func(_ context.Context, ev bot.Event) error {
		if ev.ID == "b" {
			return away
		}
		got = append(got, ev.ID)
		return nil
	})
	if !errors.Is(err, away) {
		t.Errorf("Drain = %v", err)
	}
	wantIDs(t, got, "a")
	if s.Len() != 2 {
		t.Errorf("%d wait, want 2", s.Len())
	}
	put(t, s, "d")
	_ = s.Close()
	// After a crash the whole stretch comes again: better twice than never.
	s = openSpool(t, dir)
	wantIDs(t, taken(t, s), "a", "b", "c", "d")
}

func TestSpoolDrainEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := openSpool(t, t.TempDir())
	put(t, s, "a", "b", "c")
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Drain(ctx, func(context.Context, bot.Event) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) || s.Len() != 2 {
		t.Errorf("Drain = %v, %d wait", err, s.Len())
	}
	wantIDs(t, taken(t, s), "b", "c")
}

func TestSpoolTakesEventsWhileItIsDrained(t *testing.T) {
	t.Parallel()
	s := openSpool(t, t.TempDir())
	put(t, s, "0")
	n := 0
	var got []string
	err := s.Drain(t.Context(), func(_ context.Context, ev bot.Event) error {
		got = append(got, ev.ID)
		if n < 5 {
			n++
			return s.Append(said(fmt.Sprint(n), ""))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	wantIDs(t, got, "0", "1", "2", "3", "4", "5")
	if s.Waiting() {
		t.Error("something is left")
	}
}

func TestSpoolManyAtOnce(t *testing.T) {
	t.Parallel()
	s := openSpool(t, t.TempDir())
	const writers, each = 8, 6
	var mu sync.Mutex
	seen := map[string]int{}
	collect := func(_ context.Context, ev bot.Event) error {
		mu.Lock()
		defer mu.Unlock()
		seen[ev.ID]++
		return nil
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := s.Append(said(fmt.Sprintf("%d-%d", w, i), "")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 3 { // several sweeps may drain at once
		wg.Go(func() {
			if err := s.Drain(t.Context(), collect); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := s.Drain(t.Context(), collect); err != nil {
		t.Fatal(err)
	}
	if len(seen) != writers*each {
		t.Errorf("%d different events, want %d", len(seen), writers*each)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was done %d times", id, n)
		}
	}
}

func TestSpoolIsFull(t *testing.T) {
	t.Parallel()
	s, err := bot.OpenSpoolOf(t.TempDir(), 600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	n := 0
	for err == nil && n < 100 {
		if err = s.Append(said(fmt.Sprint(n), "")); err == nil {
			n++
		}
	}
	if err == nil || n == 0 || s.Len() != n {
		t.Fatalf("took %d (%d wait), err %v", n, s.Len(), err)
	}
	if got := taken(t, s); len(got) != n {
		t.Errorf("gave back %d of %d", len(got), n)
	}
	put(t, s, "again")
	wantIDs(t, taken(t, s), "again")
}

func TestSpoolRefusesAMonster(t *testing.T) {
	t.Parallel()
	s := openSpool(t, t.TempDir())
	if err := s.Append(said("big", strings.Repeat("长", 2<<20))); err == nil {
		t.Error("an event of 6 MB was taken")
	}
	put(t, s, "small")
	wantIDs(t, taken(t, s), "small")
}

func TestSpoolHasOneOwner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openSpool(t, dir)
	if other, err := bot.OpenSpool(dir); err == nil {
		_ = other.Close()
		t.Fatal("two spools have one directory")
	}
	put(t, s, "a")
	_ = s.Close()
	s = openSpool(t, dir)
	wantIDs(t, taken(t, s), "a")
}

func TestSpoolIsReadBitByBit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openSpool(t, dir)
	put(t, s, "a")
	_ = s.Close()
	path := filepath.Join(dir, "events.spool")
	one, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Repeat(one, 100_000), 0o600); err != nil { // some 20 MB
		t.Fatal(err)
	}
	s = openSpool(t, dir)
	if s.Len() != 100_000 {
		t.Fatalf("%d wait", s.Len())
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	away := errors.New("away")
	if err := s.Drain(t.Context(), func(context.Context, bot.Event) error { return away }); !errors.Is(err, away) {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	// Other tests of the package run beside this one; the file would be twenty times as much.
	if got := after.TotalAlloc - before.TotalAlloc; got > 10<<20 {
		t.Errorf("a look at the first event of a long spool took %d bytes", got)
	}
}

func TestSpoolIsTakenInTogether(t *testing.T) {
	t.Parallel()
	s := openSpool(t, t.TempDir())
	put(t, s, "a", "b", "c", "d", "e")
	away := errors.New("the store is away")
	var got [][]string
	take := func(_ context.Context, evs []bot.Event) error {
		if len(got) == 1 {
			got = append(got, nil)
			return away
		}
		var ids []string
		for _, ev := range evs {
			ids = append(ids, ev.ID)
		}
		got = append(got, ids)
		return nil
	}
	if err := s.DrainMany(t.Context(), 2, take); !errors.Is(err, away) {
		t.Fatalf("the store's error came back as %v", err)
	}
	if s.Len() != 3 {
		t.Errorf("%d wait after the first two were taken, want 3", s.Len())
	}
	if err := s.DrainMany(t.Context(), 2, take); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || !slices.Equal(got[0], []string{"a", "b"}) || !slices.Equal(got[2], []string{"c", "d"}) || !slices.Equal(got[3], []string{"e"}) {
		t.Errorf("taken in as %q", got)
	}
	if s.Waiting() {
		t.Error("what was done is still there")
	}
}

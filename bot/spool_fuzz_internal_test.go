package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// FuzzSpool opens a spool of any content, with one line in it whose sum is right, and checks that what was written there
// properly comes out, that nothing else gets in the way, and that it takes more.
func FuzzSpool(f *testing.F) {
	event := `{"platform":"wecom","id":"m:1","kind":"said","at":"2026-03-11T02:00:00Z","from":"zhoumin","chat":{"platform":"wecom"},"text":"拜访"}`
	f.Add([]byte(""), event, []byte(""))
	f.Add([]byte("00000000 {}\n"), event, []byte("0123"))
	f.Add([]byte("zz\n\n\n \n"), `{"id":1}`, []byte("00000000"))
	f.Add(bytes.Repeat([]byte("x"), 70_000), event, []byte("\n\n"))
	f.Add([]byte("\x00\xff\n"), `null`, []byte(" \n"))
	f.Fuzz(func(t *testing.T, before []byte, body string, after []byte) {
		dir := t.TempDir()
		content := fmt.Appendf(bytes.Clone(before), "\n%08x %s\n%s", crc32.ChecksumIEEE([]byte(body)), body, after)
		if err := os.WriteFile(filepath.Join(dir, "events.spool"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := OpenSpool(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		last := Event{Platform: "wecom", ID: "last", Kind: Said, At: time.Unix(1, 0).UTC(), From: "u", Text: body}
		waiting := s.Len()
		if err := s.Append(last); err != nil {
			t.Fatal(err)
		}
		var got []Event
		if err := s.Drain(context.Background(), func(_ context.Context, ev Event) error { got = append(got, ev); return nil }); err != nil {
			t.Fatal(err)
		}
		if len(got) != waiting+1 || got[waiting].ID != "last" || s.Waiting() {
			t.Fatalf("%d events of %d, waiting %v", len(got), waiting+1, s.Waiting())
		}
		if _, ok := spoolLine(fmt.Appendf(nil, "%08x %s", crc32.ChecksumIEEE([]byte(body)), body)); ok && waiting == 0 && !bytes.Contains([]byte(body), []byte("\n")) {
			t.Fatal("an event with the right sum is lost")
		}
		// What cannot be done stays.
		if err := s.Append(last); err != nil {
			t.Fatal(err)
		}
		away := errors.New("away")
		if err := s.Drain(context.Background(), func(context.Context, Event) error { return away }); !errors.Is(err, away) || s.Len() != 1 {
			t.Fatalf("%v, %d wait", err, s.Len())
		}
	})
}

func FuzzCleanText(f *testing.F) {
	for _, s := range []string{" 拜访 ", "\u202e\x00a\tb\n", "\u3000\u00a0", "\xff\xfe", "👨‍👩‍👧", "\ufeff\u200b", "a\u0085b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := CleanText(s)
		if !utf8.ValidString(got) || len(got) > len(s)+8 || CleanText(got) != got {
			t.Fatalf("%q becomes %q", s, got)
		}
		for _, r := range got {
			if r != '\n' && r != '\t' && unicode.IsControl(r) {
				t.Fatalf("%q has %U", got, r)
			}
		}
		if id := CardOf(s); id < 0 || id > 0 && CardOf(CardRef(id, 0)) != id {
			t.Fatalf("%q is card %d", s, id)
		}
	})
}

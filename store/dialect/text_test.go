package dialect_test

import (
	"strings"
	"testing"
	"time"

	"salesflow/store/dialect"
	"salesflow/store/sales"
)

func TestValuesStandInAStatement(t *testing.T) {
	t.Parallel()
	type word string
	at := time.Date(2026, 3, 11, 10, 0, 0, 5000, time.UTC)
	var none *string
	some := "x"
	for want, v := range map[string]any{
		"NULL":                         nil,
		`'it\'s \\ "q"'`:               `it's \ "q"`,
		`'a\nb\0c\r\Zd'`:               "a\nb\x00c\r\x1ad",
		"'王主任'":                        word("王主任"),
		"-7":                           int64(-7),
		"8":                            uint8(8),
		"1":                            true,
		"0.5":                          0.5,
		"x'00ff27'":                    []byte{0, 0xff, 0x27},
		"'x'":                          &some,
		"'[]'":                         sales.List[string]{},
		`'["\'"]'`:                     sales.List[string]{"'"},
		"'2026-03-11'":                 sales.DayOf(at),
		"'2026-03-11 10:00:00.000005'": sales.At(at),
		"42":                           sales.ID(42),
		"43":                           sales.PersonID(43),
	} {
		got, err := dialect.AppendValue(nil, v)
		if err != nil || string(got) != want {
			t.Errorf("%#v stands as %s, %v, want %s", v, got, err, want)
		}
	}
	for _, v := range []any{none, sales.Instant{}, sales.Day{}, []byte(nil)} {
		if got, err := dialect.AppendValue(nil, v); err != nil || string(got) != "NULL" {
			t.Errorf("%#v stands as %s, %v, want NULL", v, got, err)
		}
	}
	if got, err := dialect.AppendValue(nil, map[string]int{}); err == nil {
		t.Errorf("a map stands as %s", got)
	}
}

func TestAStatementHasAPlaceForEachValue(t *testing.T) {
	t.Parallel()
	got, err := dialect.AppendQuery([]byte("BEGIN;"), "UPDATE t SET a = ? WHERE b = ?", "what?", 1)
	if want := "BEGIN;UPDATE t SET a = 'what?' WHERE b = 1"; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	for _, args := range [][]any{{1}, {1, 2, 3}} {
		if got, err := dialect.AppendQuery(nil, "UPDATE t SET a = ? WHERE b = ?", args...); err == nil {
			t.Errorf("%d values make %s", len(args), strings.TrimSpace(string(got)))
		}
	}
}

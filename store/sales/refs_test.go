package sales_test

import (
	"slices"
	"testing"
	"time"

	"salesflow/store/sales"
)

func TestLastRecordsAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	at := sales.At(time.Date(2026, 11, 22, 6, 15, 18, 745844000, time.UTC))
	for name, list := range map[string]sales.Refs{
		"none":               nil,
		"one":                {{Kind: "visit", ID: 382896832499417088, At: at}},
		"several":            {{Kind: "visit", ID: 1, At: at}, {Kind: "todo", ID: 2}, {Kind: "quote", ID: 3, At: at, Back: `{"state":"sent","note":"a b"}`}},
		"what fits no line":  {{Kind: "visit", ID: 1, At: at, Back: "a\nb"}, {Kind: "todo", ID: 2, At: at}},
		"a kind with blanks": {{Kind: "odd kind", ID: 1, At: at}},
		"without a kind":     {{ID: 9, At: at}},
	} {
		v, err := list.Value()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got, again sales.Refs
		if err := got.Scan(v); err != nil || !slices.Equal(got, list) {
			t.Errorf("%s: %+v, %v of %q", name, got, err, v)
		}
		if err := again.Scan([]byte(v.(string))); err != nil || !slices.Equal(again, list) {
			t.Errorf("%s as bytes: %+v, %v", name, again, err)
		}
	}
}

func TestLastRecordsOfAnEarlierReleaseAreRead(t *testing.T) {
	t.Parallel()
	var got sales.Refs
	err := got.Scan(`[{"kind":"visit","id":382896832499417088,"at":"2026-11-22T14:15:18.745844Z"}]`)
	want := sales.Refs{{Kind: "visit", ID: 382896832499417088, At: sales.At(time.Date(2026, 11, 22, 14, 15, 18, 745844000, time.UTC))}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("read %+v, %v", got, err)
	}
	if err := got.Scan("visit x y"); err == nil {
		t.Error("a line that is none was read")
	}
}

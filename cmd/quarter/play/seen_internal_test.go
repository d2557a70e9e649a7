package play

import (
	"slices"
	"testing"
	"time"
)

func TestWhenAnIncidentWasOver(t *testing.T) {
	t.Parallel()
	at := func(h int) time.Time {
		if h == 0 {
			return time.Time{}
		}
		return time.Date(2026, 1, 5, h, 0, 0, 0, time.UTC)
	}
	for _, tt := range []struct {
		name string
		list []change
		want []span
	}{
		{"open", []change{{at(8), false}}, nil},
		{"over", []change{{at(8), false}, {at(9), true}}, []span{{from: at(9)}}},
		{"again", []change{{at(8), false}, {at(9), true}, {at(11), false}}, []span{{at(9), at(11)}}},
		{"opened and over at one moment, written in the wrong order", []change{{at(8), false}, {at(9), true}, {at(11), true}, {at(11), false}}, []span{{at(9), at(11)}, {from: at(11)}}},
		{"over and opened at one moment, written in the wrong order", []change{{at(8), false}, {at(9), false}, {at(9), true}}, []span{{at(9), at(9)}}},
	} {
		if got := spans(slices.Clone(tt.list)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

package picture

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
)

// FuzzLabels draws any of the pictures with any text and any numbers in it: a picture comes out, of bounded size.
func FuzzLabels(f *testing.F) {
	for _, s := range []string{"华东一组", "👨‍👩‍👧‍👦", "\u202e\x00\xff", strings.Repeat("长", 500), "", "ﷺ", "a\u0300\u0301\u0302"} {
		for kind := range uint8(2) {
			f.Add(s, int64(128), int64(-1), 20+kind)
		}
	}
	f.Add("x", int64(1<<62), int64(-1<<63), uint8(126))
	f.Fuzz(func(t *testing.T, s string, n, m int64, count uint8) {
		var (
			funnel = FunnelData{Title: s, Subtitle: s, Unit: s, PrevName: s, AverageName: s}
			heat   = HeatData{Title: s, Subtitle: s, Totals: count&4 != 0, ByColumn: count&2 != 0}
		)
		for range count>>2%32 + 1 {
			funnel.Stages = append(funnel.Stages, Stage{Name: s, Count: int(n), AmountFen: m, ConversionPercent: int(m), AveragePercent: int(n), PrevCount: int(m)})
			heat.Columns = append(heat.Columns, s)
			heat.Rows = append(heat.Rows, HeatRow{Name: s, Values: []int{int(n), int(m)}})
		}
		var raw []byte
		var err error
		if count%2 == 0 {
			raw, err = Funnel(funnel)
		} else {
			raw, err = HeatMap(heat)
		}
		if err != nil {
			t.Fatal(err)
		}
		conf, err := png.DecodeConfig(bytes.NewReader(raw))
		if err != nil || conf.Width*conf.Height > 16<<20 || len(raw) > 4<<20 {
			t.Fatalf("%d × %d, %d bytes, %v", conf.Width, conf.Height, len(raw), err)
		}
	})
}

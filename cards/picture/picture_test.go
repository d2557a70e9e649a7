package picture

import (
	"bytes"
	"errors"
	"image/png"
	"math"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

var march = FunnelData{
	Title: "销售漏斗 · 华东一组", Subtitle: "2026年3月1日–3月11日 · 8 人", PrevName: "上月",
	Stages: []Stage{
		{Name: "线索", Count: 320, PrevCount: 280},
		{Name: "初步接触", Count: 186, AmountFen: 4_120_0000_00, ConversionPercent: 58, AveragePercent: 55, PrevCount: 190},
		{Name: "方案提交", Count: 96, AmountFen: 2_350_0000_00, ConversionPercent: 52, AveragePercent: 48, PrevCount: 88},
		{Name: "价格谈判", Count: 18, AmountFen: 640_0000_00, ConversionPercent: 19, AveragePercent: 32, PrevCount: 27},
		{Name: "合同审批", Count: 9, AmountFen: 128_0000_00, ConversionPercent: 50, AveragePercent: 50, PrevCount: 9},
		{Name: "赢单", ConversionPercent: 0, AveragePercent: 60, PrevCount: 3},
	},
}

func TestFunnelSaysWhatItShows(t *testing.T) {
	t.Parallel()
	c, err := drawFunnel(march)
	if err != nil {
		t.Fatal(err)
	}
	expectWords(t, c, "销售漏斗·华东一组", "186 个·4,120万", "96 个", "2,350万", "0 个",
		"↓ 转化 58% 高于全司 55%", "↓ 转化 19% 低于全司 32%", "↓ 转化 50% 与全司持平", "上月 280 ↑14%", "上月 27 ↓33%", "上月 9 持平")
	checkWords(t, c)
}

func TestTheWorstConversionStandsOut(t *testing.T) {
	t.Parallel()
	if got := worst(march.Stages); got != 5 {
		t.Errorf("got stage %d, want the last", got)
	}
	if got := worst([]Stage{{}, {ConversionPercent: 60, AveragePercent: 50}, {ConversionPercent: 5}}); got != -1 {
		t.Errorf("got stage %d, want none: one is above average, the other has none", got)
	}
}

func TestHeatMapSaysWhatItShows(t *testing.T) {
	t.Parallel()
	c, err := drawHeatMap(HeatData{
		Title: "谁的单子卡在哪", Columns: []string{"线索", "方案提交报价中"}, Totals: true,
		Rows: []HeatRow{{"周敏", []int{12, 8}}, {"李强", []int{30}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	expectWords(t, c, "周敏", "线索", "12", "8", "0", "20", "42", "50", "合计")
	checkWords(t, c)
}

func TestNothingToDraw(t *testing.T) {
	t.Parallel()
	charts := map[string]func() ([]byte, error){
		"funnel":   func() ([]byte, error) { return Funnel(FunnelData{Title: "漏斗"}) },
		"heat map": func() ([]byte, error) { return HeatMap(HeatData{Columns: []string{"线索"}}) },
	}
	for name, draw := range charts {
		if _, err := draw(); !errors.Is(err, ErrNoData) {
			t.Errorf("%s: got %v, want ErrNoData", name, err)
		}
	}
}

func TestWhatDoesNotFitIsCounted(t *testing.T) {
	t.Parallel()
	c, err := drawHeatMap(HeatData{Columns: make([]string, 12), Rows: make([]HeatRow, 43)})
	if err != nil {
		t.Fatal(err)
	}
	expectWords(t, c, "另有 13 行、2 列未画出")
}

// No data may make texts run into each other or off the paper, or a picture of unbounded size.
func TestNoTextRunsIntoAnother(t *testing.T) {
	t.Parallel()
	for seed := range 16 {
		d := wild.Example(seed)
		for name, draw := range map[string]func() (*canvas, error){
			"funnel":   func() (*canvas, error) { return drawFunnel(d.funnel) },
			"heat map": func() (*canvas, error) { return drawHeatMap(d.heat) },
		} {
			c, err := draw()
			if errors.Is(err, ErrNoData) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if !checkWords(t, c) {
				t.Fatalf("seed %d, %s", seed, name)
			}
		}
	}
}

type wildData struct {
	funnel FunnelData
	heat   HeatData
}

// wild makes charts of every size from names and numbers as bad data has them.
var wild = rapid.Custom(func(t *rapid.T) wildData {
	name := rapid.OneOf(rapid.StringMatching(`[周敏方案提交A-z· ]{0,14}`), rapid.String(), rapid.Just(strings.Repeat("超长名字", 4000)))
	count := rapid.OneOf(rapid.IntRange(0, 500), rapid.SampledFrom([]int{-5, 0, 3, 99_999, math.MaxInt32, math.MaxInt, math.MinInt}))
	fen := rapid.OneOf(rapid.Int64Range(0, 1<<40), rapid.Int64())
	d := wildData{
		funnel: FunnelData{Title: name.Draw(t, ""), Subtitle: name.Draw(t, ""), Unit: name.Draw(t, ""), PrevName: name.Draw(t, ""), AverageName: name.Draw(t, "")},
		heat:   HeatData{Title: name.Draw(t, ""), Totals: rapid.Bool().Draw(t, ""), ByColumn: rapid.Bool().Draw(t, "")},
	}
	for range rapid.IntRange(1, 14).Draw(t, "") {
		d.funnel.Stages = append(d.funnel.Stages, Stage{
			Name: name.Draw(t, ""), Count: count.Draw(t, ""), AmountFen: fen.Draw(t, ""),
			ConversionPercent: count.Draw(t, ""), AveragePercent: count.Draw(t, ""), PrevCount: count.Draw(t, ""),
		})
		d.heat.Columns = append(d.heat.Columns, name.Draw(t, ""))
		d.heat.Rows = append(d.heat.Rows, HeatRow{name.Draw(t, ""), rapid.SliceOfN(count, 0, 12).Draw(t, "")})
	}
	return d
})

func TestPicturesAreSmallFiles(t *testing.T) {
	t.Parallel()
	b, err := Funnel(march)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || cfg.Width != 900 || cfg.Height < 600 || cfg.Height > maxHeight {
		t.Errorf("got %+v, %v", cfg, err)
	}
	if len(b) > 400<<10 {
		t.Errorf("%d bytes are too many for a chat message", len(b))
	}
}

func TestManyDrawAtOnce(t *testing.T) {
	t.Parallel()
	want, err := Funnel(march)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := Funnel(march)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("the picture differs: %v", err)
			}
		})
	}
	wg.Wait()
}

func expectWords(t *testing.T, c *canvas, want ...string) {
	t.Helper()
	for _, s := range want {
		found := false
		for _, w := range c.words {
			found = found || w.text == s
		}
		if !found {
			t.Errorf("%q is not on the picture; it says %v", s, c.words)
		}
	}
}

func checkWords(t *testing.T, c *canvas) bool {
	t.Helper()
	ok, paper := true, c.img.Bounds()
	if paper.Dy() > maxHeight {
		t.Errorf("the picture is %v", paper)
		ok = false
	}
	for i, w := range c.words {
		if !w.at.In(paper) {
			t.Errorf("%q at %v runs off the paper %v", w.text, w.at, paper)
			ok = false
		}
		for _, v := range c.words[:i] {
			if w.at.Overlaps(v.at) {
				t.Errorf("%q at %v runs into %q at %v", w.text, w.at, v.text, v.at)
				ok = false
			}
		}
	}
	return ok
}

func BenchmarkFunnel(b *testing.B) {
	for b.Loop() {
		if _, err := Funnel(march); err != nil {
			b.Fatal(err)
		}
	}
}

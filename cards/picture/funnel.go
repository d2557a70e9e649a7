package picture

import (
	"fmt"
	"image"
	"image/color"
)

// FunnelData is a sales funnel of one period and scope.
type FunnelData struct {
	Title string
	// Subtitle names period and scope: "2026年3月 · 华东一组".
	Subtitle string
	// Unit is what is counted, "个" when empty.
	Unit string
	// AverageName is whose average conversions are measured against, "全司" when empty.
	AverageName string
	// PrevName is the earlier period ("上月"). Empty means there is none to compare with.
	PrevName string
	// Stages are at most 10, in the order of the sale.
	Stages []Stage
}

// Stage is one step of the funnel.
type Stage struct {
	Name      string
	Count     int
	AmountFen int64
	// ConversionPercent is the share of the stage before that came to this one. It is not drawn for the first stage.
	ConversionPercent int
	// AveragePercent is the same share on average; 0 means there is none to compare with.
	AveragePercent int
	// PrevCount is Count in the earlier period.
	PrevCount int
}

const (
	maxStages = 10
	barHeight = 92
	barGap    = 66
	nameWidth = 196
)

// Funnel draws the funnel as centred bars, wide to narrow, with the conversion between each two against the average;
// the conversion furthest below it stands out. Where there is an earlier period, its bar is outlined behind and the
// change is written under the stage's name. The error is ErrNoData when there is no stage.
func Funnel(d FunnelData) ([]byte, error) {
	return encode(drawFunnel(d))
}

func drawFunnel(d FunnelData) (*canvas, error) {
	if len(d.Stages) == 0 {
		return nil, ErrNoData
	}
	stages := d.Stages[:min(len(d.Stages), maxStages)]
	top := headerHeight(d.Subtitle)
	c, err := newCanvas(top + len(stages)*(barHeight+barGap) - barGap + margin)
	if err != nil {
		return nil, err
	}
	c.header(d.Title, d.Subtitle)
	c.legend(d.PrevName)
	f := funnel{canvas: c, data: d, stages: stages, top: top, most: 1, worst: worst(stages)}
	for _, s := range stages {
		f.most = max(f.most, s.Count)
		if d.PrevName != "" {
			f.most = max(f.most, s.PrevCount)
		}
	}
	for i := range stages[1:] {
		f.slope(i)
	}
	for i := range stages {
		f.bar(i)
	}
	for i := range stages[1:] {
		f.conversion(i + 1)
	}
	return c, nil
}

// worst is the stage whose conversion is furthest below the average, -1 when none is below.
func worst(stages []Stage) int {
	at, gap := -1, 0
	for i, s := range stages {
		if below := s.AveragePercent - s.ConversionPercent; i > 0 && s.AveragePercent > 0 && below > gap {
			at, gap = i, below
		}
	}
	return at
}

type funnel struct {
	*canvas
	data   FunnelData
	stages []Stage
	top    int
	most   int
	worst  int
}

// axis is the middle of the bars, which have the width right of the names.
const (
	barsLeft = margin + nameWidth
	barsMax  = width - margin - barsLeft
	axis     = barsLeft + barsMax/2
)

func (f funnel) rect(i, count int) image.Rectangle {
	w := max(int(float64(barsMax)*float64(max(count, 0))/float64(f.most)), 6)
	y := f.top + i*(barHeight+barGap)
	return image.Rect(axis-w/2, y, axis+w-w/2, y+barHeight)
}

// legend says at the top right what the outlines are.
func (c *canvas) legend(name string) {
	if name == "" {
		return
	}
	name = c.fit(name, smallSize, legendWidth-40)
	x := width - margin - c.measure(name, smallSize)
	c.text(x, 56, name, style{size: smallSize, color: faint})
	c.frame(image.Rect(x-38, 46, x-10, 66), 0, 2, mix(paper, deep, 0.45))
}

// color is the bar's: from blue to green along the sale, grey where there is nothing.
func (f funnel) color(i int) color.RGBA {
	if f.stages[i].Count <= 0 {
		return mix(grid, faint, 0.35)
	}
	return mix(deep, shallow, float64(i)/float64(max(len(f.stages)-1, 1)))
}

// slope joins the bar of stage i to the next, which makes the bars read as a funnel.
func (f funnel) slope(i int) {
	a, b := f.rect(i, f.stages[i].Count), f.rect(i+1, f.stages[i+1].Count)
	f.polygon(mix(paper, f.color(i), 0.12),
		point{float64(a.Min.X), float64(a.Max.Y)}, point{float64(a.Max.X), float64(a.Max.Y)},
		point{float64(b.Max.X), float64(b.Min.Y)}, point{float64(b.Min.X), float64(b.Min.Y)})
}

func (f funnel) bar(i int) {
	s := f.stages[i]
	r := f.rect(i, s.Count)
	middle := r.Min.Y + barHeight/2
	if ghost := f.rect(i, s.PrevCount); f.data.PrevName != "" && ghost.Dx() > r.Dx()+4 {
		f.frame(ghost, 0, 2, mix(paper, deep, 0.45))
	}
	f.box(r, 8, f.color(i))
	f.label(i, r)

	nameY := middle
	if f.data.PrevName != "" {
		nameY -= 18
		text, col := change(s.Count, s.PrevCount)
		line := f.data.PrevName + " " + tally(s.PrevCount) + text
		if f.measure(line, smallSize) > nameWidth-10 {
			line = "上期 " + tally(s.PrevCount) + text // the legend says which period that is
		}
		f.text(margin, middle+24, f.fit(line, smallSize, nameWidth-10), style{size: smallSize, color: col})
	}
	f.text(margin, nameY, f.fit(s.Name, labelSize, nameWidth-16), style{size: labelSize, color: ink, bold: true})
}

// label writes count and amount in the bar, on one line or two; or beside the bar when it is too narrow for either.
func (f funnel) label(i int, r image.Rectangle) {
	const size = labelSize + 4
	s := f.stages[i]
	unit := f.data.Unit
	if unit == "" {
		unit = "个"
	}
	lines := []string{f.fit(tally(max(s.Count, 0))+" "+unit, size, 200)}
	if s.AmountFen != 0 {
		amount := money(s.AmountFen)
		if one := f.fit(lines[0]+" · "+amount, size, barsMax); f.measure(one, size)+28 <= r.Dx() {
			lines[0] = one
		} else {
			lines = append(lines, amount)
		}
	}
	w := 0
	for _, l := range lines {
		w = max(w, f.measure(l, size))
	}
	x, st := axis, style{size: size, color: paper, bold: true, align: center}
	if w+24 > r.Dx() {
		x, st = f.beside(i, r, w), style{size: size, color: ink, bold: true}
	}
	y := r.Min.Y + barHeight/2 - (len(lines)-1)*20
	for _, l := range lines {
		f.text(x, y, l, st)
		y += 40
	}
}

// beside is where a label w pixels wide begins right of the bar: past the outline of the earlier period, which must not
// run through the words, unless that would push it off the picture.
func (f funnel) beside(i int, r image.Rectangle, w int) int {
	x := r.Max.X + 14
	if f.data.PrevName != "" {
		x = max(x, f.rect(i, f.stages[i].PrevCount).Max.X+14)
	}
	if x+w > width-margin {
		x = r.Max.X + 14
	}
	return min(x, width-margin-w)
}

// conversion writes the step into stage i in the gap above it.
func (f funnel) conversion(i int) {
	s := f.stages[i]
	average := f.data.AverageName
	if average == "" {
		average = "全司"
	}
	text, fg, bg := fmt.Sprintf("↓ 转化 %d%%", s.ConversionPercent), faint, wash
	switch {
	case s.AveragePercent <= 0:
	case s.ConversionPercent < s.AveragePercent:
		text, fg, bg = fmt.Sprintf("%s 低于%s %d%%", text, average, s.AveragePercent), bad, badBg
	case s.ConversionPercent == s.AveragePercent:
		text, fg = fmt.Sprintf("%s 与%s持平", text, average), ink
	default:
		text, fg, bg = fmt.Sprintf("%s 高于%s %d%%", text, average, s.AveragePercent), good, goodBg
	}
	if i == f.worst {
		fg, bg = paper, bad
	}
	text = f.fit(text, smallSize+1, barsMax-40)
	w := f.measure(text, smallSize+1) + 40
	y := f.top + i*(barHeight+barGap) - barGap/2
	f.box(image.Rect(axis-w/2, y-22, axis+w-w/2, y+22), 22, bg)
	f.text(axis, y, text, style{size: smallSize + 1, color: fg, align: center})
}

// change is how now compares with before, in words and color.
func change(now, before int) (string, color.RGBA) {
	switch {
	case now == before:
		return " 持平", faint
	case before <= 0:
		return " ↑", good
	case now > before:
		return fmt.Sprintf(" ↑%d%%", percent(float64(now)-float64(before), before)), good
	}
	return fmt.Sprintf(" ↓%d%%", percent(float64(before)-float64(now), before)), bad
}

// percent is part of whole in percent, rounded, and at most 999.
func percent(part float64, whole int) int {
	return int(min(part/float64(whole)*100+0.5, 999))
}

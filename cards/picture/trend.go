package picture

import (
	"image"
	"image/color"
	"math"
	"strconv"
)

// TrendData is one or several numbers over time.
type TrendData struct {
	Title    string
	Subtitle string
	// Unit stands with the last value and over the axis: "万", "次".
	Unit string
	// Labels name the points in time, at most 60, the latest last; the earliest beyond that are left out.
	Labels []string
	// Lines are at most 4.
	Lines []Line
}

// Line is one number over time.
type Line struct {
	Name string
	// Values belong to TrendData.Labels; NaN is a gap, and so is what is missing at the end.
	Values []float64
}

const (
	maxPoints   = 60
	maxLines    = 4
	trendHeight = 420
	axisWidth   = 92
)

var lineColors = [maxLines]color.RGBA{deep, orange, good, violet}

// Trend draws the lines over a common axis that begins at 0, unless there are negative numbers; the last value of each
// is written beside its end. The error is ErrNoData when there is no value.
func Trend(d TrendData) ([]byte, error) {
	return encode(drawTrend(d))
}

func drawTrend(d TrendData) (*canvas, error) {
	skip := max(len(d.Labels)-maxPoints, 0)
	t := trend{data: d, labels: d.Labels[skip:]}
	for _, l := range d.Lines[:min(len(d.Lines), maxLines)] {
		t.lines = append(t.lines, Line{Name: l.Name, Values: t.clean(l.Values, skip)})
	}
	low, high, found := t.extent()
	if !found {
		return nil, ErrNoData
	}
	t.step, t.low, t.high = scale(low, high)
	top := headerHeight(d.Subtitle)
	if len(t.lines) > 1 {
		top += 44
	}
	c, err := newCanvas(top + trendHeight + 96)
	if err != nil {
		return nil, err
	}
	t.canvas = c
	c.header(d.Title, d.Subtitle)
	// The right edge leaves room for the last values.
	t.area = image.Rect(margin+axisWidth, top+24, width-margin-130, top+24+trendHeight)
	t.names(top - 30)
	t.grid()
	for i, l := range t.lines {
		t.draw(l, lineColors[i])
	}
	t.ends()
	return c, nil
}

type trend struct {
	*canvas
	data            TrendData
	labels          []string
	lines           []Line
	step, low, high float64
	area            image.Rectangle
}

// clean is the part of the values that has labels, with what is not a number as a gap.
func (t trend) clean(values []float64, skip int) []float64 {
	out := make([]float64, len(t.labels))
	for i := range out {
		out[i] = math.NaN()
		if i+skip < len(values) && math.Abs(values[i+skip]) < 1e15 {
			out[i] = values[i+skip]
		}
	}
	return out
}

func (t trend) extent() (low, high float64, found bool) {
	for _, l := range t.lines {
		for _, v := range l.Values {
			if !math.IsNaN(v) {
				low, high, found = math.Min(low, v), math.Max(high, v), true
			}
		}
	}
	return low, high, found
}

// scale rounds the extent to steps of 1, 2 or 5 times a power of ten, about four of them.
func scale(low, high float64) (step, from, to float64) {
	span := math.Max(high-low, 1e-6)
	if span < 1 && high <= 0 && low >= 0 {
		span = 1
	}
	power := math.Pow(10, math.Floor(math.Log10(span/4)))
	step = 10 * power
	for _, m := range []float64{1, 2, 5} {
		if span/(m*power) <= 5 {
			step = m * power
			break
		}
	}
	from, to = math.Floor(low/step)*step, math.Ceil(high/step)*step
	if to <= from {
		to = from + step
	}
	return step, from, to
}

func (t trend) at(i int, v float64) point {
	x := float64(t.area.Min.X+t.area.Max.X) / 2
	if n := len(t.labels); n > 1 {
		x = float64(t.area.Min.X) + float64(t.area.Dx())*float64(i)/float64(n-1)
	}
	return point{x, float64(t.area.Max.Y) - float64(t.area.Dy())*(v-t.low)/(t.high-t.low)}
}

// names is the legend, when there is more than one line.
func (t trend) names(y int) {
	if len(t.lines) < 2 {
		return
	}
	x := margin
	for i, l := range t.lines {
		name := t.fit(l.Name, smallSize, (width-2*margin)/len(t.lines)-50)
		t.box(image.Rect(x, y-4, x+28, y+4), 4, lineColors[i])
		t.text(x+38, y, name, style{size: smallSize, color: ink})
		x += 38 + t.measure(name, smallSize) + 34
	}
}

func (t trend) grid() {
	for n := 0; ; n++ {
		v := t.low + float64(n)*t.step
		if v > t.high+t.step/2 {
			break
		}
		y := int(t.at(0, v).y)
		col := grid
		if math.Abs(v) < t.step/1e6 {
			v, col = 0, mix(grid, faint, 0.5)
		}
		t.box(image.Rect(t.area.Min.X, y-1, t.area.Max.X, y+1), 0, col)
		t.text(t.area.Min.X-14, y, t.fit(t.number(v), smallSize, axisWidth), style{size: smallSize, color: faint, align: right})
	}
	t.times()
}

// times writes as many labels as fit side by side, the last always among them.
func (t trend) times() {
	widest := 1
	for _, l := range t.labels {
		widest = max(widest, t.measure(t.fit(l, smallSize, 160), smallSize))
	}
	fit := max(t.area.Dx()/(widest+24), 1)
	every := max((len(t.labels)+fit-1)/fit, 1)
	for i := len(t.labels) - 1; i >= 0; i -= every {
		x := int(t.at(i, 0).x)
		s := t.fit(t.labels[i], smallSize, 160)
		x = max(x, margin+t.measure(s, smallSize)/2)
		t.text(x, t.area.Max.Y+36, s, style{size: smallSize, color: faint, align: center})
	}
}

// draw draws a line, and over it its points: rings while there are few, the last one always.
func (t trend) draw(l Line, col color.RGBA) {
	for i, v := range l.Values {
		if i > 0 && !math.IsNaN(v) && !math.IsNaN(l.Values[i-1]) {
			t.line(t.at(i-1, l.Values[i-1]), t.at(i, v), 5, col)
		}
	}
	last := len(l.Values) - 1
	for i, v := range l.Values {
		switch {
		case math.IsNaN(v):
		case last < 16 || i == last:
			t.dot(t.at(i, v), 8, col)
			t.dot(t.at(i, v), 4, paper)
		default:
			t.dot(t.at(i, v), 3, col)
		}
	}
}

// ends writes the last value of each line beside its end, moved apart where they would overlap.
func (t trend) ends() {
	type end struct {
		y, line int
		text    string
	}
	var list []end
	for i, l := range t.lines {
		for j := len(l.Values) - 1; j >= 0; j-- {
			if v := l.Values[j]; !math.IsNaN(v) {
				list = append(list, end{int(t.at(j, v).y), i, t.number(v) + t.data.Unit})
				break
			}
		}
	}
	// Four at most: the simplest sort will do.
	for i := range list {
		for j := i + 1; j < len(list); j++ {
			if list[j].y < list[i].y {
				list[i], list[j] = list[j], list[i]
			}
		}
	}
	const apart = labelSize + 8
	for i := 1; i < len(list); i++ {
		list[i].y = max(list[i].y, list[i-1].y+apart)
	}
	if n := len(list); n > 0 && list[n-1].y > t.area.Max.Y {
		list[n-1].y = t.area.Max.Y
		for i := n - 2; i >= 0; i-- {
			list[i].y = min(list[i].y, list[i+1].y-apart)
		}
	}
	for _, e := range list {
		t.text(t.area.Max.X+18, e.y, t.fit(e.text, labelSize, 130+margin-22), style{size: labelSize, color: lineColors[e.line], bold: true})
	}
}

// number writes v with no more decimals than the axis has.
func (t trend) number(v float64) string {
	if t.step >= 1 && v == math.Trunc(v) {
		return thousands(int64(v))
	}
	places := 1
	if t.step < 0.1 {
		places = 2
	}
	return strconv.FormatFloat(v, 'f', places, 64)
}

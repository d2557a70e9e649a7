package picture

import (
	"fmt"
	"image"
)

// BarsData is a ranking or comparison of named amounts.
type BarsData struct {
	Title    string
	Subtitle string
	// Bars are at most 30; what is beyond is counted below the picture.
	Bars []Bar
}

// Bar is one named amount.
type Bar struct {
	Name  string
	Value int64
	// Text is the value as people read it ("128万"); empty means the plain number.
	Text string
	// Target, when not 0, is marked on the bar; the bar is green once it is reached and orange below.
	Target int64
}

const barRow = 76

// Bars draws one horizontal bar for each value, in the order given, the value beside it. A negative value is drawn
// without length and in red. The error is ErrNoData when there is no bar.
func Bars(d BarsData) ([]byte, error) {
	return encode(drawBars(d))
}

func drawBars(d BarsData) (*canvas, error) {
	if len(d.Bars) == 0 {
		return nil, ErrNoData
	}
	list := d.Bars[:min(len(d.Bars), maxRows)]
	note := ""
	if n := len(d.Bars) - len(list); n > 0 {
		note = fmt.Sprintf("另有 %d 项未画出", n)
	}
	top := headerHeight(d.Subtitle)
	height := top + len(list)*barRow + margin
	if note != "" {
		height += 40
	}
	c, err := newCanvas(height)
	if err != nil {
		return nil, err
	}
	c.header(d.Title, d.Subtitle)
	names, values, most := 0, 0, int64(1)
	for _, b := range list {
		names = max(names, c.measure(c.fit(b.Name, labelSize, 220), labelSize))
		values = max(values, c.measure(c.fit(b.text(), labelSize, 240), labelSize))
		most = max(most, b.Value, b.Target)
	}
	x0 := margin + names + 20
	room := width - margin - values - 18 - x0
	for i, b := range list {
		y := top + i*barRow
		c.text(margin, y+barRow/2, c.fit(b.Name, labelSize, 220), style{size: labelSize, color: ink})
		c.bar(b, image.Rect(x0, y+12, x0+room, y+barRow-12), most)
	}
	if note != "" {
		c.text(margin, height-margin-8, note, style{size: smallSize, color: faint})
	}
	return c, nil
}

// bar draws b in its track.
func (c *canvas) bar(b Bar, track image.Rectangle, most int64) {
	col := deep
	switch {
	case b.Value < 0:
		col = bad
	case b.Target > 0 && b.Value >= b.Target:
		col = good
	case b.Target > 0:
		col = orange
	}
	at := func(v int64) int {
		return track.Min.X + int(float64(track.Dx())*float64(max(v, 0))/float64(most))
	}
	c.box(track, 6, wash)
	if b.Value > 0 {
		c.box(image.Rect(track.Min.X, track.Min.Y, max(at(b.Value), track.Min.X+6), track.Max.Y), 6, col)
	}
	if b.Target > 0 {
		x := min(at(b.Target), track.Max.X-2)
		c.box(image.Rect(x-2, track.Min.Y-6, x+2, track.Max.Y+6), 2, ink)
	}
	st := style{size: labelSize, color: ink, bold: true}
	if b.Value < 0 {
		st.color = bad
	}
	c.text(track.Max.X+18, (track.Min.Y+track.Max.Y)/2, c.fit(b.text(), labelSize, 240), st)
}

func (b Bar) text() string {
	if b.Text != "" {
		return b.Text
	}
	return thousands(b.Value)
}

package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// ErrNoData is the error for a chart that has nothing to show; the caller says so in words instead.
var ErrNoData = errors.New("nothing to draw")

// Sizes in pixels. Text of 30 px on a picture 900 px wide is read without zooming on a phone.
const (
	width     = 900
	margin    = 36
	maxHeight = 3000

	legendWidth = 150

	titleSize = 42
	labelSize = 30
	smallSize = 25
)

// canvas is a picture being drawn. It belongs to one goroutine.
type canvas struct {
	img   *image.RGBA
	font  *opentype.Font
	buf   sfnt.Buffer
	faces map[int]font.Face
	// mask is the scratch of fill.
	mask vector.Rasterizer
	// words are where texts stand, so that a test can see that none stands on another or off the paper.
	words []word
}

// newCanvas makes a white picture of the fixed width and the height given, which is bounded.
func newCanvas(height int) (*canvas, error) {
	f, err := loadFont()
	if err != nil {
		return nil, err
	}
	c := &canvas{img: image.NewRGBA(image.Rect(0, 0, width, min(height, maxHeight))), font: f, faces: map[int]font.Face{}}
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	return c, nil
}

// encode is the last step of every chart.
func encode(c *canvas, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&b, c.img); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return b.Bytes(), nil
}

// face is the font at a size in pixels. A face is not safe for concurrent use, so each canvas has its own.
func (c *canvas) face(size int) font.Face {
	if f, ok := c.faces[size]; ok {
		return f
	}
	f, err := opentype.NewFace(c.font, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		// Only an invalid option could cause this, and ours are constant.
		panic(fmt.Sprintf("font face of size %d: %v", size, err))
	}
	c.faces[size] = f
	return f
}

type word struct {
	text string
	at   image.Rectangle
}

// style is how a text is written.
type style struct {
	size  int
	color color.Color
	bold  bool
	align align
}

type align int

const (
	left align = iota
	center
	right
)

// measure is the width of s in pixels.
func (c *canvas) measure(s string, size int) int {
	return font.MeasureString(c.face(size), s).Ceil()
}

// fit is s in characters the font has, cut with … to at most w pixels.
func (c *canvas) fit(s string, size, w int) string {
	s = printable(c.font, &c.buf, s)
	if c.measure(s, size) <= w {
		return s
	}
	r := []rune(s)
	for len(r) > 0 {
		r = r[:len(r)-1]
		if cut := strings.TrimRight(string(r), " ·") + "…"; c.measure(cut, size) <= w {
			return cut
		}
	}
	return ""
}

// text writes s with its middle at height y. x is its left end, middle or right end as the style says.
func (c *canvas) text(x, y int, s string, st style) {
	switch st.align {
	case center:
		x -= c.measure(s, st.size) / 2
	case right:
		x -= c.measure(s, st.size)
	}
	if s == "" {
		return
	}
	c.words = append(c.words, word{s, image.Rect(x, y-st.size/2, x+c.measure(s, st.size), y+st.size/2)})
	d := font.Drawer{Dst: c.img, Src: image.NewUniform(st.color), Face: c.face(st.size)}
	// Chinese characters sit between 0.12 below and 0.88 above the baseline.
	base := fixed.I(y) + fixed.Int26_6(float64(st.size)*0.37*64)
	d.Dot = fixed.Point26_6{X: fixed.I(x), Y: base}
	d.DrawString(s)
	if st.bold {
		// The embedded font has one weight; a second stroke beside the first makes a heavier one.
		d.Dot = fixed.Point26_6{X: fixed.I(x) + fixed.Int26_6(st.size*64/34), Y: base}
		d.DrawString(s)
	}
}

type point struct{ x, y float64 }

// polygon fills the shape through the points.
func (c *canvas) polygon(col color.Color, p ...point) {
	r := image.Rect(int(p[0].x), int(p[0].y), int(p[0].x)+1, int(p[0].y)+1)
	for _, q := range p[1:] {
		r = r.Union(image.Rect(int(q.x), int(q.y), int(q.x)+1, int(q.y)+1))
	}
	r = c.begin(r.Inset(-1))
	at := func(q point) (float32, float32) {
		return float32(q.x) - float32(r.Min.X), float32(q.y) - float32(r.Min.Y)
	}
	c.mask.MoveTo(at(p[0]))
	for _, q := range p[1:] {
		c.mask.LineTo(at(q))
	}
	c.fill(r, col)
}

// box fills a rectangle with round corners.
func (c *canvas) box(r image.Rectangle, radius int, col color.Color) {
	r = c.begin(r)
	c.outline(r.Dx(), r.Dy(), min(radius, r.Dx()/2, r.Dy()/2))
	c.fill(r, col)
}

// frame draws the border of a rectangle with round corners, w pixels wide, inside it.
func (c *canvas) frame(r image.Rectangle, radius, w int, col color.Color) {
	if r.Dx() <= 2*w || r.Dy() <= 2*w {
		c.box(r, radius, col)
		return
	}
	for _, side := range []image.Rectangle{
		{Min: image.Pt(r.Min.X+radius, r.Min.Y), Max: image.Pt(r.Max.X-radius, r.Min.Y+w)},
		{Min: image.Pt(r.Min.X+radius, r.Max.Y-w), Max: image.Pt(r.Max.X-radius, r.Max.Y)},
		{Min: image.Pt(r.Min.X, r.Min.Y+radius), Max: image.Pt(r.Min.X+w, r.Max.Y-radius)},
		{Min: image.Pt(r.Max.X-w, r.Min.Y+radius), Max: image.Pt(r.Max.X, r.Max.Y-radius)},
	} {
		draw.Draw(c.img, side, image.NewUniform(col), image.Point{}, draw.Over)
	}
}

// begin starts a path within r and returns the part of r that is on the picture; the path's origin is its corner. The
// mask is no larger than the shape, since its whole area is worked through.
func (c *canvas) begin(r image.Rectangle) image.Rectangle {
	r = r.Intersect(c.img.Bounds())
	c.mask.Reset(r.Dx(), r.Dy())
	return r
}

func (c *canvas) fill(r image.Rectangle, col color.Color) {
	if r.Empty() {
		return
	}
	c.mask.ClosePath()
	c.mask.Draw(c.img, r, image.NewUniform(col), image.Point{})
}

// outline adds a rectangle with round corners, at the path's origin, to the path.
func (c *canvas) outline(w, h, radius int) {
	const k = 0.5523 // a cubic curve with handles this long is a quarter of a circle
	x1, y1 := float32(w), float32(h)
	q := float32(radius)
	e := q * (1 - k)
	m := &c.mask
	m.MoveTo(q, 0)
	m.LineTo(x1-q, 0)
	m.CubeTo(x1-e, 0, x1, e, x1, q)
	m.LineTo(x1, y1-q)
	m.CubeTo(x1, y1-e, x1-e, y1, x1-q, y1)
	m.LineTo(q, y1)
	m.CubeTo(e, y1, 0, y1-e, 0, y1-q)
	m.LineTo(0, q)
	m.CubeTo(0, e, e, 0, q, 0)
}

// header writes title and subtitle and returns the height at which the chart begins.
func (c *canvas) header(title, subtitle string) int {
	c.text(margin, 56, c.fit(title, titleSize, width-2*margin-legendWidth), style{size: titleSize, color: ink, bold: true})
	y := 100
	if s := c.fit(subtitle, smallSize, width-2*margin); s != "" {
		c.text(margin, y, s, style{size: smallSize, color: faint})
		y += 36
	}
	return y + 8
}

// headerHeight is what header will return, to size the picture before there is one.
func headerHeight(subtitle string) int {
	if subtitle == "" {
		return 108
	}
	return 144
}

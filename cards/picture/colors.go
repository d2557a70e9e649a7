package picture

import (
	"image/color"
	"math"
)

// The palette: white paper, ink that is not quite black, one blue for what is, green and red only for good and bad.
var (
	paper   = color.RGBA{0xff, 0xff, 0xff, 0xff}
	ink     = color.RGBA{0x1d, 0x24, 0x33, 0xff}
	faint   = color.RGBA{0x79, 0x82, 0x92, 0xff}
	grid    = color.RGBA{0xe6, 0xe9, 0xef, 0xff}
	wash    = color.RGBA{0xf3, 0xf6, 0xfb, 0xff}
	deep    = color.RGBA{0x1f, 0x55, 0xc4, 0xff}
	shallow = color.RGBA{0x12, 0x9a, 0x9a, 0xff}
	good    = color.RGBA{0x12, 0x86, 0x4f, 0xff}
	goodBg  = color.RGBA{0xe3, 0xf5, 0xec, 0xff}
	bad     = color.RGBA{0xcf, 0x32, 0x32, 0xff}
	badBg   = color.RGBA{0xfd, 0xea, 0xea, 0xff}
)

// mix is the color at t (0 to 1) on the way from a to b.
func mix(a, b color.RGBA, t float64) color.RGBA {
	t = math.Max(0, math.Min(1, t))
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*t)) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 0xff}
}

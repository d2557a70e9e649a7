package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"

	_ "image/gif"  // a format people send
	_ "image/jpeg" // the format of cameras
	_ "image/png"  // the format of screenshots

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // what DingTalk makes of pictures
)

// maxSide and maxPixels bound the pictures that are decoded: a small file can say that it is huge. maxDecoded is how many bytes
// decoding one may take; a progressive JPEG of 300 kB can ask for three quarters of a gigabyte.
const (
	maxSide    = 12_000
	maxPixels  = 50_000_000
	maxDecoded = 256 << 20
)

// The errors of Look.
var (
	ErrNoPicture = errors.New("not a picture")
	ErrTooLarge  = errors.New("picture too large")
)

// Picture is what a look at a picture tells.
type Picture struct {
	Width, Height int
	// Hash is its difference hash: of 9×8 grey dots, whether each is darker than its right neighbour (Neal Krawetz, "Kind
	// of Like That", 2013). Saving, scaling and a little light change few of its bits.
	Hash int64
	// Code is the text of a QR code in it, empty when there is none that can be read.
	Code string
}

// Look decodes a picture and looks at it.
func Look(b []byte) (Picture, error) {
	conf, format, err := image.DecodeConfig(bytes.NewReader(b))
	switch {
	case err != nil:
		return Picture{}, fmt.Errorf("%w: %w", ErrNoPicture, err)
	case conf.Width < 1 || conf.Height < 1:
		return Picture{}, ErrNoPicture
	case conf.Width > maxSide || conf.Height > maxSide || conf.Width*conf.Height > maxPixels, decoded(b, conf, format) > maxDecoded:
		return Picture{Width: conf.Width, Height: conf.Height}, ErrTooLarge
	}
	p := Picture{Width: conf.Width, Height: conf.Height}
	img, _, err := image.Decode(io.LimitReader(bytes.NewReader(b), int64(len(b))))
	if err != nil {
		return p, fmt.Errorf("%w: %w", ErrNoPicture, err)
	}
	grey := scaled(img, 1600)
	p.Hash, p.Code = hash(grey), code(grey)
	return p, nil
}

// scaled is the picture in grey, its longer side at most so many dots.
func scaled(img image.Image, most int) *image.Gray {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if long := max(w, h); long > most {
		w, h = max(1, w*most/long), max(1, h*most/long)
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Src, nil)
	return out
}

func hash(img image.Image) int64 {
	dots := image.NewGray(image.Rect(0, 0, 9, 8))
	draw.BiLinear.Scale(dots, dots.Bounds(), img, img.Bounds(), draw.Src, nil)
	var bits uint64
	for y := range 8 {
		for x := range 8 {
			bits <<= 1
			if dots.GrayAt(x, y).Y < dots.GrayAt(x+1, y).Y {
				bits |= 1
			}
		}
	}
	return int64(bits)
}

// code reads a QR code that stands upright in the picture. The decoder is particular about how many dots a module has and
// about shades, so that it is tried at several sizes and with two ways to tell dark from light.
func code(img *image.Gray) string {
	last := 0
	for _, size := range []int{1600, 1100, 800, 600, 450, 330} {
		try := scaled(img, size)
		if n := max(try.Rect.Dx(), try.Rect.Dy()); n == last {
			continue
		} else {
			last = n
		}
		source := gozxing.NewLuminanceSourceFromImage(try)
		for _, b := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(source), gozxing.NewGlobalHistgramBinarizer(source)} {
			if text, ok := readCode(b); ok {
				return text
			}
		}
	}
	return ""
}

func readCode(b gozxing.Binarizer) (text string, ok bool) {
	defer func() {
		if recover() != nil { // the decoder indexes by what it believes to see
			text, ok = "", false
		}
	}()
	bmp, err := gozxing.NewBinaryBitmap(b)
	if err != nil {
		return "", false
	}
	got, err := qrcode.NewQRCodeReader().Decode(bmp, nil)
	if err != nil || len(got.GetText()) > 1000 {
		return "", false
	}
	return got.GetText(), true
}

// decoded is about how many bytes the decoder holds at once for a picture.
func decoded(b []byte, conf image.Config, format string) int {
	dots := conf.Width * conf.Height
	if format == "jpeg" {
		return int(float64(dots) * jpegBytes(b))
	}
	switch conf.ColorModel {
	case color.Gray16Model:
		return 2 * dots
	case color.RGBA64Model, color.NRGBA64Model:
		return 8 * dots
	case color.RGBAModel, color.NRGBAModel:
		return 4 * dots
	}
	if format == "webp" { // without loss it is unpacked in several passes; the model is the same as with
		return 5 * dots
	}
	return dots
}

// The markers of a JPEG's frame: baseline, extended and progressive (ITU T.81, table B.1).
const (
	markerSOF0, markerSOF2 = 0xc0, 0xc2
	markerSOS              = 0xda
)

// jpegBytes is how many bytes the decoder holds for a dot: one for each component as it is sampled, and four more for the coefficients
// of a progressive picture, which are all kept until its end. A header that cannot be read is taken for the worst.
func jpegBytes(b []byte) float64 {
	const worst = 4 * 5
	for i := 2; i+4 <= len(b); {
		if b[i] != 0xff {
			i++
			continue
		}
		marker := b[i+1]
		if marker == 0xff || marker == 0 || marker == 1 || marker >= 0xd0 && marker <= 0xd8 { // filling, or a marker without a length
			i++
			continue
		}
		length := int(b[i+2])<<8 | int(b[i+3])
		if marker == markerSOS {
			return worst
		}
		if marker < markerSOF0 || marker > markerSOF2 {
			i += 2 + length
			continue
		}
		if i+10 > len(b) {
			return worst
		}
		parts := int(b[i+9])
		if i+10+3*parts > len(b) {
			return worst
		}
		sampled, wide, high := 0, 1, 1
		for c := range parts {
			h, v := int(b[i+11+3*c]>>4), int(b[i+11+3*c]&15)
			sampled, wide, high = sampled+h*v, max(wide, h), max(high, v)
		}
		out := float64(sampled) / float64(wide*high)
		if marker == markerSOF2 {
			out *= 5
		}
		return out
	}
	return worst
}

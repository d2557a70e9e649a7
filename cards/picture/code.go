package picture

import (
	"fmt"
	"image"

	"github.com/skip2/go-qrcode"
	"golang.org/x/image/draw"
)

// Code is a QR code with the name of what it stands for, and what to do with it. Level Q (a quarter may be covered) bears
// a scratched print on a ward's door. The error is about a text too long for a code.
func Code(text, name, hint string) ([]byte, error) {
	return encode(drawCode(text, name, hint))
}

func drawCode(text, name, hint string) (*canvas, error) {
	q, err := qrcode.New(text, qrcode.High)
	if err != nil {
		return nil, fmt.Errorf("make QR code: %w", err)
	}
	q.DisableBorder = true
	c, err := newCanvas(margin + side + 170)
	if err != nil {
		return nil, err
	}
	code := q.Image(-4) // whole pixels for each module, so that nothing is blurred
	n := code.Bounds().Dx()
	scale := max(1, side/n)
	at := image.Rect(0, 0, n*scale, n*scale).Add(image.Pt((width-n*scale)/2, margin+(side-n*scale)/2))
	draw.NearestNeighbor.Scale(c.img, at, code, code.Bounds(), draw.Src, nil)
	c.text(width/2, margin+side+60, c.fit(name, titleSize, width-2*margin), style{size: titleSize, color: ink, bold: true, align: center})
	c.text(width/2, margin+side+120, c.fit(hint, labelSize, width-2*margin), style{size: labelSize, color: faint, align: center})
	return c, nil
}

// side is how wide the code itself is at most, in pixels.
const side = 760

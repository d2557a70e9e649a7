package picture_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/image/draw"

	"salesflow/cards/picture"
)

func TestACodeCanBeScanned(t *testing.T) {
	t.Parallel()
	const text = "https://bot.example.com/q/AQEAAAAAAAAAKgAAAAAAAAAJAAAAAGmu-0i0Y0h3n4M3vQxW8mXr"
	b, err := picture.Code(text, "绍兴市立医院检验科与输血科联合采购中心(东院区)二号楼", "扫一扫,记拜访")
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	small := image.NewGray(image.Rect(0, 0, 400, 400*img.Bounds().Dy()/img.Bounds().Dx())) // as far away as a phone sees it
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
	bmp, err := gozxing.NewBinaryBitmapFromImage(small)
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bmp, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.GetText() != text {
		t.Errorf("scanned %q", got.GetText())
	}
	if _, err := picture.Code(strings.Repeat("长", 4000), "", ""); err == nil {
		t.Error("a text that fits no code is no error")
	}
}

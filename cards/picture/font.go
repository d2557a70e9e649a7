package picture

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

//go:embed font/NotoSansSC-Regular-GB2312.ttf
var fontFile []byte

// loadFont parses the embedded font once; the parsed font may be used by any number of goroutines.
var loadFont = sync.OnceValues(func() (*opentype.Font, error) {
	f, err := opentype.Parse(fontFile)
	if err != nil {
		return nil, fmt.Errorf("parse embedded font: %w", err)
	}
	return f, nil
})

// maxLabel bounds a label before it is measured, in characters.
const maxLabel = 80

// printable is s on one line, in characters the font has: an unknown letter becomes □, an unknown sign is left out. The
// middle dot is as wide as a Chinese character in this font, so the spaces around it go.
func printable(f *opentype.Font, buf *sfnt.Buffer, s string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ReplaceAll(s, " · ", "·") {
		if n == maxLabel {
			break
		}
		if unicode.IsSpace(r) {
			r = ' '
		}
		if i, err := f.GlyphIndex(buf, r); err != nil || i == 0 {
			if !unicode.IsLetter(r) {
				continue
			}
			r = '□'
		}
		b.WriteRune(r)
		n++
	}
	return strings.TrimSpace(b.String())
}

// FontFile is the embedded font (OFL-1.1) as a TrueType file, for documents that carry their own cut of it. It is not to
// be changed.
func FontFile() []byte { return fontFile }

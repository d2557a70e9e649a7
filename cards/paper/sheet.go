package paper

import (
	"errors"
	"fmt"
	"strings"

	"github.com/signintech/gopdf"

	"salesflow/cards/picture"
)

// The page, in points: A4.
const (
	pageWidth, pageHeight = 595.28, 841.89
	margin                = 48.0
	width                 = pageWidth - 2*margin
	labelWidth            = 62.0
	// codeSide is how wide the code is.
	codeSide = 110.0
	// maxPages bounds a document.
	maxPages = 60
)

// Sizes of letters, in points.
const (
	huge, large, body, small = 20.0, 12.5, 10.0, 7.5
	leading                  = 1.5
)

const family = "noto"

// sheet is a document that grows downwards. The first failure is kept and ends it.
type sheet struct {
	pdf    *gopdf.GoPdf
	y      float64
	pages  int
	name   string
	widths map[rune]float64 // of letters at size 1
	err    error
}

func newSheet(title string) (*sheet, error) {
	s := &sheet{pdf: &gopdf.GoPdf{}, name: title, widths: map[rune]float64{}}
	s.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: pageWidth, H: pageHeight}})
	s.pdf.SetInfo(gopdf.PdfInfo{Title: title, Creator: "salesflow", Producer: "salesflow"})
	opt := gopdf.TtfOption{OnGlyphNotFoundSubstitute: func(rune) rune { return '□' }}
	if err := s.pdf.AddTTFFontDataWithOption(family, picture.FontFile(), opt); err != nil {
		return nil, fmt.Errorf("load font: %w", err)
	}
	s.page()
	return s, s.err
}

func (s *sheet) bytes() ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	b, err := s.pdf.GetBytesPdfReturnErr()
	if err != nil {
		return nil, fmt.Errorf("write PDF: %w", err)
	}
	return b, nil
}

func (s *sheet) keep(err error) {
	if s.err == nil && err != nil {
		s.err = fmt.Errorf("write PDF: %w", err)
	}
}

func (s *sheet) page() {
	if s.pages++; s.pages > maxPages {
		s.keep(errors.New("too many pages"))
		return
	}
	s.pdf.AddPage()
	s.y = margin
	if s.pages > 1 {
		s.write(margin, pageHeight-30, fmt.Sprintf("%s · 第 %d 页", s.name, s.pages), small, 120)
	}
}

// need starts a new page where h points are not left.
func (s *sheet) need(h float64) {
	if s.y+h > pageHeight-margin {
		s.page()
	}
}

// write puts one line at a place; grey is how light it is.
func (s *sheet) write(x, y float64, text string, size float64, grey uint8) {
	if s.err != nil || text == "" {
		return
	}
	s.keep(s.pdf.SetFont(family, "", size))
	s.pdf.SetTextColor(grey, grey, grey)
	s.pdf.SetXY(x, y)
	s.keep(s.pdf.Cell(nil, text))
}

// wrap cuts a text into lines of a width. Chinese breaks anywhere, a Latin word or number only where it is too long for a
// line.
func (s *sheet) wrap(text string, size, most float64) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r", ""), "\n") {
		line, wide := []rune{}, 0.0
		word := 0 // where the last unbroken word of the line begins
		for _, r := range part {
			if r < ' ' {
				r = ' '
			}
			w := s.letter(r) * size
			if wide+w > most && len(line) > 0 {
				rest := []rune{}
				if latin(r) && word > 0 {
					rest = append(rest, line[word:]...)
					line = line[:word]
				}
				out = append(out, strings.TrimRight(string(line), " "))
				line, wide, word = rest, s.measure(rest)*size, 0
			}
			line = append(line, r)
			wide += w
			if !latin(r) {
				word = len(line)
			}
		}
		out = append(out, string(line))
	}
	return out
}

func latin(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(".-_+/=%", r)
}

func (s *sheet) measure(text []rune) (w float64) {
	for _, r := range text {
		w += s.letter(r)
	}
	return w
}

// letter is how wide a letter is at size 1.
func (s *sheet) letter(r rune) float64 {
	if w, ok := s.widths[r]; ok || s.err != nil {
		return w
	}
	s.keep(s.pdf.SetFont(family, "", 100))
	w, err := s.pdf.MeasureTextWidth(string(r))
	s.keep(err)
	s.widths[r] = w / 100
	return w / 100
}

func (s *sheet) title(what, no, state string) {
	s.write(margin, s.y, what, huge, 20)
	s.write(margin+s.measure([]rune(what))*huge+12, s.y+6, no, large, 60)
	s.write(pageWidth-margin-s.measure([]rune(state))*large, s.y+6, state, large, 20)
	s.y += huge*leading + 4
	s.rule()
}

func (s *sheet) rule() {
	s.pdf.SetLineWidth(0.5)
	s.pdf.SetStrokeColor(170, 170, 170)
	s.pdf.Line(margin, s.y, pageWidth-margin, s.y)
	s.y += 8
}

func (s *sheet) heading(text string) {
	s.need(large*leading + 40)
	s.y += 10
	s.write(margin, s.y, text, large, 20)
	s.y += large * leading
	s.rule()
}

// row is a label and its value.
func (s *sheet) row(label, value string) {
	lines := s.wrap(value, body, width-labelWidth)
	for i, line := range lines {
		s.need(body * leading)
		if i == 0 {
			s.write(margin, s.y, label, body, 110)
		}
		s.write(margin+labelWidth, s.y, line, body, 20)
		s.y += body * leading
	}
}

// text is a paragraph.
func (s *sheet) text(text string, size float64) {
	for _, line := range s.wrap(text, size, width) {
		s.need(size * leading)
		s.write(margin, s.y, line, size, 50)
		s.y += size * leading
	}
}

// entry is one line of the story: when, who, what, the reason under it, and the place in the log.
func (s *sheet) entry(at, who, did, why, leaf string) {
	const when, person = 112.0, 130.0
	whoLines := s.wrap(who, body, person-8)
	didLines := s.wrap(did, body, width-when-person-40)
	s.need(float64(max(len(whoLines), len(didLines))) * body * leading)
	s.write(margin, s.y, at, body, 50)
	s.write(pageWidth-margin-s.measure([]rune(leaf))*small, s.y+2, leaf, small, 120)
	top := s.y
	for i, l := range whoLines {
		s.write(margin+when, top+float64(i)*body*leading, l, body, 20)
	}
	for i, l := range didLines {
		s.write(margin+when+person, top+float64(i)*body*leading, l, body, 20)
	}
	s.y = top + float64(max(len(whoLines), len(didLines)))*body*leading
	if why == "" {
		return
	}
	for _, l := range s.wrap(why, body-1, width-when) {
		s.need(body * leading)
		s.write(margin+when, s.y, l, body-1, 90)
		s.y += (body - 1) * leading
	}
}

// code draws a QR code as squares, sharp at any size.
func (s *sheet) code(dots [][]bool) {
	s.need(codeSide + 10)
	s.y += 8
	one := codeSide / float64(len(dots))
	s.pdf.SetFillColor(0, 0, 0)
	for y, line := range dots {
		for x := 0; x < len(line); x++ {
			from := x
			for x < len(line) && line[x] {
				x++
			}
			if x > from {
				s.pdf.RectFromUpperLeftWithStyle(margin+float64(from)*one, s.y+float64(y)*one, float64(x-from)*one, one+0.02, "F")
			}
		}
	}
	s.y += codeSide
}

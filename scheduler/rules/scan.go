package rules

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"
)

// maxSource bounds a rule's text in runes, maxDepth its brackets.
const (
	maxSource = 2000
	maxDepth  = 20
)

// Problem is what is wrong with a rule's text, and where. Msg and Fix are Chinese, for the person who wrote it.
type Problem struct {
	Line, Column int    // from 1, in characters
	Near         string // the text at that place
	Msg          string
	Fix          string // what to write instead; may be empty
	// Whole is the rule's text with what is wrong mended, for a person to send; empty when nothing certain can be proposed.
	Whole string

	at            int    // the place, counted in characters from 0
	with, instead string // a certain repair: what stands there, what should
	words, names  []string
	longs         []long
}

// Error says all of it in one line.
func (p *Problem) Error() string {
	s := fmt.Sprintf("第 %d 行第 %d 个字", p.Line, p.Column)
	if p.Near != "" {
		s += "\"" + p.Near + "\""
	}
	s += ":" + p.Msg
	if p.Fix != "" {
		s += "。" + p.Fix
	}
	return s
}

// scanner walks over a rule's text. Chinese has no blanks between words, so that words are looked for among those that
// can stand at a place; those looked for at the furthest place are what an error proposes.
type scanner struct {
	text []rune // with half-width signs
	raw  []rune // as it was written, sign for sign
	pos  int

	far    int      // the furthest place where something was looked for in vain
	wanted []string // what could have stood there
	known  []string // names that could have stood there: candidates for a repair
	longs  []long   // names that begin with one that was taken, where it was taken
}

// long are names that may have been meant where a shorter one was taken: 法务 of 法务主官.
type long struct {
	at, end int
	names   []string
}

// longer notes the names that begin like the one that was taken and go on.
func (s *scanner) longer(from int, taken string, names []string) {
	var out []string
	for _, n := range names {
		if n != taken && strings.HasPrefix(n, taken) {
			out = append(out, n)
		}
	}
	if len(out) > 0 {
		s.longs = append(s.longs, long{from, s.pos, out})
	}
}

func newScanner(text string) *scanner {
	raw := []rune(text)
	return &scanner{text: []rune(halved(string(raw))), raw: raw}
}

// halved makes signs half-width where Chinese keyboards write them full-width, keeping the number of characters.
func halved(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u3000':
			return ' '
		case r == '。':
			return '.'
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '“' || r == '”' || r == '「' || r == '」' || r == '『' || r == '』':
			return '"'
		case r == '≥':
			return '≥'
		}
		return r
	}, s)
}

func (s *scanner) blanks() {
	for s.pos < len(s.text) && unicode.IsSpace(s.text[s.pos]) {
		s.pos++
	}
}

// end reports whether nothing but blanks and full stops is left.
func (s *scanner) end() bool {
	s.blanks()
	for i := s.pos; i < len(s.text); i++ {
		if r := s.text[i]; r != '.' && r != ';' && !unicode.IsSpace(r) {
			s.miss("规则到这里结束")
			return false
		}
	}
	return true
}

// at reports whether word stands at i.
func (s *scanner) at(i int, word string) (int, bool) {
	for _, w := range word {
		if i >= len(s.text) || unicode.ToLower(s.text[i]) != unicode.ToLower(w) {
			return 0, false
		}
		i++
	}
	return i, true
}

// word takes the longest of words that stands here, "" when none does; the first is what an error proposes.
func (s *scanner) word(words ...string) string {
	w := s.maybe(words...)
	if w == "" {
		s.miss(words[0])
	}
	return w
}

// maybe takes the longest of words that stands here, "" when none does, which is no error.
func (s *scanner) maybe(words ...string) string {
	s.blanks()
	best, end := "", s.pos
	for _, w := range words {
		if i, ok := s.at(s.pos, halved(w)); ok && i > end {
			best, end = w, i
		}
	}
	s.pos = end
	return best
}

// name takes the longest of names that stands here; they are candidates for a repair if none does.
func (s *scanner) name(what string, names []string) string {
	s.blanks()
	from := s.pos
	if best := s.maybe(names...); best != "" {
		s.longer(from, best, names)
		return best
	}
	s.miss(what)
	if s.far == s.pos {
		s.known = append(s.known, names...)
	}
	return ""
}

// try runs read and goes back when it says no.
func (s *scanner) try(read func() bool) bool {
	from := s.pos
	if read() {
		return true
	}
	s.pos = from
	return false
}

func (s *scanner) miss(what string) {
	if s.pos > s.far {
		s.far, s.wanted, s.known = s.pos, nil, nil
	}
	if s.pos == s.far {
		for _, w := range s.wanted {
			if w == what {
				return
			}
		}
		s.wanted = append(s.wanted, what)
	}
}

// quoted takes a text in quotation marks.
func (s *scanner) quoted() (string, bool) {
	s.blanks()
	if s.pos >= len(s.text) || s.text[s.pos] != '"' {
		s.miss("\"文字\"")
		return "", false
	}
	for i := s.pos + 1; i < len(s.text); i++ {
		if s.text[i] == '"' {
			t := strings.TrimSpace(string(s.raw[s.pos+1 : i]))
			s.pos = i + 1
			return t, true
		}
	}
	return "", false
}

// number takes a whole number, in digits or Chinese ones.
func (s *scanner) number() (int, bool) {
	s.blanks()
	i := s.pos
	for i < len(s.text) && s.text[i] >= '0' && s.text[i] <= '9' {
		i++
	}
	if i > s.pos && i-s.pos <= 6 {
		n := 0
		for _, r := range s.text[s.pos:i] {
			n = 10*n + int(r-'0')
		}
		s.pos = i
		return n, true
	}
	for i < len(s.text) && strings.ContainsRune("一二两三四五六七八九十百", s.text[i]) {
		i++
	}
	if n, ok := chineseNumber(s.text[s.pos:i]); ok {
		s.pos = i
		return n, true
	}
	s.miss("数字")
	return 0, false
}

// chineseNumber reads 三, 十二, 二十, 一百二十.
func chineseNumber(digits []rune) (int, bool) {
	n, last := 0, 0
	for _, r := range digits {
		switch r {
		case '十':
			n, last = n+max(last, 1)*10, 0
		case '百':
			n, last = n+max(last, 1)*100, 0
		default:
			last = 1 + strings.IndexRune("一二三四五六七八九", r)/3
			if r == '两' {
				last = 2
			}
		}
	}
	return n + last, len(digits) > 0
}

// span takes a length of time.
func (s *scanner) span() (Span, bool) {
	var out Span
	ok := s.try(func() bool {
		if s.word("半个月") != "" {
			out = Span{15, Days}
			return true
		}
		if s.word("半年") != "" {
			out = Span{6, Months}
			return true
		}
		n, ok := s.number()
		if !ok || n == 0 {
			return false
		}
		var words []string
		units := map[string]Unit{}
		for _, u := range unitNames {
			for _, w := range u.words {
				words, units[w] = append(words, w), u.unit
			}
		}
		words = append(words, "年")
		w := s.word(words...)
		if w == "" {
			s.miss("小时")
			s.miss("天")
			s.miss("个工作日")
			return false
		}
		out = Span{n, units[w]}
		if w == "年" {
			out = Span{12 * n, Months}
		}
		return out.natural() <= maxSpan
	})
	return out, ok
}

// problem is the error at the furthest place that was reached.
func (s *scanner) problem() *Problem {
	at := max(s.far, s.pos)
	var longs []long
	for _, l := range s.longs {
		if l.end <= at && at <= l.end+1 {
			longs = append(longs, l)
		}
	}
	best, meant := s.meant(longs)
	p := s.place(at)
	if meant { // the place a person looks at is where the word begins
		p = s.place(best.at)
	}
	p.at, p.words, p.names, p.longs = min(at, len(s.text)), s.wanted, s.known, longs
	if at >= len(s.text) {
		p.Msg = "还没写完"
	} else {
		p.Msg = "这里看不懂"
	}
	if !meant {
		best.name, meant = s.repair(at)
	}
	if meant {
		p.Fix = "要写的是 " + best.name + " 吗"
	} else if len(s.wanted) > 0 {
		p.Fix = "这里可以写 " + strings.Join(s.wanted[:min(len(s.wanted), 5)], "、")
	}
	return p
}

// place makes a problem at a place.
func (s *scanner) place(at int) *Problem {
	p := &Problem{Line: 1, Column: 1, at: min(at, len(s.text))}
	for _, r := range s.text[:min(at, len(s.text))] {
		p.Column++
		if r == '\n' {
			p.Line, p.Column = p.Line+1, 1
		}
	}
	for at < len(s.text) && unicode.IsSpace(s.text[at]) {
		at++
		p.at++
		p.Column++
	}
	for i := at; i < len(s.text) && i < at+6 && !unicode.IsSpace(s.text[i]); i++ {
		p.Near += string(s.raw[i])
	}
	return p
}

// repair finds the name most like what stands there.
func (s *scanner) repair(at int) (string, bool) {
	if found := s.repairs(at); len(found) > 0 {
		return found[0].name, true
	}
	return "", false
}

// meant finds the longer name most like what stands where a shorter one was taken.
func (s *scanner) meant(longs []long) (near, bool) {
	for _, l := range longs {
		for _, n := range l.names {
			if x, ok := s.nearest(l.at, n); ok && x.length > l.end-l.at {
				x.at = l.at
				return x, true
			}
		}
	}
	return near{}, false
}

// nearest is how like a name is what stands at a place, and how much of the text that is.
func (s *scanner) nearest(at int, name string) (near, bool) {
	length := len([]rune(name))
	best := near{name: name}
	for _, l := range []int{length, length - 1, length + 1} {
		if l < 1 || at+l > len(s.text) {
			continue
		}
		d := levenshtein.ComputeDistance(name, string(s.text[at:at+l]))
		if 2*d < length+1 && d < length && (best.length == 0 || d < best.distance) {
			best.length, best.distance = l, d
		}
	}
	return best, best.length > 0
}

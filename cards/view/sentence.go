package view

import (
	"strings"
	"unicode/utf8"
)

// sentences puts the parts of a note one after another. What ends with a full stop or a line break is followed by no space, as
// Chinese is written; anything else is.
func sentences(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(b.String())
		if b.Len() > 0 && !strings.ContainsRune("。?;:\n", last) {
			b.WriteByte(' ')
		}
		b.WriteString(p)
	}
	return b.String()
}

// phoneRow is how many characters a row of a card has on WeCom; what is longer is cut there.
const phoneRow = 30

// inRow parts a list at a separator, so that its beginning fits in a row; rest is "" when all of it does.
func inRow(list, sep string) (first, rest string) {
	if utf8.RuneCountInString(list) <= phoneRow {
		return list, ""
	}
	at := 0
	for i := range list {
		if utf8.RuneCountInString(list[:i]) > phoneRow {
			break
		}
		if strings.HasPrefix(list[i:], sep) {
			at = i
		}
	}
	if at == 0 {
		return list, ""
	}
	return list[:at], list[at+len(sep):]
}

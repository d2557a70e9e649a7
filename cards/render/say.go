package render

import (
	"strings"
	"unicode/utf8"
)

// Say is what the bot says, made safe to send: a text is plain, but for a heading, "**…**" at the beginning of a line.
// In every text there are words of people (a name, a reason, the title of a group), and they must not become a link with
// a false label, a mention of everybody, a coloured word or a heading on another's phone: WeCom makes links of <a> in
// plain text, and both platforms take a text with markdown in it for markdown. The characters give way to look-alikes.
// Links are put on buttons, or stand as they are. markdown says that the channel takes every text for markdown; marked
// that this one has a heading, and so has to be sent as such.
func Say(s string, markdown bool) (out string, marked bool) {
	lines := strings.Split(printable(s), "\n")
	headings := make([]string, len(lines))
	for i, l := range lines {
		if headings[i], lines[i] = sayHeading(l); headings[i] != "" {
			marked = true
		}
	}
	for i, l := range lines {
		l = sayLine(l, marked || markdown)
		if headings[i] != "" {
			l = "**" + sayLine(headings[i], true) + "**" + l
		}
		lines[i] = l
	}
	return strings.Join(lines, "\n"), marked
}

// sayHeading parts a line into its heading and the rest.
func sayHeading(l string) (head, rest string) {
	inner, ok := strings.CutPrefix(l, "**")
	if !ok {
		return "", l
	}
	head, rest, ok = strings.Cut(inner, "**")
	if !ok || strings.TrimSpace(head) == "" || strings.HasPrefix(head, "*") || strings.HasPrefix(rest, "*") {
		return "", l
	}
	return head, rest
}

// sayLine takes the markup out of one line. In a text without a heading stars and the like do no harm: it is not read as
// markdown.
func sayLine(l string, markdown bool) string {
	l = strings.ReplaceAll(l, "](", "] (")
	if strings.Contains(l, "<") {
		l = closeTags(l)
	}
	if !markdown {
		return unquoted(l)
	}
	if !masked(l) {
		l = strings.ReplaceAll(l, "**", "＊＊")
	}
	l = strings.NewReplacer("`", "'", "~~", "～～").Replace(l)
	return unquoted(l)
}

// masked reports whether the only stars of a line hide a part of a number or name (138****5678): alone they mark nothing.
func masked(l string) bool { return strings.Count(l, "**") == 2 && strings.Contains(l, "****") }

// unquoted takes the mark of a heading or quotation from the beginning of a line: by it alone a text would be taken for
// markdown.
func unquoted(l string) string {
	body := strings.TrimLeft(l, " ")
	switch {
	case strings.HasPrefix(body, "#"):
		return l[:len(l)-len(body)] + "＃" + body[1:]
	case strings.HasPrefix(body, ">"):
		return l[:len(l)-len(body)] + "＞" + body[1:]
	}
	return l
}

// closeTags replaces each < that could begin a tag, a mention or an address. One before a number stays: 库存<5.
func closeTags(l string) string {
	var b strings.Builder
	for i := 0; i < len(l); i++ {
		if l[i] != '<' {
			b.WriteByte(l[i])
			continue
		}
		next, _ := utf8.DecodeRuneInString(l[i+1:])
		if next >= '0' && next <= '9' || next == '=' || next == ' ' {
			b.WriteByte('<')
			continue
		}
		b.WriteString("＜")
	}
	return b.String()
}

package page

import (
	"html"
	"html/template"
	"net/url"
	"regexp"
	"strings"
)

// maxBlock bounds the text of one message that is drawn, in bytes.
const maxBlock = 64 << 10

// markup turns the text of a message into HTML: everything is escaped first, then the few marks the platforms know are
// put back. Only http(s) addresses become links, only pictures of this host are shown.
type markup struct {
	// marks are headings, lists, quotes, bold, colours and pictures; off, only addresses become links.
	marks bool
	// anchors are the <a href> that WeCom allows in plain text.
	anchors bool
	link    func(address string) string
	// picture makes an address into a path of this host, empty if it is none.
	picture func(address string) string
}

func (s *server) markdown(platform string) markup {
	return markup{
		marks: true, link: func(a string) string { return s.link(platform, a) },
		picture: func(a string) string { return s.picture(platform, a) },
	}
}

func (s *server) text(platform string, fromBot bool) markup {
	return markup{anchors: fromBot, link: func(a string) string { return s.link(platform, a) }}
}

// picture is the path of a picture on this host. A simulator writes it as a path of its own or as an absolute address
// with whatever loopback name it was told.
func (s *server) picture(platform, address string) string {
	if ownPath(address) {
		return s.address(platform, address)
	}
	u, err := url.Parse(address)
	if err != nil || !loopbackHost(u.Host) || !strings.HasPrefix(u.EscapedPath(), s.opt.Prefix[platform]+"/") {
		return ""
	}
	return u.EscapedPath()
}

var (
	heading  = regexp.MustCompile(`^#{1,6}\s+(.*)$`)
	bullet   = regexp.MustCompile(`^\s*[-*]\s+(.*)$`)
	numbered = regexp.MustCompile(`^\s*(\d{1,3}\.)\s+(.*)$`)
	quoted   = regexp.MustCompile(`^\s*&gt;\s?(.*)$`)
	ruler    = regexp.MustCompile(`^\s*(-{3,}|\*{3,})\s*$`)
)

// block draws a text of several lines.
func (k markup) block(text string) template.HTML {
	if len(text) > maxBlock {
		text = strings.ToValidUTF8(text[:maxBlock], "") + "…"
	}
	text = html.EscapeString(strings.TrimSpace(strings.ReplaceAll(text, "\r", "")))
	if text == "" {
		return ""
	}
	var b strings.Builder
	open, blank := false, false
	for line := range strings.SplitSeq(text, "\n") {
		if k.marks && strings.TrimSpace(line) == "" {
			blank = true
			continue
		}
		if blank {
			b.WriteString(`<span class="gap"></span>`)
			open, blank = false, false
		}
		tag, class, body := k.line(line)
		if tag == "" {
			if open {
				b.WriteString("<br>")
			}
			b.WriteString(k.inline(body, 0))
			open = true
			continue
		}
		b.WriteString("<" + tag + ` class="` + class + `">` + k.inline(body, 0) + "</" + tag + ">")
		open = false
	}
	return template.HTML(b.String()) // escaped above; only fixed tags and checked addresses are added
}

// line tells the element a line of markdown becomes; none is running text.
func (k markup) line(line string) (tag, class, body string) {
	if !k.marks {
		return "", "", line
	}
	if ruler.MatchString(line) {
		return "span", "rule", ""
	}
	if m := heading.FindStringSubmatch(line); m != nil {
		return "strong", "heading", m[1]
	}
	if m := bullet.FindStringSubmatch(line); m != nil {
		return "span", "item", "· " + m[1]
	}
	if m := numbered.FindStringSubmatch(line); m != nil {
		return "span", "item", m[1] + " " + m[2]
	}
	if m := quoted.FindStringSubmatch(line); m != nil {
		return "span", "quote", m[1]
	}
	return "", "", strings.TrimRight(line, " ")
}

// The marks inside a line, over text that is escaped already. Go's expressions match in linear time.
var (
	anchorMark = `&lt;a href=&#34;([^\s<>]+?)&#34;&gt;(.+?)&lt;/a&gt;`
	bareMark   = `https?://(?:&amp;|[^\s<>&()\[\]{},;，。；、）】》”])*(?:&amp;|[^\s<>&()\[\]{},.;:!?，。；、）】》”])`
	pictures   = `!\[([^\]]*)\]\(([^\s()]+)\)`
	links      = `\[([^\[\]]+)\]\(([^\s()]+)\)`
	bold       = `\*\*([^*].*?)\*\*`
	font       = `&lt;font color=(?:&#34;|&#39;)?([#\w]+)(?:&#34;|&#39;)?&gt;(.*?)&lt;/font&gt;`
	code       = "`([^`]+)`"

	plainMarks  = regexp.MustCompile(bareMark)
	anchorMarks = regexp.MustCompile(anchorMark + "|" + bareMark)
	allMarks    = regexp.MustCompile(strings.Join([]string{pictures, links, bold, font, code, bareMark}, "|"))
)

// maxDepth bounds marks inside marks.
const maxDepth = 4

// colours of WeCom's markdown; any other is left out.
var colours = map[string]string{"info": "info", "comment": "comment", "warning": "warning"}

func (k markup) inline(text string, depth int) string {
	marks := plainMarks
	switch {
	case depth > maxDepth:
		return text
	case k.marks:
		marks = allMarks
	case k.anchors:
		marks = anchorMarks
	}
	var b strings.Builder
	from := 0
	for _, at := range marks.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[from:at[0]])
		group := func(n int) string {
			if at[2*n] < 0 {
				return ""
			}
			return text[at[2*n]:at[2*n+1]]
		}
		whole := text[at[0]:at[1]]
		switch {
		case k.marks:
			b.WriteString(k.mark(whole, group, depth))
		case k.anchors && at[2] >= 0:
			b.WriteString(k.anchor(group(1), group(2), whole))
		default:
			b.WriteString(k.anchor(whole, whole, whole))
		}
		from = at[1]
	}
	b.WriteString(text[from:])
	return b.String()
}

// mark draws one match of allMarks.
func (k markup) mark(whole string, group func(int) string, depth int) string {
	switch {
	case strings.HasPrefix(whole, "!["):
		path := k.picture(html.UnescapeString(group(2)))
		if path == "" {
			return k.anchor(group(2), "[图片]"+group(1), whole)
		}
		path = html.EscapeString(path)
		return `<a class="picture" href="` + path + `" data-zoom target="_blank"><img src="` + path + `" alt="` + group(1) + `"></a>`
	case strings.HasPrefix(whole, "["):
		return k.anchor(group(4), group(3), whole)
	case strings.HasPrefix(whole, "**"):
		return "<b>" + k.inline(group(5), depth+1) + "</b>"
	case strings.HasPrefix(whole, "&lt;font"):
		return `<span class="` + colours[group(6)] + `">` + k.inline(group(7), depth+1) + "</span>"
	case strings.HasPrefix(whole, "`"):
		return "<code>" + group(8) + "</code>"
	}
	return k.anchor(whole, whole, whole)
}

// anchor draws a link, or the text as it was when the address is not one to open.
func (k markup) anchor(address, text, whole string) string {
	to := k.link(html.UnescapeString(address))
	if to == "" {
		return whole
	}
	return `<a href="` + html.EscapeString(to) + `" target="_blank" rel="noopener noreferrer">` + text + "</a>"
}

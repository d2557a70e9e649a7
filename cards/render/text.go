package render

import (
	"strings"

	"salesflow/cards"
)

// markdownBytes bounds Markdown: it fits every channel of both platforms except WeCom's app message, which has its own.
const markdownBytes = 4000

// markdownSafe keeps what people wrote from acting as markup: a link with a false name, a mention, a coloured word.
// The platforms do not agree on backslashes, so the characters give way to look-alikes.
var markdownSafe = strings.NewReplacer("<", "＜", "](", "] (", "*", "＊", "`", "'", "\n#", "\n＃", "\n>", "\n＞")

func markdown(s string) string { return markdownSafe.Replace(s) }

// Markdown is the card as a message, for chats where cards cannot be: heading, fields, note, and every button as the
// words that do the same ("回复:同意 HT2026-018 · 驳回 HT2026-018 原因"), addresses as links. Paragraphs are parted
// by empty lines, as DingTalk needs. It is at most 4000 bytes long.
func Markdown(c cards.Card) string {
	c = readable(c)
	return within(markdownBytes, func(n int) string {
		part := []string{"#### " + markdown(CutBytes(c.Heading(), n))}
		part = append(part, paragraphs(c, n)...)
		part = append(part, tail(c, n, true)...)
		return strings.Join(part, "\n\n")
	})
}

// WeComMarkdown is Markdown as WeCom's app and robots draw it best: single line breaks, the state in colour. It is at
// most WeComMarkdownBytes long.
func WeComMarkdown(c cards.Card) string {
	c = readable(c)
	return within(WeComMarkdownBytes, func(n int) string {
		head := "**" + markdown(CutBytes(c.Title, n)) + "**"
		if c.Status != "" {
			head += ` · <font color="` + wecomFont(c.Level) + `">` + markdown(CutBytes(c.Status, n)) + "</font>"
		}
		part := []string{head}
		for _, f := range c.Fields {
			part = append(part, `> <font color="comment">`+markdown(f.Name)+"</font> "+markdown(CutBytes(f.Value, n)))
		}
		if c.Note != "" {
			part = append(part, "\n"+markdown(CutBytes(c.Note, n)))
		}
		if rest := tail(c, n, true); len(rest) > 0 {
			part = append(part, "\n"+strings.Join(rest, "\n"))
		}
		return strings.Join(part, "\n")
	})
}

// Text is the card as plain text, for the terminal, SMS and mail. It is at most WeComTextBytes long.
func Text(c cards.Card) string {
	c = readable(c)
	return within(WeComTextBytes, func(n int) string {
		part := []string{CutBytes(c.Heading(), n)}
		for _, f := range c.Fields {
			part = append(part, f.Name+":"+CutBytes(f.Value, n))
		}
		if c.Note != "" {
			part = append(part, CutBytes(c.Note, n))
		}
		return strings.Join(append(part, tail(c, n, false)...), "\n")
	})
}

// readable is c cleaned as far as it can be: text is the last resort, so a wrong button is left out, not refused.
func readable(c cards.Card) cards.Card {
	out, err := cleaned(c)
	if err == nil {
		return out
	}
	buttons := c.Buttons
	c.Buttons = nil
	seen := map[string]bool{}
	for _, b := range buttons {
		b.Text, b.Typed = line(b.Text), line(b.Typed)
		if len(c.Buttons) < cards.MaxButtons && checkButton(b, seen) == nil {
			c.Buttons = append(c.Buttons, b)
		}
	}
	out, _ = cleaned(c)
	return out
}

// tail is what stands in place of the buttons: how to say it in words, and the links; or how the matter ended.
func tail(c cards.Card, n int, links bool) []string {
	esc := func(s string) string { return s }
	if links {
		esc = markdown
	}
	if c.Closed != "" {
		return []string{esc(CutBytes(c.Closed, n))}
	}
	var numbered, words, urls []string
	for _, b := range c.Buttons {
		typed := CutBytes(orElse(b.Typed, b.Text), n)
		switch {
		case b.URL != "" && links:
			urls = append(urls, "["+strings.NewReplacer("[", "(", "]", ")").Replace(esc(CutBytes(b.Text, n)))+"]("+strings.ReplaceAll(b.URL, ")", "%29")+")")
		case b.URL != "":
			urls = append(urls, CutBytes(b.Text, n)+" "+b.URL)
		case digits(typed):
			numbered = append(numbered, typed+". "+esc(CutBytes(b.Text, n)))
		default:
			words = append(words, esc(typed))
		}
	}
	out := numbered
	if len(numbered) > 0 {
		words = append([]string{"序号"}, words...)
	}
	if c.Choice != nil && len(words) > 0 {
		out = append(out, options(*c.Choice, n, esc))
	}
	if len(words) > 0 {
		out = append(out, "回复:"+strings.Join(words, " · "))
	}
	return append(out, urls...)
}

func options(c cards.Choice, n int, esc func(string) string) string {
	names := make([]string, len(c.Options))
	for i, o := range c.Options {
		names[i] = esc(CutBytes(o.Text, n))
	}
	return esc(orElse(CutBytes(c.Title, n), "可选")) + ":" + strings.Join(names, " / ")
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func wecomFont(l cards.Level) string {
	switch l {
	case cards.OK:
		return "info"
	case cards.Warn, cards.Alert:
		return "warning"
	}
	return "comment"
}

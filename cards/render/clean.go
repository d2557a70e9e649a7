package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"salesflow/cards"
)

// JSON encodes v without the escapes of HTML characters: WeCom refuses a body with \u003c in it (error 40033).
// Whoever puts a rendered card into a larger body must encode that body with JSON too, else the escapes come back.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode json: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// text makes s safe to show: valid UTF-8, no control characters, no marks that turn the reading direction (a name could
// use them to make an amount read backwards), none of the separators that JSON always escapes. Line breaks stay.
func text(s string) string {
	if len(s) > maxInput {
		s = CutBytes(s, maxInput)
	}
	return printable(s)
}

// printable is text at whatever length.
func printable(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\r':
			return ' '
		case r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\u200e', r == '\u200f', r == '\ufeff':
			return -1
		}
		return r
	}, s))
}

// line is text on one line, without what could begin a tag.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(closeTags(text(s)), func(r rune) bool { return r == '\n' }), " ")
}

// cleaned is c with every text safe to show, within the counts every platform can draw, and without empty fields.
func cleaned(c cards.Card) (cards.Card, error) {
	c.Title, c.Status, c.Closed, c.Note = line(c.Title), line(c.Status), line(c.Closed), closeTags(text(c.Note))
	if c.Title == "" {
		// The platforms refuse a card without a title, and a name made of nothing printable may have been the title.
		c.Title, c.Status = orElse(c.Status, "消息"), ""
	}
	c.Fields = cleanFields(c.Fields)
	buttons, err := cleanButtons(c.Buttons)
	if err != nil {
		return cards.Card{}, fmt.Errorf("card %s: %w", c.Key, err)
	}
	c.Buttons = buttons
	if c.Input != nil {
		c.Input = &cards.Input{Key: line(c.Input.Key), Placeholder: line(c.Input.Placeholder)}
	}
	if c.Choice != nil {
		c.Choice = cleanChoice(*c.Choice)
	}
	return c, nil
}

func cleanFields(in []cards.Field) []cards.Field {
	out := make([]cards.Field, 0, cards.MaxFields)
	for _, f := range in {
		f.Name, f.Value = CutRunes(line(f.Name), cards.MaxFieldName), line(f.Value)
		if len(out) == cards.MaxFields || f.Name == "" && f.Value == "" {
			continue
		}
		f.Name, f.Value = orElse(f.Name, "其他"), orElse(f.Value, "-")
		out = append(out, f)
	}
	return out
}

// cleanButtons refuses what would be a button that does nothing or the wrong thing.
func cleanButtons(in []cards.Button) ([]cards.Button, error) {
	out := make([]cards.Button, 0, cards.MaxButtons)
	seen := map[string]bool{}
	for i, b := range in {
		if i == cards.MaxButtons {
			break
		}
		b.Text, b.Typed = line(b.Text), line(b.Typed)
		if err := checkButton(b, seen); err != nil {
			return nil, fmt.Errorf("button %d: %w", i+1, err)
		}
		out = append(out, b)
	}
	return out, nil
}

func checkButton(b cards.Button, seen map[string]bool) error {
	if b.Text == "" {
		return fmt.Errorf("%w: no text", ErrCard)
	}
	if b.URL != "" {
		if !strings.HasPrefix(b.URL, "https://") && !strings.HasPrefix(b.URL, "http://") || len(b.URL) > DingTalkValueBytes {
			return fmt.Errorf("%w: not a web address of at most %d bytes", ErrCard, DingTalkValueBytes)
		}
		return nil
	}
	key := b.Action.Encode()
	if back, err := cards.DecodeAction(key); err != nil || back != b.Action {
		return fmt.Errorf("%w: action does not survive its encoding", ErrCard)
	}
	if seen[key] {
		return fmt.Errorf("%w: two buttons ask for the same", ErrCard)
	}
	seen[key] = true
	return nil
}

func cleanChoice(c cards.Choice) *cards.Choice {
	out := cards.Choice{Key: c.Key, Title: line(c.Title)}
	seen := map[string]bool{}
	for _, o := range c.Options {
		o.Text = line(o.Text)
		if len(out.Options) == wecomMaxOptions || o.ID == "" || o.Text == "" || len(o.ID) > wecomMaxOptionID || seen[o.ID] {
			continue
		}
		seen[o.ID] = true
		out.Options = append(out.Options, o)
	}
	if len(out.Options) == 0 || out.Key == "" {
		return nil
	}
	return &out
}

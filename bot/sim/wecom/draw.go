package wecom

import (
	"regexp"
	"strings"

	"salesflow/bot/sim"
)

// Button styles of the platform, as the phone colours them.
var buttonStyles = map[int]string{1: "primary", 2: "secondary", 3: "neutral", 4: "danger"}

// tap is something on a card that a finger can hit.
type tap struct {
	text string
	key  string
	url  string
	menu bool
	card *templateCard
}

// taps lists what can be hit on a card as it is now.
func (c *templateCard) taps() []tap {
	var out []tap
	if c.ReplaceText == "" {
		switch c.CardType {
		case cardButton:
			for _, b := range c.Buttons {
				t := tap{text: b.Text, key: b.Key, card: c}
				if b.Type == 1 {
					t.key, t.url = "", b.URL
				}
				out = append(out, t)
			}
		case cardVote, cardMulti:
			if c.Submit != nil {
				out = append(out, tap{text: c.Submit.Text, key: c.Submit.Key, card: c})
			}
		}
	}
	for _, j := range c.Jumps {
		if j.Type == 1 {
			out = append(out, tap{text: j.Title, url: j.URL, card: c})
		}
	}
	if c.ActionMenu != nil {
		for _, a := range c.ActionMenu.Actions {
			out = append(out, tap{text: a.Text, key: a.Key, menu: true, card: c})
		}
	}
	return out
}

// remember adds what the view's card offers to what was ever offered on it.
func (v *view) remember() {
	if v.face == nil {
		return
	}
	for _, t := range v.face.taps() {
		if t.key != "" {
			v.shown[t.key] = t
		}
	}
}

// draw reads a template card as the phone shows it.
func draw(c *templateCard) *sim.Card {
	card := &sim.Card{Fields: []sim.Field{}, Buttons: []sim.Button{}}
	if t := c.MainTitle; t != nil {
		card.Title, card.Status = t.Title, t.Desc
		if at := strings.LastIndex(t.Title, " · "); t.Desc == "" && at >= 0 {
			card.Title, card.Status = t.Title[:at], t.Title[at+len(" · "):]
		}
	}
	if e := c.Emphasis; e != nil && (e.Title != "" || e.Desc != "") {
		card.Fields = append(card.Fields, sim.Field{Name: e.Desc, Value: e.Title})
	}
	for _, l := range c.Horizontal {
		card.Fields = append(card.Fields, sim.Field{Name: l.Keyname, Value: l.Value})
	}
	for _, l := range c.Vertical {
		card.Fields = append(card.Fields, sim.Field{Name: l.Title, Value: l.Desc})
	}
	card.Note = drawNote(c)
	card.Buttons = append(card.Buttons, drawButtons(c)...)
	drawChoice(c, card)
	return card
}

func drawNote(c *templateCard) string {
	var parts []string
	add := func(texts ...string) {
		for _, t := range texts {
			if t != "" {
				parts = append(parts, t)
			}
		}
	}
	if c.ImageText != nil {
		add(c.ImageText.Title, c.ImageText.Desc)
	}
	add(c.SubTitle)
	if c.Quote != nil {
		add(c.Quote.Title, c.Quote.Text)
	}
	return strings.Join(parts, "\n")
}

func drawButtons(c *templateCard) []sim.Button {
	var out []sim.Button
	if c.ReplaceText != "" && c.interactive() {
		out = append(out, sim.Button{Text: c.ReplaceText})
	}
	if c.ReplaceText == "" && c.CardType == cardButton {
		for _, b := range c.Buttons {
			button := sim.Button{Text: b.Text, Style: buttonStyles[max(b.Style, 1)], Enabled: true}
			if b.Type == 1 {
				button.URL = b.URL
			}
			out = append(out, button)
		}
	}
	if c.ReplaceText == "" && (c.CardType == cardVote || c.CardType == cardMulti) && c.Submit != nil {
		out = append(out, sim.Button{Text: c.Submit.Text, Style: "primary", Enabled: true})
	}
	for _, j := range c.Jumps {
		out = append(out, sim.Button{Text: j.Title, Style: "link", URL: j.URL, Enabled: true})
	}
	if c.ActionMenu != nil {
		for _, a := range c.ActionMenu.Actions {
			out = append(out, sim.Button{Text: a.Text, Style: "menu", Enabled: true})
		}
	}
	return out
}

// drawChoice draws the first question as a list; sim.Card has room for one, further ones become fields.
func drawChoice(c *templateCard, card *sim.Card) {
	if c.ReplaceText != "" {
		return
	}
	for _, q := range c.questions() {
		if q.disabled {
			continue
		}
		options := make([]sim.Option, 0, len(q.options))
		names := make([]string, 0, len(q.options))
		for _, o := range q.options {
			options = append(options, sim.Option{ID: o.ID, Text: o.Text})
			names = append(names, o.Text)
		}
		if card.Choice == nil {
			card.Choice = &sim.Choice{Key: q.key, Title: q.title, Options: options}
			continue
		}
		card.Fields = append(card.Fields, sim.Field{Name: q.title, Value: strings.Join(names, " / ")})
	}
}

// question is one selector of a card, of whichever kind.
type question struct {
	key, title string
	options    []cardOption
	selected   []string
	multi      bool
	disabled   bool
}

func (c *templateCard) questions() []question {
	var out []question
	add := func(q cardSelect) {
		selected := q.SelectedID
		// An option that is not given or not in the list selects the first one.
		if !hasOption(q.Options, selected) && len(q.Options) > 0 {
			selected = q.Options[0].ID
		}
		out = append(out, question{
			key: q.QuestionKey, title: q.Title, options: q.Options, selected: []string{selected}, disabled: q.Disable,
		})
	}
	switch {
	case c.CardType == cardButton && c.Selection != nil:
		add(*c.Selection)
	case c.CardType == cardMulti:
		for _, q := range c.Selects {
			add(q)
		}
	case c.CardType == cardVote && c.Checkbox != nil:
		q := question{key: c.Checkbox.QuestionKey, options: c.Checkbox.Options, multi: c.Checkbox.Mode == 1, disabled: c.Checkbox.Disable}
		for _, o := range c.Checkbox.Options {
			if o.Checked {
				q.selected = append(q.selected, o.ID)
			}
		}
		out = append(out, q)
	}
	return out
}

func hasOption(options []cardOption, id string) bool {
	for _, o := range options {
		if o.ID == id {
			return true
		}
	}
	return false
}

var htmlTag = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)

// drawTextCard draws a textcard message, whose description is a little HTML.
func drawTextCard(t textCard) *sim.Card {
	text := t.ButtonText
	if text == "" {
		text = "详情"
	}
	return &sim.Card{
		Title: t.Title, Fields: []sim.Field{},
		Note:    strings.TrimSpace(htmlTag.ReplaceAllString(strings.ReplaceAll(t.Description, "</div>", "\n"), "")),
		Buttons: []sim.Button{{Text: text, Style: "link", URL: t.URL, Enabled: true}},
	}
}

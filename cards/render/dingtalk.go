package render

import (
	"slices"
	"strconv"
	"strings"

	"salesflow/cards"
)

// DingTalkOptions say what a DingTalk card needs beyond the card itself.
type DingTalkOptions struct {
	// Account gives the platform's user id of a person, "" for a person without one. It may be nil when no button is
	// for some people only.
	Account func(person int64) string
	// Viewers are the people who hold the card. Each gets an explicit word on every button, so that what an earlier
	// face showed to him alone goes away when the new face is merged into the old.
	Viewers []int64
}

// DingTalkCard holds the variables of the card template: those all see, and for some people (by their user id on the
// platform) the ones that differ for them. They are the cardParamMap of cardData and of privateData; all are strings.
type DingTalkCard struct {
	Public  map[string]string            `json:"public"`
	Private map[string]map[string]string `json:"private,omitempty"`
}

// DingTalk renders the card as variables of the shipped template (TemplateVariables lists them). Every public variable
// is always present, empty where the card has nothing, so that a face replaces the one before it entirely.
// The error is ErrCard.
func DingTalk(c cards.Card, opt DingTalkOptions) (DingTalkCard, error) {
	c, err := cleaned(c)
	if err != nil {
		return DingTalkCard{}, err
	}
	out := DingTalkCard{Public: map[string]string{
		"title":  CutRunes(c.Title, cards.MaxTitle),
		"status": CutRunes(c.Status, cards.MaxTitle),
		"level":  dingLevel(c.Level),
		"body":   dingBody(c),
		"fields": dingFields(c.Fields),
		"note":   CutBytes(unlinked(c.Note), DingTalkValueBytes),
		"closed": CutRunes(c.Closed, 60),
	}}
	for i := range cards.MaxButtons {
		var b cards.Button
		if i < len(c.Buttons) {
			b = c.Buttons[i]
		}
		out.button(i, b, c.Closed != "")
	}
	out.input(c)
	out.private(c, opt)
	return out, nil
}

func (d *DingTalkCard) button(i int, b cards.Button, closed bool) {
	p := buttonPrefix(i)
	action := ""
	if b.URL == "" && !b.Action.IsZero() {
		action = b.Action.Encode()
	}
	d.Public[p+"text"] = CutRunes(b.Text, 2*cards.MaxButtonText)
	d.Public[p+"style"] = dingStyle(b.Style)
	d.Public[p+"action"] = action
	d.Public[p+"url"] = b.URL
	d.Public[p+"show"] = strconv.FormatBool(b.Text != "" && !closed && len(b.Only) == 0)
}

func (d *DingTalkCard) input(c cards.Card) {
	d.Public["input_key"], d.Public["input_placeholder"] = "", ""
	if c.Input == nil || c.Closed != "" {
		return
	}
	d.Public["input_key"] = CutBytes(c.Input.Key, 100)
	d.Public["input_placeholder"] = CutRunes(c.Input.Placeholder, 40)
}

// private says for everyone named on a button, and for every viewer, which buttons he sees.
func (d *DingTalkCard) private(c cards.Card, opt DingTalkOptions) {
	if opt.Account == nil {
		return
	}
	people := slices.Clone(opt.Viewers)
	for _, b := range c.Buttons {
		people = append(people, b.Only...)
	}
	for _, person := range people {
		user := opt.Account(person)
		if user == "" || d.Private[user] != nil {
			continue
		}
		own := map[string]string{}
		for i := range cards.MaxButtons {
			show := i < len(c.Buttons) && c.Closed == "" &&
				(len(c.Buttons[i].Only) == 0 || slices.Contains(c.Buttons[i].Only, person))
			own[buttonPrefix(i)+"show"] = strconv.FormatBool(show)
		}
		if d.Private == nil {
			d.Private = map[string]map[string]string{}
		}
		d.Private[user] = own
	}
}

func buttonPrefix(i int) string { return "b" + strconv.Itoa(i+1) + "_" }

// dingBody is the card's text in markdown: a paragraph for each field, then the note. When it is too long every text is
// cut to the same length, so that the note, which comes last and matters most, is never what falls off.
func dingBody(c cards.Card) string {
	return within(DingTalkValueBytes, func(n int) string {
		return strings.Join(paragraphs(c, n), "\n\n")
	})
}

// paragraphs are the fields as "**Name** Value" and the note, no text longer than n bytes, in markdown.
func paragraphs(c cards.Card, n int) []string {
	var out []string
	for _, f := range c.Fields {
		out = append(out, "**"+markdown(f.Name)+"** "+markdown(CutBytes(f.Value, n)))
	}
	if c.Note != "" {
		out = append(out, strings.ReplaceAll(markdown(CutBytes(c.Note, n)), "\n", "\n\n"))
	}
	return out
}

// unlinked is a text for templates that lay the card out themselves, perhaps in markdown: no links of people's.
func unlinked(s string) string { return strings.ReplaceAll(s, "](", "] (") }

// dingFields is the fields as JSON text, always a complete array.
func dingFields(fields []cards.Field) string {
	type field struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	return within(DingTalkValueBytes, func(n int) string {
		list := make([]field, len(fields))
		for i, f := range fields {
			list[i] = field{unlinked(f.Name), unlinked(CutBytes(f.Value, n))}
		}
		b, err := JSON(list)
		if err != nil {
			return "[]"
		}
		return string(b)
	})
}

// within gives make(n) for the largest n, up to max, that is at most max bytes long. make must grow with n.
func within(limit int, make func(n int) string) string {
	if s := make(limit); len(s) <= limit {
		return s
	}
	lo, hi := len(ellipsis), limit
	best := make(lo)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if s := make(mid); len(s) <= limit {
			lo, best = mid, s
		} else {
			hi = mid - 1
		}
	}
	return best
}

func dingLevel(l cards.Level) string {
	switch l {
	case cards.OK, cards.Warn, cards.Alert:
		return string(l)
	}
	return ""
}

func dingStyle(s cards.Style) string {
	switch s {
	case cards.Primary, cards.Danger:
		return string(s)
	}
	return ""
}

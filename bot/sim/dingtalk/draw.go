package dingtalk

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"salesflow/bot/sim"
)

// The template's component ids and variables. One template serves every card:
//
//	title, status, level        heading; level is "", ok, warn or alert and only colours the status
//	body                        markdown, one "**Name** Value" per paragraph
//	fields                      the same as JSON, [{"name","value"}]
//	note                        small text below
//	closed                      grey text in place of the buttons and the input line
//	input_key, input_placeholder  the line to type in; no key, no line
//	b1_… to b6_…                text, style ("", primary, danger), action, url, show ("true", "false")
const templateButtons = 6

type button struct {
	id, text, style, action, url string
}

// view is what one person sees of the variables.
func (c *card) view(person string) map[string]string {
	return merge(c.public, c.private[person], true)
}

// buttons lists the buttons the template shows for these variables.
func buttons(vars map[string]string) []button {
	if vars["closed"] != "" {
		return nil
	}
	var out []button
	for _, b := range allButtons(vars) {
		if b.text != "" && vars[b.id+"_show"] != "false" {
			out = append(out, b)
		}
	}
	return out
}

func allButtons(vars map[string]string) []button {
	var out []button
	for i := 1; i <= templateButtons; i++ {
		id := fmt.Sprintf("b%d", i)
		out = append(out, button{
			id: id, text: vars[id+"_text"], style: vars[id+"_style"], action: vars[id+"_action"], url: vars[id+"_url"],
		})
	}
	return out
}

// draw is the card as the person's phone shows it.
func (c *card) draw(person string) *sim.Card {
	vars := c.view(person)
	fields, rest := bodyFields(vars["body"])
	if listed, ok := listedFields(vars["fields"]); ok {
		fields = listed
	}
	face := &sim.Card{Title: vars["title"], Status: vars["status"], Fields: fields, Note: vars["note"], Buttons: []sim.Button{}}
	if face.Note == "" {
		face.Note = rest
	}
	for _, b := range buttons(vars) {
		face.Buttons = append(face.Buttons, sim.Button{Text: b.text, Style: b.style, URL: b.url, Enabled: true})
	}
	if text := vars["closed"]; text != "" {
		face.Buttons = append(face.Buttons, sim.Button{Text: text})
	} else if key := vars["input_key"]; key != "" {
		face.Input = &sim.Input{Key: key, Placeholder: vars["input_placeholder"]}
	}
	return face
}

func listedFields(text string) ([]sim.Field, bool) {
	if text == "" {
		return nil, false
	}
	var out []sim.Field
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, false
	}
	if out == nil {
		out = []sim.Field{}
	}
	return out, true
}

var fieldLine = regexp.MustCompile(`^\*\*(.+?)\*\*\s*(.*)$`)

// bodyFields reads the labelled lines of the markdown body; what is not one of them is the rest.
func bodyFields(body string) ([]sim.Field, string) {
	fields := []sim.Field{}
	var rest []string
	for _, p := range strings.Split(body, "\n\n") {
		p = strings.TrimSpace(p)
		if m := fieldLine.FindStringSubmatch(p); m != nil {
			fields = append(fields, sim.Field{Name: m[1], Value: m[2]})
		} else if p != "" {
			rest = append(rest, p)
		}
	}
	return fields, strings.Join(rest, "\n\n")
}

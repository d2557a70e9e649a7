package render_test

import (
	"encoding/json"
	"strings"
	"testing"

	"salesflow/cards"
	"salesflow/cards/render"
)

// FuzzCard puts any text into every field of a card and renders it for both platforms and as text: within the limits, as
// complete JSON, and without markup that anybody but the renderer wrote.
func FuzzCard(f *testing.F) {
	for _, s := range []string{
		"绍兴市立医院", `</font><a href="http://evil.example">x</a>`, "[x](http://evil.example)", "]]><x>", `"}],"a":[{"`, "${data.title}", "{{.Secret}}", "**粗**", "\u202e金额\u2028",
		strings.Repeat("长", 3000), "👨‍👩‍👧‍👦🇨🇳", "# a\n> b\n- c", "<@all>", "![x](http://evil.example/p.png)", "=HYPERLINK(1)",
	} {
		f.Add(s, s, uint8(0))
		f.Add("客户", s, uint8(255))
	}
	f.Fuzz(func(t *testing.T, a, b string, shape uint8) {
		c := cards.Card{Key: "x:1/y", Title: a, Status: b, Level: cards.Warn, Note: b}
		for range shape % 8 {
			c.Fields = append(c.Fields, cards.Field{Name: a, Value: b})
		}
		if shape&8 != 0 {
			c.Buttons = []cards.Button{
				{Text: "同意", Typed: "同意 " + b, Style: cards.Primary, Action: cards.Action{Verb: "x.y", Record: 1, Version: 2}},
				{Text: a + "x", Typed: b, Action: cards.Action{Verb: "x.z", Record: 1, Version: 2}, Only: []int64{1}},
			}
		}
		if shape&16 != 0 {
			c.Closed = b
		}
		if shape&32 != 0 {
			c.Input, c.Choice = &cards.Input{Key: "reason", Placeholder: a}, &cards.Choice{Key: "reason", Title: a, Options: []cards.Option{{ID: "1", Text: b}, {ID: "2", Text: a}}}
		}
		if _, err := render.WeCom(c, render.WeComOptions{TaskID: "t_1"}); err != nil {
			// A button without a text that can be read is refused; as text the card still says what it says.
			clean, _ := render.Say(a+"x", false)
			if strings.TrimSpace(clean) != "x" && shape&8 == 0 {
				t.Fatal(err)
			}
		} else {
			checkWeCom(t, c, render.WeComOptions{TaskID: "t_1", Robot: shape&64 != 0, Update: shape&128 != 0})
			checkDingTalk(t, c)
		}
		for _, out := range []struct {
			name, text string
			size       int
		}{
			{"markdown", render.Markdown(c), 4000},
			{"wecom markdown", strings.NewReplacer(`<font color="comment">`, "", `<font color="warning">`, "", `<font color="info">`, "", "</font>", "").Replace(render.WeComMarkdown(c)), render.WeComMarkdownBytes},
		} {
			checkLength(t, out.name, out.text, out.size)
			if strings.Contains(out.text, "](") || strings.Contains(out.text, "<") {
				t.Fatalf("%s has markup of people's: %q", out.name, out.text)
			}
		}
		checkLength(t, "text", render.Text(c), render.WeComTextBytes)
	})
}

// FuzzTap reads any JSON as the parameters of a tap.
func FuzzTap(f *testing.F) {
	for _, s := range []string{
		`{"action":"visit.undo|1|2|","input":"x","input_key":"reason"}`, `{"action":"a.b|1|1|","input":{"reason":"x","n":1}}`, `{"action":1}`, `null`,
		`{"action":"a.b|1|1|","input":{"a":"1","b":"1","c":"1","d":"1","e":"1","f":"1","g":"1","h":"1","i":"1"}}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var params map[string]any
		if json.Unmarshal([]byte(s), &params) != nil {
			return
		}
		tap, err := render.ReadTap(params)
		if err != nil {
			return
		}
		if back, err := cards.DecodeAction(tap.Action.Encode()); err != nil || back != tap.Action {
			t.Fatalf("%+v does not come back", tap.Action)
		}
		if len(tap.Input) > 8 {
			t.Fatalf("%d inputs", len(tap.Input))
		}
		for k, v := range tap.Input {
			if len(k) > 100 || len(v) > 4<<10 || v == "" {
				t.Fatalf("input %q is %q", k, v)
			}
		}
	})
}

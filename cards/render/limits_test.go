package render_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"salesflow/cards"
	"salesflow/cards/render"
)

// extremes are cards as bad data makes them.
func extremes() map[string]cards.Card {
	long := strings.Repeat("超长的异议说明,对方嫌贵 30% 还要再谈 ", 60)
	emoji := strings.Repeat("👨‍👩‍👧‍👦🇨🇳👍🏽", 80)
	hostile := strings.Repeat("</font>[点我](http://evil.example)\u202e\x00\xff\u2028<@all>\n# \"\\&", 40)
	out := map[string]cards.Card{"empty": {}, "only a title": {Title: long}, "no names": {Title: "\x00", Status: "等你处理", Fields: []cards.Field{{Value: "x"}, {Name: "y"}}}}
	for name, s := range map[string]string{"long": long, "emoji": emoji, "hostile": hostile, "one long word": strings.Repeat("x", 20000), "digits": strings.Repeat("9", 3000)} {
		c := cards.Card{
			Key: "x:1/y", Title: s, Status: s, Level: cards.Alert, Note: s,
			Input:  &cards.Input{Key: "reason", Placeholder: s},
			Choice: &cards.Choice{Key: "reason", Title: s},
		}
		for i := range 9 {
			c.Fields = append(c.Fields, cards.Field{Name: s, Value: s})
			c.Buttons = append(c.Buttons, cards.Button{
				Text: fmt.Sprint(i, s), Style: cards.Danger, Typed: s, Only: []int64{int64(i)},
				Action: cards.Action{Verb: "contract.approve", Record: 1<<62 + int64(i), Version: 1 << 62, Arg: strings.Repeat("a", 200)},
			})
		}
		for i := range 15 {
			c.Choice.Options = append(c.Choice.Options, cards.Option{ID: fmt.Sprint(i), Text: s})
		}
		out[name] = c
		c.Closed = s
		out[name+", closed"] = c
	}
	return out
}

func TestNoCardBreaksAPlatformsLimit(t *testing.T) {
	t.Parallel()
	all := extremes()
	for _, s := range samples {
		all[s.name] = s.card
	}
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, robot := range []bool{false, true} {
				for _, update := range []bool{false, true} {
					checkWeCom(t, c, render.WeComOptions{TaskID: "t_1", Robot: robot, Update: update})
				}
			}
			checkDingTalk(t, c)
			checkLength(t, "markdown", render.Markdown(c), 4000)
			checkLength(t, "wecom markdown", render.WeComMarkdown(c), render.WeComMarkdownBytes)
			checkLength(t, "text", render.Text(c), render.WeComTextBytes)
		})
	}
}

// wire is a template card as the platform reads it.
type wire struct {
	CardType string `json:"card_type"`
	Source   struct {
		Desc string `json:"desc"`
	} `json:"source"`
	MainTitle struct{ Title, Desc string } `json:"main_title"`
	SubTitle  string                       `json:"sub_title_text"`
	Rows      []struct {
		Keyname, Value string
	} `json:"horizontal_content_list"`
	CardAction *struct{ URL string } `json:"card_action"`
	TaskID     string                `json:"task_id"`
	Selection  *struct {
		Title   string
		Options []struct{ ID, Text string } `json:"option_list"`
	} `json:"button_selection"`
	Buttons []struct {
		Text, Key, URL string
		Type, Style    int
	} `json:"button_list"`
	Replace string `json:"replace_text"`
}

func checkWeCom(t *testing.T, c cards.Card, opt render.WeComOptions) {
	t.Helper()
	raw, err := render.WeCom(c, opt)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(strings.ReplaceAll(string(raw), `\\`, ""), `\u`) {
		t.Errorf("the platform refuses escapes: %s", raw)
	}
	var w wire
	if err := json.Unmarshal(raw, &w); err != nil {
		t.Fatal(err)
	}
	title, sub, value := 36, 160, 30
	if opt.Robot {
		title, sub, value = 26, 112, 26
	}
	checkRunes(t, "title", w.MainTitle.Title, title)
	if w.MainTitle.Title == "" {
		t.Error("the platform wants a title")
	}
	checkRunes(t, "desc", w.MainTitle.Desc, 44)
	checkRunes(t, "source", w.Source.Desc, 20)
	checkRunes(t, "sub title", w.SubTitle, sub)
	if len(w.Rows) > 6 || len(w.Buttons) > 6 {
		t.Errorf("%d rows, %d buttons", len(w.Rows), len(w.Buttons))
	}
	for _, r := range w.Rows {
		checkRunes(t, "key name", r.Keyname, 5)
		if r.Keyname == "" || r.Value == "" {
			t.Errorf("an empty row: %+v", r)
		}
		checkRunes(t, "value", r.Value, value)
	}
	seen := map[string]bool{}
	for _, b := range w.Buttons {
		checkRunes(t, "button", b.Text, 10)
		if b.Type == 0 && (b.Key == "" || len(b.Key) > cards.MaxAction || seen[b.Key]) {
			t.Errorf("key %q", b.Key)
		}
		seen[b.Key] = true
	}
	if s := w.Selection; s != nil {
		checkRunes(t, "selection", s.Title, 13)
		for _, o := range s.Options {
			checkRunes(t, "option", o.Text, 16)
		}
		if len(s.Options) < 1 || len(s.Options) > 10 {
			t.Errorf("%d options", len(s.Options))
		}
	}
	switch w.CardType {
	case "button_interaction":
		if len(w.Buttons) == 0 || w.TaskID == "" {
			t.Errorf("no button or task id: %s", raw)
		}
	case "text_notice":
		if w.CardAction == nil || w.CardAction.URL == "" || len(w.Buttons) > 0 {
			t.Errorf("a notice needs an address and no buttons: %s", raw)
		}
	default:
		t.Errorf("card type %q", w.CardType)
	}
}

func checkDingTalk(t *testing.T, c cards.Card) {
	t.Helper()
	d, err := render.DingTalk(c, render.DingTalkOptions{Account: account, Viewers: []int64{3, 99}})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range render.TemplateVariables() {
		value, ok := d.Public[v.Name]
		if !ok {
			t.Errorf("variable %s is missing", v.Name)
		}
		checkLength(t, v.Name, value, 1000)
	}
	if got, want := len(d.Public), len(render.TemplateVariables()); got != want {
		t.Errorf("%d variables, the template has %d", got, want)
	}
	var fields []cards.Field
	if err := json.Unmarshal([]byte(d.Public["fields"]), &fields); err != nil || len(fields) > 6 {
		t.Errorf("fields %q: %v", d.Public["fields"], err)
	}
	for user, m := range d.Private {
		size := 0
		for k, v := range m {
			size += len(k) + len(v)
			if _, ok := d.Public[k]; !ok {
				t.Errorf("private variable %s is not in the template", k)
			}
		}
		if size > render.DingTalkPrivateBytes {
			t.Errorf("%s has %d bytes of private data", user, size)
		}
	}
}

func checkRunes(t *testing.T, what, s string, n int) {
	t.Helper()
	if got := utf8.RuneCountInString(s); got > n || !utf8.ValidString(s) {
		t.Errorf("%s has %d characters, at most %d: %q", what, got, n, s)
	}
}

func checkLength(t *testing.T, what, s string, n int) {
	t.Helper()
	if len(s) > n || !utf8.ValidString(s) {
		t.Errorf("%s has %d bytes, at most %d", what, len(s), n)
	}
}

func TestWrongCardsAreRefused(t *testing.T) {
	t.Parallel()
	ok := cards.Button{Text: "同意", Action: act("contract.approve", 1, 1)}
	tests := []struct {
		name   string
		button cards.Button
		taskID string
	}{
		{"a button that does nothing", cards.Button{Text: "同意"}, "t"},
		{"a button without words", cards.Button{Action: act("a.b", 1, 1)}, "t"},
		{"an argument that would be read as another field", cards.Button{Text: "选", Action: cards.Action{Verb: "a.b", Arg: "1|2"}}, "t"},
		{"an action longer than a platform takes", cards.Button{Text: "选", Action: cards.Action{Verb: "a.b", Arg: strings.Repeat("x", 300)}}, "t"},
		{"an address that is none", cards.Button{Text: "详情", URL: "javascript:alert(1)"}, "t"},
		{"the same action twice", ok, "t"},
		{"no task id", cards.Button{Text: "驳回", Action: act("contract.reject", 1, 1)}, ""},
		{"a task id the platform refuses", cards.Button{Text: "驳回", Action: act("contract.reject", 1, 1)}, "contract:1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := cards.Card{Title: "合同", Buttons: []cards.Button{ok, tt.button}}
			if _, err := render.WeCom(c, render.WeComOptions{TaskID: tt.taskID}); !errors.Is(err, render.ErrCard) {
				t.Errorf("got %v, want ErrCard", err)
			}
			if got := render.Text(c); !strings.Contains(got, "同意") {
				t.Errorf("the text must survive, got %q", got)
			}
		})
	}
}

func TestPeoplesWordsDoNotBecomeMarkup(t *testing.T) {
	t.Parallel()
	c := cards.Card{Title: "拜访", Fields: []cards.Field{{Name: "备注", Value: "[领奖](http://evil.example) <@all> <font color=\"info\">**x**"}}}
	for _, got := range []string{render.Markdown(c), render.WeComMarkdown(c)} {
		for _, bad := range []string{"](http://evil", "<@all>", `<font color="info">`, "**x**"} {
			if strings.Contains(got, bad) {
				t.Errorf("%q is live in %q", bad, got)
			}
		}
	}
}

func TestAButtonForSomeShowsForThemOnly(t *testing.T) {
	t.Parallel()
	c := cards.Card{Title: "合同", Buttons: []cards.Button{
		{Text: "同意", Action: act("contract.approve", 1, 1), Only: []int64{7}},
		{Text: "评论", Action: act("contract.comment", 1, 1)},
	}}
	d, err := render.DingTalk(c, render.DingTalkOptions{Account: account, Viewers: []int64{5, 7}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Public["b1_show"] != "false" || d.Private["user7"]["b1_show"] != "true" || d.Private["user5"]["b1_show"] != "false" {
		t.Errorf("got %v", d)
	}
	raw, err := render.WeCom(c, render.WeComOptions{TaskID: "t", Viewers: []int64{5}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "同意") || !strings.Contains(string(raw), "评论") {
		t.Errorf("got %s", raw)
	}
}

func TestLongNamesInAPickListCanBeToldApart(t *testing.T) {
	t.Parallel()
	c := cards.Card{Title: "是哪家?", Buttons: []cards.Button{
		{Text: "宁波市鄞州区第一人民医院(李强)", Action: act("draft.pick", 1, 1), Typed: "1"},
		{Text: "宁波市鄞州区第一人民医院东院(周敏)", Action: act("draft.pick", 2, 1), Typed: "2"},
	}}
	raw, err := render.WeCom(c, render.WeComOptions{TaskID: "t"})
	if err != nil {
		t.Fatal(err)
	}
	var w wire
	if err := json.Unmarshal(raw, &w); err != nil {
		t.Fatal(err)
	}
	if w.Buttons[0].Text == w.Buttons[1].Text || !strings.Contains(w.SubTitle, "2. 宁波市鄞州区第一人民医院东院(周敏)") {
		t.Errorf("got %+v", w)
	}
}

func TestALongNameStaysOnACardWithoutButtons(t *testing.T) {
	t.Parallel()
	name := "浙江省绍兴市越城区云岭康复医学中心附属第一人民医院暨附属康复护理示范院"
	for closed, want := range map[string]string{"": name, "已撤销": "已撤销 · " + name} {
		raw, err := render.WeCom(cards.Card{Title: "客户已建", Status: name, Closed: closed}, render.WeComOptions{TaskID: "t"})
		if err != nil {
			t.Fatal(err)
		}
		var w struct {
			Type  string `json:"card_type"`
			Title struct {
				Title, Desc string
			} `json:"main_title"`
		}
		if err := json.Unmarshal(raw, &w); err != nil {
			t.Fatal(err)
		}
		if w.Type != "text_notice" || w.Title.Title != "客户已建" || w.Title.Desc != want {
			t.Errorf("closed %q: %+v", closed, w)
		}
	}
}

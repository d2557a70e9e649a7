package render

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/cards"
)

// ErrCard is the error for a card that no platform could show as meant: a mistake of the code that made the card.
var ErrCard = errors.New("card cannot be rendered")

// defaultHome is where a card without buttons leads when no page of ours is configured: WeCom refuses such a card
// without an address (error 42045).
const defaultHome = "https://work.weixin.qq.com/"

// WeComOptions say what a WeCom card needs beyond the card itself.
type WeComOptions struct {
	// TaskID names the card to the app: letters, digits, "_", "-" and "@", at most 128 bytes, never used twice for
	// different sends. It is mandatory for a card with buttons.
	TaskID string
	// HomeURL is opened by a tap on a card that has no buttons. Empty means WeCom's own site.
	HomeURL string
	// Source is the small line on top, "销售流" when empty; IconURL the picture before it.
	Source  string
	IconURL string
	// Update is set when the JSON replaces the face of a card that is already out. Only then a closed card can keep
	// its greyed button; a fresh closed card has none.
	Update bool
	// Robot asks for the shorter texts of the intelligent robot.
	Robot bool
	// Viewers are the people the card goes to. A button for some people only is on the card when one of them is among
	// the viewers, since all recipients of a WeCom card see the same; with no viewers given it always is.
	Viewers []int64
}

// wecomCard is a template card (platform document 90236). Field order is the order on the phone.
type wecomCard struct {
	CardType   string        `json:"card_type"`
	Source     wecomSource   `json:"source"`
	MainTitle  wecomTitle    `json:"main_title"`
	SubTitle   string        `json:"sub_title_text,omitempty"`
	Rows       []wecomRow    `json:"horizontal_content_list,omitempty"`
	CardAction *wecomAction  `json:"card_action,omitempty"`
	TaskID     string        `json:"task_id,omitempty"`
	Selection  *wecomSelect  `json:"button_selection,omitempty"`
	Buttons    []wecomButton `json:"button_list,omitempty"`
	Replace    string        `json:"replace_text,omitempty"`
}

type wecomSource struct {
	IconURL string `json:"icon_url,omitempty"`
	Desc    string `json:"desc"`
	// Color is 0 grey, 1 black, 2 red, 3 green.
	Color int `json:"desc_color"`
}

type wecomTitle struct {
	Title string `json:"title"`
	Desc  string `json:"desc,omitempty"`
}

type wecomRow struct {
	Name  string `json:"keyname"`
	Value string `json:"value"`
}

type wecomAction struct {
	Type int    `json:"type"`
	URL  string `json:"url"`
}

type wecomSelect struct {
	Key     string        `json:"question_key"`
	Title   string        `json:"title,omitempty"`
	Options []wecomOption `json:"option_list"`
}

type wecomOption struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

type wecomButton struct {
	// Type is 0 for a callback with Key and 1 for a jump to URL.
	Type  int    `json:"type"`
	Text  string `json:"text"`
	Style int    `json:"style"`
	Key   string `json:"key,omitempty"`
	URL   string `json:"url,omitempty"`
}

// WeCom renders the card as the value of "template_card": button_interaction while there is something to tap, and
// text_notice otherwise. The error is ErrCard.
func WeCom(c cards.Card, opt WeComOptions) (json.RawMessage, error) {
	c, err := cleaned(c)
	if err != nil {
		return nil, err
	}
	lim := wecomApp
	if opt.Robot {
		lim = wecomRobot
	}
	if !validTaskID(opt.TaskID) {
		return nil, fmt.Errorf("card %s: %w: task id %q", c.Key, ErrCard, opt.TaskID)
	}
	out := wecomCard{
		Source:    wecomSource{IconURL: opt.IconURL, Desc: CutRunes(orElse(line(opt.Source), "销售流"), lim.source), Color: wecomColor(c.Level)},
		MainTitle: wecomHeading(c, lim),
		SubTitle:  wecomSubTitle(c, opt.Viewers, lim),
		TaskID:    opt.TaskID,
	}
	for _, f := range c.Fields[:min(len(c.Fields), wecomMaxRows)] {
		out.Rows = append(out.Rows, wecomRow{Name: CutRunes(f.Name, lim.keyName), Value: CutRunes(f.Value, lim.value)})
	}
	out.foot(c, opt, lim)
	if out.CardType == "button_interaction" && opt.TaskID == "" {
		return nil, fmt.Errorf("card %s: %w: no task id", c.Key, ErrCard)
	}
	return JSON(out)
}

// foot fills what is below the text: live buttons, the greyed button of a closed card, or the jump of a notice.
func (w *wecomCard) foot(c cards.Card, opt WeComOptions, lim wecomLimits) {
	buttons := wecomButtons(c.Buttons, opt.Viewers, lim)
	switch {
	case c.Closed != "" && opt.Update:
		w.CardType, w.Replace = "button_interaction", CutRunes(c.Closed, lim.desc)
		if len(buttons) == 0 {
			// The list must not be empty, though replace_text is drawn in its place.
			buttons = []wecomButton{{Text: "已处理", Style: 2, Key: cards.Action{Verb: "card.closed"}.Encode()}}
		}
		w.Buttons = buttons
	case c.Closed == "" && len(buttons) > 0:
		w.CardType, w.Buttons, w.Selection = "button_interaction", buttons, wecomSelection(c.Choice, lim)
	default:
		w.CardType = "text_notice"
		switch { // the state may stand there already, where title and state do not fit on one line
		case w.MainTitle.Desc == "":
			w.MainTitle.Desc = CutRunes(c.Closed, lim.desc)
		case c.Closed != "":
			w.MainTitle.Desc = CutRunes(c.Closed+" · "+c.Status, lim.desc)
		}
		w.CardAction = &wecomAction{Type: 1, URL: orElse(opt.HomeURL, defaultHome)}
		if len(w.CardAction.URL) > wecomMaxURL {
			w.CardAction.URL = defaultHome
		}
	}
}

func wecomButtons(in []cards.Button, viewers []int64, lim wecomLimits) []wecomButton {
	var out []wecomButton
	for _, b := range in {
		if len(out) == wecomMaxButtons || !visible(b, viewers) {
			continue
		}
		w := wecomButton{Text: buttonText(b, lim.button), Style: wecomStyle(b.Style)}
		if b.URL != "" {
			w.Type, w.URL = 1, b.URL
		} else {
			w.Key = b.Action.Encode()
		}
		out = append(out, w)
	}
	return out
}

// buttonText is what fits on a button. One of a numbered list leads with its number, so that two long names that begin
// alike can still be told apart; wecomSubTitle has them in full.
func buttonText(b cards.Button, n int) string {
	if utf8.RuneCountInString(b.Text) > n && digits(b.Typed) {
		return CutRunes(b.Typed+" "+b.Text, n)
	}
	return CutRunes(b.Text, n)
}

// visible reports whether one of the viewers may see the button.
func visible(b cards.Button, viewers []int64) bool {
	if len(b.Only) == 0 || len(viewers) == 0 {
		return true
	}
	return slices.ContainsFunc(b.Only, func(id int64) bool { return slices.Contains(viewers, id) })
}

func wecomSelection(c *cards.Choice, lim wecomLimits) *wecomSelect {
	if c == nil {
		return nil
	}
	out := &wecomSelect{Key: c.Key, Title: CutRunes(c.Title, lim.choiceTitle)}
	for _, o := range c.Options {
		out.Options = append(out.Options, wecomOption{ID: o.ID, Text: CutRunes(o.Text, lim.option)})
	}
	return out
}

// wecomSubTitle is the note, and below it in full, as far as there is room, what does not fit in its row or on its
// button.
func wecomSubTitle(c cards.Card, viewers []int64, lim wecomLimits) string {
	out := CutRunes(c.Note, lim.subTitle)
	add := func(s string) {
		if out != "" {
			s = out + "\n" + s
		}
		if utf8.RuneCountInString(s) <= lim.subTitle {
			out = s
		}
	}
	for _, b := range c.Buttons {
		if utf8.RuneCountInString(b.Text) > lim.button && digits(b.Typed) && c.Closed == "" && visible(b, viewers) {
			add(b.Typed + ". " + b.Text)
		}
	}
	for _, f := range c.Fields {
		if utf8.RuneCountInString(f.Value) > lim.value {
			add(f.Name + ":" + f.Value)
		}
	}
	return out
}

// wecomHeading is title and state on one line, or the state on a line of its own where both would not fit.
func wecomHeading(c cards.Card, lim wecomLimits) wecomTitle {
	both := utf8.RuneCountInString(c.Title + " · " + c.Status)
	if c.Status != "" && both > lim.title && utf8.RuneCountInString(c.Title) <= lim.title {
		return wecomTitle{Title: c.Title, Desc: CutRunes(c.Status, lim.desc)}
	}
	return wecomTitle{Title: heading(c, lim.title)}
}

// heading is title and state on one line of at most n characters. The title gives way: the state is what is new.
func heading(c cards.Card, n int) string {
	if c.Status == "" {
		return CutRunes(c.Title, n)
	}
	const dot = " · "
	status := CutRunes(c.Status, n*2/3)
	return CutRunes(c.Title, n-utf8.RuneCountInString(dot+status)) + dot + status
}

func wecomColor(l cards.Level) int {
	switch l {
	case cards.OK:
		return 3
	case cards.Warn:
		return 1
	case cards.Alert:
		return 2
	}
	return 0
}

func wecomStyle(s cards.Style) int {
	switch s {
	case cards.Primary:
		return 1
	case cards.Danger:
		return 4
	}
	return 2
}

func validTaskID(s string) bool {
	if len(s) > wecomMaxTaskID {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '-' || r == '@')
	}) < 0
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

package wecom

import (
	"regexp"
	"slices"
	"time"
)

// Card types of the platform.
const (
	cardText   = "text_notice"
	cardNews   = "news_notice"
	cardButton = "button_interaction"
	cardVote   = "vote_interaction"
	cardMulti  = "multiple_interaction"
)

// responseCodeTTL is how long a response_code may be spent.
const responseCodeTTL = 72 * time.Hour

// templateCard is a template card on the wire: JSON in the API and on the robot's socket, CamelCase XML in a passive reply.
type templateCard struct {
	CardType   string          `json:"card_type" xml:"CardType"`
	Source     *cardSource     `json:"source" xml:"Source"`
	ActionMenu *cardMenu       `json:"action_menu" xml:"ActionMenu"`
	TaskID     string          `json:"task_id" xml:"TaskId"`
	MainTitle  *cardTitle      `json:"main_title" xml:"MainTitle"`
	Quote      *cardQuote      `json:"quote_area" xml:"QuoteArea"`
	Emphasis   *cardTitle      `json:"emphasis_content" xml:"EmphasisContent"`
	SubTitle   string          `json:"sub_title_text" xml:"SubTitleText"`
	Horizontal []cardLine      `json:"horizontal_content_list" xml:"HorizontalContentList"`
	Vertical   []cardTitle     `json:"vertical_content_list" xml:"VerticalContentList"`
	Jumps      []cardJump      `json:"jump_list" xml:"JumpList"`
	CardAction *cardAction     `json:"card_action" xml:"CardAction"`
	CardImage  *cardImage      `json:"card_image" xml:"CardImage"`
	ImageText  *cardImageText  `json:"image_text_area" xml:"ImageTextArea"`
	Selection  *cardSelect     `json:"button_selection" xml:"ButtonSelection"`
	Buttons    []cardButtonDef `json:"button_list" xml:"ButtonList"`
	Checkbox   *cardCheckbox   `json:"checkbox" xml:"CheckBox"`
	Selects    []cardSelect    `json:"select_list" xml:"SelectList"`
	Submit     *cardSubmit     `json:"submit_button" xml:"SubmitButton"`
	// ReplaceText, in updates only, stands greyed where the buttons were.
	ReplaceText string `json:"replace_text" xml:"ReplaceText"`
}

type cardSource struct {
	IconURL   string `json:"icon_url" xml:"IconUrl"`
	Desc      string `json:"desc" xml:"Desc"`
	DescColor int    `json:"desc_color" xml:"DescColor"`
}

type cardMenu struct {
	Desc    string           `json:"desc" xml:"Desc"`
	Actions []cardMenuAction `json:"action_list" xml:"ActionList"`
}

type cardMenuAction struct {
	Text string `json:"text" xml:"Text"`
	Key  string `json:"key" xml:"Key"`
}

type cardTitle struct {
	Title string `json:"title" xml:"Title"`
	Desc  string `json:"desc" xml:"Desc"`
}

type cardQuote struct {
	Type  int    `json:"type" xml:"Type"`
	URL   string `json:"url" xml:"Url"`
	Title string `json:"title" xml:"Title"`
	Text  string `json:"quote_text" xml:"QuoteText"`
}

type cardLine struct {
	Type    int    `json:"type" xml:"Type"`
	Keyname string `json:"keyname" xml:"KeyName"`
	Value   string `json:"value" xml:"Value"`
	URL     string `json:"url" xml:"Url"`
	MediaID string `json:"media_id" xml:"MediaId"`
	UserID  string `json:"userid" xml:"UserId"`
}

type cardJump struct {
	Type  int    `json:"type" xml:"Type"`
	Title string `json:"title" xml:"Title"`
	URL   string `json:"url" xml:"Url"`
	AppID string `json:"appid" xml:"AppId"`
}

type cardAction struct {
	Type  int    `json:"type" xml:"Type"`
	URL   string `json:"url" xml:"Url"`
	AppID string `json:"appid" xml:"AppId"`
}

type cardImage struct {
	URL         string  `json:"url" xml:"Url"`
	AspectRatio float64 `json:"aspect_ratio" xml:"AspectRatio"`
}

type cardImageText struct {
	Type     int    `json:"type" xml:"Type"`
	URL      string `json:"url" xml:"Url"`
	Title    string `json:"title" xml:"Title"`
	Desc     string `json:"desc" xml:"Desc"`
	ImageURL string `json:"image_url" xml:"ImageUrl"`
}

type cardOption struct {
	ID      string `json:"id" xml:"Id"`
	Text    string `json:"text" xml:"Text"`
	Checked bool   `json:"is_checked" xml:"IsChecked"`
}

type cardSelect struct {
	QuestionKey string       `json:"question_key" xml:"QuestionKey"`
	Title       string       `json:"title" xml:"Title"`
	Options     []cardOption `json:"option_list" xml:"OptionList"`
	SelectedID  string       `json:"selected_id" xml:"SelectedId"`
	Disable     bool         `json:"disable" xml:"Disable"`
}

type cardCheckbox struct {
	QuestionKey string       `json:"question_key" xml:"QuestionKey"`
	Options     []cardOption `json:"option_list" xml:"OptionList"`
	Disable     bool         `json:"disable" xml:"Disable"`
	Mode        int          `json:"mode" xml:"Mode"`
}

type cardButtonDef struct {
	Type  int    `json:"type" xml:"Type"`
	Text  string `json:"text" xml:"Text"`
	Style int    `json:"style" xml:"Style"`
	Key   string `json:"key" xml:"Key"`
	URL   string `json:"url" xml:"Url"`
}

type cardSubmit struct {
	Text string `json:"text" xml:"Text"`
	Key  string `json:"key" xml:"Key"`
}

var taskIDPattern = regexp.MustCompile(`^[0-9A-Za-z_@-]{1,128}$`)

// Limits of the platform that are "must", in bytes or entries (developer.work.weixin.qq.com/document/path/90236).
const (
	maxKeyBytes      = 1024
	maxOptionIDBytes = 128
	maxHorizontal    = 6
	maxVertical      = 4
	maxJumps         = 3
	maxButtons       = 6
	maxSelects       = 3
	maxOptions       = 10
	maxVoteOptions   = 20
	maxMenuActions   = 3
)

func (c *templateCard) interactive() bool {
	return c.CardType == cardButton || c.CardType == cardVote || c.CardType == cardMulti
}

// answers tells whether taps on the card reach the bot, so that it has a task and can be updated.
func (c *templateCard) answers() bool { return c.interactive() || c.ActionMenu != nil }

// checkCard applies the platform's hard limits. A card that replaces another needs no task_id: it keeps the old one.
func checkCard(c *templateCard, replacing bool) *apiError {
	if !slices.Contains([]string{cardText, cardNews, cardButton, cardVote, cardMulti}, c.CardType) {
		return fail(codeCardType, "Template_Card.CardType invalid: %q", c.CardType)
	}
	if (c.TaskID != "" || c.answers() && !replacing) && !taskIDPattern.MatchString(c.TaskID) {
		return &apiError{code: codeTaskID}
	}
	for _, check := range []func(*templateCard) *apiError{checkLists, checkMenu, checkNotice, checkButtons, checkQuestions} {
		if refused := check(c); refused != nil {
			return refused
		}
	}
	return nil
}

func checkLists(c *templateCard) *apiError {
	switch {
	case len(c.Horizontal) > maxHorizontal:
		return fail(codeHorizontalSize, "Template_Card.horizontal_content_list size invalid")
	case len(c.Vertical) > maxVertical:
		return fail(codeVerticalSize, "Template_Card.vertical_content_list size invalid")
	case len(c.Jumps) > maxJumps:
		return fail(codeJumpSize, "Template_Card.jump_list size invalid")
	}
	for _, l := range c.Horizontal {
		switch {
		case l.Keyname == "":
			return fail(codeKeyname, "Template_Card.horizontal_content_list.keyname missing")
		case l.Type == 1 && l.URL == "":
			return fail(codeCardURL, "Template_Card.horizontal_content_list.url missing")
		case l.Type == 2 && l.MediaID == "":
			return fail(codeCardMediaID, "Template_Card.horizontal_content_list.media_id missing")
		case l.Type == 3 && l.UserID == "":
			return fail(codeCardUserID, "Template_Card.horizontal_content_list.userid missing")
		}
	}
	for _, v := range c.Vertical {
		if v.Title == "" {
			return fail(codeCardTitle, "Template_Card.vertical_content_list.title missing")
		}
	}
	for _, j := range c.Jumps {
		switch {
		case j.Title == "":
			return fail(codeCardTitle, "Template_Card.jump_list.title missing")
		case j.Type == 1 && j.URL == "":
			return fail(codeCardURL, "Template_Card.jump_list.url missing")
		case j.Type == 2 && j.AppID == "":
			return fail(codeCardAppID, "Template_Card.jump_list.appid missing")
		}
	}
	return nil
}

func checkMenu(c *templateCard) *apiError {
	if c.ActionMenu == nil {
		return nil
	}
	if n := len(c.ActionMenu.Actions); n < 1 || n > maxMenuActions {
		return fail(codeParam, "action_menu.action_list size invalid")
	}
	keys := map[string]bool{}
	for _, a := range c.ActionMenu.Actions {
		if a.Key == "" || len(a.Key) > maxKeyBytes || keys[a.Key] {
			return fail(codeActionKey, "Template_Card.action_menu.action_list.key conflict")
		}
		keys[a.Key] = true
	}
	return nil
}

// checkNotice holds what the two notice types must have, and what a card_action must say.
func checkNotice(c *templateCard) *apiError {
	notice := c.CardType == cardText || c.CardType == cardNews
	title := c.MainTitle != nil && c.MainTitle.Title != ""
	a := c.CardAction
	switch {
	case notice && (a == nil || a.Type != 1 && a.Type != 2):
		return fail(codeCardAction, "Template_Card.card_action missing or invalid")
	case a != nil && a.Type == 1 && a.URL == "":
		return fail(codeCardURL, "Template_Card.card_action.url missing")
	case a != nil && a.Type == 2 && a.AppID == "":
		return fail(codeCardAppID, "Template_Card.card_action.appid missing")
	case c.CardType == cardText && !title && c.SubTitle == "":
		return fail(codeCardTitle, "Template_Card.main_title.title missing")
	case notice || c.CardType != cardText && title:
	default:
		return fail(codeCardTitle, "Template_Card.main_title.title missing")
	}
	if c.CardType != cardNews {
		return nil
	}
	if (c.CardImage == nil || c.CardImage.URL == "") && (c.ImageText == nil || c.ImageText.ImageURL == "") {
		return fail(codeCardImage, "Template_Card.card_image.url missing or invalid")
	}
	if c.CardImage != nil && c.CardImage.AspectRatio != 0 && (c.CardImage.AspectRatio < 1.3 || c.CardImage.AspectRatio > 2.25) {
		return fail(codeCardImage, "Template_Card.card_image.aspect_ratio invalid")
	}
	return nil
}

func checkButtons(c *templateCard) *apiError {
	switch c.CardType {
	case cardButton:
		return checkButtonList(c.Buttons)
	case cardVote, cardMulti:
		if c.Submit == nil || c.Submit.Key == "" || len(c.Submit.Key) > maxKeyBytes {
			return fail(codeSubmitKey, "Template_Card.submit_button.key missing or invalid")
		}
		if c.Submit.Text == "" {
			return fail(codeSubmitText, "Template_Card.submit_button.text missing or invalid")
		}
	}
	return nil
}

func checkButtonList(buttons []cardButtonDef) *apiError {
	if len(buttons) == 0 {
		return fail(codeButtonKey, "Template_Card.button_list.key missing or invalid")
	}
	// No code of its own is documented for too many buttons; arrays that are too long answer 40058.
	if len(buttons) > maxButtons {
		return fail(codeParam, "Template_Card.button_list size invalid")
	}
	keys := map[string]bool{}
	for _, b := range buttons {
		switch {
		case b.Text == "":
			return fail(codeButtonText, "Template_Card.button_list.text missing or invalid")
		case b.Type == 1 && b.URL == "":
			return fail(codeCardURL, "Template_Card.button_list.url missing")
		case b.Type != 1 && (b.Key == "" || len(b.Key) > maxKeyBytes || keys[b.Key]):
			return fail(codeButtonKey, "Template_Card.button_list.key missing or invalid")
		}
		if b.Type != 1 {
			keys[b.Key] = true
		}
	}
	return nil
}

func checkQuestions(c *templateCard) *apiError {
	if c.Selection != nil && c.CardType == cardButton {
		if refused := checkOptions(c.Selection.QuestionKey, c.Selection.Options, maxOptions); refused != nil {
			return refused
		}
	}
	if c.CardType == cardVote {
		if c.Checkbox == nil {
			return fail(codeQuestionKey, "Template_Card.checkbox missing")
		}
		return checkOptions(c.Checkbox.QuestionKey, c.Checkbox.Options, maxVoteOptions)
	}
	if c.CardType != cardMulti {
		return nil
	}
	if n := len(c.Selects); n < 1 || n > maxSelects {
		return fail(codeSelectSize, "Template_Card.select_list size invalid")
	}
	keys := map[string]bool{}
	for _, q := range c.Selects {
		if keys[q.QuestionKey] {
			return fail(codeQuestionKey, "Template_Card.question_key repeated")
		}
		keys[q.QuestionKey] = true
		if refused := checkOptions(q.QuestionKey, q.Options, maxOptions); refused != nil {
			return refused
		}
	}
	return nil
}

func checkOptions(key string, options []cardOption, limit int) *apiError {
	if key == "" || len(key) > maxKeyBytes {
		return fail(codeQuestionKey, "Template_Card.question_key missing or invalid")
	}
	if len(options) < 1 || len(options) > limit {
		return fail(codeOptionsSize, "Template_Card.option_list size invalid")
	}
	ids := map[string]bool{}
	for _, o := range options {
		if o.ID == "" || len(o.ID) > maxOptionIDBytes || ids[o.ID] {
			return fail(codeOptionID, "Template_Card.option_list.id missing or invalid")
		}
		if o.Text == "" {
			return fail(codeOptionText, "Template_Card.option_list.text missing or invalid")
		}
		ids[o.ID] = true
	}
	return nil
}

package cards

import "strings"

// Limits that hold for every card, whatever the platform: the narrower of the two platforms' own, and the bot's manners
// (at most six fields, labels of at most five characters, at most four buttons unless the card is a pick list).
const (
	MaxFields     = 6
	MaxButtons    = 6
	MaxFieldName  = 5
	MaxButtonText = 10
	MaxTitle      = 36
)

// Card is one card as a person reads it. The same record has one live card per view, whose face changes in place.
type Card struct {
	// Key names the card: record and view, such as "contract:123/approver". Sending a card whose key is live for the
	// same recipients replaces the face of the one they have.
	Key string `json:"key,omitempty"`
	// Title says what it is, Status the state it is in; they share one line.
	Title  string `json:"title"`
	Status string `json:"status,omitempty"`
	// Level colours the card: "" (plain), "ok", "warn" or "alert".
	Level  Level   `json:"level,omitempty"`
	Fields []Field `json:"fields,omitempty"`
	// Note is the one sentence that needs a decision, or says what is next.
	Note    string   `json:"note,omitempty"`
	Buttons []Button `json:"buttons,omitempty"`
	// Input is one line of free text that goes with a button, where the platform has it (DingTalk). Elsewhere the
	// bot asks for it in the dialogue after the tap.
	Input *Input `json:"input,omitempty"`
	// Choice is one short list to choose from that goes with a button (WeCom's button_selection).
	Choice *Choice `json:"choice,omitempty"`
	// Closed, when not empty, stands where the buttons were, greyed: "已通过 · 赵磊 3月11日 12:20".
	Closed string `json:"closed,omitempty"`
}

// Level is the colour of a card's state.
type Level string

// The levels, from calm to urgent.
const (
	Plain Level = ""
	OK    Level = "ok"
	Warn  Level = "warn"
	Alert Level = "alert"
)

// Field is one line of a card: a short label and what it says.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Style is the weight of a button.
type Style string

// Button styles: Primary is the expected tap, Danger the destructive one.
const (
	Normal  Style = ""
	Primary Style = "primary"
	Danger  Style = "danger"
)

// Button is one tap. It has an Action or a URL.
type Button struct {
	Text   string `json:"text"`
	Style  Style  `json:"style,omitempty"`
	Action Action `json:"action,omitzero"`
	URL    string `json:"url,omitempty"`
	// Typed is the same thing as a chat message ("同意 HT2026-018"), shown where buttons cannot be.
	Typed string `json:"typed,omitempty"`
	// Only names the people (platform-neutral ids, decimal) who may see the button; empty means everyone who sees the
	// card. It is a courtesy of display: permission is checked when the tap arrives.
	Only []int64 `json:"only,omitempty"`
}

// Input is a line of free text on a card.
type Input struct {
	Key         string `json:"key"`
	Placeholder string `json:"placeholder,omitempty"`
}

// Choice is a list on a card of which one entry can be chosen.
type Choice struct {
	Key     string   `json:"key"`
	Title   string   `json:"title"`
	Options []Option `json:"options"`
}

// Option is one entry of a Choice.
type Option struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Decides reports whether the card asks for a decision that only its receiver can take.
func (c Card) Decides() bool {
	for _, b := range c.Buttons {
		if strings.HasSuffix(b.Action.Verb, ".approve") {
			return true
		}
	}
	return false
}

// Heading is the card's first line: title and state.
func (c Card) Heading() string {
	if c.Status == "" {
		return c.Title
	}
	return c.Title + " · " + c.Status
}

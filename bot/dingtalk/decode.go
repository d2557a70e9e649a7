package dingtalk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/render"
)

// Bounds of what is taken from a frame.
const (
	maxFrame    = 256 << 10
	maxParts    = 200
	maxFiles    = 20
	maxName     = 200
	maxPlatform = 128 // ids of the platform
)

// outsider begins the account of somebody without one in the company.
const outsider = "outsider:"

// system is the account of events that nobody on the platform caused by hand.
const system bot.UserID = "system"

var errFrame = errors.New("frame cannot be read")

// word is a JSON value that should be a string and is sometimes a number.
type word string

// UnmarshalJSON takes strings and numbers as they are and everything else as nothing.
func (w *word) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*w = word(s)
		return nil
	}
	var n json.Number
	if json.Unmarshal(b, &n) == nil {
		*w = word(n)
	}
	return nil
}

// millis reads the word as epoch milliseconds, zero when it is none.
func (w word) millis() time.Time {
	n, err := json.Number(w).Int64()
	if err != nil || n <= 0 || n > 1<<43 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// message is the data of a bot message (document "机器人接收消息").
type message struct {
	ConversationID   word `json:"conversationId"`
	ConversationType word `json:"conversationType"`
	Title            word `json:"conversationTitle"`
	MsgID            word `json:"msgId"`
	SenderNick       word `json:"senderNick"`
	SenderStaffID    word `json:"senderStaffId"`
	SenderID         word `json:"senderId"`
	SenderCorpID     word `json:"senderCorpId"`
	ChatbotCorpID    word `json:"chatbotCorpId"`
	Webhook          word `json:"sessionWebhook"`
	WebhookUntil     word `json:"sessionWebhookExpiredTime"`
	CreateAt         word `json:"createAt"`
	RobotCode        word `json:"robotCode"`
	MsgType          word `json:"msgtype"`
	// Over the push quota a message comes without body but with these.
	ErrorMessage word `json:"errorMessage"`
	ErrorCode    word `json:"errorCode"`
	Code         word `json:"code"`

	Text    *textBody    `json:"text"`
	Content *contentBody `json:"content"`
}

type textBody struct {
	Content word `json:"content"`
}

// UnmarshalJSON takes anything: a body of the wrong shape is an empty one.
func (t *textBody) UnmarshalJSON(b []byte) error {
	type plain textBody
	_ = json.Unmarshal(b, (*plain)(t))
	return nil
}

// contentBody is the body of every kind of message but text.
type contentBody struct {
	RichText    []richPart `json:"richText"`
	Code        word       `json:"downloadCode"`
	PictureCode word       `json:"pictureDownloadCode"`
	Recognition word       `json:"recognition"`
	FileName    word       `json:"fileName"`
	VideoType   word       `json:"videoType"`
	Unknown     word       `json:"unknownMsgType"`
}

// UnmarshalJSON takes anything, as for textBody.
func (c *contentBody) UnmarshalJSON(b []byte) error {
	type plain contentBody
	_ = json.Unmarshal(b, (*plain)(c))
	return nil
}

type richPart struct {
	Text        word `json:"text"`
	Type        word `json:"type"`
	Code        word `json:"downloadCode"`
	PictureCode word `json:"pictureDownloadCode"`
}

// fileRef is what Fetch needs of a file.
type fileRef struct {
	Code  string `json:"code"`
	Robot string `json:"robot"`
}

// decodeMessage reads the data of a bot message. robot is the bot's code where the message does not tell, at the time
// of the frame. ignored says why there is no event in it; the error is errFrame for what is no message at all.
func decodeMessage(data, robot string, at time.Time) (ev bot.Event, ignored string, err error) {
	var m message
	if len(data) > maxFrame || json.Unmarshal([]byte(data), &m) != nil {
		return bot.Event{}, "", errFrame
	}
	switch {
	case m.MsgID == "":
		return bot.Event{}, "message without id", nil
	case m.SenderStaffID == "" && m.SenderID == "":
		return bot.Event{}, "message without sender", nil
	case m.ConversationType == "2" && m.ConversationID == "":
		return bot.Event{}, "message of a group without id", nil
	}
	if m.RobotCode == "" {
		m.RobotCode = word(robot)
	}
	ev = m.envelope(at)
	if m.starved() {
		ev.Kind, ev.Trouble = bot.Said, "over quota: message without text "+string(m.errorCode())
		return ev, "", nil
	}
	return m.body(ev)
}

func (m message) envelope(at time.Time) bot.Event {
	ev := bot.Event{
		Platform: Platform, ID: bounded(string(m.RobotCode) + ":" + string(m.MsgID)), At: m.CreateAt.millis(),
		From: bot.UserID(cut(string(m.SenderStaffID), maxPlatform)), Name: cut(string(m.SenderNick), maxName),
		Chat: bot.Chat{Platform: Platform},
	}
	if ev.At.IsZero() {
		ev.At = at
	}
	if m.SenderCorpID != "" && m.ChatbotCorpID != "" && m.SenderCorpID != m.ChatbotCorpID {
		// An account of another company is not ours, though it may be spelled the same.
		ev.From = ""
	}
	if ev.From == "" {
		// Outsiders of an external group have no account, nor has anybody before the bot's version is published.
		sender := string(m.SenderID)
		if sender == "" {
			sender = string(m.SenderCorpID + "/" + m.SenderStaffID)
		}
		ev.From = outsider + bot.UserID(digest(sender)[:24])
		ev.Trouble = "sender without account: outside the company, or the bot's version is not published"
	}
	if m.ConversationType == "2" {
		ev.Chat.Group = true
		ev.Chat.ID, ev.ChatName = bot.ChatID(cut(string(m.ConversationID), maxPlatform)), cut(string(m.Title), maxName)
	} else {
		ev.Chat.ID = bot.ChatID(ev.From)
	}
	if until := m.WebhookUntil.millis(); m.Webhook != "" && !until.IsZero() && len(m.Webhook) <= 2048 {
		ev.Route = bot.Route{Webhook: string(m.Webhook), Until: until}
	}
	return ev
}

// starved reports whether the push quota is used up: the message comes without body, errorMessage and code 20001 in its
// place. The exact shape is not documented, so the missing body and any word of an error are enough.
func (m message) starved() bool {
	bare := (m.Text == nil || m.Text.Content == "") && m.Content == nil
	return bare && (m.ErrorMessage != "" || m.errorCode() == "20001")
}

func (m message) errorCode() word {
	if m.ErrorCode != "" {
		return word(id(string(m.ErrorCode)))
	}
	return word(id(string(m.Code)))
}

func (m message) body(ev bot.Event) (bot.Event, string, error) {
	c := m.Content
	if c == nil {
		c = &contentBody{}
	}
	switch m.MsgType {
	case "text":
		if m.Text != nil {
			ev.Text = string(m.Text.Content)
		}
	case "richText":
		m.rich(&ev, c.RichText)
	case "picture":
		m.file(&ev, "image", "", c.Code, c.PictureCode)
	case "audio":
		// What the platform heard is said; the clip stays with it as evidence.
		ev.Text = string(c.Recognition)
		m.file(&ev, "voice", "", c.Code)
		for i := range ev.Files {
			ev.Files[i].Silent = strings.TrimSpace(ev.Text) == ""
		}
	case "video":
		m.file(&ev, "video", "", c.Code)
	case "file":
		m.file(&ev, "file", fileName(string(c.FileName)), c.Code)
	default:
		return bot.Event{}, "message of type " + id(string(m.MsgType)+" "+string(c.Unknown)), nil
	}
	// The place where the bot was mentioned leaves a space.
	ev.Text = strings.TrimSpace(strings.ToValidUTF8(ev.Text, ""))
	switch {
	case ev.Text != "" || m.MsgType == "text":
		ev.Kind = bot.Said
	case len(ev.Files) > 0:
		ev.Kind = bot.Sent
	default:
		return bot.Event{}, "empty message of type " + id(string(m.MsgType)), nil
	}
	return ev, "", nil
}

func (m message) rich(ev *bot.Event, parts []richPart) {
	var text strings.Builder
	for _, p := range parts[:min(len(parts), maxParts)] {
		text.WriteString(string(p.Text))
		if p.Type == "picture" {
			m.file(ev, "image", "", p.Code, p.PictureCode)
		}
	}
	ev.Text = text.String()
}

// file adds a file by the first download code there is.
func (m message) file(ev *bot.Event, kind, name string, codes ...word) {
	i := slices.IndexFunc(codes, func(c word) bool { return c != "" && len(c) <= 4096 })
	if i < 0 || len(ev.Files) == maxFiles {
		return
	}
	ref, err := encode(fileRef{Code: string(codes[i]), Robot: string(m.RobotCode)})
	if err != nil {
		return
	}
	ev.Files = append(ev.Files, bot.FileRef{Ref: string(ref), Name: name, Kind: kind})
}

// callback is the data of a tap on a card (document "事件回调").
type callback struct {
	OutTrackID word            `json:"outTrackId"`
	CorpID     word            `json:"corpId"`
	UserID     word            `json:"userId"`
	SpaceType  word            `json:"spaceType"`
	SpaceID    word            `json:"spaceId"`
	Content    json.RawMessage `json:"content"`
	Value      json.RawMessage `json:"value"`
}

// decodeTap reads the data of a card callback. The identity of a tap is the card, the person, the action with the version
// it carries, and what was typed: whoever sends it back with another reason has tapped anew. A tap in another company than
// ours, where we know which that is, is ignored.
func decodeTap(data, corp string, at time.Time) (ev bot.Event, ignored string, err error) {
	var c callback
	if len(data) > maxFrame || json.Unmarshal([]byte(data), &c) != nil {
		return bot.Event{}, "", errFrame
	}
	if c.OutTrackID == "" || c.UserID == "" {
		return bot.Event{}, "tap without card or person", nil
	}
	if corp != "" && c.CorpID != "" && string(c.CorpID) != corp {
		return bot.Event{}, "tap in another company", nil
	}
	params := tapParams(c.Content)
	if params == nil {
		params = tapParams(c.Value)
	}
	tap := bot.Tap{Card: cut(string(c.OutTrackID), maxPlatform)}
	if read, err := render.ReadTap(params); err == nil {
		tap.Action, tap.Input = read.Action.Encode(), read.Input
	} else if s, ok := params["action"].(string); ok {
		// A button of an older face or another template: the router explains that it is not used any more.
		tap.Action = cut(s, cards.MaxAction)
	}
	ev = bot.Event{
		Platform: Platform, Kind: bot.Tapped, At: at, From: bot.UserID(cut(string(c.UserID), maxPlatform)), Tap: &tap,
		Chat: c.chat(),
	}
	ev.ID = bounded(tap.Card + "|" + string(ev.From) + "|" + tapDigest(tap))
	return ev, "", nil
}

// chat is where the card hangs. The exact value of spaceType is not documented: the word in it, or the look of the id,
// decides, and where both leave a doubt it is a group, in which less is shown.
func (c callback) chat() bot.Chat {
	kind, space := strings.ToUpper(string(c.SpaceType)), cut(string(c.SpaceID), maxPlatform)
	single := space == "" || space == string(c.UserID) || strings.Contains(kind, "ROBOT") || strings.Contains(kind, "SINGLE")
	if group := strings.Contains(kind, "GROUP"); group || !single && strings.HasPrefix(space, "cid") {
		return bot.Chat{Platform: Platform, ID: bot.ChatID(space), Group: true}
	}
	return bot.Chat{Platform: Platform, ID: bot.ChatID(cut(string(c.UserID), maxPlatform))}
}

// tapParams reads cardPrivateData.params from the content, which is JSON inside a string; nil when there is none.
func tapParams(raw json.RawMessage) map[string]any {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		raw = json.RawMessage(s)
	}
	var content struct {
		Private struct {
			Params map[string]any `json:"params"`
		} `json:"cardPrivateData"`
	}
	if json.Unmarshal(raw, &content) != nil {
		return nil
	}
	return content.Private.Params
}

func tapDigest(t bot.Tap) string {
	parts := []string{t.Action}
	for _, k := range slices.Sorted(maps.Keys(t.Input)) {
		parts = append(parts, k, t.Input[k])
	}
	b, err := json.Marshal(parts)
	if err != nil {
		b = []byte(t.Action)
	}
	return digest(string(b))[:32]
}

// directoryChanges are the events that say that the contacts have changed (通讯录 events of 事件订阅).
var directoryChanges = []string{
	"user_add_org", "user_modify_org", "user_leave_org", "user_active_org",
	"org_dept_create", "org_dept_modify", "org_dept_remove", "org_change", "org_admin_add", "org_admin_remove",
}

// decodeChange reads an EVENT frame by its headers. Only changes of the contacts are events of ours.
func decodeChange(eventType, eventID string, at time.Time) (ev bot.Event, ignored string) {
	if !slices.Contains(directoryChanges, eventType) {
		return bot.Event{}, "event " + id(eventType)
	}
	if eventID == "" {
		return bot.Event{}, "event without id"
	}
	return bot.Event{
		Platform: Platform, ID: bounded("event:" + eventID), Kind: bot.Changed, At: at, From: system,
		Chat: bot.Chat{Platform: Platform, ID: bot.ChatID(system)},
	}, ""
}

// bounded keeps an identity that fits and is text, and hashes one that is not.
func bounded(identity string) string {
	if len(identity) <= bot.MaxEventID && utf8.ValidString(identity) {
		return identity
	}
	return "sha256:" + digest(identity)
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// cut shortens s to at most n bytes of whole characters, without a mark: it is for ids and names.
func cut(s string, n int) string {
	s = strings.ToValidUTF8(s, "")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// fileName is the last part of a name, without control characters and marks that hide how it ends.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\\", "/"))
	if s = path.Base(s); s == "." || s == "/" || s == ".." {
		return ""
	}
	return cut(s, maxName)
}

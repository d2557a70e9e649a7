package wecom

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"salesflow/bot"
)

// Commands and events of the robot's socket (document 101463).
const (
	cmdSubscribe = "aibot_subscribe"
	cmdPing      = "ping"
	cmdMessage   = "aibot_msg_callback"
	cmdEvent     = "aibot_event_callback"
	cmdWelcome   = "aibot_respond_welcome_msg"
	cmdReply     = "aibot_respond_msg"
	cmdUpdate    = "aibot_respond_update_msg"
	cmdSend      = "aibot_send_msg"
	cmdUpInit    = "aibot_upload_media_init"
	cmdUpChunk   = "aibot_upload_media_chunk"
	cmdUpFinish  = "aibot_upload_media_finish"

	eventTap       = "template_card_event"
	eventEnter     = "enter_chat"
	eventKickedOut = "disconnected_event"
)

// frame is one message of the socket. An answer has no command.
type frame struct {
	Cmd     string `json:"cmd,omitempty"`
	Headers struct {
		ReqID string `json:"req_id"`
	} `json:"headers"`
	Body json.RawMessage `json:"body,omitempty"`
	Code int             `json:"errcode,omitempty"`
	Msg  string          `json:"errmsg,omitempty"`
}

// robotIn is the body of a callback, the same as over HTTP (document 100719).
type robotIn struct {
	MsgID      string `json:"msgid"`
	CreateTime int64  `json:"create_time"`
	ChatID     string `json:"chatid"`
	ChatType   string `json:"chattype"`
	From       struct {
		UserID string `json:"userid"`
	} `json:"from"`
	MsgType string       `json:"msgtype"`
	Text    *content     `json:"text"`
	Voice   *content     `json:"voice"`
	Image   *robotFile   `json:"image"`
	File    *robotFile   `json:"file"`
	Video   *robotFile   `json:"video"`
	Mixed   *robotMixed  `json:"mixed"`
	Event   *robotAction `json:"event"`
}

type robotFile struct {
	URL    string `json:"url"`
	AESKey string `json:"aeskey"`
	Name   string `json:"filename"`
}

type robotMixed struct {
	Items []struct {
		MsgType string     `json:"msgtype"`
		Text    *content   `json:"text"`
		Image   *robotFile `json:"image"`
	} `json:"msg_item"`
}

type robotAction struct {
	Type string `json:"eventtype"`
	Tap  *struct {
		Key      string `json:"event_key"`
		TaskID   string `json:"task_id"`
		Selected struct {
			Items []struct {
				Question string `json:"question_key"`
				Options  struct {
					IDs []string `json:"option_id"`
				} `json:"option_ids"`
			} `json:"selected_item"`
		} `json:"selected_items"`
	} `json:"template_card_event"`
}

// decodeRobot turns a callback of the socket into an event. name is the robot's name in chats; now stands in where the
// platform gives no time. ignored says why there is no event.
func decodeRobot(f frame, name string, now time.Time) (ev bot.Event, ignored string, err error) {
	var in robotIn
	if err := json.Unmarshal(f.Body, &in); err != nil {
		return ev, "", fmt.Errorf("read %s: %w", short(f.Cmd), err)
	}
	if in.From.UserID == "" {
		return ev, "", errors.New("robot message without sender")
	}
	ev = bot.Event{
		Platform: Platform, At: now.UTC(), From: bot.UserID(in.From.UserID),
		Chat:  bot.Chat{Platform: Platform, ID: bot.ChatID(in.From.UserID), Via: ViaRobot},
		Route: bot.Route{Code: f.Headers.ReqID},
	}
	if in.CreateTime > 0 && in.CreateTime <= maxTime {
		ev.At = time.Unix(in.CreateTime, 0).UTC()
	}
	if in.ChatType == "group" || in.ChatType == "" && in.ChatID != "" {
		if in.ChatID == "" {
			return ev, "", errors.New("group message without chat")
		}
		ev.Chat.ID, ev.Chat.Group = bot.ChatID(in.ChatID), true
	}
	ev.ID = in.eventID()
	if in.MsgType == "event" || f.Cmd == cmdEvent {
		return in.event(ev)
	}
	return in.message(ev, name)
}

func (in *robotIn) eventID() string {
	if in.MsgID != "" {
		return boundedID("r:" + in.MsgID)
	}
	parts := []string{in.ChatID, in.From.UserID, fmt.Sprint(in.CreateTime), in.MsgType}
	if in.Text != nil {
		parts = append(parts, in.Text.Content)
	}
	if in.Event != nil {
		parts = append(parts, in.Event.Type)
		if in.Event.Tap != nil {
			parts = append(parts, in.Event.Tap.Key, in.Event.Tap.TaskID)
		}
	}
	return "r:" + hash(parts...)
}

func (in *robotIn) event(ev bot.Event) (bot.Event, string, error) {
	switch {
	case in.Event == nil:
		return ev, "", errors.New("robot event without content")
	case in.Event.Type == eventTap && in.Event.Tap != nil:
		tap := in.Event.Tap
		ev.Kind = bot.Tapped
		ev.Tap = &bot.Tap{Action: tap.Key, Card: tap.TaskID}
		for _, s := range tap.Selected.Items[:min(len(tap.Selected.Items), maxItems)] {
			if ev.Tap.Input == nil {
				ev.Tap.Input = map[string]string{}
			}
			ev.Tap.Input[s.Question] = strings.Join(s.Options.IDs, ",")
		}
	case in.Event.Type == eventEnter:
		ev.Kind = bot.Entered
	default:
		return bot.Event{}, "robot event " + short(in.Event.Type), nil
	}
	return ev, "", nil
}

func (in *robotIn) message(ev bot.Event, name string) (bot.Event, string, error) {
	switch in.MsgType {
	case "text":
		ev.Text = textOf(in.Text)
	case "voice":
		ev.Text = textOf(in.Voice)
	case "image":
		in.attach(&ev, in.Image, "image")
	case "file":
		in.attach(&ev, in.File, "file")
	case "video":
		in.attach(&ev, in.Video, "video")
	case "mixed":
		in.mix(&ev)
	default:
		return bot.Event{}, "robot message of type " + short(in.MsgType), nil
	}
	ev.Text = withoutMention(ev.Text, name, ev.Chat.Group)
	switch {
	case ev.Text != "":
		// What is written beside a picture matters more than the picture: it is a text with files.
		ev.Kind = bot.Said
	case len(ev.Files) > 0:
		ev.Kind = bot.Sent
	case in.MsgType == "text" && ev.Chat.Group:
		// The robot's name and nothing else: somebody wants to know what it can do.
		ev.Kind = bot.Entered
	default:
		return bot.Event{}, "robot message without content", nil
	}
	return ev, "", nil
}

func textOf(c *content) string {
	if c == nil {
		return ""
	}
	return strings.TrimSpace(c.Content)
}

func (in *robotIn) attach(ev *bot.Event, f *robotFile, kind string) {
	if f == nil || f.URL == "" {
		return
	}
	if ref, err := (mediaRef{URL: f.URL, AESKey: f.AESKey}).encode(); err == nil {
		ev.Files = append(ev.Files, bot.FileRef{Ref: ref, Name: f.Name, Kind: kind})
	}
}

func (in *robotIn) mix(ev *bot.Event) {
	if in.Mixed == nil {
		return
	}
	var text []string
	for _, item := range in.Mixed.Items[:min(len(in.Mixed.Items), maxItems)] {
		if s := textOf(item.Text); s != "" {
			text = append(text, s)
		}
		in.attach(ev, item.Image, "image")
	}
	ev.Text = strings.Join(text, "\n")
}

// withoutMention takes the robot's name out of what was said to it: "@销售助手 漏斗" is 漏斗. Group messages keep it
// (document 100719). Without a known name the first "@word" goes.
func withoutMention(s, name string, group bool) string {
	if !group {
		return s
	}
	if name != "" {
		at := "@" + name
		if rest, ok := strings.CutPrefix(s, at); ok && ends(rest) {
			return trim(rest)
		}
		if rest, ok := strings.CutSuffix(s, at); ok {
			return trim(rest)
		}
	}
	if !strings.HasPrefix(s, "@") {
		return trim(s)
	}
	end := strings.IndexFunc(s, space)
	if end < 0 {
		return ""
	}
	return trim(s[end:])
}

// ends reports whether a name may end before rest.
func ends(rest string) bool {
	return rest == "" || strings.IndexFunc(rest, space) == 0 || slices.ContainsFunc([]string{",", "，", ":", "："}, func(p string) bool { return strings.HasPrefix(rest, p) })
}

// space also knows the narrow spaces that the client puts after a name.
func space(r rune) bool { return unicode.IsSpace(r) || r == '\u2005' || r == '\u00a0' }

func trim(s string) string {
	return strings.TrimFunc(strings.TrimLeft(strings.TrimFunc(s, space), ",，:："), space)
}

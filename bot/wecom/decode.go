package wecom

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"salesflow/bot"
)

// Bounds of a decrypted message.
const (
	maxXMLDepth = 12
	maxXMLSize  = 256 << 10
	maxEventID  = 190
	maxItems    = 50
	// maxTime is the last second of the year 9999: a later one cannot be written down as JSON.
	maxTime = 253402300799
)

// tapLife is how long the response code of a tap can be used (document 94945).
const tapLife = 72 * time.Hour

// inbound is the plaintext of a message or event (documents 90239, 90240). Elements come in any order, unknown ones are
// ignored.
type inbound struct {
	CorpID     string `xml:"ToUserName"`
	From       string `xml:"FromUserName"`
	CreateTime int64  `xml:"CreateTime"`
	MsgType    string `xml:"MsgType"`
	MsgID      string `xml:"MsgId"`
	AgentID    string `xml:"AgentID"`
	Content    string `xml:"Content"`
	MediaID    string `xml:"MediaId"`

	Event        string         `xml:"Event"`
	EventKey     string         `xml:"EventKey"`
	TaskID       string         `xml:"TaskId"`
	ResponseCode string         `xml:"ResponseCode"`
	Selected     []selectedItem `xml:"SelectedItems>SelectedItem"`

	Scanned string `xml:"ScanCodeInfo>ScanResult"`

	ChangeType string   `xml:"ChangeType"`
	UserID     string   `xml:"UserID"`
	ID         string   `xml:"Id"`
	Approval   approval `xml:"ApprovalInfo"`
}

// maxScan is the longest scanned text that is taken, in bytes: a QR code holds up to 2,953.
const maxScan = 3000

type selectedItem struct {
	Question string   `xml:"QuestionKey"`
	Options  []string `xml:"OptionIds>OptionId"`
}

// approval holds what tells two approval events of one second apart. The spelling is the platform's.
type approval struct {
	SpNo    string `xml:"SpNo"`
	SpNoStr string `xml:"SpNoStr"`
	Change  string `xml:"StatuChangeEvent"`
	// Records is where each approver stands: two who decide one approval in the same second differ in nothing else.
	Records []struct {
		Status  string `xml:"SpStatus"`
		Details []struct {
			Status string `xml:"SpStatus"`
			Time   string `xml:"SpTime"`
		} `xml:"Details"`
	} `xml:"SpRecord"`
}

// decode turns the plaintext into an event. ignored says why there is none, for the log; err is for what is not a
// message at all.
func decode(plain []byte) (ev bot.Event, ignored string, err error) {
	in, err := readInbound(plain)
	if err != nil {
		return bot.Event{}, "", err
	}
	if in.From == "" || in.CreateTime <= 0 || in.CreateTime > maxTime || in.MsgType == "" {
		return bot.Event{}, "", errors.New("message without sender, time or type")
	}
	ev = bot.Event{
		Platform: Platform, ID: in.eventID(), At: time.Unix(in.CreateTime, 0).UTC(), From: bot.UserID(in.From),
		Chat: bot.Chat{Platform: Platform, ID: bot.ChatID(in.From), Via: ViaApp},
	}
	if in.MsgType == "event" {
		return in.event(ev)
	}
	if in.MsgID == "" {
		return bot.Event{}, "", errors.New("message without MsgId")
	}
	return in.message(ev)
}

func (in *inbound) message(ev bot.Event) (bot.Event, string, error) {
	switch in.MsgType {
	case "text":
		ev.Kind, ev.Text = bot.Said, strings.TrimSpace(in.Content)
		if ev.Text == "" {
			return bot.Event{}, "empty text", nil
		}
	case "image", "voice", "video":
		if in.MediaID == "" {
			return bot.Event{}, "media without MediaId", nil
		}
		ref, err := mediaRef{MediaID: in.MediaID}.encode()
		if err != nil {
			return bot.Event{}, "", err
		}
		ev.Kind, ev.Files = bot.Sent, []bot.FileRef{{Ref: ref, Kind: in.MsgType}}
	default:
		return bot.Event{}, "message of type " + short(in.MsgType), nil
	}
	return ev, "", nil
}

func (in *inbound) event(ev bot.Event) (bot.Event, string, error) {
	switch in.Event {
	case "template_card_event", "template_card_menu_event":
		ev.Kind = bot.Tapped
		ev.Tap = &bot.Tap{Action: in.EventKey, Card: in.TaskID, Input: in.input()}
		ev.Route = bot.Route{Code: in.ResponseCode, Until: ev.At.Add(tapLife)}
	case "click":
		// The key of a menu entry is what the entry says in words: 漏斗, 日报.
		ev.Kind, ev.Text = bot.Said, strings.TrimSpace(in.EventKey)
		if ev.Text == "" {
			return bot.Event{}, "menu entry without key", nil
		}
	case "scancode_push", "scancode_waitmsg":
		// What was scanned comes as if it had been said. A bar code comes as "CODE_128,6901234567892".
		ev.Kind, ev.Text, ev.Scanned = bot.Said, strings.TrimSpace(in.Scanned), true
		if ev.Text == "" || len(ev.Text) > maxScan {
			return bot.Event{}, "scan of nothing", nil
		}
	case "enter_agent", "subscribe":
		ev.Kind = bot.Entered
	case "sys_approval_change":
		ev.Kind, ev.Text = bot.Moved, in.Approval.number()
		if ev.Text == "" || len(ev.Text) > 64 {
			return bot.Event{}, "approval without number", nil
		}
	case "change_contact", "unsubscribe":
		ev.Kind = bot.Changed
	default:
		return bot.Event{}, "event " + short(in.Event), nil
	}
	return ev, "", nil
}

// input is what was chosen on the card, several options of one question joined by ",".
func (in *inbound) input() map[string]string {
	if len(in.Selected) == 0 {
		return nil
	}
	out := map[string]string{}
	for _, s := range in.Selected[:min(len(in.Selected), maxItems)] {
		if s.Question != "" {
			out[s.Question] = strings.Join(s.Options, ",")
		}
	}
	return out
}

// eventID is MsgId for a message. An event has none, and the pair the platform suggests (sender and second) loses one of
// two approvals decided in the same second, so everything that tells events apart goes into a hash.
func (in *inbound) eventID() string {
	if in.MsgType != "event" && in.MsgID != "" {
		return boundedID("m:" + in.MsgID)
	}
	parts := []string{
		in.CorpID, in.AgentID, in.From, fmt.Sprint(in.CreateTime), in.Event, in.ChangeType, in.EventKey,
		in.TaskID, in.Approval.SpNo, in.Approval.SpNoStr, in.Approval.Change, in.UserID, in.ID,
	}
	if in.Scanned != "" {
		parts = append(parts, in.Scanned)
	}
	if len(in.Approval.Records) > 0 {
		parts = append(parts, fmt.Sprint(in.Approval.Records))
	}
	return "e:" + hash(parts...)
}

// boundedID keeps an identity as it is while it fits, and hashes it otherwise.
func boundedID(id string) string {
	if len(id) <= maxEventID {
		return id
	}
	return "h:" + hash(id)
}

// hash is the sha256 of the parts, each with its length, so that no two lists are the same.
func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s|", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// mediaRef is bot.FileRef.Ref: a media id of the app, or an address of the robot's with the key the file is sealed with.
// It holds a secret and lives as long as the file does on the platform (three days, five minutes).
type mediaRef struct {
	MediaID string `json:"media_id,omitempty"`
	URL     string `json:"url,omitempty"`
	AESKey  string `json:"aes_key,omitempty"`
}

func (m mediaRef) encode() (string, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("encode file reference: %w", err)
	}
	return string(b), nil
}

// unmarshalXML reads a bounded document into v. Markup declarations are refused: the platform sends none, and they are
// how entity attacks begin.
func unmarshalXML(doc []byte, v any) error {
	if len(doc) > maxXMLSize {
		return errors.New("xml is too large")
	}
	if err := checkMarkup(doc); err != nil {
		return err
	}
	if err := xml.Unmarshal(doc, v); err != nil {
		return fmt.Errorf("read xml: %w", err)
	}
	return nil
}

// checkMarkup refuses declarations and elements too deep, without reading what is well-formed and what is not.
func checkMarkup(doc []byte) error {
	depth := 0
	for {
		i := bytes.IndexByte(doc, '<')
		if i < 0 {
			return nil
		}
		doc = doc[i+1:]
		switch {
		case bytes.HasPrefix(doc, []byte("![CDATA[")):
			doc = after(doc, "]]>")
		case bytes.HasPrefix(doc, []byte("!--")):
			doc = after(doc[3:], "-->")
		case bytes.HasPrefix(doc, []byte("!")):
			return errors.New("xml with a declaration")
		case bytes.HasPrefix(doc, []byte("/")):
			depth--
		case bytes.HasPrefix(doc, []byte("?")):
		default:
			if end := bytes.IndexByte(doc, '>'); end <= 0 || doc[end-1] != '/' {
				depth++
			}
		}
		if depth > maxXMLDepth {
			return errors.New("xml is too deep")
		}
	}
}

func after(doc []byte, end string) []byte {
	_, rest, _ := bytes.Cut(doc, []byte(end))
	return rest
}

// short is a word of the platform's for the log: bounded, on one line.
func short(s string) string { return oneLine(s, 40) }

// oneLine is at most n bytes of a text of the platform's, without what does not belong on a line of the log.
func oneLine(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s[:min(len(s), n)])
	return strings.ToValidUTF8(s, "")
}

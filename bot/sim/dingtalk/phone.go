package dingtalk

import (
	"context"
	"crypto/sha256"
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// Why a phone refuses, in the words it would show.
var (
	ErrUnknownPerson = errors.New("钉钉里没有这个人")
	ErrUnknownChat   = errors.New("没有这个群")
	ErrNotMember     = errors.New("不在这个群里")
	ErrEmpty         = errors.New("内容为空")
	ErrTooLong       = errors.New("内容太长，发不出去")
	ErrNotInGroup    = errors.New("群里不能把语音、视频、文件发给机器人，请到单聊里发")
	ErrNoCard        = errors.New("手机上没有这张卡片")
	ErrNoButton      = errors.New("卡片上没有这个按钮")
	ErrDisabled      = errors.New("按钮是灰的，点不了")
	ErrNoInput       = errors.New("卡片上没有输入框")
	ErrInert         = errors.New("这张卡片的按钮没有设置Stream回调")
	ErrClosed        = errors.New("模拟器已停止")
)

const (
	webhookLife = 90 * time.Minute
	maxText     = 20000 // bytes a person may type at once
	maxFile     = 20 << 20
)

// delivery is one message of a person to the bot. Its data is built once, so that a repetition is the same to the byte.
type delivery struct {
	id     string
	from   string
	chat   string
	at     time.Time
	kind   string
	text   string
	extra  any
	data   string
	pushes int
}

// Say puts a text on the phones of the chat and, in a single chat or when the bot is mentioned, pushes it to the bot.
// While no connection is up the push is lost, as on the platform: Lost tells.
func (s *Server) Say(ctx context.Context, m sim.Say) (string, error) {
	if strings.TrimSpace(m.Text) == "" {
		return "", ErrEmpty
	}
	if len(m.Text) > maxText {
		return "", ErrTooLong
	}
	text := m.Text
	if m.Chat != "" && !strings.HasPrefix(text, " ") {
		text = " " + text // what is left of the mention
	}
	d := &delivery{from: m.From, chat: m.Chat, kind: "text", text: text}
	d, err := s.admit(d, m.EventID, sim.Message{Kind: "text", Text: m.Text})
	if err != nil {
		return "", err
	}
	if m.Chat == "" || m.MentionBot {
		s.deliver(ctx, d)
	}
	return d.id, nil
}

// Send delivers a picture, a voice clip, a video or a file. In a group only a picture can reach the bot: in a message
// that mentions it, as rich text.
func (s *Server) Send(ctx context.Context, u sim.Upload) (string, error) {
	if len(u.Data) == 0 {
		return "", ErrEmpty
	}
	if len(u.Data) > maxFile {
		return "", ErrTooLong
	}
	name := path.Base(strings.ReplaceAll(u.Name, `\`, "/"))
	kind := kindOf(name, u.Recognition)
	if u.Chat != "" && kind != "picture" {
		return "", ErrNotInGroup
	}
	if err := s.mayWrite(u.From, u.Chat); err != nil {
		return "", err
	}
	b := s.keep(&blob{name: name, data: u.Data, more: u.More, mime: mimeOf(name, u.Data)})
	msg := sim.Message{Kind: "file", File: &sim.File{Name: name, URL: "/media/" + b.key}, Text: u.Recognition}
	if kind == "picture" {
		msg.Kind = "image"
	}
	d := &delivery{from: u.From, chat: u.Chat, kind: kind, extra: attachment(kind, b, u)}
	if u.Chat != "" {
		d.kind = "richText"
	}
	d, err := s.admit(d, u.EventID, msg)
	if err != nil {
		return "", err
	}
	s.deliver(ctx, d)
	return d.id, nil
}

// attachment is the content object of a message with a file.
func attachment(kind string, b *blob, u sim.Upload) any {
	switch {
	case kind == "picture" && u.Chat != "":
		return map[string]any{"richText": []any{
			map[string]string{"text": " "},
			map[string]string{"type": "picture", "downloadCode": b.code, "pictureDownloadCode": b.code},
		}}
	case kind == "picture":
		return map[string]string{"downloadCode": b.code, "pictureDownloadCode": b.code}
	case kind == "audio":
		return map[string]any{"downloadCode": b.code, "recognition": u.Recognition, "duration": 1000}
	case kind == "video":
		return map[string]string{"duration": "1", "videoType": "mp4", "downloadCode": b.code}
	}
	return map[string]string{
		"spaceId": b.key[:10], "fileName": b.name, "downloadCode": b.code, "fileId": b.key[10:20],
	}
}

// admit checks that the person may write here and puts the message on the phones. A repeated EventID finds the first
// delivery and shows nothing new.
func (s *Server) admit(d *delivery, eventID string, msg sim.Message) (*delivery, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if err := s.mayWriteLocked(d.from, d.chat); err != nil {
		return nil, err
	}
	d.id, d.at = newMessageID(), s.opt.Clock.Now()
	if eventID != "" {
		if first, ok := s.messages.get(eventID); ok {
			return first, nil
		}
		// Derived, so that the same event keeps its identity over a restart of the simulator.
		sum := sha256.Sum256([]byte(s.opt.CorpID + "\x00" + eventID))
		d.id = messageID(sum[:])
		s.messages.put(eventID, d)
	}
	msg.ID, msg.Chat, msg.From = d.id, d.chat, d.from
	s.postLocked(s.audienceLocked(d.chat, d.from), msg, nil, nil)
	return d, nil
}

func (s *Server) mayWrite(person, chat string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mayWriteLocked(person, chat)
}

func (s *Server) mayWriteLocked(person, chat string) error {
	if _, ok := s.people[person]; !ok {
		return ErrUnknownPerson
	}
	if chat == "" {
		return nil
	}
	ch := s.chats[chat]
	if ch == nil {
		return ErrUnknownChat
	}
	if !slices.Contains(ch.Members, person) {
		return ErrNotMember
	}
	return nil
}

// deliver pushes a message to the bot.
func (s *Server) deliver(ctx context.Context, d *delivery) {
	s.mu.Lock()
	d.pushes++
	attempt := d.pushes
	s.mu.Unlock()
	again := func() { s.deliver(context.Background(), d) }
	s.push(ctx, outgoing{
		typ: typeCallback, topic: topicBot, identity: d.id, attempt: attempt, resend: again, limit: s.opt.BotRetry,
		data: func(base string) string { return s.botDataLocked(d, base) },
		answer: func(a *ackFrame) {
			if a == nil && attempt < s.opt.EventAttempts {
				s.handLocked(again)
			}
		},
	})
}

type atUser struct {
	DingtalkID string `json:"dingtalkId"`
	StaffID    string `json:"staffId,omitempty"`
}

type botText struct {
	Content string `json:"content"`
}

// botMessage is the data of a bot message.
type botMessage struct {
	ConversationID    string   `json:"conversationId"`
	ConversationType  string   `json:"conversationType"`
	ConversationTitle string   `json:"conversationTitle,omitempty"`
	ChatbotCorpID     string   `json:"chatbotCorpId"`
	ChatbotUserID     string   `json:"chatbotUserId"`
	MsgID             string   `json:"msgId"`
	SenderNick        string   `json:"senderNick"`
	SenderStaffID     string   `json:"senderStaffId"`
	SenderID          string   `json:"senderId"`
	SenderCorpID      string   `json:"senderCorpId"`
	IsAdmin           bool     `json:"isAdmin"`
	IsInAtList        bool     `json:"isInAtList,omitempty"`
	AtUsers           []atUser `json:"atUsers,omitempty"`
	SessionWebhook    string   `json:"sessionWebhook"`
	WebhookExpires    int64    `json:"sessionWebhookExpiredTime"`
	CreateAt          int64    `json:"createAt"`
	RobotCode         string   `json:"robotCode"`
	Msgtype           string   `json:"msgtype"`
	Text              *botText `json:"text,omitempty"`
	Content           any      `json:"content,omitempty"`
	ErrorCode         string   `json:"errorCode,omitempty"`
	ErrorMessage      string   `json:"errorMessage,omitempty"`
}

// botDataLocked is the frame's data, built at the first push.
func (s *Server) botDataLocked(d *delivery, base string) string {
	if d.data != "" {
		return d.data
	}
	expires := d.at.Add(webhookLife)
	m := botMessage{
		ConversationID: s.conversation(d.chat, d.from), ConversationType: "1",
		ChatbotCorpID: s.opt.CorpID, ChatbotUserID: s.sealed("bot", s.opt.RobotCode), MsgID: d.id,
		SenderNick: s.people[d.from].Name, SenderStaffID: d.from, SenderID: s.sealed("sender", d.from),
		SenderCorpID: s.opt.CorpID, IsAdmin: slices.Contains(s.opt.Admins, d.from),
		SessionWebhook: s.newSessionLocked(base, d.chat, d.from, expires), WebhookExpires: expires.UnixMilli(),
		CreateAt: d.at.UnixMilli(), RobotCode: s.opt.RobotCode, Msgtype: d.kind,
	}
	if d.chat != "" {
		m.ConversationType, m.ConversationTitle, m.IsInAtList = "2", s.chats[d.chat].Name, true
		m.AtUsers = []atUser{{DingtalkID: m.ChatbotUserID}}
	}
	switch {
	case s.takeLocked(Starved):
		m.ErrorCode, m.ErrorMessage = "20001", "调用量超量, 消息服务已经暂停"
	case d.kind == "text":
		m.Text = &botText{Content: d.text}
	default:
		m.Content = d.extra
	}
	d.data = string(encode(m))
	return d.data
}

// conversation is the conversationId: a group's own id, or one made for the single chat.
func (s *Server) conversation(chat, person string) string {
	if chat != "" {
		return chat
	}
	return "cid" + s.opaque("single", person)[:22] + "=="
}

package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/render"
)

// maxUsers is the most members one call reaches (document 90236).
const maxUsers = 1000

// codeLife is how long the response code of a send can be used (document 94945).
const codeLife = 72 * time.Hour

// message is the body of message/send, appchat/send and webhook/send (documents 90236, 90248, 99110).
type message struct {
	ToUser   string          `json:"touser,omitempty"`
	ChatID   string          `json:"chatid,omitempty"`
	AgentID  int             `json:"agentid,omitempty"`
	MsgType  string          `json:"msgtype"`
	Text     *content        `json:"text,omitempty"`
	Markdown *content        `json:"markdown,omitempty"`
	Image    *mediaID        `json:"image,omitempty"`
	File     *mediaID        `json:"file,omitempty"`
	Card     json.RawMessage `json:"template_card,omitempty"`
	DupCheck int             `json:"enable_duplicate_check,omitempty"`
}

type content struct {
	Content string `json:"content"`
}

type mediaID struct {
	MediaID string `json:"media_id,omitempty"`
	Base64  string `json:"base64,omitempty"`
	MD5     string `json:"md5,omitempty"`
}

// target is whom a delivery goes to.
type target struct {
	via   string
	users []bot.UserID
	chat  bot.ChatID
	group bool
	key   string // of a webhook robot
}

// target reads where a delivery goes: through the robot what came through it, into groups by webhook where one has the
// group's name, else by app chat; everything else to members as the app.
func (a *Adapter) target(d bot.Delivery) (target, error) {
	t := target{via: d.Chat.Via, users: d.Users, chat: d.Chat.ID}
	switch {
	case len(t.users) == 0 && d.Chat.Group:
		t.group = true
		if key, ok := a.opt.Webhooks[string(t.chat)]; ok && t.via != ViaRobot {
			t.via, t.key = ViaWebhook, key
		}
	case len(t.users) == 0:
		t.users = []bot.UserID{bot.UserID(t.chat)}
	}
	if t.via == "" {
		t.via = ViaApp
	}
	return t, t.check()
}

// check refuses what the platform would read as something else: "@all" is everybody, "|" parts two members.
func (t target) check() error {
	if t.group {
		switch {
		case t.chat == "":
			return bot.Refused(bot.NoRecipient, "group without id")
		case t.via == ViaWebhook && t.key == "":
			return bot.Refused(bot.NoRecipient, "no webhook is configured for this group")
		}
		return nil
	}
	if t.via != ViaApp && t.via != ViaRobot {
		return bot.Refused(bot.Unsupported, "channel %q does not reach members", t.via)
	}
	if len(t.users) > maxUsers {
		return bot.Refused(bot.Unsupported, "%d members, at most %d in one call", len(t.users), maxUsers)
	}
	for _, u := range t.users {
		if u == "" || len(u) > 64 || u[0] == '@' || strings.Contains(string(u), "|") {
			return bot.Refused(bot.NoRecipient, "not a user id")
		}
	}
	return nil
}

// receivers are the names a pacer counts by.
func (t target) receivers() []string {
	switch {
	case t.via == ViaWebhook:
		return []string{paceWebhook + string(t.chat)}
	case t.group:
		return []string{paceGroup + string(t.chat)}
	}
	out := make([]string, len(t.users))
	for i, u := range t.users {
		out[i] = paceUser + strings.ToLower(string(u))
	}
	return out
}

// Send implements bot.Sender. A text longer than a message goes out as several; when one of them fails after the first
// the outcome is Unsure, and the retry has the platform's duplicate check.
func (a *Adapter) Send(ctx context.Context, d bot.Delivery) (bot.Receipt, error) {
	t, err := a.target(d)
	if err != nil {
		return bot.Receipt{}, err
	}
	if t.via == ViaRobot {
		if a.robot == nil {
			return bot.Receipt{}, bot.Refused(bot.Unsupported, "no robot is configured")
		}
		return a.sendByRobot(ctx, d, t)
	}
	switch {
	case d.Out.Card != nil:
		return a.sendCard(ctx, d, t, *d.Out.Card)
	case d.Out.File != nil:
		return a.sendFile(ctx, d, t, *d.Out.File)
	case d.Out.Text != "":
		return a.sendText(ctx, d, t, d.Out.Text)
	}
	return bot.Receipt{}, bot.Refused(bot.Unsupported, "nothing that this platform can send")
}

func (a *Adapter) sendText(ctx context.Context, d bot.Delivery, t target, text string) (bot.Receipt, error) {
	limit := render.WeComTextBytes
	if t.via == ViaWebhook {
		limit = render.WeComRobotMarkdownBytes
	}
	var msgs []message
	text, marked := render.Say(text, t.via == ViaWebhook)
	for _, part := range render.SplitBytes(text, limit) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		// Plain text goes out as text: it can be copied and is shown everywhere.
		if t.via == ViaWebhook || marked {
			msgs = append(msgs, message{MsgType: "markdown", Markdown: &content{part}})
		} else {
			msgs = append(msgs, message{MsgType: "text", Text: &content{part}})
		}
	}
	if len(msgs) == 0 {
		return bot.Receipt{}, bot.Refused(bot.Rejected, "empty text")
	}
	if err := a.paced(ctx, t, len(msgs)); err != nil {
		return bot.Receipt{}, err
	}
	return a.deliverAll(ctx, d, t, msgs)
}

// sendCard sends a card where there can be one, and what it says as text elsewhere, or when the platform refuses it.
func (a *Adapter) sendCard(ctx context.Context, d bot.Delivery, t target, card cards.Card) (bot.Receipt, error) {
	if err := a.paced(ctx, t, 1); err != nil {
		return bot.Receipt{}, err
	}
	raw := a.cardFor(t, d, card)
	if raw == nil {
		return a.cardAsText(ctx, d, t, card)
	}
	r, err := a.deliver(ctx, d, t, message{MsgType: "template_card", Card: raw})
	switch {
	case err == nil:
		r.Ref = taskID(d)
		return r, nil
	case d.Retry && errcode(err) == codeTaskTaken:
		// The task id is ours alone: the attempt before this one did arrive. Its code is lost with its answer.
		return bot.Receipt{Ref: taskID(d)}, nil
	case cardRefused(err):
		return a.cardAsText(ctx, d, t, card)
	}
	return bot.Receipt{}, err
}

// cardFor renders the card for a channel; nil when it has to be text there. Webhook robots have cards without buttons,
// app chats have none (documents 99110, 90248).
func (a *Adapter) cardFor(t target, d bot.Delivery, card cards.Card) json.RawMessage {
	if t.via == ViaApp && t.group || t.via == ViaWebhook && len(card.Buttons) > 0 {
		return nil
	}
	opt := render.WeComOptions{TaskID: taskID(d), HomeURL: a.opt.HomeURL, Viewers: a.viewers(t.users), Robot: t.via != ViaApp}
	if t.via == ViaWebhook {
		opt.TaskID = ""
	}
	raw, err := render.WeCom(card, opt)
	if err != nil {
		return nil
	}
	return raw
}

func (a *Adapter) cardAsText(ctx context.Context, d bot.Delivery, t target, card cards.Card) (bot.Receipt, error) {
	r, err := a.deliver(ctx, d, t, message{MsgType: "markdown", Markdown: &content{render.WeComMarkdown(card)}})
	r.AsText = err == nil
	return r, err
}

// taskID names the card of a delivery to the platform.
func taskID(d bot.Delivery) string {
	if d.CardID == 0 {
		return ""
	}
	return d.CardRef()
}

// viewers are the people behind the accounts, for buttons that are for some people only.
func (a *Adapter) viewers(users []bot.UserID) []int64 {
	if a.opt.Person == nil {
		return nil
	}
	var out []int64
	for _, u := range users {
		if p := a.opt.Person(u); p != 0 {
			out = append(out, p)
		}
	}
	return out
}

// paced asks the pacer for n messages.
func (a *Adapter) paced(ctx context.Context, t target, n int) error {
	wait, err := a.pace.Take(ctx, t.receivers(), n)
	if err != nil {
		return &bot.SendError{Reason: bot.Down, Retry: true, After: time.Second, Err: fmt.Errorf("pace: %w", err)}
	}
	if wait > 0 {
		return &bot.SendError{Reason: bot.Throttled, Retry: true, After: wait, Err: errors.New("held back: the platform drops more than this without a word")}
	}
	return nil
}

func (a *Adapter) deliverAll(ctx context.Context, d bot.Delivery, t target, msgs []message) (bot.Receipt, error) {
	var r bot.Receipt
	for i, m := range msgs {
		part, err := a.deliver(ctx, d, t, m)
		if err != nil && i > 0 {
			e := bot.SendFailure(err)
			return r, &bot.SendError{Reason: bot.Unsure, Retry: true, After: e.After, Err: fmt.Errorf("part %d of %d: %w", i+1, len(msgs), e.Err)}
		}
		if err != nil {
			return r, err
		}
		r = part
	}
	return r, nil
}

// deliver makes the one call that sends a message.
func (a *Adapter) deliver(ctx context.Context, d bot.Delivery, t target, m message) (bot.Receipt, error) {
	switch {
	case t.via == ViaWebhook:
		return bot.Receipt{}, a.api.webhook(ctx, t.key, m)
	case t.group:
		m.ChatID = string(t.chat)
		return bot.Receipt{}, a.api.post(ctx, "appchat/send", m, nil)
	}
	m.AgentID, m.ToUser = a.opt.AgentID, joinUsers(t.users)
	if d.Retry {
		m.DupCheck = 1
	}
	var out struct {
		Invalid      string `json:"invaliduser"`
		Unlicensed   string `json:"unlicenseduser"`
		MsgID        string `json:"msgid"`
		ResponseCode string `json:"response_code"`
	}
	if err := a.api.post(ctx, "message/send", m, &out); err != nil {
		return bot.Receipt{}, err
	}
	r := bot.Receipt{Message: out.MsgID, Undelivered: named(t.users, out.Invalid, out.Unlicensed)}
	if out.ResponseCode != "" {
		r.Code, r.Until = out.ResponseCode, a.opt.Now().Add(codeLife)
	}
	return r, nil
}

func joinUsers(users []bot.UserID) string {
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = string(u)
	}
	return strings.Join(names, "|")
}

// named are the users in lists such as "a|b", which the platform writes in lower case.
func named(users []bot.UserID, lists ...string) []bot.UserID {
	var out []bot.UserID
	for _, list := range lists {
		for id := range strings.SplitSeq(list, "|") {
			i := slices.IndexFunc(users, func(u bot.UserID) bool { return strings.EqualFold(string(u), id) })
			if i >= 0 && !slices.Contains(out, users[i]) {
				out = append(out, users[i])
			}
		}
	}
	return out
}

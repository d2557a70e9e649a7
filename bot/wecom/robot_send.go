package wecom

import (
	"context"
	"crypto/md5" //nolint:gosec // the platform's checksum
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/render"
)

// uploadChunk is the most raw bytes of one chunk of an upload (document 101463).
const uploadChunk = 512 << 10

// robotMessage is the body of the robot's messages. A text in answer to a message is a stream that is finished at once.
type robotMessage struct {
	ChatID   string          `json:"chatid,omitempty"`
	MsgType  string          `json:"msgtype"`
	Text     *content        `json:"text,omitempty"`
	Markdown *content        `json:"markdown,omitempty"`
	Stream   *stream         `json:"stream,omitempty"`
	Card     json.RawMessage `json:"template_card,omitempty"`
	Image    *mediaID        `json:"image,omitempty"`
	File     *mediaID        `json:"file,omitempty"`
}

type stream struct {
	ID      string `json:"id"`
	Finish  bool   `json:"finish"`
	Content string `json:"content"`
}

func unmarshalEvent(f frame, in *robotIn) bool { return json.Unmarshal(f.Body, in) == nil }

// session is the live socket, or why there is none here.
func (r *robot) session() (*session, error) {
	if !r.holding.Load() {
		return nil, &bot.SendError{Reason: bot.NotHere, Retry: true, After: time.Second, Err: errors.New("another replica holds the robot's socket")}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.live == nil {
		return nil, &bot.SendError{Reason: bot.Down, Retry: true, After: 2 * time.Second, Err: errors.New("the robot's socket is down")}
	}
	return r.live, nil
}

// call makes one call on the live socket. An empty reqID means a call of our own.
func (r *robot) call(ctx context.Context, cmd, reqID string, body any) (frame, error) {
	s, err := r.session()
	if err != nil {
		return frame{}, err
	}
	if reqID == "" {
		reqID = newReqID()
	}
	start := r.opt.Now()
	f, err := s.call(ctx, cmd, reqID, body)
	r.observe(cmd, start, err)
	return f, err
}

// sendByRobot sends to a group or to members through the robot.
func (a *Adapter) sendByRobot(ctx context.Context, d bot.Delivery, t target) (bot.Receipt, error) {
	if _, err := a.robot.session(); err != nil {
		return bot.Receipt{}, err
	}
	chats := []string{string(t.chat)}
	if !t.group {
		chats = strings.Split(joinUsers(t.users), "|")
	}
	msgs, r, err := a.robotMessages(ctx, d, t)
	if err != nil {
		return bot.Receipt{}, err
	}
	keys := make([]string, len(chats))
	for i, c := range chats {
		keys[i] = paceRobot + strings.ToLower(c)
	}
	if wait, err := a.pace.Take(ctx, keys, len(msgs)); err != nil || wait > 0 {
		return bot.Receipt{}, &bot.SendError{Reason: bot.Throttled, Retry: true, After: max(wait, time.Second), Err: errors.Join(errors.New("held back for the robot's limit"), err)}
	}
	sent := 0
	for _, chat := range chats {
		for _, m := range msgs {
			m.ChatID = chat
			if err := a.robot.say(ctx, d.Route.Code, len(chats) == 1, m); err != nil {
				if e := bot.SendFailure(err); sent > 0 {
					return r, &bot.SendError{Reason: bot.Unsure, Retry: e.Retry, After: e.After, Err: err}
				}
				return bot.Receipt{}, err
			}
			sent++
		}
	}
	return r, nil
}

// robotMessages are the frames a delivery needs, and the receipt it gets when they are sent.
func (a *Adapter) robotMessages(ctx context.Context, d bot.Delivery, t target) ([]robotMessage, bot.Receipt, error) {
	var r bot.Receipt
	switch {
	case d.Out.Card != nil:
		if raw := a.cardFor(t, d, *d.Out.Card); raw != nil {
			r.Ref = taskID(d)
			return []robotMessage{{MsgType: "template_card", Card: raw}}, r, nil
		}
		r.AsText = true
		return []robotMessage{{MsgType: "markdown", Markdown: &content{render.WeComMarkdown(*d.Out.Card)}}}, r, nil
	case d.Out.File != nil:
		f, err := a.load(ctx, *d.Out.File)
		if err != nil {
			return nil, r, err
		}
		id, err := a.robot.upload(ctx, f)
		if err != nil {
			return nil, r, err
		}
		if f.image {
			return []robotMessage{{MsgType: "image", Image: &mediaID{MediaID: id}}}, r, nil
		}
		return []robotMessage{{MsgType: "file", File: &mediaID{MediaID: id}}}, r, nil
	}
	var msgs []robotMessage
	text, _ := render.Say(d.Out.Text, true)
	for _, part := range render.SplitBytes(text, render.WeComStreamBytes) {
		if strings.TrimSpace(part) != "" {
			msgs = append(msgs, robotMessage{MsgType: "markdown", Markdown: &content{part}})
		}
	}
	if len(msgs) == 0 {
		return nil, r, bot.Refused(bot.Unsupported, "nothing that the robot can send")
	}
	return msgs, r, nil
}

// say answers the frame the delivery replies to while that is possible, which costs no budget and works in a chat the
// robot may not write to by itself, and sends otherwise. A tap is answered with a face only, never with a message.
func (r *robot) say(ctx context.Context, reqID string, alone bool, m robotMessage) error {
	if alone && reqID != "" {
		cmd, answer, ok := r.answer(reqID, m)
		if ok {
			_, err := r.call(ctx, cmd, reqID, answer)
			if err == nil || bot.SendFailure(err).Reason != bot.NoUpdate {
				return err
			}
		}
	}
	_, err := r.call(ctx, cmdSend, "", m)
	return err
}

// answer is the message in the form of an answer to the frame.
func (r *robot) answer(reqID string, m robotMessage) (cmd string, answer robotMessage, ok bool) {
	if m.Image != nil || m.File != nil {
		return "", m, false
	}
	m.ChatID = ""
	kinds := []rune{freshMessage, freshWelcome}
	if m.Markdown != nil && len(m.Markdown.Content) > render.WeComTextBytes {
		kinds = kinds[:1] // a welcome is a short text
	}
	switch r.spend(reqID, kinds...) {
	case freshMessage:
		if m.Markdown != nil {
			m = robotMessage{MsgType: "stream", Stream: &stream{ID: newReqID(), Finish: true, Content: m.Markdown.Content}}
		}
		return cmdReply, m, true
	case freshWelcome:
		if m.Markdown != nil {
			m = robotMessage{MsgType: "text", Text: &content{m.Markdown.Content}}
		}
		return cmdWelcome, m, true
	}
	return "", m, false
}

// updateByRobot changes a card within five seconds of its own tap.
func (a *Adapter) updateByRobot(ctx context.Context, d bot.Delivery, r bot.Receipt) (bot.Receipt, error) {
	if d.Route.Code == "" {
		return r, bot.Refused(bot.NoUpdate, "a robot's card changes only on its own tap")
	}
	raw, err := render.WeCom(*d.Out.Card, render.WeComOptions{TaskID: sentAs(d, r), HomeURL: a.opt.HomeURL, Robot: true, Update: true})
	if err != nil {
		return r, &bot.SendError{Reason: bot.Rejected, Err: err}
	}
	return r, a.robot.updateCard(ctx, d.Route.Code, raw)
}

// updateCard answers a tap. Whatever goes wrong leaves a fresh card as the way out: the platform takes one answer only.
func (r *robot) updateCard(ctx context.Context, reqID string, card json.RawMessage) error {
	if r.spend(reqID, freshTap) == 0 {
		return bot.Refused(bot.NoUpdate, "the tap cannot be answered any more")
	}
	body := struct {
		Type string          `json:"response_type"`
		Card json.RawMessage `json:"template_card"`
	}{"update_template_card", card}
	if _, err := r.call(ctx, cmdUpdate, reqID, body); err != nil {
		return &bot.SendError{Reason: bot.NoUpdate, Err: err}
	}
	return nil
}

// upload puts a file up through the socket, in chunks (document 101463).
func (r *robot) upload(ctx context.Context, f outFile) (string, error) {
	sum := md5.Sum(f.data) //nolint:gosec // the platform's checksum
	chunks := (len(f.data) + uploadChunk - 1) / uploadChunk
	var begun struct {
		ID string `json:"upload_id"`
	}
	err := r.step(ctx, cmdUpInit, map[string]any{
		"type": f.kind(), "filename": f.name, "total_size": len(f.data), "total_chunks": chunks, "md5": hex.EncodeToString(sum[:]),
	}, &begun)
	if err != nil {
		return "", err
	}
	for i := range chunks {
		part := f.data[i*uploadChunk : min((i+1)*uploadChunk, len(f.data))]
		err := r.step(ctx, cmdUpChunk, map[string]any{
			"upload_id": begun.ID, "chunk_index": i, "base64_data": base64.StdEncoding.EncodeToString(part),
		}, nil)
		if err != nil {
			return "", err
		}
	}
	var done struct {
		ID string `json:"media_id"`
	}
	err = r.step(ctx, cmdUpFinish, map[string]string{"upload_id": begun.ID}, &done)
	return done.ID, uploaded(done.ID, err)
}

// step is one call of an upload. It may always be repeated.
func (r *robot) step(ctx context.Context, cmd string, body, out any) error {
	f, err := r.call(ctx, cmd, "", body)
	if err != nil {
		return repeatable(err)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(f.Body, out); err != nil {
		return &bot.SendError{Reason: bot.Down, Retry: true, Err: fmt.Errorf("%s: read answer: %w", cmd, err)}
	}
	return nil
}

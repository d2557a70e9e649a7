package wecom

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot/sim"
)

// Limits of what the robot sends.
const (
	maxStreamBytes = 20480
	streamTTL      = 6 * time.Minute
)

// robotStream is a reply that is still growing.
type robotStream struct {
	of       *message
	began    time.Time
	finished bool
}

// takeFrame serves one frame of the client and acknowledges it.
func (s *Server) takeFrame(c *robotConn, f *frame, ip string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.robot.posted = ""
	now := s.opt.Clock.Now()
	var body any
	refused := s.frameFault(f)
	if refused == nil {
		body, refused = s.serveFrame(c, f, now)
	}
	code, text := 0, "ok"
	if refused != nil {
		code, text = refused.code, refused.message(now.Unix(), ip)
	}
	if f.Cmd != "ping" {
		s.log.call(Call{At: now, API: "ws:" + f.Cmd, Body: frameForLog(f), Status: http.StatusOK, ErrCode: code, MessageID: s.robot.posted})
	}
	ack := fields{"headers": f.Headers, "errcode": code, "errmsg": text}
	if body != nil && refused == nil {
		ack["body"] = body
	}
	s.queue(c, ack)
	if f.Cmd == "aibot_subscribe" && refused == nil {
		s.catchUp()
		s.dropRobotLocked()
	}
}

// frameForLog leaves out the robot's secret and file contents.
func frameForLog(f *frame) string {
	if f.Cmd == "aibot_subscribe" || f.Cmd == "aibot_upload_media_chunk" {
		return ""
	}
	return string(f.Body[:min(len(f.Body), maxRecordBody)])
}

func (s *Server) frameFault(f *frame) *apiError {
	sends := f.Cmd == "aibot_send_msg" || f.Cmd == "aibot_respond_msg"
	if sends && take(&s.faults.limited) {
		return &apiError{code: codeRateLimited}
	}
	return nil
}

func (s *Server) serveFrame(c *robotConn, f *frame, now time.Time) (any, *apiError) {
	if f.Headers.ReqID == "" {
		return nil, &apiError{code: codeRobotReqID}
	}
	if f.Cmd == "aibot_subscribe" {
		return nil, s.subscribe(c, f, now)
	}
	if f.Cmd == "ping" {
		return nil, nil
	}
	if !c.subscribed || s.robot.live != c {
		return nil, fail(codeBadSecret, "not subscribed")
	}
	switch f.Cmd {
	case "aibot_respond_msg":
		return nil, s.respond(f, now)
	case "aibot_respond_welcome_msg":
		return nil, s.respondWelcome(f, now)
	case "aibot_respond_update_msg":
		return nil, s.respondUpdate(f, now)
	case "aibot_send_msg":
		return nil, s.robotSend(f, now)
	case "aibot_upload_media_init":
		return s.uploadInit(f)
	case "aibot_upload_media_chunk":
		return s.uploadChunk(f)
	case "aibot_upload_media_finish":
		return s.uploadFinish(f, now)
	}
	return nil, fail(codeParam, "unknown cmd %q", f.Cmd)
}

// subscribe makes a socket the robot's only one; the one before is told and cut.
func (s *Server) subscribe(c *robotConn, f *frame, now time.Time) *apiError {
	var body struct {
		BotID  string `json:"bot_id"`
		Secret string `json:"secret"`
	}
	if json.Unmarshal(f.Body, &body) != nil || body.BotID != s.opt.BotID || !equalSecret(body.Secret, s.opt.BotSecret) {
		return &apiError{code: codeBadSecret}
	}
	if old := s.robot.live; old != nil && old != c {
		s.queue(old, fields{
			"cmd": "aibot_event_callback", "headers": frameHeaders{ReqID: randomHex(12)},
			"body": fields{
				"msgid": randomHex(12), "create_time": now.Unix(), "aibotid": s.opt.BotID, "msgtype": "event",
				"event": fields{"eventtype": "disconnected_event"},
			},
		})
		s.cut(old)
	}
	c.subscribed = true
	s.robot.live = c
	s.log.count("subscribed")
	return nil
}

// robotContent is a message the robot sends, in any of its frames.
type robotContent struct {
	ChatID   string        `json:"chatid"`
	ChatType int           `json:"chat_type"`
	MsgType  string        `json:"msgtype"`
	Text     *textBody     `json:"text"`
	Markdown *textBody     `json:"markdown"`
	Image    *mediaBody    `json:"image"`
	Voice    *mediaBody    `json:"voice"`
	Video    *mediaBody    `json:"video"`
	File     *mediaBody    `json:"file"`
	Card     *templateCard `json:"template_card"`
	Stream   *streamBody   `json:"stream"`
	Response string        `json:"response_type"`
	UserIDs  []string      `json:"userids"`
}

type streamBody struct {
	ID      string `json:"id"`
	Finish  bool   `json:"finish"`
	Content string `json:"content"`
}

func (s *Server) readContent(f *frame, now time.Time) (*robotContent, *apiError) {
	var body robotContent
	err := json.Unmarshal(f.Body, &body)
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		s.violate(now, "wrong_json_type", f.Cmd+": "+wrongType.Field)
		return &body, nil
	}
	if err != nil {
		return nil, fail(codeParam, "json: %v", err)
	}
	return &body, nil
}

// request finds the callback that a frame answers. An answer of the wrong kind is 846605, as reported for streams on taps.
func (s *Server) request(f *frame, kind string, now time.Time) (*robotReq, *apiError) {
	req, ok := s.robot.reqs.get(f.Headers.ReqID)
	if !ok || req.kind != kind || now.Sub(req.at) > reqTTL {
		return nil, &apiError{code: codeRobotReqID}
	}
	if kind == reqMessage {
		return req, nil
	}
	if req.late {
		s.violate(now, "late_answer", f.Cmd+" after its five seconds")
		return nil, fail(codeRobotReqID, "answered too late")
	}
	if req.used {
		return nil, fail(codeRobotReqID, "answered before")
	}
	return req, nil
}

// respond serves aibot_respond_msg: stream, template_card, both, or media.
func (s *Server) respond(f *frame, now time.Time) *apiError {
	body, refused := s.readContent(f, now)
	if refused != nil {
		return refused
	}
	req, refused := s.request(f, reqMessage, now)
	if refused != nil {
		return refused
	}
	switch body.MsgType {
	case "stream":
		return s.stream(f, req, body.Stream, now)
	case "stream_with_template_card":
		if body.Card != nil {
			if refused := s.robotCard(body.Card); refused != nil {
				return refused
			}
		}
		if refused := s.stream(f, req, body.Stream, now); refused != nil || body.Card == nil {
			return refused
		}
		return s.postRobot(req.chat, body.Card, sim.Message{Kind: "card", Card: draw(body.Card)}, now)
	case "template_card", "image", "voice", "video", "file":
		return s.postContent(req.chat, body, now)
	}
	return &apiError{code: codeMsgType}
}

// stream starts or continues a growing message.
func (s *Server) stream(f *frame, req *robotReq, b *streamBody, now time.Time) *apiError {
	if b == nil || b.ID == "" || len(b.ID) > 128 {
		return fail(codeParam, "stream.id missing")
	}
	if len(b.Content) > maxStreamBytes {
		return fail(codeTextTooLong, "stream.content %d bytes", len(b.Content))
	}
	if !utf8.ValidString(b.Content) {
		return fail(codeParam, "stream.content is not UTF-8")
	}
	key := f.Headers.ReqID + "|" + b.ID
	st, known := s.robot.streams.get(key)
	if known && (st.finished || now.Sub(st.began) > streamTTL) {
		return fail(codeParam, "stream has ended")
	}
	if !known {
		m, refused := s.newRobotMessage(req.chat, nil, sim.Message{Kind: "markdown", Text: b.Content}, now)
		if refused != nil {
			return refused
		}
		s.robot.streams.put(key, &robotStream{of: m, began: now, finished: b.Finish})
		return nil
	}
	st.finished = b.Finish
	for person, v := range st.of.views {
		v.show.Text = b.Content
		s.phones.touch(person, v)
	}
	return nil
}

// respondWelcome serves the answer to enter_chat.
func (s *Server) respondWelcome(f *frame, now time.Time) *apiError {
	body, refused := s.readContent(f, now)
	if refused != nil {
		return refused
	}
	req, refused := s.request(f, reqEnter, now)
	if refused != nil {
		return refused
	}
	if body.MsgType != "text" && body.MsgType != "template_card" {
		return &apiError{code: codeMsgType}
	}
	if refused := s.postContent(req.chat, body, now); refused != nil {
		return refused
	}
	req.used = true
	return nil
}

// respondUpdate serves the answer to a tap: the card of the same task for the named people, or for all it went to.
func (s *Server) respondUpdate(f *frame, now time.Time) *apiError {
	body, refused := s.readContent(f, now)
	if refused != nil {
		return refused
	}
	req, refused := s.request(f, reqClick, now)
	if refused != nil {
		return refused
	}
	if body.Response != "update_template_card" || body.Card == nil {
		return fail(codeParam, "response_type update_template_card expected")
	}
	if body.Card.TaskID != req.clicked.task {
		return &apiError{code: codeTaskID}
	}
	if refused := checkCard(body.Card, true); refused != nil {
		return refused
	}
	req.used = true
	for person := range req.clicked.views {
		named := slices.ContainsFunc(body.UserIDs, func(id string) bool { return strings.EqualFold(id, person) })
		if named || len(body.UserIDs) == 0 {
			s.replaceFace(person, req.clicked, body.Card)
		}
	}
	return nil
}

// robotSend serves aibot_send_msg: only into chats where somebody has spoken to the robot.
func (s *Server) robotSend(f *frame, now time.Time) *apiError {
	body, refused := s.readContent(f, now)
	if refused != nil {
		return refused
	}
	chat := body.ChatID
	p := s.dir.person(chat)
	switch {
	case isGroup(s.dir.groups[chat]) && body.ChatType != 1:
	case p != nil && body.ChatType != 2:
		chat = p.ID
	default:
		return &apiError{code: codeChatUnknown}
	}
	if !s.robot.spoke[chat] {
		s.violate(now, "robot_not_spoken_to", "aibot_send_msg to "+chat+" where nobody has spoken to the robot")
		return fail(codeParam, "no message from this chat yet")
	}
	switch body.MsgType {
	case "markdown", "template_card", "image", "voice", "video", "file":
		return s.postContent(chat, body, now)
	}
	return &apiError{code: codeMsgType}
}

// postContent checks a message of the robot's and shows it.
func (s *Server) postContent(chat string, body *robotContent, now time.Time) *apiError {
	req := sendRequest{
		MsgType: body.MsgType, Text: body.Text, Markdown: body.Markdown, Image: body.Image, Voice: body.Voice,
		Video: body.Video, File: body.File, Card: body.Card,
	}
	if body.MsgType == "markdown" {
		text, refused := checkText(body.Markdown, maxStreamBytes)
		if refused != nil {
			return refused
		}
		return s.postRobot(chat, nil, sim.Message{Kind: "markdown", Text: text}, now)
	}
	show, refused := s.content(&call{now: now}, &req, mediaRobot)
	if refused != nil {
		return refused
	}
	card := req.cardFace()
	if card != nil {
		if refused := s.robotCard(card); refused != nil {
			return refused
		}
	}
	return s.postRobot(chat, card, show, now)
}

// robotCard checks a card and that its task is new to the robot.
func (s *Server) robotCard(card *templateCard) *apiError {
	if refused := checkCard(card, false); refused != nil {
		return refused
	}
	if card.answers() && s.cards.taskTaken(viaRobot, card.TaskID) {
		return &apiError{code: codeTaskID}
	}
	return nil
}

func (s *Server) postRobot(chat string, card *templateCard, show sim.Message, now time.Time) *apiError {
	_, refused := s.newRobotMessage(chat, card, show, now)
	return refused
}

// newRobotMessage shows a message in a chat, within the robot's limits.
func (s *Server) newRobotMessage(chat string, card *templateCard, show sim.Message, now time.Time) (*message, *apiError) {
	if !s.limits.take(now, "robot|"+strings.ToLower(chat), maxPerMinute, maxPerHour) && !s.opt.NoMemberLimit {
		s.violate(now, "robot_limit", "more than 30 messages a minute or 1000 an hour in chat "+chat)
		return nil, &apiError{code: codeRateLimited}
	}
	people, phoneChat := s.robotPeople(chat)
	m := &message{id: newMessageID(), chat: phoneChat, via: viaRobot, at: now}
	if card != nil && card.answers() {
		m.task = card.TaskID
		s.cards.addTask(viaRobot, m.task, m)
	}
	s.phones.post(m, show, card, people)
	s.robot.posted = m.id
	return m, nil
}

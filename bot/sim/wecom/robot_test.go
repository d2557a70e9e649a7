package wecom

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"salesflow/bot/sim"
)

// robotClient is the bot's side of the socket.
type robotClient struct {
	*world
	ws  *websocket.Conn
	seq int
}

// robotFrame is a frame as the bot reads it.
type robotFrame struct {
	Cmd     string       `json:"cmd"`
	Headers frameHeaders `json:"headers"`
	ErrCode int          `json:"errcode"`
	ErrMsg  string       `json:"errmsg"`
	Body    struct {
		MsgID    string `json:"msgid"`
		BotID    string `json:"aibotid"`
		ChatID   string `json:"chatid"`
		ChatType string `json:"chattype"`
		From     struct {
			UserID string `json:"userid"`
		} `json:"from"`
		MsgType  string         `json:"msgtype"`
		Text     textBody       `json:"text"`
		Voice    textBody       `json:"voice"`
		File     sealedFile     `json:"file"`
		Image    sealedFile     `json:"image"`
		UploadID string         `json:"upload_id"`
		MediaID  string         `json:"media_id"`
		Event    map[string]any `json:"event"`
	} `json:"body"`
}

type sealedFile struct {
	URL    string `json:"url"`
	AESKey string `json:"aeskey"`
}

func (w *world) dial() *robotClient {
	w.Helper()
	ws, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(w.api.URL, "http")+"/robot/ws", nil)
	if err != nil {
		w.Fatal(err)
	}
	_ = resp.Body.Close()
	w.Cleanup(func() { _ = ws.Close() })
	return &robotClient{world: w, ws: ws}
}

func (w *world) robotUp() *robotClient {
	w.Helper()
	c := w.dial()
	c.ok(c.ask("aibot_subscribe", fields{"bot_id": w.sim.opt.BotID, "secret": w.sim.opt.BotSecret}))
	return c
}

// read takes the next frame.
func (c *robotClient) read() robotFrame {
	c.Helper()
	_ = c.ws.SetReadDeadline(time.Now().Add(time.Minute))
	var f robotFrame
	if err := c.ws.ReadJSON(&f); err != nil {
		c.Fatalf("read frame: %v", err)
	}
	return f
}

func (c *robotClient) ask(cmd string, body any) robotFrame {
	c.Helper()
	c.seq++
	return c.answer(fmt.Sprintf("req-%d", c.seq), cmd, body)
}

// answer sends a frame under a req_id and reads its acknowledgement.
func (c *robotClient) answer(reqID, cmd string, body any) robotFrame {
	c.Helper()
	if err := c.ws.WriteJSON(fields{"cmd": cmd, "headers": frameHeaders{ReqID: reqID}, "body": body}); err != nil {
		c.Fatal(err)
	}
	f := c.read()
	if f.Cmd != "" || f.Headers.ReqID != reqID {
		c.Fatalf("expected the acknowledgement of %s, got %+v", cmd, f)
	}
	return f
}

func (c *robotClient) ok(f robotFrame) robotFrame {
	c.Helper()
	c.code(f, 0)
	return f
}

func (c *robotClient) code(f robotFrame, want int) {
	c.Helper()
	if f.ErrCode != want {
		c.Fatalf("errcode %d, want %d: %s", f.ErrCode, want, f.ErrMsg)
	}
}

func streamOf(id, content string, finish bool) fields {
	return fields{"msgtype": "stream", "stream": fields{"id": id, "finish": finish, "content": content}}
}

func markdownTo(chat, content string) fields {
	return fields{"chatid": chat, "msgtype": "markdown", "markdown": fields{"content": content}}
}

func TestRobotHearsMentionsInGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.robotUp()
	id := w.say("ZhouMin", "east1", "漏斗 华东一组")
	f := c.read()
	if f.Cmd != "aibot_msg_callback" || f.Body.MsgID != id || f.Body.ChatID != "east1" || f.Body.ChatType != "group" ||
		f.Body.From.UserID != "ZhouMin" || f.Body.Text.Content != "@小销 漏斗 华东一组" || f.Body.BotID != w.sim.opt.BotID {
		t.Errorf("frame %+v", f)
	}
	c.ok(c.answer(f.Headers.ReqID, "aibot_respond_msg", streamOf("s1", "查询中", false)))
	c.ok(c.answer(f.Headers.ReqID, "aibot_respond_msg", streamOf("s1", "转化 19%,低于全司 32%", true)))
	c.code(c.answer(f.Headers.ReqID, "aibot_respond_msg", streamOf("s1", "x", true)), codeParam)
	for _, who := range []string{"ZhouMin", "wangfang"} {
		got := w.inbox(who, "east1")
		if len(got) != 2 || got[1].Text != "转化 19%,低于全司 32%" || got[1].Version != 2 || got[1].Kind != "markdown" {
			t.Errorf("%s sees %+v", who, got)
		}
	}
	c.code(c.answer("unknown", "aibot_respond_msg", streamOf("s1", "x", true)), codeRobotReqID)
	c.code(c.answer(f.Headers.ReqID, "aibot_respond_msg", markdownTo("", "x")), codeMsgType)
	if d := w.settled(id); d.Channel != "robot" || d.State != Accepted {
		t.Errorf("delivery %+v", d)
	}
}

func TestRobotSingleChatTakesFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.NoEnterEvents = false })
	c := w.robotUp()
	data := bytes.Repeat([]byte("PK\x03\x04客户"), 100)
	if _, err := w.sim.Send(context.Background(), sim.Upload{From: "ZhouMin", Chat: RobotChat, Name: "客户 名单.xlsx", Data: data}); err != nil {
		t.Fatal(err)
	}
	enter, f := c.read(), c.read()
	if enter.Cmd != "aibot_event_callback" || enter.Body.Event["eventtype"] != "enter_chat" {
		t.Errorf("first visit of the day: %+v", enter)
	}
	c.code(c.answer(enter.Headers.ReqID, "aibot_respond_msg", streamOf("s", "x", true)), codeRobotReqID)
	c.ok(c.answer(enter.Headers.ReqID, "aibot_respond_welcome_msg", fields{"msgtype": "text", "text": fields{"content": "把客户表发我就行"}}))
	c.code(c.answer(enter.Headers.ReqID, "aibot_respond_welcome_msg", fields{"msgtype": "text", "text": fields{"content": "x"}}), codeRobotReqID)
	if f.Body.MsgType != "file" || f.Body.ChatType != "single" || f.Body.ChatID != "" {
		t.Errorf("frame %+v", f)
	}
	got := w.get(strings.TrimPrefix(f.Body.File.URL, w.api.URL))
	_, params, err := mime.ParseMediaType(got.header.Get("Content-Disposition"))
	if err != nil || params["filename"] != "客户 名单.xlsx" {
		t.Errorf("file name %v, %v", params, err)
	}
	key, err := base64.StdEncoding.DecodeString(f.Body.File.AESKey)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := openCBC(key, []byte(got.raw)); err != nil || !bytes.Equal(plain, data) {
		t.Errorf("file does not decrypt: %v", err)
	}
	w.clock.advance(5*time.Minute + time.Second)
	if got := w.get(strings.TrimPrefix(f.Body.File.URL, w.api.URL)); got.status != 403 {
		t.Errorf("after five minutes the URL answers %d", got.status)
	}
	if _, err := w.sim.Send(context.Background(), sim.Upload{From: "ZhouMin", Chat: RobotChat, Name: "a.amr", Data: []byte("#!AMR1"), Recognition: "拜访绍兴"}); err != nil {
		t.Fatal(err)
	}
	if f := c.read(); f.Body.MsgType != "voice" || f.Body.Voice.Content != "拜访绍兴" {
		t.Errorf("voice comes as text, got %+v", f)
	}
	if shown := w.inbox("ZhouMin", RobotChat); len(shown) != 3 || shown[0].Text != "" || shown[1].Text != "把客户表发我就行" {
		t.Errorf("phone shows %+v", shown)
	}
}

func TestRobotCardIsUpdatedWithinFiveSeconds(t *testing.T) {
	t.Parallel()
	fire := make(chan time.Time)
	w := newWorld(t, func(o *Options) {
		o.NewTimer = func(time.Duration) (<-chan time.Time, func() bool) { return fire, func() bool { return true } }
	})
	c := w.robotUp()
	w.say("ZhouMin", "east1", "合同")
	f := c.read()
	card := contract("g_42")
	c.ok(c.answer(f.Headers.ReqID, "aibot_respond_msg", fields{"msgtype": "template_card", "template_card": card}))
	c.code(c.answer(f.Headers.ReqID, "aibot_respond_msg", fields{"msgtype": "template_card", "template_card": card}), codeTaskID)
	id := w.inbox("wangfang", "east1")[1].ID
	tapped := func(who string) robotFrame {
		t.Helper()
		w.mustClick(sim.Click{From: who, MessageID: id, Button: "同意", Input: map[string]string{"reason": "term"}})
		return c.read()
	}
	tap := tapped("wangfang")
	detail, _ := tap.Body.Event["template_card_event"].(map[string]any)
	want := map[string]any{
		"card_type": "button_interaction", "event_key": "approve|42|1", "task_id": "g_42",
		"selected_items": map[string]any{"selected_item": []any{map[string]any{"question_key": "reason", "option_ids": map[string]any{"option_id": []any{"term"}}}}},
	}
	if tap.Cmd != "aibot_event_callback" || tap.Body.ChatID != "east1" || !reflect.DeepEqual(detail, want) {
		t.Errorf("event %+v", tap)
	}
	update := func(task string, users ...string) fields {
		body := fields{"response_type": "update_template_card", "template_card": with(contract(task), map[string]any{"replace_text": "已同意 · 王芳"})}
		if len(users) > 0 {
			body["userids"] = users
		}
		return body
	}
	c.code(c.answer(tap.Headers.ReqID, "aibot_respond_msg", streamOf("s", "x", true)), codeRobotReqID)
	c.code(c.answer(tap.Headers.ReqID, "aibot_respond_update_msg", update("g_43")), codeTaskID)
	c.ok(c.answer(tap.Headers.ReqID, "aibot_respond_update_msg", update("g_42", "wangfang")))
	if a, b := w.inbox("wangfang", "east1")[1], w.inbox("ZhouMin", "east1")[1]; a.Version != 2 || b.Version != 1 || buttons(a.Card) != "已同意 · 王芳:false" {
		t.Errorf("王芳 sees %+v, 周敏 %+v", a, b)
	}
	late := tapped("ZhouMin")
	for range 2 {
		fire <- time.Time{} // both windows end
	}
	w.violation("slow_answer")
	c.code(c.answer(late.Headers.ReqID, "aibot_respond_update_msg", update("g_42")), codeRobotReqID)
	w.violation("late_answer")
}

func TestRobotProactiveSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.robotUp()
	c.code(c.ask("aibot_send_msg", markdownTo("ZhouMin", "x")), codeParam)
	c.code(c.ask("aibot_send_msg", markdownTo("nowhere", "x")), codeChatUnknown)
	w.say("ZhouMin", RobotChat, "在吗")
	c.read()
	for range 30 {
		c.ok(c.ask("aibot_send_msg", markdownTo("zhoumin", "**日报**")))
	}
	c.code(c.ask("aibot_send_msg", markdownTo("ZhouMin", "x")), codeRateLimited)
	w.clock.advance(time.Minute)
	c.ok(c.ask("aibot_send_msg", markdownTo("ZhouMin", "x")))
	if got := len(w.inbox("ZhouMin", RobotChat)); got != 32 {
		t.Errorf("phone shows %d messages, want 32", got)
	}
	c.code(c.ask("aibot_send_msg", fields{"chatid": "ZhouMin", "msgtype": "text", "text": fields{"content": "x"}}), codeMsgType)
}

func TestRobotUpload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.robotUp()
	w.say("ZhouMin", RobotChat, "导出")
	f := c.read()
	data := bytes.Repeat([]byte("0123456789"), 60_000) // two chunks
	sum := md5.Sum(data)
	start := func(kind string, size, chunks int) robotFrame {
		return c.ask("aibot_upload_media_init", fields{
			"type": kind, "filename": "客户.xlsx", "total_size": size, "total_chunks": chunks, "md5": hex.EncodeToString(sum[:]),
		})
	}
	c.code(start("file", 21<<20, 42), codeMediaTooLarge)
	c.code(start("file", 100, 101), codeParam)
	c.code(start("zip", 100, 1), codeMediaType)
	id := c.ok(start("file", len(data), 2)).Body.UploadID
	chunk := func(i int, part []byte) robotFrame {
		return c.ask("aibot_upload_media_chunk", fields{"upload_id": id, "chunk_index": i, "base64_data": base64.StdEncoding.EncodeToString(part)})
	}
	c.ok(chunk(1, data[512<<10:]))
	c.code(c.ask("aibot_upload_media_finish", fields{"upload_id": id}), codeMediaSize)
	c.code(chunk(0, data[:512<<10+1]), codeParam)
	c.ok(chunk(0, data[:512<<10]))
	c.ok(chunk(0, data[:512<<10]))
	media := c.ok(c.ask("aibot_upload_media_finish", fields{"upload_id": id})).Body.MediaID
	c.ok(c.answer(f.Headers.ReqID, "aibot_respond_msg", fields{"msgtype": "file", "file": fields{"media_id": media}}))
	shown := w.inbox("ZhouMin", RobotChat)[1]
	if shown.File.Name != "客户.xlsx" || w.get(shown.File.URL).raw != string(data) {
		t.Errorf("phone shows %+v", shown)
	}
}

func TestNewSubscriptionKicksTheOld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.robotUp()
	stranger := w.dial()
	stranger.code(stranger.ask("aibot_subscribe", fields{"bot_id": w.sim.opt.BotID, "secret": "wrong"}), codeBadSecret)
	stranger.code(stranger.ask("aibot_send_msg", markdownTo("ZhouMin", "x")), codeBadSecret)
	c := w.robotUp()
	if f := old.read(); f.Cmd != "aibot_event_callback" || f.Body.Event["eventtype"] != "disconnected_event" {
		t.Errorf("the old connection reads %+v", f)
	}
	if _, _, err := old.ws.ReadMessage(); err == nil {
		t.Error("the old connection stays open")
	}
	c.ok(c.ask("ping", fields{}))
	w.say("ZhouMin", RobotChat, "在吗")
	if f := c.read(); f.Body.Text.Content != "在吗" {
		t.Errorf("frame %+v", f)
	}
}

func TestRobotFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lost := w.say("ZhouMin", RobotChat, "没人听")
	if d := w.settled(lost); d.State != Failed {
		t.Errorf("delivery without a socket %+v", d)
	}
	w.violation("robot_offline")
	c := w.robotUp()
	if err := w.sim.Fault(sim.Fault{Kind: sim.Redeliver}); err != nil {
		t.Fatal(err)
	}
	w.say("ZhouMin", RobotChat, "两次")
	a, b := c.read(), c.read()
	if a.Body.MsgID != b.Body.MsgID || a.Headers.ReqID == b.Headers.ReqID {
		t.Errorf("redelivered as %+v and %+v", a.Headers, b.Headers)
	}
	if err := w.sim.Fault(sim.Fault{Kind: sim.DropStream, Count: 2}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.ws.ReadMessage(); err == nil {
		t.Error("the socket was not cut")
	}
	w.eventually("socket gone", func() bool { return !w.sim.RobotConnected() })
	second := w.dial()
	_ = second.ws.WriteJSON(fields{"cmd": "aibot_subscribe", "headers": frameHeaders{ReqID: "r"}, "body": fields{"bot_id": w.sim.opt.BotID, "secret": w.sim.opt.BotSecret}})
	for {
		if _, _, err := second.ws.ReadMessage(); err != nil {
			break
		}
	}
	third := w.robotUp()
	third.ok(third.ask("ping", fields{}))
}

func TestSilentOrTalkingNonsenseSocketIsCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.RobotIdle = 50 * time.Millisecond })
	if _, _, err := w.dial().ws.ReadMessage(); err == nil {
		t.Error("a silent socket stays open")
	}
	c := w.dial()
	_ = c.ws.WriteMessage(websocket.TextMessage, []byte("hello"))
	if _, _, err := c.ws.ReadMessage(); err == nil {
		t.Error("a socket that talks nonsense stays open")
	}
}

func TestCloseEndsSockets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.robotUp()
	if err := w.sim.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.ws.ReadMessage(); err == nil {
		t.Error("socket open after Close")
	}
	if resp := w.get("/robot/ws"); resp.status != 503 {
		t.Errorf("a closed server answers %d", resp.status)
	}
}

func TestRobotSecretIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.robotUp()
	raw, err := json.Marshal(w.sim.Sends())
	if err != nil || strings.Contains(string(raw), w.sim.opt.BotSecret) {
		t.Errorf("inspector keeps the robot's secret: %v", err)
	}
}

func TestBacklogWaitsForTheRobot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.RobotBacklog = time.Minute })
	w.say("ZhouMin", RobotChat, "太早")
	w.clock.advance(61 * time.Second)
	id := w.say("ZhouMin", "east1", "还在")
	c := w.robotUp()
	if f := c.read(); f.Body.MsgID != id {
		t.Errorf("frame %+v", f)
	}
	if d := w.settled(id); d.State != Accepted {
		t.Errorf("delivery %+v", d)
	}
	c.ok(c.ask("ping", fields{}))
}

func TestMalformedFramesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.robotUp()
	w.say("ZhouMin", RobotChat, "在吗")
	msg := c.read()
	bodies := []any{
		nil,
		[]any{},
		"x", 7,
		fields{},
		fields{"msgtype": "stream"},
		fields{"msgtype": "template_card", "template_card": nil},
		fields{"msgtype": "template_card", "template_card": fields{"card_type": "button_interaction", "task_id": "x", "button_list": []any{nil}}},
		fields{"chatid": "ZhouMin", "msgtype": "file", "file": fields{"media_id": 7}},
		fields{"upload_id": "", "chunk_index": -1},
		fields{"type": "file", "filename": "x", "total_size": -1, "total_chunks": 1},
		fields{"response_type": "update_template_card"},
	}
	for _, cmd := range []string{
		"aibot_respond_msg", "aibot_respond_welcome_msg", "aibot_respond_update_msg", "aibot_send_msg",
		"aibot_upload_media_init", "aibot_upload_media_chunk", "aibot_upload_media_finish", "aibot_dance", "aibot_subscribe",
	} {
		for i, body := range bodies {
			if f := c.answer(msg.Headers.ReqID, cmd, body); f.ErrCode == 0 {
				t.Errorf("%s accepts body %d", cmd, i)
			}
		}
	}
	c.ok(c.ask("ping", nil))
}

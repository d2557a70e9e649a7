package wecom

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"salesflow/bot/sim"
)

// Bounds of the robot's socket.
const (
	maxFrameBytes  = 2 << 20
	maxQueued      = 1024
	maxRobotConns  = 64
	frameWriteTime = 10 * time.Second
	reqTTL         = 24 * time.Hour
)

// robot is the intelligent robot (智能机器人): one live socket, and what may be answered through it.
type robot struct {
	live    *robotConn
	conns   int
	reqs    *fifo[*robotReq]
	spoke   map[string]bool   // chats in which a person has spoken to the robot
	entered map[string]string // person → day of the last enter_chat
	streams *fifo[*robotStream]
	uploads *fifo[*robotUpload]
	// waiting are messages for a robot that is away, when Options.RobotBacklog keeps them.
	waiting []waitingEvent
	// posted is the message the current frame made.
	posted string
}

// waitingEvent is a message that waits for the robot to come back.
type waitingEvent struct {
	ev *event
	d  *Delivery
}

// robotReq is a callback that may be answered under its req_id.
type robotReq struct {
	kind    string // reqMessage, reqEnter, reqClick
	chat    string // user id or group id
	from    string
	at      time.Time
	clicked *message
	late    bool
	used    bool
}

const (
	reqMessage = "message"
	reqEnter   = "enter"
	reqClick   = "click"
)

// robotEvent is a callback frame without its req_id, which is new at each delivery.
type robotEvent struct {
	cmd  string
	body fields
	req  robotReq
}

// robotConn is one socket. Frames are written by its pump, in order.
type robotConn struct {
	ws         *websocket.Conn
	out        chan []byte
	shut       bool
	subscribed bool
}

func newRobot() robot {
	return robot{
		reqs: newFIFO[*robotReq](50_000), spoke: map[string]bool{}, entered: map[string]string{},
		streams: newFIFO[*robotStream](10_000), uploads: newFIFO[*robotUpload](8),
	}
}

type frameHeaders struct {
	ReqID string `json:"req_id"`
}

// frame is one JSON message of the socket. Acknowledgements have no cmd.
type frame struct {
	Cmd     string          `json:"cmd,omitempty"`
	Headers frameHeaders    `json:"headers"`
	Body    json.RawMessage `json:"body,omitempty"`
	ErrCode *int            `json:"errcode,omitempty"`
	ErrMsg  string          `json:"errmsg,omitempty"`
}

var upgrader = websocket.Upgrader{ReadBufferSize: 4096, WriteBufferSize: 4096}

// serveRobot runs one socket until it is cut.
func (s *Server) serveRobot(w http.ResponseWriter, r *http.Request) {
	c := &robotConn{out: make(chan []byte, maxQueued)}
	if !s.admitConn(r) {
		http.Error(w, "too many connections", http.StatusServiceUnavailable)
		return
	}
	defer s.tasks.Done()
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		s.leave(c)
		return // Upgrade has answered
	}
	c.ws = ws
	ws.SetReadLimit(maxFrameBytes)
	stop := context.AfterFunc(s.ctx, func() { _ = ws.Close() })
	defer stop()
	if s.spawn(c.pump) == nil {
		s.read(c, r.RemoteAddr)
	}
	s.leave(c)
	_ = ws.Close()
}

func (s *Server) admitConn(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.robot.conns >= maxRobotConns {
		return false
	}
	s.noteHost(r)
	s.robot.conns++
	s.tasks.Add(1)
	return true
}

func (s *Server) leave(c *robotConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.robot.conns--
	s.cut(c)
}

// cut ends a socket after what is queued was written. The lock is held.
func (s *Server) cut(c *robotConn) {
	if s.robot.live == c {
		s.robot.live = nil
	}
	if !c.shut {
		c.shut = true
		close(c.out)
	}
}

// pump writes frames until the socket is cut.
func (c *robotConn) pump() {
	for raw := range c.out {
		timer := time.AfterFunc(frameWriteTime, func() { _ = c.ws.Close() })
		err := c.ws.WriteMessage(websocket.TextMessage, raw)
		timer.Stop()
		if err != nil {
			break
		}
	}
	_ = c.ws.Close()
}

// read takes frames until the client goes, says nonsense or is silent for too long.
func (s *Server) read(c *robotConn, ip string) {
	idle := time.AfterFunc(s.opt.RobotIdle, func() { _ = c.ws.Close() })
	defer idle.Stop()
	for {
		kind, raw, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		idle.Reset(s.opt.RobotIdle)
		var f frame
		if kind != websocket.TextMessage || json.Unmarshal(raw, &f) != nil {
			return
		}
		s.takeFrame(c, &f, ip)
	}
}

// queue hands a frame to the pump; a client that does not read is cut. The lock is held.
func (s *Server) queue(c *robotConn, v any) bool {
	raw, err := json.Marshal(v)
	if err != nil || c.shut {
		return false
	}
	select {
	case c.out <- raw:
		return true
	default:
		s.cut(c)
		return false
	}
}

// deliverRobot writes an event to the live socket. What comes while the robot is away is lost, unless a backlog is kept:
// the vendor does not say. The lock is held.
func (s *Server) deliverRobot(ev *event) error {
	if s.closed {
		return errClosed
	}
	now := s.opt.Clock.Now()
	times := 1
	// A tap's callback is sent once, whatever happens.
	if ev.toRobot.req.kind == reqMessage && take(&s.faults.redeliver) {
		times = 2
	}
	d := &Delivery{ID: ev.id, Kind: ev.kind, From: ev.from, Channel: "robot", At: now, State: Failed}
	s.log.deliveries = bounded(append(s.log.deliveries, d))
	s.log.count("deliveries")
	for range times {
		s.log.count("attempts")
		a := Attempt{Err: "no connection"}
		if s.robot.live != nil && s.pushFrame(ev.toRobot) {
			a = Attempt{Status: http.StatusOK}
			d.State = Accepted
		}
		d.Attempts = append(d.Attempts, a)
	}
	if d.State == Failed && s.opt.RobotBacklog > 0 && ev.toRobot.req.kind == reqMessage && len(s.robot.waiting) < maxQueued/2 {
		d.State = Delivering
		s.robot.waiting = append(s.robot.waiting, waitingEvent{ev, d})
		return nil
	}
	s.robotSettled(d)
	return nil
}

func (s *Server) robotSettled(d *Delivery) {
	s.log.count(d.State)
	if d.State == Failed {
		s.violate(s.opt.Clock.Now(), "robot_offline", d.Kind+" "+d.ID+" lost: no robot connected")
	}
}

// catchUp hands a robot that came back what was kept for it. The lock is held.
func (s *Server) catchUp() {
	waiting := s.robot.waiting
	s.robot.waiting = nil
	for _, w := range waiting {
		w.d.State = Failed
		if s.opt.Clock.Now().Sub(w.d.At) <= s.opt.RobotBacklog && s.robot.live != nil && s.pushFrame(w.ev.toRobot) {
			w.d.Attempts = append(w.d.Attempts, Attempt{Status: http.StatusOK})
			w.d.State = Accepted
		}
		s.robotSettled(w.d)
	}
}

// pushFrame writes one callback under a new req_id and starts the clock of those that must be answered in time.
func (s *Server) pushFrame(re *robotEvent) bool {
	id := randomHex(12)
	req := re.req
	req.at = s.opt.Clock.Now()
	s.robot.reqs.put(id, &req)
	ok := s.queue(s.robot.live, fields{"cmd": re.cmd, "headers": frameHeaders{ReqID: id}, "body": re.body})
	if ok && req.kind != reqMessage {
		_ = s.spawnLocked(func() { s.expire(&req) })
	}
	return ok
}

// expire closes the window for answering a tap or a welcome.
func (s *Server) expire(req *robotReq) {
	if !s.pause(s.opt.AnswerTimeout) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	req.late = true
	if !req.used && req.kind == reqClick {
		s.violate(s.opt.Clock.Now(), "slow_answer", "robot card tap not answered within "+s.opt.AnswerTimeout.String())
	}
}

// robotBody is what all of the robot's callbacks have in common.
func (s *Server) robotBody(msgID string, p *sim.Person, g *group) fields {
	body := fields{
		"msgid": msgID, "aibotid": s.opt.BotID, "chattype": "single", "from": fields{"userid": p.ID},
		"create_time": s.opt.Clock.Now().Unix(),
	}
	if g != nil {
		body["chattype"], body["chatid"] = "group", g.ID
	}
	return body
}

// robotMessage is a person's message to the robot. The lock is held.
func (s *Server) robotMessage(msgID string, p *sim.Person, g *group, kind string, content fields) *robotEvent {
	body := s.robotBody(msgID, p, g)
	body["msgtype"] = kind
	for k, v := range content {
		body[k] = v
	}
	chat := p.ID
	if g != nil {
		chat = g.ID
	}
	s.robot.spoke[chat] = true
	return &robotEvent{cmd: "aibot_msg_callback", body: body, req: robotReq{kind: reqMessage, chat: chat, from: p.ID}}
}

// robotMedia is the content of a picture, clip or file. Voice arrives as the platform's own text.
func (s *Server) robotMedia(kind string, u sim.Upload, b *blob) fields {
	if kind == "voice" {
		return fields{"voice": fields{"content": u.Recognition}}
	}
	id, key := randomHex(16), newMediaKey()
	s.media.robot.put(id, robotFile{blob: b.id, key: key, created: s.opt.Clock.Now()})
	return fields{kind: fields{"url": s.base() + "/robot/media/" + id, "aeskey": base64.StdEncoding.EncodeToString(key)}}
}

// enterRobot tells the robot of the first visit of a day to its single chat. The lock is held.
func (s *Server) enterRobot(p *sim.Person) error {
	day := s.opt.Clock.Now().In(shanghai).Format(time.DateOnly)
	if s.robot.entered[p.ID] == day || s.robot.live == nil {
		return nil
	}
	s.robot.entered[p.ID] = day
	id := "enter-" + randomHex(8)
	body := s.robotBody(id, p, nil)
	body["msgtype"], body["event"] = "event", fields{"eventtype": "enter_chat"}
	return s.deliverRobot(&event{id: id, kind: "enter_chat", from: p.ID, toRobot: &robotEvent{
		cmd: "aibot_event_callback", body: body, req: robotReq{kind: reqEnter, chat: p.ID, from: p.ID},
	}})
}

// robotClick is a tap on a card of the robot's: no response_code, to be answered within five seconds.
func (s *Server) robotClick(id string, p *sim.Person, m *message, t tap, chosen []answer) *robotEvent {
	var g *group
	chat := p.ID
	if m.chat != RobotChat {
		g = s.dir.groups[m.chat]
		chat = m.chat
	}
	detail := fields{"card_type": t.card.CardType, "event_key": t.key, "task_id": m.task}
	if len(chosen) > 0 {
		items := make([]fields, 0, len(chosen))
		for _, a := range chosen {
			items = append(items, fields{"question_key": a.key, "option_ids": fields{"option_id": a.ids}})
		}
		detail["selected_items"] = fields{"selected_item": items}
	}
	body := s.robotBody(id, p, g)
	body["msgtype"], body["event"] = "event", fields{"eventtype": "template_card_event", "template_card_event": detail}
	return &robotEvent{
		cmd: "aibot_event_callback", body: body,
		req: robotReq{kind: reqClick, chat: chat, from: p.ID, clicked: m},
	}
}

// dropRobotLocked cuts the live socket as a broken network does, without a word.
func (s *Server) dropRobotLocked() {
	c := s.robot.live
	if c == nil || !take(&s.faults.drops) {
		return
	}
	s.cut(c)
	_ = c.ws.Close()
}

// RobotConnected tells whether a robot is subscribed now.
func (s *Server) RobotConnected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.robot.live != nil
}

// robotPeople lists the phones a robot's message in a chat reaches, and the chat's id on them.
func (s *Server) robotPeople(chat string) (people []string, phoneChat string) {
	if g := s.dir.groups[chat]; g != nil {
		return s.dir.phonesOf(g), g.ID
	}
	if p := s.dir.person(chat); p != nil {
		return []string{p.ID}, RobotChat
	}
	return nil, ""
}

func isGroup(g *group) bool { return g != nil && !g.appOwn }

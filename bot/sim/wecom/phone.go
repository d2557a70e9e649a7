package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// Bounds of what a phone sends, and of the deliveries that can be repeated by their EventID.
const (
	maxSayBytes = 20_000
	maxEvents   = 20_000
)

// Refusal is why a phone would not do what was asked of it, in the words it would use.
type Refusal string

func (r Refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return Refusal(fmt.Sprintf(format, args...)) }

// Say types a text: in the single chat it goes to the app's callback, in RobotChat and in a group that mentions the bot
// to the robot's socket. A group text without the mention reaches the members and no bot. An EventID said before repeats
// that delivery, with the same MsgId, beside any that is still under way.
func (s *Server) Say(ctx context.Context, say sim.Say) (string, error) {
	if say.Text == "" || len(say.Text) > maxSayBytes {
		return "", refuse("消息是空的，或者太长")
	}
	if id, handed, err := s.repeat(say.EventID); id != "" || err != nil {
		return s.await(ctx, id, handed, err)
	}
	p, g, err := s.speaker(say.From, say.Chat)
	if err != nil {
		return "", err
	}
	if err := s.enter(ctx, p, say.Chat); err != nil {
		return "", err
	}
	id, handed, err := s.sayNow(say, p, g)
	return s.await(ctx, id, handed, err)
}

// await waits for the hand-over of what was said.
func (s *Server) await(ctx context.Context, id string, handed *handoff, err error) (string, error) {
	if err != nil || handed == nil {
		return id, err
	}
	return id, s.handOver(ctx, handed, messageGap)
}

func (s *Server) sayNow(say sim.Say, p *sim.Person, g *group) (string, *handoff, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, handed, err := s.repeatLocked(say.EventID); id != "" || err != nil {
		return id, handed, err
	}
	n := s.nextMsgID(say.EventID)
	id := strconv.FormatInt(n, 10)
	ev := &event{id: id, kind: "text", from: p.ID}
	text := say.Text
	switch {
	case say.Chat == "" && say.Scanned:
		ev.kind = "scancode_waitmsg"
		ev.plain = s.eventXML(p.ID, ev.kind, func(x *xmlWriter) {
			x.text("EventKey", "scan")
			x.open("ScanCodeInfo")
			x.text("ScanType", "qrcode")
			x.text("ScanResult", text)
			x.close("ScanCodeInfo")
		})
	case say.Chat == "":
		ev.plain = s.messageXML(p.ID, "text", n, func(x *xmlWriter) { x.text("Content", text) })
	case say.Chat == RobotChat:
		ev.toRobot = s.robotMessage(id, p, nil, "text", fields{"text": fields{"content": text}})
	case say.MentionBot && g.appOwn:
		return "", nil, refuse("机器人不在这个群里")
	case say.MentionBot:
		mention := "@" + s.opt.BotName
		if !strings.HasPrefix(text, mention) {
			text = mention + " " + text
		}
		ev.toRobot = s.robotMessage(id, p, g, "text", fields{"text": fields{"content": text}})
	}
	s.postOwn(id, p, say.Chat, g, sim.Message{Kind: "text", Text: text})
	return s.send(say.EventID, ev)
}

// send delivers a new event and remembers it under the EventID. The lock is held.
func (s *Server) send(eventID string, ev *event) (string, *handoff, error) {
	if eventID != "" {
		s.events.put(eventID, ev)
	}
	handed, err := s.dispatch(ev)
	return ev.id, handed, err
}

// dispatch takes an event the way it has to go. The lock is held.
func (s *Server) dispatch(ev *event) (*handoff, error) {
	switch {
	case ev.toRobot != nil:
		return nil, s.deliverRobot(ev)
	case ev.plain != nil:
		return s.deliver(ev)
	}
	return nil, nil
}

// repeat delivers again what an EventID stands for.
func (s *Server) repeat(eventID string) (string, *handoff, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.repeatLocked(eventID)
}

// repeatLocked is repeat for callers that are about to make the event: of two that arrive together, one makes it.
func (s *Server) repeatLocked(eventID string) (string, *handoff, error) {
	ev, ok := s.events.get(eventID)
	if !ok {
		return "", nil, nil
	}
	handed, err := s.dispatch(ev)
	return ev.id, handed, err
}

// postOwn shows a person's own message on the phones of the chat.
func (s *Server) postOwn(id string, p *sim.Person, chat string, g *group, show sim.Message) {
	people := []string{p.ID}
	if g != nil {
		people = s.dir.phonesOf(g)
	}
	show.From = p.ID
	s.phones.post(&message{id: id, chat: chat, via: viaMember, at: s.opt.Clock.Now()}, show, nil, people)
}

// speaker finds the person and, for a group, the chat.
func (s *Server) speaker(from, chat string) (*sim.Person, *group, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, errClosed
	}
	p := s.dir.person(from)
	if p == nil {
		return nil, nil, refuse("企业微信里没有这个人：%s", from)
	}
	if chat == "" || chat == RobotChat {
		return p, nil, nil
	}
	g := s.dir.member(chat, p.ID)
	if g == nil {
		return nil, nil, refuse("%s 不在群 %s 里", p.Name, chat)
	}
	return p, g, nil
}

// nextMsgID numbers a message. One with an EventID gets the number that belongs to it, so that the identity outlives a
// restart of the simulator.
func (s *Server) nextMsgID(eventID string) int64 {
	if eventID != "" {
		sum := sha256.Sum256([]byte(eventID))
		return int64(binary.BigEndian.Uint64(sum[:8])>>3) | 1<<61
	}
	s.msgID++
	return s.msgID
}

// enter tells the bot that a person opens a chat: the app's once per person, the robot's at the first time of a day.
func (s *Server) enter(ctx context.Context, p *sim.Person, chat string) error {
	if s.opt.NoEnterEvents || chat != "" && chat != RobotChat {
		return nil
	}
	handed, err := s.enterNow(p, chat)
	if err != nil || handed == nil {
		return err
	}
	return s.handOver(ctx, handed, enterGap)
}

func (s *Server) enterNow(p *sim.Person, chat string) (*handoff, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if chat == RobotChat {
		return nil, s.enterRobot(p)
	}
	if s.entered[p.ID] || s.callback == "" {
		return nil, nil
	}
	s.entered[p.ID] = true
	return s.deliver(&event{
		id: "enter-" + p.ID, kind: "enter_agent", from: p.ID,
		plain: s.eventXML(p.ID, "enter_agent", func(x *xmlWriter) { x.text("EventKey", "") }),
	})
}

// Send sends a file, picture, video or voice clip. Pictures, clips and videos may go to the app; other files only to the
// robot, since the platform has no message type that would carry them to a self-built app. In a group no bot sees them.
func (s *Server) Send(ctx context.Context, u sim.Upload) (string, error) {
	kind := uploadKind(u)
	if len(u.Data) == 0 || len(u.Data) > maxMediaBytes[kind] {
		return "", refuse("文件是空的，或者超过 %d MB", maxMediaBytes[kind]>>20)
	}
	if kind == "file" && u.Chat == "" {
		return "", refuse("文件发不到自建应用，在机器人单聊里发")
	}
	if id, handed, err := s.repeat(u.EventID); id != "" || err != nil {
		return s.await(ctx, id, handed, err)
	}
	p, g, err := s.speaker(u.From, u.Chat)
	if err != nil {
		return "", err
	}
	if err := s.enter(ctx, p, u.Chat); err != nil {
		return "", err
	}
	id, handed, err := s.sendNow(u, kind, p, g)
	return s.await(ctx, id, handed, err)
}

func (s *Server) sendNow(u sim.Upload, kind string, p *sim.Person, g *group) (string, *handoff, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, handed, err := s.repeatLocked(u.EventID); id != "" || err != nil {
		return id, handed, err
	}
	n := s.nextMsgID(u.EventID)
	id := strconv.FormatInt(n, 10)
	ev := &event{id: id, kind: kind, from: p.ID}
	var kept *blob
	switch u.Chat {
	case "":
		var media string
		media, kept = s.addUpload(kind, mediaCorp, u.Name, u.Data, s.opt.Clock.Now())
		ev.plain = s.messageXML(p.ID, kind, n, func(x *xmlWriter) { s.mediaXML(x, kind, media, kept) })
	case RobotChat:
		kept = s.media.keep(u.Name, u.Data)
		kept.more = u.More
		ev.toRobot = s.robotMessage(id, p, nil, kind, s.robotMedia(kind, u, kept))
	default:
		kept = s.media.keep(u.Name, u.Data)
	}
	shown := "file"
	if kind == "image" {
		shown = "image"
	}
	s.postOwn(id, p, u.Chat, g, sim.Message{Kind: shown, Text: u.Recognition, File: kept.file()})
	return s.send(u.EventID, ev)
}

func (s *Server) mediaXML(x *xmlWriter, kind, mediaID string, b *blob) {
	switch kind {
	case "image":
		x.text("PicUrl", s.base()+b.file().URL)
		x.text("MediaId", mediaID)
	case "voice":
		x.text("MediaId", mediaID)
		x.text("Format", "amr")
	case "video":
		x.text("MediaId", mediaID)
		x.text("ThumbMediaId", mediaID)
	}
}

// uploadKind tells picture, voice, video and other files apart the way a phone does.
func uploadKind(u sim.Upload) string {
	ext := strings.ToLower(path.Ext(u.Name))
	switch ext {
	case ".amr", ".silk", ".mp3", ".wav", ".m4a", ".ogg":
		return "voice"
	case ".mp4", ".mov":
		return "video"
	}
	if u.Recognition != "" {
		return "voice"
	}
	if strings.HasPrefix(http.DetectContentType(u.Data), "image/") {
		return "image"
	}
	return "file"
}

// Place is a location a person shares: Lat north, Lng east, in degrees (GCJ-02).
type Place struct {
	From     string
	Lat, Lng float64
	Label    string
	EventID  string
}

// Locate sends a location message to the app. On the wire Location_X is the latitude.
func (s *Server) Locate(ctx context.Context, at Place) (string, error) {
	if id, handed, err := s.repeat(at.EventID); id != "" || err != nil {
		return s.await(ctx, id, handed, err)
	}
	p, _, err := s.speaker(at.From, "")
	if err != nil {
		return "", err
	}
	if err := s.enter(ctx, p, ""); err != nil {
		return "", err
	}
	id, handed, err := s.locateNow(at, p)
	return s.await(ctx, id, handed, err)
}

func (s *Server) locateNow(at Place, p *sim.Person) (string, *handoff, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, handed, err := s.repeatLocked(at.EventID); id != "" || err != nil {
		return id, handed, err
	}
	n := s.nextMsgID(at.EventID)
	ev := &event{id: strconv.FormatInt(n, 10), kind: "location", from: p.ID}
	ev.plain = s.messageXML(p.ID, "location", n, func(x *xmlWriter) {
		x.bare("Location_X", degrees(at.Lat))
		x.bare("Location_Y", degrees(at.Lng))
		x.bare("Scale", "15")
		x.text("Label", at.Label)
		x.text("AppType", "wxwork")
	})
	s.postOwn(ev.id, p, "", nil, sim.Message{Kind: "text", Text: "[位置] " + at.Label})
	return s.send(at.EventID, ev)
}

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// shanghai is the platform's calendar.
var shanghai = time.FixedZone("CST", 8*3600)

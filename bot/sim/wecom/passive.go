package wecom

import (
	"bytes"
	"encoding/xml"
	"strings"

	"salesflow/bot/sim"
)

// replyEnvelope is a passive reply, sealed.
type replyEnvelope struct {
	XMLName   xml.Name `xml:"xml"`
	Encrypt   string   `xml:"Encrypt"`
	Signature string   `xml:"MsgSignature"`
	Timestamp string   `xml:"TimeStamp"`
	Nonce     string   `xml:"Nonce"`
}

// replyMessage is a passive reply, opened.
type replyMessage struct {
	ToUser  string `xml:"ToUserName"`
	MsgType string `xml:"MsgType"`
	Content string `xml:"Content"`
	Image   struct {
		MediaID string `xml:"MediaId"`
	} `xml:"Image"`
	Button struct {
		ReplaceName string `xml:"ReplaceName"`
	} `xml:"Button"`
	Card *templateCard `xml:"TemplateCard"`
}

// passiveReply takes what the bot answered to a callback. An empty answer is no reply; what cannot be read is noted and
// ignored, since the delivery was accepted with its status. The lock is held.
func (s *Server) passiveReply(ev *event, body []byte) {
	now := s.opt.Clock.Now()
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return
	}
	var sealed replyEnvelope
	if err := xml.Unmarshal(body, &sealed); err != nil || sealed.Encrypt == "" {
		s.violate(now, "passive_reply", "answer is neither empty nor a sealed reply")
		return
	}
	if signature(s.opt.Token, sealed.Timestamp, sealed.Nonce, sealed.Encrypt) != sealed.Signature {
		s.violate(now, "passive_reply", "wrong signature")
		return
	}
	plain, err := decrypt(s.aesKey, s.opt.CorpID, sealed.Encrypt)
	if err != nil {
		s.violate(now, "passive_reply", err.Error())
		return
	}
	var reply replyMessage
	if err := xml.Unmarshal(plain, &reply); err != nil {
		s.violate(now, "passive_reply", "reply is not XML")
		return
	}
	s.applyReply(ev, &reply)
}

func (s *Server) applyReply(ev *event, reply *replyMessage) {
	now := s.opt.Clock.Now()
	switch reply.MsgType {
	case "text":
		text := cutBytes(reply.Content, maxTextBytes)
		if text != "" {
			s.postReply(ev, sim.Message{Kind: "text", Text: text})
		}
	case "image":
		u, refused := s.mediaOf(reply.Image.MediaID, mediaCorp, "image", now)
		if refused != nil {
			s.violate(now, "passive_reply", refused.Error())
			return
		}
		s.postReply(ev, sim.Message{Kind: "image", File: u.file()})
	case "update_button", "update_template_card":
		s.replyWithCard(ev, reply)
	default:
		s.violate(now, "passive_reply", "msgtype "+reply.MsgType)
	}
}

func (s *Server) postReply(ev *event, show sim.Message) {
	if s.dir.person(ev.from) == nil {
		return
	}
	m := &message{id: newMessageID(), via: viaApp, at: s.opt.Clock.Now()}
	s.phones.post(m, show, nil, []string{ev.from})
}

// replyWithCard changes the card for the person who tapped it, and for nobody else.
func (s *Server) replyWithCard(ev *event, reply *replyMessage) {
	now := s.opt.Clock.Now()
	if ev.clicked == nil {
		s.violate(now, "passive_reply", reply.MsgType+" on something that is not a tap")
		return
	}
	if reply.MsgType == "update_button" {
		if reply.Button.ReplaceName == "" {
			s.violate(now, "passive_reply", "update_button without ReplaceName")
			return
		}
		s.greyOut(ev.from, ev.clicked, reply.Button.ReplaceName)
		return
	}
	if reply.Card == nil {
		s.violate(now, "passive_reply", "update_template_card without TemplateCard")
		return
	}
	if refused := checkCard(reply.Card, true); refused != nil {
		s.violate(now, "passive_reply", refused.Error())
		return
	}
	s.replaceFace(ev.from, ev.clicked, reply.Card)
}

// cutBytes shortens text to a number of bytes without splitting a character.
func cutBytes(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "")
}

package wecom

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot/sim"
)

// Limits of app-created group chats.
const (
	maxChatName    = 50
	minChatMembers = 2
	maxChatMembers = 2000
)

var chatIDPattern = regexp.MustCompile(`^[0-9a-zA-Z]{1,32}$`)

type chatRequest struct {
	ChatID  string   `json:"chatid"`
	Name    string   `json:"name"`
	Owner   string   `json:"owner"`
	Users   []string `json:"userlist"`
	AddUser []string `json:"add_user_list"`
	DelUser []string `json:"del_user_list"`
}

// apiChatCreate serves appchat/create.
func (s *Server) apiChatCreate(c *call) (any, *apiError) {
	var req chatRequest
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	if req.ChatID == "" {
		req.ChatID = randomHex(16)
	}
	members, refused := s.members(req.Users)
	switch {
	case !chatIDPattern.MatchString(req.ChatID) || s.dir.groups[req.ChatID] != nil:
		return nil, fail(codeChatID, "invalid chatid")
	case utf8.RuneCountInString(req.Name) > maxChatName:
		return nil, fail(codeParam, "name too long")
	case refused != nil:
		return nil, refused
	case len(members) < minChatMembers || len(members) > maxChatMembers:
		return nil, fail(codeChatMembers, "invalid chat member count")
	}
	owner := members[0]
	if p := s.dir.person(req.Owner); p != nil && slices.Contains(members, p.ID) {
		owner = p.ID
	} else if req.Owner != "" {
		return nil, &apiError{code: codeNoUser}
	}
	name := req.Name
	if name == "" {
		name = "群聊"
	}
	s.dir.addGroup(&group{
		Chat:  sim.Chat{ID: req.ChatID, Platform: sim.WeCom, Name: name, Members: members},
		owner: owner, appOwn: true,
	})
	return fields{"chatid": req.ChatID}, nil
}

// members resolves user ids; one that is unknown refuses the call.
func (s *Server) members(ids []string) ([]string, *apiError) {
	var out []string
	for _, id := range ids {
		p := s.dir.person(id)
		if p == nil {
			return nil, fail(codeNoUser, "userid %s", strings.ToLower(id))
		}
		if !slices.Contains(out, p.ID) {
			out = append(out, p.ID)
		}
	}
	return out, nil
}

// ownChat finds a chat that this app created.
func (s *Server) ownChat(id string) (*group, *apiError) {
	g := s.dir.groups[id]
	switch {
	case g == nil:
		return nil, &apiError{code: codeChatUnknown}
	case !g.appOwn:
		return nil, fail(codeNotOwnChat, "chat was not created by this app")
	}
	return g, nil
}

// apiChatUpdate serves appchat/update.
func (s *Server) apiChatUpdate(c *call) (any, *apiError) {
	var req chatRequest
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	g, refused := s.ownChat(req.ChatID)
	if refused != nil {
		return nil, refused
	}
	added, refused := s.members(req.AddUser)
	if refused != nil {
		return nil, refused
	}
	members := slices.DeleteFunc(slices.Clone(g.Members), func(m string) bool {
		return slices.ContainsFunc(req.DelUser, func(d string) bool { return strings.EqualFold(d, m) })
	})
	for _, id := range added {
		if !slices.Contains(members, id) {
			members = append(members, id)
		}
	}
	if len(members) < minChatMembers || len(members) > maxChatMembers {
		return nil, fail(codeChatMembers, "invalid chat member count")
	}
	if utf8.RuneCountInString(req.Name) > maxChatName {
		return nil, fail(codeParam, "name too long")
	}
	g.Members = members
	if req.Name != "" {
		g.Name = req.Name
	}
	if p := s.dir.person(req.Owner); p != nil && g.has(p.ID) {
		g.owner = p.ID
	}
	return fields{}, nil
}

// apiChatGet serves appchat/get.
func (s *Server) apiChatGet(c *call) (any, *apiError) {
	g, refused := s.ownChat(c.query.Get("chatid"))
	if refused != nil {
		return nil, refused
	}
	return fields{"chat_info": fields{
		"chatid": g.ID, "name": g.Name, "owner": g.owner, "userlist": g.Members, "chat_type": 0,
	}}, nil
}

// apiChatSend serves appchat/send: no template cards, no msgid.
func (s *Server) apiChatSend(c *call) (any, *apiError) {
	var req sendRequest
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	g, refused := s.ownChat(req.ChatID)
	if refused != nil {
		return nil, refused
	}
	if req.MsgType == "template_card" {
		return nil, &apiError{code: codeMsgType}
	}
	show, refused := s.content(c, &req, mediaCorp)
	if refused != nil {
		return nil, refused
	}
	s.postGroup(c, g, viaGroup, show, nil)
	return fields{}, nil
}

func (s *Server) postGroup(c *call, g *group, via string, show sim.Message, face *templateCard) {
	m := &message{id: newMessageID(), chat: g.ID, via: via, at: c.now}
	c.record.MessageID = m.id
	s.phones.post(m, show, face, s.dir.phonesOf(g))
}

// webhookGroup finds the group of a webhook robot's key.
func (s *Server) webhookGroup(c *call) (*group, string, *apiError) {
	key := c.query.Get("key")
	chat, ok := s.dir.webhook[key]
	if !ok || key == "" {
		return nil, "", &apiError{code: codeWebhookKey}
	}
	c.record.Subject = "chat=" + chat
	return s.dir.groups[chat], key, nil
}

// apiWebhookUpload serves webhook/upload_media: files for this robot only.
func (s *Server) apiWebhookUpload(c *call) (any, *apiError) {
	_, key, refused := s.webhookGroup(c)
	if refused != nil {
		return nil, refused
	}
	return s.uploadMedia(c, "webhook|"+key)
}

// apiWebhookSend serves webhook/send: at most 20 messages a minute, no card that would have to answer, no msgid.
func (s *Server) apiWebhookSend(c *call) (any, *apiError) {
	g, key, refused := s.webhookGroup(c)
	if refused != nil {
		return nil, refused
	}
	var req sendRequest
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	show, refused := s.webhookContent(c, &req, "webhook|"+key)
	if refused != nil {
		return nil, refused
	}
	if !s.opt.NoMemberLimit && !s.limits.take(c.now, "webhook|"+key, maxWebhookPerMinute, 60*maxWebhookPerMinute) {
		s.violate(c.now, "webhook_limit", "more than 20 messages a minute from one webhook robot")
		return nil, &apiError{code: codeRateLimited}
	}
	s.postGroup(c, g, viaWebhook, show, req.cardFace())
	return fields{}, nil
}

func (s *Server) webhookContent(c *call, req *sendRequest, scope string) (sim.Message, *apiError) {
	switch req.MsgType {
	case "image":
		return s.webhookImage(req.Image)
	case "markdown_v2":
		text, refused := checkText(req.V2, 2*maxTextBytes)
		return sim.Message{Kind: "markdown", Text: text}, refused
	case "template_card":
		if req.Card == nil || req.Card.answers() || req.Card.CardType != cardText && req.Card.CardType != cardNews {
			return sim.Message{}, &apiError{code: codeMsgType}
		}
	case "textcard", "video":
		return sim.Message{}, &apiError{code: codeMsgType}
	}
	return s.content(c, req, scope)
}

// webhookImage takes a picture of at most 2 MB as base64 with the md5 of its bytes.
func (s *Server) webhookImage(m *mediaBody) (sim.Message, *apiError) {
	if m == nil {
		return sim.Message{}, fail(codeParam, "image missing")
	}
	data, err := base64.StdEncoding.DecodeString(m.Base64)
	sum := md5.Sum(data)
	kind := http.DetectContentType(data)
	switch {
	case err != nil || !strings.EqualFold(hex.EncodeToString(sum[:]), m.MD5):
		return sim.Message{}, fail(codeParam, "base64 or md5 invalid")
	case len(data) > 2<<20:
		return sim.Message{}, fail(codeMediaTooLarge, "image size out of limit")
	case kind != "image/png" && kind != "image/jpeg":
		return sim.Message{}, fail(codeImageFormat, "invalid image format")
	}
	name := "image.png"
	if bytes.HasPrefix(data, []byte{0xff, 0xd8}) {
		name = "image.jpg"
	}
	return sim.Message{Kind: "image", File: s.media.keep(name, data).file()}, nil
}

package wecom

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot/sim"
)

// Limits of message/send, in bytes and entries.
const (
	maxTextBytes     = 2048
	maxUsers         = 1000
	maxParties       = 100
	maxArticles      = 8
	maxDupInterval   = 4 * time.Hour
	defaultDupPeriod = 30 * time.Minute
)

// sendRequest is the body of message/send, and with fewer fields of appchat/send and webhook/send.
type sendRequest struct {
	ToUser   string          `json:"touser"`
	ToParty  string          `json:"toparty"`
	ToTag    string          `json:"totag"`
	ChatID   string          `json:"chatid"`
	AgentID  json.RawMessage `json:"agentid"`
	MsgType  string          `json:"msgtype"`
	Text     *textBody       `json:"text"`
	Markdown *textBody       `json:"markdown"`
	V2       *textBody       `json:"markdown_v2"`
	Image    *mediaBody      `json:"image"`
	Voice    *mediaBody      `json:"voice"`
	Video    *mediaBody      `json:"video"`
	File     *mediaBody      `json:"file"`
	TextCard *textCard       `json:"textcard"`
	News     *newsBody       `json:"news"`
	Card     *templateCard   `json:"template_card"`
	DupCheck int             `json:"enable_duplicate_check"`
	DupTime  int64           `json:"duplicate_check_interval"`
}

type textBody struct {
	Content       string   `json:"content"`
	MentionedList []string `json:"mentioned_list"`
}

type mediaBody struct {
	MediaID string `json:"media_id"`
	Title   string `json:"title"`
	Base64  string `json:"base64"`
	MD5     string `json:"md5"`
}

type textCard struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	ButtonText  string `json:"btntxt"`
}

type newsBody struct {
	Articles []article `json:"articles"`
}

type article struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	PicURL      string `json:"picurl"`
}

// apiSend serves message/send.
func (s *Server) apiSend(c *call) (any, *apiError) {
	if s.opt.RefuseEscapes && bytes.Contains(c.body, []byte(`\u`)) {
		return nil, &apiError{code: codeEscapes}
	}
	var req sendRequest
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	if refused := s.checkAgent(req.AgentID); refused != nil {
		return nil, refused
	}
	to, refused := s.recipients(req.ToUser, req.ToParty, req.ToTag)
	if refused != nil {
		return nil, refused
	}
	show, refused := s.content(c, &req, mediaCorp)
	if refused != nil {
		return nil, refused
	}
	if refused := s.checkSendCard(&req); refused != nil {
		return nil, refused
	}
	if len(to.people) == 0 {
		return nil, fail(codeAllInvalid, "invaliduser: %s", strings.Join(to.badUsers, "|"))
	}
	if s.suppressed(c, &req) {
		return fields{}, nil
	}
	reached, dropped := s.limits.admit(c.now, to.people, s.opt.NoMemberLimit)
	if len(dropped) > 0 {
		s.log.count("dropped")
		s.violate(c.now, "member_limit", strings.Join(dropped, "|")+": message silently dropped")
	}
	m := &message{id: newMessageID(), via: viaApp, at: c.now}
	if req.Card != nil && req.MsgType == "template_card" && req.Card.answers() {
		m.task = req.Card.TaskID
		s.cards.addTask(viaApp, m.task, m)
	}
	s.phones.post(m, show, req.cardFace(), reached)
	c.record.MessageID, c.record.Dropped = m.id, dropped
	out := fields{"msgid": m.id}
	for name, list := range map[string][]string{"invaliduser": to.badUsers, "invalidparty": to.badParties, "invalidtag": to.badTags} {
		if len(list) > 0 {
			out[name] = strings.Join(list, "|")
		}
	}
	if m.task != "" {
		out["response_code"] = s.cards.issue(m, c.now)
	}
	return out, nil
}

// cardFace is the card of a template_card message, nil for others.
func (r *sendRequest) cardFace() *templateCard {
	if r.MsgType != "template_card" {
		return nil
	}
	return r.Card
}

// checkAgent accepts this app's agentid. Quoted numbers are 40056 unless the option takes them.
func (s *Server) checkAgent(raw json.RawMessage) *apiError {
	text := string(raw)
	if s.opt.AcceptStringAgentID {
		text = strings.Trim(text, `"`)
	}
	id, err := strconv.Atoi(text)
	if err != nil || id <= 0 {
		return &apiError{code: codeAgentID}
	}
	if id != s.opt.AgentID {
		return &apiError{code: codeOtherAgent}
	}
	return nil
}

func (s *Server) checkSendCard(req *sendRequest) *apiError {
	card := req.cardFace()
	if card == nil {
		return nil
	}
	if card.answers() && s.callback == "" {
		return &apiError{code: codeNoCallback}
	}
	if card.ReplaceText != "" {
		s.violate(s.opt.Clock.Now(), "replace_text", "replace_text is for updates only and was ignored")
		card.ReplaceText = ""
	}
	if card.answers() && s.cards.taskTaken(viaApp, card.TaskID) {
		s.violate(s.opt.Clock.Now(), "task_id", "task_id "+card.TaskID+" was used before")
		return &apiError{code: codeTaskID}
	}
	return nil
}

// audience is what touser, toparty and totag come to.
type audience struct {
	people                        []string
	badUsers, badParties, badTags []string
}

func (s *Server) recipients(users, parties, tags string) (audience, *apiError) {
	var to audience
	if users == "" && parties == "" && tags == "" {
		return to, &apiError{code: codeNoRecipient}
	}
	if users == "@all" {
		to.people, _ = s.dir.inDept(rootDept)
		return to, nil
	}
	userList, partyList, tagList := splitBar(users), splitBar(parties), splitBar(tags)
	switch {
	case len(userList) > maxUsers:
		return to, fail(codeParam, "touser too many")
	case len(partyList) > maxParties:
		return to, fail(codeTooManyParties, "toparty too many")
	case len(tagList) > maxParties:
		return to, fail(codeTooManyTags, "totag too many")
	}
	for _, id := range userList {
		if p := s.dir.person(id); p != nil {
			to.add(p.ID)
		} else {
			to.badUsers = append(to.badUsers, strings.ToLower(id))
		}
	}
	for _, id := range partyList {
		n, err := strconv.Atoi(id)
		people, ok := s.dir.inDept(n)
		if err != nil || !ok {
			to.badParties = append(to.badParties, id)
		}
		for _, p := range people {
			to.add(p)
		}
	}
	to.badTags = tagList // the simulated corporation has no tags
	return to, nil
}

func (a *audience) add(id string) {
	if !slices.Contains(a.people, id) {
		a.people = append(a.people, id)
	}
}

func splitBar(list string) []string {
	return slices.DeleteFunc(strings.Split(list, "|"), func(id string) bool { return id == "" })
}

// content checks what is sent and says how a phone shows it. scope is where its media must have been uploaded.
func (s *Server) content(c *call, req *sendRequest, scope string) (sim.Message, *apiError) {
	switch req.MsgType {
	case "text":
		text, refused := checkText(req.Text, maxTextBytes)
		return sim.Message{Kind: "text", Text: text}, refused
	case "markdown":
		text, refused := checkText(req.Markdown, markdownLimit(scope))
		return sim.Message{Kind: "markdown", Text: text}, refused
	case "image":
		return s.showMedia(c, req.Image, req.MsgType, scope)
	case "voice":
		return s.showMedia(c, req.Voice, req.MsgType, scope)
	case "video":
		return s.showMedia(c, req.Video, req.MsgType, scope)
	case "file":
		return s.showMedia(c, req.File, req.MsgType, scope)
	case "textcard":
		return showTextCard(req.TextCard)
	case "news":
		return showNews(req.News)
	case "template_card":
		if req.Card == nil {
			return sim.Message{}, fail(codeParam, "template_card missing")
		}
		if refused := checkCard(req.Card, false); refused != nil {
			return sim.Message{}, refused
		}
		s.noteSoftLimits(c.now, req.Card)
		return sim.Message{Kind: "card", Card: draw(req.Card)}, nil
	default:
		return sim.Message{}, &apiError{code: codeMsgType}
	}
}

func markdownLimit(scope string) int {
	if scope == mediaCorp {
		return maxTextBytes
	}
	return 2 * maxTextBytes
}

func checkText(t *textBody, limit int) (string, *apiError) {
	switch {
	case t == nil || t.Content == "":
		return "", &apiError{code: codeEmptyText}
	case len(t.Content) > limit:
		return "", fail(codeTextTooLong, "%d bytes, at most %d", len(t.Content), limit)
	case !utf8.ValidString(t.Content):
		return "", fail(codeParam, "content is not UTF-8")
	}
	return t.Content, nil
}

func showTextCard(t *textCard) (sim.Message, *apiError) {
	switch {
	case t == nil || t.Title == "":
		return sim.Message{}, fail(codeNoTitle, "title missing")
	case t.Description == "":
		return sim.Message{}, fail(codeNoDescription, "description missing")
	case len(t.Title) > 128 || len(t.Description) > 512 || len(t.URL) > 2048 || utf8.RuneCountInString(t.ButtonText) > 4:
		return sim.Message{}, fail(codeParam, "textcard field too long")
	case t.URL == "":
		return sim.Message{}, fail(codeParam, "textcard url missing")
	}
	return sim.Message{Kind: "card", Card: drawTextCard(*t)}, nil
}

func showNews(n *newsBody) (sim.Message, *apiError) {
	if n == nil || len(n.Articles) < 1 || len(n.Articles) > maxArticles {
		return sim.Message{}, fail(codeArticles, "articles size invalid")
	}
	var lines []string
	for _, a := range n.Articles {
		if a.Title == "" {
			return sim.Message{}, fail(codeNoTitle, "title missing")
		}
		if len(a.Title) > 128 || len(a.Description) > 512 || len(a.URL) > 2048 {
			return sim.Message{}, fail(codeParam, "article field too long")
		}
		lines = append(lines, "["+a.Title+"]("+a.URL+")")
		if a.Description != "" {
			lines = append(lines, a.Description)
		}
	}
	return sim.Message{Kind: "markdown", Text: strings.Join(lines, "\n")}, nil
}

// suppressed is the platform's duplicate check: an equal body within the interval is swallowed. The vendor does not say
// what the caller gets; here errcode 0 and no msgid, the least a caller may rely on.
func (s *Server) suppressed(c *call, req *sendRequest) bool {
	if req.DupCheck != 1 {
		return false
	}
	period := defaultDupPeriod
	if req.DupTime > 0 {
		period = min(time.Duration(req.DupTime)*time.Second, maxDupInterval)
	}
	body := *req
	body.DupCheck, body.DupTime = 0, 0
	raw, _ := json.Marshal(body)
	sum := sha256.Sum256(raw)
	key := hex.EncodeToString(sum[:])
	last, seen := s.limits.sent.get(key)
	if seen && c.now.Sub(last) < period {
		s.log.count("suppressed")
		return true
	}
	s.limits.sent.put(key, c.now)
	return false
}

// newMessageID makes a msgid: opaque, as the platform's are.
func newMessageID() string { return "M" + randomHex(16) }

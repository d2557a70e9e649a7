package dingtalk

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/bot/sim"
)

// maxMsgParam is the documented limit of msgParam in bytes.
const maxMsgParam = 15000

// samples are the message templates of the robot API with the fields each requires.
var samples = map[string][]string{
	"sampleText":        {"content"},
	"sampleMarkdown":    {"title", "text"},
	"sampleImageMsg":    {"photoURL"},
	"sampleLink":        {"text", "title", "messageUrl"},
	"sampleActionCard":  {"title", "text", "singleTitle", "singleURL"},
	"sampleActionCard2": {"title", "text", "actionTitle1", "actionURL1", "actionTitle2", "actionURL2"},
	"sampleActionCard3": {"title", "text", "actionTitle1", "actionURL1", "actionTitle2", "actionURL2", "actionTitle3", "actionURL3"},
	"sampleActionCard4": {"title", "text", "actionTitle1", "actionURL1", "actionTitle2", "actionURL2", "actionTitle3", "actionURL3", "actionTitle4", "actionURL4"},
	"sampleActionCard5": {"title", "text", "actionTitle1", "actionURL1", "actionTitle2", "actionURL2", "actionTitle3", "actionURL3", "actionTitle4", "actionURL4", "actionTitle5", "actionURL5"},
	"sampleActionCard6": {"title", "text", "buttonTitle1", "buttonUrl1", "buttonTitle2", "buttonUrl2"},
	"sampleAudio":       {"mediaId", "duration"},
	"sampleFile":        {"mediaId", "fileName", "fileType"},
	"sampleVideo":       {"duration", "videoMediaId", "videoType", "picMediaId"},
}

var fileTypes = []string{"xlsx", "pdf", "zip", "rar", "doc", "docx"}

func errMsgParam(format string, args ...any) *apiError {
	return errParam("invalidParameter.msgParam.invalid", format, args...)
}

// sampleLocked turns msgKey and msgParam into what a phone shows.
func (s *Server) sampleLocked(key, param string) (sim.Message, error) {
	required, ok := samples[key]
	if !ok {
		return sim.Message{}, errParam("invalidParameter.msgKey.invalid", "无效的msgKey")
	}
	if len(param) > maxMsgParam {
		return sim.Message{}, errMsgParam("msgParam超过%d字节", maxMsgParam)
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(param), &fields); err != nil {
		return sim.Message{}, errMsgParam("msgParam不是合法的JSON字符串")
	}
	p := map[string]string{}
	for k, v := range fields {
		switch v := v.(type) {
		case string:
			p[k] = v
		case float64, bool:
			p[k] = fmt.Sprint(v)
		}
	}
	for _, name := range required {
		if strings.TrimSpace(p[name]) == "" {
			return sim.Message{}, errMsgParam("msgParam缺少%s", name)
		}
	}
	return s.faceLocked(key, p)
}

func (s *Server) faceLocked(key string, p map[string]string) (sim.Message, error) {
	switch key {
	case "sampleText":
		return sim.Message{Kind: "text", Text: p["content"]}, nil
	case "sampleMarkdown":
		return sim.Message{Kind: "markdown", Text: s.showLocked(p["text"])}, nil
	case "sampleLink":
		return linkMessage(p["title"], p["text"], p["messageUrl"]), nil
	case "sampleImageMsg":
		return s.fileLocked("image", p["photoURL"], "")
	case "sampleAudio":
		return s.fileLocked("file", p["mediaId"], "")
	case "sampleVideo":
		return s.fileLocked("file", p["videoMediaId"], "")
	case "sampleFile":
		if !slices.Contains(fileTypes, p["fileType"]) {
			return sim.Message{}, errMsgParam("不支持的fileType，只能是%s", strings.Join(fileTypes, "、"))
		}
		return s.fileLocked("file", p["mediaId"], p["fileName"])
	case "sampleActionCard":
		return linkCard(p["title"], s.showLocked(p["text"]), sim.Button{Text: p["singleTitle"], URL: p["singleURL"]}), nil
	}
	var buttons []sim.Button
	for i := 1; i <= 5; i++ {
		title, url := p[fmt.Sprintf("actionTitle%d", i)], p[fmt.Sprintf("actionURL%d", i)]
		if key == "sampleActionCard6" {
			title, url = p[fmt.Sprintf("buttonTitle%d", i)], p[fmt.Sprintf("buttonUrl%d", i)]
		}
		if title != "" {
			buttons = append(buttons, sim.Button{Text: title, URL: url})
		}
	}
	return linkCard(p["title"], s.showLocked(p["text"]), buttons...), nil
}

func (s *Server) fileLocked(kind, ref, name string) (sim.Message, error) {
	url, err := s.mediaURLLocked(ref)
	if err != nil {
		return sim.Message{}, errMsgParam("%s", err)
	}
	if b, ok := s.media.get(ref); ok && name == "" {
		name = b.name
	}
	return sim.Message{Kind: kind, File: &sim.File{Name: name, URL: url}}, nil
}

// linkCard is a card whose buttons open addresses and never call back.
func linkCard(title, text string, buttons ...sim.Button) sim.Message {
	for i := range buttons {
		buttons[i].Enabled = true
	}
	return sim.Message{Kind: "card", Card: &sim.Card{Title: title, Note: text, Buttons: buttons}}
}

func linkMessage(title, text, url string) sim.Message {
	return sim.Message{Kind: "markdown", Text: fmt.Sprintf("[%s](%s)\n\n%s", title, url, text)}
}

// session is what a sessionWebhook stands for.
type session struct {
	chat, person string
	expires      time.Time
	rate         window
}

func (s *Server) newSessionLocked(base, chat, person string, expires time.Time) string {
	key := secret()
	s.sessions.put(key, &session{chat: chat, person: person, expires: expires})
	return base + "/robot/sendBySession?session=" + key
}

func errWebhookRate() *apiError { return errOld(130101, "send too fast, exceed 20 times per minute") }

const maxWebhookText = 20000

type webhookMessage struct {
	Msgtype string `json:"msgtype"`
	Text    struct {
		Content string `json:"content"`
	} `json:"text"`
	Markdown struct {
		Title string `json:"title"`
		Text  string `json:"text"`
	} `json:"markdown"`
	Link       webhookLink `json:"link"`
	ActionCard struct {
		Title       string `json:"title"`
		Text        string `json:"text"`
		SingleTitle string `json:"singleTitle"`
		SingleURL   string `json:"singleURL"`
		Buttons     []struct {
			Title string `json:"title"`
			URL   string `json:"actionURL"`
		} `json:"btns"`
	} `json:"actionCard"`
	FeedCard struct {
		Links []webhookLink `json:"links"`
	} `json:"feedCard"`
}

type webhookLink struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	URL   string `json:"messageUrl"`
	// FeedURL is the same in a feedCard, where it is spelled differently.
	FeedURL string `json:"messageURL"`
}

// sendBySession is the reply through the address that came with a message. HTTP is 200 even for a refusal.
func (c *call) sendBySession() (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Clock.Now()
	ses, ok := s.sessions.get(c.r.URL.Query().Get("session"))
	if !ok || !now.Before(ses.expires) {
		return nil, errOld(300005, "token is not exist")
	}
	if s.opt.WebhookPerMinute > 0 && ses.rate.over(now, time.Minute, s.opt.WebhookPerMinute) {
		return nil, errWebhookRate()
	}
	var in webhookMessage
	if err := c.decode(&in); err != nil {
		return nil, errOld(40035, "不合法的参数")
	}
	msg, err := s.webhookFaceLocked(in)
	if err != nil {
		return nil, err
	}
	s.sendLocked(ses.chat, s.audienceLocked(ses.chat, ses.person), msg, nil)
	return map[string]any{"errcode": 0, "errmsg": "ok"}, nil
}

func (s *Server) webhookFaceLocked(in webhookMessage) (sim.Message, error) {
	missing := func(v ...string) error {
		for _, x := range v {
			if strings.TrimSpace(x) == "" {
				return errOld(400602, "缺少参数 "+in.Msgtype)
			}
			if len(x) > maxWebhookText {
				return errOld(460101, "message too long, exceed 20000 bytes")
			}
		}
		return nil
	}
	switch in.Msgtype {
	case "text":
		return sim.Message{Kind: "text", Text: in.Text.Content}, missing(in.Text.Content)
	case "markdown":
		return sim.Message{Kind: "markdown", Text: s.showLocked(in.Markdown.Text)}, missing(in.Markdown.Title, in.Markdown.Text)
	case "link":
		return linkMessage(in.Link.Title, in.Link.Text, in.Link.URL), missing(in.Link.Title, in.Link.Text, in.Link.URL)
	case "feedCard":
		return feedMessage(in.FeedCard.Links), missing(feedMessage(in.FeedCard.Links).Text)
	case "actionCard":
		a := in.ActionCard
		buttons := []sim.Button{{Text: a.SingleTitle, URL: a.SingleURL}}
		if len(a.Buttons) > 0 {
			buttons = nil
		}
		for _, b := range a.Buttons {
			buttons = append(buttons, sim.Button{Text: b.Title, URL: b.URL})
		}
		return linkCard(a.Title, s.showLocked(a.Text), buttons...), missing(a.Title, a.Text, buttons[0].Text, buttons[0].URL)
	}
	return sim.Message{}, errOld(400101, "不支持的消息类型")
}

func feedMessage(links []webhookLink) sim.Message {
	var b strings.Builder
	for _, l := range links {
		fmt.Fprintf(&b, "[%s](%s)\n\n", l.Title, l.FeedURL)
	}
	return sim.Message{Kind: "markdown", Text: strings.TrimSpace(b.String())}
}

package dingtalk

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"salesflow/bot/sim"
)

// Limits of work notifications (工作通知). Over the limits the call still succeeds; the result tells.
const (
	maxNoticeUsers = 100
	maxNoticeBytes = 2048
	noticesPerDay  = 500
	codeDaily      = "143105"
	codeDuplicate  = "143106"
)

// notice is one work notification.
type notice struct {
	day       string
	invalid   []string
	forbidden []forbidden
	body      string
	sent      *sent
	recalled  bool
}

type forbidden struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
	User  string `json:"userid"`
}

// decodeOld reads a body of the old API, which may be JSON or a form. Values are handed over as they are.
func (c *call) decodeOld() (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	if strings.HasPrefix(c.r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form, err := url.ParseQuery(string(c.body))
		if err != nil {
			return nil, errOld(40035, "不合法的参数")
		}
		for k := range form {
			out[k] = json.RawMessage(form.Get(k))
			if !json.Valid(out[k]) {
				out[k] = encode(form.Get(k))
			}
		}
		return out, nil
	}
	if err := json.Unmarshal(c.body, &out); err != nil {
		return nil, errOld(40035, "不合法的参数")
	}
	return out, nil
}

// word is a value that may be given as a string or as a number.
func word(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// noticeSend is POST /topapi/message/corpconversation/asyncsend_v2.
func (c *call) noticeSend() (any, error) {
	in, err := c.decodeOld()
	if err != nil {
		return nil, err
	}
	s := c.s
	if word(in["agent_id"]) != s.opt.AgentID {
		return nil, errOld(41011, "缺少或不合法的agent_id")
	}
	body := in["msg"]
	if text := word(body); json.Valid([]byte(text)) {
		body = json.RawMessage(text)
	}
	if len(body) > maxNoticeBytes {
		return nil, errOld(40035, "消息内容超过2048字节")
	}
	msg, err := noticeFace(body)
	if err != nil {
		return nil, err
	}
	users := strings.FieldsFunc(word(in["userid_list"]), func(r rune) bool { return r == ',' })
	if word(in["to_all_user"]) == "true" {
		users = nil
		for _, p := range s.company.People {
			users = append(users, p.ID)
		}
	} else if len(users) == 0 || len(users) > maxNoticeUsers {
		return nil, errOld(40035, "接收人不能为空，且最多100个")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.notifyLocked(users, string(body), msg)
	return map[string]any{"errcode": 0, "errmsg": "ok", "task_id": id, "request_id": secret()[:12]}, nil
}

// notifyLocked sends to those who are below the limits and keeps the others for the result.
func (s *Server) notifyLocked(users []string, body string, msg sim.Message) int64 {
	n := &notice{day: s.opt.Clock.Now().In(beijing).Format("2006-01-02"), body: body}
	var reached []string
	for _, u := range users {
		total, same := s.noticesTodayLocked(u, n.day, body)
		switch _, known := s.people[u]; {
		case !known:
			n.invalid = append(n.invalid, u)
		case same > 0:
			n.forbidden = append(n.forbidden, forbidden{codeDuplicate, 1, u})
		case total >= noticesPerDay:
			n.forbidden = append(n.forbidden, forbidden{codeDaily, noticesPerDay, u})
		default:
			reached = append(reached, u)
		}
	}
	key := s.sendLocked("", reached, msg, nil)
	n.sent, _ = s.sends.get(key)
	s.nextID++
	s.notices.put(strconv.FormatInt(s.nextID, 10), n)
	return s.nextID
}

func (s *Server) noticesTodayLocked(user, day, body string) (total, same int) {
	for _, n := range s.notices.all() {
		if n.day != day {
			continue
		}
		for _, u := range n.sent.people {
			if u != user {
				continue
			}
			total++
			if n.body == body {
				same++
			}
		}
	}
	return total, same
}

// noticeFace reads the snake_case form of a work notification.
func noticeFace(body []byte) (sim.Message, error) {
	var in struct {
		Msgtype  string `json:"msgtype"`
		Text     botText
		Markdown struct {
			Title string `json:"title"`
			Text  string `json:"text"`
		} `json:"markdown"`
		Link struct {
			Title string `json:"title"`
			Text  string `json:"text"`
			URL   string `json:"messageUrl"`
		} `json:"link"`
		ActionCard struct {
			Title       string `json:"title"`
			Markdown    string `json:"markdown"`
			SingleTitle string `json:"single_title"`
			SingleURL   string `json:"single_url"`
			Buttons     []struct {
				Title string `json:"title"`
				URL   string `json:"action_url"`
			} `json:"btn_json_list"`
		} `json:"action_card"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return sim.Message{}, errOld(40035, "msg不是合法的JSON")
	}
	switch in.Msgtype {
	case "text":
		return sim.Message{Kind: "text", Text: in.Text.Content}, nil
	case "markdown":
		return sim.Message{Kind: "markdown", Text: in.Markdown.Text}, nil
	case "link":
		return linkMessage(in.Link.Title, in.Link.Text, in.Link.URL), nil
	case "action_card":
		a := in.ActionCard
		list := []sim.Button{}
		if a.SingleTitle != "" {
			list = append(list, sim.Button{Text: a.SingleTitle, URL: a.SingleURL})
		}
		for _, b := range a.Buttons {
			list = append(list, sim.Button{Text: b.Title, URL: b.URL})
		}
		return linkCard(a.Title, a.Markdown, list...), nil
	}
	return sim.Message{}, errOld(40008, "不合法的消息类型")
}

func (c *call) noticeLocked(field string) (*notice, error) {
	in, err := c.decodeOld()
	if err != nil {
		return nil, err
	}
	n, ok := c.s.notices.get(word(in[field]))
	if !ok || word(in["agent_id"]) != c.s.opt.AgentID {
		return nil, errOld(40035, "不合法的task_id或agent_id")
	}
	return n, nil
}

// noticeResult is POST /topapi/message/corpconversation/getsendresult.
func (c *call) noticeResult() (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := c.noticeLocked("task_id")
	if err != nil {
		return nil, err
	}
	read, unread := []string{}, []string{}
	for _, u := range n.sent.people {
		if _, ok := n.sent.read[u]; ok {
			read = append(read, u)
		} else {
			unread = append(unread, u)
		}
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "request_id": secret()[:12], "send_result": map[string]any{
		"invalid_user_id_list": append([]string{}, n.invalid...), "forbidden_list": append([]forbidden{}, n.forbidden...),
		"failed_user_id_list": []string{}, "read_user_id_list": read, "unread_user_id_list": unread,
	}}, nil
}

// noticeRecall is POST /topapi/message/corpconversation/recall.
func (c *call) noticeRecall() (any, error) {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := c.noticeLocked("msg_task_id")
	if err != nil {
		return nil, err
	}
	if !n.recalled {
		n.recalled = true
		s.recallLocked(n.sent)
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", "request_id": secret()[:12]}, nil
}

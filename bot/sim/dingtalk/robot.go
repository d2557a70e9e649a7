package dingtalk

import (
	"slices"
	"strings"

	"salesflow/bot/sim"
)

const (
	maxBatch     = 20
	maxKeys      = 100
	maxDing      = 200
	maxDingText  = 5000
	maxReadPage  = 200
	statusSent   = "SUCCESS"
	statusRecall = "RECALLED"
)

// robot checks that the robot belongs to the token's app.
func (c *call) robot(code string) error {
	if code != c.s.opt.RobotCode {
		return errParam("invalidParameter.robotCode.auth", "robotCode与应用不匹配，或机器人不存在")
	}
	return nil
}

type robotSend struct {
	RobotCode          string   `json:"robotCode"`
	UserIDs            []string `json:"userIds"`
	OpenConversationID string   `json:"openConversationId"`
	MsgKey             string   `json:"msgKey"`
	MsgParam           string   `json:"msgParam"`
}

// batchSend is POST /v1.0/robot/oToMessages/batchSend. HTTP 200 does not mean that all were reached.
func (c *call) batchSend() (any, error) {
	var in robotSend
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.robot(in.RobotCode); err != nil {
		return nil, err
	}
	if len(in.UserIDs) == 0 || len(in.UserIDs) > maxBatch {
		return nil, errParam("invalidParameter.userIds.invalid", "userIds不能为空，且最多%d个", maxBatch)
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	msg, err := s.sampleLocked(in.MsgKey, in.MsgParam)
	if err != nil {
		return nil, err
	}
	throttled := s.takeLocked(FlowControl)
	reached, invalid, slowed := []string{}, []string{}, []string{}
	for _, u := range slices.Compact(slices.Sorted(slices.Values(in.UserIDs))) {
		switch _, known := s.people[u]; {
		case !known:
			invalid = append(invalid, u)
		case throttled:
			slowed = append(slowed, u)
		default:
			reached = append(reached, u)
		}
	}
	return map[string]any{
		"processQueryKey": s.sendLocked("", reached, msg, nil), "invalidStaffIdList": invalid,
		"flowControlledStaffIdList": slowed,
	}, nil
}

// groupSend is POST /v1.0/robot/groupMessages/send.
func (c *call) groupSend() (any, error) {
	var in robotSend
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.robot(in.RobotCode); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, err := s.groupLocked(in.OpenConversationID)
	if err != nil {
		return nil, err
	}
	msg, err := s.sampleLocked(in.MsgKey, in.MsgParam)
	if err != nil {
		return nil, err
	}
	return map[string]any{"processQueryKey": s.sendLocked(ch.ID, ch.Members, msg, nil)}, nil
}

// groupLocked finds a group the bot is in. It is in every group of the simulated company and in no other.
func (s *Server) groupLocked(id string) (*sim.Chat, error) {
	ch := s.chats[id]
	if ch == nil {
		return nil, errParam("invalid.openConversationId", "openConversationId无效，或机器人不在群内")
	}
	return ch, nil
}

// readStatus is GET /v1.0/robot/oToMessages/readStatus.
func (c *call) readStatus() (any, error) {
	q := c.r.URL.Query()
	if err := c.robot(q.Get("robotCode")); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	t, err := s.sentLocked(q.Get("processQueryKey"), false)
	if err != nil {
		return nil, err
	}
	list := []map[string]any{}
	for _, u := range t.people {
		info := map[string]any{"userId": u, "name": s.people[u].Name, "readStatus": "UNREAD"}
		if at, ok := t.read[u]; ok {
			info["readStatus"], info["readTimestamp"] = "READ", at.UnixMilli()
		}
		list = append(list, info)
	}
	return map[string]any{"sendStatus": t.status(), "messageReadInfoList": list}, nil
}

// groupQuery is POST /v1.0/robot/groupMessages/query.
func (c *call) groupQuery() (any, error) {
	var in struct {
		RobotCode          string `json:"robotCode"`
		OpenConversationID string `json:"openConversationId"`
		ProcessQueryKey    string `json:"processQueryKey"`
		MaxResults         int    `json:"maxResults"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.robot(in.RobotCode); err != nil {
		return nil, err
	}
	if in.MaxResults < 0 || in.MaxResults > maxReadPage {
		return nil, errParam("invalidParameter.maxResults", "maxResults最大%d", maxReadPage)
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.groupLocked(in.OpenConversationID); err != nil {
		return nil, err
	}
	t, err := s.sentLocked(in.ProcessQueryKey, true)
	if err != nil {
		return nil, err
	}
	read := []string{}
	for _, u := range t.people {
		if _, ok := t.read[u]; ok {
			read = append(read, u)
		}
	}
	return map[string]any{"sendStatus": t.status(), "readUserIds": read, "hasMore": false, "nextToken": ""}, nil
}

func (t *sent) status() string {
	if t.recalled {
		return statusRecall
	}
	return statusSent
}

func (s *Server) sentLocked(key string, group bool) (*sent, error) {
	t, ok := s.sends.get(key)
	if !ok || (t.chat != "") != group {
		return nil, errParam("invalidParameter.processQueryKey.invalid", "processQueryKey无效")
	}
	return t, nil
}

type recallRequest struct {
	RobotCode          string   `json:"robotCode"`
	OpenConversationID string   `json:"openConversationId"`
	Keys               []string `json:"processQueryKeys"`
}

// batchRecall is POST /v1.0/robot/otoMessages/batchRecall (lower-case oto), groupRecall its twin for groups.
func (c *call) batchRecall() (any, error) { return c.recall(false) }
func (c *call) groupRecall() (any, error) { return c.recall(true) }

func (c *call) recall(group bool) (any, error) {
	var in recallRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.robot(in.RobotCode); err != nil {
		return nil, err
	}
	if len(in.Keys) == 0 || len(in.Keys) > maxKeys {
		return nil, errParam("invalidParameter.processQueryKeys.invalid", "processQueryKeys不能为空，且最多%d个", maxKeys)
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if group {
		if _, err := s.groupLocked(in.OpenConversationID); err != nil {
			return nil, err
		}
	}
	done, failed := []string{}, map[string]string{}
	for _, key := range in.Keys {
		t, err := s.sentLocked(key, group)
		if err != nil || t.recalled {
			failed[key] = "消息不存在或已撤回"
			continue
		}
		s.recallLocked(t)
		done = append(done, key)
	}
	return map[string]any{"successResult": done, "failedResult": failed}, nil
}

// dingSend is POST /v1.0/robot/ding/send. It shows as a message in the single chat.
func (c *call) dingSend() (any, error) {
	var in struct {
		RobotCode  string   `json:"robotCode"`
		RemindType int      `json:"remindType"`
		Receivers  []string `json:"receiverUserIdList"`
		Content    string   `json:"content"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.robot(in.RobotCode); err != nil {
		return nil, err
	}
	switch {
	case in.RemindType < 1 || in.RemindType > 3:
		return nil, errParam("invalidParameter.remindType", "remindType只能是1、2、3")
	case len(in.Receivers) == 0 || len(in.Receivers) > maxDing:
		return nil, errParam("invalidParameter.receiverUserIdList", "receiverUserIdList不能为空，且最多%d个", maxDing)
	case strings.TrimSpace(in.Content) == "" || len(in.Content) > maxDingText:
		return nil, errParam("invalidParameter.content", "content不能为空，且不能过长")
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	reached, failed := []string{}, map[string][]string{}
	for _, u := range in.Receivers {
		if _, ok := s.people[u]; ok {
			reached = append(reached, u)
		} else {
			failed["userNotExist"] = append(failed["userNotExist"], u)
		}
	}
	prefix := map[int]string{1: "DING", 2: "DING短信", 3: "DING电话"}[in.RemindType]
	key := s.sendLocked("", reached, sim.Message{Kind: "text", Text: prefix + "：" + in.Content}, nil)
	return map[string]any{"openDingId": "ding" + key, "failedList": failed}, nil
}

package wecom

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// recallWindow is how long a message can be recalled.
const recallWindow = 24 * time.Hour

// Bounds of what is remembered about cards.
const (
	maxCodes = 200_000
	maxTasks = 1_000_000
)

// cardIndex finds cards by task_id and by response_code.
type cardIndex struct {
	tasks *fifo[*message] // by scope and task_id
	codes *fifo[*responseCode]
}

// responseCode can be spent once, within 72 hours. One comes with every send and with every tap.
type responseCode struct {
	of     *message
	issued time.Time
	used   bool
}

func newCardIndex() cardIndex {
	return cardIndex{tasks: newFIFO[*message](maxTasks), codes: newFIFO[*responseCode](maxCodes)}
}

func (x *cardIndex) addTask(scope, task string, m *message) { x.tasks.put(scope+"|"+task, m) }

func (x *cardIndex) taskTaken(scope, task string) bool {
	_, taken := x.tasks.get(scope + "|" + task)
	return taken
}

func (x *cardIndex) issue(m *message, now time.Time) string {
	code := randomHex(24)
	x.codes.put(code, &responseCode{of: m, issued: now})
	return code
}

// spend checks a code. It is marked used only when the update it pays for is made.
func (x *cardIndex) find(code string, now time.Time) (*responseCode, string) {
	rc, ok := x.codes.get(code)
	switch {
	case !ok:
		return nil, "unknown"
	case rc.used:
		return nil, "used"
	case now.Sub(rc.issued) > responseCodeTTL:
		return nil, "expired"
	}
	return rc, ""
}

type updateRequest struct {
	UserIDs      []string        `json:"userids"`
	PartyIDs     []int           `json:"partyids"`
	TagIDs       []int           `json:"tagids"`
	AtAll        int             `json:"atall"`
	AgentID      json.RawMessage `json:"agentid"`
	ResponseCode string          `json:"response_code"`
	Button       *struct {
		ReplaceName string `json:"replace_name"`
	} `json:"button"`
	Card *templateCard `json:"template_card"`
}

// apiUpdateCard serves message/update_template_card.
func (s *Server) apiUpdateCard(c *call) (any, *apiError) {
	var req updateRequest
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	if refused := s.checkAgent(req.AgentID); refused != nil {
		return nil, refused
	}
	if len(req.UserIDs) > maxUsers || len(req.PartyIDs) > maxParties || len(req.TagIDs) > maxParties {
		return nil, fail(codeParam, "userids, partyids or tagids too many")
	}
	if len(req.UserIDs)+len(req.PartyIDs)+len(req.TagIDs) == 0 && req.AtAll != 1 {
		return nil, &apiError{code: codeNoRecipient}
	}
	rc, why := s.cards.find(req.ResponseCode, c.now)
	if rc == nil {
		s.violate(c.now, "response_code", "card updated with a response_code that is "+why)
		return nil, &apiError{code: codeResponseCode}
	}
	if refused := checkReplacement(&req, rc.of); refused != nil {
		return nil, refused
	}
	rc.used = true
	if req.Card != nil {
		s.noteSoftLimits(c.now, req.Card)
	}
	c.record.MessageID = rc.of.id
	people, invalid := s.updateAudience(&req, rc.of)
	for _, id := range people {
		if req.Button != nil {
			s.greyOut(id, rc.of, req.Button.ReplaceName)
		} else {
			s.replaceFace(id, rc.of, req.Card)
		}
	}
	out := fields{}
	if len(invalid) > 0 {
		out["invaliduser"] = invalid
	}
	return out, nil
}

// checkReplacement wants one of button and template_card, and a name only for cards that have buttons.
func checkReplacement(req *updateRequest, m *message) *apiError {
	switch {
	case req.Button != nil && req.Card != nil || req.Button == nil && req.Card == nil:
		return fail(codeParam, "one of button and template_card expected")
	case req.Button != nil && req.Button.ReplaceName == "":
		return fail(codeParam, "button.replace_name missing")
	case req.Button != nil:
		for _, v := range m.views {
			if v.face != nil && !v.face.interactive() {
				return fail(codeCardType, "button.replace_name is for interactive cards")
			}
		}
		return nil
	}
	if req.Card.TaskID != "" && req.Card.TaskID != m.task {
		return &apiError{code: codeTaskID}
	}
	return checkCard(req.Card, true)
}

// updateAudience lists the recipients of the card that an update names, and the named ones that never got it.
func (s *Server) updateAudience(req *updateRequest, m *message) (people, invalid []string) {
	named := slices.Clone(req.UserIDs)
	for _, id := range req.PartyIDs {
		members, _ := s.dir.inDept(id)
		named = append(named, members...)
	}
	if req.AtAll == 1 {
		for id := range m.views {
			people = append(people, id)
		}
		slices.Sort(people)
		return people, nil
	}
	for _, id := range named {
		if m.views[strings.ToLower(id)] == nil {
			invalid = append(invalid, strings.ToLower(id))
		} else if !slices.Contains(people, strings.ToLower(id)) {
			people = append(people, strings.ToLower(id))
		}
	}
	return people, invalid
}

// greyOut replaces the buttons of one person's copy by a grey one.
func (s *Server) greyOut(person string, m *message, text string) {
	v := m.views[strings.ToLower(person)]
	if v == nil || v.face == nil {
		return
	}
	face := *v.face
	face.ReplaceText = text
	s.setFace(person, v, &face)
}

// replaceFace gives one person's copy a new card under the old task.
func (s *Server) replaceFace(person string, m *message, card *templateCard) {
	v := m.views[strings.ToLower(person)]
	if v == nil {
		return
	}
	face := *card
	face.TaskID = m.task
	s.setFace(person, v, &face)
}

func (s *Server) setFace(person string, v *view, face *templateCard) {
	v.face = face
	v.show.Kind, v.show.Text, v.show.Card = "card", "", draw(face)
	v.remember()
	s.phones.touch(person, v)
}

// apiRecall serves message/recall: within 24 hours, by the app that sent it.
func (s *Server) apiRecall(c *call) (any, *apiError) {
	var req struct {
		MsgID string `json:"msgid"`
	}
	if refused := s.decode(c, &req); refused != nil {
		return nil, refused
	}
	m, ok := s.phones.messages.get(req.MsgID)
	if !ok || m.via != viaApp {
		return nil, fail(codeParam, "msgid is not a message of this app")
	}
	if c.now.Sub(m.at) > recallWindow {
		return nil, fail(codeRecallTooLate, "msgid expired")
	}
	c.record.MessageID = m.id
	for person, v := range m.views {
		v.face = nil
		v.shown = map[string]tap{}
		v.show.Kind, v.show.Text, v.show.Card, v.show.File = "text", "（消息已撤回）", nil, nil
		s.phones.touch(person, v)
	}
	return fields{}, nil
}

// firstMsgID is where numbering of members' messages begins: far apart for each start, so that a bot which outlives the
// simulator does not take new messages for old ones.
func firstMsgID() int64 {
	n, err := strconv.ParseInt(randomHex(7), 16, 64)
	if err != nil {
		return 1 << 56
	}
	return 1<<60 + n<<4
}

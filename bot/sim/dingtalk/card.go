package dingtalk

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot/sim"
)

// Documented limits of cards: maxTrackID in characters, the others in bytes.
const (
	maxTrackID    = 64
	maxParamKey   = 100
	maxParamValue = 1024
	maxPrivate    = 1024
	maxParams     = 300
	maxSpaces     = 200
	spacePrefix   = "dtv1.card//"
	spaceGroup    = "IM_GROUP"
	spaceRobot    = "IM_ROBOT"
	// callbackGrace lets an acknowledgement that is on the wire already arrive before an update counts as sent during
	// the callback.
	callbackGrace = 50 * time.Millisecond
)

// card is one card instance, however many spaces it was delivered to.
type card struct {
	id       string
	template string
	callback string
	public   map[string]string
	private  map[string]map[string]string // by person
	models   map[string]bool              // space types the card was opened for
	spaces   map[string]bool              // delivered to, "TYPE.id"
	entries  []*entry
	waiting  int
	updates  int
}

// params is a cardParamMap: every value must be a JSON string.
type params map[string]json.RawMessage

type paramMap struct {
	Params params `json:"cardParamMap"`
}

type updateOptions struct {
	DataByKey    bool `json:"updateCardDataByKey"`
	PrivateByKey bool `json:"updatePrivateDataByKey"`
}

type spaceModel struct {
	SupportForward *bool `json:"supportForward"`
}

type deliverModel struct {
	RobotCode  string   `json:"robotCode"`
	SpaceType  string   `json:"spaceType"`
	Recipients []string `json:"recipients"`
}

type cardRequest struct {
	TemplateID    string              `json:"cardTemplateId"`
	OutTrackID    string              `json:"outTrackId"`
	CallbackType  string              `json:"callbackType"`
	RouteKey      string              `json:"callbackRouteKey"`
	Data          *paramMap           `json:"cardData"`
	Private       map[string]paramMap `json:"privateData"`
	OpenSpaceID   string              `json:"openSpaceId"`
	UserIDType    int                 `json:"userIdType"`
	GroupModel    *spaceModel         `json:"imGroupOpenSpaceModel"`
	RobotModel    *spaceModel         `json:"imRobotOpenSpaceModel"`
	GroupDeliver  *deliverModel       `json:"imGroupOpenDeliverModel"`
	RobotDeliver  *deliverModel       `json:"imRobotOpenDeliverModel"`
	UpdateOptions *updateOptions      `json:"cardUpdateOptions"`
}

// createAndDeliver is POST /v1.0/card/instances/createAndDeliver.
func (c *call) createAndDeliver() (any, error) {
	var in cardRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	made, err := s.newCardLocked(in)
	if err != nil {
		return nil, err
	}
	spaces, err := s.checkSpacesLocked(made, in)
	if err != nil {
		return nil, err
	}
	s.cards.put(made.id, made)
	return map[string]any{"success": true, "result": map[string]any{
		"outTrackId": made.id, "deliverResults": s.placeLocked(made, spaces, in),
	}}, nil
}

// createCard is the first of two steps, POST /v1.0/card/instances; deliverCard the second.
func (c *call) createCard() (any, error) {
	var in cardRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	made, err := s.newCardLocked(in)
	if err != nil {
		return nil, err
	}
	if len(made.models) == 0 {
		return nil, errParam("param.openSpaceModelInvalid", "缺少场域信息")
	}
	s.cards.put(made.id, made)
	return map[string]any{"success": true, "result": made.id}, nil
}

func (c *call) deliverCard() (any, error) {
	var in cardRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.cardLocked(in.OutTrackID)
	if err != nil {
		return nil, err
	}
	spaces, err := s.checkSpacesLocked(found, in)
	if err != nil {
		return nil, err
	}
	return map[string]any{"success": true, "result": s.placeLocked(found, spaces, in)}, nil
}

// updateCard is PUT /v1.0/card/instances. Calling it while a callback of the same card waits for its answer is forbidden
// and kept as a violation; the update is applied all the same.
func (c *call) updateCard() (any, error) {
	var in cardRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s := c.s
	s.callbackOver(in.OutTrackID)
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.cardLocked(in.OutTrackID)
	if err != nil {
		return nil, err
	}
	public, private, err := s.variablesLocked(in)
	if err != nil {
		return nil, err
	}
	if found.waiting > 0 {
		s.violateLocked("card_update_in_callback", found.id, "the card was updated while its callback waited for the answer")
	}
	opt := in.UpdateOptions
	if opt == nil {
		opt = &updateOptions{}
	}
	for who, vars := range private {
		private[who] = merge(found.private[who], vars, opt.PrivateByKey)
		if size(private[who]) > maxPrivate {
			return nil, errParam("param.invalid", "用户私有数据超过%d字节", maxPrivate)
		}
	}
	if in.Data != nil {
		found.public = merge(found.public, public, opt.DataByKey)
	}
	maps.Copy(found.private, private)
	found.updates++
	s.redrawLocked(found)
	return map[string]any{"success": true, "result": true}, nil
}

// callbackOver waits a moment while a callback of the card is unanswered.
func (s *Server) callbackOver(id string) {
	t := time.NewTimer(callbackGrace)
	defer t.Stop()
	for {
		s.mu.Lock()
		c, ok := s.cards.get(id)
		waiting, ch := ok && c.waiting > 0, s.changed
		s.mu.Unlock()
		if !waiting {
			return
		}
		select {
		case <-ch:
		case <-t.C:
			return
		}
	}
}

func (s *Server) cardLocked(id string) (*card, error) {
	if id == "" {
		return nil, errParam("param.outTrackIdEmpty", "outTrackId为空")
	}
	c, ok := s.cards.get(id)
	if !ok {
		return nil, errParam("param.cardNotExist", "卡片不存在")
	}
	return c, nil
}

// newCardLocked checks a creation and makes the card without keeping it.
func (s *Server) newCardLocked(in cardRequest) (*card, error) {
	switch {
	case in.OutTrackID == "":
		return nil, errParam("param.outTrackIdEmpty", "outTrackId为空")
	case utf8.RuneCountInString(in.OutTrackID) > maxTrackID:
		return nil, errParam("param.invalid", "outTrackId超过%d个字符", maxTrackID)
	case in.TemplateID == "":
		return nil, errParam("param.cardTemplateIdEmpty", "cardTemplateId为空")
	case in.TemplateID != s.opt.CardTemplateID:
		return nil, errParam("param.templateNotExist", "卡片模板不存在")
	case in.Data == nil || in.Data.Params == nil:
		return nil, errParam("param.cardPublicDataEmpty", "卡片公有数据为空")
	case in.CallbackType != "" && in.CallbackType != "STREAM" && in.CallbackType != "HTTP":
		return nil, errParam("param.invalid", "callbackType只能是STREAM或HTTP")
	case in.CallbackType == "HTTP" && in.RouteKey == "":
		return nil, errParam("param.invalid", "callbackType为HTTP时callbackRouteKey必填")
	}
	if _, ok := s.cards.get(in.OutTrackID); ok {
		return nil, errParam("param.cardAlreadyExist", "outTrackId对应的卡片已存在")
	}
	public, private, err := s.variablesLocked(in)
	if err != nil {
		return nil, err
	}
	c := &card{
		id: in.OutTrackID, template: in.TemplateID, callback: in.CallbackType, public: public, private: private,
		models: map[string]bool{}, spaces: map[string]bool{},
	}
	for kind, m := range map[string]*spaceModel{spaceGroup: in.GroupModel, spaceRobot: in.RobotModel} {
		if m == nil {
			continue
		}
		if m.SupportForward == nil {
			return nil, errParam("param.openSpaceModelInvalid", "supportForward必填")
		}
		c.models[kind] = true
	}
	return c, nil
}

// variablesLocked checks and decodes the public and private variables of a request.
func (s *Server) variablesLocked(in cardRequest) (public map[string]string, private map[string]map[string]string, err error) {
	if in.UserIDType != 0 && in.UserIDType != 1 && in.UserIDType != 2 {
		return nil, nil, errParam("param.invalid", "userIdType只能是1或2")
	}
	if in.Data != nil {
		if public, err = in.Data.Params.decode(); err != nil {
			return nil, nil, err
		}
	}
	private = map[string]map[string]string{}
	for who, p := range in.Private {
		if who == "" {
			return nil, nil, errParam("param.userIdEmpty", "userId为空")
		}
		if in.UserIDType == 2 {
			who = s.unions[who]
		}
		if _, ok := s.people[who]; !ok {
			return nil, nil, errParam("param.userIdNotExist", "privateData里的用户不存在")
		}
		vars, err := p.Params.decode()
		if err != nil {
			return nil, nil, err
		}
		if size(vars) > maxPrivate {
			return nil, nil, errParam("param.invalid", "用户私有数据超过%d字节", maxPrivate)
		}
		private[who] = vars
	}
	return public, private, nil
}

// decode checks keys and values: strings only, within the documented lengths.
func (p params) decode() (map[string]string, error) {
	if len(p) > maxParams {
		return nil, errParam("param.invalid", "变量过多")
	}
	out := make(map[string]string, len(p))
	for k, raw := range p {
		var v *string
		switch {
		case k == "" || len(k) > maxParamKey:
			return nil, errParam("param.invalid", "变量名%.40q为空或超过%d字节", k, maxParamKey)
		case json.Unmarshal(raw, &v) != nil || v == nil:
			return nil, errParam("param.invalid", "变量%s的值必须是字符串", k)
		case len(*v) > maxParamValue:
			return nil, errParam("param.invalid", "变量%s的值超过%d字节", k, maxParamValue)
		}
		out[k] = *v
	}
	return out, nil
}

// size is the length of variables in bytes, names and values.
func size(vars map[string]string) int {
	n := 0
	for k, v := range vars {
		n += len(k) + len(v)
	}
	return n
}

// merge applies new variables by key, or in place of all.
func merge(old, next map[string]string, byKey bool) map[string]string {
	out := map[string]string{}
	if byKey {
		maps.Copy(out, old)
	}
	maps.Copy(out, next)
	return out
}

// space is one place to deliver a card to.
type space struct{ kind, id string }

// checkSpacesLocked reads openSpaceId and checks that each kind of space has its two models.
func (s *Server) checkSpacesLocked(c *card, in cardRequest) ([]space, error) {
	if in.OpenSpaceID == "" {
		return nil, errParam("param.openSpaceIdEmpty", "openSpaceId为空")
	}
	rest, ok := strings.CutPrefix(in.OpenSpaceID, spacePrefix)
	if !ok {
		return nil, errParam("param.openSpaceIdInvalid", "openSpaceId格式不正确")
	}
	var out []space
	for _, part := range strings.Split(rest, ";") {
		kind, id, ok := strings.Cut(strings.TrimPrefix(part, spacePrefix), ".")
		sp := space{kind: strings.ToUpper(kind), id: id}
		if !ok || id == "" || sp.kind != spaceGroup && sp.kind != spaceRobot || len(out) == maxSpaces {
			return nil, errParam("param.openSpaceIdInvalid", "openSpaceId格式不正确")
		}
		if err := c.checkSpace(sp, in, s.opt.RobotCode); err != nil {
			return nil, err
		}
		out = append(out, sp)
	}
	return out, nil
}

func (c *card) checkSpace(sp space, in cardRequest, robot string) error {
	if !c.models[sp.kind] {
		return errParam("param.openSpaceModelInvalid", "缺少%s的场域信息", sp.kind)
	}
	d := in.RobotDeliver
	if sp.kind == spaceGroup {
		d = in.GroupDeliver
	}
	switch {
	case d == nil:
		return errParam("param.openDeliverModelEmpty", "缺少%s的投放信息", sp.kind)
	case sp.kind == spaceGroup && d.RobotCode != robot, d.RobotCode != "" && d.RobotCode != robot:
		return errParam("param.openDeliverModelError", "robotCode与应用不匹配")
	case sp.kind == spaceRobot && d.SpaceType != spaceRobot:
		return errParam("param.openDeliverModelError", "imRobotOpenDeliverModel.spaceType必须是IM_ROBOT")
	}
	return nil
}

// placeLocked puts the card into each space and says for each whether that went well.
func (s *Server) placeLocked(c *card, spaces []space, in cardRequest) []map[string]any {
	results := []map[string]any{}
	for _, sp := range spaces {
		r := map[string]any{"spaceType": sp.kind, "spaceId": sp.id, "success": false, "carrierId": "", "errorMsg": ""}
		key, err := s.placeOneLocked(c, sp, in)
		if err != nil {
			r["errorMsg"] = err.Error()
		} else {
			r["success"], r["carrierId"] = true, key
		}
		results = append(results, r)
	}
	return results
}

func (s *Server) placeOneLocked(c *card, sp space, in cardRequest) (string, error) {
	if c.spaces[sp.kind+"."+sp.id] {
		return "", fmt.Errorf("卡片已投放到该场域")
	}
	chat, people := "", []string(nil)
	if sp.kind == spaceGroup {
		ch := s.chats[sp.id]
		if ch == nil {
			return "", fmt.Errorf("invalid.openConversationId: 群不存在，或机器人不在群内")
		}
		chat, people = ch.ID, recipients(ch.Members, in.GroupDeliver.Recipients)
	} else {
		user := sp.id
		if in.UserIDType == 2 {
			user = s.unions[user]
		}
		if _, ok := s.people[user]; !ok {
			return "", fmt.Errorf("param.userIdNotExist: 用户不存在")
		}
		people = []string{user}
	}
	c.spaces[sp.kind+"."+sp.id] = true
	return s.sendLocked(chat, people, sim.Message{Kind: "card"}, c), nil
}

// recipients limits who of a group sees a card; nobody named is everybody.
func recipients(members, only []string) []string {
	if len(only) == 0 {
		return members
	}
	return slices.DeleteFunc(slices.Clone(members), func(m string) bool { return !slices.Contains(only, m) })
}

// cardResponse is the answer inside the acknowledgement of a card callback.
type cardResponse struct {
	Response *struct {
		Options *updateOptions `json:"cardUpdateOptions"`
		Data    *paramMap      `json:"cardData"`
		Private *paramMap      `json:"userPrivateData"`
	} `json:"response"`
}

// applyLocked changes a card by the answer to a callback and reports whether it did. UserPrivateData is for the person
// who clicked.
func (s *Server) applyLocked(c *card, person string, a *ackFrame) bool {
	if a.Code != http.StatusOK {
		return false
	}
	var r cardResponse
	if err := json.Unmarshal([]byte(a.text()), &r); err != nil {
		s.violateLocked("card_response", c.id, "the data of the acknowledgement is not a card response")
		return false
	}
	if r.Response == nil {
		return false
	}
	opt := r.Response.Options
	if opt == nil {
		opt = &updateOptions{}
	}
	public, private := c.public, c.private[person]
	for _, part := range []struct {
		in    *paramMap
		out   *map[string]string
		byKey bool
	}{{r.Response.Data, &public, opt.DataByKey}, {r.Response.Private, &private, opt.PrivateByKey}} {
		if part.in == nil {
			continue
		}
		vars, err := part.in.Params.decode()
		if err != nil {
			s.violateLocked("card_response", c.id, err.Error())
			return false
		}
		*part.out = merge(*part.out, vars, part.byKey)
	}
	if size(private) > maxPrivate {
		s.violateLocked("card_response", c.id, "private data of one person is over 1 KB")
		return false
	}
	c.public = public
	if private != nil {
		c.private[person] = private
	}
	c.updates++
	s.redrawLocked(c)
	return true
}

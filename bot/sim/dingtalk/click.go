package dingtalk

import (
	"context"

	"salesflow/bot/sim"
)

// callbackContent is the JSON inside the string "content" of a card callback.
type callbackContent struct {
	Private struct {
		ActionIDs []string       `json:"actionIds"`
		Params    map[string]any `json:"params"`
	} `json:"cardPrivateData"`
}

// cardCallback is the data of a card callback.
type cardCallback struct {
	Type       string `json:"type"`
	OutTrackID string `json:"outTrackId"`
	CorpID     string `json:"corpId"`
	UserID     string `json:"userId"`
	UserIDType int    `json:"userIdType"`
	SpaceType  string `json:"spaceType"`
	SpaceID    string `json:"spaceId"`
	Extension  string `json:"extension"`
	Content    string `json:"content"`
}

// Click taps a button of a card on the person's phone. A button that opens an address calls nobody back. With Key it
// taps the button with that action value as a device would that still shows an older face. What the bot does about it
// shows in the inbox; without a connection the tap is lost.
func (s *Server) Click(ctx context.Context, t sim.Click) error {
	s.mu.Lock()
	c, data, err := s.tapLocked(t)
	if err != nil || c == nil {
		s.mu.Unlock()
		return err
	}
	c.waiting++
	s.mu.Unlock()

	var p *push
	o := outgoing{
		typ: typeCallback, topic: topicCard, identity: c.id, attempt: 1, limit: s.opt.CardAckLimit,
		data: func(string) string { return data },
	}
	o.opened = func(x *push) { p = x }
	o.answer = func(a *ackFrame) {
		c.waiting--
		if a != nil {
			p.ack.Applied = s.applyLocked(c, t.From, a)
		}
	}
	if !s.push(ctx, o) && p == nil {
		s.mu.Lock()
		c.waiting--
		s.mu.Unlock()
	}
	return nil
}

// tapLocked finds what is tapped. A nil card without error is a tap that concerns only the phone.
func (s *Server) tapLocked(t sim.Click) (*card, string, error) {
	if s.closed {
		return nil, "", ErrClosed
	}
	if _, ok := s.people[t.From]; !ok {
		return nil, "", ErrUnknownPerson
	}
	e := s.seenLocked(t.From, t.MessageID)
	if e == nil || e.msg.Card == nil {
		return nil, "", ErrNoCard
	}
	if e.card == nil {
		return nil, "", linkOnly(e.msg.Card, t.Button)
	}
	vars := e.card.view(t.From)
	b, err := tapped(vars, t)
	if err != nil {
		return nil, "", err
	}
	if b.url != "" && t.Key == "" {
		return nil, "", nil
	}
	if e.card.callback != "STREAM" {
		return nil, "", ErrInert
	}
	values, err := typed(vars, t)
	if err != nil {
		return nil, "", err
	}
	values["action"] = b.action
	var content callbackContent
	content.Private.ActionIDs, content.Private.Params = []string{b.id}, values
	spaceType, spaceID := spaceRobot, t.From
	if e.msg.Chat != "" {
		spaceType, spaceID = spaceGroup, e.msg.Chat
	}
	return e.card, string(encode(cardCallback{
		Type: "actionCallback", OutTrackID: e.card.id, CorpID: s.opt.CorpID, UserID: t.From, UserIDType: 1,
		SpaceType: spaceType, SpaceID: spaceID, Extension: "{}", Content: string(encode(content)),
	})), nil
}

// seenLocked finds a message on a person's phone, the newest first.
func (s *Server) seenLocked(person, id string) *entry {
	box := s.inboxes[person]
	for i := len(box) - 1; i >= 0; i-- {
		if box[i].msg.ID == id {
			return box[i]
		}
	}
	return nil
}

// linkOnly checks a tap on a card whose buttons only open addresses.
func linkOnly(c *sim.Card, text string) error {
	for _, b := range c.Buttons {
		if b.Text == text {
			return nil
		}
	}
	return ErrNoButton
}

// tapped finds the button of the template: by the text shown, or by an opaque value where the face is stale.
func tapped(vars map[string]string, t sim.Click) (button, error) {
	if t.Key == "" {
		for _, b := range buttons(vars) {
			if b.text == t.Button {
				return b, nil
			}
		}
		if t.Button != "" && t.Button == vars["closed"] {
			return button{}, ErrDisabled
		}
		return button{}, ErrNoButton
	}
	found := button{id: "b1"}
	for _, b := range allButtons(vars) {
		if b.action == t.Key {
			found = b
			break
		}
		if b.text != "" && b.text == t.Button {
			found = b
		}
	}
	found.action = t.Key
	return found, nil
}

// typed are the button's params from the input line: {"input": {key: text}, key: text}. A card has one line at most, so
// a single text goes there under whatever name it was given.
func typed(vars map[string]string, t sim.Click) (map[string]any, error) {
	params := map[string]any{}
	key := vars["input_key"]
	if vars["closed"] != "" && t.Key == "" {
		key = ""
	}
	if key == "" {
		if len(t.Input) > 0 && t.Key == "" {
			return nil, ErrNoInput
		}
		for k, v := range t.Input {
			params[k] = v
		}
		params["input"] = t.Input
		if t.Input == nil {
			params["input"] = map[string]string{}
		}
		return params, nil
	}
	text, ok := t.Input[key]
	if !ok && len(t.Input) > 1 {
		return nil, ErrNoInput
	}
	for _, v := range t.Input {
		if !ok {
			text = v
		}
	}
	if len(text) > maxText {
		return nil, ErrTooLong
	}
	params[key] = text
	params["input"] = map[string]string{key: text}
	return params, nil
}

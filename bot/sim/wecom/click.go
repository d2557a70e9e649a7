package wecom

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot/sim"
)

// Click taps a button of a card, with what was chosen in its lists (question key → option id or text, several joined by
// commas). Key names a button that this phone showed at any time, as on a second device that has not caught up.
func (s *Server) Click(ctx context.Context, c sim.Click) error {
	handed, err := s.clickNow(c)
	if err != nil || handed == nil {
		return err
	}
	return s.handOver(ctx, handed, messageGap)
}

func (s *Server) clickNow(c sim.Click) (*handoff, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errClosed
	}
	p := s.dir.person(c.From)
	if p == nil {
		return nil, refuse("企业微信里没有这个人：%s", c.From)
	}
	v := s.phones.view(p.ID, c.MessageID)
	if v == nil {
		return nil, refuse("这台手机上没有这条消息")
	}
	t, err := v.hit(c)
	if err != nil || t.url != "" {
		return nil, err // a link opens on the phone; nobody is told
	}
	chosen, err := t.card.choose(c.Input, t.menu)
	if err != nil {
		return nil, err
	}
	return s.dispatch(s.clickEvent(p, v.of, t, chosen))
}

// hit finds what the finger is on.
func (v *view) hit(c sim.Click) (tap, error) {
	if c.Key != "" {
		if t, ok := v.shown[c.Key]; ok {
			return t, nil
		}
		return tap{}, refuse("这张卡片从没有过这个按钮")
	}
	if v.face != nil {
		for _, t := range v.face.taps() {
			if t.text == c.Button {
				return t, nil
			}
		}
	}
	if v.show.Card == nil {
		return tap{}, refuse("这条消息没有按钮")
	}
	for _, b := range v.show.Card.Buttons {
		if b.Text != c.Button {
			continue
		}
		if b.Enabled && b.URL != "" {
			return tap{url: b.URL}, nil
		}
		return tap{}, refuse("按钮已经变灰，点不了：%s", c.Button)
	}
	return tap{}, refuse("卡片上没有这个按钮：%s", c.Button)
}

// answer is what was chosen for one question.
type answer struct {
	key string
	ids []string
}

// choose reads what the person chose. A list left alone keeps what it shows as selected. A card without lists has no
// place for input, which is then left out as on the phone.
func (c *templateCard) choose(input map[string]string, menu bool) ([]answer, error) {
	if menu || c == nil {
		return nil, nil
	}
	questions := c.questions()
	var out []answer
	for _, q := range questions {
		a := answer{key: q.key, ids: q.selected}
		given, ok := input[q.key]
		if !ok && len(questions) == 1 && len(input) == 1 {
			for _, only := range input {
				given, ok = only, true
			}
		}
		if ok && given != "" {
			if q.disabled {
				return nil, refuse("列表已经不能改：%s", q.title)
			}
			ids, err := q.find(given)
			if err != nil {
				return nil, err
			}
			a.ids = ids
		}
		if len(a.ids) == 0 {
			return nil, refuse("还没有选：%s", q.title)
		}
		out = append(out, a)
	}
	return out, nil
}

// find turns ids or texts of options, joined by commas, into ids.
func (q question) find(given string) ([]string, error) {
	values := []string{given}
	if q.multi {
		values = strings.Split(given, ",")
	}
	var ids []string
	for _, value := range values {
		value = strings.TrimSpace(value)
		at := slices.IndexFunc(q.options, func(o cardOption) bool { return o.ID == value || o.Text == value })
		if at < 0 {
			return nil, refuse("列表里没有这一项：%s", value)
		}
		if !slices.Contains(ids, q.options[at].ID) {
			ids = append(ids, q.options[at].ID)
		}
	}
	return ids, nil
}

// clickEvent is the event of a tap: XML with a fresh response_code for the app, JSON for the robot.
func (s *Server) clickEvent(p *sim.Person, m *message, t tap, chosen []answer) *event {
	name := "template_card_event"
	if t.menu {
		name = "template_card_menu_event"
	}
	ev := &event{id: "click-" + randomHex(8), kind: name, from: p.ID, clicked: m}
	if m.via == viaRobot {
		ev.toRobot = s.robotClick(ev.id, p, m, t, chosen)
		return ev
	}
	code := s.cards.issue(m, s.opt.Clock.Now())
	ev.plain = s.eventXML(p.ID, name, func(x *xmlWriter) {
		x.text("EventKey", t.key)
		x.text("TaskId", m.task)
		x.text("CardType", t.card.CardType)
		x.text("ResponseCode", code)
		if len(chosen) > 0 {
			x.open("SelectedItems")
			for _, a := range chosen {
				x.open("SelectedItem")
				x.text("QuestionKey", a.key)
				x.open("OptionIds")
				for _, id := range a.ids {
					x.text("OptionId", id)
				}
				x.close("OptionIds")
				x.close("SelectedItem")
			}
			x.close("SelectedItems")
		}
	})
	return ev
}

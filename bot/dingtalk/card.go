package dingtalk

import (
	"context"
	"slices"
	"strings"

	"github.com/open-dingtalk/dingtalk-stream-sdk-go/payload"
	"github.com/rs/zerolog"

	"salesflow/bot"
	"salesflow/cards"
	"salesflow/cards/render"
)

// Bounds of a card (document "创建并投放卡片").
const (
	maxTrackID = 64
	maxSpaces  = 200
)

// params is a cardParamMap.
type params struct {
	Params map[string]string `json:"cardParamMap"`
}

type byKey struct {
	Data    bool `json:"updateCardDataByKey"`
	Private bool `json:"updatePrivateDataByKey"`
}

// spaceModel says how a kind of chat shows the card in its list and in the notification.
type spaceModel struct {
	SupportForward bool              `json:"supportForward"`
	LastMessage    map[string]string `json:"lastMessageI18n,omitempty"`
	Notification   *notification     `json:"notification,omitempty"`
}

type notification struct {
	Alert string `json:"alertContent"`
	Off   bool   `json:"notificationOff"`
}

type deliverModel struct {
	SpaceType string `json:"spaceType,omitempty"`
	RobotCode string `json:"robotCode"`
}

// cardCreate is the body of card/instances/createAndDeliver.
type cardCreate struct {
	Template     string            `json:"cardTemplateId"`
	OutTrackID   string            `json:"outTrackId"`
	CallbackType string            `json:"callbackType"`
	Data         params            `json:"cardData"`
	Private      map[string]params `json:"privateData,omitempty"`
	Spaces       string            `json:"openSpaceId"`
	GroupSpace   *spaceModel       `json:"imGroupOpenSpaceModel,omitempty"`
	GroupDeliver *deliverModel     `json:"imGroupOpenDeliverModel,omitempty"`
	RobotSpace   *spaceModel       `json:"imRobotOpenSpaceModel,omitempty"`
	RobotDeliver *deliverModel     `json:"imRobotOpenDeliverModel,omitempty"`
	UserIDType   int               `json:"userIdType"`
}

// cardUpdate is the body of PUT card/instances.
type cardUpdate struct {
	OutTrackID string            `json:"outTrackId"`
	Data       params            `json:"cardData"`
	Private    map[string]params `json:"privateData,omitempty"`
	UserIDType int               `json:"userIdType"`
	Options    byKey             `json:"cardUpdateOptions"`
}

// delivered is the answer of createAndDeliver.
type delivered struct {
	Result struct {
		Spaces []struct {
			SpaceID   string `json:"spaceId"`
			Success   bool   `json:"success"`
			CarrierID string `json:"carrierId"`
			ErrorMsg  string `json:"errorMsg"`
		} `json:"deliverResults"`
	} `json:"result"`
}

// render renders a card for viewers. Without buttons that are for some people only, nothing has to differ between them,
// unless every says that an earlier face may have left something.
func (a *Adapter) render(c cards.Card, viewers []bot.UserID, every bool) (render.DingTalkCard, error) {
	opt := render.DingTalkOptions{}
	if a.opt.Account != nil {
		opt.Account = func(p int64) string { return string(a.opt.Account(p)) }
	}
	if a.opt.Person != nil && (every || exclusive(c)) {
		for _, u := range viewers {
			if p := a.opt.Person(u); p != 0 {
				opt.Viewers = append(opt.Viewers, p)
			}
		}
	}
	out, err := render.DingTalk(c, opt)
	if err != nil {
		return out, &bot.SendError{Reason: bot.Rejected, Err: err}
	}
	return out, nil
}

// exclusive reports whether a card has buttons for some people only.
func exclusive(c cards.Card) bool {
	return slices.ContainsFunc(c.Buttons, func(b cards.Button) bool { return len(b.Only) > 0 })
}

func private(c render.DingTalkCard) map[string]params {
	if len(c.Private) == 0 {
		return nil
	}
	out := map[string]params{}
	for user, vars := range c.Private {
		out[user] = params{vars}
	}
	return out
}

// sendCard creates the card and puts it into its chats. The card's reference is its identity on the platform: when it
// is taken, an earlier attempt has arrived.
func (a *Adapter) sendCard(ctx context.Context, d bot.Delivery, t target) (bot.Receipt, error) {
	r, err := a.createCard(ctx, d.CardRef(), *d.Out.Card, t)
	if codeOf(err) == codeUserUnknown && exclusive(*d.Out.Card) {
		return a.createCard(ctx, d.CardRef(), forAll(*d.Out.Card), t)
	}
	return r, err
}

// forAll is the card with every button for everybody. Somebody named on a button may have left, and then the platform
// refuses the whole card; who may do what is asked again when the tap arrives.
func forAll(c cards.Card) cards.Card {
	c.Buttons = slices.Clone(c.Buttons)
	for i := range c.Buttons {
		c.Buttons[i].Only = nil
	}
	return c
}

func (a *Adapter) createCard(ctx context.Context, ref string, card cards.Card, t target) (bot.Receipt, error) {
	face, err := a.render(card, t.users, false)
	if err != nil {
		return bot.Receipt{}, err
	}
	if len(ref) > maxTrackID || len(t.users) > maxSpaces {
		return bot.Receipt{}, bot.Refused(bot.Unsupported, "card for %d people", len(t.users))
	}
	body := cardCreate{
		Template: a.opt.CardTemplateID, OutTrackID: ref, CallbackType: "STREAM", Data: params{face.Public},
		Private: private(face), UserIDType: 1,
	}
	a.address(&body, t, card.Heading())
	var out delivered
	err = a.api.do(ctx, request{api: apiCardCreate, body: body}, &out)
	if codeOf(err) == codeCardExists {
		return bot.Receipt{Ref: ref}, nil
	}
	if err != nil {
		return bot.Receipt{}, err
	}
	return placed(ref, out)
}

// address says where a card goes: one group, or the single chat with each of some people.
func (a *Adapter) address(body *cardCreate, t target, heading string) {
	heading = render.CutRunes(strings.ReplaceAll(heading, "\n", " "), 100)
	space := &spaceModel{
		LastMessage:  map[string]string{"ZH_CN": heading},
		Notification: &notification{Alert: heading},
	}
	const prefix = "dtv1.card//"
	if t.group {
		body.Spaces = prefix + "IM_GROUP." + string(t.chat)
		body.GroupSpace, body.GroupDeliver = space, &deliverModel{RobotCode: a.opt.RobotCode}
		return
	}
	spaces := make([]string, len(t.users))
	for i, u := range t.users {
		spaces[i] = "IM_ROBOT." + string(u)
	}
	body.Spaces = prefix + strings.Join(spaces, ";")
	body.RobotSpace, body.RobotDeliver = space, &deliverModel{SpaceType: "IM_ROBOT", RobotCode: a.opt.RobotCode}
}

// placed reads who was reached: HTTP 200 with a chat that was not is possible.
func placed(ref string, out delivered) (bot.Receipt, error) {
	r := bot.Receipt{Ref: ref}
	reached := 0
	for _, s := range out.Result.Spaces {
		if !s.Success {
			r.Undelivered = append(r.Undelivered, bot.UserID(s.SpaceID))
			continue
		}
		reached++
		if r.Message == "" {
			r.Message = cut(s.CarrierID, maxPlatform)
		}
	}
	if reached == 0 && len(out.Result.Spaces) > 0 {
		return bot.Receipt{}, bot.Refused(bot.NoRecipient, "card reached none of %d chats", len(out.Result.Spaces))
	}
	return r, nil
}

// Update implements bot.Updater. All copies of the card change.
func (a *Adapter) Update(ctx context.Context, d bot.Delivery, r bot.Receipt) (bot.Receipt, error) {
	if d.Out.Card == nil || r.Ref == "" || r.AsText {
		return r, bot.Refused(bot.Unsupported, "no card to change")
	}
	err := a.updateCard(ctx, r.Ref, *d.Out.Card, d.Users)
	if codeOf(err) == codeUserUnknown {
		err = a.updateCard(ctx, r.Ref, forAll(*d.Out.Card), nil)
	}
	return r, err
}

func (a *Adapter) updateCard(ctx context.Context, ref string, card cards.Card, viewers []bot.UserID) error {
	face, err := a.render(card, viewers, true)
	if err != nil {
		return err
	}
	return a.api.do(ctx, request{api: apiCardUpdate, body: cardUpdate{
		OutTrackID: ref, Data: params{face.Public}, Private: private(face), UserIDType: 1, Options: byKey{true, true},
	}}, nil)
}

// cardAnswer is what the acknowledgement of a tap says (document "事件回调"): the new variables, by key. What differs for
// the person who tapped is not keyed by person here.
type cardAnswer struct {
	Response *faceAnswer `json:"response"`
}

type faceAnswer struct {
	Options byKey   `json:"cardUpdateOptions"`
	Data    params  `json:"cardData"`
	Private *params `json:"userPrivateData,omitempty"`
}

// tap accepts a tap and answers with the card's new face. When the answer came too late, or cannot say everything, the
// face is sent as an update, which the platform forbids before the answer.
func (s *stream) tap(ctx context.Context, f *payload.DataFrame) reply {
	ev, ignored, err := decodeTap(f.Data, s.a.opt.CorpID, s.at(f))
	if r, done := s.nothing(ctx, f, ignored, err); done {
		return r
	}
	tctx, cancel := context.WithTimeout(ctx, s.a.opt.Stream.TapLimit)
	defer cancel()
	acc, err := s.intake.Accept(tctx, ev)
	if err != nil {
		return reply{code: ackFailed}
	}
	data, whole, err := s.a.answerTap(acc, ev)
	if err != nil {
		zerolog.Ctx(ctx).Error().Err(err).Str("event_id", ev.ID).Msg("face of a tapped card")
	}
	r := reply{code: ackOK, data: data}
	if acc.FaceDelivery != 0 {
		r.written = func(ctx context.Context, inTime bool) {
			s.intake.FaceSent(ctx, acc.FaceDelivery, whole && inTime)
		}
	}
	return r
}

// answerTap is the data of the acknowledgement. whole reports whether it holds all of the face: buttons for people other
// than the one who tapped cannot travel in it.
func (a *Adapter) answerTap(acc bot.Accepted, ev bot.Event) (data string, whole bool, err error) {
	const none = `{"response":null}`
	out := faceAnswer{Options: byKey{true, true}}
	switch {
	case acc.Face == nil && acc.Later:
		// What the card shows is not known here. The buttons stay: should nothing come of the tap, it can be repeated.
		out.Data = params{map[string]string{"status": working}}
	case acc.Face == nil:
		return none, true, nil
	default:
		face := *acc.Face
		if acc.Later {
			face = bot.Working(face)
		}
		c, err := a.render(face, []bot.UserID{ev.From}, !ev.Chat.Group)
		if err != nil {
			return none, false, err
		}
		out.Data = params{c.Public}
		if vars, ok := c.Private[string(ev.From)]; ok {
			out.Private = &params{vars}
			delete(c.Private, string(ev.From))
		}
		whole = len(c.Private) == 0 && !acc.Later
	}
	b, err := encode(cardAnswer{Response: &out})
	if err != nil {
		return none, false, err
	}
	return string(b), whole, nil
}

// working stands where the state was while a tap waits to be done.
const working = "处理中"

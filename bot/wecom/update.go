package wecom

import (
	"context"
	"encoding/json"

	"salesflow/bot"
	"salesflow/cards/render"
)

// cardUpdate is the body of message/update_template_card (document 94945).
type cardUpdate struct {
	AtAll        int             `json:"atall"`
	AgentID      int             `json:"agentid"`
	ResponseCode string          `json:"response_code"`
	Card         json.RawMessage `json:"template_card"`
}

// Update implements bot.Updater. A card changes for all who have it, by the code of the tap that asks for it, else by the
// code that came with the send, which is then gone from the receipt. Each code works once and for 72 hours; without one
// the error is NoUpdate. A robot's card changes only within five seconds of its own tap.
func (a *Adapter) Update(ctx context.Context, d bot.Delivery, r bot.Receipt) (bot.Receipt, error) {
	if d.Out.Card == nil {
		return r, bot.Refused(bot.Rejected, "update without a card")
	}
	t, err := a.target(d)
	switch {
	case err != nil:
		return r, err
	case r.AsText:
		return r, bot.Refused(bot.NoUpdate, "the card went out as text")
	case t.via == ViaRobot && a.robot != nil:
		return a.updateByRobot(ctx, d, r)
	case t.via != ViaApp || t.group:
		return r, bot.Refused(bot.NoUpdate, "cards in this channel do not change")
	}
	raw, err := render.WeCom(*d.Out.Card, render.WeComOptions{TaskID: sentAs(d, r), HomeURL: a.opt.HomeURL, Viewers: a.viewers(t.users), Update: true})
	if err != nil {
		return r, &bot.SendError{Reason: bot.Rejected, Err: err}
	}
	body := cardUpdate{AtAll: 1, AgentID: a.opt.AgentID, Card: raw}
	now := a.opt.Now()
	if c := d.Route; c.Code != "" && (c.Until.IsZero() || now.Before(c.Until)) {
		body.ResponseCode = c.Code
		err := a.update(ctx, body)
		if err == nil || bot.SendFailure(err).Reason != bot.NoUpdate {
			return r, err
		}
	}
	if r.Code == "" || !r.Until.IsZero() && !now.Before(r.Until) {
		return r, bot.Refused(bot.NoUpdate, "no code is left for this card")
	}
	body.ResponseCode = r.Code
	err = a.update(ctx, body)
	if err == nil || bot.SendFailure(err).Reason == bot.NoUpdate {
		r.Code = ""
	}
	return r, err
}

// sentAs is the name the card was sent under.
func sentAs(d bot.Delivery, r bot.Receipt) string {
	if r.Ref != "" {
		return r.Ref
	}
	return taskID(d)
}

// update makes the call. What the platform does not accept as a new face leaves a fresh card as the way out.
func (a *Adapter) update(ctx context.Context, body cardUpdate) error {
	err := a.api.post(ctx, "message/update_template_card", body, nil)
	if cardRefused(err) || errcode(err) == codeTaskTaken {
		return &bot.SendError{Reason: bot.NoUpdate, Err: err}
	}
	return err
}

// Recall takes a message of the app back (撤回). The platform allows it for 24 hours, and not for the robot's messages
// (document 94867).
func (a *Adapter) Recall(ctx context.Context, r bot.Receipt) error {
	if r.Message == "" {
		return bot.Refused(bot.Unsupported, "this message has no id")
	}
	return a.api.post(ctx, "message/recall", map[string]string{"msgid": r.Message}, nil)
}

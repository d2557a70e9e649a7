package wecom

import (
	"context"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/cards/render"
)

// CreateGroup makes an app group chat (应用群) into which the app can push, with at least two members of whom owner is one. It
// works only for an app whose visible range is the whole company (document 90245). The chat is empty to the members
// until something is sent.
func (a *Adapter) CreateGroup(ctx context.Context, name string, owner bot.UserID, members []bot.UserID) (bot.Chat, error) {
	if utf8.RuneCountInString(name) > 50 {
		name = render.CutRunes(name, 50)
	}
	body := struct {
		Name  string       `json:"name"`
		Owner bot.UserID   `json:"owner,omitempty"`
		Users []bot.UserID `json:"userlist"`
	}{name, owner, members}
	var out struct {
		ChatID string `json:"chatid"`
	}
	if err := a.api.post(ctx, "appchat/create", body, &out); err != nil {
		return bot.Chat{}, err
	}
	return bot.Chat{Platform: Platform, ID: bot.ChatID(out.ChatID), Group: true, Via: ViaApp}, nil
}

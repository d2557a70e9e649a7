package dingtalk

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"salesflow/bot"
)

// ReadBy implements bot.ReadTeller: who of those in single chats has read a message (document "批量查询人与机器人会话机器人消息是否已读",
// whose key a card's carrierId serves as, too). It costs one call; when the month's budget runs short it is not asked.
func (a *Adapter) ReadBy(ctx context.Context, users []bot.UserID, r bot.Receipt) ([]bot.UserID, error) {
	if r.Message == "" {
		return nil, bot.Refused(bot.Unsupported, "no key of the message")
	}
	if a.api.usage(ctx).Share() >= AlertShare {
		return nil, bot.Refused(bot.Quota, "the month's budget runs short")
	}
	var out struct {
		Infos []struct {
			User   bot.UserID `json:"userId"`
			Status string     `json:"readStatus"`
		} `json:"messageReadInfoList"`
	}
	query := url.Values{"robotCode": {a.opt.RobotCode}, "processQueryKey": {r.Message}}
	if err := a.api.do(ctx, request{api: apiReadStatus, query: query}, &out); err != nil {
		return nil, err
	}
	var read []bot.UserID
	for _, x := range out.Infos {
		i := slices.IndexFunc(users, func(u bot.UserID) bool { return strings.EqualFold(string(u), string(x.User)) })
		if x.Status == "READ" && i >= 0 && !slices.Contains(read, users[i]) {
			read = append(read, users[i])
		}
	}
	return read, nil
}

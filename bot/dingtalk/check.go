package dingtalk

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards"
)

// Finding is one thing about the set-up that was checked.
type Finding struct {
	OK bool
	// What says what was found, Where what to click when it is not right. Both are Chinese.
	What  string
	Where string
}

// Places in the developer console (开发者后台, open-dev.dingtalk.com).
const (
	whereSecret   = "开发者后台 → 应用开发 → 点开应用 → 凭证与基础信息,复制 Client ID 和 Client Secret"
	whereStream   = "开发者后台 → 点开应用 → 机器人,消息接收模式选 Stream 模式;再到 版本管理与发布 发布一版"
	whereScope    = "开发者后台 → 点开应用 → 权限管理,搜 %s,点 申请权限"
	whereRange    = "开发者后台 → 点开应用 → 权限管理 → 通讯录,把权限范围改成全部员工,或加上要用的部门"
	whereTemplate = "钉钉卡片平台 → 模板列表,复制模板 ID;模板要关联到这个应用并保存"
	whereVisible  = "开发者后台 → 点开应用 → 版本管理与发布,可见范围加上这个人"
	whereUsage    = "开发者后台 → 资源管理 → 用量明细"
	whereUpgrade  = "钉钉管理后台 → 购买专业版或 API 增购包;或不填 card_template_id,用文字模式"
	whereIP       = "开发者后台 → 点开应用 → 安全设置 → 服务器出口 IP,填服务器的出口 IP"
	whereNetwork  = "服务器的网络、代理和防火墙,放行 443 端口"
)

// Checkup is what to check besides the credentials.
type Checkup struct {
	// User, when set, is sent a test card.
	User bot.UserID
	// Edition ("standard", …) and Load tell whether the month's budget is enough; without People it is not looked at.
	Edition string
	Load    Load
}

// Check looks at the set-up: credentials, stream, contacts, card, budget. It opens no connection, which would take
// messages from the program that runs. Only User is sent something.
func (a *Adapter) Check(ctx context.Context, c Checkup) []Finding {
	_, err := a.api.tokens.token(ctx)
	out := []Finding{a.found(err, "应用凭证可用", "应用凭证不能用", whereSecret)}
	if err == nil {
		out = append(out, a.checkStream(ctx), a.checkContacts(ctx))
		if c.User != "" {
			out = append(out, a.checkCard(ctx, c.User))
		}
	}
	if a.opt.CardTemplateID == "" {
		out = append(out, Finding{OK: true, What: "没填 card_template_id,卡片都用文字发", Where: whereTemplate})
	}
	if c.Load.People > 0 {
		out = append(out, a.checkBudget(ctx, c))
	}
	return out
}

// found makes a finding of an error. What was refused for want of a permission names the permission.
func (a *Adapter) found(err error, good, bad, where string) Finding {
	if err == nil {
		return Finding{OK: true, What: good}
	}
	e := refusedWith(err)
	switch {
	case e != nil && len(e.scopes) > 0:
		return Finding{What: bad + ",缺权限 " + strings.Join(e.scopes, "、"), Where: fmt.Sprintf(whereScope, strings.Join(e.scopes, "、"))}
	case e != nil && e.code == codeNotWhite:
		return Finding{What: bad + ",服务器的 IP 不在白名单里", Where: whereIP}
	case e != nil && (e.code == codeQuota || e.code == "90020"):
		return Finding{What: bad + ",这个月的 API 调用量用完了", Where: whereUsage}
	case e != nil:
		return Finding{What: bad + "(" + orCode(e.code, e.status) + ")", Where: where}
	}
	switch f := bot.SendFailure(err); f.Reason {
	case bot.Down, bot.Unsure:
		return Finding{What: bad + ",连不上 " + host(a.opt.APIBase), Where: whereNetwork}
	case bot.Quota:
		return Finding{What: bad + ",这个月的 API 调用量用完了", Where: whereUsage}
	}
	return Finding{What: bad, Where: where}
}

func host(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "配置里的地址"
	}
	return u.Host
}

// checkStream asks the gateway for a ticket and lets it lapse.
func (a *Adapter) checkStream(ctx context.Context) Finding {
	var out struct {
		Endpoint string `json:"endpoint"`
		Ticket   string `json:"ticket"`
	}
	err := a.api.do(ctx, request{api: apiGateway, body: map[string]any{
		"clientId": a.opt.ClientID, "clientSecret": a.opt.ClientSecret, "ua": a.opt.Agent,
		"subscriptions": []map[string]string{{"type": "CALLBACK", "topic": "/v1.0/im/bot/messages/get"}},
	}}, &out)
	f := a.found(err, "Stream 网关可用", "Stream 连不上", whereStream)
	if err == nil && (out.Endpoint == "" || out.Ticket == "") {
		return Finding{What: "Stream 网关没给连接地址", Where: whereStream}
	}
	return f
}

func (a *Adapter) checkContacts(ctx context.Context) Finding {
	below, err := a.departments(ctx, rootDepartment)
	if err != nil {
		return a.found(err, "", "读不到通讯录", whereRange)
	}
	people, err := a.members(ctx, rootDepartment)
	if err != nil {
		return a.found(err, "", "读不到通讯录里的人", whereRange)
	}
	if len(below) == 0 && len(people) == 0 {
		return Finding{What: "通讯录里一个人也看不到", Where: whereRange}
	}
	return Finding{OK: true, What: fmt.Sprintf("通讯录可读:根部门下 %d 个部门、%d 人", len(below), len(people))}
}

// checkCard sends the user a card, or a text without a template.
func (a *Adapter) checkCard(ctx context.Context, user bot.UserID) Finding {
	t := target{users: []bot.UserID{user}}
	if a.opt.CardTemplateID == "" {
		_, err := a.say(ctx, t, note{text: "销售流的测试消息。收到就说明机器人能发消息。"})
		return a.found(err, "测试消息已发出", "测试消息发不出去", whereVisible)
	}
	body := cardCreate{
		Template: a.opt.CardTemplateID, OutTrackID: "sfcheck-" + strconv.FormatInt(a.opt.Now().UnixNano(), 36),
		CallbackType: "STREAM", UserIDType: 1,
	}
	card := cards.Card{
		Title: "测试卡片", Status: "能看到就对了", Level: cards.OK,
		Fields: []cards.Field{{Name: "正文", Value: "这一行在卡片中间"}},
		Note:   "下面应有一行灰字,没有按钮。", Closed: "测试 · 不用处理",
	}
	face, err := a.render(card, t.users, false)
	if err != nil {
		return Finding{What: "测试卡片生成不了", Where: whereTemplate}
	}
	body.Data = params{face.Public}
	a.address(&body, t, card.Heading())
	var out delivered
	if err = a.api.do(ctx, request{api: apiCardCreate, body: body}, &out); err == nil {
		_, err = placed(body.OutTrackID, out)
	}
	switch {
	case err != nil && bot.SendFailure(err).Reason == bot.NoRecipient:
		return Finding{What: "测试卡片没送到这个人", Where: whereVisible}
	case err == nil:
		return Finding{OK: true, What: "测试卡片已发出,看看标题、正文和灰字是不是都在", Where: whereTemplate}
	}
	return a.found(err, "", "测试卡片发不出去", whereTemplate)
}

// checkBudget compares what the team needs with what the edition has.
func (a *Adapter) checkBudget(ctx context.Context, c Checkup) Finding {
	limit := MonthlyLimit(c.Edition)
	if limit == 0 {
		return Finding{What: "不认识的版本 " + c.Edition, Where: whereUsage}
	}
	load := c.Load
	load.TextMode = load.TextMode || a.opt.CardTemplateID == ""
	need := CallsPerMonth(load)
	i := slices.IndexFunc(editions, func(e edition) bool { return e.name == c.Edition })
	what := fmt.Sprintf("%d 人一个月约要 %d 次 API 调用,%s有 %d 次", load.People, need, editions[i].chinese, limit)
	if u := a.api.usage(ctx); u.Used > 0 {
		what += fmt.Sprintf(";本月已用 %d 次,照此到月底约 %d 次", u.Used, u.Forecast(a.opt.Now()))
	}
	if float64(need) <= AlertShare*float64(limit) {
		return Finding{OK: true, What: what}
	}
	_, bigger := EditionFor(need)
	return Finding{What: what + ",不够,要" + bigger, Where: whereUpgrade}
}

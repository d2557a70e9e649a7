package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"salesflow/bot"
	"salesflow/bot/dingtalk"
	"salesflow/bot/wecom"
	"salesflow/cards"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/cache"
	"salesflow/store/sales"
)

// platforms asks the platforms themselves. Tokens go to a cache of this process, so that the credentials are tried and not
// what somebody got with them an hour ago.
func (k *checkup) platforms(ctx context.Context) []checkSection {
	if !k.cfg.WeCom.Enabled() && !k.cfg.DingTalk.Enabled() {
		return []checkSection{{"平台", []finding{bad("企业微信和钉钉都没配,没有人能找到机器人",
			"企业微信:管理后台 → 应用管理 → 自建应用,填 wecom.*;钉钉:开发者后台 → 凭证与基础信息,填 dingtalk.*")}}}
	}
	tokens, closer, err := openRedis(ctx, configs.Redis{})
	if err != nil {
		return []checkSection{{"平台", []finding{bad("内置缓存起不来:"+cause(err), "")}}}
	}
	defer func() { _ = closer() }() // in memory
	var out []checkSection
	if k.cfg.WeCom.Enabled() {
		out = append(out, checkSection{"企业微信", k.wecom(ctx, tokens)})
	}
	if k.cfg.DingTalk.Enabled() {
		out = append(out, checkSection{"钉钉", k.dingtalk(ctx, tokens)})
	}
	return out
}

func (k *checkup) wecom(ctx context.Context, tokens redis.UniversalClient) []finding {
	c := k.cfg.WeCom
	a, err := wecom.New(wecom.Options{
		CorpID: c.CorpID, AgentID: c.AgentID, Secret: c.Secret.Reveal(), ContactsSecret: c.ContactsSecret.Reveal(),
		Token: c.Token.Reveal(), EncodingAESKey: c.EncodingAESKey.Reveal(), APIBase: c.APIBase,
		Robot: wecom.RobotOptions{BotID: c.Robot.BotID, Secret: c.Robot.Secret.Reveal(), URL: c.Robot.WSURL}, Cache: cache.ForTokens(tokens), Now: k.now,
	})
	if err != nil {
		return []finding{bad("企业微信的配置不能用:"+cause(err), "核对 wecom.*")}
	}
	callback := ""
	if k.cfg.PublicURL != "" {
		callback = strings.TrimRight(k.cfg.PublicURL, "/") + c.CallbackPath
	}
	var out []finding
	for _, f := range a.Check(ctx, callback, k.robotHeld(ctx)) {
		out = append(out, found(f.OK, f.What, f.Where))
	}
	if !c.Robot.Enabled() {
		out = append(out, notice("没配智能机器人:群里 @ 不到机器人,文件只能走上传页",
			"管理后台 → 安全与管理 → 管理工具 → 智能机器人,新建,API 模式选长连接,填 wecom.robot"))
	}
	for _, n := range k.forms(configs.PlaceWeCom) {
		for _, f := range a.CheckApproval(ctx, n.Template, slices.Sorted(maps.Values(n.Fields))) {
			out = append(out, found(f.OK, f.What, f.Where))
		}
	}
	if user := k.target("wecom"); user != "" {
		out = append(out, k.sendWeCom(ctx, a, user))
	}
	return out
}

// forms are the forms of a platform's own approval that flows are decided in, each once.
func (k *checkup) forms(platform string) []configs.FlowPlace {
	var out []configs.FlowPlace
	for _, f := range k.cfg.Rules.Approval.Flows {
		known := slices.ContainsFunc(out, func(p configs.FlowPlace) bool {
			return p.Template == f.Place.Template && maps.Equal(p.Fields, f.Place.Fields)
		})
		if f.Place.Platform == platform && !known {
			out = append(out, f.Place)
		}
	}
	return out
}

// robotHeld reports whether a replica that runs holds the robot's socket: to try it then would throw that one out.
func (k *checkup) robotHeld(ctx context.Context) bool {
	if k.cfg.MySQL.DSN == "" && openable(k.cfg.DataDir) != nil {
		return false // nothing has ever run here
	}
	db, err := store.Open(ctx, storeOptions(k.cfg))
	if err != nil {
		return true // not known: do no harm
	}
	defer db.Close()
	free, err := db.Lease(ctx, "wecom.robot", db.Holder(), time.Second)
	if err != nil || !free {
		return err == nil // without the table nothing has ever run
	}
	_ = db.ReleaseLease(ctx, "wecom.robot", db.Holder()) // it runs out in a second
	return false
}

func (k *checkup) sendWeCom(ctx context.Context, a *wecom.Adapter, user string) finding {
	_, err := a.Send(ctx, bot.Delivery{
		ID: sales.ID(k.now().UnixMicro()), Kind: bot.DeliverPush, Subject: "check", Recipient: "wecom:u:" + user, Platform: wecom.Platform,
		Users: []bot.UserID{bot.UserID(user)}, Chat: bot.Chat{Platform: wecom.Platform}, CardID: sales.ID(k.now().UnixMicro()),
		Out: bot.Outgoing{Card: &cards.Card{
			Key: "check", Title: "测试卡片", Status: "能看到就对了", Level: cards.OK,
			Fields: []cards.Field{{Name: "正文", Value: "这一行在卡片中间"}}, Closed: "测试 · 不用处理",
		}}, QueuedAt: k.now(),
	})
	if err != nil {
		return bad("测试卡片发不到 "+user+":"+cause(err), "核对账号;管理后台 → 应用管理 → 点开应用 → 可见范围,加上这个人")
	}
	return ok("测试卡片已发给 " + user)
}

func (k *checkup) dingtalk(ctx context.Context, tokens redis.UniversalClient) []finding {
	c := k.cfg.DingTalk
	a, err := dingtalk.New(dingtalk.Options{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret.Reveal(), RobotCode: c.RobotCode, CardTemplateID: c.CardTemplateID,
		APIBase: c.APIBase, OAPIBase: c.OAPIBase, Cache: cache.ForTokens(tokens), Now: k.now,
	})
	if err != nil {
		return []finding{bad("钉钉的配置不能用:"+cause(err), "核对 dingtalk.*")}
	}
	var out []finding
	for _, f := range a.Check(ctx, dingtalk.Checkup{User: bot.UserID(k.target("dingtalk")), Edition: c.Edition, Load: k.load()}) {
		out = append(out, found(f.OK, f.What, f.Where))
	}
	for _, n := range k.forms(configs.PlaceDingTalk) {
		for _, f := range a.CheckApproval(ctx, n.Template) {
			out = append(out, found(f.OK, f.What, f.Where))
		}
	}
	return out
}

// load is what the people of the organisation file who are on DingTalk are expected to do in a day.
func (k *checkup) load() dingtalk.Load {
	l := dingtalk.Load{VisitsPerDay: 4, TodosPerVisit: 0.5, PushesPerDay: 3, TextMode: k.cfg.DingTalk.CardTemplateID == ""}
	for _, p := range k.org.People {
		if p.Platforms["dingtalk"] == "" {
			continue
		}
		for _, r := range p.Roles {
			if r == string(sales.RoleRep) || r == string(sales.RoleLead) {
				l.People++
				break
			}
		}
	}
	l.ApprovalsPerDay = float64(l.People) / 5
	return l
}

// found is an adapter's finding.
func found(right bool, what, where string) finding {
	if right {
		return ok(what)
	}
	return bad(what, where)
}

package wecom

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"salesflow/bot"
)

// Finding is one thing about the set-up that was checked.
type Finding struct {
	OK bool
	// What says what was found, Where what to click in the admin console when it is not right. Both are Chinese.
	What  string
	Where string
}

// Places in the admin console.
const (
	whereSecret   = "管理后台 → 应用管理 → 自建应用 → 点开应用,复制 AgentId 和 Secret;企业 ID 在 我的企业 → 企业信息 最下面"
	whereIP       = "管理后台 → 应用管理 → 点开应用 → 企业可信IP,填服务器的出口 IP,约 1 分钟生效"
	whereRange    = "管理后台 → 应用管理 → 点开应用 → 可见范围,加上要用的部门"
	whereCallback = "管理后台 → 应用管理 → 点开应用 → 接收消息 → 设置API接收,填 URL、Token、EncodingAESKey"
	whereRobot    = "管理后台 → 安全与管理 → 管理工具 → 智能机器人 → 点开机器人 → API模式,选长连接,复制 Bot ID 和 Secret"
	whereContacts = "管理后台 → 安全与管理 → 管理工具 → 通讯录同步,复制 Secret"
)

// Check looks at the set-up from here: credentials, trusted IP, visible range, callback, robot. callbackURL is the
// address the platform is to call, "" when it is not known. It sends nothing to anybody. live is true when a robot
// socket is or may be up anywhere: then no test connection is made, since it would kick that one.
func (a *Adapter) Check(ctx context.Context, callbackURL string, live bool) []Finding {
	_, err := a.api.tokens.token(ctx)
	out := []Finding{a.found(err, "应用凭证可用", "应用凭证不对或连不上", whereSecret)}
	if err == nil {
		out = append(out, a.checkRange(ctx))
	}
	if a.contacts != nil {
		_, err := a.contacts.tokens.token(ctx)
		out = append(out, a.found(err, "通讯录 Secret 可用", "通讯录 Secret 不能用", whereContacts))
	}
	out = append(out, a.checkCallback(callbackURL))
	if a.robot != nil {
		out = append(out, a.checkRobot(ctx, live))
	}
	return out
}

// found makes a finding of an error. The trusted IP has its own place, whatever was tried.
func (a *Adapter) found(err error, good, bad, where string) Finding {
	if err == nil {
		return Finding{OK: true, What: good}
	}
	if errcode(err) == codeUntrustedIP {
		return Finding{What: "服务器的 IP 不在企业可信IP里(60020)", Where: whereIP}
	}
	if code := errcode(err); code != 0 {
		return Finding{What: fmt.Sprintf("%s(错误码 %d)", bad, code), Where: where}
	}
	if e := new(bot.SendError); errors.As(err, &e) && (e.Reason == bot.Down || e.Reason == bot.Unsure) {
		return Finding{What: "连不上企业微信,检查服务器能否访问 " + hostOf(a.opt.APIBase), Where: "服务器的网络、代理和防火墙"}
	}
	return Finding{What: bad, Where: where}
}

// checkRange reads the visible range: too small a range is the most common reason why somebody gets no messages.
func (a *Adapter) checkRange(ctx context.Context) Finding {
	d, err := a.Directory(ctx)
	if err != nil {
		return a.found(err, "", "读不到通讯录", whereRange)
	}
	if len(d.Members) == 0 {
		return Finding{What: "可见范围里没有人", Where: whereRange}
	}
	f := Finding{OK: true, What: fmt.Sprintf("可见范围:%d 个部门,%d 人", len(d.Departments), len(d.Members))}
	if !slices.ContainsFunc(d.Departments, func(d Department) bool { return d.ID == rootDepartment }) {
		f.What += ";不含根部门,不能建应用群"
	}
	return f
}

// checkCallback looks at the address only: that the platform reaches it, only the platform can tell.
func (a *Adapter) checkCallback(raw string) Finding {
	if a.box.key == nil {
		return Finding{What: "没配 token 和 encoding_aes_key,收不到消息,卡片也发不出去", Where: whereCallback}
	}
	u, err := url.Parse(raw)
	if raw == "" || err != nil || u.Host == "" {
		return Finding{What: "没配 public_url,不知道回调地址", Where: whereCallback}
	}
	if u.Scheme != "https" && u.Scheme != "http" {
		return Finding{What: "回调地址要以 https:// 开头:" + raw, Where: whereCallback}
	}
	return Finding{OK: true, What: "回调地址填 " + raw + ",保存时企业微信会当场验证", Where: whereCallback}
}

// checkRobot subscribes once and hangs up.
func (a *Adapter) checkRobot(ctx context.Context, live bool) Finding {
	if live {
		return a.found(a.RobotTrouble(), "智能机器人在线", "智能机器人连不上", whereRobot)
	}
	s, err := dial(ctx, a.opt.Robot.URL)
	if err != nil {
		return Finding{What: "连不上智能机器人,检查服务器能否访问 " + hostOf(a.opt.Robot.URL), Where: "服务器的网络、代理和防火墙"}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.read(func(frame) {})
	}()
	_, err = s.call(ctx, cmdSubscribe, newReqID(), map[string]string{"bot_id": a.opt.Robot.BotID, "secret": a.opt.Robot.Secret})
	_ = s.conn.Close()
	<-ended
	return a.found(err, "智能机器人可用", "智能机器人的 Bot ID 或 Secret 不对", whereRobot)
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "配置里的地址"
	}
	return u.Host
}

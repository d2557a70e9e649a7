package configs

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Where a platform shows a value, in the words of its pages.
const (
	wecomApp      = "企业微信管理后台 → 应用管理 → 自建应用"
	wecomReceive  = wecomApp + " → 接收消息 → 设置API接收"
	wecomCompany  = "企业微信管理后台 → 我的企业 → 企业信息 → 企业ID"
	wecomRobot    = "企业微信管理后台 → 管理工具 → 智能机器人 → API模式(长连接)"
	dingtalkApp   = "钉钉开发者后台 → 应用开发 → 企业内部应用 → 凭证与基础信息"
	dingtalkCards = "钉钉开放平台 → 卡片平台 → 模板列表 → 模板ID"
)

var (
	wecomTokenForm = regexp.MustCompile(`^[A-Za-z0-9]{1,32}$`)
	aesKeyForm     = regexp.MustCompile(`^[A-Za-z0-9]{43}$`)
	editions       = []string{"standard", "professional", "exclusive"}
	logLevels      = []string{"trace", "debug", "info", "warn", "error"}
	logFormats     = []string{"json", "console"}
	clocks         = []string{ClockNatural, ClockWorking}
	// ownPaths are served by the program itself.
	ownPaths = []string{"/healthz", "/readyz", "/metrics"}
)

// reporter takes one problem of a value: its key, what is wrong, how to mend it.
type reporter func(key, what, fix string)

func (c Config) check(report reporter) {
	c.checkServer(report)
	c.WeCom.check(report)
	c.DingTalk.check(report)
	c.checkServices(report)
	c.checkChannels(report)
	c.Rules.check(report)
	c.checkPlaces(report)
	c.WorkOrders.check(report)
	c.Audit.check(report)
	checkLists(report, c.Checklists)
}

func (c Config) checkServer(report reporter) {
	hostPort(report, "listen", c.Listen, "0.0.0.0:8080", true)
	if d := c.StopDelay; d < 0 || d > maxStopDelay {
		report("stop_delay", fmt.Sprintf("%s is not between 0s and %s", spanText(d), spanText(maxStopDelay)), "write how long the load balancer takes to notice, such as 3s")
	}
	if c.PublicURL != "" {
		if u := webAddress(report, "public_url", c.PublicURL); u != nil && (u.RawQuery != "" || u.Fragment != "") {
			report("public_url", "has a query or fragment", "give scheme and host, e.g. https://bot.example.com")
		}
	}
	if c.DataDir == "" {
		report("data_dir", "is empty", "name a folder on a disk that survives restarts, e.g. ./data")
	}
	checkDSN(report, c.MySQL.DSN.Reveal())
	for i, addr := range c.Redis.Addrs {
		hostPort(report, fmt.Sprintf("redis.addrs[%d]", i), addr, "127.0.0.1:6379", false)
	}
	if c.Redis.MasterName != "" && len(c.Redis.Addrs) == 0 {
		report("redis.addrs", "is empty although master_name is set", "list the sentinels' addresses")
	}
	if c.Redis.DB < 0 || c.Redis.DB > 0 && len(c.Redis.Addrs) > 1 && c.Redis.MasterName == "" {
		report("redis.db", fmt.Sprintf("%d is not possible here", c.Redis.DB), "use 0: a cluster has one database only")
	}
	between(report, "api.per_second", c.API.PerSecond, 1, 1000)
	between(report, "api.burst", c.API.Burst, 1, 10_000)
	choice(report, "log.level", c.Log.Level, logLevels)
	choice(report, "log.format", c.Log.Format, logFormats)
	if c.OTel.Endpoint != "" {
		webAddress(report, "otel.endpoint", c.OTel.Endpoint)
	}
	if token := c.Admin.Token; token != "" && len(token) < 16 {
		report("admin.token", "is shorter than 16 characters", "make one with: openssl rand -hex 16")
	}
	if c.Admin.Token != "" && len(c.Admin.People) == 0 {
		report("admin.people", "is empty although admin.token is set", "list the ids of those who may open the jobs dashboard")
	}
}

// checkDSN catches the usual mistakes; the driver reads the rest when the store is opened.
func checkDSN(report reporter, dsn string) {
	const form = "write user:password@tcp(host:3306)/salesflow"
	address, params, _ := strings.Cut(dsn, "?")
	slash := strings.LastIndex(address, "/")
	switch {
	case dsn == "":
	case strings.Contains(dsn, "://"):
		report("mysql.dsn", "is a URL, the driver wants its own form", form)
	case slash < 0 || slash == len(address)-1:
		report("mysql.dsn", "names no database", form)
	case strings.Contains(address[:slash], "@") && !strings.Contains(address[:slash], "("):
		report("mysql.dsn", "has an address without its protocol", form)
	case strings.Contains(params, "charset=") && !strings.Contains(params, "charset=utf8mb4"):
		report("mysql.dsn", "asks for a character set other than utf8mb4", "leave charset out: the program sets it")
	}
}

func (w WeCom) check(report reporter) {
	webAddress(report, "wecom.api_base", w.APIBase)
	if !strings.HasPrefix(w.CallbackPath, "/") || slices.Contains(ownPaths, w.CallbackPath) || strings.ContainsAny(w.CallbackPath, "?# {}") {
		report("wecom.callback_path", strconv.Quote(w.CallbackPath)+" cannot be the callback's path",
			"write a path of its own such as /wecom/callback, and enter the same in "+wecomReceive)
	}
	w.checkApp(report)
	if (w.Robot.BotID == "") != (w.Robot.Secret == "") {
		missing := "wecom.robot.bot_id"
		if w.Robot.Secret == "" {
			missing = "wecom.robot.secret"
		}
		report(missing, "is missing: the robot needs its id and its secret", "copy it from "+wecomRobot)
	}
	if w.Robot.WSURL != "" {
		address(report, "wecom.robot.ws_url", w.Robot.WSURL, "wss", "ws")
	}
	for _, name := range slices.Sorted(maps.Keys(w.GroupWebhooks)) {
		if u, err := url.Parse(w.GroupWebhooks[name].Reveal()); err != nil || u.Host == "" || u.Query().Get("key") == "" {
			report("wecom.group_webhooks."+name, "is not a webhook address with its key",
				"copy the whole address: 群设置 → 消息推送(群机器人) → Webhook地址")
		}
	}
}

// checkApp checks the self-built app, which is configured wholly or not at all.
func (w WeCom) checkApp(report reporter) {
	needs := []struct {
		key    string
		filled bool
		where  string
	}{
		{"wecom.corp_id", w.CorpID != "", wecomCompany},
		{"wecom.agent_id", w.AgentID != 0, wecomApp + " → AgentId"},
		{"wecom.secret", w.Secret != "", wecomApp + " → Secret"},
		{"wecom.token", w.Token != "", wecomReceive + " → Token"},
		{"wecom.encoding_aes_key", w.EncodingAESKey != "", wecomReceive + " → EncodingAESKey"},
	}
	used := w.ContactsSecret != ""
	for _, need := range needs {
		used = used || need.filled
	}
	for _, need := range needs {
		if used && !need.filled {
			report(need.key, "is missing: the app needs all of corp_id, agent_id, secret, token, encoding_aes_key", "copy it from "+need.where)
		}
	}
	if w.AgentID < 0 {
		report("wecom.agent_id", "is negative", "copy it from "+wecomApp+" → AgentId")
	}
	if t := w.Token.Reveal(); t != "" && !wecomTokenForm.MatchString(t) {
		report("wecom.token", "is not 1 to 32 letters and digits", "copy it again from "+wecomReceive+" → Token")
	}
	if key := w.EncodingAESKey.Reveal(); key != "" {
		if !aesKeyForm.MatchString(key) {
			report("wecom.encoding_aes_key", fmt.Sprintf("is %d characters long, not 43 letters and digits", len(key)),
				"copy it again from "+wecomReceive+" → EncodingAESKey")
		} else if _, err := base64.StdEncoding.DecodeString(key + "="); err != nil {
			report("wecom.encoding_aes_key", "is not base64", "press 随机获取 beside it in "+wecomReceive)
		}
	}
}

func (d DingTalk) check(report reporter) {
	webAddress(report, "dingtalk.api_base", d.APIBase)
	webAddress(report, "dingtalk.oapi_base", d.OAPIBase)
	choice(report, "dingtalk.edition", d.Edition, editions)
	used := d.ClientID != "" || d.ClientSecret != "" || d.CorpID != "" || d.AgentID != "" || d.CardTemplateID != ""
	if used && d.ClientID == "" {
		report("dingtalk.client_id", "is missing", "copy Client ID (原 AppKey) from "+dingtalkApp)
	}
	if used && d.ClientSecret == "" {
		report("dingtalk.client_secret", "is missing", "copy Client Secret (原 AppSecret) from "+dingtalkApp)
	}
	if d.CardTemplateID != "" && !strings.HasSuffix(d.CardTemplateID, ".schema") {
		report("dingtalk.card_template_id", "does not end in .schema", "copy the whole id from "+dingtalkCards+", or leave it empty for text mode")
	}
}

func (c Config) checkServices(report reporter) {
	for _, f := range c.Customers.Complete {
		if !slices.Contains(CustomerFields, f) {
			report("customers.complete", "there is no field "+f, "use some of "+strings.Join(CustomerFields, ", "))
		}
	}
	if c.Customers.UnmergeFor < 0 {
		report("customers.unmerge_for", "is negative", "say how long a merge can be taken back, such as 7d")
	}
	if smtp := c.Mail.SMTP.Reveal(); smtp != "" {
		u, err := url.Parse(smtp)
		if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
			report("mail.smtp", "is not the address of a mail server", "write smtp://user:password@host:587 or smtps://user:password@host:465")
		}
		from, err := mail.ParseAddress(strings.TrimSpace(c.Mail.From))
		switch {
		case err != nil:
			report("mail.from", "is not a mail address", "write the sender's, e.g. salesflow@example.com, or with a name, 华东销售 <salesflow@example.com>")
		case strings.ContainsFunc(from.Address, func(r rune) bool { return r > unicode.MaxASCII || unicode.IsSpace(r) }):
			report("mail.from", "has an address with other than plain letters, which mail servers do not take",
				"a name goes before the address, e.g. 华东销售 <salesflow@example.com>")
		}
	}
	services := []struct{ key, url string }{
		{"sms", c.SMS.URL},
		{"speech", c.Speech.URL},
		{"ocr", c.OCR.URL},
		{"llm", c.LLM.URL},
		{"erp", c.ERP.URL},
		{"delivery_calendar", c.DeliveryCalendar.URL},
		{"einvoice", c.EInvoice.URL},
		{"registry", c.Registry.URL},
	}
	for _, s := range services {
		if s.url != "" {
			webAddress(report, s.key+".url", s.url)
		}
	}
	for key, tool := range map[string]Tool{"speech": c.Speech, "ocr": c.OCR} {
		if tool.URL != "" && tool.Command != "" {
			report(key+".command", "stands beside "+key+".url", "keep one of the two")
		}
	}
	if c.LLM.URL != "" && c.LLM.Model == "" {
		report("llm.model", "is missing", "name the model the endpoint shall use")
	}
}

func (r Rules) check(report reporter) {
	roles(report, "rules.approval.contract", r.Approval.Contract)
	spans(report, "rules.approval.remind_after", r.Approval.RemindAfter)
	span(report, "rules.approval.nudge_every", r.Approval.NudgeEvery)

	if r.ScanPhoto != 0 {
		span(report, "rules.scan_photo", r.ScanPhoto)
	}

	e := r.ContractEscalation
	span(report, "rules.contract_escalation.after", e.After)
	span(report, "rules.contract_escalation.next_after", e.NextAfter)
	choice(report, "rules.contract_escalation.clock", e.Clock, clocks)
	roles(report, "rules.contract_escalation.notify", e.Notify)
	roles(report, "rules.contract_escalation.next_notify", e.NextNotify)
	for i, after := range r.Approval.RemindAfter {
		if e.Clock == ClockNatural && e.After > 0 && after >= e.After {
			report(fmt.Sprintf("rules.approval.remind_after[%d]", i), fmt.Sprintf("%s is not before the escalation after %s", spanText(after), spanText(e.After)),
				"remind earlier or escalate later")
		}
	}

	l := r.ContractLimits
	between(report, "rules.contract_limits.payment_days_max", l.PaymentDaysMax, 0, 3650)
	between(report, "rules.contract_limits.prepay_percent_min", l.PrepayPercentMin, 0, 100)
	between(report, "rules.contract_limits.price_percent_min", l.PricePercentMin, 0, 100)
	between(report, "rules.contract_limits.delivery_days_min", l.DeliveryDaysMin, 0, 3650)

	span(report, "rules.promise.remind_before", r.Promise.RemindBefore)
	span(report, "rules.undo_window", r.UndoWindow)
	span(report, "rules.draft_ttl", r.DraftTTL)
	r.checkApproval(report)
	r.checkDay(report)
	r.checkFiling(report)
	r.checkLife(report)
	r.checkRuleRoles(report)
}

func (r Rules) checkDay(report reporter) {
	times := []struct {
		key string
		at  TimeOfDay
	}{
		{"rules.daily.plan", r.Daily.Plan},
		{"rules.daily.morning", r.Daily.Morning},
		{"rules.daily.report_prompt", r.Daily.ReportPrompt},
		{"rules.daily.capture", r.Daily.Capture},
	}
	for _, t := range times {
		if r.QuietHours.Hold(t.at) {
			report(t.key, fmt.Sprintf("%s lies in the quiet hours %s to %s, so it would wait", t.at, r.QuietHours.From, r.QuietHours.To),
				"choose a time outside them, or change rules.quiet_hours")
		}
	}
	if r.Daily.ReportPrompt >= r.Daily.Capture {
		report("rules.daily.capture", fmt.Sprintf("%s is not after the report prompt at %s", r.Daily.Capture, r.Daily.ReportPrompt), "capture later")
	}
}

// Hold reports whether the quiet hours hold back a push at that time of a workday. From equal to To: never.
func (q QuietHours) Hold(at TimeOfDay) bool {
	if q.From <= q.To {
		return q.From <= at && at < q.To
	}
	return at >= q.From || at < q.To
}

func hostPort(report reporter, key, addr, example string, anyHost bool) {
	host, port, err := net.SplitHostPort(addr)
	n, portErr := strconv.Atoi(port)
	if err != nil || portErr != nil || n < 0 || n > 65535 || host == "" && !anyHost {
		report(key, strconv.Quote(addr)+" is not host:port", "write e.g. "+example)
	}
}

// webAddress checks an http or https address. Plain http to another machine is allowed: there may be a proxy.
func webAddress(report reporter, key, raw string) *url.URL {
	return address(report, key, raw, "https", "http")
}

func address(report reporter, key, raw string, schemes ...string) *url.URL {
	u, err := url.Parse(raw)
	if err != nil || !slices.Contains(schemes, u.Scheme) || u.Hostname() == "" {
		report(key, "is not an address", "write it in full, e.g. "+schemes[0]+"://bot.example.com")
		return nil
	}
	if ip, err := netip.ParseAddr(u.Hostname()); key == "public_url" && err == nil && ip.IsUnspecified() {
		report(key, "is no address a phone can reach", "name the host as phones see it")
	}
	return u
}

func choice(report reporter, key, got string, choices []string) {
	if !slices.Contains(choices, got) {
		report(key, strconv.Quote(got)+" is not known", "use one of "+oneOf(choices))
	}
}

func roles(report reporter, key string, list []string) {
	if len(list) == 0 {
		report(key, "is empty", "name at least one role, such as director")
	}
	for i, role := range list {
		if !slices.Contains(Roles, role) {
			report(fmt.Sprintf("%s[%d]", key, i), strconv.Quote(role)+" is not a role", "use one of "+oneOf(Roles))
		}
	}
}

func span(report reporter, key string, d time.Duration) {
	if d <= 0 || d > 366*24*time.Hour {
		report(key, fmt.Sprintf("%s is not between nothing and a year", spanText(d)), "write a duration such as 48h, 30m or 7d")
	}
}

func spans(report reporter, key string, list []time.Duration) {
	for i, d := range list {
		span(report, fmt.Sprintf("%s[%d]", key, i), d)
	}
}

func between(report reporter, key string, n, low, high int) {
	if n < low || n > high {
		report(key, fmt.Sprintf("%d is not between %d and %d", n, low, high), "write a number in that range")
	}
}

// maxStopDelay is the longest StopDelay: supervisors kill what does not end.
const maxStopDelay = time.Minute

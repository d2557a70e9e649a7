package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/dingtalk"
	"salesflow/bot/mail"
	"salesflow/bot/sms"
	"salesflow/bot/webhook"
	"salesflow/bot/wecom"
	"salesflow/configs"
	"salesflow/scheduler"
	"salesflow/store/sales"
)

// calendar is the company's working calendar as the configuration has it.
func calendar(c configs.Config) (*sales.Calendar, error) {
	o := sales.CalendarOptions{
		QuietFrom: c.Rules.QuietHours.From.Duration(), QuietTo: c.Rules.QuietHours.To.Duration(), Regions: map[string]sales.Hours{},
	}
	work, err := configs.ParseSpan(c.Calendar.Work)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	o.WorkFrom, o.WorkTo = work.From, work.To
	for region, hours := range c.Calendar.Regions {
		h, err := configs.ParseSpan(hours)
		if err != nil {
			return nil, fmt.Errorf("calendar: %w", err)
		}
		o.Regions[region] = sales.Hours{From: h.From, To: h.To}
	}
	if o.Holidays, err = holidaySources(c.Calendar.Files); err != nil {
		return nil, err
	}
	if o.CompanyDays, err = companyDays(c.Calendar.Days); err != nil {
		return nil, err
	}
	cal, err := sales.NewCalendar(o)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	return cal, nil
}

// holidaySources are the year files, before what the program knows itself.
func holidaySources(files []string) ([]sales.HolidaySource, error) {
	var out []sales.HolidaySource
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("year file: %w", err)
		}
		book, err := sales.ParseHolidays(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("year file %s: %w", name, err)
		}
		out = append(out, book)
	}
	return append(out, sales.BundledHolidays()), nil
}

// companyDays reads the company's own days: the lines of a year file, with the region behind an @.
func companyDays(lines []string) ([]sales.CompanyDay, error) {
	var out []sales.CompanyDay
	for _, line := range lines {
		text, region, _ := strings.Cut(line, "@")
		book, err := sales.ParseHolidays(strings.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("calendar.days: %w", err)
		}
		for _, d := range book.Days() {
			out = append(out, sales.CompanyDay{SpecialDay: d, Region: strings.TrimSpace(region)})
		}
	}
	return out, nil
}

// holdUntil gives the moment until which a push that is not urgent must wait; the zero time for none.
func holdUntil(cal *sales.Calendar) func(time.Time) time.Time {
	return func(at time.Time) time.Time {
		if cal.Quiet(at) {
			return cal.NextAllowed(at)
		}
		return time.Time{}
	}
}

// holdFor is holdUntil by the days and hours of a person's region.
func holdFor(cal *sales.Calendar) func(*sales.Org, sales.PersonID, time.Time) time.Time {
	return func(org *sales.Org, person sales.PersonID, at time.Time) time.Time {
		hold := holdUntil(cal.Of(org, person))
		until := hold(at)
		for range 4 { // the person's own quiet hours, and what the calendar says of their end
			own := org.PushPref(person).QuietUntil(later(at, until))
			if own.IsZero() {
				break
			}
			if until = own; hold(own).After(own) {
				until = hold(own)
			}
		}
		return until
	}
}

// later is the later of two moments.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// together is when what is not pressing comes to a person all at once.
func together(org *sales.Org, person sales.PersonID, now time.Time) time.Time {
	return org.PushPref(person).NextGather(now)
}

// hooks are the targets of the configuration.
func hooks(c configs.Config) map[string]webhook.Target {
	out := map[string]webhook.Target{}
	for name, w := range c.Webhooks {
		out[name] = webhook.Target{URL: w.URL, Secret: w.Secret.Reveal(), Events: w.Events}
	}
	if _, taken := out["ERP"]; c.ERP.URL != "" && !taken { // orders, and what rules send to it by name
		out["ERP"] = webhook.Target{URL: c.ERP.URL, Secret: c.ERP.Secret.Reveal(), Events: []string{"order.*"}}
	}
	return out
}

// mailSender makes the sender of mail; nil when none is configured.
func mailSender(c configs.Config, files bot.FileStore, now func() time.Time) (*mail.Sender, error) {
	if c.Mail.SMTP == "" {
		return nil, nil
	}
	return mail.New(mail.Options{Server: c.Mail.SMTP.Reveal(), From: c.Mail.From, Files: files, Now: now})
}

// outside makes the senders outside the chats that are configured.
func (p *program) outside() error {
	m, err := mailSender(p.cfg, p.files, p.clock.Now)
	if err != nil {
		return err
	}
	if m != nil {
		p.pump.Senders[bot.ViaMail] = m
	}
	if p.cfg.SMS.URL != "" {
		p.pump.Senders[bot.ViaSMS] = sms.Client{URL: p.cfg.SMS.URL, Secret: p.cfg.SMS.Secret.Reveal(), Now: p.books.wall}
	}
	if len(hooks(p.cfg)) > 0 {
		p.pump.Senders[bot.ViaHook] = webhook.New(webhook.Options{Targets: hooks(p.cfg), Now: p.books.wall})
	}
	return nil
}

// hooksFor are the targets that want a kind of event; nil when there are none at all.
func hooksFor(c configs.Config) func(string) []string {
	if len(hooks(c)) == 0 {
		return nil
	}
	return webhook.New(webhook.Options{Targets: hooks(c)}).For
}

// beyond are the channels outside the chats that are configured, in the order of the fallback.
func beyond(c configs.Config) []bot.Platform {
	var out []bot.Platform
	for _, name := range c.Channels.Fallback {
		switch {
		case name == "sms" && c.SMS.URL != "" && !slices.Contains(out, bot.ViaSMS):
			out = append(out, bot.ViaSMS)
		case name == "mail" && c.Mail.SMTP != "" && !slices.Contains(out, bot.ViaMail):
			out = append(out, bot.ViaMail)
		}
	}
	return out
}

// chats are the platforms on which a push that did not arrive is tried again.
func chats(c configs.Config) []bot.Platform {
	var out []bot.Platform
	if !slices.Contains(c.Channels.Fallback, "chat") {
		return nil
	}
	if c.WeCom.Enabled() {
		out = append(out, wecom.Platform)
	}
	if c.DingTalk.Enabled() {
		out = append(out, dingtalk.Platform)
	}
	return out
}

// decideChannels registers what is decided about deliveries and the calendar.
func (p *program) decideChannels(cal *sales.Calendar) {
	scheduler.RegisterDigests(p.engine, scheduler.Digests{Calendar: cal, Limit: p.cfg.Channels.PushesPerHour, HoldFor: holdFor(cal), Rules: p.rules})
	scheduler.RegisterBounces(p.engine)
	scheduler.RegisterFallback(p.engine, scheduler.Fallback{Calendar: cal, Chats: chats(p.cfg), Beyond: beyond(p.cfg), Rules: p.rules})
	scheduler.RegisterYears(p.engine, scheduler.Years{Calendar: cal, Replan: p.replan})
	if year := scheduler.UnknownYear(cal, p.clock.Now()); year != 0 {
		p.log.Warn().Int("year", year).Msg("the holidays of a year are not known; its weekends count alone")
	}
}

// channels looks at the channels outside the chats.
func (k *checkup) channels(ctx context.Context) []finding {
	var out []finding
	m, err := mailSender(k.cfg, nil, k.now)
	switch {
	case err != nil:
		out = append(out, bad("邮件用不了:"+cause(err), "检查 mail.smtp 和 mail.from"))
	case m == nil:
		out = append(out, ok("没配邮件"))
	default:
		out = append(out, k.mailServer(ctx, m))
	}
	if k.cfg.SMS.URL == "" {
		out = append(out, ok("没配短信"))
	} else {
		out = append(out, ok("短信网关 "+hostOf(k.cfg.SMS.URL)+"(检查时不发短信)"))
	}
	for _, name := range slices.Sorted(maps.Keys(k.cfg.Webhooks)) {
		w := k.cfg.Webhooks[name]
		if len(w.Events) == 0 {
			out = append(out, notice("webhook "+name+" 没写要哪些事件,只有规则会发给它", "在 webhooks."+name+".events 里写 contract.* 这样的"))
			continue
		}
		out = append(out, ok("webhook "+name+" → "+w.Host()+":"+strings.Join(w.Events, "、")))
	}
	return append(out, k.fallback())
}

func (k *checkup) mailServer(ctx context.Context, m *mail.Sender) finding {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	err := m.Ping(ctx)
	var e *bot.SendError
	switch {
	case err == nil:
		return ok("邮件服务器收我们,发件人 " + k.cfg.Mail.From)
	case errors.As(err, &e) && e.Reason == bot.BadToken:
		return bad("邮件服务器不认用户名和密码", "改 mail.smtp 里的用户名和密码;企业邮箱常要用单独的客户端密码")
	case errors.As(err, &e) && e.Reason == bot.Permission:
		return bad("和邮件服务器谈不成 TLS:"+cause(e.Err), "端口 465 写 smtps://,587 写 smtp://;自签证书要装到系统里")
	}
	return bad("连不上邮件服务器:"+cause(err), "检查 mail.smtp 的地址和端口,以及到它的网络")
}

// fallback says in which order people are reached.
func (k *checkup) fallback() finding {
	names := []string{"聊天"}
	if len(chats(k.cfg)) > 1 {
		names = append(names, "另一个平台")
	}
	for _, via := range beyond(k.cfg) {
		names = append(names, map[bot.Platform]string{bot.ViaSMS: "短信", bot.ViaMail: "邮件"}[via])
	}
	if len(names) == 1 {
		return notice("推送没送到时没有别的渠道", "配 sms 或 mail,急事就不会因为一个平台停了而丢")
	}
	f := ok("推送没送到时依次换:" + strings.Join(names, " → "))
	if missing := k.withoutAddress(); len(missing) > 0 {
		f = notice(f.what+";没有手机也没有邮箱:"+strings.Join(missing, "、"), "在组织文件里给他们写 phone 或 mail")
	}
	return f
}

// withoutAddress are people of the organisation file whom no channel outside the chats reaches.
func (k *checkup) withoutAddress() []string {
	var out []string
	list := beyond(k.cfg)
	for _, p := range k.org.People {
		bySMS := p.Phone != "" && slices.Contains(list, bot.ViaSMS)
		byMail := p.Mail != "" && slices.Contains(list, bot.ViaMail)
		if len(list) > 0 && !p.Left && !bySMS && !byMail && len(out) < 10 {
			out = append(out, p.Name)
		}
	}
	return out
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}

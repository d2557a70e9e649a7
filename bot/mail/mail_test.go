package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"salesflow/bot"
	"salesflow/bot/mail"
	"salesflow/bot/mail/mailtest"
	"salesflow/cards"
	"salesflow/store/sales"
)

var noon = time.Date(2026, 3, 11, 4, 0, 0, 0, time.UTC)

// drawer keeps one file.
type drawer []byte

func (d drawer) Open(context.Context, sales.ID) (io.ReadCloser, string, string, error) {
	if d == nil {
		return nil, "", "", errors.New("no such file")
	}
	return io.NopCloser(bytes.NewReader(d)), "对账单.pdf", "application/pdf", nil
}

func sender(t *testing.T, s *mailtest.Server, change ...func(*mail.Options)) *mail.Sender {
	t.Helper()
	o := mail.Options{Server: s.URL(), From: "bot@example.com", Files: drawer("%PDF"), TLS: s.TLS(), Now: func() time.Time { return noon }}
	for _, c := range change {
		c(&o)
	}
	out, err := mail.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func to(out bot.Outgoing, addr ...bot.UserID) bot.Delivery {
	return bot.Delivery{ID: 7, Platform: bot.ViaMail, Users: addr, Out: out}
}

func TestTheSendersNameIsWhatTheConfigurationSays(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"bot@example.com":              "销售流",
		"华东销售 <bot@example.com>":       "华东销售",
		"\"华东, 销售\" <bot@example.com>": "华东, 销售",
		" Sales <bot@example.com> ":    "Sales",
	} {
		s := mailtest.New(t, mailtest.Options{Plain: true})
		named := func(o *mail.Options) { o.From = from }
		if _, err := sender(t, s, named).Send(t.Context(), to(text("到期提醒"), "cfo@hospital.cn")); err != nil {
			t.Fatal(err)
		}
		m := s.Mails("cfo@hospital.cn")[0]
		got, err := netmail.ReadMessage(strings.NewReader(m.Raw))
		if err != nil {
			t.Fatal(err)
		}
		a, err := got.Header.AddressList("From")
		if err != nil || len(a) != 1 || a[0].Name != want || a[0].Address != "bot@example.com" || m.From != "bot@example.com" {
			t.Errorf("%q: from %v (%v), envelope %q", from, a, err, m.From)
		}
	}
	for _, from := range []string{"", "华东销售", "华东销售 bot@example.com", "a@b.cn, c@d.cn", "a@b.cn\r\nBcc: x@y.cn"} {
		if _, err := mail.New(mail.Options{Server: "smtp://127.0.0.1:1?tls=off", From: from, Now: func() time.Time { return noon }}); err == nil {
			t.Errorf("%q is a sender", from)
		}
	}
}

func text(s string) bot.Outgoing { return bot.Outgoing{Text: s} }

func TestAMailArrivesWithItsChineseWords(t *testing.T) {
	t.Parallel()
	servers := map[string]mailtest.Options{
		"STARTTLS":               {User: "u", Password: "p"},
		"TLS from the beginning": {Implicit: true, User: "u", Password: "p"},
		"relay without TLS":      {Plain: true},
	}
	for name, o := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := mailtest.New(t, o)
			subject := "3月对账单 · 绍兴市立医院 · 请核对全自动生化分析仪的应收与已收两笔款项再回传盖章件"
			r, err := sender(t, s).Send(t.Context(), to(bot.Outgoing{Mail: &bot.Mail{
				Subject: subject, Text: "应收 ¥1,280,000.00\n.\n第二段", Files: []bot.File{{ID: 1, Name: "对账单 3月.pdf"}},
			}}, "cfo@hospital.cn"))
			if err != nil {
				t.Fatal(err)
			}
			m := s.Mails("cfo@hospital.cn")[0]
			if m.Subject != subject || m.ID != r.Message || m.From != "bot@example.com" {
				t.Errorf("subject %q, id %q, from %q", m.Subject, m.ID, m.From)
			}
			if got := strings.ReplaceAll(m.Text, "\r\n", "\n"); got != "应收 ¥1,280,000.00\n.\n第二段" {
				t.Errorf("text %q", got)
			}
			if string(m.Files["对账单 3月.pdf"]) != "%PDF" {
				t.Errorf("attachments %v", m.Files)
			}
			for line := range strings.SplitSeq(strings.SplitN(m.Raw, "\r\n\r\n", 2)[0], "\r\n") {
				if len(line) > 998 || strings.IndexFunc(line, func(r rune) bool { return r > 126 }) >= 0 {
					t.Errorf("header line %q is not plain", line)
				}
			}
		})
	}
}

func TestNobodyPutsAHeaderIntoAMail(t *testing.T) {
	t.Parallel()
	s := mailtest.New(t, mailtest.Options{Plain: true})
	_, err := sender(t, s).Send(t.Context(), to(bot.Outgoing{Mail: &bot.Mail{
		Subject: "你好\r\nBcc: all@example.com\r\n\r\n正文", Text: "好", Files: []bot.File{{ID: 1, Name: "a\"\r\nX-Bad: 1\r\n.pdf"}},
	}}, "a@b.cn"))
	if err != nil {
		t.Fatal(err)
	}
	m := s.Mails("")[0]
	if m.Header.Get("Bcc") != "" || len(m.To) != 1 || strings.Contains(m.Raw, "\r\nX-Bad") || !strings.Contains(m.Subject, "Bcc: all@example.com 正文") {
		t.Errorf("a header was put in:\n%s", m.Raw)
	}
	for _, bad := range []bot.UserID{"a@b.cn\r\nRCPT TO:<c@d.cn>", "", "周敏 <a@b.cn>", "a@b.cn,c@d.cn", "nobody"} {
		if _, err := sender(t, s).Send(t.Context(), to(bot.Outgoing{Text: "好"}, bad)); bot.SendFailure(err).Reason != bot.NoRecipient {
			t.Errorf("address %q: %v", bad, err)
		}
	}
}

func TestACardIsReadableAsMail(t *testing.T) {
	t.Parallel()
	s := mailtest.New(t, mailtest.Options{Plain: true})
	card := cards.Card{
		Title: "合同超时未审", Status: "HT2026-018", Fields: []cards.Field{{Name: "已等", Value: "51 小时"}},
		Buttons: []cards.Button{{Text: "同意", Action: cards.Action{Verb: "contract.approve"}, Typed: "同意 HT2026-018"}},
	}
	if _, err := sender(t, s).Send(t.Context(), to(bot.Outgoing{Card: &card}, "a@b.cn")); err != nil {
		t.Fatal(err)
	}
	m := s.Mails("")[0]
	if m.Subject != "合同超时未审 · HT2026-018" || !strings.Contains(m.Text, "51 小时") || !strings.Contains(m.Text, "同意 HT2026-018") {
		t.Errorf("%s\n%s", m.Subject, m.Text)
	}
}

func TestWhatTheServerSaysDecidesWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	s := mailtest.New(t, mailtest.Options{User: "u", Password: "p"})
	s.Refuse("gone@b.cn", "550 no such user")
	s.Refuse("busy@b.cn", "451 come again")
	text := bot.Outgoing{Text: "好"}
	tests := []struct {
		name   string
		who    bot.UserID
		change func(*mail.Options)
		reason bot.Reason
		retry  bool
	}{
		{"没有这个人", "gone@b.cn", nil, bot.NoRecipient, false},
		{"叫等会儿再来", "busy@b.cn", nil, bot.Throttled, true},
		{"密码不对", "a@b.cn", func(o *mail.Options) { o.Server = strings.Replace(o.Server, "u:p@", "u:x@", 1) }, bot.BadToken, true},
		{"没人在", "a@b.cn", func(o *mail.Options) { o.Server = "smtp://127.0.0.1:1" }, bot.Down, true},
		{"附件打不开", "a@b.cn", func(o *mail.Options) { o.Files = drawer(nil) }, bot.Rejected, false},
		{"证书不认", "a@b.cn", func(o *mail.Options) { o.TLS = &tls.Config{MinVersion: tls.VersionTLS12} }, bot.Permission, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := text
			if tt.reason == bot.Rejected {
				o = bot.Outgoing{Mail: &bot.Mail{Subject: "x", Text: "x", Files: []bot.File{{ID: 1}}}}
			}
			var change []func(*mail.Options)
			if tt.change != nil {
				change = append(change, tt.change)
			}
			_, err := sender(t, s, change...).Send(t.Context(), to(o, tt.who))
			if f := bot.SendFailure(err); err == nil || f.Reason != tt.reason || f.Retry != tt.retry {
				t.Errorf("%v, retry %v, want %s, %v", err, err != nil && f.Retry, tt.reason, tt.retry)
			}
			if err != nil && strings.Contains(err.Error(), "u:x") {
				t.Errorf("the password is told: %v", err)
			}
		})
	}
}

func TestAPasswordDoesNotGoOutInTheClear(t *testing.T) {
	t.Parallel()
	for _, server := range []string{"smtp://u:secret@host:25?tls=off", "http://host", "smtp://", "smtp://host:x"} {
		_, err := mail.New(mail.Options{Server: server, From: "a@b.cn", Now: func() time.Time { return noon }})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", server, err)
		}
	}
	s := mailtest.New(t, mailtest.Options{Plain: true})
	plain := sender(t, s, func(o *mail.Options) { o.Server = strings.TrimSuffix(o.Server, "?tls=off") })
	if _, err := plain.Send(t.Context(), to(bot.Outgoing{Text: "好"}, "a@b.cn")); err == nil || len(s.Mails("")) > 0 {
		t.Errorf("sent without TLS: %v", err)
	}
}

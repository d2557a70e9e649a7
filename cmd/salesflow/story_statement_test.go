package main

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/mail/mailtest"
	"salesflow/bot/sim"
	"salesflow/configs"
)

var statementLink = regexp.MustCompile(`http://[^\s]+/s/[A-Za-z0-9_-]+`)

func TestAStatementIsConfirmedOrDisputed(t *testing.T) {
	t.Parallel()
	onBothWithDelivery(t, func(t *testing.T, s *bottest.Story, w world) {
		finance, rep := s.As("吴桐").Skip(), s.As("周敏").Skip()
		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		finance.Say("回款 绍兴市立医院 5万")
		finance.ExpectCard("HK2026-001")
		rep.Skip()
		rep.Say("对账单 绍兴市立医院 本月")
		card := rep.ExpectCard("对账单 2026年3月", "绍兴市立医院", "期初 ¥0.00", "¥200,000.00", "¥50,000.00", "期末 ¥150,000.00")
		text := rep.ExpectText("点开就能确认").Text
		s.Settle()
		rep.ExpectText("对账单做好了")
		file := w.lastFile(t, "zhoumin")
		if got := strings.Join(file.rows[len(file.rows)-1], " "); !strings.Contains(got, "期末") || !strings.Contains(got, "150000.00") {
			t.Errorf("the file ends with %q", got)
		}
		link := statementLink.FindString(text)
		page := body(t, http.MethodGet, link)
		if !strings.Contains(page, "¥150,000.00") || !strings.Contains(page, "绍兴市立医院") {
			t.Fatalf("the customer sees:\n%s", page)
		}
		if bad := post(t, link, url.Values{"answer": {"other"}, "amount": {"很多"}}); !strings.Contains(bad, "金额没看懂") {
			t.Errorf("an amount nobody can read is answered:\n%s", bad)
		}
		finance.Skip()
		// 157,500 is five percent more: it passes. One fen more does not.
		rep.Say("对账单 绍兴市立医院 3月 对方 157,500")
		rep.ExpectCard("已确认", "差 ¥7,500.00")
		card.ExpectUpdate("已确认")
		if page := body(t, http.MethodGet, link); !strings.Contains(page, "已经答复过") {
			t.Errorf("an answered link still shows:\n%s", page)
		}
		rep.Skip()
		rep.Say("对账单 绍兴市立医院 3月") // asked for again it does not throw the answer away
		rep.ExpectText("客户已经答复过了,数没变", "对账单 绍兴市立医院 3月 重出")
		rep.Skip()
		rep.Say("对账单 绍兴市立医院 3月 重出")
		rep.ExpectCard("对账单 2026年3月")
		link = statementLink.FindString(rep.ExpectText("点开就能确认").Text)
		if done := post(t, link, url.Values{"answer": {"other"}, "amount": {"157500.01"}}); !strings.Contains(done, "收到,谢谢") {
			t.Fatalf("the answer is answered:\n%s", done)
		}
		finance.ExpectCard("对账差异", "我方 ¥150,000.00", "对方 ¥157,500.01", "¥7,500.01")
		other := s.As("李强").Skip()
		other.Say("对账单 绍兴市立医院 3月")
		other.ExpectText("他的上级和财务能出").Without("¥")

		// Who has paid too much says so: phones have no minus beside the digits.
		finance.Say("回款 绍兴市立医院 20万")
		finance.ExpectCard("HK2026-002")
		rep.Skip()
		rep.Say("对账单 绍兴市立医院 3月 重出")
		rep.ExpectCard("期末 -¥50,000.00")
		link = statementLink.FindString(rep.ExpectText("点开就能确认").Text)
		if page := body(t, http.MethodGet, link); !strings.Contains(page, "期末多付") || !strings.Contains(page, "<strong>¥50,000.00</strong>") {
			t.Errorf("a customer that is owed sees:\n%s", page)
		}
		rep.Skip()
		if done := post(t, link, url.Values{"answer": {"other"}, "amount": {"49000"}, "prepaid": {"1"}}); !strings.Contains(done, "收到,谢谢") {
			t.Fatalf("the answer is answered:\n%s", done)
		}
		rep.ExpectCard("对方 -¥49,000.00", "差 ¥1,000.00")
	})
}

func post(t *testing.T, link string, form url.Values) string {
	t.Helper()
	res, err := http.PostForm(link, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAStatementGoesToTheCustomersMail(t *testing.T) {
	t.Parallel()
	boxes := map[string]*mailtest.Server{}
	for _, p := range []string{sim.WeCom, sim.DingTalk} {
		boxes[p] = mailtest.New(t, mailtest.Options{Plain: true})
	}
	onBothChanged(t, func(_ *testing.T, platform string, o *demoOptions) {
		settingUp(o, func(c *configs.Config) {
			c.Mail = configs.Mail{SMTP: configs.Secret(boxes[platform].URL()), From: "bot@example.com"}
		})
	}, func(t *testing.T, s *bottest.Story, _ world, platform string) {
		finance := s.As("吴桐").Skip()
		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		finance.Say("开票资料 绍兴市立医院 邮箱 cw@example.com")
		finance.ExpectText("记下了", "cw@example.com")
		finance.Say("对账单 绍兴市立医院 本月")
		finance.ExpectCard("对账单 2026年3月")
		s.Settle()
		finance.ExpectText("对账单做好了", "已发到客户邮箱 cw@example.com")
		got := boxes[platform].Wait(t, "cw@example.com", 1)[0]
		link := statementLink.FindString(got.Text)
		if !strings.Contains(got.Subject, "对账单") || len(got.Files) != 2 || link == "" {
			t.Fatalf("mailed %q with %d files: %s", got.Subject, len(got.Files), got.Text)
		}
		if done := post(t, link, url.Values{"answer": {"same"}}); !strings.Contains(done, "收到,谢谢") {
			t.Errorf("the answer is answered:\n%s", done)
		}
		finance.ExpectText("绍兴市立医院确认了")
	})
}

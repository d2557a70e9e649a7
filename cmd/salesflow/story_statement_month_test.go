package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/mail/mailtest"
	"salesflow/bot/sim"
	"salesflow/configs"
)

// On the first workday the statements of the month before are there for finance to look through, and one tap sends them.
func TestAMonthsStatementsGoOutWithOneTap(t *testing.T) {
	t.Parallel()
	boxes := map[string]*mailtest.Server{}
	for _, p := range []string{sim.WeCom, sim.DingTalk} {
		boxes[p] = mailtest.New(t, mailtest.Options{Plain: true})
	}
	onBothChanged(t, func(_ *testing.T, platform string, o *demoOptions) {
		o.start = time.Date(2026, 4, 1, 9, 0, 0, 0, time.FixedZone("", 8*3600)) // a Wednesday
		settingUp(o, func(c *configs.Config) {
			c.Mail = configs.Mail{SMTP: configs.Secret(boxes[platform].URL()), From: "bot@example.com"}
		})
	}, func(t *testing.T, s *bottest.Story, _ world, platform string) {
		finance, rep, other := s.As("吴桐").Skip(), s.As("周敏").Skip(), s.As("李强").Skip()
		finance.Say("开票 HT2026-018 20万 3月20日")
		finance.ExpectCard("FP2026-001")
		finance.Say("开票资料 绍兴市立医院 邮箱 cw@example.com")
		finance.ExpectText("记下了")
		finance.Say("回款 宁波市立医院 5万 3月31日")
		finance.ExpectCard("HK2026-001")
		finance.Say("回款 温州中心医院 1万 3月30日")
		finance.ExpectCard("HK2026-002")
		for _, p := range []*bottest.Phone{finance, rep, other} {
			p.Skip()
		}
		s.FastForward(12 * time.Minute)
		batch := finance.ExpectCard("2026年3月对账单", "3 家", "2 家没邮箱要人转", "绍兴市立医院 期末 ¥200,000.00")
		rep.ExpectNothingElse()
		batch.Click("看名单")
		finance.ExpectText("2026年3月对账单 · 全部", "绍兴市立医院 期末 ¥200,000.00 · 待发", "宁波市立医院 期末 -¥50,000.00 · 待发,没邮箱")
		// What is behind a figure, and one that is kept back.
		finance.Say("对账单 绍兴市立医院 3月 明细")
		finance.ExpectText("期初 ¥0.00", "开票 FP2026-001", "期末 ¥200,000.00")
		finance.Say("对账单 温州中心医院 3月")
		finance.ExpectCard("待发,客户还没收到").Click("不发").ExpectUpdate("不发,客户还没收到")
		// What changes after finance has looked is not sent unseen.
		finance.Say("回款 宁波市立医院 1万 3月31日")
		finance.ExpectCard("HK2026-003")
		rep.Say("对账单 3月 发出")
		rep.ExpectText("由财务、总监来发")
		finance.Skip()
		batch.Click("发出 3 家").ExpectUpdate("吴桐在发")
		s.Settle()
		s.FastForward(2 * time.Minute)
		finance.ExpectCard("发出 1 家,邮件 1 家", "1 家的数在你看过以后变了", "待发 1 家", "不发 1 家")
		rep.ExpectCard("2026年3月对账单已发", "你的 1 家", "邮件 1 家")
		got := boxes[platform].Wait(t, "cw@example.com", 1)[0]
		link := statementLink.FindString(got.Text)
		if !strings.Contains(got.Subject, "2026年3月对账单") || len(got.Files) != 2 || link == "" {
			t.Fatalf("mailed %q with %d files: %s", got.Subject, len(got.Files), got.Text)
		}
		finance.Say("对账单 3月 发出")
		finance.ExpectCard("吴桐在发")
		s.Settle()
		s.FastForward(2 * time.Minute)
		finance.ExpectCard("发出 1 家,邮件 0 家", "没回 2 家")
		other.ExpectCard("2026年3月对账单已发", "没邮箱", "要你转 1 家").Click("看没邮箱的")
		other.ExpectText("宁波市立医院 期末 -¥60,000.00", "没回,没邮箱").Without("绍兴")
		// The customer does not agree: more than 5 % less. Its keeper and finance hear of it.
		if done := post(t, link, url.Values{"answer": {"other"}, "amount": {"150000"}}); !strings.Contains(done, "收到,谢谢") {
			t.Fatalf("the answer is answered:\n%s", done)
		}
		finance.ExpectCard("对账差异", "对方 ¥150,000.00")
		rep.ExpectCard("对账差异", "绍兴市立医院").Click("看明细")
		rep.ExpectText("开票 FP2026-001")
		finance.Say("对账单 3月 有出入")
		finance.ExpectText("2026年3月对账单 · 有出入", "对方 ¥150,000.00").Without("宁波")
		finance.Say("对账单 3月 清单")
		s.Settle()
		finance.ExpectText("3 家的对账单")
		// Neither redelivered due rows nor the next day make them again.
		s.FastForward(24 * time.Hour)
		finance.Say("对账单 3月")
		finance.ExpectCard("2026年3月对账单", "3 家", "有出入 1 家").Without("待发")
		if n := len(boxes[platform].Wait(t, "cw@example.com", 1)); n != 1 {
			t.Errorf("%d mails for one statement", n)
		}
	})
}

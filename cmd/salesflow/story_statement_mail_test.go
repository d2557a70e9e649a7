package main

import (
	"context"
	"testing"
	"time"

	"salesflow/bot/bottest"
	"salesflow/bot/mail/mailtest"
	"salesflow/bot/sim"
	"salesflow/configs"
	"salesflow/store"
	"salesflow/store/sales"
)

// withMail tells a story on both platforms with a mail server each.
func withMail(t *testing.T, story func(t *testing.T, s *bottest.Story, w world, box *mailtest.Server)) {
	t.Helper()
	t.Parallel()
	boxes := map[string]*mailtest.Server{}
	for _, p := range []string{sim.WeCom, sim.DingTalk} {
		boxes[p] = mailtest.New(t, mailtest.Options{Plain: true})
	}
	onBothChanged(t, func(_ *testing.T, platform string, o *demoOptions) {
		settingUp(o, func(c *configs.Config) {
			c.Mail = configs.Mail{SMTP: configs.Secret(boxes[platform].URL()), From: "bot@example.com"}
		})
	}, func(t *testing.T, s *bottest.Story, w world, platform string) { story(t, s, w, boxes[platform]) })
}

func (w world) statement(t *testing.T, customer string) (out sales.Statement) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		for _, c := range w.master(t).Customers {
			if c.Name == customer {
				var err error
				out, err = tx.StatementOf(ctx, c.ID, sales.NewDay(2026, 3, 1))
				return err
			}
		}
		t.Fatalf("no customer %s", customer)
		return nil
	})
	return out
}

// A mail that the customer's server refuses comes back to whoever sent it, with what to do; the mended address takes it.
func TestAStatementWhoseMailComesBackSaysSo(t *testing.T) {
	withMail(t, func(t *testing.T, s *bottest.Story, w world, box *mailtest.Server) {
		finance := s.As("吴桐").Skip()
		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		finance.Say("开票资料 绍兴市立医院 邮箱 gone@example.com")
		finance.ExpectText("记下了")
		box.Refuse("gone@example.com", "550 5.1.1 no such user")
		finance.Say("对账单 绍兴市立医院 本月")
		finance.ExpectCard("对账单 2026年3月")
		s.Settle()
		finance.ExpectCard("没送到 gone@example.com", "见下面的新卡片")
		back := finance.ExpectCard("对账单 2026年3月", "没送到 gone@example.com", "没有这个信箱", "开票资料 绍兴市立医院 邮箱").ExpectButtons("重新发", "客户确认", "看明细", "要文件")
		finance.Skip()
		finance.Say("对账单 3月 没回")
		finance.ExpectText("绍兴市立医院", "邮件退回")
		finance.Say("开票资料 绍兴市立医院 邮箱 cw@example.com")
		finance.ExpectText("cw@example.com")
		back.Click("重新发")
		s.Settle()
		back.ExpectUpdate("客户不一致就发").Without("没送到")
		if got := box.Wait(t, "cw@example.com", 1)[0]; len(got.Files) != 2 {
			t.Errorf("mailed with %d files", len(got.Files))
		}
		if st := w.statement(t, "绍兴市立医院"); st.MailTrouble != "" || st.MailedTo != "cw@example.com" {
			t.Errorf("the statement says %q to %q", st.MailTrouble, st.MailedTo)
		}
		if n := w.audited(t, "statement.bounced"); n != 1 {
			t.Errorf("bounced %d times in the trace", n)
		}
	})
}

// A server that puts the mail off for good counts as one that refuses it, and whoever sent it learns it once.
func TestAStatementWhoseMailIsPutOffForGoodSaysSo(t *testing.T) {
	withMail(t, func(t *testing.T, s *bottest.Story, _ world, box *mailtest.Server) {
		finance := s.As("吴桐").Skip()
		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		finance.Say("开票资料 绍兴市立医院 邮箱 full@example.com")
		finance.ExpectText("记下了")
		box.Refuse("full@example.com", "452 4.2.2 mailbox full")
		finance.Say("对账单 绍兴市立医院 本月")
		finance.ExpectCard("对账单 2026年3月")
		s.Settle()
		finance.ExpectText("对账单做好了")
		s.FastForward(30 * time.Hour)
		finance.ExpectCard("对账单 2026年3月", "没送到 full@example.com", "一直发不出去")
	})
}

// Statements that nobody has confirmed go over with everything else, and come back when that is taken back.
func TestStatementsFollowAHandover(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		finance, lead := s.As("吴桐").Skip(), s.As("王芳").Skip()
		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		finance.Say("对账单 绍兴市立医院 本月")
		finance.ExpectCard("对账单 2026年3月")
		s.Settle()
		from, to := w.person(t, "zhoumin").ID, w.person(t, "liqiang").ID
		if st := w.statement(t, "绍兴市立医院"); st.OwnerID != from {
			t.Fatalf("it is %d's", st.OwnerID)
		}
		lead.Skip()
		lead.Say("交接 周敏 给 李强")
		lead.ExpectCard("交接清单", "没确认的 1").Click("全部")
		lead.Say("确认交接")
		lead.ExpectAny()
		s.FastForward(5 * time.Minute)
		if st := w.statement(t, "绍兴市立医院"); st.OwnerID != to {
			t.Errorf("it is %d's, not 李强's", st.OwnerID)
		}
		lead.Skip()
		lead.Say("撤销交接 周敏")
		lead.ExpectAny()
		s.FastForward(5 * time.Minute)
		if st := w.statement(t, "绍兴市立医院"); st.OwnerID != from {
			t.Errorf("taken back it is %d's, not 周敏's", st.OwnerID)
		}
	})
}

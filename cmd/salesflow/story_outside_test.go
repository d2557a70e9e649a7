package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// onBothSurrounded tells a story in a company with the demo's systems around it.
func onBothSurrounded(t *testing.T, story func(t *testing.T, s *bottest.Story, w world)) {
	t.Helper()
	onBothChanged(t, func(_ *testing.T, _ string, o *demoOptions) {
		o.outside, o.pause = true, time.Millisecond
	}, func(t *testing.T, s *bottest.Story, w world, _ string) { story(t, s, w) })
}

// doOutside does something in one of the systems.
func (w world) doOutside(t *testing.T, body string) {
	t.Helper()
	rec := httptest.NewRecorder()
	w.demo.outside.Page().ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/_sim/outside", strings.NewReader(body)))
	if rec.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", body, rec.Code, rec.Body)
	}
}

func TestTheDemosFactoryERPAndTaxService(t *testing.T) {
	t.Parallel()
	onBothSurrounded(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, finance, legal, director := s.As("周敏").Skip(), s.As("吴桐").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip()
		rep.Say("交期 HT2026-018 10台 3月16日")
		card := rep.ExpectCard("交期 · HT2026-018", "排不上", "装配线排满到 3月18日").ExpectButtons("3月19日", "3月20日")
		rep.Say("发货 HT2026-018 10台")
		rep.ExpectText("发不了", "3月16日")
		card.Click("3月19日")
		card.ExpectUpdate("排得上")
		rep.Say("交期 HT2026-018 10台 3月21日")
		rep.ExpectCard("交期 · HT2026-018", "周末不发货").ExpectButtons("3月23日", "3月24日")

		file(rep, legal)
		legal.Say("同意 HT2026-001")
		director.ExpectCard("等你处理")
		director.Say("同意 HT2026-001")
		director.ExpectText("全部通过")
		s.Settle()
		rep.Skip().Say("合同进度 HT2026-001")
		way := rep.ExpectCard("合同进度 · HT2026-001", "SO-1001 已接单")
		w.doOutside(t, `{"system":"erp","no":"HT2026-001","do":"shipped"}`)
		way.ExpectUpdate("SO-1001 已发货")

		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		finance.Say("开票资料 绍兴市立医院 抬头 绍兴市立医院 税号 913306001234567")
		finance.ExpectText("记下了")
		finance.Say("电子票 FP2026-001")
		finance.ExpectCard("没开出来", "专票要注册地址")
		finance.Say("开票资料 绍兴市立医院 地址 绍兴市越城区中兴路 1 号")
		finance.ExpectText("记下了", "中兴路")
		finance.Say("电子票 FP2026-001")
		finance.ExpectText("电子票开好了", "2633200000")
		finance.Say("红冲 FP2026-001 5万 退货")
		finance.ExpectText("已红冲", "HC2026-001")
		finance.Say("电子票 HC2026-001")
		finance.ExpectText("HC2026-001", "电子票开好了", "2633200000")
		if bills := w.demo.outside.Invoices(); len(bills) != 3 || bills[0].Kind != "red" || bills[0].RedOf != bills[1].TaxNo || bills[0].TaxNo == "" {
			t.Errorf("the tax service has %+v", bills)
		}
		rec := httptest.NewRecorder()
		w.demo.outside.Page().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/_page/outside/", http.NoBody))
		for _, want := range []string{"SO-1001 · 已发货", "¥1,280,000.00", "FP2026-001 · 已开", "HC2026-001(红字)", "3月19日 起排得上"} {
			if !strings.Contains(rec.Body.String(), want) {
				t.Errorf("the page does not show %q", want)
			}
		}
	})
}

var reStatementLink = regexp.MustCompile(`http://[^\s]+/s/\S+`)

// The customer's mailbox has the statement; who opens its link confirms it, or says what it is there, and more than 5 % reaches finance.
func TestTheDemosCustomersAnswerTheirMail(t *testing.T) {
	t.Parallel()
	onBothSurrounded(t, func(t *testing.T, s *bottest.Story, w world) {
		finance := s.As("吴桐").Skip()
		finance.Say("开票 HT2026-018 20万 昨天")
		finance.ExpectCard("FP2026-001")
		finance.Say("开票资料 绍兴市立医院 邮箱 cw@example.com")
		finance.ExpectText("记下了")
		ask := func(n int) string {
			finance.Skip().Say("对账单 绍兴市立医院 本月")
			finance.ExpectCard("对账单 2026年3月")
			s.Settle()
			finance.ExpectText("已发到客户邮箱 cw@example.com")
			waitUntil(t, "the mail", func() bool { return len(w.demo.outside.Mail().Mails("cw@example.com")) >= n })
			mails := w.demo.outside.Mail().Mails("cw@example.com")
			return reStatementLink.FindString(mails[len(mails)-1].Text)
		}
		if done := post(t, ask(1), url.Values{"answer": {"other"}, "amount": {"150000"}}); !strings.Contains(done, "谢谢") {
			t.Fatalf("answered:\n%s", done)
		}
		finance.ExpectCard("对账差异", "绍兴市立医院", "¥150,000.00", "超过允许的比例")
		if done := post(t, ask(2), url.Values{"answer": {"same"}}); !strings.Contains(done, "谢谢") {
			t.Fatalf("answered:\n%s", done)
		}
		finance.ExpectText("绍兴市立医院确认了")
		rec := httptest.NewRecorder()
		w.demo.outside.Page().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/_page/outside/", http.NoBody))
		if page := rec.Body.String(); !strings.Contains(page, "cw@example.com") || !strings.Contains(page, `target="_blank"`) || !strings.Contains(page, "/_page/outside/mail/0/0") {
			t.Errorf("the mailbox shows:\n%s", page)
		}
	})
}

package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
	"salesflow/configs"
)

// calendarServer is an example of a delivery calendar: nothing can be delivered before 2026-03-20.
func calendarServer(t *testing.T) string {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		if strings.Contains(string(body), `"day":"2026-03-1`) {
			_, _ = io.WriteString(w, `{"ok":false,"alternatives":["2026-03-20","2026-03-23"],"note":"装配线满了"}`)
			return
		}
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestAPromisedDayIsAskedOfTheCalendar(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{sim.WeCom, sim.DingTalk} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			url := calendarServer(t)
			w := newWorld(t, platform, func(o *demoOptions) {
				o.change = func(c *configs.Config, org *configs.Org) {
					c.DeliveryCalendar.URL = url
					everybodyOn(org, platform)
				}
			})
			s := bottest.New(t, w)
			rep := s.As("周敏").Skip()
			rep.Say("交期 HT2026-018 10台 3月18日")
			rep.ExpectCard("交期 · HT2026-018", "10台", "3月18日")
			s.Settle()
			card := rep.ExpectCard("交期 · HT2026-018", "排不上", "装配线满了").ExpectButtons("3月20日", "3月23日")
			rep.Say("发货 HT2026-018 10台")
			rep.ExpectText("发不了", "3月18日", "能排的:3月20日")
			card.Click("3月20日")
			card.ExpectUpdate("3月20日", "排得上").ExpectNoButtons()
			rep.Say("发货 HT2026-018 10台")
			rep.ExpectCard("发货 FH2026-001")
		})
	}
}

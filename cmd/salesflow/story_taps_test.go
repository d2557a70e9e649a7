package main

import (
	"strings"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/bot/sim"
)

// maxTaps is what a quick filing may cost beside the scan.
const maxTaps = 3

// Each quick filing takes one scan, one sentence and at most three taps. The taps are counted.
func TestQuickFilingsTakeAScanAndThreeTaps(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ kind, say, filed string }{
		{"拜访", "王主任,介绍生化分析仪,下周二前寄样", "拜访已记录"},
		{"竞品", "迈瑞报了28.5万", "竞品已记录"},
		{"样品", "离心机2台 下周五要", "样品已申领"},
		{"售后", "生化仪老报警", "售后"},
		{"投诉", "仪器坏了三天没人来", "投诉"},
		{"费用", "打车45", "¥45.00"},
		{"", "培训反馈 检验科说操作太复杂", "培训反馈已记录"}, // beside the card's six buttons: said
		{"", "样品 离心机", "样品已申领"},
	} {
		t.Run(tt.kind+tt.say, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
				rep := s.As("周敏").Skip()
				code := w.code(t, "绍兴市立医院")
				if rep.Platform() == sim.WeCom {
					rep.Scan(code)
				} else {
					rep.Send("现场.jpg", photo(t, code))
				}
				card := rep.ExpectCard("扫到了", "绍兴市立医院")
				taps := 0
				if tt.kind != "" {
					card.Click(tt.kind)
					taps++
				}
				rep.Skip()
				rep.Say(tt.say)
				for taps <= maxTaps {
					m := rep.ExpectAny()
					text := bottest.Plain(m.Message)
					if strings.Contains(text, tt.filed) {
						break
					}
					if m.Card == nil || len(m.Card.Buttons) == 0 || strings.Contains(text, "扫到了") {
						continue // said, and nothing to tap
					}
					m.Click(m.Card.Buttons[0].Text)
					taps++
				}
				if taps > maxTaps {
					t.Errorf("%d taps, at most %d", taps, maxTaps)
				}
				if n := len(w.visits(t, "zhoumin")) + len(w.filings(t, "zhoumin")); n != 1 {
					t.Errorf("%d records, want 1", n)
				}
			})
		})
	}
}

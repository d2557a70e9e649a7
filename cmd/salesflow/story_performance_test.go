package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"salesflow/bot/bottest"
	"salesflow/cards/paper"
)

func TestAYearsDeliveriesAndServiceAreProved(t *testing.T) {
	t.Parallel()
	onBothWith(t, withService, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal, director, service := s.As("周敏").Skip(), s.As("赵磊").Skip(), s.As("陈刚").Skip(), s.As("林夏").Skip()
		rep.Say("履约证明")
		rep.ExpectText("没有签收的发货", "发货 合同号")
		_, card := file(rep, legal)
		card.Click("同意")
		director.ExpectCard("等你处理")
		director.Say("同意 HT2026-001")
		director.ExpectText("全部通过")
		director.Say("放行 HT2026-001 老客户,先发")
		director.ExpectText("放行")
		rep.Skip()
		rep.Say("发货 HT2026-001 2台 3月20日到货")
		rep.ExpectCard("FH2026-001")
		rep.Say("签收 FH2026-001")
		rep.ExpectText("FH2026-001 已签收")
		rep.Skip()
		service.Skip()
		rep.Say("投诉 绍兴市立 仪器又报错了")
		rep.ExpectCard("投诉(故障)已记录")
		s.FastForward(30 * time.Minute)
		service.ExpectCard("投诉(故障)").Click("受理")
		rep.ExpectText("林夏受理了")

		rep.Skip()
		rep.Say("履约证明 绍兴市立医院 去年")
		rep.ExpectText("后面的没看懂", "去年")
		stranger := s.As("李强").Skip()
		stranger.Say("履约证明 绍兴市立医院")
		stranger.ExpectText("周敏的客户", "要他或他的主管来出")
		rep.Say("履约证明")
		rep.ExpectText("履约证明 LY2026-001", "周敏负责的客户", "在做")
		s.FastForward(2 * time.Minute)
		rep.ExpectText("[file", "履约证明-LY2026-001.pdf")
		rep.ExpectText("按期 1 单(100.0%)", "投诉和售后 1 件,受理 1 件,平均 30 分钟受理", "--record")
		pdf := w.lastPaper(t, "周敏")

		said, name, verifier := w.proved(t, pdf)
		if !strings.Contains(said, "签名有效") || !strings.Contains(said, "按期 1 单") || strings.Contains(said, "绍兴") {
			t.Errorf("the record says:\n%s", said)
		}
		// What lists something else than what was sealed does not pass.
		raw, err := paper.Attached(pdf)
		if err != nil {
			t.Fatal(err)
		}
		for _, forged := range []string{"2026-03-20", "LY2026-001"} {
			if err := os.WriteFile(name, bytes.ReplaceAll(raw, []byte(forged), []byte(strings.Replace(forged, "2026", "2025", 1))), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := verifyRecord(io.Discard, name, []note.Verifier{verifier}, nil); err == nil {
				t.Errorf("passes with another %s", forged)
			}
		}
	})
}

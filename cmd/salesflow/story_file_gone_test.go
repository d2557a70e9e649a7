package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"salesflow/bot/bottest"
	"salesflow/store"
	"salesflow/store/sales"
)

// lose removes the bytes of a file, as a data folder that was restored without them has them.
func (w world) lose(t *testing.T, id sales.ID) (back func()) {
	t.Helper()
	path := w.program.files.path(id)
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.WriteFile(path, kept, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever opens an attachment whose bytes are gone reads what happened; the cards are marked, its owner is told once and can send it
// again; out of a backup it comes by itself.
func TestAnAttachmentThatIsGoneSaysSo(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		rep.Say(contractFiling).ExpectCard("合同草稿")
		at := rep
		if w.wecomOnly(rep) {
			at = rep.In("robot")
		}
		at.Send("采购合同.pdf", []byte("%PDF-1.4 contract"))
		s.Settle()
		rep.Say("提交")
		legal.ExpectCard("等你处理", "附件:")
		s.Settle()
		c, _ := w.contract(t, "HT2026-001")
		back := w.lose(t, c.Files[0])
		legal.Skip().Say("附件 HT2026-001")
		legal.ExpectText("找不到了", "已经告诉周敏")
		rep.ExpectText("HT2026-001 的", "找不到了", "赵磊刚才没打开", "补充 HT2026-001")
		legal.ExpectCard("(找不到了)", "[同意]")
		legal.Say("附件 HT2026-001")
		legal.ExpectText("找不到了")
		s.Settle()
		if n := w.count(t, "周敏", "刚才没打开"); n != 1 {
			t.Errorf("the owner was told %d times", n)
		}
		rep.Skip().Say("附件 HT2026-001")
		rep.ExpectText("找不到了", "先把文件再发给我", "补充 HT2026-001").Without("告诉周敏")
		back()
		legal.Skip().Say("附件 HT2026-001")
		legal.ExpectText(".pdf").Without("找不到了")
		if n := countAudit(t, w, "file.gone"); n != 1 {
			t.Errorf("%d lines of the trace", n)
		}
	})
}

// A version of a technical agreement is written again as it was; where that is not possible any more, the reader is told.
func TestATechnicalAgreementThatIsGoneIsWrittenAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		agreed(t, s, rep)
		legal.ExpectCard("技术协议待审批 · JX2026-001", "等你处理")
		o, _ := w.workOrder(t, "GD2026-001")
		file := w.agreementFile(t, o.ID, 1)
		w.lose(t, file)
		legal.Skip().Say("附件 JX2026-001")
		legal.ExpectText("技术协议 GD2026-001 V1.docx").Without("找不到了")
		if text := w.agreementText(t, o.ID, 1); !strings.Contains(text, "主轴套") {
			t.Errorf("what was written again: %s", text)
		}
		w.lose(t, file)
		rep.Skip().Say("改资料 绍兴市立医院 名称 绍兴市立总医院")
		rep.ExpectText("绍兴市立总医院")
		legal.Skip().Say("附件 JX2026-001")
		legal.ExpectText("找不到了", "已经告诉周敏")
		rep.ExpectText("JX2026-001 的", "找不到了", "详情里能看", "备份")
		legal.ExpectCard("JX2026-001", "(找不到了)")
	})
}

// agreed has a work order done by everybody and its agreement sent to legal.
func agreed(t *testing.T, s *bottest.Story, rep *bottest.Phone) {
	t.Helper()
	openWork(t, rep, "主轴套", "")
	for _, done := range [][2]string{{"方远", "可以做"}, {"钱进", "料三天到"}, {"石垒", "排 4月12日"}, {"严明", "全检"}} {
		s.As(done[0]).Skip().Say("完成 GD2026-001 " + done[1]).ExpectText("GD2026-001")
		s.Settle()
	}
	rep.Skip().Say("技术协议 GD2026-001").ExpectCard("技术协议 JX2026-001")
	rep.Say("送审 JX2026-001").ExpectCard("技术协议待审批")
}

// agreementFile is the file of a version.
func (w world) agreementFile(t *testing.T, order sales.ID, revision int) (id sales.ID) {
	t.Helper()
	w.view(t, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.AgreementVersions(ctx, order)
		if err == nil && len(list) >= revision {
			id = list[revision-1].FileID
		}
		return err
	})
	return id
}

package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"path/filepath"
	"testing"
	"time"

	"salesflow/bot/bottest"
)

// hugePicture is a PNG of some bytes that says it is 60,000 pixels wide and high.
func hugePicture() []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(name string, data []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(data)))
		body := append([]byte(name), data...)
		b.Write(body)
		_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(body))
	}
	chunk("IHDR", []byte{0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 8, 2, 0, 0, 0})
	chunk("IDAT", []byte{0x78, 0x9c, 0x03, 0, 0, 0, 0, 1})
	chunk("IEND", nil)
	return b.Bytes()
}

func TestAttachmentsOfAnApprovalAreBounded(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep, legal := s.As("周敏").Skip(), s.As("赵磊").Skip()
		file(rep, legal)
		chat := rep
		if w.wecomOnly(rep) {
			chat = rep.In("robot").Skip()
		}
		chat.Send("补充.docx", bomb(t)) // a paper is kept as it is, never unpacked
		s.Settle()
		chat.ExpectText("补到 HT2026-001 了")
		legal.ExpectText("周敏在合同 HT2026-001", "补充")
		chat.SendLarge("扫描件.pdf", []byte("%PDF-1.7\n"), 200<<20)
		s.Settle()
		rep.ExpectText("超过 20 MB", "再发")
		legal.ExpectText("合同 HT2026-001 的附件", "没收到", "请周敏重发")
		legal.ExpectCard("(没收到)")
		rep.Send("现场.png", hugePicture()) // never decoded
		s.Settle()
		rep.ExpectText("补到 HT2026-001 了")
		legal.ExpectCard("附件:", "(没收到)、")
		rep.Say("补充 HT2026-001 客户发来的")
		rep.ExpectText("补到 HT2026-001 了:客户发来的")
		legal.ExpectText("客户发来的")
		legal.Say("附件 HT2026-001")
		s.Settle()
		legal.ExpectText("没收到:", "要周敏重发")
		if parts, _ := filepath.Glob(filepath.Join(w.program.files.dir, "*", ".part-*")); len(parts) > 0 {
			t.Errorf("parts of files stay behind: %v", parts)
		}
		s.FastForward(24 * time.Hour) // the card of the reminder is the scheduler's
		legal.ExpectCard("提醒:已等", "(没收到)、")
		legal.Say("同意 HT2026-001")
		legal.ExpectText("已同意")
	})
}

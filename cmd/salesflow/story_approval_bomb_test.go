package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

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
		chat.Send("补充.docx", bomb(t))
		s.Settle()
		t.Log("docx\n" + w.screen(t, "周敏"))
		chat.SendLarge("扫描件.pdf", []byte("%PDF-1.7\n"), 200<<20)
		s.Settle()
		t.Log("pdf\n" + w.screen(t, "周敏"))
		rep.Send("现场.png", hugePicture())
		s.Settle()
		t.Log("png\n" + w.screen(t, "周敏"))
		rep.Say("补充 HT2026-001 客户发来的")
		s.Settle()
		t.Log("end\n" + w.screen(t, "周敏") + "\n=====\n" + w.screen(t, "赵磊"))
	})
}

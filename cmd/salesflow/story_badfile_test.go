package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"salesflow/bot/bottest"
)

// bomb is an Excel file of some kilobytes whose styles are some hundred megabytes.
func bomb(t *testing.T) []byte {
	t.Helper()
	good := excel(t, importHeader)
	r, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range r.File {
		f, err := w.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(part.Name, "styles.xml") {
			in, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(f, in)
			continue
		}
		spaces := bytes.Repeat([]byte(" "), 1<<20)
		for range 320 {
			_, _ = f.Write(spaces)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// formulas is a file of customers in which a cell is a formula that nobody has worked out.
func formulas(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range [][]any{importHeader, {"临海远洲机械", "13905760001", "制造"}, {nil, "13905760002", "制造"}} {
		_ = f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r)
	}
	_ = f.SetCellFormula("Sheet1", "A3", `HYPERLINK("http://evil.example","点我")`)
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Each kind of bad file and bad row is answered with what to do, and none of it is half imported.
func TestBadFilesAndRowsAreAnswered(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		before := len(w.master(t).Customers)
		rep := s.As("周敏").Skip()
		for _, tt := range []struct {
			name string
			data []byte
			want []string
		}{
			{"炸弹.xlsx", bomb(t), []string{"解开来超过"}},
			{"列不对.xlsx", excel(t, []any{"公司名称", "城市"}, []any{"a", "b"}), []string{"表头缺 联系电话、行业"}},
			{"没表头.xlsx", excel(t, []any{"a", "b"}, []any{"c", "d"}), []string{"没找到表头"}},
			{"空的.xlsx", excel(t, importHeader), []string{"没有数据"}},
			{"老的.xls", append([]byte("\xd0\xcf\x11\xe0W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00"), make([]byte, 600)...), []string{"另存为 .xlsx"}},
		} {
			chat := sendSheet(rep, w, tt.name, tt.data)
			s.Settle()
			if w.wecomOnly(rep) { // files come without a name there, so nothing is shown before it is a list for sure
				rep.ExpectText(append(tt.want, "导不了")...)
			} else {
				chat.ExpectCard(tt.want...)
			}
			rep.Skip()
		}
		chat := sendSheet(rep, w, "坏行.xlsx", excel(t, importHeader,
			[]any{"临海远洲机械", "+86 139-0576 0001", "制造"},
			[]any{"三门滨海水产", "０５７６－８３３３０００１", "快消"},
			[]any{"玉环金帆阀门厂", "1390576", "制造"},
			[]any{"仙居康达制药", "13905760001", "医疗"},
			[]any{"宁波市立医院", "13905760005", "医疗"},
			[]any{"", "13905760006", "医疗"},
			[]any{strings.Repeat("长", 300), "13905760007", "医疗"},
		))
		s.Settle()
		if w.wecomOnly(rep) {
			chat = rep
		}
		preview := chat.ExpectCard("等你定", "共 7 行", "可导入 2 行", "有问题")
		preview.Click("问题表")
		chat.ExpectText("标红的格子要改")
		bad := w.lastFile(t, "zhoumin")
		var list strings.Builder
		for _, r := range bad.rows {
			list.WriteString(strings.Join(r, " ") + "\n")
		}
		for _, want := range []string{"电话没看懂", "第 2 行", "李强", "名称"} {
			if !strings.Contains(list.String(), want) {
				t.Errorf("the list of mistakes does not say %s:\n%s", want, list.String())
			}
		}
		if strings.Contains(list.String(), "13905760001的") {
			t.Errorf("somebody else's telephone number is told:\n%s", list.String())
		}
		if n := len(w.master(t).Customers); n != before {
			t.Errorf("%d customers, want %d: something was imported unasked", n, before)
		}
		rep.Say("取消导入")
		rep.ExpectAny()
		rep.Skip()
		chat = sendSheet(rep, w, "公式.xlsx", formulas(t))
		s.Settle()
		if w.wecomOnly(rep) {
			chat = rep
		}
		chat.ExpectCard("等你定", "共 2 行", "有问题 1 行")
	})
}

// What nothing is made of is named in the preview, so that nobody believes it was imported.
func TestColumnsThatAreNotUnderstoodAreNamed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *bottest.Story, w world) {
		rep := s.As("周敏").Skip()
		for _, tt := range []struct {
			name  string
			extra []any
			want  []string
		}{
			{"多两列.xlsx", []any{"内部编码(勿改)", "", "去年销售额"}, []string{"没认出的列不导:内部编码(勿改)、去年销售额。"}},
			{"很多列.xlsx", []any{"甲", "乙", "丙", "丁", "戊", "己", "庚"}, []string{"没认出的列不导:甲、乙、丙、丁、戊 等 7 列"}},
			{"正好.xlsx", nil, []string{"临海"}},
		} {
			row := []any{"临海远洲机械", "13905760009", "制造"}
			for i := range tt.extra {
				row = append(row, fmt.Sprint("x", i))
			}
			chat := sendSheet(rep, w, tt.name, excel(t, append([]any{"客户名称", "联系电话", "行业"}, tt.extra...), row))
			s.Settle()
			if w.wecomOnly(rep) {
				chat = rep
			}
			card := chat.ExpectCard("等你定", "可导入 1 行")
			if text := bottest.Plain(card.Message); len(tt.extra) == 0 && strings.Contains(text, "没认出") || len(tt.extra) > 0 && !contains(text, tt.want...) {
				t.Errorf("the preview of %s says\n%s", tt.name, text)
			}
			card.Click("不导了")
			card.ExpectUpdate("已取消")
			rep.Skip()
		}
	})
}

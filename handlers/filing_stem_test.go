package handlers

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// A stem that is missing from the list would make a filing a visit.
func TestNoFilingIsMissedForItsStem(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../bot/parse/testdata/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatal("no sentences found", err)
	}
	texts := []string{
		"培训完了", "客诉一起", "试用装已寄", "领了两盒样品", "高铁票560", "请李总吃了300", "报销 88", "动车票 120", "打的 33", "住宿 400",
		"友商降价", "要上门", "申请装机", "安排巡检", "需要校准", "走售后", "快递费12", "买礼品 200", "停车 15",
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			var x struct{ Text string }
			if json.Unmarshal(lines.Bytes(), &x) == nil {
				texts = append(texts, x.Text)
			}
		}
		f.Close()
	}
	matched := 0
	for _, text := range texts {
		for _, m := range clauseMarks {
			if !m.form.MatchString(text) {
				continue
			}
			matched++
			if clauseKind(text) == "" {
				t.Errorf("%q reports %s by its form, but holds none of its stems", text, m.kind)
			}
		}
	}
	if matched < len(clauseMarks)*3 {
		t.Errorf("only %d sentences report a filing: the test says little", matched)
	}
}

package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func demoMaster(t *testing.T) masterFile {
	t.Helper()
	b, err := os.ReadFile("../../configs/demo/master.json")
	if err != nil {
		t.Fatal(err)
	}
	var m masterFile
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParseAnswersEveryLineInOrder(t *testing.T) {
	t.Parallel()
	in := strings.Join([]string{
		`{"id":"a","text":"拜访 绍兴市立医院 王主任 介绍生化分析仪,嫌贵30%,下周二前寄样","ref":"2026-03-11T10:00:00+08:00","user":"U01"}`,
		`not json`,
		`{"id":"b","text":"市立医院想看离心机","ref":"2026-03-11T10:00:00+08:00","user":"U12"}`,
		`{"id":7,"text":"你好","ref":"gestern","user":"U01"}`,
		`{"id":"c","text":["x"]}`,
	}, "\n")
	var out strings.Builder
	if err := runParse(strings.NewReader(in), &out, demoMaster(t)); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines for 5:\n%s", len(lines), out.String())
	}
	var got []map[string]any
	for _, l := range lines {
		var v map[string]any
		if err := json.Unmarshal([]byte(l), &v); err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	event := got[0]["events"].([]any)[0].(map[string]any)
	if event["customer"] != "C001" || event["contact"] != "K001" || event["kind"] != "visit" {
		t.Errorf("visit: %v", event)
	}
	promise := event["promises"].([]any)[0].(map[string]any)
	if promise["who"] != "us" || promise["what"] != "寄样" || promise["due"] != "2026-03-17" {
		t.Errorf("promise: %v", promise)
	}
	if got[2]["ask"] == nil || got[0]["ask"] != nil {
		t.Errorf("asked %v and %v", got[0]["ask"], got[2]["ask"])
	}
	if got[3]["id"] != float64(7) || got[3]["error"] == nil || got[4]["id"] != "c" {
		t.Errorf("broken lines: %v, %v", got[3], got[4])
	}
}

func TestExprAnswersEveryLineInOrder(t *testing.T) {
	t.Parallel()
	in := `{"id":1,"text":"下周二前","ref":"2026-03-11T10:00:00+08:00","kind":"date"}
{"id":2,"text":"一切","kind":"number"}
{"id":3
{"id":4,"text":"30到50万","kind":"money"}
{"id":5,"text":"国庆前","ref":"2026-03-11T10:00:00+08:00","kind":"date"}
{"id":6,"text":"半天","kind":"mood"}
`
	want := []string{
		`{"id":1,"value":{"start":"2026-03-17T00:00:00+08:00"}}`,
		`{"id":2,"value":{"none":true}}`,
		`{"error":"not a JSON object with id, text, ref, kind","id":null}`,
		`{"id":4,"value":{"currency":"CNY","max":"500000","min":"300000"}}`,
		`{"id":5,"value":{"start":"2026-09-30T00:00:00+08:00"}}`,
		`{"id":6,"value":{"none":true}}`,
	}
	var out strings.Builder
	if err := runExpr(strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, w := range want {
		if i >= len(got) || got[i] != w {
			t.Errorf("line %d: got %s, want %s", i+1, strings.Join(got[min(i, len(got)-1):min(i+1, len(got))], ""), w)
		}
	}
}

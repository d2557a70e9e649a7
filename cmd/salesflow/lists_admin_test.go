package main

import (
	"strings"
	"testing"

	"salesflow/bot/httpapi"
	"salesflow/handlers"
	"salesflow/store/sales"
)

func TestAStagesConditionsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	way := &sales.Pipeline{Key: "short", Name: "短流程", Stages: []sales.StageDef{{
		Key: "short.quote", Name: "报价", Enter: []sales.Gate{{Say: "图纸"}}, Leave: []sales.Gate{{Say: "预算"}},
	}}}
	l := lists{p: &program{app: &handlers.App{Pipelines: sales.NewPipelines(way)}}}
	for range 20 {
		var out httpapi.List
		l.adminStages(&out)
		var got []string
		for _, line := range out.Rows[0].Lines {
			got = append(got, line.Text)
		}
		if want := "成交机会 0%|进来要 图纸|出去要 预算"; strings.Join(got, "|") != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

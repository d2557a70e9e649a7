package subject

import (
	"testing"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

func TestHowLongADealStaysIsMadeOfItsStageAndDay(t *testing.T) {
	t.Parallel()
	way := &sales.Pipeline{Stages: []sales.StageDef{{Key: "proposal", Name: "方案", Benchmark: 181440}, {Key: "need", Name: "需求"}}}
	o := opportunity([]*sales.Pipeline{way})
	day := sales.NewDay(2026, 3, 11)
	for _, tt := range []struct {
		name, stage            string
		open                   int64
		since                  sales.Day
		dwell, stage100, ratio int64 // -1: none
	}{
		{"停了 6.3 倍", "proposal", 1, day.AddDays(-21), 2100, 210, 1000},
		{"今天刚到", "proposal", 1, day, 0, 210, 0},
		{"没有基准", "need", 1, day.AddDays(-5), 500, -1, -1},
		{"关了的不算停", "proposal", 0, day.AddDays(-5), -1, 210, -1},
	} {
		r := &Record{Object: o, day: day, values: map[string]rules.Value{
			"state": {Type: rules.Enum, S: tt.stage}, "since": {Type: rules.Date, Day: tt.since}, "open": {Type: rules.Bool, N: tt.open},
		}}
		for key, want := range map[string]int64{"dwell_days": tt.dwell, "stage_days": tt.stage100, "over": tt.ratio} {
			for _, f := range o.Fields {
				if f.Key != key {
					continue
				}
				if got := f.Derive(r); got.None != (want < 0) || !got.None && got.N != want {
					t.Errorf("%s: %s is %+v, want %d", tt.name, key, got, want)
				}
			}
		}
	}
}

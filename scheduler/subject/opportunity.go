package subject

import (
	"slices"

	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// opportunity is 商机. Its states are the stages of the ways deals go. Of two stages of one name the later has its way's name
// before it.
func opportunity(ways []*sales.Pipeline) *Object {
	if len(ways) == 0 {
		ways = []*sales.Pipeline{sales.Standard}
	}
	var stages []rules.Option
	var waits []string
	for _, way := range ways {
		for _, d := range way.Stages {
			o := rules.Option{Key: string(d.Key), Name: d.Name}
			for _, a := range d.Aliases {
				if !named(stages, a) {
					o.Aliases = append(o.Aliases, a)
				}
			}
			if named(stages, o.Name) {
				o.Name, o.Aliases = way.Name+o.Name, nil
			}
			stages, waits = append(stages, o), append(waits, o.Key)
		}
	}
	for _, s := range []sales.Stage{sales.StageWon, sales.StageLost} {
		stages = append(stages, rules.Option{Key: string(s), Name: sales.Standard.StageName(s)})
	}
	return &Object{
		Key: "opportunity", Name: "商机", Subject: "opportunity", Table: "opportunities",
		Fields: []Field{
			states("阶段", "stage", stages),
			money("amount", "金额", "amount"),
			ofCustomer(),
			text("line", "产品线", "line"),
			someone("owner", "负责人", "owner_id"),
			date("expected", "预计签约日", "expected_on", "预计签约日期", "预计成交日"),
			since(moment("since", "进入阶段日", "stage_since", "进入阶段日期"), "stage"),
			moment("created", "建立日", "created_at", "建立日期"),
			derived("dwell_days", "停留天数", dwellDays),
			derived("stage_days", "阶段天数", func(r *Record) rules.Value { return stageDays(ways, r) }, "基准天数"),
			derived("over", "超基准倍数", func(r *Record) rules.Value { return overBenchmark(ways, r) }),
			of(boolean("open", "进行中", "CASE state WHEN 'open' THEN 1 ELSE 0 END"), "state", func(s string) bool { return s == string(sales.OpportunityOpen) }),
		},
		People: owners("owner_id"),
		Filed:  true, Verbs: []string{"opportunity.created"}, At: "created_at",
		By:    map[string]string{"customer": "customer_id", "person": "owner_id"},
		Waits: waits,
		Title: func(r *Record) string { return join(r.Show("customer"), r.Show("line"), r.Show("amount")) },
		Open:  func(r *Record) string { return "商机 " + r.Show("customer") },
	}
}

// derived is a number that is made of a deal's stage, since when, and whether it is open; rules count hundredths.
func derived(key, name string, derive func(*Record) rules.Value, aliases ...string) Field {
	f := number(key, name, "0", aliases...)
	f.Derive, f.Needs = derive, []string{"state", "since", "open"}
	return f
}

// stageDays is how long a deal is expected to stay in its stage.
func stageDays(ways []*sales.Pipeline, r *Record) rules.Value {
	n := benchmarkOf(ways, r) * 100 / 86400
	return rules.Value{Type: rules.Number, N: n, None: n == 0}
}

// dwellDays is for how many days an open deal has been in its stage; closed ones stay nowhere.
func dwellDays(r *Record) rules.Value {
	since := r.Field("since")
	if since.None || r.Field("open").N == 0 {
		return rules.Value{Type: rules.Number, None: true}
	}
	return rules.Value{Type: rules.Number, N: 100 * int64(max(r.day.Sub(since.Day), 0))}
}

// benchmarkOf is how long a deal is expected to stay in the stage of a record, in seconds; 0 when nobody said.
func benchmarkOf(ways []*sales.Pipeline, r *Record) int64 {
	for _, way := range ways {
		if d, ok := way.Def(sales.Stage(r.Field("state").S)); ok {
			return d.Benchmark
		}
	}
	return 0
}

// overBenchmark is the stay over what is expected, in hundredths.
func overBenchmark(ways []*sales.Pipeline, r *Record) rules.Value {
	stay, benchmark := dwellDays(r), benchmarkOf(ways, r)
	if stay.None || benchmark <= 0 {
		return rules.Value{Type: rules.Number, None: true}
	}
	return rules.Value{Type: rules.Number, N: stay.N * 86400 / benchmark}
}

// named reports whether an option has a name.
func named(list []rules.Option, name string) bool {
	return slices.ContainsFunc(list, func(o rules.Option) bool { return o.Name == name || slices.Contains(o.Aliases, name) })
}

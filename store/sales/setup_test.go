package sales_test

import (
	"reflect"
	"testing"

	"salesflow/store/sales"
)

func set(kind, target string, n int, items ...sales.SetupItem) sales.SetupChange {
	return sales.SetupChange{Kind: kind, Target: target, N: n, Items: items}
}

func TestWhatWasSetIsPutOverTheFile(t *testing.T) {
	t.Parallel()
	file := &sales.Pipeline{Key: "m", Name: "流程", Stages: []sales.StageDef{
		{Key: "m.a", Name: "报价", Aliases: []string{"询价"}, Benchmark: 86400, Chance: 20, Enter: []sales.Gate{{Say: "图纸", Document: "图纸"}}},
		{Key: "m.b", Name: "合同"},
	}}
	changes := sales.Setups{
		set(sales.SetupStage, "m.a", 1, sales.SetupItem{Attr: sales.SetName, New: "方案"}, sales.SetupItem{Attr: sales.SetEnter, New: "[]"}),
		set(sales.SetupStage, "m.a", 2, sales.SetupItem{Attr: sales.SetName, New: "询价"}, sales.SetupItem{Attr: sales.SetBenchmark, New: "172800"}),
		set(sales.SetupStage, "m.a", 3, sales.SetupItem{Attr: sales.SetBenchmark, New: "86400", Filed: true}),
		set(sales.SetupStage, "m.gone", 1, sales.SetupItem{Attr: sales.SetName, New: "没有了"}),
		set(sales.SetupField, "m.a", 1, sales.SetupItem{Attr: sales.SetName, New: "字段"}),
	}
	got := changes.Pipeline(file)
	want := sales.StageDef{Key: "m.a", Name: "询价", Aliases: []string{"报价", "方案"}, Benchmark: 86400, Chance: 20}
	if !reflect.DeepEqual(got.Stages[0], want) || !reflect.DeepEqual(got.Stages[1], file.Stages[1]) {
		t.Errorf("got  %+v\nwant %+v", got.Stages[0], want)
	}
	if file.Stages[0].Name != "报价" || len(file.Stages[0].Aliases) != 1 {
		t.Errorf("the file was changed: %+v", file.Stages[0])
	}
	// When the file changes what nobody set, that counts; what was set and taken back is as the file has it now.
	file.Stages[0].Benchmark, file.Stages[0].Chance = 5, 50
	if got := changes.Pipeline(file).Stages[0]; got.Benchmark != 5 || got.Chance != 50 || got.Name != "询价" {
		t.Errorf("after the file changed: %+v", got)
	}
}

func TestAPersonIsAsWasSet(t *testing.T) {
	t.Parallel()
	changes := sales.Setups{
		set(sales.SetupPerson, "li", 1, sales.SetupItem{Attr: sales.SetRoles, New: "lead,rep"}, sales.SetupItem{Attr: sales.SetActive, New: "0"}),
		set(sales.SetupPerson, "li", 2, sales.SetupItem{Attr: sales.SetActive, New: "1", Filed: true}, sales.SetupItem{Attr: sales.SetTeam, New: "gone"}, sales.SetupItem{Attr: sales.SetManager, New: ""}),
	}
	team := func(code string) (sales.ID, bool) { return 7, code == "east" }
	person := func(string) (sales.PersonID, bool) { return 0, false }
	got := changes.PersonSet(sales.Person{ID: 1, Code: "li", Roles: []sales.Role{"rep"}, TeamID: 3, ManagerID: 9, Active: true}, team, person)
	want := sales.Person{ID: 1, Code: "li", Roles: []sales.Role{"lead", "rep"}, TeamID: 3, Active: true}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	other := sales.Person{ID: 2, Code: "wang", Active: true}
	if got := changes.PersonSet(other, team, person); !reflect.DeepEqual(got, other) {
		t.Errorf("somebody else became %+v", got)
	}
}

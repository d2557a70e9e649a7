package render_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/sebdah/goldie/v2"

	"salesflow/cards"
	"salesflow/cards/render"
)

func TestShippedTemplateIsCurrent(t *testing.T) {
	t.Parallel()
	got, err := render.DingTalkTemplate()
	if err != nil {
		t.Fatal(err)
	}
	goldie.New(t, goldie.WithFixtureDir("."), goldie.WithNameSuffix("")).Assert(t, "dingtalk_template.json", got)
}

func TestReadTap(t *testing.T) {
	t.Parallel()
	reject := act("contract.reject", 18, 4)
	tests := []struct {
		name   string
		params string
		want   render.Tap
		err    error
	}{
		{"the shipped template", `{"action":"contract.reject|i|4|","input_key":"reason","input":" 账期太长 "}`, render.Tap{Action: reject, Input: map[string]string{"reason": "账期太长"}}, nil},
		{"a template built by hand", `{"action":"contract.reject|i|4|","input":{"reason":"账期太长","n":1}}`, render.Tap{Action: reject, Input: map[string]string{"reason": "账期太长"}}, nil},
		{"nothing typed", `{"action":"contract.reject|i|4|","input_key":"reason","input":""}`, render.Tap{Action: reject}, nil},
		{"a card without an input line", `{"action":"contract.reject|i|4|","input_key":"","input":""}`, render.Tap{Action: reject}, nil},
		{"not one of our cards", `{"action":"agree"}`, render.Tap{}, cards.ErrAction},
		{"no text", `{"action":7}`, render.Tap{}, cards.ErrAction},
		{"nothing", `{}`, render.Tap{}, cards.ErrAction},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var params map[string]any
			if err := json.Unmarshal([]byte(tt.params), &params); err != nil {
				t.Fatal(err)
			}
			got, err := render.ReadTap(params)
			if !errors.Is(err, tt.err) {
				t.Fatalf("got error %v, want %v", err, tt.err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The editor drops a component whose variable it does not know, so every variable used must be declared.
func TestTemplateDeclaresWhatItUses(t *testing.T) {
	t.Parallel()
	raw, err := render.DingTalkTemplate()
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ EditorData, Type, Mode string }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	type named struct{ Name, Type, ExpContent string }
	var editor struct {
		Schema                           json.RawMessage
		VariableList, ExpList, LocalList []named
	}
	if err := json.Unmarshal([]byte(file.EditorData), &editor); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, list := range [][]named{editor.VariableList, editor.ExpList, editor.LocalList} {
		for _, v := range list {
			if known[v.Name] || len(v.Name) > 100 {
				t.Errorf("variable %q is declared twice or too long", v.Name)
			}
			known[v.Name] = true
		}
	}
	var tree any
	if err := json.Unmarshal(editor.Schema, &tree); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	collect(tree, used)
	for name := range used {
		if !known[name] {
			t.Errorf("variable %q is used and not declared", name)
		}
	}
	for _, v := range render.TemplateVariables() {
		style := strings.HasSuffix(v.Name, "_style") || v.Name == "level" // used through an expression
		spare := v.Name == "fields" || v.Name == "note"                   // for templates built by hand
		if !used[v.Name] && !style && !spare {
			t.Errorf("variable %q is declared and not used", v.Name)
		}
	}
}

// collect gathers the variables a tree of the editor's file refers to, as "variable" or as ${name} in a text.
func collect(v any, used map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, child := range v {
			s, ok := child.(string)
			switch {
			case ok && k == "variable" && s != "":
				used[s] = true
			case ok && strings.HasPrefix(s, "${"):
				used[strings.TrimSuffix(s[2:], "}")] = true
			default:
				collect(child, used)
			}
		}
	case []any:
		for _, child := range v {
			collect(child, used)
		}
	}
}

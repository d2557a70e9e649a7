package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const examples = "../../bot/parse/testdata"

// harder are the sets of which less comes out right than the 98 % of the others.
var harder = map[string]float64{"fresh6.jsonl": 97, "fresh7.jsonl": 97, "fresh8.jsonl": 93, "fresh9.jsonl": 96, "fresh41.jsonl": 96, "fresh42.jsonl": 95, "fresh45.jsonl": 95}

// TestMessagesAreUnderstood holds the share of the examples that come out right in every checked field.
func TestMessagesAreUnderstood(t *testing.T) {
	t.Parallel()
	var master masterFile
	b, err := os.ReadFile("../../configs/demo/master.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &master); err != nil {
		t.Fatal(err)
	}
	for _, file := range exampleFiles(t, "messages*.jsonl", "fresh*.jsonl") {
		atLeast := 98.0
		if known, ok := harder[file]; ok {
			atLeast = known
		}
		var out bytes.Buffer
		gold := exampleLines(t, file)
		if err := runParse(bytes.NewReader(exampleBytes(t, file)), &out, master); err != nil {
			t.Fatal(err)
		}
		right := 0
		for i, got := range jsonLines(t, &out) {
			wrong := messageWrong(gold[i], got)
			if wrong == "" {
				right++
				continue
			}
			t.Logf("%s %s: %s", gold[i]["id"], gold[i]["text"], wrong)
		}
		share := 100 * float64(right) / float64(len(gold))
		if share < atLeast {
			t.Errorf("%s: %d of %d right, %.1f %%, want %.0f %%", file, right, len(gold), share, atLeast)
		}
	}
}

// TestExpressionsAreUnderstood holds the share of dates, periods, amounts and numbers that come out right.
func TestExpressionsAreUnderstood(t *testing.T) {
	t.Parallel()
	for _, file := range exampleFiles(t, "expressions*.jsonl") {
		var out bytes.Buffer
		gold := exampleLines(t, file)
		if err := runExpr(bytes.NewReader(exampleBytes(t, file)), &out); err != nil {
			t.Fatal(err)
		}
		right := 0
		for i, got := range jsonLines(t, &out) {
			if expressionRight(gold[i], got) {
				right++
				continue
			}
			t.Logf("%s %s (%s): got %v, want %v", gold[i]["kind"], gold[i]["text"], gold[i]["ref"], got["value"], gold[i]["want"])
		}
		if share := 100 * float64(right) / float64(len(gold)); share < 98.5 {
			t.Errorf("%s: %d of %d right, %.1f %%", file, right, len(gold), share)
		}
	}
}

type object = map[string]any

// exampleFiles are the names of the sets that match one of the patterns.
func exampleFiles(t *testing.T, patterns ...string) []string {
	t.Helper()
	var files []string
	for _, p := range patterns {
		found, err := filepath.Glob(filepath.Join(examples, p))
		if err != nil || len(found) == 0 {
			t.Fatalf("no set %s: %v", p, err)
		}
		for _, f := range found {
			files = append(files, filepath.Base(f))
		}
	}
	return files
}

func exampleBytes(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(examples, file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func exampleLines(t *testing.T, file string) []object {
	t.Helper()
	return jsonLines(t, bytes.NewBuffer(exampleBytes(t, file)))
}

func jsonLines(t *testing.T, r *bytes.Buffer) []object {
	t.Helper()
	var out []object
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var o object
		if err := json.Unmarshal(s.Bytes(), &o); err != nil {
			t.Fatal(err)
		}
		out = append(out, o)
	}
	return out
}

// expressionRight allows the alternatives, and for parts of the day some hours.
func expressionRight(gold, got object) bool {
	value, _ := got["value"].(object)
	accepted := []any{gold["want"]}
	if alt, ok := gold["alt"].([]any); ok {
		accepted = append(accepted, alt...)
	}
	for _, w := range accepted {
		want := w.(object)
		if want["none"] == true || value["none"] == true {
			if want["none"] == value["none"] {
				return true
			}
			continue
		}
		ok := true
		for k, v := range want {
			switch k {
			case "start", "end":
				ok = ok && (gold["match"] == "daypart" && (k == "end" || nearTime(v, value[k])) || sameMoment(v, value[k], gold["ref"]))
			case "currency":
				ok = ok && v == value[k]
			default:
				ok = ok && sameNumber(v, value[k])
			}
		}
		if ok && len(want) == len(value) {
			return true
		}
	}
	return false
}

func nearTime(a, b any) bool {
	x, err1 := time.Parse(time.RFC3339, fmt.Sprint(a))
	y, err2 := time.Parse(time.RFC3339, fmt.Sprint(b))
	return err1 == nil && err2 == nil && x.Format(time.DateOnly) == y.Format(time.DateOnly) && y.Sub(x).Abs() <= 4*time.Hour
}

func sameMoment(a, b, ref any) bool {
	if a == ref {
		a = nil
	}
	if b == ref {
		b = nil
	}
	if a == nil || b == nil {
		return a == b
	}
	x, err1 := time.Parse(time.RFC3339, fmt.Sprint(a))
	y, err2 := time.Parse(time.RFC3339, fmt.Sprint(b))
	return err1 == nil && err2 == nil && x.Truncate(time.Minute).Equal(y.Truncate(time.Minute))
}

func sameNumber(a, b any) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, ok1 := new(big.Rat).SetString(fmt.Sprint(a))
	y, ok2 := new(big.Rat).SetString(fmt.Sprint(b))
	return ok1 && ok2 && x.Cmp(y) == 0
}

// messageWrong names the first field that is not as expected, "" when all are.
func messageWrong(gold, got object) string {
	wants := gold["expect"].(object)["events"].([]any)
	events := got["events"].([]any)
	if len(wants) != len(events) {
		return fmt.Sprintf("%d events, want %d", len(events), len(wants))
	}
	asks := false
	taken := make([]bool, len(events))
	worst := ""
	for _, w := range wants {
		want := w.(object)
		asks = asks || want["customer_candidates"] != nil || want["contact_candidates"] != nil
		found, wrong := false, ""
		for i, e := range events {
			if taken[i] {
				continue
			}
			if wrong = eventWrong(want, e.(object)); wrong == "" {
				taken[i], found = true, true
				break
			}
		}
		if !found {
			worst = wrong
		}
	}
	if worst == "" && asks != (got["ask"] != nil) {
		worst = fmt.Sprintf("asked %v", got["ask"])
	}
	return worst
}

func eventWrong(want, got object) string {
	for k, w := range want {
		if !fieldRight(k, w, got) {
			return fmt.Sprintf("%s is %v, want %v", k, got[k], w)
		}
	}
	for _, k := range []string{"customer", "contact", "new_contact", "new_customer"} {
		if got[k] != nil && want[k] == nil {
			return fmt.Sprintf("%s %v is made up", k, got[k])
		}
	}
	if want["amounts"] == nil && want["target"] == nil && got["amounts"] != nil {
		return fmt.Sprintf("amounts %v are made up", got["amounts"])
	}
	return ""
}

func fieldRight(name string, want any, event object) bool {
	got := event[name]
	switch name {
	case "kind", "stage", "issue":
		return oneOf(want, got)
	case "when":
		return sameDay(want, got)
	case "amounts":
		return matchAll(want, got, func(w, g object) bool {
			return oneOf(w["role"], g["role"]) && sameNumber(w["value"], g["value"]) && sameNumber(w["min"], g["min"]) && sameNumber(w["max"], g["max"]) && (w["approx"] != true || g["approx"] == true)
		})
	case "promises":
		return matchAll(want, got, func(w, g object) bool {
			return (w["who"] == "either" || w["who"] == g["who"]) && sameDay(w["due"], g["due"]) && saysAll(w["words"], fmt.Sprint(g["what"]))
		})
	case "quantities":
		return matchAll(want, got, func(w, g object) bool {
			return sameNumber(w["value"], g["value"]) && w["unit"] == g["unit"] && w["of"] == g["of"]
		})
	case "quantity":
		if got == nil {
			if list, ok := event["quantities"].([]any); ok && len(list) == 1 {
				got = list[0]
			}
		}
		g, _ := got.(object)
		w := want.(object)
		return g != nil && sameNumber(w["value"], g["value"]) && w["unit"] == g["unit"]
	case "products", "customer_candidates", "contact_candidates":
		return sortedText(want) == sortedText(got)
	case "no_promises":
		return event["promises"] == nil
	case "due_window":
		w, g := want.(object), object{}
		if x, ok := event["due_window"].(object); ok {
			g = x
		} else if p, ok := event["promises"].([]any); ok && len(p) > 0 {
			due := fmt.Sprint(p[0].(object)["due"])
			g = object{"from": due[:min(10, len(due))], "to": due[:min(10, len(due))]}
		}
		return fmt.Sprint(g["from"]) >= fmt.Sprint(w["from"]) && fmt.Sprint(g["to"]) <= fmt.Sprint(w["to"])
	case "needs":
		for _, w := range want.([]any) {
			if !strings.Contains(fmt.Sprint(got), fmt.Sprint(w)) {
				return false
			}
		}
		return true
	case "new_contact":
		g, _ := got.(object)
		for k, w := range want.(object) {
			a, b := fmt.Sprint(w), fmt.Sprint(g[k])
			if b == "" || !strings.Contains(a, b) && !strings.Contains(b, a) {
				return false
			}
		}
		return g != nil
	case "objection":
		g, _ := got.(object)
		w := want.(object)
		return g != nil && g["type"] == w["type"] && (w["percent"] == nil || sameNumber(w["percent"], g["percent"]))
	case "discount":
		return sameNumber(want, got)
	case "target", "query":
		g, _ := got.(object)
		for k, w := range want.(object) {
			if g[k] != w && !sameNumber(w, g[k]) && !(strings.Contains(fmt.Sprint(w), "-") && sameDay(w, g[k])) {
				return false
			}
		}
		return g != nil
	}
	return fmt.Sprint(want) == fmt.Sprint(got)
}

// matchAll pairs each wanted item with one of its own; none may be left over.
func matchAll(want, got any, same func(w, g object) bool) bool {
	ws, _ := want.([]any)
	gs, _ := got.([]any)
	if len(ws) != len(gs) {
		return false
	}
	gs = slices.Clone(gs)
	for _, w := range ws {
		i := slices.IndexFunc(gs, func(g any) bool { return same(w.(object), g.(object)) })
		if i < 0 {
			return false
		}
		gs = slices.Delete(gs, i, i+1)
	}
	return true
}

func oneOf(want, got any) bool {
	if list, ok := want.([]any); ok {
		return slices.Contains(list, got)
	}
	return want == got
}

func saysAll(words any, text string) bool {
	for _, w := range words.([]any) {
		if !slices.ContainsFunc(strings.Split(fmt.Sprint(w), "/"), func(a string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(a)) }) {
			return false
		}
	}
	return true
}

// sameDay compares to the minute where want has a time, else by day.
func sameDay(want, got any) bool {
	if want == nil || got == nil {
		return want == got
	}
	a, b := fmt.Sprint(want), fmt.Sprint(got)
	if len(a) > 10 {
		return sameMoment(a, b, "")
	}
	return len(b) >= 10 && a == b[:10]
}

func sortedText(v any) string {
	list, _ := v.([]any)
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, fmt.Sprint(x))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

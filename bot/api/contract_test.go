package api_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// generator makes requests from an OpenAPI document, and holds answers against it.
type generator struct {
	*rand.Rand
	doc map[string]any
	odd string // a text nobody expects
}

func keys(m map[string]any) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func (g generator) pick(of []string) string { return of[g.IntN(len(of))] }

// header is a text as a header may carry it.
func (g generator) header(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}

func (g generator) key() string { return fmt.Sprintf("fuzz-%016x", g.Uint64()) }

// request is one request to any operation; one in three is broken somewhere.
func (g generator) request() (method, path string, op map[string]any, body string) {
	paths := g.doc["paths"].(map[string]any)
	path = g.pick(keys(paths))
	methods := paths[path].(map[string]any)
	m := g.pick(keys(methods))
	op = methods[m].(map[string]any)
	query := url.Values{}
	params, _ := op["parameters"].([]any)
	for _, x := range params {
		p := x.(map[string]any)
		name := p["name"].(string)
		v := fmt.Sprint(g.value(p["schema"].(map[string]any)))
		switch p["in"] {
		case "path":
			if v = url.PathEscape(v); v == "" || v == "." || v == ".." {
				v = "1"
			}
			path = strings.Replace(path, "{"+name+"}", v, 1)
		case "query":
			if g.IntN(2) == 0 {
				query.Set(name, v)
			}
		}
	}
	if r, ok := op["requestBody"].(map[string]any); ok {
		s := r["content"].(map[string]any)["application/json"].(map[string]any)["schema"].(map[string]any)
		b, _ := json.Marshal(g.value(s))
		if body = string(b); g.IntN(10) == 0 {
			body = body[:g.IntN(len(body))]
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return strings.ToUpper(m), path, op, body
}

func (g generator) resolve(s map[string]any) map[string]any {
	if ref, ok := s["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		return g.doc["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any)
	}
	return s
}

// value is a value for a schema, now and then one that is not.
func (g generator) value(s map[string]any) any {
	s = g.resolve(s)
	if g.IntN(12) == 0 {
		return []any{nil, g.odd, -1, 1e300, true, []any{}, map[string]any{"x": 1}}[g.IntN(7)]
	}
	switch s["type"] {
	case "integer":
		return g.IntN(300) - 20
	case "boolean":
		return g.IntN(2) == 0
	case "array":
		out := []any{}
		for range g.IntN(4) {
			out = append(out, g.value(s["items"].(map[string]any)))
		}
		return out
	case "object":
		out := map[string]any{}
		for _, k := range keys(s["properties"].(map[string]any)) {
			if g.IntN(8) > 0 {
				out[k] = g.value(s["properties"].(map[string]any)[k].(map[string]any))
			}
		}
		return out
	}
	switch {
	case s["enum"] != nil:
		e := s["enum"].([]any)
		return e[g.IntN(len(e))]
	case s["format"] == "date":
		return fmt.Sprintf("2026-%02d-%02d", 1+g.IntN(13), 1+g.IntN(31))
	case s["pattern"] != nil:
		return fmt.Sprint(g.IntN(12))
	}
	return g.pick([]string{"绍兴市立医院", "医疗", g.odd, "", "周敏", strings.Repeat("字", g.IntN(80))})
}

// holds reports how a value is not as the schema says.
func (g generator) holds(v any, s map[string]any, at string) error {
	s = g.resolve(s)
	wrong := func() error { return fmt.Errorf("%s is %T %v, not %v", at, v, v, s["type"]) }
	switch s["type"] {
	case "object":
		m, ok := v.(map[string]any)
		if !ok {
			return wrong()
		}
		props := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, k := range required {
			if _, ok := m[k.(string)]; !ok {
				return fmt.Errorf("%s has no %s", at, k)
			}
		}
		for k, x := range m {
			p, ok := props[k].(map[string]any)
			if !ok {
				return fmt.Errorf("%s has %s, which is not in the document", at, k)
			}
			if err := g.holds(x, p, at+"."+k); err != nil {
				return err
			}
		}
	case "array":
		list, ok := v.([]any)
		if !ok {
			return wrong()
		}
		for i, x := range list {
			if err := g.holds(x, s["items"].(map[string]any), fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
	case "integer":
		n, ok := v.(float64)
		if !ok || n != float64(int64(n)) {
			return wrong()
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			return wrong()
		}
	case "string":
		text, ok := v.(string)
		if !ok {
			return wrong()
		}
		if e, ok := s["enum"].([]any); ok && !slices.Contains(e, v) {
			return fmt.Errorf("%s is %q", at, text)
		}
		if p, ok := s["pattern"].(string); ok && text != "" && !regexp.MustCompile(p).MatchString(text) {
			return fmt.Errorf("%s is %q, not %s", at, text, p)
		}
	}
	return nil
}

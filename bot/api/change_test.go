package api_test

import (
	"strings"
	"testing"
)

// A change is done over the version that If-Match names, and every answer that is one record says its version as an ETag.
func TestAChangeCanAskForTheVersionItWasMadeFrom(t *testing.T) {
	t.Parallel()
	h := server(newCompany(), wide)
	for _, tc := range []struct {
		name, path, body, match string
		status                  int
		code                    string
	}{
		{"a record that is another one", "/todos/9", `{"state":"done"}`, `"7"`, 412, "stale"},
		{"the version it has", "/todos/9", `{"state":"done"}`, `"3"`, 200, ""},
		{"any", "/todos/9", `{"due_on":"2026-03-20"}`, "*", 200, ""},
		{"none asked", "/customers/9", `{"name":"绍兴第二医院"}`, "", 200, ""},
		{"no version", "/customers/9", `{"name":"绍兴第二医院"}`, `"x"`, 422, "unprocessable"},
		{"a field there is none of", "/customers/9", `{"owner_id":"3"}`, "", 422, "unprocessable"},
		{"a class there is none of", "/customers/9", `{"class":"D"}`, "", 422, "unprocessable"},
		{"no amount", "/opportunities/9", `{"amount_fen":0}`, "", 422, "unprocessable"},
		{"an amount", "/opportunities/9", `{"amount_fen":100}`, `"2"`, 200, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var match []string
			if tc.match != "" {
				match = append(match, tc.match)
			}
			a := send(h, "PATCH", tc.path, serviceToken, "change-"+strings.ReplaceAll(tc.name, " ", "-"), tc.body, match...)
			if a.status != tc.status || !strings.Contains(a.body, tc.code) {
				t.Fatalf("%d %s", a.status, a.body)
			}
			if tag := a.header.Get("ETag"); (tag != "") != (a.status == 200) {
				t.Errorf("ETag %q of %d", tag, a.status)
			}
		})
	}
}

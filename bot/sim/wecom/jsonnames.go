package wecom

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// exactNames drops the top-level members of a JSON object whose name equals a field of into only when case is ignored:
// encoding/json would take them, the platform does not.
func exactNames(body []byte, into any) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return body
	}
	known := map[string]string{}
	t := reflect.TypeOf(into).Elem()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		known[strings.ToLower(name)] = name
	}
	changed := false
	for name := range members {
		if want, ok := known[strings.ToLower(name)]; ok && want != name {
			delete(members, name)
			changed = true
		}
	}
	if !changed {
		return body
	}
	var out bytes.Buffer
	if json.NewEncoder(&out).Encode(members) != nil {
		return body
	}
	return out.Bytes()
}

package sales

import (
	"encoding/json"
	"strings"
)

// EventData is what an event says beside its kind: what changed of the record, and which rules led to it. The store writes
// it with every event.
type EventData struct {
	// Old and New are the values of watched columns that changed, empty ones as "". Old is nil when the record was created.
	Old map[string]string `json:"old,omitempty"`
	New map[string]string `json:"new,omitempty"`
	// Chain are the ids of the rules that led to it, the first cause first, with commas.
	Chain string `json:"chain,omitempty"`
	// Quiet says that it is no news: what was taken over from before the bot came. Rules leave it alone.
	Quiet bool `json:"quiet,omitempty"`
}

// What events call changes of values that no watched table has: of a product's certificate, of the day on which a customer
// goes back to the open pool, and on which a contract ends.
const (
	TellsCertUntil = "cert_until"
	TellsRecall    = "recall_on"
	TellsEnds      = "ends_on" // of a contract
)

// NoNews is the data of an event that rules leave alone.
const NoNews = `{"quiet":true}`

// Changes reads the event's data; what is not understood is left out.
func (e DomainEvent) Changes() EventData {
	var d EventData
	if len(e.Data) > 2 {
		if err := json.Unmarshal([]byte(e.Data), &d); err != nil {
			return EventData{}
		}
	}
	return d
}

// MayChange reports whether the event may tell of values that a record had before: reading the data is dear, and most events
// tell of new records.
func (e DomainEvent) MayChange() bool { return strings.Contains(e.Data, `"old"`) }

// Into adds the data to what an event says already, which is a JSON object or empty.
func (d EventData) Into(data string) string {
	if d.Old == nil && len(d.New) == 0 && d.Chain == "" {
		if data == "" {
			return "{}"
		}
		return data
	}
	if data == "" || data == "{}" {
		b, err := json.Marshal(d)
		if err != nil {
			return "{}"
		}
		return string(b)
	}
	all := map[string]any{}
	if err := json.Unmarshal([]byte(data), &all); err != nil {
		return data
	}
	if d.Old != nil {
		all["old"] = joined(all["old"], d.Old)
	}
	if len(d.New) > 0 {
		all["new"] = joined(all["new"], d.New)
	}
	if d.Chain != "" {
		all["chain"] = d.Chain
	}
	b, err := json.Marshal(all)
	if err != nil {
		return data
	}
	return string(b)
}

// joined adds values to those an event has.
func joined(had any, more map[string]string) map[string]any {
	out := map[string]any{}
	if m, ok := had.(map[string]any); ok {
		for k, v := range m {
			out[k] = v
		}
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}

// Told is the data of an event that tells of a value that stands in another table.
func Told(key, old, now string) string {
	return EventData{Old: map[string]string{key: old}, New: map[string]string{key: now}}.Into("")
}

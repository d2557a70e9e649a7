package sales

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Refs are a person's last records. They are read and written with every message of the person, so a column keeps them as
// short lines: kind, id, microseconds since 1970 and what takes the change back, with blanks between. JSON of the same took
// ten times as long.
type Refs []Ref

// Value is the list as text: a line for each, or JSON where a word would not fit into a line.
func (l Refs) Value() (driver.Value, error) {
	var b strings.Builder
	for i, r := range l {
		if r.Kind == "" || strings.ContainsAny(r.Kind, " \n[") || strings.Contains(r.Back, "\n") {
			out, err := json.Marshal([]Ref(l))
			return string(out), err
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(r.Kind)
		b.WriteByte(' ')
		b.WriteString(r.ID.String())
		b.WriteByte(' ')
		if !r.At.IsZero() {
			b.WriteString(strconv.FormatInt(r.At.UnixMicro(), 10))
		}
		b.WriteByte(' ')
		b.WriteString(r.Back)
	}
	return b.String(), nil
}

// Scan reads what Value wrote.
func (l *Refs) Scan(src any) error {
	*l = nil
	var text string
	switch v := src.(type) {
	case nil:
	case []byte:
		text = string(v)
	case string:
		text = v
	default:
		return fmt.Errorf("scan last records from %T", src)
	}
	switch {
	case text == "":
		return nil
	case text[0] == '[':
		return json.Unmarshal([]byte(text), (*[]Ref)(l))
	}
	out := make(Refs, 0, strings.Count(text, "\n")+1)
	for line := range strings.SplitSeq(text, "\n") {
		r, err := readRef(line)
		if err != nil {
			return err
		}
		out = append(out, r)
	}
	*l = out
	return nil
}

func readRef(line string) (Ref, error) {
	kind, rest, _ := strings.Cut(line, " ")
	id, rest, _ := strings.Cut(rest, " ")
	at, back, ok := strings.Cut(rest, " ")
	n, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil {
		return Ref{}, fmt.Errorf("scan last records: a line of %d characters is none", len(line))
	}
	r := Ref{Kind: kind, ID: ID(n), Back: back}
	if at != "" {
		micro, err := strconv.ParseInt(at, 10, 64)
		if err != nil {
			return Ref{}, fmt.Errorf("scan last records: %w", err)
		}
		r.At = At(time.UnixMicro(micro))
	}
	return r, nil
}

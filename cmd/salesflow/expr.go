package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"salesflow/bot/parse"
)

// exprCmd is `salesflow expr`: one expression a line in, its value out.
type exprCmd struct{}

// Run reads standard input.
func (exprCmd) Run() error { return runExpr(os.Stdin, os.Stdout) }

type exprLine struct {
	ID   json.RawMessage `json:"id"`
	Text string          `json:"text"`
	Ref  string          `json:"ref"`
	Kind string          `json:"kind"`
}

// runExpr answers each line of in with one line, in order, also a broken one.
func runExpr(in io.Reader, out io.Writer) error {
	cal := newHolidays()
	return eachLine(in, out, func(line []byte) any {
		var l exprLine
		if err := json.Unmarshal(line, &l); err != nil {
			return map[string]any{"id": looseID(line), "error": "not a JSON object with id, text, ref, kind"}
		}
		v := exprValue(l, cal)
		if v == nil {
			v = map[string]any{"none": true}
		}
		return map[string]any{"id": l.ID, "value": v}
	})
}

// exprValue is nil when nothing of that kind is in the text.
func exprValue(l exprLine, cal parse.Calendar) map[string]any {
	now, ok := refTime(l.Ref)
	switch l.Kind {
	case "number":
		return decimalValue(parse.Number(l.Text))
	case "percent":
		return decimalValue(parse.Percent(l.Text))
	case "money":
		a, ok := parse.Money(l.Text)
		if !ok {
			return nil
		}
		v := amountJSON(a)
		v["currency"] = a.Currency
		return v
	case "duration":
		n, ok := parse.Duration(l.Text)
		if !ok {
			return nil
		}
		return map[string]any{"seconds": n}
	}
	if !ok {
		return nil
	}
	switch l.Kind {
	case "date":
		if w, ok := parse.Date(l.Text, now, parse.TenseUnknown, cal); ok {
			return map[string]any{"start": w.Start.Format(time.RFC3339)}
		}
	case "datetime":
		if w, ok := parse.Moment(l.Text, now, parse.TenseUnknown, cal); ok {
			return map[string]any{"start": w.Start.Format(time.RFC3339)}
		}
	case "period":
		if s, ok := parse.Period(l.Text, now, parse.TenseUnknown, cal); ok {
			return map[string]any{"start": openTime(s.Start), "end": openTime(s.End)}
		}
	}
	return nil
}

func decimalValue(v string, ok bool) map[string]any {
	if !ok {
		return nil
	}
	return map[string]any{"value": v}
}

func openTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format(time.RFC3339)
}

// amountJSON has value, or min and max, as decimal strings in yuan.
func amountJSON(a parse.Amount) map[string]any {
	v := map[string]any{}
	if a.HasMin {
		v["min"] = yuan(a.Min)
	}
	if a.HasMax {
		v["max"] = yuan(a.Max)
	}
	if a.Exact() {
		v["value"] = yuan(a.Value)
	}
	return v
}

// yuan prints fen as a decimal without trailing zeros.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	s := sign + strconv.FormatInt(fen/100, 10)
	switch rest := fen % 100; {
	case rest == 0:
		return s
	case rest%10 == 0:
		return fmt.Sprintf("%s.%d", s, rest/10)
	default:
		return fmt.Sprintf("%s.%02d", s, rest)
	}
}

var chinaTime = time.FixedZone("CST", 8*3600)

// refTime reads RFC 3339; the result is in China's time, where business days are counted.
func refTime(s string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, s)
	return t.In(chinaTime), err == nil
}

// maxLine bounds one input line.
const maxLine = 1 << 20

// eachLine writes answer(line) for each line that is not blank; a line that is too long is cut.
func eachLine(in io.Reader, out io.Writer, answer func([]byte) any) error {
	r := bufio.NewReaderSize(in, 64<<10)
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for {
		line, err := readLine(r)
		if len(line) > 0 {
			if err := enc.Encode(answer(line)); err != nil {
				return fmt.Errorf("write result: %w", err)
			}
		}
		if errors.Is(err, io.EOF) {
			return w.Flush()
		}
		if err != nil {
			w.Flush()
			return fmt.Errorf("read input: %w", err)
		}
	}
}

func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if room := maxLine - len(line); room > 0 {
			line = append(line, part[:min(room, len(part))]...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
			line = line[:len(line)-1]
		}
		return line, err
	}
}

// looseID finds the id of a line that has the wrong shape, so that its answer can be matched.
func looseID(line []byte) any {
	var l struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(line, &l) != nil || l.ID == nil {
		return nil
	}
	return l.ID
}

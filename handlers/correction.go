package handlers

import (
	"time"

	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// readCorrection understands what is to be changed about a visit: "金额改成18万", or just the new value, "下周三".
func readCorrection(p parse.Parser, text string, now time.Time, person sales.PersonID, v sales.Visit) (parse.Correction, bool) {
	record := visitRecord(v)
	in := parse.Input{
		Text: text, Now: now.In(sales.Shanghai), User: parse.ID(person),
		Context: parse.Context{Records: []parse.Record{record}, Reply: &record},
	}
	for _, f := range p.Parse(in).Frames {
		if f.Correction != nil {
			return *f.Correction, true
		}
	}
	if m, ok := parse.Money(text); ok && m.Exact() {
		return parse.Correction{Record: record.ID, Field: parse.FieldAmount, Amount: m}, true
	}
	if w, ok := parse.Date(text, in.Now, parse.TenseFuture, p.Calendar); ok {
		return parse.Correction{Record: record.ID, Field: parse.FieldDue, Due: w}, true
	}
	return parse.Correction{}, false
}

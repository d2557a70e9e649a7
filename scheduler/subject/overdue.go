package subject

import "salesflow/scheduler/rules"

// daysOver is for how many days the day of another field has passed while the record is in a state; not filled in before it, and in
// other states.
func daysOver(key, name, date, state, open string) Field {
	f := number(key, name, "0")
	f.Needs = []string{date, state}
	f.Derive = func(r *Record) rules.Value {
		until := r.Field(date)
		v := rules.Value{Type: rules.Number, None: until.None || r.day.IsZero() || r.Field(state).S != open}
		if v.None {
			return v
		}
		days := r.day.Sub(until.Day)
		v.N, v.None = int64(days)*100, days <= 0
		return v
	}
	return f
}

package parse

// integer reads a plain whole number below limit, Arabic or Chinese, without 万 and decimals: for days, hours, counts.
func (t *text) integer(i int, limit int64) (n int64, j int, ok bool) {
	x, ok := t.numBefore(i, true)
	if !ok || !x.v.IsInt() || x.hi != nil || x.approx || x.v.Sign() < 0 {
		return 0, i, false
	}
	v := x.v.Num()
	if !v.IsInt64() || v.Int64() >= limit {
		return 0, i, false
	}
	return v.Int64(), x.j, true
}

package parse

import "time"

// decade reads 90年代, 20世纪70年代, 上世纪90年代, 21世纪.
func (d *dater) decade(i int, base *point) (point, bool) {
	t := &d.t
	century, k := -1, i
	switch j := t.any(i, "上个世纪", "上世纪"); {
	case j > 0:
		century, k = d.now.Year()/100-1, j
	default:
		if j := t.any(i, "本世纪", "这个世纪"); j > 0 {
			century, k = d.now.Year()/100, j
		} else if n, e, ok := t.integer(i, 30); ok && n > 0 && !isDigit(t.at(i-1)) && t.any(e, "世纪") > 0 {
			century, k = int(n)-1, t.any(e, "世纪")
		}
	}
	if y, n, e := t.digits(i); n == 4 && y >= 1000 && y < 2200 && y%10 == 0 && t.any(e, "年代") > 0 && !isDigit(t.at(i-1)) {
		return d.years(i, e+2, y, 10), true
	}
	k = t.opt(k, "的")
	n, e, ok := t.integer(k, 100)
	j := t.any(e, "年代")
	if !ok || j < 0 || n%10 != 0 || isDigit(t.at(k-1)) || isChineseDigit(t.at(k-1)) {
		if century < 0 {
			return point{}, false
		}
		if e := t.any(k, "初", "初期", "前期"); e > 0 {
			return d.years(i, e, century*100, 10), true
		}
		if e := t.any(k, "末", "末期", "后期"); e > 0 {
			return d.years(i, e, century*100+90, 10), true
		}
		return d.years(i, k, century*100, 100), true
	}
	if century < 0 {
		century = d.now.Year() / 100
		if int(n) > d.now.Year()%100 {
			century--
		}
	}
	y := century*100 + int(n)
	switch {
	case t.any(j, "初") > 0:
		return d.years(i, j+1, y, 3), true
	case t.any(j, "中期") > 0:
		return d.years(i, j+2, y+4, 3), true
	case t.any(j, "末", "后期") > 0:
		return d.years(i, t.any(j, "末", "后期"), y+7, 3), true
	}
	return d.years(i, j, y, 10), true
}

func (d *dater) years(i, j, y, n int) point {
	x := time.Date(y, 1, 1, 0, 0, 0, 0, d.now.Location())
	return point{i: i, j: j, start: x, end: x.AddDate(n, 0, 0), grain: grainYear, fixed: true, yearSaid: true}
}

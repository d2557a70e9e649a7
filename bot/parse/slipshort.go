package parse

import "strings"

// slippedShort finds a product of two characters of which one is written as another that is spelled the same but for ü and
// u: 绿播 for 录播. It looks only where no product is named at all.
func (m *message) slippedShort() {
	for i := 0; i+2 <= len(m.r); i++ {
		if !m.free(i, i+2) || !m.allHan(i, i+2) {
			continue
		}
		for skip := range 2 {
			s := without(m.r[i:i+2], skip)
			for _, l := range m.x.tables() {
				for _, k := range l.slips()[s] {
					if r := []rune(k.key); m.x.holds(l, goneProducts, k.id) && r[skip] != m.r[i+skip] && sameButUmlaut(r[skip], m.r[i+skip]) {
						m.product(i, i+2, []nameKey{{k.key, k.id, howSound}})
						return
					}
				}
			}
		}
	}
}

// sameButUmlaut reports that two characters share a reading when ü is taken for u: 绿 and 录.
func sameButUmlaut(a, b rune) bool {
	level := strings.NewReplacer("ü", "u", "v", "u")
	for _, x := range readings(a) {
		for _, y := range readings(b) {
			if x != y && level.Replace(x) == level.Replace(y) {
				return true
			}
		}
	}
	return false
}

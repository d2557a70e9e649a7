package parse

// sameTitle are the registered titles of those who are spoken of by another one.
var sameTitle = map[string][]string{
	"老总":  {"总经理", "董事长", "总裁", "老板"},
	"大老板": {"老板", "总经理", "董事长"},
}

// latinName is the end of a name in Latin letters at i: Kevin; -1 for none.
func (m *message) latinName(i, to int) int {
	e := i
	for e < to && isLetter(m.at(e)) && m.free(e, e+1) {
		e++
	}
	if n := e - i; n < 2 || n > 12 || isWord(m.at(e)) || isWord(m.at(i-1)) || m.at(i) < 'A' || m.at(i) > 'Z' || m.at(i+1) < 'a' {
		return -1
	}
	return e
}

package parse

// codes takes out what looks like a model or an article number: up to six letters, perhaps a dash, and digits, with whatever
// letters, digits and dashes follow; or eleven digits and more.
func (m *message) codes() {
	for i := 0; i < len(m.r); i++ {
		if !isWord(m.r[i]) {
			continue
		}
		j := m.codeAt(i)
		if j > i && m.free(i, j) {
			m.mark(i, j)
		}
		for i = max(i, j-1); i+1 < len(m.r) && isWord(m.r[i+1]); {
			i++ // a code begins where a word does
		}
	}
}

// codeAt is the end of the code at i, where a word begins; -1 for none.
func (m *message) codeAt(i int) int {
	j := i
	for j < len(m.r) && isLetter(m.r[j]) {
		j++
	}
	letters := j - i
	if letters > 0 && m.at(j) == '-' {
		j++
	}
	digits := m.digitRun(j)
	switch {
	case letters == 0 && digits >= 11:
		return j + digits
	case letters == 0 || letters > 6 || digits == 0:
		return -1
	}
	for j < len(m.r) && (isWord(m.r[j]) || m.r[j] == '-') {
		j++
	}
	return j
}

// digitRun is how many digits stand at i.
func (m *message) digitRun(i int) int {
	n := 0
	for isDigit(m.at(i + n)) {
		n++
	}
	return n
}

// mayHavePhone reports whether somewhere a telephone number may begin: a word with 0, 1 or 4 in front that is no longer than one.
func (m *message) mayHavePhone() bool {
	const longest = 12 // 0571, and eight digits
	for i := 0; i < len(m.r); i++ {
		if c := m.r[i]; (c == '0' || c == '1' || c == '4') && (i == 0 || !isWord(m.r[i-1])) && m.digitRun(i) <= longest {
			return true
		}
	}
	return false
}

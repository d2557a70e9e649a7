package sales

import "strings"

// CSVCell is a text as a cell of a CSV file that people will open in Excel or WPS: one that would be taken for a formula
// there begins with an apostrophe, and there are no line breaks, which would begin a row. Numbers are written as numbers,
// not through here. In an .xlsx file a text is a cell of the type string and needs nothing of this.
func CSVCell(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' || r == 0 }), " ")
	if strings.HasPrefix(s, "'") || s != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

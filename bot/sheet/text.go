package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// maxTextBytes bounds a file of text; what banks hand out is far below.
const maxTextBytes = 20 << 20

// asText is the text of a file of comma-, semicolon- or tab-separated values, in UTF-8, UTF-16 with its mark (Excel's Unicode
// text) or, as banks and Excel write it, GB 18030; false when it is none.
func asText(data []byte) (string, bool) {
	if len(data) <= maxTextBytes && (bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))) {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil {
			return "", false
		}
		data = out
	}
	if len(data) == 0 || len(data) > maxTextBytes || bytes.HasPrefix(data, []byte("PK")) || bytes.IndexByte(data[:min(len(data), 4096)], 0) >= 0 {
		return "", false
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil {
			return "", false
		}
		data = out
	}
	s := string(data)
	return s, separatorOf(s) != 0
}

// separatorOf is what parts the values: what stands most often in one of the first lines, at least twice; 0 for none.
func separatorOf(s string) rune {
	best, most := rune(0), 1
	for n := 0; n < headerWithin && s != ""; n++ {
		var line string
		line, s, _ = strings.Cut(s, "\n")
		for _, sep := range ",\t;" {
			if k := strings.Count(line, string(sep)); k > most {
				best, most = sep, k
			}
		}
	}
	return best
}

// readText reads separated values row by row, as Read does a workbook.
func readText(text string, layouts []Layout, each func(Found, Row) error) (Found, error) {
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.LazyQuotes, in.TrimLeadingSpace, in.ReuseRecord = separatorOf(text), -1, true, true, true
	r := reader{layouts: layouts, each: each}
	for number := 1; ; number++ {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r.found, bad("第 %d 行读不出来,文件可能坏了。另存为 Excel 再发。", number)
		}
		for k := range cells { // banks keep long numbers from Excel with a tab or a ="…"
			cells[k] = strings.Trim(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(cells[k]), `="`), `"`), "\t'")
		}
		if err := r.row(number, cells[:min(len(cells), maxColumns)]); err != nil {
			return r.found, err
		}
		if !r.headed && number >= headerWithin {
			break
		}
	}
	return r.found, r.end()
}

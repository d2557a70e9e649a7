package sheet

import (
	"archive/zip"
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// ole begins the container of .xls, .doc, .ppt and of every Office file with a password.
const ole = "\xd0\xcf\x11\xe0"

// notASheet says what to do about a file that is a table of another kind, or none; nil where it may be one. It goes by what is
// in the file, never by its name: people rename.
func notASheet(data []byte) error {
	first := bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 2048)], []byte("\xef\xbb\xbf")), " \t\r\n")
	head := bytes.ToLower(first)
	magic := func(marks ...string) bool {
		return slices.ContainsFunc(marks, func(m string) bool { return bytes.HasPrefix(data, []byte(m)) })
	}
	begins := func(marks ...string) bool {
		return slices.ContainsFunc(marks, func(m string) bool { return bytes.HasPrefix(head, []byte(m)) })
	}
	switch {
	case len(data) == 0:
		return bad("文件是空的。要 Excel 的 .xlsx 格式,看一下是不是没存上,再发一次。")
	case bytes.HasPrefix(data, []byte(ole)) && named(data, "EncryptedPackage"):
		return bad("这个文件设了密码,打不开。在 Excel 里点 文件、信息、保护工作簿,把密码清空,存好再发。")
	case bytes.HasPrefix(data, []byte(ole)) && named(data, "WordDocument"):
		return bad("这是 Word 文件。把表格贴到 Excel 里,存成 .xlsx 再发。")
	case bytes.HasPrefix(data, []byte(ole)):
		return bad("这是老的 .xls 格式(或 WPS 的 .et)。用 Excel 或 WPS 另存为 .xlsx,不设密码,再发一次。")
	case begins("<html", "<!doctype html", "<table", "<meta"):
		return bad("这其实是网页,很多系统导出的 .xls 是这样。用 Excel 打开,另存为 .xlsx,再发一次。")
	case begins("<?xml") && bytes.Contains(head, []byte("spreadsheet")):
		return bad("这是 XML 表格。用 Excel 打开,另存为 .xlsx,再发一次。")
	case magic("%PDF"):
		return bad("这是 PDF,里面的表读不出来。要 Excel 的 .xlsx 格式,把原来的表发我。")
	case magic("\x89PNG", "\xff\xd8\xff", "GIF8"):
		return bad("这是图片,不是表。要 Excel 的 .xlsx 格式,把原来的表发我。")
	case magic("Rar!", "7z\xbc\xaf"):
		return bad("这是压缩包。解开,把里面的 .xlsx 直接发我。")
	}
	return nil
}

// named reports whether a container has a stream of a name; names stand in it in UTF-16.
func named(data []byte, name string) bool {
	var wide []byte
	for _, c := range []byte(name) {
		wide = append(wide, c, 0)
	}
	return bytes.Contains(data, wide)
}

// otherPaper says what to do about a zip that holds something else than a workbook in our format.
func otherPaper(z *zip.Reader) error {
	has := func(names ...string) bool {
		for _, f := range z.File {
			for _, n := range names {
				if strings.HasPrefix(f.Name, n) {
					return true
				}
			}
		}
		return false
	}
	switch {
	case has("xl/workbook.bin"):
		return bad("这是 .xlsb 格式。用 Excel 另存为 .xlsx,再发一次。")
	case has("xl/"):
		return nil
	case has("word/"):
		return bad("这是 Word 文件。把表格贴到 Excel 里,存成 .xlsx 再发。")
	case has("ppt/"):
		return bad("这是 PPT 文件。把表格贴到 Excel 里,存成 .xlsx 再发。")
	case has("content.xml", "Index/"):
		return bad("这不是 Excel 的格式。用原来的软件导出成 .xlsx,再发一次。")
	}
	for _, f := range z.File {
		if strings.HasSuffix(strings.ToLower(f.Name), ".xlsx") {
			return bad("这是压缩包。解开,把里面的 .xlsx 直接发我。")
		}
	}
	return nil
}

// LooksLike reports whether a file is surely meant as a sheet, also one that cannot be read: a workbook of any version, or a
// table as text, but no other paper.
func LooksLike(data []byte) bool {
	if bytes.HasPrefix(data, []byte(ole)) {
		return named(data, "Workbook") || named(data, "EncryptedPackage")
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return bytes.Contains(data, []byte("xl/")) // the names of its parts are never packed
	}
	text, ok := asText(data)
	if !ok {
		return false
	}
	sep, wide := string(separatorOf(text)), 0
	for n := 0; n < headerWithin && text != ""; n++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if strings.Count(line, sep) >= 2 {
			wide++
		}
	}
	return wide >= 2
}

// isDate reports whether a column holds days.
func (l Layout) isDate(key string) bool {
	switch key {
	case CertUntil, Until, Day, DueOn, SignedOn:
		return true
	}
	return slices.Contains(l.Dates, key)
}

// days1904 is how many days later the date system of old Macintoshes begins to count.
const days1904 = 1462

// since1900 is a number of days as everybody else counts them. What is no such number stays.
func since1900(cell string) string {
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || n < 1000 || n > 100_000 {
		return cell
	}
	return strconv.FormatFloat(n+days1904, 'f', -1, 64)
}

// rounded reports whether a number in scientific notation has lost digits: what a CSV file that went through a spreadsheet
// holds of a telephone number.
func rounded(s string) bool {
	mantissa, exponent, _ := strings.Cut(strings.ToUpper(s), "E")
	n, err := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
	digits := strings.TrimLeft(strings.ReplaceAll(mantissa, ".", ""), "0")
	return err == nil && n >= 9 && len(digits) < n-1
}

func short(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

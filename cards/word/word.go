package word

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"salesflow/store/sales"
)

// MIME is the type of the files.
const MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// Bounds of a document.
const (
	maxSections = 200
	maxRows     = 2000
)

// part is one file of the package.
type part struct{ name, text string }

const header = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

var fixed = []part{
	{"[Content_Types].xml", header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`</Types>`},
	{"_rels/.rels", header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
		`</Relationships>`},
	{"word/_rels/document.xml.rels", header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
		`</Relationships>`},
	{"word/styles.xml", header + `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` +
		`<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="宋体"/><w:sz w:val="22"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:spacing w:after="80" w:line="320" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
		style("Title", "Title", `<w:jc w:val="center"/><w:spacing w:before="240" w:after="120"/>`, `<w:b/><w:sz w:val="36"/>`) +
		style("Subtitle", "Subtitle", `<w:jc w:val="center"/>`, `<w:color w:val="595959"/><w:sz w:val="20"/>`) +
		style("Heading1", "heading 1", `<w:keepNext/><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="0"/>`, `<w:b/><w:sz w:val="26"/>`) +
		`</w:styles>`},
}

func style(id, name, paragraph, run string) string {
	return `<w:style w:type="paragraph" w:styleId="` + id + `"><w:name w:val="` + name + `"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>` +
		`<w:pPr>` + paragraph + `</w:pPr><w:rPr>` + run + `</w:rPr></w:style>`
}

// Write makes the file. It fails for a document beyond its bounds.
func Write(d sales.Document) ([]byte, error) {
	if len(d.Sections) > maxSections {
		return nil, fmt.Errorf("a document of %d sections", len(d.Sections))
	}
	var b strings.Builder
	b.WriteString(header + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	paragraph(&b, "Title", d.Title)
	if d.Subtitle != "" {
		paragraph(&b, "Subtitle", d.Subtitle)
	}
	for _, s := range d.Sections {
		if s.Heading != "" {
			paragraph(&b, "Heading1", s.Heading)
		}
		for _, text := range s.Paragraphs {
			paragraph(&b, "", text)
		}
		if len(s.Rows) > maxRows {
			return nil, fmt.Errorf("a table of %d rows", len(s.Rows))
		}
		table(&b, s)
	}
	b.WriteString(`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1418" w:bottom="1440" w:left="1418" w:header="851" w:footer="851" w:gutter="0"/></w:sectPr></w:body></w:document>`)
	return pack(append(append([]part(nil), fixed...), part{"word/document.xml", b.String()}))
}

// pack writes the parts without times, so that the bytes depend on them alone.
func pack(parts []part) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(w, p.text)
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", p.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("write document: %w", err)
	}
	return out.Bytes(), nil
}

func paragraph(b *strings.Builder, styleID, text string) {
	b.WriteString(`<w:p>`)
	if styleID != "" {
		b.WriteString(`<w:pPr><w:pStyle w:val="` + styleID + `"/></w:pPr>`)
	}
	run(b, text, false)
	b.WriteString(`</w:p>`)
}

// run writes text; a line feed in it is a line break.
func run(b *strings.Builder, text string, bold bool) {
	b.WriteString(`<w:r>`)
	if bold {
		b.WriteString(`<w:rPr><w:b/></w:rPr>`)
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString(`<w:br/>`)
		}
		b.WriteString(`<w:t xml:space="preserve">`)
		_ = xml.EscapeText(b, []byte(clean(line))) // a Builder never fails
		b.WriteString(`</w:t>`)
	}
	b.WriteString(`</w:r>`)
}

// clean drops what XML 1.0 cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// tableWidth is what a page has room for, in twentieths of a point.
const tableWidth = 9070

func table(b *strings.Builder, s sales.DocumentSection) {
	rows := s.Rows
	columns := len(s.Head)
	for _, r := range rows {
		columns = max(columns, len(r))
	}
	if columns == 0 || len(rows) == 0 {
		return
	}
	first := tableWidth / columns
	if columns > 1 { // names are short, what they say is not
		first = tableWidth / (columns + 1)
	}
	rest := first
	if columns > 1 {
		rest = (tableWidth - first) / (columns - 1)
	}
	width := func(i int) int {
		if i == 0 {
			return first
		}
		return rest
	}
	border := func(side string) string {
		return `<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="808080"/>`
	}
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="` + fmt.Sprint(tableWidth) + `" w:type="dxa"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(border(side))
	}
	b.WriteString(`</w:tblBorders></w:tblPr><w:tblGrid>`)
	for i := range columns {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, width(i))
	}
	b.WriteString(`</w:tblGrid>`)
	if len(s.Head) > 0 {
		row(b, s.Head, columns, true, width)
	}
	for _, r := range rows {
		row(b, r, columns, false, width)
	}
	b.WriteString(`</w:tbl>`)
	paragraph(b, "", "") // two tables in a row would grow together
}

func row(b *strings.Builder, cells []string, columns int, head bool, width func(int) int) {
	b.WriteString(`<w:tr>`)
	if head {
		b.WriteString(`<w:trPr><w:tblHeader/></w:trPr>`)
	}
	for i := range columns {
		text := ""
		if i < len(cells) {
			text = cells[i]
		}
		fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p>`, width(i))
		run(b, text, head)
		b.WriteString(`</w:p></w:tc>`)
	}
	b.WriteString(`</w:tr>`)
}

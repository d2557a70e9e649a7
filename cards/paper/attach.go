package paper

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// AttachmentName is the name of the record inside the PDF.
const AttachmentName = "approval-record.json"

var (
	reTrailer = regexp.MustCompile(`trailer\n<<\n/Size (\d+)\n/Root 1 0 R\n`)
	reStart   = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	reLength  = regexp.MustCompile(`/Type /EmbeddedFile /Subtype /application#2Fjson /Length (\d+) `)
)

// attach adds a file to a PDF by an incremental update (ISO 32000-1, 7.5.6 and 7.11.4): the embedded file, its
// specification, and a new catalogue that names it. The update stands behind the document, which stays as it is.
func attach(pdf []byte, data []byte) ([]byte, error) {
	trailer, start := reTrailer.FindSubmatch(pdf), reStart.FindSubmatch(pdf)
	if trailer == nil || start == nil {
		return nil, errors.New("attach to PDF: its trailer is not known")
	}
	size, err := strconv.Atoi(string(trailer[1]))
	if err != nil {
		return nil, fmt.Errorf("attach to PDF: %w", err)
	}
	var b bytes.Buffer
	b.Write(pdf)
	catalogue := b.Len()
	fmt.Fprintf(&b, "1 0 obj\n<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(%s) %d 0 R] >> >> /AF [%d 0 R] >>\nendobj\n",
		AttachmentName, size+1, size+1)
	file := b.Len()
	fmt.Fprintf(&b, "%d 0 obj\n<< /Type /EmbeddedFile /Subtype /application#2Fjson /Length %d /Params << /Size %d >> >>\nstream\n", size, len(data), len(data))
	b.Write(data)
	b.WriteString("\nendstream\nendobj\n")
	spec := b.Len()
	fmt.Fprintf(&b, "%d 0 obj\n<< /Type /Filespec /F (%s) /UF (%s) /AFRelationship /Source /EF << /F %d 0 R >> >>\nendobj\n",
		size+1, AttachmentName, AttachmentName, size)
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n1 1\n%010d 00000 n \n%d 2\n%010d 00000 n \n%010d 00000 n \n", catalogue, size, file, spec)
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R /Prev %s >>\nstartxref\n%d\n%%%%EOF\n", size+2, start[1], xref)
	return b.Bytes(), nil
}

// Attached is the record inside a PDF of ours.
func Attached(pdf []byte) ([]byte, error) {
	all := reLength.FindAllSubmatchIndex(pdf, -1)
	if len(all) == 0 {
		return nil, errors.New("there is no record in this PDF")
	}
	m := all[len(all)-1] // the last update counts
	n, err := strconv.Atoi(string(pdf[m[2]:m[3]]))
	if err != nil {
		return nil, fmt.Errorf("read PDF: %w", err)
	}
	const mark = "stream\n"
	at := bytes.Index(pdf[m[1]:], []byte(mark))
	if at < 0 || n < 0 || m[1]+at+len(mark)+n > len(pdf) {
		return nil, errors.New("the record in this PDF is cut off")
	}
	from := m[1] + at + len(mark)
	return pdf[from : from+n], nil
}

package word_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"salesflow/cards/word"
	"salesflow/store/sales"
)

const maxUnzipped = 1 << 20

func TestADocumentIsWellFormedAndAlwaysTheSame(t *testing.T) {
	t.Parallel()
	d := sales.Document{Title: "技术协议", Subtitle: "JX2026-001", Sections: []sales.DocumentSection{{
		Heading: "1. <产品> & \"图纸\"", Paragraphs: []string{"第一行\n第二行", "坏字\x00\x0b\ufffe"}, Head: []string{"项目", "要求"}, Rows: [][]string{{"公差", "±0.02 <A>"}, {"少一格"}},
	}}}
	one, err := word.Write(d)
	two, err2 := word.Write(d)
	if err != nil || err2 != nil || !bytes.Equal(one, two) {
		t.Fatal("not the same bytes", err, err2)
	}
	z, err := zip.NewReader(bytes.NewReader(one), int64(len(one)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(io.LimitReader(r, maxUnzipped))
		if err != nil {
			t.Fatal(err)
		}
		dec := xml.NewDecoder(bytes.NewReader(data))
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
		if f.Name != "word/document.xml" {
			continue
		}
		for _, want := range []string{"技术协议", "&lt;产品&gt; &amp;", "<w:br/>", "±0.02 &lt;A&gt;", "坏字"} {
			if !strings.Contains(string(data), want) {
				t.Errorf("%s lacks %q", f.Name, want)
			}
		}
	}
	if _, err := word.Write(sales.Document{Sections: make([]sales.DocumentSection, 1000)}); err == nil {
		t.Error("a document without end is written")
	}
}

// Package word writes a document of headings, paragraphs and tables as a Word file (docx, ECMA-376). The same document
// always makes the same bytes, so that its hash names its text. It knows nothing of what the document says.
package word

// Package paper draws an approval record (审批单) as a PDF with Chinese text. The font is the one of the pictures, cut down
// to the characters of the page; the record itself is attached to the file, so that a program can check it. The same
// record always makes the same bytes.
package paper

// Package paper draws an approval record (审批单) and a customer's statement (对账单) as PDFs with Chinese text. The font is
// the one of the pictures, cut down to the characters of the page; an approval record is attached to its file, so that a
// program can check it. The same record always makes the same bytes.
package paper

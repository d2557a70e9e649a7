package evidence

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"salesflow/store/approval"
	"salesflow/store/audit"
	"salesflow/store/sales"
)

// Format names the form of a record; a later one gets another number.
const Format = "salesflow.approval-record/1"

// MaxRecord bounds a record in bytes, as it is read back.
const MaxRecord = 8 << 20

// Fields of the changes in audit rows that a record is made from.
const (
	FieldFacts = "facts"  // what was submitted, as Facts
	FieldEntry = "entry"  // one line of a request's log, as approval.Entry
	FieldFile  = "sha256" // of an attachment that was kept
	FieldName  = "name"
	FieldSize  = "size"
)

// Facts are the terms of a paper as they were submitted, in words of then.
type Facts struct {
	No        string      `json:"no"`
	Noun      string      `json:"noun"`
	Customer  string      `json:"customer"`
	Products  []string    `json:"products,omitempty"`
	Amount    sales.Money `json:"amount"`
	Requester string      `json:"requester"`
	// Lines are the other terms as the cards show them: name and words.
	Lines [][2]string `json:"lines,omitempty"`
	// Findings are the clauses outside the company's limits.
	Findings []string `json:"findings,omitempty"`
	Path     string   `json:"path,omitempty"`
	Files    []File   `json:"files,omitempty"`
}

// File is an attachment by its hash; the hash is empty until the file has been kept.
type File struct {
	ID     sales.ID `json:"id"`
	Name   string   `json:"name"`
	Size   int64    `json:"size,omitempty"`
	SHA256 string   `json:"sha256,omitempty"`
}

// ErrNoFacts says that the sealed rows do not say what was submitted: it was before they did, or they are retired.
var ErrNoFacts = errors.New("the sealed rows do not say what was submitted")

// Change is a value as a change of an audit row.
func Change(field string, v any) (sales.Change, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return sales.Change{}, fmt.Errorf("write %s: %w", field, err)
	}
	return sales.Change{Field: field, New: string(b)}, nil
}

// EntryChanges are what a line of a request's log leaves in the trace: the state, the reason, and the line itself, so that
// the paper can be made from what was sealed.
func EntryChanges(before, after approval.State, e approval.Entry) ([]sales.Change, error) {
	line, err := Change(FieldEntry, e)
	if err != nil {
		return nil, err
	}
	return []sales.Change{{Field: "state", Old: string(before), New: string(after)}, {Field: "说明", New: e.Comment}, line}, nil
}

// Belongs reports whether an audit row about a record or one of its files is part of the evidence: what was done, not
// who looked at it.
func Belongs(e sales.AuditEntry) bool { return !e.Read() }

// Record is what the paper is made from.
type Record struct {
	Format string `json:"format"`
	audit.Evidence
}

// Parse reads a record. What it says is not checked yet.
func Parse(b []byte) (Record, error) {
	var r Record
	if len(b) > MaxRecord {
		return r, errors.New("the record is too large")
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fmt.Errorf("read record: %w", err)
	}
	if r.Format != Format {
		return r, fmt.Errorf("read record: its form is %.40q, not %q", r.Format, Format)
	}
	if len(r.Rows) == 0 {
		return r, errors.New("read record: it holds no rows")
	}
	return r, nil
}

// Encode writes a record. The same record is always the same bytes.
func (r Record) Encode() ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("write record: %w", err)
	}
	return b, nil
}

// Line is one line of the story: a log entry and the leaf that proves it.
type Line struct {
	approval.Entry
	Leaf int64
}

// Paper is what a record says.
type Paper struct {
	Facts
	Lines []Line
	State approval.State
	Tree  tlog.Tree
	// Checkpoint is the signed note, Rows how many rows of the trace are proved.
	Checkpoint string
	Rows       int
}

// Read checks every proof of a record and says what the sealed rows say. verifiers are the keys that sign checkpoints; nil
// leaves the signature unchecked, for whoever has just signed it.
func (r Record) Read(verifiers note.Verifiers) (Paper, error) {
	tree, err := r.Check(verifiers)
	if err != nil {
		return Paper{}, err
	}
	p := Paper{Tree: tree, Checkpoint: r.Checkpoint, Rows: len(r.Rows)}
	entries, err := r.entries()
	if err != nil {
		return Paper{}, err
	}
	files := map[sales.ID]File{}
	for _, e := range entries {
		if e.SubjectKind == "file" {
			files[e.SubjectID] = keptFile(e.AuditEntry)
			continue
		}
		if err := p.take(e.AuditEntry, e.leaf); err != nil {
			return Paper{}, err
		}
	}
	for i, f := range p.Files {
		if kept, ok := files[f.ID]; ok {
			p.Files[i] = kept
			if kept.Name == "" {
				p.Files[i].Name = f.Name
			}
		}
	}
	if p.No == "" {
		return Paper{}, ErrNoFacts
	}
	slices.SortStableFunc(p.Lines, func(a, b Line) int { return a.At.Compare(b.At.Time) })
	return p, nil
}

// sealed is a row that was read, and its place in the log.
type sealed struct {
	sales.AuditEntry
	leaf int64
}

// entries are the rows in the order in which they were written; one that was sealed late stands further behind in the log.
func (r Record) entries() ([]sealed, error) {
	var out []sealed
	for _, row := range r.Rows {
		e, err := row.Entry()
		if err != nil {
			return nil, err
		}
		out = append(out, sealed{e, row.Leaf})
	}
	slices.SortStableFunc(out, func(a, b sealed) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// take adds what one sealed row says.
func (p *Paper) take(e sales.AuditEntry, leaf int64) error {
	for _, c := range e.Changes {
		switch c.Field {
		case FieldFacts:
			var f Facts
			if err := json.Unmarshal([]byte(c.New), &f); err != nil {
				return fmt.Errorf("row %d: read facts: %w", leaf, err)
			}
			p.Facts = f
		case FieldEntry:
			line := Line{Leaf: leaf}
			if err := json.Unmarshal([]byte(c.New), &line.Entry); err != nil {
				return fmt.Errorf("row %d: read entry: %w", leaf, err)
			}
			p.Lines = append(p.Lines, line)
		case "state":
			p.State = approval.State(c.New)
		}
	}
	return nil
}

func keptFile(e sales.AuditEntry) File {
	f := File{ID: e.SubjectID}
	for _, c := range e.Changes {
		switch c.Field {
		case FieldFile:
			f.SHA256 = c.New
		case FieldName:
			f.Name = c.New
		case FieldSize:
			_, _ = fmt.Sscan(c.New, &f.Size)
		}
	}
	return f
}

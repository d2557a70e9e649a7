package sales

import "strings"

// recordSheets begins the kind of an import of a company's own record type; what follows is the type's key.
const recordSheets = "r:"

// RecordSheet is the kind of an import of records of a company's own type (导入设备档案).
func RecordSheet(key string) string { return recordSheets + key }

// RecordSheetOf is the key of the record type whose records a kind of import brings.
func RecordSheetOf(kind string) (key string, ok bool) { return strings.CutPrefix(kind, recordSheets) }

// Kinds of sheet jobs.
const (
	SheetCustomers   = "customers"   // 导入客户
	SheetProducts    = "products"    // 导入产品
	SheetExport      = "export"      // 导出客户
	SheetMistakes    = "mistakes"    // the rows of an import that are to be mended, as a file
	SheetRecord      = "record"      // 审批单: the record of an approval as a PDF
	SheetUnknown     = "unknown"     // a file whose kind is found when it is read
	SheetAuthorised  = "authorised"  // 导入授权书
	SheetPayments    = "payments"    // 导入回款
	SheetInvoices    = "invoices"    // 导入发票
	SheetOpening     = "opening"     // 导入期初
	SheetStatement   = "statement"   // 对账单, as a file
	SheetStatements  = "statements"  // 对账单 of a month as a list; Choice is the month
	SheetPerformance = "performance" // 履约证明: deliveries and service of a year as a PDF; Choice is the id of what is sealed
	SheetRecords     = "records"     // 导出 records of a company's own type; Choice is its key
)

// States of sheet jobs.
const (
	SheetReading   = "reading"   // waits for the file, or is being read and checked
	SheetPreview   = "preview"   // checked; a person decides
	SheetWriting   = "writing"   // being written
	SheetMaking    = "making"    // a file is being made
	SheetDone      = "done"      // finished
	SheetFailed    = "failed"    // the file cannot be used; Message says why and what to do
	SheetCancelled = "cancelled" // stopped by a person; Written rows stay
	SheetUndoing   = "undoing"   // what was written is being taken back
	SheetUndone    = "undone"    // taken back, as far as nothing was built on it; Seen counts it, Written what stays
)

// Choices of rows to import.
const (
	ChooseGood  = "good"  // the right ones
	ChooseAlike = "alike" // those that are like others too
	// ChoosePerhaps marks a file that may be none to import: it speaks up only when it is.
	ChoosePerhaps = "perhaps"
	// ChooseMailOnly marks a statement that goes to its customer only, and to nobody of ours.
	ChooseMailOnly = "mail"
)

// States of the rows of an import.
const (
	RowGood  = "ok"
	RowKnown = "known" // is there already
	RowAlike = "alike" // like one that is there
	RowWrong = "wrong"
	RowDone  = "done"
)

// SheetJob is an Excel file on its way in or out. It is worked on outside of any turn, by whichever replica claims it.
type SheetJob struct {
	ID       ID       `db:"id"`
	Kind     string   `db:"kind"`
	State    string   `db:"state"`
	PersonID PersonID `db:"person_id"`
	FileID   ID       `db:"file_id"`
	Name     string   `db:"name"`
	SHA256   string   `db:"sha256"`
	// Counts of rows; Seen is the number of the last row of the file that was written.
	Total, Fresh, Known, Alike, Wrong, Written, Seen int64
	// Choice is which rows are to be written: ChooseGood, ChooseAlike or rows like "3-20,25".
	Choice string `db:"choice"`
	// Columns are the columns of the file that were understood.
	Columns List[string] `db:"columns_seen"`
	// Message says, in Chinese, what hinders the file.
	Message string `db:"message"`
	// ResultID is the file that was made.
	ResultID ID `db:"result_id"`
	// Face counts the faces of its card, so that a late one does not follow a newer one.
	Face      int64   `db:"face"`
	CreatedAt Instant `db:"created_at"`
	UpdatedAt Instant `db:"updated_at"`
	Attempts  int     `db:"attempts"`
	Version   int64   `db:"version"`
}

// Ended reports whether nothing more happens to the job.
func (j SheetJob) Ended() bool {
	return j.State == SheetDone || j.State == SheetFailed || j.State == SheetCancelled || j.State == SheetUndone
}

// SheetRow is one row of a file that is imported, its cells in the order of the job's kind.
type SheetRow struct {
	JobID ID           `db:"job_id"`
	No    int64        `db:"row_no"`
	Cells List[string] `db:"cells"`
	State string       `db:"state"`
	// Problem says what to do about it; Cols are the columns concerned, by their places in Cells.
	Problem string    `db:"problem"`
	Cols    List[int] `db:"cols"`
}

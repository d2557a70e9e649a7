package sales

// Visit states.
const (
	VisitFiled  = "filed"
	VisitUndone = "undone" // taken back by its author (撤销)
)

// Visit is one contact with a customer (拜访): what was shown, wanted, objected to and promised.
type Visit struct {
	ID          ID       `db:"id"`
	PersonID    PersonID `db:"person_id"`
	TeamID      ID       `db:"team_id"`
	CustomerID  ID       `db:"customer_id"`
	ContactID   ID       `db:"contact_id"`
	ContactName string   `db:"contact_name"`
	// Day is the business day of the visit, FiledAt the moment it was filed.
	Day      Day      `db:"day"`
	FiledAt  Instant  `db:"filed_at"`
	Text     string   `db:"text"`
	Products List[ID] `db:"products"`
	Need     string   `db:"need"`
	// Objection is what the customer objected to (异议); it is for its author and those who may read it.
	Objection        string `db:"objection"`
	ObjectionType    string `db:"objection_type"`
	ObjectionPercent string `db:"objection_percent"`
	Amount           Money  `db:"amount"`
	AmountRole       string `db:"amount_role"`
	OpportunityID    ID     `db:"opportunity_id"`
	SuggestedStage   Stage  `db:"suggested_stage"`
	NextOn           Day    `db:"next_on"`
	// Reasons says for each field which words gave it (为什么).
	Reasons       List[Reason] `db:"reasons"`
	State         string       `db:"state"`
	SourceEventID string       `db:"source_event_id"`
	Version       int64        `db:"version"`
}

// Reason is why a field has its value: the words that gave it.
type Reason struct {
	Field string `json:"field"`
	Words string `json:"words"`
}

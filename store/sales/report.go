package sales

// DailyReport states.
const (
	ReportPrompted  = "prompted"
	ReportSubmitted = "submitted"
)

// DailyReport is a person's report of a day (日报), assembled from the day's records.
type DailyReport struct {
	ID          ID       `db:"id"`
	PersonID    PersonID `db:"person_id"`
	TeamID      ID       `db:"team_id"`
	Day         Day      `db:"day"`
	State       string   `db:"state"`
	Summary     string   `db:"summary"`
	Plan        string   `db:"plan"`
	Extra       string   `db:"extra"`
	SubmittedAt Instant  `db:"submitted_at"`
	Version     int64    `db:"version"`
}

// DayCount is what a person did on a day, counted from the records.
type DayCount struct {
	PersonID  PersonID `db:"person_id"`
	Day       Day      `db:"day"`
	Visits    int      `db:"visits"`
	Promises  int      `db:"promises"`
	Forward   int      `db:"forward"`
	Backward  int      `db:"backward"`
	Contracts int      `db:"contracts"`
	TodosDone int      `db:"todos_done"`
	// Planned is how many visits were planned for the day, Joint how many of others the person confirmed to have been at.
	Planned int `db:"planned"`
	Joint   int `db:"joint"`
	// What was filed beside visits.
	Complaints  int `db:"complaints"`
	AfterSales  int `db:"after_sales"`
	Samples     int `db:"samples"`
	Competitors int `db:"competitors"`
	Trainings   int `db:"trainings"`
	Expenses    int `db:"expenses"`
	// Received is what came in that day from the person's customers (回款).
	Received Money `db:"received"`
}

// FunnelRow is one stage of a funnel over a period: how many opportunities reached it for the first time, worth what.
type FunnelRow struct {
	PersonID PersonID `db:"person_id"`
	TeamID   ID       `db:"team_id"`
	Line     string   `db:"line"`
	Stage    Stage    `db:"stage"`
	Entered  int      `db:"entered"`
	Amount   Money    `db:"amount"`
}

// StageCapture is the picture taken at 18:00 of where a person's open opportunities stand (当日抓取).
type StageCapture struct {
	Day      Day      `db:"day"`
	PersonID PersonID `db:"person_id"`
	TeamID   ID       `db:"team_id"`
	Stage    Stage    `db:"stage"`
	Count    int      `db:"count"`
	Amount   Money    `db:"amount"`
}

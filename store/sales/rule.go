package sales

// Where a rule came from.
const (
	RulePack = "pack" // shipped with the program
	RuleFile = "file" // from the company's files
	RuleChat = "chat" // written in a chat
)

// Rule states.
const (
	RuleDraft = "draft"
	RuleOn    = "on"
	RuleOff   = "off"
)

// Rule is a rule as its company keeps it (规则). Name is unique; N is the version of its text that is in force.
type Rule struct {
	ID        ID       `db:"id"`
	Name      string   `db:"name"`
	Source    string   `db:"source"`
	State     string   `db:"state"`
	N         int      `db:"n"`
	UpdatedBy PersonID `db:"updated_by"`
	UpdatedAt Instant  `db:"updated_at"`
	Version   int64    `db:"version"`
}

// RuleVersion is one text of a rule. Versions are only ever added: an open incident finishes under the one it began with.
type RuleVersion struct {
	RuleID ID       `db:"rule_id"`
	N      int      `db:"n"`
	Text   string   `db:"text"`
	Author PersonID `db:"author"`
	At     Instant  `db:"at"`
	Note   string   `db:"note"`
}

// ActiveRule is a rule that is on, with the text in force.
type ActiveRule struct {
	Rule
	Text string `db:"text"`
}

// RuleDay is how often a rule fired on a day, and when last.
type RuleDay struct {
	RuleID ID      `db:"rule_id"`
	Day    Day     `db:"day"`
	Fired  int     `db:"fired"`
	LastAt Instant `db:"last_at"`
}

package sales

// Stage is a step of the pipeline (阶段), by its key.
type Stage string

// The standard five stages, and the two ends.
const (
	StageContact     Stage = "contact"     // 初步接触
	StageNeed        Stage = "need"        // 需求确认
	StageProposal    Stage = "proposal"    // 方案提交
	StageNegotiation Stage = "negotiation" // 价格谈判
	StageContract    Stage = "contract"    // 合同签署
	StageWon         Stage = "won"         // 赢单
	StageLost        Stage = "lost"        // 输单
)

// Stages are the open stages of the standard pipeline in order.
var Stages = []Stage{StageContact, StageNeed, StageProposal, StageNegotiation, StageContract}

var stageNames = map[Stage]string{
	StageContact: "初步接触", StageNeed: "需求确认", StageProposal: "方案提交", StageNegotiation: "价格谈判",
	StageContract: "合同签署", StageWon: "赢单", StageLost: "输单",
}

// Name is the stage in Chinese.
func (s Stage) Name() string { return stageNames[s] }

// Index is the stage's place among the open stages, from 0; won is one past the last, lost and unknown are -1.
func (s Stage) Index() int {
	for i, t := range Stages {
		if s == t {
			return i
		}
	}
	if s == StageWon {
		return len(Stages)
	}
	return -1
}

// Valid reports whether s is a stage of the pipeline.
func (s Stage) Valid() bool { return stageNames[s] != "" }

// Next is the stage after s; won after the last open one; "" when there is none.
func (s Stage) Next() Stage {
	i := s.Index()
	switch {
	case i < 0 || s == StageWon:
		return ""
	case i == len(Stages)-1:
		return StageWon
	}
	return Stages[i+1]
}

// StageNamed finds a stage by its Chinese name.
func StageNamed(name string) (Stage, bool) {
	for s, n := range stageNames {
		if n == name {
			return s, true
		}
	}
	return "", false
}

// Opportunity states.
const (
	OpportunityOpen = "open"
	OpportunityWon  = "won"
	OpportunityLost = "lost"
)

// Opportunity is a deal in the making (商机).
type Opportunity struct {
	ID         ID       `db:"id"`
	CustomerID ID       `db:"customer_id"`
	OwnerID    PersonID `db:"owner_id"`
	TeamID     ID       `db:"team_id"`
	Products   List[ID] `db:"products"`
	// Line is the product line of the first product.
	Line   string `db:"line"`
	Amount Money  `db:"amount"`
	Stage  Stage  `db:"stage"`
	// Peak is the furthest stage ever reached: a funnel counts each stage once per opportunity.
	Peak          Stage   `db:"peak"`
	StageSince    Instant `db:"stage_since"`
	ExpectedOn    Day     `db:"expected_on"`
	State         string  `db:"state"`
	LossReason    string  `db:"loss_reason"`
	CreatedAt     Instant `db:"created_at"`
	SourceEventID string  `db:"source_event_id"`
	Version       int64   `db:"version"`
}

// StageMove is one change of stage (推进 or 倒退), kept for ever.
type StageMove struct {
	ID            ID       `db:"id"`
	OpportunityID ID       `db:"opportunity_id"`
	PersonID      PersonID `db:"person_id"`
	TeamID        ID       `db:"team_id"`
	From          Stage    `db:"from_stage"`
	To            Stage    `db:"to_stage"`
	Day           Day      `db:"day"`
	MovedAt       Instant  `db:"moved_at"`
	// Dwell is how long the opportunity had been in From, in seconds.
	Dwell         int64  `db:"dwell_seconds"`
	SourceEventID string `db:"source_event_id"`
}

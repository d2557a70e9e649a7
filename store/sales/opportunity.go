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
	// Pipeline and PipelineVersion name the pipeline it goes; "" is the standard one.
	Pipeline        string `db:"pipeline"`
	PipelineVersion int    `db:"pipeline_version"`
	Stage           Stage  `db:"stage"`
	// Peak is the furthest stage ever reached: a funnel counts each stage once per opportunity.
	Peak          Stage   `db:"peak"`
	StageSince    Instant `db:"stage_since"`
	ExpectedOn    Day     `db:"expected_on"`
	State         string  `db:"state"`
	LossReason    string  `db:"loss_reason"`
	CreatedAt     Instant `db:"created_at"`
	SourceEventID string  `db:"source_event_id"`
	Version       int64   `db:"version"`
	// Way is the pipeline itself, as the store knows it; nil is the standard one.
	Way *Pipeline `db:"-" json:"-"`
}

// StageName is where it stands, in Chinese.
func (o Opportunity) StageName() string { return o.Way.StageName(o.Stage) }

// NextStage is where it goes next; "" when it is closed.
func (o Opportunity) NextStage() Stage { return o.Way.Next(o.Stage) }

// On puts it on a pipeline, at the first stage.
func (o Opportunity) On(p *Pipeline) Opportunity {
	o.Pipeline, o.PipelineVersion, o.Way = p.or().Key, p.or().Version, p
	o.Stage, o.Peak = p.First(), p.First()
	return o
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
	// Way is the pipeline it was made on.
	Way *Pipeline `db:"-" json:"-"`
}

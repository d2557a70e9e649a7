package sales

import (
	"slices"
	"time"
)

// States of a change of pipeline.
const (
	WayDraft     = "draft"     // previewed, not confirmed
	WayRunning   = "running"   // deals are moved, in parts
	WayDone      = "done"      // moved; it can be taken back for a while
	WayUndoing   = "undoing"   // being taken back, in parts
	WayUndone    = "undone"    // taken back
	WayCancelled = "cancelled" // not wanted
)

// UndoWayFor is for how long a change of pipeline can be taken back.
const UndoWayFor = 7 * 24 * time.Hour

// WayChange brings the open deals of a pipeline to another version of it, or to another pipeline (阶段模板迁移).
type WayChange struct {
	ID         ID     `db:"id"`
	Pipeline   string `db:"pipeline"`
	ToPipeline string `db:"to_pipeline"`
	ToVersion  int    `db:"to_version"`
	// Stages say where the deals of each stage go.
	Stages List[StagePair] `db:"stages"`
	State  string          `db:"state"`
	// Total were to be moved at the start, Moved are by now (or are back, while it is taken back), Kept could not be.
	Total      int      `db:"total"`
	Moved      int      `db:"moved"`
	Kept       int      `db:"kept"`
	ByID       PersonID `db:"by_id"`
	CreatedAt  Instant  `db:"created_at"`
	FinishedAt Instant  `db:"finished_at"`
	Version    int64    `db:"version"`
}

// StagePair is a stage and the one its deals go to.
type StagePair struct {
	From Stage `json:"from"`
	To   Stage `json:"to"`
}

// States of a deal of a change.
const (
	WayDealMoved  = "moved"
	WayDealUndone = "undone" // taken back
	WayDealKept   = "kept"   // went on meanwhile: stays where it is
)

// WayChangeDeal is one deal that was moved, and what it was.
type WayChangeDeal struct {
	ChangeID      ID     `db:"change_id"`
	OpportunityID ID     `db:"opportunity_id"`
	FromPipeline  string `db:"from_pipeline"`
	FromVersion   int    `db:"from_version"`
	FromStage     Stage  `db:"from_stage"`
	FromPeak      Stage  `db:"from_peak"`
	ToStage       Stage  `db:"to_stage"`
	// Entered are the stages that counted as reached because of the move.
	Entered List[Stage] `db:"entered"`
	State   string      `db:"state"`
}

// WayCount is how many open deals are in a stage of a version of a pipeline.
type WayCount struct {
	Pipeline string `db:"pipeline"`
	Version  int    `db:"pipeline_version"`
	Stage    Stage  `db:"stage"`
	Deals    int    `db:"deals"`
}

// To is where the deals of a stage go; "" when nobody said.
func (c WayChange) To(s Stage) Stage {
	if i := slices.IndexFunc(c.Stages, func(p StagePair) bool { return p.From == s }); i >= 0 {
		return c.Stages[i].To
	}
	return ""
}

// UndoUntil is until when it can be taken back.
func (c WayChange) UndoUntil() time.Time { return c.FinishedAt.Add(UndoWayFor) }

// MapStage finds the stage of a pipeline that a stage of another corresponds to: the one of the same key, else of the same
// name, else whose alias it is or has; "" when somebody must say.
func MapStage(from *Pipeline, s Stage, to *Pipeline) Stage {
	if _, ok := to.Def(s); ok {
		return s
	}
	def, ok := from.Def(s)
	if !ok {
		return ""
	}
	for _, d := range to.or().Stages {
		if d.Name == def.Name {
			return d.Key
		}
	}
	for _, d := range to.or().Stages {
		if slices.Contains(d.Aliases, def.Name) || slices.Contains(def.Aliases, d.Name) {
			return d.Key
		}
	}
	return ""
}

// Bring puts an open deal on the pipeline of a change. Its peak is brought along where it corresponds to a stage further on.
// False when nobody said where its stage goes.
func (c WayChange) Bring(o Opportunity, to *Pipeline) (Opportunity, bool) {
	stage := c.To(o.Stage)
	if _, ok := to.Def(stage); !ok {
		return o, false
	}
	peak := stage
	if p := c.To(o.Peak); p != "" {
		peak = to.Further(stage, p)
	}
	o.Pipeline, o.PipelineVersion, o.Way = c.ToPipeline, c.ToVersion, to
	o.Stage, o.Peak = stage, peak
	return o, true
}

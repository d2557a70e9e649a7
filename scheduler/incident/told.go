package incident

import (
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// ownWords reports whether a step says everything by records' own cards or by texts alone, so that there is no card of the
// incident.
func ownWords(st rules.Step) bool {
	said := false
	for _, a := range st.Actions {
		if a.Do == rules.Push && a.Card == "" && !a.Plain {
			return false
		}
		said = said || a.Do == rules.Push || a.Do == rules.Calibrate
	}
	return said
}

// How incidents end that nobody has dealt with: their rule is off, telling was all there was to do, or it was too late to tell.
const (
	RuleOff  = "规则已停用"
	ToldAll  = sales.IncidentTold
	TooQuiet = "到点是静默时段,不补发"
)

// OnlyTold reports whether people were told by the case and that was all: there was nothing to take up or to say about it.
func (c *Case) OnlyTold() bool {
	return c.State != sales.IncidentOpen && c.Rule.Trigger.Kind != rules.Enters && len(c.Rule.Steps) == 1 && c.Rule.Rounds == 0 && ownWords(c.Rule.Steps[0])
}

// shown is the incident as its cards show it: their buttons are of the version that is about to be written.
func (c *Case) shown() sales.Incident {
	i := c.Incident
	if c.dirty && c.known {
		i.Version++
	}
	return i
}

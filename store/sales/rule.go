package sales

import (
	"strconv"
	"strings"
	"time"
)

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

// RuleGone is the state of a rule that was thrown away. Its row and texts stay for the trace, and its name can be used again.
const RuleGone = "gone"

// DueRuleTrial is the due row of a dry run somebody asked for (试跑): its subject is the rule, its slot says the version and
// who asked, as RuleTrial writes it.
const DueRuleTrial = "rule.trial"

// DueRuleScan looks at many records for one rule; see the scheduler.
const DueRuleScan = "rule.scan"

// DueRuleResume switches a paused rule on again (规则 暂停); its slot is a RulePause.
const DueRuleResume = "rule.resume"

// RulePause is a pause of a rule: the rule's version as it was paused, who paused it, and whether records are to be looked at when it
// is over.
type RulePause struct {
	Version int64
	By      PersonID
	Look    bool
}

// Slot writes the pause for its due row.
func (p RulePause) Slot() string {
	return strconv.FormatInt(p.Version, 10) + "/" + p.By.String() + "/" + strconv.FormatBool(p.Look)
}

// ReadRulePause reads what Slot wrote; false for anything else.
func ReadRulePause(slot string) (RulePause, bool) {
	parts := strings.Split(slot, "/")
	if len(parts) != 3 {
		return RulePause{}, false
	}
	version, err := strconv.ParseInt(parts[0], 10, 64)
	by, err2 := strconv.ParseInt(parts[1], 10, 64)
	look, err3 := strconv.ParseBool(parts[2])
	return RulePause{version, PersonID(by), look}, err == nil && err2 == nil && err3 == nil
}

// PausedUntil is when the rule is on again by itself, by the due rows about it; ok is false when it is not paused.
func (r Rule) PausedUntil(dues []Due) (until Instant, ok bool) {
	if r.State != RuleOff {
		return until, false
	}
	for _, d := range dues {
		if p, ok := ReadRulePause(d.Slot); ok && d.Kind == DueRuleResume && d.State == DuePending && p.Version == r.Version {
			return d.DueAt, true
		}
	}
	return until, false
}

// RuleTrial is a dry run that was asked for.
type RuleTrial struct {
	N  int
	By PersonID
	At Instant // when it was asked for: one trial a moment
}

// Slot writes the trial for its due row.
func (r RuleTrial) Slot() string {
	return strconv.Itoa(r.N) + "/" + r.By.String() + "/" + strconv.FormatInt(r.At.Unix(), 36)
}

// ReadRuleTrial reads what Slot wrote; false for anything else.
func ReadRuleTrial(slot string) (RuleTrial, bool) {
	n, rest, _ := strings.Cut(slot, "/")
	by, at, ok := strings.Cut(rest, "/")
	version, err := strconv.Atoi(n)
	person, err2 := strconv.ParseInt(by, 10, 64)
	second, err3 := strconv.ParseInt(at, 36, 64)
	if !ok || err != nil || err2 != nil || err3 != nil {
		return RuleTrial{}, false
	}
	return RuleTrial{N: version, By: PersonID(person), At: At(time.Unix(second, 0))}, true
}

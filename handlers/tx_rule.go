package handlers

import (
	"context"

	"salesflow/store/sales"
)

// RuleTx reads and writes the company's rules (规则). What it changes is in force with the next event that any replica
// looks at.
type RuleTx interface {
	ResponseTx
	// CreateRule keeps a new rule; its first text is added by AddRuleVersion. A name that exists makes the turn be repeated,
	// which then finds it.
	CreateRule(r sales.Rule)
	// UpdateRule changes a rule's state, name, or the version of its text in force.
	UpdateRule(r sales.Rule)
	AddRuleVersion(v sales.RuleVersion)
	RuleByID(ctx context.Context, id sales.ID) (sales.Rule, error)
	RuleByName(ctx context.Context, name string) (sales.Rule, error)
	// Rules lists all rules by name, whatever their state.
	Rules(ctx context.Context) ([]sales.Rule, error)
	// RuleVersions lists a rule's texts, the newest first.
	RuleVersions(ctx context.Context, rule sales.ID) ([]sales.RuleVersion, error)
	RuleVersion(ctx context.Context, rule sales.ID, n int) (sales.RuleVersion, error)
	// ActiveRules lists the rules that are on, with the text in force.
	ActiveRules(ctx context.Context) ([]sales.ActiveRule, error)
	// Rows and Tallies read records as rules do.
	Rows(ctx context.Context, q sales.RowQuery) ([]sales.Row, error)
	Tallies(ctx context.Context, q sales.TallyQuery) ([]sales.Tally, error)
	// OpenRuleIncidents lists the open incidents of rules about records.
	OpenRuleIncidents(ctx context.Context, subjectKind string, subjects []sales.ID) ([]sales.Incident, error)
	// RuleFired says of each rule that fired since a day how often it did, and when last.
	RuleFired(ctx context.Context, since sales.Day) ([]sales.RuleDay, error)
}

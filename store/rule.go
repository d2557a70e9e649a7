package store

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"salesflow/store/sales"
)

const ruleColumns = `
	id,
	name,
	source,
	state,
	n,
	updated_by,
	updated_at,
	version`

const ruleVersionColumns = `
	rule_id,
	n,
	text,
	author,
	at,
	note`

var (
	ruleTable    = tableOf[sales.Rule]("rules", ruleColumns)
	ruleVersions = tableOf[sales.RuleVersion]("rule_versions", ruleVersionColumns)
	ruleDays     = tableOf[sales.RuleDay]("rule_days", "rule_id, day, fired, last_at").upsert("rule_id, day", "last_at", "fired")
)

// maxRules bounds how many rules a company keeps.
const maxRules = 1000

// CreateRule keeps a new rule; its first text is added by AddRuleVersion. A name that exists is a Conflict when the unit
// is written.
func (tx *Tx) CreateRule(r sales.Rule) {
	tx.create(ruleTable, r.ID, r)
	tx.touching("rule_name", r.Name)
	tx.rulesChanged = true
}

// UpdateRule changes a rule over the version it was read at: its state, its name, the text in force.
func (tx *Tx) UpdateRule(r sales.Rule) {
	tx.update(ruleTable, r.ID, r.Version, r)
	tx.rulesChanged = true
}

// AddRuleVersion adds a text to a rule. Texts are never changed.
func (tx *Tx) AddRuleVersion(v sales.RuleVersion) {
	tx.add(ruleVersions, ruleVersions.row(v))
	tx.touching("rule_version", v.RuleID.String())
	tx.rulesChanged = true
}

// RuleByID reads a rule.
func (tx *Tx) RuleByID(ctx context.Context, id sales.ID) (sales.Rule, error) {
	var r sales.Rule
	err := tx.get(ctx, "没有这条规则。发 规则 看全部。", &r, "SELECT "+ruleColumns+" FROM rules WHERE id = ?", id)
	return r, err
}

// RuleByName reads a rule by its name.
func (tx *Tx) RuleByName(ctx context.Context, name string) (sales.Rule, error) {
	var r sales.Rule
	err := tx.get(ctx, "没有叫 "+name+" 的规则。发 规则 看全部。", &r, "SELECT "+ruleColumns+" FROM rules WHERE name = ?", name)
	return r, err
}

// Rules lists all rules by name, whatever their state.
func (tx *Tx) Rules(ctx context.Context) ([]sales.Rule, error) {
	var out []sales.Rule
	err := tx.list(ctx, &out, "SELECT "+ruleColumns+" FROM rules ORDER BY name LIMIT ?", maxRules)
	return out, err
}

// RuleVersions lists a rule's texts, the newest first.
func (tx *Tx) RuleVersions(ctx context.Context, rule sales.ID) ([]sales.RuleVersion, error) {
	var out []sales.RuleVersion
	err := tx.list(ctx, &out, "SELECT "+ruleVersionColumns+" FROM rule_versions WHERE rule_id = ? ORDER BY n DESC LIMIT 200", rule)
	return out, err
}

// RuleVersion reads one text of a rule.
func (tx *Tx) RuleVersion(ctx context.Context, rule sales.ID, n int) (sales.RuleVersion, error) {
	var v sales.RuleVersion
	err := tx.get(ctx, "没有这个版本。", &v, "SELECT "+ruleVersionColumns+" FROM rule_versions WHERE rule_id = ? AND n = ?", rule, n)
	return v, err
}

const activeRules = `
	SELECT r.id, r.name, r.source, r.state, r.n, r.updated_by, r.updated_at, r.version, v.text
	FROM rules r
	JOIN rule_versions v ON v.rule_id = r.id AND v.n = r.n
	WHERE r.state = 'on'
	ORDER BY r.id
	LIMIT ?`

// ActiveRules lists the rules that are on, with the text in force.
func (tx *Tx) ActiveRules(ctx context.Context) ([]sales.ActiveRule, error) {
	var out []sales.ActiveRule
	err := tx.list(ctx, &out, activeRules, maxRules)
	return out, err
}

// CountFired notes that a rule fired.
func (tx *Tx) CountFired(rule sales.ID, day sales.Day, at sales.Instant) {
	tx.add(ruleDays, ruleDays.row(sales.RuleDay{RuleID: rule, Day: day, Fired: 1, LastAt: at}))
}

// FiredOn is how often a rule has fired on a day.
func (tx *Tx) FiredOn(ctx context.Context, rule sales.ID, day sales.Day) (int, error) {
	var n []int
	err := tx.list(ctx, &n, "SELECT fired FROM rule_days WHERE rule_id = ? AND day = ?", rule, day)
	if err != nil || len(n) == 0 {
		return 0, err
	}
	return n[0], nil
}

// RuleFired says of each rule that fired since a day how often it did, and when last. Rules that did not are absent.
func (tx *Tx) RuleFired(ctx context.Context, since sales.Day) ([]sales.RuleDay, error) {
	const query = `
		SELECT rule_id, MAX(day) AS day, SUM(fired) AS fired, MAX(last_at) AS last_at
		FROM rule_days
		WHERE day >= ?
		GROUP BY rule_id`
	var out []sales.RuleDay
	err := tx.list(ctx, &out, query, since)
	return out, err
}

// ActiveRules lists the rules that are on, with the text in force and the revision they are of.
func (db *DB) ActiveRules(ctx context.Context) ([]sales.ActiveRule, int64, error) {
	// The revision is read first: what changes meanwhile is read again at the next look, never missed.
	rev, err := db.Revisions(ctx)
	if err != nil {
		return nil, 0, err
	}
	var out []sales.ActiveRule
	if err := sqlx.SelectContext(ctx, db.r, &out, activeRules, maxRules); err != nil {
		return nil, 0, fmt.Errorf("read rules: %w", err)
	}
	return out, rev.Rules, nil
}

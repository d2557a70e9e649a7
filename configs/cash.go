package configs

import "time"

// Cash is what holds between contract and payment.
type Cash struct {
	// MatchToleranceYuan is by how much contract, invoice and payment may differ and still agree.
	MatchToleranceYuan int `yaml:"match_tolerance_yuan"`
	// PaymentTerm is when an invoice is due whose contract says nothing. Whole days.
	PaymentTerm time.Duration `yaml:"payment_term"`
	// StatementDiffPercent is from which difference on a statement finance is alerted.
	StatementDiffPercent int `yaml:"statement_diff_percent"`
	// OpeningQuiet is for how long nobody is reminded of what was open when the bot came. Whole days.
	OpeningQuiet time.Duration `yaml:"opening_quiet"`
	// MonthlyStatements has the statements of a month made for all customers on the first workday after it.
	MonthlyStatements bool `yaml:"monthly_statements"`
}

func defaultCash() Cash {
	return Cash{MatchToleranceYuan: 500, PaymentTerm: 30 * oneDay, StatementDiffPercent: 5, OpeningQuiet: 30 * oneDay, MonthlyStatements: true}
}

func (c Cash) check(report reporter) {
	between(report, "rules.cash.match_tolerance_yuan", c.MatchToleranceYuan, 0, 1_000_000)
	between(report, "rules.cash.statement_diff_percent", c.StatementDiffPercent, 0, 100)
	wholeDays(report, "rules.cash.payment_term", c.PaymentTerm)
	wholeDays(report, "rules.cash.opening_quiet", c.OpeningQuiet)
}

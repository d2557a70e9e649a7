package store

import (
	"context"
	"fmt"

	"salesflow/store/sales"
)

// companyDayRow is a day of the company as its table has it.
type companyDayRow struct {
	Day    sales.Day      `db:"day"`
	Region string         `db:"region"`
	Kind   sales.DayKind  `db:"kind"`
	Name   string         `db:"name"`
	SetBy  sales.PersonID `db:"set_by"`
	SetAt  sales.Instant  `db:"set_at"`
}

var companyDays = tableOf[companyDayRow]("company_days", "day, region, kind, name, set_by, set_at").
	upsert("day, region", "kind, name, set_by, set_at", "")

// SetCompanyDay keeps a day of the company (公司日历), by whom it was set. All replicas see it with the organisation.
func (tx *Tx) SetCompanyDay(d sales.CompanyDay, by sales.PersonID, at sales.Instant) {
	tx.touching("company_day", d.Day.String(), d.Region)
	tx.add(companyDays, companyDays.row(companyDayRow{d.Day, d.Region, d.Kind, clip(d.Name, 60), by, at}))
	tx.orgChanged = true
}

// DropCompanyDay forgets a day of the company: it is again what the public calendar and the configuration say.
func (tx *Tx) DropCompanyDay(d sales.Day, region string) {
	tx.touching("company_day", d.String(), region)
	tx.before = append(tx.before, statement{"DELETE FROM company_days WHERE day = ? AND region = ?", []any{d, region}, -1})
	tx.orgChanged = true
}

// CompanyDays lists the days that were set, those long past left out.
func (db *DB) CompanyDays(ctx context.Context) ([]sales.CompanyDay, error) {
	var rows []companyDayRow
	past := sales.DayOf(db.now()).AddDays(-400)
	err := db.r.SelectContext(ctx, &rows, "SELECT day, region, kind, name, set_by, set_at FROM company_days WHERE day >= ? ORDER BY day, region LIMIT 5000", past)
	if err != nil {
		return nil, fmt.Errorf("read company days: %w", err)
	}
	out := make([]sales.CompanyDay, len(rows))
	for i, r := range rows {
		out[i] = sales.CompanyDay{SpecialDay: sales.SpecialDay{Day: r.Day, Kind: r.Kind, Name: r.Name}, Region: r.Region}
	}
	return out, nil
}

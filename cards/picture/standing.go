package picture

import "salesflow/store/sales"

// Standing is where open opportunities stood on a day, for a heat map; of several pipelines it names this one.
func Standing(day sales.Day, g sales.Grid, several bool) HeatData {
	d := HeatData{Title: "商机停在哪", Subtitle: day.Chinese() + " 在手商机", Columns: g.Columns, ByColumn: true, Totals: true}
	if several {
		d.Title += " · " + g.Way.Name
	}
	for i, name := range g.Names {
		d.Rows = append(d.Rows, HeatRow{Name: name, Values: g.Counts[i]})
	}
	return d
}

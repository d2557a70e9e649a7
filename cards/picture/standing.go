package picture

// Standing is where open opportunities stood on a day, for a heat map: stages across, people or teams down. pipeline names theirs where
// there are several.
func Standing(day, pipeline string, stages, names []string, counts [][]int) HeatData {
	d := HeatData{Title: "商机停在哪", Subtitle: day + " 在手商机", Columns: stages, ByColumn: true, Totals: true}
	if pipeline != "" {
		d.Title += " · " + pipeline
	}
	for i, name := range names {
		d.Rows = append(d.Rows, HeatRow{Name: name, Values: counts[i]})
	}
	return d
}

package sales

import (
	"cmp"
	"slices"
)

// maxGrids is how many pipelines one morning draws.
const maxGrids = 4

// Grid is where open opportunities of one pipeline stood as a table: stages across, reps or teams down, counts in the cells.
type Grid struct {
	Way            *Pipeline
	Columns, Names []string
	Counts         [][]int
}

// Pipeline names the grid's pipeline where there are grids of others, too.
func (g Grid) Pipeline(among []Grid) string {
	if len(among) < 2 {
		return ""
	}
	return g.Way.Name
}

// Grids is the captured standing as a table for each pipeline with deals, the one with most first, at most four. More than a
// dozen reps are joined into their teams.
func (f MorningFacts) Grids(org *Org, ways *Pipelines) []Grid {
	count := map[string]int{}
	var keys []string
	for _, c := range f.Captured {
		key := ways.OfStage(c.Stage).Key
		if count[key] == 0 {
			keys = append(keys, key)
		}
		count[key] += c.Count
	}
	slices.Sort(keys)
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(count[b], count[a]) })
	var out []Grid
	for _, key := range keys {
		if g := f.grid(org, ways, key); g.Names != nil && len(out) < maxGrids {
			out = append(out, g)
		}
	}
	return out
}

// grid is the table of one pipeline, in the columns of its newest version and of stages that deals of older ones still are in.
func (f MorningFacts) grid(org *Org, ways *Pipelines, key string) Grid {
	g := Grid{Way: ways.Find(key, 0)}
	var stages []Stage
	for _, s := range g.Way.or().Stages {
		stages, g.Columns = append(stages, s.Key), append(g.Columns, s.Name)
	}
	for _, c := range f.Captured {
		if way := ways.OfStage(c.Stage); way.Key == key && c.Count > 0 && !slices.Contains(stages, c.Stage) {
			stages, g.Columns = append(stages, c.Stage), append(g.Columns, way.StageName(c.Stage))
		}
	}
	rowOf := map[PersonID]int{}
	teams := map[ID]int{}
	for _, p := range f.Reps {
		i, ok := teams[p.TeamID]
		if len(f.Reps) <= 12 || !ok {
			name := p.Name
			if len(f.Reps) > 12 {
				team, _ := org.Team(p.TeamID)
				name = team.Name
			}
			i = len(g.Names)
			g.Names, g.Counts = append(g.Names, name), append(g.Counts, make([]int, len(stages)))
			teams[p.TeamID] = i
		}
		rowOf[p.ID] = i
	}
	sum := 0
	for _, c := range f.Captured {
		row, ok := rowOf[c.PersonID]
		if at := slices.Index(stages, c.Stage); ok && at >= 0 {
			g.Counts[row][at] += c.Count
			sum += c.Count
		}
	}
	if sum == 0 {
		return Grid{}
	}
	return g
}

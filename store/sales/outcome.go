package sales

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// The cuts by which closed deals are counted: all of the company, of a product line, of a team (which has a region).
const (
	CutAll  = "all"
	CutLine = "line"
	CutTeam = "team"
)

// OutcomeSum is how many deals that had reached a stage were won and lost in the end, of the whole company or of a part.
type OutcomeSum struct {
	Stage Stage  `db:"stage"`
	Cut   string `db:"cut"`
	Key   string `db:"cut_key"`
	Won   int64  `db:"won"`
	Lost  int64  `db:"lost"`
}

// DwellSum is how many deals went on from a stage after a stay within the bounds of a bucket.
type DwellSum struct {
	Stage  Stage `db:"stage"`
	Bucket int   `db:"bucket"`
	Moves  int64 `db:"moves"`
}

// dwellHours are the upper bounds of the buckets; the last bucket has none. They are part of what is stored: none may ever
// change.
var dwellHours = []int64{
	1, 2, 3, 4, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72, 96, 120, 144, 168, 216, 264, 336, 432, 528, 672, 840, 1080, 1344, 1680, 2160, 2880, 4320, 8760,
}

// DwellBucket is the bucket of a stay of so many seconds.
func DwellBucket(seconds int64) int {
	i := slices.IndexFunc(dwellHours, func(h int64) bool { return seconds < h*3600 })
	if i < 0 {
		return len(dwellHours)
	}
	return i
}

// minDwells is from how many moves on a median is said.
const minDwells = 5

// MedianDwell is the company's own median stay in a stage and of how many moves it is; 0 when there were too few to tell.
// Within a bucket moves are taken as spread evenly.
func MedianDwell(rows []DwellSum, s Stage) (time.Duration, int64) {
	count := make([]int64, len(dwellHours)+1)
	var all int64
	for _, r := range rows {
		if r.Stage == s && r.Bucket >= 0 && r.Bucket < len(count) && r.Moves > 0 {
			count[r.Bucket] += r.Moves
			all += r.Moves
		}
	}
	if all < minDwells {
		return 0, all
	}
	half, before := float64(all)/2, 0.0
	for i, n := range count {
		if n == 0 || before+float64(n) < half {
			before += float64(n)
			continue
		}
		low := 0.0
		if i > 0 {
			low = float64(dwellHours[i-1])
		}
		if i == len(dwellHours) {
			return time.Duration(low * float64(time.Hour)), all
		}
		hours := low + (float64(dwellHours[i])-low)*(half-before)/float64(n)
		return time.Duration(hours * float64(time.Hour)), all
	}
	return 0, all
}

// shrink is how many deals the assumed chance weighs: until the company has closed as many, the assumption says more.
const shrink = 8

// Chance is how likely a deal is won, and of what that was made.
type Chance struct {
	// Percent is 1 to 99; Assumed is the stage's own, 0 when none was configured.
	Percent, Assumed int
	// Won of Closed deals of the company that had come as far were won.
	Won, Closed int64
}

// Outcomes answer how likely a deal is won, from how others ended. The zero value knows of none.
type Outcomes struct {
	of     map[outcomeKey][2]int64
	region func(team ID) string
}

type outcomeKey struct {
	stage    Stage
	cut, key string
}

// cutRegion is made of the teams of a region when outcomes are read.
const cutRegion = "region"

// NewOutcomes puts sums together; region names the region of a team, "" for none.
func NewOutcomes(rows []OutcomeSum, region func(team ID) string) Outcomes {
	o := Outcomes{of: map[outcomeKey][2]int64{}, region: region}
	add := func(k outcomeKey, r OutcomeSum) {
		v := o.of[k]
		o.of[k] = [2]int64{v[0] + max(r.Won, 0), v[1] + max(r.Lost, 0)}
	}
	for _, r := range rows {
		switch r.Cut {
		case CutAll, CutLine:
			add(outcomeKey{r.Stage, r.Cut, r.Key}, r)
		case CutTeam:
			team, err := strconv.ParseInt(r.Key, 10, 64)
			if name := region(ID(team)); err == nil && name != "" {
				add(outcomeKey{r.Stage, cutRegion, name}, r)
			}
		}
	}
	return o
}

// Of is the chance of an open deal to be won from the stage it is in:
//
//	p     = (won + 8·assumed) / (closed + 8)               of the company, shrunk towards the stage's own chance
//	p_cut = (won_cut + 8·p) / (closed_cut + 8)             of its product line and of its region, shrunk towards p
//	logit = logit(p) + Σ (logit(p_cut) − logit(p))
//
// Stages without a configured chance assume their place in the pipeline.
func (o Outcomes) Of(d Opportunity) Chance {
	def := d.OpenStage()
	c := Chance{Assumed: def.Chance}
	assumed := float64(def.Chance) / 100
	if def.Chance <= 0 {
		steps := len(d.Way.Steps())
		assumed = float64(max(d.Way.Index(d.Stage), 0)+1) / float64(steps+1)
	}
	all := o.of[outcomeKey{d.Stage, CutAll, ""}]
	c.Won, c.Closed = all[0], all[0]+all[1]
	p := shrunk(all, assumed)
	l := logit(p)
	cuts := []outcomeKey{{d.Stage, CutLine, d.Line}}
	if o.region != nil {
		cuts = append(cuts, outcomeKey{d.Stage, cutRegion, o.region(d.TeamID)})
	}
	for _, k := range cuts {
		if k.key != "" {
			l += logit(shrunk(o.of[k], p)) - logit(p)
		}
	}
	c.Percent = min(max(int(math.Round(100/(1+math.Exp(-l)))), 1), 99)
	return c
}

func shrunk(n [2]int64, towards float64) float64 {
	return (float64(n[0]) + shrink*towards) / (float64(n[0]+n[1]) + shrink)
}

func logit(p float64) float64 {
	p = min(max(p, 0.005), 0.995)
	return math.Log(p / (1 - p))
}

// Pace is how long a deal has been in its stage beside how long others stay.
type Pace struct {
	// Stay is how long it is there; Benchmark what the pipeline expects, Median what the company takes. 0 is not known.
	Stay, Benchmark, Median time.Duration
}

// PaceOf is the pace of an open deal.
func PaceOf(o Opportunity, now time.Time, dwells []DwellSum) Pace {
	p := Pace{Stay: max(now.Sub(o.StageSince.Time), 0), Benchmark: time.Duration(o.OpenStage().Benchmark) * time.Second}
	p.Median, _ = MedianDwell(dwells, o.Stage)
	return p
}

// Expected is what the stay is measured against: the benchmark, else the company's median; 0 when neither is known.
func (p Pace) Expected() time.Duration {
	if p.Benchmark > 0 {
		return p.Benchmark
	}
	return p.Median
}

// Ratio is the stay over what is expected; 0 when nothing is.
func (p Pace) Ratio() float64 {
	if p.Expected() <= 0 {
		return 0
	}
	return float64(p.Stay) / float64(p.Expected())
}

// Over reports whether it stays longer than expected.
func (p Pace) Over() bool { return p.Ratio() > 1 }

// DaysText is a span in days as people say it: "2.1 天", "5 天"; below an hour "不到 1 小时", below a day in hours.
func DaysText(d time.Duration) string {
	switch days := d.Hours() / 24; {
	case d < time.Hour:
		return "不到 1 小时"
	case days < 1:
		return strconv.Itoa(int(d.Hours())) + " 小时"
	case days >= 10:
		return strconv.Itoa(int(math.Round(days))) + " 天"
	default:
		s := strconv.FormatFloat(days, 'f', 1, 64)
		if s[len(s)-2:] == ".0" {
			s = s[:len(s)-2]
		}
		return s + " 天"
	}
}

package dingtalk

import (
	"math"
	"time"

	"salesflow/bot"
)

// beijing is China Standard Time, by whose months the platform counts. It has no summer time.
var beijing = time.FixedZone("CST", 8*60*60)

// Usage is how much of the month's budget of API calls is used. Limit 0 is no known limit.
type Usage struct {
	Used, Limit int
}

// empty reports whether no call is left.
func (u Usage) empty() bool { return u.Limit > 0 && u.Used >= u.Limit }

// Share is the used part of the limit, 0 without a limit.
func (u Usage) Share() float64 {
	if u.Limit <= 0 {
		return 0
	}
	return float64(u.Used) / float64(u.Limit)
}

// Forecast is how many calls the month will have come to at its end, if it goes on as it went until now. The first day
// of the month tells too little: it counts as whole.
func (u Usage) Forecast(now time.Time) int {
	now = now.In(beijing)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, beijing)
	whole := first.AddDate(0, 1, 0).Sub(first)
	gone := max(now.Sub(first), 24*time.Hour)
	return int(math.Ceil(float64(u.Used) * float64(whole) / float64(gone)))
}

// Shares of the month's limit at which something changes.
const (
	// AlertShare is when the administrator is told.
	AlertShare = 0.80
	// sparingShare is when answers go out as text through the reply address, which costs nothing.
	sparingShare = 0.95
)

// Step is a rung of the ladder on which a notice goes down as the month's budget runs out.
type Step int

// The rungs, from the dearest down.
const (
	// StepCard is a card, which changes later.
	StepCard Step = iota
	// StepMarkdown is markdown with the typed form of every button, through the reply address where there is one.
	StepMarkdown
	// StepDigest asks whoever sends to gather: several notices of one person in one message. One that comes alone
	// all the same goes out as markdown.
	StepDigest
	// StepNone is nothing until the next month, unless it answers somebody.
	StepNone
)

// ChooseStep is the rung for a delivery of a kind (bot.DeliverReply, …) given this month's usage. Below 80 % everything
// is a card. From there on pushes are gathered when the forecast does not last the month; from 95 % on answers are text
// and pushes are gathered in any case; with nothing left only answers go out.
func ChooseStep(kind string, u Usage, now time.Time) Step {
	answers := kind == bot.DeliverReply
	switch {
	case u.Limit <= 0 || u.Share() < AlertShare:
		return StepCard
	case u.empty() && !answers:
		return StepNone
	case u.Share() >= sparingShare && answers:
		return StepMarkdown
	case u.Share() >= sparingShare:
		return StepDigest
	case !answers && u.Forecast(now) > u.Limit:
		return StepDigest
	}
	return StepCard
}

// untilNextMonth is the time until the platform counts from zero again.
func untilNextMonth(now time.Time) time.Duration {
	now = now.In(beijing)
	next := time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, beijing)
	// Some minutes late: everything that waits would otherwise go out on the hour, when the platform is busiest.
	return next.Sub(now) + 10*time.Minute
}

// Load is what a team asks of the bot, for CallsPerMonth.
type Load struct {
	// People file visits and get reminders.
	People int
	// VisitsPerDay is how many visits each of People files on a working day, TodosPerVisit how many promises of a visit
	// become to-dos of the platform, PushesPerDay how many reminders and digests each of People gets.
	VisitsPerDay, TodosPerVisit, PushesPerDay float64
	// ApprovalsPerDay is how many requests are decided in all.
	ApprovalsPerDay float64
	// TextMode is without a card template: answers then cost nothing.
	TextMode bool
	// Workdays of the month, 22 when zero.
	Workdays int
}

// CallsPerMonth is about how many counted calls a team needs. A filed visit costs the card that answers it, a to-do two
// (made and closed), a push one, an approval three: the card to the approvers, its change for the others after the
// decision, the notice to the requester. Taps cost nothing, since the new face travels in the acknowledgement.
func CallsPerMonth(l Load) int {
	days := l.Workdays
	if days <= 0 {
		days = 22
	}
	card, approval := 1.0, 3.0
	if l.TextMode {
		card, approval = 0, 2
	}
	perDay := float64(l.People)*(l.VisitsPerDay*(card+2*l.TodosPerVisit)+l.PushesPerDay) + l.ApprovalsPerDay*approval
	return int(math.Ceil(perDay * float64(days)))
}

// edition is what a company has bought.
type edition struct {
	name, chinese string
	limit         int
}

// Editions of DingTalk and their calls a month. The standard edition's number is from the document "调用频次与限流"; the
// other two are what the price list said and must be compared with 开发者后台 → 资源管理.
var editions = []edition{
	{"standard", "标准版", 5_000},
	{"professional", "专业版", 500_000},
	{"exclusive", "专属版", 5_000_000},
}

// MonthlyLimit is how many counted calls an edition ("standard", "professional", "exclusive") has a month; 0 for an
// unknown one.
func MonthlyLimit(edition string) int {
	for _, e := range editions {
		if e.name == edition {
			return e.limit
		}
	}
	return 0
}

// EditionFor is the smallest edition whose budget holds the calls with a fifth to spare.
func EditionFor(calls int) (name, chinese string) {
	for _, e := range editions {
		if float64(calls) <= AlertShare*float64(e.limit) {
			return e.name, e.chinese
		}
	}
	last := editions[len(editions)-1]
	return last.name, last.chinese
}

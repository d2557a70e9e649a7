package configs

import "time"

// Visit is until when a visit's actions are to be filed after its check-in, each reminded of once; 0: no limit.
type Visit struct {
	NeedWithin      time.Duration `yaml:"need_within"`
	DemoWithin      time.Duration `yaml:"demo_within"`
	ObjectionWithin time.Duration `yaml:"objection_within"`
	PromiseWithin   time.Duration `yaml:"promise_within"`
	// CheckInWithin is how long after the time agreed (预约) a check-in is asked for.
	CheckInWithin time.Duration `yaml:"check_in_within"`
	// CompanionAfter is when a colleague is reminded to confirm a joint visit.
	CompanionAfter time.Duration `yaml:"companion_after"`
}

// Sample is how samples are watched.
type Sample struct {
	FeedbackAfter time.Duration `yaml:"feedback_after"` // after delivery; 0: not asked
}

// AfterSales is in how much working time complaints and requests are taken and ended.
type AfterSales struct {
	AcceptWithin time.Duration `yaml:"accept_within"`
	CloseWithin  time.Duration `yaml:"close_within"`
}

func defaultVisit() Visit {
	return Visit{NeedWithin: 4 * time.Hour, PromiseWithin: 8 * time.Hour, CheckInWithin: 30 * time.Minute, CompanionAfter: 24 * time.Hour}
}

func (r Rules) checkFiling(report reporter) {
	for _, s := range []struct {
		key  string
		span time.Duration
	}{
		{"rules.visit.need_within", r.Visit.NeedWithin},
		{"rules.visit.demo_within", r.Visit.DemoWithin},
		{"rules.visit.objection_within", r.Visit.ObjectionWithin},
		{"rules.visit.promise_within", r.Visit.PromiseWithin},
		{"rules.visit.check_in_within", r.Visit.CheckInWithin},
		{"rules.visit.companion_after", r.Visit.CompanionAfter},
		{"rules.sample.feedback_after", r.Sample.FeedbackAfter},
		{"rules.service.accept_within", r.Service.AcceptWithin},
		{"rules.service.close_within", r.Service.CloseWithin},
	} {
		if s.span < 0 || s.span > 366*24*time.Hour {
			report(s.key, spanText(s.span)+" is no limit", "between 0 (none) and 366d")
		}
	}
}

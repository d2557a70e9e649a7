package approval

import (
	"testing"
	"time"

	"salesflow/store/sales"
)

func TestPaceOfApprovals(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 3, 11, 10, 0, 0, 0, sales.Shanghai)
	at := func(hours int) sales.Instant { return sales.At(begin.Add(time.Duration(hours) * time.Hour)) }
	request := func(legal, director int) Request {
		return Request{
			State: Approved, Steps: []Step{{RoleName: "法务"}, {RoleName: "销售总监"}}, RoundSince: at(0), DecidedAt: at(director), Rules: Rules{Limit: 48 * time.Hour},
			Log: []Entry{
				{At: at(0), Verb: VerbSubmit, Actor: 1},
				{At: at(legal), Verb: VerbApprove, Actor: 2, Step: 0},
				{At: at(legal), Verb: VerbComment, Actor: 1},
				{At: at(director), Verb: VerbApprove, Actor: 3, Step: 1},
			},
		}
	}
	alone := Request{State: Approved, RoundSince: at(0), DecidedAt: at(0), Rules: Rules{Limit: 48 * time.Hour}, Log: []Entry{{At: at(0), Verb: VerbSubmit, Actor: 1}}}
	pending := request(2, 4)
	pending.State = Pending
	p := PaceOf([]Request{request(2, 10), request(40, 60), alone}, []Request{pending}, &sales.Calendar{}, begin.Add(50*time.Hour))
	if p.Count != 2 || p.InTime != 1 || p.InTimePercent() != 50 || p.Late != 1 || p.Median != 35*time.Hour {
		t.Errorf("%+v", p)
	}
	if len(p.Posts) != 2 || p.Posts[0] != (PostPace{"法务", 2, 21 * time.Hour}) || p.Posts[1] != (PostPace{"销售总监", 2, 14 * time.Hour}) {
		t.Errorf("%+v", p.Posts)
	}
}

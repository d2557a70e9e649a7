package scheduler

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"salesflow/scheduler/incident"
	"salesflow/store/sales"
)

// KindRuleHealth is the look of each workday at rules that are on and cannot be understood any more: a person left, a group
// is gone. Its subject is the company, its slot the day. It is never renamed.
const KindRuleHealth = "rule.health"

// healthAt is when rules are looked at.
var healthAt = sales.ClockTime{Hour: 9, Minute: 10}

// RegisterRuleHealth registers the look at rules that do not run.
func RegisterRuleHealth[T interface {
	DueTx
	RuleTx
}](e *Engine[T], r *Rules) {
	e.Handle(KindRuleHealth, func(ctx context.Context, m Moment, tx T) (Decision, error) { return r.Health(ctx, m, tx) })
}

// EnsureHealth writes the row of the next look. It may be called again at any time.
func (r *Rules) EnsureHealth(tx RhythmTx, now time.Time) { r.nextHealth(tx, sales.Day{}, now) }

func (r *Rules) nextHealth(tx RhythmTx, after sales.Day, now time.Time) {
	day := sales.Rhythm{Calendar: r.Desk.Calendar}.NextSlot(after, healthAt, now)
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: KindRuleHealth, SubjectKind: "company", SubjectID: company, Slot: day.String(), DueAt: sales.At(healthAt.On(day)), State: sales.DuePending,
	})
}

// Health tells the admins, once a week, which rules are on and do not run, and why.
func (r *Rules) Health(ctx context.Context, m Moment, tx RuleTx) (Decision, error) {
	if d, err := sales.ParseDay(m.Due.Slot); err == nil {
		r.nextHealth(tx, d, m.Now)
	}
	w, err := r.atMoment(ctx, m, tx)
	if err != nil {
		return Decision{}, err
	}
	if len(w.set.Broken) == 0 {
		return Decision{Reason: "all are understood"}, nil
	}
	lines, err := brokenLines(ctx, tx, w.set)
	if err != nil {
		return Decision{}, err
	}
	monday := m.Today.AddDays(-((int(m.Today.Weekday()) + 6) % 7))
	w.tellAdmins(fmt.Sprintf("有 %d 条规则读不懂了,没在跑:\n%s", len(w.set.Broken), strings.Join(lines, "\n")), "broken:"+monday.String())
	return Decision{Reply: w.reply, Reason: "told of those that do not run"}, nil
}

// brokenLines are the rules that do not run with what to do, at most ten.
func brokenLines(ctx context.Context, tx incident.VersionReader, set *incident.Set) ([]string, error) {
	const most = 10
	var ids []sales.ID
	for id := range set.Broken {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var lines []string
	for _, id := range ids[:min(len(ids), most)] {
		rule, err := tx.RuleByID(ctx, id)
		if sales.KindOf(err) == sales.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		lines = append(lines, "· "+rule.Name+":"+set.Broken[id].Error()+"。改它:规则 修改 "+rule.Name)
	}
	if len(ids) > most {
		lines = append(lines, fmt.Sprintf("… 另有 %d 条", len(ids)-most))
	}
	return lines, nil
}

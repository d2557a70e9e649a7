package scheduler

import (
	"context"
	"strconv"
	"time"

	"salesflow/bot"
	"salesflow/store/sales"
)

// PauseTx is what a paused rule needs to be on again.
type PauseTx interface {
	RuleByID(ctx context.Context, id sales.ID) (sales.Rule, error)
	UpdateRule(r sales.Rule)
	Audit(e sales.AuditEntry)
	Emit(e sales.DomainEvent)
	Schedule(d sales.Due)
	NewID() sales.ID
}

// ruleRests is why nothing is decided about what a paused rule is about.
const ruleRests = "the rule is paused"

// restLook is how often it is looked whether a paused rule is on again: somebody may switch it on before its time.
const restLook = time.Hour

func soonOf(until, now time.Time) time.Time {
	if look := now.Add(restLook); look.Before(until) {
		return look
	}
	return until
}

// pausedUntil is when a rule that is off is on again by itself; zero when it is not paused.
func pausedUntil(ctx context.Context, tx interface {
	RuleByID(ctx context.Context, id sales.ID) (sales.Rule, error)
	DuesOf(ctx context.Context, subjectKind string, subject sales.ID) ([]sales.Due, error)
}, rule sales.ID,
) (time.Time, error) {
	r, err := tx.RuleByID(ctx, rule)
	if sales.KindOf(err) == sales.NotFound && err != nil || err == nil && r.State != sales.RuleOff {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	dues, err := tx.DuesOf(ctx, "rule", rule)
	at, _ := r.PausedUntil(dues)
	return at.Time, err
}

// RegisterPauses registers the moments at which paused rules (规则 暂停) are on again.
func RegisterPauses[T interface {
	DueTx
	PauseTx
}](e *Engine[T]) {
	e.Handle(sales.DueRuleResume, func(ctx context.Context, m Moment, tx T) (Decision, error) { return Resume(ctx, m, tx) })
}

// Resume switches a paused rule on and tells who paused it; not when somebody has changed it meanwhile.
func Resume(ctx context.Context, m Moment, tx PauseTx) (Decision, error) {
	pause, ok := sales.ReadRulePause(m.Due.Slot)
	if !ok {
		return Decision{Reason: "no such slot"}, nil
	}
	r, err := tx.RuleByID(ctx, m.Due.SubjectID)
	switch {
	case sales.KindOf(err) == sales.NotFound:
		return Decision{Reason: "the rule is gone"}, nil
	case err != nil:
		return Decision{}, err
	case r.State != sales.RuleOff || r.Version != pause.Version:
		return Decision{Reason: "the rule was changed meanwhile"}, nil
	}
	r.State, r.UpdatedBy, r.UpdatedAt = sales.RuleOn, pause.By, sales.At(m.Now)
	tx.UpdateRule(r)
	event := "due:" + m.Due.ID.String()
	n := strconv.Itoa(r.N)
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: sales.At(m.Now), PersonID: pause.By, EventID: event, Verb: "rule.on", SubjectKind: "rule", SubjectID: r.ID,
		Changes: sales.List[sales.Change]{{Field: "状态", Old: sales.RuleOff + " " + n, New: sales.RuleOn + " " + n}, {Field: "原因", New: "暂停到时"}},
	})
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(m.Now), Kind: "rule.on", SubjectKind: "rule", SubjectID: r.ID, PersonID: pause.By, Data: "{}",
	})
	if pause.Look { // what came while it was off is found, too
		tx.Schedule(sales.Due{
			ID: tx.NewID(), Kind: sales.DueRuleScan, SubjectKind: "rule", SubjectID: r.ID, Slot: "v" + n + ".r" + strconv.FormatInt(r.Version, 10),
			DueAt: sales.At(m.Now), State: sales.DuePending,
		})
	}
	return Decision{Reason: "resumed", Reply: bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{pause.By}, Subject: "rule:" + r.ID.String(), Kind: bot.DeliverPush, Slot: "resumed:" + strconv.FormatInt(r.Version, 10), Push: true,
		Out: bot.Outgoing{Text: "规则 " + r.Name + " 暂停到时,又在跑了。还要停发:规则 暂停 " + r.Name + " 3天"},
	}}}}, nil
}

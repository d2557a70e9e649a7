package handlers

import (
	"context"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// maxPause bounds for how long a rule can be paused.
const maxPause = 92 * 24 * time.Hour

// startOfWork is when something begins that is said of a day alone.
var startOfWork = sales.ClockTime{Hour: 9}

// pauseRule switches a rule off until a moment (规则 暂停 合同48小时 3天): what is urged stops, and what stands by then is found when it
// is on again.
func (a *App) pauseRule(ctx context.Context, t bot.Turn, tx Tx, words string) (bot.Reply, error) {
	if !a.mayEdit(t.Person) {
		return bot.Text(a.editRefusal()), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	until, name, ok := cutUntil(book, words, t.Now, startOfWork)
	if strings.TrimSpace(name) == "" {
		return bot.Text("暂停哪一条、到什么时候?例:规则 暂停 合同48小时 3天,或 规则 暂停 合同48小时 到 周五"), nil
	}
	r, reply, err := a.findRule(ctx, tx, name)
	if err != nil || r.ID == 0 {
		return reply, err
	}
	switch {
	case !ok:
		return bot.Text("停到什么时候?例:规则 暂停 " + r.Name + " 3天。一直停着发:规则 停用 " + r.Name), nil
	case until.Sub(t.Now) < time.Minute:
		return bot.Text("要停到 " + sales.FormatTime(until, t.Now) + ",已经过了。写以后的时间,例:规则 暂停 " + r.Name + " 3天"), nil
	case until.Sub(t.Now) > maxPause:
		return bot.Text("最多停三个月。停得更久发:规则 停用 " + r.Name), nil
	case r.State == sales.RuleOff:
		return bot.Text(r.Name + " 本来就没在用,没有改动。要用发:规则 启用 " + r.Name), nil
	case r.State != sales.RuleOn:
		return bot.Text(r.Name + " 还没启用过,不用暂停。"), nil
	}
	v, parsed, err := a.ruleView(ctx, t, tx, r, r.N)
	if err != nil {
		return bot.Reply{}, err
	}
	v.Rule = a.putRule(t, tx, r, sales.RuleOff, r.N, "rule.off", sales.Change{Field: "状态", Old: stateAndVersion(r), New: stateAndVersion(sales.Rule{State: sales.RuleOff, N: r.N})},
		sales.Change{Field: "停到", New: sales.FormatMoment(until)})
	v.Until = sales.At(until)
	pause := sales.RulePause{Version: v.Version, By: t.Person.ID, Look: standing(parsed)}
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: sales.DueRuleResume, SubjectKind: "rule", SubjectID: r.ID, Slot: pause.Slot(), DueAt: sales.At(until), State: sales.DuePending,
	})
	return a.faceOf(t, v, r.Name+" 停到 "+sales.FormatTime(until, t.Now)+",到时自动启用,这段时间里该催的那时一起看。要早点启用发:规则 启用 "+r.Name), nil
}

// pausedUntil is when a rule that is off is switched on by itself; zero when it is not.
func (a *App) pausedUntil(ctx context.Context, tx Tx, r sales.Rule) (sales.Instant, error) {
	if r.State != sales.RuleOff {
		return sales.Instant{}, nil
	}
	dues, err := tx.DuesOf(ctx, "rule", r.ID)
	until, _ := r.PausedUntil(dues)
	return until, err
}

// standing reports whether a rule is about how things stand since some moment, which is not looked at every day.
func standing(r rules.Rule) bool {
	switch r.Trigger.Kind {
	case rules.Enters:
		return !r.Trigger.Span.IsZero()
	case rules.Silent:
		return !r.Trigger.Daily()
	}
	return r.Trigger.Exact()
}

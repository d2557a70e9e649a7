package scheduler

import (
	"context"
	"fmt"
	"slices"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// trialTime bounds a dry run that somebody waits for.
const trialTime = 10 * time.Second

// Trials answer those who asked for a dry run of a rule (试跑).
type Trials struct{ Rules *Rules }

// RegisterTrials registers the moments of dry runs.
func RegisterTrials[T interface {
	DueTx
	ReplayTx
}](e *Engine[T], t Trials) {
	e.Handle(sales.DueRuleTrial, func(ctx context.Context, m Moment, tx T) (Decision, error) { return t.Decide(ctx, m, tx) })
}

// Decide runs a dry run and answers who asked for it.
func (t Trials) Decide(ctx context.Context, m Moment, tx ReplayTx) (Decision, error) {
	asked, ok := sales.ReadRuleTrial(m.Due.Slot)
	if !ok {
		return Decision{Reason: "no such slot"}, nil
	}
	row, err := tx.RuleByID(ctx, m.Due.SubjectID)
	if err != nil {
		return Decision{}, err
	}
	version, err := tx.RuleVersion(ctx, row.ID, asked.N)
	if err != nil {
		return Decision{}, err
	}
	r, err := t.Rules.Desk.Book.Understand(m.Org, row.Name, version.Text)
	if err != nil {
		return t.answer(asked, row, row.Name+" 读不懂了,跑不了:"+err.Error()+"。", "not understood"), nil
	}
	r.ID, r.N = row.ID, asked.N
	limited, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	out, err := t.Rules.DryRun(limited, tx, m.Org, m.Now, r, m.Now.AddDate(0, 0, -view.RuleDays), m.Now)
	if err != nil {
		return Decision{}, fmt.Errorf("dry run of rule %d: %w", row.ID, err)
	}
	return t.answer(asked, row, replayText(row.Name, out, m.Org), "run"), nil
}

func (t Trials) answer(asked sales.RuleTrial, row sales.Rule, text, reason string) Decision {
	return Decision{Reason: reason, Reply: bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{asked.By}, Subject: "rule:" + row.ID.String(), Kind: bot.DeliverReply, Slot: "trial:" + asked.Slot(), Out: bot.Outgoing{Text: text},
	}}}}
}

// replayText is a dry run in words.
func replayText(name string, t Replay, org *sales.Org) string {
	var lines []view.RuleTrialLine
	var people []sales.PersonID
	for _, f := range t.Fires {
		l := view.RuleTrialLine{At: f.At, About: f.Title}
		for _, p := range f.Who {
			l.To = append(l.To, org.Name(p))
			if !slices.Contains(people, p) {
				people = append(people, p)
			}
		}
		for _, g := range f.Groups {
			l.To = append(l.To, "群"+g)
		}
		lines = append(lines, l)
	}
	told := len(people)
	if t.Count > len(t.Fires) { // of the others nobody knows
		told = 0
	}
	return view.RuleTrialText(name, view.RuleDays, t.Count, told, t.Partly, lines)
}

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

// Trials answer those who asked for a dry run of a rule (试跑). The dry run itself reads outside of the transaction of its
// answer.
type Trials struct {
	Rules *Rules
	// View reads in a transaction of its own that writes nothing.
	View func(ctx context.Context, read func(ctx context.Context, tx ReplayTx) error) error
}

// RegisterTrials registers the moments of dry runs.
func RegisterTrials[T DueTx](e *Engine[T], t Trials) {
	e.Before(sales.DueRuleTrial, func(ctx context.Context, m Moment) (any, error) { return t.Run(ctx, m) })
	e.Handle(sales.DueRuleTrial, func(_ context.Context, m Moment, _ T) (Decision, error) { return t.Decide(m) })
}

// trialled is a dry run that is over, in words.
type trialled struct{ text, reason string }

// Run does a dry run that was asked for.
func (t Trials) Run(ctx context.Context, m Moment) (trialled, error) {
	asked, ok := sales.ReadRuleTrial(m.Due.Slot)
	if !ok {
		return trialled{reason: "no such slot"}, nil
	}
	var out trialled
	err := t.View(ctx, func(ctx context.Context, tx ReplayTx) error {
		row, err := tx.RuleByID(ctx, m.Due.SubjectID)
		if err != nil {
			return err
		}
		version, err := tx.RuleVersion(ctx, row.ID, asked.N)
		if err != nil {
			return err
		}
		r, err := t.Rules.Desk.Book.Understand(m.Org, row.Name, version.Text)
		if err != nil {
			out = trialled{row.Name + " 读不懂了,跑不了:" + err.Error() + "。", "not understood"}
			return nil
		}
		r.ID, r.N = row.ID, asked.N
		limited, cancel := context.WithTimeout(ctx, trialTime)
		defer cancel()
		found, err := t.Rules.DryRun(limited, tx, m.Org, m.Now, r, m.Now.AddDate(0, 0, -view.RuleDays), m.Now)
		if err != nil {
			return fmt.Errorf("dry run of rule %d: %w", row.ID, err)
		}
		out = trialled{replayText(row.Name, found, m.Org), "run"}
		return nil
	})
	if sales.KindOf(err) == sales.NotFound {
		return trialled{reason: "the rule is gone"}, nil
	}
	return out, err
}

// Decide answers who asked for a dry run.
func (t Trials) Decide(m Moment) (Decision, error) {
	out, _ := m.Ready.(trialled)
	asked, ok := sales.ReadRuleTrial(m.Due.Slot)
	if !ok || out.text == "" {
		return Decision{Reason: out.reason}, nil
	}
	return Decision{Reason: out.reason, Reply: bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{asked.By}, Subject: "rule:" + m.Due.SubjectID.String(), Kind: bot.DeliverReply, Slot: "trial:" + asked.Slot(),
		Out: bot.Outgoing{Text: out.text},
	}}}}, nil
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
	return view.RuleTrialText(name, view.RuleDays, t.Count, told, t.Partly, lines) + view.RuleTrialTodays(t.Todays)
}

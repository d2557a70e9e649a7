package scheduler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/scheduler/incident"
	"salesflow/store/sales"
)

// trialTime bounds a dry run that somebody waits for.
const trialTime = 10 * time.Second

// TrialHit is one time a rule would have fired.
type TrialHit struct {
	At    time.Time
	About string
	To    []sales.PersonID
}

// Trial is what a rule would have done.
type Trial struct {
	// Count is how often it would have fired; More says that it is at least so often.
	Count int
	More  bool
	// Hits are the newest times.
	Hits []TrialHit
}

// TrialTx is what answering for dry runs needs of one transaction.
type TrialTx interface {
	bot.PostTx
	incident.VersionReader
}

// Trials answer those who asked for a dry run of a rule (试跑).
type Trials struct {
	// Understand reads a text as the rule of a name.
	Understand func(org *sales.Org, name, text string) (*incident.Rule, error)
	// Run is the dry run over the time between two moments.
	Run func(ctx context.Context, r *incident.Rule, from, to time.Time) (Trial, error)
}

// RegisterTrials registers the moments of dry runs.
func RegisterTrials[T interface {
	DueTx
	TrialTx
}](e *Engine[T], t Trials) {
	e.Handle(sales.DueRuleTrial, func(ctx context.Context, m Moment, tx T) (Decision, error) { return t.Decide(ctx, m, tx) })
}

// Decide runs a dry run and answers who asked for it.
func (t Trials) Decide(ctx context.Context, m Moment, tx TrialTx) (Decision, error) {
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
	r, err := t.Understand(m.Org, row.Name, version.Text)
	if err != nil {
		return t.answer(asked, row, row.Name+" 读不懂了,跑不了:"+err.Error()+"。", "not understood"), nil
	}
	r.ID, r.N = row.ID, asked.N
	limited, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	out, err := t.Run(limited, r, m.Now.AddDate(0, 0, -view.RuleDays), m.Now)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return t.answer(asked, row, fmt.Sprintf("试跑 %s:近 %d 天的记录太多,%s没跑完。给规则加个条件再试。", row.Name, view.RuleDays, sales.Waited(trialTime)), "too long"), nil
	}
	if err != nil {
		return Decision{}, fmt.Errorf("dry run of rule %d: %w", row.ID, err)
	}
	return t.answer(asked, row, trialText(row.Name, out, m.Org), "run"), nil
}

func (t Trials) answer(asked sales.RuleTrial, row sales.Rule, text, reason string) Decision {
	return Decision{Reason: reason, Reply: bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{asked.By}, Subject: "rule:" + row.ID.String(), Kind: bot.DeliverReply, Slot: "trial:" + asked.Slot(), Out: bot.Outgoing{Text: text},
	}}}}
}

// trialText is a dry run in words.
func trialText(name string, t Trial, org *sales.Org) string {
	var lines []view.RuleTrialLine
	var people []sales.PersonID
	for _, h := range t.Hits {
		l := view.RuleTrialLine{At: h.At, About: h.About}
		for _, p := range h.To {
			l.To = append(l.To, org.Name(p))
			if !slices.Contains(people, p) {
				people = append(people, p)
			}
		}
		lines = append(lines, l)
	}
	return view.RuleTrialText(name, view.RuleDays, t.Count, len(people), t.More, lines)
}

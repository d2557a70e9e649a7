package scheduler

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/scheduler/incident"
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// freshen says what a rule's text that was held back, or did not arrive, says by now. Its cards follow their record by themselves.
func (r *Rules) freshen(tx RuleTx) Freshen {
	return func(ctx context.Context, m Moment, d bot.Delivery) (bot.Outgoing, bool, error) {
		id, ok := strings.CutPrefix(d.Subject, incident.DueSubject+":")
		n, err := strconv.ParseInt(id, 10, 64)
		if r == nil || !ok || err != nil || d.Out.Card != nil {
			return d.Out, false, nil
		}
		i, err := tx.IncidentByID(ctx, sales.ID(n))
		if err != nil {
			if sales.KindOf(err) == sales.NotFound {
				return d.Out, false, nil
			}
			return d.Out, false, err
		}
		if i.State != sales.IncidentOpen && i.Resolution != incident.ToldAll {
			return d.Out, true, nil
		}
		return r.sayAgain(ctx, m, tx, i, d)
	}
}

// sayAgain is a text of an incident as things are now; done is true when what it is about was dealt with.
func (r *Rules) sayAgain(ctx context.Context, m Moment, tx RuleTx, i sales.Incident, d bot.Delivery) (bot.Outgoing, bool, error) {
	w, err := r.atMoment(ctx, m, tx)
	if err != nil {
		return d.Out, false, err
	}
	c, err := r.Desk.Load(ctx, tx, w.at, i)
	var unreadable *rules.Problem
	if errors.As(err, &unreadable) || sales.KindOf(err) == sales.NotFound && err != nil {
		return d.Out, false, nil
	}
	if err != nil {
		return d.Out, false, err
	}
	if how, err := w.handled(ctx, c); err != nil || how != "" {
		return d.Out, how != "", err
	}
	var level, action int
	if n, err := fmt.Sscanf(d.Slot, ownSlot, &level, &action); err != nil || n != 2 || level < 1 || level > len(c.Rule.Steps) || action < 0 || action >= len(c.Rule.Steps[level-1].Actions) {
		return d.Out, false, nil //nolint:nilerr // said otherwise than by a text of its own
	}
	out := d.Out
	if a := c.Rule.Steps[level-1].Actions[action]; a.Do == rules.Push && a.Plain && c.Record != nil {
		out.Text = c.Text(a)
	}
	return out, false, nil
}

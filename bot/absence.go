package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"salesflow/cards"
	"salesflow/store/sales"
)

// AwayTx is implemented by transactions that know who is away (请假, 出差). What is pushed to somebody who is away is kept
// for their return; their deputy gets what cannot wait.
type AwayTx interface {
	sales.AwayReader
	HoldPush(h sales.HeldPush)
}

// away takes those out of a push who are away at the moment it would arrive, keeps a line for each, and returns what
// their deputies get instead.
func (p Poster) away(ctx context.Context, tx PostTx, org *sales.Org, now, at time.Time, s *Say) ([]Say, error) {
	aw, ok := tx.(AwayTx)
	if !ok || !s.Push || len(s.To) == 0 || s.Out.Todo != nil || s.Back {
		return nil, nil
	}
	absent, err := sales.ReadAway(ctx, aw, s.To, sales.At(at))
	if err != nil || len(absent) == 0 {
		return nil, err
	}
	var instead []Say
	var to []sales.PersonID
	for _, person := range s.To {
		a, gone := absent[person]
		if !gone {
			to = append(to, person)
			continue
		}
		must := s.Urgent || s.Pass
		deputy, err := DeputyOf(ctx, aw, org, a, sales.At(at))
		if err != nil {
			return nil, err
		}
		if must && deputy == 0 { // nobody stands in: it cannot wait
			to = append(to, person)
			continue
		}
		line := PushLine(s.Out)
		aw.HoldPush(sales.HeldPush{ID: tx.NewID(), PersonID: person, Subject: clipBytes(s.Subject, 190), Line: line, HeldAt: sales.At(now)})
		if must && !slices.Contains(s.To, deputy) {
			instead = append(instead, Say{
				To: []sales.PersonID{deputy}, Subject: s.Subject, Kind: s.Kind, Slot: s.Slot + ":for:" + person.String(), Push: true, Urgent: s.Urgent, Back: true,
				Out: Outgoing{Text: org.Name(person) + a.KindName() + "到 " + a.LastDay().Chinese() + ",由你代理:\n" + line},
			})
		}
	}
	s.To = to
	return instead, nil
}

// maxDeputies bounds how far the deputy of a deputy is looked for.
const maxDeputies = 3

// DeputyOf is who stands in for an absence at a moment: the deputy, or theirs when they are away too; 0 for nobody.
func DeputyOf(ctx context.Context, aw sales.AwayReader, org *sales.Org, a sales.Absence, at sales.Instant) (sales.PersonID, error) {
	seen := []sales.PersonID{a.PersonID}
	for range maxDeputies {
		d, ok := org.Person(a.DeputyID)
		if !ok || !d.Active || slices.Contains(seen, d.ID) || len(org.Identities(d.ID)) == 0 {
			return 0, nil
		}
		absent, err := sales.ReadAway(ctx, aw, []sales.PersonID{d.ID}, at)
		if err != nil {
			return 0, err
		}
		next, gone := absent[d.ID]
		if !gone {
			return d.ID, nil
		}
		a, seen = next, append(seen, d.ID)
	}
	return 0, nil
}

// PushLine is a message in a line, for a list of what was kept.
func PushLine(o Outgoing) string {
	const most = 120
	switch {
	case o.Card != nil:
		return clipRunes(cardLine(*o.Card), most)
	case o.File != nil:
		return o.File.Name
	}
	return clipRunes(strings.Join(strings.Fields(o.Text), " "), most)
}

func cardLine(c cards.Card) string {
	parts := []string{c.Heading()}
	for _, f := range c.Fields[:min(len(c.Fields), 2)] {
		parts = append(parts, f.Name+" "+f.Value)
	}
	return strings.Join(parts, " · ")
}

func clipRunes(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

func clipBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

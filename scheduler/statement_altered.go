package scheduler

import (
	"context"
	"slices"
	"strconv"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// Altered looks whether a statement that its customer has confirmed still says what it did (确认后有改动). What has changed since it was
// looked at last is told to finance and to whoever keeps the customer, and stands on the statement's card; so does that it is as it was
// confirmed again.
func (s Statements) Altered(ctx context.Context, m Moment, tx StatementTx) (Decision, error) {
	x, err := tx.StatementByID(ctx, m.Due.SubjectID)
	if sales.KindOf(err) == sales.NotFound {
		return Decision{Reason: "gone"}, nil
	}
	if err != nil || x.State != sales.StatementConfirmed {
		return Decision{Reason: "not confirmed any more"}, err
	}
	figures, err := tx.StatementFigures(ctx, x.MonthOn, x.LastDay(), x.CustomerID)
	if err != nil {
		return Decision{}, err
	}
	was := x.Altered()
	if !x.Alter(figures[x.CustomerID], sales.At(m.Now)) {
		return Decision{Reason: "as it was"}, nil
	}
	tx.PutStatement(x)
	now := x.Altered()
	s.trace(m, tx, "statement.altered", "statement", x.ID, 0, sales.Change{Field: "期末", Old: was.Closing().String(), New: now.Closing().String()},
		sales.Change{Field: "开票", Old: was.Invoiced.String(), New: now.Invoiced.String()}, sales.Change{Field: "回款", Old: was.Received.String(), New: now.Received.String()})
	x.Version++
	list, err := tx.CustomersByIDs(ctx, []sales.ID{x.CustomerID})
	if err != nil {
		return Decision{}, err
	}
	var customer sales.Customer
	if len(list) > 0 {
		customer = list[0]
	}
	v := view.Statement{Statement: x, Customer: customer.Name, Now: m.Now}
	d := Decision{Reason: "changed", Reply: bot.Reply{Faces: []view.Face{view.StatementCard(v)}}}
	to := slices.Clone(financeOrAdmins(m.Org))
	if p, ok := m.Org.Person(customer.OwnerID); ok && p.Active {
		to = append(to, p.ID)
	}
	slices.Sort(to)
	card := view.StatementAlteredCard(v)
	d.Reply.Say = append(d.Reply.Say, bot.Say{
		To: slices.Compact(to), Subject: "statement:" + x.ID.String(), Kind: bot.DeliverPush, Slot: "altered:" + strconv.FormatInt(x.Version, 10), Push: true,
		Out: bot.Outgoing{Card: &card},
	})
	return d, nil
}

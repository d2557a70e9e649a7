package handlers

import (
	"context"
	"encoding/json"
	"fmt"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func wasRow[T any](row undoRow) (T, error) {
	var v T
	if err := json.Unmarshal(row.Was, &v); err != nil {
		return v, fmt.Errorf("read %s before the change: %w", row.Kind, err)
	}
	return v, nil
}

// backRow is a row as it was before a change and as it is now, read with its version by now. Conflict when somebody has changed it
// since.
func backRow[T any](row undoRow, now func(was T) (is T, version int64, err error)) (was, is T, err error) {
	if was, err = wasRow[T](row); err != nil {
		return was, is, err
	}
	is, version, err := now(was)
	if err != nil || version != row.Version {
		return was, is, firstErr(err, errChanged)
	}
	return was, is, nil
}

// putCustomer writes a customer as it was; who had been given it is told.
func (a *App) putCustomer(ctx context.Context, t bot.Turn, tx Tx, row undoRow) (bot.Reply, error) {
	was, now, err := backRow(row, func(w sales.Customer) (sales.Customer, int64, error) {
		c, err := tx.CustomerByID(ctx, w.ID)
		return c, c.Version, err
	})
	if err != nil {
		return bot.Reply{}, err
	}
	was.Version, was.LastContactAt = now.Version, now.LastContactAt
	tx.UpdateCustomer(was)
	if now.OwnerID == was.OwnerID || now.OwnerID == 0 || now.OwnerID == t.Person.ID {
		return bot.Reply{}, nil
	}
	return bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{now.OwnerID}, Subject: "customer:" + was.ID.String(), Kind: bot.DeliverPush, Slot: "undone:" + t.Event.ID, Push: true,
		Out: bot.Outgoing{Text: t.Person.Name + "撤销了刚才的分配," + was.Name + "不归你了。"},
	}}}, nil
}

// putTodo opens a to-do again, or gives it its old date: with its reminders and the platform's own to-do.
func (a *App) putTodo(ctx context.Context, t bot.Turn, tx Tx, row undoRow) (bot.Reply, error) {
	was, now, err := backRow(row, func(w sales.Todo) (sales.Todo, int64, error) {
		todo, err := tx.TodoByID(ctx, w.ID)
		return todo, todo.Version, err
	})
	if err != nil || now.OwnerID != t.Person.ID {
		return bot.Reply{}, firstErr(err, errChanged)
	}
	was.Version, was.PlatformTask, was.Postponed = now.Version, now.PlatformTask, now.Postponed+1 // reminders of their own slot
	tx.UpdateTodo(was)
	tx.CancelDue("", "todo", was.ID, "undone")
	a.scheduleTodo(tx, was, t.Said())
	was.Version++
	reply := platformTodo(was)
	reply.Faces = append(reply.Faces, view.TodoCard(was, "", t.Today))
	return reply, nil
}

// putPlan plans a visit again as it was.
func (a *App) putPlan(ctx context.Context, t bot.Turn, tx Tx, row undoRow) (bot.Reply, error) {
	was, now, err := backRow(row, func(w sales.VisitPlan) (sales.VisitPlan, int64, error) {
		p, err := tx.PlanByID(ctx, w.ID)
		return p, p.Version, err
	})
	if err != nil || now.PersonID != t.Person.ID {
		return bot.Reply{}, firstErr(err, errChanged)
	}
	was.Version = now.Version
	tx.UpdatePlan(was)
	tx.CancelDue("", "plan", was.ID, "undone")
	return bot.Reply{}, nil
}

// putLead gives a lead back the state it had.
func (a *App) putLead(ctx context.Context, t bot.Turn, tx Tx, row undoRow) (bot.Reply, error) {
	was, now, err := backRow(row, func(w sales.Lead) (sales.Lead, int64, error) {
		l, err := tx.LeadByID(ctx, w.ID)
		return l, l.Version, err
	})
	if err != nil {
		return bot.Reply{}, err
	}
	was.Version = now.Version
	tx.UpdateLead(was)
	was.Version++
	return bot.Reply{Faces: a.leadFaces(t, was)}, nil
}

// putKnown writes a detail or key field of a customer as it was; one that was not known is empty again.
func putKnown(ctx context.Context, tx Tx, row undoRow) error {
	if row.Kind == "fact" {
		row.Version = max(row.Version, 1)
		was, now, err := backRow(row, func(w sales.Fact) (sales.Fact, int64, error) {
			facts, err := tx.FactsOf(ctx, w.CustomerID)
			now := sales.FactNamed(facts, w.CustomerID, w.Field)
			return now, now.Version, err
		})
		if err != nil {
			return err
		}
		was.ID, was.Version = now.ID, now.Version
		tx.PutFact(was)
		return nil
	}
	was, now, err := backRow(row, func(w sales.Detail) (sales.Detail, int64, error) {
		details, err := tx.Details(ctx, w.CustomerID)
		for _, d := range details {
			if d.Field == w.Field {
				return d, d.Version, err
			}
		}
		return w, 0, firstErr(err, errChanged)
	})
	if err != nil {
		return err
	}
	was.ID, was.Version = now.ID, now.Version
	tx.PutDetail(was)
	return nil
}

// putCustomRow writes a custom field as it was.
func putCustomRow(ctx context.Context, tx Tx, row undoRow) error {
	was, now, err := backRow(row, func(w sales.CustomValue) (sales.CustomValue, int64, error) {
		values, err := tx.CustomValues(ctx, w.RecordID)
		now := sales.CustomNamed(values, w.Object, w.Field)
		return now, now.Version, err
	})
	if err != nil {
		return err
	}
	was.ID, was.Version = now.ID, now.Version
	tx.PutCustom(was)
	return nil
}

// putContactRow writes a contact, their part, a department or who is in charge of it as it was.
func putContactRow(ctx context.Context, tx Tx, row undoRow) error {
	switch row.Kind {
	case "made", "contact":
		was, now, err := backRow(row, func(w sales.Contact) (sales.Contact, int64, error) {
			c, err := tx.ContactByID(ctx, w.ID)
			return c, c.Version, err
		})
		if err != nil {
			return err
		}
		if row.Kind == "made" {
			now.CustomerID = 0 // it is found no more; what names it still reads
			tx.UpdateContact(now)
			return nil
		}
		was.Version = now.Version
		tx.UpdateContact(was)
	case "role":
		return putAsItWas(row, tx.SetContactRole)
	case "owner":
		return putAsItWas(row, tx.SetCustomerOwner)
	case "newpart":
		return dropPart(ctx, tx, row)
	case "part":
		was, now, err := backRow(row, func(w sales.CustomerPart) (sales.CustomerPart, int64, error) {
			parts, err := tx.PartsByCustomer(ctx, w.CustomerID)
			for _, p := range parts {
				if p.ID == w.ID {
					return p, p.Version, err
				}
			}
			return w, 0, firstErr(err, errChanged)
		})
		if err != nil {
			return err
		}
		was.Version = now.Version
		tx.UpdatePart(was)
	}
	return nil
}

// putAsItWas writes a row that has no version.
func putAsItWas[T any](row undoRow, put func(T)) error {
	was, err := wasRow[T](row)
	if err == nil {
		put(was)
	}
	return err
}

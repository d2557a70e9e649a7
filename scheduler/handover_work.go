package scheduler

import (
	"context"

	"salesflow/store/sales"
)

// noteWork keeps with work orders, and tasks of them, that they changed hands: a line of the order's history, and an event.
func (l Life) noteWork(ctx context.Context, m Moment, tx LifeTx, kind string, ids []sales.ID, from sales.PersonID, to sales.Person) error {
	if kind != sales.MoveWorkOrder && kind != sales.MoveWorkTask {
		return nil
	}
	for _, id := range ids {
		note := sales.WorkNote{
			ID: tx.NewID(), OrderID: id, PersonID: to.ID, Kind: sales.NoteHandover, CreatedAt: sales.At(m.Now),
			Text: "交接:" + m.Org.Name(from) + " → " + to.Name,
		}
		if kind == sales.MoveWorkTask {
			task, err := tx.WorkTaskByID(ctx, id)
			if err != nil {
				return err
			}
			note.OrderID, note.TaskID, note.Text = task.OrderID, id, task.Name+" "+note.Text
		}
		tx.AddWorkNote(note)
		l.trace(m, tx, kind+".handover", kind, id, sales.Change{Field: "负责人", Old: m.Org.Name(from), New: to.Name})
	}
	return nil
}

// urgentWork are the tasks among what was handed over, the one due first in front.
func (l Life) urgentWork(ctx context.Context, m Moment, tx LifeTx, h sales.Handover) ([]urgentLine, error) {
	items, err := tx.HandoverItems(ctx, h.ID, sales.MoveWorkTask, 1000)
	if err != nil {
		return nil, err
	}
	var lines []urgentLine
	for _, i := range items[:min(len(items), 50)] {
		task, err := tx.WorkTaskByID(ctx, i.RecordID)
		if err != nil {
			return nil, err
		}
		orders, err := tx.WorkOrdersByIDs(ctx, []sales.ID{task.OrderID})
		if err != nil {
			return nil, err
		}
		for _, o := range orders {
			text := o.No + " " + o.Title + " " + task.Name + "," + sales.FormatTime(task.DueAt.Time, m.Now) + "前"
			if task.Late(m.Now) {
				text = "🔴 " + o.No + " " + o.Title + " " + task.Name + ",已超时"
			}
			if task.State == sales.TaskOpen {
				text += "。接单 " + o.No
			}
			lines = append(lines, urgentLine{task.DueAt.Time, text})
		}
	}
	return lines, nil
}

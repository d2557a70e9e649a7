package handlers

import (
	"context"
	"errors"
	"fmt"

	"salesflow/bot"
	"salesflow/cards/picture"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// Morning is the lead's message of the last workday (晨报), at any time.
func (a *App) Morning(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("晨报里有每个人的情况,单聊我发 晨报。"), nil
	}
	facts, err := a.readMorning(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(facts.Reps) == 0 {
		return bot.Text("你名下没有销售,没有晨报可看。"), nil
	}
	audit(tx, t, "morning.read", "report", 0)
	reply := bot.Text(view.MorningText(facts, a.rhythm().Capture, t.Today))
	grids := facts.Grids(t.Org, a.Pipelines)
	for _, g := range grids {
		png, err := picture.HeatMap(picture.Standing(facts.Day.Chinese(), g.Pipeline(grids), g.Columns, g.Names, g.Counts))
		if errors.Is(err, picture.ErrNoData) {
			continue
		}
		if err != nil {
			return bot.Reply{}, fmt.Errorf("draw heat map: %w", err)
		}
		say, err := a.pictureSay(ctx, tx, "晨报 "+t.Today.String(), png)
		if err != nil {
			return bot.Reply{}, err
		}
		reply.Say = append(reply.Say, say)
	}
	if len(facts.Concerns) > 0 {
		reply = reply.And(bot.ShowCard(view.MorningCard(t.Person.ID, facts.Concerns, t.Org.Name, t.Today)))
	}
	return reply, nil
}

func (a *App) readMorning(ctx context.Context, t bot.Turn, tx Tx) (sales.MorningFacts, error) {
	reps := t.Org.RepsUnder(t.Person)
	if len(reps) == 0 {
		return sales.MorningFacts{}, nil
	}
	return a.rhythm().ReadMorning(ctx, tx, reps, a.Calendar.PrevWorkday(t.Today), t.Now)
}

// NudgeByNumber asks the owner of one of the morning's concerns (问一下 1).
func (a *App) NudgeByNumber(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	facts, err := a.readMorning(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	n := ordinal(t.Args)
	if len(facts.Concerns) == 0 {
		return bot.Text("现在没有要你管的:没有停太久的商机,也没有过期的承诺。"), nil
	}
	if n < 1 || n > len(facts.Concerns) {
		return bot.Text(fmt.Sprintf("要你管的有 %d 件。发 晨报 看编号,再回 问一下 1。", len(facts.Concerns))), nil
	}
	task := facts.Concerns[n-1]
	return bot.Text("已问" + t.Org.Name(task.Owner) + ":" + view.TaskLine(task, t.Today) + "。").And(nudge(t, task)), nil
}

// nudge asks the owner of a task; the same one at most once a day from the same lead.
func nudge(t bot.Turn, task sales.Task) bot.Reply {
	subject := ""
	if task.Deal != nil {
		subject = "opportunity:" + task.Deal.ID.String()
	} else {
		subject = "todo:" + task.Todo.ID.String()
	}
	return bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{task.Owner}, Subject: subject, Kind: bot.DeliverPush, Push: true,
		Slot: "nudge:" + t.Person.ID.String() + ":" + t.Today.String(),
		Out:  bot.Outgoing{Text: view.NudgeText(t.Person.Name, task, t.Today)},
	}}}
}

// TapNudge asks the owner of an opportunity or to-do by the button of the morning card.
func (a *App) TapNudge(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	var task sales.Task
	open := false
	switch t.Action.Arg {
	case "opportunity":
		o, err := tx.OpportunityByID(ctx, sales.ID(t.Action.Record))
		if err != nil {
			return bot.Reply{}, err
		}
		open = o.State == sales.OpportunityOpen
		task = sales.Task{Deal: &o, Owner: o.OwnerID, Customer: book.Customer(o.CustomerID), Days: sales.DaysInStage(o, t.Today)}
	case "todo":
		todo, err := tx.TodoByID(ctx, sales.ID(t.Action.Record))
		if err != nil {
			return bot.Reply{}, err
		}
		open = todo.State == sales.TodoOpen
		task = sales.Task{Todo: &todo, Owner: todo.OwnerID, Customer: book.Customer(todo.CustomerID), Days: max(t.Today.Sub(todo.DueOn), 0)}
	default:
		return bot.Text("这个按钮已失效。发 晨报 重新看。"), nil
	}
	if !t.Org.ScopeOf(t.Person).Covers(task.Owner) || task.Owner == 0 {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "这件归"+t.Org.Name(task.Owner)+",不在你名下,问不了。")
	}
	if !open {
		return a.nudged(t, bot.Text("这件已经办完了,不用问。"), "已办完"), nil
	}
	return a.nudged(t, nudge(t, task), "已问"+t.Org.Name(task.Owner)+" "+sales.FormatTime(t.Now, t.Now)), nil
}

// nudged takes the tapped button off the card and says what it did.
func (a *App) nudged(t bot.Turn, r bot.Reply, note string) bot.Reply {
	if t.Card == nil {
		return bot.Text(note + "。").And(r)
	}
	face := t.Card.Face
	kept := face.Buttons[:0:0]
	for _, b := range face.Buttons {
		if b.Action != t.Action {
			kept = append(kept, b)
		}
	}
	if face.Buttons, face.Note = kept, note+"。"; len(kept) == 0 {
		face.Closed, face.Note = note, ""
	}
	r.Faces = append(r.Faces, face)
	return r
}

package handlers

import (
	"context"
	"fmt"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/scheduler/incident"
	"salesflow/store/sales"
)

// topicGive asks whom an incident is to be handed to.
const topicGive = "incident.give"

// giveQuestion is an open question to whom an incident goes.
type giveQuestion struct {
	Incident sales.ID `json:"incident"`
}

// askGive asks to whom an incident goes (转给他人).
func (a *App) askGive(_ context.Context, t bot.Turn, _ Tx, in *incident.Case) (bot.Reply, error) {
	dialogue, err := a.ask(t, topicGive, giveQuestion{in.ID})
	if err != nil {
		return bot.Reply{}, err
	}
	text := called(in) + ",转给谁?回姓名。不转了回 算了。"
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: text}}}, Dialogue: dialogue}, nil
}

// AnswerGive takes the name of the colleague an incident goes to.
func (a *App) AnswerGive(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,没有转。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	q, err := draft[giveQuestion](t)
	if err != nil {
		return bot.Reply{}, err
	}
	i, err := tx.IncidentByID(ctx, q.Incident)
	if err != nil {
		return bot.Reply{}, err
	}
	in, err := a.caseOf(ctx, t, tx, i)
	if err != nil {
		return bot.Reply{}, err
	}
	to, err := giveTo(t, t.Text)
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.deed(ctx, t, in, tx, give(to))
	reply.Dialogue = closeTopic(t.Dialogue)
	return reply, err
}

// PassOn hands a lead or an incident to a colleague: 转给 L12 李强, 转给 李强 绍兴市立医院.
func (a *App) PassOn(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if leadNo(t.Args) == "" {
		reply, err := a.GiveIncident(ctx, t, tx)
		if sales.KindOf(err) != sales.NotFound || strings.Contains(strings.TrimSpace(t.Args), " ") {
			return reply, err
		}
	}
	return a.typedLead(a.passLead)(ctx, t, tx)
}

// GiveIncident hands an incident to a colleague by its typed form (转给 王芳 绍兴市立医院).
func (a *App) GiveIncident(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(t.Args), " ")
	if name == "" {
		return bot.Text("转给谁?这样写:转给 王芳,或 转给 王芳 绍兴市立医院。"), nil
	}
	to, err := giveTo(t, name)
	if err != nil {
		return bot.Reply{}, err
	}
	in, err := a.namedIncident(ctx, t, tx, rest)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.deed(ctx, t, in, tx, give(to))
}

// giveTo is an active member by name who can be reached.
func giveTo(t bot.Turn, name string) (sales.Person, error) {
	found := t.Org.ByName(strings.TrimSpace(name))
	switch {
	case len(found) == 0:
		return sales.Person{}, sales.Errorf(sales.NotFound, "没有叫 "+cutRunes(strings.TrimSpace(name), 10)+" 的同事。写全名再发一次。")
	case len(found) > 1:
		return sales.Person{}, sales.Errorf(sales.Conflict, "叫"+found[0].Name+"的不止一位,转不了。当面说一声,或转给主管。")
	case found[0].ID == t.Person.ID:
		return sales.Person{}, sales.Errorf(sales.Conflict, "本来就在你这里。要接下发 我来处理。")
	case len(t.Org.Identities(found[0].ID)) == 0:
		return sales.Person{}, sales.Errorf(sales.Conflict, found[0].Name+"没有聊天账号,转不了。")
	}
	return found[0], nil
}

// give hands an incident over: the colleague gets its card, and what follows of its level.
func give(to sales.Person) incidentDeed {
	return func(ctx context.Context, t bot.Turn, _ Tx, in *incident.Case) (bot.Reply, error) {
		in.Give(to.ID)
		in.Trace("incident.give", sales.Change{Field: "转给", New: to.Name})
		reply, err := in.Save(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		card, err := in.Face(ctx, max(in.Level, 1))
		if err != nil {
			return bot.Reply{}, err
		}
		card.Key = view.IncidentKey(in.ID, max(in.Level, 1)) + "/given:" + to.ID.String()
		reply.Say = append(bot.Text("转给"+to.Name+"了:"+called(in)+"。之后提醒"+to.Name+",不再提醒你。").Say, append(reply.Say, bot.Say{
			To: []sales.PersonID{to.ID}, Subject: "incident:" + in.ID.String(), Kind: bot.DeliverPush, Slot: fmt.Sprintf("given:%d", in.Version),
			Push: true, Out: bot.Outgoing{Card: &card},
		})...)
		return reply, nil
	}
}

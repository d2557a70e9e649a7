package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// askCustom asks for one field, with buttons where there are few answers.
func (a *App) askCustom(ctx context.Context, t bot.Turn, tx Tx, name string, d customDraft, said string) (bot.Reply, error) {
	f, ok := a.Custom.Field(cmpObject(d), d.Field)
	if !ok {
		return bot.Reply{Say: bot.Text("这个字段已经不用了。发 字段 看现在有哪些。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	dialogue, err := a.ask(t, topicCustom, d)
	if err != nil {
		return bot.Reply{}, err
	}
	question := said + name + "的" + f.Name + "?"
	options := f.Options
	if f.Type == sales.CustomBool {
		options = []string{"是", "否"}
	}
	needed := d.Kind != "" && f.Required // a record of one's own type is not filed without it
	if len(options) == 0 || len(options) > 5 {
		out := "不填回 跳过。"
		if needed {
			out = "不建了回 取消。"
		}
		return bot.Reply{Say: bot.Text(question + a.customReader(t, nil).Hint(f) + out).Say, Dialogue: dialogue}, nil
	}
	p := view.Pick{Key: pickKey(t, "custom-"+d.Field), Question: question}
	for i, o := range options {
		p.Options = append(p.Options, view.PickOption{Text: o, Action: action("custom.answer", 0, d.At, d.Field, itoa(i+1))})
	}
	if p.Note = "不建了回 取消。"; !needed {
		p.Note = ""
		p.Options = append(p.Options, view.PickOption{Text: "跳过", Action: action("custom.answer", 0, d.At, d.Field, "skip")})
	}
	reply := bot.ShowCard(view.PickOne(p))
	reply.Dialogue = dialogue
	return reply, nil
}

func cmpObject(d customDraft) string {
	if d.Kind != "" {
		return d.Kind
	}
	return d.Object
}

// AnswerCustom takes the typed answer to a question about a custom field.
func (a *App) AnswerCustom(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[customDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	w := bare(t.Text)
	switch w {
	case "取消", "算了", "不填了", "停", "先到这":
		said := "好,先不填。"
		if d.Kind != "" {
			said = "好,没有建。"
		}
		return bot.Reply{Say: bot.Text(said).Say, Dialogue: closeTopic(t.Dialogue)}, nil
	case "跳过", "不知道", "不清楚", "下一个":
		return a.takeCustom(ctx, t, tx, d, "skip", true)
	}
	f, _ := a.Custom.Field(cmpObject(d), d.Field)
	if len(f.Options) == 0 && f.Type != sales.CustomBool {
		if news, err := a.isNews(ctx, t, tx); err != nil || news {
			return bot.Reply{}, firstErr(err, bot.ErrNotMine)
		}
	}
	return a.takeCustom(ctx, t, tx, d, t.Text, false)
}

// TapCustom takes a tapped answer.
func (a *App) TapCustom(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[customDraft](t)
	field, word, _ := strings.Cut(t.Action.Arg, ",")
	if t.Dialogue.Topic != topicCustom || err != nil || d.At != t.Action.Version || d.Field != field || !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return passPick(t, bot.Text("这一问过期了,没有改动。要填发 填。")), nil
	}
	f, _ := a.Custom.Field(cmpObject(d), field)
	options := f.Options
	if f.Type == sales.CustomBool {
		options = []string{"是", "否"}
	}
	if n := ordinal(word); n >= 1 && n <= len(options) {
		word = options[n-1]
	}
	reply, err := a.takeCustom(ctx, t, tx, d, word, word == "skip")
	return closePick(t, reply), err
}

// takeCustom writes the answer to a question and asks the next.
func (a *App) takeCustom(ctx context.Context, t bot.Turn, tx Tx, d customDraft, text string, skip bool) (bot.Reply, error) {
	if d.Kind != "" {
		return a.takeForRecord(ctx, t, tx, d, text, skip)
	}
	ref, err := a.customRefOf(ctx, t, tx, d.Object, d.Record)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Text("好,先不填。")
	if !skip {
		f, ok := a.Custom.Field(d.Object, d.Field)
		if !ok {
			return bot.Reply{}, sales.Errorf(sales.NotFound, "这个字段已经不用了。")
		}
		if reply, err = a.putCustoms(ctx, t, tx, ref, []customPair{{f, text}}); err != nil {
			if sales.KindOf(err) == sales.Invalid { // the question stays open
				return bot.Text(sales.Message(err) + "不填回 跳过。"), nil
			}
			return bot.Reply{}, err
		}
	}
	if len(d.Next) == 0 {
		reply.Dialogue = closeTopic(t.Dialogue)
		return reply, nil
	}
	d.Field, d.Next, d.At = d.Next[0], d.Next[1:], t.Now.Unix()
	said := ""
	if !skip {
		said = reply.Say[0].Out.Text + "\n"
	}
	return a.askCustom(ctx, t, tx, ref.name, d, said)
}

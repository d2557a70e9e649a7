package handlers

import (
	"context"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// PushTx reads what was pushed and what became of it.
type PushTx interface {
	// PushesOf lists what was pushed about a subject ("contract:123"), the oldest first; PushesTo what was pushed to a
	// person since a moment, the newest first.
	PushesOf(ctx context.Context, subject string) ([]bot.PushRecord, error)
	PushesTo(ctx context.Context, person sales.PersonID, since sales.Instant, limit int) ([]bot.PushRecord, error)
	// PushesOn lists what was pushed to a person between two moments, the newest first.
	PushesOn(ctx context.Context, person sales.PersonID, from, to sales.Instant, limit int) ([]bot.PushRecord, error)
	// LastTold is when the person was told lines of a digest last, ToldPushes what was told since a moment.
	LastTold(ctx context.Context, person sales.PersonID) (sales.Instant, error)
	ToldPushes(ctx context.Context, person sales.PersonID, since sales.Instant) ([]bot.Delivery, error)
}

func (a *App) registerPush(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "送达", Aliases: []string{"songda", "送到没有"}, Summary: "看提醒发给了谁、送到没有", Usage: "送达 HT2026-018 / 送达 绍兴市立医院 / 送达 李强 昨天 / 送达",
		Detail: "每一步都在:哪个平台、什么时候发出、读了没有(钉钉会说,企业微信不说)、没送到换了哪个渠道。合同、线索、报价、发票、回款、发货、工单的编号都行,也能写客户名;" +
			"写同事的名字就看那天发给他的,本人、主管和管理员能看。什么都不写看最近一天发给你的。",
		Rank: map[sales.Role]int{sales.RoleAdmin: 7}, Handle: a.Delivered,
	})
	r.Command(bot.Command[Tx]{
		Name: "攒下", Aliases: []string{"zanxia", "攒下的"}, Summary: "看合成一条的推送里的每一件", Usage: "攒下 / 攒下 3",
		Detail: "下班后的推送早上合成一条,一小时里推得太多也合成一条。攒下 列出全部,攒下 3 看第 3 件的全文和按钮。", Handle: a.Gathered,
	})
}

// Delivered says what became of pushes: about a record, or to the person.
func (a *App) Delivered(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("送达情况请单聊我看,发 " + strings.TrimSpace("送达 "+t.Args) + "。"), nil
	}
	if bare(t.Args) == "" {
		return a.deliveredToMe(ctx, t, tx)
	}
	if reply, ok, err := a.deliveredOn(ctx, t, tx); ok || err != nil {
		return reply, err
	}
	label, subjects, err := a.pushSubjects(ctx, t, tx)
	if no := strings.TrimSpace(t.Args); sales.Message(err) != "" && (reAnyNo.MatchString(no) || leadNo(no) != "") {
		err = sales.Errorf(sales.KindOf(err), "没有 "+cutRunes(no, 20)+",或者不归你看。也可以写客户名,或同事的名字加日子:送达 李强 昨天。")
	}
	if err != nil {
		return bot.Reply{}, err
	}
	var list []bot.PushRecord
	for _, s := range subjects {
		some, err := tx.PushesOf(ctx, s)
		if err != nil {
			return bot.Reply{}, err
		}
		list = append(list, some...)
	}
	lines := view.StepLines(steps(t, list, 0), t.Now)
	if len(lines) == 0 {
		return bot.Text(label + " 没有推送过。"), nil
	}
	const most = 30
	if n := len(lines) - most; n > 0 {
		lines = append([]string{"更早的 " + strconv.Itoa(n) + " 条没列。"}, lines[n:]...)
	}
	return bot.Text(label + " 的推送:\n" + strings.Join(lines, "\n")), nil
}

func (a *App) deliveredToMe(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list, err := tx.PushesTo(ctx, t.Person.ID, sales.At(t.Now.Add(-24*time.Hour)), 15)
	if err != nil {
		return bot.Reply{}, err
	}
	lines := pushLines(t, list, t.Person.ID)
	if len(lines) == 0 {
		return bot.Text("最近一天没有推送给你。看一份合同的:送达 HT2026-018"), nil
	}
	return bot.Text("最近一天推给你的:\n" + strings.Join(lines, "\n")), nil
}

// pushLines are pushes to one person as lines.
func pushLines(t bot.Turn, list []bot.PushRecord, to sales.PersonID) []string {
	var lines []string
	for _, s := range steps(t, list, to) {
		lines = append(lines, "· "+s.Line+":"+view.Channel(s.Platform)+" "+view.StepText(s, t.Now))
	}
	return lines
}

// steps are pushes as lines; of one person, when only is set.
func steps(t bot.Turn, list []bot.PushRecord, only sales.PersonID) []view.Step {
	var out []view.Step
	for _, r := range list {
		for _, to := range r.To {
			if only != 0 && to.Person != only {
				continue
			}
			s := view.Step{
				Name: t.Org.Name(to.Person), Platform: string(r.Platform), State: r.State, Reason: r.Reason, Push: to.State, At: to.At, ReadAt: to.ReadAt,
				Line: cutRunes(bot.PushLine(r.Out), 30),
			}
			if to.State == bot.PushNow && !r.DoneAt.IsZero() {
				s.At = r.DoneAt
			}
			out = append(out, s)
		}
	}
	return out
}

// pushSubjects are the subjects under which something is pushed about the record that a person names.
func (a *App) pushSubjects(ctx context.Context, t bot.Turn, tx Tx) (label string, subjects []string, err error) {
	if no := leadNo(t.Args); no != "" {
		l, err := tx.LeadByNo(ctx, no)
		if err != nil {
			return "", nil, err
		}
		if !t.Org.ScopeOf(t.Person).Covers(l.OwnerID) {
			return "", nil, sales.Errorf(sales.Forbidden, no+" 不是你或你团队的,看不了。要看找"+orElse(t.Org.Name(l.OwnerID), "主管")+"。")
		}
		subjects, err = a.withIncident(ctx, tx, "lead", l.ID)
		return no, subjects, err
	}
	no, _ := a.cutContractNo(t.Args, t.Today)
	if no == "" {
		return a.pushesAbout(ctx, t, tx)
	}
	c, r, err := contractByNo(ctx, tx, no)
	if sales.KindOf(err) == sales.NotFound { // every number that is nothing else's counts as a contract's: FP2026-001, GD2026-001
		label, subjects, other := a.pushesAbout(ctx, t, tx)
		if sales.KindOf(other) != sales.Invalid {
			return label, subjects, other
		}
	}
	if err != nil {
		return "", nil, err
	}
	if err := mayRead(t, c.No, c.OwnerID, r); err != nil {
		return "", nil, err
	}
	subjects, err = a.withIncident(ctx, tx, "contract", c.ID)
	return c.No, subjects, err
}

// withIncident are the subjects of a record's pushes and of those of its incidents.
func (a *App) withIncident(ctx context.Context, tx Tx, kind string, id sales.ID) ([]string, error) {
	out := []string{kind + ":" + id.String()}
	incidents, err := tx.IncidentsAbout(ctx, kind, id, 20)
	for _, i := range incidents {
		out = append(out, "incident:"+i.ID.String())
	}
	return out, err
}

// deliveredLines says for each person what became of what was pushed about a subject.
func deliveredLines(ctx context.Context, t bot.Turn, tx Tx, subject string) ([]string, error) {
	list, err := tx.PushesOf(ctx, subject)
	if err != nil {
		return nil, err
	}
	all := steps(t, list, 0)
	for i := range all {
		all[i].Line = "" // what it says is told beside it
	}
	return view.StepLines(all, t.Now), nil
}

// Gathered shows what was told in the last digest: all lines, or one thing as it would have come.
func (a *App) Gathered(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("攒下的请单聊我看,发 攒下。"), nil
	}
	at, err := tx.LastTold(ctx, t.Person.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if at.IsZero() {
		return bot.Text("没有攒下的事。推送太多或下班后的,才会合成一条。"), nil
	}
	list, err := tx.ToldPushes(ctx, t.Person.ID, at)
	if err != nil {
		return bot.Reply{}, err
	}
	n := ordinal(t.Args)
	switch {
	case bare(t.Args) != "" && n == 0:
		return bot.Text("没看懂第几件:" + quoted(bare(t.Args), "") + "。回 攒下 3 这样的就行。"), nil
	case n > len(list):
		return bot.Text("最近一次攒下 " + strconv.Itoa(len(list)) + " 件,没有第 " + strconv.Itoa(n) + " 件。"), nil
	case n == 0 || n > 1 && n%60 == 1 && n <= len(list) && len(list) > 60:
		lines := make([]view.DigestLine, 0, len(list))
		for i, d := range list[max(n-1, 0):] {
			lines = append(lines, view.DigestLine{No: max(n-1, 0) + i + 1, Text: bot.PushLine(d.Out), Typed: typedOf(d.Out)})
		}
		return bot.Text(view.DigestRest(lines, at.Time, t.Now)), nil
	}
	out := list[n-1].Out
	if id := list[n-1].CardID; id != 0 {
		c, err := tx.CardByID(ctx, id)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return bot.Reply{}, err
		}
		if err == nil {
			out.Card = &c.Face
		}
	}
	return bot.Reply{Say: []bot.Say{{Out: out}}}, nil
}

// typedOf is the message that does what a card's first button does.
func typedOf(o bot.Outgoing) string {
	if o.Card == nil {
		return ""
	}
	for _, b := range o.Card.Buttons {
		if b.Typed != "" {
			return b.Typed
		}
	}
	return ""
}

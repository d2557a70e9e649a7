package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// DueAbsenceReturn is the kind of the due row at which somebody who was away is told what came meanwhile.
const DueAbsenceReturn = "absence.return"

const (
	topicAbsenceSpan   = "absence.span"
	topicAbsenceDeputy = "absence.deputy"
	// maxAbsence is how many days an absence may last, and how far ahead it may begin.
	maxAbsence = 366
)

// absenceDraft is an absence that a question is about.
type absenceDraft struct {
	Kind    string           `json:"kind,omitempty"`
	ID      sales.ID         `json:"id,omitempty"`
	Options []sales.PersonID `json:"options,omitempty"`
}

func (a *App) registerAbsence(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "请假", Aliases: []string{"qj", "休假"}, Summary: "请假期间不催你,急事给代理", Usage: "请假 明天到周五 代理 李强",
		Detail:  "期间日报、计划、提醒都先不发,回来第一天早上合成一条。急的和升级的转给代理人。请假审批还走公司的流程。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "请假 明天到周五", nil },
		Handle: func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
			return a.Leave(ctx, t, tx, sales.AbsenceLeave)
		},
	})
	r.Command(bot.Command[Tx]{
		Name: "出差", Aliases: []string{"cc"}, Summary: "出差期间不催你,急事给代理", Usage: "出差 周三到周五 杭州",
		Detail: "和请假一样:提醒先不发,回来合成一条,急的给代理人。路上照样能记拜访。",
		Handle: func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
			return a.Leave(ctx, t, tx, sales.AbsenceTrip)
		},
	})
	r.Command(bot.Command[Tx]{Name: "我的请假", Aliases: []string{"wdqj", "我的出差"}, Summary: "看自己请的假", Usage: "我的请假", Handle: a.MyLeave})
	r.Command(bot.Command[Tx]{Name: "取消请假", Aliases: []string{"销假", "取消出差"}, Summary: "取消请假,或提前回来", Usage: "取消请假", Handle: a.CancelLeave})
	r.Command(bot.Command[Tx]{Name: "代理", Aliases: []string{"dl", "代理人"}, Summary: "请假期间谁代理", Usage: "代理 李强 / 代理 不用", Handle: a.Deputy})
	r.Command(bot.Command[Tx]{
		Name: "团队请假", Aliases: []string{"tdqj", "谁请假"}, Summary: "看团队谁不在、谁代理", Usage: "团队请假", Roles: morningRoles, Handle: a.TeamLeave,
	})
	r.Action("absence.deputy", a.TapDeputy)
	r.Action("absence.cancel", a.TapCancelLeave)
	r.Topic(topicAbsenceSpan, a.AnswerSpan)
	r.Topic(topicAbsenceDeputy, a.AnswerDeputy)
}

// Leave keeps that a person is away (请假, 出差).
func (a *App) Leave(ctx context.Context, t bot.Turn, tx Tx, kind string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if args := bare(t.Args); strings.HasPrefix(args, "取消") {
		return a.CancelLeave(ctx, t, tx)
	} else if args == "" {
		dialogue, err := a.ask(t, topicAbsenceSpan, absenceDraft{Kind: kind})
		if err != nil {
			return bot.Reply{}, err
		}
		return bot.Reply{Say: bot.Text("哪天到哪天?回 明天、明天下午、周三到周五 都行。").Say, Dialogue: dialogue}, nil
	}
	if who := colleagueIn(t, strings.SplitN(reDeputy.ReplaceAllString(reStandsIn.ReplaceAllString(t.Args, " "), " "), " 代理", 2)[0]); who != "" {
		return otherLeave(who), nil
	}
	if which := halfOf(t.Args); which != "" {
		return bot.Text(which), nil
	}
	w, ok := readAway(t, book, t.Args)
	if !ok {
		return bot.Text("日期没看懂:" + quoted(bare(t.Args), "") + "。写 请假 明天到周五 或 请假 3月12日下午 这样的就行。"), nil
	}
	return a.keepAbsence(ctx, t, tx, kind, w)
}

// AnswerSpan takes from when to when a person is away.
func (a *App) AnswerSpan(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[absenceDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,没记。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w, ok := readAway(t, book, t.Text)
	if !ok {
		return bot.Reply{}, bot.ErrNotMine
	}
	t.Dialogue = *closeTopic(t.Dialogue)
	return a.keepAbsence(ctx, t, tx, d.Kind, w)
}

func (a *App) keepAbsence(ctx context.Context, t bot.Turn, tx Tx, kind string, w awayWords) (bot.Reply, error) {
	x := sales.Absence{
		ID: tx.NewID(), PersonID: t.Person.ID, TeamID: t.Person.TeamID, Kind: kind, From: sales.At(w.from), Until: sales.At(w.until),
		Place: w.place, Reason: w.notes, DeputyID: w.deputy, State: sales.AbsenceActive, CreatedAt: sales.At(t.Now),
		SourceEventID: t.Event.ID, Version: 1,
	}
	if kind == sales.AbsenceTrip && x.Place == "" {
		x.Place, x.Reason = strings.TrimPrefix(strings.TrimPrefix(x.Reason, "去"), "到"), ""
	}
	if reFillers.MatchString(x.Reason) {
		x.Reason = ""
	}
	if !x.Until.After(t.Now) || x.FirstDay().Sub(t.Today) > maxAbsence || x.LastDay().Sub(x.FirstDay()) > maxAbsence {
		return bot.Text("日子不对:" + x.Span() + "。要今天或以后、一年以内的日子。"), nil
	}
	same, err := tx.Absences(ctx, sales.Only(t.Person.ID), x.From, x.Until)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(same) > 0 {
		return bot.Text("和已经记的重了:" + same[0].KindName() + " " + same[0].Span() + "。要改先发 取消请假,再重新发。"), nil
	}
	tx.CreateAbsence(x)
	audit(tx, t, "absence.create", "absence", x.ID)
	emit(tx, t, "absence.created", "absence", x.ID)
	a.watchReturn(tx, x)
	a.watchDeputy(tx, x, t.Now)
	dialogue := t.Dialogue
	remember(&dialogue, "absence", x.ID, t.Now)
	reply := bot.ShowCard(view.AbsenceCard(a.absenceView(t, x)))
	reply.Say = append(reply.Say, a.tellAbsence(t, x, managerOf(t, x.PersonID))...)
	reply.Dialogue = &dialogue
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	plans, err := a.plansMeanwhile(ctx, t, tx, book, x)
	if err != nil {
		return bot.Reply{}, err
	}
	away, err := deputyAway(ctx, t, tx, x)
	if err != nil {
		return bot.Reply{}, err
	}
	if note := strings.TrimSpace(away + "\n" + plans); note != "" {
		reply.Say = append(reply.Say, bot.Say{Slot: "meanwhile", Out: bot.Outgoing{Text: note}})
	}
	if x.DeputyID != 0 {
		return reply, nil
	}
	q, err := a.askDeputy(t, x, dialogue, w)
	return reply.And(q), err
}

func (a *App) absenceView(t bot.Turn, x sales.Absence) view.Absence {
	return view.Absence{Absence: x, Deputy: t.Org.Name(x.DeputyID), Name: t.Org.Name(x.PersonID), Today: t.Today, Now: t.Now}
}

// watchReturn sees to it that the person is told what came meanwhile on the first morning back.
func (a *App) watchReturn(tx Tx, x sales.Absence) {
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: DueAbsenceReturn, SubjectKind: "absence", SubjectID: x.ID, Slot: "1",
		DueAt: sales.At(a.Calendar.NextAllowed(x.Until.Time)), State: sales.DuePending,
	})
}

// watchDeputy sees to it that approvals go over to the deputy when the absence begins, and come back when it ends.
func (a *App) watchDeputy(tx Tx, x sales.Absence, now time.Time) {
	begin := x.From.Time
	if begin.Before(now) {
		begin = now
	}
	a.deputyDue(tx, "absence", x.ID, "begin", begin)
	a.deputyDue(tx, "absence", x.ID, "end", x.Until.Time)
}

// tellAbsence tells the deputy, and others who should know.
func (a *App) tellAbsence(t bot.Turn, x sales.Absence, others ...sales.PersonID) []bot.Say {
	line := view.AbsenceLine(a.absenceView(t, x))
	var out []bot.Say
	for _, to := range append(others, x.DeputyID) {
		text := line
		if to == x.DeputyID {
			text += "急的和升级的会转给你。"
		}
		if to == 0 || slices.ContainsFunc(out, func(s bot.Say) bool { return s.To[0] == to }) {
			continue
		}
		out = append(out, bot.Say{
			To: []sales.PersonID{to}, Subject: "absence:" + x.ID.String(), Kind: bot.DeliverPush, Push: true,
			Slot: "told:" + to.String() + ":" + strconv.FormatInt(x.Version, 10), Out: bot.Outgoing{Text: text},
		})
	}
	return out
}

// askDeputy asks who stands in, with those of the same team; w says why the one who was named cannot.
func (a *App) askDeputy(t bot.Turn, x sales.Absence, d sales.Dialogue, w awayWords) (bot.Reply, error) {
	draft := absenceDraft{ID: x.ID}
	pick := view.Pick{Key: pickKey(t, "deputy"), Question: "不在的时候谁代理?", Note: "不在里面就回 代理 加名字。"}
	switch {
	case w.self:
		pick.Question = "代理人要是别的同事,谁代理?"
	case w.unknown != "":
		pick.Question = "没有叫" + quoted(w.unknown, "") + "的同事,谁代理?"
	}
	for _, p := range t.Org.Members(x.TeamID) {
		if p.ID != t.Person.ID && len(draft.Options) < 4 && len(t.Org.Identities(p.ID)) > 0 {
			draft.Options = append(draft.Options, p.ID)
			pick.Options = append(pick.Options, view.PickOption{Text: p.Name, Action: action("absence.deputy", x.ID, 0, p.ID.String())})
		}
	}
	pick.Options = append(pick.Options, view.PickOption{Text: "不用代理", Action: action("absence.deputy", x.ID, 0, "0")})
	was := t
	was.Dialogue = d
	dialogue, err := a.ask(was, topicAbsenceDeputy, draft)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.ShowCard(view.PickOne(pick))
	reply.Dialogue = dialogue
	return reply, nil
}

// TapDeputy takes the deputy that was tapped.
func (a *App) TapDeputy(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	x, err := tx.AbsenceByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	n, _ := strconv.ParseInt(t.Action.Arg, 10, 64)
	reply, err := a.setDeputy(ctx, t, tx, x, sales.PersonID(n))
	return closePick(t, reply), err
}

// AnswerDeputy takes the deputy by number or name.
func (a *App) AnswerDeputy(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[absenceDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	x, err := tx.AbsenceByID(ctx, d.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	said := bare(t.Text)
	switch n := ordinal(said); {
	case n >= 1 && n <= len(d.Options):
		return a.setDeputy(ctx, t, tx, x, d.Options[n-1])
	case isNo(said) || strings.HasPrefix(said, "不用") || n == len(d.Options)+1:
		return a.setDeputy(ctx, t, tx, x, 0)
	}
	if list := t.Org.ByName(said); len(list) == 1 {
		return a.setDeputy(ctx, t, tx, x, list[0].ID)
	}
	return bot.Reply{}, bot.ErrNotMine
}

// Deputy names who stands in for the absence that is or comes next: 代理 李强.
func (a *App) Deputy(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list, err := a.ownAbsences(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(list) == 0 {
		return bot.Text("你没有请假,不用代理。请假发:请假 明天到周五 代理 李强"), nil
	}
	name := bare(t.Args)
	if name == "" {
		return a.askDeputy(t, list[0], t.Dialogue, awayWords{})
	}
	if strings.HasPrefix(name, "不用") || isNo(name) {
		return a.setDeputy(ctx, t, tx, list[0], 0)
	}
	people := t.Org.ByName(name)
	if len(people) != 1 {
		return a.askDeputy(t, list[0], t.Dialogue, awayWords{unknown: name})
	}
	return a.setDeputy(ctx, t, tx, list[0], people[0].ID)
}

func (a *App) setDeputy(ctx context.Context, t bot.Turn, tx Tx, x sales.Absence, deputy sales.PersonID) (bot.Reply, error) {
	d := closeTopicIf(t.Dialogue, topicAbsenceDeputy)
	p, ok := t.Org.Person(deputy)
	switch {
	case x.PersonID != t.Person.ID:
		return bot.Text("这次请假是" + t.Org.Name(x.PersonID) + "的,只有本人能改。"), nil
	case x.State != sales.AbsenceActive || !x.Until.After(t.Now):
		return bot.Reply{Say: bot.Text("这次请假已经过去或取消了,没有改动。").Say, Dialogue: d}, nil
	case deputy == t.Person.ID || deputy != 0 && (!ok || !p.Active):
		return bot.Text("代理人要是别的在职同事。"), nil
	case deputy == x.DeputyID && deputy != 0:
		return bot.Reply{Say: bot.Text("已经是" + p.Name + "代理,没有改动。").Say, Dialogue: d}, nil
	}
	was, old := x.DeputyID, t.Org.Name(x.DeputyID)
	if deputy == 0 && old == "" {
		return bot.Reply{Say: bot.Text("好,不设代理。急事还是找你。").Say, Dialogue: d}, nil
	}
	x.DeputyID = deputy
	tx.UpdateAbsence(x)
	x.Version++
	a.watchDeputy(tx, x, t.Now)
	audit(tx, t, "absence.deputy", "absence", x.ID, sales.Change{Field: "代理", Old: old, New: orNone(t.Org.Name(deputy))})
	away, err := deputyAway(ctx, t, tx, x)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Text("代理:" + orNone(t.Org.Name(deputy)) + "," + x.Span() + "。" + away)
	reply.Say = append(reply.Say, a.tellAbsence(t, x)...)
	if was != 0 {
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{was}, Subject: "absence:" + x.ID.String(), Kind: bot.DeliverPush, Push: true,
			Slot: "freed:" + strconv.FormatInt(x.Version, 10), Out: bot.Outgoing{Text: t.Person.Name + x.KindName() + "(" + x.Span() + ")不用你代理了。"},
		})
	}
	reply.Faces = append(reply.Faces, view.AbsenceCard(a.absenceView(t, x)))
	reply.Dialogue = d
	return reply, nil
}

// ownAbsences are a person's absences that are or come, the nearest first.
func (a *App) ownAbsences(ctx context.Context, t bot.Turn, tx Tx) ([]sales.Absence, error) {
	return tx.Absences(ctx, sales.Only(t.Person.ID), sales.At(t.Now), sales.At(t.Now.AddDate(2, 0, 0)))
}

// MyLeave lists a person's absences.
func (a *App) MyLeave(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list, err := a.ownAbsences(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(list) == 0 {
		return bot.Text("没有请假。请假发:请假 明天到周五 代理 李强"), nil
	}
	var lines []string
	for i, x := range list[:min(len(list), 10)] {
		lines = append(lines, strconv.Itoa(i+1)+". "+view.AbsenceText(a.absenceView(t, x)))
	}
	return bot.Text(strings.Join(lines, "\n") + "\n取消回:取消请假 1。换代理回:代理 李强。"), nil
}

// CancelLeave cancels an absence, or ends it when it has begun: 取消请假.
func (a *App) CancelLeave(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list, err := a.ownAbsences(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	n := max(ordinal(strings.TrimPrefix(bare(t.Args), "取消")), 1)
	switch {
	case len(list) == 0:
		return bot.Text("没有可以取消的请假。"), nil
	case n > len(list):
		return bot.Text("没有第 " + strconv.Itoa(n) + " 条。发 我的请假 看编号。"), nil
	}
	return a.cancelAbsence(ctx, t, tx, list[n-1])
}

// TapCancelLeave cancels an absence by its button.
func (a *App) TapCancelLeave(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	x, err := tx.AbsenceByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.cancelAbsence(ctx, t, tx, x)
}

func (a *App) cancelAbsence(ctx context.Context, t bot.Turn, tx Tx, x sales.Absence) (bot.Reply, error) {
	switch {
	case x.PersonID != t.Person.ID:
		return bot.Text("这次请假是" + t.Org.Name(x.PersonID) + "的,只有本人能取消。"), nil
	case x.State != sales.AbsenceActive || !x.Until.After(t.Now):
		return bot.Text("这次请假已经过去或取消了,没有改动。"), nil
	}
	begun := !x.From.After(t.Now)
	x.State = sales.AbsenceCancelled
	tx.UpdateAbsence(x)
	x.Version++
	tx.CancelDue("", "absence", x.ID, "cancelled")
	if begun {
		a.deputyDue(tx, "absence", x.ID, "end", t.Now)
	}
	audit(tx, t, "absence.cancel", "absence", x.ID, sales.Change{Field: "状态", Old: "有效", New: "取消"})
	emit(tx, t, "absence.cancelled", "absence", x.ID)
	text := "已取消:" + x.KindName() + " " + x.Span() + "。"
	if begun {
		text = "已销假,提醒照常发。"
	}
	reply := bot.Text(text)
	lines, last, err := sales.ReadHeld(ctx, tx, t.Person.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if last != 0 {
		tx.DropHeld(t.Person.ID, last)
	}
	if len(lines) > 0 {
		reply.Say = append(reply.Say, bot.Say{Slot: "held", Out: bot.Outgoing{Text: view.HeldText(x.KindName(), lines)}})
	}
	for _, to := range []sales.PersonID{managerOf(t, x.PersonID), x.DeputyID} {
		if to != 0 {
			reply.Say = append(reply.Say, bot.Say{
				To: []sales.PersonID{to}, Subject: "absence:" + x.ID.String(), Kind: bot.DeliverPush, Slot: "cancel:" + to.String(), Push: true,
				Out: bot.Outgoing{Text: t.Person.Name + "不" + x.KindName() + "了(" + x.Span() + "),不用代理。"},
			})
		}
	}
	reply.Faces = append(reply.Faces, view.AbsenceCard(a.absenceView(t, x)))
	d := closeTopicIf(t.Dialogue, topicAbsenceDeputy)
	d.Last = forget(d.Last, "absence", x.ID)
	reply.Dialogue = d
	return reply, nil
}

func managerOf(t bot.Turn, p sales.PersonID) sales.PersonID {
	up, ok := t.Org.Manager(p)
	if !ok {
		return 0
	}
	return up.ID
}

// TeamLeave shows who of a team is away in the next four weeks, and who stands in.
func (a *App) TeamLeave(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list, err := tx.Absences(ctx, t.Org.ScopeOf(t.Person), sales.At(t.Now), sales.At(t.Now.AddDate(0, 0, 28)))
	if err != nil {
		return bot.Reply{}, err
	}
	list = slices.DeleteFunc(list, func(x sales.Absence) bool { return x.PersonID == t.Person.ID })
	if len(list) == 0 {
		return bot.Text("今后四周没有人请假或出差。"), nil
	}
	lines := []string{"今后四周:"}
	for _, x := range list[:min(len(list), 30)] {
		v := a.absenceView(t, x)
		line := "· " + v.Name + " " + view.AbsenceText(v)
		if x.Covers(t.Now) {
			line += " ●现在不在"
		}
		lines = append(lines, line)
	}
	return bot.Text(strings.Join(lines, "\n")), nil
}

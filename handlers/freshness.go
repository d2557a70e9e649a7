package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const (
	topicFact = "fact.value"
	maxFact   = 120
)

func (a *App) registerFreshness(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "关键信息", Aliases: []string{"gjxx", "客户信息"}, Summary: "看和改客户的关键信息", Usage: "关键信息 客户 / 关键信息 客户 预算周期 每年10月报",
		Detail:  "四项:决策链、预算周期、技术配置、采购负责人,每项记着谁哪天确认的。太久没确认,我会请最后联系的人点一下。",
		Example: a.ownExample("关键信息 %s 预算周期 每年10月报明年的"), Handle: a.Facts,
	})
	r.Command(bot.Command[Tx]{
		Name: "校准", Aliases: []string{"jz", "校准会"}, Summary: "答校准、看校准结果", Usage: "校准 客户 / 校准 客户 都对 / 校准 客户 2 新的内容",
		Detail: "每月给重点客户发三件事,销售、客服、交付各答一遍。打字也行:校准 绍兴市立 都对、校准 绍兴市立 不清楚、校准 绍兴市立 2 换成迈瑞了。", Example: a.ownExample("校准 %s"), Handle: a.ShowCalibration,
	})
	r.Action("fact.keep", a.TapFactKeep)
	r.Action("fact.change", a.TapFactChange)
	r.Action("calibration.agree", a.TapCalibrationAgree)
	r.Action("calibration.differ", a.TapCalibrationDiffer)
	r.Action("calibration.unknown", a.TapCalibrationUnknown)
	r.Action("calibration.choose", a.TapCalibrationChoose)
	r.Topic(topicFact, a.AnswerFact)
}

// factAsk is a question for the value of a key field; Calibration says that it is one side's answer.
type factAsk struct {
	Customer    sales.ID        `json:"customer"`
	Field       sales.FactField `json:"field"`
	Calibration sales.ID        `json:"calibration,omitempty"`
}

// Facts shows a customer's key fields, or sets one (关键信息 客户 预算周期 每年10月报).
func (a *App) Facts(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("哪家?例:关键信息 绍兴市立医院 预算周期 每年10月报明年的"), nil
	}
	_, c, rest, reply, err := a.customerToWorkOn(ctx, t, tx)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	facts, err := tx.FactsOf(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	word, value := cutWord(rest)
	if word == "" {
		if t.InGroup() {
			return bot.Text("关键信息请单聊我:关键信息 " + c.Name), nil
		}
		audit(tx, t, "customer.read", "customer", c.ID)
		return bot.Text(view.FactList(c.Name, facts, t.Org.Name, t.Today)), nil
	}
	field, ok := sales.FactFieldNamed(bare(word))
	if !ok {
		return bot.Text("没有" + quoted(bare(word), "") + "这一项。能记:决策链、预算周期、技术配置、采购负责人。"), nil
	}
	if value = cutRunes(strings.TrimSpace(value), maxFact); value == "" {
		d, err := a.ask(t, topicFact, factAsk{Customer: c.ID, Field: field})
		return bot.Reply{Say: bot.Text(c.Name + "的" + field.Name() + "是什么?一句话。不记了回 算了。").Say, Dialogue: d}, err
	}
	a.setFact(t, tx, sales.FactNamed(facts, c.ID, field), value)
	return bot.Text("已记:" + c.Name + " " + field.Name() + " " + value + "。"), nil
}

// setFact writes a key field as known now, with its trail.
func (a *App) setFact(t bot.Turn, tx Tx, f sales.Fact, value string) {
	change := sales.Change{Field: f.Field.Name(), Old: f.Value, New: value}
	verb := "fact.change"
	if f.Value == value {
		verb = "fact.confirm"
	}
	if f.ID == 0 {
		f.ID = tx.NewID()
	}
	f.Value, f.ConfirmedAt, f.ConfirmedBy, f.AskedOf, f.AskedOn = value, sales.At(t.Now), t.Person.ID, 0, sales.Day{}
	tx.PutFact(f)
	audit(tx, t, verb, "customer", f.CustomerID, change)
	emit(tx, t, verb, "customer", f.CustomerID)
}

// askedFact reads the fact of a tapped card; the reply says why nothing can be done.
func (a *App) askedFact(ctx context.Context, t bot.Turn, tx Tx) (sales.Fact, sales.Customer, bot.Reply, error) {
	f, err := tx.FactByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return f, sales.Customer{}, bot.Reply{}, err
	}
	c, err := tx.CustomerByID(ctx, f.CustomerID)
	if err != nil {
		return f, c, bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return f, c, bot.Reply{}, err
	}
	switch {
	case f.AskedOf != t.Person.ID && !a.works(t, book, c):
		return sales.Fact{}, c, closeCard(t, "这家已不归你,没有改动"), nil
	case f.AskedOn.IsZero():
		return sales.Fact{}, c, closeCard(t, "已确认 · "+t.Org.Name(f.ConfirmedBy)), nil
	}
	return f, c, bot.Reply{}, nil
}

// TapFactKeep confirms a key field as it is (仍然有效).
func (a *App) TapFactKeep(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	f, _, reply, err := a.askedFact(ctx, t, tx)
	if err != nil || f.ID == 0 {
		return reply, err
	}
	a.setFact(t, tx, f, f.Value)
	return closeCard(t, "仍然有效 · "+t.Person.Name+" "+sales.FormatMoment(t.Now)), nil
}

// TapFactChange asks for the new value of a key field (有变化).
func (a *App) TapFactChange(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	f, c, reply, err := a.askedFact(ctx, t, tx)
	if err != nil || f.ID == 0 {
		return reply, err
	}
	d, err := a.ask(t, topicFact, factAsk{Customer: c.ID, Field: f.Field})
	reply = closeCard(t, "有变化,等你回新的")
	reply.Say = append(reply.Say, bot.Text(c.Name+"的"+f.Field.Name()+"现在是什么?一句话。没变回 算了。").Say...)
	reply.Dialogue = d
	return reply, err
}

// AnswerFact takes the new value of a key field.
func (a *App) AnswerFact(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	q, err := draft[factAsk](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,没有改动。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if news, err := a.isNews(ctx, t, tx); err != nil || news {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	value := cutRunes(strings.TrimSpace(t.Text), maxFact)
	if q.Calibration != 0 {
		return a.answerCalibration(ctx, t, tx, q.Calibration, map[sales.FactField]string{q.Field: value})
	}
	c, err := tx.CustomerByID(ctx, q.Customer)
	if err != nil {
		return bot.Reply{}, err
	}
	facts, err := tx.FactsOf(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	f := sales.FactNamed(facts, c.ID, q.Field)
	old := f.Value
	a.setFact(t, tx, f, value)
	text := "已记:" + c.Name + " " + q.Field.Name() + " " + value + "。"
	if old != "" && old != value {
		text += "原来:" + old + "。"
	}
	return bot.Reply{Say: bot.Text(text).Say, Dialogue: closeTopic(t.Dialogue)}, nil
}

// ShowCalibration shows what the sides said of a customer (校准 客户).
func (a *App) ShowCalibration(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("看哪家的校准?例:校准 绍兴市立医院"), nil
	}
	c, rest, reply, err := a.customerArg(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if rest = strings.TrimSpace(rest); rest != "" {
		return a.typedCalibration(ctx, t, tx, c, rest)
	}
	if !a.works(t, book, c) || t.InGroup() {
		return bot.Text(c.Name + "的校准结果给负责人和他的主管看,单聊我。"), nil
	}
	cal, err := tx.CalibrationOf(ctx, c.ID)
	if sales.KindOf(err) == sales.NotFound {
		return bot.Text(c.Name + "还没校准过。每月 " + itoa(a.Settings.CalibrationDay) + " 号给 " + strings.Join(a.Settings.CalibrationClasses, "、") + " 类客户发校准卡。"), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "customer.read", "customer", c.ID)
	answers, err := tx.CalibrationAnswers(ctx, cal.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Text(view.CalibrationText(c.Name, cal, answers, t.Org.Name)), nil
}

// typedCalibration takes an answer to a calibration in words: 都对, 不清楚, or the number of a fact and what it is.
func (a *App) typedCalibration(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, words string) (bot.Reply, error) {
	side, ok := sideOf(t, c)
	if !ok {
		return bot.Text("这家的校准不用你答。"), nil
	}
	cal, err := tx.CalibrationOf(ctx, c.ID)
	if sales.KindOf(err) == sales.NotFound || err == nil && cal.State != sales.CalibrationOpen {
		return bot.Text(c.Name + "现在没有要答的校准。"), nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	answers, err := tx.CalibrationAnswers(ctx, cal.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	first, value := cutWord(words)
	n := ordinal(first)
	say := map[sales.FactField]string{}
	switch word := bare(words); {
	case n >= 1 && n <= len(cal.Questions) && value != "":
		say[cal.Questions[n-1].Field] = cutRunes(value, maxFact)
	case word == "都对" || word == "不清楚":
		for _, q := range cal.Questions {
			if !slices.ContainsFunc(answers, func(x sales.CalibrationAnswer) bool { return x.Side == side && x.Field == q.Field }) {
				say[q.Field] = map[bool]string{true: q.Value}[word == "都对"]
			}
		}
	default:
		return bot.Text("没看懂" + quoted(words, "") + "。回 校准 " + c.Name + " 都对、不清楚,或 校准 " + c.Name + " 2 新的内容。"), nil
	}
	return a.answerCalibration(ctx, t, tx, cal.ID, say)
}

// sideOf is the side a person answers for in a customer's calibration.
func sideOf(t bot.Turn, c sales.Customer) (sales.Side, bool) {
	people := sales.SidePeople(t.Org, c.OwnerID, c.ID)
	for _, side := range sales.Sides {
		if people[side] == t.Person.ID {
			return side, true
		}
	}
	switch {
	case t.Person.Has(sales.RoleService, "success"):
		return sales.SideService, true
	case t.Person.Has("delivery"):
		return sales.SideDelivery, true
	}
	return sales.SideSales, t.Org.Above(t.Person, c.OwnerID)
}

// tappedCalibration reads the calibration of a tapped card, and which side the person answers for.
func (a *App) tappedCalibration(ctx context.Context, t bot.Turn, tx Tx) (sales.Calibration, sales.Side, bot.Reply, error) {
	cal, err := tx.CalibrationByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return cal, "", bot.Reply{}, err
	}
	c, err := tx.CustomerByID(ctx, cal.CustomerID)
	if err != nil {
		return cal, "", bot.Reply{}, err
	}
	side, ok := sideOf(t, c)
	switch {
	case !ok:
		return sales.Calibration{}, "", bot.Text("这家的校准不用你答,没有改动。"), nil
	case cal.State == sales.CalibrationClosed:
		return sales.Calibration{}, "", closeCard(t, "已结束 · "+sales.FormatMoment(cal.ClosedAt.Time)), nil
	}
	return cal, side, bot.Reply{}, nil
}

// TapCalibrationAgree says that every fact not answered yet is right.
func (a *App) TapCalibrationAgree(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.answerRest(ctx, t, tx, func(q sales.Question) string { return q.Value })
}

// TapCalibrationUnknown says that the person does not know.
func (a *App) TapCalibrationUnknown(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.answerRest(ctx, t, tx, func(sales.Question) string { return "" })
}

func (a *App) answerRest(ctx context.Context, t bot.Turn, tx Tx, value func(sales.Question) string) (bot.Reply, error) {
	cal, side, reply, err := a.tappedCalibration(ctx, t, tx)
	if err != nil || cal.ID == 0 {
		return reply, err
	}
	answers, err := tx.CalibrationAnswers(ctx, cal.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	say := map[sales.FactField]string{}
	for _, q := range cal.Questions {
		if !slices.ContainsFunc(answers, func(x sales.CalibrationAnswer) bool { return x.Side == side && x.Field == q.Field }) {
			say[q.Field] = value(q)
		}
	}
	return a.answerCalibration(ctx, t, tx, cal.ID, say)
}

// TapCalibrationDiffer asks for what a fact really is.
func (a *App) TapCalibrationDiffer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	cal, _, reply, err := a.tappedCalibration(ctx, t, tx)
	if err != nil || cal.ID == 0 {
		return reply, err
	}
	n := ordinal(t.Action.Arg)
	if n < 1 || n > len(cal.Questions) {
		return bot.Text("这张卡片旧了,没有改动。"), nil
	}
	q := cal.Questions[n-1]
	c, err := tx.CustomerByID(ctx, cal.CustomerID)
	if err != nil {
		return bot.Reply{}, err
	}
	d, err := a.ask(t, topicFact, factAsk{Customer: c.ID, Field: q.Field, Calibration: cal.ID})
	return bot.Reply{Say: bot.Text(c.Name + "的" + q.Field.Name() + "是什么?一句话。不知道回 算了。").Say, Dialogue: d}, err
}

// answerCalibration keeps what one side says, and goes on when all sides have answered.
func (a *App) answerCalibration(ctx context.Context, t bot.Turn, tx Tx, id sales.ID, say map[sales.FactField]string) (bot.Reply, error) {
	cal, err := tx.CalibrationByID(ctx, id)
	if err != nil {
		return bot.Reply{}, err
	}
	c, err := tx.CustomerByID(ctx, cal.CustomerID)
	if err != nil {
		return bot.Reply{}, err
	}
	side, ok := sideOf(t, c)
	if !ok || cal.State != sales.CalibrationOpen {
		return bot.Reply{Say: bot.Text("这家的校准已经收齐,没有改动。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	answers, err := tx.CalibrationAnswers(ctx, cal.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, q := range cal.Questions {
		value, said := say[q.Field]
		if !said {
			continue
		}
		one := sales.CalibrationAnswer{CalibrationID: cal.ID, Field: q.Field, Side: side, PersonID: t.Person.ID, Value: value, At: sales.At(t.Now)}
		tx.PutCalibrationAnswer(one)
		answers = slices.DeleteFunc(answers, func(x sales.CalibrationAnswer) bool { return x.Side == side && x.Field == q.Field })
		answers = append(answers, one)
		audit(tx, t, "calibration.answer", "customer", c.ID, sales.Change{Field: side.Name() + q.Field.Name(), Old: q.Value, New: value})
	}
	reply := bot.Reply{Faces: []view.Face{view.CalibrationCard(cal, c.Name, side, t.Person.ID, answers, t.Now)}}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text("记下了:" + c.Name + "。").Say
		reply.Dialogue = closeTopic(t.Dialogue)
	}
	for s := range sales.SidePeople(t.Org, c.OwnerID, c.ID) {
		if !cal.Answered(answers, s) {
			// A version for everyone's answer, so that of two at once the second sees the first.
			tx.UpdateCalibration(cal)
			return reply, nil
		}
	}
	more, err := a.settleCalibration(ctx, t, tx, cal, c, answers)
	return reply.And(more), err
}

// settleCalibration writes what the sides agree on into the master, and shows the owner and the lead what they do not.
func (a *App) settleCalibration(ctx context.Context, t bot.Turn, tx Tx, cal sales.Calibration, c sales.Customer, answers []sales.CalibrationAnswer) (bot.Reply, error) {
	facts, err := tx.FactsOf(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	var conflicts []sales.Verdict
	for _, v := range cal.Verdicts(answers) {
		switch {
		case v.Conflict:
			conflicts = append(conflicts, v)
		case v.Agreed != "":
			a.setFact(t, tx, sales.FactNamed(facts, c.ID, v.Field), v.Agreed)
		}
	}
	if len(conflicts) == 0 {
		cal.State, cal.ClosedAt = sales.CalibrationClosed, sales.At(t.Now)
		tx.UpdateCalibration(cal)
		emit(tx, t, "calibration.closed", "customer", c.ID)
		return bot.Reply{}, nil
	}
	cal.State = sales.CalibrationConflict
	tx.UpdateCalibration(cal)
	to := []sales.PersonID{c.OwnerID}
	if m, ok := t.Org.Manager(c.OwnerID); ok {
		to = append(to, m.ID)
	}
	w, err := sales.OpenWatch(ctx, tx, sales.WatchConflict, "customer", c.ID, t.Now)
	if err != nil {
		return bot.Reply{}, err
	}
	w.Push(1, "三方说法不一致 "+itoa(len(conflicts))+" 项", to...)
	w.Save()
	emit(tx, t, "calibration.conflict", "customer", c.ID)
	var reply bot.Reply
	for _, v := range conflicts {
		card := view.ConflictCard(cal, c.Name, v, t.Org.Name)
		reply.Say = append(reply.Say, bot.Say{
			To: to, Subject: "calibration:" + cal.ID.String(), Kind: bot.DeliverPush, Slot: "conflict:" + string(v.Field), Push: true,
			Out: bot.Outgoing{Card: &card},
		})
	}
	return reply, nil
}

// TapCalibrationChoose decides between what the sides say: the chosen one goes into the master.
func (a *App) TapCalibrationChoose(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	cal, err := tx.CalibrationByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	c, err := tx.CustomerByID(ctx, cal.CustomerID)
	if err != nil {
		return bot.Reply{}, err
	}
	if c.OwnerID != t.Person.ID && !t.Org.Above(t.Person, c.OwnerID) {
		return bot.Text("由" + t.Org.Name(c.OwnerID) + "或他的主管来定。没有改动。"), nil
	}
	field, side, _ := strings.Cut(t.Action.Arg, ",")
	answers, err := tx.CalibrationAnswers(ctx, cal.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	facts, err := tx.FactsOf(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	left := 0
	value, open := "", false
	for _, v := range cal.Verdicts(answers) {
		decided := !v.Conflict || sales.FactNamed(facts, c.ID, v.Field).ConfirmedAt.After(cal.LastAnswer(answers, v.Field))
		if string(v.Field) == field {
			open = !decided
			for _, x := range v.Answers {
				if string(x.Side) == side {
					value = x.Value
				}
			}
		} else if !decided {
			left++
		}
	}
	if !open || value == "" || cal.State != sales.CalibrationConflict {
		return closeCard(t, "已经定了:"+sales.FactNamed(facts, c.ID, sales.FactField(field)).Value), nil
	}
	a.setFact(t, tx, sales.FactNamed(facts, c.ID, sales.FactField(field)), value)
	if left == 0 {
		cal.State, cal.ClosedAt = sales.CalibrationClosed, sales.At(t.Now)
		if err := a.endWatch(ctx, t, tx, sales.WatchConflict, "customer", c.ID, t.Person.Name+"已定"); err != nil {
			return bot.Reply{}, err
		}
	}
	tx.UpdateCalibration(cal)
	return closeCard(t, "按"+sales.Side(side).Name()+":"+cutRunes(value, 20)+" · "+t.Person.Name), nil
}

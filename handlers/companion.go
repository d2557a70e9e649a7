package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const maxCompanions = 5

func (a *App) registerCompanion(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "陪访", Aliases: []string{"pf", "协访", "同行"}, Summary: "记谁一起去的,请他确认", Usage: "陪访 王芳 / 陪访 客户 王芳",
		Detail: "记在今天这次拜访上,对方点一下在场才算数。拜访里写 和王芳一起 也行。看自己陪了几次:我的陪访。", Handle: a.AddCompanion,
	})
	r.Command(bot.Command[Tx]{Name: "我的陪访", Aliases: []string{"wdpf", "陪访记录"}, Summary: "看自己陪访了几次", Usage: "我的陪访 / 我的陪访 上月", Handle: a.MyJoint})
	r.Command(bot.Command[Tx]{Name: "在场", Summary: "确认一起去了", Usage: "在场 / 在场 客户", Handle: a.SayPresent})
	r.Command(bot.Command[Tx]{Name: "不在场", Aliases: []string{"没去"}, Summary: "说明没有一起去", Usage: "不在场 / 不在场 客户", Handle: a.SayAbsent})
	r.Action("visit.present", a.TapPresent)
}

var (
	reBesides = regexp.MustCompile(`(和|跟|同|与|带|带着|带上|陪|陪着|叫上|约上|陪同|工程师|主管|总监|经理)$`)
	reWithMe  = regexp.MustCompile(`^(一起|一块|陪同|陪访|陪着|协访|同行|同去|也在|也去|陪我|工程师|主管)`)
)

// companionsIn are the colleagues who were along by what a message says.
func companionsIn(t bot.Turn, f facts, text string) []sales.PersonID {
	var out []sales.PersonID
	add := func(id sales.PersonID) {
		p, ok := t.Org.Person(id)
		if ok && p.Active && id != t.Person.ID && !slices.Contains(out, id) && len(out) < maxCompanions {
			out = append(out, id)
		}
	}
	for _, g := range f.frames {
		for _, c := range g.Companions {
			add(sales.PersonID(c.ID))
		}
	}
	if !strings.ContainsAny(text, "和跟同与带陪叫约起块也") { // hardly a visit has company, and the forms are dear
		return out
	}
	for p := range t.Org.Active() {
		at := strings.Index(text, p.Name)
		if at < 0 || p.Name == "" || strings.Contains(f.contact.Why.Text, p.Name) {
			continue
		}
		if reBesides.MatchString(strings.TrimRight(text[:at], " ")) || reWithMe.MatchString(strings.TrimLeft(text[at+len(p.Name):], " ")) {
			add(p.ID)
		}
	}
	return out
}

// askCompanions writes that colleagues were along and asks each to confirm it.
func (a *App) askCompanions(t bot.Turn, tx Tx, book *Book, v sales.Visit, people []sales.PersonID) (reply bot.Reply, names []string) {
	for _, p := range people {
		c := sales.Companion{
			ID: tx.NewID(), VisitID: v.ID, PersonID: p, AskedBy: t.Person.ID, CustomerID: v.CustomerID, Day: v.Day,
			State: sales.CompanionAsked, AskedAt: sales.At(t.Now), Version: 1,
		}
		tx.CreateCompanion(c)
		audit(tx, t, "visit.companion", "visit", v.ID, sales.Change{Field: "同行", New: t.Org.Name(p)})
		card := view.CompanionAsk(a.companionView(t, book, c))
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{p}, Subject: "companion:" + c.ID.String(), Kind: bot.DeliverPush, Slot: "ask", Push: true, Out: bot.Outgoing{Card: &card},
		})
		names = append(names, view.CompanionName(t.Org.Name(p), c.State))
	}
	return reply, names
}

func (a *App) companionView(t bot.Turn, book *Book, c sales.Companion) view.Companion {
	return view.Companion{
		Companion: c, Customer: book.Customer(c.CustomerID), By: t.Org.Name(c.AskedBy), Name: t.Org.Name(c.PersonID), Today: t.Today, Now: t.Now,
	}
}

// AddCompanion adds a colleague to a visit of today: 陪访 王芳.
func (a *App) AddCompanion(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	var people []sales.PersonID
	rest := t.Args
	for _, p := range t.Org.People() {
		if strings.Contains(rest, p.Name) && p.ID != t.Person.ID && len(people) < maxCompanions {
			people, rest = append(people, p.ID), strings.Replace(rest, p.Name, " ", 1)
		}
	}
	if len(people) == 0 {
		if bare(t.Args) == "" {
			return a.MyJoint(ctx, t, tx)
		}
		return bot.Text("谁一起去的?例:陪访 王芳。写同事的全名。"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	v, ok, err := a.openVisit(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if bare(rest) != "" {
		id, _, why := a.customerIn(t, book, rest)
		if id == 0 {
			return bot.Text(why), nil
		}
		list, err := tx.VisitsNear(ctx, t.Person.ID, id, t.Today.AddDays(-7), t.Today)
		if err != nil {
			return bot.Reply{}, err
		}
		if ok = len(list) > 0; ok {
			v = list[0]
		}
	}
	if !ok {
		return bot.Text("还没有可以加同行的拜访。先记拜访,或写上客户:陪访 客户 王芳。"), nil
	}
	known, err := tx.CompanionsOf(ctx, v.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	people = slices.DeleteFunc(people, func(p sales.PersonID) bool {
		return slices.ContainsFunc(known, func(c sales.Companion) bool { return c.PersonID == p })
	})
	if len(people) == 0 {
		return bot.Text("已经记过了,没有重复记。"), nil
	}
	reply, names := a.askCompanions(t, tx, book, v, people)
	faces, err := a.visitFaces(ctx, t, tx, book, v, func(vv *view.Visit) { vv.Companions = append(vv.Companions, names...) })
	reply.Faces = append(reply.Faces, faces...)
	reply.Say = append(bot.Text("已记:"+book.Customer(v.CustomerID)+" "+v.Day.ChineseFrom(t.Today)+" 同行 "+strings.Join(names, "、")+"。对方确认才算数。").Say, reply.Say...)
	return reply, err
}

// maxJointLines bounds the list of one's joint visits.
const maxJointLines = 15

// MyJoint lists where the person was along with colleagues, by what they confirmed: this month, or a period.
func (a *App) MyJoint(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	from, to, when := sales.FirstOf(t.Today), t.Today, "本月"
	if args := bare(t.Args); args != "" {
		p, ok := parse.Period(args, t.Now.In(sales.Shanghai), parse.TensePast, book.Parser.Calendar)
		if !ok || p.Start.IsZero() || p.End.IsZero() {
			return bot.Text("哪段时间?例:我的陪访 上月。"), nil
		}
		from, to, when = sales.DayOf(p.Start), sales.DayOf(p.End.Add(-time.Second)), args
	}
	list, err := tx.CompanionsOn(ctx, t.Person.ID, from, to)
	if err != nil {
		return bot.Reply{}, err
	}
	if len(list) == 0 {
		return bot.Text(when + "没有陪访记录。同事记拜访时写上你的名字,你点在场就算一次。"), nil
	}
	present, open := 0, 0
	var lines []string
	for _, c := range list {
		mark := ""
		switch c.State {
		case sales.CompanionPresent:
			present++
		case sales.CompanionAsked:
			open++
			mark = " ○等你确认"
		default:
			mark = " 没去"
		}
		if len(lines) < maxJointLines {
			lines = append(lines, "· "+c.Day.ChineseFrom(t.Today)+" "+book.Customer(c.CustomerID)+"("+t.Org.Name(c.AskedBy)+")"+mark)
		}
	}
	head := when + "陪访 " + strconv.Itoa(present) + " 次"
	if open > 0 {
		head += ",还有 " + strconv.Itoa(open) + " 次等你确认,回 在场 客户 或 不在场 客户"
	}
	return bot.Text(head + "。\n" + strings.Join(lines, "\n")), nil
}

// visitFaces are the new faces of a visit's cards as it stands, with what this turn changes.
func (a *App) visitFaces(ctx context.Context, t bot.Turn, tx Tx, book *Book, v sales.Visit, change func(*view.Visit)) ([]view.Face, error) {
	todos, err := tx.TodosBySource(ctx, "visit", v.ID)
	if err != nil {
		return nil, err
	}
	vv := a.visitView(t, book, v, todos)
	if err := a.visitExtras(ctx, t, tx, &vv); err != nil {
		return nil, err
	}
	change(&vv)
	group := vv
	group.Group = true
	return []view.Face{view.VisitFiled(vv), view.VisitFiled(group)}, nil
}

// TapPresent takes a colleague's answer by the button: present or absent is in the action.
func (a *App) TapPresent(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, err := tx.CompanionByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	state := sales.CompanionPresent
	if t.Action.Arg == sales.CompanionAbsent {
		state = sales.CompanionAbsent
	}
	return a.answerCompanion(ctx, t, tx, c, state)
}

// SayPresent and SayAbsent answer by typing.
func (a *App) SayPresent(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.sayCompanion(ctx, t, tx, sales.CompanionPresent)
}

// SayAbsent says that one was not along.
func (a *App) SayAbsent(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	return a.sayCompanion(ctx, t, tx, sales.CompanionAbsent)
}

func (a *App) sayCompanion(ctx context.Context, t bot.Turn, tx Tx, state string) (bot.Reply, error) {
	list, err := tx.CompanionsAsked(ctx, t.Person.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if bare(t.Args) != "" {
		id, _, why := a.customerIn(t, book, t.Args)
		if id == 0 {
			return bot.Text(why), nil
		}
		list = slices.DeleteFunc(list, func(c sales.Companion) bool { return c.CustomerID != id })
	}
	switch len(list) {
	case 0:
		return bot.Text("没有等你确认的陪访。"), nil
	case 1:
		return a.answerCompanion(ctx, t, tx, list[0], state)
	}
	var names []string
	for _, c := range list[:min(len(list), 5)] {
		names = append(names, book.Customer(c.CustomerID)+"("+t.Org.Name(c.AskedBy)+" "+c.Day.Chinese()+")")
	}
	return bot.Text("是哪一次:" + strings.Join(names, "、") + "?回:" + t.Command + " 客户名"), nil
}

func (a *App) answerCompanion(ctx context.Context, t bot.Turn, tx Tx, c sales.Companion, state string) (bot.Reply, error) {
	if c.PersonID != t.Person.ID {
		return bot.Text("这一条要" + t.Org.Name(c.PersonID) + "本人确认。"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	v, err := tx.VisitByID(ctx, c.VisitID)
	if err != nil {
		return bot.Reply{}, err
	}
	if v.State == sales.VisitUndone {
		return bot.Reply{Say: bot.Text("这次拜访已经撤销,不用确认了。").Say, Faces: []view.Face{view.CompanionGone(a.companionView(t, book, c))}}, nil
	}
	if c.State == state {
		return bot.Reply{Say: bot.Text("已经确认过了,没有改动。").Say, Faces: []view.Face{view.CompanionDone(a.companionView(t, book, c))}}, nil
	}
	old := view.CompanionName(t.Person.Name, c.State)
	ch := sales.Change{Field: "同行", Old: old}
	c.State, c.AnsweredAt = state, sales.At(t.Now)
	ch.New = view.CompanionName(t.Person.Name, state)
	tx.UpdateCompanion(c)
	audit(tx, t, "visit.companion", "visit", v.ID, ch)
	emit(tx, t, "visit.companion_"+state, "visit", v.ID)
	c.Version++
	faces, err := a.visitFaces(ctx, t, tx, book, v, func(vv *view.Visit) {
		for i, n := range vv.Companions {
			if n == old {
				vv.Companions[i] = ch.New
			}
		}
	})
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Reply{Faces: append(faces, view.CompanionDone(a.companionView(t, book, c)))}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text("已确认:" + book.Customer(c.CustomerID) + " " + c.Day.ChineseFrom(t.Today) + " " + ch.New + "。").Say
	}
	if state == sales.CompanionAbsent {
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{c.AskedBy}, Subject: "companion:" + c.ID.String(), Kind: bot.DeliverPush, Slot: "answer", Push: true,
			Out: bot.Outgoing{Text: t.Person.Name + "说没有一起去" + book.Customer(c.CustomerID) + "(" + c.Day.Chinese() + "),陪访不算。记错了不用管,没记错找他核一下。"},
		})
	}
	return reply, nil
}

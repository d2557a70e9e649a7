package handlers

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const (
	topicLeadReason = "lead.reason"
	topicLeadPass   = "lead.pass"
	maxLeadLines    = 20
	maxLeadPasses   = 4
	maxLeadList     = 10
)

func (a *App) registerLead(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "线索", Aliases: []string{"xs", "新线索", "我的线索"}, Summary: "记线索、看手上的线索", Usage: "线索 / 线索 公司 手机 来源 需求",
		Detail: "例:线索 绍兴云岭康复医院 13800005678 展会 想要生化仪 活动:春季展。一行一条,一次最多 20 条。\n" +
			"销售自己记的归自己,末尾写 派 就按地区、手上多少和级别派出去;别人记的直接派,理由写在卡片上。\n" +
			"看一条:线索 L12。接:接线索 L12;转:转给 L12 姓名;不行:无效 L12 原因;联系过:已联系 L12 A;转成客户:转客户 L12。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) {
			return "线索 绍兴云岭康复医院 13800005678 展会 想要生化仪", nil
		},
		Rank: map[sales.Role]int{"marketing": 1}, Handle: a.Lead,
	})
	r.Command(bot.Command[Tx]{Name: "接线索", Aliases: []string{"jxs", "接下线索"}, Summary: "接下派给你的线索", Usage: "接线索 L12", Handle: a.typedLead(a.acceptLead)})
	r.Command(bot.Command[Tx]{
		Name: "转给", Aliases: []string{"转线索"}, Summary: "线索、工单、催办的事转给同事", Usage: "转给 L12 李强 / 转给 李强 绍兴市立医院 / 转给 GD2026-001 方远",
		Detail: "催办的事转出后提醒那位同事,不再提醒你。不写是哪件,就是最近推给你的那件。", Handle: a.workOr("pass", a.PassOn),
	})
	r.Command(bot.Command[Tx]{Name: "无效", Aliases: []string{"无效线索"}, Summary: "线索不行,写原因", Usage: "无效 L12 空号", Handle: a.typedLead(a.invalidLead)})
	r.Command(bot.Command[Tx]{
		Name: "已联系", Aliases: []string{"线索已联系"}, Summary: "首次联系后给线索定级", Usage: "已联系 L12 A",
		Detail: "A 有需求有预算,B 有需求没预算,C 先了解。", Handle: a.typedLead(a.gradeLead),
	})
	r.Command(bot.Command[Tx]{Name: "转客户", Aliases: []string{"zkh"}, Summary: "线索转成客户", Usage: "转客户 L12", Handle: a.typedLead(a.convertLead)})
	r.Command(bot.Command[Tx]{
		Name: "线索来源", Aliases: []string{"xsly"}, Summary: "哪个渠道、活动的线索有用", Usage: "线索来源 / 线索来源 90天",
		Detail: "每个来源和活动:几条、接了几条、转了几家客户、几单、签了多少、回了多少款。看回款是哪几笔:线索来源 展会 春季展。", Handle: a.LeadSources,
	})
	r.Command(bot.Command[Tx]{Name: "催线索", Summary: "催一下没接的线索", Usage: "催线索 L12", Handle: a.typedLead(a.nudgeLead)})
	for verb, do := range map[string]leadDeed{
		"lead.accept": a.acceptLead, "lead.pass": a.passLead, "lead.invalid": a.invalidLead, "lead.grade": a.gradeLead, "lead.convert": a.convertLead,
		"lead.nudge": a.nudgeLead,
	} {
		r.Action(verb, a.tapLead(do))
	}
	r.Topic(topicLeadReason, a.AnswerLeadReason)
	r.Topic(topicLeadPass, a.AnswerLeadPass)
}

var leadNoForm = regexp.MustCompile(`^(?:线索)?[Ll](\d{1,12})$`)

// leadNo is the lead's number a word is, in its one spelling; "" when it is none.
func leadNo(word string) string {
	m := leadNoForm.FindStringSubmatch(bare(word))
	if m == nil {
		return ""
	}
	return "L" + strings.TrimLeft(m[1], "0")
}

// Lead shows a person's leads, one lead, or takes new ones in.
func (a *App) Lead(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	args := strings.TrimSpace(t.Args)
	switch no := leadNo(args); {
	case args == "":
		return a.listLeads(ctx, t, tx)
	case no != "":
		l, err := tx.LeadByNo(ctx, no)
		if err != nil {
			return bot.Reply{}, err
		}
		return a.showLead(t, tx, l)
	}
	return a.takeLeads(ctx, t, tx, args)
}

// seesLead reports whether a person may read a lead: its owner, who brought it, and those above.
func seesLead(t bot.Turn, l sales.Lead) bool {
	return l.OwnerID == t.Person.ID || l.CreatedBy == t.Person.ID || l.OwnerID == 0 && leads(t) || t.Org.Above(t.Person, l.OwnerID) ||
		t.Org.ScopeOf(t.Person).Covers(l.OwnerID)
}

// hearsOfLead reports whether a person may know that there is a lead and whose it is: whoever may read it, and the owner's team, in
// which leads go from hand to hand.
func hearsOfLead(t bot.Turn, l sales.Lead) bool {
	owner, ok := t.Org.Person(l.OwnerID)
	return seesLead(t, l) || ok && owner.TeamID != 0 && owner.TeamID == t.Person.TeamID
}

func (a *App) showLead(t bot.Turn, tx Tx, l sales.Lead) (bot.Reply, error) {
	switch {
	case seesLead(t, l):
	case hearsOfLead(t, l):
		return bot.Text(l.No + "是" + t.Org.Name(l.OwnerID) + "的线索,要看找" + t.Org.Name(l.OwnerID) + "。"), nil
	default:
		return bot.Reply{}, sales.Errorf(sales.Forbidden, sales.NoSuch("线索", l.No))
	}
	if l.OwnerID != t.Person.ID { // the contact's number is on it
		audit(tx, t, "lead.read", "lead", l.ID)
	}
	return bot.ShowCard(a.leadCard(t, l)), nil
}

// leadCard is a lead's card for its owner, or as others may see it.
func (a *App) leadCard(t bot.Turn, l sales.Lead) view.Face {
	return view.LeadCard(view.Lead{
		Lead: l, Owner: t.Org.Name(l.OwnerID), By: t.Org.Name(l.CreatedBy), Within: a.Settings.Leads.EscalateAfter, Now: t.Now,
		Own: l.OwnerID == t.Person.ID, Group: t.InGroup(),
	})
}

// listLeads shows what waits on a person, and to a lead what waits in the team.
func (a *App) listLeads(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	scope, title := sales.Only(t.Person.ID), "你的线索"
	if leads(t) && !t.InGroup() {
		scope, title = t.Org.ScopeOf(t.Person), "团队的线索"
		if !scope.All {
			scope.Persons = append(slices.Clone(scope.Persons), 0) // those nobody could be found for
		}
	}
	found, err := tx.LeadsOf(ctx, scope, maxLeadList+1)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Text(view.LeadList(title, found[:min(len(found), maxLeadList)], len(found) > maxLeadList, t.Org.Name, t.Person.ID, t.Now)), nil
}

// takeLeads takes in one lead a line.
func (a *App) takeLeads(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, error) {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(lines) > maxLeadLines {
		return bot.Text(fmt.Sprintf("一次最多 %d 条,这里有 %d 条。分几次发,或让管理员用 Excel 导。", maxLeadLines, len(lines))), nil
	}
	var reply bot.Reply
	var told []string
	seen := map[string]bool{}
	for _, line := range lines {
		said := sales.ReadLead(withoutWord(line, "新线索", "线索")) // pasted with the word on each line
		in := LeadIntake{Text: said, Intake: sales.IntakeChat, Spread: said.Spread || !t.Person.Has(sales.RoleRep)}
		if key := said.Phone + "/" + sales.ParseName(said.Company).Key; seen[key] {
			told = append(told, said.Company+":这条和上面重复,没有再记。")
			continue
		} else {
			seen[key] = true
		}
		res, err := a.IntakeLead(ctx, t, tx, in)
		if err != nil {
			if msg := sales.Message(err); msg != "" && len(lines) > 1 {
				told = append(told, said.Company+":"+msg)
				continue
			}
			return bot.Reply{}, err
		}
		reply = reply.And(res.Reply)
		told = append(told, res.Told)
	}
	reply.Say = append(bot.Text(strings.Join(told, "\n")).Say, reply.Say...)
	return reply, nil
}

// withoutWord is a line without one of some words before it.
func withoutWord(line string, words ...string) string {
	line = strings.TrimSpace(line)
	for _, w := range words {
		if rest, ok := strings.CutPrefix(line, w); ok && strings.TrimLeft(rest, " :：,，\u3000") != rest {
			return strings.TrimLeft(rest, " :：,，\u3000")
		}
	}
	return line
}

// LeadIntake is one lead that comes in, from whatever side.
type LeadIntake struct {
	Text       sales.LeadText
	Intake     string
	ExternalID string
	Level      int // 0: by what is said
	Amount     sales.Money
	// Spread gives it out by the policy; else it is the person's of the turn.
	Spread bool
}

// LeadTaken is what became of it: the lead, or the one that was there already (Twin).
type LeadTaken struct {
	Lead  sales.Lead
	Twin  bool
	Told  string
	Reply bot.Reply
}

// IntakeLead takes in one lead: checks it against leads and customers, finds who gets it, and tells them. t.Person is who
// brought it, nobody for an interface.
func (a *App) IntakeLead(ctx context.Context, t bot.Turn, tx Tx, in LeadIntake) (LeadTaken, error) {
	s := in.Text
	switch {
	case s.Company == "":
		return LeadTaken{}, sales.Errorf(sales.Invalid, "线索还差公司名。例:线索 绍兴云岭康复医院 13800005678 展会 想要生化仪")
	case s.BadPhone != "":
		return LeadTaken{}, sales.Errorf(sales.Invalid, "电话没看懂:"+quoted(s.BadPhone, "")+"。要 11 位手机或带区号的座机。")
	case s.Phone == "":
		return LeadTaken{}, sales.Errorf(sales.Invalid, s.Company+"还差电话,没有电话没法跟。补上再发一次。")
	}
	key := sales.ParseName(s.Company).Key
	if twin, ok, err := a.leadTwin(ctx, t, tx, s.Phone, key); err != nil || ok {
		return LeadTaken{Lead: twin, Twin: true, Told: twinText(t, twin)}, err
	}
	n, err := tx.NextNumber(ctx, "lead")
	if err != nil {
		return LeadTaken{}, err
	}
	l := sales.Lead{
		ID: tx.NewID(), No: "L" + fmt.Sprint(n), Company: s.Company, NameKey: key, Contact: s.Contact, Phone: s.Phone, Need: s.Need,
		City: s.City, Region: sales.RegionOf(s.City), Source: orElse(s.Source, "其他"), Campaign: s.Campaign, Level: in.Level,
		State: sales.LeadNew, Intake: in.Intake, ExternalID: in.ExternalID, CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now),
		SourceEventID: t.Event.ID, Version: 1,
	}
	if l.Level == 0 {
		l.Level = sales.LeadLevel(s.Need, in.Amount, a.Settings.Leads.LargeFrom)
	}
	owner, why, err := a.leadOwner(ctx, t, tx, &l, in.Spread)
	if err != nil {
		return LeadTaken{}, err
	}
	l.Why = why
	var reply bot.Reply
	told := "已记线索 " + l.No + ":" + l.Company
	switch {
	case owner.ID == 0:
		told += "。还没派出去:" + why + ",已告诉主管。"
		reply = a.tellUnassigned(t, l)
	case owner.ID == t.Person.ID && in.Intake == sales.IntakeChat && !in.Spread:
		assignTo(&l, owner, t.Now)
		l.State, l.AcceptedAt = sales.LeadAccepted, sales.At(t.Now)
		told += ",归你。联系过发 已联系 " + l.No + " A,转成客户发 转客户 " + l.No + "。"
	default:
		assignTo(&l, owner, t.Now)
		reply = a.offerLead(t, tx, l)
		told += ",派给" + owner.Name + "(" + why + ")。"
	}
	tx.CreateLead(l)
	audit(tx, t, "lead.create", "lead", l.ID, sales.Change{Field: "负责人", New: owner.Name}, sales.Change{Field: "理由", New: why})
	emit(tx, t, "lead.created", "lead", l.ID)
	return LeadTaken{Lead: l, Told: told, Reply: reply}, nil
}

// leadTwin finds a lead of the same company or phone that still counts.
func (a *App) leadTwin(ctx context.Context, t bot.Turn, tx Tx, phone, key string) (sales.Lead, bool, error) {
	twins, err := tx.LeadTwins(ctx, phone, key)
	if err != nil {
		return sales.Lead{}, false, err
	}
	for _, l := range twins {
		if !l.Open() && l.Reason == leadMistake {
			continue
		}
		if l.Open() || l.ClosedAt.After(t.Now.AddDate(0, 0, -a.Settings.Leads.TwinDays)) {
			return l, true, nil
		}
	}
	return sales.Lead{}, false, nil
}

func twinText(t bot.Turn, l sales.Lead) string {
	who := t.Org.Name(l.OwnerID)
	if who == "" {
		who = "待分配"
	}
	return l.Company + ":已有线索 " + l.No + "(" + who + "," + l.StateName() + "," + sales.FormatTime(l.CreatedAt.Time, t.Now) + " 进来),没有再记。"
}

// leadOwner finds who gets a lead: the owner of the customer it is, who brought it, or whom the policy finds.
func (a *App) leadOwner(ctx context.Context, t bot.Turn, tx Tx, l *sales.Lead, spread bool) (sales.Person, string, error) {
	hits, err := tx.DuplicateCustomers(ctx, "", l.Phone, l.Company, 3)
	if err != nil {
		return sales.Person{}, "", err
	}
	for _, c := range hits {
		if c.NameKey != l.NameKey && c.Phone != l.Phone {
			continue // alike only: the assignee is told when it is converted
		}
		l.CustomerID = c.ID
		if p, ok := t.Org.Person(c.OwnerID); ok && p.Active {
			return p, "已是" + p.Name + "的客户", nil
		}
		break
	}
	if !spread {
		return t.Person, "自己记的", nil
	}
	reps := t.Org.WithRole(sales.RoleRep)
	ids := make([]sales.PersonID, len(reps))
	for i, r := range reps {
		ids[i] = r.ID
	}
	loads, err := tx.LeadLoads(ctx, ids)
	if err != nil {
		return sales.Person{}, "", err
	}
	p, why, _ := a.Settings.Leads.Assign(*l, reps, func(p sales.Person) string { return t.Org.Region(p.TeamID) }, loads, t.Today)
	return p, why, nil
}

func assignTo(l *sales.Lead, p sales.Person, now time.Time) {
	l.OwnerID, l.TeamID, l.State, l.AssignedAt, l.AcceptedAt = p.ID, p.TeamID, sales.LeadAssigned, sales.At(now), sales.Instant{}
	l.Round++
}

// offerLead sends a lead's card to its owner. What follows when nobody takes it is a rule's business.
func (a *App) offerLead(t bot.Turn, tx Tx, l sales.Lead) bot.Reply {
	p := a.Settings.Leads
	card := view.LeadCard(view.Lead{
		Lead: l, Owner: t.Org.Name(l.OwnerID), By: t.Org.Name(l.CreatedBy), Within: p.EscalateAfter, Now: t.Now, Own: true,
	})
	return bot.Reply{Say: []bot.Say{{
		To: []sales.PersonID{l.OwnerID}, Subject: "lead:" + l.ID.String(), Kind: bot.DeliverPush, Slot: "offer:" + itoa(l.Round), Push: true,
		Out: bot.Outgoing{Card: &card},
	}}}
}

// tellUnassigned tells leads and directors of a lead nobody could be found for.
func (a *App) tellUnassigned(t bot.Turn, l sales.Lead) bot.Reply {
	var to []sales.PersonID
	for _, p := range t.Org.WithRole(sales.RoleLead) {
		if l.Region == "" || t.Org.Region(p.TeamID) == l.Region {
			to = append(to, p.ID)
		}
	}
	if len(to) == 0 {
		to = t.Org.WhoHas(sales.RoleDirector)
	}
	return bot.Reply{Say: []bot.Say{{
		To: to, Subject: "lead:" + l.ID.String(), Kind: bot.DeliverPush, Slot: "unassigned", Push: true,
		Out: bot.Outgoing{Text: "线索 " + l.No + " " + l.Company + " 没派出去:" + l.Why + "。派给谁发:分配 " + l.No + " 姓名"},
	}}}
}

// LeadSources shows what became of leads by source and campaign (线索来源).
func (a *App) LeadSources(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	days, page := 90, 0
	var name []string
	for _, w := range strings.Fields(strings.NewReplacer("·", " ", "近", " ").Replace(narrow(cutRunes(t.Args, 80)))) {
		if m := rePage.FindStringSubmatch(w); m != nil {
			n, _ := strconv.Atoi(m[1])
			page = min(max(n-1, 0), maxRowPage)
		} else if n := ordinal(strings.TrimSuffix(w, "天")); n > 0 && n <= 730 {
			days = n
		} else {
			name = append(name, w)
		}
	}
	if len(name) > 0 {
		return a.leadMoney(ctx, t, tx, name, days, page)
	}
	scope := t.Org.ScopeOf(t.Person)
	if t.Person.Has("marketing") {
		scope = sales.Scope{All: true} // sums by channel name nobody
	}
	rows, err := tx.LeadSources(ctx, scope, sales.At(t.Today.AddDays(-days).Start()))
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Text(view.LeadSourceTable(rows, days, t.InGroup())), nil
}

// leadMoney lists the payments that came from the leads of a source, and campaign, whose leads are in the person's scope.
func (a *App) leadMoney(ctx context.Context, t bot.Turn, tx Tx, name []string, days, page int) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("回款明细单聊我看:金额不放群里。"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	source, campaign := name[0], strings.Join(name[1:], " ")
	from := page * view.RowsShown
	list, err := tx.LeadMoney(ctx, cashScope(t), sales.At(t.Today.AddDays(-days).Start()), source, campaign, from, view.RowsShown+1)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "rows.read", "person", sales.ID(t.Person.ID), sales.Change{Field: "线索回款", New: source})
	return bot.Text(view.LeadMoneyText(strings.Join(name, " · "), strings.Join(name, " "), list, days, page, book.Customer)), nil
}

// Clean checks what came in from outside and cuts it to what there is room for.
func (in LeadIntake) Clean() (LeadIntake, error) {
	s := &in.Text
	for _, f := range []struct {
		to   *string
		most int
	}{
		{&s.Company, 60}, {&s.Contact, 20}, {&s.Need, 200}, {&s.City, 20}, {&s.Source, 20}, {&s.Campaign, 40},
	} {
		*f.to = cutRunes(strings.Join(strings.Fields(bot.CleanText(*f.to)), " "), f.most)
	}
	if s.Phone != "" {
		p, err := sales.ParsePhone(s.Phone)
		if err != nil {
			return in, err
		}
		s.Phone = string(p)
	}
	s.City = strings.TrimRight(s.City, "省市区县")
	if s.City == "" {
		s.City = sales.ParseName(s.Company).Place
	}
	if in.Level < 0 || in.Level > 2 {
		return in, sales.Errorf(sales.Invalid, "级别只有 1 和 2。")
	}
	return in, nil
}

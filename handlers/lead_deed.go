package handlers

import (
	"context"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// leadDeed is what somebody does about a lead. rest is what was said with it.
type leadDeed func(ctx context.Context, t bot.Turn, tx Tx, l sales.Lead, rest string) (bot.Reply, error)

// typedLead does a deed by its typed form, on the lead named or the one that has waited longest.
func (a *App) typedLead(do leadDeed) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		word, rest := cutWord(t.Args)
		no := leadNo(word)
		if no == "" && !aboutLead(t, word) {
			return bot.Reply{}, bot.ErrNotMine // 已联系 王主任 … tells of a visit
		}
		if no == "" {
			mine, err := tx.LeadsOf(ctx, sales.Only(t.Person.ID), 2)
			if err != nil {
				return bot.Reply{}, err
			}
			if len(mine) != 1 {
				return bot.Text("哪一条?带上编号,例:" + t.Command + " L12。发 线索 看你手上的。"), nil
			}
			no, rest = mine[0].No, strings.TrimSpace(t.Args)
		}
		l, err := tx.LeadByNo(ctx, no)
		if err != nil {
			return bot.Reply{}, err
		}
		return do(ctx, t, tx, l, rest)
	}
}

// aboutLead reports whether what follows a command of leads can be meant for a lead that is not named.
func aboutLead(t bot.Turn, word string) bool {
	switch t.Command {
	case "已联系":
		grade := strings.ToUpper(strings.TrimSuffix(bare(word), "级"))
		return grade == "" || grade == "A" || grade == "B" || grade == "C"
	case "转给":
		return word == "" || len(t.Org.ByName(strings.TrimLeft(bare(word), "@"))) > 0
	case "无效":
		return true
	}
	return word == ""
}

// tapLead does a deed by its button.
func (a *App) tapLead(do leadDeed) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		l, err := tx.LeadByID(ctx, sales.ID(t.Action.Record))
		if err != nil {
			return bot.Reply{}, err
		}
		if t.Action.Version != l.Version {
			reply := bot.Text("这张卡片旧了," + l.No + " 现在:" + l.StateName() + "。没有改动。")
			reply.Faces = a.leadFaces(t, l)
			return reply, nil
		}
		return do(ctx, t, tx, l, t.Action.Arg)
	}
}

// mine refuses who a lead is not, unless they are above its owner.
func (a *App) leadIsMine(t bot.Turn, l sales.Lead) error {
	switch {
	case t.Event.Kind != bot.Tapped && !hearsOfLead(t, l):
		return sales.Errorf(sales.Forbidden, sales.NoSuch("线索", l.No))
	case !l.Open():
		return sales.Errorf(sales.Conflict, l.No+" 已经"+strings.TrimPrefix(l.StateName(), "已")+",没有再改动。")
	case l.OwnerID == t.Person.ID, l.OwnerID != 0 && t.Org.Above(t.Person, l.OwnerID), l.OwnerID == 0 && leads(t):
		return nil
	case l.OwnerID == 0:
		return sales.Errorf(sales.Forbidden, l.No+" 还没派,由主管分配。")
	}
	return sales.Errorf(sales.Forbidden, l.No+" 在"+t.Org.Name(l.OwnerID)+"手上,没有改动。")
}

// saveLead writes a changed lead, and shows it on every card of it.
func (a *App) saveLead(t bot.Turn, tx Tx, l *sales.Lead, verb string, changes ...sales.Change) []view.Face {
	tx.UpdateLead(*l)
	l.Version++
	audit(tx, t, verb, "lead", l.ID, changes...)
	emit(tx, t, verb, "lead", l.ID)
	return a.leadFaces(t, *l)
}

// leadFaces are the owner's card and that of a lead who was told.
func (a *App) leadFaces(t bot.Turn, l sales.Lead) []view.Face {
	v := view.Lead{Lead: l, Owner: t.Org.Name(l.OwnerID), By: t.Org.Name(l.CreatedBy), Within: a.Settings.Leads.EscalateAfter, Now: t.Now, Own: true}
	faces := []view.Face{view.LeadCard(v)}
	if l.State != sales.LeadAssigned {
		faces = append(faces, view.LeadEscalated(v, sales.Incident{}))
	}
	return faces
}

// acceptLead takes a lead (接下).
func (a *App) acceptLead(ctx context.Context, t bot.Turn, tx Tx, l sales.Lead, _ string) (bot.Reply, error) {
	if err := a.leadIsMine(t, l); err != nil {
		return bot.Reply{}, err
	}
	if l.OwnerID != t.Person.ID {
		return bot.Text(l.No + " 派给了" + t.Org.Name(l.OwnerID) + ",由他来接。要换人发:分配 " + l.No + " 姓名"), nil
	}
	if l.State != sales.LeadAssigned {
		return bot.Text(l.No + " 已经接下了,现在:" + l.StateName() + "。"), nil
	}
	l.State, l.AcceptedAt = sales.LeadAccepted, sales.At(t.Now)
	reply := bot.Reply{Faces: a.saveLead(t, tx, &l, "lead.accept")}
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text("接下了 " + l.No + " " + l.Company + "。电话 " + l.Phone + ",联系过发:已联系 " + l.No + " A").Say
	}
	return reply, nil
}

// gradeLead notes the first contact and how good the lead is (已联系 L12 A).
func (a *App) gradeLead(ctx context.Context, t bot.Turn, tx Tx, l sales.Lead, rest string) (bot.Reply, error) {
	if err := a.leadIsMine(t, l); err != nil {
		return bot.Reply{}, err
	}
	grade := strings.ToUpper(strings.TrimSuffix(bare(firstWord(rest)), "级"))
	if grade != "A" && grade != "B" && grade != "C" {
		p := view.Pick{Key: pickKey(t, "lead"), Question: l.Company + "首次联系,怎么样?"}
		for _, q := range sales.LeadQualities {
			p.Options = append(p.Options, view.PickOption{Text: q.Text, Action: action("lead.grade", l.ID, l.Version, q.Grade)})
		}
		p.Options = append(p.Options, view.PickOption{Text: "无效", Action: action("lead.invalid", l.ID, l.Version)})
		return bot.ShowCard(view.PickOne(p)), nil
	}
	old := l.Quality
	l.State, l.Quality = sales.LeadContacted, grade
	if l.AcceptedAt.IsZero() {
		l.AcceptedAt = sales.At(t.Now)
	}
	if l.ContactedAt.IsZero() {
		l.ContactedAt = sales.At(t.Now)
	}
	tx.CancelDue("", "lead", l.ID, "contacted")
	reply := bot.Text(l.No + " " + l.Company + ":" + grade + " 级,已记首次联系。转成客户:转客户 " + l.No)
	reply.Faces = a.saveLead(t, tx, &l, "lead.grade", sales.Change{Field: "质量", Old: old, New: grade})
	if t.Event.Kind == bot.Tapped && t.Card != nil && strings.HasPrefix(t.Card.Key, "pick:") {
		reply = closePick(t, reply)
	}
	return reply, nil
}

// invalidLead closes a lead that is worth nothing (无效 L12 原因).
func (a *App) invalidLead(ctx context.Context, t bot.Turn, tx Tx, l sales.Lead, rest string) (bot.Reply, error) {
	if err := a.leadIsMine(t, l); err != nil {
		return bot.Reply{}, err
	}
	reason := cutRunes(bare(rest), 60)
	if reason == "" {
		p := view.Pick{Key: pickKey(t, "lead"), Question: l.Company + "为什么无效?"}
		for _, why := range sales.InvalidReasons {
			p.Options = append(p.Options, view.PickOption{Text: why, Action: action("lead.invalid", l.ID, l.Version, why)})
		}
		d, err := a.ask(t, topicLeadReason, leadAsk{ID: l.ID})
		return bot.Reply{Say: bot.ShowCard(view.PickOne(p)).Say, Dialogue: d}, err
	}
	l.State, l.Reason, l.ClosedAt = sales.LeadInvalid, reason, sales.At(t.Now)
	tx.CancelDue("", "lead", l.ID, "invalid")
	reply := bot.Text(l.No + " " + l.Company + " 记为无效:" + reason + "。")
	reply.Faces = a.saveLead(t, tx, &l, "lead.invalid", sales.Change{Field: "原因", New: reason})
	if t.Dialogue.Topic == topicLeadReason {
		reply.Dialogue = closeTopic(t.Dialogue)
	}
	if t.Event.Kind == bot.Tapped && t.Card != nil && strings.HasPrefix(t.Card.Key, "pick:") {
		reply = closePick(t, reply)
	}
	return reply, nil
}

// leadAsk is a question about a lead.
type leadAsk struct {
	ID sales.ID `json:"id"`
}

// AnswerLeadReason takes why a lead is invalid, by its number in the list or in words.
func (a *App) AnswerLeadReason(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	q, err := draft[leadAsk](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,没有改动。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	l, err := tx.LeadByID(ctx, q.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	reason := t.Text
	if n := ordinal(t.Text); n >= 1 && n <= len(sales.InvalidReasons) {
		reason = sales.InvalidReasons[n-1]
	} else if news, err := a.isNews(ctx, t, tx); err != nil || news {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	return a.invalidLead(ctx, t, tx, l, reason)
}

// passLead gives a lead to a colleague (转给 L12 李强).
func (a *App) passLead(ctx context.Context, t bot.Turn, tx Tx, l sales.Lead, rest string) (bot.Reply, error) {
	if err := a.leadIsMine(t, l); err != nil {
		return bot.Reply{}, err
	}
	if l.Round >= maxLeadPasses && l.OwnerID == t.Person.ID && !leads(t) {
		return bot.Text(l.No + " 已经转过 " + itoa(l.Round-1) + " 次,不能再转。接下,或请主管分配。"), nil
	}
	name, why := cutWord(strings.TrimPrefix(strings.TrimSpace(rest), "给"))
	if name == "" {
		d, err := a.ask(t, topicLeadPass, leadAsk{ID: l.ID})
		return bot.Reply{Say: bot.Text(l.No + " " + l.Company + " 转给谁?回姓名,后面可以带一句原因。不转了回 算了。").Say, Dialogue: d}, err
	}
	to, err := coworker(t, name)
	if err != nil {
		return bot.Reply{}, err
	}
	switch {
	case to.ID == l.OwnerID:
		return bot.Text(l.No + " 本来就在" + to.Name + "手上。"), nil
	case !to.Has(sales.RoleRep, sales.RoleLead):
		return bot.Text(to.Name + "不是销售,接不了线索。"), nil
	}
	return a.moveLead(ctx, t, tx, l, to, cutRunes(orElse(bare(why), t.Person.Name+"转来"), 60))
}

// moveLead gives a lead to somebody else: the old card closes, the new owner's clock begins.
func (a *App) moveLead(ctx context.Context, t bot.Turn, tx Tx, l sales.Lead, to sales.Person, why string) (bot.Reply, error) {
	from := l.OwnerID
	var reply bot.Reply
	if from != 0 {
		closed := view.LeadCard(view.Lead{Lead: l, Owner: t.Org.Name(from), Now: t.Now, Own: true})
		closed.Buttons, closed.Closed = nil, "已转给 "+to.Name+" · "+t.Person.Name+" "+sales.FormatMoment(t.Now)
		reply.Faces = append(reply.Faces, closed)
	}
	escalated := view.LeadEscalated(view.Lead{Lead: l, Now: t.Now}, sales.Incident{})
	escalated.Buttons, escalated.Closed = nil, "已改派给 "+to.Name
	reply.Faces = append(reply.Faces, escalated)
	tx.CancelDue("", "lead", l.ID, "passed on")
	assignTo(&l, to, t.Now)
	l.Why = why
	tx.UpdateLead(l)
	l.Version++
	audit(tx, t, "lead.pass", "lead", l.ID, sales.Change{Field: "负责人", Old: t.Org.Name(from), New: to.Name}, sales.Change{Field: "理由", New: why})
	emit(tx, t, "lead.passed", "lead", l.ID)
	told := bot.Text(l.No + " " + l.Company + " 转给" + to.Name + "了,他接下前会催他。")
	reply = told.And(reply).And(a.offerLead(t, tx, l))
	if t.Dialogue.Topic == topicLeadPass {
		reply.Dialogue = closeTopic(t.Dialogue)
	}
	return reply, nil
}

// AnswerLeadPass takes whom a lead goes to.
func (a *App) AnswerLeadPass(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	q, err := draft[leadAsk](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,没有改动。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if news, err := a.isNews(ctx, t, tx); err != nil || news {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	l, err := tx.LeadByID(ctx, q.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.passLead(ctx, t, tx, l, t.Text)
}

// assignLead gives a lead to somebody by those above (分配 L12 李强).
func (a *App) assignLead(ctx context.Context, t bot.Turn, tx Tx, no, name string) (bot.Reply, error) {
	l, err := tx.LeadByNo(ctx, no)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.passLead(ctx, t, tx, l, name)
}

// nudgeLead reminds a lead's owner on behalf of the one above: the card once more.
func (a *App) nudgeLead(_ context.Context, t bot.Turn, tx Tx, l sales.Lead, _ string) (bot.Reply, error) {
	if err := a.leadIsMine(t, l); err != nil {
		return bot.Reply{}, err
	}
	card := view.LeadCard(view.Lead{
		Lead: l, Owner: t.Org.Name(l.OwnerID), Within: a.Settings.Leads.EscalateAfter, Now: t.Now, Own: true, Hint: t.Person.Name + "催你",
	})
	audit(tx, t, "lead.nudge", "lead", l.ID)
	reply := a.noteCard(t, "已催"+t.Org.Name(l.OwnerID))
	reply.Say = append(reply.Say, bot.Say{
		To: []sales.PersonID{l.OwnerID}, Subject: "lead:" + l.ID.String(), Kind: bot.DeliverPush, Slot: "nudge:" + t.Today.String(), Push: true,
		Out: bot.Outgoing{Card: &card},
	})
	return reply, nil
}

// convertLead makes a customer of a lead, through the same questions as any new customer.
func (a *App) convertLead(ctx context.Context, t bot.Turn, tx Tx, l sales.Lead, _ string) (bot.Reply, error) {
	if err := a.leadIsMine(t, l); err != nil {
		return bot.Reply{}, err
	}
	if l.CustomerID != 0 {
		c, err := tx.CustomerByID(ctx, l.CustomerID)
		if err != nil {
			return bot.Reply{}, err
		}
		if c.OwnerID == t.Person.ID {
			return a.leadBecame(ctx, t, tx, l.ID, c)
		}
	}
	d := customerDraft{Name: l.Company, Phone: l.Phone, City: l.City, Contact: l.Contact, Lead: l.ID, At: t.Now.Unix()}
	return a.continueCustomer(ctx, t, tx, d)
}

// leadBecame notes that a lead is a customer now: source and campaign stay with it.
func (a *App) leadBecame(ctx context.Context, t bot.Turn, tx Tx, lead sales.ID, c sales.Customer) (bot.Reply, error) {
	l, err := tx.LeadByID(ctx, lead)
	if err != nil || !l.Open() {
		return bot.Reply{}, err
	}
	l.State, l.CustomerID, l.ClosedAt = sales.LeadConverted, c.ID, sales.At(t.Now)
	if l.ContactedAt.IsZero() {
		l.ContactedAt = sales.At(t.Now)
	}
	tx.CancelDue("", "lead", l.ID, "converted")
	reply := bot.Text(l.No + " 已转成客户 " + c.Name + ",来源 " + l.SourceText() + " 一起留着。接着建商机:商机 " + c.Name + " 产品 金额")
	reply.Faces = a.saveLead(t, tx, &l, "lead.convert", sales.Change{Field: "客户", New: c.Name})
	return reply, nil
}

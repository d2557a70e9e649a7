package handlers

import (
	"context"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// DuePoolRecall is the kind of the due rows at which a customer goes back to the open pool. The scheduler decides them.
const DuePoolRecall = "pool.recall"

const maxPool = 10

func (a *App) registerPool(r *bot.Router[Tx]) {
	above := []sales.Role{sales.RoleLead, sales.RoleRegionalDirector, sales.RoleDirector, sales.RoleGM, sales.RoleAdmin}
	r.Command(bot.Command[Tx]{
		Name: "公海", Aliases: []string{"gh", "公海客户"}, Summary: "看公海里能领的客户", Usage: "公海 / 公海 华东 / 公海 绍兴",
		Detail: "没人负责的客户,可以按大区或城市看。回 领取 1 或 领取 客户名 就归你,一天领几家、名下最多几家有上限。",
		Example: func(ctx context.Context, t bot.Turn, _ Tx) (string, error) {
			region := t.Org.Region(t.Person.TeamID)
			if sales.PlacesIn(region) == nil {
				return "公海", nil
			}
			return "公海 " + region, nil
		}, Handle: a.ListPool,
	})
	r.Command(bot.Command[Tx]{
		Name: "领取", Aliases: []string{"lq", "领取客户"}, Summary: "从公海领一家客户", Usage: "领取 客户", Handle: a.ClaimCustomer,
	})
	r.Command(bot.Command[Tx]{
		Name: "放回公海", Aliases: []string{"fhgh", "退回公海"}, Summary: "不跟的客户放回公海", Usage: "放回公海 客户 原因", Handle: a.ReleaseCustomer,
	})
	r.Command(bot.Command[Tx]{
		Name: "分配", Aliases: []string{"fp", "分派"}, Summary: "把客户分给同事", Usage: "分配 客户 姓名",
		Detail: "公海里的、自己团队的客户都行;商机和没办完的待办一起过去。要整批换人用 交接。",
		Roles:  above, Handle: a.AssignCustomer,
	})
	r.Command(bot.Command[Tx]{
		Name: "分级", Aliases: []string{"dj", "客户分级"}, Summary: "给客户定级", Usage: "分级 客户 A",
		Detail: "级别:KA、A、B、C。定 KA 要主管。级别决定多久没联系回公海。", Example: a.ownExample("分级 %s A"), Handle: a.ClassifyCustomer,
	})
	r.Command(bot.Command[Tx]{
		Name: "标签", Aliases: []string{"bq", "打标签"}, Summary: "给客户打标签、按标签找", Usage: "标签 客户 三甲 / 标签 三甲",
		Detail: "可以一次打几个:标签 绍兴市立 三甲 重点。去掉写 删:标签 绍兴市立 删 三甲。只写标签就列出有它的客户。", Example: a.ownExample("标签 %s 三甲"), Handle: a.TagCustomer,
	})
	r.Command(bot.Command[Tx]{
		Name: "合同到期", Aliases: []string{"htdq"}, Summary: "记合同哪天到期", Usage: "合同到期 HT2026-018 2026-12-31", Handle: a.SetContractEnd,
	})
	r.Action("pool.claim", a.TapClaim)
	r.Action("pool.keep", a.TapKeep)
	r.Action("pool.release", a.TapRelease)
	r.Topic(topicPoolList, a.AnswerPoolList)
	r.Topic(topicPoolReason, a.AnswerPoolReason)
}

const (
	topicPoolList   = "pool.list"
	topicPoolReason = "pool.reason"
)

// poolList is the list a person was shown, so that "领取 2" means what they saw.
type poolList struct {
	IDs []sales.ID `json:"ids"`
}

// poolText says how a customer came into the open pool.
func poolText(t bot.Turn, k sales.Keeping) string {
	if k.PooledAt.IsZero() {
		return "还没人负责"
	}
	s := sales.DayOf(k.PooledAt.Time).ChineseFrom(t.Today) + "起"
	if k.Reason != "" {
		s += " · " + k.Reason
	}
	return s
}

// ListPool lists what can be taken from the open pool (公海), by region or place when one is named.
func (a *App) ListPool(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	word := bare(t.Args)
	var places []string
	if word != "" {
		if places = sales.PlacesIn(word); places == nil {
			place := strings.TrimRight(word, "省市区县")
			if sales.RegionOf(place) == "" {
				return bot.Text("没有" + quoted(word, "") + "这个大区或城市。大区:" + strings.Join(sales.Regions, "、") + ",城市写 绍兴 这样的。"), nil
			}
			places = []string{place}
		}
	}
	found, err := tx.OpenPool(ctx, places, maxPool+1)
	if err != nil {
		return bot.Reply{}, err
	}
	more := len(found) > maxPool
	found = found[:min(len(found), maxPool)]
	list := poolList{}
	lines := make([]view.PoolLine, len(found))
	for i, e := range found {
		list.IDs = append(list.IDs, e.ID)
		lines[i] = view.PoolLine{Customer: e.Customer, Since: e.PooledAt, Reason: e.Reason, Last: t.Org.Name(e.LastOwner)}
	}
	total, err := tx.PoolSize(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Text(view.PoolList(word, lines, total, more, t.Today, t.InGroup()))
	switch {
	case len(found) == 0:
	case mayList(t):
		reply.Dialogue, err = a.ask(t, topicPoolList, list)
	default:
		reply = reply.And(bot.Text("前面还有一问等你回,领取先写客户名:领取 " + found[0].Name))
	}
	return reply, err
}

// AnswerPoolList takes a number after the list as the customer to look at.
func (a *App) AnswerPoolList(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	l, err := draft[poolList](t)
	if err != nil {
		return bot.Reply{}, err
	}
	n := ordinal(t.Text)
	if n < 1 || n > len(l.IDs) {
		return bot.Reply{}, bot.ErrNotMine
	}
	c, err := tx.CustomerByID(ctx, l.IDs[n-1])
	if err != nil {
		return bot.Reply{}, err
	}
	return a.customerPage(ctx, t, tx, c, view.PageMain)
}

// ClaimCustomer takes a customer from the open pool (领取 客户, 领取 2 after the list).
func (a *App) ClaimCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("领哪家?先发 公海 看有哪些,再发 领取 客户名。"), nil
	}
	if n := ordinal(t.Args); n > 0 && t.Dialogue.Topic == topicPoolList {
		l, err := draft[poolList](t)
		if err != nil {
			return bot.Reply{}, err
		}
		if n > len(l.IDs) {
			return bot.Text("刚才的列表没有第 " + itoa(n) + " 家。发 公海 再看一次。"), nil
		}
		c, err := tx.CustomerByID(ctx, l.IDs[n-1])
		if err != nil {
			return bot.Reply{}, err
		}
		return a.claim(ctx, t, tx, c)
	}
	if ordinal(t.Args) > 0 {
		return bot.Text("编号要先看列表:发 公海,再回 领取 1。也可以直接 领取 客户名。"), nil
	}
	c, _, reply, err := a.customerArg(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	return a.claim(ctx, t, tx, c)
}

// TapClaim takes a customer by the button of its card.
func (a *App) TapClaim(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, err := tx.CustomerByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return bot.Reply{}, err
	}
	return a.claim(ctx, t, tx, c)
}

// claim gives a customer of the open pool to the person, within the policy's bounds. Of two who claim at once one wins:
// the customer's version guards it, and the other's turn is repeated and finds it taken.
func (a *App) claim(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer) (bot.Reply, error) {
	k, err := tx.KeepingOf(ctx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	if c.OwnerID != 0 {
		return a.claimedAlready(ctx, t, tx, c, k)
	}
	if !t.Person.Has(sales.RoleRep, sales.RoleLead) {
		return bot.Text("领取给销售和主管用。要分给谁发:分配 " + c.Name + " 姓名"), nil
	}
	today, err := tx.ClaimsOn(ctx, t.Person.ID, t.Today)
	if err != nil {
		return bot.Reply{}, err
	}
	owned, err := tx.OwnedCount(ctx, t.Person.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.Settings.Pool.MayClaim(k, t.Person.ID, today, owned, t.Now); err != nil {
		return bot.Reply{}, err
	}
	a.give(t, tx, c, k, t.Person)
	tx.AddClaim(c.ID, t.Person.ID, t.Today, sales.At(t.Now))
	audit(tx, t, "customer.claim", "customer", c.ID, sales.Change{Field: "负责人", New: t.Person.Name})
	emit(tx, t, "customer.claimed", "customer", c.ID)
	text := "已领取:" + c.Name + " 归你了。"
	if days := a.Settings.Pool.Idle.Of(c.Class); days > 0 {
		text += itoa(days) + " 天没联系会再回公海。"
	}
	if limit := a.Settings.Pool.ClaimPerDay; limit > 0 {
		text += "今天还能领 " + itoa(max(limit-today-1, 0)) + " 家。"
	}
	reply := bot.Text(text + "记一次拜访就算跟进:拜访 " + c.Name + " 联系人 聊了什么")
	if t.Card != nil {
		face := t.Card.Face
		face.Buttons, face.Closed = nil, "已由 "+t.Person.Name+" 领取"
		reply.Faces = append(reply.Faces, face)
	}
	return reply, nil
}

// claimedAlready tells who was faster.
func (a *App) claimedAlready(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, k sales.Keeping) (bot.Reply, error) {
	who := t.Org.Name(c.OwnerID)
	claims, err := tx.ClaimsOn(ctx, c.OwnerID, sales.DayOf(k.OwnerSince.Time))
	if err != nil {
		return bot.Reply{}, err
	}
	text := c.Name + "不在公海,是" + who + "的客户。要一起跟找" + who + "。"
	switch {
	case c.OwnerID == t.Person.ID:
		text = c.Name + "已经是你的客户,不用再领。"
	case claims > 0 && !k.OwnerSince.IsZero() && t.Now.Sub(k.OwnerSince.Time) < 24*time.Hour:
		text = c.Name + "被" + who + " " + sales.FormatTime(k.OwnerSince.Time, t.Now) + " 领走了。要一起跟找" + who + "。"
	}
	reply := bot.Text(text)
	if t.Card != nil {
		face := t.Card.Face
		face.Buttons, face.Closed = nil, "归 "+who
		reply.Faces = append(reply.Faces, face)
	}
	return reply, nil
}

// give makes a customer somebody's.
func (a *App) give(t bot.Turn, tx Tx, c sales.Customer, k sales.Keeping, to sales.Person) {
	c.OwnerID, c.TeamID = to.ID, to.TeamID
	tx.UpdateCustomer(c)
	k.Taken(t.Now)
	tx.PutKeeping(k)
	cancelPool(tx, c.ID, "taken")
}

func cancelPool(tx Tx, customer sales.ID, reason string) {
	tx.CancelDue(DuePoolRecall, "customer", customer, reason)
}

// ReleaseCustomer gives a customer back to the open pool (放回公海 客户 原因).
func (a *App) ReleaseCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("放回哪家?例:放回公海 绍兴市立医院 预算明年才有"), nil
	}
	c, reason, reply, err := a.customerArg(ctx, t, tx, t.Args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	return a.release(ctx, t, tx, c, reason)
}

// mayRelease says why a person may not give a customer back, "" when they may.
func (a *App) mayRelease(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer) (string, error) {
	switch {
	case c.OwnerID == 0:
		return c.Name + "已经在公海。", nil
	case c.OwnerID != t.Person.ID && !t.Org.Above(t.Person, c.OwnerID):
		return c.Name + "是" + t.Org.Name(c.OwnerID) + "的客户,只有他和他的主管能放回公海。", nil
	}
	deals, err := tx.DealsOf(ctx, []sales.ID{c.ID})
	if err != nil {
		return "", err
	}
	if len(deals) > 0 && deals[0].Busy {
		return c.Name + "有合同在审批或商机在谈价格,不能放回。先了结,或让主管 分配 给别人。", nil
	}
	return "", nil
}

func (a *App) release(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, reason string) (bot.Reply, error) {
	why, err := a.mayRelease(ctx, t, tx, c)
	if err != nil || why != "" {
		return bot.Text(why), err
	}
	reason = cutRunes(bare(reason), 60)
	if reason == "" {
		d, err := a.ask(t, topicPoolReason, poolList{IDs: []sales.ID{c.ID}})
		return bot.Reply{Say: bot.Text("为什么放回" + c.Name + "?一句话就行,接手的人看得到。不放了回 算了。").Say, Dialogue: d}, err
	}
	k, err := tx.KeepingOf(ctx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	owner := c.OwnerID
	k.Pooled(owner, t.Person.ID, reason, t.Now)
	tx.PutKeeping(k)
	c.OwnerID, c.TeamID = 0, 0
	tx.UpdateCustomer(c)
	cancelPool(tx, c.ID, "released")
	audit(tx, t, "customer.release", "customer", c.ID, sales.Change{Field: "负责人", Old: t.Org.Name(owner)}, sales.Change{Field: "原因", New: reason})
	emit(tx, t, "customer.released", "customer", c.ID)
	reply := bot.Text("已放回公海:" + c.Name + "(" + reason + ")。历史都在,别人可以领。")
	reply.Dialogue = closeTopic(t.Dialogue)
	if owner != t.Person.ID {
		reply.Say = append(reply.Say, bot.Say{
			To: []sales.PersonID{owner}, Subject: "customer:" + c.ID.String(), Kind: bot.DeliverPush, Slot: "released:" + t.Event.ID, Push: true,
			Out: bot.Outgoing{Text: t.Person.Name + "把你的客户" + c.Name + "放回了公海:" + reason + "。"},
		})
	}
	return reply, nil
}

// AnswerPoolReason takes the reason for giving a customer back.
func (a *App) AnswerPoolReason(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	l, err := draft[poolList](t)
	if err != nil || len(l.IDs) != 1 {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	if isNo(t.Text) {
		return bot.Reply{Say: bot.Text("好,还是你的。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if news, err := a.isNews(ctx, t, tx); err != nil || news {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	c, err := tx.CustomerByID(ctx, l.IDs[0])
	if err != nil {
		return bot.Reply{}, err
	}
	return a.release(ctx, t, tx, c, t.Text)
}

// warnedCustomer reads the customer that a warning is about, and how it is kept.
func warnedCustomer(ctx context.Context, t bot.Turn, tx Tx) (sales.Customer, sales.Keeping, error) {
	c, err := tx.CustomerByID(ctx, sales.ID(t.Action.Record))
	if err != nil {
		return c, sales.Keeping{}, err
	}
	k, err := tx.KeepingOf(ctx, c)
	return c, k, err
}

// TapRelease gives a customer back by the button of a warning; the reason is the warning's.
func (a *App) TapRelease(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, k, err := warnedCustomer(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if c.OwnerID != t.Person.ID {
		return closeCard(t, "已不归你,没有改动"), nil
	}
	reason := k.Why
	if reason == "" {
		reason = "不再跟进"
	}
	reply, err := a.release(ctx, t, tx, c, reason)
	if err != nil || t.Card == nil || reply.Dialogue == nil {
		return reply, err
	}
	closed := closeCard(t, "已放回公海 · "+t.Person.Name)
	return bot.Reply{Faces: closed.Faces}, nil
}

// TapKeep keeps a customer that was about to go back (我会跟进).
func (a *App) TapKeep(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	c, k, err := warnedCustomer(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	if c.OwnerID != t.Person.ID {
		return closeCard(t, "已不归你,没有改动"), nil
	}
	if k.WarnedAt.IsZero() {
		return closeCard(t, "已不用处理"), nil
	}
	if !k.KeptUntil.IsZero() && t.Today.Sub(sales.DayOf(k.KeptUntil.Time)) < a.Settings.Pool.KeepFor {
		// Said once before, and nothing followed.
		if owner, ok := t.Org.Manager(t.Person.ID); ok && c.LastContactAt.Before(k.KeptUntil.AddDate(0, 0, -a.Settings.Pool.KeepFor)) {
			return bot.Text("上次点过 我会跟进,之后没有联系记录,不能再延。记一次拜访就保住了:拜访 " + c.Name + " …;实在要留找" + owner.Name + " 分配。"), nil
		}
	}
	until := t.Today.AddDays(a.Settings.Pool.KeepFor).At(a.Settings.DueHour, a.Settings.DueMinute)
	k.Unwarn()
	k.KeptUntil = sales.At(until)
	tx.PutKeeping(k)
	cancelPool(tx, c.ID, "kept")
	audit(tx, t, "customer.keep", "customer", c.ID, sales.Change{Field: "保留到", New: sales.DayOf(until).Chinese()})
	return closeCard(t, "你会跟进,保留到 "+sales.DayOf(until).ChineseFrom(t.Today)), nil
}

// AssignCustomer gives a customer to a colleague (分配 客户 姓名), with everything open about it.
func (a *App) AssignCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	args := strings.TrimSpace(t.Args)
	if no := leadNo(firstWord(args)); no != "" {
		return a.assignLead(ctx, t, tx, no, strings.TrimSpace(strings.TrimPrefix(args, firstWord(args))))
	}
	if args == "" {
		return bot.Text("把哪家分给谁?例:分配 绍兴市立医院 李强"), nil
	}
	c, rest, reply, err := a.customerArg(ctx, t, tx, args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	to, err := coworker(t, strings.TrimPrefix(rest, "给"))
	if err != nil {
		return bot.Reply{}, err
	}
	switch {
	case c.OwnerID == to.ID:
		return bot.Text(c.Name + "本来就是" + to.Name + "的客户。"), nil
	case c.OwnerID != 0 && !t.Org.Above(t.Person, c.OwnerID):
		return bot.Text(c.Name + "是" + t.Org.Name(c.OwnerID) + "的客户,不在你的团队,分配要他的主管来。"), nil
	case !to.Has(sales.RoleRep, sales.RoleLead):
		return bot.Text(to.Name + "不是销售,不能当客户负责人。"), nil
	case !t.Org.Above(t.Person, to.ID) && to.ID != t.Person.ID:
		return bot.Text(to.Name + "不在你的团队。分给别的团队要总监或管理员。"), nil
	}
	k, err := tx.KeepingOf(ctx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	from := c.OwnerID
	a.give(t, tx, c, k, to)
	if from != 0 {
		if err := tx.MoveOwned(ctx, c.ID, from, to); err != nil {
			return bot.Reply{}, err
		}
	}
	audit(tx, t, "customer.assign", "customer", c.ID, sales.Change{Field: "负责人", Old: t.Org.Name(from), New: to.Name})
	emit(tx, t, "customer.assigned", "customer", c.ID)
	say := func(p sales.PersonID, text string) bot.Say {
		return bot.Say{
			To: []sales.PersonID{p}, Subject: "customer:" + c.ID.String(), Kind: bot.DeliverPush, Slot: "assigned:" + t.Event.ID, Push: true,
			Out: bot.Outgoing{Text: text},
		}
	}
	reply = bot.Text("已分配:" + c.Name + " → " + to.Name + "。商机和没办完的待办一起过去,历史不变。")
	if to.ID != t.Person.ID {
		reply.Say = append(reply.Say, say(to.ID, t.Person.Name+"把"+c.Name+"分给你了。看情况:客户 "+c.Name))
	}
	if from != 0 && from != t.Person.ID {
		reply.Say = append(reply.Say, say(from, t.Person.Name+"把你的客户"+c.Name+"分给了"+to.Name+"。有没交代的找"+to.Name+"。"))
	}
	return reply, nil
}

func firstWord(s string) string { w, _ := cutWord(s); return w }

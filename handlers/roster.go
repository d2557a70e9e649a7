package handlers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// maxSwapAhead is how many days ahead a replacement may be, and how long.
const maxSwapAhead = 366

func (a *App) registerRoster(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "值班", Aliases: []string{"zhiban", "值班表", "谁值班", "今天谁值班"}, Summary: "谁在值班、下一班是谁,排班和替班",
		Usage: "值班 / 值班 法务 / 值班 替班 法务 明天 孙静",
		Detail: "排班发:值班 法务 赵磊、孙静 每周轮换 周一9点换班,写在最前面的人现在值。每天轮、每2周轮也行。换班时告诉接班的人;谁请假,自动由下一位顶上。" +
			"替一次:值班 替班 法务 明天 孙静;不替了:值班 取消替班 法务;不要了:值班 删除 法务。规则里写 推送 值班(法务) 就推给那时值班的人。" +
			"排班要管理员、销售总监,或全部人的主管;替班值班的人自己也能换。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) { return "值班", nil },
		Rank:    map[sales.Role]int{sales.RoleLegalHead: 9}, Handle: a.Duty,
	})
}

// Duty shows who is on duty, or does what stands behind 值班.
func (a *App) Duty(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	args := strings.TrimSpace(t.Args)
	word, rest := cutWord(args)
	switch {
	case bare(args) == "" || word == "全部":
		return a.dutyList(ctx, t, tx)
	case word == "替班" || word == "取消替班" || word == "删除" || word == "停用":
		if t.InGroup() {
			return bot.Text("排班和替班单聊我改。"), nil
		}
		name, words := cutWord(rest)
		r, err := a.namedRoster(ctx, t, tx, name)
		if err != nil {
			return bot.Reply{}, err
		}
		return map[string]func(context.Context, bot.Turn, Tx, sales.Roster, string) (bot.Reply, error){
			"替班": a.swapDuty, "取消替班": a.unswapDuty, "删除": a.dropDuty, "停用": a.dropDuty,
		}[word](ctx, t, tx, r, words)
	case rest == "":
		r, err := a.namedRoster(ctx, t, tx, word)
		if err != nil {
			return bot.Reply{}, err
		}
		return a.dutyCard(ctx, t, tx, t.Org, r)
	case t.InGroup():
		return bot.Text("排班和替班单聊我改。"), nil
	}
	return a.setDuty(ctx, t, tx, word, rest)
}

// namedRoster finds a roster somebody named.
func (a *App) namedRoster(ctx context.Context, t bot.Turn, tx Tx, name string) (sales.Roster, error) {
	name = strings.TrimSuffix(bare(name), "值班")
	r, ok := t.Org.Roster(name)
	if ok {
		return tx.RosterByID(ctx, r.ID)
	}
	var names []string
	for _, x := range t.Org.Rosters() {
		names = append(names, x.Name)
	}
	switch {
	case len(names) == 0:
		return r, sales.Errorf(sales.NotFound, fmt.Sprintf("还没有值班表。%s", rosterExample))
	case name == "":
		return r, sales.Errorf(sales.Invalid, fmt.Sprintf("哪个值班表?有 %s。", strings.Join(names, "、")))
	}
	return r, sales.Errorf(sales.NotFound, fmt.Sprintf("没有叫%s的值班表,有 %s。新排一个,%s", quoted(name, ""), strings.Join(names, "、"), rosterExample))
}

// dutyList shows who is on duty by each roster.
func (a *App) dutyList(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	list := t.Org.Rosters()
	if len(list) == 0 {
		return bot.Text("还没有值班表。" + rosterExample), nil
	}
	v := view.Duties{Now: t.Now}
	for _, r := range list {
		d, err := dutyView(ctx, t, tx, t.Org, r)
		if err != nil {
			return bot.Reply{}, err
		}
		v.List = append(v.List, d)
	}
	return bot.ShowCard(view.DutyList(v)), nil
}

// shiftsShown is how many coming turns a roster's card has.
const shiftsShown = 3

// dutyView is a roster as its card shows it.
func dutyView(ctx context.Context, t bot.Turn, tx Tx, org *sales.Org, r sales.Roster) (view.Duty, error) {
	v := view.Duty{Roster: r, Name: org.Name, Now: t.Now, By: org.Name(r.UpdatedBy), Swaps: org.Swaps(r.ID, t.Now)}
	at := t.Now
	for range shiftsShown + 1 {
		s := org.Shift(r, at)
		who, away, err := sales.Present(ctx, tx, org.Queue(r, at), sales.At(at))
		if err != nil {
			return v, err
		}
		line := view.DutyShift{Shift: s, Present: who}
		if x, gone := away[s.PersonID]; gone && who != s.PersonID {
			line.Why = org.Name(s.PersonID) + x.KindName() + "到 " + x.LastDay().Chinese()
		}
		v.Shifts = append(v.Shifts, line)
		if !s.Until.After(at) {
			break
		}
		at = s.Until
	}
	return v, nil
}

// dutyCard shows one roster as it is with the organisation given.
func (a *App) dutyCard(ctx context.Context, t bot.Turn, tx Tx, org *sales.Org, r sales.Roster) (bot.Reply, error) {
	v, err := dutyView(ctx, t, tx, org, r)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.ShowCard(view.DutyCard(v)), nil
}

// mayRoster reports whether a person may write a roster of some people: those who may write rules, who made it, and who stands
// above all of them.
func (a *App) mayRoster(t bot.Turn, r sales.Roster, people []sales.PersonID) bool {
	if a.mayEdit(t.Person) || r.ID != 0 && r.UpdatedBy == t.Person.ID {
		return true
	}
	if r.ID != 0 {
		people = append(slices.Clone(people), r.People...)
	}
	above := false
	for _, p := range people {
		if p == t.Person.ID {
			continue
		}
		if !t.Org.Above(t.Person, p) {
			return false
		}
		above = true
	}
	return above
}

func (a *App) rosterRefusal() error {
	var names []string
	for _, r := range a.Settings.ruleEditors() {
		names = append(names, r.Name())
	}
	return sales.Errorf(sales.Forbidden, fmt.Sprintf("排班要%s,或这些人的主管。你可以看:值班", strings.Join(names, "、")))
}

// setDuty writes a roster: 值班 法务 赵磊、孙静 每周轮换 周一9点换班. Whoever stands first is on duty now.
func (a *App) setDuty(ctx context.Context, t bot.Turn, tx Tx, name, words string) (bot.Reply, error) {
	name = strings.TrimSuffix(name, "值班")
	if err := rosterName(name); err != nil {
		return bot.Reply{}, err
	}
	w, err := readRoster(t, words)
	if err != nil {
		return bot.Reply{}, err
	}
	old, err := tx.RosterByName(ctx, name)
	if err != nil && sales.KindOf(err) != sales.NotFound {
		return bot.Reply{}, err
	}
	live := old.State == sales.RosterOn
	switch {
	case live && !a.mayRoster(t, old, w.people), !live && !a.mayRoster(t, sales.Roster{}, w.people):
		return bot.Reply{}, a.rosterRefusal()
	case live && old.Source == sales.RuleFile:
		return bot.Text("值班表 " + name + " 写在配置里,改配置再重启。替一次可以:值班 替班 " + name + " 明天 姓名"), nil
	case !live && len(t.Org.Rosters()) >= maxRosters:
		return bot.Text("值班表最多 " + strconv.Itoa(maxRosters) + " 个。先删掉不用的:值班 删除 名字"), nil
	}
	r := old
	r.People, r.EveryDays, r.FirstAt = w.people, w.days, sales.At(w.begins(t.Now))
	r.Source, r.State, r.UpdatedBy, r.UpdatedAt = sales.RuleChat, sales.RosterOn, t.Person.ID, sales.At(t.Now)
	change := sales.Change{Field: "值班", New: rosterText(t.Org, r)}
	if live {
		change.Old = rosterText(t.Org, old)
	}
	if old.ID == 0 {
		r.ID, r.Name, r.Version = tx.NewID(), name, 1
		tx.CreateRoster(r)
	} else {
		tx.UpdateRoster(r)
	}
	a.rosterChanged(t, tx, r, "roster.set", change)
	return a.dutyAfter(ctx, t, tx, r, nil)
}

// dutyAfter shows a roster as it is once the turn is written, with a replacement that is new or no more.
func (a *App) dutyAfter(ctx context.Context, t bot.Turn, tx Tx, r sales.Roster, swap *sales.RosterSwap) (bot.Reply, error) {
	swaps := t.Org.Swaps(r.ID, t.Now)
	if swap != nil {
		swaps = append(slices.DeleteFunc(swaps, func(s sales.RosterSwap) bool { return s.ID == swap.ID }), *swap)
	}
	return a.dutyCard(ctx, t, tx, t.Org.WithRoster(r, swaps), r)
}

// rosterText is a roster in words, for the trace.
func rosterText(org *sales.Org, r sales.Roster) string {
	var names []string
	for _, p := range r.People {
		names = append(names, org.Name(p))
	}
	return strings.Join(names, "、") + "," + r.Rhythm()
}

// rosterChanged writes the trace of a change, and has it looked at once who is on duty.
func (a *App) rosterChanged(t bot.Turn, tx Tx, r sales.Roster, verb string, changes ...sales.Change) {
	audit(tx, t, verb, "roster", r.ID, changes...)
	emit(tx, t, verb, "roster", r.ID)
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: sales.DueRoster, SubjectKind: "roster", SubjectID: r.ID, Slot: "changed:" + strconv.FormatInt(t.Now.UnixMilli(), 36),
		DueAt: sales.At(t.Now), State: sales.DuePending,
	})
}

// swapDuty puts somebody on duty for a while in place of whose turn it is: 值班 替班 法务 明天 孙静.
func (a *App) swapDuty(ctx context.Context, t bot.Turn, tx Tx, r sales.Roster, words string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	who, from, until, err := a.swapWords(t, book, words)
	if err != nil {
		return bot.Reply{}, err
	}
	if from.Before(t.Now) {
		from = t.Now
	}
	first, last := sales.DayOf(from), sales.DayOf(until)
	if !until.After(from) || first.Sub(t.Today) > maxSwapAhead || last.Sub(first) > maxSwapAhead {
		return bot.Reply{}, sales.Errorf(sales.Invalid, "要今天或以后、一年以内的日子。")
	}
	turn := t.Org.Shift(r, from)
	if !a.mayRoster(t, r, nil) && !slices.Contains(r.People, t.Person.ID) && turn.PersonID != t.Person.ID {
		return bot.Text("替班由值班表里的人自己换,或找" + a.rosterKeepers(t, r) + "。"), nil
	}
	away, err := sales.ReadAway(ctx, tx, []sales.PersonID{who.ID}, sales.At(from))
	switch {
	case err != nil:
		return bot.Reply{}, err
	case turn.PersonID == who.ID && !until.After(turn.Until):
		return bot.Text("那时本来就是" + who.Name + "值班,不用替。"), nil
	case away[who.ID].ID != 0:
		x := away[who.ID]
		return bot.Text(who.Name + x.KindName() + "到 " + x.LastDay().Chinese() + ",替不了。换一位。"), nil
	case len(t.Org.Identities(who.ID)) == 0:
		return bot.Text(who.Name + "没有聊天账号,收不到。换一位。"), nil
	}
	for _, s := range t.Org.Swaps(r.ID, t.Now) {
		if s.From.Before(until) && from.Before(s.Until.Time) {
			return bot.Text("和已有的替班重了:" + t.Org.Name(s.PersonID) + " " + s.Span() + "。先发:值班 取消替班 " + r.Name), nil
		}
	}
	swap := sales.RosterSwap{
		ID: tx.NewID(), RosterID: r.ID, PersonID: who.ID, From: sales.At(from), Until: sales.At(until), State: sales.RosterOn,
		CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now), Version: 1,
	}
	tx.CreateRosterSwap(swap)
	a.rosterChanged(t, tx, r, "roster.swap", sales.Change{Field: "替班", New: who.Name + " " + swap.Span()})
	reply, err := a.dutyAfter(ctx, t, tx, r, &swap)
	if err != nil {
		return bot.Reply{}, err
	}
	reply.Say = append(reply.Say, a.toldOfSwap(t, r, swap, turn.PersonID, "安排你 "+swap.Span()+" 替"+t.Org.Name(turn.PersonID)+"值"+r.Name+"的班。",
		swap.Span()+" "+r.Name+"的班由"+who.Name+"替你。")...)
	return reply, nil
}

// toldOfSwap tells who replaces and who is replaced, but not who did it.
func (a *App) toldOfSwap(t bot.Turn, r sales.Roster, s sales.RosterSwap, replaced sales.PersonID, to, from string) []bot.Say {
	var out []bot.Say
	for _, x := range []struct {
		who  sales.PersonID
		text string
		slot string
	}{{s.PersonID, t.Person.Name + to, "swap"}, {replaced, from, "swapped"}} {
		if x.who == 0 || x.who == t.Person.ID || x.slot == "swapped" && x.who == s.PersonID {
			continue
		}
		out = append(out, bot.Say{
			To: []sales.PersonID{x.who}, Subject: "roster:" + r.ID.String(), Kind: bot.DeliverPush, Push: true,
			Slot: x.slot + ":" + s.ID.String() + ":" + strconv.FormatInt(s.Version, 10), Out: bot.Outgoing{Text: x.text},
		})
	}
	return out
}

// rosterKeepers are those to ask about a roster, in words.
func (a *App) rosterKeepers(t bot.Turn, r sales.Roster) string {
	if p, ok := t.Org.Person(r.UpdatedBy); ok && p.Active {
		return p.Name
	}
	return "管理员"
}

// unswapDuty takes a replacement back: 值班 取消替班 法务, with its number where there are several.
func (a *App) unswapDuty(ctx context.Context, t bot.Turn, tx Tx, r sales.Roster, words string) (bot.Reply, error) {
	list := t.Org.Swaps(r.ID, t.Now)
	n := max(ordinal(bare(words)), 1)
	switch {
	case len(list) == 0:
		return bot.Text(r.Name + " 没有替班在等。"), nil
	case n > len(list) || bare(words) == "" && len(list) > 1:
		var lines []string
		for i, s := range list {
			lines = append(lines, strconv.Itoa(i+1)+". "+t.Org.Name(s.PersonID)+" "+s.Span())
		}
		return bot.Text("取消哪一次?\n" + strings.Join(lines, "\n") + "\n发:值班 取消替班 " + r.Name + " 1"), nil
	}
	s, err := tx.RosterSwapByID(ctx, list[n-1].ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if !a.mayRoster(t, r, nil) && s.CreatedBy != t.Person.ID && s.PersonID != t.Person.ID {
		return bot.Text("这次替班是" + t.Org.Name(s.CreatedBy) + "定的,要取消找他。"), nil
	}
	s.State = sales.RosterGone
	tx.UpdateRosterSwap(s)
	a.rosterChanged(t, tx, r, "roster.unswap", sales.Change{Field: "替班", Old: t.Org.Name(s.PersonID) + " " + s.Span()})
	reply, err := a.dutyAfter(ctx, t, tx, r, &s)
	if err != nil {
		return bot.Reply{}, err
	}
	s.Version++
	reply.Say = append(reply.Say, a.toldOfSwap(t, r, s, 0, "取消了替班:"+r.Name+" "+s.Span()+",不用你值了。", "")...)
	return reply, nil
}

// dropDuty throws a roster away, unless rules tell it.
func (a *App) dropDuty(ctx context.Context, t bot.Turn, tx Tx, r sales.Roster, _ string) (bot.Reply, error) {
	switch {
	case !a.mayRoster(t, r, nil):
		return bot.Reply{}, a.rosterRefusal()
	case r.Source == sales.RuleFile:
		return bot.Text("值班表 " + r.Name + " 写在配置里,从配置里删掉再重启。"), nil
	}
	active, err := tx.ActiveRules(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, rule := range active {
		if text := strings.NewReplacer("（", "(", "）", ")", " ", "").Replace(rule.Text); strings.Contains(text, "值班("+r.Name+")") || strings.Contains(text, r.Name+"值班") {
			return bot.Text("规则 " + rule.Name + " 还推给 值班(" + r.Name + "),先改它:规则 修改 " + rule.Name), nil
		}
	}
	old := rosterText(t.Org, r)
	r.State, r.UpdatedBy, r.UpdatedAt = sales.RosterGone, t.Person.ID, sales.At(t.Now)
	tx.UpdateRoster(r)
	tx.CancelDue(sales.DueRoster, "roster", r.ID, "dropped")
	audit(tx, t, "roster.drop", "roster", r.ID, sales.Change{Field: "值班", Old: old})
	emit(tx, t, "roster.drop", "roster", r.ID)
	return bot.Text("值班表 " + r.Name + " 删除了(" + old + ")。要它回来发:撤销"), nil
}

// undoRoster is a roster that was not there before, undoSwap a replacement.
type (
	undoRoster sales.Roster
	undoSwap   sales.RosterSwap
)

// rosterRowBefore is a roster or replacement as it was before it was written; ok is false for another row.
func rosterRowBefore(ctx context.Context, tx Tx, row any) (kind string, version int64, was any, err error, ok bool) { //nolint:revive // as rowBefore has it, with ok behind
	switch x := row.(type) {
	case undoRoster:
		x.State = sales.RosterGone
		return "roster", 1, sales.Roster(x), nil, true
	case undoSwap:
		x.State = sales.RosterGone
		return "swap", 1, sales.RosterSwap(x), nil, true
	case sales.Roster:
		r, err := tx.RosterByID(ctx, x.ID)
		return "roster", x.Version + 1, r, err, true
	case sales.RosterSwap:
		s, err := tx.RosterSwapByID(ctx, x.ID)
		return "swap", x.Version + 1, s, err, true
	}
	return "", 0, nil, nil, false
}

// putRosterRow writes a roster or a replacement as it was.
func (a *App) putRosterRow(ctx context.Context, t bot.Turn, tx Tx, row undoRow) error {
	var roster sales.ID
	if row.Kind == "swap" {
		was, now, err := backRow(row, func(w sales.RosterSwap) (sales.RosterSwap, int64, error) {
			s, err := tx.RosterSwapByID(ctx, w.ID)
			return s, s.Version, err
		})
		if err != nil {
			return err
		}
		was.Version, roster = now.Version, was.RosterID
		tx.UpdateRosterSwap(was)
	} else {
		was, now, err := backRow(row, func(w sales.Roster) (sales.Roster, int64, error) {
			r, err := tx.RosterByID(ctx, w.ID)
			return r, r.Version, err
		})
		if err != nil {
			return err
		}
		was.Version, roster = now.Version, was.ID
		tx.UpdateRoster(was)
	}
	tx.Schedule(sales.Due{
		ID: tx.NewID(), Kind: sales.DueRoster, SubjectKind: "roster", SubjectID: roster, Slot: "undone:" + strconv.FormatInt(t.Now.UnixMilli(), 36),
		DueAt: sales.At(t.Now.Add(time.Second)), State: sales.DuePending,
	})
	return nil
}

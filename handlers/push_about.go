package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/scheduler/subject"
	"salesflow/store/sales"
)

// reRecordNo is what may be the number of a record: letters and digits with a dash, such as FP2026-001 or L12.
var reRecordNo = regexp.MustCompile(`^[A-Za-z]{1,6}\d[\dA-Za-z]*(?:-\d{1,8})?$`)

// numbered finds the record of a number, whatever its kind: every kind of record that rules know and that has numbers.
func (a *App) numbered(ctx context.Context, t bot.Turn, tx Tx, no string) (*subject.Record, error) {
	no = strings.ToUpper(strings.TrimSpace(no))
	if !reRecordNo.MatchString(no) {
		return nil, nil
	}
	g := a.Incidents.Book.Registry
	for _, o := range g.Objects() {
		if o.Table == "" || o.ColumnOf("no") != "no" {
			continue
		}
		found, err := g.Page(ctx, tx, t.Org, o, t.Today, 0, 1, "no = ?", no)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			return found[0], nil
		}
	}
	return nil, nil
}

// pushesAbout are the subjects of pushes about what a person names: a record by its number, a customer by name.
func (a *App) pushesAbout(ctx context.Context, t bot.Turn, tx Tx) (label string, subjects []string, err error) {
	args := bare(t.Args)
	rec, err := a.numbered(ctx, t, tx, args)
	switch {
	case err != nil:
		return "", nil, err
	case rec != nil:
		if err := pushesVisible(t, rec.Owner(), strings.ToUpper(args)); err != nil { // its title tells the customer and the amount
			return "", nil, err
		}
		subjects, err = a.withIncident(ctx, tx, rec.Object.Subject, rec.ID)
		return rec.Object.Name + " " + strings.ToUpper(args), subjects, err
	}
	if no, _ := cutWorkNo(args, t.Today); no != "" {
		o, err := tx.WorkOrderByNo(ctx, no)
		if err != nil {
			return "", nil, err
		}
		w, err := a.loadWork(ctx, tx, o)
		if err != nil {
			return "", nil, err
		}
		if err := mayReadWork(t, w); err != nil {
			return "", nil, err
		}
		subjects, err = a.withIncident(ctx, tx, "workorder", o.ID)
		return "工单 " + o.No, subjects, err
	}
	id, _, err := a.findCustomer(ctx, t, args)
	if err != nil || id == 0 {
		return "", nil, sales.Errorf(sales.Invalid, "没找到"+quoted(args, "")+"。写编号、客户名,或同事的名字加日子:送达 FP2026-018、送达 绍兴市立医院、送达 李强 昨天。")
	}
	c, err := tx.CustomerByID(ctx, id)
	if err != nil {
		return "", nil, err
	}
	if err := pushesVisible(t, c.OwnerID, c.Name); err != nil {
		return "", nil, err
	}
	subjects, err = a.withIncident(ctx, tx, "customer", c.ID)
	return c.Name, subjects, err
}

// pushesVisible refuses who may not see what was pushed about somebody's record.
func pushesVisible(t bot.Turn, owner sales.PersonID, what string) error {
	if owner != 0 && !t.Org.ScopeOf(t.Person).Covers(owner) {
		return sales.Errorf(sales.Forbidden, cutRunes(what, 30)+" 不是你或你团队的,看不了。要看找"+orElse(t.Org.Name(owner), "主管")+"。")
	}
	return nil
}

// deliveredOn says what became of what was pushed to a colleague on a day, today when none is said (送达 李强 昨天). ok is
// false when no colleague is named.
func (a *App) deliveredOn(ctx context.Context, t bot.Turn, tx Tx) (reply bot.Reply, ok bool, err error) {
	name, rest := cutWord(bare(t.Args))
	found := t.Org.ByName(strings.TrimLeft(name, "@＠"))
	if len(found) == 0 {
		return bot.Reply{}, false, nil
	}
	p, err := coworker(t, name)
	if err != nil {
		return bot.Reply{}, true, err
	}
	if p.ID != t.Person.ID && !t.Org.Above(t.Person, p.ID) && !t.Person.Has(sales.RoleAdmin) {
		return bot.Text(p.Name + "收到了什么,本人、他的主管和管理员能看。"), true, nil
	}
	day := t.Today
	if rest = bare(rest); rest != "" {
		d, understood := readDay(t, rest)
		if !understood {
			return bot.Text("日子没看懂:" + quoted(rest, "") + "。写 昨天、3月11日 这样的就行:送达 " + p.Name + " 昨天。"), true, nil
		}
		day = d
	}
	if day.After(t.Today) {
		return bot.Text(day.ChineseFrom(t.Today) + "还没到。看过去的:送达 " + p.Name + " 昨天。"), true, nil
	}
	const most = 40
	list, err := tx.PushesOn(ctx, p.ID, sales.At(day.Start()), sales.At(day.AddDays(1).Start()), most)
	if err != nil {
		return bot.Reply{}, true, err
	}
	head := day.ChineseFrom(t.Today) + "推给" + p.Name + "的"
	lines := pushLines(t, list, p.ID)
	if len(lines) == 0 {
		return bot.Text(head + ":没有。"), true, nil
	}
	if len(list) == most {
		head += "(只列最近 " + itoa(most) + " 条)"
	}
	if p.ID != t.Person.ID {
		audit(tx, t, "push.read", "person", sales.ID(p.ID))
	}
	return bot.Text(head + ":\n" + strings.Join(lines, "\n")), true, nil
}

package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

func (a *App) registerAuthorisation(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "授权", Aliases: []string{"授权书", "sqs"}, Summary: "记授权书,到期前提醒", Usage: "授权 客户 产品 到 日期 编号 编号",
		Detail: "只写客户,看这家的授权书。到期前 90、30、7 天和当天提醒客户负责人和管理员。先把扫描件发给我,会一起存。作废:授权作废 编号。一次记很多:导入 授权书。",
		Handle: a.Authorise,
	})
	r.Command(bot.Command[Tx]{
		Name: "授权作废", Aliases: []string{"撤销授权"}, Summary: "授权书作废", Usage: "授权作废 编号", Detail: "作废以后不再提醒。管理员或客户负责人能作废。",
		Handle: a.Revoke,
	})
}

var authorisation = regexp.MustCompile(`^(.+?)\s*(?:到|至|有效期至?|截止)\s*([0-9０-９]{4}[^\s]*?)(?:\s*(?:,|，)?\s*(?:编号|号)\s*[:：]?\s*([^\s]{1,60}))?$`)

// Authorise keeps a letter of authorisation, or lists a customer's (授权).
func (a *App) Authorise(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	args := strings.TrimSpace(t.Args)
	m := authorisation.FindStringSubmatch(args)
	if m == nil {
		return a.listAuthorisations(ctx, t, tx, args)
	}
	until, err := sales.ReadDate(m[2])
	switch {
	case err != nil:
		return bot.Reply{}, err
	case until.Before(t.Today):
		return bot.Text("到期日 " + until.String() + " 已经过了。核对一下日期。"), nil
	case m[3] == "":
		return bot.Text("还差编号。例:" + t.Text + " 编号 SQ2026-001"), nil
	}
	c, p, reply, err := a.authorised(ctx, t, tx, m[1])
	if err != nil || c.ID == 0 || p.ID == 0 {
		return reply, err
	}
	if refused := a.mayFill(ctx, t, c); refused != "" {
		return bot.Text(refused), nil
	}
	list, err := tx.AuthorisationsOf(ctx, c.ID, p.ID, 50)
	if err != nil {
		return bot.Reply{}, err
	}
	l := sales.Authorisation{
		ID: tx.NewID(), CustomerID: c.ID, ProductID: p.ID, No: m[3], Until: until, State: sales.AuthorisationValid, CreatedBy: t.Person.ID,
		CreatedAt: sales.At(t.Now), Version: 1,
	}
	if ref, ok := lastOf(t.Dialogue, "file"); ok && t.Now.Sub(ref.At.Time) < a.Settings.UploadFor {
		l.FileID = ref.ID
	}
	known := false
	for _, old := range list {
		if strings.EqualFold(old.No, l.No) {
			old.Until = until
			if l.FileID != 0 {
				old.FileID = l.FileID
			}
			l, known = old, true
		}
	}
	if known {
		tx.UpdateAuthorisation(l)
	} else {
		tx.CreateAuthorisation(l)
	}
	audit(tx, t, "authorisation.put", "authorisation", l.ID, sales.Change{Field: "until", New: until.String()})
	emit(tx, t, "authorisation.put", "authorisation", l.ID)
	return bot.ShowCard(view.AuthorisationCard(l, c.Name, p.Name, t.Today)), nil
}

// authorised finds customer and product in the words before the day, wherever one ends and the other begins.
func (a *App) authorised(ctx context.Context, t bot.Turn, tx Tx, words string) (sales.Customer, sales.Product, bot.Reply, error) {
	list, err := tx.Products(ctx)
	if err != nil {
		return sales.Customer{}, sales.Product{}, bot.Reply{}, err
	}
	parts := strings.Fields(words)
	for i := len(parts) - 1; i > 0; i-- {
		p, _ := matchProduct(list, strings.Join(parts[i:], " "))
		if p.ID == 0 {
			continue
		}
		id, reply, err := a.findCustomer(ctx, t, strings.Join(parts[:i], " "))
		if err != nil || id == 0 {
			return sales.Customer{}, p, reply, err
		}
		c, err := tx.CustomerByID(ctx, id)
		return c, p, bot.Reply{}, err
	}
	return sales.Customer{}, sales.Product{}, bot.Text("产品没看懂。客户和产品之间空一格,例:授权 绍兴市立医院 全自动生化分析仪 到 2026-12-31 编号 SQ2026-001"), nil
}

func (a *App) listAuthorisations(ctx context.Context, t bot.Turn, tx Tx, words string) (bot.Reply, error) {
	if words == "" {
		return bot.Text("哪家的授权书?例:授权 绍兴市立医院。新记一份:授权 客户 产品 到 2026-12-31 编号 SQ2026-001"), nil
	}
	id, reply, err := a.findCustomer(ctx, t, words)
	if err != nil || id == 0 {
		return reply, err
	}
	c, err := tx.CustomerByID(ctx, id)
	if err != nil {
		return bot.Reply{}, err
	}
	if !t.Org.ScopeOf(t.Person).Covers(c.OwnerID) && !sales.SeesContracts(t.Person) {
		return bot.Text(c.Name + "是" + t.Org.Name(c.OwnerID) + "的客户,授权书问" + t.Org.Name(c.OwnerID) + "。"), nil
	}
	list, err := tx.AuthorisationsOf(ctx, c.ID, 0, 20)
	if err != nil {
		return bot.Reply{}, err
	}
	products, err := tx.Products(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	names := map[sales.ID]string{}
	for _, p := range products {
		names[p.ID] = p.Name
	}
	return bot.Text(view.AuthorisationList(c.Name, list, names, t.Today)), nil
}

// Revoke makes a letter void (授权作废 编号).
func (a *App) Revoke(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	no := bare(t.Args)
	if no == "" {
		return bot.Text("哪一份?例:授权作废 SQ2026-001"), nil
	}
	products, err := tx.Products(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, p := range products {
		list, err := tx.AuthorisationsOf(ctx, 0, p.ID, 200)
		if err != nil {
			return bot.Reply{}, err
		}
		for _, l := range list {
			if !strings.EqualFold(l.No, no) {
				continue
			}
			c, err := tx.CustomerByID(ctx, l.CustomerID)
			if err != nil {
				return bot.Reply{}, err
			}
			if refused := a.mayFill(ctx, t, c); refused != "" {
				return bot.Text(refused), nil
			}
			l.State = sales.AuthorisationRevoked
			tx.UpdateAuthorisation(l)
			audit(tx, t, "authorisation.revoke", "authorisation", l.ID)
			return bot.Text(c.Name + "的授权书 " + l.No + "(" + p.Name + ")作废了,不再提醒。"), nil
		}
	}
	return bot.Text("没有编号 " + cutRunes(no, 30) + " 的授权书。发 授权 客户 看这家的。"), nil
}

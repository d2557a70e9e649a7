package handlers

import (
	"context"
	"slices"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// ClassifyCustomer sets a customer's class (分级 客户 A).
func (a *App) ClassifyCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if strings.TrimSpace(t.Args) == "" {
		return bot.Text("给哪家定级?例:分级 绍兴市立医院 A。级别:KA、A、B、C。"), nil
	}
	_, c, rest, reply, err := a.customerToWorkOn(ctx, t, tx)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	class := sales.ParseClass(bare(rest))
	switch {
	case class == "":
		return bot.Text("级别没看懂:" + quoted(bare(rest), "空着") + "。写 KA、A、B 或 C,例:分级 " + c.Name + " A"), nil
	case class == c.Class:
		return bot.Text(c.Name + "已经是 " + view.ClassName(class) + "。"), nil
	case (class == "KA" || c.Class == "KA") && !leads(t):
		return bot.Text("KA 的进出由主管定。让主管发:分级 " + c.Name + " " + class), nil
	}
	old := c.Class
	c.Class = class
	tx.UpdateCustomer(c)
	audit(tx, t, "customer.class", "customer", c.ID, sales.Change{Field: "分级", Old: old, New: class})
	emit(tx, t, "customer.classified", "customer", c.ID)
	text := c.Name + ":" + orElse(view.ClassName(old), "未分级") + " → " + view.ClassName(class) + "。"
	if days := a.Settings.Pool.Idle.Of(class); days > 0 {
		text += itoa(days) + " 天没联系会提醒并回公海。"
	} else {
		text += "不会自动回公海。"
	}
	return bot.Text(text), nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// TagCustomer gives a customer tags, takes one away, or lists who has one.
func (a *App) TagCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	args := strings.TrimSpace(t.Args)
	if args == "" {
		return bot.Text("例:标签 绍兴市立医院 三甲。按标签找:标签 三甲"), nil
	}
	if said, err := a.tagged(ctx, t, tx, args); err != nil || said != "" {
		return bot.Text(said), err
	}
	c, rest, reply, err := a.customerArg(ctx, t, tx, args)
	if err != nil || c.ID == 0 {
		return reply, err
	}
	tags, err := tx.TagsOf(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	if strings.TrimSpace(rest) == "" {
		return bot.Text(c.Name + "的标签:" + orElse(strings.Join(tags, "、"), "还没有") + "。"), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if err := a.mayWorkOn(t, book, c); err != nil {
		return bot.Reply{}, err
	}
	after := slices.Clone(tags)
	words := strings.FieldsFunc(rest, isSeparator)
	remove := len(words) > 1 && slices.Contains([]string{"删", "去掉", "删除", "-"}, words[0])
	if remove {
		words = words[1:]
	}
	given, refused := a.readTags(words, remove)
	if refused != "" {
		return bot.Text(refused), nil
	}
	for _, tag := range given {
		switch {
		case remove:
			after = slices.DeleteFunc(after, func(s string) bool { return s == tag })
			tx.RemoveTag(c.ID, tag)
		case !slices.Contains(after, tag):
			after = append(after, tag)
			tx.AddTag(c.ID, tag, t.Person.ID, sales.At(t.Now))
		}
	}
	if len(after) > sales.MaxTags {
		return bot.Reply{}, sales.Errorf(sales.Invalid, "一家最多 "+itoa(sales.MaxTags)+" 个标签。先删几个:标签 "+c.Name+" 删 "+tags[0])
	}
	if !slices.Equal(tags, after) {
		audit(tx, t, "customer.tag", "customer", c.ID, sales.Change{Field: "标签", Old: strings.Join(tags, "、"), New: strings.Join(after, "、")})
	}
	return bot.Text(c.Name + "的标签:" + orElse(strings.Join(after, "、"), "没有了") + "。"), nil
}

// tagged lists the customers with a tag, when what was said is a tag and no customer; else empty.
func (a *App) tagged(ctx context.Context, t bot.Turn, tx Tx, args string) (string, error) {
	first, rest := cutWord(args)
	tag, ok := sales.ParseTag(first)
	if rest != "" || !ok {
		return "", nil
	}
	found, err := tx.CustomersTagged(ctx, t.Org.ScopeOf(t.Person), tag, 21)
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return view.TaggedList(tag, found, t.Org.Name), nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	if id, _, why := a.customerIn(t, book, tag); id == 0 && strings.HasPrefix(why, "没找到") {
		return "没有带标签" + quoted(tag, "") + "的客户,也没有叫这个的客户。打标签:标签 客户 " + tag, nil
	}
	return "", nil
}

// readTags reads tags to give or to take away, all of them before any is written, or says what is wrong with one.
func (a *App) readTags(words []string, remove bool) (tags []string, refused string) {
	for _, w := range words {
		tag, ok := sales.ParseTag(w)
		switch {
		case !ok:
			return nil, "标签" + quoted(w, "") + "太长,最多 " + itoa(sales.MaxTagLen) + " 个字。"
		case len(a.Settings.Tags) > 0 && !remove && !slices.Contains(a.Settings.Tags, tag):
			return nil, "标签只能用这些:" + strings.Join(a.Settings.Tags, "、") + "。要加新的找管理员改配置。"
		}
		tags = append(tags, tag)
	}
	return tags, ""
}

// SetContractEnd records when a contract ends (合同到期 HT2026-018 2026-12-31): after that its customer goes back to the
// open pool in time, unless it is dealt with again.
func (a *App) SetContractEnd(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	no, rest := a.cutContractNo(t.Args, t.Today)
	if no == "" {
		return bot.Text("哪份合同?例:合同到期 HT2026-018 2026-12-31"), nil
	}
	c, err := tx.ContractByNo(ctx, no)
	if err != nil {
		return bot.Reply{}, paperError(err, approval.Contract, no)
	}
	if c.OwnerID != t.Person.ID && !t.Org.Above(t.Person, c.OwnerID) && !sales.SeesContracts(t.Person) {
		return bot.Reply{}, missingPaper(sales.Forbidden, approval.Contract, no)
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w, ok := parse.Date(rest, t.Now.In(sales.Shanghai), parse.TenseFuture, book.Parser.Calendar)
	if !ok {
		return bot.Text("到期日没看懂:" + quoted(rest, "空着") + "。写 2026-12-31 或 12月31日。"), nil
	}
	end := sales.DayOf(w.Start)
	if n := end.Sub(t.Today); n > 3660 || n < -3660 {
		return bot.Text(end.Chinese() + "太远了,核对一下年份。"), nil
	}
	was, err := tx.ContractEnd(ctx, c.ID)
	if err != nil {
		return bot.Reply{}, err
	}
	old := ""
	if !was.IsZero() {
		old = was.String()
	}
	if was == end {
		return bot.Text(c.No + " 到期日本来就是 " + end.ChineseFrom(t.Today) + ",没有改动。"), nil
	}
	tx.SetContractEnd(c.ID, c.CustomerID, end, t.Person.ID, sales.At(t.Now))
	audit(tx, t, "contract.ends", "contract", c.ID, sales.Change{Field: "到期", Old: old, New: end.String()})
	tx.Emit(sales.DomainEvent{
		ID: tx.NewID(), At: sales.At(t.Now), Kind: "contract.term_set", SubjectKind: "contract", SubjectID: c.ID, PersonID: t.Person.ID,
		Data: sales.Told(sales.TellsEnds, old, end.String()),
	})
	return bot.Text(c.No + " 到期日 " + end.ChineseFrom(t.Today) + ",已记。"), nil
}

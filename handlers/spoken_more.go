package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/store/sales"
)

// What people say of one customer that is an order to look, to plan or to keep something, and no visit.
var (
	// reCustomerPage asks for a page of a customer's card behind its name: 绍兴市立资料, 绍兴市立的动态.
	reCustomerPage = regexp.MustCompile(`^(?:的)?\s*(资料|动态|商机|合同|决策链|联系人|待办|投诉|样品|记录|情况)$`)
	rePageSaid     = regexp.MustCompile(`(?:资料|动态|商机|合同|决策链|联系人|待办|投诉|样品|记录|情况)$`)
	// reTodoNth does something to an entry of the list of to-dos: 第一个延到下周一, 第2条办完了.
	reTodoNth = regexp.MustCompile(`^(?:把)?第([一二两三四五六七八九十\d]{1,2})(?:个|条|项|件)?(?:待办)?[,，\s]*(?:(?:延到|延期到|推到|推迟到|改到|挪到|延期|推迟)[,，\s]*(.{2,12}?)|(办完了?|办好了?|完成了?|做完了?|搞定了?|弄完了?|办了|做了|好了))(?:吧)?$`)
	// reNthAgain corrects one of several things filed at once: 第一笔改成38.
	reNthAgain = regexp.MustCompile(`^第([一二两三四五六七八九十\d]{1,2})(?:笔|条|个|项)(?:的)?(?:金额|费用)?[,，\s]*(?:改成|改为|应该是|是|写错了,?)\s*(\S+)$`)
	// rePhoneOf is a telephone number behind somebody of a customer's, with nothing else said.
	rePhoneOf = regexp.MustCompile(`^(?:的)?(?:电话|手机号?|号码|联系方式|微信)?(?:是|为|:|：)?\s*((?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8})$`)
	// reNewHere says that a name is a new customer's.
	reNewHere = regexp.MustCompile(`^(.{4,25}?)[,，\s]*(?:是|算)?(?:个|家)?新客户(?:,?(?:建一下|建个档|建档|记一下))?$`)
	// reParts says what somebody of a customer's decides.
	reParts    = regexp.MustCompile(`^(?:就是|算是|是|就|主要)?(?:个|我们的)?(决策人|拍板的?|说了算的?|采购|管采购的?|负责采购的?|技术把关|管技术的?|负责技术的?|使用人|用的人|支持我们的?|反对我们的?)$`)
	rePartSaid = regexp.MustCompile(`决策人|拍板|说了算|采购|技术|使用人|用的人|支持我们|反对我们`)
	// rePlanHead is a day, and the parts of days, with which people say where they go without a verb.
	rePlanHead = regexp.MustCompile(`^` + planDay)
	rePartWord = regexp.MustCompile(`上午|下午|早上|晚上|中午|然后|再去|再|去|和|跟|、|拜访|跑|先`)
)

var partWords = map[string]string{
	"拍板": "决策人", "拍板的": "决策人", "说了算": "决策人", "说了算的": "决策人", "管采购": "采购", "管采购的": "采购", "负责采购": "采购", "负责采购的": "采购",
	"管技术": "技术把关", "管技术的": "技术把关", "负责技术": "技术把关", "负责技术的": "技术把关",
}

// customerTalk takes a few words about a customer that are a command's in other words. ok is false for anything else.
func (s colloquial) customerTalk(ctx context.Context, t bot.Turn, tx Tx, book *Book, text string) (bot.Reply, bool, error) {
	if m := reNewHere.FindStringSubmatch(text); m != nil && !tells(m[1]) {
		reply, err := s.as(ctx, t, tx, "新客户 "+m[1])
		return reply, true, err
	}
	if command := barePlan(spokenTurn{s.App, t, book}, text); command != "" {
		reply, err := s.as(ctx, t, tx, command)
		return reply, true, err
	}
	if reply, ok, err := s.partTalk(ctx, t, tx, book, text); ok || err != nil {
		return reply, ok, err
	}
	if !rePageSaid.MatchString(text) && !strings.ContainsAny(text, "0123456789") {
		return bot.Reply{}, false, nil
	}
	id, rest, _ := s.customerIn(t, book, text)
	if id == 0 {
		return bot.Reply{}, false, nil
	}
	if m := reCustomerPage.FindStringSubmatch(rest); m != nil {
		page := strings.NewReplacer("情况", "").Replace(m[1])
		reply, err := s.as(ctx, t, tx, strings.TrimSpace("客户 "+book.Customer(id)+" "+page))
		return reply, true, err
	}
	return s.phoneOf(ctx, t, tx, book, id, rest)
}

// phoneOf keeps the number of somebody who is known, or of whom no more than a name is said. It is no visit.
func (s colloquial) phoneOf(ctx context.Context, t bot.Turn, tx Tx, book *Book, id sales.ID, rest string) (bot.Reply, bool, error) {
	at := strings.IndexAny(rest, "+0123456789")
	if at < 0 {
		return bot.Reply{}, false, nil
	}
	who := bare(regexp.MustCompile(`(?:的)?(?:电话|手机号?|号码|联系方式|微信)?(?:换了|变了)?(?:是|为|改成|改为|换成|更新为|应该是|:|：)?\s*$`).ReplaceAllString(strings.TrimPrefix(strings.TrimSpace(rest[:at]), "的"), ""))
	m := rePhoneOf.FindStringSubmatch(bare(rest[at:]))
	if n := utf8.RuneCountInString(who); m == nil || n < 2 || n > 8 || hanRunes(who) != n || tells(who) || strings.ContainsAny(who, "了给打拨回") {
		return bot.Reply{}, false, nil
	}
	contacts, err := tx.ContactsByCustomer(ctx, id)
	if err != nil {
		return bot.Reply{}, false, err
	}
	if len(matchContact(contacts, who)) == 0 && !slices.ContainsFunc(titleWords, func(w string) bool { return strings.HasSuffix(who, w) }) {
		return bot.Reply{}, false, nil
	}
	reply, err := s.as(ctx, t, tx, "联系人 "+book.Customer(id)+" "+who+" "+m[1])
	return reply, true, err
}

// partTalk takes who decides what: 王建国是决策人 王敏管采购. The people are known by name, at one customer of the person's.
func (s colloquial) partTalk(ctx context.Context, t bot.Turn, tx Tx, book *Book, text string) (bot.Reply, bool, error) {
	if !rePartSaid.MatchString(text) {
		return bot.Reply{}, false, nil
	}
	of, rest, _ := s.customerIn(t, book, text)
	if of == 0 {
		rest = text
	}
	type part struct {
		k    sales.Contact
		role string
	}
	var parts []part
	for _, said := range strings.FieldsFunc(rest, isSeparator) {
		found := part{}
		for _, k := range s.ownContacts(t, book, of) {
			words, ok := strings.CutPrefix(said, k.Name)
			if !ok || utf8.RuneCountInString(k.Name) < 2 || len(parts) > 0 && parts[0].k.CustomerID != k.CustomerID {
				continue
			}
			if m := reParts.FindStringSubmatch(bare(words)); m != nil && found.role == "" {
				found = part{k, orElse(partWords[m[1]], strings.TrimSuffix(m[1], "的"))}
			}
		}
		if found.role == "" {
			return bot.Reply{}, false, nil
		}
		parts = append(parts, found)
	}
	command := func(p part) string {
		return "联系人 " + book.Customer(book.Resolve(p.k.CustomerID)) + " " + p.k.Name + " " + p.role
	}
	if len(parts) == 0 {
		return bot.Reply{}, false, nil
	}
	reply, err := s.as(ctx, t, tx, command(parts[0]))
	if err == nil && len(parts) > 1 { // each is a change of its own, which can be taken back
		reply.Say = append(reply.Say, bot.Say{Slot: "next", Out: bot.Outgoing{Text: "一条记一位。下一位接着发:" + command(parts[1])}})
	}
	return reply, true, err
}

// ownContacts are the contacts of a customer the person works with; of all of one's own where none is named.
func (s colloquial) ownContacts(t bot.Turn, book *Book, of sales.ID) []sales.Contact {
	var out []sales.Contact
	for id, c := range book.Customers.All() {
		if of != 0 && (id != of || !s.works(t, book, c)) || of == 0 && c.OwnerID != t.Person.ID {
			continue
		}
		for _, k := range book.Parser.Index.ContactsOf(parse.ID(id)) {
			out = append(out, book.Contacts.Of(sales.ID(k.ID)))
		}
	}
	return out
}

// barePlan is the command for a plan said without a verb: 明天上午绍兴市立下午诸暨人医; empty when the text is none.
func barePlan(t spokenTurn, text string) string {
	m := rePlanHead.FindStringSubmatch(text)
	if m == nil || !t.Person.Has(sales.RoleRep) {
		return ""
	}
	rest, n := text[len(m[0]):], 0
	for range 6 {
		c, _ := t.book.Parser.FindCustomer(parse.Input{Text: rest, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
		if c.ID == 0 || c.Why.End > len(rest) || c.Why.End <= c.Why.Start {
			break
		}
		rest, n = rest[:c.Why.Start]+" "+rest[c.Why.End:], n+1
	}
	if n == 0 || bare(rePartWord.ReplaceAllString(rest, "")) != "" {
		return ""
	}
	if w := whenIn(t.book, m[1], t.Now); w.IsZero() || sales.DayOf(w.Start).Before(t.Today) {
		return ""
	}
	return "计划 " + text
}

// nthTalk takes what is said of an entry by its number: of the list of to-dos that was shown, of what was filed at once.
func (s colloquial) nthTalk(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, bool, error) {
	if !strings.Contains(text, "第") {
		return bot.Reply{}, false, nil
	}
	if m := reNthAgain.FindStringSubmatch(text); m != nil {
		refs := filedAtOnce(t)
		n := ordinal(m[1])
		if amount, err := sales.ParseMoney(m[2]); err != nil || amount <= 0 || len(refs) < 2 || n < 1 || n > len(refs) {
			return bot.Reply{}, false, nil //nolint:nilerr // no amount: others may know what to do with it
		}
		reply, err := s.changeRecord(ctx, t, tx, "edit", "金额改成"+m[2], refs[n-1])
		return reply, true, err
	}
	m := reTodoNth.FindStringSubmatch(text)
	if m == nil {
		return bot.Reply{}, false, nil
	}
	command := "完成 " + itoa(ordinal(m[1]))
	if m[2] != "" {
		command = "延期 " + itoa(ordinal(m[1])) + " " + m[2]
	}
	reply, err := s.as(ctx, t, tx, command)
	return reply, true, err
}

// filedAtOnce are the filings that were made of the latest message, in the order in which it told them.
func filedAtOnce(t bot.Turn) []sales.Ref {
	var out []sales.Ref
	for _, ref := range t.Dialogue.Last {
		if ref.Kind == "visit" || ref.Kind == "filing" && len(out) > 0 && !ref.At.Equal(out[0].At.Time) {
			break
		}
		if ref.Kind == "filing" {
			out = append(out, ref)
		}
	}
	if len(out) > 0 && t.Now.Sub(out[0].At.Time) > shortFor {
		return nil
	}
	slices.Reverse(out)
	return out
}

package handlers

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// customerDraft is a customer that is being created; Visit is filed when it is.
type customerDraft struct {
	Name     string `json:"name"`
	Phone    string `json:"phone,omitempty"`
	Industry string `json:"industry,omitempty"`
	Guessed  bool   `json:"guessed,omitempty"` // the industry was read from the name
	USCC     string `json:"uscc,omitempty"`
	City     string `json:"city,omitempty"`
	// Contact is a person there who was named along.
	Contact      string `json:"contact,omitempty"`
	ContactTitle string `json:"contact_title,omitempty"`

	Asking  string      `json:"asking,omitempty"`
	Checked bool        `json:"checked,omitempty"` // the person has seen the possible duplicates
	Hits    []sales.ID  `json:"hits,omitempty"`
	Choices []string    `json:"choices,omitempty"` // the industries that were offered, as they were numbered
	Exact   bool        `json:"exact,omitempty"`   // one of Hits is the same customer: it is not created again
	Visit   *visitDraft `json:"visit,omitempty"`
	At      int64       `json:"at"`
	// Lead is the lead the customer comes from, 0 for none.
	Lead sales.ID `json:"lead,omitempty"`
}

const topicCustomer = "customer.field"

// Industries are offered when a customer is created; any other word is taken as it is.
var industries = []string{"医疗", "快消", "制造", "教育", "其他"}

func (a *App) registerCustomer(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "新客户", Aliases: []string{"建客户", "新建客户", "xkh"}, Summary: "新建一家客户", Usage: "新客户 名称 电话 行业",
		Detail: "三样必填:名称、联系电话、行业。名字看得出行业的(医院、学校、五金厂)不用写。可以再带联系人、统一社会信用代码。建之前先查重,别人的客户只显示归谁。",
		Example: func(context.Context, bot.Turn, Tx) (string, error) {
			return "新客户 绍兴云岭康复医院 13800005678 医疗", nil
		},
		Rank: map[sales.Role]int{sales.RoleRep: 4}, Handle: a.NewCustomer,
	})
	r.Command(bot.Command[Tx]{
		Name: "客户", Aliases: []string{"kh", "查客户"}, Summary: "看一家客户", Usage: "客户 名称 / 客户 名称 商机",
		Detail: "一张卡:负责人和分级、健康、联系人、商机、没办完的事、最近拜访;点按钮看决策链、商机合同、待办投诉、最近动态。" +
			"也可以直接写:客户 绍兴市立医院 动态。别人的客户只显示归谁。",
		Example: a.ownExample("客户 %s"), Rank: map[sales.Role]int{sales.RoleRep: 6, sales.RoleLead: 6, sales.RoleFinance: 11},
		Handle: a.ShowCustomer,
	})
	r.Topic(topicCustomer, a.AnswerCustomer)
	r.Action("customer.create", a.TapCustomer)
}

// NewCustomer creates a customer (建客户) from "新客户 名称 电话 行业 [信用代码]", asking for what is missing.
func (a *App) NewCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.Args == "" && t.Dialogue.Topic == topicVisitCustomer { // the typed form of the question's button
		if v, err := draft[visitDraft](t); err == nil && v.NewName != "" {
			return a.createForVisit(ctx, t, tx, v)
		}
	}
	d := customerDraft{At: t.Now.Unix()}
	if err := a.readCustomer(ctx, t, &d, t.Args); err != nil {
		return bot.Reply{}, err
	}
	if s, _, ok := openShelved(t); ok { // what was begun before waits, or is this customer's
		t.Dialogue = *closeTopic(t.Dialogue)
		shelve(&t.Dialogue, s, t)
	}
	return a.continueCustomer(ctx, t, tx, d)
}

// readCustomer reads what a text says of a new customer into the draft.
func (a *App) readCustomer(ctx context.Context, t bot.Turn, d *customerDraft, text string) error {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return err
	}
	n := book.Parser.NewCustomer(parse.Input{Text: d.takeSlips(text), Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	d.take(personBefore(book, t, n, text))
	return nil
}

// takeSlips takes what is meant as a phone or a credit code but is none out of a text, to be asked for again, and returns
// the rest.
func (d *customerDraft) takeSlips(text string) string {
	var rest []string
	for _, w := range strings.FieldsFunc(text, isSeparator) {
		_, err := sales.ParsePhone(w)
		switch {
		case looksLikeUSCC(w):
			d.USCC = strings.ToUpper(w)
		case err != nil && looksLikeNumber(w):
			d.Phone = cutRunes(w, 40)
		default:
			rest = append(rest, w)
		}
	}
	return strings.Join(rest, " ")
}

// maxCustomerName is from how many characters on a name is too long to be one.
const maxCustomerName = 51

// take puts what was said in its place.
func (d *customerDraft) take(n parse.NewCustomer) {
	for _, f := range []struct {
		to   *string
		said string
		most int
	}{
		{&d.Name, n.Name, maxCustomerName},
		{&d.Phone, n.Phone, 40},
		{&d.USCC, n.USCC, 20},
		{&d.Industry, n.Industry, 20},
		{&d.Contact, n.Contact.NewName, 20},
		{&d.ContactTitle, n.Contact.NewTitle, 20},
	} {
		if f.said != "" {
			*f.to = cutRunes(f.said, f.most)
		}
	}
}

func looksLikeUSCC(w string) bool {
	if len(w) != 18 {
		return false
	}
	for _, r := range w {
		if r > 'z' || (r < '0' || r > '9') && (r < 'A' || r > 'Z') && r < 'a' {
			return false
		}
	}
	return true
}

func looksLikeNumber(w string) bool {
	digits := 0
	for _, r := range w {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+- ()", r):
			return false
		}
	}
	return digits >= 5
}

// continueCustomer asks for the next thing missing, checks for duplicates, and creates.
func (a *App) continueCustomer(ctx context.Context, t bot.Turn, tx Tx, d customerDraft) (bot.Reply, error) {
	if d.At == 0 {
		d.At = t.Now.Unix()
	}
	switch n := utf8.RuneCountInString(d.Name); {
	case n == 0:
		return a.askCustomer(t, d, "name", "客户全称是什么?例:绍兴云岭康复医院")
	case n >= maxCustomerName, n < 2:
		d.Name = ""
		return a.askCustomer(t, d, "name", "客户名称要 2 到 50 个字,写营业执照上的全称。例:绍兴云岭康复医院")
	}
	if d.USCC != "" {
		code, err := sales.ParseUSCC(d.USCC)
		if err != nil {
			d.USCC = ""
			return a.askCustomer(t, d, "uscc", sales.Message(err)+"没有就回 跳过。")
		}
		d.USCC = string(code)
	}
	if d.Phone != "" {
		phone, err := sales.ParsePhone(d.Phone)
		if err != nil {
			d.Phone = ""
			return a.askCustomer(t, d, "phone", sales.Message(err))
		}
		d.Phone = string(phone)
	}
	if !d.Checked {
		if r, stop, err := a.checkDuplicates(ctx, t, tx, &d); err != nil || stop {
			return r, err
		}
	}
	switch {
	case d.Phone == "":
		return a.askCustomer(t, d, "phone", d.Name+"的联系电话?手机或带区号的座机。")
	case d.Industry == "" && sales.IndustryOf(d.Name) == "":
		return a.askIndustry(ctx, t, d)
	case d.Industry == "":
		d.Industry, d.Guessed = sales.IndustryOf(d.Name), true
	}
	return a.createCustomer(ctx, t, tx, d)
}

func (a *App) askCustomer(t bot.Turn, d customerDraft, field, question string) (bot.Reply, error) {
	d.Asking = field
	dialogue, err := a.ask(t, topicCustomer, d)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text(question).Say, Dialogue: dialogue}, nil
}

// checkDuplicates looks for the customer under another spelling, phone or code before it is created.
func (a *App) checkDuplicates(ctx context.Context, t bot.Turn, tx Tx, d *customerDraft) (bot.Reply, bool, error) {
	hits, err := tx.DuplicateCustomers(ctx, d.USCC, d.Phone, d.Name, 3)
	if err != nil {
		return bot.Reply{}, true, err
	}
	d.Hits = nil
	exact := false
	var lines []view.CustomerHit
	for _, c := range hits {
		same := c.NameKey == sales.ParseName(d.Name).Key || d.USCC != "" && c.USCC == d.USCC
		exact = exact || same
		own := c.OwnerID == t.Person.ID || t.Org.ScopeOf(t.Person).Covers(c.OwnerID)
		h := view.CustomerHit{Name: c.Name, Same: same, SamePhone: d.Phone != "" && c.Phone == d.Phone, Owner: t.Org.Name(c.OwnerID), Own: c.OwnerID == t.Person.ID, Masked: !own || t.InGroup()}
		lines = append(lines, h)
		d.Hits = append(d.Hits, c.ID)
	}
	if len(hits) == 0 {
		d.Checked = true
		return bot.Reply{}, false, nil
	}
	d.Exact = exact
	pick := view.DuplicateCustomers(pickKey(t, "duplicate"), d.Name, lines, exact, d.At)
	reply, err := a.askCustomer(t, *d, "duplicate", "")
	reply.Say = bot.ShowCard(pick).Say
	return reply, true, err
}

// AnswerCustomer takes the typed answer to a question about a new customer.
func (a *App) AnswerCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[customerDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	if w := bare(t.Text); w == "取消" || w == "算了" || w == "不建了" || d.Asking == "name" && isNo(w) {
		return bot.Reply{Say: bot.Text("好,不建了。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	if news, err := a.isNews(ctx, t, tx); err != nil || news {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	switch d.Asking {
	case "name":
		if err := a.readCustomer(ctx, t, &d, t.Text); err != nil {
			return bot.Reply{}, err
		}
	case "phone":
		if reply, done, err := a.answerPhone(ctx, t, tx, &d); done || err != nil {
			return reply, err
		}
	case "uscc":
		if !isNo(t.Text) && t.Text != "跳过" {
			d.USCC = strings.ToUpper(strings.ReplaceAll(t.Text, " ", ""))
		}
	case "industry":
		if tellsMore(t.Text) {
			return a.heldForNew(ctx, t, d)
		}
		d.Industry = cutRunes(t.Text, 20)
		choices := d.Choices
		if len(choices) == 0 { // asked before the choices were kept
			choices = industries
		}
		if n := ordinal(t.Text); n >= 1 && n <= len(choices) {
			d.Industry = choices[n-1]
		}
	case "duplicate":
		return a.decideDuplicate(ctx, t, tx, d, t.Text)
	}
	return a.continueCustomer(ctx, t, tx, d)
}

// TapCustomer takes a tapped answer to a question about a new customer.
func (a *App) TapCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[customerDraft](t)
	if t.Dialogue.Topic != topicCustomer || err != nil || d.At != t.Action.Version || !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return passPick(t, bot.Text("这一问过期了,没有改动。要新建,发 新客户 名称 电话 行业。")), nil
	}
	field, value, _ := strings.Cut(t.Action.Arg, ",")
	var reply bot.Reply
	switch {
	case field == "industry" && d.Asking == "industry" && (slices.Contains(industries, value) || slices.Contains(d.Choices, value)):
		d.Industry = value
		reply, err = a.continueCustomer(ctx, t, tx, d)
	case field == "duplicate" && d.Asking == "duplicate":
		reply, err = a.decideDuplicate(ctx, t, tx, d, value)
	default:
		return passPick(t, bot.Text("这一问过期了,没有改动。")), nil
	}
	return closePick(t, reply), err
}

// decideDuplicate goes on after the possible duplicates were shown: it is one of them (its number), it is a new one, or
// nothing.
func (a *App) decideDuplicate(ctx context.Context, t bot.Turn, tx Tx, d customerDraft, answer string) (bot.Reply, error) {
	n := ordinal(answer)
	switch {
	case n >= 1 && n <= len(d.Hits):
		return a.useExisting(ctx, t, tx, d, d.Hits[n-1])
	case answer == "stop" || isNo(answer) || n == len(d.Hits)+2 || d.Exact && n == len(d.Hits)+1:
		return bot.Reply{Say: bot.Text("好,不建了。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	case d.Exact && (answer == "new" || strings.HasPrefix(answer, "新建")):
		return bot.Text(d.Name + "已经有了,不能重复建。不建了回 取消,名字写错了就重发:新客户 名称 电话 行业。"), nil
	case answer == "new" || strings.HasPrefix(answer, "新建") || n == len(d.Hits)+1:
		d.Checked = true
		return a.continueCustomer(ctx, t, tx, d)
	}
	return bot.Reply{}, bot.ErrNotMine
}

func (a *App) useExisting(ctx context.Context, t bot.Turn, tx Tx, d customerDraft, id sales.ID) (bot.Reply, error) {
	if d.Visit != nil {
		book, err := a.Names.Book(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		return a.withCustomer(ctx, t, tx, book, *d.Visit, id)
	}
	c, err := tx.CustomerByID(ctx, id)
	if err != nil {
		return bot.Reply{}, err
	}
	reply, err := a.customerCard(ctx, t, tx, c)
	if err == nil && d.Lead != 0 {
		var became bot.Reply
		if became, err = a.leadBecame(ctx, t, tx, d.Lead, c); err == nil {
			reply = reply.And(became)
		}
	}
	reply.Dialogue = closeTopic(t.Dialogue)
	return reply, err
}

func (a *App) createCustomer(ctx context.Context, t bot.Turn, tx Tx, d customerDraft) (bot.Reply, error) {
	name := sales.ParseName(d.Name)
	if d.City == "" {
		d.City = name.Place // so that it is understood when it is called without the place
	}
	c := sales.Customer{
		ID: tx.NewID(), Name: d.Name, NameKey: name.Key, USCC: d.USCC, Phone: d.Phone, Industry: d.Industry, City: d.City,
		OwnerID: t.Person.ID, TeamID: t.Person.TeamID, CreatedBy: t.Person.ID, CreatedAt: sales.At(t.Now),
		SourceEventID: t.Event.ID, Version: 1,
	}
	tx.CreateCustomer(c)
	audit(tx, t, "customer.create", "customer", c.ID)
	emit(tx, t, "customer.created", "customer", c.ID)
	a.askRegistry(t, tx, c, true)
	if d.Contact != "" {
		a.newContact(t, tx, c.ID, parse.ContactRef{NewName: d.Contact, NewTitle: d.ContactTitle}, "")
	}
	dialogue := remember(closeTopic(t.Dialogue), "customer", c.ID, t.Now)
	reply := bot.ShowCard(view.CustomerCreated(c, t.Person.Name, d.Contact, d.Guessed, t.InGroup()))
	reply.Dialogue = dialogue
	if d.Lead != 0 {
		became, err := a.leadBecame(ctx, t, tx, d.Lead, c)
		if err != nil {
			return bot.Reply{}, err
		}
		reply = reply.And(became)
	}
	waiting := sameNew(dialogue, t, d.Name)
	if d.Visit != nil {
		waiting = append([]visitDraft{*d.Visit}, waiting...)
	}
	for i, v := range waiting {
		filed, err := a.fileForNew(ctx, t, tx, c, v, *reply.Dialogue)
		if err != nil {
			return bot.Reply{}, err
		}
		reply = reply.And(filed)
		if reply.Dialogue.Topic != "" { // it asks something: the others wait for that
			a.waitForNew(t, reply.Dialogue, c.ID, waiting[i+1:])
			break
		}
	}
	return reply, nil
}

// fileForNew files what waited for the customer that was made in this turn.
func (a *App) fileForNew(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer, v visitDraft, dialogue sales.Dialogue) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	res, err := a.read(ctx, t, tx, v.Text, v.At)
	if err != nil {
		return bot.Reply{}, err
	}
	v.Customer = c.ID
	t.Dialogue = dialogue
	return a.fileParts(ctx, t, tx, book.with(c), v, byCustomer(res), dialogue)
}

// with is the book with one customer more, for the turn that creates it.
func (b *Book) with(c sales.Customer) *Book {
	n := *b
	n.Customers = b.Customers.With(map[sales.ID]sales.Customer{c.ID: c})
	return &n
}

// ShowCustomer shows one customer (客户 名称).
func (a *App) ShowCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.Args == "" {
		return bot.Text("看哪家?例:客户 绍兴市立医院"), nil
	}
	name, page := cutPage(t.Args)
	id, reply, err := a.findCustomer(ctx, t, name)
	if err != nil || id == 0 {
		return reply, err
	}
	c, err := tx.CustomerByID(ctx, id)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.customerPage(ctx, t, tx, c, page)
}

// findCustomer resolves the customer named in words; id is 0 when the reply must say why not.
func (a *App) findCustomer(ctx context.Context, t bot.Turn, words string) (sales.ID, bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return 0, bot.Reply{}, err
	}
	c, _ := book.Parser.FindCustomer(parse.Input{Text: words, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	switch {
	case c.ID != 0:
		return sales.ID(c.ID), bot.Reply{}, nil
	case len(c.Candidates) > 0:
		var names []string
		for _, id := range c.Candidates[:min(len(c.Candidates), 5)] {
			names = append(names, book.Customer(sales.ID(id)))
		}
		return 0, bot.Text("\"" + cutRunes(words, 20) + "\"有几家:" + strings.Join(names, "、") + "。写全称再发一次。"), nil
	}
	return 0, bot.Text("没找到客户\"" + cutRunes(words, 20) + "\"。换个叫法,或发 新客户 名称 电话 行业。"), nil
}

// customerCard shows a customer's card, first page.
func (a *App) customerCard(ctx context.Context, t bot.Turn, tx Tx, c sales.Customer) (bot.Reply, error) {
	return a.customerPage(ctx, t, tx, c, view.PageMain)
}

// hideWords keeps what a visit's author wrote (objections, talk of competitors) from everybody else: they see who was
// there and for which products.
func (a *App) hideWords(ctx context.Context, t bot.Turn, visits []sales.Visit) error {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return err
	}
	for i, v := range visits {
		if v.PersonID != t.Person.ID {
			visits[i].Text = strings.TrimSpace(t.Org.Name(v.PersonID) + " " + strings.Join(book.ProductNames(v.Products), "、"))
		}
	}
	return nil
}

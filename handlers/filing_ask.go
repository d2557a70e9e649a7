package handlers

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const topicSlot = "filing.slot"

// Slots are what may have to be asked for before a record can be filed.
const (
	slotTopic     = "topic"
	slotParty     = "party"
	slotProduct   = "product"
	slotSentiment = "sentiment"
	slotAmount    = "amount"
	slotText      = "text"
	slotDue       = "due"
	slotQuantity  = "quantity"
	slotPeople    = "people"
)

// choice is one usual answer to a question.
type choice struct{ value, name string }

// slotQuestion is a question for one slot of one piece, with its usual answers.
type slotQuestion struct {
	slot, text string
	choices    []choice
}

// maxChoices is how many usual answers a question offers: a card holds no more buttons.
const maxChoices = 6

// missing is what must be asked about a piece before it can be filed; nil when nothing must.
func (a *App) missing(ctx context.Context, t bot.Turn, tx Tx, book *Book, p piece) (*slotQuestion, error) {
	name := p.customerName(book)
	switch kind := sales.FilingKind(p.kind); {
	case kind == sales.FilingSample && p.said.quantity == "" && oddCount(reCounted, p.text, maxSampled) != "":
		return &slotQuestion{slotQuantity, quoted(oddCount(reCounted, p.text, maxSampled), "") + "不在范围里,要 1 到 " + strconv.Itoa(maxSampled) + "。" + name + "要几个?回数量,例:2台", nil}, nil
	case kind == sales.FilingTraining && p.said.people == 0 && oddCount(reHeads, p.text, maxTaught) != "":
		return &slotQuestion{slotPeople, quoted(oddCount(reHeads, p.text, maxTaught), "") + "不在范围里,要 1 到 " + strconv.Itoa(maxTaught) + "。几个人参加?回个数,例:12", nil}, nil
	case kind == sales.FilingCompetitor && p.said.amount == 0 && len(p.facts.odd) > 0:
		return &slotQuestion{slotAmount, strings.TrimSuffix(p.facts.odd[0], ",没有记") + "。" + orWord(p.said.party, "竞品") + "报多少?回个数,例:110万", nil}, nil
	case kind == sales.FilingCompetitor && p.said.party == "":
		return a.askParty(ctx, t, tx, name)
	case kind == sales.FilingSample && p.said.sample == parse.SampleRequested && len(p.facts.products) == 0 && p.facts.without(book, p.text) == "":
		return &slotQuestion{slotProduct, name + "要哪个产品的样品?", productChoices(book)}, nil
	case kind == sales.FilingTraining && p.said.sentiment == "" && p.facts.without(book, p.text) == "":
		return &slotQuestion{slotSentiment, name + "的培训,大家觉得怎么样?", []choice{
			{sales.SentimentGood, "好"}, {sales.SentimentFair, "一般"}, {sales.SentimentBad, "不好"},
		}}, nil
	case kind.ForService() && p.said.topic == "":
		q := name + "投诉什么?"
		if kind == sales.FilingAfterSales {
			q = name + "要什么服务?"
		}
		return &slotQuestion{slotTopic, q, topicChoices(kind)}, nil
	case kind == sales.FilingExpense && p.said.amount > maxSpent:
		return &slotQuestion{slotAmount, p.said.amount.Short() + "太大了,一笔费用最多 " + sales.Money(maxSpent).Short() + "。" + orWord(p.text, "这笔") + "花了多少?回个数,例:45", nil}, nil
	case kind == sales.FilingExpense && p.said.amount == 0:
		return &slotQuestion{slotAmount, orWord(p.text, "这笔费用") + "花了多少?回个数,例:45", nil}, nil
	case kind == sales.FilingExpense && p.said.topic == "":
		return &slotQuestion{slotTopic, p.said.amount.Short() + "是哪类费用?", topicChoices(kind)}, nil
	}
	return missingOfAction(book, p, name), nil
}

func orWord(s, instead string) string {
	if s == "" {
		return instead
	}
	return cutRunes(s, 20)
}

func (p piece) customerName(book *Book) string { return book.Customer(sales.ID(p.facts.customer.ID)) }

func topicChoices(kind sales.FilingKind) []choice {
	var out []choice
	for _, x := range sales.Topics(kind) {
		if len(out) == maxChoices {
			break
		}
		out = append(out, choice{x.ID, x.Name})
	}
	return out
}

func productChoices(book *Book) []choice {
	ids := make([]sales.ID, 0, len(book.Products))
	for id := range book.Products {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var out []choice
	for _, id := range ids[:min(len(ids), 5)] {
		out = append(out, choice{id.String(), book.Products[id].Name})
	}
	return out
}

// askParty offers the competitors that were reported lately.
func (a *App) askParty(ctx context.Context, t bot.Turn, tx Tx, name string) (*slotQuestion, error) {
	list, err := tx.Filings(ctx, sales.FilingFilter{Kind: sales.FilingCompetitor, Scope: sales.Only(t.Person.ID), Limit: 50})
	if err != nil {
		return nil, err
	}
	q := &slotQuestion{slot: slotParty, text: "在" + name + "碰到哪家竞品?回名字就行。"}
	if name == "" {
		q.text = "碰到哪家竞品?回名字就行。"
	}
	for _, f := range list {
		if c := (choice{f.Party, f.Party}); f.Party != "" && !slices.Contains(q.choices, c) && len(q.choices) < 5 {
			q.choices = append(q.choices, c)
		}
	}
	return q, nil
}

// slotQuestionOf is the question for the first piece that lacks something.
func (a *App) slotQuestionOf(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, pieces []piece) (*visitQuestion, error) {
	for i, p := range pieces {
		q, err := a.missing(ctx, t, tx, book, p)
		if err != nil {
			return nil, err
		}
		if q == nil {
			continue
		}
		d.Slot, d.Choices, d.Options = fmt.Sprintf("%d.%s", i, q.slot), nil, nil
		out := &visitQuestion{topic: topicSlot, text: q.text}
		if len(q.choices) > 0 {
			pick := view.Pick{Key: pickKey(t, "slot"), Question: q.text}
			for k, c := range q.choices {
				d.Choices = append(d.Choices, c.value+"\t"+c.name)
				pick.Options = append(pick.Options, view.PickOption{Text: cutRunes(c.name, 10), Action: action("filing.slot", 0, d.At.Unix(), strconv.Itoa(k))})
			}
			out.pick = &pick
		}
		out.draft = d
		return out, nil
	}
	return nil, nil
}

// choices are the answers that were offered.
func (d visitDraft) choices() []choice {
	out := make([]choice, len(d.Choices))
	for i, c := range d.Choices {
		out[i].value, out[i].name, _ = strings.Cut(c, "\t")
	}
	return out
}

// fillSlots puts the answers given so far in their places.
func (d visitDraft) fillSlots(book *Book, pieces []piece) {
	for i := range pieces {
		for _, slot := range []string{slotTopic, slotParty, slotProduct, slotSentiment, slotAmount, slotText, slotDue, slotQuantity, slotPeople} {
			if v, ok := d.Slots[fmt.Sprintf("%d.%s", i, slot)]; ok {
				pieces[i].fillSlot(book, slot, v, d)
			}
		}
	}
}

func (p *piece) fillSlot(book *Book, slot, v string, d visitDraft) {
	kind := sales.FilingKind(p.kind)
	addText := func(s string) { p.text = strings.TrimSpace(p.text + " " + s) }
	switch slot {
	case slotParty:
		p.said.party = v
	case slotSentiment:
		if p.said.sentiment = v; sales.SentimentName(v) == "" {
			p.said.sentiment = sentimentOf(v)
			addText(v)
		}
	case slotTopic:
		p.said.topic = v
		if !slices.ContainsFunc(sales.Topics(kind), func(t sales.Topic) bool { return t.ID == v }) {
			if p.said.topic = topicOf(kind, v); p.said.topic == "" {
				p.said.topic = "other"
			}
			addText(v)
		}
	case slotAmount:
		if m, err := sales.ParseMoney(v); err == nil {
			p.said.amount = m
		}
	case slotProduct:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && book.Products[sales.ID(n)].ID != 0 {
			p.facts.products = append(p.facts.products, parse.ProductRef{ID: parse.ID(n)})
			addText(book.Products[sales.ID(n)].Name)
		} else {
			addText(v)
		}
	case slotQuantity:
		p.said.quantity = cutRunes(v, 30)
		p.text = bare(strings.Replace(p.text, oddCount(reCounted, p.text, maxSampled), "", 1))
	case slotPeople:
		p.said.people = ordinal(strings.TrimRight(v, "人位名个"))
		p.text = bare(strings.Replace(p.text, oddCount(reHeads, p.text, maxTaught), v, 1))
	case slotText:
		addText(v)
	case slotDue:
		p.facts.setDue(book, v, d)
	}
}

// likelyCustomers are those whom a filing without a customer is surely about: the one with a sample on its way of which there is
// news, the one whose contact is named in full. They are empty where nothing tells.
func (a *App) likelyCustomers(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft) ([]sales.ID, error) {
	var ids []sales.ID
	add := func(id sales.ID) {
		if id = book.Resolve(id); id != 0 && !slices.Contains(ids, id) && len(ids) < 4 {
			ids = append(ids, id)
		}
	}
	kind := sales.FilingKind(d.Kind)
	if kind == "" {
		kind = clauseKind(d.Text)
	}
	titled := reOutsider.FindStringSubmatch(d.Text)
	for id, c := range book.Customers.All() {
		if c.OwnerID != t.Person.ID {
			continue
		}
		if titled != nil && len(book.Parser.Index.Meant(parse.Spoken{Surname: titled[1], Title: titled[2]}, parse.ID(id))) > 0 {
			add(id)
		}
		for _, k := range book.Parser.Index.ContactsOf(parse.ID(id)) {
			if utf8.RuneCountInString(k.Name) > 1 && strings.Contains(d.Text, k.Name) {
				add(id)
			}
		}
	}
	if len(ids) > 0 || kind != sales.FilingSample {
		slices.Sort(ids)
		return ids, nil
	}
	s := said{}
	s.readSample(piece{}, d.Text)
	state := sampleStates[s.sample]
	if state == sales.FilingRequested {
		return nil, nil
	}
	list, err := tx.Filings(ctx, sales.FilingFilter{Kind: sales.FilingSample, Scope: sales.Only(t.Person.ID), Pending: true, Limit: 20})
	for _, f := range list {
		if slices.Index(sampleOrder, f.State) < slices.Index(sampleOrder, state) {
			add(f.CustomerID)
		}
	}
	return ids, err
}

// recentPick asks for the customer of a filing with the likely ones, else those the person was at lately.
func (a *App) recentPick(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft, ids ...sales.ID) (*visitQuestion, error) {
	for _, day := range []sales.Day{t.Today, t.Today.AddDays(-1)} {
		list, err := tx.VisitsOn(ctx, t.Person.ID, day)
		if err != nil {
			return nil, err
		}
		slices.Reverse(list)
		for _, v := range list {
			if !slices.Contains(ids, v.CustomerID) {
				ids = append(ids, v.CustomerID)
			}
		}
	}
	if len(ids) == 0 {
		ids = book.someOwn(t.Person.ID, 4)
	}
	d.Options, d.NewName = ids[:min(len(ids), 4)], ""
	q := customerPick(t, book, d, orWord(kindName(d.Kind), "这条")+"是哪家客户的?")
	if last := len(q.pick.Options) - 1; d.Kind == string(sales.FilingExpense) {
		q.pick.Options[last] = view.PickOption{Text: "不归客户", Action: action("visit.customer", 0, d.At.Unix(), "nobody")}
	} else {
		q.pick.Options = q.pick.Options[:last]
	}
	q.pick.Note = "不在里面就回客户名。"
	if len(q.pick.Options) == 0 {
		q.pick, q.text = nil, "是哪家客户?回客户名就行,简称也可以。"
	}
	return q, nil
}

// someOwn are a few of the person's customers, the first ones.
func (b *Book) someOwn(p sales.PersonID, n int) []sales.ID {
	var out []sales.ID
	for id, c := range b.Customers.All() {
		if c.OwnerID == p {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), n)]
}

// kindName is the kind of a draft in Chinese: of a filing, an action or a visit.
func kindName(kind string) string {
	if n := sales.FilingKind(kind).Name(); n != "" {
		return n
	}
	if n := sales.VisitAction(kind).Name(); n != "" {
		return n
	}
	if kind == pieceVisit {
		return "拜访"
	}
	return ""
}

// PickSlot takes a tapped answer to what was missing.
func (a *App) PickSlot(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, gone := a.openDraft(t, topicSlot)
	if gone != nil {
		return *gone, nil
	}
	i, err := strconv.Atoi(t.Action.Arg)
	if err != nil || i < 0 || i >= len(d.Choices) {
		return passPick(t, bot.Text("这一问过期了,没有改动。")), nil
	}
	reply, err := a.takeSlot(ctx, t, tx, d, d.choices()[i].value)
	return closePick(t, reply), err
}

// AnswerSlot takes a typed answer to what was missing: a number of the list, its words, or other words.
func (a *App) AnswerSlot(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[visitDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	said := bare(t.Text)
	_, slot, _ := strings.Cut(d.Slot, ".")
	for i, c := range d.choices() {
		if ordinal(said) == i+1 && slot != slotAmount || said == c.name {
			reply, err := a.takeSlot(ctx, t, tx, d, c.value)
			return d.answered(t, reply, "已选 "+c.name), err
		}
	}
	if isNo(t.Text) {
		return a.dropVisit(t, d), nil
	}
	news, err := a.isNews(ctx, t, tx)
	if err != nil || news || clauseKind(said) != "" {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	if slot == slotTopic {
		if reply, ok, err := a.oddTopic(t, d, said); ok || err != nil {
			return reply, err
		}
	}
	if slot == slotAmount {
		most := sales.Money(maxDealt - 1)
		if d.Kind == string(sales.FilingExpense) {
			most = maxSpent
		}
		if m, err := sales.ParseMoney(said); err != nil || m <= 0 || m > most {
			return bot.Text("金额没看懂:" + quoted(said, "") + "。回 45 或 1200 这样的数就行,不记了回 算了。"), nil
		}
	}
	if (slot == slotQuantity || slot == slotPeople) && !counts(slot, said) {
		return bot.Text("数量没看懂:" + quoted(said, "") + "。回 2台 或 12 这样的数就行,不记了回 算了。"), nil
	}
	if said == "" || len([]rune(said)) > 200 {
		return bot.Reply{}, bot.ErrNotMine
	}
	reply, err := a.takeSlot(ctx, t, tx, d, said)
	return d.answered(t, reply, "已答 "+cutRunes(said, 10)), err
}

// oddTopic judges an answer that names none of the kinds that were offered. Talk is asked about again, and what surely tells
// something else is not taken for the kind of a filing; ok is false for words of one's own.
func (a *App) oddTopic(t bot.Turn, d visitDraft, said string) (bot.Reply, bool, error) {
	kind := sales.FilingAfterSales
	for _, k := range []sales.FilingKind{sales.FilingExpense, sales.FilingComplaint} {
		if slices.Equal(d.choices(), topicChoices(k)) {
			kind = k
		}
	}
	n := utf8.RuneCountInString(said)
	switch {
	case topicOf(kind, said) != "":
		return bot.Reply{}, false, nil
	case isYes(said), reSmallTalk.MatchString(said):
		var names []string
		for i, c := range d.choices() {
			names = append(names, strconv.Itoa(i+1)+" "+c.name)
		}
		return bot.Text("还差一项:" + d.Question + "回 " + strings.Join(names, "、") + ",不记了回 算了。"), true, nil
	case kind == sales.FilingExpense && n > 8, len(reDigits.FindAllString(said, -1)) >= 6, reSentOff.MatchString(said):
		return bot.Reply{}, true, bot.ErrNotMine // no kind is called so: something else is told
	}
	return bot.Reply{}, false, nil
}

var (
	// reSmallTalk is what people say to nobody in particular.
	reSmallTalk = regexp.MustCompile(`^(?:好|好的|好吧|行|行吧|嗯+|哦+|噢+|ok|OK|收到|谢谢|辛苦了?|你好|在吗|哈+|呵+|(?:好|太|真)?(?:累|困|烦)(?:死|死了|了|啊|哦)*|下班了?|晚安|等等|等一下|稍等|不知道|随便|不懂|啥|什么|[?？!！。.]+)$`)
	// reSentOff tells of goods on their way.
	reSentOff = regexp.MustCompile(`^(?:已经|已)?(?:寄|发|送)(?:了|出|走|过去|到).*(?:顺丰|圆通|中通|韵达|申通|京东|德邦|快递|单号|[A-Za-z]{2}\d)`)
)

// counts reports whether an answer is a count that can be.
func counts(slot, said string) bool {
	unit := strings.TrimLeft(said, "0123456789０１２３４５６７８９一二两三四五六七八九十百千 ")
	most := maxSampled
	if slot == slotPeople {
		most = maxTaught
	}
	n := ordinal(strings.TrimSuffix(said, unit))
	return n > 0 && n <= most && utf8.RuneCountInString(unit) <= 6
}

func (a *App) takeSlot(ctx context.Context, t bot.Turn, tx Tx, d visitDraft, value string) (bot.Reply, error) {
	slots := map[string]string{d.Slot: value}
	for k, v := range d.Slots {
		if k != d.Slot {
			slots[k] = v
		}
	}
	d.Slots, d.Slot, d.Choices, d.Question = slots, "", nil, ""
	return a.understandVisit(ctx, t, tx, d, *closeTopic(t.Dialogue))
}

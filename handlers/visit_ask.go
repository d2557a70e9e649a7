package handlers

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// visitQuestion is the one question to ask about a visit, with its card when there is something to choose from.
type visitQuestion struct {
	topic, text string
	pick        *view.Pick
	draft       visitDraft
}

// questionOf finds what must be asked before a visit can be filed; nil when nothing must.
func questionOf(t bot.Turn, book *Book, d visitDraft, f facts) *visitQuestion {
	c := f.customer
	d.Options, d.NewName = nil, ""
	switch {
	case d.NoCustomer:
		return nil
	case c.ID != 0 && c.Fuzzy && d.Customer == 0:
		d.Options = []sales.ID{sales.ID(c.ID)}
		return customerPick(t, book, d, "是"+book.Customer(sales.ID(c.ID))+"吗?")
	case len(c.Candidates) > 0:
		d.Options = optionIDs(f.ask, parse.AskCustomer, c.Candidates)
		question := "是哪家" + quoted(c.Why.Text, "客户") + "?"
		if reTitled.MatchString(c.Why.Text) {
			question = c.Why.Text + "是哪家的?"
		}
		return customerPick(t, book, d, question)
	case c.ID == 0 && c.NewName != "":
		d.NewName = strings.TrimLeft(c.NewName, "的了")
		if whole := wordBehind(d.Text); utf8.RuneCountInString(whole) < maxCustomerName && reBranch.MatchString(strings.TrimPrefix(whole, d.NewName)) {
			d.NewName = whole
		}
		c.NewName = d.NewName
		question := "客户里还没有" + quoted(c.NewName, "") + ",新建吗?"
		if c.Fuzzy { // what the parser asks to confirm (AskConfirm), one at a time
			question = quoted(c.NewName, "") + "是新客户吗?"
		}
		return customerPick(t, book, d, question)
	case c.ID == 0 && !d.Free && firstName(d.Text) != "":
		d.NewName = firstName(d.Text)
		return customerPick(t, book, d, quoted(d.NewName, "")+"是新客户吗?")
	case c.ID == 0 && !d.Free && placeWord(d.Text) != "":
		d.NewName = placeWord(d.Text)
		return customerPick(t, book, d, quoted(d.NewName, "")+"是新客户吗?")
	case c.ID == 0 && d.Free && placeIn(d.Text) != "":
		d.NewName = placeIn(d.Text)
		return customerPick(t, book, d, quoted(d.NewName, "")+"是新客户吗?")
	case c.ID == 0:
		return &visitQuestion{topic: topicVisitCustomer, text: "是哪家客户?回客户名就行,简称也可以。", draft: d}
	}
	d.Customer = sales.ID(c.ID)
	switch {
	case len(f.contact.Candidates) > 0:
		d.Options = optionIDs(f.ask, parse.AskContact, f.contact.Candidates)
		return contactPick(book, d, f.contact.Why.Text)
	case d.Kind != "":
		return nil
	case !d.Told && d.Free && f.bareNames():
		name := book.Customer(d.Customer)
		d.Free = false
		return &visitQuestion{
			topic: topicVisitContent, draft: d, text: name + ":记拜访就回一句聊了什么,要看这家发 客户 " + name + "。不记回 算了。",
		}
	case !d.Told && f.bareNames():
		where := "去了" + book.Customer(d.Customer)
		if who := book.Contact(f.contactID()) + f.contact.NewName; who != "" {
			where = "见了" + who
		}
		return &visitQuestion{
			topic: topicVisitContent, draft: d,
			text: where + ",聊了什么?一句话就行:介绍了什么、嫌什么、答应了什么。没见到也说一声。",
		}
	}
	return nil
}

// firstName is what stands where a command wants the customer's name, when it can be one: the first word, of four
// characters or more, with nothing in it but characters of names.
func firstName(text string) string {
	name, rest := cutWord(strings.TrimPrefix(text, "拜访"))
	if rest != "" && kindWord(name) {
		name, rest = cutWord(rest)
	}
	if rest == "" {
		return ""
	}
	n := utf8.RuneCountInString(name)
	if tells(name) || n < 4 || n > 25 || strings.ContainsFunc(name, func(r rune) bool { return !unicode.Is(unicode.Han, r) && r != '(' && r != ')' }) {
		return ""
	}
	return name
}

// reBranch is what is part of a company behind its name.
var reBranch = regexp.MustCompile(`^\p{Han}{0,8}?(?:分公司|分部|分店|分厂|分院|院区|经营部|门市部|营业部|办事处)(?:第?[一二三四五六七八九十\d]{1,3})?$`)

// wordBehind is the first word behind a command.
func wordBehind(text string) string {
	name, rest := cutWord(strings.TrimPrefix(text, "拜访"))
	if rest != "" && kindWord(name) {
		name, _ = cutWord(rest)
	}
	return name
}

// placeWord is the first word behind a command when it is all of an institution's name, empty when it is not.
func placeWord(text string) string {
	name := wordBehind(text)
	if n := utf8.RuneCountInString(name); n < 4 || n >= maxCustomerName || tells(name) {
		return ""
	}
	for _, at := range rePlaceNamed.FindAllStringIndex(name, 8) {
		if at[1] == len(name) || reBranch.MatchString(name[at[1]:]) {
			return name
		}
	}
	return ""
}

// kindWord reports whether a word is the command of a record.
func kindWord(w string) bool {
	for _, k := range sales.FilingKinds {
		if w == k.Name() {
			return true
		}
	}
	for _, k := range sales.VisitActions {
		if w == k.Name() {
			return true
		}
	}
	return false
}

// isQuestion reports whether a text asks rather than tells.
func isQuestion(s string) bool {
	s = strings.TrimRight(s, " 。.")
	for _, end := range []string{"?", "\uff1f", "吗", "呢", "怎么样", "如何", "多少"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

// optionIDs are at most five candidates to choose from, in the order of the parser's question.
func optionIDs(ask *parse.Ask, field parse.AskField, candidates []parse.ID) []sales.ID {
	if ask != nil && ask.Field == field && len(ask.Candidates) == len(candidates) {
		candidates = ask.Candidates
	}
	var out []sales.ID
	for _, id := range candidates[:min(len(candidates), 5)] {
		out = append(out, sales.ID(id))
	}
	return out
}

// quoted is a word in quotes, or what stands for it when there is none.
func quoted(word, instead string) string {
	if word == "" {
		return instead
	}
	return "\"" + cutRunes(word, 20) + "\""
}

// askVisit asks in words and waits for the answer.
func (a *App) askVisit(t bot.Turn, topic string, d visitDraft, question string) (bot.Reply, error) {
	return a.askCard(t, visitQuestion{topic: topic, text: question, draft: d})
}

func (a *App) askCard(t bot.Turn, q visitQuestion) (bot.Reply, error) {
	if q.pick != nil {
		q.draft.Question = q.pick.Question
	}
	dialogue, err := a.ask(t, q.topic, q.draft)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.Text(q.text)
	if q.pick != nil {
		reply = bot.ShowCard(view.PickOne(*q.pick))
	}
	reply.Say = append(a.putAside(t, dialogue, q.draft.EventID), reply.Say...)
	reply.Dialogue = dialogue
	return reply, nil
}

// putAside keeps a draft that loses its question to another message, and tells so: it is not forgotten in silence.
func (a *App) putAside(t bot.Turn, d *sales.Dialogue, eventID string) []bot.Say {
	text, from := waitingDraft(t)
	if text == "" || from == eventID {
		return nil
	}
	told := "上一条还没记,先放下了:" + cutRunes(text, 40) + "。要记就再发一次。"
	if s, _, ok := openShelved(t); ok && shelve(d, s, t) {
		told = "上一条先放着,这条问完接着问:" + cutRunes(text, 40)
	}
	return []bot.Say{{Slot: "aside", Out: bot.Outgoing{Text: told}}}
}

// waitingDraft is what was said for the record that waits for an answer, and in which event.
func waitingDraft(t bot.Turn) (text, eventID string) {
	if d, open := openVisitDraft(t); open {
		return d.Text, d.EventID
	}
	if !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		return "", ""
	}
	switch t.Dialogue.Topic {
	case topicContract:
		if d, err := draft[contractDraft](t); err == nil {
			return "提交合同 " + d.Text, d.EventID
		}
	case topicDeal:
		if d, err := draft[dealDraft](t); err == nil {
			return d.Text, d.EventID
		}
	case topicQuote:
		if d, err := draft[quoteDraft](t); err == nil {
			return "报价 " + d.Text, d.EventID
		}
	case topicCustomer:
		if d, err := draft[customerDraft](t); err == nil {
			return "新客户 " + d.Name, ""
		}
	}
	return "", ""
}

func pickKey(t bot.Turn, what string) string { return fmt.Sprintf("pick:%s/%s", t.Person.ID, what) }

// customerPick offers the draft's options, and to create the customer that was named.
func customerPick(t bot.Turn, book *Book, d visitDraft, question string) *visitQuestion {
	p := view.Pick{Key: pickKey(t, "customer"), Question: question}
	put := func(text, arg string) {
		p.Options = append(p.Options, view.PickOption{Text: text, Action: action("visit.customer", 0, d.At.Unix(), arg)})
	}
	for i, id := range d.Options {
		text := book.Customer(id)
		if len(d.Options) > 1 {
			text += ownerMark(t, book.Customers.Of(id).OwnerID)
		}
		put(text, fmt.Sprint(i))
	}
	if d.NewName != "" {
		put("新建客户", "new")
	}
	none := "都不是"
	if len(p.Options) == 1 {
		none = "不是"
	}
	put(none, "none")
	return &visitQuestion{topic: topicVisitCustomer, pick: &p, draft: d}
}

// customersToPick are buttons for customers, each with whose it is; the argument of each is its place in the list.
func customersToPick(t bot.Turn, book *Book, ids []sales.ID, verb string, at time.Time) []view.PickOption {
	out := make([]view.PickOption, len(ids))
	for i, id := range ids {
		out[i] = view.PickOption{Text: book.Customer(id) + ownerMark(t, book.Customers.Of(id).OwnerID), Action: action(verb, 0, at.Unix(), strconv.Itoa(i))}
	}
	return out
}

func ownerMark(t bot.Turn, owner sales.PersonID) string {
	switch name := t.Org.Name(owner); {
	case owner == t.Person.ID:
		return "(你的客户)"
	case name != "":
		return "(" + name + "的客户)"
	}
	return "(公海)"
}

func contactPick(book *Book, d visitDraft, word string) *visitQuestion {
	p := view.Pick{Key: "pick:contact/" + d.EventID, Question: book.Customer(d.Customer) + "的" + quoted(word, "联系人") + "是哪位?"}
	for i, id := range d.Options {
		p.Options = append(p.Options, view.PickOption{Text: book.Contact(id), Action: action("visit.contact", 0, d.At.Unix(), fmt.Sprint(i))})
	}
	p.Options = append(p.Options, view.PickOption{Text: "都不是", Action: action("visit.contact", 0, d.At.Unix(), "none")})
	return &visitQuestion{topic: topicVisitContact, pick: &p, draft: d}
}

// answered closes the pick list of a question that was answered by typing, unless the reply asks with it again.
func (d visitDraft) answered(t bot.Turn, r bot.Reply, chosen string) bot.Reply {
	if d.Question == "" || t.Event.Kind == bot.Tapped {
		return r
	}
	key := pickKey(t, "customer")
	switch t.Dialogue.Topic {
	case topicVisitContact:
		key = "pick:contact/" + d.EventID
	case topicSlot:
		key = pickKey(t, "slot")
	}
	if slices.ContainsFunc(r.Say, func(s bot.Say) bool { return s.Out.Card != nil && s.Out.Card.Key == key }) {
		return r
	}
	r.Faces = append(r.Faces, view.PickClosed(key, d.Question, chosen))
	return r
}

// optionOf reads the number of an option, from 1, in a typed answer, or its name.
func optionOf(book *Book, answer string, options []sales.ID, name func(sales.ID) string) (sales.ID, bool) {
	answer = bare(answer)
	if n := ordinal(answer); n >= 1 && n <= len(options) {
		return options[n-1], true
	}
	if i := slices.IndexFunc(options, func(id sales.ID) bool { return answer == name(id) }); i >= 0 {
		return options[i], true
	}
	hit := slices.IndexFunc(options, func(id sales.ID) bool {
		return utf8.RuneCountInString(answer) > 1 && strings.Contains(name(id), answer)
	})
	if hit < 0 {
		return 0, false
	}
	return options[hit], true
}

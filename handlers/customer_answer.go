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

// maxDetails is how long an answer is at most, in characters, that gives the details of a new customer.
const maxDetails = 40

// detailsIn reads what an answer says of a customer whose name is known: phone, industry, who is there, in any order.
func detailsIn(book *Book, t bot.Turn, text string) parse.NewCustomer {
	n := book.Parser.NewCustomer(parse.Input{Text: "某某公司 " + text, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	n.Name = "" // it stands for the one that is known
	return personBefore(book, t, n, text)
}

// reIndustry are ends of words that are a line of business, and of hardly anybody's name.
var reIndustry = regexp.MustCompile(`[业工械属装化纺防产桥品材药疗育造电子车务易流件具]$|^(?:快消|其他|五金|金融|汽车|包装|批发|零售|外贸|餐饮|酒店|服装|政府|养老)$`)

// personBefore moves a word that stands where people put the contact, before the phone, from the industry to the contact:
// 嘉兴市妇幼保健院 沈洁 13711112222.
func personBefore(book *Book, t bot.Turn, n parse.NewCustomer, text string) parse.NewCustomer {
	w := n.Industry
	at := strings.Index(text, w)
	size := utf8.RuneCountInString(w)
	if w == "" || n.Contact.NewName != "" || n.Phone == "" || size < 2 || size > 3 || reIndustry.MatchString(w) ||
		at < 0 || !strings.ContainsAny(text[at+len(w):], "0123456789０１２３４５６７８９") {
		return n
	}
	p := book.Parser.NewCustomer(parse.Input{Text: "某某公司 联系人 " + w, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	if p.Contact.NewName != w {
		return n
	}
	n.Contact = p.Contact
	n.Industry, n.Notes, _ = strings.Cut(n.Notes, " ")
	return n
}

// answerPhone takes the answer to the question for the phone: the number, also amid other words. done is false when the
// draft goes on as it now is.
func (a *App) answerPhone(ctx context.Context, t bot.Turn, tx Tx, d *customerDraft) (reply bot.Reply, done bool, err error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, true, err
	}
	said := bare(t.Text)
	n := detailsIn(book, t, t.Text)
	switch digits := len(reDigits.FindAllString(said, -1)); {
	case n.Phone != "" && utf8.RuneCountInString(said) <= maxDetails:
		d.take(n)
		return bot.Reply{}, false, nil
	case digits > 0:
		d.Phone = t.Text
		return bot.Reply{}, false, nil
	case slices.Contains(industries, said) || reIndustry.MatchString(said) && utf8.RuneCountInString(said) <= 6:
		d.Industry = said
		reply, err = a.askCustomer(t, *d, "phone", "行业记下了:"+said+"。还差"+d.Name+"的联系电话。")
		return reply, true, err
	case isNo(said) || reNoPhone.MatchString(said):
		reply, err = a.askCustomer(t, *d, "phone", "没有联系电话建不了客户。先放着也行,问到了回号码;不建了回 取消。")
		return reply, true, err
	}
	res, err := a.read(ctx, t, tx, t.Text, t.Said())
	if err != nil {
		return bot.Reply{}, true, err
	}
	if clauseKind(said) != "" || slices.ContainsFunc(byCustomer(res), func(f facts) bool { return isNamed(f.customer) }) {
		return bot.Reply{}, true, bot.ErrNotMine
	}
	d.Phone = t.Text
	return bot.Reply{}, false, nil
}

var (
	reDigits  = regexp.MustCompile(`[0-9０-９]`)
	reNoPhone = regexp.MustCompile(`^(?:我|还|暂时|现在|目前)*(?:没有?|不知道|不清楚|没要到?|没问到?|忘了|回头|晚点|等会儿?|稍后)(?:电话|号码|手机|联系方式|要|问|补|再说|再补)*(?:了|呢|吧)?$`)
)

// withDetails goes on to make a new customer when the answer to whether it is one gives its details: that means yes.
func (a *App) withDetails(ctx context.Context, t bot.Turn, tx Tx, book *Book, d visitDraft) (bot.Reply, bool, error) {
	said := bare(t.Text)
	if first, rest := cutWord(said); rest != "" && isYes(first) {
		said = rest
	}
	if d.NewName == "" || utf8.RuneCountInString(said) > maxDetails {
		return bot.Reply{}, false, nil
	}
	n := detailsIn(book, t, said)
	if n.Phone == "" || n.Notes != "" {
		return bot.Reply{}, false, nil
	}
	if d.Create == nil {
		d.Create = &customerDraft{}
	} else {
		c := *d.Create
		d.Create = &c
	}
	d.Create.take(n)
	d.Create.Name = d.NewName
	reply, err := a.createForVisit(ctx, t, tx, d)
	return reply, true, err
}

// phoneIn is the one telephone number of a text; empty when there is none or more than one.
func phoneIn(text string) string {
	found := rePhoneIn.FindAllString(text, 2)
	if len(found) != 1 {
		return ""
	}
	phone, err := sales.ParsePhone(found[0])
	if err != nil {
		return ""
	}
	return string(phone)
}

var rePhoneIn = regexp.MustCompile(`\b1[3-9]\d{9}\b`)

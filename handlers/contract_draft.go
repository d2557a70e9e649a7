package handlers

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

// contractDraft is a contract that waits for an answer: which customer, how much, or its paper.
type contractDraft struct {
	At       time.Time   `json:"at"`
	EventID  string      `json:"event_id"`
	Group    *bot.Chat   `json:"group,omitempty"`
	Text     string      `json:"text"`
	Quote    sales.ID    `json:"quote,omitempty"` // it takes over
	Customer sales.ID    `json:"customer,omitempty"`
	Options  []sales.ID  `json:"options,omitempty"`
	Products []sales.ID  `json:"products,omitempty"`
	Amount   sales.Money `json:"amount,omitempty"`
	Prepay   int         `json:"prepay"`
	Payment  int         `json:"payment"`
	Delivery int         `json:"delivery"`
	Discount int         `json:"discount"`
	Files    []sales.ID  `json:"files,omitempty"`
	Asking   string      `json:"asking"`
}

// What a draft waits for.
const (
	askingText     = "text"
	askingCustomer = "customer"
	askingAmount   = "amount"
	askingFile     = "file"
)

func (d contractDraft) contract() sales.Contract {
	return sales.Contract{
		CustomerID: d.Customer, Products: d.Products, Amount: d.Amount, PrepayPercent: d.Prepay, PaymentDays: d.Payment,
		DeliveryDays: d.Delivery, DiscountPercent: d.Discount, Terms: cutRunes(d.Text, maxTerms),
	}
}

// take puts the terms a text says into the draft; it reports whether there were any.
func (d *contractDraft) take(w contractWords) bool {
	if w.Amount != 0 {
		d.Amount = w.Amount
	}
	for _, f := range []struct {
		to   *int
		said int
	}{{&d.Prepay, w.Prepay}, {&d.Payment, w.Payment}, {&d.Delivery, w.Delivery}, {&d.Discount, w.Discount}} {
		if f.said >= 0 {
			*f.to = f.said
		}
	}
	return w.anything()
}

// SubmitContract starts a contract (提交合同).
func (a *App) SubmitContract(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d := contractDraft{At: t.Now, EventID: t.Event.ID, Prepay: -1, Payment: -1, Delivery: -1, Discount: -1}
	if t.InGroup() {
		d.Group = &t.Event.Chat
	}
	for _, ref := range t.Dialogue.Last { // papers sent just before belong to it
		if ref.Kind == "file" && t.Now.Sub(ref.At.Time) < a.Settings.DraftFor && len(d.Files) < maxContractFiles {
			d.Files = append(d.Files, ref.ID)
		}
	}
	if strings.TrimSpace(t.Args) == "" {
		return a.askContract(t, d, askingText, "哪家客户,多少钱,什么条件?例:"+exampleContract)
	}
	return a.understandContract(ctx, t, tx, d, t.Args)
}

// understandContract reads a message into the draft and goes on with it.
func (a *App) understandContract(ctx context.Context, t bot.Turn, tx Tx, d contractDraft, text string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w := a.contractWords(t, book, text)
	d.take(w)
	d.Text = strings.TrimSpace(d.Text + " " + text)
	if len(w.Products) > 0 {
		d.Products = w.Products
	}
	switch customer := w.Customer; {
	case customer.ID != 0 && !customer.Fuzzy:
		d.Customer = sales.ID(customer.ID)
	case customer.ID != 0:
		d.Options = []sales.ID{sales.ID(customer.ID)}
	case len(customer.Candidates) > 0:
		d.Options = optionIDs(nil, parse.AskCustomer, customer.Candidates)
	}
	if w.Unclear && d.Amount == 0 {
		d.Asking = askingAmount
	}
	return a.continueContract(ctx, t, tx, book, d)
}

// contractWords reads what a message of this turn says of a contract.
func (a *App) contractWords(t bot.Turn, book *Book, text string) contractWords {
	return readContract(book.Parser, parse.Input{Text: text, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
}

// continueContract asks for the one thing that is missing, the paper last.
func (a *App) continueContract(ctx context.Context, t bot.Turn, tx Tx, book *Book, d contractDraft) (bot.Reply, error) {
	switch {
	case d.Customer == 0 && len(d.Options) > 0:
		reply, err := a.askContract(t, d, askingCustomer, "")
		p := view.Pick{Key: pickKey(t, "contract"), Question: "合同是哪家客户的?", Options: customersToPick(t, book, d.Options, "contract.customer", d.At)}
		p.Options = append(p.Options, view.PickOption{Text: "都不是", Action: action("contract.customer", 0, d.At.Unix(), "none")})
		reply.Say = bot.ShowCard(view.PickOne(p)).Say
		return reply, err
	case d.Customer == 0:
		return a.askContract(t, d, askingCustomer, "合同是哪家客户的?回客户名。还没建的先发:新客户 名称 电话 行业。")
	case d.Amount == 0 && d.Asking == askingAmount:
		if word := noSum(d.Text); word != "" {
			return a.askContract(t, d, askingAmount, "金额要大于 0,这里写了 "+word+"。回 128万 这样的数就行。")
		}
		return a.askContract(t, d, askingAmount, "金额没看懂,要一个准数。回 128万 这样的就行。")
	case d.Amount == 0:
		return a.askContract(t, d, askingAmount, book.Customer(d.Customer)+"这份合同多少钱?回 128万 这样的数。")
	}
	if d.Discount < 0 {
		c, _ := a.drafted(d)
		d.Discount = book.discountOf(d.Products, c.Amount)
	}
	return a.askPaper(ctx, t, tx, book, d)
}

func (a *App) askContract(t bot.Turn, d contractDraft, asking, question string) (bot.Reply, error) {
	d.Asking = asking
	dialogue, err := a.ask(t, topicContract, d)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text(question).Say, Dialogue: dialogue}, nil
}

// askPaper shows the draft and waits for the contract's paper. It goes to the person alone: it holds the amount, and the
// upload link is theirs.
func (a *App) askPaper(ctx context.Context, t bot.Turn, tx Tx, book *Book, d contractDraft) (bot.Reply, error) {
	files, err := filesOf(ctx, tx, d.Files)
	if err != nil {
		return bot.Reply{}, err
	}
	link := ""
	if len(files) == 0 {
		if link, err = a.uploadLink(t, tx); err != nil {
			return bot.Reply{}, err
		}
	}
	reply, err := a.askContract(t, d, askingFile, "")
	if err != nil {
		return bot.Reply{}, err
	}
	c, _ := a.drafted(d)
	findings, err := a.submitFindings(ctx, tx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	reply.Say = []bot.Say{{To: alone(t), Out: cardOut(a.draftCard(t, book, d, files, findings, link))}}
	if t.InGroup() {
		reply.Say = append(reply.Say, bot.Say{Out: bot.Outgoing{Text: book.Customer(d.Customer) + "的合同草稿发到你的单聊了,在那里传附件。"}, Slot: "group"})
	}
	return reply, nil
}

func (a *App) draftCard(t bot.Turn, book *Book, d contractDraft, files []sales.File, findings []sales.Finding, link string) cards.Card {
	c, taxed := a.drafted(d)
	v := view.ContractDraft{
		Taxed: taxed,
		Key:   draftKey(d, t.Person.ID), Contract: c, Customer: book.Customer(c.CustomerID), Products: book.ProductNames(c.Products),
		Findings: findings, Upload: link, At: d.At.Unix(),
	}
	for _, f := range files {
		v.Files = append(v.Files, f.Name)
	}
	return view.ContractDraftCard(v)
}

// AnswerContract takes the typed answer to what the draft waits for.
func (a *App) AnswerContract(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[contractDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if w := bare(t.Text); w == "取消" || w == "算了" || w == "不提交了" {
		return a.dropContract(t, book, d), nil
	}
	if news, err := a.isNews(ctx, t, tx); d.Asking != askingText && (err != nil || news) {
		return bot.Reply{}, firstErr(err, bot.ErrNotMine)
	}
	switch d.Asking {
	case askingText:
		return a.understandContract(ctx, t, tx, d, t.Text)
	case askingCustomer:
		return a.answerContractCustomer(ctx, t, tx, book, d)
	case askingAmount:
		w := a.contractWords(t, book, t.Text)
		if w.Below != "" {
			return a.askContract(t, d, askingAmount, "金额要大于 0:\""+w.Below+"\"。回 128万 这样的数就行。")
		}
		if w.Amount == 0 {
			return a.askContract(t, d, askingAmount, "金额没看懂:\""+cutRunes(t.Text, 20)+"\"。回 128万 这样的数就行。")
		}
		d.take(w)
		return a.continueContract(ctx, t, tx, book, d)
	}
	return a.answerPaper(ctx, t, tx, book, d)
}

func (a *App) answerContractCustomer(ctx context.Context, t bot.Turn, tx Tx, book *Book, d contractDraft) (bot.Reply, error) {
	n := ordinal(t.Text)
	switch id, ok := optionOf(book, t.Text, d.Options, book.Customer); {
	case ok:
		d.Customer = id
	case len(d.Options) == 1 && isYes(t.Text):
		d.Customer = d.Options[0]
	case len(d.Options) > 0 && (isNo(t.Text) || n == len(d.Options)+1):
		d.Options = nil
	default:
		if c := a.contractWords(t, book, t.Text).Customer; c.ID == 0 && len(c.Candidates) == 0 {
			return a.askContract(t, d, askingCustomer, "没找到客户\""+cutRunes(t.Text, 20)+"\"。写全称再回一次;还没建的先发:新客户 名称 电话 行业。")
		}
		d.Options = nil
		return a.understandContract(ctx, t, tx, d, t.Text)
	}
	return a.continueContract(ctx, t, tx, book, d)
}

// answerPaper takes what is typed while the draft waits for its paper: to go without, or a change of terms.
func (a *App) answerPaper(ctx context.Context, t bot.Turn, tx Tx, book *Book, d contractDraft) (bot.Reply, error) {
	switch bare(t.Text) {
	case "无附件", "没附件", "没有附件", "没有", "不传了", "无附件提交", "提交", "确认", "直接提交", "跳过":
		return a.submitDraft(ctx, t, tx, d)
	case "上传", "上传附件", "链接", "新链接", "重新上传": // the link was used or has expired
		return a.askPaper(ctx, t, tx, book, d)
	}
	if reListNumber.MatchString(bare(t.Text)) {
		return bot.Reply{}, bot.ErrNotMine // the number of some list is no amount
	}
	w := a.contractWords(t, book, reTermWrong.ReplaceAllString(bare(t.Text), "$1 "))
	if w.Below != "" && utf8.RuneCountInString(w.Rest) <= 6 {
		return bot.Text("金额要大于 0,这里写了 " + w.Below + ",没有改。例:金额改成128万"), nil
	}
	other := w.Customer.ID != 0 && sales.ID(w.Customer.ID) != d.Customer
	if !w.anything() || other || utf8.RuneCountInString(w.Rest) > 6 { // other news, not a change of these terms
		return bot.Reply{}, bot.ErrNotMine
	}
	if w.Amount != 0 && w.Discount < 0 {
		d.Discount = -1
	}
	d.take(w)
	d.Text = cutRunes(d.Text+";"+t.Text, maxTerms)
	return a.continueContract(ctx, t, tx, book, d)
}

// reListNumber is a number alone, as people choose from a list by.
var reListNumber = regexp.MustCompile(`^\d{1,2}$`)

// reTermWrong says that a term of the draft was wrong, before the right one: 那个金额写错了 是2.6万.
var reTermWrong = regexp.MustCompile(`^(?:那个|这个|刚才的?|刚才那个)?(?:合同)?(?:的)?(金额|总价|账期|预付|交期|付款)?(?:写错了?|报错了?|打错了?|错了|不对)[,，\s]*(?:应该)?(?:是|改成|改为)?`)

// submitDraft submits a draft with the papers it has.
func (a *App) submitDraft(ctx context.Context, t bot.Turn, tx Tx, d contractDraft, fresh ...sales.File) (bot.Reply, error) {
	files, err := filesOf(ctx, tx, d.Files, fresh...)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.fileContract(ctx, t, tx, d, files)
}

func (a *App) dropContract(t bot.Turn, book *Book, d contractDraft) bot.Reply {
	reply := bot.Reply{Dialogue: closeTopic(t.Dialogue)}
	reply.Faces = append(reply.Faces, view.ContractDraftClosed(draftKey(d, t.Person.ID), book.Customer(d.Customer), "没有提交"))
	if t.Event.Kind != bot.Tapped {
		reply.Say = bot.Text("好,合同没有提交,草稿已清掉。").Say
	}
	return reply
}

// openContractDraft is the draft a tapped card belongs to; gone is the explanation when it is not open any more.
func (a *App) openContractDraft(t bot.Turn, asking string) (contractDraft, *bot.Reply) {
	d, err := draft[contractDraft](t)
	if t.Dialogue.Topic != topicContract || err != nil || d.At.Unix() != t.Action.Version || d.Asking != asking || !t.Now.Before(t.Dialogue.ExpiresAt.Time) {
		r := closePick(t, bot.Text("这份草稿已经不在了,没有改动。要提交,重新发:"+exampleContract))
		return d, &r
	}
	return d, nil
}

// PickContractCustomer takes a tapped answer to "which customer".
func (a *App) PickContractCustomer(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, gone := a.openContractDraft(t, askingCustomer)
	if gone != nil {
		return *gone, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if i, err := strconv.Atoi(t.Action.Arg); err == nil && i >= 0 && i < len(d.Options) {
		d.Customer = d.Options[i]
	}
	d.Options = nil
	reply, err := a.continueContract(ctx, t, tx, book, d)
	return closePick(t, reply), err
}

// TapContractDraft submits a draft as it is, or drops it.
func (a *App) TapContractDraft(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, gone := a.openContractDraft(t, askingFile)
	if gone != nil {
		return *gone, nil
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if t.Action.Arg == "drop" {
		return a.dropContract(t, book, d), nil
	}
	return a.submitDraft(ctx, t, tx, d)
}

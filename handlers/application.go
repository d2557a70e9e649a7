package handlers

import (
	"context"
	"regexp"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

const (
	topicApplication   = "application.file"
	exampleApplication = "审批申请 绍兴市立医院 延长账期 客户月底才结账"
)

// ApplicationTx reads and writes applications.
type ApplicationTx interface {
	CreateApplication(a sales.Application)
	UpdateApplication(a sales.Application)
	ApplicationByID(ctx context.Context, id sales.ID) (sales.Application, error)
	ApplicationByNo(ctx context.Context, no string) (sales.Application, error)
	// ApplicationBySource reads what became of a source, OpenApplication the newest undecided one about a record and of a topic;
	// NotFound when there is none.
	ApplicationBySource(ctx context.Context, source string) (sales.Application, error)
	OpenApplication(ctx context.Context, kind string, id sales.ID, topic string) (sales.Application, error)
	ApplicationsOf(ctx context.Context, scope sales.Scope, limit int) ([]sales.Application, error)
}

// applicationDraft is an application that waits for its reason or topic.
type applicationDraft struct {
	Text string `json:"text"`
	// Lacks is what of its effect is asked for (lacksClass…), empty for its topic or reason.
	Lacks string `json:"lacks,omitempty"`
}

func (a *App) registerApplication(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "审批申请", Aliases: []string{"spsq", "提申请", "我要申请"}, Summary: "有事要领导批,提一份申请", Usage: "审批申请 客户 延长账期 客户月底才结账 金额 5万",
		Detail: "前面写是哪份单子(合同、报价、发货、发票、工单的编号)或哪家客户,再写事由和原因,有金额写 金额 5万。单子不写也行。\n常用的事由:" +
			strings.Join(sales.ApplicationTopics, "、") + ",也可以自己起。有的事由批了就自动办(放行、授信、级别);哪些能自动办,发 审批流程 看最后几行。批的过程和合同一样:同意、退回、驳回、撤回、催办都能用。发 审批申请 看最近的。",
		Example: a.applicationExample, Handle: privately(a.Apply),
	})
	r.Topic(topicApplication, a.AnswerApplication)
}

func (a *App) applicationExample(ctx context.Context, t bot.Turn, _ Tx) (string, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	if c, _ := book.ownCustomer(t.Person.ID); c != "" {
		return "审批申请 " + c + " 延长账期 客户月底才结账", nil
	}
	return "审批申请 费用超标 展会临时加了一个展位 金额 2万", nil
}

// Apply files an application, shows one, or lists the newest (审批申请).
func (a *App) Apply(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	args := strings.TrimSpace(t.Args)
	if k, no, rest := a.cutPaperNo(args, t.Today); no != "" && k == approval.General && rest == "" {
		return a.showQuote(ctx, t, tx, k, no)
	}
	if args == "" {
		list, err := tx.ApplicationsOf(ctx, a.paperScope(t), 8)
		if err != nil {
			return bot.Reply{}, err
		}
		return bot.Text(view.ApplicationList(list, t.Now)), nil
	}
	return a.readApplication(ctx, t, tx, args)
}

// AnswerApplication takes what an application lacked.
func (a *App) AnswerApplication(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[applicationDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	said := bare(t.Text)
	if isNo(said) || said == "取消" {
		return bot.Reply{Say: bot.Text("好,没有提申请。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	}
	return a.readApplication(ctx, t, tx, cutRunes(d.filled(said), 1000))
}

var reApplicationAmount = regexp.MustCompile(`金额\s*[:：]?\s*([0-9零一二三四五六七八九十百千万亿两.,¥]+元?)`)

// cutApplicationAmount takes 金额 5万 out of what was said; 0 when it is not there.
func cutApplicationAmount(text string) (rest string, m sales.Money) {
	at := reApplicationAmount.FindStringSubmatchIndex(text)
	if at == nil {
		return strings.TrimSpace(text), 0
	}
	if m = quoteMoney(text[at[2]:at[3]]); m == 0 {
		return strings.TrimSpace(text), 0
	}
	return strings.TrimSpace(text[:at[0]] + " " + text[at[1]:]), m
}

// readApplication files what was said, or asks for what is missing.
func (a *App) readApplication(ctx context.Context, t bot.Turn, tx Tx, text string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	if len([]rune(text)) > 1000 {
		return bot.Text("太长了,事由和原因 500 个字以内,细节放附件:批的时候发 补充 加编号。"), nil
	}
	asked, rest := cutConsent(text)
	rest, amount := cutApplicationAmount(rest)
	x, rest, err := a.applicationAbout(ctx, t, tx, book, rest)
	if err != nil {
		return bot.Reply{}, err
	}
	if amount > 0 {
		x.Amount = amount
	}
	var why string
	x.Topic, why = a.cutTopic(rest)
	x.Body = bare(why)
	if x.Topic == "" {
		return a.askApplication(t, applicationDraft{Text: text}, "申请什么?回事由和原因,例:延长账期 客户月底才结账。常用的:"+strings.Join(sales.ApplicationTopics[:6], "、")+"。不提了回 算了。")
	}
	x, lacks, refused := a.chooseEffect(x, asked)
	switch {
	case refused != "":
		return bot.Reply{Say: bot.Text(refused).Say, Dialogue: closeTopic(t.Dialogue)}, nil
	case x.Body == "":
		return a.askApplication(t, applicationDraft{Text: text}, "为什么要"+x.Topic+"?回一句,批的人会看到。不提了回 算了。")
	case lacks != "":
		return a.askApplication(t, applicationDraft{Text: text, Lacks: lacks}, lackingText(x, lacks))
	}
	x.Body = cutRunes(x.Body, sales.MaxApplication)
	for _, ref := range t.Dialogue.Last { // papers sent just before belong to it
		if ref.Kind == "file" && t.Now.Sub(ref.At.Time) < a.Settings.DraftFor && len(x.Files) < maxContractFiles {
			x.Files = append(x.Files, ref.ID)
		}
	}
	x, reply, err := a.fileApplication(ctx, t, tx, book, x)
	if err != nil || x.ID == 0 {
		return reply, err
	}
	dialogue := remember(closeTopic(t.Dialogue), "application", x.ID, t.Now)
	for _, id := range x.Files {
		dialogue.Last = forget(dialogue.Last, "file", id)
	}
	reply.Dialogue = dialogue
	return reply, nil
}

func (a *App) askApplication(t bot.Turn, d applicationDraft, question string) (bot.Reply, error) {
	d.Text = cutRunes(d.Text, 900)
	dialogue, err := a.ask(t, topicApplication, d)
	if err != nil {
		return bot.Reply{}, err
	}
	return bot.Reply{Say: bot.Text(question).Say, Dialogue: dialogue}, nil
}

// cutTopic takes what is asked for from the front: a usual word, else the first one.
func (a *App) cutTopic(text string) (topic, rest string) {
	text = bare(strings.TrimPrefix(bare(text), "申请"))
	for _, w := range a.topics() {
		if rest, ok := strings.CutPrefix(text, w); ok {
			return w, bare(rest)
		}
	}
	word, rest := cutWord(text)
	if len([]rune(word)) > sales.MaxTopic { // a sentence: what it is about in two words nobody can say but who asks
		return "其他", text
	}
	return word, rest
}

// aboutNo is a record named by its number.
type aboutNo struct {
	kind, noun, title string
	id, customer      sales.ID
	amount            sales.Money
}

// applicationAbout takes from the front which record an application is about, or which customer; none is neither.
func (a *App) applicationAbout(ctx context.Context, t bot.Turn, tx Tx, book *Book, text string) (x sales.Application, rest string, err error) {
	about, rest, err := a.aboutNumber(ctx, t, tx, text)
	if err != nil {
		return x, text, err
	}
	if about.id != 0 {
		title := strings.TrimSpace(about.title + " " + book.Customer(about.customer))
		return sales.Application{
			AboutKind: about.kind, AboutID: about.id, AboutTitle: cutRunes(about.noun+" "+title, 120), CustomerID: about.customer, Amount: about.amount,
		}, rest, nil
	}
	found, _ := book.Parser.FindCustomer(parse.Input{Text: text, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
	if found.ID == 0 || found.Fuzzy || !strings.HasPrefix(strings.TrimSpace(text), found.Why.Text) {
		return x, text, nil
	}
	id := sales.ID(found.ID)
	return sales.Application{
		AboutKind: "customer", AboutID: id, AboutTitle: "客户 " + book.Customer(id), CustomerID: id,
	}, bare(textBeside(text, found.Why)), nil
}

var reAnyNo = regexp.MustCompile(`^(?i)[a-z]{2,8}\d{4,8}-\d{1,6}`)

// aboutNumber reads the record whose number a text begins with, if the person may see it; none when it begins with no number.
func (a *App) aboutNumber(ctx context.Context, t bot.Turn, tx Tx, text string) (out aboutNo, rest string, err error) {
	for _, noun := range []string{"合同", "报价", "发货", "发票", "工单", "技术协议", "回款"} {
		text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), noun))
	}
	no := reAnyNo.FindString(text)
	if no == "" {
		return out, text, nil
	}
	rest, no = bare(text[len(no):]), strings.ToUpper(no)
	switch no[:2] {
	case "FH", "TH":
		s, err := tx.ShipmentByNo(ctx, no)
		if err == nil && !a.seesGoods(t, s.OwnerID) {
			err = noDoc(no)
		}
		return aboutNo{"shipment", "发货", s.No, s.ID, s.CustomerID, s.Amount}, rest, err
	case "FP", "HC":
		i, err := tx.InvoiceByNo(ctx, no)
		if err == nil && !a.seesMoney(t, i.OwnerID) {
			err = noDoc(no)
		}
		return aboutNo{"invoice", "发票", i.No, i.ID, i.CustomerID, i.Open}, rest, err
	case "GD":
		o, err := tx.WorkOrderByNo(ctx, no)
		if err != nil {
			return out, rest, err
		}
		w, err := a.loadWork(ctx, tx, o)
		if err == nil {
			err = mayReadWork(t, w)
		}
		return aboutNo{"workorder", "工单", strings.TrimSpace(o.No + " " + o.Title), o.ID, o.CustomerID, 0}, rest, err
	}
	k, no, rest := a.cutPaperNo(text, t.Today)
	p, r, err := paperByNo(ctx, tx, k, no)
	if err != nil {
		return out, rest, err
	}
	if err := mayReadPaper(t, p, r); err != nil {
		return out, rest, err
	}
	switch p := p.(type) {
	case contractPaper:
		return aboutNo{"contract", "合同", p.No, p.ID, p.CustomerID, p.Amount}, rest, nil
	case quotePaper:
		return aboutNo{"quote", "报价", p.No, p.ID, p.CustomerID, p.Amount}, rest, nil
	case agreementPaper:
		return aboutNo{"agreement", "技术协议", p.No, p.ID, p.CustomerID, 0}, rest, nil
	case applicationPaper:
		return out, rest, sales.Errorf(sales.Invalid, p.No+" 已经是一份申请。要补充发:补充 "+p.No+" 说明")
	}
	return out, rest, nil
}

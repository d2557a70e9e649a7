package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

const (
	topicContract    = "contract.file"
	topicResubmit    = "contract.resubmit"
	maxContractFiles = 10
	maxTerms         = 500 // runes kept of what was said
)

const exampleContract = "提交合同 绍兴市立医院 生化分析仪 128万 30%预付 交期45天"

func (a *App) registerContract(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "提交合同", Aliases: []string{"tjht", "合同提交"}, Glued: true, Summary: "提交一份合同审批",
		Usage:   "提交合同 客户 产品 金额 预付 交期",
		Detail:  "一句话:客户、产品、金额,再带预付比例、余款账期、交期、折扣。说完传附件,没有就回 无附件。法务和销售总监依次审,卡片上看进度。",
		Example: a.contractExample, Rank: map[sales.Role]int{sales.RoleRep: 2}, Handle: a.SubmitContract,
	})
	r.Command(bot.Command[Tx]{
		Name: "合同", Aliases: []string{"ht", "查合同"}, Summary: "看合同和审批进度", Usage: "合同 HT2026-018",
		Detail: "发 合同 列最近几份,发 合同 加编号看一份。能看的是提交人、他的上级、法务、财务和总监。",
		Rank:   map[sales.Role]int{sales.RoleFinance: 10, sales.RoleDirector: 5, sales.RoleLegal: 5}, Handle: a.ShowContract,
	})
	r.Command(bot.Command[Tx]{
		Name: "重新提交", Aliases: []string{"cxtj"}, Summary: "退回的合同改好再提交", Usage: "重新提交 HT2026-018 账期改成45天",
		Detail: "改了什么直接写在后面。回到退回的那一步接着审,前面同意过的不用再批。技术协议也这样改:重新提交 JX2026-001 检验标准 全检。", Handle: a.Resubmit,
	})
	r.Command(bot.Command[Tx]{
		Name: "附件", Aliases: []string{"fj"}, Summary: "要合同的附件", Usage: "附件 HT2026-018", Handle: a.PaperFiles,
	})
	r.Action("contract.customer", a.PickContractCustomer)
	r.Action("contract.draft", a.TapContractDraft)
	r.Topic(topicContract, a.AnswerContract)
	r.Topic(topicResubmit, a.AnswerResubmit)
}

func (a *App) contractExample(ctx context.Context, t bot.Turn, _ Tx) (string, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	c, _ := book.ownCustomer(t.Person.ID)
	if c == "" {
		return exampleContract, nil
	}
	return "提交合同 " + c + " 28万 30%预付 交期45天", nil
}

// fileContract numbers a contract, opens its approval and shows it to everyone whose turn it is. The draft is complete.
func (a *App) fileContract(ctx context.Context, t bot.Turn, tx Tx, d contractDraft, files []sales.File) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	c, _ := a.drafted(d)
	findings, err := a.submitFindings(ctx, tx, c)
	if err != nil {
		return bot.Reply{}, err
	}
	for _, f := range sales.Blocked(findings) {
		return bot.Text("提交不了," + f.Clause.ClauseName() + "不合制度:" + f.Sentence() + "。改掉这一项再提交一次,要破例先找总监。"), nil
	}
	c.ID, c.RequestID = tx.NewID(), tx.NewID()
	if c.OpportunityID, err = a.openOpportunity(ctx, t, tx, c.CustomerID, book.Line(c.Products)); err != nil {
		return bot.Reply{}, err
	}
	if c.No, err = a.nextNo(ctx, t, tx, approval.Contract); err != nil {
		return bot.Reply{}, err
	}
	c.OwnerID, c.TeamID, c.CreatedAt = t.Person.ID, t.Person.TeamID, sales.At(t.Now)
	c.SourceEventID, c.Version = d.EventID, 1
	for _, f := range files {
		c.Files = append(c.Files, f.ID)
	}
	o, err := a.open(ctx, t, tx, approval.Draft{
		ID: c.RequestID, Kind: approval.Contract, Record: c.ID, No: c.No, Title: contractTitle(book.Customer(c.CustomerID), c.Amount), Amount: c.Amount,
	}, a.contractFacts(t, book, c))
	if reply, ok := a.nobody(t, err); ok {
		return reply, nil
	}
	if err != nil {
		return bot.Reply{}, err
	}
	c.State = paperState(o.r.State)
	if err := a.contracted(ctx, t, tx, d, c); err != nil {
		return bot.Reply{}, err
	}
	a.keepTax(tx, c, d.Text)
	if o.r.State == approval.Pending {
		c.TurnAt = sales.At(t.Now)
	}
	tx.CreateContract(c)
	reply, err := a.filed(ctx, t, tx, o, filedPaper{
		p: contractPaper{c}, customer: c.CustomerID, group: d.Group, fresh: files, changes: []sales.Change{{Field: "金额", New: c.Amount.String()}},
	})
	if err != nil {
		return bot.Reply{}, err
	}
	reply.Faces = append(reply.Faces, view.ContractDraftClosed(draftKey(d, t.Person.ID), book.Customer(c.CustomerID), "已提交 "+c.No))
	dialogue := remember(closeTopic(t.Dialogue), "contract", c.ID, t.Now)
	for _, f := range files {
		dialogue.Last = forget(dialogue.Last, "file", f.ID)
	}
	reply.Dialogue = dialogue
	return reply, nil
}

func contractSubject(id sales.ID) string { return "contract:" + id.String() }

func contractTitle(customer string, amount sales.Money) string {
	return customer + " " + amount.Short()
}

func draftKey(d contractDraft, p sales.PersonID) string {
	return fmt.Sprintf("draft:%s/contract:%d", p, d.At.Unix())
}

// openOpportunity is the customer's open opportunity the contract belongs to: one's own first, of the same line first.
func (a *App) openOpportunity(ctx context.Context, t bot.Turn, tx Tx, customer sales.ID, line string) (sales.ID, error) {
	open, err := tx.OpenOpportunities(ctx, customer)
	if err != nil {
		return 0, err
	}
	o, _ := likeliest(open, t.Person.ID, line)
	return o.ID, nil
}

// uploadLink makes a one-time link to the upload page; empty when there are no pages. Only the hash of its token is kept.
func (a *App) uploadLink(t bot.Turn, tx Tx) (string, error) { return a.linkFor(t, tx, topicContract) }

// linkFor is a one-time link to the upload page, made for a topic; empty when the bot has no pages.
func (a *App) linkFor(t bot.Turn, tx Tx, topic string) (string, error) {
	if a.Settings.PublicURL == "" {
		return "", nil
	}
	b, err := a.Secret(32)
	if err != nil {
		return "", fmt.Errorf("make upload token: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(b)
	tx.CreateUpload(UploadHash(token), t.Person.ID, topic, sales.At(t.Now.Add(a.Settings.UploadFor)))
	return strings.TrimRight(a.Settings.PublicURL, "/") + "/u/" + token, nil
}

// UploadHash is what is kept of the token in an upload link: its SHA-256 in hexadecimal.
func UploadHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// viewOf puts a contract together with the names its cards show. files are those that are known.
func (a *App) viewOf(t bot.Turn, book *Book, c sales.Contract, r approval.Request, files []sales.File) view.Contract {
	v := view.Contract{
		Contract: c, Request: r, Customer: book.Customer(c.CustomerID), Class: book.Customers.Of(c.CustomerID).Class,
		Products: book.ProductNames(c.Products), Findings: view.Findings(c, a.Settings.Clauses),
		Wait: approval.Overdue(r, a.Calendar, t.Now), Now: t.Now,
	}
	if t.Card != nil {
		v.Face = t.Card.Version
	}
	for _, f := range files {
		v.Files = append(v.Files, f.Shown())
	}
	return v
}

// contractView reads what viewOf needs.
func (a *App) contractView(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, r approval.Request, fresh ...sales.File) (view.Contract, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return view.Contract{}, err
	}
	files, err := filesOf(ctx, tx, c.Files, fresh...)
	if err != nil {
		return view.Contract{}, err
	}
	v := a.viewOf(t, book, c, r, files)
	if v.Findings, err = a.submitFindings(ctx, tx, c); err != nil {
		return v, err
	}
	v.Elsewhere, err = a.elsewhere(ctx, tx, r)
	return v, err
}

// filesOf reads a record's attachments; those made in this turn are given.
func filesOf(ctx context.Context, tx Tx, ids []sales.ID, fresh ...sales.File) ([]sales.File, error) {
	var out []sales.File
next:
	for _, id := range ids {
		for _, f := range fresh {
			if f.ID == id {
				out = append(out, f)
				continue next
			}
		}
		f, err := tx.FileByID(ctx, id)
		if sales.KindOf(err) == sales.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// contractByNo reads a contract and its approval by the number people say.
func contractByNo(ctx context.Context, tx Tx, no string) (sales.Contract, approval.Request, error) {
	c, err := tx.ContractByNo(ctx, no)
	if sales.KindOf(err) == sales.NotFound {
		return c, approval.Request{}, missingPaper(sales.NotFound, approval.Contract, no)
	}
	if err != nil {
		return c, approval.Request{}, err
	}
	if c.RequestID == 0 { // taken over from before the bot came
		return c, approval.Request{}, sales.Errorf(sales.Conflict, c.No+" 是之前签好的合同,不走审批。")
	}
	r, err := tx.RequestByID(ctx, c.RequestID)
	return c, r, err
}

// mayRead refuses who may not see a record and its approval: its requester, those above, everyone with a part in the approval and
// those through whose hands the papers pass may.
func mayRead(t bot.Turn, no string, owner sales.PersonID, r approval.Request) error {
	if t.Org.ScopeOf(t.Person).Covers(owner) || t.Org.Above(t.Person, owner) || sales.SeesContracts(t.Person) {
		return nil // who has left is in nobody's list of members, but was somebody's
	}
	for _, p := range r.People() {
		if p.ID == t.Person.ID {
			return nil
		}
	}
	kind := r.Kind
	if r.ID == 0 {
		kind = approval.Contract
	}
	return missingPaper(sales.Forbidden, kind, no)
}

// missingPaper is what is said of a number that there is not, and of one that is none of the person's business: the same, so that
// nobody learns by trying numbers which there are.
func missingPaper(why sales.Kind, k approval.Kind, no string) error {
	return sales.Errorf(why, sales.NoSuch(k.Noun(), cutRunes(no, 20)))
}

// ShowContract shows one contract, or the newest ones (合同).
func (a *App) ShowContract(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	no, rest := a.cutContractNo(t.Args, t.Today)
	if no == "" {
		return a.listContracts(ctx, t, tx, rest)
	}
	c, r, err := contractByNo(ctx, tx, no)
	signed := c.ID != 0 && c.RequestID == 0
	if err != nil && !signed {
		return bot.Reply{}, err
	}
	if err := mayRead(t, c.No, c.OwnerID, r); err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, "contract.read", "contract", c.ID)
	if signed {
		book, err := a.Names.Book(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		return bot.Text(view.SignedContract(c, book.Customer(c.CustomerID), t.Org.Name(c.OwnerID), t.InGroup())), nil
	}
	v, err := a.contractView(ctx, t, tx, c, r)
	if err != nil {
		return bot.Reply{}, err
	}
	say := bot.Say{Out: cardOut(view.ContractForWatcher(v))}
	switch {
	case t.InGroup():
		say.Out = cardOut(view.ContractForGroup(v))
	case decides(r, t.Person.ID):
		say.Out = cardOut(view.ContractForStep(v, r.Step))
	case c.OwnerID == t.Person.ID:
		say.Out = cardOut(view.ContractForRequester(v))
	}
	return bot.Reply{Say: []bot.Say{say}}, nil
}

// listContracts lists the newest contracts the person may see, of one customer when words name one.
func (a *App) listContracts(ctx context.Context, t bot.Turn, tx Tx, words string) (bot.Reply, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	scope := t.Org.ScopeOf(t.Person)
	if sales.SeesContracts(t.Person) {
		scope.All = true
	}
	customer, limit := sales.ID(0), 8
	if words != "" {
		ref, _ := book.Parser.FindCustomer(parse.Input{Text: words, Now: t.Now.In(sales.Shanghai), User: parse.ID(t.Person.ID)})
		if customer, limit = sales.ID(ref.ID), 200; customer == 0 {
			return bot.Reply{}, bot.ErrNotMine
		}
	}
	cs, err := tx.ContractsOf(ctx, scope, limit)
	if err != nil {
		return bot.Reply{}, err
	}
	if customer != 0 {
		cs = slices.DeleteFunc(cs, func(c sales.Contract) bool { return c.CustomerID != customer })
		if len(cs) == 0 {
			return bot.Text(book.Customer(customer) + "还没有你能看的合同。"), nil
		}
		cs = cs[:min(len(cs), 8)]
	}
	var customers []sales.ID
	own := true
	for _, c := range cs {
		customers = append(customers, c.CustomerID)
		own = own && c.OwnerID == t.Person.ID
	}
	traceList(tx, t, "contracts", customers, own)
	return bot.Text(view.ContractList(cs, book.Customer, t.InGroup(), t.Now)), nil
}

// alone is the destination of what is for the acting person only: their single chat when others read along, else the
// chat they are in.
func alone(t bot.Turn) []sales.PersonID {
	if t.InGroup() {
		return []sales.PersonID{t.Person.ID}
	}
	return nil
}

func cardOut(c cards.Card) bot.Outgoing { return bot.Outgoing{Card: &c} }

// myTurn reports whether a request waits for a person.
func myTurn(r approval.Request, p sales.PersonID) bool {
	for _, q := range r.Turn() {
		if q.ID == p {
			return true
		}
	}
	return false
}

// PaperFiles sends a record's attachments to who may see it (附件).
func (a *App) PaperFiles(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, r, _, err := a.namedPaper(ctx, t, tx, t.Args, ownContract)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.sendFiles(ctx, t, tx, p, r)
}

// TapFiles sends the attachments by the button.
func (a *App) TapFiles(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, r, err := tappedPaper(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	return a.sendFiles(ctx, t, tx, p, r)
}

func (a *App) sendFiles(ctx context.Context, t bot.Turn, tx Tx, p paper, r approval.Request) (bot.Reply, error) {
	if err := mayReadPaper(t, p, r); err != nil {
		return bot.Reply{}, err
	}
	files, err := filesOf(ctx, tx, p.files())
	if err != nil {
		return bot.Reply{}, err
	}
	if len(files) == 0 {
		return bot.Text(p.no() + " 没有附件。"), nil
	}
	var reply bot.Reply
	var waiting, lost []string
	for i, f := range files {
		if _, err := a.back(ctx, tx, &f); err != nil {
			return bot.Reply{}, err
		}
		if f.State == sales.FileLost && f.SHA256 != "" { // it was here once: perhaps it can be made again
			reply.Say = append(reply.Say, bot.Say{To: alone(t), Slot: "file:" + strconv.Itoa(i), Out: bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name}}})
			continue
		}
		if f.State == sales.FileLost {
			lost = append(lost, f.Name)
			continue
		}
		if f.State != sales.FileKept {
			waiting = append(waiting, f.Name)
			continue
		}
		reply.Say = append(reply.Say, bot.Say{
			To: alone(t), Slot: "file:" + strconv.Itoa(i),
			Out: bot.Outgoing{File: &bot.File{ID: f.ID, Name: f.Name, Image: strings.HasPrefix(f.MIME, "image/")}},
		})
	}
	if len(waiting) > 0 {
		reply.Say = append(reply.Say, bot.Say{Out: bot.Outgoing{Text: "还没取到:" + strings.Join(waiting, "、") + "。过一会儿再发 附件 " + p.no() + "。"}})
	}
	if len(lost) > 0 {
		reply.Say = append(reply.Say, bot.Say{Slot: "lost", Out: bot.Outgoing{Text: "没收到:" + strings.Join(lost, "、") + "。要" + r.RequesterName + "重发:先发文件,再发 补充 " + p.no() + "。"}})
	}
	audit(tx, t, p.object()+".files", p.object(), p.id())
	return reply, nil
}

// TapDetail tells everything about a record to the one who tapped.
func (a *App) TapDetail(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	p, _, v, err := a.tappedView(ctx, t, tx)
	if err != nil {
		return bot.Reply{}, err
	}
	audit(tx, t, p.object()+".read", p.object(), p.id())
	return bot.Reply{Say: []bot.Say{{To: alone(t), Out: bot.Outgoing{Text: view.PaperDetail(v)}}}}, nil
}

package handlers

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/sales"
)

const topicLinkRecord = "link.record"

// platformNumber is the number of an approval on a platform.
type platformNumber struct{ number, platform string }

// maxNumbers bounds the numbers of one message.
const maxNumbers = 5

// approvalNumbers are the numbers of approvals on the platforms that a text holds.
func (a *App) approvalNumbers(text string) []platformNumber {
	if !hasLongCode(text) {
		return nil
	}
	var out []platformNumber
	low := strings.ToLower(text)
	for _, p := range a.Platforms {
		for _, n := range p.Numbers {
			for rest := text; len(out) < maxNumbers && n.May(low); {
				at := n.Form.FindStringSubmatchIndex(rest)
				if at == nil {
					break
				}
				out = append(out, platformNumber{rest[at[2]:at[3]], string(p.Platform)})
				rest = rest[at[3]:]
			}
		}
	}
	return out
}

// hasLongCode reports whether a text holds so many letters and digits in a row as the shortest number has. Hardly a
// message does, and the forms are dear.
func hasLongCode(text string) bool {
	const shortest = 12
	n := 0
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9', 'a' <= c|0x20 && c|0x20 <= 'z', c == '-', c == '_':
			if n++; n == shortest {
				return true
			}
		default:
			n = 0
		}
	}
	return false
}

// linkDraft is numbers that wait for the record they belong to.
type linkDraft struct {
	Numbers []platformNumberJSON `json:"numbers"`
	Options []sales.Ref          `json:"options"`
	At      time.Time            `json:"at"`
}

type platformNumberJSON struct {
	Number   string `json:"number"`
	Platform string `json:"platform"`
}

func (a *App) registerLinks(r *bot.Router[Tx]) {
	r.Command(bot.Command[Tx]{
		Name: "审批单", Aliases: []string{"spd", "审批单号", "审批编号"}, Summary: "要审批单 PDF;查或挂企业微信、钉钉审批单号", Usage: "审批单 HT2026-018 / 审批单 202603110001 HT2026-018",
		Detail: "只写合同、报价的编号就是要它的审批单 PDF,同 审批记录。把审批单号粘进聊天就行:一起写了合同号或拜访内容就挂到那条,写了客户就从那家的合同、商机、拜访里挑,都没写会问你挂哪条。挂过的再发一次单号就打开那条。", Handle: a.ApprovalNumber,
	})
	r.Action("link.record", a.PickLink)
	r.Topic(topicLinkRecord, a.AnswerLink)
}

// linkNumbers links the numbers of a draft's text to the record that was filed of it.
func (a *App) linkNumbers(t bot.Turn, tx Tx, d visitDraft, dialogue *sales.Dialogue) (bot.Reply, error) {
	numbers := a.approvalNumbers(d.Text)
	if len(numbers) == 0 || len(dialogue.Last) == 0 {
		return bot.Reply{}, nil
	}
	ref := dialogue.Last[0]
	if ref.Kind != "visit" && ref.Kind != "filing" && ref.Kind != "plan" {
		return bot.Reply{}, nil
	}
	for _, n := range numbers {
		a.link(t, tx, n, ref.Kind, ref.ID, 0)
	}
	return bot.Reply{}, nil
}

func (a *App) link(t bot.Turn, tx Tx, n platformNumber, kind string, id, customer sales.ID) {
	tx.LinkApproval(sales.ApprovalLink{
		Number: n.number, Platform: n.platform, SubjectKind: kind, SubjectID: id, CustomerID: customer, PersonID: t.Person.ID,
		LinkedAt: sales.At(t.Now), SourceEventID: t.Event.ID,
	})
	audit(tx, t, "approval.link", kind, id, sales.Change{Field: "审批单", New: n.number})
	emit(tx, t, "approval.linked", kind, id)
}

// pastedNumber answers a message that is hardly more than the number of an approval; ok is false for any other.
func (a *App) pastedNumber(ctx context.Context, t bot.Turn, tx Tx) (reply bot.Reply, ok bool, err error) {
	numbers := a.approvalNumbers(t.Text)
	if len(numbers) == 0 {
		return bot.Reply{}, false, nil
	}
	rest := t.Text
	for _, n := range numbers {
		rest = strings.Replace(rest, n.number, "", 1)
	}
	rest = reLinkNoise.ReplaceAllString(rest, "")
	if c := reContract.FindString(rest); c != "" {
		if reply, ok, err := a.linkContract(ctx, t, tx, numbers, c); ok || err != nil {
			return reply, ok, err
		}
	}
	if reply, ok, err := a.linkOfCustomer(ctx, t, tx, numbers, rest); ok || err != nil {
		return reply, ok, err
	}
	if len([]rune(bare(rest))) > 4 {
		return bot.Reply{}, false, nil
	}
	reply, err = a.askLink(ctx, t, tx, numbers, t.Dialogue.Last)
	return reply, true, err
}

var (
	reLinkNoise = regexp.MustCompile(`(?i)企业微信|企微|钉钉|审批(单号|编号|单|号)?|单号|编号|已?提交|了|通过|procInsId|processInstanceId|审批实例|[=:：]`)
	reContract  = regexp.MustCompile(`(?i)[A-Z]{2,4}\d{4}-\d{2,6}`)
)

func (a *App) linkContract(ctx context.Context, t bot.Turn, tx Tx, numbers []platformNumber, no string) (bot.Reply, bool, error) {
	c, err := tx.ContractByNo(ctx, strings.ToUpper(no))
	if err != nil && sales.KindOf(err) == sales.NotFound {
		return bot.Text("没有合同 " + strings.ToUpper(no) + ",或者不归你管,单号没挂。看合同号对不对。"), true, nil
	}
	if err != nil {
		return bot.Reply{}, false, err
	}
	if c.OwnerID != t.Person.ID && !sales.SeesContracts(t.Person) && !t.Org.ScopeOf(t.Person).Covers(c.OwnerID) {
		return bot.Text("没有合同 " + c.No + ",或者不归你管,单号没挂。看合同号对不对。"), true, nil
	}
	var said []string
	for _, n := range numbers {
		a.link(t, tx, n, "contract", c.ID, c.CustomerID)
		said = append(said, sales.PlatformName(n.platform)+"审批 "+n.number)
	}
	reply := bot.Text("已挂到合同 " + c.No + ":" + strings.Join(said, "、") + "。")
	reply.Faces, err = a.recordFaces(ctx, t, tx, sales.Ref{Kind: "contract", ID: c.ID})
	return reply, true, err
}

// askLink asks which of the records last filed the numbers belong to. One that is linked says to what.
func (a *App) askLink(ctx context.Context, t bot.Turn, tx Tx, numbers []platformNumber, among []sales.Ref) (bot.Reply, error) {
	d := linkDraft{At: t.Now}
	for _, n := range numbers {
		l, err := tx.ApprovalLink(ctx, n.number)
		if err == nil {
			return a.showLinked(ctx, t, tx, n, l)
		}
		if sales.KindOf(err) != sales.NotFound {
			return bot.Reply{}, err
		}
		d.Numbers = append(d.Numbers, platformNumberJSON{n.number, n.platform})
	}
	pick := view.Pick{Key: pickKey(t, "link"), Question: sales.PlatformName(numbers[0].platform) + "审批 " + numbers[0].number + " 挂到哪条?"}
	for _, ref := range among {
		if !linkable[ref.Kind] || len(d.Options) == maxNumbers {
			continue
		}
		name, err := a.recordName(ctx, t, tx, ref)
		if err != nil {
			return bot.Reply{}, err
		}
		pick.Options = append(pick.Options, view.PickOption{Text: name, Action: action("link.record", 0, d.At.Unix(), strconv.Itoa(len(d.Options)))})
		d.Options = append(d.Options, ref)
	}
	if len(d.Options) == 0 {
		return bot.Text("认出" + sales.PlatformName(numbers[0].platform) + "审批单号 " + numbers[0].number + "。要挂到合同就发:审批单 " + numbers[0].number + " 合同号;也可以和拜访写在一起发。"), nil
	}
	pick.Options = append(pick.Options, view.PickOption{Text: "都不是", Action: action("link.record", 0, d.At.Unix(), "none")})
	dialogue, err := a.ask(t, topicLinkRecord, d)
	if err != nil {
		return bot.Reply{}, err
	}
	reply := bot.ShowCard(view.PickOne(pick))
	reply.Dialogue = dialogue
	return reply, nil
}

// recordName is what a record is called in a list: "拜访 绍兴市立医院 3月11日 周三".
func (a *App) recordName(ctx context.Context, t bot.Turn, tx Tx, ref sales.Ref) (string, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return "", err
	}
	name := "这条记录"
	switch ref.Kind {
	case "visit":
		v, err := tx.VisitByID(ctx, ref.ID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return "", err
		}
		name = "拜访 " + book.Customer(v.CustomerID) + " " + v.Day.Chinese()
	case "filing":
		f, err := tx.FilingByID(ctx, ref.ID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return "", err
		}
		name = f.Kind.Name() + " " + book.Customer(f.CustomerID) + " " + f.Day.Chinese()
	case "plan":
		p, err := tx.PlanByID(ctx, ref.ID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return "", err
		}
		name = "计划 " + view.PlanLine(p, book.Customer, t.Today)
	case "opportunity":
		o, err := tx.OpportunityByID(ctx, ref.ID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return "", err
		}
		name = "商机 " + book.Customer(o.CustomerID) + " " + o.StageName()
	case "contract":
		c, err := tx.ContractByID(ctx, ref.ID)
		if err != nil && sales.KindOf(err) != sales.NotFound {
			return "", err
		}
		name = "合同 " + c.No
	}
	return strings.TrimSpace(name), nil
}

// PickLink takes the record that was tapped.
func (a *App) PickLink(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[linkDraft](t)
	if t.Dialogue.Topic != topicLinkRecord || err != nil || d.At.Unix() != t.Action.Version {
		return passPick(t, bot.Text("这一问过期了,没有改动。单号再发一次就行。")), nil
	}
	i, err := strconv.Atoi(t.Action.Arg)
	if err != nil || i < 0 || i >= len(d.Options) {
		return closePick(t, a.dropLink(t)), nil
	}
	reply, err := a.linkPicked(ctx, t, tx, d, d.Options[i])
	return closePick(t, reply), err
}

func (a *App) dropLink(t bot.Turn) bot.Reply {
	return bot.Reply{Say: bot.Text("好,先不挂。要挂到合同就发:审批单 单号 合同号。").Say, Dialogue: closeTopic(t.Dialogue)}
}

// AnswerLink takes the record by its number in the list, or a contract by its own.
func (a *App) AnswerLink(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[linkDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	switch n := ordinal(t.Text); {
	case n >= 1 && n <= len(d.Options):
		return a.linkPicked(ctx, t, tx, d, d.Options[n-1])
	case isNo(t.Text) || n == len(d.Options)+1:
		return a.dropLink(t), nil
	}
	if no := reContract.FindString(t.Text); no != "" {
		reply, _, err := a.linkContract(ctx, t, tx, d.numbers(), no)
		reply.Dialogue = closeTopic(t.Dialogue)
		return reply, err
	}
	return bot.Reply{}, bot.ErrNotMine
}

func (d linkDraft) numbers() []platformNumber {
	out := make([]platformNumber, len(d.Numbers))
	for i, n := range d.Numbers {
		out[i] = platformNumber{n.Number, n.Platform}
	}
	return out
}

func (a *App) linkPicked(ctx context.Context, t bot.Turn, tx Tx, d linkDraft, ref sales.Ref) (bot.Reply, error) {
	name, err := a.recordName(ctx, t, tx, ref)
	if err != nil {
		return bot.Reply{}, err
	}
	var said []string
	for _, n := range d.numbers() {
		a.link(t, tx, n, ref.Kind, ref.ID, 0)
		said = append(said, n.number)
	}
	reply := bot.Text("已挂到 " + name + ":审批 " + strings.Join(said, "、") + "。")
	reply.Dialogue = closeTopic(t.Dialogue)
	if ref.Kind != "visit" {
		reply.Faces, err = a.recordFaces(ctx, t, tx, ref)
		return reply, err
	}
	if ref.Kind == "visit" {
		v, err := tx.VisitByID(ctx, ref.ID)
		if err != nil {
			return bot.Reply{}, err
		}
		book, err := a.Names.Book(ctx)
		if err != nil {
			return bot.Reply{}, err
		}
		faces, err := a.visitFaces(ctx, t, tx, book, v, func(vv *view.Visit) { vv.Approvals = append(vv.Approvals, said...) })
		reply.Faces = faces
		return reply, err
	}
	return reply, nil
}

// ApprovalNumber looks the number of an approval up, or links it: 审批单 202603110001 HT2026-018.
func (a *App) ApprovalNumber(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if len(a.approvalNumbers(t.Args)) == 0 {
		if _, no, _ := a.cutPaperNo(t.Args, t.Today); no != "" || bare(t.Args) == "" {
			return a.ApprovalRecord(ctx, t, tx)
		}
	}
	t.Text = t.Args
	reply, ok, err := a.pastedNumber(ctx, t, tx)
	if ok || err != nil {
		return reply, err
	}
	var forms []string
	for _, p := range slices.Backward(a.Platforms) {
		forms = append(forms, sales.PlatformName(string(p.Platform))+"的是 "+p.NumberForm)
	}
	return bot.Text("单号没看懂:" + quoted(bare(t.Args), "") + "。" + strings.Join(forms, ",") + "。"), nil
}

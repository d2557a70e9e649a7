package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// silentDays is after how many days an order the ERP has not answered is a difference.
const silentDays = 2

func (a *App) registerAlign(r *bot.Router[Tx], roles []sales.Role) {
	r.Command(bot.Command[Tx]{
		Name: "对齐", Aliases: []string{"dq", "三端对齐"}, Summary: "合同、ERP、单据、拜访对不上的", Usage: "对齐 / 对齐 公司 / 对齐 HT2026-018",
		Detail: "ERP 没接单、没收到单或金额、发货、开票不一样,合同和批过的报价、审批单、平台审批对不上,有票没合同,签了 30 天没发货,签约前没有拜访记录,每条写着找谁。" +
			"处理完点一下,或发 对齐 处理 HT2026-018 原因;数又变了会再出来。写合同号看这一单各边是什么样。",
		Roles: roles, Handle: a.Alignment,
	})
	r.Action("align.done", a.TapGap)
	r.Action("align.show", a.TapAlignment)
}

// Alignment lists in what contracts, ERP, papers and visits do not go together (三端对齐), each with who is to look at it.
func (a *App) Alignment(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	if t.InGroup() {
		return bot.Text("对齐单聊我看:金额不放群里。"), nil
	}
	word, rest := cutWord(strings.TrimSpace(narrow(cutRunes(t.Args, 120))))
	if word == "处理" || word == "已处理" {
		return a.closeGaps(ctx, t, tx, rest)
	}
	if no, _ := a.cutContractNo(strings.ToUpper(word), t.Today); no != "" && len(word) > 4 {
		c, err := tx.ContractByNo(ctx, no)
		if err != nil {
			return bot.Reply{}, err
		}
		card, err := a.alignDeal(ctx, t, tx, c)
		if err != nil {
			return bot.Reply{}, err
		}
		return bot.ShowCard(card), nil
	}
	page, args := 0, narrow(cutRunes(t.Args, 120))
	if m := rePage.FindStringSubmatchIndex(args); m != nil {
		n, _ := strconv.Atoi(args[m[2]:m[3]])
		page, args = max(n-1, 0), args[:m[0]]+" "+args[m[1]:]
	}
	s, err := a.readMoneyScope(ctx, t, args)
	if err != nil {
		return bot.Reply{}, err
	}
	if s.customer != 0 {
		return bot.Text("对齐按人看:对齐 我、对齐 团队、对齐 公司,或写同事的姓名。看一单写合同号:对齐 HT2026-018"), nil
	}
	audit(tx, t, "alignment.read", "person", sales.ID(t.Person.ID))
	card, err := a.alignCard(ctx, t, tx, s, "", page)
	return bot.ShowCard(card), err
}

// TapAlignment turns to another page.
func (a *App) TapAlignment(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	token, word, _ := strings.Cut(t.Action.Arg, ",")
	page, err := strconv.Atoi(word)
	if err != nil || t.InGroup() {
		return bot.Text("这个按钮已失效。发 对齐 重新看。"), nil
	}
	s, err := a.moneyScopeOf(ctx, t, token)
	if err != nil {
		return bot.Reply{}, err
	}
	card, err := a.alignCard(ctx, t, tx, s, "", page)
	return a.turned(t, card), err
}

// gaps are the differences of people in scope, or of one contract, that nobody has dealt with, and how many were.
func (a *App) gaps(ctx context.Context, t bot.Turn, tx Tx, scope sales.Scope, contract sales.ID) (open []view.GapLine, done map[string]sales.GapAnswer, err error) {
	w := sales.GapsWanted{Scope: scope, Contract: contract, Since: sales.At(t.Today.AddDays(-gapDays).Start()), Limit: maxGaps}
	list, err := tx.OrderGaps(ctx, w, sales.At(t.Now.AddDate(0, 0, -silentDays)), a.Settings.Cash.Tolerance)
	if err != nil {
		return nil, nil, err
	}
	papers, err := tx.PaperGaps(ctx, w, sales.At(t.Now.AddDate(0, 0, -silentDays)), a.Settings.Cash.ERP, a.Settings.Cash.Tolerance)
	if err != nil {
		return nil, nil, err
	}
	more, err := tx.Gaps(ctx, w, sales.At(t.Today.AddDays(-stillDays).Start()))
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(more, func(x, y sales.Gap) int { return y.Since.Time.Compare(x.Since.Time) })
	list = append(append(list, papers...), more...) // what the ERP says first, then approvals, then the newest
	keys := make([]string, len(list))
	for k, g := range list {
		keys[k] = g.Key()
	}
	if done, err = tx.GapAnswers(ctx, keys); err != nil {
		return nil, nil, err
	}
	for _, g := range list {
		if _, ok := done[g.Key()]; !ok {
			who := a.gapOwner(t, g)
			open = append(open, view.GapLine{Gap: g, Who: t.Org.Name(who), Own: who == t.Person.ID, Mine: a.mayCloseGap(t, g, who)})
		}
	}
	return open, done, nil
}

// gapOwner is who is to look at a difference: somebody of the role it is for, else the contract's owner.
func (a *App) gapOwner(t bot.Turn, g sales.Gap) sales.PersonID {
	if role := g.Role(); role != "" {
		for _, p := range t.Org.WithRole(role) {
			if p.Active {
				return p.ID
			}
		}
	}
	return g.OwnerID
}

func (a *App) mayCloseGap(t bot.Turn, g sales.Gap, who sales.PersonID) bool {
	role := g.Role()
	return t.Person.ID == who || role != "" && t.Person.Has(role) || t.Org.ScopeOf(t.Person).Covers(g.OwnerID) || t.Person.Has(sales.RoleFinance)
}

func (a *App) alignCard(ctx context.Context, t bot.Turn, tx Tx, s moneyScope, closed string, page int) (view.Face, error) {
	book, err := a.Names.Book(ctx)
	if err != nil {
		return view.Face{}, err
	}
	open, done, err := a.gaps(ctx, t, tx, s.scope, 0)
	if err != nil {
		return view.Face{}, err
	}
	n := len(done)
	if closed != "" {
		was := len(open)
		open = slices.DeleteFunc(open, func(g view.GapLine) bool { return g.Key() == closed })
		n += was - len(open)
	}
	v := view.Align{Person: t.Person.ID, Scope: s.name, Token: s.token, Open: len(open), Done: n, Customer: book.Customer, Today: t.Today}
	v.Page = min(max(page, 0), max(len(open)-1, 0)/view.GapsShown)
	from := v.Page * view.GapsShown
	v.List, v.More = open[from:min(from+view.GapsShown, len(open))], from+view.GapsShown < len(open)
	return view.AlignCard(v), nil
}

// alignDeal lays one deal side by side.
func (a *App) alignDeal(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, closed ...string) (view.Face, error) {
	if !a.seesMoney(t, c.OwnerID) {
		return view.Face{}, sales.Errorf(sales.Forbidden, sales.NoSuch("合同", c.No))
	}
	book, err := a.Names.Book(ctx)
	if err != nil {
		return view.Face{}, err
	}
	v := view.AlignDeal{Contract: c, Customer: book.Customer(c.CustomerID), Owner: t.Org.Name(c.OwnerID), Today: t.Today, Person: t.Person.ID}
	if v.ERP, err = tx.ERPOrderOf(ctx, c.ID); err != nil {
		return view.Face{}, err
	}
	if v.Cash, err = tx.ContractCashOf(ctx, c.ID); err != nil {
		return view.Face{}, err
	}
	if v.Visits, v.CheckIns, v.LastVisit, err = tx.VisitsBefore(ctx, c.CustomerID, c.CreatedAt); err != nil {
		return view.Face{}, err
	}
	if v.Approved, v.Native, err = approvedWhere(ctx, tx, c); err != nil {
		return view.Face{}, err
	}
	q, err := tx.QuoteOfContract(ctx, c)
	if err != nil {
		return view.Face{}, err
	}
	if q.Version > 0 {
		v.Quote = "报价 " + q.No + " " + q.Amount.String()
	}
	open, done, err := a.gaps(ctx, t, tx, sales.Only(c.OwnerID), c.ID)
	if err != nil {
		return view.Face{}, err
	}
	for _, g := range open {
		if g.No == c.No && !slices.Contains(closed, g.Key()) {
			v.List = append(v.List, g)
		}
	}
	for key, d := range done {
		if strings.Contains(key, ":"+c.No+":") {
			v.Done = append(v.Done, t.Org.Name(d.PersonID)+" "+sales.FormatMoment(d.At.Time)+" 处理过:"+orElse(d.Note, "没写原因"))
		}
	}
	if len(closed) > 0 {
		v.Done = append(v.Done, t.Org.Name(t.Person.ID)+" "+sales.FormatMoment(t.Now)+" 处理过")
	}
	slices.Sort(v.Done)
	audit(tx, t, "alignment.read", "contract", c.ID)
	return view.AlignDealCard(v), nil
}

// approvedWhere says how far the approval of a contract is here, and in the platform's own approval.
func approvedWhere(ctx context.Context, tx Tx, c sales.Contract) (here, native string, err error) {
	if c.RequestID == 0 {
		return "接手时已签", "", nil
	}
	r, err := tx.RequestByID(ctx, c.RequestID)
	if err != nil {
		return "", "", err
	}
	here = map[bool]string{true: "已批", false: "没批完"}[r.State == approval.Approved]
	if !r.DecidedAt.IsZero() {
		here += " " + sales.FormatMoment(r.DecidedAt.Time)
	}
	n, err := tx.NativeByRequest(ctx, c.RequestID)
	switch {
	case err == nil:
		native = view.NativeText(n)
	case sales.KindOf(err) != sales.NotFound:
		return "", "", err
	}
	return here, native, nil
}

// TapGap says that a difference was dealt with.
func (a *App) TapGap(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	open, _, err := a.gaps(ctx, t, tx, cashScope(t), 0)
	if err != nil {
		return bot.Reply{}, err
	}
	k := slices.IndexFunc(open, func(g view.GapLine) bool { return g.Key() == t.Action.Arg })
	if k < 0 {
		return bot.Text("这一条已经对上或处理过了,没有再改动。发 对齐 看现在的。"), nil
	}
	g := open[k]
	if !g.Mine || t.InGroup() {
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "这一条由"+orElse(g.Who, "负责人")+"、他的上级或财务来定。")
	}
	a.closeGap(t, tx, g.Gap, "")
	token := ""
	if t.Card != nil {
		_, token, _ = strings.Cut(t.Card.Face.Key, "/")
	}
	if id, err := sales.ParseID(token); err == nil && id == g.ContractID && id != 0 {
		c, err := tx.ContractByID(ctx, id)
		if err != nil {
			return bot.Reply{}, err
		}
		card, err := a.alignDeal(ctx, t, tx, c, g.Key())
		return a.turned(t, card), err
	}
	word := map[string]string{"all": "公司", "team": "团队", "me": "我"}[token]
	if id, err := sales.ParseID(strings.TrimPrefix(token, "p")); err == nil && strings.HasPrefix(token, "p") {
		word = t.Org.Name(sales.PersonID(id))
	}
	s, err := a.readMoneyScope(ctx, t, word)
	if err != nil {
		return bot.Reply{}, err
	}
	card, err := a.alignCard(ctx, t, tx, s, g.Key(), 0)
	return a.turned(t, card), err
}

func (a *App) closeGap(t bot.Turn, tx Tx, g sales.Gap, note string) {
	tx.AnswerGap(sales.GapAnswer{Gap: g.Key(), PersonID: t.Person.ID, Note: note, At: sales.At(t.Now)})
	kind, id := "contract", g.ContractID
	if id == 0 {
		kind, id = "customer", g.CustomerID
	}
	audit(tx, t, "alignment.close", kind, id, sales.Change{Field: g.Title(), Old: g.No, New: orElse(note, "已处理")})
	emit(tx, t, "alignment.closed", kind, id)
}

// closeGaps says by words that the differences of a paper were dealt with, and why.
func (a *App) closeGaps(ctx context.Context, t bot.Turn, tx Tx, rest string) (bot.Reply, error) {
	no, why := cutWord(rest)
	if no == "" {
		return bot.Text("哪一单处理好了?例:对齐 处理 HT2026-018 ERP 已改"), nil
	}
	open, _, err := a.gaps(ctx, t, tx, cashScope(t), 0)
	if err != nil {
		return bot.Reply{}, err
	}
	n, others := 0, ""
	for _, g := range open {
		switch {
		case !strings.EqualFold(g.No, no):
		case !g.Mine:
			others = g.Who
		default:
			a.closeGap(t, tx, g.Gap, cutRunes(why, 60))
			n++
		}
	}
	switch {
	case n > 0:
		return bot.Text(strings.ToUpper(no) + " 的 " + itoa(n) + " 条记成处理过了。数再变会再提出来。"), nil
	case others != "":
		return bot.Reply{}, sales.Errorf(sales.Forbidden, "这一条由"+others+"、他的上级或财务来定。")
	}
	return bot.Text(cutRunes(strings.ToUpper(no), 20) + " 没有对不上的。发 对齐 看有哪些。"), nil
}

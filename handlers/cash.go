package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"salesflow/bot"
	"salesflow/bot/parse"
	"salesflow/cards/view"
	"salesflow/store/approval"
	"salesflow/store/sales"
)

// CashSettings are the numbers a company sets for the way from contract to cash.
type CashSettings struct {
	// Tolerance is by how much contract, invoice and payment may differ and still agree.
	Tolerance sales.Money
	// TermDays is when an invoice is due whose contract says nothing.
	TermDays int
	// DeliveryCalendar is true when promised days can be asked of a calendar.
	DeliveryCalendar bool
	// ERP is true when an ERP is told of signed contracts, EInvoice when an e-invoice service can be asked.
	ERP, EInvoice bool
	// Mail is true when there is a mail server.
	Mail bool
	// OpeningQuiet is for how many days nobody is reminded of opening balances.
	OpeningQuiet int
	// StatementDiff is from which difference in percent on a statement finance is alerted.
	StatementDiff int
}

const topicCashContract = "cash.contract"

// cashDeed is what is done about a contract on its way to cash.
type cashDeed func(ctx context.Context, t bot.Turn, tx Tx, c sales.Contract, w cashWords) (bot.Reply, error)

// cashVerb is a deed with what finding its contract must know.
type cashVerb struct {
	name  string // the command
	do    cashDeed
	tense parse.Tense
	form  string
	// left tells contracts on which the deed can still be done, where a customer has several; nil is all.
	left func(s sales.ContractCash) bool
	// files says that the deed keeps what was said: numbers and days that cannot be are refused.
	files bool
}

func (a *App) cashVerbs() map[string]cashVerb {
	return map[string]cashVerb{
		"ship": {"发货", a.ship, parse.TensePast, "发货 HT2026-018 10台", nil, true},
		"sign": {"签收", a.sign, parse.TensePast, "签收 FH2026-001", func(s sales.ContractCash) bool { return s.Shipped > s.Signed }, false},
		"return": {"退货", a.returnGoods, parse.TensePast, "退货 HT2026-018 2台 原因", func(s sales.ContractCash) bool {
			return s.Shipped > 0
		}, true},
		"invoice": {"开票", a.invoice, parse.TensePast, "开票 HT2026-018 18万", func(s sales.ContractCash) bool {
			return s.Amount > s.Invoiced
		}, true},
		"progress": {"合同进度", a.progress, parse.TensePast, "合同进度 HT2026-018", nil, false},
		"delivery": {"交期", a.askDelivery, parse.TenseFuture, "交期 HT2026-018 10台 4月1日", nil, false},
		"release":  {"放行", a.releaseShipment, parse.TensePast, "放行 HT2026-018 原因", nil, false},
	}
}

func (a *App) registerCash(r *bot.Router[Tx]) {
	a.registerShipment(r)
	a.registerInvoice(r)
	a.registerPayment(r)
	a.registerChain(r)
	a.registerReceivable(r)
	a.registerCashFile(r)
	a.registerStatement(r)
	a.registerMetrics(r)
	a.registerRows(r)
	a.registerDelivery(r)
	a.registerEInvoice(r)
	a.registerBooks(r)
	r.Action("cash.contract", a.PickCashContract)
	r.Topic(topicCashContract, a.AnswerCashContract)
}

// cashCommand is the handler of a deed's command.
func (a *App) cashCommand(verb string) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		return a.doCash(ctx, t, tx, verb, t.Args, 0)
	}
}

// cashExample is a command on a contract of this person's, so that it works as it stands.
func (a *App) cashExample(form string) func(context.Context, bot.Turn, Tx) (string, error) {
	return func(ctx context.Context, t bot.Turn, tx Tx) (string, error) {
		scope := cashScope(t)
		if t.Person.Has(sales.RoleDelivery) {
			scope = sales.Scope{All: true}
		}
		list, err := tx.ContractsOf(ctx, scope, 50)
		if err != nil {
			return "", err
		}
		for _, c := range list {
			if c.State == sales.ContractApproved {
				return strings.ReplaceAll(form, "HT2026-018", c.No), nil
			}
		}
		return "", nil // no contract of theirs is approved
	}
}

// privately does a command about money in the person's single chat, wherever it was typed: a group learns only that it was done.
func privately(do bot.HandlerFunc[Tx]) bot.HandlerFunc[Tx] {
	return func(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
		if !t.InGroup() {
			return do(ctx, t, tx)
		}
		t.Event.Chat.Group = false
		reply, err := do(ctx, t, tx)
		if err != nil {
			return reply, err
		}
		for i, s := range reply.Say {
			if len(s.To) == 0 && s.Chat == nil {
				reply.Say[i].To = []sales.PersonID{t.Person.ID}
				if s.Slot == "" {
					reply.Say[i].Slot = "private" + itoa(i)
				}
			}
		}
		reply.Say = append(reply.Say, bot.Say{Slot: "group", Out: bot.Outgoing{Text: "收到,金额的事单聊回你了。"}})
		return reply, nil
	}
}

// cashDraft is a deed that waits for which contract is meant.
type cashDraft struct {
	Verb    string     `json:"verb"`
	Text    string     `json:"text"`
	Options []sales.ID `json:"options"`
	At      int64      `json:"at"`
}

// doCash reads a sentence, finds its contract (or takes the one that was picked) and does the deed.
func (a *App) doCash(ctx context.Context, t bot.Turn, tx Tx, verb, text string, picked sales.ID) (bot.Reply, error) {
	v := a.cashVerbs()[verb]
	book, err := a.Names.Book(ctx)
	if err != nil {
		return bot.Reply{}, err
	}
	w := readCash(t, book.Parser.Calendar, text, v.tense)
	if v.files {
		if why := w.unfit(t.Today); why != "" {
			return bot.Text(why), nil
		}
	}
	if picked != 0 {
		c, err := tx.ContractByID(ctx, picked)
		if err != nil {
			return bot.Reply{}, err
		}
		return v.do(ctx, t, tx, c, w)
	}
	c, options, err := a.cashContract(ctx, t, tx, book, v, &w)
	switch {
	case err != nil:
		return bot.Reply{}, err
	case c.ID != 0:
		return v.do(ctx, t, tx, c, w)
	case len(options) > 0 && !slices.ContainsFunc(options, func(o sales.Contract) bool { return a.seesGoods(t, o.OwnerID) }):
		// How many contracts there are is not for this person.
		owner := t.Org.Name(options[0].OwnerID)
		return bot.Reply{}, sales.Errorf(sales.Forbidden, book.Customer(options[0].CustomerID)+"的合同是"+owner+"的,他、他的上级、财务和交付能看。")
	case len(options) == 0:
		return bot.Text("哪份合同?写上合同号或客户,例:" + v.form + "。发 合同 看最近的。"), nil
	}
	d := cashDraft{Verb: verb, Text: text, At: t.Now.Unix()}
	p := view.Pick{Key: pickKey(t, "cash"), Question: v.name + "记到哪份合同?"}
	for k, o := range options[:min(len(options), 5)] {
		d.Options = append(d.Options, o.ID)
		label := o.No
		if a.seesMoney(t, o.OwnerID) {
			label += " " + o.Amount.Short()
		}
		p.Options = append(p.Options, view.PickOption{Text: label, Action: action("cash.contract", 0, d.At, strconv.Itoa(k))})
	}
	p.Options = append(p.Options, view.PickOption{Text: "都不是", Action: action("cash.contract", 0, d.At, "none")})
	dialogue, err := a.ask(t, topicCashContract, d)
	reply := bot.ShowCard(view.PickOne(p))
	reply.Dialogue = dialogue
	return reply, err
}

// PickCashContract takes the contract that was tapped.
func (a *App) PickCashContract(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[cashDraft](t)
	if t.Dialogue.Topic != topicCashContract || err != nil || d.At != t.Action.Version {
		return passPick(t, bot.Text("这一问过期了,没有改动。再发一次就行。")), nil
	}
	k, err := strconv.Atoi(t.Action.Arg)
	if err != nil || k < 0 || k >= len(d.Options) {
		return closePick(t, bot.Reply{Say: bot.Text("好,没有记。写上合同号再发一次。").Say, Dialogue: closeTopic(t.Dialogue)}), nil
	}
	t.Dialogue = *closeTopic(t.Dialogue)
	reply, err := a.doCash(ctx, t, tx, d.Verb, d.Text, d.Options[k])
	return closePick(t, closing(t, reply)), err
}

// AnswerCashContract takes the contract by its number in the list, or by its own.
func (a *App) AnswerCashContract(ctx context.Context, t bot.Turn, tx Tx) (bot.Reply, error) {
	d, err := draft[cashDraft](t)
	if err != nil {
		return bot.Reply{}, err
	}
	n := ordinal(t.Text)
	switch no, rest := a.cutContractNo(t.Text, t.Today); {
	case isNo(t.Text) || n == len(d.Options)+1:
		return bot.Reply{Say: bot.Text("好,没有记。").Say, Dialogue: closeTopic(t.Dialogue)}, nil
	case n >= 1 && n <= len(d.Options):
		t.Dialogue = *closeTopic(t.Dialogue)
		reply, err := a.doCash(ctx, t, tx, d.Verb, d.Text, d.Options[n-1])
		return closing(t, reply), err
	case no != "" && rest == "" && len([]rune(t.Text)) > 3:
		c, err := tx.ContractByNo(ctx, no)
		if err != nil {
			return bot.Reply{}, err
		}
		t.Dialogue = *closeTopic(t.Dialogue)
		reply, err := a.doCash(ctx, t, tx, d.Verb, d.Text, c.ID)
		return closing(t, reply), err
	}
	return bot.Reply{}, bot.ErrNotMine
}

// cashContract finds the contract a sentence means: by its number, by a shipment or invoice of it, by its customer, or the one the
// person had to do with last. Several are returned as options, what the deed can still be done on first.
func (a *App) cashContract(ctx context.Context, t bot.Turn, tx Tx, book *Book, v cashVerb, w *cashWords) (sales.Contract, []sales.Contract, error) {
	if w.contract != "" {
		c, err := contractNamed(ctx, tx, *w)
		if err == nil && !a.seesGoods(t, c.OwnerID) {
			err = missingPaper(sales.Forbidden, approval.Contract, strings.ToUpper(w.contract))
		}
		return c, nil, err
	}
	if id, err := a.contractOfDoc(ctx, t, tx, *w); err != nil || id != 0 {
		c, cerr := sales.Contract{}, err
		if err == nil {
			c, cerr = tx.ContractByID(ctx, id)
		}
		if cerr == nil && !a.seesGoods(t, c.OwnerID) {
			cerr = noDoc(w.docs[0])
		}
		return c, nil, cerr
	}
	if w.rest != "" {
		id, rest, why := a.customerIn(t, book, w.rest)
		if id != 0 {
			w.rest = rest
			list, err := a.contractsFor(ctx, tx, id, v)
			switch {
			case err != nil:
				return sales.Contract{}, nil, err
			case len(list) == 0:
				return sales.Contract{}, nil, sales.Errorf(sales.NotFound, book.Customer(id)+"没有能"+v.name+"的合同:要先审批通过。发 合同 "+book.Customer(id)+" 看有哪些。")
			case len(list) == 1:
				return list[0], nil, nil
			}
			return sales.Contract{}, list, nil
		}
		if strings.HasPrefix(why, "是哪家") {
			return sales.Contract{}, nil, sales.Errorf(sales.Invalid, why)
		}
	}
	if word := firstWord(w.rest); word != "" { // a number that is not of our making
		c, err := tx.ContractByNo(ctx, strings.ToUpper(word))
		if err == nil || sales.KindOf(err) != sales.NotFound {
			w.rest = strings.TrimSpace(strings.TrimPrefix(w.rest, word))
			return c, nil, err
		}
	}
	return a.lastContract(ctx, t, tx)
}

// contractNamed reads the contract that was written.
func contractNamed(ctx context.Context, tx Tx, w cashWords) (sales.Contract, error) {
	for _, no := range w.contractNos() {
		c, err := tx.ContractByNo(ctx, no)
		if err == nil || sales.KindOf(err) != sales.NotFound {
			return c, err
		}
	}
	return sales.Contract{}, missingPaper(sales.NotFound, approval.Contract, strings.ToUpper(w.contract))
}

// noDoc is what is said of a shipment, an invoice or a payment that is none of the person's business.
func noDoc(no string) error {
	noun := map[string]string{"FH": "发货单", "TH": "发货单", "FP": "发票", "HC": "发票", "HK": "回款"}[no[:2]]
	return sales.Errorf(sales.Forbidden, sales.NoSuch(noun, no))
}

// contractOfDoc is the contract of the first shipment or invoice that is named; 0 when none is.
func (a *App) contractOfDoc(ctx context.Context, t bot.Turn, tx Tx, w cashWords) (sales.ID, error) {
	for _, no := range w.docs {
		switch no[:2] {
		case "FH", "TH":
			s, err := tx.ShipmentByNo(ctx, no)
			return s.ContractID, err
		case "FP", "HC":
			i, err := tx.InvoiceByNo(ctx, no)
			return i.ContractID, err
		case "HK":
			p, err := tx.PaymentByNo(ctx, no)
			if err != nil || p.ContractID != 0 {
				return p.ContractID, err
			}
			if !a.seesMoney(t, p.OwnerID) {
				return 0, noDoc(no)
			}
		}
	}
	return 0, nil
}

// contractsFor are a customer's signed contracts, those first on which the deed can still be done; where there are such, only
// they.
func (a *App) contractsFor(ctx context.Context, tx Tx, customer sales.ID, v cashVerb) ([]sales.Contract, error) {
	list, err := tx.ContractsByCustomer(ctx, customer, 50)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c sales.Contract) bool { return c.State != sales.ContractApproved })
	if v.left == nil || len(list) < 2 {
		return list, nil
	}
	cash, err := tx.CashOfCustomers(ctx, customer)
	if err != nil {
		return nil, err
	}
	var open []sales.Contract
	for _, c := range list {
		s := sales.ContractCash{Amount: c.Amount}
		if k := slices.IndexFunc(cash, func(x sales.ContractCash) bool { return x.ContractID == c.ID }); k >= 0 {
			s = cash[k]
		}
		if v.left(s) {
			open = append(open, c)
		}
	}
	if len(open) > 0 {
		return open, nil
	}
	return list, nil
}

// lastContract is the contract the person filed, changed something of or looked at last.
func (a *App) lastContract(ctx context.Context, t bot.Turn, tx Tx) (sales.Contract, []sales.Contract, error) {
	for _, ref := range t.Dialogue.Last {
		var id sales.ID
		switch ref.Kind {
		case "contract", "contract" + seen:
			id = ref.ID
		case "shipment":
			s, err := tx.ShipmentByID(ctx, ref.ID)
			if err != nil {
				return sales.Contract{}, nil, err
			}
			id = s.ContractID
		case "invoice":
			i, err := tx.InvoiceByID(ctx, ref.ID)
			if err != nil {
				return sales.Contract{}, nil, err
			}
			id = i.ContractID
		}
		if id != 0 {
			c, err := tx.ContractByID(ctx, id)
			return c, nil, err
		}
	}
	return sales.Contract{}, nil, nil
}

// seesMoney reports whether a person may see amounts of somebody's contracts.
func (a *App) seesMoney(t bot.Turn, owner sales.PersonID) bool {
	return sales.SeesContracts(t.Person) || t.Org.ScopeOf(t.Person).Covers(owner)
}

// seesGoods reports whether a person may see what is shipped: those who see the money, and those who deliver and serve.
func (a *App) seesGoods(t bot.Turn, owner sales.PersonID) bool {
	return a.seesMoney(t, owner) || t.Person.Has(sales.RoleDelivery, sales.RoleService)
}

// cashScope is whose money a person may see: finance and those above see everyone's.
func cashScope(t bot.Turn) sales.Scope {
	if t.Person.Has(sales.RoleFinance) {
		return sales.Scope{All: true}
	}
	return t.Org.ScopeOf(t.Person)
}

// mayShip refuses who may not file shipments of a contract.
func (a *App) mayShip(t bot.Turn, c sales.Contract) error {
	if t.Org.ScopeOf(t.Person).Covers(c.OwnerID) || t.Person.Has(sales.RoleFinance, sales.RoleDelivery) {
		return nil
	}
	return sales.Errorf(sales.Forbidden, c.No+" 是"+t.Org.Name(c.OwnerID)+"的合同,发货由他、他的主管、交付或财务来记。")
}

// mayCash refuses who may not file money of a contract.
func (a *App) mayCash(t bot.Turn, c sales.Contract) error {
	if t.Org.ScopeOf(t.Person).Covers(c.OwnerID) || t.Person.Has(sales.RoleFinance) {
		return nil
	}
	return sales.Errorf(sales.Forbidden, c.No+" 是"+t.Org.Name(c.OwnerID)+"的合同,开票和回款由他、他的主管或财务来记。")
}

// isSigned refuses a contract that is not signed yet.
func isSigned(c sales.Contract, what string) error {
	if c.State == sales.ContractApproved {
		return nil
	}
	return sales.Errorf(sales.Conflict, c.No+" 还没审批通过,不能"+what+"。发 合同 "+c.No+" 看卡在哪。")
}

// financeOf are those of finance, less the person who acts.
func financeOf(t bot.Turn) []sales.PersonID {
	return t.Org.WhoHas(sales.RoleFinance, t.Person.ID)
}

// tell pushes a card to people who are not the one who acts.
func tell(t bot.Turn, subject, slot string, card view.Face, to ...sales.PersonID) []bot.Say {
	to = slices.DeleteFunc(slices.Clone(to), func(p sales.PersonID) bool {
		who, ok := t.Org.Person(p)
		return p == 0 || p == t.Person.ID || !ok || !who.Active
	})
	slices.Sort(to)
	if to = slices.Compact(to); len(to) == 0 {
		return nil
	}
	return []bot.Say{{To: to, Subject: subject, Kind: bot.DeliverPush, Slot: slot, Push: true, Out: cardOut(card)}}
}

// undoable says why a record of money or goods cannot be taken back by this person now; "" when it can.
func (a *App) undoable(t bot.Turn, what string, by sales.PersonID, at sales.Instant) string {
	switch {
	case by != t.Person.ID:
		return what + "是" + t.Org.Name(by) + "记的,只有本人能撤销。"
	case t.Now.Sub(at.Time) > a.Settings.UndoFor:
		return what + "是 " + sales.FormatTime(at.Time, t.Now) + " 记的,超过 " + sales.Waited(a.Settings.UndoFor) + "不能撤销了。"
	}
	return ""
}

// undoCash takes back the shipment, invoice or payment the person filed last.
func (a *App) undoCash(ctx context.Context, t bot.Turn, tx Tx, ref sales.Ref) (bot.Reply, bool, error) {
	switch ref.Kind {
	case "shipment":
		return takeBack(ctx, t, tx, ref.ID, tx.ShipmentByID, a.undoShipment)
	case "invoice":
		return takeBack(ctx, t, tx, ref.ID, tx.InvoiceByID, a.undoInvoice)
	case "payment":
		return takeBack(ctx, t, tx, ref.ID, tx.PaymentByID, a.undoPayment)
	}
	return bot.Reply{}, false, nil
}

// forgotten is the dialogue without a record that was taken back.
func forgotten(t bot.Turn, kind string, id sales.ID) *sales.Dialogue {
	d := closeTopic(t.Dialogue)
	d.Last = forget(d.Last, kind, id)
	return d
}

// yearNo makes a running number of a series: FP2026-001.
func (a *App) yearNo(ctx context.Context, t bot.Turn, tx Tx, prefix, series string) (string, error) {
	year := t.Today.Year()
	n, err := tx.NextNumber(ctx, series+":"+strconv.Itoa(year))
	if err != nil {
		return "", err
	}
	return cashNo(prefix, year, n), nil
}

// cashNo is a running number as people say it: FP2026-001.
func cashNo(prefix string, year int, n int64) string {
	s := strconv.FormatInt(n, 10)
	return prefix + strconv.Itoa(year) + "-" + strings.Repeat("0", max(3-len(s), 0)) + s
}

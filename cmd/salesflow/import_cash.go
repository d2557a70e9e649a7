package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"
	"strings"

	"salesflow/bot/sheet"
	"salesflow/handlers"
	"salesflow/store"
	"salesflow/store/sales"
)

// cashRow is what a row of payments, invoices or opening balances stands for.
type cashRow struct {
	payment  sales.Payment
	invoice  sales.Invoice
	contract sales.Contract
	// twin is a payment that was told in the chat and is the same money.
	twin sales.Payment
}

// newCashKind makes the checker of a kind that is finance's; nil for other kinds.
func newCashKind(im importer, kind string) (importKind, error) {
	allowed := im.by.ID == 0 || im.by.Has(sales.RoleFinance, sales.RoleAdmin)
	switch kind {
	case sales.SheetPayments, sales.SheetInvoices, sales.SheetOpening:
		if !allowed {
			return nil, sales.Errorf(sales.Forbidden, "回款、发票和期初由财务来导。把表发给财务。")
		}
	default:
		return nil, nil
	}
	im.scope = sales.Scope{All: true} // finance's files are of everyone's customers
	k := cashImport{importer: im, customers: map[string]sales.Customer{}, contracts: map[string]sales.Contract{}, first: map[string]int{}, at: map[string]int{}}
	layout, _ := layoutOf(kind)
	for i, c := range layout.Columns {
		k.at[c.Key] = i
	}
	switch kind {
	case sales.SheetPayments:
		return &paymentsImport{cashImport: k, refs: map[uint64]struct{}{}}, nil
	case sales.SheetInvoices:
		return &invoicesImport{cashImport: k}, nil
	}
	return &openingImport{cashImport: k}, nil
}

// cashImport is what imports between contract and payment share: customers by name, contracts by number.
type cashImport struct {
	importer
	customers map[string]sales.Customer
	contracts map[string]sales.Contract
	first     map[string]int
	at        map[string]int
	books     sales.Books
	filed     []sales.Moved
}

func (k *cashImport) load(ctx context.Context) error {
	rev, err := k.db.EachCustomer(ctx, k.know)
	k.revision = rev
	if err != nil {
		return err
	}
	return k.db.View(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		k.books, err = tx.Books(ctx, false)
		return err
	})
}

func (k *cashImport) holdBooks(ctx context.Context, tx *store.Tx) (err error) {
	k.filed = k.filed[:0]
	k.books, err = tx.Books(ctx, true)
	return err
}

func (k *cashImport) booked(ctx context.Context, tx *store.Tx) error {
	return handlers.Cashier{Now: k.now.Time, By: k.by.ID, EventID: k.source, Tolerance: k.cash.Tolerance}.Booked(ctx, tx, k.filed)
}

// unclosed notes that money cannot move on a day that is closed.
func (x *rowReader) unclosed(key, name string, d sales.Day) {
	if b := x.k.books; len(x.what) == 0 && b.Closed(d) {
		x.flaw(key, name+" "+d.String()+" 已经关账(关到 "+b.ClosedOn.String()+"):改成 "+b.ClosedOn.AddDays(1).String()+" 以后的日子,或由总监先 反关账")
	}
}

func (k *cashImport) know(c sales.Customer) {
	for _, n := range c.Names() {
		if n.Key != "" {
			if other, ok := k.customers[n.Key]; ok && other.ID != c.ID {
				k.customers[n.Key] = sales.Customer{} // two are called so: nobody's
				continue
			}
			k.customers[n.Key] = c
		}
	}
}

func (k *cashImport) catchUp(ctx context.Context) (int64, error) {
	rev, err := k.db.CustomersChangedSince(ctx, k.revision, k.know)
	if err == nil {
		k.revision = rev
	}
	return rev, err
}

// customer finds a customer by its full name or another it is known by.
func (k *cashImport) customer(name string) (sales.Customer, bool) {
	c, ok := k.customers[sales.ParseName(name).Key]
	return c, ok && c.ID != 0
}

// contractBy finds a contract by its number; it is read once.
func (k *cashImport) contractBy(no string) (sales.Contract, bool) {
	no = strings.ToUpper(strings.Join(strings.Fields(no), ""))
	if c, ok := k.contracts[no]; ok {
		return c, c.ID != 0
	}
	var c sales.Contract
	if !k.lookUp(func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = tx.ContractByNo(ctx, no)
		return err
	}) {
		c = sales.Contract{}
	}
	k.contracts[no] = c
	return c, c.ID != 0
}

// rowReader collects what is wrong with a row.
type rowReader struct {
	k    *cashImport
	r    sheet.Row
	v    verdict
	what []string
}

func (k *cashImport) reading(r sheet.Row) *rowReader {
	x := &rowReader{k: k, r: r}
	if r.Problem != "" {
		x.what, x.v.cols = append(x.what, r.Problem), append(x.v.cols, r.Cols...)
	}
	return x
}

// cell is what a row has in a column; a row that was read before the column came has nothing.
func (x *rowReader) cell(key string) string {
	if at, ok := x.k.at[key]; ok && at < len(x.r.Cells) {
		return x.r.Cells[at]
	}
	return ""
}

func (x *rowReader) flaw(key, problem string) {
	x.what = append(x.what, problem)
	x.v.cols = append(x.v.cols, x.k.at[key])
}

func (x *rowReader) day(key, name string, required bool) sales.Day {
	s := x.cell(key)
	if s == "" {
		if required {
			x.flaw(key, name+"空着,补上")
		}
		return sales.Day{}
	}
	s, _, _ = strings.Cut(s, "T")
	d, err := sales.ReadDate(s)
	if err != nil {
		x.flaw(key, name+":"+trimDot(messageOf(err)))
	} else if required && d.After(sales.DayOf(x.k.now.Time)) {
		x.flaw(key, name+"在今天以后,再看一下")
	}
	return d
}

func (x *rowReader) money(key, name string, zero bool) sales.Money {
	s := strings.NewReplacer("+", "", "￥", "", "¥", "", "RMB", "", "CNY", "").Replace(x.cell(key))
	if s = strings.TrimSpace(s); s == "" {
		x.flaw(key, name+"空着,补上")
		return 0
	}
	if zero && strings.Trim(s, "0.-") == "" {
		return 0
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && strings.Contains(s, ".") && len(s[strings.Index(s, ".")+1:]) > 2 && f < 1e12 {
		s = strconv.FormatFloat(f, 'f', 2, 64) // what a spreadsheet keeps of 100.1 may be 100.09999999999999
	}
	m, err := sales.ParseMoney(s)
	if err != nil {
		x.flaw(key, trimDot(messageOf(err)))
	} else if m <= 0 {
		x.flaw(key, name+"要大于 0")
	}
	return m
}

// end is the verdict when nothing was wrong.
func (x *rowReader) end(state string, row cashRow) verdict {
	if len(x.what) > 0 {
		x.v.state, x.v.problem = sales.RowWrong, strings.Join(x.what, ";")
		return x.v
	}
	x.v.state, x.v.cash = state, row
	return x.v
}

// number takes the next number of a series within the transaction that writes the row.
func number(tx *store.Tx, prefix, series string, year int) string {
	n, err := tx.NextNumber(context.Background(), series+":"+strconv.Itoa(year))
	if err != nil {
		return prefix + strconv.Itoa(year) + "-" + tx.NewID().String() // the row must not wait for its number: an id is unique too
	}
	return handlers.CashNo(prefix, year, n)
}

// paymentsImport imports what a bank says came in.
type paymentsImport struct {
	cashImport
	refs map[uint64]struct{}
	told map[string][]sales.Payment
}

func (k *paymentsImport) load(ctx context.Context) error {
	if err := k.cashImport.load(ctx); err != nil {
		return err
	}
	if err := k.db.EachBankRef(ctx, func(ref string) { k.refs[hashOf(ref)] = struct{}{} }); err != nil {
		return err
	}
	k.told = map[string][]sales.Payment{}
	return k.db.View(ctx, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.ToldPayments(ctx, sales.DayOf(k.now.Time).AddDays(-90))
		for _, p := range list {
			key := fmt.Sprint(p.CustomerID, ":", int64(p.Amount))
			k.told[key] = append(k.told[key], p)
		}
		return err
	})
}

// foreign is a currency that is not ours, as it was written; empty for ours or none.
func foreign(s string) string {
	switch s = strings.ToUpper(strings.TrimSpace(s)); s {
	case "", "CNY", "RMB", "人民币", "人民币元", "元", "¥", "￥", "01", "156": // 01 as banks number it, 156 as ISO 4217 does
		return ""
	}
	return clipRunes(s, 12)
}

var reNoted = regexp.MustCompile(`(?i)[A-Z]{1,8}-?\d{4}-\d{1,7}|\d{20}`)

// noted is the contract that a bank's note names, by its number or that of one of its invoices. A note that names several contracts
// names none: a person says.
func (k *paymentsImport) noted(note string) (out sales.Contract, ok bool) {
	for _, word := range reNoted.FindAllString(note, 8) {
		c, found := k.contractBy(word)
		if !found {
			c, found = k.invoiced(word)
		}
		if !found {
			continue
		}
		if ok && out.ID != c.ID {
			return sales.Contract{}, false
		}
		out, ok = c, true
	}
	return out, ok
}

// invoiced is the contract of the invoice with a number, ours or the printed one; it is read once.
func (k *paymentsImport) invoiced(no string) (sales.Contract, bool) {
	key := "invoice " + strings.ToUpper(no)
	if c, ok := k.contracts[key]; ok {
		return c, c.ID != 0
	}
	var c sales.Contract
	if !k.lookUp(func(ctx context.Context, tx *store.Tx) error {
		i, err := tx.InvoiceByNo(ctx, strings.ToUpper(no))
		if err == nil && i.ContractID != 0 {
			c, err = tx.ContractByID(ctx, i.ContractID)
		}
		return err
	}) {
		c = sales.Contract{}
	}
	k.contracts[key] = c
	return c, c.ID != 0
}

func hashOf(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return h.Sum64()
}

// toldWithin is within how many days money told in the chat and an entry of the bank are the same.
const toldWithin = 5

func (k *paymentsImport) check(r sheet.Row, first bool) verdict {
	x := k.reading(r)
	said := strings.TrimSpace(x.cell(sheet.Amount))
	if r.Problem == "" && strings.Trim(said, " 0.,-¥￥") == "" {
		return verdict{state: sales.RowKnown, problem: "不是收入,跳过"}
	}
	if x.total() {
		return verdict{state: sales.RowKnown, problem: "合计行,跳过"}
	}
	switch way, ok := direction(x.cell(sheet.Direction)); {
	case ok && way < 0:
		return verdict{state: sales.RowKnown, problem: "不是收入,跳过"}
	case !ok:
		x.flaw(sheet.Direction, "借贷标志没看懂:"+clipRunes(x.cell(sheet.Direction), 10)+",写 贷(收到)或 借(付出)")
	}
	if strings.HasPrefix(strings.TrimLeft(said, "¥￥ "), "-") {
		return wrong("到账金额是负数,像冲正或退款:原来那笔在 认款 HK… 的卡片上撤销,这行不导", k.at[sheet.Amount])
	}
	if c := foreign(x.cell(sheet.Currency)); c != "" {
		x.flaw(sheet.Currency, "币种是 "+c+",这里只记人民币:按到账当天折成人民币再导")
	}
	p := sales.Payment{
		Payer: clipRunes(x.cell(sheet.Payer), 90), Amount: x.money(sheet.Amount, "到账金额", false), ReceivedOn: x.day(sheet.Day, "到账日期", true),
		BankRef: bankRef(x.cell(sheet.Ref)), Note: clipRunes(x.cell(sheet.Note), 120), Source: sales.CashFromImport,
	}
	if p.Payer == "" {
		x.flaw(sheet.Payer, "付款方空着,补上")
	}
	k.place(&p, x)
	if p.BankRef == "" {
		p.BankRef = fmt.Sprintf("auto:%x", hashOf(fmt.Sprint(p.ReceivedOn, "|", int64(p.Amount), "|", p.Payer, "|", p.Note)))
	}
	if _, ok := k.refs[hashOf(p.BankRef)]; ok && len(x.what) == 0 {
		return k.again(x, p)
	}
	if first && len(x.what) == 0 {
		if row, ok := k.first[p.BankRef]; ok {
			return wrong(fmt.Sprintf("和第 %d 行是同一笔流水;真是两笔,就在流水号那列写上不同的号", row), k.at[sheet.Ref])
		}
		k.first[p.BankRef] = r.No
	}
	row := cashRow{payment: p, twin: k.toldOf(p)}
	if row.twin.ID == 0 { // a payment that is only confirmed stays on its day
		x.unclosed(sheet.Day, "到账日期", p.ReceivedOn)
	}
	return x.end(sales.RowGood, row)
}

// place gives a payment to a contract, by its own column or by what the note says, or at least to a customer.
func (k *paymentsImport) place(p *sales.Payment, x *rowReader) {
	if no := x.cell(sheet.Contract); no != "" {
		c, ok := k.contractBy(no)
		if !ok {
			x.flaw(sheet.Contract, "没有合同 "+no)
		}
		p.ContractID, p.CustomerID, p.OwnerID, p.TeamID = c.ID, c.CustomerID, c.OwnerID, c.TeamID
	} else if c, ok := k.noted(p.Note); ok {
		p.ContractID, p.CustomerID, p.OwnerID, p.TeamID = c.ID, c.CustomerID, c.OwnerID, c.TeamID
	} else if c, ok := k.customer(p.Payer); ok {
		p.CustomerID, p.OwnerID, p.TeamID = c.ID, c.OwnerID, c.TeamID
	}
}

// toldOf is the money told in the chat that an entry of the bank is, if there is some.
func (k *paymentsImport) toldOf(p sales.Payment) sales.Payment {
	for _, told := range k.told[fmt.Sprint(p.CustomerID, ":", int64(p.Amount))] {
		if d := told.ReceivedOn.Sub(p.ReceivedOn); p.CustomerID != 0 && d <= toldWithin && d >= -toldWithin {
			return told
		}
	}
	return sales.Payment{}
}

func (k *paymentsImport) write(tx *store.Tx, no int64, v verdict) {
	p, twin := v.cash.payment, v.cash.twin
	k.refs[hashOf(p.BankRef)] = struct{}{}
	entry := sales.AuditEntry{
		ID: tx.NewID(), At: k.now, PersonID: k.by.ID, EventID: fmt.Sprintf("%s:%d", k.source, no), Verb: "payment.import", SubjectKind: "payment",
		Changes: sales.List[sales.Change]{{Field: "回款", New: p.Amount.String()}},
	}
	if twin.ID != 0 { // somebody told it in the chat: the bank confirms it
		key := fmt.Sprint(p.CustomerID, ":", int64(p.Amount))
		k.told[key] = without(k.told[key], twin.ID)
		before := twin
		twin.BankRef, twin.Payer, twin.Note = p.BankRef, p.Payer, p.Note
		tx.UpdatePayment(before, twin)
		entry.Verb, entry.SubjectID = "payment.confirm", twin.ID
		tx.Audit(entry)
		tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: k.now, Kind: "payment.confirmed", SubjectKind: "payment", SubjectID: twin.ID, PersonID: k.by.ID, Data: "{}"})
		return
	}
	p.ID = tx.NewID()
	p.No = number(tx, "HK", "payment", sales.DayOf(k.now.Time).Year())
	p.Left, p.State, p.Auto = p.Amount, sales.PaymentOpen, sales.AutoWaits
	p.CreatedBy, p.CreatedAt, p.SourceEventID, p.Version = k.by.ID, k.now, entry.EventID, 1
	tx.CreatePayment(p)
	k.filed = append(k.filed, sales.MovedPayment(sales.MovedMade, p))
	entry.SubjectID = p.ID
	tx.Audit(entry)
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: k.now, Kind: "payment.received", SubjectKind: "payment", SubjectID: p.ID, PersonID: k.by.ID, Data: "{}"})
}

func without(list []sales.Payment, id sales.ID) []sales.Payment {
	var out []sales.Payment
	for _, p := range list {
		if p.ID != id {
			out = append(out, p)
		}
	}
	return out
}

func clipRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(len(r), n)])
}

// invoicesImport imports invoices from an ERP or the tax service.
type invoicesImport struct{ cashImport }

func (k *invoicesImport) check(r sheet.Row, first bool) verdict {
	x := k.reading(r)
	i := sales.Invoice{
		TaxNo: clipRunes(strings.Join(strings.Fields(x.cell(sheet.TaxNo)), ""), 40), Kind: sales.InvoiceNormal, IssuedOn: x.day(sheet.Day, "开票日期", true),
		DueOn: x.day(sheet.DueOn, "到期日", false), Source: sales.CashFromImport,
	}
	if strings.HasPrefix(strings.TrimSpace(x.cell(sheet.Amount)), "-") {
		x.flaw(sheet.Amount, "红字发票在聊天里记:红冲 发票号 金额 原因")
	} else {
		i.Amount = x.money(sheet.Amount, "价税合计", false)
	}
	if i.TaxNo == "" {
		x.flaw(sheet.TaxNo, "发票号码空着,补上")
	}
	terms := k.cash.TermDays
	if no := x.cell(sheet.Contract); no != "" {
		c, ok := k.contractBy(no)
		if !ok {
			x.flaw(sheet.Contract, "没有合同 "+no)
		}
		i.ContractID, i.CustomerID, i.OwnerID, i.TeamID = c.ID, c.CustomerID, c.OwnerID, c.TeamID
		if c.PaymentDays >= 0 && c.RequestID != 0 {
			terms = c.PaymentDays
		}
	} else if c, ok := k.customer(x.cell(sheet.Customer)); ok {
		i.CustomerID, i.OwnerID, i.TeamID = c.ID, c.OwnerID, c.TeamID
	} else {
		x.flaw(sheet.Customer, "没有客户 "+x.cell(sheet.Customer)+",先建客户或填合同号")
	}
	if i.DueOn.IsZero() {
		i.DueOn = i.IssuedOn.AddDays(terms)
	}
	if first && len(x.what) == 0 {
		if row, ok := k.first[i.TaxNo]; ok {
			return wrong(fmt.Sprintf("和第 %d 行是同一张发票", row), k.at[sheet.TaxNo])
		}
		k.first[i.TaxNo] = r.No
	}
	if len(x.what) == 0 && k.known(i.TaxNo) {
		return x.end(sales.RowKnown, cashRow{})
	}
	x.unclosed(sheet.Day, "开票日期", i.IssuedOn)
	return x.end(sales.RowGood, cashRow{invoice: i})
}

func (k *invoicesImport) known(taxNo string) bool {
	return k.lookUp(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.InvoiceByNo(ctx, taxNo)
		return err
	})
}

func (k *invoicesImport) write(tx *store.Tx, no int64, v verdict) {
	i := v.cash.invoice
	i.ID = tx.NewID()
	i.No = number(tx, "FP", "invoice", sales.DayOf(k.now.Time).Year())
	i.Open, i.State, i.Auto = i.Amount, sales.InvoiceOpen, sales.AutoWaits
	i.CreatedBy, i.CreatedAt, i.SourceEventID, i.Version = k.by.ID, k.now, fmt.Sprintf("%s:%d", k.source, no), 1
	tx.CreateInvoice(i)
	k.filed = append(k.filed, sales.MovedInvoice(sales.MovedMade, i))
	tx.Audit(sales.AuditEntry{
		ID: tx.NewID(), At: k.now, PersonID: k.by.ID, EventID: i.SourceEventID, Verb: "invoice.import", SubjectKind: "invoice", SubjectID: i.ID,
		Changes: sales.List[sales.Change]{{Field: "开票", New: i.Amount.String()}},
	})
	tx.Emit(sales.DomainEvent{ID: tx.NewID(), At: k.now, Kind: "invoice.issued", SubjectKind: "invoice", SubjectID: i.ID, PersonID: k.by.ID, Data: "{}"})
}

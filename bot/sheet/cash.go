package sheet

import "slices"

// Keys of columns of payments, invoices and opening balances.
const (
	Day      = "day"
	Payer    = "payer"
	Amount   = "amount"
	Ref      = "ref"
	Note     = "note"
	Contract = "contract"
	TaxNo    = "tax_no"
	DueOn    = "due_on"
	Invoiced = "invoiced"
	Paid     = "paid"
	SignedOn = "signed_on"
	Currency = "currency"

	Direction = "direction"
)

// Payments is a bank's list of what came in. Rows without an amount that came in are passed over.
var Payments = Layout{Kind: "payments", Title: "回款", Columns: []Column{
	{Day, "到账日期", []string{"交易日期", "交易时间", "入账日期", "入账时间", "记账日期", "收款日期", "日期"}, "如 2026-03-11", true},
	{Payer, "付款方", []string{"对方户名", "对方名称", "对方账户名称", "付款人", "付款人名称", "付款单位", "付款方名称", "汇款人", "客户名称"}, "谁付的,写全称", true},
	{Amount, "到账金额", []string{"贷方发生额", "贷方金额", "贷方发生额/收入", "收入", "收入金额", "入账金额", "收款金额", "回款金额", "贷方", "贷", "转入金额", "存入金额"}, "元,支出空着", true},
	{Ref, "流水号", []string{"交易流水号", "银行流水号", "交易流水", "凭证号", "回单编号", "回单号", "交易号", "参考号"}, "银行的,有就不会记两次", false},
	{Note, "附言", []string{"摘要", "用途", "备注", "交易摘要", "交易附言"}, "写了合同号、发票号就按它认", false},
	{Contract, "合同号", []string{"合同编号", "合同"}, "知道是哪份就填", false},
	{Currency, "币种", []string{"货币", "币别", "交易币种", "账户币种"}, "空着就是人民币", false},
	{Direction, "借贷标志", []string{"借贷", "借/贷", "借贷方向", "借贷标识", "收支", "收/支", "收支方向", "收支类型", "收付", "收付标志", "交易方向", "往来标志"}, "只有一列金额时填:贷(收到)、借(付出)", false},
}, Besides: []Beside{{Amount, Direction, []string{"交易金额", "发生额", "金额", "交易额", "发生金额"}}}}

// Invoices is a list of invoices from an ERP or the tax service.
var Invoices = Layout{Kind: "invoices", Title: "发票", Columns: []Column{
	{TaxNo, "发票号码", []string{"发票号", "数电票号码", "数电发票号码", "票号"}, "票面上的号", true},
	{Customer, "客户名称", []string{"购方名称", "购买方", "购买方名称", "购方企业名称", "抬头", "客户"}, "系统里的客户", true},
	{Amount, "价税合计", []string{"含税金额", "开票金额", "发票金额", "合计金额", "价税合计(元)"}, "元,含税", true},
	{Day, "开票日期", []string{"开票时间", "日期"}, "如 2026-03-11", true},
	{Contract, "合同号", []string{"合同编号", "合同"}, "系统里的合同", false},
	{DueOn, "到期日", []string{"应收日期", "付款到期日", "应收到期", "应收到期日", "收款到期日", "应付款日"}, "空着按合同账期", false},
	{Note, "备注", []string{"摘要"}, "", false},
}}

// Opening is what was open when the bot came: contracts with what was invoiced and paid of them until a day.
var Opening = Layout{Kind: "opening", Title: "期初", Columns: []Column{
	{Contract, "合同号", []string{"合同编号", "合同"}, "原来的合同号", true},
	{Customer, "客户名称", []string{"客户", "客户全称"}, "系统里的客户", true},
	{Amount, "合同金额", []string{"合同总额", "总金额"}, "元,含税", true},
	{Invoiced, "已开票", []string{"累计开票", "已开票金额", "开票金额"}, "到截止日一共开了多少,没有写 0", true},
	{Paid, "已回款", []string{"累计回款", "已回款金额", "已收款", "回款金额"}, "到截止日一共收了多少,没有写 0", true},
	{Day, "截止日", []string{"期初日期", "截止日期"}, "如 2026-02-28,整张表一样", true},
	{DueOn, "到期日", []string{"应收日期", "应收到期", "应收到期日", "付款到期日", "收款到期日", "应付款日"}, "还没收的哪天到期,空着按公司账期", false},
	{SignedOn, "签订日期", []string{"签约日期", "合同日期"}, "空着算截止日", false},
	{Owner, "负责人", []string{"销售", "业务员"}, "空着归客户的负责人", false},
}}

// With is the layout as a source calls its columns: words by column key come before the usual ones.
func (l Layout) With(words map[string]string) Layout {
	columns := slices.Clone(l.Columns)
	for k, c := range columns {
		if w := words[c.Key]; w != "" {
			columns[k].Name, columns[k].Words = w, append([]string{c.Name}, c.Words...)
		}
	}
	l.Columns = columns
	return l
}

// Column finds a column by its name or another word for it; "" for none.
func (l Layout) Column(word string) string {
	for _, c := range l.Columns {
		if headWord(c.Name) == headWord(word) || slices.ContainsFunc(c.Words, func(w string) bool { return headWord(w) == headWord(word) }) {
			return c.Key
		}
	}
	return ""
}

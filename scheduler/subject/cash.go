package subject

import (
	"salesflow/scheduler/rules"
	"salesflow/store/sales"
)

// ofContract is a field through which a contract's fields are reached.
func ofContract() Field { return ref("contract", "合同", "contract_id", "contract") }

// invoice is 发票. 应付日 is the due day, or the later day the customer promised to pay on, until which nobody is reminded.
func invoice() *Object {
	return &Object{
		Key: "invoice", Name: "发票", Aliases: []string{"开票"}, Subject: "invoice", Table: "invoices", Where: "kind = 'invoice'",
		Fields: []Field{
			states("状态", "state", options(
				sales.InvoiceOpen, "未付清", sales.InvoiceSettled, "已付清", sales.InvoiceCredited, "已红冲", sales.InvoiceUndone, "已撤销",
			)),
			text("no", "编号", "no", "发票号"),
			eInvoice(),
			money("amount", "金额", "amount", "发票金额"),
			money("open", "未付", "open_amount", "欠款", "未付金额"),
			ofCustomer(),
			ofContract(),
			someone("owner", "负责人", "owner_id"),
			date("issued", "开票日", "issued_on", "开票日期"),
			date("due", "到期日", "due_on", "到期日期"),
			daysOver("overdue", "逾期天数", "due", "state", sales.InvoiceOpen),
			date("payable", "应付日", "CASE WHEN quiet_until > due_on THEN quiet_until ELSE due_on END", "应付日期"),
			date("promised", "承诺回款日", "promised_on", "承诺付款日"),
			date("settled", "付清日", "settled_on", "付清日期"),
		},
		People: owners("owner_id"),
		Deeds: []rules.Deed{
			{Word: "被红冲", Aliases: []string{"红冲"}, Verbs: []string{"invoice.credited"}},
			{Word: "重新欠款", Aliases: []string{"又欠了"}, Verbs: []string{"invoice.reopened"}, Said: "付过的发票又欠了"},
		},
		Filed: true, Verbs: []string{"invoice.issued"}, At: "created_at",
		By:    map[string]string{"customer": "customer_id", "contract": "contract_id", "person": "owner_id"},
		Waits: []string{sales.InvoiceOpen},
		Title: func(r *Record) string { return join(r.Show("no"), r.Show("customer"), r.Show("open")) },
		Open:  func(r *Record) string { return "客户 " + r.Show("customer") },
	}
}

// payment is 回款.
func payment() *Object {
	return &Object{
		Key: "payment", Name: "回款", Aliases: []string{"到账"}, Subject: "payment", Table: "payments",
		Fields: []Field{
			states("状态", "state", alias(options(
				sales.PaymentOpen, "未认款", sales.PaymentMatched, "已认款", sales.PaymentUndone, "已撤销",
			), sales.PaymentOpen, "未匹配")),
			text("no", "编号", "no"),
			money("amount", "金额", "amount", "回款金额"),
			money("left", "未认金额", "left_amount", "剩余"),
			text("payer", "付款方", "payer"),
			of(boolean("unknown", "不知道是谁的", "CASE customer_id WHEN 0 THEN 1 ELSE 0 END"), "customer_id", none),
			of(boolean("prepaid", "预付", "CASE contract_id WHEN 0 THEN 0 ELSE 1 END"), "contract_id", some),
			ofCustomer(),
			someone("owner", "负责人", "owner_id"),
			date("received", "到账日", "received_on", "到账日期", "回款日"),
		},
		People: owners("owner_id"),
		Filed:  true, Verbs: []string{"payment.received"}, At: "created_at",
		By:    map[string]string{"customer": "customer_id", "contract": "contract_id", "person": "owner_id"},
		Waits: []string{sales.PaymentOpen},
		Title: func(r *Record) string { return join(r.Show("no"), r.Show("customer"), r.Show("amount")) },
		Open: func(r *Record) string {
			if r.Show("customer") == "" {
				return "未认款"
			}
			return "客户 " + r.Show("customer")
		},
	}
}

// shipment is 发货.
func shipment() *Object {
	return &Object{
		Key: "shipment", Name: "发货", Aliases: []string{"送货"}, Subject: "shipment", Table: "shipments", Where: "kind = 'shipment'",
		Fields: []Field{
			states("状态", "state", options(sales.ShipmentShipped, "在途", sales.ShipmentSigned, "已签收", sales.ShipmentUndone, "已撤销")),
			text("no", "编号", "no"),
			money("amount", "金额", "amount"),
			erp("shipments.contract_id"),
			erpRefused("shipments.contract_id"),
			ofCustomer(),
			ofContract(),
			someone("owner", "负责人", "owner_id"),
			date("promised", "承诺到货日", "promised_on", "承诺交货日"),
			date("shipped", "发货日", "shipped_on", "发货日期"),
			date("signed", "签收日", "signed_on", "签收日期"),
		},
		People: owners("owner_id"),
		Deeds:  []rules.Deed{heldBack("被拦", "被拦下", "发不了")},
		Filed:  true, Verbs: []string{"shipment.created"}, At: "created_at",
		By:    map[string]string{"customer": "customer_id", "contract": "contract_id", "person": "owner_id"},
		Waits: []string{sales.ShipmentShipped},
		Title: func(r *Record) string { return join(r.Show("no"), r.Show("customer")) },
		Open:  func(r *Record) string { return "客户 " + r.Show("customer") },
	}
}

// eInvoice is where the newest attempt to have an invoice issued stands (电子票); nothing before the first.
func eInvoice() Field {
	f := choice("einvoice", "电子票", "(SELECT e.state FROM einvoices e WHERE e.id = (SELECT MAX(x.id) FROM einvoices x WHERE x.invoice_id = invoices.id))", alias(options(
		sales.EInvoiceWaits, "待开", sales.EInvoiceAsked, "开票中", sales.EInvoiceIssued, "已开", sales.EInvoiceFailed, "失败",
	), sales.EInvoiceFailed, "开票失败"))
	f.Tells = sales.TellEInvoice
	return f
}

// statement is 对账单. 没回 is sent and not answered; 待发 and 不发 are of a month's batch that finance looks through before it goes out.
func statement() *Object {
	return &Object{
		Key: "statement", Name: "对账单", Aliases: []string{"对账"}, Subject: "statement", Table: "statements",
		Fields: []Field{
			states("状态", "state", alias(alias(options(
				sales.StatementReady, "待发", sales.StatementSent, "没回", sales.StatementConfirmed, "已确认", sales.StatementDisputed, "有出入", sales.StatementHeld, "不发",
			), sales.StatementSent, "待确认", "已出"), sales.StatementDisputed, "有差异", "有争议", "对不上")),
			date("month", "月份", "month_on", "账期"),
			money("closing", "期末", "closing", "期末余额", "期末欠款", "我方金额", "欠款"),
			money("theirs", "客户说的", "theirs", "对方金额"),
			money("difference", "差异", "difference", "差额"),
			boolean("mailed", "发了邮件", "CASE mailed_to WHEN '' THEN 0 ELSE 1 END"),
			of(boolean("bounced", "邮件退回", "CASE mail_trouble WHEN '' THEN 0 ELSE 1 END", "退信", "没送到"), "mail_trouble", some),
			ofCustomer(),
			someone("owner", "负责人", "owner_id"),
			moment("sent", "发出时间", "sent_at", "发出日期", "出单日"),
			moment("answered", "答复日", "answered_at"),
		},
		People: append(owners("owner_id"), Person{Key: "creator", Name: "出单人", Column: "created_by"}),
		Filed:  true, Verbs: []string{"statement.issued"}, At: "sent_at",
		By:    map[string]string{"customer": "customer_id", "person": "owner_id"},
		Waits: []string{sales.StatementSent, sales.StatementDisputed},
		Title: func(r *Record) string {
			return join(r.Show("customer"), sales.MonthName(r.Field("month").Day)+"对账单", r.Show("closing"))
		},
		Open: func(r *Record) string {
			return join("对账单", r.Show("customer"), sales.MonthName(r.Field("month").Day), "明细")
		},
	}
}

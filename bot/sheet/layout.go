package sheet

import (
	"slices"
	"strings"
)

// Column is one column of a layout.
type Column struct {
	Key string
	// Name heads the column, Words are other names people give it, Note says in the template what to fill in.
	Name     string
	Words    []string
	Note     string
	Required bool
}

// Layout is what a kind of file holds.
type Layout struct {
	// Kind is the kind of job (sales.SheetCustomers…), Title what the rows are: 客户.
	Kind, Title string
	Columns     []Column
	// Dates are the keys of the company's own columns that hold days.
	Dates []string
	// Besides are words for columns that count only where another column is there, too.
	Besides []Beside
}

// Beside are further words for the column Key where the column With is there: an amount that says nothing of its direction is one
// only where another column does.
type Beside struct {
	Key, With string
	Words     []string
}

// Keys of columns.
const (
	Name     = "name"
	Phone    = "phone"
	Industry = "industry"
	USCC     = "uscc"
	City     = "city"
	Owner    = "owner"
	Aliases  = "aliases"
	Class    = "class"
	Contact  = "contact"
	Title    = "title"

	Code       = "code"
	Line       = "line"
	Model      = "model"
	Unit       = "unit"
	Price      = "price"
	Floor      = "floor"
	Industries = "industries"
	Talk       = "talk"
	CertNo     = "cert_no"
	CertUntil  = "cert_until"

	Customer = "customer"
	Product  = "product"
	No       = "no"
	Until    = "until"
	Company  = "company"
	Need     = "need"
	Source   = "source"
	Campaign = "campaign"
)

// Customers is the sheet of customers. The keys of the later columns are those of the customer's details.
var Customers = Layout{Kind: "customers", Title: "客户", Columns: []Column{
	{Name, "客户名称", []string{"名称", "客户", "公司", "公司名称", "单位", "单位名称", "企业名称", "客户全称", "客户名", "医院名称", "门店名称", "name", "company"}, "营业执照上的全称", true},
	{Phone, "联系电话", []string{"电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "座机", "联系人电话", "联系人手机", "tel", "phone", "mobile"}, "手机或带区号的座机", true},
	{Industry, "行业", []string{"所属行业", "行业类型", "行业分类", "客户行业", "industry"}, "如 医疗、制造、快消、教育", true},
	{USCC, "统一社会信用代码", []string{"信用代码", "社会信用代码", "税号", "纳税人识别号", "uscc"}, "18 位,没有就空着", false},
	{City, "城市", []string{"所在城市", "地市", "city"}, "如 绍兴", false},
	{Owner, "负责人", []string{"客户负责人", "归属人", "所属销售", "销售", "业务员", "客户经理", "owner"}, "姓名或平台账号,空着就归你或进公海", false},
	{Aliases, "别名", []string{"简称", "客户简称", "常用名", "曾用名"}, "平时怎么叫,多个用顿号隔开", false},
	{Class, "客户等级", []string{"等级", "级别", "客户级别", "分类", "客户分类", "class"}, "A、B、C 或 KA", false},
	{Contact, "联系人", []string{"联系人姓名", "对接人", "contact"}, "对方的人", false},
	{Title, "联系人职务", []string{"职务", "职位", "岗位"}, "如 检验科主任", false},
	{"region", "区域", []string{"大区", "片区", "所属区域"}, "如 华东", false},
	{"budget", "预算范围", []string{"预算", "采购预算"}, "如 50万到80万", false},
	{"decision", "决策链", []string{"决策人", "决策流程"}, "谁提、谁评、谁拍板", false},
	{"cycle", "采购周期", []string{"采购频率"}, "如 每季度", false},
	{"tech", "技术配置", []string{"现有设备", "在用设备"}, "现在用什么", false},
	{"buyer", "采购负责人", []string{"采购联系人"}, "采购找谁", false},
	{"address", "地址", []string{"详细地址", "公司地址", "办公地址", "单位地址", "address"}, "街道门牌", false},
	{"size", "规模", []string{"人数", "床位数", "企业规模"}, "如 床位 600 张", false},
}}

// Products is the sheet of products.
var Products = Layout{Kind: "products", Title: "产品", Columns: []Column{
	{Name, "产品名称", []string{"产品", "品名", "商品名称", "名称"}, "卡片上怎么叫", true},
	{Line, "产品线", []string{"品类", "产品类别", "事业部"}, "报表按它分", true},
	{Price, "标准价", []string{"标准价格", "目录价", "列表价", "价格", "单价", "报价", "标准价(元)"}, "元,如 480000 或 48万", true},
	{Code, "产品编码", []string{"编码", "货号", "物料编码", "sku", "code"}, "有就填,再导时按它更新", false},
	{Model, "型号", []string{"规格型号", "规格", "model"}, "如 AU480", false},
	{Unit, "单位", []string{"计量单位"}, "如 台", false},
	{Floor, "底价折扣", []string{"底价", "最低折扣", "折扣底线", "底折"}, "低于几折要特批,如 85 或 8.5折", false},
	{Aliases, "别名", []string{"简称", "俗称"}, "平时怎么叫,多个用顿号隔开", false},
	{Industries, "适用行业", []string{"推荐行业", "行业", "目标行业"}, "给哪些行业推荐,多个用顿号隔开", false},
	{Talk, "话术", []string{"一句话", "卖点", "推荐话术", "一句话话术"}, "推荐时说的一句话", false},
	{CertNo, "注册证号", []string{"注册证", "医疗器械注册证", "注册证编号", "备案号", "证号"}, "如 国械注准20203220001", false},
	{CertUntil, "注册证有效期", []string{"有效期", "注册证到期", "有效期至", "到期日", "证到期日"}, "到哪天,如 2027-03-31", false},
	{Owner, "负责人", []string{"产品负责人", "产品经理", "归属人"}, "姓名或平台账号", false},
}}

// Letters is the sheet of letters of authorisation.
var Letters = Layout{Kind: "authorised", Title: "授权书", Columns: []Column{
	{Customer, "客户名称", []string{"客户", "被授权方", "被授权单位", "经销商"}, "系统里的客户", true},
	{Product, "产品名称", []string{"产品", "授权产品", "品名"}, "系统里的产品", true},
	{Until, "授权到期日", []string{"到期日", "有效期", "有效期至", "授权截止"}, "到哪天,如 2026-12-31", true},
	{No, "授权书编号", []string{"编号", "授权编号", "授权书号"}, "授权书上的号", true},
}}

// Leads is the sheet of leads; it comes by the command line only.
var Leads = Layout{Kind: "leads", Title: "线索", Columns: []Column{
	{Company, "公司", []string{"公司名称", "客户名称", "单位"}, "哪家", true},
	{Phone, "电话", []string{"手机", "联系电话", "手机号"}, "手机或带区号的座机", true},
	{Contact, "联系人", []string{"姓名"}, "找谁", false},
	{Need, "需求", []string{"想要", "备注"}, "想要什么", false},
	{City, "城市", []string{"地区"}, "按它分给区域", false},
	{Source, "来源", []string{"渠道"}, "如 展会、官网", false},
	{Campaign, "活动", []string{"展会名称"}, "哪次活动", false},
}}

// Layouts are those that may come through the chat. Where a header fits several, the first that has its required columns wins.
var Layouts = []Layout{Letters, Customers, Products, Opening, Invoices, Payments}

// At is the place of a column in a layout, -1 when it has none.
func (l Layout) At(key string) int {
	return slices.IndexFunc(l.Columns, func(c Column) bool { return c.Key == key })
}

// Required names the columns that must be there.
func (l Layout) Required() []string {
	var out []string
	for _, c := range l.Columns {
		if c.Required {
			out = append(out, c.Name)
		}
	}
	return out
}

// header is a row read as the head of a layout.
type header struct {
	layout  Layout
	at      map[int]int // column of the file → of the layout
	found   []string
	missing []string
	ignored []string
}

// readHeader finds the columns of a layout in a row, in any order and under any of their names.
func readHeader(l Layout, cells []string) header {
	h := header{layout: l, at: map[int]int{}}
	seen := map[int]bool{}
	match := func(fits func(c Column, name string) bool) {
		for i, cell := range cells {
			name := headWord(cell)
			if _, taken := h.at[i]; taken || name == "" {
				continue
			}
			for ours, c := range l.Columns {
				if !seen[ours] && fits(c, name) {
					h.at[i], seen[ours] = ours, true
					break
				}
			}
		}
	}
	// A column's own name first, so that 名称 does not take what 客户名称 is for.
	match(func(c Column, name string) bool { return name == headWord(c.Name) })
	match(func(c Column, name string) bool {
		return slices.ContainsFunc(c.Words, func(w string) bool { return headWord(w) == name })
	})
	for _, b := range l.Besides {
		if seen[l.At(b.With)] {
			match(func(c Column, name string) bool { return c.Key == b.Key && slices.Contains(b.Words, name) })
		}
	}
	for i, cell := range cells {
		if ours, ok := h.at[i]; ok {
			h.found = append(h.found, l.Columns[ours].Name)
		} else if w := headWord(cell); w != "" && !slices.Contains(notes, w) {
			h.ignored = append(h.ignored, strings.Join(strings.Fields(cell), " "))
		}
	}
	for i, c := range l.Columns {
		if c.Required && !seen[i] {
			h.missing = append(h.missing, c.Name)
		}
	}
	return h
}

// notes are the columns that a list of mistakes adds; they are not read back.
var notes = []string{"原行号", "怎么改", "问题"}

// headWord is the name of a column without what people put around it.
func headWord(s string) string {
	s = strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("（", "(", "）", ")", "\u00a0", " ").Replace(s)), ""))
	s = strings.Trim(s, "*＊:：")
	if before, _, ok := strings.Cut(s, "("); ok && before != "" {
		s = strings.Trim(before, "*＊:：")
	}
	return s
}

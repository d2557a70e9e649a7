package parse

import (
	"slices"
	"strings"
)

// english are the English words that Chinese salespeople put among their own, and what they mean.
var english = map[string]string{
	"quote": "报价", "quotation": "报价", "offer": "报价", "price": "价格", "order": "订单", "orders": "订单", "sample": "样品", "samples": "样品",
	"meeting": "开会", "call": "打电话", "book": "约好", "follow": "跟进", "budget": "预算", "discount": "折扣", "demo": "演示", "visit": "拜访",
	"payment": "付款", "deposit": "定金", "invoice": "发票", "contract": "合同", "proposal": "方案", "feedback": "反馈", "training": "培训",
	"trial": "试用", "test": "测试", "complain": "投诉", "complaint": "投诉", "delay": "延期", "delivery": "交货", "ship": "发货", "shipment": "发货",
	"confirm": "确认", "cancel": "取消", "urgent": "急用", "buyer": "采购", "boss": "老板", "manager": "经理", "customer": "客户", "deadline": "截止",
	"mobile": "手机", "phone": "电话", "email": "邮箱", "presentation": "演示", "competitor": "竞品", "stock": "库存", "reply": "回复", "send": "发送",
	"update": "更新", "install": "安装", "repair": "维修", "today": "今天", "tomorrow": "明天", "total": "总价",
}

// english puts Chinese words for the English ones among them; each keeps its place in the text.
func (m *message) english() {
	if !slices.ContainsFunc(m.r, isLetter) {
		return
	}
	for i := 0; i < len(m.r); i++ {
		if !isLetter(m.r[i]) || i > 0 && (isWord(m.r[i-1]) || m.r[i-1] == '-' || m.r[i-1] == '.' || m.r[i-1] == '@' || m.r[i-1] == '/') {
			continue
		}
		j := i
		for j < len(m.r) && isLetter(m.r[j]) {
			j++
		}
		if j < len(m.r) && (isDigit(m.r[j]) || m.r[j] == '-' || m.r[j] == '@' || m.r[j] == '.' && j+1 < len(m.r) && isLetter(m.r[j+1])) {
			i = j
			continue
		}
		word, ok := english[strings.ToLower(string(m.r[i:j]))]
		if !ok || m.namesLatin(i, j) {
			i = j - 1
			continue
		}
		r := []rune(word)
		off := make([]int, len(r))
		for k := range off {
			off[k] = m.off[i]
		}
		off[len(r)-1] = m.off[j-1]
		from, to := m.blankEdges(i, j)
		m.r = slices.Replace(m.r, from, to, r...)
		m.off = slices.Replace(m.off, from, to, off...)
		i = from + len(r) - 1
	}
}

// blankEdges widens the word from i to j by the blanks that part it from Chinese characters.
func (m *message) blankEdges(i, j int) (from, to int) {
	if i > 1 && m.r[i-1] == ' ' && isHan(m.r[i-2]) && j < len(m.r) && m.r[j] == ' ' && j+1 < len(m.r) && isHan(m.r[j+1]) {
		return i - 1, j + 1
	}
	return i, j
}

// namesLatin reports that the Latin word from i to j begins a name of the master data.
func (m *message) namesLatin(i, j int) bool {
	s := string(m.r[i:min(len(m.r), i+20)])
	for _, of := range []struct {
		table func(*table) nameTable
		lost  which
	}{{func(t *table) nameTable { return t.customers }, goneCustomers}, {func(t *table) nameTable { return t.products }, goneProducts}, {func(t *table) nameTable { return t.competitors }, goneCompetitors}} {
		if w, _ := m.x.names(s, of.table, of.lost); w.runes >= j-i {
			return true
		}
	}
	return false
}

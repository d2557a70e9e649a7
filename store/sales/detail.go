package sales

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Fields of a customer that are asked for after it was created (补资料), by the name under which they are kept. City and
// credit code stand in the customer itself, the others are Details.
const (
	FieldUSCC     = "uscc"
	FieldCity     = "city"
	FieldRegion   = "region"
	FieldAddress  = "address"
	FieldBudget   = "budget"
	FieldDecision = "decision"
	FieldCycle    = "cycle"
	FieldTech     = "tech"
	FieldBuyer    = "buyer"
	FieldSize     = "size"
)

// Detail is one such field of one customer, with when it was last known to be true.
type Detail struct {
	ID          ID       `db:"id"`
	CustomerID  ID       `db:"customer_id"`
	Field       string   `db:"field"`
	Value       string   `db:"value"`
	ConfirmedAt Instant  `db:"confirmed_at"`
	ConfirmedBy PersonID `db:"confirmed_by"`
	AskedOf     PersonID `db:"asked_of"`
	AskedOn     Day      `db:"asked_on"`
	Version     int64    `db:"version"`
}

// DetailField is what is known of a field: how people call it, how it is asked for, and what fits it.
type DetailField struct {
	Key string
	// Name is the Chinese name, Words are others people use for it.
	Name  string
	Words []string
	// Ask is the question without the customer's name; Options are answers offered as buttons.
	Ask     string
	Options []string
	// Example stands in messages about values that do not fit.
	Example string
	// Most is the longest value, in characters.
	Most int
	// Read checks a value and gives it in one form; nil takes any words.
	Read func(text string) (string, error)
}

// DetailFields are all fields, in the order in which they are asked for.
var DetailFields = []DetailField{
	{Key: FieldUSCC, Name: "信用代码", Words: []string{"统一社会信用代码", "税号", "社会信用代码", "uscc"}, Ask: "的统一社会信用代码?18 位,营业执照上有。", Example: "91330602MA288T9Y6J", Most: 32, Read: readUSCC},
	{Key: FieldCity, Name: "城市", Words: []string{"所在城市", "市"}, Ask: "在哪个城市?", Example: "绍兴", Most: 20, Read: readCity},
	{Key: FieldRegion, Name: "区域", Words: []string{"大区", "片区", "所属区域"}, Ask: "归哪个区域?", Options: []string{"华东", "华南", "华北", "西南"}, Example: "华东", Most: 20},
	{Key: FieldBudget, Name: "预算范围", Words: []string{"预算", "年预算", "采购预算"}, Ask: "今年的预算大概多少?", Options: []string{"10万以内", "10万–50万", "50万–200万", "200万以上"}, Example: "50万到80万", Most: 40, Read: readBudget},
	{Key: FieldDecision, Name: "决策链", Words: []string{"决策人", "决策流程", "谁拍板", "决策关系"}, Ask: "这类采购谁提需求、谁评估、谁拍板?", Example: "使用科室提,设备科评,院长拍板", Most: 200},
	{Key: FieldCycle, Name: "采购周期", Words: []string{"采购频率", "多久采购一次"}, Ask: "多久采购一次?", Options: []string{"每月", "每季度", "每半年", "每年", "按项目"}, Example: "每季度", Most: 40},
	{Key: FieldTech, Name: "技术配置", Words: []string{"现有设备", "在用设备", "技术现状", "配置"}, Ask: "现在用什么设备或方案?", Example: "迈锐 BC-5000 两台,2021 年装", Most: 200},
	{Key: FieldBuyer, Name: "采购负责人", Words: []string{"采购联系人", "采购", "采购人"}, Ask: "采购找谁?", Example: "设备科 刘科长", Most: 40},
	{Key: FieldAddress, Name: "地址", Words: []string{"详细地址", "公司地址", "办公地址", "收货地址"}, Ask: "的地址?", Example: "越城区中兴北路 585 号", Most: 120},
	{Key: FieldSize, Name: "规模", Words: []string{"人数", "床位数", "门店数"}, Ask: "多大规模?", Options: []string{"50人以内", "50–200人", "200–1000人", "1000人以上"}, Example: "床位 600 张", Most: 40},
}

// Detailed finds a field by key, name or another word for it.
func Detailed(word string) (DetailField, bool) {
	word = strings.ToLower(strings.TrimSpace(word))
	for _, f := range DetailFields {
		if word == f.Key || word == f.Name || slices.Contains(f.Words, word) {
			return f, true
		}
	}
	return DetailField{}, false
}

// Value checks what was said for the field and gives it in one form. Invalid says what fits.
func (f DetailField) Value(text string) (string, error) {
	text = strings.Join(strings.Fields(text), " ")
	switch {
	case text == "":
		return "", Errorf(Invalid, f.Name+"空着。例:"+f.Example)
	case utf8.RuneCountInString(text) > f.Most:
		return "", Errorf(Invalid, f.Name+"太长了,拣要紧的写。例:"+f.Example)
	case f.Read != nil:
		return f.Read(text)
	}
	return text, nil
}

func readUSCC(text string) (string, error) {
	c, err := ParseUSCC(text)
	return string(c), err
}

func readCity(text string) (string, error) {
	if strings.ContainsAny(text, "0123456789") || utf8.RuneCountInString(text) > 12 {
		return "", Errorf(Invalid, `城市没看懂:"`+clip(text, 24)+`"。写城市名就行,比如 绍兴。`)
	}
	if rest, ok := strings.CutSuffix(text, "市"); ok && utf8.RuneCountInString(rest) >= 2 {
		text = rest
	}
	return text, nil
}

var budgetParts = regexp.MustCompile(`^(?:约|大概|大约|差不多)?(.*?)(?:到|至|~|～|–|—|-)(.*?)$`)

// readBudget takes one amount, two ("50万到80万", "50-80万") or an open end ("200万以上").
func readBudget(text string) (string, error) {
	bad := Errorf(Invalid, `预算没看懂:"`+clip(text, 24)+`"。写 50万 或 50万到80万。`)
	text = strings.ReplaceAll(text, " ", "")
	for _, end := range []string{"以内", "以下", "以上", "左右", "上下"} {
		if head, ok := strings.CutSuffix(text, end); ok {
			m, err := ParseMoney(strings.TrimPrefix(head, "约"))
			if err != nil || m <= 0 {
				return "", bad
			}
			return m.Short() + end, nil
		}
	}
	if p := budgetParts.FindStringSubmatch(text); p != nil {
		unit := strings.TrimLeft(p[2], "0123456789.一二两三四五六七八九十百千")
		low := p[1]
		if strings.Trim(low, "0123456789.一二两三四五六七八九十") == "" {
			low += unit
		}
		a, errA := ParseMoney(low)
		b, errB := ParseMoney(p[2])
		if errA != nil || errB != nil || a < 0 || b <= 0 || a > b {
			return "", bad
		}
		return a.Short() + "–" + b.Short(), nil
	}
	m, err := ParseMoney(text)
	if err != nil || m <= 0 {
		return "", bad
	}
	return m.Short(), nil
}

// BudgetOf is the most that a budget's words allow, for comparing two; 0 when they say none.
func BudgetOf(value string) Money {
	parts := regexp.MustCompile(`[–—~到-]`).Split(value, -1)
	last := parts[len(parts)-1]
	for _, end := range []string{"以内", "以下", "以上", "左右", "上下"} {
		last = strings.TrimSuffix(last, end)
	}
	m, err := ParseMoney(last)
	if err != nil {
		return 0
	}
	return m
}

// DetailOf is a field's value: from the customer itself, or from its details. Empty when it is not known.
func DetailOf(c Customer, details []Detail, key string) string {
	switch key {
	case FieldUSCC:
		return c.USCC
	case FieldCity:
		return c.City
	}
	for _, d := range details {
		if d.Field == key && d.CustomerID == c.ID {
			return d.Value
		}
	}
	return ""
}

// Lacking lists which of the wanted fields are not known, in the order of DetailFields.
func Lacking(c Customer, details []Detail, wanted []string) []DetailField {
	var out []DetailField
	for _, f := range DetailFields {
		if slices.Contains(wanted, f.Key) && DetailOf(c, details, f.Key) == "" {
			out = append(out, f)
		}
	}
	return out
}

// Completeness counts, for one owner's customers, how many are complete and how many lack which field (客户完整度).
type Completeness struct {
	Owner           PersonID
	Total, Complete int
	// Lacks is by field.
	Lacks map[string]int
}

// Recommended are up to limit products that fit a customer's industry, in the order of their names.
func Recommended(industry string, products []Product, limit int) []Product {
	if strings.TrimSpace(industry) == "" {
		return nil
	}
	var out []Product
	for _, p := range products {
		for _, i := range strings.FieldsFunc(p.Industries, func(r rune) bool { return strings.ContainsRune("、,，;；/ ", r) }) {
			if strings.Contains(industry, i) || strings.Contains(i, industry) {
				out = append(out, p)
				break
			}
		}
	}
	slices.SortFunc(out, func(a, b Product) int {
		if (a.Talk == "") != (b.Talk == "") { // what has something to say first
			if a.Talk != "" {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out[:min(len(out), limit)]
}

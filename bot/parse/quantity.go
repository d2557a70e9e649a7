package parse

import (
	"math/big"
	"slices"
	"strings"
)

// quantity reads 2箱, 两百箱, 三四十台 at i.
func (m *message) quantity(t text, i, clause int) (int, bool) {
	if isWord(t.at(i-1)) || isChineseDigit(t.at(i-1)) || t.at(i-1) == '.' || t.at(i-1) == '第' || t.at(i-1) == '/' || t.at(i-1) == '每' || t.before(i, "周", "星期", "礼拜") {
		return 0, false
	}
	n, ok := t.num(i)
	if !ok || n.v.Sign() <= 0 || n.hi != nil {
		return 0, false
	}
	k := t.blank(t.opt(n.j, "多", "余", "来"))
	j := t.any(k, goods...)
	misheard := ""
	if j < 0 {
		misheard, j = m.misheardUnit(k)
	}
	if j < 0 || n.j-n.i == 1 && t.notNumber(n) {
		return 0, false
	}
	unit := t.str(k, j)
	if misheard != "" {
		unit = misheard
	}
	if m.noOrder(i, unit) || m.ofOneBefore(i, j) || m.noGoods(t, n, i, j, unit) || m.otherCount(t, n, i, j, unit, clause) {
		return 0, false
	}
	if s := len(m.counts); s > 0 && m.counts[s-1].j == i && m.counts[s-1].q.Unit != unit && m.counts[s-1].clause == clause && packs(unit) && n.v.Cmp(ratInt(1)) == 0 {
		m.counts = m.counts[:s-1]
		return j, true // 20箱一托: how they are packed
	}
	v := n.v
	if e := t.halfMore(j); e > 0 && n.v.IsInt() {
		v, j = add(v, big.NewRat(1, 2)), e
	} else if d, e := t.tenthMore(j, unit); e > 0 && n.v.IsInt() {
		v, j = add(v, big.NewRat(d, 10)), e
	}
	q := Quantity{Value: decimalText(v), Unit: unit, Why: m.why(i, j)}
	m.counts = append(m.counts, countHit{i, j, q, clause})
	return j, true
}

// packs reports that goods are packed by the unit.
func packs(unit string) bool { return strings.Contains("托板车箱件提包盒捆袋打", unit) }

// noGoods reports that a number with a unit is the price of one, a size, a part of an idiom or work on a machine: 一盏三百块, 1.5米
// 实验台, 三天两头.
func (m *message) noGoods(t text, n number, i, j int, unit string) bool {
	if unit == "头" && t.before(i, "三天") {
		return true // 三天两头
	}
	if t.before(i, "分", "分成", "分为", "拆成") && (unit == "批" || unit == "车" || unit == "份" || unit == "组") {
		return true
	}
	if m.sizeOf(j, unit) || i > 2 && t.at(i-2) == '每' && isHan(t.at(i-1)) && m.productNear(i-2) {
		return true
	}
	if x, ok := t.money(j); ok && n.v.Cmp(ratInt(1)) == 0 && !(n.arabic && x.v != nil && x.v.Cmp(ratInt(10_000)) >= 0) {
		return true // 一盏三百块
	}
	if t.before(i, "多少钱", "多少", "什么价", "啥价", "几块", "几块钱", "怎么卖", "几钱") {
		return true // 多少钱一台
	}
	if unit == "件" && t.at(j) == ':' {
		return true // 交代三件:
	}
	if x, ok := t.money(t.opt(t.blank(j), "差", "低", "高", "少", "多", "贵", "便宜", "合", "才", "就")); ok && x.v != nil && n.v.Cmp(ratInt(1)) == 0 && x.v.Cmp(ratInt(10_000)) < 0 {
		return true // 一公斤差三毛钱
	}
	if x, ok := t.money(j); ok && n.arabic && n.v.Cmp(ratInt(1)) == 0 && x.v != nil && x.v.Cmp(ratInt(10_000)) >= 0 {
		return false // 发光仪1台53万
	}
	if n.v.Cmp(ratInt(1)) == 0 && (t.priceAt(j) || t.any(j, "要比", "比", "贵", "便宜", "差价") > 0) {
		return true // 1把188
	}
	if s := len(m.sums); s > 0 && m.sums[s-1].j == i && n.v.Cmp(ratInt(1)) == 0 {
		return true // 82元一只
	}
	if (unit == "台" || unit == "套" || unit == "辆") && m.worksOn(j) {
		return true
	}
	return false
}

// otherCount reports that by its unit a number counts no goods of ours: 三块 is money, 两个月 a time, 一份合同 a paper.
func (m *message) otherCount(t text, n number, i, j int, unit string, clause int) bool {
	switch unit {
	case "块":
		if t.any(j, "样板", "展板", "钢板", "面板", "主板", "玻璃", "电池", "砖", "硬盘") > 0 {
			return false
		}
		if !m.boardsOf(i, clause) && !m.boardsRight(i) && !m.sheetFollows(j) && !(m.productNear(j) && m.before(i, "要", "订", "加", "有", "买", "共", "来", "装了")) || t.any(j, "钱", "一", "/", "每") > 0 || m.before(i, "价", "报", "卖", "低", "贵", "便宜") {
			return true // 三块 is money
		}
	case "个":
		if m.has(max(0, i-7), i, "少配", "漏配", "少装", "漏装", "少带", "漏带", "少发", "漏发", "少附", "缺了") && t.any(j, "月", "点", "工作", "小时", "星期", "礼拜", "人", "字") < 0 {
			return false // 少配充电头15个
		}
		if t.any(j, "月", "点", "百分", "工作", "小时", "钟", "星期", "礼拜", "季", "问题", "人", "客户", "方案", "事", "意见", "要求", "科室", "部门", "字", "电话", "亿", "月", "教室", "班", "房间", "楼", "点位", "车间", "门店", "校区", "院区", "厂区", "分店") > 0 || !m.productNear(j) || m.otherThing(i, j) {
			return true
		}
	case "打":
		if t.paysAt(j - 1) {
			return true // 21万打过来
		}
	case "本":
		if t.any(j, "月", "周", "季", "年", "人", "次", "院", "校", "店", "地", "来", "公司", "礼拜", "星期") > 0 {
			return true
		}
	case "批":
		if n.v.Cmp(ratInt(1)) == 0 || t.any(j, "次", "发", "准") > 0 {
			return true
		}
	case "把", "份", "部", "头", "条", "件", "张", "板", "组", "具":
		if t.any(j, "手", "次", "分", "门", "事", "儿", "报价", "合同", "方案", "资料", "样子", "样式", "样张", "样本", "单", "消息", "建议") > 0 && t.any(j, "单价") < 0 || unit == "份" && (m.otherThing(i, j) || m.paperBehind(j)) || (t.any(j, "床位", "病床") > 0 || t.before(i, "床位", "床位数", "病床", "开放床位")) || n.j-n.i == 1 && t.at(n.i) == '一' && unit != "把" && !m.productNear(j) {
			return true
		}
	case "页":
		return true
	case "包":
		if isDigit(m.at(j)) || isChineseDigit(m.at(j)) || t.any(j, "年", "半年", "安装", "运", "邮", "税", "送", "含", "退", "换", "教", "培训", "维", "修", "括", "装机", "干", "下", "给", "圆", "终身", "质保", "售后", "试剂", "耗材") > 0 {
			return true // 36万包三年试剂
		}
	}
	if unit == "条" && (!m.productNear(j) || t.before(i, "转", "转了", "记", "补", "发", "说", "这", "那", "报", "提", "提了", "有")) {
		return true
	}
	switch unit {
	case "米", "斤", "升":
		if t.any(j, "级", "职", "乘", "x", "X", "*", "宽", "高", "长", "见方") > 0 || t.before(i, "乘", "x", "X", "*") {
			return true
		}
	}
	return false
}

// otherThing reports that what stands behind 3个 is none of our products: 一个年级.
func (m *message) otherThing(i, j int) bool {
	if !isHan(m.at(j)) || m.isProduct(j) || strings.ContainsRune("要坏漏裂破碎不有没用是都也吧左的了发到能就还给先来", m.at(j)) {
		return false
	}
	return !slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i > j && p.i <= j+3 && m.at(p.i-1) == '的' })
}

// sizeOf reports that a length or a volume right before a product is its size: 1.5米实验台, not 2吨螺栓.
func (m *message) sizeOf(j int, unit string) bool {
	switch unit {
	case "米", "毫升", "升", "平米", "平方米", "克", "寸":
	default:
		return false
	}
	for _, p := range m.prods {
		if p.i >= j && p.i <= j+2 {
			q, ok := m.x.Product(p.ref.ID)
			return ok && q.Unit != unit
		}
	}
	return false
}

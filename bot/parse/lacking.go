package parse

import "strings"

// topics are what a customer may find wanting, by the kind of objection it makes.
var topics = []struct {
	kind  ObjectionType
	words []string
}{
	{ObjectDelivery, words("交货 发货 到货 送货 供货 交付 出货 来货 备货 交期 货期 工期 排期 周期 等货 提货 安装时间 供应 配送")},
	{ObjectService, words("售后 服务 响应 维修 上门 维护 培训 客服 配件供应")},
	{ObjectBudget, words("预算 经费 资金 拨款 钱")},
	{ObjectQuality, words("质量 品质 性能 效果 精度 准确 稳定 耐用 寿命 做工 材质 口感 味道 硬度 防锈 防水 续航 噪音 画质 音质 兼容 结实 密封 强度 光洁 操作 界面 手感 功能 亮度 清晰 速度 灵敏 保质期")},
}

// wanting are the words by which something is not as it should be.
var wanting = words("慢 太长 偏长 有点长 长了 久 不行 不够 不好 不稳 不准 不牢 不耐 不足 跟不上 赶不上 来不及 一般 没保障 没把握 没底 拖 晚 不放心 不过关 不达标 差 弱 短 不如 不理想 不给力 不靠谱 不到位 麻烦 复杂 不及 没跟上 太 成问题 不省心 打折扣 不持久 太少")

// lacking finds what the customer holds to be wanting in us, by a topic and a judgement in one clause: 嫌我们交货太慢.
func (m *message) lacking(c clause) (ObjectionType, int) {
	for _, t := range topics {
		i := m.find(c.i, c.j, t.words...)
		if i < 0 || !m.free(i, i+1) {
			continue
		}
		k := m.find(i, min(c.j, i+12), wanting...)
		if h := m.find(max(c.i, i-8), i, "嫌"); k < 0 && h >= 0 && !m.denied(h) {
			k = h
		}
		if k >= 0 && m.any(k, "长了", "久") > 0 && m.any(i, "寿命", "续航", "保质期") > 0 {
			continue // 寿命长了三成
		}
		if k < 0 || m.denied(k) && m.any(k, "不", "没", "跟不") < 0 || m.any(k, "太好", "太不错", "太满意", "差不多", "短信", "短期") > 0 {
			continue
		}
		if t.kind == ObjectBudget && (m.sumIn(c.i, c.j) || !m.has(k, c.j, "不够", "不足", "不到位", "没跟上", "拖", "晚", "一般", "没把握", "不行", "短")) {
			continue
		}
		if m.rivalIn(c) || m.has(c.i, i, "别家", "他们家", "对手", "竞品", "以前", "原来", "人家") {
			continue
		}
		return t.kind, i
	}
	return "", -1
}

// bad are judgements that stand behind a fear: 担心我们的防锈不行.
var bad = words("不行 不够 不好 不稳 不准 不牢 不耐 不达标 不过关 跟不上 差 弱 短 出问题 不住 不了 不上 不到 不靠谱 不合格 不灵")

// doubted finds a fear about something of ours that no list names.
func (m *message) doubted(c clause) int {
	i := m.find(c.i, c.j, "担心", "生怕", "就怕", "怕", "顾虑", "不放心", "嫌", "觉得", "吃不准")
	if i < 0 || m.denied(i) || m.before(i, "我", "我们", "可", "哪", "恐") || m.any(i, "怕是") > 0 {
		return -1
	}
	if e := m.any(i, "嫌"); e > 0 && m.productWith(e, c.j) {
		return i
	}
	if k := m.find(i, c.j, bad...); k >= 0 && !m.has(i, c.j, "时间", "人手", "他们自己", "卖", "销", "学生", "病人") && strings.TrimSpace(m.cut(i, k)) != "" {
		return i
	}
	return -1
}

// dearIn reports that the customer finds our price too high.
func (m *message) dearIn(from, to int) bool {
	for _, c := range m.clauses {
		if c.i < to && c.j > from {
			if i := m.find(max(c.i, from), min(c.j, to), "嫌贵", "贵了", "太贵", "有点贵", "偏贵", "贵"); i >= 0 && m.held(c, i, ObjectPrice) {
				return true
			}
		}
	}
	return false
}

// productWith reports a product at i with a word of its own for what is wrong with it: 嫌|尿机慢.
func (m *message) productWith(i, to int) bool {
	for _, p := range m.prods {
		if p.i >= i && p.i <= i+2 && p.j < to {
			k := m.opt(m.opt(p.j, "的"), "太", "有点", "还是", "比较", "也")
			return strings.ContainsRune("慢重沉吵旧小大短薄厚脆软硬难糙丑笨酸甜咸淡腥", m.at(k))
		}
	}
	return false
}

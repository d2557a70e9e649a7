package parse

import (
	"slices"
	"strings"
)

// What is wrong with goods is said of them: they stand before it in its clause or the one before. The forms read here hold for
// any goods and any verb: what they cannot do (合不拢, 抽不满), what cannot be done with them (没法做标本), that they come back
// (退回来6把), that something is on them that should not be (有条亮线) or is missing (少了个转头), that they came late (送晚了).

// unableEnds are the results that a verb with 不 fails to reach.
const unableEnds = "拢满严死下去来全齐匀透净掉住直合正紧牢稳准清动上进出开起着亮通响热冷平到回"

// ownAffairs tell that something else than the goods is spoken of: money, papers, people.
var ownAffairs = words("预算 经费 资金 钱 款 价 账期 合同 单子 订单 招标 标书 时间 领导 流程 方案 计划 库存 仓库 人手 名额 地方 场地 谈 批 定 他们 我们 咱 客户 销量 销路 卖 生意 证 发票 意见 电话 微信 人 货款 谁 参数表")

// worriesOrViews tell of a view or a fear and of nothing that happened.
var worriesOrViews = words("嫌 觉得 担心 顾虑 怕 认为 会不会 如果 要是 万一 希望 想 打算 吃不准 就看 听说 以前 原来 之前 旧 别家 竞品 对手")

// subject is the product of which rune i of a message is said: the one before it in its clause or, where the clause names
// none, in the clause before; false when another thing is spoken of.
func (m *message) subject(from, i int) (productHit, bool) {
	k := m.clauseAt(i)
	for n := k; n >= max(0, k-1); n-- {
		c := m.clauses[n]
		for q := len(m.prods) - 1; q >= 0; q-- {
			p := m.prods[q]
			if p.past || p.i < from || p.i < c.i || p.j > i || p.i >= c.j {
				continue
			}
			end := i
			if n < k {
				if m.has(m.clauses[k].i, i, ownAffairs...) || m.hitOrPerson(clause{i: m.clauses[k].i, j: i}) {
					return p, false
				}
				end = c.j
			}
			return p, !m.has(p.j, end, ownAffairs...)
		}
		if m.hitOrPerson(c) && n < k {
			break
		}
	}
	return productHit{}, false
}

// happened reports that what stands at i is told as a fact about goods of ours.
func (m *message) happened(from, to, i int) bool {
	c := m.clauses[m.clauseAt(i)]
	return !m.denied(i) && !m.feared(i) && !m.pastTalk(i) && !m.has(c.i, i, worriesOrViews...) && !m.hypothetical(m.clauseAt(i)) && !m.has(from, to, "样品", "样机", "小样", "样件", "试用", "试吃", "试喝") && !m.has(from, to, "介绍了", "演示", "推荐", "讲解", "试用")
}

// defect finds that goods are told to be at fault by one of the forms; -1 for none.
func (m *message) defect(from, to int) (Issue, int) {
	for i := from; i < to; i++ {
		if m.used[i] || !isHan(m.r[i]) {
			continue
		}
		is := m.defectAt(from, i, to)
		if is == "" || !m.happened(from, to, i) {
			continue
		}
		return is, i
	}
	return "", -1
}

// defectAt reads one of the forms at i.
func (m *message) defectAt(from, i, to int) Issue {
	p, ours := m.subject(from, i)
	if is := m.cameLate(from, i, to); is != "" {
		return is
	}
	if m.missingPart(i) && (ours || m.has(from, i, goodsWords...)) {
		return IssueShortage
	}
	if m.returned(i) && len(m.prods) > 0 {
		return m.faultOf(m.prods[0])
	}
	if !ours {
		return ""
	}
	switch {
	case m.any(i, "对不上") > 0 && m.plainEnd(i+3):
		return m.faultOf(p)
	case m.unable(i), m.noUse(i), m.any(i, "接触不良", "充电不良", "散热不良", "匹配不上", "对不上型号", "型号对不上", "对不上口", "不匹配", "不兼容") > 0:
		return m.faultOf(p)
	case m.blemish(i):
		return IssueQuality
	case m.wrecked(i):
		if m.any(i, "撞了", "断了", "断掉", "断裂", "脱落", "炸了", "磨没", "磨平", "磨光") > 0 && m.faultOf(p) == IssueFault {
			return IssueFault
		}
		return IssueQuality
	}
	return ""
}

// faultOf is what is wrong with goods that do not work: a machine has a fault, other goods are bad.
func (m *message) faultOf(p productHit) Issue {
	if q, ok := m.x.Product(p.ref.ID); ok && slices.Contains(machineUnits, q.Unit) {
		return IssueFault
	}
	return IssueQuality
}

// unable reads a verb that fails to reach its result: 合不拢, 抽不满, 投不上去.
func (m *message) unable(i int) bool {
	if m.at(i+1) != '不' || m.used[i+1] || m.inTime(i, i+1) || m.any(i+2, "下单", "进货", "出货", "到货", "上班", "开会", "动工", "进口", "上了", "上会", "清楚", "来了", "去了", "到位", "准备", "上门", "下订", "开票", "全部", "着急", "进场", "直接", "来往", "正常") > 0 || !isHan(m.at(i+2)) || !strings.ContainsRune(unableEnds, m.at(i+2)) {
		return false
	}
	if strings.ContainsRune("差来了对舍谈说看拿吃等走脱先暂时再还今年月也又忙受划犯卖销买存放要想会能是好很都也就可没得定批报降让赶跟顾做听找约见问管养付给学记信", m.r[i]) {
		return false
	}
	if e := m.opt(i+3, "来", "去"); e < len(m.r) && isHan(m.at(e)) && !m.used[e] && !m.inTime(e, e+1) && !strings.ContainsRune("了电水气油机血字图码网声光数样标片膜盖门盒槽的就,老呢嘛吧它人", m.at(e)) {
		return false // 进不来新货架
	}
	if m.at(i+2) == '起' && strings.ContainsRune("装用买请付租", m.r[i]) || strings.ContainsRune("摆堆塞铺", m.r[i]) {
		return false
	}
	return m.any(i, "用不上", "用不着", "用不到", "抽不开", "抽不出", "分不开", "离不开", "动不动", "提不上", "算不上", "轮不到", "排不上", "排不下", "装不下", "摆不下", "进不去人", "回不来", "喝不下", "高不", "低不", "接不上话", "开不出") < 0 && m.at(i) != m.at(i+2)
}

// noUse reads that nothing can be done with the goods: 没法做标本, 没办法用, 用不成.
func (m *message) noUse(i int) bool {
	e := m.any(i, "没法", "没办法", "无法", "不能正常", "没法正常")
	return e > 0 && strings.ContainsRune("用做开测跑打显录充启工运使装切喝吃卖上读连检投写关调校喷转", m.at(e)) && m.any(e, "做主", "做决定", "开会", "开票", "打款", "上会", "用上预算", "做预算", "上班", "关心") < 0 || m.any(i, "用不成", "干不成", "做不成", "开不成", "测不成") > 0
}

// returned reads that goods have come back: 退回来6把, 下架了20箱, 寄回来返修.
func (m *message) returned(i int) bool {
	e := m.any(i, "退回来", "退回了", "退了回来", "送回来", "拉回来", "寄回来", "返厂", "打回来", "下架了", "拒收", "退掉了", "退了")
	if e < 0 || m.any(e, "休", "款", "钱", "定金", "税", "出", "保证金", "群", "标") > 0 {
		return false
	}
	return m.countFollows(e) || m.any(i, "返厂", "拒收", "下架了") > 0 && m.before(i, "要", "全", "都", "被", "就", "把", "了") || m.has(max(0, i-4), i, "把", "被")
}

// blemish reads that something is on goods that should not be: 有条亮线, 有两道划痕, 上面有个洞.
func (m *message) blemish(i int) bool {
	if e := m.any(i, "全是", "都是", "尽是"); e > 0 {
		return m.any(e, "沫", "泡", "渣", "灰", "锈", "霉", "毛刺", "黑点", "气泡", "划痕", "雪花", "条纹", "噪点", "杂音", "乱码", "虫", "水渍", "油污", "裂纹", "铁屑") > 0
	}
	if m.at(i) != '有' || m.before(i, "没", "还", "只") {
		return false
	}
	k := m.opt(i+1, "好几", "一", "两", "三", "几", "好多", "很多", "不少")
	e := m.any(k, "条", "道", "块", "个", "处", "圈", "层", "片", "些", "点")
	if e < 0 {
		e = k
	}
	at := m.find(e, min(len(m.r), e+4), "线", "纹", "缝", "印子", "洞", "斑", "痕", "口子", "坑", "鼓包", "锈", "毛刺", "裂口", "虫", "头发", "霉点", "黑点", "水渍", "油污", "异物", "渣")
	return at >= 0 && m.any(at, "线索", "线路图", "线上", "线下", "印象", "洞察", "纹理图") < 0 && m.any(at-1, "产线", "流水线", "光线", "网线", "电线", "管线", "条线", "专线", "热线", "在线", "无线") < 0
}

// wrecked reads what has become of goods by a verb of wreckage: 加样针撞了, 碳刷磨没了, 把手脱落.
func (m *message) wrecked(i int) bool {
	e := m.any(i, "撞了", "弯了", "塌了", "崩了", "炸了", "豁了", "断了", "断掉", "脱落", "脱开", "开胶", "断裂", "磨没了", "磨平了", "磨光了", "磨坏", "松脱", "掉下来", "掉了下来", "崩边", "崩刃", "松开了")
	return e > 0 && (e >= len(m.r) || !isHan(m.at(e)) || m.any(e, "了", "好几", "两", "三", "一") > 0) && m.any(e, "联系", "货", "供") < 0
}

// missingPart reads that a part of what came is not there: 少了个转头, 缺根电源线, 差12只没到.
func (m *message) missingPart(i int) bool {
	e := m.any(i, "少了", "缺了", "少", "缺", "没带", "没配")
	if e > 0 && !m.before(i, "不", "至", "最", "多", "减", "人手", "急", "太", "很", "较") && m.any(e, "个", "根", "一个", "一根", "一把", "一套", "一块", "一张", "两根", "两个", "块", "把", "套", "张", "颗", "只") > 0 {
		return m.has(max(0, i-14), i, "开箱", "到货", "收到", "装箱", "清点", "拆开", "拆箱", "箱子里", "打开", "验货", "装机", "送来", "里面", "里头", "到了", "送到", "货到", "寄到") && !m.has(i, min(len(m.r), i+8), "人", "证", "章", "签字", "钱", "专家", "机会")
	}
	if m.at(i) == '差' || m.at(i) == '还' && m.at(i+1) == '差' {
		for _, h := range m.counts {
			if h.i == m.blank(m.opt(i+1, "差", "了")) && m.any(m.blank(h.j), "没到", "没来", "没送", "没发", "没收到", "没给", "没见") > 0 {
				return true
			}
		}
	}
	return false
}

// partMissing is missingPart for any place of a part.
func (m *message) partMissing(from, to int) bool {
	for i := from; i < to; i++ {
		if !m.used[i] && strings.ContainsRune("少缺差还没", m.r[i]) && m.missingPart(i) && !m.denied(i) {
			return true
		}
	}
	return false
}

// cameLate reads that goods are late: 送晚了两个小时, 催了三次了还在路上.
func (m *message) cameLate(from, i, to int) Issue {
	switch {
	case strings.ContainsRune("送到来发", m.at(i)) && m.at(i+1) == '晚' && m.any(i+2, "了", "一", "两", "三", "半") > 0 && (len(m.prods) > 0 || m.has(from, i, "货")):
		return IssueLateDelivery
	case m.at(i) == '催' && m.any(i+1, "了") > 0 && m.has(i, min(to, i+6), "次", "遍", "回", "趟") && m.has(i, to, "还没", "没到", "没来", "没发", "没送", "路上", "没见", "没影", "没动静", "没消息", "没装", "没给"):
		if m.has(from, to, "款", "钱", "合同", "预算", "发票", "回款", "付", "报价", "方案", "资料") {
			return ""
		}
		return IssueLateDelivery
	case m.any(i, "还没装机", "还没安装", "还没来装", "没人来装", "还没上门") > 0 && m.has(max(from, i-12), i, "等了", "都", "催", "说好", "一直", "过了"):
		return IssueLateDelivery
	}
	return ""
}

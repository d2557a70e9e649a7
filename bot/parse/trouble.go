package parse

import (
	"slices"
	"strings"
)

// What goes wrong is told by few forms and many words: a state that things come into (起泡, 掉漆, 发粘), a smell, a thing
// that fails (卡, 断), that arrives broken or not at all, and the remedy that is demanded. Each form is read by its class
// of characters; the words beside it need not be known.

// becoming are verbs of one character with what things may become that is bad.
var becoming = map[rune]string{
	'起': "泡皮锈霉毛球层皱鼓雾沫壳粉斑砂", '掉': "漆色渣皮粉毛屑边线盖帽齿扣把", '长': "毛霉锈虫斑", '生': "锈霉虫", '变': "质味硬软黄黑稀稠酸臭",
	'褪': "色", '串': "味色", '结': "块垢皮团", '分': "层", '脱': "胶漆皮层落", '走': "样形味", '返': "潮锈霜",
}

// brokenStates are characters of damage with what must follow for it to be damage.
const brokenStates = "破碎裂瘪烂洒漏胀扁磕凹"

var (
	faultWords   = words("频闪 趴窝 罢工 宕机 瘫了 瘫痪 歇菜 歇了 死机 黑屏 蓝屏 花屏 白屏 闪屏 卡死 卡壳 掉线 断连 断网 失灵 失效 故障 毛病 出错 报错 跳闸 短路 漏电 冒烟 烧了 烧坏 坏了 坏掉 又坏 没反应 没动静 不动弹 动不了 卡顿 卡住 卡纸 堵了 堵死 堵针 堵孔 卡针 撞针 屏幕花了 屏花了 画面花 撂挑子 熄火 断电 停摆 转速不 打不着火 乱跳 乱码")
	qualityWords = words("批间差大 差异大 波动大 差别大 有雪花 有条纹 有横纹 有重影 有拖影 有水波纹 有坏点 有黑线 有亮点 有黑点 有斑点 有裂口 有沙眼 有砂眼 过敏 有回声 有杂音 有噪声 不经用 不顶用 不中用 不好使 不灵光 不合格 不达标 不过关 不对劲 不新鲜 不均匀 不匀 不纯 不牢固 不牢 不稳定 不耐用 沉淀 浑浊 毛刺 毛边 划痕 裂纹 气泡 杂质 异物 色差 串色 次品 残次 超差 硬度不够 厚薄不 尺寸不 精度不 没通过验收 验收没过 验收不过 没过验收 检验没过 抽检没过 质检没过 过期 临期 混料 发错 装错 送错 型号不对 规格不对 颜色不对 口味不对 标签贴错")
	lateWords    = words("没见影 没影 没个影 不见影 见不着影 不见踪影 没动静 没着落 没下文 迟迟 拖到现在 一拖再拖 拖着不发 拖着没 晚到 延误 误期 误了交期 超期 没按时 没准时 还不来 还没来货 还没收到 还没见到 没收到货 没见着货 货还没 到现在还没 到现在没 至今没 至今还没 到今天还没")
	angerWords   = words("怒 火大 发火 发飙 发脾气 骂 拍桌子 光火 急眼 翻脸 窝火 气得 气坏 气炸 跳脚 数落 抱怨 埋怨 投诉 差评 很生气 生气了 不高兴 很不满 不满意 没好气 发了通火 发了一通火 发了大火 发了火 一肚子火 一肚子气 有意见 意见很大 意见大")
	remedies     = words("赔 索赔 说法 整改 返工 返修 拉回 退款 退货 退掉 退回 扣款 扣钱 换货 上门修 来修 来人修 派人修 派人看 来人看")
	goodsWords   = words("货 机器 设备 仪器 机子 东西 灯 屏 包装 箱子 外箱 产品 零件 台面 主机 系统 批次 这批 那批 材料 料子 瓶 桶 盒 程序 软件 标签 试剂 管子 接头 阀")
)

// trouble finds something gone wrong with what we delivered in runes from to to: what it is and where; -1 for nothing.
func (m *message) trouble(from, to int) (Issue, int) {
	ours := slices.ContainsFunc(m.prods, func(p productHit) bool {
		return p.i >= from && p.i < to && (!p.past || m.before(p.i, "送的", "发的", "到的", "进的", "拿的", "买的", "寄的", "装的", "送来的", "发来的"))
	}) || m.has(from, to, goodsWords...)
	if !ours {
		return "", -1
	}
	for i := from; i < to; i++ {
		if m.used[i] {
			continue
		}
		is := m.troubleAt(i, to)
		if is == "" || m.denied(i) && !m.soon(i) || m.feared(i) || m.pastTalk(i) {
			continue
		}
		return is, i
	}
	return "", -1
}

// feared reports that what stands at i is a worry, a condition or a question and not news.
func (m *message) feared(i int) bool {
	c := m.clauses[m.clauseAt(i)]
	for k := m.clauseAt(i); k >= max(0, m.clauseAt(i)-2); k-- {
		if m.condition(m.clauses[k]) {
			return true
		}
	}
	return m.has(c.i, i, "怕", "担心", "万一", "如果", "要是", "会不会", "容易", "防止", "以免", "避免", "问过", "问有没有", "会", "别", "假如", "解决", "修好", "以前", "原来", "旧", "老机", "老设备") ||
		m.has(i, c.j, "怎么办", "吗", "?")
}

// troubleAt reads one trouble at i.
func (m *message) troubleAt(i, to int) Issue {
	c, next := m.r[i], m.at(i+1)
	switch {
	case (m.any(i, lateWords...) > 0 || m.noShadow(i)) && m.any(i, "没影的事", "没影儿的事", "没影子的事") < 0 && !m.has(i, min(to, i+5), "影的事", "影儿的事", "影子的事") && !m.has(max(0, i-8), min(to, i+8), "款", "钱", "预算", "发票", "合同", "订单", "批复", "回复", "消息", "回音"):
		return IssueLateDelivery
	case m.any(i, faultWords...) > 0, m.any(i, "泄漏", "滴漏", "渗油", "渗水") > 0, m.extreme(i), m.amidst(i):
		return IssueFault
	case m.any(i, qualityWords...) > 0 && !m.paperAt(i):
		return IssueQuality
	case c == '一' && m.at(i+2) == '一' && next == m.at(i+3) && strings.ContainsRune("卡闪跳抖停顿断", next):
		return IssueFault
	case next == '味' && strings.ContainsRune("臭馊酸霉焦糊怪异腥哈", c), c == '股' && m.has(i, min(to, i+6), "味", "臭", "气"):
		return IssueQuality
	case next != 0 && strings.ContainsRune(becoming[c], next) && m.any(i, "分层级", "结块好") < 0 && !m.before(i, "一", "升", "主", "学", "医", "先", "院"):
		return IssueQuality
	case m.any(i, "受不了", "遭不住", "扛不住") > 0 && !m.has(m.clauses[m.clauseAt(i)].i, i, "价", "贵", "涨", "账期"):
		return IssueQuality
	case c == '报' && m.at(i+1) != 0 && isWord(m.at(i+1)) && m.used[i+1] && !m.isProduct(i+1) && (m.before(i, "就", "又", "老", "总", "一直", "还", "显示", "屏幕", "开机", "故障", "突然") || m.used[max(0, i-1)] && m.isProduct(i-1)):
		return IssueFault // 开机就报E07
	case c == '报' && m.any(i, "报价", "报告", "报名", "报表", "报备", "报销") < 0 && m.has(i+1, min(to, i+8), "错误", "故障", "异常", "报警", "代码") && !m.has(i+1, min(to, i+8), "告"):
		return IssueFault // 开机报压力错误
	case m.any(i, "保质期") > 0 && m.before(i, "过了", "过", "超过", "超", "快到", "快过", "超了"), c == '没' && m.any(i+1, "贴标", "封口", "封严", "盖章的", "印日期", "打码", "喷码", "打生产", "拧紧", "拧严", "锁紧", "锁牢", "封住", "封好", "焊牢", "焊住", "压实", "压紧", "粘牢", "粘住", "扣紧", "盖紧", "盖严") > 0:
		return IssueQuality
	case c == '晚' && strings.ContainsRune("送到发", next) && (m.at(i+2) == '了' || m.inTime(i+2, i+3)) && !m.before(i, "今", "明", "昨", "当", "早", "每"):
		return IssueLateDelivery
	case c == '晚' && m.any(i+1, "了") > 0 && m.lateBy(i+2):
		return IssueLateDelivery
	case c == '冒' && strings.ContainsRune("火烟油泡水气", next) && m.at(i+2) != '险', m.soon(i):
		if strings.ContainsRune("掉弯脱臭馊酸霉软烂锈", m.at(i+1)) && c == '就' {
			return IssueQuality
		}
		return IssueFault
	case m.wavers(i), m.any(i, "漂移", "掉链子", "不走了", "不动了") > 0 && m.any(i, "不走了之") < 0:
		return IssueFault
	case m.spoiled(i), m.any(i, "混了", "混进", "掺了", "夹了", "拒收", "不肯收", "不给收") > 0 && m.any(i, "混了解", "混进来看") < 0:
		return IssueQuality
	case c == '断' && (m.before(i, "就") || next == '了' && m.countFollows(i+2)) && m.any(i, "断货", "断供", "断电", "断网") < 0:
		return IssueQuality
	case c == '爆' && strings.ContainsRune("盖罐袋瓶胎管口桶箱", next), c == '缺' && strings.ContainsRune("角口边", next), c == '受' && strings.ContainsRune("潮冻损压", next) && m.any(i, "受损失", "受压力") < 0, m.any(i, "进水", "浸水", "泡水", "淋湿", "淋雨", "水浸", "压扁", "压烂") > 0 && !m.before(i, "防", "不", "耐"):
		return IssueDamage
	case c == '空' && strings.ContainsRune("管瓶箱盒罐桶", next) && m.countFollows(i+2):
		return IssueQuality
	case c == '漏' && next == '得' && m.before(i, "漏水", "漏油", "漏气", "滴水", "渗水"):
		return IssueFault
	case strings.ContainsRune(brokenStates, c) && m.any(i+1, "了", "的", "掉", "开", "坏", "损", "烂", "袋", "包", "瓶", "箱", "桶", "得", "屏", "角", "边", "盖", "壳", "杯", "罐", "盒", "口") > 0 && !m.before(i, "说", "讲") && m.any(i, "破了个例", "破的价", "碎的时间", "漏掉了没记", "破费") < 0 && !m.letsOut(i) && !m.before(i, "打", "突", "冲", "击"):
		if c == '漏' && m.any(i+1, "包", "瓶", "箱", "袋") > 0 && m.any(i+2, "没") > 0 {
			return IssueShortage
		}
		return IssueDamage
	}
	return ""
}

// angry finds that somebody at the customer's is cross, where goods are spoken of and no price.
func (m *message) angry(from, to int) bool {
	i := m.findSaid(from, to, angerWords...)
	return i >= 0 && !m.feared(i) && !m.has(from, to, "贵", "价格", "涨价", "报价", "付款", "回款")
}

// demandsRemedy finds that a remedy is demanded of us: 要退12箱, 叫我们拉回去.
func (m *message) demandsRemedy(from, to int) bool {
	for i := from; i < to; i++ {
		if i = m.find(i, to, remedies...); i < 0 {
			break
		}
		if m.denied(i) || m.feared(i) || m.pastTalk(i) {
			continue
		}
		c := m.clauses[m.clauseAt(i)]
		if m.any(i, "说法") > 0 && !m.has(from, to, goodsWords...) && !slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i >= from && p.i < to }) {
			continue
		}
		if m.has(c.i, i, "要", "让", "喊", "叫", "催", "坚持", "提出", "闹", "非", "得", "赶紧", "尽快", "给个", "给我们个", "给") && !m.has(c.i, i, "管", "包", "支持", "可以", "不行就", "能") {
			return true
		}
	}
	for i := from; i+1 < to; i++ { // 要退12箱, 想退3台
		if m.at(i) == '退' && !m.used[i] && !m.denied(i) && m.before(i, "要", "想", "得", "非要", "要求", "说", "准备") {
			if k := m.opt(i+1, "掉", "回", "了", "给我们", "我们"); m.countFollows(k) || m.any(k, "这批", "那批", "货") > 0 {
				return true
			}
		}
	}
	return m.changeDemanded(from, to)
}

// changeDemanded finds that goods are to be changed or taken back, and for nothing better: 让给换, 叫我们全部退掉.
func (m *message) changeDemanded(from, to int) bool {
	if !m.has(from, to, "这批", "那批", "上批", "这次", "上次", "坏", "送来的", "发来的", "收到的") {
		return false
	}
	for i := from; i < to; i++ {
		e := m.any(i, "让", "叫", "喊", "要求", "催着", "催")
		if e < 0 || m.used[i] || m.denied(i) || m.feared(i) || m.pastTalk(i) {
			continue
		}
		for k := e; k > 0; {
			e, k = k, m.any(k, "我们", "咱们", "你们", "厂家", "尽快", "赶紧", "马上", "免费", "全部", "统统", "全", "都", "给他", "给她", "给", "把")
		}
		if j := m.any(e, "换", "退"); j > 0 && (j >= to || m.at(j) == ' ' || !isHan(m.at(j)) || m.any(j, "掉", "新", "一批", "货", "了", "回") > 0 && m.any(j, "新款", "新包装", "新品", "了大", "了小") < 0) {
			return true
		}
	}
	return false
}

// blamed finds that somebody is cross with what we do for him: 埋怨送货司机态度差.
func (m *message) blamed(from, to int) bool {
	i := m.findSaid(from, to, "埋怨", "抱怨", "吐槽", "数落", "骂", "投诉", "意见大", "意见很大", "有意见", "冲我发火")
	return i >= 0 && !m.feared(i) && !m.pastTalk(i) && m.has(from, to, "送货", "司机", "售后", "服务", "客服", "态度", "安装", "师傅", "工程师", "发货", "物流", "快递", "维修", "修") && !m.has(from, to, "贵", "价格", "涨价", "报价")
}

// noShadow reads 影子都没有, 连个影都没见 at the 影: it has not come.
func (m *message) noShadow(i int) bool {
	return m.r[i] == '影' && m.any(i+1, "响", "院", "像", "片", "印", "视", "音", "楼") < 0 && !m.before(i, "投", "电", "摄", "录", "合", "阴", "拖", "重") &&
		(m.has(i, min(len(m.r), i+5), "没") || m.has(max(0, i-4), i, "没见", "没有", "没个", "不见"))
}

// lateBy reads how late something came: 晚了|四天才到.
func (m *message) lateBy(i int) bool {
	l, ok := m.length(i)
	return ok && l.unit >= day && m.any(m.opt(l.j, "多", "才", "了"), "到", "送", "发", "来") > 0
}

// wavers reads readings that will not hold and noises: 忽高忽低, 时好时坏, 嗡嗡响.
func (m *message) wavers(i int) bool {
	c := m.r[i]
	switch {
	case c == '忽' || c == '时':
		return m.at(i+2) == c && isHan(m.at(i+1)) && m.at(i+1) != c && isHan(m.at(i+3))
	case isHan(c) && m.at(i+1) == c && m.at(i+2) != 0:
		return m.any(i+2, "响", "作响", "直响", "叫") > 0 && m.any(i+2, "响应", "叫好", "叫我", "叫他") < 0
	}
	return false
}

// spoiled reads a state that goods have come into: 潮了, 喷歪了, 夹头松掉.
func (m *message) spoiled(i int) bool {
	if !strings.ContainsRune("歪糊潮馊霉瘪臭哑堵焦锈松", m.r[i]) || m.any(i+1, "了", "掉", "的") < 0 || m.any(i+1, "了口", "了一口气", "了劲") > 0 || m.before(i, "放", "宽", "轻", "蓬", "新", "高", "含") {
		return false
	}
	return m.any(i+1, "的") < 0 || m.before(i, "都是", "全是", "是", "有")
}

// extreme reads what a thing does to a degree that nobody likes: 抖得厉害, 烫得不行, 响个不停.
func (m *message) extreme(i int) bool {
	if strings.ContainsRune("磨掉锈漏耗断坏老", m.r[i]) && m.any(i+1, "得太快", "得快", "得特别快", "得很快", "得厉害", "得太厉害") > 0 {
		return true
	}
	return strings.ContainsRune("抖飘响烫吵卡闪漏晃震跳偏热颤松", m.r[i]) && !m.before(i, "影", "火") &&
		m.any(i+1, "得厉害", "得很", "得不行", "得要命", "得慌", "得离谱", "得没法", "得受不了", "得吓人", "得凶", "得太", "个不停", "的厉害", "的不行", "的要命", "得不得了") > 0
}

// amidst reads what fails while it is being used: 录着录着就断, 开着开着停了.
func (m *message) amidst(i int) bool {
	return m.at(i+1) == '着' && m.at(i+2) == m.r[i] && m.at(i+3) == '着' && isHan(m.r[i]) && strings.ContainsRune("断停黑卡死跳熄闪灭没坏掉烫响", m.at(m.opt(i+4, "就", "突然", "又", "自己", "会")))
}

// soon reports that at i something is told to have failed after a short time: 没三天|就闪, 一用|就漏.
func (m *message) soon(i int) bool {
	return m.r[i] == '就' && strings.ContainsRune("闪坏漏裂锈卡停跳断灭爆烧黑响软死烂掉弯脱臭馊酸霉糊", m.at(i+1)) && (!isHan(m.at(i+2)) || m.at(i+2) == '了') && m.has(max(0, i-8), i, "没", "才", "不到", "一", "用")
}

package parse

import (
	"slices"
	"strings"
)

var (
	sampleWords = words("样品 样机 小样 试用 试吃 试样 打样 样件 寄样 送样 试喝 试剂样 样本 试饮 留样 试用装 试用机 尝了 尝过 试了 试过 样")
	trialWords  = words("试用 试吃 试喝 试饮 试样 试机 测试 试了 试过 试下来 尝了 尝过 试完 用了几天 用了一周 测过 测下来 喝了 吃了")
	trialWishes = words("要求 希望能 想 先 要 能 可以 同意 安排 申请 给 去 准备 打算 希望 提供 免费 再 愿意 答应 约")
	sentWords   = words("寄了 送了 发了 已寄 已发 寄出 寄过去了 发过去了 送过去了 带了 寄走 寄去了 送去了 刚寄 刚发 寄给 发给 送给 给寄 留了 放了 快递了 送去 寄去 已送 带去 带过去 拿了 拿去 寄的 发的 送的 捎了 捎过去了 捎去了 捎给了 托运了 发走 运至 运到 快递到 承运至 邮了 寄到")
	gotWords    = words("签收 签的字 签了字 签字 代签 收到 收下 送到 送达 到了 拿到 到手 手上 到货 收着 装好了 装上了 架好了 装好")
	judgedWords = words("反馈 觉得 认为 评价 反映 用着 用下来 用起来 说 口感 结果 效果 通过 合格 达标")
)

// sampleIn reports news of a sample.
func (m *message) sampleIn(from, to int) bool {
	at := m.findSaid(from, to, sampleWords...)
	if at >= 0 && m.any(at, "试了", "试过", "尝了", "尝过") > 0 && !m.has(from, to, "样", "小样", "样品") {
		at = -1
	}
	if at < 0 && (m.triedOut(from, to) || m.tried(from, to) || m.triedEnd(from, to, true) >= 0) {
		return m.sentiment(from, to) != "" && !((m.has(from, to, "去了", "见了", "拜访") || m.countIn(from, to) && m.has(from, to, "要", "订", "拿", "下单")) && len(m.promises(from, to, KindVisit)) > 0)
	}
	if at < 0 && m.leftToTry(from, to) {
		return true
	}
	if at < 0 || m.notMet(from, to) || m.any(at, "样板", "样子", "样式", "样的") > 0 && !m.has(from, to, "样品", "样机", "小样") {
		return false
	}
	return m.sampleAction(from, to) != ""
}

// sampleJudged reports a verdict on a sample that would else read as a complaint: 反馈样机画面有拖影,不满意.
func (m *message) sampleJudged(from, to int) bool {
	if m.trialTold(from, to) {
		return true
	}
	if m.triedFor(from, to) && !m.has(from, to, "投诉", "退货", "索赔", "赔", "要退", "要换") {
		return true
	}
	return m.has(from, to, "样机", "样品", "小样", "试用装", "试用机", "样件") && m.has(from, to, "反馈", "试", "尝", "用下来", "用着", "不满意", "评价", "说", "讲", "觉得", "反映", "嫌", "用了") &&
		m.sampleAction(from, to) == SampleFeedback && !m.has(from, to, "投诉", "退货", "索赔", "赔", "还没到", "没收到", "破", "碎", "催")
}

// tried reports that somebody has tried: not 想试用, 先试用五台.
func (m *message) tried(from, to int) bool {
	if m.triedOut(from, to) {
		return true
	}
	for i := from; i < to; i++ {
		if i = m.find(i, to, trialWords...); i < 0 {
			return false
		}
		if m.denied(i) || m.before(i, trialWishes...) || m.any(i, "试用期", "试用机", "试用装", "试用品", "试样品", "试吃装", "试吃品") > 0 || m.meal(i) {
			continue
		}
		c := m.clauses[m.clauseAt(i)]
		if k := m.clauseAt(i); m.promised(k) {
			continue
		}
		e := m.any(i, trialWords...)
		if l, ok := m.length(m.trialSpan(e)); ok && l.unit >= day && c.tense != TenseFuture && m.sentiment(from, to) != "" {
			return true // 试用一周没发现问题,比较满意
		}
		if m.before(e, "了", "过", "下来", "完") || m.any(e, "了", "过", "下来", "完", "后", "结果", "反馈", "反应", "反响", "口碑", "评价", "感觉", "情况", "效果", "着", "合格", "通过", "挺好", "不错", "很好", "蛮好", "没问题", "满意", "不满意", "不太满意", "不行", "不理想", "一般") > 0 || m.has(e, to, judgedWords...) && !m.has(c.i, i, trialWishes...) {
			return true
		}
	}
	return false
}

// triedFor reports a trial that is told with the time it took and a verdict: 试用护眼灯两天,觉得太亮.
func (m *message) triedFor(from, to int) bool {
	i := m.findSaid(from, to, "试用", "试喝", "试吃", "试饮", "试卖", "试听", "试写", "试跑", "试装", "试钻", "试磨", "试挂", "试戴", "试切", "试穿")
	if i < 0 || m.before(i, trialWishes...) || m.promised(m.clauseAt(i)) {
		return false
	}
	l, ok := m.length(m.trialSpan(i + 2))
	return ok && l.unit >= day && m.clauses[m.clauseAt(i)].tense != TenseFuture && m.any(l.j, "后", "内", "再", "看看", "试试") < 0 && m.sentiment(from, to) != ""
}

// trialSpan is where behind a verb of trying at i the time it took may stand, with what was tried before it: 试用|切削液样品|两周.
func (m *message) trialSpan(i int) int {
	for k := -1; k != i; {
		k = i
		i = m.blank(m.opt(m.blank(i), "样品", "样机", "小样", "样", "已经", "满", "快", "了", "的", "整整"))
		for _, p := range m.prods {
			if p.i == i {
				i = p.j
			}
		}
	}
	return i
}

// promised reports that the clause tells what is to be done.
func (m *message) promised(k int) bool {
	c := m.clauses[k]
	return m.pledgeIn(c) != "" || m.planned(k, c) || c.tense == TenseFuture && m.has(c.i, c.j, "要", "准备", "打算", "计划", "能不能", "可以", "尽快", "记得", "等", "待")
}

// sampleAction is what has happened to the sample; "" when it is only wanted or promised.
func (m *message) sampleAction(from, to int) SampleAction {
	thing := m.has(from, to, "样品", "样机", "小样", "样件", "试用装", "试用机", "样")
	done := func(ws []string) bool {
		for i := from; i < to; i++ {
			if i = m.find(i, to, ws...); i < 0 {
				return false
			}
			k := m.clauseAt(i)
			if m.before(m.any(i, ws...), "了") && !m.denied(i) && m.tellsFirst(k, i) {
				return true // 收到了还没用下周试
			}
			if m.any(m.any(i, ws...), "了") > 0 && !m.denied(i) && m.tellsFirst(k, i) {
				return true
			}
			if !m.denied(i) && !m.before(m.back(i, "先", "再", "拿样", "带样", "把样品", "过来", "一台", "一些", "点"), "要", "能", "可以", "想", "准备", "会", "等", "让", "打算", "希望") && !(m.promised(k) && !m.has(m.clauses[k].i, m.clauses[k].j, "已", "刚", "昨", "上周", "今天")) {
				return true
			}
		}
		return false
	}
	switch {
	case m.onlyLooked(from, to), m.sampleAhead(from, to):
		return ""
	case m.triedFor(from, to):
		return SampleFeedback
	case m.verdictAt(from, to) && m.sentiment(from, to) != "" && !m.anyPromise(from, to):
		return SampleFeedback
	case thing && m.usedSample(from, to) && m.sentiment(from, to) != "" && !m.anyPromise(from, to):
		return SampleFeedback
	case m.tried(from, to), m.triedEnd(from, to, true) >= 0, thing && m.has(from, to, "试用到期", "试用结束", "试用期满", "试用完", "试用期到"):
		return SampleFeedback
	case m.has(from, to, "样品", "样机", "小样", "样件") && m.consumed(from, to) && m.has(from, to, "反馈", "反映", "评价", "结论", "回话") && !m.anyPromise(from, to):
		return SampleFeedback
	case thing && m.triedBy(from, to) && m.sentiment(from, to) != "":
		return SampleFeedback
	case m.has(from, to, "样品", "样机", "小样", "样件", "试用装", "试用机", "试吃装") && m.sentiment(from, to) != "" && (m.consumed(from, to) || m.has(from, to, "满意", "绝绝子", "夸", "点赞", "称赞", "赞不绝口", "好评", "差评", "嫌弃", "直摇头", "直点头")) && !m.anyPromise(from, to):
		return SampleFeedback
	case thing && m.sentiment(from, to) != "" && (m.has(from, to, judgedWords...) || m.says(from, to, "爱喝", "爱吃", "爱用", "喜欢", "喝不惯", "吃不惯", "用不惯")) && !m.anyPromise(from, to):
		return SampleFeedback
	case m.track.Value != "" && done(gotWords):
		return SampleDelivered
	case m.track.Value != "":
		return SampleSent
	case thing && done(gotWords):
		return SampleDelivered
	case !thing && m.leftToTry(from, to):
		return SampleSent
	case done(sentWords), thing && m.sentAway(from, to), thing && m.leftThere(from, to):
		return SampleSent
	case thing && m.has(from, to, "交到", "递到", "送到", "拿到") && m.has(from, to, "手里", "手上", "手中") && !m.anyPromise(from, to):
		return SampleDelivered
	case thing && m.handedOver(from, to):
		return SampleDelivered
	case thing && m.has(from, to, "反馈") && m.has(from, to, "说", "好", "不") && !m.has(from, to, "给反馈", "再反馈", "来反馈", "等反馈", "后反馈", "出反馈", "会反馈"):
		return SampleFeedback
	}
	return ""
}

// anyPromise reports that some clause tells what is to be done about the sample.
func (m *message) anyPromise(from, to int) bool {
	for k, c := range m.clauses {
		if c.i >= from && c.i < to && m.has(c.i, c.j, sampleWords...) && m.promised(k) {
			return true
		}
	}
	return false
}

var (
	goodWords = words("不错 满意 挺好 很好 蛮好 可以 稳定 数据稳 结果稳 很稳 挺稳 认可 没问题 合格 通过 好用 喜欢 好吃 好喝 好评 顺手 够用 爱喝 爱吃 爱用 达标 效果好 准确 很准 合适 清楚 清晰 灵敏 柔和 还行 行 正宗 新鲜 耐用 抢着用 抢着要 抢手 爱不释手 绝绝子 巨爱 夸 真香 味正 味道正 味儿正 口感正 地道 醇 点赞 称赞 够 快 灵 寿命长 长了三成 吻合 对得上 延长 提升了 提高了 好多了 强多了 省了 更耐 更好 比原来好 噪音小 误差小 声音小 好")
	badWords  = words("嫌 复杂 难用 麻烦 太差 异味 失败 漏 起泡 生锈 噪音 偏大 偏小 偏咸 偏甜 偏硬 偏软 偏高 偏低 偏淡 偏重 差 卡顿 不行 吵 刺鼻 粗糙 毛刺 腥 苦 掉线 断 裂 开裂 误差 费劲 费电 味道重 慢 不如 淡 刺眼 太暗 没效果 不惯 不够 不足 不清 不清楚 不脆 不香 不滑 反光 卖得一般 卖得不好 走得慢 不下去 不顺手 不习惯 嫌弃 不舒服 不对味 咽不下 对不上 不稳 不匀 不准 不牢 不灵 不透 不敢 卡手 硌手 扎手 发热 发烫 烫手 呛人 评价一般 效果一般 感觉一般 一般般 不感冒 震手 晃 沉手 卡顿 难拔 难擦 难洗 难装 难开 难拧 难清 难操作 难看 难喝 难吃 难闻 难撕 难拆 难切 难剪")
)

// degrees say that there is too much of something.
var degrees = words("太 有点儿 有点 偏 过于 有些 略 稍微 稍 贼 忒 齁 死 老 超 巨")

// tooMuch reads 太甜, 有点硬, 偏重, but not 太好.
func (m *message) tooMuch(from, to int) bool {
	for i := from; i < to; i++ { // 咸了点
		if !m.used[i] && strings.ContainsRune("酸甜咸苦辣淡腻硬软涩腥稠稀粘重轻紧吵暗糊干烫慢贵大小厚薄窄短长", m.r[i]) && m.any(i+1, "了点", "了些", "了一点", "了一些") > 0 {
			return true
		}
	}
	for i := from; i < to; i++ {
		if i = m.find(i, to, degrees...); i < 0 {
			return false
		}
		e := m.any(i, degrees...)
		if m.any(i, "贼", "忒", "齁", "死", "老", "超", "巨") > 0 && !strings.ContainsRune("酸甜咸苦辣淡腻硬软涩腥膻稠稀粘重轻紧吵暗糊干烫慢贵难差臭", m.at(e)) {
			continue
		}
		if m.any(e, "好", "棒", "满意", "合适", "香", "喜欢", "值", "意思", "意向", "兴趣", "问题") < 0 && !m.before(i, "不", "不会") && m.any(i, "太阳", "偏偏") < 0 {
			return true
		}
	}
	return false
}

// sentiment weighs the words of praise and blame; of both, the outright verdict counts, else what is said first.
func (m *message) sentiment(from, to int) Sentiment {
	good, bad := -1, -1
	for i := from; i < to; i++ {
		if m.used[i] {
			continue
		}
		switch {
		case m.measuredAt(i) == Positive, m.praisedAlone(i):
			good = first(good, i)
		case m.measuredAt(i) == Negative:
			bad = first(bad, i)
		case m.any(i-1, "量不够", "间不够", "算不够", "费不够", "手不够", "钱不够", "金不够", "数不够", "量不足", "金不足", "算不足", "费不足") > 0:
		case m.any(i, "差不多", "好像", "好几", "好多", "行业", "行情", "行政", "好了", "行程", "进行", "银行", "可以再", "可以的话", "断货", "差价", "出差", "时差", "够不够", "快递", "快要", "快到", "快一") > 0, m.any(i-1, "进行", "银行", "出差", "能够", "不够", "最好", "只好", "正好", "尽快", "加快", "很快就", "快递", "赶快", "不好意思", "友好", "爱好") > 0:
		case m.any(i, goodWords...) > 0:
			if m.any(i, "不错", "没问题") < 0 && m.denied(i) || m.any(i-1, "不行", "不好", "没好") > 0 || m.any(i-2, "不太好", "不太行", "不够好", "不大好") > 0 {
				bad = first(bad, i)
			} else {
				good = first(good, i)
			}
		case m.any(i, "噪音低", "噪音不大", "没噪音", "误差不大", "误差低", "漏洞") > 0:
		case m.any(i, badWords...) > 0 && (!m.denied(i) || m.any(i, "不行") > 0), m.tastesOf(i):
			bad = first(bad, i)
		case m.any(i, "起泡", "生锈", "锈", "漏", "噪音", "异味", "刺鼻", "卡顿", "掉线", "裂", "呛人", "脱色", "变形", "烫手") > 0 && m.denied(i) && !m.before(i, "怕", "没说"):
			good = first(good, i) // 不起泡也不呛人
		}
	}
	if m.tooMuch(from, to) {
		at := m.find(from, to, degrees...)
		if at < 0 {
			at = max(from, m.find(from, to, "了点", "了些", "了一点", "了一些"))
		}
		bad = first(bad, at)
	}
	switch {
	case good < 0 && bad < 0:
		return ""
	case bad < 0:
		return Positive
	case good < 0, m.has(from, to, "不满意", "不太满意", "不认可", "不合格", "不达标", "没通过", "不好用", "不理想", "没达标", "不太理想", "不考虑", "失望"):
		return Negative
	case good < bad:
		return Positive
	}
	return Negative
}

func first(at, i int) int {
	if at < 0 {
		return i
	}
	return min(at, i)
}

// tellsFirst reports that what stands at i of clause k is told before anything that is to come.
func (m *message) tellsFirst(k, i int) bool {
	c := m.clauses[k]
	return m.plain(clause{i: c.i, j: i}) <= 8 && !m.has(c.i, i, futureWords...) && !slices.ContainsFunc(m.times, func(t timeHit) bool {
		return t.clause == k && t.i < i && t.start.After(m.now)
	})
}

// leftThere reports that something was put or left with the customer: 样机放下了, 给他搁科里了.
func (m *message) leftThere(from, to int) bool {
	for i := from; i < to; i++ {
		if m.used[i] || !strings.ContainsRune("放搁留摆丢扔撂存装", m.r[i]) || m.denied(i) || m.before(i, "先", "要", "想", "能", "可以", "存", "投", "停", "播", "开", "发", "释", "保", "安", "服", "包", "试") {
			continue
		}
		c := m.clauses[m.clauseAt(i)]
		e := m.any(i+1, "下", "在", "那", "他", "她", "科", "到", "这")
		if e > 0 && c.tense != TenseFuture && m.has(e, min(c.j, e+11), "了") {
			return true
		}
	}
	return false
}

// leftToTry reads that some of our goods were left with the customer to be tried, without the word sample: 带了一盒采血管,让他们
// 先用着.
func (m *message) leftToTry(from, to int) bool {
	if m.sentToTry(from, to) {
		return true
	}
	i := m.find(from, to, "先用着", "先试着", "先试试", "试用着", "先试用", "先用用", "先尝尝", "先喝着", "试试看")
	if i < 0 || m.denied(i) {
		return false
	}
	k := m.find(from, i, "带了", "送了", "给了", "放了", "留了", "拿了", "寄了", "留下", "放下", "送去", "带去")
	return k >= 0 && !m.denied(k) && slices.ContainsFunc(m.prods, func(p productHit) bool { return p.i >= from && p.i < to })
}

// consumed reads that a sample was used up or tried, by the verb and its result: 喝完, 炸了丸子试.
func (m *message) consumed(from, to int) bool {
	for i := from; i+1 < to; i++ {
		if m.at(i) == '了' && i > from && isHan(m.at(i-1)) && !m.used[i] && !strings.ContainsRune("等拖过谈聊隔歇忙催到", m.at(i-1)) {
			if l, ok := m.length(m.blank(i + 1)); ok && l.unit >= day {
				return true // 拿离心机样机转了三天
			}
		}
		if e := m.any(i, "评估", "测评", "比对", "对比", "验证", "检测", "检验", "化验", "上机", "试卖", "试跑", "试磨", "做了测试", "做了试验", "做了实验", "做了盐雾", "做了检测"); e > 0 && !m.used[i] && !m.denied(i) && (m.any(e, "完", "过", "了", "下来", "通过", "结果") > 0 || m.any(i, "做了") > 0) {
			return true
		}
		if m.used[i] || !strings.ContainsRune("喝吃尝用试装测戴炸煮泡炒烤切磨涂擦写摸穿", m.r[i]) || m.denied(i) || m.before(i, "要", "想", "能", "再", "先", "会", "准备", "打算", "好", "使", "费") {
			continue
		}
		if l, ok := m.length(m.blank(m.opt(i+1, "了"))); ok && l.unit >= day && m.at(i+1) == '了' {
			return true
		}
		if m.any(i+1, "完", "过", "下来", "了", "着", "罢", "上了", "起来") > 0 && m.any(i+1, "过期", "完成", "了解", "着急") < 0 {
			return true
		}
	}
	return false
}

// handedOver reads that something was given to somebody, with nothing else behind: 样品给金院长了.
func (m *message) handedOver(from, to int) bool {
	for _, c := range m.clauses {
		if c.i < from || c.i >= to || c.tense == TenseFuture {
			continue
		}
		i := m.find(c.i, c.j, "给", "交给", "递给", "拿给", "带给")
		if i < 0 || m.denied(i) || m.before(i, "要", "再", "先", "想", "能", "会") || !m.before(c.j, "了") {
			continue
		}
		if e := m.blank(m.any(i, "交给", "递给", "拿给", "带给", "给")); e < len(m.r) && m.nameAt(e) && m.plain(clause{i: e, j: c.j}) <= 2 {
			return true
		}
	}
	return false
}

// triedBy reads that somebody was let try: 让范采购试了.
func (m *message) triedBy(from, to int) bool {
	i := m.find(from, to, "试了", "试过", "试完", "试用了", "试用过")
	return i > 0 && m.used[i-1] && m.has(m.clauses[m.clauseAt(i)].i, i, "让", "请", "给", "拿给", "叫")
}

// tastesOf reports that what is tasted is said to be nothing but sour, bitter and the like: 都说酸.
func (m *message) tastesOf(i int) bool {
	return strings.ContainsRune("酸苦涩腥咸腻", m.r[i]) && m.before(i, "说", "讲", "喊", "叫", "反映", "反馈", "觉得") && !isHan(m.at(i+1))
}

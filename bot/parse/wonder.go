package parse

import "slices"

// wonder is the word that makes a question of a sentence, from i to j: 谁, 哪几家, 多少, 了没.
type wonder struct {
	i, j int
	ask  QueryAsk
	// yesNo says that it asks whether something is so: 吗, 了没有, 批没批.
	yesNo bool
}

// wonderRunes are the characters without which nothing is asked.
var wonderRunes = firstRunes("谁", "哪", "几", "多", "什", "啥", "怎", "咋", "何", "吗", "么", "没", "呢", "否", "?", "度", "况", "展", "嘛", "式", "话", "信", "机", "码")

// MayAsk reports whether a text may be a question at all. It costs next to nothing, and is true of some that are none.
func MayAsk(s string) bool {
	for _, c := range s {
		if c = plainRune(c); wonderRunes.has(c) || c == '看' || c == '查' || c == '列' || c == '算' || c == '总' || c == '待' {
			return true
		}
	}
	return false
}

// mayWonder is MayAsk of a message that is being read.
func (m *message) mayWonder() bool {
	for k, w := range wonderRunes {
		if w&m.runes[k] != 0 {
			return true
		}
	}
	return false
}

// wonders finds the words that ask, left to right, at most eight.
func (m *message) wonders() []wonder {
	var out []wonder
	for i := 0; i < len(m.r) && len(out) < 8; i++ {
		if m.used[i] || !wonderRunes.has(m.r[i]) {
			continue
		}
		if w, ok := m.wonderAt(i); ok {
			out = append(out, w)
			i = w.j - 1
		}
	}
	return out
}

// The question words that ask for a time, a sum, how things stand, with all their forms.
var (
	whenWords  = words("什么时候 什么时侯 什么时间 啥时候 啥时间 啥时 什么日子 何时 几时 几号 几月 几点 哪天 哪一天 哪日 哪个月 哪月 哪周 哪年 哪会儿 多久 多长时间 多会儿 隔多久")
	standWords = words("怎么样 怎样 咋样 怎么了 咋了 如何 什么情况 啥情况 什么进展 啥进展 什么进度 啥进度 什么状态 啥状态 哪一步 哪步 哪个阶段 什么阶段 啥阶段 哪个环节 哪一关 哪个节点 哪了 哪儿了 哪里了 什么程度 啥程度")
	priceWords = words("什么价格 什么价 啥价格 啥价")
	whichWords = words("哪些 哪几家 哪几个 哪几位 哪几份 哪几单 哪几笔 哪几张 哪几 哪家 哪一家 哪个 哪一个 哪位 哪份 哪单 哪笔 哪张 哪条 哪次 哪里 哪儿 哪")
	askedUnits = words("家 个 次 趟 回 份 单 笔 张 条 位 件 款 项 场 人")
)

// wonderAt reads the word that asks at i. What is no question by its own form (几百, 没什么, 谁都) is none.
func (m *message) wonderAt(i int) (wonder, bool) {
	ask := func(j int, a QueryAsk) (wonder, bool) { return wonder{i: i, j: j, ask: a}, j > 0 && !m.vague(i, j) }
	if j := m.any(i, whenWords...); j > 0 {
		return ask(j, AskWhen)
	}
	if j := m.any(i, standWords...); j > 0 && !(m.r[i] == '哪' && m.before(i, "去", "跑")) {
		return ask(j, AskState)
	}
	if j := m.any(i, priceWords...); j > 0 {
		return ask(j, AskAmount)
	}
	switch m.r[i] {
	case '谁':
		return ask(i+1, AskWho)
	case '哪':
		if m.any(i, "哪怕", "哪能", "哪有", "哪敢") < 0 {
			return ask(m.any(i, whichWords...), AskList)
		}
	case '几':
		if m.before(i, "放") && m.any(i+1, "天") > 0 {
			return ask(i+2, AskCount)
		}
		if j := m.any(i+1, askedUnits...); j > 0 && !m.before(i, "好", "十", "前", "后", "这", "那", "过", "近", "最近", "头", "没", "百", "第") && m.any(j, "十", "百") < 0 {
			return ask(j, AskCount)
		}
	case '多':
		if j := m.any(i, "多少"); j > 0 {
			if e := m.any(j, askedUnits...); e > 0 && m.any(j, "款", "回款") < 0 {
				return ask(e, AskCount)
			}
			return ask(m.opt(j, "钱", "款", "金额"), AskAmount)
		}
	case '什', '啥':
		return ask(m.any(i, "什么", "啥"), AskWhat)
	case '怎', '咋':
		return ask(m.any(i, "怎么", "怎", "咋"), AskWhy)
	case '嘛':
		if m.at(i-1) == '干' {
			return wonder{i: i - 1, j: i + 1, ask: AskWhat}, true
		}
	case '式':
		if m.before(i+1, "联系方式") && m.atEnd(i+1) {
			return wonder{i: i - 3, j: i + 1, ask: AskState}, true
		}
	case '话', '信', '机', '码':
		if m.before(i+1, "的电话", "的手机", "的微信", "的手机号码", "的号码") && m.bareName(i-1) {
			return wonder{i: i - 1, j: i + 1, ask: AskState}, true
		}
	case '度', '况', '展':
		if m.before(i+1, "进度", "情况", "进展") && m.atEnd(i+1) {
			return wonder{i: i - 1, j: i + 1, ask: AskState}, true
		}
	}
	return m.yesOrNo(i)
}

// bareName reports that a message is nothing but whose telephone, up to i: 王主任的微信.
func (m *message) bareName(i int) bool {
	return i <= 14 && m.atEnd(i+2) && !m.has(m.request(), i, "了", "要", "给", "加", "留", "换", "改", "打", "问", "找", "记", "存", "发", "用", "没", "不", "到", "过", "通", "接", "跟", "和", "与", "说", "聊", "回", "把", "将") && m.any(i+2, "给我了", "发我了") < 0
}

// yesOrNo reads what asks whether: 吗 and 呢 at the end, 了没, 批没批, 是否.
func (m *message) yesOrNo(i int) (wonder, bool) {
	ok := func(i, j int) (wonder, bool) { return wonder{i: i, j: j, ask: AskState, yesNo: true}, true }
	switch m.r[i] {
	case '吗', '么':
		if m.atEnd(i+1) && m.at(i-1) != '什' && m.at(i-1) != '怎' && m.at(i-1) != '这' && m.at(i-1) != '那' && m.at(i-1) != '多' && m.at(i-1) != '要' && m.at(i-1) != '干' {
			return ok(i, i+1)
		}
	case '呢':
		if m.atEnd(i + 1) {
			return ok(i, i+1)
		}
	case '否':
		if m.at(i-1) == '是' {
			return ok(i-1, i+1)
		}
	case '?':
		if m.atEnd(i + 1) {
			return ok(i, i+1)
		}
	case '没':
		if i > 0 && isHan(m.r[i-1]) && m.at(i+1) == m.r[i-1] && !m.used[i-1] { // 批没批, 有没有
			return ok(i-1, i+2)
		}
		j := m.opt(i+1, "有")
		if m.atEnd(j) && i > 0 && m.before(i, "了", "过", "到", "好", "完", "掉", "着", "出去", "出来", "来", "去", "回", "上", "下", "齐", "清", "给", "成", "审", "批", "签") &&
			!m.has(m.clauses[m.clauseAt(i)].i, i, "还", "都", "也", "一直", "从来", "根本", "什么", "啥", "连") {
			return ok(i, j)
		}
	}
	return wonder{}, false
}

// atEnd reports that nothing but fillers stands behind i in its clause.
func (m *message) atEnd(i int) bool {
	for i < len(m.r) {
		if j := m.any(i, " ", "了", "的", "啦", "呢", "吗", "?", "来着", "发我", "发一下", "给我", "列一下", "一下", "报一下"); j > 0 {
			i = j
			continue
		}
		return m.r[i] == ',' || m.r[i] == '。' || m.r[i] == ';' || m.r[i] == '!' || m.r[i] == '\n'
	}
	return true
}

// vague reports that a question word from i to j asks nothing: 没什么, 谁都行, 不管多少, 哪天有空, 什么的.
func (m *message) vague(i, j int) bool {
	if m.before(i, "没", "没有", "不", "无", "没说", "没聊", "没谈", "没提", "没讲", "没问", "也没", "任", "凭", "不管", "无论", "不论", "随便", "甭管", "不限", "有点", "管他", "管它", "差不", "才") {
		return true
	}
	k := m.opt(j, "人", "家", "个", "时候", "钱", "事", "价格")
	return m.any(j, "都", "也", "的话", "有空", "方便再", "有点", "有些", "还是") > 0 || m.any(k, "都", "也") > 0 ||
		m.any(i, "什么的", "啥的", "多少有", "多少得", "多少会", "多少能") > 0 && m.any(j, "的时候") < 0
}

// request is where the thing itself begins behind the words by which one asks a colleague: 帮我查一下, 请问, 我想知道.
func (m *message) request() int {
	i := m.blank(0)
	for {
		j := m.any(i, " ", ",", "帮我", "帮忙", "麻烦你", "麻烦", "给我", "请问", "请", "问一下", "问下", "问问", "想问一下", "想问下", "想问", "我想知道", "我想问", "我想看看", "我想看", "我想查", "想知道", "想看看", "想看", "看一下", "看下", "看看", "看一看", "查一下", "查下", "查查", "查询", "查", "你知道", "告诉我", "统计一下", "统计下", "统计", "列一下", "列下", "列出", "拉一下", "调一下", "算一下", "算下", "算算", "说说", "说一下", "对了", "话说", "小助手", "机器人")
		if j < 0 {
			return i
		}
		i = j
	}
}

// asksOutright reports that a message asks by its beginning or its end, whatever stands in it.
func (m *message) asksOutright(from int, ws []wonder) bool {
	last := ws[len(ws)-1]
	return from > m.blank(0) || last.yesNo && m.at(last.i) != '呢' || m.has(0, len(m.r), "?") && slices.Contains(m.r[max(0, len(m.r)-2):], '?')
}

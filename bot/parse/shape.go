package parse

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// What is read here hangs on where words stand, not on which words they are: who speaks, what stands between 从 and 回来,
// what an agreement is followed by.

// agreedOn reports that the 了 at i belongs to an agreement and not to something done: 说好了周五, 约了周四, 定了下周一装.
func (m *message) agreedOn(i int) bool {
	if m.at(i) == '了' && m.toldWhen(i) {
		return true
	}
	return m.at(i) == '了' && m.before(i, "好", "定", "约", "答应", "承诺", "应", "妥", "商量好", "胸脯", "包票", "保票", "保证", "允诺", "应承", "揽下", "应下") && (m.inTime(i+1, i+2) || m.timeSoon(i+1))
}

// timeSoon reports characters at i that a day of the week or of the month begins with.
func (m *message) timeSoon(i int) bool {
	return m.any(i, "周", "星期", "礼拜", "下", "明", "后天", "今", "本", "月底", "月初", "这") > 0 || isDigit(m.at(i)) && m.any(i+1, "号", "月", "日", "点", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9") > 0
}

// speakers are the verbs with which people are quoted.
var speakers = words("说 讲 表示 同意 告诉 透露 提到 回复说 答复说 回话说")

// theyTell reports that the customer tells what he himself is going to do: 何勇说周四腾出房间. What we do when told so
// (说周四送十箱, 说下周要演示) stays ours.
func (m *message) theyTell(c clause) bool {
	k := m.find(c.i, c.j, speakers...)
	for k >= 0 && m.any(k, "说明天", "说明早", "说明晚", "说明年", "说明儿") < 0 && m.any(k, "说法", "说说", "讲解", "讲课", "讲座", "讲台", "讲师", "说明", "说服") > 0 {
		k = m.find(k+2, c.j, speakers...)
	}
	if k < 0 || m.before(k, "我", "我们", "咱们", "跟他", "跟她", "跟对方", "没", "别") || m.any(m.blank(c.i), "跟", "和", "给", "与", "同", "向", "对") > 0 || m.any(k+1, "好", "定", "妥", "明", "清") > 0 && m.any(k+1, "明天", "明早", "明晚", "明年", "明儿") < 0 || !m.someoneBefore(c, k) && !m.saidOn(c, k) {
		return false
	}
	p := m.any(k, speakers...)
	if m.has(p, c.j, "我们", "咱们", "咱", "让", "叫", "要求", "帮", "麻烦", "需要", "希望", "最好", "得", "给他", "给她", "给他们", "过去") {
		return false
	}
	for p < c.j && (m.r[p] == ' ' || m.nameAt(p) || m.inTime(p, p+1) || m.any(p, "、", "各", "每", "就", "会", "能", "先", "再", "一定", "他们", "自己", "他", "她", "可以", "肯定", "我") > 0) {
		p++
	}
	if p < c.j && m.any(p, "给回音", "给回话", "给消息", "给信", "给准信", "给答复", "给结果", "给说法", "给个", "给我", "给咱", "给出", "给办", "给批", "给签", "给弄", "给开", "给结", "给付", "给走", "给盖", "给报上") > 0 {
		return true
	}
	if p >= c.j || m.used[p] || m.any(p, "要", "想", "等", "没", "不", "看", "有", "是", "对", "太", "跟", "给") > 0 {
		return false
	}
	if m.any(p, "把", "将") > 0 {
		return m.done(p, c.j)
	}
	return m.any(p, ourVerbs...) < 0 || m.any(p, theirOwn...) > 0
}

// saidOn reports that the 说 at k begins a clause and that somebody of the customer's begins the one before, so that it is he who says
// so: 赵主任松口了,|说下周三把报告写出来.
func (m *message) saidOn(c clause, k int) bool {
	n := m.clauseAt(c.i)
	return n > 0 && m.blank(c.i) == k && m.personFirst(m.clauses[n-1]) && !m.has(m.clauses[n-1].i, m.clauses[n-1].j, "我", "咱", "让", "叫")
}

// theirOwn are the verbs of what customers do for themselves, whoever else may do the like.
var theirOwn = words("做比对 做测试 做评估 做验证 做预算 做计划 做方案论证 比对 评估 讨论 商量 研究 汇报给 汇报一下 出结果 出报告 出结论 给消息 给信 给准信 申请 论证 验收 开会 走流程 走审批 走内部 审批 批下 招标 挂网 立项 上会 过会 试机 试跑 试一 试用 测试 测一 交给财务 交财务 报上去 报给")

// done reports a result between i and j: 收拾好, 签回来, 递上去.
func (m *message) done(i, j int) bool {
	if m.before(j, "签了", "付了", "结了", "盖了", "批了", "定了", "清了", "审了") {
		return true
	}
	return m.has(i, j, "回来", "回给", "下来", "出来", "上去", "给我", "告诉我", "通知我", "发我", "回我") || j > i+3 && m.has(j-1, j, "好", "完", "掉", "齐", "清", "妥", "空")
}

// theyPledge reports a to-do of the customer's told by its form alone: 说周四把机房收拾好.
func (m *message) theyPledge(c clause) bool {
	return (m.has(c.i, c.j, "把", "将") || m.theirBound(c)) && m.theyTell(c)
}

// theirBound reports that somebody says what he will do by a day: 说月底前会下首单.
func (m *message) theirBound(c clause) bool {
	if m.has(c.i, c.j, vague...) || m.has(c.i, c.j, "没", "不", "用完", "卖完", "到货", "预算", "经费", "涨", "降", "开业", "放假", "搬", "出差", "断货", "有活动", "缺", "价") {
		return false
	}
	return slices.ContainsFunc(m.times, func(t timeHit) bool {
		return t.i >= c.i && t.j < c.j && (t.form == formBefore || t.form == formWithin) && m.any(m.blank(t.j), "会", "肯定", "一定", "保证", "争取", "尽量", "能") > 0
	})
}

// someoneBefore reports that a person or customer, or a word for one, stands before rune k in its clause.
func (m *message) someoneBefore(c clause, k int) bool {
	for i := c.i; i < k; i++ {
		if m.used[i] && !m.isProduct(i) {
			return true
		}
	}
	return m.has(c.i, k, "对方", "客户", "他", "她")
}

// speaksAt reports that at i a person with a title begins to speak after other words: 刚从那边回来|朱主任说.
func (m *message) speaksAt(start, i int) bool {
	if !isSurname(m.at(i)) || !m.free(i, i+1) || m.before(i, "跟", "和", "给", "找", "见了", "见到", "听", "据", "约", "约了", "让", "与", "同", "对", "向", "拜访", "拜访了", "到", "的", "问", "陪", "叫", "科", "部", "办", "处", "采购", "问了", "联系", "联系了", "把", "被", "由", "是") {
		return false
	}
	plain := 0
	for k := start; k < i; k++ {
		if !m.used[k] && m.r[k] != ' ' {
			plain++
		}
	}
	if plain < 4 || i > 0 && m.used[i-1] {
		return false
	}
	for _, n := range m.mentionsAt(i) {
		if n.i == i && n.surname != "" && n.title != "" && n.given == "" && !n.typo && !m.notPerson(n) {
			return m.any(n.j, speakers...) > 0 || m.any(n.j, "问", "嫌", "催", "让", "反馈", "觉得", "要求", "希望") > 0
		}
	}
	return false
}

// shortOrgs end the short forms of institutions: 宁波妇保, 余姚二院, 海宁一中.
var shortOrgs = words("妇保院 妇保 妇幼 一院 二院 三院 四院 五院 六院 七院 九院 人医 人民 中医 市一 市二 市三 一医 二医 附一 附二 疾控 血站 卫院 儿保 一中 二中 三中 四中 五中 六中 实小 实验 附小 附中 中专 技校 职院 职校 职高 师大 医大 理工 一高 一小 二小 三小")

// unknownPlace reads a customer whom the master data does not hold by where he stands: between 从 and 回来, behind 去了, in
// front of 来电. It is to be confirmed unless the message says that he is new.
func (m *message) unknownPlace(from, to int) (name string, i, j int, sure bool) {
	if m.has(from, to, "谁认识", "谁有", "有没有人", "谁知道", "有人认识", "谁熟", "谁跑过") {
		return "", 0, 0, false // asked of the others
	}
	for k := from; k < to; k++ {
		if m.used[k] {
			continue
		}
		if e := m.any(k, "去了趟", "去了一趟", "跑了趟", "拜访了", "走访了"); e > 0 { // the short form alone, to be confirmed
			if j := m.any(e, shortOrgs...); j > 0 && j <= to && m.free(e, j) && j-e >= 2 && (j == len(m.r) || !isHan(m.r[j]) || m.any(j, "见", "跟", "和", "的", "看", "谈", "聊") > 0) {
				return m.cut(e, j), e, j, false
			}
		}
		if e := m.any(k, "从", "去了趟", "去了一趟", "去了", "跑了趟", "跑了", "拜访了", "拜访", "走访了", "走访", "到了", "刚到", "去", "到", "跟", "和", "见了", "是"); e > 0 {
			if end := m.orgSpan(e, to); end > 0 && (m.at(k) != '是' || m.any(end, "的") > 0 && m.atEnd(end)) && (m.at(k) != '从' || m.any(end, "回", "出来", "过来", "那", "这", "了解", "得知", "听") > 0) {
				return m.cut(e, end), e, end, m.firstContact(end, to)
			}
		}
		if k == from || strings.ContainsRune(" ,;。:\n", m.at(k-1)) || m.inTime(k-1, k) || m.used[k-1] {
			s := m.blank(k)
			if end := m.orgSpan(s, to); end > 0 {
				s = m.trimLeads(s, end)
			}
			if end := m.orgSpan(s, to); end > 0 && m.titledAt(end) {
				return m.cut(s, end), s, end, m.firstContact(end, to)
			} else if end > 0 && m.any(m.blank(m.department(end)), "托", "来", "打", "找", "联系", "主动", "咨询", "想", "要", "问", "说", "那边", "这边", "的", "有", "对", "加了", "通过", "在阿里", "在网", "询", "下单", "留言", "昨", "今", "刚") > 0 {
				return m.cut(s, end), s, end, m.firstContact(end, to)
			}
		}
	}
	return "", 0, 0, false
}

// titledAt reports that somebody with a department or a title is named right at i: 设备科章主任.
func (m *message) titledAt(i int) bool {
	return slices.ContainsFunc(m.mentionsAt(i), func(n mention) bool {
		return n.surname != "" && n.title != "" && n.given == "" && !m.notPerson(n)
	})
}

// firstContact reports that the institution came to us by itself: 来电咨询, 主动联系.
func (m *message) firstContact(i, to int) bool {
	return m.has(i, to, "咨询", "打听", "主动", "找上", "加了微信", "加我", "加微信", "看到广告", "网上看到", "展会", "公众号", "询盘", "询价", "阿里", "平台", "留言", "介绍来") || m.has(0, len(m.r), newCues...)
}

// orgSpan reads an institution's name at i: Chinese characters up to an institution's last word, or a known city with a
// short form; -1 for none.
func (m *message) orgSpan(i, to int) int {
	best := -1
	for e := i + 2; e < to && e-i <= 14 && m.free(i, e) && m.allHan(i, e); e++ {
		if !m.nameRune(e-1) || m.any(e-1, "让", "说", "想", "要", "问", "来", "找") > 0 {
			break
		}
		if j := m.any(e, orgEndings...); j > 0 && j <= to && j-i >= 5 && m.free(e, j) && m.any(e, "局", "店", "厂", "中心") < 0 {
			best = j
		} else if j > 0 && j <= to && j-i >= 5 && m.free(e, j) && m.any(j, "的", "长") < 0 {
			best = max(best, j)
		}
		if j := m.any(e, shortOrgs...); j > 0 && j <= to && m.free(e, j) && best < j && (m.x.city(m.cut(i, e)) || m.placeEnd(i) > 0 && m.placeEnd(i) <= e && j-i >= 5) {
			best = j
		}
	}
	if best < 0 || m.noName(i, best) || m.described(i, best) || strings.ContainsAny(m.cut(i, i+1), "这那哪每各某几两一有没不是我他她你跟和给从去到在向对把被第想要") || m.has(i, best, "总公司", "分公司", "物流", "快递", "保险公司", "银行", "酒店", "宾馆", "广告公司", "装修公司", "搬家") {
		return -1 // somebody's own firm and carriers are no customers
	}
	return best
}

// titledName reads somebody unknown by a title before his full name: 老板季海波13705730088.
func (m *message) titledName(from, to int) ContactRef {
	for i := from; i < to; i++ {
		if m.used[i] || i > 0 && isSurname(m.at(i-1)) && !m.used[i-1] {
			continue
		}
		e, title, typo := m.titleAt(i)
		if e < 0 || typo || utf8.RuneCountInString(title) < 2 || title == "老师" && i > 0 && isHan(m.at(i-1)) {
			continue
		}
		e = m.opt(e, "叫", "是")
		s := m.surnameAt(e)
		for n := 2; s > 0 && n >= 1; n-- {
			if s+n > to || !m.allHan(s, s+n) || !m.free(e, s+n) || m.any(s, "总", "工", "姐", "哥", "经理", "主任", "老师", "科", "院", "校", "处", "部", "厂", "店") > 0 {
				continue
			}
			b := m.blank(s + n)
			if b >= to || m.used[b] || !isHan(m.at(b)) || m.any(b, "电话", "手机", "微信", "号码") > 0 {
				m.mark(i, s+n)
				return ContactRef{NewName: m.cut(e, s+n), NewTitle: title, Why: m.why(i, s+n)}
			}
		}
	}
	return ContactRef{}
}

// goneAt reports that whoever is named before i has left: 水清调走了, 老赵退休了.
func (m *message) goneAt(i int) bool {
	k := m.opt(m.opt(m.blank(i), "上个月", "上月", "上周", "去年", "最近", "今年", "前阵子", "年前", "已经", "刚", "被", "也", "要"), "已经", "刚", "被")
	return m.any(k, "换人", "换走", "换掉", "调走", "调离", "离职", "退休", "辞职", "走人", "不干了", "换岗", "轮岗", "调到", "调去", "跳槽", "休产假", "退了,", "走了,", "高升", "升了", "升副", "升任", "升为", "调任", "荣升", "提副", "提了副", "提拔", "不在这", "不在那", "不管了", "不负责", "不管采购") > 0
}

// standIn reads the one talked to where the other was not there: 主任没在,跟小李聊.
func (m *message) standIn(n mention) ContactRef {
	if !n.young || !m.before(n.i, "跟", "和", "找", "同", "见了", "见到", "碰到", "遇到", "问了", "与", "是", "由") {
		return ContactRef{}
	}
	return ContactRef{NewName: m.cut(n.i, n.j), Why: m.why(n.i, n.j)}
}

// receiptIn reports a clause that tells of money taken in by 收 alone: 收嘉兴妇幼肆万玖仟圆整, 收了三万.
func (m *message) receiptIn(c clause) bool {
	for i := c.i; i < c.j; i++ {
		if m.at(i) != '收' || m.used[i] || m.before(i, "没", "未", "应", "待", "代", "要", "能", "想", "会", "可", "签", "回", "吸", "验", "查", "难", "好", "催", "去", "来", "接") {
			continue
		}
		k := m.opt(i+1, "了", "到", "了到")
		k = m.blank(k)
		if k < c.j && m.used[k] && !m.isProduct(k) || slices.ContainsFunc(m.sums, func(s sumHit) bool { return s.i == k }) {
			return true
		}
	}
	return false
}

// pricedBy reports that the 报 at i is told how: 按300元/盏报.
func (m *message) pricedBy(i int) bool {
	c := m.clauses[m.clauseAt(i)]
	return slices.ContainsFunc(m.sums, func(s sumHit) bool {
		return s.i >= c.i && s.j <= i && m.before(s.i, "按", "按照", "以", "照") && m.has(s.j, i+1, "报")
	})
}

// reached are the stages by name as they are said to be entered: 进入议价, 到了招标阶段.
var reached = []struct {
	stage Stage
	words []string
}{
	{StageNegotiation, words("合同谈判 议价 谈判 商务 谈价 压价 价格谈判 商谈")},
	{StageSigning, words("签约 签合同 合同 法务")},
	{StageProposal, words("方案 报价 比价 招标 投标 评标")},
	{StageNeed, words("需求")},
}

// entered reads the stage that the message says has been reached.
func (m *message) entered(from, to int) (StageRef, bool) {
	for i := from; i < to; i++ {
		e := m.any(i, "进入到", "进入", "进到", "进了", "走到了", "推进到了", "卡在", "到了", "走到", "推进到", "转到", "转入", "推到", "阶段改成", "阶段变成")
		if e < 0 || m.used[i] || m.denied(i) || m.before(i, "能", "想", "要", "争取", "才", "等") {
			continue
		}
		for _, r := range reached {
			j := m.any(m.blank(e), r.words...)
			if j > 0 && j <= to && m.any(j, "谈判") < 0 && (m.any(i, "进", "阶段") > 0 || m.any(j, "阶段", "环节", "这一步", "流程") > 0) {
				return StageRef{r.stage, m.why(i, j)}, true
			}
		}
	}
	return StageRef{}, false
}

// someonesAt is the end of a person with a title spoken of at i together with what points at him: 张主任那边.
func (m *message) someonesAt(i, to int) int {
	for _, n := range m.mentionsAt(i) {
		if n.i == i && n.surname != "" && n.title != "" && n.given == "" && n.j <= to && !m.notPerson(n) {
			return m.opt(n.j, "那边", "这边", "那里", "那儿")
		}
	}
	return -1
}

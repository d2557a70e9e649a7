package parse

// tellWords stand before a question that is told, not asked: 他问多少钱, 不知道谁负责, 要看什么时候到货.
var (
	tellWords = words("打听 咨询 不知道 不晓得 不清楚 不确定 不明白 没定 没想好 没说 没讲 没告诉 没提 想知道 想了解 了解了 了解下 了解一下 商量 讨论 研究 透露 抱怨 吐槽 承认 声称 查一下 查下 问一下 问下 看一下 看看 纠结 考虑 关心 关注 解释 介绍 反馈 表示 觉得 认为 以为 担心 忘了 强调 回复 答复 告知 告诉 通知 决定 确认 提到 提了 聊 谈 汇报 记不清 取决 要看 就看 再看 看他 看她 看客户 看对方 看能 搞清 弄清 摸清 摸一下 摸摸 打探 敲定 质疑 怀疑 估计 猜 明确 来问 请教")
	askWords  = words("问 打听 咨询 不知道 不晓得 不清楚 不确定 想知道 关心 担心 怀疑 纠结 告诉 说 讲 确认 看看 看下 看一下 要看 讨论 商量")
	// openWords stand behind what is not settled: 谁负责还没定, 哪天去再说.
	openWords = words("还没定 没定 没说 再说 再定 待定 再看 不知道 不清楚 不确定 说不准 没想好 我还 我再 我去 我问 还在摸 还在打听 再联系 再约 随时 都行 都可以 就行 就好 就可以 也不 我不管 我也")
	thirdWord = words("他们 她们 他 她 对方 客户 人家 院方 校方 厂里 院里 校长 院长 主任 科长 经理 采购 老板 店长 处长 总监 老师 医生 财务 老总 工程师")
)

// told reports that w is part of what somebody told, or of a question that others have asked, so that nothing is asked of the
// bot. from is where the message itself begins, behind 帮我查一下.
func (m *message) told(from int, w wonder) bool {
	c := m.clauses[m.clauseAt(w.i)]
	if m.has(0, len(m.r), "谁知道", "有人知道", "谁能", "谁认领", "认领一下", "谁去一", "谁跟一下", "谁跟下", "谁有空", "谁来", "谁帮", "谁对接", "找谁", "跟谁", "谁谁", "用谁家", "看谁家", "谁家便宜") {
		return true
	}
	if m.has(w.j, len(m.r), openWords...) || m.has(0, len(m.r), "如果", "要是", "假如", "万一", "的话") {
		return true
	}
	if w.yesNo {
		return m.tellsBefore(from, w, askWords) || m.twiceTold(from, w)
	}
	if m.saidWhat(w) {
		return m.has(from, w.i, "不知道", "不清楚", "忘了", "问我", "问了")
	}
	if m.tellsBefore(from, w, tellWords) || m.tellsBefore(from, w, askWords) || m.theyWant(from, w) {
		return true
	}
	for _, again := range m.wonders() { // 谁先到谁先看
		if again.i > w.i && again.ask == w.ask && m.cut(w.i, w.j) == m.cut(again.i, again.j) && m.clauseAt(again.i) == m.clauseAt(w.i) {
			return true
		}
	}
	return m.restOf(c, w.j) > 12
}

// tellsBefore reports that one of ws stands between from and w, except in words of their own: 说好的, 问题, 学校.
func (m *message) tellsBefore(from int, w wonder, ws []string) bool {
	for k := from; k < w.i; k++ {
		if k = m.find(k, w.i, ws...); k < 0 {
			return false
		}
		if m.before(k, "帮我", "给我", "我想") {
			continue
		}
		if m.any(k, "问题", "问卷", "问候", "说好", "说定", "说明", "说法", "讲好", "讲座", "确认函", "确认单", "学校", "学院", "教育", "教室", "等级", "管理", "管道", "要看样", "要求", "求购", "谈判", "谈的", "聊的", "说的", "讲的", "说过", "提到货") < 0 &&
			!m.before(k, "请", "访", "顾", "疑", "数", "大", "小", "中", "医", "化", "科", "主", "保", "血", "尿", "胶", "平", "同", "我") {
			return true
		}
		if m.before(k, "我") && m.any(k, "问", "不知道", "不清楚", "不确定", "说", "讲") > 0 {
			return true
		}
	}
	return false
}

// saidWhat reads 谈了什么, 聊的啥, 怎么说的: what was said there, which the record of the visit knows.
func (m *message) saidWhat(w wonder) bool {
	if w.ask == AskWhy && m.any(w.j, "说", "讲", "谈", "答复", "回复", "聊") > 0 {
		return true
	}
	k := w.i
	for k > 0 && m.any(k-1, "了", "的", "过", "些", "到", "出") > 0 {
		k--
	}
	return w.ask == AskWhat && m.before(k, "谈", "聊", "说", "讲", "沟通", "反馈", "介绍", "答应", "承诺", "交流") && m.atEnd(m.opt(w.j, "内容", "事", "东西", "情况", "问题", "意见"))
}

// theyWant reports that somebody of the customer's wants or will do what is asked about: 王主任要几台, 他们什么时候要货.
func (m *message) theyWant(from int, w wonder) bool {
	c := m.clauses[m.clauseAt(w.i)]
	for k := max(from, c.i); k < w.i; k++ {
		if m.used[k] || m.any(k, thirdWord...) < 0 || m.any(m.any(k, thirdWord...), "的", "那", "要的", "想要的", "电话", "手机", "微信") > 0 {
			continue
		}
		e := m.any(k, thirdWord...)
		if m.has(e, w.i, "要", "想", "需要", "打算", "希望", "准备", "愿意", "能", "会", "计划", "让") && !m.has(e, w.i, "要开", "要付") {
			return true
		}
	}
	return false
}

// twiceTold reports that a yes-or-no question has a statement of its own before it: 要20台,能周五发吗.
func (m *message) twiceTold(from int, w wonder) bool {
	c := m.clauses[m.clauseAt(w.i)]
	return m.theyWant(from, w) || m.has(c.i, c.j, "能不能", "可不可以", "可以", "能", "行不行", "好吗", "好不好", "要不要", "是不是", "会不会") && !m.has(c.i, c.j, "功能", "智能")
}

// restOf counts what a clause still says behind i, names and times left out.
func (m *message) restOf(c clause, i int) int {
	n := 0
	for k := i; k < c.j; k++ {
		if !m.used[k] && m.r[k] != ' ' && !m.inTime(k, k+1) {
			n++
		}
	}
	return n
}

// newsBeside reports that a clause beside the question tells something that must not be lost.
func (m *message) newsBeside(w wonder, ws []wonder) bool {
	for k, c := range m.clauses {
		if k == m.clauseAt(w.i) || m.restOf(c, c.i) == 0 {
			continue
		}
		asks := false
		for _, o := range ws {
			asks = asks || o.i >= c.i && o.i < c.j
		}
		n := m.restOf(c, c.i)
		switch {
		case n <= 6 && m.has(c.i, c.j, "辛苦", "谢谢", "多谢", "感谢", "早呀", "早啊", "早上好", "你好", "在吗", "打扰"):
		case k < m.clauseAt(w.i) && n <= 6 && m.before(c.j, "的钱", "的款", "的款子", "的单", "的单子", "的合同", "的回款", "的待办"): // 到账的钱,杨静这周一共多少
		case asks, m.has(c.i, c.j, "我批", "我审", "我签", "我处理"):
		case m.has(c.i, c.j, "帮我", "看看", "看一下", "看下", "查一下", "查下", "发我", "给我", "谢谢", "一下") && n <= 8:
		case n <= 5 && !m.has(c.i, c.j, "了", "要", "想", "去", "说", "见", "报", "签", "到账", "寄", "嫌", "贵", "意向", "意愿", "有意", "兴趣", "需求", "打算", "计划", "准备", "咨询", "换", "添"):
		default:
			return true
		}
	}
	return false
}

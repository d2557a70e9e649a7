package parse

// acquiring are verbs by which a customer gets goods for himself.
var acquiring = words("换掉 换成 换新 换 上新 上 添置 添 更换 更新 上线 采购 购置 购买 购 买 增加 增添 加 进货 进 订购 订 拿货 淘汰 升级 扩建 建 改造 配齐 配")

// wishing are the words by which somebody says what he means to do.
var wishing = words("打算 计划 准备 考虑 想 有意 有意向 意向")

// meansToBuy reports that a customer says when he means to get goods, which is news and no to-do: 马主任打算年后换尿机.
func (m *message) meansToBuy(c clause) bool {
	for i := c.i; i < c.j; i++ {
		e := m.any(i, wishing...)
		if e < 0 || m.used[i] || m.inTime(i, i+1) || m.before(i, "我", "我们", "咱们", "咱") || !m.namedBefore(c, i) || m.has(c.i, i, "跟", "给", "约", "让", "我", "答应", "承诺", "找") {
			continue
		}
		for e < c.j && (m.r[e] == ' ' || m.isProduct(e) || m.inTime(e, e+1) || m.any(e, "再", "先", "就", "把", "也", "最晚", "最迟", "争取", "在", "前", "之前", "以后", "后", "要") > 0) {
			e++
		}
		if m.any(e, acquiring...) > 0 && m.any(e, "上门", "上会", "上来", "上去", "上课", "换个时间", "换时间", "进来", "进场", "订时间", "买单", "加班", "加个", "配合", "上报", "换一天", "换地方") < 0 {
			return true
		}
	}
	return false
}

// refusedVerb reports that the verb from i to e is one that is not to be done: 不参加周五的会.
func (m *message) refusedVerb(i, e int) bool {
	return e-i >= 2 && m.before(i, "不") && !m.before(i, "能不", "要不", "是不", "会不", "得不", "可不", "差不", "用不", "时不", "要不要", "不得不", "动不")
}

package parse

// notMet reports that somebody went and met nobody.
func (m *message) notMet(from, to int) bool {
	return (m.unseen(from, to) || m.busy(from, to) || m.missed(from, to) || m.nobody(from, to) || m.unmet(from, to) || m.notThere(from, to) || m.has(from, to, "没见着人", "没见到人", "没碰到", "不在", "没遇到", "扑空", "白跑", "没见上", "没碰上", "没找到人", "没遇上", "没碰着", "扑了个空", "扑了空", "扑个空", "闭门羹", "跑空", "跑了个空", "白去", "锁着门", "没开门", "关着门", "没堵到", "没逮到", "没逮着", "没找着")) &&
		!m.has(from, to, "不在乎", "不在意", "不在考虑") && !m.metOther(from, to)
}

// notThere reads 没在 of a person, with nothing or his place behind it.
func (m *message) notThere(from, to int) bool {
	for i := from; i < to; i++ {
		if i = m.find(i, to, "没在"); i < 0 {
			return false
		}
		e := m.opt(i+2, "单位", "科里", "办公室", "院里", "店里", "厂里", "学校", "公司", "家")
		if e >= to || !isHan(m.at(e)) {
			return true
		}
	}
	return false
}

// unseen reads 没见到 and 没见着 of people; goods that have not been seen (还没见到) are late.
func (m *message) unseen(from, to int) bool {
	for i := from; i < to; i++ {
		if i = m.find(i, to, "没见到", "没见着"); i < 0 {
			return false
		}
		if !m.before(i, "还", "一直", "现在", "至今", "都") && m.any(i+3, "货", "发票", "钱", "款", "东西", "实物", "样") < 0 {
			return true
		}
	}
	return false
}

// busy reports that whoever was called on had no time, and nothing else: 沈洁没空.
func (m *message) busy(from, to int) bool {
	for i := from; i < to; i++ {
		if i = m.find(i, to, "没空", "没时间", "抽不开身", "走不开", "腾不出", "脱不开身"); i < 0 {
			return false
		}
		e := m.opt(m.any(i, "没空", "没时间", "抽不开身", "走不开", "腾不出", "脱不开身"), "见", "空", "时间", "身", "我", "人")
		if e >= to || !isHan(m.at(e)) {
			return !m.has(from, to, "电话", "微信", "说", "讲", "回话", "打来")
		}
	}
	return false
}

// metOther reports that somebody else was talked to: 主任不在,跟助理聊的.
func (m *message) metOther(from, to int) bool {
	for i := from; i < to; i++ {
		if i = m.find(i, to, "跟", "和", "与", "找"); i < 0 {
			return false
		}
		if c := m.clauses[m.clauseAt(i)]; m.has(i, min(c.j, i+12), "聊", "谈", "沟通", "讲", "碰") && !m.before(i, "没", "没有", "不", "别") && m.any(i, "找人", "找不") < 0 && !m.has(i, c.j, "没聊", "没谈", "约") {
			return true
		}
	}
	return false
}

// nobody reports that no one was there: 去了没人, 办公室没人在; not 没人装, 没人用.
func (m *message) nobody(from, to int) bool {
	for i := from; i < to; i++ {
		if i = m.find(i, to, "没人", "没有人"); i < 0 {
			return false
		}
		e := m.opt(m.any(i, "没人", "没有人"), "了", "在", "呢")
		if e >= to || !isHan(m.at(e)) || m.any(e, "接电话", "接待", "开门", "应", "上班", "值班", "在", "理我", "搭理") > 0 {
			return true
		}
	}
	return false
}

// unmet reads the ways of saying that a meeting did not come about: 未能拜访, 没能见到, 未曾遇上, 拜访未果.
func (m *message) unmet(from, to int) bool {
	for i := from; i < to; i++ {
		if m.used[i] {
			continue
		}
		if m.any(i, "未果", "未遇", "未晤", "未在单位", "未在院", "未在店", "未在厂", "未在岗", "扑空", "吃了闭门") > 0 {
			return true
		}
		e := m.any(i, "未能够", "没能够", "未能", "没能", "未曾", "不曾", "未得", "没得", "没有", "未", "没")
		if e < 0 || m.before(i, "有", "尚", "还", "从", "并") && m.any(i, "未能", "没能") < 0 {
			continue
		}
		able := m.any(i, "未能", "没能") > 0
		e = m.opt(e, "顺利", "如愿", "成功", "按计划", "按时", "机会", "当面")
		j := m.any(e, "拜访", "走访", "会见", "会面", "见面", "面见", "面谈", "碰面", "碰头", "晤面", "接触", "等", "见", "碰", "遇", "堵", "逮", "访")
		switch {
		case j < 0 || m.any(j, "过", "效", "好转", "起色", "钉子") > 0:
		case able, m.any(j, "到", "着", "上", "成") > 0 && m.any(m.any(j, "到", "着", "上", "成"), "货", "效", "实物", "发票", "钱", "款", "消息", "回复", "答复", "回音", "通知", "快递") < 0 && !m.before(i, "还", "一直", "现在", "今天还", "到今天"):
			return true
		case m.any(i, "未") > 0 && m.any(e, "拜访", "走访", "会面", "见面", "面谈") > 0:
			return true
		}
	}
	return false
}

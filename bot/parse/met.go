package parse

// notMet reports that somebody went and met nobody.
func (m *message) notMet(from, to int) bool {
	return (m.missed(from, to) || m.nobody(from, to) || m.has(from, to, "没见到", "没见着", "没碰到", "不在", "没遇到", "扑空", "白跑", "没见上", "没碰上", "没找到人", "没遇上", "没碰着", "扑了个空", "扑了空", "扑个空", "闭门羹", "跑空", "跑了个空", "白去", "锁着门", "没开门", "关着门", "没堵到", "没逮到", "没逮着", "没找着")) &&
		!m.has(from, to, "不在乎", "不在意", "不在考虑") && !m.metOther(from, to)
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

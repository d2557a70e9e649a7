package parse

// notMet reports that somebody went and met nobody.
func (m *message) notMet(from, to int) bool {
	return m.missed(from, to) || m.has(from, to, "没见到", "没见着", "没碰到", "不在", "没遇到", "扑空", "白跑", "没人", "没见上", "没碰上", "没找到人", "没遇上", "没碰着", "扑了个空", "扑了空", "扑个空", "闭门羹", "跑空", "跑了个空", "白去", "锁着门", "没开门", "关着门", "没堵到", "没逮到", "没逮着", "没找着") &&
		!m.has(from, to, "没人理", "没人用", "没人要", "没人买", "没人管", "没人修", "没人会", "没人问", "不在乎", "不在意", "不在考虑") && !m.metOther(from, to)
}

// metOther reports that somebody else was talked to: 主任不在,跟助理聊的.
func (m *message) metOther(from, to int) bool {
	for i := from; i < to; i++ {
		if i = m.find(i, to, "跟", "和", "与", "找"); i < 0 {
			return false
		}
		if c := m.clauses[m.clauseAt(i)]; m.has(i, min(c.j, i+12), "聊", "谈", "沟通", "讲", "碰") && !m.denied(i) && m.any(i, "找人", "找不") < 0 && !m.has(i, c.j, "没聊", "没谈", "约") {
			return true
		}
	}
	return false
}

package parse

import "strings"

var serviceWords = []struct {
	what  ServiceWhat
	words []string
}{
	{ServiceRepair, words("维修 报修 修理 检修 抢修 修一下 来修 修好 修")},
	{ServiceInstall, words("安装 调试 装机 加装 移机 上线 部署 装一下")},
	{ServiceMaintain, words("保养 校准 巡检 维护 质控 年检 标定 清洗 升级")},
	{ServiceTrain, words("培训 教一下 教学 讲解操作")},
	{ServiceReturn, words("退货 退掉 退")},
	{ServiceReplace, words("换货 更换 换新 换件 换一台 换")},
	{ServiceAccessory, words("配件 补件 补发 备件 耗材 说明书 补货")},
	{ServiceAdvice, words("咨询 怎么用 不会用 怎么操作 使用问题 问一下 操作问题 质保 延保 过保")},
}

// service reads what work of our service is wanted.
func (m *message) service(from, to int) *Service {
	for _, s := range serviceWords {
		i := m.findSaid(from, to, s.words...)
		if i < 0 || m.any(i, "换了采购", "换了人", "修改", "退休") > 0 {
			continue
		}
		c := m.clauses[m.clauseAt(i)]
		return &Service{
			What: s.what, Urgent: m.has(from, to, "急", "停机", "马上", "立刻", "尽快", "赶紧", "立即", "停产", "停工"),
			Text: strings.TrimSpace(m.cut(c.i, c.j)), Why: m.why(i, m.any(i, s.words...)),
		}
	}
	return nil
}

// afterSales reports a request for service in which nothing is held against us.
func (m *message) afterSales(from, to int) bool {
	i := m.find(from, to, "保养", "校准", "巡检", "移机", "年检", "延保", "续保", "标定")
	if i < 0 || m.denied(i) {
		return false
	}
	c := m.clauses[m.clauseAt(i)]
	return m.has(c.i, c.j, "要求", "申请", "需要", "希望", "想", "要", "请", "该", "到期", "让") && m.pledgeIn(c) != "答应"
}

var trainedWords = words("培训了 培训完 做了培训 培训反馈 培训效果 培训结束 培训下来 讲完课 培训做完 完成培训 培训完成 今天培训 昨天培训 培训很 培训顺利")

// trainedIn reports feedback on a training that was held.
func (m *message) trainedIn(from, to int) bool {
	i := m.findSaid(from, to, trainedWords...)
	if i < 0 {
		i = m.taught(from, to)
	}
	return i >= 0 && m.clauses[m.clauseAt(i)].tense != TenseFuture && !m.has(from, to, "要求培训", "答应培训")
}

// training reads the feedback on a training.
func (m *message) training(f *Frame, p part) *Training {
	t := &Training{Text: strings.TrimSpace(m.cut(p.i, p.j)), Why: f.Why}
	if i := m.find(p.i, p.j, "培训"); i >= 0 {
		c := m.clauses[m.clauseAt(i)]
		t.Why = m.why(c.i, c.j)
		t.Topic = m.whatOf(c, timeHit{})
	}
	for i := p.i; i < p.j; i++ {
		if m.used[i] || isWord(m.at(i-1)) || isChineseDigit(m.at(i-1)) {
			continue
		}
		if n, j, ok := m.integer(i, 10000); ok && n > 0 && m.any(m.opt(j, "多", "来"), "个人", "人", "名", "位", "个老师", "个护士", "个学员") > 0 {
			t.People = int(n)
			break
		}
	}
	return t
}

// taught finds a training that was held by its form: 做了操作培训, 给老师培训黑板用法,反响不错; -1 for none.
func (m *message) taught(from, to int) int {
	for i := from; i < to; i++ {
		if i = m.find(i, to, "培训", "授课", "讲课", "带教", "示教"); i < 0 {
			return -1
		}
		c := m.clauses[m.clauseAt(i)]
		if m.denied(i) || m.pledgeIn(c) != "" || m.has(c.i, c.j, "要", "想", "需要", "希望", "准备", "申请", "能不能", "什么时候", "安排") {
			continue
		}
		if m.has(c.i, i, "做了", "搞了", "开了", "办了", "组织了", "上了", "完成了", "讲了") || m.any(i+2, "了", "完", "过", "做完", "结束", "搞完") > 0 ||
			m.has(c.i, i, "给") && m.has(i, to, "反响", "讲得", "听得", "上手", "学得", "都会用", "会用了", "反馈", "满意", "个人", "名") {
			return i
		}
	}
	return -1
}

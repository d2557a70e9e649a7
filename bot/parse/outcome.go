package parse

func (m *message) lostIn(from, to int) bool {
	for _, r := range m.rivals {
		if r.i >= from && r.i < to && m.before(r.i, "选了", "定了", "签了", "给了", "选择了", "用了", "定的", "选的是", "被", "改买", "改买了", "改用", "改用了", "改选", "改选了", "改签", "改签了", "转投", "转投了", "换成了", "换了", "改订", "改订了", "买了") && !m.before(r.i, "试用了") && !(m.before(r.i, "被") && !m.has(r.j, m.clauses[m.clauseAt(r.i)].j, "抢", "拿", "中", "签", "截")) {
			return true
		}
	}
	return m.gone(from, to) && !m.has(from, to, "没丢", "怕丢", "别丢", "不能丢", "差点丢")
}

func (m *message) wonIn(from, to int) bool {
	if m.bidWon(from, to) >= 0 || m.signedUp(from, to) >= 0 || m.dealMade(from, to) >= 0 {
		return true
	}
	for i := from; i < to; i++ {
		if !wonStarts.has(m.r[i]) {
			continue
		}
		if e := m.any(i, wonWords...); e > 0 && e <= to && !m.before(i, "没", "没有", "未", "争取", "能", "想", "希望", "要", "有望", "还没", "有把握", "别当", "当", "不算", "别按", "别写", "没说", "算不上") && m.any(e, "率", "不了", "结果", "公告", "公示", "候选", "情况", "概率", "希望", "价格", "单位", "通知", "后", "价", "通知书还没", "保密", "到", "字", "意向", "框架", "名") < 0 {
			c := m.clauses[m.clauseAt(i)]
			if !m.toBeDone(i) && !(m.commitAt(c) >= 0 && m.has(c.i, i, "把", "将")) && !m.rivalIn(c) && !m.hypothetical(m.clauseAt(i)) && !m.noDeal(i, e, c) {
				return true
			}
		}
	}
	return false
}

// stage is the stage that the message says outright.
func (m *message) stage(from, to int, kind Kind, fresh bool) StageRef {
	ref := func(s Stage, ws ...string) StageRef {
		if i := m.find(from, to, ws...); i >= 0 {
			return StageRef{s, m.why(i, m.any(i, ws...))}
		}
		return StageRef{Stage: s}
	}
	into, said := m.entered(from, to)
	has := func(ws ...string) bool { return m.has(from, to, ws...) }
	switch {
	case kind == KindPayment || kind == KindComplaint || kind == KindSample:
		return StageRef{}
	case m.bidWon(from, to) >= 0, m.signedUp(from, to) >= 0:
		return ref(StageWon, "中了", "签妥", "签成", "签掉", "签牢")
	case m.dealMade(from, to) >= 0:
		i := m.dealMade(from, to)
		return StageRef{StageWon, m.why(i, m.clauses[m.clauseAt(i)].j)}
	case m.wonIn(from, to):
		return ref(StageWon, wonWords...)
	case m.lostIn(from, to):
		return ref(StageLost, append([]string{"选了", "定了", "签了", "被"}, lostWords...)...)
	case said && kind != KindQuote:
		return into
	case has("签合同", "走合同", "合同评审", "合同流程", "审合同") && has("开始", "进入", "已经", "在走"):
		return ref(StageSigning, "签合同", "走合同", "合同评审", "合同流程")
	case kind == KindQuote:
		return ref(StageProposal, "报价", "报了", "报")
	case has("谈价", "砍价", "还价", "价格谈判", "压价", "商务谈判", "谈价格", "进入谈判", "讲价") && !has("讲价格可以", "讲价格没", "讲价格不", "讲价钱不", "讲价格还", "讲价格有", "讲价格太", "讲价格高", "讲价格贵", "讲价格偏", "没谈", "没有谈", "没砍", "没有砍", "没压", "没有压", "没还价", "没有还价", "没有讲价", "不谈价", "不谈价格", "别谈价", "不讲价"):
		return ref(StageNegotiation, "谈价", "砍价", "还价", "价格谈判", "压价", "商务谈判")
	case has("方案提交了", "交了方案", "提交了方案", "方案发了", "方案给了", "方案已提交", "方案已经发", "递了方案", "方案过了", "方案已经提交", "方案提交", "方案报上去了"):
		return ref(StageProposal, "方案")
	case m.planHandedIn(from, to):
		return ref(StageProposal, "方案")
	case m.bargains(from, to) >= 0:
		i := m.bargains(from, to)
		return StageRef{StageNegotiation, m.why(i, m.clauses[m.clauseAt(i)].j)}
	case m.contractRuns(from, to) >= 0:
		return ref(StageSigning, "合同")
	case m.clarified(from, to) >= 0:
		return ref(StageNeed, "需求")
	case fresh:
		return ref(StageLead, "有意向", "陌拜", "新客户")
	}
	return StageRef{}
}

package parse

// goWords are how people say that they go to a customer.
var goWords = words("拜访 走访 到访 上门 去过 去了 去 跑过 跑了 跑 见过 见了 见 联系过 联系 跟进 到过 来过")

// aboutVisits is for where people have been, where they are going, where nobody has been for long, and what was said there.
func (m *message) aboutVisits(w wonder) (QueryAbout, QueryAsk) {
	past := m.said("上次", "上回", "上趟", "最近一次", "最后一次", "上一次", "最近", "前一次") || m.lastTime()
	switch {
	case m.saidWhat(w) && (past || m.ownTalk() || len(m.hits) > 0):
		return AboutTalk, AskWhat
	case m.idle(w):
		return AboutIdle, w.ask
	case past && w.ask == AskWhen && m.said(goWords...), past && w.ask == AskWho && m.said(goWords...), m.said("多久没", "多长时间没", "多久没有"):
		if w.ask == AskWho {
			return AboutVisit, AskWho
		}
		return AboutVisit, AskWhen
	case past && len(m.hits) > 0 && w.ask == AskWhen && (m.said("聊", "谈", "碰", "交流", "演示") || len(m.r) <= 20):
		return AboutVisit, AskWhen
	case (w.ask == AskWhat || w.ask == AskList) && m.said("干了", "做了", "忙了", "干过") && len(m.hits) == 0 && len(m.r) <= 14:
		return AboutVisit, AskList
	case !m.said(goWords...) || m.said("去年", "过去", "回去", "出去", "下去", "寄去", "去掉", "失去", "见效", "意见", "跑偏", "去哪修") && !m.said("拜访", "去过", "去了", "见过", "要去", "跑了", "跑过"):
		return "", ""
	case w.ask == AskWho && m.said("了", "过", "的") && !m.said("要去", "要见", "要跑"):
		return AboutVisit, AskWho
	case w.ask == AskWho && m.toCome():
		return AboutPlan, AskWho
	case w.ask == AskCount, w.ask == AskList, w.ask == AskAmount && m.said("拜访", "跑", "见"), w.ask == AskWhat && m.said("客户", "医院", "地方"):
		if m.toCome() || m.said("要去", "要跑", "要拜访", "要见", "该去", "得去", "准备去", "计划去", "打算去") {
			return AboutPlan, AskList
		}
		return AboutVisit, AskList
	case w.ask == AskWhen && len(m.hits) > 0 && (m.said("下次", "什么时候再", "哪天再") || m.said("要去", "再去", "该去")):
		return AboutPlan, AskWhen
	case w.ask == AskWhen && len(m.hits) > 0 && (m.said("去过", "去的", "去了", "拜访的", "见的", "来过") || m.said("拜访过")):
		return AboutVisit, AskWhen
	case w.yesNo && len(m.hits) > 0 && len(m.r) <= 24 && m.said("去过", "去了", "拜访过", "见过", "跟进过", "联系过", "拜访了", "去没去"):
		return AboutVisit, AskState
	}
	return "", ""
}

// ownTalk reports that the sender speaks of a talk of their own: 我跟李主任, 跟李主任.
func (m *message) ownTalk() bool {
	return m.said("我跟", "我和", "跟", "和", "我们跟", "与")
}

// toCome reports that the days the question names are still to come, or that it speaks of what will be.
func (m *message) toCome() bool {
	for _, t := range m.times {
		if !t.openEnd && !t.end.Before(m.now) && !t.start.Before(midnight(m.now)) && (t.start.After(m.now) || m.said("要", "得", "该", "准备", "计划", "打算")) {
			return true
		}
	}
	return m.said("要去", "要跑", "准备去", "打算去", "计划去") && !m.said("了", "过")
}

// idle reads a question for customers that nobody has been to: 哪个客户最久没去, 谁没跟, 有哪些好久没联系.
func (m *message) idle(w wonder) bool {
	if w.ask != AskWho && w.ask != AskList && w.ask != AskCount && !(w.yesNo && m.said("有没有", "吗")) || len(m.hits) > 0 {
		return false
	}
	long := m.said("最久", "最长", "好久", "很久", "一直", "长期", "天没", "月没", "周没", "个月没", "礼拜没")
	never := m.said("没跟", "没去", "没拜访", "没联系", "没跑", "没动静", "没人跟", "没人去", "没人联系", "没见", "没走", "没跟进", "没去过", "没拜访过", "没动")
	return never && (long || m.said("客户", "家", "医院", "学校", "单位") || m.said("有谁没跟", "哪些没跟", "哪几个没跟"))
}

// aboutCustomers is for whose a customer is, how it stands, which customers there are. It is the last resort.
func (m *message) aboutCustomers(w wonder) (QueryAbout, QueryAsk) {
	named := len(m.hits) > 0 || m.askedPlace().Text != ""
	switch {
	case w.ask == AskWho && m.said("负责", "在跟", "归谁", "是谁的", "谁的客户", "谁跟", "谁管", "谁在管", "谁的", "跟的") && (named || len(m.prods) == 0 && m.said("客户")) && len(m.r) <= 24:
		return AboutOwner, AskWho
	case named && m.said("商机", "单子", "项目", "阶段", "推进", "那单", "这单", "跟到", "跟进到", "谈到", "到哪", "哪一步") && (w.ask == AskState || w.ask == AskList || w.ask == AskCount):
		return AboutOpportunity, w.ask
	case m.said("商机", "单子", "那单", "项目") && (w.ask == AskState || w.ask == AskList || w.ask == AskCount || w.ask == AskAmount || w.ask == AskWho) && len(m.prods) == 0 && len(m.r) <= 24:
		return AboutOpportunity, w.ask
	case !named && m.said("客户") && (w.ask == AskCount || w.ask == AskAmount || w.ask == AskList || w.ask == AskWhat) && len(m.r) <= 16 && !m.said("说", "问", "要", "反馈", "觉得", "想"):
		return AboutCustomers, AskList
	case named && w.ask == AskState && !w.yesNo && m.restWithout(w) <= 6:
		return AboutCustomer, AskState
	case named && w.yesNo && m.at(w.i) != '没' && m.restWithout(w) == 0:
		return AboutCustomer, AskState
	}
	return "", ""
}

// restWithout counts what a message says beside names, times and the question's own word.
func (m *message) restWithout(w wonder) int {
	n := 0
	for i := m.request(); i < len(m.r); i++ {
		if (i < w.i || i >= w.j) && !m.used[i] && m.r[i] != ' ' && m.r[i] != ',' && m.r[i] != '?' && !m.inTime(i, i+1) && m.any(i, "的", "那", "边", "了", "现", "在", "最", "近") < 0 {
			n++
		}
	}
	return n
}
